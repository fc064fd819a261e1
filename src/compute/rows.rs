//! The rows of a report: every figure of an instrument, a composite or a group at as-of.
//!
//! Not for: which rows a report has (`snapshot`) or the sentences below them (`notes`).

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::groups::{self, MemberMove};
use super::lines::{Line, Of};
use super::period::Periods;
use super::rank::{self, Past};
use super::sessions::{self, Market};
use super::{Inputs, converted, drawdown, limit, moves, range, records, relative, size, suspect};
use crate::domain::snapshot::{
    CompositeRow, Day, GroupRow, MoveCell, Previous, RelativeCell, Row, Session, SourceInfo, Streak,
};
use crate::domain::{
    Absent, Basis, Horizon, Instrument, InstrumentId, Kind, Ordered, Percent, Warning, WarningKind,
};

/// How many of the newest closes a sparkline gets.
const TREND: usize = 30;

/// Derives rows from what is known at as-of.
pub(super) struct Rows<'a, 'b> {
    pub inputs: &'b Inputs<'a>,
    pub market: &'b Market<'a>,
    pub lines: &'b BTreeMap<InstrumentId, Line<'a>>,
    pub periods: &'b Periods,
    /// The benchmark's moves, derived once.
    pub benchmark_moves: OnceCell<Ordered<Horizon, MoveCell>>,
    /// The benchmark's sessions, for the ranks of spreads.
    pub past: OnceCell<Past>,
}

impl<'a, 'b> Rows<'a, 'b> {
    /// The maker of rows from these lines.
    pub fn new(
        inputs: &'b Inputs<'a>,
        market: &'b Market<'a>,
        lines: &'b BTreeMap<InstrumentId, Line<'a>>,
        periods: &'b Periods,
    ) -> Self {
        Self { inputs, market, lines, periods, benchmark_moves: OnceCell::new(), past: OnceCell::new() }
    }
}

impl Rows<'_, '_> {
    fn moves(&self, line: Option<&Line<'_>>) -> Ordered<Horizon, MoveCell> {
        self.inputs.horizons.iter().map(|h| (*h, self.moved(line, *h))).collect()
    }

    fn moved(&self, line: Option<&Line<'_>>, h: Horizon) -> MoveCell {
        match line {
            None => moves::absent_cell(Absent::NoSession, None, None),
            Some(line) => moves::cell(line, h, self.periods.report_day(&h, line.report_day), self.market),
        }
    }

    /// The move of the newest session, whether or not 1D is shown.
    fn day(&self, line: Option<&Line<'_>>) -> Day {
        let own = self.moved(line, Horizon::ONE_DAY);
        let benchmark = self.lines.get(self.inputs.benchmark);
        let other = benchmark.map(|l| self.moved(Some(l), Horizon::ONE_DAY));
        let past = benchmark.map(|l| self.past.get_or_init(|| Past::of(l, self.inputs, self.market)));
        let against = self.ranked(relative::cell(&own, other.as_ref()), line, past);
        Day { local_pct: own.local_pct, against: Some(against) }
    }

    fn relative(&self, day: &Day, own: &Ordered<Horizon, MoveCell>) -> Ordered<Horizon, RelativeCell> {
        let line = self.lines.get(self.inputs.benchmark);
        let benchmark = line.map(|line| self.benchmark_moves.get_or_init(|| self.moves(Some(line))));
        let cell = |h: Horizon, own: &MoveCell| match &day.against {
            Some(against) if h == Horizon::ONE_DAY => against.clone(),
            _ => relative::cell(own, benchmark.and_then(|b| b.get(&h))),
        };
        own.iter().map(|(h, own)| (*h, cell(*h, own))).collect()
    }

    /// The spread of 1D with its rank.
    fn ranked(&self, mut cell: RelativeCell, of: Option<&Line<'_>>, past: Option<&Past>) -> RelativeCell {
        cell.rank = match (of, past, cell.excess_pp) {
            (Some(line), Some(past), Some(spread)) => {
                rank::rank(line, past, spread, self.inputs, self.market)
            }
            _ => rank::absent(cell.absent.unwrap_or(Absent::NoBenchmark)),
        };
        cell
    }

