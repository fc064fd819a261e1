//! From a command line to its arguments: which of them were typed, which come from the environment, and what is told
//! where they make no sense.
//!
//! Not for: the arguments themselves (`args` and a file for each command).

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write;

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, CommandFactory, FromArgMatches};

use super::{Cli, World, ended, err_width, lasting};
use crate::app::{self, Exit};
use crate::config::Config;

/// Where a flag's value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// The config file or a default.
    Lasting,
    /// A variable.
    Variable,
    /// The command line.
    Flag,
}

/// Where each flag's value comes from, and its words.
#[derive(Debug, Default)]
pub(super) struct Given(BTreeMap<String, (Rank, Vec<String>)>);

impl Given {
    pub(super) fn has(&self, flag: &str) -> bool {
        self.rank(flag) == Rank::Flag
    }

    pub(super) fn rank(&self, flag: &str) -> Rank {
        self.0.get(flag).map_or(Rank::Lasting, |(rank, _)| *rank)
    }

    /// The words of a flag's value; of a switch `true` or `false`.
    pub(super) fn words(&self, flag: &str) -> Vec<String> {
        self.0.get(flag).map(|(_, words)| words.clone()).unwrap_or_default()
    }

    /// The one word of a flag's value.
    pub(super) fn value(&self, flag: &str) -> Option<&str> {
        self.0.get(flag)?.1.first().map(String::as_str)
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
    /// A picture of what is no chart.
    #[error("only `marketsnap chart` draws pictures: use --format table, json, jsonl or csv here")]
    NoPicture,
    /// A form that a command's output does not have.
    #[error("`{0}` has no such format: use --format table or json")]
    NoForm(&'static str),
    /// One that does nothing without the other.
    #[error("{0} does nothing without {1}")]
    Alone(&'static str, &'static str),
}

/// Parses a command line; empty variables count as unset, and what a config file says stands in for defaults.
pub(super) fn parse(
    argv: &[OsString],
    world: &World<'_>,
    config: Option<&Config>,
) -> Result<(Cli, Given), clap::Error> {
    let matches = command_for(world, config.unwrap_or(&Config::default())).try_get_matches_from(argv)?;
    let mut of_command = &matches;
    while let Some((_, below)) = of_command.subcommand() {
        of_command = below;
    }
    let ids = of_command.ids().map(|id| (id.to_string(), given(of_command, id.as_str())));
    let given = Given(ids.collect());
    Ok((Cli::from_arg_matches(&matches)?, given))
}

/// Where a flag's value comes from, and its words.
fn given(matches: &ArgMatches, id: &str) -> (Rank, Vec<String>) {
    let rank = match matches.value_source(id) {
        Some(ValueSource::CommandLine) => Rank::Flag,
        Some(ValueSource::EnvVariable) => Rank::Variable,
        _ => Rank::Lasting,
    };
    if let Ok(Some(on)) = matches.try_get_one::<bool>(id) {
        return (rank, vec![on.to_string()]);
    }
    let words = matches.try_get_raw(id).ok().flatten().into_iter().flatten();
    (rank, words.map(|word| word.to_string_lossy().into_owned()).collect())
}

/// The command tree without the variables that are set to nothing, and with the defaults of a config file.
fn command_for(world: &World<'_>, config: &Config) -> clap::Command {
    let unset = |arg: Arg| {
        let switch = matches!(arg.get_action(), ArgAction::SetTrue) && arg.get_env().is_some();
        let arg = if switch { arg.value_parser(yes_or_no) } else { arg };
        let empty = arg
            .get_env()
            .is_some_and(|v| world.environment.empty_variables.contains(v.to_string_lossy().as_ref()));
        if empty { arg.env(Resettable::Reset) } else { arg }
    };
    let prepared = |command: clap::Command| {
        let name = command.get_name().to_owned();
        command.mut_args(|arg| unset(lasting::with_default(arg, &name, config)))
    };
    Cli::command().mut_subcommands(|command| prepared(command).mut_subcommands(prepared))
}

/// What the variable of a switch may say.
fn yes_or_no(text: &str) -> Result<bool, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => Err("a switch is 1 or 0, true or false, yes or no, on or off".to_owned()),
    }
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
        let text = match error.get(ContextKind::Custom) {
            Some(ContextValue::String(list)) => list.clone(),
            _ if color => error.render().ansi().to_string(),
            _ => error.render().to_string(),
        };
        let page = [(String::new(), text.into_bytes())];
        let done = app::show_page(&page, &mut app::Console { out, err, err_width: err_width(world) });
        return ended(done, err);
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
