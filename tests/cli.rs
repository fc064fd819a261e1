//! The built program against a local server that speaks Yahoo's formats: the same figures as the demo,
//! every failure with its exit code and sentence, files that appear whole, and streams kept apart.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in tests a panic is the report; clippy knows only the functions marked as tests"
)]

#[path = "cli/config.rs"]
mod config;
#[path = "cli/keys.rs"]
mod keys;
#[path = "cli/replay.rs"]
mod replay;
#[path = "cli/sources.rs"]
mod sources;
#[allow(dead_code)]
mod support;

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use replay::Replay;
use serde_json::Value;
use support::server::{Server, Step};

const AS_OF: &str = "2026-01-21T08:30:00Z";

/// A home without files of ours: what is remembered of sources belongs to the address asked.
fn home() -> &'static Path {
    static HOME: std::sync::LazyLock<tempfile::TempDir> =
        std::sync::LazyLock::new(|| tempfile::tempdir().unwrap());
    HOME.path()
}

fn program(args: &[&str], base: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_marketsnap"));
    command.args(args).env_clear().env("HOME", home()).env("MARKETSNAP_YAHOO_URL", base).stdin(Stdio::null());
    // What is kept between runs has tests of its own (`offline.rs`).
    command.env("MARKETSNAP_NO_STORE", "1");
    command
}

fn run(args: &[&str], base: &str) -> Output {
    program(args, base).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stdout)))
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn row<'a>(report: &'a Value, id: &str) -> &'a Value {
    let rows =
        report["instruments"].as_array().unwrap().iter().chain(report["composites"].as_array().unwrap());
    rows.into_iter().find(|r| r["id"] == id).unwrap_or_else(|| panic!("no row {id}"))
}

/// A server whose every answer is `step`, and the run of `args` against it.
fn against(step: impl Fn() -> Step + Send + Sync + 'static, args: &[&str]) -> (Output, usize) {
    let server = Server::new(move |_, _| step());
    let output = run(args, &server.url());
    (output, server.count())
}

#[test]
fn closes_served_in_yahoos_format_give_the_same_figures_as_the_demo() {
    let replay = Replay::start();
    let output = run(&["today", "--json", "--as-of", AS_OF], &replay.url());
    let served = json(&output);
    let demo = json(&run(&["today", "--json", "--demo"], "http://127.0.0.1:9"));
    let mut compared = 0;
    for of_demo in
        demo["instruments"].as_array().unwrap().iter().chain(demo["composites"].as_array().unwrap())
    {
        let id = of_demo["id"].as_str().unwrap();
        // TOPIX has no symbol there, and a currency's close is told by the next row's opening.
        if of_demo["kind"] == "fx" || id == "TOPIX" {
            continue;
        }
        let row = row(&served, id);
        for key in ["session", "close", "previous", "change", "moves", "relative", "range_52w", "limit"] {
            assert_eq!(row[key], of_demo[key], "{id} {key}");
        }
        compared += 1;
    }
    assert!(compared >= 34, "{compared} rows compared");
    assert_eq!(served["groups"][0], demo["groups"][0]);
}

#[test]
fn the_usual_run_asks_for_twenty_symbols_at_a_time() {
    let replay = Replay::start();
    let output = run(&["today", "STAR50", "SP500", "ASIA", "CN-CHIPS", "--as-of", AS_OF], &replay.url());
    assert_eq!((code(&output), stderr(&output)), (Some(0), String::new()));
    assert_eq!(replay.paths().len(), 1, "{:?}", replay.paths());
}

