//! Charts: which sessions each line has, what they are rebased to, and the program's files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::float_cmp)]

mod report;

use std::fs;
use std::process::{Command, Output};

use marketsnap::domain::chart::{Chart, ChartLine, Measure};
use marketsnap::domain::snapshot::{NoteKind, Status};
use marketsnap::domain::{Absent, InstrumentId};
use report::{Book, d};

fn line<'a>(chart: &'a Chart, id: &str) -> &'a ChartLine {
    chart.lines.iter().find(|l| l.id == InstrumentId::new(id)).unwrap()
}

fn points(line: &ChartLine) -> Vec<(String, String)> {
    line.points.iter().map(|p| (p.date.to_string(), format!("{:.4}", p.value))).collect()
}

fn said(chart: &Chart, kind: NoteKind) -> Vec<&str> {
    chart.notes.iter().filter(|n| n.kind == kind).map(|n| n.message.as_str()).collect()
}

/// STAR 50 and the S&P 500 around the turn of the year, as published.
fn world() -> Book {
    Book::new()
        .closes(
            "STAR50",
            "2025-12-30 1359.05, 2025-12-31 1344.20, 2026-01-05 1403.41, 2026-01-20 1482.994, 2026-01-21 1535.393",
        )
        .closes(
            "SP500",
            "2025-12-30 6896.24, 2025-12-31 6845.50, 2026-01-02 6858.47, 2026-01-16 6940.01, 2026-01-20 6796.86",
        )
        .horizons("YTD")
}

#[test]
fn two_lines_are_100_on_the_last_session_of_the_old_year() {
    let chart = world().chart(&["STAR50", "SP500"], None, "2026-01-21T08:30:00Z");
    assert_eq!((chart.measure, chart.base_date), (Measure::Rebased, Some(d("2025-12-31"))));
    // 1403.41 / 1344.20 = 1.0440485; 1482.994 / 1344.20 = 1.103254; 1535.393 / 1344.20 = 1.142236.
    let star = [
        ("2025-12-31", "100.0000"),
        ("2026-01-05", "104.4049"),
        ("2026-01-20", "110.3254"),
        ("2026-01-21", "114.2236"),
    ];
    assert_eq!(points(line(&chart, "STAR50")), star.map(|(a, b)| (a.to_owned(), b.to_owned())));
    let change = &line(&chart, "SP500").change;
    // 6796.86 / 6845.50 - 1 = -0.7105 %.
    assert_eq!(format!("{:.4}", change.pct.unwrap().0), "-0.7105");
    assert_eq!((change.from, change.to), (Some(d("2025-12-31")), Some(d("2026-01-20"))));
}

#[test]
fn one_line_shows_its_closes_and_either_can_be_asked_for() {
    let at = "2026-01-21T08:30:00Z";
    let one = world().chart(&["STAR50"], None, at);
    assert_eq!(one.measure, Measure::Absolute);
    assert_eq!(one.lines[0].points[0].value, 1344.20);
    assert_eq!(world().chart(&["STAR50"], Some(Measure::Rebased), at).lines[0].points[0].value, 100.0);
    assert_eq!(
        world().chart(&["STAR50", "SP500"], Some(Measure::Absolute), at).lines[1].points[0].value,
        6845.5
    );
}

#[test]
fn a_line_that_begins_later_starts_at_100_on_its_first_session_and_says_so() {
    let chart = world()
        .closes("HYGON", "2026-01-14 250, 2026-01-15 260, 2026-01-20 254.21, 2026-01-21 288.11")
        .chart(&["STAR50", "HYGON"], None, "2026-01-21T08:30:00Z");
    let late = line(&chart, "HYGON");
    assert!(late.begins_late && !line(&chart, "STAR50").begins_late);
    assert_eq!((late.points[0].date, late.points[0].value), (d("2026-01-14"), 100.0));
    assert_eq!(late.change.from, Some(d("2026-01-14")));
    assert_eq!(
        said(&chart, NoteKind::Absent),
        [
            "HYGON begins later, on 2026-01-14, where it is 100: the closes held do not reach back to its base."
        ]
    );
}

