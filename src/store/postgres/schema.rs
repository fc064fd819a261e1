//! The tables, in a schema of their own (`marketsnap`) so that a database may hold other things beside
//! them, as numbered migrations recorded there.
//!
//! Not for: a schema of that name that this program did not begin.

use tokio_postgres::Client;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

use super::Failure;

/// What leads from one version to the next: the first from nothing to version 1. A migration that was
/// released is never changed.
const MIGRATIONS: [&str; 1] = [include_str!("001.sql")];

/// The version that this program writes.
pub(super) const VERSION: i64 = MIGRATIONS.len() as i64;

const CREATE_SCHEMA: &str = "CREATE SCHEMA marketsnap;";
const CREATE_RECORD: &str =
    "CREATE TABLE marketsnap.migration (version bigint PRIMARY KEY, at timestamptz NOT NULL);";
const NAMES: &str = "SELECT c.relname::text FROM pg_catalog.pg_namespace AS n \
    LEFT JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f') \
    WHERE n.nspname = 'marketsnap'";

/// Whose schema it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Identity {
    /// There is none, or it is empty.
    Blank {
        /// It was made for this program beforehand.
        made: bool,
    },
    /// Ours, at this version.
    Ours(i64),
    /// Another program's.
    Foreign,
}

pub(super) async fn identity(client: &Client) -> Result<Identity, Failure> {
    let names = client.query_typed(NAMES, &[]).await?;
    let names = names.iter().map(|row| row.try_get(0)).collect::<Result<Vec<Option<String>>, _>>()?;
    let made = !names.is_empty();
    let mut tables = names.into_iter().flatten().peekable();
    if tables.peek().is_none() {
        return Ok(Identity::Blank { made });
    }
    if !tables.any(|name| name == "migration") {
        return Ok(Identity::Foreign);
    }
    let newest = client.query_typed("SELECT max(version) FROM marketsnap.migration", &[]).await;
    match newest.map(|rows| rows.first().map(|row| row.try_get::<_, Option<i64>>(0))) {
        Ok(Some(Ok(Some(version)))) => Ok(Identity::Ours(version)),
        Ok(_) => Ok(Identity::Foreign),
        Err(e) if e.code() == Some(&SqlState::UNDEFINED_COLUMN) => Ok(Identity::Foreign),
        Err(e) => Err(e.into()),
    }
}

/// Brings the schema from a version to the current one, within a transaction. Of two hosts at once one
/// fails, as the name of the schema or the number of the version is taken: see [`taken`].
pub(super) async fn migrate(client: &Client, from: Identity) -> Result<(), Failure> {
    let version = match from {
        Identity::Ours(version) => version,
        Identity::Blank { made } => {
            if !made {
                client.batch_execute(CREATE_SCHEMA).await?;
            }
            client.batch_execute(CREATE_RECORD).await?;
            0
        }
        Identity::Foreign => return Ok(()),
    };
    for (number, step) in (1_i64..).zip(MIGRATIONS).skip_while(|(number, _)| *number <= version) {
        let note = "INSERT INTO marketsnap.migration (version, at) VALUES ($1, now())";
        client.execute_typed(note, &[(&number, Type::INT8)]).await?;
        client.batch_execute(step).await?;
    }
    Ok(())
}

/// Another host did the same at the same time.
pub(super) fn taken(failure: &Failure) -> bool {
    let taken = [
        SqlState::UNIQUE_VIOLATION,
        SqlState::DUPLICATE_SCHEMA,
        SqlState::DUPLICATE_TABLE,
        SqlState::DUPLICATE_OBJECT,
    ];
    failure.passes() || failure.code().is_some_and(|code| taken.contains(code))
}
