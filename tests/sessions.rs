//! Which session is "today": what was known at an instant, settled, live, shut or stale, and the holes
//! between.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::float_cmp)]

mod report;

use marketsnap::domain::WarningKind;
use marketsnap::domain::snapshot::{MoveFlag, NoteKind, Status};
use report::{Book, at, cell, d, pct, row};

fn session(report: &marketsnap::domain::Snapshot, name: &str) -> (String, Status) {
    let s = &row(report, name).session;
    (s.date.unwrap().to_string(), s.status.unwrap())
}

fn of(date: &str, status: Status) -> (String, Status) {
    (date.to_owned(), status)
}

#[test]
fn after_shanghais_close_its_row_is_settled_while_new_york_stands_at_the_day_before() {
    let book = Book::new()
        .closes("STAR50", "2026-01-20 1482.994, 2026-01-21 1535.393")
        .closes("SP500", "2026-01-16 6940.01, 2026-01-20 6796.86, 2026-01-21 6875.62");
    let report = book.at("2026-01-21T08:30:00Z");
    assert_eq!(session(&report, "STAR50"), of("2026-01-21", Status::Settled));
    assert_eq!(session(&report, "SP500"), of("2026-01-20", Status::Settled));
    // Shanghai closes at 15:00, 07:00 UTC; New York at 16:00, 21:00 UTC.
    assert_eq!(row(&report, "STAR50").session.closed_at, Some(at("2026-01-21T07:00:00Z")));
    assert_eq!(row(&report, "SP500").session.closed_at, Some(at("2026-01-20T21:00:00Z")));
}

#[test]
fn seoul_is_still_live_at_0640_utc_on_the_day_of_the_entrance_test() {
    // On 2025-11-13 Seoul closed at 16:30, 07:30 UTC, an hour later than on other days.
    let closes = "2025-11-12 4150.39, 2025-11-13 4170.63";
    let live = Book::new().fetched_at("2025-11-13T06:40:00Z").closes("KOSPI", closes);
    assert_eq!(session(&live.at("2025-11-13T06:40:00Z"), "KOSPI"), of("2025-11-13", Status::Live));
    let over = Book::new().fetched_at("2025-11-13T07:30:00Z").closes("KOSPI", closes);
    assert_eq!(session(&over.at("2025-11-13T07:30:00Z"), "KOSPI"), of("2025-11-13", Status::Settled));
    // What was fetched after the close is the close, and was not known at 06:40.
    let replay = Book::new().closes("KOSPI", closes);
    assert_eq!(session(&replay.at("2025-11-13T06:40:00Z"), "KOSPI"), of("2025-11-12", Status::Settled));
}

#[test]
fn sydneys_row_of_21_january_is_known_at_2330_utc_of_the_20th() {
    // 23:30 UTC is 10:30 on the 21st in Sydney, half an hour after the opening.
    let book = Book::new()
        .fetched_at("2026-01-20T23:30:00Z")
        .closes("ASX200", "2026-01-20 8815.9, 2026-01-21 8800.0");
    assert_eq!(session(&book.at("2026-01-20T23:30:00Z"), "ASX200"), of("2026-01-21", Status::Live));
}

#[test]
fn a_row_dated_after_the_exchange_local_date_is_refused_and_said() {
    // At 22:30 UTC of the 20th it is 09:30 of the 21st in Sydney: a row of the 22nd cannot be.
    let book =
        Book::new().fetched_at("2026-01-20T22:30:00Z").closes("ASX200", "2026-01-20 8815.9, 2026-01-22 1.0");
    let report = book.at("2026-01-20T22:30:00Z");
    assert_eq!(session(&report, "ASX200"), of("2026-01-20", Status::Settled));
    let warnings = &row(&report, "ASX200").warnings;
    assert!(
        warnings.iter().any(|w| w.kind == WarningKind::Refused && w.message.contains("2026-01-22")),
        "{warnings:?}"
    );
}

#[test]
fn a_value_before_its_session_opens_is_no_value_of_that_session() {
    // 08:30 UTC is 03:30 in New York on the 21st: some sources already carry a row of that date.
    let book =
        Book::new().stamped("SP500", "2026-01-20 6796.86, 2026-01-21 6875.62", Some("2026-01-21T08:30:00Z"));
    assert_eq!(session(&book.at("2026-01-21T08:30:00Z"), "SP500"), of("2026-01-20", Status::Settled));
}

