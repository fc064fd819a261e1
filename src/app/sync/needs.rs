//! What each instrument has to be asked for, by what is held of it.
//!
//! Not for: asking (`asking`).

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::super::plan::Plan;
use super::super::shelf::{self, AGAIN};
use crate::domain::InstrumentId;
use crate::fetch::{self, Want};
use crate::store::{Coverage, Covered};

/// So many instruments share a request where a source takes several, and are kept together.
const TOGETHER: usize = 20;
/// Those that are asked for together begin no further apart than this.
const APART_DAYS: i64 = 31;

/// Instruments that are asked for together.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// What is asked for.
    pub wants: Vec<Want>,
    /// From when on; none for everything.
    pub from: Option<NaiveDate>,
    /// The only source to ask; none for all.
    pub of: Option<String>,
}

/// What has to be asked for, in parts: first what nothing is held of, then what continues the series held.
pub(super) fn parts(plan: &Plan, covered: &[Covered], now: DateTime<Utc>) -> Vec<Part> {
    let mut needs: Vec<(Option<NaiveDate>, Want)> = Vec::new();
    let mut held: BTreeMap<&InstrumentId, Vec<&Covered>> = BTreeMap::new();
    for one in covered {
        held.entry(&one.provenance.instrument).or_default().push(one);
    }
    for want in &plan.query.wants {
        let of = held.get(&want.instrument.id).map(Vec::as_slice).unwrap_or_default();
        if let Some(from) = need(plan, of, want, now) {
            needs.push((from, want.clone()));
        }
    }
    together(needs, None)
}

/// Wants in parts of those that begin at about the same time.
pub(super) fn together(mut needs: Vec<(Option<NaiveDate>, Want)>, of: Option<&str>) -> Vec<Part> {
    needs.sort_by_key(|(from, _)| *from);
    let mut parts: Vec<Part> = Vec::new();
    for (from, want) in needs {
        let near = |part: &&mut Part| match (part.from, from) {
            (Some(a), Some(b)) => (b - a).num_days() <= APART_DAYS,
            (a, b) => a == b,
        };
        match parts.last_mut().filter(|p| p.wants.len() < TOGETHER).filter(near) {
            Some(part) => part.wants.push(want),
            None => parts.push(Part { wants: vec![want], from, of: of.map(str::to_owned) }),
        }
    }
    parts
}

/// From when on an instrument has to be asked for: none for nothing, none inside for everything.
fn need(plan: &Plan, held: &[&Covered], want: &Want, now: DateTime<Utc>) -> Option<Option<NaiveDate>> {
    let since = plan.query.from;
    let named = || plan.settings.sources.iter().find(|name| fetch::covers(name, &want.instrument));
    let wanted = if plan.settings.named { named() } else { None };
    let usable = |c: &&&Covered| {
        let source = &c.provenance.source;
        let chosen = !plan.settings.named || plan.settings.sources.contains(source);
        c.coverage.from <= since && chosen && wanted.is_none_or(|name| name == source)
    };
    if plan.refresh {
        return Some(None);
    }
    let mut reaching: Vec<&&Covered> = held.iter().filter(usable).collect();
    reaching.sort_by_key(|c| shelf::rank(plan, &want.instrument, &c.provenance.source));
    let unchanged = |c: &&&Covered| shelf::is_unchanged(plan, &c.provenance, c.coverage, now);
    if reaching.iter().any(unchanged) {
        return None;
    }
    let from = reaching.first().and_then(|c| again(c.coverage));
    Some(from.filter(|from| *from > since))
}

/// From when on a series is asked for again.
pub(super) fn again(coverage: Coverage) -> Option<NaiveDate> {
    coverage.to.checked_sub_days(AGAIN)
}
