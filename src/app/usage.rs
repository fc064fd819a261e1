//! Requests that make no sense, told before anything is asked of a source.
//!
//! Not for: finding them (`plan`, `choice`, `words`, `asked_of`).

use chrono::NaiveDate;

use super::charting::NoChart;
use super::fields::NoField;
use super::history::NotSo;
use super::prices::NoPrice;
use crate::catalogue::{CatalogueError, OwnFault};
use crate::domain::expr::BadExpression;
use crate::store::NoAddress;

/// A request that makes no sense; nothing was asked of any source.
#[derive(Debug, thiserror::Error)]
pub enum UsageError {
    /// A word that is no id and cannot be a symbol, or is one letter away from an id.
    #[error("unknown instrument '{word}'{}", did_you_mean(.nearest))]
    Mistyped {
        /// The word.
        word: String,
        /// The nearest ids.
        nearest: Vec<String>,
    },
    /// Several words in one.
    #[error("'{0}' holds a comma: separate instruments with blanks")]
    CommaList(String),
    /// A source that there is none of.
    #[error("unknown source '{name}': {hint}")]
    UnknownSource {
        /// The name.
        name: String,
        /// The nearest name, or all.
        hint: String,
    },
    /// Something that the config file says.
    #[error("{place}: {wrong}")]
    Configured {
        /// File, line and key.
        place: String,
        /// What is wrong with it.
        wrong: Box<UsageError>,
    },
    /// Something of the user's own that makes no sense.
    #[error(transparent)]
    Own(OwnFault),
    /// Nothing says where the config file is.
    #[error(
        "there is no place for a config file: no home folder is known; name one (MARKETSNAP_CONFIG=FILE)"
    )]
    NoConfigPlace,
    /// A source asked first and never.
    #[error("{0} cannot be asked first and never: take it out of one of the two lists")]
    FirstAndNever(String),
    /// A link in the place of the config file whose target is not there.
    #[error("the config file {0} is a link that leads nowhere: --force writes over it")]
    ConfigNowhere(String),
    /// A config file is there already.
    #[error(
        "the config file {0} is there already: edit it, or let --force put a new one in its place, which keeps a copy of yours"
    )]
    ConfigThere(String),
    /// A composite or a group where only an instrument has sources.
    #[error("'{id}' is a {what}: only instruments have sources; `marketsnap list {id}` names its members")]
    NoInstrument {
        /// Its id.
        id: String,
        /// What it is.
        what: &'static str,
    },
    /// A base URL that no request can be sent to.
    #[error("{place} is no address to ask: {reason}")]
    BadBaseUrl {
        /// The variable, or the place in the config file, that holds it.
        place: String,
        /// Why.
        reason: String,
    },
    /// A day that has not come yet.
    #[error("--date {date} lies in the future: today is {today}")]
    FutureDate {
        /// The day asked for.
        date: NaiveDate,
        /// The latest local date of the markets asked for.
        today: NaiveDate,
    },
    /// An instant that has not come yet.
    #[error("--as-of {as_of} lies in the future: it is {now}")]
    FutureInstant {
        /// The instant asked for.
        as_of: String,
        /// Now.
        now: String,
    },
    /// A first day to sync from that has not come yet.
    #[error("--since {since} lies in the future: today is {today}")]
    FutureSince {
        /// The day asked for.
        since: NaiveDate,
        /// Today.
        today: NaiveDate,
    },
    /// A base date that is not before the report's day.
    #[error("the base date {since} is not before the day of the report, {day}: name an earlier one")]
    SinceTooLate {
        /// The base date.
        since: NaiveDate,
        /// The report's day.
        day: NaiveDate,
    },
    /// Fewer than two things to compare.
    #[error(
        "compare needs at least two different instruments, got {0}: name another, such as SP500; `marketsnap list` shows all"
    )]
    TooFew(usize),
    /// A condition that cannot be read.
    #[error(transparent)]
    Expression(#[from] BadExpression),
    /// A group where one instrument is shown.
    #[error(
        "'{0}' is a group: `marketsnap movers {0}` ranks its members; show takes an instrument or a composite"
    )]
    GroupShown(String),
    /// A code of no currency.
    #[error("unknown currency '{word}': {hint}")]
    UnknownCurrency {
        /// The word.
        word: String,
        /// The nearest codes, or what a code is.
        hint: String,
    },
    /// A group as benchmark.
    #[error(
        "the benchmark '{0}' is a group: name an instrument or a composite; `marketsnap list {0}` shows its members"
    )]
    GroupBenchmark(String),
    /// A file name whose suffix names no format.
    #[error(
        "the format of '{0}' is not clear from its name: use a name ending in .txt, .json, .jsonl, .csv, .md or .html, or --format"
    )]
    UnknownSuffix(String),
    /// A field that cannot be had.
    #[error(transparent)]
    NoField(#[from] NoField),
    /// A store that no backend speaks with.
    #[error("{0} (--store, MARKETSNAP_STORE)")]
    StoreAddress(#[from] NoAddress),
    /// A chart that cannot be drawn.
    #[error(transparent)]
    NoChart(#[from] NoChart),
    /// Nothing says where closes are kept.
    #[error("there is no place for a store: no home folder is known; name a file (--store PATH)")]
    NoPlace,
    /// A composite or a group, of which nothing is kept.
    #[error(
        "closes are kept of instruments, and {0} is a composite or a group: name one of its members (`marketsnap list {0}`)"
    )]
    NoHistory(String),
    /// Only symbols outside the catalogue where hours have to be known.
    #[error(
        "'{0}' is a source's symbol, and its exchange's hours are not known: name an id (`marketsnap list`)"
    )]
    NoHours(String),
    /// A path or word that a schedule cannot hold.
    #[error("{0} cannot stand in a schedule: {1}")]
    Unschedulable(String, &'static str),
    /// Nothing to look for.
    #[error("there is nothing to look for: give a part of a name, an id or a symbol")]
    NothingToSearch,
    /// A source without a search.
    #[error("{0} has no search: leave out --source, or name one that has one ({1})")]
    NoSearch(String, String),
    /// Closes that are no prices.
    #[error(transparent)]
    NoPrice(#[from] NoPrice),
    /// A way of writing what is held that cannot be had.
    #[error(transparent)]
    NotSo(#[from] NotSo),
    /// Closes would be lost.
    #[error(
        "closes before {0} would be lost for ever; add --yes to remove them, or keep them with `marketsnap store export -o closes.csv`"
    )]
    NotSure(NaiveDate),
    /// The built-in data are broken.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
}

fn did_you_mean(nearest: &[String]) -> String {
    match nearest {
        [] => ": `marketsnap list TEXT` finds ids, `marketsnap search TEXT` symbols".to_owned(),
        [one] => format!(": did you mean {one}?"),
        [first @ .., last] => format!(": did you mean {} or {last}?", first.join(", ")),
    }
}
