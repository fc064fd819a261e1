//! Conditions: what their ids mean, what has to be had for them, and the report of `check`.
//!
//! Not for: their grammar (`domain::expr`) or whether they hold (`compute::check`).

use super::options::{Command, Options};
use super::output::{Console, Missing, WriteError};
use super::reports::{self, Given};
use super::run::RunError;
use super::usage::UsageError;
use super::words::{self, Meaning};
use super::{Exit, output};
use crate::compute::Chosen;
use crate::compute::check::{self, Asked, Question};
use crate::domain::check::{Check, Verdict};
use crate::domain::expr::{BadExpression, Expr, Figure, Node, Of, Type};
use crate::domain::text::{harmless, sanitise};
use crate::domain::{Horizon, InstrumentId, Universe};
use crate::render::{self, Format, Style};

/// Reads the conditions and puts what they need into the options: their instruments as words, their horizons,
/// and the benchmark where a figure is against it.
///
/// # Errors
/// [`UsageError`] for what cannot be read, and for an id or a field that there is none of.
pub(super) fn asked(options: &mut Options, universe: &Universe) -> Result<Asked, UsageError> {
    if options.command != Command::Check {
        return Ok(Asked::default());
    }
    let mut needed = Needed::default();
    let mut questions = Vec::new();
    for text in &options.expressions {
        let mut expr = Expr::parse(text)?;
        needed.resolve(&mut expr, text, universe)?;
        if expr.figures().is_empty() {
            let what = "this names no instrument: a figure is ID.FIELD, such as STAR50.1D";
            return Err(BadExpression::new(text, expr.span, what).into());
        }
        questions.push(Question { text: harmless(text), expr });
    }
    let asked = Asked { questions, allow_live: options.allow_live };
    options.words = needed.words;
    options.horizons = needed.horizons;
    if asked.against() {
        options.words.push(options.benchmark.clone());
    } else if let Some(first) = needed.first {
        // A report has a benchmark; nothing is asked for that no condition names.
        options.benchmark = first;
    }
    Ok(asked)
}

/// What conditions need.
#[derive(Default)]
struct Needed {
    words: Vec<String>,
    horizons: Vec<Horizon>,
    /// The first instrument or composite, also as a member.
    first: Option<String>,
}

impl Needed {
    /// Puts the ids of the universe in the place of what was typed.
    fn resolve(&mut self, expr: &mut Expr, text: &str, universe: &Universe) -> Result<(), BadExpression> {
        let span = expr.span;
        match &mut expr.node {
            Node::Figure(figure) => {
                self.figure(figure, universe).map_err(|e| BadExpression::new(text, span, e))
            }
            Node::Negative(inner) | Node::Not(inner) => self.resolve(inner, text, universe),
            Node::Two(_, left, right) => {
                self.resolve(left, text, universe)?;
                self.resolve(right, text, universe)?;
                let both = member(left, right, universe).and_then(|()| member(right, left, universe));
                both.map_err(|e| BadExpression::new(text, span, e))
            }
            _ => Ok(()),
        }
    }

    fn figure(&mut self, figure: &mut Figure, universe: &Universe) -> Result<(), String> {
        let typed = figure.id.trim().to_owned();
        let (id, of, word) = match words::resolve(&typed, universe) {
            Ok(Meaning::Known(Chosen::Instrument(id) | Chosen::Composite(id))) => {
                (id.to_string(), Of::Row, id.to_string())
            }
            Ok(Meaning::Known(Chosen::Group(id))) => (id.to_string(), Of::Group, id.to_string()),
            // A symbol is said to be one: of a slip nobody would hear until the source has been asked.
            Ok(Meaning::Symbol(symbol)) if typed.to_lowercase().starts_with("symbol:") => {
                (symbol.clone(), Of::Row, format!("symbol:{symbol}"))
            }
            Ok(Meaning::Symbol(_)) => return Err(unknown(&typed, figure, universe)),
            Err(e) => return Err(e.to_string()),
        };
        applies(figure, &id, of)?;
        self.first = self.first.take().or_else(|| {
            let group = universe.group(&InstrumentId::new(&id));
            group.map_or(Some(word.clone()), |g| g.members.first().map(ToString::to_string))
        });
        figure.id = id;
        if !self.words.contains(&word) {
            self.words.push(word);
        }
        for horizon in figure.field.horizon().into_iter().chain([Horizon::ONE_DAY]) {
            if !self.horizons.contains(&horizon) {
                self.horizons.push(horizon);
            }
        }
        Ok(())
    }
}

