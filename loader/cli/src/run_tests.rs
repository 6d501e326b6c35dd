//! What a program finds in its environment, and what is said when it cannot run.

use super::*;

use crate::options::Hook;

/// The environment under the hooks of the options, which count as compiled, or
/// under the tracer.
fn made(inherited: &[(&str, &str)], options: &RunOptions) -> Vec<String> {
    let names: Vec<OsString> = options.hooks.iter().map(|hook| hook.path.clone().into()).collect();
    let names = if names.is_empty() { vec![TRACER.into()] } else { names };
    under(inherited, options, &Hooks { names, inherited: false })
}

fn under(inherited: &[(&str, &str)], options: &RunOptions, hooks: &Hooks) -> Vec<String> {
    let inherited = inherited.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    environment(inherited, options, hooks, options.log.as_deref(), Path::new("/c/libzpoline_loader-1.so"))
        .into_iter()
        .map(|variable| variable.into_string().expect("UTF-8"))
        .collect()
}

#[test]
fn the_loader_comes_before_what_was_preloaded() {
    let options = RunOptions::default();
    assert_eq!(made(&[], &options), ["ZPOLINE_HOOK=@trace", "LD_PRELOAD=/c/libzpoline_loader-1.so"]);
    assert_eq!(
        made(&[("LD_PRELOAD", "/a/jemalloc.so /b/x.so")], &options),
        ["ZPOLINE_HOOK=@trace", "LD_PRELOAD=/c/libzpoline_loader-1.so:/a/jemalloc.so:/b/x.so"]
    );
}

#[test]
fn there_is_never_a_second_loader() {
    assert_eq!(
        made(&[("LD_PRELOAD", "/old/libzpoline_loader.so:/b/x.so:/c/libzpoline_loader-1.so")], &RunOptions::default(),),
        ["ZPOLINE_HOOK=@trace", "LD_PRELOAD=/c/libzpoline_loader-1.so:/b/x.so"]
    );
}

fn hook(path: &str, own: Settings) -> Hook {
    Hook { path: path.into(), own }
}

#[test]
fn options_become_variables_and_win() {
    let own = Settings {
        arguments: vec!["-e".into(), "openat".into()],
        on_trap: Some("deny:EACCES".into()),
        ..Settings::default()
    };
    let options = RunOptions {
        hooks: vec![hook("/h.cwasm", own)],
        mechanism: Some("sud".into()),
        log: Some("/tmp/log".into()),
        ..RunOptions::default()
    };
    let inherited = [
        ("HOME", "/root"),
        ("ZPOLINE_ON_TRAP", "pass"),
        ("ZPOLINE_FUEL", "9"),
        ("ZPOLINE_HOOK", "/old:/older"),
        ("ZPOLINE_FUEL_2", "7"),
    ];
    assert_eq!(
        made(&inherited, &options),
        [
            "HOME=/root",
            "ZPOLINE_FUEL=9",
            "ZPOLINE_HOOK=/h.cwasm",
            "ZPOLINE_HOOK_ARGS=-e openat",
            "ZPOLINE_ON_TRAP=deny:EACCES",
            "ZPOLINE_LOG_FILE=/tmp/log",
            "ZPOLINE_MECHANISM=sud",
            "LD_PRELOAD=/c/libzpoline_loader-1.so"
        ]
    );
}

#[test]
fn several_hooks_have_variables_of_their_own() {
    let options = RunOptions {
        all: Settings { allow: vec!["clock".into()], fuel: Some("5".into()), ..Settings::default() },
        hooks: vec![
            hook("/a.cwasm", Settings::default()),
            hook("/b.cwasm", Settings { allow: vec!["random".into()], fuel: Some("6".into()), ..Settings::default() }),
        ],
        ..RunOptions::default()
    };
    assert_eq!(
        made(&[("ZPOLINE_HOOK_ARGS", "of another"), ("ZPOLINE_ALLOW_1", "x")], &options),
        [
            "ZPOLINE_HOOK=/a.cwasm:/b.cwasm",
            "ZPOLINE_ALLOW=clock",
            "ZPOLINE_FUEL=5",
            "ZPOLINE_ALLOW_2=clock random",
            "ZPOLINE_FUEL_2=6",
            "LD_PRELOAD=/c/libzpoline_loader-1.so"
        ]
    );
}

#[test]
fn hooks_of_the_environment_keep_what_is_said_about_them() {
    let hooks = Hooks { names: vec!["/a.cwasm".into(), "/b.cwasm".into()], inherited: true };
    assert_eq!(
        under(&[("ZPOLINE_HOOK", "a.wasm:b.wasm"), ("ZPOLINE_FUEL_2", "7")], &RunOptions::default(), &hooks),
        ["ZPOLINE_FUEL_2=7", "ZPOLINE_HOOK=/a.cwasm:/b.cwasm", "LD_PRELOAD=/c/libzpoline_loader-1.so"]
    );
}

#[test]
fn the_tracer_gets_neither_another_hook_nor_its_arguments() {
    let inherited = [("ZPOLINE_HOOK", "/old.cwasm"), ("ZPOLINE_HOOK_ARGS", "for the old one")];
    assert_eq!(
        made(&inherited, &RunOptions::default()),
        ["ZPOLINE_HOOK=@trace", "LD_PRELOAD=/c/libzpoline_loader-1.so"]
    );
}

#[test]
fn too_many_hooks_are_refused() {
    let many = OsString::from("@trace:".repeat(8) + "@trace");
    assert_eq!(
        Hooks::of(&RunOptions::default(), Some(many)).expect_err("nine").to_string(),
        "9 hooks are named\n  a process can have 8\n  fix: name fewer, or make one component of several"
    );
}

#[test]
fn words_with_blanks_are_kept_apart() {
    let words = |list: &[&str]| super::words(&list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
    assert_eq!(words(&["a", "b"]), "a b");
    assert_eq!(words(&["a b"]), "a b\u{1f}");
    assert_eq!(words(&["a b", "c"]), "a b\u{1f}c\u{1f}");
}

#[test]
fn an_unhookable_program_is_refused_with_the_way_out() {
    assert_eq!(
        cannot_hook(Path::new("/bin/busybox"), &Obstacle::Static).to_string(),
        "cannot hook /bin/busybox: it is statically linked: there is no ld.so to preload the loader\n  its syscalls would go past the hook, and nobody would notice\n  fix: zpoline run --unhookable=run ... runs it without a hook, and says so"
    );
}

#[test]
fn a_failed_exec_has_the_status_of_env() {
    let status = |errno| cannot_execute(Path::new("/x"), &io::Error::from_raw_os_error(errno)).status;
    assert_eq!(status(libc::ENOENT), 127);
    assert_eq!(status(libc::EACCES), 126);
    assert_eq!(status(libc::E2BIG), 125);
}
