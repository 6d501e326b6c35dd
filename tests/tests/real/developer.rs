//! What developers run: git, compilers, make, debuggers.

use super::files::tree;
use super::{EVERY, Real, lacks, program};
use anyhow::{Result, ensure};
use std::path::{Path, PathBuf};
use zpoline_tests::command::{End, Run};
use zpoline_tests::scratch::Scratch;

pub(crate) fn all() -> Vec<Real> {
    vec![
        Real::new("git status and log", || lacks(&["git"]), git_read),
        Real::new("git init, add, commit", || lacks(&["git"]), git_write).ways(EVERY),
        Real::new("gcc -c", || lacks(&["gcc"]), gcc_compile),
        Real::new("gcc, linked and run", || lacks(&["gcc"]), gcc_link),
        Real::new("make -j2 with gcc", || lacks(&["make", "gcc"]), make).ways(EVERY),
        Real::new("gdb --version, and a session", || lacks(&["gdb", "gcc"]), gdb),
        Real::new("cargo and rustc", || lacks(&["cargo", "rustc"]), cargo),
    ]
}

/// git, told nothing by the user's own settings.
fn git(directory: &Path) -> Result<Run> {
    let run = program("git")?.within(directory).env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", directory);
    Ok(["AUTHOR", "COMMITTER"].into_iter().fold(run, |run, who| {
        run.env(&format!("GIT_{who}_NAME"), "A")
            .env(&format!("GIT_{who}_EMAIL"), "a@example.org")
            .env(&format!("GIT_{who}_DATE"), "2024-05-05T05:05:05Z")
    }))
}

fn repository(scratch: &Scratch) -> Result<PathBuf> {
    let top = tree(scratch)?;
    let script = "git init -q . && git add a && git commit -qm one && echo more >> a/file-1 && git commit -qam two &&
        git mv a/file-2 a/moved && git commit -qm three && echo changed > a/file-5 && rm a/file-6";
    let shell = git(&top)?;
    let made = shell.behind(Path::new("/bin/sh"), ["-c", script]).outcome()?;
    ensure!(made.end == End::Exit(0), "git: {}", made.complained());
    Ok(top)
}

fn git_read(scratch: &Scratch) -> Result<Run> {
    let top = repository(scratch)?;
    let script =
        "git status && git log --stat -p && git diff && git ls-files -s && git fsck && git gc -q && git status --short";
    Ok(git(&top)?.behind(Path::new("/bin/sh"), ["-c", script]))
}

fn git_write(scratch: &Scratch) -> Result<Run> {
    let top = tree(scratch)?;
    let script =
        "git init -q . && git add . && git commit -qm all && git checkout -qb side && echo x > new && git add new &&
        git commit -qm new && git checkout -q - && git merge --no-ff -qm merged side && git clone -q . clone &&
        git -C clone log --oneline && git rev-parse HEAD";
    Ok(git(&top)?.behind(Path::new("/bin/sh"), ["-c", script]))
}

