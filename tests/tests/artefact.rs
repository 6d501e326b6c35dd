//! The finished library, read: what it imports and exports, and which
//! instructions it and the guests' code are made of.
//!
//! The loader saves xmm0-15 around the island and nothing wider, and links
//! wasmtime's no_std flavour, which never calls pthread, dl or signal functions.
//! Both are facts about the finished file, so it is the file that is looked at.

use anyhow::{Context, Result, bail, ensure};
use iced_x86::{CpuidFeature, Decoder, DecoderOptions, EncodingKind, FlowControl, Instruction};
use object::elf;
use object::read::elf::{Dyn, ElfFile64, FileHeader, ProgramHeader};
use object::{Object, ObjectSection, ObjectSymbol, SectionKind, SymbolKind};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::ExitCode;
use zpoline_tests::suite::{self, Case};
use zpoline_tests::{guests, places};

type Elf<'a> = ElfFile64<'a, object::Endianness>;

/// What std and ctor need at start-up. A name that is not here is either a new
/// need of start-up, to be added, or wasmtime's std flavour, to be prevented:
/// see the comment on default-members in /Cargo.toml.
const IMPORTS: &str = "
    _ITM_deregisterTMCloneTable _ITM_registerTMCloneTable __gmon_start__
    __cxa_finalize __cxa_thread_atexit_impl __tls_get_addr __errno_location __xpg_strerror_r
    abort exit environ getenv getcwd getauxval geteuid gettid pause syscall
    malloc calloc realloc free posix_memalign mmap64 munmap mprotect
    open64 openat64 open openat mmap close read write writev lseek64 fcntl fcntl64
    stat64 fstat64 lstat64 fstatat64 statx readlink realpath
    opendir closedir readdir64 dirfd sigaltstack
    dladdr dl_iterate_phdr pthread_key_create pthread_key_delete pthread_setspecific
    strlen memcpy memmove memset memcmp bcmp";

/// Functions that may hold wider instructions, and why they never run.
const WIDER: [(&str, &str); 1] = [
    // Taken by relaxed-simd guests alone, and engine_config turns that off.
    ("libm4math4arch3x863fma", "fused multiply-add of relaxed SIMD"),
];

fn library() -> Result<Vec<u8>> {
    Ok(fs::read(places::loader()?)?)
}

fn imports() -> Result<()> {
    let data = library()?;
    let file = Elf::parse(&*data)?;
    let known: BTreeSet<&str> = IMPORTS.split_whitespace().collect();
    let mut unknown = Vec::new();
    for symbol in file.dynamic_symbols().filter(|symbol| symbol.is_undefined()) {
        let name = symbol.name()?;
        if !name.is_empty() && !known.contains(name) {
            unknown.push(name.to_owned());
        }
    }
    ensure!(
        unknown.is_empty(),
        "the loader imports {}\n  wanted: only what start-up needs (IMPORTS in tests/tests/artefact.rs)\n  \
         pthread, dl or signal functions mean that it was built with wasmtime's std flavour: cargo tree -p zpoline-loader -e features",
        unknown.join(", ")
    );
    Ok(())
}

fn exports() -> Result<()> {
    let data = library()?;
    let file = Elf::parse(&*data)?;
    let exported: Vec<&str> = file
        .dynamic_symbols()
        .filter(|symbol| symbol.is_definition() && !symbol.is_local())
        .map(|symbol| symbol.name())
        .collect::<Result<_, _>>()?;
    ensure!(exported.is_empty(), "the loader exports {}, which would replace the program's own", exported.join(", "));
    Ok(())
}

fn segments() -> Result<()> {
    let data = library()?;
    let file = Elf::parse(&*data)?;
    let endian = file.endian();
    for segment in file.elf_program_headers() {
        let flags = segment.p_flags(endian);
        let kind = segment.p_type(endian);
        if kind == elf::PT_LOAD || kind == elf::PT_GNU_STACK {
            let both = elf::PF_W | elf::PF_X;
            ensure!(flags & both != both, "a segment is writable and executable");
        }
    }
    let headers = file.elf_header().program_headers(endian, &*data)?;
    let dynamic = headers.iter().find_map(|header| header.dynamic(endian, &*data).transpose());
    let dynamic = dynamic.context("no dynamic section")??;
    let tags: Vec<(i64, u64)> = dynamic.iter().map(|entry| (entry.d_tag(endian), entry.d_val(endian))).collect();
    let has = |wanted| tags.iter().any(|&(tag, _)| tag == wanted);
    ensure!(!has(elf::DT_TEXTREL), "the loader has text relocations");
    let now = tags.iter().any(|&(tag, value)| tag == elf::DT_FLAGS && value & u64::from(elf::DF_BIND_NOW) != 0);
    ensure!(now, "the loader is bound lazily: a first call would go through ld.so in the midst of the program");
    let strings = file.section_by_name(".dynstr").context("no .dynstr")?;
    let strings = strings.data()?;
    let allowed = ["libc.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2"];
    for (_, value) in tags.iter().filter(|(tag, _)| *tag == elf::DT_NEEDED) {
        let name = strings.get(usize::try_from(*value)?..).context("a name")?;
        let name = name.split(|&byte| byte == 0).next().unwrap_or_default();
        let name = std::str::from_utf8(name)?;
        ensure!(allowed.contains(&name), "the loader needs {name}, which it would load into every program");
    }
    Ok(())
}

