//! Daily price limits by board and date: the close on the limit, a tick off it, and where nothing is said.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::float_cmp)]

mod report;

use marketsnap::catalogue;
use marketsnap::domain::Split;
use marketsnap::domain::snapshot::Limit;
use report::{Book, d, id, row};

/// A book in which Loongson is listed on a board since a day.
fn on_board(board: &str, listed: &str) -> Book {
    let mut book = Book::new();
    let share = book.universe.instrument_mut(&id("LOONGSON")).unwrap();
    share.price_limit = catalogue::boards().unwrap().get(board).cloned();
    share.listed = Some(d(listed));
    book
}

fn limit(book: &Book, as_of: &str) -> Limit {
    row(&book.at(as_of), "LOONGSON").limit.clone()
}

/// Side, price and rule where there is one, else why not.
fn told(limit: &Limit) -> (Option<&'static str>, Option<f64>, Option<f64>, Option<&'static str>) {
    (limit.side, limit.price, limit.pct.map(|p| p.0), limit.absent.map(|a| a.code()))
}

#[test]
fn chinext_moved_ten_percent_until_21_august_2020_and_twenty_from_the_24th() {
    // 50.05 x 1.1 = 55.055, half up 55.06. The 22nd and 23rd of August 2020 were a weekend.
    let before = on_board("chinext", "2010-01-04").closes("LOONGSON", "2020-08-20 50.05, 2020-08-21 55.06");
    assert_eq!(told(&limit(&before, "2020-08-21T09:00:00Z")), (Some("up"), Some(55.06), Some(10.0), None));
    // 50.05 x 1.2 = 60.06: a close of 55.06 is no limit any more.
    let ten = on_board("chinext", "2010-01-04").closes("LOONGSON", "2020-08-21 50.05, 2020-08-24 55.06");
    assert_eq!(told(&limit(&ten, "2020-08-24T09:00:00Z")), (None, Some(60.06), Some(20.0), None));
    let twenty = on_board("chinext", "2010-01-04").closes("LOONGSON", "2020-08-21 50.05, 2020-08-24 60.06");
    assert_eq!(told(&limit(&twenty, "2020-08-24T09:00:00Z")), (Some("up"), Some(60.06), Some(20.0), None));
}

#[test]
fn the_main_boards_move_ten_percent_and_had_no_limit_before_16_december_1996() {
    // 214.25 x 1.1 = 235.675, half up 235.68; 17.15 x 1.1 = 18.865, half up 18.87 (doubles say 18.86).
    for (closes, price) in
        [("2026-01-20 214.25, 2026-01-21 235.68", 235.68), ("2026-01-20 17.15, 2026-01-21 18.87", 18.87)]
    {
        let book = on_board("main", "2010-01-04").closes("LOONGSON", closes);
        assert_eq!(told(&limit(&book, "2026-01-21T09:00:00Z")), (Some("up"), Some(price), Some(10.0), None));
    }
    // 10.00 x 0.9 = 9.00; 1996-12-13 was the Friday before the rule.
    let falls = on_board("main", "1992-01-02").closes("LOONGSON", "1996-12-13 10.00, 1996-12-16 9.00");
    assert_eq!(told(&limit(&falls, "1996-12-16T09:00:00Z")), (Some("down"), Some(9.0), Some(10.0), None));
    let free = on_board("main", "1992-01-02").closes("LOONGSON", "1996-12-12 10.00, 1996-12-13 9.00");
    assert_eq!(told(&limit(&free, "1996-12-13T09:00:00Z")), (None, None, None, Some("none_set")));
}

#[test]
fn a_close_a_tick_off_its_limit_or_beyond_it_says_nothing() {
    // 148.10 x 1.2 = 177.72.
    for close in ["177.71", "177.73", "190.00"] {
        let book = on_board("star", "2022-06-24")
            .closes("LOONGSON", &format!("2026-01-20 148.10, 2026-01-21 {close}"));
        assert_eq!(
            told(&limit(&book, "2026-01-21T09:00:00Z")),
            (None, Some(177.72), Some(20.0), None),
            "{close}"
        );
    }
}

