//! When the closes of a day should be out, market by market. Field names are those of the JSON
//! `marketsnap.wait/1`.
//!
//! Not for: deriving the instants (`compute::publication`), or waiting for them (`app::wait`).

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use serde::Serialize;

use super::instrument::{InstrumentId, Mic};

/// How it stands with a market's closes of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It has no session on the day.
    NoSession,
    /// Its closes should be out.
    Published,
    /// Its closes are not due yet.
    Due,
    /// It trades every day, and none of the other markets has a session: it is not waited for.
    NotAwaited,
}

/// One market that is waited for, with every venue that shares its hours.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Awaited {
    /// Its venue's code.
    pub exchange: Mic,
    /// Its name in sentences ("New York").
    pub name: String,
    /// IANA zone of its hours.
    pub timezone: String,
    /// The instruments that it is waited for.
    pub instruments: Vec<InstrumentId>,
    /// How it stands with its closes.
    pub status: Standing,
    /// End of the session, closing auction included; none without a session.
    pub ends_at: Option<DateTime<Utc>>,
    /// When its closes should be out: the end and the margin.
    pub due_at: Option<DateTime<Utc>>,
    /// The same instant by the market's own clock.
    pub due_local: Option<DateTime<FixedOffset>>,
    /// No calendar reaches the day: a weekday's regular hours are assumed.
    pub hours_assumed: bool,
}

/// What is waited for at an instant.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Wait {
    /// `marketsnap.wait/1`.
    pub schema: &'static str,
    /// The instant it is told for.
    pub as_of: DateTime<Utc>,
    /// The day whose sessions are waited for.
    pub date: NaiveDate,
    /// Minutes after the end of a session in which its close comes out.
    pub margin_minutes: i64,
    /// When the last of the closes should be out; none without any session.
    pub due_at: Option<DateTime<Utc>>,
    /// Seconds until then, 0 where nothing is waited for.
    pub seconds: i64,
    /// The markets in the order they were asked for.
    pub markets: Vec<Awaited>,
    /// Symbols outside the catalogue, whose exchange's hours are not known and which are not waited for.
    pub unknown: Vec<String>,
}
