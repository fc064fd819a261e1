//! Moves, spreads, composites, groups, ranges and limits: worked examples, to the last printed digit.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::float_cmp)]

mod report;

use chrono::Days;
use marketsnap::domain::snapshot::{Completeness, NoteKind, Status};
use marketsnap::domain::{Absent, Horizon, Split, WarningKind};
use report::{Book, at, cell, composite, d, id, pct, row};

fn notes(report: &marketsnap::domain::Snapshot, kind: NoteKind) -> Vec<&str> {
    report.notes.iter().filter(|n| n.kind == kind).map(|n| n.message.as_str()).collect()
}

fn near(value: f64, expected: f64) {
    assert!((value - expected).abs() < 5e-7, "{value} is not {expected}");
}

#[test]
fn one_day_and_five_days_count_sessions_and_not_calendar_days() {
    // Base of 1D is Friday's close, of 5D the fifth session before: 102 / 101 and 102 / 96.
    let book = Book::new()
        .closes(
            "DAX",
            "2026-01-12 96, 2026-01-13 97, 2026-01-14 98, 2026-01-15 99, 2026-01-16 101, 2026-01-19 102",
        )
        .horizons("1D,5D");
    let report = book.at("2026-01-19T18:00:00Z");
    let dax = row(&report, "DAX");
    // 102 / 101 - 1 = 0.990099 %, 102 / 96 - 1 = 6.25 %
    near(cell(dax, "1D").pct.unwrap().0, 0.990_099);
    near(cell(dax, "5D").pct.unwrap().0, 6.25);
    assert_eq!(cell(dax, "1D").from, Some(d("2026-01-16")));
    assert_eq!(
        (dax.previous.date, dax.previous.close, dax.change),
        (Some(d("2026-01-16")), Some(101.0), Some(1.0))
    );
}

#[test]
fn calendar_horizons_start_from_the_last_session_on_or_before_the_day() {
    // One month before 2026-03-31 is 2026-02-28, a Saturday: the base is Friday the 27th.
    let book = Book::new()
        .closes("SP500", "2026-02-26 6900, 2026-02-27 6878.88, 2026-03-02 6890, 2026-03-31 7000")
        .horizons("1M");
    assert_eq!(cell(row(&book.at("2026-04-01T12:00:00Z"), "SP500"), "1M").from, Some(d("2026-02-27")));
}

#[test]
fn a_base_more_than_20_days_before_the_wanted_day_is_no_base() {
    // Wanted is 2026-01-20: the 31st of December is 20 days before it, the 30th 21.
    let last = "2026-02-20 110";
    let within = Book::new().closes("SP500", &format!("2025-12-31 100, {last}")).horizons("1M");
    assert_eq!(pct(row(&within.at("2026-02-20T22:00:00Z"), "SP500"), "1M"), "+10.00");
    let beyond = Book::new().closes("SP500", &format!("2025-12-30 100, {last}")).horizons("1M");
    assert_eq!(pct(row(&beyond.at("2026-02-20T22:00:00Z"), "SP500"), "1M"), "insufficient_history");
}

#[test]
fn a_series_that_begins_inside_a_horizon_has_no_such_move_and_never_a_shorter_one() {
    let book = Book::new().closes("HSTECH", "2026-01-21 5746.3");
    let report = book.at("2026-01-21T09:00:00Z");
    let tech = row(&report, "HSTECH");
    for horizon in ["1D", "5D", "MTD", "YTD", "1Y"] {
        assert_eq!(pct(tech, horizon), "insufficient_history", "{horizon}");
    }
    assert_eq!((tech.close, tech.change, tech.previous.close), (Some(5746.3), None, None));
}

#[test]
fn a_market_without_a_session_in_the_new_year_has_no_ytd_while_another_has() {
    // 2026-01-02: mainland China shut, Hong Kong +2.76 % (26338.47 / 25630.54 - 1 = 2.762056 %).
    let mut book = Book::new()
        .closes("STAR50", "2025-12-30 1359.8, 2025-12-31 1344.2")
        .closes("HSI", "2025-12-31 25630.54, 2026-01-02 26338.47");
    let report = book.on("2026-01-02", "2026-01-03T12:00:00Z");
    assert_eq!(pct(row(&report, "STAR50"), "YTD"), "no_session");
    assert_eq!(pct(row(&report, "HSI"), "YTD"), "+2.76");
    assert_eq!(row(&report, "STAR50").session.status, Some(Status::Shut));
    assert_eq!(notes(&report, NoteKind::Period), [""; 0]);
}

