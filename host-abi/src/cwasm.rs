//! The file that `zpoline compile` writes and the loader reads: what wasmtime
//! compiled, followed by a trailer of fixed size that says what it was made of.
//!
//! | offset | bytes | field |
//! |-------:|------:|-------|
//! |   0 |   8 | magic, [`MAGIC`] |
//! |   8 |   4 | format, [`FORMAT`], little endian as every number here |
//! |  12 |   4 | zero |
//! |  16 |   8 | length of the payload, all that comes before the trailer |
//! |  24 |   8 | checksum of payload and trailer, [`checksum`], taken with zero here |
//! |  32 |   8 | length of the source |
//! |  40 |  32 | SHA-256 of the source |
//! |  72 |  24 | version of wasmtime, padded with NUL |
//! |  96 |  16 | version of the WIT package, padded with NUL |
//! | 112 | 136 | file name of the source, cut at a character, padded with NUL |
//! | 248 |   8 | magic again: the last bytes of the file |
//!
//! The trailer is at the end so that the payload starts where the file does,
//! as wasmtime's own tools expect. The checksum tells a damaged file from a
//! good one before its machine code runs; it protects from accidents and not
//! from people, who could compute it anew, as they could any hash: they are kept
//! out by the owner and the mode of the file and of the directories above it.

use core::fmt;

/// First and last eight bytes of a trailer.
pub const MAGIC: [u8; 8] = *b"zpo\x1ahook";

/// Version of the layout described above.
pub const FORMAT: u32 = 3;

/// The wasmtime that compiles and loads: the version that Cargo.lock pins.
pub const WASMTIME_VERSION: &str = "48.0.8";

/// Size of a trailer.
pub const TRAILER_LEN: usize = 256;

const PAYLOAD_LEN: usize = 16;
const CHECKSUM: usize = 24;
const SOURCE_LEN: usize = 32;
const SOURCE_SHA256: usize = 40;
const WASMTIME: usize = 72;
const WIT: usize = 96;
const SOURCE_NAME: usize = 112;
const END_MAGIC: usize = TRAILER_LEN - MAGIC.len();

/// What a compiled hook says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trailer<'a> {
    /// The wasmtime that compiled it.
    pub wasmtime_version: &'a str,
    /// The version of `zpoline:hook` that it was compiled for.
    pub wit_version: &'a str,
    /// SHA-256 of the file it was compiled from.
    pub source_sha256: [u8; 32],
    /// Size of that file.
    pub source_len: u64,
    /// Name of that file, without its directory; cut if it is long.
    pub source_name: &'a str,
}

impl<'a> Trailer<'a> {
    /// The trailer that this build of zpoline writes.
    #[must_use]
    pub fn new(source_name: &'a str, source_len: u64, source_sha256: [u8; 32]) -> Self {
        Self {
            wasmtime_version: WASMTIME_VERSION,
            wit_version: crate::WIT_VERSION,
            source_sha256,
            source_len,
            source_name,
        }
    }

    /// The bytes to append to `payload`.
    #[must_use]
    pub fn encode(&self, payload: &[u8]) -> [u8; TRAILER_LEN] {
        let mut out = [0; TRAILER_LEN];
        put(&mut out, 0, &MAGIC);
        put(&mut out, 8, &FORMAT.to_le_bytes());
        put(&mut out, PAYLOAD_LEN, &(payload.len() as u64).to_le_bytes());
        put(&mut out, SOURCE_LEN, &self.source_len.to_le_bytes());
        put(&mut out, SOURCE_SHA256, &self.source_sha256);
        put_text(&mut out[WASMTIME..WIT], self.wasmtime_version);
        put_text(&mut out[WIT..SOURCE_NAME], self.wit_version);
        put_text(&mut out[SOURCE_NAME..END_MAGIC], self.source_name);
        put(&mut out, END_MAGIC, &MAGIC);
        let sum = seal(payload, &out);
        put(&mut out, CHECKSUM, &sum.to_le_bytes());
        out
    }

    /// What it was compiled from, for messages: name, and the start of its hash.
    pub fn origin(&self) -> impl fmt::Display {
        Origin(*self)
    }

