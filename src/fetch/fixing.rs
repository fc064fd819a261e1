//! Currency pairs out of the European Central Bank's fixings, which are rates per euro: which
//! currencies there are, and how the rate of any two follows from theirs.
//!
//! Not for: reading an answer (`ecb`, `frankfurter`). A date on which either rate is missing has no
//! close, as neither is ever filled from another day.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::rows::{Origin, Rows, found};
use super::source::{Found, Parsed, Request, Response, Source, SourceError, symbol_of};
use super::{Described, Query, Want, wants};
use crate::domain::{Kind, Mic, RawRow};

/// The currency that all rates are per.
const PIVOT: &str = "EUR";
/// The venue whose hours the fixings have.
const VENUE: &str = "ECB";

/// The euro, and the currencies that the bank fixes.
const CODES: [&str; 30] = [
    PIVOT, "USD", "JPY", "CZK", "DKK", "GBP", "HUF", "PLN", "RON", "SEK", "CHF", "ISK", "NOK", "TRY", "AUD",
    "BRL", "CAD", "CNY", "HKD", "IDR", "ILS", "INR", "KRW", "MXN", "MYR", "NZD", "PHP", "SGD", "THB", "ZAR",
];

/// The code as this module keeps it; none for what the bank does not fix.
pub(crate) fn code(text: &str) -> Option<&'static str> {
    CODES.into_iter().find(|c| *c == text)
}

/// How many units of one currency another one costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pair {
    base: &'static str,
    quote: &'static str,
}

impl Pair {
    /// The pair of six letters, such as `USDCNY`.
    pub(crate) fn of(symbol: &str) -> Option<Self> {
        let (base, quote) = symbol.split_at_checked(3)?;
        let pair = Self { base: code(base)?, quote: code(quote)? };
        (pair.base != pair.quote).then_some(pair)
    }

    /// The six letters of a pair written as finance.yahoo.com does: `EURUSD=X`, and `JPY=X` for the
    /// dollar in yen.
    pub(crate) fn spelled(symbol: &str) -> Option<String> {
        let upper = symbol.to_uppercase();
        let word = upper.strip_suffix("=X")?;
        let letters = if word.len() == 3 { format!("USD{word}") } else { word.to_owned() };
        Self::of(&letters).map(|_| letters)
    }

    /// The rates per euro that it needs.
    fn needs(self) -> impl Iterator<Item = &'static str> {
        [self.base, self.quote].into_iter().filter(|c| *c != PIVOT)
    }

    /// What is told as its symbol: a cross rate shows the two rates it is made of.
    fn told(self) -> String {
        let Self { base, quote } = self;
        if base == PIVOT || quote == PIVOT {
            return format!("{base}{quote}");
        }
        format!("{PIVOT}/{quote} : {PIVOT}/{base}")
    }

    fn described(self) -> Described {
        Described {
            name: Some(format!("{}/{} (ECB fixing)", self.base, self.quote)),
            kind: Some(Kind::Fx),
            mic: Some(Mic::new(VENUE)),
            timezone: Some(Tz::Europe__Berlin),
            currency: Some(self.quote.to_owned()),
            decimals: Some(4),
        }
    }
}

/// The rates of one day, per euro.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Day {
    /// The day they were fixed on.
    pub(crate) date: NaiveDate,
    /// Currencies and how much of each a euro is; those without a number are left out.
    pub(crate) rates: Vec<(&'static str, f64)>,
}

impl Day {
    /// How much of the currency a euro is; none where that is not told, or told in two ways.
    fn per_euro(&self, code: &str) -> Option<f64> {
        if code == PIVOT {
            return Some(1.0);
        }
        let mut told = self.rates.iter().filter(|(c, _)| *c == code).map(|(_, rate)| *rate);
        let rate = told.next()?;
        told.all(|other| other.total_cmp(&rate).is_eq()).then_some(rate)
    }

    /// The pair's row; a rate that is no price of anything makes it one without a close.
    fn row(&self, pair: Pair) -> Option<RawRow> {
        let (base, quote) = (self.per_euro(pair.base)?, self.per_euro(pair.quote)?);
        Some(RawRow::close_only(self.date, (base > 0.0 && quote > 0.0).then(|| quote / base)))
    }
}

/// The pair that a source is asked for by a want.
pub(crate) fn pair_of(source: &dyn Source, want: &Want) -> Option<Pair> {
    Pair::of(&symbol_of(source, want)?)
}

