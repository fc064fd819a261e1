//! Keeps what a run fetched: every source's series, up to the last session that is settled by now.
//!
//! Not for: reading it back (`recall`), or how it is kept (`store`). A store that cannot be used costs a
//! warning and never the report.

use std::borrow::Cow;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};

use super::adhoc;
use super::plan::Plan;
use super::run::{Answers, inputs};
use crate::compute::{Inputs, sessions};
use crate::domain::{About, Instrument, InstrumentId, Series};
use crate::store::sqlite::SetAside;
use crate::store::{self, Kept, Opened, Opening, Place, Settled, Store, StoreError};

/// How long a report waits for another process that writes.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);
/// So many changed closes are told one by one.
const TOLD: usize = 8;

/// What a store makes a run say.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    /// Sentences of the report, without their full stop.
    pub said: Vec<String>,
    /// Warnings on standard error beside them.
    pub warnings: Vec<String>,
    /// What was fetched is in the store now.
    pub done: bool,
}

/// Keeps every series of a run, unless it keeps nothing.
pub(super) fn keep(plan: &Plan, answers: &Answers, now: DateTime<Utc>) -> Told {
    let mut told = Told::default();
    let Some(place) = plan.store.as_ref().filter(|_| !plan.offline) else { return told };
    let at = inputs(plan, &answers.series, now);
    let at = Inputs { as_of: now, date: None, settled_only: false, ..at };
    let fetched: Vec<(NaiveDate, Cow<'_, Series>, NaiveDate)> = as_fetched(plan, answers)
        .filter_map(|(since, series)| settled(&at, series).map(|(series, until)| (since, series, until)))
        .collect();
    if fetched.is_empty() {
        return told;
    }
    let settled: Vec<Settled<'_>> = fetched
        .iter()
        .map(|(since, series, until)| Settled { series, since: *since, until: *until })
        .collect();
    let opening = Opening { busy: PATIENCE.min(plan.settings.deadline), ..Opening::new(place, now) };
    match with_store(&opening, &mut told, |store| keep_in_time(store, place, &settled, now)) {
        Ok(kept) => {
            told.done = true;
            tell(&kept, &mut told);
        }
        Err(e) => told.warnings.push(format!("nothing of this run was kept: {e}")),
    }
    told
}

/// Keeps series, unless the store holds sessions that have not been yet: then the clock is behind, and every
/// time kept would be wrong.
pub(super) fn keep_in_time(
    store: &mut dyn Store,
    place: &Place,
    settled: &[Settled<'_>],
    now: DateTime<Utc>,
) -> Result<Kept, StoreError> {
    let ids: Vec<InstrumentId> = settled.iter().map(|s| s.series.provenance.instrument.clone()).collect();
    let newest = store.covered(&ids)?.into_iter().map(|c| c.coverage.to).max();
    // East of the date line a session is over before its date begins elsewhere.
    let today = now.date_naive();
    match newest.filter(|session| today.succ_opt().is_some_and(|tomorrow| *session > tomorrow)) {
        Some(session) => Err(StoreError::Ahead { place: place.to_string(), session, now: today }),
        None => store.keep(settled),
    }
}

/// Every series as it was fetched, with the date from which it was asked for.
fn as_fetched<'a>(plan: &'a Plan, answers: &'a Answers) -> impl Iterator<Item = (NaiveDate, &'a Series)> {
    let parts = || answers.parts.iter().flat_map(|(since, parts)| parts.iter().map(|s| (*since, s)));
    let joined = move |id: &InstrumentId| parts().any(|(_, s)| s.provenance.instrument == *id);
    let whole = answers.series.iter().filter(move |(id, _)| !answers.held.contains(*id) && !joined(id));
    let whole = whole.map(|(_, s)| s).chain(answers.others.values().flatten());
    parts().chain(whole.map(|s| (plan.query.from, s)))
}

/// A series with its last settled session; one outside the catalogue with the venue that its source told.
pub(super) fn settled<'s>(at: &Inputs<'_>, series: &'s Series) -> Option<(Cow<'s, Series>, NaiveDate)> {
    let instrument = at.universe.instrument(&series.provenance.instrument)?;
    let until = sessions::known(at, instrument, series)?.settled().last()?.date;
    let mut series = Cow::Borrowed(series);
    if instrument.section == adhoc::SECTION {
        let series = series.to_mut();
        series.provenance.venue.get_or_insert_with(|| instrument.exchange.clone());
        let Instrument { name, kind, decimals, .. } = instrument;
        series.about = Some(About { name: name.clone(), kind: *kind, decimals: *decimals });
    }
    Some((series, until))
}

/// Does something with the store, which is put aside first if it is damaged.
pub(super) fn with_store<T>(
    opening: &Opening<'_>,
    told: &mut Told,
    doing: impl Fn(&mut dyn Store) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut usable = |opened: Opened| {
        told.warnings.extend(opened.set_aside.map(|aside| put_aside(opening.place, &aside)));
        opened.store
    };
    match doing(&mut *usable(store::open(opening)?)) {
        Err(StoreError::Damaged { .. }) => doing(&mut *usable(store::mend(opening)?)),
        done => done,
    }
}

fn put_aside(place: &Place, aside: &SetAside) -> String {
    format!(
        "the store {place} was damaged ({}) and is kept as {}; a new one was begun",
        aside.reason,
        aside.path.display()
    )
}

/// What sources changed of closes that were held.
pub(super) fn tell(kept: &Kept, told: &mut Told) {
    let rebased = kept.rebased.iter().map(|r| {
        let gone = match r.dropped {
            0 => String::new(),
            n => format!("; {n} on the old basis are out of use until they are fetched again"),
        };
        let (id, source, factor, replaced) = (&r.instrument, &r.source, r.factor, r.replaced);
        format!("{id}: {source} restated all closes by a factor of {factor:.6}: {replaced} replaced{gone}")
    });
    let restated = kept
        .restated
        .iter()
        .map(|r| format!("{} {} restated {} to {} by {}", r.instrument, r.session, r.old, r.new, r.source));
    let all: Vec<String> = rebased.chain(restated).collect();
    told.said.extend(all.iter().take(TOLD).cloned());
    if all.len() > TOLD {
        let more = all.len() - TOLD;
        told.said.push(format!("{more} more closes restated; `marketsnap history ID --revisions` has all"));
    }
    told.warnings.extend(told.said.iter().cloned());
    if kept.clock_set_back {
        let words = "something in the store was fetched later than now: is the clock right?";
        told.warnings.push(words.to_owned());
    }
}
