//! Opens the file, begins a new one, sets a damaged one aside.
//!
//! Not for: looking for damage on every start: what is broken shows when it is read.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::schema::{self, Identity};
use super::{Sqlite, StoreError, check, failed, named};

/// How long to wait for another process that writes.
const BUSY: Duration = Duration::from_secs(5);
/// How long to wait between two looks at a lock.
const LOOK_AGAIN: Duration = Duration::from_millis(10);
/// More than the statements there are.
const STATEMENTS: usize = 64;

/// How a store is to be opened.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'a> {
    /// The file.
    pub path: &'a Path,
    /// Now: part of the name that a damaged file gets.
    pub now: DateTime<Utc>,
    /// How long to wait for another process.
    pub busy: Duration,
    /// Never write, and begin no store.
    pub read_only: bool,
}

impl<'a> Opening<'a> {
    /// For reading and writing, waiting five seconds for another process.
    #[must_use]
    pub fn new(path: &'a Path, now: DateTime<Utc>) -> Self {
        Self { path, now, busy: BUSY, read_only: false }
    }
}

/// A store, and what a reader should know of how it was opened.
#[derive(Debug)]
pub struct Opened {
    /// The store.
    pub store: Sqlite,
    /// There was none: a new one was begun.
    pub began: bool,
    /// It cannot be written.
    pub read_only: bool,
    /// What stood there was damaged, and a new one was begun in its place.
    pub set_aside: Option<SetAside>,
}

/// A damaged file that was put out of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Its name now.
    pub path: PathBuf,
    /// What was wrong with it.
    pub reason: String,
}

pub(super) fn open(opening: &Opening<'_>) -> Result<Opened, StoreError> {
    match connect(opening) {
        Err(StoreError::Damaged { .. }) if !opening.read_only => set_aside(opening, false),
        done => done,
    }
}

pub(super) fn mend(opening: &Opening<'_>) -> Result<Opened, StoreError> {
    set_aside(opening, true)
}

/// Connects, and begins or migrates the schema if need be.
fn connect(opening: &Opening<'_>) -> Result<Opened, StoreError> {
    let path = opening.path;
    let failed = failed(path, "opening");
    a_file(path)?;
    if !opening.read_only && !path.exists() {
        make_folder(path)?;
    }
    let mut db = connection(opening)?;
    let mut read_only = opening.read_only || db.is_readonly("main").map_err(&failed)?;
    let identity = match schema::identity(&db).map_err(&failed) {
        // A file that can be written in a folder that cannot, or where there is no room for what is shared.
        Err(e)
            if matches!(e, StoreError::Unavailable { .. } | StoreError::ReadOnly { .. })
                || opening.read_only && matches!(e, StoreError::Failed { .. } | StoreError::Full { .. }) =>
        {
            db = still(opening)?;
            read_only = true;
            schema::identity(&db).map_err(&failed)?
        }
        found => found?,
    };
    let place = || named(path);
    let began = match identity {
        Identity::Ours(schema::VERSION) => false,
        Identity::Ours(found) if found > schema::VERSION => {
            return Err(StoreError::Newer { place: place(), found, known: schema::VERSION });
        }
        Identity::Foreign => return Err(StoreError::Foreign { place: place() }),
        // Another process was stopped between making the file and beginning the store.
        Identity::Blank if opening.read_only => {
            db = Connection::open_in_memory().map_err(&failed)?;
            schema::migrate(&mut db).map_err(&failed)?;
            true
        }
        Identity::Ours(_) | Identity::Blank if read_only => {
            let reason = "it was not begun yet, or an older program wrote it, and it cannot be written";
            return Err(StoreError::Unavailable { place: place(), reason: reason.to_owned() });
        }
        Identity::Ours(_) | Identity::Blank => {
            migrate(opening, &mut db)?;
            identity == Identity::Blank
        }
    };
    if !read_only {
        db.pragma_update(None, "synchronous", "NORMAL").map_err(&failed)?;
    }
    let store = Sqlite { db, path: path.to_owned() };
    Ok(Opened { store, began, read_only, set_aside: None })
}

/// Refuses what is there and no file: a pipe would be waited for, a device written to.
fn a_file(path: &Path) -> Result<(), StoreError> {
    let unavailable = |reason| StoreError::Unavailable { place: named(path), reason };
    if path.as_os_str().as_encoded_bytes().last().is_some_and(|end| std::path::is_separator(char::from(*end)))
    {
        return Err(unavailable("it names a folder and no file".to_owned()));
    }
    match fs::metadata(path) {
        Ok(there) if there.is_file() => Ok(()),
        Ok(there) => {
            let what = if there.is_dir() { "a folder" } else { "a pipe, device or socket" };
            Err(unavailable(format!("it is {what} and no file")))
        }
        // What else is wrong shows when it is opened.
        Err(_) => Ok(()),
    }
}

/// A path that SQLite takes for a file's, whatever it is called: neither `:memory:` nor `file:` mean anything.
fn literal(path: &Path) -> PathBuf {
    if path.is_absolute() { path.to_owned() } else { Path::new(".").join(path) }
}

fn make_folder(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) else { return Ok(()) };
    fs::create_dir_all(folder).map_err(|e| StoreError::Unavailable {
        place: named(path),
        reason: format!("its folder cannot be made: {e}"),
    })
}

fn connection(opening: &Opening<'_>) -> Result<Connection, StoreError> {
    let failed = failed(opening.path, "opening");
    let mode = if opening.read_only {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    };
    let flags = mode | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(literal(opening.path), flags).map_err(&failed)?;
    db.busy_timeout(opening.busy).map_err(&failed)?;
    prepared_once(&db).map_err(&failed)?;
    Ok(db)
}

