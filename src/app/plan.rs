//! Everything a run needs, decided and validated before the first request.
//!
//! Not for: doing any of it (`run`).

use std::path::PathBuf;

use chrono::{DateTime, Duration, NaiveDate, TimeZone, Utc};

use super::charting::Charting;
use super::daily::{ReportOptions, Written};
use super::options::{Command, Options};
use super::usage::UsageError;
use super::{asked_of, charting, check, choice, fields, own, rates};
use crate::compute::check::Asked;
use crate::compute::report::known_by;
use crate::compute::{Chosen, movers::Ranking};
use crate::domain::horizon::{Period, TABLE};
use crate::domain::text::sanitise;
use crate::domain::{Horizon, InstrumentId, Universe, VenueKind};
use crate::fetch;
use crate::render::{Format, Style};
use crate::store::Place;

/// The instant that `--demo` speaks for unless another is asked for: 21 January 2026, half an hour
/// after Hong Kong's close, seconds since 1970.
const DEMO_AS_OF: i64 = 1_768_984_200;

/// The horizons of a report that asks for none.
const USUAL: [Horizon; 5] = [
    Horizon::Sessions(1),
    Horizon::Sessions(5),
    Horizon::ToDate(Period::Month),
    Horizon::ToDate(Period::Year),
    Horizon::Months(12),
];

/// Days that closes are read from before the longest horizon begins.
const SPARE_DAYS: i64 = 62;

/// A run, ready to go.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(super) command: Command,
    pub(super) universe: Universe,
    pub(super) chosen: Vec<Chosen>,
    pub(super) by_section: bool,
    pub(super) as_of: Option<DateTime<Utc>>,
    pub(super) date: Option<NaiveDate>,
    pub(super) settled_only: bool,
    pub(super) require_settled: bool,
    pub(super) horizons: Vec<Horizon>,
    pub(super) horizons_named: bool,
    pub(super) rebase: Option<Horizon>,
    pub(super) ranking: Ranking,
    pub(super) why: bool,
    pub(super) benchmark: InstrumentId,
    /// What `check` was asked.
    pub(super) checks: Asked,
    /// The currency that closes are converted to.
    pub(super) currency: Option<String>,
    pub(super) demo: bool,
    pub(super) verify: bool,
    /// Where closes are kept; none to keep nothing.
    pub(super) store: Option<Place>,
    pub(super) offline: bool,
    /// Ask for everything, whatever is held.
    pub(super) refresh: bool,
    /// Show every close as it is known now, whatever instant the report speaks for.
    pub(super) as_known_now: bool,
    pub(super) query: fetch::Query,
    pub(super) settings: fetch::Settings,
    pub(super) never: Vec<String>,
    pub(super) format: Format,
    /// Fields to show, by their names; none for the usual ones.
    pub(super) fields: Vec<String>,
    /// What a chart shows, and in which form.
    pub(super) chart: Charting,
    pub(super) output: Option<PathBuf>,
    pub(super) style: Style,
    pub(super) quiet: bool,
    /// The day's report and where it goes; none for what a command shows now.
    pub(super) report: Option<ReportOptions>,
    /// The reports in its folder.
    pub(super) written: Option<Written>,
}

