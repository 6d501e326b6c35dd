;; Does not start: answers an error to lifecycle.init.
(module
  (memory (export "memory") 1)
  ;; result<settings, string>: error, then the text's address and length
  (data (i32.const 128) "\01\00\00\00\00\01\00\00\18\00\00\00")
  (data (i32.const 256) "this hook wants a tariff")
  (global $free (mut i32) (i32.const 4096))
  (func (export "cabi_realloc") (param i32 i32 i32) (param $size i32) (result i32)
    (global.set $free (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.get $free)
    (global.set $free (i32.add (global.get $free) (local.get $size))))
  (func (export "zpoline:hook/lifecycle@0.1.0#init") (param i32 i32) (result i32) (i32.const 128))
  (func (export "zpoline:hook/lifecycle@0.1.0#finish") (param i32))
  (func (export "zpoline:hook/getpid@0.1.0#enter") (result i32) (i32.const 0)))
