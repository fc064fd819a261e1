//! JSON Schema of every document that the program writes, made from the documents' own types.
//!
//! Not for: writing the documents (`render`).

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use super::{
    Chart, Check, Comparison, History, Listing, Movers, Search, Settings, Show, Snapshot, Sources, Wait,
};

/// A document: its name, the version of its form, and its schema.
type Document = (&'static str, &'static str, fn() -> Schema);

const TABLE: [Document; 12] = [
    ("snapshot", "marketsnap.snapshot/1", of::<Snapshot>),
    ("compare", "marketsnap.compare/1", of::<Comparison>),
    ("movers", "marketsnap.movers/1", of::<Movers>),
    ("show", "marketsnap.show/1", of::<Show>),
    ("check", "marketsnap.check/1", of::<Check>),
    ("chart", "marketsnap.chart/1", of::<Chart>),
    ("history", "marketsnap.history/1", of::<History>),
    ("list", "marketsnap.list/1", of::<Listing>),
    ("sources", "marketsnap.sources/1", of::<Sources>),
    ("config", "marketsnap.config/1", of::<Settings>),
    ("wait", "marketsnap.wait/1", of::<Wait>),
    ("search", "marketsnap.search/1", of::<Search>),
];

/// The names of the documents, with the `schema` that each carries.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.iter().map(|(name, version, _)| (*name, *version))
}

/// The schema of the document of that name (draft 2020-12). Every key is required; keys may be added within a
/// version.
#[must_use]
pub fn schema(name: &str) -> Option<Value> {
    let (_, version, make) = TABLE.iter().find(|(known, _, _)| known.eq_ignore_ascii_case(name))?;
    let mut schema = make().to_value();
    let root = schema.as_object_mut()?;
    root.insert("title".to_owned(), Value::from(*version));
    if let Some(field) = root.get_mut("properties").and_then(|p| p.get_mut("schema")?.as_object_mut()) {
        field.insert("const".to_owned(), Value::from(*version));
    }
    Some(schema)
}

fn of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>()
}
