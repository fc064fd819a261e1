//! The report of each command: derived from what the sources and the store gave, and written.
//!
//! Not for: fetching or keeping (`run`), or where bytes go (`output`).

use std::collections::BTreeMap;
use std::io;

use super::output::{Console, Missing, WriteError};
use super::plan::Plan;
use super::run::RunError;
use super::{Exit, check, depth, fields, output};
use crate::app::Command;
use crate::compute::{Inputs, chart, comparison, movers, show, snapshot};
use crate::domain::snapshot::{Completeness, Failed, Session};
use crate::domain::{InstrumentId, Series, Snapshot};
use crate::render::{self, Format};

/// What a report is made from.
pub(super) struct Given<'a> {
    pub plan: &'a Plan,
    pub inputs: &'a Inputs<'a>,
    /// Series that reach further back than the report needs.
    pub beyond: &'a BTreeMap<InstrumentId, Series>,
    /// What was not fetched and has a row from the store.
    pub held: &'a [Failed],
}

/// Derives and writes the report.
pub(super) fn written(given: &Given<'_>, console: &mut Console<'_>) -> Result<Exit, RunError> {
    match given.plan.command {
        Command::Today => today(given, console),
        Command::Compare => compare(given, console),
        Command::Movers => movers(given, console),
        Command::Show => show(given, console),
        Command::Chart => chart(given, console),
        Command::Check => check::written(given, console),
    }
}

impl Given<'_> {
    /// The report of `today`, with records looked for as far back as anything is known.
    pub(super) fn snapshot(&self) -> Snapshot {
        self.looked_further(snapshot::build(self.inputs))
    }

    /// The same for conditions.
    pub(super) fn for_conditions(&self) -> Snapshot {
        self.looked_further(snapshot::for_conditions(self.inputs))
    }

    fn looked_further(&self, mut report: Snapshot) -> Snapshot {
        depth::look_further(self.plan, self.inputs, self.beyond, &mut report);
        report
    }

    fn write<'s>(
        &self,
        console: &mut Console<'_>,
        (status, errors): (Completeness, &[Failed]),
        sessions: impl Iterator<Item = &'s Session>,
        render: &mut Render<'_>,
    ) -> Result<Exit, RunError> {
        let exit = Exit::of_report(status, errors, sessions, self.plan.require_settled);
        finish(self.plan, console, &Missing { status, errors, held: self.held }, render)?;
        Ok(exit)
    }
}

fn today(given: &Given<'_>, console: &mut Console<'_>) -> Result<Exit, RunError> {
    let report = Snapshot { columns: given.plan.fields.clone(), ..given.snapshot() };
    let rows = report.instruments.iter().chain(report.composites.iter().map(|c| &c.row));
    given.write(console, (report.status, &report.errors), rows.map(|r| &r.session), &mut |out, format| {
        render::snapshot(&report, format, &given.plan.style, out)
    })
}

fn compare(given: &Given<'_>, console: &mut Console<'_>) -> Result<Exit, RunError> {
    let report = comparison::build(given.inputs);
    let sessions = report.instruments.iter().map(|i| &i.session);
    given.write(console, (report.status, &report.errors), sessions, &mut |out, format| {
        render::comparison(&report, format, &given.plan.style, out)
    })
}

fn movers(given: &Given<'_>, console: &mut Console<'_>) -> Result<Exit, RunError> {
    let report = movers::build(given.inputs, given.plan.ranking);
    given.write(console, (report.status, &report.errors), report.sessions.iter(), &mut |out, format| {
        render::movers(&report, format, &given.plan.style, out)
    })
}

fn show(given: &Given<'_>, console: &mut Console<'_>) -> Result<Exit, RunError> {
    let plan = given.plan;
    let Some(page) = show::build(given.inputs, given.snapshot()) else {
        let missing = Missing { status: Completeness::Empty, errors: &[], held: given.held };
        console.tell(&missing, plan.quiet);
        return Ok(Exit::Empty);
    };
    given.write(console, (page.status, &page.errors), page.session().into_iter(), &mut |out, format| {
        render::show(&page, format, plan.why, &plan.style, out)
    })
}

fn chart(given: &Given<'_>, console: &mut Console<'_>) -> Result<Exit, RunError> {
    let plan = given.plan;
    let report = chart::build(given.inputs, &plan.chart.asked());
    let sessions = report.lines.iter().map(|l| &l.session);
    given.write(console, (report.status, &report.errors), sessions, &mut |out, format| match plan
        .chart
        .picture
    {
        Some(picture) => {
            let ascii = plan.style.ascii;
            render::picture(&report, picture, plan.chart.theme, plan.chart.size, ascii, out)
        }
        None => render::chart(&report, format, plan.chart.size, &plan.style, out),
    })
}

pub(super) type Render<'a> = dyn FnMut(&mut dyn io::Write, Format) -> io::Result<()> + 'a;

/// Writes the report, unless a table would have nothing to show, and tells what is missing.
pub(super) fn finish(
    plan: &Plan,
    console: &mut Console<'_>,
    missing: &Missing<'_>,
    render: &mut Render<'_>,
) -> Result<(), RunError> {
    if missing.status != Completeness::Empty || plan.format == Format::Json {
        put(plan, console, render)?;
    }
    console.tell(missing, plan.quiet);
    Ok(())
}

/// Writes the report to where the plan says.
pub(super) fn put(plan: &Plan, console: &mut Console<'_>, render: &mut Render<'_>) -> Result<(), RunError> {
    let bytes = fields::rendered(plan.format, &plan.fields, render).map_err(WriteError::Stdout)?;
    Ok(output::put(plan.output.as_deref(), console, &bytes)?)
}
