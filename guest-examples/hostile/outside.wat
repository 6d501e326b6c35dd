;; Gives an address outside of its memory as the action: the canonical ABI
;; refuses it, which is a trap.
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
  (core module $Guest
    (memory (export "memory") 1)
    ;; Gives the address of the action: its case in the first byte, what the
    ;; case carries from the ninth on. Zeros are `forward`.
    (func (export "enter")
      (param $number i32) (param i64 i64 i64 i64 i64 i64) (result i32)
      (if (i32.eq (local.get $number) (i32.const 39)) (then (return (i32.const 65528))))
      (i32.const 0)))
  (core instance $guest (instantiate $Guest))
  (func $enter
    (param "number" u32)
    (param "a0" s64) (param "a1" s64) (param "a2" s64)
    (param "a3" s64) (param "a4" s64) (param "a5" s64)
    (result $action)
    (canon lift (core func $guest "enter") (memory (core memory $guest "memory"))))
  (instance $any
    (export "action" (type $action))
    (export "enter" (func $enter)))
  (export "zpoline:hook/any@0.1.0" (instance $any)))
