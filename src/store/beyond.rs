//! The question of a record that nothing in a report's closes outdates: the newest close or move before them
//! that is at or beyond it; and of a drawdown, the highest close before them. It is asked of the store so that a
//! history need not be read to be searched.
//!
//! Not for: what a record is (`compute::records`), or versions known at an instant: only closes in use count.

use chrono::NaiveDate;

use crate::domain::Provenance;

/// What a close or a move must be at or beyond.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// A close as high.
    CloseAtLeast(f64),
    /// A close as low.
    CloseAtMost(f64),
    /// A move from the session before, in percent, as far up: (close / close before - 1) x 100.
    MoveAtLeast(f64),
    /// A move as far down.
    MoveAtMost(f64),
    /// Not beyond anything: the newest of the highest closes.
    Highest,
}

impl Bound {
    /// Whether a close is at or beyond it; never for a bound of moves.
    #[must_use]
    pub fn met_by_close(self, close: f64) -> bool {
        match self {
            Self::CloseAtLeast(bound) => close >= bound,
            Self::CloseAtMost(bound) => close <= bound,
            Self::MoveAtLeast(_) | Self::MoveAtMost(_) | Self::Highest => false,
        }
    }

    /// Whether the move from one close to the next is at or beyond it; never for a bound of closes.
    #[must_use]
    pub fn met_by_move(self, before: f64, close: f64) -> bool {
        let pct = (close / before - 1.0) * 100.0;
        let positive = before > 0.0 && close > 0.0;
        match self {
            Self::MoveAtLeast(bound) => positive && pct >= bound,
            Self::MoveAtMost(bound) => positive && pct <= bound,
            Self::CloseAtLeast(_) | Self::CloseAtMost(_) | Self::Highest => false,
        }
    }
}

/// A question to a series that is held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sought<'a> {
    /// Which series; when it was fetched does not matter.
    pub of: &'a Provenance,
    /// The first session of the report: a close dated before it counts, and a move that ends on it or before.
    pub before: NaiveDate,
    /// What is looked for.
    pub bound: Bound,
}

/// The answer of a series that is held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beyond {
    /// The first session held without a gap.
    pub first: NaiveDate,
    /// The close of the report's first session.
    pub close: f64,
    /// The newest session that is at or beyond the bound; of a move, the one that it starts from.
    pub from: Option<NaiveDate>,
    /// The close of that session where the highest one was asked for.
    pub highest: Option<f64>,
    /// How many sessions are held before the report's first; counted where none of them is at or beyond the bound.
    pub older: Option<usize>,
    /// There are splits of the series, so that closes may be on two bases.
    pub splits: bool,
}
