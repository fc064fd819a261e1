//! `marketsnap sources`: what is remembered is told, a probe asks each source once, and a memory that is
//! damaged, hostile or out of reach costs nothing but itself.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Output;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::replay::Replay;
use crate::support::server::{Server, Step};
use crate::{code, json, program, stderr};

const NOBODY: &str = "http://127.0.0.1:9";

/// A home of its own, with what is remembered in it.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn memory(&self) -> PathBuf {
        self.0.path().join(".local/state/marketsnap/sources.json")
    }

    fn remember(&self, text: impl AsRef<[u8]>) {
        std::fs::create_dir_all(self.memory().parent().unwrap()).unwrap();
        std::fs::write(self.memory(), text).unwrap();
    }

    /// A home that remembers this of a source that is asked at [`NOBODY`].
    fn with(entry: Value) -> Self {
        let home = Self::new();
        home.remember(json!({"sources": {"yahoo at 127.0.0.1:9": entry}}).to_string());
        home
    }

    fn run(&self, args: &[&str], base: &str) -> Output {
        program(args, base).env("HOME", self.0.path()).output().unwrap()
    }

    /// The row of Yahoo, from the JSON.
    fn row(&self, base: &str) -> Value {
        let output = self.run(&["sources", "--json"], base);
        assert_eq!((code(&output), stderr(&output)), (Some(0), String::new()));
        let report = json(&output);
        report["sources"].as_array().unwrap().iter().find(|s| s["name"] == "yahoo").unwrap().clone()
    }

    fn table(&self, args: &[&str], base: &str) -> String {
        let output = self.run(&[&["sources"], args].concat(), base);
        assert_eq!((code(&output), stderr(&output)), (Some(0), String::new()));
        String::from_utf8(output.stdout).unwrap()
    }
}

/// An instant so many seconds from now, as the memory writes it.
#[allow(clippy::disallowed_methods)]
fn in_seconds(seconds: i64) -> DateTime<Utc> {
    Utc::now() + TimeDelta::seconds(seconds)
}

#[test]
fn in_a_fresh_home_every_source_is_told_and_nobody_is_asked() {
    let home = Home::new();
    let report = json(&home.run(&["sources", "--json"], NOBODY));
    assert_eq!((&report["schema"], &report["probed"]), (&"marketsnap.sources/1".into(), &false.into()));
    assert_eq!(report["usual_order"], true);
    let sources = report["sources"].as_array().unwrap();
    let names: Vec<&str> = sources.iter().map(|s| s["name"].as_str().unwrap()).collect();
    let mut known: Vec<&str> = marketsnap::fetch::source_names().filter(|n| *n != "demo").collect();
    known.sort_unstable();
    let mut told = names.clone();
    told.sort_unstable();
    assert_eq!(told, known);
    let order: Vec<&str> = report["order"].as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect();
    assert_eq!(&names[..order.len()], order, "those of the order come first");
    for source in sources {
        let expected = if source["key"].is_null() { "unknown" } else { "no_key" };
        assert_eq!(source["state"], expected, "{source}");
        assert!(source["reason"].is_string() && source["last_success"].is_null(), "{source}");
        assert_eq!(source["position"].is_null(), source["left_out"].is_string(), "{source}");
    }
    assert!(!home.memory().exists());
    let table = home.table(&[], NOBODY);
    assert!(table.lines().all(|l| l.chars().count() <= 80), "{table}");
    for name in names {
        assert!(table.lines().any(|l| l.starts_with(&format!("{name} "))), "{name}: {table}");
    }
}

