//! When a venue is open: hours with dated changes, special days, closures, and what they say of a
//! session's date.
//!
//! Not for: deciding from the machine's clock or zone; every question names its instant. A calendar
//! explains what is missing, it never decides that a close does not exist.

use chrono::{DateTime, Datelike, Duration, NaiveDate, TimeZone, Utc, Weekday};
use chrono_tz::Tz;

use super::instrument::Mic;

/// How a venue's days run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VenueKind {
    /// Sessions inside one local day.
    Exchange,
    /// Trades around the clock on weekdays; the trading day ends at the settlement time, and what
    /// comes later belongs to the next date (FX, futures).
    RollingDay,
    /// Trades every day of the week, 00:00 to 24:00 (coins).
    Continuous,
}

/// Regular hours from a date on, in seconds after local midnight (24:00 is 86,400).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// First date these hours hold for.
    pub from: NaiveDate,
    /// Opening of the regular session.
    pub open: u32,
    /// Close of the regular session.
    pub close: u32,
    /// End of the closing auction, when the official close is fixed.
    pub final_: u32,
}

/// A session with other hours than the regular ones: half days, late opens, late closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpecialDay {
    /// The session's date.
    pub date: NaiveDate,
    /// Opening, in seconds after local midnight.
    pub open: u32,
    /// Close, in seconds after local midnight.
    pub close: u32,
}

/// Weekdays without a session and special days, between the first and last date known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    first: NaiveDate,
    last: NaiveDate,
    closed: Vec<NaiveDate>,
    special: Vec<SpecialDay>,
}

impl Calendar {
    /// A calendar that speaks for `first` to `last`, both included; for no date at all where `last` lies
    /// before `first`, and then its closures are only holidays to be told.
    #[must_use]
    pub fn new(
        first: NaiveDate,
        last: NaiveDate,
        mut closed: Vec<NaiveDate>,
        mut special: Vec<SpecialDay>,
    ) -> Self {
        closed.sort_unstable();
        special.sort_unstable_by_key(|s| s.date);
        Self { first, last, closed, special }
    }
}

/// What a calendar says of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expectation {
    /// A session is expected.
    Session,
    /// A weekend, holiday or known closure.
    Closed,
    /// No calendar reaches this date.
    Unknown,
}

/// The instants of one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionTimes {
    /// Opening.
    pub open: DateTime<Utc>,
    /// Close of the regular session.
    pub close: DateTime<Utc>,
    /// End of the closing auction: from here on the close is settled.
    pub final_: DateTime<Utc>,
}

/// A venue.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// Its code.
    pub mic: Mic,
    /// The venue whose calendar and sessions it shares; itself in most cases.
    pub market: Mic,
    /// Its name in notes ("New York").
    pub name: String,
    /// The IANA zone that dates its sessions.
    pub timezone: Tz,
    /// How its days run.
    pub kind: VenueKind,
    /// Regular hours, oldest first, at least one.
    pub hours: Vec<Hours>,
    /// Its calendar, where one is known.
    pub calendar: Option<Calendar>,
}

impl Exchange {
    /// Whether a session is expected on `date`. Weekends are closed for all but coins; weekdays are
    /// unknown where no calendar reaches.
    #[must_use]
    pub fn expectation(&self, date: NaiveDate) -> Expectation {
        if self.kind == VenueKind::Continuous {
            return Expectation::Session;
        }
        if matches!(date.weekday(), Weekday::Sat | Weekday::Sun) {
            return Expectation::Closed;
        }
        match &self.calendar {
            Some(c) if date >= c.first && date <= c.last => {
                if c.closed.binary_search(&date).is_ok() {
                    Expectation::Closed
                } else {
                    Expectation::Session
                }
            }
            _ => Expectation::Unknown,
        }
    }

    /// Opening, close and final instant of the session dated `date`, special days and dated hours
    /// applied. A special day's auction ends as long after its close as on a regular day.
    #[must_use]
    pub fn session_times(&self, date: NaiveDate) -> SessionTimes {
        let (open, close, final_) = self.local_times(date);
        let day = if self.kind == VenueKind::RollingDay { date - Duration::days(1) } else { date };
        SessionTimes {
            open: self.instant(day, open),
            close: self.instant(date, close),
            final_: self.instant(date, final_),
        }
    }

    /// When the session dated `date` is settled: the last of its instants alone.
    #[must_use]
    pub fn settled_at(&self, date: NaiveDate) -> DateTime<Utc> {
        let (_, _, final_) = self.local_times(date);
        self.instant(date, final_)
    }

    /// Opening, close and end of the auction of a date, in seconds after local midnight.
    fn local_times(&self, date: NaiveDate) -> (u32, u32, u32) {
        let regular = self
            .hours
            .iter()
            .rev()
            .find(|h| h.from <= date)
            .or_else(|| self.hours.first())
            .copied()
            .unwrap_or(Hours { from: date, open: 0, close: 86_400, final_: 86_400 });
        let special = self.calendar.as_ref().and_then(|c| {
            let at = c.special.binary_search_by_key(&date, |s| s.date).ok()?;
            c.special.get(at)
        });
        let (open, close) = special.map_or((regular.open, regular.close), |s| (s.open, s.close));
        (open, close, close + regular.final_.saturating_sub(regular.close))
    }

    /// The date that a session under way at `at` would carry: the exchange-local date, or where the
    /// trading day rolls in the evening, the date that the evening belongs to.
    #[must_use]
    pub fn session_date(&self, at: DateTime<Utc>) -> NaiveDate {
        let local = at.with_timezone(&self.timezone).naive_local();
        if self.kind != VenueKind::RollingDay {
            return local.date();
        }
        let rolls = self.hours.last().map_or(86_400, |h| h.final_);
        (local + Duration::seconds(i64::from(86_400 - rolls.min(86_400)))).date()
    }

    /// The date at `at` in the exchange's zone.
    #[must_use]
    pub fn local_date(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.timezone).date_naive()
    }

    /// Whether the calendar lists `date` as a closure, also where it does not say when sessions are
    /// expected (a venue that prints on some holidays of its country).
    #[must_use]
    pub fn is_holiday(&self, date: NaiveDate) -> bool {
        self.calendar.as_ref().is_some_and(|c| c.closed.binary_search(&date).is_ok())
    }

    /// The weekdays after `after` and up to `until` that the calendar has as closed.
    #[must_use]
    pub fn closed_weekdays(&self, after: NaiveDate, until: NaiveDate) -> Vec<NaiveDate> {
        after
            .iter_days()
            .skip(1)
            .take_while(|d| *d <= until)
            .filter(|d| !matches!(d.weekday(), Weekday::Sat | Weekday::Sun))
            .filter(|d| self.expectation(*d) == Expectation::Closed)
            .collect()
    }

    fn instant(&self, date: NaiveDate, seconds: u32) -> DateTime<Utc> {
        let local = date.and_time(chrono::NaiveTime::MIN) + Duration::seconds(i64::from(seconds));
        // A local time that a clock change skips is taken an hour later; one that comes twice is the first.
        let zoned = self.timezone.from_local_datetime(&local);
        zoned
            .earliest()
            .or_else(|| self.timezone.from_local_datetime(&(local + Duration::hours(1))).earliest())
            .map_or_else(|| local.and_utc(), |t| t.with_timezone(&Utc))
    }
}
