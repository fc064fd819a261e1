//! What was known at an instant: which of a series' bars, whether the newest one is settled or live,
//! and whether a later session should have been there.
//!
//! Not for: moves. The rules are those of "Which session is today" in the project's glossary
//! (docs/design.md): an exchange calendar explains what is missing, it never decides that a close does
//! not exist.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::composite::Chains;
use super::currency::Rates;
use super::{Inputs, suspect};
use crate::domain::snapshot::Status;
use crate::domain::{
    Bar, Exchange, Expectation, Instrument, InstrumentId, Kind, Mic, Series, Split, VenueKind, Warning,
    WarningKind,
};

/// How long after a session's end a source may take to publish it.
pub(super) const PUBLISHED_WITHIN: Duration = Duration::minutes(60);
/// Where no calendar reaches, a last session this many days old is stale.
const OLD_AFTER_DAYS: i64 = 5;
/// A coin whose last day ended longer ago than this is stale.
const COIN_OLD_AFTER: Duration = Duration::hours(25);

/// An instrument with what was known of it at as-of.
#[derive(Debug, Clone)]
pub struct Known<'a> {
    /// The instrument.
    pub instrument: &'a Instrument,
    /// The venue whose hours its closes keep.
    pub exchange: &'a Exchange,
    /// The series it comes from.
    pub series: &'a Series,
    /// The bars known, oldest first, at least one; the last may be live.
    pub bars: &'a [Bar],
    /// Whether the last bar is live.
    pub live: bool,
    /// The report day: the day asked for, else the exchange-local date at as-of.
    pub report_day: NaiveDate,
    /// A split that the closes before it are not adjusted for; those closes are left out.
    pub unadjusted: Option<Split>,
    /// A value of a later date that is held but was made before that session's close.
    pub passed_over: Option<NaiveDate>,
    /// A later session that was under way at as-of, of which no value of that time is held.
    pub begun: Option<NaiveDate>,
}

impl<'a> Known<'a> {
    /// The bars that are settled.
    #[must_use]
    pub fn settled(&self) -> &'a [Bar] {
        match self.bars.split_last() {
            Some((_, rest)) if self.live => rest,
            _ => self.bars,
        }
    }

    /// The newest session that had begun by as-of.
    #[must_use]
    pub fn newest_begun(&self) -> Option<NaiveDate> {
        self.begun.or(self.newest())
    }

    /// The newest bar's date.
    #[must_use]
    pub fn newest(&self) -> Option<NaiveDate> {
        self.bars.last().map(|b| b.date)
    }
}

/// What all instruments of a run together say of sessions at as-of.
#[derive(Debug, Clone)]
pub struct Market<'a> {
    /// Instruments with at least one bar known.
    pub known: BTreeMap<InstrumentId, Known<'a>>,
    as_of: DateTime<Utc>,
    cut: Option<NaiveDate>,
    dates: BTreeMap<Mic, BTreeMap<NaiveDate, usize>>,
    /// Sessions under way at as-of of which no value of that time is held.
    begun: BTreeMap<Mic, BTreeSet<NaiveDate>>,
    members: BTreeMap<Mic, Vec<InstrumentId>>,
    refused: BTreeMap<InstrumentId, Warning>,
    /// The rates that closes are converted at, where another currency was asked for.
    pub(super) rates: Option<Rates>,
    /// Composites' levels chained from everything held.
    pub(super) chains: Option<&'a Chains>,
}

/// What is known of a bar at as-of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Availability {
    NotYet,
    Live,
    Settled,
}

impl<'a> Market<'a> {
    /// Cuts every series to what was known at as-of.
    #[must_use]
    pub fn at(inputs: &Inputs<'a>) -> Self {
        let mut market = Self {
            known: BTreeMap::new(),
            as_of: inputs.as_of,
            cut: inputs.date,
            dates: BTreeMap::new(),
            begun: BTreeMap::new(),
            members: BTreeMap::new(),
            refused: BTreeMap::new(),
            rates: None,
            chains: inputs.chains,
        };
        for (id, series) in inputs.series {
            let Some(instrument) = inputs.universe.instrument(id) else { continue };
            if let Some(warning) =
                venue(inputs, instrument, series).and_then(|exchange| dated_after_fetch(id, series, exchange))
            {
                market.refused.insert(id.clone(), warning);
            }
            let Some(known) = known(inputs, instrument, series) else { continue };
            let dates = market.dates.entry(known.exchange.market.clone()).or_default();
            known.bars.iter().for_each(|b| *dates.entry(b.date).or_default() += 1);
            if let Some(begun) = known.begun {
                market.begun.entry(known.exchange.market.clone()).or_default().insert(begun);
            }
            market.members.entry(known.exchange.market.clone()).or_default().push(id.clone());
            market.known.insert(id.clone(), known);
        }
        market.rates = inputs.currency.map(|to| Rates::of(to, inputs.universe, &market.known));
        market
    }

