//! What the store holds: one instrument's closes, all of them, and the upkeep of the store.
//!
//! Not for: reports (`run`), or asking a source.

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};

use super::options::Options;
use super::output::{self, Console};
use super::words::{self, Meaning};
use super::{Clock, Exit, RunError, Style, UsageError, WriteError, asked_of};
use crate::catalogue;
use crate::compute::Chosen;
use crate::domain::history::{HeldClose, HeldSeries, Revised};
use crate::domain::text::sanitise;
use crate::domain::{History, InstrumentId, Universe};
use crate::fetch;
use crate::render::{self, HistoryFormat};
use crate::store::{self, Opening, Place, Revision, Store, StoreError};

/// What `history` was asked for.
#[derive(Debug, Clone, Default)]
pub struct HistoryOptions {
    /// The instrument, in the user's words.
    pub word: String,
    /// The first date wanted.
    pub from: Option<NaiveDate>,
    /// The last date wanted.
    pub to: Option<NaiveDate>,
    /// Also the versions that sources have changed since.
    pub revisions: bool,
    /// The form it is written in.
    pub format: HistoryFormat,
    /// How it looks.
    pub style: Style,
    /// The file that closes are kept in.
    pub store: Option<PathBuf>,
}

/// What is to be done with the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upkeep {
    /// Say where it is.
    Path,
    /// Look for what is wrong with it.
    Verify,
    /// Write all closes as CSV to standard output or a file.
    Export(Option<PathBuf>),
    /// Forget closes dated before a day.
    Prune {
        /// The day.
        before: NaiveDate,
        /// The user said that he means it.
        sure: bool,
    },
}

/// Writes what is held of an instrument.
///
/// # Errors
/// [`RunError`] when nothing of that name exists, or the store cannot be read.
pub fn history(
    options: &HistoryOptions,
    clock: &dyn Clock,
    console: &mut Console<'_>,
) -> Result<Exit, RunError> {
    let path = place(options.store.as_ref())?;
    let universe = catalogue::load()?;
    let (id, known) = match words::resolve(&options.word, &universe)? {
        Meaning::Known(Chosen::Instrument(id)) => (id, true),
        Meaning::Known(Chosen::Composite(id) | Chosen::Group(id)) => {
            return Err(UsageError::NoHistory(id.to_string()).into());
        }
        Meaning::Symbol(symbol) => (InstrumentId::new(&symbol), false),
    };
    let now = clock.now();
    let mut store = open(&path, now, true)?;
    let held = match &mut store {
        Some(store) => read(&mut **store, &universe, &id, options, now)?,
        None => empty(&universe, &id, now),
    };
    if held.series.is_empty() {
        let kept = store.map(|mut s| s.instruments()).transpose()?.unwrap_or_default();
        if !known && !kept.contains(&id) {
            let word = sanitise(&options.word, 40);
            return Err(UsageError::Mistyped { nearest: words::nearest(&word, &universe), word }.into());
        }
        return Ok(nothing(console, &format!("closes of {id}"), &path));
    }
    let mut bytes = Vec::new();
    render::history(held, options.format, &options.style, &mut bytes).map_err(WriteError::Stdout)?;
    output::to_stdout(console, &bytes)?;
    Ok(Exit::Complete)
}

/// Looks after the store.
///
/// # Errors
/// [`RunError`] when the store cannot be used.
pub fn upkeep(
    task: &Upkeep,
    store: Option<PathBuf>,
    clock: &dyn Clock,
    console: &mut Console<'_>,
) -> Result<Exit, RunError> {
    let path = place(store.as_ref())?;
    if let Upkeep::Prune { before, sure: false } = task {
        return Err(UsageError::NotSure(*before).into());
    }
    if *task == Upkeep::Path {
        return say(console, &path.to_string());
    }
    let now = clock.now();
    let writes = matches!(task, Upkeep::Prune { .. });
    let Some(mut store) = open(&path, now, !writes)? else { return Ok(nothing(console, "anything", &path)) };
    match task {
        Upkeep::Path => Ok(Exit::Complete),
        Upkeep::Verify => verify(&mut *store, &path, console),
        Upkeep::Export(output) => export(&mut *store, output.as_deref(), now, console),
        Upkeep::Prune { before, .. } => {
            let gone = store.prune(*before)?;
            let (closes, versions) = (gone.closes, gone.revisions);
            say(console, &format!("{closes} closes and {versions} earlier versions before {before} removed"))
        }
    }
}

