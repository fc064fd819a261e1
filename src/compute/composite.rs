//! Composites: weighted baskets chained from 100 over the dates on which at least half of the weight
//! traded.
//!
//! Not for: groups without weights (`groups`). Only settled closes count; a member whose session is
//! expected but live or not yet published counts as unchanged and makes the value provisional.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::Inputs;
use super::currency::{Money, MoneyOf};
use super::sessions::{Known, Market};
use crate::domain::series::on_or_before;
use crate::domain::snapshot::{Standing, Status};
use crate::domain::{Bar, Basis, Composite, Expectation, InstrumentId, Percent, Universe};

/// A member without a close within this many days before a date is left out of it.
const CLOSE_WITHIN_DAYS: i64 = 20;

/// The levels of one composite, and beside them those without conversion, by the same dates; the first is 100.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chain {
    bars: Vec<Bar>,
    local: Vec<Bar>,
}

/// Composites' levels by their ids, each chained from everything held of its members.
pub type Chains = BTreeMap<InstrumentId, Chain>;

/// Chains these composites from all closes of the inputs.
#[must_use]
pub fn chained<'b>(ids: impl Iterator<Item = &'b InstrumentId>, inputs: &Inputs<'_>) -> Chains {
    let market = Market::at(&Inputs { chains: None, ..*inputs });
    let composites = ids.filter_map(|id| inputs.universe.composite(id));
    let chains = composites.map(|c| (c.id.clone(), chain(&parts(c, inputs.universe, &market))));
    chains.filter(|(_, chain)| !chain.bars.is_empty()).collect()
}

impl Chain {
    fn first(&self) -> Option<NaiveDate> {
        self.bars.first().map(|b| b.date)
    }

    /// These levels from the first date of a shorter chain on; none where that one has other dates.
    fn over(&self, shorter: &Self) -> Option<Self> {
        let from = self.bars.len().checked_sub(shorter.bars.len())?;
        let (bars, local) = (self.bars.get(from..)?, self.local.get(from..)?);
        let same = bars.iter().zip(&shorter.bars).all(|(a, b)| a.date == b.date);
        same.then(|| Self { bars: bars.to_vec(), local: local.to_vec() })
    }
}

/// A composite's levels and what its members did on the newest date.
#[derive(Debug, Clone)]
pub struct Level {
    /// Levels by composite date.
    pub bars: Vec<Bar>,
    /// The date on which the level was 100: the first of everything held of its members.
    pub began: NaiveDate,
    /// Settled, provisional, stale or shut.
    pub status: Status,
    /// What its members' closes include.
    pub basis: Basis,
    /// The latest report day of its members.
    pub report_day: NaiveDate,
    /// The newest session of any member that had begun by as-of.
    pub newest_begun: Option<NaiveDate>,
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
    /// Members without a close within 20 days, or without a rate of exchange.
    pub left_out: Vec<InstrumentId>,
    /// When the newest of its closes was fetched.
    pub fetched_at: Option<DateTime<Utc>>,
    /// What its level is an amount of.
    pub(super) money: Money,
}

impl Level {
    /// Where a member stood on the newest date.
    pub(super) fn standing(&self, member: &InstrumentId) -> Standing {
        if self.left_out.contains(member) {
            Standing::LeftOut
        } else if self.shut.contains(member) {
            Standing::Shut
        } else if self.pending.contains(member) {
            Standing::Pending
        } else {
            Standing::Traded
        }
    }
}

/// A member with its share of the weight.
pub(super) struct Part<'a> {
    pub id: &'a InstrumentId,
    pub weight: f64,
    pub known: Option<&'a Known<'a>>,
    /// What its closes are amounts of.
    pub money: MoneyOf<'a>,
}

