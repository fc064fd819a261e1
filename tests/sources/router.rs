//! How a source is asked, and what becomes of it when it misbehaves: results, kinds of failure, and
//! the number of requests.

use std::collections::BTreeMap;
use std::time::Duration;

use marketsnap::domain::Kind;
use marketsnap::fetch::{Event, FailureKind, Fetched, Settings, Want};

use crate::support::server::{Server, Step};
use crate::support::{Recorder, fixture, query, run, run_with, sp500, star50, typed, want};

pub const AMPLE: Duration = Duration::from_secs(15);

/// One symbol's part of an answer: two closes, 100.5 on 19 and 101.5 on 20 January 2026.
fn part(symbol: &str) -> String {
    format!(
        r#"{{"meta":{{"currency":"USD","symbol":"{symbol}","exchangeTimezoneName":"America/New_York","dataGranularity":"1d"}},
        "timestamp":[1768833000,1768919400],"indicators":{{"quote":[{{"close":[100.5,101.5]}}]}}}}"#
    )
}

fn chart(symbol: &str) -> String {
    format!(r#"{{"chart":{{"result":[{}],"error":null}}}}"#, part(symbol))
}

fn spark(symbols: &[String]) -> String {
    let parts: Vec<String> =
        symbols.iter().map(|s| format!(r#"{{"symbol":"{s}","response":[{}]}}"#, part(s))).collect();
    format!(r#"{{"spark":{{"result":[{}],"error":null}}}}"#, parts.join(","))
}

/// The symbols a path asks for.
pub fn asked(path: &str) -> Vec<String> {
    let list = match path.split_once("symbols=") {
        Some((_, rest)) => rest.split('&').next(),
        None => path.split_once("/chart/").and_then(|(_, rest)| rest.split('?').next()),
    };
    let list = list.unwrap_or_default().replace("%5E", "^").replace("%3D", "=");
    list.split(',').map(str::to_owned).collect()
}

/// A well-behaved source that knows every symbol.
pub fn healthy(path: &str) -> Step {
    let symbols = asked(path);
    Step::ok(if path.contains("/chart/") { chart(&symbols[0]) } else { spark(&symbols) })
}

fn both() -> Vec<Want> {
    vec![sp500(), want("STAR50", "000688.SS", Kind::Index, "USD")]
}

pub fn many(count: usize) -> Vec<Want> {
    (0..count).map(|n| want(&format!("I{n}"), &format!("S{n}"), Kind::Index, "USD")).collect()
}

pub fn typed_many(count: usize) -> Vec<Want> {
    (0..count).map(|n| typed(&format!("T{n}"))).collect()
}

/// Kinds of failure, in order.
pub fn kinds(fetched: &Fetched) -> Vec<FailureKind> {
    fetched.failures.iter().map(|f| f.kind).collect()
}

pub fn ids(fetched: &Fetched) -> Vec<&str> {
    fetched.series.iter().map(|s| s.provenance.instrument.as_str()).collect()
}

/// Runs one batch of two against a script.
fn two(steps: Vec<Step>) -> (Fetched, Recorder, usize) {
    let server = Server::script(steps);
    let (fetched, recorder) = run(&query(both()), &server.url(), AMPLE);
    assert_eq!(fetched.requests, server.count(), "what is counted is what was sent");
    assert_eq!(fetched.series.len() + fetched.failures.len(), 2, "each want has one series or one failure");
    (fetched, recorder, server.count())
}

/// A script whose first answer is bad and whose second is good: one retry, and all is there.
fn heals(bad: Step) {
    let (fetched, recorder, count) =
        two(vec![bad.clone(), Step::ok(spark(&["^GSPC".into(), "000688.SS".into()]))]);
    assert_eq!(ids(&fetched), ["SP500", "STAR50"], "{bad:?}: {:?}", fetched.failures);
    assert_eq!((count, recorder.retries()), (2, 1), "{bad:?}");
}

/// A script of one bad answer, again and again.
fn ends_as(bad: Step, kind: FailureKind, requests: usize) -> Fetched {
    let (fetched, _, count) = two(vec![bad.clone()]);
    assert_eq!(kinds(&fetched), [kind, kind], "{bad:?}: {:?}", fetched.failures);
    assert_eq!(count, requests, "{bad:?}");
    for failure in &fetched.failures {
        assert_eq!(failure.source, "yahoo");
        assert!(failure.message.contains(failure.instrument.as_str()), "{}", failure.message);
        assert!(failure.message.contains("yahoo"), "{}", failure.message);
        assert!(!failure.hint.is_empty());
        assert!(!failure.message.contains("http"), "an address in {}", failure.message);
        assert!(!failure.message.contains('<'), "{}", failure.message);
    }
    fetched
}

#[test]
fn a_batch_is_one_request_with_our_name_and_without_cookies() {
    let server = Server::new(|_, path| healthy(path));
    let (fetched, recorder) = run(&query(both()), &server.url(), AMPLE);
    assert_eq!(ids(&fetched), ["SP500", "STAR50"]);
    assert_eq!(fetched.failures, []);
    assert_eq!(server.paths(), ["/v7/finance/spark?symbols=%5EGSPC,000688.SS&range=2y&interval=1d"]);
    let head = server.heads()[0].to_lowercase();
    assert!(head.contains("user-agent: mozilla/5.0 (compatible; marketsnap/"), "{head}");
    assert!(head.contains("accept: application/json") && head.contains("accept-encoding: gzip"), "{head}");
    assert!(!head.contains("cookie") && !head.contains("referer"), "{head}");
    let events = recorder.events();
    let waiting = |instruments| Event::Waiting { source: "yahoo".to_owned(), instruments };
    assert_eq!(events[..2], [Event::Started { requests: 1 }, waiting(2)]);
    assert_eq!(events[3..], [waiting(0)]);
    let Event::Request { source, method, status, outcome, .. } = &events[2] else { panic!("{events:?}") };
    assert_eq!((source.as_str(), method.as_str(), *status), ("yahoo", "GET", Some(200)));
    assert_eq!(outcome, "2 of 2 found");
}

#[test]
fn a_prefix_in_the_address_is_kept_and_its_password_is_shown_nowhere() {
    let server = Server::new(|_, path| healthy(path));
    let base = server.url().replace("http://", "http://me:s3cret@") + "/mirror/?x=1";
    let (fetched, recorder) = run(&query(both()), &base, AMPLE);
    assert_eq!(fetched.series.len(), 2);
    assert!(server.paths()[0].starts_with("/mirror/v7/finance/spark?symbols="), "{:?}", server.paths());
    assert!(!format!("{:?}", recorder.events()).contains("s3cret"));
}

#[test]
fn a_user_agent_is_sent_as_given_and_one_that_is_no_header_is_replaced() {
    for (given, sent) in
        [("me/1.0", "user-agent: me/1.0"), ("bad\nname", "user-agent: mozilla/5.0 (compatible")]
    {
        let server = Server::new(|_, path| healthy(path));
        let settings = Settings {
            sources: vec!["yahoo".to_owned()],
            base_urls: BTreeMap::from([("yahoo".to_owned(), server.url())]),
            deadline: AMPLE,
            user_agent: Some(given.to_owned()),
            ..Settings::default()
        };
        let (fetched, _) = run_with(&query(both()), &settings);
        assert_eq!(fetched.series.len(), 2);
        assert!(server.heads()[0].to_lowercase().contains(sent), "{:?}", server.heads());
    }
}

#[test]
fn results_come_in_the_order_of_the_wants_whatever_the_order_of_the_answers() {
    let server = Server::new(|_, path| match healthy(path) {
        late if path.contains("spark") => Step::Late(Duration::from_millis(200), Box::new(late)),
        soon => soon,
    });
    let wants =
        vec![want("A", "A", Kind::Index, "USD"), typed("B"), want("C", "C", Kind::Index, "USD"), typed("D")];
    let (fetched, _) = run(&query(wants), &server.url(), AMPLE);
    assert_eq!(ids(&fetched), ["A", "B", "C", "D"]);
    assert_eq!(server.count(), 3);
    let described: Vec<&str> = fetched.described.keys().map(|id| id.as_str()).collect();
    assert_eq!(described, ["B", "D"]);
}

#[test]
fn a_short_pause_is_kept_once_and_the_request_sent_again() {
    let pause = Step::status(429, fixture("http-429-edge.txt")).with("Retry-After", "1");
    let (fetched, recorder, count) = two(vec![pause, Step::ok(spark(&["^GSPC".into(), "000688.SS".into()]))]);
    assert_eq!((fetched.series.len(), count), (2, 2));
    let paused = Event::Throttled { source: "yahoo".to_owned(), wait: Duration::from_secs(1) };
    assert!(recorder.events().contains(&paused), "{:?}", recorder.events());
}

#[test]
fn a_second_refusal_after_the_pause_ends_the_source() {
    let pause = Step::status(429, "").with("Retry-After", "1");
    ends_as(pause, FailureKind::Throttled, 2);
}

#[test]
fn a_pause_beyond_the_deadline_ends_the_source_and_says_until_when() {
    // Asked at 08:30 UTC. Without a time it is three minutes; an hour is 09:30; the date says so itself.
    for (header, until) in [
        (None, "08:33"),
        (Some("3600"), "09:30"),
        (Some("soon"), "08:33"),
        (Some("Wed, 21 Jan 2026 10:15:00 GMT"), "10:15"),
    ] {
        let step = Step::status(429, fixture("http-429-edge.txt"));
        let step = header.map_or(step.clone(), |h| step.with("Retry-After", h));
        let fetched = ends_as(step, FailureKind::Throttled, 1);
        let hint = &fetched.failures[0].hint;
        assert!(hint.starts_with(&format!("try again after {until} UTC")), "{hint}");
        assert!(fetched.failures[0].retryable);
    }
}

#[test]
fn a_refusal_stops_at_once_and_is_not_retried() {
    let denied = || fixture("http-999-denied.html");
    for status in [403, 999] {
        let fetched = ends_as(Step::status(status, denied()), FailureKind::Blocked, 1);
        assert!(fetched.failures[0].hint.contains("the mirror set with MARKETSNAP_YAHOO_URL"));
    }
    ends_as(Step::ok(fixture("html-consent.html")), FailureKind::Blocked, 1);
    let fetched =
        ends_as(Step::status(401, fixture("http-401-finance-root.json")), FailureKind::Unauthorised, 1);
    assert!(fetched.failures[0].message.contains("Invalid Crumb"));
    ends_as(Step::status(404, fixture("http-404-bare.txt")), FailureKind::Throttled, 1);
}

#[test]
fn after_a_refusal_no_further_request_is_sent() {
    // Three go out at once; their refusals stop the other seven.
    let server = Server::script(vec![Step::status(403, "")]);
    let (fetched, _) = run(&query(typed_many(10)), &server.url(), AMPLE);
    assert_eq!(kinds(&fetched), [FailureKind::Blocked; 10]);
    assert_eq!(server.count(), 3);
}

#[test]
fn a_redirect_to_another_host_is_a_block_and_names_it() {
    let away = Step::status(302, "").with("Location", "https://guce.yahoo.com/consent?x=1");
    let fetched = ends_as(away, FailureKind::Blocked, 1);
    assert!(
        fetched.failures[0].message.contains("redirected to guce.yahoo.com"),
        "{}",
        fetched.failures[0].message
    );
}

#[test]
fn a_redirect_to_another_name_of_the_same_machine_is_not_followed() {
    let server = Server::new(|_, path| {
        let port = path.split('/').nth(2).unwrap_or("9");
        Step::status(302, "").with("Location", &format!("http://localhost:{port}/elsewhere"))
    });
    // The script cannot know its own port, so the address tells it: the prefix is kept in the path.
    let port = server.url().rsplit_once(':').map(|(_, p)| p.to_owned()).unwrap();
    let (fetched, _) = run(&query(vec![typed("T0")]), &format!("{}/port/{port}", server.url()), AMPLE);
    assert_eq!(kinds(&fetched), [FailureKind::Blocked]);
    assert_eq!(server.count(), 1);
}

#[test]
fn requests_that_were_on_their_way_share_the_pause() {
    let server = Server::new(|nth, path| match nth {
        0..=2 => Step::status(429, "").with("Retry-After", "1"),
        _ => healthy(path),
    });
    let (fetched, recorder) = run(&query(typed_many(3)), &server.url(), AMPLE);
    assert_eq!((ids(&fetched), server.count()), (vec!["T0", "T1", "T2"], 6));
    let pauses = recorder.events().iter().filter(|e| matches!(e, Event::Throttled { .. })).count();
    assert_eq!(pauses, 1);
}

#[test]
fn a_redirect_on_the_same_host_is_followed_once() {
    let server = Server::new(|nth, path| match nth {
        0 => Step::status(302, "").with("Location", &format!("{path}&moved=1")),
        _ => healthy(path),
    });
    let (fetched, _) = run(&query(both()), &server.url(), AMPLE);
    assert_eq!((fetched.series.len(), server.count()), (2, 2));
    let circle = Server::script(vec![Step::status(302, "").with("Location", "/again")]);
    let (fetched, _) = run(&query(both()), &circle.url(), AMPLE);
    assert_eq!((kinds(&fetched), circle.count()), (vec![FailureKind::Blocked; 2], 2));
}

#[test]
fn a_server_error_heals() {
    heals(Step::status(503, fixture("html-consent.html")));
}

#[test]
fn a_reset_heals() {
    heals(Step::Reset);
}

#[test]
fn a_truncated_body_heals() {
    heals(Step::Truncated(spark(&["^GSPC".into(), "000688.SS".into()]).into_bytes()));
}

#[test]
fn an_empty_body_heals() {
    heals(Step::ok(""));
}

#[test]
fn half_a_document_heals() {
    let whole = spark(&["^GSPC".into(), "000688.SS".into()]);
    heals(Step::ok(whole.as_bytes()[..whole.len() / 2].to_vec()));
}

#[test]
fn a_damaged_gzip_stream_heals() {
    let mut stream = gzip(spark(&["^GSPC".into()]).as_bytes());
    // The complement of the block's length, which then does not agree.
    stream[13] ^= 0xff;
    heals(Step::ok(stream).with("Content-Encoding", "gzip"));
}

#[test]
fn gzip_is_unpacked_when_announced_and_a_transport_error_when_not() {
    let stream = gzip(spark(&["^GSPC".into(), "000688.SS".into()]).as_bytes());
    let (fetched, _, count) = two(vec![Step::ok(stream.clone()).with("Content-Encoding", "gzip")]);
    assert_eq!((fetched.series.len(), count), (2, 1));
    ends_as(Step::ok(stream), FailureKind::Transport, 2);
}

/// A gzip stream of one stored block.
fn gzip(data: &[u8]) -> Vec<u8> {
    let mut crc = u32::MAX;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    let length = u16::try_from(data.len()).unwrap();
    let mut stream = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend(data);
    stream.extend((!crc).to_le_bytes());
    stream.extend(u32::from(length).to_le_bytes());
    stream
}

#[test]
fn a_server_that_stays_broken_is_asked_twice() {
    let fetched = ends_as(Step::status(500, ""), FailureKind::Transport, 2);
    let hint = &fetched.failures[0].hint;
    assert!(hint.contains("marketsnap today --demo") && hint.contains("status 500"), "{hint}");
    assert!(!hint.contains("connection"), "{hint}");
    assert!(fetched.failures[0].retryable);
}

#[test]
fn text_that_is_no_http_is_a_transport_error() {
    ends_as(Step::Noise, FailureKind::Transport, 2);
}

#[test]
fn bad_json_twice_is_malformed() {
    ends_as(Step::ok("{\"spark\":"), FailureKind::Malformed, 2);
}

#[test]
fn nobody_there_is_a_transport_error_without_an_address() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (fetched, recorder) = run(&query(both()), &format!("http://127.0.0.1:{port}"), AMPLE);
    assert_eq!(kinds(&fetched), [FailureKind::Transport; 2]);
    // One address alone that cannot be reached is not tried again.
    assert_eq!((fetched.requests, recorder.retries()), (1, 0));
    assert!(fetched.failures[0].message.contains("no connection"), "{}", fetched.failures[0].message);
}

#[test]
fn an_address_that_is_none_is_told_without_a_request() {
    let (fetched, _) = run(&query(both()), "not a url", AMPLE);
    assert_eq!((kinds(&fetched), fetched.requests), (vec![FailureKind::Transport; 2], 0));
    assert!(fetched.failures[0].message.contains("MARKETSNAP_YAHOO_URL"), "{}", fetched.failures[0].message);
}

#[test]
fn a_body_beyond_the_cap_is_refused_and_not_asked_for_again() {
    let fetched = ends_as(Step::ok(vec![b' '; 9 * 1024 * 1024]), FailureKind::Malformed, 1);
    assert!(fetched.failures[0].message.contains("larger than 8 MiB"), "{}", fetched.failures[0].message);
}

#[test]
fn two_requests_that_stay_broken_take_the_source_down() {
    let server = Server::script(vec![Step::status(500, "")]);
    let (fetched, _) = run(&query(typed_many(8)), &server.url(), AMPLE);
    assert_eq!(kinds(&fetched), [FailureKind::Transport; 8]);
    // Each of eight asked twice would be sixteen.
    assert!(server.count() < 16, "{} requests", server.count());
}

#[test]
fn a_server_that_hangs_is_left_at_the_deadline_with_what_could_be_had() {
    let server = Server::new(
        |_, path| if asked(path).contains(&"S0".to_owned()) { healthy(path) } else { Step::Hang },
    );
    let (fetched, _) = run(&query(many(21)), &server.url(), Duration::from_secs(1));
    assert_eq!(fetched.series.len(), 20);
    assert_eq!(kinds(&fetched), [FailureKind::Timeout]);
    assert_eq!(fetched.failures[0].instrument.as_str(), "I20");
    assert!(fetched.failures[0].hint.contains("--timeout"));
    assert_eq!(server.count(), 2);
}

#[test]
fn a_body_that_drips_past_the_deadline_is_a_timeout_and_one_that_arrives_is_read() {
    let slow = Server::script(vec![Step::Drip(Duration::from_millis(100), chart("T0").into_bytes())]);
    let (fetched, _) = run(&query(typed_many(1)), &slow.url(), Duration::from_millis(700));
    assert_eq!((kinds(&fetched), slow.count()), (vec![FailureKind::Timeout], 1));
    let steady = Server::script(vec![Step::Drip(Duration::from_micros(10), chart("T0").into_bytes())]);
    let (fetched, _) = run(&query(typed_many(1)), &steady.url(), AMPLE);
    assert_eq!(ids(&fetched), ["T0"]);
}

#[test]
fn no_time_at_all_asks_nothing_and_fails_everything() {
    let (fetched, _) = run(&query(both()), "http://127.0.0.1:9", Duration::ZERO);
    assert_eq!((kinds(&fetched), fetched.requests), (vec![FailureKind::Timeout; 2], 0));
}

#[test]
fn a_batch_that_is_too_large_is_halved() {
    let server = Server::new(|_, path| match asked(path).len() {
        11.. => Step::status(400, fixture("http-400-too-many-symbols.json")),
        _ => healthy(path),
    });
    let (fetched, _) = run(&query(many(20)), &server.url(), AMPLE);
    assert_eq!(fetched.series.len(), 20);
    let sizes: Vec<usize> = server.paths().iter().map(|p| asked(p).len()).collect();
    assert_eq!(sizes, [20, 10, 10]);
}

#[test]
fn a_symbol_the_batch_left_out_is_asked_alone_and_unknown_if_denied() {
    let server = Server::new(|_, path| {
        if path.contains("/chart/") {
            return Step::status(404, fixture("http-404-unknown.json"));
        }
        Step::ok(fixture("spark-v7-two-symbols-one-omitted.json"))
    });
    let (fetched, recorder) = run(&query(vec![sp500(), star50()]), &server.url(), AMPLE);
    assert_eq!(ids(&fetched), ["SP500"]);
    assert_eq!(kinds(&fetched), [FailureKind::UnknownSymbol]);
    assert_eq!(
        fetched.failures[0].message,
        "no closes of STAR50 from yahoo (symbol 000688.SS): the symbol is not known there"
    );
    assert!(fetched.failures[0].hint.contains("yahoo does not serve it now"));
    assert_eq!(server.count(), 2);
    let started: Vec<Event> =
        recorder.events().into_iter().filter(|e| matches!(e, Event::Started { .. })).collect();
    assert_eq!(started, [Event::Started { requests: 1 }, Event::Started { requests: 1 }]);
}

#[test]
fn a_single_row_is_kept_when_the_chart_has_no_more() {
    let server = Server::new(|_, path| {
        if path.contains("/chart/") {
            return Step::status(404, fixture("http-404-unknown.json"));
        }
        Step::ok(fixture("spark-v7-one-row.json"))
    });
    let (fetched, _) = run(&query(vec![sp500(), star50()]), &server.url(), AMPLE);
    assert_eq!(ids(&fetched), ["SP500", "STAR50"]);
    assert_eq!(fetched.series[1].bars().len(), 1);
    assert_eq!(server.count(), 2);
}

#[test]
fn a_chart_replaces_what_the_batch_had() {
    let server = Server::new(|_, path| {
        Step::ok(fixture(if path.contains("/chart/") {
            "chart-jump-with-its-split.json"
        } else {
            "spark-v7-jump-that-may-be-a-split.json"
        }))
    });
    let wants = vec![sp500(), want("NVIDIA", "NVDA", Kind::Stock, "USD")];
    let (fetched, _) = run(&query(wants), &server.url(), AMPLE);
    // On the new basis the close before the split is 120.5 and not 480.
    assert_eq!(fetched.series[1].bars()[0].close.to_bits(), 120.5_f64.to_bits());
    assert_eq!(fetched.series[1].splits.len(), 1);
}

#[test]
fn a_batch_of_which_all_are_denied_is_an_outage_after_one_chart_more() {
    let server = Server::script(vec![Step::status(404, fixture("http-404-spark-all-unknown.json"))]);
    let (fetched, _) = run(&query(many(5)), &server.url(), AMPLE);
    assert_eq!(kinds(&fetched), [FailureKind::Outage; 5]);
    assert!(fetched.failures[0].retryable);
    assert_eq!(server.count(), 2);
}

#[test]
fn a_batch_without_anything_is_followed_by_one_chart_and_by_the_others_only_if_that_has_closes() {
    let empty = fixture("chart-result-null.json");
    let server = Server::script(vec![Step::ok(empty.clone())]);
    let (fetched, _) = run(&query(many(5)), &server.url(), AMPLE);
    assert_eq!((kinds(&fetched), server.count()), (vec![FailureKind::NoData; 5], 2));
    let server = Server::new(move |nth, path| if nth == 0 { Step::ok(empty.clone()) } else { healthy(path) });
    let (fetched, _) = run(&query(many(3)), &server.url(), AMPLE);
    assert_eq!((ids(&fetched), server.count()), (vec!["I0", "I1", "I2"], 4));
}

#[test]
fn a_denied_symbol_beside_an_empty_one_is_unknown() {
    let server = Server::new(|_, path| match asked(path)[0].as_str() {
        "T0" => Step::status(404, fixture("http-404-unknown.json")),
        _ => Step::ok(fixture("chart-result-empty.json")),
    });
    let (fetched, _) = run(&query(typed_many(2)), &server.url(), AMPLE);
    assert_eq!(kinds(&fetched), [FailureKind::UnknownSymbol, FailureKind::NoData]);
}

#[test]
fn typed_symbols_that_are_all_denied_are_an_outage_after_three_requests() {
    let server = Server::script(vec![Step::status(404, fixture("http-404-unknown.json"))]);
    let (fetched, _) = run(&query(typed_many(9)), &server.url(), AMPLE);
    assert_eq!(kinds(&fetched), [FailureKind::Outage; 9]);
    assert_eq!(server.count(), 3);
}

#[test]
fn denied_symbols_are_unknown_once_another_is_known() {
    let server = Server::new(|_, path| match asked(path)[0].as_str() {
        "T0" | "T1" | "T2" => Step::status(404, fixture("http-404-unknown.json")),
        _ => Step::Late(Duration::from_millis(300), Box::new(healthy(path))),
    });
    let mut wants = typed_many(5);
    wants.push(sp500());
    let (fetched, _) = run(&query(wants), &server.url(), AMPLE);
    assert_eq!(kinds(&fetched), [FailureKind::UnknownSymbol; 3]);
    assert_eq!(ids(&fetched), ["T3", "T4", "SP500"]);
}

#[test]
fn the_only_symbol_asked_is_believed_to_be_unknown() {
    let server = Server::script(vec![Step::status(404, fixture("http-404-unknown.json"))]);
    let (fetched, _) = run(&query(typed_many(1)), &server.url(), AMPLE);
    assert_eq!(kinds(&fetched), [FailureKind::UnknownSymbol]);
    assert!(!fetched.failures[0].retryable);
    assert_eq!(server.count(), 1);
}

#[test]
fn a_batch_of_one_that_is_denied_is_asked_by_chart() {
    let server = Server::new(|_, path| {
        if path.contains("spark") {
            Step::status(404, fixture("http-404-spark-all-unknown.json"))
        } else {
            healthy(path)
        }
    });
    let (fetched, _) = run(&query(vec![sp500()]), &server.url(), AMPLE);
    assert_eq!((ids(&fetched), server.count()), (vec!["SP500"], 2));
}

#[test]
fn a_second_source_is_asked_for_what_the_first_did_not_have() {
    let server = Server::script(vec![Step::status(403, "")]);
    let settings = Settings {
        sources: vec!["yahoo".to_owned(), "demo".to_owned()],
        base_urls: BTreeMap::from([("yahoo".to_owned(), server.url())]),
        deadline: AMPLE,
        user_agent: None,
        ..Settings::default()
    };
    let (fetched, _) =
        run_with(&query(vec![want("NOSUCH", "NOSUCH", Kind::Stock, "USD"), sp500()]), &settings);
    assert_eq!(fetched.series[0].provenance.source, "demo");
    // What no source had is told as the first one told it.
    assert_eq!((fetched.failures[0].source.as_str(), kinds(&fetched)), ("yahoo", vec![FailureKind::Blocked]));
}

#[test]
fn a_catalogue_instrument_without_a_symbol_is_not_covered() {
    let mut bare = sp500();
    bare.instrument.symbols.clear();
    let (fetched, _) = run(&query(vec![bare]), "http://127.0.0.1:9", AMPLE);
    assert_eq!((kinds(&fetched), fetched.requests), (vec![FailureKind::NotCovered], 0));
}

#[test]
fn a_word_of_dots_is_never_put_into_a_path() {
    for word in ["..", ".", "%"] {
        let mut dots = typed(word);
        dots.instrument.symbols.insert("yahoo".to_owned(), word.to_owned());
        let (fetched, _) = run(&query(vec![dots]), "http://127.0.0.1:9", AMPLE);
        assert_eq!((kinds(&fetched), fetched.requests), (vec![FailureKind::NotCovered], 0), "{word}");
    }
}

#[test]
fn a_symbol_never_changes_the_path() {
    let server = Server::new(|_, path| healthy(path));
    run(&query(vec![typed("../../A?b#c\\d;%2f")]), &server.url(), AMPLE);
    let (path, _) = server.paths()[0].split_once('?').map(|(p, q)| (p.to_owned(), q.to_owned())).unwrap();
    assert_eq!(path, "/v8/finance/chart/..%2F..%2FA%3FB%23C%5CD%3B%252F");
}