fn verify(store: &mut dyn Store, path: &Place, console: &mut Console<'_>) -> Result<Exit, RunError> {
    let faults = store.verify()?;
    if faults.is_empty() {
        let count = store.instruments()?.len();
        return say(console, &format!("{}: sound; instruments: {count}", path));
    }
    let said: Vec<&str> = faults.iter().map(|f| f.message.as_str()).collect();
    say(console, &said.join("\n"))?;
    Ok(Exit::Failure)
}

fn export(
    store: &mut dyn Store,
    output: Option<&Path>,
    now: DateTime<Utc>,
    console: &mut Console<'_>,
) -> Result<Exit, RunError> {
    let universe = catalogue::load()?;
    let all = HistoryOptions::default();
    let mut held = Vec::new();
    for id in store.instruments()? {
        held.push(read(store, &universe, &id, &all, now)?);
    }
    let mut bytes = Vec::new();
    render::closes(&mut held.into_iter(), &mut bytes).map_err(WriteError::Stdout)?;
    match output {
        None => output::to_stdout(console, &bytes)?,
        Some(path) => output::to_file(path, &bytes)?,
    }
    Ok(Exit::Complete)
}

/// The store's place, which there must be a name for.
fn place(store: Option<&PathBuf>) -> Result<Place, UsageError> {
    let options = Options { store: store.cloned(), ..Options::default() };
    asked_of::store(&options)?.ok_or(UsageError::NoPlace)
}

/// The store, if there is one; none is begun.
fn open(place: &Place, now: DateTime<Utc>, read_only: bool) -> Result<Option<Box<dyn Store>>, StoreError> {
    if !place.begun() {
        return Ok(None);
    }
    let opening = Opening { read_only, ..Opening::new(place, now) };
    Ok(Some(store::open(&opening)?.store))
}

fn empty(universe: &Universe, id: &InstrumentId, now: DateTime<Utc>) -> History {
    History {
        schema: "marketsnap.history/1",
        generated_at: now,
        id: id.clone(),
        name: universe.instrument(id).map_or_else(|| id.to_string(), |i| i.name.clone()),
        from: None,
        to: None,
        series: Vec::new(),
    }
}

/// What is held of an instrument, series in the order in which their sources are asked.
fn read(
    store: &mut dyn Store,
    universe: &Universe,
    id: &InstrumentId,
    options: &HistoryOptions,
    now: DateTime<Utc>,
) -> Result<History, StoreError> {
    let (from, to) = (options.from.unwrap_or(NaiveDate::MIN), options.to.unwrap_or(NaiveDate::MAX));
    let revised = if options.revisions { store.revisions(id)? } else { Vec::new() };
    let held = store.all(id, from, to)?.into_iter().filter(|h| !h.rows.is_empty());
    let mut series: Vec<HeldSeries> = held
        .map(|history| {
            let own = revised.iter().filter(|r| {
                (from..=to).contains(&r.session)
                    && (&r.provenance.source, &r.provenance.symbol)
                        == (&history.provenance.source, &history.provenance.symbol)
            });
            let revisions = options.revisions.then(|| own.map(revision).collect());
            of(history, revisions)
        })
        .collect();
    let own = universe.instrument(id).map(|i| i.sources.clone()).unwrap_or_default();
    let order: Vec<String> = own.into_iter().chain(fetch::source_names().map(str::to_owned)).collect();
    series.sort_by_key(|s| order.iter().position(|name| *name == s.source));
    Ok(History { from: options.from, to: options.to, series, ..empty(universe, id, now) })
}

fn of(history: store::History, revisions: Option<Vec<Revised>>) -> HeldSeries {
    let close = |r: &store::Row| HeldClose { date: r.session, close: r.close, fetched_at: r.fetched_at };
    let closes = history.rows.iter().map(close).collect();
    let from = history.provenance;
    HeldSeries {
        source: from.source,
        symbol: from.symbol,
        basis: from.basis,
        as_traded: from.raw,
        currency: from.currency,
        fetched_at: from.fetched_at,
        closes,
        revisions,
    }
}

fn revision(r: &Revision) -> Revised {
    Revised {
        date: r.session,
        close: r.close,
        fetched_at: r.fetched_at,
        replaced_at: r.replaced_at,
        now: r.now,
    }
}

fn say(console: &mut Console<'_>, line: &str) -> Result<Exit, RunError> {
    output::to_stdout(console, format!("{line}\n").as_bytes())?;
    Ok(Exit::Complete)
}

/// Tells that there is nothing to show.
fn nothing(console: &mut Console<'_>, what: &str, path: &Place) -> Exit {
    let _ = writeln!(console.err, "error: the store {} does not hold {what}", path);
    let _ =
        writeln!(console.err, "  hint: `marketsnap today` keeps what it fetches; --store names another file");
    Exit::Empty
}
