//! Assembles a comparison: returns with common ends, spreads of each pair, the day's move in both time
//! alignments, and lines rebased to 100.
//!
//! Not for: correlation and beta (`pairing`), the rank of a spread (`rank`), or layout.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::lines::{self, Line, Of};
use super::period::Periods;
use super::rank::{self, Past};
use super::sessions::Market;
use super::{Chosen, Inputs, converted, missing, moves, notes, pairing, relative, sessions, suspect};
use crate::domain::comparison::{Alignments, Compared, Leg, Pair, Point, Rebased, Spread};
use crate::domain::link::Rank;
use crate::domain::series::on_or_before;
use crate::domain::snapshot::{Completeness, MoveCell, Session, SourceInfo};
use crate::domain::{Absent, Bar, Comparison, Horizon, InstrumentId, Kind, Move, Ordered, Percent};

/// Derives the whole comparison.
#[must_use]
pub fn build(inputs: &Inputs<'_>) -> Comparison {
    let market = Market::at(inputs);
    let ids = ids(inputs);
    let lines: BTreeMap<InstrumentId, Line<'_>> =
        ids.iter().filter_map(|id| Some((id.clone(), Line::of(id, inputs.universe, &market)?))).collect();
    let end_date = inputs.date.or_else(|| lines.values().filter_map(|l| Some(l.last()?.date)).max());
    let days: Vec<_> = lines.values().filter_map(|l| Some((l.report_day, l.newest_begun()?))).collect();
    let periods = Periods::of(inputs.horizons, &days);
    let report_day = inputs.date.or_else(|| days.iter().map(|(day, _)| *day).max());
    let ends = Ends { end: end_date, report_day, periods: &periods };
    let table: BTreeMap<&InstrumentId, Ordered<Horizon, MoveCell>> =
        ids.iter().map(|id| (id, moves_of(inputs, lines.get(id), &ends, &market))).collect();
    let rebased_over = inputs.rebase.or_else(|| rebased_over(inputs.horizons, &table, end_date?));
    let side = |id: &InstrumentId| Side {
        id: id.clone(),
        line: lines.get(id),
        moves: table.get(id),
        inputs,
        market: &market,
        past: OnceCell::new(),
    };
    let instruments: Vec<Compared> = ids.iter().map(|id| compared(&side(id), rebased_over)).collect();
    let sides: Vec<Side<'_>> = ids.iter().map(side).collect();
    let pairs = sides
        .iter()
        .enumerate()
        .flat_map(|(i, a)| sides.iter().skip(i + 1).map(move |b| (a, b)))
        .map(|(a, b)| pair(a, b))
        .collect();
    let shown: Vec<&Line<'_>> = ids.iter().filter_map(|id| lines.get(id)).collect();
    Comparison {
        schema: "marketsnap.compare/1",
        as_of: inputs.as_of,
        date: inputs.date,
        generated_at: inputs.generated_at,
        demo: inputs.demo,
        status: completeness(inputs, &instruments),
        currency: inputs.currency.unwrap_or("local").to_owned(),
        lang: inputs.universe.lang,
        end_date,
        rebased_over,
        sources: inputs.trust.map(|t| t.sources.clone()).unwrap_or_default(),
        notes: notes::of_comparison(inputs, &market, &shown, &instruments, &periods),
        instruments,
        pairs,
        errors: missing::of_comparison(inputs, &market, &ids, &lines),
        horizons: inputs.horizons.to_vec(),
        horizons_named: inputs.horizons_named,
    }
}

/// The things compared, each once; a group stands for its members.
pub(super) fn ids(inputs: &Inputs<'_>) -> Vec<InstrumentId> {
    let mut ids: Vec<InstrumentId> = Vec::new();
    for chosen in inputs.chosen {
        let found = match chosen {
            Chosen::Instrument(id) | Chosen::Composite(id) => vec![id.clone()],
            Chosen::Group(id) => inputs.universe.group(id).map(|g| g.members.clone()).unwrap_or_default(),
        };
        for id in found {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    ids
}

/// The common ends of a comparison: the end date, and the report day that to-date periods begin from.
struct Ends<'a> {
    end: Option<NaiveDate>,
    report_day: Option<NaiveDate>,
    periods: &'a Periods,
}

impl Ends<'_> {
    /// The common base date of a horizon; none where each side counts its own sessions.
    fn base(&self, horizon: Horizon) -> Option<NaiveDate> {
        let report_day = self.periods.report_day(&horizon, self.report_day?);
        horizon.wanted_base(self.end?, report_day)
    }
}

/// Returns with common ends: the base date follows from the common end date, and each side takes its
/// last session on or before it. Horizons that count sessions count each side's own.
fn moves_of(
    inputs: &Inputs<'_>,
    line: Option<&Line<'_>>,
    ends: &Ends<'_>,
    market: &Market<'_>,
) -> Ordered<Horizon, MoveCell> {
    let cell = |h: Horizon| {
        let Some(line) = line else { return moves::absent_cell(Absent::NoSession, None, None) };
        let wanted = ends.base(h);
        let base = match wanted {
            None => moves::base(&line.bars, h, line.report_day),
            Some(wanted) if line.last().is_some_and(|b| b.date <= wanted) => Err(Absent::NoSession),
            Some(wanted) => moves::base_on(&line.bars, wanted),
        };
        moves::finish(line, wanted, base, market)
    };
    inputs.horizons.iter().map(|h| (*h, cell(*h))).collect()
}

