//! The user's file of lasting choices: which sources to ask first or never, their addresses and keys,
//! and sources of single instruments.
//!
//! Not for: what a flag or a variable says, which outrank it. A key is never written into the file
//! itself, only the name of a file that holds it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Spanned, Value};

use crate::domain::text::sanitise;

/// The largest file that is read.
const LARGEST: u64 = 1024 * 1024;
const KEYS: [&str; 2] = ["sources", "instruments"];
const LISTS: [&str; 2] = ["first", "never"];
const OF_SOURCE: [&str; 2] = ["base_url", "key_file"];

/// Lasting choices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// Sources to ask before all others, in order.
    pub first: Vec<String>,
    /// Sources never to ask.
    pub never: Vec<String>,
    /// Base URLs by source.
    pub base_urls: BTreeMap<String, String>,
    /// Files that hold keys, by source.
    pub key_files: BTreeMap<String, PathBuf>,
    /// Sources to ask first for single instruments, by id.
    pub instruments: BTreeMap<String, Vec<String>>,
}

/// A file that cannot be used; the message names file, line and key.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("the config file {file} cannot be read: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// It says something that has no meaning.
    #[error("the config file {file}, line {line}: {reason}")]
    Wrong {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct File {
    sources: BTreeMap<String, Spanned<Value>>,
    instruments: BTreeMap<String, Spanned<Value>>,
}

/// What is wrong, and where in the text.
struct Fault(Range<usize>, String);

/// Reads a file; no file, no choices.
///
/// # Errors
/// [`ConfigError`] for a file that is there and cannot be used.
pub fn read(path: &Path) -> Result<Config, ConfigError> {
    let file = sanitise(&path.to_string_lossy(), 120);
    let unreadable = |reason: String| ConfigError::Unreadable { file: file.clone(), reason };
    match std::fs::metadata(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Config::default()),
        Err(e) => return Err(unreadable(e.to_string())),
        Ok(m) if m.len() > LARGEST => return Err(unreadable("it is larger than 1 MiB".to_owned())),
        Ok(_) => {}
    }
    let text = std::fs::read_to_string(path).map_err(|e| unreadable(e.to_string()))?;
    parse(&text).map_err(|Fault(span, reason)| {
        let line = text.get(..span.start).map_or(1, |before| before.matches('\n').count() + 1);
        ConfigError::Wrong { file, line, reason: sanitise(&reason, 200) }
    })
}

fn parse(text: &str) -> Result<Config, Fault> {
    let broken = |e: toml::de::Error| Fault(e.span().unwrap_or_default(), e.message().to_owned());
    let top: BTreeMap<Spanned<String>, Value> = toml::from_str(text).map_err(broken)?;
    for key in top.keys() {
        if !KEYS.contains(&key.get_ref().as_str()) {
            return Err(unknown(key.span(), key.get_ref(), &KEYS));
        }
    }
    let file: File = toml::from_str(text).map_err(broken)?;
    let mut config = Config::default();
    for (name, value) in file.sources {
        let name = name.to_lowercase();
        match name.as_str() {
            "first" => config.first = list(&name, &value)?,
            "never" => config.never = list(&name, &value)?,
            _ => source(&name, &value, &mut config)?,
        }
    }
    for (id, value) in file.instruments {
        config.instruments.insert(id.to_uppercase(), instrument(&id, &value)?);
    }
    Ok(config)
}

fn source(name: &str, value: &Spanned<Value>, config: &mut Config) -> Result<(), Fault> {
    let Value::Table(table) = value.get_ref() else {
        return Err(unknown(value.span(), &format!("sources.{name}"), &LISTS));
    };
    for (key, text) in table {
        let text = text
            .as_str()
            .ok_or_else(|| Fault(value.span(), format!("sources.{name}.{key} has to be text in quotes")))?;
        match key.as_str() {
            "base_url" => drop(config.base_urls.insert(name.to_owned(), text.to_owned())),
            "key_file" => drop(config.key_files.insert(name.to_owned(), PathBuf::from(text))),
            _ => return Err(unknown(value.span(), &format!("sources.{name}.{key}"), &OF_SOURCE)),
        }
    }
    Ok(())
}

fn instrument(id: &str, value: &Spanned<Value>) -> Result<Vec<String>, Fault> {
    let name = format!("instruments.{id}");
    let table = value.get_ref().as_table();
    let table = table.ok_or_else(|| Fault(value.span(), format!("{name} has to be a table")))?;
    let mut sources = Vec::new();
    for (key, value_of) in table {
        if key != "sources" {
            return Err(unknown(value.span(), &format!("{name}.{key}"), &["sources"]));
        }
        sources = names(value_of)
            .ok_or_else(|| Fault(value.span(), format!("{name}.sources has to be a list of names")))?;
    }
    Ok(sources)
}

fn list(key: &str, value: &Spanned<Value>) -> Result<Vec<String>, Fault> {
    let list = names(value.get_ref());
    list.ok_or_else(|| Fault(value.span(), format!("sources.{key} has to be a list of names")))
}

fn names(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|v| v.as_str().map(str::to_lowercase)).collect()
}

fn unknown(span: Range<usize>, key: &str, known: &[&str]) -> Fault {
    let last = key.rsplit('.').next().unwrap_or(key);
    let near =
        known.iter().max_by(|a, b| strsim::jaro_winkler(a, last).total_cmp(&strsim::jaro_winkler(b, last)));
    Fault(
        span,
        format!("unknown key '{key}'{}", near.map_or_else(String::new, |n| format!("; did you mean {n}?"))),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_and_reason(text: &str) -> (usize, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, text).unwrap();
        match read(&path).unwrap_err() {
            ConfigError::Wrong { line, reason, .. } => (line, reason),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn no_file_is_no_choice() {
        assert_eq!(read(Path::new("/nonexistent/config.toml")), Ok(Config::default()));
    }

    #[test]
    fn sources_addresses_keys_and_instruments_are_read() {
        let config = parse(
            "[sources]\nfirst = [\"Tencent\", \"sina\"]\nnever = [\"fred\"]\n\
             [sources.tiingo]\nkey_file = \"/home/me/tiingo\"\nbase_url = \"https://m.example\"\n\
             [instruments.star50]\nsources = [\"csindex\"]\n",
        )
        .unwrap_or_else(|Fault(_, reason)| panic!("{reason}"));
        assert_eq!(config.first, ["tencent", "sina"]);
        assert_eq!(config.never, ["fred"]);
        assert_eq!(config.base_urls["tiingo"], "https://m.example");
        assert_eq!(config.key_files["tiingo"], PathBuf::from("/home/me/tiingo"));
        assert_eq!(config.instruments["STAR50"], ["csindex"]);
    }

    #[test]
    fn a_wrong_file_is_told_by_line_and_nearest_key() {
        assert_eq!(line_and_reason("\n[source]\n").0, 2);
        assert!(line_and_reason("\n[source]\n").1.contains("did you mean sources?"));
        assert_eq!(line_and_reason("[sources]\nfirst = \"tencent\"\n").0, 2);
        let (line, reason) = line_and_reason("[sources]\n\n[sources.yahoo]\nbaseurl = \"x\"\n");
        assert!(line >= 3 && reason.contains("did you mean base_url?"), "{line} {reason}");
        assert_eq!(line_and_reason("[sources\n").0, 1);
    }
}
