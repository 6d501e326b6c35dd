//! execve and execveat: the environment that the loader needs is carried on,
//! whatever the program passes, an empty one included.
//!
//! What is carried was noted at start-up: LD_PRELOAD with the loader first, and
//! the `ZPOLINE_*` variables with their paths made absolute. A `ZPOLINE_*` value
//! that the program changed is its business; a missing one is added, unless the
//! program names other hooks than it has: their settings are not those of ours.
//!
//! Invariant: nothing of the program's is written; the kernel gets an array of
//! ours that points to the program's own strings and to our additions.

use super::Structural;
use super::thread::ThreadBlock;
use crate::guest::Call;
use crate::island::memory;
use crate::island::sync::Mutex;
use alloc::vec::Vec;

/// A variable to carry, as `NAME=value` with its NUL.
#[derive(Debug)]
pub struct Carried {
    /// Length of the name with `=`.
    pub name: usize,
    /// What the child shall have.
    pub text: Vec<u8>,
    /// What this process was started with, where that differs.
    pub given: Option<Vec<u8>>,
    /// It is a setting of the hooks that ZPOLINE_HOOK names.
    pub about_hooks: bool,
}

/// What start-up noted: the path of the loader, and the variables.
#[derive(Debug)]
pub struct Environment {
    /// Path of the loader, as it stands in LD_PRELOAD.
    pub loader: Vec<u8>,
    /// The `ZPOLINE_*` variables.
    pub variables: Vec<Carried>,
}

static CARRIED: Mutex<Option<Environment>> = Mutex::new(None);

/// Notes what to carry; at start-up.
pub fn carry(environment: Environment) {
    *CARRIED.lock() = Some(environment);
}

/// The lock, for holding it across a fork.
pub fn lock() -> &'static crate::island::sync::Lock {
    CARRIED.raw()
}

/// More variables than any kernel takes (the strings alone would exceed
/// MAX_ARG_STRLEN times them).
const MOST: usize = 1 << 16;
/// Longest variable that is looked at whole: LD_PRELOAD, a list of hooks.
const LONGEST: usize = 16 << 10;
const HOOK: &[u8] = b"ZPOLINE_HOOK=";
const PRELOAD: &[u8] = b"LD_PRELOAD=";

/// The environment argument of execve is its third, of execveat its fourth.
pub fn structural(block: &ThreadBlock, call: &Call, at: usize) -> Structural {
    let mut args = call.args;
    let carried = CARRIED.lock();
    let Some(environment) = &*carried else { return Structural::Plain };
    let Some(pointers) = read_pointers(args[at]) else { return Structural::Plain };
    let Some(changed) = environment.complete(&pointers) else { return Structural::Plain };
    args[at] = changed.pointers.as_ptr() as u64;
    block.keep_for_exec(changed);
    Structural::Changed(args)
}

/// An environment for the kernel to read: the array and the strings that are not
/// the program's.
#[derive(Debug)]
pub struct Prepared {
    pointers: Vec<u64>,
    #[expect(dead_code, reason = "keeps the strings that `pointers` names")]
    strings: Vec<Vec<u8>>,
}

/// The program's array without its null; None if it cannot be read (the kernel
/// will say so). A null array is an empty one.
fn read_pointers(at: u64) -> Option<Vec<u64>> {
    let mut pointers = Vec::new();
    if at == 0 {
        return Some(pointers);
    }
    let mut chunk = [0u8; 512];
    while pointers.len() < MOST {
        let from = at + pointers.len() as u64 * 8;
        let got = memory::read_some(from, &mut chunk).ok()?;
        for word in chunk.get(..got)?.chunks_exact(8) {
            match u64::from_le_bytes(word.try_into().ok()?) {
                0 => return Some(pointers),
                pointer => pointers.push(pointer),
            }
        }
        if got < 8 {
            return None;
        }
    }
    None
}

impl Environment {
    /// The array to pass in place of `pointers`; None if it already says all.
    fn complete(&self, pointers: &[u64]) -> Option<Prepared> {
        let mut out = pointers.to_vec();
        let mut strings: Vec<Vec<u8>> = Vec::new();
        let mut seen = Vec::new();
        seen.resize(self.variables.len(), false);
        let mut preloaded = false;
        let mut others_hooks = false;
        let mut text = [0u8; LONGEST];
        for slot in &mut out {
            let Ok(length) = memory::read_c_string(*slot, &mut text[..16]) else { continue };
            let head = &text[..length];
            if head.starts_with(PRELOAD) {
                preloaded = true;
                let length = memory::read_c_string(*slot, &mut text).unwrap_or(0);
                if let Some(with) = self.with_loader(&text[..length]) {
                    strings.push(with);
                    *slot = strings.last()?.as_ptr() as u64;
                }
                continue;
            }
            if !head.starts_with(b"ZPOLINE_") {
                continue;
            }
            let is_hook = head.starts_with(HOOK);
            let length = memory::read_c_string(*slot, &mut text).unwrap_or(0);
            others_hooks |= is_hook && !self.has_hooks(&text[..length]);
            for (carried, seen) in self.variables.iter().zip(&mut seen) {
                if text[..length].starts_with(&carried.text[..carried.name]) {
                    *seen = true;
                    if carried.given.as_deref() == Some(&text[..length]) {
                        *slot = carried.text.as_ptr() as u64;
                    }
                }
            }
        }
        for (carried, seen) in self.variables.iter().zip(seen) {
            if !(seen || others_hooks && carried.about_hooks) {
                out.push(carried.text.as_ptr() as u64);
            }
        }
        if !preloaded {
            strings.push(self.with_loader(PRELOAD)?);
            out.push(strings.last()?.as_ptr() as u64);
        }
        if out == pointers {
            return None;
        }
        out.push(0);
        Some(Prepared { pointers: out, strings })
    }

