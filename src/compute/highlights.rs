//! The few sentences at the head of a report, from the rows' records.
//!
//! Records rank by how long ago the last such day was, those since the data begin first. Each instrument
//! has at most one line, and the indices of one country that say the same of the same day have one between
//! them. Only settled rows without a suspect close speak, and no currencies: a shut or stale market's old
//! news is not repeated, and a live value sets no record.

use std::cmp::Reverse;

use chrono::NaiveDate;

use crate::domain::snapshot::{Highlight, Record, Row, Status};
use crate::domain::{Kind, WarningKind};

/// Lines at most.
const LINES: usize = 5;

/// The report's head, the record that reaches furthest back first.
pub(super) fn highlights(rows: &[Row]) -> Vec<Highlight> {
    let mut best: Vec<(&Row, &Record)> = rows
        .iter()
        .filter(|row| row.session.status == Some(Status::Settled) && row.kind != Kind::Fx)
        .filter(|row| row.warnings.iter().all(|w| w.kind != WarningKind::Suspect))
        .filter_map(|row| Some((row, row.records.iter().min_by_key(|r| reach(r))?)))
        .collect();
    best.sort_by_key(|(_, record)| reach(record));
    let mut told: Vec<(&Row, &Record)> = Vec::new();
    for (row, record) in best {
        if told.len() < LINES && !told.iter().any(|earlier| says_the_same(*earlier, (row, record))) {
            told.push((row, record));
        }
    }
    told.into_iter().map(|(row, record)| highlight(row, record)).collect()
}

fn says_the_same(a: (&Row, &Record), b: (&Row, &Record)) -> bool {
    let indices = a.0.kind == Kind::Index && b.0.kind == Kind::Index;
    indices && a.0.country == b.0.country && a.1.kind == b.1.kind && a.1.date == b.1.date
}

/// How far back a record reaches, the furthest first: since the data begin, else by the date it names.
fn reach(record: &Record) -> (bool, NaiveDate, Reverse<usize>) {
    (!record.since_start, record.date, Reverse(record.sessions.unwrap_or(usize::MAX)))
}

fn highlight(row: &Row, record: &Record) -> Highlight {
    Highlight {
        id: row.id.clone(),
        kind: record.kind.clone(),
        date: record.date,
        sessions: record.sessions,
        value: record.value,
        lang: "en",
        text: sentence(row, record),
    }
}

/// "S&P 500 -2.06 %: largest daily loss since 10 October 2025 (68 sessions)".
fn sentence(row: &Row, record: &Record) -> String {
    let day = row.close.zip(row.previous.close).map(|(close, before)| (close / before - 1.0) * 100.0);
    let head = day.map_or_else(
        || row.name.clone(),
        |pct| format!("{} {pct:+.2} %{}", row.name, super::converted::in_words(row)),
    );
    let what = match record.kind.as_str() {
        "largest_daily_gain_since" => "largest daily gain",
        "largest_daily_loss_since" => "largest daily loss",
        "highest_close_since" => "highest close",
        _ => "lowest close",
    };
    let date = in_words(record.date);
    match (record.sessions, record.kind.as_str()) {
        (Some(sessions), _) => format!("{head}: {what} since {date} ({sessions} sessions)"),
        (None, "highest_close_since") => format!("{head}: record close (data since {date})"),
        (None, "lowest_close_since") => format!("{head}: lowest close on record (data since {date})"),
        (None, _) => format!("{head}: {what} since the data begin ({date})"),
    }
}

/// `10 October 2025`.
fn in_words(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}
