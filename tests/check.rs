//! `check`: which figures a condition may use, from closes written here; and the built program with its exit
//! codes, on the demo's closes and on a session under way.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[cfg(unix)]
#[path = "check/program.rs"]
mod program;
#[cfg(unix)]
#[path = "cli/replay.rs"]
mod replay;
mod report;
#[allow(dead_code)]
mod support;

use chrono::{Days, NaiveDate};
use marketsnap::domain::check::{Checked, Value, Verdict};
use marketsnap::domain::snapshot::Completeness;
use proptest::prelude::*;
use report::{Book, d};

/// STAR 50 and the S&P 500 as they stood half an hour after Shanghai's close.
const AS_OF: &str = "2026-01-21T08:30:00Z";
const STAR50: &str = "2026-01-19 1506.82, 2026-01-20 1482.994, 2026-01-21 1535.393";
const SP500: &str = "2026-01-15 6944.47, 2026-01-16 6940.01, 2026-01-20 6796.86";

fn book() -> Book {
    Book::new().closes("STAR50", STAR50).closes("SP500", SP500)
}

fn unknown(checked: &Checked) -> &'static str {
    assert_eq!(checked.verdict, Verdict::Unknown, "{checked:?}");
    assert!(!checked.reasons.is_empty());
    checked.values.iter().find_map(|v| v.unknown).unwrap_or("open")
}

#[test]
fn a_condition_uses_the_figures_of_the_rows_with_their_sessions() {
    let checked = book().check("STAR50.1D > 3 and SP500.1D < 0", AS_OF, false);
    assert_eq!((checked.verdict, checked.reasons.len()), (Verdict::Holds, 0));
    // 1535.393 / 1482.994 - 1 = 3.5333 %; 6796.86 / 6940.01 - 1 = -2.0627 %.
    let star = &checked.values[0];
    assert!(matches!(star.value, Some(Value::Number(n)) if (n - 3.533_325).abs() < 1e-5), "{star:?}");
    assert_eq!((star.from, star.session), (Some(d("2026-01-20")), Some(d("2026-01-21"))));
    assert_eq!(star.source.as_deref(), Some("test"));
    let sp = &checked.values[1];
    assert_eq!((sp.from, sp.session), (Some(d("2026-01-16")), Some(d("2026-01-20"))));
}

#[test]
fn values_are_compared_in_full_and_not_as_they_are_printed() {
    // The move is 3.533325 %: 3.53 in print, and larger than that.
    for (condition, verdict) in
        [("STAR50.1D = 3.53", Verdict::DoesNotHold), ("STAR50.1D > 3.53", Verdict::Holds)]
    {
        assert_eq!(book().check(condition, AS_OF, false).verdict, verdict, "{condition}");
    }
}

#[test]
fn a_spread_is_against_the_benchmark_and_says_the_sessions_of_both() {
    // 3.533325 + 2.062677 = 5.596002 points.
    let checked = book().check("STAR50.excess.1D > 5.59 and STAR50.excess.1D < 5.6", AS_OF, false);
    assert_eq!(checked.verdict, Verdict::Holds);
    assert_eq!(checked.values.len(), 1, "one figure is told once");
    assert_eq!(checked.values[0].benchmark_from, Some(d("2026-01-16")));
    assert_eq!(checked.values[0].benchmark_session, Some(d("2026-01-20")));
}

/// Fetched at 05:00 UTC, while Shanghai trades until 07:00.
fn under_way() -> Book {
    Book::new().fetched_at("2026-01-21T05:00:00Z").closes("STAR50", STAR50).closes("SP500", SP500)
}

#[test]
fn a_live_value_is_unknown_unless_it_is_asked_for_and_never_a_record() {
    let at = "2026-01-21T05:00:00Z";
    for (condition, strict, allowed) in [
        ("STAR50.1D > 3", Verdict::Unknown, Verdict::Holds),
        ("STAR50.1D < 3", Verdict::Unknown, Verdict::DoesNotHold),
        ("STAR50.close > 1500", Verdict::Unknown, Verdict::Holds),
        ("STAR50.excess.1D > 3", Verdict::Unknown, Verdict::Holds),
        ("SP500.excess.1D < 1", Verdict::Holds, Verdict::Holds),
        ("STAR50.record.high_sessions >= 0", Verdict::Unknown, Verdict::Unknown),
        ("STAR50.streak > 0", Verdict::Unknown, Verdict::Unknown),
        ("STAR50.range.position > 0", Verdict::Unknown, Verdict::Unknown),
        // These do not change before the close.
        ("STAR50.status = live", Verdict::Holds, Verdict::Holds),
        ("STAR50.session = 2026-01-21", Verdict::Holds, Verdict::Holds),
        ("STAR50.previous < 1483", Verdict::Holds, Verdict::Holds),
        // What a live value cannot change is known.
        ("STAR50.1D > 3 and SP500.1D > 0", Verdict::DoesNotHold, Verdict::DoesNotHold),
        ("STAR50.1D > 3 or SP500.1D < 0", Verdict::Holds, Verdict::Holds),
    ] {
        assert_eq!(under_way().check(condition, at, false).verdict, strict, "{condition}");
        assert_eq!(under_way().check(condition, at, true).verdict, allowed, "{condition}");
    }
    let live = under_way().check("STAR50.1D > 3", at, false);
    assert_eq!(unknown(&live), "live");
    assert!(matches!(live.values[0].value, Some(Value::Number(_))), "the value so far is shown");
}

