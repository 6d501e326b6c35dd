;; Lets the host work for ever in every getpid: reads a megabyte of the program's
;; memory again and again. The host's work costs fuel too.
(module
  (import "zpoline:hook/memory@0.1.0" "read-some" (func $read (param i64 i32 i32)))
  (import "zpoline:hook/process@0.1.0" "pid" (func $pid (result i32)))
  (memory (export "memory") 20)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
  (func (export "zpoline:hook/getpid@0.1.0#enter") (result i32)
    (loop $again
      (call $read (i64.const 0x400000) (i32.const 1048576) (i32.const 256))
      (drop (call $pid))
      (br $again))
    (i32.const 0)))
