//! The axis of values: round ticks, and where a value lies between bottom and top.
//!
//! Not for: dates (`ticks`).

use crate::domain::digits::MOST;
use crate::render::number;

/// Room above the highest and below the lowest value, as a part of the whole.
const MARGIN: f64 = 0.04;

/// An axis of values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    /// Round values on it, from low to high.
    pub ticks: Vec<f64>,
    decimals: u8,
    /// Ends are logarithms.
    log: bool,
}

impl Scale {
    /// The axis that all these values lie on, with at most about `most` ticks; what is not finite does not
    /// count. A flat line lies in the middle.
    pub(super) fn of(values: impl Iterator<Item = f64>, most: usize) -> Self {
        let (low, high) = super::super::spark::extent(values).unwrap_or((0.0, 1.0));
        // Halves, so that the widest doubles do not overflow.
        let half = high / 2.0 - low / 2.0;
        let room = if half > 0.0 { half * 2.0 * MARGIN } else { (low.abs() * 0.01).max(f64::MIN_POSITIVE) };
        let room = if room.is_finite() { room } else { 0.0 };
        let room = if low == 0.0 && high == 0.0 { 1.0 } else { room };
        let (low, high) = ((low - room).max(f64::MIN), (high + room).min(f64::MAX));
        let step = step((high / 2.0 - low / 2.0) * 2.0 / count(most));
        Self { low, high, ticks: ticks(low, high, step), decimals: decimals(step), log: false }
    }

    /// The same for values above zero with equal ratios equally far apart. Over less than a factor of ten the
    /// ticks are those of the plain axis; over more they are 1, 2 and 5 times powers of ten, or these alone.
    pub(super) fn log(values: impl Iterator<Item = f64>, most: usize) -> Self {
        let plain = super::super::spark::extent(values).filter(|(low, _)| *low > 0.0).unwrap_or((1.0, 1.0));
        let (low, high) = (plain.0.ln(), plain.1.ln());
        let room = if high > low { (high - low) * MARGIN } else { 0.01 };
        let (low, high) = (low - room, high + room);
        let inside = |tick: &f64| *tick > 0.0 && tick.is_finite() && (low..=high).contains(&tick.ln());
        let powers = |of: &[f64]| -> Vec<f64> {
            let of = of.to_vec();
            let all = (-308..=308).flat_map(|p| of.clone().into_iter().map(move |m| m * 10f64.powi(p)));
            all.filter(inside).collect()
        };
        let round = Self::of([low.exp(), high.exp().min(f64::MAX)].into_iter(), most);
        let mut ticks: Vec<f64> = round.ticks.into_iter().filter(inside).collect();
        if high - low > std::f64::consts::LN_10 {
            let fine = powers(&[1.0, 2.0, 5.0]);
            ticks = if fine.len() <= most * 2 { fine } else { powers(&[1.0]) };
            let every = ticks.len().div_ceil(most.max(1) * 2).max(1);
            ticks = ticks.into_iter().step_by(every).collect();
        }
        let decimals = ticks.iter().map(|t| decimals(*t)).max().unwrap_or(2);
        Self { low, high, ticks, decimals, log: true }
    }

    /// Where a value lies: 0 at the bottom, 1 at the top.
    pub(super) fn share(&self, value: f64) -> f64 {
        let value = if self.log { value.ln() } else { value };
        let half = self.high / 2.0 - self.low / 2.0;
        if half > 0.0 && value.is_finite() {
            ((value / 2.0 - self.low / 2.0) / half).clamp(0.0, 1.0)
        } else {
            0.5
        }
    }

    /// What a tick is called.
    pub(super) fn label(&self, tick: f64) -> String {
        number::level(tick, self.decimals).unwrap_or_default()
    }
}

fn count(most: usize) -> f64 {
    f64::from(u16::try_from(most.max(1)).unwrap_or(u16::MAX))
}

/// The least of 1, 2, 2.5, 5 and 10 times a power of ten that is not below `rough`.
fn step(rough: f64) -> f64 {
    if !rough.is_finite() || rough <= 0.0 {
        return f64::MAX;
    }
    let power = 10f64.powf(rough.log10().floor());
    let round =
        [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|m| m * power).find(|s| *s >= rough * (1.0 - 1e-9));
    round.filter(|s| s.is_finite() && *s > 0.0).unwrap_or(f64::MAX)
}

