//! The user's file of lasting choices: which sources to ask first or never, their addresses and keys,
//! sources of single instruments, and where closes are kept.
//!
//! Not for: what a flag or a variable says, which outrank it. A key is never written into the file
//! itself, only the name of a file that holds it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::domain::text::sanitise;

/// The largest file that is read.
const LARGEST: u64 = 1024 * 1024;
const KEYS: [&str; 3] = ["sources", "instruments", "store"];
const LISTS: [&str; 2] = ["first", "never"];
const OF_SOURCE: [&str; 2] = ["base_url", "key_file"];
/// From this likeness on a name is taken for a slip of another.
const NEAR: f64 = 0.7;

/// Lasting choices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// Sources to ask before all others, in order.
    pub first: Vec<String>,
    /// Sources never to ask.
    pub never: Vec<String>,
    /// Where closes are kept: a file or a server's address.
    pub store: Option<PathBuf>,
    /// Base URLs by source.
    pub base_urls: BTreeMap<String, String>,
    /// Files that hold keys, by source.
    pub key_files: BTreeMap<String, PathBuf>,
    /// Sources to ask first for single instruments, by id.
    pub instruments: BTreeMap<String, Vec<String>>,
    /// Where the file says something: file, line and key, by the key, and by key and name for each name
    /// of a list (`sources.first yahoo`).
    pub places: BTreeMap<String, String>,
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

type Key<'i> = Spanned<DeString<'i>>;
type Val<'i> = Spanned<DeValue<'i>>;

/// What is wrong, and where in the text.
struct Fault(Range<usize>, String);

/// Reads a file. One that is not there says nothing, unless it was `named` by the user.
///
/// # Errors
/// [`ConfigError`] for a file that is there and cannot be used, and for one that was named and is not.
pub fn read(path: &Path, named: bool) -> Result<Config, ConfigError> {
    let file = sanitise(&path.to_string_lossy(), 120);
    let unreadable = |reason: String| ConfigError::Unreadable { file: file.clone(), reason };
    match fs::metadata(path) {
        Err(e) if !named && matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Config::default());
        }
        Err(e) => return Err(unreadable(e.to_string())),
        // A pipe or a device may have no end, or no beginning.
        Ok(m) if !m.is_file() => return Err(unreadable("it is no file".to_owned())),
        Ok(_) => {}
    }
    let mut text = String::new();
    let opened = File::open(path).map_err(|e| unreadable(e.to_string()))?;
    opened.take(LARGEST + 1).read_to_string(&mut text).map_err(|e| unreadable(e.to_string()))?;
    if u64::try_from(text.len()).is_ok_and(|bytes| bytes > LARGEST) {
        return Err(unreadable("it is larger than 1 MiB".to_owned()));
    }
    parse(&text, &file).map_err(|Fault(span, reason)| ConfigError::Wrong {
        file,
        line: line_of(&text, &span),
        reason: sanitise(&reason, 200),
    })
}

fn line_of(text: &str, span: &Range<usize>) -> usize {
    text.get(..span.start).map_or(1, |before| before.matches('\n').count() + 1)
}

fn parse(text: &str, file: &str) -> Result<Config, Fault> {
    let broken = |e: toml::de::Error| Fault(e.span().unwrap_or_default(), e.message().to_owned());
    let top = DeTable::parse(text).map_err(broken)?;
    let mut reader = Reader { text, file, config: Config::default() };
    for (key, value) in top.get_ref() {
        match key.get_ref().as_ref() {
            "sources" => reader.sources(value)?,
            "instruments" => reader.instruments(value)?,
            "store" => reader.store(key, value)?,
            name if LISTS.contains(&name) => {
                return Err(Fault(key.span(), format!("{name} belongs below [sources]")));
            }
            name => return Err(unknown(key.span(), name, &KEYS)),
        }
    }
    Ok(reader.config)
}

