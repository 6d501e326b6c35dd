//! `wasi:cli`: arguments, granted variables, standard streams without a terminal,
//! and giving up.

use super::io::{Input, Output};
use crate::guest::instance::Host;
use alloc::string::String;
use alloc::vec::Vec;
use wasmtime::component::{LinkerInstance, Resource, ResourceType};
use wasmtime::{Result, StoreContextMut, format_err};

type Linker<'a> = LinkerInstance<'a, Host>;
type Store<'a> = StoreContextMut<'a, Host>;

/// A terminal. There is none.
enum Terminal {}

pub(super) fn environment(linker: &mut Linker<'_>) -> Result<()> {
    linker.func_wrap("get-environment", |store: Store<'_>, (): ()| -> Result<(Vec<(String, String)>,)> {
        let granted = store.data().about.grants.env().iter();
        let set = granted.filter_map(|variable| Some((variable.name.clone(), variable.value.as_ref()?)));
        Ok((set.map(|(name, value)| (name, String::from_utf8_lossy(value).into_owned())).collect(),))
    })?;
    linker.func_wrap("get-arguments", |store: Store<'_>, (): ()| -> Result<(Vec<String>,)> {
        let about = &store.data().about;
        Ok((core::iter::once(&about.name).chain(&about.arguments).cloned().collect(),))
    })?;
    linker.func_wrap("initial-cwd", |_: Store<'_>, (): ()| -> Result<(Option<String>,)> { Ok((None,)) })?;
    Ok(())
}

pub(super) fn exit(linker: &mut Linker<'_>) -> Result<()> {
    linker.func_wrap("exit", |_: Store<'_>, (status,): (core::result::Result<(), ()>,)| -> Result<()> {
        let status = u8::from(status.is_err());
        Err(format_err!("it called exit with status {status}"))
    })?;
    linker.func_wrap("exit-with-code", |_: Store<'_>, (status,): (u8,)| -> Result<()> {
        Err(format_err!("it called exit with status {status}"))
    })?;
    Ok(())
}

pub(super) fn stdin(linker: &mut Linker<'_>) -> Result<()> {
    linker.func_wrap("get-stdin", |mut store: Store<'_>, (): ()| -> Result<(Resource<Input>,)> {
        Ok((store.data_mut().wasi.io.inputs.add(Input::Empty)?,))
    })
}

pub(super) fn stdout(linker: &mut Linker<'_>) -> Result<()> {
    output(linker, "get-stdout", || Output::Log)
}

pub(super) fn stderr(linker: &mut Linker<'_>) -> Result<()> {
    output(linker, "get-stderr", || Output::Messages)
}

fn output(linker: &mut Linker<'_>, name: &str, make: fn() -> Output) -> Result<()> {
    linker.func_wrap(name, move |mut store: Store<'_>, (): ()| -> Result<(Resource<Output>,)> {
        Ok((store.data_mut().wasi.io.outputs.add(make())?,))
    })
}

pub(super) fn terminal_input(linker: &mut Linker<'_>) -> Result<()> {
    linker.resource("terminal-input", ResourceType::host::<Terminal>(), |_, _| Ok(()))
}

pub(super) fn terminal_output(linker: &mut Linker<'_>) -> Result<()> {
    linker.resource("terminal-output", ResourceType::host::<Terminal>(), |_, _| Ok(()))
}

pub(super) fn terminal_stdin(linker: &mut Linker<'_>) -> Result<()> {
    terminal_of(linker, "get-terminal-stdin")
}

pub(super) fn terminal_of(linker: &mut Linker<'_>, name: &str) -> Result<()> {
    linker.func_wrap(name, |_: Store<'_>, (): ()| -> Result<(Option<Resource<Terminal>>,)> { Ok((None,)) })
}
