//! The day's report of `report`: which days are written, each from one fetch, and what is said of them.
//!
//! Not for: what a day's report is (`compute::report`), or where its bytes go (`folder`).

mod days;
mod folder;
mod held;
mod unsettled;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};

use super::keeping::Told;
use super::output::{self, Console, Missing, WriteError};
use super::plan::Plan;
use super::run::{Answers, RunError, inputs};
use super::{Exit, fields, recall};
use crate::compute::report as daily;
use crate::compute::{Inputs, Trust};
use crate::domain::snapshot::{Completeness, Failed};
use crate::domain::{InstrumentId, Report, Series};
use crate::render::{self, Format};
pub(super) use days::Written;
pub use folder::{Claim, claim};

/// From which day on reports are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// The newest day that the folder has; only the report's day where it has none.
    Last,
    /// This day.
    Day(NaiveDate),
}

/// What `report` was asked for beside what `today` is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportOptions {
    /// The folder for files named by their date; none to write one report to where the plan says.
    pub folder: Option<PathBuf>,
    /// What is written beside the first format.
    pub beside: Vec<Format>,
    /// The first day; none for the report's day alone.
    pub since: Option<Since>,
}

/// What a run knows when its answers are in.
pub(super) struct Known<'a> {
    pub plan: &'a Plan,
    pub options: &'a ReportOptions,
    pub answers: Answers,
    pub failures: Vec<Failed>,
    pub stand_ins: BTreeMap<InstrumentId, Series>,
    /// What the store said, for standard error.
    pub told: &'a [Told],
    pub now: DateTime<Utc>,
}

/// Derives and writes the reports of all days that were asked for.
pub(super) fn written(mut known: Known<'_>, console: &mut Console<'_>) -> Result<Exit, RunError> {
    let plan = known.plan;
    held::add_others(plan, &mut known.answers, known.now);
    let mut series = std::mem::take(&mut known.answers.series);
    let mut failures = std::mem::take(&mut known.failures);
    let stand_ins = std::mem::take(&mut known.stand_ins);
    let held = recall::stand_in(stand_ins, &mut failures, &mut series, &mut Trust::default());
    let lasting: Vec<Failed> = failures.iter().map(|f| held::lasting(plan, f)).collect();
    let at = Inputs { failures: &lasting, ..inputs(plan, &series, known.now) };
    let days = daily::days(&at);
    let told = Missing { status: Completeness::Empty, errors: &failures, held: &held };
    let Some(day) = plan.date.or(days.last().copied()) else {
        console.tell(&told, plan.quiet);
        warn(&known, console);
        return Ok(refused(&failures, &held).unwrap_or(Exit::Empty));
    };
    if plan.require_settled {
        let unsettled = daily::unsettled(&at, day);
        if !unsettled.is_empty() {
            unsettled::tell(plan, &unsettled, console);
            warn(&known, console);
            return Ok(refused(&failures, &held).unwrap_or(Exit::NotSettled));
        }
    }
    let made = days::Made { plan, inputs: &at, others: &known.answers.others };
    let exit = match &known.options.folder {
        None => one(&made, day, &failures, &held, console)?,
        Some(folder) => {
            let wanted = days::wanted(known.options.since, plan, &days, day);
            all(&made, folder, &wanted, (&failures, &held), console)
        }
    };
    warn(&known, console);
    Ok(worst([exit].into_iter().chain(refused(&failures, &held))))
}

fn warn(known: &Known<'_>, console: &mut Console<'_>) {
    if !known.plan.quiet {
        console.warn(known.told.iter().flat_map(|t| &t.warnings));
    }
}

/// A key that was refused is told as such whatever the store stands in for.
fn refused(failures: &[Failed], held: &[Failed]) -> Option<Exit> {
    let refused = failures.iter().chain(held).any(|f| f.kind == "unauthorised");
    refused.then_some(Exit::Unauthorised)
}

/// Writes the report of one day to where the plan says.
fn one(
    made: &days::Made<'_>,
    day: NaiveDate,
    failures: &[Failed],
    held: &[Failed],
    console: &mut Console<'_>,
) -> Result<Exit, RunError> {
    let plan = made.plan;
    let report = made.report(day);
    let shown = report.as_ref().filter(|r| r.snapshot.status != Completeness::Empty);
    if let Some(report) = shown {
        let bytes = bytes(report, plan.format, plan).map_err(WriteError::Stdout)?;
        match &plan.output {
            None => output::to_stdout(console, &bytes)?,
            Some(path) => output::to_file(path, &bytes)?,
        }
    }
    Ok(tell(shown, failures, held, plan, console))
}

