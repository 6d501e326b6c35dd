//! The proof: a small program under the built-in tracer.

use super::{Finding, Mark};
use crate::cache::Cache;
use crate::embedded;
use std::process::Command;

const PROGRAM: &str = "/bin/true";

/// Runs the trial, unless something is known to be in the way.
pub(super) fn run(nothing_in_the_way: bool) -> Option<Finding> {
    let path = match Cache::open().and_then(|cache| embedded::loader(&cache)) {
        Ok(path) => path,
        Err(failure) => return Some(several_lines(Mark::Bad, "loader", &failure.to_string())),
    };
    if !nothing_in_the_way || !embedded::HAS_TRACER {
        return Some(Finding::new(Mark::Ok, "loader", path.display()));
    }
    let mut program = Command::new(PROGRAM);
    program.env("LD_PRELOAD", &path);
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"ZPOLINE_") {
            program.env_remove(name);
        }
    }
    let output = program.output();
    Some(match output {
        Err(error) => Finding::new(Mark::Note, "trial", format_args!("cannot run {PROGRAM}: {error}")),
        Ok(output) => {
            judge(output.status.success(), &String::from_utf8_lossy(&output.stderr), &output.status.to_string())
        }
    })
}

/// What the trial showed.
fn judge(success: bool, said: &str, status: &str) -> Finding {
    if !success {
        return several_lines(
            Mark::Bad,
            "trial",
            &format!("{PROGRAM} does not run under the tracer: {status}\n{said}"),
        );
    }
    // Its last syscall; without it the loader was not there.
    if said.contains("exit_group(") {
        return Finding::new(Mark::Ok, "trial", format_args!("{PROGRAM} runs under the tracer"));
    }
    several_lines(Mark::Bad, "trial", &format!("{PROGRAM} ran, and was not traced\n{said}"))
}

fn several_lines(mark: Mark, topic: &'static str, text: &str) -> Finding {
    let mut lines = text.lines();
    let finding = Finding::new(mark, topic, lines.next().unwrap_or_default());
    lines.take(8).fold(finding, |finding, line| finding.more(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_traced_exit_counts() {
        assert_eq!(judge(true, "exit_group(0) = ?\n", "").mark, Mark::Ok);
        let silent = judge(true, "ERROR: ld.so: object cannot be preloaded: ignored.\n", "");
        assert_eq!(silent.mark, Mark::Bad);
        assert_eq!(silent.more, ["ERROR: ld.so: object cannot be preloaded: ignored."]);
        let broken = judge(false, "zpoline: cannot map page 0: EPERM\n  fix: x\n", "exit status: 125");
        assert_eq!(broken.text, "/bin/true does not run under the tracer: exit status: 125");
        assert_eq!(broken.more.len(), 2);
    }
}
