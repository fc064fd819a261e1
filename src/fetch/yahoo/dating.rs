//! Which session a row belongs to, and whether it is the running one.
//!
//! Not for: currency pairs' closes (`fx`). A row carries the instant of its session's open; its date
//! is the local one in the exchange's zone, row by row, because the offset of today is not that of
//! the other half of the year.

use chrono::{DateTime, Days, Duration, NaiveDate, NaiveDateTime, Timelike, Utc};
use chrono_tz::Tz;

use super::wire::{Entry, Row};
use crate::domain::Kind;
use crate::fetch::Want;

/// What dates rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Zone {
    /// A zone with its clock changes.
    Named(Tz),
    /// The offset of the day of asking, in seconds: wrong for half a year where clocks change.
    Offset(i32),
}

impl Zone {
    /// The zone an entry's rows are dated in: London for currency pairs, else the exchange's as Yahoo
    /// names it, else the catalogue's, else today's offset.
    pub(super) fn of(entry: &Entry<'_>, want: &Want, kind: Kind) -> Self {
        if kind == Kind::Fx {
            return Zone::Named(Tz::Europe__London);
        }
        let named = entry.text("exchangeTimezoneName").and_then(|name| name.parse::<Tz>().ok());
        named.or(want.zone).map_or_else(
            || {
                let offset = entry.seconds("gmtoffset").and_then(|s| i32::try_from(s).ok());
                Zone::Offset(offset.filter(|s| s.abs() < 86_400).unwrap_or(0))
            },
            Zone::Named,
        )
    }

    /// Local date and time of an instant in seconds since 1970.
    pub(super) fn local(self, at: i64) -> Option<NaiveDateTime> {
        let utc = DateTime::<Utc>::from_timestamp(at, 0)?;
        Some(match self {
            Zone::Named(tz) => utc.with_timezone(&tz).naive_local(),
            Zone::Offset(seconds) => {
                utc.naive_utc().checked_add_signed(Duration::seconds(i64::from(seconds)))?
            }
        })
    }

    /// The zone's name, where it has one.
    pub(super) fn named(self) -> Option<Tz> {
        if let Zone::Named(tz) = self { Some(tz) } else { None }
    }
}

/// A row with its date.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Dated {
    pub(super) date: NaiveDate,
    /// Seconds after local midnight.
    time: u32,
    pub(super) live: bool,
    pub(super) row: Row,
}

/// Rows by instant, and how many were refused for an impossible one.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct DatedRows {
    pub(super) rows: Vec<Dated>,
    /// Rows that stand in 1970-01-01 (a timestamp of 0 and the like) or before 1900.
    pub(super) epoch: usize,
    /// Rows later than the day after asking.
    pub(super) future: Vec<NaiveDate>,
}

/// Dates rows, refuses impossible instants, sorts by instant and marks the live row: the newest one
/// where its time of day is not that of a session's open.
pub(super) fn date_rows(
    rows: &[Row],
    zone: Zone,
    kind: Kind,
    traded_at: Option<i64>,
    now: DateTime<Utc>,
) -> DatedRows {
    let mut dated = DatedRows::default();
    let today = zone.local(now.timestamp()).map_or(now.date_naive(), |t| t.date());
    let last = today.checked_add_days(Days::new(1)).unwrap_or(today);
    for row in rows {
        // A timestamp of 0 or 3980 is a placeholder.
        let placeholder = (0..86_400).contains(&row.at);
        let local = zone.local(row.at).filter(|t| !placeholder && t.date() >= FIRST);
        let Some(local) = local else {
            dated.epoch += 1;
            continue;
        };
        let date = session_date(local, kind);
        if date > last {
            dated.future.push(date);
            continue;
        }
        let time = local.time().num_seconds_from_midnight();
        dated.rows.push(Dated { date, time, live: false, row: *row });
    }
    dated.rows.sort_by_key(|d| d.row.at);
    mark_live(&mut dated.rows, traded_at);
    dated
}

const FIRST: NaiveDate = match NaiveDate::from_ymd_opt(1900, 1, 1) {
    Some(date) => date,
    None => NaiveDate::MIN,
};

/// The session of a row: after some clock changes Yahoo stamps rows of exchanges at 22:00 or 23:00 of
/// the evening before.
fn session_date(local: NaiveDateTime, kind: Kind) -> NaiveDate {
    let around_the_clock = matches!(kind, Kind::Fx | Kind::Coin | Kind::Future);
    let evening = matches!(local.hour(), 22 | 23) && local.minute() == 0 && local.second() == 0;
    if evening && !around_the_clock { local.date().succ_opt().unwrap_or(local.date()) } else { local.date() }
}

fn mark_live(rows: &mut [Dated], traded_at: Option<i64>) {
    let Some((newest, others)) = rows.split_last_mut() else { return };
    newest.live = if others.is_empty() {
        traded_at == Some(newest.row.at)
    } else {
        others.iter().all(|o| o.time != newest.time)
    };
}
