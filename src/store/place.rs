//! Where closes are kept, and opening the store that is there.
//!
//! Not for: how a backend opens (`sqlite`, `postgres`), or whether a run needs a store at all (`app`).

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::postgres::{self, Address, BadAddress};
use super::sqlite::{self, SetAside};
use super::{Postgres, Sqlite, Store, StoreError};
use crate::domain::text::harmless;

/// How long to wait for another process that writes.
const BUSY: Duration = Duration::from_secs(5);

/// A place for closes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An SQLite file.
    File(PathBuf),
    /// A database of a PostgreSQL server.
    Server(Box<Address>),
}

/// An address that names no store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAddress {
    /// No backend speaks it.
    #[error("a store at {0}:// is not supported; name a file or postgres://")]
    Scheme(String),
    /// It looks like an address and is none. It is not repeated: it may hold a password.
    #[error(
        "the store is neither a file nor an address: postgres://USER:PASSWORD@HOST:PORT/DATABASE is expected; a file whose name begins with postgres or holds 'password=' is named with its folder (./)"
    )]
    Mistyped,
    /// It is not complete, or says something that is not known.
    #[error(transparent)]
    Server(#[from] BadAddress),
}

impl Place {
    /// The place that a user's words name: a file, unless they begin with a scheme.
    ///
    /// # Errors
    /// [`NoAddress`] where no backend can be at that address.
    pub fn of(words: &Path) -> Result<Self, NoAddress> {
        if mistyped(&words.to_string_lossy()) {
            return Err(NoAddress::Mistyped);
        }
        match words.to_str().and_then(|text| text.split_once("://").map(|(scheme, _)| (scheme, text))) {
            Some((scheme, text)) if postgres::SCHEMES.contains(&scheme) => {
                Ok(Self::Server(Box::new(Address::of(text)?)))
            }
            // What follows the scheme may hold a password.
            Some((scheme, _)) => Err(NoAddress::Scheme(crate::domain::text::sanitise(scheme, 20))),
            None => Ok(Self::File(words.to_owned())),
        }
    }

    /// Whether something may stand there: a report that only reads begins no store.
    #[must_use]
    pub fn begun(&self) -> bool {
        match self {
            Self::File(path) => path.exists(),
            Self::Server(_) => true,
        }
    }
}

/// Whether words are meant as the address of a server and are none.
fn mistyped(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    let scheme = |name: &str| {
        let rest = words.strip_prefix(name);
        rest.is_some_and(|rest| rest.starts_with([':', '/']) && !rest.starts_with("://"))
    };
    let settings = words.contains("password=") && !words.contains("://") && !words.starts_with(['.', '/']);
    settings || postgres::SCHEMES.iter().any(|name| scheme(name))
}

/// The path or address, without anything secret.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.write_str(&harmless(&path.to_string_lossy())),
            Self::Server(address) => address.fmt(f),
        }
    }
}

/// How a store is to be opened.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'a> {
    /// Where it is.
    pub place: &'a Place,
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
    pub fn new(place: &'a Place, now: DateTime<Utc>) -> Self {
        Self { place, now, busy: BUSY, read_only: false }
    }

    fn in_file<'p>(&self, path: &'p Path) -> sqlite::Opening<'p> {
        sqlite::Opening { path, now: self.now, busy: self.busy, read_only: self.read_only }
    }

    fn at<'p>(&self, address: &'p Address) -> postgres::Opening<'p> {
        // Many hosts write at the same time to a server, and each of them waits.
        let busy = self.busy.max(postgres::BUSY);
        postgres::Opening { address, busy, read_only: self.read_only }
    }
}

/// A store, and what a reader should know of how it was opened.
pub struct Opened {
    /// The store.
    pub store: Box<dyn Store>,
    /// What stood there was damaged, and a new one was begun in its place.
    pub set_aside: Option<SetAside>,
}

/// Opens the store, and begins one where there is none.
///
/// # Errors
/// [`StoreError`] when there is no store to be had at this place.
pub fn open(opening: &Opening<'_>) -> Result<Opened, StoreError> {
    match opening.place {
        Place::File(path) => Sqlite::open(&opening.in_file(path)).map(Opened::from),
        Place::Server(address) => Postgres::open(&opening.at(address)).map(Opened::from),
    }
}

/// Opens the store after an operation found it damaged, and sets it aside if it is.
///
/// # Errors
/// [`StoreError`] when there is no store to be had at this place.
pub fn mend(opening: &Opening<'_>) -> Result<Opened, StoreError> {
    match opening.place {
        Place::File(path) => Sqlite::mend(&opening.in_file(path)).map(Opened::from),
        // A server mends its files itself.
        Place::Server(_) => open(opening),
    }
}

impl From<sqlite::Opened> for Opened {
    fn from(opened: sqlite::Opened) -> Self {
        Self { store: Box::new(opened.store), set_aside: opened.set_aside }
    }
}

impl From<Postgres> for Opened {
    fn from(store: Postgres) -> Self {
        Self { store: Box::new(store), set_aside: None }
    }
}