/// The horizon of the rebased lines: the longest that all have, else the longest that any has.
fn rebased_over(
    horizons: &[Horizon],
    table: &BTreeMap<&InstrumentId, Ordered<Horizon, MoveCell>>,
    end: NaiveDate,
) -> Option<Horizon> {
    let has = |cells: &Ordered<Horizon, MoveCell>, h: &Horizon| cells.get(h).is_some_and(|c| c.pct.is_some());
    let longest = |common: bool| {
        let those = horizons.iter().filter(|h| {
            if common { table.values().all(|c| has(c, h)) } else { table.values().any(|c| has(c, h)) }
        });
        those.max_by_key(|h| h.reach(end)).copied()
    };
    longest(true).or_else(|| longest(false))
}

/// One side of a comparison.
pub(super) struct Side<'a> {
    pub id: InstrumentId,
    pub line: Option<&'a Line<'a>>,
    pub moves: Option<&'a Ordered<Horizon, MoveCell>>,
    pub inputs: &'a Inputs<'a>,
    pub market: &'a Market<'a>,
    /// Its sessions, for the ranks of the spreads that others have over it.
    pub past: OnceCell<Past>,
}

impl Side<'_> {
    fn closed_at(&self, date: NaiveDate) -> Option<DateTime<Utc>> {
        lines::closed_at(&self.id, date, self.inputs.universe, self.market)
    }

    /// The instant up to which the newest value of this side has seen the world.
    fn seen_until(&self) -> Option<DateTime<Utc>> {
        let line = self.line?;
        let closed = self.closed_at(line.last()?.date)?;
        Some(if line.live() { self.inputs.as_of } else { closed.min(self.inputs.as_of) })
    }

    /// The last settled move from one session to the next that was over by `at`.
    fn move_seen(&self, at: DateTime<Utc>) -> Leg {
        let settled = self.line.map(Line::settled).unwrap_or_default();
        let over = settled.partition_point(|b| self.closed_at(b.date).is_some_and(|c| c <= at));
        match settled.get(..over).unwrap_or_default() {
            [.., before, end] => leg(before, end),
            _ => Leg { from: None, to: None, pct: None },
        }
    }

    fn newest_move(&self) -> Leg {
        match self.line.map(|l| l.bars.as_ref()).unwrap_or_default() {
            [.., before, end] => leg(before, end),
            _ => Leg { from: None, to: None, pct: None },
        }
    }
}

fn leg(base: &Bar, end: &Bar) -> Leg {
    Leg { from: Some(base.date), to: Some(end.date), pct: Move::between(base, end).ok().map(|m| m.percent()) }
}

pub(super) fn compared(side: &Side<'_>, rebased_over: Option<Horizon>) -> Compared {
    let universe = side.inputs.universe;
    let instrument = universe.instrument(&side.id);
    let composite = universe.composite(&side.id);
    let newest = side.line.and_then(Line::last);
    let series = side.inputs.series.get(&side.id);
    let known = side.market.known.get(&side.id);
    let moves = side.moves.cloned().unwrap_or_default();
    let base =
        rebased_over.and_then(|h| moves.get(&h)).and_then(|c| if c.pct.is_some() { c.from } else { None });
    let over = rebased_over.and_then(|h| moves.get(&h));
    let why_no_base = over.and_then(|c| c.absent).unwrap_or(Absent::InsufficientHistory);
    let mut warnings = series.map(|s| s.warnings.clone()).unwrap_or_default();
    if let Some(known) = known {
        warnings.extend(sessions::passed_over(known));
        warnings.extend(sessions::unexpected_sessions(known));
        warnings.extend(suspect::warnings(known));
    }
    let opinion = side.inputs.trust.and_then(|t| t.opinions.get(&side.id));
    warnings.extend(opinion.into_iter().flat_map(|o| o.warnings.iter().cloned()));
    let mut compared = Compared {
        id: side.id.clone(),
        name: instrument.map(|i| i.name.clone()).or(composite.map(|c| c.name.clone())).unwrap_or_default(),
        kind: instrument.map_or(Kind::Composite, |i| i.kind),
        currency: series
            .and_then(|s| s.provenance.currency.clone())
            .or(instrument.and_then(|i| i.currency.clone())),
        basis: side.line.map(|l| l.basis).or(instrument.map(|i| i.basis)).unwrap_or_default(),
        session: Session {
            date: newest.map(|b| b.date),
            status: side.line.map(|l| l.status),
            timezone: known.map(|k| k.exchange.timezone.to_string()),
            closed_at: match side.line.map(|l| &l.of) {
                Some(Of::Composite(level)) => level.closed_at,
                Some(Of::Instrument(_)) if side.line.is_some_and(Line::live) => None,
                _ => newest.and_then(|b| side.closed_at(b.date)),
            },
        },
        close: newest.map(|b| b.close),
        rebased: rebased(side.line, base, why_no_base),
        fx: None,
        local: None,
        moves,
        source: source(side),
        confirmed_by: opinion.map(|o| o.confirmed_by.clone()).unwrap_or_default(),
        warnings,
        decimals: instrument.map_or(2, |i| i.decimals),
    };
    converted::tell_compared(&mut compared, composite, side.line, side.market);
    compared
}

