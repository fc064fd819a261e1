//! A report as titled parts, for the formats that flow: Markdown and HTML write the same document. The terminal's
//! own writers make it, on a [`Page`](super::page::Page) that keeps parts instead of lines, so that no figure and no
//! sentence is told in two ways.
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

impl Default for Document {
    fn default() -> Self {
        Self { title: String::new(), lang: "en", facts: Vec::new(), alerts: Vec::new(), parts: Vec::new() }
    }
}

/// One part of a document.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    /// A heading over the parts that follow.
    Heading(String),
    /// The sentence that a reader sees first.
    Lead(String),
    /// Sentences of a paragraph.
    Text(Text),
    /// Sentences of a list.
    List(Vec<Text>),
    /// Words, each with what is said of it.
    Facts(Vec<(String, Vec<String>)>),
    /// A table.
    Table(DataTable),
    /// What the columns and marks of the table before it mean.
    Key(Vec<String>),
    /// A picture; readers who do not see it have its own words, and the table behind it.
    Figure {
        /// A whole SVG element, which names itself.
        svg: String,
        /// What it shows, in a line.
        caption: String,
    },
}

/// A table of words.
#[derive(Debug, Clone, PartialEq, Default)]
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

impl DataTable {
    /// A table without sections: rows of words, the first of them the head, and the tone of each cell by its column.
    pub(super) fn of(
        caption: &str,
        rows: &[Vec<String>],
        figures: &[usize],
        tone: impl Fn(usize, &str) -> Tone,
    ) -> Self {
        let head: Vec<String> = rows.first().map(|head| trimmed(head)).unwrap_or_default();
        let body = rows.iter().skip(1).map(|row| {
            let cell = |(at, words): (usize, String)| Text { tone: tone(at, &words), ..Text::plain(&words) };
            trimmed(row).into_iter().enumerate().map(cell).collect()
        });
        Self {
            caption: caption.to_owned(),
            figures: (0..head.len()).map(|at| figures.contains(&at)).collect(),
            sections: vec![(None, body.collect())],
            head,
        }
    }
}

fn trimmed(row: &[String]) -> Vec<String> {
    row.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// Words and what they mean.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Text {
    /// The words.
    pub words: String,
    /// Their colour's meaning.
    pub tone: Tone,
    /// What is read aloud where the words are a drawing.
    pub spoken: Option<String>,
}

impl Text {
    /// Words without a colour.
    pub(super) fn plain(words: &str) -> Self {
        Self { words: words.to_owned(), tone: Tone::Plain, spoken: None }
    }
}

impl Document {
    /// Whether the table at this place says no more in its caption than the heading that it is the first table of.
    pub(super) fn is_called(&self, at: usize) -> bool {
        let before = self.parts.iter().take(at).rev();
        let over = before.take_while(|part| !matches!(part, Part::Table(_))).find_map(|part| match part {
            Part::Heading(words) => Some(words),
            _ => None,
        });
        matches!(self.parts.get(at), Some(Part::Table(table)) if Some(&table.caption) == over)
    }

    /// Keeps what a page says: a title as a heading, dim words as a key to the table before them, words behind a
    /// prefix as an item of a list, and an alert before any part as one of the document.
    pub(super) fn say(&mut self, tone: Tone, prefix: &str, words: &str) {
        let words = words.trim();
        match (tone, self.parts.last_mut()) {
            _ if words.is_empty() => {}
            (Tone::Head, _) => self.parts.push(Part::Heading(words.to_owned())),
            (Tone::Alert, None) => self.alerts.push(words.to_owned()),
            (Tone::Dim, Some(Part::Key(said))) => said.push(words.to_owned()),
            (Tone::Dim, _) => self.parts.push(Part::Key(vec![words.to_owned()])),
            _ if !prefix.is_empty() => self.item(tone, words),
            _ => self.parts.push(Part::Text(Text { tone, ..Text::plain(words) })),
        }
    }

    /// Keeps a sentence of a list.
    pub(super) fn item(&mut self, tone: Tone, words: &str) {
        let tone = if tone == Tone::Dim { Tone::Plain } else { tone };
        let item = Text { tone, ..Text::plain(words) };
        match self.parts.last_mut() {
            Some(Part::List(items)) => items.push(item),
            _ => self.parts.push(Part::List(vec![item])),
        }
    }

    /// Keeps a fact behind its word; without one it is said of the word before.
    pub(super) fn fact(&mut self, label: &str, words: &str) {
        let label = label.trim();
        match self.parts.last_mut() {
            Some(Part::Facts(facts)) => match facts.last_mut().filter(|_| label.is_empty()) {
                Some((_, said)) => said.push(words.to_owned()),
                None => facts.push((label.to_owned(), vec![words.to_owned()])),
            },
            _ => self.parts.push(Part::Facts(vec![(label.to_owned(), vec![words.to_owned()])])),
        }
    }

    /// Keeps a table.
    pub(super) fn table(&mut self, table: DataTable) {
        self.parts.push(Part::Table(table));
    }
}
