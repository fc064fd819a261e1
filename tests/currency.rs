//! `--currency`: closes at dated rates, both parts of a move, composites, and what cannot be converted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::float_cmp)]

mod report;

use std::process::Command;

use chrono::{Days, NaiveDate};
use marketsnap::domain::snapshot::{MoveFlag, NoteKind, RecordKind};
use marketsnap::domain::universe::{Composite, Member};
use marketsnap::domain::{Absent, Snapshot};
use proptest::prelude::*;
use report::{Book, cell, composite, d, id, pct, row};

/// Tokyo was shut on 12 January 2026; New York and the currency market were not.
const NIKKEI: &str = "2026-01-08 51117.26, 2026-01-09 51939.89, 2026-01-13 53549.16, 2026-01-14 54341.23";
const SP500: &str = "2026-01-08 6921.46, 2026-01-09 6966.28, 2026-01-12 6977.27, 2026-01-13 6963.74";
const USDJPY: &str =
    "2026-01-08 156.47, 2026-01-09 157.49, 2026-01-12 158.15, 2026-01-13 158.95, 2026-01-14 159.18";

fn near(value: f64, expected: f64) {
    assert!((value - expected).abs() < 5e-7, "{value} is not {expected}");
}

fn notes(report: &Snapshot, kind: NoteKind) -> Vec<&str> {
    report.notes.iter().filter(|n| n.kind == kind).map(|n| n.message.as_str()).collect()
}

fn tokyo() -> Book {
    tokyo_fetched("2030-01-01T00:00:00Z")
}

fn tokyo_fetched(when: &str) -> Book {
    Book::new()
        .fetched_at(when)
        .closes("NIKKEI225", NIKKEI)
        .closes("USDJPY", USDJPY)
        .currency("USD")
        .horizons("1D,5D")
}

#[test]
fn a_move_over_a_holiday_takes_the_rate_of_each_end_and_has_two_parts() {
    // 53549.16 / 51939.89 - 1 = 3.098332 %; a yen cost 1 / 157.49 dollars on the 9th and 1 / 158.95 on the 13th:
    // 157.49 / 158.95 - 1 = -0.918528 %; 1.03098332 x 0.99081472 - 1 = 2.151345 %. 53549.16 / 158.95 = 336.893111.
    let report = tokyo().at("2026-01-13T23:00:00Z");
    let nikkei = row(&report, "NIKKEI225");
    let day = cell(nikkei, "1D");
    near(day.pct.unwrap().0, 2.151_345);
    near(day.local_pct.unwrap().0, 3.098_332);
    near(day.fx_pct.unwrap().0, -0.918_528);
    assert_eq!(
        (day.from, day.to, day.flags.as_slice()),
        (Some(d("2026-01-09")), Some(d("2026-01-13")), &[][..])
    );
    near(nikkei.close.unwrap(), 336.893_111);
    near(day.base.unwrap(), 329.798_019);
    let fx = nikkei.fx.as_ref().unwrap();
    near(fx.rate.unwrap(), 0.006_291_287);
    assert_eq!(
        (fx.pair.as_deref(), fx.date, fx.via.as_deref()),
        (Some("JPY/USD"), Some(d("2026-01-13")), None)
    );
    let local = nikkei.local.as_ref().unwrap();
    assert_eq!((local.currency.as_deref(), local.close), (Some("JPY"), Some(53_549.16)));
    assert_eq!((nikkei.currency.as_deref(), report.currency.as_str()), (Some("USD"), "USD"));
    assert_eq!(notes(&report, NoteKind::Currency)[0], "Rates from test: JPY/USD 0.0062913 of 2026-01-13.");
}

