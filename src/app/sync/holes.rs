//! Sessions that an instrument lacks and its exchange had: found in what is held, and asked of another source.
//!
//! Not for: mixing closes of two sources: the other source's whole series is kept beside, and reports show
//! it where theirs has the hole (`compute::trust`).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use futures_util::future::BoxFuture;

use super::super::{RunError, shelf};
use super::asking::{Came, Next, Run};
use super::looking::{Gap, look, row};
use super::needs::{self, Part};
use crate::domain::sync::Holes;
use crate::domain::{InstrumentId, Mic, Provenance};
use crate::fetch::{self, Desk, Query, Want};
use crate::store::{Coverage, Held};

/// The most sources that are asked for one hole in a run.
const ROUNDS: usize = 8;
/// So many instruments are asked for and kept together.
const TOGETHER: usize = 20;

/// Looks at what is held, and asks other sources for sessions that are holes.
pub(super) async fn fill(run: &mut Run<'_>, stopped: &mut BoxFuture<'static, ()>) -> Result<(), RunError> {
    let gaps = look(run)?;
    for part in behind(run, &gaps)? {
        if run.part(&part, stopped).await? == Next::Stop {
            return Ok(());
        }
    }
    let mut silent: BTreeSet<InstrumentId> = BTreeSet::new();
    for _ in 0..ROUNDS {
        let open = open(run, &gaps, &silent)?;
        for part in open.chunks(TOGETHER) {
            let Some(told) = ask(run, part, stopped).await? else { return Ok(()) };
            let all = part.iter().map(|(want, _)| want.instrument.id.clone());
            silent.extend(all.filter(|id| !told.contains(id)));
        }
        if open.is_empty() {
            break;
        }
    }
    beside(run)?;
    run.done.holes = told(run, &gaps)?;
    Ok(())
}

/// What is held beside the series that have the holes, by instrument, in the order in which sources are asked.
fn others(run: &mut Run<'_>, gaps: &[Gap]) -> Result<BTreeMap<InstrumentId, Vec<Held>>, RunError> {
    let since = run.sync.plan.query.from;
    let ids: Vec<InstrumentId> = gaps.iter().map(|g| g.want.instrument.id.clone()).collect();
    let held = run.with_store(|store| store.held(&ids, since, None))?;
    let plan = &run.sync.plan;
    let usable = |source: &String| !plan.settings.named || plan.settings.sources.contains(source);
    let mut others: BTreeMap<InstrumentId, Vec<Held>> = BTreeMap::new();
    for held in held.into_iter().filter(|h| usable(&h.series.provenance.source)) {
        others.entry(held.series.provenance.instrument.clone()).or_default().push(held);
    }
    for gap in gaps {
        let Some(all) = others.get_mut(&gap.want.instrument.id) else { continue };
        all.retain(|h| h.series.provenance.source != gap.of.source);
        all.sort_by_key(|h| shelf::rank(plan, &gap.want.instrument, &h.series.provenance.source));
    }
    Ok(others)
}

/// The series that fill holes and are not up to date themselves: they are to be shown, so they go on too.
fn behind(run: &mut Run<'_>, gaps: &[Gap]) -> Result<Vec<Part>, RunError> {
    let others = others(run, gaps)?;
    let (plan, now) = (&run.sync.plan, run.clock.now());
    let mut needs: BTreeMap<&str, Vec<(Option<NaiveDate>, Want)>> = BTreeMap::new();
    for gap in gaps {
        let held = others.get(&gap.want.instrument.id).map(Vec::as_slice).unwrap_or_default();
        let Some(filler) = held.iter().find(|h| gap.sessions.iter().any(|d| fills(gap, h, *d))) else {
            continue;
        };
        let from = &filler.series.provenance;
        let asked = plan.settings.sources.contains(&from.source);
        if asked && !shelf::is_unchanged(plan, from, filler.coverage, now) {
            let again = needs::again(filler.coverage).filter(|from| *from > plan.query.from);
            needs.entry(&from.source).or_default().push((again, gap.want.clone()));
        }
    }
    Ok(needs.into_iter().flat_map(|(source, needs)| needs::together(needs, Some(source))).collect())
}

