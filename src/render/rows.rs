//! Rows for programs: one JSON object a line, or CSV; and the same reduced to the fields that were asked for. Both are
//! made from the JSON of the report, so that they hold what it holds.
//!
//! Not for: readers (`table`, `document`), nor which part of a document is its rows (`domain::fields`).

mod tree;

use std::io::{self, Write};

use serde::Serialize;

use super::Format;
use super::history::{guarded, plain};
use crate::domain::fields::{self, Place, REPORT, Shape, WHAT};
pub(super) use tree::Tree;

/// Writes the rows of a report.
pub(super) fn write<T: Serialize>(report: &T, format: Format, out: &mut dyn Write) -> io::Result<()> {
    chosen(&serde_json::to_vec(report)?, format, &[], out)
}

/// Writes the rows of a report that was written as JSON, with these fields only; all without names.
pub(super) fn chosen(json: &[u8], format: Format, names: &[String], out: &mut dyn Write) -> io::Result<()> {
    let document = Tree::read(json)?;
    let shape = shape(&document)?;
    let rows = rows(&document, shape);
    let usual = || fields::fields(shape.document).into_iter().filter(|f| !f.long).map(|f| f.name).collect();
    match format {
        Format::JsonLines if names.is_empty() => lines(rows.into_iter(), out),
        Format::JsonLines => {
            let names = across(names, &rows);
            lines(rows.iter().map(|row| reduced(row, &names)), out)
        }
        Format::Json => {
            let names = across(names, &rows);
            serde_json::to_writer_pretty(&mut *out, &reduced_document(document, shape, &names))?;
            writeln!(out)
        }
        _ => {
            let names: Vec<String> = if names.is_empty() { usual() } else { names.to_vec() };
            csv(&across(&names, &rows), &rows, out)
        }
    }
}

/// The rows of a report.
pub(super) fn of<T: Serialize>(report: &T) -> io::Result<Vec<Tree>> {
    let document = Tree::read(&serde_json::to_vec(report)?)?;
    Ok(rows(&document, shape(&document)?))
}

fn shape(document: &Tree) -> io::Result<&'static Shape> {
    let name = document.get("schema").map(Tree::cell).unwrap_or_default();
    Shape::of(&name).ok_or_else(|| io::ErrorKind::Unsupported.into())
}

/// The names with the horizons that the rows have.
fn across(names: &[String], rows: &[Tree]) -> Vec<String> {
    fields::expanded(names, |block| {
        let mut horizons: Vec<String> = Vec::new();
        for key in rows.iter().filter_map(|row| row.at(block)).flat_map(Tree::keys) {
            if !horizons.iter().any(|known| known == key) {
                horizons.push(key.to_owned());
            }
        }
        horizons
    })
}

/// Each row with what it is of before it.
fn rows(document: &Tree, shape: &Shape) -> Vec<Tree> {
    let mut front = picked(document, shape.report, Some(REPORT));
    front.extend(picked(document, shape.copied, None));
    let of = |own: Vec<(String, Tree)>, row: &Tree| {
        let row = if let Tree::Block(pairs) = row { pairs.clone() } else { Vec::new() };
        Tree::Block([front.clone(), own, row].concat())
    };
    match shape.place {
        Place::Lists(lists) => {
            lists.iter().flat_map(|list| document.list(list)).map(|row| of(Vec::new(), row)).collect()
        }
        Place::Told(lists) => {
            let told = |(list, what): &(&str, &str)| {
                let own = vec![(WHAT.to_owned(), Tree::Text((*what).to_owned()))];
                document.list(list).iter().map(|row| of(own.clone(), row)).collect::<Vec<_>>()
            };
            lists.iter().flat_map(told).collect()
        }
        Place::One(keys) => {
            let row = keys.iter().filter_map(|key| document.get(key)).find(|row| **row != Tree::Null);
            let whole = |row: &Tree| match of(Vec::new(), row) {
                Tree::Block(row) => Tree::Block([row, picked(document, shape.beside, None)].concat()),
                other => other,
            };
            row.map(whole).into_iter().collect()
        }
        Place::Inner { outer, lists, under, keys } => {
            let inner = |element: &Tree| {
                let own = picked(element, keys, under);
                let rows = lists.iter().flat_map(|list| element.list(list));
                rows.map(|row| of(own.clone(), row)).collect::<Vec<_>>()
            };
            document.list(outer).iter().flat_map(inner).collect()
        }
    }
}

