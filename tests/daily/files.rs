//! The built program's files: overlapping runs, killed runs, and places that cannot be written.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use crate::names;
use crate::support::server::{Server, Step};

fn program(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_marketsnap"));
    command.args(args).env_clear().env("HOME", home).current_dir(home).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn demo(home: &Path, args: &str) -> Output {
    let args: Vec<&str> = ["report", "--demo"].into_iter().chain(args.split_whitespace()).collect();
    program(home, &args).output().unwrap()
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_run_waits_for_another_one_and_leaves_when_its_time_is_over() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("reports");
    fs::create_dir(&folder).unwrap();
    let lock = File::create(folder.join(".marketsnap.lock")).unwrap();
    lock.lock().unwrap();
    let (code, out, err) = said(&demo(home.path(), "STAR50 --dir reports --timeout 0.3"));
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.contains("another run has been writing into reports for 0.3 seconds"), "{err}");
    assert!(err.contains("try again when it has ended"), "{err}");
    assert!(names(&folder).is_empty());
    let waiting =
        program(home.path(), &["report", "--demo", "STAR50", "--dir", "reports", "--timeout", "60"]);
    let waiting = { waiting }.spawn().unwrap();
    thread::sleep(Duration::from_millis(300));
    assert!(names(&folder).is_empty(), "it writes only when the other one has ended");
    drop(lock);
    let (code, out, err) = said(&waiting.wait_with_output().unwrap());
    assert_eq!((code, out.as_str(), err.as_str()), (Some(0), "written: reports/2026-01-21.md\n", ""));
}

#[test]
fn a_killed_run_holds_nobody_up_and_leaves_nothing_half_done() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("reports");
    fs::create_dir(&folder).unwrap();
    let hanging = Server::new(|_, _| Step::Hang);
    let args = ["report", "STAR50", "--dir", "reports", "--source", "yahoo", "--timeout", "60"];
    let mut killed = program(home.path(), &args).env("MARKETSNAP_YAHOO_URL", hanging.url()).spawn().unwrap();
    while hanging.count() == 0 {
        thread::sleep(Duration::from_millis(20));
    }
    let (code, ..) = said(&demo(home.path(), "STAR50 --dir reports --timeout 0.2"));
    assert_eq!(code, Some(1), "the run that asks has the folder");
    fs::write(folder.join(".marketsnap-report-aB3xYz"), "half").unwrap();
    killed.kill().unwrap();
    killed.wait().unwrap();
    let (code, out, err) = said(&demo(home.path(), "STAR50 --dir reports --timeout 5"));
    assert_eq!((code, out.as_str(), err.as_str()), (Some(0), "written: reports/2026-01-21.md\n", ""));
    assert_eq!(names(&folder), ["2026-01-21.md"]);
}

#[test]
fn every_file_of_a_demo_says_demo() {
    let home = tempfile::tempdir().unwrap();
    let (code, ..) = said(&demo(home.path(), "--dir reports --with html,json"));
    assert_eq!(code, Some(0));
    let folder = home.path().join("reports");
    assert_eq!(names(&folder), ["html", "json", "md"].map(|s| format!("2026-01-21.{s}")));
    for name in ["2026-01-21.md", "2026-01-21.html"] {
        assert!(fs::read_to_string(folder.join(name)).unwrap().contains("DEMO"), "{name}");
    }
    let json: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("2026-01-21.json")).unwrap()).unwrap();
    assert_eq!((&json["demo"], &json["schema"]), (&true.into(), &"marketsnap.snapshot/1".into()));
}

#[test]
fn a_place_that_cannot_be_a_folder_is_named_before_anything_is_asked() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("file"), "mine").unwrap();
    let (code, out, err) = said(&demo(home.path(), "STAR50 --dir file"));
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(
        err.contains("file was not written: ") && err.to_lowercase().contains("not a directory"),
        "{err}"
    );
    assert_eq!(fs::read_to_string(home.path().join("file")).unwrap(), "mine");
    let (code, _, err) = said(&demo(home.path(), "STAR50 --dir none/reports"));
    assert_eq!(code, Some(1));
    assert!(
        err.contains("none/reports was not written") && err.contains("check that its folder exists"),
        "{err}"
    );
}

