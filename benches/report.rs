//! How long the parts of a run take: reading the catalogue and an answer, deriving the report, laying
//! it out; and whether the time for the report grows with the number of instruments and no faster.

// A bench's figures are for a person's eyes.
#![allow(clippy::print_stdout)]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use marketsnap::catalogue;
use marketsnap::compute::{Chosen, Inputs, moves, snapshot};
use marketsnap::domain::{
    Basis, Horizon, Instrument, InstrumentId, Kind, Move, Provenance, RawRow, Series, Universe, horizon,
};
use marketsnap::fetch::{self, Query, Response, Want};
use marketsnap::render::{self, Format, Style};

mod spark;

/// The calendar days of two years of closes.
const TWO_YEARS: u64 = 731;

/// The newest session of all closes.
fn newest() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 21).unwrap_or_default()
}

/// Weekday closes of so many calendar days for every instrument.
fn series(universe: &Universe, days: u64) -> BTreeMap<InstrumentId, Series> {
    let first = newest().checked_sub_days(Days::new(days - 1)).unwrap_or_default();
    let one = |(n, i): (usize, &Instrument)| {
        let weekdays = first
            .iter_days()
            .take_while(|d| *d <= newest())
            .filter(|d| !matches!(d.weekday(), Weekday::Sat | Weekday::Sun));
        let close = |day: usize| 100.0 + ((day * 37 + n * 11) % 97) as f64 / 10.0;
        let rows =
            weekdays.enumerate().map(|(day, date)| RawRow::close_only(date, Some(close(day)))).collect();
        let provenance = Provenance {
            instrument: i.id.clone(),
            source: "bench".into(),
            symbol: i.id.to_string(),
            currency: i.currency.clone(),
            venue: None,
            basis: Basis::Price,
            raw: false,
            fetched_at: "2026-01-24T00:00:00Z".parse().unwrap_or_default(),
            stamp: None,
        };
        (i.id.clone(), Series::from_rows(provenance, i.kind, rows, Vec::new()))
    };
    universe.instruments().iter().enumerate().map(one).collect()
}

fn report(c: &mut Criterion) {
    let universe = catalogue::load().unwrap_or_default();
    let series = series(&universe, TWO_YEARS);
    let benchmark = InstrumentId::new("SP500");
    let horizons: Vec<Horizon> =
        ["1D", "5D", "MTD", "YTD", "1Y"].iter().filter_map(|h| h.parse().ok()).collect();
    let chosen: Vec<Chosen> = universe
        .instruments()
        .iter()
        .map(|i| Chosen::Instrument(i.id.clone()))
        .chain(universe.composites.iter().map(|c| Chosen::Composite(c.id.clone())))
        .chain(universe.groups.iter().map(|g| Chosen::Group(g.id.clone())))
        .collect();
    let as_of = "2026-01-21T08:30:00Z".parse().unwrap_or_default();
    let inputs = Inputs {
        universe: &universe,
        series: &series,
        failures: &[],
        as_of,
        date: None,
        settled_only: false,
        horizons: &horizons,
        horizons_named: false,
        rebase: None,
        benchmark: &benchmark,
        currency: None,
        chosen: &chosen,
        by_section: true,
        generated_at: as_of,
        lasting: false,
        demo: false,
        trust: None,
        chains: None,
    };
    let finished = snapshot::build(&inputs);
    let style = Style { width: 120, ..Style::default() };
    c.bench_function("catalogue", |b| b.iter(|| black_box(catalogue::load())));
    c.bench_function("derive the report", |b| b.iter(|| black_box(snapshot::build(&inputs))));
    for (name, format) in [("table", Format::Table), ("json", Format::Json)] {
        c.bench_function(&format!("lay out the {name}"), |b| {
            b.iter(|| {
                let mut out = Vec::new();
                render::snapshot(&finished, format, &style, &mut out).map(|()| out.len())
            });
        });
    }
}

/// Reading one full batch: the JSON, the dates of its rows, the series.
fn parsing(c: &mut Criterion) {
    let universe = catalogue::load().unwrap_or_default();
    let Some(source) = fetch::source(spark::SOURCE) else { return };
    let batched = |i: &&Instrument| i.kind != Kind::Fx && source.covers(i);
    let want =
        |i: &Instrument| Want { instrument: i.clone(), zone: spark::zone(&universe, i), ad_hoc: false };
    let wants: Vec<Want> = universe.instruments().iter().filter(batched).take(20).map(want).collect();
    let symbols: Vec<&str> = wants.iter().filter_map(|w| w.instrument.symbol(spark::SOURCE)).collect();
    let body = spark::body(&universe, &symbols, newest()).into_bytes();
    let all: Vec<usize> = (0..wants.len()).collect();
    let from = newest().checked_sub_days(Days::new(397)).unwrap_or_default();
    let query = Query { wants, from, until: newest() };
    let Ok([request]) = <[_; 1]>::try_from(source.requests(&query, &all)) else { return };
    let received_at = "2026-01-22T08:30:00Z".parse().unwrap_or_default();
    let response = Response { status: 200, body, retry_after: None, location: None, received_at };
    let found = source.parse(&query, &request, &response).unwrap_or_default();
    let good = found.answers.iter().filter(|a| a.outcome.is_ok()).count();
    assert!(good == 20 && found.follow.is_empty(), "only {good} of 20 symbols can be read");

    let mut group = c.benchmark_group("parse");
    group.throughput(Throughput::Bytes(response.body.len() as u64));
    group.bench_function("20 symbols over two years", |b| {
        b.iter(|| black_box(source.parse(&query, &request, black_box(&response))));
    });
    group.finish();
}

