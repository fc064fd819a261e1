//! Odd answers that no fixture is needed for: made here, by changing a good one or at the local server.

use std::collections::BTreeMap;
use std::time::Duration;

use marketsnap::domain::Kind;
use marketsnap::fetch::{FailureKind, Fetched, Settings, SourceError};
use serde_json::{Value, json};

use crate::router::{AMPLE, asked as symbols, healthy, ids, kinds, typed_many};
use crate::support::server::{Server, Step};
use crate::support::{Case, expect, instant, listed, query, run, run_with, sp500, star50};

const STAR: [(&str, f64); 4] =
    [("2026-01-16", 1514.068), ("2026-01-19", 1506.857), ("2026-01-20", 1482.994), ("2026-01-21", 1535.393)];

/// The chart of STAR 50, changed.
fn changed(change: impl Fn(&mut Value)) -> Vec<u8> {
    let mut document: Value = serde_json::from_slice(&crate::yahoo::case().body).unwrap();
    change(&mut document["chart"]["result"][0]);
    document.to_string().into_bytes()
}

fn yahoo() -> Case {
    crate::yahoo::case()
}

/// What becomes of two wants whose every answer is this one, and how many were asked for.
fn both(step: Step) -> (Fetched, usize) {
    let server = Server::script(vec![step]);
    let (fetched, _) = run(&query(vec![sp500(), star50()]), &server.url(), AMPLE);
    (fetched, server.count())
}

#[test]
fn a_previous_close_that_is_told_changes_nothing_whatever_it_is() {
    // The first close of the window itself, nothing, almost nothing, and a thousand times the price.
    for told in [json!(1514.068), json!(null), json!(0.0), json!(0.001), json!(1_500_000.0), json!("x")] {
        let body = changed(|result| {
            for name in ["chartPreviousClose", "previousClose", "regularMarketPreviousClose"] {
                result["meta"][name] = told.clone();
            }
        });
        expect(&yahoo().read(body).unwrap(), &STAR);
    }
}

#[test]
fn a_market_time_of_years_ago_stamps_no_close_of_today() {
    let years_ago = instant("2019-01-01T08:00:00Z").timestamp();
    let series =
        yahoo().read(changed(|result| result["meta"]["regularMarketTime"] = json!(years_ago))).unwrap();
    expect(&series, &STAR);
    assert_eq!(series.provenance.stamp, None);
}

#[test]
fn whole_numbers_and_fractions_stand_for_each_other() {
    let body = changed(|result| {
        let stamps = result["timestamp"].as_array().unwrap().clone();
        result["timestamp"] = stamps.iter().map(|s| json!(s.as_i64().unwrap() as f64)).collect();
        result["indicators"]["quote"][0]["close"] = json!([1514, 1507.0, "1483", 1.535e3]);
        result["indicators"]["quote"][0]["low"] = json!(null);
        result["indicators"]["quote"][0]["high"] = json!(null);
        result["indicators"]["quote"][0]["volume"] = json!([1.0E9, 2, "3", null]);
    });
    let closes = [1514.0, 1507.0, 1483.0, 1535.0];
    let expected: Vec<(&str, f64)> =
        STAR.iter().zip(closes).map(|((date, _), close)| (*date, close)).collect();
    expect(&yahoo().read(body).unwrap(), &expected);
}

#[test]
fn no_quotes_at_all_are_no_data() {
    for quote in [json!([]), json!(null), json!([null]), json!([{}]), json!({}), json!(7)] {
        let error =
            yahoo().read(changed(|result| result["indicators"]["quote"] = quote.clone())).unwrap_err();
        assert!(matches!(error, SourceError::NoData(_)), "{quote}: {error:?}");
    }
}

#[test]
fn an_error_is_read_under_any_root() {
    for root in ["chart", "spark", "finance"] {
        let error = json!({"result": null, "error": {"code": "Bad Request", "description": "no such thing"}});
        let told = yahoo().read(json!({ root: error }).to_string().into_bytes()).unwrap_err();
        assert_eq!(told, SourceError::Malformed("Bad Request: no such thing".to_owned()), "{root}");
    }
}

