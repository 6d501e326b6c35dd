//! What the names in a core module tell: which hook it wants to be, and why it
//! cannot be one.

use crate::failure::{Failure, Result};
use wasmparser::{ExternalKind, FuncType, MemoryType, Parser, Payload, TypeRef, ValType};
use zpoline_host_abi::WIT_VERSION;

/// The module name of WASI preview 1.
pub(crate) const PREVIEW1: &str = "wasi_snapshot_preview1";

/// The imports and exports of a core module, as far as they matter here.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Whether there is a section with the types of a world, as wit-bindgen
    /// leaves it.
    pub(crate) has_types: bool,
    /// Whether it is the output of a compiler that no linker has seen.
    is_object: bool,
    /// What its memory is if it is not of the plain kind.
    odd_memory: Option<(&'static str, &'static str)>,
    /// Whether it exports a memory called `memory`.
    pub(crate) has_memory: bool,
    /// Module, name and type of each import; no type where it is no function.
    pub(crate) imports: Vec<(String, String, Option<FuncType>)>,
    /// Name and type of each exported function.
    pub(crate) exports: Vec<(String, FuncType)>,
}

/// The instance and function of an export such as `zpoline:hook/openat@0.1.0#enter`.
pub(crate) fn split(export: &str) -> Option<(&str, &str)> {
    let (interface, function) = export.split_once('#')?;
    interface.starts_with("zpoline:hook/").then_some((interface, function))
}

impl Names {
    pub(crate) fn of(module: &[u8]) -> Result<Self> {
        Self::read(module).map_err(|error| Failure::new("the module is damaged").why(error.message()))
    }