#[test]
fn while_nothing_has_traded_in_the_new_month_the_old_month_stands_and_the_heading_says_so() {
    // Sunday 2026-02-01: January stands, from 2025-12-31. 6900 / 6845.5 - 1 = 0.796143 %.
    let book = Book::new()
        .closes("SP500", "2025-12-31 6845.5, 2026-01-29 6850, 2026-01-30 6900")
        .horizons("MTD,YTD");
    let report = book.at("2026-02-01T18:00:00Z");
    assert_eq!(pct(row(&report, "SP500"), "MTD"), "+0.80");
    assert_eq!(
        notes(&report, NoteKind::Period),
        ["MTD: no session yet in the month from 2026-02-01; the column shows the month from 2026-01-01."]
    );
    // A coin trades on Sunday: the new month has begun, and the index has no session in it.
    let coin = book.closes("BTC", "2026-01-31 80000, 2026-02-01 79000").fetched_at("2026-02-01T18:00:00Z");
    let report = coin.at("2026-02-02T00:00:00Z");
    assert_eq!(pct(row(&report, "SP500"), "MTD"), "no_session");
    assert_eq!(notes(&report, NoteKind::Period), [""; 0]);
}

#[test]
fn a_move_with_an_end_at_or_below_zero_is_absent_and_the_change_is_given() {
    // WTI on 2020-04-20: from 18.27 to -37.63, a change of -55.90.
    let book =
        Book::new().closes("WTI", "2020-04-17 18.27, 2020-04-20 -37.63, 2020-04-21 10.01").horizons("1D");
    let on = |when| book.at(when);
    let report = on("2020-04-20T22:00:00Z");
    assert_eq!(pct(row(&report, "WTI"), "1D"), "non_positive");
    near(row(&report, "WTI").change.unwrap(), -55.90);
    assert_eq!(pct(row(&on("2020-04-21T22:00:00Z"), "WTI"), "1D"), "non_positive");
}

#[test]
fn the_spread_of_21_january_2026_is_5_596_points_with_all_four_dates() {
    // STAR 50: 1535.393 / 1482.994 - 1 = 3.533325 %; S&P 500: 6796.86 / 6940.01 - 1 = -2.062677 %.
    // Excess 3.533325 + 2.062677 = 5.596002 pp; 1.03533325 / 0.97937323 - 1 = 5.713861 %.
    let book = Book::new()
        .closes("STAR50", "2026-01-20 1482.994, 2026-01-21 1535.393")
        .closes("SP500", "2026-01-16 6940.01, 2026-01-20 6796.86");
    let report = book.at("2026-01-21T08:30:00Z");
    let star = row(&report, "STAR50");
    near(cell(star, "1D").pct.unwrap().0, 3.533_325);
    near(cell(row(&report, "SP500"), "1D").pct.unwrap().0, -2.062_677);
    let against = star.relative.get(&Horizon::ONE_DAY).unwrap();
    near(against.excess_pp.unwrap().0, 5.596_002);
    near(against.relative_pct.unwrap().0, 5.713_861);
    assert_eq!(
        (against.benchmark_from, against.benchmark_session),
        (Some(d("2026-01-16")), Some(d("2026-01-20")))
    );
    assert_eq!((against.same_session, against.same_base), (Some(false), Some(false)));
    assert_eq!(
        notes(&report, NoteKind::Benchmark),
        ["S&P 500's 1D runs from 2026-01-16 to 2026-01-20; 1 row spans other dates."]
    );
}

