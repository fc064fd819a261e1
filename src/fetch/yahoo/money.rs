//! Prices as Yahoo writes them: floats of 32 bits, and pence for pounds.
//!
//! Not for: conversion between currencies.

/// The shortest decimal that Yahoo's 32-bit float stands for: it sends 1535.3929443359375 for 1535.393.
/// A value that is no such float is left alone.
pub(super) fn shortest(value: f64) -> f64 {
    #[expect(clippy::cast_possible_truncation, reason = "the point is to see whether it is exact")]
    let narrow = value as f32;
    if f64::from(narrow).total_cmp(&value).is_eq() {
        narrow.to_string().parse().unwrap_or(value)
    } else {
        value
    }
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
