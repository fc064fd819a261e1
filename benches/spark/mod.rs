//! Answers of the batch endpoint in the source's own shape, made up: two years of weekday closes.
//!
//! Not for: measuring. The benches share it so that they read the same bytes.

use std::fmt::Write;

use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeZone, Weekday};
use chrono_tz::Tz;
use marketsnap::domain::{Instrument, Universe};

/// The source that the answers imitate.
pub(crate) const SOURCE: &str = "yahoo";
/// Calendar days of an answer.
const DAYS: u64 = 731;
/// Local time of day that rows are stamped with.
const OPEN: NaiveTime = match NaiveTime::from_hms_opt(9, 30, 0) {
    Some(open) => open,
    None => NaiveTime::MIN,
};

/// The body of an answer for `symbols` whose newest row is that of the last weekday until `last`. What
/// the catalogue knows of a symbol is answered as the catalogue has it, so that nothing is to be warned
/// of.
pub(crate) fn body(universe: &Universe, symbols: &[&str], last: NaiveDate) -> String {
    let results: Vec<String> = symbols.iter().map(|symbol| result(universe, symbol, last)).collect();
    format!(r#"{{"spark":{{"result":[{}],"error":null}}}}"#, results.join(","))
}

fn result(universe: &Universe, symbol: &str, last: NaiveDate) -> String {
    let known = universe.instruments().iter().find(|i| i.symbol(SOURCE) == Some(symbol));
    let zone = known.and_then(|i| zone(universe, i)).unwrap_or(Tz::America__New_York);
    let currency = known.and_then(|i| i.currency.as_deref()).unwrap_or("USD");
    let first = last.checked_sub_days(Days::new(DAYS)).unwrap_or(last);
    let salt: usize = symbol.bytes().map(usize::from).sum();
    let (mut stamps, mut closes) = (String::new(), String::new());
    let (mut newest, mut price) = (0, 0.0);
    let weekdays = first.iter_days().skip(1).take_while(|d| *d <= last);
    for (n, date) in weekdays.filter(|d| !matches!(d.weekday(), Weekday::Sat | Weekday::Sun)).enumerate() {
        let Some(at) = zone.from_local_datetime(&date.and_time(OPEN)).earliest() else { continue };
        (newest, price) = (at.timestamp(), close(salt, n));
        let comma = if stamps.is_empty() { "" } else { "," };
        // Writing to a text cannot fail.
        let _ = write!(stamps, "{comma}{newest}");
        let _ = write!(closes, "{comma}{price}");
    }
    format!(
        r#"{{"symbol":"{symbol}","response":[{{"meta":{{"currency":"{currency}","symbol":"{symbol}","exchangeName":"SNP","instrumentType":"INDEX","gmtoffset":0,"exchangeTimezoneName":"{zone}","priceHint":2,"dataGranularity":"1d","range":"2y","validRanges":["1d","5d","1mo","2y"],"regularMarketTime":{newest},"regularMarketPrice":{price}}},"timestamp":[{stamps}],"indicators":{{"quote":[{{"close":[{closes}]}}],"adjclose":[{{"adjclose":[{closes}]}}]}}}}]}}"#
    )
}

/// The zone of the instrument's venue.
pub(crate) fn zone(universe: &Universe, instrument: &Instrument) -> Option<Tz> {
    universe.exchange(&instrument.exchange).map(|e| e.timezone)
}

/// A close with the digits of a single-precision float, as the source sends them.
fn close(salt: usize, day: usize) -> f64 {
    f64::from(100.0 + ((day * 37 + salt * 11) % 97) as f32 / 9.7)
}
