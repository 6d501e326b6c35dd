//! Whatever a program passes, the tracer prints a line and does not panic: in
//! the component a panic is a trap, and that ends the program.

use trace_core::{Call, Memory, Thread, Tracer};

/// A generator of numbers (xorshift64*), the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Small numbers, flags, addresses, extremes.
    fn argument(&mut self) -> u64 {
        match self.next() % 6 {
            0 => 0,
            1 => self.next() % 64,
            2 => 1 << (self.next() % 64),
            3 => u64::MAX - self.next() % 200,
            4 => 0x7f00_0000_0000 + self.next() % (1 << 32),
            _ => self.next(),
        }
    }
}

/// Memory with anything in it, some of it missing.
struct Anything;

impl Memory for Anything {
    fn read(&self, at: u64, length: usize) -> Option<Vec<u8>> {
        self.read_some(at, length).filter(|bytes| bytes.len() == length)
    }

    fn read_some(&self, at: u64, length: usize) -> Option<Vec<u8>> {
        let mut numbers = Numbers(at | 1);
        let there = match numbers.next() % 5 {
            0 => return None,
            1 => length.min((numbers.next() % 100) as usize),
            _ => length,
        };
        // The host gives no more than this.
        if length > 1 << 20 {
            return None;
        }
        let narrow = numbers.next().is_multiple_of(2);
        let bytes = std::iter::repeat_with(|| match narrow {
            true => (numbers.next() % 3) as u8,
            false => numbers.next() as u8,
        });
        Some(bytes.take(there).collect())
    }

    fn read_c_string(&self, at: u64, max: usize) -> Option<Vec<u8>> {
        let mut bytes = self.read_some(at, max)?;
        if let Some(end) = bytes.iter().position(|byte| *byte == 0) {
            bytes.truncate(end);
        }
        Some(bytes)
    }
}

#[test]
fn any_call_gives_a_line() {
    let mut numbers = Numbers(1);
    let thread = Thread { pid: 1, tid: 1 };
    for words in [["-s", "32"].as_slice(), &["--json"], &["-s", "0"]] {
        let mut tracer = Tracer::new(words).expect("the options are right");
        for number in 0..600 {
            for _ in 0..60 {
                let call = Call { number, args: std::array::from_fn(|_| numbers.argument()) };
                let outcome = match numbers.next() % 3 {
                    0 => -((numbers.next() % 140) as i64),
                    1 => (numbers.next() % 5000) as i64,
                    _ => numbers.argument() as i64,
                };
                let mut lines = tracer.enter(thread, call, &Anything).to_vec();
                lines.extend_from_slice(tracer.exit(thread, call, outcome, &Anything));
                assert!(lines.is_ascii(), "{call:?}");
                assert!(lines.is_empty() || lines.ends_with(b"\n"), "{call:?}");
            }
        }
    }
}
