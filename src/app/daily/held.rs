//! What makes a run's answers the same whenever it is made: what all sources are held to have said, and failures
//! without the moment.
//!
//! Not for: the closes themselves (`compute::report`).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::app::plan::Plan;
use crate::app::run::Answers;
use crate::app::shelf;
use crate::domain::snapshot::Failed;
use crate::domain::{InstrumentId, Series};
use crate::fetch;

/// Adds what the store holds of other sources than the one shown, so that a disagreement is told in every run and not
/// only in the one that asked both.
pub(super) fn add_others(plan: &Plan, answers: &mut Answers, now: DateTime<Utc>) {
    for (id, kept) in std::mem::take(&mut answers.held_others) {
        answers.others.entry(id).or_default().extend(kept);
    }
    if plan.demo {
        return;
    }
    let ids: Vec<InstrumentId> = answers.series.keys().cloned().collect();
    let spoken_of = |s: &Series| !plan.settings.named || plan.settings.sources.contains(&s.provenance.source);
    for series in shelf::everything(plan, &ids, plan.query.from, now).into_iter().filter(spoken_of) {
        let id = series.provenance.instrument.clone();
        let shown = answers.series.get(&id).map(|s| s.provenance.source.as_str());
        let others = answers.others.entry(id).or_default();
        let told = others.iter().map(|s| s.provenance.source.as_str());
        let known: BTreeSet<&str> = told.chain(shown).collect();
        if !known.contains(series.provenance.source.as_str()) {
            others.push(series);
        }
    }
    // The order in which they came is of the run.
    answers.others.retain(|_, all| !all.is_empty());
    for (id, all) in &mut answers.others {
        let Some(instrument) = plan.universe.instrument(id) else { continue };
        all.sort_by_key(|s: &Series| shelf::rank(plan, instrument, &s.provenance.source));
    }
}

/// A failure as any run would tell it: which of its sources were asked, and what went wrong at each, is of the moment,
/// and told on standard error.
pub(super) fn lasting(plan: &Plan, failed: &Failed) -> Failed {
    let id = &failed.id;
    let first = plan.universe.instrument(id).and_then(|instrument| {
        let sources = plan.settings.sources.iter().filter(|name| fetch::covers(name, instrument));
        sources.min_by_key(|name| shelf::rank(plan, instrument, name))
    });
    let reason = "no source gave its closes".to_owned();
    Failed {
        id: id.clone(),
        source: first.unwrap_or(&failed.source).clone(),
        asked: Vec::new(),
        said: None,
        kind: "no_data".to_owned(),
        message: format!("no closes of {id}: {reason}"),
        reason,
        hint: format!("write the report again later: `marketsnap show {id}` says what each source answered"),
        retryable: true,
    }
}