    /// Whether a ZPOLINE_HOOK names the hooks that this process has.
    fn has_hooks(&self, variable: &[u8]) -> bool {
        match self.variables.iter().find(|carried| carried.text.starts_with(HOOK)) {
            Some(ours) => ours.text.strip_suffix(&[0]) == Some(variable) || ours.given.as_deref() == Some(variable),
            None => variable == HOOK,
        }
    }

    /// An LD_PRELOAD with the loader first, if it does not name it anywhere.
    fn with_loader(&self, variable: &[u8]) -> Option<Vec<u8>> {
        let others = variable.get(PRELOAD.len()..)?;
        if others.split(|byte| matches!(byte, b':' | b' ')).any(|path| path == self.loader) {
            return None;
        }
        let mut text = Vec::new();
        text.extend_from_slice(PRELOAD);
        text.extend_from_slice(&self.loader);
        if !others.is_empty() {
            text.push(b':');
            text.extend_from_slice(others);
        }
        text.push(0);
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment() -> Environment {
        let carried = |name: usize, text: &[u8], given: Option<&[u8]>| Carried {
            name,
            text: text.to_vec(),
            given: given.map(<[u8]>::to_vec),
            about_hooks: text.starts_with(b"ZPOLINE_ALLOW"),
        };
        Environment {
            loader: b"/l.so".to_vec(),
            variables: alloc::vec![
                carried(13, b"ZPOLINE_HOOK=/d/h.cwasm\0", Some(b"ZPOLINE_HOOK=h.cwasm")),
                carried(14, b"ZPOLINE_ALLOW=clock\0", None),
            ],
        }
    }

    /// What the kernel would read.
    fn strings(pointers: &[u64]) -> Vec<Vec<u8>> {
        let read = |at: &u64| {
            let mut text = [0; 256];
            let length = memory::read_c_string(*at, &mut text).unwrap();
            text[..length].to_vec()
        };
        pointers.iter().map(read).collect()
    }

    fn completed(variables: &[&core::ffi::CStr]) -> Option<Vec<Vec<u8>>> {
        let pointers: Vec<u64> = variables.iter().map(|text| text.as_ptr() as u64).collect();
        let environment = environment();
        let prepared = environment.complete(&pointers)?;
        assert_eq!(prepared.pointers.last(), Some(&0));
        Some(strings(&prepared.pointers[..prepared.pointers.len() - 1]))
    }

    #[test]
    fn an_empty_environment_gets_all_of_it() {
        let wanted: [&[u8]; 3] = [b"ZPOLINE_HOOK=/d/h.cwasm", b"ZPOLINE_ALLOW=clock", b"LD_PRELOAD=/l.so"];
        assert_eq!(completed(&[]).unwrap(), wanted);
    }

    #[test]
    fn a_complete_one_is_left_alone() {
        let complete = [c"LD_PRELOAD=/x.so:/l.so", c"ZPOLINE_HOOK=/d/h.cwasm", c"ZPOLINE_ALLOW=", c"A=b"];
        assert_eq!(completed(&complete), None);
    }

    #[test]
    fn other_hooks_do_not_get_the_settings_of_ours() {
        assert_eq!(completed(&[c"LD_PRELOAD=/l.so", c"ZPOLINE_HOOK=/other"]), None);
        assert_eq!(completed(&[c"LD_PRELOAD=/l.so", c"ZPOLINE_HOOK="]), None);
    }

    #[test]
    fn the_loader_comes_first_and_paths_become_absolute() {
        let wanted: [&[u8]; 4] =
            [b"A=b", b"LD_PRELOAD=/l.so:/x.so", b"ZPOLINE_HOOK=/d/h.cwasm", b"ZPOLINE_ALLOW=clock"];
        assert_eq!(completed(&[c"A=b", c"LD_PRELOAD=/x.so", c"ZPOLINE_HOOK=h.cwasm"]).unwrap(), wanted);
    }
}
