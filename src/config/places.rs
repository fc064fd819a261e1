//! Where the paths of a config file lead: from the file's own folder, or from the user's home.
//!
//! Not for: addresses of servers, which stay as they are.

use std::path::Path;

use super::{Config, ConfigError, Value};

/// Makes the file's paths lead to the same place whatever folder the program runs in.
///
/// # Errors
/// [`ConfigError::Wrong`] for a path that begins with `~/` where no home folder is known.
pub(super) fn resolve(
    config: &mut Config,
    folder: &Path,
    home: Option<&Path>,
    file: &str,
) -> Result<(), ConfigError> {
    for entry in &mut config.entries {
        let Value::Text(text) = &mut entry.value else { continue };
        let store = entry.key.path == "store";
        if !store && entry.key.path != "sources.*.key_file" || text.contains("://") {
            continue;
        }
        let place = match (text.strip_prefix("~/"), home) {
            (Some(rest), Some(home)) => home.join(rest.trim_start_matches('/')),
            (Some(_), None) => {
                let reason = format!("{} begins with ~/, and no home folder is known", entry.path);
                return Err(ConfigError::Wrong { file: file.to_owned(), line: entry.line, reason });
            }
            (None, _) => folder.join(&*text),
        };
        *text = place.to_string_lossy().into_owned();
        match &entry.of {
            Some(source) => drop(config.key_files.insert(source.clone(), place)),
            None => config.store = Some(place),
        }
    }
    Ok(())
}
