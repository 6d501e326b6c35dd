;; Asks for everything that has to be granted, and uses none of it.
(module
  (import "zpoline:hook/memory-write@0.1.0" "write" (func (param i64 i32 i32 i32)))
  (import "zpoline:hook/scratch@0.1.0" "reserve" (func (param i32 i32)))
  (import "zpoline:hook/invoke@0.1.0" "granted" (func (param i32) (result i32)))
  (import "zpoline:hook/clock@0.1.0" "monotonic" (func (result i64)))
  (import "zpoline:hook/random@0.1.0" "number" (func (result i64)))
  (import "zpoline:hook/env@0.1.0" "names" (func (param i32)))
  (import "zpoline:hook/files@0.1.0" "directories" (func (param i32)))
  (import "zpoline:hook/files-write@0.1.0" "remove-file" (func (param i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
  (func (export "zpoline:hook/getppid@0.1.0#enter") (result i32) (i32.const 0)))