#[test]
fn a_live_benchmark_leaves_the_spread_unknown() {
    // New York trades from 14:30 UTC: at 15:00 the S&P 500 is live, and Shanghai long settled.
    let book = Book::new().fetched_at("2026-01-20T15:00:00Z").closes("STAR50", STAR50).closes("SP500", SP500);
    let checked = book.check("STAR50.excess.1D > -99", "2026-01-20T15:00:00Z", false);
    assert_eq!(unknown(&checked), "live");
    assert!(checked.reasons[0].contains("SP500 is live"), "{:?}", checked.reasons);
}

#[test]
fn stale_missing_and_absent_figures_are_unknown_and_a_shut_markets_are_known() {
    let book = || book().closes("NIKKEI225", "2025-12-29 50526.92, 2025-12-30 50339.48");
    // Tokyo's session of the 20th is long over and not held.
    assert_eq!(unknown(&book().check("NIKKEI225.1D > 0", AS_OF, true)), "stale");
    assert_eq!(book().check("NIKKEI225.status = stale", AS_OF, false).verdict, Verdict::Holds);
    assert_eq!(unknown(&book().check("DAX.close > 1", AS_OF, false)), "missing");
    let year = book().check("STAR50.1Y > 0", AS_OF, true);
    assert_eq!(unknown(&year), "insufficient_history");
    assert_eq!(unknown(&book().check("STAR50.z > 0", AS_OF, false)), "insufficient_history");
    // New York is shut on the 19th of January.
    let shut = book().check("SP500.1D < 0", "2026-01-19T22:30:00Z", false);
    assert_eq!(shut.verdict, Verdict::Holds, "{shut:?}");
    let told = book().check("SP500.status = shut", "2026-01-19T22:30:00Z", false);
    assert_eq!(told.verdict, Verdict::Holds);
}

#[test]
fn a_move_across_a_missing_session_is_not_the_one_that_was_asked_for() {
    // Shanghai had a session on the 20th, as the CSI 300 shows; STAR 50's close of it is missing.
    let book = Book::new()
        .closes("STAR50", "2026-01-16 1500, 2026-01-19 1506.82, 2026-01-21 1535.393")
        .closes("CSI300", "2026-01-16 4700, 2026-01-19 4734.46, 2026-01-20 4718.88, 2026-01-21 4723.07");
    for condition in ["STAR50.1D > 0", "STAR50.change > 0", "STAR50.streak > 0"] {
        assert_eq!(unknown(&book.check(condition, AS_OF, false)), "missing", "{condition}");
    }
    assert_eq!(book.check("STAR50.close > 1500", AS_OF, false).verdict, Verdict::Holds);
}

/// Closes on every calendar day up to 21 January 2026 of a coin, which has a session each day.
fn daily(closes: &[f64]) -> Vec<(NaiveDate, f64)> {
    let last = d("2026-01-20");
    let days = (0..closes.len() as u64).rev().map(|n| last.checked_sub_days(Days::new(n)).unwrap());
    days.zip(closes.iter().copied()).collect()
}

fn coin(closes: &[f64]) -> Book {
    Book::new().series("BTC", &daily(closes), None, Vec::new())
}

#[test]
fn a_record_is_told_in_sessions_and_none_of_today_is_zero_sessions() {
    // A close of 200 forty days ago, 100 and 101 in turns since, then 150.
    let mut closes: Vec<f64> = (0..60).map(|n| 100.0 + f64::from(n % 2)).collect();
    closes[19] = 200.0;
    closes[59] = 150.0;
    let held = |condition: &str| coin(&closes).check(condition, AS_OF, false).verdict;
    assert_eq!(held("BTC.record.high_sessions = 40"), Verdict::Holds);
    // The day of 200 rose by 100 %, today by 50 %.
    assert_eq!(held("BTC.record.gain_sessions = 40"), Verdict::Holds);
    assert_eq!(held("BTC.record.loss_sessions = 0"), Verdict::Holds);
    assert_eq!(held("BTC.record.low_sessions = 0"), Verdict::Holds);
    assert_eq!(held("BTC.record.low_sessions > 60"), Verdict::DoesNotHold);
}