#[test]
fn a_day_without_a_rate_takes_the_one_before_and_both_ends_at_one_rate_are_flagged() {
    // No currency trades on 25 December; Tokyo does.
    let book = Book::new()
        .closes("NIKKEI225", "2025-12-24 50344.1, 2025-12-25 50407.79")
        .closes("USDJPY", "2025-12-23 156.2, 2025-12-24 155.9")
        .currency("USD")
        .horizons("1D");
    let report = book.at("2025-12-26T00:00:00Z");
    let day = cell(row(&report, "NIKKEI225"), "1D");
    assert_eq!((day.flags.as_slice(), day.fx_pct.unwrap().0), (&[MoveFlag::FxPending][..], 0.0));
    near(day.pct.unwrap().0, day.local_pct.unwrap().0);
    let not_final = "Not final, as no rate of the newest session's date is fixed yet: NIKKEI225.";
    assert!(notes(&report, NoteKind::Currency).contains(&not_final));
    // Once the 26th has a rate, that of the 24th stands for the 25th.
    let settled = book.closes("USDJPY", "2025-12-23 156.2, 2025-12-24 155.9, 2025-12-26 156.5");
    let report = settled.at("2025-12-26T23:00:00Z");
    assert_eq!(cell(row(&report, "NIKKEI225"), "1D").flags, [MoveFlag::FxPending]);
    assert!(!row(&report, "NIKKEI225").fx.as_ref().unwrap().pending);
    let stands = "One rate for both ends of 1D, as the newest session's date has none: NIKKEI225.";
    assert!(notes(&report, NoteKind::Currency).contains(&stands));
}

#[test]
fn a_rate_counts_from_its_days_end_on() {
    // Tokyo closes at 06:30 UTC, the currency day at 22:00 UTC.
    let rate = |when: &str| {
        let report = tokyo().at(when);
        let nikkei = row(&report, "NIKKEI225");
        (nikkei.fx.as_ref().unwrap().date.unwrap(), cell(nikkei, "1D").flags.contains(&MoveFlag::FxPending))
    };
    assert_eq!(rate("2026-01-14T08:30:00Z"), (d("2026-01-13"), true));
    assert_eq!(rate("2026-01-14T21:59:00Z"), (d("2026-01-13"), true));
    assert_eq!(rate("2026-01-14T22:00:00Z"), (d("2026-01-14"), false));
}

#[test]
fn a_live_value_takes_the_newest_rate_known_and_a_settled_close_only_settled_ones() {
    // At 01:00 UTC on the 14th Tokyo trades, and so does the currency day that began at 22:00 UTC.
    let report = tokyo_fetched("2026-01-14T01:00:00Z").at("2026-01-14T01:00:00Z");
    let live = row(&report, "NIKKEI225");
    assert_eq!(live.fx.as_ref().unwrap().date, Some(d("2026-01-14")));
    near(live.close.unwrap(), 54_341.23 / 159.18);
    near(cell(live, "1D").base.unwrap(), 53_549.16 / 158.95);
    let settled = tokyo_fetched("2026-01-14T08:00:00Z").at("2026-01-14T08:00:00Z");
    assert_eq!(row(&settled, "NIKKEI225").fx.as_ref().unwrap().date, Some(d("2026-01-13")));
}

#[test]
fn a_rate_holds_for_seven_days_and_no_longer() {
    // The 14th is 7 days after the 7th and 8 after the 6th.
    let with = |rate: &str| {
        let book = Book::new().closes("NIKKEI225", NIKKEI).closes("USDJPY", rate);
        book.currency("USD").horizons("1D,5D").at("2026-01-14T23:00:00Z")
    };
    let report = with("2026-01-06 156.33, 2026-01-07 156.49");
    near(row(&report, "NIKKEI225").close.unwrap(), 54_341.23 / 156.49);
    let report = with("2026-01-06 156.33");
    let nikkei = row(&report, "NIKKEI225");
    assert_eq!((nikkei.close, nikkei.previous.close, nikkei.change), (None, None, None));
    assert_eq!((pct(nikkei, "1D"), nikkei.previous.absent), ("no_fx".into(), Some(Absent::NoFx)));
    assert_eq!(nikkei.range_52w.absent, Some(Absent::NoFx));
    assert_eq!(nikkei.fx.as_ref().unwrap().absent, Some(Absent::NoFx));
    assert_eq!(nikkei.local.as_ref().unwrap().close, Some(54_341.23));
    assert_eq!(nikkei.session.date, Some(d("2026-01-14")));
    // Tokyo's close of 15:30.
    assert_eq!(nikkei.session.closed_at, Some(report::at("2026-01-14T06:30:00Z")));
    let error = report.errors.iter().find(|e| e.id == id("NIKKEI225")).unwrap();
    assert_eq!(error.kind, "no_fx");
    assert!(error.message.ends_with("the newest settled one is of 2026-01-06"), "{}", error.message);
}

