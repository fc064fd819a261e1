//! How far the close stands below the highest close up to it.
//!
//! Not for: the deepest drawdown of a window, or intraday highs, which are no closes.

use super::lines::Line;
use crate::domain::snapshot::Drawdown;
use crate::domain::{Absent, Percent};

/// close / running maximum - 1, in percent, over the settled closes of the report; 0 at a peak. Absent for a
/// live value, for a single close, and where an end is not positive.
pub(super) fn drawdown(line: &Line<'_>) -> Drawdown {
    let none = |absent| Drawdown { absent: Some(absent), ..Drawdown::default() };
    if line.open() {
        return none(Absent::Live);
    }
    let (Some(first), Some(newest)) = (line.bars.first(), line.last()) else {
        return none(Absent::NoSession);
    };
    if line.bars.len() < 2 {
        return none(line.explained(Absent::InsufficientHistory));
    }
    let peak = line.bars.iter().fold(first, |peak, bar| if bar.close >= peak.close { bar } else { peak });
    if newest.close <= 0.0 || peak.close <= 0.0 {
        return none(Absent::NonPositive);
    }
    Drawdown {
        pct: Some(Percent((newest.close / peak.close - 1.0) * 100.0)),
        peak: Some(peak.close),
        peak_date: Some(peak.date),
        since: Some(first.date),
        absent: None,
    }
}

/// The drawdown of a row without any close.
pub(super) fn no_session() -> Drawdown {
    Drawdown { absent: Some(Absent::NoSession), ..Drawdown::default() }
}
