//! The allocator of everything in the loader: blocks of some fifty sizes, each
//! with a list of free ones, over raw mmap.
//!
//! There is no lock: a thread may be killed, or the process forked, at any
//! instruction, and what that costs is one block. (A vfork child runs in its
//! parent's memory and can be killed alone.) Small blocks are never given back to
//! the kernel, and serve their own size again; large ones are mappings of their
//! own.
//!
//! Invariant: the program's heap (brk, malloc) is never touched.
//!
//! # Safety
//! Memory comes from private anonymous mappings that only this file knows. A free
//! block holds the address of the next; it may be read while another thread has
//! just taken it, and what is read then is not used (the tag has changed).
#![allow(unsafe_code, reason = "implements GlobalAlloc")]

use super::ranges;
use crate::arch::syscall::{PAGE, nr, syscall2, syscall5, syscall6};
use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

/// Maps fresh zeroed private memory; None when the kernel refuses. It counts as
/// used only once it is.
pub fn map(size: usize) -> Option<*mut u8> {
    const PROT_READ_WRITE: usize = 3;
    const MAP_PRIVATE_ANONYMOUS_NORESERVE: usize = 0x4022;
    // SAFETY: a new anonymous mapping disturbs no existing one.
    let at = unsafe { syscall6(nr::MMAP, 0, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, usize::MAX, 0) };
    if (-4095..0).contains(&at) { None } else { Some(at as *mut u8) }
}

/// As `map`, for a mapping that is used at once.
pub fn map_owned(size: usize) -> Option<*mut u8> {
    let at = map(size)?;
    list(at as u64, size);
    Some(at)
}

/// Gives a mapping back.
///
/// # Safety
/// It is the caller's, of this size, and used by nobody any more.
pub unsafe fn unmap(at: *mut u8, size: usize) {
    ranges::remove(at as u64);
    // SAFETY: by the caller.
    unsafe { syscall2(nr::MUNMAP, at as usize, size) };
}

/// Makes a mapping smaller or larger, which may move it; what is new is zero.
///
/// # Safety
/// It is the caller's, of `old` bytes. Addresses within are void afterwards.
pub unsafe fn remap(at: *mut u8, old: usize, new: usize) -> Option<*mut u8> {
    const MREMAP_MAYMOVE: usize = 1;
    // First, because another thread may be given the old place at once.
    ranges::remove(at as u64);
    // SAFETY: by the caller.
    let moved = unsafe { syscall5(nr::MREMAP, at.addr(), old, new, MREMAP_MAYMOVE, 0) };
    if (-4095..0).contains(&moved) {
        list(at as u64, old);
        return None;
    }
    list(moved as u64, new);
    Some(moved as *mut u8)
}

/// Lists a mapping as the loader's. A test runner's heap is the program's too.
fn list(at: u64, size: usize) {
    if cfg!(feature = "preload") {
        ranges::add(at, size);
    }
}

/// Alignment of every block.
const UNIT: usize = 16;
/// Up to here every multiple of `UNIT` has its list; beyond, four sizes from each
/// power of two to the next.
const FINE: usize = 256;
/// Larger blocks, and more strictly aligned ones, are mappings.
const LARGEST: usize = 32 << 10;
const LISTS: usize = FINE / UNIT + 4 * (LARGEST.ilog2() - FINE.ilog2()) as usize;
/// Address space that is mapped at a time; untouched pages cost nothing.
const CHUNK: usize = 1 << 20;

/// The list of blocks that hold `size` bytes.
fn list_of(size: usize) -> usize {
    if size <= FINE {
        return size.max(1).div_ceil(UNIT) - 1;
    }
    let power = (size - 1).ilog2();
    let quarter = (size - 1) >> (power - 2) & 3;
    FINE / UNIT + 4 * (power - FINE.ilog2()) as usize + quarter
}

/// The size of the blocks of a list.
fn size_of_list(list: usize) -> usize {
    const STEPS: usize = FINE / UNIT;
    if list < STEPS {
        return (list + 1) * UNIT;
    }
    let (power, quarter) = ((list - STEPS) / 4, (list - STEPS) % 4);
    (FINE << power) + (FINE << power) / 4 * (quarter + 1)
}

