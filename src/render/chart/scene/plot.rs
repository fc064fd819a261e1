//! The part of a picture between its heading and its legend: axes, lines, and the labels at their ends.
//!
//! Not for: heading, legend and remarks (`scene`).

use super::{Anchor, Item, MARGIN, SMALL, Sheet, TEXT};
use crate::domain::chart::{ChartLine, Measure};
use crate::render::chart::glyphs;
use crate::render::chart::labels;
use crate::render::chart::palette::Paint;
use crate::render::chart::scale::Scale;
use crate::render::chart::ticks::Axis;
use crate::render::chart::words;

/// Where the lines are drawn.
struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    axis: Axis,
    scale: Scale,
}

impl Frame {
    fn x(&self, day: chrono::NaiveDate) -> f64 {
        self.left + self.axis.share(day) * (self.right - self.left)
    }

    fn y(&self, value: f64) -> f64 {
        self.bottom - self.scale.share(value) * (self.bottom - self.top)
    }
}

impl Sheet<'_> {
    /// Axes, lines and their labels between `top` and `bottom`.
    pub(super) fn plot(&mut self, top: f64, bottom: f64) {
        let (report, unit) = (self.report, self.unit);
        let Some((start, end)) = words::extent(report) else {
            let middle = (self.width / 2.0, (top + bottom) / 2.0);
            self.text(middle, TEXT, Anchor::Middle, Paint::Dim, "no line could be drawn");
            return;
        };
        let bottom = bottom.max(top + 20.0 * unit);
        let values = report.lines.iter().flat_map(|l| &l.points).map(|p| p.value);
        let most = ((bottom - top) / (46.0 * unit)).max(2.0);
        let scale = if report.log { Scale::log(values, whole(most)) } else { Scale::of(values, whole(most)) };
        let tags: Vec<(usize, String)> = self.tags();
        let widest = |texts: &mut dyn Iterator<Item = f64>| texts.fold(0.0, f64::max);
        let ticks = widest(&mut scale.ticks.iter().map(|t| glyphs::width(&scale.label(*t)))) * SMALL * unit;
        // Worked out as where the label is fitted, or rounding would cut it.
        let tag = widest(&mut tags.iter().map(|(_, t)| glyphs::width(t))) * (TEXT * unit);
        let tag = tag.min(self.width * 0.3);
        let margin = MARGIN * unit;
        let frame = Frame {
            left: margin + ticks.min(self.width * 0.2) + 8.0 * unit,
            right: self.width - margin - tag - 26.0 * unit,
            top,
            bottom,
            axis: Axis { start, end },
            scale,
        };
        self.grid(&frame);
        self.lines(&frame);
        self.ends(&frame, &tags, tag);
    }

    /// What stands at the end of each line that is drawn.
    fn tags(&self) -> Vec<(usize, String)> {
        let drawn = self.report.lines.iter().enumerate().filter(|(_, l)| !l.points.is_empty());
        let room = self.width * 0.3;
        let tag = |line: &ChartLine| {
            let mark = if words::open(line) { "*" } else { "" };
            let change = words::change(line).map(|c| format!(" {c}{mark}")).unwrap_or_default();
            let rest = glyphs::width(&change) * TEXT * self.unit;
            format!("{}{change}", self.fitted(&self.letters.name(line), TEXT, room - rest))
        };
        let mut tags: Vec<(usize, String)> = drawn.map(|(at, line)| (at, tag(line))).collect();
        // Where not all have room, those that the legend lacks come first.
        tags.sort_by_key(|(at, _)| *at < self.listed);
        tags
    }

    fn grid(&mut self, frame: &Frame) {
        let unit = self.unit;
        let base = (self.report.measure == Measure::Rebased).then_some(100.0);
        for tick in &frame.scale.ticks {
            let y = frame.y(*tick);
            let (from, to) = ((frame.left, y), (frame.right, y));
            let strong = base.is_some_and(|b: f64| (b - tick).abs() < 1e-9);
            let paint = if strong { Paint::Dim } else { Paint::Grid };
            self.items.push(Item::Rule { from, to, paint, width: unit });
            let label = self.fitted(&frame.scale.label(*tick), SMALL, self.width * 0.2);
            let at = (frame.left - 8.0 * unit, y + 0.35 * SMALL * unit);
            self.text(at, SMALL, Anchor::End, Paint::Dim, label);
        }
        let most = ((frame.right - frame.left) / (92.0 * unit)).max(1.0);
        let (from, to) = ((frame.left, frame.bottom), (frame.right, frame.bottom));
        self.items.push(Item::Rule { from, to, paint: Paint::Dim, width: unit });
        for (day, label) in frame.axis.ticks(whole(most)) {
            let x = frame.x(day);
            let (from, to) = ((x, frame.bottom), (x, frame.bottom + 5.0 * unit));
            self.items.push(Item::Rule { from, to, paint: Paint::Dim, width: unit });
            let half = glyphs::width(&label) * SMALL * unit / 2.0;
            let centre = x.max(half + 2.0).min(self.width - half - 2.0);
            self.text((centre, frame.bottom + 18.0 * unit), SMALL, Anchor::Middle, Paint::Dim, label);
        }
    }

    /// The lines, the first one on top.
    fn lines(&mut self, frame: &Frame) {
        for (at, line) in self.report.lines.iter().enumerate().rev() {
            let points: Vec<(f64, f64)> =
                line.points.iter().map(|p| (frame.x(p.date), frame.y(p.value))).collect();
            if points.len() > 1 {
                self.items.push(Item::Path { points, line: at, width: 2.0 * self.unit });
            }
        }
    }

    /// The ends of the lines and their labels, with a thin line to each that had to move.
    fn ends(&mut self, frame: &Frame, tags: &[(usize, String)], room: f64) {
        let unit = self.unit;
        let last =
            |line: usize| self.report.lines.get(line).and_then(|l| Some((l.points.last()?, words::open(l))));
        let ends: Vec<(usize, (f64, f64), bool)> = tags
            .iter()
            .filter_map(|(line, _)| {
                last(*line).map(|(p, open)| (*line, (frame.x(p.date), frame.y(p.value)), open))
            })
            .collect();
        let wanted: Vec<f64> = ends.iter().map(|(_, at, _)| at.1).collect();
        let half = 0.5 * TEXT * unit;
        let places = labels::spread(&wanted, 1.25 * TEXT * unit, frame.top + half, frame.bottom - half);
        let x = self.width - MARGIN * unit - room;
        for (((line, at, open), place), (_, tag)) in ends.iter().zip(places).zip(tags).rev() {
            if let Some(y) = place {
                self.items.push(Item::Rule {
                    from: *at,
                    to: (x - 5.0 * unit, y),
                    paint: Paint::Line(*line),
                    width: 0.8 * unit,
                });
                let tag = self.fitted(tag, TEXT, room);
                self.text((x, y + 0.35 * TEXT * unit), TEXT, Anchor::Start, Paint::Ink, tag);
            }
            self.items.push(Item::Dot { at: *at, radius: 3.6 * unit, line: *line, ring: *open });
        }
    }
}

/// A count from a length; small and positive.
fn whole(value: f64) -> usize {
    value.clamp(0.0, 1000.0) as usize
}
