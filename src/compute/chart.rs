//! Assembles a chart: which sessions each line has over one window, and what they are in hundredths of the
//! first.
//!
//! Not for: scales, ticks and labels, which depend on the size of the picture (`render`).

use std::cell::OnceCell;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::comparison::{self, Side};
use super::lines::Line;
use super::period::Periods;
use super::sessions::Market;
use super::{Inputs, missing, moves, notes};
use crate::domain::chart::{ChartLine, ChartPoint, Measure};
use crate::domain::comparison::Compared;
use crate::domain::snapshot::{Completeness, Note, NoteKind};
use crate::domain::{Absent, Bar, Chart, Horizon, InstrumentId};

/// What a chart is to show.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The window.
    pub over: Horizon,
    /// What is drawn; none to rebase two or more lines and draw one as it is.
    pub measure: Option<Measure>,
    /// The line that the others are compared with.
    pub benchmark: Option<&'a InstrumentId>,
    /// Values on a logarithmic scale.
    pub log: bool,
}

/// Derives the whole chart. The window's base date follows from the common end date, as in a comparison, and
/// each line begins with its last session on or before it; a line that does not reach back begins with its
/// first session, and where none does, the window begins with the first session of any.
#[must_use]
pub fn build(inputs: &Inputs<'_>, asked: &Asked<'_>) -> Chart {
    let market = Market::at(inputs);
    let ids = comparison::ids(inputs);
    let lines: BTreeMap<InstrumentId, Line<'_>> =
        ids.iter().filter_map(|id| Some((id.clone(), Line::of(id, inputs.universe, &market)?))).collect();
    let days: Vec<_> = lines.values().filter_map(|l| Some((l.report_day, l.newest_begun()?))).collect();
    let periods = Periods::of(&[asked.over], &days);
    let window = Window::of(inputs, asked.over, &lines, &periods);
    let measure = asked.measure.unwrap_or(if ids.len() > 1 { Measure::Rebased } else { Measure::Absolute });
    let compared: Vec<Compared> = ids
        .iter()
        .map(|id| Side {
            id: id.clone(),
            line: lines.get(id),
            moves: None,
            inputs,
            market: &market,
            past: OnceCell::new(),
        })
        .map(|side| comparison::compared(&side, None))
        .collect();
    let shown: Vec<&Line<'_>> = ids.iter().filter_map(|id| lines.get(id)).collect();
    let mut remarks = notes::of_comparison(inputs, &market, &shown, &compared, &periods);
    let drawn: Vec<ChartLine> = compared
        .into_iter()
        .map(|known| {
            let line = lines.get(&known.id);
            let benchmark = asked.benchmark.is_some_and(|id| *id == known.id);
            chart_line(known, benchmark, sessions(line, &window), measure, line, &window, &market)
        })
        .collect();
    let positive = drawn.iter().flat_map(|l| &l.points).all(|p| p.value > 0.0);
    for note in remarks.iter_mut().filter(|n| n.kind == NoteKind::Period) {
        note.message = note.message.replace("the column shows", "the chart shows");
    }
    remarks.extend(window.note());
    remarks.extend((asked.log && !positive).then(|| Note {
        kind: NoteKind::Period,
        message: "The scale is not logarithmic: a close is zero or below.".to_owned(),
    }));
    remarks.extend(drawn.iter().filter_map(|l| remark(l, lines.get(&l.id), measure)));
    remarks.sort_by_key(|n| n.kind);
    Chart {
        schema: "marketsnap.chart/1",
        as_of: inputs.as_of,
        date: inputs.date,
        generated_at: inputs.generated_at,
        demo: inputs.demo,
        status: completeness(inputs, &drawn),
        benchmark: asked.benchmark.cloned(),
        currency: inputs.currency.unwrap_or("local").to_owned(),
        over: asked.over,
        measure,
        base_date: window.start,
        end_date: window.end,
        lines: drawn,
        sources: inputs.trust.map(|t| t.sources.clone()).unwrap_or_default(),
        notes: remarks,
        errors: missing::of_comparison(inputs, &market, &ids, &lines),
        log: asked.log && positive,
    }
}

/// The days that all lines share.
struct Window {
    over: Horizon,
    /// The base date that follows from the horizon; none where sessions are counted.
    wanted: Option<NaiveDate>,
    start: Option<NaiveDate>,
    end: Option<NaiveDate>,
    /// No line reaches back to the base date.
    shortened: bool,
}

impl Window {
    fn of(
        inputs: &Inputs<'_>,
        over: Horizon,
        lines: &BTreeMap<InstrumentId, Line<'_>>,
        periods: &Periods,
    ) -> Self {
        let end = inputs.date.or_else(|| lines.values().filter_map(|l| Some(l.last()?.date)).max());
        let report_day = inputs.date.or_else(|| lines.values().map(|l| l.report_day).max());
        let report_day = report_day.map(|day| periods.report_day(&over, day));
        let wanted = end.zip(report_day).and_then(|(end, day)| over.wanted_base(end, day));
        let first = lines.values().filter_map(|l| Some(l.bars.first()?.date)).min();
        let counted =
            lines.values().filter_map(|l| Some(moves::base(&l.bars, over, l.report_day).ok()?.date));
        let reached = match wanted {
            Some(day) => lines.values().any(|l| moves::base_on(&l.bars, day).is_ok()).then_some(day),
            None => counted.min(),
        };
        Self { over, wanted, start: reached.or(first), end, shortened: reached.is_none() && first.is_some() }
    }

