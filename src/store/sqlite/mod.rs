//! The store in one SQLite file: a row for each close in use, another for each version that was replaced.
//!
//! Readers never wait; of two writers one waits, up to a limit. A killed writer leaves what was committed.
//!
//! Not for: a folder on a network file system, where several hosts cannot share the file.

mod beyond;
mod check;
mod open;
mod read;
mod schema;
mod told;
mod write;

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, ErrorCode, ffi};

use super::{
    Beyond, Covered, Fault, Held, History, Kept, Pruned, Revision, Settled, Sought, Store, StoreError,
};
use crate::domain::InstrumentId;
use crate::domain::text::harmless;

pub use open::{Opened, Opening, SetAside};

/// A store in a file.
#[derive(Debug)]
pub struct Sqlite {
    db: Connection,
    path: PathBuf,
}

impl Sqlite {
    /// Opens the store, and begins one where there is none. A file that is damaged is set aside under
    /// another name; one that cannot be written is opened for reading.
    ///
    /// # Errors
    /// [`StoreError`] when there is no store to be had at this path.
    pub fn open(opening: &Opening<'_>) -> Result<Opened, StoreError> {
        open::open(opening)
    }

    /// Opens the store after an operation found it damaged: looks at every page, and sets the file aside
    /// if it is broken.
    ///
    /// # Errors
    /// [`StoreError`] when there is no store to be had at this path.
    pub fn mend(opening: &Opening<'_>) -> Result<Opened, StoreError> {
        open::mend(opening)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn failed(&self, doing: &'static str) -> impl Fn(rusqlite::Error) -> StoreError + use<> {
        failed(&self.path, doing)
    }
}

impl Store for Sqlite {
    fn held(
        &mut self,
        ids: &[InstrumentId],
        since: NaiveDate,
        known_at: Option<DateTime<Utc>>,
    ) -> Result<Vec<Held>, StoreError> {
        let failed = self.failed("reading closes");
        read::held(&mut self.db, ids, since, known_at).map_err(failed)
    }

    fn keep(&mut self, fetched: &[Settled<'_>]) -> Result<Kept, StoreError> {
        let failed = self.failed("keeping closes");
        write::keep(&mut self.db, fetched).map_err(failed)
    }

    fn writable(&mut self) -> Result<(), StoreError> {
        if self.db.is_readonly("main").map_err(self.failed("looking at its rights"))? {
            return Err(StoreError::ReadOnly { place: named(&self.path) });
        }
        Ok(())
    }

    fn beyond(&mut self, sought: &[Sought<'_>]) -> Result<Vec<Option<Beyond>>, StoreError> {
        let failed = self.failed("looking further back");
        beyond::beyond(&mut self.db, sought).map_err(failed)
    }

    fn covered(&mut self, ids: &[InstrumentId]) -> Result<Vec<Covered>, StoreError> {
        let failed = self.failed("reading what is covered");
        read::covered(&mut self.db, ids).map_err(failed)
    }

    fn revisions(&mut self, id: &InstrumentId) -> Result<Vec<Revision>, StoreError> {
        let failed = self.failed("reading revisions");
        read::revisions(&mut self.db, id).map_err(failed)
    }

    fn all(&mut self, id: &InstrumentId, from: NaiveDate, to: NaiveDate) -> Result<Vec<History>, StoreError> {
        let failed = self.failed("reading a history");
        read::all(&mut self.db, id, from, to).map_err(failed)
    }

    fn instruments(&mut self) -> Result<Vec<InstrumentId>, StoreError> {
        let failed = self.failed("reading its instruments");
        read::instruments(&self.db).map_err(failed)
    }

    fn verify(&mut self) -> Result<Vec<Fault>, StoreError> {
        let failed = self.failed("verifying");
        check::verify(&mut self.db).map_err(failed)
    }

    fn prune(&mut self, before: NaiveDate) -> Result<Pruned, StoreError> {
        let failed = self.failed("pruning");
        check::prune(&mut self.db, before).map_err(failed)
    }
}

/// A path as it is told.
fn named(path: &Path) -> String {
    harmless(&path.to_string_lossy())
}

/// What a failure of SQLite means for a reader.
fn failed(path: &Path, doing: &'static str) -> impl Fn(rusqlite::Error) -> StoreError + use<> {
    let place = named(path);
    move |error| {
        let place = place.clone();
        let reason = match &error {
            rusqlite::Error::FromSqlConversionFailure(_, _, why) => why.to_string(),
            other => other.to_string(),
        };
        // Rows that do not have the types of the schema.
        let Some(code) = error.sqlite_error_code() else { return StoreError::Damaged { place, reason } };
        match code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => {
                StoreError::Busy { place }
            }
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Damaged { place, reason },
            // What processes share of the file needs room too.
            _ if full_beside(&error) => StoreError::Full { place },
            ErrorCode::DiskFull => StoreError::Full { place },
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => StoreError::ReadOnly { place },
            ErrorCode::CannotOpen => StoreError::Unavailable { place, reason },
            _ => StoreError::Failed { place, doing, reason },
        }
    }
}

/// Whether there was no room for the file beside it that processes share, which SQLite does not tell as full.
fn full_beside(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|e| e.extended_code == ffi::SQLITE_IOERR_SHMSIZE)
}

/// Days since 1970, as dates are kept.
fn days(date: NaiveDate) -> i64 {
    i64::from(date.to_epoch_days())
}

/// The date of so many days since 1970.
fn date(days: i64) -> rusqlite::Result<NaiveDate> {
    let date = i32::try_from(days).ok().and_then(NaiveDate::from_epoch_days);
    date.ok_or(rusqlite::Error::IntegralValueOutOfRange(0, days))
}

/// The instant of so many seconds since 1970.
fn instant(seconds: i64) -> rusqlite::Result<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0).ok_or(rusqlite::Error::IntegralValueOutOfRange(0, seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_room_for_what_is_shared_is_a_full_disk_and_a_page_not_written_is_not() {
        let told = |extended_code| {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(extended_code), None);
            failed(Path::new("closes.db"), "opening")(error)
        };
        assert!(matches!(told(ffi::SQLITE_IOERR_SHMSIZE), StoreError::Full { .. }));
        assert!(matches!(told(ffi::SQLITE_IOERR_WRITE), StoreError::Failed { .. }));
    }

    #[test]
    fn a_full_disk_is_told_and_nothing_is_half_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("closes.db");
        let opening = Opening::new(&path, DateTime::from_timestamp(1_800_000_000, 0).unwrap());
        let mut store = Sqlite::open(&opening).unwrap().store;
        let pages: i64 = store.db.pragma_query_value(None, "page_count", |r| r.get(0)).unwrap();
        store.db.pragma_update(None, "max_page_count", pages + 1).unwrap();
        let series = open::tests::series(5_000);
        let settled = Settled { series: &series, since: series.bars()[0].date, until: NaiveDate::MAX };
        let error = store.keep(&[settled]).unwrap_err();
        assert!(matches!(error, StoreError::Full { .. }), "{error}");
        assert!(error.to_string().contains("disk is full"), "{error}");
        assert_eq!(store.instruments().unwrap(), []);
        assert_eq!(store.verify().unwrap(), []);
    }
}