impl Plan {
    /// Decides everything from what was asked, at the instant `now`.
    ///
    /// # Errors
    /// [`UsageError`] when what was asked makes no sense.
    pub fn new(mut options: Options, now: DateTime<Utc>) -> Result<Self, UsageError> {
        asked_of::check_addresses(&options)?;
        let store = asked_of::store(&options)?.filter(|_| !options.demo);
        let mut universe = own::universe(&options.own)?;
        let currency = rates::currency(options.currency.as_deref())?;
        let sources = asked_of::sources(&options)?;
        asked_of::prefer(&options, &mut universe)?;
        let checks = check::asked(&mut options, &universe)?;
        let by_section = options.words.is_empty();
        let chosen = chosen(&options, &mut universe, &sources)?;
        let benchmark = choice::benchmark(&options.benchmark, &mut universe)?;
        fits(options.command, &chosen, &universe)?;
        let with_benchmark = matches!(options.command, Command::Today | Command::Movers | Command::Show);
        let wants =
            choice::wants(&universe, &chosen, by_section, with_benchmark.then_some(&benchmark), &sources);
        let wants = rates::beside(wants, currency.as_deref(), &mut universe);
        let (as_of, date) = instant(&options, &universe, &wants, now)?;
        let day = date.unwrap_or_else(|| as_of.unwrap_or(now).date_naive());
        let chart = Charting::new(&options, choice::distinct(&chosen, &universe), &benchmark)?;
        let format = if chart.picture.is_some() { Format::Table } else { format(&options)? };
        let fields = fields::chosen(&options, fields::document(options.command), format)?;
        let horizons = horizons(&options, &fields::horizons(&fields), day)?;
        universe.speak(options.lang);
        Ok(Self {
            command: options.command,
            query: fetch::Query {
                wants,
                from: first_day_needed(options.command, &horizons, day),
                until: now.date_naive(),
            },
            settings: fetch::Settings {
                sources,
                named: !options.sources.is_empty(),
                keys: options.keys,
                memory: options.memory.filter(|_| !options.demo),
                base_urls: options.base_urls,
                deadline: options.timeout,
                user_agent: None,
                proxy: options.proxy,
                gate: options.jobs.map(fetch::Gate::of).unwrap_or_default(),
            },
            never: options.never,
            universe,
            chosen,
            by_section,
            as_of,
            date,
            settled_only: options.when.settled,
            require_settled: options.when.require_settled,
            horizons,
            horizons_named: !options.horizons.is_empty(),
            rebase: options.since.map(Horizon::Since),
            ranking: Ranking { by: options.sort, top: options.top },
            why: options.why,
            benchmark,
            checks,
            currency,
            demo: options.demo,
            verify: options.verify && !options.demo && !options.offline,
            store,
            offline: options.offline && !options.demo,
            refresh: options.refresh,
            as_known_now: options.when.as_known_now,
            format,
            fields,
            chart,
            output: options.output,
            style: options.style,
            quiet: options.quiet,
            report: options.report,
            written: None,
        })
    }
}

impl Plan {
    /// Whether figures of everything held are printed that cost more than records do: drawdowns and composites'
    /// records. The table shows neither.
    pub(super) fn all_the_way(&self) -> bool {
        match self.command {
            Command::Today => {
                matches!(self.format, Format::Json | Format::JsonLines | Format::Csv)
                    || !self.fields.is_empty()
                    || self.report.is_some()
            }
            Command::Show => true,
            Command::Check => self.checks.of_everything(),
            Command::Compare | Command::Movers | Command::Chart => false,
        }
    }

    /// The instant whose versions of closes are shown: a day's report takes the newest ones.
    pub(super) fn known_at(&self) -> Option<DateTime<Utc>> {
        self.as_of.filter(|_| self.date.is_none() && !self.as_known_now && !self.demo)
    }
}

/// What the report shows: what was named, or what its command shows without words.
fn chosen(options: &Options, universe: &mut Universe, sources: &[String]) -> Result<Vec<Chosen>, UsageError> {
    match (options.words.is_empty(), options.command) {
        (true, Command::Movers) => Ok(choice::groups(universe, sources)),
        (true, _) => Ok(choice::usual(universe, sources)),
        (false, _) => choice::named(&options.words, universe),
    }
}

/// Refuses what a command cannot show.
fn fits(command: Command, chosen: &[Chosen], universe: &Universe) -> Result<(), UsageError> {
    match (command, chosen.first()) {
        (Command::Compare, _) if choice::distinct(chosen, universe) < 2 => {
            Err(UsageError::TooFew(choice::distinct(chosen, universe)))
        }
        (Command::Show, Some(Chosen::Group(id))) => Err(UsageError::GroupShown(id.to_string())),
        _ => Ok(()),
    }
}

