//! Since when: records, streaks, z-scores and the head of the report.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::float_cmp)]

mod report;

use std::process::Command;

use chrono::{Datelike, NaiveDate, Weekday};
use marketsnap::domain::snapshot::Record;
use proptest::prelude::*;
use report::{Book, d, row};

/// Weekdays from 2 June 2025 on; a venue without a calendar keeps holes out of it.
fn weekdays() -> impl Iterator<Item = NaiveDate> {
    d("2025-06-02").iter_days().filter(|d| !matches!(d.weekday(), Weekday::Sat | Weekday::Sun))
}

fn book(closes: &[f64]) -> Book {
    let rows: Vec<(NaiveDate, f64)> = weekdays().zip(closes.iter().copied()).collect();
    Book::new().series("VIX", &rows, None, vec![])
}

fn records(closes: &[f64]) -> Vec<Record> {
    row(&book(closes).at("2029-01-01T00:00:00Z"), "VIX").records.clone()
}

fn find<'a>(records: &'a [Record], kind: &str) -> Option<&'a Record> {
    records.iter().find(|r| r.kind.word() == kind)
}

/// The README's day, from the program itself.
fn demo(args: &[&str]) -> serde_json::Value {
    let program = env!("CARGO_BIN_EXE_marketsnap");
    let output =
        Command::new(program).args(["today", "--demo", "--json"]).args(args).env_clear().output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_record_needs_twenty_sessions_in_between() {
    // A close of 200 with n lower ones after it: with 20 in between the record is 21 sessions old.
    let closes = |between: usize| [vec![200.0], vec![100.0; between], vec![150.0]].concat();
    assert_eq!(find(&records(&closes(19)), "highest_close_since"), None);
    let found = records(&closes(20));
    let high = find(&found, "highest_close_since").unwrap();
    assert_eq!(
        (high.date, high.sessions, high.since_start, high.value),
        (d("2025-06-02"), Some(21), false, 150.0)
    );
}

#[test]
fn a_record_since_the_data_begin_needs_250_sessions() {
    let rising = |n: usize| (0..n).map(|i| 100.0 + i as f64).collect::<Vec<f64>>();
    assert_eq!(find(&records(&rising(249)), "highest_close_since"), None);
    let found = records(&rising(250));
    let high = find(&found, "highest_close_since").unwrap();
    assert_eq!((high.date, high.sessions, high.since_start), (d("2025-06-02"), None, true));
}

#[test]
fn a_record_close_names_the_day_that_the_data_begin() {
    let rising: Vec<f64> = (0..260).map(|i| 100.0 + f64::from(i)).collect();
    let report = book(&rising).at("2026-05-31T00:00:00Z");
    let lines: Vec<&str> = report.highlights.iter().map(|h| h.text.as_str()).collect();
    // The last of 260 weekdays from 2 June 2025 is Friday 29 May 2026. VIX is told in points, 359 - 358.
    assert_eq!(lines, ["VIX 359.00 (+1.00): record close (data since 2 June 2025)"]);
}

#[test]
fn the_session_named_is_the_one_that_was_at_least_as_large() {
    // Moves: -10 % on day 2, then 25 flat days, then -10 % again: the same size counts.
    let closes = [vec![100.0, 90.0], vec![90.0; 25], vec![81.0]].concat();
    let found = records(&closes);
    let loss = find(&found, "largest_daily_loss_since").unwrap();
    assert_eq!((loss.date, loss.sessions), (d("2025-06-03"), Some(26)));
}

#[test]
fn a_live_value_has_no_records() {
    let closes = [vec![200.0], vec![100.0; 30], vec![150.0]].concat();
    let rows: Vec<(NaiveDate, f64)> = weekdays().zip(closes).collect();
    let stamp = format!("{}T15:00:00Z", rows[31].0);
    let report = Book::new().series("VIX", &rows, Some(&stamp), vec![]).at("2029-01-01T00:00:00Z");
    let vix = row(&report, "VIX");
    assert!(vix.records.is_empty());
    assert_eq!((vix.streak.absent, vix.z_score.absent).0.map(|a| a.code()), Some("live"));
    assert!(report.highlights.is_empty());
}

#[test]
fn a_move_across_a_hole_is_no_record_and_ends_a_streak() {
    // Every weekday of June and July but 2 July, which the exchange's other index has.
    let all: Vec<NaiveDate> =
        d("2025-06-02").iter_days().take(45).filter(|d| d.weekday().num_days_from_monday() < 5).collect();
    let days: Vec<NaiveDate> =
        all.into_iter().filter(|d| !["2025-06-19", "2025-07-04"].contains(&d.to_string().as_str())).collect();
    let close = |i: usize| 100.0 + i as f64 * 0.1;
    let full: Vec<(NaiveDate, f64)> = days.iter().enumerate().map(|(i, d)| (*d, close(i))).collect();
    let holed: Vec<(NaiveDate, f64)> =
        full.iter().copied().filter(|(date, _)| *date != d("2025-07-02")).collect();
    let until: Vec<(NaiveDate, f64)> =
        holed.iter().copied().filter(|(date, _)| *date <= d("2025-07-03")).collect();
    let report = Book::new()
        .series("SP500", &until, None, vec![])
        .series("DOW", &full, None, vec![])
        .at("2025-07-04T00:00:00Z");
    let sp = row(&report, "SP500");
    assert_eq!(find(&sp.records, "largest_daily_gain_since"), None);
    assert_eq!(sp.streak.sessions, None);
    let later = Book::new()
        .series("SP500", &holed, None, vec![])
        .series("DOW", &full, None, vec![])
        .at("2025-07-17T00:00:00Z");
    // From 3 July, the first session after the hole, no move counts; from 7 July on each session rose.
    let risen = holed.iter().filter(|(date, _)| *date >= d("2025-07-07")).count();
    assert_eq!(row(&later, "SP500").streak.sessions, Some(risen));
}

#[test]
fn a_streak_counts_sessions_in_one_direction() {
    let streak = |closes: &[f64]| {
        let report = book(closes).at("2029-01-01T00:00:00Z");
        (row(&report, "VIX").streak.direction, row(&report, "VIX").streak.sessions)
    };
    assert_eq!(streak(&[10.0, 9.0, 10.0, 11.0, 12.0]), (Some("up"), Some(3)));
    assert_eq!(streak(&[10.0, 11.0, 10.0]), (Some("down"), Some(1)));
    assert_eq!(streak(&[10.0, 11.0, 11.0]), (None, None));
}

#[test]
fn the_z_score_is_over_the_moves_before_the_newest() {
    // 60 moves alternating +1 % and -1 %: mean 0, sample deviation sqrt(60 / 59) = 1.008439; then +3 %:
    // 3 / 1.008439 = 2.974896.
    let mut closes = vec![100.0];
    for i in 0..60 {
        let last = closes[i];
        closes.push(last * if i % 2 == 0 { 1.01 } else { 0.99 });
    }
    closes.push(closes[60] * 1.03);
    let report = book(&closes).at("2029-01-01T00:00:00Z");
    let z = &row(&report, "VIX").z_score;
    assert_eq!(z.sessions, Some(60));
    assert!((z.value.unwrap() - 2.974_896).abs() < 1e-5, "{z:?}");
    let short = book(&closes[1..]).at("2029-01-01T00:00:00Z");
    assert_eq!(row(&short, "VIX").z_score.absent.map(|a| a.code()), Some("insufficient_history"));
}

#[test]
fn the_demos_head_tells_the_story_of_the_day() {
    let lines: Vec<String> = demo(&[])["highlights"]
        .as_array()
        .unwrap()
        .iter()
        .map(|h| h["text"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        lines,
        [
            "S&P 500 -2.06 % on 20 January: largest daily loss since 10 October 2025 (68 sessions)",
            "Hygon +13.34 %: largest daily gain since 11 September 2025 (86 sessions)",
            "Loongson +20.00 %: limit up, largest move either way in 89 sessions",
            "STAR 50 +3.53 %: highest close since 9 October 2025 (72 sessions)",
            "Nifty 50 -1.38 % on 20 January: lowest close since 14 October 2025 (66 sessions)",
        ]
    );
}

#[test]
fn star_50s_gain_of_the_day_is_no_record_because_5_january_was_larger() {
    let report = demo(&["STAR50"]);
    let kinds: Vec<&str> = report["instruments"][0]["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["highest_close_since"]);
}

#[test]
fn old_news_is_not_repeated_while_a_market_is_shut() {
    // On New Year's Day every stock market is shut: no row of theirs may head the report.
    let report = demo(&["--date", "2026-01-01"]);
    for line in report["highlights"].as_array().unwrap() {
        assert!(line["id"] == "BTC" || line["id"] == "VIX", "{line}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_record_is_what_a_scan_of_everything_finds(closes in prop::collection::vec(prop::sample::select(vec![90.0, 95.0, 97.0, 99.0, 100.0, 101.0, 103.0, 105.0, 110.0, 120.0]), 22..320)) {
        let found = records(&closes);
        let n = closes.len() - 1;
        let moves: Vec<f64> = (1..=n).map(|i| (closes[i] / closes[i - 1] - 1.0) * 100.0).collect();
        let r = moves[n - 1];
        let scan = |hit: &dyn Fn(usize) -> bool, first: usize| {
            let at = (first..n).rfind(|i| hit(*i));
            match at {
                Some(at) => (n - at > 20).then_some((Some(n - at), false)),
                None => (closes.len() >= 250).then_some((None, true)),
            }
        };
        let told = |kind: &str| find(&found, kind).map(|r| (r.sessions, r.since_start));
        prop_assert_eq!(told("highest_close_since"), scan(&|i| closes[i] >= closes[n], 0));
        prop_assert_eq!(told("lowest_close_since"), scan(&|i| closes[i] <= closes[n], 0));
        if r > 0.0 {
            prop_assert_eq!(told("largest_daily_gain_since"), scan(&|i| moves[i - 1] >= r, 1));
        }
        if r < 0.0 {
            prop_assert_eq!(told("largest_daily_loss_since"), scan(&|i| moves[i - 1] <= r, 1));
        }
    }
}
