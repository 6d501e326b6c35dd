;; One of several hooks. Hooks lseek to an absolute offset of 1000 or more, and
;; does with it what the first letter of its argument says; the digit behind it
;; tells it from the others.
;;   f   forward          o   observe
;;   w   rewrite: seek that much further     b   both: rewrite and observe
;;   c   complete with ten times the offset and the digit     t   trap
;; What it observes it appends two digits to: the last of the offset that it was
;; shown, and its own. Answers tuxcall (184) itself.
(module
  (memory (export "memory") 1)
  (data (i32.const 64) "\02\00\00\00\00\00\00\00\5a\5a\00\00\00\00\00\00")
  ;; result<settings, string>: ok, one instance for all
  (data (i32.const 128) "\00\00\00\00\00")
  (global $free (mut i32) (i32.const 4096))
  (global $kind (mut i32) (i32.const 0))
  (global $digit (mut i64) (i64.const 0))
  (func (export "cabi_realloc") (param i32 i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and
      (i32.add (global.get $free) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
    (global.set $free (i32.add (local.get $at) (local.get $size)))
    (local.get $at))
  (func (export "zpoline:hook/lifecycle@0.1.0#init") (param $words i32) (param i32) (result i32)
    (local $word i32)
    (local.set $word (i32.load (local.get $words)))
    (global.set $kind (i32.load8_u (local.get $word)))
    (global.set $digit (i64.sub (i64.load8_u offset=1 (local.get $word)) (i64.const 48)))
    (i32.const 128))
  (func (export "zpoline:hook/lifecycle@0.1.0#finish") (param i32))
  (func (export "zpoline:hook/tuxcall@0.1.0#enter") (result i32) (i32.const 64))
  (func $is (param $letter i32) (result i32) (i32.eq (global.get $kind) (local.get $letter)))
  ;; The action lies at 192: the case, then from 200 on what it carries.
  (func (export "zpoline:hook/lseek@0.1.0#enter")
    (param $fd i32) (param $offset i64) (param $whence i32) (result i32)
    (i32.store (i32.const 192) (i32.const 0))
    (if (i32.or (local.get $whence) (i64.lt_s (local.get $offset) (i64.const 1000)))
      (then (return (i32.const 192))))
    (if (call $is (i32.const 0x6f)) (then (i32.store (i32.const 192) (i32.const 1))))
    (if (call $is (i32.const 0x63)) (then
      (i32.store (i32.const 192) (i32.const 2))
      (i64.store (i32.const 200)
        (i64.add (i64.mul (local.get $offset) (i64.const 10)) (global.get $digit)))))
    (if (i32.or (call $is (i32.const 0x77)) (call $is (i32.const 0x62))) (then
      (i32.store (i32.const 192) (select (i32.const 3) (i32.const 4) (call $is (i32.const 0x77))))
      (i32.store (i32.const 200) (i32.const 8))
      (i64.store (i32.const 208) (i64.extend_i32_s (local.get $fd)))
      (i64.store (i32.const 216) (i64.add (local.get $offset) (global.get $digit)))
      (i64.store (i32.const 224) (i64.const 0))))
    (if (call $is (i32.const 0x74)) (then unreachable))
    (i32.const 192))
  (func (export "zpoline:hook/returned@0.1.0#exit")
    (param i32 i64) (param $offset i64) (param i64 i64 i64 i64) (param $outcome i64) (result i64)
    (local $digits i64)
    (local.set $digits (i64.add (global.get $digit)
      (i64.mul (i64.rem_s (local.get $offset) (i64.const 10)) (i64.const 10))))
    (if (i64.lt_s (local.get $outcome) (i64.const 0))
      (then (return (i64.sub (local.get $outcome) (local.get $digits)))))
    (i64.add (i64.mul (local.get $outcome) (i64.const 100)) (local.get $digits))))