fn ticks(low: f64, high: f64, step: f64) -> Vec<f64> {
    let first = (low / step).ceil();
    let at = |i: u16| (first + f64::from(i)) * step;
    (0..64).map(at).take_while(|t| *t <= high && t.is_finite()).collect()
}

/// Digits after the point that tell two ticks apart.
fn decimals(step: f64) -> u8 {
    let fits = |d: &u8| {
        let scaled = step * 10f64.powi(i32::from(*d));
        (scaled - scaled.round()).abs() < 1e-6 * scaled.abs()
    };
    // Of steps that are smaller still, or of no such number, the ticks are told with a power of ten.
    (0..MOST).find(fits).unwrap_or(MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[f64], most: usize) -> Vec<String> {
        let scale = Scale::of(values.iter().copied(), most);
        scale.ticks.iter().map(|t| scale.label(*t)).collect()
    }

    #[test]
    fn ticks_are_round_and_have_the_digits_that_tell_them_apart() {
        // 99.29 to 114.22 with a margin of 0.60: 98.69 to 114.82, in steps of 16.13 / 5 = 3.2, so 5.
        assert_eq!(labels(&[99.29, 114.22], 5), ["100", "105", "110"]);
        // 1.1600 to 1.1850, margin 0.0010, 0.0270 / 5 = 0.0054: steps of 0.01.
        assert_eq!(labels(&[1.16, 1.185], 5), ["1.16", "1.17", "1.18"]);
        // 97.63 with both margins is 105.44; a fifth of it 21.1: steps of 25.
        assert_eq!(labels(&[-37.63, 60.0], 5), ["-25", "0", "25", "50"]);
        // 1e-5 to 1.2e-5: 0.216e-5 / 5 = 0.043e-5, steps of 0.05e-5.
        let tiny = labels(&[0.000_010, 0.000_012], 5);
        assert_eq!(tiny, ["0.0000100", "0.0000105", "0.0000110", "0.0000115", "0.0000120"]);
        // Also where no digits after the point would do.
        let tiny = labels(&[1e-13, 5e-13], 5);
        assert!(tiny.len() > 2 && tiny.windows(2).all(|w| w[0] != w[1]), "{tiny:?}");
    }

    #[test]
    fn equal_ratios_are_equally_far_apart_on_a_logarithmic_axis() {
        let scale = Scale::log([10.0, 100.0, 1000.0].into_iter(), 6);
        assert!((scale.share(100.0) - 0.5).abs() < 1e-9, "{scale:?}");
        // 10 to 1000 with a margin of 4 % of two powers of ten at each end: from 8.3 to 1202.
        let labels: Vec<String> = scale.ticks.iter().map(|t| scale.label(*t)).collect();
        assert_eq!(labels, ["10", "20", "50", "100", "200", "500", "1000"]);
        for values in [[5e-324, f64::MAX], [5.0, 5.0], [f64::MAX, f64::MAX], [99.0, 101.0]] {
            let scale = Scale::log(values.into_iter(), 5);
            assert!(values.iter().all(|v| (0.0..=1.0).contains(&scale.share(*v))), "{scale:?}");
            assert!(scale.ticks.len() <= 12, "{scale:?}");
        }
        let near = Scale::log([95.0, 121.0].into_iter(), 5);
        // 94.1 to 122.2 by a fifth, 5.6 and a margin: steps of 10.
        assert_eq!(near.ticks, [100.0, 110.0, 120.0]);
    }

    #[test]
    fn flat_and_enormous_values_have_an_axis_too() {
        let flat = Scale::of([5.0, 5.0].into_iter(), 5);
        assert!((flat.share(5.0) - 0.5).abs() < 1e-9, "{flat:?}");
        assert!(!flat.ticks.is_empty());
        for values in
            [[0.0, 0.0], [f64::MIN, f64::MAX], [f64::MAX, f64::MAX], [1e300, 2e300], [5e-324, 5e-324]]
        {
            let scale = Scale::of(values.into_iter(), 5);
            for value in values {
                assert!((0.0..=1.0).contains(&scale.share(value)), "{values:?} {scale:?}");
            }
            assert!(scale.ticks.len() <= 12, "{values:?} {scale:?}");
        }
    }
}
