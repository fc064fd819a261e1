//! Yahoo's JSON, read leniently: any field may be missing, null, a number or a string.
//!
//! Not for: dates and meanings (`dating`, `history`), or values of a wrong type (`lenient`).

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::MapAccess;

use super::lenient::{First, Keyed, Lenient, List, Number, Read, Seconds, Text, object, plain};
use super::overflow;
use crate::fetch::source::SourceError;

/// An answer, in whichever of Yahoo's three shapes it came.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Document<'a> {
    /// Whether it is an object at all.
    pub(super) is_object: bool,
    chart: Option<Envelope<List<Body<'a>>, Trouble<'a>>>,
    spark: Option<Envelope<List<Filed<'a>>, Trouble<'a>>>,
    finance: Option<Envelope<(), Trouble<'a>>>,
    /// The flat shape: bodies by symbol.
    flat: BTreeMap<Cow<'a, str>, Body<'a>>,
}

/// What a root called `chart`, `spark` or `finance` holds.
#[derive(Debug, Clone, Default, PartialEq)]
struct Envelope<R, E> {
    result: R,
    error: Option<E>,
}

/// An error as sent.
#[derive(Debug, Clone, Default, PartialEq)]
enum Trouble<'a> {
    Null,
    Text(Cow<'a, str>),
    Object(Told<'a>),
    #[default]
    Other,
}

object! {
    struct Told<'a> {
        "code" => code: Text<'a>,
        "description" => description: Text<'a>,
    }
}

object! {
    /// An element of a v7 spark.
    struct Filed<'a> {
        "symbol" => symbol: Text<'a>,
        "response" => response: First<Body<'a>>,
    }
}

object! {
    /// What is told of one symbol.
    struct Body<'a> {
        "meta" => meta: Described<'a>,
        "timestamp" => timestamp: Option<List<Seconds>>,
        "indicators" => indicators: Indicators,
        "events" => events: Events<'a>,
        "open" => open: Option<List<Number>>,
        "low" => low: Option<List<Number>>,
        "high" => high: Option<List<Number>>,
        "close" => close: Option<List<Number>>,
    }
}

object! {
    /// The description, as far as it is used.
    struct Meta<'a> {
        "symbol" => symbol: Text<'a>,
        "currency" => currency: Text<'a>,
        "exchangeName" => exchange_name: Text<'a>,
        "exchangeTimezoneName" => timezone: Text<'a>,
        "instrumentType" => instrument_type: Text<'a>,
        "dataGranularity" => granularity: Text<'a>,
        "longName" => long_name: Text<'a>,
        "shortName" => short_name: Text<'a>,
        "gmtoffset" => offset: Seconds,
        "regularMarketTime" => market_time: Seconds,
        "regularMarketPrice" => market_price: Number,
        "priceHint" => price_hint: Seconds,
    }
}

/// A description, where it is an object.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Described<'a>(Option<Meta<'a>>);

object! {
    struct Indicators {
        "quote" => quote: First<Quote>,
    }
}

object! {
    /// The columns of prices.
    struct Quote {
        "open" => open: Option<List<Number>>,
        "low" => low: Option<List<Number>>,
        "high" => high: Option<List<Number>>,
        "close" => close: Option<List<Number>>,
    }
}

object! {
    struct Events<'a> {
        "splits" => splits: Keyed<'a, Split<'a>>,
    }
}

object! {
    struct Split<'a> {
        "date" => date: Seconds,
        "numerator" => numerator: Number,
        "denominator" => denominator: Number,
        "splitRatio" => ratio: Text<'a>,
    }
}

impl<'de> Lenient<'de> for () {}

impl<'de> Lenient<'de> for Described<'de> {
    fn from_object<A: MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
        Meta::from_object(object).map(|meta| Described(Some(meta)))
    }
}

impl<'de> Lenient<'de> for Trouble<'de> {
    fn from_null() -> Self {
        Trouble::Null
    }

    fn from_text(text: Cow<'de, str>) -> Self {
        Trouble::Text(text)
    }

    fn from_object<A: MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
        Told::from_object(object).map(Trouble::Object)
    }
}

