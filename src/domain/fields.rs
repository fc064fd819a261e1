//! Which part of a document is its rows, and the fields of these rows: dotted names in the order of the JSON, with
//! what each means, from the document's own schema.
//!
//! Not for: their values (`render`).

use serde_json::{Map, Value};

use super::horizon::Horizon;
use super::schema;

/// What stands in a field's name for any horizon.
pub const HORIZON: &str = "HORIZON";
/// The block of a row that tells what document it is of.
pub const REPORT: &str = "report";
/// The field that tells which of several lists a row is of.
pub const WHAT: &str = "what";

/// Where a document has its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In these lists, one behind the other.
    Lists(&'static [&'static str]),
    /// In these lists, each row with the word that tells which.
    Told(&'static [(&'static str, &'static str)]),
    /// It is one row: whichever of these is not null.
    One(&'static [&'static str]),
    /// In lists inside the elements of a list.
    Inner {
        /// The outer list.
        outer: &'static str,
        /// The lists inside each of its elements, one behind the other.
        lists: &'static [&'static str],
        /// The block that holds the outer element's keys in a row; none where they stand beside the row's own.
        under: Option<&'static str>,
        /// The outer element's keys that each of its rows begins with.
        keys: &'static [&'static str],
    },
}

/// Which part of a document is its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// The document's name.
    pub document: &'static str,
    /// Its keys that each row has under [`REPORT`].
    pub report: &'static [&'static str],
    /// Its keys that each row begins with.
    pub copied: &'static [&'static str],
    /// Where the rows are.
    pub place: Place,
    /// Its keys that belong to the one row.
    pub beside: &'static [&'static str],
    /// Fields too long for a cell: columns only where they are named.
    pub long: &'static [&'static str],
}

const OF_A_DAY: [&str; 6] = ["schema", "as_of", "date", "demo", "benchmark", "currency"];

const ROWS: Shape = Shape {
    document: "snapshot",
    report: &OF_A_DAY,
    copied: &[],
    place: Place::Lists(&["instruments", "composites"]),
    beside: &[],
    long: &[],
};

const TABLE: [Shape; 9] = [
    ROWS,
    Shape {
        document: "compare",
        report: &["schema", "as_of", "date", "demo", "currency", "end_date"],
        place: Place::Lists(&["instruments"]),
        long: &["rebased.points"],
        ..ROWS
    },
    Shape {
        document: "movers",
        report: &["schema", "as_of", "date", "demo", "benchmark", "currency", "sort"],
        place: Place::Inner {
            outer: "groups",
            lists: &["members"],
            under: Some("group"),
            keys: &["kind", "id", "name"],
        },
        ..ROWS
    },
    Shape {
        document: "show",
        place: Place::One(&["instrument", "composite"]),
        beside: &["venue", "confirmations", "annualised", "risk", "link"],
        ..ROWS
    },
    Shape { document: "check", place: Place::Lists(&["expressions"]), ..ROWS },
    Shape {
        document: "chart",
        report: &["schema", "as_of", "date", "demo", "benchmark", "currency", "measure"],
        place: Place::Inner {
            outer: "lines",
            lists: &["points"],
            under: None,
            keys: &["id", "name", "kind", "currency", "basis"],
        },
        ..ROWS
    },
    Shape {
        document: "history",
        report: &["schema"],
        copied: &["id", "name"],
        place: Place::Inner {
            outer: "series",
            lists: &["closes", "revisions"],
            under: None,
            keys: &["source", "symbol", "basis", "as_traded", "currency"],
        },
        ..ROWS
    },
    Shape {
        document: "list",
        report: &["schema"],
        place: Place::Told(&[
            ("instruments", "instrument"),
            ("composites", "composite"),
            ("groups", "group"),
        ]),
        ..ROWS
    },
    Shape {
        document: "sources",
        report: &["schema", "generated_at"],
        place: Place::Lists(&["sources"]),
        ..ROWS
    },
];

impl Shape {
    /// The shape of the document of that name, or with that `schema`.
    #[must_use]
    pub fn of(name: &str) -> Option<&'static Shape> {
        let name = name.trim_start_matches("marketsnap.").trim_end_matches("/1");
        TABLE.iter().find(|shape| shape.document == name)
    }
}

/// A field of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name: keys with dots between them, [`HORIZON`] for any horizon.
    pub name: String,
    /// What it means, a sentence or two.
    pub about: String,
    /// Too long for a cell: a column only where it is named.
    pub long: bool,
}

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

/// The fields that a word names, without regard to case: one, or all of a block; a horizon stands for itself and
/// [`HORIZON`] for each.
#[must_use]
pub fn meant(fields: &[Field], word: &str) -> Vec<String> {
    let asked: Vec<&str> = word.split('.').collect();
    let meant = |field: &Field| {
        let mut own: Vec<String> = field.name.split('.').map(str::to_owned).collect();
        for (at, part) in asked.iter().enumerate() {
            let own = own.get_mut(at)?;
            match part.parse::<Horizon>() {
                Ok(horizon) if own == HORIZON => *own = horizon.label(),
                _ if own.eq_ignore_ascii_case(part) => {}
                _ => return None,
            }
        }
        Some(own.join("."))
    };
    fields.iter().filter_map(meant).collect()
}

