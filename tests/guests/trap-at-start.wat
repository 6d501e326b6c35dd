;; Traps in lifecycle.init.
(module
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
  (func (export "zpoline:hook/lifecycle@0.1.0#init") (param i32 i32) (result i32) unreachable)
  (func (export "zpoline:hook/lifecycle@0.1.0#finish") (param i32))
  (func (export "zpoline:hook/getpid@0.1.0#enter") (result i32) (i32.const 0)))
