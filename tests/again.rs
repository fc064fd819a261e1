//! What a later run asks for, and what an instant's report says later: runs in this process, each at a clock
//! of its own, against a server that has the closes of that moment.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in tests a panic is the report; clippy knows only the functions marked as tests"
)]

#[allow(dead_code)]
#[path = "again/days.rs"]
mod days;
#[allow(dead_code)]
#[path = "cli/replay.rs"]
mod replay;
#[allow(dead_code)]
mod support;

use days::{Days, same_figures};
use marketsnap::app::{Command, Options};

fn refresh(options: &mut Options) {
    options.refresh = true;
}

fn offline(options: &mut Options) {
    options.offline = true;
}

fn plain(_: &mut Options) {}

#[test]
fn a_second_run_within_minutes_asks_nothing_and_says_the_same() {
    let days = Days::new();
    let words = ["STAR50", "SP500", "ASIA", "BTC", "EURUSD"];
    let first = days.today("2026-01-21T05:00:00Z", &words, plain);
    assert!(first.asked > 0);
    let second = days.today("2026-01-21T05:04:59Z", &words, plain);
    assert_eq!((second.code, second.asked), (0, 0));
    assert_eq!(second.report["status"], "complete");
    same_figures(&second.report, &first.report);
    // The live value is held with the moment it was fetched.
    let star50 = &second.report["instruments"][0];
    assert_eq!(
        (&star50["session"]["status"], &star50["session"]["date"]),
        (&"live".into(), &"2026-01-21".into())
    );
    assert_eq!(star50["source"]["fetched_at"], "2026-01-21T05:00:00Z");
    assert_eq!(star50["source"]["from_store"], true);
    // Later a live value is asked for again.
    assert!(days.today("2026-01-21T05:06:00Z", &words, plain).asked > 0);
}

#[test]
fn a_symbol_outside_the_catalogue_is_not_asked_for_twice_either() {
    let days = Days::new();
    let first = days.today("2026-01-21T09:30:00Z", &["TENCENT.HK", "SP500"], plain);
    assert_eq!(first.row("TENCENT.HK")["name"], "Tencent");
    let second = days.today("2026-01-21T10:00:00Z", &["TENCENT.HK", "SP500"], plain);
    assert_eq!(second.asked, 0);
    same_figures(&second.report, &first.report);
}

#[test]
fn a_second_run_of_a_day_asks_only_for_what_can_have_changed() {
    let days = Days::new();
    days.today("2026-01-21T08:30:00Z", &["STAR50", "SP500", "DAX"], plain);
    // Shanghai closed at 07:00 UTC; Frankfurt is open and New York opens at 14:30.
    let before = days.today("2026-01-21T12:00:00Z", &["STAR50", "SP500"], plain);
    assert_eq!(before.asked, 0);
    let after = days.today("2026-01-21T15:00:00Z", &["STAR50", "SP500", "DAX"], plain);
    assert_eq!(after.symbols(), ["^GDAXI", "^GSPC"]);
    let of_store = |id: &str| after.row(id)["source"]["from_store"].clone();
    assert_eq!([of_store("STAR50"), of_store("SP500"), of_store("DAX")], [true, false, false]);
    assert_eq!(after.code, 0);
}

#[test]
fn what_is_asked_again_is_only_the_last_months_and_the_figures_are_those_of_the_whole() {
    let days = Days::new();
    let words = ["STAR50", "SP500", "HSI", "NIKKEI225"];
    let first = days.today("2026-01-16T23:00:00Z", &words, plain);
    assert!(first.paths.iter().all(|p| p.contains("range=2y")), "{:?}", first.paths);
    let later = days.today("2026-01-21T23:00:00Z", &words, plain);
    assert!(later.asked > 0 && later.paths.iter().all(|p| p.contains("range=3mo")), "{:?}", later.paths);
    let whole = Days::new().today("2026-01-21T23:00:00Z", &words, plain);
    same_figures(&later.report, &whole.report);
    // The store holds both together.
    let held = days.today("2026-01-21T23:01:00Z", &words, offline);
    same_figures(&held.report, &whole.report);
}

