//! Helpers of the unit tests.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use crate::{line::Line, memory::Memory};

/// What `write` writes, as text.
pub(crate) fn text(write: impl FnOnce(&mut Line)) -> String {
    let mut line = Line::default();
    write(&mut line);
    String::from_utf8(line.bytes().to_vec()).expect("lines are ASCII")
}

/// Memory made of pieces at chosen addresses.
#[derive(Default)]
pub(crate) struct Pieces(BTreeMap<u64, Vec<u8>>);

impl Pieces {
    /// Puts `bytes` at `at`.
    pub(crate) fn with(mut self, at: u64, bytes: &[u8]) -> Self {
        self.0.insert(at, bytes.to_vec());
        self
    }
}

impl Memory for Pieces {
    fn read(&self, at: u64, length: usize) -> Option<Vec<u8>> {
        self.read_some(at, length).filter(|bytes| bytes.len() == length)
    }

    fn read_some(&self, at: u64, length: usize) -> Option<Vec<u8>> {
        let (start, bytes) = self.0.range(..=at).next_back()?;
        let bytes = bytes.get((at - start) as usize..).filter(|bytes| !bytes.is_empty())?;
        Some(bytes[..length.min(bytes.len())].to_vec())
    }

    fn read_c_string(&self, at: u64, max: usize) -> Option<Vec<u8>> {
        let mut bytes = self.read_some(at, max)?;
        match bytes.iter().position(|byte| *byte == 0) {
            Some(end) => bytes.truncate(end),
            None if bytes.len() < max => return None,
            None => {}
        }
        Some(bytes)
    }
}
