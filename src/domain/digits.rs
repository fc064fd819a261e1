//! How many digits after the point a level is told with.
//!
//! Not for: rounding or spelling it (`render::number`).

/// Digits that count which a value below 1 is told with at least.
const COUNT: usize = 5;

/// Digits after the point that are ever told.
pub const MOST: u8 = 12;

/// Digits after the point for a level of an instrument quoted with `decimals`: those, and below 1 so many that
/// five digits count, without zeros behind the last one; at most [`MOST`].
#[must_use]
pub fn of_level(value: f64, decimals: u8) -> u8 {
    let decimals = decimals.min(MOST);
    if !value.is_finite() || value.abs() >= 1.0 || value.abs() <= 0.0 {
        return decimals;
    }
    // "1.0012e-5": the digits behind the first one and the power of ten are the digits after the point.
    let text = format!("{value:.*e}", COUNT - 1);
    let Some((digits, power)) = text.split_once('e') else { return decimals };
    let behind = digits.trim_start_matches('-').trim_end_matches('0').len().saturating_sub(2);
    let power: usize = power.trim_start_matches('-').parse().unwrap_or(0);
    let needed = u8::try_from(behind + power).unwrap_or(MOST).min(MOST);
    decimals.max(needed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_below_1_has_five_digits_that_count_and_any_other_its_own_decimals() {
        for (value, decimals, digits) in [
            (1535.393, 2, 2),
            (1.0, 2, 2),
            // 0.000010012: five digits from the fifth place on.
            (0.000_010_012, 2, 9),
            (-0.000_010_012, 2, 9),
            (0.005_000_02, 2, 3),
            (0.006_391_28, 2, 7),
            (0.95, 2, 2),
            (0.953, 2, 3),
            (0.5, 4, 4),
            (0.0, 2, 2),
            (1e-300, 2, MOST),
            (f64::NAN, 3, 3),
            (7.0, 255, MOST),
        ] {
            assert_eq!(of_level(value, decimals), digits, "{value}");
        }
    }
}
