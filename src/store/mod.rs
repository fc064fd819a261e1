//! What the program remembers between runs: settled closes of every source with the time each was first
//! seen, what a source restated, how far back each series was asked for, and the newest live value.
//!
//! Everything is behind [`Store`]; [`sqlite`] keeps it in one file, [`postgres`] in a server's database. What a fetched series changes
//! ([`merge`]) and which version of a close was known at an instant ([`versions`]) is decided here, once
//! for every backend.
//!
//! Not for: deciding which closes are settled (`compute::sessions`), what to ask a source for, or what is
//! remembered of the sources themselves (`fetch::memory`).

mod asked;
mod beyond;
pub mod error;
mod join;
pub mod merge;
pub mod place;
pub mod postgres;
pub mod sqlite;
pub mod told;
pub mod versions;

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::{Bar, InstrumentId, Provenance, Series};

pub use beyond::{Beyond, Bound, Sought};
pub use error::StoreError;
pub use place::{NoAddress, Opened, Opening, Place, mend, open};
pub use postgres::Postgres;
pub use sqlite::Sqlite;

/// A store of closes. Every operation is one transaction: it happens whole or not at all, also where the
/// process is killed or others read and write at the same time.
pub trait Store {
    /// Every series held of these instruments, with its closes from `since` on, in the order of the
    /// instruments. Without an instant, the newest version of each close; with one, the version known
    /// then, or, where none was held then, the newest, named in [`Held::reconstructed`].
    ///
    /// The warnings are those in force ([`Store::keep`]), with an instant those in force then; where the
    /// series was first fetched later, those in force now. A close outside its own range comes with its low
    /// and high as they were told last, or had been told by the instant (of a reconstructed close, last);
    /// every other close comes without.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn held(
        &mut self,
        ids: &[InstrumentId],
        since: NaiveDate,
        known_at: Option<DateTime<Utc>>,
    ) -> Result<Vec<Held>, StoreError>;

    /// Merges fetched series into those held. Closes up to [`Settled::until`] become history; of what
    /// comes after, the newest is remembered as the series' latest value and never becomes history.
    ///
    /// What is told beside the closes ([`told`]) counts only if no newer answer was kept before. The
    /// warnings of a series that covers all that is covered after keeping it take the place of those in
    /// force; those of one that covers a part of it are added to them. The range of each close that it
    /// contains is the one told last.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be written; then nothing of these series was kept.
    fn keep(&mut self, fetched: &[Settled<'_>]) -> Result<Kept, StoreError>;

    /// Whether closes can be kept at all, as far as that can be told without writing.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot.
    fn writable(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// The newest close or move at or beyond each bound among the closes in use before a report's; none for a
    /// series that is not held or has no close on the report's first session. Looks from there backwards, and
    /// gives back no closes.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn beyond(&mut self, sought: &[Sought<'_>]) -> Result<Vec<Option<Beyond>>, StoreError>;

    /// How far each series of these instruments was asked for, and its latest value; reads no closes.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn covered(&mut self, ids: &[InstrumentId]) -> Result<Vec<Covered>, StoreError>;

    /// Every version of an instrument's closes that is no longer used, oldest session first.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn revisions(&mut self, id: &InstrumentId) -> Result<Vec<Revision>, StoreError>;

    /// All closes of an instrument between two dates, both included, with the time each was first seen,
    /// by series; also those that [`Store::held`] leaves out as not joined to the newest.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn all(&mut self, id: &InstrumentId, from: NaiveDate, to: NaiveDate) -> Result<Vec<History>, StoreError>;

    /// The instruments that have a series, in order of their ids.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn instruments(&mut self) -> Result<Vec<InstrumentId>, StoreError>;

    /// What is wrong with the store: damage, and rows that contradict one another. Reads everything.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read at all.
    fn verify(&mut self) -> Result<Vec<Fault>, StoreError>;

    /// Forgets every close and revision dated before a day, and of the times at which a series was fetched
    /// and what was told of it, what no report as of that day or later needs: [`Held::asked_at`] and the
    /// warnings as of an instant stay as they are from the day before on.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be written.
    fn prune(&mut self, before: NaiveDate) -> Result<Pruned, StoreError>;
}

/// A fetched series to be kept, and what of it is settled.
#[derive(Debug, Clone, Copy)]
pub struct Settled<'a> {
    /// The series as it was fetched.
    pub series: &'a Series,
    /// The date from which the source was asked; where it goes no further back, closes begin later.
    pub since: NaiveDate,
    /// The last settled session: closes dated after it are live.
    pub until: NaiveDate,
}

/// A series held.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Its settled closes, splits and warnings; fetched when it was last fetched, without a stamp.
    pub series: Series,
    /// How far it was asked for.
    pub coverage: Coverage,
    /// When it was last fetched at or before the instant asked for, whether that brought anything or not;
    /// without an instant, when it was last fetched. None where it was first fetched later.
    pub asked_at: Option<DateTime<Utc>>,
    /// Its newest value if that was live; none when asked for an instant.
    pub latest: Option<Latest>,
    /// Sessions of which no version was held at the instant asked for, so that a later one is given.
    pub reconstructed: Vec<NaiveDate>,
}

