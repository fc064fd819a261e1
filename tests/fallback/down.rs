//! Sources that do not answer, or not with closes: whose closes stand in, and what is said of it.

use std::time::Duration;

use crate::replay;
use crate::report::Run;
use crate::support::server::Step;
use crate::world::{AS_OF, Fault, OPEN, World, side_by_side};

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
    // Three batches and the chart of what has one row; all pairs of currencies; that row's index and the
    // spot check elsewhere.
    run.check(world.requests() <= 7, &format!("{:#?}", OPEN.map(|name| (name, world.asked(name)))));
    tells_known_rows(&run, |_, _| "yahoo".to_owned());
    for id in ["EURUSD", "USDCNY", "USDJPY"] {
        run.check(run.source(id) == "frankfurter", &format!("{id} is a fixing"));
    }
    run.check(run.source("HSTECH") == "tencent", "one close is no series");
    run.check(run.warned("HSTECH", "other_source").len() == 1, "and it is said");
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
        let run = world.today(&["--timeout", "12"]);
        run.check(run.took < Duration::from_secs(13), "in time");
        run.check(run.code == 3, "what only Yahoo has is missing");
        tells_known_rows(&run, |_, other| other.to_owned());
        let told = run.state("yahoo");
        run.check(told.0 == *state && told.1.contains(reason), &format!("{name}: {told:?}"));
        let note = format!("yahoo could not be used: {}", told.1);
        run.check(run.notes().iter().any(|n| n.starts_with(&note)), "a note names it and the reason");
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