/// The currencies that the wants need, each once, and the wants that are pairs of such.
pub(crate) fn needed(source: &dyn Source, query: &Query, wants: &[usize]) -> (Vec<&'static str>, Vec<usize>) {
    let mut codes = Vec::new();
    let mut pairs = Vec::new();
    for &at in wants {
        let Some(pair) = query.wants.get(at).and_then(|w| pair_of(source, w)) else { continue };
        pairs.push(at);
        codes.extend(pair.needs());
    }
    codes.sort_unstable();
    codes.dedup();
    (codes, pairs)
}

/// The answers to a request's wants out of these days.
pub(crate) fn answers(
    source: &dyn Source,
    query: &Query,
    request: &Request,
    days: &[Day],
    response: &Response,
) -> Parsed {
    wants::each(source, query, request, response, |origin| {
        let pair = Pair::of(origin.symbol).ok_or(SourceError::NotCovered)?;
        series(&Origin { symbol: &pair.told(), ..*origin }, pair, days)
    })
}

fn series(origin: &Origin<'_>, pair: Pair, days: &[Day]) -> Result<Found, SourceError> {
    let unfixed = |code: &&str| days.iter().all(|day| day.per_euro(code).is_none());
    if let Some(code) = pair.needs().find(unfixed).filter(|_| !days.is_empty()) {
        return Err(SourceError::NoData(format!("no fixing of {code}")));
    }
    let rows = Rows {
        rows: days.iter().filter_map(|day| day.row(pair)).collect(),
        venue: Some(VENUE),
        currency: Some(pair.quote.to_owned()),
        described: origin.want.ad_hoc.then(|| pair.described()),
        ..Rows::default()
    };
    found(origin, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(rates: &[(&'static str, f64)]) -> Day {
        Day { date: NaiveDate::MIN, rates: rates.to_vec() }
    }

    fn close(day: &Day, pair: &str) -> Option<Option<f64>> {
        day.row(Pair::of(pair).unwrap()).map(|r| r.close)
    }

    #[test]
    fn a_pair_with_the_euro_is_direct_and_any_other_is_a_quotient() {
        let day = day(&[("USD", 1.25), ("CNY", 8.0)]);
        assert_eq!(close(&day, "EURUSD"), Some(Some(1.25)));
        // A euro is 1.25 dollars, so that a dollar is 1 / 1.25 = 0.8 euros, and 8 / 1.25 = 6.4 yuan.
        assert_eq!(close(&day, "USDEUR"), Some(Some(0.8)));
        assert_eq!(close(&day, "USDCNY"), Some(Some(6.4)));
        assert_eq!(close(&day, "USDJPY"), None);
    }

    #[test]
    fn a_rate_that_is_none_gives_no_close_even_if_the_quotient_is_a_number() {
        let day = day(&[("USD", -1.25), ("CNY", -8.0), ("JPY", 0.0), ("GBP", 0.8), ("GBP", 0.9)]);
        assert_eq!(close(&day, "USDCNY"), Some(None));
        assert_eq!(close(&day, "JPYCNY"), Some(None));
        assert_eq!(close(&day, "EURGBP"), None);
    }

    #[test]
    fn only_two_different_currencies_of_the_bank_make_a_pair() {
        assert_eq!(Pair::of("USDCNY").map(Pair::told).as_deref(), Some("EUR/CNY : EUR/USD"));
        assert_eq!(Pair::of("EURUSD").map(Pair::told).as_deref(), Some("EURUSD"));
        for none in ["", "USD", "USDUSD", "USDRUB", "usdcny", "USDCNYX", "€USD", "ab€cd"] {
            assert_eq!(Pair::of(none), None, "{none}");
        }
    }

    #[test]
    fn pairs_are_spelled_from_what_is_typed() {
        let spelled = |typed| Pair::spelled(typed).unwrap_or_default();
        assert_eq!(spelled("EURUSD=X"), "EURUSD");
        assert_eq!(spelled("jpy=x"), "USDJPY");
        assert_eq!(spelled("GBPUSD=X"), "GBPUSD");
        for none in ["USD=X", "EURUSD", "AAPL", "BTC-USD", "XAU=X", "=X"] {
            assert_eq!(spelled(none), "", "{none}");
        }
    }
}
