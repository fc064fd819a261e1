//! How fast to ask: a token bucket, the pause a source asks for, and the wait before a retry.
//!
//! Not for: deciding whether to ask at all (`router`).

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use super::source::Pace;

/// The pause after a refusal that names none.
pub(crate) const DEFAULT_PAUSE: Duration = Duration::from_secs(180);

/// Requests in a run, of a source that sets no other limit.
pub(crate) const BUDGET: usize = 60;
/// The longest that one request may take, where a source is no slower.
pub(crate) const REQUEST_TIME: Duration = Duration::from_secs(10);

/// The pace of a source that says nothing of its own: three at once, two a second, sixty in a run.
pub(crate) const PLAIN: Pace = Pace {
    burst: 3,
    every: Duration::from_millis(500),
    in_flight: 3,
    a_run: BUDGET,
    a_day: None,
    patience: REQUEST_TIME,
};

/// A token bucket of a source's pace.
#[derive(Debug)]
pub(crate) struct Bucket {
    pace: Pace,
    /// When the bucket would be full again.
    full_at: Instant,
}

impl Bucket {
    /// A full bucket.
    pub(crate) fn full(pace: Pace, now: Instant) -> Self {
        Self { pace, full_at: now }
    }

    /// When the next token is there.
    pub(crate) fn ready_at(&self, now: Instant) -> Instant {
        let spare = self.pace.every * self.pace.burst.saturating_sub(1);
        now.max(self.full_at.checked_sub(spare).unwrap_or(now))
    }

    /// Takes a token.
    pub(crate) fn take(&mut self, now: Instant) {
        self.full_at = self.full_at.max(now) + self.pace.every;
    }
}

/// The pause that a `Retry-After` header asks for: seconds, or an HTTP date; three minutes where it
/// is absent or neither of them. Never under a second, never over a day.
pub(crate) fn pause(retry_after: Option<&str>, now: DateTime<Utc>) -> Duration {
    let asked = retry_after.map(str::trim).and_then(|text| {
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(Duration::from_secs(seconds));
        }
        let at = DateTime::parse_from_rfc2822(text).ok()?;
        Some((at.with_timezone(&Utc) - now).to_std().unwrap_or_default())
    });
    asked.unwrap_or(DEFAULT_PAUSE).clamp(Duration::from_secs(1), Duration::from_secs(86_400))
}

/// A wait of 0.5 to 1.5 s, so that many clients do not come back at once.
pub(crate) fn jitter() -> Duration {
    Duration::from_millis(fastrand::u64(500..=1500))
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn noon() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 1, 21, 12, 0, 0).unwrap()
    }

    #[test]
    fn a_pause_is_read_from_seconds_and_from_an_http_date() {
        assert_eq!(pause(Some(" 30 "), noon()), Duration::from_secs(30));
        // 12:02:05 is 125 s after noon.
        assert_eq!(pause(Some("Wed, 21 Jan 2026 12:02:05 GMT"), noon()), Duration::from_secs(125));
    }

    #[test]
    fn a_missing_or_garbled_pause_is_three_minutes() {
        for text in [None, Some("soon"), Some("-5"), Some("1.5"), Some("")] {
            assert_eq!(pause(text, noon()), Duration::from_secs(180), "{text:?}");
        }
    }

    #[test]
    fn a_pause_is_at_least_a_second_and_at_most_a_day() {
        assert_eq!(pause(Some("0"), noon()), Duration::from_secs(1));
        assert_eq!(pause(Some("Wed, 21 Jan 2026 11:00:00 GMT"), noon()), Duration::from_secs(1));
        assert_eq!(pause(Some("99999999999"), noon()), Duration::from_secs(86_400));
    }

    #[test]
    fn the_fourth_request_of_a_burst_waits_half_a_second() {
        let start = Instant::now();
        let mut bucket = Bucket::full(PLAIN, start);
        for _ in 0..3 {
            assert_eq!(bucket.ready_at(start), start);
            bucket.take(start);
        }
        assert_eq!(bucket.ready_at(start), start + Duration::from_millis(500));
        bucket.take(start + Duration::from_millis(500));
        // Five seconds later it is full again: three at once.
        let later = start + Duration::from_secs(5);
        for _ in 0..3 {
            assert_eq!(bucket.ready_at(later), later);
            bucket.take(later);
        }
        assert!(bucket.ready_at(later) > later);
    }
}
