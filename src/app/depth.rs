//! How far back a report's closes go: as far as its horizons need, and for a record that nothing in those
//! outdates, or a drawdown, as far as anything is known.
//!
//! Not for: which closes a horizon needs (`plan`), or what a record is (`compute::records`).

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{Datelike, NaiveDate};

use super::plan::Plan;
use super::{rates, shelf};
use crate::compute::composite::{self, Chains};
use crate::compute::reach::tell_reach;
use crate::compute::snapshot::{self, Older};
use crate::compute::{Chosen, Inputs};
use crate::domain::snapshot::{Record, RecordKind, Row};
use crate::domain::{InstrumentId, Provenance, Series, Snapshot};
use crate::store::{Bound, Sought, Store};

/// Cuts series to what the horizons need, so that a report does not depend on how much a source sent beyond
/// that; gives back what was longer.
pub(super) fn cut(
    plan: &Plan,
    series: &mut BTreeMap<InstrumentId, Series>,
) -> BTreeMap<InstrumentId, Series> {
    let from = plan.query.from;
    let longer = |s: &&mut Series| {
        s.bars().first().is_some_and(|b| b.date < from) && s.last().is_some_and(|b| b.date >= from)
    };
    let cut = |series: &mut Series| {
        let whole = series.clone();
        series.retain(|day| day >= from);
        (whole.provenance.instrument.clone(), whole)
    };
    series.values_mut().filter(longer).map(cut).collect()
}

/// The levels of the composites that a report shows or compares with, chained from everything held of their members,
/// so that they are the same in every report of the same closes; none where nothing more is held than the report's
/// closes.
pub(super) fn chains(plan: &Plan, inputs: &Inputs<'_>, came: &BTreeMap<InstrumentId, Series>) -> Chains {
    let chosen = inputs.chosen.iter().filter_map(|c| match c {
        Chosen::Composite(id) => Some(id),
        Chosen::Instrument(_) | Chosen::Group(_) => None,
    });
    let ids: BTreeSet<&InstrumentId> = chosen.chain([inputs.benchmark]).collect();
    let composites = ids.iter().filter_map(|id| inputs.universe.composite(id));
    let members = composites.flat_map(|c| &c.members).map(|m| m.id.clone());
    let members: BTreeSet<_> = members.filter(|id| inputs.series.contains_key(id)).collect();
    if plan.demo || members.is_empty() {
        return Chains::new();
    }
    let longer = Reach::of(inputs, came, members.into_iter().chain(rates::pairs(plan)).collect());
    let longer = longer.read(plan, inputs, None);
    if longer.is_empty() {
        return Chains::new();
    }
    let all = inputs.series.iter().chain(&longer).map(|(id, s)| (id.clone(), s.clone())).collect();
    composite::chained(ids.into_iter(), &Inputs { series: &all, ..*inputs })
}

/// Looks for records further back where nothing in the report's closes outdates them, and where they are
/// printed for drawdowns: in what came beyond those closes, and in what is held.
///
/// The store is asked for the newest close or move that outdates a record, and only closes from there on are
/// read; of a drawdown it is asked for the highest close. What was known at an instant is read whole, and so is a
/// series with splits, as closes before one may be on another basis, and what a composite is chained from.
pub(super) fn look_further(
    plan: &Plan,
    inputs: &Inputs<'_>,
    came: &BTreeMap<InstrumentId, Series>,
    report: &mut Snapshot,
) {
    if plan.demo {
        return;
    }
    searched(plan, inputs, came, report);
    if !plan.all_the_way() {
        snapshot::leave_out(report);
    }
}

fn searched(plan: &Plan, inputs: &Inputs<'_>, came: &BTreeMap<InstrumentId, Series>, report: &mut Snapshot) {
    let unbroken: Vec<(InstrumentId, Record)> =
        snapshot::unbroken(report).map(|(id, record)| (id.clone(), record.clone())).collect();
    let (rows, members) = if plan.all_the_way() { all(inputs, report) } else { Default::default() };
    if unbroken.is_empty() && rows.is_empty() && members.is_empty() {
        return;
    }
    let whole = unbroken.iter().map(|(id, _)| id).chain(&rows).chain(&members).cloned();
    let mut reach = Reach::of(inputs, came, whole.chain(rates::pairs(plan)).collect());
    // The store knows closes as they are quoted and as they are known now.
    let mut store = match (plan.known_at(), &plan.currency) {
        (None, None) => shelf::opened(plan, inputs.generated_at),
        _ => None,
    };
    if let Some(store) = &mut store {
        let records = unbroken.iter().map(|(id, record)| (id, Some(record)));
        let asked: Vec<_> = records.chain(rows.iter().map(|id| (id, None))).collect();
        reach.ask(store.as_mut(), inputs, asked.into_iter().filter(|(id, _)| !members.contains(*id)));
    }
    let mut longer = reach.read(plan, inputs, store.as_deref_mut());
    recomputed(inputs, &longer, report);
    if members.iter().any(|id| longer.contains_key(id)) {
        let all = inputs.series.iter().chain(&longer).map(|(id, s)| (id.clone(), s.clone())).collect();
        snapshot::composites_further(report, inputs, &Inputs { series: &all, ..*inputs });
    }
    // What the store found may span a hole, and then outdates nothing.
    let missed = |(id, r): &(&InstrumentId, &Record)| reach.found.contains(&((*id).clone(), r.kind));
    let missed: BTreeSet<InstrumentId> =
        snapshot::unbroken(report).filter(missed).map(|(id, _)| id.clone()).collect();
    if !missed.is_empty() {
        reach.since = missed.iter().filter_map(|id| Some((id.clone(), reach.older.get(id)?.first))).collect();
        reach.whole.clear();
        longer = reach.read(plan, inputs, store.as_deref_mut());
        recomputed(inputs, &longer, report);
    }
    snapshot::held_since(report, &reach.older);
    tell_reach(report, inputs);
}

