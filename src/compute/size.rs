//! How large the newest session's move is beside those before it: in standard deviations, and how often one
//! as large came.
//!
//! Not for: since when no move was as large (`records`). Moves across a hole take no part.

use super::lines::Line;
use super::records::move_into;
use super::sessions::Market;
use crate::domain::Absent;
use crate::domain::snapshot::{Rarity, ZScore};

/// So many moves before the newest are looked at, and at least so many are needed.
pub(super) const OVER: usize = 250;
const AT_LEAST: usize = 60;

/// The size of a line's newest move.
///
/// z = r / sample standard deviation (n - 1) of the up to 250 moves before it. Rarity counts those of them
/// that were at least as large in either direction: |move| >= |r|. Both are absent for a live value, for a
/// move across a hole or with an end that is not positive, and with fewer than 60 moves before it.
pub(super) fn size(line: &Line<'_>, market: &Market<'_>) -> (ZScore, Rarity) {
    match moves(line, market) {
        Err(absent) => without(absent),
        Ok((r, before)) => (z_score(r, &before), rarity(r, &before)),
    }
}

/// The size of a row without any close.
pub(super) fn without(absent: Absent) -> (ZScore, Rarity) {
    let absent = Some(absent);
    (ZScore { absent, ..ZScore::default() }, Rarity { absent, ..Rarity::default() })
}

/// The newest move and those before it, in percent.
fn moves(line: &Line<'_>, market: &Market<'_>) -> Result<(f64, Vec<f64>), Absent> {
    if line.open() {
        return Err(Absent::Live);
    }
    let newest = line.bars.len().checked_sub(1).ok_or(Absent::NoSession)?;
    let r = move_into(line, market, newest).ok_or(Absent::InsufficientHistory)?;
    let before = (1..newest).rev().filter_map(|at| move_into(line, market, at));
    let before: Vec<f64> = before.take(OVER).collect();
    if before.len() < AT_LEAST { Err(Absent::InsufficientHistory) } else { Ok((r, before)) }
}

#[allow(clippy::cast_precision_loss)]
fn z_score(r: f64, before: &[f64]) -> ZScore {
    let n = before.len() as f64;
    let mean = before.iter().sum::<f64>() / n;
    let deviation = (before.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    if deviation <= 0.0 {
        return ZScore { absent: Some(Absent::NoneSet), ..ZScore::default() };
    }
    ZScore { value: Some(r / deviation), sessions: Some(before.len()), absent: None }
}

fn rarity(r: f64, before: &[f64]) -> Rarity {
    let times = before.iter().filter(|m| m.abs() >= r.abs()).count();
    Rarity { times: Some(times), of: Some(before.len()), absent: None }
}
