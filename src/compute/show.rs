//! Assembles the page of one instrument or composite: the row of `today`, and around it moves a year,
//! volatility, the newest sessions, a composite's members, and how each figure came about.
//!
//! Not for: any figure that the row already has; it is taken from the snapshot as it is.

use chrono::{DateTime, FixedOffset, Months, Utc};

use super::audit::Trail;
use super::lines::{Line, Of};
use super::sessions::Market;
use super::{Inputs, members, pairing, risk};
use crate::domain::show::{Annualised, Confirmation, Day, Venue};
use crate::domain::snapshot::{MoveCell, MoveFlag, Row};
use crate::domain::{Absent, Bar, Horizon, Move, Ordered, Percent, Show, Snapshot};

/// How many of the newest sessions are told.
const SESSIONS: usize = 10;
/// Days in a year that a move is turned into a rate by.
pub(super) const DAYS_A_YEAR: f64 = 365.25;

/// The page of the one thing that a snapshot shows; none where it shows nothing.
#[must_use]
pub fn build(inputs: &Inputs<'_>, report: Snapshot) -> Option<Show> {
    let market = Market::at(inputs);
    let (instrument, composite) =
        (report.instruments.into_iter().next(), report.composites.into_iter().next());
    let row = instrument.as_ref().or(composite.as_ref().map(|c| &c.row))?;
    let line = Line::of(&row.id, inputs.universe, &market);
    let benchmark = Line::of(inputs.benchmark, inputs.universe, &market);
    let annualised = annualised(inputs, row);
    let risk = risk::risk(&row.id, line.as_ref(), inputs.universe, &market);
    let link = match (&line, &benchmark) {
        (Some(own), Some(benchmark)) => pairing::link(own, benchmark, &market),
        _ => pairing::no_link(&row.id, inputs.benchmark),
    };
    let members = line.as_ref().map(|l| members::members(inputs, l, &market)).unwrap_or_default();
    let trail = Trail {
        row,
        line: line.as_ref(),
        benchmark: benchmark.as_ref(),
        benchmark_id: inputs.benchmark,
        market: &market,
        annualised: &annualised,
        risk: &risk,
        link: &link,
        members: &members,
        as_of: inputs.as_of,
    };
    Some(Show {
        schema: "marketsnap.show/1",
        as_of: report.as_of,
        date: report.date,
        generated_at: inputs.generated_at,
        demo: report.demo,
        status: report.status,
        benchmark: report.benchmark,
        currency: report.currency,
        venue: venue(line.as_ref(), row.session.closed_at),
        confirmations: confirmations(inputs, row),
        sessions: line.as_ref().map(|l| sessions(l, &market)).unwrap_or_default(),
        audit: trail.audit(),
        members,
        annualised,
        risk,
        link,
        instrument,
        composite,
        sources: report.sources,
        notes: report.notes,
        errors: report.errors,
        benchmark_name: report.benchmark_name,
    })
}

/// The moves over more than a year as rates a year: ((to / from) ^ (365.25 / days) - 1) x 100.
fn annualised(inputs: &Inputs<'_>, row: &Row) -> Ordered<Horizon, Annualised> {
    let newest = row.session.date.unwrap_or_else(|| inputs.as_of.date_naive());
    let long = |h: &Horizon| {
        let wanted = match h {
            Horizon::Sessions(_) => None,
            h => h.wanted_base(newest, newest),
        };
        wanted.zip(newest.checked_sub_months(Months::new(12))).is_some_and(|(wanted, year)| wanted < year)
    };
    row.moves.iter().filter(|(h, _)| long(h)).map(|(h, cell)| (*h, a_year(cell, row.close))).collect()
}

fn a_year(cell: &MoveCell, close: Option<f64>) -> Annualised {
    let days = cell.from.zip(cell.to).map(|(from, to)| (to - from).num_days());
    let ends = cell.pct.and(days).and_then(|days| Some((cell.base?, close?, days)));
    #[allow(clippy::cast_precision_loss)]
    let pct = ends.map(|(base, close, days)| ((close / base).powf(DAYS_A_YEAR / days as f64) - 1.0) * 100.0);
    let absent = if pct.is_some() { None } else { cell.absent.or(Some(Absent::InsufficientHistory)) };
    Annualised { pct: pct.map(Percent), days, absent }
}

fn venue(line: Option<&Line<'_>>, closed_at: Option<DateTime<Utc>>) -> Venue {
    let Some(Of::Instrument(known)) = line.map(|l| &l.of) else { return Venue::default() };
    let local = |at: DateTime<Utc>| -> DateTime<FixedOffset> {
        at.with_timezone(&known.exchange.timezone).fixed_offset()
    };
    Venue { name: Some(known.exchange.name.clone()), closed_local: closed_at.map(local) }
}

fn confirmations(inputs: &Inputs<'_>, row: &Row) -> Vec<Confirmation> {
    let opinion = inputs.trust.and_then(|t| t.opinions.get(&row.id));
    let closes = opinion.into_iter().flat_map(|o| &o.closes);
    closes.map(|(source, close)| Confirmation { source: source.clone(), close: *close }).collect()
}

/// The newest sessions with the move into each.
fn sessions(line: &Line<'_>, market: &Market<'_>) -> Vec<Day> {
    let settled = line.bars.len().saturating_sub(usize::from(line.under_way()));
    let days = line.bars.iter().enumerate().rev().take(SESSIONS);
    let day = |(at, bar): (usize, &Bar)| {
        let before = at.checked_sub(1).and_then(|i| line.bars.get(i));
        let moved = before.map_or(Err(Absent::InsufficientHistory), |b| Move::between(b, bar));
        let hole = before.is_some_and(|b| line.spans_hole(market, b.date, bar.date));
        Day {
            date: bar.date,
            close: bar.close,
            settled: at < settled,
            change: before.map(|b| bar.close - b.close),
            pct: moved.ok().map(|m| m.percent()),
            flags: if hole { vec![MoveFlag::AcrossHole] } else { Vec::new() },
            absent: moved.err(),
        }
    };
    days.map(day).collect()
}
