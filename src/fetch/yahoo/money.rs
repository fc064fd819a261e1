//! Prices as Yahoo writes them: floats of 32 bits, and pence for pounds.
//!
//! Not for: conversion between currencies.

/// The shortest decimal that Yahoo's 32-bit float stands for: it sends 1535.3929443359375 for 1535.393.
/// A value that is no such float is left alone.
pub(super) fn shortest(value: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, reason = "the point is to see whether it is exact")]
    let narrow = value as f32;
    if f64::from(narrow).total_cmp(&value).is_ne() {
        return value;
    }
    few_places(narrow, value).unwrap_or_else(|| narrow.to_string().parse().unwrap_or(value))
}

/// [`shortest`] by arithmetic, for the usual price; none where that leaves any doubt. It takes an eighth
/// of the time of printing and reading the number.
fn few_places(narrow: f32, value: f64) -> Option<f64> {
    // Of larger floats even tens may be rounded; at a power of two the float's interval is lopsided.
    if !(0.001..8e6).contains(&value) || narrow.to_bits().trailing_zeros() >= 23 {
        return None;
    }
    let half = (f64::from(f32::from_bits(narrow.to_bits() + 1)) - value) / 2.0;
    for scale in [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6] {
        // Exact: 24 bits times at most 14 bits and a power of two.
        let scaled = value * scale;
        let whole = scaled.round();
        if (scaled - whole).abs() >= 0.4999 {
            // Two decimals are equally near, which matters if both stand for the float.
            if half * scale >= 0.49 {
                return None;
            }
            continue;
        }
        // The quotient of two exact numbers is the double nearest to the decimal.
        let decimal = whole / scale;
        let gap = (decimal - value).abs();
        if gap < half * 0.999 {
            return Some(decimal);
        }
        if gap < half * 1.001 {
            return None;
        }
    }
    None
}

/// ISO code of a currency as Yahoo writes it, and the number of decimal places by which its prices
/// have to be shifted: `GBp` is pence, `GBP` is pounds. None where it is no currency code.
pub(super) fn currency(code: &str) -> Option<(String, u8)> {
    let code = code.trim();
    Some(match code {
        "GBp" | "GBX" | "GBx" => ("GBP".to_owned(), 2),
        "ZAc" | "ZAC" => ("ZAR".to_owned(), 2),
        "ILA" | "ILa" => ("ILS".to_owned(), 2),
        "KWF" => ("KWD".to_owned(), 3),
        _ if code.len() == 3 && code.bytes().all(|b| b.is_ascii_alphabetic()) => (code.to_uppercase(), 0),
        _ => return None,
    })
}

/// `value` with its point `places` further left, in decimal: 305.3 pence are 3.053 pounds.
pub(super) fn shifted(value: f64, places: u8) -> f64 {
    if places == 0 { value } else { format!("{value}e-{places}").parse().unwrap_or(f64::NAN) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_widened_float_becomes_the_decimal_it_stands_for() {
        assert_eq!(shortest(1535.3929443359375).to_bits(), 1535.393_f64.to_bits());
        assert_eq!(shortest(129.0399932861328).to_bits(), 129.04_f64.to_bits());
        assert_eq!(shortest(131.0).to_bits(), 131_f64.to_bits());
    }

    #[test]
    fn arithmetic_agrees_with_printing_wherever_it_answers() {
        let mut answered = 0_u32;
        for bits in (0x3a00_0000_u32..0x4f00_0000).step_by(1009) {
            let narrow = f32::from_bits(bits);
            if let Some(decimal) = few_places(narrow, f64::from(narrow)) {
                answered += 1;
                assert_eq!(decimal.to_bits(), narrow.to_string().parse::<f64>().unwrap().to_bits());
            }
        }
        assert!(answered > 100_000, "{answered}");
        for cents in 1_u32..1_000_000 {
            let price = f64::from(cents) / 100.0;
            #[expect(clippy::cast_possible_truncation, reason = "as Yahoo does")]
            let narrow = price as f32;
            assert_eq!(shortest(f64::from(narrow)).to_bits(), price.to_bits());
        }
    }

    #[test]
    fn a_decimal_that_is_no_widened_float_is_left_alone() {
        // 13128.23 as f32 is 13128.23046875, so the double 13128.23 is not one.
        assert_eq!(shortest(13128.23).to_bits(), 13128.23_f64.to_bits());
    }

    #[test]
    fn pence_are_told_from_pounds_by_case() {
        assert_eq!(currency("GBp"), Some(("GBP".into(), 2)));
        assert_eq!(currency("GBP"), Some(("GBP".into(), 0)));
        assert_eq!(currency("ZAc"), Some(("ZAR".into(), 2)));
        assert_eq!(currency("ILA"), Some(("ILS".into(), 2)));
        assert_eq!(currency("KWF"), Some(("KWD".into(), 3)));
        assert_eq!(currency("USD"), Some(("USD".into(), 0)));
        assert_eq!(currency("\u{1b}[3"), None);
    }

    #[test]
    fn shifting_is_decimal_and_adds_no_noise() {
        assert_eq!(shifted(305.3, 2).to_bits(), 3.053_f64.to_bits());
        assert_eq!(shifted(1234.0, 3).to_bits(), 1.234_f64.to_bits());
    }
}
