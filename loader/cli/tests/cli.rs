//! Drives the command as a user does: words in; status, standard output and
//! standard error out. What needs a loader that works is tested in /tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A directory of its own for each test, gone afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("zpoline-cli-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).expect("a scratch directory");
        Self(path)
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).expect("a scratch file");
        path
    }

    fn zpoline(&self, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_zpoline"))
            .args(words)
            .current_dir(&self.0)
            .env("ZPOLINE_CACHE", self.0.join("cache"))
            .env_remove("ZPOLINE_HOOK")
            .output()
            .expect("the command runs")
    }

    /// What it prints when all is well.
    fn printed(&self, words: &[&str]) -> String {
        let output = self.zpoline(words);
        assert_eq!(text(&output.stderr), "", "{words:?}");
        assert_eq!(output.status.code(), Some(0), "{words:?}");
        text(&output.stdout)
    }

    /// Status and message of a failure, which prints nothing.
    fn failed(&self, words: &[&str]) -> (Option<i32>, String) {
        let output = self.zpoline(words);
        assert_eq!(text(&output.stdout), "", "{words:?}");
        (output.status.code(), text(&output.stderr))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const HOOK: &str = r#"(module
  (memory (export "memory") 1)
  (func (export "zpoline:hook/getpid@0.1.0#enter") (result i32)
    (i32.store8 (i32.const 64) (i32.const 2))
    (i64.store (i32.const 72) (i64.const 7))
    (i32.const 64)))"#;

#[test]
fn without_words_the_help_is_an_error() {
    let scratch = Scratch::new("help");
    let (status, said) = scratch.failed(&[]);
    assert_eq!(status, Some(125));
    assert!(said.starts_with("zpoline runs unmodified"), "{said}");
    for command in ["run", "trace", "compile", "inspect", "doctor", "new", "syscalls", "loader"] {
        let help = scratch.printed(&[command, "--help"]);
        assert_eq!(help, scratch.printed(&["help", command]));
        assert!(help.contains(&format!("zpoline {command}")), "{help}");
        assert!(help.lines().all(|line| line.len() <= 82), "{help}");
    }
}

#[test]
fn statuses_are_those_of_env() {
    let scratch = Scratch::new("status");
    let data = scratch.file("data", "x");
    let status = |words: &[&str]| scratch.failed(words).0;
    assert_eq!(status(&["run", "--", "no-such-program-anywhere"]), Some(127));
    assert_eq!(status(&["run", "--", "/no/such/file"]), Some(127));
    assert_eq!(status(&["run", "--", data.to_str().expect("UTF-8")]), Some(126));
    assert_eq!(status(&["run"]), Some(125));
    assert_eq!(status(&["rnu"]), Some(125));
}

#[test]
fn a_misspelt_command_is_corrected() {
    let scratch = Scratch::new("command");
    assert_eq!(scratch.failed(&["rnu"]).1, "zpoline: there is no command rnu\n  fix: zpoline run, if that is meant\n");
    assert_eq!(
        scratch.failed(&["git", "status"]).1,
        "zpoline: there is no command git\n  fix: zpoline run -- git, if that is a program; zpoline --help lists the commands\n"
    );
}

#[test]
fn a_hook_is_compiled_and_inspected() {
    let scratch = Scratch::new("compile");
    scratch.file("pid.wat", HOOK);
    assert_eq!(scratch.printed(&["compile", "pid.wat"]), "");
    let said = scratch.printed(&["inspect", "pid.cwasm"]);
    assert!(said.starts_with("pid.cwasm: a compiled hook, "), "{said}");
    assert!(said.contains("\n  source    pid.wat, 214 bytes\n"), "{said}");
    assert!(said.contains("\n  hooks     getpid\n"), "{said}");
    assert!(said.contains("\n  memory    64 KiB at the start, 1 memory\n"), "{said}");
    assert!(said.contains("\n  limits    100 000 000 fuel a call"), "{said}");
    let source = scratch.printed(&["inspect", "pid.wat"]);
    assert!(source.contains("\n  hooks     getpid\n"), "{source}");

    // The same without a difference, and elsewhere on request.
    let first = fs::read(scratch.0.join("pid.cwasm")).expect("compiled");
    scratch.printed(&["compile", "pid.wat", "-o", "other"]);
    assert_eq!(fs::read(scratch.0.join("other")).expect("compiled"), first);
}

