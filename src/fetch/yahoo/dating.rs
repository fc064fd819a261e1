//! Which session a row belongs to, and whether it is the running one.
//!
//! Not for: currency pairs' closes (`fx`). A row carries the instant of its session's open; its date
//! is the local one in the exchange's zone, row by row, because the offset of today is not that of
//! the other half of the year.

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveDateTime, Timelike, Utc, Weekday};
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
        let named = entry.text(|m| &m.timezone).and_then(|name| name.parse::<Tz>().ok());
        named.or(want.zone).map_or_else(
            || {
                let offset = entry.seconds(|m| m.offset).and_then(|s| i32::try_from(s).ok());
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

    /// Seconds by which local time is ahead at an instant.
    fn ahead(self, at: i64) -> Option<i64> {
        match self {
            Zone::Named(_) => Some((self.local(at)?.and_utc().timestamp()).saturating_sub(at)),
            Zone::Offset(seconds) => Some(i64::from(seconds)),
        }
    }

    /// The zone's name, where it has one.
    pub(super) fn named(self) -> Option<Tz> {
        if let Zone::Named(tz) = self { Some(tz) } else { None }
    }
}

/// Dates many instants of one zone: the zone is asked once a week, and row by row only in a week in
/// which the clock changes. No zone changes its clock and changes it back within a week.
#[derive(Debug, Clone, Copy)]
struct Weeks {
    zone: Zone,
    week: i64,
    /// At the week's start and end.
    ahead: (Option<i64>, Option<i64>),
}

const WEEK: i64 = 7 * 86_400;

impl Weeks {
    fn of(zone: Zone) -> Self {
        Weeks { zone, week: 0, ahead: (zone.ahead(0), zone.ahead(WEEK)) }
    }

    fn local(&mut self, at: i64) -> Option<NaiveDateTime> {
        let week = at.div_euclid(WEEK);
        if week != self.week {
            // The instants are below 10^11, as rows of milliseconds have been refused.
            let start = if week == self.week + 1 { self.ahead.1 } else { self.zone.ahead(week * WEEK) };
            *self = Weeks { week, ahead: (start, self.zone.ahead((week + 1) * WEEK)), ..*self };
        }
        match self.ahead {
            (Some(start), Some(end)) if start == end => {
                Some(DateTime::<Utc>::from_timestamp(at.checked_add(start)?, 0)?.naive_utc())
            }
            _ => self.zone.local(at),
        }
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
    let mut weeks = Weeks::of(zone);
    dated.rows.reserve(rows.len());
    for row in rows {
        // A timestamp of 0 or 3980 is a placeholder.
        let placeholder = (0..86_400).contains(&row.at);
        let local = weeks.local(row.at).filter(|t| !placeholder && t.date() >= FIRST);
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
    if let Some(newest) = dated.rows.last_mut().filter(|d| d.live) {
        newest.date = zone.local(newest.row.at).map_or(newest.date, |t| trading_date(t, kind));
    }
    dated
}

/// The session that a trade at this local time belongs to: its own day's, but that of the next weekday
/// where a future trades in the evening, after the day's settlement.
pub(super) fn trading_date(local: NaiveDateTime, kind: Kind) -> NaiveDate {
    let date = local.date();
    if kind != Kind::Future || (local.hour() < EVENING && !is_weekend(date)) {
        return date;
    }
    date.iter_days().skip(1).find(|d| !is_weekend(*d)).unwrap_or(date)
}

/// The hour at which futures open again after their settlement.
const EVENING: u32 = 18;

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn traded(at: &str, kind: Kind) -> String {
        trading_date(at.parse().unwrap(), kind).to_string()
    }

    #[test]
    fn asking_once_a_week_dates_every_hour_as_asking_each_time_does() {
        for tz in [Tz::America__New_York, Tz::Europe__London, Tz::Australia__Sydney, Tz::Africa__Casablanca] {
            let zone = Zone::Named(tz);
            let mut weeks = Weeks::of(zone);
            for at in (-2_000_000_000..2_000_000_000).step_by(3 * 3600 + 7) {
                assert_eq!(weeks.local(at), zone.local(at), "{tz} {at}");
            }
        }
    }

    #[test]
    fn a_futures_evening_belongs_to_the_next_weekday() {
        // 20 January 2026 is a Tuesday, the 16th a Friday, the 18th a Sunday.
        assert_eq!(traded("2026-01-20T17:00:05", Kind::Future), "2026-01-20");
        assert_eq!(traded("2026-01-20T18:00:00", Kind::Future), "2026-01-21");
        assert_eq!(traded("2026-01-18T19:30:00", Kind::Future), "2026-01-19");
        assert_eq!(traded("2026-01-16T16:59:59", Kind::Future), "2026-01-16");
        assert_eq!(traded("2026-01-20T23:00:00", Kind::Coin), "2026-01-20");
    }
}
