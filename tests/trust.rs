//! Whose closes are believed: what looks wrong by itself, what a second source confirms or contradicts, and
//! which source a row is then of.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::float_cmp)]

mod report;

use marketsnap::domain::WarningKind;
use report::Book;

/// The morning after the session of 20 January 2026 in New York; the 19th was a holiday.
const MORNING: &str = "2026-01-21T08:30:00Z";
const SP500: &str = "2026-01-14 6926.60, 2026-01-15 6944.47, 2026-01-16 6940.01, 2026-01-20 6796.86";

fn messages(opinion: &marketsnap::compute::trust::Opinion) -> Vec<&str> {
    opinion.warnings.iter().map(|w| w.message.as_str()).collect()
}

#[test]
fn closes_that_look_right_are_not_questioned_unless_everything_is_verified() {
    let book = Book::new().closes("SP500", SP500);
    assert!(book.questions(MORNING, false).is_empty());
    assert_eq!(book.questions(MORNING, true), ["SP500"]);
}

#[test]
fn a_close_within_a_thousandth_confirms_and_one_beyond_disagrees() {
    // 6796.86 + 0.1 % = 6803.66; the bound is 0.1 % of the larger.
    for (other, confirmed) in [("6796.9", true), ("6803.5", true), ("6804", false)] {
        let book = Book::new()
            .closes("SP500", &format!("2026-01-16 6940.01, 2026-01-20 {other}"))
            .moved_to("SP500", "fred");
        let opinion = book.closes("SP500", SP500).opinion("SP500", MORNING);
        assert_eq!(opinion.confirmed_by == ["fred"], confirmed, "{other}");
        assert_eq!(opinion.warnings.is_empty(), confirmed, "{other}");
        assert_eq!(opinion.instead, None);
    }
}

#[test]
fn a_disagreement_is_told_with_both_numbers_and_a_third_source_is_asked() {
    // Shifted by 1 %: 6796.86 x 1.01 = 6864.8286, and so all sessions; 1/1.01 = 0.99 % of the larger.
    let shifted = "2026-01-14 6995.866, 2026-01-15 7013.9147, 2026-01-16 7009.4101, 2026-01-20 6864.8286";
    let book = Book::new().closes("SP500", SP500).moved_to("SP500", "tencent").closes("SP500", shifted);
    assert_eq!(book.questions(MORNING, false), ["SP500"]);
    let opinion = book.opinion("SP500", MORNING);
    assert_eq!(opinion.instead, None);
    assert_eq!(opinion.warnings[0].kind, WarningKind::Disagreement);
    assert_eq!(
        messages(&opinion),
        [
            "SP500: test has 6864.8286 for 2026-01-20 and tencent 6796.86, 0.99 % apart, and on 3 sessions before; \
          test's closes are shown"
        ]
    );
}

#[test]
fn two_sources_that_agree_against_the_first_one_are_believed() {
    let shifted = "2026-01-14 6995.866, 2026-01-15 7013.9147, 2026-01-16 7009.4101, 2026-01-20 6864.8286";
    let book = Book::new()
        .closes("SP500", SP500)
        .moved_to("SP500", "tencent")
        .closes("SP500", SP500)
        .moved_to("SP500", "fred")
        .closes("SP500", shifted);
    assert!(book.questions(MORNING, false).is_empty());
    let opinion = book.opinion("SP500", MORNING);
    assert_eq!(opinion.instead, Some(0));
    assert_eq!(opinion.confirmed_by, ["fred"]);
    assert!(messages(&opinion)[0].contains("tencent has 6796.86 for 2026-01-20 and test 6864.8286"));
}

#[test]
fn one_source_caught_by_a_check_is_questioned_for_all_that_it_gave() {
    let shifted = "2026-01-14 6995.866, 2026-01-15 7013.9147, 2026-01-16 7009.4101, 2026-01-20 6864.8286";
    let book = Book::new()
        .closes("SP500", SP500)
        .moved_to("SP500", "tencent")
        .closes("SP500", shifted)
        .closes("NASDAQ", "2026-01-15 23530.02, 2026-01-16 23515.39, 2026-01-20 22954.32");
    assert_eq!(book.questions(MORNING, false), ["NASDAQ", "SP500"]);
}

