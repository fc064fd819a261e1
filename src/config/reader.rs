//! From the text of a config file to a flat list of what it says, each with its line.
//!
//! Not for: which keys there are (`keys`), or what is made of them (`built`).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::keys::{Takes, below, is_horizon, key_at};
use super::{Entry, Fault, Value};
use crate::domain::text::sanitise;

/// From this likeness on a name is taken for a slip of another.
const NEAR: f64 = 0.7;
/// The longest id, and the longest word of a list.
const LONGEST_ID: usize = 24;
const LONGEST_WORD: usize = 60;
/// The most words of a list.
const MOST: usize = 1000;

type Name<'i> = Spanned<DeString<'i>>;
type Val<'i> = Spanned<DeValue<'i>>;
type Places = BTreeMap<String, String>;

/// What a text says, in its order, and where it says it.
pub(super) fn entries(text: &str, file: &str) -> Result<(Vec<Entry>, Places), Fault> {
    let broken = |e: toml::de::Error| Fault(e.span().unwrap_or_default(), e.message().to_owned());
    let top = DeTable::parse(text).map_err(broken)?;
    let mut reader = Reader {
        ends: ends(text),
        file,
        seen: BTreeSet::new(),
        entries: Vec::new(),
        places: BTreeMap::new(),
    };
    reader.table("", "", None, top.get_ref())?;
    Ok((reader.entries, reader.places))
}

/// Takes a file's tables apart.
struct Reader<'a> {
    /// Where each line ends.
    ends: Vec<usize>,
    file: &'a str,
    seen: BTreeSet<String>,
    entries: Vec<Entry>,
    places: Places,
}

