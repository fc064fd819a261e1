//! Asks part by part and keeps each part in one go, so that a run that is stopped loses one part at most.
//!
//! Not for: what is asked for (`needs`), or what sources left out (`holes`).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::future::{BoxFuture, FutureExt};
use tokio::time::Instant;

use super::super::keeping::{self, Told};
use super::super::{Clock, Observer, RunError, adhoc, run};
use super::needs::{self, Part};
use super::{Key, SyncPlan, Synced, holes};
use crate::compute::Inputs;
use crate::domain::{InstrumentId, Provenance, Series};
use crate::fetch::{self, Condition, Desk, Event, Failure, FailureKind, Fetched, Query, Settings, Want};
use crate::store::{Held, Opening, Settled, Store, StoreError};

/// The most time for one part.
const PART: Duration = Duration::from_secs(60);
/// How long to wait for another process that writes.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Go,
    Stop,
}

/// Series that came, each with the date from which it was asked for.
pub(super) type Came = Vec<(NaiveDate, Series)>;

/// A run under way.
pub(super) struct Run<'a> {
    pub(super) sync: &'a mut SyncPlan,
    pub(super) clock: &'a dyn Clock,
    pub(super) observer: &'a dyn Observer,
    /// When its time is over.
    end: Instant,
    /// Sources that turned this run away: they are left alone from then on.
    barred: BTreeSet<String>,
    pub(super) done: Synced,
}

/// Asks for what lacks, then for what sources left out, and looks at what is held in the end. Who was told to stop
/// while he waited for the store was interrupted, whatever came of the waiting.
pub(super) async fn all(
    sync: &mut SyncPlan,
    clock: &dyn Clock,
    observer: &dyn Observer,
    mut stopped: BoxFuture<'static, ()>,
) -> Result<Synced, RunError> {
    let done = whole(sync, clock, observer, &mut stopped).await;
    match done {
        Err(_) if stopped.now_or_never().is_some() => Err(RunError::Interrupted),
        done => done,
    }
}

async fn whole(
    sync: &mut SyncPlan,
    clock: &dyn Clock,
    observer: &dyn Observer,
    stopped: &mut BoxFuture<'static, ()>,
) -> Result<Synced, RunError> {
    let end = Instant::now() + sync.plan.settings.deadline;
    let mut run = Run { sync, clock, observer, end, barred: BTreeSet::new(), done: Synced::default() };
    let ids: Vec<InstrumentId> = run.sync.plan.query.wants.iter().map(|w| w.instrument.id.clone()).collect();
    // A store that cannot be written is told before anybody is asked.
    run.with_store(|store| store.writable())?;
    let covered = run.with_store(|store| store.covered(&ids))?;
    for known in &covered {
        adhoc::remembered(&mut run.sync.plan.universe, &known.provenance, None);
    }
    let parts = needs::parts(&run.sync.plan, &covered, clock.now());
    let of = parts.iter().map(|p| p.wants.len()).sum();
    let mut done = 0;
    for part in &parts {
        if run.part(part, stopped).await? == Next::Stop {
            return Ok(run.done);
        }
        done += part.wants.len();
        observer.event(&Event::Kept { done, of });
    }
    holes::fill(&mut run, stopped).await?;
    Ok(run.done)
}

