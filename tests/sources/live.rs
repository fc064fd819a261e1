//! Known closes, asked over the network.

use std::collections::BTreeMap;
use std::time::Duration;

use marketsnap::fetch::{Query, Settings};

use crate::support::{day, listed, query, run_with, sp500};

/// The close that `source` tells of the catalogue's `id` for that date, over the network.
fn told(source: &str, id: &str, date: &str) -> f64 {
    let settings = Settings {
        sources: vec![source.to_owned()],
        base_urls: BTreeMap::new(),
        deadline: Duration::from_secs(20),
        user_agent: None,
    };
    // Some sources are asked for so many rows up to the newest: the window is long enough for years.
    let query = Query { from: day("2022-01-01"), ..query(vec![listed(id)]) };
    let (fetched, _) = run_with(&query, &settings);
    let series = fetched.series.first().unwrap_or_else(|| panic!("{:?}", fetched.failures));
    let bar = series.bars_until(day(date)).last().copied().unwrap();
    assert_eq!(bar.date, day(date));
    bar.close
}

fn same(told: f64, published: f64) {
    assert!((told - published).abs() < 0.005, "{told}");
}

#[test]
#[ignore = "needs the network"]
fn yahoo_still_tells_the_close_of_a_past_session() {
    let settings = Settings {
        sources: vec!["yahoo".to_owned()],
        base_urls: BTreeMap::new(),
        deadline: Duration::from_secs(20),
        user_agent: None,
    };
    let (fetched, _) = run_with(&query(vec![sp500()]), &settings);
    let series = fetched.series.first().unwrap_or_else(|| panic!("{:?}", fetched.failures));
    let bar = series.bars_until(day("2026-01-20")).last().copied().unwrap();
    assert_eq!(bar.date, day("2026-01-20"));
    // Published close of the S&P 500 on 20 January 2026.
    assert!((bar.close - 6796.86).abs() < 0.005, "{}", bar.close);
}

// Published closes of 20 January 2026, a Tuesday.

#[test]
#[ignore = "needs the network"]
fn sinas_three_services_still_tell_the_close_of_a_past_session() {
    same(told("sina", "NIKKEI225", "2026-01-20"), 52991.1);
    same(told("sina", "STAR50", "2026-01-20"), 1482.994);
    same(told("sina", "LOONGSON", "2026-01-20"), 148.1);
    // What it calls the front contract may be another one than elsewhere; a dollar is its tolerance.
    assert!((told("sina", "WTI", "2026-01-21") - 60.62).abs() < 1.0);
}

#[test]
#[ignore = "needs the network"]
fn csindex_still_tells_the_close_of_a_past_session() {
    same(told("csindex", "CSI300", "2026-01-20"), 4718.8782);
    same(told("csindex", "SSE", "2026-01-20"), 4113.649);
}

#[test]
#[ignore = "needs the network"]
fn hsi_still_tells_the_close_of_a_past_session() {
    same(told("hsi", "HSTECH", "2026-01-20"), 5683.44);
}
