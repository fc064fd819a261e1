//! What Tencent's answers mean, fixture by fixture.

use chrono_tz::Tz;
use marketsnap::domain::{Kind, Mic, Series, Split, WarningKind};
use marketsnap::fetch::{Found, Query, Response, SourceError, Want, covers, source};

use crate::support::{
    Case, answered, day, expect, fixture_of, instant, listed, paths_at, query, response, typed, warnings,
};

const STAR: [(&str, f64); 4] =
    [("2026-01-16", 1514.068), ("2026-01-19", 1506.857), ("2026-01-20", 1482.994), ("2026-01-21", 1535.393)];

fn fixture(name: &str) -> Vec<u8> {
    fixture_of("tencent", name)
}

/// For the contract: STAR 50.
pub fn case() -> Case {
    Case {
        source: source("tencent").unwrap(),
        want: listed("STAR50"),
        path: None,
        body: fixture("index-four-sessions-far-previous-close.json"),
        first: STAR[0],
        last: STAR[3],
        currency: "CNY",
        unknown: (200, fixture("data-is-an-empty-array.json")),
        empty: (200, fixture("rows-none.json")),
    }
}

fn answer(want: Want, response: &Response) -> Result<Found, SourceError> {
    answered("tencent", &query(vec![want]), response)
}

fn found(want: Want, body: Vec<u8>) -> Result<Found, SourceError> {
    answer(want, &response(200, body))
}

fn read(want: Want, name: &str) -> Result<Series, SourceError> {
    found(want, fixture(name)).map(|f| f.series)
}

/// A fixture with one text in place of another.
fn changed(name: &str, old: &str, new: &str) -> Vec<u8> {
    let text = String::from_utf8(fixture(name)).unwrap();
    assert!(text.contains(old), "{old}");
    text.replace(old, new).into_bytes()
}

fn paths(query: &Query) -> Vec<String> {
    paths_at("tencent", query)
}

#[test]
fn the_third_cell_is_the_close_and_a_previous_close_is_never_one() {
    let series = read(listed("STAR50"), "index-four-sessions-far-previous-close.json").unwrap();
    expect(&series, &STAR);
    // 15:00:03 in Shanghai.
    assert_eq!(series.provenance.stamp, Some(instant("2026-01-21T07:00:03Z")));
    assert_eq!(series.last().and_then(|b| b.low.zip(b.high)), Some((1480.5, 1547.0)));
    assert_eq!((series.provenance.symbol.as_str(), series.provenance.raw), ("sh000688", false));
    assert_eq!(warnings(&series), []);
}

#[test]
fn a_stamp_is_only_that_of_the_newest_rows_day() {
    let name = "index-four-sessions-far-previous-close.json";
    let stamp = |time: &str| {
        let body = changed(name, "20260121150003", time);
        found(listed("STAR50"), body).unwrap().series.provenance.stamp
    };
    assert_eq!(stamp("20260121103000"), Some(instant("2026-01-21T02:30:00Z")));
    for other in ["20260120150003", "20260122091500", "", "0", "soon", "20261321150003"] {
        assert_eq!(stamp(other), None, "{other}");
    }
}

#[test]
fn an_index_may_come_as_adjusted_and_in_a_wrapper() {
    let bare = read(listed("STAR50"), "index-under-qfqday.json").unwrap();
    expect(&bare, &STAR[1..]);
    assert_eq!(bare.provenance.stamp, None);
    expect(&read(listed("STAR50"), "index-wrapped-in-a-variable.txt").unwrap(), &STAR[1..]);
}

