//! An expression that cannot be read, with the place shown.
//!
//! Not for: deciding what is wrong (`lex`, `parse`, `types`).

use std::fmt;

use unicode_width::UnicodeWidthStr;

use super::Span;
use crate::domain::text::harmless;

/// Characters shown before and behind the place of a long expression.
const AROUND: usize = 36;

/// What is wrong with an expression, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadExpression {
    before: String,
    place: String,
    after: String,
    wrong: String,
}

/// What is wrong with a part of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub span: Span,
    pub what: String,
}

impl Wrong {
    pub(super) fn new(span: Span, what: impl Into<String>) -> Self {
        Self { span, what: what.into() }
    }

    pub(super) fn of(self, text: &str) -> BadExpression {
        BadExpression::new(text, self.span, self.what)
    }
}

impl BadExpression {
    /// Says what is wrong with the part of an expression that stands at `span`.
    #[must_use]
    pub fn new(text: &str, span: Span, wrong: impl Into<String>) -> Self {
        let part = |from: usize, to: usize| harmless(text.get(from..to).unwrap_or_default());
        Self {
            before: last(&part(0, span.start), AROUND),
            place: first(&part(span.start, span.end), AROUND),
            after: first(&part(span.end, text.len()), AROUND),
            wrong: wrong.into(),
        }
    }

    /// What is wrong, without the place.
    #[must_use]
    pub fn wrong(&self) -> &str {
        &self.wrong
    }
}

fn first(text: &str, limit: usize) -> String {
    let cut: String = text.chars().take(limit).collect();
    if cut.len() < text.len() { cut + "..." } else { cut }
}

fn last(text: &str, limit: usize) -> String {
    let skip = text.chars().count().saturating_sub(limit);
    let cut: String = text.chars().skip(skip).collect();
    if skip > 0 { format!("...{cut}") } else { cut }
}

impl fmt::Display for BadExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.wrong)?;
        writeln!(f, "  {}{}{}", self.before, self.place, self.after)?;
        write!(f, "  {}{}", " ".repeat(self.before.width()), "^".repeat(self.place.width().max(1)))
    }
}

impl std::error::Error for BadExpression {}
