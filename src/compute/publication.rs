//! When the closes of a day should be out: exchange hours in their own zones, special days, closures, and a
//! margin in which sources publish.
//!
//! Not for: whether a source has a close, which only asking it tells; and not for waiting (`app::wait`).

use chrono::{DateTime, Datelike, Duration, NaiveDate, Offset, Utc, Weekday};

use super::sessions::PUBLISHED_WITHIN;
use crate::domain::wait::{Awaited, Standing, Wait};
use crate::domain::{Exchange, Expectation, InstrumentId, Universe, VenueKind};

/// So long after the end of a session its close should be out: what lacks it then is stale.
pub const MARGIN: Duration = PUBLISHED_WITHIN;

/// So long after they came out, closes of the day before are still those that are asked about.
const LOOKED_FOR: Duration = Duration::hours(4);

/// A market and the instruments asked for that trade there; venues that share hours are one.
#[derive(Debug, Clone, PartialEq)]
pub struct Market<'a> {
    /// Its hours and calendar.
    pub exchange: &'a Exchange,
    /// What of it was asked for.
    pub instruments: Vec<InstrumentId>,
}

/// The markets of these instruments, in the order they first come; what has no venue is left out.
#[must_use]
pub fn markets<'a>(universe: &'a Universe, ids: &[InstrumentId]) -> Vec<Market<'a>> {
    let mut markets: Vec<Market<'a>> = Vec::new();
    for id in ids {
        let venue = universe.instrument(id).and_then(|i| universe.exchange(&i.exchange));
        let Some(own) = venue else { continue };
        let exchange = universe.exchange(&own.market).unwrap_or(own);
        match markets.iter_mut().find(|m| m.exchange.mic == exchange.mic) {
            Some(market) if market.instruments.contains(id) => {}
            Some(market) => market.instruments.push(id.clone()),
            None => markets.push(Market { exchange, instruments: vec![id.clone()] }),
        }
    }
    markets
}

/// What is waited for at the instant `at`: the sessions of one day, and when the close of each should be out,
/// `margin` after it ended. The day is the date at the market where it is earliest, so that a day's closes
/// are those of Sydney, London and New York of one date; within four hours after a close of the day before
/// came out (a coin's comes after midnight) it is still that day. What trades every day is waited for beside
/// other markets only when one of those has a session.
#[must_use]
pub fn awaited(markets: &[Market<'_>], at: DateTime<Utc>, margin: Duration) -> Wait {
    let date = day(markets, at, margin);
    let sessions = |m: &Market<'_>| expects(m.exchange, date).is_some();
    let alone = !every_day(markets)
        && !markets.iter().any(|m| m.exchange.kind != VenueKind::Continuous && sessions(m));
    let told = |m: &Market<'_>| {
        let told = of_market(m, date, at, margin);
        let aside = alone && told.status == Standing::Due;
        if aside { Awaited { status: Standing::NotAwaited, ..told } } else { told }
    };
    let markets: Vec<Awaited> = markets.iter().map(told).collect();
    let awaited = markets.iter().filter(|m| matches!(m.status, Standing::Published | Standing::Due));
    let due_at = awaited.filter_map(|m| m.due_at).max();
    Wait {
        schema: "marketsnap.wait/1",
        as_of: at,
        date,
        margin_minutes: margin.num_minutes(),
        due_at,
        seconds: due_at.map_or(0, |due| (due - at).num_seconds().max(0)),
        markets,
        unknown: Vec::new(),
    }
}

fn day(markets: &[Market<'_>], at: DateTime<Utc>, margin: Duration) -> NaiveDate {
    let today = markets.iter().map(|m| m.exchange.local_date(at)).min().unwrap_or_else(|| at.date_naive());
    let Some(before) = today.pred_opt() else { return today };
    let fresh = |e: &Exchange| expects(e, before).is_some() && due(e, before, margin) + LOOKED_FOR > at;
    if markets.iter().any(|m| fresh(m.exchange)) { before } else { today }
}

/// Whether a session is expected on a day (none: no), and whether that is only assumed.
fn expects(exchange: &Exchange, date: NaiveDate) -> Option<bool> {
    match exchange.expectation(date) {
        Expectation::Session => Some(false),
        Expectation::Unknown => Some(true),
        Expectation::Closed => None,
    }
}

fn due(exchange: &Exchange, date: NaiveDate, margin: Duration) -> DateTime<Utc> {
    exchange.settled_at(date) + margin
}

fn of_market(market: &Market<'_>, date: NaiveDate, at: DateTime<Utc>, margin: Duration) -> Awaited {
    let exchange = market.exchange;
    let expected = expects(exchange, date);
    let due_at = expected.map(|_| due(exchange, date, margin));
    let local = |t: DateTime<Utc>| {
        let zoned = t.with_timezone(&exchange.timezone);
        zoned.with_timezone(&zoned.offset().fix())
    };
    Awaited {
        exchange: exchange.mic.clone(),
        name: exchange.name.clone(),
        timezone: exchange.timezone.to_string(),
        instruments: market.instruments.clone(),
        status: match due_at {
            None => Standing::NoSession,
            Some(due) if due <= at => Standing::Published,
            Some(_) => Standing::Due,
        },
        ends_at: expected.map(|_| exchange.settled_at(date)),
        due_at,
        due_local: due_at.map(local),
        hours_assumed: expected == Some(true),
    }
}

/// The last close of a day, at regular hours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Last<'a> {
    /// The day.
    pub date: NaiveDate,
    /// When the close should be out.
    pub due_at: DateTime<Utc>,
    /// The market whose close it is.
    pub exchange: &'a Exchange,
}

/// Whether these markets have sessions on weekends: only where all of them trade every day.
#[must_use]
pub fn every_day(markets: &[Market<'_>]) -> bool {
    markets.iter().all(|m| m.exchange.kind == VenueKind::Continuous)
}

/// The last close of every day from `first` on for a year, at regular hours: half days and closures left
/// aside, and weekends too unless all markets trade on them.
#[must_use]
pub fn last_closes<'a>(markets: &[Market<'a>], first: NaiveDate, margin: Duration) -> Vec<Last<'a>> {
    let weekends = every_day(markets);
    let regular: Vec<(&Exchange, Exchange)> =
        markets.iter().map(|m| (m.exchange, Exchange { calendar: None, ..m.exchange.clone() })).collect();
    let day = |date: &NaiveDate| weekends || !matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
    let last = |date: NaiveDate| {
        let dues = regular.iter().map(|(own, e)| Last { date, due_at: due(e, date, margin), exchange: own });
        dues.max_by_key(|last| last.due_at)
    };
    first.iter_days().take(366).filter(day).filter_map(last).collect()
}

#[cfg(test)]
mod tests;