#[test]
fn closes_before_the_first_rate_are_left_out_with_that_reason() {
    // Rates begin on the 13th: the base of 1D on the 13th has none.
    let book =
        Book::new().closes("NIKKEI225", NIKKEI).closes("USDJPY", "2026-01-13 158.95, 2026-01-14 159.18");
    let report = book.currency("USD").horizons("1D,5D").at("2026-01-13T23:00:00Z");
    let nikkei = row(&report, "NIKKEI225");
    near(nikkei.close.unwrap(), 53_549.16 / 158.95);
    assert_eq!((pct(nikkei, "1D"), pct(nikkei, "5D")), ("no_fx".into(), "no_fx".into()));
    assert_eq!(cell(nikkei, "1D").local_pct, None);
}

#[test]
fn without_a_pair_a_row_is_absent_and_never_unconverted() {
    let report = Book::new().closes("HSI", "2026-01-20 26487.51, 2026-01-21 26585.06").currency("USD");
    let report = report.horizons("1D").at("2026-01-21T12:00:00Z");
    let hsi = row(&report, "HSI");
    assert_eq!((hsi.close, pct(hsi, "1D"), hsi.trend.len()), (None, "no_fx".into(), 0));
    assert_eq!(
        (hsi.currency.as_deref(), hsi.fx.as_ref().unwrap().pair.as_deref()),
        (Some("USD"), Some("HKD/USD"))
    );
    assert_eq!(
        notes(&report, NoteKind::Currency),
        ["No rate of exchange to USD within 7 days, so no value in it: HSI."]
    );
}

#[test]
fn pairs_rates_and_volatility_stay_as_they_are_and_say_so() {
    let book = tokyo()
        .closes("VIX", "2026-01-12 15.12, 2026-01-13 15.98")
        .closes("US10Y", "2026-01-12 4.187, 2026-01-13 4.171")
        .closes("SP500", SP500);
    let converted = book.at("2026-01-13T23:00:00Z");
    for name in ["VIX", "US10Y", "USDJPY"] {
        let row = row(&converted, name);
        assert_eq!(row.fx.as_ref().unwrap().absent, Some(Absent::NoneSet), "{name}");
        assert_eq!((row.local.as_ref(), cell(row, "1D").fx_pct), (None, None), "{name}");
    }
    assert_eq!(row(&converted, "VIX").close, Some(15.98));
    // What is in that currency already has nothing to tell.
    assert_eq!((row(&converted, "SP500").fx.as_ref(), row(&converted, "SP500").close), (None, Some(6963.74)));
    let note = notes(&converted, NoteKind::Currency).into_iter().find(|n| n.starts_with("Not converted"));
    assert_eq!(note, Some("Not converted, as no amount of money: US10Y, USDJPY, VIX."));
}

#[test]
fn a_cross_rate_goes_through_the_dollar_and_the_benchmark_is_converted_too() {
    // 158.95 yen and 1 / 1.1654 euros for a dollar: a yen is 1 / (158.95 x 1.1654) euros.
    let book = tokyo().closes("EURUSD", "2026-01-09 1.1642, 2026-01-12 1.1692, 2026-01-13 1.1654");
    let report = book.closes("SP500", SP500).currency("EUR").at("2026-01-13T23:00:00Z");
    let fx = row(&report, "NIKKEI225").fx.as_ref().unwrap();
    near(fx.rate.unwrap(), 1.0 / (158.95 * 1.1654));
    assert_eq!((fx.pair.as_deref(), fx.via.as_deref()), (Some("JPY/EUR"), Some("USD")));
    let sp500 = row(&report, "SP500");
    assert_eq!(sp500.fx.as_ref().unwrap().via, None);
    // 6963.74 / 6977.27 - 1 = -0.193915 %; euros for a dollar: 1.1692 / 1.1654 - 1 = 0.326068 %.
    near(cell(sp500, "1D").local_pct.unwrap().0, -0.193_915);
    near(cell(sp500, "1D").fx_pct.unwrap().0, 0.326_068);
    let relative = row(&report, "NIKKEI225").relative.get(&"1D".parse().unwrap()).unwrap();
    let moves = |name| cell(row(&report, name), "1D").pct.unwrap().0;
    near(relative.excess_pp.unwrap().0, moves("NIKKEI225") - moves("SP500"));
}

