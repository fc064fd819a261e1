//! A document as Markdown with GitHub's tables. Every text is escaped, so that no name makes a link, a tag, emphasis
//! or another cell; columns are padded, so that it reads as plain text too.
//!
//! Not for: what a document holds (`documents`).

use std::io::{self, Write};

use super::document::{DataTable, Document, Part, Text};
use super::style::Tone;
use super::text;
use crate::domain::text::sanitise;

/// Longest text that is told.
const LONGEST: usize = 2_000;

/// Characters that mean something wherever they stand.
const SPECIAL: &str = "\\`*_[]<|~^$";

/// Writes a document.
pub(super) fn write(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    let mut blocks = vec![format!("# {}", line(&document.title))];
    if !document.facts.is_empty() {
        let facts: Vec<String> = document.facts.iter().map(|fact| escaped(fact)).collect();
        blocks.push(guarded(facts.join("; ")));
    }
    blocks.extend(document.alerts.iter().map(|alert| format!("> **{}**", escaped(alert))));
    for (at, part) in document.parts.iter().enumerate() {
        if let (Part::Table(table), false) = (part, document.is_called(at)) {
            blocks.push(format!("*{}*", escaped(&table.caption)));
        }
        blocks.push(self::part(part));
    }
    let blocks: Vec<String> = blocks.into_iter().filter(|block| !block.is_empty()).collect();
    out.write_all(blocks.join("\n\n").as_bytes())?;
    out.write_all(b"\n")
}

fn part(part: &Part) -> String {
    match part {
        Part::Heading(words) => format!("## {}", line(words)),
        Part::Lead(words) => format!("**{}**", escaped(words)),
        Part::Text(words) => line(&words.words),
        Part::List(items) => joined(items.iter().map(|item| format!("- {}", sentence(item)))),
        Part::Facts(facts) => joined(facts.iter().map(|(label, said)| fact(label, said))),
        Part::Table(table) => self::table(table),
        Part::Key(said) => joined(said.iter().map(|words| format!("- {}", line(words)))),
        // The table behind it has the figures.
        Part::Figure { caption, .. } => line(caption),
    }
}

fn joined(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}

fn sentence(item: &Text) -> String {
    match item.tone {
        Tone::Alert => format!("**{}**", escaped(&item.words)),
        _ => line(&item.words),
    }
}

/// What is said of a word; more of it in a list below.
fn fact(label: &str, said: &[String]) -> String {
    let first = said.first().map(|words| escaped(words)).unwrap_or_default();
    let head =
        if label.is_empty() { format!("- {first}") } else { format!("- **{}**: {first}", escaped(label)) };
    let rest = said.iter().skip(1).map(|words| format!("  - {}", line(words)));
    joined(std::iter::once(head).chain(rest))
}

/// A text that no character of does anything, not even for programs that find addresses in plain words.
fn escaped(words: &str) -> String {
    let words = sanitise(words, LONGEST);
    let mut safe = String::new();
    let mut rest = words.chars();
    while let Some(c) = rest.next() {
        match c {
            '&' if is_entity(rest.as_str()) => safe.push_str("\\&"),
            '@' => safe.push_str("&#64;"),
            ':' if rest.as_str().starts_with("//") => safe.push_str("\\:"),
            '.' if safe.to_ascii_lowercase().ends_with("www") => safe.push_str("\\."),
            c if SPECIAL.contains(c) => safe.extend(['\\', c]),
            c => safe.push(c),
        }
    }
    safe
}

/// Whether what follows an ampersand makes it another character.
fn is_entity(rest: &str) -> bool {
    rest.split_once(';').is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '#'))
}

/// The same at the beginning of a line.
fn line(words: &str) -> String {
    guarded(escaped(words))
}

/// A line that begins nothing: no heading, list, quote or rule.
fn guarded(line: String) -> String {
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let after = line.get(digits..).unwrap_or_default();
    if digits > 0 && after.starts_with(['.', ')']) {
        let number = line.get(..digits).unwrap_or_default();
        return format!("{number}\\{after}");
    }
    if line.starts_with(['#', '+', '-', '=', '>']) { format!("\\{line}") } else { line }
}

/// A table; the rows of a section stand under a row with its name.
fn table(table: &DataTable) -> String {
    let columns = table.head.len();
    let mut rows: Vec<Vec<String>> = vec![table.head.iter().map(|cell| escaped(cell)).collect()];
    for (title, body) in &table.sections {
        rows.extend(title.as_ref().map(|title| {
            let mut row = vec![format!("**{}**", escaped(title))];
            row.resize(columns, String::new());
            row
        }));
        rows.extend(body.iter().map(|row| row.iter().map(|cell| escaped(&cell.words)).collect()));
    }
    let widest = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|c| text::width(c)).max();
    let widths: Vec<usize> = (0..columns).map(|at| widest(at).unwrap_or(0).max(3)).collect();
    let right = |at: usize| table.figures.get(at) == Some(&true);
    let mut lines = rows.iter().map(|row| {
        let cells = widths.iter().enumerate().map(|(at, width)| {
            let cell = row.get(at).map_or("", String::as_str);
            let blanks = " ".repeat(width.saturating_sub(text::width(cell)));
            if right(at) { format!("{blanks}{cell}") } else { format!("{cell}{blanks}") }
        });
        format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
    });
    let head = lines.next().unwrap_or_default();
    let rule = widths.iter().enumerate().map(|(at, width)| match right(at) {
        true => format!("{}:", "-".repeat(width + 1)),
        false => "-".repeat(width + 2),
    });
    let rule = format!("|{}|", rule.collect::<Vec<_>>().join("|"));
    joined([head, rule].into_iter().chain(lines))
}
