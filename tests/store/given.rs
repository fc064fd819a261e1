//! Series and stores to test with.

use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use marketsnap::domain::{Bar, Basis, InstrumentId, Mic, Provenance, Series};
use marketsnap::store::sqlite::{Opened, Opening};
use marketsnap::store::{Kept, Settled, Sqlite, Store};

pub fn d(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An instant of the day: `at("2026-01-21 16:30")`.
pub fn at(text: &str) -> DateTime<Utc> {
    format!("{}:00Z", text.replace(' ', "T")).parse().unwrap()
}

pub fn id(text: &str) -> InstrumentId {
    InstrumentId::new(text)
}

pub fn open(path: &Path) -> Opened {
    Sqlite::open(&Opening::new(path, at("2026-01-21 16:30"))).unwrap()
}

/// A series of Yahoo's for an instrument; the closes by their dates.
pub fn series(name: &str, fetched: &str, closes: &[(&str, f64)]) -> Series {
    from_bars(name, at(fetched), closes.iter().map(|(date, close)| (d(date), *close)))
}

pub fn from_bars(
    name: &str,
    fetched_at: DateTime<Utc>,
    closes: impl Iterator<Item = (NaiveDate, f64)>,
) -> Series {
    let provenance = Provenance {
        instrument: id(name),
        source: "yahoo".into(),
        symbol: format!("^{name}"),
        currency: Some("USD".into()),
        venue: None,
        basis: Basis::Price,
        raw: false,
        fetched_at,
        stamp: None,
    };
    let bars = closes.map(|(date, close)| Bar { date, close, low: None, high: None }).collect();
    Series::of_bars(provenance, bars, Vec::new()).unwrap()
}

/// The same series as another would be told apart by one thing.
pub fn variants(of: &Series) -> Vec<Series> {
    let mut all = vec![of.clone(); 6];
    all[0].provenance.source = "tencent".into();
    all[1].provenance.basis = Basis::TotalReturn;
    all[2].provenance.currency = None;
    all[3].provenance.venue = Some(Mic::new("ECB"));
    all[4].provenance.raw = true;
    all[5].provenance.symbol = "other".into();
    all
}

/// Keeps a series all of which is settled, asked for from its first close on.
pub fn keep(store: &mut dyn Store, series: &Series) -> Kept {
    let (first, last) = (series.bars()[0].date, series.last().unwrap().date);
    store.keep(&[Settled { series, since: first, until: last }]).unwrap()
}

/// The closes held of the only series of an instrument.
pub fn closes(store: &mut dyn Store, name: &str) -> Vec<(String, f64)> {
    closes_at(store, name, None).0
}

/// The closes as known at an instant, and how many of them were not held then.
pub fn closes_at(store: &mut dyn Store, name: &str, known: Option<&str>) -> (Vec<(String, f64)>, usize) {
    let held = store.held(&[id(name)], d("1900-01-01"), known.map(at)).unwrap();
    assert_eq!(held.len(), 1, "{name}");
    (listed(&held[0].series), held[0].reconstructed.len())
}

pub fn listed(series: &Series) -> Vec<(String, f64)> {
    series.bars().iter().map(|b| (b.date.to_string(), b.close)).collect()
}

/// Closes as [`closes`] gives them.
pub fn those(closes: &[(&str, f64)]) -> Vec<(String, f64)> {
    closes.iter().map(|(date, close)| ((*date).to_owned(), *close)).collect()
}
