//! The built-in universe with what a user adds to it or says otherwise.
//!
//! Not for: reading his file (`config`), or whether a source exists (`app`). What is wrong is told by the key of
//! the file that says it.

mod index;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use super::CatalogueError;
use super::venues::{self, Home};
use crate::domain::own::SECTION;
use crate::domain::{
    Basis, Composite, Group, Instrument, InstrumentId, Kind, Member, Mic, Own, OwnComposite, OwnGroup,
    OwnInstrument, PriceLimit, Universe,
};
use index::{Index, Place};
use words::{kind, near, no_member, no_venue, quoted_in, same, venue};

/// The section of what is asked for by a symbol, which nothing else can stand in.
const ASKED_FOR: &str = "Asked for";
/// The most sections, built-in ones counted.
const MOST_SECTIONS: usize = 200;

/// Something that a user's file says and that makes no sense beside the catalogue.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct OwnFault {
    /// The key that says it, with the word of a list behind a blank.
    pub key: String,
    /// What is wrong with it.
    pub reason: String,
}

fn fault<T>(key: &str, reason: String) -> Result<T, OwnFault> {
    Err(OwnFault { key: key.to_owned(), reason })
}

/// The universe with the user's own instruments, composites, groups and order of sections. `venue_of` tells the
/// venue of a symbol in Yahoo's spelling.
///
/// # Errors
/// [`CatalogueError::Own`] for the first thing that makes no sense, and for broken built-in data.
pub fn extended(
    mut universe: Universe,
    own: &Own,
    venue_of: fn(&str) -> Option<Mic>,
) -> Result<Universe, CatalogueError> {
    let homes = if own.instruments.is_empty() { BTreeMap::new() } else { venues::homes()? };
    let mut index = Index::of(&universe);
    for said in &own.instruments {
        match index.place(&said.id) {
            Some(Place::Instrument(at)) => change(&mut universe, &mut index, at, said)?,
            _ => add(&mut universe, &mut index, said, &homes, venue_of)?,
        }
    }
    let to_come: BTreeSet<&InstrumentId> = own.composites.iter().map(|c| &c.id).collect();
    own.composites.iter().try_for_each(|said| composite(&mut universe, &mut index, said, &to_come))?;
    own.groups.iter().try_for_each(|said| group(&mut universe, &mut index, said))?;
    order(&mut universe, &own.sections)?;
    Ok(universe)
}

/// Takes over what is said of a built-in instrument: how it is called, shown and asked for, never what it is.
fn change(
    universe: &mut Universe,
    index: &mut Index,
    at: usize,
    said: &OwnInstrument,
) -> Result<(), OwnFault> {
    let place = at;
    let at = |key: &str| format!("instruments.{}.{key}", said.id);
    for (key, set) in [
        ("kind", said.kind.is_some()),
        ("exchange", said.exchange.is_some()),
        ("currency", said.currency.is_some()),
        ("country", said.country.is_some()),
        ("basis", said.basis.is_some()),
        ("price_limit", said.price_limit.is_some()),
        ("note", said.note.is_some()),
    ] {
        if set {
            return fault(&at(key), format!("{} is built in, and its {key} cannot be changed", said.id));
        }
    }
    aliases(universe, index, said)?;
    let section = said.section.as_deref().map(|name| section(universe, name, &at("section"))).transpose()?;
    let Some(instrument) = universe.instrument_mut(&said.id) else { return Ok(()) };
    index.forget(place, instrument);
    instrument.name = said.name.clone().unwrap_or_else(|| instrument.name.clone());
    instrument.name_zh = said.name_zh.clone().or_else(|| instrument.name_zh.take());
    instrument.section = section.unwrap_or_else(|| instrument.section.clone());
    instrument.shown = said.shown.unwrap_or(instrument.shown);
    instrument.decimals = said.decimals.unwrap_or(instrument.decimals);
    instrument.aliases.extend(said.aliases.iter().cloned());
    instrument.symbols.extend(said.symbols.clone());
    index.instrument(place, instrument);
    Ok(())
}

