//! The few sentences at the head of a report, chosen from the rows' typed facts.
//!
//! Facts are records, closes at a price limit, streaks from four sessions on, and moves of three standard
//! deviations or more. Only settled rows with a close that is not suspect speak, and no currencies: a shut or
//! stale market's old news is not repeated, and a live value or one whose rate is not fixed sets no record. Of what is told in points (volatility,
//! rates) only the close counts, not the percent move.
//!
//! A fact is worth log2(n / 20), where such a day comes once in n sessions: for a record, n is how many
//! sessions ago the last such day was, or about how many are held; for a limit or a large move, the moves
//! looked at over one more than those as large (a limit: 60 at least); for a streak of s sessions, 2^s. More than
//! 2,500 sessions, ten years, count as these. Closes and streaks count half: in a trend one follows the other.
//! A record also gets a part of its day's own rarity, half where it is of the move and a quarter where it is of
//! the close. All but streaks and what is told in points get a fifth for each percentage point against the
//! benchmark (the benchmark itself, and where it has no move, for each percent), one at most. An index gets
//! 1.5, a coin nothing, all else 0.5.
//!
//! The best fact of each instrument is taken, the best first. Nothing is told twice: of the indices of a
//! country that say the same of the same day, one speaks, and a line counts one less for each line of its
//! country and kind before it. At most five lines, and none that is worth less than 2.

use chrono::NaiveDate;

use super::converted;
use super::wording::{self, Fact};
use crate::domain::snapshot::{Highlight, HighlightKind, Record, Row, Status};
use crate::domain::{InstrumentId, Kind, Lang, WarningKind};

/// Lines at most.
const LINES: usize = 5;
/// What a line must be worth.
const WORTH: f64 = 2.0;
/// A streak is told from so many sessions on.
const STREAK: usize = 4;
/// A move is large from so many standard deviations on.
const LARGE: f64 = 3.0;
/// Sessions in ten years: more count as these.
const LONGEST: f64 = 2500.0;
/// A close at its limit counts as if it came once in so many sessions at most.
const LIMIT: f64 = 60.0;
/// What comes once in so many sessions is worth nothing.
const USUAL: f64 = 20.0;

/// A fact of a row and what it is worth.
#[derive(Clone, Copy)]
struct Candidate<'a> {
    row: &'a Row,
    fact: Fact<'a>,
    session: NaiveDate,
    worth: f64,
    value: f64,
}

/// The report's head, the line that is worth most first.
pub(super) fn highlights(rows: &[Row], benchmark: &InstrumentId, lang: Lang) -> Vec<Highlight> {
    let speaking = || rows.iter().filter(|row| speaks(row));
    let newest = speaking().filter_map(|row| row.session.date).max();
    let mut left: Vec<Candidate<'_>> = speaking().filter_map(|row| best(row, benchmark)).collect();
    let mut told: Vec<Candidate<'_>> = Vec::new();
    while told.len() < LINES {
        left.retain(|c| !told.iter().any(|t| says_the_same(t, c)));
        let worth = |c: &Candidate<'_>| c.worth - repeats(&told, c);
        let next = left.iter().copied().reduce(|a, b| if worth(&b) > worth(&a) { b } else { a });
        let Some(next) = next.filter(|c| worth(c) >= WORTH) else { break };
        told.push(next);
    }
    told.iter().map(|c| highlight(c, newest, lang)).collect()
}

/// Whether a row's news may head the report.
fn speaks(row: &Row) -> bool {
    row.session.status == Some(Status::Settled)
        && row.kind != Kind::Fx
        && row.close.is_some()
        && row.fx.as_ref().is_none_or(|fx| !fx.pending)
        && row.warnings.iter().all(|w| w.kind != WarningKind::Suspect)
}

fn best<'a>(row: &'a Row, benchmark: &InstrumentId) -> Option<Candidate<'a>> {
    let session = row.session.date?;
    let facts = facts(row).into_iter();
    let all = facts.filter_map(|fact| {
        let value = fact.value(row)?;
        Some(Candidate { row, fact, session, worth: worth(row, &fact, benchmark), value })
    });
    all.reduce(|a, b| if b.worth > a.worth { b } else { a })
}

/// Everything that could be told of a row. A record gain at the limit is one fact, unless the record is of
/// converted closes, as the limit is of the closes as quoted.
fn facts(row: &Row) -> Vec<Fact<'_>> {
    let mut facts: Vec<Fact<'_>> = Vec::new();
    let of_move = row.records.iter().find(|r| r.kind.of_move());
    match row.limit.side {
        Some(side) if converted::to(row).is_some() => {
            facts.push(Fact::Limit { up: side == "up", record: None, rarity: None });
            facts.extend(of_move.map(Fact::Record));
        }
        Some(side) => {
            facts.push(Fact::Limit { up: side == "up", record: of_move, rarity: Some(&row.rarity) });
        }
        None => facts.extend(of_move.filter(|_| !row.in_points).map(Fact::Record)),
    }
    facts.extend(row.records.iter().filter(|r| !r.kind.of_move()).map(Fact::Record));
    if row.in_points {
        return facts;
    }
    if let (Some(direction), Some(sessions)) = (row.streak.direction, row.streak.sessions)
        && sessions >= STREAK
    {
        facts.push(Fact::Streak { up: direction == "up", sessions });
    }
    if row.z_score.value.is_some_and(|z| z.abs() >= LARGE) && row.rarity.times.is_some() {
        facts.push(Fact::Large { rarity: &row.rarity });
    }
    facts
}

