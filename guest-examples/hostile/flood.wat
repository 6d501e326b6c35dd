;; Logs a megabyte in every getpid, in a thousand lines. What is over the rate is
;; dropped, and said to be.
(module
  (import "zpoline:hook/log@0.1.0" "write" (func $write (param i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 1024) "line after line")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
  (func (export "zpoline:hook/getpid@0.1.0#enter") (result i32)
    (local $lines i32)
    (memory.fill (i32.const 1039) (i32.const 0x2e) (i32.const 985))
    (loop $again
      (call $write (i32.const 2) (i32.const 1024) (i32.const 1000))
      (local.set $lines (i32.add (local.get $lines) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $lines) (i32.const 1000))))
    (i32.const 0)))
