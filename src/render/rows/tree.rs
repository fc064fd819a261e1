//! A JSON value whose keys keep their order and whose texts are safe.
//!
//! Not for: what a report holds (`domain`).

use std::fmt;
use std::io;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::Number;

use crate::domain::text::sanitise;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::render) enum Tree {
    Null,
    Flag(bool),
    Number(Number),
    Text(String),
    List(Vec<Tree>),
    Block(Vec<(String, Tree)>),
}

impl Tree {
    /// A document that was written as JSON.
    pub(super) fn read(json: &[u8]) -> io::Result<Self> {
        Ok(serde_json::from_slice(json)?)
    }

    /// What stands under a key.
    pub(super) fn get(&self, key: &str) -> Option<&Tree> {
        let Tree::Block(pairs) = self else { return None };
        pairs.iter().find(|(own, _)| own == key).map(|(_, value)| value)
    }

    /// What stands at a dotted path.
    pub(in crate::render) fn at(&self, path: &str) -> Option<&Tree> {
        path.split('.').try_fold(self, |tree, key| tree.get(key))
    }

    /// The elements of the list under a key.
    pub(super) fn list(&self, key: &str) -> &[Tree] {
        match self.get(key) {
            Some(Tree::List(list)) => list,
            _ => &[],
        }
    }

    /// The keys of an object, in order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        let pairs = if let Tree::Block(pairs) = self { pairs.as_slice() } else { &[] };
        pairs.iter().map(|(key, _)| key.as_str())
    }

    /// Puts a value at a path of keys, behind what is there.
    pub(super) fn put(&mut self, path: &[&str], value: Tree) {
        let Tree::Block(pairs) = self else { return };
        match path {
            [] => {}
            [key] => match pairs.iter_mut().find(|(own, _)| own == key) {
                Some((_, held)) => *held = value,
                None => pairs.push(((*key).to_owned(), value)),
            },
            [key, rest @ ..] => {
                if !pairs.iter().any(|(own, _)| own == key) {
                    pairs.push(((*key).to_owned(), Tree::Block(Vec::new())));
                }
                if let Some((_, held)) = pairs.iter_mut().find(|(own, _)| own == key) {
                    held.put(rest, value);
                }
            }
        }
    }

    /// The value in one cell: plain values of a list are joined by semicolons, all else that is not plain is JSON.
    pub(in crate::render) fn cell(&self) -> String {
        let plain = |tree: &Tree| !matches!(tree, Tree::List(_) | Tree::Block(_));
        match self {
            Tree::Null => String::new(),
            Tree::Flag(flag) => flag.to_string(),
            Tree::Number(number) => number.to_string(),
            Tree::Text(text) => text.clone(),
            Tree::List(list) if list.iter().all(plain) => {
                list.iter().map(Tree::cell).collect::<Vec<_>>().join(";")
            }
            other => serde_json::to_string(other).unwrap_or_default(),
        }
    }

    /// Whether a spreadsheet could take the cell for a formula.
    pub(super) fn has_words(&self) -> bool {
        matches!(self, Tree::Text(_) | Tree::List(_))
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Tree::Null => serializer.serialize_unit(),
            Tree::Flag(flag) => serializer.serialize_bool(*flag),
            Tree::Number(number) => number.serialize(serializer),
            Tree::Text(text) => serializer.serialize_str(text),
            Tree::List(list) => serializer.collect_seq(list),
            Tree::Block(pairs) => serializer.collect_map(pairs.iter().map(|(key, value)| (key, value))),
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Tree, E> {
        Ok(Tree::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Tree, E> {
        Ok(Tree::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Tree, E> {
        Ok(Tree::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Tree, E> {
        Ok(Number::from_f64(number).map_or(Tree::Null, Tree::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(sanitise(text, usize::MAX)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = seq.next_element()? {
            list.push(value);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut pairs = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, Tree>()? {
            pairs.push((sanitise(&key, usize::MAX), value));
        }
        Ok(Tree::Block(pairs))
    }
}
