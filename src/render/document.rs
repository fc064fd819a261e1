//! A report as titled parts, for the formats that flow: Markdown and HTML write the same document.
//!
//! Not for: terminal tables (`layout`), or how either format spells a part.

use super::style::Tone;

/// A report in parts, every text in it already safe for a reader's eyes but not escaped for a format.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Document {
    /// What it is.
    pub title: String,
    /// BCP 47 tag of its language.
    pub lang: &'static str,
    /// What the title speaks of: as-of or day, benchmark, currency.
    pub facts: Vec<String>,
    /// What a reader must know before any figure: a demo, a partial report.
    pub alerts: Vec<String>,
    /// Its parts, in order.
    pub parts: Vec<Part>,
}

/// One part of a document.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    /// A heading over the parts that follow.
    Heading(String),
    /// Sentences of a paragraph.
    Text(String),
    /// Sentences of a list.
    List(Vec<String>),
    /// A table.
    Table(DataTable),
    /// A picture with its words for readers who do not see it.
    Figure {
        /// A whole SVG element.
        svg: String,
        /// What it shows, in a sentence with its figures.
        alt: String,
    },
}

/// A table of words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DataTable {
    /// What it holds, in a line.
    pub caption: String,
    /// A heading for each column; the first column names the rows.
    pub head: Vec<String>,
    /// Which columns hold figures and stand on the right.
    pub figures: Vec<bool>,
    /// Rows under one heading each, or none.
    pub sections: Vec<(Option<String>, Vec<Vec<Text>>)>,
}

/// A cell's words and what they mean.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Text {
    /// The words.
    pub words: String,
    /// Their colour's meaning.
    pub tone: Tone,
}