    /// An instrument's row; without any close known, a row that says so.
    pub fn instrument_row(&self, id: &InstrumentId) -> Option<Row> {
        let instrument = self.inputs.universe.instrument(id)?;
        let line = self.lines.get(id);
        let known = line.and_then(|l| match &l.of {
            Of::Instrument(known) => Some(*known),
            Of::Composite(_) => None,
        });
        let series = self.inputs.series.get(id);
        let mut row = self.row(head(instrument), line);
        if let Some(known) = known {
            row.session.timezone = Some(known.exchange.timezone.to_string());
            row.exchange = Some(known.exchange.mic.clone());
            row.session.closed_at = line
                .filter(|l| !l.live())
                .and_then(Line::last)
                .map(|b| known.exchange.session_times(b.date).final_);
            row.warnings.extend(sessions::passed_over(known));
            row.warnings.extend(sessions::unexpected_sessions(known));
            row.warnings.extend(suspect::warnings(known));
            row.warnings.extend(self.hole_warning(known));
        }
        row.warnings.extend(self.market.refused(id).cloned());
        if let Some(opinion) = self.inputs.trust.and_then(|t| t.opinions.get(id)) {
            row.confirmed_by.clone_from(&opinion.confirmed_by);
            row.warnings.extend(opinion.warnings.iter().cloned());
        }
        if let Some(series) = series {
            let from = &series.provenance;
            row.currency = from.currency.clone().or(row.currency);
            row.warnings.extend(series.warnings.iter().cloned());
            row.source = Some(SourceInfo {
                name: from.source.clone(),
                symbol: Some(from.symbol.clone()),
                fetched_at: Some(from.fetched_at),
                from_store: self.inputs.kept_earlier(id),
            });
        }
        converted::tell(&mut row, line, self.market);
        Some(row)
    }

    /// The day's move spans a session that the exchange had and the source lacks.
    fn hole_warning(&self, known: &sessions::Known<'_>) -> Option<Warning> {
        let [.., before, newest] = known.bars else { return None };
        let holes = self.market.holes(known, before.date, newest.date);
        (!holes.is_empty()).then(|| Warning {
            kind: WarningKind::Hole,
            message: format!(
                "{}: {} has no close for {}; the 1D move spans {} sessions, from {} to {}",
                known.instrument.id,
                known.series.provenance.source,
                crate::domain::series::listed(&holes),
                holes.len() + 1,
                before.date,
                newest.date
            ),
        })
    }

    /// A composite's row; without a level, a row that says so.
    pub fn composite_row(&self, id: &InstrumentId) -> Option<CompositeRow> {
        let composite = self.inputs.universe.composite(id)?;
        let line = self.lines.get(id);
        let head = Head {
            id: composite.id.clone(),
            name: composite.name.clone(),
            kind: Kind::Composite,
            section: composite.section.clone(),
            basis: super::composite::basis(composite, self.inputs.universe),
            decimals: 2,
            ..Head::default()
        };
        let mut row = self.row(head, line);
        converted::tell_composite(&mut row, composite, line, self.market);
        let Some(Of::Composite(level)) = line.map(|l| &l.of) else {
            let held = |id: &InstrumentId| self.market.known.contains_key(id);
            let left_out = composite.members.iter().filter(|m| !held(&m.id)).map(|m| m.id.clone()).collect();
            return Some(CompositeRow {
                row,
                base_date: None,
                members: composite.members.len(),
                traded: 0,
                weight_traded_pct: Percent(0.0),
                pending: Vec::new(),
                shut: Vec::new(),
                left_out,
            });
        };
        row.session.closed_at = level.closed_at;
        row.source = Some(SourceInfo {
            name: "computed".to_owned(),
            symbol: None,
            fetched_at: level.fetched_at,
            from_store: self.inputs.kept_earlier(id),
        });
        Some(CompositeRow {
            row,
            base_date: Some(level.began),
            members: level.members,
            traded: level.traded,
            weight_traded_pct: level.weight_traded,
            pending: level.pending.clone(),
            shut: level.shut.clone(),
            left_out: level.left_out.clone(),
        })
    }