#[test]
fn a_record_since_the_data_begin_is_at_least_as_old_as_they_are() {
    // 300 closes, each higher than all before: 299 sessions are held before the newest.
    let closes: Vec<f64> = (0..300).map(|n| 100.0 + f64::from(n)).collect();
    let check = |condition: &str| coin(&closes).check(condition, AS_OF, false);
    assert_eq!(check("BTC.record.high_sessions > 250").verdict, Verdict::Holds);
    assert_eq!(check("BTC.record.high_sessions < 250").verdict, Verdict::DoesNotHold);
    let open = check("BTC.record.high_sessions > 1000");
    assert_eq!(unknown(&open), "open");
    assert!(open.reasons[0].contains("in the 299 sessions held before"), "{:?}", open.reasons);
    let between = open.values[0].between.unwrap();
    assert_eq!((between.from, between.to, &open.values[0].value), (299.0, None, &None));
}

#[test]
fn too_few_closes_tell_of_no_record_and_of_its_absence_only_what_they_show() {
    // Thirty closes, the newest the highest: neither a record since the data begin nor none.
    let closes: Vec<f64> = (0..30).map(|n| 100.0 + f64::from(n)).collect();
    let check = |condition: &str| coin(&closes).check(condition, AS_OF, false);
    assert_eq!(unknown(&check("BTC.record.high_sessions > 0")), "insufficient_history");
    assert_eq!(check("BTC.record.low_sessions > 0").verdict, Verdict::DoesNotHold);
    assert_eq!(check("BTC.streak = 29").verdict, Verdict::Holds);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_records_sessions_are_those_of_a_scan_of_all_closes(
        closes in proptest::collection::vec(1..30_i32, 2..60),
    ) {
        let newest = closes.len() - 1;
        let ago = |beyond: &dyn Fn(i32) -> bool| (0..newest).rev().find(|i| beyond(closes[*i])).map(|i| newest - i);
        let values: Vec<f64> = closes.iter().map(|c| f64::from(*c)).collect();
        let book = coin(&values);
        for (field, found) in [
            ("high_sessions", ago(&|c| c >= closes[newest])),
            ("low_sessions", ago(&|c| c <= closes[newest])),
        ] {
            // Told from more than 20 sessions on; with none in so few closes nothing is known.
            let told = found.map(|ago| if ago > 20 { ago } else { 0 });
            let condition = format!("BTC.record.{field} = {}", told.unwrap_or(0));
            let expected = if told.is_some() { Verdict::Holds } else { Verdict::Unknown };
            prop_assert_eq!(book.check(&condition, AS_OF, false).verdict, expected, "{}", condition);
        }
    }
}

/// China chips on 21 January, one of them without closes.
fn chips() -> Book {
    Book::new()
        .closes("LOONGSON", "2026-01-20 148.10, 2026-01-21 177.72")
        .closes("HYGON", "2026-01-20 254.20, 2026-01-21 288.11")
        .closes("CAMBRICON", "2026-01-20 1343.0, 2026-01-21 1353.87")
        .closes("SMIC", "2026-01-20 122.18, 2026-01-21 127.19")
}

#[test]
fn a_groups_counts_are_open_by_its_members_without_a_move_and_the_rest_is_unknown() {
    for (condition, verdict) in [
        ("CN-CHIPS.advancers >= 4", Verdict::Holds),
        ("CN-CHIPS.advancers = 5", Verdict::Unknown),
        ("CN-CHIPS.advancers > 5", Verdict::DoesNotHold),
        ("CN-CHIPS.decliners <= 1", Verdict::Holds),
        ("CN-CHIPS.absent = 1", Verdict::Holds),
        ("CN-CHIPS.median > 0", Verdict::Unknown),
        ("CN-CHIPS.best = LOONGSON", Verdict::Unknown),
    ] {
        assert_eq!(chips().check(condition, AS_OF, false).verdict, verdict, "{condition}");
    }
    let whole = || chips().closes("GIGADEVICE", "2026-01-20 292.0, 2026-01-21 307.65");
    for condition in ["CN-CHIPS.best = LOONGSON", "CN-CHIPS.best.1D >= 20 %", "CN-CHIPS.worst != SMIC"] {
        assert_eq!(whole().check(condition, AS_OF, false).verdict, Verdict::Holds, "{condition}");
    }
}

