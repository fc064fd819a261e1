//! Charts for the tests of this room.

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::domain::Chart;
use crate::domain::chart::{ChartLine, ChartPoint, Measure};
use crate::domain::instrument::{Basis, InstrumentId, Kind};
use crate::domain::moves::Percent;
use crate::domain::snapshot::{Completeness, MoveCell, Note, NoteKind, Session, Status};

pub(super) fn d(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A line of these values, one a day from `start` on, drawn as they are.
pub(super) fn line(id: &str, name: &str, start: &str, values: &[f64]) -> ChartLine {
    let points: Vec<ChartPoint> = d(start)
        .iter_days()
        .zip(values)
        .map(|(date, value)| ChartPoint { date, close: *value, value: *value })
        .collect();
    let (first, last) = (points.first().copied(), points.last().copied());
    let pct = first.zip(last).map(|(a, b)| Percent((b.close / a.close - 1.0) * 100.0));
    ChartLine {
        id: InstrumentId::new(id),
        name: name.to_owned(),
        kind: Kind::Index,
        currency: Some("CNY".to_owned()),
        basis: Basis::Price,
        is_benchmark: false,
        session: Session {
            date: last.map(|p| p.date),
            status: Some(Status::Settled),
            timezone: None,
            closed_at: None,
        },
        close: last.map(|p| p.close),
        begins_late: false,
        change: MoveCell {
            pct: pct.filter(|_| points.len() > 1),
            from: first.map(|p| p.date),
            to: last.map(|p| p.date),
            base: first.map(|p| p.close),
            absent: None,
            local_pct: None,
            fx_pct: None,
            flags: Vec::new(),
        },
        points,
        absent: None,
        source: None,
        confirmed_by: Vec::new(),
        warnings: Vec::new(),
        decimals: 2,
    }
}

/// A chart of lines.
pub(super) fn chart(measure: Measure, lines: Vec<ChartLine>) -> Chart {
    let as_of: DateTime<Utc> = "2026-01-21T08:30:00Z".parse().unwrap();
    let days = || lines.iter().flat_map(|l| &l.points).map(|p| p.date);
    Chart {
        schema: "marketsnap.chart/1",
        as_of,
        date: None,
        generated_at: as_of,
        demo: false,
        status: Completeness::Complete,
        benchmark: None,
        currency: "local".to_owned(),
        over: "YTD".parse().unwrap(),
        measure,
        base_date: days().min(),
        end_date: days().max(),
        lines,
        sources: Vec::new(),
        notes: vec![Note { kind: NoteKind::Source, message: "Source: test (3 series).".to_owned() }],
        errors: Vec::new(),
        log: false,
    }
}

/// The first three weeks of 2026: STAR 50 and the S&P 500 from the year's end, a share that was listed on
/// 9 January and whose last value is live.
pub(in crate::render) fn january() -> Chart {
    let star = [
        100.0, 101.1, 102.4, 104.3, 106.2, 107.9, 108.3, 109.8, 112.5, 109.3, 111.7, 111.1, 112.6, 112.1,
        110.3, 114.2,
    ];
    let sp = [100.0, 100.2, 100.6, 101.2, 101.0, 101.9, 101.7, 101.3, 101.4, 99.3];
    let mut star = line("STAR50", "科创50", "2026-01-06", &star);
    let mut share = line(
        "MINIMAX",
        "Mini & Max",
        "2026-01-14",
        &[100.0, 118.0, 109.0, 113.5, 121.0, 116.0, 119.5, 117.0],
    );
    share.session.status = Some(Status::Live);
    share.begins_late = true;
    star.is_benchmark = true;
    let mut chart = chart(Measure::Rebased, vec![line("SP500", "S&P 500", "2026-01-06", &sp), share, star]);
    let late = "MINIMAX begins later, on 2026-01-14, where it is 100: the closes held do not reach back to its base.";
    chart.notes.insert(0, Note { kind: NoteKind::Absent, message: late.to_owned() });
    chart.demo = true;
    chart
}

/// The days of a line pushed apart, for axes of years.
pub(super) fn every(days: u64, mut line: ChartLine) -> ChartLine {
    let start = line.points.first().map(|p| p.date);
    for (at, point) in line.points.iter_mut().enumerate() {
        let later = start.and_then(|s| s.checked_add_days(Days::new(days * u64::try_from(at).unwrap())));
        point.date = later.unwrap_or(point.date);
    }
    line
}
