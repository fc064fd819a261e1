//! What each member of a composite did between its two newest dates, and where it stood on the newest.
//!
//! Not for: the level (`composite`), whose rules these are: a member's move runs from its last close on or
//! before the composite's date before to its last close on or before the newest.

use chrono::NaiveDate;

use super::Inputs;
use super::composite::{CLOSE_WITHIN_DAYS, Level};
use super::lines::{Line, Of};
use super::sessions::{Known, Market};
use crate::domain::series::on_or_before;
use crate::domain::show::{MemberDay, Standing};
use crate::domain::{Bar, InstrumentId, Member, Percent, Points};

/// The members of a composite's line, in its order; none for an instrument's.
pub(super) fn members(inputs: &Inputs<'_>, line: &Line<'_>, market: &Market<'_>) -> Vec<MemberDay> {
    let (Of::Composite(level), Some(composite)) = (&line.of, inputs.universe.composite(&line.id)) else {
        return Vec::new();
    };
    let [.., before, newest] = level.bars.as_slice() else { return Vec::new() };
    let step = |m: &Member| step(market.known.get(&m.id)?, before.date, newest.date);
    let counted = composite.members.iter().filter(|m| step(m).is_some()).map(|m| m.weight);
    let total: f64 = counted.sum();
    let day = |m: &Member| {
        let step = step(m);
        let pct = step.map(|(base, end)| (end.close / base.close - 1.0) * 100.0);
        let share = step.map(|_| m.weight / total);
        let instrument = inputs.universe.instrument(&m.id);
        MemberDay {
            id: m.id.clone(),
            name: instrument.map_or_else(|| m.id.to_string(), |i| i.name.clone()),
            weight_pct: share.map(|s| Percent(s * 100.0)),
            standing: standing(level, &m.id),
            from: step.map(|(base, _)| base.date),
            base: step.map(|(base, _)| base.close),
            to: step.map(|(_, end)| end.date),
            close: step.map(|(_, end)| end.close),
            pct: pct.map(Percent),
            contribution_pp: share.zip(pct).map(|(share, pct)| Points(share * pct)),
        }
    };
    composite.members.iter().map(day).collect()
}

/// The closes that a member's move runs between; none where it does not count.
fn step<'a>(known: &Known<'a>, from: NaiveDate, to: NaiveDate) -> Option<(&'a Bar, &'a Bar)> {
    let bars = known.settled();
    let (base, end) = (on_or_before(bars, from)?, on_or_before(bars, to)?);
    let near = (to - end.date).num_days() <= CLOSE_WITHIN_DAYS;
    (near && base.close > 0.0 && end.close > 0.0).then_some((base, end))
}

fn standing(level: &Level, id: &InstrumentId) -> Standing {
    if level.left_out.contains(id) {
        Standing::LeftOut
    } else if level.shut.contains(id) {
        Standing::Shut
    } else if level.pending.contains(id) {
        Standing::Pending
    } else {
        Standing::Traded
    }
}
