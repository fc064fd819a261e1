//! Whether closes that are held can be true: closes of zero, jumps, days without trading, sessions that are missing, sources
//! that are apart, series that have stopped.
//!
//! Not for: whether a store is sound (`store`), or what a report says of its rows (`trust`).

use chrono::{DateTime, NaiveDate, Utc};

use super::sessions::{self, Known};
use super::trust::weigh;
use super::{Inputs, suspect};
use crate::domain::series::listed;
use crate::domain::{Bar, Expectation, InstrumentId, Kind, Series, Universe};

/// A series whose last session is older than this many days has stopped.
const STOPPED_AFTER: i64 = 30;
/// So many of several jumps are told one by one.
const TOLD: usize = 3;

/// What is odd about closes, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oddity {
    /// Closes of zero or below where the kind has none.
    NotPositive,
    /// A move that is not to be believed, and no split.
    Jump,
    /// Closes before a split that are not adjusted for it.
    Split,
    /// Two sources with different closes.
    Apart,
    /// Closes on days that the calendar has as closed.
    ClosedDay,
    /// Sessions that the calendar expects and the series lacks.
    Missing,
    /// No session for a long time.
    Stopped,
}

impl Oddity {
    /// All of them, the gravest first.
    pub const ALL: [Self; 7] = [
        Self::NotPositive,
        Self::Jump,
        Self::Split,
        Self::Apart,
        Self::ClosedDay,
        Self::Missing,
        Self::Stopped,
    ];

    /// What it is, of several.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NotPositive => "closes of zero or below",
            Self::Jump => "jumps",
            Self::Split => "splits",
            Self::Apart => "sources apart",
            Self::ClosedDay => "closed days",
            Self::Missing => "missing sessions",
            Self::Stopped => "series that stopped",
        }
    }
}

/// Something odd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub oddity: Oddity,
    /// One sentence, without its full stop, that names instrument, source and dates.
    pub message: String,
}

/// What is odd about the series held of one instrument, at most one finding of each kind for a series or a
/// pair of them.
#[must_use]
pub fn findings(universe: &Universe, id: &InstrumentId, held: &[Series], now: DateTime<Utc>) -> Vec<Finding> {
    let Some(instrument) = universe.instrument(id) else { return Vec::new() };
    let nothing = std::collections::BTreeMap::new();
    let inputs = Inputs {
        universe,
        series: &nothing,
        failures: &[],
        as_of: now,
        date: None,
        settled_only: true,
        horizons: &[],
        horizons_named: false,
        rebase: None,
        benchmark: id,
        currency: None,
        chosen: &[],
        by_section: false,
        generated_at: now,
        lasting: false,
        demo: false,
        trust: None,
        chains: None,
    };
    let known: Vec<Known<'_>> = held.iter().filter_map(|s| sessions::known(&inputs, instrument, s)).collect();
    let mut found: Vec<Finding> = known.iter().flat_map(|k| of_series(k, now)).collect();
    let pairs = known.iter().enumerate().flat_map(|(at, a)| known.iter().skip(at + 1).map(move |b| (a, b)));
    found.extend(
        pairs.filter_map(|(a, b)| apart(a, b)).map(|message| Finding { oddity: Oddity::Apart, message }),
    );
    found
}

fn of_series(known: &Known<'_>, now: DateTime<Utc>) -> Vec<Finding> {
    let all = [
        (Oddity::NotPositive, not_positive(known)),
        (Oddity::Jump, jumps(known)),
        (Oddity::Split, split(known)),
        (Oddity::ClosedDay, closed_days(known)),
        (Oddity::Missing, missing(known)),
        (Oddity::Stopped, stopped(known, now)),
    ];
    let said = |(oddity, words): (Oddity, Option<String>)| {
        words.map(|words| Finding { oddity, message: format!("{}: {words}", named(known)) })
    };
    all.into_iter().filter_map(said).collect()
}

/// `SP500, yahoo ^GSPC`.
fn named(known: &Known<'_>) -> String {
    format!("{}, {}", known.instrument.id, whose(known))
}

fn whose(known: &Known<'_>) -> String {
    let from = &known.series.provenance;
    format!("{} {}", from.source, from.symbol)
}

/// Closes that no source may give for the kind.
fn not_positive(known: &Known<'_>) -> Option<String> {
    let below = known.bars.iter().filter(|b| b.close <= 0.0 && !known.instrument.kind.allows_non_positive());
    let days: Vec<NaiveDate> = below.map(|b| b.date).collect();
    let are = if days.len() == 1 { "1 close is" } else { &format!("{} closes are", days.len()) };
    (!days.is_empty()).then(|| format!("{are} zero or below: {}", listed(&days)))
}