/// What is wrong with an instruction for code that runs with only xmm saved.
fn too_wide(instruction: &Instruction) -> Option<&'static str> {
    match instruction.code().encoding() {
        EncodingKind::Legacy => {}
        EncodingKind::VEX => return Some("VEX"),
        EncodingKind::EVEX => return Some("EVEX"),
        _ => return Some("another wide encoding"),
    }
    // xgetbv only reads; xsave and the like are not expected either.
    let bad = |feature: &CpuidFeature| match feature {
        CpuidFeature::FPU | CpuidFeature::FPU287 | CpuidFeature::FPU387 => Some("x87"),
        CpuidFeature::MMX => Some("MMX"),
        CpuidFeature::FXSR => Some("FXSR"),
        _ => None,
    };
    instruction.cpuid_features().iter().find_map(bad)
}

/// The instructions of a function. Cranelift puts jump tables and constants
/// between and behind them, so they are found by following the code.
fn reachable(code: &[u8], address: u64) -> Vec<Instruction> {
    let mut found = BTreeMap::new();
    let mut starts = vec![address];
    let offset =
        |at: u64| at.checked_sub(address).and_then(|at| usize::try_from(at).ok()).filter(|&at| at < code.len());
    while let Some(start) = starts.pop() {
        let Some(from) = offset(start) else { continue };
        for instruction in &mut Decoder::with_ip(64, &code[from..], start, DecoderOptions::NONE) {
            if found.insert(instruction.ip(), instruction).is_some() {
                break;
            }
            let flow = instruction.flow_control();
            if matches!(flow, FlowControl::ConditionalBranch | FlowControl::UnconditionalBranch) {
                starts.push(instruction.near_branch_target());
            }
            if flow == FlowControl::IndirectBranch {
                starts.extend(table(code, address, instruction.next_ip()));
            }
            use FlowControl::{Exception, IndirectBranch, Return, UnconditionalBranch};
            if matches!(flow, UnconditionalBranch | IndirectBranch | Return | Exception) {
                break;
            }
        }
    }
    found.into_values().collect()
}

/// The targets of a jump table at `base`: offsets from it, up to the first
/// target.
fn table(code: &[u8], address: u64, base: u64) -> Vec<u64> {
    let mut targets: Vec<u64> = Vec::new();
    let mut at = base;
    let end = address + code.len() as u64;
    while targets.iter().all(|&target| at < target) {
        let Some(word) = usize::try_from(at - address).ok().and_then(|from| code.get(from..from + 4)) else { break };
        let target = base.wrapping_add_signed(i32::from_le_bytes(word.try_into().unwrap_or_default()).into());
        if target <= at || target >= end {
            break;
        }
        targets.push(target);
        at += 4;
    }
    targets
}

/// Every instruction from the first byte to the last.
fn linear(code: &[u8], address: u64) -> Vec<Instruction> {
    Decoder::with_ip(64, code, address, DecoderOptions::NONE).iter().collect()
}

/// Looks at every function of a file; answers how many bytes of instructions
/// that were.
fn decode(file: &Elf<'_>, instructions: fn(&[u8], u64) -> Vec<Instruction>) -> Result<u64> {
    let mut found = Vec::new();
    let mut bytes = 0;
    for symbol in file.symbols().filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.size() > 0) {
        let name = symbol.name()?;
        let Some(section) = symbol.section_index() else { continue };
        let section = file.section_by_index(section)?;
        let Some(code) = section.data_range(symbol.address(), symbol.size())? else { continue };
        for instruction in instructions(code, symbol.address()) {
            bytes += instruction.len() as u64;
            let Some(what) = too_wide(&instruction) else { continue };
            if !WIDER.iter().any(|(part, _)| name.contains(part)) {
                found.push(format!("{what} in {name} at {:#x}: {:?}", instruction.ip(), instruction.code()));
            }
        }
    }
    if !found.is_empty() {
        bail!("{} instructions that use more than is saved:\n{}", found.len(), found[..found.len().min(20)].join("\n"));
    }
    Ok(bytes)
}

fn instructions() -> Result<()> {
    let data = library()?;
    let file = Elf::parse(&*data)?;
    let seen = decode(&file, linear)?;
    let text: u64 =
        file.sections().filter(|section| section.kind() == SectionKind::Text).map(|section| section.size()).sum();
    // What has no symbol: assembly without sizes, padding, the PLT.
    ensure!(seen * 100 >= text * 95, "only {seen} of {text} bytes of code have symbols: is the library stripped?");
    Ok(())
}

fn guest_code() -> Result<()> {
    let tracer = guests::compile(&places::root().join("guest-examples/trace/trace.wasm"))?;
    let bytes = fs::read(tracer)?;
    let (payload, _) = zpoline_host_abi::cwasm::split(&bytes).map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let file = Elf::parse(payload)?;
    let seen = decode(&file, reachable)?;
    let text: u64 =
        file.sections().filter(|section| section.kind() == SectionKind::Text).map(|section| section.size()).sum();
    ensure!(seen * 100 >= text * 80, "only {seen} of {text} bytes of guest code were reached");
    Ok(())
}

/// The command's copy is the one beside it.
fn embedded() -> Result<()> {
    let run = zpoline_tests::command::Run::new(places::zpoline()?)
        .arg("loader")
        .env("ZPOLINE_CACHE", places::built("cache")?);
    let outcome = run.outcome()?;
    let path = outcome.said();
    ensure!(
        fs::read(path.trim_end())? == library()?,
        "zpoline loader is another than target/release/libzpoline_loader.so"
    );
    Ok(())
}

fn main() -> ExitCode {
    let cases = vec![
        Case::new("imports: what start-up needs and nothing else", imports),
        Case::new("exports: nothing", exports),
        Case::new("segments: write or execute, bound at once, no other library", segments),
        Case::new("instructions of the loader: SSE2", instructions),
        Case::new("instructions of a guest: SSE2", guest_code),
        Case::new("the command holds the same library", embedded),
    ];
    suite::run(cases, 2).1
}
