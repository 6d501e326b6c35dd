//! The options of `run` and `trace`, from words to values; nothing here
//! touches the system.

use crate::failure::{Failure, Result};
use lexopt::prelude::*;
use std::ffi::OsString;
use std::path::PathBuf;
use zpoline_host_abi::grant::{self, GrantError, Mistake};

/// What to run and how.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct RunOptions {
    /// The hooks, the outermost first; the loader's built-in tracer if there is
    /// none.
    pub(crate) hooks: Vec<Hook>,
    /// What is said about all of them: what comes before the first `--hook`.
    pub(crate) all: Settings,
    /// How sites are patched.
    pub(crate) mechanism: Option<String>,
    /// Where the loader's and the hooks' messages go.
    pub(crate) log: Option<PathBuf>,
    /// Where statistics go, as the loader wants it.
    pub(crate) stats: Option<OsString>,
    /// Whether to run programs that cannot be hooked.
    pub(crate) unhookable: Option<Unhookable>,
    /// The program and its arguments; not empty.
    pub(crate) program: Vec<OsString>,
}

/// A `--hook` and what follows it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Hook {
    /// Its file.
    pub(crate) path: PathBuf,
    /// What is said about it alone.
    pub(crate) own: Settings,
}

/// What can be said about a hook.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Words for its `lifecycle.init`.
    pub(crate) arguments: Vec<String>,
    /// Capabilities beyond those that every hook has.
    pub(crate) allow: Vec<String>,
    /// What happens when it traps, as the loader wants it.
    pub(crate) on_trap: Option<String>,
    /// Fuel per call.
    pub(crate) fuel: Option<String>,
    /// Cap on its memory.
    pub(crate) memory: Option<String>,
    /// Cap on its log.
    pub(crate) log_rate: Option<String>,
}

/// How the built-in tracer is named among hooks.
pub(crate) const TRACER: &str = "@trace";

/// `--unhookable`, and `ZPOLINE_UNHOOKABLE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unhookable {
    /// Say why and do not run it.
    Refuse,
    /// Warn, and run it without a hook.
    Run,
}

impl Unhookable {
    /// What the environment says; `Refuse` if it says nothing.
    pub(crate) fn inherited() -> Result<Self> {
        const NAME: &str = "ZPOLINE_UNHOOKABLE";
        match std::env::var_os(NAME).filter(|value| !value.is_empty()) {
            Some(value) => Self::parse(NAME, value),
            None => Ok(Self::Refuse),
        }
    }

    fn parse(option: &str, word: OsString) -> Result<Self> {
        Ok(match &*one_of(option, word, &["refuse", "run"])? {
            "run" => Self::Run,
            _ => Self::Refuse,
        })
    }

    /// How it is written.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Run => "run",
        }
    }
}

/// Whose options are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Command {
    Run,
    Trace,
}

/// `run`'s words to values; `None` if help was asked for.
pub(crate) fn run(words: impl IntoIterator<Item = OsString>) -> Result<Option<RunOptions>> {
    parse(Command::Run, words)
}

/// `trace`'s words to values; `None` if help was asked for.
pub(crate) fn trace(words: impl IntoIterator<Item = OsString>) -> Result<Option<RunOptions>> {
    parse(Command::Trace, words)
}

