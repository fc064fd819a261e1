//! What Yahoo's answers mean, fixture by fixture.

use chrono_tz::Tz;
use marketsnap::domain::{Kind, Mic, Series, Split, WarningKind};
use marketsnap::fetch::{Found, Parsed, Query, Request, Response, SourceError, Target, Want, source};
use proptest::prelude::*;

use crate::support::{
    Case, NOW, closes, day, expect, fixture, instant, paths, query, response, sp500, star50, typed, want,
    warnings,
};

/// For the contract: a chart of STAR 50.
pub fn case() -> Case {
    Case {
        source: source("yahoo").unwrap(),
        want: star50(),
        path: Some("/v8/finance/chart/000688.SS"),
        body: fixture("chart-four-sessions-far-previous-close.json"),
        first: ("2026-01-16", 1514.068),
        last: ("2026-01-21", 1535.393),
        currency: "CNY",
        unknown: (404, fixture("http-404-unknown.json")),
        empty: (200, fixture("chart-result-empty.json")),
    }
}

fn chart_of(query: &Query) -> Request {
    Request { target: Target::Get("/v8/finance/chart/X".to_owned()), ..first_request(query) }
}

fn first_request(query: &Query) -> Request {
    let all: Vec<usize> = (0..query.wants.len()).collect();
    source("yahoo").unwrap().requests(query, &all).remove(0)
}

/// Reads a body as the answer to a chart of one want, received at [`NOW`].
fn read_bytes(want: Want, status: u16, body: Vec<u8>) -> Result<Found, SourceError> {
    let query = query(vec![want]);
    let parsed = source("yahoo").unwrap().parse(&query, &chart_of(&query), &response(status, body))?;
    assert!(parsed.follow.is_empty(), "a chart asks for nothing more");
    parsed.answers.into_iter().next().unwrap().outcome
}

fn read(want: Want, name: &str) -> Result<Series, SourceError> {
    read_bytes(want, 200, fixture(name)).map(|f| f.series)
}

fn status(status: u16, name: &str) -> SourceError {
    read_bytes(star50(), status, fixture(name)).unwrap_err()
}

/// Reads a fixture as the answer to the batch of these wants.
fn batch(wants: Vec<Want>, status: u16, name: &str) -> Result<Parsed, SourceError> {
    let query = query(wants);
    let request = first_request(&query);
    assert!(matches!(&request.target, Target::Get(path) if path.starts_with("/v7/finance/spark?")));
    source("yahoo").unwrap().parse(&query, &request, &response(status, fixture(name)))
}

/// The four sessions of STAR 50 that most fixtures hold.
const STAR: [(&str, f64); 4] =
    [("2026-01-16", 1514.068), ("2026-01-19", 1506.857), ("2026-01-20", 1482.994), ("2026-01-21", 1535.393)];

#[test]
fn closes_are_the_decimals_the_floats_stand_for_and_a_previous_close_is_never_one_of_them() {
    let series = read(star50(), "chart-four-sessions-far-previous-close.json").unwrap();
    // The file has 1535.3929443359375, and 1011.5 as chartPreviousClose and previousClose.
    expect(&series, &STAR);
    // Regular market time: 15:00:01 in Shanghai is 07:00:01 UTC.
    assert_eq!(series.provenance.stamp, Some(instant("2026-01-21T07:00:01Z")));
    assert_eq!(series.provenance.fetched_at, instant(NOW));
    assert_eq!(series.provenance.currency.as_deref(), Some("CNY"));
    assert_eq!(
        (series.provenance.symbol.as_str(), series.provenance.source.as_str()),
        ("000688.SS", "yahoo")
    );
    assert_eq!(series.last().and_then(|b| b.low.zip(b.high)), Some((1480.5, 1547.0)));
    assert_eq!(warnings(&series), []);
}

#[test]
fn a_null_row_is_left_out_and_named() {
    let series = read(star50(), "chart-null-row-inside.json").unwrap();
    expect(&series, &[STAR[0], STAR[2], STAR[3]]);
    let told = "STAR50: 1 row without a close refused from yahoo: 2026-01-19";
    assert_eq!(warnings(&series), [(WarningKind::Refused, told)]);
}

