//! The demo: the session of 21 January 2026 as it was known at 08:30 UTC, through the built program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::float_cmp)]

use std::process::Command;

use serde_json::Value;

fn run(args: &[&str]) -> (String, String, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_marketsnap")).args(args).env_clear().output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

fn json(args: &[&str]) -> Value {
    let (out, err, code) = run(args);
    assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
    serde_json::from_str(&out).unwrap()
}

fn row<'a>(report: &'a Value, id: &str) -> &'a Value {
    let all =
        report["instruments"].as_array().unwrap().iter().chain(report["composites"].as_array().unwrap());
    all.into_iter().find(|r| r["id"] == id).unwrap_or_else(|| panic!("no row {id}"))
}

#[test]
fn narrow_rebased_lines_lose_columns_and_never_digits() {
    let (out, err, code) = run(&["compare", "ASIA", "DAX", "--demo", "--width", "40"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let block = out.split("Rebased to 100").nth(1).unwrap().split("Notes").next().unwrap();
    assert!(block.contains(" 100.87\n") && !block.contains("low"), "{block}");
    assert!(!block.contains("0…") && !block.contains("lo…"), "{block}");
}

#[test]
fn a_chart_says_which_formats_it_takes_and_refuses_a_ground_without_a_picture() {
    let (_, err, code) = run(&["chart", "DAX", "--demo", "--format", "pdf"]);
    assert!(code == 2 && err.contains("table, json, jsonl, csv, markdown, html, svg, png"), "{err}");
    let (_, err, code) = run(&["chart", "DAX", "--demo", "--theme", "dark"]);
    assert!(code == 2 && err.contains("--theme does nothing without a picture"), "{err}");
}

/// id, session, close, 1D %, year-end close, YTD %: as published.
const PUBLISHED: [(&str, &str, &str, &str, &str, &str); 15] = [
    ("STAR50", "2026-01-21", "1535.39", "+3.53", "1344.20", "+14.22"),
    ("CSI300", "2026-01-21", "4723.07", "+0.09", "4629.94", "+2.01"),
    ("SSE", "2026-01-21", "4116.94", "+0.08", "3968.84", "+3.73"),
    ("SZCOMP", "2026-01-21", "14255.12", "+0.70", "13525.02", "+5.40"),
    ("CHINEXT", "2026-01-21", "3295.52", "+0.54", "3203.17", "+2.88"),
    ("HSI", "2026-01-21", "26585.06", "+0.37", "25630.54", "+3.72"),
    ("NIKKEI225", "2026-01-21", "52774.64", "-0.41", "50339.48", "+4.84"),
    ("KOSPI", "2026-01-21", "4909.93", "+0.49", "4214.17", "+16.51"),
    ("TAIEX", "2026-01-21", "31246.37", "-1.62", "28963.60", "+7.88"),
    ("ASX200", "2026-01-21", "8782.90", "-0.37", "8714.30", "+0.79"),
    ("SP500", "2026-01-20", "6796.86", "-2.06", "6845.50", "-0.71"),
    ("NASDAQ", "2026-01-20", "22954.32", "-2.39", "23241.99", "-1.24"),
    ("DAX", "2026-01-20", "24703.12", "-1.03", "24490.41", "+0.87"),
    ("LOONGSON", "2026-01-21", "177.72", "+20.00", "132.11", "+34.52"),
    ("HYGON", "2026-01-21", "288.11", "+13.34", "224.41", "+28.39"),
];

#[test]
fn every_published_figure_of_the_day_is_reproduced() {
    let report = json(&["today", "--demo", "--json"]);
    for (id, session, close, day, year_end, ytd) in PUBLISHED {
        let row = row(&report, id);
        let number = |v: &Value| format!("{:.2}", v.as_f64().unwrap());
        let signed = |v: &Value| format!("{:+.2}", v.as_f64().unwrap());
        assert_eq!(row["session"]["date"], session, "{id}");
        assert_eq!(row["session"]["status"], "settled", "{id}");
        assert_eq!(number(&row["close"]), close, "{id}");
        assert_eq!(signed(&row["moves"]["1D"]["pct"]), day, "{id}");
        assert_eq!(number(&row["moves"]["YTD"]["base"]), year_end, "{id}");
        assert_eq!(signed(&row["moves"]["YTD"]["pct"]), ytd, "{id}");
    }
    // Tokyo, Seoul and Frankfurt were shut on 31 December: their year ended on the 30th.
    for (id, from) in
        [("NIKKEI225", "2025-12-30"), ("KOSPI", "2025-12-30"), ("DAX", "2025-12-30"), ("SP500", "2025-12-31")]
    {
        assert_eq!(row(&report, id)["moves"]["YTD"]["from"], from, "{id}");
    }
}

#[test]
fn json_carries_the_spread_of_the_day_in_full_precision() {
    let report = json(&["today", "STAR50", "SP500", "--demo", "--json"]);
    let near = |v: &Value, expected: f64| {
        assert!((v.as_f64().unwrap() - expected).abs() < 5e-7, "{v} is not {expected}")
    };
    let star = row(&report, "STAR50");
    assert_eq!(star["close"].as_f64(), Some(1535.393));
    near(&star["moves"]["1D"]["pct"], 3.533_325);
    near(&row(&report, "SP500")["moves"]["1D"]["pct"], -2.062_677);
    near(&star["relative"]["1D"]["excess_pp"], 5.596_002);
    assert_eq!(row(&report, "SP500")["moves"]["1D"]["from"], "2026-01-16");
    assert_eq!(report["demo"], true);
    assert_eq!(report["as_of"], "2026-01-21T08:30:00Z");
}

#[test]
fn nothing_later_than_as_of_is_seen_although_the_demo_holds_it() {
    // Mumbai closes at 10:00 UTC, London at 16:30, New York at 21:00: their sessions of the 21st are held
    // and not shown; an as-of after them shows them.
    let before = json(&["today", "NIFTY50", "FTSE100", "SP500", "--demo", "--json"]);
    let after = json(&[
        "today",
        "NIFTY50",
        "FTSE100",
        "SP500",
        "--demo",
        "--json",
        "--as-of",
        "2026-01-21T21:00:00Z",
    ]);
    for id in ["NIFTY50", "FTSE100", "SP500"] {
        assert_eq!(row(&before, id)["session"]["date"], "2026-01-20", "{id}");
        assert_eq!(row(&after, id)["session"]["date"], "2026-01-21", "{id}");
    }
}

#[test]
fn asia_is_provisional_until_mumbai_is_in() {
    let asia = json(&["today", "ASIA", "--demo", "--json"]);
    let asia = row(&asia, "ASIA");
    assert_eq!((asia["traded"].as_u64(), asia["members"].as_u64()), (Some(6), Some(7)));
    assert_eq!(
        (&asia["session"]["status"], &asia["pending"][0]),
        (&Value::from("provisional"), &Value::from("NIFTY50"))
    );
    // 6 of 7 equal weights.
    assert!((asia["weight_traded_pct"].as_f64().unwrap() - 85.714_285_7).abs() < 1e-6);
    let later = json(&["today", "ASIA", "--demo", "--json", "--as-of", "2026-01-21T10:10:00Z"]);
    assert_eq!(row(&later, "ASIA")["session"]["status"], "settled");
}

#[test]
fn on_the_second_of_january_star_50_has_no_ytd_and_the_hang_seng_has() {
    let report = json(&["today", "STAR50", "HSI", "--demo", "--json", "--date", "2026-01-02"]);
    assert_eq!(row(&report, "STAR50")["moves"]["YTD"]["absent"], "no_session");
    assert_eq!(row(&report, "STAR50")["session"]["status"], "shut");
    assert_eq!(format!("{:.2}", row(&report, "HSI")["moves"]["YTD"]["pct"].as_f64().unwrap()), "2.76");
}

#[test]
fn the_vix_of_20_january_moves_from_the_holiday_it_printed_on() {
    let report = json(&["today", "VIX", "--demo", "--json", "--date", "2026-01-20"]);
    let day = &row(&report, "VIX")["moves"]["1D"];
    assert_eq!(
        (&day["from"], format!("{:.2}", day["pct"].as_f64().unwrap())),
        (&Value::from("2026-01-19"), "6.63".into())
    );
}

#[test]
fn the_table_says_demo_and_which_session_each_row_speaks_of() {
    let (out, _, code) = run(&["today", "--demo"]);
    assert_eq!(code, 0);
    assert!(out.contains("DEMO"), "{out}");
    let line = |name: &str| out.lines().find(|l| l.starts_with(name)).unwrap().to_owned();
    assert!(line("STAR 50").contains("+3.53") && line("STAR 50").contains("21 Jan"));
    assert!(line("S&P 500").contains("-2.06") && line("S&P 500").contains("20 Jan"));
    assert!(out.lines().all(|l| l.chars().count() <= 80));
}

#[test]
fn two_runs_differ_in_generated_at_only() {
    let without = |mut v: Value| {
        v["generated_at"] = Value::Null;
        v.to_string()
    };
    let args = ["today", "--demo", "--json"];
    assert_eq!(without(json(&args)), without(json(&args)));
}

#[test]
fn history_shows_the_closes_of_the_demo_and_says_that_they_are() {
    let args = ["history", "SP500", "--demo", "--from", "2026-01-16", "--to", "2026-01-20"];
    let (out, _, code) = run(&args);
    assert_eq!(code, 0);
    assert!(out.contains("DEMO: closes built into the program, not today's market\n"), "{out}");
    assert!(out.contains("2026-01-16  6940.01") && out.contains("2026-01-20  6796.86"), "{out}");
    let held = json(&[&args[..], &["--json"]].concat());
    assert_eq!((&held["demo"], &held["series"][0]["source"]), (&Value::from(true), &Value::from("demo")));
    // The 19th was a holiday.
    assert_eq!(held["series"][0]["closes"].as_array().unwrap().len(), 2);
}

#[test]
fn history_tells_what_the_demo_does_not_hold() {
    let says = |args: &[&str]| {
        let (out, err, code) = run(args);
        (out, err.lines().next().unwrap_or_default().to_owned(), code)
    };
    let none = (String::new(), "error: the demo does not hold closes of SAMSUNG".to_owned(), 5);
    assert_eq!(says(&["history", "SAMSUNG", "--demo"]), none);
    let late = "error: the demo does not hold closes of SP500 from 2026-02-01 on".to_owned();
    assert_eq!(says(&["history", "SP500", "--demo", "--from", "2026-02-01"]), (String::new(), late, 5));
    let both = "error: --demo and --source cannot be used together".to_owned();
    assert_eq!(says(&["history", "SP500", "--demo", "--source", "yahoo"]), (String::new(), both, 2));
}
