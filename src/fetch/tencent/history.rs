//! Reads the rows of one symbol: which of the answer's lists are closes as traded, what their objects say
//! of splits, and when the last trade was.
//!
//! Not for: `prec`, the close before the first row, and the previous close in the quote.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde_json::{Map, Value};

use super::Market;
use super::payouts::{self, Event};
use crate::domain::series::listed;
use crate::domain::text::sanitise;
use crate::domain::{Kind, RawRow, Split};
use crate::fetch::answer::number;
use crate::fetch::rows::Rows;
use crate::fetch::source::SourceError;

/// Where the quote has the name.
const NAME: usize = 1;
/// Where the quote has the time of the last trade.
const TIME: usize = 30;

/// What is known of a symbol, out of an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'a> {
    fields: &'a Map<String, Value>,
    quote: Option<&'a Vec<Value>>,
}

/// The entry of the symbol.
///
/// # Errors
/// That the symbol is unknown, or another one answered.
pub(super) fn entry<'a>(document: &'a Value, symbol: &str) -> Result<Entry<'a>, SourceError> {
    let data = match document.get("data") {
        Some(Value::Object(data)) => data,
        Some(Value::Array(data)) if data.is_empty() => return Err(SourceError::UnknownSymbol),
        None | Some(Value::Null) => return Err(SourceError::NoData("no data".to_owned())),
        Some(_) => return Err(SourceError::Malformed("its data is no object".to_owned())),
    };
    let Some((_, own)) = data.iter().find(|(key, _)| same(key, symbol)) else {
        let other = data.keys().next();
        return Err(other.map_or(SourceError::UnknownSymbol, |k| SourceError::Renamed(sanitise(k, 32))));
    };
    let Some(fields) = own.as_object() else {
        return Err(SourceError::NoData("no rows".to_owned()));
    };
    let quotes = fields.get("qt").and_then(Value::as_object);
    let quote = quotes.and_then(|q| q.iter().find(|(key, _)| same(key, symbol))?.1.as_array());
    Ok(Entry { fields, quote })
}

/// Whether the key is the symbol's: `us.DJI` is `usDJI`.
fn same(key: &str, symbol: &str) -> bool {
    let plain = |s: &str| s.replace('.', "").to_uppercase();
    plain(key) == plain(symbol)
}

impl Entry<'_> {
    /// The name, made safe to print.
    pub(super) fn name(&self) -> Option<String> {
        let name = self.quote?.get(NAME)?.as_str()?;
        Some(sanitise(name, 60)).filter(|n| !n.is_empty())
    }

    /// The rows with what is to be said of them.
    ///
    /// # Errors
    /// That there are none, or none whose closes are as traded.
    pub(super) fn rows(&self, market: Market, kind: Kind) -> Result<Rows, SourceError> {
        let mut rows = Rows::default();
        let mut undated = 0_usize;
        let mut events = Events::default();
        for row in self.list(kind)? {
            let cells = row.as_array().map(Vec::as_slice).unwrap_or_default();
            let Some(date) = cells.first().and_then(Value::as_str).and_then(|d| d.trim().parse().ok()) else {
                undated += 1;
                continue;
            };
            rows.rows.push(raw_row(date, cells));
            if kind != Kind::Index
                && let Some(object) = cells.iter().skip(6).find_map(Value::as_object)
            {
                events.add(market, object, date);
            }
        }
        if rows.rows.is_empty() {
            return Err(SourceError::Malformed("no row has a date".to_owned()));
        }
        if undated > 0 {
            rows.remarks.push(format!("sent {undated} rows without a date; they are left out"));
        }
        rows.remarks.extend(events.remark(market));
        // Of funds that are split there is no telling whether it says so.
        let adjusted = kind == Kind::Stock && market == Market::Mainland && events.other.is_empty();
        rows.raw = kind != Kind::Index && !adjusted;
        rows.splits = events.splits();
        for row in &mut rows.rows {
            adjust(row, &rows.splits);
        }
        rows.stamp = self.stamp(market, &rows.rows);
        Ok(rows)
    }

    /// The list of rows whose closes are as traded; an index has no dividends to be adjusted for.
    fn list(&self, kind: Kind) -> Result<&Vec<Value>, SourceError> {
        let of = |key: &str| self.fields.get(key).and_then(Value::as_array).filter(|l| !l.is_empty());
        if let Some(plain) = of("day") {
            return Ok(plain);
        }
        match of("qfqday").or(of("hfqday")) {
            Some(_) if kind != Kind::Index => {
                Err(SourceError::Malformed("only closes adjusted for dividends".to_owned()))
            }
            // Adjusted forwards, the newest close is the traded one; backwards, the oldest.
            Some(_) => of("qfqday").ok_or_else(|| SourceError::NoData("no rows".to_owned())),
            None if self.quote.is_some_and(Vec::is_empty) => Err(SourceError::UnknownSymbol),
            None => Err(SourceError::NoData("no rows".to_owned())),
        }
    }

    /// When the last trade was, where that was on the newest row's day.
    fn stamp(&self, market: Market, rows: &[RawRow]) -> Option<DateTime<Utc>> {
        let newest = rows.iter().filter(|r| r.close.is_some_and(|c| c > 0.0)).map(|r| r.date).max()?;
        let text = self.quote?.get(TIME)?.as_str()?.trim();
        let forms = ["%Y%m%d%H%M%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S"];
        let local = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
        let at = local.and_local_timezone(market.zone()).earliest()?;
        (local.date() == newest).then(|| at.with_timezone(&Utc))
    }
}