/// How far a series was asked for without a gap, and when last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// The earliest date asked for; there is nothing older to be had by asking from here again.
    pub from: NaiveDate,
    /// The last settled session when it was last fetched.
    pub to: NaiveDate,
    /// When it was last fetched.
    pub fetched_at: DateTime<Utc>,
}

/// What is known of a series without its closes.
#[derive(Debug, Clone, PartialEq)]
pub struct Covered {
    /// Which series it is; fetched when it was last fetched.
    pub provenance: Provenance,
    /// How far it was asked for.
    pub coverage: Coverage,
    /// Its newest value if that was live.
    pub latest: Option<Latest>,
}

/// A value of a session that was not settled when it was fetched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Latest {
    /// The value, with its range where the source gave one.
    pub bar: Bar,
    /// The instant the source gives for it.
    pub stamp: Option<DateTime<Utc>>,
    /// When it was fetched.
    pub fetched_at: DateTime<Utc>,
}

/// What keeping did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kept {
    /// Closes of sessions that were not held.
    pub added: usize,
    /// Closes that were held and came again unchanged.
    pub confirmed: usize,
    /// Settled closes that a source changed.
    pub restated: Vec<Restatement>,
    /// Series that a source changed as a whole, by one factor.
    pub rebased: Vec<Rebasing>,
    /// Something held claims to be fetched well after these series were: a clock was set back.
    pub clock_set_back: bool,
}

/// A settled close that a source changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Restatement {
    /// The instrument.
    pub instrument: InstrumentId,
    /// The source's short name.
    pub source: String,
    /// The session.
    pub session: NaiveDate,
    /// The close as it was.
    pub old: f64,
    /// The close that is used from now on.
    pub new: f64,
}

/// A series that a source changed as a whole (a split).
#[derive(Debug, Clone, PartialEq)]
pub struct Rebasing {
    /// The instrument.
    pub instrument: InstrumentId,
    /// The source's short name.
    pub source: String,
    /// New close over old close.
    pub factor: f64,
    /// Closes that came anew on the new basis.
    pub replaced: usize,
    /// Closes on the old basis that did not come anew: out of use until they are fetched again.
    pub dropped: usize,
}

/// A version of a close that is no longer used.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// The series it is of.
    pub provenance: Provenance,
    /// The session.
    pub session: NaiveDate,
    /// The close as it was.
    pub close: f64,
    /// When it was first seen.
    pub fetched_at: DateTime<Utc>,
    /// When another version took its place, or the series moved to another basis.
    pub replaced_at: DateTime<Utc>,
    /// The version in use now; none where the session was not fetched again on the new basis.
    pub now: Option<f64>,
}

/// All closes of a series between two dates.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// Which series it is; fetched when it was last fetched.
    pub provenance: Provenance,
    /// The closes, oldest first.
    pub rows: Vec<Row>,
}

/// A settled close and when it was first seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// The session's exchange-local date.
    pub session: NaiveDate,
    /// The close.
    pub close: f64,
    /// When it was first seen, to the second.
    pub fetched_at: DateTime<Utc>,
}

/// Something wrong with a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// One sentence on what is wrong and where.
    pub message: String,
}

/// What pruning removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Closes in use.
    pub closes: usize,
    /// Versions that were no longer used.
    pub revisions: usize,
}

impl Coverage {
    /// What is covered once more was asked for: both together where they touch, else the newer of them.
    /// The time and the end are those of `asked` if that is the `newest` answer.
    #[must_use]
    pub fn joined(self, asked: Self, newest: bool) -> Self {
        let touch = |a: Self, b: Self| a.from <= b.to.succ_opt().unwrap_or(b.to);
        let fetched_at = if newest { asked.fetched_at } else { self.fetched_at };
        if touch(self, asked) && touch(asked, self) {
            return Self { from: self.from.min(asked.from), to: self.to.max(asked.to), fetched_at };
        }
        let later = if asked.to > self.to { asked } else { self };
        Self { fetched_at, ..later }
    }
}

impl Held {
    /// The series as a source would have sent it just now: settled closes, and after them the latest
    /// value with its own time of fetching and stamp, so that it counts as live where it is.
    #[must_use]
    pub fn with_latest(self) -> Series {
        let Some(latest) = self.latest else { return self.series };
        let later = self.series.last().is_none_or(|b| b.date < latest.bar.date);
        let mut series = self.series;
        if later {
            series.provenance.fetched_at = latest.fetched_at;
            series.provenance.stamp = latest.stamp;
            series.push(latest.bar);
        }
        series
    }
}