/// Whether such a block is a mapping of its own.
fn is_large(layout: Layout) -> bool {
    layout.size() > LARGEST || layout.align() > UNIT
}

/// The head of a list: address of the first block, and a tag that changes with
/// each change, so that a list which looks the same is the same.
#[repr(C, align(16))]
struct List(UnsafeCell<u128>);

// SAFETY: only exchanged as a whole.
unsafe impl Sync for List {}

impl List {
    const fn new() -> Self {
        Self(UnsafeCell::new(0))
    }

    /// Exchanges the head; answers what it was.
    fn exchange(&self, old: u128, new: u128) -> u128 {
        let [low, high] = [new as u64, (new >> 64) as u64];
        let [mut old_low, mut old_high] = [old as u64, (old >> 64) as u64];
        // SAFETY: 16 bytes, aligned; every processor with FSGSBASE has this
        // instruction. rbx cannot be an operand.
        unsafe {
            core::arch::asm!(
                "xchg {low}, rbx",
                "lock cmpxchg16b [{at}]",
                "mov rbx, {low}",
                at = in(reg) self.0.get(),
                low = inout(reg) low => _,
                in("rcx") high,
                inout("rax") old_low,
                inout("rdx") old_high,
                options(nostack)
            );
        }
        u128::from(old_low) | u128::from(old_high) << 64
    }

    /// The head, perhaps torn: then an exchange fails.
    fn look(&self) -> u128 {
        let at: *const AtomicUsize = self.0.get().cast();
        // SAFETY: two words, each read at once.
        let [address, tag] = unsafe { [(*at).load(Ordering::Acquire), (*at.add(1)).load(Ordering::Acquire)] };
        address as u128 | (tag as u128) << 64
    }

    /// Changes the first block from `head`'s to `first`, if nobody else was here.
    fn replace(&self, head: u128, first: *mut u8) -> Result<(), u128> {
        let tag = ((head >> 64) as u64).wrapping_add(1);
        let new = first.expose_provenance() as u128 | u128::from(tag) << 64;
        match self.exchange(head, new) {
            seen if seen == head => Ok(()),
            seen => Err(seen),
        }
    }

    fn take(&self) -> *mut u8 {
        let mut head = self.look();
        loop {
            let first = core::ptr::with_exposed_provenance_mut::<u8>(head as usize);
            if first.is_null() {
                return first;
            }
            // SAFETY: blocks stay mapped; see the module.
            let next = unsafe { (*first.cast::<AtomicPtr<u8>>()).load(Ordering::Relaxed) };
            match self.replace(head, next) {
                Ok(()) => return first,
                Err(seen) => head = seen,
            }
        }
    }

    fn give(&self, block: *mut u8) {
        let mut head = self.look();
        loop {
            let first = core::ptr::with_exposed_provenance_mut::<u8>(head as usize);
            // SAFETY: the block is ours still.
            unsafe { (*block.cast::<AtomicPtr<u8>>()).store(first, Ordering::Relaxed) };
            match self.replace(head, block) {
                Ok(()) => return,
                Err(seen) => head = seen,
            }
        }
    }
}

/// The head of a chunk: how much of it is taken, itself included.
struct Chunk {
    used: AtomicUsize,
}

struct Heap {
    lists: [List; LISTS],
    /// The chunk that blocks are cut from.
    chunk: AtomicPtr<Chunk>,
}

impl Heap {
    /// A block that nobody has had, of `size` bytes.
    fn cut(&self, size: usize) -> *mut u8 {
        loop {
            let chunk = self.chunk.load(Ordering::Acquire);
            if !chunk.is_null() {
                // SAFETY: chunks stay mapped.
                let at = unsafe { (*chunk).used.fetch_add(size, Ordering::Relaxed) };
                if at + size <= CHUNK {
                    // SAFETY: within the chunk, and nobody else's.
                    return unsafe { chunk.cast::<u8>().add(at) };
                }
            }
            let Some(fresh) = map(CHUNK) else { return null_mut() };
            let fresh: *mut Chunk = fresh.cast();
            // SAFETY: just mapped.
            unsafe { (*fresh).used.store(UNIT, Ordering::Relaxed) };
            match self.chunk.compare_exchange(chunk, fresh, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => list(fresh as u64, CHUNK),
                // SAFETY: just mapped, and in no use.
                Err(_) => unsafe { unmap(fresh.cast(), CHUNK) },
            }
        }
    }
}

