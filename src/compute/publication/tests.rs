//! When closes should be out: zones, clock changes, half days, holidays, and days that end at midnight.

use super::*;
use crate::catalogue;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The day, and of each market its standing and when its closes are due, in UTC.
fn told(ids: &str, instant: &str) -> (String, Vec<String>) {
    let universe = catalogue::load().unwrap();
    let ids: Vec<InstrumentId> = ids.split(' ').map(InstrumentId::new).collect();
    let wait = awaited(&markets(&universe, &ids), at(instant), MARGIN);
    let tell = |m: &Awaited| {
        let due = m.due_at.map_or_else(|| "-".to_owned(), |t| t.format("%dT%H:%M").to_string());
        format!("{} {:?} {due}", m.exchange, m.status)
    };
    (wait.date.to_string(), wait.markets.iter().map(tell).collect())
}

/// The one market's day, standing and due.
fn one(id: &str, instant: &str) -> String {
    let (day, markets) = told(id, instant);
    format!("{day} {}", markets.join(", "))
}

#[test]
fn a_session_is_waited_for_before_it_and_in_it_and_not_once_its_close_is_out() {
    // Shanghai closes at 15:00, 07:00 UTC; an hour later the close is out.
    assert_eq!(one("STAR50", "2026-01-21T00:10:00Z"), "2026-01-21 XSHG Due 21T08:00");
    assert_eq!(one("STAR50", "2026-01-21T03:00:00Z"), "2026-01-21 XSHG Due 21T08:00");
    assert_eq!(one("STAR50", "2026-01-21T07:59:59Z"), "2026-01-21 XSHG Due 21T08:00");
    assert_eq!(one("STAR50", "2026-01-21T08:00:00Z"), "2026-01-21 XSHG Published 21T08:00");
    // 23:59 in Shanghai, and a minute later, when the next day's session lies ahead.
    assert_eq!(one("STAR50", "2026-01-21T15:59:00Z"), "2026-01-21 XSHG Published 21T08:00");
    assert_eq!(one("STAR50", "2026-01-21T16:00:00Z"), "2026-01-22 XSHG Due 22T08:00");
}

#[test]
fn on_a_weekend_and_on_a_holiday_there_is_nothing_to_wait_for() {
    // Saturday 24 January 2026; Martin Luther King Day, Monday 19 January 2026 in New York.
    assert_eq!(one("STAR50", "2026-01-24T03:00:00Z"), "2026-01-24 XSHG NoSession -");
    assert_eq!(one("SP500", "2026-01-19T15:00:00Z"), "2026-01-19 XNYS NoSession -");
    // Friday evening in New York is Saturday in Tokyo: it is still New York's Friday.
    assert_eq!(one("SP500", "2026-01-24T00:00:00Z"), "2026-01-23 XNYS Published 23T22:00");
}

#[test]
fn a_closing_auction_and_a_half_day_are_the_exchanges_own() {
    // London's auction ends 16:35; on Christmas Eve 2026 (a Thursday) it closes at 12:30, the auction at 12:35.
    assert_eq!(one("FTSE100", "2026-12-23T12:00:00Z"), "2026-12-23 XLON Due 23T17:35");
    assert_eq!(one("FTSE100", "2026-12-24T10:00:00Z"), "2026-12-24 XLON Due 24T13:35");
    // The day after Thanksgiving New York closes at 13:00, 18:00 UTC.
    assert_eq!(one("SP500", "2026-11-27T15:00:00Z"), "2026-11-27 XNYS Due 27T19:00");
}

#[test]
fn hours_follow_the_exchanges_own_clock_through_both_changes_of_the_year() {
    // New York changes on 8 March and 1 November 2026, Frankfurt on 29 March and 25 October: 16:00 in New York
    // is 21:00 UTC in winter and 20:00 in summer, 17:35 in Frankfurt 16:35 and 15:35.
    let due = |id: &str, day: &str| {
        let told = one(id, &format!("{day}T12:00:00Z"));
        told.rsplit('T').next().unwrap().to_owned()
    };
    for (day, new_york, frankfurt) in [
        ("2026-03-06", "22:00", "17:35"),
        ("2026-03-09", "21:00", "17:35"),
        ("2026-03-27", "21:00", "17:35"),
        ("2026-03-30", "21:00", "16:35"),
        ("2026-10-23", "21:00", "16:35"),
        ("2026-10-26", "21:00", "17:35"),
        ("2026-10-30", "21:00", "17:35"),
        ("2026-11-02", "22:00", "17:35"),
    ] {
        assert_eq!(
            (due("SP500", day), due("DAX", day)),
            (new_york.to_owned(), frankfurt.to_owned()),
            "{day}"
        );
    }
}

#[test]
fn a_day_in_sydney_begins_the_evening_before_in_utc() {
    // 16:12 in Sydney is 05:12 UTC in summer (until 5 April 2026) and 06:12 in winter.
    assert_eq!(one("ASX200", "2026-01-20T22:00:00Z"), "2026-01-21 XASX Due 21T06:12");
    assert_eq!(one("ASX200", "2026-04-02T00:00:00Z"), "2026-04-02 XASX Due 02T06:12");
    assert_eq!(one("ASX200", "2026-04-07T22:00:00Z"), "2026-04-08 XASX Due 08T07:12");
}

#[test]
fn a_coins_day_ends_at_midnight_and_is_asked_about_for_four_hours_after_it_is_out() {
    assert_eq!(one("BTC", "2026-01-21T23:00:00Z"), "2026-01-21 COIN Due 22T01:00");
    assert_eq!(one("BTC", "2026-01-22T00:30:00Z"), "2026-01-21 COIN Due 22T01:00");
    assert_eq!(one("BTC", "2026-01-22T04:59:00Z"), "2026-01-21 COIN Published 22T01:00");
    assert_eq!(one("BTC", "2026-01-22T05:00:00Z"), "2026-01-22 COIN Due 23T01:00");
    // Saturday.
    assert_eq!(one("BTC", "2026-01-24T12:00:00Z"), "2026-01-24 COIN Due 25T01:00");
}

