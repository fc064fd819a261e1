//! What a failure on the way to the server or in it means for a reader.
//!
//! Not for: deciding what is tried again (`mod`), beyond saying what may be.

use std::error::Error as _;
use std::time::Duration;

use tokio_postgres::error::SqlState;

use super::Address;
use crate::domain::text::sanitise;
use crate::store::StoreError;

/// No sentence of a server is repeated beyond so many characters.
const REPEATED: usize = 200;

/// Why an operation ended.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server or the way to it.
    Sql(tokio_postgres::Error),
    /// The connection broke while it was told to commit.
    Committing(tokio_postgres::Error),
    /// No connection came about in time.
    Late(Duration),
    /// Nothing was heard from the server for so long.
    Silent(Duration),
    /// Nothing was heard from it for so long after it was told to commit.
    SilentCommitting(Duration),
    /// Rows that nothing of this program can have written, or a key that cannot be read.
    Wrong(String),
    /// The certificates to judge the server by cannot be had.
    Roots(String),
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Sql(error)
    }
}

impl Failure {
    fn sql(&self) -> Option<&tokio_postgres::Error> {
        match self {
            Self::Sql(e) | Self::Committing(e) => Some(e),
            _ => None,
        }
    }

    pub(super) fn code(&self) -> Option<&SqlState> {
        self.sql().and_then(tokio_postgres::Error::code)
    }

    /// The server, and not the program, gave way to somebody else: nothing was done, and it may be tried again.
    pub(super) fn passes(&self) -> bool {
        self.code().is_some_and(|c| {
            *c == SqlState::T_R_SERIALIZATION_FAILURE || *c == SqlState::T_R_DEADLOCK_DETECTED
        })
    }

    /// The connection is of no more use, and nothing was done.
    pub(super) fn lost(&self) -> bool {
        match self {
            Self::Sql(e) => match e.code() {
                Some(code) => stopped(code),
                None => e.is_closed() || caused_by::<std::io::Error>(e),
            },
            _ => false,
        }
    }

    /// Another host holds what this one needs.
    pub(super) fn locked(&self) -> bool {
        self.code() == Some(&SqlState::LOCK_NOT_AVAILABLE)
    }

    /// The server was not heard from any more.
    pub(super) fn silent(&self) -> bool {
        matches!(self, Self::Silent(_) | Self::SilentCommitting(_))
    }

    /// For a reader, with what to do next.
    pub(super) fn told(self, address: &Address, doing: &'static str) -> StoreError {
        let place = address.to_string();
        let reason = self.reason();
        let unreachable =
            |next| StoreError::Unreachable { place: place.clone(), reason: reason.clone(), next };
        let Some(code) = self.code() else {
            return match &self {
                Self::Committing(_) | Self::SilentCommitting(_) => StoreError::Unsure { place, reason },
                Self::Silent(_) => StoreError::Lost { place, doing, reason },
                Self::Late(_) => unreachable("try again, or run without it (--no-store)"),
                Self::Roots(_) => unreachable("correct the address's sslrootcert"),
                Self::Sql(_) if self.lost() => StoreError::Lost { place, doing, reason },
                Self::Sql(_) | Self::Wrong(_) => StoreError::Failed { place, doing, reason },
            };
        };
        match code.code() {
            "55P03" | "40001" | "40P01" => StoreError::Busy { place },
            "53100" => StoreError::Full { place },
            "25006" => StoreError::ReadOnly { place },
            "42501" => StoreError::Denied { place, doing, reason },
            "28P01" | "28000" => unreachable("check the user, the password and what the server lets in"),
            "3D000" => unreachable("make the database first (`createdb`), or name another"),
            "53300" | "57P03" => unreachable("try again in a moment"),
            _ if stopped(code) && matches!(self, Self::Committing(_)) => StoreError::Unsure { place, reason },
            _ if stopped(code) => StoreError::Lost { place, doing, reason },
            _ => StoreError::Failed { place, doing, reason },
        }
    }

    /// For a reader, where it happened on the way to the server.
    pub(super) fn told_of_connecting(self, address: &Address) -> StoreError {
        match (self.code(), &self) {
            (None, Self::Sql(e)) => StoreError::Unreachable {
                place: address.to_string(),
                reason: self.reason(),
                next: next_for(e),
            },
            _ => self.told(address, "connecting"),
        }
    }

    fn reason(&self) -> String {
        match self {
            Self::Sql(e) | Self::Committing(e) => match e.as_db_error() {
                Some(said) => sanitise(said.message(), REPEATED),
                None => sanitise(
                    &e.source().map_or_else(|| e.to_string(), |cause| format!("{e}: {cause}")),
                    REPEATED,
                ),
            },
            Self::Late(after) => format!("it did not answer within {} seconds", after.as_secs().max(1)),
            Self::Silent(after) | Self::SilentCommitting(after) => {
                format!("the server fell silent: nothing was heard from it for {} seconds", after.as_secs())
            }
            Self::Wrong(what) | Self::Roots(what) => what.clone(),
        }
    }
}

/// What to do where no connection came about.
fn next_for(error: &tokio_postgres::Error) -> &'static str {
    let reason = error.source().map(ToString::to_string).unwrap_or_default();
    if reason.contains("certificate") {
        return "name the authority that signed it (sslrootcert=FILE after the address's question mark)";
    }
    if reason.contains("does not support TLS") {
        return "set up TLS there, or accept plain text (sslmode=disable after the address's question mark)";
    }
    if reason.contains("password missing") {
        return "give the password: postgres://USER:PASSWORD@HOST/DATABASE, best in MARKETSNAP_STORE";
    }
    "check the host, the port and that the server runs"
}

/// The server ended the connection.
fn stopped(code: &SqlState) -> bool {
    matches!(code.code(), "57P01" | "57P02" | "57P05" | "25P03") || code.code().starts_with("08")
}

fn caused_by<E: std::error::Error + 'static>(error: &tokio_postgres::Error) -> bool {
    error.source().is_some_and(|cause| cause.is::<E>())
}
