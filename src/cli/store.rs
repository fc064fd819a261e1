//! `marketsnap store`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};

use super::args::day;
use crate::app::{Exporting, SheetFormat, Upkeep};

/// Where closes are kept, whether they are sound and plausible, all of them for other programs, and
/// forgetting old ones
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  marketsnap store path\n  marketsnap store verify\n  marketsnap store export -o closes.csv\n  marketsnap store prune --before 2015-01-01 --yes"
)]
pub(super) struct Store {
    #[command(subcommand)]
    task: Task,
    /// The file, or the database of a PostgreSQL server, that closes are kept in [default: marketsnap/closes.db in the user's data folder]
    #[arg(long, value_name = "PATH|URL", env = "MARKETSNAP_STORE", hide_env_values = true, global = true)]
    store: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Print the file's path, there or not, or the address without its password
    #[command(
        before_help = "Example:\n  sqlite3 -readonly \"$(marketsnap store path)\" 'SELECT * FROM closes LIMIT 5'"
    )]
    Path,
    /// Look for damage and contradictions (exit 1), and warn of closes that are not plausible (exit 0)
    ///
    /// Warnings tell of closes of zero or below where there can be none, moves beyond 35 % (index, pair) or 60 % (share) without a split, closes on days that
    /// the exchange's calendar has as closed, sessions that it expects and a series lacks, sources more than
    /// 0.1 % apart, and series whose last session is over 30 days old. A line each, ten of a kind at most; the
    /// last line counts all of them.
    #[command(before_help = "Example:\n  marketsnap store verify")]
    Verify,
    /// Write all closes in use, for DuckDB, pandas, Spark or a spreadsheet
    #[command(
        before_help = "Examples:\n  marketsnap store export -o closes.csv\n  marketsnap store export --revisions | gzip > closes.csv.gz\n  marketsnap store export -o closes.parquet"
    )]
    Export {
        /// Output format [default: csv, or by the suffix of -o]
        #[arg(long, value_enum)]
        format: Option<Form>,
        /// Also what sources changed: each close as it was, with the time when it was replaced
        #[arg(long)]
        revisions: bool,
        /// Write to a file, whole or not at all (.csv or .parquet; - is standard output)
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Forget every close dated before a day, for ever, and say how many there were
    #[command(before_help = "Example:\n  marketsnap store prune --before 2015-01-01 --yes")]
    Prune {
        /// The first day that stays (YYYY-MM-DD)
        #[arg(long, value_name = "DATE", value_parser = day)]
        before: NaiveDate,
        /// Do it: nothing is removed without this
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    /// One row for each close
    Csv,
    /// Columns, compressed; where the build includes it
    Parquet,
}

impl Store {
    pub(super) fn task(&self) -> Upkeep {
        match &self.task {
            Task::Path => Upkeep::Path,
            Task::Verify => Upkeep::Verify,
            Task::Export { format, revisions, output } => Upkeep::Export(Exporting {
                format: format.map(|form| match form {
                    Form::Csv => SheetFormat::Csv,
                    Form::Parquet => SheetFormat::Parquet,
                }),
                output: output.clone().filter(|p| p.as_os_str() != "-"),
                revisions: *revisions,
            }),
            Task::Prune { before, yes } => Upkeep::Prune { before: *before, sure: *yes },
        }
    }

    pub(super) fn place(&self) -> Option<PathBuf> {
        self.store.clone()
    }
}
