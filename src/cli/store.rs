//! `marketsnap store`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::World;
use super::args::day;
use crate::app::Upkeep;

/// Where closes are kept, whether they are sound, all of them as CSV, and forgetting old ones
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  marketsnap store path\n  marketsnap store verify\n  marketsnap store export -o closes.csv\n  marketsnap store prune --before 2015-01-01 --yes"
)]
pub(super) struct Store {
    #[command(subcommand)]
    task: Task,
    /// The file that closes are kept in [default: marketsnap/closes.db in the user's data folder]
    #[arg(long, value_name = "PATH", env = "MARKETSNAP_STORE", global = true)]
    store: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Print the file's path
    Path,
    /// Look for damage and for rows that contradict one another; exit with 1 if there are any
    Verify,
    /// Write all closes in use as CSV
    Export {
        /// Write to a file, whole or not at all
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Forget every close dated before a day, for ever
    Prune {
        /// The first day that stays (YYYY-MM-DD)
        #[arg(long, value_name = "DATE", value_parser = day)]
        before: NaiveDate,
        /// Do it: nothing is removed without this
        #[arg(long)]
        yes: bool,
    },
}

impl Store {
    pub(super) fn task(&self) -> Upkeep {
        match &self.task {
            Task::Path => Upkeep::Path,
            Task::Verify => Upkeep::Verify,
            Task::Export { output } => Upkeep::Export(output.clone().filter(|p| p.as_os_str() != "-")),
            Task::Prune { before, yes } => Upkeep::Prune { before: *before, sure: *yes },
        }
    }

    pub(super) fn path(&self, world: &World<'_>) -> Option<PathBuf> {
        self.store.clone().or_else(|| world.environment.store.clone())
    }
}