#[test]
fn everything_is_asked_for_where_the_user_wants_that_or_a_horizon_reaches_further_back() {
    let days = Days::new();
    let at = "2026-01-21T23:00:00Z";
    days.today(at, &["STAR50"], plain);
    assert_eq!(days.today(at, &["STAR50"], plain).asked, 0);
    assert_eq!(days.today(at, &["STAR50"], refresh).symbols(), ["000688.SS", "^GSPC"]);
    let further = days.today(at, &["STAR50"], |o| o.horizons = vec!["3Y".parse().unwrap()]);
    assert!(further.paths.iter().all(|p| p.contains("range=5y")), "{:?}", further.paths);
    assert_eq!(days.today(at, &["STAR50"], |o| o.horizons = vec!["3Y".parse().unwrap()]).asked, 0);
}

#[test]
fn a_split_between_two_runs_is_noticed_and_the_whole_series_asked_for() {
    let days = Days::new();
    days.today("2026-01-20T10:00:00Z", &["LOONGSON"], plain);
    days.change("LOONGSON", |_, close| close / 4.0);
    let after = days.today("2026-01-21T10:00:00Z", &["LOONGSON"], plain);
    let ranges: Vec<bool> = after.paths.iter().map(|p| p.contains("range=2y")).collect();
    assert_eq!(ranges, [false, true], "{:?}", after.paths);
    let whole = days.alone().today("2026-01-21T10:00:00Z", &["LOONGSON"], plain);
    same_figures(&after.report, &whole.report);
    assert!(after.err.contains("LOONGSON: yahoo restated all closes by a factor of 0.25"), "{}", after.err);
}

#[test]
fn a_session_that_a_source_publishes_late_is_asked_for_until_it_is_there() {
    let days = Days::new();
    days.hold_back("STAR50", "2026-01-21");
    let late = days.today("2026-01-21T09:00:00Z", &["STAR50"], plain);
    assert_eq!(late.row("STAR50")["session"]["date"], "2026-01-20");
    assert!(days.today("2026-01-21T10:00:00Z", &["STAR50"], plain).asked > 0);
    days.publish();
    let there = days.today("2026-01-21T11:00:00Z", &["STAR50"], plain);
    assert_eq!(there.row("STAR50")["session"]["date"], "2026-01-21");
    assert_eq!(days.today("2026-01-21T12:00:00Z", &["STAR50"], plain).asked, 0);
}

#[test]
fn a_clock_that_went_back_does_not_keep_a_run_from_asking() {
    let days = Days::new();
    days.today("2026-01-22T08:30:00Z", &["STAR50"], plain);
    let before = days.today("2026-01-21T08:30:00Z", &["STAR50"], plain);
    assert!(before.asked > 0);
    assert_eq!(before.row("STAR50")["session"]["date"], "2026-01-21");
    assert!(before.err.contains("is the clock right?"), "{}", before.err);
}

/// What was said at an instant by a run that was made then, and a store that has learnt more since.
fn learnt_since() -> (Days, days::Run) {
    let days = Days::new();
    let words = ["STAR50", "CSI300", "HSI", "SP500", "NDX", "TAIEX", "LOONGSON", "EURUSD"];
    days.hold_back("TAIEX", "2026-01-21");
    days.hold_back("CSI300", "2026-01-14");
    let then = days.today("2026-01-21T08:30:00Z", &words, plain);
    days.publish();
    // Base sessions and newest ones are restated, by little and by much.
    days.change("STAR50", |date, close| if date.to_string() == "2026-01-20" { close + 0.01 } else { close });
    days.change("SP500", |date, close| if date.to_string() == "2025-12-31" { close - 1.5 } else { close });
    days.change("LOONGSON", |_, close| close / 2.0);
    days.today("2026-01-23T23:00:00Z", &words, refresh);
    (days, then)
}

fn as_of_then(options: &mut Options) {
    options.when.as_of = Some("2026-01-21T08:30:00Z".parse().unwrap());
}

