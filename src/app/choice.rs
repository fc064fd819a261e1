//! What is shown and what is asked for: the usual rows, the words of a command line, and every instrument
//! that a composite, a group or the benchmark needs.
//!
//! Not for: what one word means (`words`), or when the report speaks of (`plan`).

use std::collections::BTreeSet;

use super::adhoc;
use super::usage::UsageError;
use super::words::{self, Meaning};
use crate::compute::Chosen;
use crate::domain::{Instrument, InstrumentId, Universe};
use crate::fetch;

/// Everything that `today` shows unasked: the catalogue's rows that a source covers, composites with
/// half of their weight covered, groups with any member covered.
pub(super) fn usual(universe: &Universe, sources: &[String]) -> Vec<Chosen> {
    let covered = |id: &InstrumentId| universe.instrument(id).is_some_and(|i| fetch::covered(sources, i));
    let instruments = universe.instruments().iter().filter(|i| i.shown && fetch::covered(sources, i));
    let composites = universe.composites.iter().filter(|c| {
        let total: f64 = c.members.iter().map(|m| m.weight).sum();
        let held: f64 = c.members.iter().filter(|m| covered(&m.id)).map(|m| m.weight).sum();
        held >= total / 2.0
    });
    instruments
        .map(|i| Chosen::Instrument(i.id.clone()))
        .chain(composites.map(|c| Chosen::Composite(c.id.clone())))
        .chain(groups(universe, sources))
        .collect()
}

/// Every group of which a source covers a member.
pub(super) fn groups(universe: &Universe, sources: &[String]) -> Vec<Chosen> {
    let covered = |id: &InstrumentId| universe.instrument(id).is_some_and(|i| fetch::covered(sources, i));
    let groups = universe.groups.iter().filter(|g| g.members.iter().any(covered));
    groups.map(|g| Chosen::Group(g.id.clone())).collect()
}

/// What the words of a command line name, in order.
///
/// # Errors
/// [`UsageError`] for a word that means nothing.
pub(super) fn named(words: &[String], universe: &mut Universe) -> Result<Vec<Chosen>, UsageError> {
    words.iter().map(|word| one(word, universe)).collect()
}

fn one(word: &str, universe: &mut Universe) -> Result<Chosen, UsageError> {
    let symbol = match words::resolve(word, universe)? {
        Meaning::Known(chosen) => return Ok(chosen),
        Meaning::Symbol(symbol) => symbol,
    };
    let id = InstrumentId::new(&symbol);
    if universe.instrument(&id).is_none() {
        universe.add(adhoc::provisional(&symbol));
    }
    Ok(Chosen::Instrument(id))
}

/// What rows are compared with.
///
/// # Errors
/// [`UsageError`] for a group or a word that means nothing.
pub(super) fn benchmark(word: &str, universe: &mut Universe) -> Result<InstrumentId, UsageError> {
    match one(word, universe)? {
        Chosen::Instrument(id) | Chosen::Composite(id) => Ok(id),
        Chosen::Group(id) => Err(UsageError::GroupBenchmark(id.to_string())),
    }
}

/// How many different lines a comparison would have.
pub(super) fn distinct(chosen: &[Chosen], universe: &Universe) -> usize {
    let mut ids: BTreeSet<&InstrumentId> = BTreeSet::new();
    for c in chosen {
        match c {
            Chosen::Instrument(id) | Chosen::Composite(id) => {
                ids.insert(id);
            }
            Chosen::Group(id) => {
                ids.extend(universe.group(id).map(|g| g.members.iter()).into_iter().flatten())
            }
        }
    }
    ids.len()
}

/// Every instrument to ask for: those named, and where a source covers them, members of composites
/// and groups and the benchmark.
pub(super) fn wants(
    universe: &Universe,
    chosen: &[Chosen],
    by_section: bool,
    benchmark: Option<&InstrumentId>,
    sources: &[String],
) -> Vec<fetch::Want> {
    let mut ids: Vec<(&InstrumentId, bool)> = Vec::new();
    let by_members = |id: &InstrumentId| -> Vec<&InstrumentId> {
        let composite = universe.composite(id).map(|c| c.members.iter().map(|m| &m.id).collect::<Vec<_>>());
        composite.or_else(|| universe.group(id).map(|g| g.members.iter().collect())).unwrap_or_default()
    };
    for c in chosen {
        match c {
            Chosen::Instrument(id) => ids.push((id, true)),
            Chosen::Composite(id) => ids.extend(by_members(id).into_iter().map(|m| (m, false))),
            // The members of a group that was named are rows, so they are asked for.
            Chosen::Group(id) => ids.extend(by_members(id).into_iter().map(|m| (m, !by_section))),
        }
    }
    if let Some(id) = benchmark {
        let members = by_members(id);
        if members.is_empty() {
            ids.push((id, true))
        } else {
            ids.extend(members.into_iter().map(|m| (m, false)))
        }
    }
    let mut seen: BTreeSet<&InstrumentId> = BTreeSet::new();
    let wanted = |(id, asked): (&InstrumentId, bool)| -> Option<&Instrument> {
        let instrument = universe.instrument(id)?;
        (asked || fetch::covered(sources, instrument)).then_some(instrument)
    };
    ids.into_iter()
        .filter_map(wanted)
        .filter(|i| seen.insert(&i.id))
        .map(|instrument| fetch::Want {
            zone: universe.exchange(&instrument.exchange).map(|e| e.timezone),
            ad_hoc: instrument.section == adhoc::SECTION,
            instrument: instrument.clone(),
        })
        .collect()
}
