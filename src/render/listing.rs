//! The catalogue as a table.
//!
//! Not for: prices.

use std::io::{self, Write};

use super::layout::{self, Align};
use super::page::Page;
use super::style::{Style, Tone};
use super::{number, text};
use crate::domain::listing::{Listed, ListedMember, Listing};

/// Writes instruments by section, then composites and groups with their members.
pub(super) fn write(listing: &Listing, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style);
    for section in listing.instruments.chunk_by(|a, b| a.section == b.section) {
        instruments(&mut page, section);
    }
    if !listing.composites.is_empty() {
        page.heading("Composites");
        for c in &listing.composites {
            let members = weighted(&c.members).join(", ");
            page.hanging(Tone::Plain, "", &format!("{}: {}{}: {members}", c.id, c.name, mark(c.own)));
        }
    }
    if !listing.groups.is_empty() {
        page.heading("Groups");
        for g in &listing.groups {
            let members = g.members.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            page.hanging(Tone::Plain, "", &format!("{}: {}{}: {members}", g.id, g.name, mark(g.own)));
        }
    }
    page.write(out)
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
    for row in layout::pad(&rows, &[Align::Left; 6]) {
        page.line(Tone::Plain, row.join("  ").trim_end());
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
