//! `marketsnap config`.

use std::path::{Path, PathBuf};

use clap::builder::FalseyValueParser;
use clap::{Arg, Args, Subcommand};

use super::parse::{Conflict, Given, Rank};
use super::today::Today;
use super::{World, keys, lasting};
use crate::app::{self, Console, Exit, Format, Options, RunError, Style};
use crate::config::{self, Config as Said, KEYS, Key, Takes};
use crate::domain::settings::{Origin, Setting, Settings};

/// Lasting choices: the config file, what it says, and whether that makes sense
///
/// A flag outranks a variable, a variable the file, the file the default. Every key is described in
/// docs/config.md and in the file that `init` writes.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  marketsnap config init\n  marketsnap config check\n  marketsnap config show --origin\n  $EDITOR \"$(marketsnap config path)\""
)]
pub(super) struct Config {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Print the file's path, and on standard error whether it is there
    #[command(before_help = "Example:\n  marketsnap config path")]
    Path,
    /// Write a commented file with every key and its default
    ///
    /// Everything in it is commented out, so that nothing changes until a comment mark is taken away.
    #[command(before_help = "Example:\n  marketsnap config init")]
    Init {
        /// Put a new one in the place of a file that is there, which is kept beside as config.toml.old
        #[arg(long)]
        force: bool,
    },
    Show(Show),
    /// Look for what is wrong in the file: keys, ids, members, sources, addresses and key files
    ///
    /// Prints "ok" with what the file holds, or exits with 2 and names file, line and nearest key.
    #[command(before_help = "Examples:\n  marketsnap config check\n  marketsnap config check ./config.toml")]
    Check {
        /// A file [default: the user's]
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
}

/// Each lasting choice with its value
///
/// Takes the flags that speak of lasting choices too, so that it tells what a command with them would do. Of a
/// key only that it is set is told.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  marketsnap config show\n  marketsnap config show --origin\n  marketsnap config show --json | jq '.settings[] | select(.origin != \"default\")'",
    args(flags())
)]
struct Show {
    /// Also tell where each value comes from: a flag, a variable, the file's line, or the default
    #[arg(long)]
    origin: bool,
    /// One JSON document instead of a table, as --format json; it has no other format
    #[arg(long, env = "MARKETSNAP_JSON", value_parser = FalseyValueParser::new())]
    json: bool,
}

/// The flags of the reports that speak of lasting choices.
fn flags() -> Vec<Arg> {
    let today = Today::augment_args(clap::Command::new("today"));
    today.get_arguments().filter(|arg| lasting::key_of(arg).is_some()).cloned().collect()
}

impl Show {
    /// The form that a flag or a variable asks for; what the file says is for reports. Beside --json, a format is a
    /// setting to show.
    fn format(&self, given: &Given) -> Result<Format, Conflict> {
        if given.has("json") {
            return Ok(Format::Json);
        }
        match given.value("format").filter(|_| given.rank("format") > Rank::Lasting) {
            Some("json") => Ok(Format::Json),
            Some("table") if given.has("format") => Ok(Format::Table),
            Some(_) if given.has("format") => Err(Conflict::NoForm("config show")),
            _ if self.json => Ok(Format::Json),
            _ => Ok(Format::Table),
        }
    }
}

impl Config {
    /// Whether the task has to do with a file that cannot be used.
    pub(super) fn needs_no_file(&self) -> bool {
        !matches!(self.task, Task::Show(_))
    }

    /// Does what was asked.
    pub(super) fn run(
        &self,
        said: &Said,
        given: &Given,
        world: &World<'_>,
        console: &mut Console<'_>,
    ) -> Result<Exit, RunError> {
        let path = world.environment.config.as_deref();
        match &self.task {
            Task::Path => app::config_path(path, console),
            Task::Init { force } => app::config_init(path, &config::template(), *force, console),
            Task::Check { file } => check(file.as_deref(), world, console),
            Task::Show(show) => {
                let format = match show.format(given) {
                    Ok(format) => format,
                    Err(e) => return Ok(refused(&e, console)),
                };
                let found = Settings {
                    schema: "marketsnap.config/1",
                    file: path.map(|path| path.to_string_lossy().into_owned()),
                    there: path.is_some_and(Path::exists),
                    settings: settings(said, given, world),
                };
                app::config_show(&found, &said.own, show.origin, format, &style(given, world), console)
            }
        }
    }
}

fn style(given: &Given, world: &World<'_>) -> Style {
    let width = given.value("width").and_then(|w| w.parse().ok());
    let width = width.or(world.terminal_width.map(usize::from)).unwrap_or(super::args::WIDTH_IN_A_PIPE);
    Style {
        width: width.max(super::args::NARROWEST),
        color: world.terminal_width.is_some() && !world.environment.no_color,
        ascii: given.value("ascii") == Some("true"),
        ..Style::default()
    }
}

