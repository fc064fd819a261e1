//! Which part of each document is its rows.
//!
//! Not for: the fields of these rows (`walk`).

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
    /// Its keys that each row has under [`REPORT`](super::REPORT).
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

const TABLE: [Shape; 12] = [
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
    Shape {
        document: "search",
        report: &["schema", "generated_at", "text"],
        place: Place::Told(&[("catalogue", "catalogue"), ("symbols", "symbol")]),
        ..ROWS
    },
    Shape { document: "config", report: &["schema"], place: Place::Lists(&["settings"]), ..ROWS },
    Shape { document: "wait", report: &["schema"], place: Place::Lists(&["markets"]), ..ROWS },
];

impl Shape {
    /// The shape of the document of that name, or with that `schema`.
    #[must_use]
    pub fn of(name: &str) -> Option<&'static Shape> {
        let name = name.trim_start_matches("marketsnap.").trim_end_matches("/1");
        TABLE.iter().find(|shape| shape.document == name)
    }
}