impl Run<'_> {
    /// Asks for a part and keeps what came; what there is no time for is noted.
    pub(super) async fn part(
        &mut self,
        part: &Part,
        stopped: &mut BoxFuture<'static, ()>,
    ) -> Result<Next, RunError> {
        let ids = || part.wants.iter().map(|w| w.instrument.id.clone());
        let Some(settings) = self.settings(part.of.as_deref()) else {
            self.done.left.extend(ids());
            return Ok(Next::Go);
        };
        let held = self.held_before(part)?;
        self.done.asked.extend(ids());
        let mut desk = Desk::open(&settings, self.clock, self.observer);
        let plan = &self.sync.plan;
        let answers = tokio::select! {
            answers = answers(&plan.query, part, &held, &mut desk) => Some(answers),
            () = &mut *stopped => None,
        };
        self.close(desk);
        let Some((came, fetched)) = answers else {
            self.done.interrupted = true;
            return Ok(Next::Stop);
        };
        adhoc::describe(&mut self.sync.plan.universe, &fetched.described);
        self.keep(&came)?;
        // What another source was asked for beside the first one is no loss.
        if part.of.is_none() {
            self.note(fetched.failures);
        }
        Ok(Next::Go)
    }

    /// Whom to ask, and for how long; none when the time is over.
    pub(super) fn settings(&self, only: Option<&str>) -> Option<Settings> {
        let left = self.end.saturating_duration_since(Instant::now());
        let mut settings = self.sync.plan.settings.clone();
        if let Some(only) = only {
            settings.sources = vec![only.to_owned()];
            settings.named = true;
        }
        settings.sources.retain(|name| !self.barred.contains(name));
        settings.deadline = left.min(PART);
        (!left.is_zero()).then_some(settings)
    }

    /// Ends a desk: a source that turned us away or asked for a pause is asked no more.
    pub(super) fn close(&mut self, desk: Desk<'_>) {
        self.done.requests += desk.requests();
        let over =
            |c: Condition| matches!(c, Condition::Throttled | Condition::Blocked | Condition::Unauthorised);
        self.barred.extend(desk.health().into_iter().filter(|h| over(h.condition)).map(|h| h.name));
        desk.close();
    }

    /// What is held of a part that continues series.
    fn held_before(&mut self, part: &Part) -> Result<Vec<Held>, RunError> {
        let Some(from) = part.from else { return Ok(Vec::new()) };
        let ids: Vec<InstrumentId> = part.wants.iter().map(|w| w.instrument.id.clone()).collect();
        let since = self.sync.plan.query.from;
        let mut held = self.with_store(|store| store.held(&ids, from, None))?;
        held.retain(|h| h.coverage.from <= since);
        Ok(held)
    }

    /// Notes failures, and as left what only the end of the run's time kept from coming.
    fn note(&mut self, failures: Vec<Failure>) {
        let over = self.end <= Instant::now();
        for failure in failures {
            if over && failure.kind == FailureKind::Timeout {
                self.done.left.insert(failure.instrument);
                continue;
            }
            if failure.kind == FailureKind::NotCovered {
                self.done.asked.remove(&failure.instrument);
            }
            let failure = self.readdressed(failure);
            self.done.failures.push(failure);
        }
    }

    /// The failure of an instrument that nobody was asked for because its sources turned this run away
    /// before: it is told as what they said then.
    fn readdressed(&self, failure: Failure) -> Failure {
        let plan = &self.sync.plan;
        let want = plan.query.wants.iter().find(|w| w.instrument.id == failure.instrument);
        let covered = |w: &Want| w.ad_hoc || fetch::covered(&plan.settings.sources, &w.instrument);
        let of_barred = |f: &&Failure| f.asked.iter().any(|name| self.barred.contains(name));
        let first = self.done.failures.iter().find(of_barred);
        match first.filter(|_| failure.kind == FailureKind::NotCovered && want.is_some_and(covered)) {
            Some(first) => Failure {
                message: format!(
                    "no closes of {} from {}: {}",
                    failure.instrument, first.source, first.reason
                ),
                instrument: failure.instrument,
                ..first.clone()
            },
            None => failure,
        }
    }

    /// Keeps what came, in one go.
    pub(super) fn keep(&mut self, came: &[(NaiveDate, Series)]) -> Result<(), RunError> {
        let now = self.clock.now();
        let none = BTreeMap::new();
        let at = Inputs { as_of: now, ..run::inputs(&self.sync.plan, &none, now) };
        let settled: Vec<_> = came
            .iter()
            .filter_map(|(since, s)| {
                keeping::settled(&at, s).map(|(s, until)| (*since, s.into_owned(), until))
            })
            .collect();
        let settled: Vec<Settled<'_>> = settled
            .iter()
            .map(|(since, series, until)| Settled { series, since: *since, until: *until })
            .collect();
        let (new, kept) = {
            let (place, told) = (&self.sync.place, &mut self.done.told);
            in_store(place, now, told, |store| {
                let new = new_ones(store, &settled)?;
                Ok((new, keeping::keep_in_time(store, place, &settled, now)?))
            })?
        };
        for (key, count) in new {
            *self.done.new.entry(key).or_default() += count;
        }
        let all = &mut self.done.kept;
        all.added += kept.added;
        all.confirmed += kept.confirmed;
        all.restated.extend(kept.restated);
        all.rebased.extend(kept.rebased);
        all.clock_set_back |= kept.clock_set_back;
        Ok(())
    }

    /// Does something with the store.
    pub(super) fn with_store<T>(
        &mut self,
        doing: impl Fn(&mut dyn Store) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        in_store(&self.sync.place, self.clock.now(), &mut self.done.told, doing)
    }
}