/// Takes a file's tables into a [`Config`].
struct Reader<'a> {
    text: &'a str,
    file: &'a str,
    config: Config,
}

impl Reader<'_> {
    fn store(&mut self, key: &Key<'_>, value: &Val<'_>) -> Result<(), Fault> {
        let text = value.get_ref().as_str().filter(|text| !text.is_empty());
        let place = text.ok_or_else(|| Fault(key.span(), "store has to be text in quotes".to_owned()))?;
        self.remember("store", "store", &key.span());
        self.config.store = Some(PathBuf::from(place));
        Ok(())
    }

    fn sources(&mut self, value: &Val<'_>) -> Result<(), Fault> {
        for (key, value) in table(value, "sources")? {
            let name = key.get_ref().to_lowercase();
            match name.as_str() {
                "first" => self.config.first = self.list("sources.first", key, value)?,
                "never" => self.config.never = self.list("sources.never", key, value)?,
                _ => self.source(&name, key, value)?,
            }
        }
        Ok(())
    }

    fn source(&mut self, name: &str, key: &Key<'_>, value: &Val<'_>) -> Result<(), Fault> {
        let path = format!("sources.{name}");
        self.remember(&path, &path, &key.span());
        if value.get_ref().is_array() {
            return Err(unknown(key.span(), &path, &LISTS));
        }
        for (key, text) in table(value, &path)? {
            let of = key.get_ref().as_ref();
            let path = format!("{path}.{of}");
            if !OF_SOURCE.contains(&of) {
                return Err(unknown(key.span(), &path, &OF_SOURCE));
            }
            self.remember(&path, &path, &key.span());
            let text = text.get_ref().as_str();
            let text = text.ok_or_else(|| Fault(key.span(), format!("{path} has to be text in quotes")))?;
            if of == "base_url" {
                self.config.base_urls.insert(name.to_owned(), text.to_owned());
            } else {
                self.config.key_files.insert(name.to_owned(), PathBuf::from(text));
            }
        }
        Ok(())
    }

    fn instruments(&mut self, value: &Val<'_>) -> Result<(), Fault> {
        for (key, value) in table(value, "instruments")? {
            let id = key.get_ref().to_uppercase();
            let path = format!("instruments.{id}");
            self.remember(&path, &path, &key.span());
            let mut sources = Vec::new();
            for (key, value) in table(value, &path)? {
                if key.get_ref() != "sources" {
                    return Err(unknown(key.span(), &format!("{path}.{}", key.get_ref()), &["sources"]));
                }
                sources = self.list(&format!("{path}.sources"), key, value)?;
            }
            self.config.instruments.insert(id, sources);
        }
        Ok(())
    }

    fn list(&mut self, path: &str, key: &Key<'_>, value: &Val<'_>) -> Result<Vec<String>, Fault> {
        let wrong = || Fault(key.span(), format!("{path} has to be a list of names"));
        let mut names = Vec::new();
        for value in value.get_ref().as_array().ok_or_else(wrong)?.iter() {
            let name = value.get_ref().as_str().ok_or_else(wrong)?.trim().to_lowercase();
            self.remember(&format!("{path} {name}"), path, &value.span());
            names.push(name);
        }
        Ok(names)
    }

    fn remember(&mut self, what: &str, key: &str, span: &Range<usize>) {
        let (file, line) = (self.file, line_of(self.text, span));
        let place = format!("the config file {file}, line {line}: {}", sanitise(key, 60));
        self.config.places.insert(what.to_owned(), place);
    }
}

fn table<'a, 'i>(value: &'a Val<'i>, path: &str) -> Result<&'a DeTable<'i>, Fault> {
    let wrong = || Fault(value.span(), format!("{path} has to be a table: write [{path}]"));
    value.get_ref().as_table().ok_or_else(wrong)
}

