//! Where a report goes: standard output, or a file that appears whole or not at all.
//!
//! Not for: layout (`render`).

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::snapshot::{Completeness, Failed};
use crate::render;

/// How deep the further lines of a cause stand.
const HANGING: usize = 4;
/// Of more causes than this nobody reads who said what; those of the same reasons are told together.
const MANY: usize = 4;
/// No terminal is taken for narrower.
const NARROWEST: usize = 40;

/// A report that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Standard output.
    #[error("the report could not be written to standard output: {0}; -o FILE writes it to a file")]
    Stdout(#[source] io::Error),
    /// A file.
    #[error("{} was not written: {reason}; check that its folder exists and can be written", .path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// A folder that another run writes into.
    #[error(
        "another run has been writing into {} for {} seconds: nothing was done; try again when it has ended, or with a longer --timeout",
        .folder.display(),
        .patience.as_secs_f64()
    )]
    Claimed {
        /// The folder.
        folder: PathBuf,
        /// How long it was waited for.
        patience: Duration,
    },
}

/// The two streams of a run.
pub struct Console<'a> {
    /// The report and nothing else.
    pub out: &'a mut dyn Write,
    /// Warnings and errors.
    pub err: &'a mut dyn Write,
    /// How wide they may be.
    pub err_width: usize,
}

/// What a report lacks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Missing<'a> {
    /// Whether everything asked for is in it.
    pub status: Completeness,
    /// What could not be had.
    pub errors: &'a [Failed],
    /// What could not be had and is shown from the store.
    pub held: &'a [Failed],
}

impl Console<'_> {
    /// Tells what is missing and what to do, each reason once. Nothing can be done about an error
    /// stream that is closed.
    pub(super) fn tell(&mut self, missing: &Missing<'_>, quiet: bool) {
        let Missing { status, errors, held } = *missing;
        let empty = status == Completeness::Empty;
        if quiet && !empty {
            return;
        }
        if empty {
            self.say("error: nothing to show: no close could be had");
        }
        self.causes("missing", errors, empty);
        self.causes("not fetched, shown from the store", held, false);
        if empty && errors.is_empty() {
            self.say("  hint: no session was known at that instant; ask for a later --as-of or --date");
        }
    }

    /// Tells warnings.
    pub(super) fn warn<'w>(&mut self, warnings: impl Iterator<Item = &'w String>) {
        for warning in warnings {
            self.say(&format!("warning: {warning}"));
        }
    }

    /// Tells failures by their causes, under a line that says how many there are.
    pub(super) fn causes(&mut self, what: &str, errors: &[Failed], told: bool) {
        if !errors.is_empty() && !told {
            let ids: Vec<&str> = errors.iter().map(|e| e.id.as_str()).collect();
            self.say(&format!("warning: {} {what}: {}", ids.len(), shortened(&ids)));
        }
        let mut causes = by_cause(errors, true);
        let apart = causes.len() <= MANY;
        if !apart {
            causes = by_cause(errors, false);
        }
        for alike in causes {
            let Some(first) = alike.first() else { continue };
            let ids: Vec<&str> = alike.iter().map(|e| e.id.as_str()).collect();
            let what = match told_apart(first).filter(|_| apart) {
                _ if alike.len() == 1 => first.message.clone(),
                Some(told) => format!("no closes of {}: {told}", shortened(&ids)),
                None if asked(&alike).is_empty() => format!("{}: {}", first.reason, shortened(&ids)),
                None => format!("{}: {}: no closes of {}", asked(&alike), first.reason, shortened(&ids)),
            };
            self.say(&format!("  {what}"));
            self.say(&format!("  hint: {}", first.hint));
        }
    }

    /// One cause or hint in lines that fit; further ones stand deeper.
    pub(super) fn say(&mut self, text: &str) {
        let head = text.len() - text.trim_start().len();
        let room = self.err_width.max(NARROWEST).saturating_sub(head);
        for line in render::wrapped(text.trim_start(), room, HANGING - head) {
            let _ = writeln!(self.err, "{:head$}{line}", "");
        }
    }
}