#[test]
fn only_a_component_is_made_on_request() {
    let scratch = Scratch::new("component");
    scratch.file("pid.wat", HOOK);
    assert_eq!(scratch.printed(&["compile", "--component", "pid.wat"]), "");
    let component = fs::read(scratch.0.join("pid.component.wasm")).expect("made");
    assert!(component.starts_with(b"\0asm\x0d\0\x01\0"));
    scratch.printed(&["compile", "pid.component.wasm"]);
}

#[test]
fn a_new_hook_is_written_once_and_can_be_compiled() {
    let scratch = Scratch::new("new");
    let said = scratch.printed(&["new", "wat", "my-hook"]);
    assert_eq!(
        said,
        "my-hook: a hook in WebAssembly text that tells the path of each open\n  cd my-hook\n  zpoline run --hook my-hook.wat -- cat /etc/hostname\n"
    );
    scratch.printed(&["compile", "my-hook/my-hook.wat"]);
    let (status, said) = scratch.failed(&["new", "wat", "my-hook"]);
    assert_eq!(status, Some(125));
    assert_eq!(said, "zpoline: my-hook is there already\n  fix: another name, or: mv my-hook my-hook.old\n");
    assert!(scratch.failed(&["new", "c"]).1.starts_with("zpoline: new: a language and a name are wanted\n"));
    // Each language's files are there, whether its toolchain is or not.
    for (language, file) in [("rust", "src/lib.rs"), ("python", "wit/deps/hook/syscalls.wit"), ("go", "hook/hook.go")] {
        scratch.printed(&["new", language, language]);
        assert!(scratch.0.join(language).join(file).exists(), "{language}: {file}");
    }
}

#[test]
fn a_damaged_or_foreign_hook_stops_the_start() {
    let scratch = Scratch::new("damaged");
    scratch.file("pid.wat", HOOK);
    scratch.printed(&["compile", "pid.wat"]);
    let compiled = fs::read(scratch.0.join("pid.cwasm")).expect("compiled");
    let said = |content: &[u8]| {
        fs::write(scratch.0.join("bad.cwasm"), content).expect("a scratch file");
        let (status, said) = scratch.failed(&["run", "--hook", "bad.cwasm", "--", "true"]);
        assert_eq!(status, Some(125));
        said
    };
    assert!(said(b"").starts_with("zpoline: bad.cwasm is empty\n"));
    assert!(
        said(&compiled[..compiled.len() / 2])
            .starts_with("zpoline: bad.cwasm was not written by zpoline compile, or its end is missing\n")
    );
    assert!(said(&compiled[1..]).contains(" bytes and should have "));
    let mut flipped = compiled.clone();
    flipped[compiled.len() / 2] ^= 1;
    assert!(said(&flipped).starts_with("zpoline: bad.cwasm is damaged: its checksum does not match\n"));
    assert!(said(b"not a hook").starts_with("zpoline: bad.cwasm is not valid WebAssembly text\n"));
    assert!(
        scratch.failed(&["run", "--hook", "gone.wasm", "--", "true"]).1.starts_with("zpoline: cannot read gone.wasm: ")
    );
}

#[test]
fn inspect_does_not_trust_what_the_loader_would_not() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new("inspect");
    scratch.file("pid.wat", HOOK);
    scratch.printed(&["compile", "pid.wat"]);
    fs::set_permissions(scratch.0.join("pid.cwasm"), fs::Permissions::from_mode(0o666)).expect("its mode");
    let (status, said) = scratch.failed(&["inspect", "pid.cwasm"]);
    assert_eq!(status, Some(125));
    assert!(said.starts_with("zpoline: the hook pid.cwasm can be written by others (mode 0666)\n"), "{said}");
}

