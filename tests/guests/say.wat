;; Hooks getppid, says so in its own output, and forwards.
(module
  (import "zpoline:hook/log@0.1.0" "output" (func $output (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 256) "asked for its parent\n")
  ;; action.forward at 64: zeros
  (func (export "zpoline:hook/getppid@0.1.0#enter") (result i32)
    (call $output (i32.const 256) (i32.const 21))
    (i32.const 64)))
