//! A source that answers and brings nothing: how many requests that may cost, what can still be had,
//! and what the user is told.

use marketsnap::domain::Kind;
use marketsnap::fetch::{FailureKind, Want};

use crate::router::{AMPLE, asked, healthy, ids, kinds, many, typed_many};
use crate::support::server::{Server, Step};
use crate::support::{fixture, query, run, sp500, typed, want};

const DENIED: &str =
    r#"{"spark":{"result":null,"error":{"code":"Not Found","description":"No data found"}}}"#;

fn pairs(count: usize) -> Vec<Want> {
    (0..count).map(|n| want(&format!("P{n}"), &format!("P{n}=X"), Kind::Fx, "USD")).collect()
}

/// Fifty instruments in three batches, and nine pairs.
fn everything() -> Vec<Want> {
    let mut wants = many(50);
    wants.extend(pairs(9));
    wants
}

fn batches(server: &Server) -> usize {
    server.paths().iter().filter(|p| p.contains("spark")).count()
}

/// Rows of the symbol asked for, none of which has a close.
fn all_null(path: &str) -> String {
    let part = |symbol: &String| {
        format!(
            r#"{{"meta":{{"symbol":"{symbol}","currency":"USD","exchangeTimezoneName":"Europe/London"}},
            "timestamp":[1768833000,1768919400],"indicators":{{"quote":[{{"close":[null,null]}}]}}}}"#
        )
    };
    let symbols = asked(path);
    if path.contains("/chart/") {
        return format!(r#"{{"chart":{{"result":[{}],"error":null}}}}"#, part(&symbols[0]));
    }
    let parts: Vec<String> =
        symbols.iter().map(|s| format!(r#"{{"symbol":"{s}","response":[{}]}}"#, part(s))).collect();
    format!(r#"{{"spark":{{"result":[{}],"error":null}}}}"#, parts.join(","))
}

/// Asks for everything and returns what is told of the first failure, all of them being alike.
fn answers_without_closes(body: impl Fn(&str) -> String + Send + Sync + 'static) {
    let server = Server::new(move |_, path| Step::ok(body(path)));
    let (fetched, _) = run(&query(everything()), &server.url(), AMPLE);
    assert_eq!((batches(&server), server.count()), (3, 6), "{:?}", server.paths());
    assert_eq!(kinds(&fetched), [FailureKind::Outage; 59]);
    for failure in &fetched.failures {
        assert_eq!(failure.reason, "yahoo answers without closes");
        assert!(failure.message.ends_with(": yahoo answers without closes"), "{}", failure.message);
        assert!(failure.retryable);
    }
}

#[test]
fn an_empty_result_for_everything_costs_three_batches_and_three_charts() {
    answers_without_closes(|_| r#"{"spark":{"result":[],"error":null}}"#.to_owned());
}

#[test]
fn a_result_of_null_for_everything_costs_three_batches_and_three_charts() {
    answers_without_closes(|path| {
        let root = if path.contains("spark") { "spark" } else { "chart" };
        format!(r#"{{"{root}":{{"result":null,"error":null}}}}"#)
    });
}

#[test]
fn closes_that_are_all_null_cost_three_batches_and_three_charts() {
    answers_without_closes(all_null);
}

#[test]
fn a_single_answer_for_every_symbol_costs_three_batches_and_three_charts() {
    // Each chart answers with another symbol, which is no sign that the next one will have closes.
    answers_without_closes(|path| all_null(if path.contains("spark") { "?symbols=Z" } else { "/chart/Z?" }));
}

#[test]
fn twenty_instruments_without_a_close_cost_a_batch_and_a_chart() {
    let server = Server::new(|_, path| Step::ok(all_null(path)));
    let (fetched, _) = run(&query(many(20)), &server.url(), AMPLE);
    assert_eq!((kinds(&fetched), server.count()), (vec![FailureKind::NoData; 20], 2));
}

#[test]
fn typed_symbols_without_a_close_cost_three_charts() {
    let server = Server::new(|_, path| Step::ok(all_null(path)));
    let (fetched, _) = run(&query(typed_many(20)), &server.url(), AMPLE);
    assert_eq!((kinds(&fetched), server.count()), (vec![FailureKind::Outage; 20], 3));
}

#[test]
fn rows_that_no_program_can_read_cost_three_batches_and_three_charts() {
    let server = Server::script(vec![Step::ok("[]")]);
    let (fetched, _) = run(&query(everything()), &server.url(), AMPLE);
    assert_eq!((batches(&server), server.count()), (3, 6));
    assert_eq!(kinds(&fetched), [FailureKind::Malformed; 59]);
}

#[test]
fn batches_that_deny_everything_are_made_up_for_by_charts() {
    let server = Server::new(|_, path| match path.contains("spark") {
        true => Step::status(404, DENIED),
        false => healthy(path),
    });
    let mut wants = many(21);
    wants.extend(pairs(2));
    let (fetched, _) = run(&query(wants), &server.url(), AMPLE);
    assert_eq!(fetched.series.len(), 23, "{:?}", fetched.failures);
    assert_eq!((batches(&server), server.count()), (2, 2 + 21 + 2));
}

#[test]
fn a_source_that_denies_everything_costs_three_batches_and_three_charts() {
    let server = Server::new(|_, path| {
        let body = if path.contains("spark") { DENIED.into() } else { fixture("http-404-unknown.json") };
        Step::status(404, body)
    });
    let (fetched, _) = run(&query(everything()), &server.url(), AMPLE);
    assert_eq!((batches(&server), server.count()), (3, 6), "{:?}", server.paths());
    assert_eq!(kinds(&fetched), [FailureKind::Outage; 59]);
}

#[test]
fn pairs_are_asked_although_the_batch_is_denied() {
    let server = Server::new(|_, path| match path.contains("spark") {
        true => Step::status(404, DENIED),
        false => Step::ok(fixture("chart-fx-close-is-the-open.json")),
    });
    let mut wants = many(5);
    wants.push(want("EURUSD", "EURUSD=X", Kind::Fx, "USD"));
    let (fetched, _) = run(&query(wants), &server.url(), AMPLE);
    assert_eq!(ids(&fetched), ["EURUSD"]);
}

#[test]
fn typed_words_that_nobody_knows_do_not_keep_the_batch_from_its_probe() {
    let server = Server::new(|_, path| match asked(path)[0].as_str() {
        s if s.starts_with('T') => Step::status(404, fixture("http-404-unknown.json")),
        _ if path.contains("spark") => Step::status(404, DENIED),
        _ => healthy(path),
    });
    let mut wants = many(3);
    wants.extend(typed_many(4));
    let (fetched, _) = run(&query(wants), &server.url(), AMPLE);
    assert_eq!(ids(&fetched), ["I0", "I1", "I2"]);
    assert_eq!(kinds(&fetched), [FailureKind::UnknownSymbol; 4]);
}

#[test]
fn a_batch_that_stays_broken_beside_good_ones_is_asked_in_parts() {
    // Whatever asks for S3 breaks: its batch, then its half, and of the charts only its own.
    let server = Server::new(|_, path| match asked(path).contains(&"S3".to_owned()) {
        true => Step::status(502, ""),
        false => healthy(path),
    });
    let (fetched, _) = run(&query(many(40)), &server.url(), AMPLE);
    assert_eq!(fetched.series.len(), 39, "{:?}", fetched.failures);
    assert_eq!(kinds(&fetched), [FailureKind::Transport]);
    assert_eq!(fetched.failures[0].instrument.as_str(), "I3");
    let sizes: Vec<usize> =
        server.paths().iter().filter(|p| p.contains("spark")).map(|p| asked(p).len()).collect();
    // The other batch, the broken one twice, its halves beside a chart of its first symbol.
    assert_eq!(sizes, [20, 20, 20, 10, 9, 10]);
    assert_eq!(server.count(), 6 + 1 + 10 + 1);
}

#[test]
fn a_batch_of_no_use_beside_good_ones_is_asked_in_parts() {
    let server = Server::new(|_, path| match asked(path).len() == 20 && asked(path)[0] == "S0" {
        true => Step::ok("[]"),
        false => healthy(path),
    });
    let (fetched, _) = run(&query(many(40)), &server.url(), AMPLE);
    assert_eq!(fetched.series.len(), 40, "{:?}", fetched.failures);
    assert_eq!(server.count(), 2 + 1 + 2);
}

#[test]
fn broken_batches_are_made_up_for_by_charts_where_charts_are_good() {
    let server = Server::new(|_, path| match path.contains("spark") {
        true => Step::status(500, ""),
        false => healthy(path),
    });
    let mut wants = many(4);
    wants.push(typed("T0"));
    let (fetched, _) = run(&query(wants), &server.url(), AMPLE);
    assert_eq!(ids(&fetched), ["I0", "I1", "I2", "I3", "T0"]);
    // The batch twice, T0, the chart of S0, two parts twice each at most, and their three charts.
    assert!(server.count() <= 2 + 1 + 1 + 4 + 3, "{:?}", server.paths());
}

#[test]
fn a_source_that_goes_down_during_the_run_is_left_after_two_broken_requests() {
    let server = Server::new(|nth, path| if nth == 0 { healthy(path) } else { Step::status(500, "") });
    let (fetched, _) = run(&query(many(60)), &server.url(), AMPLE);
    assert_eq!(fetched.series.len(), 20);
    // The good batch, and two broken ones twice each.
    assert_eq!(server.count(), 5, "{:?}", server.paths());
    assert_eq!(fetched.failures.len(), 40);
    let reason = &fetched.failures[0].reason;
    assert_eq!(reason, "it answered with status 500");
    assert!(fetched.failures.iter().all(|f| f.reason == *reason));
}

#[test]
fn the_reason_is_the_same_for_all_that_one_end_hit_and_names_no_instrument() {
    let server = Server::script(vec![Step::status(429, "").with("Retry-After", "3600")]);
    let mut wants = everything();
    wants.push(sp500());
    let (fetched, _) = run(&query(wants), &server.url(), AMPLE);
    assert_eq!(fetched.failures.len(), 60);
    for failure in &fetched.failures {
        assert_eq!(failure.reason, "it refuses further requests for now (status 429)");
        assert!(failure.message.ends_with(&failure.reason), "{}", failure.message);
        assert!(failure.message.contains(failure.instrument.as_str()), "{}", failure.message);
    }
}