#[test]
fn a_source_that_is_behind_is_replaced_whole_by_one_that_has_the_session() {
    let late = "2026-01-14 6926.60, 2026-01-15 6944.47, 2026-01-16 6940.01";
    let alone = Book::new().closes("SP500", late);
    assert_eq!(alone.questions(MORNING, false), ["SP500"]);
    let book = Book::new().closes("SP500", SP500).moved_to("SP500", "tencent").closes("SP500", late);
    let opinion = book.opinion("SP500", MORNING);
    assert_eq!(opinion.instead, Some(0));
    assert_eq!(opinion.warnings[0].kind, WarningKind::OtherSource);
    assert_eq!(
        messages(&opinion),
        ["SP500: test's newest close is of 2026-01-16; all its figures are tencent's"]
    );
}

#[test]
fn where_all_are_behind_the_first_one_stays() {
    let late = "2026-01-15 6944.47, 2026-01-16 6940.01";
    let book = Book::new().closes("SP500", late).moved_to("SP500", "tencent").closes("SP500", late);
    let opinion = book.opinion("SP500", MORNING);
    assert_eq!((opinion.instead, opinion.confirmed_by.as_slice()), (None, ["tencent".to_owned()].as_slice()));
}

#[test]
fn a_session_missing_at_all_of_a_sources_instruments_is_a_hole_by_the_calendar() {
    // 2026-01-15 was a Thursday with a session.
    let holed = "2026-01-14 6926.60, 2026-01-16 6940.01, 2026-01-20 6796.86";
    let peers = Book::new()
        .closes("NASDAQ", "2026-01-14 23471.75, 2026-01-16 23515.39, 2026-01-20 22954.32")
        .closes("SP500", holed);
    assert_eq!(peers.questions(MORNING, false), ["NASDAQ", "SP500"]);
    let book = Book::new().closes("SP500", SP500).moved_to("SP500", "tencent").closes("SP500", holed);
    let opinion = book.opinion("SP500", MORNING);
    assert_eq!(opinion.instead, Some(0));
    assert_eq!(
        messages(&opinion),
        ["SP500: test has no close for 2026-01-15; all its figures are tencent's"]
    );
}

#[test]
fn a_day_on_which_another_source_has_no_session_either_is_no_hole_to_fill() {
    let holed = "2026-01-14 6926.60, 2026-01-16 6940.01, 2026-01-20 6796.86";
    let book = Book::new().closes("SP500", holed).moved_to("SP500", "tencent").closes("SP500", holed);
    assert_eq!(book.opinion("SP500", MORNING).instead, None);
}

#[test]
fn a_jump_that_another_source_does_not_have_is_not_believed() {
    // 6796.86 / 10 is -90 %.
    let broken = "2026-01-14 6926.60, 2026-01-15 6944.47, 2026-01-16 6940.01, 2026-01-20 679.686";
    let alone = Book::new().closes("SP500", broken);
    assert_eq!(alone.questions(MORNING, false), ["SP500"]);
    let book = Book::new().closes("SP500", SP500).moved_to("SP500", "tencent").closes("SP500", broken);
    let opinion = book.opinion("SP500", MORNING);
    assert_eq!(opinion.instead, Some(0));
    assert!(messages(&opinion)[0].contains("too far from those around it; all its figures are tencent's"));
}

#[test]
fn an_index_whose_closes_stand_still_for_five_sessions_is_questioned() {
    let still =
        "2026-01-13 6940.01, 2026-01-14 6940.01, 2026-01-15 6940.01, 2026-01-16 6940.01, 2026-01-20 6940.01";
    assert_eq!(Book::new().closes("SP500", still).questions(MORNING, false), ["SP500"]);
    let four =
        "2026-01-13 6930.01, 2026-01-14 6940.01, 2026-01-15 6940.01, 2026-01-16 6940.01, 2026-01-20 6940.01";
    assert!(Book::new().closes("SP500", four).questions(MORNING, false).is_empty());
}

#[test]
fn one_close_alone_is_questioned() {
    let book = Book::new().closes("SP500", SP500).closes("NASDAQ", "2026-01-20 22954.32");
    assert_eq!(book.questions(MORNING, false), ["NASDAQ"]);
}

