//! `zpoline new`: a hook to start from, in a directory of its own.
//!
//! What it writes is the `paths` hook of guest-examples/languages, which the tests
//! build and run, and how an ordinary installation of the language builds it.

use crate::failure::{Failure, Result};
use crate::interface::nearest;
use crate::wit;
use std::fs;
use std::path::Path;
use zpoline_host_abi::WIT_VERSION;

/// A language and the files of its hook. In texts, NAME stands for the hook's
/// name, and SNAKE for the same with underscores.
struct Language {
    words: &'static [&'static str],
    shown: &'static str,
    /// Path and text; what the example's own surroundings ask for is replaced.
    files: &'static [(&'static str, &'static str)],
    replaced: &'static [(&'static str, &'static str)],
    /// Whether its toolchain reads wit/ and a world.
    reads_wit: bool,
    /// Commands that build it.
    build: &'static [&'static str],
    /// What they make.
    built: &'static str,
    /// Other ways.
    or: &'static str,
}

macro_rules! example {
    ($path:literal) => {
        include_str!(concat!("../../../guest-examples/languages/", $path))
    };
}

const PACKAGE_JSON: &str = r#"{
  "private": true,
  "type": "module",
  "scripts": {
    "build": "SCRIPT"
  },
  "devDependencies": {
    DEPENDENCY
  }
}
"#;

const LANGUAGES: [Language; 9] = [
    Language {
        words: &["rust", "rs"],
        shown: "Rust",
        files: &[
            (
                "Cargo.toml",
                r#"[package]
name = "NAME"
version = "0.1.0"
edition = "2024"

[lib]
crate-type = ["cdylib"]

[dependencies]
wit-bindgen = { version = "0.60", default-features = false, features = ["macros", "realloc", "std"] }

[profile.release]
opt-level = "s"
panic = "abort"
strip = true

[workspace]
"#,
            ),
            ("src/lib.rs", example!("rust/paths/src/lib.rs")),
        ],
        replaced: &[("path: \"../../wit\", world: \"paths\"", "path: \"wit\", world: \"hook\"")],
        reads_wit: true,
        build: &["rustup target add wasm32-unknown-unknown", "cargo build --release --target wasm32-unknown-unknown"],
        built: "target/wasm32-unknown-unknown/release/SNAKE.wasm",
        or: "The targets wasm32-wasip1 and wasm32-unknown-unknown both work; the latter gives smaller hooks.",
    },
    Language {
        words: &["c"],
        shown: "C",
        files: &[("main.c", example!("c/paths.c")), ("hook.h", example!("c/hook.h"))],
        replaced: &[],
        reads_wit: false,
        build: &[
            "clang --target=wasm32-unknown-unknown -nostdlib -mbulk-memory -O2 -Wl,--no-entry -Wl,--strip-all main.c -o NAME.wasm",
        ],
        built: "NAME.wasm",
        or: "That needs clang and lld, and no libc. With wasi-libc, from wasi-sdk or from Zig:\n\n    \
             $WASI_SDK_PATH/bin/clang -mexec-model=reactor -O2 main.c -o NAME.wasm\n    \
             zig cc -target wasm32-wasi -mexec-model=reactor -O2 main.c -o NAME.wasm",
    },
    Language {
        words: &["cpp", "c++"],
        shown: "C++",
        files: &[("main.cpp", example!("cpp/paths.cpp")), ("hook.h", example!("c/hook.h"))],
        replaced: &[("\"../c/hook.h\"", "\"hook.h\"")],
        reads_wit: false,
        build: &[
            "zig c++ -target wasm32-wasi -mexec-model=reactor -std=c++20 -fno-exceptions -O2 -s main.cpp -o NAME.wasm",
        ],
        built: "NAME.wasm",
        or: "With wasi-sdk: $WASI_SDK_PATH/bin/clang++ and the same words from -mexec-model on.",
    },
    Language {
        words: &["zig"],
        shown: "Zig",
        files: &[("main.zig", example!("zig/paths.zig")), ("hook.zig", example!("zig/hook.zig"))],
        replaced: &[],
        reads_wit: false,
        build: &[
            "zig build-exe main.zig -target wasm32-freestanding -O ReleaseSmall -fno-entry -rdynamic --stack 65536 -femit-bin=NAME.wasm",
        ],
        built: "NAME.wasm",
        or: "Written for Zig 0.17.",
    },
    Language {
        words: &["go", "golang", "tinygo"],
        shown: "Go",
        files: &[
            ("go.mod", "module NAME\n\ngo 1.24\n"),
            ("main.go", example!("go/paths/main.go")),
            ("hook/hook.go", example!("go/hook/hook.go")),
        ],
        replaced: &[("\"zpoline/hooks/hook\"", "\"NAME/hook\"")],
        reads_wit: false,
        build: &["GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -ldflags='-s -w' -o NAME.wasm ."],
        built: "NAME.wasm",
        or: "With TinyGo, for a hook of a tenth of the size:\n\n    \
             tinygo build -target=wasip1 -buildmode=c-shared -o NAME.wasm .",
    },
    Language {
        words: &["assemblyscript", "as", "typescript"],
        shown: "AssemblyScript",
        files: &[
            ("package.json", PACKAGE_JSON),
            ("main.ts", example!("assemblyscript/paths.ts")),
            ("hook.ts", example!("assemblyscript/hook.ts")),
            ("hook.mjs", example!("assemblyscript/hook.mjs")),
        ],
        replaced: &[
            (
                "SCRIPT",
                "asc main.ts -O3 --runtime incremental --use abort=hook/abort --transform ./hook.mjs -o NAME.wasm",
            ),
            ("DEPENDENCY", "\"assemblyscript\": \"0.28.20\""),
        ],
        reads_wit: false,
        build: &["npm install", "npm run build"],
        built: "NAME.wasm",
        or: "",
    },
    Language {
        words: &["javascript", "js"],
        shown: "JavaScript",
        files: &[("package.json", PACKAGE_JSON), ("main.js", example!("javascript/paths.js"))],
        replaced: &[
            ("SCRIPT", "componentize-qjs --wit wit --js main.js --world hook --sync --stub-wasi -o NAME.wasm"),
            ("DEPENDENCY", "\"componentize-qjs\": \"0.4.5\""),
        ],
        reads_wit: true,
        build: &["npm install", "npm run build"],
        built: "NAME.wasm",
        or: "Numbers of 64 bits arrive as JavaScript numbers: exact up to 2^53, and negative from\n2^63 on. Passing one of those on as an address is a trap.",
    },
    Language {
        words: &["python", "py"],
        shown: "Python",
        files: &[("main.py", example!("python/paths.py"))],
        replaced: &[],
        reads_wit: true,
        build: &[
            "python3 -m venv .venv",
            ".venv/bin/pip install componentize-py==0.25.1",
            ".venv/bin/componentize-py -d wit -w hook componentize --stub-wasi main -o NAME.wasm",
        ],
        built: "NAME.wasm",
        or: "The hook carries an interpreter of 18 MB: see what that costs at the start of each process.",
    },
    Language {
        words: &["wat", "text"],
        shown: "WebAssembly text",
        files: &[("NAME.wat", example!("wat/paths.wat"))],
        replaced: &[],
        reads_wit: false,
        build: &[],
        built: "NAME.wat",
        or: "",
    },
];

