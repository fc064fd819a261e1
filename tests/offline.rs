//! What runs keep and show again, end to end: the built program against a local server, then without it.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "in tests a panic is the report; clippy knows only the functions marked as tests"
)]

#[path = "offline/composites.rs"]
mod composites;
#[path = "offline/currency.rs"]
mod currency;
#[path = "offline/history.rs"]
mod history;
#[allow(dead_code)]
#[path = "support/postgres.rs"]
mod postgres;
#[allow(dead_code)]
#[path = "cli/replay.rs"]
mod replay;
#[path = "offline/shared.rs"]
mod shared;
#[allow(dead_code)]
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use marketsnap::catalogue;
use replay::Closes;
use rusqlite::Connection;
use serde_json::Value;
use support::server::{Server, Step};

const AS_OF: &str = "2026-01-21T08:30:00Z";

/// A user whose only source is a local server, with the files that the program keeps.
struct User {
    home: tempfile::TempDir,
}

impl User {
    fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    fn command(&self, args: &[&str], url: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_marketsnap"));
        command.args(args).env_clear().env("HOME", self.home.path()).stdin(Stdio::null());
        command.env("MARKETSNAP_YAHOO_URL", url).env("MARKETSNAP_SOURCE", "yahoo");
        command
    }

    /// Runs the program with a source that has these closes and is asked for all of them.
    fn online(&self, args: &[&str], closes: &Closes) -> Output {
        let server = serving(closes);
        self.command(args, &server.url()).env("MARKETSNAP_REFRESH", "1").output().unwrap()
    }

    /// Runs the program with no source at all.
    fn alone(&self, args: &[&str]) -> Output {
        self.command(args, "http://127.0.0.1:9").output().unwrap()
    }

    fn folder(&self) -> PathBuf {
        self.home.path().join(".local/share/marketsnap")
    }

    fn store(&self) -> PathBuf {
        self.folder().join("closes.db")
    }

    /// A user whose store holds the demo's closes of these.
    fn with_closes_of(words: &[&str]) -> Self {
        let user = Self::new();
        let output = user.online(&[&["today", "--as-of", AS_OF], words].concat(), &replay::closes());
        assert_eq!((code(&output), stderr(&output)), (Some(0), String::new()));
        assert!(user.store().exists());
        user
    }
}

fn serving(closes: &Closes) -> Server {
    let (universe, closes) = (catalogue::load().unwrap(), closes.clone());
    Server::new(move |_, path| replay::answer(path, &universe, &closes))
}

/// The demo's closes with one of them changed.
fn restated(id: &str, date: &str, change: f64) -> Closes {
    let mut closes = replay::closes();
    let close = closes.get_mut(id).unwrap().iter_mut().find(|(d, _)| d.to_string() == date).unwrap();
    close.1 += change;
    closes
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", stderr(output)))
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn rows(report: &Value) -> Vec<&Value> {
    let lists = ["instruments", "composites"].map(|key| report[key].as_array().unwrap());
    lists.into_iter().flatten().collect()
}

fn row<'a>(report: &'a Value, id: &str) -> &'a Value {
    rows(report).into_iter().find(|r| r["id"] == id).unwrap_or_else(|| panic!("no row {id}"))
}

