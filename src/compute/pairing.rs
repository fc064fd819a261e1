//! How two lines move together: correlation and beta of their log returns between sessions that both have,
//! on one date, or where their markets are never open at the same time, one after the other.
//!
//! Not for: spreads (`relative`) and how large they are (`rank`).

use chrono::{DateTime, NaiveDate, Utc};

use super::lines::{Line, Of};
use super::sessions::Market;
use crate::domain::link::{Lagged, Together};
use crate::domain::{Absent, Bar, InstrumentId, Link};

/// So many of the newest pairs are taken.
const WINDOW: usize = 250;
/// Fewer pairs give no figure.
const PAIRS_AT_LEAST: usize = 30;
/// A pair that spans more days than this is dropped.
const DAYS_AT_MOST: i64 = 5;
/// A mean squared deviation up to this is rounding: the line did not move.
const NO_MOVE: f64 = 1e-20;

/// Two sessions that are taken for one point in time.
type Point<'a> = (&'a Bar, &'a Bar);

/// Correlation and beta of a on b over the last 250 pairs of settled sessions: log returns between
/// consecutive common dates, and where the two are never open at the same time also between the later one's
/// sessions and the earlier one's first session after each. Beta = cov / var, n - 1.
pub(super) fn link(a: &Line<'_>, b: &Line<'_>, market: &Market<'_>) -> Link {
    let common = common(a.settled(), b.settled());
    let lagged = match order(a, b, &common, market) {
        None => Lagged { earlier: None, later: None, together: none(Absent::NoneSet) },
        Some(Order::AFirst) => {
            let points: Vec<Point<'_>> = following(b.settled(), a.settled());
            let points: Vec<Point<'_>> =
                points.into_iter().map(|(later, earlier)| (earlier, later)).collect();
            lagged(&a.id, &b.id, together(a, b, &points, market))
        }
        Some(Order::BFirst) => {
            lagged(&b.id, &a.id, together(a, b, &following(a.settled(), b.settled()), market))
        }
    };
    Link {
        beta_of: a.id.clone(),
        beta_on: b.id.clone(),
        window: WINDOW,
        same_date: together(a, b, &common, market),
        lagged,
    }
}

/// The link where one of the two has no close.
pub(super) fn no_link(a: &InstrumentId, b: &InstrumentId) -> Link {
    Link {
        beta_of: a.clone(),
        beta_on: b.clone(),
        window: WINDOW,
        same_date: none(Absent::NoSession),
        lagged: Lagged { earlier: None, later: None, together: none(Absent::NoSession) },
    }
}

fn lagged(earlier: &InstrumentId, later: &InstrumentId, together: Together) -> Lagged {
    Lagged { earlier: Some(earlier.clone()), later: Some(later.clone()), together }
}

fn none(absent: Absent) -> Together {
    Together {
        correlation: None,
        beta: None,
        pairs: 0,
        dropped: 0,
        from: None,
        to: None,
        absent: Some(absent),
    }
}

/// The dates on which both had a session.
fn common<'a>(a: &'a [Bar], b: &'a [Bar]) -> Vec<Point<'a>> {
    let mut others = b.iter().peekable();
    let mut found = Vec::new();
    for bar in a {
        while others.next_if(|other| other.date < bar.date).is_some() {}
        if let Some(other) = others.next_if(|other| other.date == bar.date) {
            found.push((bar, other));
        }
    }
    found
}

/// The later market's sessions with the earlier one's first session after each; of several that one session
/// follows, the last: what came in between had been seen by then.
fn following<'a>(later: &'a [Bar], earlier: &'a [Bar]) -> Vec<Point<'a>> {
    let mut next = earlier.iter().peekable();
    let mut found: Vec<Point<'a>> = Vec::new();
    for bar in later {
        while next.next_if(|after| after.date <= bar.date).is_some() {}
        let Some(after) = next.peek() else { break };
        if found.last().is_some_and(|(_, same)| same.date == after.date) {
            found.pop();
        }
        found.push((bar, after));
    }
    found
}

/// Whose session of a date comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    AFirst,
    BFirst,
}

