//! The finished comparison of `compare`: returns with common ends, spreads of each pair, both time
//! alignments, and lines rebased to 100. Field names are those of the JSON `marketsnap.compare/1`.
//!
//! Not for: deriving figures (`compute`) or laying them out (`render`).

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::currency::{Fx, Local};
use super::horizon::Horizon;
use super::instrument::{Basis, InstrumentId, Kind};
use super::lang::Lang;
use super::link::{Link, Rank};
use super::moves::{Absent, Percent, Points};
use super::ordered::Ordered;
use super::series::Warning;
use super::snapshot::{AskedSource, Completeness, Failed, MoveCell, Note, Session, SourceInfo};

/// One point of a rebased line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Point {
    /// Session date.
    pub date: NaiveDate,
    /// Close / base close x 100.
    pub value: f64,
}

/// A line that starts at 100 on the base date.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Rebased {
    /// The session whose close is 100.
    pub from: Option<NaiveDate>,
    /// That close.
    pub base: Option<f64>,
    /// One point a session, from the base session on.
    pub points: Vec<Point>,
    /// Why there is no line.
    pub absent: Option<Absent>,
}

/// One instrument of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Compared {
    /// Our id.
    pub id: InstrumentId,
    /// Name.
    pub name: String,
    /// What sort of thing it is.
    pub kind: Kind,
    /// Currency of its closes.
    pub currency: Option<String>,
    /// What its closes include.
    pub basis: Basis,
    /// Its newest session.
    pub session: Session,
    /// Close of that session.
    pub close: Option<f64>,
    /// Conversion applied; null where closes are shown as they are quoted.
    pub fx: Option<Fx>,
    /// The close before conversion; null where closes are shown as they are quoted.
    pub local: Option<Local>,
    /// Returns by horizon, with common ends.
    pub moves: Ordered<Horizon, MoveCell>,
    /// Its rebased line.
    pub rebased: Rebased,
    /// Where its closes come from.
    pub source: Option<SourceInfo>,
    /// Other sources with the same close for the same session.
    pub confirmed_by: Vec<String>,
    /// What a reader should know.
    pub warnings: Vec<Warning>,
    /// Digits after the point that its close is quoted with.
    #[serde(skip)]
    pub decimals: u8,
}

/// One side of a spread: which sessions it spans.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Leg {
    /// Base session.
    pub from: Option<NaiveDate>,
    /// End session.
    pub to: Option<NaiveDate>,
    /// The move, in percent.
    pub pct: Option<Percent>,
}

/// The first one's return against the second one's.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Spread {
    /// First minus second.
    pub excess_pp: Option<Points>,
    /// (1 + first) / (1 + second) - 1, in percent.
    pub relative_pct: Option<Percent>,
    /// The first one's sessions.
    pub a: Leg,
    /// The second one's sessions.
    pub b: Leg,
    /// Whether both end on one date.
    pub same_session: Option<bool>,
    /// Whether both start from one date.
    pub same_base: Option<bool>,
    /// Why it is missing.
    pub absent: Option<Absent>,
}

/// The day's move of both, paired in three ways.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Alignments {
    /// Each market's newest session.
    pub newest: Spread,
    /// The first one's newest session with the second one's last close that the first had seen by
    /// its own close.
    pub seen_by_a: Spread,
    /// The second one's newest session with the first one's last close that the second had seen.
    pub seen_by_b: Spread,
}

/// Two instruments against each other.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Pair {
    /// The first.
    pub a: InstrumentId,
    /// The second.
    pub b: InstrumentId,
    /// Spreads by horizon.
    pub spreads: Ordered<Horizon, Spread>,
    /// Both time alignments of the day's move.
    pub alignments: Alignments,
    /// How large the spread of the newest sessions is among those before.
    pub rank: Rank,
    /// How closely they move together.
    pub link: Link,
}

/// The finished comparison.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Comparison {
    /// `marketsnap.compare/1`.
    pub schema: &'static str,
    /// The instant it speaks for.
    pub as_of: DateTime<Utc>,
    /// The day asked for, if one was.
    pub date: Option<NaiveDate>,
    /// When it was made.
    pub generated_at: DateTime<Utc>,
    /// It shows the closes built into the program.
    pub demo: bool,
    /// Whether everything asked for is in it.
    pub status: Completeness,
    /// `local`, or the currency that closes were converted to.
    pub currency: String,
    /// Language of names.
    pub lang: Lang,
    /// The common end date: each one's last session on or before it.
    pub end_date: Option<NaiveDate>,
    /// The horizon that the rebased lines run over.
    pub rebased_over: Option<Horizon>,
    /// The instruments, in the order asked for.
    pub instruments: Vec<Compared>,
    /// Every pair, in that order.
    pub pairs: Vec<Pair>,
    /// The sources that were asked or are not to be asked now.
    pub sources: Vec<AskedSource>,
    /// Remarks.
    pub notes: Vec<Note>,
    /// What could not be had.
    pub errors: Vec<Failed>,
    /// The horizons, in order.
    #[serde(skip)]
    pub horizons: Vec<Horizon>,
    /// The reader named the horizons, and is told of those that do not fit.
    #[serde(skip)]
    pub horizons_named: bool,
}
