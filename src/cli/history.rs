//! `marketsnap history`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};

use super::World;
use super::args::{NARROWEST, WIDTH_IN_A_PIPE, day};
use crate::app::{HistoryFormat, HistoryOptions, Style};

/// The closes that earlier runs kept of one instrument, newest last
///
/// Settled closes only, each source's by itself, with the time each was first seen. Nobody is asked.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  marketsnap history SP500 --from 2026-01-01\n  marketsnap history STAR50 --revisions\n  marketsnap history STAR50 --format csv > star50.csv"
)]
pub(super) struct History {
    /// An id, an alias, or a symbol that was asked for before
    #[arg(value_name = "ID")]
    id: String,
    /// From this day on (YYYY-MM-DD)
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Option<NaiveDate>,
    /// Up to this day
    #[arg(long, value_name = "DATE", value_parser = day)]
    to: Option<NaiveDate>,
    /// Also what a source changed: each close as it was, and until when
    #[arg(long)]
    revisions: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = Form::Table)]
    format: Form,
    /// The same as --format json
    #[arg(long, env = "MARKETSNAP_JSON", value_parser = FalseyValueParser::new())]
    json: bool,
    /// The file that closes are kept in [default: marketsnap/closes.db in the user's data folder]
    #[arg(long, value_name = "PATH", env = "MARKETSNAP_STORE")]
    store: Option<PathBuf>,
    /// Draw with ASCII characters only
    #[arg(long, env = "MARKETSNAP_ASCII", value_parser = FalseyValueParser::new())]
    ascii: bool,
    /// Table width in columns [default: the terminal's, 80 in a pipe]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(40..=1000), allow_negative_numbers = true, env = "MARKETSNAP_WIDTH")]
    width: Option<u16>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    /// A table for reading
    Table,
    /// One row for each close
    Csv,
    /// One JSON document
    Json,
}

impl History {
    pub(super) fn options(&self, world: &World<'_>) -> HistoryOptions {
        let asked = self.width.or(world.terminal_width).map(|w| usize::from(w).max(NARROWEST));
        HistoryOptions {
            word: self.id.clone(),
            from: self.from,
            to: self.to,
            revisions: self.revisions,
            format: match self.format {
                Form::Csv => HistoryFormat::Csv,
                Form::Table if !self.json => HistoryFormat::Table,
                Form::Table | Form::Json => HistoryFormat::Json,
            },
            style: Style {
                width: asked.unwrap_or(WIDTH_IN_A_PIPE),
                color: world.terminal_width.is_some() && !world.environment.no_color,
                ascii: self.ascii,
                ..Style::default()
            },
            store: self.store.clone().or_else(|| world.environment.store.clone()),
        }
    }
}
