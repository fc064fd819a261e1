//! Brings the store up to date: first histories, then what came since, then sessions that a source left out.
//!
//! Not for: reports of closes (`run`), or merging what came with what is held (`store`).

mod asking;
mod holes;
mod looking;
mod needs;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, Months, NaiveDate, Utc};

use super::keeping::{self, Told};
use super::options::Options;
use super::output::{self, Console};
use super::plan::Plan;
use super::usage::UsageError;
use super::{Clock, Exit, Observer, RunError, WriteError, choice, run};
use crate::domain::snapshot::Failed;
use crate::domain::sync::{Holes, SyncRow};
use crate::domain::{InstrumentId, Sync};
use crate::fetch::{Failure, Fetched};
use crate::render;
use crate::store::{Kept, Place};

/// Sources are asked for a week more than is needed: so that this is no more than ten years in all, which
/// they give twenty instruments at a time.
const MARGIN: Days = Days::new(7);
const TEN_YEARS: Months = Months::new(120);

/// Everything `sync` needs, decided and validated before the first request.
#[derive(Debug, Clone)]
pub struct SyncPlan {
    plan: Plan,
    place: Place,
}

impl SyncPlan {
    /// Decides everything from what was asked, at the instant `now`.
    ///
    /// # Errors
    /// [`UsageError`] when what was asked makes no sense.
    pub fn new(options: Options, since: Option<NaiveDate>, now: DateTime<Utc>) -> Result<Self, UsageError> {
        let today = now.date_naive();
        if let Some(since) = since.filter(|since| *since > today) {
            return Err(UsageError::FutureSince { since, today });
        }
        let mut plan = Plan::new(options, now)?;
        let place = plan.store.clone().ok_or(UsageError::NoPlace)?;
        let sources = &plan.settings.sources;
        plan.query.wants = choice::wants(&plan.universe, &plan.chosen, plan.by_section, None, sources);
        let ten_years = today.checked_sub_months(TEN_YEARS).and_then(|d| d.checked_add_days(MARGIN));
        plan.query.from = since.or(ten_years).unwrap_or(today);
        Ok(Self { plan, place })
    }
}

/// Which series a close is of, as a reader tells series apart.
type Key = (InstrumentId, String);

/// What a run did.
#[derive(Debug, Default)]
pub struct Synced {
    kept: Kept,
    told: Told,
    /// Closes that were not held, by series.
    new: BTreeMap<Key, usize>,
    asked: BTreeSet<InstrumentId>,
    requests: usize,
    failures: Vec<Failure>,
    /// What there was no time for.
    left: BTreeSet<InstrumentId>,
    rows: Vec<SyncRow>,
    holes: Vec<Holes>,
    interrupted: bool,
}

/// Asks for everything that is wanted and lacks, and keeps it as it comes.
///
/// # Errors
/// [`RunError`] when the store cannot be used.
pub fn sync(plan: &mut SyncPlan, clock: &dyn Clock, observer: &dyn Observer) -> Result<Synced, RunError> {
    run::until_stopped(async |stopped| asking::all(plan, clock, observer, stopped).await)
}

/// Writes what a run did, and tells what is missing.
///
/// # Errors
/// [`RunError`] when it could not be written, or the run was interrupted.
pub fn synced(plan: &SyncPlan, mut done: Synced, console: &mut Console<'_>) -> Result<Exit, RunError> {
    let quiet = plan.plan.quiet;
    let answers = Fetched { failures: std::mem::take(&mut done.failures), ..Fetched::default() };
    let failures = run::failures(&answers, &plan.plan);
    let held: BTreeSet<InstrumentId> =
        done.rows.iter().filter(|r| r.source.is_some()).map(|r| r.id.clone()).collect();
    let empty = held.is_empty() && !failures.is_empty() && !done.interrupted && done.left.is_empty();
    let (known, missing): (Vec<Failed>, Vec<Failed>) =
        failures.into_iter().partition(|f| held.contains(&f.id));
    let all_there = known.is_empty() && missing.is_empty() && done.left.is_empty();
    let code = exit(&done, [&known, &missing], empty);
    let (left, interrupted) = (std::mem::take(&mut done.left), done.interrupted);
    let mut told = std::mem::take(&mut done.told);
    keeping::tell(&done.kept, &mut told);
    told.warnings.retain(|w| !told.said.contains(w));
    if !empty {
        let report = report(plan, done, told.said, all_there);
        let mut bytes = Vec::new();
        render::sync(&report, &plan.plan.style, &mut bytes).map_err(WriteError::Stdout)?;
        output::to_stdout(console, &bytes)?;
    }
    if !quiet || empty {
        console.warn(told.warnings.iter());
    }
    if interrupted {
        if !quiet {
            console.say("warning: what came until now is kept, and the same command goes on there");
        }
        return Err(RunError::Interrupted);
    }
    if empty {
        console.say("error: nothing could be had, and nothing is held");
    }
    if !quiet || empty {
        console.causes("missing", &missing, empty);
        console.causes("not brought up to date", &known, false);
        if !left.is_empty() {
            console.say(&unfinished(plan, &left));
        }
    }
    Ok(code)
}

/// 6 before 5 before 3.
fn exit(done: &Synced, failures: [&Vec<Failed>; 2], empty: bool) -> Exit {
    let mut all = failures.into_iter().flatten().peekable();
    let some = all.peek().is_some() || !done.left.is_empty();
    if all.any(|f| f.kind == "unauthorised") {
        Exit::Unauthorised
    } else if empty {
        Exit::Empty
    } else if some {
        Exit::Partial
    } else {
        Exit::Complete
    }
}

fn unfinished(plan: &SyncPlan, left: &BTreeSet<InstrumentId>) -> String {
    let seconds = plan.plan.settings.deadline.as_secs_f64();
    let ids: Vec<&str> = left.iter().map(InstrumentId::as_str).collect();
    format!(
        "warning: the time of {seconds} s is over; not done: {}; run the same again and it goes on there, or give \
         it more time (--timeout)",
        output::shortened(&ids)
    )
}

fn report(plan: &SyncPlan, done: Synced, said: Vec<String>, all_there: bool) -> Sync {
    let Synced { kept, asked, requests, rows, holes, interrupted, .. } = done;
    let count = |of: &dyn Fn(&&Holes) -> bool| holes.iter().filter(of).map(|h| h.sessions.len()).sum();
    let replaced: usize = kept.rebased.iter().map(|r| r.replaced).sum();
    Sync {
        since: plan.plan.query.from,
        place: plan.place.to_string(),
        wanted: plan.plan.query.wants.len(),
        asked: asked.len(),
        requests,
        added: kept.added,
        confirmed: kept.confirmed,
        restated: kept.restated.len() + replaced,
        said,
        rows,
        holes_found: count(&|_| true),
        holes_filled: count(&|h| h.filled_by.is_some()),
        holes,
        up_to_date: asked.is_empty() && requests == 0 && all_there && !interrupted,
    }
}
