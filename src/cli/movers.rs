//! `marketsnap movers`.

use clap::Args;

use super::World;
use super::args::{BENCHMARK, Shared};
use super::parse::Given;
use crate::app::{Command, Options};
use crate::domain::Horizon;

/// Members of a group ranked by move, with its breadth
///
/// Each group's members from the best to the worst, how many rose and fell, median and mean, how many stand
/// above the mean of their last 50 closes and who closed at a price limit. Of a composite the members are
/// ranked by what each added to its move; the parts sum to it. Instruments named one by one make one group.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  marketsnap movers\n  marketsnap movers CN-CHIPS US-CHIPS --sort YTD\n  marketsnap movers ASIA\n  marketsnap movers STAR50 CSI300 HSI SP500 --top 2\n  marketsnap movers EUROPE --sort YTD --json"
)]
pub(super) struct Movers {
    /// Groups, composites, or ids, aliases and symbols to rank among each other [default: all groups]
    #[arg(value_name = "GROUP|ID")]
    words: Vec<String>,
    /// Rank by the move over this horizon, one of --horizons or another [default: 1D]
    #[arg(long, value_name = "HORIZON", env = "MARKETSNAP_SORT", help_heading = "What")]
    sort: Option<Horizon>,
    /// List only the N best and the N worst of each group
    #[arg(long, value_name = "N", env = "MARKETSNAP_TOP", value_parser = clap::value_parser!(u16).range(1..=1000), allow_negative_numbers = true, help_heading = "What")]
    top: Option<u16>,
    /// Compare with this instrument or composite
    #[arg(long, value_name = "ID", default_value = BENCHMARK, env = "MARKETSNAP_BENCHMARK", help_heading = "What")]
    benchmark: String,
    #[command(flatten)]
    pub(super) shared: Shared,
}

impl Movers {
    pub(super) fn options(&self, world: &World<'_>, given: &Given) -> Options {
        let options = self.shared.options(Command::Movers, self.words.clone(), world, given);
        Options {
            benchmark: self.benchmark.clone(),
            sort: self.sort,
            top: self.top.map(usize::from),
            ..options
        }
    }
}