#[test]
fn the_json_has_every_documented_key() {
    let home = Home::new();
    let replay = Replay::start();
    let report = json(&home.run(&["sources", "--json", "--probe", "--source", "yahoo"], &replay.url()));
    // The keys of a parsed object are in the order of the alphabet.
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(keys(&report), "generated_at memory order probed schema sources usual_order");
    let source = &report["sources"][0];
    let row = "address asked_at closes covers key last_success latency_ms left_out limits name page position \
               probe reason requests_today state terms title until";
    assert_eq!(keys(source), row);
    assert_eq!(keys(&source["covers"]), "by_symbol ids instruments");
    assert_eq!(keys(&source["limits"]), "a_day a_run burst in_flight patience_seconds seconds_between");
    assert_eq!(keys(&source["address"]), "replaced variable");
    assert_eq!(keys(&source["probe"]), "answered close date id latency_ms reason requests symbol");
    let limits = &source["limits"];
    assert_eq!(
        (&limits["burst"], &limits["seconds_between"], &limits["a_day"]),
        (&3.into(), &0.5.into(), &Value::Null)
    );
    assert_eq!(source["address"], json!({"variable": "MARKETSNAP_YAHOO_URL", "replaced": true}));
}

#[test]
fn a_probe_asks_once_for_an_index_and_is_remembered() {
    let home = Home::new();
    let replay = Replay::start();
    let output = home.run(&["sources", "--json", "--probe", "--source", "yahoo"], &replay.url());
    assert_eq!((code(&output), stderr(&output)), (Some(0), String::new()));
    assert_eq!(replay.paths().len(), 1, "{:?}", replay.paths());
    let probe = &json(&output)["sources"][0]["probe"];
    // The newest close of STAR 50 that the demo holds.
    assert_eq!((&probe["id"], &probe["symbol"]), (&"STAR50".into(), &"000688.SS".into()));
    assert_eq!((&probe["answered"], &probe["reason"]), (&true.into(), &Value::Null));
    assert_eq!((&probe["requests"], &probe["date"]), (&1.into(), &"2026-01-23".into()));
    assert!(probe["close"].is_f64() && probe["latency_ms"].is_u64(), "{probe}");
    let row = home.row(&replay.url());
    assert_eq!(
        (&row["state"], &row["requests_today"], &row["probe"]),
        (&"up".into(), &1.into(), &Value::Null)
    );
    assert!(
        row["last_success"].is_string() && row["latency_ms"].is_u64() && row["reason"].is_null(),
        "{row}"
    );
    let table = home.table(&["--probe", "--source", "yahoo"], &replay.url());
    assert!(
        table.contains("Asked now: STAR50 (000688.SS): ") && table.contains(" on 2026-01-23, in "),
        "{table}"
    );
}

#[test]
fn a_probe_that_nobody_answers_tells_the_table_and_exits_with_5() {
    let home = Home::new();
    let output = home.run(&["sources", "--probe", "--source", "yahoo", "--timeout", "20"], NOBODY);
    assert_eq!(code(&output), Some(5));
    assert!(stderr(&output).starts_with("error: no source answered\n  hint: "), "{}", stderr(&output));
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.contains("down") && table.contains("no connection"), "{table}");
}

#[test]
fn a_source_that_does_not_answer_ends_a_probe_in_time_and_is_down() {
    let home = Home::new();
    let server = Server::new(|_, _| Step::Hang);
    let began = std::time::Instant::now();
    let args = ["sources", "--probe", "--json", "--source", "yahoo", "--timeout", "1"];
    let output = home.run(&args, &server.url());
    assert!(began.elapsed().as_secs() < 10);
    assert_eq!(code(&output), Some(5));
    let row = &json(&output)["sources"][0];
    assert_eq!((&row["state"], &row["probe"]["answered"]), (&"down".into(), &false.into()));
    assert_eq!(home.row(&server.url())["state"], "down");
}

#[test]
fn a_probe_says_each_request_where_that_is_wanted() {
    let home = Home::new();
    let replay = Replay::start();
    let output = home.run(&["sources", "--probe", "--source", "yahoo", "-vv"], &replay.url());
    let said = stderr(&output);
    assert!(said.starts_with("yahoo: GET http://127.0.0.1:") && said.contains("\n  curl "), "{said}");
    assert_eq!((code(&output), said.lines().count()), (Some(0), 2), "{said}");
}