/// The one word of each language that is listed.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().filter_map(|language| language.words.first().copied())
}

/// Writes a hook called `name` into the directory `name` below `parent`; what to
/// do with it.
pub(crate) fn create(parent: &Path, language: &str, name: &str) -> Result<String> {
    let language = find(language)?;
    check_name(name)?;
    let directory = parent.join(name);
    let failed = |path: &Path, error: std::io::Error| {
        Failure::new(format_args!("cannot write {}: {error}", path.display())).fix("zpoline new where you may write")
    };
    match fs::create_dir(&directory) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(Failure::new(format_args!("{} is there already", directory.display()))
                .fix(format_args!("another name, or: mv {name} {name}.old")));
        }
        other => other.map_err(|error| failed(&directory, error))?,
    }
    for (path, text) in language.content(name) {
        let path = directory.join(path);
        let written = match path.parent() {
            Some(parent) => fs::create_dir_all(parent).and_then(|()| fs::write(&path, text)),
            None => fs::write(&path, text),
        };
        written.map_err(|error| failed(&path, error))?;
    }
    let mut said = format!("{name}: a hook in {} that tells the path of each open\n  cd {name}\n", language.shown);
    for command in language.commands(name) {
        said.push_str(&format!("  {command}\n"));
    }
    Ok(said)
}

fn find(word: &str) -> Result<&'static Language> {
    LANGUAGES.iter().find(|language| language.words.contains(&word)).ok_or_else(|| {
        let failure = Failure::new(format_args!("new: there is nothing for the language {word}"))
            .why(format_args!("there is {}", words().collect::<Vec<_>>().join(", ")));
        let known = LANGUAGES.iter().flat_map(|language| language.words.iter().copied());
        match nearest(word, known) {
            Some(near) => failure.fix(format_args!("zpoline new {near} NAME, if that is meant")),
            None => failure
                .why("any language that compiles to WebAssembly will do: see wit/ for what a hook imports and exports")
                .fix("zpoline new c NAME, and put the names of its exports and imports into your language"),
        }
    })
}

/// A name is part of a WIT package's, a crate's and a Go module's.
fn check_name(name: &str) -> Result<()> {
    let word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    if name.split('-').all(word) {
        return Ok(());
    }
    Err(Failure::new(format_args!("new: {name} is no name for a hook"))
        .why("wanted: words of small letters and digits, joined by hyphens")
        .fix("my-hook, for example"))
}

