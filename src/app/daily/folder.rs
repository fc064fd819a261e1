//! The folder of reports: files named by their dates, whole or not at all, and one run at a time.
//!
//! Not for: which days are written (`days`).

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use chrono::NaiveDate;

use super::{Since, days};
use crate::app::output::{self, WriteError};
use crate::app::plan::Plan;
use crate::app::run::{self, RunError};
use crate::app::usage::UsageError;
use crate::render::Format;

/// The file whose lock a run holds while it writes into a folder; the system frees it when the run ends, however.
const LOCK: &str = ".marketsnap.lock";
/// How the files begin that are written before they are renamed.
const UNFINISHED: &str = ".marketsnap-report-";
/// How often a run looks whether another one has ended.
const AGAIN: Duration = Duration::from_millis(50);

/// A folder that this run alone writes into, until it is dropped.
#[derive(Debug)]
pub struct Claim {
    _lock: Option<File>,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    Written,
    Rewritten,
    Unchanged,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Done::Written => "written",
            Done::Rewritten => "rewritten",
            Done::Unchanged => "unchanged",
        })
    }
}

/// What the names of reports end with, of all formats.
pub(super) const SUFFIXES: [&str; 6] = ["txt", "json", "jsonl", "csv", "md", "html"];

/// Claims the folder of a plan that writes a day's reports into one, and sees what is there; nothing to claim for any
/// other plan. Waits for another run as long as the run's time.
///
/// # Errors
/// [`RunError`] when the folder cannot be written into, or another run does not leave it in time.
pub fn claim(plan: &mut Plan) -> Result<Option<Claim>, RunError> {
    let Some(options) = plan.report.clone() else { return Ok(None) };
    if let Some(Since::Day(since)) = options.since
        && since > plan.query.until
    {
        return Err(UsageError::FutureSince { since, today: plan.query.until }.into());
    }
    let Some(folder) = options.folder else {
        plan.reach_back(None);
        return Ok(None);
    };
    let claim = claimed(&folder, plan.settings.deadline)?;
    remove_unfinished(&folder);
    plan.written = days::written(&folder, plan);
    plan.reach_back(days::first(options.since, plan.written.as_ref()));
    Ok(Some(claim))
}

fn claimed(folder: &Path, patience: Duration) -> Result<Claim, RunError> {
    let failed = |error: io::Error| RunError::from(output::not_written(folder, error));
    match fs::create_dir(folder) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(failed(e)),
        _ => {}
    }
    if !fs::metadata(folder).map_err(failed)?.is_dir() {
        return Err(failed(io::ErrorKind::NotADirectory.into()));
    }
    let lock = File::options().write(true).create(true).truncate(false).open(folder.join(LOCK));
    let lock = lock.map_err(failed)?;
    let waiting = Arc::new(AtomicBool::new(true));
    run::end_at_once_when(&waiting)?;
    let end = Instant::now() + patience;
    let claim = loop {
        match lock.try_lock() {
            Ok(()) => break Claim { _lock: Some(lock) },
            Err(TryLockError::WouldBlock) if Instant::now() < end => thread::sleep(AGAIN),
            Err(TryLockError::WouldBlock) => {
                return Err(WriteError::Claimed { folder: folder.to_owned(), patience }.into());
            }
            // A file system without locks has no other run that would hold one.
            Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => {
                break Claim { _lock: None };
            }
            Err(TryLockError::Error(e)) => return Err(failed(e)),
        }
    };
    waiting.store(false, Ordering::SeqCst);
    Ok(claim)
}

/// Removes what runs that were killed had not finished.
fn remove_unfinished(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let ours = entries.filter(|e| {
        let named = e.file_name().to_str().is_some_and(|n| n.starts_with(UNFINISHED));
        named && e.file_type().is_ok_and(|t| t.is_file())
    });
    for unfinished in ours {
        let _ = fs::remove_file(unfinished.path());
    }
}

/// The dates and suffixes of the reports in a folder.
pub(super) fn dates(folder: &Path) -> Vec<(NaiveDate, String)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let dated = entries.filter_map(|e| {
        let name = PathBuf::from(e.file_name());
        let date: NaiveDate = name.file_stem()?.to_str()?.parse().ok()?;
        let suffix = name.extension()?.to_str()?.to_owned();
        (name.as_os_str().to_str()? == format!("{date}.{suffix}")).then_some((date, suffix))
    });
    dated.collect()
}

/// The name of a day's file.
pub(super) fn name(day: NaiveDate, format: Format) -> String {
    format!("{day}.{}", suffix(format))
}

/// What the name of a file of a format ends with.
pub(super) fn suffix(format: Format) -> &'static str {
    match format {
        Format::Table => "txt",
        Format::Json => "json",
        Format::JsonLines => "jsonl",
        Format::Csv => "csv",
        Format::Markdown => "md",
        Format::Html => "html",
    }
}

/// Puts a file into its place, unless the same bytes are there already.
///
/// # Errors
/// [`WriteError`] when it cannot be written; what was there before is there still.
pub(super) fn put(path: &Path, bytes: &[u8]) -> Result<Done, WriteError> {
    let before = fs::metadata(path).ok().filter(fs::Metadata::is_file);
    let as_long = before.as_ref().is_some_and(|b| usize::try_from(b.len()) == Ok(bytes.len()));
    if as_long && fs::read(path).is_ok_and(|before| before == bytes) {
        return Ok(Done::Unchanged);
    }
    output::whole(path, UNFINISHED, bytes)?;
    Ok(if before.is_some() { Done::Rewritten } else { Done::Written })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_named_by_a_date_alone_are_reports() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "2026-01-20.md",
            "2026-01-21.html",
            "2026-1-19.md",
            "2026-01-18.bak.md",
            "2026-01-17",
            "notes.md",
        ] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let mut found = dates(folder.path());
        found.sort();
        let found: Vec<String> = found.iter().map(|(date, suffix)| format!("{date} {suffix}")).collect();
        assert_eq!(found, ["2026-01-20 md", "2026-01-21 html"]);
    }

    #[test]
    fn the_same_bytes_leave_a_file_as_it_is_and_others_replace_it_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("2026-01-21.md");
        assert_eq!(put(&path, b"one").unwrap(), Done::Written);
        let old = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
        assert_eq!(put(&path, b"one").unwrap(), Done::Unchanged);
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), old);
        assert_eq!(put(&path, b"two").unwrap(), Done::Rewritten);
        assert_eq!(fs::read(&path).unwrap(), b"two");
    }

    #[test]
    fn what_a_killed_run_left_unfinished_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in [".marketsnap-report-aB3xYz", ".marketsnap-aB3xYz", ".marketsnap.lock", "2026-01-21.md"] {
            fs::write(folder.path().join(name), "half").unwrap();
        }
        remove_unfinished(folder.path());
        let mut left: Vec<String> = fs::read_dir(folder.path())
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, [".marketsnap-aB3xYz", ".marketsnap.lock", "2026-01-21.md"]);
    }
}
