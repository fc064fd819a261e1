//! The store as a whole: where it is, whether it is sound and its closes plausible, all closes for other
//! programs, and forgetting old ones.
//!
//! Not for: one instrument's closes (`history`), or what is plausible (`compute::plausible`).

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, NaiveDate, Utc};

use super::adhoc;
use super::history::{HistoryOptions, NotSo, nothing, open, place, read, suffix};
use super::output::{self, Console};
use super::run::end_at_once_when;
use super::{Clock, Exit, RunError, UsageError, WriteError, own};
use crate::compute::plausible::{self, Finding, Oddity};
use crate::domain::text::sanitise;
use crate::domain::{Own, Series, Universe};
use crate::render::{self, Sheet, SheetFormat};
use crate::store::{Place, Store, StoreError};

/// So many warnings of one kind are told.
const TOLD: usize = 10;
/// No warning is longer.
const LONG: usize = 400;

/// What is to be done with the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upkeep {
    /// Say where it is.
    Path,
    /// Look for what is wrong with it, and for closes that are not plausible.
    Verify,
    /// Write all closes.
    Export(Exporting),
    /// Forget closes dated before a day.
    Prune {
        /// The day.
        before: NaiveDate,
        /// The user said that he means it.
        sure: bool,
    },
}

/// How closes are exported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exporting {
    /// The form; none to take the file's suffix, else CSV.
    pub format: Option<SheetFormat>,
    /// The file; none for standard output.
    pub output: Option<PathBuf>,
    /// Also the versions that sources have changed since.
    pub revisions: bool,
}

/// Looks after the store.
///
/// # Errors
/// [`RunError`] when the store cannot be used.
pub fn upkeep(
    task: &Upkeep,
    store: Option<PathBuf>,
    own: &Own,
    clock: &dyn Clock,
    console: &mut Console<'_>,
) -> Result<Exit, RunError> {
    let path = place(store.as_ref())?;
    let universe = own::universe(own)?;
    match task {
        Upkeep::Prune { before, sure: false } => return Err(UsageError::NotSure(*before).into()),
        Upkeep::Path => return say(console, &path.to_string()),
        Upkeep::Export(how) => how.check()?,
        Upkeep::Prune { .. } | Upkeep::Verify => {}
    }
    let stopped = Stopped::listen()?;
    let now = clock.now();
    // What is damaged is told before anything of it is written: to set it aside is up to the next report.
    let mut store = open(&path, now, true)?;
    if matches!(task, Upkeep::Prune { .. }) && store.take().is_some() {
        store = open(&path, now, false)?;
    }
    let Some(mut store) = store else { return Ok(nothing(console, "anything", &path)) };
    match task {
        Upkeep::Path => Ok(Exit::Complete),
        Upkeep::Verify => verify(&mut *store, &path, universe, now, console),
        Upkeep::Export(how) => export(&mut *store, how, &universe, now, &stopped, console),
        Upkeep::Prune { before, .. } => {
            let gone = store.prune(*before)?;
            let (closes, versions) = (gone.closes, gone.revisions);
            let removed = [
                counted(closes, "close", "closes"),
                counted(versions, "earlier version", "earlier versions"),
            ];
            say(console, &format!("{path}: {} before {before} removed", removed.join(" and ")))
        }
    }
}

impl Exporting {
    fn format(&self) -> SheetFormat {
        let parquet = self.output.as_deref().and_then(suffix).is_some_and(|s| s == "parquet");
        let by_suffix = if parquet { SheetFormat::Parquet } else { SheetFormat::Csv };
        self.format.unwrap_or(by_suffix)
    }

    fn check(&self) -> Result<(), UsageError> {
        match self.format() {
            SheetFormat::Parquet if !render::PARQUET => Err(NotSo::NoParquet.into()),
            SheetFormat::Parquet if self.output.is_none() => Err(NotSo::ParquetNowhere.into()),
            _ => Ok(()),
        }
    }
}

/// What a look at every close found.
#[derive(Default)]
struct Looked {
    instruments: usize,
    series: usize,
    closes: usize,
    found: Vec<Finding>,
}

fn verify(
    store: &mut dyn Store,
    path: &Place,
    universe: Universe,
    now: DateTime<Utc>,
    console: &mut Console<'_>,
) -> Result<Exit, RunError> {
    let faults = store.verify()?;
    if !faults.is_empty() {
        let said: Vec<&str> = faults.iter().map(|f| f.message.as_str()).collect();
        let count = counted(faults.len(), "fault", "faults");
        say(console, &format!("{}\n{path}: not sound; {count}", said.join("\n")))?;
        return Ok(Exit::Failure);
    }
    let looked = look(store, universe, now)?;
    let mut lines = looked.told();
    lines.push(format!("{path}: sound; {}", looked.summary()));
    say(console, &lines.join("\n"))
}

/// Looks at all closes, one instrument's at a time.
fn look(store: &mut dyn Store, mut universe: Universe, now: DateTime<Utc>) -> Result<Looked, RunError> {
    let mut looked = Looked::default();
    for id in store.instruments()? {
        let held = store.held(std::slice::from_ref(&id), NaiveDate::MIN, None)?;
        let series: Vec<Series> = held.into_iter().map(|h| h.series).collect();
        universe.add(adhoc::provisional(id.as_str()));
        series.iter().for_each(|s| adhoc::remembered(&mut universe, &s.provenance, s.about.as_ref()));
        looked.instruments += 1;
        looked.series += series.len();
        looked.closes += series.iter().map(|s| s.bars().len()).sum::<usize>();
        looked.found.extend(plausible::findings(&universe, &id, &series, now));
    }
    Ok(looked)
}

