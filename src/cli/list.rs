//! `marketsnap list`.

use clap::Args;
use clap::builder::FalseyValueParser;

use super::World;
use crate::app::{Format, Style};

/// Instruments, composites and groups that can be asked for
///
/// Without a text the whole catalogue; with one, what holds it in an id, a name, an alias or a symbol.
#[derive(Debug, Args)]
#[command(before_help = "Examples:\n  marketsnap list\n  marketsnap list chip\n  marketsnap list 688 --json")]
pub(super) struct List {
    /// A part of an id, name, alias or symbol
    #[arg(value_name = "TEXT")]
    pub(super) text: Option<String>,
    /// One JSON document instead of a table
    #[arg(long, env = "MARKETSNAP_JSON", value_parser = FalseyValueParser::new())]
    json: bool,
    /// Draw with ASCII characters only
    #[arg(long, env = "MARKETSNAP_ASCII", value_parser = FalseyValueParser::new())]
    ascii: bool,
}

impl List {
    pub(super) fn format(&self) -> Format {
        if self.json { Format::Json } else { Format::Table }
    }

    pub(super) fn style(&self, world: &World<'_>) -> Style {
        let width = world.terminal_width.map_or(80, |w| usize::from(w).max(40));
        Style {
            width,
            color: world.terminal_width.is_some() && !world.environment.no_color,
            ascii: self.ascii,
            ..Style::default()
        }
    }
}
