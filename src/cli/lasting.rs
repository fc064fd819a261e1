//! The lasting choices of the config file, below flags and variables.
//!
//! Not for: what the file can say (`config`), or the command that looks after it (`cli::config`).

use std::collections::btree_map::Entry;
use std::path::PathBuf;

use clap::Arg;

use super::{CONFIG, Environment, World, keys};
use crate::app::{self, Options};
use crate::config::{self, Config, ConfigError, KEYS, Key, Takes};

/// What a flag's variable begins with.
const VARIABLE: &str = "MARKETSNAP_";
/// Choices that a command does not take from the file: its own default is made for it.
const NOT_FOR: [(&str, &str); 1] = [("sync", "timeout")];

/// The user's config file; one that is not there says nothing.
pub(super) fn read(world: &World<'_>) -> Result<Config, ConfigError> {
    let path = world.environment.config.as_deref();
    Ok(path
        .map(|path| config::read(path, named(world), world.environment.home.as_deref()))
        .transpose()?
        .unwrap_or_default())
}

/// Whether a variable names the file.
pub(super) fn named(world: &World<'_>) -> bool {
    let Environment { variables, empty_variables, .. } = &world.environment;
    variables.contains(CONFIG) && !empty_variables.contains(CONFIG)
}

/// The lasting choice that a flag speaks of: the one that is called as its variable is.
pub(super) fn key_of(arg: &Arg) -> Option<&'static Key> {
    let name = arg.get_env()?.to_str()?.strip_prefix(VARIABLE)?.to_lowercase();
    KEYS.iter().find(|key| key.path == name)
}

/// A flag whose default is what the file says. Where closes are kept and the proxy are no matter of a default, as an
/// address may hold a password.
pub(super) fn with_default(arg: Arg, command: &str, config: &Config) -> Arg {
    let Some(key) = key_of(&arg).filter(|key| !["store", "proxy"].contains(&key.path)) else { return arg };
    match config.entry(key.path).filter(|_| !NOT_FOR.contains(&(command, key.path))) {
        // A help text that tells the usual default in words goes on to do so.
        Some(said) if arg.get_default_values().is_empty() && key.takes != Takes::Switch => {
            arg.default_values(said.value.words()).hide_default_value(true)
        }
        Some(said) => arg.default_values(said.value.words()),
        None => arg,
    }
}

/// Adds the rest of the file's choices, which flags and variables outrank, and the keys. With the demo's closes
/// nobody is asked and nothing is kept.
pub(super) fn choose(
    options: &mut Options,
    config: &Config,
    world: &World<'_>,
) -> Result<(), Box<dyn std::error::Error>> {
    options.own = config.own.clone();
    if options.demo {
        return Ok(());
    }
    options.store = place(options.store.take(), config, world);
    if options.proxy.is_none() {
        options.proxy.clone_from(&config.proxy);
        app::configured_proxy(options.proxy.as_deref(), &config.places)?;
    }
    options.keys = keys::keys(world, config)?;
    options.configured = config.key_files.keys().chain(config.base_urls.keys()).cloned().collect();
    options.places = config.places.clone();
    for (name, url) in &config.base_urls {
        match options.base_urls.entry(name.clone()) {
            Entry::Occupied(_) => drop(options.places.remove(&format!("sources.{name}.base_url"))),
            Entry::Vacant(unset) => {
                unset.insert(url.clone());
            }
        }
    }
    options.first = config.first.clone();
    options.never = config.never.clone();
    options.sources_of = config.instruments.clone();
    Ok(())
}

/// Where closes are kept: where a flag or a variable says, else the config file, else in the user's folder.
pub(super) fn place(asked: Option<PathBuf>, config: &Config, world: &World<'_>) -> Option<PathBuf> {
    asked.or_else(|| config.store.clone()).or_else(|| world.environment.store.clone())
}
