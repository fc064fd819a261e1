//! What a run was asked for, as plain values: flags and environment already merged.
//!
//! Not for: validation against the catalogue (`plan`).

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use secrecy::SecretString;

use crate::domain::{Horizon, Lang, Own};
use crate::render::{Format, Style};

/// Which report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Command {
    /// The newest session of each market.
    #[default]
    Today,
    /// Returns side by side.
    Compare,
    /// Members of groups ranked, with their breadth.
    Movers,
    /// Whether conditions hold.
    Check,
    /// Everything about one instrument or composite.
    Show,
    /// Lines over a window.
    Chart,
}

/// Which instant the report speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct When {
    /// What a reader would have seen then.
    pub as_of: Option<DateTime<Utc>>,
    /// The last settled session on or before this date.
    pub date: Option<NaiveDate>,
    /// With an instant: every close as it is known now, and not as it was known then.
    pub as_known_now: bool,
    /// Step back from live values to the last settled session.
    pub settled: bool,
    /// A live or stale row is exit code 4.
    pub require_settled: bool,
}

/// Everything asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Which report.
    pub command: Command,
    /// Ids, groups, composites or symbols, in order.
    pub words: Vec<String>,
    /// Conditions to check; the words are theirs.
    pub expressions: Vec<String>,
    /// Live and provisional values count in conditions.
    pub allow_live: bool,
    /// Which instant.
    pub when: When,
    /// With `today`: its report of a day, written to be kept.
    pub report: Option<super::ReportOptions>,
    /// Horizons, in order; empty for the usual ones.
    pub horizons: Vec<Horizon>,
    /// What `chart` draws.
    pub chart: super::ChartOptions,
    /// A base date for `compare`.
    pub since: Option<NaiveDate>,
    /// The horizon that `movers` ranks by; none for the day's.
    pub sort: Option<Horizon>,
    /// How many of the best and of the worst `movers` lists; none for all.
    pub top: Option<usize>,
    /// With `show`: tell how each figure came about.
    pub why: bool,
    /// What rows are compared with.
    pub benchmark: String,
    /// The currency that closes are converted to, `local` for each one's own; none for that too.
    pub currency: Option<String>,
    /// The closes built into the program instead of a source.
    pub demo: bool,
    /// Only these sources, in this order; empty for all in the usual one.
    pub sources: Vec<String>,
    /// Sources that the config file says something of.
    pub configured: Vec<String>,
    /// Sources to ask before all others.
    pub first: Vec<String>,
    /// Sources never to ask, unless they are named in `sources`.
    pub never: Vec<String>,
    /// Sources to ask first for single instruments, by id.
    pub sources_of: BTreeMap<String, Vec<String>>,
    /// Where the config file says something: file, line and key, by the key, and by key and name for each
    /// name of a list.
    pub places: BTreeMap<String, String>,
    /// What the user adds to the catalogue or says otherwise.
    pub own: Own,
    /// Ask a second source for everything.
    pub verify: bool,
    /// Keys by source.
    pub keys: BTreeMap<String, SecretString>,
    /// The file that remembers how the sources did.
    pub memory: Option<PathBuf>,
    /// The file that closes are kept in; none to keep nothing.
    pub store: Option<PathBuf>,
    /// Ask for everything, also for what the store holds.
    pub refresh: bool,
    /// Ask nobody: the report is made from what the store holds.
    pub offline: bool,
    /// The time for the whole run.
    pub timeout: Duration,
    /// The proxy that requests go through; none for the system's.
    pub proxy: Option<String>,
    /// The most requests at the same time; none for each source's own limit.
    pub jobs: Option<usize>,
    /// Base URLs by source, where they are not the source's own.
    pub base_urls: BTreeMap<String, String>,
    /// Format asked for; none to take the file's suffix, else a table.
    pub format: Option<Format>,
    /// Format from the environment, where neither a flag nor a file's suffix says one.
    pub fallback_format: Option<Format>,
    /// Fields to show, by their names in the JSON; empty for the usual ones.
    pub fields: Vec<String>,
    /// The command line names them, and not the environment.
    pub fields_named: bool,
    /// File to write instead of standard output.
    pub output: Option<PathBuf>,
    /// How it looks.
    pub style: Style,
    /// The language of names and highlights.
    pub lang: Lang,
    /// Leave out warnings on standard error.
    pub quiet: bool,
}
