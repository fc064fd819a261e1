//! Flags that every report shares, each also as an environment variable.
//!
//! Not for: flags of one command.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};

use super::World;
use super::how::How;
use super::parse::{Conflict, Given};
use crate::app::{Options, Palette, Style, When};
use crate::domain::{Horizon, Lang, Own};

/// The width of a table that no terminal shows.
pub(super) const WIDTH_IN_A_PIPE: usize = 80;
/// The narrowest table.
pub(super) const NARROWEST: usize = 40;
/// What rows are compared with unless asked otherwise.
pub(super) const BENCHMARK: &str = "SP500";

#[derive(Debug, Args)]
pub(super) struct Shared {
    /// Show what a reader would have seen at this instant (RFC 3339, such as 2026-01-21T08:30:00Z)
    #[arg(
        long,
        value_name = "INSTANT",
        env = "MARKETSNAP_AS_OF", value_parser = instant,
        help_heading = "When"
    )]
    as_of: Option<DateTime<Utc>>,
    /// With --as-of: closes that a source changed later are shown as they are known now
    #[arg(long, env = "MARKETSNAP_AS_KNOWN_NOW", value_parser = FalseyValueParser::new(), help_heading = "When")]
    as_known_now: bool,
    /// Show the last settled session on or before this day (YYYY-MM-DD)
    #[arg(long, value_name = "DATE", env = "MARKETSNAP_DATE", value_parser = day, help_heading = "When")]
    date: Option<NaiveDate>,
    /// Step back from live values to the last settled session
    #[arg(long, env = "MARKETSNAP_SETTLED", value_parser = FalseyValueParser::new(), help_heading = "When")]
    settled: bool,
    /// Exit with 4 if a row is live, stale or provisional
    #[arg(long, env = "MARKETSNAP_REQUIRE_SETTLED", value_parser = FalseyValueParser::new(), help_heading = "When")]
    require_settled: bool,

    /// Horizons, comma separated: 1D 5D 1W 1M 3M 6M 1Y 3Y 5Y WTD MTD QTD YTD since:DATE
    /// [default: 1D,5D,MTD,YTD,1Y; of `show` all but since:DATE]
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        env = "MARKETSNAP_HORIZONS",
        help_heading = "What"
    )]
    horizons: Vec<Horizon>,
    /// Convert closes to this currency at dated rates: an ISO code such as USD [default: local]
    #[arg(long, value_name = "CODE", env = "MARKETSNAP_CURRENCY", help_heading = "What")]
    currency: Option<String>,

    #[command(flatten)]
    pub(super) how: How,

    /// Colour
    #[arg(long, value_enum, default_value_t = Color::Auto, env = "MARKETSNAP_COLOR", help_heading = "Look")]
    color: Color,
    /// Colours of gains and losses
    #[arg(long, value_enum, default_value_t = PaletteName::GreenUp, env = "MARKETSNAP_PALETTE", help_heading = "Look")]
    palette: PaletteName,
    /// Draw with ASCII characters only
    #[arg(long, env = "MARKETSNAP_ASCII", value_parser = FalseyValueParser::new(), help_heading = "Look")]
    ascii: bool,
    /// Table width in columns [default: the terminal's, 80 in a pipe]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(40..=1000), allow_negative_numbers = true, env = "MARKETSNAP_WIDTH", help_heading = "Look")]
    width: Option<u16>,
    /// Language of highlights, of names where one is known in it, and of section titles; all else is English
    #[arg(long, value_enum, default_value_t = LangName::En, env = "MARKETSNAP_LANG", help_heading = "Look")]
    lang: LangName,

    /// Use the closes built into the program: the session of 21 January 2026, no network
    #[arg(long, env = "MARKETSNAP_DEMO", value_parser = FalseyValueParser::new(), help_heading = "From where")]
    demo: bool,
    /// Ask only these sources, in this order, comma separated [default: all, see `marketsnap sources`]
    #[arg(
        long,
        value_name = "NAME",
        value_delimiter = ',',
        env = "MARKETSNAP_SOURCE",
        help_heading = "From where"
    )]
    source: Vec<String>,
    /// Ask a second source for everything, and tell where two disagree
    #[arg(long, env = "MARKETSNAP_VERIFY", value_parser = FalseyValueParser::new(), help_heading = "From where")]
    verify: bool,
    /// Ask nobody: show what earlier runs kept
    #[arg(long, env = "MARKETSNAP_OFFLINE", value_parser = FalseyValueParser::new(), help_heading = "From where")]
    offline: bool,
    /// Ask for everything anew, also for what cannot have changed since an earlier run
    #[arg(long, env = "MARKETSNAP_REFRESH", value_parser = FalseyValueParser::new(), help_heading = "From where")]
    refresh: bool,
    /// Keep nothing of this run, and show nothing that was kept
    #[arg(long, env = "MARKETSNAP_NO_STORE", value_parser = FalseyValueParser::new(), help_heading = "From where")]
    no_store: bool,
    /// The file, or the database of a PostgreSQL server, that closes are kept in [default: marketsnap/closes.db in the user's data folder]
    #[arg(
        long,
        value_name = "PATH|URL",
        env = "MARKETSNAP_STORE",
        hide_env_values = true,
        help_heading = "From where"
    )]
    store: Option<PathBuf>,
    /// Time for the whole run
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds, allow_negative_numbers = true, env = "MARKETSNAP_TIMEOUT", help_heading = "From where")]
    timeout: Duration,

    #[command(flatten)]
    pub(super) wire: super::wire::Wire,

    /// Say each request on standard error; twice: with a curl line that repeats it
    #[arg(short, long, action = clap::ArgAction::Count, help_heading = "Say")]
    pub(super) verbose: u8,
    /// Leave out warnings on standard error
    #[arg(short, long, env = "MARKETSNAP_QUIET", value_parser = FalseyValueParser::new(), help_heading = "Say")]
    quiet: bool,
    /// Show no progress on a terminal
    #[arg(long, env = "MARKETSNAP_NO_PROGRESS", value_parser = FalseyValueParser::new(), help_heading = "Say")]
    no_progress: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PaletteName {
    /// Gains green, losses red
    GreenUp,
    /// Gains red, losses green
    RedUp,
    /// Gains blue, losses orange
    BlueOrange,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LangName {
    /// English
    En,
    /// Chinese
    Zh,
}

impl Shared {
    /// Refuses flags that cannot stand together, where both come from one place.
    pub(super) fn check(&self, given: &Given) -> Result<(), Conflict> {
        let both = |a: &str, b: &str| given.rank(a) == given.rank(b);
        if self.as_of.is_some() && self.date.is_some() && both("as_of", "date") {
            return Err(Conflict::Both("--as-of", "--date"));
        }
        if self.as_of.is_none() && self.as_known_now && given.has("as_known_now") {
            return Err(Conflict::Alone("--as-known-now", "--as-of"));
        }
        if self.demo && !self.source.is_empty() && both("demo", "source") {
            return Err(Conflict::Both("--demo", "--source"));
        }
        if given.has("demo") && given.has("verify") {
            return Err(Conflict::Both("--demo", "--verify"));
        }
        for (flag, name) in [("refresh", "--refresh"), ("no_store", "--no-store"), ("store", "--store")] {
            if given.has("demo") && given.has(flag) {
                return Err(Conflict::Both("--demo", name));
            }
        }
        self.how.check(given)?;
        if self.ascii && self.lang == LangName::Zh && both("ascii", "lang") {
            return Err(Conflict::Both("--ascii", "--lang zh"));
        }
        if self.offline && self.demo && both("offline", "demo") {
            return Err(Conflict::Both("--offline", "--demo"));
        }
        if self.offline && self.verify && both("offline", "verify") {
            return Err(Conflict::Both("--offline", "--verify"));
        }
        if self.offline && self.refresh && both("offline", "refresh") {
            return Err(Conflict::Both("--offline", "--refresh"));
        }
        if self.offline && self.no_store && both("offline", "no_store") {
            return Err(Conflict::Both("--offline", "--no-store"));
        }
        if self.store.is_some() && self.no_store && both("store", "no_store") {
            return Err(Conflict::Both("--store", "--no-store"));
        }
        loud_or_quiet(self.quiet, self.verbose, given)
    }

    /// The plain options of a command with these flags; a flag of the command line outranks a variable.
    pub(super) fn options(
        &self,
        command: crate::app::Command,
        words: Vec<String>,
        world: &World<'_>,
        given: &Given,
    ) -> Options {
        let options = Options {
            command,
            words,
            expressions: Vec::new(),
            allow_live: false,
            when: When {
                as_of: given.unless_outranked("as_of", self.as_of, "date"),
                date: given.unless_outranked("date", self.date, "as_of"),
                as_known_now: self.as_known_now,
                settled: self.settled,
                require_settled: self.require_settled,
            },
            report: None,
            horizons: self.horizons.clone(),
            since: None,
            sort: None,
            top: None,
            why: false,
            benchmark: BENCHMARK.to_owned(),
            currency: self.currency.clone(),
            demo: self.demo && (given.has("demo") || !given.has("source")),
            sources: self.source.clone(),
            verify: self.verify,
            configured: Vec::new(),
            first: Vec::new(),
            never: Vec::new(),
            sources_of: BTreeMap::new(),
            places: BTreeMap::new(),
            own: Own::default(),
            keys: BTreeMap::new(),
            memory: world.environment.memory.clone(),
            store: self.store.clone().filter(|_| self.keeps(given)),
            offline: self.offline
                && [
                    ("demo", self.demo),
                    ("verify", self.verify),
                    ("refresh", self.refresh),
                    ("no_store", self.no_store),
                ]
                .iter()
                .all(|(flag, set)| !set || given.has("offline") || !given.has(flag)),
            refresh: self.refresh,
            timeout: self.timeout,
            proxy: None,
            jobs: None,
            base_urls: world.environment.base_urls.clone(),
            style: Style { ascii: self.ascii && self.lang(given) == Lang::En, ..self.style(world) },
            lang: self.lang(given),
            quiet: self.quiet && self.verbose == 0,
            ..Options::default()
        };
        self.wire.onto(self.how.put(options, given))
    }

    /// Whether closes are kept: what stands on the command line outranks a variable.
    pub(super) fn keeps(&self, given: &Given) -> bool {
        let wanted = given.has("store") || given.has("offline");
        !self.no_store || (wanted && !given.has("no_store"))
    }

    /// The width of a terminal that the report goes to.
    pub(super) fn terminal(&self, world: &World<'_>) -> Option<u16> {
        world.terminal_width.filter(|_| self.how.file().is_none())
    }

    /// The width that stands on the command line.
    pub(super) fn width(&self, given: &Given) -> Option<u16> {
        self.width.filter(|_| given.has("width"))
    }

    /// The language; ASCII outranks one of a lower rank that it cannot spell.
    fn lang(&self, given: &Given) -> Lang {
        let outranked = self.ascii && given.rank("ascii") > given.rank("lang");
        if self.lang == LangName::Zh && !outranked { Lang::Zh } else { Lang::En }
    }

    pub(super) fn style(&self, world: &World<'_>) -> Style {
        let terminal = if self.how.file().is_none() { world.terminal_width } else { None };
        let color = match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal.is_some() && !world.environment.no_color,
        };
        let asked = self.width.or(terminal).map(|w| usize::from(w).max(NARROWEST));
        Style {
            width: asked.unwrap_or(WIDTH_IN_A_PIPE),
            color,
            ascii: self.ascii,
            palette: match self.palette {
                PaletteName::GreenUp => Palette::GreenUp,
                PaletteName::RedUp => Palette::RedUp,
                PaletteName::BlueOrange => Palette::BlueOrange,
            },
        }
    }

    /// Whether progress may be drawn.
    pub(super) fn progress(&self, world: &World<'_>) -> bool {
        world.stderr_is_terminal && !self.quiet && !self.no_progress && self.verbose == 0
    }
}

/// Refuses to be quiet and verbose at once.
pub(super) fn loud_or_quiet(quiet: bool, verbose: u8, given: &Given) -> Result<(), Conflict> {
    if quiet && verbose > 0 && given.has("quiet") {
        return Err(Conflict::Both("--quiet", "--verbose"));
    }
    Ok(())
}

/// A time of the command line.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    if !(0.1..=3600.0).contains(&seconds) {
        return Err("must lie between 0.1 and 3600 seconds".to_owned());
    }
    Ok(Duration::from_secs_f64(seconds))
}

/// A day of the command line.
pub(super) fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| "not a day such as 2026-01-21".to_owned())
}

/// An instant of the command line.
pub(super) fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    text.parse().map_err(|_| "not an instant such as 2026-01-21T08:30:00Z".to_owned())
}