fn notes(report: &Value) -> String {
    let notes = report["notes"].as_array().unwrap();
    notes.iter().map(|n| n["message"].as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

fn files(folder: &Path) -> Vec<String> {
    let found = std::fs::read_dir(folder).map(|all| all.map(|f| f.unwrap().file_name()).collect::<Vec<_>>());
    found.unwrap_or_default().into_iter().map(|name| name.into_string().unwrap()).collect()
}

#[test]
fn a_run_without_network_shows_the_figures_of_the_run_before_from_the_store() {
    let user = User::new();
    let words = ["STAR50", "SP500", "DAX", "HSI", "ASIA", "CN-CHIPS", "--as-of", AS_OF, "--json"];
    let online = user.online(&[&["today"], &words[..]].concat(), &replay::closes());
    assert_eq!((code(&online), stderr(&online)), (Some(0), String::new()));
    let offline = user.alone(&[&["today", "--offline"], &words[..]].concat());
    assert_eq!((code(&offline), stderr(&offline)), (Some(0), String::new()));
    let (online, offline) = (json(&online), json(&offline));
    assert_eq!(offline["status"], "complete");
    assert_eq!((rows(&online).len(), &online["groups"]), (rows(&offline).len(), &offline["groups"]));
    for of_online in rows(&online) {
        let id = of_online["id"].as_str().unwrap();
        let held = row(&offline, id);
        for (key, value) in of_online.as_object().unwrap().iter().filter(|(key, _)| *key != "source") {
            assert_eq!(held[key], *value, "{id} {key}");
        }
        for key in ["name", "symbol", "fetched_at"] {
            assert_eq!(held["source"][key], of_online["source"][key], "{id} {key}");
        }
        assert_eq!(of_online["source"]["from_store"], false, "{id}");
        assert_eq!(held["source"]["from_store"], true, "{id}");
    }
    assert!(notes(&offline).contains("Offline: closes held, fetched at "), "{}", notes(&offline));
}

#[test]
fn a_comparison_and_a_days_report_are_had_from_the_store_too() {
    let user = User::with_closes_of(&["STAR50", "SP500"]);
    let compared = user.alone(&["compare", "STAR50", "SP500", "--date", "2026-01-21", "--offline", "--json"]);
    assert_eq!((code(&compared), stderr(&compared)), (Some(0), String::new()));
    let report = json(&compared);
    assert_eq!(report["instruments"][0]["close"], 1535.393);
    assert_eq!(report["instruments"][0]["source"]["from_store"], true);
}

#[test]
fn a_symbol_outside_the_catalogue_is_kept_with_its_venue_and_what_its_source_said_of_it() {
    let user = User::with_closes_of(&["TENCENT.HK"]);
    let report = json(&user.alone(&["today", "TENCENT.HK", "--offline", "--as-of", AS_OF, "--json"]));
    let share = row(&report, "TENCENT.HK");
    assert_eq!((share["exchange"].as_str(), share["currency"].as_str()), (Some("XHKG"), Some("HKD")));
    assert_eq!((share["name"].as_str(), share["kind"].as_str()), (Some("Tencent"), Some("stock")));
    // 600 to 603.
    assert!((share["moves"]["1D"]["pct"].as_f64().unwrap() - 0.5).abs() < 1e-9);
}

#[test]
fn a_restated_close_is_told_once_on_standard_error_and_in_the_report() {
    let user = User::with_closes_of(&["SP500"]);
    let again = ["today", "SP500", "--as-of", AS_OF, "--json"];
    let changed = restated("SP500", "2026-01-16", 0.5);
    let output = user.online(&again, &changed);
    let sentence = "SP500 2026-01-16 restated 6940.01 to 6940.51 by yahoo";
    assert_eq!((code(&output), stderr(&output)), (Some(0), format!("warning: {sentence}\n")));
    let report = json(&output);
    let note = report["notes"].as_array().unwrap().iter().find(|n| n["message"] == format!("{sentence}."));
    assert_eq!(note.unwrap()["kind"], "source");
    assert_eq!(stderr(&user.online(&again, &changed)), "");
    let held = json(&user.alone(&["today", "SP500", "--date", "2026-01-16", "--offline", "--json"]));
    assert_eq!(row(&held, "SP500")["close"], 6940.51);
    let quiet = user.online(&[&again[..], &["-q"]].concat(), &replay::closes());
    assert_eq!(stderr(&quiet), "");
    assert!(notes(&json(&quiet)).contains("restated 6940.51 to 6940.01"));
}

#[test]
fn an_instant_is_shown_offline_as_it_was_known_then() {
    let now = || chrono::Utc::now().format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let user = User::with_closes_of(&["SP500"]);
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let before = now();
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let (last, close) = *replay::closes()["SP500"].last().unwrap();
    user.online(&["today", "SP500"], &restated("SP500", &last.to_string(), 0.5));
    let held = |as_of: &str| json(&user.alone(&["today", "SP500", "--offline", "--json", "--as-of", as_of]));
    let (then, later) = (held(&before), held(&now()));
    assert_eq!(row(&then, "SP500")["close"], close);
    assert_eq!(row(&later, "SP500")["close"], close + 0.5);
    assert!(!notes(&then).contains("Not held yet"), "{}", notes(&then));
    assert!(notes(&held(AS_OF)).contains("Not held yet at 2026-01-21 08:30 UTC, so as known later: "));
}

/// A coin that trades at all hours: a close on each of the last days, and today's live value.
fn coin() -> (Closes, String, String) {
    let today = chrono::Utc::now().date_naive();
    let days = today.pred_opt().unwrap().iter_days().rev().take(400);
    let mut closes: Vec<_> = days.map(|d| (d, 90_000.0)).collect();
    closes.reverse();
    closes.push((today, 91_000.5));
    let mut all = replay::closes();
    all.insert("BTC".to_owned(), closes);
    (all, today.to_string(), today.pred_opt().unwrap().to_string())
}

#[test]
fn a_live_value_never_becomes_history() {
    let user = User::new();
    let (closes, today, yesterday) = coin();
    let online = json(&user.online(&["today", "BTC", "--json"], &closes));
    assert_eq!(row(&online, "BTC")["session"]["date"], today);
    assert_eq!(row(&online, "BTC")["session"]["status"], "live");
    let offline = json(&user.alone(&["today", "BTC", "--offline", "--json"]));
    assert_eq!(row(&offline, "BTC")["session"]["date"], yesterday);
    assert_eq!(row(&offline, "BTC")["session"]["status"], "settled");
    assert_eq!(row(&offline, "BTC")["close"], 90_000.0);
    let db = Connection::open(user.store()).unwrap();
    let live: i64 =
        db.query_row("SELECT count(*) FROM close WHERE close = 91000.5", [], |r| r.get(0)).unwrap();
    assert_eq!(live, 0);
}

#[test]
fn a_run_that_keeps_nothing_leaves_no_file() {
    for args in [["today", "SP500", "--no-store"], ["today", "SP500", "--demo"]] {
        let user = User::new();
        let server = serving(&replay::closes());
        let mut command = user.command(&args, &server.url());
        if args[2] == "--demo" {
            command.env_remove("MARKETSNAP_SOURCE");
            assert_eq!(
                code(&user.command(&["today", "SP500", "--no-store"], &server.url()).output().unwrap()),
                Some(0)
            );
        }
        assert_eq!(code(&command.output().unwrap()), Some(0), "{args:?}");
        assert_eq!(files(&user.folder()), Vec::<String>::new(), "{args:?}");
    }
    let user = User::new();
    let server = serving(&replay::closes());
    let mut command = user.command(&["today", "SP500"], &server.url());
    assert_eq!(code(&command.env("MARKETSNAP_NO_STORE", "1").output().unwrap()), Some(0));
    assert_eq!(files(&user.folder()), Vec::<String>::new());
}

#[test]
fn the_store_is_where_the_user_wants_it() {
    let user = User::new();
    let path = user.home.path().join("own/closes.db");
    let server = serving(&replay::closes());
    let mut command = user.command(&["today", "SP500", "--as-of", AS_OF], &server.url());
    assert_eq!(code(&command.env("MARKETSNAP_STORE", &path).output().unwrap()), Some(0));
    assert!(path.exists() && !user.folder().exists());
    let named = ["today", "SP500", "--as-of", AS_OF, "--offline", "--store", path.to_str().unwrap()];
    assert_eq!(code(&user.alone(&named)), Some(0));
}

#[test]
fn the_config_file_says_where_the_store_is_and_a_flag_outranks_it() {
    let user = User::new();
    let [lasting, other] = ["lasting.db", "other.db"].map(|name| user.home.path().join(name));
    let config = user.home.path().join(".config/marketsnap");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), format!("store = \"{}\"\n", lasting.display())).unwrap();
    user.online(&["today", "SP500", "--as-of", AS_OF], &replay::closes());
    assert!(lasting.exists() && !user.store().exists());
    assert_eq!(stdout(&user.alone(&["store", "path"])).trim_end(), lasting.to_str().unwrap());
    assert_eq!(code(&user.alone(&["history", "SP500"])), Some(0));
    assert_eq!(code(&user.alone(&["history", "SP500", "--store", other.to_str().unwrap()])), Some(5));
    // What is wrong in it is told with its line.
    std::fs::write(config.join("config.toml"), "\nstore = 7\n").unwrap();
    let wrong = user.alone(&["store", "path"]);
    assert_eq!(code(&wrong), Some(2));
    assert!(stderr(&wrong).contains("line 2: store has to be text in quotes"), "{}", stderr(&wrong));
}

