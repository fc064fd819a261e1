//! Each real source for one known close. Needs the network, so it runs only when asked for; those with a
//! key also need `MARKETSNAP_<SOURCE>_KEY`.

use std::collections::BTreeMap;
use std::time::Duration;

use marketsnap::fetch::{Query, Settings, source};

use crate::support::{day, listed, query, run_with};

#[allow(clippy::disallowed_methods, reason = "the key of whoever runs these tests")]
fn key_in(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set"))
}

/// The close that `name` tells of the catalogue's `id` for that date, over the network.
#[allow(clippy::disallowed_methods, reason = "the key of a live test is in the environment")]
fn told(name: &str, id: &str, date: &str) -> f64 {
    let variable = source(name).unwrap().info().key.map(|k| k.variable);
    let key = variable.map(key_in);
    let settings = Settings {
        sources: vec![name.to_owned()],
        named: true,
        keys: key.map(|k| (name.to_owned(), k.into())).into_iter().collect(),
        base_urls: BTreeMap::new(),
        deadline: Duration::from_secs(25),
        ..Settings::default()
    };
    // Some sources are asked for so many rows up to the newest: the window is long enough for years.
    let query = Query { from: day("2022-01-01"), ..query(vec![listed(id)]) };
    let (fetched, _) = run_with(&query, &settings);
    let series = fetched.series.first().unwrap_or_else(|| panic!("{:?}", fetched.failures));
    let bar = series.bars_until(day(date)).last().copied().unwrap();
    assert_eq!(bar.date, day(date));
    bar.close
}

/// Published closes, each to the digits that the source gives.
fn asks(name: &str, closes: &[(&str, &str, f64)]) {
    for (id, date, published) in closes {
        let told = told(name, id, date);
        assert!((told - published).abs() <= published * 1e-5, "{name} {id} {date}: {told}, not {published}");
    }
}

macro_rules! live {
    ($($name:ident: $source:literal, $closes:expr;)*) => {$(
        #[test]
        #[ignore = "needs the network"]
        fn $name() {
            asks($source, &$closes);
        }
    )*};
}

live! {
    yahoo_still_tells_known_closes: "yahoo", [("SP500", "2026-01-20", 6796.86)];
    tencent_still_tells_known_closes: "tencent",
        [("STAR50", "2026-01-21", 1535.393), ("HSI", "2026-01-21", 26585.06), ("SP500", "2026-01-20", 6796.86)];
    sinas_three_services_still_tell_known_closes: "sina",
        [("NIKKEI225", "2026-01-20", 52991.1), ("STAR50", "2026-01-20", 1482.994), ("LOONGSON", "2026-01-20", 148.1)];
    csindex_still_tells_known_closes: "csindex", [("STAR50", "2026-01-21", 1535.393)];
    hsi_still_tells_known_closes: "hsi", [("HSTECH", "2026-01-20", 5683.44)];
    eastmoney_still_tells_known_closes: "eastmoney", [("STAR50", "2026-01-21", 1535.39)];
    frankfurter_still_tells_known_fixings: "frankfurter",
        [("EURUSD", "2026-01-20", 1.1728), ("USDCNY", "2026-01-20", 6.958902)];
    ecb_still_tells_known_fixings: "ecb", [("EURUSD", "2026-01-20", 1.1728), ("USDCNY", "2026-01-20", 6.958902)];
    fred_still_tells_known_closes: "fred", [("SP500", "2026-01-20", 6796.86)];
    cboe_still_tells_known_closes: "cboe", [("VIX", "2026-01-20", 20.09)];
    twelvedata_still_tells_known_closes: "twelvedata", [("SP500", "2026-01-20", 6796.86)];
    tiingo_still_tells_known_closes: "tiingo", [("NVIDIA", "2026-01-20", 178.07)];
    eodhd_still_tells_known_closes: "eodhd", [("SP500", "2026-01-20", 6796.86)];
    stooq_still_tells_known_closes: "stooq", [("SP500", "2026-01-20", 6796.86)];
}

#[test]
#[ignore = "needs the network and a key; it gives a hundred sessions, so the date has to be moved on"]
fn alphavantage_still_tells_known_closes() {
    asks("alphavantage", &[("NVIDIA", "2026-01-20", 178.07)]);
}

#[test]
#[ignore = "needs the network"]
fn coinbase_still_tells_a_known_close_within_a_percent_of_other_exchanges() {
    let told = told("coinbase", "BTC", "2026-01-20");
    assert!((told / 88310.91 - 1.0).abs() < 0.01, "{told}");
}

#[test]
#[ignore = "needs the network"]
fn yahoos_search_still_finds_a_known_symbol() {
    let hits = crate::lookup::run(None, "tencent", Duration::from_secs(25)).0.remove(0).outcome.unwrap();
    assert!(hits.iter().any(|hit| hit.symbol == "0700.HK"), "{hits:?}");
}