fn parse(command: Command, words: impl IntoIterator<Item = OsString>) -> Result<Option<RunOptions>> {
    use Command::{Run, Trace};
    let mut options = RunOptions::default();
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(word) = parser.next()? {
        match (command, word) {
            (_, Short('h') | Long("help")) => return Ok(None),
            (_, Long("hook")) => {
                options.hooks.push(Hook { path: parser.value()?.into(), own: Settings::default() });
            }
            (_, Long("allow")) => {
                let granted = grants(&argument(parser.value()?)?)?;
                options.settings().allow.extend(granted);
            }
            (Run, Long("log")) | (Trace, Short('o') | Long("output")) => options.log = Some(parser.value()?.into()),
            // The tracer's own, as it spells them; it says what is wrong with them.
            (Trace, Short(option @ ('e' | 's'))) => {
                options.all.arguments.push(format!("-{option}"));
                options.all.arguments.push(argument(parser.value()?)?);
            }
            (Trace, Short(option @ ('c' | 'f'))) => options.all.arguments.push(format!("-{option}")),
            (Trace, Long("json")) => options.all.arguments.push("--json".to_owned()),
            (_, Long("arg")) => options.settings().arguments.push(argument(parser.value()?)?),
            (_, Long("on-trap")) => options.settings().on_trap = Some(on_trap(parser.value()?)?),
            (_, Long("mechanism")) => {
                options.mechanism = Some(one_of("--mechanism", parser.value()?, &["auto", "jump", "sud", "zpoline"])?);
            }
            (_, Long("stats")) => options.stats = Some(stats(parser.optional_value())?),
            (_, Long("fuel")) => options.settings().fuel = Some(number("--fuel", parser.value()?, &[], "1000000")?),
            (_, Long("memory")) => {
                options.settings().memory = Some(number("--memory", parser.value()?, &['K', 'M', 'G'], "64M")?);
            }
            (_, Long("log-rate")) => options.settings().log_rate = Some(log_rate(parser.value()?)?),
            (_, Long("unhookable")) => {
                options.unhookable = Some(Unhookable::parse("--unhookable", parser.value()?)?);
            }
            (_, Value(program)) => {
                options.program.push(program);
                options.program.extend(parser.raw_args()?);
            }
            (_, other) => return Err(other.unexpected().into()),
        }
    }
    if command == Trace {
        // What was said before the first hook was said of the tracer.
        let own = std::mem::take(&mut options.all);
        options.hooks.insert(0, Hook { path: TRACER.into(), own });
    }
    let name = if command == Run { "run" } else { "trace" };
    needs_program(name, options).map(Some)
}

impl RunOptions {
    /// Whom the next word is about: the last hook named, or all.
    fn settings(&mut self) -> &mut Settings {
        self.hooks.last_mut().map_or(&mut self.all, |hook| &mut hook.own)
    }
}

fn needs_program(command: &str, options: RunOptions) -> Result<RunOptions> {
    if options.program.is_empty() {
        return Err(Failure::new(format_args!("{command}: no program to run"))
            .fix(format_args!("zpoline {command} -- PROGRAM [ARGUMENTS]")));
    }
    Ok(options)
}

fn argument(word: OsString) -> Result<String> {
    word.into_string().map_err(|word| {
        Failure::new(format_args!("{} is not UTF-8", word.display())).why("a hook gets its arguments as strings")
    })
}

/// The grants in one word of `--allow`: one, which may hold spaces, or several.
fn grants(word: &str) -> Result<Vec<String>> {
    match granted(word) {
        Ok(grant) => Ok(vec![grant]),
        Err(failure) => {
            let several: Result<Vec<String>> = grant::words(word).map(granted).collect();
            several.map_err(|_| failure)
        }
    }
}

/// A grant as the loader wants it: with the whole path of a directory.
fn granted(word: &str) -> Result<String> {
    match grant::parse(word) {
        Ok(_) => Ok(word.to_owned()),
        Err(GrantError { mistake: Mistake::Relative(path), .. }) => {
            let whole = std::path::absolute(path)
                .map_err(|error| Failure::new(format_args!("--allow has `{word}`: no path to {path}: {error}")))?;
            let name = word.split('=').next().unwrap_or_default();
            argument(whole.into_os_string()).map(|whole| format!("{name}={whole}"))
        }
        Err(error) => Err(Failure::new(format_args!("--allow {error}")).why(error.wanted()).fix(error.fix())),
    }
}

/// `--stats`, or `--stats=FILE`: what `ZPOLINE_STATS` says of either.
fn stats(file: Option<OsString>) -> Result<OsString> {
    match file {
        None => Ok("1".into()),
        Some(file) if file.is_empty() => {
            Err(Failure::new("--stats= names no file").fix("--stats, to the log; or --stats=FILE"))
        }
        // These two are words to the loader.
        Some(file) if file == "0" || file == "1" => Ok(["./".into(), file].into_iter().collect::<OsString>()),
        Some(file) => Ok(file),
    }
}