/// The order of two markets' sessions; none where a session of one overlaps the other's on a common date.
fn order(a: &Line<'_>, b: &Line<'_>, common: &[Point<'_>], market: &Market<'_>) -> Option<Order> {
    let mut found = None;
    for (bar, _) in common.iter().rev().take(WINDOW + 1) {
        let (a_open, a_close) = hours(a, bar.date, market)?;
        let (b_open, b_close) = hours(b, bar.date, market)?;
        let order = match (a_close <= b_open, b_close <= a_open) {
            (true, _) => Order::AFirst,
            (_, true) => Order::BFirst,
            _ => return None,
        };
        if found.is_some_and(|before| before != order) {
            return None;
        }
        found = Some(order);
    }
    found
}

/// When a line's session of a date opens and closes; a composite's from the first of its members' openings to
/// the last of their closes.
fn hours(line: &Line<'_>, date: NaiveDate, market: &Market<'_>) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    match &line.of {
        Of::Instrument(known) => {
            let session = known.exchange.session_times(date);
            Some((session.open, session.close))
        }
        Of::Composite(level) => {
            let members = level.known.iter().filter_map(|id| market.known.get(id));
            let sessions: Vec<_> = members.map(|k| k.exchange.session_times(date)).collect();
            sessions.iter().map(|s| s.open).min().zip(sessions.iter().map(|s| s.close).max())
        }
    }
}

/// Correlation and beta of the returns from each point to the next.
fn together(a: &Line<'_>, b: &Line<'_>, points: &[Point<'_>], market: &Market<'_>) -> Together {
    let mut found = none(Absent::TooFewPairs);
    let mut returns: Vec<(f64, f64)> = Vec::new();
    for step in points.windows(2).rev() {
        if returns.len() == WINDOW {
            break;
        }
        let [from, to] = step else { continue };
        let [of_a, of_b] =
            [(a, from.0, to.0), (b, from.1, to.1)].map(|(l, f, t)| log_return(l, f, t, market));
        let Some(pair) = of_a.zip(of_b) else {
            found.dropped += 1;
            continue;
        };
        returns.push(pair);
        found.from = Some(from.0.date);
        found.to = found.to.or(Some(to.0.date));
    }
    found.pairs = returns.len();
    if returns.len() < PAIRS_AT_LEAST {
        return found;
    }
    match moments(&returns) {
        None => found.absent = Some(Absent::NoneSet),
        Some((correlation, beta)) => {
            (found.correlation, found.beta, found.absent) = (Some(correlation), Some(beta), None);
        }
    }
    found
}

/// ln(to / from), unless it spans more than 5 days or a session that the line lacks, or an end is not positive.
fn log_return(line: &Line<'_>, from: &Bar, to: &Bar, market: &Market<'_>) -> Option<f64> {
    let bars = line.settled();
    let inside = bars.partition_point(|b| b.date < from.date)..bars.partition_point(|b| b.date <= to.date);
    let mut steps = bars.get(inside).unwrap_or_default().windows(2);
    let whole = steps.all(|step| match step {
        [before, after] => !line.spans_hole(market, before.date, after.date),
        _ => true,
    });
    let short = (to.date - from.date).num_days() <= DAYS_AT_MOST;
    (whole && short && from.close > 0.0 && to.close > 0.0).then(|| (to.close / from.close).ln())
}

/// Correlation, and beta of the first on the second; none where one of them does not move. The divisor n - 1
/// of covariance and variances cancels.
fn moments(returns: &[(f64, f64)]) -> Option<(f64, f64)> {
    let n = returns.len() as f64;
    let mean = |pick: fn(&(f64, f64)) -> f64| returns.iter().map(pick).sum::<f64>() / n;
    let (mean_a, mean_b) = (mean(|r| r.0), mean(|r| r.1));
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (a, b) in returns.iter().map(|(a, b)| (a - mean_a, b - mean_b)) {
        aa += a * a;
        bb += b * b;
        ab += a * b;
    }
    let moves = |squares: f64| squares / n > NO_MOVE;
    (moves(aa) && moves(bb)).then(|| ((ab / (aa * bb).sqrt()).clamp(-1.0, 1.0), ab / bb))
}
