//! Assembles `movers`: the members of groups and composites ranked, with breadth and contributions.
//!
//! Not for: the figures of a row (`rows`), of a group (`groups`) or of a member's part in a composite
//! (`contributions`), nor layout.

use std::collections::BTreeMap;

use super::groups::{self, MemberMove};
use super::lines::{Line, Of};
use super::period::Periods;
use super::rows::Rows;
use super::sessions::Market;
use super::snapshot::{self, Shown};
use super::{Chosen, Inputs, contributions, missing};
use crate::domain::movers::{BlockKind, Contributions, Mover, Movers, MoversBlock};
use crate::domain::snapshot::{CompositeRow, Row};
use crate::domain::{Horizon, InstrumentId};

/// How members are ranked, and how many are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ranking {
    /// The horizon to rank by, one of the report's; none for the day's, or the first one where that is not asked for.
    pub by: Option<Horizon>,
    /// List only so many of the best and of the worst.
    pub top: Option<usize>,
}

/// Derives the whole report.
#[must_use]
pub fn build(inputs: &Inputs<'_>, ranking: Ranking) -> Movers {
    let market = Market::at(inputs);
    let wanted = wanted(inputs);
    let shown = shown(&wanted);
    let lines = snapshot::lines_of(inputs, &market, &shown);
    let periods = Periods::of(inputs.horizons, &snapshot::report_days(&shown, inputs.benchmark, &lines));
    let rows = Rows::new(inputs, &market, &lines, &periods);
    let instruments: Vec<Row> = shown.instruments.iter().filter_map(|id| rows.instrument_row(id)).collect();
    let composites: Vec<CompositeRow> =
        shown.composites.iter().filter_map(|id| rows.composite_row(id)).collect();
    let wants: Vec<Row> = instruments.iter().filter(|r| asked(inputs, &r.id)).cloned().collect();
    let errors = missing::errors(inputs, &market, &wants, &composites, &lines);
    let benchmark_name = snapshot::name_of(inputs, inputs.benchmark);
    let day = inputs.horizons.iter().find(|h| **h == Horizon::ONE_DAY).or(inputs.horizons.first());
    let sort = ranking.by.or(day.copied()).unwrap_or(Horizon::ONE_DAY);
    let notes = snapshot::notes_of(&rows, &shown, &instruments, &composites, &benchmark_name, Some(&sort));
    let sessions = instruments.iter().chain(composites.iter().map(|c| &c.row)).map(|r| r.session.clone());
    let maker = Maker { inputs, market: &market, lines: &lines, instruments: &instruments, sort, ranking };
    Movers {
        schema: "marketsnap.movers/1",
        as_of: inputs.as_of,
        date: inputs.date,
        generated_at: inputs.generated_at,
        demo: inputs.demo,
        status: snapshot::completeness(inputs, &errors, &wants, &composites),
        benchmark: inputs.benchmark.clone(),
        currency: inputs.currency.unwrap_or("local").to_owned(),
        sort,
        top: ranking.top,
        groups: wanted.iter().map(|block| maker.block(block, &composites)).collect(),
        sources: inputs.trust.map(|t| t.sources.clone()).unwrap_or_default(),
        notes,
        errors,
        benchmark_name,
        horizons: inputs.horizons.to_vec(),
        horizons_named: inputs.horizons_named,
        sessions: sessions.collect(),
    }
}

/// Whether an instrument was asked for: a report without words leaves out members that no source covers.
fn asked(inputs: &Inputs<'_>, id: &InstrumentId) -> bool {
    !inputs.by_section || inputs.series.contains_key(id) || inputs.failures.iter().any(|f| f.id == *id)
}

/// One block of the report before its figures are derived.
struct Wanted {
    kind: BlockKind,
    id: Option<InstrumentId>,
    name: Option<String>,
    members: Vec<InstrumentId>,
}