#[test]
fn a_listing_on_the_star_market_has_no_limit_in_its_first_five_sessions_and_has_one_in_the_sixth() {
    // Loongson was listed on Friday 2022-06-24: its fifth session was Thursday the 30th, its sixth 1 July.
    let week = "2022-06-24 100, 2022-06-27 120, 2022-06-28 144, 2022-06-29 172.80, 2022-06-30 207.36";
    let book = Book::new().closes("LOONGSON", &format!("{week}, 2022-07-01 248.83"));
    for day in ["2022-06-27", "2022-06-28", "2022-06-29", "2022-06-30"] {
        let limit = limit(&book, &format!("{day}T09:00:00Z"));
        assert_eq!(told(&limit), (None, None, None, Some("none_set")), "{day}");
    }
    // 207.36 x 1.2 = 248.832, rounded 248.83.
    assert_eq!(told(&limit(&book, "2022-07-01T09:00:00Z")), (Some("up"), Some(248.83), Some(20.0), None));
}

#[test]
fn where_the_closes_begin_after_the_listing_the_limit_holds_from_the_second_session_held() {
    let book = Book::new().closes("LOONGSON", "2026-01-20 148.10, 2026-01-21 177.72");
    assert_eq!(told(&limit(&book, "2026-01-21T09:00:00Z")), (Some("up"), Some(177.72), Some(20.0), None));
    // Closes that begin with the listing's third session: the fifth is still free, by the calendar.
    let late = "2022-06-28 100, 2022-06-29 110, 2022-06-30 132, 2022-07-01 158.40";
    let late = Book::new().closes("LOONGSON", late);
    assert_eq!(told(&limit(&late, "2022-06-30T09:00:00Z")), (None, None, None, Some("none_set")));
    assert_eq!(told(&limit(&late, "2022-07-01T09:00:00Z")), (Some("up"), Some(158.4), Some(20.0), None));
}

#[test]
fn where_the_listing_is_not_known_the_first_five_sessions_held_may_be_its_first() {
    let mut book = Book::new();
    book.universe.instrument_mut(&id("LOONGSON")).unwrap().listed = None;
    let five = "2026-01-14 100, 2026-01-15 100, 2026-01-16 100, 2026-01-19 100, 2026-01-20 148.10";
    let book = book.closes("LOONGSON", &format!("{five}, 2026-01-21 177.72"));
    assert_eq!(told(&limit(&book, "2026-01-20T09:00:00Z")).3, Some("insufficient_history"));
    assert_eq!(told(&limit(&book, "2026-01-21T09:00:00Z")).0, Some("up"));
}

#[test]
fn a_split_that_came_later_does_not_hide_that_a_session_closed_at_its_limit() {
    // 14 new shares for 10 in May: the source now says 148.10 / 1.4 = 105.785714 and 177.72 / 1.4 = 126.942857.
    let rows = [("2026-01-20", 148.10 / 1.4), ("2026-01-21", 177.72 / 1.4), ("2026-05-20", 130.0)];
    let rows = rows.map(|(date, close)| (d(date), close));
    let split = vec![Split { date: d("2026-05-20"), factor: 1.4 }];
    let book = Book::new().series("LOONGSON", &rows, None, split);
    let limit = limit(&book, "2026-01-21T09:00:00Z");
    assert_eq!(limit.side, Some("up"));
    // In the unit of the closes shown.
    assert!((limit.price.unwrap() - 177.72 / 1.4).abs() < 1e-9);
}

#[test]
fn closes_as_traded_jump_at_a_split_beyond_the_limit_of_their_own_day() {
    // On ChiNext -18 % was no move of a session before 2020-08-24, and is one from then on.
    let mut before = on_board("chinext", "2010-01-04")
        .closes("LOONGSON", "2020-08-19 100, 2020-08-20 100, 2020-08-21 82")
        .horizons("1D");
    before.series.get_mut(&id("LOONGSON")).unwrap().provenance.raw = true;
    let cell = |book: &Book, as_of: &str| report::pct(row(&book.at(as_of), "LOONGSON"), "1D");
    assert_eq!(cell(&before, "2020-08-21T09:00:00Z"), "suspect");
    let mut after = on_board("chinext", "2010-01-04")
        .closes("LOONGSON", "2020-08-20 100, 2020-08-21 100, 2020-08-24 82")
        .horizons("1D");
    after.series.get_mut(&id("LOONGSON")).unwrap().provenance.raw = true;
    assert_eq!(cell(&after, "2020-08-24T09:00:00Z"), "-18.00");
    // Nor is a new listing's jump, which no limit holds back, a split.
    let mut new = Book::new().closes("LOONGSON", "2022-06-24 100, 2022-06-27 60").horizons("1D");
    new.series.get_mut(&id("LOONGSON")).unwrap().provenance.raw = true;
    assert_eq!(cell(&new, "2022-06-27T09:00:00Z"), "-40.00");
}
