//! What the store holds of a run's instruments: which series, how new each is, and which is shown.
//!
//! Not for: what a report makes of it (`recall`), or mixing closes of two sources: a row is of one source,
//! whole.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::adhoc;
use super::keeping::{PATIENCE, Told};
use super::plan::Plan;
use crate::compute::fresh::{self, Seen};
use crate::compute::moves;
use crate::domain::{Exchange, Instrument, InstrumentId, Provenance, Series};
use crate::fetch::{self, Want};
use crate::store::{self, Coverage, Held, Opening, Place, Store, StoreError};

/// Closes begin so many days after the first one needed at most: reports ask for a month to spare.
const SPARE: Days = Days::new(31);
/// What is asked for anew begins so many days before the last close held, so that a source's second
/// thoughts about the newest sessions are noticed.
pub(super) const AGAIN: Days = Days::new(35);

/// What the store holds of a run's instruments, each one's series in the order in which sources are asked.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    items: BTreeMap<InstrumentId, Vec<Item>>,
    /// What there is to say of it.
    pub told: Told,
    /// Closes given so far that were not held yet at the report's instant.
    pub known_later: usize,
}

/// One series held.
#[derive(Debug)]
struct Item {
    held: Held,
    /// Its source can have nothing newer.
    unchanged: bool,
    /// It was up to date at the report's instant.
    up_to_date: bool,
}

impl Shelf {
    /// Reads what is held of instruments that the plan wants. A store that cannot be read costs a warning.
    pub(super) fn read(plan: &mut Plan, instruments: &[Instrument], now: DateTime<Utc>) -> Self {
        let mut shelf = Self::default();
        let all = match read(plan, instruments, now) {
            Ok(all) => all,
            Err(e) if matches!(plan.store, Some(Place::Server(_))) && !plan.offline => {
                // A server that is not there is not waited for twice.
                plan.store = None;
                shelf.told.warnings.push(format!("nothing is shown from the store or kept in it: {e}"));
                Vec::new()
            }
            Err(e) => {
                shelf.told.warnings.push(format!("nothing is shown from the store: {e}"));
                Vec::new()
            }
        };
        let usable = |h: &Held| {
            let chosen = plan.settings.sources.contains(&h.series.provenance.source);
            (chosen || !plan.settings.named) && h.series.last().is_some()
        };
        let all: Vec<Held> = all.into_iter().filter(usable).collect();
        for held in all {
            adhoc::remembered(&mut plan.universe, &held.series.provenance, held.series.about.as_ref());
            let id = held.series.provenance.instrument.clone();
            shelf.items.entry(id).or_default().extend(item(plan, held, now));
        }
        for instrument in instruments {
            if let Some(items) = shelf.items.get_mut(&instrument.id) {
                in_order(plan, instrument, items);
            }
        }
        shelf
    }

    /// The instruments of which what is held reaches as far as the report needs, and nothing newer can be
    /// had; where the user names sources, from the first of them that has it.
    pub(super) fn enough(&self, plan: &Plan) -> BTreeSet<InstrumentId> {
        let reaches = |i: &Item| i.unchanged && i.held.coverage.from <= plan.query.from;
        // A symbol outside the catalogue is known by what its source said of it.
        let described = |w: &&Want| {
            let mut items = self.items.get(&w.instrument.id).into_iter().flatten();
            !w.ad_hoc || items.any(|i| i.held.series.about.is_some())
        };
        let named = |instrument: &Instrument| {
            let mut sources = plan.settings.sources.iter().filter(|_| plan.settings.named);
            sources.find(|name| fetch::covers(name, instrument))
        };
        let held = |instrument: &&Instrument| {
            let wanted = named(instrument);
            let items = self.items.get(&instrument.id).into_iter().flatten();
            let mut of = items.filter(|i| wanted.is_none_or(|name| i.held.series.provenance.source == *name));
            of.any(reaches)
        };
        let wants = plan.query.wants.iter().filter(described).map(|w| &w.instrument);
        wants.filter(held).map(|i| i.id.clone()).collect()
    }