#[test]
fn a_null_row_at_the_end_leaves_the_day_before_without_todays_stamp() {
    let series = read(star50(), "chart-null-row-at-the-end.json").unwrap();
    expect(&series, &STAR[..3]);
    assert_eq!(series.provenance.stamp, None);
}

#[test]
fn a_close_of_zero_is_a_placeholder_and_a_range_of_zero_is_none() {
    let series = read(star50(), "chart-zero-close-placeholder.json").unwrap();
    expect(&series, &[STAR[0], STAR[2], STAR[3]]);
    assert!(series.bars().iter().all(|b| b.low.is_none() && b.high.is_none()));
}

#[test]
fn arrays_of_different_length_are_paired_as_far_as_they_go() {
    let series = read(star50(), "chart-arrays-of-different-length.json").unwrap();
    expect(&series, &STAR[..3]);
    let told = "STAR50: yahoo sent 4 dates and 3 closes; what has no partner is left out";
    assert_eq!(warnings(&series), [(WarningKind::Source, told)]);
}

#[test]
fn unsorted_and_repeated_rows_make_one_bar_for_each_date() {
    let series = read(star50(), "chart-unsorted-and-repeated-rows.json").unwrap();
    expect(&series, &STAR);
    assert_eq!(warnings(&series), []);
}

#[test]
fn two_different_closes_of_one_finished_date_are_both_refused() {
    let series = read(star50(), "chart-one-date-two-closes.json").unwrap();
    expect(&series, &[STAR[0], STAR[1], STAR[3]]);
    assert!(warnings(&series)[0].1.contains("twice with different closes"), "{:?}", warnings(&series));
}

#[test]
fn placeholders_milliseconds_and_future_rows_are_refused_each_with_its_reason() {
    let series = read(star50(), "chart-impossible-timestamps.json").unwrap();
    expect(&series, &STAR[2..]);
    let told: Vec<&str> = warnings(&series).into_iter().map(|(_, text)| text).collect();
    assert_eq!(
        told,
        [
            "STAR50: 1 row dated in milliseconds refused from yahoo",
            "STAR50: 2 rows with an impossible date refused from yahoo",
            "STAR50: 1 row dated in the future (2026-03-02) refused from yahoo",
        ]
    );
}

#[test]
fn numbers_that_are_none_lose_their_field_and_not_the_answer() {
    let series = read(star50(), "chart-strings-for-numbers.json").unwrap();
    expect(&series, &STAR[3..]);
    assert_eq!(series.last().and_then(|b| b.low.zip(b.high)), Some((1480.5, 1547.0)));
}

#[test]
fn a_bare_nan_makes_the_document_unreadable_and_is_worth_a_retry() {
    let text = String::from_utf8(fixture("chart-four-sessions-far-previous-close.json")).unwrap();
    let error = read_bytes(star50(), 200, text.replacen("1514.", "NaN, 1.", 1).into_bytes()).unwrap_err();
    assert!(matches!(error, SourceError::Garbled(_)), "{error:?}");
    assert!(error.worth_a_retry());
}

#[test]
fn rows_before_sydneys_midnight_in_utc_belong_to_sydneys_day() {
    // 10:00 in Sydney in summer is 23:00 UTC of the day before.
    let series =
        read(want("ASX200", "^AXJO", Kind::Index, "AUD"), "chart-sydney-rows-on-previous-utc-day.json");
    expect(&series.unwrap(), &[("2026-01-19", 8874.5), ("2026-01-20", 8815.9), ("2026-01-21", 8782.9)]);
}

/// The same body, received after the London rows of March.
fn read_in_april(want: Want, name: &str) -> Series {
    let query = query(vec![want]);
    let response = Response { received_at: instant("2026-04-01T12:00:00Z"), ..response(200, fixture(name)) };
    let parsed = source("yahoo").unwrap().parse(&query, &chart_of(&query), &response).unwrap();
    parsed.answers.into_iter().next().unwrap().outcome.unwrap().series
}