/// Without this a statement is prepared anew whenever another date is bound to it.
fn prepared_once(db: &Connection) -> rusqlite::Result<()> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

/// A connection to a file that nobody can be writing: no lock is taken and nothing beside it is looked at,
/// so a journal that still holds closes makes it impossible.
fn still(opening: &Opening<'_>) -> Result<Connection, StoreError> {
    let journal = beside(opening.path, "-wal");
    if fs::metadata(&journal).is_ok_and(|m| m.len() > 0) {
        return Err(StoreError::Unavailable {
            place: named(opening.path),
            reason: format!("its folder cannot be written and {} is not yet part of it", named(&journal)),
        });
    }
    // Two slashes at the beginning would be followed by a host.
    let plain: PathBuf = literal(opening.path).components().collect();
    let escaped = plain.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = failed(opening.path, "opening");
    let db = Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags).map_err(&failed)?;
    prepared_once(&db).map_err(&failed)?;
    Ok(db)
}

/// Brings the schema up to date, one process at a time. Another that only looks at the file can keep it
/// from changing its mode for a moment.
fn migrate(opening: &Opening<'_>, db: &mut Connection) -> Result<(), StoreError> {
    let _alone = alone(opening)?;
    let mut waited = Duration::ZERO;
    loop {
        match schema::migrate(db).map_err(failed(opening.path, "bringing its schema up to date")) {
            Err(StoreError::Busy { .. }) if waited < opening.busy => {
                std::thread::sleep(LOOK_AGAIN);
                waited += LOOK_AGAIN;
            }
            done => return done,
        }
    }
}

/// Sets the file aside, if it still is damaged when nobody else can be doing the same, and begins anew.
fn set_aside(opening: &Opening<'_>, every_page: bool) -> Result<Opened, StoreError> {
    a_file(opening.path)?;
    let alone = alone(opening)?;
    let reason = match look(opening, every_page) {
        Ok(()) => {
            drop(alone);
            return connect(opening);
        }
        Err(StoreError::Damaged { reason, .. }) => reason,
        Err(other) => return Err(other),
    };
    let aside = free_name(opening);
    // The journal first: a new file must not find it.
    for part in ["-wal", "-shm", ""] {
        let (from, to) = (beside(opening.path, part), beside(&aside, part));
        if from.exists() {
            fs::rename(&from, &to).map_err(|error| StoreError::NotSetAside {
                place: named(opening.path),
                reason: reason.clone(),
                aside: named(&aside),
                error,
            })?;
        }
    }
    drop(alone);
    let opened = connect(opening)?;
    Ok(Opened { set_aside: Some(SetAside { path: aside, reason }), ..opened })
}

/// Whether the file can be read at all, or in every page.
fn look(opening: &Opening<'_>, every_page: bool) -> Result<(), StoreError> {
    let failed = failed(opening.path, "looking for damage");
    let db = connection(opening)?;
    schema::identity(&db).map_err(&failed)?;
    if !every_page {
        return Ok(());
    }
    match check::broken(&db).map_err(&failed)? {
        Some(reason) => Err(StoreError::Damaged { place: named(opening.path), reason }),
        None => Ok(()),
    }
}

/// The right to begin, migrate or set aside a file, held by one process at a time.
fn alone(opening: &Opening<'_>) -> Result<File, StoreError> {
    let place = || named(opening.path);
    let unavailable = |e: std::io::Error| StoreError::Unavailable { place: place(), reason: e.to_string() };
    let lock = File::options().create(true).truncate(false).write(true).open(beside(opening.path, ".lock"));
    let lock = lock.map_err(unavailable)?;
    let mut waited = Duration::ZERO;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::Error(e)) => return Err(unavailable(e)),
            Err(TryLockError::WouldBlock) if waited >= opening.busy => {
                return Err(StoreError::Busy { place: place() });
            }
            Err(TryLockError::WouldBlock) => {
                std::thread::sleep(LOOK_AGAIN);
                waited += LOOK_AGAIN;
            }
        }
    }
}

/// A name for the damaged file that nothing has yet.
fn free_name(opening: &Opening<'_>) -> PathBuf {
    let stamp = opening.now.format("%Y%m%dT%H%M%SZ");
    let first = beside(opening.path, &format!(".damaged-{stamp}"));
    let others = (2..).map(|n| beside(opening.path, &format!(".damaged-{stamp}-{n}")));
    std::iter::once(first.clone()).chain(others).find(|p| !p.exists()).unwrap_or(first)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
pub(super) mod tests {
    use chrono::{Days, NaiveDate};

    use super::*;
    use crate::domain::{Bar, Basis, InstrumentId, Provenance, Series};

    /// A series of so many closes.
    pub(in crate::store::sqlite) fn series(closes: u32) -> Series {
        let first = NaiveDate::from_ymd_opt(2001, 1, 1).unwrap();
        let bar = |n: u32| Bar {
            date: first + Days::new(n.into()),
            close: f64::from(n) + 0.1,
            low: None,
            high: None,
        };
        let provenance = Provenance {
            instrument: InstrumentId::new("SP500"),
            source: "yahoo".into(),
            symbol: "^GSPC".into(),
            currency: None,
            venue: None,
            basis: Basis::Price,
            raw: false,
            fetched_at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
            stamp: None,
        };
        Series::of_bars(provenance, (0..closes).map(bar).collect(), Vec::new()).unwrap()
    }
}