/// Moves beyond what the kind makes believable, wherever they are.
fn jumps(known: &Known<'_>) -> Option<String> {
    let limit = suspect::limit_pct(known.instrument)?;
    let all: Vec<(NaiveDate, f64)> = suspect::jumps_among(known.bars, known).collect();
    let newest = all.iter().rev().take(TOLD).map(|(date, pct)| format!("{date} ({pct:+.2} %)"));
    let newest: Vec<String> = newest.collect();
    let more = match all.len().saturating_sub(TOLD) {
        0 => String::new(),
        n => format!(" and {n} earlier"),
    };
    let are = if all.len() == 1 { "1 close lies" } else { &format!("{} closes lie", all.len()) };
    let told = newest.join(", ");
    (!all.is_empty())
        .then(|| format!("{are} more than {limit} % from the session before, without a split: {told}{more}"))
}

fn split(known: &Known<'_>) -> Option<String> {
    let split = known.unadjusted.filter(|_| !known.series.provenance.raw)?;
    Some(format!("the closes before the split of {} are not adjusted for it", split.date))
}

/// Closes on days without a session.
fn closed_days(known: &Known<'_>) -> Option<String> {
    let days = known.bars.iter().map(|b| b.date);
    let closed: Vec<NaiveDate> = days.filter(|d| sessions::on_closed_day(known.exchange, *d)).collect();
    let name = &known.exchange.name;
    let are = if closed.len() == 1 { "1 close is" } else { &format!("{} closes are", closed.len()) };
    (!closed.is_empty())
        .then(|| format!("{are} of days that the calendar of {name} has as closed: {}", listed(&closed)))
}

/// Sessions that the calendar expects between the first close and the last.
fn missing(known: &Known<'_>) -> Option<String> {
    let (first, last) = (known.bars.first()?.date, known.bars.last()?.date);
    let mut own = known.bars.iter().map(|b| b.date).peekable();
    let lacks = |day: &NaiveDate| {
        while own.next_if(|d| d < day).is_some() {}
        own.peek() != Some(day) && known.exchange.expectation(*day) == Expectation::Session
    };
    let missing: Vec<NaiveDate> = first.iter_days().take_while(|d| *d < last).filter(lacks).collect();
    let name = &known.exchange.name;
    match missing.as_slice() {
        [] => None,
        [day] => Some(format!("1 session that the calendar of {name} expects is missing: {day}")),
        [from, .., to] => Some(format!(
            "{} sessions that the calendar of {name} expects are missing, from {from} to {to}",
            missing.len()
        )),
    }
}

/// A last session of long ago.
fn stopped(known: &Known<'_>, now: DateTime<Utc>) -> Option<String> {
    let last = known.bars.last()?.date;
    let days = (known.exchange.session_date(now) - last).num_days();
    let fetched = known.series.provenance.fetched_at.date_naive();
    (days > STOPPED_AFTER)
        .then(|| format!("the last session is {last}, {days} days ago; last fetched on {fetched}"))
}

/// Sessions that two sources have with different closes, where both speak of the same thing.
fn apart(a: &Known<'_>, b: &Known<'_>) -> Option<String> {
    // Closes as traded of a share are on the basis of their day.
    let share = matches!(a.instrument.kind, Kind::Stock | Kind::Etf);
    let one_basis = !share || a.series.provenance.raw == b.series.provenance.raw;
    if !one_basis || !weigh::comparable(a, b) || a.series.provenance.source == b.series.provenance.source {
        return None;
    }
    let common = common(a.bars, b.bars);
    let apart: Vec<_> = common.iter().filter(|(_, x, y)| weigh::are_apart(*x, *y)).collect();
    let percent = |x: f64, y: f64| (x - y).abs() / x.abs().max(y.abs()) * 100.0;
    let (date, x, y) =
        apart.iter().max_by(|(_, x, y), (_, v, w)| percent(*x, *y).total_cmp(&percent(*v, *w)))?;
    Some(format!(
        "{} and {} are more than 0.1 % apart on {} of {} sessions, most on {date}: {x} and {y}, {:.2} %",
        named(a),
        whose(b),
        apart.len(),
        common.len(),
        percent(*x, *y)
    ))
}

/// The closes of both for each session that both have, oldest first.
fn common(a: &[Bar], b: &[Bar]) -> Vec<(NaiveDate, f64, f64)> {
    let mut others = b.iter().peekable();
    let pair = |bar: &Bar| {
        while others.next_if(|o| o.date < bar.date).is_some() {}
        others.peek().filter(|o| o.date == bar.date).map(|o| (bar.date, bar.close, o.close))
    };
    a.iter().filter_map(pair).collect()
}
