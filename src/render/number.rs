//! The one place that rounds a figure for text: half to even on the double, as `{:.2}` does.
//!
//! Not for: JSON, which carries full precision, nor for alignment (`layout`).

use crate::domain::digits;

/// Longer than this a figure is told with a power of ten, so that one absurd value cannot push every
/// other column off the screen.
const LONGEST: usize = 13;

/// A level: no sign unless negative, no thousands separators. None for what is no number.
#[must_use]
pub(super) fn level(value: f64, decimals: u8) -> Option<String> {
    if !value.is_finite() {
        return None;
    }
    let digits = usize::from(decimals.min(digits::MOST).min(room(value)));
    let text = format!("{value:.digits$}");
    let text = match value.abs() {
        _ if text.len() <= LONGEST => text,
        1.0.. => format!("{value:.3e}"),
        size if size > 0.0 => format!("{value:.4e}"),
        _ => "0".to_owned(),
    };
    Some(if is_zero(&text) { text.trim_start_matches('-').to_owned() } else { text })
}

/// Digits after the point that there is room for: a level of 1 or more loses the last ones, but never the first two.
fn room(value: f64) -> u8 {
    if value.abs() < 1.0 {
        return digits::MOST;
    }
    let whole = format!("{value:.0}").len() + 1;
    LONGEST
        .checked_sub(whole)
        .and_then(|room| u8::try_from(room).ok())
        .filter(|room| *room >= 2)
        .unwrap_or(digits::MOST)
}

/// A close, or another level that stands for itself: with the digits that [`digits::of_level`] gives it.
#[must_use]
pub(super) fn close(value: f64, decimals: u8) -> Option<String> {
    level(value, digits::of_level(value, decimals))
}

/// A difference between closes near `close`, with that one's digits.
#[must_use]
pub(super) fn change(value: f64, near: Option<f64>, decimals: u8) -> Option<String> {
    let near = near.unwrap_or(value);
    signed(value, digits::of_level(near, decimals).min(room(near)))
}

/// A move: with its sign, except where it rounds to zero. None for what is no number.
#[must_use]
pub(super) fn signed(value: f64, decimals: u8) -> Option<String> {
    let text = level(value, decimals)?;
    Some(if text.starts_with('-') || is_zero(&text) { text } else { format!("+{text}") })
}

/// A move with two digits after the point and no unit: "+3.53".
#[must_use]
pub(super) fn percent(value: f64) -> Option<String> {
    signed(value, 2)
}

/// Whether the printed figure is zero.
fn is_zero(text: &str) -> bool {
    !text.chars().any(|c| matches!(c, '1'..='9'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_round_half_to_even_on_the_double_and_carry_their_sign() {
        assert_eq!(percent(3.533_325).as_deref(), Some("+3.53"));
        assert_eq!(percent(-2.0627).as_deref(), Some("-2.06"));
        assert_eq!(percent(0.125).as_deref(), Some("+0.12"));
        assert_eq!(percent(0.375).as_deref(), Some("+0.38"));
        assert_eq!(percent(20.0).as_deref(), Some("+20.00"));
    }

    #[test]
    fn what_rounds_to_zero_has_no_sign() {
        for value in [-0.0, 0.0, -0.001, 0.001] {
            assert_eq!(percent(value).as_deref(), Some("0.00"), "{value}");
        }
        assert_eq!(level(-0.004, 2).as_deref(), Some("0.00"));
    }

    #[test]
    fn levels_have_no_separators_and_their_own_digits() {
        assert_eq!(level(89_376.96, 2).as_deref(), Some("89376.96"));
        assert_eq!(level(1.172_8, 4).as_deref(), Some("1.1728"));
        assert_eq!(level(-37.63, 2).as_deref(), Some("-37.63"));
    }

    #[test]
    fn a_tiny_close_has_digits_that_tell_it_from_zero_and_from_another() {
        assert_eq!(close(0.000_010_012, 2).as_deref(), Some("0.000010012"));
        assert_eq!(close(0.000_010_004, 2).as_deref(), Some("0.000010004"));
        assert_eq!(close(1.234_567e-9, 2).as_deref(), Some("1.2346e-9"));
        assert_eq!(close(0.95, 2).as_deref(), Some("0.95"));
        assert_eq!(close(1535.393, 2).as_deref(), Some("1535.39"));
        assert_eq!(change(0.000_000_008, Some(0.000_010_012), 2).as_deref(), Some("+0.000000008"));
        assert_eq!(change(0.37, Some(1535.39), 2).as_deref(), Some("+0.37"));
        assert_eq!(level(0.0, 255).as_deref(), Some("0"));
    }

    #[test]
    fn decimals_that_there_is_no_room_for_are_left_out_but_for_two() {
        assert_eq!(close(24_703.123_456_78, 8).as_deref(), Some("24703.1234568"));
        assert_eq!(close(-24_703.123_456_78, 8).as_deref(), Some("-24703.123457"));
        assert_eq!(change(12.123_456_78, Some(24_703.0), 8).as_deref(), Some("+12.1234568"));
        assert_eq!(close(1_234_567_890.5, 8).as_deref(), Some("1234567890.50"));
        assert_eq!(close(12_345_678_901.5, 2).as_deref(), Some("1.235e10"));
    }

    #[test]
    fn what_is_no_number_is_none_and_the_absurdly_long_is_a_power_of_ten() {
        assert_eq!(level(f64::NAN, 2), None);
        assert_eq!(signed(f64::INFINITY, 2), None);
        assert_eq!(level(123_456_789_012_345.0, 2).as_deref(), Some("1.235e14"));
        assert_eq!(signed(-1e300, 255).as_deref(), Some("-1.000e300"));
    }
}
