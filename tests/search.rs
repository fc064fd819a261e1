//! `marketsnap search` over the whole program: the catalogue first, then the sources, with the word to ask by, and the
//! exit code where one or all do not answer.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "in tests a panic is the report; clippy knows only the functions marked as tests"
)]

#[allow(dead_code)]
mod support;

use std::process::{Command, Output, Stdio};

use serde_json::Value;
use support::fixture;
use support::server::{Server, Step};

const NOBODY: &str = "http://127.0.0.1:9";

fn run(base: &str, args: &[&str]) -> Output {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_marketsnap"));
    command.arg("search").args(args).env_clear().env("HOME", home.path()).stdin(Stdio::null());
    command.env("MARKETSNAP_YAHOO_URL", base).output().unwrap()
}

fn finding(args: &[&str]) -> Output {
    let server = Server::new(|_, _| Step::ok(fixture("search-hits-of-several-kinds.json")));
    run(&server.url(), args)
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", stdout(output)))
}

#[test]
fn the_table_names_the_word_to_ask_for_and_fits_eighty_columns() {
    let output = finding(&["gold"]);
    assert_eq!((code(&output), stderr(&output)), (Some(0), String::new()));
    let table = stdout(&output);
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    insta::assert_snapshot!("search-80", table);
}

#[test]
fn a_symbol_of_the_catalogue_is_asked_for_by_its_id() {
    let found = json(&finding(&["gold", "--json"]));
    let words: Vec<&str> =
        found["symbols"].as_array().unwrap().iter().map(|s| s["word"].as_str().unwrap()).collect();
    // Of the symbols found the catalogue holds two: gold and the S&P 500.
    assert_eq!(words, ["0700.HK", "GOLD", "SP500", "NEWKIND", "EVIL"]);
    assert_eq!(found["symbols"][1]["id"], "GOLD");
    assert_eq!(found["symbols"][0]["id"], Value::Null);
    assert_eq!(found["catalogue"][0]["id"], "GOLD");
    assert_eq!(found["sources"][0]["found"], 5);
    assert_eq!(found["status"], "complete");
}

#[test]
fn a_symbol_that_is_the_word_of_something_else_is_asked_for_as_a_symbol() {
    let quotes = r#"{"quotes":[{"symbol":"ASIA"},{"symbol":"STAR5O"},{"symbol":"star50"},{"symbol":"A/B"}]}"#;
    let server = Server::new(move |_, _| Step::ok(quotes));
    let found = json(&run(&server.url(), &["nothing like it", "--json"]));
    let words: Vec<&str> =
        found["symbols"].as_array().unwrap().iter().map(|s| s["word"].as_str().unwrap()).collect();
    // ASIA is a composite, STAR5O would be taken for a slip of STAR50, and no command takes A/B.
    assert_eq!(words, ["symbol:ASIA", "symbol:STAR5O", "symbol:star50"]);
}

#[test]
fn no_more_symbols_are_shown_than_asked_for() {
    let server = Server::new(|_, _| Step::ok(fixture("search-hits-of-several-kinds.json")));
    let found = json(&run(&server.url(), &["gold", "--limit", "2", "--json"]));
    assert_eq!(found["symbols"].as_array().unwrap().len(), 2);
    assert!(server.paths()[0].contains("quotesCount=2"), "{:?}", server.paths());
}

#[test]
fn what_the_catalogue_holds_is_shown_where_a_source_does_not_answer_and_the_code_is_3() {
    let output = run(NOBODY, &["star", "--timeout", "5"]);
    assert_eq!(code(&output), Some(3));
    assert!(stdout(&output).contains("STAR50"), "{}", stdout(&output));
    let said = stderr(&output);
    assert!(said.starts_with("warning: no symbols from yahoo: no connection"), "{said}");
    assert!(said.contains("hint: ") && said.contains("marketsnap list"), "{said}");
    let quiet = run(NOBODY, &["star", "--timeout", "5", "-q"]);
    assert_eq!((code(&quiet), stderr(&quiet)), (Some(3), String::new()));
}

