//! One server in place of all sources, each below a path of its own, and the program pointed at it.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use chrono::{Datelike, NaiveDate};
use marketsnap::catalogue;
use marketsnap::domain::{Expectation, Mic, Universe};

use crate::replay::{self, Closes};
use crate::report::Run;
use crate::support::server::{Server, Step};
use crate::wire;

/// Half an hour after Hong Kong's close of the session that the demo is about.
pub const AS_OF: &str = "2026-01-21T08:30:00Z";

/// Sources that need no key.
pub const OPEN: [&str; 11] = [
    "frankfurter",
    "ecb",
    "yahoo",
    "tencent",
    "sina",
    "cboe",
    "fred",
    "coinbase",
    "csindex",
    "hsi",
    "eastmoney",
];
/// Sources that need the user's key.
pub const KEYED: [&str; 5] = ["twelvedata", "tiingo", "eodhd", "alphavantage", "stooq"];

/// What is wrong with a source.
#[derive(Clone)]
pub enum Fault {
    /// Every request ends like this.
    Step(Step),
    /// Answers break off in the middle.
    Truncated,
    /// Answers come after so long.
    Late(Duration),
    /// It answers well, with other closes.
    Closes(fn(&mut Closes)),
    /// It answers as its error page would: with the path that was asked, and with what it was sent.
    Echo(u16),
}

impl Fault {
    /// Every request is answered with this status and body.
    pub fn status(status: u16, body: &str) -> Self {
        Fault::Step(Step::status(status, body))
    }

    /// It knows no symbol at all.
    pub fn unknown() -> Self {
        Fault::Closes(BTreeMap::clear)
    }

    /// All closes are 1 % too high.
    pub fn shifted() -> Self {
        Fault::Closes(|closes| closes.values_mut().flatten().for_each(|(_, close)| *close *= 1.01))
    }
}

/// The server, and a home for the program.
pub struct World {
    server: Server,
    home: tempfile::TempDir,
}

impl World {
    /// All sources are well but these.
    pub fn with(faults: &[(&str, Fault)]) -> Self {
        let universe = catalogue::load().unwrap();
        let faults: BTreeMap<String, Fault> =
            faults.iter().map(|(name, fault)| ((*name).to_owned(), fault.clone())).collect();
        let held = OPEN.map(|name| {
            let mut closes = closes(&universe);
            if name == "yahoo" {
                // As it is there: today's close of the Hang Seng Tech index, and no other.
                closes.get_mut("HSTECH").unwrap().retain(|(date, _)| *date == day("2026-01-21"));
            }
            if let Some(Fault::Closes(change)) = faults.get(name) {
                change(&mut closes);
            }
            (name.to_owned(), closes)
        });
        let held: BTreeMap<String, Closes> = held.into();
        let server = Server::new(move |_, path| answer(path, &universe, &held, &faults));
        Self { server, home: tempfile::tempdir().unwrap() }
    }

    /// The requests that a source got, in order, by their paths.
    pub fn asked(&self, name: &str) -> Vec<String> {
        let paths = self.server.paths();
        paths.iter().filter_map(|p| Some(p.strip_prefix(&format!("/{name}"))?.to_owned())).collect()
    }

    /// Lines and headers of the requests that a source got.
    pub fn heads(&self, name: &str) -> Vec<String> {
        let own = format!("GET /{name}/");
        self.server.heads().into_iter().filter(|h| h.starts_with(&own)).collect()
    }

    /// How many requests all sources got.
    pub fn requests(&self) -> usize {
        self.server.count()
    }

    /// What the program remembers of sources between runs.
    pub fn memory(&self) -> PathBuf {
        self.home.path().join(".local/state/marketsnap/sources.json")
    }

    /// Writes a file into the home, readable by its owner only.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    /// The program, which asks no one but this server.
    pub fn program(&self, args: &[&str]) -> Command {
        program(args, &self.server.url(), self.home.path())
    }

    /// Runs the program to its end.
    pub fn run(&self, args: &[&str]) -> Run {
        run(self.program(args))
    }

    /// The JSON report of `today` at [`AS_OF`].
    pub fn today(&self, args: &[&str]) -> Run {
        self.run(&[&["today", "--json", "--as-of", AS_OF], args].concat())
    }
}

/// The program with an empty environment, all sources at one address, and a home.
pub fn program(args: &[&str], url: &str, home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_marketsnap"));
    command.args(args).env_clear().env("HOME", home).stdin(Stdio::null());
    for name in OPEN.iter().chain(&KEYED) {
        command.env(format!("MARKETSNAP_{}_URL", name.to_uppercase()), format!("{url}/{name}"));
    }
    command
}

/// Runs a command to its end.
pub fn run(mut command: Command) -> Run {
    let began = Instant::now();
    let output = command.output().unwrap();
    Run::of(&output, began.elapsed())
}

/// Runs all cases at the same time; a case that fails is told by its name.
pub fn side_by_side<T: Sync>(cases: &[(&str, T)], test: impl Fn(&str, &T) + Sync) {
    thread::scope(|scope| {
        let test = &test;
        for (name, case) in cases {
            thread::Builder::new().name((*name).to_owned()).spawn_scoped(scope, || test(name, case)).unwrap();
        }
    });
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn answer(
    path: &str,
    universe: &Universe,
    held: &BTreeMap<String, Closes>,
    faults: &BTreeMap<String, Fault>,
) -> Step {
    let (name, rest) = path.trim_start_matches('/').split_once('/').unwrap_or_default();
    let well = || match held.get(name) {
        Some(closes) => wire::answer(name, &format!("/{rest}"), universe, closes),
        None => Step::status(404, "no such source"),
    };
    match faults.get(name) {
        None | Some(Fault::Closes(_)) => well(),
        Some(Fault::Step(step)) => step.clone(),
        Some(Fault::Echo(status)) => Step::status(*status, format!("you asked for {path}, key SECRETKEY1")),
        Some(Fault::Late(delay)) => Step::Late(*delay, Box::new(well())),
        Some(Fault::Truncated) => match well() {
            Step::Reply(_, _, body) => Step::Truncated(body[..body.len() / 2].to_vec()),
            other => other,
        },
    }
}

/// The demo's closes; for what it does not hold, made-up ones on the sessions of the exchange; and two
/// shares that are not in the catalogue.
fn closes(universe: &Universe) -> Closes {
    let mut all = replay::closes();
    let (first, last) = (day("2025-09-08"), day("2026-01-23"));
    let made_up = |mic: &str| -> Vec<(NaiveDate, f64)> {
        let exchange = universe.exchange(&Mic::new(mic)).unwrap();
        let days = first.iter_days().take_while(|d| *d <= last);
        // Where no calendar reaches, trading rests at week-ends and from Christmas to New Year.
        let idle = |d: &NaiveDate| {
            d.weekday().num_days_from_monday() > 4 || matches!((d.month(), d.day()), (12, 25 | 26) | (1, 1))
        };
        let sessions = days.filter(|d| match exchange.expectation(*d) {
            Expectation::Session => true,
            Expectation::Closed => false,
            Expectation::Unknown => !idle(d),
        });
        sessions.enumerate().map(|(nth, date)| (date, 100.0 + nth as f64 / 4.0)).collect()
    };
    for missing in universe.instruments() {
        all.entry(missing.id.to_string()).or_insert_with(|| made_up(missing.exchange.as_str()));
    }
    // Tencent in Hong Kong and Moutai in Shanghai, by the codes that Chinese sites have.
    all.insert("hk00700".to_owned(), made_up("XHKG"));
    all.insert("sh600519".to_owned(), made_up("XSHG"));
    all
}
