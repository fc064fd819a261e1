//! `marketsnap check`.

use clap::Args;
use clap::builder::FalseyValueParser;

use super::World;
use super::args::{BENCHMARK, Shared};
use super::parse::{Conflict, Given};
use crate::app::{Command, Options};

/// What `--fields` without a list stands for.
const CONDITIONS: &str = "of conditions";

/// Exit with 10 when a condition holds, with 0 when none does
///
/// A condition compares figures, ID.FIELD, with numbers, dates, words or one another, and joins comparisons
/// with and, or, not and brackets. Ids, fields and words are read without regard to case; an id that is no
/// single word, and a source's symbol, stand in quotes: "S&P 500".1D, "symbol:0700.HK".1D. Percent signs are
/// optional, and a percentage is compared with no price. Values are compared before they are rounded for the
/// table; those less than a billionth apart are equal.
///
/// What hinges on a figure that is missing, stale, live or provisional is unknown, never false: exit code 4
/// when nothing holds. A record that today does not set is 0 sessions ago; one since the data begin is at
/// least as many sessions ago as are held. A shut market's figures are those of its last session. WTD, MTD,
/// QTD and YTD are always those of the report's day; before a session in the period they are unknown. A
/// condition names its horizons itself: MARKETSNAP_HORIZONS is not heeded.
///
/// Exit codes: 10 when a condition holds, whatever else is missing; 6 when a source wants a key or refuses
/// the one it got; 5 when no source answered and nothing is held of anything named; 4 when a condition hinges
/// on what is not known, or under --require-settled on a row that is not settled; 3 when none holds whatever
/// the missing instruments did; 0 when none holds and nothing is missing; 2 for a condition that cannot be
/// read; 1 for internal and write errors.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  marketsnap check 'STAR50.1D > 3 and SP500.1D < 0'\n  marketsnap check 'ASIA.YTD - SP500.YTD > 5' 'STAR50.excess.1D >= 5'\n  marketsnap check 'SP500.record.loss_sessions > 60' -q && echo calm\n  marketsnap check 'LOONGSON.limit = up' 'CN-CHIPS.advancers >= 4' --json\n  marketsnap check 'VIX.close > 20 or not (STAR50.session >= 2026-01-21)' --allow-live\n  marketsnap check 'HYGON.since:2025-12-31 > 25 %'\n  marketsnap check --fields              every field",
    mut_arg("horizons", |a| a.hide(true)),
    mut_arg("fields", |a| a
        .num_args(0..=1)
        .require_equals(true)
        .default_missing_value(CONDITIONS)
        .help("Alone, without a condition: list the fields that a condition can name. With a condition, and with an equals sign, --fields=LIST: of the report in JSON, JSONL or CSV only these (--fields=help lists all)")),
    mut_arg("quiet", |a| a.help("Leave out warnings, and print only what could not be decided, on standard error; --json and -o still write the report"))
)]
pub(super) struct Check {
    /// Conditions; 10 when any of them holds
    #[arg(value_name = "EXPR", required_unless_present = "fields")]
    expressions: Vec<String>,
    /// Accept live and provisional values too
    #[arg(long, env = "MARKETSNAP_ALLOW_LIVE", value_parser = FalseyValueParser::new())]
    allow_live: bool,
    /// What excess and relative are against
    #[arg(long, value_name = "ID", default_value = BENCHMARK, env = "MARKETSNAP_BENCHMARK", help_heading = "What")]
    benchmark: String,
    #[command(flatten)]
    pub(super) shared: Shared,
}

impl Check {
    /// Refuses flags that have no meaning here.
    pub(super) fn check(&self, given: &Given) -> Result<(), Conflict> {
        // A condition names its horizons.
        if given.has("horizons") {
            return Err(Conflict::Both("--horizons", "check"));
        }
        let lists = self.lists_fields();
        let form = [("json", "--json"), ("format", "--format"), ("output", "--output")];
        match form.into_iter().find(|(id, _)| lists && given.has(id)) {
            Some((_, flag)) => Err(Conflict::Both("--fields", flag)),
            None if lists && !self.expressions.is_empty() => Err(Conflict::Both("--fields", "a condition")),
            None if !lists && self.expressions.is_empty() => Err(Conflict::Alone("--fields", "a condition")),
            None => Ok(()),
        }
    }

    /// Whether the fields that a condition can name are asked for.
    pub(super) fn lists_fields(&self) -> bool {
        self.shared.how.fields == [CONDITIONS]
    }

    pub(super) fn options(&self, world: &World<'_>, given: &Given) -> Options {
        Options {
            benchmark: self.benchmark.clone(),
            expressions: self.expressions.clone(),
            allow_live: self.allow_live,
            ..self.shared.options(Command::Check, Vec::new(), world, given)
        }
    }
}
