;; Reads and writes where afs_syscall (183) says: its first argument is an address, its
;; second 0 to read 8 bytes there and 1 to write them. The program gets 0 or the errno.
(module
  (import "zpoline:hook/memory@0.1.0" "read" (func $read (param i64 i32 i32)))
  (import "zpoline:hook/memory-write@0.1.0" "write" (func $write (param i64 i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 2048) "written!")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 8192))
  (func (export "zpoline:hook/any@0.1.0#enter")
    (param $number i32) (param $at i64) (param $write i64) (param i64 i64 i64 i64) (result i32)
    ;; forward
    (i64.store (i32.const 1024) (i64.const 0))
    (if (i32.ne (local.get $number) (i32.const 183)) (then (return (i32.const 1024))))
    (if (i64.eqz (local.get $write))
      (then (call $read (local.get $at) (i32.const 8) (i32.const 512)))
      (else (call $write (local.get $at) (i32.const 2048) (i32.const 8) (i32.const 512))))
    ;; complete
    (i64.store (i32.const 1024) (i64.const 2))
    (i64.store (i32.const 1032)
      (if (result i64) (i32.load8_u (i32.const 512))
        (then (i64.sub (i64.const 0) (i64.extend_i32_u (i32.load (i32.const 516)))))
        (else (i64.const 0))))
    (i32.const 1024)))
