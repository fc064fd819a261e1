//! `show`: the page of one instrument, and the audit trail from which every figure can be worked out again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::float_cmp)]

#[path = "show/formula.rs"]
mod formula;
mod report;

use std::process::Command;

use chrono::{Datelike, NaiveDate, Weekday};
use marketsnap::domain::snapshot::Standing;
use marketsnap::domain::universe::{Composite, Member};
use marketsnap::domain::{Absent, Show};
use marketsnap::render::{Format, Style};
use proptest::prelude::*;
use report::{Book, d};
use serde_json::Value;

const ALL: &str = "1D,5D,1W,1M,3M,6M,1Y,3Y,5Y,WTD,MTD,QTD,YTD";

fn run(args: &[&str]) -> (String, String, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_marketsnap")).args(args).env_clear().output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

fn page(args: &[&str]) -> String {
    let (out, err, code) = run(&[&["show", "--demo"], args].concat());
    assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
    out
}

fn json(args: &[&str]) -> Value {
    let (out, err, code) = run(args);
    assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
    serde_json::from_str(&out).unwrap()
}

/// The figure of a document that an entry of its trail speaks of.
fn figure<'a>(document: &'a Value, name: &str) -> &'a Value {
    let row = if document["instrument"].is_null() { &document["composite"] } else { &document["instrument"] };
    if let Some(kind) = name.strip_prefix("records.") {
        let records = row["records"].as_array().unwrap();
        return &records.iter().find(|r| r["kind"] == kind).unwrap()["value"];
    }
    if let Some(id) = name.strip_prefix("members.").and_then(|n| n.strip_suffix(".pct")) {
        let members = document["members"].as_array().unwrap();
        return &members.iter().find(|m| m["id"] == id).unwrap()["pct"];
    }
    let first = name.split('.').next().unwrap();
    let from = if ["annualised", "risk", "link"].contains(&first) { document } else { row };
    name.split('.').fold(from, |at, key| at.get(key).unwrap_or_else(|| panic!("no {key} of {name}")))
}

/// Works every entry of a trail out again: the result is the figure of the document, and follows from the
/// inputs to the last digit. Returns how many formulas there were.
fn worked_out(document: &Value) -> usize {
    let mut formulas = 0;
    for entry in document["audit"].as_array().unwrap() {
        let name = entry["figure"].as_str().unwrap();
        assert_eq!(entry["result"].as_f64(), figure(document, name).as_f64(), "{name}");
        assert_eq!(entry["result"].is_null(), !entry["absent"].is_null(), "{entry}");
        let inputs = entry["inputs"].as_array().unwrap();
        if let (Some(formula), Some(result)) = (entry["formula"].as_str(), entry["result"].as_f64()) {
            let found = formula::value(formula, inputs);
            assert_eq!(found.to_bits(), result.to_bits(), "{name}: {formula} = {found}, not {result}");
            formulas += 1;
        }
        if name == "streak.sessions" && !entry["result"].is_null() {
            let closes = inputs.iter().filter(|i| i["name"] == "close");
            let closes: Vec<f64> = closes.map(|i| i["value"].as_f64().unwrap()).collect();
            let up = closes[1] > closes[0];
            assert!(closes.windows(2).all(|w| (w[1] > w[0]) == up && w[0] != w[1]), "{entry}");
            assert_eq!(entry["result"].as_f64(), Some((closes.len() - 1) as f64));
        }
    }
    formulas
}

fn document(page: &Show) -> Value {
    serde_json::to_value(page).unwrap()
}

/// Weekdays from 2 June 2025 on; a venue without a calendar keeps holes out of it.
fn weekdays() -> impl Iterator<Item = NaiveDate> {
    d("2025-06-02").iter_days().filter(|d| !matches!(d.weekday(), Weekday::Sat | Weekday::Sun))
}

