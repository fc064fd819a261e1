//! Moves between two closes, their units, and why a value is absent.
//!
//! Not for: choosing the two closes (`compute::moves`).

use chrono::NaiveDate;
use serde::Serialize;

use super::series::Bar;

/// A share of a hundred: 3.53 means 3.53 %.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Percent(pub f64);

/// A difference of two percentages, in percentage points.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Points(pub f64);

/// Why a value is missing. A missing value is never 0 and never taken from another field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Absent {
    /// The data do not reach back to the base session.
    InsufficientHistory,
    /// No session lies in the period, or none at all is known.
    NoSession,
    /// No rate of exchange near the session's date.
    NoFx,
    /// The benchmark has no such move.
    NoBenchmark,
    /// Fewer pairs of returns than a figure needs.
    TooFewPairs,
    /// The two closes do not seem to be on one basis.
    Suspect,
    /// The two ends come from different sources.
    MixedSource,
    /// An end is zero or negative, so that a percentage means nothing.
    NonPositive,
    /// The value is live, or its rate of exchange is not fixed yet; the figure is for settled closes only.
    Live,
    /// Nothing of the kind is set for this instrument.
    NoneSet,
}

impl Absent {
    /// The code as the JSON spells it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Absent::InsufficientHistory => "insufficient_history",
            Absent::NoSession => "no_session",
            Absent::NoFx => "no_fx",
            Absent::NoBenchmark => "no_benchmark",
            Absent::TooFewPairs => "too_few_pairs",
            Absent::Suspect => "suspect",
            Absent::MixedSource => "mixed_source",
            Absent::NonPositive => "non_positive",
            Absent::Live => "live",
            Absent::NoneSet => "none_set",
        }
    }
}

/// A simple return between two closes of one series; it carries both, so that it can always be
/// explained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    /// The base session's date.
    pub from: NaiveDate,
    /// The end session's date.
    pub to: NaiveDate,
    /// Close of the base session.
    pub base: f64,
    /// Close of the end session.
    pub close: f64,
}

impl Move {
    /// A move between two bars of one series.
    ///
    /// # Errors
    /// [`Absent::NonPositive`] when an end is zero or below.
    pub fn between(base: &Bar, end: &Bar) -> Result<Self, Absent> {
        if base.close <= 0.0 || end.close <= 0.0 {
            return Err(Absent::NonPositive);
        }
        Ok(Self { from: base.date, to: end.date, base: base.close, close: end.close })
    }

    /// (to / from - 1) x 100, in percent.
    #[must_use]
    pub fn percent(&self) -> Percent {
        Percent((self.close / self.base - 1.0) * 100.0)
    }

    /// What one unit became: to / from.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.close / self.base
    }
}