#[test]
fn pence_become_pounds_once_on_both_sides_of_a_clock_change() {
    let series =
        read_in_april(want("OCADO", "OCDO.L", Kind::Stock, "GBP"), "chart-pence-over-clock-change.json");
    // 305.3 pence are 3.053 pounds; summer time began on 29 March 2026, so rows stand at 08:00 and 07:00 UTC.
    expect(
        &series,
        &[("2026-03-26", 3.053), ("2026-03-27", 3.1), ("2026-03-30", 2.998), ("2026-03-31", 3.015)],
    );
    assert_eq!(series.bars()[0].low.zip(series.bars()[0].high), Some((3.0, 3.0825)));
    assert_eq!(series.provenance.currency.as_deref(), Some("GBP"));
    assert_eq!(warnings(&series), []);
}

#[test]
fn rows_stamped_at_22_or_23_belong_to_the_next_day() {
    let dax = want("DAX", "^GDAXI", Kind::Index, "EUR");
    let series = read(dax, "chart-rows-stamped-the-evening-before.json").unwrap();
    // The second row stands at 23:00 of the 15th, the third at 22:00 of Sunday the 18th.
    expect(
        &series,
        &[
            ("2026-01-15", 25352.39),
            ("2026-01-16", 25297.13),
            ("2026-01-19", 24959.06),
            ("2026-01-20", 24703.12),
        ],
    );
}

#[test]
fn a_coin_row_at_23_stays_on_its_own_day() {
    let coin = want("DAX", "^GDAXI", Kind::Coin, "EUR");
    let series = read(coin, "chart-rows-stamped-the-evening-before.json").unwrap();
    // Two rows are then dated the 15th, finished and different, so that both are refused.
    assert_eq!(
        series.bars().iter().map(|b| b.date.to_string()).collect::<Vec<_>>(),
        ["2026-01-18", "2026-01-20"]
    );
}

/// A body read as if received at 11:05 in New York on 21 January.
fn read_in_session(name: &str) -> Series {
    let query = query(vec![want("NVIDIA", "NVDA", Kind::Stock, "USD")]);
    let response = Response { received_at: instant("2026-01-21T16:05:00Z"), ..response(200, fixture(name)) };
    let parsed = source("yahoo").unwrap().parse(&query, &chart_of(&query), &response).unwrap();
    parsed.answers.into_iter().next().unwrap().outcome.unwrap().series
}

#[test]
fn a_live_row_replaces_its_own_days_row_and_gives_the_stamp() {
    let series = read_in_session("chart-live-row-beside-its-own-day.json");
    expect(&series, &[("2026-01-16", 186.23), ("2026-01-20", 178.07), ("2026-01-21", 181.5)]);
    // 11:04:37 in New York in winter.
    assert_eq!(series.provenance.stamp, Some(instant("2026-01-21T16:04:37Z")));
}

#[test]
fn a_live_row_stamps_itself_when_the_market_time_is_of_another_day() {
    let series = read_in_session("chart-live-row-and-old-market-time.json");
    assert_eq!(series.provenance.stamp, Some(instant("2026-01-21T16:04:37Z")));
}

#[test]
fn without_a_time_zone_the_catalogues_is_taken_silently_and_else_the_offset_with_a_warning() {
    for name in ["chart-timezone-missing.json", "chart-timezone-unknown.json"] {
        let known = read(Want { zone: Some(Tz::Asia__Shanghai), ..star50() }, name).unwrap();
        expect(&known, &STAR);
        assert_eq!(warnings(&known), []);
        let unknown = read(star50(), name).unwrap();
        expect(&unknown, &STAR);
        assert!(warnings(&unknown)[0].1.contains("names no time zone"));
    }
}

#[test]
fn a_missing_currency_keeps_the_catalogues_and_another_one_is_kept_as_told_both_said() {
    let missing = read(star50(), "chart-currency-null.json").unwrap();
    assert_eq!(missing.provenance.currency.as_deref(), Some("CNY"));
    assert_eq!(
        warnings(&missing),
        [(WarningKind::Mismatch, "STAR50: yahoo names no currency; CNY is the catalogue's")]
    );
    let other = read(star50(), "chart-currency-other.json").unwrap();
    assert_eq!(other.provenance.currency.as_deref(), Some("USD"));
    let told = "STAR50: yahoo gives the closes in USD, the catalogue has CNY";
    assert_eq!(warnings(&other), [(WarningKind::Mismatch, told)]);
}

