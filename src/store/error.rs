//! Why a store could not be used, with what to do next.
//!
//! Not for: deciding what a run does without its store (`app`).

/// A store that could not be opened, read or written. `place` is its path or address.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds it.
    #[error(
        "the store {place} is in use by another process that does not let go of it; try again, or run without it (--no-store)"
    )]
    Busy {
        /// Its path or address.
        place: String,
    },
    /// It was written by a later program.
    #[error(
        "the store {place} has schema {found} and this program knows up to {known}; use the newer program that wrote it, or another store (--store)"
    )]
    Newer {
        /// Its path or address.
        place: String,
        /// Its version.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// It is a sound database of something else.
    #[error("{place} is a database of another program and is left alone; name another store (--store)")]
    Foreign {
        /// Its path or address.
        place: String,
    },
    /// It is no database, or broken.
    #[error(
        "the store {place} is damaged ({reason}); `marketsnap store verify` says where, and the next run sets it aside and begins a new one"
    )]
    Damaged {
        /// Its path or address.
        place: String,
        /// What was found.
        reason: String,
    },
    /// It holds closes of sessions that the clock says are still to come.
    #[error(
        "the store {place} holds closes of {session}, which is still to come by the clock ({now}); set the clock right: what is fetched now would be kept with a wrong time"
    )]
    Ahead {
        /// Its path or address.
        place: String,
        /// The newest session held.
        session: chrono::NaiveDate,
        /// The day that the clock says.
        now: chrono::NaiveDate,
    },
    /// There is no room.
    #[error("the store {place} was not written: the disk is full; make room, nothing kept before is lost")]
    Full {
        /// Its path or address.
        place: String,
    },
    /// It cannot be written.
    #[error("the store {place} cannot be written, only read; check its rights")]
    ReadOnly {
        /// Its path or address.
        place: String,
    },
    /// It cannot be reached.
    #[error(
        "the store {place} cannot be opened: {reason}; check the path and its rights, or name another store (--store)"
    )]
    Unavailable {
        /// Its path or address.
        place: String,
        /// Why.
        reason: String,
    },
    /// A server that cannot be reached, or that does not let us in.
    #[error("the store {place} cannot be reached: {reason}; {next}")]
    Unreachable {
        /// Its address.
        place: String,
        /// Why.
        reason: String,
        /// What to do.
        next: &'static str,
    },
    /// A server that does not let this user do it.
    #[error(
        "the store {place} does not allow {doing} ({reason}); ask its owner for the rights, which README.md lists"
    )]
    Denied {
        /// Its address.
        place: String,
        /// What was being done.
        doing: &'static str,
        /// What the server said.
        reason: String,
    },
    /// The connection broke; what was being done was not done at all.
    #[error(
        "the connection to the store {place} broke while {doing} ({reason}): nothing of it was done; try again"
    )]
    Lost {
        /// Its address.
        place: String,
        /// What was being done.
        doing: &'static str,
        /// Why.
        reason: String,
    },
    /// The connection broke at the last moment; what was being done was done whole or not at all.
    #[error(
        "the connection to the store {place} broke at the last moment ({reason}): all of it was done, or nothing; try again, what is done twice is kept once"
    )]
    Unsure {
        /// Its address.
        place: String,
        /// Why.
        reason: String,
    },
    /// Anything else.
    #[error("the store {place} failed while {doing}: {reason}; try again, or run without it (--no-store)")]
    Failed {
        /// Its path or address.
        place: String,
        /// What was being done.
        doing: &'static str,
        /// Why.
        reason: String,
    },
    /// Setting a damaged store aside failed.
    #[error(
        "the store {place} is damaged ({reason}) and could not be set aside as {aside}: {error}; move it away by hand"
    )]
    NotSetAside {
        /// Its path.
        place: String,
        /// What was found.
        reason: String,
        /// The name it should have got.
        aside: String,
        /// Why it did not.
        #[source]
        error: std::io::Error,
    },
}
