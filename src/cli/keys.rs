//! The user's keys: from variables, or from files that nobody else can read.
//!
//! Not for: sending them, or showing them anywhere.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::World;
use crate::config::Config;
use crate::domain::text::sanitise;

/// A key that cannot be used; nothing of it is in the message.
#[derive(Debug, thiserror::Error)]
#[error("the key of {name}, in {place}: {reason}")]
pub(super) struct KeyError {
    name: String,
    place: String,
    reason: String,
}

/// Keys by source: a variable's before those of the files named in a variable, and these before those of
/// the config file. A file that is outranked is not read.
pub(super) fn keys(world: &World<'_>, config: &Config) -> Result<BTreeMap<String, SecretString>, KeyError> {
    let variables = &world.environment.keys;
    let mut files: BTreeMap<&String, (&PathBuf, Option<&String>)> = BTreeMap::new();
    for (name, file) in &config.key_files {
        files.insert(name, (file, config.places.get(&format!("sources.{name}.key_file"))));
    }
    files.extend(world.environment.key_files.iter().map(|(name, file)| (name, (file, None))));
    let mut keys = BTreeMap::new();
    for (name, (file, told)) in files.into_iter().filter(|(name, _)| !variables.contains_key(*name)) {
        keys.insert(name.clone(), from_file(name, file, told)?);
    }
    for (name, key) in variables {
        let place = format!("the variable MARKETSNAP_{}_KEY", name.to_uppercase());
        keys.insert(name.clone(), checked(key.expose_secret(), name, &place)?);
    }
    Ok(keys)
}

/// Whether the keys can be used that the config file names files for.
pub(super) fn of_files(config: &Config) -> Result<(), KeyError> {
    for (name, file) in &config.key_files {
        from_file(name, file, config.places.get(&format!("sources.{name}.key_file")))?;
    }
    Ok(())
}

/// The key of a file, which `told`, a place of the config file, may have named.
fn from_file(name: &str, path: &Path, told: Option<&String>) -> Result<SecretString, KeyError> {
    let path_shown = path.to_string_lossy();
    let place = match told {
        Some(told) => format!("{told} = {path_shown}"),
        None => format!("the file {path_shown}"),
    };
    let wrong = |reason: &str| error(name, &place, reason);
    let about = fs::metadata(path).map_err(|e| wrong(&e.to_string()))?;
    if !about.is_file() {
        return Err(wrong("it is no file"));
    }
    if about.len() > 4096 {
        return Err(wrong("it is no key: larger than 4 KiB"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if about.permissions().mode() & 0o077 != 0 {
            return Err(wrong("others can read it; run chmod 600 on it"));
        }
    }
    let text = fs::read_to_string(path).map_err(|e| wrong(&e.to_string()))?;
    checked(&text, name, &place)
}

/// A key that can stand in a header: one word of visible characters.
fn checked(text: &str, name: &str, place: &str) -> Result<SecretString, KeyError> {
    let key = text.trim();
    if key.is_empty() {
        return Err(error(name, place, "it holds no key"));
    }
    if !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(error(name, place, "it holds no key: a key is one word of plain characters"));
    }
    Ok(SecretString::from(key))
}

fn error(name: &str, place: &str, reason: &str) -> KeyError {
    KeyError { name: sanitise(name, 40), place: sanitise(place, 300), reason: reason.to_owned() }
}