#[test]
fn an_answer_of_another_symbol_is_refused() {
    let error = read(star50(), "chart-echoes-another-symbol.json").unwrap_err();
    assert_eq!(error, SourceError::Renamed("000689.SS".to_owned()));
}

#[test]
fn rows_of_minutes_are_refused() {
    let error = read(star50(), "chart-minute-rows.json").unwrap_err();
    assert_eq!(error, SourceError::Malformed("rows of 1m instead of days".to_owned()));
}

#[test]
fn an_answer_without_usable_closes_is_no_data_with_its_reason() {
    let reason = |name| match read(star50(), name) {
        Err(SourceError::NoData(reason)) => reason,
        other => panic!("{name}: {other:?}"),
    };
    assert_eq!(reason("chart-all-closes-null.json"), "no row has a usable close");
    assert_eq!(reason("chart-closes-without-timestamps.json"), "it sent closes without dates");
    assert_eq!(reason("chart-result-null.json"), "no rows");
    assert_eq!(reason("chart-result-empty.json"), "no rows");
    let hstech = want("HSTECH", "HSTECH.HK", Kind::Index, "HKD");
    assert_eq!(read(hstech, "chart-no-rows.json"), Err(SourceError::NoData("no rows".to_owned())));
    for body in ["{}", r#"{"chart":null}"#, r#"{"chart":{"result":[{"indicators":{"quote":null}}]}}"#] {
        let error = read_bytes(star50(), 200, body.into()).unwrap_err();
        assert_eq!(error, SourceError::NoData("no rows".to_owned()), "{body}");
    }
}

#[test]
fn a_document_that_is_no_object_is_malformed() {
    for body in ["[]", "1", "\"x\"", "null"] {
        let error = read_bytes(star50(), 200, body.into()).unwrap_err();
        assert!(matches!(error, SourceError::Malformed(_)), "{body}: {error:?}");
    }
}

#[test]
fn an_error_inside_a_success_is_told_without_its_control_characters() {
    let error = read(star50(), "chart-error-with-200.json").unwrap_err();
    let told = "Internal Server Error: Query failed for reasons";
    assert_eq!(error, SourceError::Malformed(told.to_owned()));
}

#[test]
fn a_single_row_is_one_bar_and_no_history() {
    let kospi25 = want("KOSPI25", "KOSPI-25.KS", Kind::Index, "KRW");
    let query = query(vec![kospi25]);
    let later = Response {
        received_at: instant("2026-01-21T12:00:00Z"),
        ..response(200, fixture("chart-one-row-snapshot-index.json"))
    };
    let parsed = source("yahoo").unwrap().parse(&query, &chart_of(&query), &later).unwrap();
    let series = parsed.answers.into_iter().next().unwrap().outcome.unwrap().series;
    expect(&series, &[("2026-01-21", 46539.14)]);
    // 18:05:40 in Seoul, which is also the row's own time.
    assert_eq!(series.provenance.stamp, Some(instant("2026-01-21T09:05:40Z")));
}

#[test]
fn splits_are_read_from_numbers_strings_and_the_ratio() {
    let series = read(want("APPLE", "AAPL", Kind::Stock, "USD"), "chart-split-four-to-one.json").unwrap();
    let expected = [
        Split { date: day("2020-08-31"), factor: 4.0 },
        // No numerator: "3:2" is 1.5 new shares for an old one; the key is the date.
        Split { date: day("2020-09-01"), factor: 1.5 },
    ];
    assert_eq!(series.splits, expected);
}

#[test]
fn crude_oil_may_close_below_zero() {
    let series = read(want("WTI", "CL=F", Kind::Future, "USD"), "chart-crude-below-zero.json").unwrap();
    expect(&series, &[("2020-04-17", 18.27), ("2020-04-20", -37.63), ("2020-04-21", 10.01)]);
}