impl Language {
    /// The path and text of each file.
    fn content(&self, name: &str) -> Vec<(String, String)> {
        let snake = name.replace('-', "_");
        let named = |text: &str| text.replace("NAME", name).replace("SNAKE", &snake);
        let mut all: Vec<(String, String)> = Vec::new();
        for (path, text) in self.files {
            let mut text = (*text).to_owned();
            for (from, to) in self.replaced {
                text = text.replace(from, to);
            }
            // The examples themselves speak of no NAME.
            all.push((named(path), named(&text)));
        }
        if self.reads_wit {
            all.push(("wit/world.wit".into(), named(&world())));
            for (file, text) in wit::FILES {
                all.push((format!("wit/deps/hook/{file}"), (*text).to_owned()));
            }
        }
        all.push(("README.md".into(), self.readme(name)));
        all
    }

    /// Builds it and runs something under it.
    fn commands(&self, name: &str) -> Vec<String> {
        let snake = name.replace('-', "_");
        let run = format!("zpoline run --hook {} -- cat /etc/hostname", self.built);
        self.build
            .iter()
            .copied()
            .chain([run.as_str()])
            .map(|c| c.replace("NAME", name).replace("SNAKE", &snake))
            .collect()
    }

    fn readme(&self, name: &str) -> String {
        let mut text = format!(
            "# {name}\n\nA hook for zpoline in {}: it tells the path of each file that a program opens.\n\n",
            self.shown
        );
        for command in self.commands(name) {
            text.push_str(&format!("    {command}\n"));
        }
        if !self.or.is_empty() {
            text.push_str(&format!("\n{}\n", self.or.replace("NAME", name)));
        }
        text.push_str(if self.reads_wit {
            "\nWhat it hooks is what the world in wit/world.wit exports, what it may do is what it\nimports."
        } else {
            "\nWhat it hooks is what it exports, by its name; what it may do is what it imports."
        });
        text.push_str(
            " `zpoline syscalls` lists the interfaces, `zpoline syscalls openat` tells what one\n\
             passes, and `zpoline inspect` shows what became of it all.\n",
        );
        text
    }
}

fn world() -> String {
    format!(
        "package my:NAME@0.1.0;\n\n/// What the hook takes and what it needs. Add the interface of each syscall that it\n\
         /// hooks: `zpoline syscalls` lists them.\nworld hook {{\n  \
         import zpoline:hook/memory@{WIT_VERSION};\n  import zpoline:hook/log@{WIT_VERSION};\n  \
         export zpoline:hook/lifecycle@{WIT_VERSION};\n  export zpoline:hook/open@{WIT_VERSION};\n  \
         export zpoline:hook/openat@{WIT_VERSION};\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(word: &str) -> &'static Language {
        find(word).expect("a language")
    }

    #[test]
    fn every_language_has_a_hook_and_says_how_it_is_built() {
        for word in words() {
            let language = language(word);
            let content = language.content("my-hook");
            // The interfaces are copied as they are.
            let ours = content.iter().filter(|(path, _)| !path.starts_with("wit/deps/"));
            let whole: String = ours.map(|(path, text)| format!("{path}\n{text}\n")).collect();
            for left in ["NAME", "SNAKE", "SCRIPT", "DEPENDENCY", "../c/", "../../wit"] {
                assert!(!whole.contains(left), "{word}: {left}");
            }
            for (from, _) in language.replaced {
                assert!(language.files.iter().any(|(_, text)| text.contains(from)), "{word}: {from:?} is not there");
            }
            let readme = &content.last().expect("files").1;
            assert!(readme.contains(" -- cat /etc/hostname\n"), "{readme}");
        }
    }

    #[test]
    fn a_world_of_ours_is_valid() {
        let text = language("rust").content("my-hook");
        let mut map = wit_parser::SourceMap::new();
        for (path, text) in text.iter().filter(|(path, _)| path.starts_with("wit/deps/hook/")) {
            map.push_str(path, text);
        }
        let mut resolve = wit_parser::Resolve::default();
        resolve.push_group(map.parse().map_err(|(_, error)| error).expect("wit/")).expect("wit/");
        let (path, text) = text.iter().find(|(path, _)| path == "wit/world.wit").expect("a world");
        resolve.push_str(path, text).expect("a valid world");
    }

    #[test]
    fn wrong_words_are_told() {
        let said = |language: &str, name: &str| {
            create(Path::new("/nonexistent"), language, name).expect_err("not created").to_string()
        };
        assert_eq!(
            said("pyton", "x"),
            "new: there is nothing for the language pyton\n  there is rust, c, cpp, zig, go, assemblyscript, javascript, python, wat\n  fix: zpoline new python NAME, if that is meant"
        );
        assert!(said("cobol", "x").contains("any language that compiles to WebAssembly will do"));
        assert_eq!(
            said("c", "My Hook"),
            "new: My Hook is no name for a hook\n  wanted: words of small letters and digits, joined by hyphens\n  fix: my-hook, for example"
        );
        assert!(said("c", "../x").starts_with("new: ../x is no name"));
        assert!(said("c", "x").starts_with("cannot write /nonexistent/x: "));
    }
}
