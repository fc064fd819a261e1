//! Closures and special days from their compact table.
//!
//! Not for: weekends, which no table needs.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::domain::{Calendar, SpecialDay};

const CALENDARS: &str = include_str!("calendars.txt");

/// What the table says of one venue.
#[derive(Default)]
pub(super) struct Table {
    closed: Vec<NaiveDate>,
    special: Vec<SpecialDay>,
}

impl Table {
    /// The calendar for the span that the venue's entry names.
    pub(super) fn between(self, first: NaiveDate, last: NaiveDate) -> Calendar {
        Calendar::new(first, last, self.closed, self.special)
    }
}

/// The whole table by venue code.
pub(super) fn all() -> HashMap<String, Table> {
    read(CALENDARS)
}

/// The tables of lines such as `XNYS 2026 closed 0101 0119`, by venue code; what is none is passed over.
fn read(text: &str) -> HashMap<String, Table> {
    let mut tables: HashMap<String, Table> = HashMap::new();
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        let mut words = line.split(' ');
        let (Some(mic), Some(year), Some(what)) =
            (words.next(), words.next().and_then(|y| y.parse().ok()), words.next())
        else {
            continue;
        };
        if !tables.contains_key(mic) {
            tables.insert(mic.to_owned(), Table::default());
        }
        let Some(table) = tables.get_mut(mic) else { continue };
        match what {
            "closed" => table.closed.extend(words.filter_map(|w| month_day(year, w))),
            "hours" => table.special.extend(words.filter_map(|w| special(year, w))),
            _ => {}
        }
    }
    tables
}

/// Special days of lines as the built-in table has them, by venue code: date, open and close in seconds after
/// midnight. For the fuzz target and its seeds, which read lines that no table has.
#[doc(hidden)]
#[must_use]
pub fn special_days_of(text: &str) -> Vec<(String, NaiveDate, u32, u32)> {
    let all = read(text).into_iter();
    all.flat_map(|(mic, table)| {
        table.special.into_iter().map(move |s| (mic.clone(), s.date, s.open, s.close))
    })
    .collect()
}

fn month_day(year: i32, word: &str) -> Option<NaiveDate> {
    let number: u32 = word.parse().ok()?;
    NaiveDate::from_ymd_opt(year, number / 100, number % 100)
}

fn special(year: i32, word: &str) -> Option<SpecialDay> {
    let (day, span) = word.split_once('=')?;
    let (open, close) = times(span)?;
    Some(SpecialDay { date: month_day(year, day)?, open, close })
}

/// `09:30-16:00` in seconds after midnight.
pub(super) fn times(span: &str) -> Option<(u32, u32)> {
    let (open, close) = span.split_once('-')?;
    Some((seconds(open)?, seconds(close)?))
}

/// Seconds in a day.
const DAY: u32 = 24 * 3600;