#[test]
fn a_currencys_day_ends_at_five_in_new_york_and_fridays_is_the_weeks_last() {
    assert_eq!(one("EURUSD", "2026-01-21T12:00:00Z"), "2026-01-21 FX Due 21T23:00");
    assert_eq!(one("EURUSD", "2026-07-01T12:00:00Z"), "2026-07-01 FX Due 01T22:00");
    // 17:30 on a Friday, when no next day's trade has begun, and Saturday.
    assert_eq!(one("EURUSD", "2026-01-23T22:30:00Z"), "2026-01-23 FX Due 23T23:00");
    assert_eq!(one("EURUSD", "2026-01-24T12:00:00Z"), "2026-01-24 FX NoSession -");
}

#[test]
fn of_several_markets_the_day_is_that_of_the_one_where_it_is_earliest() {
    // 17:15 in New York: Shanghai has the 22nd already, and the closes of the 21st are waited for.
    let (day, markets) = told("STAR50 SP500 BTC", "2026-01-21T22:15:00Z");
    assert_eq!(day, "2026-01-21");
    assert_eq!(markets, ["XSHG Published 21T08:00", "XNYS Published 21T22:00", "COIN Due 22T01:00"]);
    // Before noon in Shanghai all of the same date lies ahead, from half past midnight in New York on.
    let (day, markets) = told("STAR50 SP500 BTC", "2026-01-21T05:30:00Z");
    assert_eq!(day, "2026-01-21");
    assert_eq!(markets, ["XSHG Due 21T08:00", "XNYS Due 21T22:00", "COIN Due 22T01:00"]);
    // On a Saturday and on a holiday a coin beside others is not waited for.
    let (_, markets) = told("SP500 BTC", "2026-01-24T15:00:00Z");
    assert_eq!(markets, ["XNYS NoSession -", "COIN NotAwaited 25T01:00"]);
    let (_, markets) = told("SP500 BTC", "2026-01-19T15:00:00Z");
    assert_eq!(markets, ["XNYS NoSession -", "COIN NotAwaited 20T01:00"]);
    // A holiday in one of them.
    let (_, markets) = told("STAR50 SP500", "2026-01-19T10:00:00Z");
    assert_eq!(markets, ["XSHG Published 19T08:00", "XNYS NoSession -"]);
}

#[test]
fn beyond_the_calendar_regular_hours_are_assumed_and_that_is_said() {
    let universe = catalogue::load().unwrap();
    let ids = [InstrumentId::new("STAR50"), InstrumentId::new("SP500"), InstrumentId::new("VIX")];
    let assumed = |instant: &str| {
        let wait = awaited(&markets(&universe, &ids), at(instant), MARGIN);
        wait.markets.iter().map(|m| (m.status, m.hours_assumed)).collect::<Vec<_>>()
    };
    // Shanghai's calendar ends with 2026, New York's with 2027; the VIX's venue has none.
    let due = |assumed| (Standing::Due, assumed);
    assert_eq!(assumed("2026-12-31T06:00:00Z"), [due(false), due(false), due(true)]);
    assert_eq!(assumed("2027-01-04T06:00:00Z"), [due(true), due(false), due(true)]);
    assert_eq!(assumed("2028-01-04T06:00:00Z"), [due(true), due(true), due(true)]);
}

#[test]
fn venues_that_share_hours_are_one_market_and_a_margin_moves_what_is_due() {
    let universe = catalogue::load().unwrap();
    let ids = ["STAR50", "CHINEXT", "STAR50", "SP500", "NDX"].map(InstrumentId::new);
    let markets = markets(&universe, &ids);
    let held: Vec<(&str, usize)> =
        markets.iter().map(|m| (m.exchange.mic.as_str(), m.instruments.len())).collect();
    assert_eq!(held, [("XSHG", 2), ("XNYS", 2)]);
    let wait = awaited(&markets, at("2026-01-21T20:00:00Z"), Duration::minutes(15));
    assert_eq!(wait.due_at, Some(at("2026-01-21T21:15:00Z")));
    assert_eq!((wait.seconds, wait.margin_minutes), (4500, 15));
    // 16:15 in New York, five hours behind.
    assert_eq!(wait.markets[1].due_local.unwrap().to_rfc3339(), "2026-01-21T16:15:00-05:00");
    let none = awaited(&[], at("2026-01-21T20:00:00Z"), MARGIN);
    assert_eq!((none.due_at, none.seconds), (None, 0));
}

proptest::proptest! {
    #[test]
    fn once_all_is_out_it_stays_out_until_the_day_is_over(hour in 0_i64..8760, at_minute in 0_i64..60) {
        static UNIVERSE: std::sync::LazyLock<Universe> = std::sync::LazyLock::new(|| catalogue::load().unwrap());
        let ids = ["STAR50", "SP500", "EURUSD"].map(InstrumentId::new);
        let markets = markets(&UNIVERSE, &ids);
        let now = at("2026-01-01T00:00:00Z") + Duration::minutes(hour * 60 + at_minute);
        let wait = awaited(&markets, now, MARGIN);
        // Nothing later than the end of the westernmost day and the margin, and nothing of another date.
        proptest::prop_assert!(wait.seconds <= 24 * 3600);
        let ended = now + Duration::seconds(wait.seconds);
        let then = awaited(&markets, ended, MARGIN);
        proptest::prop_assert!(then.date == wait.date && then.seconds == 0, "{wait:?} {then:?}");
    }
}