#[test]
fn a_value_stamped_before_the_close_stays_live_however_late_it_is_fetched() {
    // London closes at 16:30; the newest value is of 16:10.
    let book = |stamp| Book::new().stamped("FTSE100", "2026-01-20 10126.8, 2026-01-21 10138.1", Some(stamp));
    assert_eq!(
        session(&book("2026-01-21T16:10:00Z").at("2026-01-21T20:00:00Z"), "FTSE100"),
        of("2026-01-21", Status::Live)
    );
    assert_eq!(
        session(&book("2026-01-21T16:35:00Z").at("2026-01-21T20:00:00Z"), "FTSE100"),
        of("2026-01-21", Status::Settled)
    );
}

#[test]
fn london_is_settled_after_its_closing_auction_and_not_before() {
    let book =
        |at: &str| Book::new().fetched_at(at).closes("FTSE100", "2026-01-20 10126.8, 2026-01-21 10138.1");
    for (when, status) in [("2026-01-21T16:34:59Z", Status::Live), ("2026-01-21T16:35:00Z", Status::Settled)]
    {
        assert_eq!(session(&book(when).at(when), "FTSE100").1, status, "{when}");
    }
}

#[test]
fn settled_steps_back_from_a_live_value_and_never_mixes_it_in() {
    let mut book = Book::new()
        .fetched_at("2026-01-21T12:00:00Z")
        .closes("FTSE100", "2026-01-19 10195.4, 2026-01-20 10126.8, 2026-01-21 10138.1");
    book.settled_only = true;
    let report = book.at("2026-01-21T12:00:00Z");
    assert_eq!(session(&report, "FTSE100"), of("2026-01-20", Status::Settled));
    // 10126.8 / 10195.4 - 1 = -0.672852 %
    assert_eq!(pct(row(&report, "FTSE100"), "1D"), "-0.67");
}

#[test]
fn a_holiday_is_shut_and_not_stale() {
    // New York had no session on Monday 2026-01-19.
    let closes = "2026-01-15 6944.47, 2026-01-16 6940.01";
    let mut book = Book::new().closes("SP500", closes);
    let report = book.on("2026-01-19", "2026-01-20T12:00:00Z");
    assert_eq!(session(&report, "SP500"), of("2026-01-16", Status::Shut));
    let notes: Vec<&str> =
        report.notes.iter().filter(|n| n.kind == NoteKind::Shut).map(|n| n.message.as_str()).collect();
    assert_eq!(notes, ["New York was shut on 2026-01-19; last session taken: SP500."]);
    // At the week-end nothing was missed.
    let mut book = Book::new().closes("SP500", closes);
    assert_eq!(
        session(&book.on("2026-01-18", "2026-01-19T12:00:00Z"), "SP500"),
        of("2026-01-16", Status::Settled)
    );
}

#[test]
fn a_session_that_ended_an_hour_ago_and_is_missing_makes_the_row_stale() {
    // Shanghai's session of the 21st ended at 07:00 UTC.
    let book = Book::new().closes("STAR50", "2026-01-19 1506.86, 2026-01-20 1482.994");
    assert_eq!(session(&book.at("2026-01-21T07:59:59Z"), "STAR50"), of("2026-01-20", Status::Settled));
    assert_eq!(session(&book.at("2026-01-21T08:00:00Z"), "STAR50"), of("2026-01-20", Status::Stale));
}

#[test]
fn another_instrument_of_the_exchange_shows_that_a_row_is_stale() {
    let book = Book::new()
        .closes("STAR50", "2026-01-19 1506.86, 2026-01-20 1482.994")
        .closes("CSI300", "2026-01-20 4718.88, 2026-01-21 4723.07");
    assert_eq!(session(&book.at("2026-01-21T07:30:00Z"), "STAR50"), of("2026-01-20", Status::Stale));
}

#[test]
fn on_a_day_that_the_calendar_has_as_closed_it_takes_two_others_to_make_a_row_stale() {
    // New York was closed on 2026-01-19; a stray bar of one index proves nothing.
    let base = || {
        Book::new()
            .closes("SP500", "2026-01-15 6944.47, 2026-01-16 6940.01")
            .closes("DOW", "2026-01-15 49442.44, 2026-01-16 49359.33, 2026-01-19 49359.33")
    };
    assert_eq!(session(&base().at("2026-01-20T08:00:00Z"), "SP500").1, Status::Shut);
    let two = base().closes("NASDAQ", "2026-01-16 23515.39, 2026-01-19 23515.39");
    assert_eq!(session(&two.at("2026-01-20T08:00:00Z"), "SP500").1, Status::Stale);
}

