//! Futex lock.
//!
//! Invariants: no lock is held while the program's own syscall runs; a thread
//! that holds one is in the island, where no program signal handler runs, so a
//! holder always gets to its unlock. Around fork the forking thread holds
//! every lock that the child will need (see `dispatch::clone`).
//!
//!
//! While the process has one thread, a lock is a plain word: an atomic
//! read-modify-write costs more than the rest of the lock, twice a hooked call.
//! `threads_begin` is called before the first second thread is made.
//!
//! # Safety
//! `Mutex` hands out `&mut T` only through a guard that exists between lock
//! and unlock.
#![allow(unsafe_code, reason = "raw futex calls and UnsafeCell")]

use crate::arch::syscall::{nr, syscall4};
use core::cell::UnsafeCell;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Whether another task may share this memory. A test runner has threads from the
/// start.
static SHARED: AtomicBool = AtomicBool::new(cfg!(test));

/// From here on another task may share this memory.
pub fn threads_begin() {
    SHARED.store(true, Ordering::SeqCst);
}

/// Whether `threads_begin` was called.
pub fn is_shared() -> bool {
    SHARED.load(Ordering::Relaxed)
}

/// How often a taken lock is looked at before sleeping: about as long as a guest
/// call holds it.
const SPINS: u32 = 200;

const FREE: u32 = 0;
const HELD: u32 = 1;
const CONTENDED: u32 = 2;

const FUTEX_WAIT_PRIVATE: usize = 128;
const FUTEX_WAKE_PRIVATE: usize = 129;

/// Blocks while `word` holds `value`; may return spuriously.
pub fn futex_wait(word: &AtomicU32, value: u32) {
    // SAFETY: the word outlives the call; no timeout.
    unsafe {
        syscall4(nr::FUTEX, word.as_ptr() as usize, FUTEX_WAIT_PRIVATE, value as usize, 0);
    }
}

/// Wakes up to `count` waiters.
pub fn futex_wake(word: &AtomicU32, count: u32) {
    // SAFETY: waking has no memory effect.
    unsafe {
        syscall4(nr::FUTEX, word.as_ptr() as usize, FUTEX_WAKE_PRIVATE, count as usize, 0);
    }
}

/// A mutual exclusion lock without data.
#[derive(Debug)]
pub struct Lock(AtomicU32);

impl Lock {
    /// An unlocked lock.
    pub const fn new() -> Self {
        Self(AtomicU32::new(FREE))
    }

    /// Takes the lock, waiting in the kernel if it is held.
    #[inline]
    pub fn lock(&self) {
        if !SHARED.load(Ordering::Relaxed) && self.0.load(Ordering::Relaxed) == FREE {
            self.0.store(HELD, Ordering::Relaxed);
            return;
        }
        if self.0.compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed).is_err() {
            self.lock_contended();
        }
    }

    #[cold]
    fn lock_contended(&self) {
        // What the word says once we have slept: others may sleep still.
        let mut held = HELD;
        loop {
            // Also after each sleep: who is only just awake would lose the lock
            // to threads that take it again and again.
            for _ in 0..SPINS {
                if self.0.load(Ordering::Relaxed) == FREE
                    && self.0.compare_exchange(FREE, held, Ordering::Acquire, Ordering::Relaxed).is_ok()
                {
                    return;
                }
                core::hint::spin_loop();
            }
            held = CONTENDED;
            if self.0.swap(CONTENDED, Ordering::Acquire) == FREE {
                return;
            }
            futex_wait(&self.0, CONTENDED);
        }
    }

    /// Takes the lock if it is free.
    pub fn try_lock(&self) -> bool {
        self.0.compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Gives the lock back. Only its holder may call this (in a fork child: the
    /// copy of its holder).
    #[inline]
    pub fn unlock(&self) {
        if !SHARED.load(Ordering::Relaxed) {
            self.0.store(FREE, Ordering::Relaxed);
            return;
        }
        if self.0.swap(FREE, Ordering::Release) == CONTENDED {
            futex_wake(&self.0, 1);
        }
    }
}

impl Default for Lock {
    fn default() -> Self {
        Self::new()
    }
}

/// A lock with the data that it protects.
#[derive(Debug)]
pub struct Mutex<T> {
    lock: Lock,
    data: UnsafeCell<T>,
}

// SAFETY: the data is reached only by the holder of the lock.
unsafe impl<T: Send> Sync for Mutex<T> {}

impl<T> Mutex<T> {
    /// A free lock around `data`.
    pub const fn new(data: T) -> Self {
        Self { lock: Lock::new(), data: UnsafeCell::new(data) }
    }

    /// Takes the lock.
    pub fn lock(&self) -> Guard<'_, T> {
        self.lock.lock();
        Guard(self)
    }

    /// The bare lock, for holding it across a fork.
    pub fn raw(&self) -> &Lock {
        &self.lock
    }
}

/// Access to the data of a [`Mutex`]; unlocks when dropped.
#[derive(Debug)]
pub struct Guard<'a, T>(&'a Mutex<T>);

impl<T> Deref for Guard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: this guard holds the lock.
        unsafe { &*self.0.data.get() }
    }
}

impl<T> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard holds the lock, and is borrowed mutably.
        unsafe { &mut *self.0.data.get() }
    }
}

impl<T> Drop for Guard<'_, T> {
    fn drop(&mut self) {
        self.0.lock.unlock();
    }
}