#[test]
fn closes_before_a_bonus_issue_are_on_the_new_basis_and_cash_changes_none() {
    let series = read(listed("LOONGSON"), "share-bonus-issue-and-dividend.json").unwrap();
    // Four new shares for ten: 140 / 1.4 = 100, 147 / 1.4 = 105; the 5 yuan and the 2 yuan count for nothing.
    expect(
        &series,
        &[("2026-01-16", 100.0), ("2026-01-19", 105.0), ("2026-01-20", 106.0), ("2026-01-21", 107.5)],
    );
    // 137.2 / 1.4 = 98, 141.4 / 1.4 = 101.
    let (low, high) = series.bars()[0].low.zip(series.bars()[0].high).unwrap();
    assert!((low - 98.0).abs() < 1e-9 && (high - 101.0).abs() < 1e-9, "{low} {high}");
    assert_eq!(series.splits, [Split { date: day("2026-01-20"), factor: 1.4 }]);
    assert!(!series.provenance.raw);
    assert_eq!(warnings(&series), []);
}

#[test]
fn a_payout_that_is_not_understood_is_told_and_the_closes_count_as_raw() {
    let series = read(listed("LOONGSON"), "share-payout-not-understood.json").unwrap();
    expect(&series, &[("2026-01-19", 147.0), ("2026-01-20", 142.0), ("2026-01-21", 143.5)]);
    assert!(series.provenance.raw && series.splits.is_empty());
    let told = "LOONGSON: tencent tells of a payout whose terms are not understood on 2026-01-20 (10配3股); \
                closes before it are not adjusted for it";
    assert_eq!(warnings(&series), [(WarningKind::Source, told)]);
}

#[test]
fn a_share_that_comes_adjusted_for_dividends_alone_is_refused() {
    let error = read(listed("LOONGSON"), "share-adjusted-for-dividends-only.json").unwrap_err();
    assert_eq!(error, SourceError::Malformed("only closes adjusted for dividends".to_owned()));
}

#[test]
fn a_buy_back_is_no_payout_and_a_typed_symbol_is_described_by_its_digits() {
    let name = "hong-kong-share-with-buy-backs.json";
    let found = found(typed("0700.HK"), fixture(name)).unwrap();
    expect(&found.series, &[("2026-01-19", 612.0), ("2026-01-20", 605.5), ("2026-01-21", 609.0)]);
    assert_eq!(warnings(&found.series), []);
    let provenance = &found.series.provenance;
    assert_eq!((provenance.symbol.as_str(), provenance.currency.as_deref()), ("hk00700", Some("HKD")));
    assert!(provenance.raw);
    assert_eq!(provenance.stamp, Some(instant("2026-01-21T08:08:32Z")));
    let said = found.described.unwrap();
    assert_eq!((said.kind, said.mic), (Some(Kind::Stock), Some(Mic::new("XHKG"))));
    assert_eq!((said.name.as_deref(), said.timezone), (Some("腾讯控股"), Some(Tz::Asia__Hong_Kong)));
}

#[test]
fn a_fund_of_mainland_china_counts_as_raw() {
    let body = changed("index-four-sessions-far-previous-close.json", "000688", "510300");
    let found = found(typed("510300.SS"), body).unwrap();
    assert!(found.series.provenance.raw);
    assert_eq!(found.described.and_then(|d| d.kind), Some(Kind::Etf));
}