#[test]
fn the_same_session_from_another_base_is_marked() {
    // 2026-01-20: DAX's 1D runs from the 19th, the S&P's from the 16th.
    let book = Book::new()
        .closes("DAX", "2026-01-16 25297.13, 2026-01-19 24959.06, 2026-01-20 24703.12")
        .closes("SP500", "2026-01-16 6940.01, 2026-01-20 6796.86");
    let report = book.at("2026-01-21T08:30:00Z");
    let against = row(&report, "DAX").relative.get(&Horizon::ONE_DAY).unwrap();
    assert_eq!((against.same_session, against.same_base), (Some(true), Some(false)));
}

#[test]
fn without_the_benchmark_a_spread_is_absent_and_the_move_stands() {
    let book = Book::new().closes("DAX", "2026-01-19 24959.06, 2026-01-20 24703.12");
    let report = book.at("2026-01-21T08:30:00Z");
    let dax = row(&report, "DAX");
    let against = dax.relative.get(&Horizon::ONE_DAY).unwrap();
    assert_eq!((against.excess_pp, against.absent.map(|a| a.code())), (None, Some("no_benchmark")));
    assert_eq!(pct(dax, "1D"), "-1.03");
}

#[test]
fn a_shut_member_adds_nothing_that_day_and_nothing_is_lost_when_it_reopens() {
    // Europe, three equal weights; Frankfurt is shut on 2025-12-31, all on 1 January.
    // 12-31: FTSE +3 %, CAC +6 %, DAX 0: +3 %, level 103.
    // 01-02: DAX +9 %, the others 0: +3 %, level 103 x 1.03 = 106.09.
    let book = Book::new()
        .closes("FTSE100", "2025-12-30 100, 2025-12-31 103, 2026-01-02 103")
        .closes("CAC40", "2025-12-30 100, 2025-12-31 106, 2026-01-02 106")
        .closes("DAX", "2025-12-30 100, 2026-01-02 109")
        .horizons("1D");
    let on_the_31st = book.at("2026-01-01T00:00:00Z");
    let europe = composite(&on_the_31st, "EUROPE");
    near(europe.row.close.unwrap(), 103.0);
    assert_eq!((europe.traded, europe.members, europe.shut.as_slice()), (2, 3, [id("DAX")].as_slice()));
    near(europe.weight_traded_pct.0, 66.666_666_7);
    let on_the_2nd = book.at("2026-01-02T18:00:00Z");
    let europe = composite(&on_the_2nd, "EUROPE");
    near(europe.row.close.unwrap(), 106.09);
    assert_eq!(pct(&europe.row, "1D"), "+3.00");
    assert_eq!(europe.base_date, Some(d("2025-12-30")));
    assert_eq!(europe.row.session.status, Some(Status::Settled));
}

#[test]
fn a_member_held_only_since_a_date_within_a_span_that_is_shown_is_told() {
    // FTSE and CAC +10 % twice, DAX unchanged and held from the second date on:
    // 100 x (1 + (10 + 10) / 2 %) x (1 + (10 + 10 + 0) / 3 %) = 110 x 1.066667 = 117.333333.
    let flat = "2026-01-13 100, 2026-01-14 100, 2026-01-15 100, 2026-01-16 100";
    let book = Book::new()
        .closes("FTSE100", &format!("{flat}, 2026-01-19 110, 2026-01-20 121"))
        .closes("CAC40", &format!("{flat}, 2026-01-19 110, 2026-01-20 121"))
        .closes("DAX", "2026-01-19 100, 2026-01-20 100");
    let late = "EUROPE: DAX is held only since 2026-01-19; before it the level is of the other members.";
    let both = book.horizons("1D,5D");
    let report = both.at("2026-01-21T08:30:00Z");
    near(composite(&report, "EUROPE").row.close.unwrap(), 117.333_333_3);
    assert_eq!(pct(&composite(&report, "EUROPE").row, "5D"), "+17.33");
    assert!(notes(&report, NoteKind::Composite).contains(&late), "{:?}", report.notes);
    // Over the last date alone all three count.
    let report = both.horizons("1D").at("2026-01-21T08:30:00Z");
    assert!(!notes(&report, NoteKind::Composite).contains(&late), "{:?}", report.notes);
}

