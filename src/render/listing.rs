//! The catalogue as a table.
//!
//! Not for: prices.

use std::io::{self, Write};

use super::document::DataTable;
use super::layout::{self, Align};
use super::page::Page;
use super::style::{Style, Tone};
use super::{number, text};
use crate::domain::listing::{Listed, ListedMember, Listing};

/// Writes instruments by section, then composites and groups with their members.
pub(super) fn write(listing: &Listing, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style);
    fill(&mut page, listing);
    page.write(out)
}

/// Puts it on a page.
pub(super) fn fill(page: &mut Page<'_>, listing: &Listing) {
    if let Some(document) = page.document() {
        "marketsnap list".clone_into(&mut document.title);
    }
    for section in listing.instruments.chunk_by(|a, b| a.section == b.section) {
        instruments(page, section);
    }
    if !listing.composites.is_empty() {
        page.heading("Composites");
        for c in &listing.composites {
            let members = weighted(&c.members).join(", ");
            named(page, c.id.as_str(), &format!("{}{}", c.name, mark(c.own)), &members);
        }
    }
    if !listing.groups.is_empty() {
        page.heading("Groups");
        for g in &listing.groups {
            let members = g.members.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            named(page, g.id.as_str(), &format!("{}{}", g.name, mark(g.own)), &members);
        }
    }
}

/// A composite or group with its members.
fn named(page: &mut Page<'_>, id: &str, name: &str, members: &str) {
    let style = page.style;
    match page.document() {
        Some(document) => {
            document.fact(&text::clean(id, style), &text::clean(&format!("{name}: {members}"), style));
        }
        None => page.hanging(Tone::Plain, "", &format!("{id}: {name}: {members}")),
    }
}

/// What marks a thing of the user's own.
fn mark(own: bool) -> &'static str {
    if own { " (own)" } else { "" }
}

/// The members, with their shares of the weight where these are not equal.
fn weighted(members: &[ListedMember]) -> Vec<String> {
    let first = members.first().map_or(0.0, |m| m.weight_pct.0);
    let equal = members.iter().all(|m| (m.weight_pct.0 - first).abs() < 1e-9);
    let share = |m: &ListedMember| number::level(m.weight_pct.0, 1).filter(|_| !equal);
    members.iter().map(|m| share(m).map_or_else(|| m.id.to_string(), |s| format!("{} {s} %", m.id))).collect()
}

fn instruments(page: &mut Page<'_>, listed: &[Listed]) {
    let style = page.style;
    page.heading(listed.first().map_or("", |i| i.section.as_str()));
    let rows: Vec<Vec<String>> = listed.iter().map(|i| cells(i, style)).collect();
    if let Some(document) = page.document() {
        let mut head =
            ["Id", "Name", "Chinese name", "Exchange", "Symbol", "Own"].map(str::to_owned).to_vec();
        head.truncate(rows.first().map_or(0, Vec::len));
        let rows = [vec![head], rows].concat();
        let section = listed.first().map_or("", |i| i.section.as_str());
        let caption = text::clean(&format!("Instruments: {section}"), style);
        document.table(DataTable::of(&caption, &rows, &[], |_, _| Tone::Plain));
        return;
    }
    let padded: Vec<String> =
        layout::pad(&rows, &[Align::Left; 6]).iter().map(|row| row.join("  ")).collect();
    if padded.iter().all(|row| text::width(row.trim_end()) <= style.cells()) {
        padded.iter().for_each(|row| page.line(Tone::Plain, row.trim_end()));
        return;
    }
    // Nothing of a symbol may be cut: it is what one asks for.
    for row in &rows {
        let told: Vec<&str> = row.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
        page.hanging(Tone::Plain, "", &told.join(style.dot()));
    }
}

/// Id, name, Chinese name, venue, symbol, and a mark of what is the user's own.
fn cells(i: &Listed, style: &Style) -> Vec<String> {
    let chinese = i.name_zh.as_deref().filter(|_| !style.ascii).unwrap_or_default();
    let symbol = i.symbols.get("yahoo").map_or_else(|| style.dash().to_owned(), Clone::clone);
    let name = text::name(&i.name, i.id.as_str(), style);
    vec![
        i.id.to_string(),
        name,
        text::clean(chinese, style),
        i.exchange.to_string(),
        text::clean(&symbol, style),
        if i.own { "own".to_owned() } else { String::new() },
    ]
}
