//! One line of the report: an instrument's, a composite's or a group's, with every figure it can have.
//!
//! Not for: deriving figures (`compute`) or laying them out (`render`). Nothing here is rounded.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::currency::{Fx, Local};
use super::horizon::Horizon;
use super::instrument::{Basis, InstrumentId, Kind, Mic};
use super::link::Rank;
use super::movers::Above50d;
use super::moves::{Absent, Percent, Points};
use super::news::{Drawdown, Rarity, Record};
use super::ordered::Ordered;
use super::series::Warning;

/// What a row's newest session is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The session is over and its close is final.
    Settled,
    /// The session is under way, or its value is from before the close.
    Live,
    /// A later session should have been published by as-of.
    Stale,
    /// The exchange had no session on a weekday the report speaks of; the last one is shown.
    Shut,
    /// A composite whose members are not all in.
    Provisional,
}

impl Status {
    /// The status in words, as the JSON spells it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Status::Settled => "settled",
            Status::Live => "live",
            Status::Stale => "stale",
            Status::Shut => "shut",
            Status::Provisional => "provisional",
        }
    }
}

/// The session a row speaks of; all null where no close could be had.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Session {
    /// Exchange-local date.
    pub date: Option<NaiveDate>,
    /// Settled, live, stale, shut, or provisional.
    pub status: Option<Status>,
    /// IANA zone of the exchange.
    pub timezone: Option<String>,
    /// End of the session, closing auction included; null while it is live.
    pub closed_at: Option<DateTime<Utc>>,
}

/// The session before the newest one.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Previous {
    /// Its date.
    pub date: Option<NaiveDate>,
    /// Its close.
    pub close: Option<f64>,
    /// Why it is missing.
    pub absent: Option<Absent>,
}

/// What may be unusual about a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MoveFlag {
    /// It spans more sessions than its label says: one that the exchange had is missing.
    AcrossHole,
    /// Both ends were converted at one rate although their sessions differ, or the rate of its end is awaited.
    FxPending,
    /// Its base is a value on a day that the calendar has as closed.
    FromHolidayValue,
}

/// A move over one horizon.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct MoveCell {
    /// The move, in percent.
    pub pct: Option<Percent>,
    /// Base session.
    pub from: Option<NaiveDate>,
    /// End session.
    pub to: Option<NaiveDate>,
    /// Close of the base session.
    pub base: Option<f64>,
    /// Why the move is missing.
    pub absent: Option<Absent>,
    /// The move in the instrument's own currency, in percent.
    pub local_pct: Option<Percent>,
    /// The currency's part, in percent; null without conversion.
    pub fx_pct: Option<Percent>,
    /// What is unusual about it.
    pub flags: Vec<MoveFlag>,
}

/// A move against the benchmark's over the same horizon.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct RelativeCell {
    /// Move minus the benchmark's move.
    pub excess_pp: Option<Points>,
    /// (1 + move) / (1 + benchmark's move) - 1, in percent.
    pub relative_pct: Option<Percent>,
    /// The benchmark's move between the two sessions below, in percent.
    pub benchmark_pct: Option<Percent>,
    /// The benchmark's end session.
    pub benchmark_session: Option<NaiveDate>,
    /// The benchmark's base session.
    pub benchmark_from: Option<NaiveDate>,
    /// Whether both end on one date.
    pub same_session: Option<bool>,
    /// Whether both start from one date.
    pub same_base: Option<bool>,
    /// How large the spread of 1D is among those before; of other horizons absent with `none_set`.
    pub rank: Rank,
    /// Why it is missing.
    pub absent: Option<Absent>,
}

/// Where the close stands between the lowest and highest close of the 365 days up to it.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Range52w {
    /// Lowest close.
    pub low: Option<f64>,
    /// Highest close.
    pub high: Option<f64>,
    /// 0 at the low, 100 at the high.
    pub position_pct: Option<Percent>,
    /// Sessions in the range.
    pub sessions: Option<usize>,
    /// Why it is missing.
    pub absent: Option<Absent>,
}

/// Consecutive sessions in one direction.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Streak {
    /// `up` or `down`.
    pub direction: Option<&'static str>,
    /// How many sessions.
    pub sessions: Option<usize>,
    /// Why it is missing.
    pub absent: Option<Absent>,
}

/// The day's move in standard deviations of the moves before it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ZScore {
    /// The move divided by the standard deviation.
    pub value: Option<f64>,
    /// How many moves the deviation was taken over.
    pub sessions: Option<usize>,
    /// Why it is missing.
    pub absent: Option<Absent>,
}

/// Whether the close stands on the day's price limit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Limit {
    /// `up` or `down` when it closed there.
    pub side: Option<&'static str>,
    /// The limit price in the direction of the move.
    pub price: Option<f64>,
    /// The rule, in percent of the previous close.
    pub pct: Option<Percent>,
    /// Why it is missing.
    pub absent: Option<Absent>,
}

/// Which source a value comes from.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SourceInfo {
    /// Its short name; `computed` for a composite.
    pub name: String,
    /// The symbol it was asked for by.
    pub symbol: Option<String>,
    /// When the answer was received; for a composite, its newest member's.
    pub fetched_at: Option<DateTime<Utc>>,
    /// It was not asked anew.
    pub from_store: bool,
}

