//! Asks the sources for closes: requests, answers, retries, and an order of sources.
//!
//! Not for: remembering closes (`store`), deciding what was known at an instant (`compute`), or
//! showing anything. Nothing here reads the wall clock or the environment: the caller passes a
//! [`Clock`], and says in [`Settings`] whom to ask and for how long.

mod alphavantage;
mod answer;
mod base;
mod cboe;
mod china;
mod coinbase;
mod columns;
mod csindex;
mod demo;
mod eastmoney;
mod ecb;
mod eodhd;
mod failure;
mod fixing;
mod frankfurter;
mod fred;
mod gate;
mod health;
mod hsi;
mod http;
mod keyed;
mod lists;
mod lookup;
mod memory;
mod pace;
mod registry;
mod router;
mod rows;
mod sina;
mod source;
mod stooq;
mod tencent;
mod tiingo;
mod twelvedata;
mod wants;
mod yahoo;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use secrecy::SecretString;
use serde::Serialize;

use crate::domain::{Instrument, InstrumentId, Kind, Mic, Series};

pub use base::{check_base_url, check_proxy};
pub use demo::built_in;
pub use gate::Gate;
pub use health::{Condition, Health};
pub use lookup::{Hit, Looked, NotLooked, searchable};
pub use memory::{Memory, Remembered};
pub use registry::{source, source_names};
pub use router::Desk;
pub use source::{Answer, Found, Parsed, Request, Response, Source, SourceError, SourceInfo, Target};

/// One instrument asked of the sources.
#[derive(Debug, Clone, PartialEq)]
pub struct Want {
    /// The instrument. One that is not in the catalogue is provisional: its id is the symbol in
    /// upper case, its kind stock, its exchange `UNKNOWN`.
    pub instrument: Instrument,
    /// The zone of the catalogue's venue; none for a symbol that is not in the catalogue.
    pub zone: Option<Tz>,
    /// Not in the catalogue: asked by the source's own symbol.
    pub ad_hoc: bool,
}

/// What a run asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// The instruments; results come in this order.
    pub wants: Vec<Want>,
    /// Date of the earliest close needed.
    pub from: NaiveDate,
    /// Today, as the UTC date of the clock.
    pub until: NaiveDate,
}

/// Tells the time; real only in `main`.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;
}

/// Whom to ask, and for how long.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Short names of the sources, in the order they are asked.
    pub sources: Vec<String>,
    /// The user named them for this run: no instrument's own order counts, and one without its key is a
    /// failure to tell.
    pub named: bool,
    /// Keys by source.
    pub keys: BTreeMap<String, SecretString>,
    /// The file that remembers between runs which source asked for a pause.
    pub memory: Option<PathBuf>,
    /// Base URLs that replace a source's own hosts; a path in them is kept as a prefix.
    pub base_urls: BTreeMap<String, String>,
    /// Time for the whole run.
    pub deadline: Duration,
    /// User agent to send instead of our own.
    pub user_agent: Option<String>,
    /// Proxy that requests go through, unless they go to this machine; none for the system's.
    pub proxy: Option<String>,
    /// How many requests are under way at the same time, of all sources together.
    pub gate: Gate,
}

/// Something that happened on the way, for `-v` and progress bars.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// So many more requests are planned; comes again when answers make further ones necessary.
    Started {
        /// How many more.
        requests: usize,
    },
    /// A source has not said its last word on so many instruments; none: it is not waited for any more.
    Waiting {
        /// Short name of the source.
        source: String,
        /// How many.
        instruments: usize,
    },
    /// A request ended, whether well or not.
    Request {
        /// Short name of the source.
        source: String,
        /// The HTTP method.
        method: String,
        /// The URL without credentials or keys.
        url: String,
        /// The HTTP status, absent where no answer came.
        status: Option<u16>,
        /// Size of the decoded body.
        bytes: usize,
        /// Time from sending to the last byte.
        elapsed: Duration,
        /// What became of it, in a few words.
        outcome: String,
        /// A command line that repeats the request, quoted for a shell.
        curl: String,
    },
    /// The request is going to be sent once more.
    Retry {
        /// Short name of the source.
        source: String,
        /// The URL of the failed request, without credentials or keys.
        url: String,
        /// How long until then.
        wait: Duration,
        /// Why.
        reason: String,
    },
    /// The source asked for a pause, which is kept.
    Throttled {
        /// Short name of the source.
        source: String,
        /// How long.
        wait: Duration,
    },
    /// A part of a long run is in the store.
    Kept {
        /// Instruments done so far.
        done: usize,
        /// Instruments that were to be asked for.
        of: usize,
    },
}

/// Hears what happens during a run.
pub trait Observer: Send + Sync {
    /// Called for each event, in order.
    fn event(&self, event: &Event);
}

