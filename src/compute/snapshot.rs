//! Assembles the finished snapshot from everything known at as-of.
//!
//! Not for: layout, or deciding what to fetch.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use super::lines::Line;
use super::period::Periods;
use super::rows::Rows;
use super::sessions::Market;
use super::{Chosen, Inputs, drawdown, highlights, missing, notes, origins, rank, records};
use crate::domain::snapshot::{
    Block, Completeness, CompositeRow, Drawdown, Failed, GroupRow, Item, Note, Record, RecordKind, Row,
};
use crate::domain::{Horizon, InstrumentId, Snapshot};

/// Derives the whole report.
#[must_use]
pub fn build(inputs: &Inputs<'_>) -> Snapshot {
    derive(inputs, true)
}

/// The same for conditions: a to-date move is that of the report day's period, which never stands over from the
/// period before. A move of last year is no answer to a question about this one.
#[must_use]
pub fn for_conditions(inputs: &Inputs<'_>) -> Snapshot {
    derive(inputs, false)
}

fn derive(inputs: &Inputs<'_>, stand_over: bool) -> Snapshot {
    let market = Market::at(inputs);
    let shown = shown(inputs);
    let lines = lines_of(inputs, &market, &shown);
    let days = report_days(&shown, inputs.benchmark, &lines);
    let periods = if stand_over { Periods::of(inputs.horizons, &days) } else { Periods::default() };
    let rows = Rows::new(inputs, &market, &lines, &periods);
    let instruments: Vec<Row> = shown.instruments.iter().filter_map(|id| rows.instrument_row(id)).collect();
    let composites: Vec<CompositeRow> =
        shown.composites.iter().filter_map(|id| rows.composite_row(id)).collect();
    let groups: Vec<GroupRow> = shown.groups.iter().filter_map(|id| rows.group_row(id)).collect();
    let errors = missing::errors(inputs, &market, &instruments, &composites, &lines);
    let benchmark_name = name_of(inputs, inputs.benchmark);
    let lead = inputs.horizons.iter().find(|h| **h == Horizon::ONE_DAY).or(inputs.horizons.first());
    let notes = notes_of(&rows, &shown, &instruments, &composites, &benchmark_name, lead);
    Snapshot {
        schema: "marketsnap.snapshot/1",
        as_of: inputs.as_of,
        date: inputs.date,
        generated_at: (!inputs.lasting).then_some(inputs.generated_at),
        demo: inputs.demo,
        status: completeness(inputs, &errors, &instruments, &composites),
        benchmark: inputs.benchmark.clone(),
        currency: inputs.currency.unwrap_or("local").to_owned(),
        lang: inputs.universe.lang,
        blocks: blocks(inputs, &instruments, &composites),
        composites,
        groups,
        highlights: highlights::highlights(&instruments, inputs.benchmark, inputs.universe.lang),
        instruments,
        sources: inputs.trust.map(|t| t.sources.clone()).unwrap_or_default(),
        notes,
        errors,
        benchmark_name,
        horizons: inputs.horizons.to_vec(),
        horizons_named: inputs.horizons_named,
        columns: Vec::new(),
    }
}

/// The records that nothing in the report's closes outdates, by their instruments.
pub fn unbroken(report: &Snapshot) -> impl Iterator<Item = (&InstrumentId, &Record)> {
    let records = report.instruments.iter().flat_map(|row| row.records.iter().map(move |r| (&row.id, r)));
    records.filter(|(_, record)| record.since_start)
}

/// Looks for the records and drawdowns of some instruments again, in closes that reach further back than the report's.
pub fn look_further(report: &mut Snapshot, ids: &[InstrumentId], further: &Inputs<'_>) {
    let market = Market::at(further);
    for row in report.instruments.iter_mut().filter(|row| ids.contains(&row.id)) {
        if let Some(line) = Line::of(&row.id, further.universe, &market) {
            row.records = records::records(&line, &market);
            row.drawdown = drawdown::drawdown(&line);
        }
    }
    report.highlights = highlights::highlights(&report.instruments, &report.benchmark, report.lang);
}

/// Looks for the records and drawdowns of composites again, in levels chained from closes that reach further back
/// than the report's.
pub fn composites_further(report: &mut Snapshot, inputs: &Inputs<'_>, further: &Inputs<'_>) {
    let (own, longer) = (Market::at(inputs), Market::at(further));
    for row in report.composites.iter_mut().map(|c| &mut c.row) {
        let lines =
            Line::of(&row.id, inputs.universe, &own).zip(Line::of(&row.id, further.universe, &longer));
        let Some(line) = lines.and_then(|(own, longer)| own.continued(&longer)) else { continue };
        row.records = records::records(&line, &longer);
        row.drawdown = drawdown::drawdown(&line);
    }
}

/// What is held of an instrument before the report's closes, as the store told it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Older {
    /// The first session held.
    pub first: NaiveDate,
    /// The highest close, where it was asked for.
    pub highest: Option<(NaiveDate, f64)>,
    /// How many sessions are held before the newest one, by the records that none of them outdates.
    pub held: Vec<(RecordKind, usize)>,
}