    /// The newest session between two dates that a series lacks: one that its exchange's other instruments
    /// have, or that the calendar expects even if none of them does.
    #[must_use]
    pub fn lacks(&self, known: &Known<'_>, from: NaiveDate, to: NaiveDate) -> Option<NaiveDate> {
        let at = known.bars.partition_point(|b| b.date < from);
        let bars = known.bars.get(at..).unwrap_or_default();
        let own: BTreeSet<NaiveDate> = bars.iter().map(|b| b.date).take_while(|d| *d <= to).collect();
        let expected = |d: &NaiveDate| known.exchange.expectation(*d) == Expectation::Session;
        let inside = from.iter_days().skip(1).take_while(|d| *d < to).filter(|d| !own.contains(d));
        inside.filter(|d| expected(d) || self.had_session(known, *d)).last()
    }

    /// Settled, live, stale or shut.
    #[must_use]
    pub fn status(&self, known: &Known<'_>) -> Status {
        let Some(newest) = known.newest() else { return Status::Stale };
        if known.live {
            return Status::Live;
        }
        if self.is_stale(known, newest) {
            return Status::Stale;
        }
        let closed = known.exchange.closed_weekdays(newest, known.report_day);
        if closed.is_empty() || self.trades_again(known) { Status::Settled } else { Status::Shut }
    }

    /// Whether the report day has a session that had begun by as-of: the exchange is not shut any more,
    /// although no value of that session is held.
    fn trades_again(&self, known: &Known<'_>) -> bool {
        known.exchange.expectation(known.report_day) == Expectation::Session
            && known.exchange.session_times(known.report_day).open <= self.as_of
    }

    fn is_stale(&self, known: &Known<'_>, newest: NaiveDate) -> bool {
        let begun = self.begun.get(&known.exchange.market);
        self.overdue(known.exchange, newest)
            || (known.begun.is_none() && begun.is_some_and(|days| days.range(after(newest)).next().is_some()))
            || self
                .peer_dates(known.exchange)
                .range(after(newest))
                .any(|(date, count)| known.exchange.expectation(*date) != Expectation::Closed || *count >= 2)
    }

    /// Whether by the calendar, or by age where none reaches, a session after `newest` should have been
    /// published by as-of.
    fn overdue(&self, exchange: &Exchange, newest: NaiveDate) -> bool {
        if exchange.kind == VenueKind::Continuous {
            let limit = self.cut.map_or(self.as_of, |d| self.as_of.min(exchange.session_times(d).final_));
            return limit - exchange.session_times(newest).final_ > COIN_OLD_AFTER;
        }
        let due =
            newest.iter_days().skip(1).take(40).find(|d| exchange.expectation(*d) != Expectation::Closed);
        match due.map(|d| (d, exchange.expectation(d))) {
            Some((d, Expectation::Session)) => {
                self.cut.is_none_or(|cut| d <= cut)
                    && exchange.session_times(d).final_ + PUBLISHED_WITHIN <= self.as_of
            }
            _ => {
                let today = self.cut.unwrap_or_else(|| exchange.session_date(self.as_of));
                (today - newest).num_days() > OLD_AFTER_DAYS
            }
        }
    }

    /// Sessions strictly between two dates that the series lacks: those that other instruments of the
    /// exchange have, and where no other instrument covers the day, those that the calendar expects.
    #[must_use]
    pub fn holes(&self, known: &Known<'_>, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
        let own: BTreeSet<NaiveDate> =
            known.bars.iter().rev().take_while(|b| b.date >= from).map(|b| b.date).collect();
        let inside = from.iter_days().skip(1).take_while(|d| *d < to);
        inside.filter(|d| !own.contains(d) && self.had_session(known, *d)).collect()
    }