#[test]
fn every_figure_of_today_is_that_of_show() {
    for id in ["STAR50", "LOONGSON", "SP500", "EURUSD", "VIX", "NIKKEI225", "ASIA"] {
        let today = json(&["today", id, "--demo", "--json", "--horizons", ALL]);
        let show = json(&["show", id, "--demo", "--json"]);
        let (key, rows) =
            if id == "ASIA" { ("composite", "composites") } else { ("instrument", "instruments") };
        assert_eq!(show[key], today[rows][0], "{id}");
        for key in ["as_of", "date", "demo", "status", "benchmark", "currency", "notes", "errors"] {
            assert_eq!(show[key], today[key], "{id} {key}");
        }
    }
}

#[test]
fn every_figure_follows_from_the_inputs_of_its_trail_to_the_last_digit() {
    for id in ["STAR50", "LOONGSON", "SP500", "USDJPY", "VIX", "ASIA"] {
        let show = json(&["show", id, "--demo", "--json", "--horizons", ALL]);
        // Of 13 horizons the demo's months hold nine; each has a move and, but for the benchmark's own page, an
        // excess and a ratio.
        assert!(worked_out(&show) >= if id == "SP500" { 9 } else { 27 }, "{id}");
    }
}

#[test]
fn every_figure_in_another_currency_follows_from_own_closes_and_rates_to_the_last_digit() {
    for (id, to) in [("STAR50", "USD"), ("NIKKEI225", "EUR"), ("SP500", "JPY"), ("LOONGSON", "EUR")] {
        let show = json(&["show", id, "--demo", "--json", "--horizons", ALL, "--currency", to]);
        // Each move has two parts besides.
        assert!(worked_out(&show) >= if id == "SP500" { 27 } else { 45 }, "{id}");
    }
}

fn entry<'a>(document: &'a Value, figure: &str) -> &'a Value {
    let all = document["audit"].as_array().unwrap();
    all.iter().find(|a| a["figure"] == figure).unwrap_or_else(|| panic!("no entry of {figure}"))
}

/// `name value date` of the inputs of an entry.
fn inputs(entry: &Value) -> Vec<String> {
    let all = entry["inputs"].as_array().unwrap().iter();
    all.map(|i| {
        format!("{} {} {}", i["name"].as_str().unwrap(), i["value"], i["date"].as_str().unwrap_or("-"))
    })
    .collect()
}

/// Tokyo was shut on 12 January 2026; the rate of the session before is older than it, the currency market
/// having been shut on the 9th here.
fn tokyo() -> Book {
    Book::new()
        .closes(
            "NIKKEI225",
            "2025-01-08 39981.06, 2026-01-08 51117.26, 2026-01-09 51939.89, 2026-01-13 53549.16",
        )
        .closes("USDJPY", "2025-01-08 158, 2026-01-08 160, 2026-01-12 158.15, 2026-01-13 200")
        .currency("USD")
        .horizons("1D")
}

