//! Symbols of Shanghai and Shenzhen, and what is certain of them by their code alone.
//!
//! Not for: instruments of the catalogue, which says what they are, or other exchanges.

use chrono_tz::Tz;

use super::Described;
use crate::domain::{Kind, Mic};

/// A symbol of Shanghai or Shenzhen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mainland {
    /// `sh` or `sz`.
    pub(crate) market: &'static str,
    /// Six digits.
    pub(crate) code: String,
    class: Option<Class>,
}

/// Kind, currency and decimals.
type Class = (Kind, &'static str, u8);

impl Mainland {
    /// Reads `600519.SS` (also `.SH`), `000858.SZ` and `sh600519`; none for a bare code, which may be
    /// of either exchange.
    pub(crate) fn read(symbol: &str) -> Option<Self> {
        let symbol = symbol.to_ascii_lowercase();
        let (market, code) = match symbol.split_once('.') {
            Some((code, "ss" | "sh")) => ("sh", code),
            Some((code, "sz")) => ("sz", code),
            Some(_) => return None,
            None => match symbol.strip_prefix("sh") {
                Some(code) => ("sh", code),
                None => ("sz", symbol.strip_prefix("sz")?),
            },
        };
        if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        Some(Self { market, code: code.to_owned(), class: class(market, code) })
    }

    /// Market and code as most Chinese sites write them (`sh600519`).
    pub(crate) fn prefixed(&self) -> String {
        format!("{}{}", self.market, self.code)
    }

    /// What is certain of it: exchange and zone, and for most codes kind and currency.
    pub(crate) fn described(&self) -> Described {
        Described {
            name: None,
            kind: self.class.map(|(kind, ..)| kind),
            mic: Some(Mic::new(if self.market == "sh" { "XSHG" } else { "XSHE" })),
            timezone: Some(Tz::Asia__Shanghai),
            currency: self.class.map(|(_, currency, _)| currency.to_owned()),
            decimals: self.class.map(|(.., decimals)| decimals),
        }
    }
}

/// What the exchanges' own blocks of codes tell; nothing for bonds, closed funds and the like.
fn class(market: &str, code: &str) -> Option<Class> {
    let starts = |blocks: &[&str]| blocks.iter().any(|b| code.starts_with(b));
    match market {
        "sh" if starts(&["60", "688", "689"]) => Some((Kind::Stock, "CNY", 2)),
        "sh" if starts(&["900"]) => Some((Kind::Stock, "USD", 3)),
        "sh" if starts(&["51", "56", "58"]) => Some((Kind::Etf, "CNY", 3)),
        "sh" if starts(&["000"]) => Some((Kind::Index, "CNY", 2)),
        "sz" if starts(&["000", "001", "002", "003", "300", "301", "302"]) => Some((Kind::Stock, "CNY", 2)),
        "sz" if starts(&["200"]) => Some((Kind::Stock, "HKD", 2)),
        "sz" if starts(&["159"]) => Some((Kind::Etf, "CNY", 3)),
        "sz" if starts(&["399"]) => Some((Kind::Index, "CNY", 2)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_is_read_in_every_spelling_and_the_same_digits_differ_by_exchange() {
        for spelling in ["600519.SS", "600519.sh", "sh600519", "SH600519"] {
            assert_eq!(Mainland::read(spelling).unwrap().prefixed(), "sh600519", "{spelling}");
        }
        let of = |symbol: &str| Mainland::read(symbol).unwrap().described();
        // The Shanghai Composite and Ping An Bank.
        assert_eq!((of("000001.SS").kind, of("000001.SZ").kind), (Some(Kind::Index), Some(Kind::Stock)));
        assert_eq!(of("000858.SZ").mic, Some(Mic::new("XSHE")));
        // B shares are quoted in foreign money.
        assert_eq!(of("900901.SS").currency.as_deref(), Some("USD"));
        assert_eq!(of("200002.SZ").currency.as_deref(), Some("HKD"));
        assert_eq!(of("510300.SS").kind, Some(Kind::Etf));
    }

    #[test]
    fn of_a_code_in_no_known_block_only_exchange_and_zone_are_certain() {
        let fund = Mainland::read("501018.SS").unwrap();
        let said = fund.described();
        assert_eq!((fund.prefixed().as_str(), said.mic), ("sh501018", Some(Mic::new("XSHG"))));
        assert_eq!((said.kind, said.currency, said.decimals), (None, None, None));
    }

    #[test]
    fn what_is_not_six_digits_of_a_named_exchange_is_no_symbol_of_the_mainland() {
        for other in [
            "000001",
            "0700.HK",
            "AAPL",
            "sh60051",
            "sh6005199",
            "sh60051x",
            "shanghai",
            "",
            "６００５１９.SS",
        ] {
            assert_eq!(Mainland::read(other), None, "{other}");
        }
    }
}
