//! The user's file of lasting choices: how reports look and what they are against, instruments, composites and
//! groups of his own, which sources to ask first or never, and where closes are kept.
//!
//! Not for: what a flag or a variable says, which outrank it, or whether an id, a source or a section exists
//! (`catalogue`, `app`). A key is never written into the file itself, only the name of a file that holds it.

mod built;
mod keys;
mod places;
mod reader;
mod template;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::domain::Own;
use crate::domain::text::sanitise;

pub use keys::{KEYS, Key, Takes, key_at};
pub use template::template;

/// The largest file that is read.
const LARGEST: u64 = 1024 * 1024;

/// A value of the file.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text or a word.
    Text(String),
    /// `true` or `false`.
    Switch(bool),
    /// A number.
    Number(f64),
    /// A list of words.
    List(Vec<String>),
    /// Weights by id.
    Weights(Vec<(String, f64)>),
    /// Symbols by source.
    Symbols(Vec<(String, String)>),
}

/// One thing that the file says.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key, with the id or source in it (`groups.MINE.members`).
    pub path: String,
    /// What is known of the key.
    pub key: &'static Key,
    /// The id or source in the path, if there is one.
    pub of: Option<String>,
    /// Its value.
    pub value: Value,
    /// The line, from 1.
    pub line: usize,
}

/// Lasting choices.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Config {
    /// Everything that the file says, in its order.
    pub entries: Vec<Entry>,
    /// Sources to ask before all others, in order.
    pub first: Vec<String>,
    /// Sources never to ask.
    pub never: Vec<String>,
    /// Where closes are kept: a file or a server's address.
    pub store: Option<PathBuf>,
    /// The proxy that requests are sent through; it may hold a password.
    pub proxy: Option<String>,
    /// Base URLs by source.
    pub base_urls: BTreeMap<String, String>,
    /// Files that hold keys, by source.
    pub key_files: BTreeMap<String, PathBuf>,
    /// Sources to ask first for single instruments, by id.
    pub instruments: BTreeMap<String, Vec<String>>,
    /// Instruments, composites, groups and sections of the user's.
    pub own: Own,
    /// Where the file says something: file, line and key, by the key, and by key and name for each name
    /// of a list (`sources.first yahoo`).
    pub places: BTreeMap<String, String>,
}

/// A file that cannot be used; the message names file, line and key.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
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

/// What is wrong, and where in the text.
struct Fault(Range<usize>, String);

impl Config {
    /// What the file says of a lasting choice that is no list of own things, such as `benchmark`.
    #[must_use]
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        self.entries.iter().find(|e| e.path == path)
    }
}

impl Value {
    /// The words of the value as a flag takes them.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::Text(text) => vec![text.clone()],
            Self::Switch(on) => vec![on.to_string()],
            Self::Number(number) => vec![number.to_string()],
            Self::List(words) => words.clone(),
            Self::Weights(all) => all.iter().map(|(id, weight)| format!("{id}={weight}")).collect(),
            Self::Symbols(all) => all.iter().map(|(source, symbol)| format!("{source}={symbol}")).collect(),
        }
    }
}

/// Reads a file. One that is not there says nothing, unless it was `named` by the user. Paths in it begin at its own
/// folder, or with `~/` at `home`.
///
/// # Errors
/// [`ConfigError`] for a file that is there and cannot be used, and for one that was named and is not.
pub fn read(path: &Path, named: bool, home: Option<&Path>) -> Result<Config, ConfigError> {
    let file = sanitise(&path.to_string_lossy(), 120);
    let unreadable = |reason: String| ConfigError::Unreadable { file: file.clone(), reason };
    match fs::metadata(path) {
        Err(_) if leads_nowhere(path) => {
            return Err(unreadable("it is a link that leads nowhere".to_owned()));
        }
        Err(e) if !named && matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Config::default());
        }
        Err(e) => return Err(unreadable(e.to_string())),
        // A pipe or a device may have no end, or no beginning.
        Ok(m) if !m.is_file() => return Err(unreadable("it is no file".to_owned())),
        Ok(_) => {}
    }
    let mut bytes = Vec::new();
    let opened = File::open(path).map_err(|e| unreadable(e.to_string()))?;
    opened.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|e| unreadable(e.to_string()))?;
    if u64::try_from(bytes.len()).is_ok_and(|bytes| bytes > LARGEST) {
        return Err(unreadable("it is larger than 1 MiB".to_owned()));
    }
    let mut config = parse(as_text(&bytes, &file)?, &file)?;
    places::resolve(&mut config, path.parent().unwrap_or(Path::new("")), home, &file)?;
    Ok(config)
}

/// Whether there is a link whose target is not there.
#[must_use]
pub fn leads_nowhere(path: &Path) -> bool {
    path.is_symlink() && matches!(fs::metadata(path), Err(e) if e.kind() == ErrorKind::NotFound)
}

/// The bytes as text, or the line of the first one that is none.
fn as_text<'a>(bytes: &'a [u8], file: &str) -> Result<&'a str, ConfigError> {
    let wrong = |line: usize, reason: &str| ConfigError::Wrong {
        file: file.to_owned(),
        line,
        reason: format!("{reason}: save it as UTF-8"),
    };
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(wrong(1, "the file is UTF-16"));
    }
    std::str::from_utf8(bytes).map_err(|e| {
        let before = bytes.get(..e.valid_up_to()).unwrap_or_default();
        wrong(before.iter().filter(|b| **b == b'\n').count() + 1, "here is a byte that is no UTF-8 text")
    })
}

/// Reads the text of a file that is called `file` where something is said of it.
///
/// # Errors
/// [`ConfigError::Wrong`] for text that is no TOML, for unknown keys, and for values that a key does not take.
pub fn parse(text: &str, file: &str) -> Result<Config, ConfigError> {
    let wrong = |Fault(span, reason): Fault| ConfigError::Wrong {
        file: file.to_owned(),
        line: line_of(text, &span),
        reason: sanitise(&reason, 300),
    };
    let (entries, places) = reader::entries(text, file).map_err(wrong)?;
    let config = built::config(entries, places);
    match (config.entry("ascii"), config.entry("lang")) {
        (Some(Entry { value: Value::Switch(true), .. }), Some(lang)) if lang.value.words() == ["zh"] => {
            let reason = "lang = \"zh\" cannot be spelled with ascii = true".to_owned();
            Err(ConfigError::Wrong { file: file.to_owned(), line: lang.line, reason })
        }
        _ => Ok(config),
    }
}

fn line_of(text: &str, span: &Range<usize>) -> usize {
    text.get(..span.start).map_or(1, |before| before.matches('\n').count() + 1)
}

#[cfg(test)]
mod tests;
