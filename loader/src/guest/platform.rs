//! What wasmtime asks of its platform, answered with raw syscalls and the
//! thread block.
//!
//! wasmtime's no_std flavour links against these C functions. They are declared
//! in assembly as hidden symbols that jump to private Rust functions, not with
//! `#[no_mangle]`: rustc would export those from the shared object, where a
//! program that embeds wasmtime itself could bind to them, or we to its.
//!
//! Invariants: nothing here calls libc or allocates; a lock word that was never
//! used is all zero and needs no release.
//!
//! # Safety
//! wasmtime passes ranges that it got from `wasmtime_mmap_new`, and lock words
//! that live as long as the lock. The thread-local slots need the thread's block
//! in %gs.
#![allow(unsafe_code, reason = "wasmtime's C platform interface")]

use crate::arch::syscall::{PAGE, nr, syscall2, syscall3, syscall6};
use crate::dispatch::thread::ThreadBlock;
use crate::island::ranges;
use crate::island::sync::{futex_wait, futex_wake};
use core::mem::offset_of;
use core::sync::atomic::{AtomicU32, Ordering};

macro_rules! platform {
    ($($name:literal => $target:path;)*) => {$(
        core::arch::global_asm!(
            concat!(".pushsection .text.", $name, ",\"ax\",@progbits"),
            concat!(".globl ", $name),
            concat!(".hidden ", $name),
            concat!(".type ", $name, ",@function"),
            concat!($name, ":"),
            "jmp {target}",
            concat!(".size ", $name, ", . - ", $name),
            ".popsection",
            target = sym $target,
        );
    )*};
}

platform! {
    "wasmtime_mmap_new" => mmap_new;
    "wasmtime_mmap_remap" => mmap_remap;
    "wasmtime_munmap" => munmap;
    "wasmtime_mprotect" => mprotect;
    "wasmtime_page_size" => page_size;
    "wasmtime_memory_image_new" => memory_image_new;
    "wasmtime_memory_image_map_at" => memory_image_map_at;
    "wasmtime_memory_image_free" => memory_image_free;
    "wasmtime_sync_lock_free" => word_free;
    "wasmtime_sync_lock_acquire" => word_write;
    "wasmtime_sync_lock_release" => word_write_release;
    "wasmtime_sync_rwlock_free" => word_free;
    "wasmtime_sync_rwlock_read" => word_read;
    "wasmtime_sync_rwlock_read_release" => word_read_release;
    "wasmtime_sync_rwlock_write" => word_write;
    "wasmtime_sync_rwlock_write_release" => word_write_release;
}

// Read and written several times in every call of a guest.
core::arch::global_asm!(
    ".pushsection .text.wasmtime_tls,\"ax\",@progbits",
    ".globl wasmtime_tls_get",
    ".hidden wasmtime_tls_get",
    ".type wasmtime_tls_get,@function",
    ".balign 16",
    "wasmtime_tls_get:",
    "mov rax, qword ptr gs:[rdi*8 + {slots}]",
    "ret",
    ".size wasmtime_tls_get, . - wasmtime_tls_get",
    ".globl wasmtime_tls_set",
    ".hidden wasmtime_tls_set",
    ".type wasmtime_tls_set,@function",
    ".balign 16",
    "wasmtime_tls_set:",
    "mov qword ptr gs:[rdi*8 + {slots}], rsi",
    "ret",
    ".size wasmtime_tls_set, . - wasmtime_tls_set",
    ".popsection",
    slots = const offset_of!(ThreadBlock, wasmtime_tls),
);

const MAP_PRIVATE: usize = 0x02;
const MAP_FIXED: usize = 0x10;
const MAP_ANONYMOUS: usize = 0x20;

/// 0, or the errno.
fn status(result: isize) -> i32 {
    if (-4095..0).contains(&result) { (-result) as i32 } else { 0 }
}

