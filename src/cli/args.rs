//! Flags that every report shares, each also as an environment variable.
//!
//! Not for: flags of one command.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};

use super::World;
use crate::app::{Exit, Format, Options, Palette, Style, When};
use crate::domain::Horizon;

const WIDTH_IN_A_PIPE: usize = 80;

#[derive(Debug, Args)]
pub(super) struct Shared {
    /// Show what a reader would have seen at this instant (RFC 3339, such as 2026-01-21T08:30:00Z)
    #[arg(
        long,
        value_name = "INSTANT",
        env = "MARKETSNAP_AS_OF",
        conflicts_with = "date",
        help_heading = "When"
    )]
    as_of: Option<DateTime<Utc>>,
    /// Show the last settled session on or before this day (YYYY-MM-DD)
    #[arg(long, value_name = "DATE", env = "MARKETSNAP_DATE", help_heading = "When")]
    date: Option<NaiveDate>,
    /// Step back from live values to the last settled session
    #[arg(long, env = "MARKETSNAP_SETTLED", value_parser = FalseyValueParser::new(), help_heading = "When")]
    settled: bool,
    /// Exit with 4 if a row is live, stale or provisional
    #[arg(long, env = "MARKETSNAP_REQUIRE_SETTLED", value_parser = FalseyValueParser::new(), help_heading = "When")]
    require_settled: bool,

    /// Compare with this instrument or composite
    #[arg(
        long,
        value_name = "ID",
        default_value = "SP500",
        env = "MARKETSNAP_BENCHMARK",
        help_heading = "What"
    )]
    benchmark: String,
    /// Horizons, comma separated: 1D 5D 1W 1M 3M 6M 1Y 3Y 5Y WTD MTD QTD YTD since:DATE
    /// [default: 1D,5D,MTD,YTD,1Y]
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        env = "MARKETSNAP_HORIZONS",
        help_heading = "What"
    )]
    horizons: Vec<Horizon>,

    /// Output format [default: table, or by the suffix of -o]
    #[arg(long, value_enum, env = "MARKETSNAP_FORMAT", help_heading = "How")]
    format: Option<FormatName>,
    /// The same as --format json
    #[arg(long, conflicts_with = "format", help_heading = "How")]
    json: bool,
    /// Write to a file, whole or not at all (.json or .txt)
    #[arg(short, long, value_name = "FILE", help_heading = "How")]
    output: Option<PathBuf>,

    /// Colour
    #[arg(long, value_enum, default_value_t = Color::Auto, env = "MARKETSNAP_COLOR", help_heading = "Look")]
    color: Color,
    /// Colours of gains and losses
    #[arg(long, value_enum, default_value_t = PaletteName::GreenUp, env = "MARKETSNAP_PALETTE", help_heading = "Look")]
    palette: PaletteName,
    /// Draw with ASCII characters only
    #[arg(long, env = "MARKETSNAP_ASCII", value_parser = FalseyValueParser::new(), help_heading = "Look")]
    ascii: bool,
    /// Table width in columns [default: the terminal's, 80 in a pipe]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(40..=1000), env = "MARKETSNAP_WIDTH", help_heading = "Look")]
    width: Option<u16>,

    /// Use the closes built into the program: the session of 21 January 2026, no network
    #[arg(long, env = "MARKETSNAP_DEMO", value_parser = FalseyValueParser::new(), help_heading = "From where")]
    demo: bool,
    /// Time for the whole run
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds, env = "MARKETSNAP_TIMEOUT", help_heading = "From where")]
    timeout: Duration,

    /// Say each request on standard error; twice: with a curl line that repeats it
    #[arg(short, long, action = clap::ArgAction::Count, help_heading = "Say")]
    pub(super) verbose: u8,
    /// Leave out warnings on standard error
    #[arg(short, long, conflicts_with = "verbose", env = "MARKETSNAP_QUIET", value_parser = FalseyValueParser::new(), help_heading = "Say")]
    quiet: bool,
    /// Show no progress on a terminal
    #[arg(long, env = "MARKETSNAP_NO_PROGRESS", value_parser = FalseyValueParser::new(), help_heading = "Say")]
    no_progress: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatName {
    /// A table for reading
    Table,
    /// One JSON document
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PaletteName {
    /// Gains green, losses red
    GreenUp,
    /// Gains red, losses green
    RedUp,
    /// Gains blue, losses orange
    BlueOrange,
}

impl Shared {
    /// The plain options of a command with these flags.
    pub(super) fn options(
        &self,
        command: crate::app::Command,
        words: Vec<String>,
        world: &World<'_>,
    ) -> Options {
        let format = if self.json { Some(FormatName::Json) } else { self.format };
        Options {
            command,
            words,
            when: When {
                as_of: self.as_of,
                date: self.date,
                settled: self.settled,
                require_settled: self.require_settled,
            },
            horizons: self.horizons.clone(),
            since: None,
            benchmark: self.benchmark.clone(),
            demo: self.demo,
            timeout: self.timeout,
            base_urls: world.base_urls.clone(),
            format: format.map(|f| match f {
                FormatName::Table => Format::Table,
                FormatName::Json => Format::Json,
            }),
            output: self.output.clone(),
            style: self.style(world),
            quiet: self.quiet,
        }
    }

    fn style(&self, world: &World<'_>) -> Style {
        let terminal = if self.output.is_none() { world.terminal_width } else { None };
        let color = match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal.is_some() && !world.no_color,
        };
        Style {
            width: usize::from(self.width.or(terminal).unwrap_or(0))
                .max(if self.width.or(terminal).is_some() { 40 } else { WIDTH_IN_A_PIPE }),
            color,
            ascii: self.ascii,
            palette: match self.palette {
                PaletteName::GreenUp => Palette::GreenUp,
                PaletteName::RedUp => Palette::RedUp,
                PaletteName::BlueOrange => Palette::BlueOrange,
            },
        }
    }

    /// Whether progress may be drawn.
    pub(super) fn progress(&self, world: &World<'_>) -> bool {
        world.stderr_is_terminal && !self.quiet && !self.no_progress && self.verbose == 0
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    if !(0.1..=3600.0).contains(&seconds) {
        return Err("must lie between 0.1 and 3600 seconds".to_owned());
    }
    Ok(Duration::from_secs_f64(seconds))
}

/// Prints help, version or a usage error, and returns the exit code.
pub(super) fn explain(
    error: &clap::Error,
    world: &World<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let color = world.terminal_width.is_some() && !world.no_color;
    let text = error.render();
    let text = if color && !error.use_stderr() { text.ansi().to_string() } else { text.to_string() };
    let asked_for = !error.use_stderr();
    let _ = if asked_for { write!(out, "{text}") } else { write!(err, "{text}") };
    if asked_for { 0 } else { Exit::Usage.code() }
}
