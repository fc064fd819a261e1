//! What Eastmoney's answers mean, fixture by fixture.

use marketsnap::domain::{Kind, Mic, Series, WarningKind};
use marketsnap::fetch::{Found, Query, SourceError, Want, covers, source};

use crate::support::{
    Case, answered, day, expect, fixture_of, listed, paths_at, query, response, typed, warnings,
};

const STAR: [(&str, f64); 4] =
    [("2026-01-16", 1514.07), ("2026-01-19", 1506.86), ("2026-01-20", 1482.99), ("2026-01-21", 1535.39)];

fn fixture(name: &str) -> Vec<u8> {
    fixture_of("eastmoney", name)
}

/// For the contract: STAR 50.
pub fn case() -> Case {
    Case {
        source: source("eastmoney").unwrap(),
        want: listed("STAR50"),
        path: None,
        body: fixture("index-four-sessions-far-previous-close.json"),
        first: STAR[0],
        last: STAR[3],
        currency: "CNY",
        unknown: (200, fixture("data-null-rc-100.json")),
        empty: (200, fixture("klines-empty.json")),
    }
}

fn found_in(query: &Query, status: u16, body: Vec<u8>) -> Result<Found, SourceError> {
    answered("eastmoney", query, &response(status, body))
}

fn read(want: Want, name: &str) -> Result<Series, SourceError> {
    found_in(&query(vec![want]), 200, fixture(name)).map(|f| f.series)
}

fn error(body: &str) -> SourceError {
    found_in(&query(vec![listed("STAR50")]), 200, body.into()).unwrap_err()
}

fn paths(query: &Query) -> Vec<String> {
    paths_at("eastmoney", query)
}

#[test]
fn columns_are_those_asked_for_in_their_order_and_a_previous_close_is_never_one() {
    let series = read(listed("STAR50"), "index-four-sessions-far-previous-close.json").unwrap();
    expect(&series, &STAR);
    assert_eq!(series.last().and_then(|b| b.low.zip(b.high)), Some((1480.5, 1547.0)));
    assert_eq!((series.provenance.symbol.as_str(), series.provenance.raw), ("1.000688", false));
    assert_eq!((series.provenance.stamp, warnings(&series)), (None, vec![]));
}

#[test]
fn a_callback_is_taken_off() {
    expect(&read(listed("STAR50"), "index-in-a-callback.txt").unwrap(), &STAR[1..]);
}

#[test]
fn rows_of_other_columns_are_never_read_as_closes() {
    // In the second the opens, 1507.20 and 1481.00, stand where closes belong: the one is above what then
    // is its high, the other below its low.
    for name in ["rows-of-other-columns.json", "rows-in-another-order.json"] {
        let error = read(listed("STAR50"), name).unwrap_err();
        assert_eq!(error, SourceError::Malformed("no row has the columns asked for".to_owned()), "{name}");
    }
}

#[test]
fn a_bad_row_costs_itself_and_not_the_series() {
    let series = read(listed("STAR50"), "rows-damaged.json").unwrap();
    expect(&series, &[STAR[0], STAR[3]]);
    assert_eq!(
        warnings(&series),
        [
            (WarningKind::Refused, "STAR50: 1 row without a close refused from eastmoney: 2026-01-14"),
            (
                WarningKind::Refused,
                "STAR50: 1 row with a close of zero or below refused from eastmoney: 2026-01-15"
            ),
            (
                WarningKind::Source,
                "STAR50: eastmoney sent 3 rows without the columns asked for; they are left out"
            ),
            (
                WarningKind::Source,
                "STAR50: eastmoney sent closes that are not between their low and high (2026-01-20); \
                 they are left out"
            ),
        ]
    );
}

#[test]
fn one_code_in_another_market_is_another_instrument() {
    let error = read(listed("SSE"), "one-code-in-another-market.json").unwrap_err();
    assert_eq!(error, SourceError::Renamed("0.000001".to_owned()));
    let error = read(listed("STAR50"), "one-code-in-another-market.json").unwrap_err();
    assert!(matches!(error, SourceError::Renamed(_)), "{error:?}");
}

#[test]
fn closes_of_hang_seng_tech_from_before_it_existed_are_left_out() {
    let query = Query { from: day("2020-01-01"), ..query(vec![listed("HSTECH")]) };
    let series = found_in(&query, 200, fixture("hstech-before-its-launch.json")).unwrap().series;
    expect(&series, &[("2020-07-27", 6600.0), ("2020-07-28", 6720.0)]);
    let told =
        "HSTECH: eastmoney has 2 closes from before 2020-07-27, computed afterwards; they are left out";
    assert_eq!(warnings(&series), [(WarningKind::Source, told)]);
}

