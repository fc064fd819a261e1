//! The daily report as a document: what is news first, then the rows, what they mean beside one another, and how far
//! they can be trusted.
//!
//! Not for: the parts that `today` has too (`table`), nor choosing the day (`app`).

use super::{filled, spoken};
use crate::domain::report::Report;
use crate::domain::snapshot::{AskedSource, Note, NoteKind, Row, Status};
use crate::domain::{Chart, Snapshot};
use crate::render::chart;
use crate::render::document::{Document, Part};
use crate::render::page::Page;
use crate::render::show::facts;
use crate::render::style::{Style, Tone};
use crate::render::table;
use crate::render::text;

/// Notes that have a part of their own.
const APART: [NoteKind; 4] = [NoteKind::Period, NoteKind::Shut, NoteKind::Source, NoteKind::Warning];

/// Before the ids of rows that lack a close that is due.
pub(super) const STALE: &str = "partial: stale, without the newest close: ";

/// The daily report.
pub(in crate::render) fn report(report: &Report, style: &Style) -> Document {
    let snapshot = &report.snapshot;
    let document = filled(style, |page| fill(page, report));
    let title = match snapshot.lang {
        crate::domain::Lang::En => format!("Markets on {}", report.date.format("%-d %B %Y")),
        crate::domain::Lang::Zh => format!("市场日报 {}", report.date),
    };
    spoken(Document { title, ..document }, snapshot.lang)
}

fn fill(page: &mut Page, report: &Report) {
    let snapshot = &report.snapshot;
    table::title(page, snapshot);
    stale(page, snapshot);
    news(page, snapshot);
    page.heading("Closes and moves");
    page.periods(&snapshot.notes);
    table::body(page, snapshot);
    charts(page, &report.charts);
    table::groups(page, snapshot);
    records(page, report);
    list(page, "Shut", noted(snapshot, NoteKind::Shut), "No market of the report was shut.");
    let sources = noted(snapshot, NoteKind::Source).chain(snapshot.sources.iter().filter_map(down));
    let doubts = noted(snapshot, NoteKind::Warning);
    list(page, "Sources and disagreements", sources.chain(doubts), "No source had anything to say.");
    page.notes(snapshot.notes.iter().filter(|note| !APART.contains(&note.kind)));
    list(page, "Method", report.method().into_iter(), "");
    page.errors(&snapshot.errors);
}

/// Says at the head which rows lack a close that is due.
fn stale(page: &mut Page, report: &Snapshot) {
    let rows = report.instruments.iter().chain(report.composites.iter().map(|c| &c.row));
    let stale = rows.filter(|row| row.session.status == Some(Status::Stale));
    let ids: Vec<&str> = stale.map(|row| row.id.as_str()).collect();
    if !ids.is_empty() {
        page.hanging(Tone::Alert, "", &format!("{STALE}{}", ids.join(", ")));
    }
}

/// The first highlight by itself, the others below it.
fn news(page: &mut Page, report: &Snapshot) {
    let mut sentences = table::highlights(report, page.style).into_iter();
    let first = sentences.next().unwrap_or_else(|| "No record, streak or large move stands out.".to_owned());
    let first = text::clean(&first, page.style);
    if let Some(document) = page.document() {
        document.parts.push(Part::Lead(first));
    }
    for sentence in sentences {
        page.item(Tone::Plain, &sentence);
    }
}

/// A part with a list, or a sentence where there is nothing to list.
fn list(page: &mut Page, heading: &str, items: impl Iterator<Item = String>, none: &str) {
    page.heading(heading);
    let mut any = false;
    for item in items {
        page.item(Tone::Plain, &item);
        any = true;
    }
    if !any {
        page.hanging(Tone::Plain, "", none);
    }
}

fn noted(report: &Snapshot, kind: NoteKind) -> impl Iterator<Item = String> {
    report.notes.iter().filter(move |note: &&Note| note.kind == kind).map(|note| note.message.clone())
}

/// A source that did not answer as it should.
fn down(source: &AskedSource) -> Option<String> {
    let reason = source.reason.as_ref()?;
    (source.state != "up").then(|| format!("{}: {}: {reason}", source.name, source.state))
}

/// Each chart with the figures of its lines and what has to be known of it.
fn charts(page: &mut Page, charts: &[Chart]) {
    let style = page.style;
    for (at, report) in charts.iter().enumerate() {
        if at == 0 {
            page.heading("Relative charts");
        }
        let notes = report.notes.iter().filter(|note| note.kind != NoteKind::Source);
        let Some(document) = page.document() else { return };
        document.parts.push(chart::figure(report, style, at + 1));
        document.table(chart::table(report, style));
        for note in notes {
            page.hanging(Tone::Dim, "", &note.message);
        }
    }
}

/// What each row's newest session set, with since when.
fn records(page: &mut Page, report: &Report) {
    let style = page.style;
    let rows = report.snapshot.instruments.iter().chain(report.snapshot.composites.iter().map(|c| &c.row));
    let news = rows.filter(|row| !matches!(row.session.status, Some(Status::Shut | Status::Stale)));
    let said = news.flat_map(|row| row.records.iter().map(move |record| (row, facts::said(record))));
    let told: Vec<String> =
        said.map(|(row, says)| format!("{}: {says}", named(row, report, style))).collect();
    list(page, "Records", told.into_iter(), "No row set a record.");
}

/// A row's name, with its session where that is not the report's day.
fn named(row: &Row, report: &Report, style: &Style) -> String {
    let name = text::name(&row.name, row.id.as_str(), style);
    match row.session.date.filter(|date| *date != report.date) {
        Some(date) => format!("{name} ({date})"),
        None => name,
    }
}
