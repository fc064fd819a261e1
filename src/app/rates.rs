//! The rates of exchange that a report in one currency needs: pairs asked for beside the rows.
//!
//! Not for: converting (`compute::currency`). A pair of the catalogue is taken where it has one, from the sources
//! of its row. Other pairs are asked of those sources first that have all currencies in one answer; where a rate is
//! made of two pairs, in the usual order, so that both are prices of one hour.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::Plan;
use super::usage::UsageError;
use crate::compute::currency::{self, PIVOT};
use crate::domain::currency::codes;
use crate::domain::text::sanitise;
use crate::domain::{Instrument, InstrumentId, Kind, Mic, Series, Universe};
use crate::fetch::Want;

/// The word for each instrument's own currency.
const LOCAL: &str = "local";
/// The section of pairs outside the catalogue; none of them is a row.
const SECTION: &str = "Rates of exchange";
/// The venue of currency pairs.
const VENUE: &str = "FX";
/// Sources that have all currencies in one answer.
const AT_ONCE: [&str; 2] = ["frankfurter", "ecb"];
/// Currencies that are quoted in dollars and not the other way round.
const DIRECT: [&str; 4] = ["EUR", "GBP", "AUD", "NZD"];
/// From this likeness on a code is taken for a slip of another.
const NEAR: f64 = 0.7;

/// The currency that a word means; none for each instrument's own.
///
/// # Errors
/// [`UsageError::UnknownCurrency`] for what is no code of money in use.
pub(super) fn currency(word: Option<&str>) -> Result<Option<String>, UsageError> {
    let Some(word) = word.map(str::trim).filter(|w| !w.eq_ignore_ascii_case(LOCAL)) else { return Ok(None) };
    if let Some(code) = codes().find(|c| c.eq_ignore_ascii_case(word)) {
        return Ok(Some(code.to_owned()));
    }
    Err(no_currency(word))
}

/// What is told of a code that is no currency's.
pub(super) fn no_currency(word: &str) -> UsageError {
    let upper = word.to_uppercase();
    let mut near: Vec<(f64, &str)> = codes().map(|c| (strsim::jaro_winkler(c, &upper), c)).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    let hint = match near.first().filter(|(like, _)| *like > NEAR) {
        Some((_, code)) => format!("did you mean {code}?"),
        None => "name an ISO 4217 code such as USD, or local".to_owned(),
    };
    UsageError::UnknownCurrency { word: sanitise(word, 40), hint }
}

/// The wants, and behind them the pairs that converting their closes needs.
pub(super) fn beside(mut wants: Vec<Want>, to: Option<&str>, universe: &mut Universe) -> Vec<Want> {
    if let Some(to) = to {
        let more = lacking(&wants, to, &BTreeMap::new(), universe);
        wants.extend(more);
    }
    wants
}

/// Adds to a plan the pairs whose need showed only when the sources, or the store, said what a symbol is; gives
/// them back.
pub(super) fn add(plan: &mut Plan, series: &BTreeMap<InstrumentId, Series>) -> Vec<Want> {
    let Some(to) = plan.currency.clone() else { return Vec::new() };
    let more = lacking(&plan.query.wants, &to, series, &mut plan.universe);
    plan.query.wants.extend(more.iter().cloned());
    more
}

/// The pairs that a plan's closes are converted by.
pub(super) fn pairs(plan: &Plan) -> Vec<InstrumentId> {
    let pairs = plan.query.wants.iter().map(|w| &w.instrument).filter(|i| i.kind == Kind::Fx);
    pairs.filter(|_| plan.currency.is_some()).map(|i| i.id.clone()).collect()
}

/// The pairs that are needed and not among the wants.
fn lacking(
    wants: &[Want],
    to: &str,
    series: &BTreeMap<InstrumentId, Series>,
    universe: &mut Universe,
) -> Vec<Want> {
    let mut needed: BTreeSet<String> = BTreeSet::new();
    for want in wants {
        let Some(instrument) = universe.instrument(&want.instrument.id) else { continue };
        let told = series.get(&instrument.id).and_then(|s| s.provenance.currency.as_ref());
        let Some(own) = told.or(instrument.currency.as_ref()) else { continue };
        // What a symbol is, and in which currency, its source has not said yet.
        if currency::is_money(instrument) && own != to {
            needed.extend(currency::legs(own, to).map(str::to_owned));
        }
    }
    let wanted: BTreeSet<&InstrumentId> = wants.iter().map(|w| &w.instrument.id).collect();
    let mut more = Vec::new();
    for code in needed {
        if currency::pair(universe, &code).is_none() {
            let sources = AT_ONCE.iter().filter(|_| to == PIVOT).map(|s| (*s).to_owned()).collect();
            universe.add(Instrument { sources, ..generated(&code) });
        }
        let pair = currency::pair(universe, &code).filter(|i| !wanted.contains(&i.id));
        let Some(instrument) = pair.cloned() else { continue };
        let zone = universe.exchange(&instrument.exchange).map(|e| e.timezone);
        more.push(Want { instrument, zone, ad_hoc: false });
    }
    more
}

