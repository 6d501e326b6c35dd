;; Makes every read of the program itself, in the hook, and lets the program make
;; it again if a signal interrupts it. Before a read of 7777 bytes it sends the
;; thread a SIGALRM, so that the read begins with a signal put off. Each thread has
;; an instance of its own: the hook waits.
(module
  (import "zpoline:hook/invoke@0.1.0" "syscall"
    (func $syscall (param i32 i64 i64 i64 i64 i64 i64) (result i64)))
  (import "zpoline:hook/log@0.1.0" "write" (func $log (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "\02")
  ;; result<settings, string>: ok with per-thread = true
  (data (i32.const 128) "\00\00\00\00\01")
  (data (i32.const 256) "interrupted")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
  (func (export "zpoline:hook/lifecycle@0.1.0#init") (param i32 i32) (result i32) (i32.const 128))
  (func (export "zpoline:hook/lifecycle@0.1.0#finish") (param i32))
  (func $make (param $number i32) (param $a0 i64) (param $a1 i64) (param $a2 i64) (result i64)
    (call $syscall (local.get $number) (local.get $a0) (local.get $a1) (local.get $a2)
      (i64.const 0) (i64.const 0) (i64.const 0)))
  (func $id (param $number i32) (result i64)
    (call $make (local.get $number) (i64.const 0) (i64.const 0) (i64.const 0)))
  (func (export "zpoline:hook/read@0.1.0#enter") (param $fd i32) (param $buf i64) (param $count i64) (result i32)
    (local $result i64)
    (if (i64.eq (local.get $count) (i64.const 7777)) (then
      (if (i64.ne (i64.const 0)
          (call $make (i32.const 234) (call $id (i32.const 39)) (call $id (i32.const 186)) (i64.const 14)))
        (then unreachable))))
    (local.set $result
      (call $make (i32.const 0) (i64.extend_i32_s (local.get $fd)) (local.get $buf) (local.get $count)))
    (if (i64.eq (local.get $result) (i64.const -4)) (then
      (call $log (i32.const 2) (i32.const 256) (i32.const 11))
      (return (i32.const 0))))
    (i64.store (i32.const 72) (local.get $result))
    (i32.const 64)))