    fn read(module: &[u8]) -> wasmparser::Result<Self> {
        let mut names = Self::default();
        let mut types: Vec<Option<FuncType>> = Vec::new();
        // The type of each function, imported ones first.
        let mut functions: Vec<u32> = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::CustomSection(section) => {
                    names.has_types |= section.name().starts_with("component-type");
                    names.is_object |= section.name() == "linking";
                }
                Payload::TypeSection(section) => {
                    for group in section {
                        types.extend(group?.into_types().map(|ty| match ty.composite_type.inner {
                            wasmparser::CompositeInnerType::Func(ty) => Some(ty),
                            _ => None,
                        }));
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        let ty = match import.ty {
                            TypeRef::Func(index) | TypeRef::FuncExact(index) => {
                                functions.push(index);
                                types.get(index as usize).cloned().flatten()
                            }
                            _ => None,
                        };
                        names.imports.push((import.module.to_owned(), import.name.to_owned(), ty));
                    }
                }
                Payload::FunctionSection(section) => {
                    for index in section {
                        functions.push(index?);
                    }
                }
                Payload::MemorySection(section) => {
                    for memory in section {
                        names.odd_memory = match memory? {
                            MemoryType { shared: true, .. } => Some((
                                "is shared between threads",
                                "build it without threads: no -pthread, no -matomics",
                            )),
                            MemoryType { memory64: true, .. } => Some(("has 64-bit addresses", "build it for wasm32")),
                            _ => names.odd_memory,
                        };
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        let ty = functions.get(export.index as usize).and_then(|index| types.get(*index as usize));
                        match (export.kind, ty) {
                            (ExternalKind::Func, Some(Some(ty))) => {
                                names.exports.push((export.name.to_owned(), ty.clone()));
                            }
                            (ExternalKind::Memory, _) => names.has_memory |= export.name == "memory",
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(names)
    }

    /// Whether it wants WASI preview 1.
    pub(crate) fn imports_preview1(&self) -> bool {
        self.imports.iter().any(|(module, ..)| module == PREVIEW1)
    }

    /// Whether it exports a function of this name.
    pub(crate) fn exports(&self, name: &str) -> bool {
        self.exports.iter().any(|(known, _)| known == name)
    }

    /// Interfaces of zpoline:hook of which it exports functions, each once.
    pub(crate) fn hooks(&self) -> Vec<&str> {
        unique(self.exports.iter().filter_map(|(name, _)| Some(split(name)?.0)))
    }

    /// Interfaces of zpoline:hook from which it imports, each once.
    pub(crate) fn capabilities(&self) -> Vec<&str> {
        unique(self.imports.iter().map(|(module, ..)| module.as_str()).filter(|module| ours(module)))
    }

    /// Refuses what no linking below a hook can give: object files, modules made
    /// for another host, symbols that were never defined, programs.
    pub(crate) fn check(&self) -> Result<()> {
        if self.is_object {
            return Err(Failure::new("the module is an object file, which no linker has seen")
                .fix("let the compiler link it: clang without -c, zig build-exe"));
        }
        if let Some((what, fix)) = self.odd_memory {
            return Err(Failure::new(format_args!("the module's memory {what}, which a hook's may not")).fix(fix));
        }
        for (module, name, ty) in &self.imports {
            // What a generator wrote has names with a colon, or a built-in's.
            let known = ours(module) || module == PREVIEW1;
            if known || (self.has_types && module.contains([':', '$', '['])) {
                continue;
            }
            return Err(foreign(module, name, ty.is_some()));
        }
        if !self.has_types && self.hooks().is_empty() {
            return Err(self.hooks_nothing());
        }
        Ok(())
    }

    fn hooks_nothing(&self) -> Failure {
        if self.exports("_start") {
            return Failure::new("the module is a program: it exports _start, and no interface of zpoline:hook")
                .why("a program runs once; a hook is a library, whose exports are called")
                .fix("clang or zig cc -mexec-model=reactor, go build -buildmode=c-shared, crate-type = [\"cdylib\"]");
        }
        let example = format!("zpoline:hook/openat@{WIT_VERSION}#enter");
        if let Some((near, _)) = self.exports.iter().find(|(name, _)| name.contains("zpoline:hook/")) {
            return Failure::new(format_args!("the module exports {near}, which names no function of zpoline:hook"))
                .why("the name has the interface with its version, a # and the function")
                .fix(format_args!("call it as in {example}"));
        }
        Failure::new("the module exports no interface of zpoline:hook, and has no section of wit-bindgen's")
            .why("an export hooks a syscall if it is called as the component model calls it,")
            .why("or if a bindings generator wrote it for a world that exports that syscall's interface")
            .fix(format_args!("export {example}, for example; zpoline new LANGUAGE NAME writes a whole hook"))
    }
}

fn ours(module: &str) -> bool {
    module.starts_with("zpoline:hook/")
}

fn unique<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut all: Vec<&str> = Vec::new();
    for name in names {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

/// An import that nobody gives, and which toolchain leaves such a thing.
fn foreign(module: &str, name: &str, is_function: bool) -> Failure {
    let failure = Failure::new(format_args!("the module imports {module}::{name}, which nothing here gives it"));
    match (module, name) {
        ("env", "abort") => failure.why("that is what AssemblyScript calls when an assertion fails").fix(
            "asc --use abort=hook/abort, with a function abort in hook.ts; zpoline new assemblyscript NAME has one",
        ),
        ("env", "memory") if !is_function => {
            failure.why("a hook has a memory of its own and exports it").fix("link it without --import-memory")
        }
        ("env", _) if is_function => failure
            .why("it is declared in the source and defined nowhere")
            .fix("link what defines it, or link without --allow-undefined to see who uses it"),
        ("gojs" | "go", _) => failure
            .why("it was built for a browser")
            .fix("GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o HOOK.wasm"),
        ("wbg" | "__wbindgen_placeholder__" | "__wbindgen_externref_xform__", _) => failure
            .why("wasm-bindgen makes modules for JavaScript hosts")
            .fix("use wit-bindgen in its place; zpoline new rust NAME shows how"),
        ("wasi_unstable" | "wasi", _) => failure
            .why("that is WASI from before preview 1")
            .fix("build it with a toolchain of this decade, for wasip1"),
        _ => failure
            .why("a hook imports from zpoline:hook; of WASI preview 1, what needs no system is answered")
            .fix("leave out what needs it, or link it in"),
    }
}

/// A core function's type as people write it.
pub(crate) fn shown(ty: &FuncType) -> String {
    signature(ty.params(), ty.results())
}

/// As [`shown`].
pub(crate) fn signature(params: &[ValType], results: &[ValType]) -> String {
    let list = |types: &[ValType]| types.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    format!("({}) -> ({})", list(params), list(results))
}
