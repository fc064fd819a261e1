//! Where the close stands between the lowest and highest close of the 365 days up to it.
//!
//! Not for: intraday highs and lows, which are no closes.

use chrono::Duration;

use super::lines::Line;
use super::moves::BASE_WITHIN_DAYS;
use crate::domain::snapshot::Range52w;
use crate::domain::{Absent, Percent};

/// The 52-week range over settled closes; absent for a live value, when the data do not reach back 365
/// days (20 days' grace), and when low and high are equal.
pub(super) fn range_52w(line: &Line<'_>) -> Range52w {
    let none =
        |absent| Range52w { low: None, high: None, position_pct: None, sessions: None, absent: Some(absent) };
    let Some(newest) = line.last() else { return none(Absent::NoSession) };
    if line.open() {
        return none(Absent::Live);
    }
    let from = newest.date - Duration::days(365);
    let reaches = line.bars.first().is_some_and(|b| b.date <= from + Duration::days(BASE_WITHIN_DAYS));
    if !reaches {
        return none(line.explained(Absent::InsufficientHistory));
    }
    let start = line.bars.partition_point(|b| b.date < from);
    let window = line.bars.get(start..).unwrap_or_default();
    let low = window.iter().map(|b| b.close).fold(f64::INFINITY, f64::min);
    let high = window.iter().map(|b| b.close).fold(f64::NEG_INFINITY, f64::max);
    if high <= low {
        return none(Absent::NoneSet);
    }
    Range52w {
        low: Some(low),
        high: Some(high),
        position_pct: Some(Percent((newest.close - low) / (high - low) * 100.0)),
        sessions: Some(window.len()),
        absent: None,
    }
}

/// The range of a row without any close.
pub(super) fn no_session() -> Range52w {
    Range52w { low: None, high: None, position_pct: None, sessions: None, absent: Some(Absent::NoSession) }
}
