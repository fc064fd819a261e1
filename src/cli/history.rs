//! `marketsnap history`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};

use super::World;
use super::args::{NARROWEST, WIDTH_IN_A_PIPE, day};
use super::how::FieldName;
use super::parse::{Conflict, Given};
use crate::app::{Dialect, Format, HistoryAs, HistoryOptions, Style};
use crate::domain::Own;

/// The closes that earlier runs kept of one instrument, newest last
///
/// Settled closes only, each source's by itself, with the time each was first seen. Nobody is asked.
///
/// As ledger or beancount it is one price a day of one source, the first in the order in which they are
/// asked unless --source names another. An index is priced at one unit of its currency a point, which nobody
/// pays and such programs need to show it; a currency pair prices its first currency in its second; a rate or
/// a volatility index has no price and is refused.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  marketsnap history SP500 --from 2026-01-01\n  marketsnap history SP500 --demo\n  marketsnap history STAR50 --revisions\n  marketsnap history STAR50 -o star50.csv\n  marketsnap history EURUSD --format ledger >> prices.ledger\n  marketsnap history STAR50 --source yahoo -o star50.beancount"
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
    /// Only the closes of this source
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Also what a source changed: each close as it was, and until when
    #[arg(long)]
    revisions: bool,
    /// Output format [default: table, or by the suffix of -o]
    #[arg(long, value_enum)]
    format: Option<Form>,
    /// The same as --format json
    #[arg(long, env = "MARKETSNAP_JSON", value_parser = FalseyValueParser::new())]
    json: bool,
    /// Write to a file, whole or not at all, in the format of its suffix: .txt .json .jsonl .csv .md .html .ledger .beancount (- is standard output)
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Only these fields, comma separated, such as date,close (`--fields help` lists all); with --format csv, jsonl or json
    #[arg(long, value_name = "LIST", value_delimiter = ',', env = "MARKETSNAP_FIELDS", value_parser = FieldName)]
    fields: Vec<String>,
    /// The closes built into the program, and not those of the store
    #[arg(long, env = "MARKETSNAP_DEMO", value_parser = FalseyValueParser::new())]
    demo: bool,
    /// The file, or the database of a PostgreSQL server, that closes are kept in [default: marketsnap/closes.db in the user's data folder]
    #[arg(long, value_name = "PATH|URL", env = "MARKETSNAP_STORE", hide_env_values = true)]
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
    /// One JSON document for each close, a line each
    Jsonl,
    /// Markdown with tables
    Markdown,
    /// One self-contained page
    Html,
    /// Price directives for ledger and hledger
    Ledger,
    /// Price directives for beancount
    Beancount,
}

impl Form {
    fn written(self) -> HistoryAs {
        match self {
            Form::Table => HistoryAs::Held(Format::Table),
            Form::Csv => HistoryAs::Held(Format::Csv),
            Form::Json => HistoryAs::Held(Format::Json),
            Form::Jsonl => HistoryAs::Held(Format::JsonLines),
            Form::Markdown => HistoryAs::Held(Format::Markdown),
            Form::Html => HistoryAs::Held(Format::Html),
            Form::Ledger => HistoryAs::Prices(Dialect::Ledger),
            Form::Beancount => HistoryAs::Prices(Dialect::Beancount),
        }
    }
}

impl History {
    /// Refuses flags that cannot stand together.
    pub(super) fn check(&self, given: &Given) -> Result<(), Conflict> {
        for (flag, name) in [("store", "--store"), ("source", "--source")] {
            if given.has("demo") && given.has(flag) {
                return Err(Conflict::Both("--demo", name));
            }
        }
        let other = self.format.is_some_and(|form| !matches!(form, Form::Json));
        if other && given.has("json") { Err(Conflict::Both("--json", "another --format")) } else { Ok(()) }
    }

    pub(super) fn options(&self, world: &World<'_>, given: &Given) -> HistoryOptions {
        let output = self.output.clone().filter(|path| path.as_os_str() != "-");
        let terminal = world.terminal_width.filter(|_| output.is_none());
        let json = self.json.then_some(Form::Json);
        let asked = self.width.or(terminal).map(|w| usize::from(w).max(NARROWEST));
        HistoryOptions {
            word: self.id.clone(),
            from: self.from,
            to: self.to,
            source: self.source.clone(),
            revisions: self.revisions,
            format: self.format.or(json.filter(|_| given.has("json"))).map(Form::written),
            // A variable's format is for where neither a flag nor the file's suffix says one.
            fallback: json.map(Form::written),
            fields: self.fields.clone(),
            fields_named: given.has("fields"),
            output,
            style: Style {
                width: asked.unwrap_or(WIDTH_IN_A_PIPE),
                color: terminal.is_some() && !world.environment.no_color,
                ascii: self.ascii,
                ..Style::default()
            },
            demo: self.demo && (given.has("demo") || !(given.has("store") || given.has("source"))),
            store: self.store.clone(),
            own: Own::default(),
        }
    }
}