/// Whom holes that nothing held fills are still to be asked of: each want with the sources that lack these
/// sessions too. Those that said nothing in this run are not asked again in it.
fn open(
    run: &mut Run<'_>,
    gaps: &[Gap],
    silent: &BTreeSet<InstrumentId>,
) -> Result<Vec<(Want, Vec<String>)>, RunError> {
    let others = others(run, gaps)?;
    let mut asked = Vec::new();
    for gap in gaps.iter().filter(|g| !silent.contains(&g.want.instrument.id)) {
        let held = others.get(&gap.want.instrument.id).map(Vec::as_slice).unwrap_or_default();
        let lacking = |d: &&NaiveDate| held.iter().all(|h| !fills(gap, h, **d));
        let open: Vec<NaiveDate> = gap.sessions.iter().filter(lacking).copied().collect();
        let asked_over = held.iter().filter(|h| open.iter().all(|d| spans(h.coverage, *d)));
        let but = asked_over.map(|h| h.series.provenance.source.clone()).chain([gap.of.source.clone()]);
        let but: Vec<String> = but.collect();
        let instrument = &gap.want.instrument;
        let mut left = run.sync.plan.settings.sources.iter().filter(|name| !but.contains(name));
        let somebody = left.any(|name| gap.want.ad_hoc || fetch::covers(name, instrument));
        if !open.is_empty() && somebody {
            asked.push((gap.want.clone(), but));
        }
    }
    Ok(asked)
}

/// Whether a source was asked for this session: what it brought reaches over it, or it was asked after it.
fn spans(coverage: Coverage, session: NaiveDate) -> bool {
    coverage.from <= session && (session <= coverage.to || session < coverage.fetched_at.date_naive())
}

/// Whether a series has this session and can be shown in place of the one that lacks it.
fn fills(gap: &Gap, held: &Held, session: NaiveDate) -> bool {
    let has = held.series.bars().binary_search_by_key(&session, |b| b.date).is_ok();
    has && comparable(&gap.of, &held.series.provenance, &gap.want.instrument.exchange)
}

/// Whether closes of both are of one currency, basis and venue; `usual` is the venue of a series that names none.
fn comparable(a: &Provenance, b: &Provenance, usual: &Mic) -> bool {
    let currency = a.currency.is_none() || b.currency.is_none() || a.currency == b.currency;
    let venue = |p: &Provenance| p.venue.as_ref().unwrap_or(usual).clone();
    currency && a.basis == b.basis && venue(a) == venue(b)
}

/// Asks another source for each of these and keeps what came; gives back who was answered for, none where
/// the run was told to stop.
async fn ask(
    run: &mut Run<'_>,
    part: &[(Want, Vec<String>)],
    stopped: &mut BoxFuture<'static, ()>,
) -> Result<Option<BTreeSet<InstrumentId>>, RunError> {
    let (wants, but): (Vec<Want>, Vec<Vec<String>>) = part.iter().cloned().unzip();
    let ids: Vec<InstrumentId> = wants.iter().map(|w| w.instrument.id.clone()).collect();
    let Some(settings) = run.settings(None) else {
        run.done.left.extend(ids);
        return Ok(Some(BTreeSet::new()));
    };
    let query = Query { wants, ..run.sync.plan.query.clone() };
    let before = run.done.requests;
    let mut desk = Desk::open(&settings, run.clock, run.observer);
    let found = tokio::select! {
        found = desk.second(&query, &but, settings.deadline) => Some(found),
        () = &mut *stopped => None,
    };
    run.close(desk);
    let Some(found) = found else {
        run.done.interrupted = true;
        return Ok(None);
    };
    if run.done.requests > before {
        run.done.asked.extend(ids);
    }
    let came: Came = found.into_iter().map(|s| (query.from, s)).collect();
    run.keep(&came)?;
    Ok(Some(came.into_iter().map(|(_, s)| s.provenance.instrument).collect()))
}

