//! The lines of a report and what the reports share: title, demo line, notes, errors.
//!
//! Not for: columns (`layout`).

use std::io::{self, Write};

use super::document::Document;
use super::style::{Style, Tone};
use super::text;
use crate::domain::snapshot::{Completeness, Failed, Note, NoteKind};

/// Lines, each already cut to the width and painted.
pub(super) struct Page<'a> {
    pub style: &'a Style,
    lines: Vec<String>,
    document: Option<Document>,
}

impl<'a> Page<'a> {
    pub(super) fn new(style: &'a Style) -> Self {
        Self { style, lines: Vec::new(), document: None }
    }

    /// A page whose parts are kept as a document's instead of lines.
    pub(super) fn flowing(style: &'a Style) -> Self {
        Self { style, lines: Vec::new(), document: Some(Document::default()) }
    }

    /// The document in the making, where that is what is asked for.
    pub(super) fn document(&mut self) -> Option<&mut Document> {
        self.document.as_mut()
    }

    /// The finished document.
    pub(super) fn into_document(self) -> Document {
        self.document.unwrap_or_default()
    }

    /// A finished line.
    pub(super) fn painted(&mut self, line: String) {
        if let Some(document) = &mut self.document {
            document.say(Tone::Plain, "", &line);
            return;
        }
        self.lines.push(line);
    }

    /// An empty line; never two in a row.
    pub(super) fn blank(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    /// One line, cut where it is too long.
    pub(super) fn line(&mut self, tone: Tone, words: &str) {
        if let Some(document) = &mut self.document {
            document.say(tone, "", words);
            return;
        }
        let line = text::fit(words, self.style.cells(), self.style);
        self.lines.push(self.style.paint(tone, &line));
    }

    /// A title over a part of the report.
    pub(super) fn heading(&mut self, words: &str) {
        self.blank();
        self.line(Tone::Head, words);
    }

    /// A sentence from outside behind `prefix`, wrapped; further lines stand two cells deeper.
    pub(super) fn hanging(&mut self, tone: Tone, prefix: &str, words: &str) {
        let words = text::clean(words, self.style);
        if let Some(document) = &mut self.document {
            document.say(tone, prefix, &words);
            return;
        }
        let indent = text::width(prefix);
        let room = self.style.cells().saturating_sub(indent);
        for line in text::wrap(&words, room, 2) {
            self.lines.push(self.style.paint(tone, &format!("{prefix}{line}")));
        }
    }

    /// Facts in a row behind `prefix`; lines are broken between facts where that is possible.
    pub(super) fn facts(&mut self, tone: Tone, prefix: &str, facts: &[String], between: &str) {
        if let Some(document) = &mut self.document {
            let facts: Vec<String> = facts.iter().map(|fact| text::clean(fact, self.style)).collect();
            document.say(tone, prefix, &facts.join(&format!("{} ", between.trim_end())));
            return;
        }
        let indent = text::width(prefix);
        let room = self.style.cells().saturating_sub(indent);
        for line in text::wrap(&self.joined(facts, between), room, 2) {
            self.lines.push(self.style.paint(tone, &format!("{prefix}{line}")));
        }
    }

    /// Facts made safe and held together; what stands between two stays on the first one's line.
    fn joined(&self, facts: &[String], between: &str) -> String {
        let last = facts.len().saturating_sub(1);
        let whole = facts.iter().enumerate().map(|(at, fact)| {
            let fact = text::clean(fact, self.style);
            let fact = if at < last { format!("{fact}{}", between.trim_end()) } else { fact };
            if text::width(&fact) + 4 < self.style.cells() { text::glue(&fact) } else { fact }
        });
        whole.collect::<Vec<_>>().join(" ")
    }

    /// One sentence of a list.
    pub(super) fn item(&mut self, tone: Tone, words: &str) {
        let words = text::clean(words, self.style);
        if let Some(document) = &mut self.document {
            document.item(tone, &words);
            return;
        }
        let bullet = self.style.bullet();
        for line in text::wrap(&format!("{bullet}{words}"), self.style.cells(), text::width(bullet)) {
            self.lines.push(self.style.paint(tone, &line));
        }
    }

    /// What the report is, and for when.
    pub(super) fn title(&mut self, name: &str, facts: &[String], currency: &str, status: Completeness) {
        let mut facts = [&[name.to_owned()], facts].concat();
        if currency != "local" {
            facts.push(format!("in {}", text::clean(currency, self.style)));
        }
        if let Some(document) = &mut self.document {
            let mut facts = facts.iter().map(|fact| text::clean(fact, self.style));
            document.title = facts.next().unwrap_or_default();
            document.facts = facts.collect();
        }
        self.titled(name, &facts);
        match status {
            Completeness::Complete => {}
            Completeness::Partial => {
                self.hanging(Tone::Alert, "", "partial: some of what was asked for is missing, see below");
            }
            Completeness::Empty => self.hanging(Tone::Alert, "", "empty: nothing could be had, see below"),
        }
    }

    fn titled(&mut self, name: &str, facts: &[String]) {
        if self.document.is_some() {
            return;
        }
        let line = self.joined(facts, self.style.dot());
        for (at, line) in text::wrap(&line, self.style.cells(), 2).into_iter().enumerate() {
            let rest = line.strip_prefix(name).filter(|_| at == 0);
            let painted = rest.map(|rest| format!("{}{rest}", self.style.paint(Tone::Head, name)));
            self.lines.push(painted.unwrap_or(line));
        }
    }

    /// Says of demo data that it is.
    pub(super) fn demo(&mut self, demo: bool) {
        if demo {
            let says = "DEMO: closes built into the program, not today's market";
            self.hanging(Tone::Alert, "", says);
        }
    }

    /// Notes on what the columns speak of, under the title.
    pub(super) fn periods(&mut self, notes: &[Note]) {
        for note in notes.iter().filter(|n| n.kind == NoteKind::Period) {
            self.hanging(Tone::Plain, "", &note.message);
        }
    }

    /// Remarks below the table.
    pub(super) fn notes<'n>(&mut self, notes: impl Iterator<Item = &'n Note>) {
        for (at, note) in notes.enumerate() {
            if at == 0 {
                self.heading("Notes");
            }
            let tone = Tone::Dim;
            self.item(tone, &note.message);
        }
    }

