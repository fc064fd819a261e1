//! `marketsnap show`.

use clap::Args;
use clap::builder::FalseyValueParser;

use super::World;
use super::args::{BENCHMARK, Shared};
use super::parse::Given;
use crate::app::{Command, Options};

/// Everything about one instrument or composite
///
/// One page: its newest session, moves over all horizons and against a benchmark (those over more than a
/// year also as rates a year), records, range and risk, its last ten sessions, where the closes come from
/// and who confirms them. What is absent keeps its line, with the reason. `--why` tells of each figure
/// which sessions, which closes and which rule it rests on, with the numbers put into its formula; JSON
/// always does. A composite tells what each of its members did.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  marketsnap show STAR50\n  marketsnap show STAR50 --why                  how each figure came about\n  marketsnap show ASIA --benchmark EUROPE       a composite, and what its members did\n  marketsnap show SP500 --date 2026-01-20 --horizons 1D,YTD,5Y\n  marketsnap show NVDA --json | jq '.audit[] | {figure, formula, result}'"
)]
pub(super) struct Show {
    /// An id, alias or composite, or a symbol that a source knows
    #[arg(value_name = "ID|SYMBOL")]
    word: String,
    /// Tell how each figure came about
    #[arg(long, env = "MARKETSNAP_WHY", value_parser = FalseyValueParser::new(), help_heading = "What")]
    why: bool,
    /// Compare with this instrument or composite
    #[arg(long, value_name = "ID", default_value = BENCHMARK, env = "MARKETSNAP_BENCHMARK", help_heading = "What")]
    benchmark: String,
    #[command(flatten)]
    pub(super) shared: Shared,
}

impl Show {
    pub(super) fn options(&self, world: &World<'_>, given: &Given) -> Options {
        let options = self.shared.options(Command::Show, vec![self.word.clone()], world, given);
        Options { benchmark: self.benchmark.clone(), why: self.why, ..options }
    }
}