    /// What instruments and composites share.
    fn row(&self, head: Head, line: Option<&Line<'_>>) -> Row {
        let newest = line.and_then(Line::last);
        let before = line.and_then(|l| l.bars.len().checked_sub(2).and_then(|i| l.bars.get(i)));
        let change = newest.zip(before).map(|(b, a)| b.close - a.close);
        let moves = self.moves(line);
        let day = self.day(line);
        let relative = self.relative(&day, &moves);
        let (z_score, rarity) =
            line.map_or_else(|| size::without(Absent::NoSession), |l| size::size(l, self.market));
        let trend = line
            .map(|l| l.bars.iter().rev().take(TREND).rev().map(|b| b.close).collect())
            .unwrap_or_default();
        Row {
            session: Session {
                date: newest.map(|b| b.date),
                status: line.map(|l| l.status),
                ..Session::default()
            },
            close: newest.map(|b| b.close),
            previous: Previous {
                date: before.map(|b| b.date),
                close: before.map(|b| b.close),
                absent: match (newest, before) {
                    (_, Some(_)) => None,
                    (Some(_), None) => Some(Absent::InsufficientHistory),
                    (None, None) => Some(Absent::NoSession),
                },
            },
            change,
            change_bp: change.filter(|_| head.kind == Kind::Rate).map(|points| points * 100.0),
            moves,
            relative,
            range_52w: line.map_or_else(range::no_session, range::range_52w),
            records: line.map(|l| records::records(l, self.market)).unwrap_or_default(),
            streak: line.map_or_else(no_streak, |l| records::streak(l, self.market)),
            z_score,
            rarity,
            drawdown: line.map_or_else(drawdown::no_session, drawdown::drawdown),
            limit: line.map_or_else(limit::none_set, |l| limit::limit(l, self.market)),
            fx: None,
            local: None,
            source: None,
            confirmed_by: Vec::new(),
            warnings: Vec::new(),
            day,
            trend,
            id: head.id,
            name: head.name,
            kind: head.kind,
            section: head.section,
            country: head.country,
            exchange: head.exchange,
            currency: head.currency,
            basis: head.basis,
            decimals: head.decimals,
            in_points: head.in_points,
        }
    }

    /// A group's breadth over its members' 1D moves.
    pub fn group_row(&self, id: &InstrumentId) -> Option<GroupRow> {
        let group = self.inputs.universe.group(id)?;
        let members: Vec<MemberMove<'_>> = group
            .members
            .iter()
            .map(|member| {
                let line = self.lines.get(member);
                let cell = line.map(|l| moves::cell(l, Horizon::ONE_DAY, l.report_day, self.market));
                MemberMove {
                    id: member,
                    line,
                    cell,
                    limit: line.and_then(|l| limit::limit(l, self.market).side),
                }
            })
            .collect();
        Some(groups::row(group, &members))
    }
}

fn no_streak() -> Streak {
    Streak { absent: Some(Absent::NoSession), ..Streak::default() }
}

#[derive(Default)]
struct Head {
    id: InstrumentId,
    name: String,
    kind: Kind,
    section: String,
    country: Option<String>,
    exchange: Option<crate::domain::Mic>,
    currency: Option<String>,
    basis: Basis,
    decimals: u8,
    in_points: bool,
}

fn head(instrument: &Instrument) -> Head {
    Head {
        id: instrument.id.clone(),
        name: instrument.name.clone(),
        kind: instrument.kind,
        section: instrument.section.clone(),
        country: instrument.country.clone(),
        exchange: Some(instrument.exchange.clone()),
        currency: instrument.currency.clone(),
        basis: instrument.basis,
        decimals: instrument.decimals,
        in_points: instrument.in_points,
    }
}