#[test]
fn a_cross_of_fixings_is_the_fixing_and_goes_through_the_euro() {
    // Fixed: 1.1728 dollars and 8.161401 yuan for a euro, so that USDCNY is their quotient.
    let usdcny = 8.161_401 / 1.1728;
    let book = Book::new()
        .closes("STAR50", "2026-01-19 1506.857, 2026-01-20 1482.994")
        .closes("USDCNY", &format!("2026-01-20 {usdcny}"))
        .closes("EURUSD", "2026-01-20 1.1728")
        .venue("USDCNY", "ECB")
        .venue("EURUSD", "ECB");
    let fx = |book: &Book| {
        let report = book.at("2026-01-20T16:00:00Z");
        row(&report, "STAR50").fx.clone().unwrap()
    };
    let book = book.currency("EUR");
    assert!((fx(&book).rate.unwrap() - 1.0 / 8.161_401).abs() < 1e-15);
    assert_eq!(fx(&book).via, None);
    assert_eq!(fx(&book.currency("USD")).via.as_deref(), Some("EUR"));
}

fn halves() -> Book {
    let mut book = tokyo().closes("SP500", SP500);
    let member = |name: &str| Member { id: id(name), weight: 1.0 };
    book.universe.composites.push(Composite {
        id: id("HALVES"),
        name: "Halves".into(),
        name_zh: None,
        section: "Americas".into(),
        members: vec![member("NIKKEI225"), member("SP500")],
    });
    book
}

#[test]
fn a_shut_members_currency_counts_in_a_composite() {
    // The 12th: Tokyo shut, its close is the old one and a yen costs 157.49 / 158.15 - 1 = -0.417325 % more;
    // New York 6977.27 / 6966.28 - 1 = +0.157760 %. Half of each: -0.129783 %, without conversion +0.078880 %.
    let report = halves().at("2026-01-12T23:00:00Z");
    let sum = composite(&report, "HALVES");
    assert_eq!((sum.traded, sum.shut.as_slice()), (1, &[id("NIKKEI225")][..]));
    let day = cell(&sum.row, "1D");
    near(day.pct.unwrap().0, -0.129_783);
    near(day.local_pct.unwrap().0, 0.078_880);
    near(
        (1.0 + day.local_pct.unwrap().0 / 100.0) * (1.0 + day.fx_pct.unwrap().0 / 100.0),
        1.0 - 0.001_297_827,
    );
    assert_eq!((sum.row.currency.as_deref(), sum.row.fx.as_ref().unwrap().rate), (Some("USD"), None));
    // The 13th: 53549.16 / 51939.89 x 158.15 / 158.95 - 1 = 2.579435 %, 6963.74 / 6977.27 - 1 = -0.193915 %;
    // half of each: 1.192760 %.
    let report = halves().at("2026-01-13T23:00:00Z");
    near(cell(&composite(&report, "HALVES").row, "1D").pct.unwrap().0, 1.192_760);
}

#[test]
fn a_composite_shown_alone_names_the_rates_that_it_was_made_with() {
    let page = halves().show("HALVES", "2026-01-13T23:00:00Z");
    let told: Vec<&str> = page.notes.iter().map(|n| n.message.as_str()).collect();
    // 1 / 158.95 = 0.0062913.
    assert!(told.contains(&"Rates from test: JPY/USD 0.0062913 of 2026-01-13."), "{told:?}");
}

#[test]
fn a_member_without_a_rate_is_left_out_of_a_composite_and_without_half_of_the_weight_there_is_none() {
    let mut book = halves();
    book.series.remove(&id("USDJPY"));
    let report = book.at("2026-01-13T23:00:00Z");
    let sum = composite(&report, "HALVES");
    assert_eq!((sum.traded, sum.left_out.as_slice()), (1, &[id("NIKKEI225")][..]));
    near(cell(&sum.row, "1D").pct.unwrap().0, -0.193_915);
    book.universe.composites.last_mut().unwrap().members[0].weight = 3.0;
    let report = book.at("2026-01-13T23:00:00Z");
    let sum = composite(&report, "HALVES");
    assert_eq!((sum.row.close, pct(&sum.row, "1D")), (None, "no_fx".into()));
    let error = report.errors.iter().find(|e| e.id == id("HALVES")).unwrap();
    assert!(error.hint.ends_with("without a rate of exchange: NIKKEI225"), "{}", error.hint);
}

