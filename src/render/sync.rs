//! What a sync did: a row for each series, totals, and holes.
//!
//! Not for: counting (`app`).

use std::io::{self, Write};

use super::layout::{self, Align};
use super::page::Page;
use super::style::{Style, Tone};
use super::text;
use crate::domain::Sync;
use crate::domain::series::listed;
use crate::domain::sync::SyncRow;

const HEAD: [&str; 6] = ["Instrument", "Source", "First", "Last", "Closes", "New"];
const ALIGNS: [Align; 6] = [Align::Left, Align::Left, Align::Right, Align::Right, Align::Right, Align::Right];
/// Columns that are dropped where the width is short: the first close, then the source.
const DROPPED: [usize; 2] = [2, 1];
/// So many instruments' holes are told one by one.
const TOLD: usize = 8;

/// Writes the table unless nothing was to be done, and the totals.
pub(super) fn write(done: &Sync, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style);
    if done.up_to_date {
        let all = instruments(done.wanted);
        page.hanging(Tone::Plain, "", &format!("Up to date: nothing newer can be had of {all}."));
    } else {
        let title = format!("marketsnap sync{dot}since {}{dot}{}", done.since, done.place, dot = style.dot());
        page.hanging(Tone::Head, "", &title);
        if !done.rows.is_empty() {
            page.blank();
            table(&mut page, &done.rows);
        }
        page.blank();
        totals(&mut page, done);
    }
    holes(&mut page, done);
    if !done.said.is_empty() {
        page.heading("Restated");
    }
    for sentence in &done.said {
        page.item(Tone::Plain, sentence);
    }
    page.write(out)
}

fn table(page: &mut Page<'_>, rows: &[SyncRow]) {
    let style = page.style;
    let head = HEAD.map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows.iter().map(|r| cells(r, style))).collect();
    let column = |at: usize| rows.iter().filter_map(move |row| row.get(at));
    let natural: Vec<usize> = (0..HEAD.len()).map(|at| layout::widest(column(at))).collect();
    let fit = layout::choose(&natural, &DROPPED, &[], style.cells());
    let cut = |at: usize, cell: &String| {
        if at == 0 { text::fit(cell, fit.name, style) } else { cell.clone() }
    };
    let kept = |row: &Vec<String>| {
        fit.kept.iter().filter_map(|at| Some(cut(*at, row.get(*at)?))).collect::<Vec<String>>()
    };
    let rows: Vec<Vec<String>> = rows.iter().map(kept).collect();
    let aligns: Vec<Align> = fit.kept.iter().filter_map(|at| ALIGNS.get(*at).copied()).collect();
    for (at, row) in layout::pad(&rows, &aligns).iter().enumerate() {
        let tone = if at == 0 { Tone::Head } else { Tone::Plain };
        page.painted(layout::join(row, fit.gap, style, |_, cell| style.paint(tone, cell)));
    }
}

fn cells(row: &SyncRow, style: &Style) -> Vec<String> {
    let dash = || style.dash().to_owned();
    let date = |date: Option<chrono::NaiveDate>| date.map_or_else(dash, |d| d.to_string());
    vec![
        text::clean(row.id.as_str(), style),
        row.source.as_ref().map_or_else(dash, |s| text::clean(s, style)),
        date(row.ends.map(|(first, _)| first)),
        date(row.ends.map(|(_, last)| last)),
        row.held.to_string(),
        row.new.to_string(),
    ]
}

fn totals(page: &mut Page<'_>, done: &Sync) {
    let plural = |n: usize, word: &str| if n == 1 { format!("1 {word}") } else { format!("{n} {word}s") };
    let asked = match done.asked {
        n if n == done.wanted => "asked for".to_owned(),
        n => format!("{n} of them asked for"),
    };
    let requests = plural(done.requests, "request");
    page.hanging(Tone::Plain, "", &format!("{}, {asked} in {requests}.", instruments(done.wanted)));
    let added = plural(done.added, "close");
    let (confirmed, restated) = (done.confirmed, done.restated);
    page.hanging(Tone::Plain, "", &format!("{added} added, {confirmed} confirmed, {restated} restated."));
}

fn instruments(count: usize) -> String {
    if count == 1 { "1 instrument".to_owned() } else { format!("{count} instruments") }
}

fn holes(page: &mut Page<'_>, done: &Sync) {
    if done.holes_found == 0 {
        return;
    }
    let (found, filled) = (done.holes_found, done.holes_filled);
    let open = found.saturating_sub(filled);
    let words = format!("Holes (sessions lacking): {found} found, {filled} filled, {open} open.");
    page.hanging(Tone::Plain, "", &words);
    for holes in done.holes.iter().take(TOLD) {
        let dates = listed(&holes.sessions);
        let words = match &holes.filled_by {
            Some(source) => format!("{}: {dates}: filled from {source}", holes.id),
            None => format!("{}: {dates}: no source has a close", holes.id),
        };
        page.item(Tone::Dim, &words);
    }
    let more = done.holes.len().saturating_sub(TOLD);
    if more > 0 {
        page.item(Tone::Dim, &format!("and {more} more"));
    }
}
