//! Checked conditions: each with its verdict, the figures it used with their sessions and sources, and what
//! it hinges on; and the table of fields.
//!
//! Not for: deciding whether a condition holds (`compute::check`).

use std::io::{self, Write};

use chrono::Datelike;

use super::layout::{self, Align};
use super::page::Page;
use super::style::{Style, Tone};
use super::{number, text};
use crate::domain::check::{Checked, Used, Value, Verdict};
use crate::domain::expr::Of;
use crate::domain::expr::fields::TABLE;
use crate::domain::snapshot::Status;
use crate::domain::{Check, digits as digits_of};

/// Narrower than this a field's meaning stands below its name.
const ROOM: usize = 24;

/// Writes the report.
pub(super) fn write(report: &Check, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style);
    fill(&mut page, report);
    page.write(out)
}

/// Puts the report on a page.
pub(super) fn fill(page: &mut Page<'_>, report: &Check) {
    let mut facts = vec![report.as_of.format("as of %Y-%m-%d %H:%M UTC").to_string()];
    facts.extend(report.date.map(|date| format!("day {date}")));
    facts.extend(report.benchmark.as_ref().map(|id| format!("benchmark {id}")));
    facts.extend(report.allow_live.then(|| "live values accepted".to_owned()));
    page.title("marketsnap check", &facts, &report.currency, report.status);
    page.demo(report.demo);
    for checked in &report.expressions {
        page.blank();
        expression(page, checked, report.as_of.year());
    }
    page.notes(report.notes.iter());
    page.errors(&report.errors);
}

fn expression(page: &mut Page<'_>, checked: &Checked, year: i32) {
    let (tone, word) = match checked.verdict {
        Verdict::Holds => (Tone::Head, "holds"),
        Verdict::DoesNotHold => (Tone::Plain, "does not hold"),
        Verdict::Unknown => (Tone::Alert, "unknown"),
    };
    // In a document each condition is a part of its own.
    let tone = if page.document().is_some() { Tone::Head } else { tone };
    page.hanging(tone, "", &format!("{word}: {}", checked.expression));
    for used in &checked.values {
        let words = format!("{}.{} {}", used.id, used.field, told(used, page.style, year));
        page.hanging(Tone::Plain, "  ", &words);
    }
    for reason in &checked.reasons {
        page.hanging(Tone::Alert, "  ", &format!("because {reason}"));
    }
}

/// "= +3.53 % (20-21 Jan, settled, demo)".
fn told(used: &Used, style: &Style, year: i32) -> String {
    let digits = |n: f64| {
        let decimals = match used.unit {
            "sessions" | "members" => 0,
            "price" => digits_of::of_level(n, used.decimals),
            _ => 2,
        };
        let digits = if used.signed { number::signed(n, decimals) } else { number::level(n, decimals) };
        digits.unwrap_or_else(|| style.dash().to_owned())
    };
    let unit = match used.unit {
        "percent" => " %".to_owned(),
        "price" | "deviations" => String::new(),
        unit => format!(" {unit}"),
    };
    let value = match (&used.value, used.between) {
        (Some(Value::Number(n)), _) if (n.abs() - 1.0).abs() < 1e-9 && unit.ends_with('s') => {
            format!("= {}{}", digits(*n), unit.trim_end_matches('s'))
        }
        (Some(Value::Number(n)), _) => format!("= {}{unit}", digits(*n)),
        (Some(Value::Word(word)), _) => format!("= {word}"),
        (Some(Value::Date(date)), _) => format!("= {date}"),
        (None, Some(open)) => match open.to {
            Some(to) => format!("is {} to {}{unit}", digits(open.from), digits(to)),
            None => format!("is at least {}{unit}", digits(open.from)),
        },
        (None, None) => "is not known".to_owned(),
    };
    let span = |from, to: Option<_>| match (from, to) {
        (Some(from), Some(to)) => Some(text::span(from, to, year)),
        (None, Some(to)) => Some(text::short_date(to, year).trim().to_owned()),
        _ => None,
    };
    let benchmark = span(used.benchmark_from, used.benchmark_session).map(|span| format!("benchmark {span}"));
    let state = used.status.map(Status::word).map(str::to_owned);
    let facts: Vec<String> = [span(used.from, used.session), benchmark, state, used.source.clone()]
        .into_iter()
        .flatten()
        .collect();
    if facts.is_empty() { value } else { format!("{value} ({})", facts.join(", ")) }
}

/// Writes the table of fields.
pub(super) fn fields(style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style);
    let titles = [(Of::Row, "Instruments and composites"), (Of::Group, "Groups, 1D")];
    let rows: Vec<Vec<String>> =
        TABLE.iter().map(|info| vec![info.name.to_owned(), info.holds.word().to_owned()]).collect();
    let cells = layout::pad(&rows, &[Align::Left, Align::Left]);
    for (of, title) in titles {
        page.heading(title);
        for (info, cells) in TABLE.iter().zip(&cells).filter(|(info, _)| info.of == of) {
            let name = format!("{}  ", cells.join("  "));
            let room = style.cells().saturating_sub(text::width(&name));
            if room < ROOM {
                page.line(Tone::Plain, name.trim_end());
                page.hanging(Tone::Dim, "  ", info.help);
                continue;
            }
            for (at, line) in text::wrap(info.help, room, 0).iter().enumerate() {
                let blanks = " ".repeat(name.len());
                page.painted(format!("{}{line}", if at == 0 { &name } else { &blanks }));
            }
        }
    }
    page.write(out)
}
