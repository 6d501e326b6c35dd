//! Each thing that can be wrong on the way to a file.

use super::*;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::sync::atomic::{AtomicU32, Ordering};

/// A directory of one's own below /tmp, which is sticky.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("zpoline-trust-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = env::temp_dir().join(name);
        fs::create_dir(&path).expect("a scratch directory");
        mode(&path, 0o755);
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// `a/b/file`.
    fn file(&self) -> PathBuf {
        fs::create_dir_all(self.path("a/b")).expect("directories");
        for name in ["a", "a/b"] {
            mode(&self.path(name), 0o755);
        }
        let path = self.path("a/b/file");
        fs::write(&path, "content").expect("a file");
        mode(&path, 0o644);
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("its mode");
}

fn me() -> u32 {
    fs::metadata("/proc/self").expect("/proc").uid()
}

/// What is said of a path, with the fix; nothing if it is trusted.
fn said(path: &Path) -> String {
    match file(path, me()) {
        Ok(_) => String::new(),
        Err(problem) => format!("{}\n{}", problem.cause("the hook", path), problem.fix().unwrap_or_default()),
    }
}

#[test]
fn what_nobody_else_can_write_is_opened() {
    use std::io::Read;
    let scratch = Scratch::new();
    let mut content = String::new();
    file(&scratch.file(), me()).expect("trusted").read_to_string(&mut content).expect("read");
    assert_eq!(content, "content");
}

#[test]
fn modes_are_judged_all_the_way_up() {
    let scratch = Scratch::new();
    let path = scratch.file();
    let (shown, a, b) = (path.display(), scratch.path("a"), scratch.path("a/b"));
    for bits in [0o666, 0o646] {
        mode(&path, bits);
        let fix = format!("chmod go-w {shown}");
        assert_eq!(said(&path), format!("the hook {shown} can be written by others (mode 0{bits:o})\n{fix}"));
    }
    mode(&path, 0o644);
    mode(&b, 0o777);
    assert_eq!(
        said(&path),
        format!(
            "the hook {shown} lies below {}, in which others can put what they like (mode 0777)\nchmod go-w {0}",
            b.display()
        )
    );
    // All of them at once.
    mode(&a, 0o757);
    mode(&path, 0o606);
    assert!(said(&path).ends_with(&format!("\nchmod go-w {} {} {shown}", a.display(), b.display())), "{}", said(&path));
    // A sticky directory is one where others cannot rename.
    mode(&path, 0o644);
    mode(&a, 0o1777);
    mode(&b, 0o1777);
    assert_eq!(said(&path), "");
}

#[test]
fn links_are_followed_and_judged() {
    let scratch = Scratch::new();
    let path = scratch.file();
    symlink("a/b", scratch.path("relative")).expect("a link");
    symlink(scratch.path("relative/../b"), scratch.path("absolute")).expect("a link");
    symlink("absolute/file", scratch.path("last")).expect("a link");
    for name in ["relative/file", "absolute/file", "last", "a/../a/./b/file"] {
        assert_eq!(said(&scratch.path(name)), "", "{name}");
    }
    // What a link leads through counts.
    mode(&scratch.path("a"), 0o777);
    assert!(said(&scratch.path("last")).contains(&format!("lies below {}", scratch.path("a").display())));
    mode(&scratch.path("a"), 0o755);
    symlink("loop", scratch.path("loop")).expect("a link");
    assert!(
        said(&scratch.path("loop")).contains("Too many levels of symbolic links"),
        "{}",
        said(&scratch.path("loop"))
    );
    symlink("nowhere", scratch.path("broken")).expect("a link");
    assert!(said(&scratch.path("broken")).contains("No such file"));
    drop(path);
}

#[test]
fn owners_are_judged() {
    if me() != 0 {
        println!("skipped: only root can give a file away");
        return;
    }
    let scratch = Scratch::new();
    let path = scratch.file();
    let shown = path.display();
    chown(&path, Some(1234), None).expect("given away");
    let fix = "put it where only you write, or: chown -h 0";
    assert_eq!(
        said(&path),
        format!("the hook {shown} belongs to user 1234, not to root or you (user 0)\n{fix} {shown}")
    );
    assert!(file(&path, 1234).is_ok(), "it is that user's own");
    chown(&path, Some(0), None).expect("taken back");
    assert!(file(&path, 1234).is_ok(), "what root owns is trusted by all");

    chown(scratch.path("a"), Some(1234), None).expect("given away");
    assert!(
        said(&path).contains(&format!(
            "lies below {}, which belongs to user 1234, not to root or you (user 0)",
            scratch.path("a").display()
        )),
        "{}",
        said(&path)
    );
    chown(scratch.path("a"), Some(0), None).expect("taken back");

    symlink(&path, scratch.path("link")).expect("a link");
    std::os::unix::fs::lchown(scratch.path("link"), Some(1234), None).expect("given away");
    assert!(
        said(&scratch.path("link")).contains(&format!(
            "is reached by the link {}, which belongs to user 1234",
            scratch.path("link").display()
        )),
        "{}",
        said(&scratch.path("link"))
    );
}

#[test]
fn what_is_no_file_is_not_opened() {
    let scratch = Scratch::new();
    let path = scratch.file();
    let fifo = scratch.path("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status().expect("mkfifo");
    assert!(made.success());
    for (path, wanted) in [
        (scratch.path("a"), "is not a regular file"),
        (scratch.path("a/b/.."), "is not a regular file"),
        (fifo, "is not a regular file"),
        ("/dev/null".into(), "is not a regular file"),
        ("/".into(), "is not a regular file"),
        (path.join("x"), "Not a directory"),
        (scratch.path("none"), "No such file"),
        (scratch.path("none/x"), "No such file"),
    ] {
        assert!(said(&path).contains(wanted), "{}: {}", path.display(), said(&path));
    }
}

#[test]
fn a_directory_of_ones_own() {
    let scratch = Scratch::new();
    scratch.file();
    let a = scratch.path("a");
    assert!(directory(&a, me()).is_ok());
    mode(&a, 0o1777);
    let problem = directory(&a, me()).expect_err("sticky is not enough here");
    assert_eq!(
        problem.cause("the cache", &a),
        format!("the cache {} can be written by others (mode 1777)", a.display())
    );
    mode(&a, 0o777);
    assert!(matches!(directory(&a.join("b"), me()), Err(Problem::Distrust(faults)) if faults.len() == 1));
    mode(&a, 0o755);
    assert!(matches!(directory(&a.join("b/file"), me()), Err(Problem::NotADirectory)));
    assert!(directory(&a, me() + 1).is_err(), "somebody else's");
}

#[test]
fn a_path_is_quoted_for_a_shell() {
    assert_eq!(crate::quoted(Path::new("/a b/c'd")), r"'/a b/c'\''d'");
}
