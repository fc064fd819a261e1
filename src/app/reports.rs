//! The report of each command: derived from what the sources and the store gave, and written.
//!
//! Not for: fetching or keeping (`run`), or where bytes go (`output`).

use std::collections::BTreeMap;
use std::io;

use super::output::{Console, Missing, WriteError};
use super::plan::Plan;
use super::run::RunError;
use super::{Exit, check, depth, output};
use crate::app::Command;
use crate::compute::{Inputs, comparison, movers, show, snapshot};
use crate::domain::snapshot::{Completeness, Failed};
use crate::domain::{InstrumentId, Series};
use crate::render::{self, Format};

/// Derives and writes the report; `beyond` are series that reach further back than it needs, `held` has a row
/// from the store.
pub(super) fn written(
    plan: &Plan,
    inputs: &Inputs<'_>,
    beyond: &BTreeMap<InstrumentId, Series>,
    held: &[Failed],
    console: &mut Console<'_>,
) -> Result<Exit, RunError> {
    match plan.command {
        Command::Today => {
            let mut report = snapshot::build(inputs);
            depth::look_further(plan, inputs, beyond, &mut report);
            let rows = report.instruments.iter().chain(report.composites.iter().map(|c| &c.row));
            let sessions = rows.map(|r| &r.session);
            let exit = Exit::of_report(report.status, &report.errors, sessions, plan.require_settled);
            finish(
                plan,
                console,
                &Missing { status: report.status, errors: &report.errors, held },
                &mut |out, format| render::snapshot(&report, format, &plan.style, out),
            )?;
            Ok(exit)
        }
        Command::Movers => {
            let report = movers::build(inputs, plan.ranking);
            let sessions = report.sessions.iter();
            let exit = Exit::of_report(report.status, &report.errors, sessions, plan.require_settled);
            finish(
                plan,
                console,
                &Missing { status: report.status, errors: &report.errors, held },
                &mut |out, format| render::movers(&report, format, &plan.style, out),
            )?;
            Ok(exit)
        }
        Command::Show => {
            let mut report = snapshot::build(inputs);
            depth::look_further(plan, inputs, beyond, &mut report);
            let Some(page) = show::build(inputs, report) else {
                console.tell(&Missing { status: Completeness::Empty, errors: &[], held }, plan.quiet);
                return Ok(Exit::Empty);
            };
            let exit =
                Exit::of_report(page.status, &page.errors, page.session().into_iter(), plan.require_settled);
            finish(
                plan,
                console,
                &Missing { status: page.status, errors: &page.errors, held },
                &mut |out, format| render::show(&page, format, plan.why, &plan.style, out),
            )?;
            Ok(exit)
        }
        Command::Compare => {
            let report = comparison::build(inputs);
            let sessions = report.instruments.iter().map(|i| &i.session);
            let exit = Exit::of_report(report.status, &report.errors, sessions, plan.require_settled);
            finish(
                plan,
                console,
                &Missing { status: report.status, errors: &report.errors, held },
                &mut |out, format| render::comparison(&report, format, &plan.style, out),
            )?;
            Ok(exit)
        }
        Command::Check => check::written(plan, inputs, beyond, held, console),
    }
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
        let mut bytes: Vec<u8> = Vec::new();
        render(&mut bytes, plan.format).map_err(WriteError::Stdout)?;
        match &plan.output {
            None => output::to_stdout(console, &bytes)?,
            Some(path) => output::to_file(path, &bytes)?,
        }
    }
    console.tell(missing, plan.quiet);
    Ok(())
}
