//! What a search found as two tables: of the catalogue, and at the sources.
//!
//! Not for: looking anything up (`app`).

use std::io::{self, Write};

use super::document::DataTable;
use super::layout::{self, Align};
use super::page::Page;
use super::style::{Style, Tone};
use super::text;
use crate::domain::Search;
use crate::domain::search::{FoundSymbol, KnownHit};

const KNOWN: [&str; 5] = ["Name", "Ask for", "Kind", "Exchange", "Currency"];
/// Columns of the catalogue's table that are dropped where the width is short, first to last.
const KNOWN_DROPPED: [usize; 3] = [4, 3, 2];
const FOUND: [&str; 7] = ["Name", "Ask for", "Symbol", "Kind", "Exchange", "Currency", "Source"];
/// Of the sources' table: currency, source, kind, exchange, symbol.
const FOUND_DROPPED: [usize; 5] = [5, 6, 3, 4, 2];

/// Writes both tables, and how to ask for what was found.
pub(super) fn write(found: &Search, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style);
    fill(&mut page, found);
    page.write(out)
}

/// Puts it on a page.
pub(super) fn fill(page: &mut Page<'_>, found: &Search) {
    let style = page.style;
    let dot = style.dot();
    page.hanging(Tone::Head, "", &format!("marketsnap search{dot}{}{dot}{}", found.text, counts(found)));
    if !found.catalogue.is_empty() {
        page.heading("In the catalogue");
        let rows: Vec<Vec<String>> = found.catalogue.iter().map(|hit| known(hit, style)).collect();
        table(page, "In the catalogue", &KNOWN, rows, &KNOWN_DROPPED);
    }
    if !found.symbols.is_empty() {
        page.heading("At the sources");
        let rows: Vec<Vec<String>> = found.symbols.iter().map(|hit| symbol(hit, style)).collect();
        table(page, "At the sources", &FOUND, rows, &FOUND_DROPPED);
    }
    notes(page, found);
}

fn counts(found: &Search) -> String {
    let mut counts = vec![format!("{} in the catalogue", found.catalogue.len())];
    for source in &found.sources {
        match source.found {
            Some(symbols) => counts.push(format!("{symbols} at {}", source.name)),
            None => counts.push(format!("{} told nothing", source.name)),
        }
    }
    counts.join(", ")
}

/// A table under its head; the name is cut first, then columns go.
fn table(page: &mut Page<'_>, caption: &str, head: &[&str], mut rows: Vec<Vec<String>>, dropped: &[usize]) {
    let style = page.style;
    rows.insert(0, head.iter().map(|h| (*h).to_owned()).collect());
    // A column in which nothing stands but dashes says nothing.
    let says = |at: usize| rows.iter().skip(1).any(|row| row.get(at).is_some_and(|c| c != style.dash()));
    let told: Vec<usize> = (0..head.len()).filter(|at| says(*at)).collect();
    let only = |row: &Vec<String>| told.iter().filter_map(|at| row.get(*at).cloned()).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = rows.iter().map(only).collect();
    if let Some(document) = page.document() {
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|c| c.trim().to_owned()).collect()).collect();
        document.table(DataTable::of(caption, &rows, &[], |_, _| Tone::Plain));
        return;
    }
    let order: Vec<usize> = dropped.iter().filter_map(|at| told.iter().position(|t| t == at)).collect();
    let natural: Vec<usize> =
        (0..told.len()).map(|at| layout::widest(rows.iter().filter_map(|row| row.get(at)))).collect();
    let fit = layout::choose(&natural, &order, &[], style.cells());
    let cut = |row: &Vec<String>| {
        let cells = fit.kept.iter().filter_map(|at| row.get(*at)).enumerate();
        let cells = cells.map(|(at, c)| if at == 0 { text::fit(c, fit.name, style) } else { c.clone() });
        cells.collect::<Vec<String>>()
    };
    let rows: Vec<Vec<String>> = rows.iter().map(cut).collect();
    for (at, row) in layout::pad(&rows, &vec![Align::Left; fit.kept.len()]).iter().enumerate() {
        let tone = if at == 0 { Tone::Head } else { Tone::Plain };
        page.painted(layout::join(row, fit.gap, style, |_, cell| style.paint(tone, cell)));
    }
}

fn known(hit: &KnownHit, style: &Style) -> Vec<String> {
    let name = text::name(&hit.name, hit.id.as_str(), style);
    let chinese = hit.name_zh.as_deref().filter(|_| !style.ascii);
    let name = chinese.map_or(name.clone(), |zh| format!("{name} {}", text::clean(zh, style)));
    vec![
        name,
        text::clean(hit.id.as_str(), style),
        hit.kind.map_or(hit.what.name(), |k| k.name()).to_owned(),
        told(hit.exchange.as_ref().map(ToString::to_string).as_deref(), style),
        told(hit.currency.as_deref(), style),
    ]
}

fn symbol(hit: &FoundSymbol, style: &Style) -> Vec<String> {
    let mic = hit.exchange.as_ref().map(ToString::to_string);
    vec![
        text::name(hit.name.as_deref().unwrap_or_default(), &hit.symbol, style),
        text::clean(&hit.word, style),
        text::clean(&hit.symbol, style),
        told(hit.kind.map(|k| k.name()), style),
        text::fit(&told(hit.venue.as_deref().or(mic.as_deref()), style), VENUE, style),
        told(hit.currency.as_deref(), style),
        text::clean(&hit.source, style),
    ]
}

/// The longest name of an exchange that is shown whole.
const VENUE: usize = 16;

fn told(word: Option<&str>, style: &Style) -> String {
    word.map_or_else(|| style.dash().to_owned(), |word| text::clean(word, style))
}

fn notes(page: &mut Page<'_>, found: &Search) {
    page.heading("Notes");
    let first = found.symbols.first().map(|s| s.word.as_str());
    let first = found.catalogue.first().map(|k| k.id.as_str()).or(first).unwrap_or_default();
    let quoted = if first.contains(['&', '^']) { format!("'{first}'") } else { first.to_owned() };
    page.item(Tone::Dim, &format!("marketsnap today {quoted} shows its newest session."));
    if !found.symbols.is_empty() {
        page.item(Tone::Dim, "A source's search also finds symbols that it has no closes of.");
    }
    let why = match (found.sources.is_empty(), found.demo, found.offline) {
        (true, true, _) => Some("No source was asked: --demo."),
        (true, _, true) => Some("No source was asked: --offline."),
        (true, ..) => Some("No source was asked: none that may be asked has a search."),
        _ => None,
    };
    if let Some(why) = why {
        page.item(Tone::Dim, why);
    }
    for source in found.sources.iter().filter(|s| s.found.is_none()) {
        let reason = source.reason.as_deref().unwrap_or("it told nothing");
        let hint = source.hint.as_deref().map_or_else(String::new, |hint| format!("; {hint}"));
        page.item(Tone::Alert, &format!("No symbols from {}: {reason}{hint}.", source.name));
    }
}
