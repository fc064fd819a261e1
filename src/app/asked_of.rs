//! Which sources and which store the user wants: by flags, by the config file, and for single instruments.
//!
//! Not for: asking them, or what else a run needs (`plan`).

use std::collections::BTreeMap;

use super::options::Options;
use super::usage::UsageError;
use crate::domain::text::sanitise;
use crate::domain::{InstrumentId, Universe};
use crate::fetch;
use crate::store::Place;

/// From this likeness on a name is taken for a slip of another.
const NEAR: f64 = 0.8;

/// The sources of the run, in order.
pub(super) fn sources(options: &Options) -> Result<Vec<String>, UsageError> {
    if options.demo {
        return Ok(vec!["demo".to_owned()]);
    }
    for name in &options.configured {
        checked_at(options, &format!("sources.{name}"), std::slice::from_ref(name))?;
    }
    if options.sources.is_empty() {
        let mut sources = checked_at(options, "sources.first", &options.first)?;
        let never = never(options)?;
        sources
            .extend(fetch::usual_sources(&options.keys).into_iter().filter(|n| !options.first.contains(n)));
        sources.retain(|name| !never.contains(name));
        return Ok(sources);
    }
    checked(&options.sources)
}

/// The sources that the config file forbids.
pub(super) fn never(options: &Options) -> Result<Vec<String>, UsageError> {
    let never = checked_at(options, "sources.never", &options.never)?;
    if let Some(name) = never.iter().find(|name| options.first.contains(name)) {
        let place = options.places.get(&format!("sources.never {name}"));
        return Err(at(place, UsageError::FirstAndNever(name.clone())));
    }
    Ok(never)
}

/// Names of sources, each once, that the config file gives at this key.
fn checked_at(options: &Options, key: &str, names: &[String]) -> Result<Vec<String>, UsageError> {
    let mut sources: Vec<String> = Vec::new();
    for name in names {
        let place = options.places.get(&format!("{key} {name}")).or_else(|| options.places.get(key));
        for known in checked(std::slice::from_ref(name)).map_err(|wrong| at(place, wrong))? {
            if !sources.contains(&known) {
                sources.push(known);
            }
        }
    }
    Ok(sources)
}

/// The error with the place in the config file that it comes from.
pub(super) fn at(place: Option<&String>, wrong: UsageError) -> UsageError {
    match place {
        Some(place) => UsageError::Configured { place: place.clone(), wrong: Box::new(wrong) },
        None => wrong,
    }
}

/// Names of sources, each once.
pub(super) fn checked(names: &[String]) -> Result<Vec<String>, UsageError> {
    let mut sources: Vec<String> = Vec::new();
    for name in names.iter().map(|n| n.trim().to_lowercase()) {
        if !fetch::known_source(&name) || name == "demo" {
            let hint = source_like(&name);
            return Err(UsageError::UnknownSource { name: sanitise(&name, 40), hint });
        }
        if !sources.contains(&name) {
            sources.push(name);
        }
    }
    Ok(sources)
}

/// The source that a wrong name may mean, or all where none is near.
fn source_like(name: &str) -> String {
    if name == "demo" {
        return "for the built-in closes use --demo".to_owned();
    }
    let known: Vec<&str> = fetch::source_names().filter(|n| *n != "demo").collect();
    let like = |known: &&str| strsim::jaro_winkler(known, name);
    let near = known.iter().copied().max_by(|a, b| like(a).total_cmp(&like(b)));
    match near.filter(|near| like(near) > NEAR) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("there are {}", known.join(", ")),
    }
}

/// Takes over which sources the user asks first for single instruments.
pub(super) fn prefer(options: &Options, universe: &mut Universe) -> Result<(), UsageError> {
    for (word, names) in &options.sources_of {
        let key = format!("instruments.{word}");
        let id = InstrumentId::new(word);
        let mut sources = checked_at(options, &format!("{key}.sources"), names)?;
        if let Some(instrument) = universe.instrument_mut(&id) {
            sources.extend(
                instrument.sources.iter().filter(|s| !names.contains(s)).cloned().collect::<Vec<_>>(),
            );
            instrument.sources = sources;
        }
    }
    Ok(())
}

/// Refuses base URLs that no request can be sent to.
pub(super) fn check_addresses(options: &Options) -> Result<(), UsageError> {
    for (source, url) in options.base_urls.iter().filter(|(source, _)| fetch::known_source(source)) {
        let configured = options.places.get(&format!("sources.{source}.base_url"));
        fetch::check_base_url(url).map_err(|reason| UsageError::BadBaseUrl {
            place: configured.cloned().unwrap_or_else(|| format!("MARKETSNAP_{}_URL", source.to_uppercase())),
            reason,
        })?;
    }
    Ok(())
}

/// Refuses a proxy of the config file that no request can be sent through.
///
/// # Errors
/// [`UsageError`] with its place, and without the address, which may hold a password.
pub fn configured_proxy(proxy: Option<&str>, places: &BTreeMap<String, String>) -> Result<(), UsageError> {
    let place = || places.get("proxy").cloned().unwrap_or_default();
    let wrong = |reason| UsageError::BadBaseUrl { place: place(), reason };
    proxy.map_or(Ok(()), |proxy| fetch::check_proxy(proxy).map_err(wrong))
}

/// Where closes are kept.
pub(super) fn store(options: &Options) -> Result<Option<Place>, UsageError> {
    Ok(options.store.as_deref().map(Place::of).transpose()?)
}