impl<'de, R: Lenient<'de>, E: Lenient<'de>> Lenient<'de> for Envelope<R, E> {
    fn from_object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut all = Self::default();
        while let Some(Read(Text(Some(key)))) = object.next_key()? {
            match &*key {
                "result" => all.result = object.next_value::<Read<R>>()?.0,
                "error" => all.error = object.next_value::<Read<Option<E>>>()?.0,
                _ => drop(object.next_value::<serde::de::IgnoredAny>()?),
            }
        }
        Ok(all)
    }
}

impl<'de> Lenient<'de> for Document<'de> {
    fn from_object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut all = Document { is_object: true, ..Self::default() };
        while let Some(Read(Text(Some(key)))) = object.next_key()? {
            match &*key {
                "chart" => all.chart = object.next_value::<Read<Option<_>>>()?.0,
                "spark" => all.spark = object.next_value::<Read<Option<_>>>()?.0,
                "finance" => all.finance = object.next_value::<Read<Option<_>>>()?.0,
                _ => {
                    let Read(body) = object.next_value()?;
                    all.flat.insert(key, body);
                }
            }
        }
        Ok(all)
    }
}

/// The answer for one symbol.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'a> {
    /// The symbol it is filed under, where the shape files by symbol.
    pub(super) key: Option<&'a str>,
    /// The description; absent in the flat shape.
    pub(super) meta: Option<&'a Meta<'a>>,
    body: &'a Body<'a>,
}

/// A row before it is dated; prices as sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row {
    /// Seconds since 1970.
    pub(super) at: i64,
    pub(super) open: Option<f64>,
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
    pub(super) close: Option<f64>,
}

/// The rows of an entry and what was odd about them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    /// Lengths of timestamps and closes, where they differ.
    pub(super) uneven: Option<(usize, usize)>,
    /// Rows whose timestamp is no number.
    pub(super) undated: usize,
    /// Rows whose timestamp is in milliseconds.
    pub(super) milliseconds: usize,
}

/// Reads JSON. Numbers too large for a double become null instead of losing the document; the text
/// is then repaired in `spare`.
///
/// # Errors
/// [`SourceError::Garbled`] where it is no JSON.
pub(super) fn json<'a>(text: &'a str, spare: &'a mut String) -> Result<Document<'a>, SourceError> {
    let first = match serde_json::from_str(text) {
        Ok(Read(document)) => return Ok(document),
        Err(error) => error,
    };
    if first.to_string().contains("out of range") {
        *spare = overflow::to_null(text);
        if let Ok(Read(document)) = serde_json::from_str(spare) {
            return Ok(document);
        }
    }
    // The error's own words are ours (line and column), not the network's.
    Err(SourceError::Garbled(first.to_string()))
}

/// The symbols' answers in a chart, a v7 spark or a v8 spark; none where the result is null or empty.
///
/// # Errors
/// [`SourceError::Malformed`] where the document is no object.
pub(super) fn entries<'a>(document: &'a Document<'a>) -> Result<Vec<Entry<'a>>, SourceError> {
    if !document.is_object {
        return Err(SourceError::Malformed("it is no JSON object".to_owned()));
    }
    if let Some(chart) = &document.chart {
        return Ok(chart.result.0.iter().flatten().map(|body| entry(None, body)).collect());
    }
    if let Some(spark) = &document.spark {
        let filed = spark.result.0.iter().flatten();
        return Ok(filed
            .filter_map(|f| Some(entry(f.symbol.0.as_deref(), f.response.0.as_ref()?)))
            .collect());
    }
    let flat = document.flat.iter().filter(|(_, body)| body.timestamp.is_some() || body.close.is_some());
    Ok(flat.map(|(key, body)| entry(Some(key), body)).collect())
}

fn entry<'a>(key: Option<&'a str>, body: &'a Body<'a>) -> Entry<'a> {
    Entry { key, meta: body.meta.0.as_ref(), body }
}

