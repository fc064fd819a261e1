//! What the store holds of one instrument: all of its closes, each source's by itself.
//!
//! Not for: reports (`run`), asking a source, or the store as a whole (`upkeep`).

use std::io::Write;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};

use super::options::Options;
use super::output::{self, Console};
use super::run::end_at_once;
use super::words::{self, Meaning};
use super::{Clock, Exit, Format, RunError, Style, UsageError, WriteError, asked_of, fields, own, prices};
use crate::compute::Chosen;
use crate::domain::history::{HeldClose, HeldSeries, Revised};
use crate::domain::text::sanitise;
use crate::domain::{History, InstrumentId, Own, Universe};
use crate::fetch;
use crate::render::{self, Dialect};
use crate::store::{self, Opening, Place, Revision, Store, StoreError};

/// Symbols longer than this are cut where they are shown.
const SYMBOL: usize = 80;

/// What `history` was asked for.
#[derive(Debug, Clone, Default)]
pub struct HistoryOptions {
    /// The instrument, in the user's words.
    pub word: String,
    /// The first date wanted.
    pub from: Option<NaiveDate>,
    /// The last date wanted.
    pub to: Option<NaiveDate>,
    /// Only this source's closes.
    pub source: Option<String>,
    /// Also the versions that sources have changed since.
    pub revisions: bool,
    /// The form it is written in; none to take the file's suffix, else a table.
    pub format: Option<HistoryAs>,
    /// The form where neither that nor a suffix says one.
    pub fallback: Option<HistoryAs>,
    /// Fields to show, by their names in the JSON; empty for the usual ones.
    pub fields: Vec<String>,
    /// The command line names them, and not the environment.
    pub fields_named: bool,
    /// The file to write; none for standard output.
    pub output: Option<PathBuf>,
    /// How it looks.
    pub style: Style,
    /// The closes built into the program, and not those of the store.
    pub demo: bool,
    /// The file that closes are kept in.
    pub store: Option<PathBuf>,
    /// What the user adds to the catalogue.
    pub own: Own,
}

/// What becomes of closes held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryAs {
    /// All that is held, as it is held.
    Held(Format),
    /// Prices for an accounting program.
    Prices(Dialect),
}

/// A way of writing what is held that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum NotSo {
    /// A file name whose suffix names no format.
    #[error(
        "the format of '{0}' is not clear from its name: use a name ending in .txt, .json, .jsonl, .csv, .md, .html, .ledger or .beancount, or --format"
    )]
    Suffix(String),
    /// Earlier versions as prices.
    #[error(
        "an accounting program takes one price a day, so --revisions goes with another --format than ledger or beancount"
    )]
    Revisions,
    /// Two dates between which no day lies.
    #[error("--from {from} is after --to {to}")]
    Backwards {
        /// The first date wanted.
        from: NaiveDate,
        /// The last.
        to: NaiveDate,
    },
    /// A build without Parquet.
    #[error(
        "this build writes no Parquet; build one that does with `cargo install --path . --features parquet`, or export CSV"
    )]
    NoParquet,
    /// Parquet to a pipe or terminal.
    #[error("Parquet is no text; name a file for it (-o closes.parquet)")]
    ParquetNowhere,
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
    let form = form(options).map_err(UsageError::from)?;
    let names = named(options, form).map_err(UsageError::from)?;
    if let Some((from, to)) = options.from.zip(options.to).filter(|(from, to)| from > to) {
        return Err(UsageError::from(NotSo::Backwards { from, to }).into());
    }
    let options = &HistoryOptions { source: source(options)?, ..options.clone() };
    let universe = own::universe(&options.own)?;
    let (id, known) = match words::resolve(&options.word, &universe)? {
        Meaning::Known(Chosen::Instrument(id)) => (id, true),
        Meaning::Known(Chosen::Composite(id) | Chosen::Group(id)) => {
            return Err(UsageError::NoHistory(id.to_string()).into());
        }
        Meaning::Symbol(symbol) => (InstrumentId::new(&symbol), false),
    };
    let now = clock.now();
    if options.demo {
        let Some(held) = built_in(&universe, &id, options, now) else {
            console.say(&format!("error: the demo does not hold {}", dated(&id, options)));
            return Ok(Exit::Empty);
        };
        let bytes = written(held, form, &names, options, &universe)?;
        output::put(options.output.as_deref(), console, &bytes)?;
        return Ok(Exit::Complete);
    }
    let path = place(options.store.as_ref())?;
    end_at_once()?;
    let mut store = open(&path, now, true)?;
    let held = match &mut store {
        Some(store) => read(&mut **store, &universe, &id, options, now)?,
        None => empty(&universe, &id, now),
    };
    if held.series.is_empty() {
        if let Some(store) = &mut store
            && let Some(told) = elsewhere(&mut **store, &universe, &id, options, now)?
        {
            console.say(&format!("error: the store {path} holds {told}"));
            return Ok(Exit::Empty);
        }
        let kept = store.map(|mut s| s.instruments()).transpose()?.unwrap_or_default();
        if !known && !kept.contains(&id) {
            let word = sanitise(&options.word, 40);
            return Err(UsageError::Mistyped { nearest: words::nearest(&word, &universe), word }.into());
        }
        let whose = whose(options);
        return Ok(nothing(console, &format!("closes of {id}{whose}"), &path));
    }
    let bytes = written(held, form, &names, options, &universe)?;
    output::put(options.output.as_deref(), console, &bytes)?;
    Ok(Exit::Complete)
}