#[test]
fn a_symbol_outside_the_catalogue_is_asked_for_and_told_what_it_is_by_the_source() {
    let replay = Replay::start();
    let output = run(&["today", "tencent.hk", "SP500", "--json", "--as-of", AS_OF], &replay.url());
    let report = json(&output);
    let share = row(&report, "TENCENT.HK");
    assert_eq!((share["name"].as_str(), share["currency"].as_str()), (Some("Tencent"), Some("HKD")));
    assert_eq!(
        (share["exchange"].as_str(), share["session"]["timezone"].as_str()),
        (Some("XHKG"), Some("Asia/Hong_Kong"))
    );
    assert_eq!(report["instruments"][0]["id"], "TENCENT.HK");
    // 600 to 603 is +0.5 %, settled at 16:10 in Hong Kong.
    assert!((share["moves"]["1D"]["pct"].as_f64().unwrap() - 0.5).abs() < 1e-9);
    assert_eq!(share["session"]["closed_at"], "2026-01-21T08:10:00Z");
}

#[test]
fn an_unknown_symbol_beside_a_known_one_is_partial_and_names_ids_like_it() {
    let replay = Replay::start();
    let output = run(&["today", "SP500", "NIKKEIX", "--as-of", AS_OF], &replay.url());
    assert_eq!(code(&output), Some(3));
    let said = stderr(&output);
    assert!(said.contains("NIKKEIX") && said.contains("NIKKEI225"), "{said}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("6796.86"));
    let alone = run(&["today", "NIKKEIX", "--as-of", AS_OF], &replay.url());
    assert_eq!((code(&alone), alone.stdout.len()), (Some(5), 0));
}

#[test]
fn a_slip_of_the_finger_is_a_usage_error_before_any_request() {
    let output = run(&["today", "STAR5O"], "http://127.0.0.1:9");
    assert_eq!((code(&output), output.stdout.len()), (Some(2), 0));
    assert_eq!(stderr(&output), "error: unknown instrument 'STAR5O': did you mean STAR50?\n");
}

#[test]
fn requests_that_make_no_sense_are_usage_errors() {
    for args in [
        &["today", "--date", "2999-01-01"][..],
        &["today", "--as-of", "2999-01-01T00:00:00Z"],
        &["today", "--as-of", "yesterday"],
        &["today", "--date", "2026-01-20", "--as-of", AS_OF],
        &["today", "--as-known-now"],
        &["today", "--as-known-now", "--date", "2026-01-20"],
        &["today", "--horizons", "1D,2D"],
        &["today", "--benchmark", "CN-CHIPS"],
        &["today", "--width", "20"],
        &["today", "--timeout", "0"],
        &["today", "-o", "report.xyz"],
        &["today", "A,B"],
        &["compare", "STAR50"],
        &["compare", "STAR50", "000688.SS"],
        &["compare", "STAR50", "SP500", "--since", "2999-01-01"],
        &["yesterday"],
    ] {
        let output = run(args, "http://127.0.0.1:9");
        assert_eq!((code(&output), output.stdout.len()), (Some(2), 0), "{args:?}: {}", stderr(&output));
        assert!(stderr(&output).starts_with("error: "), "{args:?}: {}", stderr(&output));
    }
}

#[test]
fn every_failure_of_the_source_ends_with_its_code_and_a_sentence_on_what_to_do() {
    let html = || Step::ok("<!DOCTYPE html><html><body>Accept all</body></html>");
    let elsewhere = || Step::status(302, "").with("Location", "https://consent.yahoo.com/v2/collectConsent");
    type Case = (&'static str, fn() -> Step, i32, &'static str);
    let html: fn() -> Step = html;
    let elsewhere: fn() -> Step = elsewhere;
    let cases: [Case; 7] = [
        ("429", || Step::status(429, "Too Many Requests"), 5, "throttled"),
        (
            "401",
            || {
                Step::status(
                    401,
                    r#"{"finance":{"result":null,"error":{"code":"Unauthorized","description":"Invalid Crumb"}}}"#,
                )
            },
            6,
            "unauthorised",
        ),
        ("403", || Step::status(403, ""), 5, "blocked"),
        (
            "999",
            || Step::status(999, "<html>Unable to process request at this time -- error 999</html>"),
            5,
            "blocked",
        ),
        ("consent page", html, 5, "blocked"),
        ("redirect", elsewhere, 5, "blocked"),
        ("404 without JSON", || Step::status(404, "Not Found"), 5, "throttled"),
    ];
    for (name, step, expected, kind) in cases {
        let (output, requests) = against(step, &["today", "STAR50", "SP500", "--json", "--timeout", "20"]);
        assert_eq!(code(&output), Some(expected), "{name}: {}", stderr(&output));
        assert_eq!(requests, 1, "{name}: a source that refuses is not asked again");
        let report = json(&output);
        assert_eq!(
            (&report["status"], &report["errors"][0]["kind"]),
            (&Value::from("empty"), &Value::from(kind)),
            "{name}"
        );
        let said = stderr(&output);
        assert!(
            said.contains("STAR50") && said.contains("yahoo") && said.contains("hint: "),
            "{name}: {said}"
        );
    }
}

#[test]
fn without_any_answer_the_run_ends_in_time_with_5_and_names_the_demo() {
    let (output, _) = against(|| Step::Hang, &["today", "SP500", "--timeout", "1"]);
    assert_eq!((code(&output), output.stdout.len()), (Some(5), 0));
    let nobody = run(&["today", "SP500", "--timeout", "5"], "http://127.0.0.1:9");
    assert_eq!(code(&nobody), Some(5));
    assert!(stderr(&nobody).contains("--demo"), "{}", stderr(&nobody));
}

#[test]
fn nothing_is_shown_of_the_demo_unless_it_is_asked_for() {
    let output = run(&["today", "--json", "--timeout", "5"], "http://127.0.0.1:9");
    let report = json(&output);
    assert_eq!((&report["demo"], &report["status"]), (&Value::from(false), &Value::from("empty")));
    assert!(report["instruments"].as_array().unwrap().iter().all(|r| r["close"].is_null()));
}

#[test]
fn a_report_that_must_be_settled_and_is_not_exits_with_4() {
    let replay = Replay::start();
    // The closes of the 21st are missing from the server at the next week-end: stale.
    let args = ["today", "STAR50", "--benchmark", "STAR50", "--require-settled"];
    let settled = run(&[&args[..], &["--as-of", AS_OF]].concat(), &replay.url());
    assert_eq!(code(&settled), Some(0));
    let stale = run(&[&args[..], &["--as-of", "2026-02-06T12:00:00Z"]].concat(), &replay.url());
    assert_eq!(code(&stale), Some(4));
}

#[test]
fn a_file_appears_whole_with_the_format_of_its_suffix() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str| {
        let path = folder.path().join(name);
        let output = run(&["today", "STAR50", "--demo", "-o", path.to_str().unwrap()], "");
        assert_eq!((code(&output), output.stdout.len()), (Some(0), 0), "{}", stderr(&output));
        std::fs::read_to_string(path).unwrap()
    };
    assert!(serde_json::from_str::<Value>(&write("today.json")).is_ok());
    let table = write("today.txt");
    assert!(table.contains("STAR 50") && table.contains("DEMO") && !table.contains('\u{1b}'), "{table}");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    assert_eq!(
        std::fs::metadata(folder.path().join("today.json")).unwrap().permissions().mode() & 0o777,
        0o644
    );
}