    /// Whether this build can load what the trailer describes.
    ///
    /// # Errors
    /// [`CwasmError::OtherVersion`] names both sides of the first difference.
    pub fn check_versions(&self) -> Result<(), CwasmError<'a>> {
        let sides = [
            ("wasmtime", self.wasmtime_version, WASMTIME_VERSION),
            ("zpoline:hook", self.wit_version, crate::WIT_VERSION),
        ];
        for (what, found, wanted) in sides {
            if found != wanted {
                return Err(CwasmError::OtherVersion { what, found, wanted, source: self.source_name });
            }
        }
        Ok(())
    }
}

/// [`Trailer::origin`].
struct Origin<'a>(Trailer<'a>);

impl fmt::Display for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, sha256 ", self.0.source_name)?;
        self.0.source_sha256.iter().take(8).try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str("...")
    }
}

/// Why a file is not a hook that this build can load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CwasmError<'a> {
    /// No bytes at all.
    Empty,
    /// A WebAssembly component or module, not yet compiled.
    NotCompiled,
    /// Text that looks like WAT, not yet compiled.
    Text,
    /// Nothing that we know.
    Unknown,
    /// An ELF file without our trailer: wasmtime's own `.cwasm`, or any other.
    NoTrailer,
    /// The file is shorter or longer than its trailer says, or stops within it.
    WrongLength {
        /// Bytes in the file.
        found: u64,
        /// Bytes that there should be.
        wanted: u64,
    },
    /// Right length, wrong content.
    Damaged,
    /// A trailer in a layout of another zpoline.
    OtherFormat {
        /// Its [`FORMAT`].
        found: u32,
    },
    /// Compiled by or for another version.
    OtherVersion {
        /// Which version differs.
        what: &'static str,
        /// The one of the file.
        found: &'a str,
        /// Ours.
        wanted: &'static str,
        /// What the file was compiled from.
        source: &'a str,
    },
}

impl<'a> CwasmError<'a> {
    /// The error as a message to the user about the file `path`: the cause,
    /// what it means, the command that helps.
    #[must_use]
    pub fn about(self, path: &'a str) -> Message<'a> {
        Message { error: self, path }
    }
}

/// [`CwasmError::about`].
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    error: CwasmError<'a>,
    path: &'a str,
}

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path;
        let again = "compile it again from its .wasm";
        match self.error {
            CwasmError::Empty => write!(f, "{path} is empty\n  {again}\n  fix: zpoline compile HOOK.wasm -o {path}"),
            CwasmError::NotCompiled => write!(
                f,
                "{path} is WebAssembly that is not compiled yet\n  the loader runs machine code only: it has no compiler\n  fix: zpoline compile {path}"
            ),
            CwasmError::Text => write!(
                f,
                "{path} is text, not a compiled hook\n  if it is WAT, it has to be compiled\n  fix: zpoline compile {path}"
            ),
            CwasmError::Unknown => write!(
                f,
                "{path} is neither a compiled hook nor WebAssembly\n  a hook is the .cwasm that zpoline compile writes\n  fix: zpoline compile HOOK.wasm"
            ),
            CwasmError::NoTrailer => write!(
                f,
                "{path} was not written by zpoline compile, or its end is missing\n  wasmtime compile does not know the settings that the loader needs\n  fix: zpoline compile HOOK.wasm -o {path}"
            ),
            CwasmError::WrongLength { found, wanted } => write!(
                f,
                "{path} has {found} bytes and should have {wanted}\n  {again}\n  fix: zpoline compile HOOK.wasm -o {path}"
            ),
            CwasmError::Damaged => write!(
                f,
                "{path} is damaged: its checksum does not match\n  {again}\n  fix: zpoline compile HOOK.wasm -o {path}"
            ),
            CwasmError::OtherFormat { found } => write!(
                f,
                "{path} has trailer format {found}, this zpoline reads format {FORMAT}\n  {again}\n  fix: zpoline compile HOOK.wasm -o {path}"
            ),
            CwasmError::OtherVersion { what, found, wanted, source } => write!(
                f,
                "{path} was compiled for {what} {found}, this zpoline has {what} {wanted}\n  {again}\n  fix: zpoline compile {source} -o {path}"
            ),
        }
    }
}