#[test]
fn a_converted_close_is_the_own_close_times_a_dated_rate_and_a_move_tells_both_of_each_end() {
    // A yen cost 1 / 200 = 0.005 dollars on the 13th and 1 / 160 = 0.00625 on the 8th, which the 9th takes.
    let page = document(&tokyo().show("NIKKEI225", "2026-01-13T23:00:00Z"));
    let close = entry(&page, "close");
    assert_eq!(close["formula"], "local x rate");
    let (local, rate) = ("local 53549.16 2026-01-13", "rate 0.005 2026-01-13");
    assert_eq!(&inputs(close)[1..], [local, rate]);
    let rule = close["rule"].as_str().unwrap();
    assert!(rule.contains("converted at JPY/USD of 2026-01-13 from test"), "{rule}");
    let base = ["base_local 51939.89 2026-01-09", "base_rate 0.00625 2026-01-08"];
    let day = entry(&page, "moves.1D.pct");
    assert_eq!(day["formula"], "(local x rate / (base_local x base_rate) - 1) x 100");
    assert_eq!([&inputs(day)[1..3], &inputs(day)[4..]].concat(), [local, rate, base[0], base[1]]);
    assert_eq!(inputs(entry(&page, "moves.1D.local_pct")), [local, base[0]]);
    assert_eq!(inputs(entry(&page, "moves.1D.fx_pct")), [rate, base[1]]);
    // 0.005 / 0.00625 - 1 = -20 %.
    assert!((entry(&page, "moves.1D.fx_pct")["result"].as_f64().unwrap() + 20.0).abs() < 1e-9);
    let previous = inputs(entry(&page, "change"));
    assert_eq!(&previous[4..], ["previous_local 51939.89 2026-01-09", "previous_rate 0.00625 2026-01-08"]);
    let range = inputs(entry(&page, "range_52w.position_pct"));
    assert!(range.contains(&"low_local 53549.16 2026-01-13".to_owned()), "{range:?}");
    assert!(range.contains(&"high_rate 0.00625 2026-01-08".to_owned()), "{range:?}");
    assert!(inputs(entry(&page, "drawdown.pct")).iter().any(|i| i.starts_with("peak_rate ")));
}

#[test]
fn a_composites_members_tell_their_closes_and_the_rates_of_its_dates() {
    // Its dates are 12 and 13 January; on the 12th Tokyo's close is that of the 9th, at the rate of the 12th.
    let mut book = tokyo().closes("SP500", "2026-01-08 6921.46, 2026-01-12 6977.27, 2026-01-13 6963.74");
    let member = |name: &str| Member { id: report::id(name), weight: 1.0 };
    book.universe.composites.push(Composite {
        id: report::id("HALVES"),
        name: "Halves".into(),
        name_zh: None,
        section: "Americas".into(),
        members: vec![member("NIKKEI225"), member("SP500")],
    });
    let page = document(&book.show("HALVES", "2026-01-13T23:00:00Z"));
    // Two members, the parts of 1D, 1D itself; the benchmark is SP500, so also an excess and a ratio.
    assert!(worked_out(&page) >= 7);
    let nikkei = entry(&page, "members.NIKKEI225.pct");
    assert_eq!(nikkei["formula"], "(local x rate / (base_local x base_rate) - 1) x 100");
    let expected = [
        "local 53549.16 2026-01-13",
        "rate 0.005 2026-01-13",
        "base_local 51939.89 2026-01-09",
        "base_rate 0.006323110970597534 2026-01-12",
    ];
    assert_eq!(inputs(nikkei)[2..], expected);
    let rule = nikkei["rule"].as_str().unwrap();
    assert!(rule.ends_with("the rates of the composite's dates: JPY/USD from test"), "{rule}");
    assert_eq!(inputs(entry(&page, "members.SP500.pct")).len(), 2);
    let mut against_tokyo = tokyo().closes("SP500", "2026-01-12 6977.27, 2026-01-13 6963.74");
    against_tokyo.benchmark = report::id("NIKKEI225");
    let spread = document(&against_tokyo.show("SP500", "2026-01-13T23:00:00Z"));
    let spread = entry(&spread, "relative.1D.excess_pp");
    assert!(inputs(spread).contains(&"benchmark_base_rate 0.00625 2026-01-08".to_owned()), "{spread}");
    assert!(
        spread["rule"].as_str().unwrap().ends_with("; NIKKEI225's closes at JPY/USD from test"),
        "{spread}"
    );
    assert_eq!(inputs(entry(&page, "moves.1D.pct"))[1].split(' ').next(), Some("local"));
}

