//! Whether conditions hold: their figures from the report of `today`, and three-valued logic over them.
//!
//! Not for: reading expressions (`domain::expr`), or any figure of its own: every one is that of a row.

mod evaluate;
mod figures;
mod groups;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::Inputs;
use crate::domain::check::{Checked, Used, Verdict};
use crate::domain::expr::{Expr, Figure};
use crate::domain::snapshot::{Completeness, Note, NoteKind};
use crate::domain::{Check, Snapshot};
use evaluate::Truth;
use figures::Figures;

/// An expression to check.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// As it was written, safe to show.
    pub text: String,
    /// What it means; its ids are those of the universe.
    pub expr: Expr,
}

/// What is to be checked, and how strictly.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked {
    /// The expressions, in order.
    pub questions: Vec<Question>,
    /// Live and provisional values count.
    pub allow_live: bool,
}

impl Asked {
    /// Whether an expression names a figure against the benchmark.
    #[must_use]
    pub fn against(&self) -> bool {
        self.questions.iter().any(|q| q.expr.figures().iter().any(|f| f.field.against()))
    }

    /// Whether an expression names a figure that is of everything held: a record or a drawdown.
    #[must_use]
    pub fn of_everything(&self) -> bool {
        self.questions.iter().any(|q| q.expr.figures().iter().any(|f| f.field.of_everything()))
    }
}

/// Checks expressions over the figures of a report that was made from the same inputs
/// ([`super::snapshot::for_conditions`]) and holds a row of everything they name.
#[must_use]
pub fn build(inputs: &Inputs<'_>, report: &Snapshot, asked: &Asked) -> Check {
    let figures = Figures::new(inputs, report, asked.allow_live);
    let expressions: Vec<Checked> = asked.questions.iter().map(|q| checked(&figures, q)).collect();
    let against = asked.against();
    let told = |kind: NoteKind| (kind != NoteKind::Benchmark || against) && kind != NoteKind::Absent;
    Check {
        schema: "marketsnap.check/1",
        as_of: report.as_of,
        date: report.date,
        generated_at: inputs.generated_at,
        demo: report.demo,
        status: status(report),
        benchmark: against.then(|| report.benchmark.clone()),
        currency: report.currency.clone(),
        allow_live: asked.allow_live,
        any_holds: expressions.iter().any(|e| e.verdict == Verdict::Holds),
        expressions,
        sources: report.sources.clone(),
        notes: report.notes.iter().filter(|n| told(n.kind)).map(|n| plain(n, against)).collect(),
        errors: report.errors.clone(),
    }
}

/// A note on bases names a benchmark only where a condition has one.
fn plain(note: &Note, against: bool) -> Note {
    let mut note = note.clone();
    if note.kind == NoteKind::Basis && !against {
        note.message = note.message.replace("the benchmark ", "");
    }
    note
}

/// A close that is held and lacks only a rate is not nothing.
fn status(report: &Snapshot) -> Completeness {
    let composites = report.composites.iter().map(|c| &c.row);
    let held = report.instruments.iter().chain(composites).any(figures::lacks_rate);
    if held && report.status == Completeness::Empty { Completeness::Partial } else { report.status }
}

fn checked(figures: &Figures<'_, '_>, question: &Question) -> Checked {
    let named: Vec<(&Figure, Used)> =
        question.expr.figures().into_iter().map(|f| (f, figures.used(f))).collect();
    let look = |figure: &Figure| named.iter().find(|(f, _)| *f == figure).map(|(_, used)| used);
    let (verdict, reasons) = match evaluate::truth(&question.expr, &look) {
        Truth::True => (Verdict::Holds, BTreeSet::new()),
        Truth::False => (Verdict::DoesNotHold, BTreeSet::new()),
        Truth::Unknown(reasons) => (Verdict::Unknown, reasons),
    };
    Checked {
        expression: question.text.clone(),
        verdict,
        reasons: reasons.into_iter().collect(),
        values: named.into_iter().map(|(_, used)| used).collect(),
    }
}