/// What a row knows of its 1D move whether or not that is shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Day {
    /// The move in the instrument's own currency, in percent.
    pub local_pct: Option<Percent>,
    /// The move against the benchmark's.
    pub against: Option<RelativeCell>,
}

/// One instrument's line of the report.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Row {
    /// Our id.
    pub id: InstrumentId,
    /// Name.
    pub name: String,
    /// What sort of thing it is.
    pub kind: Kind,
    /// The table's section.
    pub section: String,
    /// ISO country.
    pub country: Option<String>,
    /// Venue.
    pub exchange: Option<Mic>,
    /// Currency of the close.
    pub currency: Option<String>,
    /// What the close includes.
    pub basis: Basis,
    /// The session the row speaks of.
    pub session: Session,
    /// Close, or the live value.
    pub close: Option<f64>,
    /// The session before.
    pub previous: Previous,
    /// Close minus the previous close, in the unit of the close.
    pub change: Option<f64>,
    /// The change of a rate, in basis points (0.01 percentage points); null for all else.
    pub change_bp: Option<f64>,
    /// Moves by horizon.
    pub moves: Ordered<Horizon, MoveCell>,
    /// Moves against the benchmark.
    pub relative: Ordered<Horizon, RelativeCell>,
    /// Position in the last 365 days.
    pub range_52w: Range52w,
    /// Dated superlatives.
    pub records: Vec<Record>,
    /// Sessions in one direction.
    pub streak: Streak,
    /// Size of the day's move.
    pub z_score: ZScore,
    /// How often a day as large came before.
    pub rarity: Rarity,
    /// How far below the highest close.
    pub drawdown: Drawdown,
    /// Price limit.
    pub limit: Limit,
    /// Conversion applied; null where closes are shown as they are quoted.
    pub fx: Option<Fx>,
    /// The close before conversion; null where closes are shown as they are quoted.
    pub local: Option<Local>,
    /// Where the closes come from.
    pub source: Option<SourceInfo>,
    /// Other sources that agree within 0.1 %.
    pub confirmed_by: Vec<String>,
    /// What a reader should know.
    pub warnings: Vec<Warning>,
    /// Digits after the point that its close is quoted with.
    #[serde(skip)]
    pub decimals: u8,
    /// Its change is told in points because percents of it mislead (volatility, rates).
    #[serde(skip)]
    pub in_points: bool,
    /// The newest session's move, whatever horizons are shown.
    #[serde(skip)]
    pub day: Day,
    /// The newest closes, oldest first, for a sparkline.
    #[serde(skip)]
    pub trend: Vec<f64>,
}

/// Where a composite's member stood on the composite's newest date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It has a settled close of that date.
    Traded,
    /// Its session is expected but live or not yet published; it counts as unchanged.
    Pending,
    /// Its exchange was shut.
    Shut,
    /// It has no close within 20 days; its weight is spread over the others.
    LeftOut,
}

impl Standing {
    /// The state in words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Standing::Traded => "traded",
            Standing::Pending => "pending",
            Standing::Shut => "shut",
            Standing::LeftOut => "left out",
        }
    }
}

/// A composite's line: every key of an instrument beside its own.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CompositeRow {
    /// What it shares with an instrument.
    #[serde(flatten)]
    pub row: Row,
    /// The date its level was 100.
    pub base_date: Option<NaiveDate>,
    /// How many members it has.
    pub members: usize,
    /// How many of them traded on the session's date.
    pub traded: usize,
    /// Their share of the weight.
    pub weight_traded_pct: Percent,
    /// Members whose session is expected but live or not yet published; they count as unchanged.
    pub pending: Vec<InstrumentId>,
    /// Members whose exchange was shut.
    pub shut: Vec<InstrumentId>,
    /// Members without a close within 20 days; their weight is spread over the others.
    pub left_out: Vec<InstrumentId>,
}

/// A group's breadth.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct GroupRow {
    /// Its id.
    pub id: InstrumentId,
    /// Its name.
    pub name: String,
    /// Members whose 1D move is above zero.
    pub advancers: usize,
    /// Members whose 1D move is below zero.
    pub decliners: usize,
    /// Members whose 1D move is zero.
    pub unchanged: usize,
    /// Members without a 1D move.
    pub absent: usize,
    /// The members without a 1D move.
    pub absent_members: Vec<InstrumentId>,
    /// Median 1D move, in percent.
    pub median_1d_pct: Option<Percent>,
    /// Mean 1D move, in percent.
    pub mean_1d_pct: Option<Percent>,
    /// The member that moved most upwards.
    pub best: Option<InstrumentId>,
    /// Its 1D move, in percent.
    pub best_1d_pct: Option<Percent>,
    /// The member that moved most downwards.
    pub worst: Option<InstrumentId>,
    /// Its 1D move, in percent.
    pub worst_1d_pct: Option<Percent>,
    /// Members above the mean of their last 50 closes.
    pub above_50d: Above50d,
    /// Members that closed limit up.
    pub limit_up: Vec<InstrumentId>,
    /// Members that closed limit down.
    pub limit_down: Vec<InstrumentId>,
    /// The sessions the members' moves end on, oldest first.
    pub sessions: Vec<NaiveDate>,
    /// Members whose newest value is live.
    pub live: Vec<InstrumentId>,
}