/// `HH:MM` in seconds after midnight; 24:00 is the day's end.
pub(super) fn seconds(time: &str) -> Option<u32> {
    let (hours, minutes) = time.split_once(':')?;
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let seconds = hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?;
    (minutes < 60 && seconds <= DAY).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;
    use crate::domain::{Exchange, Expectation, Mic};

    fn venue(mic: &str) -> Exchange {
        catalogue::load().unwrap().exchange(&Mic::new(mic)).unwrap().clone()
    }

    fn d(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_line_of_the_table_is_read() {
        let words = CALENDARS
            .lines()
            .filter(|l| !l.starts_with('#'))
            .map(|l| l.split(' ').count() - 3)
            .sum::<usize>();
        let read = all().values().map(|t| t.closed.len() + t.special.len()).sum::<usize>();
        assert_eq!((words, read), (10_372 + 325, 10_372 + 325));
    }

    #[test]
    fn a_time_after_the_days_end_is_none_however_large() {
        assert_eq!(
            (seconds("00:00"), seconds("16:30"), seconds("24:00")),
            (Some(0), Some(59_400), Some(86_400))
        );
        // 1193047 hours are more seconds than 32 bits hold.
        for none in
            ["24:01", "25:00", "16:60", "1193047:00", "4294967295:59", "0:4294967295", "16", ":", "-1:00"]
        {
            assert_eq!(seconds(none), None, "{none}");
        }
    }

    #[test]
    fn new_york_is_closed_on_2026_01_19_and_past_2027_nobody_knows() {
        let ny = venue("XNYS");
        assert_eq!(ny.expectation(d("2026-01-19")), Expectation::Closed);
        assert_eq!(ny.expectation(d("2026-01-20")), Expectation::Session);
        assert_eq!(ny.expectation(d("2026-01-18")), Expectation::Closed);
        assert_eq!(ny.expectation(d("2028-01-03")), Expectation::Unknown);
    }

    #[test]
    fn seoul_closes_an_hour_late_on_the_day_of_the_university_entrance_test() {
        // 13 November 2025: 10:00 to 16:30 in Seoul, so 07:30 UTC; the day before it closed at 06:30 UTC.
        let seoul = venue("XKRX");
        assert_eq!(seoul.session_times(d("2025-11-13")).final_.to_rfc3339(), "2025-11-13T07:30:00+00:00");
        assert_eq!(seoul.session_times(d("2025-11-12")).final_.to_rfc3339(), "2025-11-12T06:30:00+00:00");
    }

    #[test]
    fn tokyo_closes_half_an_hour_later_since_5_november_2024() {
        let tokyo = venue("XTKS");
        assert_eq!(tokyo.session_times(d("2024-11-01")).close.to_rfc3339(), "2024-11-01T06:00:00+00:00");
        assert_eq!(tokyo.session_times(d("2024-11-05")).close.to_rfc3339(), "2024-11-05T06:30:00+00:00");
    }

    #[test]
    fn a_half_day_keeps_its_closing_auction() {
        // London closes 12:30 on 24 December 2025; its auction ends five minutes later, as on other days.
        assert_eq!(
            venue("XLON").session_times(d("2025-12-24")).final_.to_rfc3339(),
            "2025-12-24T12:35:00+00:00"
        );
    }

    #[test]
    fn session_hours_follow_both_clock_changes_of_a_zone() {
        // New York changed its clocks on 8 March 2026: 16:00 is 21:00 UTC before and 20:00 UTC after.
        let ny = venue("XNYS");
        assert_eq!(ny.session_times(d("2026-03-06")).close.to_rfc3339(), "2026-03-06T21:00:00+00:00");
        assert_eq!(ny.session_times(d("2026-03-09")).close.to_rfc3339(), "2026-03-09T20:00:00+00:00");
        // Sydney leaves summer time on 5 April 2026: its 16:12 auction end is 05:12, then 06:12 UTC.
        let sydney = venue("XASX");
        assert_eq!(sydney.session_times(d("2026-04-02")).final_.to_rfc3339(), "2026-04-02T05:12:00+00:00");
        assert_eq!(sydney.session_times(d("2026-04-07")).final_.to_rfc3339(), "2026-04-07T06:12:00+00:00");
    }

    #[test]
    fn the_currency_day_ends_at_17_new_york_and_the_evening_belongs_to_the_next_date() {
        let fx = venue("FX");
        let at = |t: &str| fx.session_date(t.parse().unwrap());
        // 17:00 in New York is 22:00 UTC in winter.
        assert_eq!(at("2026-01-20T21:59:59Z"), d("2026-01-20"));
        assert_eq!(at("2026-01-20T22:00:00Z"), d("2026-01-21"));
        let day = fx.session_times(d("2026-01-21"));
        assert_eq!(day.open.to_rfc3339(), "2026-01-20T22:00:00+00:00");
        assert_eq!(day.final_.to_rfc3339(), "2026-01-21T22:00:00+00:00");
    }
}