fn source(side: &Side<'_>) -> Option<SourceInfo> {
    if let Some(Of::Composite(level)) = side.line.map(|l| &l.of) {
        let fetched_at = level.fetched_at;
        let from_store = side.inputs.kept_earlier(&side.id);
        return Some(SourceInfo { name: "computed".to_owned(), symbol: None, fetched_at, from_store });
    }
    side.inputs.series.get(&side.id).map(|s| SourceInfo {
        name: s.provenance.source.clone(),
        symbol: Some(s.provenance.symbol.clone()),
        fetched_at: Some(s.provenance.fetched_at),
        from_store: side.inputs.kept_earlier(&side.id),
    })
}

/// The line from its base session on, that session's close being 100; none with a close of zero or below in it.
fn rebased(line: Option<&Line<'_>>, base: Option<NaiveDate>, otherwise: Absent) -> Rebased {
    let none = |absent| Rebased { from: None, base: None, points: Vec::new(), absent: Some(absent) };
    let Some(line) = line else { return none(Absent::NoSession) };
    let Some(base) = base.and_then(|d| on_or_before(&line.bars, d)) else { return none(otherwise) };
    let from = line.bars.partition_point(|b| b.date < base.date);
    let points = line.bars.get(from..).unwrap_or_default();
    if points.iter().any(|b| b.close <= 0.0) {
        return none(Absent::NonPositive);
    }
    Rebased {
        from: Some(base.date),
        base: Some(base.close),
        points: points.iter().map(|b| Point { date: b.date, value: b.close / base.close * 100.0 }).collect(),
        absent: None,
    }
}

fn pair(a: &Side<'_>, b: &Side<'_>) -> Pair {
    let horizons = &a.inputs.horizons;
    let spreads = horizons
        .iter()
        .map(|h| (*h, spread_of_cells(a.moves.and_then(|m| m.get(h)), b.moves.and_then(|m| m.get(h)))));
    let seen = |first: &Side<'_>, other: &Side<'_>| {
        first.seen_until().map_or(Leg { from: None, to: None, pct: None }, |at| other.move_seen(at))
    };
    Pair {
        a: a.id.clone(),
        b: b.id.clone(),
        spreads: spreads.collect(),
        alignments: Alignments {
            newest: spread(a.newest_move(), b.newest_move(), Absent::InsufficientHistory),
            seen_by_a: spread(a.newest_move(), seen(a, b), Absent::InsufficientHistory),
            seen_by_b: spread(seen(b, a), b.newest_move(), Absent::InsufficientHistory),
        },
        rank: rank_of(a, b),
        link: match a.line.zip(b.line) {
            Some((first, second)) => pairing::link(first, second, a.market),
            None => pairing::no_link(&a.id, &b.id),
        },
    }
}

/// The rank of the newest moves' spread on the first one's sessions.
fn rank_of(a: &Side<'_>, b: &Side<'_>) -> Rank {
    let Some((first, second)) = a.line.zip(b.line) else { return rank::absent(Absent::NoSession) };
    let Some((own, other)) = a.newest_move().pct.zip(b.newest_move().pct) else {
        return rank::absent(Absent::InsufficientHistory);
    };
    let past = b.past.get_or_init(|| Past::of(second, a.inputs, a.market));
    rank::rank(first, past, relative::excess(own, other), a.inputs, a.market)
}

fn spread_of_cells(a: Option<&MoveCell>, b: Option<&MoveCell>) -> Spread {
    let leg = |c: Option<&MoveCell>| Leg {
        from: c.and_then(|c| c.from),
        to: c.and_then(|c| c.to),
        pct: c.and_then(|c| c.pct),
    };
    let absent = [a, b].into_iter().flatten().find_map(|c| c.absent).unwrap_or(Absent::NoSession);
    spread(leg(a), leg(b), absent)
}

fn spread(a: Leg, b: Leg, otherwise: Absent) -> Spread {
    let both: Option<(Percent, Percent)> = a.pct.zip(b.pct);
    Spread {
        excess_pp: both.map(|(a, b)| relative::excess(a, b)),
        relative_pct: both.map(|(a, b)| relative::relative(a, b)),
        same_session: both.map(|_| a.to == b.to),
        same_base: both.map(|_| a.from == b.from),
        absent: if both.is_some() { None } else { Some(otherwise) },
        a,
        b,
    }
}

fn completeness(inputs: &Inputs<'_>, instruments: &[Compared]) -> Completeness {
    let with = instruments.iter().filter(|c| c.close.is_some()).count();
    if with == 0 {
        Completeness::Empty
    } else if with == instruments.len() && inputs.failures.is_empty() && !inputs.stood_in() {
        Completeness::Complete
    } else {
        Completeness::Partial
    }
}
