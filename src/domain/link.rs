//! What two lines have to do with each other: correlation and beta of their daily moves, and how large a
//! spread between them is among those before.
//!
//! Not for: deriving them (`compute::pairing`, `compute::rank`).

use chrono::NaiveDate;
use serde::Serialize;

use super::instrument::InstrumentId;
use super::moves::Absent;

/// How closely two lines move together.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Link {
    /// Whose beta is told.
    pub beta_of: InstrumentId,
    /// What the beta is taken on.
    pub beta_on: InstrumentId,
    /// At most so many of the newest pairs are taken.
    pub window: usize,
    /// Moves between consecutive dates on which both had a session.
    pub same_date: Together,
    /// For markets that are never open at the same time.
    pub lagged: Lagged,
}

/// Figures over pairs of log returns.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Together {
    /// Pearson's, from -1 to 1.
    pub correlation: Option<f64>,
    /// Covariance over the variance of what the beta is taken on (n - 1): log return for log return.
    pub beta: Option<f64>,
    /// How many pairs there are; fewer than 30 give no figures.
    pub pairs: usize,
    /// Pairs that are not among these because they span more than 5 days or a missing session, or a close is
    /// not above zero.
    pub dropped: usize,
    /// The first pair's base session of the one whose beta is told.
    pub from: Option<NaiveDate>,
    /// The last pair's end session of the same.
    pub to: Option<NaiveDate>,
    /// Why the figures are missing.
    pub absent: Option<Absent>,
}

/// The later market's sessions, each paired with the earlier market's first session after it.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Lagged {
    /// Whose session of a date is over before the other's begins; null where their sessions overlap.
    pub earlier: Option<InstrumentId>,
    /// The other.
    pub later: Option<InstrumentId>,
    /// The figures; absent with `none_set` where sessions overlap.
    #[serde(flatten)]
    pub together: Together,
}

/// How large the day's spread is among those of the days before.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Rank {
    /// How many of them were at least as large in the same direction.
    pub larger: Option<usize>,
    /// How many there are, at most 250.
    pub of: Option<usize>,
    /// The first one's session of the newest that was at least as large; null where none was.
    pub since: Option<NaiveDate>,
    /// How many such days ago that was; 1 is the one before.
    pub sessions: Option<usize>,
    /// The session of the oldest.
    pub from: Option<NaiveDate>,
    /// Why the rank is missing.
    pub absent: Option<Absent>,
}
