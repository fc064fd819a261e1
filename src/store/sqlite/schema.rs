//! The tables, as numbered migrations recorded in the file itself (`user_version`).
//!
//! Not for: a database that this program did not begin (`application_id`).

use rusqlite::{Connection, Transaction, TransactionBehavior};

/// Marks the file as ours: `mksp`.
pub(super) const APPLICATION: i64 = 0x6d6b_7370;

/// What leads from one version to the next: the first from a blank file to version 1. A migration that
/// was released is never changed.
const MIGRATIONS: [&str; 1] = [include_str!("001.sql")];

/// The version that this program writes.
pub(super) const VERSION: i64 = MIGRATIONS.len() as i64;

/// Whose database a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Identity {
    /// Nobody's yet: it holds no table.
    Blank,
    /// Ours, at this version.
    Ours(i64),
    /// Another program's.
    Foreign,
}

/// Whose database this is, by its marks and tables of one moment.
pub(super) fn identity(db: &Connection) -> rusqlite::Result<Identity> {
    let marks = "SELECT a.application_id, u.user_version, (SELECT count(*) FROM sqlite_schema) \
        FROM pragma_application_id AS a, pragma_user_version AS u";
    let marks = db.query_row(marks, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(match marks {
        (APPLICATION, version, _) => Identity::Ours(version),
        (0_i64, 0_i64, 0_i64) => Identity::Blank,
        _ => Identity::Foreign,
    })
}

/// Brings the file to the current version, in one transaction; one process at a time, and
/// nothing where another has done so since it was looked at.
pub(super) fn migrate(db: &mut Connection) -> rusqlite::Result<()> {
    let version = match identity(db)? {
        Identity::Foreign => return Ok(()),
        Identity::Ours(version) if version >= VERSION => return Ok(()),
        Identity::Ours(version) => version,
        Identity::Blank => 0,
    };
    // The mode is a property of the file and cannot change within a transaction.
    db.pragma_update(None, "journal_mode", "WAL")?;
    let all = Transaction::new(db, TransactionBehavior::Immediate)?;
    for step in MIGRATIONS.iter().skip(usize::try_from(version).unwrap_or(0)) {
        all.execute_batch(step)?;
    }
    all.pragma_update(None, "application_id", APPLICATION)?;
    all.pragma_update(None, "user_version", VERSION)?;
    all.commit()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use chrono::{DateTime, NaiveDate};

    use super::super::open::tests::series;
    use super::super::{Opened, Opening, Sqlite};
    use super::*;
    use crate::store::{Settled, Store, StoreError};

    /// A file as the program of a version left it.
    fn left_by(version: usize, path: &Path) {
        let db = Connection::open(path).unwrap();
        for step in &MIGRATIONS[..version] {
            db.execute_batch(step).unwrap();
        }
        if version > 0 {
            db.pragma_update(None, "application_id", APPLICATION).unwrap();
            db.pragma_update(None, "user_version", i64::try_from(version).unwrap()).unwrap();
        }
    }

    fn open(path: &Path) -> Result<Opened, StoreError> {
        Sqlite::open(&Opening::new(path, DateTime::from_timestamp(1_800_000_000, 0).unwrap()))
    }

    fn tables(path: &Path) -> Vec<(String, String)> {
        let db = Connection::open(path).unwrap();
        let all = "SELECT name, sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY name";
        let mut statement = db.prepare(all).unwrap();
        statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?))).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn every_earlier_version_leads_to_the_tables_of_a_new_store_and_can_be_used() {
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("new.db");
        drop(open(&new).unwrap());
        assert!(tables(&new).iter().any(|(name, _)| name == "closes"));
        for version in 0..=MIGRATIONS.len() {
            let path = folder.path().join(format!("{version}.db"));
            left_by(version, &path);
            let mut opened = open(&path).unwrap();
            assert_eq!((opened.began, opened.read_only), (version == 0, false));
            assert_eq!(identity(&Connection::open(&path).unwrap()).unwrap(), Identity::Ours(VERSION));
            assert_eq!(tables(&path), tables(&new), "from version {version}");
            let series = series(3);
            let settled = Settled { series: &series, since: series.bars()[0].date, until: NaiveDate::MAX };
            assert_eq!(opened.store.keep(&[settled]).unwrap().added, 3);
            assert_eq!(opened.store.verify().unwrap(), []);
        }
    }

    #[test]
    fn a_migration_that_fails_leaves_the_file_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("closes.db");
        let db = Connection::open(&path).unwrap();
        // A view in the way, in a file that says it is ours and of no version yet.
        db.execute_batch("CREATE VIEW closes AS SELECT 1").unwrap();
        db.pragma_update(None, "application_id", APPLICATION).unwrap();
        drop(db);
        assert!(open(&path).is_err());
        assert_eq!(tables(&path).len(), 1);
        assert_eq!(identity(&Connection::open(&path).unwrap()).unwrap(), Identity::Ours(0));
    }

    #[test]
    fn a_schema_newer_than_the_program_is_told_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("closes.db");
        left_by(MIGRATIONS.len(), &path);
        Connection::open(&path).unwrap().pragma_update(None, "user_version", VERSION + 1).unwrap();
        let before = std::fs::read(&path).unwrap();
        let error = open(&path).unwrap_err();
        let told = matches!(error, StoreError::Newer { found, known, .. } if found == known + 1);
        assert!(told && error.to_string().contains("use the newer program"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
}
