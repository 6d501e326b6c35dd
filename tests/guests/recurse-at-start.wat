;; Calls itself for ever before it is even asked to start.
(module
  (memory (export "memory") 1)
  (func $start (call $start) (i32.store (i32.const 0) (i32.const 0)))
  (start $start)
  (func (export "zpoline:hook/getpid@0.1.0#enter") (result i32) (i32.const 0)))
