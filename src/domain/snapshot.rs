//! The finished report: what every format is a view of. Field names and order are those of the JSON
//! `marketsnap.snapshot/1`.
//!
//! Not for: deriving figures (`compute`) or laying them out (`render`). Nothing here is rounded.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::horizon::Horizon;
use super::instrument::InstrumentId;
use super::lang::Lang;

pub use super::news::{Drawdown, Highlight, HighlightKind, Rarity, Record, RecordKind};
pub use super::row::{
    CompositeRow, Day, GroupRow, Limit, MoveCell, MoveFlag, Previous, Range52w, RelativeCell, Row, Session,
    SourceInfo, Standing, Status, Streak, ZScore,
};

/// Whether everything asked for is in the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Completeness {
    /// Everything is.
    Complete,
    /// Some instruments are missing.
    Partial,
    /// Nothing could be had.
    Empty,
}

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// A to-date column speaks of the period before, or of different periods.
    Period,
    /// The benchmark's sessions differ from a row's.
    Benchmark,
    /// Values that are live.
    Live,
    /// Exchanges that were shut.
    Shut,
    /// Rows that are out of date.
    Stale,
    /// Composites that are provisional, and where their level starts.
    Composite,
    /// Moves that are absent, and why.
    Absent,
    /// Bases that differ or instruments that stand in for another.
    Basis,
    /// Rates that closes are converted at, and what is not converted.
    Currency,
    /// Warnings of rows.
    Warning,
    /// How far back the closes behind a record are held.
    History,
    /// Which sources answered.
    Source,
}

/// A remark below the table.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Note {
    /// What it is about.
    pub kind: NoteKind,
    /// One sentence.
    pub message: String,
}

/// Something asked for that could not be had.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Failed {
    /// The instrument.
    pub id: InstrumentId,
    /// The source that was asked first.
    pub source: String,
    /// All sources that were asked.
    #[serde(skip)]
    pub asked: Vec<String>,
    /// Which of them said what, where they gave different reasons.
    #[serde(skip)]
    pub said: Option<String>,
    /// The failure's class (`unknown_symbol`, `throttled`, ...).
    pub kind: String,
    /// What failed and why.
    pub message: String,
    /// Why, without instrument and symbol: the same for all that one cause hit.
    #[serde(skip)]
    pub reason: String,
    /// What to do next.
    pub hint: String,
    /// Whether asking again later may help.
    pub retryable: bool,
}

/// A source that was to be asked, and how it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct AskedSource {
    /// Its short name.
    pub name: String,
    /// `up`, `throttled`, `blocked`, `unauthorised` or `down`.
    pub state: &'static str,
    /// Why it is not up.
    pub reason: Option<String>,
    /// When a pause that it asked for ends.
    pub until: Option<DateTime<Utc>>,
}

/// A row of the table by its place in the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// Index into `instruments`.
    Instrument(usize),
    /// Index into `composites`.
    Composite(usize),
}

/// Rows under one heading, in the order to show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The heading; none when the reader named the rows.
    pub title: Option<String>,
    /// The rows.
    pub items: Vec<Item>,
}

/// The finished report of `today`.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Snapshot {
    /// `marketsnap.snapshot/1`.
    pub schema: &'static str,
    /// The instant the report speaks for.
    pub as_of: DateTime<Utc>,
    /// The day asked for, if one was.
    pub date: Option<NaiveDate>,
    /// When the report was made; null in a day's report, which says nothing of the moment of writing.
    pub generated_at: Option<DateTime<Utc>>,
    /// It shows the closes built into the program.
    pub demo: bool,
    /// Whether everything asked for is in it.
    pub status: Completeness,
    /// What rows are compared with.
    pub benchmark: InstrumentId,
    /// `local`, or the currency that closes were converted to.
    pub currency: String,
    /// Language of names and highlights.
    pub lang: Lang,
    /// Rows in the order asked for, or the catalogue's.
    pub instruments: Vec<Row>,
    /// Composites.
    pub composites: Vec<CompositeRow>,
    /// Groups.
    pub groups: Vec<GroupRow>,
    /// What makes the day news.
    pub highlights: Vec<Highlight>,
    /// The sources that were asked or are not to be asked now.
    pub sources: Vec<AskedSource>,
    /// Remarks.
    pub notes: Vec<Note>,
    /// What could not be had.
    pub errors: Vec<Failed>,
    /// The benchmark's name.
    #[serde(skip)]
    pub benchmark_name: String,
    /// The horizons, in order.
    #[serde(skip)]
    pub horizons: Vec<Horizon>,
    /// The reader named the horizons, and is told of those that do not fit.
    #[serde(skip)]
    pub horizons_named: bool,
    /// The columns that the reader named, as `domain::fields` does; none for the usual ones.
    #[serde(skip)]
    pub columns: Vec<String>,
    /// The table's order of rows.
    #[serde(skip)]
    pub blocks: Vec<Block>,
}
