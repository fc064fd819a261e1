//! A server whose closes grow with the clock, and runs against it that share a store.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc, Weekday};
use marketsnap::app::{self, Console, Format, Options, Plan};
use marketsnap::catalogue;
use marketsnap::cli;
use marketsnap::domain::Universe;
use serde_json::Value;

use crate::replay::{self, Closes};
use crate::support::server::{Server, Step};
use crate::support::{Recorder, Standing};

/// What the server knows.
struct World {
    now: DateTime<Utc>,
    closes: Closes,
    held_back: Vec<(String, NaiveDate)>,
    down: bool,
    failing: Option<String>,
}

/// Days of runs that share a store.
pub struct Days {
    server: Server,
    world: Arc<Mutex<World>>,
    folder: tempfile::TempDir,
}

/// What a run did.
pub struct Run {
    pub code: u8,
    pub report: Value,
    pub err: String,
    /// How many requests it sent, and for what.
    pub asked: usize,
    pub paths: Vec<String>,
}

impl Days {
    pub fn new() -> Self {
        Self::with(replay::closes())
    }

    fn with(closes: Closes) -> Self {
        let universe = catalogue::load().unwrap();
        let world =
            World { now: DateTime::UNIX_EPOCH, closes, held_back: Vec::new(), down: false, failing: None };
        let world = Arc::new(Mutex::new(world));
        let shared = Arc::clone(&world);
        let server = Server::new(move |_, path| answer(path, &universe, &shared.lock().unwrap()));
        Self { server, world, folder: tempfile::tempdir().unwrap() }
    }

    /// The same closes and an empty store.
    pub fn alone(&self) -> Self {
        Self::with(self.world.lock().unwrap().closes.clone())
    }

    /// Changes the closes of an instrument at the source.
    pub fn change(&self, id: &str, new: impl Fn(NaiveDate, f64) -> f64) {
        let mut world = self.world.lock().unwrap();
        world.closes.get_mut(id).unwrap().iter_mut().for_each(|(date, close)| *close = new(*date, *close));
    }

    /// Adds weekday closes at the source before all others, the first of them another one.
    pub fn before(&self, id: &str, from: &str, first: f64, others: f64) {
        let from: NaiveDate = from.parse().unwrap();
        let mut world = self.world.lock().unwrap();
        let rows = world.closes.get_mut(id).unwrap();
        let weekday = |d: &NaiveDate| !matches!(d.weekday(), Weekday::Sat | Weekday::Sun);
        let days = from.iter_days().take_while(|d| *d < rows[0].0).filter(weekday);
        let older: Vec<_> = days.map(|d| (d, if d == from { first } else { others })).collect();
        rows.splice(0..0, older);
    }

    /// Leaves a session out of what the source has, until all is published.
    pub fn hold_back(&self, id: &str, date: &str) {
        self.world.lock().unwrap().held_back.push((id.to_owned(), date.parse().unwrap()));
    }

    pub fn publish(&self) {
        self.world.lock().unwrap().held_back.clear();
    }

    pub fn store(&self) -> PathBuf {
        self.folder.path().join("closes.db")
    }

    /// Whether the source answers with errors from now on.
    pub fn down(&self, down: bool) {
        self.world.lock().unwrap().down = down;
    }

    /// The one instrument that the source does not answer for from now on.
    pub fn failing(&self, id: Option<&str>) {
        self.world.lock().unwrap().failing = id.map(str::to_owned);
    }

