//! Every command under every adversity: the exit code and the sentence are what the command line promises, standard
//! output holds the report or nothing, and standard error says what failed, for what, why, and what to do next.
//!
//! A new command needs one more [`Row`]; a test says which is missing.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "in tests a panic is the report; clippy knows only the functions marked as tests"
)]

#[allow(dead_code)]
#[path = "cli/replay.rs"]
mod replay;
#[allow(dead_code)]
mod support;

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use replay::Replay;
use support::server::{Server, Step};

const NOBODY: &str = "http://127.0.0.1:9";
const AS_OF: &str = "2026-01-21T08:30:00Z";

/// A command, and the lines that bring it into each situation; none where it cannot come into it.
struct Row {
    name: &'static str,
    /// Does its work with no network, no store and no home, and what it then ends with.
    alone: Option<(&'static str, i32)>,
    /// Takes `-o FILE` beside `alone`.
    file: bool,
    /// Asks a source.
    asks: Option<&'static str>,
    /// What `asks` ends with where nobody answers.
    unanswered: i32,
    /// Writes its report also where nobody answers.
    tells: bool,
    /// What `asks` ends with where nothing can be kept.
    unkept: i32,
    /// Names something that is one letter away from what exists, and what that is.
    slip: Option<(&'static str, &'static str)>,
    /// Names a day that is none.
    date: Option<&'static str>,
    /// Reads the config file.
    configured: Option<&'static str>,
}

/// A command that needs nothing and asks nobody.
const PLAIN: Row = Row {
    name: "",
    alone: None,
    file: false,
    asks: None,
    unanswered: 5,
    tells: false,
    unkept: 0,
    slip: None,
    date: None,
    configured: None,
};

const ROWS: &[Row] = &[
    Row {
        name: "today",
        alone: Some(("today SP500 --demo", 0)),
        file: true,
        asks: Some("today SP500"),
        slip: Some(("today STAR5O", "STAR50")),
        date: Some("today --date 2026-02-30"),
        configured: Some("today SP500"),
        ..PLAIN
    },
    Row {
        name: "compare",
        alone: Some(("compare SP500 STAR50 --demo", 0)),
        file: true,
        asks: Some("compare SP500 STAR50"),
        slip: Some(("compare SP500 STAR5O", "STAR50")),
        date: Some("compare SP500 STAR50 --since 2026-02-30"),
        configured: Some("compare SP500 STAR50"),
        ..PLAIN
    },
    Row {
        name: "movers",
        alone: Some(("movers CN-CHIPS --demo", 0)),
        file: true,
        asks: Some("movers CN-CHIPS"),
        slip: Some(("movers CN-CHIPZ", "CN-CHIPS")),
        date: Some("movers --date tomorrow"),
        configured: Some("movers CN-CHIPS"),
        ..PLAIN
    },
    Row {
        name: "show",
        alone: Some(("show SP500 --demo", 0)),
        file: true,
        asks: Some("show SP500"),
        slip: Some(("show STAR5O", "STAR50")),
        date: Some("show SP500 --as-of yesterday"),
        configured: Some("show SP500"),
        ..PLAIN
    },
    Row {
        name: "chart",
        alone: Some(("chart SP500 STAR50 --demo", 0)),
        file: true,
        asks: Some("chart SP500"),
        slip: Some(("chart STAR5O", "STAR50")),
        date: Some("chart SP500 --since 2026-02-30"),
        configured: Some("chart SP500"),
        ..PLAIN
    },
    Row {
        name: "check",
        alone: Some(("check STAR50.1D>3 --demo", 10)),
        file: true,
        asks: Some("check SP500.1D>3"),
        tells: true,
        slip: Some(("check STAR5O.1D>3", "STAR50")),
        date: Some("check SP500.1D>3 --date 2026-02-30"),
        configured: Some("check SP500.1D>3"),
        ..PLAIN
    },
    Row {
        name: "history",
        slip: Some(("history STAR5O", "STAR50")),
        date: Some("history SP500 --from 2026-02-30"),
        configured: Some("history SP500"),
        ..PLAIN
    },
    Row { name: "list", alone: Some(("list chip", 0)), ..PLAIN },
    Row { name: "schema", alone: Some(("schema show", 0)), slip: Some(("schema shaw", "show")), ..PLAIN },
    Row {
        name: "sources",
        alone: Some(("sources", 0)),
        asks: Some("sources --probe --source yahoo"),
        tells: true,
        slip: Some(("sources --source yaho", "yahoo")),
        configured: Some("sources"),
        ..PLAIN
    },
    Row {
        name: "store",
        date: Some("store prune --before 2026-02-30"),
        configured: Some("store path"),
        ..PLAIN
    },
    Row {
        name: "sync",
        asks: Some("sync SP500"),
        unkept: 1,
        slip: Some(("sync STAR5O", "STAR50")),
        date: Some("sync --since 2026-02-30"),
        configured: Some("sync SP500"),
        ..PLAIN
    },
    Row {
        name: "search",
        alone: Some(("search star --demo", 0)),
        file: true,
        asks: Some("search tencent"),
        slip: Some(("search x --source yaho", "yahoo")),
        configured: Some("search star"),
        ..PLAIN
    },
    Row {
        name: "report",
        alone: Some(("report SP500 STAR50 --demo", 0)),
        file: true,
        asks: Some("report SP500"),
        slip: Some(("report STAR5O", "STAR50")),
        date: Some("report --date 2026-02-30"),
        configured: Some("report SP500"),
        ..PLAIN
    },
    Row {
        name: "wait",
        alone: Some(("wait SP500 --print --as-of 2026-01-17T12:00:00Z", 0)),
        slip: Some(("wait STAR5O", "STAR50")),
        date: Some("wait --print --as-of yesterday"),
        configured: Some("wait SP500 --print"),
        ..PLAIN
    },
    Row {
        name: "config",
        alone: Some(("config show", 0)),
        slip: Some(("config shaw", "show")),
        configured: Some("config check"),
        ..PLAIN
    },
    Row {
        name: "completions",
        alone: Some(("completions bash", 0)),
        slip: Some(("completions bahs", "bash")),
        ..PLAIN
    },
    Row { name: "man", alone: Some(("man", 0)), ..PLAIN },
];

/// A run with a home of its own, asking `base` and nobody else.
struct Run {
    home: tempfile::TempDir,
    command: Command,
}

impl Run {
    fn new(line: &str, base: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_marketsnap"));
        command.args(line.split(' ')).env_clear().env("HOME", home.path()).current_dir(home.path());
        command.stdin(Stdio::null()).env("MARKETSNAP_YAHOO_URL", base).env("MARKETSNAP_TIMEOUT", "5");
        if !line.starts_with("sources") && !line.contains("--source") {
            command.env("MARKETSNAP_SOURCE", "yahoo");
        }
        Self { home, command }
    }