    /// From where an instrument is asked for so that the answer and what is held make a whole series.
    pub(super) fn continued(&self, plan: &Plan, id: &InstrumentId) -> Option<NaiveDate> {
        let whole = |i: &&Item| i.held.coverage.from <= plan.query.from;
        let from = self.items.get(id)?.iter().find(whole)?.held.coverage.to.checked_sub_days(AGAIN)?;
        (from > plan.query.from).then_some(from)
    }

    /// A fetched part with what is held of the same series before it.
    pub(super) fn renewed(&self, plan: &Plan, part: &Series) -> Option<Series> {
        let items = self.items.get(&part.provenance.instrument)?;
        let whole = |i: &&Item| i.held.coverage.from <= plan.query.from && i.held.is_of(&part.provenance);
        items.iter().find(whole)?.held.renewed(part)
    }

    /// The series to show of an instrument, and those to hold it against: of those that have nothing newer,
    /// or of all if none has.
    pub(super) fn take(
        &mut self,
        plan: &Plan,
        id: &InstrumentId,
        now: DateTime<Utc>,
    ) -> Option<(Series, Vec<Series>)> {
        let mut items = self.items.remove(id)?;
        let known_then = items.iter().any(|i| i.held.asked_at.is_some());
        items.retain(|i| i.held.asked_at.is_some() || !known_then);
        let up_to_date = items.iter().any(|i| i.up_to_date);
        items.retain(|i| i.up_to_date || !up_to_date);
        let later: Vec<usize> = items.iter().map(|i| i.held.reconstructed.len()).collect();
        let live = !plan.offline;
        let series = |i: Item| if live { i.held.with_latest() } else { i.held.series };
        let mut all: Vec<Series> = items.into_iter().map(series).collect();
        let at = first(plan, &all, (!up_to_date).then_some(now))?;
        self.known_later += later.get(at).copied().unwrap_or(0);
        Some((all.remove(at), all))
    }
}

/// The store, opened for reading; none where there is none or it cannot be opened.
pub(super) fn opened(plan: &Plan, now: DateTime<Utc>) -> Option<Box<dyn Store>> {
    let place = plan.store.as_ref().filter(|p| p.begun())?;
    let opening =
        Opening { busy: PATIENCE.min(plan.settings.deadline), read_only: true, ..Opening::new(place, now) };
    Some(store::open(&opening).ok()?.store)
}

/// All closes held of instruments since a day, each series as the report's instant knew it; nothing where the
/// store cannot be read.
pub(super) fn everything(
    plan: &Plan,
    ids: &[InstrumentId],
    since: NaiveDate,
    now: DateTime<Utc>,
) -> Vec<Series> {
    let all = opened(plan, now).map(|mut store| store.held(ids, since, plan.known_at()));
    let all = all.and_then(Result::ok);
    let items = all.unwrap_or_default().into_iter().filter_map(|held| item(plan, held, now));
    items.map(|i| i.held.series).collect()
}

/// The venue whose hours a series keeps.
fn venue<'a>(plan: &'a Plan, from: &Provenance) -> Option<&'a Exchange> {
    let usual = || Some(&plan.universe.instrument(&from.instrument)?.exchange);
    plan.universe.exchange(from.venue.as_ref().or_else(usual)?)
}

/// Whether the source of a series can have nothing newer at the report's instant.
pub(super) fn is_unchanged(plan: &Plan, from: &Provenance, coverage: Coverage, now: DateTime<Utc>) -> bool {
    let seen = Seen { fetched_at: coverage.fetched_at, settled: coverage.to };
    venue(plan, from).is_some_and(|e| fresh::unchanged(e, seen, plan.as_of.unwrap_or(now), now))
}