/// Adds an instrument of the user's.
fn add(
    universe: &mut Universe,
    index: &mut Index,
    said: &OwnInstrument,
    homes: &BTreeMap<Mic, Home>,
    venue_of: fn(&str) -> Option<Mic>,
) -> Result<(), OwnFault> {
    let id = &said.id;
    let table = format!("instruments.{id}");
    let at = |key: &str| format!("{table}.{key}");
    free(universe, index, id, &table)?;
    if said.symbols.is_empty() {
        let instruments = universe.instruments().iter().map(|i| i.id.as_str());
        let near =
            near(id.as_str(), instruments).map_or_else(String::new, |near| format!("did you mean {near}? "));
        let new = "One of your own needs symbols, such as symbols = { yahoo = \"0700.HK\" }";
        return fault(&table, format!("unknown instrument '{id}': {near}{new}"));
    }
    let symbol = said.symbols.get("yahoo").map(String::as_str);
    if let Some(same) = symbol.and_then(|symbol| index.meant(universe, symbol)) {
        let reason = format!(
            "{same} has that symbol already: [instruments.{same}] aliases = [\"{id}\"] gives it another word"
        );
        return fault(&at("symbols"), reason);
    }
    aliases(universe, index, said)?;
    let lacks = |key: &str, such: &str| OwnFault {
        key: table.clone(),
        reason: format!(
            "{id} lacks its {key}, which its symbols do not tell: {key} = \"{such}\", for example"
        ),
    };
    let told = symbol.and_then(|symbol| venue(symbol, venue_of));
    if let (Some(said), Some(told), Some(symbol)) = (&said.exchange, &told, symbol)
        && said != told
        && universe.exchange(said).is_some()
    {
        let reason = format!("{symbol} is a symbol of {told}, and {said} is another venue");
        return fault(&at("exchange"), reason);
    }
    let exchange = said.exchange.clone().or(told);
    let exchange = exchange.ok_or_else(|| lacks("exchange", "XNYS"))?;
    if universe.exchange(&exchange).is_none() {
        return fault(&at("exchange"), no_venue(universe, &exchange));
    }
    let home = homes.get(&exchange).cloned().unwrap_or_default();
    let kind = said.kind.or_else(|| symbol.map(kind)).ok_or_else(|| lacks("kind", "stock"))?;
    let currency = said.currency.clone().or_else(|| quoted_in(symbol?, kind)).or(home.currency);
    if currency.is_none() && kind != Kind::Rate {
        return Err(lacks("currency", "USD"));
    }
    let section = section(universe, said.section.as_deref().unwrap_or(SECTION), &at("section"))?;
    let usual = Instrument::unlisted(id.as_str(), &section);
    universe.add(Instrument {
        name: said.name.clone().unwrap_or_else(|| id.to_string()),
        name_zh: said.name_zh.clone(),
        aliases: said.aliases.clone(),
        kind,
        country: said.country.clone().or(home.country),
        exchange,
        currency: currency.map(|code| code.to_uppercase()).filter(|_| kind != Kind::Rate),
        basis: said.basis.unwrap_or(Basis::Price),
        price_limit: said.price_limit.map(PriceLimit::fixed),
        in_points: kind == Kind::Rate,
        decimals: said.decimals.unwrap_or(if kind == Kind::Fx { 4 } else { 2 }),
        shown: said.shown.unwrap_or(true),
        note: said.note.clone(),
        symbols: said.symbols.clone(),
        ..usual
    });
    if let (at, Some(added)) = (universe.instruments().len() - 1, universe.instruments().last()) {
        index.instrument(at, added);
    }
    universe.own.insert(id.clone());
    Ok(())
}

