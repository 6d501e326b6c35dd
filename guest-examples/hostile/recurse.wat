;; Calls itself for ever in every getpid, and has the host read the program's
;; memory at each depth. The stack that a guest may use ends before the one
;; that it runs on.
(module
  (import "zpoline:hook/memory@0.1.0" "read" (func $read (param i64 i32 i32)))
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
  (func $deeper (param $address i64)
    (call $read (local.get $address) (i32.const 16) (i32.const 256))
    (call $deeper (local.get $address))
    ;; Not the last thing done, so that the frame stays.
    (i32.store (i32.const 512) (i32.const 1)))
  (func (export "zpoline:hook/getpid@0.1.0#enter") (result i32)
    (call $deeper (i64.const 0x5a5a))
    (i32.const 0)))