fn unknown(typed: &str, figure: &Figure, universe: &Universe) -> String {
    let word = sanitise(typed, 40);
    let near = match words::nearest(&word, universe).as_slice() {
        [] => String::new(),
        near => format!(": did you mean {}?", near.join(" or ")),
    };
    let field = figure.field.name();
    format!("unknown id '{word}'{near} (a source's symbol stands in quotes: \"symbol:{word}\".{field})")
}

/// Refuses a group's field of an instrument, and the other way round.
fn applies(figure: &Figure, id: &str, of: Of) -> Result<(), String> {
    let info = figure.field.info();
    if info.of == of {
        return Ok(());
    }
    let (is, have) = match of {
        Of::Row => ("no group", "instruments and composites"),
        Of::Group => ("a group", "groups"),
    };
    let near = crate::domain::expr::Field::nearest(&figure.field.name(), Some(of));
    let near = near.map_or_else(String::new, |near| format!(": did you mean {id}.{near}?"));
    let name = figure.field.name();
    Err(format!(
        "{id} is {is} and has no '{name}'{near} (`marketsnap check --fields` lists what {have} have)"
    ))
}

/// Puts the id in the place of the word that a group's best or worst member is compared with.
fn member(figure: &Expr, word: &mut Expr, universe: &Universe) -> Result<(), String> {
    let (Node::Figure(figure), Node::Word(word)) = (&figure.node, &mut word.node) else { return Ok(()) };
    if figure.field.info().holds != Type::Member {
        return Ok(());
    }
    let members =
        universe.group(&InstrumentId::new(&figure.id)).map(|g| g.members.clone()).unwrap_or_default();
    let meant = match words::resolve(word, universe) {
        Ok(Meaning::Known(Chosen::Instrument(id))) if members.contains(&id) => id,
        _ => {
            let all: Vec<&str> = members.iter().map(InstrumentId::as_str).collect();
            return Err(format!(
                "'{}' is no member of {}: {}",
                sanitise(word, 40),
                figure.id,
                all.join(", ")
            ));
        }
    };
    *word = meant.to_string();
    Ok(())
}

/// Checks the conditions and writes the report, whatever could be had: its conditions are what was asked for.
pub(super) fn written(given: &Given<'_>, console: &mut Console<'_>) -> Result<Exit, RunError> {
    let plan = given.plan;
    let rows = given.for_conditions();
    let sessions = rows.instruments.iter().chain(rows.composites.iter().map(|c| &c.row)).map(|r| &r.session);
    let report = check::build(given.inputs, &rows, &plan.checks);
    let exit = Exit::of_report(report.status, &report.errors, sessions, plan.require_settled);
    let missing = Missing { status: report.status, errors: &report.errors, held: given.held };
    if plan.quiet && plan.format == Format::Table && plan.output.is_none() {
        tell_unknown(&report, console);
        console.tell(&missing, true);
    } else {
        reports::put(plan, console, &mut |out, format| render::check(&report, format, &plan.style, out))?;
        console.tell(&missing, plan.quiet);
    }
    Ok(Exit::of_check(exit, &report.expressions))
}

/// Tells of what nobody would see otherwise: a condition that could not be decided.
fn tell_unknown(report: &Check, console: &mut Console<'_>) {
    for unknown in report.expressions.iter().filter(|e| e.verdict == Verdict::Unknown) {
        console.say(&format!("error: unknown: {}: {}", unknown.expression, unknown.reasons.join("; ")));
    }
}

/// Lists the fields that conditions can name.
///
/// # Errors
/// [`RunError`] when they could not be written.
pub fn fields(style: &Style, console: &mut Console<'_>) -> Result<Exit, RunError> {
    let mut bytes = Vec::new();
    render::fields(style, &mut bytes).map_err(WriteError::Stdout)?;
    output::to_stdout(console, &bytes)?;
    Ok(Exit::Complete)
}