/// Adds a composite of the user's, or takes over how a built-in one is called and where it stands.
fn composite(
    universe: &mut Universe,
    index: &mut Index,
    said: &OwnComposite,
    to_come: &BTreeSet<&InstrumentId>,
) -> Result<(), OwnFault> {
    let id = &said.id;
    let table = format!("composites.{id}");
    let at = |key: &str| format!("{table}.{key}");
    let place = said.section.as_deref().map(|name| section(universe, name, &at("section"))).transpose()?;
    let weighted = said.members.is_some() || said.weights.is_some();
    let known = match index.place(id) {
        Some(Place::Composite(at)) => universe.composites.get_mut(at),
        _ => None,
    };
    if let Some(known) = known {
        if weighted {
            let key = at(if said.weights.is_some() { "weights" } else { "members" });
            return fault(
                &key,
                format!("{id} is built in, and its members cannot be changed: choose another id"),
            );
        }
        known.name = said.name.clone().unwrap_or_else(|| known.name.clone());
        known.name_zh = said.name_zh.clone().or_else(|| known.name_zh.take());
        known.section = place.unwrap_or_else(|| known.section.clone());
        return Ok(());
    }
    free(universe, index, id, &table)?;
    let (key, rule, words) = match (&said.weights, &said.members) {
        (Some(_), Some(_)) => {
            return fault(
                &at("members"),
                "members and weights cannot stand together: weights names the members too".to_owned(),
            );
        }
        (Some(weights), None) => ("weights", "own weights", weights.clone()),
        (None, Some(members)) => {
            ("members", "equal weights", members.iter().map(|m| (m.clone(), 1.0)).collect())
        }
        (None, None) => {
            let near = near(id.as_str(), universe.composites.iter().map(|c| c.id.as_str()));
            let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
            return fault(
                &table,
                format!("{id} lacks its members: weights = {{ STAR50 = 2, HSI = 1 }}, for example{near}"),
            );
        }
    };
    if let Some((word, _)) = words.iter().find(|(word, _)| to_come.contains(&InstrumentId::new(word))) {
        let reason = format!("{} is a composite: members are instruments", InstrumentId::new(word));
        return fault(&format!("{} {word}", at(key)), reason);
    }
    let ids = members(universe, index, &at(key), words.iter().map(|(word, _)| word.as_str()))?;
    let mut weighed = Vec::new();
    for (member, (word, weight)) in ids.into_iter().zip(words) {
        if weight <= 0.0 {
            return fault(
                &format!("{} {word}", at(key)),
                format!("the weight of {word} is {weight}, and a weight is above 0"),
            );
        }
        weighed.push(Member { id: member, weight });
    }
    if !weighed.iter().map(|m| m.weight).sum::<f64>().is_finite() {
        return fault(&at(key), "the weights are too large to be added".to_owned());
    }
    let section = match place {
        Some(place) => place,
        None => section(universe, SECTION, &table)?,
    };
    index.add(id.clone(), Place::Composite(universe.composites.len()));
    universe.composites.push(Composite {
        id: id.clone(),
        name: said.name.clone().unwrap_or_else(|| format!("{id}, {rule}")),
        name_zh: said.name_zh.clone(),
        section,
        members: weighed,
    });
    universe.own.insert(id.clone());
    Ok(())
}

/// Adds a group of the user's, or gives a built-in one other members or another name.
fn group(universe: &mut Universe, index: &mut Index, said: &OwnGroup) -> Result<(), OwnFault> {
    let id = &said.id;
    let table = format!("groups.{id}");
    let words = said.members.as_deref();
    let key = format!("{table}.members");
    let members =
        words.map(|words| members(universe, index, &key, words.iter().map(String::as_str))).transpose()?;
    let known = match index.place(id) {
        Some(Place::Group(at)) => universe.groups.get_mut(at),
        _ => None,
    };
    if let Some(known) = known {
        known.name = said.name.clone().unwrap_or_else(|| known.name.clone());
        known.name_zh = said.name_zh.clone().or_else(|| known.name_zh.take());
        if let Some(members) = members {
            known.members = members;
            universe.own.insert(id.clone());
        }
        return Ok(());
    }
    free(universe, index, id, &table)?;
    let Some(members) = members else {
        let near = near(id.as_str(), universe.groups.iter().map(|g| g.id.as_str()));
        let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
        return fault(
            &table,
            format!("{id} lacks its members: members = [\"NVIDIA\", \"TSMC\"], for example{near}"),
        );
    };
    index.add(id.clone(), Place::Group(universe.groups.len()));
    universe.groups.push(Group {
        id: id.clone(),
        name: said.name.clone().unwrap_or_else(|| id.to_string()),
        name_zh: said.name_zh.clone(),
        members,
    });
    universe.own.insert(id.clone());
    Ok(())
}

