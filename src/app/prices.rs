//! Closes held as prices for an accounting program: which series they are of, what is priced, and in which
//! currency.
//!
//! Not for: how such a program wants them written (`render`).

use crate::domain::history::{HeldSeries, PriceList};
use crate::domain::{Basis, History, InstrumentId, Kind, Universe};

/// What yahoo calls a pair ends so.
const PAIR: &str = "=X";

/// Closes that are no prices.
#[derive(Debug, thiserror::Error)]
pub enum NoPrice {
    /// Of a rate or a volatility index.
    #[error(
        "{0} is quoted in percent or points and no currency buys it, so it has no price; take --format csv or json"
    )]
    Points(InstrumentId),
    /// Of something that no source told the currency of.
    #[error("the currency of {0}'s closes is not known, so they are no prices; take --format csv or json")]
    Currency(InstrumentId),
    /// Of a pair whose first currency its id does not tell.
    #[error(
        "{0} is a currency pair, and its id does not say which currency is priced; take --format csv or json"
    )]
    Pair(InstrumentId),
}

/// The first series in order as prices; of several, one on the instrument's own basis. None where nothing
/// is held.
pub(super) fn of(held: History, universe: &Universe) -> Result<Option<PriceList>, NoPrice> {
    let History { id, name, mut series, .. } = held;
    let instrument = universe.instrument(&id);
    let kind = instrument.map(|i| i.kind);
    if kind == Some(Kind::Rate) || instrument.is_some_and(|i| i.in_points) {
        return Err(NoPrice::Points(id));
    }
    let own = |s: &HeldSeries| s.basis == instrument.map_or(Basis::Price, |i| i.basis);
    if series.is_empty() {
        return Ok(None);
    }
    let first = series.remove(series.iter().position(own).unwrap_or_default());
    let told = first.currency.clone().or_else(|| instrument.and_then(|i| i.currency.clone()));
    let Some(currency) = told.filter(|c| !c.is_empty()) else { return Err(NoPrice::Currency(id)) };
    let Some(commodity) = priced(id.as_str(), &currency, kind) else { return Err(NoPrice::Pair(id)) };
    let others = series.iter().map(|s| format!("{} {}", s.source, s.symbol)).collect();
    let kind = kind.unwrap_or(Kind::Stock);
    Ok(Some(PriceList { id, name, commodity, currency, kind, series: first, others }))
}

/// What is priced: of `EURUSD` and `ETH-USD` in USD the first half, else the instrument itself.
fn priced(id: &str, currency: &str, kind: Option<Kind>) -> Option<String> {
    let words = id.strip_suffix(PAIR);
    if kind != Some(Kind::Fx) && words.is_none() {
        let half = id.strip_suffix(currency).and_then(|rest| rest.strip_suffix(['-', '/']));
        return Some(half.filter(|h| !h.is_empty()).unwrap_or(id).to_owned());
    }
    match words.unwrap_or(id).strip_suffix(currency)? {
        // `JPY=X` is yahoo's name for the dollar in yen.
        "" if words.is_some() => Some("USD".to_owned()),
        first if first.len() == 3 && first.chars().all(|c| c.is_ascii_uppercase()) => Some(first.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_pair_the_first_currency_is_priced_and_of_all_else_the_instrument() {
        let fx = |id, currency| priced(id, currency, Some(Kind::Fx));
        assert_eq!(fx("EURUSD", "USD").as_deref(), Some("EUR"));
        assert_eq!(fx("USDCNY", "CNY").as_deref(), Some("USD"));
        assert_eq!(fx("DXY", "USD"), None);
        assert_eq!(fx("EURUSD", "JPY"), None);
        let unlisted = |id, currency| priced(id, currency, None).unwrap();
        assert_eq!(unlisted("GBPUSD=X", "USD"), "GBP");
        assert_eq!(unlisted("SEK=X", "SEK"), "USD");
        assert_eq!(unlisted("ETH-USD", "USD"), "ETH");
        assert_eq!(unlisted("BRK-B", "USD"), "BRK-B");
        assert_eq!(priced("BTC", "USD", Some(Kind::Coin)).unwrap(), "BTC");
        assert_eq!(priced("STAR50", "CNY", Some(Kind::Index)).unwrap(), "STAR50");
        assert_eq!(unlisted("USD", "USD"), "USD");
    }
}
