//! One known close of each source, asked over the network; most want a key.

use std::collections::BTreeMap;
use std::time::Duration;

use marketsnap::fetch::{Query, Settings, Want, fetch};

use crate::support::{Recorder, Standing, day, instant, listed, query, sp500, typed};

/// Asks at noon of `today` for the want's close of `date`.
fn close_of(source: &str, want: Want, today: &str, date: &str) -> f64 {
    let settings = Settings {
        sources: vec![source.to_owned()],
        base_urls: BTreeMap::new(),
        deadline: Duration::from_secs(20),
        user_agent: None,
    };
    let query = Query { until: day(today), ..query(vec![want]) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let clock = Standing(instant(&format!("{today}T12:00:00Z")));
    let fetched = runtime.block_on(fetch(&query, &settings, &clock, &Recorder::default()));
    let series = fetched.series.first().unwrap_or_else(|| panic!("{:?}", fetched.failures));
    let bar = series.bars_until(day(date)).last().copied().unwrap();
    assert_eq!(bar.date, day(date));
    bar.close
}

/// Published closes of 20 January 2026: the S&P 500, and Nvidia as long as it is not split again.
fn tells_the_20th_of_january(source: &str, want: Want) {
    let published = if want.instrument.id.as_str() == "SP500" { 6796.86 } else { 178.07 };
    let close = close_of(source, want, "2026-01-21", "2026-01-20");
    assert!((close - published).abs() < 0.005, "{close}");
}

#[test]
#[ignore = "needs the network"]
fn yahoo_still_tells_the_close_of_a_past_session() {
    tells_the_20th_of_january("yahoo", sp500());
}

#[test]
#[ignore = "needs the network and a key"]
fn twelve_data_still_tells_the_close_of_a_past_session() {
    tells_the_20th_of_january("twelvedata", listed("NVIDIA"));
}

#[test]
#[ignore = "needs the network and a key"]
fn tiingo_still_tells_the_close_of_a_past_session() {
    tells_the_20th_of_january("tiingo", listed("NVIDIA"));
}

#[test]
#[ignore = "needs the network and a key; a free one reaches back a year"]
fn eodhd_still_tells_the_close_of_a_past_session() {
    tells_the_20th_of_january("eodhd", listed("SP500"));
}

#[test]
#[ignore = "needs the network and a key, and no wall of scripts"]
fn stooq_still_tells_the_close_of_a_past_session() {
    tells_the_20th_of_january("stooq", listed("SP500"));
}

#[test]
#[ignore = "needs the network and a key; it gives a hundred sessions, so the date has to be moved on"]
fn alpha_vantage_still_tells_the_close_of_a_past_session() {
    // Regular close of Apple on 18 September 2026.
    let close = close_of("alphavantage", typed("AAPL"), "2026-09-20", "2026-09-18");
    assert!((close - 336.13).abs() < 0.005, "{close}");
}
