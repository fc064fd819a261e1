//! The daily report of `report`: the day's snapshot and the charts of its benchmark pairs.
//!
//! Not for: laying it out (`render`), or deriving any figure of it (`compute`).

use chrono::NaiveDate;

use super::{Chart, Snapshot};

/// The report of one day. It holds nothing that depends on the moment of writing.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The day that it speaks of: the newest date of a session in it, or the day asked for.
    pub date: NaiveDate,
    /// The day's rows, groups, highlights, notes and what could not be had.
    pub snapshot: Snapshot,
    /// Relative charts of the benchmark pairs, in order.
    pub charts: Vec<Chart>,
}
