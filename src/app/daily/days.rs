//! Which days are written, and the report of each from the run's answers.
//!
//! Not for: which days there are (`compute::report`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{Days, NaiveDate};

use super::{Since, folder};
use crate::app::depth;
use crate::app::plan::{Plan, first_day_needed};
use crate::compute::report as daily;
use crate::compute::trust::Others;
use crate::compute::{Inputs, snapshot};
use crate::domain::Report;
use crate::render::Format;

/// Closes are asked for from so many days before a report day that is not known yet.
const SPARE: Days = Days::new(14);

/// What every day's report is made from.
pub(super) struct Made<'a> {
    pub plan: &'a Plan,
    pub inputs: &'a Inputs<'a>,
    pub others: &'a Others,
}

impl Made<'_> {
    /// The report of a day, as `--date` would show it: from the closes that such a run needs and no others.
    pub fn report(&self, day: NaiveDate) -> Option<Report> {
        let mut closes = daily::closes(self.inputs, self.others, day)?;
        let mut plan = self.plan.clone();
        plan.date = Some(day);
        plan.query.from = plan.needed_for(day).max(plan.query.from);
        // Closes that came beyond and are not kept would be others in another run.
        let beyond = if plan.demo { BTreeMap::new() } else { depth::cut(&plan, &mut closes.series) };
        let beyond = if plan.store.is_some() { beyond } else { BTreeMap::new() };
        let inputs = closes.inputs(day, self.inputs);
        let chains = depth::chains(&plan, &inputs, &beyond);
        let inputs = Inputs { chains: Some(&chains), ..inputs };
        let mut found = snapshot::build(&inputs);
        depth::look_further(&plan, &inputs, &beyond, &mut found);
        Some(daily::finished(&inputs, day, found))
    }
}

/// The days to write, oldest first, up to the report's day.
pub(super) fn wanted(
    since: Option<Since>,
    plan: &Plan,
    days: &BTreeSet<NaiveDate>,
    day: NaiveDate,
) -> Vec<NaiveDate> {
    let from = match since {
        None => return vec![day],
        Some(Since::Day(from)) => from,
        // The newest report there is made again: it may be older than the close of some market of its day.
        Some(Since::Last) => match plan.newest_written {
            None => return vec![day],
            Some(newest) => newest.min(day),
        },
    };
    days.iter().copied().filter(|d| (from..=day).contains(d)).collect()
}

impl Plan {
    /// The formats of a day's report, each once.
    pub(super) fn formats(&self) -> impl Iterator<Item = Format> {
        let beside = self.report.iter().flat_map(|r| r.beside.iter().copied());
        let mut seen: Vec<Format> = Vec::new();
        for format in [self.format].into_iter().chain(beside) {
            if !seen.contains(&format) {
                seen.push(format);
            }
        }
        seen.into_iter()
    }

    /// The day that the report speaks of, as far as that is known before anybody is asked.
    pub(super) fn day(&self) -> NaiveDate {
        self.date.unwrap_or_else(|| self.as_of.map_or(self.query.until, |at| at.date_naive()))
    }

    /// The earliest close that a report of a day needs.
    fn needed_for(&self, day: NaiveDate) -> NaiveDate {
        first_day_needed(self.command, &self.horizons, day)
    }

    /// Asks for closes as far back as the first day to write needs them, now that the folder is known.
    pub(super) fn reach_back(&mut self, first: Option<NaiveDate>) {
        let day = self.day();
        let first = first.unwrap_or(day).min(day.checked_sub_days(SPARE).unwrap_or(day));
        self.query.from = self.needed_for(first);
    }
}

/// The first day of a run, where that is known before it asks.
pub(super) fn first(since: Option<Since>, newest_written: Option<NaiveDate>) -> Option<NaiveDate> {
    match since {
        Some(Since::Day(day)) => Some(day),
        Some(Since::Last) => newest_written,
        None => None,
    }
}

/// The newest day that a folder has of every format that it has at all.
pub(super) fn newest_written(folder: &Path, plan: &Plan) -> Option<NaiveDate> {
    let dates = folder::dates(folder);
    let newest = plan.formats().filter_map(|f| {
        let suffix = folder::suffix(f);
        dates.iter().filter(|(_, s)| s == suffix).map(|(date, _)| *date).filter(|d| *d <= plan.day()).max()
    });
    newest.min()
}
