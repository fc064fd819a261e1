//! One known close of each source, asked over the network.

use std::collections::BTreeMap;
use std::time::Duration;

use marketsnap::fetch::Settings;

use crate::support::{day, listed, query, run_with};

/// The close that a source tells of an instrument of the catalogue on the day.
fn close(source: &str, id: &str, on: &str) -> f64 {
    let settings = Settings {
        sources: vec![source.to_owned()],
        base_urls: BTreeMap::new(),
        deadline: Duration::from_secs(60),
        user_agent: None,
    };
    let (fetched, _) = run_with(&query(vec![listed(id)]), &settings);
    let series = fetched.series.first().unwrap_or_else(|| panic!("{:?}", fetched.failures));
    let bar = series.bars_until(day(on)).last().copied().unwrap();
    assert_eq!(bar.date, day(on));
    bar.close
}

#[test]
#[ignore = "needs the network"]
fn yahoo_still_tells_the_close_of_a_past_session() {
    // Published close of the S&P 500 on 20 January 2026.
    assert!((close("yahoo", "SP500", "2026-01-20") - 6796.86).abs() < 0.005);
}

#[test]
#[ignore = "needs the network"]
fn frankfurter_and_the_ecb_still_tell_a_past_fixing() {
    // Published fixing of 20 January 2026.
    for source in ["frankfurter", "ecb"] {
        assert!((close(source, "EURUSD", "2026-01-20") - 1.1728).abs() < 0.00005, "{source}");
        // A published quotient of two fixings.
        assert!((close(source, "USDCNY", "2026-01-20") - 6.958902).abs() < 0.00001, "{source}");
    }
}

#[test]
#[ignore = "needs the network"]
fn fred_still_tells_the_close_of_a_past_session() {
    // Published close of the S&P 500 on 20 January 2026.
    assert!((close("fred", "SP500", "2026-01-20") - 6796.86).abs() < 0.005);
}

#[test]
#[ignore = "needs the network"]
fn cboe_still_tells_the_close_of_a_past_session() {
    // Published close of the VIX on 20 January 2026.
    assert!((close("cboe", "VIX", "2026-01-20") - 20.09).abs() < 0.005);
}

#[test]
#[ignore = "needs the network"]
fn coinbase_still_tells_the_close_of_a_past_day_within_a_percent_of_other_exchanges() {
    // An average of exchanges at the end of 20 January 2026.
    assert!((close("coinbase", "BTC", "2026-01-20") / 88310.91 - 1.0).abs() < 0.01);
}
