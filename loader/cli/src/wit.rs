//! The WIT package that this binary was built with, and the worlds made from it.
//!
//! A hook has no world of its own that we would have to know: it exports what
//! it hooks. So the world to check it against is made from its own names.

use crate::failure::{Failure, Result};
use wit_component::{DecodedWasm, StringEncoding};
use wit_parser::{Resolve, SourceMap, WorldId, WorldItem, WorldKey};
use zpoline_host_abi::capability::Capability;

/// The files of `wit/`, by name.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/wit.rs"));

/// The interfaces of `zpoline:hook` that a hook may import.
pub(crate) fn imports() -> impl Iterator<Item = &'static str> {
    std::iter::once("types").chain(Capability::ALL.into_iter().map(Capability::word))
}

/// A world that imports all that a hook may of `zpoline:hook`, and exports these
/// interfaces of it.
fn world(exports: &[&str]) -> anyhow::Result<(Resolve, WorldId)> {
    let mut map = SourceMap::new();
    for (name, text) in FILES {
        map.push_str(name, *text);
    }
    let mut text = format!("package zpoline:hook@{};\nworld of-this-hook {{\n", zpoline_host_abi::WIT_VERSION);
    for name in imports() {
        text.push_str(&format!("  import %{name};\n"));
    }
    for name in exports {
        text.push_str(&format!("  export %{name};\n"));
    }
    text.push_str("}\n");
    map.push_str("of-this-hook.wit", text);
    let group = map.parse().map_err(|(_, error)| anyhow::anyhow!("{error}"))?;
    let mut resolve = Resolve::default();
    let package = resolve.push_group(group).map_err(|error| anyhow::anyhow!("{error}"))?;
    let world = resolve.select_world(&[package], Some("of-this-hook"))?;
    Ok((resolve, world))
}

/// Adds to a world what a component imports of WASI, with the types that it has
/// there: the loader knows those, and checks them when it links.
fn add_wasi(resolve: &mut Resolve, world: WorldId, component: &[u8]) -> anyhow::Result<()> {
    let DecodedWasm::Component(theirs, their_world) = wit_component::decode(component)? else { return Ok(()) };
    let is_wasi = |id| {
        let package = theirs.interfaces[id].package;
        package.is_some_and(|package| theirs.packages[package].name.namespace == "wasi")
    };
    let imports = theirs.worlds[their_world].imports.clone();
    let wasi: Vec<_> =
        imports.into_iter().filter(|(key, _)| matches!(key, WorldKey::Interface(id) if is_wasi(*id))).collect();
    if wasi.is_empty() {
        return Ok(());
    }
    let remap = resolve.merge(theirs)?;
    for (_, mut item) in wasi {
        if let WorldItem::Interface { id, .. } = &mut item {
            *id = remap.map_interface(*id, Default::default())?;
            let key = WorldKey::Interface(*id);
            resolve.worlds[world].imports.insert(key, item);
        }
    }
    Ok(())
}

/// The interfaces that a component imports for their types alone: nothing of them
/// can be called.
pub(crate) fn types_only(component: &[u8]) -> Vec<String> {
    let Ok(DecodedWasm::Component(resolve, world)) = wit_component::decode(component) else { return Vec::new() };
    let imports = resolve.worlds[world].imports.iter();
    let without = imports.filter_map(|(_, item)| match item {
        WorldItem::Interface { id, .. } if resolve.interfaces[*id].functions.is_empty() => resolve.id_of(*id),
        _ => None,
    });
    without.collect()
}

/// Checks that a component has its imports and these exports with the types
/// that zpoline:hook gives them.
pub(crate) fn check_types(component: &[u8], exports: &[&str]) -> Result<()> {
    let check = || {
        let (mut resolve, world) = world(exports)?;
        add_wasi(&mut resolve, world, component)?;
        wit_component::targets(&resolve, world, component)
    };
    check().map_err(|error: anyhow::Error| {
        Failure::new("the component's types are not those of zpoline:hook")
            .why(error.root_cause())
            .why(format_args!(
                "it was probably built from another version of wit/ than this zpoline's, {}",
                zpoline_host_abi::WIT_VERSION
            ))
            .fix("build it again from the wit/ folder of this version")
    })
}

/// Adds to a core module what `wit-bindgen` would have: the types of its
/// imports and exports.
pub(crate) fn embed_types(module: &mut Vec<u8>, exports: &[&str]) -> anyhow::Result<()> {
    let (resolve, world) = world(exports)?;
    wit_component::embed_component_metadata(module, &resolve, world, StringEncoding::UTF8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_syscall_has_an_interface() {
        let names: Vec<&str> = zpoline_host_abi::syscalls::TABLE.iter().map(|syscall| syscall.wit_name).collect();
        world(&names).expect("a world that hooks everything");
    }
}
