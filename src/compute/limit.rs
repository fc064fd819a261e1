//! Daily price limits: the limit price in whole ticks, and whether the close stands on it.
//!
//! Not for: exchanges without a limit, or prices in ticks other than 0.01.

use super::lines::{Line, Of};
use super::sessions::Market;
use crate::domain::snapshot::Limit;
use crate::domain::{Absent, Percent};

/// Sessions of a new listing without a limit.
const FREE_SESSIONS: usize = 5;
/// Ticks in one unit of price: 0.01 each.
const TICKS: f64 = 100.0;

/// Where the close stands against its limit; absent without a limit, for a live value, and where the
/// session before is not known to be the exchange's reference.
pub(super) fn limit(line: &Line<'_>, market: &Market<'_>) -> Limit {
    let none = |absent| Limit { side: None, price: None, pct: None, absent: Some(absent) };
    let Of::Instrument(known) = &line.of else { return none(Absent::NoneSet) };
    let Some(pct) = known.instrument.price_limit else { return none(Absent::NoneSet) };
    if line.live() {
        return none(Absent::Live);
    }
    let [.., before, newest] = known.bars else { return none(Absent::InsufficientHistory) };
    if known.bars.len() <= FREE_SESSIONS || !market.holes(known, before.date, newest.date).is_empty() {
        return none(Absent::InsufficientHistory);
    }
    let up = newest.close >= before.close;
    let price = limit_ticks(before.close, if up { pct } else { -pct });
    let on_limit = ticks(newest.close) == price;
    #[allow(clippy::cast_precision_loss)]
    Limit {
        side: on_limit.then_some(if up { "up" } else { "down" }),
        price: Some(price as f64 / TICKS),
        pct: Some(Percent(pct)),
        absent: None,
    }
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
