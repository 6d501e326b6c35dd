;; Hooks every call, sees each result and gives it back: the way of a tracer.
;; Answers tuxcall (184) itself.
(module
  (memory (export "memory") 1)
  ;; action.complete(0x5a5a) at 64; action.observe at 128
  (data (i32.const 64) "\02\00\00\00\00\00\00\00\5a\5a\00\00\00\00\00\00")
  (data (i32.const 128) "\01")
  (func (export "zpoline:hook/any@0.1.0#enter")
    (param $number i32) (param i64 i64 i64 i64 i64 i64) (result i32)
    (select (i32.const 64) (i32.const 128) (i32.eq (local.get $number) (i32.const 184))))
  (func (export "zpoline:hook/returned@0.1.0#exit")
    (param i32 i64 i64 i64 i64 i64 i64) (param $outcome i64) (result i64)
    (local.get $outcome)))
