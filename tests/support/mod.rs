//! What the tests of the sources share: wants, a clock that stands, a recorder, and a local server.

pub mod server;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use marketsnap::domain::{Instrument, Kind};
use marketsnap::fetch::{Clock, Event, Fetched, Observer, Query, Settings, Want, fetch};

/// When the tests take place, unless they say otherwise: Shanghai has closed, New York has not opened.
pub const NOW: &str = "2026-01-21T08:30:00Z";

pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn instrument(id: &str, symbol: Option<&str>, kind: Kind, currency: &str) -> Instrument {
    Instrument {
        kind,
        currency: (!currency.is_empty()).then(|| currency.to_owned()),
        symbols: symbol.map(|s| ("yahoo".to_owned(), s.to_owned())).into_iter().collect(),
        ..Instrument::unlisted(id, "test")
    }
}

/// A want of the catalogue.
pub fn want(id: &str, symbol: &str, kind: Kind, currency: &str) -> Want {
    Want { instrument: instrument(id, Some(symbol), kind, currency), zone: None, ad_hoc: false }
}

/// A symbol that is not in the catalogue.
pub fn typed(symbol: &str) -> Want {
    Want { instrument: instrument(symbol, None, Kind::Stock, ""), zone: None, ad_hoc: true }
}

pub fn star50() -> Want {
    want("STAR50", "000688.SS", Kind::Index, "CNY")
}

pub fn sp500() -> Want {
    want("SP500", "^GSPC", Kind::Index, "USD")
}

/// A query for two years up to the day of [`NOW`].
pub fn query(wants: Vec<Want>) -> Query {
    Query { wants, from: day("2025-01-01"), until: day("2026-01-21") }
}

pub fn fixture_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// A fixture's bytes.
pub fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixture_dir().join("yahoo").join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// A clock that stands still.
pub struct Standing(pub DateTime<Utc>);

impl Clock for Standing {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

/// Keeps all events.
#[derive(Default)]
pub struct Recorder(Mutex<Vec<Event>>);

impl Observer for Recorder {
    fn event(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

impl Recorder {
    pub fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }

    pub fn retries(&self) -> usize {
        self.events().iter().filter(|e| matches!(e, Event::Retry { .. })).count()
    }
}

/// Runs `fetch` to its end against a base URL and returns what it brought and what it said.
pub fn run(query: &Query, base: &str, deadline: Duration) -> (Fetched, Recorder) {
    let settings = Settings {
        sources: vec!["yahoo".to_owned()],
        base_urls: BTreeMap::from([("yahoo".to_owned(), base.to_owned())]),
        deadline,
        user_agent: None,
    };
    run_with(query, &settings)
}

pub fn run_with(query: &Query, settings: &Settings) -> (Fetched, Recorder) {
    let recorder = Recorder::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let clock = Standing(instant(NOW));
    let fetched = runtime.block_on(fetch(query, settings, &clock, &recorder));
    (fetched, recorder)
}