    /// What could not be had, and what to do; failures of one cause share an item.
    pub(super) fn errors(&mut self, errors: &[Failed]) {
        for (at, (first, ids)) in alike(errors).into_iter().enumerate() {
            if at == 0 {
                self.heading("Not in the report");
            }
            let listed = ids.join(", ");
            let mut says = match (ids.len() > 1, first.source.as_str()) {
                (false, _) => format!("{listed}: {}", first.message),
                (true, "") => format!("{listed}: {}", reason(&first.message)),
                (true, source) => format!("{listed} (from {source}): {}", reason(&first.message)),
            };
            if !first.hint.is_empty() {
                says.push_str(&format!("; {}", first.hint));
            }
            self.item(Tone::Alert, &says);
        }
    }

    /// The finished lines.
    pub(super) fn into_lines(self) -> Vec<String> {
        self.lines
    }

    /// Writes the lines; none is blank at the end.
    pub(super) fn write(mut self, out: &mut dyn Write) -> io::Result<()> {
        while self.lines.last().is_some_and(String::is_empty) {
            self.lines.pop();
        }
        for line in &self.lines {
            writeln!(out, "{line}")?;
        }
        Ok(())
    }
}

/// Failures of one kind, source and hint together: the first of them, and the ids of all. One that
/// gives no reason of its own after a colon speaks only of itself.
fn alike(errors: &[Failed]) -> Vec<(&Failed, Vec<&str>)> {
    let mut found: Vec<(&Failed, Vec<&str>)> = Vec::new();
    for error in errors {
        let same = |other: &Failed| {
            (&other.kind, &other.source, &other.hint) == (&error.kind, &error.source, &error.hint)
                && [other, error].iter().all(|e| e.message.contains(REASON))
        };
        match found.iter_mut().find(|(first, _)| same(first)) {
            Some((_, ids)) => ids.push(error.id.as_str()),
            None => found.push((error, vec![error.id.as_str()])),
        }
    }
    found
}

/// Stands before the reason in a message.
const REASON: &str = ": ";

/// What a message says of the cause, without what it says of one instrument.
fn reason(message: &str) -> &str {
    message.split_once(REASON).map_or(message, |(_, reason)| reason)
}
