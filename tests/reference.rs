//! Figures against an independent reference: `fixtures/reference/figures.csv`, computed once with pandas over the
//! made-up closes beside it (fixtures/README.md tells how).
//!
//! Every line of the reference is held against the program's figure of that name; one that the program cannot name
//! fails the test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::float_cmp
)]

mod report;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use marketsnap::domain::link::Together;
use marketsnap::domain::snapshot::{Record, RecordKind, Row};
use marketsnap::domain::{Composite, Group, Member, Snapshot};
use report::{Book, composite, d, id, row};

/// 21 January 2026 after Hong Kong's close.
const AS_OF: &str = "2026-01-21T08:30:00Z";
const HORIZONS: &str = "1D,5D,1W,1M,3M,6M,1Y,WTD,MTD,QTD,YTD";

fn table(name: &str) -> Vec<[String; 3]> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reference").join(name);
    let text = fs::read_to_string(path).unwrap();
    let cells = |line: &str| -> [String; 3] {
        let all: Vec<String> = line.split(',').map(str::to_owned).collect();
        all.try_into().unwrap()
    };
    text.lines().skip(1).map(cells).collect()
}

fn book() -> Book {
    let mut closes: BTreeMap<String, Vec<(NaiveDate, f64)>> = BTreeMap::new();
    for [name, date, close] in table("closes.csv") {
        closes.entry(name).or_default().push((d(&date), close.parse().unwrap()));
    }
    let mut book = Book::new().horizons(HORIZONS);
    let member = |name: &str| Member { id: id(name), weight: 1.0 };
    book.universe.composites.push(Composite {
        id: id("BASKET"),
        name: "Basket".into(),
        name_zh: None,
        section: "Asia-Pacific".into(),
        members: ["STAR50", "NIKKEI225", "HSI"].map(member).to_vec(),
    });
    let members = closes.keys().map(|name| id(name)).collect();
    book.universe.groups.push(Group { id: id("ALL"), name: "All".into(), name_zh: None, members });
    closes.iter().fold(book, |book, (name, rows)| book.series(name, rows, None, Vec::new()))
}

fn find<'a>(report: &'a Snapshot, name: &str) -> &'a Row {
    if name == "BASKET" { &composite(report, name).row } else { row(report, name) }
}

/// How many sessions ago a record's day was: a record is told from 21 on, or where there was none (0).
fn told(expected: f64, records: &[Record], kinds: &[RecordKind]) -> bool {
    match records.iter().find(|r| kinds.contains(&r.kind)) {
        None => expected > 0.0 && expected <= 20.0,
        Some(r) => count(r.sessions.unwrap_or(0)) == expected && r.since_start == (expected == 0.0),
    }
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap())
}

/// The program's figure of that name.
fn figure(book: &Book, row: &Row, name: &str) -> f64 {
    let (what, horizon) = name.split_once('.').unwrap_or((name, ""));
    let h = || horizon.parse().unwrap();
    match (what, horizon) {
        ("move", _) => row.moves.get(&h()).unwrap().pct.unwrap().0,
        ("excess", _) => row.relative.get(&h()).unwrap().excess_pp.unwrap().0,
        ("relative", _) => row.relative.get(&h()).unwrap().relative_pct.unwrap().0,
        ("close", _) => row.close.unwrap(),
        ("z", _) => row.z_score.value.unwrap(),
        ("streak", _) => {
            let sessions = row.streak.sessions.map_or(0.0, count);
            if row.streak.direction == Some("down") { -sessions } else { sessions }
        }
        ("range", "low") => row.range_52w.low.unwrap(),
        ("range", "high") => row.range_52w.high.unwrap(),
        ("range", "position") => row.range_52w.position_pct.unwrap().0,
        ("range", "sessions") => count(row.range_52w.sessions.unwrap()),
        ("rarity", "times") => count(row.rarity.times.unwrap()),
        ("rarity", "of") => count(row.rarity.of.unwrap()),
        ("drawdown", _) => row.drawdown.pct.unwrap().0,
        ("volatility", over) => {
            let risk = book.show(row.id.as_str(), AS_OF).risk;
            let volatility = if over == "60" { risk.volatility_60 } else { risk.volatility_250 };
            volatility.pct.unwrap().0
        }
        ("same_date", what) => together(&book.show(row.id.as_str(), AS_OF).link.same_date, what),
        ("lagged", what) => together(&book.show(row.id.as_str(), AS_OF).link.lagged.together, what),
        _ => panic!("the program has no figure named {name}"),
    }
}

/// The figure of that name of the group of all instruments.
fn breadth(report: &Snapshot, name: &str) -> f64 {
    let group = report.groups.iter().find(|g| g.id == id("ALL")).unwrap();
    match name {
        "above_50d" => count(group.above_50d.members),
        "median" => group.median_1d_pct.unwrap().0,
        "mean" => group.mean_1d_pct.unwrap().0,
        _ => panic!("the program has no figure named {name}"),
    }
}

fn together(found: &Together, what: &str) -> f64 {
    match what {
        "correlation" => found.correlation.unwrap(),
        "beta" => found.beta.unwrap(),
        "pairs" => count(found.pairs),
        _ => count(found.dropped),
    }
}

#[test]
fn every_figure_of_the_reference_is_the_programs() {
    let book = book();
    let report = book.at(AS_OF);
    let (mut held, mut wrong) = (0, Vec::new());
    for [name, what, expected] in table("figures.csv") {
        let expected = expected.parse::<f64>().unwrap();
        if name == "ALL" {
            let value = breadth(&report, &what);
            if (value - expected).abs() > 1e-9 {
                wrong.push(format!("{name} {what}: {value}, not {expected}"));
            }
            held += 1;
            continue;
        }
        let row = find(&report, &name);
        let records = match what.as_str() {
            "same_or_larger.sessions" => {
                Some(&[RecordKind::LargestDailyGainSince, RecordKind::LargestDailyLossSince][..])
            }
            "higher.sessions" => Some(&[RecordKind::HighestCloseSince][..]),
            "lower.sessions" => Some(&[RecordKind::LowestCloseSince][..]),
            _ => None,
        };
        if let Some(kinds) = records {
            if !told(expected, &row.records, kinds) {
                wrong.push(format!("{name} {what}: {:?}, not {expected}", row.records));
            }
        } else {
            let value = figure(&book, row, &what);
            let apart = (value - expected).abs() / expected.abs().max(1.0);
            if apart.is_nan() || apart > 1e-9 {
                wrong.push(format!("{name} {what}: {value}, not {expected}"));
            }
        }
        held += 1;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(held > 250, "{held} figures");
}
