//! What is remembered of the sources between runs, in one small file: pauses they asked for, daily
//! counters, and when each last answered.
//!
//! Not for: closes. A file that is missing, damaged or cannot be written costs nothing but the memory:
//! no run fails for it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

use super::health::{Condition, Health};

/// A pause is never believed to last longer than this.
const LONGEST_PAUSE: Duration = Duration::days(1);
/// What was not asked for so long is forgotten.
const KEPT: Duration = Duration::days(30);
/// The file is read up to this size.
const LARGEST: u64 = 1024 * 1024;
/// A count of requests beyond this is a damaged one.
const MOST_REQUESTS: usize = 1_000_000;
/// Said of a source that was asked and brought no close, without having ended for it.
const BARREN: &str = "it brought no close when it was last asked";
/// How often, and how long, a run waits for another that is writing: three seconds in all.
const TRIES: u32 = 150;
const BETWEEN: std::time::Duration = std::time::Duration::from_millis(20);

/// What is remembered of all sources; by source, or by source and address where another address stands
/// in for its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    #[serde(deserialize_with = "lenient")]
    sources: BTreeMap<String, Remembered>,
}

/// What is remembered of one source.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remembered {
    /// When it was last asked.
    #[serde(deserialize_with = "lenient")]
    pub asked_at: Option<DateTime<Utc>>,
    /// When it last answered with closes.
    #[serde(deserialize_with = "lenient")]
    pub last_success: Option<DateTime<Utc>>,
    /// Milliseconds its fastest answer of that run took.
    #[serde(deserialize_with = "lenient")]
    pub latency_ms: Option<u64>,
    /// Its state when last asked; none where nothing can be said.
    #[serde(deserialize_with = "lenient")]
    pub condition: Option<Condition>,
    /// Why it was not up.
    #[serde(deserialize_with = "lenient")]
    pub reason: Option<String>,
    /// Not to be asked before.
    #[serde(deserialize_with = "lenient")]
    pub throttled_until: Option<DateTime<Utc>>,
    /// When that was learnt.
    #[serde(deserialize_with = "lenient")]
    pub paused_at: Option<DateTime<Utc>>,
    /// The UTC day that `requests` counts.
    #[serde(deserialize_with = "lenient")]
    pub day: Option<NaiveDate>,
    /// Requests of that day.
    #[serde(deserialize_with = "lenient")]
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
        if self.day == Some(now.date_naive()) { self.requests.min(MOST_REQUESTS) } else { 0 }
    }

    /// Takes over how a run found the source at `now`.
    pub fn learn(&mut self, health: &Health, now: DateTime<Utc>) {
        self.requests = self.requests_on(now) + health.requests;
        self.day = Some(now.date_naive());
        if health.requests == 0 {
            return;
        }
        self.asked_at = Some(now);
        if !self.keeps_its_pause(health, now) {
            // A source that was asked, brought nothing and was not stopped is neither up nor anything else.
            let barren = health.condition == Condition::Up && health.last_success.is_none();
            self.condition = (!barren).then_some(health.condition);
            self.reason = if barren { Some(BARREN.to_owned()) } else { health.reason.clone() };
            self.throttled_until = health.until;
            self.paused_at = health.until.map(|_| now);
        }
        if let Some(at) = health.last_success {
            self.last_success = Some(at);
            self.latency_ms = health.latency.and_then(|l| u64::try_from(l.as_millis()).ok());
        }
    }

    /// Whether a pause that another run learnt outlasts what this one says: unless the source answered
    /// this one after it, or asked it for a longer pause.
    fn keeps_its_pause(&self, health: &Health, now: DateTime<Utc>) -> bool {
        let Some(until) = self.paused_until(now) else { return false };
        let answered_since = self.paused_at.is_some_and(|paused| health.last_success > Some(paused));
        !answered_since && health.until.is_none_or(|new| new <= until)
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
        let path = &followed(path);
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        is_file_or_absent(path)?;
        let lock = open_lock(&path.with_extension("lock"))?;
        wait_for(&lock)?;
        let mut memory = Self::read(path);
        for (name, health) in learnt {
            memory.sources.entry(name.clone()).or_default().learn(health, now);
        }
        // An instant that lies ahead is of a clock that was set back, or of a damaged file.
        memory.sources.retain(|_, r| r.asked_at.is_some_and(|at| (now - at).abs() <= KEPT));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer(&mut file, &memory)?;
        file.write_all(b"\n")?;
        file.persist(path).map_err(|e| e.error)?;
        Ok(())
    }
}

