//! Two series of one instrument held against each other, session by session.
//!
//! Not for: deciding whom to believe (`trust`).

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::doubts::RECENT;
use crate::compute::sessions::Known;
use crate::compute::{Inputs, moves};
use crate::domain::{Bar, Kind};

/// Two closes of one session further apart than this share of the larger disagree.
const APART: f64 = 0.001;
/// So many equal sessions are agreement where the newest one is not among them.
const ENOUGH: usize = 5;

/// The closes of both for one session.
pub(super) type Pair = (NaiveDate, f64, f64);

/// Whether two series speak of the same thing: one currency, basis and venue.
pub(in crate::compute) fn comparable(a: &Known<'_>, b: &Known<'_>) -> bool {
    let (p, q) = (&a.series.provenance, &b.series.provenance);
    let currency = p.currency.is_none() || q.currency.is_none() || p.currency == q.currency;
    currency && p.basis == q.basis && a.exchange.mic == b.exchange.mic
}

/// Sessions of which the report shows figures: the newest ones and the bases of its horizons.
fn looked_at(inputs: &Inputs<'_>, known: &Known<'_>) -> BTreeSet<NaiveDate> {
    let settled = known.settled();
    let mut dates: BTreeSet<NaiveDate> = settled.iter().rev().take(RECENT).map(|b| b.date).collect();
    let bases = inputs.horizons.iter().filter_map(|h| moves::base(known.bars, *h, known.report_day).ok());
    dates.extend(bases.map(|b| b.date));
    dates
}

/// Sessions that both have settled, of those that the report shows of either, the newest first.
pub(super) fn common(inputs: &Inputs<'_>, a: &Known<'_>, b: &Known<'_>) -> Vec<Pair> {
    if !comparable(a, b) {
        return Vec::new();
    }
    let dates = &looked_at(inputs, a) | &looked_at(inputs, b);
    let pair = |d: &NaiveDate| Some((*d, bar_on(a.settled(), *d)?.close, bar_on(b.settled(), *d)?.close));
    let all = dates.iter().rev().filter_map(pair);
    // Closes as traded of a share are on the basis of their day: a split sets older ones apart.
    let share = matches!(a.instrument.kind, Kind::Stock | Kind::Etf);
    let one_basis = !share || a.series.provenance.raw == b.series.provenance.raw;
    all.take(if one_basis { usize::MAX } else { 1 }).collect()
}

/// Whether a series as traded has another basis than an adjusted one somewhere that the report looks: then
/// it cannot stand in for it.
pub(super) fn on_one_basis(inputs: &Inputs<'_>, a: &Known<'_>, b: &Known<'_>) -> bool {
    if a.series.provenance.raw == b.series.provenance.raw {
        return true;
    }
    let dates = &looked_at(inputs, a) | &looked_at(inputs, b);
    let pair = |d: &NaiveDate| Some((bar_on(a.settled(), *d)?.close, bar_on(b.settled(), *d)?.close));
    !dates.iter().filter_map(pair).any(|(x, y)| are_apart(x, y))
}

pub(super) fn bar_on(bars: &[Bar], date: NaiveDate) -> Option<&Bar> {
    bars.binary_search_by_key(&date, |b| b.date).ok().and_then(|at| bars.get(at))
}

/// Whether two closes are more than 0.1 % of the larger apart.
pub(in crate::compute) fn are_apart(a: f64, b: f64) -> bool {
    (a - b).abs() > APART * a.abs().max(b.abs())
}

/// The common sessions on which the two are apart, the newest first.
pub(super) fn apart(inputs: &Inputs<'_>, a: &Known<'_>, b: &Known<'_>) -> Vec<Pair> {
    common(inputs, a, b).into_iter().filter(|(_, x, y)| are_apart(*x, *y)).collect()
}

/// Whether one contradicts the other on any session that the report shows.
pub(super) fn contradict(inputs: &Inputs<'_>, a: &Known<'_>, b: &Known<'_>) -> bool {
    !apart(inputs, a, b).is_empty()
}

/// Whether the second confirms what is shown of the first: the same close for its newest settled session,
/// and none that is another.
pub(super) fn confirms(inputs: &Inputs<'_>, shown: &Known<'_>, other: &Known<'_>) -> bool {
    has_newest(shown, other) && !contradict(inputs, shown, other)
}

/// Whether the two agree on all that they share, and share enough to say so.
pub(super) fn agree(inputs: &Inputs<'_>, a: &Known<'_>, b: &Known<'_>) -> bool {
    let common = common(inputs, a, b);
    let enough = common.len() >= ENOUGH || has_newest(a, b) || has_newest(b, a);
    enough && !common.is_empty() && common.iter().all(|(_, x, y)| !are_apart(*x, *y))
}

/// Whether the second has the newest settled session of the first.
pub(super) fn has_newest(a: &Known<'_>, b: &Known<'_>) -> bool {
    let newest = a.settled().last();
    comparable(a, b) && newest.is_some_and(|bar| bar_on(b.settled(), bar.date).is_some())
}