impl Looked {
    /// A line for each warning, the gravest kind first, and one for those of a kind that are too many.
    fn told(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for oddity in Oddity::ALL {
            let all: Vec<&Finding> = self.found.iter().filter(|f| f.oddity == oddity).collect();
            lines.extend(all.iter().take(TOLD).map(|f| format!("warning: {}", sanitise(&f.message, LONG))));
            if all.len() > TOLD {
                lines.push(format!("warning: {} more of {}", all.len() - TOLD, oddity.words()));
            }
        }
        lines
    }

    /// `instruments: 3; series: 4; closes: 1234; warnings: 2 (1 of jumps, 1 of old series)`.
    fn summary(&self) -> String {
        let of = |oddity: Oddity| self.found.iter().filter(|f| f.oddity == oddity).count();
        let kinds = Oddity::ALL.into_iter().map(|o| (of(o), o.words()));
        let kinds: Vec<String> =
            kinds.filter(|(n, _)| *n > 0).map(|(n, words)| format!("{n} of {words}")).collect();
        let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
        let Self { instruments, series, closes, found } = self;
        format!(
            "instruments: {instruments}; series: {series}; closes: {closes}; warnings: {}{kinds}",
            found.len()
        )
    }
}

fn export(
    store: &mut dyn Store,
    how: &Exporting,
    universe: &Universe,
    now: DateTime<Utc>,
    stopped: &Stopped,
    console: &mut Console<'_>,
) -> Result<Exit, RunError> {
    let done = match &how.output {
        None => render::csv_sheet(how.revisions, console.out)
            .map_err(Stop::Write)
            .and_then(|sheet| fill(sheet, store, how, universe, now, stopped)),
        Some(path) => stopped.between(path, || {
            output::into_file(path, |out| {
                let sheet = render::sheet(how.format(), how.revisions, out).map_err(Stop::Write);
                sheet
                    .and_then(|sheet| fill(sheet, store, how, universe, now, stopped))
                    .map_err(|stop| stop.at(path))
            })
            .map_err(Stop::Run)
        }),
    };
    match done {
        // A reader that went away is no error.
        Err(Stop::Write(e)) if e.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Complete),
        Err(Stop::Write(e)) => Err(WriteError::Stdout(e).into()),
        Err(Stop::Run(e)) => Err(e),
        Ok(()) => Ok(Exit::Complete),
    }
}

/// Why an export ended early.
enum Stop {
    Write(io::Error),
    Run(RunError),
}

impl Stop {
    fn at(self, path: &Path) -> RunError {
        match self {
            Stop::Write(e) => output::not_written(path, e).into(),
            Stop::Run(e) => e,
        }
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Stop::Run(error.into())
    }
}

/// How a signal ends what looks after the store: at once, with 130, or between two instruments while a file is
/// written, half of which would else be left under another name. A second signal then ends it at once.
struct Stopped {
    at_once: Arc<AtomicBool>,
    told: Arc<AtomicBool>,
}

impl Stopped {
    fn listen() -> Result<Self, RunError> {
        let (at_once, told) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(false)));
        // The order in which a signal does it.
        end_at_once_when(&at_once)?;
        for flag in [&told, &at_once] {
            for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
                signal_hook::flag::register(signal, Arc::clone(flag)).map_err(RunError::Start)?;
            }
        }
        Ok(Self { at_once, told })
    }

    /// Writes a file that is to be whole; a device or a pipe leaves nothing beside, and may have no reader.
    fn between<T>(&self, path: &Path, write: impl FnOnce() -> T) -> T {
        let waits = std::fs::metadata(path).is_ok_and(|there| !there.is_file());
        self.at_once.store(waits, Ordering::SeqCst);
        let done = write();
        self.at_once.store(true, Ordering::SeqCst);
        done
    }

    fn check(&self) -> Result<(), Stop> {
        if self.told.load(Ordering::SeqCst) { Err(Stop::Run(RunError::Interrupted)) } else { Ok(()) }
    }
}

/// Writes all closes, one instrument's at a time, so that no more are ever held in memory.
fn fill(
    mut sheet: Box<dyn Sheet + '_>,
    store: &mut dyn Store,
    how: &Exporting,
    universe: &Universe,
    now: DateTime<Utc>,
    stopped: &Stopped,
) -> Result<(), Stop> {
    let all = HistoryOptions { revisions: how.revisions, ..HistoryOptions::default() };
    for id in store.instruments()? {
        stopped.check()?;
        let held = read(store, universe, &id, &all, now)?;
        sheet.add(&held).map_err(Stop::Write)?;
    }
    sheet.finish().map_err(Stop::Write)
}

/// `1 close` or `3 closes`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn say(console: &mut Console<'_>, text: &str) -> Result<Exit, RunError> {
    output::to_stdout(console, format!("{text}\n").as_bytes())?;
    Ok(Exit::Complete)
}
