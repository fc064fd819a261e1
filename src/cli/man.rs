//! `marketsnap man`: the manual from the help texts.
//!
//! Not for: the texts themselves, which stand at the arguments.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man as Manual;
use clap_mangen::roff::{Roff, bold, italic, roman};

use super::{Cli, World, ended, err_width, refuse};
use crate::app::{self, Page};

/// The manual: a page for the program and one for each command
///
/// Without a folder, the program's own page goes to standard output: marketsnap man | man -l -
///
/// Plain `man` looks into ~/.local/share/man once ~/.local/bin is on the PATH.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  marketsnap man | man -l -\n  marketsnap man ~/.local/share/man/man1   then: man -M ~/.local/share/man marketsnap-today"
)]
pub(super) struct Man {
    /// Write all pages into this folder, which is made where there is none
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl Man {
    /// Writes the manual; returns the exit code.
    pub(super) fn run(&self, world: &World<'_>, out: &mut dyn Write, err: &mut (dyn Write + Send)) -> u8 {
        let pages = match pages() {
            Ok(pages) => pages,
            Err(e) => return refuse(err, &e),
        };
        let done = match &self.folder {
            Some(folder) => app::keep_pages(&pages, folder),
            None => app::show_page(&pages, &mut app::Console { out, err, err_width: err_width(world) }),
        };
        ended(done, err)
    }
}

/// What an exit code means.
const CODES: [(&str, &str); 9] = [
    ("0", "Everything asked for is in the output. A market holiday is no failure, and nor is a closed pipe."),
    ("1", "An internal error, or the output could not be written."),
    ("2", "Usage: an unknown flag, a mistyped id, a faulty config file. Nothing was asked of any source."),
    ("3", "Partial: some instruments are missing, or come from the store although they were asked for."),
    (
        "4",
        "A row is live, stale or provisional under --require-settled; of check: a condition could not be decided; \
           of wait: --at-most ended first.",
    ),
    ("5", "Nothing to show: no source answered, and the store has nothing."),
    ("6", "A source wants a key, or refused the one it got."),
    ("10", "Of check: a condition holds."),
    ("130", "Interrupted."),
];

/// The user's files.
const FILES: [(&str, &str); 3] = [
    ("~/.config/marketsnap/config.toml", "Lasting choices. MARKETSNAP_CONFIG names another."),
    (
        "~/.local/share/marketsnap/closes.db",
        "Closes kept between runs. --store names another, or a database.",
    ),
    ("~/.local/state/marketsnap/sources.json", "How the sources did, remembered between runs."),
];

/// Variables that are no flag.
const VARIABLES: [(&str, &str); 5] = [
    ("MARKETSNAP_CONFIG", "The config file."),
    (
        "MARKETSNAP_SOURCE_URL",
        "The base URL of a source, its name in the place of SOURCE: MARKETSNAP_YAHOO_URL.",
    ),
    ("MARKETSNAP_SOURCE_KEY", "The key of a source that wants one: MARKETSNAP_TIINGO_KEY."),
    ("MARKETSNAP_SOURCE_KEY_FILE", "A file that holds that key."),
    ("NO_COLOR", "No colour, unless --color always."),
];

/// Every page: the program's own first, then one for each command that help shows.
///
/// # Errors
/// None in practice: pages are made in memory.
fn pages() -> io::Result<Vec<Page>> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let mut pages = vec![("marketsnap.1".to_owned(), program(&command)?)];
    for of in command.get_subcommands().filter(|c| !c.is_hide_set()) {
        collect(of, &mut pages)?;
    }
    Ok(pages)
}

fn collect(command: &Command, pages: &mut Vec<Page>) -> io::Result<()> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    pages.push((format!("{name}.1"), page(command, &[])?));
    for of in command.get_subcommands().filter(|c| !c.is_hide_set()) {
        collect(of, pages)?;
    }
    Ok(())
}

/// The program's own page, with files and variables.
fn program(command: &Command) -> io::Result<Vec<u8>> {
    let mut variables: Vec<(String, String)> = Vec::new();
    for arg in command.get_subcommands().flat_map(Command::get_arguments) {
        let (Some(name), Some(long)) = (arg.get_env().and_then(|v| v.to_str()), arg.get_long()) else {
            continue;
        };
        if !variables.iter().any(|(known, _)| known == name) {
            variables
                .push((name.to_owned(), format!("The flag --{long}, where it is not on the command line.")));
        }
    }
    variables.sort();
    variables.extend(VARIABLES.map(|(name, text)| (name.to_owned(), text.to_owned())));
    let files = FILES.map(|(name, text)| (name.to_owned(), text.to_owned()));
    page(command, &[("FILES", files.to_vec()), ("ENVIRONMENT", variables)])
}

/// A page with the command's help, its examples, exit codes, and further sections.
fn page(command: &Command, more: &[(&str, Vec<(String, String)>)]) -> io::Result<Vec<u8>> {
    let manual = Manual::new(command.clone());
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_uppercase();
    // Without a date: a page is the same whenever it is written.
    let version = env!("CARGO_PKG_VERSION");
    let mut out = format!(".TH {name} 1 \"\" \"marketsnap {version}\" \"marketsnap manual\"\n").into_bytes();
    manual.render_name_section(&mut out)?;
    synopsis(command).to_writer(&mut out)?;
    manual.render_description_section(&mut out)?;
    examples(command).to_writer(&mut out)?;
    if command.get_arguments().any(|a| !a.is_hide_set()) {
        manual.render_options_section(&mut out)?;
    }
    if command.get_subcommands().any(|c| !c.is_hide_set()) {
        manual.render_subcommands_section(&mut out)?;
    }
    let codes = CODES.map(|(code, text)| (code.to_owned(), text.to_owned()));
    table("EXIT STATUS", &codes).to_writer(&mut out)?;
    for (title, rows) in more {
        table(title, rows).to_writer(&mut out)?;
    }
    if command.get_name() != "marketsnap" {
        let mut roff = Roff::new();
        roff.control("SH", ["SEE ALSO"]).text([bold("marketsnap"), roman("(1)")]);
        roff.to_writer(&mut out)?;
    }
    Ok(out)
}

/// How the command is called, as help says it: with the values of flags, and dots after what can be repeated.
fn synopsis(command: &Command) -> Roff {
    let usage = command.clone().render_usage().to_string();
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    for (at, line) in usage.trim_start_matches("Usage:").lines().map(str::trim).enumerate() {
        if at > 0 {
            roff.control("br", []);
        }
        // The command's own words come before what stands in brackets or is a flag.
        let end = line.find(['[', '<', '-']).filter(|end| line.get(..*end).is_some_and(|l| l.ends_with(' ')));
        let (name, rest) = end.and_then(|end| line.split_at_checked(end)).unwrap_or((line, ""));
        roff.text([bold(name), roman(rest)]);
    }
    roff
}

/// The examples that help begins with, as they are typed.
fn examples(command: &Command) -> Roff {
    let mut roff = Roff::new();
    let Some(text) = command.get_before_long_help().or_else(|| command.get_before_help()) else {
        return roff;
    };
    let text = text.to_string();
    roff.control("SH", ["EXAMPLES"]).control("nf", []);
    for line in text.lines().skip(1) {
        roff.text([roman(line.trim_start())]);
    }
    roff.control("fi", []);
    roff
}

fn table(title: &str, rows: &[(String, String)]) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [title]);
    for (name, text) in rows {
        let name = if name.contains('/') { italic(name) } else { bold(name) };
        roff.control("TP", []).text([name]).text([roman(text)]);
    }
    roff
}
