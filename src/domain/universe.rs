//! Everything a run can name: instruments, composites, groups and venues.
//!
//! Not for: reading the data file (`catalogue`) or resolving words of a command line (`app`).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::exchange::Exchange;
use super::instrument::{Instrument, InstrumentId, Mic};
use super::lang::Lang;

/// A member of a composite with its weight (positive; normalised to 1 when used).
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The member's id.
    pub id: InstrumentId,
    /// Its weight beside the other members'.
    pub weight: f64,
}

/// A weighted basket of instruments that is quoted like one.
#[derive(Debug, Clone, PartialEq)]
pub struct Composite {
    /// Its id.
    pub id: InstrumentId,
    /// Its name, which says the rule ("Asia, equal weights").
    pub name: String,
    /// Chinese name, where it has one.
    pub name_zh: Option<String>,
    /// The section it closes.
    pub section: String,
    /// Its members.
    pub members: Vec<Member>,
}

/// A named set of instruments without weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its id.
    pub id: InstrumentId,
    /// Its name.
    pub name: String,
    /// Chinese name, where it has one.
    pub name_zh: Option<String>,
    /// Its members.
    pub members: Vec<InstrumentId>,
}

/// What exists.
#[derive(Debug, Clone, Default)]
pub struct Universe {
    instruments: Vec<Instrument>,
    by_id: HashMap<InstrumentId, usize>,
    /// Composites in catalogue order.
    pub composites: Vec<Composite>,
    /// Groups in catalogue order.
    pub groups: Vec<Group>,
    /// Section names in the order the table shows them.
    pub sections: Vec<String>,
    /// Chinese names of sections.
    pub sections_zh: BTreeMap<String, String>,
    /// Venues by code.
    pub exchanges: BTreeMap<Mic, Exchange>,
    /// The language that names are in.
    pub lang: Lang,
    /// What is the user's own: his instruments, composites and groups, and built-in groups with other members.
    pub own: BTreeSet<InstrumentId>,
}

impl Universe {
    /// A universe of these instruments, without composites, groups or venues yet. Of two instruments with
    /// one id the first stands.
    #[must_use]
    pub fn of(instruments: Vec<Instrument>) -> Self {
        let mut universe = Self::default();
        instruments.into_iter().for_each(|i| universe.add(i));
        universe
    }

    /// Adds an instrument, unless its id is taken.
    pub fn add(&mut self, instrument: Instrument) {
        if !self.by_id.contains_key(&instrument.id) {
            self.by_id.insert(instrument.id.clone(), self.instruments.len());
            self.instruments.push(instrument);
        }
    }

    /// Puts names and sections into a language, where they have a name in it. From then on words of the
    /// command line are not resolved any more.
    pub fn speak(&mut self, lang: Lang) {
        self.lang = lang;
        if lang == Lang::En {
            return;
        }
        let zh = std::mem::take(&mut self.sections_zh);
        let section = |name: &mut String| zh.get(name).into_iter().for_each(|zh| name.clone_from(zh));
        let named = |name: &mut String, zh: &Option<String>| zh.iter().for_each(|zh| name.clone_from(zh));
        for instrument in &mut self.instruments {
            named(&mut instrument.name, &instrument.name_zh);
            section(&mut instrument.section);
        }
        for composite in &mut self.composites {
            named(&mut composite.name, &composite.name_zh);
            section(&mut composite.section);
        }
        self.groups.iter_mut().for_each(|group| named(&mut group.name, &group.name_zh));
        self.sections.iter_mut().for_each(section);
    }

    /// Instruments in catalogue order, then those asked for by a source's symbol.
    #[must_use]
    pub fn instruments(&self) -> &[Instrument] {
        &self.instruments
    }

    /// The instrument with this id, to be described further; its id stays.
    pub fn instrument_mut(&mut self, id: &InstrumentId) -> Option<&mut Instrument> {
        let at = *self.by_id.get(id)?;
        self.instruments.get_mut(at)
    }

    /// The instrument with this id.
    #[must_use]
    pub fn instrument(&self, id: &InstrumentId) -> Option<&Instrument> {
        self.by_id.get(id).and_then(|at| self.instruments.get(*at))
    }

    /// The composite with this id.
    #[must_use]
    pub fn composite(&self, id: &InstrumentId) -> Option<&Composite> {
        self.composites.iter().find(|c| c.id == *id)
    }

    /// The group with this id.
    #[must_use]
    pub fn group(&self, id: &InstrumentId) -> Option<&Group> {
        self.groups.iter().find(|g| g.id == *id)
    }

    /// The venue with this code.
    #[must_use]
    pub fn exchange(&self, mic: &Mic) -> Option<&Exchange> {
        self.exchanges.get(mic)
    }
}
