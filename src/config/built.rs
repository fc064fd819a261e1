//! From what a file says to plain values that the layers above take over.
//!
//! Not for: reading it (`reader`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::{Config, Entry, Value};
use crate::domain::{Basis, InstrumentId, Kind, Mic, Own, OwnComposite, OwnGroup, OwnInstrument};

/// The choices that these entries make.
pub(super) fn config(entries: Vec<Entry>, places: BTreeMap<String, String>) -> Config {
    let mut config = Config { places: places.clone(), ..Config::default() };
    config.own.places = places;
    for entry in &entries {
        match (entry.key.path.split('.').next(), entry.of.as_deref()) {
            (Some("sources"), Some(source)) => of_source(&mut config, source, entry),
            (Some("instruments"), Some(id)) if last(entry) == "sources" => {
                config.instruments.insert(id.to_owned(), entry.value.words());
            }
            (Some("instruments"), Some(id)) => {
                instrument(&mut config.own, id, |own| of_instrument(own, entry))
            }
            (Some("composites"), Some(id)) => composite(&mut config.own, id, |own| of_composite(own, entry)),
            (Some("groups"), Some(id)) => group(&mut config.own, id, |own| of_group(own, entry)),
            _ => of_all(&mut config, entry),
        }
    }
    // A table without a key is one too: what it lacks is told where it is looked at.
    let said: BTreeSet<String> =
        described(&config.own).chain(entries.iter().map(|e| e.path.clone())).collect();
    let tables = config.places.keys().filter(|path| !said.contains(*path));
    for (kind, id) in tables.filter_map(|path| path.split_once('.')).filter(|(_, id)| !id.contains(' ')) {
        match kind {
            "instruments" => instrument(&mut config.own, id, |_| {}),
            "composites" => composite(&mut config.own, id, |_| {}),
            "groups" => group(&mut config.own, id, |_| {}),
            _ => {}
        }
    }
    config.entries = entries;
    config
}

fn of_all(config: &mut Config, entry: &Entry) {
    let text = || entry.value.words().concat();
    match entry.key.path {
        "sources.first" => config.first = entry.value.words(),
        "sources.never" => config.never = entry.value.words(),
        "store" => config.store = Some(PathBuf::from(text())),
        "proxy" => config.proxy = Some(text()),
        "sections" => config.own.sections = entry.value.words(),
        "benchmark" => config.own.benchmark = Some(text()),
        "currency" => config.own.currency = Some(text()),
        _ => {}
    }
}

fn of_source(config: &mut Config, source: &str, entry: &Entry) {
    let text = entry.value.words().concat();
    match entry.key.path {
        "sources.*.base_url" => drop(config.base_urls.insert(source.to_owned(), text)),
        "sources.*.key_file" => drop(config.key_files.insert(source.to_owned(), PathBuf::from(text))),
        _ => {}
    }
}

fn of_instrument(own: &mut OwnInstrument, entry: &Entry) {
    match (last(entry), &entry.value) {
        ("name", Value::Text(text)) => own.name = Some(text.clone()),
        ("zh", Value::Text(text)) => own.name_zh = Some(text.clone()),
        ("aliases", Value::List(words)) => own.aliases = words.clone(),
        ("kind", Value::Text(text)) => own.kind = Kind::named(text),
        ("section", Value::Text(text)) => own.section = Some(text.clone()),
        ("country", Value::Text(text)) => own.country = Some(text.to_uppercase()),
        ("exchange", Value::Text(text)) => own.exchange = Some(Mic::new(text)),
        ("currency", Value::Text(text)) => own.currency = Some(text.clone()),
        ("basis", Value::Text(text)) => {
            own.basis = Some(if text == "total_return" { Basis::TotalReturn } else { Basis::Price });
        }
        ("price_limit", Value::Number(pct)) => own.price_limit = Some(*pct),
        ("decimals", Value::Number(_)) => own.decimals = entry.value.words().concat().parse().ok(),
        ("shown", Value::Switch(on)) => own.shown = Some(*on),
        ("note", Value::Text(text)) => own.note = Some(text.clone()),
        ("symbols", Value::Symbols(all)) => {
            own.symbols =
                all.iter().map(|(source, symbol)| (source.to_lowercase(), symbol.clone())).collect();
        }
        _ => {}
    }
}

fn of_composite(own: &mut OwnComposite, entry: &Entry) {
    match (last(entry), &entry.value) {
        ("name", Value::Text(text)) => own.name = Some(text.clone()),
        ("zh", Value::Text(text)) => own.name_zh = Some(text.clone()),
        ("section", Value::Text(text)) => own.section = Some(text.clone()),
        ("members", Value::List(words)) => own.members = Some(words.clone()),
        ("weights", Value::Weights(all)) => own.weights = Some(all.clone()),
        _ => {}
    }
}

fn of_group(own: &mut OwnGroup, entry: &Entry) {
    match (last(entry), &entry.value) {
        ("name", Value::Text(text)) => own.name = Some(text.clone()),
        ("zh", Value::Text(text)) => own.name_zh = Some(text.clone()),
        ("members", Value::List(words)) => own.members = Some(words.clone()),
        _ => {}
    }
}

fn last(entry: &Entry) -> &'static str {
    entry.key.path.rsplit('.').next().unwrap_or_default()
}

/// The tables that something is said in.
fn described(own: &Own) -> impl Iterator<Item = String> {
    let instruments = own.instruments.iter().map(|i| format!("instruments.{}", i.id));
    let composites = own.composites.iter().map(|c| format!("composites.{}", c.id));
    instruments.chain(composites).chain(own.groups.iter().map(|g| format!("groups.{}", g.id)))
}

/// Changes what is said of the instrument; one that nothing is said of yet is added.
fn instrument(own: &mut Own, id: &str, change: impl FnMut(&mut OwnInstrument)) {
    let id = InstrumentId::new(id);
    let new = OwnInstrument { id: id.clone(), ..OwnInstrument::default() };
    changed(&mut own.instruments, |i| i.id == id, new, change);
}

fn composite(own: &mut Own, id: &str, change: impl FnMut(&mut OwnComposite)) {
    let id = InstrumentId::new(id);
    let new = OwnComposite { id: id.clone(), ..OwnComposite::default() };
    changed(&mut own.composites, |c| c.id == id, new, change);
}

fn group(own: &mut Own, id: &str, change: impl FnMut(&mut OwnGroup)) {
    let id = InstrumentId::new(id);
    let new = OwnGroup { id: id.clone(), ..OwnGroup::default() };
    changed(&mut own.groups, |g| g.id == id, new, change);
}

/// What is said of one thing stands together, so that it can only be the last of those there are.
fn changed<T>(all: &mut Vec<T>, meant: impl Fn(&T) -> bool, new: T, change: impl FnMut(&mut T)) {
    if !all.last().is_some_and(meant) {
        all.push(new);
    }
    all.last_mut().into_iter().for_each(change);
}