/// Where a link leads, so that the file is replaced and the link stays.
fn followed(path: &Path) -> PathBuf {
    let dangling = || {
        let target = fs::read_link(path).ok()?;
        Some(path.parent()?.join(target))
    };
    fs::canonicalize(path).ok().or_else(dangling).unwrap_or_else(|| path.to_owned())
}

/// That nothing but a plain file is written to: no link, pipe or device.
fn is_file_or_absent(path: &Path) -> std::io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if !found.is_file() => Err(std::io::Error::other("it is there and no plain file")),
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Opens the file that runs lock, and changes nothing in it; only its owner can.
fn open_lock(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true).mode(0o600);
    match options.open(path) {
        // Another run made it, or somebody put something else there.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            is_file_or_absent(path)?;
            options.create_new(false).open(path)
        }
        opened => opened,
    }
}

/// Waits, but not for ever, until no other run writes.
fn wait_for(lock: &File) -> std::io::Result<()> {
    for _ in 1..TRIES {
        if lock.try_lock().is_ok() {
            return Ok(());
        }
        std::thread::sleep(BETWEEN);
    }
    Ok(lock.try_lock()?)
}

/// A value, or nothing in place of one that cannot be read: the rest of the file still counts.
fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(from: D) -> Result<T, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn noon() -> DateTime<Utc> {
        at("2026-01-21T12:00:00Z")
    }

    fn asked(requests: usize) -> Health {
        Health { requests, ..Health::default() }
    }

    fn add(path: &Path, name: &str, health: Health, now: &str) {
        Memory::add(path, &[(name.to_owned(), health)], at(now)).unwrap();
    }

    #[test]
    fn runs_at_the_same_time_lose_nothing_of_one_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/sources.json");
        std::thread::scope(|scope| {
            for name in ["a", "b", "c", "d"] {
                let path = &path;
                scope.spawn(move || {
                    for _ in 0..5 {
                        add(path, name, asked(1), "2026-01-21T12:00:00Z");
                        add(path, "shared", asked(1), "2026-01-21T12:00:00Z");
                    }
                });
            }
        });
        let memory = Memory::read(&path);
        let requests = |name: &str| memory.of(name).map_or(0, |r| r.requests_on(noon()));
        assert_eq!(["a", "b", "c", "d", "shared"].map(requests), [5, 5, 5, 5, 20]);
    }

    #[test]
    fn a_lock_that_is_never_given_back_costs_half_a_second_and_the_memory() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sources.json");
        let held = File::create(path.with_extension("lock")).unwrap();
        held.lock().unwrap();
        let began = std::time::Instant::now();
        assert!(Memory::add(&path, &[("a".to_owned(), asked(1))], noon()).is_err());
        assert!((400..5000).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
        assert!(!path.exists());
    }

    #[test]
    fn a_lock_that_is_a_link_or_a_pipe_is_left_alone_and_costs_the_memory() {
        let folder = tempfile::tempdir().unwrap();
        let (path, target) = (folder.path().join("sources.json"), folder.path().join("target"));
        let lock = path.with_extension("lock");
        fs::write(&target, "precious").unwrap();
        std::os::unix::fs::symlink(&target, &lock).unwrap();
        assert!(Memory::add(&path, &[("a".to_owned(), asked(1))], noon()).is_err());
        assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
        fs::remove_file(&lock).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&lock).status().unwrap();
        assert!(made.success());
        assert!(Memory::add(&path, &[("a".to_owned(), asked(1))], noon()).is_err());
        assert!(!path.exists());
        fs::remove_file(&lock).unwrap();
        add(&path, "a", asked(1), "2026-01-21T12:00:00Z");
        let mode = fs::metadata(&lock).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::write(&lock, "kept").unwrap();
        add(&path, "a", asked(1), "2026-01-21T12:00:00Z");
        assert_eq!(fs::read_to_string(&lock).unwrap(), "kept");
    }

    #[test]
    fn a_link_to_the_file_stays_one_and_what_is_no_file_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (path, target) = (folder.path().join("sources.json"), folder.path().join("elsewhere/real.json"));
        fs::create_dir(folder.path().join("elsewhere")).unwrap();
        std::os::unix::fs::symlink("elsewhere/real.json", &path).unwrap();
        for requests in [1, 2] {
            add(&path, "a", asked(1), "2026-01-21T12:00:00Z");
            assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
            assert_eq!(Memory::read(&target).of("a").map(|r| r.requests), Some(requests));
        }
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), &path).unwrap();
        assert!(Memory::add(&path, &[("a".to_owned(), asked(1))], noon()).is_err());
        assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
    }

    #[test]
    fn a_damaged_file_is_read_as_far_as_it_can_be_and_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sources.json");
        let damages = ["", "{", "[]", "null", "\u{0}\u{1}", r#"{"sources": 7}"#, &"[".repeat(100_000)];
        for damage in damages {
            fs::write(&path, damage).unwrap();
            assert_eq!(Memory::read(&path), Memory::default(), "{damage:.20}");
            add(&path, "a", asked(2), "2026-01-21T12:00:00Z");
            assert_eq!(Memory::read(&path).of("a").map(|r| r.requests), Some(2), "{damage:.20}");
        }
        fs::write(
            &path,
            r#"{"future": 1, "sources": {"a": {"condition": "napping", "latency_ms": -1, "requests": 18446744073709551615,
                "day": "2026-01-21", "throttled_until": "2026-01-21T13:00:00Z", "mood": "good"}}}"#,
        )
        .unwrap();
        let memory = Memory::read(&path);
        let a = memory.of("a").unwrap();
        assert_eq!((a.condition, a.latency_ms, a.requests_on(noon())), (None, None, MOST_REQUESTS));
        assert_eq!(a.paused_until(noon()), Some(at("2026-01-21T13:00:00Z")));
    }

    #[test]
    fn a_file_that_is_too_large_or_none_is_as_good_as_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sources.json");
        let text = r#"{"sources": {"a": {"requests": 1}}}"#;
        fs::write(&path, text).unwrap();
        assert!(Memory::read(&path).of("a").is_some());
        fs::write(&path, format!("{text}{}", " ".repeat(1024 * 1024))).unwrap();
        assert_eq!(Memory::read(&path), Memory::default());
        assert_eq!(Memory::read(folder.path()), Memory::default());
    }

    #[test]
    fn a_pause_is_remembered_until_it_ends_or_the_source_answers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sources.json");
        let until = Some(at("2026-01-21T12:30:00Z"));
        let refused = Health { condition: Condition::Throttled, until, ..asked(1) };
        add(&path, "a", refused, "2026-01-21T12:00:00Z");
        let paused = |now: &str| Memory::read(&path).of("a").and_then(|r| r.paused_until(at(now)));
        assert_eq!(paused("2026-01-21T12:29:59Z"), until);
        assert_eq!(paused("2026-01-21T12:30:00Z"), None);
        add(&path, "a", asked(1), "2026-01-21T12:31:00Z");
        assert_eq!(paused("2026-01-21T12:00:00Z"), None);
    }

    #[test]
    fn a_run_that_ends_later_erases_no_pause_that_another_learnt_unless_it_was_answered_since() {
        let until = Some(at("2026-01-21T12:30:00Z"));
        let refused = Health { condition: Condition::Throttled, until, ..asked(1) };
        let answered = |last: &str| Health { last_success: Some(at(last)), ..asked(2) };
        let after = |health: &Health| {
            let mut remembered = Remembered::default();
            remembered.learn(&refused, noon());
            remembered.learn(health, at("2026-01-21T12:00:10Z"));
            remembered
        };
        let before = after(&answered("2026-01-21T11:59:59Z"));
        assert_eq!((before.throttled_until, before.condition), (until, Some(Condition::Throttled)));
        assert_eq!(before.last_success, Some(at("2026-01-21T11:59:59Z")));
        assert_eq!((before.paused_at, before.requests), (Some(noon()), 3));
        assert_eq!(after(&asked(1)).throttled_until, until);
        let since = after(&answered("2026-01-21T12:00:01Z"));
        assert_eq!((since.throttled_until, since.paused_at), (None, None));
        assert_eq!(since.condition, Some(Condition::Up));
        let longer = Some(at("2026-01-21T13:00:00Z"));
        assert_eq!(after(&Health { until: longer, ..refused.clone() }).throttled_until, longer);
        // A file of an earlier version does not say when it learnt of the pause.
        let mut old = Remembered { throttled_until: until, ..Remembered::default() };
        old.learn(&answered("2026-01-21T12:00:01Z"), at("2026-01-21T12:00:10Z"));
        assert_eq!(old.throttled_until, until);
    }

    #[test]
    fn a_pause_that_ends_days_ahead_is_of_a_clock_that_was_set_back_and_not_believed() {
        let throttled_until = Some(at("2026-01-22T12:00:00Z"));
        let remembered = Remembered { throttled_until, ..Remembered::default() };
        assert_eq!(remembered.paused_until(noon()), throttled_until);
        assert_eq!(remembered.paused_until(at("2026-01-21T11:59:59Z")), None);
        assert_eq!(remembered.paused_until(at("2020-01-01T00:00:00Z")), None);
    }

    #[test]
    fn requests_are_counted_anew_from_midnight_utc() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sources.json");
        let requests = || Memory::read(&path).of("a").map(|r| r.requests);
        add(&path, "a", asked(3), "2026-01-21T22:00:00Z");
        add(&path, "a", asked(4), "2026-01-21T23:59:59Z");
        assert_eq!(requests(), Some(7));
        add(&path, "a", asked(1), "2026-01-22T00:00:00Z");
        assert_eq!(requests(), Some(1));
        assert_eq!(Memory::read(&path).of("a").map(|r| r.requests_on(noon())), Some(0));
    }

    #[test]
    fn what_was_not_asked_for_a_month_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sources.json");
        add(&path, "old", asked(1), "2025-12-01T00:00:00Z");
        add(&path, "kept", asked(1), "2025-12-31T12:00:00Z");
        add(&path, "new", asked(1), "2026-01-21T12:00:00Z");
        let memory = Memory::read(&path);
        assert!(memory.of("old").is_none() && memory.of("kept").is_some() && memory.of("new").is_some());
    }

    #[test]
    fn a_source_that_was_asked_and_brought_no_close_is_not_up() {
        let mut remembered = Remembered::default();
        remembered.learn(&Health { last_success: Some(noon()), ..asked(1) }, noon());
        assert_eq!((remembered.condition, &remembered.reason), (Some(Condition::Up), &None));
        remembered.learn(&asked(1), noon());
        assert_eq!((remembered.condition, remembered.reason.as_deref()), (None, Some(BARREN)));
        remembered.learn(&asked(0), noon());
        assert_eq!(remembered.reason.as_deref(), Some(BARREN));
    }

    #[test]
    fn a_run_without_an_answer_keeps_when_the_source_last_answered_and_how_fast() {
        let mut remembered = Remembered::default();
        let answered = Health {
            last_success: Some(noon()),
            latency: Some(std::time::Duration::from_millis(120)),
            ..asked(1)
        };
        remembered.learn(&answered, noon());
        let reason = Some("no answer".to_owned());
        remembered
            .learn(&Health { condition: Condition::Down, reason, ..asked(2) }, at("2026-01-21T13:00:00Z"));
        assert_eq!((remembered.last_success, remembered.latency_ms), (Some(noon()), Some(120)));
        assert_eq!((remembered.condition, remembered.requests), (Some(Condition::Down), 3));
        assert_eq!(remembered.asked_at, Some(at("2026-01-21T13:00:00Z")));
    }
}
