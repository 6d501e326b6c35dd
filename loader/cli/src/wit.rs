//! The WIT package that this binary was built with, and the worlds made from it.
//!
//! A hook has no world of its own that we would have to know: it exports what
//! it hooks. So the world to check it against is made from its own names.

use crate::failure::{Failure, Result};
use crate::interface::Interface;
use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType, ComponentInstanceTypeId};
use wasmparser::types::Types;
use wasmparser::{ValType, Validator, WasmFeatures};
use wit_component::{DecodedWasm, StringEncoding};
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{Function, Resolve, SourceMap, Type, TypeDefKind, WorldId, WorldItem, WorldKey};
use zpoline_host_abi::capability::Capability;

/// The files of `wit/`, by name.
pub(crate) const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/wit.rs"));

/// The interfaces of `zpoline:hook` that a hook may import.
pub(crate) fn imports() -> impl Iterator<Item = &'static str> {
    std::iter::once("types").chain(Capability::ALL.into_iter().map(Capability::word))
}

/// The world that a hook is checked against.
const HOOK: &str = "of-this-hook";

/// A world of this name that imports all that a hook may of `zpoline:hook`, and
/// exports these interfaces of it.
fn world(name: &str, exports: &[&str]) -> anyhow::Result<(Resolve, WorldId)> {
    let mut map = SourceMap::new();
    for (name, text) in FILES {
        map.push_str(name, *text);
    }
    let mut text = format!("package zpoline:hook@{};\nworld {name} {{\n", zpoline_host_abi::WIT_VERSION);
    for import in imports() {
        text.push_str(&format!("  import %{import};\n"));
    }
    for export in exports {
        text.push_str(&format!("  export %{export};\n"));
    }
    text.push_str("}\n");
    map.push_str("this.wit", text);
    let group = map.parse().map_err(|(_, error)| anyhow::anyhow!("{error}"))?;
    let mut resolve = Resolve::default();
    let package = resolve.push_group(group).map_err(|error| anyhow::anyhow!("{error}"))?;
    let world = resolve.select_world(&[package], Some(name))?;
    Ok((resolve, world))
}

