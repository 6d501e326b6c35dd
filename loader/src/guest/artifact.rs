//! Which core function is behind an exported function: read from the metadata
//! that wasmtime keeps in a precompiled component.
//!
//! wasmtime's public interface calls an export through the lifted function and
//! looks everything about it up in each call, which costs more than the call
//! itself. [`direct`](super::direct) calls the core function instead; this file
//! says which one it is. The metadata is decoded with wasmtime's own types, of the
//! version that is pinned, after wasmtime accepted the same bytes. What is not
//! there, or not of the simple kind, is None: then the lifted function is called.

use alloc::string::String;
use wasmtime::component::__internal::wasmtime_environ;
use wasmtime_environ::EntityIndex;
use wasmtime_environ::component::{
    ComponentArtifacts, CoreDef, Export, ExportItem, GlobalInitializer, InstantiateModule,
};

/// A core function, and the memory that its results lie in.
#[derive(Debug, Clone)]
pub(crate) struct CoreFunction {
    /// Which of the component's core instances has it, in the order in which
    /// they are made.
    pub(crate) instance: u32,
    /// The name under which the core instance exports it.
    pub(crate) name: String,
    /// Which of the component's memories the lifting reads.
    pub(crate) memory: Option<u32>,
}

/// A precompiled component's metadata.
pub(crate) struct Artifact(ComponentArtifacts);

impl Artifact {
    /// Decodes the metadata in `payload`.
    pub(crate) fn read(payload: &[u8]) -> Option<Self> {
        let section = section(payload, wasmtime_environ::obj::ELF_WASMTIME_INFO)?;
        postcard::from_bytes(section).ok().map(Self)
    }

    /// The core function behind `function` of the exported `interface`, if it
    /// can be called without more ado than reading its result.
    pub(crate) fn core_function(&self, interface: &str, function: &str) -> Option<CoreFunction> {
        let component = &self.0.info.component;
        let (_, (index, _)) = component.exports.raw_iter().find(|(name, _)| name.as_str() == interface)?;
        let Export::Instance { exports, .. } = &component.export_items[*index] else { return None };
        let (_, (index, _)) = exports.raw_iter().find(|(name, _)| name.as_str() == function)?;
        let Export::LiftedFunction { func: CoreDef::Export(export), options, .. } = &component.export_items[*index]
        else {
            return None;
        };
        let options = &component.options[*options];
        if options.post_return.is_some() || options.async_ {
            return None;
        }
        let ExportItem::Index(EntityIndex::Function(wanted)) = export.item else { return None };
        let instance = export.instance.as_u32();
        let mut made = component.initializers.iter().filter_map(|initializer| match initializer {
            GlobalInitializer::InstantiateModule(module, _) => Some(module),
            _ => None,
        });
        let InstantiateModule::Static(module, _) = made.nth(instance as usize)? else { return None };
        let module = &self.0.static_modules[*module].module;
        let (name, _) = module.exports.iter().find(|(_, entity)| **entity == EntityIndex::Function(wanted))?;
        Some(CoreFunction {
            instance,
            name: module.strings[name].into(),
            memory: options.memory().map(|memory| memory.as_u32()),
        })
    }
}

/// The bytes of the ELF section called `name`.
fn section<'a>(elf: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let word = |at: usize, size: usize| -> Option<usize> {
        let mut bytes = [0; 8];
        bytes.get_mut(..size)?.copy_from_slice(elf.get(at..at.checked_add(size)?)?);
        usize::try_from(u64::from_le_bytes(bytes)).ok()
    };
    // Of the ELF64 header: e_shoff, e_shentsize, e_shnum, e_shstrndx. Of a section
    // header: sh_name at 0, sh_offset at 24, sh_size at 32.
    let (table, entry, count, strings) = (word(40, 8)?, word(58, 2)?, word(60, 2)?, word(62, 2)?);
    let header = |index: usize| table.checked_add(index.checked_mul(entry)?);
    let bytes = |at: usize| -> Option<&'a [u8]> {
        let start = word(at.checked_add(24)?, 8)?;
        elf.get(start..start.checked_add(word(at.checked_add(32)?, 8)?)?)
    };
    let strings = bytes(header(strings)?)?;
    (0..count).find_map(|index| {
        let at = header(index)?;
        let rest = strings.get(word(at, 4)?..)?.strip_prefix(name.as_bytes())?;
        (rest.first() == Some(&0)).then(|| bytes(at)).flatten()
    })
}
