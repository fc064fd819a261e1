//! Closes from the store in a report: rows that need not be asked for, all rows of a report that asks nobody or
//! speaks of an instant, and rows that no source answered for.
//!
//! Not for: what is held and which of it is shown (`shelf`), or keeping it (`keeping`).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::keeping::Told;
use super::plan::Plan;
use super::rates;
use super::run::{Answers, inputs};
use super::shelf::Shelf;
use crate::compute::{Trust, sessions};
use crate::domain::snapshot::Failed;
use crate::domain::{Instrument, InstrumentId, Series, Warning, WarningKind};
use crate::fetch::{Failure, FailureKind};
use crate::store::Place;

/// What the store holds of everything that a plan wants; nothing where all is to be asked for.
pub(super) fn shelf(plan: &mut Plan, now: DateTime<Utc>) -> Shelf {
    if plan.demo || ((plan.refresh || plan.verify) && !plan.offline) {
        return Shelf::default();
    }
    let instruments: Vec<Instrument> = plan.query.wants.iter().map(|w| w.instrument.clone()).collect();
    let shelf = Shelf::read(plan, &instruments, now);
    if rates::add(plan, &BTreeMap::new()).is_empty() {
        return shelf;
    }
    let instruments: Vec<Instrument> = plan.query.wants.iter().map(|w| w.instrument.clone()).collect();
    Shelf::read(plan, &instruments, now)
}

/// What was just fetched for a report of an instant is shown as it was known then, with all else that is
/// held; a value that was live then is shown as it was fetched.
pub(super) fn at_instant(plan: &mut Plan, answers: &mut Answers, now: DateTime<Utc>) {
    let fetched: BTreeSet<InstrumentId> =
        answers.series.keys().filter(|id| !answers.held.contains(*id)).cloned().collect();
    if plan.known_at().is_none() || plan.store.is_none() || plan.offline || fetched.is_empty() {
        return;
    }
    let at = inputs(plan, &answers.series, now);
    let live = |id: &InstrumentId| {
        let series = answers.series.get(id).zip(at.universe.instrument(id));
        series.and_then(|(s, i)| sessions::known(&at, i, s)).is_some_and(|k| k.live)
    };
    let settled: Vec<InstrumentId> = fetched.into_iter().filter(|id| !live(id)).collect();
    let instruments: Vec<Instrument> =
        settled.iter().filter_map(|id| plan.universe.instrument(id)).cloned().collect();
    let mut shelf = Shelf::read(plan, &instruments, now);
    for id in settled {
        if let Some((series, others)) = shelf.take(plan, &id, now) {
            answers.series.insert(id.clone(), series);
            answers.others.insert(id, others);
        }
    }
    answers.known_later += shelf.known_later;
    answers.told.warnings.append(&mut shelf.told.warnings);
}

/// The answers that the store gives for these instruments.
pub(super) fn answers(
    plan: &Plan,
    shelf: &mut Shelf,
    ids: &BTreeSet<InstrumentId>,
    now: DateTime<Utc>,
) -> Answers {
    let unread = !shelf.told.warnings.is_empty();
    let mut answers = Answers { told: std::mem::take(&mut shelf.told), ..Answers::default() };
    for id in plan.query.wants.iter().map(|w| &w.instrument.id).filter(|id| ids.contains(*id)) {
        let Some((series, others)) = shelf.take(plan, id, now) else {
            answers.fetched.failures.push(nothing_held(plan, id.clone(), unread));
            continue;
        };
        answers.series.insert(id.clone(), series);
        answers.held.insert(id.clone());
        if !others.is_empty() {
            answers.held_others.insert(id.clone(), others);
        }
    }
    answers.known_later = shelf.known_later;
    answers
}

/// What the store holds of instruments that no source answered for.
pub(super) fn stand_ins(
    plan: &mut Plan,
    failures: &[Failed],
    now: DateTime<Utc>,
) -> (BTreeMap<InstrumentId, Series>, Told) {
    let failed = |i: &&Instrument| failures.iter().any(|f| f.id == i.id);
    let instruments: Vec<Instrument> =
        plan.query.wants.iter().map(|w| &w.instrument).filter(failed).cloned().collect();
    if plan.demo || plan.offline || instruments.is_empty() {
        return (BTreeMap::new(), Told::default());
    }
    let mut shelf = Shelf::read(plan, &instruments, now);
    let taken = instruments.iter().filter_map(|i| Some((i.id.clone(), shelf.take(plan, &i.id, now)?.0)));
    (taken.collect(), shelf.told)
}

/// Shows what the store holds where no source answered, and says so on the row; gives back the failures
/// that have a row all the same.
pub(super) fn stand_in(
    held: BTreeMap<InstrumentId, Series>,
    failures: &mut Vec<Failed>,
    series: &mut BTreeMap<InstrumentId, Series>,
    trust: &mut Trust,
) -> Vec<Failed> {
    let (covered, missing): (Vec<Failed>, Vec<Failed>) =
        failures.drain(..).partition(|f| held.contains_key(&f.id) && !series.contains_key(&f.id));
    *failures = missing;
    for (id, stored) in held {
        let Some(failure) = covered.iter().find(|f| f.id == id) else { continue };
        let from = &stored.provenance;
        let fetched = from.fetched_at.format("%Y-%m-%d %H:%M UTC");
        let message =
            format!("{id}: closes of {} from the store, fetched {fetched}: {}", from.source, failure.reason);
        let warning = Warning { kind: WarningKind::FromStore, message };
        trust.opinions.entry(id.clone()).or_default().warnings.push(warning);
        trust.stood_in.insert(id.clone());
        trust.held.insert(id.clone());
        series.insert(id, stored);
    }
    covered
}

/// Why an instrument has no closes; a warning tells why a store could not be read.
fn nothing_held(plan: &Plan, instrument: InstrumentId, unread: bool) -> Failure {
    let place = plan.store.as_ref().map_or_else(|| "the store".to_owned(), Place::to_string);
    let (reason, hint) = if unread {
        (format!("{place} could not be read"), "the warning says why, and so does `marketsnap store verify`")
    } else {
        let hint = "run the same without --offline first; what it fetches is kept";
        (format!("nothing is held in {place}"), hint)
    };
    Failure {
        message: format!("no closes of {instrument} from the store: {reason}"),
        instrument,
        source: "store".to_owned(),
        asked: vec!["store".to_owned()],
        said: None,
        kind: FailureKind::NoData,
        reason,
        hint: hint.to_owned(),
        retryable: false,
    }
}
