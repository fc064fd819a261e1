//! What every word means, so that a long file is read in a time that grows with its length.
//!
//! Not for: what a word means to the user's eye (`words`), or words of a command line (`app::words`).

use std::collections::{BTreeSet, HashMap};

use crate::domain::{Instrument, InstrumentId, Universe};

/// Where a thing stands in its list of the universe.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// Among the instruments.
    Instrument(usize),
    /// Among the composites.
    Composite(usize),
    /// Among the groups.
    Group(usize),
}

/// The words of a universe; what is added to that is told here too.
pub(super) struct Index {
    ids: HashMap<InstrumentId, Place>,
    words: HashMap<String, BTreeSet<usize>>,
}

impl Index {
    pub(super) fn of(universe: &Universe) -> Self {
        let mut index = Self { ids: HashMap::new(), words: HashMap::new() };
        for (at, group) in universe.groups.iter().enumerate() {
            index.ids.insert(group.id.clone(), Place::Group(at));
        }
        for (at, composite) in universe.composites.iter().enumerate() {
            index.ids.insert(composite.id.clone(), Place::Composite(at));
        }
        universe.instruments().iter().enumerate().for_each(|(at, i)| index.instrument(at, i));
        index
    }

    /// What the id stands for.
    pub(super) fn place(&self, id: &InstrumentId) -> Option<Place> {
        self.ids.get(id).copied()
    }

    /// What a word means: an id, else a name, an alias or a symbol of an instrument.
    pub(super) fn meant(&self, universe: &Universe, word: &str) -> Option<InstrumentId> {
        let id = InstrumentId::new(word);
        if self.ids.contains_key(&id) {
            return Some(id);
        }
        let first = *self.words.get(&word.to_lowercase())?.first()?;
        universe.instruments().get(first).map(|i| i.id.clone())
    }

    /// Adds the id and the words of the instrument that stands there.
    pub(super) fn instrument(&mut self, at: usize, instrument: &Instrument) {
        self.add(instrument.id.clone(), Place::Instrument(at));
        for word in words(instrument) {
            self.words.entry(word.to_lowercase()).or_default().insert(at);
        }
    }

    /// Takes the words of the instrument away, which is about to be called otherwise.
    pub(super) fn forget(&mut self, at: usize, instrument: &Instrument) {
        for word in words(instrument) {
            if let Some(meant) = self.words.get_mut(&word.to_lowercase()) {
                meant.remove(&at);
            }
        }
    }

    /// Adds an id.
    pub(super) fn add(&mut self, id: InstrumentId, place: Place) {
        self.ids.insert(id, place);
    }
}

/// The words that mean an instrument beside its id.
fn words(instrument: &Instrument) -> impl Iterator<Item = &str> {
    let aliases = instrument.aliases.iter().map(String::as_str);
    [Some(instrument.name.as_str()), instrument.name_zh.as_deref(), instrument.symbol("yahoo")]
        .into_iter()
        .flatten()
        .chain(aliases)
}
