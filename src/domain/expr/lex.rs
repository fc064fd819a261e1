//! The words, numbers and signs of an expression. An id may hold `-`, `^`, `.` and `=`: it ends where the
//! name of a field follows, and one that is no such word stands in quotes.
//!
//! Not for: how they fit together (`parse`).

use chrono::NaiveDate;

use super::bad::Wrong;
use super::{Field, Figure, Operator, Span};
use crate::domain::text::sanitise;

/// What an expression is made of.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number { value: f64, percent: bool },
    Date(NaiveDate),
    Word { text: String, quoted: bool },
    Figure(Figure),
    Sign(Operator),
    Open,
    Close,
    End,
}

/// Words that mean themselves before `=` and `-`, which an id may hold.
pub(super) const OWN_WORDS: [&str; 11] =
    ["and", "or", "not", "up", "down", "none", "settled", "live", "stale", "shut", "provisional"];

/// Signs, longer ones first.
const SIGNS: [(&str, Operator); 11] = [
    ("<=", Operator::AtMost),
    (">=", Operator::AtLeast),
    ("==", Operator::Equal),
    ("!=", Operator::Unequal),
    ("<", Operator::Less),
    (">", Operator::Greater),
    ("=", Operator::Equal),
    ("+", Operator::Plus),
    ("-", Operator::Minus),
    ("*", Operator::Times),
    ("/", Operator::Over),
];

/// Cuts an expression into tokens; the last one is its end.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, Span)>, Wrong> {
    let mut lexer = Lexer { text, at: 0 };
    let mut found = Vec::new();
    loop {
        lexer.skip_blanks();
        let start = lexer.at;
        let token = lexer.next()?;
        let end = token == Token::End;
        found.push((token, Span { start, end: lexer.at }));
        if end {
            return Ok(found);
        }
    }
}

/// The quote that an id needs before its field: none where it reads back without.
pub(super) fn quote_for(id: &str, field: Field) -> &'static str {
    let plain = tokens(&format!("{id}.{}", field.name()));
    let figure = Token::Figure(Figure { id: id.to_owned(), field });
    match plain.as_deref() {
        Ok([(found, _), (Token::End, _)]) if *found == figure => "",
        _ => quote(id),
    }
}

/// The quote that a word needs.
pub(super) fn quote_for_word(word: &str) -> &'static str {
    let plain = Token::Word { text: word.to_owned(), quoted: false };
    let logic = OWN_WORDS.iter().take(3).any(|own| own.eq_ignore_ascii_case(word));
    match tokens(word).as_deref() {
        Ok([(found, _), (Token::End, _)]) if *found == plain && !logic => "",
        _ => quote(word),
    }
}

fn quote(text: &str) -> &'static str {
    if text.contains('"') { "'" } else { "\"" }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn wrong(&self, length: usize, what: impl Into<String>) -> Wrong {
        Wrong::new(Span { start: self.at, end: self.at + length }, what)
    }

    fn next(&mut self) -> Result<Token, Wrong> {
        let rest = self.rest();
        let Some(c) = rest.chars().next() else { return Ok(Token::End) };
        match c {
            '(' | ')' => {
                self.at += 1;
                Ok(if c == '(' { Token::Open } else { Token::Close })
            }
            '"' | '\'' => self.quoted(c),
            c if c.is_alphanumeric() || matches!(c, '^' | '_') => self.word(),
            '.' if number_at(rest).is_some() => self.word(),
            c => self.sign(c),
        }
    }

    fn sign(&mut self, c: char) -> Result<Token, Wrong> {
        let rest = self.rest();
        if let Some((sign, operator)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            self.at += sign.len();
            return Ok(Token::Sign(*operator));
        }
        let shown = sanitise(&c.to_string(), 1);
        Err(match c {
            '&' => self.wrong(1, "'&' is no operator here: write and"),
            '|' => self.wrong(1, "'|' is no operator here: write or"),
            '!' => self.wrong(1, "'!' is no operator here: write not, or !="),
            '%' => self.wrong(1, "a percent sign stands behind a number, as in 3 %"),
            c => self.wrong(
                c.len_utf8(),
                format!(
                    "unexpected '{shown}': an expression has ids with fields, numbers, dates and operators"
                ),
            ),
        })
    }

    /// An id in quotes with its field, or a word in quotes.
    fn quoted(&mut self, quote: char) -> Result<Token, Wrong> {
        let (rest, start) = (self.rest(), self.at);
        let inside = rest.strip_prefix(quote).unwrap_or_default();
        let Some((text, behind)) = inside.split_once(quote) else {
            return Err(self.wrong(1, "this quote does not end"));
        };
        self.at += rest.len() - behind.len();
        let Some(named) = behind.strip_prefix('.') else {
            return Ok(Token::Word { text: text.to_owned(), quoted: true });
        };
        if let Some((field, length)) = Field::at(named) {
            self.at += 1 + length;
            return Ok(Token::Figure(Figure { id: text.to_owned(), field }));
        }
        if let Some(wrong) = no_day_since(named) {
            let length = 1 + named.find(|c: char| !id_char(c) && c != ':').unwrap_or(named.len());
            return Err(Wrong::new(Span { start, end: self.at + length }, wrong));
        }
        let length = 1 + named.find(|c: char| !id_char(c)).unwrap_or(named.len());
        let name = named.get(..length - 1).unwrap_or_default();
        let span = Span { start, end: self.at + length };
        Err(Wrong::new(span, no_field(text, name)))
    }

    fn word(&mut self) -> Result<Token, Wrong> {
        let rest = self.rest();
        if let Some(date) = date_at(rest) {
            self.at += DATE;
            return Ok(Token::Date(date));
        }
        if let Some(length) = like_date_at(rest) {
            let day = sanitise(rest.get(..length).unwrap_or_default(), 10);
            return Err(self.wrong(length, format!("'{day}' is no day: {DAY}")));
        }
        if let Some(length) = number_at(rest) {
            return self.number(length);
        }
        let symbol = rest.get(..7).is_some_and(|head| head.eq_ignore_ascii_case("symbol:"));
        let part = |c: char| id_char(c) || (symbol && c == ':');
        let run = rest.find(|c| !part(c));
        let run = rest.get(..run.unwrap_or(rest.len())).unwrap_or_default();
        let head = run.split(['=', '-']).next().unwrap_or(run);
        if OWN_WORDS.iter().any(|own| own.eq_ignore_ascii_case(head)) {
            self.at += head.len();
            return Ok(Token::Word { text: head.to_owned(), quoted: false });
        }
        for (dot, _) in run.match_indices('.') {
            let named = rest.get(dot + 1..).unwrap_or_default();
            if let Some((field, length)) = Field::at(named).filter(|_| dot > 0) {
                self.at += dot + 1 + length;
                let id = run.get(..dot).unwrap_or_default().to_owned();
                return Ok(Token::Figure(Figure { id, field }));
            }
        }
        let named = run.match_indices('.').filter_map(|(dot, _)| rest.get(dot + 1..));
        if let Some(wrong) = named.filter_map(no_day_since).next() {
            let length = rest.find(|c| !id_char(c) && c != ':').unwrap_or(rest.len());
            return Err(self.wrong(length, wrong));
        }
        let word = run.split('=').next().unwrap_or(run).trim_end_matches(['-', '.', '&']);
        let word = if word.is_empty() { run } else { word };
        self.at += word.len();
        Ok(Token::Word { text: word.to_owned(), quoted: false })
    }

    fn number(&mut self, length: usize) -> Result<Token, Wrong> {
        let digits = self.rest().get(..length).unwrap_or_default();
        let value: f64 = digits.parse().unwrap_or(f64::INFINITY);
        if !value.is_finite() {
            return Err(self.wrong(length, "this number is too large: the largest is about 1.8e308"));
        }
        self.at += length;
        let behind = self.rest();
        let percent = behind.trim_start().starts_with('%');
        if percent {
            self.at += behind.len() - behind.trim_start().len() + 1;
        }
        Ok(Token::Number { value, percent })
    }
}

