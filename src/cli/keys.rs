//! The user's keys: from variables, or from files that nobody else can read.
//!
//! Not for: sending them, or showing them anywhere.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::World;
use crate::domain::text::sanitise;

/// A key file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the key file of {name}, {file}: {reason}")]
pub(super) struct KeyError {
    name: String,
    file: String,
    reason: String,
}

/// Keys by source: a variable's before those of the files named in a variable, and these before those of
/// the config file.
pub(super) fn keys(
    world: &World<'_>,
    configured: &BTreeMap<String, PathBuf>,
) -> Result<BTreeMap<String, SecretString>, KeyError> {
    let mut keys = BTreeMap::new();
    for (name, file) in configured.iter().chain(&world.environment.key_files) {
        keys.insert(name.clone(), from_file(name, file)?);
    }
    keys.extend(world.environment.keys.iter().map(|(name, key)| (name.clone(), key.clone())));
    Ok(keys)
}

fn from_file(name: &str, path: &Path) -> Result<SecretString, KeyError> {
    let wrong = |reason: &str| KeyError {
        name: sanitise(name, 40),
        file: sanitise(&path.to_string_lossy(), 120),
        reason: reason.to_owned(),
    };
    let about = fs::metadata(path).map_err(|e| wrong(&e.to_string()))?;
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
    let key = text.trim();
    if key.is_empty() || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(wrong("it holds no key"));
    }
    Ok(SecretString::from(key))
}
