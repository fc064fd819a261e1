//! Asks each source once, side by side, for one close.
//!
//! Not for: the table that tells of it (`sources`).

use std::collections::BTreeMap;
use std::pin::pin;

use chrono::{DateTime, Days, Utc};
use futures_util::future::join_all;
use tokio::sync::watch;

use super::sources::{SourcesPlan, state};
use super::{Clock, Observer, RunError, run};
use crate::domain::sources::{Probe, SourceState};
use crate::domain::text::sanitise;
use crate::domain::{Instrument, Kind};
use crate::fetch::{self, Condition, Desk, FailureKind, Health, Query, Remembered, Settings, Source, Want};

/// How far back a probe asks, so that a week of holidays leaves a close in the window.
const PROBE_DAYS: Days = Days::new(30);

/// What is remembered of the sources, and what came of asking them, by short name.
#[derive(Debug, Default)]
pub struct Probes {
    pub(super) remembered: BTreeMap<String, Remembered>,
    pub(super) came: BTreeMap<String, (Probe, Option<Health>)>,
}

/// Asks each source once, side by side, for one instrument that it covers, and remembers how they did;
/// without a probe nothing is sent.
///
/// # Errors
/// [`RunError`] when the run was interrupted.
pub fn probe(plan: &SourcesPlan, clock: &dyn Clock, observer: &dyn Observer) -> Result<Probes, RunError> {
    let remembered = fetch::remembered(&plan.settings);
    if !plan.probe {
        return Ok(Probes { remembered, came: BTreeMap::new() });
    }
    let now = clock.now();
    let came = run::until_stopped(async |stopped| {
        let stop = watch::Sender::new(false);
        let asked = plan.sources().map(|source| {
            let (remembered, mut stop) = (remembered.get(source.info().name), stop.subscribe());
            async move {
                let come = match subject(plan, source, remembered, now) {
                    Ok(instrument) => {
                        let stopped = stop.wait_for(|told| *told);
                        ask(plan, source, instrument, clock, observer, stopped).await?
                    }
                    Err(reason) => (Probe { reason: Some(reason), ..untouched() }, None),
                };
                Ok((source.info().name.to_owned(), come))
            }
        });
        let mut all = pin!(join_all(asked));
        let came = tokio::select! {
            came = &mut all => came,
            () = stopped => {
                stop.send_replace(true);
                all.await
            }
        };
        came.into_iter().collect::<Result<_, RunError>>()
    })?;
    Ok(Probes { remembered, came })
}

/// The instrument to ask a source for, an index if it covers one; or why it is not asked.
fn subject<'a>(
    plan: &'a SourcesPlan,
    source: &dyn Source,
    remembered: Option<&Remembered>,
    now: DateTime<Utc>,
) -> Result<&'a Instrument, String> {
    let info = source.info();
    if let Some(key) = info.key.filter(|_| !plan.has_key(info)) {
        return Err(format!("not asked, because it needs a key in {}", key.variable));
    }
    if let (SourceState::Throttled, Some(until), _) = state(plan, info, remembered, now) {
        return Err(format!(
            "not asked, because it is throttled until {}",
            until.format("%Y-%m-%d %H:%M UTC")
        ));
    }
    let covered = plan.covered(source);
    let index = covered.iter().find(|i| i.kind == Kind::Index);
    let none = || "not asked, because it covers nothing of the catalogue".to_owned();
    index.or(covered.first()).copied().ok_or_else(none)
}

async fn ask(
    plan: &SourcesPlan,
    source: &dyn Source,
    instrument: &Instrument,
    clock: &dyn Clock,
    observer: &dyn Observer,
    stopped: impl Future,
) -> Result<(Probe, Option<Health>), RunError> {
    let name = source.info().name;
    let zone = plan.universe.exchange(&instrument.exchange).map(|e| e.timezone);
    let until = clock.now().date_naive();
    let query = Query {
        wants: vec![Want { instrument: instrument.clone(), zone, ad_hoc: false }],
        from: until.checked_sub_days(PROBE_DAYS).unwrap_or(until),
        until,
    };
    let settings = Settings { sources: vec![name.to_owned()], ..plan.settings.clone() };
    let mut desk = Desk::open(&settings, clock, observer);
    let fetched = tokio::select! {
        fetched = desk.fetch(&query) => Ok(fetched),
        _ = stopped => Err(RunError::Interrupted),
    };
    desk.close();
    let fetched = fetched?;
    let mut health = fetched.sources.into_iter().next();
    let newest = fetched.series.first().and_then(|s| s.last());
    let failure = fetched.failures.first();
    let reason = failure.map(|f| sanitise(&f.reason, 200));
    if let Some(health) = health.as_mut().filter(|h| h.condition == Condition::Up)
        && failure.is_some_and(|f| is_down(f.kind))
    {
        // One request that failed ends no run; of a source that was sent only one, it is all there is.
        health.condition = Condition::Down;
        health.reason.clone_from(&reason);
    }
    let probe = Probe {
        id: Some(instrument.id.clone()),
        symbol: instrument.symbol(name).map(|s| sanitise(s, 40)),
        answered: newest.is_some(),
        reason: reason.filter(|_| newest.is_none()),
        requests: fetched.requests,
        latency_ms: health.as_ref().and_then(|h| u64::try_from(h.latency?.as_millis()).ok()),
        date: newest.map(|bar| bar.date),
        close: newest.map(|bar| bar.close),
    };
    Ok((probe, health))
}

/// Whether a failure is the source's, and not that of the one symbol asked for.
fn is_down(kind: FailureKind) -> bool {
    use FailureKind::{Malformed, Outage, Timeout, Transport};
    matches!(kind, Transport | Timeout | Malformed | Outage)
}

fn untouched() -> Probe {
    Probe {
        id: None,
        symbol: None,
        answered: false,
        reason: None,
        requests: 0,
        latency_ms: None,
        date: None,
        close: None,
    }
}