/// Takes a file apart into what wasmtime compiled and our trailer, and checks
/// both, versions included.
///
/// # Errors
/// Says what is wrong with the file; see [`CwasmError`].
pub fn split(file: &[u8]) -> Result<(&[u8], Trailer<'_>), CwasmError<'_>> {
    let (payload, trailer) = split_any_version(file)?;
    trailer.check_versions()?;
    Ok((payload, trailer))
}

/// [`split`] without [`Trailer::check_versions`], for those who only look.
///
/// # Errors
/// Every [`CwasmError`] but [`CwasmError::OtherVersion`].
pub fn split_any_version(file: &[u8]) -> Result<(&[u8], Trailer<'_>), CwasmError<'_>> {
    let Some((payload, trailer)) = file.split_last_chunk::<TRAILER_LEN>() else {
        return Err(foreign(file));
    };
    if trailer[END_MAGIC..] != MAGIC || trailer[..8] != MAGIC {
        return Err(foreign(file));
    }
    let format = u32::from_le_bytes(field(trailer, 8));
    if format != FORMAT {
        return Err(CwasmError::OtherFormat { found: format });
    }
    let length = u64::from_le_bytes(field(trailer, PAYLOAD_LEN));
    if length != payload.len() as u64 {
        return Err(CwasmError::WrongLength {
            found: file.len() as u64,
            wanted: length.saturating_add(TRAILER_LEN as u64),
        });
    }
    if seal(payload, trailer) != u64::from_le_bytes(field(trailer, CHECKSUM)) {
        return Err(CwasmError::Damaged);
    }
    Ok((
        payload,
        Trailer {
            wasmtime_version: text(&trailer[WASMTIME..WIT])?,
            wit_version: text(&trailer[WIT..SOURCE_NAME])?,
            source_sha256: field(trailer, SOURCE_SHA256),
            source_len: u64::from_le_bytes(field(trailer, SOURCE_LEN)),
            source_name: text(&trailer[SOURCE_NAME..END_MAGIC])?,
        },
    ))
}

/// What a file without a trailer is.
fn foreign(file: &[u8]) -> CwasmError<'static> {
    let start = &file[..file.len().min(512)];
    if start.is_empty() {
        CwasmError::Empty
    } else if start.starts_with(b"\0asm") {
        CwasmError::NotCompiled
    } else if start.starts_with(b"\x7fELF") {
        CwasmError::NoTrailer
    } else if start.iter().all(|b| b.is_ascii_graphic() || b.is_ascii_whitespace()) {
        CwasmError::Text
    } else {
        CwasmError::Unknown
    }
}

/// The checksum of a file, whatever the trailer's own field holds.
fn seal(payload: &[u8], trailer: &[u8; TRAILER_LEN]) -> u64 {
    let mut trailer = *trailer;
    put(&mut trailer, CHECKSUM, &[0; 8]);
    checksum(payload).rotate_left(32) ^ checksum(&trailer)
}

/// A sum over eight bytes at a time (multiply to 128 bits and fold, as wyhash does),
/// fast enough to be taken at every start of a program. The fold is what keeps one
/// flipped bit from undoing another: in half a product the high bits of a word reach
/// none but the high bits of the sum.
#[must_use]
pub fn checksum(bytes: &[u8]) -> u64 {
    const SEED: u64 = 0x51_7c_c1_b7_27_22_0a_95;
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let add = |sum: u64, word: u64| {
        let product = u128::from(sum ^ word) * u128::from(SEED);
        // Never 0 for all: a sum that met its own word would forget what was before.
        (product as u64) ^ (product >> 64) as u64 ^ sum.rotate_left(23)
    };
    let sum = words.iter().fold(SEED ^ bytes.len() as u64, |sum, word| add(sum, u64::from_le_bytes(*word)));
    add(add(sum, u64::from_le_bytes(last)), SEED)
}

fn put(out: &mut [u8; TRAILER_LEN], at: usize, bytes: &[u8]) {
    out[at..at + bytes.len()].copy_from_slice(bytes);
}

fn put_text(field: &mut [u8], text: &str) {
    let text = &text[..text.floor_char_boundary(field.len())];
    field[..text.len()].copy_from_slice(text.as_bytes());
}

fn field<const N: usize>(trailer: &[u8; TRAILER_LEN], at: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&trailer[at..at + N]);
    out
}

fn text<'a>(field: &'a [u8]) -> Result<&'a str, CwasmError<'a>> {
    let end = field.iter().position(|b| *b == 0).unwrap_or(field.len());
    core::str::from_utf8(&field[..end]).map_err(|_| CwasmError::Damaged)
}

#[cfg(test)]
#[path = "cwasm_tests.rs"]
mod tests;
