//! A chart in the terminal, as SVG and as PNG. Both pictures are written from one layout (`scene`).
//!
//! Not for: which sessions are drawn and what they are rebased to (`compute`).

mod canvas;
mod figure;
mod glyphs;
mod labels;
mod legend;
mod palette;
mod png;
mod scale;
mod scene;
mod svg;
mod terminal;
#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;
mod ticks;
mod words;

use std::io::{self, Write};

use super::style::Style;
use crate::domain::Chart;

pub(super) use figure::{compared, figure};
pub(super) use svg::page_colours;
pub(super) use terminal::{flowing, table};

/// The sort of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// Lines and letters, at any size.
    Svg,
    /// Pixels.
    Png,
}

impl Picture {
    /// Its name as a format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Picture::Svg => "svg",
            Picture::Png => "png",
        }
    }
}

/// The ground that a picture stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the reader's system is set; of a PNG: light.
    #[default]
    Auto,
    /// White.
    Light,
    /// Nearly black.
    Dark,
}

/// How large a chart is: in cells of a terminal, or pixels of a picture; none for the usual size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChartSize {
    /// From left to right.
    pub width: Option<u16>,
    /// From top to bottom.
    pub height: Option<u16>,
}

/// Writes a chart for a terminal.
pub(super) fn write(report: &Chart, size: ChartSize, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    terminal::write(report, size.height.map(usize::from), style, out)
}

/// Writes a chart as a picture; an SVG with `ascii` in letters of ASCII alone.
pub(super) fn draw(
    report: &Chart,
    picture: Picture,
    theme: Theme,
    size: ChartSize,
    ascii: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let letters = if ascii { words::Letters::Ascii } else { words::Letters::Any };
    match picture {
        Picture::Svg => svg::write(&scene::of(report, size, letters), theme, out),
        Picture::Png => png::write(&scene::of(report, size, words::Letters::Baked), theme, out),
    }
}
