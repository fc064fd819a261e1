//! How large a day's spread is among those of the days before, each paired as a reader of that day would
//! have seen it.
//!
//! Not for: the spread itself (`relative`), or sessions of one date (`pairing`).

use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::lines::{self, Line};
use super::report::known_by;
use super::sessions::Market;
use super::{Inputs, relative};
use crate::domain::link::Rank;
use crate::domain::snapshot::{Note, NoteKind, Row, Status};
use crate::domain::{Absent, Bar, Kind, Move, Percent, Points};

/// So many spreads before the newest are looked at.
const OVER: usize = 250;
/// So many sessions of the other side hold that many of one that trades on weekdays beside one that trades
/// every day.
const SESSIONS: usize = 400;
/// A spread is told of where there are at least this many to hold it against.
const TOLD_OVER: usize = 60;
/// And where none of the last so many was as large, and at most one in so many at all.
const TOLD_AFTER: usize = 20;
const ONE_IN: usize = 20;

/// The settled sessions of the side that another is held against.
#[derive(Debug, Clone)]
pub(super) struct Past {
    sessions: Vec<Seen>,
    open: bool,
}

/// A session, when it was over, and the move into it; none across a hole or from zero or below.
#[derive(Debug, Clone, Copy)]
struct Seen {
    date: NaiveDate,
    over: DateTime<Utc>,
    pct: Option<Percent>,
}

impl Past {
    pub(super) fn of(line: &Line<'_>, inputs: &Inputs<'_>, market: &Market<'_>) -> Self {
        let bars = line.settled();
        let from = bars.len().saturating_sub(SESSIONS + 1);
        let steps = bars.get(from..).unwrap_or_default().windows(2);
        let sessions = steps.filter_map(|step| {
            let [before, bar] = step else { return None };
            let over = lines::closed_at(&line.id, bar.date, inputs.universe, market)?;
            Some(Seen { date: bar.date, over, pct: whole_move(line, market, before, bar) })
        });
        Self { sessions: sessions.collect(), open: line.open() }
    }

    /// The move into the newest session that was over by `at` and is dated by `until`.
    fn seen(&self, at: DateTime<Utc>, until: Option<NaiveDate>) -> Option<Percent> {
        let over = self.sessions.partition_point(|s| s.over <= at);
        let dated = until.map_or(over, |d| self.sessions.partition_point(|s| s.date <= d));
        self.sessions.get(over.min(dated).checked_sub(1)?)?.pct
    }
}

fn whole_move(line: &Line<'_>, market: &Market<'_>, before: &Bar, bar: &Bar) -> Option<Percent> {
    let pct = Move::between(before, bar).ok()?.percent();
    (!line.spans_hole(market, before.date, bar.date)).then_some(pct)
}

/// A rank that is not there.
pub(super) fn absent(absent: Absent) -> Rank {
    Rank { absent: Some(absent), ..Rank::default() }
}

/// The rank of `spread`, the newest 1D move of `own` minus the other side's, among up to 250 before it. Each
/// is the move into a session of `own` minus that into the other's newest session that was over as long after
/// it as the report's instant is after `own`'s newest session, and before the next one of `own` was.
pub(super) fn rank(
    own: &Line<'_>,
    other: &Past,
    spread: Points,
    inputs: &Inputs<'_>,
    market: &Market<'_>,
) -> Rank {
    if own.open() || other.open {
        return absent(Absent::Live);
    }
    let Some(spreads) = Spreads::of(own, other, inputs, market) else {
        return absent(Absent::InsufficientHistory);
    };
    if spread.0.abs() <= 0.0 {
        return absent(Absent::NoneSet);
    }
    let before: Vec<(NaiveDate, Points)> = spreads.take(OVER).collect();
    let Some((oldest, _)) = before.last() else { return absent(Absent::InsufficientHistory) };
    let as_large = |s: &Points| if spread.0 > 0.0 { s.0 >= spread.0 } else { s.0 <= spread.0 };
    let newest = before.iter().position(|(_, s)| as_large(s));
    Rank {
        larger: Some(before.iter().filter(|(_, s)| as_large(s)).count()),
        of: Some(before.len()),
        since: newest.and_then(|at| before.get(at)).map(|(date, _)| *date),
        sessions: newest.map(|at| at + 1),
        from: Some(*oldest),
        absent: None,
    }
}

/// The spreads before the newest, newest first; without those that touch a hole.
struct Spreads<'a, 'b> {
    own: &'b Line<'a>,
    other: &'b Past,
    inputs: &'b Inputs<'a>,
    market: &'b Market<'a>,
    /// Index of the session whose turn was last, and when it was over.
    at: usize,
    over: DateTime<Utc>,
    /// How long after a session's end it is looked back at.
    later: Duration,
}

