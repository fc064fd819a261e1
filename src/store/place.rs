//! Where closes are kept, and opening the store that is there.
//!
//! Not for: how a backend opens (`sqlite`), or whether a run needs a store at all (`app`).

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::sqlite::{self, SetAside};
use super::{Sqlite, Store, StoreError};

/// How long to wait for another process that writes.
const BUSY: Duration = Duration::from_secs(5);

/// A place for closes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An SQLite file.
    File(PathBuf),
}

/// An address that no backend speaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a store at {0}:// is not supported; name a file")]
pub struct UnknownScheme(pub String);

impl Place {
    /// The place that a user's words name: a file, unless they begin with a scheme.
    ///
    /// # Errors
    /// [`UnknownScheme`] where no backend speaks that scheme.
    pub fn of(words: &Path) -> Result<Self, UnknownScheme> {
        match words.to_str().and_then(|text| text.split_once("://")) {
            // What follows the scheme may hold a password.
            Some((scheme, _)) => Err(UnknownScheme(crate::domain::text::sanitise(scheme, 20))),
            None => Ok(Self::File(words.to_owned())),
        }
    }

    /// Whether something stands there: a report that only reads begins no store.
    #[must_use]
    pub fn begun(&self) -> bool {
        match self {
            Self::File(path) => path.exists(),
        }
    }
}

/// The path or address, without anything secret.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
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
    }
}

/// Opens the store after an operation found it damaged, and sets it aside if it is.
///
/// # Errors
/// [`StoreError`] when there is no store to be had at this place.
pub fn mend(opening: &Opening<'_>) -> Result<Opened, StoreError> {
    match opening.place {
        Place::File(path) => Sqlite::mend(&opening.in_file(path)).map(Opened::from),
    }
}

impl From<sqlite::Opened> for Opened {
    fn from(opened: sqlite::Opened) -> Self {
        Self { store: Box::new(opened.store), set_aside: opened.set_aside }
    }
}