    fn ends(&mut self) -> Ended {
        Ended(self.command.output().unwrap())
    }
}

fn run(line: &str) -> Ended {
    Run::new(line, NOBODY).ends()
}

struct Ended(Output);

impl Ended {
    fn code(&self) -> Option<i32> {
        self.0.status.code()
    }

    fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    fn err(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    /// That it ended with this code, said why on standard error, and wrote nothing else.
    fn fails(&self, line: &str, code: i32, says: &[&str]) {
        assert_eq!((self.code(), self.out().as_str()), (Some(code), ""), "{line}: {}", self.err());
        self.says(line, says);
    }

    fn says(&self, line: &str, says: &[&str]) {
        let err = self.err();
        assert!(err.starts_with("error: "), "{line}: {err}");
        assert!(says.iter().all(|part| err.contains(part)), "{line}: {says:?}: {err}");
        assert!(!err.contains("panicked"), "{line}: {err}");
    }
}

/// Rows with something in a field.
fn with<T: Copy>(field: impl Fn(&Row) -> Option<T>) -> Vec<T> {
    let found: Vec<T> = ROWS.iter().filter_map(field).collect();
    assert!(!found.is_empty());
    found
}

#[test]
fn every_command_has_a_row() {
    let help = run("help").out();
    let commands = help.split("\nCommands:\n").nth(1).unwrap().lines().take_while(|line| !line.is_empty());
    let names =
        commands.filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).filter(|n| !n.is_empty());
    let names: Vec<&str> = names.filter(|name| *name != "help").collect();
    assert!(names.len() >= 13, "{help}");
    for name in names {
        assert!(ROWS.iter().any(|row| row.name == name), "no row tells how {name} fails");
    }
}

#[test]
fn an_unknown_flag_is_a_usage_error_that_names_it() {
    for row in ROWS {
        let line = format!("{} --no-such-flag", row.name);
        run(&line).fails(&line, 2, &["--no-such-flag", "--help"]);
    }
}

#[test]
fn an_unknown_name_is_a_usage_error_that_names_the_nearest_before_any_request() {
    for (line, near) in with(|row| row.slip) {
        run(line).fails(line, 2, &[near]);
    }
}

#[test]
fn a_day_that_is_none_is_a_usage_error_that_shows_one() {
    for line in with(|row| row.date) {
        run(line).fails(line, 2, &["such as 2026-01-21"]);
    }
}

/// The file that the program reads of itself.
fn configure(home: &Path, text: &str) {
    let folder = home.join(".config/marketsnap");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), text).unwrap();
}