#[test]
fn a_window_that_no_close_reaches_begins_with_the_first_and_says_so() {
    let chart = world().horizons("6M").chart(&["STAR50", "SP500"], None, "2026-01-21T08:30:00Z");
    assert_eq!(chart.base_date, Some(d("2025-12-30")));
    assert!(chart.lines.iter().all(|l| !l.begins_late && l.points[0].value == 100.0));
    assert_eq!(
        said(&chart, NoteKind::Period),
        ["The closes held do not reach back 6M: the chart begins on 2025-12-30."]
    );
}

#[test]
fn a_close_below_zero_is_drawn_as_it_is_and_never_rebased() {
    let book = world().closes("WTI", "2025-12-31 57.42, 2026-01-05 -37.63, 2026-01-20 60.34");
    let at = "2026-01-21T08:30:00Z";
    let rebased = book.chart(&["SP500", "WTI"], None, at);
    assert_eq!(line(&rebased, "WTI").absent, Some(Absent::NonPositive));
    assert!(line(&rebased, "WTI").points.is_empty());
    assert_eq!(
        said(&rebased, NoteKind::Absent),
        ["WTI is not drawn: it has a close of zero or below; --absolute draws it."]
    );
    let absolute = book.chart(&["WTI"], None, at);
    assert_eq!(absolute.lines[0].points[1].value, -37.63);
}

#[test]
fn a_logarithmic_scale_is_not_used_for_what_is_below_zero_and_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&["chart", "STAR50", "--demo", "--log"], folder.path());
    assert!(String::from_utf8_lossy(&output.stdout).contains("log scale"));
    let book = world().closes("WTI", "2025-12-31 57.42, 2026-01-05 -37.63, 2026-01-20 60.34");
    let log = |names: &[&str]| book.chart_log(names, "2026-01-21T08:30:00Z");
    assert!(log(&["SP500"]).log && said(&log(&["SP500"]), NoteKind::Period).is_empty());
    let below = log(&["WTI"]);
    assert!(!below.log);
    assert_eq!(said(&below, NoteKind::Period), ["The scale is not logarithmic: a close is zero or below."]);
}

#[test]
fn a_market_without_a_session_in_the_window_has_no_line_and_no_zero() {
    // On 2 January New York had its first session of the year, Shanghai none before the 5th.
    let chart = world().chart(&["STAR50", "SP500"], None, "2026-01-02T22:00:00Z");
    let star = line(&chart, "STAR50");
    assert_eq!((star.absent, star.change.pct), (Some(Absent::NoSession), None));
    assert_eq!(line(&chart, "SP500").points.len(), 2);
    assert_eq!(said(&chart, NoteKind::Absent), ["STAR50 is not drawn: it has no session in the window."]);
}

#[test]
fn a_single_session_is_a_point_without_a_change() {
    let chart = Book::new().closes("SP500", "2026-01-20 6796.86").horizons("6M").chart(
        &["SP500"],
        None,
        "2026-01-21T08:30:00Z",
    );
    assert_eq!(chart.lines[0].points.len(), 1);
    assert_eq!(
        (chart.lines[0].change.pct, chart.lines[0].change.absent),
        (None, Some(Absent::InsufficientHistory))
    );
}

#[test]
fn nothing_after_as_of_is_drawn_and_a_live_end_is_live() {
    let chart = world().chart(&["STAR50", "SP500"], None, "2026-01-20T12:00:00Z");
    assert_eq!(line(&chart, "STAR50").points.last().unwrap().date, d("2026-01-20"));
    assert_eq!(line(&chart, "SP500").points.last().unwrap().date, d("2026-01-16"));
    let live = world()
        .fetched_at("2026-01-22T03:00:00Z")
        .closes("STAR50", "2025-12-31 1344.20, 2026-01-21 1535.393, 2026-01-22 1540")
        .chart(&["STAR50"], None, "2026-01-22T03:00:00Z");
    assert_eq!(live.lines[0].session.status, Some(Status::Live));
    assert_eq!(live.lines[0].points.last().unwrap().value, 1540.0);
}

fn run(args: &[&str], folder: &std::path::Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_marketsnap"))
        .args(args)
        .env_clear()
        .current_dir(folder)
        .output()
        .unwrap()
}