fn unknown(span: Range<usize>, key: &str, known: &[&str]) -> Fault {
    let last = key.rsplit('.').next().unwrap_or(key);
    let like = |name: &&str| strsim::jaro_winkler(name, last);
    let near = known.iter().copied().max_by(|a, b| like(a).total_cmp(&like(b)));
    let hint = match near.filter(|name| like(name) > NEAR) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("there is {}", known.join(" and ")),
    };
    Fault(span, format!("unknown key '{key}'; {hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_and_reason(text: &str) -> (usize, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, text).unwrap();
        match read(&path, true).unwrap_err() {
            ConfigError::Wrong { line, reason, .. } => (line, reason),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn no_file_is_no_choice() {
        assert_eq!(read(Path::new("/nonexistent/config.toml"), false), Ok(Config::default()));
        assert!(read(Path::new("/nonexistent/config.toml"), true).is_err());
    }

    #[test]
    fn sources_addresses_keys_and_instruments_are_read() {
        let config = parse(
            "[sources]\nfirst = [\"Tencent\", \"sina\"]\nnever = [\"fred\"]\n\
             [sources.tiingo]\nkey_file = \"/home/me/tiingo\"\nbase_url = \"https://m.example\"\n\
             [instruments.star50]\nsources = [\"csindex\"]\n",
            "f",
        )
        .unwrap_or_else(|Fault(_, reason)| panic!("{reason}"));
        assert_eq!(config.first, ["tencent", "sina"]);
        assert_eq!(config.never, ["fred"]);
        assert_eq!(config.base_urls["tiingo"], "https://m.example");
        assert_eq!(config.key_files["tiingo"], PathBuf::from("/home/me/tiingo"));
        assert_eq!(config.instruments["STAR50"], ["csindex"]);
        assert_eq!(config.places["sources.never fred"], "the config file f, line 3: sources.never");
        assert_eq!(
            config.places["sources.tiingo.base_url"],
            "the config file f, line 6: sources.tiingo.base_url"
        );
        assert_eq!(config.places["instruments.STAR50"], "the config file f, line 7: instruments.STAR50");
    }

    #[test]
    fn a_wrong_file_is_told_by_line_and_nearest_key() {
        assert_eq!(line_and_reason("\n[source]\n").0, 2);
        assert!(line_and_reason("\n[source]\n").1.contains("did you mean sources?"));
        assert_eq!(line_and_reason("[sources]\nfirst = \"tencent\"\n").0, 2);
        let (line, reason) = line_and_reason("[sources]\n\n[sources.yahoo]\nbaseurl = \"x\"\n");
        assert!(line == 4 && reason.contains("did you mean base_url?"), "{line} {reason}");
        assert_eq!(line_and_reason("[sources\n").0, 1);
        let wrong = |text: &str, line: usize, said: &str| {
            let (at, reason) = line_and_reason(text);
            assert!(at == line && reason.contains(said), "{at} {reason}");
        };
        wrong("\nfirst = [\"yahoo\"]\n", 2, "first belongs below [sources]");
        wrong("sources = 5\n", 1, "sources has to be a table: write [sources]");
        wrong("[sources]\n\nfrist = [\"yahoo\"]\n", 3, "unknown key 'sources.frist'; did you mean first?");
        wrong("[sources.yahoo]\n\nkey_file = 5\n", 3, "sources.yahoo.key_file has to be text");
        wrong("[instruments.HSI]\n\nsources = 5\n", 3, "instruments.HSI.sources has to be a list");
        wrong("zzz = 5\n", 1, "unknown key 'zzz'; there is sources and instruments");
    }

    #[test]
    fn what_is_no_file_or_has_no_end_is_refused_at_once() {
        for place in ["/dev/zero", "/dev/null", "/"] {
            let error = read(Path::new(place), true).unwrap_err().to_string();
            assert!(error.ends_with("cannot be read: it is no file"), "{error}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, "#".repeat(1024 * 1024 + 1)).unwrap();
        assert!(read(&path, true).unwrap_err().to_string().contains("larger than 1 MiB"));
    }
}