#[test]
fn a_member_still_trading_counts_as_unchanged_is_pending_and_makes_the_value_provisional() {
    // At 16:40 UTC on 2026-01-21 London and Paris are over; Frankfurt's value is of 16:00 UTC.
    // FTSE +1 %, CAC +2 %, DAX live and left at its last close: (1 + 2 + 0) / 3 = +1 %.
    let book = Book::new()
        .fetched_at("2026-01-21T16:40:00Z")
        .closes("FTSE100", "2026-01-20 100, 2026-01-21 101")
        .closes("CAC40", "2026-01-20 100, 2026-01-21 102")
        .stamped("DAX", "2026-01-20 100, 2026-01-21 150", Some("2026-01-21T16:00:00Z"))
        .horizons("1D");
    let report = book.at("2026-01-21T16:40:00Z");
    let europe = composite(&report, "EUROPE");
    near(europe.row.close.unwrap(), 101.0);
    assert_eq!(
        (europe.row.session.status, europe.pending.as_slice()),
        (Some(Status::Provisional), [id("DAX")].as_slice())
    );
    assert_eq!(row(&report, "DAX").session.status, Some(Status::Live));
}

#[test]
fn a_member_without_a_close_in_20_days_is_left_out_and_the_others_carry_its_weight() {
    // DAX's last close is 22 days old: (2 + 4) / 2 = +3 %.
    let book = Book::new()
        .closes("DAX", "2025-12-30 100")
        .closes("FTSE100", "2025-12-30 100, 2026-01-20 100, 2026-01-21 102")
        .closes("CAC40", "2025-12-30 100, 2026-01-20 100, 2026-01-21 104")
        .horizons("1D");
    let report = book.at("2026-01-21T18:00:00Z");
    let europe = composite(&report, "EUROPE");
    assert_eq!(
        (pct(&europe.row, "1D"), europe.left_out.as_slice()),
        ("+3.00".into(), [id("DAX")].as_slice())
    );
}

#[test]
fn a_day_on_which_less_than_half_of_the_weight_traded_is_no_composite_date() {
    // Of Europe's three only London trades on the 22nd: 1/3 of the weight.
    let book = Book::new()
        .closes("FTSE100", "2026-01-20 100, 2026-01-21 101, 2026-01-22 200")
        .closes("CAC40", "2026-01-20 100, 2026-01-21 101")
        .closes("DAX", "2026-01-20 100, 2026-01-21 101");
    assert_eq!(composite(&book.at("2026-01-23T06:00:00Z"), "EUROPE").row.session.date, Some(d("2026-01-21")));
}

#[test]
fn the_52_week_position_is_between_the_lowest_and_highest_close() {
    // Low 50, high 150, close 125: (125 - 50) / (150 - 50) = 75 %.
    let full = "2025-01-21 100, 2025-06-02 50, 2025-09-01 150, 2026-01-20 125";
    let report = Book::new().closes("DAX", full).at("2026-01-21T08:00:00Z");
    let range = &row(&report, "DAX").range_52w;
    assert_eq!((range.low, range.high, range.sessions), (Some(50.0), Some(150.0), Some(4)));
    near(range.position_pct.unwrap().0, 75.0);
    // 365 days before 2026-01-20 is 2025-01-20; with 20 days' grace 2025-02-09 still reaches back.
    let absent = |closes: &str| {
        let report = Book::new().closes("DAX", closes).at("2026-01-21T08:00:00Z");
        row(&report, "DAX").range_52w.absent.map(|a| a.code())
    };
    assert_eq!(absent("2025-02-09 100, 2026-01-20 125"), None);
    assert_eq!(absent("2025-02-10 100, 2026-01-20 125"), Some("insufficient_history"));
    assert_eq!(absent("2025-01-20 100, 2026-01-20 100"), Some("none_set"));
}

#[test]
fn a_live_value_has_no_52_week_position() {
    let book = Book::new()
        .fetched_at("2026-01-21T10:00:00Z")
        .closes("DAX", "2025-01-20 100, 2026-01-20 125, 2026-01-21 130");
    let report = book.at("2026-01-21T10:00:00Z");
    assert_eq!(row(&report, "DAX").range_52w.absent.map(|a| a.code()), Some("live"));
}

