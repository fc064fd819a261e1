//! One source during a run: its state, its pace, and what is remembered of it.
//!
//! Not for: the requests themselves (`run`).

use chrono::{DateTime, NaiveTime, Utc};
use tokio::time::Instant;

use super::address::Addresses;
use super::plan::Barren;
use crate::fetch::Settings;
use crate::fetch::health::Health;
use crate::fetch::memory::Remembered;
use crate::fetch::pace::Bucket;
use crate::fetch::source::{Source, SourceError};

/// How the source is doing.
#[derive(Debug, Clone)]
pub(super) enum State {
    Up,
    /// It asked for a pause, which was agreed to at the first instant and lasts to the second.
    Throttled(Instant, Instant),
    /// Blocked, throttled beyond the deadline, or down: nothing more is sent.
    Stopped(SourceError),
}

/// One source during a run: how it is doing, whatever is asked of it.
pub(crate) struct Provider {
    pub(super) source: &'static dyn Source,
    pub(super) addresses: Addresses,
    pub(super) bucket: Bucket,
    pub(super) state: State,
    /// It has brought closes of some symbol.
    pub(super) alive: bool,
    pub(super) barren: Barren,
    /// Its part of the run's time was over before it had answered all, and it is asked again for nothing
    /// that others have.
    pub(super) slow: bool,
    pub(super) failed_in_row: u32,
    pub(super) sent: usize,
    /// Requests of earlier runs on the same UTC day.
    pub(super) sent_before: usize,
    pub(super) health: Health,
}

impl Provider {
    /// A source that nothing is known against, or what is remembered of it.
    pub(crate) fn new(
        source: &'static dyn Source,
        settings: &Settings,
        remembered: Option<&Remembered>,
        now: DateTime<Utc>,
    ) -> Self {
        let info = source.info();
        let mut provider = Self {
            source,
            addresses: Addresses::new(info, settings),
            bucket: Bucket::full(info.pace, Instant::now()),
            state: State::Up,
            alive: false,
            barren: Barren::default(),
            slow: false,
            failed_in_row: 0,
            sent: 0,
            sent_before: remembered.map_or(0, |r| r.requests_on(now)),
            health: Health { name: info.name.to_owned(), ..Health::default() },
        };
        if let Some(until) = remembered.and_then(|r| r.paused_until(now)) {
            let reason = "as it said in an earlier run".to_owned();
            provider.stop(SourceError::Throttled { reason, until: Some(until), wait: false });
        } else if let Some(key) = info.key.filter(|_| provider.addresses.lacks_key()) {
            provider.stop(SourceError::Unauthorised(format!("it needs a key in {}", key.variable)));
        }
        provider
    }

    /// Ends the source: nothing more is sent. The first reason stands.
    pub(super) fn stop(&mut self, error: SourceError) {
        if !matches!(self.state, State::Stopped(_)) {
            self.health.ended(&error);
            self.state = State::Stopped(error);
        }
    }

    /// Why nothing more is asked of it, if nothing is.
    pub(crate) fn stopped(&self) -> Option<&SourceError> {
        if let State::Stopped(error) = &self.state { Some(error) } else { None }
    }

    /// Whether it is to be asked again only when nobody else is left to ask.
    pub(crate) fn is_slow(&self) -> bool {
        self.slow && self.stopped().is_none()
    }

    /// How it did.
    pub(crate) fn health(&self) -> Health {
        Health { requests: self.sent, ..self.health.clone() }
    }

    /// The source.
    pub(crate) fn source(&self) -> &'static dyn Source {
        self.source
    }

    /// The reason not to send another request, where its limits are reached.
    pub(super) fn used_up(&self, now: DateTime<Utc>) -> Option<SourceError> {
        let pace = self.source.info().pace;
        if let Some(a_day) = pace.a_day.filter(|a_day| self.sent_before + self.sent >= *a_day) {
            let reason = format!("its {a_day} requests of the day are used up");
            let midnight = now.date_naive().succ_opt().map(|d| d.and_time(NaiveTime::MIN).and_utc());
            return Some(SourceError::Throttled { reason, until: midnight, wait: false });
        }
        (self.sent >= pace.a_run).then_some(SourceError::Budget(pace.a_run))
    }
}