#[test]
fn a_store_that_nothing_here_speaks_with_is_a_usage_error_that_repeats_no_password() {
    let output = User::new().alone(&["today", "SP500", "--store", "mysql://me:secret@host/closes"]);
    assert_eq!(code(&output), Some(2));
    let said = stderr(&output);
    assert!(said.contains("mysql://") && said.contains("not supported"), "{said}");
    assert!(!said.contains("secret"), "{said}");
}

#[test]
fn flags_that_contradict_one_another_are_refused_and_a_flag_outranks_a_variable() {
    let user = User::with_closes_of(&["SP500"]);
    for other in ["--demo", "--no-store", "--verify"] {
        let output =
            user.command(&["today", "SP500", "--offline", other], "http://127.0.0.1:9").output().unwrap();
        assert_eq!(code(&output), Some(2), "{other}");
    }
    let mut command = user.command(&["today", "SP500", "--offline", "--as-of", AS_OF], "http://127.0.0.1:9");
    assert_eq!(code(&command.env("MARKETSNAP_NO_STORE", "1").output().unwrap()), Some(0));
}

#[test]
fn nothing_held_is_exit_5_with_a_hint_and_begins_no_store() {
    let user = User::new();
    let output = user.alone(&["today", "SP500", "--offline"]);
    assert_eq!((code(&output), output.stdout.len()), (Some(5), 0));
    assert!(stderr(&output).contains("without --offline first"), "{}", stderr(&output));
    assert!(!user.folder().exists());
}