impl Document<'_> {
    /// Code and description of the error object; the root may be called `chart`, `spark` or `finance`.
    pub(super) fn error(&self) -> Option<(&str, &str)> {
        let chart = self.chart.as_ref().and_then(|e| e.error.as_ref());
        let spark = || self.spark.as_ref().and_then(|e| e.error.as_ref());
        let finance = || self.finance.as_ref().and_then(|e| e.error.as_ref());
        match chart.or_else(spark).or_else(finance)? {
            Trouble::Null => None,
            Trouble::Text(text) => Some((text, text)),
            Trouble::Object(Told { code, description }) => {
                Some((code.0.as_deref().unwrap_or_default(), description.0.as_deref().unwrap_or_default()))
            }
            Trouble::Other => Some(("", "")),
        }
    }
}

impl<'a> Entry<'a> {
    /// A text of the description, unless empty.
    pub(super) fn text(&self, field: impl Fn(&'a Meta<'a>) -> &'a Text<'a>) -> Option<&'a str> {
        field(self.meta?).0.as_deref().map(str::trim).filter(|t| !t.is_empty())
    }

    /// The market price.
    pub(super) fn market_price(&self) -> Option<f64> {
        self.meta?.market_price.0
    }

    /// A whole number of the description, such as an instant in seconds since 1970.
    pub(super) fn seconds(&self, field: impl Fn(&'a Meta<'a>) -> Seconds) -> Option<i64> {
        field(self.meta?).0
    }

    /// Whether there are closes that no timestamp dates.
    pub(super) fn has_undated_closes(&self) -> bool {
        let closes = self.column(|q| &q.close, &self.body.close);
        self.stamps().is_none() && closes.is_some_and(|c| c.iter().any(|v| v.0.is_some()))
    }

    /// The splits: seconds since 1970 and the two halves of the ratio.
    pub(super) fn splits(&self) -> Vec<(i64, f64)> {
        let read = |(key, split): (&Cow<'_, str>, &Split<'_>)| {
            let at = split.date.0.or_else(|| key.parse().ok())?;
            let ratio = split.numerator.0.zip(split.denominator.0).or_else(|| {
                let (new, old) = split.ratio.0.as_deref()?.split_once(':')?;
                Some((plain(new)?, plain(old)?))
            });
            let (new, old) = ratio.filter(|(new, old)| *new > 0.0 && *old > 0.0)?;
            Some((at, new / old)).filter(|(_, factor)| factor.is_finite() && *factor > 0.0)
        };
        self.body.events.splits.0.iter().filter_map(read).collect()
    }

    /// The rows in the order sent, as many as the shorter of timestamps and closes.
    pub(super) fn rows(&self) -> Rows {
        let Some(stamps) = self.stamps() else { return Rows::default() };
        let Some(closes) = self.column(|q| &q.close, &self.body.close) else { return Rows::default() };
        let opens = self.column(|q| &q.open, &self.body.open).unwrap_or_default();
        let lows = self.column(|q| &q.low, &self.body.low).unwrap_or_default();
        let highs = self.column(|q| &q.high, &self.body.high).unwrap_or_default();
        let mut rows = Rows { rows: Vec::with_capacity(stamps.len().min(closes.len())), ..Rows::default() };
        if stamps.len() != closes.len() {
            rows.uneven = Some((stamps.len(), closes.len()));
        }
        let cell = |column: &[Number], at: usize| column.get(at).and_then(|n| n.0);
        for (index, (stamp, close)) in stamps.iter().zip(closes).enumerate() {
            match stamp.0 {
                None => rows.undated += 1,
                // Seconds reach this in the year 5138, milliseconds in 1973.
                Some(at) if at.unsigned_abs() >= 100_000_000_000 => rows.milliseconds += 1,
                Some(at) => rows.rows.push(Row {
                    at,
                    open: cell(opens, index),
                    low: cell(lows, index),
                    high: cell(highs, index),
                    close: close.0,
                }),
            }
        }
        rows
    }

    fn stamps(&self) -> Option<&'a [Seconds]> {
        self.body.timestamp.as_ref()?.0.as_deref()
    }

    /// A column of the quote, or of the body where the quote has none by that name.
    fn column(
        &self,
        of: impl Fn(&'a Quote) -> &'a Option<List<Number>>,
        flat: &'a Option<List<Number>>,
    ) -> Option<&'a [Number]> {
        let quoted = self.body.indicators.quote.0.as_ref().and_then(|q| of(q).as_ref());
        quoted.or(flat.as_ref())?.0.as_deref()
    }
}
