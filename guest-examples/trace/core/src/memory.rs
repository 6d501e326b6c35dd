//! How the decoder reads the traced program's memory.

use alloc::vec::Vec;

/// The traced program's memory. `None` means that it cannot be read: the
/// decoder then prints the address.
pub trait Memory {
    /// Exactly `length` bytes.
    fn read(&self, at: u64, length: usize) -> Option<Vec<u8>>;

    /// Up to `length` bytes, fewer where memory ends.
    fn read_some(&self, at: u64, length: usize) -> Option<Vec<u8>>;

    /// A C string without its NUL, cut at `max` bytes.
    fn read_c_string(&self, at: u64, max: usize) -> Option<Vec<u8>>;
}
