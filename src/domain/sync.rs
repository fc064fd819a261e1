//! What bringing the store up to date did, as `sync` shows it.
//!
//! Not for: asking, or keeping.

use chrono::NaiveDate;

use super::instrument::InstrumentId;

/// What is held of an instrument after a run.
#[derive(Debug, Clone, PartialEq)]
pub struct SyncRow {
    /// The instrument.
    pub id: InstrumentId,
    /// The source of the closes; none where nothing is held.
    pub source: Option<String>,
    /// The first and the last session held.
    pub ends: Option<(NaiveDate, NaiveDate)>,
    /// How many closes are held.
    pub held: usize,
    /// How many of them came in this run.
    pub new: usize,
}

/// Sessions that an instrument's first source lacks and its exchange had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holes {
    /// The instrument.
    pub id: InstrumentId,
    /// The source that has these sessions; none where none does.
    pub filled_by: Option<String>,
    /// The sessions, oldest first.
    pub sessions: Vec<NaiveDate>,
}

/// Everything that a run did.
#[derive(Debug, Clone, PartialEq)]
pub struct Sync {
    /// From when on closes are wanted.
    pub since: NaiveDate,
    /// Where they are kept.
    pub place: String,
    /// How many instruments were wanted.
    pub wanted: usize,
    /// How many of them were asked for.
    pub asked: usize,
    /// Requests sent.
    pub requests: usize,
    /// Closes of sessions that were not held.
    pub added: usize,
    /// Closes that were held and came again unchanged.
    pub confirmed: usize,
    /// Closes that a source changed.
    pub restated: usize,
    /// What a reader should know of those, a sentence each without its full stop.
    pub said: Vec<String>,
    /// A row for each series of what was wanted; none where the run was stopped.
    pub rows: Vec<SyncRow>,
    /// How many sessions are holes.
    pub holes_found: usize,
    /// How many of them another source has.
    pub holes_filled: usize,
    /// The holes, by instrument.
    pub holes: Vec<Holes>,
    /// Nothing newer was to be had, so that nobody was asked.
    pub up_to_date: bool,
}