#[test]
fn loongson_closed_limit_up_and_hygon_did_not() {
    // 148.10 x 1.2 = 177.72. Hygon's limit: 254.21 x 1.2 = 305.052, 305.05.
    let week = |last: &str| {
        format!("2026-01-13 140, 2026-01-14 141, 2026-01-15 142, 2026-01-16 143, 2026-01-19 144, {last}")
    };
    let book = Book::new()
        .closes("LOONGSON", &week("2026-01-20 148.10, 2026-01-21 177.72"))
        .closes("HYGON", &week("2026-01-20 254.21, 2026-01-21 288.11"));
    let report = book.at("2026-01-21T08:30:00Z");
    assert_eq!(
        (row(&report, "LOONGSON").limit.side, row(&report, "LOONGSON").limit.price),
        (Some("up"), Some(177.72))
    );
    assert_eq!((row(&report, "HYGON").limit.side, row(&report, "HYGON").limit.price), (None, Some(305.05)));
    let chips = report.groups.iter().find(|g| g.id == id("CN-CHIPS")).unwrap();
    assert_eq!(chips.limit_up, [id("LOONGSON")]);
}

#[test]
fn a_groups_breadth_counts_median_best_and_worst() {
    // Moves +20, +10, 0, -10 %: median of four is (10 + 0) / 2 = 5 %, mean 20 / 4 = 5 %.
    let pair = |last: &str| format!("2026-01-20 100, 2026-01-21 {last}");
    let book = Book::new()
        .closes("LOONGSON", &pair("120"))
        .closes("HYGON", &pair("110"))
        .closes("CAMBRICON", &pair("100"))
        .closes("SMIC", &pair("90"));
    let report = book.at("2026-01-21T08:30:00Z");
    let chips = report.groups.iter().find(|g| g.id == id("CN-CHIPS")).unwrap();
    assert_eq!((chips.advancers, chips.decliners, chips.unchanged, chips.absent), (2, 1, 1, 1));
    assert_eq!((chips.best.as_ref(), chips.worst.as_ref()), (Some(&id("LOONGSON")), Some(&id("SMIC"))));
    near(chips.median_1d_pct.unwrap().0, 5.0);
    near(chips.mean_1d_pct.unwrap().0, 5.0);
}

#[test]
fn a_split_that_the_earlier_closes_do_not_know_of_leaves_the_moves_across_it_out() {
    // 4:1 on the 21st; the close before is still on the old basis: 400 to 101 is no -74.75 %.
    let rows = [("2026-01-16", 396.0), ("2026-01-20", 400.0), ("2026-01-21", 101.0), ("2026-01-22", 102.0)];
    let rows = rows.map(|(date, close)| (d(date), close));
    let split = vec![Split { date: d("2026-01-21"), factor: 4.0 }];
    let book = Book::new().series("NVIDIA", &rows, None, split.clone()).horizons("1D,1W");
    let on_the_day = book.at("2026-01-21T22:00:00Z");
    assert_eq!(pct(row(&on_the_day, "NVIDIA"), "1D"), "suspect");
    let after = book.at("2026-01-22T22:00:00Z");
    assert_eq!(
        (pct(row(&after, "NVIDIA"), "1D"), pct(row(&after, "NVIDIA"), "1W")),
        ("+0.99".into(), "suspect".into())
    );
    assert!(row(&after, "NVIDIA").warnings.iter().any(|w| w.message.contains("2026-01-21 are not adjusted")));
    // Adjusted closes have no jump, and the split is nothing to tell.
    let adjusted = [("2026-01-20", 100.0), ("2026-01-21", 101.0)].map(|(date, close)| (d(date), close));
    let report = Book::new().series("NVIDIA", &adjusted, None, split).at("2026-01-21T22:00:00Z");
    assert_eq!(
        (pct(row(&report, "NVIDIA"), "1D"), row(&report, "NVIDIA").warnings.len()),
        ("+1.00".into(), 0)
    );
}