#[test]
fn a_file_that_cannot_be_written_is_left_as_it_was_and_exits_with_1() {
    let output = run(&["today", "STAR50", "--demo", "-o", "/nonexistent/folder/today.json"], "");
    assert_eq!(code(&output), Some(1));
    assert_eq!(
        stderr(&output),
        "error: /nonexistent/folder/today.json was not written: No such file or directory (os error 2); check that its \
         folder exists and can be written\n"
    );
    let full = program(&["today", "--demo"], "")
        .stdout(std::fs::File::create("/dev/full").unwrap())
        .output()
        .unwrap();
    assert_eq!(code(&full), Some(1));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = program(&["today", "--demo", "--json"], "")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}

#[test]
fn a_run_that_is_told_to_stop_exits_with_130_and_leaves_nothing_behind() {
    let server = Server::new(|_, _| Step::Hang);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("today.json");
    let mut child = program(&["today", "SP500", "-o", file.to_str().unwrap()], &server.url())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while server.count() == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_signal_is_never_lost_however_early_it_comes() {
    use std::os::unix::process::ExitStatusExt;
    let server = Server::new(|_, _| Step::Hang);
    // Somebody has to ask the server also where every signal comes before the first request.
    let _ = run(&["today", "SP500", "--source", "yahoo", "--timeout", "0.1"], &server.url());
    for (nth, args) in [["today", "SP500"], ["sources", "--probe"]].iter().cycle().take(20).enumerate() {
        let args = [&args[..], &["--source", "yahoo", "--timeout", "3"]].concat();
        let mut child =
            program(&args, &server.url()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // A debug build begins to listen 10 to 30 ms after its start.
        let delay = Duration::from_micros(u64::try_from(nth).unwrap() * 1500);
        std::thread::sleep(delay);
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        let status = child.wait().unwrap();
        // Before the program begins the signal itself ends it, which a shell tells as 130 too.
        assert!(status.code() == Some(130) || status.signal() == Some(2), "{delay:?} {args:?}: {status}");
    }
}

#[test]
fn an_interrupted_run_remembers_which_source_asked_for_a_pause() {
    let refusing = Server::new(|_, _| Step::status(429, "slow down").with("Retry-After", "3600"));
    let hanging = Server::new(|_, _| Step::Hang);
    for args in [
        &["today", "STAR50", "--source", "yahoo,tencent"][..],
        &["sources", "--probe", "--source", "yahoo,tencent"],
    ] {
        let home = tempfile::tempdir().unwrap();
        let before = hanging.count();
        let mut command = program(args, &refusing.url());
        command.env("HOME", home.path()).env("MARKETSNAP_TENCENT_URL", hanging.url());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while hanging.count() == before {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(500));
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130));
        let memory = std::fs::read_to_string(home.path().join(".local/state/marketsnap/sources.json"));
        let memory = memory.unwrap_or_default();
        assert!(memory.contains("throttled"), "{args:?}: {memory}");
    }
}

