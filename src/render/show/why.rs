//! How each figure came about: the formula with the numbers put in, the result, and which sessions and
//! which rule stand behind it.
//!
//! Not for: choosing the inputs or the rule (`compute::audit`).

use chrono::{Datelike, NaiveDate};

use super::super::number;
use super::super::page::Page;
use super::super::style::Tone;
use super::super::text;
use super::{hanging, reason};
use crate::domain::Show;
use crate::domain::show::{Audit, Input};
use crate::domain::snapshot::Row;

/// Cells that a figure's title takes at most.
const LONGEST: usize = 20;
/// Digits after the point that an input is told with; below 1 so many that count, and three more.
const DIGITS: usize = 6;
/// Digits of a rate that count: so many that a close in millions is worked out from it to the cent.
const OF_RATE: usize = 12;
/// Of more closes than this the rates are told in JSON only.
const PAIRS: usize = 4;

/// Every figure's own lines; an absent one says why.
pub(super) fn trail(lines: &mut Page, page: &Show, row: &Row) {
    lines.heading("How each figure came about");
    let width = page.audit.iter().map(|a| text::width(&a.title)).max().unwrap_or(0).min(LONGEST);
    for audit in page.audit.iter().filter(|a| !a.title.is_empty()) {
        if lines.document().is_some() {
            flowing(lines, page, audit, row);
            continue;
        }
        let title = text::fit(&text::clean(&audit.title, lines.style), width, lines.style);
        let blanks = " ".repeat(width.saturating_sub(text::width(&title)));
        hanging(lines, &format!("{title}{blanks}  "), &says(audit, row), Tone::Plain, 2);
        if audit.result.is_none() {
            continue;
        }
        let sessions = sessions(audit, page.as_of.year());
        let rule =
            if sessions.is_empty() { audit.rule.clone() } else { format!("{sessions}: {}", audit.rule) };
        hanging(lines, &" ".repeat(width + 2), &rule, Tone::Dim, 2);
        if let Some(says) = conversion(audit, page.as_of.year()) {
            hanging(lines, &" ".repeat(width + 2), &says, Tone::Dim, 2);
        }
    }
}

/// The same in a document: what the terminal tells in lines is said of the figure's title.
fn flowing(lines: &mut Page, page: &Show, audit: &Audit, row: &Row) {
    let style = lines.style;
    let year = page.as_of.year();
    let told = says(audit, row);
    let sessions = sessions(audit, year);
    let rule = if sessions.is_empty() { audit.rule.clone() } else { format!("{sessions}: {}", audit.rule) };
    let behind = audit.result.map(|_| rule).into_iter().chain(conversion(audit, year));
    let behind: Vec<String> = behind.filter(|_| audit.result.is_some()).collect();
    let Some(document) = lines.document() else { return };
    document.fact(&text::clean(&audit.title, style), &text::clean(&told, style));
    for words in behind {
        document.fact("", &text::clean(&words, style));
    }
}

/// `(1535.393 / 1482.994 - 1) x 100 = +3.53 %`, or why there is no result.
fn says(audit: &Audit, row: &Row) -> String {
    let result = match audit.result {
        Some(result) => format!("{}{}", figure(audit, result, row), unit(audit)),
        None => return format!("absent: {}", reason(audit.absent)),
    };
    match &audit.formula {
        Some(formula) => format!("{} = {result}", with_numbers(formula, &audit.inputs)),
        None => result,
    }
}

fn unit(audit: &Audit) -> String {
    match audit.unit.as_str() {
        "points" | "ratio" => String::new(),
        "sessions" if audit.result == Some(1.0) => " session".to_owned(),
        unit => format!(" {unit}"),
    }
}

fn figure(audit: &Audit, value: f64, row: &Row) -> String {
    let decimals = match audit.unit.as_str() {
        "%" | "pp" | "st.dev." | "ratio" => Some(2),
        "sessions" => Some(0),
        _ => None,
    };
    let told = match (decimals, audit.signed) {
        (Some(decimals), true) => number::signed(value, decimals),
        (Some(decimals), false) => number::level(value, decimals),
        (None, true) => number::change(value, row.close, row.decimals),
        (None, false) => number::close(value, row.decimals),
    };
    told.unwrap_or_default()
}

/// The formula with each input's name replaced by its value.
fn with_numbers(formula: &str, inputs: &[Input]) -> String {
    let mut told = String::new();
    let mut word = String::new();
    let put = |told: &mut String, word: &mut String| {
        let value = inputs.iter().find(|i| i.name == *word).and_then(spelled);
        told.push_str(value.as_deref().unwrap_or(word));
        word.clear();
    };
    for c in formula.chars() {
        if c.is_ascii_alphanumeric() || c == '_' || c == '.' {
            word.push(c);
        } else {
            put(&mut told, &mut word);
            told.push(c);
        }
    }
    put(&mut told, &mut word);
    told
}

