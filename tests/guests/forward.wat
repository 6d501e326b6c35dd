;; Hooks every call: answers tuxcall (184) itself and forwards the rest.
(module
  (memory (export "memory") 1)
  ;; action.complete(0x5a5a) at 64; action.forward, all zeros, at 0
  (data (i32.const 64) "\02\00\00\00\00\00\00\00\5a\5a\00\00\00\00\00\00")
  (func (export "zpoline:hook/any@0.1.0#enter")
    (param $number i32) (param i64 i64 i64 i64 i64 i64) (result i32)
    (select (i32.const 64) (i32.const 0) (i32.eq (local.get $number) (i32.const 184)))))
