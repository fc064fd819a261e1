//! From a command line to its arguments: which of them were typed, which come from the environment, and what is told
//! where they make no sense.
//!
//! Not for: the arguments themselves (`args` and a file for each command).

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{self, Write};

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue};
use clap::parser::ValueSource;
use clap::{Arg, CommandFactory, FromArgMatches};

use super::{Cli, World};
use crate::app::Exit;

/// Which flags stand on the command line; what does not comes from the environment or a default.
#[derive(Debug, Default)]
pub(super) struct Given(BTreeSet<String>);

impl Given {
    pub(super) fn has(&self, flag: &str) -> bool {
        self.0.contains(flag)
    }

    /// The value of a flag, unless a rival on the command line outranks one from the environment.
    pub(super) fn unless_outranked<T>(&self, flag: &str, value: Option<T>, rival: &str) -> Option<T> {
        value.filter(|_| self.has(flag) || !self.has(rival))
    }
}

/// Flags that do not go together.
#[derive(Debug, thiserror::Error)]
pub(super) enum Conflict {
    /// Two that cannot stand together.
    #[error("{0} and {1} cannot be used together")]
    Both(&'static str, &'static str),
    /// A picture of pixels that would be written to a terminal.
    #[error("a PNG picture is not for a terminal: name a file (-o chart.png) or send it through a pipe")]
    PngToTerminal,
    /// One that does nothing without the other.
    #[error("{0} does nothing without {1}")]
    Alone(&'static str, &'static str),
}

/// Parses a command line; empty variables count as unset.
pub(super) fn parse(argv: &[OsString], world: &World<'_>) -> Result<(Cli, Given), clap::Error> {
    let matches = command_for(world).try_get_matches_from(argv)?;
    let mut given = Given::default();
    if let Some((_, of_command)) = matches.subcommand() {
        let on_line = of_command.ids().map(clap::Id::as_str);
        let on_line = on_line.filter(|id| of_command.value_source(id) == Some(ValueSource::CommandLine));
        given.0 = on_line.map(str::to_owned).collect();
    }
    Ok((Cli::from_arg_matches(&matches)?, given))
}

/// The command tree without the variables that are set to nothing.
fn command_for(world: &World<'_>) -> clap::Command {
    let unset = |arg: Arg| {
        let empty = arg
            .get_env()
            .is_some_and(|v| world.environment.empty_variables.contains(v.to_string_lossy().as_ref()));
        if empty { arg.env(Resettable::Reset) } else { arg }
    };
    Cli::command().mut_subcommands(|command| command.mut_args(unset))
}

/// Prints help, version or a usage error, and returns the exit code. Where the value in error comes from
/// a variable, the variable is named.
pub(super) fn explain(
    error: &clap::Error,
    argv: &[OsString],
    world: &World<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let color = world.terminal_width.is_some() && !world.environment.no_color;
    if !error.use_stderr() {
        let text = error.render();
        let written = if color { write!(out, "{}", text.ansi()) } else { write!(out, "{text}") };
        let failed = |e: io::Error| e.kind() != io::ErrorKind::BrokenPipe;
        let failed = written.and_then(|()| out.flush()).is_err_and(failed);
        return if failed { Exit::Failure.code() } else { Exit::Complete.code() };
    }
    let _ = write!(err, "{}", error.render());
    if let Some(variable) = variable_of(error, argv).filter(|v| world.environment.variables.contains(v)) {
        let _ = writeln!(err, "the value comes from the variable {variable}");
    }
    Exit::Usage.code()
}

/// The variable behind the flag that an error speaks of, if the flag is not on the command line.
fn variable_of(error: &clap::Error, argv: &[OsString]) -> Option<String> {
    let ContextValue::String(flag) = error.get(ContextKind::InvalidArg)? else { return None };
    let flag = flag.split([' ', '=']).next()?;
    let on_line = argv.iter().any(|word| word.to_string_lossy().split('=').next() == Some(flag));
    let name = flag.trim_start_matches('-').replace('-', "_").to_uppercase();
    (!on_line).then(|| format!("MARKETSNAP_{name}"))
}