#[test]
fn a_futures_evening_row_is_the_next_sessions_and_leaves_the_settled_close_alone() {
    let query = query(vec![want("GOLD", "GC=F", Kind::Future, "USD")]);
    let body = fixture("chart-future-in-the-evening.json");
    let response = Response { received_at: instant("2026-01-21T00:06:00Z"), ..response(200, body) };
    let parsed = source("yahoo").unwrap().parse(&query, &chart_of(&query), &response).unwrap();
    let series = parsed.answers.into_iter().next().unwrap().outcome.unwrap().series;
    expect(&series, &[("2026-01-16", 4588.4), ("2026-01-20", 4759.6), ("2026-01-21", 4771.5)]);
    // 19:05:11 in New York in winter.
    assert_eq!(series.provenance.stamp, Some(instant("2026-01-21T00:05:11Z")));
}

#[test]
fn a_pairs_close_is_what_the_next_row_opens_with_and_the_newest_is_the_market_price() {
    let eurusd = want("EURUSD", "EURUSD=X", Kind::Fx, "USD");
    let series = read(eurusd, "chart-fx-close-is-the-open.json").unwrap();
    // Opens: 15th 1.1644, 16th 1.1608, 19th 1.1602, 20th 1.1651, 21st 1.1719; the price is 1.1725.
    expect(
        &series,
        &[
            ("2026-01-15", 1.1608),
            ("2026-01-16", 1.1602),
            ("2026-01-19", 1.1651),
            ("2026-01-20", 1.1719),
            ("2026-01-21", 1.1725),
        ],
    );
    assert_eq!(series.provenance.stamp, Some(instant("2026-01-21T08:00:00Z")));
}

#[test]
fn a_pairs_rows_are_dated_in_london_also_in_summer_and_weekends_are_left_out() {
    // Summer time ended on 26 October 2025: the first rows stand at 23:00 UTC of the day before.
    // The row of Saturday the 25th is left out. The running row has no open, and a live row's close is
    // no open either, so that Monday the 27th has no close.
    let usdjpy = want("USDJPY", "USDJPY=X", Kind::Fx, "JPY");
    let series = read(usdjpy, "chart-fx-summer-time-and-weekend-row.json").unwrap();
    expect(&series, &[("2025-10-23", 152.6), ("2025-10-24", 152.9), ("2025-10-28", 151.3)]);
}

#[test]
fn a_pairs_day_before_a_missing_day_and_a_newest_day_without_a_price_are_left_out() {
    let eurusd = want("EURUSD", "EURUSD=X", Kind::Fx, "USD");
    let series = read(eurusd, "chart-fx-missing-day-and-stale-price.json").unwrap();
    // 15th: open of the 16th. 16th: Monday the 19th is missing. 20th: the open of the 21st is null, and
    // that finished row's close 1.1719 stands for it. 21st: the price was made on the 22nd.
    expect(&series, &[("2026-01-15", 1.1608), ("2026-01-20", 1.1719)]);
    let told: Vec<&str> = warnings(&series).into_iter().map(|(_, text)| text).collect();
    assert_eq!(
        told,
        [
            "EURUSD: 1 close left out: the next day's opening is missing (2026-01-16)",
            "EURUSD: 1 row whose close is not known yet (2026-01-21) refused from yahoo",
        ]
    );
    assert_eq!(series.provenance.stamp, None);
}

#[test]
fn a_typed_symbol_is_described_in_words_that_are_safe_to_print() {
    let found = read_bytes(typed("muv2.de"), 200, fixture("chart-name-with-escapes.json")).unwrap();
    let described = found.described.unwrap();
    assert_eq!(described.name.as_deref(), Some("Münchener Rück AG"));
    assert_eq!((described.kind, described.mic), (Some(Kind::Stock), Some(Mic::new("XETR"))));
    assert_eq!((described.timezone, described.currency.as_deref()), (Some(Tz::Europe__Berlin), Some("EUR")));
    assert_eq!(described.decimals, Some(2));
    assert_eq!(found.series.provenance.currency.as_deref(), Some("EUR"));
}

#[test]
fn a_typed_pair_follows_the_rule_for_pairs_although_its_kind_was_not_known() {
    let found = read_bytes(typed("EURUSD=X"), 200, fixture("chart-fx-close-is-the-open.json")).unwrap();
    assert_eq!(found.described.unwrap().kind, Some(Kind::Fx));
    assert_eq!(found.series.bars()[0].close.to_bits(), 1.1608_f64.to_bits());
}

