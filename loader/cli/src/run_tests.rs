//! What a program finds in its environment, and what is said when it cannot run.

use super::*;

fn made(inherited: &[(&str, &str)], options: &RunOptions, hook: Option<&str>) -> Vec<String> {
    let inherited = inherited.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    environment(inherited, options, hook.map(Path::new), options.log.as_deref(), Path::new("/c/libzpoline_loader-1.so"))
        .into_iter()
        .map(|variable| variable.into_string().expect("UTF-8"))
        .collect()
}

#[test]
fn the_loader_comes_before_what_was_preloaded() {
    let options = RunOptions::default();
    assert_eq!(made(&[], &options, None), ["LD_PRELOAD=/c/libzpoline_loader-1.so"]);
    assert_eq!(
        made(&[("LD_PRELOAD", "/a/jemalloc.so /b/x.so")], &options, None),
        ["LD_PRELOAD=/c/libzpoline_loader-1.so:/a/jemalloc.so:/b/x.so"]
    );
}

#[test]
fn there_is_never_a_second_loader() {
    assert_eq!(
        made(
            &[("LD_PRELOAD", "/old/libzpoline_loader.so:/b/x.so:/c/libzpoline_loader-1.so")],
            &RunOptions::default(),
            None
        ),
        ["LD_PRELOAD=/c/libzpoline_loader-1.so:/b/x.so"]
    );
}

#[test]
fn options_become_variables_and_win() {
    let options = RunOptions {
        arguments: vec!["-e".into(), "openat".into()],
        on_trap: Some("deny:EACCES".into()),
        mechanism: Some("sud".into()),
        log: Some("/tmp/log".into()),
        ..RunOptions::default()
    };
    let inherited = [("HOME", "/root"), ("ZPOLINE_ON_TRAP", "pass"), ("ZPOLINE_FUEL", "9"), ("ZPOLINE_HOOK", "/old")];
    assert_eq!(
        made(&inherited, &options, Some("/h.cwasm")),
        [
            "HOME=/root",
            "ZPOLINE_FUEL=9",
            "ZPOLINE_HOOK=/h.cwasm",
            "ZPOLINE_HOOK_ARGS=-e openat",
            "ZPOLINE_LOG_FILE=/tmp/log",
            "ZPOLINE_ON_TRAP=deny:EACCES",
            "ZPOLINE_MECHANISM=sud",
            "LD_PRELOAD=/c/libzpoline_loader-1.so"
        ]
    );
}

#[test]
fn the_tracer_gets_neither_another_hook_nor_its_arguments() {
    let inherited = [("ZPOLINE_HOOK", "/old.cwasm"), ("ZPOLINE_HOOK_ARGS", "for the old one")];
    assert_eq!(made(&inherited, &RunOptions::default(), None), ["LD_PRELOAD=/c/libzpoline_loader-1.so"]);
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
