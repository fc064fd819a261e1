//! What Sina's answers mean, fixture by fixture.

use marketsnap::domain::{Kind, Mic, Series, WarningKind};
use marketsnap::fetch::{Found, Query, SourceError, Target, Want, covers, source};
use proptest::prelude::*;

use crate::support::{
    Case, answered, day, expect, fixture_of, instrument, listed, query, response, typed, warnings,
};

/// For the contract: the Nikkei, from the service of world indices.
pub fn case() -> Case {
    Case {
        source: source("sina").unwrap(),
        want: listed("NIKKEI225"),
        path: None,
        body: fixture_of("sina", "world-four-sessions.json"),
        first: ("2026-01-16", 53936.17),
        last: ("2026-01-21", 52774.64),
        currency: "JPY",
        unknown: (200, fixture_of("sina", "world-unknown.json")),
        empty: (200, fixture_of("sina", "world-no-rows.json")),
    }
}

fn read_bytes(want: Want, body: Vec<u8>) -> Result<Found, SourceError> {
    let query = Query { from: day("2020-04-01"), ..query(vec![want]) };
    answered("sina", &query, &response(200, body))
}

fn read(want: Want, name: &str) -> Result<Series, SourceError> {
    read_bytes(want, fixture_of("sina", name)).map(|f| f.series)
}

/// The service and path a want is asked at.
fn asked(want: Want) -> Vec<(usize, String)> {
    let query = query(vec![want]);
    let requests = source("sina").unwrap().requests(&query, &[0]);
    let path = |target| if let Target::Get(path) = target { path } else { String::new() };
    requests.into_iter().map(|r| (r.service, path(r.target))).collect()
}

/// Four sessions of STAR 50.
const STAR: [(&str, f64); 4] =
    [("2026-01-16", 1514.068), ("2026-01-19", 1506.857), ("2026-01-20", 1482.994), ("2026-01-21", 1535.393)];

#[test]
fn each_symbol_is_asked_at_its_own_service_for_as_many_rows_as_the_window_needs() {
    // 2025-01-01 to 2026-01-21 are 385 days, and 7; 392 * 5 / 7 = 280 weekdays, and 15 to spare.
    assert_eq!(asked(listed("NIKKEI225")), [(0, "/hq/daily?symbol=NKY&num=295".to_owned())]);
    let list = "/cn/api/json_v2.php/CN_MarketDataService.getKLineData";
    assert_eq!(asked(listed("STAR50")), [(1, format!("{list}?symbol=sh000688&scale=240&ma=no&datalen=295"))]);
    assert_eq!(asked(listed("CHINEXT"))[0].0, 1);
    let script = "/futures/api/jsonp.php/var%20_x=/GlobalFuturesService.getGlobalFuturesDailyKLine";
    assert_eq!(asked(listed("GOLD")), [(2, format!("{script}?symbol=GC"))]);
    assert_eq!(asked(listed("WTI")), [(2, format!("{script}?symbol=CL"))]);
    // What it does not hold by the catalogue is not asked for.
    assert_eq!(asked(listed("SP500")), []);
}

#[test]
fn its_hosts_are_told_the_page_without_which_they_refuse() {
    let headers = source("sina").unwrap().info().headers;
    assert_eq!(headers.referer, Some("https://finance.sina.com.cn/"));
}

#[test]
fn a_currency_pair_is_not_covered() {
    for id in ["EURUSD", "USDCNY", "USDJPY"] {
        assert!(!covers("sina", &listed(id).instrument), "{id}");
    }
}

#[test]
fn every_symbol_of_the_catalogue_is_one_that_a_service_is_known_to_hold() {
    let world = [
        "UKX", "DAX", "CAC", "AEX", "IBEX", "SX5E", "SWI20", "FTSEMIB", "GSPTSE", "MXX", "IBOV", "TWJQ",
        "NKY", "KOSPI", "JCI", "SENSEX", "AS51", "NZ250", "STI",
    ];
    let universe = marketsnap::catalogue::load().unwrap();
    for instrument in universe.instruments() {
        let Some(symbol) = instrument.symbol("sina") else { continue };
        let mainland = instrument.country.as_deref() == Some("CN") && symbol.len() == 8;
        let future = instrument.kind == Kind::Future && ["GC", "CL"].contains(&symbol);
        assert!(mainland || future || world.contains(&symbol), "{}: {symbol}", instrument.id);
    }
}

#[test]
fn closes_of_a_world_index_are_its_texts_and_its_dates_the_exchanges() {
    let series = read(listed("NIKKEI225"), "world-four-sessions.json").unwrap();
    expect(
        &series,
        &[
            ("2026-01-16", 53936.17),
            ("2026-01-19", 53583.57),
            ("2026-01-20", 52991.1),
            ("2026-01-21", 52774.64),
        ],
    );
    assert_eq!(series.last().and_then(|b| b.low.zip(b.high)), Some((52194.1, 52900.3)));
    assert_eq!((series.provenance.symbol.as_str(), series.provenance.raw), ("NKY", false));
    assert_eq!(series.provenance.stamp, None);
    assert_eq!(warnings(&series), []);
}

