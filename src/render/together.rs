//! How the pairs of `compare` move together: correlation and beta, and how large the newest spread is among
//! those before.
//!
//! Not for: deriving them (`compute::pairing`, `compute::rank`).

use chrono::Datelike;

use super::block::{Block, Part};
use super::compare::id_label;
use super::number;
use super::page::Page;
use super::pairs;
use super::style::{Style, Tone};
use super::text;
use crate::domain::comparison::Pair;
use crate::domain::link::{Rank, Together};
use crate::domain::{Absent, Comparison};

/// A line a pair: how large its newest spread is among those before.
pub(super) fn ranks(page: &mut Page, report: &Comparison) {
    let year = report.as_of.year();
    for (at, pair) in pairs::shown(report).enumerate() {
        if at == 0 {
            page.heading("The newest spread, among those before");
        }
        let says = rank(pair, year, page.style);
        page.facts(Tone::Plain, "", &says, "; ");
    }
}

fn rank(pair: &Pair, year: i32, style: &Style) -> Vec<String> {
    let label = pairs::pair_label(pair, style);
    let spread = pair.alignments.newest.excess_pp.and_then(|p| number::percent(p.0));
    let Rank { larger: Some(larger), of: Some(of), from: Some(from), .. } = pair.rank else {
        let why = match pair.rank.absent {
            Some(Absent::Live) => "a value is not final",
            Some(Absent::NoneSet) => "they moved alike",
            _ => "nothing to hold it against",
        };
        return vec![format!("{label}: not ranked, {why}")];
    };
    let head = format!("{label}: {} pp", spread.unwrap_or_else(|| style.dash().to_owned()));
    let day = |date| text::short_date(date, year).trim().to_owned();
    match pair.rank.since.zip(pair.rank.sessions) {
        None => vec![format!("{head}, the largest of {} since {}", of + 1, day(from))],
        Some((since, sessions)) => {
            let ago = if sessions == 1 {
                "the session before".to_owned()
            } else {
                format!("{sessions} sessions before")
            };
            let were = if larger == 1 { "was" } else { "were" };
            vec![
                format!("{head}, last as large on {}, {ago}", day(since)),
                format!("{larger} of {of} since {} {were}", day(from)),
            ]
        }
    }
}

/// Correlation and beta of each pair, a line for each way of pairing sessions.
pub(super) fn links(page: &mut Page, report: &Comparison) {
    let style = page.style;
    let year = report.as_of.year();
    let head = ["Together", "Corr.", "Beta", "Pairs", "Dropped", "Sessions"].map(str::to_owned);
    let mut rows = vec![head.to_vec()];
    for pair in pairs::shown(report) {
        let link = &pair.link;
        rows.push(cells(pairs::pair_label(pair, style), &link.same_date, year, style));
        if let Some((earlier, later)) = link.lagged.earlier.as_ref().zip(link.lagged.later.as_ref()) {
            let label = format!("  {} after {}", id_label(earlier, style), id_label(later, style));
            rows.push(cells(label, &link.lagged.together, year, style));
        }
    }
    if rows.len() == 1 {
        return;
    }
    page.blank();
    let parts = vec![Part::Words, Part::Figure, Part::Figure, Part::Figure, Part::Figure, Part::Words];
    Block { parts, rows }.print(page, &[5, 4], &[3]);
    page.hanging(Tone::Dim, "", &legend(report));
}

fn cells(label: String, together: &Together, year: i32, style: &Style) -> Vec<String> {
    let dash = || style.dash().to_owned();
    let figure = |value: Option<f64>| value.and_then(|v| number::signed(v, 2)).unwrap_or_else(dash);
    let span = together.from.zip(together.to).map(|(from, to)| text::span(from, to, year));
    vec![
        label,
        figure(together.correlation),
        figure(together.beta),
        together.pairs.to_string(),
        together.dropped.to_string(),
        span.unwrap_or_else(dash),
    ]
}

fn legend(report: &Comparison) -> String {
    let links = || pairs::shown(report).map(|pair| &pair.link);
    let window = links().map(|l| l.window).max().unwrap_or_default();
    let mut says = format!(
        "log returns between common dates, the newest {window} pairs at most, none over 5 days or a missing \
         session; beta of the first on the second"
    );
    if links().any(|l| l.lagged.earlier.is_some()) {
        says.push_str("; after: its first session after each of the other's");
    }
    let few = |t: &Together| t.absent == Some(Absent::TooFewPairs);
    if links().any(|l| few(&l.same_date) || few(&l.lagged.together)) {
        says.push_str("; fewer than 30 pairs give no figure");
    }
    says
}