/// Adds to a world what a component imports of WASI, with the types that it has
/// there: the loader knows those, and checks them when it links.
fn add_wasi(resolve: &mut Resolve, world: WorldId, component: &[u8]) -> anyhow::Result<()> {
    // What WIT cannot express, as an instance that re-exports a type, is no reason to refuse a component.
    if !Shape::of(component).is_some_and(|shape| shape.is_plain(component)) {
        return Ok(());
    }
    let Ok(DecodedWasm::Component(theirs, their_world)) = wit_component::decode(component) else { return Ok(()) };
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

/// What a component imports and exports, as wasmparser sees it. wit-parser ends the process at some
/// components that are valid.
pub(crate) struct Shape(Types);

impl Shape {
    /// None: the component is not valid.
    pub(crate) fn of(component: &[u8]) -> Option<Self> {
        Validator::new_with_features(WasmFeatures::all()).validate_all(component).ok().map(Self)
    }

    /// Whether an import is an interface of which there are the types alone: nothing of it can be called.
    pub(crate) fn has_only_types(&self, import: &str) -> bool {
        self.0.component_item_for_import(import).is_some_and(|item| match item.ty {
            ComponentEntityType::Instance(id) => {
                self.items(id).all(|ty| matches!(ty, ComponentEntityType::Type { .. }))
            }
            _ => false,
        })
    }

    fn items(&self, instance: ComponentInstanceTypeId) -> impl Iterator<Item = ComponentEntityType> {
        self.0[instance].exports.values().map(|item| item.ty)
    }

    /// Whether its interfaces hold functions and the types of values and resources, and nothing else.
    fn is_plain(&self, component: &[u8]) -> bool {
        let Ok(names) = Interface::names(component) else { return false };
        let imports = names.imports.iter().map(|name| self.0.component_item_for_import(name));
        let exports = names.exports.iter().map(|name| self.0.component_item_for_export(name));
        let plain = |ty: ComponentEntityType| match ty {
            ComponentEntityType::Func(_) => true,
            ComponentEntityType::Type { referenced, .. } => {
                matches!(referenced, ComponentAnyTypeId::Defined(_) | ComponentAnyTypeId::Resource(_))
            }
            _ => false,
        };
        imports.chain(exports).all(|item| match item.map(|item| item.ty) {
            Some(ComponentEntityType::Instance(id)) => self.items(id).all(plain),
            Some(ty) => plain(ty),
            None => false,
        })
    }
}

/// Checks that a component has its imports and these exports with the types
/// that zpoline:hook gives them.
pub(crate) fn check_types(component: &[u8], exports: &[&str]) -> Result<()> {
    let check = || {
        let (mut resolve, world) = world(HOOK, exports)?;
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
    let (resolve, world) = world(HOOK, exports)?;
    wit_component::embed_component_metadata(module, &resolve, world, StringEncoding::UTF8)
}

/// The same for an adapter, which only imports. What is below a hook has another
/// world than the hook.
pub(crate) fn embed_imports(adapter: &mut Vec<u8>) -> anyhow::Result<()> {
    let (resolve, world) = world("below-a-hook", &[])?;
    wit_component::embed_component_metadata(adapter, &resolve, world, StringEncoding::UTF8)
}

/// The interface of zpoline:hook that a full name means: `openat` of
/// `zpoline:hook/openat@0.1.0`.
pub(crate) fn short(name: &str) -> Option<&str> {
    let rest = name.strip_prefix("zpoline:hook/")?;
    Some(rest.split_once('@').map_or(rest, |(short, _)| short))
}

/// What a core module has to import or export under the name of a function of
/// zpoline:hook.
#[derive(Debug)]
pub(crate) struct CoreFunction {
    /// Whether the hook exports it, or may import it.
    pub(crate) is_export: bool,
    /// Full name of its interface.
    pub(crate) interface: String,
    pub(crate) name: String,
    pub(crate) params: Vec<ValType>,
    pub(crate) results: Vec<ValType>,
    /// Whether the host hands over strings or lists, for which the module has
    /// to give it memory.
    pub(crate) host_allocates: bool,
    /// As in wit/.
    pub(crate) wit: String,
}

impl CoreFunction {
    /// Its core type as people write it.
    pub(crate) fn signature(&self) -> String {
        crate::module::signature(&self.params, &self.results)
    }
}

/// The functions of everything that a hook may import and of these exports.
pub(crate) fn core_functions(exports: &[&str]) -> anyhow::Result<Vec<CoreFunction>> {
    let (resolve, world) = world(HOOK, exports)?;
    let world = &resolve.worlds[world];
    let mut all = Vec::new();
    for (is_export, items) in [(false, &world.imports), (true, &world.exports)] {
        for (key, item) in items {
            let (WorldKey::Interface(_), WorldItem::Interface { id, .. }) = (key, item) else { continue };
            let interface = resolve.name_world_key(key);
            for function in resolve.interfaces[*id].functions.values() {
                all.push(core_function(&resolve, is_export, interface.clone(), function));
            }
        }
    }
    Ok(all)
}

fn core_function(resolve: &Resolve, is_export: bool, interface: String, function: &Function) -> CoreFunction {
    let variant = if is_export { AbiVariant::GuestExport } else { AbiVariant::GuestImport };
    let signature = resolve.wasm_signature(variant, function);
    let core = |types: &[WasmType]| types.iter().copied().map(val_type).collect();
    let handed_over: Vec<Type> = if is_export {
        function.params.iter().map(|param| param.ty).collect()
    } else {
        function.result.into_iter().collect()
    };
    let params: Vec<String> =
        function.params.iter().map(|param| format!("{}: {}", param.name, shown(resolve, &param.ty))).collect();
    let result = function.result.map_or_else(String::new, |ty| format!(" -> {}", shown(resolve, &ty)));
    CoreFunction {
        is_export,
        interface,
        name: function.name.clone(),
        params: core(&signature.params),
        results: core(&signature.results),
        host_allocates: handed_over.iter().any(|ty| has_list(resolve, ty)),
        wit: format!("{}: func({}){result}", function.name, params.join(", ")),
    }
}

fn val_type(ty: WasmType) -> ValType {
    match ty {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => ValType::I32,
        WasmType::I64 | WasmType::PointerOrI64 => ValType::I64,
        WasmType::F32 => ValType::F32,
        WasmType::F64 => ValType::F64,
    }
}

/// A type as wit/ has it.
fn shown(resolve: &Resolve, ty: &Type) -> String {
    let Type::Id(id) = ty else {
        return match ty {
            Type::Bool => "bool".into(),
            Type::String => "string".into(),
            other => format!("{other:?}").to_lowercase(),
        };
    };
    let def = &resolve.types[*id];
    let option = |ty: &Option<Type>| ty.as_ref().map_or_else(|| "_".into(), |ty| shown(resolve, ty));
    match (&def.name, &def.kind) {
        (Some(name), _) => name.clone(),
        (None, TypeDefKind::List(ty)) => format!("list<{}>", shown(resolve, ty)),
        (None, TypeDefKind::Option(ty)) => format!("option<{}>", shown(resolve, ty)),
        (None, TypeDefKind::Result(result)) => format!("result<{}, {}>", option(&result.ok), option(&result.err)),
        (None, TypeDefKind::Tuple(tuple)) => {
            format!("tuple<{}>", tuple.types.iter().map(|ty| shown(resolve, ty)).collect::<Vec<_>>().join(", "))
        }
        (None, kind) => kind.as_str().into(),
    }
}

/// Whether a value of this type has parts in memory that the host must be given.
fn has_list(resolve: &Resolve, ty: &Type) -> bool {
    let any = |ty: &Option<Type>| ty.as_ref().is_some_and(|ty| has_list(resolve, ty));
    match ty {
        Type::String => true,
        Type::Id(id) => match &resolve.types[*id].kind {
            TypeDefKind::List(_) | TypeDefKind::Map(..) => true,
            TypeDefKind::Type(ty) | TypeDefKind::Option(ty) | TypeDefKind::FixedLengthList(ty, _) => {
                has_list(resolve, ty)
            }
            TypeDefKind::Result(result) => any(&result.ok) || any(&result.err),
            TypeDefKind::Record(record) => record.fields.iter().any(|field| has_list(resolve, &field.ty)),
            TypeDefKind::Tuple(tuple) => tuple.types.iter().any(|ty| has_list(resolve, ty)),
            TypeDefKind::Variant(variant) => variant.cases.iter().any(|case| any(&case.ty)),
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_syscall_has_an_interface() {
        let names: Vec<&str> = zpoline_host_abi::syscalls::TABLE.iter().map(|syscall| syscall.wit_name).collect();
        world(HOOK, &names).expect("a world that hooks everything");
    }
}
