;; As forward.wat, with an instance of its own for each thread.
(module
  (memory (export "memory") 1)
  (data (i32.const 64) "\02\00\00\00\00\00\00\00\5a\5a\00\00\00\00\00\00")
  ;; result<settings, string>: ok with per-thread = true
  (data (i32.const 128) "\00\00\00\00\01")
  (global $free (mut i32) (i32.const 4096))
  (func (export "cabi_realloc") (param i32 i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and
      (i32.add (global.get $free) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
    (global.set $free (i32.add (local.get $at) (local.get $size)))
    (local.get $at))
  (func (export "zpoline:hook/lifecycle@0.1.0#init") (param i32 i32) (result i32) (i32.const 128))
  (func (export "zpoline:hook/lifecycle@0.1.0#finish") (param i32))
  (func (export "zpoline:hook/any@0.1.0#enter")
    (param $number i32) (param i64 i64 i64 i64 i64 i64) (result i32)
    (select (i32.const 64) (i32.const 0) (i32.eq (local.get $number) (i32.const 184)))))