/// Every instrument's row that has a close, and what the composites are chained from.
fn all(inputs: &Inputs<'_>, report: &Snapshot) -> (BTreeSet<InstrumentId>, BTreeSet<InstrumentId>) {
    let there = |row: &&Row| row.drawdown.pct.is_some();
    let rows = report.instruments.iter().filter(there).map(|row| row.id.clone());
    let composites = report
        .composites
        .iter()
        .filter(|c| there(&&c.row))
        .filter_map(|c| inputs.universe.composite(&c.row.id));
    let members = composites.flat_map(|c| &c.members).map(|m| m.id.clone());
    (rows.collect(), members.filter(|id| inputs.series.contains_key(id)).collect())
}

/// The records of instruments of which more closes are there.
fn recomputed(inputs: &Inputs<'_>, longer: &BTreeMap<InstrumentId, Series>, report: &mut Snapshot) {
    if longer.is_empty() {
        return;
    }
    let ids: Vec<InstrumentId> = longer.keys().cloned().collect();
    // Holes are known by the other instruments of a market.
    let market = |s: &Series| {
        let usual = || inputs.universe.instrument(&s.provenance.instrument).map(|i| &i.exchange);
        let venue = s.provenance.venue.as_ref().or_else(usual)?;
        inputs.universe.exchange(venue).map(|e| &e.market)
    };
    let markets: BTreeSet<_> = longer.values().map(market).collect();
    let converted = inputs.currency.is_some();
    let beside = inputs
        .series
        .iter()
        .filter(|(id, s)| !longer.contains_key(*id) && (converted || markets.contains(&market(s))));
    let further = beside.chain(longer).map(|(id, s)| (id.clone(), s.clone())).collect();
    snapshot::look_further(report, &ids, &Inputs { series: &further, ..*inputs });
}

/// How far back the closes of each instrument are to be read.
#[derive(Default)]
struct Reach<'a> {
    /// What came beyond the report's closes, where it goes on from them.
    came: BTreeMap<InstrumentId, &'a Series>,
    /// Read all that is held.
    whole: BTreeSet<InstrumentId>,
    /// Read from this session on.
    since: BTreeMap<InstrumentId, NaiveDate>,
    /// What is held before the report's closes, where the store told.
    older: BTreeMap<InstrumentId, Older>,
    /// The records that the store found an earlier session for.
    found: HashSet<(InstrumentId, RecordKind)>,
}

impl<'a> Reach<'a> {
    /// Everything, until the store was asked.
    fn of(
        inputs: &Inputs<'_>,
        came: &'a BTreeMap<InstrumentId, Series>,
        whole: BTreeSet<InstrumentId>,
    ) -> Self {
        let goes_on = |id: &&InstrumentId| came.get(*id).zip(inputs.series.get(*id));
        let goes_on =
            |id: &&InstrumentId| goes_on(id).is_some_and(|(c, s)| same(&c.provenance, &s.provenance));
        let came = whole.iter().filter(goes_on).filter_map(|id| Some((id.clone(), came.get(id)?)));
        Self { came: came.collect(), whole, ..Self::default() }
    }