// SAFETY: a block is handed to one caller at a time, has the size of its list or
// of its mapping, and is aligned to `UNIT` or to a page.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_large(layout) {
            let size = layout.size().max(1).next_multiple_of(PAGE);
            return (layout.align() <= PAGE).then(|| map_owned(size)).flatten().unwrap_or(null_mut());
        }
        let list = list_of(layout.size());
        match self.lists[list].take() {
            block if block.is_null() => self.cut(size_of_list(list)),
            block => block,
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: by the caller.
        let block = unsafe { self.alloc(layout) };
        if !is_large(layout) && !block.is_null() {
            // SAFETY: a block of at least this size.
            unsafe { block.write_bytes(0, layout.size()) };
        }
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if is_large(layout) {
            // SAFETY: by the caller.
            unsafe { unmap(block, layout.size().max(1).next_multiple_of(PAGE)) };
        } else {
            self.lists[list_of(layout.size())].give(block);
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's size, rounded up, does not overflow.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        match (is_large(layout), is_large(wanted)) {
            (false, false) if list_of(layout.size()) == list_of(size) => return block,
            (true, true) => {
                let [old, new] = [layout.size(), size].map(|size| size.max(1).next_multiple_of(PAGE));
                // SAFETY: by the caller.
                return unsafe { remap(block, old, new) }.unwrap_or(null_mut());
            }
            _ => {}
        }
        // SAFETY: by the caller; the new block is another one.
        unsafe {
            let new = self.alloc(wanted);
            if !new.is_null() {
                core::ptr::copy_nonoverlapping(block, new, layout.size().min(size));
                self.dealloc(block, layout);
            }
            new
        }
    }
}

#[global_allocator]
static HEAP: Heap = Heap { lists: [const { List::new() }; LISTS], chunk: AtomicPtr::new(null_mut()) };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_fits_its_list_tightly() {
        for size in 1..=LARGEST {
            let list = list_of(size);
            let block = size_of_list(list);
            assert!(
                list < LISTS && block >= size && block.is_multiple_of(UNIT),
                "size {size} list {list} block {block}"
            );
            assert!(list == 0 || size_of_list(list - 1) < size, "size {size} fits a smaller list than {list}");
        }
        assert_eq!(size_of_list(LISTS - 1), LARGEST);
    }

    #[test]
    fn threads_never_share_a_block() {
        extern crate std;
        let layout = Layout::from_size_align(48, 8).unwrap();
        std::thread::scope(|scope| {
            for mine in 1..=4u8 {
                scope.spawn(move || {
                    for round in 0..20_000 {
                        // SAFETY: used as GlobalAlloc says.
                        unsafe {
                            let blocks: [*mut u8; 3] = core::array::from_fn(|_| HEAP.alloc(layout));
                            blocks.iter().for_each(|block| block.write_bytes(mine, 48));
                            let whole = |block: &*mut u8| (0..48).all(|at| block.add(at).read() == mine);
                            assert!(blocks.iter().all(whole), "round {round}");
                            blocks.iter().for_each(|block| HEAP.dealloc(*block, layout));
                        }
                    }
                });
            }
        });
    }

    #[test]
    fn large_blocks_grow_in_place_or_move_whole() {
        let layout = Layout::from_size_align(LARGEST, 8).unwrap();
        // SAFETY: used as GlobalAlloc says.
        unsafe {
            let mut block = HEAP.alloc(layout);
            block.write_bytes(7, LARGEST);
            let mut size = LARGEST;
            for next in [LARGEST + 1, 3 * LARGEST, 10 * LARGEST, 100] {
                block = HEAP.realloc(block, Layout::from_size_align(size, 8).unwrap(), next);
                size = next;
                assert!((0..size.min(LARGEST)).all(|at| block.add(at).read() == 7));
            }
            HEAP.dealloc(block, Layout::from_size_align(size, 8).unwrap());
            let page = Layout::from_size_align(10, 4096).unwrap();
            let block = HEAP.alloc_zeroed(page);
            assert!(block.addr().is_multiple_of(4096) && block.read() == 0);
            HEAP.dealloc(block, page);
        }
    }
}
