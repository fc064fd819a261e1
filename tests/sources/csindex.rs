//! What the China Securities Index Company's answers mean, fixture by fixture.

use marketsnap::domain::{Kind, Mic, Series, WarningKind};
use marketsnap::fetch::{Found, SourceError, Target, Want, covers, source};

use crate::support::{Case, asked, closes, fixture_of, listed, query, typed};

/// For the contract: the CSI 300.
pub fn case() -> Case {
    Case {
        source: source("csindex").unwrap(),
        want: listed("CSI300"),
        path: None,
        body: fixture_of("csindex", "four-sessions.json"),
        first: ("2026-01-16", 4731.8728),
        last: ("2026-01-21", 4723.0692),
        currency: "CNY",
        unknown: (200, fixture_of("csindex", "data-null.json")),
        empty: (200, fixture_of("csindex", "data-empty.json")),
    }
}

fn read_bytes(want: Want, body: Vec<u8>) -> Result<Found, SourceError> {
    asked("csindex", want, 200, body)
}

fn read(name: &str) -> Result<Series, SourceError> {
    read_bytes(listed("CSI300"), fixture_of("csindex", name)).map(|f| f.series)
}

fn path(want: Want) -> Option<String> {
    let query = query(vec![want]);
    let request = source("csindex").unwrap().requests(&query, &[0]).into_iter().next()?;
    if let Target::Get(path) = request.target { Some(path) } else { None }
}

/// The published closes of four sessions.
const CSI: [(&str, f64); 4] = [
    ("2026-01-16", 4731.8728),
    ("2026-01-19", 4734.4556),
    ("2026-01-20", 4718.8782),
    ("2026-01-21", 4723.0692),
];

fn csi(at: std::ops::Range<usize>) -> Vec<(String, f64)> {
    CSI[at].iter().map(|(d, c)| ((*d).to_owned(), *c)).collect()
}

#[test]
fn one_request_asks_for_the_window_and_a_week_before_it() {
    let expected =
        "/csindex-home/perf/index-perf?indexCode=000300&startDate=20241225&endDate=20260121".to_owned();
    assert_eq!(path(listed("CSI300")), Some(expected));
    let headers = source("csindex").unwrap().info().headers;
    assert_eq!(headers.referer, Some("https://www.csindex.com.cn/"));
}

#[test]
fn the_indices_of_shanghai_are_covered_and_those_of_shenzhen_are_not() {
    for id in ["STAR50", "CSI300", "SSE"] {
        assert!(covers("csindex", &listed(id).instrument), "{id}");
    }
    for id in ["SZCOMP", "CHINEXT", "LOONGSON", "HSI"] {
        assert!(!covers("csindex", &listed(id).instrument), "{id}");
    }
}

#[test]
fn closes_keep_their_four_decimals_and_a_change_is_never_one_of_them() {
    let series = read("four-sessions.json").unwrap();
    assert_eq!(closes(&series), csi(0..4));
    assert_eq!(series.last().and_then(|b| b.low.zip(b.high)), Some((4701.33, 4741.06)));
    assert!(series.warnings.is_empty());
    assert_eq!((series.provenance.symbol.as_str(), series.provenance.raw), ("000300", false));
}

#[test]
fn a_last_session_that_is_missing_is_not_made_up_and_ranges_may_be_null() {
    let series = read("last-day-missing-and-no-ranges.json").unwrap();
    assert_eq!(closes(&series), csi(0..3));
    assert!(series.bars().iter().all(|b| b.low.is_none() && b.high.is_none()));
    assert!(series.warnings.is_empty());
}

#[test]
fn closes_of_the_total_return_index_are_refused() {
    let error = read("echoes-total-return.json").unwrap_err();
    assert_eq!(error, SourceError::Renamed("H00300".to_owned()));
}

#[test]
fn rows_of_all_sorts_lose_themselves_and_never_the_series() {
    let series = read("rows-of-all-sorts.json").unwrap();
    // Dates with dashes or as numbers are read; the row of the 15th is a published close too.
    let expected = [vec![("2026-01-15".to_owned(), 4751.4293)], csi(0..2), csi(3..4)].concat();
    assert_eq!(closes(&series), expected);
    let told: Vec<(WarningKind, &str)> =
        series.warnings.iter().map(|w| (w.kind, w.message.as_str())).collect();
    assert_eq!(
        told,
        [
            (WarningKind::Refused, "CSI300: 1 row without a close refused from csindex: 2026-01-20"),
            (WarningKind::Source, "CSI300: csindex sent 1 row without a date, left out"),
        ]
    );
}

#[test]
fn an_answer_without_rows_is_no_data_and_another_code_is_told_in_its_words() {
    for name in ["data-null.json", "data-empty.json"] {
        let error = read(name).unwrap_err();
        assert!(matches!(error, SourceError::NoData(_)), "{name}: {error:?}");
    }
    let error = read("other-code.json").unwrap_err();
    assert_eq!(error, SourceError::Malformed("code 500: system error".to_owned()));
    for body in [r#"{"code":"200","data":[{"close":1}]}"#, r#"{"code":200,"data":{}}"#, "{}", "[]", "null"] {
        let error = read_bytes(listed("CSI300"), body.into()).unwrap_err();
        assert!(matches!(error, SourceError::Malformed(_)), "{body}: {error:?}");
    }
}

#[test]
fn what_is_typed_is_an_index_of_shanghai_or_a_code_of_its_own() {
    let source = source("csindex").unwrap();
    assert_eq!(source.spells("000016.SS").as_deref(), Some("000016"));
    for other in ["600519.SS", "399006.SZ", "000001.SZ", "000300", "^GSPC", "AAPL"] {
        assert_eq!(source.spells(other), None, "{other}");
    }
    let found = read_bytes(typed("000300.SS"), fixture_of("csindex", "four-sessions.json")).unwrap();
    let described = found.described.unwrap();
    assert_eq!((described.kind, described.mic), (Some(Kind::Index), Some(Mic::new("XSHG"))));
    assert_eq!(found.series.provenance.currency.as_deref(), Some("CNY"));
    // Of a code that is on no exchange only kind and zone are certain.
    let mut own = typed("H00300");
    own.instrument.symbols.insert("csindex".to_owned(), "H00300".to_owned());
    let found = read_bytes(own, fixture_of("csindex", "echoes-total-return.json")).unwrap();
    let described = found.described.unwrap();
    assert_eq!((described.kind, described.mic, described.currency), (Some(Kind::Index), None, None));
    assert_eq!(described.timezone, Some(chrono_tz::Tz::Asia__Shanghai));
    assert_eq!(path(typed("600519.SS")), None);
}
