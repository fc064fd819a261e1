//! The document of each report, for Markdown and HTML: the terminal's writers put the same cells and sentences on a
//! page that keeps parts. Nothing is left out for want of width.
//!
//! Not for: how a format spells a document (`markdown`, `html`), nor figures (`number`).

mod daily;
#[cfg(test)]
mod tests;
mod words;

use std::io::{self, Write};

use super::document::{Document, Part};
use super::page::Page;
use super::style::Style;
use super::{
    Format, chart as charts, check as checks, compare, history as held, html, listing as lists, markdown,
    movers as ranked, search as lookups, show as pages, sources as asked, table, text,
};
use crate::domain::{
    Chart, Check, Comparison, History, Lang, Listing, Movers, Search, Show, Snapshot, Sources,
};

pub(super) use daily::report;

/// No line of a document is broken or cut before this.
const WIDE: usize = 10_000;

/// Writes a document as a page, or as Markdown in every other format.
pub(super) fn write(
    document: &Document,
    format: Format,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Html => html::write(document, style, out),
        _ => markdown::write(document, out),
    }
}

/// What a document's parts are spelled with.
fn spelling(style: &Style) -> Style {
    Style { width: WIDE, color: false, ..*style }
}

/// A document with what `fill` puts on its page.
fn filled(style: &Style, fill: impl FnOnce(&mut Page)) -> Document {
    let style = spelling(style);
    let mut page = Page::flowing(&style);
    fill(&mut page);
    page.into_document()
}

fn titled(document: Document, title: &str) -> Document {
    Document { title: title.to_owned(), ..document }
}

/// The fixed words in the language of names and highlights.
fn spoken(document: Document, lang: Lang) -> Document {
    match lang {
        Lang::En => document,
        Lang::Zh => words::chinese(document),
    }
}

/// Names in a row.
fn listed(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// The report of `today`.
pub(super) fn snapshot(report: &Snapshot, style: &Style) -> Document {
    let document = filled(style, |page| table::fill(page, report));
    spoken(titled(document, "Market closes"), report.lang)
}

/// The report of `movers`.
pub(super) fn movers(report: &Movers, style: &Style) -> Document {
    titled(filled(style, |page| ranked::fill(page, report)), "Movers")
}

/// The report of `compare`.
pub(super) fn comparison(report: &Comparison, style: &Style) -> Document {
    let document = filled(style, |page| compare::fill(page, report));
    let names = report.instruments.iter().map(|row| text::name(&row.name, row.id.as_str(), style));
    spoken(titled(document, &format!("Comparison: {}", listed(names))), report.lang)
}

/// The page of `show`.
pub(super) fn show(page: &Show, why: bool, style: &Style) -> Document {
    let mut document = filled(style, |lines| pages::fill(lines, page, why));
    let title = page.row().map(|row| text::name(&row.name, row.id.as_str(), style));
    let title = title.unwrap_or_else(|| "Nothing to show".to_owned());
    // The title says it.
    document.parts.retain(|part| *part != Part::Heading(title.clone()));
    titled(document, &title)
}

/// The report of `check`.
pub(super) fn check(report: &Check, style: &Style) -> Document {
    titled(filled(style, |page| checks::fill(page, report)), "Conditions")
}

/// The report of `chart`.
pub(super) fn chart(report: &Chart, style: &Style) -> Document {
    let document = filled(style, |page| charts::flowing(page, report));
    let names = report.lines.iter().map(|line| text::name(&line.name, line.id.as_str(), style));
    titled(document, &format!("Chart: {}", listed(names)))
}

/// What is held of an instrument.
pub(super) fn history(history: &History, style: &Style) -> Document {
    titled(filled(style, |page| held::fill(page, history)), "Closes held")
}

/// What exists.
pub(super) fn listing(list: &Listing, style: &Style) -> Document {
    titled(filled(style, |page| lists::fill(page, list)), "Instruments, composites and groups")
}

/// What a search found.
pub(super) fn search(found: &Search, style: &Style) -> Document {
    titled(filled(style, |page| lookups::fill(page, found)), "Search")
}

/// The sources.
pub(super) fn sources(list: &Sources, style: &Style) -> Document {
    titled(filled(style, |page| asked::fill(page, list)), "Sources")
}
