//! How much closes vary: the volatility of daily log returns.
//!
//! Not for: the drawdown, or what a line has to do with the benchmark. Only settled closes count, and
//! returns across a hole take no part.

use chrono::NaiveDate;

use super::lines::{Line, Of};
use super::sessions::Market;
use crate::domain::show::{Risk, Volatility};
use crate::domain::{Absent, InstrumentId, Percent, Universe, VenueKind};

/// Fewer returns than this give no volatility.
const AT_LEAST: usize = 30;
/// Sessions in a year of a market with weekends, and of one that trades every day.
const WEEKDAYS: u16 = 252;
const EVERY_DAY: u16 = 365;

/// Log returns between neighbouring settled sessions, the newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Returns {
    /// ln(close / close before).
    pub values: Vec<f64>,
    /// The session that the oldest starts from.
    pub from: Option<NaiveDate>,
    /// The session that the newest ends on.
    pub to: Option<NaiveDate>,
}

impl Returns {
    /// The newest `over` returns of a line, without those across a hole or with an end that is not
    /// positive.
    pub(super) fn of(line: &Line<'_>, market: &Market<'_>, over: usize) -> Self {
        let settled = line.settled();
        let pairs = settled.iter().zip(settled.iter().skip(1)).rev();
        let usable =
            pairs.filter(|(a, b)| a.close > 0.0 && b.close > 0.0 && !line.spans_hole(market, a.date, b.date));
        let mut found = Self::default();
        for (a, b) in usable.take(over) {
            found.values.push((b.close / a.close).ln());
            found.from = Some(a.date);
            found.to = found.to.or(Some(b.date));
        }
        found
    }

    /// The sample standard deviation times the root of a year's sessions, in percent a year; absent for
    /// fewer than 30 returns.
    #[allow(clippy::cast_precision_loss)]
    fn volatility(&self, sessions_a_year: u16) -> Volatility {
        let enough = self.values.len() >= AT_LEAST;
        let deviation = || (squares(&self.values) / (self.values.len() as f64 - 1.0)).sqrt();
        Volatility {
            pct: enough.then(|| Percent(deviation() * f64::from(sessions_a_year).sqrt() * 100.0)),
            returns: self.values.len(),
            from: self.from,
            to: self.to,
            sessions_a_year,
            absent: (!enough).then_some(Absent::InsufficientHistory),
        }
    }
}

/// The sum of the squared distances from the mean.
#[allow(clippy::cast_precision_loss)]
pub(super) fn squares(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter().map(|v| (v - mean).powi(2)).sum()
}

/// The volatility over the newest 60 and 250 returns; absent for fewer than 30.
pub(super) fn risk(
    id: &InstrumentId,
    line: Option<&Line<'_>>,
    universe: &Universe,
    market: &Market<'_>,
) -> Risk {
    let year = sessions_a_year(id, line, universe);
    let over = |count| match line {
        Some(line) => Returns::of(line, market, count).volatility(year),
        None => Volatility { absent: Some(Absent::NoSession), ..Returns::default().volatility(year) },
    };
    Risk { volatility_60: over(60), volatility_250: over(250) }
}

/// 365 for what trades every day, of a composite members with at least half of the weight; else 252.
fn sessions_a_year(id: &InstrumentId, line: Option<&Line<'_>>, universe: &Universe) -> u16 {
    let trades_daily = |id: &InstrumentId| {
        let venue = universe.instrument(id).and_then(|i| universe.exchange(&i.exchange));
        venue.is_some_and(|v| v.kind == VenueKind::Continuous)
    };
    let daily = match (line.map(|l| &l.of), universe.composite(id)) {
        (Some(Of::Instrument(known)), _) => known.exchange.kind == VenueKind::Continuous,
        (_, Some(composite)) => {
            let total: f64 = composite.members.iter().map(|m| m.weight).sum();
            let daily = composite.members.iter().filter(|m| trades_daily(&m.id)).map(|m| m.weight);
            daily.sum::<f64>() >= total / 2.0
        }
        _ => trades_daily(id),
    };
    if daily { EVERY_DAY } else { WEEKDAYS }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn returns(values: &[f64]) -> Returns {
        Returns { values: values.to_vec(), from: None, to: None }
    }

    #[test]
    fn thirty_returns_are_enough_and_the_deviation_is_the_samples() {
        // 15 returns of +0.01 and 15 of -0.01: mean 0, squares 30 x 0.0001 = 0.003,
        // 0.003 / 29 = 1.034483e-4, root 0.0101709526; x sqrt(252) = 15.8745079 x 100 = 16.145887 %.
        let half = |sign: f64| vec![sign * 0.01; 15];
        let all = returns(&[half(1.0), half(-1.0)].concat());
        assert!((squares(&all.values) - 0.003).abs() < 1e-15);
        let year = all.volatility(252);
        assert!((year.pct.unwrap().0 - 16.145_887).abs() < 5e-7, "{year:?}");
        // sqrt(365) = 19.1049732: 0.0101709526 x 19.1049732 x 100 = 19.431578 %.
        assert!((all.volatility(365).pct.unwrap().0 - 19.431_578).abs() < 5e-7);
        let short = returns(&[0.01; 29]).volatility(252);
        assert_eq!((short.pct, short.returns, short.absent), (None, 29, Some(Absent::InsufficientHistory)));
    }
}
