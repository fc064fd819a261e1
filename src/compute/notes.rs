//! The sentences below a report: what was shut, live, stale or provisional, which periods and bases
//! differ, and which source answered.
//!
//! Not for: failures, which are told one by one with their own hints.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::composite::Level;
use super::lines::{Line, Of};
use super::origins;
use super::period::Periods;
use super::sessions::Market;
use super::{Inputs, composite, converted};
use crate::domain::comparison::Compared;
use crate::domain::snapshot::{MoveCell, Note, NoteKind, Row, Status};
use crate::domain::{Absent, Basis, Horizon, InstrumentId, Kind, Ordered};

fn note(kind: NoteKind, message: String) -> Note {
    Note { kind, message }
}

/// A to-date column that still speaks of the period before.
pub(super) fn periods(periods: &Periods) -> Vec<Note> {
    let told = periods.standing().iter().map(|(period, start)| {
        let label = Horizon::ToDate(*period).label();
        let before = start.pred_opt().map_or(*start, |d| period.first_day(d));
        note(
            NoteKind::Period,
            format!("{label}: no session yet in the {word} from {start}; the column shows the {word} from {before}.", word = period.word()),
        )
    });
    told.collect()
}

/// Everything a reader should know of the rows shown.
pub(super) fn of_lines(inputs: &Inputs<'_>, market: &Market<'_>, lines: &[&Line<'_>]) -> Vec<Note> {
    let mut notes = Vec::new();
    notes.extend(live(lines));
    notes.extend(shut(lines));
    notes.extend(stale(lines));
    notes.extend(bases(inputs, market, lines));
    notes.extend(stand_ins(lines));
    notes.extend(converted::notes(market, lines));
    notes
}

fn ids<'a>(lines: impl Iterator<Item = &'a Line<'a>>) -> String {
    lines.map(|l| l.id.to_string()).collect::<Vec<_>>().join(", ")
}