#[test]
fn where_no_calendar_reaches_a_row_is_stale_after_five_days_and_a_coin_after_25_hours() {
    let vix = Book::new().closes("VIX", "2026-01-20 20.09, 2026-01-21 16.9");
    assert_eq!(session(&vix.at("2026-01-26T12:00:00Z"), "VIX").1, Status::Settled);
    assert_eq!(session(&vix.at("2026-01-27T12:00:00Z"), "VIX").1, Status::Stale);
    // The day of the 20th ended at 00:00 UTC of the 21st.
    let coin = Book::new().closes("BTC", "2026-01-19 92553.59, 2026-01-20 88310.91");
    assert_eq!(session(&coin.at("2026-01-22T01:00:00Z"), "BTC").1, Status::Settled);
    assert_eq!(session(&coin.at("2026-01-22T01:00:01Z"), "BTC").1, Status::Stale);
    // Past the calendar's last year the rule is the same: Shanghai's ends with 2026.
    let star = Book::new().closes("STAR50", "2027-03-01 1500, 2027-03-02 1510");
    assert_eq!(session(&star.at("2027-03-07T12:00:00Z"), "STAR50").1, Status::Settled);
    assert_eq!(session(&star.at("2027-03-08T12:00:00Z"), "STAR50").1, Status::Stale);
}

#[test]
fn a_move_across_a_hole_says_how_many_sessions_it_spans() {
    let book = Book::new()
        .closes("SP500", "2026-08-26 7700, 2026-08-27 7730.99, 2026-08-31 7720")
        .closes("DOW", "2026-08-26 51000, 2026-08-27 51100, 2026-08-28 51200, 2026-08-31 51300");
    let report = book.at("2026-08-31T22:00:00Z");
    let sp = row(&report, "SP500");
    assert_eq!(cell(sp, "1D").flags, [MoveFlag::AcrossHole]);
    let told: Vec<&str> =
        sp.warnings.iter().filter(|w| w.kind == WarningKind::Hole).map(|w| w.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "SP500: test has no close for 2026-08-28; the 1D move spans 2 sessions, from 2026-08-27 to 2026-08-31"
        ]
    );
    assert!(cell(row(&report, "DOW"), "1D").flags.is_empty());
}

#[test]
fn a_closure_that_no_calendar_knew_is_no_hole_when_the_whole_exchange_lacks_the_day() {
    // The calendar expects a session on 2026-08-28; neither instrument of the exchange has one.
    let book = Book::new()
        .closes("SP500", "2026-08-27 7730.99, 2026-08-31 7720")
        .closes("DOW", "2026-08-27 51100, 2026-08-31 51300");
    assert!(cell(row(&book.at("2026-08-31T22:00:00Z"), "SP500"), "1D").flags.is_empty());
    // Alone, the calendar is all there is: the move is flagged.
    let alone = Book::new().closes("SP500", "2026-08-27 7730.99, 2026-08-31 7720");
    assert_eq!(cell(row(&alone.at("2026-08-31T22:00:00Z"), "SP500"), "1D").flags, [MoveFlag::AcrossHole]);
}

#[test]
fn a_bar_on_a_day_that_the_calendar_has_as_closed_is_kept_and_said() {
    let book = Book::new().closes("SP500", "2026-01-16 6940.01, 2026-01-19 6940.01, 2026-01-20 6796.86");
    let sp = book.at("2026-01-21T08:30:00Z");
    let sp = row(&sp, "SP500");
    assert_eq!(cell(sp, "1D").from, Some(d("2026-01-19")));
    assert_eq!(cell(sp, "1D").flags, [MoveFlag::FromHolidayValue]);
    assert!(sp.warnings.iter().any(|w| w.kind == WarningKind::UnexpectedSession));
}

#[test]
fn the_vix_prints_on_a_us_holiday_and_its_move_starts_there() {
    // 20.09 / 18.84 - 1 = +6.634819 %, from Monday the 19th.
    let book = Book::new().closes("VIX", "2026-01-16 15.86, 2026-01-19 18.84, 2026-01-20 20.09");
    let report = book.at("2026-01-21T08:30:00Z");
    assert_eq!(
        (pct(row(&report, "VIX"), "1D"), cell(row(&report, "VIX"), "1D").from),
        ("+6.63".into(), Some(d("2026-01-19")))
    );
}

#[test]
fn an_ecb_fixing_is_settled_at_16_frankfurt_and_a_market_rate_at_17_new_york() {
    let closes = "2026-01-20 1.1728, 2026-01-21 1.1739";
    // 16:00 in Frankfurt is 15:00 UTC in winter, 17:00 in New York 22:00 UTC.
    let ecb = Book::new().closes("EURUSD", closes).venue("EURUSD", "ECB");
    assert_eq!(session(&ecb.at("2026-01-21T14:59:59Z"), "EURUSD").0, "2026-01-20");
    assert_eq!(session(&ecb.at("2026-01-21T15:00:00Z"), "EURUSD").0, "2026-01-21");
    let market = Book::new().closes("EURUSD", closes);
    assert_eq!(session(&market.at("2026-01-21T21:59:59Z"), "EURUSD").0, "2026-01-20");
    assert_eq!(session(&market.at("2026-01-21T22:00:00Z"), "EURUSD").0, "2026-01-21");
}

