//! What each member of a composite did between its two newest dates, and where it stood on the newest.
//!
//! Not for: the level (`composite`), whose rules these are: a member's move runs from its last close on or
//! before the composite's date before to its last close on or before the newest.

use super::Inputs;
use super::composite::{self, Moved};
use super::lines::{Line, Of};
use super::sessions::Market;
use crate::domain::show::MemberDay;
use crate::domain::{Member, Percent, Points};

/// The members of a composite's line, in its order; none for an instrument's.
pub(super) fn members(inputs: &Inputs<'_>, line: &Line<'_>, market: &Market<'_>) -> Vec<MemberDay> {
    let (Of::Composite(level), Some(composite)) = (&line.of, inputs.universe.composite(&line.id)) else {
        return Vec::new();
    };
    let [.., before, newest] = level.bars.as_slice() else { return Vec::new() };
    let parts = composite::parts(composite, inputs.universe, market);
    let moved: Vec<Moved<'_, '_>> = composite::moves(&parts, before.date, newest.date).collect();
    let total: f64 = moved.iter().map(|m| m.part.weight).sum();
    let day = |member: &Member| {
        let moved = moved.iter().find(|m| *m.part.id == member.id);
        let pct = moved.map(|m| m.share() * 100.0);
        let share = moved.map(|m| m.part.weight / total);
        let instrument = inputs.universe.instrument(&member.id);
        MemberDay {
            id: member.id.clone(),
            name: instrument.map_or_else(|| member.id.to_string(), |i| i.name.clone()),
            weight_pct: share.map(|s| Percent(s * 100.0)),
            standing: level.standing(&member.id),
            from: moved.map(|m| m.base.date),
            base: moved.map(|m| m.base.close * m.rates.0),
            to: moved.map(|m| m.end.date),
            close: moved.map(|m| m.end.close * m.rates.1),
            pct: pct.map(Percent),
            contribution_pp: share.zip(pct).map(|(share, pct)| Points(share * pct)),
        }
    };
    composite.members.iter().map(day).collect()
}