#[test]
fn the_suffix_of_the_file_says_what_is_written() {
    let folder = tempfile::tempdir().unwrap();
    for (file, begins) in [
        ("c.svg", &b"<svg "[..]),
        ("c.png", b"\x89PNG\r\n"),
        ("c.json", b"{\n"),
        ("c.txt", b"marketsnap chart"),
    ] {
        let output = run(&["chart", "STAR50", "SP500", "--demo", "-o", file], folder.path());
        assert_eq!(output.status.code(), Some(0), "{file}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(fs::read(folder.path().join(file)).unwrap().starts_with(begins), "{file}");
    }
    let wrong = run(&["chart", "STAR50", "--demo", "-o", "c.gif"], folder.path());
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains(".svg, .png, .txt, .json, "));
}

#[test]
fn pictures_are_said_to_be_the_demos_and_name_their_benchmark() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(
        &["chart", "CN-CHIPS", "--benchmark", "STAR50", "--demo", "--over", "YTD", "--format", "svg"],
        folder.path(),
    );
    let svg = String::from_utf8(output.stdout).unwrap();
    assert!(
        svg.contains("DEMO: closes built into the program") && svg.contains("STAR 50 (benchmark)"),
        "{svg}"
    );
    // GigaDevice: 307.65 / 214.25 - 1 = +43.59 %.
    assert!(svg.contains("GigaDevice +43.59 %"), "{svg}");
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    for (args, says) in [
        (
            &["chart", "SP500", "--demo", "--over", "6M", "--since", "2025-12-31"][..],
            "cannot be used together",
        ),
        (&["chart", "SP500", "--demo", "--absolute", "--rebased"], "cannot be used with"),
        (&["chart", "SP500", "--demo", "--horizons", "1D"], "--horizons"),
        (&["chart", "SP500", "--demo", "--format", "png", "--width", "100"], "pixels from 480 to 8000"),
        (&["chart", "SP500", "--demo", "--height", "2"], "cells from 6 to 200"),
        (&["today", "SP500", "--demo", "--format", "svg"], "only `marketsnap chart` writes svg"),
        (&["chart", "SP500", "--demo", "--since", "2026-06-01"], "not before the day"),
        (&["chart", "SP50O", "--demo"], "did you mean SP500"),
    ] {
        let output = run(args, folder.path());
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {err}");
        assert!(err.contains(says), "{args:?}: {err}");
        assert!(output.stdout.is_empty(), "{args:?}");
    }
}

/// Always the same instant.
struct Stopped;

impl marketsnap::app::Clock for Stopped {
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        report::at("2026-01-24T00:00:00Z")
    }
}

#[test]
fn pixels_are_written_to_a_pipe_and_never_to_a_terminal() {
    let run = |terminal_width| {
        let world = marketsnap::cli::World {
            clock: &Stopped,
            terminal_width,
            stderr_width: None,
            stderr_is_terminal: false,
            environment: marketsnap::cli::Environment::default(),
        };
        let argv =
            ["marketsnap", "chart", "STAR50", "--demo", "--format", "png"].map(std::ffi::OsString::from);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = marketsnap::cli::run(argv, &world, &mut out, &mut err);
        (code, out, String::from_utf8(err).unwrap())
    };
    let (code, out, err) = run(Some(120));
    assert_eq!((code, out.len()), (2, 0));
    assert!(err.contains("not for a terminal") && err.contains("-o chart.png"), "{err}");
    let (code, out, _) = run(None);
    assert_eq!((code, out.get(..4)), (0, Some(&b"\x89PNG"[..])));
}

#[test]
fn the_json_has_the_points_in_full_precision() {
    let folder = tempfile::tempdir().unwrap();
    let output =
        run(&["chart", "STAR50", "SP500", "--demo", "--since", "2025-12-31", "--json"], folder.path());
    let chart: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&chart["schema"], &chart["measure"]), (&"marketsnap.chart/1".into(), &"rebased".into()));
    let star = &chart["lines"][0];
    let last = star["points"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["date"], last["close"].as_f64()), (&"2026-01-21".into(), Some(1535.393)));
    let ratio = 1535.393 / star["points"][0]["close"].as_f64().unwrap() * 100.0;
    assert_eq!(last["value"].as_f64(), Some(ratio));
    assert!(chart["benchmark"].is_null() && chart["demo"] == true);
}
