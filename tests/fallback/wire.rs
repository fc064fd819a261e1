//! Closes in each source's own format.

use std::collections::BTreeMap;
use std::fmt::Write;

use chrono::NaiveDate;
use marketsnap::domain::{Kind, Universe};

use crate::replay::{self, Closes, decode};
use crate::support::server::Step;

type Row = (NaiveDate, f64);

/// What one source holds.
struct Held<'a> {
    source: &'a str,
    universe: &'a Universe,
    closes: &'a Closes,
}

impl Held<'_> {
    /// The closes of a symbol as this source writes it.
    fn rows(&self, symbol: &str) -> Option<&[Row]> {
        let mut all = self.universe.instruments().iter();
        let listed = all.find(|i| i.symbol(self.source) == Some(symbol));
        self.closes.get(listed.map_or(symbol, |i| i.id.as_str())).map(Vec::as_slice)
    }

    fn is_index(&self, symbol: &str) -> bool {
        let mut all = self.universe.instruments().iter();
        all.any(|i| i.symbol(self.source) == Some(symbol) && i.kind == Kind::Index)
    }
}

/// What a source in good health answers to a path of its own.
pub fn answer(source: &str, path: &str, universe: &Universe, closes: &Closes) -> Step {
    let held = Held { source, universe, closes };
    match source {
        "yahoo" => replay::answer(path, universe, closes),
        "tencent" => tencent(path, &held),
        "sina" => sina(path, &held),
        "eastmoney" => eastmoney(path, &held),
        "csindex" => csindex(path, &held),
        "hsi" => hsi(path, &held),
        "frankfurter" => frankfurter(path, &held),
        "ecb" => ecb(path, &held),
        "fred" => fred(path, &held),
        "cboe" => cboe(path, &held),
        "coinbase" => coinbase(path, &held),
        _ => Step::status(404, "no such source"),
    }
}

/// The value of a parameter; nothing where it is absent.
fn param(path: &str, name: &str) -> String {
    let query = path.split_once('?').map_or("", |(_, q)| q);
    let mut pairs = query.split('&').filter_map(|p| p.split_once('='));
    pairs.find(|(n, _)| *n == name).map(|(_, v)| decode(v)).unwrap_or_default()
}

fn list<T>(rows: &[T], each: impl Fn(&T) -> String) -> String {
    rows.iter().map(each).collect::<Vec<_>>().join(",")
}

