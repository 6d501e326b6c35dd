//! `wit/` parses as a whole, and a guest's world can pick from it.

use std::path::Path;

use wit_parser::{Resolve, TypeDefKind, UnresolvedPackageGroup, WorldItem};
use zpoline_host_abi::WIT_VERSION;
use zpoline_host_abi::syscalls::{Param, TABLE, Type};

fn resolve() -> Resolve {
    let mut resolve = Resolve::default();
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    resolve.push_path(wit).expect("wit/ is a package");
    resolve
}

mod package {
    use super::*;

    fn type_name(param: &Param) -> &'static str {
        match param.ty {
            Type::S32 => "s32",
            Type::U32 => "u32",
            Type::S64 => "s64",
            Type::U64 => "u64",
            Type::Fd => "fd",
            Type::Address => "address",
        }
    }

    fn name_of(resolve: &Resolve, ty: wit_parser::Type) -> String {
        match ty {
            wit_parser::Type::Id(id) => resolve.types[id].name.clone().unwrap_or_default(),
            other => format!("{other:?}").to_lowercase(),
        }
    }

    #[test]
    fn every_syscall_has_its_interface() {
        let resolve = resolve();
        let (_, package) = resolve.packages.iter().next().expect("one package");
        let name = package.name.to_string();
        assert_eq!(name, format!("zpoline:hook@{WIT_VERSION}"));
        for syscall in &TABLE {
            let interface = &resolve.interfaces[package.interfaces[syscall.wit_name]];
            let enter = &interface.functions["enter"];
            let found: Vec<_> = enter.params.iter().map(|param| name_of(&resolve, param.ty)).collect();
            let wanted: Vec<_> = syscall.params.iter().map(type_name).collect();
            assert_eq!(found, wanted, "{}", syscall.name);
            assert_eq!(name_of(&resolve, enter.result.expect("an action")), "action");
        }
    }

    #[test]
    fn every_item_is_documented_and_dated() {
        let resolve = resolve();
        for (_, interface) in &resolve.interfaces {
            let name = interface.name.as_deref().unwrap_or_default();
            assert!(interface.docs.contents.is_some(), "{name} has no documentation");
            assert!(interface.stability.is_stable(), "{name} has no @since");
            for (ty, id) in &interface.types {
                let docs = &resolve.types[*id].docs;
                let used = matches!(resolve.types[*id].kind, TypeDefKind::Type(wit_parser::Type::Id(_)));
                assert!(used || docs.contents.is_some(), "{name}.{ty} has no documentation");
            }
            for function in interface.functions.values() {
                let what = format!("{name}.{}", function.name);
                assert!(function.docs.contents.is_some(), "{what} has no documentation");
                assert!(function.stability.is_stable(), "{what} has no @since");
            }
        }
    }
}

mod world {
    use super::*;

    const GUEST: &str = "
        package test:guest;

        world guest {
            include zpoline:hook/imports@0.1.0;
            export zpoline:hook/openat@0.1.0;
            export zpoline:hook/clone3@0.1.0;
            export zpoline:hook/sysctl@0.1.0;
            export zpoline:hook/tuxcall@0.1.0;
            export zpoline:hook/any@0.1.0;
            export zpoline:hook/returned@0.1.0;
            export zpoline:hook/lifecycle@0.1.0;
        }
    ";

    #[test]
    fn interfaces_compose() {
        let mut resolve = resolve();
        let group = UnresolvedPackageGroup::parse("guest.wit", GUEST).expect("it parses");
        let package = resolve.push_group(group).expect("it resolves");
        let world = &resolve.worlds[resolve.packages[package].worlds["guest"]];
        let names = world.exports.iter().map(|(key, item)| {
            assert!(matches!(item, WorldItem::Interface { .. }));
            resolve.name_world_key(key)
        });
        let wanted = ["openat", "clone3", "sysctl", "tuxcall", "any", "returned", "lifecycle"];
        let wanted: Vec<_> = wanted.iter().map(|name| format!("zpoline:hook/{name}@0.1.0")).collect();
        assert_eq!(names.collect::<Vec<_>>(), wanted);
    }
}
