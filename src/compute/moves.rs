//! Moves: the base session of each horizon, and the simple return to the newest session.
//!
//! Not for: comparing two moves (`relative`) or knowing what is settled (`sessions`).

use chrono::NaiveDate;

use super::currency;
use super::lines::{Line, Of};
use super::sessions::{Market, on_closed_day};
use crate::domain::series::on_or_before;
use crate::domain::snapshot::{MoveCell, MoveFlag};
use crate::domain::{Absent, Bar, Horizon, Move};

/// A base session further before the wanted date than this is no base.
pub const BASE_WITHIN_DAYS: i64 = 20;

/// The base session of a horizon for the newest of `bars`, in a report for `report_day`.
///
/// # Errors
/// [`Absent::InsufficientHistory`] when no session lies on or before the wanted date or the nearest is
/// more than 20 days before it; [`Absent::NoSession`] when the period has had no session yet.
pub fn base(bars: &[Bar], horizon: Horizon, report_day: NaiveDate) -> Result<&Bar, Absent> {
    let newest = bars.last().ok_or(Absent::NoSession)?.date;
    if let Horizon::Sessions(n) = horizon {
        let at = bars.len().checked_sub(1 + usize::from(n)).ok_or(Absent::InsufficientHistory)?;
        return bars.get(at).ok_or(Absent::InsufficientHistory);
    }
    let wanted = horizon.wanted_base(newest, report_day).ok_or(Absent::InsufficientHistory)?;
    if newest <= wanted {
        return Err(Absent::NoSession);
    }
    base_on(bars, wanted)
}

/// The last session on or before `wanted`, at most 20 days before it.
///
/// # Errors
/// [`Absent::InsufficientHistory`] when there is none.
pub fn base_on(bars: &[Bar], wanted: NaiveDate) -> Result<&Bar, Absent> {
    let base = on_or_before(bars, wanted).ok_or(Absent::InsufficientHistory)?;
    if (wanted - base.date).num_days() > BASE_WITHIN_DAYS {
        return Err(Absent::InsufficientHistory);
    }
    Ok(base)
}

/// The move of a line over a horizon, as the report shows it.
pub(super) fn cell(
    line: &Line<'_>,
    horizon: Horizon,
    report_day: NaiveDate,
    market: &Market<'_>,
) -> MoveCell {
    let wanted = line.last().and_then(|b| horizon.wanted_base(b.date, report_day));
    finish(line, wanted, base(&line.bars, horizon, report_day), market)
}

/// The cell of a move from `base` to the newest session; `wanted` is the date that the base was looked
/// for on or before, none where sessions are counted.
pub(super) fn finish(
    line: &Line<'_>,
    wanted: Option<NaiveDate>,
    base: Result<&Bar, Absent>,
    market: &Market<'_>,
) -> MoveCell {
    let (base, end) = match (base, line.last()) {
        (Ok(base), Some(end)) => (base, end),
        (Err(absent), _) => return absent_cell(line.explained(absent), None, line.last()),
        (Ok(_), None) => return absent_cell(Absent::NoSession, None, None),
    };
    match Move::between(base, end) {
        Err(absent) => absent_cell(absent, Some(base), Some(end)),
        Ok(m) => currency::split(
            line,
            MoveCell {
                pct: Some(m.percent()),
                from: Some(m.from),
                to: Some(m.to),
                base: Some(m.base),
                absent: None,
                local_pct: Some(m.percent()),
                fx_pct: None,
                flags: flags(line, wanted, m, market),
            },
        ),
    }
}

/// A move that is not there, with the ends that are known.
pub(super) fn absent_cell(absent: Absent, base: Option<&Bar>, end: Option<&Bar>) -> MoveCell {
    MoveCell {
        pct: None,
        from: base.map(|b| b.date),
        to: end.map(|b| b.date),
        base: base.map(|b| b.close),
        absent: Some(absent),
        local_pct: None,
        fx_pct: None,
        flags: Vec::new(),
    }
}

fn flags(line: &Line<'_>, wanted: Option<NaiveDate>, m: Move, market: &Market<'_>) -> Vec<MoveFlag> {
    let mut flags = Vec::new();
    // Counted horizons are lengthened by any hole inside; the others only by a hole where their base
    // session should have been.
    let until = wanted.and_then(|d| d.succ_opt()).map_or(m.to, |d| d.min(m.to));
    if !line.holes(market, m.from, until).is_empty() {
        flags.push(MoveFlag::AcrossHole);
    }
    if let Of::Instrument(known) = &line.of
        && (on_closed_day(known.exchange, m.from) || known.exchange.is_holiday(m.from))
    {
        flags.push(MoveFlag::FromHolidayValue);
    }
    flags
}