fn tencent(path: &str, held: &Held<'_>) -> Step {
    let asked = param(path, "param");
    let parts: Vec<&str> = asked.split(',').collect();
    assert_eq!(
        (path.split('?').next(), parts[1], parts[5]),
        (Some("/appstock/app/newfqkline/get"), "day", "")
    );
    let symbol = parts[0];
    let Some(rows) = held.rows(symbol) else { return Step::ok(r#"{"code":0,"msg":"","data":[]}"#) };
    // Shares have an object, a turnover and an amount behind the volume.
    let more = if held.is_index(symbol) { "" } else { r#",{},"0.51","1.0""# };
    let days = list(rows, |(d, c)| format!(r#"["{d}","{c}","{c}","{c}","{c}","1.000"{more}]"#));
    let mut quote = vec![String::new(); 36];
    quote[1] = format!("name of {symbol}");
    let last = rows.last().map_or(NaiveDate::MIN, |r| r.0);
    quote[30] = match &symbol[..2] {
        "hk" => last.format("%Y/%m/%d 16:30:00").to_string(),
        "us" => last.format("%Y-%m-%d 16:37:00").to_string(),
        _ => last.format("%Y%m%d161500").to_string(),
    };
    let quote = list(&quote, |field| format!("{field:?}"));
    // Of New York's indices the key has a point that the symbol has not.
    let key = if held.is_index(symbol) { symbol.replacen("us", "us.", 1) } else { symbol.to_owned() };
    Step::ok(format!(
        r#"{{"code":0,"msg":"","data":{{"{key}":{{"day":[{days}],"qt":{{"{key}":[{quote}]}},"prec":"1.5","version":"16"}}}}}}"#
    ))
}

fn sina(path: &str, held: &Held<'_>) -> Step {
    let symbol = param(path, "symbol");
    let rows = held.rows(&symbol);
    let named = |rows: &[Row], [date, close, open]: [&str; 3]| {
        list(rows, |(d, c)| format!(r#"{{"{date}":"{d}","{open}":"{c}","{close}":"{c}"}}"#))
    };
    match path.split('?').next().unwrap() {
        "/hq/daily" => Step::ok(match rows {
            Some(rows) => {
                let rows = named(rows, ["d", "c", "o"]);
                format!(r#"{{"code":0,"message":"","result":{{"data":[{rows}]}}}}"#)
            }
            None => r#"{"code":20001,"message":"symbol not found","result":{"data":{}}}"#.to_owned(),
        }),
        "/cn/api/json_v2.php/CN_MarketDataService.getKLineData" => Step::ok(match rows {
            Some(rows) => format!("[{}]", named(rows, ["day", "close", "open"])),
            None => "null".to_owned(),
        }),
        other => {
            assert!(other.ends_with("GlobalFuturesService.getGlobalFuturesDailyKLine"), "{other}");
            let list = rows
                .map_or("null".to_owned(), |rows| format!("[{}]", named(rows, ["date", "close", "open"])));
            Step::ok(format!("/*<script>location.href='//sina.com';</script>*/\nvar _x=({list});"))
        }
    }
}

fn eastmoney(path: &str, held: &Held<'_>) -> Step {
    assert!(path.starts_with("/api/qt/stock/kline/get?"), "{path}");
    let secid = param(path, "secid");
    let Some(rows) = held.rows(&secid) else { return Step::ok(r#"{"rc":100,"rt":1,"full":0,"data":null}"#) };
    assert_eq!(param(path, "fields2"), "f51,f53,f54,f55");
    let (market, code) = secid.split_once('.').unwrap();
    let lines = list(rows, |(d, c)| format!(r#""{d},{c},{c},{c}""#));
    Step::ok(format!(
        r#"{{"rc":0,"rt":17,"data":{{"code":"{code}","market":{market},"name":"name","decimal":2,"preKPrice":1.5,"klines":[{lines}]}}}}"#
    ))
}

fn csindex(path: &str, held: &Held<'_>) -> Step {
    assert!(path.starts_with("/csindex-home/perf/index-perf?"), "{path}");
    let code = param(path, "indexCode");
    let rows = list(held.rows(&code).unwrap_or_default(), |(d, c)| {
        let date = d.format("%Y%m%d");
        format!(
            r#"{{"tradeDate":"{date}","indexCode":"{code}","open":null,"high":null,"low":null,"close":{c}}}"#
        )
    });
    Step::ok(format!(r#"{{"code":"200","msg":"Success","data":[{rows}]}}"#))
}

fn hsi(path: &str, held: &Held<'_>) -> Step {
    assert!(path.contains("/indexes/metadata/v2?"), "{path}");
    let code = param(path, "indexCodes");
    let index = held.rows(&code).map(|rows| {
        let rows = list(rows, |(d, c)| format!(r#"{{"date":"{d}","close":"{c}"}}"#));
        format!(r#"{{"indexCode":"{code}","indexName":"name","valueHistory":[{rows}]}}"#)
    });
    Step::ok(format!(r#"{{"code":"0","message":"success","data":[{}]}}"#, index.unwrap_or_default()))
}

/// Rates per euro out of the demo's pairs: those of a dollar times the dollars of a euro, to the four
/// decimals that the bank publishes.
fn per_euro(held: &Held<'_>) -> BTreeMap<NaiveDate, Vec<(&'static str, f64)>> {
    let pair = |id: &str| held.closes.get(id).cloned().unwrap_or_default();
    let mut days: BTreeMap<NaiveDate, Vec<(&'static str, f64)>> = BTreeMap::new();
    let dollars: BTreeMap<NaiveDate, f64> = pair("EURUSD").into_iter().collect();
    for (date, rate) in &dollars {
        days.entry(*date).or_default().push(("USD", *rate));
    }
    for (id, code) in [("USDCNY", "CNY"), ("USDJPY", "JPY")] {
        for (date, rate) in pair(id) {
            if let Some(dollars) = dollars.get(&date) {
                days.entry(date).or_default().push((code, (rate * dollars * 1e4).round() / 1e4));
            }
        }
    }
    days
}

fn frankfurter(path: &str, held: &Held<'_>) -> Step {
    assert!(path.starts_with("/v1/") && path.contains(".."), "{path}");
    assert_eq!(param(path, "base"), "EUR");
    let wanted = param(path, "symbols");
    let days: Vec<(NaiveDate, Vec<(&str, f64)>)> = per_euro(held).into_iter().collect();
    if days.is_empty() {
        return Step::status(404, r#"{"message":"not found"}"#);
    }
    let rates = list(&days, |(date, rates)| {
        let rates: Vec<_> = rates.iter().filter(|(code, _)| wanted.split(',').any(|w| w == *code)).collect();
        format!(r#""{date}":{{{}}}"#, list(&rates, |(code, rate)| format!(r#""{code}":{rate}"#)))
    });
    Step::ok(format!(
        r#"{{"amount":1.0,"base":"EUR","start_date":"2025-09-08","end_date":"2026-01-23","rates":{{{rates}}}}}"#
    ))
}

fn ecb(path: &str, held: &Held<'_>) -> Step {
    assert!(path.starts_with("/stats/eurofxref/eurofxref-hist"), "{path}");
    let mut xml = String::from(
        r#"<?xml version="1.0" encoding="UTF-8"?><gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"><gesmes:subject>Reference rates</gesmes:subject><Cube>"#,
    );
    for (date, rates) in per_euro(held).into_iter().rev() {
        write!(xml, r#"<Cube time="{date}">"#).unwrap();
        for (code, rate) in rates {
            write!(xml, r#"<Cube currency="{code}" rate="{rate}"/>"#).unwrap();
        }
        xml.push_str("</Cube>");
    }
    Step::ok(xml + "</Cube></gesmes:Envelope>")
}

fn fred(path: &str, held: &Held<'_>) -> Step {
    assert!(path.starts_with("/graph/fredgraph.csv?"), "{path}");
    let ids = param(path, "id");
    let ids: Vec<&str> = ids.split(',').collect();
    let mut table: BTreeMap<NaiveDate, BTreeMap<&str, f64>> = BTreeMap::new();
    for id in &ids {
        let Some(rows) = held.rows(id) else { return Step::status(404, "<html>Not Found</html>") };
        for (date, close) in rows {
            table.entry(*date).or_default().insert(id, *close);
        }
    }
    let mut csv = format!("observation_date,{}\n", ids.join(","));
    for (date, row) in table {
        let cells: Vec<String> =
            ids.iter().map(|id| row.get(id).map_or(String::new(), f64::to_string)).collect();
        writeln!(csv, "{date},{}", cells.join(",")).unwrap();
    }
    Step::ok(csv)
}

fn cboe(path: &str, held: &Held<'_>) -> Step {
    let symbol = path.rsplit('/').next().unwrap().strip_suffix("_History.csv").unwrap();
    let Some(rows) = held.rows(symbol) else {
        return Step::status(404, "<Error><Code>NoSuchKey</Code></Error>");
    };
    let mut csv = String::from("DATE,OPEN,HIGH,LOW,CLOSE\n");
    for (date, c) in rows {
        writeln!(csv, "{},{c},{c},{c},{c}", date.format("%m/%d/%Y")).unwrap();
    }
    Step::ok(csv)
}

fn coinbase(path: &str, held: &Held<'_>) -> Step {
    let symbol = path.strip_prefix("/products/").unwrap().split('/').next().unwrap();
    let Some(rows) = held.rows(symbol) else { return Step::status(404, r#"{"message":"NotFound"}"#) };
    let bound = |name: &str| -> NaiveDate { param(path, name)[..10].parse().unwrap() };
    let (first, last) = (bound("start"), bound("end"));
    assert!((last - first).num_days() < 300, "more than 300 candles: {path}");
    // A coin trades on: what the demo does not reach is as its last day, up to the day before the last asked for.
    let beyond = rows
        .last()
        .into_iter()
        .flat_map(|(day, close)| day.iter_days().skip(1).take_while(|d| *d < last).map(|d| (d, *close)));
    let mut rows: Vec<Row> =
        rows.iter().copied().chain(beyond).filter(|(d, _)| (first..=last).contains(d)).collect();
    rows.reverse();
    let candles = list(&rows, |(d, c)| {
        let at = d.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp();
        format!("[{at},{c},{c},{c},{c},1.5]")
    });
    Step::ok(format!("[{candles}]"))
}
