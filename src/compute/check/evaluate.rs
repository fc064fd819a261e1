//! Three-valued logic: an expression holds, does not hold, or hinges on what is not known.
//!
//! Not for: what makes a figure unknown (`figures`). The tables are Kleene's: unknown and false is false,
//! unknown or true is true.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::domain::check::{Used, Value};
use crate::domain::expr::{Expr, Figure, Node, Operator};

/// Numbers that differ by less than this part of them, or of one, are equal.
const NOISE: f64 = 1e-9;

/// Whether a condition holds, with the reasons why that is unknown.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Truth {
    True,
    False,
    Unknown(BTreeSet<String>),
}

/// Finds the figure that an expression names.
pub(super) type Look<'a> = dyn Fn(&Figure) -> Option<&'a Used> + 'a;

/// Evaluates a condition; what is none, which no checked expression has, is unknown.
pub(super) fn truth(expr: &Expr, look: &Look<'_>) -> Truth {
    match &expr.node {
        Node::Not(inner) => match truth(inner, look) {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            unknown => unknown,
        },
        Node::Two(Operator::And, a, b) => and(truth(a, look), truth(b, look)),
        Node::Two(Operator::Or, a, b) => or(truth(a, look), truth(b, look)),
        Node::Two(operator, a, b) => match (quantity(a, look), quantity(b, look)) {
            (Ok(x), Ok(y)) => compare(*operator, &x, &y, || open_ends(&[a, b], look)),
            (Err(why), Ok(_)) | (Ok(_), Err(why)) => Truth::Unknown(why),
            (Err(why), Err(more)) => Truth::Unknown(why.into_iter().chain(more).collect()),
        },
        _ => unknown("not a condition".to_owned()),
    }
}

fn unknown(why: String) -> Truth {
    Truth::Unknown(BTreeSet::from([why]))
}

fn and(a: Truth, b: Truth) -> Truth {
    match (a, b) {
        (Truth::False, _) | (_, Truth::False) => Truth::False,
        (Truth::True, other) | (other, Truth::True) => other,
        (Truth::Unknown(why), Truth::Unknown(more)) => Truth::Unknown(why.into_iter().chain(more).collect()),
    }
}

fn or(a: Truth, b: Truth) -> Truth {
    match (a, b) {
        (Truth::True, _) | (_, Truth::True) => Truth::True,
        (Truth::False, other) | (other, Truth::False) => other,
        (Truth::Unknown(why), Truth::Unknown(more)) => Truth::Unknown(why.into_iter().chain(more).collect()),
    }
}

/// A value; a number with the least and the most that it can be.
#[derive(Debug, Clone, PartialEq)]
enum Quantity {
    Number(f64, f64),
    Word(String),
    Date(NaiveDate),
}

type Known = Result<Quantity, BTreeSet<String>>;

fn quantity(expr: &Expr, look: &Look<'_>) -> Known {
    match &expr.node {
        Node::Number { value, .. } => Ok(Quantity::Number(*value, *value)),
        Node::Date(date) => Ok(Quantity::Date(*date)),
        Node::Word(word) => Ok(Quantity::Word(word.clone())),
        Node::Figure(figure) => of_figure(figure, look),
        Node::Negative(inner) => match quantity(inner, look)? {
            Quantity::Number(least, most) => Ok(Quantity::Number(-most, -least)),
            _ => undefined(expr, "no number"),
        },
        Node::Two(operator, a, b) => match (quantity(a, look), quantity(b, look)) {
            (Ok(Quantity::Number(a, b)), Ok(Quantity::Number(c, d))) => {
                calculate(expr, *operator, (a, b), (c, d))
            }
            (Err(why), Err(more)) => Err(why.into_iter().chain(more).collect()),
            (Err(why), _) | (_, Err(why)) => Err(why),
            _ => undefined(expr, "no number"),
        },
        Node::Not(_) => undefined(expr, "no number"),
    }
}

fn undefined(expr: &Expr, why: &str) -> Known {
    Err(BTreeSet::from([format!("{expr}: {why}")]))
}

fn of_figure(figure: &Figure, look: &Look<'_>) -> Known {
    let why = |message: &str| BTreeSet::from([format!("{figure}: {message}")]);
    let Some(used) = look(figure) else { return Err(why("nothing is known of it")) };
    if used.unknown.is_some() {
        return Err(why(used.message.as_deref().unwrap_or("its value is not known")));
    }
    match (&used.value, used.between) {
        (Some(Value::Number(value)), _) if value.is_finite() => Ok(Quantity::Number(*value, *value)),
        (Some(Value::Word(word)), _) => Ok(Quantity::Word(word.clone())),
        (Some(Value::Date(date)), _) => Ok(Quantity::Date(*date)),
        (_, Some(open)) => Ok(Quantity::Number(open.from, open.to.unwrap_or(f64::INFINITY))),
        _ => Err(why("its value is not known")),
    }
}

