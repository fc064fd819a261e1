//! The demo's closes served in Yahoo's formats: f32 closes widened to doubles, rows stamped at their
//! session's opening, unknown symbols left out of a batch.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime, TimeZone};
use marketsnap::catalogue;
use marketsnap::domain::{Exchange, Kind, Universe, VenueKind};

use crate::support::server::{Server, Step};

const CLOSES: &str = include_str!("../../src/fetch/demo-closes.txt");

/// A local stand-in that holds every close of the demo.
pub struct Replay(Server);

impl Replay {
    pub fn start() -> Self {
        let universe = catalogue::load().unwrap();
        let closes = closes();
        Self(Server::new(move |_, path| answer(path, &universe, &closes)))
    }

    pub fn url(&self) -> String {
        self.0.url()
    }

    pub fn paths(&self) -> Vec<String> {
        self.0.paths()
    }
}

/// Dates with closes, oldest first, by id.
pub type Closes = BTreeMap<String, Vec<(NaiveDate, f64)>>;

/// Every close of the demo.
pub fn closes() -> Closes {
    let mut all = Closes::new();
    for line in CLOSES.lines().filter(|l| !l.starts_with('#') && !l.is_empty()) {
        let mut words = line.split(' ').filter(|w| !w.starts_with('@'));
        let (id, month) = (words.next().unwrap(), words.next().unwrap());
        for pair in words {
            let (day, close) = pair.split_once('=').unwrap();
            let date = format!("{month}-{day}").parse().unwrap();
            all.entry(id.to_owned()).or_default().push((date, close.parse().unwrap()));
        }
    }
    all
}

/// What Yahoo would answer.
pub fn answer(path: &str, universe: &Universe, closes: &Closes) -> Step {
    if let Some((_, query)) = path.split_once("/v7/finance/spark?symbols=") {
        let symbols = query.split('&').next().unwrap().split(',').map(decode);
        let found: Vec<String> = symbols
            .filter_map(|s| {
                Some(format!(r#"{{"symbol":"{s}","response":[{}]}}"#, result(&s, universe, closes)?))
            })
            .collect();
        return Step::ok(format!(r#"{{"spark":{{"result":[{}],"error":null}}}}"#, found.join(",")));
    }
    let symbol = decode(path.split_once("/chart/").unwrap().1.split('?').next().unwrap());
    let result = match symbol.as_str() {
        "TENCENT.HK" => Some(row_of(
            "TENCENT.HK",
            "HKG",
            "HKD",
            "Asia/Hong_Kong",
            "Tencent",
            &[1_768_872_600, 1_768_959_000],
            &[600.0, 603.0],
        )),
        "EVIL" => Some(row_of(
            "EVIL",
            "NMS",
            "USD",
            "America/New_York",
            "\\u001b[31mEvil\\u202e\\r\\n Corp",
            &[1_768_573_800, 1_768_919_400],
            &[10.0, 11.0],
        )),
        _ => result(&symbol, universe, closes),
    };
    match result {
        Some(result) => Step::ok(format!(r#"{{"chart":{{"result":[{result}],"error":null}}}}"#)),
        None => Step::status(
            404,
            r#"{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}}"#,
        ),
    }
}

fn result(symbol: &str, universe: &Universe, closes: &Closes) -> Option<String> {
    let instrument = universe.instruments().iter().find(|i| i.symbol("yahoo") == Some(symbol))?;
    let rows = closes.get(instrument.id.as_str())?;
    let exchange = universe.exchange(&instrument.exchange)?;
    let stamps: Vec<i64> = rows.iter().map(|(date, _)| opening(exchange, *date)).collect();
    let prices: Vec<f64> = rows.iter().map(|(_, close)| *close).collect();
    let zone = if instrument.kind == Kind::Fx { "Europe/London" } else { exchange.timezone.name() };
    let currency = instrument.currency.as_deref().unwrap_or("USD");
    Some(row_of(symbol, "X", currency, zone, &instrument.name, &stamps, &prices))
}

/// When Yahoo stamps a daily row: the opening, or local midnight where trading goes on around the clock.
fn opening(exchange: &Exchange, date: NaiveDate) -> i64 {
    match exchange.kind {
        VenueKind::Exchange => exchange.session_times(date).open.timestamp(),
        _ => exchange.timezone.from_local_datetime(&date.and_time(NaiveTime::MIN)).unwrap().timestamp(),
    }
}

fn row_of(
    symbol: &str,
    exchange: &str,
    currency: &str,
    zone: &str,
    name: &str,
    stamps: &[i64],
    prices: &[f64],
) -> String {
    let widened: Vec<String> = prices.iter().map(|p| widened(*p).to_string()).collect();
    let stamps: Vec<String> = stamps.iter().map(i64::to_string).collect();
    // A previous close that is not yesterday's, as the service sends it.
    format!(
        r#"{{"meta":{{"currency":"{currency}","symbol":"{symbol}","exchangeName":"{exchange}","instrumentType":"EQUITY",
        "exchangeTimezoneName":"{zone}","longName":"{name}","chartPreviousClose":1.5,"dataGranularity":"1d"}},
        "timestamp":[{}],"indicators":{{"quote":[{{"close":[{}]}}]}}}}"#,
        stamps.join(","),
        widened.join(",")
    )
}

/// The 32-bit float that the service would send, widened; as it is where that would lose a digit.
#[allow(clippy::cast_possible_truncation)]
fn widened(price: f64) -> f64 {
    let narrow = price as f32;
    if narrow.to_string() == price.to_string() { f64::from(narrow) } else { price }
}

/// A symbol as it is without the escapes of a URL.
pub fn decode(symbol: &str) -> String {
    symbol.replace("%5E", "^").replace("%3D", "=")
}