    /// Asks the store how far back each record is to be looked for, and where none is named for the highest close.
    /// Where it cannot answer, all is read.
    fn ask<'b>(
        &mut self,
        store: &mut dyn Store,
        inputs: &Inputs<'_>,
        questions: impl Iterator<Item = (&'b InstrumentId, Option<&'b Record>)>,
    ) {
        let sought = |(id, record): (&'b InstrumentId, Option<&'b Record>)| {
            let shown = inputs.series.get(id)?;
            let plain = shown.splits.is_empty() && !shown.provenance.raw;
            let first = shown.bars().first().filter(|_| plain)?;
            Some((id.clone(), record, *first, &shown.provenance, record.map_or(Bound::Highest, bound)))
        };
        let asked: Vec<_> = questions.filter_map(sought).collect();
        let sought: Vec<Sought<'_>> = asked
            .iter()
            .map(|(_, _, bar, of, bound)| Sought { of, before: bar.date, bound: *bound })
            .collect();
        let Ok(answers) = store.beyond(&sought) else { return };
        for ((id, record, first, ..), answer) in asked.into_iter().zip(answers) {
            let Some(answer) = answer.filter(|a| !a.splits && a.close.to_bits() == first.close.to_bits())
            else {
                continue;
            };
            let came_first = self.came.get(&id).and_then(|s| s.bars().first()).map(|b| b.date);
            if answer.first >= first.date || came_first.is_some_and(|day| day < answer.first) {
                continue;
            }
            self.whole.remove(&id);
            let older = self.older.entry(id.clone()).or_default();
            older.first = answer.first;
            let Some(record) = record else {
                older.highest = answer.from.zip(answer.highest);
                continue;
            };
            older.held.extend(answer.older.map(|older| (record.kind, record.held + older)));
            if let Some(from) = answer.from {
                self.found.insert((id.clone(), record.kind));
                let since = self.since.entry(id).or_insert(from);
                *since = from.min(*since);
            }
        }
    }

    /// Reads what is to be read, and puts it before the report's closes.
    fn read(
        &self,
        plan: &Plan,
        inputs: &Inputs<'_>,
        store: Option<&mut (dyn Store + 'static)>,
    ) -> BTreeMap<InstrumentId, Series> {
        let whole: Vec<InstrumentId> = self.whole.iter().cloned().collect();
        let mut held = match store {
            None => shelf::everything(plan, &whole, NaiveDate::MIN, inputs.generated_at),
            Some(store) => {
                let mut held = read_since(store, &whole, NaiveDate::MIN);
                for (since, ids) in together(&self.since) {
                    held.extend(read_since(store, &ids, since));
                }
                held
            }
        };
        held.extend(self.whole.iter().filter_map(|id| self.came.get(id)).map(|s| (*s).clone()));
        let mut longer: BTreeMap<InstrumentId, Series> = BTreeMap::new();
        for other in held {
            let id = &other.provenance.instrument;
            let Some(shown) = inputs.series.get(id).filter(|s| same(&s.provenance, &other.provenance)) else {
                continue;
            };
            let Some(extended) = extended(shown, &other) else { continue };
            let begins = |s: &Series| s.bars().first().map(|b| b.date);
            if longer.get(id).is_none_or(|l| begins(&extended) < begins(l)) {
                longer.insert(id.clone(), extended);
            }
        }
        longer
    }
}

/// What outdates a record.
fn bound(record: &Record) -> Bound {
    match record.kind {
        RecordKind::LargestDailyGainSince => Bound::MoveAtLeast(record.value),
        RecordKind::LargestDailyLossSince => Bound::MoveAtMost(record.value),
        RecordKind::HighestCloseSince => Bound::CloseAtLeast(record.value),
        RecordKind::LowestCloseSince => Bound::CloseAtMost(record.value),
    }
}

fn read_since(store: &mut dyn Store, ids: &[InstrumentId], since: NaiveDate) -> Vec<Series> {
    if ids.is_empty() {
        return Vec::new();
    }
    store.held(ids, since, None).unwrap_or_default().into_iter().map(|held| held.series).collect()
}

/// Instruments that are read together, from the earliest session of each year that one is needed from.
fn together(since: &BTreeMap<InstrumentId, NaiveDate>) -> Vec<(NaiveDate, Vec<InstrumentId>)> {
    let mut years: BTreeMap<i32, (NaiveDate, Vec<InstrumentId>)> = BTreeMap::new();
    for (id, since) in since {
        let (first, ids) = years.entry(since.year()).or_insert((*since, Vec::new()));
        *first = (*since).min(*first);
        ids.push(id.clone());
    }
    years.into_values().collect()
}

fn same(a: &Provenance, b: &Provenance) -> bool {
    (&a.instrument, &a.source, &a.symbol, a.basis, a.raw)
        == (&b.instrument, &b.source, &b.symbol, b.basis, b.raw)
}

/// A series with the older closes of another, if the two agree on all that both have.
fn extended(shown: &Series, other: &Series) -> Option<Series> {
    let first = shown.bars().first()?.date;
    let common = other.bars().iter().filter_map(|b| {
        let at = shown.bars().binary_search_by_key(&b.date, |s| s.date).ok()?;
        Some((b.close, shown.bars().get(at)?.close))
    });
    let differ = |(a, b): (f64, f64)| a.to_bits() != b.to_bits();
    if common.clone().next().is_none() || common.clone().any(differ) {
        return None;
    }
    let mut older = other.clone();
    older.retain(|day| day < first);
    older.warnings.clear();
    older.last()?;
    Some(Series::joined(older, shown.clone()))
}
