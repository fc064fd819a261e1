//! Every derived figure: which sessions are known and settled at an instant, moves, comparison with a
//! benchmark, composites, groups, ranges, and the notes that say what a reader should know.
//!
//! Pure: the instant is an argument, nothing is read from a clock, a file or the network, and nothing
//! is formatted beyond the sentences of notes.

mod audit;
pub mod chart;
pub mod check;
pub mod comparison;
pub mod composite;
mod contributions;
mod converted;
pub mod currency;
mod drawdown;
pub mod fresh;
mod groups;
mod highlights;
mod limit;
mod lines;
mod members;
mod missing;
pub mod movers;
pub mod moves;
mod notes;
mod origins;
mod pairing;
mod period;
pub mod plausible;
pub mod publication;
mod range;
mod rank;
pub mod reach;
mod records;
pub mod relative;
pub mod report;
mod risk;
mod rows;
pub mod sessions;
pub mod show;
mod size;
pub mod snapshot;
mod suspect;
pub mod trust;
mod wording;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::snapshot::{AskedSource, Failed};
use crate::domain::{Horizon, InstrumentId, Series, Universe};

/// One thing that the reader asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// An instrument's row.
    Instrument(InstrumentId),
    /// A composite's row.
    Composite(InstrumentId),
    /// A group: its members' rows and its breadth.
    Group(InstrumentId),
}

/// What a report is made from: everything known, and the instant to speak for.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// What exists.
    pub universe: &'a Universe,
    /// The closes held, by instrument.
    pub series: &'a BTreeMap<InstrumentId, Series>,
    /// What could not be had.
    pub failures: &'a [Failed],
    /// The instant the report speaks for.
    pub as_of: DateTime<Utc>,
    /// The day asked for: sessions after it are left out, and only settled ones count.
    pub date: Option<NaiveDate>,
    /// Step back to the last settled session.
    pub settled_only: bool,
    /// The horizons, in order.
    pub horizons: &'a [Horizon],
    /// The reader named the horizons.
    pub horizons_named: bool,
    /// The horizon that a comparison's lines are rebased over; none for the longest that all have.
    pub rebase: Option<Horizon>,
    /// What rows are compared with.
    pub benchmark: &'a InstrumentId,
    /// The currency that closes are converted to; none to leave each in its own.
    pub currency: Option<&'a str>,
    /// What was asked for, in order.
    pub chosen: &'a [Chosen],
    /// Nothing was named: rows come in sections.
    pub by_section: bool,
    /// When the report is made.
    pub generated_at: DateTime<Utc>,
    /// The report is a day's, written to be kept: nothing of the moment at which it is made may enter it.
    pub lasting: bool,
    /// The closes are those built into the program.
    pub demo: bool,
    /// What is known of the sources' reliability; none where one source alone was asked.
    pub trust: Option<&'a Trust>,
    /// Composites' levels chained from everything held; none where the closes here are all that is held.
    pub chains: Option<&'a composite::Chains>,
}

/// What other sources say of the closes, how the sources did, and what came from the store.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trust {
    /// Instruments that another source spoke of.
    pub opinions: BTreeMap<InstrumentId, trust::Opinion>,
    /// The sources that were to be asked.
    pub sources: Vec<AskedSource>,
    /// A second source was asked for everything.
    pub verified: bool,
    /// Instruments whose closes were kept by an earlier run and not asked for anew.
    pub held: BTreeSet<InstrumentId>,
    /// Those of them that were asked for and that no source answered for.
    pub stood_in: BTreeSet<InstrumentId>,
    /// Nobody was asked.
    pub offline: bool,
    /// What the store says of the closes, a sentence each without its full stop.
    pub said: Vec<String>,
}

impl Inputs<'_> {
    /// Whether closes of the store stand in for some that were asked for.
    fn stood_in(&self) -> bool {
        self.trust.is_some_and(|t| !t.stood_in.is_empty())
    }

    /// Whether a close was not asked for anew; of a composite, any member's.
    fn kept_earlier(&self, id: &InstrumentId) -> bool {
        let Some(trust) = self.trust else { return false };
        let members = self.universe.composite(id).into_iter().flat_map(|c| &c.members);
        trust.held.contains(id) || members.into_iter().any(|m| trust.held.contains(&m.id))
    }
}