#[test]
fn what_a_batch_leaves_out_is_asked_by_chart() {
    let parsed = batch(vec![sp500(), star50()], 200, "spark-v7-two-symbols-one-omitted.json").unwrap();
    assert_eq!(parsed.answers.len(), 1);
    let found = parsed.answers[0].outcome.as_ref().unwrap();
    expect(&found.series, &[("2026-01-15", 6944.47), ("2026-01-16", 6940.01), ("2026-01-20", 6796.86)]);
    assert_eq!(
        paths(&parsed.follow),
        ["/v8/finance/chart/000688.SS?range=2y&interval=1d&events=div%7Csplit&includePrePost=false"]
    );
    assert_eq!(parsed.follow[0].wants, [1]);
}

#[test]
fn a_batch_in_another_order_gives_each_symbol_its_own_rows() {
    let parsed = batch(vec![sp500(), star50()], 200, "spark-v7-other-order.json").unwrap();
    assert!(parsed.follow.is_empty());
    let series = |at: usize| parsed.answers[at].outcome.as_ref().unwrap().series.clone();
    assert_eq!((parsed.answers[0].want, parsed.answers[1].want), (0, 1));
    assert_eq!(series(0).last().unwrap().close.to_bits(), 6796.86_f64.to_bits());
    expect(&series(1), &STAR);
}

#[test]
fn a_batch_with_one_row_keeps_it_and_asks_for_more() {
    let parsed = batch(vec![sp500(), star50()], 200, "spark-v7-one-row.json").unwrap();
    assert_eq!(parsed.answers.len(), 2);
    assert_eq!(parsed.follow.iter().map(|r| r.wants.clone()).collect::<Vec<_>>(), [[1]]);
}

#[test]
fn a_jump_that_may_be_a_split_is_asked_again_with_events() {
    let nvidia = want("NVIDIA", "NVDA", Kind::Stock, "USD");
    let parsed = batch(vec![sp500(), nvidia.clone()], 200, "spark-v7-jump-that-may-be-a-split.json").unwrap();
    // 480 to 120 is -75 %, beyond 60 %.
    assert_eq!(parsed.follow.iter().map(|r| r.wants.clone()).collect::<Vec<_>>(), [[1]]);
    assert_eq!(parsed.answers.len(), 2);
    let series = read(nvidia, "chart-jump-with-its-split.json").unwrap();
    assert_eq!(series.splits, [Split { date: day("2026-01-20"), factor: 4.0 }]);
}

#[test]
fn a_jump_of_something_told_in_points_is_no_split() {
    let mut vix = want("VIX", "NVDA", Kind::Index, "USD");
    vix.instrument.in_points = true;
    let parsed = batch(vec![sp500(), vix], 200, "spark-v7-jump-that-may-be-a-split.json").unwrap();
    assert!(parsed.follow.is_empty());
}

#[test]
fn the_flat_shape_is_read_with_the_catalogues_zone_and_its_granularity_is_ignored() {
    let spx = Want { zone: Some(Tz::America__New_York), ..sp500() };
    let future = want("ES", "ES=F", Kind::Future, "USD");
    let parsed = batch(vec![spx, future], 200, "spark-v8-flat-map.json").unwrap();
    let series = &parsed.answers[0].outcome.as_ref().unwrap().series;
    expect(series, &[("2026-01-15", 6944.47), ("2026-01-16", 6940.01), ("2026-01-20", 6796.86)]);
    assert_eq!(series.provenance.currency.as_deref(), Some("USD"));
    assert_eq!(warnings(series), []);
    assert_eq!(parsed.follow.iter().map(|r| r.wants.clone()).collect::<Vec<_>>(), [[1]]);
}

#[test]
fn a_404_with_yahoos_own_words_denies_the_symbol_and_a_bare_one_is_throttling() {
    assert_eq!(status(404, "http-404-unknown.json"), SourceError::UnknownSymbol);
    assert!(matches!(status(404, "http-404-bare.txt"), SourceError::Throttled { wait: false, .. }));
    assert!(matches!(status(404, "http-404-timestamp-missing.txt"), SourceError::NoData(_)));
}

