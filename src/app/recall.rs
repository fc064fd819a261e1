//! Closes from the store in place of a source's: all of a report that asks nobody, and the rows of a report
//! that no source answered for.
//!
//! Not for: keeping them (`keeping`), or mixing closes of two sources: a row is of one source, whole.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::{DateTime, Days, Utc};

use super::adhoc;
use super::keeping::{PATIENCE, Told};
use super::plan::Plan;
use super::run::Answers;
use crate::compute::{Trust, moves, trust};
use crate::domain::snapshot::Failed;
use crate::domain::{Instrument, InstrumentId, Series, Warning, WarningKind};
use crate::fetch::{Failure, FailureKind, Fetched};
use crate::store::{self, Held, Opening, Place, StoreError};

/// Closes begin so many days after the first one needed at most: reports ask for a month to spare.
const SPARE: Days = Days::new(31);

/// The answers of a run that asks nobody.
pub(super) fn recall(plan: &mut Plan, now: DateTime<Utc>) -> Answers {
    let instruments: Vec<Instrument> = plan.query.wants.iter().map(|w| w.instrument.clone()).collect();
    let (mut held, told) = held(plan, &instruments, now);
    let mut answers =
        Answers { fetched: Fetched::default(), series: BTreeMap::new(), others: trust::Others::new(), told };
    for instrument in instruments {
        let id = instrument.id.clone();
        let mut all = held.remove(&id).unwrap_or_default();
        let Some(at) = first(plan, &all, now) else {
            answers.fetched.failures.push(nothing_held(plan, id));
            continue;
        };
        let series = all.swap_remove(at);
        adhoc::remembered(&mut plan.universe, &series.provenance);
        answers.series.insert(id.clone(), series);
        in_order(plan, &instrument, &mut all);
        if !all.is_empty() {
            answers.others.insert(id, all);
        }
    }
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
    let (held, told) = held(plan, &instruments, now);
    let mut found = BTreeMap::new();
    for (id, mut all) in held {
        let Some(at) = first(plan, &all, now) else { continue };
        let series = all.swap_remove(at);
        adhoc::remembered(&mut plan.universe, &series.provenance);
        found.insert(id, series);
    }
    (found, told)
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
        trust.held.insert(id.clone());
        series.insert(id, stored);
    }
    covered
}

/// Series held of instruments, each one's in the order in which its sources are asked, none without closes.
fn held(
    plan: &Plan,
    instruments: &[Instrument],
    now: DateTime<Utc>,
) -> (BTreeMap<InstrumentId, Vec<Series>>, Told) {
    let mut told = Told::default();
    let mut found: BTreeMap<InstrumentId, Vec<Series>> = BTreeMap::new();
    let all = read(plan, instruments, now).unwrap_or_else(|e| {
        told.warnings.push(format!("nothing is shown from the store: {e}"));
        Vec::new()
    });
    let known_later: usize = all.iter().map(|h| h.reconstructed.len()).sum();
    if let Some(as_of) = plan.as_of.filter(|_| known_later > 0 && plan.offline) {
        let instant = as_of.format("%Y-%m-%d %H:%M UTC");
        told.said.push(format!("Not held yet at {instant}, so as known later: {known_later} closes"));
    }
    let usable = |s: &Series| {
        let chosen = plan.settings.sources.contains(&s.provenance.source);
        (chosen || !plan.settings.named) && s.last().is_some()
    };
    for series in all.into_iter().map(|h| h.series).filter(usable) {
        found.entry(series.provenance.instrument.clone()).or_default().push(series);
    }
    for instrument in instruments {
        if let Some(all) = found.get_mut(&instrument.id) {
            in_order(plan, instrument, all);
        }
    }
    (found, told)
}

fn read(plan: &Plan, instruments: &[Instrument], now: DateTime<Utc>) -> Result<Vec<Held>, StoreError> {
    let Some(place) = plan.store.as_ref().filter(|p| p.begun()) else { return Ok(Vec::new()) };
    let ids: Vec<InstrumentId> = instruments.iter().map(|i| i.id.clone()).collect();
    let opening = Opening { busy: PATIENCE, read_only: true, ..Opening::new(place, now) };
    // A day's report takes the newest version of every close, an instant's the one that was known then.
    let known_at = plan.as_of.filter(|_| plan.date.is_none());
    store::open(&opening)?.store.held(&ids, plan.query.from, known_at)
}

/// The order in which sources are asked: an instrument's own before that of the run, what the run would
/// not ask last.
fn in_order(plan: &Plan, instrument: &Instrument, all: &mut [Series]) {
    let place = |names: &[String], s: &Series| {
        names.iter().position(|n| *n == s.provenance.source).unwrap_or(names.len())
    };
    let own: &[String] = if plan.settings.named { &[] } else { &instrument.sources };
    all.sort_by_key(|s| (place(own, s), place(&plan.settings.sources, s)));
}

/// The series to show: one that reaches back as far as the report needs, or as any, then the newest on the
/// report's day, then the first in order.
fn first(plan: &Plan, all: &[Series], now: DateTime<Utc>) -> Option<usize> {
    let day = plan.date.unwrap_or_else(|| plan.as_of.unwrap_or(now).date_naive());
    let newest = |s: &Series| s.bars_until(day).last().map(|b| b.date);
    let begins = |s: &Series| s.bars().first().map(|b| b.date);
    let oldest = all.iter().filter_map(begins).min()?;
    let near = oldest.checked_add_signed(chrono::TimeDelta::days(moves::BASE_WITHIN_DAYS)).unwrap_or(oldest);
    let enough = plan.query.from.checked_add_days(SPARE).map_or(near, |day| day.max(near));
    let reaches = |s: &Series| begins(s).is_some_and(|day| day <= enough);
    let worth = |(at, s): &(usize, &Series)| (reaches(s), newest(s), Reverse(*at));
    all.iter().enumerate().max_by_key(worth).map(|(at, _)| at)
}

fn nothing_held(plan: &Plan, instrument: InstrumentId) -> Failure {
    let place = plan.store.as_ref().map_or_else(|| "the store".to_owned(), Place::to_string);
    let reason = format!("nothing is held in {place}");
    Failure {
        message: format!("no closes of {instrument} from the store: {reason}"),
        instrument,
        source: "store".to_owned(),
        asked: vec!["store".to_owned()],
        said: None,
        kind: FailureKind::NoData,
        reason,
        hint: "run the same without --offline first; what it fetches is kept".to_owned(),
        retryable: false,
    }
}
