//! Conditions that were checked, with the figures they used. Field names are those of the JSON
//! `marketsnap.check/1`.
//!
//! Not for: reading expressions (`expr`) or deciding whether they hold (`compute::check`).

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::instrument::InstrumentId;
use super::snapshot::{AskedSource, Completeness, Failed, MoveFlag, Note, Status};

/// Whether an expression holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It does not hold.
    DoesNotHold,
    /// What it hinges on is missing or not final.
    Unknown,
}

/// A figure's value: a number in its unit, a word or an id, or a date.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A word, or a member's id.
    Word(String),
    /// A day.
    Date(NaiveDate),
}

/// Numbers that a value lies between, where what is held leaves it open.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Between {
    /// The least that it can be.
    pub from: f64,
    /// The most; none where nothing bounds it.
    pub to: Option<f64>,
}

/// A figure that an expression names.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Used {
    /// Whose.
    pub id: InstrumentId,
    /// Which.
    pub field: String,
    /// Its value; also where it is not final, and then `unknown` says so.
    pub value: Option<Value>,
    /// What it is: `percent`, `pp`, `price`, `deviations`, `sessions`, `members`, `word`, `id`, `date`.
    pub unit: &'static str,
    /// What it lies between, where that is all that is known.
    pub between: Option<Between>,
    /// The session it is of; a group's newest.
    pub session: Option<NaiveDate>,
    /// The base session of a move.
    pub from: Option<NaiveDate>,
    /// The session's state.
    pub status: Option<Status>,
    /// Where the closes come from; null for a group.
    pub source: Option<String>,
    /// The benchmark's end session, of a figure against it.
    pub benchmark_session: Option<NaiveDate>,
    /// The benchmark's base session.
    pub benchmark_from: Option<NaiveDate>,
    /// What is unusual about a move.
    pub flags: Vec<MoveFlag>,
    /// Why it cannot be used: `missing`, `stale`, `live`, `provisional`, `undefined`, or a reason of `absent`.
    pub unknown: Option<&'static str>,
    /// That reason in a sentence without its full stop.
    pub message: Option<String>,
    /// Digits after the point that it is told with.
    #[serde(skip)]
    pub decimals: u8,
    /// It is told with its sign.
    #[serde(skip)]
    pub signed: bool,
}

/// An expression, and whether it holds.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Checked {
    /// The expression as it was written.
    pub expression: String,
    /// Whether it holds.
    pub verdict: Verdict,
    /// Why that is unknown, each reason once; empty otherwise.
    pub reasons: Vec<String>,
    /// The figures it names, in order, each once.
    pub values: Vec<Used>,
}

/// The finished report of `check`.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Check {
    /// `marketsnap.check/1`.
    pub schema: &'static str,
    /// The instant it speaks for.
    pub as_of: DateTime<Utc>,
    /// The day asked for, if one was.
    pub date: Option<NaiveDate>,
    /// When it was made.
    pub generated_at: DateTime<Utc>,
    /// It speaks of the closes built into the program.
    pub demo: bool,
    /// Whether everything that the expressions name could be had.
    pub status: Completeness,
    /// What `excess` and `relative` are against; null where no expression names one.
    pub benchmark: Option<InstrumentId>,
    /// `local`, or the currency that closes were converted to.
    pub currency: String,
    /// Whether live and provisional values were accepted.
    pub allow_live: bool,
    /// Whether any expression holds.
    pub any_holds: bool,
    /// The expressions, in the order they were given.
    pub expressions: Vec<Checked>,
    /// The sources that were asked or are not to be asked now.
    pub sources: Vec<AskedSource>,
    /// Remarks.
    pub notes: Vec<Note>,
    /// What could not be had.
    pub errors: Vec<Failed>,
}