#[test]
fn a_batch_that_denies_all_is_followed_by_one_chart_and_the_others_once_something_is_known() {
    let parsed = batch(vec![sp500(), star50()], 404, "http-404-spark-all-unknown.json").unwrap();
    assert!(parsed.answers.iter().all(|a| a.outcome == Err(SourceError::UnknownSymbol)));
    assert_eq!(parsed.follow.iter().map(|r| r.only_if_alive).collect::<Vec<_>>(), [false, true]);
    let one = batch(vec![sp500()], 404, "http-404-spark-all-unknown.json").unwrap();
    assert_eq!(one.follow.iter().map(|r| r.only_if_alive).collect::<Vec<_>>(), [false]);
}

#[test]
fn a_batch_that_is_too_large_is_halved_and_one_that_is_refused_is_asked_singly() {
    let wants = || vec![sp500(), star50(), want("NVIDIA", "NVDA", Kind::Stock, "USD")];
    let halved = batch(wants(), 400, "http-400-too-many-symbols.json").unwrap();
    assert_eq!(
        paths(&halved.follow),
        [
            "/v7/finance/spark?symbols=%5EGSPC,000688.SS&range=2y&interval=1d",
            "/v7/finance/spark?symbols=NVDA&range=2y&interval=1d",
        ]
    );
    let singly = batch(wants(), 400, "http-400-spark-other.json").unwrap();
    assert_eq!(singly.follow.len(), 3);
    assert!(paths(&singly.follow).iter().all(|p| p.starts_with("/v8/finance/chart/")));
    // A batch of one cannot be halved further.
    let one = batch(vec![sp500()], 400, "http-400-too-many-symbols.json").unwrap();
    assert!(paths(&one.follow)[0].starts_with("/v8/finance/chart/%5EGSPC?"));
}

#[test]
fn refusals_are_told_apart() {
    assert!(matches!(status(400, "http-400-no-data-for-window.json"), SourceError::NoData(_)));
    assert!(matches!(status(422, "http-422-range.json"), SourceError::Malformed(_)));
    assert_eq!(
        status(401, "http-401-finance-root.json"),
        SourceError::Unauthorised("status 401: Invalid Crumb".to_owned())
    );
    assert!(matches!(status(429, "http-429-edge.txt"), SourceError::Throttled { wait: true, .. }));
    assert_eq!(status(999, "http-999-denied.html"), SourceError::Blocked("status 999".to_owned()));
    assert_eq!(status(403, "http-999-denied.html"), SourceError::Blocked("status 403".to_owned()));
    assert!(matches!(status(200, "html-consent.html"), SourceError::Blocked(_)));
    assert!(matches!(status(502, "html-consent.html"), SourceError::Fault(502)));
}

#[test]
fn bodies_that_no_parser_should_see_are_transport_errors() {
    for body in [&b""[..], b"  \n", b"\x1f\x8b\x08\x00"] {
        let error = read_bytes(star50(), 200, body.to_vec()).unwrap_err();
        assert!(matches!(error, SourceError::Transport(_)), "{error:?}");
    }
    let error = read_bytes(star50(), 200, b"\xff\xfe{".to_vec()).unwrap_err();
    assert!(matches!(error, SourceError::Garbled(_)), "{error:?}");
}

#[test]
fn values_that_no_price_can_have_are_refused_by_name_and_never_shown_as_infinite() {
    let text = String::from_utf8(fixture("chart-four-sessions-far-previous-close.json")).unwrap();
    let from = text.find("\"close\":[").unwrap() + "\"close\":[".len();
    let to = from + text[from..].find(']').unwrap();
    let damaged = format!("{}1e308,1e-308,1482.994,1535.393{}", &text[..from], &text[to..]);
    let series = read_bytes(star50(), 200, damaged.into_bytes()).unwrap().series;
    expect(&series, &STAR[2..]);
    assert_eq!(
        warnings(&series),
        [(
            WarningKind::Refused,
            "STAR50: 2 rows with a close that no price can have (2026-01-19, 2026-01-16) refused from yahoo"
        )]
    );
}

