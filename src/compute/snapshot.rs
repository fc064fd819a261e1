//! Assembles the finished snapshot from everything known at as-of.
//!
//! Not for: layout, or deciding what to fetch.

use std::collections::{BTreeMap, BTreeSet};

use super::groups::{self, MemberMove};
use super::lines::{Line, Of};
use super::period::Periods;
use super::sessions::{self, Market};
use super::{Chosen, Inputs, highlights, limit, moves, notes, range, records, relative, suspect};
use crate::domain::snapshot::{
    Block, Completeness, CompositeRow, GroupRow, Item, MoveCell, Previous, RelativeCell, Row, Session,
    SourceInfo, Streak, ZScore,
};
use crate::domain::{
    Absent, Basis, Horizon, Instrument, InstrumentId, Kind, Ordered, Percent, Snapshot, Warning, WarningKind,
};

/// How many of the newest closes a sparkline gets.
const TREND: usize = 30;

/// Derives the whole report.
#[must_use]
pub fn build(inputs: &Inputs<'_>) -> Snapshot {
    let market = Market::at(inputs);
    let shown = shown(inputs);
    let lines = lines_of(inputs, &market, &shown);
    let periods = Periods::of(inputs.horizons, &report_days(&shown, inputs.benchmark, &lines));
    let builder = Builder { inputs, market: &market, lines: &lines, periods: &periods };
    let instruments: Vec<Row> =
        shown.instruments.iter().filter_map(|id| builder.instrument_row(id)).collect();
    let composites: Vec<CompositeRow> =
        shown.composites.iter().filter_map(|id| builder.composite_row(id)).collect();
    let groups: Vec<GroupRow> = shown.groups.iter().filter_map(|id| builder.group_row(id)).collect();
    let benchmark_name = name_of(inputs, inputs.benchmark);
    let notes = builder.notes(&shown, &instruments, &composites, &benchmark_name);
    Snapshot {
        schema: "marketsnap.snapshot/1",
        as_of: inputs.as_of,
        date: inputs.date,
        generated_at: inputs.generated_at,
        demo: inputs.demo,
        status: completeness(inputs, &instruments, &composites),
        benchmark: inputs.benchmark.clone(),
        currency: "local".to_owned(),
        blocks: blocks(inputs, &instruments, &composites),
        composites,
        groups,
        highlights: highlights::highlights(&instruments),
        instruments,
        notes,
        errors: inputs.failures.to_vec(),
        benchmark_name,
        horizons: inputs.horizons.to_vec(),
        horizons_named: inputs.horizons_named,
    }
}

/// What the report shows, each thing once, in order.
struct Shown {
    instruments: Vec<InstrumentId>,
    composites: Vec<InstrumentId>,
    groups: Vec<InstrumentId>,
}

fn shown(inputs: &Inputs<'_>) -> Shown {
    let mut shown = Shown { instruments: Vec::new(), composites: Vec::new(), groups: Vec::new() };
    let mut seen: BTreeSet<&InstrumentId> = BTreeSet::new();
    for chosen in inputs.chosen {
        match chosen {
            Chosen::Instrument(id) if seen.insert(id) => shown.instruments.push(id.clone()),
            Chosen::Composite(id) if seen.insert(id) => shown.composites.push(id.clone()),
            Chosen::Group(id) if seen.insert(id) => {
                shown.groups.push(id.clone());
                let members = inputs.universe.group(id).map(|g| g.members.as_slice()).unwrap_or_default();
                // In the report without words a group adds its breadth only; asked for by name it adds rows.
                for member in members.iter().filter(|_| !inputs.by_section) {
                    if seen.insert(member) {
                        shown.instruments.push(member.clone());
                    }
                }
            }
            _ => {}
        }
    }
    shown
}

