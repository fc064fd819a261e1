//! The fields of a document's rows, found by a walk through its JSON Schema.
//!
//! Not for: making the schema (`domain::schema`).

use serde_json::{Map, Value};

use super::{Field, HORIZON, Place, REPORT, Shape, WHAT};
use crate::domain::schema;

/// The fields of a document's rows, in order; none of a document that there is not.
#[must_use]
pub fn fields(document: &str) -> Vec<Field> {
    let Some((shape, schema)) = Shape::of(document).zip(schema::schema(document)) else { return Vec::new() };
    let mut walk = Walk { defs: schema.get("$defs").and_then(Value::as_object), found: Vec::new() };
    walk.keys(&format!("{REPORT}."), &schema, shape.report);
    walk.keys("", &schema, shape.copied);
    match shape.place {
        Place::Lists(lists) => lists.iter().for_each(|list| walk.elements(&schema, list)),
        Place::Told(lists) => {
            let words: Vec<&str> = lists.iter().map(|(_, what)| *what).collect();
            walk.leaf(WHAT, &format!("Which of these it is: {}.", words.join(", ")));
            lists.iter().for_each(|(list, _)| walk.elements(&schema, list));
        }
        Place::One(keys) => keys.iter().for_each(|key| {
            if let Some(row) = property(&schema, key) {
                walk.block("", walk.resolved(row).0);
            }
        }),
        Place::Inner { outer, lists, under, keys } => {
            let element = property(&schema, outer).and_then(|list| walk.element(list));
            if let Some(element) = element {
                walk.keys(&under.map_or_else(String::new, |under| format!("{under}.")), element, keys);
                lists.iter().for_each(|list| walk.elements(element, list));
            }
        }
    }
    walk.keys("", &schema, shape.beside);
    let long = |field: Field| Field { long: shape.long.contains(&field.name.as_str()), ..field };
    walk.found.into_iter().map(long).collect()
}

fn property<'a>(node: &'a Value, key: &str) -> Option<&'a Value> {
    node.get("properties")?.get(key)
}

/// A walk through a schema.
struct Walk<'a> {
    defs: Option<&'a Map<String, Value>>,
    found: Vec<Field>,
}

impl Walk<'_> {
    fn leaf(&mut self, name: &str, about: &str) {
        if !self.found.iter().any(|field| field.name == name) {
            self.found.push(Field { name: name.to_owned(), about: about.replace('\n', " "), long: false });
        }
    }

    /// These keys of an object, each behind `prefix`.
    fn keys(&mut self, prefix: &str, object: &Value, keys: &[&str]) {
        for key in keys {
            if let Some(node) = property(object, key) {
                self.node(&format!("{prefix}{key}"), node);
            }
        }
    }

    /// The fields of what a list holds.
    fn elements(&mut self, object: &Value, list: &str) {
        let defs = Walk { defs: self.defs, found: Vec::new() };
        if let Some(element) = property(object, list).and_then(|list| defs.element(list)) {
            self.block("", element);
        }
    }

    /// The object that a list holds.
    fn element<'n>(&self, list: &'n Value) -> Option<&'n Value>
    where
        Self: 'n,
    {
        let items = self.resolved(list).0.get("items")?;
        Some(self.resolved(items).0)
    }

    /// Every key of an object, in the order of the JSON: that of `required`, which names them all.
    fn block(&mut self, prefix: &str, object: &Value) {
        for key in object.get("required").and_then(Value::as_array).into_iter().flatten() {
            let Some((key, node)) = key.as_str().and_then(|key| Some((key, property(object, key)?))) else {
                continue;
            };
            self.node(&format!("{prefix}{key}"), node);
        }
    }

    fn node(&mut self, name: &str, node: &Value) {
        let (target, by_horizon) = self.resolved(node);
        let about = |node: &Value| node.get("description").and_then(Value::as_str).map(str::to_owned);
        let about = about(node).or_else(|| about(target)).unwrap_or_default();
        let within = self.found.len();
        if let Some(cell) = target.get("additionalProperties").filter(|_| by_horizon) {
            self.block(&format!("{name}.{HORIZON}."), self.resolved(cell).0);
        } else if target.get("properties").is_some() {
            self.block(&format!("{name}."), target);
        } else {
            self.leaf(name, &about);
            return;
        }
        for field in self.found.iter_mut().skip(within).filter(|_| !about.is_empty()) {
            field.about = format!("{about} {}", field.about);
        }
    }

    /// What a reference leads to or what may also be null, and whether it has a key for each horizon.
    fn resolved<'n>(&self, node: &'n Value) -> (&'n Value, bool)
    where
        Self: 'n,
    {
        let (mut node, mut by_horizon) = (node, false);
        loop {
            let name = node.get("$ref").and_then(Value::as_str).and_then(|at| at.strip_prefix("#/$defs/"));
            let some = |any: &'n Vec<Value>| match any.as_slice() {
                [one, null] if null.get("type").is_some_and(|t| t == "null") => Some(one),
                _ => None,
            };
            let next = match name {
                Some(name) => self.defs.and_then(|defs| defs.get(name)),
                None => node.get("anyOf").and_then(Value::as_array).and_then(some),
            };
            let Some(next) = next else { return (node, by_horizon) };
            by_horizon = name.is_some_and(|name| name.starts_with("By_"));
            node = next;
        }
    }
}