#[test]
fn a_source_whose_key_is_not_set_is_not_asked() {
    let home = Home::new();
    let report = json(&home.run(&["sources", "--json"], NOBODY));
    for source in report["sources"].as_array().unwrap().iter().filter(|s| !s["key"].is_null()) {
        let name = source["name"].as_str().unwrap();
        let output = home.run(&["sources", "--probe", "--json", "--source", name], NOBODY);
        assert_eq!(code(&output), Some(5), "{name}");
        let probe = &json(&output)["sources"][0]["probe"];
        let reason =
            format!("not asked, because it needs a key in {}", source["key"]["variable"].as_str().unwrap());
        assert_eq!((&probe["reason"], &probe["requests"]), (&reason.into(), &0.into()), "{name}");
    }
}

#[test]
fn a_pause_is_told_by_sources_and_honoured_by_the_next_run() {
    let home = Home::new();
    let server = Server::new(|_, _| Step::status(429, "Too Many Requests").with("Retry-After", "3600"));
    assert_eq!(code(&home.run(&["today", "SP500", "--source", "yahoo"], &server.url())), Some(5));
    assert_eq!(server.count(), 1);
    let row = home.row(&server.url());
    assert_eq!((&row["state"], &row["requests_today"]), (&"throttled".into(), &1.into()));
    let until: DateTime<Utc> = row["until"].as_str().unwrap().parse().unwrap();
    assert!((in_seconds(3000)..in_seconds(3700)).contains(&until), "{until}");
    let table = home.table(&[], &server.url());
    let whole = until.format("throttled until %Y-%m-%d %H:%M UTC: ").to_string();
    assert!(table.contains(&whole), "{table}");
    assert_eq!(code(&home.run(&["today", "SP500", "--source", "yahoo"], &server.url())), Some(5));
    let probe = home.run(&["sources", "--probe", "--json", "--source", "yahoo"], &server.url());
    let probe = &json(&probe)["sources"][0]["probe"];
    let not_asked = until.format("not asked, because it is throttled until %Y-%m-%d %H:%M UTC").to_string();
    assert_eq!((&probe["reason"], &probe["requests"]), (&not_asked.into(), &0.into()));
    assert_eq!(server.count(), 1, "nobody was asked before the pause ended");
}

#[test]
fn states_are_told_with_their_reasons_and_what_no_longer_holds_is_unknown() {
    let entry = |condition: &str, until: Option<i64>| {
        let until = until.map(in_seconds);
        json!({"asked_at": in_seconds(-60), "last_success": in_seconds(-90000), "latency_ms": 120, "condition": condition,
            "reason": "it said so", "throttled_until": until, "day": in_seconds(-60).date_naive(), "requests": 7})
    };
    let told = |entry: Value| {
        let row = Home::with(entry).row(NOBODY);
        (row["state"].as_str().unwrap().to_owned(), row["reason"].as_str().unwrap_or("-").to_owned())
    };
    let said = |state: &str| (state.to_owned(), "it said so".to_owned());
    assert_eq!(told(entry("up", None)), ("up".to_owned(), "-".to_owned()));
    for state in ["blocked", "unauthorised", "down"] {
        assert_eq!(told(entry(state, None)), said(state));
    }
    assert_eq!(told(entry("throttled", Some(600))), said("throttled"));
    // Over, or of a clock that was set back.
    for until in [Some(-1), Some(3 * 86400), None] {
        let (state, reason) = told(entry("throttled", until));
        assert!(state == "unknown" && reason.starts_with("the pause it asked for is over"), "{reason}");
    }
    assert_eq!(told(entry("hibernating", None)).0, "unknown");
}

