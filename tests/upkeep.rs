//! What is held in other programs' words and what is looked after, end to end: the built program on stores
//! of closes made by hand.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "in tests a panic is the report; clippy knows only the functions marked as tests"
)]

#[path = "upkeep/export.rs"]
mod export;
#[path = "upkeep/plausible.rs"]
mod plausible;
#[path = "upkeep/prices.rs"]
mod prices;
#[path = "upkeep/verify.rs"]
mod verify;

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use chrono::{DateTime, NaiveDate, Utc};
use marketsnap::domain::{Bar, Basis, InstrumentId, Provenance, Series};
use marketsnap::store::{self, Opening, Place, Settled};

/// When closes are fetched unless a test says otherwise.
const FETCHED: &str = "2026-01-21T08:30:00Z";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn d(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A series as it is fetched; the closes by their dates.
fn series(id: &str, source: &str, currency: &str, closes: &[(&str, f64)]) -> Series {
    let provenance = Provenance {
        instrument: InstrumentId::new(id),
        source: source.into(),
        symbol: format!("its-{source}"),
        currency: (!currency.is_empty()).then(|| currency.to_owned()),
        venue: None,
        basis: Basis::Price,
        raw: false,
        fetched_at: at(FETCHED),
        stamp: None,
    };
    let bar = |(date, close): &(&str, f64)| Bar { date: d(date), close: *close, low: None, high: None };
    Series::of_bars(provenance, closes.iter().map(bar).collect(), Vec::new()).unwrap()
}

/// Somebody with a store.
struct User {
    home: tempfile::TempDir,
}

impl User {
    fn with(all: &[Series]) -> Self {
        let user = Self { home: tempfile::tempdir().unwrap() };
        user.keep(all);
        user
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn keep(&self, all: &[Series]) {
        let place = Place::of(&self.path("closes.db")).unwrap();
        let mut store = store::open(&Opening::new(&place, at(FETCHED))).unwrap().store;
        let settled = |series| {
            let series: &Series = series;
            let (since, until) = (series.bars()[0].date, series.last().unwrap().date);
            Settled { series, since, until }
        };
        store.keep(&all.iter().map(settled).collect::<Vec<_>>()).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_marketsnap"));
        command.args(args).env_clear().env("HOME", self.home.path()).stdin(Stdio::null());
        command.env("MARKETSNAP_STORE", self.path("closes.db")).current_dir(self.home.path());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs the program and expects it to succeed and to say nothing but its output.
    fn says(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!((code(&output), stderr(&output)), (Some(0), String::new()), "{args:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs the program and expects a usage error and no output.
    fn refused(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!((code(&output), output.stdout.len()), (Some(2), 0), "{args:?}: {}", stderr(&output));
        stderr(&output)
    }

    fn written(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