#[test]
fn the_price_limit_is_judged_on_the_exchanges_own_closes() {
    // 148.10 x 1.2 = 177.72, the limit of the STAR Market, whatever the yuan did that day.
    let closes = "2026-01-13 148.3, 2026-01-14 163.85, 2026-01-15 152.45, 2026-01-16 145.04, 2026-01-19 146.7, \
                  2026-01-20 148.1, 2026-01-21 177.72";
    let book = Book::new().closes("LOONGSON", closes).closes("USDCNY", "2026-01-20 6.9, 2026-01-21 4.0");
    let report = book.currency("USD").horizons("1D").at("2026-01-21T23:00:00Z");
    let loongson = row(&report, "LOONGSON");
    assert_eq!((loongson.limit.side, loongson.limit.price), (Some("up"), Some(177.72)));
    // 1.2 x 6.9 / 4 - 1 = 107 %, and nothing suspect in it.
    near(cell(loongson, "1D").pct.unwrap().0, 107.0);
    assert_eq!(loongson.warnings, []);
}

#[test]
fn records_are_those_of_the_converted_closes_and_say_in_which_currency() {
    // In yen 30 falling days, while the yen gains 2 % a day: in dollars each close is the highest.
    let days = || d("2025-06-02").iter_days().filter(|d| is_weekday(*d)).take(32);
    let falling: Vec<(NaiveDate, f64)> =
        days().zip(0..32).map(|(d, i)| (d, 40_000.0 - f64::from(i))).collect();
    let mut rates: Vec<(NaiveDate, f64)> =
        days().zip(0..32).map(|(d, i)| (d, 150.0 * 0.98_f64.powi(i))).collect();
    // The first day's yen was worth more than any other's: the record is since then.
    rates[0].1 = 10.0;
    let book = Book::new().series("NIKKEI225", &falling, None, vec![]).series("USDJPY", &rates, None, vec![]);
    let report = book.currency("USD").horizons("1D").at("2025-07-15T23:00:00Z");
    let nikkei = row(&report, "NIKKEI225");
    let high = nikkei.records.iter().find(|r| r.kind == RecordKind::HighestCloseSince).unwrap();
    assert_eq!((high.date, high.sessions), (d("2025-06-02"), Some(31)));
    let head = report.highlights.iter().find(|h| h.id == id("NIKKEI225")).unwrap();
    assert!(head.text.starts_with("Nikkei 225 +2.04 % in USD: "), "{}", head.text);
}

/// 300 days of Tokyo and its rates that rise and fall in turn, then a gain of 5 %; rates up to the last day
/// but `missing`.
fn gaining(missing: usize) -> Book {
    let days = || d("2024-06-03").iter_days().filter(|d| is_weekday(*d)).take(300);
    let closes = (0..300).map(|i| if i == 299 { 42_000.0 } else { 40_000.0 + f64::from(i % 2) * 40.0 });
    let closes: Vec<(NaiveDate, f64)> = days().zip(closes).collect();
    let rates: Vec<(NaiveDate, f64)> = days().take(300 - missing).map(|d| (d, 150.0)).collect();
    let book = Book::new().series("NIKKEI225", &closes, None, vec![]).series("USDJPY", &rates, None, vec![]);
    book.currency("USD").horizons("1D,5D,1M,1Y").closes("SP500", "2025-07-24 6363.35, 2025-07-25 6388.64")
}

#[test]
fn a_close_whose_rate_is_not_fixed_yet_sets_no_record_and_all_its_moves_say_so() {
    // The 300th weekday from 3 June 2024 on is Friday 25 July 2025.
    let as_of = "2025-07-25T23:00:00Z";
    let fixed = gaining(0).at(as_of);
    let told = row(&fixed, "NIKKEI225");
    assert!(!told.fx.as_ref().unwrap().pending);
    assert!(!told.records.is_empty() && told.z_score.value.is_some() && told.range_52w.low.is_some());
    assert!(fixed.highlights.iter().any(|h| h.id == id("NIKKEI225")));
    assert!(cell(told, "5D").flags.is_empty());

    let report = gaining(1).at(as_of);
    let waits = row(&report, "NIKKEI225");
    assert!(waits.fx.as_ref().unwrap().pending);
    assert_eq!((waits.records.as_slice(), waits.streak.absent), (&[][..], Some(Absent::Live)));
    assert_eq!((waits.z_score.absent, waits.rarity.absent), (Some(Absent::Live), Some(Absent::Live)));
    assert_eq!((waits.range_52w.absent, waits.drawdown.absent), (Some(Absent::Live), Some(Absent::Live)));
    let against = waits.relative.get(&"1D".parse().unwrap()).unwrap();
    assert_eq!(against.rank.absent, Some(Absent::Live));
    assert!(against.excess_pp.is_some());
    for horizon in ["1D", "5D", "1M", "1Y"] {
        assert_eq!(cell(waits, horizon).flags, [MoveFlag::FxPending], "{horizon}");
    }
    assert!(report.highlights.iter().all(|h| h.id != id("NIKKEI225")));
    assert!(report.notes.iter().all(|n| !n.message.contains("Nikkei 225's 1D")), "{:?}", report.notes);
}

