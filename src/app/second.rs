//! Asks the sources, and another source where the first one's closes look wrong, where two disagree, for
//! everything with `--verify`, and once in a large run as a spot check.
//!
//! Not for: deciding what looks wrong or whom to believe (`compute::trust`).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::plan::Plan;
use super::rates;
use super::recall;
use super::run::{Answers, RunError, inputs};
use super::shelf::Shelf;
use super::{Clock, Observer, adhoc};
use crate::compute::{Trust, trust};
use crate::domain::snapshot::AskedSource;
use crate::domain::{InstrumentId, Kind, Series, Warning, WarningKind};
use crate::fetch::{Condition, Desk, Health, Query, Want};

/// The most rounds of further questions.
const ROUNDS: usize = 4;
/// Time for second opinions that nobody asked for.
const WITHIN: Duration = Duration::from_secs(8);
/// A run of so many instruments makes one spot check.
const LARGE: usize = 20;

/// Asks all sources that have to be asked; what they said of pauses is remembered also of a run that is
/// told to stop.
pub(super) async fn ask(
    plan: &mut Plan,
    shelf: Shelf,
    enough: BTreeSet<InstrumentId>,
    clock: &dyn Clock,
    observer: &dyn Observer,
    stopped: impl Future<Output = ()>,
) -> Result<Answers, RunError> {
    let settings = plan.settings.clone();
    let mut desk = Desk::open(&settings, clock, observer);
    let done = tokio::select! {
        answers = answers(plan, shelf, enough, &mut desk, clock) => Ok(answers),
        () = stopped => Err(RunError::Interrupted),
    };
    desk.close();
    done
}

/// Asks for all but what is held; first only for what continues the series held, and in full for what
/// cannot be continued.
async fn answers(
    plan: &mut Plan,
    mut shelf: Shelf,
    enough: BTreeSet<InstrumentId>,
    desk: &mut Desk<'_>,
    clock: &dyn Clock,
) -> Answers {
    let mut all = recall::answers(plan, &mut shelf, &enough, clock.now());
    let lacking = plan.query.wants.iter().filter(|w| !enough.contains(&w.instrument.id)).cloned();
    let (continued, mut whole): (Vec<Want>, Vec<Want>) =
        lacking.partition(|w| plan.known_at().is_none() && shelf.continued(plan, &w.instrument.id).is_some());
    let since = continued.iter().filter_map(|w| shelf.continued(plan, &w.instrument.id)).min();
    if let Some(from) = since {
        let query = Query { wants: continued, from, ..plan.query.clone() };
        let parts = fetch(plan, &query, desk, &mut all).await;
        let mut joined = Vec::new();
        for part in parts {
            let id = part.provenance.instrument.clone();
            match shelf.renewed(plan, &part) {
                Some(series) => {
                    all.series.insert(id, series);
                    joined.push(part);
                }
                None => whole.extend(query.wants.iter().find(|w| w.instrument.id == id).cloned()),
            }
        }
        all.parts = Some((from, joined));
    }
    if !whole.is_empty() {
        let query = Query { wants: whole, ..plan.query.clone() };
        let found = fetch(plan, &query, desk, &mut all).await;
        all.series.extend(found.into_iter().map(|s| (s.provenance.instrument.clone(), s)));
    }
    let rates = rates::add(plan, &all.series);
    if !rates.is_empty() {
        let query = Query { wants: rates, ..plan.query.clone() };
        let found = fetch(plan, &query, desk, &mut all).await;
        all.series.extend(found.into_iter().map(|s| (s.provenance.instrument.clone(), s)));
    }
    if !plan.demo {
        question(plan, desk, &mut all, clock).await;
    }
    all.fetched.sources = desk.health();
    all.fetched.requests = desk.requests();
    all
}

/// Asks for the wants of a query, one of them in a run of many of a second source too; everything but the
/// series goes to the answers.
async fn fetch(plan: &mut Plan, query: &Query, desk: &mut Desk<'_>, all: &mut Answers) -> Vec<Series> {
    let (mut fetched, checked) = desk.fetch_and_check(query, spot(plan, &query.wants)).await;
    adhoc::describe(&mut plan.universe, &fetched.described);
    keep(&mut all.others, checked);
    all.fetched.failures.append(&mut fetched.failures);
    all.fetched.detours.append(&mut fetched.detours);
    fetched.series
}

