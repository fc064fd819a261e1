//! What a symbol of the exchanges of mainland China and Hong Kong, written as finance.yahoo.com does
//! (`600519.SS`, `0700.HK`) or as most Chinese sites do (`sh600519`), says by its digits alone.
//!
//! Not for: instruments of the catalogue, or codes whose kind or currency the digits leave open (B shares,
//! funds that are traded in several currencies, bonds): those are none here.

use chrono_tz::Tz;

use super::Described;
use crate::domain::{Kind, Mic};

/// An exchange that numbers what it lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Market {
    /// Shanghai.
    Shanghai,
    /// Shenzhen.
    Shenzhen,
    /// Hong Kong.
    HongKong,
}

/// A listing by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Listing<'a> {
    /// Where it is listed.
    pub(crate) market: Market,
    /// Its digits: six, in Hong Kong four.
    pub(crate) code: &'a str,
    /// What the digits say it is.
    pub(crate) kind: Kind,
}

/// The listing that a symbol names; none for bare digits, which may be of either mainland exchange.
pub(crate) fn listing(symbol: &str) -> Option<Listing<'_>> {
    let (code, place) = match symbol.split_once('.') {
        Some(parts) => parts,
        None => symbol.split_at_checked(2).map(|(place, code)| (code, place))?,
    };
    let market = match (place.to_ascii_uppercase().as_str(), symbol.contains('.')) {
        ("SS", true) | ("SH", _) => Market::Shanghai,
        ("SZ", _) => Market::Shenzhen,
        ("HK", true) => Market::HongKong,
        _ => return None,
    };
    let digits = if market == Market::HongKong { 4 } else { 6 };
    if code.len() != digits || !code.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let kind = market.kind(code)?;
    Some(Listing { market, code, kind })
}

impl Listing<'_> {
    /// Market and code as most Chinese sites write them: `sh600519`, `sz000858`, `hk00700`.
    pub(crate) fn prefixed(self) -> String {
        let place = match self.market {
            Market::Shanghai => "sh",
            Market::Shenzhen => "sz",
            Market::HongKong => "hk0",
        };
        format!("{place}{}", self.code)
    }

    /// What is certain of the listing.
    pub(crate) fn described(self) -> Described {
        let (mic, currency) = match self.market {
            Market::Shanghai => ("XSHG", "CNY"),
            Market::Shenzhen => ("XSHE", "CNY"),
            Market::HongKong => ("XHKG", "HKD"),
        };
        Described {
            kind: Some(self.kind),
            mic: Some(Mic::new(mic)),
            timezone: Some(self.market.zone()),
            currency: Some(currency.to_owned()),
            decimals: self.decimals(),
            ..Described::default()
        }
    }

    /// As prices are quoted; in Hong Kong that differs from share to share.
    fn decimals(self) -> Option<u8> {
        match (self.market, self.kind) {
            (Market::HongKong, _) => None,
            (_, Kind::Etf) => Some(3),
            _ => Some(2),
        }
    }
}

impl Market {
    /// The zone that dates its sessions.
    pub(crate) fn zone(self) -> Tz {
        match self {
            Market::Shanghai | Market::Shenzhen => Tz::Asia__Shanghai,
            Market::HongKong => Tz::Asia__Hong_Kong,
        }
    }

    /// The kind by the exchange's plan of numbers; none where that leaves kind or currency open.
    fn kind(self, code: &str) -> Option<Kind> {
        let begins = |with: &[&str]| with.iter().any(|w| code.starts_with(w));
        match self {
            Market::Shanghai if begins(&["600", "601", "603", "605", "688", "689"]) => Some(Kind::Stock),
            Market::Shanghai if begins(&["000"]) => Some(Kind::Index),
            Market::Shanghai if begins(&["51", "56", "58"]) => Some(Kind::Etf),
            Market::Shenzhen if begins(&["000", "001", "002", "003", "300", "301", "302"]) => {
                Some(Kind::Stock)
            }
            Market::Shenzhen if begins(&["399"]) => Some(Kind::Index),
            Market::Shenzhen if begins(&["159"]) => Some(Kind::Etf),
            Market::HongKong => hong_kong(code.parse().ok()?),
            Market::Shanghai | Market::Shenzhen => None,
        }
    }
}

