//! Sources that do not answer, or not with closes: whose closes stand in, and what is said of it.

use std::time::Duration;

use crate::replay;
use crate::report::Run;
use crate::support::server::Step;
use crate::world::{self, AS_OF, Fault, OPEN, World, side_by_side};

/// Published closes of the session, their 1D moves, and who has them beside Yahoo: 1535.393 of 1482.994 is
/// +3.53 %, 26585.06 of 26487.51 +0.37 %, 6796.86 of 6940.01 -2.06 %.
const KNOWN: [(&str, f64, &str, &str); 17] = [
    ("STAR50", 1535.393, "+3.53", "tencent"),
    ("CSI300", 4723.0692, "+0.09", "tencent"),
    ("SSE", 4116.94, "+0.08", "tencent"),
    ("SZCOMP", 14255.125, "+0.70", "tencent"),
    ("CHINEXT", 3295.5226, "+0.54", "tencent"),
    ("LOONGSON", 177.72, "+20.00", "tencent"),
    ("HYGON", 288.11, "+13.34", "tencent"),
    ("HSI", 26585.06, "+0.37", "tencent"),
    ("SP500", 6796.86, "-2.06", "tencent"),
    ("NASDAQ", 22954.32, "-2.39", "tencent"),
    ("DOW", 48488.59, "-1.76", "tencent"),
    ("NIKKEI225", 52774.64, "-0.41", "sina"),
    ("KOSPI", 4909.93, "+0.49", "sina"),
    ("TAIEX", 31246.37, "-1.62", "sina"),
    ("ASX200", 8782.9, "-0.37", "sina"),
    ("DAX", 24703.12, "-1.03", "sina"),
    ("VIX", 20.09, "+6.63", "cboe"),
];

/// What no other source has.
const YAHOOS: [&str; 10] = [
    "TOPIX-ETF",
    "NIFTY50",
    "RUSSELL2000",
    "SOX",
    "BRENT",
    "US10Y",
    "TSMC",
    "SAMSUNG",
    "SKHYNIX",
    "ADVANTEST",
];

/// The known rows have their published closes and moves, each of the source that is to give it.
#[track_caller]
fn tells_known_rows(run: &Run, source: impl Fn(&str, &str) -> String) {
    for (id, close, moved, other) in &KNOWN {
        let told = run.close(id).unwrap_or(f64::NAN);
        run.check((told - close).abs() < 1e-9, &format!("{id}: {told}, not {close}"));
        run.check(run.day_move(id) == *moved, &format!("{id}: {}, not {moved}", run.day_move(id)));
        let wanted = source(id, other);
        run.check(run.source(id) == wanted, &format!("{id}: of {}, not {wanted}", run.source(id)));
    }
}

#[test]
fn with_all_sources_well_one_gives_nearly_everything_and_others_what_it_lacks() {
    let world = World::with(&[]);
    let run = world.today(&[]);
    run.check(run.code == 0 && run.err.is_empty(), "everything is there");
    // Three batches; all pairs of currencies; one index and the spot check at Tencent.
    run.check(world.requests() <= 7, &format!("{:#?}", OPEN.map(|name| (name, world.asked(name)))));
    tells_known_rows(&run, |_, _| "yahoo".to_owned());
    for id in ["EURUSD", "USDCNY", "USDJPY"] {
        run.check(run.source(id) == "frankfurter", &format!("{id} is a fixing"));
    }
    run.check(run.source("HSTECH") == "tencent", "of which Yahoo has one close only");
    run.check(run.row("SP500")["confirmed_by"] == serde_json::json!(["tencent"]), "a spot check");
    for row in run.rows() {
        run.check(!row["warnings"].to_string().contains("disagreement"), &row["warnings"].to_string());
    }
    let published = replay::closes();
    let mut compared = 0;
    for row in run.rows().iter().filter(|r| r["id"] != "USDJPY") {
        let Some(closes) = published.get(row["id"].as_str().unwrap()) else { continue };
        let date = row["session"]["date"].as_str().unwrap().parse().unwrap();
        let (_, close) = closes.iter().find(|(d, _)| *d == date).unwrap();
        // A cross of two rates with four decimals is as exact as they are.
        let told = row["close"].as_f64().unwrap();
        run.check((told / close - 1.0).abs() < 2e-5, &format!("{}: {told}, not {close}", row["id"]));
        compared += 1;
    }
    assert!(compared >= 30, "{compared} rows compared");
}