#[test]
fn some_held_and_some_not_is_exit_3() {
    let user = User::with_closes_of(&["SP500"]);
    let output = user.alone(&["today", "SP500", "DAX", "--offline", "--as-of", AS_OF]);
    assert_eq!(code(&output), Some(3));
    assert!(stderr(&output).contains("1 missing: DAX"), "{}", stderr(&output));
    assert!(stdout(&output).contains("6796.86"));
}

#[test]
fn a_store_that_cannot_be_read_is_not_said_to_hold_nothing() {
    let user = User::with_closes_of(&["SP500"]);
    Connection::open(user.store()).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let newer = user.alone(&["today", "SP500", "--offline", "--as-of", AS_OF]);
    std::fs::write(user.store(), vec![b'x'; 20_000]).unwrap();
    let damaged = user.alone(&["today", "SP500", "--offline", "--as-of", AS_OF]);
    for (output, why) in [(newer, "schema 99"), (damaged, "is damaged")] {
        let said = stderr(&output).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(code(&output), Some(5));
        assert!(said.contains("could not be read") && said.contains(why), "{said}");
        assert!(!said.contains("nothing is held") && !said.contains("without --offline"), "{said}");
    }
}

#[test]
fn a_damaged_store_is_set_aside_and_the_run_reports_and_keeps() {
    let user = User::with_closes_of(&["SP500"]);
    std::fs::write(user.store(), vec![b'x'; 20_000]).unwrap();
    let output = user.online(&["today", "SP500", "--as-of", AS_OF], &replay::closes());
    assert_eq!(code(&output), Some(0));
    assert!(stderr(&output).contains("was damaged"), "{}", stderr(&output));
    assert!(stdout(&output).contains("6796.86"));
    let aside = |name: &String| std::fs::read(user.folder().join(name)).is_ok_and(|b| b.starts_with(b"xxxx"));
    assert!(files(&user.folder()).iter().any(aside), "{:?}", files(&user.folder()));
    assert_eq!(code(&user.alone(&["today", "SP500", "--offline", "--as-of", AS_OF])), Some(0));
}