/// What a source says of a symbol that is not in the catalogue.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Described {
    /// Its name, made safe to print.
    pub name: Option<String>,
    /// What sort of thing it is.
    pub kind: Option<Kind>,
    /// Its venue.
    pub mic: Option<Mic>,
    /// The zone that dates its sessions.
    pub timezone: Option<Tz>,
    /// ISO 4217 currency of its closes, minor units already converted.
    pub currency: Option<String>,
    /// Digits after the point it is quoted with.
    pub decimals: Option<u8>,
}

/// Why there is no series of an instrument.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Failure {
    /// The instrument.
    pub instrument: InstrumentId,
    /// Short name of the source that was asked first.
    pub source: String,
    /// All that were asked.
    pub asked: Vec<String>,
    /// Which of them said what, where they gave different reasons; safe to print.
    pub said: Option<String>,
    /// The sort of failure.
    pub kind: FailureKind,
    /// What failed, of which instrument and source, and why; safe to print.
    pub message: String,
    /// Why, without instrument and symbol: the same for all that one end of the source hit.
    pub reason: String,
    /// What to do next.
    pub hint: String,
    /// Whether the same command may succeed later.
    pub retryable: bool,
}

/// Sorts of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The source does not know the symbol, while it knew others.
    UnknownSymbol,
    /// The source knows the symbol and has no close in the window.
    NoData,
    /// The source answered with another symbol.
    Renamed,
    /// The source asked us to come back later.
    Throttled,
    /// The source refuses this network or program.
    Blocked,
    /// The source wants credentials.
    Unauthorised,
    /// No answer, or a broken one, after a retry.
    Transport,
    /// The run's time ended first.
    Timeout,
    /// An answer that cannot be read as what it should be.
    Malformed,
    /// The source denies every symbol: it is its fault, not the symbols'.
    Outage,
    /// No source that was allowed holds the instrument.
    NotCovered,
}

/// What a run brought home. Every wanted instrument has exactly one series or exactly one failure,
/// each in the order of the wants.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fetched {
    /// At most one series for each wanted instrument.
    pub series: Vec<Series>,
    /// Descriptions of the symbols that are not in the catalogue.
    pub described: BTreeMap<InstrumentId, Described>,
    /// One for each wanted instrument without a series.
    pub failures: Vec<Failure>,
    /// What sources before the one that answered said of a want, unless they are in trouble as a whole.
    pub detours: Vec<Failure>,
    /// Requests sent over the network, retries included.
    pub requests: usize,
    /// Every source that was to be asked, in the order of the run, and how it did.
    pub sources: Vec<Health>,
}

/// Asks the sources in order for all wanted series and never fails as a whole; it returns when all
/// is answered or the deadline has passed, with what could be had.
pub async fn fetch(
    query: &Query,
    settings: &Settings,
    clock: &dyn Clock,
    observer: &dyn Observer,
) -> Fetched {
    let mut desk = Desk::open(settings, clock, observer);
    let fetched = desk.fetch(query).await;
    desk.close();
    fetched
}

/// What is remembered of each of the settings' sources, by short name. Nothing is asked.
#[must_use]
pub fn remembered(settings: &Settings) -> BTreeMap<String, Remembered> {
    let memory = settings.memory.as_deref().map(Memory::read).unwrap_or_default();
    let of = |name: &String| Some((name.clone(), memory.of(&router::remembered_as(settings, name))?.clone()));
    settings.sources.iter().filter_map(of).collect()
}

/// Whether there is a source of this short name.
#[must_use]
pub fn known_source(name: &str) -> bool {
    source(name).is_some()
}

/// The venue that a symbol in Yahoo's spelling tells by its suffix (`0700.HK`).
#[must_use]
pub fn venue_of(symbol: &str) -> Option<Mic> {
    yahoo::venues::mic(None, symbol)
}

/// Whether the source holds the instrument, by the catalogue.
#[must_use]
pub fn covers(source_name: &str, instrument: &Instrument) -> bool {
    source(source_name).is_some_and(|s| s.covers(instrument))
}

/// Whether any of these sources holds the instrument, by the catalogue.
#[must_use]
pub fn covered(sources: &[String], instrument: &Instrument) -> bool {
    sources.iter().any(|name| covers(name, instrument))
}

/// Short names of the sources that need nothing from the user, in the order they are asked; those with
/// a key in `keyed` among them.
#[must_use]
pub fn usual_sources(keyed: &BTreeMap<String, SecretString>) -> Vec<String> {
    let usable =
        |name: &&str| source(name).is_some_and(|s| s.info().key.is_none()) || keyed.contains_key(*name);
    source_names().filter(|name| *name != "demo").filter(usable).map(str::to_owned).collect()
}
