;; wasi_snapshot_preview1 for a hook: what the runtimes of Go, C, C++ and others
;; need to start, without a system under it. `zpoline compile` puts it below a core
;; module that imports WASI preview 1; functions that the module does not import
;; are left out.
;;
;; - No arguments, no environment, no files, no sockets: the errno is ENOSYS (52),
;;   or EBADF (8) where a runtime looks which descriptors there are.
;; - Standard output and standard error go to zpoline:hook/log#output.
;; - Clocks count: each reading is a microsecond later than the one before.
;;   random_get is a fixed sequence. A hook that needs the time or randomness
;;   imports them from zpoline:hook, which is visible and may be refused.
;; - To exit is to trap.
(module
  (import "zpoline:hook/log@0.1.0" "output" (func $output (param i32 i32)))
  (import "env" "memory" (memory 0))
  (global $clock (mut i64) (i64.const 0))
  (global $random (mut i64) (i64.const 88172645463325252))

  (func $nothing (param $count i32) (param $size i32) (result i32)
    (i32.store (local.get $count) (i32.const 0))
    (i32.store (local.get $size) (i32.const 0))
    (i32.const 0))
  (export "args_sizes_get" (func $nothing))
  (export "environ_sizes_get" (func $nothing))
  (func (export "args_get") (param i32 i32) (result i32) (i32.const 0))
  (func (export "environ_get") (param i32 i32) (result i32) (i32.const 0))

  (func (export "proc_exit") (param i32) (unreachable))
  (func (export "sched_yield") (result i32) (i32.const 0))

  (func (export "clock_res_get") (param i32) (param $to i32) (result i32)
    (i64.store (local.get $to) (i64.const 1000))
    (i32.const 0))
  (func (export "clock_time_get") (param i32 i64) (param $to i32) (result i32)
    (global.set $clock (i64.add (global.get $clock) (i64.const 1000)))
    (i64.store (local.get $to) (global.get $clock))
    (i32.const 0))

  ;; Nothing waits inside a hook: each timer is over at once, and the clock has
  ;; gone on to it; a descriptor answers EBADF. A subscription has 48 bytes: what the
  ;; event is to say at 0, its kind at 8 (0: a timer), its time at 24, whether that
  ;; is absolute at 40. An event has 32: that, its errno at 8, its kind at 10.
  (func (export "poll_oneoff")
    (param $subscription i32) (param $event i32) (param $number i32) (param $count i32) (result i32)
    (local $left i32) (local $until i64)
    (local.set $left (local.get $number))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $left)))
        (i64.store (local.get $event) (i64.load (local.get $subscription)))
        (i64.store offset=8 (local.get $event) (i64.const 0))
        (i64.store offset=16 (local.get $event) (i64.const 0))
        (i64.store offset=24 (local.get $event) (i64.const 0))
        (i32.store8 offset=10 (local.get $event) (i32.load8_u offset=8 (local.get $subscription)))
        (if (i32.load8_u offset=8 (local.get $subscription))
          (then (i32.store16 offset=8 (local.get $event) (i32.const 8)))
          (else
            (local.set $until (i64.load offset=24 (local.get $subscription)))
            (if (i32.eqz (i32.load16_u offset=40 (local.get $subscription)))
              (then (local.set $until (i64.add (local.get $until) (global.get $clock)))))
            (if (i64.gt_u (local.get $until) (global.get $clock))
              (then (global.set $clock (local.get $until))))))
        (local.set $subscription (i32.add (local.get $subscription) (i32.const 48)))
        (local.set $event (i32.add (local.get $event) (i32.const 32)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $next)))
    (i32.store (local.get $count) (local.get $number))
    (i32.const 0))

  (func (export "random_get") (param $to i32) (param $size i32) (result i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $to) (local.get $size)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $to) (local.get $end)))
        (global.set $random (i64.add
          (i64.mul (global.get $random) (i64.const 6364136223846793005))
          (i64.const 1442695040888963407)))
        (i32.store8 (local.get $to) (i32.wrap_i64 (i64.shr_u (global.get $random) (i64.const 33))))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (br $next)))
    (i32.const 0))

  ;; Descriptors: 0 is at its end, 1 and 2 are character devices.
  (func (export "fd_read") (param $fd i32) (param i32 i32) (param $count i32) (result i32)
    (if (local.get $fd) (then (return (i32.const 8))))
    (i32.store (local.get $count) (i32.const 0))
    (i32.const 0))
  (func (export "fd_write")
    (param $fd i32) (param $vector i32) (param $length i32) (param $count i32) (result i32)
    (local $end i32) (local $written i32)
    (if (i32.gt_u (i32.sub (local.get $fd) (i32.const 1)) (i32.const 1)) (then (return (i32.const 8))))
    (local.set $end (i32.add (local.get $vector) (i32.shl (local.get $length) (i32.const 3))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $vector) (local.get $end)))
        (call $output (i32.load (local.get $vector)) (i32.load offset=4 (local.get $vector)))
        (local.set $written (i32.add (local.get $written) (i32.load offset=4 (local.get $vector))))
        (local.set $vector (i32.add (local.get $vector) (i32.const 8)))
        (br $next)))
    (i32.store (local.get $count) (local.get $written))
    (i32.const 0))
  (func (export "fd_close") (param i32) (result i32) (i32.const 0))
  (func (export "fd_fdstat_get") (param $fd i32) (param $to i32) (result i32)
    (if (i32.gt_u (local.get $fd) (i32.const 2)) (then (return (i32.const 8))))
    (i64.store (local.get $to) (i64.const 2))
    (i64.store offset=8 (local.get $to) (i64.const 64))
    (i64.store offset=16 (local.get $to) (i64.const 0))
    (i32.const 0))
  (func (export "fd_prestat_get") (param i32 i32) (result i32) (i32.const 8))

  (func (export "fd_advise") (param i32 i64 i64 i32) (result i32) (i32.const 52))
  (func (export "fd_allocate") (param i32 i64 i64) (result i32) (i32.const 52))
  (func (export "fd_datasync") (param i32) (result i32) (i32.const 52))
  (func (export "fd_fdstat_set_flags") (param i32 i32) (result i32) (i32.const 52))
  (func (export "fd_fdstat_set_rights") (param i32 i64 i64) (result i32) (i32.const 52))
  (func (export "fd_filestat_get") (param i32 i32) (result i32) (i32.const 52))
  (func (export "fd_filestat_set_size") (param i32 i64) (result i32) (i32.const 52))
  (func (export "fd_filestat_set_times") (param i32 i64 i64 i32) (result i32) (i32.const 52))
  (func (export "fd_pread") (param i32 i32 i32 i64 i32) (result i32) (i32.const 52))
  (func (export "fd_prestat_dir_name") (param i32 i32 i32) (result i32) (i32.const 52))
  (func (export "fd_pwrite") (param i32 i32 i32 i64 i32) (result i32) (i32.const 52))
  (func (export "fd_readdir") (param i32 i32 i32 i64 i32) (result i32) (i32.const 52))
  (func (export "fd_renumber") (param i32 i32) (result i32) (i32.const 52))
  (func (export "fd_seek") (param i32 i64 i32 i32) (result i32) (i32.const 52))
  (func (export "fd_sync") (param i32) (result i32) (i32.const 52))
  (func (export "fd_tell") (param i32 i32) (result i32) (i32.const 52))
  (func (export "path_create_directory") (param i32 i32 i32) (result i32) (i32.const 52))
  (func (export "path_filestat_get") (param i32 i32 i32 i32 i32) (result i32) (i32.const 52))
  (func (export "path_filestat_set_times") (param i32 i32 i32 i32 i64 i64 i32) (result i32) (i32.const 52))
  (func (export "path_link") (param i32 i32 i32 i32 i32 i32 i32) (result i32) (i32.const 52))
  (func (export "path_open") (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32) (i32.const 52))
  (func (export "path_readlink") (param i32 i32 i32 i32 i32 i32) (result i32) (i32.const 52))
  (func (export "path_remove_directory") (param i32 i32 i32) (result i32) (i32.const 52))
  (func (export "path_rename") (param i32 i32 i32 i32 i32 i32) (result i32) (i32.const 52))
  (func (export "path_symlink") (param i32 i32 i32 i32 i32) (result i32) (i32.const 52))
  (func (export "path_unlink_file") (param i32 i32 i32) (result i32) (i32.const 52))
  (func (export "proc_raise") (param i32) (result i32) (i32.const 52))
  (func (export "sock_accept") (param i32 i32 i32) (result i32) (i32.const 52))
  (func (export "sock_recv") (param i32 i32 i32 i32 i32 i32) (result i32) (i32.const 52))
  (func (export "sock_send") (param i32 i32 i32 i32 i32) (result i32) (i32.const 52))
  (func (export "sock_shutdown") (param i32 i32) (result i32) (i32.const 52)))