fn worth(row: &Row, fact: &Fact<'_>, benchmark: &InstrumentId) -> f64 {
    let rare = rarity(row).map(points);
    let day = match fact {
        Fact::Record(record) if record.kind.of_move() => {
            points(reach(row, record)) + rare.unwrap_or(0.0).max(0.0) / 2.0
        }
        Fact::Record(record) => points(reach(row, record)) / 2.0 + rare.unwrap_or(0.0).max(0.0) / 4.0,
        Fact::Limit { record, .. } => {
            let record = record.map_or(0.0, |r| points(reach(row, r)));
            rare.unwrap_or(0.0).max(points(LIMIT)).max(record)
        }
        Fact::Streak { sessions, .. } => {
            points(2.0_f64.powi(i32::try_from(*sessions).unwrap_or(i32::MAX).min(60))) / 2.0
        }
        Fact::Large { .. } => rare.unwrap_or(0.0),
    };
    let class = match row.kind {
        Kind::Index => 1.5,
        Kind::Coin => 0.0,
        _ => 0.5,
    };
    // A streak is no news of its last day, and percents of what is told in points mislead.
    let size =
        if matches!(fact, Fact::Streak { .. }) || row.in_points { 0.0 } else { against(row, benchmark) };
    day + size + class
}

/// log2(sessions / 20) of what comes once in so many sessions.
fn points(sessions: f64) -> f64 {
    (sessions.clamp(1.0, LONGEST) / USUAL).log2()
}

/// The sessions since the last such day; where there was none, about as many as are held.
#[allow(clippy::cast_precision_loss)]
fn reach(row: &Row, record: &Record) -> f64 {
    let held = row.session.date.map_or(0, |date| (date - record.date).num_days()) as f64 * 250.0 / 365.0;
    record.sessions.map_or(held, |sessions| sessions as f64)
}

/// A day as large as this one came once in so many sessions.
#[allow(clippy::cast_precision_loss)]
fn rarity(row: &Row) -> Option<f64> {
    let (times, of) = row.rarity.times.zip(row.rarity.of)?;
    Some(of as f64 / (times + 1) as f64)
}

/// The day's move against the benchmark's, of the benchmark and where that has none its own: a fifth of a
/// point for each percent, at most one.
fn against(row: &Row, benchmark: &InstrumentId) -> f64 {
    let excess = row.day.against.as_ref().and_then(|cell| cell.excess_pp).map(|pp| pp.0);
    let alone = row.id == *benchmark || excess.is_none();
    let pp = if alone { wording::day_pct(row) } else { excess };
    (pp.unwrap_or(0.0).abs() / 5.0).min(1.0)
}

/// How many lines of the same country and kind are told.
#[allow(clippy::cast_precision_loss)]
fn repeats(told: &[Candidate<'_>], c: &Candidate<'_>) -> f64 {
    let same = |t: &&Candidate<'_>| t.row.country == c.row.country && t.fact.kind() == c.fact.kind();
    told.iter().filter(same).count() as f64
}

/// Two lines on one instrument, or the same record of the same day of two indices of a country.
fn says_the_same(a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
    let indices = a.row.kind == Kind::Index && b.row.kind == Kind::Index && a.row.country == b.row.country;
    let one_fact = match (a.fact.record(), b.fact.record()) {
        (Some(one), Some(other)) => {
            one.since_start == other.since_start && (one.since_start || one.date == other.date)
        }
        (None, None) => a.fact.kind() == HighlightKind::Streak || a.fact.kind() == HighlightKind::LargeMove,
        _ => false,
    };
    a.row.id == b.row.id || (indices && a.fact.kind() == b.fact.kind() && one_fact)
}

fn highlight(c: &Candidate<'_>, newest: Option<NaiveDate>, lang: Lang) -> Highlight {
    let record = c.fact.record();
    let streak = match c.fact {
        Fact::Streak { sessions, .. } => Some(sessions),
        _ => None,
    };
    Highlight {
        id: c.row.id.clone(),
        kind: c.fact.kind(),
        session: c.session,
        date: record.map(|r| r.date),
        sessions: record.map_or(streak, |r| r.sessions),
        value: c.value,
        lang,
        text: wording::sentence(c.row, &c.fact, (newest != Some(c.session)).then_some(c.session), lang),
    }
}