/// Some keys of an object, in a block of their own where `under` names one.
fn picked(from: &Tree, keys: &[&str], under: Option<&str>) -> Vec<(String, Tree)> {
    let pairs: Vec<_> = keys.iter().map(|key| ((*key).to_owned(), value(from, key))).collect();
    match under {
        Some(_) if pairs.is_empty() => Vec::new(),
        Some(under) => vec![(under.to_owned(), Tree::Block(pairs))],
        None => pairs,
    }
}

/// What stands at a path; a key that is not there holds nothing.
fn value(tree: &Tree, path: &str) -> Tree {
    tree.at(path).cloned().unwrap_or(Tree::Null)
}

/// The row with these fields only, in their order.
fn reduced(row: &Tree, names: &[String]) -> Tree {
    let mut kept = Tree::Block(Vec::new());
    for name in names {
        kept.put(&name.split('.').collect::<Vec<_>>(), value(row, name));
    }
    kept
}

/// The document whose rows have these fields only; its other keys stay.
fn reduced_document(document: Tree, shape: &Shape, names: &[String]) -> Tree {
    let Tree::Block(pairs) = document else { return document };
    let elements = |tree: Tree, keep: &dyn Fn(&Tree) -> Tree| match tree {
        Tree::List(list) => Tree::List(list.iter().map(keep).collect()),
        Tree::Block(_) => keep(&tree),
        other => other,
    };
    let only = |row: &Tree, held: &dyn Fn(&str) -> bool| {
        let names: Vec<String> = names.iter().filter(|name| held(name)).cloned().collect();
        reduced(row, &names)
    };
    let reduce = |(key, tree): (String, Tree)| {
        let is = |known: &str| known == key;
        let tree = match shape.place {
            Place::Lists(keys) | Place::One(keys) if keys.contains(&key.as_str()) => {
                elements(tree, &|row| only(row, &|name| row.at(name).is_some()))
            }
            Place::Told(lists) if lists.iter().any(|(list, _)| is(list)) => {
                elements(tree, &|row| only(row, &|name| row.at(name).is_some()))
            }
            Place::Inner { outer, lists, under, keys } if is(outer) => elements(tree, &|element| {
                let mut kept = Tree::Block(Vec::new());
                for key in keys {
                    let name = under.map_or_else(|| (*key).to_owned(), |under| format!("{under}.{key}"));
                    if names.contains(&name) {
                        kept.put(&[key], value(element, key));
                    }
                }
                for list in lists {
                    let keep = |row: &Tree| only(row, &|name| row.at(name).is_some());
                    kept.put(&[list], elements(value(element, list), &keep));
                }
                kept
            }),
            _ if shape.beside.contains(&key.as_str()) => {
                let whole = Tree::Block(vec![(key.clone(), tree)]);
                let named = only(&whole, &|name| whole.at(name).is_some());
                return named.get(&key).cloned().map(|tree| (key, tree));
            }
            _ => tree,
        };
        Some((key, tree))
    };
    Tree::Block(pairs.into_iter().filter_map(reduce).collect())
}

fn lines(rows: impl Iterator<Item = Tree>, out: &mut dyn Write) -> io::Result<()> {
    for row in rows {
        serde_json::to_writer(&mut *out, &row)?;
        writeln!(out)?;
    }
    Ok(())
}

fn csv(names: &[String], rows: &[Tree], out: &mut dyn Write) -> io::Result<()> {
    let mut csv = ::csv::Writer::from_writer(out);
    csv.write_record(names).map_err(plain)?;
    for row in rows {
        let cell = |name: &String| match row.at(name) {
            Some(tree) if tree.has_words() => guarded(&tree.cell()),
            Some(tree) => tree.cell(),
            None => String::new(),
        };
        csv.write_record(names.iter().map(cell)).map_err(plain)?;
    }
    csv.flush()
}
