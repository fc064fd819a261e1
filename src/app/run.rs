//! Walks the line: fetch, compute, render, write.
//!
//! Not for: deciding anything (`plan`).

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::future::BoxFuture;

use super::keeping::{self, Told};
use super::output::{Console, WriteError};
use super::plan::Plan;
use super::reports::{self, Given};
use super::usage::UsageError;
use super::{Clock, Exit, Observer, adhoc, daily, depth, recall, second, words};
use crate::compute::{Inputs, trust};
use crate::domain::snapshot::Failed;
use crate::domain::{InstrumentId, Series};
use crate::fetch::{self, Failure, FailureKind, Fetched};
use crate::store::StoreError;

/// A run that ended without a report.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The run was told to stop.
    #[error("interrupted")]
    Interrupted,
    /// The report could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The built-in data are broken.
    #[error(transparent)]
    Catalogue(#[from] crate::catalogue::CatalogueError),
    /// What was asked makes no sense.
    #[error(transparent)]
    Usage(#[from] UsageError),
    /// The store could not be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The machinery for requests could not be started.
    #[error("the requests could not be started: {0}")]
    Start(#[source] io::Error),
}

impl RunError {
    /// The exit code of this end.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            RunError::Interrupted => Exit::Interrupted,
            RunError::Usage(_) => Exit::Usage,
            RunError::Store(_) | RunError::Write(_) | RunError::Start(_) | RunError::Catalogue(_) => {
                Exit::Failure
            }
        }
    }
}

/// What the sources answered.
#[derive(Debug, Default)]
pub struct Answers {
    pub(super) fetched: Fetched,
    /// The series to show, whole.
    pub(super) series: BTreeMap<InstrumentId, Series>,
    /// What further sources said.
    pub(super) others: trust::Others,
    /// Answers that continue what was held, as they came, and from where they were asked for.
    pub(super) parts: Option<(NaiveDate, Vec<Series>)>,
    /// Instruments whose series was held and not asked for.
    pub(super) held: BTreeSet<InstrumentId>,
    /// What else was held of those.
    pub(super) held_others: trust::Others,
    /// Closes shown that were not held yet at the report's instant.
    pub(super) known_later: usize,
    pub(super) told: Told,
}

/// Keeps what was fetched, makes the report of a plan from its answers and writes it; tells warnings on the
/// console.
///
/// # Errors
/// [`RunError`] when the report could not be written.
pub fn report(
    mut plan: Plan,
    mut answers: Answers,
    clock: &dyn Clock,
    console: &mut Console<'_>,
) -> Result<Exit, RunError> {
    let now = clock.now();
    let mut failures = failures(&answers.fetched, &plan);
    let (stand_ins, reading) = recall::stand_ins(&mut plan, &failures, now);
    let kept = keeping::keep(&plan, &answers, now);
    if kept.done {
        recall::at_instant(&mut plan, &mut answers, now);
    }
    let told = [std::mem::take(&mut answers.told), reading, kept];
    if let Some(options) = &plan.report {
        let told = &told;
        let known = daily::Known { plan: &plan, options, answers, failures, stand_ins, told, now };
        return daily::written(known, console);
    }
    let later = plan.known_at().filter(|_| answers.known_later > 0);
    let later = later.map(|at| known_later(at, answers.known_later));
    let (mut series, mut trust) = second::believed(&plan, answers, now);
    let held = recall::stand_in(stand_ins, &mut failures, &mut series, &mut trust);
    let beyond = if plan.demo { BTreeMap::new() } else { depth::cut(&plan, &mut series) };
    trust.said = told.iter().flat_map(|t| t.said.iter().cloned()).chain(later).collect();
    let inputs =
        Inputs { failures: &failures, trust: (!plan.demo).then_some(&trust), ..inputs(&plan, &series, now) };
    let chains = depth::chains(&plan, &inputs, &beyond);
    let inputs = Inputs { chains: Some(&chains), ..inputs };
    let given = Given { plan: &plan, inputs: &inputs, beyond: &beyond, held: &held };
    let exit = reports::written(&given, console)?;
    if !plan.quiet {
        console.warn(told.iter().flat_map(|t| &t.warnings));
    }
    // A refused key is told as such although the store stands in.
    let refused = exit != Exit::Holds && held.iter().any(|f| f.kind == code(FailureKind::Unauthorised));
    Ok(if refused { Exit::Unauthorised } else { exit })
}

fn known_later(at: DateTime<Utc>, closes: usize) -> String {
    format!("Not held yet at {}, so as known later: {closes} closes", at.format("%Y-%m-%d %H:%M UTC"))
}

/// Asks the sources, until they have answered, the deadline ends or the run is interrupted, and takes over
/// what they say of symbols outside the catalogue. A run that asks nobody reads the store.
///
/// # Errors
/// [`RunError`] when the run was interrupted.
pub fn ask(plan: &mut Plan, clock: &dyn Clock, observer: &dyn Observer) -> Result<Answers, RunError> {
    let now = clock.now();
    let mut shelf = recall::shelf(plan, now);
    let all: BTreeSet<InstrumentId> = plan.query.wants.iter().map(|w| w.instrument.id.clone()).collect();
    let enough = if plan.offline { all.clone() } else { shelf.enough(plan) };
    if enough == all {
        end_at_once()?;
        return Ok(recall::answers(plan, &mut shelf, &enough, now));
    }
    until_stopped(async |stopped| second::ask(plan, shelf, enough, clock, observer, stopped).await)
}