/// A series held, as the report's instant knew it, with how new it is.
fn item(plan: &Plan, mut held: Held, now: DateTime<Utc>) -> Option<Item> {
    let exchange = venue(plan, &held.series.provenance)?;
    let at = plan.as_of.unwrap_or(now);
    let unchanged = is_unchanged(plan, &held.series.provenance, held.coverage, now);
    held.reconstructed.retain(|d| exchange.session_times(*d).final_ <= at);
    let Some(asked_at) = held.asked_at.filter(|_| plan.known_at().is_some()) else {
        return Some(Item { held, unchanged, up_to_date: unchanged });
    };
    let held = as_then(held, exchange, asked_at);
    let later: BTreeSet<NaiveDate> = held.reconstructed.iter().copied().collect();
    let last = held.series.bars().iter().rev().map(|b| b.date).find(|d| !later.contains(d));
    let then = last.map(|settled| Seen { fetched_at: asked_at, settled });
    let up_to_date = then.is_some_and(|seen| fresh::unchanged(exchange, seen, at, now));
    Some(Item { held, unchanged, up_to_date })
}

/// A series without what its source had not given by the instant when it was last asked before it, although
/// that session was over and others before it were given.
fn as_then(mut held: Held, exchange: &Exchange, asked_at: DateTime<Utc>) -> Held {
    let later: BTreeSet<NaiveDate> = held.reconstructed.iter().copied().collect();
    let first = held.series.bars().iter().map(|b| b.date).find(|d| !later.contains(d));
    let over = |d: NaiveDate| exchange.session_times(d).final_ <= asked_at;
    let early = |d: NaiveDate| first.is_some_and(|f| d > f) && later.contains(&d) && over(d);
    held.series.retain(|d| !early(d));
    held.reconstructed.retain(|d| !early(*d));
    held
}

fn read(plan: &Plan, instruments: &[Instrument], now: DateTime<Utc>) -> Result<Vec<Held>, StoreError> {
    let Some(place) = plan.store.as_ref().filter(|p| p.begun()) else { return Ok(Vec::new()) };
    let ids: Vec<InstrumentId> = instruments.iter().map(|i| i.id.clone()).collect();
    let opening =
        Opening { busy: PATIENCE.min(plan.settings.deadline), read_only: true, ..Opening::new(place, now) };
    store::open(&opening)?.store.held(&ids, plan.query.from, plan.known_at())
}

fn in_order(plan: &Plan, instrument: &Instrument, items: &mut [Item]) {
    items.sort_by_key(|i| rank(plan, instrument, &i.held.series.provenance.source));
}

/// The place of a source in the order in which an instrument's are asked: its own order before that of the
/// run, what the run would not ask last.
pub(super) fn rank(plan: &Plan, instrument: &Instrument, source: &str) -> (usize, usize) {
    let place = |names: &[String]| names.iter().position(|n| n == source).unwrap_or(names.len());
    let own: &[String] = if plan.settings.named { &[] } else { &instrument.sources };
    (place(own), place(&plan.settings.sources))
}

/// The series to show: one that reaches back as far as the report needs, or as any, then, where some may be
/// out of date at `now`, the newest on the report's day, then the first in order.
fn first(plan: &Plan, all: &[Series], now: Option<DateTime<Utc>>) -> Option<usize> {
    let day = now.map(|now| plan.date.unwrap_or_else(|| plan.as_of.unwrap_or(now).date_naive()));
    let newest = |s: &Series| day.and_then(|day| s.bars_until(day).last().map(|b| b.date));
    let begins = |s: &Series| s.bars().first().map(|b| b.date);
    let oldest = all.iter().filter_map(begins).min()?;
    let near = oldest.checked_add_signed(chrono::TimeDelta::days(moves::BASE_WITHIN_DAYS)).unwrap_or(oldest);
    let enough = plan.query.from.checked_add_days(SPARE).map_or(near, |day| day.max(near));
    let reaches = |s: &Series| begins(s).is_some_and(|day| day <= enough);
    let worth = |(at, s): &(usize, &Series)| (reaches(s), newest(s), Reverse(*at));
    all.iter().enumerate().max_by_key(worth).map(|(at, _)| at)
}