#[test]
fn a_jump_beyond_35_percent_of_an_index_is_kept_and_said() {
    let book = Book::new().closes("DAX", "2026-01-19 100, 2026-01-20 64");
    let report = book.at("2026-01-20T18:00:00Z");
    let dax = row(&report, "DAX");
    assert_eq!(pct(dax, "1D"), "-36.00");
    assert_eq!(dax.warnings.iter().map(|w| w.kind).collect::<Vec<_>>(), [WarningKind::Suspect]);
    // Volatility moves that much by nature.
    let vix = Book::new().closes("VIX", "2018-02-02 17.31, 2018-02-05 37.32").at("2018-02-06T12:00:00Z");
    assert!(row(&vix, "VIX").warnings.is_empty());
}

#[test]
fn a_comparison_has_common_ends_and_rebased_lines_start_at_100() {
    // YTD from 2025-12-31 on both sides: 110 / 100 and 95 / 100; 15 points apart, 110 / 95 - 1 = 15.789474 %.
    let book = Book::new()
        .closes("STAR50", "2025-12-31 100, 2026-01-20 105, 2026-01-21 110")
        .closes("SP500", "2025-12-31 100, 2026-01-16 97, 2026-01-20 95")
        .horizons("1D,YTD");
    let report = book.compare(&["STAR50", "SP500"], "2026-01-21T08:30:00Z");
    assert_eq!((report.end_date, report.status), (Some(d("2026-01-21")), Completeness::Complete));
    let spread = report.pairs[0].spreads.get(&"YTD".parse().unwrap()).unwrap();
    near(spread.excess_pp.unwrap().0, 15.0);
    near(spread.relative_pct.unwrap().0, 15.789_473_7);
    assert_eq!((spread.same_base, spread.same_session), (Some(true), Some(false)));
    assert_eq!(report.rebased_over, Some("YTD".parse().unwrap()));
    let values =
        |i: usize| report.instruments[i].rebased.points.iter().map(|p| p.value.round()).collect::<Vec<_>>();
    assert_eq!((values(0), values(1)), (vec![100.0, 105.0, 110.0], vec![100.0, 97.0, 95.0]));
}

#[test]
fn both_alignments_pair_the_day_with_what_the_other_market_had_seen() {
    // After New York's close of the 21st: newest pairs 21 with 21; when Shanghai closed on the 21st it
    // had seen New York's 20th; when New York closed it had seen Shanghai's 21st.
    let book = Book::new()
        .closes("STAR50", "2026-01-19 1506.86, 2026-01-20 1482.994, 2026-01-21 1535.393")
        .closes("SP500", "2026-01-16 6940.01, 2026-01-20 6796.86, 2026-01-21 6875.62")
        .horizons("1D");
    let report = book.compare(&["STAR50", "SP500"], "2026-01-21T22:00:00Z");
    let by_clock = &report.pairs[0].alignments;
    let ends = |s: &marketsnap::domain::comparison::Spread| {
        (s.a.to.unwrap().to_string(), s.b.to.unwrap().to_string())
    };
    assert_eq!(ends(&by_clock.newest), ("2026-01-21".into(), "2026-01-21".into()));
    assert_eq!(ends(&by_clock.seen_by_a), ("2026-01-21".into(), "2026-01-20".into()));
    assert_eq!(ends(&by_clock.seen_by_b), ("2026-01-21".into(), "2026-01-21".into()));
    // 3.533325 - (6875.62 / 6796.86 - 1 = 1.158770 %) = 2.374556, and 3.533325 + 2.062677 = 5.596002.
    near(by_clock.newest.excess_pp.unwrap().0, 2.374_555);
    near(by_clock.seen_by_a.excess_pp.unwrap().0, 5.596_002);
}

#[test]
fn a_live_value_has_seen_the_other_market_up_to_as_of() {
    // At 15:00 UTC on the 21st New York is live; Shanghai's 21st closed at 07:00.
    let book = Book::new()
        .fetched_at("2026-01-21T15:00:00Z")
        .closes("STAR50", "2026-01-20 1482.994, 2026-01-21 1535.393")
        .closes("SP500", "2026-01-16 6940.01, 2026-01-20 6796.86, 2026-01-21 6850")
        .horizons("1D");
    let report = book.compare(&["SP500", "STAR50"], "2026-01-21T15:00:00Z");
    let seen = &report.pairs[0].alignments.seen_by_a;
    assert_eq!((seen.a.to, seen.b.to), (Some(d("2026-01-21")), Some(d("2026-01-21"))));
}

