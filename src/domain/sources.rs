//! The sources, as `sources` shows them. Field names are those of the JSON `marketsnap.sources/1`.
//!
//! Not for: asking them, or their closes.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::instrument::InstrumentId;

/// How a source is doing, as far as is known without asking it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// It answered when it was last asked.
    Up,
    /// Not to be asked before an instant.
    Throttled,
    /// It refused this program or network.
    Blocked,
    /// It refused the key.
    Unauthorised,
    /// It did not answer, or not with data.
    Down,
    /// Nothing is known that still holds.
    Unknown,
    /// It wants a key and none is set.
    NoKey,
}

impl SourceState {
    /// The state in one word or two.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            SourceState::Up => "up",
            SourceState::Throttled => "throttled",
            SourceState::Blocked => "blocked",
            SourceState::Unauthorised => "unauthorised",
            SourceState::Down => "down",
            SourceState::Unknown => "unknown",
            SourceState::NoKey => "no key",
        }
    }
}

/// Why a source has no place in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// It wants a key and none is set.
    NoKey,
    /// The config file says never to ask it.
    Never,
}

/// What a source covers.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Coverage {
    /// How many instruments of the catalogue.
    pub instruments: usize,
    /// Which, in catalogue order.
    pub ids: Vec<InstrumentId>,
    /// Whether a symbol that is not in the catalogue can be asked for.
    pub by_symbol: bool,
}

/// The key that a source wants.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct KeyNeeded {
    /// The variable that holds it.
    pub variable: String,
    /// The variable that names a file which holds it.
    pub file_variable: String,
    /// Where a person gets one.
    pub page: String,
    /// Whether one is set.
    pub set: bool,
}

/// How fast and how often a source is asked at most.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Limits {
    /// Requests that may go out at once before the interval counts.
    pub burst: u32,
    /// Seconds from one request to the next, on average.
    pub seconds_between: f64,
    /// Requests in flight at once.
    pub in_flight: usize,
    /// Requests in a run, retries included.
    pub a_run: usize,
    /// Requests in a UTC day; none where days are not counted.
    pub a_day: Option<usize>,
    /// The longest that one request may take, in seconds.
    pub patience_seconds: f64,
}

impl Limits {
    /// The rate after the first requests: "2/s", "8/min", "50/h".
    #[must_use]
    pub fn rate(&self) -> String {
        let (count, unit) = self.count();
        format!("{count:.0}/{unit}")
    }

    fn count(&self) -> (f64, &'static str) {
        let units = [(1.0, "s"), (60.0, "min"), (3600.0, "h")];
        let whole = |(seconds, unit)| (seconds / self.seconds_between.max(0.001), unit);
        let counts = units.map(whole);
        counts.into_iter().find(|(count, _)| *count >= 0.999).unwrap_or((1.0, "h"))
    }
}

impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let requests = |n: usize| if n == 1 { "1 request".to_owned() } else { format!("{n} requests") };
        let (count, unit) = self.count();
        let unit = match unit {
            "s" => "a second",
            "min" => "a minute",
            _ => "an hour",
        };
        write!(f, "{} at once, then {count:.0} {unit}", self.burst)?;
        write!(f, "; {} in flight, {} a run", self.in_flight, requests(self.a_run))?;
        self.a_day.map_or(Ok(()), |a_day| write!(f, ", {a_day} a day"))
    }
}

/// Whose address is asked.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Address {
    /// The variable that replaces it.
    pub variable: String,
    /// Whether another address than its own is set.
    pub replaced: bool,
}

/// What came when a source was asked for one close.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Probe {
    /// The instrument asked for; none where the source was not asked.
    pub id: Option<InstrumentId>,
    /// Its symbol there.
    pub symbol: Option<String>,
    /// Whether it answered with closes.
    pub answered: bool,
    /// Why it did not, or was not asked.
    pub reason: Option<String>,
    /// Requests sent.
    pub requests: usize,
    /// Milliseconds that the answer took.
    pub latency_ms: Option<u64>,
    /// Date of the newest close.
    pub date: Option<NaiveDate>,
    /// The newest close; that of a session under way may still change.
    pub close: Option<f64>,
}

/// One source.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SourceRow {
    /// Short name, as on the command line.
    pub name: String,
    /// The name a reader knows it by.
    pub title: String,
    /// Its place in the order, from 1.
    pub position: Option<usize>,
    /// Why it has none.
    pub left_out: Option<LeftOut>,
    /// How it is doing.
    pub state: SourceState,
    /// When a pause ends.
    pub until: Option<DateTime<Utc>>,
    /// Why it is not up.
    pub reason: Option<String>,
    /// When it last answered with closes.
    pub last_success: Option<DateTime<Utc>>,
    /// When it was last asked.
    pub asked_at: Option<DateTime<Utc>>,
    /// Milliseconds its fastest answer took in the run that last brought one.
    pub latency_ms: Option<u64>,
    /// Requests sent on this UTC day.
    pub requests_today: usize,
    /// What it covers.
    pub covers: Coverage,
    /// The key it wants; none where it wants none.
    pub key: Option<KeyNeeded>,
    /// How fast it is asked at most.
    pub limits: Limits,
    /// Whose address is asked.
    pub address: Address,
    /// What its closes are and are not.
    pub closes: String,
    /// On what terms they may be used.
    pub terms: String,
    /// Where a person can look things up.
    pub page: String,
    /// What came of asking it now; none without a probe.
    pub probe: Option<Probe>,
}

/// All sources.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Sources {
    /// `marketsnap.sources/1`.
    pub schema: &'static str,
    /// When this was written.
    pub generated_at: DateTime<Utc>,
    /// Whether the sources were asked.
    pub probed: bool,
    /// Short names in the order they are asked, where an instrument has no order of its own.
    pub order: Vec<String>,
    /// Whether that is the order of a user who chose nothing.
    pub usual_order: bool,
    /// The file that remembers how they did.
    pub memory: Option<String>,
    /// The sources: those of the order first.
    pub sources: Vec<SourceRow>,
}

impl Sources {
    /// Whether a probe brought a close from at least one of them.
    #[must_use]
    pub fn any_answered(&self) -> bool {
        self.sources.iter().any(|s| s.probe.as_ref().is_some_and(|p| p.answered))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(seconds_between: f64, a_day: Option<usize>) -> Limits {
        Limits { burst: 3, seconds_between, in_flight: 3, a_run: 60, a_day, patience_seconds: 10.0 }
    }

    #[test]
    fn a_rate_is_told_in_the_unit_that_makes_it_a_whole_number() {
        // 1 / 0.5, 1 / 1, 60 / 7.5, 60 / 60, 3600 / 72, and slower than once an hour.
        let rates = [0.5, 1.0, 7.5, 60.0, 72.0, 7200.0].map(|s| limits(s, None).rate());
        assert_eq!(rates, ["2/s", "1/s", "8/min", "1/min", "50/h", "1/h"]);
    }

    #[test]
    fn limits_are_a_sentence() {
        let plain = "3 at once, then 2 a second; 3 in flight, 60 requests a run";
        assert_eq!(limits(0.5, None).to_string(), plain);
        let counted = Limits { burst: 1, in_flight: 1, a_run: 1, ..limits(7.5, Some(800)) };
        assert_eq!(
            counted.to_string(),
            "1 at once, then 8 a minute; 1 in flight, 1 request a run, 800 a day"
        );
    }
}
