//! How far back a report's closes go: as far as its horizons need, and for a record that nothing in those
//! outdates, as far as anything is known.
//!
//! Not for: which closes a horizon needs (`plan`), or what a record is (`compute::records`).

use std::collections::BTreeMap;

use super::plan::Plan;
use super::{rates, shelf};
use crate::compute::{Inputs, snapshot};
use crate::domain::{InstrumentId, Provenance, Series, Snapshot};

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

/// Looks for records further back where nothing in the report's closes outdates them: in what came beyond
/// those, and in what is held.
pub(super) fn look_further(
    plan: &Plan,
    inputs: &Inputs<'_>,
    came: &BTreeMap<InstrumentId, Series>,
    report: &mut Snapshot,
) {
    let ids = snapshot::unbroken(report);
    if plan.demo || ids.is_empty() {
        return;
    }
    let ids_and_rates = [ids.as_slice(), &rates::pairs(plan)].concat();
    let held = shelf::everything(plan, &ids_and_rates, inputs.generated_at);
    let mut further = inputs.series.clone();
    let mut found = Vec::new();
    for id in ids_and_rates {
        let Some(shown) = inputs.series.get(&id) else { continue };
        let all = held.iter().chain(came.get(&id)).filter(|s| same(&s.provenance, &shown.provenance));
        let longest = all.filter_map(|s| extended(shown, s)).min_by_key(|s| s.bars().first().map(|b| b.date));
        if let Some(longest) = longest {
            further.insert(id.clone(), longest);
            found.extend(Some(id).filter(|id| ids.contains(id)));
        }
    }
    if !found.is_empty() {
        snapshot::look_further(report, &found, &Inputs { series: &further, ..*inputs });
    }
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