/// The form asked for, or the one that the file's suffix names.
fn form(options: &HistoryOptions) -> Result<HistoryAs, NotSo> {
    let usual = options.fallback;
    let form = match (options.format, &options.output) {
        (Some(form), _) => form,
        (None, None) => usual.unwrap_or(HistoryAs::Held(Format::Table)),
        (None, Some(path)) => match suffix(path).as_deref() {
            Some("txt") => HistoryAs::Held(Format::Table),
            Some("csv") => HistoryAs::Held(Format::Csv),
            Some("json") => HistoryAs::Held(Format::Json),
            Some("jsonl" | "ndjson") => HistoryAs::Held(Format::JsonLines),
            Some("md" | "markdown") => HistoryAs::Held(Format::Markdown),
            Some("html" | "htm") => HistoryAs::Held(Format::Html),
            Some("ledger") => HistoryAs::Prices(Dialect::Ledger),
            Some("beancount") => HistoryAs::Prices(Dialect::Beancount),
            _ => usual.ok_or_else(|| NotSo::Suffix(sanitise(&path.to_string_lossy(), 80)))?,
        },
    };
    if options.revisions && matches!(form, HistoryAs::Prices(_)) { Err(NotSo::Revisions) } else { Ok(form) }
}

/// The fields to show.
fn named(options: &HistoryOptions, form: HistoryAs) -> Result<Vec<String>, fields::NoField> {
    let format = if let HistoryAs::Held(format) = form { format } else { Format::Table };
    let (fields, fields_named) = (options.fields.clone(), options.fields_named);
    fields::chosen(&Options { fields, fields_named, ..Options::default() }, "history", format)
}

/// What a file's name ends in, in small letters.
pub(super) fn suffix(path: &Path) -> Option<String> {
    path.extension().and_then(|s| s.to_str()).map(str::to_lowercase)
}

fn source(options: &HistoryOptions) -> Result<Option<String>, UsageError> {
    let Some(name) = &options.source else { return Ok(None) };
    Ok(asked_of::checked(std::slice::from_ref(name))?.pop())
}

fn written(
    held: History,
    form: HistoryAs,
    names: &[String],
    options: &HistoryOptions,
    universe: &Universe,
) -> Result<Vec<u8>, RunError> {
    let mut bytes = Vec::new();
    let done = match form {
        HistoryAs::Held(format) => {
            let mut render =
                |out: &mut dyn Write, format| render::history(&held, format, &options.style, out);
            fields::rendered(format, names, &mut render).map(|rendered| bytes = rendered)
        }
        HistoryAs::Prices(dialect) => {
            let list = prices::of(held, universe).map_err(UsageError::from)?;
            list.map_or(Ok(()), |list| render::prices(&list, dialect, &mut bytes))
        }
    };
    done.map_err(WriteError::Stdout)?;
    Ok(bytes)
}

/// The store's place, which there must be a name for.
pub(super) fn place(store: Option<&PathBuf>) -> Result<Place, UsageError> {
    let options = Options { store: store.cloned(), ..Options::default() };
    asked_of::store(&options)?.ok_or(UsageError::NoPlace)
}

/// The store, if there is one; none is begun.
pub(super) fn open(
    place: &Place,
    now: DateTime<Utc>,
    read_only: bool,
) -> Result<Option<Box<dyn Store>>, StoreError> {
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
        demo: false,
        id: id.clone(),
        name: universe.instrument(id).map_or_else(|| id.to_string(), |i| i.name.clone()),
        from: None,
        to: None,
        series: Vec::new(),
    }
}

