//! A server that speaks for several sources, whose closes grow with the clock, and runs against it that share
//! a store.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Months, NaiveDate, Utc};
use marketsnap::app::{self, Console, Format, Options, Plan, SyncPlan};
use marketsnap::catalogue;
use marketsnap::domain::{InstrumentId, Universe};
use marketsnap::store::sqlite::Opening;
use marketsnap::store::{History, Sqlite, Store};
use serde_json::Value;

use crate::replay::{self, Closes};
use crate::support::server::{Server, Step};
use crate::support::{Recorder, Standing};
use crate::wire;

/// The sources that there are.
const SOURCES: [&str; 5] = ["yahoo", "tencent", "sina", "csindex", "eastmoney"];

struct State {
    now: DateTime<Utc>,
    /// The closes of each source.
    closes: BTreeMap<String, Closes>,
    /// What some requests are answered with, by a part of their path.
    steps: Vec<(String, Step)>,
}

/// The server and a store.
pub struct World {
    server: Server,
    state: Arc<Mutex<State>>,
    folder: tempfile::TempDir,
}

/// What a run did.
pub struct Run {
    pub code: u8,
    pub out: String,
    pub err: String,
    /// Its requests, by the paths that they had.
    pub paths: Vec<String>,
}

impl World {
    /// Every source has the demo's closes.
    pub fn new() -> Self {
        let universe = catalogue::load().unwrap();
        let closes = SOURCES.map(|name| (name.to_owned(), replay::closes()));
        let state = State { now: DateTime::UNIX_EPOCH, closes: closes.into(), steps: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        let server = Server::new(move |_, path| answer(path, &universe, &shared.lock().unwrap()));
        Self { server, state, folder: tempfile::tempdir().unwrap() }
    }

    /// Changes what a source holds of an instrument.
    pub fn change(&self, source: &str, id: &str, new: impl FnOnce(&mut Vec<(NaiveDate, f64)>)) {
        new(self.state.lock().unwrap().closes.get_mut(source).unwrap().get_mut(id).unwrap());
    }

    /// Leaves a session out of what sources have.
    pub fn leave_out(&self, sources: &[&str], id: &str, date: &str) {
        for source in sources {
            self.change(source, id, |rows| rows.retain(|(d, _)| d.to_string() != date));
        }
    }

    /// Answers requests whose path holds this text so.
    pub fn answer_with(&self, part: &str, step: Step) {
        self.state.lock().unwrap().steps.push((part.to_owned(), step));
    }

    /// Answers all requests again.
    pub fn answer_well(&self) {
        self.state.lock().unwrap().steps.clear();
    }

    fn options(&self, at: &str, words: &[&str]) -> Options {
        self.state.lock().unwrap().now = at.parse().unwrap();
        let address = |name: &str| (name.to_owned(), format!("{}/{name}", self.server.url()));
        Options {
            words: words.iter().map(|w| (*w).to_owned()).collect(),
            benchmark: "SP500".to_owned(),
            store: Some(self.store()),
            timeout: Duration::from_secs(20),
            sources: SOURCES.map(str::to_owned).to_vec(),
            base_urls: SOURCES.iter().map(|name| address(name)).collect(),
            ..Options::default()
        }
    }

    pub fn store(&self) -> PathBuf {
        self.folder.path().join("closes.db")
    }

    /// Runs `sync` at an instant.
    pub fn sync(&self, at: &str, words: &[&str], change: impl FnOnce(&mut Options)) -> Run {
        self.sync_since(at, words, None, change)
    }

    pub fn sync_since(
        &self,
        at: &str,
        words: &[&str],
        since: Option<&str>,
        change: impl FnOnce(&mut Options),
    ) -> Run {
        let mut options = self.options(at, words);
        change(&mut options);
        let before = self.server.count();
        let clock = Standing(at.parse().unwrap());
        let mut plan = SyncPlan::new(options, since.map(|s| s.parse().unwrap()), clock.0).unwrap();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let console = &mut Console { out: &mut out, err: &mut err, err_width: 1_000 };
        let done = app::sync(&mut plan, &clock, &Recorder::default());
        let code = match done.and_then(|done| app::synced(&plan, done, console)) {
            Ok(exit) => exit.code(),
            Err(e) => e.exit().code(),
        };
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let run = Run { code, out: text(out), err: text(err), paths: self.server.paths().split_off(before) };
        assert!(run.out.lines().all(|l| l.chars().count() <= 80), "{}", run.out);
        run
    }

    /// The report of `today` from the store alone.
    pub fn offline(&self, at: &str, words: &[&str]) -> Value {
        let options = Options { offline: true, format: Some(Format::Json), ..self.options(at, words) };
        let clock = Standing(at.parse().unwrap());
        let mut plan = Plan::new(options, clock.0).unwrap();
        let answers = app::ask(&mut plan, &clock, &Recorder::default()).unwrap();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let console = &mut Console { out: &mut out, err: &mut err, err_width: 1_000 };
        app::report(plan, answers, &clock, console).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    pub fn held(&self, id: &str) -> Vec<History> {
        histories(&self.store(), id)
    }
}

/// All that a store holds of an instrument.
pub fn histories(store: &std::path::Path, id: &str) -> Vec<History> {
    let now = "2030-01-01T00:00:00Z".parse().unwrap();
    let mut store = Sqlite::open(&Opening { read_only: true, ..Opening::new(store, now) }).unwrap().store;
    store.all(&InstrumentId::new(id), NaiveDate::MIN, NaiveDate::MAX).unwrap()
}

/// The row of an instrument in a report.
pub fn row<'a>(report: &'a Value, id: &str) -> &'a Value {
    let rows = report["instruments"].as_array().unwrap();
    rows.iter().find(|r| r["id"] == id).unwrap_or_else(|| panic!("no row {id}"))
}