#[test]
fn an_instant_is_shown_later_as_the_run_of_that_instant_showed_it() {
    let (days, then) = learnt_since();
    assert_eq!(then.row("TAIEX")["session"]["date"], "2026-01-20", "not published then");
    let words = ["STAR50", "CSI300", "HSI", "SP500", "NDX", "TAIEX", "LOONGSON"];
    for asks in [false, true] {
        let replay = days.today("2026-01-23T23:30:00Z", &words, |options| {
            as_of_then(options);
            options.offline = !asks;
        });
        // The closes of the split are on another basis since, and asked for from two days later on.
        let split = replay.symbols().iter().all(|s| s == "688047.SS");
        assert!(replay.code == 0 && split && (asks || replay.asked == 0), "{:?}", replay.paths);
        for id in words {
            for (key, value) in then.row(id).as_object().unwrap() {
                if !["source", "confirmed_by"].contains(&key.as_str()) {
                    assert_eq!(&replay.row(id)[key], value, "{key} of {id}");
                }
            }
        }
        let notes = replay.report["notes"].to_string();
        assert!(asks || !notes.contains("as known later"), "{notes}");
    }
}

#[test]
fn the_same_instant_can_be_shown_with_closes_as_they_are_known_now() {
    let (days, then) = learnt_since();
    let now = days.today("2026-01-23T23:30:00Z", &["STAR50", "SP500", "TAIEX", "LOONGSON"], |options| {
        as_of_then(options);
        options.when.as_known_now = true;
        options.offline = true;
    });
    // 1482.994 + 0.01, and TAIEX's close that was published later; nothing of a later session.
    assert_eq!(now.row("STAR50")["previous"]["close"], 1483.004);
    assert_eq!(now.row("TAIEX")["session"]["date"], "2026-01-21");
    assert_eq!(now.row("SP500")["session"]["date"], "2026-01-20");
    // A basis of half the prices leaves moves as they are.
    let of = |run: &days::Run| run.row("LOONGSON")["moves"]["1D"]["pct"].as_f64().unwrap();
    assert!((of(&now) - of(&then)).abs() < 0.01);
    let close = |run: &days::Run| run.row("LOONGSON")["close"].as_f64().unwrap();
    assert!((close(&now) - close(&then) / 2.0).abs() < 0.01);
}

#[test]
fn one_store_and_the_same_flags_give_the_same_bytes_but_for_the_time_of_writing() {
    let (days, _) = learnt_since();
    let at = |now: &str| {
        let mut report = days.today(now, &["STAR50", "SP500", "ASIA"], as_of_then).report;
        let made = report.as_object_mut().unwrap().remove("generated_at").unwrap();
        assert_eq!(made, now);
        report.to_string()
    };
    // ASIA's other members are asked for first.
    at("2026-01-24T01:00:00Z");
    assert_eq!(at("2026-01-24T02:00:00Z"), at("2026-02-24T02:00:00Z"));
}

#[test]
fn what_was_not_held_yet_at_an_instant_is_shown_as_known_later_and_counted() {
    let days = Days::new();
    let later = days.today("2026-01-23T23:00:00Z", &["STAR50"], |options| {
        as_of_then(options);
        options.benchmark = "STAR50".to_owned();
    });
    assert_eq!(later.row("STAR50")["close"], 1535.393);
    let held =
        replay::closes()["STAR50"].iter().filter(|(d, _)| d.to_string().as_str() <= "2026-01-21").count();
    let notes = later.report["notes"].to_string();
    let said = format!("Not held yet at 2026-01-21 08:30 UTC, so as known later: {held} closes.");
    assert!(notes.contains(&said), "{said} {notes}");
}

/// On 21 January STAR 50 closes at 1535.393; every close since the 1700 of two years ago is lower.
fn with_an_old_high(days: &Days) {
    days.before("STAR50", "2024-01-25", 1700.0, 1000.0);
    days.change("STAR50", |date, close| match date.to_string().as_str() {
        "2024-01-25" | "2026-01-21" => close,
        _ => close / 1.2,
    });
}

#[test]
fn the_first_run_and_every_later_one_date_a_record_by_all_that_is_held() {
    let days = Days::new();
    with_an_old_high(&days);
    let words = ["STAR50", "SP500"];
    // The source sends two years; the horizons need fourteen months.
    let first = days.today("2026-01-21T09:00:00Z", &words, plain);
    let again = days.today("2026-01-21T09:04:00Z", &words, plain);
    assert_eq!(again.asked, 0);
    same_figures(&again.report, &first.report);
    let record = |run: &days::Run| {
        let records = run.row("STAR50")["records"].as_array().unwrap().clone();
        records.into_iter().find(|r| r["kind"] == "highest_close_since").map(|r| r["date"].clone())
    };
    assert_eq!(record(&first), Some("2024-01-25".into()));
    let then = days.today("2026-01-23T23:00:00Z", &words, |options| {
        options.when.as_of = Some("2026-01-21T09:00:00Z".parse().unwrap());
        options.offline = true;
    });
    same_figures(&then.report, &first.report);
}