/// What an id may hold behind its first letter.
fn id_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '^' | '&' | '.' | '-' | '=')
}

/// Characters of a date.
const DATE: usize = 10;

fn date_at(text: &str) -> Option<NaiveDate> {
    let ends = text.get(DATE..)?.chars().next().is_none_or(|c| !id_char(c) || c == '=' || c == '-');
    let date = text.get(..DATE).filter(|d| d.chars().all(|c| c.is_ascii_digit() || c == '-'))?;
    date.parse().ok().filter(|_| ends)
}

/// How a day is written.
const DAY: &str = "a date is YYYY-MM-DD, such as 2026-01-21";

/// The length of three numbers that a text begins with and that a reader takes for a date: 2026-02-30, 2026/1/21.
fn like_date_at(text: &str) -> Option<usize> {
    let digits = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        at + rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())
    };
    let year = digits(0);
    let sign = text.get(year..)?.chars().next().filter(|c| matches!(c, '-' | '/'))?;
    let month = digits(year + 1);
    let day = text.get(month..)?.starts_with(sign).then(|| digits(month + 1))?;
    let short = |from: usize, to: usize| (1..=2).contains(&(to - from - 1));
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | '^' | '.' | '&');
    let ends = !text.get(day..)?.starts_with(goes_on);
    (year == 4 && short(year, month) && short(month, day) && ends).then_some(day)
}

/// What is wrong with `since:` before what is no day, also behind `excess.` and `relative.`.
fn no_day_since(named: &str) -> Option<String> {
    let low = named.to_ascii_lowercase();
    let rest = low.strip_prefix("excess.").or(low.strip_prefix("relative.")).unwrap_or(&low);
    let day = rest.strip_prefix("since:")?;
    let day = day.get(..day.find(|c: char| !id_char(c)).unwrap_or(day.len()))?;
    Some(format!("since:{} names no day: {DAY}", sanitise(day, 40)))
}

/// The length of a number that a text begins with, unless it goes on as a word.
fn number_at(text: &str) -> Option<usize> {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let whole = digits(text);
    let part = text.get(whole..)?.strip_prefix('.').map_or(0, digits);
    let length = if part > 0 { whole + 1 + part } else { whole };
    let length = length + exponent(text.get(length..)?);
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | '^' | '.' | '&');
    (whole + part > 0 && !text.get(length..)?.starts_with(goes_on)).then_some(length)
}

/// The length of `e3`, `E+3` or `e-3` that a text begins with.
fn exponent(text: &str) -> usize {
    let Some(power) = text.strip_prefix(['e', 'E']) else { return 0 };
    let digits = power.strip_prefix(['+', '-']).unwrap_or(power);
    let behind = digits.trim_start_matches(|c: char| c.is_ascii_digit());
    if behind.len() < digits.len() { text.len() - behind.len() } else { 0 }
}

/// Says that something has no such field, and names the nearest.
pub(super) fn no_field(id: &str, name: &str) -> String {
    let (id, name) = (sanitise(id, 40), sanitise(name, 40));
    let near = Field::nearest(&name, None);
    let near = near.map_or_else(String::new, |near| format!(": did you mean {id}.{near}?"));
    format!("unknown field '{name}' of {id}{near} (`marketsnap check --fields` lists all)")
}
