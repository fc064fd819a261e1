//! The figures that expressions name, from the rows of a report, and why one cannot be used.
//!
//! Not for: groups' figures (`groups`), or deriving any: a figure is the row's.

use super::super::lines::Line;
use super::super::sessions::Market;
use super::super::{Inputs, records};
use crate::domain::check::{Between, Used, Value};
use crate::domain::expr::{Field, Figure, Type, Unit};
use crate::domain::snapshot::{GroupRow, MoveCell, MoveFlag, RecordKind, Row, Status};
use crate::domain::{Absent, Horizon, InstrumentId, Snapshot};

/// Why a figure cannot be used: a code, and a sentence without its full stop.
pub(super) type Why = (&'static str, String);

/// What a row says of a figure.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub value: Option<Value>,
    /// What it lies between, and why that is all that is known.
    pub between: Option<(Between, String)>,
    pub why: Option<Why>,
}

impl Found {
    pub(super) fn number(value: f64) -> Self {
        Self { value: Some(Value::Number(value)), ..Self::default() }
    }

    fn word(word: &str) -> Self {
        Self { value: Some(Value::Word(word.to_owned())), ..Self::default() }
    }

    pub(super) fn not(code: &'static str, why: impl Into<String>) -> Self {
        Self { why: Some((code, why.into())), ..Self::default() }
    }

    /// A number, or the reason that stands beside it.
    fn of(value: Option<f64>, absent: Option<Absent>) -> Self {
        match value {
            Some(value) => Self::number(value),
            None => Self::absent(absent.unwrap_or(Absent::NoneSet)),
        }
    }

    pub(super) fn absent(absent: Absent) -> Self {
        Self::not(absent.code(), reason(absent))
    }

    pub(super) fn between(from: f64, to: Option<f64>, why: String) -> Self {
        Self { between: Some((Between { from, to }, why)), ..Self::default() }
    }
}

fn reason(absent: Absent) -> &'static str {
    match absent {
        Absent::InsufficientHistory => "the closes held do not reach back far enough",
        Absent::NoSession => "there was no session in the period",
        Absent::NoFx => "no rate of exchange is known near the session",
        Absent::NoBenchmark => "the benchmark has no such move",
        Absent::TooFewPairs => "there are too few pairs of returns",
        Absent::Suspect => "the two closes do not seem to be on one basis",
        Absent::MixedSource => "its two ends come from different sources",
        Absent::NonPositive => "an end is zero or below",
        Absent::Live => "it is of settled closes only, and the newest value may still change",
        Absent::NoneSet => "there is none",
    }
}

/// Whether a row's closes are held and only a rate of exchange is missing.
pub(super) fn lacks_rate(row: &Row) -> bool {
    row.close.is_none() && row.fx.as_ref().is_some_and(|fx| fx.absent == Some(Absent::NoFx))
}

/// Finds figures in a report.
pub(super) struct Figures<'a, 'b> {
    pub inputs: &'b Inputs<'a>,
    pub report: &'b Snapshot,
    pub allow_live: bool,
    market: Market<'a>,
}

impl<'a, 'b> Figures<'a, 'b> {
    pub(super) fn new(inputs: &'b Inputs<'a>, report: &'b Snapshot, allow_live: bool) -> Self {
        Self { inputs, report, allow_live, market: Market::at(inputs) }
    }

