//! The catalogue as a table.
//!
//! Not for: prices.

use std::io::{self, Write};

use super::layout::{self, Align};
use super::page::Page;
use super::style::{Style, Tone};
use super::text;
use crate::domain::listing::{Listed, Listing};

/// Writes instruments by section, then composites and groups with their members.
pub(super) fn write(listing: &Listing, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style);
    for section in listing.instruments.chunk_by(|a, b| a.section == b.section) {
        instruments(&mut page, section);
    }
    if !listing.composites.is_empty() {
        page.heading("Composites");
        for c in &listing.composites {
            let members = c.members.iter().map(|m| m.id.to_string()).collect::<Vec<_>>().join(", ");
            page.hanging(Tone::Plain, "", &format!("{}: {}: {members}", c.id, c.name));
        }
    }
    if !listing.groups.is_empty() {
        page.heading("Groups");
        for g in &listing.groups {
            let members = g.members.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            page.hanging(Tone::Plain, "", &format!("{}: {}: {members}", g.id, g.name));
        }
    }
    page.write(out)
}

fn instruments(page: &mut Page<'_>, listed: &[Listed]) {
    let style = page.style;
    page.heading(listed.first().map_or("", |i| i.section.as_str()));
    let rows: Vec<Vec<String>> = listed.iter().map(|i| cells(i, style)).collect();
    for row in layout::pad(&rows, &[Align::Left; 5]) {
        page.line(Tone::Plain, row.join("  ").trim_end());
    }
}

/// Id, name, Chinese name, venue and symbol.
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
    ]
}