#[test]
fn the_page_of_the_benchmark_explains_no_figure_against_itself() {
    let show = json(&["show", "SP500", "--demo", "--json"]);
    let all = show["audit"].as_array().unwrap().iter().map(|a| a["figure"].as_str().unwrap());
    let against: Vec<&str> = all.filter(|f| f.starts_with("relative.") || f.starts_with("link.")).collect();
    assert!(against.is_empty(), "{against:?}");
    assert!(!page(&["SP500", "--why"]).contains("vs SP500"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_the_closes_the_trail_leads_to_the_figures(
        steps in prop::collection::vec(-0.05_f64..0.05, 300),
        others in prop::collection::vec(-0.05_f64..0.05, 300),
    ) {
        let walk = |steps: &[f64]| -> Vec<(NaiveDate, f64)> {
            let closes = steps.iter().scan(100.0, |at, step| { *at *= 1.0 + step; Some(*at) });
            weekdays().zip(closes).collect()
        };
        let book = Book::new()
            .series("VIX", &walk(&steps), None, vec![])
            .series("SP500", &walk(&others), None, vec![])
            .horizons("1D,5D,1M,1Y,MTD");
        let page = book.show("VIX", "2029-01-01T00:00:00Z");
        prop_assert!(worked_out(&document(&page)) >= 15);
        // Another way to the same deviation: (sum of squares - square of the sum / n) / (n - 1).
        let returns: Vec<f64> = steps.iter().rev().take(250).map(|s| (1.0 + s).ln()).collect();
        let (sum, squares) = returns.iter().fold((0.0, 0.0), |(s, q), r| (s + r, q + r * r));
        let year = ((squares - sum * sum / 250.0) / 249.0 * 252.0).sqrt() * 100.0;
        let found = page.risk.volatility_250;
        prop_assert_eq!(found.returns, 250);
        prop_assert!((found.pct.unwrap().0 - year).abs() < 1e-9);
    }
}

#[test]
fn volatility_is_the_samples_over_a_years_sessions() {
    // 61 closes of 100 and 101 in turn: 60 returns of +-ln(1.01) = 0.00995033, mean 0, so that the sample
    // deviation is 0.00995033 x sqrt(60 / 59) = 0.01003430; x sqrt(252) x 100 = 15.928960 %.
    let turns = |days: &mut dyn Iterator<Item = NaiveDate>| -> Vec<(NaiveDate, f64)> {
        days.take(61).enumerate().map(|(i, day)| (day, if i % 2 == 0 { 100.0 } else { 101.0 })).collect()
    };
    let vix = turns(&mut weekdays());
    let (first, last) = (vix[0].0, vix[60].0);
    let risk = Book::new().series("VIX", &vix, None, vec![]).show("VIX", "2025-12-01T00:00:00Z").risk;
    let year = risk.volatility_60.pct.unwrap().0;
    assert!((year - 15.928_960).abs() < 5e-7, "{year}");
    assert_eq!((risk.volatility_60.returns, risk.volatility_60.sessions_a_year), (60, 252));
    assert_eq!((risk.volatility_60.from, risk.volatility_60.to), (Some(first), Some(last)));
    assert_eq!(risk.volatility_250, risk.volatility_60);
    // A coin trades every day: x sqrt(365) instead, 19.170506 %.
    let btc = turns(&mut d("2025-06-02").iter_days());
    let risk = Book::new().series("BTC", &btc, None, vec![]).show("BTC", "2025-12-01T00:00:00Z").risk;
    let year = risk.volatility_60.pct.unwrap().0;
    assert!((year - 19.170_506).abs() < 5e-7, "{year}");
    assert_eq!(risk.volatility_60.sessions_a_year, 365);
}

#[test]
fn the_demos_volatilities_are_those_of_another_program() {
    // By pandas; script and inputs are in fixtures/README.md.
    let reference = [
        ("STAR50", 26.033_560_487, 30.942_998_322, 89),
        ("SP500", 11.903_741_224, 11.651_730_661, 92),
        ("NIKKEI225", 22.566_124_318, 22.749_016_223, 88),
        ("BTC", 36.094_174_382, 38.939_429_589, 134),
    ];
    for (id, sixty, all, returns) in reference {
        let show = json(&["show", id, "--demo", "--horizons", "1D", "--json"]);
        let near = |of: &str, expected: f64| {
            let found = show["risk"][of]["pct"].as_f64().unwrap();
            assert!((found - expected).abs() < 1e-8, "{id} {of}: {found} is not {expected}");
        };
        near("volatility_60", sixty);
        near("volatility_250", all);
        assert_eq!(show["risk"]["volatility_250"]["returns"], returns, "{id}");
    }
}

#[test]
fn fewer_than_thirty_returns_give_no_volatility_and_neither_holes_nor_live_values_count() {
    // 4 June 2025 is missing: of four moves the one across it takes no part, and none ends on a live value.
    let closes = "2025-06-02 100, 2025-06-03 101, 2025-06-05 102, 2025-06-06 103, 2025-06-09 104";
    let book = Book::new().closes("SP500", closes);
    let found = book.show("SP500", "2025-06-09T21:00:00Z").risk.volatility_60;
    assert_eq!((found.pct, found.returns, found.absent), (None, 3, Some(Absent::InsufficientHistory)));
    let live = Book::new().fetched_at("2025-06-09T15:00:00Z").closes("SP500", closes);
    let found = live.show("SP500", "2025-06-09T15:00:00Z").risk.volatility_60;
    assert_eq!((found.returns, found.to), (2, Some(d("2025-06-06"))));
}

#[test]
fn moves_over_more_than_a_year_are_annualised_over_calendar_days() {
    // 1.61051 = 1.1 ^ 5 over the 1826 days from 20 January 2021 to 20 January 2026:
    // 1.61051 ^ (365.25 / 1826) = 1.1 ^ 1.00013691 = 1.10001435, so 10.001435 % a year.
    let book = Book::new()
        .closes("VIX", "2021-01-20 100, 2025-01-20 150, 2026-01-19 160, 2026-01-20 161.051")
        .horizons("1D,1Y,3Y,5Y,since:2021-01-20,since:2025-01-20");
    let page = book.show("VIX", "2026-01-21T00:00:00Z");
    let labels: Vec<String> = page.annualised.iter().map(|(h, _)| h.label()).collect();
    assert_eq!(labels, ["3Y", "5Y", "since 2021-01-20"]);
    let of = |h: &str| page.annualised.get(&h.parse().unwrap()).unwrap().clone();
    assert_eq!(of("5Y").days, Some(1826));
    assert!((of("5Y").pct.unwrap().0 - 10.001_435).abs() < 5e-7);
    assert_eq!(of("since:2021-01-20"), of("5Y"));
    assert_eq!((of("3Y").pct, of("3Y").absent), (None, Some(Absent::InsufficientHistory)));
}

#[test]
fn a_composites_members_add_up_to_its_move_and_say_where_they_stood() {
    // On 21 January Mumbai has no close yet: pending, its move is 0.
    let show = json(&["show", "ASIA", "--demo", "--json"]);
    let members = show["members"].as_array().unwrap();
    let sum: f64 = members.iter().map(|m| m["contribution_pp"].as_f64().unwrap()).sum();
    let day = show["composite"]["moves"]["1D"]["pct"].as_f64().unwrap();
    assert!((sum - day).abs() < 1e-12, "{sum} is not {day}");
    let of = |id: &str| members.iter().find(|m| m["id"] == id).unwrap();
    assert_eq!(
        (of("NIFTY50")["standing"].as_str(), of("NIFTY50")["pct"].as_f64()),
        (Some("pending"), Some(0.0))
    );
    assert_eq!(of("KOSPI")["standing"], "traded");
}

#[test]
fn a_member_that_was_shut_or_left_out_is_told_and_the_weights_are_those_that_count() {
    // Of AMERICAS only three members have closes; one of them is shut on 19 January.
    let book = Book::new()
        .closes("SP500", "2026-01-15 100, 2026-01-16 110")
        .closes("TSX", "2026-01-15 200, 2026-01-16 200, 2026-01-19 210")
        .closes("BOVESPA", "2026-01-15 100, 2026-01-16 100, 2026-01-19 90");
    let Some(composite) = book.universe.composite(&report::id("AMERICAS")).cloned() else {
        panic!("no AMERICAS")
    };
    let page = book.show("AMERICAS", "2026-01-20T02:00:00Z");
    let held = ["SP500", "TSX", "BOVESPA"];
    for member in &page.members {
        let held = held.contains(&member.id.as_str());
        assert_eq!(member.standing == Standing::LeftOut, !held, "{member:?}");
        assert_eq!(member.weight_pct.is_some(), held, "{member:?}");
    }
    assert_eq!(page.members.len(), composite.members.len());
    let of = |id: &str| page.members.iter().find(|m| m.id.as_str() == id).unwrap();
    // New York was shut: its last close on or before both dates is that of the 16th.
    assert_eq!((of("SP500").standing, of("SP500").pct.unwrap().0), (Standing::Shut, 0.0));
    // A third of +5 % and a third of -10 %.
    assert!((of("TSX").contribution_pp.unwrap().0 - 5.0 / 3.0).abs() < 1e-9);
    assert!((of("BOVESPA").contribution_pp.unwrap().0 + 10.0 / 3.0).abs() < 1e-9);
}

#[test]
fn the_newest_sessions_are_those_of_the_closes_with_the_move_into_each() {
    let page = Book::new()
        .closes("VIX", "2026-01-15 10, 2026-01-16 11, 2026-01-20 9.9")
        .show("VIX", "2026-01-21T12:00:00Z");
    let days: Vec<(NaiveDate, String, Option<Absent>)> = page
        .sessions
        .iter()
        .map(|s| (s.date, s.pct.map_or_else(String::new, |p| format!("{:+.2}", p.0)), s.absent))
        .collect();
    assert_eq!(
        days,
        [
            (d("2026-01-20"), "-10.00".to_owned(), None),
            (d("2026-01-16"), "+10.00".to_owned(), None),
            (d("2026-01-15"), String::new(), Some(Absent::InsufficientHistory)),
        ]
    );
}

#[test]
fn who_confirms_a_close_is_told_with_the_close_that_he_has() {
    // 110.05 is 0.045 % from 110.00; 112 is 1.8 % from it and a disagreement.
    let others = Book::new()
        .closes("SP500", "2026-01-15 100.01, 2026-01-16 110.05")
        .moved_to("SP500", "second")
        .closes("SP500", "2026-01-15 100, 2026-01-16 112")
        .moved_to("SP500", "third");
    let page = others.closes("SP500", "2026-01-15 100, 2026-01-16 110").show("SP500", "2026-01-17T00:00:00Z");
    let told: Vec<(&str, f64)> = page.confirmations.iter().map(|c| (c.source.as_str(), c.close)).collect();
    assert_eq!(told, [("second", 110.05)]);
    assert_eq!(page.instrument.unwrap().confirmed_by, ["second"]);
}

#[test]
fn a_tiny_close_is_told_with_the_digits_that_its_figures_follow_from() {
    // 0.000010012 / 0.000010004 - 1 = 0.0800 %.
    let book = Book::new().closes("BTC", "2026-01-15 0.000010004, 2026-01-16 0.000010012").horizons("1D");
    let mut page = book.show("BTC", "2026-01-17T12:00:00Z");
    page.notes.clear();
    let mut out = Vec::new();
    let style = Style::default();
    marketsnap::render::show(&page, Format::Table, true, &style, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("Close        0.000010012"), "{text}");
    assert!(text.contains("0.000010012 - 0.000010004 = +0.000000008"), "{text}");
    assert!(text.contains("(0.000010012 / 0.000010004 - 1) x 100 = +0.08 %"), "{text}");
}

#[test]
fn a_group_is_refused_before_any_request_and_movers_is_named() {
    let (out, err, code) = run(&["show", "cn-chips"]);
    assert_eq!((out.as_str(), code), ("", 2));
    assert!(err.contains("'CN-CHIPS' is a group: `marketsnap movers CN-CHIPS`"), "{err}");
}

#[test]
fn a_value_that_will_still_change_is_4_where_settled_ones_are_required_and_the_page_is_written() {
    let (out, _, code) = run(&["show", "ASIA", "--demo", "--require-settled"]);
    assert_eq!(code, 4);
    assert!(out.contains("2026-01-21, provisional"), "{out}");
    let (_, _, code) = run(&["show", "STAR50", "--demo", "--require-settled"]);
    assert_eq!(code, 0);
}

#[test]
fn a_days_page_ends_on_that_day_and_no_later_close_enters_it() {
    let show = json(&["show", "STAR50", "--demo", "--date", "2026-01-16", "--json"]);
    assert_eq!(show["instrument"]["session"]["date"], "2026-01-16");
    assert_eq!(show["sessions"][0]["date"], "2026-01-16");
    assert_eq!(show["risk"]["volatility_60"]["to"], "2026-01-16");
    let dates = show["audit"].as_array().unwrap().iter().flat_map(|a| a["inputs"].as_array().unwrap());
    assert!(dates.filter_map(|i| i["date"].as_str()).all(|date| date <= "2026-01-16"));
    assert!(worked_out(&show) >= 27);
}

#[test]
fn an_absent_figure_keeps_its_line_with_the_reason_in_words() {
    let page = page(&["STAR50"]);
    for label in ["6M", "1Y", "3Y", "5Y"] {
        let line = page.lines().find(|l| l.starts_with(&format!("{label} "))).unwrap();
        assert!(line.ends_with("absent: the closes held do not reach back far enough"), "{line}");
    }
}

#[test]
fn alias_and_name_mean_the_instrument_and_a_slip_is_refused() {
    assert_eq!(page(&["科创50"]), page(&["star50"]));
    let (_, err, code) = run(&["show", "STAR5O", "--demo"]);
    assert_eq!(code, 2);
    assert!(err.contains("did you mean STAR50?"), "{err}");
}

#[test]
fn the_page_at_the_common_widths() {
    insta::assert_snapshot!("show-80", page(&["STAR50"]));
    insta::assert_snapshot!("show-120", page(&["LOONGSON", "--width", "120"]));
    insta::assert_snapshot!("show-composite-80", page(&["ASIA", "--horizons", "1D,YTD"]));
    insta::assert_snapshot!("show-why-80", page(&["STAR50", "--why", "--horizons", "1D,1Y,YTD"]));
    let converted = ["STAR50", "--why", "--horizons", "1D,YTD", "--currency", "USD"];
    insta::assert_snapshot!("show-why-currency-80", page(&converted));
    insta::assert_snapshot!(
        "show-ascii-40",
        page(&["SP500", "--ascii", "--width", "40", "--horizons", "1D"])
    );
}

#[test]
fn no_line_is_wider_than_asked_and_colour_adds_nothing_but_colour() {
    for width in ["40", "60", "80", "100", "120", "200"] {
        for id in ["STAR50", "ASIA"] {
            let args = [id, "--why", "--width", width];
            let plain = page(&args);
            let cells = |line: &str| unicode_width::UnicodeWidthStr::width(line);
            let limit: usize = width.parse().unwrap();
            assert!(plain.lines().all(|l| cells(l) <= limit), "{width}\n{plain}");
            let painted = page(&[&args[..], &["--color", "always"]].concat());
            let mut stripped = String::new();
            let mut rest = painted.as_str();
            while let Some((before, after)) = rest.split_once('\u{1b}') {
                stripped.push_str(before);
                rest = after.split_once('m').unwrap().1;
            }
            stripped.push_str(rest);
            assert_eq!(stripped, plain, "{id} {width}");
        }
    }
}