    /// The row of an instrument or a composite.
    pub(super) fn row(&self, id: &InstrumentId) -> Option<&'b Row> {
        let instrument = self.report.instruments.iter().find(|r| r.id == *id);
        instrument.or_else(|| self.report.composites.iter().map(|c| &c.row).find(|r| r.id == *id))
    }

    /// A figure with its sessions, its source, and why it cannot be used.
    pub(super) fn used(&self, figure: &Figure) -> Used {
        let id = InstrumentId::new(&figure.id);
        let (row, group) = (self.row(&id), self.report.groups.iter().find(|g| g.id == id));
        let found = match (row, group) {
            (Some(row), _) => self.of_row(row, figure.field),
            (None, Some(group)) => self.of_group(group, figure.field),
            (None, None) => Found::not("missing", format!("nothing is held of {id}")),
        };
        let (between, open) = found.between.unzip();
        let (unknown, why) = found.why.unzip();
        let mut used = Used {
            field: figure.field.name(),
            value: found.value,
            unit: figure.field.info().holds.word(),
            between,
            session: row.map_or_else(|| newest(group), |r| r.session.date),
            from: None,
            status: row.and_then(|r| r.session.status),
            source: row.and_then(|r| r.source.as_ref()).map(|s| s.name.clone()),
            benchmark_session: None,
            benchmark_from: None,
            flags: Vec::new(),
            unknown,
            message: why.or(open),
            decimals: row.map_or(2, |r| r.decimals),
            signed: signed(figure.field),
            id,
        };
        if let Some(row) = row {
            dates(&mut used, row, figure.field);
        }
        used
    }

    fn of_row(&self, row: &Row, field: Field) -> Found {
        if let (Field::Status, Some(status)) = (field, row.session.status) {
            return Found::word(status.word());
        }
        let mut found = self.field(row, field);
        let own = self.not_final(row, field);
        let benchmark = self.row(&self.report.benchmark).filter(|_| field.against());
        let other = benchmark.and_then(|b| self.not_final(b, field));
        found.why = own.or(other).or_else(|| self.flagged(row, field)).or(found.why);
        found
    }

    /// Why nothing of a row, or nothing that it says of its newest session, can be used.
    pub(super) fn not_final(&self, row: &Row, field: Field) -> Option<Why> {
        let id = &row.id;
        if lacks_rate(row) && field != Field::Session {
            return Some((Absent::NoFx.code(), self.no_rate(row)));
        }
        let there = row.close.is_some() || lacks_rate(row);
        let Some(date) = row.session.date.filter(|_| there) else {
            let error = self.report.errors.iter().find(|e| e.id == *id).map(|e| e.message.clone());
            return Some(("missing", error.unwrap_or_else(|| format!("no close of {id} is known"))));
        };
        match row.session.status {
            Some(Status::Stale) => {
                Some(("stale", format!("{id} is stale: a session after {date} should have been published")))
            }
            Some(Status::Live) if !self.allow_live && !matches!(field, Field::Session | Field::Previous) => {
                Some(("live", format!("{id} is live: its session of {date} is under way")))
            }
            Some(Status::Provisional)
                if !self.allow_live && !matches!(field, Field::Session | Field::Previous) =>
            {
                Some(("provisional", format!("{id} is provisional on {date}: members are pending")))
            }
            _ if unfixed(row) && !self.allow_live && converted(field) => {
                Some(("provisional", format!("the rate of exchange of {id} on {date} is not fixed yet")))
            }
            _ => None,
        }
    }

    /// Which rate a row lacks; of a composite the members' that would make half of its weight.
    fn no_rate(&self, row: &Row) -> String {
        let to = &self.report.currency;
        let own = row.local.as_ref().and_then(|local| local.currency.as_deref());
        match (own, row.session.date) {
            (Some(own), Some(date)) => {
                format!("no rate of {own} in {to} is known near {}'s session of {date}", row.id)
            }
            (Some(own), None) => format!("no rate of {own} in {to} is known"),
            (None, _) => format!("members of {} lack a rate of exchange to {to}", row.id),
        }
    }

    /// Why a move is not the one that its name says.
    fn flagged(&self, row: &Row, field: Field) -> Option<Why> {
        let over = match field {
            Field::Previous | Field::Change | Field::Streak => Horizon::ONE_DAY,
            other => other.horizon()?,
        };
        let benchmark = self.row(&self.report.benchmark).filter(|_| field.against());
        let cells = [Some(row), benchmark].into_iter().flatten().filter_map(|r| r.moves.get(&over));
        let across = cells.flat_map(|c| &c.flags).any(|flag| *flag == MoveFlag::AcrossHole);
        across.then(|| ("missing", "a session that the exchange had is missing from its closes".to_owned()))
    }

    fn field(&self, row: &Row, field: Field) -> Found {
        let (range, cell) = (&row.range_52w, |h: Horizon| row.moves.get(&h));
        let missing = |cell: Option<&MoveCell>| cell.and_then(|c| c.absent);
        match field {
            Field::Close => Found::of(row.close, Some(Absent::NoSession)),
            Field::Previous => Found::of(row.previous.close, row.previous.absent),
            Field::Change => Found::of(row.change, row.previous.absent),
            Field::Move(h) => Found::of(cell(h).and_then(|c| c.pct).map(|p| p.0), missing(cell(h))),
            Field::Excess(h) | Field::Relative(h) => {
                let relative = row.relative.get(&h);
                let excess = relative.and_then(|r| r.excess_pp).map(|p| p.0);
                let ratio = relative.and_then(|r| r.relative_pct).map(|p| p.0);
                let value = if matches!(field, Field::Excess(_)) { excess } else { ratio };
                Found::of(value, relative.and_then(|r| r.absent))
            }
            Field::RangePosition => Found::of(range.position_pct.map(|p| p.0), range.absent),
            Field::RangeLow => Found::of(range.low, range.absent),
            Field::RangeHigh => Found::of(range.high, range.absent),
            Field::ZScore => Found::of(row.z_score.value, row.z_score.absent),
            Field::Rarity => Found::of(row.rarity.times.map(count), row.rarity.absent),
            Field::Drawdown => Found::of(row.drawdown.pct.map(|p| p.0), row.drawdown.absent),
            Field::Streak => streak(row),
            Field::GainSessions => self.record(row, RecordKind::LargestDailyGainSince),
            Field::LossSessions => self.record(row, RecordKind::LargestDailyLossSince),
            Field::HighSessions => self.record(row, RecordKind::HighestCloseSince),
            Field::LowSessions => self.record(row, RecordKind::LowestCloseSince),
            Field::Limit => match (row.limit.side, row.limit.absent) {
                (Some(side), _) => Found::word(side),
                (None, None | Some(Absent::NoneSet)) => Found::word("none"),
                (None, Some(absent)) => Found::absent(absent),
            },
            Field::Session => Found { value: row.session.date.map(Value::Date), ..Found::default() },
            _ => Found::absent(Absent::NoneSet),
        }
    }

    /// How many sessions ago such a day was: none where today is no record; of a record since the data begin
    /// at least those held.
    fn record(&self, row: &Row, kind: RecordKind) -> Found {
        if unfixed(row) || matches!(row.session.status, Some(Status::Live | Status::Provisional)) {
            return Found::absent(Absent::Live);
        }
        if let Some(record) = row.records.iter().find(|r| r.kind == kind) {
            return record
                .sessions
                .map_or_else(|| open(record.held, &record.date), |s| Found::number(count(s)));
        }
        let line = Line::of(&row.id, self.inputs.universe, &self.market);
        match line.is_none_or(|line| records::undecided(&line, &self.market).contains(&kind)) {
            true => Found::absent(Absent::InsufficientHistory),
            false => Found::number(0.0),
        }
    }
}

