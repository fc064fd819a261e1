//! What an error says to do next names the command that helps, and that command exists; and what is said of requests
//! under `-v` and `-vv` holds for every source.

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

use marketsnap::fetch::{source, source_names};
use support::server::{Server, Step};

const NOBODY: &str = "http://127.0.0.1:9";

fn command(line: &str, base: &str) -> (tempfile::TempDir, Command) {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_marketsnap"));
    command.args(line.split(' ')).env_clear().env("HOME", home.path()).current_dir(home.path());
    command.stdin(Stdio::null()).env("MARKETSNAP_TIMEOUT", "5").env("MARKETSNAP_YAHOO_URL", base);
    (home, command)
}

fn run(line: &str, base: &str) -> Output {
    let (_home, mut command) = command(line, base);
    if !line.contains("--source") && !line.starts_with("history") && !line.starts_with("sources") {
        command.env("MARKETSNAP_SOURCE", "yahoo");
    }
    command.output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Where nobody is asked or nobody answers: the command line, and the commands that its error names.
const ALONE: [(&str, &[&str]); 15] = [
    ("today SP500", &["marketsnap today --demo"]),
    ("check SP500.1D>1", &["marketsnap today --demo"]),
    ("today A/B", &["marketsnap list", "marketsnap search"]),
    ("today SP500 --offline", &["without --offline"]),
    ("compare SP500", &["marketsnap list"]),
    ("today SP500 --benchmark CN-CHIPS", &["marketsnap list CN-CHIPS"]),
    ("show CN-CHIPS", &["marketsnap movers CN-CHIPS"]),
    ("history SP500", &["marketsnap today"]),
    ("history ASIA", &["marketsnap list ASIA"]),
    ("list qqqq", &["marketsnap search"]),
    ("search qqqq", &["marketsnap list"]),
    ("schema shaw", &["marketsnap schema"]),
    ("sources --probe --source yahoo", &["marketsnap sources --probe -v"]),
    ("store prune --before 2020-01-01", &["--yes"]),
    (
        "sync SP500 --source twelvedata",
        &["marketsnap sources --source twelvedata", "MARKETSNAP_TWELVEDATA_KEY"],
    ),
];

#[test]
fn an_error_names_the_command_that_helps() {
    for (line, names) in ALONE {
        let output = run(line, NOBODY);
        let said = stderr(&output).replace("\n    ", " ");
        assert!(!matches!(output.status.code(), Some(0 | 10)), "{line}: {said}");
        for name in names {
            assert!(said.contains(name), "{line}: {name}: {said}");
        }
    }
}

#[test]
fn every_command_that_an_error_names_exists() {
    for (_, names) in ALONE {
        for named in names.iter().filter_map(|name| name.strip_prefix("marketsnap ")) {
            let help = run(&format!("{} --help", named.split(' ').next().unwrap()), NOBODY);
            assert_eq!(help.status.code(), Some(0), "{named}");
        }
    }
}

#[test]
fn a_symbol_that_a_source_denies_is_told_with_the_search() {
    let denied = r#"{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found"}}}"#;
    let server = Server::new(move |_, _| Step::status(404, denied));
    let output = run("today NOSUCHTHING --benchmark NOSUCHTHING", &server.url());
    let said = stderr(&output).replace("\n    ", " ");
    assert_eq!(output.status.code(), Some(5), "{said}");
    assert!(said.contains("marketsnap search TEXT"), "{said}");
}

/// The key of every source, which nothing may show.
const KEY: &str = "s3cret+k3y/value==";

#[test]
fn each_request_of_every_source_is_one_line_and_with_vv_a_curl_line_that_hides_the_key() {
    let server = Server::new(|_, _| Step::status(404, "{}"));
    for name in source_names().filter(|name| *name != "demo") {
        let info = source(name).unwrap().info();
        for (line, each) in [("-v", 1), ("-vv", 2)] {
            let before = server.count();
            let (_home, mut command) = command(&format!("sources --probe --source {name} {line}"), NOBODY);
            command.env(info.url_variable, server.url());
            command.envs(info.key.map(|key| (key.variable, KEY)));
            let output = command.output().unwrap();
            let said = stderr(&output);
            let lines: Vec<&str> = said.lines().filter(|line| !line.contains("asking once more")).collect();
            let sent = server.count() - before;
            assert!(sent > 0, "{name}: {said}");
            let told = lines.iter().filter(|line| line.starts_with(&format!("{name}: GET http"))).count();
            let curls: Vec<&&str> = lines.iter().filter(|line| line.starts_with("  curl ")).collect();
            assert_eq!((told, curls.len()), (sent, sent * (each - 1)), "{name} {line}: {said}");
            let all = format!("{said}{}", String::from_utf8_lossy(&output.stdout));
            assert!(!all.contains("s3cret") && !all.contains("k3y"), "{name}: {all}");
            if let Some(key) = info.key.filter(|_| each == 2) {
                assert!(
                    curls.iter().all(|line| line.contains(&format!("${}", key.variable))),
                    "{name}: {curls:?}"
                );
            }
        }
    }
}

#[test]
fn a_sync_and_a_report_say_each_request_too() {
    let server = Server::new(|_, _| Step::status(404, "{}"));
    for line in ["sync SP500 -vv", "today SP500 -vv", "chart SP500 -vv", "search x -vv"] {
        let before = server.count();
        let output = run(line, &server.url());
        let said = stderr(&output);
        let sent = server.count() - before;
        assert!(sent > 0 && said.matches("yahoo: GET http://127.0.0.1").count() >= sent, "{line}: {said}");
        assert_eq!(said.matches("\n  curl -sS ").count(), sent, "{line}: {said}");
        assert!(!String::from_utf8_lossy(&output.stdout).contains("GET "), "{line}");
    }
}
