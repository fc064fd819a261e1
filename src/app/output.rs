//! Where a report goes: standard output, or a file that appears whole or not at all.
//!
//! Not for: layout (`render`).

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::domain::snapshot::{Completeness, Failed};

/// A report that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Standard output.
    #[error("the report could not be written to standard output: {0}")]
    Stdout(#[source] io::Error),
    /// A file.
    #[error("{} was not written: {reason}; check that its folder exists and can be written", .path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
}

/// The two streams of a run.
pub struct Console<'a> {
    /// The report and nothing else.
    pub out: &'a mut dyn Write,
    /// Warnings and errors.
    pub err: &'a mut dyn Write,
}

impl Console<'_> {
    /// Tells what is missing and what to do, each reason once. Nothing can be done about an error
    /// stream that is closed.
    pub(super) fn tell(&mut self, status: Completeness, errors: &[Failed], quiet: bool) {
        if errors.is_empty() && status != Completeness::Empty {
            return;
        }
        let empty = status == Completeness::Empty;
        if quiet && !empty {
            return;
        }
        let _ = if empty {
            writeln!(self.err, "error: nothing to show: no close could be had")
        } else {
            let ids: Vec<&str> = errors.iter().map(|e| e.id.as_str()).collect();
            writeln!(self.err, "warning: {} missing: {}", ids.len(), shortened(&ids))
        };
        for alike in by_cause(errors) {
            let Some(first) = alike.first() else { continue };
            let ids: Vec<&str> = alike.iter().map(|e| e.id.as_str()).collect();
            let what = if alike.len() == 1 {
                first.message.clone()
            } else {
                format!("{}: {}: no closes of {}", asked(&alike), first.reason, shortened(&ids))
            };
            let _ = writeln!(self.err, "  {what}\n  hint: {}", first.hint);
        }
        if errors.is_empty() {
            let _ = writeln!(
                self.err,
                "  hint: no session was known at that instant; ask for a later --as-of or --date"
            );
        }
    }
}

/// Failures of one cause together, in the order they first came.
fn by_cause(errors: &[Failed]) -> Vec<Vec<&Failed>> {
    let mut causes: Vec<Vec<&Failed>> = Vec::new();
    for e in errors {
        let same = |f: &&Failed| f.reason == e.reason && (f.hint == e.hint || f.source != "computed");
        match causes.iter_mut().find(|alike| alike.first().is_some_and(same)) {
            Some(alike) => alike.push(e),
            None => causes.push(vec![e]),
        }
    }
    causes
}

/// All sources that were asked for some of these, in the order they first come.
fn asked(alike: &[&Failed]) -> String {
    let mut sources: Vec<&str> = Vec::new();
    for source in alike.iter().flat_map(|f| &f.asked) {
        if !sources.contains(&source.as_str()) {
            sources.push(source);
        }
    }
    sources.join(", ")
}

fn shortened(ids: &[&str]) -> String {
    let shown = ids.iter().take(8).copied().collect::<Vec<_>>().join(", ");
    if ids.len() > 8 { format!("{shown} and {} more", ids.len() - 8) } else { shown }
}

/// Writes to standard output; a reader that went away is no error.
pub(super) fn to_stdout(console: &mut Console<'_>, bytes: &[u8]) -> Result<(), WriteError> {
    match console.out.write_all(bytes).and_then(|()| console.out.flush()) {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done.map_err(WriteError::Stdout),
    }
}

/// Writes beside the target, makes it durable, and renames it into place; a link is followed, and the
/// mode of a file that is there is kept.
pub(super) fn to_file(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let failed = |e: io::Error| WriteError::File { path: path.to_owned(), reason: plain(e) };
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let there = std::fs::metadata(&target).ok();
    // A device or a pipe is written to; a rename would put a file in its place.
    if there.as_ref().is_some_and(|m| !m.is_file()) {
        return std::fs::write(&target, bytes).map_err(failed);
    }
    let folder = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".marketsnap-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let fresh = std::fs::Permissions::from_mode(0o644);
        builder.permissions(there.map_or(fresh, |m| m.permissions()));
    }
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    file.persist(&target).map_err(|e| failed(e.error))?;
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// The system's own words, without the name of a temporary file.
fn plain(error: io::Error) -> io::Error {
    error.raw_os_error().map_or(error, io::Error::from_raw_os_error)
}
