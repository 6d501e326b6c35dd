;; A module for WASI preview 1: getppid answers 0x5a5a if all is as the adapter of
;; zpoline compile promises, else minus the number of what is not; getpriority exits.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 512) "hello, ")
  (data (i32.const 520) "log\n")
  ;; Two vectors: "hello, " and "log\n".
  (data (i32.const 256) "\00\02\00\00\07\00\00\00\08\02\00\00\04\00\00\00")
  ;; A subscription to a timer of one second, known as 7; one to a descriptor.
  (data (i32.const 1024) "\07")
  (data (i32.const 1048) "\00\ca\9a\3b")
  (data (i32.const 1072) "\09\00\00\00\00\00\00\00\01")
  (data (i32.const 64) "\02\00\00\00\00\00\00\00\5a\5a\00\00\00\00\00\00")
  (global $number (mut i64) (i64.const 0))

  (func $check (param $holds i32)
    (global.set $number (i64.sub (global.get $number) (i64.const 1)))
    (if (local.get $holds) (then (return)))
    (if (i64.eq (i64.load (i32.const 72)) (i64.const 0x5a5a))
      (then (i64.store (i32.const 72) (global.get $number)))))

  (func (export "zpoline:hook/getppid@0.1.0#enter") (result i32)
    (local $before i64)
    ;; 1, 2: no arguments, no environment
    (i32.store (i32.const 128) (i32.const 9))
    (call $check (i32.eqz (i32.or (call $args (i32.const 128) (i32.const 132)) (i32.load (i32.const 128)))))
    (i32.store (i32.const 128) (i32.const 9))
    (call $check (i32.eqz (i32.or (call $environ (i32.const 128) (i32.const 132)) (i32.load (i32.const 128)))))
    ;; 3: the clock goes on
    (drop (call $clock (i32.const 1) (i64.const 0) (i32.const 136)))
    (local.set $before (i64.load (i32.const 136)))
    (drop (call $clock (i32.const 1) (i64.const 0) (i32.const 136)))
    (call $check (i64.gt_u (i64.load (i32.const 136)) (local.get $before)))
    ;; 4, 5: random_get fills what it is given, and no more
    (call $check (i32.eqz (call $random (i32.const 144) (i32.const 9))))
    (call $check (i32.and
      (i64.ne (i64.load (i32.const 144)) (i64.const 0))
      (i32.eqz (i32.load8_u (i32.const 153)))))
    ;; 6, 7, 8: a timer is over at once, and the clock is there; a descriptor is bad
    (call $check (i32.eqz (call $poll (i32.const 1024) (i32.const 2048) (i32.const 2) (i32.const 128))))
    (call $check (i32.and
      (i32.and
        (i64.eq (i64.load (i32.const 2048)) (i64.const 7))
        (i32.eqz (i32.load16_u (i32.const 2056))))
      (i32.and
        (i64.eq (i64.load (i32.const 2080)) (i64.const 9))
        (i32.eq (i32.load16_u (i32.const 2088)) (i32.const 8)))))
    (local.set $before (i64.load (i32.const 136)))
    (drop (call $clock (i32.const 1) (i64.const 0) (i32.const 136)))
    (call $check (i64.gt_u (i64.sub (i64.load (i32.const 136)) (local.get $before)) (i64.const 1000000000)))
    ;; 9: both vectors go to the log
    (drop (call $write (i32.const 1) (i32.const 256) (i32.const 2) (i32.const 128)))
    (call $check (i32.eq (i32.load (i32.const 128)) (i32.const 11)))
    ;; 10, 11, 12, 13: no other descriptors, no input, no directories, no files
    (call $check (i32.eq (call $write (i32.const 3) (i32.const 256) (i32.const 2) (i32.const 128)) (i32.const 8)))
    (call $check (i32.eqz (i32.or
      (call $read (i32.const 0) (i32.const 256) (i32.const 1) (i32.const 128))
      (i32.load (i32.const 128)))))
    (call $check (i32.eq (call $prestat (i32.const 3) (i32.const 128)) (i32.const 8)))
    (call $check (i32.eq (i32.const 52)
      (call $open (i32.const 3) (i32.const 0) (i32.const 512) (i32.const 5) (i32.const 0)
        (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 128))))
    (i32.const 64))

  (func (export "zpoline:hook/getpriority@0.1.0#enter") (param i32 i32) (result i32)
    (call $exit (i32.const 3))
    (i32.const 0)))