#[test]
fn a_condition_on_a_close_whose_rate_is_not_fixed_yet_is_unknown() {
    let as_of = "2025-07-25T23:00:00Z";
    let unknown =
        |book: Book, condition: &str, allow: bool| book.check(condition, as_of, allow).values[0].unknown;
    for field in ["close > 1", "5D > 0", "1M > 0", "record.gain_sessions > 20", "z > 3"] {
        let condition = format!("NIKKEI225.{field}");
        assert_eq!(unknown(gaining(0), &condition, false), None, "{field}");
        assert_eq!(unknown(gaining(1), &condition, false), Some("provisional"), "{field}");
    }
    assert_eq!(unknown(gaining(1), "NIKKEI225.5D > 0", true), None);
    assert_eq!(unknown(gaining(1), "NIKKEI225.record.gain_sessions > 20", true), Some("live"));
    assert_eq!(unknown(gaining(1), "NIKKEI225.previous > 0", false), None);
}

#[test]
fn a_composite_waits_for_the_rates_of_its_members() {
    let waits = |as_of: &str, rates: &str| {
        let report = halves().closes("USDJPY", rates).at(as_of);
        let row = &composite(&report, "HALVES").row;
        (row.fx.as_ref().unwrap().pending, cell(row, "1D").flags.clone())
    };
    let rates = "2026-01-08 156.47, 2026-01-09 157.49, 2026-01-12 158.15";
    assert_eq!(waits("2026-01-13T23:00:00Z", rates), (true, vec![MoveFlag::FxPending]));
    assert_eq!(waits("2026-01-13T23:00:00Z", USDJPY), (false, vec![]));
}

#[test]
fn a_limit_is_told_with_the_move_that_met_it_and_without_a_currency() {
    // 148.10 x 1.2 = 177.72; in dollars the move is 1.2 x 7 / 6.9 - 1 = 21.74 %.
    let closes = "2026-01-13 148.3, 2026-01-14 163.85, 2026-01-15 152.45, 2026-01-16 145.04, 2026-01-19 146.7, \
                  2026-01-20 148.1, 2026-01-21 177.72";
    let book = Book::new().closes("LOONGSON", closes).currency("USD").horizons("1D");
    let report = book.closes("USDCNY", "2026-01-20 7.0, 2026-01-21 6.9").at("2026-01-21T23:00:00Z");
    let head = &report.highlights[0];
    assert_eq!(head.text, "Loongson +20.00 %: limit up");
    near(head.value, 20.0);
    near(cell(row(&report, "LOONGSON"), "1D").pct.unwrap().0, 21.739_130);
}

#[test]
fn what_has_no_value_for_want_of_a_rate_has_no_highlight_and_closes_on_no_groups_limit() {
    let closes = "2026-01-13 148.3, 2026-01-14 163.85, 2026-01-15 152.45, 2026-01-16 145.04, 2026-01-19 146.7, \
                  2026-01-20 148.1, 2026-01-21 177.72";
    let report = |book: Book| book.closes("LOONGSON", closes).horizons("1D").at("2026-01-21T23:00:00Z");
    let limit_up = |report: &Snapshot| report.groups.iter().filter(|g| !g.limit_up.is_empty()).count();
    let (quoted, lacking) = (report(Book::new()), report(Book::new().currency("GBP")));
    assert_eq!(quoted.highlights.len(), 1);
    assert_eq!((row(&lacking, "LOONGSON").close, lacking.highlights.as_slice()), (None, &[][..]));
    assert!(limit_up(&quoted) > 0);
    assert_eq!(limit_up(&lacking), 0);
}