#[test]
fn the_loader_is_written_once_and_repaired() {
    use std::os::unix::fs::MetadataExt;
    let scratch = Scratch::new("loader");
    let path = scratch.printed(&["loader"]);
    let path = Path::new(path.trim_end());
    let meta = fs::metadata(path).expect("it is there");
    assert_eq!(meta.mode() & 0o777, 0o755);
    assert_eq!(fs::metadata(path.parent().expect("a directory")).expect("it").mode() & 0o777, 0o700);
    scratch.printed(&["loader"]);
    assert_eq!(fs::metadata(path).expect("it").ino(), meta.ino(), "not written again");
    fs::write(path, "x").expect("damaged");
    scratch.printed(&["loader"]);
    assert_eq!(fs::metadata(path).expect("it").len(), meta.len(), "repaired");
}

#[test]
fn unhookable_programs_are_refused() {
    let scratch = Scratch::new("unhookable");
    // Enough of a 32-bit program to be recognised.
    let mut program = vec![0; 64];
    program[..6].copy_from_slice(b"\x7fELF\x01\x01");
    program[18] = 3;
    let path = scratch.0.join("old");
    fs::write(&path, &program).expect("a program");
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("its mode");
    let (status, said) = scratch.failed(&["run", "--", "./old"]);
    assert_eq!(status, Some(125));
    assert!(
        said.starts_with("zpoline: cannot hook ./old: it is a 32-bit x86 program: the loader is x86-64 only\n"),
        "{said}"
    );
    let (_, said) = scratch.failed(&["run", "--unhookable=run", "--", "./old"]);
    assert!(said.starts_with("zpoline: ./old runs without a hook: it is a 32-bit x86 program"), "{said}");
}

#[test]
fn doctor_says_what_is_in_the_way() {
    let scratch = Scratch::new("doctor");
    let output = scratch.zpoline(&["doctor", "--sites", "sh"]);
    let said = text(&output.stdout);
    for topic in ["kernel", "memory", "SUD", "jumps", "page 0", "PKU", "mechanism", "program"] {
        assert!(
            said.lines().any(|line| line.get(8..).is_some_and(|rest| rest.starts_with(topic))),
            "{topic} in {said}"
        );
    }
    assert_eq!(output.status.code(), Some(i32::from(said.contains("\n  BAD "))), "{said}");
}

#[test]
fn doctor_counts_the_sites_of_programs_and_libraries() {
    let scratch = Scratch::new("sites");
    let said = text(&scratch.zpoline(&["doctor", "--sites", "sh", "sh"]).stdout);
    let rows: Vec<Vec<&str>> = said.lines().map(|line| line.split_whitespace().collect()).collect();
    let libc = rows.iter().find(|row| row.last().is_some_and(|name| name.contains("/libc.so")));
    let libc = libc.unwrap_or_else(|| panic!("no libc in {said}"));
    let number = |at: usize| libc[at].parse::<usize>().expect("a number");
    let [sites, before, after, sigsys] = [0, 1, 2, 3].map(number);
    assert_eq!(sites, before + after + sigsys, "{said}");
    assert!(sites > 300 && (before + after) * 100 >= sites * 97, "{said}");
    assert_eq!(rows.iter().filter(|row| row.last() == libc.last()).count(), 1, "twice: {said}");
    // A library by its path alone.
    let path = libc[6];
    let alone = text(&scratch.zpoline(&["doctor", "--sites", path]).stdout);
    assert!(alone.contains(&said.lines().find(|line| line.ends_with(path)).unwrap_or_default().to_owned()), "{alone}");
    assert!(!alone.contains("ld-linux"), "{alone}");
}

#[test]
fn a_reader_that_leaves_early_is_no_accident() {
    let scratch = Scratch::new("pipe");
    let command = format!("{} syscalls | head -1", env!("CARGO_BIN_EXE_zpoline"));
    let output = Command::new("sh").args(["-c", &command]).current_dir(&scratch.0).output().expect("a shell");
    assert!(text(&output.stdout).starts_with("  0  read "));
    assert_eq!(text(&output.stderr), "");
}
