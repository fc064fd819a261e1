//! `marketsnap wait` as a program: what it prints, how it ends, and that it stops when told to.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "in tests a panic is the report; clippy knows only the functions marked as tests"
)]

use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_marketsnap"));
    command.args(args).env_clear().stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Output {
    program(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn what_would_be_waited_for_is_printed_in_eighty_columns() {
    // Monday 9 March 2026: New York's clocks changed the day before, London's change on the 29th.
    let output = run(&[
        "wait",
        "STAR50",
        "HSI",
        "EUROPE",
        "SP500",
        "EURUSD",
        "BTC",
        "--print",
        "--as-of",
        "2026-03-09T12:00:00Z",
    ]);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
    let table = text(&output.stdout);
    assert!(table.lines().all(|l| l.chars().count() <= 80), "{table}");
    insta::assert_snapshot!("wait", table);
}

#[test]
fn a_holiday_and_a_symbol_of_a_source_are_told_in_the_table_and_in_json() {
    // Martin Luther King Day.
    let args = ["wait", "SP500", "AAPL", "--print", "--as-of", "2026-01-19T15:00:00Z"];
    let table = text(&run(&args).stdout);
    assert!(table.contains("no session") && table.contains("Nothing to wait for"), "{table}");
    assert!(table.contains("hours are not known: AAPL"), "{table}");
    let json: Value = serde_json::from_slice(&program(&args).arg("--json").output().unwrap().stdout).unwrap();
    assert_eq!(json["schema"], "marketsnap.wait/1");
    assert_eq!(
        (&json["seconds"], &json["due_at"], &json["unknown"][0]),
        (&0.into(), &Value::Null, &"AAPL".into())
    );
    assert_eq!(json["markets"][0]["status"], "no_session");
}

#[test]
fn it_needs_neither_a_home_nor_a_network_and_never_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let output =
        program(&["wait", "BTC", "--print"]).current_dir(folder.path()).env("HOME", folder.path()).output();
    assert_eq!(output.unwrap().status.code(), Some(0));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// A margin with which a coin's close lies ahead at whatever hour the tests are run: its day ends at midnight UTC, and
/// for four hours after the margin it counts as out.
fn margin() -> &'static str {
    match chrono::Timelike::hour(&chrono::Utc::now()) {
        6..18 => "0",
        _ => "720",
    }
}

#[test]
fn it_ends_with_four_once_it_has_waited_as_long_as_it_may() {
    let output = run(&["wait", "BTC", "--margin", margin(), "--at-most", "1s"]);
    let said = text(&output.stderr);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(4), 0), "{said}");
    assert!(said.contains("coin market: closes due") && said.contains("warning: not out"), "{said}");
    let quiet = run(&["wait", "BTC", "--margin", margin(), "--at-most", "1s", "--quiet"]);
    assert_eq!((quiet.status.code(), text(&quiet.stderr)), (Some(4), String::new()));
}

#[test]
fn a_signal_ends_it_at_once_with_one_hundred_and_thirty() {
    for signal in ["-INT", "-TERM"] {
        let mut child =
            program(&["wait", "BTC", "--margin", margin()]).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let told = lines.by_ref().map(Result::unwrap).find(|l| l.contains("closes due"));
        assert!(told.is_some());
        let pid = child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(130), "{signal}");
    }
}

#[test]
fn what_makes_no_sense_is_a_usage_error_before_any_wait() {
    for (args, told) in [
        (&["wait", "STAR5O"][..], "did you mean STAR50?"),
        (&["wait", "AAPL"], "hours are not known"),
        (&["wait", "BTC", "--at-most", "soon"], "90, 90s, 30m or 2h"),
        (&["wait", "BTC", "--margin", "721"], "720"),
        (&["wait", "BTC", "--json"], "--print"),
        (&["wait", "BTC", "--print", "--as-of", "+262142-12-31T00:00:00Z"], "9999"),
        (&["wait", "BTC", "--as-of", "2026-01-21T08:30:00Z"], "--print"),
    ] {
        let output = run(args);
        let said = text(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{args:?}: {said}");
        assert!(said.contains(told), "{args:?}: {said}");
    }
    // A lasting choice of JSON does not keep a wait from waiting.
    let output = program(&["wait", "BTC", "--margin", margin(), "--at-most", "1"])
        .env("MARKETSNAP_JSON", "1")
        .output();
    assert_eq!(output.unwrap().status.code(), Some(4));
}