/// Puts the sections into the user's order; those that he does not name follow in the usual one.
fn order(universe: &mut Universe, wanted: &[String]) -> Result<(), OwnFault> {
    let mut sections: Vec<String> = Vec::new();
    if wanted.iter().any(|name| same(name, SECTION)) {
        section(universe, SECTION, "sections")?;
    }
    for name in wanted {
        let Some(known) = universe.sections.iter().find(|s| same(s, name)).cloned() else {
            let known = universe.sections.iter().map(String::as_str);
            let hint = match near(name, known) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("there are {}", universe.sections.join(", ")),
            };
            return fault(&format!("sections {name}"), format!("no section is called '{name}': {hint}"));
        };
        if !sections.contains(&known) {
            sections.push(known);
        }
    }
    let rest = std::mem::take(&mut universe.sections);
    sections.extend(rest.into_iter().filter(|s| !wanted.iter().any(|w| same(w, s))));
    universe.sections = sections;
    Ok(())
}

/// The section of this name, which is added where there is none yet and the name is no slip of another.
fn section(universe: &mut Universe, name: &str, key: &str) -> Result<String, OwnFault> {
    if let Some(known) = universe.sections.iter().find(|s| same(s, name)) {
        return Ok(known.clone());
    }
    if universe.sections.len() >= MOST_SECTIONS {
        return fault(key, format!("there are {MOST_SECTIONS} sections already, and no more are taken"));
    }
    let slip = |known: &&String| strsim::osa_distance(&known.to_lowercase(), &name.to_lowercase()) <= 2;
    if let Some(near) = universe.sections.iter().filter(|s| s.chars().count() > 4).find(slip) {
        return fault(key, format!("no section is called '{name}': did you mean {near}?"));
    }
    if same(name, ASKED_FOR) {
        return fault(key, format!("'{ASKED_FOR}' is the section of symbols: choose another name"));
    }
    universe.sections.push(name.to_owned());
    if name == SECTION {
        universe.sections_zh.insert(SECTION.to_owned(), "自选".to_owned());
    }
    Ok(name.to_owned())
}

/// The instruments that these words mean, at least one, each once.
fn members<'a>(
    universe: &Universe,
    index: &Index,
    key: &str,
    words: impl Iterator<Item = &'a str>,
) -> Result<Vec<InstrumentId>, OwnFault> {
    let mut ids: Vec<InstrumentId> = Vec::new();
    let mut seen = BTreeSet::new();
    for word in words {
        let at = format!("{key} {word}");
        let Some(id) = index.meant(universe, word).filter(|id| universe.instrument(id).is_some()) else {
            return fault(&at, no_member(universe, word));
        };
        if !seen.insert(id.clone()) {
            return fault(&at, format!("{id} is there twice"));
        }
        ids.push(id);
    }
    if ids.is_empty() { fault(key, "at least one member is needed".to_owned()) } else { Ok(ids) }
}

/// Refuses an id that means something already.
fn free(universe: &Universe, index: &Index, id: &InstrumentId, key: &str) -> Result<(), OwnFault> {
    match index.meant(universe, id.as_str()) {
        Some(other) if other == *id => {
            let what = match (universe.instrument(id), universe.composite(id)) {
                (Some(_), _) => "an instrument",
                (None, Some(_)) => "a composite",
                (None, None) => "a group",
            };
            fault(key, format!("'{id}' is {what} already: choose another id"))
        }
        Some(other) => {
            fault(key, format!("'{id}' means {other} already: choose another id, or write {other}"))
        }
        None => Ok(()),
    }
}

/// Refuses an alias that means something else already.
fn aliases(universe: &Universe, index: &Index, said: &OwnInstrument) -> Result<(), OwnFault> {
    let taken = |word: &&String| index.meant(universe, word).is_some_and(|other| other != said.id);
    match said.aliases.iter().find(taken) {
        Some(word) => {
            let other = index.meant(universe, word).map_or_else(String::new, |id| id.to_string());
            fault(
                &format!("instruments.{}.aliases {word}", said.id),
                format!("'{word}' means {other} already"),
            )
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
