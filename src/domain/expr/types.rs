//! Whether the parts of an expression fit: a percent is compared with no price, a word with no number.
//!
//! Not for: which figures an instrument or a group has (`app`).

use super::bad::Wrong;
use super::{Expr, Node, Operator, Type, Unit};
use crate::domain::text::sanitise;

/// What a part of an expression is.
#[derive(Debug, Clone, PartialEq)]
enum Is {
    Condition,
    Value(Type),
    Literal(String),
}

/// Checks a condition.
pub(super) fn check(expr: &Expr) -> Result<(), Wrong> {
    match kind(expr)? {
        Is::Condition => Ok(()),
        other => {
            let what = format!("this is {}, no condition: compare it, as in STAR50.1D > 3", named(&other));
            Err(Wrong::new(expr.span, what))
        }
    }
}

fn named(is: &Is) -> String {
    match is {
        Is::Condition => "a condition".to_owned(),
        Is::Literal(word) => format!("the word '{}'", sanitise(word, 40)),
        Is::Value(Type::Number(unit)) => match unit {
            Unit::Bare => "a number".to_owned(),
            Unit::Percent => "a percentage".to_owned(),
            Unit::Points => "a difference in percentage points".to_owned(),
            Unit::Price => "a price".to_owned(),
            Unit::Deviations => "a number of standard deviations".to_owned(),
            Unit::Sessions => "a number of sessions".to_owned(),
            Unit::Members => "a number of members".to_owned(),
        },
        Is::Value(Type::Word(words)) => format!("one of the words {}", words.join(", ")),
        Is::Value(Type::Member) => "the id of a member".to_owned(),
        Is::Value(Type::Date) => "a date".to_owned(),
    }
}

fn kind(expr: &Expr) -> Result<Is, Wrong> {
    Ok(match &expr.node {
        Node::Number { percent: true, .. } => Is::Value(Type::Number(Unit::Percent)),
        Node::Number { .. } => Is::Value(Type::Number(Unit::Bare)),
        Node::Date(_) => Is::Value(Type::Date),
        Node::Word(word) => Is::Literal(word.clone()),
        Node::Figure(figure) => Is::Value(figure.field.info().holds),
        Node::Negative(inner) => Is::Value(Type::Number(number(inner, "a minus sign stands before")?)),
        Node::Not(inner) => {
            condition(inner, "not")?;
            Is::Condition
        }
        Node::Two(operator @ (Operator::And | Operator::Or), left, right) => {
            condition(left, operator.word())?;
            condition(right, operator.word())?;
            Is::Condition
        }
        Node::Two(operator, left, right) if operator.compares() => {
            compared(*operator, expr, left, right)?;
            Is::Condition
        }
        Node::Two(operator, left, right) => {
            let says = format!("'{}' needs", operator.word());
            let units = (number(left, &says)?, number(right, &says)?);
            let unit = result(*operator, units.0, units.1).ok_or_else(|| {
                let (a, b) = (Is::Value(Type::Number(units.0)), Is::Value(Type::Number(units.1)));
                let what = format!("'{}' cannot take {} and {}", operator.word(), named(&a), named(&b));
                Wrong::new(expr.span, what)
            })?;
            Is::Value(Type::Number(unit))
        }
    })
}

fn condition(expr: &Expr, word: &str) -> Result<(), Wrong> {
    match kind(expr)? {
        Is::Condition => Ok(()),
        other => Err(Wrong::new(
            expr.span,
            format!("'{word}' needs conditions, and this is {}: compare it", named(&other)),
        )),
    }
}

fn number(expr: &Expr, says: &str) -> Result<Unit, Wrong> {
    match kind(expr)? {
        Is::Value(Type::Number(unit)) => Ok(unit),
        other => Err(Wrong::new(expr.span, format!("{says} a number, and this is {}", named(&other)))),
    }
}

fn compared(operator: Operator, expr: &Expr, left: &Expr, right: &Expr) -> Result<(), Wrong> {
    let (a, b) = (kind(left)?, kind(right)?);
    let ordered = !matches!(operator, Operator::Equal | Operator::Unequal);
    let fits = match (&a, &b) {
        (Is::Value(Type::Number(a)), Is::Value(Type::Number(b))) => alike(*a, *b),
        (Is::Value(Type::Date), Is::Value(Type::Date)) => true,
        (Is::Value(Type::Member), Is::Value(Type::Member) | Is::Literal(_))
        | (Is::Literal(_), Is::Value(Type::Member)) => !ordered,
        (Is::Value(Type::Word(words)), Is::Value(Type::Word(others))) => words == others && !ordered,
        (Is::Value(Type::Word(words)), Is::Literal(word)) => allowed(words, word, right)? && !ordered,
        (Is::Literal(word), Is::Value(Type::Word(words))) => allowed(words, word, left)? && !ordered,
        _ => false,
    };
    if fits {
        return Ok(());
    }
    let words = |is: &Is| matches!(is, Is::Literal(_) | Is::Value(Type::Word(_) | Type::Member));
    let what = match (&a, &b) {
        (Is::Literal(word), _) | (_, Is::Literal(word)) if !(words(&a) && words(&b)) => {
            let other = if matches!(a, Is::Literal(_)) { &b } else { &a };
            let word = sanitise(word, 40);
            let own = super::lex::OWN_WORDS.iter().any(|own| own.eq_ignore_ascii_case(&word));
            let hint = format!(" (a figure is ID.FIELD, such as {word}.close)");
            let hint = if own { "" } else { hint.as_str() };
            format!("the word '{word}' cannot be compared with {}{hint}", named(other))
        }
        _ if ordered && words(&a) && words(&b) => "words are compared with = and != only".to_owned(),
        _ => format!("{} cannot be compared with {}", named(&a), named(&b)),
    };
    Err(Wrong::new(expr.span, what))
}

fn allowed(words: &[&str], word: &str, place: &Expr) -> Result<bool, Wrong> {
    if words.iter().any(|w| w.eq_ignore_ascii_case(word)) {
        return Ok(true);
    }
    let what = format!("'{}' is none of {}", sanitise(word, 40), words.join(", "));
    Err(Wrong::new(place.span, what))
}

/// Percent and percentage points.
fn of_a_hundred(unit: Unit) -> bool {
    matches!(unit, Unit::Percent | Unit::Points)
}

/// Whether numbers of two units can be compared.
fn alike(a: Unit, b: Unit) -> bool {
    a == b || a == Unit::Bare || b == Unit::Bare || (of_a_hundred(a) && of_a_hundred(b))
}

/// The unit of a sum, a difference, a product or a quotient; none where it has no meaning. Two percentages
/// are percentage points apart; a quotient of one unit is a number.
fn result(operator: Operator, a: Unit, b: Unit) -> Option<Unit> {
    let bare = Unit::Bare;
    match operator {
        Operator::Plus | Operator::Minus if alike(a, b) => Some(match (a, b) {
            (Unit::Bare, other) | (other, Unit::Bare) => other,
            (Unit::Percent, Unit::Percent) if operator == Operator::Minus => Unit::Points,
            (a, b) if a == b => a,
            _ => Unit::Percent,
        }),
        Operator::Times if a == bare || b == bare => Some(if a == bare { b } else { a }),
        Operator::Over if b == bare => Some(a),
        Operator::Over if alike(a, b) && a != bare => Some(bare),
        _ => None,
    }
}