#[test]
fn a_close_of_zero_of_a_world_index_is_a_holiday_and_quietly_left_out() {
    let series = read(listed("NIKKEI225"), "world-holiday-with-close-zero.json").unwrap();
    expect(&series, &[("2026-01-09", 51939.89), ("2026-01-13", 53549.16)]);
    assert_eq!(warnings(&series), []);
}

#[test]
fn rows_of_all_sorts_lose_themselves_and_never_the_series() {
    let series = read(listed("NIKKEI225"), "world-rows-of-all-sorts.json").unwrap();
    expect(&series, &[("2026-01-16", 53936.17), ("2026-01-19", 53583.57), ("2026-01-21", 52774.64)]);
    // The 19th has numbers instead of texts; its range is kept.
    assert_eq!(series.bars()[1].low.zip(series.bars()[1].high), Some((53300.0, 53900.4)));
    assert_eq!(
        warnings(&series),
        [
            (
                WarningKind::Refused,
                "NIKKEI225: 2 rows without a close refused from sina: 2026-01-20, 2026-01-15"
            ),
            (
                WarningKind::Refused,
                "NIKKEI225: 1 row with a close of zero or below refused from sina: 2026-01-14"
            ),
            (WarningKind::Refused, "NIKKEI225: rows dated in the future refused from sina: 2026-03-02"),
            (WarningKind::Source, "NIKKEI225: sina sent 2 rows without a date, left out"),
        ]
    );
}

#[test]
fn not_found_is_an_unknown_symbol_and_an_object_for_the_list_is_no_data() {
    let unknown = read(listed("NIKKEI225"), "world-unknown.json").unwrap_err();
    assert_eq!(unknown, SourceError::UnknownSymbol);
    let empty = read(listed("NIKKEI225"), "world-no-rows.json").unwrap_err();
    assert!(matches!(empty, SourceError::NoData(_)), "{empty:?}");
}

#[test]
fn any_other_code_is_told_in_the_services_words_made_safe_to_print() {
    let error = read(listed("NIKKEI225"), "world-other-code.json").unwrap_err();
    assert_eq!(error, SourceError::Malformed("code 10003: num is wrong".to_owned()));
}

