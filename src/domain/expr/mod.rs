//! Conditions over figures of instruments, composites and groups, as `check` takes them: the tree, and its
//! one spelling.
//!
//! Not for: what an id means (`app`), or finding and comparing figures (`compute::check`).

mod bad;
pub mod fields;
mod lex;
mod parse;
#[cfg(test)]
mod tests;
mod types;

use std::fmt;

use chrono::NaiveDate;

pub use bad::BadExpression;
pub use fields::{Field, FieldInfo, Of, Type, Unit};

/// Where something stands in an expression's text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Its first byte.
    pub start: usize,
    /// The first byte behind it.
    pub end: usize,
}

/// A figure: whose, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The instrument, composite or group, as typed until it is resolved.
    pub id: String,
    /// Which of its figures.
    pub field: Field,
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = lex::quote_for(&self.id, self.field);
        write!(f, "{quote}{}{quote}.{}", self.id, self.field.name())
    }
}

/// What stands between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// One of two conditions.
    Or,
    /// Both conditions.
    And,
    /// `<`.
    Less,
    /// `<=`.
    AtMost,
    /// `>`.
    Greater,
    /// `>=`.
    AtLeast,
    /// `=`, also written `==`.
    Equal,
    /// `!=`.
    Unequal,
    /// Sum.
    Plus,
    /// Difference.
    Minus,
    /// Product.
    Times,
    /// Quotient.
    Over,
}

impl Operator {
    /// Its spelling.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Operator::Or => "or",
            Operator::And => "and",
            Operator::Less => "<",
            Operator::AtMost => "<=",
            Operator::Greater => ">",
            Operator::AtLeast => ">=",
            Operator::Equal => "=",
            Operator::Unequal => "!=",
            Operator::Plus => "+",
            Operator::Minus => "-",
            Operator::Times => "*",
            Operator::Over => "/",
        }
    }

    /// How tightly it binds; a larger number binds first.
    pub(super) fn binds(self) -> u8 {
        match self {
            Operator::Or => 1,
            Operator::And => 2,
            Operator::Plus | Operator::Minus => 5,
            Operator::Times | Operator::Over => 6,
            _ => COMPARISON,
        }
    }

    /// Whether it compares two values.
    #[must_use]
    pub fn compares(self) -> bool {
        self.binds() == COMPARISON
    }
}

/// How tightly `not` binds, comparisons, and a minus sign before a value.
const NOT: u8 = 3;
const COMPARISON: u8 = 4;
const SIGN: u8 = 7;
const ATOM: u8 = 8;

/// A node of the tree.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// A number; with `percent` it is a percentage and fits nothing else.
    Number {
        /// Its value, finite and not negative.
        value: f64,
        /// It stands before a percent sign.
        percent: bool,
    },
    /// A day.
    Date(NaiveDate),
    /// A word such as `up`, or an id that a figure is compared with.
    Word(String),
    /// A figure.
    Figure(Figure),
    /// The value below zero instead of above.
    Negative(Box<Expr>),
    /// The condition does not hold.
    Not(Box<Expr>),
    /// Two operands.
    Two(Operator, Box<Expr>, Box<Expr>),
}

/// A condition or a part of one. Two are equal that mean the same, wherever they stand.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it is.
    pub node: Node,
    /// Where it stands.
    pub span: Span,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl Expr {
    /// Reads a condition, and checks that its parts fit together.
    ///
    /// # Errors
    /// [`BadExpression`], which points at the place.
    pub fn parse(text: &str) -> Result<Self, BadExpression> {
        let expr = parse::parse(text)?;
        types::check(&expr).map_err(|wrong| wrong.of(text))?;
        Ok(expr)
    }

    /// The figures in it, in order, each once.
    #[must_use]
    pub fn figures(&self) -> Vec<&Figure> {
        let mut found = Vec::new();
        self.visit(&mut |part| {
            if let Node::Figure(figure) = &part.node
                && !found.contains(&figure)
            {
                found.push(figure);
            }
        });
        found
    }

    /// Every part, from left to right.
    pub fn visit<'a>(&'a self, see: &mut dyn FnMut(&'a Expr)) {
        see(self);
        match &self.node {
            Node::Negative(inner) | Node::Not(inner) => inner.visit(see),
            Node::Two(_, left, right) => {
                left.visit(see);
                right.visit(see);
            }
            _ => {}
        }
    }

    fn binds(&self) -> u8 {
        match &self.node {
            Node::Two(operator, ..) => operator.binds(),
            Node::Not(_) => NOT,
            Node::Negative(_) => SIGN,
            _ => ATOM,
        }
    }

    /// The part in brackets where it binds less than what is around it.
    fn within(&self, binds: u8, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.binds() < binds { write!(f, "({self})") } else { write!(f, "{self}") }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.node {
            Node::Number { value, percent } => write!(f, "{value}{}", if *percent { " %" } else { "" }),
            Node::Date(date) => write!(f, "{date}"),
            Node::Word(word) => {
                let quote = lex::quote_for_word(word);
                write!(f, "{quote}{word}{quote}")
            }
            Node::Figure(figure) => write!(f, "{figure}"),
            Node::Negative(inner) => {
                f.write_str("-")?;
                inner.within(SIGN, f)
            }
            Node::Not(inner) => {
                f.write_str("not ")?;
                inner.within(NOT, f)
            }
            Node::Two(operator, left, right) => {
                let binds = operator.binds();
                left.within(binds + u8::from(operator.compares()), f)?;
                write!(f, " {} ", operator.word())?;
                right.within(binds + 1, f)
            }
        }
    }
}