#[test]
fn request_lines_go_to_standard_error_and_the_report_stays_alone() {
    let replay = Replay::start();
    let output = run(&["today", "SP500", "--json", "-vv", "--as-of", AS_OF], &replay.url());
    assert_eq!(row(&json(&output), "SP500")["close"].as_f64(), Some(6796.86));
    let said = stderr(&output);
    assert!(said.starts_with("yahoo: GET ") && said.contains("curl "), "{said}");
}

#[test]
fn a_hostile_name_is_harmless_in_the_table() {
    let replay = Replay::start();
    let output = run(&["today", "EVIL", "SP500", "--as-of", AS_OF, "-v"], &replay.url());
    let all = [output.stdout.clone(), output.stderr.clone()].concat();
    let text = String::from_utf8(all).unwrap();
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}') && !text.contains('\r'), "{text:?}");
    assert!(text.contains("Evil"), "{text}");
}

#[test]
fn it_runs_with_no_home_no_terminal_and_a_read_only_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o555)).unwrap();
    let output =
        program(&["today", "--demo"], "").current_dir(folder.path()).env_remove("HOME").output().unwrap();
    assert_eq!((code(&output), stderr(&output)), (Some(0), String::new()));
    assert!(Path::new(env!("CARGO_BIN_EXE_marketsnap")).exists());
}