#[test]
fn a_store_that_cannot_be_made_costs_one_warning() {
    let user = User::new();
    std::fs::write(user.home.path().join(".local"), "a file where a folder should be").unwrap();
    let output = user.online(&["today", "SP500", "--as-of", AS_OF], &replay::closes());
    assert_eq!(code(&output), Some(0));
    let said = stderr(&output);
    assert_eq!(said.matches("warning:").count(), 1, "{said}");
    assert!(said.starts_with("warning: nothing of this run was kept: the store "), "{said}");
    let quiet = user.online(&["today", "SP500", "--as-of", AS_OF, "-q"], &replay::closes());
    assert_eq!((code(&quiet), stderr(&quiet)), (Some(0), String::new()));
}

#[test]
fn a_store_that_another_process_holds_costs_one_warning() {
    let user = User::with_closes_of(&["SP500"]);
    let other = Connection::open(user.store()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let output = user.online(&["today", "SP500", "--as-of", AS_OF], &replay::closes());
    assert_eq!(code(&output), Some(0));
    assert!(stderr(&output).contains("in use by another process"), "{}", stderr(&output));
    assert!(stdout(&output).contains("6796.86"));
}

#[test]
fn runs_at_the_same_time_keep_what_each_of_them_fetched() {
    let user = User::new();
    let server = serving(&replay::closes());
    let words = ["STAR50", "DAX", "HSI", "NIKKEI225", "KOSPI", "FTSE100", "CAC40", "BTC"];
    std::thread::scope(|scope| {
        for word in words {
            let mut command = user.command(&["today", word, "--as-of", AS_OF], &server.url());
            scope.spawn(move || {
                let output = command.output().unwrap();
                assert_eq!((code(&output), stderr(&output)), (Some(0), String::new()), "{word}");
            });
        }
    });
    let offline = user.alone(&[&["today", "--offline", "--as-of", AS_OF], &words[..]].concat());
    assert_eq!((code(&offline), stderr(&offline)), (Some(0), String::new()));
    assert_eq!(code(&user.alone(&["store", "verify"])), Some(0));
}

#[test]
fn what_no_source_gives_is_shown_from_the_store_with_a_warning_and_exit_3() {
    let user = User::with_closes_of(&["STAR50", "SP500"]);
    let mut closes = replay::closes();
    closes.remove("STAR50");
    let args = ["today", "STAR50", "SP500", "--as-of", AS_OF];
    let output = user.online(&[&args[..], &["--json"]].concat(), &closes);
    assert_eq!(code(&output), Some(3));
    let report = json(&output);
    assert_eq!((&report["status"], report["errors"].as_array().unwrap().len()), (&"partial".into(), 0));
    let held = row(&report, "STAR50");
    assert_eq!((&held["close"], &held["source"]["from_store"]), (&1535.393.into(), &true.into()));
    let warning = &held["warnings"][0];
    assert_eq!(warning["kind"], "from_store");
    assert!(
        warning["message"].as_str().unwrap().starts_with("STAR50: closes of yahoo from the store, fetched 2")
    );
    assert_eq!(row(&report, "SP500")["source"]["from_store"], false);
    let said = stderr(&output);
    assert!(said.contains("1 not fetched, shown from the store: STAR50"), "{said}");
    let table = stdout(&user.online(&args, &closes));
    assert!(table.contains("1535.39") && !table.contains("Not in the report"), "{table}");
    // Without the store it is missing.
    let without = user.online(&[&args[..], &["--no-store"]].concat(), &closes);
    assert_eq!(code(&without), Some(3));
    assert!(!stdout(&without).contains("1535.39"));
}

#[test]
fn a_source_that_is_down_altogether_leaves_the_report_of_the_store() {
    let user = User::with_closes_of(&["STAR50", "SP500"]);
    let server = Server::new(|_, _| Step::status(404, "gone"));
    let args = ["today", "STAR50", "SP500", "--as-of", AS_OF, "--json", "--refresh"];
    let output = user.command(&args, &server.url()).output().unwrap();
    assert_eq!(code(&output), Some(3), "{}", stderr(&output));
    let report = json(&output);
    assert!(rows(&report).iter().all(|r| r["source"]["from_store"] == true));
}
