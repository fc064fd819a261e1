//! How long the parts of a run take: reading the catalogue, deriving the report, laying it out.

use std::collections::BTreeMap;
use std::hint::black_box;

use chrono::{Datelike, NaiveDate, Weekday};
use criterion::{Criterion, criterion_group, criterion_main};
use marketsnap::catalogue;
use marketsnap::compute::{Chosen, Inputs, snapshot};
use marketsnap::domain::{Basis, Horizon, InstrumentId, Provenance, RawRow, Series, Universe};
use marketsnap::render::{self, Format, Style};

/// Two years of weekday closes for every instrument of the catalogue.
fn series(universe: &Universe) -> BTreeMap<InstrumentId, Series> {
    let first = NaiveDate::from_ymd_opt(2024, 1, 22).unwrap_or_default();
    let one = |(n, i): (usize, &marketsnap::domain::Instrument)| {
        let weekdays =
            first.iter_days().take(731).filter(|d| !matches!(d.weekday(), Weekday::Sat | Weekday::Sun));
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
            fetched_at: "2026-01-24T00:00:00Z".parse().unwrap_or_default(),
            stamp: None,
        };
        (i.id.clone(), Series::from_rows(provenance, i.kind, rows, Vec::new()))
    };
    universe.instruments().iter().enumerate().map(one).collect()
}

fn report(c: &mut Criterion) {
    let universe = catalogue::load().unwrap_or_default();
    let series = series(&universe);
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
        chosen: &chosen,
        by_section: true,
        generated_at: as_of,
        demo: false,
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

criterion_group!(benches, report);
criterion_main!(benches);