#[test]
fn rows_without_any_date_are_not_what_was_asked_for() {
    for body in
        [r#"{"code":0,"result":{"data":[{"c":"1.5"},7]}}"#, r#"{"code":0,"result":7}"#, "{}", "[]", "7"]
    {
        let error = read_bytes(listed("NIKKEI225"), body.into()).unwrap_err();
        assert!(matches!(error, SourceError::Malformed(_)), "{body}: {error:?}");
    }
}

#[test]
fn a_mainland_index_is_read_from_a_bare_list() {
    let series = read(listed("STAR50"), "mainland-four-sessions.json").unwrap();
    expect(&series, &STAR);
    assert_eq!(series.last().and_then(|b| b.low.zip(b.high)), Some((1480.512, 1547.003)));
    assert_eq!((series.provenance.symbol.as_str(), series.provenance.raw), ("sh000688", false));
    assert_eq!(series.provenance.currency.as_deref(), Some("CNY"));
}

#[test]
fn keys_without_quotes_of_older_deployments_are_read_too() {
    let series = read(listed("STAR50"), "mainland-bare-keys.txt").unwrap();
    expect(&series, &STAR);
}

#[test]
fn a_mainland_share_is_as_traded_and_says_so() {
    let series = read(listed("LOONGSON"), "mainland-share-as-traded.json").unwrap();
    expect(&series, &[("2026-01-19", 146.7), ("2026-01-20", 148.1), ("2026-01-21", 177.72)]);
    assert!(series.provenance.raw);
}

#[test]
fn null_and_an_empty_list_are_unknown_symbols_of_the_mainland() {
    for name in ["mainland-null.json", "mainland-empty-list.json"] {
        assert_eq!(read(listed("STAR50"), name).unwrap_err(), SourceError::UnknownSymbol, "{name}");
    }
    let error = read(listed("STAR50"), "mainland-object.json").unwrap_err();
    assert_eq!(error, SourceError::Malformed("it is no list: {\"message\":\"busy\\u0007\"}".to_owned()));
}

#[test]
fn chinese_text_in_its_old_encoding_loses_no_close() {
    let text = String::from_utf8(fixture_of("sina", "mainland-four-sessions.json")).unwrap();
    let (before, after) = text.split_once("\"day\"").unwrap();
    // "五 粮 液" in GB 18030, and a character whose second byte is a backslash.
    let name = b"\"name\":\"\xce\xe5 \xc1\xb8 \xd2\xba\x81\x5c\",\"day\"";
    let body = [before.as_bytes(), name, after.as_bytes()].concat();
    assert!(std::str::from_utf8(&body).is_err());
    expect(&read_bytes(listed("STAR50"), body).unwrap().series, &STAR);
}

#[test]
fn a_future_is_taken_out_of_its_script() {
    let series = read(listed("GOLD"), "futures-script.txt").unwrap();
    expect(&series, &[("2026-01-16", 4588.4), ("2026-01-20", 4759.6), ("2026-01-21", 4831.8)]);
    assert_eq!((series.provenance.raw, series.provenance.currency.as_deref()), (false, Some("USD")));
    assert_eq!(read(listed("GOLD"), "futures-unknown.txt").unwrap_err(), SourceError::UnknownSymbol);
}

#[test]
fn crude_oil_may_close_below_zero_and_nothing_else_may() {
    let series = read(listed("WTI"), "futures-below-zero.txt").unwrap();
    expect(&series, &[("2020-04-17", 18.27), ("2020-04-20", -37.63), ("2020-04-21", 10.01)]);
    assert_eq!(series.bars()[1].low, Some(-40.32));
    let body = String::from_utf8(fixture_of("sina", "mainland-four-sessions.json")).unwrap();
    let below = body.replace("1482.994", "-1482.994");
    let series = read_bytes(listed("STAR50"), below.into_bytes()).unwrap().series;
    expect(&series, &[STAR[0], STAR[1], STAR[3]]);
}

#[test]
fn a_script_cut_short_is_worth_a_retry_wherever_it_is_cut() {
    let body = fixture_of("sina", "futures-script.txt");
    let list_ends = body.iter().rposition(|b| *b == b']').unwrap();
    for end in 1..=list_ends {
        let error = read_bytes(listed("GOLD"), body[..end].to_vec()).unwrap_err();
        assert!(error.worth_a_retry(), "{end}: {error:?}");
    }
}

#[test]
fn a_ban_of_the_network_is_a_block() {
    let query = query(vec![listed("STAR50")]);
    let source = source("sina").unwrap();
    let request = source.requests(&query, &[0]).remove(0);
    let error = source.parse(&query, &request, &response(456, "")).unwrap_err();
    assert_eq!(error, SourceError::Blocked("status 456".to_owned()));
    let error = source.parse(&query, &request, &response(404, "Not Found")).unwrap_err();
    assert_eq!(error, SourceError::Malformed("status 404".to_owned()));
}

#[test]
fn what_is_typed_is_spelled_its_way_where_the_rule_is_certain() {
    let source = source("sina").unwrap();
    for (typed, own) in [("600519.SS", "sh600519"), ("000858.SZ", "sz000858"), ("000001.SS", "sh000001")] {
        assert_eq!(source.spells(typed).as_deref(), Some(own));
    }
    for other in ["0700.HK", "AAPL", "^GSPC", "EURUSD=X", "BTC-USD", "000001", ".."] {
        assert_eq!(source.spells(other), None, "{other}");
    }
}

#[test]
fn a_typed_share_is_described_by_its_digits() {
    let found = read_bytes(typed("688047.SS"), fixture_of("sina", "mainland-share-as-traded.json")).unwrap();
    let described = found.described.unwrap();
    assert_eq!((described.kind, described.mic), (Some(Kind::Stock), Some(Mic::new("XSHG"))));
    assert_eq!(described.timezone, Some(chrono_tz::Tz::Asia__Shanghai));
    assert_eq!(described.currency.as_deref(), Some("CNY"));
    let from = &found.series.provenance;
    assert_eq!((from.symbol.as_str(), from.currency.as_deref(), from.raw), ("sh688047", Some("CNY"), true));
    // An index of the mainland, typed, is no share.
    let found = read_bytes(typed("000688.SS"), fixture_of("sina", "mainland-four-sessions.json")).unwrap();
    assert!(!found.series.provenance.raw);
    // A name of its own, said to be Sina's, is a world index.
    let mut want = typed("AEX");
    want.instrument.symbols.insert("sina".to_owned(), "AEX".to_owned());
    let found = read_bytes(want, fixture_of("sina", "world-four-sessions.json")).unwrap();
    assert_eq!(found.described.unwrap().kind, Some(Kind::Index));
    assert!(!found.series.provenance.raw);
}

#[test]
fn a_want_that_it_cannot_spell_is_not_asked_for() {
    assert_eq!(asked(typed("AAPL")), []);
    assert_eq!(
        asked(Want { instrument: instrument("X", None, Kind::Index, ""), zone: None, ad_hoc: false }),
        []
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_value_in_the_place_of_a_close_never_panics_and_invents_none(
        at in 0usize..4,
        junk in proptest::sample::select(vec![
            "null", "\"\"", "\"x\"", "[]", "{}", "true", "-1", "\"Infinity\"", "\"1,234.5\"", "\"1e999\"",
        ]),
        bare in any::<bool>(),
    ) {
        let name = if bare { "mainland-bare-keys.txt" } else { "mainland-four-sessions.json" };
        let text = String::from_utf8(fixture_of("sina", name)).unwrap();
        let (date, close) = STAR[at];
        let damaged = text.replace(&format!("\"{close}\""), junk);
        prop_assert_ne!(&damaged, &text);
        let series = read_bytes(listed("STAR50"), damaged.into_bytes()).unwrap().series;
        let kept: Vec<String> = series.bars().iter().map(|b| b.date.to_string()).collect();
        let expected: Vec<String> = STAR.iter().map(|(d, _)| (*d).to_owned()).filter(|d| d != date).collect();
        prop_assert_eq!(kept, expected);
    }
}
