//! Composites: weighted baskets chained from 100 over the dates on which at least half of the weight
//! traded.
//!
//! Not for: groups without weights (`groups`). Only settled closes count; a member whose session is
//! expected but live or not yet published counts as unchanged and makes the value provisional.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::sessions::{Known, Market};
use crate::domain::series::on_or_before;
use crate::domain::snapshot::Status;
use crate::domain::{Bar, Basis, Composite, Expectation, InstrumentId, Percent, Universe};

/// A member without a close within this many days before a date is left out of it.
pub(super) const CLOSE_WITHIN_DAYS: i64 = 20;

/// A composite's levels and what its members did on the newest date.
#[derive(Debug, Clone)]
pub struct Level {
    /// Levels by composite date; the first is 100.
    pub bars: Vec<Bar>,
    /// Settled, provisional, stale or shut.
    pub status: Status,
    /// What its members' closes include.
    pub basis: Basis,
    /// The latest report day of its members.
    pub report_day: NaiveDate,
    /// When the last of the members that traded closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Members it has.
    pub members: usize,
    /// Those of them that closes are known of.
    pub known: Vec<InstrumentId>,
    /// Members that traded on the newest date.
    pub traded: usize,
    /// Their share of the weight.
    pub weight_traded: Percent,
    /// Members expected but live or not yet published.
    pub pending: Vec<InstrumentId>,
    /// Members whose exchange was shut.
    pub shut: Vec<InstrumentId>,
    /// Members without a close within 20 days.
    pub left_out: Vec<InstrumentId>,
    /// When the newest of its closes was fetched.
    pub fetched_at: Option<DateTime<Utc>>,
}

/// A member with its share of the weight.
pub(super) struct Part<'a> {
    pub id: &'a InstrumentId,
    pub weight: f64,
    pub known: Option<&'a Known<'a>>,
}

/// Chains a composite from its members' settled closes; none where no date has half of the weight.
#[must_use]
pub fn level(composite: &Composite, universe: &Universe, market: &Market<'_>) -> Option<Level> {
    let parts = parts(composite, universe, market);
    let bars = chain(&parts);
    let newest = bars.last()?.date;
    let mut found = Level {
        status: Status::Settled,
        basis: basis(composite, universe),
        report_day: parts.iter().filter_map(|p| p.known).map(|k| k.report_day).max()?,
        closed_at: None,
        members: composite.members.len(),
        known: parts.iter().filter(|p| p.known.is_some()).map(|p| p.id.clone()).collect(),
        traded: 0,
        weight_traded: Percent(0.0),
        pending: Vec::new(),
        shut: Vec::new(),
        left_out: Vec::new(),
        fetched_at: parts.iter().filter_map(|p| p.known).map(|k| k.series.provenance.fetched_at).max(),
        bars,
    };
    for part in &parts {
        place(part, newest, &mut found);
    }
    found.status = status(&parts, &found, market);
    Some(found)
}

/// A composite's members, their weights summing to 1.
pub(super) fn parts<'a>(
    composite: &'a Composite,
    universe: &Universe,
    market: &'a Market<'a>,
) -> Vec<Part<'a>> {
    let total: f64 = composite.members.iter().map(|m| m.weight).sum();
    composite
        .members
        .iter()
        .filter(|m| universe.instrument(&m.id).is_some())
        .map(|m| Part { id: &m.id, weight: m.weight / total, known: market.known.get(&m.id) })
        .collect()
}

/// What the members' closes include, if that is one thing.
#[must_use]
pub fn basis(composite: &Composite, universe: &Universe) -> Basis {
    let mut bases = composite.members.iter().filter_map(|m| universe.instrument(&m.id)).map(|i| i.basis);
    let first = bases.next().unwrap_or_default();
    if bases.all(|b| b == first) { first } else { Basis::Mixed }
}

/// The levels: for each date on which at least half of the weight traded, the last level times one plus
/// the weighted sum of the members' moves since the composite date before.
fn chain(parts: &[Part<'_>]) -> Vec<Bar> {
    let mut traded: BTreeMap<NaiveDate, f64> = BTreeMap::new();
    for part in parts {
        for bar in part.known.map(Known::settled).unwrap_or_default() {
            *traded.entry(bar.date).or_default() += part.weight;
        }
    }
    let mut levels: Vec<Bar> = Vec::new();
    for date in traded.iter().filter(|(_, weight)| **weight >= 0.5 - 1e-9).map(|(date, _)| *date) {
        let close = match levels.last() {
            None => 100.0,
            Some(before) => before.close * (1.0 + weighted_move(parts, before.date, date)),
        };
        levels.push(Bar { date, close, low: None, high: None });
    }
    levels
}

/// The weighted sum of the members' moves, weights re-normalised over the members that have one.
fn weighted_move(parts: &[Part<'_>], from: NaiveDate, to: NaiveDate) -> f64 {
    let moves = moves(parts, from, to).map(|(part, m)| (part.weight, m));
    let (sum, weight) = moves.fold((0.0, 0.0), |(sum, weight), (w, m)| (sum + w * m, weight + w));
    if weight > 0.0 { sum / weight } else { 0.0 }
}

/// The members' moves, as shares, from their last close on or before `from` to their last close on or
/// before `to`. Whoever has a close near `to` counts, from however long ago its base is, so that a long
/// closure's move is not lost.
pub(super) fn moves<'a, 'b>(
    parts: &'b [Part<'a>],
    from: NaiveDate,
    to: NaiveDate,
) -> impl Iterator<Item = (&'b Part<'a>, f64)> {
    parts.iter().filter_map(move |part| {
        let bars = part.known?.settled();
        let base = on_or_before(bars, from)?.close;
        let end = close_near(bars, to)?;
        (base > 0.0 && end > 0.0).then_some((part, end / base - 1.0))
    })
}

fn close_near(bars: &[Bar], date: NaiveDate) -> Option<f64> {
    on_or_before(bars, date).filter(|b| date - b.date <= Duration::days(CLOSE_WITHIN_DAYS)).map(|b| b.close)
}

/// Says where a member stood on the newest date.
fn place(part: &Part<'_>, newest: NaiveDate, found: &mut Level) {
    let Some(known) = part.known else {
        found.left_out.push(part.id.clone());
        return;
    };
    if on_or_before(known.settled(), newest).is_some_and(|b| b.date == newest) {
        found.traded += 1;
        found.weight_traded = Percent(found.weight_traded.0 + part.weight * 100.0);
        let closed = known.exchange.session_times(newest).final_;
        found.closed_at = Some(found.closed_at.map_or(closed, |c| c.max(closed)));
    } else if close_near(known.settled(), newest).is_none() {
        found.left_out.push(part.id.clone());
    } else if known.exchange.expectation(newest) == Expectation::Closed {
        found.shut.push(part.id.clone());
    } else {
        found.pending.push(part.id.clone());
    }
}

fn status(parts: &[Part<'_>], found: &Level, market: &Market<'_>) -> Status {
    if !found.pending.is_empty() {
        return Status::Provisional;
    }
    let weight_of = |wanted: Status| -> f64 {
        let those = parts.iter().filter(|p| p.known.is_some_and(|k| market.status(k) == wanted));
        those.map(|p| p.weight).sum()
    };
    if weight_of(Status::Stale) >= 0.5 {
        Status::Stale
    } else if weight_of(Status::Shut) >= 0.5 {
        Status::Shut
    } else {
        Status::Settled
    }
}