#[test]
fn a_split_in_hong_kong_is_told_and_not_computed_with() {
    let name = "hong-kong-share-with-buy-backs.json";
    let body = changed(name, r#""cqr":"2026-01-20","FHcontent":"""#, r#""FHcontent":"1股拆5股""#);
    let series = found(typed("0700.HK"), body).unwrap().series;
    expect(&series, &[("2026-01-19", 612.0), ("2026-01-20", 605.5), ("2026-01-21", 609.0)]);
    let told = "0700.HK: tencent tells of a change of the shares on 2026-01-20 (1股拆5股); \
                closes before it are not adjusted for it";
    assert_eq!(warnings(&series), [(WarningKind::Source, told)]);
}

#[test]
fn a_key_with_a_dot_is_the_symbol_and_rows_before_the_window_are_left_out() {
    let series = read(listed("DOW"), "us-index-under-another-key.json").unwrap();
    expect(&series, &[("2026-01-15", 49442.44), ("2026-01-16", 49359.33), ("2026-01-20", 48488.59)]);
    // 16:37 in New York in winter.
    assert_eq!(series.provenance.stamp, Some(instant("2026-01-20T21:37:00Z")));
    assert_eq!(warnings(&series), []);
}

#[test]
fn a_bad_row_costs_itself_and_not_the_series() {
    let series = read(listed("STAR50"), "index-rows-damaged.json").unwrap();
    expect(&series, &[STAR[0], STAR[2], STAR[3]]);
    // Of the 20th, low and high are exchanged.
    let ranges: Vec<bool> = series.bars().iter().map(|b| b.low.is_some() && b.high.is_some()).collect();
    assert_eq!(ranges, [true, false, true]);
    assert_eq!(
        warnings(&series),
        [
            (
                WarningKind::Refused,
                "STAR50: 2 rows without a close refused from tencent: 2026-01-19, 2026-01-14"
            ),
            (
                WarningKind::Refused,
                "STAR50: 1 row with a close of zero or below refused from tencent: 2026-01-15"
            ),
            (WarningKind::Source, "STAR50: tencent sent 2 rows without a date; they are left out"),
        ]
    );
}

#[test]
fn an_answer_without_rows_says_whether_the_code_is_known() {
    let error = |name: &str| read(listed("STAR50"), name).unwrap_err();
    assert_eq!(error("data-is-an-empty-array.json"), SourceError::UnknownSymbol);
    assert_eq!(error("rows-none-and-quote-empty.json"), SourceError::UnknownSymbol);
    assert!(matches!(error("rows-none.json"), SourceError::NoData(_)));
    for body in ["{}", r#"{"code":0,"data":null}"#, r#"{"code":0,"data":{"sh000688":[]}}"#] {
        let error = found(listed("STAR50"), body.into()).unwrap_err();
        assert!(matches!(error, SourceError::NoData(_)), "{body}: {error:?}");
    }
}

#[test]
fn what_it_says_instead_of_data_is_repeated_and_made_safe() {
    let error = read(listed("STAR50"), "param-error.json").unwrap_err();
    assert_eq!(error, SourceError::Malformed("code 1: param error".to_owned()));
    let escaped = changed("param-error.json", "param error", r"\u001b[31mparam error\u202e");
    let error = found(listed("STAR50"), escaped).unwrap_err();
    assert_eq!(error, SourceError::Malformed("code 1: param error".to_owned()));
    let undated = r#"{"code":0,"data":{"sh000688":{"day":[["x","1","2","3","1"]]}}}"#;
    for body in ["null", "[]", "17", r#"{"code":0,"data":"x"}"#, r#"{"code":0,"data":[1]}"#, undated] {
        let error = found(listed("STAR50"), body.into()).unwrap_err();
        assert!(matches!(error, SourceError::Malformed(_)), "{body}: {error:?}");
    }
}

#[test]
fn closes_of_another_symbol_are_refused() {
    let error = read(listed("STAR50"), "echoes-another-symbol.json").unwrap_err();
    assert_eq!(error, SourceError::Renamed("sz000688".to_owned()));
}

#[test]
fn bytes_that_are_no_utf_8_cost_the_name_and_not_the_closes() {
    let mut body = changed("index-four-sessions-far-previous-close.json", r"\u79d1\u521b50", "@@@@");
    let at = body.windows(4).position(|w| w == b"@@@@").unwrap();
    // In GB 18030 the two characters of the name.
    body.splice(at..at + 4, *b"\xbf\xc6\xb4\xb4");
    expect(&found(listed("STAR50"), body).unwrap().series, &STAR);
}

#[test]
fn a_host_that_answers_501_is_disturbed_and_one_without_the_path_is_not_asked_again() {
    let fault = answer(listed("STAR50"), &response(501, "")).unwrap_err();
    assert_eq!(fault, SourceError::Fault(501));
    let gone = answer(listed("STAR50"), &response(404, "not found")).unwrap_err();
    assert_eq!(gone, SourceError::Malformed("status 404".to_owned()));
}

#[test]
fn one_request_asks_for_one_instrument_and_for_closes_as_traded() {
    let wants = vec![listed("STAR50"), listed("NVIDIA"), typed("0700.HK"), typed("000858.SZ")];
    let query = Query { from: day("2025-01-08"), ..query(wants) };
    // 2025-01-01 to 2026-01-22 are 386 days, 280 of them sessions at most.
    let rest = ",day,2025-01-01,2026-01-22,320,";
    let expected: Vec<String> = ["sh000688", "usNVDA.OQ", "hk00700", "sz000858"]
        .iter()
        .map(|code| format!("/appstock/app/newfqkline/get?param={code}{rest}"))
        .collect();
    assert_eq!(paths(&query), expected);
}

#[test]
fn a_longer_window_asks_for_more_rows() {
    let asked = |from: &str| {
        let path = paths(&Query { from: day(from), ..query(vec![listed("HSI")]) }).remove(0);
        path.rsplit(',').nth(1).unwrap().to_owned()
    };
    assert_eq!(asked("2024-01-08"), "640");
    // 2023-01-25 to 2026-01-22 are 1093 days, 780 of them sessions at most.
    assert_eq!(asked("2023-02-01"), "800");
    assert_eq!(asked("2021-01-08"), "2000");
    assert_eq!(asked("2000-01-01"), "2000");
}

#[test]
fn symbols_that_are_only_quoted_are_not_covered_and_uncertain_ones_not_spelled() {
    let tencent = source("tencent").unwrap();
    for id in ["FTSE100", "GOLD", "WTI", "DAX", "EURUSD"] {
        assert!(!covers("tencent", &listed(id).instrument), "{id}");
    }
    for id in ["STAR50", "HSTECH", "SP500", "SMIC-H", "NVIDIA"] {
        assert!(covers("tencent", &listed(id).instrument), "{id}");
    }
    let mut quoted = listed("STAR50").instrument;
    quoted.symbols.insert("tencent".to_owned(), "gzFTSE".to_owned());
    assert!(!covers("tencent", &quoted));
    assert_eq!(tencent.spells("600519.SS").as_deref(), Some("sh600519"));
    // A US share's symbol does not say which exchange's letters it needs.
    for symbol in ["AAPL", "BRK-B", "^GSPC", "EURUSD=X", "BTC-USD", "7203.T", "900901.SS"] {
        assert_eq!(tencent.spells(symbol), None, "{symbol}");
    }
    assert_eq!(paths(&query(vec![typed("AAPL")])), [] as [&str; 0]);
}

#[test]
fn a_symbol_typed_for_this_source_may_be_spelled_as_yahoo_does() {
    let mut want = typed("600519.SS");
    want.instrument.symbols.insert("tencent".to_owned(), "600519.SS".to_owned());
    assert!(paths(&query(vec![want]))[0].contains("param=sh600519,day,"));
}

#[test]
fn any_value_in_any_cell_never_panics_and_never_invents_a_close() {
    let junk =
        ["null", "\"\"", "[]", "{}", "true", "-1", "\"Infinity\"", "\"1,482.994\"", "{\"FHcontent\":[1]}"];
    for cell in ["\"2026-01-20\"", "\"1482.994\"", "\"1509.900\"", "\"1478.600\"", "\"7315204.000\"", "{}"] {
        for value in junk {
            let body = changed("index-four-sessions-far-previous-close.json", cell, value);
            for want in [listed("STAR50"), Want { instrument: share(), ..listed("STAR50") }] {
                let series = found(want, body.clone()).unwrap().series;
                let told = series.bars().iter().map(|b| (b.date.to_string(), b.close));
                let known: Vec<(String, f64)> = STAR.iter().map(|(d, c)| ((*d).to_owned(), *c)).collect();
                assert!(told.into_iter().all(|row| known.contains(&row)), "{cell} {value}");
            }
        }
    }
}

/// A share under the index's code, so that the objects in its rows are read.
fn share() -> marketsnap::domain::Instrument {
    marketsnap::domain::Instrument { kind: Kind::Stock, ..listed("STAR50").instrument }
}