impl Run {
    /// What stands behind an instrument in the table: its source, ends and counts.
    pub fn row(&self, id: &str) -> Vec<&str> {
        let line = self.out.lines().find(|l| l.split_whitespace().next() == Some(id));
        line.unwrap_or_else(|| panic!("no row {id}: {}", self.out)).split_whitespace().skip(1).collect()
    }

    /// The requests to a source.
    pub fn asked(&self, source: &str) -> Vec<&str> {
        self.paths.iter().filter_map(|p| p.strip_prefix(&format!("/{source}"))).collect()
    }
}

fn answer(path: &str, universe: &Universe, state: &State) -> Step {
    if let Some((_, step)) = state.steps.iter().find(|(part, _)| path.contains(part)) {
        return step.clone();
    }
    let (name, rest) = path.trim_start_matches('/').split_once('/').unwrap();
    let mut closes = state.closes[name].clone();
    let first = if name == "yahoo" { first(rest, state.now) } else { NaiveDate::MIN };
    for (id, rows) in &mut closes {
        let Some(instrument) = universe.instruments().iter().find(|i| i.id.as_str() == id) else { continue };
        let exchange = universe.exchange(&instrument.exchange).unwrap();
        rows.retain(|(date, _)| *date >= first && exchange.session_times(*date).open <= state.now);
    }
    wire::answer(name, &format!("/{rest}"), universe, &closes)
}

/// The first day of the window that Yahoo is asked for.
fn first(path: &str, now: DateTime<Utc>) -> NaiveDate {
    let value = |name: &str| path.split_once(name).map(|(_, rest)| rest.split('&').next().unwrap());
    if let Some(from) = value("period1=") {
        return DateTime::from_timestamp(from.parse().unwrap(), 0).unwrap().date_naive();
    }
    let months = match value("range=").unwrap() {
        "3mo" => 3,
        "2y" => 24,
        "5y" => 60,
        "10y" => 120,
        other => panic!("{other}"),
    };
    now.date_naive().checked_sub_months(Months::new(months)).unwrap()
}
