//! Looks at what is held: how much of each instrument, and which sessions it lacks that its exchange had.
//!
//! Not for: asking for those (`holes`).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::super::plan::Plan;
use super::super::{RunError, run, shelf};
use super::asking::Run;
use crate::compute::sessions::Market;
use crate::domain::sync::SyncRow;
use crate::domain::{InstrumentId, Kind, Mic, Provenance, Series, VenueKind};
use crate::fetch::Want;
use crate::store::{Covered, Held};

/// So many instruments of a market are looked at together at most.
const AT_ONCE: usize = 200;

/// An instrument's holes.
#[derive(Debug)]
pub(super) struct Gap {
    pub(super) want: Want,
    /// The series that has them.
    pub(super) of: Provenance,
    pub(super) sessions: Vec<NaiveDate>,
}

/// The holes of what is wanted, and a row for each instrument; reads one market after the other.
pub(super) fn look(run: &mut Run<'_>) -> Result<Vec<Gap>, RunError> {
    let plan = &run.sync.plan;
    let wanted: BTreeMap<InstrumentId, Want> =
        plan.query.wants.iter().map(|w| (w.instrument.id.clone(), w.clone())).collect();
    let all: BTreeSet<InstrumentId> =
        plan.universe.instruments().iter().map(|i| i.id.clone()).chain(wanted.keys().cloned()).collect();
    let all: Vec<InstrumentId> = all.into_iter().collect();
    let covered = run.with_store(|store| store.covered(&all))?;
    let first = shown(run, &covered);
    let mut markets: BTreeMap<Mic, Vec<InstrumentId>> = BTreeMap::new();
    for (id, covered) in &first {
        markets.entry(market(&run.sync.plan, covered)).or_default().push(id.clone());
    }
    let (mut rows, mut gaps) = (BTreeMap::new(), Vec::new());
    for ids in markets.values().filter(|ids| ids.iter().any(|id| wanted.contains_key(id))) {
        for ids in ids.chunks(ids.len().div_ceil(ids.len().div_ceil(AT_ONCE)).max(1)) {
            let held = run.with_store(|store| store.held(ids, NaiveDate::MIN, None))?;
            let is_first = |h: &Held| {
                let from = &h.series.provenance;
                first.get(&from.instrument).is_some_and(|c| c.provenance == *from)
            };
            let own = held.into_iter().filter(is_first).map(|h| h.series);
            let series: BTreeMap<InstrumentId, Series> =
                own.map(|s| (s.provenance.instrument.clone(), s)).collect();
            rows.extend(
                series
                    .iter()
                    .filter(|(id, _)| wanted.contains_key(*id))
                    .map(|(id, s)| (id.clone(), row(run, s))),
            );
            gaps.extend(gaps_in(run, &series, &wanted));
        }
    }
    let plan = &run.sync.plan;
    let nothing = |id: &InstrumentId| SyncRow { id: id.clone(), source: None, ends: None, held: 0, new: 0 };
    let ids = plan.query.wants.iter().map(|w| &w.instrument.id);
    run.done.rows = ids.map(|id| rows.remove(id).unwrap_or_else(|| nothing(id))).collect();
    Ok(gaps)
}

/// Of each instrument the series that reports show first: one that reaches back and is up to date, of the
/// source that is asked first.
fn shown(run: &Run<'_>, covered: &[Covered]) -> BTreeMap<InstrumentId, Covered> {
    let plan = &run.sync.plan;
    let now = run.clock.now();
    let mut first: BTreeMap<InstrumentId, (Worth, Covered)> = BTreeMap::new();
    for one in covered {
        let from = &one.provenance;
        let Some(instrument) = plan.universe.instrument(&from.instrument) else { continue };
        if plan.settings.named && !plan.settings.sources.contains(&from.source) {
            continue;
        }
        let short = one.coverage.from > plan.query.from;
        let old = !shelf::is_unchanged(plan, from, one.coverage, now);
        let worth = (short, old, shelf::rank(plan, instrument, &from.source));
        let best = first.entry(from.instrument.clone()).or_insert_with(|| (worth, one.clone()));
        if worth < best.0 {
            *best = (worth, one.clone());
        }
    }
    first.into_iter().map(|(id, (_, covered))| (id, covered)).collect()
}

/// How far from the front a series stands: it does not reach back, is not up to date, its source's place.
type Worth = (bool, bool, (usize, usize));

/// The market whose sessions a series has.
fn market(plan: &Plan, covered: &Covered) -> Mic {
    let own = || plan.universe.instrument(&covered.provenance.instrument).map(|i| i.exchange.clone());
    let mic = covered.provenance.venue.clone().or_else(own).unwrap_or_else(|| Mic::new("UNKNOWN"));
    plan.universe.exchange(&mic).map_or(mic, |e| e.market.clone())
}

pub(super) fn row(run: &Run<'_>, series: &Series) -> SyncRow {
    let from = &series.provenance;
    let ends = series.bars().first().zip(series.last()).map(|(first, last)| (first.date, last.date));
    let key = (from.instrument.clone(), from.source.clone());
    let new = run.done.new.get(&key).copied().unwrap_or(0);
    SyncRow {
        id: from.instrument.clone(),
        source: Some(from.source.clone()),
        ends,
        held: series.bars().len(),
        new,
    }
}

/// The holes in series of one market.
fn gaps_in(
    run: &Run<'_>,
    series: &BTreeMap<InstrumentId, Series>,
    wanted: &BTreeMap<InstrumentId, Want>,
) -> Vec<Gap> {
    let plan = &run.sync.plan;
    let inputs = run::inputs(plan, series, run.clock.now());
    let market = Market::at(&inputs);
    let mut gaps = Vec::new();
    for (known, want) in market.known.iter().filter_map(|(id, k)| Some((k, wanted.get(id)?))) {
        let (Some(first), Some(last)) = (known.bars.first(), known.settled().last()) else { continue };
        // Currencies have no exchange: each rests when its own central banks do.
        if known.exchange.kind == VenueKind::RollingDay && known.instrument.kind == Kind::Fx {
            continue;
        }
        let since = plan.query.from.pred_opt().unwrap_or(plan.query.from).max(first.date);
        let sessions = market.holes(known, since, last.date);
        if !sessions.is_empty() {
            gaps.push(Gap { want: want.clone(), of: known.series.provenance.clone(), sessions });
        }
    }
    gaps
}
