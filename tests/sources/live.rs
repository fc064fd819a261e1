//! One known close, asked over the network.

use std::collections::BTreeMap;
use std::time::Duration;

use marketsnap::fetch::Settings;

use crate::support::{day, listed, query, run_with, sp500};

#[test]
#[ignore = "needs the network"]
fn yahoo_still_tells_the_close_of_a_past_session() {
    let settings = Settings {
        sources: vec!["yahoo".to_owned()],
        base_urls: BTreeMap::new(),
        deadline: Duration::from_secs(20),
        user_agent: None,
        ..Settings::default()
    };
    let (fetched, _) = run_with(&query(vec![sp500()]), &settings);
    let series = fetched.series.first().unwrap_or_else(|| panic!("{:?}", fetched.failures));
    let bar = series.bars_until(day("2026-01-20")).last().copied().unwrap();
    assert_eq!(bar.date, day("2026-01-20"));
    // Published close of the S&P 500 on 20 January 2026.
    assert!((bar.close - 6796.86).abs() < 0.005, "{}", bar.close);
}

/// Asks one source for STAR 50, which closed at 1535.39 on 21 January 2026.
fn star50_of(name: &str) {
    let settings = Settings {
        sources: vec![name.to_owned()],
        base_urls: BTreeMap::new(),
        deadline: Duration::from_secs(20),
        user_agent: None,
    };
    let (fetched, _) = run_with(&query(vec![listed("STAR50")]), &settings);
    let series = fetched.series.first().unwrap_or_else(|| panic!("{:?}", fetched.failures));
    let bar = series.bars_until(day("2026-01-21")).last().copied().unwrap();
    assert_eq!(bar.date, day("2026-01-21"));
    assert!((bar.close - 1535.39).abs() < 0.01, "{}", bar.close);
}

#[test]
#[ignore = "needs the network"]
fn tencent_still_tells_the_close_of_a_past_session() {
    star50_of("tencent");
}

#[test]
#[ignore = "needs the network"]
fn eastmoney_still_tells_the_close_of_a_past_session() {
    star50_of("eastmoney");
}
