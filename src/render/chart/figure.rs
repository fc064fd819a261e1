//! A chart as a figure of a document: the plot alone, and its figures in words.
//!
//! Not for: pictures that stand alone (`svg`), nor the table of a figure's lines (`terminal::table`).

use super::scene;
use super::svg;
use super::words::{self, Letters};
use crate::domain::chart::{ChartLine, ChartPoint, Measure};
use crate::domain::comparison::Compared;
use crate::domain::{Chart, Comparison, Horizon};
use crate::render::document::Part;
use crate::render::style::Style;

/// The figure; `number` tells it from the document's others.
pub(in crate::render) fn figure(report: &Chart, style: &Style, number: usize) -> Part {
    let letters = Letters::of(style);
    let scene = scene::plot_alone(report, letters);
    let caption = format!("{}: {}", scene.title, words::facts(report).join(", "));
    Part::Figure { svg: svg::inline(&scene, number), caption: letters.plain(caption) }
}

/// The rebased lines of a comparison as its only figure; none where no line could be drawn.
pub(in crate::render) fn compared(report: &Comparison, over: Horizon, style: &Style) -> Option<Part> {
    let lines: Vec<ChartLine> = report.instruments.iter().filter_map(|row| line(row, over)).collect();
    let chart = Chart {
        schema: "marketsnap.chart/1",
        as_of: report.as_of,
        date: report.date,
        generated_at: report.generated_at,
        demo: report.demo,
        status: report.status,
        benchmark: None,
        currency: report.currency.clone(),
        over,
        measure: Measure::Rebased,
        base_date: lines.iter().filter_map(|l| Some(l.points.first()?.date)).min(),
        end_date: lines.iter().filter_map(|l| Some(l.points.last()?.date)).max(),
        sources: Vec::new(),
        notes: Vec::new(),
        errors: Vec::new(),
        log: false,
        lines,
    };
    (!chart.lines.is_empty()).then(|| figure(&chart, style, 1))
}

/// The line of one instrument; a close is told by its rebased value.
fn line(row: &Compared, over: Horizon) -> Option<ChartLine> {
    let point =
        |p: &crate::domain::comparison::Point| ChartPoint { date: p.date, close: p.value, value: p.value };
    let points: Vec<ChartPoint> = row.rebased.points.iter().map(point).collect();
    (points.len() > 1).then_some(ChartLine {
        id: row.id.clone(),
        name: row.name.clone(),
        kind: row.kind,
        currency: row.currency.clone(),
        basis: row.basis,
        is_benchmark: false,
        session: row.session.clone(),
        close: row.close,
        begins_late: false,
        change: row.moves.get(&over)?.clone(),
        points,
        absent: row.rebased.absent,
        source: row.source.clone(),
        confirmed_by: row.confirmed_by.clone(),
        warnings: Vec::new(),
        decimals: 2,
    })
}
