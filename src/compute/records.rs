//! Dated superlatives of the newest session: the largest daily move and the highest or lowest close since
//! when, and the streak it continues.
//!
//! Not for: live values (an intraday high is no record close), how large a move is beside those before it
//! (`size`), or which records make the report's head (`highlights`). Moves across a hole take no part.

use super::lines::Line;
use super::sessions::Market;
use crate::domain::snapshot::{Record, RecordKind, Streak};
use crate::domain::{Absent, Bar, Move};

/// A record must reach back over at least this many sessions in between.
const SESSIONS_BETWEEN: usize = 20;
/// A record since the data begin needs at least this many sessions.
const ENOUGH_FOR_ALL_TIME: usize = 250;

/// The records of a line's newest session, none for a live value or one whose rate is not fixed yet.
pub(super) fn records(line: &Line<'_>, market: &Market<'_>) -> Vec<Record> {
    if line.open() {
        return Vec::new();
    }
    let found = candidates(line, market);
    found.into_iter().filter_map(|c| dated(&line.bars, c.kind, c.earlier, c.value)).collect()
}

/// The kinds of records that cannot be told of a line's newest session: none held outdates it and too few are
/// held to call it a record since the data begin, or its move spans a hole.
pub(super) fn undecided(line: &Line<'_>, market: &Market<'_>) -> Vec<RecordKind> {
    let few = line.bars.len() < ENOUGH_FOR_ALL_TIME;
    let found = candidates(line, market).into_iter().filter(|c| few && c.earlier.is_none());
    let newest = line.bars.len().checked_sub(1).and_then(|at| move_into(line, market, at));
    let moves = [RecordKind::LargestDailyGainSince, RecordKind::LargestDailyLossSince];
    let unknown = moves.into_iter().filter(|_| newest.is_none());
    found.map(|c| c.kind).chain(unknown).collect()
}

/// A superlative that the newest session may be, and the newest earlier one that was at least as large.
struct Candidate {
    kind: RecordKind,
    earlier: Option<usize>,
    value: f64,
}

fn candidates(line: &Line<'_>, market: &Market<'_>) -> Vec<Candidate> {
    let bars = line.bars.as_ref();
    [daily_move(line, market), level(bars, Extreme::Highest), level(bars, Extreme::Lowest)]
        .into_iter()
        .flatten()
        .collect()
}

/// The percent move into the session at `at`, unless it spans a hole or an end is not positive.
pub(super) fn move_into(line: &Line<'_>, market: &Market<'_>, at: usize) -> Option<f64> {
    let (base, end) = (line.bars.get(at.checked_sub(1)?)?, line.bars.get(at)?);
    let pct = Move::between(base, end).ok()?.percent().0;
    (!line.spans_hole(market, base.date, end.date)).then_some(pct)
}

/// With r the newest 1D move: the newest earlier session whose move was at least as large in the same
/// direction.
fn daily_move(line: &Line<'_>, market: &Market<'_>) -> Option<Candidate> {
    let newest = line.bars.len().checked_sub(1)?;
    let r = move_into(line, market, newest)?;
    let kind = match r {
        _ if r > 0.0 => RecordKind::LargestDailyGainSince,
        _ if r < 0.0 => RecordKind::LargestDailyLossSince,
        _ => return None,
    };
    let as_large = |base: &Bar, end: &Bar| {
        let pct = (end.close / base.close - 1.0) * 100.0;
        if r > 0.0 { pct >= r } else { pct <= r }
    };
    let earlier = (1..newest).rev().find(|at| {
        let pair = at.checked_sub(1).and_then(|b| line.bars.get(b)).zip(line.bars.get(*at));
        pair.is_some_and(|(base, end)| as_large(base, end)) && move_into(line, market, *at).is_some()
    });
    Some(Candidate { kind, earlier, value: r })
}

#[derive(Clone, Copy)]
enum Extreme {
    Highest,
    Lowest,
}

/// The newest earlier close at or beyond the newest one.
fn level(bars: &[Bar], extreme: Extreme) -> Option<Candidate> {
    let (newest, earlier) = bars.split_last()?;
    let beyond = |b: &Bar| match extreme {
        Extreme::Highest => b.close >= newest.close,
        Extreme::Lowest => b.close <= newest.close,
    };
    let kind = match extreme {
        Extreme::Highest => RecordKind::HighestCloseSince,
        Extreme::Lowest => RecordKind::LowestCloseSince,
    };
    Some(Candidate { kind, earlier: earlier.iter().rposition(beyond), value: newest.close })
}

/// A record that is worth its name: enough sessions in between, or none such in enough data.
fn dated(bars: &[Bar], kind: RecordKind, earlier: Option<usize>, value: f64) -> Option<Record> {
    let newest = bars.len().checked_sub(1)?;
    let (date, sessions) = match earlier {
        Some(at) if newest - at > SESSIONS_BETWEEN => (bars.get(at)?.date, Some(newest - at)),
        None if bars.len() >= ENOUGH_FOR_ALL_TIME => (bars.first()?.date, None),
        _ => return None,
    };
    Some(Record { kind, date, sessions, since_start: sessions.is_none(), value, held: newest })
}

/// Consecutive sessions in the newest one's direction.
pub(super) fn streak(line: &Line<'_>, market: &Market<'_>) -> Streak {
    let none = |absent| Streak { direction: None, sessions: None, absent: Some(absent) };
    if line.open() {
        return none(Absent::Live);
    }
    let sign = |at: usize| move_into(line, market, at).filter(|m| m.abs() > 0.0).map(|m| m > 0.0);
    let Some(newest) = line.bars.len().checked_sub(1).filter(|at| *at > 0) else {
        return none(Absent::InsufficientHistory);
    };
    let Some(up) = sign(newest) else { return none(Absent::NoneSet) };
    let sessions = (1..=newest).rev().take_while(|at| sign(*at) == Some(up)).count();
    Streak { direction: Some(if up { "up" } else { "down" }), sessions: Some(sessions), absent: None }
}
