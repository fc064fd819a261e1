//! How fast the store reads what a report needs, takes a day's closes, and is filled; and that what is
//! held beyond what is asked for costs nothing. Small by default; `STORE_BENCH=full` holds 5,000
//! instruments of 30 years.

// A bench's figures are for a person's eyes.
#![allow(clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used)]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use marketsnap::domain::{Bar, Basis, InstrumentId, Provenance, Series};
use marketsnap::store::sqlite::Opening;
use marketsnap::store::{Bound, Settled, Sought, Sqlite, Store};

/// Closes of thirteen months.
const REPORT: usize = 280;

/// How much is held.
struct Size {
    instruments: usize,
    sessions: usize,
}

fn size() -> Size {
    match std::env::var("STORE_BENCH") {
        Ok(full) if full == "full" => Size { instruments: 5_000, sessions: 7_500 },
        _ => Size { instruments: 500, sessions: 2_500 },
    }
}

/// Weekdays up to 20 November 2026 and beyond.
fn weekdays(sessions: usize, beyond: usize) -> Vec<NaiveDate> {
    let newest = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
    let first = newest - Days::new((sessions * 7 / 5 + 10) as u64);
    let open = |d: &NaiveDate| !matches!(d.weekday(), Weekday::Sat | Weekday::Sun);
    let all: Vec<_> = first.iter_days().take_while(|d| *d <= newest).filter(open).collect();
    let later = newest.iter_days().skip(1).filter(open).take(beyond);
    all.into_iter().rev().take(sessions).rev().chain(later).collect()
}

fn id(n: usize) -> InstrumentId {
    InstrumentId::new(&format!("I{n:04}"))
}

fn fetched(day: usize) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_300_000 + 86_400 * day as i64, 0).unwrap()
}

fn series(n: usize, days: &[NaiveDate], day: usize) -> Series {
    let close =
        |date: &NaiveDate| f64::from((date.num_days_from_ce() * 37 + n as i32 * 11) % 9_973 + 100) / 100.0;
    let bars =
        days.iter().map(|date| Bar { date: *date, close: close(date), low: None, high: None }).collect();
    let provenance = Provenance {
        instrument: id(n),
        source: "bench".into(),
        symbol: format!("S{n}"),
        currency: Some("USD".into()),
        venue: None,
        basis: Basis::Price,
        raw: false,
        fetched_at: fetched(day),
        stamp: None,
    };
    Series::of_bars(provenance, bars, Vec::new()).unwrap()
}

fn opened(path: &Path) -> Sqlite {
    Sqlite::open(&Opening::new(path, fetched(0))).unwrap().store
}

fn keep(store: &mut Sqlite, all: &[Series]) {
    let settled = |series| Settled { series, since: first(series), until: series.last().unwrap().date };
    store.keep(&all.iter().map(settled).collect::<Vec<_>>()).unwrap();
}

fn first(series: &Series) -> NaiveDate {
    series.bars().first().unwrap().date
}

/// Fills a store, twenty instruments a time as a sync does.
fn fill(path: &Path, size: &Size) -> Duration {
    let days = weekdays(size.sessions, 0);
    let mut store = opened(path);
    let mut took = Duration::ZERO;
    for from in (0..size.instruments).step_by(20) {
        let some: Vec<_> = (from..(from + 20).min(size.instruments)).map(|n| series(n, &days, 0)).collect();
        let begin = Instant::now();
        keep(&mut store, &some);
        took += begin.elapsed();
    }
    took
}

fn store(c: &mut Criterion) {
    let size = size();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("closes.db");
    let took = fill(&path, &size);
    let closes = (size.instruments * size.sessions) as f64;
    println!("first sync: {:.0} closes a second", closes / took.as_secs_f64());
    let bytes = std::fs::metadata(&path).unwrap().len() as f64;
    println!("{:.1} bytes a close", bytes / closes);

    let days = weekdays(size.sessions, 400);
    let since = *days.get(size.sessions - REPORT).unwrap();
    let spread = size.instruments / 60;
    let some: Vec<_> = (0..60).map(|n| id(n * spread)).collect();
    let all: Vec<_> = (0..size.instruments).map(id).collect();
    let mut group = c.benchmark_group("store");
    group.sample_size(10);
    let read = |ids: &[InstrumentId], since| {
        let held = opened(&path).held(ids, since, None).unwrap();
        assert!(held.iter().all(|h| !h.series.bars().is_empty()));
        held
    };
    group.bench_function("open and read 13 months of 60", |b| b.iter(|| black_box(read(&some, since))));
    let ten_years = *days.get(size.sessions.saturating_sub(2_500)).unwrap();
    group.bench_function("open and read ten years of 60", |b| b.iter(|| black_box(read(&some, ten_years))));
    group.bench_function("open and read everything of 60", |b| {
        b.iter(|| black_box(read(&some, NaiveDate::MIN.max(NaiveDate::from_epoch_days(-100_000).unwrap()))));
    });
    // The highest close of a series: its own, or one that none is above.
    let shown: Vec<_> =
        some.iter().enumerate().map(|(at, _)| series(at * spread, days.get(..1).unwrap(), 0)).collect();
    let beyond = |bound| {
        let sought = shown.iter().map(|s| Sought { of: &s.provenance, before: since, bound });
        opened(&path).beyond(&sought.collect::<Vec<_>>()).unwrap()
    };
    for (name, bound) in [
        ("open and look for a close that 60 had lately", Bound::CloseAtLeast(60.0)),
        ("open and look for a close that none of 60 had", Bound::CloseAtLeast(1e9)),
        ("open and look for a move that none of 60 had", Bound::MoveAtLeast(1e9)),
    ] {
        let lately = bound == Bound::CloseAtLeast(60.0);
        assert!(beyond(bound).iter().all(|b| b.is_some_and(|b| b.from.is_some() == lately)));
        group.bench_function(name, |b| b.iter(|| black_box(beyond(bound))));
    }
    group.throughput(Throughput::Elements(size.instruments as u64));
    group.bench_function("open and read 13 months of all", |b| b.iter(|| black_box(read(&all, since))));
    let mut day = 0;
    group.bench_function("append a day for all", |b| {
        b.iter_custom(|times| {
            let mut took = Duration::ZERO;
            for _ in 0..times {
                day += 1;
                let window = days.get(size.sessions + day - 5..size.sessions + day).unwrap();
                let today: Vec<_> = (0..size.instruments).map(|n| series(n, window, day)).collect();
                let begin = Instant::now();
                keep(&mut opened(&path), &today);
                took += begin.elapsed();
            }
            took
        });
    });
    group.finish();
}

criterion_group!(benches, store);
criterion_main!(benches);
