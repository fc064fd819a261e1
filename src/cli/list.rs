//! `marketsnap list`.

use clap::Args;
use clap::builder::FalseyValueParser;

use super::World;
use super::how::How;
use super::parse::Given;
use crate::app::{Options, Style};

/// Instruments, composites and groups that can be asked for
///
/// Without a text the whole catalogue; with one, what holds it in an id, a name, an alias or a symbol.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  marketsnap list\n  marketsnap list chip\n  marketsnap list 688 --json\n  marketsnap list --fields id,name,currency -o catalogue.csv"
)]
pub(super) struct List {
    /// A part of an id, name, alias or symbol
    #[arg(value_name = "TEXT")]
    pub(super) text: Option<String>,
    #[command(flatten)]
    pub(super) how: How,
    /// Draw with ASCII characters only
    #[arg(long, env = "MARKETSNAP_ASCII", value_parser = FalseyValueParser::new())]
    ascii: bool,
}

impl List {
    pub(super) fn options(&self, world: &World<'_>, given: &Given) -> Options {
        let terminal = world.terminal_width.filter(|_| self.how.file().is_none());
        let style = Style {
            width: terminal.map_or(80, |w| usize::from(w).max(40)),
            color: terminal.is_some() && !world.environment.no_color,
            ascii: self.ascii,
            ..Style::default()
        };
        self.how.put(Options { style, ..Options::default() }, given)
    }
}
