//! Whether what was fetched at one instant still is all that can be had at another.
//!
//! Not for: what a series says (`sessions`). A source that changes a settled close later is noticed when
//! it is asked for the sessions around it again.

use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::sessions::PUBLISHED_WITHIN;
use crate::domain::{Exchange, Expectation, VenueKind};

/// So long an answer is taken as the newest, live values too.
pub const MINUTES: Duration = Duration::minutes(5);
/// Beyond so many days something has changed.
const DAYS: i64 = 20;

/// When a series was fetched and what it had then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// When the source answered.
    pub fetched_at: DateTime<Utc>,
    /// Its last settled session.
    pub settled: NaiveDate,
}

/// Whether a source can have nothing newer at `at` than what it gave when it was `seen`: hardly any time
/// has passed, or no session of the venue was under way since then or had ended less than an hour before,
/// and the last one that had ended was there. On a day without a session a source is believed to have none
/// once it was asked an hour after the usual opening, and again an hour after the usual close. What claims to be fetched after `now` has its time from a
/// wrong clock and vouches for nothing.
#[must_use]
pub fn unchanged(exchange: &Exchange, seen: Seen, at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    if seen.fetched_at > now {
        return false;
    }
    let passed = at - seen.fetched_at;
    if passed <= MINUTES {
        return true;
    }
    if exchange.kind == VenueKind::Continuous || passed > Duration::days(DAYS) {
        return false;
    }
    let until = exchange.session_date(at);
    let mut days = seen.settled.iter_days().skip(1).take_while(|d| *d <= until);
    let came = |checked: DateTime<Utc>| seen.fetched_at < checked && checked <= at;
    let changed = |d: NaiveDate| {
        let session = exchange.session_times(d);
        match exchange.expectation(d) {
            // A calendar can be wrong: a source is asked after the usual opening and the usual close.
            Expectation::Closed => {
                came(session.open + PUBLISHED_WITHIN) || came(session.final_ + PUBLISHED_WITHIN)
            }
            Expectation::Session | Expectation::Unknown => session.open <= at,
        }
    };
    !days.any(changed) && exchange.session_times(seen.settled).final_ + PUBLISHED_WITHIN <= seen.fetched_at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;
    use crate::domain::Mic;

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// Whether closes up to `settled`, fetched at one instant, still are all at another.
    fn same(mic: &str, settled: &str, fetched: &str, at: &str) -> bool {
        let universe = catalogue::load().unwrap();
        let seen = Seen { fetched_at: instant(fetched), settled: settled.parse().unwrap() };
        unchanged(universe.exchange(&Mic::new(mic)).unwrap(), seen, instant(at), instant(at))
    }

    #[test]
    fn after_a_close_nothing_changes_until_the_next_session_opens() {
        // Shanghai closes at 07:00 UTC; 23 January 2026 is a Friday.
        assert!(same("XSHG", "2026-01-21", "2026-01-21T08:30:00Z", "2026-01-21T22:00:00Z"));
        assert!(!same("XSHG", "2026-01-21", "2026-01-21T08:30:00Z", "2026-01-22T01:30:00Z"));
        assert!(same("XSHG", "2026-01-23", "2026-01-23T09:00:00Z", "2026-01-24T02:00:00Z"));
        assert!(same("XSHG", "2026-01-23", "2026-01-25T09:00:00Z", "2026-01-26T01:00:00Z"));
        assert!(!same("XSHG", "2026-01-23", "2026-01-25T09:00:00Z", "2026-01-26T02:00:00Z"));
    }

    #[test]
    fn on_a_day_without_a_session_a_source_is_asked_after_the_usual_opening_and_the_usual_close() {
        // New York is shut on Monday 19 January 2026: usually 14:30 to 21:00 UTC and the auction.
        let seen = |fetched: &str, at: &str| same("XNYS", "2026-01-16", fetched, at);
        assert!(seen("2026-01-18T23:00:00Z", "2026-01-19T15:29:00Z"));
        assert!(!seen("2026-01-18T23:00:00Z", "2026-01-19T15:30:00Z"));
        assert!(seen("2026-01-19T15:30:00Z", "2026-01-19T21:59:00Z"));
        assert!(!seen("2026-01-19T15:30:00Z", "2026-01-19T22:30:00Z"));
        assert!(seen("2026-01-19T22:30:00Z", "2026-01-20T14:00:00Z"));
        assert!(!seen("2026-01-19T22:30:00Z", "2026-01-20T14:30:00Z"));
        // Mumbai traded on Sunday 1 February 2026, and its calendar says that it did not.
        assert!(!same("XNSE", "2026-01-30", "2026-01-30T12:00:00Z", "2026-02-01T12:00:00Z"));
    }

    #[test]
    fn within_an_hour_after_its_end_a_close_may_still_be_corrected() {
        assert!(!same("XSHG", "2026-01-21", "2026-01-21T07:30:00Z", "2026-01-21T12:00:00Z"));
        assert!(same("XSHG", "2026-01-21", "2026-01-21T08:00:00Z", "2026-01-21T12:00:00Z"));
    }

    #[test]
    fn a_session_that_was_not_published_when_it_was_asked_for_is_asked_for_again() {
        assert!(!same("XSHG", "2026-01-20", "2026-01-21T12:00:00Z", "2026-01-21T13:00:00Z"));
    }

    #[test]
    fn within_minutes_nothing_is_newer_not_even_of_a_coin() {
        assert!(same("XSHG", "2026-01-20", "2026-01-21T05:00:00Z", "2026-01-21T05:05:00Z"));
        assert!(!same("XSHG", "2026-01-20", "2026-01-21T05:00:00Z", "2026-01-21T05:05:01Z"));
        assert!(same("COIN", "2026-01-20", "2026-01-21T05:00:00Z", "2026-01-21T05:05:00Z"));
        assert!(!same("COIN", "2026-01-20", "2026-01-21T05:00:00Z", "2026-01-21T05:06:00Z"));
    }

    #[test]
    fn what_was_fetched_later_knows_all_of_an_earlier_instant_unless_the_clock_was_wrong() {
        let universe = catalogue::load().unwrap();
        let shanghai = universe.exchange(&Mic::new("XSHG")).unwrap();
        let settled = NaiveDate::from_ymd_opt(2026, 2, 6).unwrap();
        let seen = Seen { fetched_at: instant("2026-02-08T00:00:00Z"), settled };
        let at = instant("2026-01-21T08:30:00Z");
        assert!(unchanged(shanghai, seen, at, instant("2026-02-09T00:00:00Z")));
        assert!(!unchanged(shanghai, seen, at, instant("2026-02-07T00:00:00Z")));
    }
}
