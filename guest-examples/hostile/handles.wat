;; Makes handles of a resource of its own for ever in every getpid: they lie in
;; the host's memory, so their number has a limit.
(component
  (import "zpoline:hook/types@0.1.0" (instance $types
    (type $call (record
      (field "number" u32)
      (field "a0" s64) (field "a1" s64) (field "a2" s64)
      (field "a3" s64) (field "a4" s64) (field "a5" s64)))
    (export "call" (type $named-call (eq $call)))
    (type $action (variant
      (case "forward") (case "observe") (case "complete" s64)
      (case "rewrite" $named-call) (case "rewrite-observe" $named-call)))
    (export "action" (type (eq $action)))))
  (alias export $types "action" (type $action))
  (type $thing (resource (rep i32)))
  (core func $new (canon resource.new $thing))
  (core module $Guest
    (import "host" "new" (func $new (param i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "enter") (result i32)
      (loop $again (drop (call $new (i32.const 1))) (br $again))
      (i32.const 0)))
  (core instance $guest (instantiate $Guest
    (with "host" (instance (export "new" (func $new))))))
  (func $enter (result $action)
    (canon lift (core func $guest "enter") (memory (core memory $guest "memory"))))
  (instance $getpid
    (export "action" (type $action))
    (export "enter" (func $enter)))
  (export "zpoline:hook/getpid@0.1.0" (instance $getpid)))