/// Chains a composite from its members' settled closes; none where no date has half of the weight.
#[must_use]
pub fn level(composite: &Composite, universe: &Universe, market: &Market<'_>) -> Option<Level> {
    let parts = parts(composite, universe, market);
    let own = chain(&parts);
    let whole = market.chains.and_then(|chains| chains.get(&composite.id));
    let whole = whole.and_then(|whole| Some((whole.first()?, whole.over(&own)?)));
    let (began, Chain { bars, local }) = whole.or_else(|| Some((own.first()?, own)))?;
    let newest = bars.last()?.date;
    let mut found = Level {
        status: Status::Settled,
        basis: basis(composite, universe),
        report_day: parts.iter().filter_map(|p| p.known).map(|k| k.report_day).max()?,
        newest_begun: parts.iter().filter_map(|p| p.known?.newest_begun()).max(),
        closed_at: None,
        members: composite.members.len(),
        known: parts.iter().filter(|p| p.known.is_some()).map(|p| p.id.clone()).collect(),
        traded: 0,
        weight_traded: Percent(0.0),
        pending: Vec::new(),
        shut: Vec::new(),
        left_out: Vec::new(),
        fetched_at: parts.iter().filter_map(|p| p.known).map(|k| k.series.provenance.fetched_at).max(),
        money: Money::of_parts(parts.iter().map(|p| p.money), &bars, local),
        bars,
        began,
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
        .map(|m| {
            let known = market.known.get(&m.id);
            Part { id: &m.id, weight: m.weight / total, known, money: MoneyOf::known(known, market) }
        })
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
/// the weighted sum of the members' moves since the composite date before. Beside them the levels without
/// conversion. A close without a rate of exchange is none.
fn chain(parts: &[Part<'_>]) -> Chain {
    let mut traded: BTreeMap<NaiveDate, f64> = BTreeMap::new();
    for part in parts {
        let settled = part.known.map(Known::settled).unwrap_or_default();
        for bar in settled.iter().filter(|b| part.money.on(b.date).is_some()) {
            *traded.entry(bar.date).or_default() += part.weight;
        }
    }
    let (mut levels, mut local): (Vec<Bar>, Vec<Bar>) = (Vec::new(), Vec::new());
    for date in traded.iter().filter(|(_, weight)| **weight >= 0.5 - 1e-9).map(|(date, _)| *date) {
        let (close, own) = match levels.last().zip(local.last()) {
            None => (100.0, 100.0),
            Some((before, own)) => {
                let (moved, locally) = weighted_move(parts, before.date, date);
                (before.close * (1.0 + moved), own.close * (1.0 + locally))
            }
        };
        levels.push(Bar { date, close, low: None, high: None });
        local.push(Bar { date, close: own, low: None, high: None });
    }
    Chain { bars: levels, local }
}

/// Members without a settled close as early as `since`, and the first of each: before it the level is of the others.
pub(super) fn begun_after<'a>(
    composite: &'a Composite,
    universe: &Universe,
    market: &'a Market<'a>,
    since: NaiveDate,
) -> Vec<(&'a InstrumentId, NaiveDate)> {
    let first = |p: Part<'a>| Some((p.id, p.known?.settled().first()?.date));
    let parts = parts(composite, universe, market).into_iter();
    parts.filter_map(first).filter(|(_, first)| *first > since).collect()
}

/// The weighted sum of the members' moves, weights re-normalised over the members that have one, and beside it the
/// sum without conversion.
fn weighted_move(parts: &[Part<'_>], from: NaiveDate, to: NaiveDate) -> (f64, f64) {
    let (sum, own, weight) = moves(parts, from, to).fold((0.0, 0.0, 0.0), |(sum, own, weight), m| {
        let w = m.part.weight;
        (sum + w * m.share(), own + w * m.local(), weight + w)
    });
    if weight > 0.0 { (sum / weight, own / weight) } else { (0.0, 0.0) }
}

/// A member's closes on two composite dates, each its last one by then.
pub(super) struct Moved<'a, 'b> {
    pub part: &'b Part<'a>,
    pub base: &'a Bar,
    pub end: &'a Bar,
    /// What one unit of its currency cost on the two dates, in the report's.
    pub rates: (f64, f64),
}

impl Moved<'_, '_> {
    /// The move in the report's currency, as a share: each end is converted at the rate of the composite's date, so that
    /// a shut market's currency counts.
    pub fn share(&self) -> f64 {
        (self.end.close * self.rates.1) / (self.base.close * self.rates.0) - 1.0
    }

    /// The move in the member's own currency.
    fn local(&self) -> f64 {
        self.end.close / self.base.close - 1.0
    }
}

/// The members' moves from their last close on or before `from` to their last close on or before `to`. Whoever has
/// a close near `to` counts, from however long ago its base is, so that a long closure's move is not lost.
pub(super) fn moves<'a, 'b>(
    parts: &'b [Part<'a>],
    from: NaiveDate,
    to: NaiveDate,
) -> impl Iterator<Item = Moved<'a, 'b>> {
    parts.iter().filter_map(move |part| {
        let bars = part.known?.settled();
        let (base, end) = (on_or_before(bars, from)?, close_near(bars, to)?);
        let rates = (part.money.on(from)?, part.money.on(to)?);
        (base.close > 0.0 && end.close > 0.0).then_some(Moved { part, base, end, rates })
    })
}

fn close_near(bars: &[Bar], date: NaiveDate) -> Option<&Bar> {
    on_or_before(bars, date).filter(|b| date - b.date <= Duration::days(CLOSE_WITHIN_DAYS))
}

/// Says where a member stood on the newest date.
fn place(part: &Part<'_>, newest: NaiveDate, found: &mut Level) {
    let Some(known) = part.known.filter(|_| part.money.on(newest).is_some()) else {
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