#[test]
fn whatever_is_wrong_with_the_first_source_others_stand_in() {
    let faults = [
        ("429", Fault::status(429, "Too Many Requests"), "throttled", "status 429"),
        ("403", Fault::status(403, ""), "blocked", "403"),
        (
            "HTML",
            Fault::status(200, "<!DOCTYPE html><html><body>Accept all</body></html>"),
            "blocked",
            "web page",
        ),
        ("hang", Fault::Step(Step::Hang), "down", "time ended"),
        ("reset", Fault::Step(Step::Reset), "down", "request failed"),
        ("404", Fault::unknown(), "down", "without closes"),
        ("500", Fault::status(500, "oops"), "down", "500"),
        ("truncated", Fault::Truncated, "down", "broke off"),
    ];
    let cases = faults.map(|(name, fault, state, reason)| (name, (fault, state, reason)));
    side_by_side(&cases, |name, (fault, state, reason)| {
        let world = World::with(&[("yahoo", fault.clone())]);
        let run = world.today(&["--timeout", "10"]);
        run.check(run.took < Duration::from_secs(13), "in time");
        run.check(run.code == 3, "what only Yahoo has is missing");
        tells_known_rows(&run, |_, other| other.to_owned());
        let told = run.state("yahoo");
        run.check(told.0 == *state && told.1.contains(reason), &format!("{name}: {told:?}"));
        let note = format!("Not to be used now: yahoo ({}", told.1);
        run.check(run.notes().iter().any(|n| n.starts_with(&note)), "a note names it and the reason");
        for row in run.rows().iter().filter(|r| r["close"].is_number()) {
            let confirmed = row["confirmed_by"].as_array().unwrap();
            run.check(!confirmed.contains(&row["source"]["name"]), &format!("{} confirms itself", row["id"]));
        }
        for id in ["HSTECH", "GOLD", "BTC", "STI", "TSX", "EUROSTOXX50", "USDCNY"] {
            run.check(run.close(id).is_some() && run.source(id) != "yahoo", id);
        }
        let missing = run.json()["errors"].as_array().unwrap();
        let ids: Vec<&str> = missing.iter().filter_map(|e| e["id"].as_str()).collect();
        run.check(ids == YAHOOS, &format!("missing: {ids:?}"));
        run.check(missing.iter().all(|e| e["message"].as_str().unwrap().contains("yahoo")), "by whose fault");
        let (asked, most) = (world.asked("yahoo").len(), 6);
        run.check(asked <= most, &format!("{asked} requests to a source in trouble"));
    });
}

#[test]
fn with_several_sources_down_the_next_ones_take_over() {
    let ids = ["STAR50", "SSE", "SZCOMP", "SP500", "NASDAQ", "HSI", "HSTECH", "NIKKEI225", "LOONGSON", "VIX"];
    let none = || Fault::status(403, "");
    let cases = [
        (
            "Yahoo and Tencent",
            (
                vec![("yahoo", none()), ("tencent", none())],
                ["sina", "sina", "sina", "fred", "fred", "eastmoney", "hsi", "sina", "sina", "cboe"],
            ),
        ),
        (
            "and Sina, and Cboe",
            (
                vec![("yahoo", none()), ("tencent", none()), ("sina", none()), ("cboe", none())],
                [
                    "csindex",
                    "csindex",
                    "eastmoney",
                    "fred",
                    "fred",
                    "eastmoney",
                    "hsi",
                    "fred",
                    "eastmoney",
                    "fred",
                ],
            ),
        ),
    ];
    side_by_side(&cases, |_, (faults, sources)| {
        let world = World::with(faults);
        let run = world.today(&ids);
        run.check(run.code == 0, "all is there");
        for (id, source) in ids.iter().zip(sources) {
            run.check(run.source(id) == *source, &format!("{id}: of {}, not {source}", run.source(id)));
            if let Some((_, close, moved, _)) = KNOWN.iter().find(|k| k.0 == *id) {
                run.check((run.close(id).unwrap() - close).abs() < 1e-9, id);
                run.check(run.day_move(id) == *moved, id);
            }
        }
    });
}

#[test]
fn with_everything_down_the_run_ends_in_time_with_one_error() {
    let cases = [
        ("hang", Fault::Step(Step::Hang)),
        ("403", Fault::status(403, "")),
        ("reset", Fault::Step(Step::Reset)),
    ];
    side_by_side(&cases, |_, fault| {
        let world = World::with(&OPEN.map(|name| (name, fault.clone())));
        let run = world.run(&["today", "--as-of", AS_OF, "--timeout", "5"]);
        run.check(run.code == 5 && run.out.is_empty(), "nothing to show");
        run.check(run.took < Duration::from_secs(8), "in time");
        let errors = run.err.lines().filter(|l| l.starts_with("error: ")).count();
        run.check(errors == 1 && run.err.lines().count() <= 24, "one error that can be read");
        run.check(run.err.lines().all(|l| l.chars().count() <= 100), "lines that can be read");
    });
}