/// From now on a signal ends the process with 130.
pub(super) fn end_at_once() -> Result<(), RunError> {
    end_at_once_when(&Arc::new(AtomicBool::new(true)))
}

/// While the flag is set a signal ends the process with 130.
pub(super) fn end_at_once_when(flag: &Arc<AtomicBool>) -> Result<(), RunError> {
    let code = i32::from(Exit::Interrupted.code());
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register_conditional_shutdown(signal, code, Arc::clone(flag))
            .map_err(RunError::Start)?;
    }
    Ok(())
}

/// Runs the requests with a future that is ready once the run is told to stop. While nobody waits for
/// that future, before and after, a signal ends the process with 130: neither a slow start nor a reader
/// that does not read must hold it.
pub(super) fn until_stopped<T>(
    requests: impl AsyncFnOnce(BoxFuture<'static, ()>) -> Result<T, RunError>,
) -> Result<T, RunError> {
    let at_once = Arc::new(AtomicBool::new(true));
    end_at_once_when(&at_once)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(RunError::Start)?;
    let done = runtime.block_on(async {
        let stopped = stopped().map_err(RunError::Start)?;
        at_once.store(false, Ordering::SeqCst);
        requests(stopped).await
    });
    at_once.store(true, Ordering::SeqCst);
    // A name that is still being looked up must not hold a run whose time is over.
    runtime.shutdown_background();
    done
}

/// Listens from now on for ctrl-c or, as cron and systemd send, SIGTERM; ready when one has come.
#[cfg(unix)]
fn stopped() -> io::Result<BoxFuture<'static, ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(Box::pin(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }))
}

/// Listens for ctrl-c; ready when it has come.
#[cfg(not(unix))]
fn stopped() -> io::Result<BoxFuture<'static, ()>> {
    Ok(Box::pin(async {
        let _ = tokio::signal::ctrl_c().await;
    }))
}

/// A report's inputs without failures and opinions.
pub(super) fn inputs<'a>(
    plan: &'a Plan,
    series: &'a BTreeMap<InstrumentId, Series>,
    now: DateTime<Utc>,
) -> Inputs<'a> {
    Inputs {
        universe: &plan.universe,
        series,
        failures: &[],
        as_of: plan.as_of.unwrap_or(now),
        date: plan.date,
        settled_only: plan.settled_only,
        horizons: &plan.horizons,
        horizons_named: plan.horizons_named,
        rebase: plan.rebase,
        benchmark: &plan.benchmark,
        currency: plan.currency.as_deref(),
        chosen: &plan.chosen,
        by_section: plan.by_section,
        generated_at: now,
        lasting: false,
        demo: plan.demo,
        trust: None,
        chains: None,
    }
}

/// What could not be had, with the nearest ids for words that no source knows.
pub(super) fn failures(fetched: &Fetched, plan: &Plan) -> Vec<Failed> {
    let universe = &plan.universe;
    fetched
        .failures
        .iter()
        .map(|f| {
            let ad_hoc = universe.instrument(&f.instrument).is_some_and(|i| i.section == adhoc::SECTION);
            let near = if ad_hoc { words::nearest(f.instrument.as_str(), universe) } else { Vec::new() };
            let near: Vec<String> = near.into_iter().filter(|id| *id != f.instrument.as_str()).collect();
            let hint = left_out(f, plan).unwrap_or_else(|| f.hint.clone());
            let hint = if near.is_empty() {
                hint
            } else {
                format!("known ids like it: {}; {hint}", near.join(", "))
            };
            Failed {
                id: f.instrument.clone(),
                source: f.source.clone(),
                asked: f.asked.clone(),
                said: f.said.clone(),
                kind: code(f.kind).to_owned(),
                message: f.message.clone(),
                reason: f.reason.clone(),
                hint,
                retryable: f.retryable,
            }
        })
        .collect()
}

/// What to change where only sources that the user left out hold the instrument.
fn left_out(failure: &Failure, plan: &Plan) -> Option<String> {
    if failure.kind != FailureKind::NotCovered || plan.demo {
        return None;
    }
    let want = plan.query.wants.iter().find(|w| w.instrument.id == failure.instrument)?;
    let holds = |name: &str| {
        let spelt = || fetch::source(name)?.spells(want.instrument.id.as_str());
        if want.ad_hoc { spelt().is_some() } else { fetch::covers(name, &want.instrument) }
    };
    let others =
        fetch::source_names().filter(|n| *n != "demo" && !plan.settings.sources.iter().any(|s| s == n));
    let holders: Vec<&str> = others.filter(|name| holds(name)).collect();
    if plan.settings.named {
        let held = (!holders.is_empty()).then(|| holders.join(", "));
        return held.map(|held| format!("--source leaves out {held}: name one of them too"));
    }
    let never: Vec<&str> =
        holders.into_iter().filter(|n| plan.never.iter().any(|other| other == n)).collect();
    let held = (!never.is_empty()).then(|| never.join(", "));
    held.map(|held| format!("'never' in the config file forbids {held}, which would be asked for it"))
}

/// The failure's class as the JSON spells it.
pub(super) fn code(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::UnknownSymbol => "unknown_symbol",
        FailureKind::NoData => "no_data",
        FailureKind::Renamed => "renamed",
        FailureKind::Throttled => "throttled",
        FailureKind::Blocked => "blocked",
        FailureKind::Unauthorised => "unauthorised",
        FailureKind::Transport => "transport",
        FailureKind::Timeout => "timeout",
        FailureKind::Malformed => "malformed",
        FailureKind::Outage => "outage",
        FailureKind::NotCovered => "not_covered",
    }
}
