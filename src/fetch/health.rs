//! How a source did in a run: what the report, the errors and `marketsnap sources` tell of it.
//!
//! Not for: what is remembered between runs (`memory`).

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::source::SourceError;
use crate::domain::text::sanitise;

/// The state of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// It answers, or nothing is known against it.
    #[default]
    Up,
    /// It asked for a pause.
    Throttled,
    /// It refuses this program or network.
    Blocked,
    /// It wants a key, or refuses the one it got.
    Unauthorised,
    /// It does not answer, or not with data.
    Down,
}

impl Condition {
    /// The condition of a source that ended with this error; none for what is no end of a source.
    pub(crate) fn after(error: &SourceError) -> Option<Self> {
        match error {
            SourceError::Throttled { .. } => Some(Condition::Throttled),
            SourceError::Blocked(_) => Some(Condition::Blocked),
            SourceError::Unauthorised(_) => Some(Condition::Unauthorised),
            SourceError::Transport(_)
            | SourceError::Fault(_)
            | SourceError::Garbled(_)
            | SourceError::Malformed(_)
            | SourceError::Timeout
            | SourceError::Outage
            | SourceError::Barren(_) => Some(Condition::Down),
            SourceError::UnknownSymbol
            | SourceError::NoData(_)
            | SourceError::Renamed(_)
            | SourceError::Budget(_)
            | SourceError::NotCovered => None,
        }
    }
}

/// How a source did in a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Health {
    /// Its short name.
    pub name: String,
    /// Its state at the end of the run.
    pub condition: Condition,
    /// Why it is not up.
    pub reason: Option<String>,
    /// When a pause ends.
    pub until: Option<DateTime<Utc>>,
    /// Requests sent in this run.
    pub requests: usize,
    /// When it last answered with closes, or a search with symbols, in this run.
    pub last_success: Option<DateTime<Utc>>,
    /// Time of its fastest answer with closes.
    pub latency: Option<Duration>,
}

impl Health {
    /// Takes over how a source ended.
    pub(crate) fn ended(&mut self, error: &SourceError) {
        let Some(condition) = Condition::after(error) else { return };
        self.condition = condition;
        self.reason = Some(sanitise(&error.to_string(), 160));
        self.until = if let SourceError::Throttled { until, .. } = error { *until } else { None };
    }
}