#[test]
fn a_file_that_cannot_be_written_is_named_and_the_others_are_written() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("reports");
    fs::create_dir(&folder).unwrap();
    // A full disk, and a folder where a file should be.
    std::os::unix::fs::symlink("/dev/full", folder.join("2026-01-21.md")).unwrap();
    fs::create_dir(folder.join("2026-01-20.md")).unwrap();
    let (code, out, err) =
        said(&demo(home.path(), "STAR50 SP500 --dir reports --with json --since 2026-01-20"));
    assert_eq!(code, Some(1));
    assert_eq!(out, "written: reports/2026-01-20.json\nwritten: reports/2026-01-21.json\n");
    assert!(err.contains("error: reports/2026-01-20.md was not written: "), "{err}");
    assert!(err.contains("error: reports/2026-01-21.md was not written: No space left"), "{err}");
    for name in ["2026-01-20.json", "2026-01-21.json"] {
        let _: serde_json::Value = serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap();
    }
    assert_eq!(names(&folder).len(), 4, "nothing unfinished is left");
}

#[test]
fn a_folder_that_cannot_be_written_into_is_named() {
    // Not even root writes there.
    let home = tempfile::tempdir().unwrap();
    let (code, out, err) = said(&demo(home.path(), "STAR50 --dir /proc/self"));
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.contains("/proc/self was not written: "), "{err}");
}

#[test]
fn quiet_says_nothing_of_what_was_written_and_a_closed_pipe_is_no_error() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(said(&demo(home.path(), "STAR50 --dir reports -q")), (Some(0), String::new(), String::new()));
    let mut loud = program(home.path(), &["report", "--demo", "STAR50", "--dir", "reports"]);
    let mut loud = loud.spawn().unwrap();
    drop(loud.stdout.take());
    let (code, _, err) = said(&loud.wait_with_output().unwrap());
    assert_eq!((code, err.as_str()), (Some(0), ""));
}

#[test]
fn an_output_that_is_full_does_not_keep_the_files_from_being_written() {
    let home = tempfile::tempdir().unwrap();
    let args = ["report", "--demo", "STAR50", "--dir", "reports", "--since", "2026-01-20"];
    let output = program(home.path(), &args).stdout(File::create("/dev/full").unwrap()).output().unwrap();
    let (code, _, err) = said(&output);
    assert_eq!((code, err.matches("standard output: No space left").count()), (Some(1), 2), "{err}");
    assert_eq!(names(&home.path().join("reports")), ["2026-01-20.md", "2026-01-21.md"]);
}

#[test]
fn one_report_goes_to_standard_output_or_to_a_file_in_the_format_of_its_name() {
    let home = tempfile::tempdir().unwrap();
    let (code, markdown, _) = said(&demo(home.path(), "STAR50"));
    assert!(code == Some(0) && markdown.starts_with("# "), "{markdown}");
    for (name, begins) in
        [("day.html", "<!doctype html>"), ("day.json", "{"), ("day.md", "# "), ("day.txt", "marketsnap")]
    {
        let (code, out, err) = said(&demo(home.path(), &format!("STAR50 -o {name}")));
        assert_eq!((code, out.as_str(), err.as_str()), (Some(0), "", ""), "{name}");
        let text = fs::read_to_string(home.path().join(name)).unwrap();
        assert!(text.to_lowercase().starts_with(begins), "{name}: {text}");
    }
    assert_eq!(fs::read_to_string(home.path().join("day.md")).unwrap(), markdown);
}

#[test]
fn flags_that_do_nothing_or_contradict_each_other_are_refused() {
    let home = tempfile::tempdir().unwrap();
    for (args, says) in [
        ("--since last", "--since does nothing without --dir"),
        ("--with json", "--with does nothing without --dir"),
        ("--dir reports -o day.md", "cannot be used with"),
        ("--dir reports --since yesterday", "neither `last` nor a day such as 2026-01-21"),
        ("--dir reports --with svg", "invalid value 'svg'"),
        ("--dir reports --since 2026-13-01", "neither `last` nor a day"),
    ] {
        let (code, out, err) = said(&demo(home.path(), args));
        assert_eq!((code, out.as_str()), (Some(2), ""), "{args}: {err}");
        assert!(err.contains(says), "{args}: {err}");
    }
    assert!(!home.path().join("reports").exists());
}

#[test]
fn fields_reduce_the_rows_for_programs_and_the_columns_of_the_table() {
    let home = tempfile::tempdir().unwrap();
    let (code, out, _) = said(&demo(home.path(), "STAR50 --format csv --fields close"));
    assert_eq!((code, out.lines().next()), (Some(0), Some("close")));
    let (code, out, _) = said(&demo(home.path(), "STAR50 --fields name,close,trend"));
    let heads = out.lines().find(|l| l.starts_with("| Name")).map(str::to_owned).unwrap();
    assert!(heads.contains("Close") && heads.contains("Trend") && !heads.contains("1Y"), "{heads}");
    assert_eq!(code, Some(0));
    let (code, out, _) = said(&demo(home.path(), "--fields help"));
    assert!(code == Some(0) && out.contains("moves.HORIZON.pct"), "{out}");
}