#[test]
fn flags_can_be_set_in_the_environment_and_the_command_line_wins() {
    let with = |args: &[&str]| {
        let output = program(args, "")
            .env("MARKETSNAP_DEMO", "yes")
            .env("MARKETSNAP_FORMAT", "json")
            .output()
            .unwrap();
        assert_eq!(code(&output), Some(0), "{}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(with(&["today", "STAR50"]).starts_with('{'));
    assert!(with(&["today", "STAR50", "--format", "table"]).starts_with("marketsnap"));
    let off = program(&["today", "STAR50", "--timeout", "2"], "http://127.0.0.1:9")
        .env("MARKETSNAP_DEMO", "0")
        .output()
        .unwrap();
    assert_eq!(code(&off), Some(5));
}

#[test]
fn two_symbols_one_letter_apart_are_both_asked_for() {
    let replay = Replay::start();
    let output = run(&["today", "SP500", "GOOGL", "GOOG", "--as-of", AS_OF], &replay.url());
    assert_eq!(code(&output), Some(3), "{}", stderr(&output));
    let asked = replay.paths().join(" ");
    assert!(asked.contains("/chart/GOOGL?") && asked.contains("/chart/GOOG?"), "{asked}");
}

#[test]
fn the_command_line_outranks_variables_and_empty_ones_count_as_unset() {
    let with = |variables: &[(&str, &str)], args: &[&str]| {
        let mut command = program(args, "");
        command.env("MARKETSNAP_DEMO", "1").envs(variables.iter().copied());
        command.output().unwrap()
    };
    let date = |output: &Output| json(output)["date"].clone();
    let day = with(&[("MARKETSNAP_AS_OF", AS_OF)], &["today", "HSI", "--json", "--date", "2026-01-20"]);
    assert_eq!((code(&day), date(&day)), (Some(0), Value::from("2026-01-20")));
    let instant = with(&[("MARKETSNAP_DATE", "2026-01-20")], &["today", "HSI", "--json", "--as-of", AS_OF]);
    assert_eq!((code(&instant), date(&instant)), (Some(0), Value::Null));
    assert!(json(&with(&[("MARKETSNAP_FORMAT", "table")], &["today", "HSI", "--json"])).is_object());
    let empty =
        ["DATE", "AS_OF", "WIDTH", "TIMEOUT", "FORMAT", "BENCHMARK", "HORIZONS", "COLOR", "PALETTE", "SINCE"];
    let empty: Vec<String> = empty.iter().map(|name| format!("MARKETSNAP_{name}")).collect();
    let empty: Vec<(&str, &str)> = empty.iter().map(|name| (name.as_str(), "")).collect();
    let unset = with(&empty, &["today", "HSI"]);
    assert_eq!((code(&unset), stderr(&unset)), (Some(0), String::new()));
    let wrong = with(&[("MARKETSNAP_DATE", "soon")], &["today", "HSI"]);
    assert_eq!(code(&wrong), Some(2));
    assert!(
        stderr(&wrong).contains("a day such as 2026-01-21") && stderr(&wrong).contains("MARKETSNAP_DATE"),
        "{}",
        stderr(&wrong)
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("today.txt");
    with(&[("MARKETSNAP_FORMAT", "json")], &["today", "HSI", "-o", file.to_str().unwrap()]);
    assert!(std::fs::read_to_string(file).unwrap().starts_with("marketsnap"));
}

#[test]
fn an_address_that_cannot_be_asked_is_a_usage_error() {
    for address in ["foo", "file:///etc/passwd", "http://127.0.0.1:99999"] {
        let output = run(&["today", "SP500"], address);
        assert_eq!(code(&output), Some(2), "{address}");
        assert!(stderr(&output).contains("MARKETSNAP_YAHOO_URL"), "{}", stderr(&output));
    }
}

#[test]
fn a_file_that_is_there_keeps_its_mode_and_a_link_stays_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("secret.json"), folder.path().join("link.json"));
    std::fs::write(&file, "old").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let output = run(&["today", "HSI", "--demo", "-o", link.to_str().unwrap()], "");
    assert_eq!(code(&output), Some(0), "{}", stderr(&output));
    assert!(link.is_symlink());
    assert!(std::fs::read_to_string(&file).unwrap().starts_with('{'));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_reader_that_does_not_read_cannot_hold_the_program_against_a_signal() {
    let mut child = program(&["today", "--demo", "--json"], "").stdout(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 1];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn help_that_cannot_be_written_is_a_failure() {
    let full = || std::fs::File::create("/dev/full").unwrap();
    for args in [&["--help"][..], &["-V"], &["help", "wait"], &["today", "--fields", "help"]] {
        let output = program(args, "").stdout(full()).output().unwrap();
        assert_eq!(code(&output), Some(1), "{args:?}");
        let said = stderr(&output);
        assert!(said.contains("could not be written to standard output: No space left"), "{args:?}: {said}");
    }
}

#[test]
fn why_a_move_is_absent_is_said_below_the_table() {
    let output = run(&["compare", "STAR50", "SP500", "--demo", "--since", "2025-09-07"], "");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("since 2025-09-07 is absent for STAR50, SP500"), "{text}");
}

#[test]
fn list_finds_instruments_by_a_part_of_any_of_their_names() {
    let output = run(&["list", "star", "--json"], "");
    let found = json(&output);
    assert_eq!((code(&output), found["schema"].as_str()), (Some(0), Some("marketsnap.list/1")));
    assert_eq!(found["instruments"][0]["symbols"]["yahoo"], "000688.SS");
    let chips = run(&["list", "芯片"], "");
    let text = String::from_utf8(chips.stdout).unwrap();
    assert!(text.contains("CN-CHIPS: China chips: LOONGSON, HYGON"), "{text}");
    let nothing = run(&["list", "nikkie"], "");
    assert_eq!(code(&nothing), Some(5));
    assert!(stderr(&nothing).contains("NIKKEI225"), "{}", stderr(&nothing));
    let all = String::from_utf8(run(&["list"], "").stdout).unwrap();
    assert!(all.lines().all(|l| l.chars().count() <= 80), "{all}");
}

#[test]
fn what_has_no_close_at_that_instant_is_told_with_its_reason() {
    // The demo's ChiNext closes begin on 2025-12-29; AMD and most of the Americas are not in it at all.
    let early = run(&["today", "CHINEXT", "SSE", "--demo", "--as-of", "2025-12-24T12:00:00Z"], "");
    assert_eq!(code(&early), Some(3));
    assert!(
        stderr(&early).contains("CHINEXT") && stderr(&early).contains("2025-12-29"),
        "{}",
        stderr(&early)
    );
    let group = run(&["today", "SSE", "US-CHIPS", "--demo"], "");
    assert_eq!(code(&group), Some(3));
    assert!(stderr(&group).contains("the demo holds no closes of AMD"), "{}", stderr(&group));
    let composite = run(&["today", "AMERICAS", "--demo"], "");
    assert_eq!(code(&composite), Some(5));
    assert!(
        stderr(&composite).contains("half of its weight") && stderr(&composite).contains("TSX"),
        "{}",
        stderr(&composite)
    );
    let benchmark = run(&["today", "SSE", "--benchmark", "AMERICAS", "--demo"], "");
    assert_eq!(code(&benchmark), Some(3));
    assert!(stderr(&benchmark).contains("AMERICAS"), "{}", stderr(&benchmark));
}

#[test]
fn every_instant_of_a_report_is_a_whole_second() {
    let replay = Replay::start();
    let report = json(&run(&["today", "SP500", "--json", "--as-of", AS_OF], &replay.url()));
    for instant in [&report["generated_at"], &report["as_of"], &row(&report, "SP500")["source"]["fetched_at"]]
    {
        assert_eq!(instant.as_str().unwrap().len(), "2026-01-21T08:30:00Z".len(), "{instant}");
    }
}

#[test]
fn the_benchmark_of_a_comparison_is_its_last_line_once() {
    let ids = |args: &[&str]| {
        let report = json(&run(args, ""));
        let rows =
            report["instruments"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap().to_owned());
        rows.collect::<Vec<String>>()
    };
    let with = |benchmark| ids(&["compare", "STAR50", "HSI", "--demo", "--json", "--benchmark", benchmark]);
    assert_eq!(with("SP500"), ["STAR50", "HSI", "SP500"]);
    assert_eq!(with("HSI"), ["STAR50", "HSI"]);
}
