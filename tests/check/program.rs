//! The built program: exit codes, what is asked for, and what is printed.

use std::process::{Command, Output};

use serde_json::Value;

use crate::replay::{self, Replay};
use crate::support::server::{Server, Step};

fn run(args: &[&str], base: Option<&str>) -> Output {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_marketsnap"));
    command.arg("check").args(args).env_clear().env("HOME", home.path()).env("MARKETSNAP_NO_STORE", "1");
    match base {
        Some(base) => command.env("MARKETSNAP_YAHOO_URL", base).env("MARKETSNAP_SOURCE", "yahoo"),
        None => command.env("MARKETSNAP_DEMO", "1"),
    };
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn code(args: &[&str]) -> i32 {
    run(args, None).status.code().unwrap()
}

#[test]
fn ten_when_one_holds_zero_when_none_does_and_four_when_that_is_unknown() {
    for (args, expected) in [
        (&["STAR50.1D > 3 and SP500.1D < 0"][..], 10),
        (&["STAR50.1D > 4"], 0),
        (&["STAR50.1D > 4", "HYGON.1D > 13"], 10),
        (&["STAR50.1Y > 4"], 4),
        (&["STAR50.1Y > 4", "STAR50.1D > 4"], 4),
        (&["STAR50.1Y > 4", "STAR50.1D > 3"], 10),
        // The composite waits for Mumbai.
        (&["ASIA.YTD - SP500.YTD > 5"], 4),
        (&["ASIA.YTD - SP500.YTD > 5", "--allow-live"], 10),
        // Something is missing, and it decides nothing.
        (&["SAMSUNG.1D > 0 and STAR50.1D < 0"], 3),
        (&["SAMSUNG.1D > 0 or STAR50.1D > 0"], 10),
        (&["SAMSUNG.1D > 0", "STAR50.1D > 4"], 4),
        (&["SAMSUNG.1D > 0"], 5),
    ] {
        assert_eq!(code(args), expected, "{args:?}");
    }
}

#[test]
fn the_news_of_the_day_holds() {
    for condition in [
        "SP500.record.loss_sessions = 68",
        "STAR50.record.high_sessions = 72",
        "STAR50.record.gain_sessions = 0",
        "LOONGSON.limit = up and HYGON.limit = none",
        "CN-CHIPS.advancers = 5 and CN-CHIPS.best = 龙芯中科",
        "科创50.excess.1D > 5.59 %",
        "\"^GSPC\".session < STAR50.session",
        "STAR50.since:2025-12-31 = STAR50.YTD",
        "VIX.close > 20 or not (STAR50.1D > 3)",
    ] {
        let output = run(&[condition], None);
        assert_eq!(output.status.code(), Some(10), "{condition}: {}", text(&output.stdout));
    }
}

#[test]
fn an_unknown_id_or_field_is_a_usage_error_with_the_nearest_name_before_any_request() {
    // Nobody listens there: a request would end in 5.
    for (condition, named) in [
        ("STAR50.session > 2026-02-30", "no day"),
        ("STAR5O.1D > 3", "STAR50"),
        ("STR50.1D > 3", "STAR50"),
        ("STAR50.clos > 3", "STAR50.close"),
        ("CN-CHIP.advancers > 3", "CN-CHIPS"),
        ("SP500.advancers > 3", "no group"),
        ("CN-CHIPS.close > 3", "a group"),
        ("CN-CHIPS.best = SP500", "LOONGSON"),
        ("AAPL.1D > 3", "\"symbol:AAPL\".1D"),
        ("1 < 2", "names no instrument"),
        ("STAR50.1D > SP500.close", "percentage cannot be compared with a price"),
    ] {
        let output = run(&[condition], Some("http://127.0.0.1:9"));
        let said = text(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{condition}: {said}");
        assert!(said.contains(named) && said.contains('^'), "{condition}: {said}");
    }
    let readable = run(&["STAR50.1D > 3"], Some("http://127.0.0.1:9"));
    assert_eq!(readable.status.code(), Some(5));
}

#[test]
fn only_what_the_conditions_name_is_asked_for_and_the_benchmark_where_one_is_against_it() {
    for (condition, symbols) in [
        ("STAR50.1D > 3", &["000688.SS"][..]),
        ("STAR50.excess.1D > 3", &["000688.SS", "^GSPC"]),
        ("CN-CHIPS.limit_up = 1 or CN-CHIPS.median > 3", &["688047.SS", "688041.SS"]),
    ] {
        let replay = Replay::start();
        let output = run(&[condition, "--as-of", "2026-01-21T08:30:00Z"], Some(&replay.url()));
        assert_eq!(output.status.code(), Some(10), "{}", text(&output.stderr));
        let asked: String = replay.paths().iter().map(|p| replay::decode(p)).collect();
        assert!(symbols.iter().all(|s| asked.contains(s)), "{asked}");
        assert_eq!(asked.contains("^GSPC"), symbols.contains(&"^GSPC"), "{asked}");
        assert!(!asked.contains("^IXIC"), "{asked}");
    }
}

/// STAR 50 as Yahoo tells it at 05:00 UTC of 21 January: its row of the day is of a session under way. The
/// stamp of that value is the row's last one.
fn mid_session(path: &str) -> Step {
    assert!(path.contains("000688.SS") || path.contains("GSPC"), "{path}");
    let chart = |symbol: &str, zone: &str, rows: [(i64, f64); 3]| {
        format!(
            r#"{{"meta":{{"currency":"CNY","symbol":"{symbol}","exchangeTimezoneName":"{zone}","regularMarketTime":{}}},
            "timestamp":[{},{},{}],"indicators":{{"quote":[{{"close":[{},{},{}]}}]}}}}"#,
            if symbol == "^GSPC" { 1_768_942_800 } else { 1_768_971_600 },
            rows[0].0,
            rows[1].0,
            rows[2].0,
            rows[0].1,
            rows[1].1,
            rows[2].1
        )
    };
    // 01:30 UTC of 19, 20 and 21 January; 14:30 UTC of 15, 16 and 20 January.
    let star = [(1_768_786_200, 1506.82), (1_768_872_600, 1482.994), (1_768_959_000, 1535.393)];
    let sp = [(1_768_487_400, 6944.47), (1_768_573_800, 6940.01), (1_768_919_400, 6796.86)];
    let (star, sp) = (chart("000688.SS", "Asia/Shanghai", star), chart("^GSPC", "America/New_York", sp));
    let results =
        format!(r#"{{"symbol":"000688.SS","response":[{star}]}},{{"symbol":"^GSPC","response":[{sp}]}}"#);
    match path.contains("/spark") {
        true => Step::ok(format!(r#"{{"spark":{{"result":[{results}],"error":null}}}}"#)),
        false => Step::ok(format!(
            r#"{{"chart":{{"result":[{}],"error":null}}}}"#,
            if path.contains("000688.SS") { star } else { sp }
        )),
    }
}

#[test]
fn a_live_value_is_exit_code_four_until_it_is_accepted_and_settled_steps_back_to_the_close() {
    let server = Server::new(|_, path| mid_session(path));
    let at = ["--as-of", "2026-01-21T05:00:00Z"];
    let check = |args: &[&str]| run(&[args, &at].concat(), Some(&server.url()));
    let strict = check(&["STAR50.1D > 3"]);
    let said = text(&strict.stdout);
    assert_eq!(strict.status.code(), Some(4), "{said}{}", text(&strict.stderr));
    assert!(said.contains("because STAR50.1D: STAR50 is live"), "{said}");
    assert_eq!(check(&["STAR50.1D > 3", "--allow-live"]).status.code(), Some(10));
    assert_eq!(check(&["STAR50.1D > 3 and SP500.1D > 0"]).status.code(), Some(0));
    assert_eq!(check(&["STAR50.1D > 3", "SP500.1D < 0"]).status.code(), Some(10));
    assert_eq!(check(&["STAR50.record.high_sessions > 20", "--allow-live"]).status.code(), Some(4));
    // The settled session before: 1482.994 / 1506.82 - 1 = -1.58 %.
    assert_eq!(check(&["STAR50.1D > 3", "--settled"]).status.code(), Some(0));
    assert_eq!(check(&["STAR50.1D < -1.5 %", "--settled"]).status.code(), Some(10));
}

#[test]
fn where_nothing_can_be_had_it_is_five_and_quiet_says_only_that() {
    let server = Server::new(|_, _| Step::status(404, "{}"));
    let output = run(&["STAR50.1D > 3", "-q"], Some(&server.url()));
    assert_eq!((output.status.code(), output.stdout.len()), (Some(5), 0));
    assert!(text(&output.stderr).contains("error: unknown: STAR50.1D > 3"), "{}", text(&output.stderr));
}

#[test]
fn a_condition_names_its_own_horizons() {
    let output = run(&["STAR50.3M > 3", "--horizons", "1D"], None);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--horizons"), "{}", text(&output.stderr));
    assert_eq!(code(&["STAR50.3M > 1 and HYGON.3M < 999"]), 10);
}

#[test]
fn quiet_prints_nothing_where_the_exit_code_says_it_all() {
    for (condition, expected) in [("STAR50.1D > 3", 10), ("STAR50.1D > 4", 0)] {
        let output = run(&[condition, "-q"], None);
        let printed = (output.status.code(), output.stdout.len(), output.stderr.len());
        assert_eq!(printed, (Some(expected), 0, 0), "{condition}");
    }
    let unknown = run(&["STAR50.1Y > 4", "-q"], None);
    assert_eq!((unknown.status.code(), unknown.stdout.len()), (Some(4), 0));
    assert!(text(&unknown.stderr).starts_with("error: unknown: STAR50.1Y > 4: STAR50.1Y: "));
    assert!(!run(&["STAR50.1D > 3", "-q", "--json"], None).stdout.is_empty());
}

#[test]
fn the_table_shows_each_figure_with_its_sessions_and_its_source_in_eighty_columns() {
    let conditions = ["STAR50.1D > 3 and SP500.1D < 0", "CN-CHIPS.advancers >= 4 and STAR50.excess.1D > 99"];
    let shown = text(&run(&conditions, None).stdout);
    assert!(shown.contains("holds: STAR50.1D > 3 and SP500.1D < 0\n"), "{shown}");
    assert!(shown.contains("  STAR50.1D = +3.53 % (20-21 Jan, settled, demo)\n"), "{shown}");
    assert!(shown.contains("  SP500.1D = -2.06 % (16-20 Jan, settled, demo)\n"), "{shown}");
    assert!(shown.contains("does not hold: CN-CHIPS.advancers"), "{shown}");
    assert!(shown.contains("  CN-CHIPS.advancers = 5 members (21 Jan)\n"), "{shown}");
    assert!(shown.lines().all(|l| l.chars().count() <= 80), "{shown}");
    let fields = text(&run(&["--fields"], None).stdout);
    assert!(fields.lines().all(|l| l.chars().count() <= 80), "{fields}");
    let narrow = text(&run(&["--fields", "--width", "40"], None).stdout);
    assert!(narrow.contains("\n  close of the session before\n"), "{narrow}");
    assert!(marketsnap::domain::expr::fields::TABLE.iter().all(|f| fields.contains(f.name)), "{fields}");
}

#[test]
fn json_carries_verdicts_values_units_and_reasons() {
    let output =
        run(&["STAR50.1D > 3 or STAR50.1Y > 3", "STAR50.1Y > 3", "STAR50.limit = up", "--json"], None);
    assert_eq!(output.status.code(), Some(10));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["schema"], "marketsnap.check/1");
    assert_eq!(
        (&report["demo"], &report["benchmark"], &report["any_holds"]),
        (&true.into(), &Value::Null, &true.into())
    );
    let verdicts: Vec<&str> =
        report["expressions"].as_array().unwrap().iter().map(|e| e["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["holds", "unknown", "does_not_hold"]);
    let first = &report["expressions"][0];
    assert_eq!(first["values"][0]["unit"], "percent");
    assert_eq!(first["values"][0]["session"], "2026-01-21");
    assert_eq!(first["values"][1]["value"], Value::Null);
    assert_eq!(first["values"][1]["unknown"], "insufficient_history");
    assert_eq!(first["reasons"], Value::Array(Vec::new()));
    assert_eq!(report["expressions"][1]["reasons"].as_array().unwrap().len(), 1);
    assert_eq!(report["expressions"][2]["values"][0]["value"], "none");
}

#[test]
fn the_fields_are_a_table_and_other_forms_are_refused() {
    for flags in [&["--json"][..], &["--format", "json"], &["-o", "fields.txt"]] {
        let output = run(&[&["--fields"], flags].concat(), None);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{flags:?}");
        assert!(text(&output.stderr).contains("--fields and --"), "{}", text(&output.stderr));
    }
}

#[test]
fn the_conditions_are_printed_whatever_could_be_had() {
    // The demo holds no rate of kronor.
    let args = ["STAR50.status = settled", "STAR50.close > 1", "--currency", "SEK"];
    let held = run(&args, None);
    let shown = text(&held.stdout);
    assert_eq!(held.status.code(), Some(10), "{shown}{}", text(&held.stderr));
    assert!(shown.contains("holds: STAR50.status = settled"), "{shown}");
    assert!(shown.contains("unknown: STAR50.close > 1"), "{shown}");
    assert!(shown.contains("no rate of CNY in SEK"), "{shown}");
    assert!(!text(&held.stderr).contains("nothing to show"), "{}", text(&held.stderr));
    assert_eq!(code(&args[1..]), 4);
    let nothing = run(&["SAMSUNG.1D > 0"], None);
    assert!(text(&nothing.stdout).contains("unknown: SAMSUNG.1D > 0"), "{}", text(&nothing.stdout));
    assert_eq!(nothing.status.code(), Some(5));
}