/// The instant at which a reader sees the newest spread: the report's, and of a day that is written to be kept that at
/// which all of it is known, whenever it is written.
fn read_at(inputs: &Inputs<'_>) -> DateTime<Utc> {
    inputs.date.filter(|_| inputs.lasting).map_or(inputs.as_of, known_by)
}

impl<'a, 'b> Spreads<'a, 'b> {
    /// None where the newest spread itself touches a hole, or one of the two has no move.
    fn of(
        own: &'b Line<'a>,
        other: &'b Past,
        inputs: &'b Inputs<'a>,
        market: &'b Market<'a>,
    ) -> Option<Self> {
        let at = own.settled().len().checked_sub(1)?;
        other.sessions.last()?.pct?;
        let over = lines::closed_at(&own.id, own.settled().get(at)?.date, inputs.universe, market)?;
        let spreads = Self { own, other, inputs, market, at, over, later: read_at(inputs) - over };
        spreads.move_into(at).map(|_| spreads)
    }

    fn move_into(&self, at: usize) -> Option<Percent> {
        let bars = self.own.settled();
        whole_move(self.own, self.market, bars.get(at.checked_sub(1)?)?, bars.get(at)?)
    }
}

impl Iterator for Spreads<'_, '_> {
    type Item = (NaiveDate, Points);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.at = self.at.checked_sub(1).filter(|at| *at > 0)?;
            let date = self.own.settled().get(self.at)?.date;
            let next_over = self.over;
            self.over = lines::closed_at(&self.own.id, date, self.inputs.universe, self.market)?;
            let read_at = (self.over + self.later).min(next_over - Duration::seconds(1));
            let other = self.other.seen(read_at, self.inputs.date.map(|_| date));
            if let Some((own, other)) = self.move_into(self.at).zip(other) {
                return Some((date, relative::excess(own, other)));
            }
        }
    }
}

/// A sentence on the lead and one on the lag that are the rarest: of settled rows whose spread was not reached
/// on any of the 20 days before and on at most one in 20 of at least 60, an index's or composite's before
/// others', the one that reaches furthest back, the largest.
pub(super) fn notes(benchmark: &str, rows: &[&Row]) -> Vec<Note> {
    let mut told: Vec<Told<'_>> = rows.iter().filter_map(|row| Told::of(row)).collect();
    told.sort_by(|a, b| {
        a.narrow.cmp(&b.narrow).then(b.reach.cmp(&a.reach)).then(b.size().total_cmp(&a.size()))
    });
    let lead = told.iter().find(|t| t.spread > 0.0);
    let lag = told.iter().find(|t| t.spread < 0.0);
    let sentences = [lead, lag].into_iter().flatten().filter_map(|t| sentence(benchmark, t));
    sentences.map(|message| Note { kind: NoteKind::Benchmark, message }).collect()
}

/// A spread that is rare enough to be told.
struct Told<'a> {
    row: &'a Row,
    rank: &'a Rank,
    spread: f64,
    narrow: bool,
    reach: usize,
}

impl<'a> Told<'a> {
    fn of(row: &'a Row) -> Option<Self> {
        let cell = row.day.against.as_ref()?;
        let (rank, spread) = (&cell.rank, cell.excess_pp?.0);
        let (of, reach) = (rank.of?, rank.sessions.unwrap_or(usize::MAX));
        let rare = of >= TOLD_OVER && reach > TOLD_AFTER && rank.larger? * ONE_IN <= of;
        let ours = row.session.status == Some(Status::Settled) && row.kind != Kind::Fx && !row.in_points;
        let narrow = !matches!(row.kind, Kind::Index | Kind::Composite);
        (rare && ours).then_some(Self { row, rank, spread, narrow, reach })
    }

    fn size(&self) -> f64 {
        self.spread.abs()
    }
}

/// `STAR 50's 1D lead of 5.60 pp over S&P 500 was last as large on 2025-10-09; 1 of the 90 before it was.`
fn sentence(benchmark: &str, told: &Told<'_>) -> Option<String> {
    let (larger, of, from) = (told.rank.larger?, told.rank.of?, told.rank.from?);
    let (side, over) = if told.spread > 0.0 { ("lead", "over") } else { ("lag", "behind") };
    let head = format!("{}'s 1D {side} of {:.2} pp {over} {benchmark}", told.row.name, told.size());
    Some(match told.rank.since {
        Some(since) => {
            let were = if larger == 1 { "was" } else { "were" };
            format!("{head} was last as large on {since}; {larger} of the {of} before it {were}.")
        }
        None => format!("{head} is the largest of {} since {from}.", of + 1),
    })
}