/// The lines of everything shown, of the benchmark, and of the groups' members.
fn lines_of<'a>(
    inputs: &Inputs<'a>,
    market: &'a Market<'a>,
    shown: &Shown,
) -> BTreeMap<InstrumentId, Line<'a>> {
    let members = shown.groups.iter().filter_map(|g| inputs.universe.group(g)).flat_map(|g| g.members.iter());
    shown
        .instruments
        .iter()
        .chain(&shown.composites)
        .chain(members)
        .chain([inputs.benchmark])
        .filter_map(|id| Some((id.clone(), Line::of(id, inputs.universe, market)?)))
        .collect()
}

fn report_days(
    shown: &Shown,
    benchmark: &InstrumentId,
    lines: &BTreeMap<InstrumentId, Line<'_>>,
) -> Vec<(chrono::NaiveDate, chrono::NaiveDate)> {
    let ids = shown.instruments.iter().chain(&shown.composites).chain([benchmark]);
    ids.filter_map(|id| lines.get(id)).filter_map(|l| Some((l.report_day, l.last()?.date))).collect()
}

fn name_of(inputs: &Inputs<'_>, id: &InstrumentId) -> String {
    let instrument = inputs.universe.instrument(id).map(|i| i.name.clone());
    instrument
        .or_else(|| inputs.universe.composite(id).map(|c| c.name.clone()))
        .unwrap_or_else(|| id.to_string())
}

struct Builder<'a, 'b> {
    inputs: &'b Inputs<'a>,
    market: &'b Market<'a>,
    lines: &'b BTreeMap<InstrumentId, Line<'a>>,
    periods: &'b Periods,
}

impl Builder<'_, '_> {
    fn moves(&self, line: Option<&Line<'_>>) -> Ordered<Horizon, MoveCell> {
        let cell = |h: Horizon| match line {
            None => moves::absent_cell(Absent::NoSession, None, None),
            Some(line) => moves::cell(line, h, self.periods.report_day(&h, line.report_day), self.market),
        };
        self.inputs.horizons.iter().map(|h| (*h, cell(*h))).collect()
    }

    fn relative(&self, own: &Ordered<Horizon, MoveCell>) -> Ordered<Horizon, RelativeCell> {
        let benchmark = self.lines.get(self.inputs.benchmark).map(|line| self.moves(Some(line)));
        let cell =
            |h: Horizon, own: &MoveCell| relative::cell(own, benchmark.as_ref().and_then(|b| b.get(&h)));
        own.iter().map(|(h, own)| (*h, cell(*h, own))).collect()
    }