/// Failures of one cause together, in the order they first came: of one reason, or of the same reasons of
/// the same sources where these gave different ones and are told `apart`.
fn by_cause(errors: &[Failed], apart: bool) -> Vec<Vec<&Failed>> {
    let mut causes: Vec<Vec<&Failed>> = Vec::new();
    for e in errors {
        let same = |f: &&Failed| {
            f.reason == e.reason
                && (!apart || told_apart(f) == told_apart(e))
                && (f.hint == e.hint || f.source != "computed")
        };
        match causes.iter_mut().find(|alike| alike.first().is_some_and(same)) {
            Some(alike) => alike.push(e),
            None => causes.push(vec![e]),
        }
    }
    causes
}

/// Which source said what, where several gave different reasons.
fn told_apart(failed: &Failed) -> Option<&str> {
    failed.said.as_deref()
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

pub(super) fn shortened(ids: &[&str]) -> String {
    let shown = ids.iter().take(8).copied().collect::<Vec<_>>().join(", ");
    if ids.len() > 8 { format!("{shown} and {} more", ids.len() - 8) } else { shown }
}

/// Writes to a file, or where none is named to standard output.
pub(super) fn put(file: Option<&Path>, console: &mut Console<'_>, bytes: &[u8]) -> Result<(), WriteError> {
    file.map_or_else(|| to_stdout(console, bytes), |path| to_file(path, bytes))
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
    into_file(path, |out| out.write_all(bytes).map_err(|e| not_written(path, e)))
}

/// The same with another beginning of the temporary file's name.
pub(super) fn whole(path: &Path, unfinished: &str, bytes: &[u8]) -> Result<(), WriteError> {
    placed(path, unfinished, |out| out.write_all(bytes).map_err(|e| not_written(path, e)))
}

/// The same for what comes piece by piece: where a piece fails, nothing appears.
pub(super) fn into_file<E: From<WriteError>>(
    path: &Path,
    write: impl FnOnce(&mut (dyn Write + Send)) -> Result<(), E>,
) -> Result<(), E> {
    placed(path, ".marketsnap-", write)
}

fn placed<E: From<WriteError>>(
    path: &Path,
    unfinished: &str,
    write: impl FnOnce(&mut (dyn Write + Send)) -> Result<(), E>,
) -> Result<(), E> {
    let failed = |e: io::Error| not_written(path, e);
    let followed = std::fs::canonicalize(path).ok();
    let nameless = followed.is_none();
    let target = followed.unwrap_or_else(|| path.to_owned());
    let there = std::fs::metadata(&target).ok();
    // A device or a pipe is written to, and so is a file without a name that a link leads to; a rename
    // would put a file in its place.
    if there.as_ref().is_some_and(|m| !m.is_file() || nameless) {
        let mut out = BufWriter::new(File::create(&target).map_err(failed)?);
        write(&mut out)?;
        return Ok(out.flush().map_err(failed)?);
    }
    let folder = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(unfinished);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let fresh = std::fs::Permissions::from_mode(0o644);
        builder.permissions(there.map_or(fresh, |m| m.permissions()));
    }
    std::fs::metadata(folder).map_err(failed)?;
    let file = builder.tempfile_in(folder).map_err(failed)?;
    let mut out = BufWriter::new(file.as_file());
    write(&mut out)?;
    out.flush().and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    drop(out);
    file.persist(&target).map_err(|e| failed(e.error))?;
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// The error of a file, in the system's own words.
pub(super) fn not_written(path: &Path, error: io::Error) -> WriteError {
    WriteError::File { path: path.to_owned(), reason: plain(error) }
}

/// The system's own words, without the name of a temporary file.
fn plain(error: io::Error) -> io::Error {
    let code = error.raw_os_error();
    code.map_or_else(|| io::Error::from(error.kind()), io::Error::from_raw_os_error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::InstrumentId;

    fn failed(id: &str, told: &[(&str, &str)]) -> Failed {
        let mut reasons: Vec<&str> = told.iter().map(|(_, reason)| *reason).collect();
        reasons.dedup();
        let asked: Vec<String> = told.iter().map(|(source, _)| (*source).to_owned()).collect();
        let said = if reasons.len() == 1 {
            format!("{}: {}", asked.join(", "), reasons[0])
        } else {
            told.iter().map(|(source, reason)| format!("{source}: {reason}")).collect::<Vec<_>>().join("; ")
        };
        Failed {
            id: InstrumentId::new(id),
            source: asked[0].clone(),
            message: format!("no closes of {id}: {said}"),
            said: (reasons.len() > 1).then_some(said),
            asked,
            kind: "transport".to_owned(),
            reason: reasons.join("; "),
            hint: "try again".to_owned(),
            retryable: true,
        }
    }

    fn said(errors: &[Failed], width: usize) -> String {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut console = Console { out: &mut out, err: &mut err, err_width: width };
        console.tell(&Missing { status: Completeness::Partial, errors, held: &[] }, false);
        String::from_utf8(err).unwrap()
    }

    #[test]
    fn who_said_what_is_told_where_sources_gave_different_reasons() {
        let errors = [
            failed("A", &[("yahoo", "status 429"), ("sina", "no connection")]),
            failed("B", &[("sina", "status 429"), ("yahoo", "no connection")]),
            failed("C", &[("yahoo", "status 429"), ("sina", "no connection")]),
        ];
        assert_eq!(
            said(&errors, 100),
            "warning: 3 missing: A, B, C\n  no closes of A, C: yahoo: status 429; sina: no connection\n  hint: try again\n  \
             no closes of B: sina: status 429; yahoo: no connection\n  hint: try again\n"
        );
    }

    #[test]
    fn one_reason_of_all_is_told_once_with_all_sources() {
        let errors = [
            failed("A", &[("yahoo", "no connection"), ("sina", "no connection")]),
            failed("B", &[("yahoo", "no connection"), ("cboe", "no connection")]),
        ];
        assert_eq!(
            said(&errors, 100),
            "warning: 2 missing: A, B\n  yahoo, sina, cboe: no connection: no closes of A, B\n  hint: try again\n"
        );
    }

    #[test]
    fn what_no_source_was_asked_for_is_told_by_its_reason_alone() {
        let of = |id: &str| Failed {
            asked: Vec::new(),
            ..failed(id, &[("demo", "the demo holds no closes of it")])
        };
        assert_eq!(
            said(&[of("A"), of("B")], 100),
            "warning: 2 missing: A, B\n  the demo holds no closes of it: A, B\n  hint: try again\n"
        );
    }

    #[test]
    fn of_many_causes_those_of_the_same_reasons_are_told_together() {
        let of = |id: &str, source: &str| failed(id, &[(source, "status 429"), ("sina", "no connection")]);
        let errors = [of("A", "yahoo"), of("B", "hsi"), of("C", "cboe"), of("D", "fred"), of("E", "ecb")];
        assert_eq!(
            said(&errors, 100),
            "warning: 5 missing: A, B, C, D, E\n  yahoo, sina, hsi, cboe, fred, ecb: status 429; no connection: \
             no closes of A, B, C, D, E\n  hint: try again\n"
        );
    }

    #[test]
    fn a_long_cause_is_wrapped_and_its_further_lines_stand_deeper() {
        let reason = "it answered with something that nobody can read ".repeat(4);
        let text = said(&[failed("A", &[("yahoo", reason.trim()), ("sina", "no connection")])], 60);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.iter().all(|l| l.chars().count() <= 60), "{text}");
        assert!(lines[1].starts_with("  no closes of A: yahoo: ") && lines[2].starts_with("    "), "{text}");
        assert!(!lines[2].starts_with("     "), "{text}");
    }
}
