//! What the object in a row says of the shares: bonus shares, which split the closes before them, or a
//! text that is not understood.
//!
//! Not for: cash, which no close here is adjusted for.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use crate::domain::Split;
use crate::domain::text::sanitise;

/// What happened to the shares on a row's day.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Event {
    /// Nothing that moves a close but cash.
    None,
    /// New shares for old ones.
    Split(Split),
    /// Something else, in the source's words.
    Other(String),
}

/// Words that stand between the numbers and change nothing.
const FILLERS: &str = "每股元发现金红利人民币税前含（）()，,、；;。 ";

/// The longest text repeated to a reader.
const LONGEST: usize = 40;

/// The event of a share of mainland China, from the object in the row of `date`.
pub(super) fn mainland(object: &Map<String, Value>, date: NaiveDate) -> Event {
    let text = text_of(object, "FHcontent");
    if text.is_empty() {
        let terms = ["nd", "djr", "fh_sh"].iter().any(|key| !text_of(object, key).is_empty());
        return if terms { Event::Other("no terms".to_owned()) } else { Event::None };
    }
    let own = text_of(object, "cqr").parse().unwrap_or(date);
    match factor(&text) {
        // A day to come: the row cannot be on the new basis yet.
        Some(factor) if factor > 1.0 && own > date => Event::Other(sanitise(&text, LONGEST)),
        Some(factor) if factor > 1.0 => Event::Split(Split { date: own, factor }),
        Some(_) => Event::None,
        None => Event::Other(sanitise(&text, LONGEST)),
    }
}

/// The event of a share of Hong Kong or New York, whose texts have no form that could be computed with.
pub(super) fn elsewhere(object: &Map<String, Value>) -> Event {
    let text = text_of(object, "FHcontent");
    if ["拆", "合并", "送", "红股", "供股"].iter().any(|word| text.contains(word)) {
        return Event::Other(sanitise(&text, LONGEST));
    }
    Event::None
}

fn text_of(object: &Map<String, Value>, key: &str) -> String {
    match object.get(key) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// Shares after the event for one before it: `10转4股派5元` is four new ones for ten, hence 1.4. None for
/// a text with any word that is not known.
fn factor(text: &str) -> Option<f64> {
    let mut old: Option<f64> = None;
    let mut shares: Option<bool> = None;
    let mut new = 0.0;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        if digits.is_empty() {
            match first {
                '送' | '转' | '增' | '赠' => shares = Some(true),
                '派' => shares = Some(false),
                _ if FILLERS.contains(first) => {}
                _ => return None,
            }
            rest = rest.strip_prefix(first)?;
            continue;
        }
        let number: f64 = digits.parse().ok()?;
        match shares.take() {
            None => old = Some(number).filter(|n| *n > 0.0),
            Some(true) => new += number / old?,
            Some(false) => {}
        }
        rest = after;
    }
    let whole = old.is_some() && shares.is_none();
    Some(1.0 + new).filter(|factor| whole && *factor < 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bonus_shares_and_transferred_ones_count_and_cash_does_not() {
        for (text, expected) in [
            ("10派38.2元", 1.0),
            ("10转4股派5元", 1.4),
            ("10送3转2", 1.5),
            ("10送5股, 10转3股, 10派1.5元", 1.8),
            ("每10股转增4.9股派发现金红利3元(含税)", 1.49),
            ("10送红股3股", 1.3),
        ] {
            let factor = factor(text).unwrap();
            assert!((factor - expected).abs() < 1e-12, "{text}: {factor}");
        }
    }

    #[test]
    fn a_text_with_an_unknown_word_is_not_guessed_at() {
        for text in ["10配3股", "10缩5股", "转4股", "10转", "10转1.2.3股", "0转4股", "1转200股", "元", ""]
        {
            assert_eq!(factor(text), None, "{text}");
        }
    }

    fn object(json: &str) -> Map<String, Value> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_day_is_the_objects_own_or_else_the_rows() {
        let row = NaiveDate::from_ymd_opt(2025, 6, 13).unwrap();
        let own = mainland(&object(r#"{"cqr":"2025-06-12","FHcontent":"10转4股"}"#), row);
        assert!(matches!(own, Event::Split(s) if s.date.to_string() == "2025-06-12"), "{own:?}");
        let none = mainland(&object(r#"{"cqr":"soon","FHcontent":"10转4股"}"#), row);
        assert!(matches!(none, Event::Split(s) if s.date == row), "{none:?}");
        let later = mainland(&object(r#"{"cqr":"2025-06-14","FHcontent":"10转4股"}"#), row);
        assert_eq!(later, Event::Other("10转4股".to_owned()));
        assert_eq!(mainland(&object("{}"), row), Event::None);
        assert_eq!(mainland(&object(r#"{"fh_sh":5}"#), row), Event::Other("no terms".to_owned()));
    }

    #[test]
    fn a_buy_back_or_cash_elsewhere_is_nothing_and_a_split_is_told() {
        let buy_back = object(r#"{"cqr":"2026-01-20","FHcontent":"","HGcontent":"回购18.40万股"}"#);
        assert_eq!(elsewhere(&buy_back), Event::None);
        assert_eq!(elsewhere(&object(r#"{"FHcontent":"每股分配0.52美元"}"#)), Event::None);
        assert_eq!(elsewhere(&object(r#"{"FHcontent":"1股拆5股"}"#)), Event::Other("1股拆5股".to_owned()));
    }
}
