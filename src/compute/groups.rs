//! Breadth of a group: who rose, who fell, the median, the best and the worst, who closed at a limit, and how
//! many stand above the mean of their last 50 closes.
//!
//! Not for: weights (`composite`), or the order of a group's members (`movers`).

use std::collections::BTreeSet;

use super::lines::Line;
use crate::domain::movers::{Above50d, Breadth};
use crate::domain::snapshot::{GroupRow, MoveCell};
use crate::domain::{Group, InstrumentId, Percent};

/// Closes that the mean is taken over, the newest included.
const MEAN_OF: usize = 50;

/// A member with its move over a horizon; none where no close is known.
pub(super) struct MemberMove<'a> {
    pub id: &'a InstrumentId,
    pub line: Option<&'a Line<'a>>,
    pub cell: Option<MoveCell>,
    /// On which price limit its newest session closed.
    pub limit: Option<&'static str>,
}

impl MemberMove<'_> {
    fn pct(&self) -> Option<f64> {
        Some(self.cell.as_ref()?.pct?.0)
    }

    /// Its limit; none of a member without a value, which is absent throughout.
    fn at_limit(&self) -> Option<&'static str> {
        self.limit.filter(|_| self.line.is_some_and(|line| line.last().is_some()))
    }
}

/// A group's breadth from its members' 1D moves, each over its own newest session.
pub(super) fn row(group: &Group, members: &[MemberMove<'_>]) -> GroupRow {
    GroupRow::of(group, breadth(members))
}

/// The breadth of members over their moves; a best and a worst that are not the same member.
pub(super) fn breadth(members: &[MemberMove<'_>]) -> Breadth {
    let mut moved: Vec<(&InstrumentId, f64)> =
        members.iter().filter_map(|m| Some((m.id, m.pct()?))).collect();
    moved.sort_by(|a, b| b.1.total_cmp(&a.1));
    let percents: Vec<f64> = moved.iter().map(|(_, pct)| *pct).collect();
    let sessions: BTreeSet<_> =
        members.iter().filter_map(|m| m.cell.as_ref().filter(|c| c.pct.is_some())?.to).collect();
    let those = |keep: &dyn Fn(&MemberMove<'_>) -> bool| {
        members.iter().filter(|m| keep(m)).map(|m| m.id.clone()).collect::<Vec<_>>()
    };
    let advancers = percents.iter().filter(|p| **p > 0.0).count();
    let decliners = percents.iter().filter(|p| **p < 0.0).count();
    Breadth {
        advancers,
        decliners,
        unchanged: percents.len() - advancers - decliners,
        absent: members.len() - percents.len(),
        absent_members: those(&|m| m.pct().is_none()),
        median_pct: median(&percents).map(Percent),
        mean_pct: mean(&percents).map(Percent),
        best: moved.first().map(|(id, _)| (*id).clone()),
        best_pct: percents.first().copied().map(Percent),
        worst: moved.last().filter(|_| moved.len() > 1).map(|(id, _)| (*id).clone()),
        worst_pct: percents.last().filter(|_| percents.len() > 1).copied().map(Percent),
        above_50d: above_50d(members),
        limit_up: those(&|m| m.at_limit() == Some("up")),
        limit_down: those(&|m| m.at_limit() == Some("down")),
        sessions: sessions.into_iter().collect(),
        live: those(&|m| m.line.is_some_and(Line::live)),
    }
}

/// Members whose newest settled close is above the simple mean of their last 50 settled closes.
#[allow(clippy::cast_precision_loss)]
fn above_50d(members: &[MemberMove<'_>]) -> Above50d {
    let above: Vec<bool> = members.iter().filter_map(|m| above_its_mean(m.line?)).collect();
    let (of, above) = (above.len(), above.iter().filter(|above| **above).count());
    Above50d {
        members: above,
        of,
        pct: (of > 0).then(|| Percent(above as f64 / of as f64 * 100.0)),
        absent: members.len() - of,
    }
}

/// Whether a line's newest settled close is above the mean of its last 50; none with fewer.
fn above_its_mean(line: &Line<'_>) -> Option<bool> {
    let settled = line.settled();
    let last = settled.get(settled.len().checked_sub(MEAN_OF)?..)?;
    let closes: Vec<f64> = last.iter().map(|b| b.close).collect();
    let mean = mean(&closes)?;
    // A sum of doubles errs by less than this share: closes that never changed are not above their mean.
    Some(closes.last()? - mean > mean.abs() * 1e-12)
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