#[test]
fn a_split_whose_factor_is_no_number_is_none() {
    let nvidia = want("NVIDIA", "NVDA", Kind::Stock, "USD");
    let text = String::from_utf8(fixture("chart-jump-with-its-split.json")).unwrap();
    let absurd = text
        .replace("\"numerator\":4", "\"numerator\":1e308")
        .replace("\"denominator\":1", "\"denominator\":1e-308");
    assert_ne!(text, absurd);
    assert_eq!(read_bytes(nvidia, 200, absurd.into_bytes()).unwrap().series.splits, []);
}

fn window(from: &str) -> String {
    let query = Query { from: day(from), ..query(vec![sp500()]) };
    paths(&[first_request(&query)])[0].to_owned()
}

#[test]
fn the_window_is_the_smallest_that_reaches_the_earliest_close_with_a_weeks_margin() {
    // Two years before 2026-01-21 is 2024-01-21; a week's margin asks from 2024-01-28 on.
    // Three months before it is 2025-10-21: 2025-10-28.
    assert!(window("2025-12-01").ends_with("&range=3mo&interval=1d"));
    assert!(window("2025-10-28").ends_with("&range=3mo&interval=1d"));
    assert!(window("2025-10-27").ends_with("&range=2y&interval=1d"));
    assert!(window("2024-01-28").ends_with("&range=2y&interval=1d"));
    assert!(window("2024-01-27").ends_with("&range=5y&interval=1d"));
    assert!(window("2020-01-01").ends_with("&range=10y&interval=1d"));
    // Further back by dates and singly: 2009-12-25 is 1261699200, 2026-01-22 is 1769040000.
    assert_eq!(
        window("2010-01-01"),
        "/v8/finance/chart/%5EGSPC?period1=1261699200&period2=1769040000&interval=1d&events=div%7Csplit&includePrePost=false"
    );
}

#[test]
fn forty_one_instruments_a_pair_and_a_typed_symbol_are_three_batches_and_two_charts() {
    let mut wants: Vec<Want> =
        (0..41).map(|n| want(&format!("I{n}"), &format!("S{n}"), Kind::Index, "USD")).collect();
    wants.insert(0, want("EURUSD", "EURUSD=X", Kind::Fx, "USD"));
    wants.push(typed("a/b c"));
    let query = query(wants);
    let all: Vec<usize> = (0..query.wants.len()).collect();
    let requests = source("yahoo").unwrap().requests(&query, &all);
    assert_eq!(requests.iter().map(|r| r.wants.len()).collect::<Vec<_>>(), [20, 20, 1, 1, 1]);
    assert!(paths(&requests)[3].starts_with("/v8/finance/chart/EURUSD%3DX?"));
    assert!(paths(&requests)[4].starts_with("/v8/finance/chart/A%2FB%20C?"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_of_any_kind_never_panic(body in proptest::collection::vec(any::<u8>(), 0..200), status in 100u16..1000) {
        let _ = read_bytes(star50(), status, body);
    }

    #[test]
    fn any_value_in_any_place_never_panics_and_never_invents_a_close(
        at in 0usize..4,
        junk in proptest::sample::select(vec![
            "null", "\"\"", "\"x\"", "[]", "{}", "true", "-1", "1e400", "\"Infinity\"", "{\"raw\":1}",
        ]),
    ) {
        let text = String::from_utf8(fixture("chart-four-sessions-far-previous-close.json")).unwrap();
        let mut from = text.find("\"close\":[").unwrap() + "\"close\":[".len();
        for _ in 0..at {
            from += text[from..].find(',').unwrap() + 1;
        }
        let to = from + text[from..].find([',', ']']).unwrap();
        let damaged = format!("{}{junk}{}", &text[..from], &text[to..]);
        let found = read_bytes(star50(), 200, damaged.into_bytes()).unwrap();
        let expected: Vec<(String, f64)> =
            STAR.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, (d, c))| ((*d).to_owned(), *c)).collect();
        prop_assert_eq!(closes(&found.series), expected);
    }
}