/// Writes the reports of days into a folder, each format of each a file; what could not be written is told, and does
/// not keep the others from it.
fn all(
    made: &days::Made<'_>,
    folder: &Path,
    days: &[NaiveDate],
    (failures, held): (&[Failed], &[Failed]),
    console: &mut Console<'_>,
) -> Exit {
    let mut exits = Vec::new();
    if days.is_empty() && !made.plan.quiet {
        console.say("no session in those days: nothing was written");
    }
    for (nth, day) in days.iter().enumerate() {
        let report = made.report(*day);
        let shown = report.as_ref().filter(|r| r.snapshot.status != Completeness::Empty);
        let before = made.is_before(*day);
        let poorer = before && shown.is_some_and(|r| is_without(r, failures));
        let mut news = !before;
        for format in shown.into_iter().flat_map(|_| made.plan.formats()) {
            let Some(report) = shown else { continue };
            let path = folder.join(folder::name(*day, format));
            if poorer && path.exists() {
                continue;
            }
            let bytes = bytes(report, format, made.plan).map_err(|e| output::not_written(&path, e));
            let line = |done: folder::Done| {
                news |= done != folder::Done::Unchanged;
                format!("{done}: {}\n", path.display())
            };
            let said = bytes.and_then(|bytes| folder::put(&path, &bytes)).map(line).and_then(|line| {
                let line = if made.plan.quiet { String::new() } else { line };
                output::to_stdout(console, line.as_bytes())
            });
            if let Err(error) = said {
                let _ = writeln!(console.err, "error: {error}");
                exits.push(Exit::Failure);
            }
        }
        // Causes are those of the run, and told once, with the last day.
        let last = nth + 1 == days.len();
        exits.push(match shown {
            _ if last => tell(shown, failures, held, made.plan, console),
            // What it lacks was told when it was written.
            _ if !news => Exit::Complete,
            Some(report) => lacking(report, failures, made.plan, console),
            None => {
                console.say(&format!("error: nothing to show of {day}"));
                Exit::Empty
            }
        });
    }
    worst(exits)
}

/// Whether a report lacks something that this run could not have and another one may have had.
fn is_without(report: &Report, failures: &[Failed]) -> bool {
    let snapshot = &report.snapshot;
    let errors = snapshot.errors.iter().map(|e| &e.id);
    let members = snapshot.composites.iter().flat_map(|c| c.pending.iter().chain(&c.left_out));
    errors.chain(members).any(|id| failures.iter().any(|f| f.id == *id))
}

fn bytes(report: &Report, format: Format, plan: &Plan) -> io::Result<Vec<u8>> {
    // A trend is drawn, in tables only.
    let names: Vec<String> = plan.fields.iter().filter(|name| *name != fields::TREND).cloned().collect();
    fields::rendered(format, &names, &mut |out, format| render::report(report, format, &plan.style, out))
}

/// Names what a day before the last lacks beside what the run could not have.
fn lacking(report: &Report, failures: &[Failed], plan: &Plan, console: &mut Console<'_>) -> Exit {
    let own = report.snapshot.errors.iter().filter(|e| !failures.iter().any(|f| f.id == e.id));
    let ids: Vec<&str> = own.map(|e| e.id.as_str()).collect();
    if !ids.is_empty() && !plan.quiet {
        console.say(&format!("warning: {}: {} missing: {}", report.date, ids.len(), output::shortened(&ids)));
    }
    if report.snapshot.status == Completeness::Complete { Exit::Complete } else { Exit::Partial }
}

/// Tells what a day's report lacks, each cause in the words of this run, and gives its exit code: partial too where
/// closes of the store stand in for fresh ones.
fn tell(
    report: Option<&Report>,
    failures: &[Failed],
    held: &[Failed],
    plan: &Plan,
    console: &mut Console<'_>,
) -> Exit {
    let errors: Vec<Failed> = match report {
        None => failures.to_vec(),
        Some(report) => {
            let own = |e: &Failed| failures.iter().find(|f| f.id == e.id).unwrap_or(e).clone();
            report.snapshot.errors.iter().map(own).collect()
        }
    };
    let status = match report.map(|r| r.snapshot.status) {
        None => Completeness::Empty,
        Some(Completeness::Complete) if !held.is_empty() => Completeness::Partial,
        Some(status) => status,
    };
    console.tell(&Missing { status, errors: &errors, held }, plan.quiet);
    Exit::of_report(status, &errors, std::iter::empty(), false)
}

/// The exit code of a run that ended in several ways.
fn worst(exits: impl IntoIterator<Item = Exit>) -> Exit {
    let rank = |exit: &Exit| match exit {
        Exit::Interrupted => 7,
        Exit::Usage => 6,
        Exit::Failure => 5,
        Exit::Unauthorised => 4,
        Exit::Empty => 3,
        Exit::NotSettled => 2,
        Exit::Partial => 1,
        Exit::Complete | Exit::Holds => 0,
    };
    exits.into_iter().max_by_key(rank).unwrap_or(Exit::Complete)
}