/// Debt has 4000 to 5999; funds traded in US dollars have 9000 to 9199 and 9800 to 9849.
fn hong_kong(number: u16) -> Option<Kind> {
    match number {
        0 | 4000..=5999 | 9000..=9199 | 9800..=9849 => None,
        2800..=2849 | 3000..=3199 | 3400..=3499 | 7200..=7399 | 7500..=7599 => Some(Kind::Etf),
        _ => Some(Kind::Stock),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(symbol: &str) -> Option<(Market, Kind)> {
        listing(symbol).map(|l| (l.market, l.kind))
    }

    #[test]
    fn one_number_is_an_index_in_shanghai_and_a_bank_in_shenzhen() {
        assert_eq!(said("000001.SS"), Some((Market::Shanghai, Kind::Index)));
        assert_eq!(said("000001.SZ"), Some((Market::Shenzhen, Kind::Stock)));
    }

    #[test]
    fn shares_indices_and_funds_are_told_by_their_digits() {
        assert_eq!(said("600519.ss"), Some((Market::Shanghai, Kind::Stock)));
        assert_eq!(said("510300.SS"), Some((Market::Shanghai, Kind::Etf)));
        assert_eq!(said("159915.SZ"), Some((Market::Shenzhen, Kind::Etf)));
        assert_eq!(said("399006.SZ"), Some((Market::Shenzhen, Kind::Index)));
        assert_eq!(said("0700.HK"), Some((Market::HongKong, Kind::Stock)));
        assert_eq!(said("2800.HK"), Some((Market::HongKong, Kind::Etf)));
        assert_eq!(said("9988.HK"), Some((Market::HongKong, Kind::Stock)));
    }

    #[test]
    fn what_may_be_in_another_currency_or_of_another_kind_is_none() {
        // B shares of Shanghai (US dollars) and Shenzhen, a dollar counter, a renminbi counter, a bond.
        for other in ["900901.SS", "200012.SZ", "9010.HK", "80700.HK", "4300.HK", "113050.SS"] {
            assert_eq!(said(other), None, "{other}");
        }
        for other in ["600519", "60051.SS", "6005199.SS", "60051X.SS", "700.HK", "AAPL", "BRK.B", ".SS", ""] {
            assert_eq!(said(other), None, "{other}");
        }
        for other in [
            "000001",
            "sh60051",
            "sh6005199",
            "sh60051x",
            "ss600519",
            "hk0700",
            "shanghai",
            "６００５１９.SS",
            "科创",
        ] {
            assert_eq!(said(other), None, "{other}");
        }
    }

    #[test]
    fn a_symbol_is_read_in_every_spelling_and_written_in_one() {
        for spelling in ["600519.SS", "600519.sh", "sh600519", "SH600519"] {
            assert_eq!(listing(spelling).unwrap().prefixed(), "sh600519", "{spelling}");
        }
        assert_eq!(listing("sz000858").unwrap().prefixed(), "sz000858");
        assert_eq!(listing("0700.HK").unwrap().prefixed(), "hk00700");
    }

    #[test]
    fn shares_and_indices_have_two_decimals_and_funds_three() {
        for (symbol, decimals) in
            [("600519.SS", Some(2)), ("sz399006", Some(2)), ("510300.SS", Some(3)), ("0700.HK", None)]
        {
            assert_eq!(listing(symbol).unwrap().described().decimals, decimals, "{symbol}");
        }
    }

    #[test]
    fn a_listing_is_described_by_its_exchange() {
        let described = listing("0700.HK").unwrap().described();
        assert_eq!(described.mic, Some(Mic::new("XHKG")));
        assert_eq!(described.timezone, Some(Tz::Asia__Hong_Kong));
        assert_eq!((described.currency.as_deref(), described.name), (Some("HKD"), None));
    }
}