#[test]
fn a_comparison_since_a_day_rebases_there() {
    let mut book = Book::new()
        .closes("DAX", "2026-01-15 25352.39, 2026-01-16 25297.13, 2026-01-20 24703.12")
        .closes("CAC40", "2026-01-15 8313.12, 2026-01-16 8258.94, 2026-01-20 8062.58")
        .horizons("since:2026-01-18,1D");
    book.rebase = Some(Horizon::Since(d("2026-01-18")));
    let report = book.compare(&["DAX", "CAC40"], "2026-01-21T08:30:00Z");
    // The last session on or before Sunday the 18th is Friday the 16th.
    assert_eq!(report.instruments[0].rebased.from, Some(d("2026-01-16")));
    assert_eq!(report.as_of, at("2026-01-21T08:30:00Z"));
    assert_eq!(d("2026-01-16") + Days::new(2), d("2026-01-18"));
}

#[test]
fn a_yields_change_is_told_in_basis_points() {
    // 4.295 - 4.231 = 0.064 percentage points, 6.4 basis points.
    let report = Book::new().closes("US10Y", "2026-01-20 4.231, 2026-01-21 4.295").at("2026-01-22T08:00:00Z");
    near(row(&report, "US10Y").change.unwrap(), 0.064);
    near(row(&report, "US10Y").change_bp.unwrap(), 6.4);
}

#[test]
fn no_figure_at_all_crosses_a_split_that_the_earlier_closes_do_not_know_of() {
    // 4:1 on 2026-01-21, closes before it not adjusted: not the change, the range nor the day by clock.
    let rows = [("2025-01-15", 390.0), ("2025-09-01", 410.0), ("2026-01-20", 405.0), ("2026-01-21", 101.0)];
    let rows = rows.map(|(date, close)| (d(date), close));
    let split = vec![Split { date: d("2026-01-21"), factor: 4.0 }];
    let book = Book::new()
        .series("NVIDIA", &rows, None, split)
        .closes("SP500", "2026-01-20 6796.86, 2026-01-21 6875.62")
        .horizons("1D");
    let report = book.at("2026-01-21T22:00:00Z");
    let share = row(&report, "NVIDIA");
    assert_eq!((pct(share, "1D"), share.change, share.trend.len()), ("suspect".into(), None, 1));
    assert_eq!(share.range_52w.absent.map(|a| a.code()), Some("suspect"));
    let compared = book.compare(&["NVIDIA", "SP500"], "2026-01-21T22:00:00Z");
    assert_eq!(compared.pairs[0].alignments.newest.excess_pp, None);
}

#[test]
fn a_composite_says_what_its_members_closes_include() {
    // Of Europe's three the DAX includes dividends; the benchmark S&P 500 leaves them out.
    let pair = "2026-01-20 100, 2026-01-21 101";
    let book =
        Book::new().closes("FTSE100", pair).closes("DAX", pair).closes("CAC40", pair).closes("SP500", pair);
    let report = book.at("2026-01-22T08:00:00Z");
    assert_eq!(serde_json::to_value(composite(&report, "EUROPE").row.basis).unwrap(), "mixed");
    assert_eq!(
        notes(&report, NoteKind::Basis),
        [
            "Bases differ: the benchmark SP500 leaves dividends out; DAX includes dividends; EUROPE includes some members' dividends."
        ]
    );
}

#[test]
fn a_composite_that_not_all_members_are_in_says_what_became_of_the_others() {
    // Frankfurt is shut on 2025-12-31: two of three members, 66.7 % of the weight.
    let book = Book::new()
        .closes("FTSE100", "2025-12-30 100, 2025-12-31 103")
        .closes("CAC40", "2025-12-30 100, 2025-12-31 106")
        .closes("DAX", "2025-12-30 100");
    let report = book.at("2025-12-31T20:00:00Z");
    assert_eq!(
        notes(&report, NoteKind::Composite),
        [
            "EUROPE on 2025-12-31: 2 of 3 members traded, 66.7 % of the weight; shut: DAX.",
            "Composite levels: EUROPE = 100 on 2025-12-30."
        ]
    );
}

