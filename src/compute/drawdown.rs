//! How far the close stands below the highest close up to it.
//!
//! Not for: the deepest drawdown of a window, or intraday highs, which are no closes.

use chrono::NaiveDate;

use super::lines::Line;
use crate::domain::snapshot::Drawdown;
use crate::domain::{Absent, Percent};

/// close / running maximum - 1, in percent, over the settled closes of the line; 0 at a peak. Absent for a
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

/// The drawdown of a row once more is known: the highest close before the report's first, and since when closes
/// are held.
pub(super) fn since(
    drawdown: &mut Drawdown,
    close: Option<f64>,
    first: NaiveDate,
    older: Option<(NaiveDate, f64)>,
) {
    let (Some(close), Some(peak), Some(since)) = (close, drawdown.peak, drawdown.since) else { return };
    drawdown.since = Some(first.min(since));
    if let Some((date, older)) = older.filter(|(_, older)| *older > peak) {
        drawdown.pct = Some(Percent((close / older - 1.0) * 100.0));
        (drawdown.peak, drawdown.peak_date) = (Some(older), Some(date));
    }
}

/// The drawdown of a row without any close.
pub(super) fn no_session() -> Drawdown {
    Drawdown { absent: Some(Absent::NoSession), ..Drawdown::default() }
}
