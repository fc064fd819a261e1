//! Breadth of a group: who rose, who fell, the median, the best and the worst.
//!
//! Not for: weights (`composite`).

use std::collections::BTreeSet;

use super::lines::Line;
use crate::domain::snapshot::{GroupRow, MoveCell};
use crate::domain::{Group, InstrumentId, Percent};

/// A member with its 1D move; none where no close is known.
pub(super) struct MemberMove<'a> {
    pub id: &'a InstrumentId,
    pub line: Option<&'a Line<'a>>,
    pub one_day: Option<MoveCell>,
}

/// A group's breadth from its members' 1D moves, each over its own newest session.
pub(super) fn row(group: &Group, members: &[MemberMove<'_>]) -> GroupRow {
    let mut moved: Vec<(&InstrumentId, f64)> =
        members.iter().filter_map(|m| Some((m.id, m.one_day.as_ref()?.pct?.0))).collect();
    moved.sort_by(|a, b| b.1.total_cmp(&a.1));
    let percents: Vec<f64> = moved.iter().map(|(_, pct)| *pct).collect();
    let sessions: BTreeSet<_> =
        members.iter().filter_map(|m| m.one_day.as_ref().filter(|c| c.pct.is_some())?.to).collect();
    let live = members.iter().filter(|m| m.line.is_some_and(Line::live)).map(|m| m.id.clone()).collect();
    let advancers = percents.iter().filter(|p| **p > 0.0).count();
    let decliners = percents.iter().filter(|p| **p < 0.0).count();
    GroupRow {
        id: group.id.clone(),
        name: group.name.clone(),
        advancers,
        decliners,
        unchanged: percents.len() - advancers - decliners,
        absent: members.len() - percents.len(),
        absent_members: members
            .iter()
            .filter(|m| m.one_day.as_ref().and_then(|c| c.pct).is_none())
            .map(|m| m.id.clone())
            .collect(),
        median_1d_pct: median(&percents).map(Percent),
        mean_1d_pct: mean(&percents).map(Percent),
        best: moved.first().map(|(id, _)| (*id).clone()),
        best_1d_pct: percents.first().copied().map(Percent),
        worst: moved.last().filter(|_| moved.len() > 1).map(|(id, _)| (*id).clone()),
        worst_1d_pct: percents.last().filter(|_| percents.len() > 1).copied().map(Percent),
        limit_up: Vec::new(),
        limit_down: Vec::new(),
        sessions: sessions.into_iter().collect(),
        live,
    }
}

/// The middle of sorted values, or the mean of the two middle ones.
fn median(sorted: &[f64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        return sorted.get(middle).copied();
    }
    Some((sorted.get(middle.checked_sub(1)?)? + sorted.get(middle)?) / 2.0)
}

#[allow(clippy::cast_precision_loss)]
fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