#[test]
fn a_fixing_neither_confirms_nor_contradicts_a_market_close() {
    let closes = "2026-01-16 1.1617, 2026-01-19 1.1631, 2026-01-20 1.1728";
    let market = "2026-01-16 1.1600, 2026-01-19 1.1646, 2026-01-20 1.1725";
    let mut book = Book::new().closes("EURUSD", market).moved_to("EURUSD", "yahoo").closes("EURUSD", closes);
    book = book.venue("EURUSD", "ECB");
    let opinion = book.opinion("EURUSD", MORNING);
    assert!(opinion.confirmed_by.is_empty() && opinion.warnings.is_empty(), "{opinion:?}");
}

#[test]
fn a_source_that_does_not_reach_back_far_enough_replaces_nothing() {
    let long =
        "2025-01-14 5842.91, 2025-01-15 5949.91, 2026-01-14 6926.60, 2026-01-15 6944.47, 2026-01-16 6940.01";
    let book = Book::new().closes("SP500", SP500).moved_to("SP500", "tencent").closes("SP500", long);
    assert_eq!(book.opinion("SP500", MORNING).instead, None);
}

#[test]
fn a_missing_base_session_of_a_horizon_is_a_hole_however_long_ago() {
    // Year to date starts from 2025-12-31, a session that is missing; the newest 25 sessions have no hole.
    let all = Book::new().horizons("1D,YTD").closes("SP500", &closes_of_2026(true));
    assert!(all.questions("2026-02-28T08:30:00Z", false).is_empty());
    let holed = Book::new().horizons("1D,YTD").closes("SP500", &closes_of_2026(false));
    assert_eq!(holed.questions("2026-02-28T08:30:00Z", false), ["SP500"]);
    let without_ytd = Book::new().horizons("1D").closes("SP500", &closes_of_2026(false));
    assert!(without_ytd.questions("2026-02-28T08:30:00Z", false).is_empty());
}

/// A level rising by a point each session of New York, from 2025-12-30 to 2026-02-27.
fn closes_of_2026(with_new_years_eve: bool) -> String {
    let universe = marketsnap::catalogue::load().unwrap();
    let exchange = universe.exchange(&marketsnap::domain::Mic::new("XNYS")).unwrap();
    let days = report::d("2025-12-30").iter_days().take_while(|d| *d <= report::d("2026-02-27"));
    let sessions = days.filter(|d| exchange.expectation(*d) == marketsnap::domain::Expectation::Session);
    let kept = sessions.filter(|d| with_new_years_eve || *d != report::d("2025-12-31"));
    kept.enumerate().map(|(at, d)| format!("{d} {}\n", 6900 + at)).collect()
}

#[test]
fn a_source_outvoted_for_two_instruments_is_not_believed_for_a_third_that_one_other_contradicts() {
    let nasdaq = "2026-01-15 23530.02, 2026-01-16 23515.39, 2026-01-20 22954.32";
    let dow = "2026-01-15 49442.44, 2026-01-16 49359.33, 2026-01-20 48488.59";
    // Every close of the first source is 1 % too high.
    let shifted = |closes: &str| {
        let up = |pair: &str| {
            let (date, close) = pair.trim().split_once(' ').unwrap();
            format!("{date} {}", close.parse::<f64>().unwrap() * 1.01)
        };
        closes.split(',').map(up).collect::<Vec<_>>().join(",")
    };
    let book = |nasdaqs_third: bool| {
        let mut book = Book::new();
        for (name, closes, third) in
            [("SP500", SP500, true), ("NASDAQ", nasdaq, nasdaqs_third), ("DOW", dow, false)]
        {
            book = book.closes(name, closes).moved_to(name, "tencent");
            if third {
                book = book.closes(name, closes).moved_to(name, "fred");
            }
            book = book.closes(name, &shifted(closes));
        }
        book
    };
    // Outvoted once, the first source may be wrong there only; outvoted twice, it is not believed.
    assert_eq!(book(false).opinion("DOW", MORNING).instead, None);
    assert_eq!(book(true).opinion("DOW", MORNING).instead, Some(0));
    assert!(messages(&book(true).opinion("DOW", MORNING))[0].contains("tencent's closes are shown"));
}