#[test]
fn a_group_with_a_live_member_is_unknown_unless_live_values_are_accepted() {
    let at = "2026-01-21T05:00:00Z";
    let live = || Book { fetched_at: at.parse().unwrap(), ..Book::new() };
    let book = live().closes("LOONGSON", "2026-01-20 148.10, 2026-01-21 177.72");
    assert_eq!(unknown(&book.check("CN-CHIPS.advancers >= 1", at, false)), "live");
    assert_eq!(book.check("CN-CHIPS.advancers >= 1", at, true).verdict, Verdict::Holds);
}

#[test]
fn a_to_date_move_is_of_the_report_days_period_and_never_of_the_one_before() {
    // At noon UTC of 2 January Shanghai has not opened in 2026; 2025 made +35.92 %.
    let book = || Book::new().horizons("1D,MTD,QTD,YTD");
    let star = || book().closes("STAR50", "2024-12-31 988.93, 2025-12-30 1340.0, 2025-12-31 1344.20");
    let at = "2026-01-02T12:00:00Z";
    for condition in ["STAR50.YTD > 30", "STAR50.YTD < 30", "STAR50.QTD > 0", "STAR50.MTD > 0"] {
        let checked = star().check(condition, at, false);
        assert_eq!((checked.verdict, unknown(&checked)), (Verdict::Unknown, "no_session"), "{condition}");
    }
    // What stands beside it changes nothing.
    let both = star().closes("DAX", "2025-12-30 24490.41, 2026-01-02 24539.34");
    let checked = both.check("STAR50.YTD > 30 or DAX.close > 99999", at, true);
    assert_eq!(checked.verdict, Verdict::Unknown, "{checked:?}");
    // On the last day of the year it is that year's: 1344.20 / 988.93 - 1 = 35.92 %.
    assert_eq!(star().check("STAR50.YTD > 35.9", "2025-12-31T12:00:00Z", false).verdict, Verdict::Holds);
}

#[test]
fn a_provisional_composites_previous_level_is_known() {
    // Mumbai's close of the 21st is not there yet: ASIA waits for it.
    let days = |closes: [f64; 3]| {
        let days = [d("2026-01-19"), d("2026-01-20"), d("2026-01-21")];
        days.into_iter().zip(closes).collect::<Vec<_>>()
    };
    let book = ["CSI300", "HSI", "NIKKEI225", "KOSPI", "TAIEX", "ASX200"]
        .iter()
        .fold(Book::new().fetched_at(AS_OF), |book, id| {
            book.series(id, &days([100.0, 101.0, 102.0]), None, Vec::new())
        })
        .closes("NIFTY50", "2026-01-19 100, 2026-01-20 101");
    assert_eq!(unknown(&book.check("ASIA.close > 1", AS_OF, false)), "provisional");
    // Everything rose from 100 to 101.
    let previous = book.check("ASIA.previous > 100.99 and ASIA.previous < 101.01", AS_OF, false);
    assert_eq!(previous.verdict, Verdict::Holds, "{previous:?}");
}

#[test]
fn a_close_without_a_rate_is_held_and_says_which_rate_is_missing() {
    let book = Book::new().closes("HSI", "2026-01-20 26487.51, 2026-01-21 26585.06").currency("USD");
    let at = "2026-01-21T12:00:00Z";
    for condition in ["HSI.close > 1", "HSI.1D > 0", "HSI.previous > 1"] {
        let report = book.checked(condition, at, false);
        let checked = &report.expressions[0];
        assert_eq!((unknown(checked), report.status), ("no_fx", Completeness::Partial), "{condition}");
        let why = "no rate of HKD in USD is known near HSI's session of 2026-01-21";
        assert!(checked.reasons[0].ends_with(why), "{:?}", checked.reasons);
    }
    for condition in ["HSI.status = settled", "HSI.session = 2026-01-21"] {
        assert_eq!(book.check(condition, at, false).verdict, Verdict::Holds, "{condition}");
    }
    // Nothing of it is held at all.
    assert_eq!(Book::new().checked("HSI.close > 1", at, false).status, Completeness::Empty);
}

#[test]
fn a_note_on_bases_names_no_benchmark_where_no_condition_has_one() {
    let args = ["check", "STAR50.1D > DAX.1D", "--demo"];
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_marketsnap")).args(args).env_clear().output();
    let out = String::from_utf8(output.unwrap().stdout).unwrap();
    assert!(out.contains("Bases differ: STAR50 leaves dividends out; DAX includes"), "{out}");
    assert!(!out.contains("benchmark"), "{out}");
}
