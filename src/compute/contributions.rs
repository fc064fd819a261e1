//! What each member added to a composite's move.
//!
//! A composite date's move is the weighted sum of the members' moves since the date before (`composite`), so a
//! member's part in it is its term of that sum. Over several dates each term counts times the composite's level
//! before it as a share of the level at the base; then the parts sum to the move without a remainder.
//!
//! Not for: the composite's level or move, which `composite` and `moves` derive.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::composite::{self, Level, Moved, Part};
use super::sessions::{Known, Market};
use crate::domain::movers::{Contribution, Contributions};
use crate::domain::series::on_or_before;
use crate::domain::snapshot::MoveCell;
use crate::domain::{Absent, Bar, Composite, InstrumentId, Move, Percent, Points, Universe};

/// The members' parts in a composite's move, the largest first; members of equal parts in the composite's order.
pub(super) fn contributions(
    composite: &Composite,
    level: Option<&Level>,
    cell: Option<&MoveCell>,
    universe: &Universe,
    market: &Market<'_>,
) -> Contributions {
    let parts = composite::parts(composite, universe, market);
    let span = cell.and_then(|c| c.pct.and(c.from).zip(c.to));
    let chained = span.zip(level).map(|((from, to), level)| steps(&level.bars, from, to));
    let steps = chained.unwrap_or_default();
    let terms = chain(&parts, &steps);
    let member = |part: &Part<'_>| member(part, span, &terms, level);
    let mut members: Vec<Contribution> = parts.iter().map(member).collect();
    members.sort_by(|a, b| order(a).total_cmp(&order(b)));
    Contributions {
        from: cell.and_then(|c| c.from),
        to: cell.and_then(|c| c.to),
        pct: cell.and_then(|c| c.pct),
        dates: span.map(|_| steps.len()),
        members,
        absent: cell.map_or(Some(Absent::NoSession), |c| c.absent),
    }
}

/// Members without a part come last.
fn order(member: &Contribution) -> f64 {
    member.contribution_pp.map_or(f64::INFINITY, |points| -points.0)
}

/// One composite date: the date before, the date itself, and the level before as a share of the base's.
type Step = (NaiveDate, NaiveDate, f64);

fn steps(levels: &[Bar], from: NaiveDate, to: NaiveDate) -> Vec<Step> {
    let Some(base) = on_or_before(levels, from) else { return Vec::new() };
    let pairs = levels.iter().zip(levels.iter().skip(1));
    let inside = pairs.filter(|(before, on)| before.date >= base.date && on.date <= to);
    inside.map(|(before, on)| (before.date, on.date, before.close / base.close)).collect()
}

/// The sum of each member's terms over the dates, as shares; a member without any is not in it.
fn chain<'a>(parts: &[Part<'a>], steps: &[Step]) -> BTreeMap<&'a InstrumentId, f64> {
    let mut terms: BTreeMap<&InstrumentId, f64> = BTreeMap::new();
    for (before, on, level) in steps {
        let moved: Vec<Moved<'_, '_>> = composite::moves(parts, *before, *on).collect();
        let weight: f64 = moved.iter().map(|m| m.part.weight).sum();
        for m in moved {
            *terms.entry(m.part.id).or_default() += m.part.weight * m.share() / weight * level;
        }
    }
    terms
}

fn member(
    part: &Part<'_>,
    span: Option<(NaiveDate, NaiveDate)>,
    terms: &BTreeMap<&InstrumentId, f64>,
    level: Option<&Level>,
) -> Contribution {
    let settled = part.known.map(Known::settled).unwrap_or_default();
    let base = span.and_then(|(from, _)| on_or_before(settled, from));
    let end = span.and_then(|(_, to)| on_or_before(settled, to));
    let fx = span.and_then(|(from, to)| Some(part.money.on(to)? / part.money.on(from)?));
    let own = base.zip(end).and_then(|(base, end)| Move::between(base, end).ok());
    let own = own.zip(fx).map(|(own, fx)| ((1.0 + own.percent().0 / 100.0) * fx - 1.0) * 100.0);
    // A fall of 0 % is no negative part.
    let points = terms.get(part.id).map(|share| Points(share * 100.0 + 0.0));
    Contribution {
        id: part.id.clone(),
        weight_pct: Percent(part.weight * 100.0),
        from: base.map(|b| b.date),
        to: end.map(|b| b.date),
        pct: own.map(Percent),
        contribution_pp: points,
        part: level.map(|level| level.standing(part.id)),
        absent: if points.is_some() { None } else { Some(Absent::NoSession) },
    }
}
