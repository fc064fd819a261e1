//! A comparison of STAR 50 with the S&P 500, and with more beside them.

use super::quotes::{QUOTES, Quote, SP500, STAR50};
use super::{empty_row, horizons, instant, moves};
use crate::domain::comparison::*;
use crate::domain::instrument::InstrumentId;
use crate::domain::link::{Lagged, Link, Rank, Together};
use crate::domain::moves::{Absent, Percent, Points};
use crate::domain::snapshot::{Completeness, MoveCell, NoteKind, Row, Session, Status};
use crate::domain::{Comparison, Horizon};

use super::{d, h, move_cell, note};

fn quote(id: &str) -> &'static Quote {
    QUOTES.iter().find(|q| q.id == id).unwrap()
}

fn rebased(id: &str) -> Rebased {
    let line: &[(&str, f64)] = match id {
        "STAR50" => &STAR50,
        "SP500" => &SP500,
        _ => {
            return Rebased {
                from: None,
                base: None,
                points: Vec::new(),
                absent: Some(Absent::InsufficientHistory),
            };
        }
    };
    let base = line[0].1;
    Rebased {
        from: Some(d(line[0].0)),
        base: Some(base),
        points: line
            .iter()
            .map(|(date, close)| Point { date: d(date), value: close / base * 100.0 })
            .collect(),
        absent: None,
    }
}

fn compared(id: &str) -> Compared {
    let quote = quote(id);
    let Row { kind, basis, .. } = empty_row(id, quote.name, quote.section);
    Compared {
        id: InstrumentId::new(id),
        name: quote.name.to_owned(),
        kind,
        currency: Some("CNY".to_owned()),
        basis,
        session: Session {
            date: Some(d(quote.close.0)),
            status: Some(Status::Settled),
            timezone: None,
            closed_at: None,
        },
        close: Some(quote.close.1),
        moves: moves(quote).into_iter().collect(),
        fx: None,
        local: None,
        rebased: rebased(id),
        source: None,
        confirmed_by: Vec::new(),
        warnings: Vec::new(),
        decimals: 2,
    }
}

fn spread(a: &MoveCell, b: &MoveCell) -> Spread {
    let both = a.pct.zip(b.pct);
    Spread {
        excess_pp: both.map(|(a, b)| Points(a.0 - b.0)),
        relative_pct: both.map(|(a, b)| Percent(((1.0 + a.0 / 100.0) / (1.0 + b.0 / 100.0) - 1.0) * 100.0)),
        a: Leg { from: a.from, to: a.to, pct: a.pct },
        b: Leg { from: b.from, to: b.to, pct: b.pct },
        same_session: both.map(|_| a.to == b.to),
        same_base: both.map(|_| a.from == b.from),
        absent: a.absent.or(b.absent),
    }
}

/// Figures of STAR 50 and the S&P 500, and too few of all others.
fn link(a: &Compared, b: &Compared) -> Link {
    let told = a.id.as_str() == "STAR50" && b.id.as_str() == "SP500";
    let together = |correlation, beta, pairs, dropped| Together {
        correlation: told.then_some(correlation),
        beta: told.then_some(beta),
        pairs: if told { pairs } else { 12 },
        dropped,
        from: Some(d("2025-09-08")),
        to: Some(d("2026-01-20")),
        absent: (!told).then_some(Absent::TooFewPairs),
    };
    Link {
        beta_of: a.id.clone(),
        beta_on: b.id.clone(),
        window: 250,
        same_date: together(0.052, 0.118, 81, 1),
        lagged: Lagged {
            earlier: told.then(|| a.id.clone()),
            later: told.then(|| b.id.clone()),
            together: together(0.241, 0.566, 80, 2),
        },
    }
}

/// A spread that has been larger three times, and none of the others.
fn rank(a: &Compared, b: &Compared) -> Rank {
    if (a.id.as_str(), b.id.as_str()) != ("STAR50", "SP500") {
        return Rank { absent: Some(Absent::Live), ..Rank::default() };
    }
    Rank {
        larger: Some(3),
        of: Some(91),
        since: Some(d("2025-10-09")),
        sessions: Some(72),
        from: Some(d("2025-09-09")),
        absent: None,
    }
}

/// New York closes after Shanghai: what Shanghai had seen is New York's newest session, and what New
/// York had seen is Shanghai's session of the 20th.
fn pair(a: &Compared, b: &Compared) -> Pair {
    let day = |row: &Compared| row.moves.get(&Horizon::ONE_DAY).unwrap().clone();
    let newest = spread(&day(a), &day(b));
    let seen_by_b = if a.id.as_str() == "STAR50" {
        spread(&move_cell(("2026-01-19", 1506.857), ("2026-01-20", 1482.994)), &day(b))
    } else {
        newest.clone()
    };
    let spreads = horizons();
    let spreads =
        spreads.into_iter().map(|h| (h, spread(a.moves.get(&h).unwrap(), b.moves.get(&h).unwrap())));
    Pair {
        a: a.id.clone(),
        b: b.id.clone(),
        spreads: spreads.collect(),
        alignments: Alignments { newest: newest.clone(), seen_by_a: newest, seen_by_b },
        rank: rank(a, b),
        link: link(a, b),
    }
}

/// STAR 50 beside the S&P 500.
pub(in crate::render) fn comparison() -> Comparison {
    compared_with(&["STAR50", "SP500"])
}

/// These beside each other.
pub(in crate::render) fn compared_with(ids: &[&str]) -> Comparison {
    let instruments: Vec<Compared> = ids.iter().map(|id| compared(id)).collect();
    let pairs = instruments.iter().enumerate();
    let pairs = pairs.flat_map(|(at, a)| instruments[at + 1..].iter().map(move |b| pair(a, b)));
    Comparison {
        schema: "marketsnap.compare/1",
        as_of: instant("2026-01-21T08:30:00Z"),
        date: None,
        generated_at: instant("2026-01-21T08:30:02Z"),
        demo: true,
        status: Completeness::Complete,
        currency: "local".to_owned(),
        lang: crate::domain::Lang::En,
        end_date: Some(d("2026-01-21")),
        rebased_over: Some(h("YTD")),
        pairs: pairs.collect(),
        instruments,
        sources: Vec::new(),
        notes: vec![note(NoteKind::Basis, "closes are adjusted for splits, not for dividends")],
        errors: Vec::new(),
        horizons: horizons(),
        horizons_named: true,
    }
}
