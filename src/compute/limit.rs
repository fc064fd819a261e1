//! Daily price limits: the limit price in whole ticks, and whether the close stands on it.
//!
//! Not for: exchanges without a limit, or prices in ticks other than 0.01.

use chrono::NaiveDate;

use super::lines::{Line, Of};
use super::sessions::{Known, Market};
use super::suspect;
use crate::domain::snapshot::Limit;
use crate::domain::{Absent, Bar, Exchange, Expectation, Instrument, Percent, PriceLimit};

/// Ticks in one unit of price: 0.01 each.
const TICKS: f64 = 100.0;

/// Where the close stands against its limit; absent without a limit, for a live value, in a new listing's
/// first sessions, and where the session before is not known to be the exchange's reference.
pub(super) fn limit(line: &Line<'_>, market: &Market<'_>) -> Limit {
    let none = |absent| Limit { side: None, price: None, pct: None, absent: Some(absent) };
    let Of::Instrument(known) = &line.of else { return none(Absent::NoneSet) };
    let Some(rules) = &known.instrument.price_limit else { return none(Absent::NoneSet) };
    if line.live() {
        return none(Absent::Live);
    }
    let [.., before, newest] = known.bars else { return none(Absent::InsufficientHistory) };
    // Where the first session of the listing is not known, what is held may begin with it.
    let perhaps_new = known.instrument.listed.is_none() && known.bars.len() <= rules.free_sessions();
    if perhaps_new || !market.holes(known, before.date, newest.date).is_empty() {
        return none(Absent::InsufficientHistory);
    }
    let Some(pct) = pct_on(known.instrument, known.exchange, known.bars, newest.date) else {
        return none(Absent::NoneSet);
    };
    let later = later_splits(known);
    let up = newest.close >= before.close;
    let price = limit_ticks(before.close * later, if up { pct } else { -pct });
    let on_limit = ticks(newest.close * later) == price;
    #[allow(clippy::cast_precision_loss)]
    Limit {
        side: on_limit.then_some(if up { "up" } else { "down" }),
        price: Some(price as f64 / TICKS / later),
        pct: Some(Percent(pct)),
        absent: None,
    }
}

/// The limit that was in force for an instrument's session, in percent of the close before; none without a
/// rule and in a new listing's first sessions.
pub(super) fn pct_on(
    instrument: &Instrument,
    exchange: &Exchange,
    bars: &[Bar],
    session: NaiveDate,
) -> Option<f64> {
    let rules = instrument.price_limit.as_ref()?;
    rules.on(session).filter(|_| !newly_listed(instrument, rules, exchange, bars, session))
}

/// Whether a session is one of the first of a listing: counted in the closes held, or where those begin
/// later, in the exchange's calendar.
pub(super) fn newly_listed(
    instrument: &Instrument,
    rules: &PriceLimit,
    exchange: &Exchange,
    bars: &[Bar],
    session: NaiveDate,
) -> bool {
    let Some(listed) = instrument.listed else { return false };
    let held = |until: NaiveDate| bars.partition_point(|b| b.date <= until);
    let nth = if bars.first().is_some_and(|b| b.date <= listed) {
        held(session) - bars.partition_point(|b| b.date < listed).min(held(session))
    } else {
        let days = listed.iter_days().take_while(|d| *d <= session);
        days.filter(|d| exchange.expectation(*d) != Expectation::Closed)
            .take(rules.free_sessions() + 1)
            .count()
    };
    nth <= rules.free_sessions()
}

/// By how much splits after the newest session scaled down closes that were known at as-of: times this,
/// they are again what was traded, in whole ticks.
fn later_splits(known: &Known<'_>) -> f64 {
    let Some(newest) = known.newest() else { return 1.0 };
    let later = known.series.splits.iter().filter(|s| s.date > newest && s.factor > 0.0);
    later.filter(|s| !suspect::jumps_by_factor(known.series.bars(), **s)).map(|s| s.factor).product()
}

/// The limit of a row without any close.
pub(super) fn none_set() -> Limit {
    Limit { side: None, price: None, pct: None, absent: Some(Absent::NoneSet) }
}

#[allow(clippy::cast_possible_truncation)]
fn ticks(price: f64) -> i64 {
    (price * TICKS).round() as i64
}

/// Previous close x (1 +- limit), rounded half up to the tick in whole numbers: percents to a tenth.
#[allow(clippy::cast_possible_truncation)]
fn limit_ticks(previous: f64, pct: f64) -> i64 {
    let thousandths = 1000 + (pct * 10.0).round() as i64;
    (ticks(previous) * thousandths + 500).div_euclid(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limit_prices_are_rounded_half_up_in_whole_ticks() {
        // 148.10 x 1.2 = 177.72; 214.25 x 1.1 = 235.675, half up 235.68;
        // 17.15 x 1.1 = 18.865, half up 18.87 (doubles say 18.86); 17.15 x 0.9 = 15.435, half up 15.44.
        assert_eq!(limit_ticks(148.10, 20.0), 17_772);
        assert_eq!(limit_ticks(214.25, 10.0), 23_568);
        assert_eq!(limit_ticks(17.15, 10.0), 1_887);
        assert_eq!(limit_ticks(17.15, -10.0), 1_544);
    }
}
