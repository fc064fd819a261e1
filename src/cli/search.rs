//! `marketsnap search`.

use std::time::Duration;

use clap::Args;
use clap::builder::FalseyValueParser;

use super::World;
use super::args::{self, NARROWEST, WIDTH_IN_A_PIPE, seconds};
use super::how::How;
use super::parse::{Conflict, Given};
use super::wire::Wire;
use crate::app::{Options, Style};

/// Looks a name or a symbol up: in the catalogue, and at the sources that have a search
///
/// What is found stands with the word to ask for it by: an id of the catalogue, or a source's symbol. Exit code 5
/// when nothing is found, 3 when a source that was asked did not answer.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  marketsnap search tencent\n  marketsnap search 'Hang Seng' --limit 5\n  marketsnap search chip --demo\n  marketsnap search 0700 --json | jq -r '.symbols[].word'"
)]
pub(super) struct Search {
    /// A part of a name, an id or a symbol; of several words in quotes
    #[arg(value_name = "TEXT")]
    pub(super) text: String,
    /// At most so many symbols of each source
    #[arg(long, value_name = "N", default_value = "10", value_parser = clap::value_parser!(u16).range(1..=50), allow_negative_numbers = true)]
    limit: u16,

    #[command(flatten)]
    pub(super) how: How,

    /// Draw with ASCII characters only
    #[arg(long, env = "MARKETSNAP_ASCII", value_parser = FalseyValueParser::new(), help_heading = "Look")]
    ascii: bool,
    /// Table width in columns [default: the terminal's, 80 in a pipe]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(40..=1000), allow_negative_numbers = true, env = "MARKETSNAP_WIDTH", help_heading = "Look")]
    width: Option<u16>,

    /// Look in the catalogue only, as a run on built-in closes would
    #[arg(long, env = "MARKETSNAP_DEMO", value_parser = FalseyValueParser::new(), help_heading = "From where")]
    demo: bool,
    /// Ask nobody: look in the catalogue only
    #[arg(long, env = "MARKETSNAP_OFFLINE", value_parser = FalseyValueParser::new(), help_heading = "From where")]
    offline: bool,
    /// Ask only these sources, comma separated [default: all that have a search]
    #[arg(
        long,
        value_name = "NAME",
        value_delimiter = ',',
        env = "MARKETSNAP_SOURCE",
        help_heading = "From where"
    )]
    source: Vec<String>,
    /// Time for the whole run
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds, allow_negative_numbers = true, env = "MARKETSNAP_TIMEOUT", help_heading = "From where")]
    timeout: Duration,
    #[command(flatten)]
    wire: Wire,

    /// Say each request on standard error; twice: with a curl line that repeats it
    #[arg(short, long, action = clap::ArgAction::Count, help_heading = "Say")]
    pub(super) verbose: u8,
    /// Leave out warnings on standard error
    #[arg(short, long, env = "MARKETSNAP_QUIET", value_parser = FalseyValueParser::new(), help_heading = "Say")]
    quiet: bool,
    /// Show no progress on a terminal
    #[arg(long, env = "MARKETSNAP_NO_PROGRESS", value_parser = FalseyValueParser::new(), help_heading = "Say")]
    no_progress: bool,
}

impl Search {
    /// Refuses flags that cannot stand together, where both come from one place.
    pub(super) fn check(&self, given: &Given) -> Result<(), Conflict> {
        let both = |a: &str, b: &str| given.has(a) == given.has(b);
        self.how.check_text(given)?;
        if self.demo && self.offline && both("demo", "offline") {
            return Err(Conflict::Both("--offline", "--demo"));
        }
        if self.demo && given.has("demo") && given.has("source") {
            return Err(Conflict::Both("--demo", "--source"));
        }
        if self.offline && given.has("offline") && given.has("source") {
            return Err(Conflict::Both("--offline", "--source"));
        }
        args::loud_or_quiet(self.quiet, self.verbose, given)
    }

    /// How many symbols of each source.
    pub(super) fn most(&self) -> usize {
        usize::from(self.limit)
    }

    pub(super) fn options(&self, world: &World<'_>, given: &Given) -> Options {
        let terminal = world.terminal_width.filter(|_| self.how.file().is_none());
        let asked = self.width.or(terminal).map(|w| usize::from(w).max(NARROWEST));
        let demo = self.demo && (given.has("demo") || !(given.has("source") || given.has("offline")));
        let options = Options {
            demo,
            offline: self.offline && !demo && (given.has("offline") || !given.has("source")),
            sources: self.source.clone(),
            memory: world.environment.memory.clone(),
            timeout: self.timeout,
            base_urls: world.environment.base_urls.clone(),
            style: Style {
                width: asked.unwrap_or(WIDTH_IN_A_PIPE),
                color: terminal.is_some() && !world.environment.no_color,
                ascii: self.ascii,
                ..Style::default()
            },
            quiet: self.quiet && self.verbose == 0,
            ..Options::default()
        };
        self.wire.onto(self.how.put(options, given))
    }

    /// Whether progress may be drawn.
    pub(super) fn progress(&self, world: &World<'_>) -> bool {
        world.stderr_is_terminal && !self.quiet && !self.no_progress && self.verbose == 0
    }
}