/// A pair of a currency and the dollar that the catalogue does not have.
fn generated(code: &str) -> Instrument {
    let direct = DIRECT.contains(&code);
    let (base, quote) = if direct { (code, PIVOT) } else { (PIVOT, code) };
    let letters = format!("{base}{quote}");
    let yahoo = if direct { format!("{letters}=X") } else { format!("{code}=X") };
    let fixed = AT_ONCE.map(|source| (source.to_owned(), letters.clone()));
    Instrument {
        name: format!("{base}/{quote}"),
        kind: Kind::Fx,
        exchange: Mic::new(VENUE),
        currency: Some(quote.to_owned()),
        decimals: 4,
        shown: false,
        symbols: fixed.into_iter().chain([("yahoo".to_owned(), yahoo)]).collect(),
        ..Instrument::unlisted(&letters, SECTION)
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::catalogue;
    use crate::fetch::{self, Query};

    fn want(universe: &Universe, id: &str) -> Want {
        let instrument = universe.instrument(&InstrumentId::new(id)).unwrap().clone();
        Want { instrument, zone: None, ad_hoc: false }
    }

    fn beside_these(ids: &[&str], to: &str) -> (Vec<Want>, Vec<String>) {
        let mut universe = catalogue::load().unwrap();
        let wants: Vec<Want> = ids.iter().map(|id| want(&universe, id)).collect();
        let all = beside(wants, Some(to), &mut universe);
        let rates = all[ids.len()..].to_vec();
        let names = rates.iter().map(|w| w.instrument.id.to_string()).collect();
        (rates, names)
    }

    #[test]
    fn only_the_pairs_that_something_needs_are_asked_for_each_once() {
        assert_eq!(beside_these(&["STAR50", "CSI300", "SP500", "VIX"], "USD").1, ["USDCNY"]);
        assert_eq!(beside_these(&["STAR50", "NIKKEI225", "DAX"], "EUR").1, ["USDCNY", "EURUSD", "USDJPY"]);
        assert_eq!(beside_these(&["SP500", "GOLD", "US10Y", "USDCNY"], "USD").1, [""; 0]);
        // A pair that is a row already is not asked for twice.
        assert_eq!(beside_these(&["STAR50", "USDCNY"], "USD").1, [""; 0]);
        assert_eq!(beside_these(&["FTSE100", "ASX200"], "USD").1, ["AUDUSD", "GBPUSD"]);
    }

    #[test]
    fn pairs_that_are_no_rows_share_one_request_and_the_taiwan_dollar_comes_from_yahoo() {
        let (wants, names) = beside_these(&["HSI", "KOSPI", "STAR50", "TAIEX"], "USD");
        assert_eq!(names, ["USDCNY", "USDHKD", "USDKRW", "USDTWD"]);
        let first = |wants: &[Want]| {
            wants
                .iter()
                .map(|w| w.instrument.sources.first().cloned().unwrap_or_default())
                .collect::<Vec<_>>()
        };
        assert_eq!(first(&wants), ["", "frankfurter", "frankfurter", "frankfurter"]);
        let covered =
            |name: &str| wants.iter().map(|w| fetch::covers(name, &w.instrument)).collect::<Vec<_>>();
        assert_eq!(covered("frankfurter"), [true, true, true, false]);
        assert_eq!(covered("ecb"), [true, true, true, false]);
        assert_eq!(covered("yahoo"), [true; 4]);
        assert_eq!(wants[3].instrument.symbol("yahoo"), Some("TWD=X"));
        let day = NaiveDate::from_ymd_opt(2026, 1, 21).unwrap();
        let query = Query { wants, from: day, until: day };
        let requests = fetch::source("frankfurter").unwrap().requests(&query, &[1, 2]);
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].wants, [1, 2]);
        // A cross of two pairs takes both from where the catalogue's comes from.
        assert_eq!(first(&beside_these(&["HSI"], "EUR").0), ["", ""]);
    }

    #[test]
    fn a_symbol_needs_a_pair_once_its_source_has_said_its_currency() {
        let mut universe = catalogue::load().unwrap();
        let symbol = Instrument::unlisted("0700.HK", "Asked for");
        universe.add(symbol.clone());
        let wants = vec![Want { instrument: symbol.clone(), zone: None, ad_hoc: true }];
        assert_eq!(lacking(&wants, "USD", &BTreeMap::new(), &mut universe), []);
        universe.instrument_mut(&symbol.id).unwrap().currency = Some("HKD".to_owned());
        let more = lacking(&wants, "USD", &BTreeMap::new(), &mut universe);
        assert_eq!(more[0].instrument.id.as_str(), "USDHKD");
    }

    #[test]
    fn a_word_means_a_currency_without_regard_to_case() {
        assert_eq!(currency(Some(" usd ")).unwrap().as_deref(), Some("USD"));
        assert_eq!(currency(Some("TWD")).unwrap().as_deref(), Some("TWD"));
        assert_eq!((currency(None).unwrap(), currency(Some("LOCAL")).unwrap()), (None, None));
        assert!(currency(Some("\u{1b}[31m")).unwrap_err().to_string().contains("ISO 4217"));
        assert!(currency(Some("")).is_err());
    }
}
