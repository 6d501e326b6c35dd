//! Futex lock.
//!
//! Invariants: no lock is held while the program's own syscall runs; a thread
//! that holds one is in the island, where no program signal handler runs, so a
//! holder always gets to its unlock, unless its process is killed. A process that
//! shares our memory (a vfork child) can be, with a lock in its hands: so the lock
//! says who holds it, and one whose holder is gone is taken over (`inherit`). What
//! the lock protects must bear that, at any instruction.
//!
//! Around fork the forking thread holds every lock that the child will need (see
//! `dispatch::clone`).
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
use crate::dispatch::{
    blocks,
    thread::{self, ThreadBlock},
};
use core::cell::UnsafeCell;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

/// Whether another task may share this memory. A test runner has threads from the
/// start.
static SHARED: AtomicBool = AtomicBool::new(cfg!(test));

/// Whether another process may share this memory.
static PROCESSES: AtomicBool = AtomicBool::new(false);

/// From here on another task may share this memory.
pub fn threads_begin() {
    SHARED.store(true, Ordering::SeqCst);
}

/// From here on another process may share this memory.
pub fn processes_begin() {
    PROCESSES.store(true, Ordering::SeqCst);
}

/// Whether `threads_begin` was called.
pub fn is_shared() -> bool {
    SHARED.load(Ordering::Relaxed)
}

/// How often a taken lock is looked at before sleeping: about as long as a guest
/// call holds it.
const SPINS: u32 = 200;

/// Nobody holds it.
const FREE: u64 = 0;
/// Somebody may sleep until it is free.
const CONTENDED: u64 = 1;
/// The holder has no block: a thread at start-up, or of a test runner.
const STRANGER: u64 = 2;

const FUTEX_WAIT_PRIVATE: usize = 128;
const FUTEX_WAKE_PRIVATE: usize = 129;

/// Blocks while `word` holds `value`; may return spuriously.
pub fn futex_wait(word: &AtomicU32, value: u32) {
    wait(word.as_ptr(), value, None);
}

/// Wakes up to `count` waiters.
pub fn futex_wake(word: &AtomicU32, count: u32) {
    wake(word.as_ptr(), count);
}

/// As `futex_wait`, for at most so many nanoseconds.
fn wait(word: *mut u32, value: u32, nanoseconds: Option<u64>) {
    let time = [0, nanoseconds.unwrap_or(0)];
    let time = if nanoseconds.is_some() { time.as_ptr() } else { core::ptr::null() };
    // SAFETY: the word outlives the call, and so does the time.
    unsafe {
        syscall4(nr::FUTEX, word as usize, FUTEX_WAIT_PRIVATE, value as usize, time as usize);
    }
}

fn wake(word: *mut u32, count: u32) {
    // SAFETY: waking has no memory effect.
    unsafe {
        syscall4(nr::FUTEX, word as usize, FUTEX_WAKE_PRIVATE, count as usize, 0);
    }
}

/// The name under which a thread holds locks: the address of its block.
fn name_of(block: &ThreadBlock) -> u64 {
    core::ptr::from_ref(block) as u64
}

fn own_name() -> u64 {
    thread::try_current().map_or(STRANGER, name_of)
}

/// A mutual exclusion lock without data: its holder's name, and `CONTENDED`.
#[derive(Debug)]
pub struct Lock(AtomicU64);

impl Lock {
    /// An unlocked lock.
    pub const fn new() -> Self {
        Self(AtomicU64::new(FREE))
    }

    /// Takes the lock, waiting in the kernel if it is held. True: the last holder
    /// was killed, and what the lock protects is as it left it.
    #[inline]
    pub fn lock(&self) -> bool {
        self.take(own_name())
    }

    /// The same for a thread that has its block at hand.
    #[inline]
    pub fn lock_as(&self, block: &ThreadBlock) -> bool {
        self.take(name_of(block))
    }

    /// Whether this thread holds it.
    #[inline]
    pub fn is_held_by(&self, block: &ThreadBlock) -> bool {
        self.0.load(Ordering::Relaxed) & !CONTENDED == name_of(block)
    }

    #[inline]
    fn take(&self, name: u64) -> bool {
        if !SHARED.load(Ordering::Relaxed) && self.0.load(Ordering::Relaxed) == FREE {
            self.0.store(name, Ordering::Relaxed);
            return false;
        }
        self.0.compare_exchange(FREE, name, Ordering::Acquire, Ordering::Relaxed).is_err() && self.take_contended(name)
    }

    /// The half of the word that the kernel compares.
    fn futex(&self) -> *mut u32 {
        self.0.as_ptr().cast()
    }

    #[cold]
    fn take_contended(&self, name: u64) -> bool {
        /// How long until a holder in another process is asked whether it lives.
        const PATIENCE: u64 = 20_000_000;
        // What the word says once we have slept: others may sleep still.
        let mut mark = 0;
        loop {
            // Also after each sleep: who is only just awake would lose the lock
            // to threads that take it again and again.
            for _ in 0..SPINS {
                if self.0.load(Ordering::Relaxed) == FREE && self.change(FREE, name | mark) {
                    return false;
                }
                core::hint::spin_loop();
            }
            mark = CONTENDED;
            let held = self.0.load(Ordering::Relaxed);
            if held == FREE || held & CONTENDED == 0 && !self.change(held, held | CONTENDED) {
                continue;
            }
            let patience = PROCESSES.load(Ordering::Relaxed).then_some(PATIENCE);
            wait(self.futex(), (held | CONTENDED) as u32, patience);
            if patience.is_some()
                && self.0.load(Ordering::Relaxed) == held | CONTENDED
                && blocks::is_gone(held & !CONTENDED)
                && self.change(held | CONTENDED, name | CONTENDED)
            {
                return true;
            }
        }
    }

    fn change(&self, from: u64, to: u64) -> bool {
        self.0.compare_exchange(from, to, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Takes the lock if it is free.
    pub fn try_lock(&self) -> bool {
        self.change(FREE, own_name())
    }

    /// Gives the lock back. Only its holder may call this (in a fork child: the
    /// copy of its holder).
    #[inline]
    pub fn unlock(&self) {
        if !SHARED.load(Ordering::Relaxed) {
            self.0.store(FREE, Ordering::Relaxed);
            return;
        }
        if self.0.swap(FREE, Ordering::Release) & CONTENDED != 0 {
            wake(self.futex(), 1);
        }
    }

    /// Takes the lock over from a thread that is known to be gone, if it held it.
    pub fn inherit(&self, gone: &ThreadBlock) -> bool {
        self.is_held_by(gone) && {
            let held = self.0.load(Ordering::Relaxed);
            self.change(held, own_name() | CONTENDED) || self.change(held | CONTENDED, own_name() | CONTENDED)
        }
    }

    /// Frees the lock if a thread held it that is known to be gone.
    pub fn free_from(&self, gone: &ThreadBlock) {
        if self.inherit(gone) {
            self.unlock();
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
