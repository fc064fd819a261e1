//! What makes a series look wrong by itself.
//!
//! Not for: holding it against another one (`weigh`).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::compute::sessions::{Known, Market};
use crate::compute::{Inputs, moves, suspect};
use crate::domain::snapshot::Status;
use crate::domain::{Bar, InstrumentId, Kind};

/// How many of the newest sessions are looked at.
pub(super) const RECENT: usize = 25;
/// So many equal closes in a row are a feed that stands still.
const STANDING: usize = 5;
/// So many indices of one source that all stand still on one day are one, too.
const STANDING_TOGETHER: usize = 3;

/// Why closes look wrong by themselves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Doubt {
    /// A later session should be there.
    Behind(NaiveDate),
    /// The exchange had this session.
    Hole(NaiveDate),
    /// The close of this session is too far from the one before, or outside its own range.
    Jump(NaiveDate),
    /// No close has changed since.
    Standing(NaiveDate),
    /// There is one close only.
    Alone(NaiveDate),
}

impl Doubt {
    /// Whether it is the closes held that look wrong, and not one that is missing.
    pub(super) fn of_closes(&self) -> bool {
        matches!(self, Doubt::Jump(_) | Doubt::Standing(_) | Doubt::Alone(_))
    }
}

/// What looks wrong in a series by itself, the gravest first. `still` are the instruments that
/// [`standing_together`] found.
pub(super) fn doubts(
    inputs: &Inputs<'_>,
    market: &Market<'_>,
    known: &Known<'_>,
    still: &BTreeSet<InstrumentId>,
) -> Vec<Doubt> {
    let Some(newest) = known.bars.last().map(|b| b.date) else { return Vec::new() };
    if known.bars.len() == 1 {
        return vec![Doubt::Alone(newest)];
    }
    let behind = market.status(known) == Status::Stale || known.passed_over.is_some();
    let behind = behind.then_some(Doubt::Behind(newest));
    let hole = hole(inputs, market, known).map(Doubt::Hole);
    let jump = suspect::newest_jump(known).map(Doubt::Jump);
    let together = still.contains(&known.instrument.id) && unchanged(known);
    let standing = standing(known).or(together.then_some(newest)).map(Doubt::Standing);
    behind.into_iter().chain(hole).chain(jump).chain(standing).collect()
}

/// A session missing among the newest ones, or where a horizon's base should have been.
fn hole(inputs: &Inputs<'_>, market: &Market<'_>, known: &Known<'_>) -> Option<NaiveDate> {
    let newest = known.bars.last()?.date;
    let first =
        known.bars.len().checked_sub(RECENT).and_then(|at| known.bars.get(at)).or(known.bars.first())?;
    let recent = market.lacks(known, first.date, newest);
    let bases = inputs.horizons.iter().filter_map(|h| {
        let wanted = h.wanted_base(newest, known.report_day)?;
        let base = moves::base_on(known.bars, wanted).ok()?;
        market.lacks(known, base.date, wanted.succ_opt()?)
    });
    recent.or_else(|| bases.max())
}

/// Since when the closes of something that moves every day have not changed at all.
fn standing(known: &Known<'_>) -> Option<NaiveDate> {
    let moves = matches!(known.instrument.kind, Kind::Index | Kind::Future | Kind::Coin);
    let settled = known.settled();
    let last = settled.last().filter(|_| moves)?;
    let equal = |b: &&Bar| b.close.total_cmp(&last.close).is_eq();
    let run = settled.iter().rev().take_while(equal).count();
    let first = settled.len().checked_sub(run).and_then(|at| settled.get(at))?;
    (run >= STANDING).then_some(first.date)
}

/// Whether the newest settled close is that of the session before, to the last digit.
fn unchanged(known: &Known<'_>) -> bool {
    matches!(known.settled(), [.., a, b] if a.close.total_cmp(&b.close).is_eq())
}

/// Indices whose source repeats the closes of the day before for several of them at once.
pub(super) fn standing_together(market: &Market<'_>) -> BTreeSet<InstrumentId> {
    let mut by_source: BTreeMap<&str, Vec<&InstrumentId>> = BTreeMap::new();
    let indices = market.known.iter().filter(|(_, k)| k.instrument.kind == Kind::Index && unchanged(k));
    for (id, known) in indices {
        by_source.entry(known.series.provenance.source.as_str()).or_default().push(id);
    }
    by_source.into_values().filter(|ids| ids.len() >= STANDING_TOGETHER).flatten().cloned().collect()
}
