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