#[test]
fn a_slow_source_does_not_hold_up_the_others_and_is_asked_again_for_what_only_it_has() {
    // Its part of five seconds is two; asked again then, it answers after 2 + 2.3 = 4.3.
    let world = World::with(&[("yahoo", Fault::Late(Duration::from_millis(2300)))]);
    let run = world.today(&["NIFTY50", "STAR50", "--benchmark", "STAR50", "--timeout", "5"]);
    run.check(run.code == 0, "all is there");
    let sources = ["NIFTY50", "STAR50"].map(|id| run.source(id));
    run.check(sources == ["yahoo", "tencent"], &format!("{sources:?}"));
    run.check(run.state("yahoo").0 == "up", "it did answer");
}

#[test]
fn a_table_says_whose_closes_it_shows() {
    let world = World::with(&[("yahoo", Fault::status(403, ""))]);
    let run = world.run(&["today", "STAR50", "SP500", "--as-of", AS_OF, "--width", "120"]);
    run.check(run.code == 0 && run.err.is_empty(), "all is there");
    let words = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for told in ["1535.39", "6796.86", "-2.06", "Not to be used now: yahoo", "Source: tencent (2 series"] {
        run.check(words.contains(told), &format!("{told}: {words}"));
    }
}

#[test]
fn currency_pairs_go_from_fixings_to_market_prices() {
    let none = || Fault::status(503, "");
    let cases = [
        ("frankfurter", (vec![("frankfurter", none())], "ecb", 1.1728)),
        // Of the 20th: what the row of the 21st opens with.
        ("and ecb", (vec![("frankfurter", none()), ("ecb", none())], "yahoo", 1.1739)),
    ];
    side_by_side(&cases, |_, (faults, source, close)| {
        let world = World::with(faults);
        let run = world.today(&["EURUSD", "USDCNY", "--benchmark", "EURUSD"]);
        run.check(run.code == 0, "both are there");
        for id in ["EURUSD", "USDCNY"] {
            run.check(run.source(id) == *source, &format!("{id}: of {}", run.source(id)));
            run.check(run.row(id)["session"]["date"] == "2026-01-20", "of the last day that had ended");
        }
        run.check(run.close("EURUSD") == Some(*close), &format!("{:?}", run.close("EURUSD")));
        let fixed = run.notes().iter().any(|n| n.starts_with("ECB reference rates"));
        run.check(fixed == (*source == "ecb"), "fixings are told as such");
    });
}

#[test]
fn a_comparison_falls_back_like_a_report() {
    let world = World::with(&[("yahoo", Fault::status(429, ""))]);
    let run = world.run(&["compare", "STAR50", "SP500", "--since", "2025-12-31", "--as-of", AS_OF, "--json"]);
    run.check(run.code == 0, "both are there");
    for (id, moved) in [("STAR50", "+14.22"), ("SP500", "-0.71")] {
        run.check(run.source(id) == "tencent", id);
        // 1535.393 of 1344.2033, 6796.86 of 6845.5.
        let told = run.row(id)["moves"]["since 2025-12-31"]["pct"].as_f64().unwrap_or_default();
        run.check(format!("{told:+.2}") == moved, &format!("{id} {told}"));
    }
    run.check(run.state("yahoo").0 == "throttled", "and it is said");
}

#[test]
fn symbols_outside_the_catalogue_come_from_sources_that_spell_them_otherwise() {
    let world = World::with(&[("yahoo", Fault::status(403, ""))]);
    let run = world.today(&["0700.HK", "600519.SS", "--benchmark", "HSI"]);
    run.check(run.code == 0, "both are there");
    for (id, currency, exchange, symbol) in
        [("0700.HK", "HKD", "XHKG", "hk00700"), ("600519.SS", "CNY", "XSHG", "sh600519")]
    {
        let row = run.row(id);
        run.check(run.source(id) == "tencent", id);
        run.check(row["currency"] == currency && row["exchange"] == exchange, &format!("{row:#}"));
        run.check(row["name"] == format!("name of {symbol}"), &format!("{}", row["name"]));
    }
}

#[test]
fn a_source_that_is_down_gets_two_requests_twice_and_not_its_whole_queue() {
    let world = World::with(&[("eodhd", Fault::status(500, "oops"))]);
    let mut command =
        world.program(&["today", "NVIDIA", "MICRON", "AMD", "--source", "eodhd", "--as-of", AS_OF]);
    command.env("MARKETSNAP_EODHD_KEY", "SECRETKEY1");
    let run = world::run(command);
    run.check(run.code == 5, "it is down");
    let asked = world.asked("eodhd");
    let of = |at: usize| asked.get(at).and_then(|path| path.split('?').next());
    assert_eq!(asked.len(), 4, "{asked:#?}");
    assert!(of(0) == of(1) && of(1) != of(2) && of(2) == of(3), "{asked:#?}");
}
