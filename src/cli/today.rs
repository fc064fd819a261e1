//! `marketsnap today`.

use clap::Args;

use super::World;
use super::args::{BENCHMARK, Shared};
use super::parse::Given;
use crate::app::{Command, Options};

/// The newest session of each market
///
/// Prints each instrument's close with the session it belongs to (settled, live, stale or shut), its
/// moves over several horizons and its spread against a benchmark. Both ends of every move come from
/// one source; what could not be had is said, never filled in.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  marketsnap today\n  marketsnap today STAR50 SP500 ASIA NVDA 0700.HK\n  marketsnap today CN-CHIPS --benchmark STAR50\n  marketsnap today --date 2026-01-21 --json\n  marketsnap today --settled -o today.json\n  marketsnap today --fields id,close,moves.3M.pct,session.date -o today.csv",
    mut_arg("fields", |a| a.help("Only these fields, comma separated, by their names in the JSON: close,moves.1D.pct (`--fields help` lists all)"))
)]
pub(super) struct Today {
    /// Ids, aliases, composites, groups, or any symbol that a source knows [default: all markets]
    #[arg(value_name = "ID|GROUP|SYMBOL")]
    words: Vec<String>,
    /// Compare with this instrument or composite
    #[arg(long, value_name = "ID", default_value = BENCHMARK, env = "MARKETSNAP_BENCHMARK", help_heading = "What")]
    benchmark: String,
    #[command(flatten)]
    pub(super) shared: Shared,
}

impl Today {
    pub(super) fn options(&self, world: &World<'_>, given: &Given) -> Options {
        let options = self.shared.options(Command::Today, self.words.clone(), world, given);
        Options { benchmark: self.benchmark.clone(), ..options }
    }
}