/// Adds a row for each series beside the first one that came in this run.
fn beside(run: &mut Run<'_>) -> Result<(), RunError> {
    let has_row = |key: &(InstrumentId, String)| {
        run.done.rows.iter().any(|r| r.id == key.0 && r.source.as_ref() == Some(&key.1))
    };
    let keys: BTreeSet<(InstrumentId, String)> =
        run.done.new.keys().filter(|key| !has_row(key)).cloned().collect();
    let ids: BTreeSet<InstrumentId> = keys.iter().map(|(id, _)| id.clone()).collect();
    let ids: Vec<InstrumentId> = ids.into_iter().collect();
    let held = run.with_store(|store| store.held(&ids, NaiveDate::MIN, None))?;
    for held in held {
        let from = &held.series.provenance;
        if keys.contains(&(from.instrument.clone(), from.source.clone())) {
            let row = row(run, &held.series);
            let at = run.done.rows.iter().rposition(|r| r.id == row.id).map_or(0, |at| at + 1);
            run.done.rows.insert(at, row);
        }
    }
    Ok(())
}

/// The holes by instrument and by the source that has them.
fn told(run: &mut Run<'_>, gaps: &[Gap]) -> Result<Vec<Holes>, RunError> {
    let others = others(run, gaps)?;
    let mut all = Vec::new();
    for gap in gaps {
        let id = &gap.want.instrument.id;
        let held = others.get(id).map(Vec::as_slice).unwrap_or_default();
        let mut by_source: BTreeMap<Option<String>, Vec<NaiveDate>> = BTreeMap::new();
        for session in &gap.sessions {
            let filler = held.iter().find(|h| fills(gap, h, *session));
            let source = filler.map(|h| h.series.provenance.source.clone());
            by_source.entry(source).or_default().push(*session);
        }
        let holes = |(filled_by, sessions)| Holes { id: id.clone(), filled_by, sessions };
        all.extend(by_source.into_iter().map(holes));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::domain::Basis;

    fn of(currency: Option<&str>, venue: Option<&str>, basis: Basis) -> Provenance {
        Provenance {
            instrument: InstrumentId::new("USDCNY"),
            source: "a".to_owned(),
            symbol: "A".to_owned(),
            currency: currency.map(str::to_owned),
            venue: venue.map(Mic::new),
            basis,
            raw: false,
            fetched_at: DateTime::UNIX_EPOCH,
            stamp: None,
        }
    }

    #[test]
    fn closes_of_another_currency_basis_or_venue_fill_no_hole() {
        let usual = Mic::new("XSHG");
        let own = of(Some("CNY"), None, Basis::Price);
        for same in [own.clone(), of(None, None, Basis::Price), of(Some("CNY"), Some("XSHG"), Basis::Price)] {
            assert!(comparable(&own, &same, &usual), "{same:?}");
        }
        let others = [
            of(Some("USD"), None, Basis::Price),
            of(Some("CNY"), Some("XHKG"), Basis::Price),
            of(Some("CNY"), None, Basis::TotalReturn),
        ];
        for other in others {
            assert!(!comparable(&own, &other, &usual), "{other:?}");
        }
    }

    #[test]
    fn a_source_was_asked_for_a_session_that_its_answer_reaches_over_or_that_was_over_by_then() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let fetched_at: DateTime<Utc> = "2026-01-21T08:30:00Z".parse().unwrap();
        let coverage = Coverage { from: day("2026-01-05"), to: day("2026-01-09"), fetched_at };
        let asked = ["2026-01-02", "2026-01-05", "2026-01-09", "2026-01-20", "2026-01-21"];
        assert_eq!(asked.map(|d| spans(coverage, day(d))), [false, true, true, true, false]);
    }
}
