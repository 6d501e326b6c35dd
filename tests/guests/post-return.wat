;; The hook deny, with a function after the call, as bindings generators of some
;; languages write one: such functions are entered the long way.
(module
  (memory (export "memory") 1)
  (data (i32.const 64) "\02\00\00\00\00\00\00\00\ff\ff\ff\ff\ff\ff\ff\ff")
  (func (export "zpoline:hook/rmdir@0.1.0#enter") (param i64) (result i32) (i32.const 64))
  (func (export "cabi_post_zpoline:hook/rmdir@0.1.0#enter") (param i32)))