#[test]
fn of_a_flat_batch_what_has_no_closes_is_asked_by_chart() {
    let flat = json!({
        "^GSPC": {"symbol": "^GSPC", "timestamp": [1_768_833_000, 1_768_919_400], "close": [100.5, 101.5]},
        "000688.SS": {"symbol": "000688.SS", "timestamp": [1_768_833_000, 1_768_919_400], "close": null},
    });
    let server = Server::new(move |_, path| match path.contains("spark") {
        true => Step::ok(flat.to_string()),
        false => healthy(path),
    });
    let (fetched, _) = run(&query(vec![sp500(), star50()]), &server.url(), AMPLE);
    assert_eq!(ids(&fetched), ["SP500", "STAR50"], "{:?}", fetched.failures);
    assert_eq!(server.count(), 2);
    assert_eq!(symbols(&server.paths()[1]), ["000688.SS"]);
}

#[test]
fn an_answer_of_no_content_is_asked_for_once_more() {
    let (fetched, count) = both(Step::status(204, ""));
    assert_eq!((kinds(&fetched), count), (vec![FailureKind::Transport; 2], 2));
    assert!(fetched.failures[0].message.contains("the answer is empty"), "{}", fetched.failures[0].message);
}

#[test]
fn an_encoding_that_nobody_asked_for_is_asked_for_once_more_and_told() {
    let packed = vec![0x0b, 0x02, 0x80, 0x7b, 0x22, 0xff, 0xfe, 0x03];
    let (fetched, count) = both(Step::ok(packed).with("Content-Encoding", "br"));
    assert_eq!(count, 2);
    for failure in &fetched.failures {
        assert_eq!(failure.kind, FailureKind::Malformed, "{failure:?}");
        assert!(failure.message.is_ascii(), "{}", failure.message);
    }
}

#[test]
fn a_redirect_to_another_scheme_on_the_same_host_is_not_followed() {
    let server = Server::new(|_, path| {
        let port = path.split('/').nth(2).unwrap_or("9");
        Step::status(302, "").with("Location", &format!("https://127.0.0.1:{port}/elsewhere"))
    });
    let port = server.url().rsplit_once(':').map(|(_, p)| p.to_owned()).unwrap();
    let (fetched, _) = run(&query(typed_many(1)), &format!("{}/port/{port}", server.url()), AMPLE);
    assert_eq!((kinds(&fetched), server.count()), (vec![FailureKind::Blocked], 1));
}

#[test]
fn a_page_of_a_network_that_wants_a_login_is_a_block_with_a_hint() {
    let page = "<!DOCTYPE html><html><body>Welcome! Please sign in to use this network.</body></html>";
    let (fetched, count) = both(Step::ok(page));
    assert_eq!((kinds(&fetched), count), (vec![FailureKind::Blocked; 2], 1));
    assert!(!fetched.failures[0].hint.is_empty());
    assert!(!fetched.failures[0].message.contains("Welcome"), "{}", fetched.failures[0].message);
}

#[test]
fn a_host_of_which_one_address_does_not_answer_is_reached_by_another() {
    // `localhost` may be ::1 too, where nobody listens.
    let server = Server::new(|_, path| healthy(path));
    let (fetched, _) = run(&query(vec![sp500()]), &server.url().replace("127.0.0.1", "localhost"), AMPLE);
    assert_eq!(ids(&fetched), ["SP500"], "{:?}", fetched.failures);
}

#[test]
fn a_key_that_comes_back_in_an_errors_text_is_told_nowhere() {
    let text = r#"{"code":400,"message":"**symbol** of k3y-0f-m1ne is odd","status":"error"}"#;
    let server = Server::script(vec![Step::status(400, text)]);
    let settings = Settings {
        sources: vec!["twelvedata".to_owned()],
        named: true,
        keys: BTreeMap::from([("twelvedata".to_owned(), "k3y-0f-m1ne".into())]),
        base_urls: BTreeMap::from([("twelvedata".to_owned(), server.url())]),
        deadline: Duration::from_secs(15),
        ..Settings::default()
    };
    let nvidia = listed("NVIDIA");
    assert_eq!(nvidia.instrument.kind, Kind::Stock);
    let (fetched, recorder) = run_with(&query(vec![nvidia]), &settings);
    assert!(server.heads()[0].contains("k3y-0f-m1ne"), "{:?}", server.heads());
    assert_eq!(kinds(&fetched), [FailureKind::Malformed]);
    assert!(fetched.failures[0].message.contains("of REDACTED is odd"), "{}", fetched.failures[0].message);
    assert!(!format!("{:?} {:?}", fetched.failures, recorder.events()).contains("k3y-0f-m1ne"));
}