fn in_store<T>(
    place: &crate::store::Place,
    now: DateTime<Utc>,
    told: &mut Told,
    doing: impl Fn(&mut dyn Store) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let opening = Opening { busy: PATIENCE, ..Opening::new(place, now) };
    keeping::with_store(&opening, told, doing)
}

/// The answers to a part. What is to continue a series and does not (another basis, another source) is
/// asked for as a whole, and kept as it came only where that fails.
async fn answers(query: &Query, part: &Part, held: &[Held], desk: &mut Desk<'_>) -> (Came, Fetched) {
    let from = part.from.unwrap_or(query.from);
    let asked = Query { wants: part.wants.clone(), from, ..query.clone() };
    let mut fetched = desk.fetch(&asked).await;
    let came = std::mem::take(&mut fetched.series).into_iter().map(|s| (from, s));
    if part.from.is_none() {
        return (came.collect(), fetched);
    }
    let joins = |s: &Series| held.iter().any(|h| of(&h.series, s) && h.renewed(s).is_some());
    let (mut came, apart): (Came, Came) = came.partition(|(_, s)| joins(s));
    let is_apart = |w: &&Want| apart.iter().any(|(_, s)| s.provenance.instrument == w.instrument.id);
    let wants: Vec<Want> = part.wants.iter().filter(is_apart).cloned().collect();
    if wants.is_empty() {
        return (came, fetched);
    }
    let whole = desk.fetch(&Query { wants, ..query.clone() }).await;
    let told: BTreeSet<&InstrumentId> = whole.failures.iter().map(|f| &f.instrument).collect();
    came.extend(apart.into_iter().filter(|(_, s)| told.contains(&s.provenance.instrument)));
    came.extend(whole.series.into_iter().map(|s| (query.from, s)));
    fetched.described.extend(whole.described);
    fetched.failures.extend(whole.failures);
    (came, fetched)
}

fn of(held: &Series, fetched: &Series) -> bool {
    held.provenance.instrument == fetched.provenance.instrument
}

/// How many settled closes of each series are of sessions that are not held.
fn new_ones(store: &mut dyn Store, settled: &[Settled<'_>]) -> Result<Vec<(Key, usize)>, StoreError> {
    let mut new = Vec::new();
    for one in settled {
        let from = &one.series.provenance;
        let bars = one.series.bars_until(one.until);
        let Some(first) = bars.first() else { continue };
        let held = store.all(&from.instrument, first.date, one.until)?;
        let rows = held.iter().find(|h| same(&h.provenance, from)).map(|h| h.rows.as_slice());
        let rows = rows.unwrap_or_default();
        let lacks = |date: NaiveDate| rows.binary_search_by_key(&date, |r| r.session).is_err();
        let count = bars.iter().filter(|b| lacks(b.date)).count();
        new.push(((from.instrument.clone(), from.source.clone()), count));
    }
    Ok(new)
}

/// Whether closes of both are of one series.
fn same(a: &Provenance, b: &Provenance) -> bool {
    (&a.source, &a.symbol, &a.currency, &a.venue) == (&b.source, &b.symbol, &b.currency, &b.venue)
        && (a.basis, a.raw) == (b.basis, b.raw)
}