    /// Whether a session that the exchange had lies between two neighbouring bars.
    #[must_use]
    pub fn spans_hole(&self, known: &Known<'_>, before: NaiveDate, after: NaiveDate) -> bool {
        before.iter_days().skip(1).take_while(|d| *d < after).any(|d| self.had_session(known, d))
    }

    /// Whether the exchange had a session on a date that the series lacks. Currencies have no exchange, and no
    /// calendar that would tell a day without a rate from one that is missing.
    fn had_session(&self, known: &Known<'_>, date: NaiveDate) -> bool {
        if known.instrument.kind == Kind::Fx {
            return false;
        }
        let expected = known.exchange.expectation(date);
        match self.peer_dates(known.exchange).get(&date) {
            Some(count) => expected != Expectation::Closed || *count >= 2,
            None => expected == Expectation::Session && !self.covered_by_peer(known, date),
        }
    }

    /// Whether another instrument of the exchange has bars on both sides of `date`.
    fn covered_by_peer(&self, known: &Known<'_>, date: NaiveDate) -> bool {
        let members = self.members.get(&known.exchange.market).map(Vec::as_slice).unwrap_or_default();
        let others = members.iter().filter(|id| **id != known.instrument.id);
        others.filter_map(|id| self.known.get(id)).any(|peer| {
            peer.bars.first().is_some_and(|b| b.date < date)
                && peer.bars.last().is_some_and(|b| b.date > date)
        })
    }

    /// The warning on rows that the source dated after the moment of fetching.
    #[must_use]
    pub fn refused(&self, id: &InstrumentId) -> Option<&Warning> {
        self.refused.get(id)
    }

    fn peer_dates(&self, exchange: &Exchange) -> &BTreeMap<NaiveDate, usize> {
        static NONE: BTreeMap<NaiveDate, usize> = BTreeMap::new();
        self.dates.get(&exchange.market).unwrap_or(&NONE)
    }
}

fn after(date: NaiveDate) -> (std::ops::Bound<NaiveDate>, std::ops::Bound<NaiveDate>) {
    (std::ops::Bound::Excluded(date), std::ops::Bound::Unbounded)
}

/// The venue whose hours a series keeps.
fn venue<'a>(inputs: &Inputs<'a>, instrument: &Instrument, series: &Series) -> Option<&'a Exchange> {
    inputs.universe.exchange(series.provenance.venue.as_ref().unwrap_or(&instrument.exchange))
}

/// What was known of a series of an instrument at as-of; nothing where no bar was.
#[must_use]
pub fn known<'a>(inputs: &Inputs<'a>, instrument: &'a Instrument, series: &'a Series) -> Option<Known<'a>> {
    let exchange = venue(inputs, instrument, series)?;
    let settled_only = inputs.settled_only || inputs.date.is_some();
    let Cut { bars, live, passed_over, begun } =
        known_bars(series, exchange, inputs.as_of, inputs.date, settled_only);
    let (bars, unadjusted) = since_unadjusted_split(bars, &series.splits);
    let (bars, as_traded) = suspect::since_jump_as_traded(bars, instrument, exchange, series.provenance.raw);
    let unadjusted = as_traded.or(unadjusted);
    let newest = bars.last()?;
    // Where the trading day rolls in the evening, the newest session may be dated tomorrow.
    let report_day = inputs.date.unwrap_or_else(|| exchange.local_date(inputs.as_of).max(newest.date));
    Some(Known { instrument, exchange, series, bars, live, report_day, unadjusted, passed_over, begun })
}

/// The bars known at an instant.
struct Cut<'a> {
    bars: &'a [Bar],
    live: bool,
    passed_over: Option<NaiveDate>,
    begun: Option<NaiveDate>,
}

/// The bars from a split on whose factor the closes before it still jump by: those are on another basis,
/// and no figure may cross it.
fn since_unadjusted_split<'a>(bars: &'a [Bar], splits: &[Split]) -> (&'a [Bar], Option<Split>) {
    let newest =
        splits.iter().filter(|s| suspect::jumps_by_factor(bars, **s)).max_by_key(|s| s.date).copied();
    let from = newest.map_or(0, |s| bars.partition_point(|b| b.date < s.date));
    (bars.get(from..).unwrap_or_default(), newest)
}