fn is_weekday(date: NaiveDate) -> bool {
    use chrono::{Datelike, Weekday};
    !matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

#[test]
fn a_comparison_is_in_the_currency_throughout() {
    let report = tokyo().closes("SP500", SP500).compare(&["NIKKEI225", "SP500"], "2026-01-13T23:00:00Z");
    let nikkei = &report.instruments[0];
    assert_eq!((report.currency.as_str(), nikkei.currency.as_deref()), ("USD", Some("USD")));
    near(nikkei.close.unwrap(), 336.893_111);
    near(nikkei.moves.get(&"1D".parse().unwrap()).unwrap().fx_pct.unwrap().0, -0.918_528);
    // 2.151345 - -0.193915 = 2.345260 pp.
    near(report.pairs[0].spreads.get(&"1D".parse().unwrap()).unwrap().excess_pp.unwrap().0, 2.345_260);
    near(report.pairs[0].alignments.newest.a.pct.unwrap().0, 2.151_345);
}

/// Weekdays with a close and a rate each.
fn history() -> impl Strategy<Value = Vec<(f64, f64)>> {
    prop::collection::vec((100.0..60_000.0_f64, 0.5..200.0_f64), 3..40)
}

fn dated(values: impl Iterator<Item = f64>) -> Vec<(NaiveDate, f64)> {
    let days = d("2025-06-02").iter_days().filter(|d| is_weekday(*d));
    days.zip(values).collect()
}

fn book(history: &[(f64, f64)], rate: impl Fn(f64) -> f64) -> Book {
    Book::new()
        .series("NIKKEI225", &dated(history.iter().map(|h| h.0)), None, vec![])
        .series("USDJPY", &dated(history.iter().map(|h| rate(h.1))), None, vec![])
        .currency("USD")
        .horizons("1D,5D,1W")
}

const LATER: &str = "2025-09-30T23:00:00Z";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_two_parts_make_the_move(history in history()) {
        let report = book(&history, |r| r).at(LATER);
        for (_, cell) in row(&report, "NIKKEI225").moves.iter() {
            let Some(pct) = cell.pct else { continue };
            let parts = (1.0 + cell.local_pct.unwrap().0 / 100.0) * (1.0 + cell.fx_pct.unwrap().0 / 100.0);
            prop_assert!((parts / (1.0 + pct.0 / 100.0) - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_rate_that_never_changes_changes_no_move(history in history(), rate in 0.5..200.0_f64) {
        let converted = book(&history, |_| rate).at(LATER);
        let mut own = book(&history, |_| rate);
        own.currency = None;
        let own = own.at(LATER);
        for (h, cell) in row(&converted, "NIKKEI225").moves.iter() {
            let plain = row(&own, "NIKKEI225").moves.get(h).unwrap();
            prop_assert_eq!(cell.pct.is_some(), plain.pct.is_some());
            if let (Some(a), Some(b)) = (cell.pct, plain.pct) {
                prop_assert!((a.0 - b.0).abs() < 1e-9 * (1.0 + b.0.abs()));
                prop_assert_eq!(cell.fx_pct.unwrap().0, 0.0);
            }
        }
    }

    #[test]
    fn there_and_back_is_the_same_close(history in history()) {
        // A dollar in yen times a yen in dollars, of one date.
        let there = book(&history, |r| r).at(LATER);
        let same = dated(history.iter().map(|h| h.0));
        let back = book(&history, |r| r).series("SP500", &same, None, vec![]).currency("JPY").at(LATER);
        let (yen, dollar) = (row(&there, "NIKKEI225"), row(&back, "SP500"));
        let product = yen.fx.as_ref().unwrap().rate.unwrap() * dollar.fx.as_ref().unwrap().rate.unwrap();
        prop_assert!((product - 1.0).abs() < 1e-12);
        let closes = yen.close.unwrap() * dollar.close.unwrap();
        prop_assert!((closes / history.last().unwrap().0.powi(2) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn closes_and_rates_after_as_of_change_nothing(history in history(), later in history()) {
        let newest = dated(history.iter().map(|h| h.0)).last().unwrap().0;
        let as_of = format!("{}T23:00:00Z", newest);
        let all: Vec<(f64, f64)> = history.iter().chain(&later).copied().collect();
        let (before, with) = (book(&history, |r| r).at(&as_of), book(&all, |r| r).at(&as_of));
        prop_assert_eq!(row(&before, "NIKKEI225"), row(&with, "NIKKEI225"));
    }
}

fn run(args: &[&str]) -> (String, String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_marketsnap")).args(args).env_clear().output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

#[test]
fn a_close_without_a_rate_is_told_as_such_and_not_as_no_data() {
    // The demo holds no rate of the Hong Kong dollar.
    for command in ["today", "compare", "movers", "chart"] {
        let (out, err, code) = run(&[command, "HSI", "CSI300", "--demo", "--currency", "USD"]);
        let line = out.lines().find(|l| l.contains("Hang Seng")).unwrap_or_default();
        assert!(line.contains(" no rate "), "{command}: {out}{err}");
        assert_eq!((code, out.contains("no data")), (Some(3), false), "{command}: {out}");
    }
    let (out, _, code) = run(&["check", "ASIA-CHIPS.median > 0", "--demo", "--currency", "SEK"]);
    assert!(out.contains("rate in SEK of TSMC, ADVANTEST"), "{out}");
    assert_eq!(code, Some(4));
}

#[test]
fn the_demo_converts_what_it_has_a_pair_for() {
    // 1535.393 / 6.958902, the fixing of the 20th: that of the 21st was not known at 08:30 UTC.
    let (out, err, code) =
        run(&["today", "STAR50", "NIKKEI225", "DAX", "SP500", "--demo", "--currency", "usd"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.lines().next().unwrap().ends_with("in USD"), "{out}");
    assert!(out.lines().all(|l| l.chars().count() <= 80), "{out}");
    let line = |name: &str| out.lines().find(|l| l.starts_with(name)).unwrap_or_default().to_owned();
    assert!(line("STAR 50").contains("220.64") && line("STAR 50").contains("+3.53="), "{out}");
    assert!(line("Nikkei 225").contains("333.24"), "{out}");
    assert!(line("DAX").contains("28971.82"), "{out}");
}

#[test]
fn the_head_is_not_of_a_close_whose_fixing_is_still_to_come() {
    let head = |as_of: &str| {
        let ids = ["today", "NIKKEI225", "CSI300", "TAIEX", "--demo", "--currency", "USD", "--as-of", as_of];
        run(&ids).0
    };
    assert!(!head("2025-11-20T08:30:00Z").contains("largest daily gain"));
    let (out, _, _) = run(&["today", "--demo", "--currency", "GBP"]);
    assert!(!out.contains("limit up"), "{out}");
}

#[test]
fn a_rate_that_cannot_be_had_is_named_and_the_report_is_partial() {
    let (out, err, code) = run(&["today", "STAR50", "KOSPI", "--demo", "--currency", "USD", "--json"]);
    assert_eq!(code, Some(3));
    assert!(err.contains("USDKRW"), "{err}");
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let kospi = &report["instruments"][1];
    assert_eq!(kospi["moves"]["1D"]["absent"], "no_fx");
    assert_eq!((&kospi["close"], &kospi["local"]["close"]), (&serde_json::Value::Null, &4909.93.into()));
    assert_eq!(report["errors"][0]["id"], "USDKRW");
}

#[test]
fn a_code_of_no_currency_is_refused_with_the_nearest_and_local_is_none() {
    let (_, err, code) = run(&["today", "--demo", "--currency", "EUX"]);
    assert_eq!((code, err.as_str()), (Some(2), "error: unknown currency 'EUX': did you mean EUR?\n"));
    let (_, err, code) = run(&["today", "--demo", "--currency", "money"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("ISO 4217"), "{err}");
    let (own, _, _) = run(&["today", "STAR50", "--demo"]);
    assert_eq!(run(&["today", "STAR50", "--demo", "--currency", "Local"]).0, own);
}

#[test]
fn nothing_is_asked_for_where_nothing_is_to_be_converted() {
    // The demo has no pair of the pound: asked for, it would be missing.
    let (_, err, code) = run(&["today", "SP500", "NASDAQ", "VIX", "--demo", "--currency", "USD"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let (_, err, code) = run(&["today", "SP500", "--demo", "--currency", "GBP"]);
    assert_eq!(code, Some(5), "{err}");
    assert!(err.contains("GBPUSD"), "{err}");
}

#[test]
fn a_day_before_the_rates_begin_has_no_value() {
    let first = d("2026-01-13").checked_sub_days(Days::new(4)).unwrap();
    let report = tokyo().closes("USDJPY", "2026-01-13 158.95").at(&format!("{first}T23:00:00Z"));
    assert_eq!(pct(row(&report, "NIKKEI225"), "1D"), "no_fx");
}