/// The first source lacks 15 January; the second one's closes are all 1 % too high.
#[test]
fn a_source_that_two_others_contradict_mends_no_hole_of_the_first() {
    let holed = "2026-01-14 6926.60, 2026-01-16 6940.01, 2026-01-20 6796.86";
    let shifted = "2026-01-14 6995.866, 2026-01-15 7013.9147, 2026-01-16 7009.4101, 2026-01-20 6864.8286";
    let two = || Book::new().closes("SP500", shifted).moved_to("SP500", "tencent");
    let alone = two().closes("SP500", holed);
    // One against one: a third is asked, and until it speaks the first one stands.
    assert_eq!(alone.questions(MORNING, false), ["SP500"]);
    assert_eq!(alone.opinion("SP500", MORNING).instead, None);
    let three = two().closes("SP500", SP500).moved_to("SP500", "fred").closes("SP500", holed);
    let opinion = three.opinion("SP500", MORNING);
    assert_eq!(opinion.instead, Some(1), "{opinion:?}");
}

#[test]
fn a_late_source_is_not_mended_by_one_that_contradicts_what_it_has() {
    let late = "2026-01-14 6926.60, 2026-01-15 6944.47, 2026-01-16 6940.01";
    let shifted = "2026-01-14 6995.866, 2026-01-15 7013.9147, 2026-01-16 7009.4101, 2026-01-20 6864.8286";
    let book = Book::new().closes("SP500", shifted).moved_to("SP500", "tencent").closes("SP500", late);
    assert_eq!(book.opinion("SP500", MORNING).instead, None);
    assert_eq!(book.questions(MORNING, false), ["SP500"]);
}

#[test]
fn a_base_that_another_source_has_otherwise_is_told_and_confirms_nothing() {
    // Year to date starts from the close of 2025-12-31, which is 5 % too high at the first source.
    let mut closes = closes_of_2026(true);
    let right = closes.clone();
    closes = closes.replace("2025-12-31 6901", "2025-12-31 7246.05");
    let book = Book::new().horizons("1D,YTD").closes("SP500", &right).moved_to("SP500", "tencent");
    let book = book.closes("SP500", &closes);
    assert_eq!(book.questions("2026-02-28T08:30:00Z", false), ["SP500"]);
    let opinion = book.opinion("SP500", "2026-02-28T08:30:00Z");
    assert!(opinion.confirmed_by.is_empty());
    assert!(
        messages(&opinion)[0].contains("test has 7246.05 for 2025-12-31 and tencent 6901"),
        "{opinion:?}"
    );
}

#[test]
fn a_source_that_is_late_leaves_its_voice_to_another() {
    // The first source is 1 % too high; one of the others ends a session earlier and cannot say.
    let shifted = "2026-01-14 6995.866, 2026-01-15 7013.9147, 2026-01-16 7009.4101, 2026-01-20 6864.8286";
    let late = "2026-01-14 6926.60, 2026-01-15 6944.47, 2026-01-16 6940.01";
    let book = Book::new()
        .closes("SP500", SP500)
        .moved_to("SP500", "tencent")
        .closes("SP500", late)
        .moved_to("SP500", "fred")
        .closes("SP500", shifted);
    // What it has agrees with the one and contradicts the other.
    assert_eq!(book.opinion("SP500", MORNING).instead, Some(0));
}

#[test]
fn a_clean_source_is_taken_before_a_fresher_one_with_a_hole() {
    let late = "2026-01-14 6926.60, 2026-01-15 6944.47, 2026-01-16 6940.01";
    let holed = "2026-01-14 6926.60, 2026-01-16 6940.01, 2026-01-20 6796.86";
    let book = Book::new()
        .closes("SP500", holed)
        .moved_to("SP500", "tencent")
        .closes("SP500", SP500)
        .moved_to("SP500", "fred")
        .closes("SP500", late);
    assert_eq!(book.opinion("SP500", MORNING).instead, Some(1));
}

#[test]
fn indices_that_all_repeat_the_day_before_are_questioned_together() {
    let repeated = |last: &str| format!("2026-01-15 100.5, 2026-01-16 101.5, 2026-01-20 {last}");
    let book = |n: usize| {
        ["SP500", "NASDAQ", "DOW", "RUSSELL2000"].iter().enumerate().fold(Book::new(), |book, (at, name)| {
            book.closes(name, &repeated(if at < n { "101.5" } else { "102" }))
        })
    };
    assert!(book(2).questions(MORNING, false).is_empty());
    assert_eq!(book(3).questions(MORNING, false), ["DOW", "NASDAQ", "SP500"]);
}

