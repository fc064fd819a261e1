//! Several writers at once, and writers that are killed.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chrono::Days;
use marketsnap::store::sqlite::Opening;
use marketsnap::store::{Sqlite, Store};

use super::given::*;

/// What a child process of this test is told: where the store is and which instrument to write.
const CHILD: &str = "MARKETSNAP_TEST_STORE_CHILD";
/// Closes of one write.
const STEP: u64 = 20;

/// Writes closes of an instrument, `STEP` more each time, and says so after each.
fn write_on(path: &Path, name: &str, times: u64, said: &mut dyn FnMut(u64)) {
    let opening = Opening { busy: Duration::from_secs(60), ..Opening::new(path, at("2026-01-21 16:30")) };
    let mut store = Sqlite::open(&opening).unwrap().store;
    for n in 0..times {
        let days = d("2000-01-01").iter_days().skip((n * STEP) as usize).take(STEP as usize + 1);
        let rows = days.map(|date| (date, 1.0 + (date - d("2000-01-01")).num_days() as f64));
        keep(&mut store, &from_bars(name, at("2026-01-08 22:00"), rows));
        said(n + 1);
    }
}

fn threads(count: usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("closes.db");
    std::thread::scope(|scope| {
        for n in 0..count {
            let path = &path;
            // Each writes an instrument of its own and one that all write.
            scope.spawn(move || {
                write_on(path, &format!("I{n}"), 10, &mut |_| {});
                write_on(path, "ALL", 10, &mut |_| {});
            });
        }
    });
    let mut store = open(&path).store;
    assert_eq!(store.instruments().unwrap().len(), count + 1);
    for name in (0..count).map(|n| format!("I{n}")).chain(["ALL".to_owned()]) {
        assert_eq!(closes(&mut store, &name).len() as u64, 10 * STEP + 1, "{name}");
        assert_eq!(store.revisions(&id(&name)).unwrap(), []);
    }
    assert_eq!(store.verify().unwrap(), []);
}

#[test]
fn two_writers_at_once_lose_nothing() {
    threads(2);
}

#[test]
fn eight_writers_at_once_lose_nothing() {
    threads(8);
}

fn child(path: &Path, name: &str) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "many::a_child_process_that_writes", "--ignored", "--nocapture"]);
    command.env(CHILD, format!("{}|{name}", path.display()));
    command.stdout(Stdio::piped()).spawn().unwrap()
}

#[test]
#[ignore = "not a test: what the tests below start as another process"]
fn a_child_process_that_writes() {
    let Ok(told) = std::env::var(CHILD) else { return };
    let (path, name) = told.rsplit_once('|').unwrap();
    write_on(Path::new(path), name, 200, &mut |n| {
        let mut out = std::io::stdout();
        writeln!(out, "\nkept {n}").unwrap();
        out.flush().unwrap();
    });
}

/// How often the child said that it had kept something, read until it ends.
fn said(child: &mut Child) -> u64 {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    lines.filter_map(|l| l.strip_prefix("kept ").and_then(|n| n.parse().ok())).max().unwrap_or(0)
}

#[test]
fn eight_processes_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("closes.db");
    let mut children: Vec<Child> = (0..8).map(|n| child(&path, &format!("I{n}"))).collect();
    for child in &mut children {
        assert_eq!(said(child), 200);
        assert!(child.wait().unwrap().success());
    }
    let mut store = open(&path).store;
    for n in 0..8 {
        assert_eq!(closes(&mut store, &format!("I{n}")).len() as u64, 200 * STEP + 1);
    }
    assert_eq!(store.verify().unwrap(), []);
}

#[test]
fn a_writer_killed_a_hundred_times_leaves_the_store_sound_and_loses_nothing_it_said_it_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("closes.db");
    let mut midway = 0;
    for n in 0..100u64 {
        let name = format!("I{}", n % 5);
        let mut child = child(&path, &name);
        std::thread::sleep(Duration::from_millis(2 + n * 37 % 60));
        child.kill().unwrap();
        let kept = said(&mut child);
        child.wait().unwrap();
        midway += u32::from((1..200).contains(&kept));
        let opened = open(&path);
        assert_eq!(opened.set_aside, None);
        let mut store = opened.store;
        let held = store.held(&[id(&name)], d("1900-01-01"), None).unwrap();
        let bars = held.first().map_or(&[][..], |h| h.series.bars());
        assert!(
            bars.len() as u64 >= if kept > 0 { kept * STEP + 1 } else { 0 },
            "{} after {kept}",
            bars.len()
        );
        // Whole writes only, without a gap.
        assert!(bars.is_empty() || bars.len() as u64 % STEP == 1, "{}", bars.len());
        let gapless = bars.windows(2).all(|w| w[0].date + Days::new(1) == w[1].date);
        assert!(gapless);
        if n % 10 == 9 {
            assert_eq!(store.verify().unwrap(), []);
        }
    }
    assert!(midway > 10, "only {midway} were killed while they wrote");
}
