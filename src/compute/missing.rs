//! What was asked for and has no value, although no source failed: closes that begin after as-of, composites
//! without half of their weight, a benchmark that cannot be had.
//!
//! Not for: failures of sources, which are told as they came.

use std::collections::BTreeMap;

use super::lines::Line;
use super::sessions::Market;
use super::{Inputs, converted};
use crate::domain::InstrumentId;
use crate::domain::snapshot::{CompositeRow, Failed, Row};

/// The sources' failures, and one more for every row and for the benchmark that have no value without one.
pub(super) fn errors(
    inputs: &Inputs<'_>,
    market: &Market<'_>,
    instruments: &[Row],
    composites: &[CompositeRow],
    lines: &BTreeMap<InstrumentId, Line<'_>>,
) -> Vec<Failed> {
    let mut errors = inputs.failures.to_vec();
    errors.extend(converted::missing(inputs, market, lines.values()));
    let without = instruments.iter().filter(|r| r.close.is_none() && !converted::explains(r)).map(|r| &r.id);
    let levels = composites.iter().filter(|c| c.row.close.is_none()).map(|c| &c.row.id);
    let benchmark = [inputs.benchmark].into_iter().filter(|id| !lines.contains_key(id));
    for id in without.chain(levels).chain(benchmark) {
        if !errors.iter().any(|e| e.id == *id) {
            errors.push(missing(inputs, market, id));
        }
    }
    errors
}

/// The same for a comparison, whose lines are all that it shows.
pub(super) fn of_comparison(
    inputs: &Inputs<'_>,
    market: &Market<'_>,
    ids: &[InstrumentId],
    lines: &BTreeMap<InstrumentId, Line<'_>>,
) -> Vec<Failed> {
    let mut errors = inputs.failures.to_vec();
    let without = ids.iter().filter(|id| !lines.contains_key(id));
    let untold: Vec<&InstrumentId> =
        without.filter(|id| !inputs.failures.iter().any(|e| e.id == **id)).collect();
    errors.extend(converted::missing(inputs, market, lines.values()));
    errors.extend(untold.into_iter().map(|id| missing(inputs, market, id)));
    errors
}

fn missing(inputs: &Inputs<'_>, market: &Market<'_>, id: &InstrumentId) -> Failed {
    let series = inputs.series.get(id);
    let composite = inputs.universe.composite(id);
    let source = series.map_or("computed", |s| s.provenance.source.as_str()).to_owned();
    let rates = composite.and_then(|c| converted::lacking_members(c, market));
    let kind = if rates.is_some() { "no_fx" } else { "no_data" };
    let (reason, hint) = match (series.and_then(|s| s.bars().first()), composite) {
        (Some(first), _) => (
            format!("no close was known at that instant; the first one held is of {}", first.date),
            "ask for a later --as-of or --date".to_owned(),
        ),
        (None, Some(composite)) => {
            let held = |m: &&crate::domain::Member| !inputs.series.contains_key(&m.id);
            let without: Vec<String> =
                composite.members.iter().filter(held).map(|m| m.id.to_string()).collect();
            let without =
                (!without.is_empty()).then(|| format!("members without closes: {}", without.join(", ")));
            let rates = rates.map(|ids| format!("members without a rate of exchange: {ids}"));
            let hint: Vec<String> = without.into_iter().chain(rates).collect();
            let hint = if hint.is_empty() { "see `marketsnap list`".to_owned() } else { hint.join("; ") };
            let reason = match kind {
                "no_fx" => "no date is known on which half of its weight traded and had a rate of exchange",
                _ => "no date is known on which half of its weight traded",
            };
            (reason.to_owned(), hint)
        }
        (None, None) => ("nothing is held of it".to_owned(), "see `marketsnap list`".to_owned()),
    };
    Failed {
        id: id.clone(),
        message: format!("no closes of {id} from {source}: {reason}"),
        asked: vec![source.clone()],
        said: None,
        source,
        kind: kind.to_owned(),
        reason,
        hint,
        retryable: false,
    }
}
