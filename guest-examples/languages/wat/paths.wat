;; Tells the path of each open and openat, or of those that begin with one of the
;; words of ZPOLINE_HOOK_ARGS, and at the end how many there were. A core module:
;; zpoline compile makes the component, and the names of the exports tell it what
;; is hooked.
(module
  (import "zpoline:hook/memory@0.1.0" "read-c-string" (func $read-c-string (param i64 i32 i32)))
  (import "zpoline:hook/log@0.1.0" "write" (func $write (param i32 i32 i32)))
  (import "zpoline:hook/log@0.1.0" "output" (func $output (param i32 i32)))

  ;;     0  action.forward, and result<settings>.ok(per-thread: false): all zeros
  ;;    64  result<list<u8>, errno>: its tag, then address and length
  ;;    80  the end of the last line: the digits are written before it
  ;;   128  a line: the call, the path, a newline
  ;;  8192  what the host hands over, from $kept on only until the next call
  (memory (export "memory") 3)
  (data (i32.const 80) " paths")
  (global $used (mut i32) (i32.const 8192))
  (global $kept (mut i32) (i32.const 8192))
  (global $told (mut i32) (i32.const 0))
  (global $prefixes (mut i32) (i32.const 0))
  (global $count (mut i32) (i32.const 0))

  ;; It never asks for a larger block in place of a smaller one.
  (func (export "cabi_realloc") (param i32 i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and
      (i32.add (global.get $used) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
    (global.set $used (i32.add (local.get $at) (local.get $size)))
    (if (i32.gt_u (global.get $used) (i32.const 196608)) (then (unreachable)))
    (local.get $at))

  ;; Whether the path begins with the text at $prefix, an address and a length.
  (func $begins (param $path i32) (param $length i32) (param $prefix i32) (result i32)
    (local $at i32) (local $end i32)
    (local.set $at (i32.load (local.get $prefix)))
    (local.set $end (i32.add (local.get $at) (i32.load offset=4 (local.get $prefix))))
    (if (i32.gt_u (i32.load offset=4 (local.get $prefix)) (local.get $length)) (then (return (i32.const 0))))
    (loop $next
      (if (i32.eq (local.get $at) (local.get $end)) (then (return (i32.const 1))))
      (if (i32.ne (i32.load8_u (local.get $at)) (i32.load8_u (local.get $path))) (then (return (i32.const 0))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (local.set $path (i32.add (local.get $path) (i32.const 1)))
      (br $next))
    (unreachable))

  (func $wanted (param $path i32) (param $length i32) (result i32)
    (local $i i32)
    (if (i32.eqz (global.get $count)) (then (return (i32.const 1))))
    (loop $next
      (if (call $begins (local.get $path) (local.get $length)
            (i32.add (global.get $prefixes) (i32.shl (local.get $i) (i32.const 3))))
        (then (return (i32.const 1))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (global.get $count))))
    (i32.const 0))

  ;; $head is where in the line the path goes: behind "open" or "openat". A path
  ;; that cannot be read is the kernel's to refuse.
  (func $tell (param $pathname i64) (param $head i32) (result i32)
    (local $path i32) (local $length i32)
    (global.set $used (global.get $kept))
    (call $read-c-string (local.get $pathname) (i32.const 4096) (i32.const 64))
    (if (i32.load8_u (i32.const 64)) (then (return (i32.const 0))))
    (local.set $path (i32.load (i32.const 68)))
    (local.set $length (i32.load (i32.const 72)))
    (if (i32.eqz (call $wanted (local.get $path) (local.get $length))) (then (return (i32.const 0))))
    (memory.copy (local.get $head) (local.get $path) (local.get $length))
    (i32.store8 (i32.add (local.get $head) (local.get $length)) (i32.const 10))
    (call $output (i32.const 128) (i32.sub (i32.add (local.get $head) (local.get $length)) (i32.const 127)))
    (global.set $told (i32.add (global.get $told) (i32.const 1)))
    (i32.const 0))

  (func (export "zpoline:hook/open@0.1.0#enter") (param $pathname i64) (param i32 i32) (result i32)
    (i64.store (i32.const 128) (i64.const 0x206e65706f)) ;; "open "
    (call $tell (local.get $pathname) (i32.const 133)))

  (func (export "zpoline:hook/openat@0.1.0#enter")
    (param $dirfd i32) (param $pathname i64) (param i32 i32) (result i32)
    (i64.store (i32.const 128) (i64.const 0x2074616e65706f)) ;; "openat "
    (call $tell (local.get $pathname) (i32.const 135)))

  (func (export "zpoline:hook/lifecycle@0.1.0#init") (param $list i32) (param $count i32) (result i32)
    (global.set $prefixes (local.get $list))
    (global.set $count (local.get $count))
    (global.set $kept (global.get $used))
    (i32.const 0))

  (func (export "zpoline:hook/lifecycle@0.1.0#finish") (param i32)
    (local $at i32) (local $rest i32)
    (local.set $at (i32.const 80))
    (local.set $rest (global.get $told))
    (loop $next
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (i32.store8 (local.get $at) (i32.add (i32.const 48) (i32.rem_u (local.get $rest) (i32.const 10))))
      (local.set $rest (i32.div_u (local.get $rest) (i32.const 10)))
      (br_if $next (local.get $rest)))
    (call $write (i32.const 2) (local.get $at) (i32.sub (i32.const 86) (local.get $at)))))