#[test]
fn a_record_loss_is_dated_by_the_store_as_by_the_source_and_by_all_that_was_known_then() {
    let days = Days::new();
    // The old closes begin at 1700 and go on at 1000: -41 %. On 21 January the close falls by 30 %.
    days.before("STAR50", "2024-01-25", 1700.0, 1000.0);
    days.change(
        "STAR50",
        |date, close| if date.to_string() == "2026-01-21" { 1482.994 * 0.7 } else { close },
    );
    let first = days.today("2026-01-21T09:00:00Z", &["STAR50"], plain);
    let again = days.today("2026-01-21T09:04:00Z", &["STAR50"], plain);
    assert_eq!(again.asked, 0);
    let then = days.today("2026-01-23T23:00:00Z", &["STAR50"], |options| {
        options.when.as_of = Some("2026-01-21T09:00:00Z".parse().unwrap());
        options.offline = true;
    });
    for run in [&first, &again, &then] {
        let records = run.row("STAR50")["records"].as_array().unwrap();
        let loss = records.iter().find(|r| r["kind"] == "largest_daily_loss_since").unwrap();
        assert_eq!((&loss["date"], &loss["since_start"]), (&"2024-01-26".into(), &false.into()));
        assert_eq!(loss["sessions"], first.row("STAR50")["records"][0]["sessions"]);
    }
}

#[test]
fn a_loss_across_a_missing_session_outdates_no_record_in_the_store_either() {
    let days = Days::new();
    // 5000 on the first day, 1700 until 11 March 2024 and 1000 from the 13th on, the 12th is missing: -66 %, and
    // -41 % across a hole. On 21 January 2026 the close falls by 30 %.
    days.before("STAR50", "2024-01-25", 5000.0, 1000.0);
    days.change("STAR50", |date, close| match date.to_string().as_str() {
        "2026-01-21" => 1482.994 * 0.7,
        day if day > "2024-01-25" && day < "2024-03-13" => 1700.0,
        _ => close,
    });
    days.hold_back("STAR50", "2024-03-12");
    let first = days.today("2026-01-21T09:00:00Z", &["STAR50"], plain);
    let again = days.today("2026-01-21T09:04:00Z", &["STAR50"], plain);
    assert_eq!(again.asked, 0);
    for run in [&first, &again] {
        let records = run.row("STAR50")["records"].as_array().unwrap();
        let loss = records.iter().find(|r| r["kind"] == "largest_daily_loss_since").unwrap();
        assert_eq!((&loss["date"], &loss["since_start"]), (&"2024-01-26".into(), &false.into()));
    }
}

#[test]
fn a_record_that_nothing_held_outdates_names_the_first_close_held() {
    let days = Days::new();
    days.before("STAR50", "2024-01-25", 1000.0, 1000.0);
    days.change("STAR50", |date, close| if date.to_string() == "2026-01-21" { 1900.0 } else { close });
    let first = days.today("2026-01-21T09:00:00Z", &["STAR50"], plain);
    let again = days.today("2026-01-21T09:04:00Z", &["STAR50"], plain);
    assert_eq!(again.asked, 0);
    for run in [&first, &again] {
        let records = run.row("STAR50")["records"].as_array().unwrap();
        let high = records.iter().find(|r| r["kind"] == "highest_close_since").unwrap();
        assert_eq!((&high["date"], &high["since_start"]), (&"2024-01-25".into(), &true.into()));
        let text = run.report["highlights"][0]["text"].as_str().unwrap().to_owned();
        // 1900 / 1482.994 - 1 is 28.119 %.
        assert_eq!(text, "STAR 50 +28.12 %: largest daily gain since the data begin (25 January 2024)");
    }
}

