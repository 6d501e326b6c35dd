;; Nothing is deleted: unlink, unlinkat and rmdir fail with EPERM. A whole
;; component: its types are written out as wit/ has them.
(component
  (import "zpoline:hook/types@0.1.0" (instance $types
    (type $u64 u64)
    (type $s32 s32)
    (export "address" (type (eq $u64)))
    (export "fd" (type (eq $s32)))
    (type $record (record
      (field "number" u32)
      (field "a0" s64) (field "a1" s64) (field "a2" s64)
      (field "a3" s64) (field "a4" s64) (field "a5" s64)))
    (export "call" (type $call (eq $record)))
    (type $variant (variant
      (case "forward")
      (case "observe")
      (case "complete" s64)
      (case "rewrite" $call)
      (case "rewrite-observe" $call)))
    (export "action" (type (eq $variant)))))
  (alias export $types "address" (type $address))
  (alias export $types "fd" (type $fd))
  (alias export $types "action" (type $action))

  (core module $Main
    (memory (export "memory") 1)
    ;; action.complete(-EPERM)
    (data (i32.const 64) "\02\00\00\00\00\00\00\00\ff\ff\ff\ff\ff\ff\ff\ff")
    (func (export "path") (param i64) (result i32) (i32.const 64))
    (func (export "path at") (param i32 i64 i32) (result i32) (i32.const 64)))
  (core instance $main (instantiate $Main))
  (alias core export $main "memory" (core memory $memory))

  (func $path (param "pathname" $address) (result $action)
    (canon lift (core func $main "path") (memory $memory)))
  (func $path-at (param "dirfd" $fd) (param "pathname" $address) (param "flags" s32) (result $action)
    (canon lift (core func $main "path at") (memory $memory)))

  (instance $of-path
    (export "address" (type $address))
    (export "action" (type $action))
    (export "enter" (func $path)))
  (instance $of-path-at
    (export "address" (type $address))
    (export "fd" (type $fd))
    (export "action" (type $action))
    (export "enter" (func $path-at)))
  (export "zpoline:hook/unlink@0.1.0" (instance $of-path))
  (export "zpoline:hook/rmdir@0.1.0" (instance $of-path))
  (export "zpoline:hook/unlinkat@0.1.0" (instance $of-path-at)))