#[test]
fn a_closure_of_more_than_20_days_loses_nothing_when_the_market_reopens() {
    // DAX is away from 2025-12-30 to 2026-01-22 (23 days) and comes back 30 % higher: (30 + 0 + 0) / 3 = 10 %.
    let others = "2025-12-30 100, 2026-01-21 100, 2026-01-22 100";
    let book = Book::new()
        .closes("FTSE100", others)
        .closes("CAC40", others)
        .closes("DAX", "2025-12-30 100, 2026-01-22 130");
    let report = book.at("2026-01-22T20:00:00Z");
    near(composite(&report, "EUROPE").row.close.unwrap(), 110.0);
}

#[test]
fn a_group_lists_only_sessions_of_moves_that_count() {
    let book = Book::new()
        .closes("TSMC", "2025-12-31 1550, 2026-01-02 1585")
        .closes("ADVANTEST", "2025-12-30 19635");
    let report = book.at("2026-01-02T09:00:00Z");
    let chips = report.groups.iter().find(|g| g.id == id("ASIA-CHIPS")).unwrap();
    assert_eq!(chips.sessions, [d("2026-01-02")]);
}

#[test]
fn a_futures_month_is_not_over_at_17_new_york_of_its_last_day() {
    // 2026-02-01 00:30 UTC is the evening of 31 January in New York: January's move stands.
    let book = Book::new().closes("GOLD", "2025-12-31 4332.1, 2026-01-30 4900").horizons("MTD");
    let report = book.at("2026-02-01T00:30:00Z");
    // 4900 / 4332.1 - 1 = 13.109115 %
    assert_eq!(pct(row(&report, "GOLD"), "MTD"), "+13.11");
}

#[test]
fn a_comparison_keeps_the_old_month_too_while_the_new_one_has_no_session_and_says_so() {
    // Monday 2025-12-01 01:00 UTC: Shanghai opens half an hour later.
    let mut book = Book::new()
        .closes("STAR50", "2025-10-31 1400, 2025-11-27 1310, 2025-11-28 1320")
        .closes("SP500", "2025-10-31 6840, 2025-11-28 6849")
        .horizons("MTD");
    let report = book.compare(&["STAR50", "SP500"], "2025-12-01T01:00:00Z");
    let told: Vec<&str> =
        report.notes.iter().filter(|n| n.kind == NoteKind::Period).map(|n| n.message.as_str()).collect();
    assert_eq!(
        told,
        ["MTD: no session yet in the month from 2025-12-01; the column shows the month from 2025-11-01."]
    );
    // 1320 / 1400 - 1 = -5.714286 %
    near(report.instruments[0].moves.get(&"MTD".parse().unwrap()).unwrap().pct.unwrap().0, -5.714_286);
    book.date = Some(d("2025-12-01"));
    let by_date = book.compare(&["STAR50", "SP500"], "2025-12-02T12:00:00Z");
    near(by_date.instruments[0].moves.get(&"MTD".parse().unwrap()).unwrap().pct.unwrap().0, -5.714_286);
}

#[test]
fn what_is_said_of_the_benchmark_is_said_although_it_is_no_row() {
    // Asia as benchmark of the S&P 500: Mumbai is still trading.
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_marketsnap"));
    let output =
        program.args(["today", "SP500", "--benchmark", "ASIA", "--demo"]).env_clear().output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("ASIA is provisional on 2026-01-21"), "{text}");
}

#[test]
fn a_line_with_a_close_below_zero_is_not_rebased_in_a_comparison_either() {
    let book = Book::new()
        .closes("SP500", "2026-01-14 6926.60, 2026-01-15 6944.47, 2026-01-16 6940.01")
        .closes("WTI", "2026-01-14 59.00, 2026-01-15 -5.00, 2026-01-16 60.00")
        .horizons("since:2026-01-14");
    let report = book.compare(&["SP500", "WTI"], "2026-01-17T12:00:00Z");
    let rebased =
        |at: usize| (report.instruments[at].rebased.points.len(), report.instruments[at].rebased.absent);
    assert_eq!(rebased(0), (3, None));
    assert_eq!(rebased(1), (0, Some(Absent::NonPositive)));
}