#[test]
fn a_close_that_is_restated_while_the_newest_is_withdrawn_is_used_in_its_new_form() {
    let days = Days::new();
    days.today("2026-01-21T21:40:00Z", &["SP500"], plain);
    days.hold_back("SP500", "2026-01-21");
    days.change("SP500", |date, close| if date.to_string() == "2026-01-20" { 6850.0 } else { close });
    let later = days.today("2026-01-22T10:00:00Z", &["SP500"], plain);
    assert!(later.asked > 0);
    // 6875.62 / 6850 is +0.374 %.
    let moved = later.row("SP500")["moves"]["1D"]["pct"].as_f64().unwrap();
    assert!((moved - (6875.62 / 6850.0 - 1.0) * 100.0).abs() < 1e-9, "{moved}");
    assert_eq!(later.row("SP500")["source"]["fetched_at"], "2026-01-22T10:00:00Z");
}

#[test]
fn two_closes_corrected_by_one_factor_leave_all_others_in_use() {
    let days = Days::new();
    let wrong = ["2025-10-27", "2025-10-28"];
    let scale = |by: f64| {
        move |date: chrono::NaiveDate, close: f64| {
            if wrong.contains(&date.to_string().as_str()) { close * by } else { close }
        }
    };
    days.change("SP500", scale(1.005));
    let before = days.today("2026-01-16T23:00:00Z", &["SP500"], plain);
    days.change("SP500", scale(1.0 / 1.005));
    let after = days.today("2026-01-21T23:00:00Z", &["SP500"], plain);
    assert!(after.err.contains("SP500 2025-10-27 restated"), "{}", after.err);
    let whole = days.alone().today("2026-01-21T23:00:00Z", &["SP500"], plain);
    same_figures(&after.report, &whole.report);
    assert!(before.code == 0 && !after.err.contains("out of use"));
    assert_eq!(days.today("2026-01-21T23:03:00Z", &["SP500"], plain).asked, 0);
}

#[test]
fn after_a_split_the_whole_series_is_held_and_not_asked_for_again() {
    let days = Days::new();
    days.today("2026-01-20T10:00:00Z", &["LOONGSON"], plain);
    days.change("LOONGSON", |date, close| match date.to_string().as_str() {
        // One close is corrected with it.
        "2026-01-14" => 20.0,
        _ => close / 4.0,
    });
    let after = days.today("2026-01-21T10:00:00Z", &["LOONGSON"], plain);
    let again = days.today("2026-01-21T10:03:00Z", &["LOONGSON"], plain);
    assert_eq!(again.asked, 0);
    same_figures(&again.report, &after.report);
}

#[test]
fn a_to_date_column_speaks_of_the_same_period_later_although_the_live_value_that_began_it_is_gone() {
    let days = Days::new();
    let words = ["NIKKEI225", "SP500", "STAR50"];
    let wtd = |o: &mut Options| o.horizons = vec!["WTD".parse().unwrap(), "1D".parse().unwrap()];
    // Monday 19 January 2026, 01:00 UTC: Tokyo is open, Shanghai is not, New York is shut.
    let then = days.today("2026-01-19T01:00:00Z", &words, wtd);
    assert_eq!(then.row("NIKKEI225")["session"]["status"], "live");
    assert_eq!(then.row("STAR50")["moves"]["WTD"]["absent"], "no_session");
    days.today("2026-01-20T23:00:00Z", &words, wtd);
    let replay = days.today("2026-01-20T23:01:00Z", &words, |options| {
        wtd(options);
        options.when.as_of = Some("2026-01-19T01:00:00Z".parse().unwrap());
        options.offline = true;
    });
    for id in ["SP500", "STAR50"] {
        assert_eq!(replay.row(id)["moves"], then.row(id)["moves"], "{id}");
        assert_eq!(replay.row(id)["session"], then.row(id)["session"], "{id}");
    }
}

#[test]
fn a_clock_that_is_behind_what_is_held_keeps_nothing_and_says_so() {
    let days = Days::new();
    days.today("2026-01-21T23:00:00Z", &["SP500"], plain);
    let behind = days.today("2026-01-12T23:00:00Z", &["SP500"], refresh);
    assert!(
        behind.err.contains("closes of 2026-01-21, which is still to come by the clock (2026-01-12)"),
        "{}",
        behind.err
    );
    let right = days.today("2026-01-21T23:10:00Z", &["SP500"], offline);
    assert_eq!(right.row("SP500")["source"]["fetched_at"], "2026-01-21T23:00:00Z");
}

