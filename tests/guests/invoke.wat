;; Hooks every call and makes some of those that do not wait itself, by the same
;; number and arguments: what the program gets must be the same. Answers tuxcall
;; (184) itself.
(module
  (import "zpoline:hook/invoke@0.1.0" "syscall"
    (func $syscall (param i32 i64 i64 i64 i64 i64 i64) (result i64)))
  (memory (export "memory") 1)
  ;; action.complete at 64 and 128; action.forward at 0
  (data (i32.const 64) "\02\00\00\00\00\00\00\00\5a\5a\00\00\00\00\00\00")
  (data (i32.const 128) "\02")
  ;; Whether it makes the call: close to lstat, lseek to brk, mremap and its kin, dup,
  ;; getpid, kill, uname, flock to getpgid, gettid, tkill, tgkill, newfstatat.
  (func $mine (param $number i32) (result i32)
    (i32.or (i32.and (i32.ge_u (local.get $number) (i32.const 3)) (i32.le_u (local.get $number) (i32.const 6)))
    (i32.or (i32.and (i32.ge_u (local.get $number) (i32.const 8)) (i32.le_u (local.get $number) (i32.const 12)))
    (i32.or (i32.and (i32.ge_u (local.get $number) (i32.const 25)) (i32.le_u (local.get $number) (i32.const 28)))
    (i32.or (i32.and (i32.ge_u (local.get $number) (i32.const 32)) (i32.le_u (local.get $number) (i32.const 33)))
    (i32.or (i32.and (i32.ge_u (local.get $number) (i32.const 62)) (i32.le_u (local.get $number) (i32.const 63)))
    (i32.or (i32.and (i32.ge_u (local.get $number) (i32.const 73)) (i32.le_u (local.get $number) (i32.const 124)))
    (i32.or (i32.eq (local.get $number) (i32.const 39))
    (i32.or (i32.eq (local.get $number) (i32.const 186))
    (i32.or (i32.eq (local.get $number) (i32.const 200))
    (i32.or (i32.eq (local.get $number) (i32.const 234))
      (i32.eq (local.get $number) (i32.const 262)))))))))))))
  (func (export "zpoline:hook/any@0.1.0#enter")
    (param $number i32) (param $a0 i64) (param $a1 i64) (param $a2 i64) (param $a3 i64) (param $a4 i64) (param $a5 i64)
    (result i32)
    (if (i32.eq (local.get $number) (i32.const 184)) (then (return (i32.const 64))))
    (if (i32.eqz (call $mine (local.get $number))) (then (return (i32.const 0))))
    (i64.store (i32.const 136) (call $syscall (local.get $number) (local.get $a0) (local.get $a1) (local.get $a2)
      (local.get $a3) (local.get $a4) (local.get $a5)))
    (i32.const 128)))