fn one_of(option: &str, word: OsString, choices: &[&str]) -> Result<String> {
    match word.to_str() {
        Some(word) if choices.contains(&word) => Ok(word.to_owned()),
        _ => Err(Failure::new(format_args!("{option}={} is not known", word.display()))
            .fix(format_args!("{option}={}", choices.join(&format!(" or {option}="))))),
    }
}

fn on_trap(word: OsString) -> Result<String> {
    let text = word.to_str().unwrap_or_default();
    let known = match text.split_once(':') {
        Some(("deny", errno)) => {
            zpoline_host_abi::errno::by_name(errno).is_some()
                || errno.parse::<u32>().is_ok_and(|n| (1..4096).contains(&n))
        }
        Some(_) => false,
        None => matches!(text, "abort" | "deny" | "pass" | "reload"),
    };
    if !known {
        return Err(Failure::new(format_args!("--on-trap={} is not known", word.display()))
            .why("abort: stop the program; deny: answer EPERM, or the errno given, to every hooked call")
            .why("pass: go on without the hook; reload: start the hook afresh")
            .fix("--on-trap=abort, =deny, =deny:EACCES, =pass or =reload"));
    }
    Ok(text.to_owned())
}

/// A size, or none.
fn log_rate(word: OsString) -> Result<String> {
    if word == "unlimited" {
        return Ok("unlimited".to_owned());
    }
    number("--log-rate", word, &['K', 'M', 'G'], "1M, or unlimited")
}