impl Reader<'_> {
    /// Everything in a table that stands at `path`, in the order of the file.
    fn table(
        &mut self,
        path: &str,
        pattern: &str,
        of: Option<&str>,
        table: &DeTable<'_>,
    ) -> Result<(), Fault> {
        let mut items: Vec<(&Name<'_>, &Val<'_>)> = table.iter().collect();
        items.sort_by_key(|(name, _)| name.span().start);
        let (names, any) = below(pattern);
        for (name, value) in items {
            let text = name.get_ref().as_ref();
            let fixed = names.iter().find(|n| **n == text || (any && n.eq_ignore_ascii_case(text)));
            let at =
                |to: &str, next: &str| if to.is_empty() { next.to_owned() } else { format!("{to}.{next}") };
            match fixed {
                Some(fixed) => self.named(&at(path, fixed), &at(pattern, fixed), of, name, value)?,
                None if any => self.starred(path, pattern, &names, name, value)?,
                None => return Err(unknown(name.span(), &at(path, text), &names)),
            }
        }
        Ok(())
    }

    /// A key, or a table whose name is fixed.
    fn named(
        &mut self,
        path: &str,
        pattern: &str,
        of: Option<&str>,
        name: &Name<'_>,
        value: &Val<'_>,
    ) -> Result<(), Fault> {
        let Some(key) = key_at(pattern) else {
            return self.table(path, pattern, of, as_table(value, path)?);
        };
        self.remember(path, path, &name.span());
        let read = self.value(path, key.takes, value).map_err(|Fault(span, what)| {
            Fault(if span.is_empty() { name.span() } else { span }, format!("{path} {what}"))
        })?;
        let line = self.line_of(&name.span());
        self.entries.push(Entry { path: path.to_owned(), key, of: of.map(str::to_owned), value: read, line });
        Ok(())
    }

    /// A table that is named by an id or a source.
    fn starred(
        &mut self,
        path: &str,
        pattern: &str,
        names: &[&'static str],
        name: &Name<'_>,
        value: &Val<'_>,
    ) -> Result<(), Fault> {
        let text = name.get_ref().as_ref();
        let sources = path == "sources";
        let id = if sources { text.to_lowercase() } else { text.to_uppercase() };
        let path = format!("{path}.{id}");
        if value.get_ref().as_table().is_none() && !names.is_empty() {
            return Err(unknown(name.span(), &path, names));
        }
        if !sources && !is_id(&id) {
            let rule = format!(
                "an id has up to {LONGEST_ID} letters, digits, . - and _, and begins with one of the first two"
            );
            return Err(Fault(name.span(), format!("'{text}' is no id: {rule}")));
        }
        if !self.seen.insert(path.clone()) {
            return Err(Fault(name.span(), format!("{path} is there twice")));
        }
        self.remember(&path, &path, &name.span());
        self.table(&path, &format!("{pattern}.*"), Some(&id), as_table(value, &path)?)
    }

    fn value(&mut self, path: &str, takes: Takes, value: &Val<'_>) -> Result<Value, Fault> {
        let wanted = || Fault(0..0, format!("has to be {}", takes.wanted()));
        let found = value.get_ref();
        match takes {
            Takes::Text(longest) => text(found, longest)
                .map(Value::Text)
                .ok_or_else(|| too_long(found, longest).unwrap_or_else(wanted)),
            Takes::Word(words) => {
                let word = found.as_str().ok_or_else(wanted)?;
                match words.iter().find(|w| w.eq_ignore_ascii_case(word)) {
                    Some(known) => Ok(Value::Text((*known).to_owned())),
                    None => {
                        Err(Fault(0..0, format!("is no '{}': {}", sanitise(word, 40), hint(word, words))))
                    }
                }
            }
            Takes::Switch => found.as_bool().map(Value::Switch).ok_or_else(wanted),
            Takes::Whole(least, most) => number(found)
                .filter(|n| n.fract() == 0.0 && (f64::from(least)..=f64::from(most)).contains(n))
                .map(Value::Number)
                .ok_or_else(wanted),
            Takes::Seconds => {
                number(found).filter(|n| (0.1..=3600.0).contains(n)).map(Value::Number).ok_or_else(wanted)
            }
            Takes::Percent => {
                number(found).filter(|n| *n > 0.0 && *n <= 100.0).map(Value::Number).ok_or_else(wanted)
            }
            Takes::Country => found
                .as_str()
                .filter(|code| code.len() == 2 && code.chars().all(|c| c.is_ascii_alphabetic()))
                .map(|code| Value::Text(code.to_owned()))
                .ok_or_else(wanted),
            Takes::Horizons => {
                let list = self.list(path, value, wanted)?;
                match list.iter().find(|word| !is_horizon(word)) {
                    Some(word) => {
                        Err(Fault(0..0, format!("holds '{word}', which is no horizon: {}", takes.wanted())))
                    }
                    None if list.is_empty() => Err(wanted()),
                    None => Ok(Value::List(list)),
                }
            }
            Takes::List => Ok(Value::List(self.list(path, value, wanted)?)),
            Takes::Weights => self.pairs(path, value, wanted, number).map(Value::Weights),
            Takes::Symbols => self.pairs(path, value, wanted, |v| text(v, LONGEST_WORD)).map(Value::Symbols),
        }
    }

    fn list(
        &mut self,
        path: &str,
        value: &Val<'_>,
        wanted: impl Fn() -> Fault,
    ) -> Result<Vec<String>, Fault> {
        let of_sources = path.starts_with("sources.") || path.ends_with(".sources");
        let mut words = Vec::new();
        let list = value.get_ref().as_array().filter(|list| list.len() <= MOST).ok_or_else(&wanted)?;
        for value in list.iter() {
            let word = text(value.get_ref(), LONGEST_WORD).ok_or_else(&wanted)?;
            let word = if of_sources { word.to_lowercase() } else { word };
            self.remember(&format!("{path} {word}"), path, &value.span());
            words.push(word);
        }
        Ok(words)
    }

    fn pairs<T>(
        &mut self,
        path: &str,
        value: &Val<'_>,
        wanted: impl Fn() -> Fault,
        read: impl Fn(&DeValue<'_>) -> Option<T>,
    ) -> Result<Vec<(String, T)>, Fault> {
        let table = value.get_ref().as_table().filter(|table| table.len() <= MOST).ok_or_else(&wanted)?;
        let mut items: Vec<(&Name<'_>, &Val<'_>)> = table.iter().collect();
        items.sort_by_key(|(name, _)| name.span().start);
        let mut pairs = Vec::new();
        for (name, value) in items {
            let word = sanitise(name.get_ref(), LONGEST_WORD);
            self.remember(&format!("{path} {word}"), path, &name.span());
            pairs.push((word, read(value.get_ref()).ok_or_else(&wanted)?));
        }
        Ok(pairs)
    }

    /// The line, from 1.
    fn line_of(&self, span: &Range<usize>) -> usize {
        self.ends.partition_point(|end| *end < span.start) + 1
    }

    fn remember(&mut self, what: &str, key: &str, span: &Range<usize>) {
        let (file, line) = (self.file, self.line_of(span));
        let place = format!("the config file {file}, line {line}: {}", sanitise(key, 60));
        self.places.insert(what.to_owned(), place);
    }
}

fn ends(text: &str) -> Vec<usize> {
    text.match_indices('\n').map(|(at, _)| at).collect()
}

fn as_table<'a, 'i>(value: &'a Val<'i>, path: &str) -> Result<&'a DeTable<'i>, Fault> {
    let wrong = || Fault(value.span(), format!("{path} has to be a table: write [{path}]"));
    value.get_ref().as_table().ok_or_else(wrong)
}

/// Text that says something and is no longer than allowed, without what would do something where it is shown.
fn text(value: &DeValue<'_>, longest: usize) -> Option<String> {
    let text = value.as_str().filter(|text| text.chars().count() <= longest)?;
    Some(sanitise(text, longest)).filter(|text| !text.is_empty())
}

fn too_long(value: &DeValue<'_>, longest: usize) -> Option<Fault> {
    let long = value.as_str().is_some_and(|text| text.chars().count() > longest);
    long.then(|| Fault(0..0, format!("is longer than {longest} characters")))
}

/// A finite number, written with or without a point.
fn number(value: &DeValue<'_>) -> Option<f64> {
    let number = match value {
        DeValue::Integer(n) => i64::from_str_radix(n.as_str(), n.radix()).ok()?.to_string().parse().ok(),
        DeValue::Float(n) => n.as_str().parse::<f64>().ok(),
        _ => None,
    };
    number.filter(|n| n.is_finite())
}

fn is_id(id: &str) -> bool {
    let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    id.len() <= LONGEST_ID && id.starts_with(|c: char| c.is_ascii_alphanumeric()) && id.chars().all(allowed)
}

fn unknown(span: Range<usize>, key: &str, known: &[&str]) -> Fault {
    let last = key.rsplit('.').next().unwrap_or(key);
    let misplaced = ["first", "never"].contains(&key);
    let hint = if misplaced { format!("{key} belongs below [sources]") } else { hint(last, known) };
    Fault(span, format!("unknown key '{key}'; {hint}"))
}

/// The known name that a wrong one may mean, or all of them.
fn hint(wrong: &str, known: &[&str]) -> String {
    let wrong = wrong.to_lowercase();
    let like = |name: &&str| strsim::jaro_winkler(name, &wrong);
    let near = known.iter().copied().max_by(|a, b| like(a).total_cmp(&like(b)));
    match near.filter(|name| like(name) > NEAR) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("there is {}", known.join(", ")),
    }
}