/// A report without the instant at which it was made and the place that it names.
fn timeless(text: &str) -> String {
    text.lines()
        .filter(|line| {
            !line.contains("UTC") && !line.contains("Remembered in") && !line.starts_with("Config file")
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn an_empty_config_file_changes_nothing() {
    for (line, code) in with(|row| row.alone) {
        let mut empty = Run::new(line, NOBODY);
        configure(empty.home.path(), "");
        let (empty, none) = (empty.ends(), run(line));
        assert_eq!((empty.code(), empty.err()), (Some(code), String::new()), "{line}");
        assert_eq!(timeless(&empty.out()), timeless(&none.out()), "{line}");
    }
}

#[test]
fn a_broken_config_file_is_a_usage_error_with_file_and_line_before_any_request() {
    for line in with(|row| row.configured) {
        for text in ["[sources\nfirst = 1\n", "colour = [[[", "\u{0}"] {
            let mut broken = Run::new(line, NOBODY);
            configure(broken.home.path(), text);
            broken.ends().fails(line, 2, &["config.toml, line 1: "]);
        }
    }
}

#[test]
fn without_a_home_what_needs_none_works() {
    for (line, code) in with(|row| row.alone) {
        let mut run_alone = Run::new(line, NOBODY);
        let state = run_alone.home.path().to_owned();
        // Else the system says where the home is, and what was kept there.
        let homeless = run_alone.command.env_remove("HOME").env("XDG_STATE_HOME", state);
        let ended = Ended(homeless.output().unwrap());
        assert_eq!((ended.code(), ended.err()), (Some(code), String::new()), "{line}");
        assert_eq!(timeless(&ended.out()), timeless(&run(line).out()), "{line}");
    }
}

/// A home below a file, where nobody can make anything, not even root.
const NO_FOLDER: &str = "/dev/null/home";

#[test]
fn with_a_home_that_cannot_be_written_what_needs_none_works() {
    for (line, code) in with(|row| row.alone) {
        let ended = Ended(Run::new(line, NOBODY).command.env("HOME", NO_FOLDER).output().unwrap());
        assert_eq!((ended.code(), ended.err()), (Some(code), String::new()), "{line}");
    }
}

#[test]
fn where_nothing_can_be_kept_a_report_costs_one_warning_and_a_sync_is_an_error() {
    let replay = Replay::start();
    let found = Server::new(|_, _| Step::ok(support::fixture("search-hits-of-several-kinds.json")));
    for row in ROWS {
        let Some(asks) = row.asks else { continue };
        let base = if row.name == "search" { found.url() } else { replay.url() };
        let reports = !matches!(row.name, "sources" | "sync" | "search");
        let line = if reports { format!("{asks} --as-of {AS_OF}") } else { asks.to_owned() };
        let ended = Ended(Run::new(&line, &base).command.env("HOME", NO_FOLDER).output().unwrap());
        match row.unkept {
            0 => {
                assert_eq!(ended.code(), Some(0), "{line}: {}", ended.err());
                let warnings = ended.err().matches("warning: ").count();
                assert_eq!(warnings, usize::from(reports), "{line}: {}", ended.err());
                assert_eq!(ended.err().contains(NO_FOLDER), reports, "{line}: {}", ended.err());
            }
            code => ended.fails(&line, code, &[NO_FOLDER]),
        }
    }
}

#[test]
fn without_a_network_the_code_says_that_nothing_is_there_and_what_to_do() {
    for row in ROWS {
        let Some(line) = row.asks else { continue };
        let ended = run(line);
        assert_eq!(ended.code(), Some(row.unanswered), "{line}: {}", ended.err());
        assert_eq!(ended.out().is_empty(), !row.tells, "{line}: {}", ended.out());
        ended.says(line, &["hint: ", "marketsnap "]);
        let all = ended.out() + &ended.err();
        assert!(all.contains("yahoo") && all.contains("no connection"), "{line}: {all}");
    }
}

#[test]
fn without_a_network_a_report_names_the_demo() {
    for name in ["today", "compare", "movers", "show", "chart", "check"] {
        let row = ROWS.iter().find(|row| row.name == name).unwrap();
        run(row.asks.unwrap()).says(name, &["marketsnap today --demo"]);
    }
}

#[test]
fn a_full_disk_is_a_write_error_wherever_the_report_goes() {
    for (line, _) in with(|row| row.alone) {
        let full = File::create("/dev/full").unwrap();
        let ended = Ended(Run::new(line, NOBODY).command.stdout(full).output().unwrap());
        ended.fails(line, 1, &["standard output", "No space left", "-o FILE"]);
    }
    for row in ROWS.iter().filter(|row| row.file) {
        let line = format!("{} --format json -o /dev/full", row.alone.unwrap().0);
        run(&line).fails(&line, 1, &["/dev/full was not written", "No space left"]);
    }
}

#[test]
fn a_folder_that_is_not_there_is_a_write_error_and_nothing_appears() {
    for row in ROWS.iter().filter(|row| row.file) {
        let line = format!("{} -o nowhere/report.json", row.alone.unwrap().0);
        let mut run = Run::new(&line, NOBODY);
        run.ends().fails(&line, 1, &["nowhere/report.json was not written", "No such file", "check that"]);
        let left = std::fs::read_dir(run.home.path()).unwrap().count();
        assert_eq!(left, 0, "{line}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error_and_nothing_is_said() {
    let help = ROWS.iter().map(|row| (format!("help {}", row.name), 0));
    let alone = with(|row| row.alone).into_iter().map(|(line, code)| (line.to_owned(), code));
    for (line, code) in alone.chain(help) {
        let mut run = Run::new(&line, NOBODY);
        let mut child = run.command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(code), ""), "{line}");
    }
}

#[test]
fn a_run_that_is_told_to_stop_while_it_waits_says_so_and_ends_with_130() {
    let server = Server::new(|_, _| Step::Hang);
    for line in with(|row| row.asks) {
        for signal in ["-INT", "-TERM"] {
            let before = server.count();
            let mut run = Run::new(line, &server.url());
            run.command.env("MARKETSNAP_TIMEOUT", "60");
            let child = run.command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            while server.count() == before {
                std::thread::sleep(Duration::from_millis(5));
            }
            Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
            let ended = Ended(child.wait_with_output().unwrap());
            assert_eq!(ended.code(), Some(130), "{line} {signal}: {}", ended.err());
            assert!(ended.err().ends_with("error: interrupted\n"), "{line} {signal}: {}", ended.err());
            let written = ended.out();
            assert!(written.is_empty() || line.starts_with("sync"), "{line} {signal}: {written}");
        }
    }
}

#[test]
fn every_help_begins_with_examples() {
    for row in ROWS {
        let help = run(&format!("help {}", row.name));
        assert_eq!((help.code(), help.err()), (Some(0), String::new()));
        assert!(
            help.out().starts_with("Examples:\n  ") && help.out().contains("marketsnap "),
            "{}: {}",
            row.name,
            help.out()
        );
    }
}

#[test]
fn a_switchs_variable_that_says_neither_yes_nor_no_is_a_usage_error_that_names_it() {
    for (variable, line) in [
        ("MARKETSNAP_DEMO", "today SP500"),
        ("MARKETSNAP_OFFLINE", "search x"),
        ("MARKETSNAP_JSON", "list"),
        ("MARKETSNAP_NO_STORE", "movers"),
        ("MARKETSNAP_QUIET", "sync SP500"),
        ("MARKETSNAP_ASCII", "sources"),
    ] {
        let with = |value: &str| Ended(Run::new(line, NOBODY).command.env(variable, value).output().unwrap());
        for value in ["maybe", "2", "truth"] {
            with(value).fails(line, 2, &[variable, value, "yes or no"]);
        }
        for value in ["", "0", "no", "Off", "false"] {
            assert_ne!(with(value).code(), Some(2), "{variable}={value}");
        }
    }
    let demo = |value: &str| {
        let mut run = Run::new("today SP500", NOBODY);
        run.command.env("MARKETSNAP_DEMO", value).env_remove("MARKETSNAP_SOURCE");
        run.ends().code()
    };
    for value in ["1", "yes", "ON", "True"] {
        assert_eq!(demo(value), Some(0), "{value}");
    }
}

#[test]
fn built_in_closes_are_refused_beside_flags_on_the_network_and_the_store() {
    for flag in ["--refresh", "--no-store", "--store x.db", "--offline", "--verify", "--source yahoo"] {
        let line = format!("today --demo {flag}");
        let name = flag.split(' ').next().unwrap();
        run(&line).fails(&line, 2, &["--demo", name, "cannot be used together"]);
    }
    // A variable is a lasting choice, which a flag of one run outranks.
    let mut run = Run::new("today SP500 --demo", NOBODY);
    run.command.env("MARKETSNAP_STORE", "x.db").env("MARKETSNAP_REFRESH", "1");
    let ended = run.ends();
    assert_eq!((ended.code(), ended.err()), (Some(0), String::new()));
}