fn live(lines: &[&Line<'_>]) -> Option<Note> {
    let live = ids(lines.iter().copied().filter(|l| l.live()));
    (!live.is_empty()).then(|| note(NoteKind::Live, format!("Live, will still change: {live}.")))
}

fn shut(lines: &[&Line<'_>]) -> Vec<Note> {
    let mut by_venue: BTreeMap<(String, Vec<NaiveDate>), Vec<&Line<'_>>> = BTreeMap::new();
    for line in lines.iter().filter(|l| l.status == Status::Shut) {
        if let (Of::Instrument(known), Some(newest)) = (&line.of, line.last()) {
            let closed = known.exchange.closed_weekdays(newest.date, known.report_day);
            by_venue.entry((known.exchange.name.clone(), closed)).or_default().push(line);
        }
    }
    by_venue
        .into_iter()
        .map(|((venue, closed), lines)| {
            let shown = ids(lines.into_iter());
            let days = closed.iter().map(NaiveDate::to_string).collect::<Vec<_>>().join(", ");
            note(NoteKind::Shut, format!("{venue} was shut on {days}; last session taken: {shown}."))
        })
        .collect()
}

fn stale(lines: &[&Line<'_>]) -> Option<Note> {
    let stale: Vec<String> = lines
        .iter()
        .filter(|l| l.status == Status::Stale)
        .filter_map(|l| Some(format!("{} ({})", l.id, l.last()?.date)))
        .collect();
    (!stale.is_empty()).then(|| {
        note(
            NoteKind::Stale,
            format!("Stale, a later session should have been published: {}.", stale.join(", ")),
        )
    })
}

/// Rows whose closes do not include what the benchmark's do.
fn bases(inputs: &Inputs<'_>, market: &Market<'_>, lines: &[&Line<'_>]) -> Option<Note> {
    let benchmark = Line::of(inputs.benchmark, inputs.universe, market)?.basis;
    let others: Vec<&Line<'_>> = lines.iter().copied().filter(|l| l.basis != benchmark && pays(l)).collect();
    let told = told_bases(&others)?;
    Some(note(
        NoteKind::Basis,
        format!("Bases differ: the benchmark {} {}; {told}.", inputs.benchmark, includes(benchmark, 1)),
    ))
}

/// Total-return and price closes side by side.
fn mixed_bases(lines: &[&Line<'_>]) -> Option<Note> {
    let lines: Vec<&Line<'_>> = lines.iter().copied().filter(|l| pays(l)).collect();
    let first = lines.first()?.basis;
    let told = told_bases(&lines).filter(|_| lines.iter().any(|l| l.basis != first))?;
    Some(note(NoteKind::Basis, format!("Bases differ: {told}.")))
}

/// Whether what a line is made of pays dividends at all.
fn pays(line: &Line<'_>) -> bool {
    match &line.of {
        Of::Composite(_) => true,
        Of::Instrument(known) => {
            let shares = matches!(known.instrument.kind, Kind::Index | Kind::Stock | Kind::Etf);
            shares && !known.instrument.in_points
        }
    }
}

/// `DAX includes dividends; EUROPE includes some members' dividends`.
fn told_bases(lines: &[&Line<'_>]) -> Option<String> {
    let told = [Basis::Price, Basis::TotalReturn, Basis::Mixed].into_iter().filter_map(|basis| {
        let those: Vec<&Line<'_>> = lines.iter().copied().filter(|l| l.basis == basis).collect();
        (!those.is_empty())
            .then(|| format!("{} {}", ids(those.iter().copied()), includes(basis, those.len())))
    });
    let told = told.collect::<Vec<_>>().join("; ");
    (!told.is_empty()).then_some(told)
}

fn includes(basis: Basis, count: usize) -> &'static str {
    match (basis, count) {
        (Basis::Price, 1) => "leaves dividends out",
        (Basis::Price, _) => "leave dividends out",
        (Basis::TotalReturn, 1) => "includes dividends",
        (Basis::TotalReturn, _) => "include dividends",
        (Basis::Mixed, 1) => "includes some members' dividends",
        (Basis::Mixed, _) => "include some members' dividends",
    }
}

fn stand_ins(lines: &[&Line<'_>]) -> Vec<Note> {
    let told = lines.iter().filter_map(|l| match &l.of {
        Of::Instrument(known) => {
            known.instrument.note.as_ref().map(|n| note(NoteKind::Basis, format!("{} {n}.", l.id)))
        }
        Of::Composite(_) => None,
    });
    told.collect()
}

/// How many rows' sessions are not the benchmark's, and which those are.
pub(super) fn benchmark(name: &str, rows: &[&Row], horizon: Horizon) -> Option<Note> {
    let differs = |r: &&&Row| {
        r.relative.get(&horizon).is_some_and(|c| c.same_session == Some(false) || c.same_base == Some(false))
    };
    let differing: Vec<_> = rows.iter().filter(differs).collect();
    let cell = differing.first()?.relative.get(&horizon)?;
    let (from, to) = (cell.benchmark_from?, cell.benchmark_session?);
    let (count, rows) = (differing.len(), if differing.len() == 1 { "row spans" } else { "rows span" });
    let message = format!("{name}'s {horizon} runs from {from} to {to}; {count} {rows} other dates.");
    Some(note(NoteKind::Benchmark, message))
}

/// Composites that not all members are in, and the date that each level starts from.
pub(super) fn composites<'a>(lines: impl Iterator<Item = &'a Line<'a>>) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut starts: Vec<String> = Vec::new();
    for line in lines {
        let Of::Composite(level) = &line.of else { continue };
        notes.extend(line.last().and_then(|b| members(line, level, b.date)));
        starts.push(format!("{} = 100 on {}", line.id, level.began));
    }
    if !starts.is_empty() {
        notes.push(note(NoteKind::Composite, format!("Composite levels: {}.", starts.join(", "))));
    }
    notes
}

/// Members of composites that are held since a date within a span that the report shows.
pub(super) fn late_members<'a>(
    inputs: &Inputs<'_>,
    market: &Market<'_>,
    rows: impl Iterator<Item = (&'a InstrumentId, &'a Ordered<Horizon, MoveCell>)>,
) -> Vec<Note> {
    let mut notes = Vec::new();
    for (id, moves) in rows {
        let from = moves.iter().filter_map(|(_, cell)| cell.from).min();
        let Some((basket, from)) = inputs.universe.composite(id).zip(from) else { continue };
        notes.extend(composite::begun_after(basket, inputs.universe, market, from).iter().map(
            |(m, first)| {
                let what = format!(
                    "{id}: {m} is held only since {first}; before it the level is of the other members."
                );
                note(NoteKind::Composite, what)
            },
        ));
    }
    notes
}

/// Why moves of rows that have a close are absent, by horizon and reason.
pub(super) fn absent<'a, I>(horizons: &[Horizon], rows: I) -> Vec<Note>
where
    I: Iterator<Item = (&'a InstrumentId, &'a Ordered<Horizon, MoveCell>)> + Clone,
{
    let mut notes = Vec::new();
    for horizon in horizons {
        let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (id, moves) in rows.clone() {
            if let Some(absent) = moves.get(horizon).and_then(|c| c.absent) {
                reasons.entry(why(absent)).or_default().push(id.to_string());
            }
        }
        for (why, ids) in reasons {
            let whom = if ids.len() > 6 { format!("{} rows", ids.len()) } else { ids.join(", ") };
            notes.push(note(NoteKind::Absent, format!("{horizon} is absent for {whom}: {why}.")));
        }
    }
    notes
}

pub(super) fn why(absent: Absent) -> &'static str {
    match absent {
        Absent::InsufficientHistory => "the closes held do not reach back to its base",
        Absent::NoSession => "no session in the period yet",
        Absent::NoFx => "no rate of exchange within 7 days of an end",
        Absent::NonPositive => "an end is zero or below",
        Absent::Suspect => "the closes before a split are not adjusted for it",
        other => other.code(),
    }
}

/// How many members a composite's newest value rests on, and what became of the others.
fn members(line: &Line<'_>, level: &Level, on: NaiveDate) -> Option<Note> {
    if level.traded == level.members {
        return None;
    }
    let named = |word: &str, ids: &[InstrumentId]| {
        let ids = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        (!ids.is_empty()).then(|| format!("; {word}: {ids}"))
    };
    let others = [
        named("pending, counted as unchanged", &level.pending),
        named("shut", &level.shut),
        named(&format!("left out, no close within 20 days{}", converted::or_no_rate(level)), &level.left_out),
    ];
    let provisional = if level.pending.is_empty() { "" } else { " is provisional" };
    Some(note(
        NoteKind::Composite,
        format!(
            "{}{provisional} on {on}: {} of {} members traded, {:.1} % of the weight{}.",
            line.id,
            level.traded,
            level.members,
            level.weight_traded.0,
            others.into_iter().flatten().collect::<String>()
        ),
    ))
}

/// The warnings of the rows shown, as notes.
pub(super) fn warnings<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<Note> {
    rows.flat_map(|r| &r.warnings).map(|w| note(NoteKind::Warning, format!("{}.", w.message))).collect()
}

/// Everything a reader should know of a comparison.
pub(super) fn of_comparison(
    inputs: &Inputs<'_>,
    market: &Market<'_>,
    lines: &[&Line<'_>],
    instruments: &[Compared],
    standing: &Periods,
) -> Vec<Note> {
    let mut notes = periods(standing);
    notes.extend(live(lines));
    notes.extend(shut(lines));
    notes.extend(stale(lines));
    notes.extend(mixed_bases(lines));
    notes.extend(stand_ins(lines));
    notes.extend(converted::notes(market, lines));
    notes.extend(composites(lines.iter().copied()));
    notes.extend(late_members(inputs, market, instruments.iter().map(|c| (&c.id, &c.moves))));
    let with_close = instruments.iter().filter(|c| c.close.is_some());
    notes.extend(absent(inputs.horizons, with_close.map(|c| (&c.id, &c.moves))));
    notes.extend(
        instruments
            .iter()
            .flat_map(|c| &c.warnings)
            .map(|w| note(NoteKind::Warning, format!("{}.", w.message))),
    );
    notes.extend(origins::notes(inputs, market, instruments.iter().map(|c| &c.id)));
    notes.sort_by_key(|n| n.kind);
    notes
}
