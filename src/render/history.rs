//! What is held of an instrument as text: a table, or CSV with the names of the JSON.
//!
//! Not for: choosing what is shown (`app`), or the closes of all instruments (`sheet`).

use std::io::{self, Write};

use chrono::{DateTime, SecondsFormat, Utc};

use super::document::DataTable;
use super::layout::{self, Align};
use super::page::Page;
use super::style::{Style, Tone};
use super::text;
use crate::domain::Basis;
use crate::domain::history::{HeldSeries, History};

const CSV_HEAD: [&str; 8] = ["id", "source", "symbol", "basis", "currency", "date", "close", "fetched_at"];

/// Writes each series under a line that says what its closes are, newest last.
pub(super) fn write(history: &History, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style);
    fill(&mut page, history);
    page.write(out)
}

/// Puts it on a page.
pub(super) fn fill(page: &mut Page<'_>, history: &History) {
    let style = page.style;
    let title = format!("marketsnap history{dot}{}{dot}{}", history.id, history.name, dot = style.dot());
    match page.document() {
        Some(document) => {
            "marketsnap history".clone_into(&mut document.title);
            let named = [text::clean(history.id.as_str(), style), text::clean(&history.name, style)];
            document.facts = named.to_vec();
        }
        None => page.hanging(Tone::Head, "", &title),
    }
    page.demo(history.demo);
    for series in &history.series {
        page.blank();
        let heads = if page.document().is_some() { Tone::Head } else { Tone::Plain };
        page.hanging(heads, "", &described(series, style));
        let head = ["Session", "Close", "First seen UTC"].map(str::to_owned).to_vec();
        let rows =
            series.closes.iter().map(|c| vec![c.date.to_string(), c.close.to_string(), minute(c.fetched_at)]);
        table(page, &format!("Closes of {} {}", series.source, series.symbol), head, rows);
        let Some(revisions) = &series.revisions else { continue };
        page.blank();
        if revisions.is_empty() {
            page.line(Tone::Dim, "No close of it was changed.");
            continue;
        }
        let head = ["Session", "Was", "Now", "First seen UTC", "Until UTC"].map(str::to_owned).to_vec();
        let now = |now: Option<f64>| now.map_or_else(|| style.dash().to_owned(), |n| n.to_string());
        let rows = revisions.iter().map(|r| {
            let seen = [minute(r.fetched_at), minute(r.replaced_at)];
            [vec![r.date.to_string(), r.close.to_string(), now(r.now)], seen.to_vec()].concat()
        });
        table(page, &format!("Changed by {} {}", series.source, series.symbol), head, rows);
    }
}

fn table(page: &mut Page<'_>, caption: &str, head: Vec<String>, rows: impl Iterator<Item = Vec<String>>) {
    let style = page.style;
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    if let Some(document) = page.document() {
        let caption = text::clean(caption, style);
        document.table(DataTable::of(&caption, &rows, &[1, 2, 3, 4], |_, _| Tone::Plain));
        return;
    }
    let aligns = [Align::Left, Align::Right, Align::Right, Align::Right, Align::Right];
    for (at, row) in layout::pad(&rows, &aligns).iter().enumerate() {
        let tone = if at == 0 { Tone::Head } else { Tone::Plain };
        page.painted(layout::join(row, 2, style, |_, cell| style.paint(tone, cell)));
    }
}

/// `yahoo ^GSPC, price, USD; last fetched 2026-01-21 08:30 UTC`.
fn described(series: &HeldSeries, style: &Style) -> String {
    let facts = [
        format!("{} {}", series.source, series.symbol),
        series.currency.clone().unwrap_or_else(|| "currency not told".to_owned()),
        basis_words(series).to_owned(),
        format!("last fetched {} UTC", minute(series.fetched_at)),
    ];
    facts.join(style.dot())
}

/// What the closes include.
pub(super) fn basis_words(series: &HeldSeries) -> &'static str {
    match (series.basis, series.as_traded) {
        (Basis::TotalReturn, _) => "dividends included",
        (Basis::Mixed, _) => "mixed basis",
        (Basis::Price, false) => "adjusted for splits",
        (Basis::Price, true) => "as traded, not adjusted for splits",
    }
}

pub(super) fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}

/// Writes a row for each close, and where earlier versions are told one for each of those.
pub(super) fn write_csv(history: &History, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    let revisions = history.series.iter().any(|s| s.revisions.is_some());
    let more: &[&str] = if revisions { &["replaced_at"] } else { &[] };
    csv.write_record(CSV_HEAD.iter().chain(more)).map_err(plain)?;
    for series in &history.series {
        let own = [history.id.as_str(), &series.source, &series.symbol, basis(series.basis)].map(guarded);
        let own = own.into_iter().chain([guarded(series.currency.as_deref().unwrap_or_default())]);
        let own: Vec<String> = own.collect();
        for c in &series.closes {
            let figures = [c.date.to_string(), c.close.to_string(), second(c.fetched_at)];
            let replaced = more.iter().map(|_| String::new());
            csv.write_record(own.iter().cloned().chain(figures).chain(replaced)).map_err(plain)?;
        }
        for r in series.revisions.iter().flatten() {
            let figures = [r.date.to_string(), r.close.to_string(), second(r.fetched_at)];
            let row = own.iter().cloned().chain(figures).chain([second(r.replaced_at)]);
            csv.write_record(row).map_err(plain)?;
        }
    }
    csv.flush()
}

pub(super) fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Price => "price",
        Basis::TotalReturn => "total_return",
        Basis::Mixed => "mixed",
    }
}

pub(super) fn second(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The error of the stream beneath, so that a closed pipe keeps its kind.
pub(super) fn plain(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(io) => io,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// A text that no spreadsheet takes for a formula.
pub(super) fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_a_spreadsheet_would_run_is_put_behind_a_quote_mark() {
        assert_eq!(
            ["=1+1", "+A", "-A", "@A", "^GSPC", ""].map(guarded),
            ["'=1+1", "'+A", "'-A", "'@A", "^GSPC", ""]
        );
    }
}
