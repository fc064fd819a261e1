//! `marketsnap sources`.

use std::time::Duration;

use clap::Args;
use clap::builder::FalseyValueParser;

use super::World;
use super::args::{NARROWEST, WIDTH_IN_A_PIPE, seconds};
use super::how::How;
use super::parse::Given;
use super::wire::Wire;
use crate::app::{Options, Style};

/// Each source: state, last success, what it covers, on what terms and how fast it is asked
///
/// The state is what earlier runs remember; nothing is sent. With --probe each source is asked once, all
/// side by side, for one instrument that it covers, unless it wants a key that is not set or asked for a
/// pause that still lasts.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  marketsnap sources\n  marketsnap sources --probe\n  marketsnap sources --source yahoo --json"
)]
pub(super) struct Sources {
    /// Ask each source once for one close; exit with 5 if none answers
    #[arg(long)]
    pub(super) probe: bool,
    /// Only these sources, comma separated
    #[arg(long, value_name = "NAME", value_delimiter = ',', env = "MARKETSNAP_SOURCE")]
    source: Vec<String>,
    /// Time for the probe
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds, allow_negative_numbers = true, env = "MARKETSNAP_TIMEOUT")]
    timeout: Duration,
    #[command(flatten)]
    pub(super) how: How,
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
}

impl Sources {
    pub(super) fn options(&self, world: &World<'_>, given: &Given) -> Options {
        let terminal = world.terminal_width.filter(|_| self.how.file().is_none());
        let asked = self.width.or(terminal).map(|w| usize::from(w).max(NARROWEST));
        let options = Options {
            sources: self.source.clone(),
            timeout: self.timeout,
            memory: world.environment.memory.clone(),
            base_urls: world.environment.base_urls.clone(),
            style: Style {
                width: asked.unwrap_or(WIDTH_IN_A_PIPE),
                color: terminal.is_some() && !world.environment.no_color,
                ascii: self.ascii,
                ..Style::default()
            },
            ..Options::default()
        };
        self.wire.onto(self.how.put(options, given))
    }
}