    /// Runs the program at an instant, in this process: its exit code, output and errors.
    pub fn program(&self, at: &str, args: &[&str]) -> (u8, String, String) {
        let now: DateTime<Utc> = at.parse().unwrap();
        self.world.lock().unwrap().now = now;
        let world = cli::World {
            clock: &Standing(now),
            terminal_width: None,
            stderr_width: Some(1_000),
            stderr_is_terminal: false,
            environment: cli::Environment {
                base_urls: ["yahoo", "sina"].map(|name| (name.to_owned(), self.server.url())).into(),
                store: Some(self.store()),
                ..cli::Environment::default()
            },
        };
        let argv = ["marketsnap"].iter().chain(args).map(std::ffi::OsString::from);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = cli::run(argv, &world, &mut out, &mut err);
        (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    /// Runs `today` at an instant.
    pub fn today(&self, at: &str, words: &[&str], change: impl FnOnce(&mut Options)) -> Run {
        let now: DateTime<Utc> = at.parse().unwrap();
        self.world.lock().unwrap().now = now;
        let mut options = Options {
            words: words.iter().map(|w| (*w).to_owned()).collect(),
            benchmark: "SP500".to_owned(),
            sources: vec!["yahoo".to_owned()],
            store: Some(self.store()),
            timeout: Duration::from_secs(20),
            base_urls: BTreeMap::from([("yahoo".to_owned(), self.server.url())]),
            format: Some(Format::Json),
            ..Options::default()
        };
        change(&mut options);
        let before = self.server.count();
        let clock = Standing(now);
        let mut plan = Plan::new(options, now).unwrap();
        let answers = app::ask(&mut plan, &clock, &Recorder::default()).unwrap();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let console = &mut Console { out: &mut out, err: &mut err, err_width: 1_000 };
        let code = app::report(plan, answers, &clock, console).unwrap().code();
        let err = String::from_utf8(err).unwrap();
        Run {
            code,
            report: serde_json::from_slice(&out).unwrap_or_else(|e| panic!("{e}: {err}")),
            err,
            asked: self.server.count() - before,
            paths: self.server.paths().split_off(before),
        }
    }
}

impl Run {
    /// The symbols asked for, in order of the alphabet.
    pub fn symbols(&self) -> Vec<String> {
        let of = |path: &String| {
            let batch = path.split_once("symbols=").map(|(_, rest)| rest.split('&').next().unwrap());
            let chart = || path.split_once("/chart/").unwrap().1.split('?').next().unwrap();
            batch.unwrap_or_else(chart).split(',').map(replay::decode).collect::<Vec<_>>()
        };
        let mut symbols: Vec<String> = self.paths.iter().flat_map(of).collect();
        symbols.sort();
        symbols
    }

    pub fn row(&self, id: &str) -> &Value {
        let rows = self.report["instruments"].as_array().unwrap();
        rows.iter().find(|r| r["id"] == id).unwrap_or_else(|| panic!("no row {id}"))
    }
}

/// Compares two reports in all but when and whence their closes were fetched.
pub fn same_figures(one: &Value, other: &Value) {
    let (one, other) = (figures(one), figures(other));
    for list in ["instruments", "composites"] {
        for (a, b) in one[list].as_array().unwrap().iter().zip(other[list].as_array().unwrap()) {
            for (key, value) in a.as_object().unwrap() {
                assert_eq!(value, &b[key], "{key} of {} {}", a["id"], b["id"]);
            }
        }
    }
    assert_eq!(one, other);
}

/// A report's rows, groups and highlights without when and whence they were fetched.
fn figures(report: &Value) -> Value {
    let mut figures = serde_json::json!({});
    for key in ["instruments", "composites", "groups", "highlights", "errors"] {
        figures[key] = report[key].clone();
    }
    for list in ["instruments", "composites"] {
        for row in figures[list].as_array_mut().unwrap() {
            for key in ["source", "confirmed_by"] {
                row.as_object_mut().unwrap().remove(key);
            }
        }
    }
    figures
}

fn answer(path: &str, universe: &Universe, world: &World) -> Step {
    if world.down {
        return Step::status(503, "");
    }
    let range = path.split_once("range=").map_or("2y", |(_, rest)| rest.split('&').next().unwrap());
    let months = match range {
        "3mo" => 3,
        "2y" => 24,
        "5y" => 60,
        _ => 120,
    };
    let first = world.now.date_naive().checked_sub_months(Months::new(months)).unwrap();
    let mut closes = world.closes.clone();
    closes.retain(|id, _| Some(id) != world.failing.as_ref());
    for (id, rows) in &mut closes {
        let Some(instrument) = universe.instruments().iter().find(|i| i.id.as_str() == id) else { continue };
        let exchange = universe.exchange(&instrument.exchange).unwrap();
        let begun = |date: NaiveDate| exchange.session_times(date).open <= world.now;
        let held_back = |date: NaiveDate| world.held_back.contains(&(id.clone(), date));
        rows.retain(|(date, _)| *date >= first && begun(*date) && !held_back(*date));
    }
    replay::answer(path, universe, &closes)
}
