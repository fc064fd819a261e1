//! `marketsnap compare`.

use chrono::NaiveDate;
use clap::Args;

use super::World;
use super::args::{self, Shared};
use super::parse::Given;
use crate::app::{Command, Options};

/// Returns side by side, with common ends
///
/// Base and end dates are common: each side takes its last session on or before them, and both dates
/// are printed where they differ. Spreads are given in percentage points and as a ratio, the day's move
/// in both time alignments (each market's newest session, and the other's last close that the first had
/// seen), and each instrument as a line rebased to 100.
///
/// The newest spread of each pair is ranked among up to 250 before it. Correlation and beta of the first
/// on the second are of log returns between common dates; markets that are never open at the same time are
/// also paired with a lag, the later one's session with the earlier one's first session after it. Fewer than
/// 30 pairs give no figure.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  marketsnap compare STAR50 SP500 ASIA\n  marketsnap compare STAR50 SP500 --since 2025-12-31\n  marketsnap compare HYGON LOONGSON --horizons 1D,1M,3M --json"
)]
pub(super) struct Compare {
    /// Two or more ids, aliases, composites, groups, or symbols that a source knows
    #[arg(value_name = "ID|GROUP|SYMBOL", required = true)]
    words: Vec<String>,
    /// Also the return since the last session on or before this day, and rebase the lines to it
    #[arg(long, value_name = "DATE", env = "MARKETSNAP_SINCE", value_parser = args::day)]
    since: Option<NaiveDate>,
    /// Compare with this one too, as the last of the list
    #[arg(long, value_name = "ID", help_heading = "What")]
    benchmark: Option<String>,
    #[command(flatten)]
    pub(super) shared: Shared,
}

impl Compare {
    pub(super) fn options(&self, world: &World<'_>, given: &Given) -> Options {
        let words = self.words.iter().chain(&self.benchmark).cloned().collect();
        let options = self.shared.options(Command::Compare, words, world, given);
        Options { since: self.since, ..options }
    }
}