/// The instrument of the spot check: the benchmark, or the first index, in a run of many.
fn spot(plan: &Plan, wants: &[Want]) -> Option<usize> {
    if plan.demo || plan.verify || wants.len() < LARGE {
        return None;
    }
    let benchmark = wants.iter().position(|w| w.instrument.id == plan.benchmark);
    benchmark.or_else(|| wants.iter().position(|w| w.instrument.kind == Kind::Index))
}

/// Asks further sources until nothing is in question, or nobody is left to ask.
async fn question(plan: &Plan, desk: &mut Desk<'_>, all: &mut Answers, clock: &dyn Clock) {
    let Answers { series, others, held, .. } = all;
    let mut silent: BTreeSet<InstrumentId> = BTreeSet::new();
    for round in 0..ROUNDS {
        // What one round leaves in question is a disagreement, and worth the run's time.
        let within = if plan.verify || round > 0 { plan.settings.deadline } else { WITHIN };
        let inputs = inputs(plan, series, clock.now());
        let mut ids = trust::questions(&inputs, others, plan.verify);
        ids.retain(|id| !silent.contains(id) && !held.contains(id));
        if ids.is_empty() {
            return;
        }
        let wants = plan.query.wants.iter().filter(|w| ids.contains(&w.instrument.id)).cloned();
        let query = Query { wants: wants.collect(), ..plan.query.clone() };
        let asked = query.wants.iter().map(|w| voices(&w.instrument.id, series, others)).collect::<Vec<_>>();
        let found = desk.second(&query, &asked, within).await;
        let told: BTreeSet<&InstrumentId> = found.iter().map(|s| &s.provenance.instrument).collect();
        silent.extend(ids.iter().filter(|id| !told.contains(id)).cloned());
        keep(others, found);
    }
}

/// The sources that spoke of an instrument.
fn voices(id: &InstrumentId, series: &BTreeMap<InstrumentId, Series>, others: &trust::Others) -> Vec<String> {
    let all = series.get(id).into_iter().chain(others.get(id).into_iter().flatten());
    all.map(|s| s.provenance.source.clone()).collect()
}

fn keep(others: &mut trust::Others, found: Vec<Series>) {
    for series in found {
        others.entry(series.provenance.instrument.clone()).or_default().push(series);
    }
}

/// The series to show, each of the source to believe, and what is to be said of it.
pub(super) fn believed(
    plan: &Plan,
    answers: Answers,
    now: DateTime<Utc>,
) -> (BTreeMap<InstrumentId, Series>, Trust) {
    let Answers { fetched, mut series, mut others, held, held_others, .. } = answers;
    for (id, kept) in held_others {
        others.entry(id).or_default().extend(kept);
    }
    let mut opinions = trust::opinions(&inputs(plan, &series, now), &others);
    for (id, opinion) in &opinions {
        let other = opinion.instead.zip(others.get_mut(id));
        if let Some(other) = other.and_then(|(at, all)| (at < all.len()).then(|| all.swap_remove(at))) {
            series.insert(id.clone(), other);
        }
    }
    for detour in &fetched.detours {
        let shown = series.get(&detour.instrument).map_or("", |s| s.provenance.source.as_str());
        let (id, first) = (&detour.instrument, &detour.source);
        let message = format!("{id}: not from {first}, {}; its closes are {shown}'s", detour.reason);
        let warning = Warning { kind: WarningKind::OtherSource, message };
        opinions.entry(id.clone()).or_default().warnings.push(warning);
    }
    let sources = fetched.sources.into_iter().filter(|h| h.requests > 0 || h.condition != Condition::Up);
    let sources = sources.map(state).collect();
    let offline = plan.offline;
    (series, Trust { opinions, sources, verified: plan.verify, held, offline, ..Trust::default() })
}

fn state(health: Health) -> AskedSource {
    let state = match health.condition {
        Condition::Up => "up",
        Condition::Throttled => "throttled",
        Condition::Blocked => "blocked",
        Condition::Unauthorised => "unauthorised",
        Condition::Down => "down",
    };
    AskedSource { name: health.name, state, reason: health.reason, until: health.until }
}