#[test]
fn a_discredited_source_is_named_on_rows_that_it_alone_has() {
    let nasdaq = "2026-01-15 23530.02, 2026-01-16 23515.39, 2026-01-20 22954.32";
    let mut book = Book::new().closes("RUSSELL2000", "2026-01-16 2677.74, 2026-01-20 2645.36");
    for (name, closes) in [("SP500", SP500), ("NASDAQ", nasdaq)] {
        let up = |pair: &str| {
            let (date, close) = pair.trim().split_once(' ').unwrap();
            format!("{date} {}", close.parse::<f64>().unwrap() * 1.01)
        };
        let shifted = closes.split(',').map(up).collect::<Vec<_>>().join(",");
        book =
            book.closes(name, closes).moved_to(name, "tencent").closes(name, closes).moved_to(name, "fred");
        book = book.closes(name, &shifted);
    }
    assert!(book.questions(MORNING, false).contains(&"RUSSELL2000".to_owned()));
    let opinion = book.opinion("RUSSELL2000", MORNING);
    assert_eq!(
        messages(&opinion),
        ["RUSSELL2000: only test answered, which two other sources contradict for 2 other instruments"]
    );
}

#[test]
fn a_share_as_traded_is_cut_at_a_jump_beyond_its_limit_and_said_to_be_as_traded() {
    // Ten new shares for ten old ones on the 20th: 300 becomes 148, which is -50.67 %; the limit is 20 %.
    let closes = "2026-01-15 296.0, 2026-01-16 300.0, 2026-01-19 298.0, 2026-01-20 148.0, 2026-01-21 150.0";
    let mut book = Book::new().horizons("1D,5D").closes("HYGON", closes);
    book.series.get_mut(&report::id("HYGON")).unwrap().provenance.raw = true;
    let report = book.at(MORNING);
    let row = report::row(&report, "HYGON");
    assert_eq!(report::pct(row, "1D"), "+1.35");
    assert_eq!(report::pct(row, "5D"), "suspect");
    let told: Vec<&str> = row.warnings.iter().map(|w| w.message.as_str()).collect();
    assert!(told.iter().any(|m| m.contains("as traded and jump on 2026-01-20 as at a split")), "{told:?}");
    assert!(told.iter().any(|m| m.contains("as traded: it adjusts for no split")), "{told:?}");
}

#[test]
fn closes_as_traded_stand_in_for_adjusted_ones_only_on_the_same_basis() {
    // A split between the 16th and the 19th, which only the first source has adjusted for.
    let adjusted = "2026-01-15 148.0, 2026-01-16 150.0, 2026-01-19 149.0, 2026-01-20 148.0";
    let traded = "2026-01-15 177.6, 2026-01-16 180.0, 2026-01-19 149.0, 2026-01-20 148.0, 2026-01-21 150.0";
    let book = |traded: &str| {
        let mut book = Book::new().closes("HYGON", traded);
        book.series.get_mut(&report::id("HYGON")).unwrap().provenance.raw = true;
        book.moved_to("HYGON", "sina").closes("HYGON", adjusted)
    };
    assert_eq!(book(traded).opinion("HYGON", MORNING).instead, None);
    let same = traded.replace("177.6", "148.0").replace("180.0", "150.0");
    assert_eq!(book(&same).opinion("HYGON", MORNING).instead, Some(0));
}

#[test]
fn the_series_shown_instead_is_the_one_meant_also_beside_one_of_which_nothing_was_known() {
    // The second source begins after the instant; the third has the session that the first one lacks.
    let late = "2026-01-14 6926.60, 2026-01-15 6944.47, 2026-01-16 6940.01";
    let book = Book::new()
        .closes("SP500", "2026-02-02 7000, 2026-02-03 7010")
        .moved_to("SP500", "tencent")
        .closes("SP500", SP500)
        .moved_to("SP500", "fred")
        .closes("SP500", late);
    assert_eq!(book.opinion("SP500", MORNING).instead, Some(1));
}