/// An input's value; none where it is not held.
fn spelled(input: &Input) -> Option<String> {
    let counting = if of_rate(&input.name) { OF_RATE } else { DIGITS + 3 };
    input.value.map(|value| plain(value, counting))
}

fn of_rate(name: &str) -> bool {
    name == "rate" || name.ends_with("_rate")
}

fn of_local(name: &str) -> bool {
    name == "local" || name.ends_with("_local")
}

/// A value with six digits after the point, or as many that count; without zeros behind the last one.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn plain(value: f64, counting: usize) -> String {
    let size = value.abs();
    let before = if size > 0.0 && size.is_finite() { size.log10().floor() as i32 + 1 } else { 1 };
    let wanted = i32::try_from(counting).unwrap_or_default() - before;
    let after =
        if size < 1.0 || counting == OF_RATE { wanted.clamp(DIGITS as i32, 30) as usize } else { DIGITS };
    let text = format!("{value:.after$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `at rates: 21 Jan 1535.393 x 0.1436 of 21 Jan, ...`: each session's own close and rate; of a composite
/// its level without conversion.
fn conversion(audit: &Audit, year: i32) -> Option<String> {
    let day = |date: NaiveDate| text::short_date(date, year).trim().to_owned();
    let rate_of = |local: &Input| {
        let name = local.name.strip_suffix("local")?;
        audit.inputs.iter().find(|i| i.name.strip_suffix("rate") == Some(name))
    };
    let mut told: Vec<String> = Vec::new();
    for local in audit.inputs.iter().filter(|i| of_local(&i.name)) {
        let (Some(on), Some(value)) = (local.date, spelled(local)) else { continue };
        let rate = rate_of(local).and_then(|rate| Some((spelled(rate)?, rate.date?)));
        let rate = rate.map_or_else(String::new, |(rate, of)| format!(" x {rate} of {}", day(of)));
        let said = format!("{} {value}{rate}", day(on));
        if !told.contains(&said) {
            told.push(said);
        }
    }
    // Without rates the formula may say it all.
    let formula = audit.formula.as_deref().unwrap_or_default();
    let news = audit.inputs.iter().any(|i| of_rate(&i.name)) || !formula.contains("local");
    (news && (1..=PAIRS).contains(&told.len())).then(|| format!("before conversion: {}", told.join(", ")))
}

/// The sessions of the inputs, each once: `20 Jan -> 21 Jan, 16 Jan -> 20 Jan`; of many the first and last.
fn sessions(audit: &Audit, year: i32) -> String {
    let day = |date: NaiveDate| text::short_date(date, year).trim().to_owned();
    let behind = |i: &&Input| of_rate(&i.name) || of_local(&i.name);
    // What stands behind a converted close has a line of its own.
    let only = audit.inputs.iter().filter(|i| i.date.is_some()).all(|i| behind(&i));
    let shown = audit.inputs.iter().filter(|i| only || !behind(i));
    let dated: Vec<(&str, NaiveDate)> = shown
        .filter_map(|i| Some((i.name.trim_end_matches("_rate").trim_end_matches("_local"), i.date?)))
        .collect();
    let dates = || dated.iter().map(|(_, date)| *date);
    if let (Some(first), Some(last), true) = (dates().min(), dates().max(), dated.len() > 4) {
        return format!("{} to {}", day(first), day(last));
    }
    let mut told: Vec<String> = Vec::new();
    let mut rest = dated.as_slice();
    while let [(name, date), after @ ..] = rest {
        let said = match after.first() {
            Some((base, from)) if base.ends_with("base") || base.ends_with("previous") => {
                rest = after.get(1..).unwrap_or_default();
                format!("{} -> {}", day(*from), day(*date))
            }
            _ => {
                rest = after;
                let named = matches!(*name, "low" | "high");
                if named { format!("{name} {}", day(*date)) } else { day(*date) }
            }
        };
        if !told.contains(&said) {
            told.push(said);
        }
    }
    told.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(name: &str, value: f64) -> Input {
        Input { name: name.to_owned(), date: None, value: Some(value) }
    }

    #[test]
    fn names_are_replaced_as_whole_words_and_zeros_behind_the_point_are_left_out() {
        let inputs = [input("close", 1535.393), input("base", 1344.2), input("days", 1096.0)];
        assert_eq!(
            with_numbers("((close / base) ^ (365.25 / days) - 1) x 100", &inputs),
            "((1535.393 / 1344.2) ^ (365.25 / 1096) - 1) x 100"
        );
        assert_eq!(with_numbers("benchmark_close - close", &inputs), "benchmark_close - 1535.393");
    }
}