/// The bars known at `as_of`, and whether the last one is live.
fn known_bars<'a>(
    series: &'a Series,
    exchange: &Exchange,
    as_of: DateTime<Utc>,
    cut: Option<NaiveDate>,
    settled_only: bool,
) -> Cut<'a> {
    let latest = exchange.session_date(as_of).min(exchange.session_date(series.provenance.fetched_at));
    let mut bars = series.bars_until(cut.map_or(latest, |d| d.min(latest)));
    let (mut passed_over, mut begun) = (None, None);
    while let Some((newest, earlier)) = bars.split_last() {
        let stamp =
            if series.last().is_some_and(|b| b.date == newest.date) { series.provenance.stamp } else { None };
        match availability(newest.date, exchange, as_of, series.provenance.fetched_at, stamp) {
            Availability::Settled => return Cut { bars, live: false, passed_over, begun },
            Availability::Live if !settled_only => return Cut { bars, live: true, passed_over, begun },
            Availability::Live | Availability::NotYet => {
                let session = exchange.session_times(newest.date);
                let (opened, over) = (session.open <= as_of, session.final_ <= as_of);
                passed_over = passed_over.or(over.then_some(newest.date));
                begun = begun.or((opened && !over && !settled_only).then_some(newest.date));
                bars = earlier;
            }
        }
    }
    Cut { bars, live: false, passed_over, begun }
}

/// Settled when min(as-of, time of fetching) is at or past the end of the session and the source's
/// stamp, if any, at or past the regular close. Otherwise the value is from before the close: live if
/// it was already known at as-of.
fn availability(
    date: NaiveDate,
    exchange: &Exchange,
    as_of: DateTime<Utc>,
    fetched_at: DateTime<Utc>,
    stamp: Option<DateTime<Utc>>,
) -> Availability {
    let session = exchange.session_times(date);
    let stamp = stamp.filter(|s| {
        exchange.session_date(*s) == date || s.with_timezone(&exchange.timezone).date_naive() == date
    });
    // Before its opening a session has no value, whatever a source says of that date.
    if as_of < session.open {
        return Availability::NotYet;
    }
    let over = as_of.min(fetched_at) >= session.final_;
    if over && stamp.is_none_or(|s| s >= session.close) {
        return Availability::Settled;
    }
    // A value without a stamp was known when it was fetched, but as the close of its session not before
    // that session's end.
    let known_since = stamp.unwrap_or(if fetched_at < session.final_ { fetched_at } else { session.final_ });
    if known_since <= as_of { Availability::Live } else { Availability::NotYet }
}

fn dated_after_fetch(id: &InstrumentId, series: &Series, exchange: &Exchange) -> Option<Warning> {
    let last = series.last()?.date;
    let today = exchange.session_date(series.provenance.fetched_at);
    (last > today).then(|| Warning {
        kind: WarningKind::Refused,
        message: format!(
            "{id}: row of {last} refused from {}: dated after {today}, the day it was fetched on in {}",
            series.provenance.source, exchange.timezone
        ),
    })
}

/// The warning on a value that was passed over because it is from before its session's close.
#[must_use]
pub fn passed_over(known: &Known<'_>) -> Option<Warning> {
    let (date, shown) = (known.passed_over?, known.newest()?);
    let id = &known.instrument.id;
    let source = &known.series.provenance.source;
    Some(Warning {
        kind: WarningKind::Source,
        message: format!(
            "{id}: {source}'s value of {date} is from before that session's close; {shown} is shown"
        ),
    })
}

/// Warnings on bars that lie on days the calendar has as closed, for the two newest bars.
#[must_use]
pub fn unexpected_sessions(known: &Known<'_>) -> Vec<Warning> {
    let newest_two = known.bars.iter().rev().take(2);
    newest_two
        .filter(|b| on_closed_day(known.exchange, b.date))
        .map(|b| Warning {
            kind: WarningKind::UnexpectedSession,
            message: format!(
                "{}: {} has a close on {}, which the calendar of {} has as closed; it is kept",
                known.instrument.id, known.series.provenance.source, b.date, known.exchange.name
            ),
        })
        .collect()
}

/// Whether the venue's calendar, or the weekend, has no session on this date.
#[must_use]
pub fn on_closed_day(exchange: &Exchange, date: NaiveDate) -> bool {
    exchange.kind != VenueKind::Continuous && exchange.expectation(date) == Expectation::Closed
}
