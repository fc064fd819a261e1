//! What is remembered of the sources between runs, in one small file: pauses they asked for, daily
//! counters, and when each last answered.
//!
//! Not for: closes. A file that is missing, damaged or cannot be written costs nothing but the memory:
//! no run fails for it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::health::{Condition, Health};

/// A pause is never believed to last longer than this.
const LONGEST_PAUSE: Duration = Duration::days(1);
/// What was not asked for so long is forgotten.
const KEPT: Duration = Duration::days(30);
/// The file is read up to this size.
const LARGEST: u64 = 1024 * 1024;

/// What is remembered of all sources; by source, or by source and address where another address stands
/// in for its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    sources: BTreeMap<String, Remembered>,
}

/// What is remembered of one source.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remembered {
    /// When it was last asked.
    pub asked_at: Option<DateTime<Utc>>,
    /// When it last answered with closes.
    pub last_success: Option<DateTime<Utc>>,
    /// Milliseconds its fastest answer of that run took.
    pub latency_ms: Option<u64>,
    /// Its state when last asked.
    pub condition: Condition,
    /// Why it was not up.
    pub reason: Option<String>,
    /// Not to be asked before.
    pub throttled_until: Option<DateTime<Utc>>,
    /// The UTC day that `requests` counts.
    pub day: Option<NaiveDate>,
    /// Requests of that day.
    pub requests: usize,
}

impl Remembered {
    /// The end of a pause that still lasts; a clock that was set back makes none last for ever.
    #[must_use]
    pub fn paused_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.throttled_until.filter(|until| *until > now && *until <= now + LONGEST_PAUSE)
    }

    /// Requests sent on the UTC day of `now`.
    #[must_use]
    pub fn requests_on(&self, now: DateTime<Utc>) -> usize {
        if self.day == Some(now.date_naive()) { self.requests } else { 0 }
    }

    fn learn(&mut self, health: &Health, now: DateTime<Utc>) {
        self.requests = self.requests_on(now) + health.requests;
        self.day = Some(now.date_naive());
        if health.requests == 0 {
            return;
        }
        self.asked_at = Some(now);
        self.condition = health.condition;
        self.reason.clone_from(&health.reason);
        self.throttled_until = health.until;
        if let Some(at) = health.last_success {
            self.last_success = Some(at);
            self.latency_ms = health.latency.and_then(|l| u64::try_from(l.as_millis()).ok());
        }
    }
}

impl Memory {
    /// Reads the file; empty where there is none that can be read.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        let small = fs::metadata(path).is_ok_and(|m| m.is_file() && m.len() <= LARGEST);
        let text = if small { fs::read(path).unwrap_or_default() } else { Vec::new() };
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// What is remembered of a source, under the name it is remembered by.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<&Remembered> {
        self.sources.get(name)
    }

    /// Adds what a run learnt, by names to remember by, to the file. Runs at the same time wait for each
    /// other a moment and lose nothing of one another.
    ///
    /// # Errors
    /// What the system says when the file cannot be written.
    pub(crate) fn add(path: &Path, learnt: &[(String, Health)], now: DateTime<Utc>) -> std::io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let lock = File::create(path.with_extension("lock"))?;
        if lock.try_lock().is_err() {
            std::thread::sleep(std::time::Duration::from_millis(50));
            lock.try_lock()?;
        }
        let mut memory = Self::read(path);
        for (name, health) in learnt {
            memory.sources.entry(name.clone()).or_default().learn(health, now);
        }
        memory.sources.retain(|_, r| r.asked_at.is_some_and(|at| now - at <= KEPT));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer(&mut file, &memory)?;
        file.write_all(b"\n")?;
        file.persist(path).map_err(|e| e.error)?;
        Ok(())
    }
}
