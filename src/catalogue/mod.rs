//! The built-in instruments, composites, groups and venues, read from data files compiled in.
//!
//! Not for: prices, or resolving the words of a command line (`app::words`). A calendar explains what
//! is missing; it never decides that a close does not exist.

mod boards;
mod calendar;
mod own;
mod venues;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::domain::{
    Basis, Composite, Group, Instrument, InstrumentId, Kind, Member, Mic, PriceLimit, Universe,
};

pub use boards::boards;
#[doc(hidden)]
pub use calendar::special_days_of;
pub use own::{OwnFault, extended};

const INSTRUMENTS: &str = include_str!("instruments.toml");

/// A fault in the built-in data files; the tests keep it from ever reaching a user.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A data file is not valid TOML or has an unknown key.
    #[error("the built-in {file} cannot be read: {reason}")]
    Unreadable {
        /// Which file.
        file: &'static str,
        /// Why, with line and key.
        reason: String,
    },
    /// A venue's zone, hours or span is not of the right form.
    #[error("the built-in venue {mic} has a wrong {what}")]
    Venue {
        /// The venue.
        mic: String,
        /// What of it.
        what: &'static str,
    },
    /// An instrument names a board that there is none of.
    #[error("the built-in instrument {id} names the board '{board}', which boards.toml does not hold")]
    Board {
        /// The instrument.
        id: String,
        /// The board.
        board: String,
    },
    /// Something that the user's file says.
    #[error(transparent)]
    Own(#[from] OwnFault),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    sections: Vec<String>,
    sections_zh: BTreeMap<String, String>,
    instrument: Vec<InstrumentEntry>,
    composite: Vec<CompositeEntry>,
    group: Vec<GroupEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InstrumentEntry {
    id: String,
    name: String,
    zh: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
    kind: Kind,
    section: String,
    country: Option<String>,
    exchange: String,
    currency: Option<String>,
    #[serde(default)]
    basis: Basis,
    limit: Option<String>,
    price_limit: Option<f64>,
    listed: Option<NaiveDate>,
    #[serde(default)]
    in_points: bool,
    decimals: Option<u8>,
    shown: Option<bool>,
    note: Option<String>,
    symbols: BTreeMap<String, String>,
    #[serde(default)]
    sources: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CompositeEntry {
    id: String,
    name: String,
    zh: Option<String>,
    section: String,
    members: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupEntry {
    id: String,
    name: String,
    zh: Option<String>,
    members: Vec<String>,
}

/// Reads the built-in universe.
///
/// # Errors
/// [`CatalogueError`] when a data file is broken.
pub fn load() -> Result<Universe, CatalogueError> {
    let file: File = toml::from_str(INSTRUMENTS)
        .map_err(|e| CatalogueError::Unreadable { file: "instruments.toml", reason: e.to_string() })?;
    let boards = boards()?;
    let instruments = file.instrument.into_iter().map(|entry| instrument(entry, &boards));
    let mut universe = Universe::of(instruments.collect::<Result<_, _>>()?);
    universe.composites = file.composite.into_iter().map(composite).collect();
    universe.groups = file.group.into_iter().map(group).collect();
    universe.sections = file.sections;
    universe.sections_zh = file.sections_zh;
    universe.exchanges = venues::load()?;
    Ok(universe)
}

/// The limits of an instrument's board, or its own.
fn price_limit(
    entry: &InstrumentEntry,
    boards: &BTreeMap<String, PriceLimit>,
) -> Result<Option<PriceLimit>, CatalogueError> {
    let Some(board) = &entry.limit else { return Ok(entry.price_limit.map(PriceLimit::fixed)) };
    let unknown = || CatalogueError::Board { id: entry.id.clone(), board: board.clone() };
    boards.get(board).cloned().map(Some).ok_or_else(unknown)
}

fn instrument(
    entry: InstrumentEntry,
    boards: &BTreeMap<String, PriceLimit>,
) -> Result<Instrument, CatalogueError> {
    Ok(Instrument {
        price_limit: price_limit(&entry, boards)?,
        listed: entry.listed,
        id: InstrumentId::new(&entry.id),
        decimals: entry.decimals.unwrap_or(if entry.kind == Kind::Fx { 4 } else { 2 }),
        shown: entry.shown.unwrap_or(true),
        name: entry.name,
        name_zh: entry.zh,
        aliases: entry.aliases,
        kind: entry.kind,
        section: entry.section,
        country: entry.country,
        exchange: Mic::new(&entry.exchange),
        currency: entry.currency,
        basis: entry.basis,
        in_points: entry.in_points,
        note: entry.note,
        symbols: entry.symbols,
        sources: entry.sources,
    })
}

fn composite(entry: CompositeEntry) -> Composite {
    Composite {
        id: InstrumentId::new(&entry.id),
        name: entry.name,
        name_zh: entry.zh,
        section: entry.section,
        members: entry.members.iter().map(|m| Member { id: InstrumentId::new(m), weight: 1.0 }).collect(),
    }
}

fn group(entry: GroupEntry) -> Group {
    Group {
        id: InstrumentId::new(&entry.id),
        name: entry.name,
        name_zh: entry.zh,
        members: entry.members.iter().map(|m| InstrumentId::new(m)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_word_of_the_catalogue_means_one_thing() {
        let universe = load().unwrap();
        let mut words: BTreeMap<String, InstrumentId> = BTreeMap::new();
        let mut claim = |word: &str, id: &InstrumentId| {
            let other = words.insert(word.to_uppercase(), id.clone());
            assert!(other.is_none() || other.as_ref() == Some(id), "{word} means {other:?} and {id}");
        };
        for i in universe.instruments() {
            claim(i.id.as_str(), &i.id);
            i.aliases.iter().chain(i.name_zh.iter()).for_each(|w| claim(w, &i.id));
            i.symbols.get("yahoo").into_iter().for_each(|w| claim(w, &i.id));
        }
        universe.composites.iter().for_each(|c| claim(c.id.as_str(), &c.id));
        universe.groups.iter().for_each(|g| claim(g.id.as_str(), &g.id));
    }

    #[test]
    fn every_reference_inside_the_catalogue_leads_somewhere() {
        let universe = load().unwrap();
        let sections: BTreeSet<&String> = universe.sections.iter().collect();
        for i in universe.instruments() {
            assert!(universe.exchange(&i.exchange).is_some(), "{} names the venue {}", i.id, i.exchange);
            assert!(sections.contains(&i.section), "{} names the section {}", i.id, i.section);
            assert!(!i.symbols.is_empty(), "{} has no symbol", i.id);
        }
        for c in &universe.composites {
            assert!(sections.contains(&c.section), "{} names the section {}", c.id, c.section);
            assert!(
                c.members.iter().all(|m| universe.instrument(&m.id).is_some()),
                "{} has a member unknown",
                c.id
            );
            assert!(c.name.contains("equal weights"), "the name of {} says its rule", c.id);
        }
        for g in &universe.groups {
            assert!(
                g.members.iter().all(|m| universe.instrument(m).is_some()),
                "{} has a member unknown",
                g.id
            );
        }
    }

    #[test]
    fn asia_is_the_seven_national_indices_with_equal_weights() {
        let universe = load().unwrap();
        let asia = universe.composite(&InstrumentId::new("asia")).unwrap();
        let members: Vec<&str> = asia.members.iter().map(|m| m.id.as_str()).collect();
        assert_eq!(members, ["NIKKEI225", "CSI300", "HSI", "KOSPI", "TAIEX", "ASX200", "NIFTY50"]);
        assert!(asia.members.iter().all(|m| (m.weight - 1.0).abs() < f64::EPSILON));
    }

    #[test]
    fn the_dax_is_total_return_and_star_market_stocks_move_20_percent_at_most() {
        let universe = load().unwrap();
        assert_eq!(universe.instrument(&InstrumentId::new("DAX")).unwrap().basis, Basis::TotalReturn);
        let limit = |id| universe.instrument(&InstrumentId::new(id)).unwrap().price_limit.clone();
        let newest = |id| limit(id).and_then(|l| l.newest()).map(|pct| pct.0);
        assert_eq!(
            (newest("LOONGSON"), newest("GIGADEVICE"), newest("TSMC")),
            (Some(20.0), Some(10.0), None)
        );
    }
}