/// Reads a file and holds it against the catalogue and the sources.
fn check(file: Option<&Path>, world: &World<'_>, console: &mut Console<'_>) -> Result<Exit, RunError> {
    let path = file.or(world.environment.config.as_deref());
    let Some(path) = path else { return app::config_path(None, console) };
    let named = file.is_some() || lasting::named(world);
    let said = match config::read(path, named, world.environment.home.as_deref()) {
        Ok(said) => said,
        Err(e) => return Ok(refused(&e, console)),
    };
    // What the file says is looked at also where a variable outranks it.
    let mut options = Options { store: said.store.clone(), ..Options::default() };
    options.own = said.own.clone();
    options.base_urls = said.base_urls.clone();
    options.configured = said.key_files.keys().chain(said.base_urls.keys()).cloned().collect();
    options.first = said.first.clone();
    options.never = said.never.clone();
    options.sources_of = said.instruments.clone();
    options.places = said.places.clone();
    if let Err(e) = app::configured_proxy(said.proxy.as_deref(), &said.places) {
        return Ok(refused(&e, console));
    }
    if let Err(e) = app::config_sound(&options) {
        return Ok(refused(&e, console));
    }
    if let Err(e) = keys::of_files(&said) {
        return Ok(refused(&e, console));
    }
    let holds = format!(
        "{}, {}, {}, {}",
        counted(said.entries.iter().filter(|e| e.of.is_none()).count(), "choice"),
        counted(said.own.instruments.len().max(said.instruments.len()), "instrument"),
        counted(said.own.composites.len(), "composite"),
        counted(said.own.groups.len(), "group"),
    );
    app::config_ok(path, &holds, console)
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn refused(error: &dyn std::fmt::Display, console: &mut Console<'_>) -> Exit {
    let _ = writeln!(console.err, "error: {error}");
    Exit::Usage
}

/// Every choice: those that have a flag, and what the file and variables say beside.
fn settings(said: &Said, given: &Given, world: &World<'_>) -> Vec<Setting> {
    let fixed = KEYS.iter().filter(|key| !key.path.contains('*'));
    let mut settings: Vec<Setting> = fixed.map(|key| of_flag(key, said, given)).collect();
    for entry in said.entries.iter().filter(|e| e.of.is_some()) {
        let place = Some(format!("line {}", entry.line));
        let value = json(entry.key, &entry.value.words());
        settings.push(Setting { key: entry.path.clone(), value, origin: Origin::Config, place, note: None });
    }
    let environment = &world.environment;
    for (name, url) in &environment.base_urls {
        of_variable(&mut settings, name, "base_url", "URL", url);
    }
    for (name, file) in &environment.key_files {
        of_variable(&mut settings, name, "key_file", "KEY_FILE", &file.to_string_lossy());
    }
    for name in environment.keys.keys() {
        of_variable(&mut settings, name, "key", "KEY", "set");
    }
    settings
}

/// What a variable says of a source, in the place of what the file says of it.
fn of_variable(settings: &mut Vec<Setting>, source: &str, key: &str, suffix: &str, value: &str) {
    let key = format!("sources.{source}.{key}");
    settings.retain(|s| s.key != key);
    let place = Some(format!("MARKETSNAP_{}_{suffix}", source.to_uppercase()));
    settings.push(Setting { key, value: value.into(), origin: Origin::Environment, place, note: None });
}

fn of_flag(key: &'static Key, said: &Said, given: &Given) -> Setting {
    let (words, origin, place) = match (given.rank(key.path), said.entry(key.path)) {
        (Rank::Flag, _) => {
            (given.words(key.path), Origin::Flag, Some(format!("--{}", key.path.replace('_', "-"))))
        }
        (Rank::Variable, _) => (
            given.words(key.path),
            Origin::Environment,
            Some(format!("MARKETSNAP_{}", key.path.to_uppercase())),
        ),
        (Rank::Lasting, Some(entry)) => {
            (entry.value.words(), Origin::Config, Some(format!("line {}", entry.line)))
        }
        (Rank::Lasting, None) => {
            let words = given.words(key.path);
            let chosen = !words.is_empty();
            let note = (!chosen && !key.default.is_empty()).then(|| key.default.to_owned());
            let value = if chosen { json(key, &words) } else { serde_json::Value::Null };
            return Setting { key: key.path.to_owned(), value, origin: Origin::Default, place: None, note };
        }
    };
    Setting { key: key.path.to_owned(), value: json(key, &words), origin, place, note: None }
}

/// A value by what its key takes.
fn json(key: &Key, words: &[String]) -> serde_json::Value {
    let text = words.join(",");
    match key.takes {
        Takes::Switch => (text == "true").into(),
        Takes::Whole(..) | Takes::Seconds | Takes::Percent => {
            let whole = text.parse::<u64>().map(Into::into);
            whole.or_else(|_| text.parse::<f64>().map(Into::into)).unwrap_or_else(|_| text.into())
        }
        Takes::Horizons | Takes::List | Takes::Weights | Takes::Symbols => words.into(),
        Takes::Text(_) | Takes::Word(_) | Takes::Country => text.into(),
    }
}