/// The instant to speak for (none: when the answers are in) and the day asked for.
fn instant(
    options: &Options,
    universe: &Universe,
    wants: &[fetch::Want],
    now: DateTime<Utc>,
) -> Result<(Option<DateTime<Utc>>, Option<NaiveDate>), UsageError> {
    if let Some(as_of) = options.when.as_of {
        if as_of > now {
            let text = |t: DateTime<Utc>| t.format("%Y-%m-%dT%H:%M:%SZ").to_string();
            return Err(UsageError::FutureInstant { as_of: text(as_of), now: text(now) });
        }
        return Ok((Some(as_of), None));
    }
    if let Some(date) = options.when.date {
        let venues = wants.iter().filter_map(|w| universe.exchange(&w.instrument.exchange));
        let local = venues.filter(|e| e.kind != VenueKind::RollingDay).map(|e| e.session_date(now));
        let today = local.max().unwrap_or_else(|| now.date_naive());
        if date > today {
            return Err(UsageError::FutureDate { date, today });
        }
        return Ok((Some(known_by(date).min(now)), Some(date)));
    }
    let demo = || Utc.timestamp_opt(DEMO_AS_OF, 0).single();
    Ok((if options.demo { demo() } else { None }, None))
}

fn horizons(options: &Options, named: &[Horizon], day: NaiveDate) -> Result<Vec<Horizon>, UsageError> {
    let mut horizons: Vec<Horizon> = Vec::new();
    let all = TABLE.map(|(_, horizon, _)| horizon);
    let window = charting::window(options);
    let usual: &[Horizon] = match options.command {
        Command::Chart => &[],
        _ if !options.horizons.is_empty() => &options.horizons,
        Command::Show => &all,
        _ => &USUAL,
    };
    let since = options.since.map(Horizon::Since);
    for h in since.iter().chain(&window).chain(usual).chain(&options.sort).chain(named) {
        if let Horizon::Since(since) = h
            && *since >= day
        {
            return Err(UsageError::SinceTooLate { since: *since, day });
        }
        if !horizons.contains(h) {
            horizons.push(*h);
        }
    }
    Ok(horizons)
}

/// The earliest close that a base session, a 52-week range or the 250 moves before the newest can need, with two months
/// to spare: a share that was halted for weeks has had 249 sessions in 13 months. 250 pairs of two markets, each with
/// closures of its own, need more than a year: where such are printed it is nearly two, which one request still gives.
pub(super) fn first_day_needed(command: Command, horizons: &[Horizon], day: NaiveDate) -> NaiveDate {
    let least = if matches!(command, Command::Compare | Command::Show) { 640 } else { 372 };
    let longest = horizons.iter().map(|h| h.reach(day)).max().unwrap_or(0).max(least);
    day.checked_sub_signed(Duration::days(longest + SPARE_DAYS)).unwrap_or(day)
}

/// The form asked for, or the one that the file's suffix names.
pub(super) fn format(options: &Options) -> Result<Format, UsageError> {
    if let Some(format) = options.format {
        return Ok(format);
    }
    let fallback = options.fallback_format;
    let Some(path) = &options.output else { return Ok(fallback.unwrap_or_default()) };
    let suffix = path.extension().and_then(|s| s.to_str()).map(str::to_lowercase);
    match suffix.as_deref() {
        Some("json") => Ok(Format::Json),
        Some("jsonl" | "ndjson") => Ok(Format::JsonLines),
        Some("csv") => Ok(Format::Csv),
        Some("md" | "markdown") => Ok(Format::Markdown),
        Some("html" | "htm") => Ok(Format::Html),
        Some("txt") => Ok(Format::Table),
        _ if fallback.is_some() => Ok(fallback.unwrap_or_default()),
        _ => Err(UsageError::UnknownSuffix(sanitise(&path.to_string_lossy(), 80))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closes_begin_where_250_moves_and_250_pairs_are_there_whatever_the_horizons() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 13).unwrap();
        let needed = |command, horizons: &[Horizon]| first_day_needed(command, horizons, day).to_string();
        // 372 + 62 and 640 + 62 days before 13 January 2026.
        for horizons in [&[Horizon::ONE_DAY][..], &USUAL] {
            assert_eq!(needed(Command::Today, horizons), "2024-11-05");
            assert_eq!(needed(Command::Check, horizons), "2024-11-05");
            assert_eq!(needed(Command::Compare, horizons), "2024-02-11");
            assert_eq!(needed(Command::Show, horizons), "2024-02-11");
        }
        // 60 months of at most 31 days, and 62 days.
        assert_eq!(needed(Command::Compare, &[Horizon::Months(60)]), "2020-10-09");
    }
}