/// A number that the loader will accept, as it was written.
fn number(option: &str, word: OsString, units: &[char], example: &str) -> Result<String> {
    let text = word.to_str().unwrap_or_default();
    let digits = text.strip_suffix(units).unwrap_or(text);
    if digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse::<u64>().is_ok_and(|number| number > 0) {
        return Ok(text.to_owned());
    }
    Err(Failure::new(format_args!("{option}={} is not a positive number", word.display()))
        .fix(format_args!("{option}={example}, for example")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    fn parsed(line: &str) -> RunOptions {
        run(words(line)).expect("valid options").expect("no --help")
    }

    fn refused(line: &str) -> String {
        run(words(line)).expect_err("invalid options").to_string()
    }

    #[test]
    fn options_end_at_the_program() {
        let options = parsed("--hook h.wasm --arg a --arg=b --on-trap deny:EACCES ls --hook x -la");
        let [hook] = &options.hooks[..] else { panic!("one hook") };
        assert_eq!(hook.path, Path::new("h.wasm"));
        assert_eq!(hook.own.arguments, ["a", "b"]);
        assert_eq!(hook.own.on_trap.as_deref(), Some("deny:EACCES"));
        assert_eq!(options.program, ["ls", "--hook", "x", "-la"]);
    }

    #[test]
    fn what_follows_a_hook_is_about_it() {
        let options = parsed("--fuel 9 --hook a --allow clock --hook b --arg x --on-trap pass --fuel 7 ls");
        assert_eq!(options.all, Settings { fuel: Some("9".into()), ..Settings::default() });
        let [a, b] = &options.hooks[..] else { panic!("two hooks") };
        assert_eq!(a.own, Settings { allow: vec!["clock".into()], ..Settings::default() });
        let own = Settings {
            arguments: vec!["x".into()],
            on_trap: Some("pass".into()),
            fuel: Some("7".into()),
            ..Settings::default()
        };
        assert_eq!(*b, Hook { path: "b".into(), own });
    }

    #[test]
    fn the_tracer_is_the_outermost_hook() {
        let options = trace(words("-e file --hook a --arg x -f ls")).expect("valid").expect("no --help");
        let named: Vec<_> = options.hooks.iter().map(|hook| hook.path.as_os_str()).collect();
        assert_eq!(named, [TRACER, "a"]);
        assert_eq!(options.hooks[0].own.arguments, ["-e", "file", "-f"]);
        assert_eq!(options.hooks[1].own.arguments, ["x"]);
        assert_eq!(options.all, Settings::default());
    }

    #[test]
    fn statistics_go_to_the_log_or_to_a_file() {
        assert_eq!(parsed("ls").stats, None);
        assert_eq!(parsed("--stats ls").stats, Some("1".into()));
        assert_eq!(parsed("--stats=out ls").stats, Some("out".into()));
        assert_eq!(parsed("--stats=1 ls").stats, Some("./1".into()));
        assert_eq!(parsed("--stats ls").program, ["ls"]);
        assert_eq!(trace(words("--stats ls")).expect("valid").expect("no --help").stats, Some("1".into()));
        assert_eq!(refused("--stats= ls"), "--stats= names no file\n  fix: --stats, to the log; or --stats=FILE");
    }

    #[test]
    fn two_dashes_end_the_options() {
        assert_eq!(parsed("--log=f -- -strange --").program, ["-strange", "--"]);
    }

    #[test]
    fn trace_passes_its_selection_to_the_tracer() {
        let options =
            trace(words("-o out -e openat,read -cs8 --json -- git status")).expect("valid").expect("no --help");
        assert_eq!(options.log, Some("out".into()));
        let [hook] = &options.hooks[..] else { panic!("one hook") };
        assert_eq!(hook.path, Path::new(TRACER));
        assert_eq!(hook.own.arguments, ["-e", "openat,read", "-c", "-s", "8", "--json"]);
        assert_eq!(options.program, ["git", "status"]);
    }

    #[test]
    fn wrong_words_are_named() {
        assert_eq!(refused("--log f"), "run: no program to run\n  fix: zpoline run -- PROGRAM [ARGUMENTS]");
        assert_eq!(refused("--hok f ls"), "invalid option '--hok'");
        assert_eq!(
            refused("--mechanism jmp ls"),
            "--mechanism=jmp is not known\n  fix: --mechanism=auto or --mechanism=jump or --mechanism=sud or --mechanism=zpoline"
        );
        assert_eq!(
            refused("--fuel lots ls"),
            "--fuel=lots is not a positive number\n  fix: --fuel=1000000, for example"
        );
        assert!(refused("--memory 0M ls").starts_with("--memory=0M is not a positive number\n"));
        assert!(refused("--on-trap deny:EWHAT ls").starts_with("--on-trap=deny:EWHAT is not known\n"));
        assert!(
            refused("--on-trap explode ls").ends_with("fix: --on-trap=abort, =deny, =deny:EACCES, =pass or =reload")
        );
    }

    #[test]
    fn grants_are_checked_and_paths_made_whole() {
        let allow = |text: &str| run(words(text)).unwrap().unwrap().all.allow;
        assert_eq!(allow("--allow clock --allow invoke=read,%file ls"), ["clock", "invoke=read,%file"]);
        let here = std::env::current_dir().unwrap();
        assert_eq!(allow("--allow files=a/b ls"), [format!("files={}", here.join("a/b").display())]);
        let spaces = |word: &str| run(["--allow", word, "ls"].map(OsString::from)).unwrap().unwrap().all.allow;
        assert_eq!(spaces("clock random"), ["clock", "random"]);
        assert_eq!(spaces("files=/a b"), ["files=/a b"]);
        assert_eq!(
            refused("--allow everything ls"),
            "--allow names `everything`, which is nothing that can be granted\n  grants: memory-write scratch invoke=SET clock random env=NAME,... files=/DIR files-write=/DIR\n  fix: take the word out, or correct it"
        );
        assert!(refused("--allow clock,random ls").ends_with("fix: separate them by spaces: clock random"));
        assert!(refused("--allow invoke=opneat ls").contains("no syscall or class is called `opneat`"));
    }

    #[test]
    fn help_wins() {
        assert_eq!(run(words("--help")), Ok(None));
    }
}