#[test]
fn a_damaged_huge_or_unreadable_memory_is_as_good_as_none() {
    let home = Home::new();
    let huge = format!("{{\"sources\": {{}}, \"x\": \"{}\"}}", "x".repeat(2 * 1024 * 1024));
    for text in ["", "{", "[1, 2]", "\u{0}", r#"{"sources": {"yahoo at 127.0.0.1:9": [1]}}"#, &huge] {
        home.remember(text);
        assert_eq!(home.row(NOBODY)["state"], "unknown", "{text:.40}");
    }
    std::fs::remove_file(home.memory()).unwrap();
    std::fs::create_dir(home.memory()).unwrap();
    assert_eq!(home.row(NOBODY)["state"], "unknown");
}

#[test]
fn a_memory_that_cannot_be_written_costs_a_probe_nothing() {
    let home = Home::new();
    home.remember("{}");
    let folder = home.memory().parent().unwrap().to_owned();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o500)).unwrap();
    let replay = Replay::start();
    let output = home.run(&["sources", "--probe", "--json", "--source", "yahoo"], &replay.url());
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!((code(&output), stderr(&output)), (Some(0), String::new()));
    let report = json(&output);
    let yahoo = report["sources"].as_array().unwrap().iter().find(|s| s["name"] == "yahoo").unwrap();
    assert_eq!((&yahoo["state"], &yahoo["requests_today"]), (&"up".into(), &1.into()));
}

#[test]
fn a_hostile_memory_prints_no_escape_sequence_and_no_nonsense() {
    let home = Home::with(json!({
        "asked_at": "+262000-01-01T00:00:00Z", "last_success": "+262000-01-01T00:00:00Z", "latency_ms": u64::MAX,
        "condition": "down", "reason": format!("\u{1b}]0;owned\u{7}\u{202e}evil\nname {}", "x".repeat(5000)),
        "throttled_until": "-262000-01-01T00:00:00Z", "day": in_seconds(0).date_naive(), "requests": u64::MAX,
    }));
    let row = home.row(NOBODY);
    assert_eq!((&row["state"], &row["last_success"]), (&"down".into(), &Value::Null));
    assert_eq!((&row["asked_at"], &row["latency_ms"]), (&Value::Null, &Value::Null));
    let reason = row["reason"].as_str().unwrap();
    assert!(reason.starts_with("evil name xxx") && reason.chars().count() <= 200, "{reason}");
    let table = home.table(&[], NOBODY);
    assert!(!table.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{table:?}");
    assert!(table.lines().all(|l| l.chars().count() <= 80), "{table}");
    // Neither does a count that cannot be break the next run.
    assert_eq!(code(&home.run(&["today", "SP500", "--source", "yahoo", "--timeout", "5"], NOBODY)), Some(5));
}

#[test]
fn names_are_checked_before_anything_is_asked() {
    let home = Home::new();
    for args in [&["sources", "--source", "nowhere"][..], &["sources", "--source", "demo", "--probe"]] {
        let output = home.run(args, NOBODY);
        assert_eq!((code(&output), output.stdout.len()), (Some(2), 0));
        assert!(stderr(&output).starts_with("error: unknown source '"), "{}", stderr(&output));
    }
    let config = home.0.path().join("config.toml");
    std::fs::write(&config, "[sources]\nnever = [\"nowhere\"]\n").unwrap();
    let mut command = program(&["sources"], NOBODY);
    let output = command.env("HOME", home.0.path()).env("MARKETSNAP_CONFIG", &config).output().unwrap();
    assert_eq!(code(&output), Some(2));
}

#[test]
fn a_source_that_the_config_forbids_has_no_place_in_the_order() {
    let home = Home::new();
    let config = home.0.path().join("config.toml");
    std::fs::write(&config, "[sources]\nnever = [\"yahoo\"]\n").unwrap();
    let mut command = program(&["sources", "--json"], NOBODY);
    let output = command.env("HOME", home.0.path()).env("MARKETSNAP_CONFIG", &config).output().unwrap();
    let report = json(&output);
    let yahoo = report["sources"].as_array().unwrap().iter().find(|s| s["name"] == "yahoo").unwrap();
    assert_eq!((&yahoo["position"], &yahoo["left_out"]), (&Value::Null, &"never".into()));
    assert_eq!(report["usual_order"], false);
}
