//! The day's report as files: a week of cron at a clock of its own against a server that has the closes of each
//! moment, the same day at other moments, and runs of the built program that overlap, are killed or cannot write.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in tests a panic is the report; clippy knows only the functions marked as tests"
)]

#[path = "daily/closes.rs"]
mod closes;
#[allow(dead_code)]
#[path = "again/days.rs"]
mod days;
#[path = "daily/files.rs"]
mod files;
#[allow(dead_code)]
#[path = "cli/replay.rs"]
mod replay;
mod report;
#[path = "daily/same.rs"]
mod same;
#[path = "daily/settled.rs"]
mod settled;
#[allow(dead_code)]
mod support;
#[path = "daily/week.rs"]
mod week;

use std::path::{Path, PathBuf};

use days::Days;
use serde_json::Value;

/// A folder of reports and the runs that write into it.
struct Desk {
    days: Days,
    home: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { days: Days::new(), home: tempfile::tempdir().unwrap() }
    }

    fn folder(&self) -> PathBuf {
        self.home.path().join("reports")
    }

    /// Runs `report` on the folder at an instant.
    fn report(&self, at: &str, args: &str) -> (u8, String, String) {
        let folder = self.folder();
        let fixed = ["report", "--source", "yahoo", "--dir", folder.to_str().unwrap()];
        let args: Vec<&str> = fixed.into_iter().chain(args.split_whitespace()).collect();
        let (code, out, err) = self.days.program(at, &args);
        (code, out.replace(&format!("{}/", folder.display()), ""), err)
    }

    /// The names in the folder but that of the lock.
    fn names(&self) -> Vec<String> {
        names(&self.folder())
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name != ".marketsnap.lock");
    names.sort();
    names
}

fn row<'a>(report: &'a Value, id: &str) -> &'a Value {
    let rows = report["instruments"].as_array().unwrap();
    rows.iter().find(|r| r["id"] == id).unwrap_or_else(|| panic!("no row {id}"))
}
