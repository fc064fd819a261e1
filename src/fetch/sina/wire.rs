//! What Sina's three services send: an envelope, a bare list, and a list inside of a script.
//!
//! Not for: the window, the future and what a close may be (`rows`, `Series::from_rows`).

use chrono::NaiveDate;
use serde_json::Value;

use super::script;
use crate::domain::RawRow;
use crate::domain::text::sanitise;
use crate::fetch::source::SourceError;
use crate::fetch::{answer, lists};

/// The services, numbered as in the source's list of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    /// Indices of other countries.
    World = 0,
    /// Indices, shares and funds of Shanghai and Shenzhen.
    Mainland = 1,
    /// Front futures of other countries.
    Futures = 2,
}

/// The names of a row's date, close, low and high.
type Names = [&'static str; 4];

impl Service {
    fn names(self) -> Names {
        match self {
            Service::World => ["d", "c", "l", "h"],
            Service::Mainland => ["day", "close", "low", "high"],
            Service::Futures => ["date", "close", "low", "high"],
        }
    }
}

/// The rows of an answer, and what a reader should know of them.
///
/// # Errors
/// [`SourceError::Garbled`] for what is no JSON; [`SourceError::UnknownSymbol`] and
/// [`SourceError::NoData`] in the service's own way of saying so; [`SourceError::Malformed`] otherwise.
pub(super) fn rows(service: Service, text: &str) -> Result<(Vec<RawRow>, Vec<String>), SourceError> {
    let document = match service {
        Service::World => answer::json(text)?,
        Service::Mainland => read_script(text)?,
        Service::Futures => read_script(argument(text))?,
    };
    let list = match service {
        Service::World => enveloped(&document)?,
        Service::Mainland | Service::Futures => bare(&document)?,
    };
    let names = service.names();
    let (mut rows, remarks) = lists::dated(list, |row| read(row, names, service))?;
    if service == Service::World {
        // A close of 0 is how this service fills a holiday; it says nothing of a session.
        rows.retain(|r| r.close != Some(0.0));
    }
    Ok((rows, remarks))
}

fn read(row: &Value, [date, close, low, high]: Names, service: Service) -> Option<RawRow> {
    let signed = service == Service::Futures;
    let end = |name: &str| answer::number(row.get(name)?).filter(|x| signed || *x > 0.0);
    let date: NaiveDate = row.get(date)?.as_str()?.trim().get(..10)?.parse().ok()?;
    let close = row.get(close).and_then(answer::number);
    Some(RawRow { date, close, low: end(low), high: end(high), live: false })
}

/// The list inside of `{"code":0,"message":"","result":{"data":[...]}}`.
fn enveloped(document: &Value) -> Result<&[Value], SourceError> {
    if let Some((code, said)) = lists::complaint(document, "0", "message") {
        // 20001 is "not found".
        let unknown = code == "20001";
        return Err(if unknown { SourceError::UnknownSymbol } else { SourceError::Malformed(said) });
    }
    match document.get("result").and_then(|r| r.get("data")) {
        Some(Value::Array(list)) if !list.is_empty() => Ok(list),
        Some(Value::Array(_) | Value::Object(_) | Value::Null) => {
            Err(SourceError::NoData("no rows".to_owned()))
        }
        _ => Err(SourceError::Malformed("it has no list of rows".to_owned())),
    }
}

/// The list itself; these services send null or nothing for a symbol that they do not know.
fn bare(document: &Value) -> Result<&[Value], SourceError> {
    match document {
        Value::Array(list) if !list.is_empty() => Ok(list),
        Value::Array(_) | Value::Null => Err(SourceError::UnknownSymbol),
        other => {
            let said = format!("it is no list: {}", sanitise(&other.to_string(), 80));
            Err(SourceError::Malformed(said))
        }
    }
}

/// JSON, or the same with bare keys.
fn read_script(text: &str) -> Result<Value, SourceError> {
    answer::json(text).or_else(|_| answer::json(&script::with_quoted_keys(text)))
}

/// What a script passes or assigns: `/*<script>..*/ var _x=([...]);`, of which nothing may be missing.
fn argument(text: &str) -> &str {
    let script = text.trim();
    let script = script.strip_prefix("/*").and_then(|t| t.split_once("*/")).map_or(script, |(_, t)| t.trim());
    let Some((_, argument)) = script.split_once('(').filter(|(before, _)| !before.contains(['[', '{']))
    else {
        return answer::unwrapped(script);
    };
    argument.trim_end().trim_end_matches(';').trim_end().trim_end_matches(')').trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_script_passes_is_taken_out_of_it() {
        assert_eq!(
            argument("/*<script>location.href='//sina.com';</script>*/\nvar _x=([{\"a\":\"(\"}]);"),
            "[{\"a\":\"(\"}]"
        );
        assert_eq!(argument("var _x=(null);"), "null");
        assert_eq!(argument("_x(null)"), "null");
        assert_eq!(argument("[{\"a\":\"(\"}]"), "[{\"a\":\"(\"}]");
        assert_eq!(argument("var _x=[1];"), "[1]");
    }
}