/// Says since when closes are held of instruments, and how many of those whose records nothing that is held
/// outdates.
pub fn held_since(report: &mut Snapshot, older: &BTreeMap<InstrumentId, Older>) {
    for row in &mut report.instruments {
        let Some(older) = older.get(&row.id) else { continue };
        for record in row.records.iter_mut().filter(|r| r.since_start) {
            record.date = record.date.min(older.first);
            let held = older.held.iter().find(|(kind, _)| *kind == record.kind);
            record.held = held.map_or(record.held, |(_, held)| record.held.max(*held));
        }
        drawdown::since(&mut row.drawdown, row.close, older.first, older.highest);
    }
    report.highlights = highlights::highlights(&report.instruments, &report.benchmark, report.lang);
}

/// Leaves out what was looked for in the report's closes only and is of everything held: the drawdowns, and the
/// records of composites. None of it is printed.
pub fn leave_out(report: &mut Snapshot) {
    for row in report.composites.iter_mut().map(|c| &mut c.row) {
        row.records.clear();
        row.drawdown = Drawdown::default();
    }
    report.instruments.iter_mut().for_each(|row| row.drawdown = Drawdown::default());
}

/// What the report shows, each thing once, in order.
pub(super) struct Shown {
    pub instruments: Vec<InstrumentId>,
    pub composites: Vec<InstrumentId>,
    pub groups: Vec<InstrumentId>,
}

pub(super) fn shown(inputs: &Inputs<'_>) -> Shown {
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
pub(super) fn lines_of<'a>(
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

pub(super) fn report_days(
    shown: &Shown,
    benchmark: &InstrumentId,
    lines: &BTreeMap<InstrumentId, Line<'_>>,
) -> Vec<(chrono::NaiveDate, chrono::NaiveDate)> {
    let ids = shown.instruments.iter().chain(&shown.composites).chain([benchmark]);
    ids.filter_map(|id| lines.get(id)).filter_map(|l| Some((l.report_day, l.newest_begun()?))).collect()
}

pub(super) fn name_of(inputs: &Inputs<'_>, id: &InstrumentId) -> String {
    let instrument = inputs.universe.instrument(id).map(|i| i.name.clone());
    instrument
        .or_else(|| inputs.universe.composite(id).map(|c| c.name.clone()))
        .unwrap_or_else(|| id.to_string())
}

/// Everything a reader should know, of the comparison with the benchmark over the `lead` horizon.
pub(super) fn notes_of(
    rows: &Rows<'_, '_>,
    shown: &Shown,
    instruments: &[Row],
    composites: &[CompositeRow],
    benchmark_name: &str,
    lead: Option<&Horizon>,
) -> Vec<Note> {
    let all: Vec<&Row> = instruments.iter().chain(composites.iter().map(|c| &c.row)).collect();
    // What is said of the benchmark holds for every row, shown beside it or not.
    let benchmark = rows.inputs.benchmark;
    let unseen = [benchmark]
        .into_iter()
        .filter(|id| !shown.instruments.contains(id) && !shown.composites.contains(id));
    let ids = shown.instruments.iter().chain(&shown.composites).chain(unseen);
    let lines: Vec<&Line<'_>> = ids.filter_map(|id| rows.lines.get(id)).collect();
    let mut notes = notes::periods(rows.periods);
    if let Some(lead) = lead {
        notes.extend(notes::benchmark(benchmark_name, &all, *lead));
    }
    notes.extend(rank::notes(benchmark_name, &all));
    notes.extend(notes::of_lines(rows.inputs, rows.market, &lines));
    notes.extend(notes::composites(lines.iter().copied()));
    let sums = composites.iter().map(|c| (&c.row.id, &c.row.moves));
    notes.extend(notes::late_members(rows.inputs, rows.market, sums));
    let with_close = all.iter().filter(|r| r.close.is_some());
    notes.extend(notes::absent(rows.inputs.horizons, with_close.map(|r| (&r.id, &r.moves))));
    notes.extend(origins::notes(rows.inputs, rows.market, all.iter().map(|r| &r.id)));
    notes.extend(notes::warnings(all.into_iter()));
    notes.sort_by_key(|n| n.kind);
    notes
}

pub(super) fn completeness(
    inputs: &Inputs<'_>,
    errors: &[Failed],
    instruments: &[Row],
    composites: &[CompositeRow],
) -> Completeness {
    let rows = instruments.iter().chain(composites.iter().map(|c| &c.row));
    let (with, without): (Vec<&Row>, Vec<&Row>) = rows.partition(|r| r.close.is_some());
    match (with.is_empty(), without.is_empty() && errors.is_empty() && !inputs.stood_in()) {
        (true, _) => Completeness::Empty,
        (false, true) => Completeness::Complete,
        (false, false) => Completeness::Partial,
    }
}

/// The table's order: the order asked for, or sections with their composites at the end.
fn blocks(inputs: &Inputs<'_>, instruments: &[Row], composites: &[CompositeRow]) -> Vec<Block> {
    let rows = instruments.iter().enumerate().map(|(at, r)| (&r.id, Item::Instrument(at)));
    let sums = composites.iter().enumerate().map(|(at, c)| (&c.row.id, Item::Composite(at)));
    let places: HashMap<&InstrumentId, Item> = rows.chain(sums).collect();
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
    let named = inputs.chosen.iter().flat_map(|chosen| match chosen {
        Chosen::Instrument(id) | Chosen::Composite(id) => vec![id],
        Chosen::Group(id) => {
            inputs.universe.group(id).map(|g| g.members.iter().collect()).unwrap_or_default()
        }
    });
    let mut seen: BTreeSet<&InstrumentId> = BTreeSet::new();
    let items = named.filter(|id| seen.insert(*id)).filter_map(|id| places.get(id).copied()).collect();
    vec![Block { title: None, items }]
}
