//! From tokens to the tree: operators by how tightly they bind.
//!
//! Not for: whether the operands fit (`types`).

use super::bad::Wrong;
use super::lex::{self, Token};
use super::{BadExpression, COMPARISON, Expr, Field, NOT, Node, Operator, SIGN, Span};
use crate::domain::text::sanitise;

/// Brackets and signs within one another, at most.
const DEEPEST: usize = 64;
/// Characters of an expression, at most.
const LONGEST: usize = 1000;

/// Reads an expression's form.
pub(super) fn parse(text: &str) -> Result<Expr, BadExpression> {
    let whole = Span { start: 0, end: text.len() };
    if text.chars().count() > LONGEST {
        let what = format!("this expression is longer than {LONGEST} characters: check several");
        return Err(BadExpression::new(text, whole, what));
    }
    let tokens = lex::tokens(text).map_err(|wrong| wrong.of(text))?;
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    parser.all().map_err(|wrong| wrong.of(text))
}

struct Parser {
    tokens: Vec<(Token, Span)>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> (&Token, Span) {
        let end = Span::default();
        self.tokens.get(self.at).or(self.tokens.last()).map_or((&Token::End, end), |(t, s)| (t, *s))
    }

    fn all(&mut self) -> Result<Expr, Wrong> {
        let expr = self.expr(0)?;
        match self.peek() {
            (Token::End, _) => Ok(expr),
            (Token::Close, span) => Err(Wrong::new(span, "this bracket was not opened")),
            (Token::Word { text, .. }, span) if Field::at(text).is_some() => {
                let field = sanitise(text, 40);
                let what = format!("'{field}' stands behind a blank: write ID.{field}");
                Err(Wrong::new(span, what))
            }
            (_, span) => Err(Wrong::new(span, "expected an operator before this: and, or, <, >, =, +, ...")),
        }
    }

    /// An expression whose operators bind at least so tightly.
    fn expr(&mut self, binds: u8) -> Result<Expr, Wrong> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Wrong::new(self.peek().1, format!("more than {DEEPEST} brackets and signs deep")));
        }
        let mut left = self.operand(binds)?;
        while let Some(operator) = self.operator().filter(|o| o.binds() >= binds) {
            self.at += 1;
            let right = self.expr(operator.binds() + 1)?;
            let span = Span { start: left.span.start, end: right.span.end };
            left = Expr { node: Node::Two(operator, Box::new(left), Box::new(right)), span };
            if operator.compares() && self.operator().is_some_and(Operator::compares) {
                let what = "comparisons do not chain: write a < b and b < c";
                return Err(Wrong::new(self.peek().1, what));
            }
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operator(&self) -> Option<Operator> {
        match self.peek().0 {
            Token::Sign(operator) => Some(*operator),
            token if is_word(token, "and") => Some(Operator::And),
            token if is_word(token, "or") => Some(Operator::Or),
            _ => None,
        }
    }

    fn operand(&mut self, binds: u8) -> Result<Expr, Wrong> {
        let (token, span) = self.peek();
        let token = token.clone();
        self.at += 1;
        let node = match token {
            Token::Open => return self.bracket(span),
            Token::Sign(Operator::Minus) => {
                let inner = self.expr(SIGN)?;
                let span = Span { start: span.start, end: inner.span.end };
                return Ok(Expr { node: Node::Negative(Box::new(inner)), span });
            }
            // +3 is 3.
            Token::Sign(Operator::Plus) if matches!(self.peek().0, Token::Number { .. }) => {
                return self.operand(binds);
            }
            ref token if is_word(token, "not") => {
                if binds >= COMPARISON {
                    return Err(Wrong::new(span, "'not' stands before a condition: put it in brackets"));
                }
                let inner = self.expr(NOT)?;
                let span = Span { start: span.start, end: inner.span.end };
                return Ok(Expr { node: Node::Not(Box::new(inner)), span });
            }
            Token::Number { value, percent } => Node::Number { value, percent },
            Token::Date(date) => Node::Date(date),
            Token::Figure(figure) => Node::Figure(figure),
            Token::Word { text, quoted }
                if quoted || !["and", "or"].contains(&text.to_lowercase().as_str()) =>
            {
                Node::Word(word(text, quoted, span)?)
            }
            Token::End => return Err(Wrong::new(span, "expected more here: ID.FIELD, a number or a date")),
            _ => return Err(Wrong::new(span, "expected ID.FIELD, a number or a date before this")),
        };
        Ok(Expr { node, span })
    }

    fn bracket(&mut self, open: Span) -> Result<Expr, Wrong> {
        let mut inner = self.expr(0)?;
        match self.peek() {
            (Token::Close, close) => inner.span = Span { start: open.start, end: close.end },
            (Token::End, _) => return Err(Wrong::new(open, "this bracket is not closed")),
            (_, span) => return Err(Wrong::new(span, "expected an operator or ) before this")),
        }
        self.at += 1;
        Ok(inner)
    }
}

fn is_word(token: &Token, word: &str) -> bool {
    matches!(token, Token::Word { text, quoted: false } if text.eq_ignore_ascii_case(word))
}

/// A word that may be one: not an id with a field that there is none of.
fn word(text: String, quoted: bool, span: Span) -> Result<String, Wrong> {
    if quoted {
        return Ok(text);
    }
    if let Some((_, length)) = Field::at(&text)
        && length == text.len()
    {
        return Err(Wrong::new(span, format!("'{text}' is a field: whose? Write ID.{text}")));
    }
    // Of an id with dots the part behind any of them can be the field that was meant.
    let parts = text.match_indices('.').filter_map(|(dot, _)| Some((text.get(..dot)?, text.get(dot + 1..)?)));
    let like = |name: &str| {
        let near = Field::nearest(name, None).unwrap_or_default();
        strsim::jaro_winkler(&near.to_lowercase(), &name.to_lowercase())
    };
    match parts.max_by(|a, b| like(a.1).total_cmp(&like(b.1))) {
        Some((id, name)) => Err(Wrong::new(span, lex::no_field(id, name))),
        None if text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '^' | ':')) => Ok(text),
        None => Err(Wrong::new(span, format!("'{}' is no word of an expression", sanitise(&text, 40)))),
    }
}