#[test]
fn a_shares_closes_are_raw_and_a_typed_symbol_is_described_by_its_digits() {
    let found = found_in(&query(vec![typed("0700.HK")]), 200, fixture("hong-kong-share.json")).unwrap();
    expect(&found.series, &[("2026-01-19", 612.0), ("2026-01-20", 605.5), ("2026-01-21", 609.0)]);
    let provenance = &found.series.provenance;
    assert_eq!((provenance.symbol.as_str(), provenance.currency.as_deref()), ("116.00700", Some("HKD")));
    assert!(provenance.raw);
    let said = found.described.unwrap();
    assert_eq!((said.kind, said.mic), (Some(Kind::Stock), Some(Mic::new("XHKG"))));
    assert_eq!(said.name.as_deref(), Some("腾讯控股"));
}

#[test]
fn an_answer_without_rows_says_whether_the_code_is_known() {
    let error_of = |name: &str| read(listed("STAR50"), name).unwrap_err();
    assert_eq!(error_of("data-null-rc-100.json"), SourceError::UnknownSymbol);
    for name in ["data-null-rc-102.json", "klines-empty.json", "klines-absent.json"] {
        assert!(matches!(error_of(name), SourceError::NoData(_)), "{name}: {:?}", error_of(name));
    }
    assert!(matches!(error("{}"), SourceError::NoData(_)));
    for body in ["null", "[]", r#"{"rc":0,"data":[]}"#, r#"{"rc":0,"data":{"klines":[["x"]]}}"#] {
        assert!(matches!(error(body), SourceError::Malformed(_)), "{body}: {:?}", error(body));
    }
}

#[test]
fn a_status_of_the_edge_is_a_disturbance_and_a_missing_path_is_none() {
    let of = |status| found_in(&query(vec![listed("STAR50")]), status, b"".to_vec()).unwrap_err();
    assert_eq!(of(520), SourceError::Fault(520));
    assert_eq!(of(404), SourceError::Malformed("status 404".to_owned()));
}

#[test]
fn one_request_asks_for_one_instrument_and_for_closes_as_traded() {
    let wants = vec![listed("STAR50"), listed("NASDAQ"), typed("600519.SS"), typed("000858.SZ")];
    let query = Query { from: day("2025-01-08"), ..query(wants) };
    // 2025-01-01 to 2026-01-22 are 387 days, both counted.
    let rest = "&klt=101&fqt=0&beg=20250101&end=20260122&lmt=387&fields1=f1,f2,f3&fields2=f51,f53,f54,f55";
    // 100.NDX is the Composite, in spite of its name.
    let expected: Vec<String> = ["1.000688", "100.NDX", "1.600519", "0.000858"]
        .iter()
        .map(|secid| format!("/api/qt/stock/kline/get?secid={secid}{rest}"))
        .collect();
    assert_eq!(paths(&query), expected);
}

#[test]
fn currencies_and_futures_are_not_covered_and_uncertain_symbols_not_spelled() {
    for id in ["EURUSD", "USDCNY", "USDJPY", "GOLD", "WTI", "VIX", "NIFTY50"] {
        assert!(!covers("eastmoney", &listed(id).instrument), "{id}");
    }
    for id in ["STAR50", "HSTECH", "DAX", "NVIDIA", "SMIC-H"] {
        assert!(covers("eastmoney", &listed(id).instrument), "{id}");
    }
    let eastmoney = source("eastmoney").unwrap();
    // A US share's symbol does not say whether it is 105., 106. or 107.
    for symbol in ["AAPL", "^GSPC", "EURUSD=X", "BTC-USD", "7203.T", "900901.SS"] {
        assert_eq!(eastmoney.spells(symbol), None, "{symbol}");
    }
    assert_eq!(paths(&query(vec![typed("AAPL")])), [] as [&str; 0]);
}

#[test]
fn a_symbol_typed_for_this_source_may_be_spelled_as_yahoo_does() {
    let mut want = typed("600519.SS");
    want.instrument.symbols.insert("eastmoney".to_owned(), "600519.SS".to_owned());
    assert!(paths(&query(vec![want]))[0].contains("secid=1.600519&"));
}