/// The field's name most like a word that names none.
#[must_use]
pub fn nearest(fields: &[Field], word: &str) -> Option<String> {
    let last = word.rsplit('.').next().unwrap_or(word);
    let horizon = word.split('.').find_map(|part| part.parse::<Horizon>().ok());
    let label = horizon.map_or_else(|| Horizon::ONE_DAY.label(), |horizon| horizon.label());
    let names = || fields.iter().map(|field| field.name.replace(HORIZON, &label));
    if horizon.is_some() && (last == word || !names().any(|name| name.ends_with(last))) {
        let first = word.split('.').next().unwrap_or(word).to_lowercase();
        let of = |start: &str| names().find(|name| name.starts_with(start) && name.contains(&label));
        return of(&format!("{first}.")).or_else(|| of("moves."));
    }
    let end = format!(".{}", last.to_lowercase());
    let like = |name: &String| strsim::jaro_winkler(name, &word.to_lowercase());
    let close = names().filter(|name| like(name) > 0.85).max_by(|a, b| like(a).total_cmp(&like(b)));
    close.or_else(|| names().find(|name| name.ends_with(&end)))
}

/// The names with each [`HORIZON`] replaced by each of a block's horizons in turn, a whole block at a time.
#[must_use]
pub fn expanded(names: &[String], horizons: impl Fn(&str) -> Vec<String>) -> Vec<String> {
    let block = |name: &str| name.split_once(&format!(".{HORIZON}.")).map(|(block, _)| block.to_owned());
    let mut all = Vec::new();
    for run in names.chunk_by(|a, b| block(a) == block(b)) {
        match run.first().and_then(|name| block(name)) {
            None => all.extend_from_slice(run),
            Some(block) => {
                for horizon in horizons(&block) {
                    all.extend(run.iter().map(|name| name.replacen(HORIZON, &horizon, 1)));
                }
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(document: &str) -> Vec<String> {
        fields(document).into_iter().map(|field| field.name).collect()
    }

    #[test]
    fn every_document_with_a_schema_has_rows_whose_fields_all_say_what_they_are() {
        for (document, _) in schema::names() {
            let fields = fields(document);
            assert!(fields.len() > 5, "{document}");
            for field in fields {
                assert!(!field.about.is_empty(), "{document}: {}", field.name);
            }
        }
    }

    #[test]
    fn fields_stand_in_the_order_of_the_json_and_composites_own_ones_behind() {
        let names = names("snapshot");
        assert_eq!(
            names[..8],
            [
                "report.schema",
                "report.as_of",
                "report.date",
                "report.demo",
                "report.benchmark",
                "report.currency",
                "id",
                "name"
            ]
        );
        assert_eq!(names.last().unwrap(), "left_out");
        let at = |name: &str| names.iter().position(|n| n == name).unwrap();
        assert!(at("moves.HORIZON.pct") < at("moves.HORIZON.from"));
        assert!(at("moves.HORIZON.flags") < at("relative.HORIZON.excess_pp"));
        assert!(at("fx.rate") < at("source.name") && at("warnings") < at("members"));
    }

    #[test]
    fn a_word_names_one_field_or_a_block_and_a_horizon_stands_for_itself() {
        let fields = fields("snapshot");
        assert_eq!(meant(&fields, "Moves.1d.PCT"), ["moves.1D.pct"]);
        assert_eq!(
            meant(&fields, "session"),
            ["session.date", "session.status", "session.timezone", "session.closed_at"]
        );
        assert_eq!(meant(&fields, "moves.ytd").first().unwrap(), "moves.YTD.pct");
        assert_eq!(meant(&fields, "relative.HORIZON.excess_pp"), ["relative.HORIZON.excess_pp"]);
        assert!(meant(&fields, "moves.1D.pct.more").is_empty() && meant(&fields, "").is_empty());
    }

    #[test]
    fn the_nearest_field_of_a_slip_is_named() {
        let fields = fields("snapshot");
        for (word, near) in [
            ("clsoe", "close"),
            ("moves.3M.pc", "moves.3M.pct"),
            ("1D", "moves.1D.pct"),
            ("relative.5D", "relative.5D.excess_pp"),
            ("excess_pp", "relative.1D.excess_pp"),
            ("session.dat", "session.date"),
        ] {
            assert_eq!(nearest(&fields, word).as_deref(), Some(near), "{word}");
        }
        assert_eq!(nearest(&fields, "zzzz"), None);
    }

    #[test]
    fn a_block_is_told_horizon_by_horizon() {
        let names = ["id", "moves.HORIZON.pct", "moves.HORIZON.from", "close"].map(str::to_owned);
        let all = expanded(&names, |_| vec!["1D".to_owned(), "YTD".to_owned()]);
        assert_eq!(all, ["id", "moves.1D.pct", "moves.1D.from", "moves.YTD.pct", "moves.YTD.from", "close"]);
    }
}
