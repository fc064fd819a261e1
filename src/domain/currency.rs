//! Currencies by their ISO 4217 codes, and how a row's closes were converted.
//!
//! Not for: converting (`compute::currency`), or pence and cents, which sources turn into whole units.

use chrono::NaiveDate;
use serde::Serialize;

use super::moves::Absent;

/// The codes of money in use, those of large markets first; metals, funds and test codes are none.
const CODES: &str = "\
    USD EUR CNY JPY GBP HKD TWD KRW INR CHF CAD AUD SGD BRL MXN ZAR SEK NOK DKK NZD PLN CZK HUF ILS TRY THB \
    MYR IDR PHP VND SAR AED QAR KWD EGP CLP COP PEN ARS RON ISK RUB UAH BGN KZT PKR BDT LKR NGN KES MAD CNH \
    AFN ALL AMD ANG AOA AWG AZN BAM BBD BHD BIF BMD BND BOB BSD BTN BWP BYN BZD CDF CRC CUP CVE DJF DOP DZD \
    ERN ETB FJD FKP GEL GHS GIP GMD GNF GTQ GYD HNL HTG IQD IRR JMD JOD KGS KHR KMF KPW KYD LAK LBP LRD LSL \
    LYD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MZN NAD NIO NPR OMR PAB PGK PYG RSD RWF SBD SCR SDG SHP SLE \
    SOS SRD SSP STN SVC SYP SZL TJS TMT TND TOP TTD TZS UGX UYU UZS VES VUV WST XAF XCD XOF XPF YER ZMW";

/// All currency codes, those of large markets first.
pub fn codes() -> impl Iterator<Item = &'static str> {
    CODES.split_whitespace()
}

/// A close in the currency that the instrument is quoted in, beside the converted one.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Local {
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// Close of the row's session, or the live value.
    pub close: Option<f64>,
}

/// How a close was converted: rate x close in the own currency.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Fx {
    /// What one unit of the own currency costs in the report's.
    pub rate: Option<f64>,
    /// The date of the rate.
    pub date: Option<NaiveDate>,
    /// Where the rate comes from.
    pub source: Option<String>,
    /// `CNY/USD`: the price of the first in units of the second.
    pub pair: Option<String>,
    /// The currency that a cross rate goes through.
    pub via: Option<String>,
    /// No rate of the session's date or a later one is known yet: the close will change; of a composite, of any
    /// member's currency.
    pub pending: bool,
    /// Why there is no rate; `none_set` for what is no amount of one currency.
    pub absent: Option<Absent>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_three_capital_letters_and_stands_once() {
        let mut all: Vec<&str> = codes().collect();
        assert!(all.iter().all(|c| c.len() == 3 && c.bytes().all(|b| b.is_ascii_uppercase())));
        let listed = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), listed);
    }
}