/// Interval arithmetic; of exact numbers it is the plain one.
fn calculate(expr: &Expr, operator: Operator, a: (f64, f64), b: (f64, f64)) -> Known {
    let corners = |of: fn(f64, f64) -> f64| {
        // Nothing times what has no bound is nothing.
        let safe = |x: f64, y: f64| Some(of(x, y)).filter(|v| !v.is_nan()).unwrap_or(0.0);
        let all = [safe(a.0, b.0), safe(a.0, b.1), safe(a.1, b.0), safe(a.1, b.1)];
        (all.into_iter().fold(f64::INFINITY, f64::min), all.into_iter().fold(f64::NEG_INFINITY, f64::max))
    };
    let (least, most) = match operator {
        Operator::Plus => (a.0 + b.0, a.1 + b.1),
        Operator::Minus => (a.0 - b.1, a.1 - b.0),
        Operator::Times => corners(|x, y| x * y),
        Operator::Over if b.0 <= 0.0 && b.1 >= 0.0 => return undefined(expr, "division by zero"),
        Operator::Over => corners(|x, y| x / y),
        _ => return undefined(expr, "no number"),
    };
    let bounded = [a.0, a.1, b.0, b.1].iter().all(|v| v.is_finite());
    if bounded && !(least.is_finite() && most.is_finite()) {
        return undefined(expr, "the result is too large");
    }
    Ok(Quantity::Number(least, most))
}

fn compare(operator: Operator, a: &Quantity, b: &Quantity, open: impl FnOnce() -> BTreeSet<String>) -> Truth {
    let decided = match (a, b) {
        (Quantity::Number(a, b), Quantity::Number(c, d)) => numbers(operator, (*a, *b), (*c, *d)),
        (Quantity::Date(a), Quantity::Date(b)) => Some(match operator {
            Operator::Less => a < b,
            Operator::AtMost => a <= b,
            Operator::Greater => a > b,
            Operator::AtLeast => a >= b,
            Operator::Equal => a == b,
            _ => a != b,
        }),
        (Quantity::Word(a), Quantity::Word(b)) => {
            Some(a.eq_ignore_ascii_case(b) == (operator == Operator::Equal))
        }
        _ => return unknown("values of two sorts".to_owned()),
    };
    match decided {
        Some(true) => Truth::True,
        Some(false) => Truth::False,
        None => Truth::Unknown(open()),
    }
}

/// Whether the comparison holds for all numbers in between, for none, or for some.
fn numbers(operator: Operator, a: (f64, f64), b: (f64, f64)) -> Option<bool> {
    let less = |a: (f64, f64), b: (f64, f64)| match () {
        () if below(a.1, b.0) => Some(true),
        () if !below(a.0, b.1) => Some(false),
        () => None,
    };
    let at_most = |a: (f64, f64), b: (f64, f64)| less(b, a).map(|less| !less);
    match operator {
        Operator::Less => less(a, b),
        Operator::Greater => less(b, a),
        Operator::AtMost => at_most(a, b),
        Operator::AtLeast => at_most(b, a),
        _ => {
            let apart = below(a.1, b.0) || below(b.1, a.0);
            let one = a.0 >= a.1 && b.0 >= b.1;
            let equal = if apart { Some(false) } else { one.then_some(true) };
            equal.map(|equal| equal == (operator == Operator::Equal))
        }
    }
}

/// Whether one number is less than another, and not only by the noise of the last digits: a share that closed
/// 20 % up may be 19.999999999999996 % up in doubles.
fn below(a: f64, b: f64) -> bool {
    let noise = NOISE * a.abs().max(b.abs()).max(1.0);
    a < b && !(b - a <= noise && noise.is_finite())
}

/// Why figures of an undecided comparison have no exact value.
fn open_ends(operands: &[&Expr], look: &Look<'_>) -> BTreeSet<String> {
    let figures = operands.iter().flat_map(|e| e.figures());
    let open = figures.filter_map(|f| Some((f, look(f).filter(|used| used.between.is_some())?)));
    open.map(|(f, used)| format!("{f}: {}", used.message.as_deref().unwrap_or("not exactly known"))).collect()
}