#[test]
fn a_value_of_the_day_asked_for_that_is_from_before_the_close_is_passed_over_and_said() {
    // The VIX' newest value is of 12:00 in Chicago on the 22nd, a full day; asked for that day, the 21st is shown.
    let mut book = Book::new().stamped(
        "VIX",
        "2026-01-20 20.09, 2026-01-21 16.9, 2026-01-22 15.64",
        Some("2026-01-22T18:00:00Z"),
    );
    let report = book.on("2026-01-22", "2026-01-23T12:00:00Z");
    assert_eq!(session(&report, "VIX").0, "2026-01-21");
    let told: Vec<&str> = row(&report, "VIX").warnings.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(
        told,
        ["VIX: test's value of 2026-01-22 is from before that session's close; 2026-01-21 is shown"]
    );
}

#[test]
fn on_new_yorks_half_days_the_vix_is_settled_at_a_quarter_past_twelve_in_chicago() {
    // 24 December 2025, 12:15 in Chicago is 18:15 UTC.
    let book = Book::new().stamped("VIX", "2025-12-23 14.0, 2025-12-24 13.47", Some("2025-12-24T18:15:00Z"));
    assert_eq!(session(&book.at("2025-12-24T18:15:00Z"), "VIX"), of("2025-12-24", Status::Settled));
}

#[test]
fn the_vix_move_from_a_us_holiday_is_flagged() {
    let book = Book::new().closes("VIX", "2026-01-16 15.86, 2026-01-19 18.84, 2026-01-20 20.09");
    assert_eq!(cell(row(&book.at("2026-01-21T08:30:00Z"), "VIX"), "1D").flags, [MoveFlag::FromHolidayValue]);
}

#[test]
fn an_exchange_that_trades_again_is_not_shut_although_no_value_of_today_is_held() {
    // Shanghai reopened on 24 February 2026 after the lunar new year; at 05:00 UTC it is open.
    let book = Book::new().closes("STAR50", "2026-02-12 1450, 2026-02-13 1460");
    assert_eq!(session(&book.at("2026-02-23T05:00:00Z"), "STAR50").1, Status::Shut);
    assert_eq!(session(&book.at("2026-02-24T05:00:00Z"), "STAR50").1, Status::Settled);
    assert_eq!(session(&book.at("2026-02-24T08:00:00Z"), "STAR50").1, Status::Stale);
}

#[test]
fn a_fixing_is_shut_on_a_target_holiday_and_stale_when_one_is_missing_on_an_open_day() {
    // Good Friday was 3 April 2026; the fixing of Tuesday 20 January was settled at 15:00 UTC.
    let shut = Book::new().closes("EURUSD", "2026-04-01 1.15, 2026-04-02 1.16").venue("EURUSD", "ECB");
    assert_eq!(session(&shut.at("2026-04-03T18:00:00Z"), "EURUSD"), of("2026-04-02", Status::Shut));
    let late = Book::new().closes("EURUSD", "2026-01-16 1.16, 2026-01-19 1.17").venue("EURUSD", "ECB");
    assert_eq!(session(&late.at("2026-01-20T15:30:00Z"), "EURUSD"), of("2026-01-19", Status::Settled));
    assert_eq!(session(&late.at("2026-01-21T08:30:00Z"), "EURUSD"), of("2026-01-19", Status::Stale));
}

#[test]
fn a_day_that_another_currency_has_is_no_hole_of_a_pair() {
    // Whatever else is in the report, the streak is the same: 13 to 16 January fall, the 14th is not there.
    let pair = "2026-01-12 1.17, 2026-01-13 1.16, 2026-01-15 1.15, 2026-01-16 1.14";
    let other = "2026-01-12 157, 2026-01-13 158, 2026-01-14 158.5, 2026-01-15 159, 2026-01-16 158";
    let alone = Book::new().closes("EURUSD", pair).horizons("1D").at("2026-01-17T12:00:00Z");
    let beside =
        Book::new().closes("EURUSD", pair).closes("USDJPY", other).horizons("1D").at("2026-01-17T12:00:00Z");
    for report in [alone, beside] {
        let streak = &row(&report, "EURUSD").streak;
        assert_eq!((streak.direction, streak.sessions), (Some("down"), Some(3)));
    }
}