    /// That nothing reaches back as far as was asked for.
    fn note(&self) -> Option<Note> {
        let start = self.start.filter(|_| self.shortened)?;
        let message = match self.over {
            Horizon::Since(day) => {
                format!("No close held reaches back to {day}: the chart begins on {start}.")
            }
            over => format!("The closes held do not reach back {over}: the chart begins on {start}."),
        };
        Some(Note { kind: NoteKind::Period, message })
    }
}

/// The bars of a line within the window, and whether they begin after it does.
///
/// # Errors
/// [`Absent::NoSession`] where the line has no session after the base date.
fn sessions<'a>(line: Option<&'a Line<'_>>, window: &Window) -> Result<(&'a [Bar], bool), Absent> {
    let (line, start) = line.zip(window.start).ok_or(Absent::NoSession)?;
    if window.wanted.is_some_and(|wanted| line.last().is_some_and(|b| b.date <= wanted)) {
        return Err(Absent::NoSession);
    }
    let base = match window.wanted {
        Some(_) => moves::base_on(&line.bars, start),
        None => moves::base(&line.bars, window.over, line.report_day),
    };
    let (first, late) = match base {
        Ok(base) => (base.date, false),
        // Older closes that lie before a hole are no beginning of this window.
        Err(_) => (start, true),
    };
    let from = line.bars.partition_point(|b| b.date < first);
    let bars = line.bars.get(from..).unwrap_or_default();
    if bars.is_empty() { Err(Absent::NoSession) } else { Ok((bars, late)) }
}

/// One line: its points, and the change from the first to the last.
fn chart_line(
    known: Compared,
    is_benchmark: bool,
    sessions: Result<(&[Bar], bool), Absent>,
    measure: Measure,
    line: Option<&Line<'_>>,
    window: &Window,
    market: &Market<'_>,
) -> ChartLine {
    let sessions = sessions.map_err(|absent| line.map_or(absent, |line| line.explained(absent)));
    let (bars, late) = sessions.unwrap_or_default();
    let change = match (line, bars) {
        (Some(line), [base, .., _]) => {
            let wanted = window.start.filter(|_| window.wanted.is_some() && !late).or(Some(base.date));
            moves::finish(line, wanted, Ok(base), market)
        }
        _ => moves::absent_cell(
            sessions.err().unwrap_or(Absent::InsufficientHistory),
            bars.first(),
            bars.last(),
        ),
    };
    let (points, absent) = points(bars, measure);
    ChartLine {
        begins_late: late,
        points,
        absent: sessions.err().or(absent),
        change,
        is_benchmark,
        id: known.id,
        name: known.name,
        kind: known.kind,
        currency: known.currency,
        basis: known.basis,
        session: known.session,
        close: known.close,
        source: known.source,
        confirmed_by: known.confirmed_by,
        warnings: known.warnings,
        decimals: known.decimals,
    }
}

/// What is drawn. Rebased, a value is close / first close x 100; a line with a close of zero or below has
/// no such values.
fn points(bars: &[Bar], measure: Measure) -> (Vec<ChartPoint>, Option<Absent>) {
    let base = match measure {
        Measure::Absolute => None,
        Measure::Rebased if bars.iter().any(|b| b.close <= 0.0) => {
            return (Vec::new(), Some(Absent::NonPositive));
        }
        Measure::Rebased => bars.first().map(|b| b.close),
    };
    let value = |close: f64| base.map_or(close, |base| close / base * 100.0);
    (bars.iter().map(|b| ChartPoint { date: b.date, close: b.close, value: value(b.close) }).collect(), None)
}

/// What is to be said of one line: that it begins late, or why it is not there although a close is.
fn remark(drawn: &ChartLine, line: Option<&Line<'_>>, measure: Measure) -> Option<Note> {
    drawn.close?;
    let message = match (drawn.absent, drawn.points.first()) {
        (Some(Absent::NonPositive), _) => {
            format!("{} is not drawn: it has a close of zero or below; --absolute draws it.", drawn.id)
        }
        (Some(_), _) => format!("{} is not drawn: it has no session in the window.", drawn.id),
        (None, Some(first)) if drawn.begins_late => {
            let why = line.map(|l| l.explained(Absent::InsufficientHistory));
            let hundred = if measure == Measure::Rebased { ", where it is 100" } else { "" };
            let why = notes::why(why.unwrap_or(Absent::InsufficientHistory));
            format!("{} begins later, on {}{hundred}: {why}.", drawn.id, first.date)
        }
        _ => return None,
    };
    Some(Note { kind: NoteKind::Absent, message })
}

fn completeness(inputs: &Inputs<'_>, lines: &[ChartLine]) -> Completeness {
    let with = lines.iter().filter(|l| l.close.is_some()).count();
    match (with, with == lines.len() && inputs.failures.is_empty() && !inputs.stood_in()) {
        (0, _) => Completeness::Empty,
        (_, true) => Completeness::Complete,
        (_, false) => Completeness::Partial,
    }
}