#[test]
fn nothing_found_is_5_with_the_ids_like_it_whoever_answered() {
    let server = Server::new(|_, _| Step::ok(fixture("search-without-hits.json")));
    let output = run(&server.url(), &["NIKKEIX"]);
    assert_eq!((code(&output), output.stdout.len()), (Some(5), 0));
    let said = stderr(&output);
    assert!(said.starts_with("error: nothing in the catalogue or at a source holds 'NIKKEIX'"), "{said}");
    assert!(said.contains("NIKKEI225") && said.contains("hint: `marketsnap list`"), "{said}");
    let nobody = run(NOBODY, &["NIKKEIX", "--timeout", "5"]);
    assert_eq!((code(&nobody), nobody.stdout.len()), (Some(5), 0));
    assert!(stderr(&nobody).contains("no symbols from yahoo"), "{}", stderr(&nobody));
    let empty = json(&run(NOBODY, &["NIKKEIX", "--json", "--timeout", "5"]));
    assert_eq!((&empty["status"], &empty["sources"][0]["kind"]), (&"empty".into(), &"transport".into()));
}

#[test]
fn a_refused_key_is_6_before_all_else() {
    let server = Server::new(|_, _| Step::status(401, "{}"));
    assert_eq!(code(&run(&server.url(), &["star"])), Some(6));
}

#[test]
fn offline_and_demo_ask_nobody_and_say_so() {
    for (flag, says) in
        [("--demo", "No source was asked: --demo."), ("--offline", "No source was asked: --offline.")]
    {
        let output = run(NOBODY, &["star", flag]);
        assert_eq!((code(&output), stderr(&output)), (Some(0), String::new()));
        assert!(stdout(&output).contains(says), "{}", stdout(&output));
        let nothing = run(NOBODY, &["qqqq", flag]);
        assert_eq!(code(&nothing), Some(5));
        assert!(stderr(&nothing).contains(&format!("run without {flag}")), "{}", stderr(&nothing));
        assert_eq!(json(&run(NOBODY, &["star", flag, "--json"]))["symbols"], Value::Array(Vec::new()));
    }
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_asked() {
    for (args, says) in [
        (&["  "][..], "nothing to look for"),
        (&["x", "--source", "tencent"], "tencent has no search"),
        (&["x", "--source", "yaho"], "did you mean yahoo"),
        (&["x", "--demo", "--offline"], "--offline and --demo cannot be used together"),
        (&["x", "--demo", "--source", "yahoo"], "--demo and --source cannot be used together"),
        (&["x", "--limit", "0"], "--limit"),
        (&["x", "--format", "png"], "--format"),
        (&["x", "-o", "x.svg"], "x.svg"),
        (&["x", "--proxy", "nowhere"], "--proxy"),
        (&["x", "--jobs", "0"], "--jobs"),
        (&[], "TEXT"),
    ] {
        let output = run(NOBODY, args);
        assert_eq!((code(&output), output.stdout.len()), (Some(2), 0), "{args:?}");
        assert!(
            stderr(&output).starts_with("error: ") && stderr(&output).contains(says),
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn a_file_has_the_format_of_its_suffix() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("found.json");
    let output = run(NOBODY, &["star", "--demo", "-o", file.to_str().unwrap()]);
    assert_eq!((code(&output), output.stdout.len()), (Some(0), 0), "{}", stderr(&output));
    let found: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!((&found["schema"], &found["demo"]), (&"marketsnap.search/1".into(), &true.into()));
}

#[test]
fn requests_go_through_the_proxy_and_those_to_this_machine_do_not() {
    let proxy = Server::new(|_, _| Step::ok(fixture("search-hits-of-several-kinds.json")));
    let output = run("http://mirror.invalid", &["gold", "--proxy", &proxy.url(), "-vv"]);
    assert_eq!(code(&output), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains(&format!(" -x '{}/' ", proxy.url())), "{}", stderr(&output));
    assert!(
        proxy.heads()[0].starts_with("GET http://mirror.invalid/v1/finance/search"),
        "{:?}",
        proxy.heads()
    );
    let here = Server::new(|_, _| Step::ok(fixture("search-hits-of-several-kinds.json")));
    assert_eq!(code(&run(&here.url(), &["gold", "--proxy", &proxy.url()])), Some(0));
    assert_eq!((here.count(), proxy.count()), (1, 1));
}
