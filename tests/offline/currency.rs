//! `--currency` over a source and over the store: which rates are asked for, and that they are kept.

use serde_json::Value;

use super::{AS_OF, User, code, json, replay, serving, stderr};

fn close(report: &Value, at: usize) -> f64 {
    report["instruments"][at]["close"].as_f64().unwrap()
}

#[test]
fn the_rates_that_closes_need_are_asked_for_kept_and_used_offline() {
    let user = User::new();
    let server = serving(&replay::closes());
    let args = ["today", "STAR50", "NIKKEI225", "SP500", "--as-of", AS_OF, "--json", "--currency", "USD"];
    let output = user.command(&args, &server.url()).output().unwrap();
    assert_eq!((code(&output), stderr(&output)), (Some(0), String::new()));
    let asked: Vec<String> = server.paths().iter().filter(|p| p.contains("%3DX")).cloned().collect();
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(["CNY%3DX", "JPY%3DX"].iter().all(|s| asked.iter().any(|p| p.contains(s))), "{asked:?}");
    let report = json(&output);
    // The pairs are no rows.
    assert_eq!(report["instruments"].as_array().unwrap().len(), 3);
    let fx = &report["instruments"][0]["fx"];
    assert_eq!((&fx["pair"], &fx["source"]), (&"CNY/USD".into(), &"yahoo".into()));
    let local = report["instruments"][0]["local"]["close"].as_f64().unwrap();
    assert_eq!(close(&report, 0).to_bits(), (local * fx["rate"].as_f64().unwrap()).to_bits());

    let offline = user.alone(&[&args[..], &["--offline"]].concat());
    assert_eq!((code(&offline), stderr(&offline)), (Some(0), String::new()));
    for at in 0..3 {
        assert_eq!(close(&json(&offline), at).to_bits(), close(&report, at).to_bits());
    }
}

#[test]
fn nothing_is_asked_for_in_ones_own_currency() {
    let user = User::new();
    let server = serving(&replay::closes());
    for currency in ["USD", "local"] {
        let args = ["today", "SP500", "NASDAQ", "--as-of", AS_OF, "--no-store", "--currency", currency];
        let output = user.command(&args, &server.url()).output().unwrap();
        assert_eq!((code(&output), stderr(&output)), (Some(0), String::new()));
    }
    assert!(server.paths().iter().all(|p| !p.contains("%3DX")), "{:?}", server.paths());
}

#[test]
fn a_symbols_rate_is_asked_for_once_its_currency_is_known_and_named_where_it_cannot_be_had() {
    let user = User::new();
    let server = serving(&replay::closes());
    let args = ["today", "SP500", "TENCENT.HK", "--as-of", AS_OF, "--currency", "USD", "--json"];
    let output = user.command(&args, &server.url()).output().unwrap();
    assert_eq!(code(&output), Some(3));
    assert!(server.paths().iter().any(|p| p.contains("/chart/HKD%3DX")), "{:?}", server.paths());
    assert!(stderr(&output).contains("USDHKD"), "{}", stderr(&output));
    let report = json(&output);
    let share = &report["instruments"][1];
    assert_eq!((&share["close"], &share["fx"]["absent"]), (&Value::Null, &"no_fx".into()));
    assert_eq!(
        (&share["local"]["currency"], &share["moves"]["1D"]["absent"]),
        (&"HKD".into(), &"no_fx".into())
    );
    // The store knows the symbol's currency, so that the pair is missed there too.
    let offline = user.alone(&[&args[..], &["--offline"]].concat());
    assert_eq!(code(&offline), Some(3));
    assert_eq!(json(&offline)["errors"][0]["id"], "USDHKD");
}