/// The blocks asked for, each once; instruments named one by one make one block where the first stands.
fn wanted(inputs: &Inputs<'_>) -> Vec<Wanted> {
    let mut found: Vec<Wanted> = Vec::new();
    for chosen in inputs.chosen {
        let block = match chosen {
            Chosen::Group(id) => inputs.universe.group(id).map(|g| Wanted {
                kind: BlockKind::Group,
                id: Some(id.clone()),
                name: Some(g.name.clone()),
                members: g.members.clone(),
            }),
            Chosen::Composite(id) => inputs.universe.composite(id).map(|c| Wanted {
                kind: BlockKind::Composite,
                id: Some(id.clone()),
                name: Some(c.name.clone()),
                members: c.members.iter().map(|m| m.id.clone()).collect(),
            }),
            Chosen::Instrument(id) => {
                Some(Wanted { kind: BlockKind::Named, id: None, name: None, members: vec![id.clone()] })
            }
        };
        let Some(block) = block else { continue };
        match found.iter_mut().find(|earlier| earlier.id == block.id) {
            None => found.push(block),
            Some(named) if named.kind == BlockKind::Named => {
                let new = block.members.into_iter().filter(|id| !named.members.contains(id));
                named.members.extend(new.collect::<Vec<_>>());
            }
            Some(_) => {}
        }
    }
    found
}

/// Every member once, and the composites.
fn shown(wanted: &[Wanted]) -> Shown {
    let mut shown = Shown { instruments: Vec::new(), composites: Vec::new(), groups: Vec::new() };
    for block in wanted {
        for id in &block.members {
            if !shown.instruments.contains(id) {
                shown.instruments.push(id.clone());
            }
        }
        if block.kind == BlockKind::Composite {
            shown.composites.extend(block.id.clone());
        }
    }
    shown
}

/// What blocks are derived from.
struct Maker<'a, 'b> {
    inputs: &'b Inputs<'a>,
    market: &'b Market<'a>,
    lines: &'b BTreeMap<InstrumentId, Line<'a>>,
    instruments: &'b [Row],
    sort: Horizon,
    ranking: Ranking,
}

impl Maker<'_, '_> {
    fn block(&self, wanted: &Wanted, composites: &[CompositeRow]) -> MoversBlock {
        let row = |id: &InstrumentId| self.instruments.iter().find(|r| r.id == *id);
        let rows: Vec<&Row> = wanted.members.iter().filter_map(row).collect();
        let members: Vec<MemberMove<'_>> = rows
            .iter()
            .map(|row| MemberMove {
                id: &row.id,
                line: self.lines.get(&row.id),
                cell: row.moves.get(&self.sort).cloned(),
                limit: row.limit.side,
            })
            .collect();
        let composite = composites.iter().find(|c| Some(&c.row.id) == wanted.id.as_ref());
        let contributions = composite.and_then(|c| self.contributions(c));
        let key = |row: &Row| match &contributions {
            Some(parts) if parts.absent.is_none() => {
                parts.members.iter().find(|m| m.id == row.id).and_then(|m| Some(m.contribution_pp?.0))
            }
            _ => row.moves.get(&self.sort).and_then(|c| Some(c.pct?.0)),
        };
        let (listed, not_listed) = ranked(&rows, key, self.ranking.top);
        MoversBlock {
            kind: wanted.kind,
            id: wanted.id.clone(),
            name: wanted.name.clone(),
            breadth: groups::breadth(&members),
            members: listed,
            not_listed,
            composite: composite.cloned(),
            contributions,
        }
    }

    fn contributions(&self, row: &CompositeRow) -> Option<Contributions> {
        let composite = self.inputs.universe.composite(&row.row.id)?;
        let level = self.lines.get(&row.row.id).and_then(|line| match &line.of {
            Of::Composite(level) => Some(level.as_ref()),
            Of::Instrument(_) => None,
        });
        let cell = row.row.moves.get(&self.sort);
        Some(contributions::contributions(composite, level, cell, self.inputs.universe, self.market))
    }
}

/// Rows by their key, the largest first, those of one key in the order given, those without one last and
/// without a place; and how many in the middle are not listed.
fn ranked(rows: &[&Row], key: impl Fn(&Row) -> Option<f64>, top: Option<usize>) -> (Vec<Mover>, usize) {
    let mut with: Vec<(f64, &Row)> = rows.iter().filter_map(|row| Some((key(row)?, *row))).collect();
    with.sort_by(|a, b| b.0.total_cmp(&a.0));
    let count = with.len();
    let listed = |at: usize| top.is_none_or(|top| at < top || at + top >= count);
    let placed = with.iter().enumerate().filter(|(at, _)| listed(*at));
    let mut movers: Vec<Mover> = placed.map(|(at, (_, row))| Mover::of(row, Some(at + 1))).collect();
    let not_listed = count - movers.len();
    movers.extend(rows.iter().filter(|row| key(row).is_none()).map(|row| Mover::of(row, None)));
    (movers, not_listed)
}
