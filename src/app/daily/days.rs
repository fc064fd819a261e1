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
/// Reports of so many days before the newest of a folder are made again too.
const AGAIN: Days = Days::new(7);

/// The reports that a folder has when a run begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The newest day.
    pub newest: NaiveDate,
    /// The newest day that is there in every format wanted, of those that are there at all.
    pub from: NaiveDate,
    /// The newest day and those of the seven days before it.
    pub again: BTreeSet<NaiveDate>,
}

impl Written {
    /// What was written, of the dates and suffixes of files; none where nothing was.
    fn of(dates: &[(NaiveDate, String)], plan: &Plan) -> Option<Self> {
        let until = plan.day();
        let dates = || dates.iter().filter(|(date, _)| *date <= until);
        let newest = dates().map(|(date, _)| *date).max()?;
        let newest_of = |f: Format| dates().filter(|(_, s)| s == folder::suffix(f)).map(|(d, _)| *d).max();
        let from = plan.formats().filter_map(newest_of).min().unwrap_or(newest);
        let first = newest.checked_sub_days(AGAIN).unwrap_or(newest);
        let again = dates().map(|(date, _)| *date).filter(|date| *date >= first).collect();
        Some(Self { newest, from, again })
    }

    fn first(&self) -> NaiveDate {
        self.again.first().map_or(self.from, |first| self.from.min(*first))
    }
}

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
        found.columns.clone_from(&plan.fields);
        Some(daily::finished(&inputs, day, found))
    }
}

impl Made<'_> {
    /// Whether a day is before the newest of the folder and only made again.
    pub fn is_before(&self, day: NaiveDate) -> bool {
        let again = self.plan.report.as_ref().is_some_and(|r| r.since == Some(Since::Last));
        again && self.plan.written.as_ref().is_some_and(|w| day < w.newest && w.again.contains(&day))
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
        Some(Since::Last) => match &plan.written {
            None => return vec![day],
            Some(written) => written.from.min(day),
        },
    };
    // Reports there are made again: they may be older than a close of their day.
    let again = plan.written.iter().filter(|_| since == Some(Since::Last)).flat_map(|w| &w.again);
    let again: BTreeSet<NaiveDate> = again.copied().collect();
    days.iter().copied().filter(|d| *d <= day && (*d >= from || again.contains(d))).collect()
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
pub(super) fn first(since: Option<Since>, written: Option<&Written>) -> Option<NaiveDate> {
    match since {
        Some(Since::Day(day)) => Some(day),
        Some(Since::Last) => written.map(Written::first),
        None => None,
    }
}

/// What a folder has, whatever its formats.
pub(super) fn written(folder: &Path, plan: &Plan) -> Option<Written> {
    let mut dates = folder::dates(folder);
    dates.retain(|(_, suffix)| folder::SUFFIXES.contains(&suffix.as_str()));
    Written::of(&dates, plan)
}