/// Whether a row's close will change with a rate that is not fixed yet.
fn unfixed(row: &Row) -> bool {
    row.fx.as_ref().is_some_and(|fx| fx.pending)
}

/// Whether a figure hinges on the rate of the newest session.
fn converted(field: Field) -> bool {
    !matches!(field, Field::Session | Field::Status | Field::Previous | Field::Limit)
}

fn open(held: usize, first: &chrono::NaiveDate) -> Found {
    let why = format!("no such day in the {held} sessions held before, which begin on {first}");
    Found::between(count(held), None, why)
}

#[allow(clippy::cast_precision_loss)]
pub(super) fn count(n: usize) -> f64 {
    n as f64
}

/// Sessions up above zero, down below.
fn streak(row: &Row) -> Found {
    match (row.streak.direction, row.streak.sessions, row.streak.absent) {
        (Some("down"), Some(sessions), _) => Found::number(-count(sessions)),
        (_, Some(sessions), _) => Found::number(count(sessions)),
        // The close did not move.
        (_, None, None | Some(Absent::NoneSet)) => Found::number(0.0),
        (_, None, Some(absent)) => Found::absent(absent),
    }
}

fn newest(group: Option<&GroupRow>) -> Option<chrono::NaiveDate> {
    group.and_then(|g| g.sessions.last().copied())
}

/// The sessions that a figure spans.
fn dates(used: &mut Used, row: &Row, field: Field) {
    match field {
        Field::Previous => used.session = row.previous.date,
        Field::Change => used.from = row.previous.date,
        other => {
            let Some(horizon) = other.horizon() else { return };
            if let Some(cell) = row.moves.get(&horizon) {
                used.from = cell.from;
                used.flags.clone_from(&cell.flags);
            }
            let relative = row.relative.get(&horizon).filter(|_| other.against());
            used.benchmark_session = relative.and_then(|r| r.benchmark_session);
            used.benchmark_from = relative.and_then(|r| r.benchmark_from);
        }
    }
}

/// Whether a figure is told with its sign.
fn signed(field: Field) -> bool {
    match field.info().holds {
        Type::Number(Unit::Percent) => field != Field::RangePosition,
        Type::Number(Unit::Points | Unit::Deviations) => true,
        _ => matches!(field, Field::Change | Field::Streak),
    }
}
