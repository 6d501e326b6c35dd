//! The generated files are what the tables say, and the tables hold together.

#[path = "../generator/mod.rs"]
mod generator;

mod current {
    use super::generator;

    #[test]
    fn generated_files_are_current() {
        for (path, wanted) in generator::generate().expect("the tables are well-formed") {
            let found = std::fs::read_to_string(&path).unwrap_or_default();
            let line = found.lines().zip(wanted.lines()).position(|(found, wanted)| found != wanted);
            assert!(
                found == wanted,
                "{} is not what the tables say (first difference: line {}). Run: {}",
                path.display(),
                line.unwrap_or_else(|| found.lines().count().min(wanted.lines().count())) + 1,
                generator::COMMAND,
            );
        }
    }
}

mod table {
    use zpoline_host_abi::syscalls::{self, Kind, Length, Ret, Shape, Syscall, TABLE, Unit};
    use zpoline_host_abi::{flags, nr};

    #[test]
    fn numbers_are_in_order_and_complete() {
        assert!(TABLE.windows(2).all(|pair| pair[0].number < pair[1].number));
        let numbers: Vec<_> = TABLE.iter().map(|syscall| syscall.number).collect();
        let wanted: Vec<_> = (0..=336).chain(424..=syscalls::MAX).collect();
        assert_eq!(numbers, wanted);
        assert_eq!(syscalls::COUNT, wanted.len());
    }

    #[test]
    fn lookups_agree() {
        for syscall in &TABLE {
            assert_eq!(syscalls::by_number(syscall.number).map(|found| found.name), Some(syscall.name));
            assert_eq!(syscalls::by_name(syscall.name).map(|found| found.number), Some(syscall.number));
            let found = syscalls::by_wit_name(syscall.wit_name);
            assert_eq!(found.map(|found| found.number), Some(syscall.number));
        }
        assert_eq!(syscalls::wit_name(nr::CLOCK_GETTIME), Some("clock-gettime"));
        assert_eq!(syscalls::wit_name(nr::SYSCTL), Some("sysctl"));
        assert!(syscalls::by_number(337).is_none());
        assert!(syscalls::by_number(512).is_none());
    }

    fn views(syscall: &'static Syscall) -> impl Iterator<Item = &'static [syscalls::Param]> {
        let variants = syscall.variants.iter().map(|variant| variant.params);
        core::iter::once(syscall.params).chain(variants)
    }

    #[test]
    fn arguments_exist() {
        for syscall in &TABLE {
            let count = syscall.params.len();
            assert!(count <= 6);
            let conditions = syscall.variants.iter().flat_map(|variant| variant.when);
            assert!(conditions.clone().all(|when| usize::from(when.argument) < count));
            for param in views(syscall).flatten() {
                assert_eq!(syscall.params[usize::from(param.index)].name, param.name);
                if let Kind::Memory { length: Length::Arg(index) | Length::ArgAt(index), .. } = param.kind {
                    assert!(usize::from(index) < count, "{}", syscall.name);
                }
            }
        }
    }

    #[test]
    fn lengths_suit_shapes() {
        for syscall in &TABLE {
            for param in views(syscall).flatten() {
                let Kind::Memory { shape, length, .. } = param.kind else {
                    continue;
                };
                let bare = length == Length::One;
                assert!(!(bare && shape.unit() != Unit::Elements), "{}: {}", syscall.name, param.name);
            }
        }
    }

    #[test]
    fn what_does_not_return() {
        let silent = TABLE.iter().filter(|syscall| matches!(syscall.ret, Ret::None));
        let names: Vec<_> = silent.map(|syscall| syscall.name).collect();
        assert_eq!(names, ["rt_sigreturn", "exit", "exit_group"]);
    }

    #[test]
    fn sizes_of_lengths() {
        assert_eq!(Shape::Iovec.bytes(3), Some(48));
        assert_eq!(Shape::Sigset.bytes(8), Some(8));
        assert_eq!(Shape::FdSet.bytes(65), Some(16));
        assert_eq!(Shape::Iovec.bytes(u64::MAX), None);
    }

    #[test]
    fn sets_have_distinct_names() {
        for (index, set) in flags::sets::ALL.iter().enumerate() {
            assert!(flags::sets::ALL[..index].iter().all(|earlier| earlier.name != set.name));
        }
    }
}
