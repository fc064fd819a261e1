//! Yahoo's JSON, read leniently: any field may be missing, null, a number or a string.
//!
//! Not for: dates and meanings (`dating`, `history`).

use serde_json::Value;

use crate::fetch::source::SourceError;

/// The answer for one symbol, in whichever of Yahoo's three shapes it came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'a> {
    /// The symbol it is filed under, where the shape files by symbol.
    pub(super) key: Option<&'a str>,
    /// The description; absent in the flat shape.
    pub(super) meta: Option<&'a Value>,
    body: &'a Value,
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

/// Reads JSON. Numbers too large for a double become null instead of losing the document.
///
/// # Errors
/// [`SourceError::Garbled`] where it is no JSON.
pub(super) fn json(text: &str) -> Result<Value, SourceError> {
    let first = match serde_json::from_str(text) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if first.to_string().contains("out of range")
        && let Ok(value) = serde_json::from_str(&without_overflow(text))
    {
        return Ok(value);
    }
    // The error's own words are ours (line and column), not the network's.
    Err(SourceError::Garbled(first.to_string()))
}

/// `text` with every number that overflows a double replaced by null.
fn without_overflow(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut number = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars().chain(std::iter::once(' ')) {
        let part = !quoted && (c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E'));
        if part && (!number.is_empty() || c == '-' || c.is_ascii_digit()) {
            number.push(c);
            continue;
        }
        if !number.is_empty() {
            let overflows = number.parse::<f64>().is_ok_and(f64::is_infinite);
            clean.push_str(if overflows { "null" } else { &number });
            number.clear();
        }
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        clean.push(c);
    }
    clean
}

/// The symbols' answers in a chart, a v7 spark or a v8 spark; none where the result is null or empty.
///
/// # Errors
/// [`SourceError::Malformed`] where the document is no object.
pub(super) fn entries(root: &Value) -> Result<Vec<Entry<'_>>, SourceError> {
    let Some(object) = root.as_object() else {
        return Err(SourceError::Malformed("it is no JSON object".to_owned()));
    };
    if let Some(chart) = root.get("chart") {
        return Ok(list(chart.get("result")).map(|body| entry(None, body)).collect());
    }
    if let Some(spark) = root.get("spark") {
        return Ok(list(spark.get("result"))
            .filter_map(|r| {
                Some(entry(r.get("symbol").and_then(Value::as_str), list(r.get("response")).next()?))
            })
            .collect());
    }
    let flat = |body: &Value| body.get("timestamp").is_some() || body.get("close").is_some();
    Ok(object
        .iter()
        .filter(|(_, body)| flat(body))
        .map(|(key, body)| entry(Some(key.as_str()), body))
        .collect())
}

fn entry<'a>(key: Option<&'a str>, body: &'a Value) -> Entry<'a> {
    Entry { key, meta: body.get("meta").filter(|m| m.is_object()), body }
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

impl<'a> Entry<'a> {
    /// A text of the description, unless empty.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.meta?.get(name)?.as_str().map(str::trim).filter(|t| !t.is_empty())
    }

    /// A number of the description.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        number(self.meta?.get(name)?)
    }

    /// An instant of the description, in seconds since 1970.
    pub(super) fn seconds(&self, name: &str) -> Option<i64> {
        whole(self.meta?.get(name)?)
    }

    /// Whether there are closes that no timestamp dates.
    pub(super) fn has_undated_closes(&self) -> bool {
        let dated = self.body.get("timestamp").is_some_and(Value::is_array);
        !dated && self.column("close").is_some_and(|c| c.iter().any(|v| number(v).is_some()))
    }

    /// The splits: seconds since 1970 and the two halves of the ratio.
    pub(super) fn splits(&self) -> Vec<(i64, f64)> {
        let splits = self.body.get("events").and_then(|e| e.get("splits")).and_then(Value::as_object);
        let read = |(key, split): (&String, &Value)| {
            let at = split.get("date").and_then(whole).or_else(|| key.parse().ok())?;
            let part = |name| split.get(name).and_then(number);
            let ratio = part("numerator").zip(part("denominator")).or_else(|| {
                let (new, old) = split.get("splitRatio")?.as_str()?.split_once(':')?;
                Some((plain(new)?, plain(old)?))
            });
            let (new, old) = ratio.filter(|(new, old)| *new > 0.0 && *old > 0.0)?;
            Some((at, new / old)).filter(|(_, factor)| factor.is_finite() && *factor > 0.0)
        };
        splits.into_iter().flatten().filter_map(read).collect()
    }

    /// The rows in the order sent, as many as the shorter of timestamps and closes.
    pub(super) fn rows(&self) -> Rows {
        let Some(stamps) = self.body.get("timestamp").and_then(Value::as_array) else {
            return Rows::default();
        };
        let Some(closes) = self.column("close") else { return Rows::default() };
        let mut rows = Rows::default();
        if stamps.len() != closes.len() {
            rows.uneven = Some((stamps.len(), closes.len()));
        }
        let cell = |name, at| self.column(name).and_then(|c| c.get(at)).and_then(number);
        for (index, (stamp, close)) in stamps.iter().zip(closes).enumerate() {
            match whole(stamp) {
                None => rows.undated += 1,
                // Seconds reach this in the year 5138, milliseconds in 1973.
                Some(at) if at.unsigned_abs() >= 100_000_000_000 => rows.milliseconds += 1,
                Some(at) => rows.rows.push(Row {
                    at,
                    open: cell("open", index),
                    low: cell("low", index),
                    high: cell("high", index),
                    close: number(close),
                }),
            }
        }
        rows
    }

    fn column(&self, name: &str) -> Option<&'a Vec<Value>> {
        let quote = self.body.get("indicators").and_then(|i| i.get("quote")).and_then(|q| q.get(0));
        quote.and_then(|q| q.get(name)).or_else(|| self.body.get(name)).and_then(Value::as_array)
    }
}

/// A finite number, also where it was sent as plain decimal text; anything else is none.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(n) => n.as_f64().filter(|x| x.is_finite()),
        Value::String(text) => plain(text),
        _ => None,
    }
}

fn plain(text: &str) -> Option<f64> {
    let decimal = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    if decimal { text.parse().ok().filter(|x: &f64| x.is_finite()) } else { None }
}

fn whole(value: &Value) -> Option<i64> {
    let x = number(value).filter(|x| x.abs() < 9e15)?;
    #[expect(clippy::cast_possible_truncation, reason = "checked to be in range")]
    let seconds = x.floor() as i64;
    Some(seconds)
}
