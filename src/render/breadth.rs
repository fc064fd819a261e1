//! A group's breadth as facts: who rose and fell, the middle, the best and the worst, limits.
//!
//! Not for: counting (`compute`), nor where the facts stand (`table`, `movers`).

use chrono::NaiveDate;

use super::cells::NO_RATE;
use super::number;
use super::style::Style;
use super::text;
use crate::domain::instrument::InstrumentId;
use crate::domain::movers::{Above50d, Breadth};
use crate::domain::moves::Percent;

/// Facts on how many rose and fell, and facts on single members; `why` tells why a member is absent.
pub(super) fn says(
    group: &Breadth,
    why: impl Fn(&InstrumentId) -> Option<String>,
    style: &Style,
    year: i32,
) -> (Vec<String>, Vec<String>) {
    let mut breadth = vec![format!(
        "{} up, {} down, {} unchanged, {} absent",
        group.advancers, group.decliners, group.unchanged, group.absent
    )];
    let middle = |word: &str, value: Option<Percent>| {
        let value = value.and_then(|p| number::percent(p.0));
        value.map_or_else(|| format!("{word} {}", style.dash()), |m| format!("{word} {m} %"))
    };
    breadth.push(format!("{}, {}", middle("median", group.median_pct), middle("mean", group.mean_pct)));
    let no_rate = group.absent_members.iter().any(|id| why(id).as_deref() == Some(NO_RATE));
    breadth.extend(above(group.above_50d, no_rate));
    breadth.extend(sessions(&group.sessions, year));
    let mover = |word: &str, id: &Option<InstrumentId>, pct: Option<Percent>| {
        let id = text::clean(id.as_ref()?.as_str(), style);
        let pct = pct.and_then(|p| number::percent(p.0));
        Some(pct.map_or_else(|| format!("{word} {id}"), |pct| format!("{word} {id} {pct} %")))
    };
    let listed = |word: &str, ids: &[InstrumentId]| {
        let ids: Vec<String> = ids.iter().map(|id| text::clean(id.as_str(), style)).collect();
        (!ids.is_empty()).then(|| format!("{word} {}", ids.join(", ")))
    };
    let reason = |id: &InstrumentId| {
        let name = text::clean(id.as_str(), style);
        why(id).map_or_else(|| name.clone(), |why| format!("{name} ({why})"))
    };
    let absent: Vec<String> = group.absent_members.iter().map(reason).collect();
    let movers = [
        mover("best", &group.best, group.best_pct),
        mover("worst", &group.worst, group.worst_pct),
        listed("limit up:", &group.limit_up),
        listed("limit down:", &group.limit_down),
        listed(&format!("{} live:", group.live.len()), &group.live),
        (!absent.is_empty()).then(|| format!("absent: {}", absent.join(", "))),
    ];
    (breadth, movers.into_iter().flatten().collect())
}

/// How many stand above the mean of their last 50 closes, of those that have as many.
fn above(count: Above50d, no_rate: bool) -> Option<String> {
    let or_rate = if no_rate { " or a rate" } else { "" };
    let too_few = match count.absent {
        0 => String::new(),
        few => format!(" ({few} without 50 closes{or_rate})"),
    };
    (count.of > 0).then(|| format!("{} of {} above 50-day mean{too_few}", count.members, count.of))
}

fn sessions(dates: &[NaiveDate], year: i32) -> Option<String> {
    let (first, last) = (dates.first()?, dates.last()?);
    Some(if dates.len() > 1 {
        format!("sessions {}", text::span(*first, *last, year))
    } else {
        format!("session {}", text::short_date(*last, year).trim())
    })
}
