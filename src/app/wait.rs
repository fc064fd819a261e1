//! Waits until the closes of a day should be out, by the wall clock.
//!
//! Not for: when they are due (`compute::publication`). Nobody is asked and nothing is kept.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::output::{self, Console};
use super::usage::UsageError;
use super::words::{self, Meaning};
use super::{Clock, Exit, Format, RunError, Style, WriteError, choice, own, run};
use crate::compute::{Chosen, publication};
use crate::domain::wait::{Awaited, Standing, Wait};
use crate::domain::{InstrumentId, Own, Universe};
use crate::{fetch, render};

/// The longest sleep: a machine that was suspended or whose clock was set right is noticed so soon.
const STEP: TimeDelta = TimeDelta::seconds(15);

/// What `wait` was asked for.
#[derive(Debug, Clone, Default)]
pub struct WaitOptions {
    /// Ids, groups or composites; the markets that `today` shows without any.
    pub words: Vec<String>,
    /// The user's own instruments, composites and groups.
    pub own: Own,
    /// Minutes after a session's end in which its close comes out; an hour unless given.
    pub margin: Option<u16>,
    /// Wait no longer than this.
    pub at_most: Option<Duration>,
    /// Tell what would be waited for at this instant.
    pub as_of: Option<DateTime<Utc>>,
}

/// What is waited for, decided before the first sleep.
#[derive(Debug, Clone, PartialEq)]
pub struct WaitPlan {
    wait: Wait,
    at_most: Option<TimeDelta>,
}

/// What a wait says on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waiting {
    /// Something that happened or that a reader should know, once.
    Said(String),
    /// What is waited for now.
    Next(String),
}

impl WaitPlan {
    /// Decides what is waited for from `now` on.
    ///
    /// # Errors
    /// [`UsageError`] for a word that means nothing, and where no exchange's hours are known.
    pub fn new(options: &WaitOptions, now: DateTime<Utc>) -> Result<Self, UsageError> {
        let universe = own::universe(&options.own)?;
        let (ids, unknown) = instruments(&options.words, &universe)?;
        let margin = options.margin.map_or(publication::MARGIN, |m| TimeDelta::minutes(i64::from(m)));
        let markets = publication::markets(&universe, &ids);
        let wait = publication::awaited(&markets, options.as_of.unwrap_or(now), margin);
        let at_most = options.at_most.and_then(|d| TimeDelta::from_std(d).ok());
        Ok(Self { wait: Wait { unknown, ..wait }, at_most })
    }

    fn pending(&self) -> Vec<&Awaited> {
        self.wait.markets.iter().filter(|m| m.status == Standing::Due).collect()
    }
}

/// The instruments that words name, with the members of composites and groups, and symbols outside the
/// catalogue.
///
/// # Errors
/// [`UsageError`] for a word that means nothing, and where all are symbols.
pub(super) fn instruments(
    words: &[String],
    universe: &Universe,
) -> Result<(Vec<InstrumentId>, Vec<String>), UsageError> {
    let mut unknown = Vec::new();
    let mut chosen = Vec::new();
    if words.is_empty() {
        chosen = choice::usual(universe, &fetch::usual_sources(&Default::default()));
    }
    for word in words {
        match words::resolve(word, universe)? {
            Meaning::Known(known) => chosen.push(known),
            Meaning::Symbol(symbol) => unknown.push(symbol),
        }
    }
    if let (true, Some(first)) = (chosen.is_empty(), unknown.first()) {
        return Err(UsageError::NoHours(first.clone()));
    }
    let ids = chosen.iter().flat_map(|c| match c {
        Chosen::Instrument(id) => vec![id.clone()],
        Chosen::Composite(id) => {
            let composite = universe.composite(id).into_iter();
            composite.flat_map(|c| &c.members).map(|m| m.id.clone()).collect()
        }
        Chosen::Group(id) => {
            universe.group(id).into_iter().flat_map(|g| &g.members).cloned().collect::<Vec<_>>()
        }
    });
    Ok((ids.collect(), unknown))
}

/// Writes what would be waited for.
///
/// # Errors
/// [`RunError`] when it could not be written.
pub fn awaited(
    plan: &WaitPlan,
    format: Format,
    style: &Style,
    console: &mut Console<'_>,
) -> Result<Exit, RunError> {
    let mut bytes = Vec::new();
    render::wait(&plan.wait, format, style, &mut bytes).map_err(WriteError::Stdout)?;
    output::to_stdout(console, &bytes)?;
    Ok(Exit::Complete)
}

/// Sleeps until all closes should be out, or as long as it may. A signal ends it at once.
///
/// # Errors
/// [`RunError`] when it was interrupted.
pub fn wait(plan: &WaitPlan, clock: &dyn Clock, tell: &mut dyn FnMut(&Waiting)) -> Result<Exit, RunError> {
    run::until_stopped(async |stopped| {
        tokio::select! {
            biased;
            () = stopped => Err(RunError::Interrupted),
            exit = until(plan, clock, tell, tokio::time::sleep) => Ok(exit),
        }
    })
}

/// Waits with a way to let time pass.
async fn until(
    plan: &WaitPlan,
    clock: &dyn Clock,
    tell: &mut dyn FnMut(&Waiting),
    sleep: impl AsyncFn(Duration),
) -> Exit {
    let (summary, remarks) = render::awaited(&plan.wait);
    let mut say = |text: String| tell(&Waiting::Said(text));
    say(summary);
    let mut pending = plan.pending();
    if !pending.is_empty() || !plan.wait.unknown.is_empty() {
        remarks.into_iter().for_each(&mut say);
    }
    render::awaited_lines(&pending, false).into_iter().for_each(&mut say);
    let end = plan.at_most.map(|most| clock.now() + most);
    loop {
        let now = clock.now();
        let (out, still): (Vec<&Awaited>, Vec<&Awaited>) =
            pending.iter().partition(|m| m.due_at.is_none_or(|due| due <= now));
        pending = still;
        for line in render::awaited_lines(&out, true) {
            tell(&Waiting::Said(line));
        }
        let Some(next) = pending.iter().filter_map(|m| m.due_at).min() else { return Exit::Complete };
        let next = end.map_or(next, |end| end.min(next));
        if next <= now {
            let open: Vec<&str> = pending.iter().map(|m| m.name.as_str()).collect();
            let open = output::shortened(&open);
            tell(&Waiting::Said(format!("warning: not out within the time of --at-most: {open}")));
            return Exit::NotSettled;
        }
        tell(&Waiting::Next(render::awaited_next(&pending, now)));
        sleep((next - now).min(STEP).to_std().unwrap_or_default()).await;
    }
}

#[cfg(test)]
mod tests;
