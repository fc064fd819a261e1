//! One view of an instrument or a composite, so that moves, ranges and comparisons are derived by the
//! same code for both.
//!
//! Not for: deciding what is known (`sessions`) or chaining a composite (`composite`).

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};

use super::composite::{self, Level};
use super::currency::Money;
use super::sessions::{Known, Market};
use crate::domain::series::on_or_before;
use crate::domain::snapshot::Status;
use crate::domain::{Absent, Bar, Basis, InstrumentId, Universe};

/// Closes or levels up to as-of, with what is said of the newest one.
#[derive(Debug, Clone)]
pub struct Line<'a> {
    pub id: InstrumentId,
    pub bars: Cow<'a, [Bar]>,
    pub status: Status,
    pub basis: Basis,
    /// The day the report speaks for, in this line's zone.
    pub report_day: NaiveDate,
    pub of: Of<'a>,
    /// What the bars' closes are amounts of.
    pub money: Money,
}

/// What a line is a view of.
#[derive(Debug, Clone)]
pub enum Of<'a> {
    Instrument(&'a Known<'a>),
    Composite(Box<Level>),
}

impl<'a> Line<'a> {
    /// The line of an instrument or composite; none where no close is known.
    pub fn of(id: &InstrumentId, universe: &'a Universe, market: &'a Market<'a>) -> Option<Self> {
        if let Some(known) = market.known.get(id) {
            let (bars, money) = Money::of(known, market.rates.as_ref());
            return Some(Self {
                id: id.clone(),
                bars,
                money,
                status: market.status(known),
                basis: known.instrument.basis,
                report_day: known.report_day,
                of: Of::Instrument(known),
            });
        }
        let composite = universe.composite(id)?;
        let level = composite::level(composite, universe, market)?;
        Some(Self {
            id: id.clone(),
            bars: Cow::Owned(level.bars.clone()),
            status: level.status,
            basis: level.basis,
            report_day: level.report_day,
            money: level.money.clone(),
            of: Of::Composite(Box::new(level)),
        })
    }

    /// The newest bar.
    pub fn last(&self) -> Option<&Bar> {
        self.bars.last()
    }

    /// The newest session that had begun by as-of, also where no value of it is held; a composite's is that of any
    /// member, so that a report of the composite and one of its members speak of the same periods.
    pub fn newest_begun(&self) -> Option<NaiveDate> {
        let newest = self.last().map(|b| b.date);
        match &self.of {
            Of::Instrument(known) => known.newest_begun(),
            Of::Composite(level) => level.newest_begun.max(newest),
        }
    }

    /// Whether the newest value is live.
    pub fn live(&self) -> bool {
        self.status == Status::Live
    }

    /// Whether the newest value may still change: live, a composite that waits for members, or converted at a
    /// rate from before its session.
    pub fn open(&self) -> bool {
        self.under_way() || self.unfixed()
    }

    /// Whether the newest session is not over, or a composite waits for members.
    pub fn under_way(&self) -> bool {
        matches!(self.status, Status::Live | Status::Provisional)
    }

    /// Whether no rate of the newest session's date or a later one is known yet.
    pub fn unfixed(&self) -> bool {
        matches!(&self.money, Money::Converted(converted) if converted.pending())
    }

    /// The settled bars.
    pub fn settled(&self) -> &[Bar] {
        match self.bars.split_last() {
            Some((_, rest)) if self.open() => rest,
            _ => &self.bars,
        }
    }

    /// A composite's line with the levels of a longer one of it, on its own scale; none where that one does not
    /// begin earlier or ends with another session.
    pub fn continued(&self, longer: &Self) -> Option<Self> {
        let (own, other) = (self.last()?, longer.last()?);
        let earlier = longer.bars.first()?.date < self.bars.first()?.date && own.date == other.date;
        let scale = own.close / other.close;
        let (_, older) = longer.bars.split_last().filter(|_| earlier && scale.is_finite())?;
        let scaled = older.iter().map(|b| Bar { close: b.close * scale, low: None, high: None, ..*b });
        Some(Self { bars: scaled.chain([*own]).collect(), ..self.clone() })
    }

    /// Sessions strictly between two dates that the line lacks.
    pub fn holes(&self, market: &Market<'_>, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
        match &self.of {
            Of::Instrument(known) => market.holes(known, from, to),
            Of::Composite(_) => Vec::new(),
        }
    }
}

impl Line<'_> {
    /// Why history is missing: it does not reach back, or what is there is on another basis.
    pub fn explained(&self, absent: Absent) -> Absent {
        match &self.of {
            _ if self.money.lacks_rate(absent) => Absent::NoFx,
            Of::Instrument(known) if known.unadjusted.is_some() && absent == Absent::InsufficientHistory => {
                Absent::Suspect
            }
            _ => absent,
        }
    }

    /// Whether a session that the exchange had lies between two neighbouring bars of the line.
    pub fn spans_hole(&self, market: &Market<'_>, before: NaiveDate, after: NaiveDate) -> bool {
        match &self.of {
            Of::Instrument(known) => market.spans_hole(known, before, after),
            Of::Composite(_) => false,
        }
    }
}

/// When the session of `date` was over for an instrument, or for the last member of a composite that
/// traded on it.
pub fn closed_at(
    id: &InstrumentId,
    date: NaiveDate,
    universe: &Universe,
    market: &Market<'_>,
) -> Option<DateTime<Utc>> {
    if let Some(known) = market.known.get(id) {
        return Some(known.exchange.settled_at(date));
    }
    let members = universe.composite(id)?.members.iter().filter_map(|m| market.known.get(&m.id));
    let traded = members.filter(|k| on_or_before(k.settled(), date).is_some_and(|b| b.date == date));
    traded.map(|k| k.exchange.settled_at(date)).max()
}