const SOURCE: &str = "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\nstatic int cmp(const void *a, const void *b)
{ return *(const int *)a - *(const int *)b; }\nint main(void) { int v[100]; for (int i = 0; i < 100; i++) v[i] = (i * 7919) % 101;
qsort(v, 100, sizeof *v, cmp); printf(\"%d %d %d\\n\", v[0], v[50], v[99]); return 0; }\n";

fn gcc_compile(scratch: &Scratch) -> Result<Run> {
    scratch.write("x.c", SOURCE)?;
    let run = program("gcc")?.args(["-O2", "-g", "-c", "x.c", "-o", "x.o"]).within(scratch.directory());
    // The object itself is the output.
    Ok(run.behind(Path::new("/bin/sh"), ["-c", "\"$0\" \"$@\" && cat x.o"]))
}

fn gcc_link(scratch: &Scratch) -> Result<Run> {
    scratch.write("x.c", SOURCE)?;
    let run = program("gcc")?.args(["-O2", "x.c", "-o", "x"]).within(scratch.directory());
    Ok(run.behind(Path::new("/bin/sh"), ["-c", "\"$0\" \"$@\" && ./x"]))
}

/// A small project: a library of twenty files, a program, generated headers.
fn make(scratch: &Scratch) -> Result<Run> {
    const FILES: usize = 20;
    let names: Vec<String> = (0..FILES).map(|n| format!("part{n}")).collect();
    for (n, name) in names.iter().enumerate() {
        scratch.write(
            &format!("{name}.c"),
            format!("#include <string.h>\n#include <stdio.h>\n#include \"all.h\"\nint {name}(int x)\n{{ char t[64]; snprintf(t, sizeof t, \"%d\", x * {n});\n  return (int)strlen(t) + x; }}\n"),
        )?;
    }
    let declarations: String = names.iter().map(|name| format!("int {name}(int);\n")).collect();
    scratch.write("all.h.in", declarations)?;
    let calls: String = names.iter().map(|name| format!("  sum += {name}(sum);\n")).collect();
    scratch.write("main.c", format!("#include <stdio.h>\n#include \"all.h\"\nint main(void)\n{{ int sum = 1;\n{calls}  printf(\"%d\\n\", sum); return 0; }}\n"))?;
    let objects = names.iter().map(|name| format!("{name}.o")).collect::<Vec<_>>().join(" ");
    scratch.write(
        "Makefile",
        format!("CFLAGS = -O1 -Wall\nprog: main.o libparts.a\n\t$(CC) -o $@ $^\nlibparts.a: {objects}\n\t$(AR) rcsD $@ $^\n{objects} main.o: all.h\nall.h: all.h.in\n\tsed s/x/x/ $< > $@\nfails: ; false\n"),
    )?;
    let text = "make -s -j2 && ./prog && md5sum *.o libparts.a prog && touch part3.c && make -j2 && make -j2 -k fails; echo $?";
    super::script("sh", scratch, text)
}

/// gdb is the one under the loader here, and so is what it debugs: it passes its
/// environment on. It has to be told that SIGSYS is nothing to stop at.
fn gdb(scratch: &Scratch) -> Result<Run> {
    scratch.write("x.c", SOURCE)?;
    let text = "gdb --version | head -1 && gcc -g -O0 x.c -o x && gdb -nx -batch -ex 'set startup-with-shell off' -ex 'handle SIGSYS nostop noprint pass' -ex 'break cmp' -ex run -ex bt \
        -ex 'print *(const int *)a' -ex delete -ex continue ./x 2>&1 | grep -v 'thread_db\\|^\\[\\|^$\\|Inferior' | sed 's/0x[0-9a-f]*/ADDRESS/g'";
    super::script("sh", scratch, text)
}

fn cargo(scratch: &Scratch) -> Result<Run> {
    scratch.write("Cargo.toml", "[package]\nname = \"x\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[workspace]\n")?;
    std::fs::create_dir_all(scratch.path("src"))?;
    scratch.write("src/main.rs", "fn main() { let v: Vec<u32> = (1..=10).collect(); println!(\"{}\", v.iter().sum::<u32>()); }\n#[test]\nfn t() { assert_eq!(1 + 1, 2); }\n")?;
    let home = |name: &str, usual: &str| {
        std::env::var_os(name)
            .unwrap_or_else(|| format!("{}/{usual}", std::env::var("HOME").unwrap_or_default()).into())
    };
    let text = "cargo --version && rustc --version && cargo build -q --offline && ./target/debug/x && cargo test -q --offline 2>&1 | grep -o 'test result: ok. 1 passed'";
    Ok(super::script("sh", scratch, text)?
        .env("CARGO_HOME", home("CARGO_HOME", ".cargo"))
        .env("RUSTUP_HOME", home("RUSTUP_HOME", ".rustup")))
}