/// Cells are date, open, close, high, low, volume, and more on some days.
fn raw_row(date: NaiveDate, cells: &[Value]) -> RawRow {
    let bound = |at: usize| cells.get(at).and_then(number).filter(|x| *x > 0.0);
    let (mut low, mut high) = (bound(4), bound(3));
    if low.zip(high).is_some_and(|(low, high)| low > high) {
        (low, high) = (None, None);
    }
    RawRow { low, high, ..RawRow::close_only(date, cells.get(2).and_then(number)) }
}

/// The row in shares of today: prices before a split are divided by its factor.
fn adjust(row: &mut RawRow, splits: &[Split]) {
    let factor: f64 = splits.iter().filter(|s| s.date > row.date).map(|s| s.factor).product();
    for price in [&mut row.close, &mut row.low, &mut row.high] {
        *price = price.map(|p| p / factor);
    }
}

/// Splits, and what else happened to the shares.
#[derive(Debug, Default)]
struct Events {
    splits: Vec<Split>,
    other: Vec<(NaiveDate, String)>,
}

impl Events {
    fn add(&mut self, market: Market, object: &Map<String, Value>, date: NaiveDate) {
        let event = match market {
            Market::Mainland => payouts::mainland(object, date),
            Market::HongKong | Market::NewYork => payouts::elsewhere(object),
        };
        match event {
            Event::None => {}
            Event::Split(split) => self.splits.push(split),
            Event::Other(text) => self.other.push((date, text)),
        }
    }

    /// Oldest first; what came twice counts once.
    fn splits(&mut self) -> Vec<Split> {
        let mut splits = std::mem::take(&mut self.splits);
        splits.sort_by_key(|s| s.date);
        splits.dedup();
        splits
    }

    fn remark(&self, market: Market) -> Option<String> {
        let (_, text) = self.other.iter().max_by_key(|(date, _)| *date)?;
        let mut dates: Vec<NaiveDate> = self.other.iter().map(|(date, _)| *date).collect();
        dates.sort_unstable();
        dates.dedup();
        let what = match market {
            Market::Mainland => "a payout whose terms are not understood",
            Market::HongKong | Market::NewYork => "a change of the shares",
        };
        let dates = listed(&dates);
        Some(format!("tells of {what} on {dates} ({text}); closes before it are not adjusted for it"))
    }
}
