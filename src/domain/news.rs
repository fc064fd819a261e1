//! What may make a day news, as typed facts: records, how rare a move is, how far below its peak a close
//! stands, and the few of them that head a report.
//!
//! Not for: deriving or choosing them (`compute`). Nothing here is rounded.

use chrono::NaiveDate;
use serde::Serialize;

use super::instrument::InstrumentId;
use super::lang::Lang;
use super::moves::{Absent, Percent};

/// Which superlative a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// No gain of a session was as large since.
    LargestDailyGainSince,
    /// No loss of a session was as large since.
    LargestDailyLossSince,
    /// No close was as high since.
    HighestCloseSince,
    /// No close was as low since.
    LowestCloseSince,
}

impl RecordKind {
    /// Its name, as in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::LargestDailyGainSince => "largest_daily_gain_since",
            Self::LargestDailyLossSince => "largest_daily_loss_since",
            Self::HighestCloseSince => "highest_close_since",
            Self::LowestCloseSince => "lowest_close_since",
        }
    }

    /// Whether it is of a session's move, and not of a close.
    #[must_use]
    pub fn of_move(self) -> bool {
        matches!(self, Self::LargestDailyGainSince | Self::LargestDailyLossSince)
    }
}

/// A dated superlative.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Record {
    /// Which superlative.
    pub kind: RecordKind,
    /// The earlier session that was at least as large, or the first one held.
    pub date: NaiveDate,
    /// How many sessions ago it was.
    pub sessions: Option<usize>,
    /// There was no earlier one since the data begin.
    pub since_start: bool,
    /// The value that set the record.
    pub value: f64,
    /// How many sessions before it are held.
    #[serde(skip)]
    pub held: usize,
}

/// How often a day as large as the newest one came in the sessions before it, in either direction.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Rarity {
    /// How many of the moves before were at least as large, up or down.
    pub times: Option<usize>,
    /// How many moves before were looked at: up to 250, those across a hole left out.
    pub of: Option<usize>,
    /// Why it is missing.
    pub absent: Option<Absent>,
}

/// How far the close stands below the highest one up to it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Drawdown {
    /// close / highest close - 1, in percent; 0 at a peak.
    pub pct: Option<Percent>,
    /// The highest close.
    pub peak: Option<f64>,
    /// The newest session that closed there.
    pub peak_date: Option<NaiveDate>,
    /// The first session held.
    pub since: Option<NaiveDate>,
    /// Why it is missing.
    pub absent: Option<Absent>,
}

/// What a sentence of the report's head tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HighlightKind {
    /// A record gain of a session.
    LargestDailyGainSince,
    /// A record loss of a session.
    LargestDailyLossSince,
    /// A record high of the closes.
    HighestCloseSince,
    /// A record low of the closes.
    LowestCloseSince,
    /// A close at the upper price limit.
    LimitUp,
    /// A close at the lower price limit.
    LimitDown,
    /// Sessions in one direction.
    Streak,
    /// A move that is large beside those before it, and no record.
    LargeMove,
}

impl From<RecordKind> for HighlightKind {
    fn from(kind: RecordKind) -> Self {
        match kind {
            RecordKind::LargestDailyGainSince => Self::LargestDailyGainSince,
            RecordKind::LargestDailyLossSince => Self::LargestDailyLossSince,
            RecordKind::HighestCloseSince => Self::HighestCloseSince,
            RecordKind::LowestCloseSince => Self::LowestCloseSince,
        }
    }
}

/// A sentence of the report's head, from typed facts.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Highlight {
    /// The instrument.
    pub id: InstrumentId,
    /// What it tells.
    pub kind: HighlightKind,
    /// The session it tells of.
    pub session: NaiveDate,
    /// The date of the record told, also of one beside a price limit; null where none is told.
    pub date: Option<NaiveDate>,
    /// How many sessions ago that was; of a streak, how many sessions it has; null where there is no number.
    pub sessions: Option<usize>,
    /// The record's value; of all else the session's move in percent.
    pub value: f64,
    /// Language of the text.
    pub lang: Lang,
    /// The sentence.
    pub text: String,
}