// WASMTIME_PROT_{READ,WRITE,EXEC} are 1, 2 and 4, as Linux's PROT_*.
extern "C" fn mmap_new(size: usize, protection: u32, result: &mut *mut u8) -> i32 {
    // SAFETY: a new anonymous mapping disturbs no existing one.
    let at = unsafe { syscall6(nr::MMAP, 0, size, protection as usize, MAP_PRIVATE | MAP_ANONYMOUS, usize::MAX, 0) };
    let status = status(at);
    if status == 0 {
        ranges::add(at as u64, size);
        *result = at as *mut u8;
    }
    status
}

extern "C" fn mmap_remap(at: *mut u8, size: usize, protection: u32) -> i32 {
    // SAFETY: the range is wasmtime's own and it asks for its replacement.
    let got = unsafe {
        syscall6(
            nr::MMAP,
            at as usize,
            size,
            protection as usize,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
            usize::MAX,
            0,
        )
    };
    status(got)
}

extern "C" fn munmap(at: *mut u8, size: usize) -> i32 {
    ranges::remove(at as u64);
    // SAFETY: the range is wasmtime's own and it gives it up.
    unsafe { syscall2(nr::MUNMAP, at as usize, size) };
    // wasmtime panics on a failure. All that can fail is the kernel splitting a
    // mapping at its limit; then the range leaks.
    0
}

extern "C" fn mprotect(at: *mut u8, size: usize, protection: u32) -> i32 {
    // SAFETY: the range is wasmtime's own.
    status(unsafe { syscall3(nr::MPROTECT, at as usize, size, protection as usize) })
}

extern "C" fn page_size() -> usize {
    PAGE
}

/// No image, no failure: memories are filled by copying.
extern "C" fn memory_image_new(_at: *const u8, _size: usize, result: &mut *mut u8) -> i32 {
    *result = core::ptr::null_mut();
    0
}

extern "C" fn memory_image_map_at(_image: *mut u8, _at: *mut u8, _size: usize) -> i32 {
    const ENOSYS: i32 = 38;
    ENOSYS
}

extern "C" fn memory_image_free(_image: *mut u8) {}

/// One lock for both of wasmtime's kinds, in one word: `state` is 0 when free,
/// `WRITER`, or the number of readers; `waiters` counts who may sleep on it.
#[repr(C)]
struct Word {
    state: AtomicU32,
    waiters: AtomicU32,
}

const _: () = assert!(size_of::<Word>() == size_of::<usize>());
const WRITER: u32 = u32::MAX;

impl Word {
    /// Moves `state` to what `next` makes of it, sleeping while it says None.
    fn enter(&self, next: impl Fn(u32) -> Option<u32>) {
        loop {
            let seen = self.state.load(Ordering::SeqCst);
            match next(seen) {
                Some(new) => {
                    if self.state.compare_exchange(seen, new, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
                        return;
                    }
                }
                None => {
                    self.waiters.fetch_add(1, Ordering::SeqCst);
                    futex_wait(&self.state, seen);
                    self.waiters.fetch_sub(1, Ordering::SeqCst);
                }
            }
        }
    }

    /// Wakes everybody who may be asleep; called after `state` was changed.
    fn left(&self) {
        if self.waiters.load(Ordering::SeqCst) != 0 {
            futex_wake(&self.state, i32::MAX as u32);
        }
    }
}

extern "C" fn word_free(_word: &Word) {}

extern "C" fn word_write(word: &Word) {
    word.enter(|state| (state == 0).then_some(WRITER));
}

extern "C" fn word_write_release(word: &Word) {
    word.state.store(0, Ordering::SeqCst);
    word.left();
}

extern "C" fn word_read(word: &Word) {
    word.enter(|state| (state < WRITER - 1).then_some(state + 1));
}

extern "C" fn word_read_release(word: &Word) {
    word.state.fetch_sub(1, Ordering::SeqCst);
    word.left();
}