/// Reports of three commands, of few and many horizons, of the first run and later ones, now and as known then.
fn reports_of(days: &Days, id: &str) -> Vec<days::Run> {
    let at = "2026-01-21T09:00:00Z";
    let now = |change: &dyn Fn(&mut Options)| days.today(at, &[id], |options| change(options));
    let show = |options: &mut Options| options.command = Command::Show;
    let long = |options: &mut Options| options.horizons = vec!["3Y".parse().unwrap()];
    let short = |options: &mut Options| {
        show(options);
        options.horizons = vec!["1D".parse().unwrap()];
    };
    let then = |options: &mut Options| {
        options.when.as_of = Some(at.parse().unwrap());
        options.offline = true;
    };
    let mut runs = vec![now(&plain), now(&plain), now(&show), now(&short), now(&long)];
    runs.push(days.today("2026-01-23T23:00:00Z", &[id], then));
    runs
}

#[test]
fn a_drawdown_is_from_the_highest_close_held_whatever_the_command_and_the_horizons() {
    let days = Days::new();
    with_an_old_high(&days);
    for run in reports_of(&days, "STAR50") {
        let row =
            if run.report["instrument"].is_null() { run.row("STAR50") } else { &run.report["instrument"] };
        let drawdown = &row["drawdown"];
        // 1535.393 / 1700 - 1 is -9.6827647 %; the high is the first close held.
        assert!((drawdown["pct"].as_f64().unwrap() + 9.682_764_7).abs() < 1e-6, "{drawdown}");
        assert_eq!((&drawdown["peak"], &drawdown["peak_date"]), (&1700.0.into(), &"2024-01-25".into()));
        assert_eq!(drawdown["since"], "2024-01-25");
        let high = row["records"].as_array().unwrap().iter().find(|r| r["kind"] == "highest_close_since");
        assert_eq!(high.unwrap()["date"], "2024-01-25");
    }
    let below = ["STAR50.drawdown < -9.6", "STAR50.drawdown < -9.7"].map(|condition| {
        let run = days.today("2026-01-21T09:00:00Z", &[], |options| {
            options.command = Command::Check;
            options.expressions = vec![condition.to_owned()];
        });
        run.code
    });
    assert_eq!(below, [10, 0]);
}

#[test]
fn a_composites_drawdown_and_records_are_over_all_that_is_held_of_its_members() {
    let days = Days::new();
    // All three stood at four times their later closes on one day of 2024.
    for id in ["FTSE100", "DAX", "CAC40"] {
        days.before(id, "2024-02-01", 40_000.0, 10_000.0);
        days.change(
            id,
            |date, close| if date.to_string().as_str() < "2025-09-08" { close } else { 10_000.0 },
        );
    }
    for run in reports_of(&days, "EUROPE") {
        let composites = run.report["composites"].as_array();
        let row = composites.map_or(&run.report["composite"], |all| &all[0]);
        let drawdown = &row["drawdown"];
        // All closes after the first are a quarter of it: -75 %, from four times the newest level.
        assert!((drawdown["pct"].as_f64().unwrap() + 75.0).abs() < 1e-9, "{drawdown}");
        let level = row["close"].as_f64().unwrap();
        assert!((drawdown["peak"].as_f64().unwrap() / level - 4.0).abs() < 1e-9, "{drawdown}");
        let dates = (&drawdown["peak_date"], &drawdown["since"]);
        assert_eq!(dates, (&"2024-02-01".into(), &"2024-02-01".into()));
    }
}

#[test]
fn a_condition_on_a_record_since_the_data_begin_counts_all_sessions_held() {
    let days = Days::new();
    days.before("STAR50", "2024-01-25", 1000.0, 1000.0);
    days.change("STAR50", |date, close| if date.to_string() == "2026-01-21" { 1900.0 } else { close });
    let check = |change: &dyn Fn(&mut Options)| {
        days.today("2026-01-21T09:00:00Z", &[], |options| {
            options.command = Command::Check;
            options.expressions = vec!["STAR50.record.high_sessions > 450".to_owned()];
            change(options);
        })
    };
    // The weekdays from 25 January 2024 to 5 September 2025 are 422, the demo's sessions until 20 January are 89.
    let alone = check(&|options| options.store = None);
    for run in [alone, check(&plain), check(&plain), check(&offline)] {
        assert_eq!(run.code, 10, "{}", run.report);
        let text = run.report.to_string();
        assert!(text.contains("the 511 sessions held before, which begin on 2024-01-25"), "{text}");
    }
}
