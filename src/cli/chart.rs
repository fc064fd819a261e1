//! `marketsnap chart`.

use chrono::NaiveDate;
use clap::{Args, ValueEnum, value_parser};

use super::World;
use super::args::{self, Shared};
use super::how;
use super::parse::{Conflict, Given};
use crate::app::{ChartOptions, ChartSize, Command, Measure, Options, Picture, Theme};
use crate::domain::Horizon;

/// Closes as lines, in the terminal or as a picture
///
/// Two or more lines are rebased: each one's close on the window's first day is 100. One line shows its
/// closes as they are. The legend gives each line's first and last session, its last close and its change
/// between the two; a line whose closes do not reach back begins later and says so. In the terminal lines
/// are drawn in braille, with --ascii as a letter each. SVG follows the reader's light or dark setting.
/// In a PNG, and in an SVG with --ascii, a name in another script is its id, whatever --lang says. Where a
/// given height has no room, a picture leaves out notes first, then legend, and counts what is left out.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  marketsnap chart STAR50 SP500 ASIA\n  marketsnap chart STAR50 --over 1Y\n  marketsnap chart CN-CHIPS --benchmark STAR50 --over YTD\n  marketsnap chart STAR50 SP500 --since 2025-12-31 -o chart.svg\n  marketsnap chart STAR50 SP500 -o chart.png --theme dark --width 1600 --height 900\n  marketsnap chart GOLD BTC --format json | jq '.lines[].change'",
    mut_arg("width", |a| a
        .value_parser(value_parser!(u16).range(40..=8000))
        .help("Width: 40 to 1000 columns [default: the terminal's, 80 in a pipe], or 480 to 8000 pixels of a picture [default: 1200]")),
    mut_arg("format", |a| a
        .value_parser(how::formats_of_charts())
        .hide_possible_values(true)
        .help("Output format: table, json, jsonl, csv, markdown, html, svg or png [default: table, or by the suffix of -o]")),
    mut_arg("output", |a| a
        .help("Write to a file, whole or not at all, in the format of its suffix: .svg .png .txt .json .jsonl .csv .md .html (- is standard output)")),
    mut_arg("horizons", |a| a.hide(true)),
    mut_arg("palette", |a| a.hide(true))
)]
pub(super) struct Chart {
    /// Ids, aliases, composites, groups (their members), or symbols that a source knows
    #[arg(value_name = "ID|GROUP|SYMBOL", required = true)]
    words: Vec<String>,
    /// The window: 1M 3M 6M 1Y 3Y 5Y WTD MTD QTD YTD, or any other horizon [default: 6M]
    #[arg(long, value_name = "HORIZON", env = "MARKETSNAP_OVER", help_heading = "What")]
    over: Option<Horizon>,
    /// From the last session on or before this day
    #[arg(long, value_name = "DATE", env = "MARKETSNAP_SINCE", value_parser = args::day, help_heading = "What")]
    since: Option<NaiveDate>,
    /// Draw this one too, as the last line
    #[arg(long, value_name = "ID", help_heading = "What")]
    benchmark: Option<String>,
    /// Draw closes as they are [default for one line]
    #[arg(long, conflicts_with = "rebased", help_heading = "What")]
    absolute: bool,
    /// Draw each line from 100 on [default for two or more]
    #[arg(long, help_heading = "What")]
    rebased: bool,
    /// Equal ratios equally far apart (a logarithmic scale)
    #[arg(long, help_heading = "Look")]
    log: bool,
    /// Height: 6 to 200 rows [default: by the width], or 300 to 8000 pixels of a picture [default: 675, more where the legend and notes need it]
    #[arg(long, value_name = "N", help_heading = "Look")]
    height: Option<u16>,
    /// The ground of a picture [default: auto for SVG, light for PNG]
    #[arg(long, value_enum, env = "MARKETSNAP_THEME", help_heading = "Look")]
    theme: Option<ThemeName>,
    #[command(flatten)]
    pub(super) shared: Shared,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ThemeName {
    /// As the reader's system is set (PNG: light)
    Auto,
    /// Dark lines on white
    Light,
    /// Light lines on black
    Dark,
}

impl Chart {
    /// Refuses flags that cannot stand together, and a picture of pixels on a terminal.
    pub(super) fn check(&self, world: &World<'_>, given: &Given) -> Result<(), Conflict> {
        if given.has("horizons") {
            return Err(Conflict::Both("--horizons", "chart"));
        }
        if self.over.is_some() && self.since.is_some() && given.has("over") == given.has("since") {
            return Err(Conflict::Both("--over", "--since"));
        }
        let asked = self.options(world, given).chart;
        let png = asked.picture.or(asked.fallback_picture) == Some(Picture::Png);
        if png && self.shared.terminal(world).is_some() {
            return Err(Conflict::PngToTerminal);
        }
        Ok(())
    }

    pub(super) fn options(&self, world: &World<'_>, given: &Given) -> Options {
        let words = self.words.iter().chain(&self.benchmark).cloned().collect();
        let options = self.shared.options(Command::Chart, words, world, given);
        let measure = match (self.absolute, self.rebased) {
            (true, _) => Some(Measure::Absolute),
            (_, true) => Some(Measure::Rebased),
            _ => None,
        };
        let since = self.since.filter(|_| given.has("since") || !given.has("over"));
        Options {
            since,
            benchmark: self.benchmark.clone().unwrap_or(options.benchmark),
            chart: ChartOptions {
                over: self.over.filter(|_| since.is_none()),
                measure,
                log: self.log,
                with_benchmark: self.benchmark.is_some(),
                theme_named: given.has("theme"),
                theme: self.theme.map(|theme| match theme {
                    ThemeName::Auto => Theme::Auto,
                    ThemeName::Light => Theme::Light,
                    ThemeName::Dark => Theme::Dark,
                }),
                size: ChartSize { width: self.shared.width(given), height: self.height },
                ..options.chart
            },
            ..options
        }
    }
}
