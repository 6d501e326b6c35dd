//! What the fuzz tests share: random numbers, damage, and how many cases to run.
//!
//! The same cases in every run, unless ZPOLINE_FUZZ_SEED says otherwise;
//! ZPOLINE_FUZZ_CASES says how many, a few seconds' worth if it says nothing. Each
//! test says its seed and its number of cases.
//!
//! A file of its own without any dependency: the other packages' tests have it as
//! a module too.

/// Random numbers: xorshift64*.
#[derive(Debug, Clone)]
pub struct Random(u64);

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}

/// How many cases to run, as the user says or `default`, and random numbers for the
/// test of this name.
pub fn begin(test: &str, default: u64) -> (u64, Random) {
    let seed = number("ZPOLINE_FUZZ_SEED").unwrap_or(1);
    let cases = number("ZPOLINE_FUZZ_CASES").unwrap_or(default);
    println!("{test}: ZPOLINE_FUZZ_SEED={seed} ZPOLINE_FUZZ_CASES={cases}");
    (cases, Random::new(test, seed))
}

impl Random {
    /// For a test of this name.
    pub fn new(test: &str, seed: u64) -> Self {
        let mix = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        Self(test.bytes().fold(seed.wrapping_add(0xcbf2_9ce4_8422_2325), mix) | 1)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Less than `limit`, or 0.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.bits() >> 33).unwrap_or(0) % limit.max(1)
    }

    /// So many bytes.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.bits().to_le_bytes()[3]).collect()
    }

    /// One of these.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Damages bytes: flips, overwrites, cuts, doubles, moves and splices in pieces of
    /// `others`.
    pub fn damage(&mut self, bytes: &mut Vec<u8>, others: &[Vec<u8>]) {
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            let length = self.below(24).min(bytes.len() - at.min(bytes.len()));
            let to = self.below(bytes.len());
            match self.below(12) {
                0 => bytes.truncate(at),
                1 => drop(bytes.drain(at..at + length)),
                2 => {
                    let piece = bytes[at..at + length].to_vec();
                    bytes.splice(to..to, piece);
                }
                3 => {
                    let piece: Vec<u8> = bytes.drain(at..at + length).collect();
                    let to = to.min(bytes.len());
                    bytes.splice(to..to, piece);
                }
                4 => {
                    let more = self.bytes(length);
                    bytes[at..at + length].copy_from_slice(&more);
                }
                5 if !others.is_empty() => {
                    let other = self.one(others);
                    let from = self.below(other.len());
                    let piece = other[from..(from + self.below(300)).min(other.len())].to_vec();
                    bytes.splice(to..to, piece);
                }
                6 | 7 => {
                    // A length or a count, often.
                    let value = *self.one(&[0, 1, 2, 0x7f, 0x80, 0xff]);
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte = value;
                    }
                }
                _ => {
                    let bit = self.below(8);
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << bit;
                    }
                }
            }
        }
    }
}

/// What the package `zpoline-random-modules` writes: see there.
#[derive(Debug)]
pub struct Modules {
    program: std::process::Child,
    left: u64,
}

impl Modules {
    /// So many modules. The package is built apart, and optimised if there is much to
    /// do.
    pub fn new(random: &mut Random, count: u64, shape: Option<&std::path::Path>) -> Self {
        let mut command = std::process::Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(["run", "--quiet", "-p", "zpoline-random-modules"]);
        if std::env::var_os("ZPOLINE_FUZZ_CASES").is_some() {
            command.arg("--release");
        }
        command.arg("--").arg(random.bits().to_string()).arg(count.to_string()).args(shape);
        let program = command.stdout(std::process::Stdio::piped()).spawn().expect("cargo runs");
        Self { program, left: count }
    }
}

impl Iterator for Modules {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        self.left = self.left.checked_sub(1)?;
        let output = self.program.stdout.as_mut().expect("a pipe");
        let mut read = |bytes: &mut [u8]| {
            std::io::Read::read_exact(output, bytes).expect("zpoline-random-modules writes all");
        };
        let mut length = [0; 4];
        read(&mut length);
        let mut module = vec![0; u32::from_le_bytes(length) as usize];
        read(&mut module);
        Some(module)
    }
}

impl Drop for Modules {
    fn drop(&mut self) {
        // It ends by itself once nobody reads.
        drop(self.program.stdout.take());
        let _ = self.program.wait();
    }
}
