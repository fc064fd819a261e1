//! `marketsnap report`.

use std::ffi::OsString;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, CommandFactory};

use super::args::{BENCHMARK, Shared, WIDTH_IN_A_PIPE, day};
use super::how::{FormatName, formats_of_files};
use super::parse::{Conflict, Given};
use super::schedule::{self, Schedule};
use super::{Cli, World};
use crate::app::{Command, Format, Options, ReportOptions, ScheduleOptions, Since, Style};
use crate::domain::Own;

/// The day's report, to be kept: Markdown, one HTML file, JSON or CSV
///
/// The day is --date, else the newest date of a settled session among the markets shown; the report has what
/// `today --date` shows of it, and holds nothing of the moment of writing: the same day with the same closes is the
/// same file, byte for byte. With --dir the files are named by their date; one that would be the same is left
/// untouched. Files appear whole or not at all, and of two runs on one folder the second waits for the first.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  marketsnap report                                  Markdown on standard output\n  marketsnap report -o today.html                    one self-contained page\n  marketsnap report --dir reports --since last       for cron: today's and those that were missed\n  marketsnap report --dir reports --format html --with json,csv\n  marketsnap report STAR50 SP500 ASIA --date 2026-01-21 --require-settled",
    mut_arg("date", |a| a.help("The report of this day (YYYY-MM-DD) [default: the newest day with a settled session]")),
    mut_arg("settled", |a| a.hide(true)),
    mut_arg("require_settled", |a| a
        .help("Write nothing and exit with 4 if a market asked for is open, or its session of the day is not published")),
    mut_arg("format", |a| a.help("Output format [default: markdown, or by the suffix of -o]")),
    mut_arg("output", |a| a
        .help("Write to a file, whole or not at all (.md, .html, .json, .jsonl, .csv or .txt; - is standard output)"))
)]
pub(super) struct Report {
    /// Ids, aliases, composites, groups, or any symbol that a source knows [default: all markets]
    #[arg(value_name = "ID|GROUP|SYMBOL")]
    words: Vec<String>,
    /// Write into this folder, each day a file named by its date: 2026-01-21.md
    #[arg(long, value_name = "DIR", conflicts_with = "output", help_heading = "How")]
    dir: Option<PathBuf>,
    /// With --dir: also these formats, comma separated
    #[arg(long, value_parser = formats_of_files(), value_name = "FORMAT", value_delimiter = ',', help_heading = "How")]
    with: Vec<FormatName>,
    /// With --dir: every day since the newest report there (`last`), or since a day, on which something shown had a
    /// session; the newest one there and those of seven days before it are made again, as a close may have come since
    #[arg(long, value_name = "last|DATE", value_parser = since, help_heading = "When")]
    since: Option<Since>,
    /// Compare with this instrument or composite
    #[arg(long, value_name = "ID", default_value = BENCHMARK, env = "MARKETSNAP_BENCHMARK", help_heading = "What")]
    benchmark: String,
    #[command(flatten)]
    schedule: Schedule,
    #[command(flatten)]
    pub(super) shared: Shared,
}

impl Report {
    /// Refuses flags that do nothing without a folder.
    pub(super) fn check(&self, given: &Given) -> Result<(), Conflict> {
        for (flag, name) in [("date", "--date"), ("as_of", "--as-of")] {
            if given.has("print_schedule") && given.has(flag) {
                return Err(Conflict::Both("--print-schedule", name));
            }
        }
        match (&self.dir, self.with.is_empty(), &self.since) {
            (None, false, _) => Err(Conflict::Alone("--with", "--dir")),
            (None, _, Some(_)) => Err(Conflict::Alone("--since", "--dir")),
            _ => Ok(()),
        }
    }

    /// The schedule to print instead of a report, if one is asked for.
    pub(super) fn schedule(
        &self,
        argv: &[OsString],
        own: &Own,
        world: &World<'_>,
    ) -> Option<ScheduleOptions> {
        if !self.schedule.is_asked() {
            return None;
        }
        let mut cli = Cli::command();
        cli.build();
        let report = cli.find_subcommand("report")?;
        self.schedule.options(&self.words, schedule::flags(argv, report), own, self.dir.as_deref()?, world)
    }

    pub(super) fn options(&self, world: &World<'_>, given: &Given) -> Options {
        let options = self.shared.options(Command::Today, self.words.clone(), world, given);
        let unsaid = options.output.is_none().then_some(Format::Markdown);
        // A file is the same wherever it is written from.
        let kept = Style {
            width: self.shared.width(given).map_or(WIDTH_IN_A_PIPE, usize::from),
            color: false,
            ..options.style
        };
        Options {
            benchmark: self.benchmark.clone(),
            fallback_format: options.fallback_format.or(unsaid),
            style: if self.dir.is_some() { kept } else { options.style },
            report: Some(ReportOptions {
                folder: self.dir.clone(),
                beside: self.with.iter().map(|f| f.format()).collect(),
                since: self.since,
            }),
            ..options
        }
    }
}

fn since(text: &str) -> Result<Since, String> {
    if text.eq_ignore_ascii_case("last") {
        return Ok(Since::Last);
    }
    let day: Result<NaiveDate, String> = day(text);
    day.map(Since::Day).map_err(|_| "neither `last` nor a day such as 2026-01-21".to_owned())
}