/// The moves alone, without the rest of a row. Target: 0.1 ms.
fn all_moves(c: &mut Criterion) {
    let series: Vec<Series> = series(&crowd(60), TWO_YEARS + 1).into_values().collect();
    assert!(series.iter().all(|s| s.bars().len() == 523), "not two years of weekdays");
    c.bench_function("moves of 60 instruments over all horizons", |b| {
        b.iter(|| {
            let mut sum = 0.0;
            for bars in black_box(&series).iter().map(Series::bars) {
                for (_, horizon, _) in horizon::TABLE {
                    let base = moves::base(bars, horizon, newest()).ok();
                    if let Some((base, end)) = base.zip(bars.last()) {
                        sum += Move::between(base, end).map_or(0.0, |m| m.percent().0);
                    }
                }
            }
            sum
        });
    });
}

/// The catalogue with `count` instruments: its own, and copies of them under other ids.
fn crowd(count: usize) -> Universe {
    let mut universe = catalogue::load().unwrap_or_default();
    let own = universe.instruments().to_vec();
    let copies = own.iter().cycle().take(count.saturating_sub(own.len())).enumerate();
    let copies = copies.map(|(n, i)| Instrument { id: InstrumentId::new(&format!("COPY{n}")), ..i.clone() });
    copies.for_each(|i| universe.add(i));
    universe
}

/// The report of ever more instruments. The time for each of them should stay the same.
fn linearity(c: &mut Criterion) {
    let horizons: Vec<Horizon> =
        ["1D", "5D", "MTD", "YTD", "1Y"].iter().filter_map(|h| h.parse().ok()).collect();
    let benchmark = InstrumentId::new("SP500");
    let as_of = "2026-01-21T08:30:00Z".parse().unwrap_or_default();
    let mut each = Vec::new();
    let mut group = c.benchmark_group("derive the report of many");
    group.sample_size(10);
    for count in [500, 1_000, 2_000, 5_000] {
        let universe = crowd(count);
        let series = series(&universe, 60);
        let chosen: Vec<Chosen> =
            universe.instruments().iter().map(|i| Chosen::Instrument(i.id.clone())).collect();
        let inputs = Inputs {
            universe: &universe,
            series: &series,
            failures: &[],
            as_of,
            date: None,
            settled_only: false,
            horizons: &horizons,
            horizons_named: false,
            rebase: None,
            benchmark: &benchmark,
            currency: None,
            chosen: &chosen,
            by_section: true,
            generated_at: as_of,
            lasting: false,
            demo: false,
            trust: None,
            chains: None,
        };
        let taken = RefCell::new(Vec::new());
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::from_parameter(count), |b| {
            b.iter_custom(|times| {
                let start = Instant::now();
                for _ in 0..times {
                    black_box(snapshot::build(black_box(&inputs)));
                }
                let elapsed = start.elapsed();
                taken.borrow_mut().push(elapsed.as_secs_f64() / times as f64);
                elapsed
            });
        });
        let mut taken = taken.into_inner();
        taken.sort_by(f64::total_cmp);
        if let Some(median) = taken.get(taken.len() / 2) {
            each.push((count, median * 1e6 / count as f64));
        }
    }
    group.finish();
    let first = each.first().map_or(f64::NAN, |(_, time)| *time);
    for (count, time) in each {
        println!("{count:>6} instruments: {time:>8.2} us each, {:>5.2} times the first", time / first);
    }
}

/// The row of one instrument with closes of 70 years, of which the newest is the highest and its move the
/// largest: every record is looked for to the first close.
fn seventy_years(c: &mut Criterion) {
    let mut universe = Universe::default();
    let whole = catalogue::load().unwrap_or_default();
    universe.exchanges.clone_from(&whole.exchanges);
    let benchmark = InstrumentId::new("SP500");
    universe.add(whole.instrument(&benchmark).cloned().unwrap_or_else(|| Instrument::unlisted("SP500", "")));
    let mut series = series(&universe, 70 * 366);
    for all in series.values_mut() {
        let mut bars = all.bars().to_vec();
        bars.iter_mut().rev().take(1).for_each(|b| b.close = 500.0);
        if let Some(higher) = Series::of_bars(all.provenance.clone(), bars, Vec::new()) {
            *all = higher;
        }
    }
    let chosen = [Chosen::Instrument(benchmark.clone())];
    let as_of = "2026-01-24T00:00:00Z".parse().unwrap_or_default();
    let inputs = Inputs {
        universe: &universe,
        series: &series,
        failures: &[],
        as_of,
        date: None,
        settled_only: false,
        horizons: &[],
        horizons_named: false,
        rebase: None,
        benchmark: &benchmark,
        currency: None,
        chosen: &chosen,
        by_section: false,
        generated_at: as_of,
        lasting: false,
        demo: false,
        trust: None,
        chains: None,
    };
    c.bench_function("records over 70 years of one instrument", |b| {
        b.iter(|| black_box(snapshot::build(black_box(&inputs))));
    });
}

criterion_group!(benches, report, parsing, all_moves, linearity, seventy_years);
criterion_main!(benches);
