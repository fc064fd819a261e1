//! What the tests of the sources share: wants, a clock that stands, a recorder, and a local server.

pub mod server;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use marketsnap::domain::{Instrument, Kind, Series, WarningKind};
use marketsnap::fetch::{
    Clock, Event, Fetched, Found, Observer, Query, Request, Response, Settings, Source, SourceError, Target,
    Want, fetch, source,
};

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

/// A want of the catalogue as it stands there, with its venue's zone.
pub fn listed(id: &str) -> Want {
    let universe = marketsnap::catalogue::load().unwrap();
    let instrument = universe.instrument(&marketsnap::domain::InstrumentId::new(id)).unwrap().clone();
    let zone = universe.exchange(&instrument.exchange).map(|e| e.timezone);
    Want { instrument, zone, ad_hoc: false }
}

/// An answer received at [`NOW`].
pub fn response(status: u16, body: impl Into<Vec<u8>>) -> Response {
    Response { status, body: body.into(), retry_after: None, location: None, received_at: instant(NOW) }
}

/// A source, an answer of its for one instrument, and what that answer's closes have to be.
pub struct Case {
    pub source: &'static dyn Source,
    pub want: Want,
    /// The path that the answer is to, where it is not that of the source's first request.
    pub path: Option<&'static str>,
    /// Nothing where nothing is sent.
    pub body: Vec<u8>,
    pub first: (&'static str, f64),
    pub last: (&'static str, f64),
    pub currency: &'static str,
    /// The answer to a symbol that is not known there: status and body.
    pub unknown: (u16, Vec<u8>),
    /// The answer to a window without closes.
    pub empty: (u16, Vec<u8>),
}

impl Case {
    /// What the source makes of a body with status 200.
    pub fn read(&self, body: Vec<u8>) -> Result<Series, SourceError> {
        self.answer(200, body)
    }

    /// What the source makes of an answer to the first of its requests.
    pub fn answer(&self, status: u16, body: Vec<u8>) -> Result<Series, SourceError> {
        let query = query(vec![self.want.clone()]);
        let mut request = self.source.requests(&query, &[0]).remove(0);
        if let (Target::Get(path), Some(other)) = (&mut request.target, self.path) {
            other.clone_into(path);
        }
        let parsed = self.source.parse(&query, &request, &response(status, body))?;
        let answer = parsed.answers.into_iter().next();
        answer.map_or(Err(SourceError::NoData("no answer".to_owned())), |a| a.outcome.map(|f| f.series))
    }
}

/// What a source makes of an answer, received at [`NOW`], to its request for one want.
pub fn asked(name: &str, want: Want, status: u16, body: Vec<u8>) -> Result<Found, SourceError> {
    answered(name, &query(vec![want]), &response(status, body))
}

/// What a source makes of an answer to the first request of a query, which asks for nothing more.
pub fn answered(name: &str, query: &Query, response: &Response) -> Result<Found, SourceError> {
    let source = source(name).unwrap();
    let request = source.requests(query, &[0]).remove(0);
    let parsed = source.parse(query, &request, response)?;
    assert!(parsed.follow.is_empty(), "{name} asks for nothing more");
    assert_eq!(parsed.answers.len(), 1);
    parsed.answers.into_iter().next().unwrap().outcome
}

pub fn closes(series: &Series) -> Vec<(String, f64)> {
    series.bars().iter().map(|b| (b.date.to_string(), b.close)).collect()
}

/// That the series has these closes and no other.
pub fn expect(series: &Series, expected: &[(&str, f64)]) {
    let expected: Vec<(String, f64)> = expected.iter().map(|(d, c)| ((*d).to_owned(), *c)).collect();
    assert_eq!(closes(series), expected);
}

pub fn warnings(series: &Series) -> Vec<(WarningKind, &str)> {
    series.warnings.iter().map(|w| (w.kind, w.message.as_str())).collect()
}

pub fn paths(requests: &[Request]) -> Vec<&str> {
    requests
        .iter()
        .map(|r| if let Target::Get(path) = &r.target { path.as_str() } else { "builtin" })
        .collect()
}

/// The paths that a source asks for all wants of a query.
pub fn paths_at(name: &str, query: &Query) -> Vec<String> {
    let all: Vec<usize> = (0..query.wants.len()).collect();
    let requests = source(name).unwrap().requests(query, &all);
    paths(&requests).into_iter().map(str::to_owned).collect()
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
    fixture_of("yahoo", name)
}

/// A fixture's bytes, by its folder and name.
pub fn fixture_of(folder: &str, name: &str) -> Vec<u8> {
    std::fs::read(fixture_dir().join(folder).join(name)).unwrap_or_else(|e| panic!("{folder}/{name}: {e}"))
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
        ..Settings::default()
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
