//! A document as one self-contained page (`templates/document.html`): no script, nothing loaded, readable on a phone,
//! on paper, in the dark, by ear, and where a mail client drops the style sheet. Every text is escaped by the template
//! engine; only pictures of our own are put in as they are. But for the small letters of its first line the page is
//! well-formed XML too.
//!
//! Not for: what a document holds (`documents`).

use std::fmt::Write as _;
use std::io::{self, Write};

use askama::Template;

use super::chart;
use super::document::{DataTable, Document, Part, Text};
use super::style::{Palette, Style, Tone};
use super::text;

/// From so many cells on a text in a table may be broken.
const LONG: usize = 30;

/// Tables with more columns are printed in small letters, and with still more in smaller ones.
const MANY: usize = 10;
const MOST: usize = 13;

/// The page's colours on one ground, as CSS spells them.
struct Scheme {
    ground: &'static str,
    ink: &'static str,
    dim: &'static str,
    band: &'static str,
    rule: &'static str,
    alert: &'static str,
    green: &'static str,
    red: &'static str,
    blue: &'static str,
    orange: &'static str,
}

/// Each has a contrast of 4.5 at least with ground and band (WCAG 2.1, 1.4.3); the rules are ornament.
const LIGHT: Scheme = Scheme {
    ground: "#ffffff",
    ink: "#1a1c1f",
    dim: "#5c6168",
    band: "#f1f3f5",
    rule: "#dee1e5",
    alert: "#8a4b00",
    green: "#0a6e31",
    red: "#b3202a",
    blue: "#0b5cad",
    orange: "#9a4500",
};
const DARK: Scheme = Scheme {
    ground: "#111418",
    ink: "#e8eaed",
    dim: "#a0a6ae",
    band: "#1c2127",
    rule: "#343940",
    alert: "#f0b95a",
    green: "#5fd38a",
    red: "#ff8a83",
    blue: "#7dbcff",
    orange: "#ffa657",
};

impl Scheme {
    fn css(&self, palette: Palette) -> String {
        let (up, down) = match palette {
            Palette::GreenUp => (self.green, self.red),
            Palette::RedUp => (self.red, self.green),
            Palette::BlueOrange => (self.blue, self.orange),
        };
        let Scheme { ground, ink, dim, band, rule, alert, .. } = self;
        let mut css = String::new();
        let _ = writeln!(css, "body,th[scope=row]{{background:{ground};color:{ink}}}");
        let _ = writeln!(css, ".facts,.key,caption,figcaption,footer,.dim{{color:{dim}}}");
        let _ = writeln!(css, "thead th,.section th{{background:{band};color:{ink}}}");
        let _ = writeln!(css, "th,td,footer{{border-color:{rule}}}");
        let _ = writeln!(css, ".alert{{color:{alert}}}.up{{color:{up}}}.down{{color:{down}}}");
        css
    }
}

#[derive(Template)]
#[template(path = "document.html")]
struct Page<'a> {
    document: &'a Document,
    colours: String,
    /// Size of letters in printed tables.
    small: &'static str,
}

impl Page<'_> {
    /// Whether a table's caption would say its heading again.
    fn is_called(&self, at: &usize) -> bool {
        self.document.is_called(*at)
    }

    /// Marks what is English in a document of another language.
    fn tongue(&self, words: &str) -> &'static str {
        let foreign = self.document.lang != "en" && !words.chars().any(|c| c > '\u{2e7f}');
        if foreign { " lang=\"en\"" } else { "" }
    }
}

impl DataTable {
    /// Whether a column stands on the right.
    fn right(&self, at: &usize) -> bool {
        self.figures.get(*at) == Some(&true)
    }
}

impl Text {
    /// A figure and the marks behind it, which hang outside so that digits line up.
    fn figure(&self) -> (&str, &str) {
        let digits = self.words.trim_end_matches(['*', '~', '=', '^', 'v']);
        let marked = digits.ends_with(|c: char| c.is_ascii_digit());
        self.words.split_at(if marked { digits.len() } else { self.words.len() })
    }
}

/// Writes a document.
pub(super) fn write(document: &Document, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let colours = format!(
        "{}{}@media screen and (prefers-color-scheme:dark){{\n{}{}}}",
        LIGHT.css(style.palette),
        chart::page_colours(false),
        DARK.css(style.palette),
        chart::page_colours(true)
    );
    let columns = document.parts.iter().filter_map(|part| match part {
        Part::Table(table) => Some(table.head.len()),
        _ => None,
    });
    let small = match columns.max() {
        Some(columns) if columns > MOST => "5.6pt",
        Some(columns) if columns > MANY => "6.4pt",
        _ => "8.5pt",
    };
    let page = Page { document, colours, small };
    let page = page.render().map_err(io::Error::other)?;
    out.write_all(page.as_bytes())?;
    out.write_all(b"\n")
}

/// The words' class by their tone.
fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain | Tone::Head => "",
        Tone::Dim => "dim",
        Tone::Up => "up",
        Tone::Down => "down",
        Tone::Alert => "alert",
    }
}

/// What the template's pipes call.
mod filters {
    use askama::Values;

    use super::{LONG, Text, text, tone};
    use crate::domain::text::sanitise;

    /// Longest text that is told.
    const LONGEST: usize = 2_000;

    /// A text without what would do something, and without the two characters that XML cannot hold.
    #[askama::filter_fn]
    pub(super) fn shown(words: &str, _: &dyn Values) -> askama::Result<String> {
        Ok(sanitise(words, LONGEST).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}"))
    }

    /// The class of a sentence.
    #[askama::filter_fn]
    pub(super) fn class(said: &Text, _: &dyn Values) -> askama::Result<String> {
        Ok(attribute(&[tone(said.tone)]))
    }

    /// The class of a cell.
    #[askama::filter_fn]
    pub(super) fn class_in(cell: &Text, _: &dyn Values, right: bool) -> askama::Result<String> {
        let long = if text::width(&cell.words) >= LONG { "long" } else { "" };
        Ok(attribute(&[if right { "n" } else { "" }, long, tone(cell.tone)]))
    }

    fn attribute(classes: &[&str]) -> String {
        let classes: Vec<&str> = classes.iter().copied().filter(|class| !class.is_empty()).collect();
        if classes.is_empty() { String::new() } else { format!(" class=\"{}\"", classes.join(" ")) }
    }
}
