//! `marketsnap sync`.

use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveDate;
use clap::Args;
use clap::builder::FalseyValueParser;

use super::World;
use super::args::{self, BENCHMARK, NARROWEST, WIDTH_IN_A_PIPE, day, seconds};
use super::parse::{Conflict, Given};
use super::wire::Wire;
use crate::app::{Options, Style};

/// Brings the store up to date: ten years of closes at first, then what came since
///
/// What is held is not asked for again. A session that an instrument lacks and its exchange's other
/// instruments have is asked of another source, whose closes are kept beside. What came is kept twenty
/// instruments at a time: a run that is stopped goes on where it was when it is started again.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  marketsnap sync\n  marketsnap sync STAR50 SP500 ASIA\n  marketsnap sync SP500 --since 1990-01-01"
)]
pub(super) struct Sync {
    /// Ids, aliases, composites, groups, or any symbol that a source knows [default: all markets]
    #[arg(value_name = "ID|GROUP|SYMBOL")]
    words: Vec<String>,
    /// From this day on (YYYY-MM-DD), as far back as a source goes [default: ten years ago, less a week]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(super) since: Option<NaiveDate>,
    /// Ask only these sources, in this order, comma separated [default: all, see `marketsnap sources`]
    #[arg(long, value_name = "NAME", value_delimiter = ',', env = "MARKETSNAP_SOURCE")]
    source: Vec<String>,
    /// Ask for everything anew, also for what is held
    #[arg(long, env = "MARKETSNAP_REFRESH", value_parser = FalseyValueParser::new())]
    refresh: bool,
    /// The file, or the database of a PostgreSQL server, that closes are kept in [default: marketsnap/closes.db in the user's data folder]
    #[arg(long, value_name = "PATH|URL", env = "MARKETSNAP_STORE", hide_env_values = true)]
    store: Option<PathBuf>,
    /// Time for the whole run; when it is over, a further run goes on
    #[arg(long, value_name = "SECONDS", default_value = "600", value_parser = seconds, allow_negative_numbers = true, env = "MARKETSNAP_TIMEOUT")]
    timeout: Duration,
    /// Draw with ASCII characters only
    #[arg(long, env = "MARKETSNAP_ASCII", value_parser = FalseyValueParser::new())]
    ascii: bool,
    /// Table width in columns [default: the terminal's, 80 in a pipe]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(40..=1000), allow_negative_numbers = true, env = "MARKETSNAP_WIDTH")]
    width: Option<u16>,
    #[command(flatten)]
    wire: Wire,
    /// Say each request on standard error; twice: with a curl line that repeats it
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    /// Leave out warnings on standard error
    #[arg(short, long, env = "MARKETSNAP_QUIET", value_parser = FalseyValueParser::new())]
    quiet: bool,
    /// Show no progress on a terminal
    #[arg(long, env = "MARKETSNAP_NO_PROGRESS", value_parser = FalseyValueParser::new())]
    no_progress: bool,
}

impl Sync {
    pub(super) fn check(&self, given: &Given) -> Result<(), Conflict> {
        args::loud_or_quiet(self.quiet, self.verbose, given)
    }

    pub(super) fn options(&self, world: &World<'_>) -> Options {
        let asked = self.width.or(world.terminal_width).map(|w| usize::from(w).max(NARROWEST));
        self.wire.onto(Options {
            words: self.words.clone(),
            benchmark: BENCHMARK.to_owned(),
            sources: self.source.clone(),
            memory: world.environment.memory.clone(),
            store: self.store.clone(),
            refresh: self.refresh,
            timeout: self.timeout,
            base_urls: world.environment.base_urls.clone(),
            style: Style {
                width: asked.unwrap_or(WIDTH_IN_A_PIPE),
                color: world.terminal_width.is_some() && !world.environment.no_color,
                ascii: self.ascii,
                ..Style::default()
            },
            quiet: self.quiet && self.verbose == 0,
            ..Options::default()
        })
    }

    /// Whether progress may be drawn.
    pub(super) fn progress(&self, world: &World<'_>) -> bool {
        world.stderr_is_terminal && !self.quiet && !self.no_progress && self.verbose == 0
    }
}