/// What is held of an instrument, series in the order in which their sources are asked.
pub(super) fn read(
    store: &mut dyn Store,
    universe: &Universe,
    id: &InstrumentId,
    options: &HistoryOptions,
    now: DateTime<Utc>,
) -> Result<History, StoreError> {
    let (from, to) = (options.from.unwrap_or(NaiveDate::MIN), options.to.unwrap_or(NaiveDate::MAX));
    let revised = if options.revisions { store.revisions(id)? } else { Vec::new() };
    let wanted = |h: &store::History| {
        !h.rows.is_empty() && options.source.as_ref().is_none_or(|name| *name == h.provenance.source)
    };
    let held = store.all(id, from, to)?.into_iter().filter(wanted);
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

/// What the program itself holds of an instrument between the dates asked for, if anything.
fn built_in(
    universe: &Universe,
    id: &InstrumentId,
    options: &HistoryOptions,
    now: DateTime<Utc>,
) -> Option<History> {
    let series = fetch::built_in(universe.instrument(id)?)?;
    let (from, to) = (options.from.unwrap_or(NaiveDate::MIN), options.to.unwrap_or(NaiveDate::MAX));
    let source = series.provenance.clone();
    let seen = source.fetched_at;
    let bars = series.bars().iter().filter(|bar| (from..=to).contains(&bar.date));
    let closes: Vec<HeldClose> =
        bars.map(|bar| HeldClose { date: bar.date, close: bar.close, fetched_at: seen }).collect();
    let held = HeldSeries {
        source: source.source,
        symbol: source.symbol,
        basis: source.basis,
        as_traded: source.raw,
        currency: source.currency,
        fetched_at: seen,
        revisions: options.revisions.then(Vec::new),
        closes,
    };
    let series = Some(held).filter(|held| !held.closes.is_empty())?;
    Some(History {
        demo: true,
        from: options.from,
        to: options.to,
        series: vec![series],
        ..empty(universe, id, now)
    })
}

/// `closes of STAR50 from 2026-02-01 on`.
fn dated(id: &InstrumentId, options: &HistoryOptions) -> String {
    match wanted(options) {
        None => format!("closes of {id}"),
        Some(when) => format!("closes of {id} {when}"),
    }
}

/// The dates that were asked for, if any were.
fn wanted(options: &HistoryOptions) -> Option<String> {
    match (options.from, options.to) {
        (None, None) => None,
        (Some(from), None) => Some(format!("from {from} on")),
        (None, Some(to)) => Some(format!("up to {to}")),
        (Some(from), Some(to)) => Some(format!("from {from} to {to}")),
    }
}

fn of(history: store::History, revisions: Option<Vec<Revised>>) -> HeldSeries {
    let close = |r: &store::Row| HeldClose { date: r.session, close: r.close, fetched_at: r.fetched_at };
    let closes = history.rows.iter().map(close).collect();
    let from = history.provenance;
    HeldSeries {
        source: sanitise(&from.source, SYMBOL),
        symbol: sanitise(&from.symbol, SYMBOL),
        basis: from.basis,
        as_traded: from.raw,
        currency: from.currency.map(|c| sanitise(&c, SYMBOL)),
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

/// What is held of an instrument outside of the dates that were asked for.
fn elsewhere(
    store: &mut dyn Store,
    universe: &Universe,
    id: &InstrumentId,
    options: &HistoryOptions,
    now: DateTime<Utc>,
) -> Result<Option<String>, StoreError> {
    let Some(wanted) = wanted(options) else { return Ok(None) };
    let whenever = HistoryOptions { from: None, to: None, revisions: false, ..options.clone() };
    let all = read(store, universe, id, &whenever, now)?;
    let dates = || all.series.iter().flat_map(|s| s.closes.iter().map(|c| c.date));
    let whose = whose(options);
    Ok(dates().min().zip(dates().max()).map(|(first, last)| {
        format!("no close of {id}{whose} {wanted}: those that it holds begin on {first} and end on {last}")
    }))
}

/// ` from cboe`, where only one source's closes were asked for.
fn whose(options: &HistoryOptions) -> String {
    options.source.as_ref().map_or_else(String::new, |s| format!(" from {s}"))
}

/// Tells that there is nothing to show.
pub(super) fn nothing(console: &mut Console<'_>, what: &str, path: &Place) -> Exit {
    let _ = writeln!(console.err, "error: the store {} does not hold {what}", path);
    let _ =
        writeln!(console.err, "  hint: `marketsnap today` keeps what it fetches; --store names another file");
    Exit::Empty
}