    fn instrument_row(&self, id: &InstrumentId) -> Option<Row> {
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
        if let Some(series) = series {
            let from = &series.provenance;
            row.currency = from.currency.clone().or(row.currency);
            row.warnings.extend(series.warnings.iter().cloned());
            row.source = Some(SourceInfo {
                name: from.source.clone(),
                symbol: Some(from.symbol.clone()),
                fetched_at: Some(from.fetched_at),
                from_store: false,
            });
        }
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

    fn composite_row(&self, id: &InstrumentId) -> Option<CompositeRow> {
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
            from_store: false,
        });
        Some(CompositeRow {
            row,
            base_date: level.bars.first().map(|b| b.date),
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
        let relative = self.relative(&moves);
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
            z_score: line.map_or_else(no_z_score, |l| records::z_score(l, self.market)),
            limit: line.map_or_else(limit::none_set, |l| limit::limit(l, self.market)),
            fx: None,
            source: None,
            confirmed_by: Vec::new(),
            warnings: Vec::new(),
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

    fn group_row(&self, id: &InstrumentId) -> Option<GroupRow> {
        let group = self.inputs.universe.group(id)?;
        let members: Vec<MemberMove<'_>> = group
            .members
            .iter()
            .map(|member| {
                let line = self.lines.get(member);
                let one_day = line.map(|l| moves::cell(l, Horizon::ONE_DAY, l.report_day, self.market));
                MemberMove { id: member, line, one_day }
            })
            .collect();
        let on_limit = |side: &str| {
            let those = members.iter().filter_map(|m| Some((m.id, limit::limit(m.line?, self.market))));
            those.filter(|(_, l)| l.side == Some(side)).map(|(id, _)| id.clone()).collect()
        };
        let mut row = groups::row(group, &members);
        row.limit_up = on_limit("up");
        row.limit_down = on_limit("down");
        Some(row)
    }

    fn notes(
        &self,
        shown: &Shown,
        instruments: &[Row],
        composites: &[CompositeRow],
        benchmark_name: &str,
    ) -> Vec<crate::domain::snapshot::Note> {
        let all: Vec<&Row> = instruments.iter().chain(composites.iter().map(|c| &c.row)).collect();
        let lines: Vec<&Line<'_>> =
            shown.instruments.iter().chain(&shown.composites).filter_map(|id| self.lines.get(id)).collect();
        let mut notes = notes::periods(self.periods);
        if let Some(first) = self.inputs.horizons.first() {
            notes.extend(notes::benchmark(benchmark_name, &all, *first));
        }
        notes.extend(notes::of_lines(self.inputs, self.market, &lines));
        notes.extend(notes::composites(lines.iter().copied()));
        notes.extend(notes::not_computed(composites));
        let with_close = all.iter().filter(|r| r.close.is_some());
        notes.extend(notes::absent(self.inputs.horizons, with_close.map(|r| (&r.id, &r.moves))));
        notes.extend(notes::warnings(all.into_iter()));
        notes.sort_by_key(|n| n.kind);
        notes
    }
}

fn no_streak() -> Streak {
    Streak { absent: Some(Absent::NoSession), ..Streak::default() }
}

fn no_z_score() -> ZScore {
    ZScore { absent: Some(Absent::NoSession), ..ZScore::default() }
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

fn completeness(inputs: &Inputs<'_>, instruments: &[Row], composites: &[CompositeRow]) -> Completeness {
    let rows = instruments.iter().chain(composites.iter().map(|c| &c.row));
    let (with, without): (Vec<&Row>, Vec<&Row>) = rows.partition(|r| r.close.is_some());
    match (with.is_empty(), without.is_empty() && inputs.failures.is_empty()) {
        (true, _) => Completeness::Empty,
        (false, true) => Completeness::Complete,
        (false, false) => Completeness::Partial,
    }
}

/// The table's order: the order asked for, or sections with their composites at the end.
fn blocks(inputs: &Inputs<'_>, instruments: &[Row], composites: &[CompositeRow]) -> Vec<Block> {
    let instrument = |id: &InstrumentId| instruments.iter().position(|r| r.id == *id).map(Item::Instrument);
    let composite = |id: &InstrumentId| composites.iter().position(|c| c.row.id == *id).map(Item::Composite);
    if inputs.by_section {
        let sections = inputs.universe.sections.iter().map(|section| {
            let rows = instruments.iter().enumerate().filter(|(_, r)| r.section == *section);
            let sums = composites.iter().enumerate().filter(|(_, c)| c.row.section == *section);
            let items =
                rows.map(|(i, _)| Item::Instrument(i)).chain(sums.map(|(i, _)| Item::Composite(i))).collect();
            Block { title: Some(section.clone()), items }
        });
        return sections.filter(|b| !b.items.is_empty()).collect();
    }
    let mut items: Vec<Item> = Vec::new();
    for chosen in inputs.chosen {
        let found: Vec<Item> = match chosen {
            Chosen::Instrument(id) => instrument(id).into_iter().collect(),
            Chosen::Composite(id) => composite(id).into_iter().collect(),
            Chosen::Group(id) => {
                let members = inputs.universe.group(id).map(|g| g.members.as_slice()).unwrap_or_default();
                members.iter().filter_map(instrument).collect()
            }
        };
        for item in found {
            if !items.contains(&item) {
                items.push(item);
            }
        }
    }
    vec![Block { title: None, items }]
}
