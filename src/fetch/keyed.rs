//! What the sources with a key of the user's share: American tickers, quotas, rows of JSON objects, and
//! which errors concern one instrument only.
//!
//! Not for: the key itself, which the router adds and no source sees.

use std::borrow::Cow;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use super::rows::{Origin, first_kept};
use super::source::{Answer, Found, Parsed, Request, Response, Source, SourceError};
use super::{Described, Query, answer, wants};
use crate::domain::text::sanitise;
use crate::domain::{Kind, RawRow};

/// The most characters of an error's text that are shown.
const SHORT: usize = 120;

/// The ticker of an American share, where the word can be one: one to five letters and nothing else.
pub(crate) fn us_ticker(symbol: &str) -> Option<String> {
    let ticker = symbol.trim().to_ascii_uppercase();
    let plain = (1..=5).contains(&ticker.len()) && ticker.bytes().all(|b| b.is_ascii_uppercase());
    plain.then_some(ticker)
}

/// What is certain of a share by its American ticker; its venue is not.
pub(crate) fn us_share() -> Described {
    Described {
        kind: Some(Kind::Stock),
        timezone: Some(Tz::America__New_York),
        currency: Some("USD".to_owned()),
        ..Described::default()
    }
}

/// First and last date to ask for.
pub(crate) fn window(query: &Query) -> (NaiveDate, NaiveDate) {
    (first_kept(query), query.until)
}

/// The refusal of a source whose quota begins anew at midnight UTC.
pub(crate) fn day_quota(reason: &str, received_at: DateTime<Utc>) -> SourceError {
    let tomorrow = received_at.date_naive().checked_add_days(Days::new(1));
    quota(reason, tomorrow.map(|d| d.and_time(NaiveTime::MIN).and_utc()))
}

/// The refusal of a source whose quota is used up for longer than a run can wait.
pub(crate) fn quota(reason: &str, until: Option<DateTime<Utc>>) -> SourceError {
    SourceError::Throttled { reason: short(reason), until, wait: false }
}

/// An error's text, safe to print.
pub(crate) fn short(text: &str) -> String {
    sanitise(text, SHORT)
}

/// What the body says, whatever the status and encoding: for finding an error's text.
pub(crate) fn said(response: &Response) -> Cow<'_, str> {
    let body = response.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&response.body);
    String::from_utf8_lossy(body)
}

/// The rows of a successful answer that is a list of them.
///
/// # Errors
/// As [`answer::document`]; [`SourceError::Malformed`] where it is no list.
pub(crate) fn list(response: &Response) -> Result<Vec<Value>, SourceError> {
    match answer::document(response)? {
        Value::Array(list) => Ok(list),
        _ => Err(SourceError::Malformed("no list of rows".to_owned())),
    }
}

/// Names of the fields of a row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    /// The close.
    pub(crate) close: &'static str,
    /// The session's lowest price.
    pub(crate) low: &'static str,
    /// The session's highest price.
    pub(crate) high: &'static str,
}

/// The fields as most name them.
pub(crate) const PLAIN: Fields = Fields { close: "close", low: "low", high: "high" };

/// A row of an object, dated by the first ten characters of `date`; none where those are no date.
pub(crate) fn row(date: &str, object: &Value, fields: Fields) -> Option<RawRow> {
    let date = date.trim().get(..10)?.parse().ok()?;
    let field = |name: &str| object.get(name).and_then(answer::number);
    let (close, low, high) = (field(fields.close), field(fields.low), field(fields.high));
    Some(RawRow { date, close, low, high, live: false })
}

/// A remark on rows whose date cannot be read.
pub(crate) fn undated(count: usize) -> Option<String> {
    let rows = if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
    (count > 0).then(|| format!("sent {rows} without a date"))
}

/// The answer to a request for one symbol that is refused.
///
/// # Errors
/// The error itself, where it concerns more than the symbol.
pub(crate) fn refused(request: &Request, error: SourceError) -> Result<Parsed, SourceError> {
    if !of_one_symbol(&error) {
        return Err(error);
    }
    let answer = |&want: &usize| Answer { want, outcome: Err(error.clone()) };
    Ok(Parsed { answers: request.wants.iter().map(answer).collect(), follow: Vec::new() })
}

/// The answer to a request for one symbol, by what `read` finds in the response.
///
/// # Errors
/// An error that concerns more than the symbol is the request's.
pub(crate) fn answered(
    source: &dyn Source,
    query: &Query,
    request: &Request,
    response: &Response,
    read: impl Fn(&Origin<'_>) -> Result<Found, SourceError>,
) -> Result<Parsed, SourceError> {
    let parsed = wants::each(source, query, request, response, read);
    let mut errors = parsed.answers.iter().filter_map(|a| a.outcome.as_ref().err());
    match errors.find(|e| !of_one_symbol(e)) {
        Some(error) => Err(error.clone()),
        None => Ok(parsed),
    }
}

/// Whether an error says something of the symbol and nothing of the source.
pub(crate) fn of_one_symbol(error: &SourceError) -> bool {
    matches!(error, SourceError::UnknownSymbol | SourceError::NoData(_) | SourceError::Renamed(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_to_five_letters_can_be_an_american_ticker() {
        assert_eq!(us_ticker(" nvda ").as_deref(), Some("NVDA"));
        assert_eq!(us_ticker("F").as_deref(), Some("F"));
        for other in ["", "BRK.B", "BRK-B", "^GSPC", "GC=F", "GOOGLE", "600519.SS", "0700", "科创"] {
            assert_eq!(us_ticker(other), None, "{other}");
        }
    }

    #[test]
    fn the_quota_of_a_day_ends_at_the_next_midnight() {
        let error = day_quota("enough", "2026-01-31T23:59:59Z".parse().unwrap());
        let until = Some("2026-02-01T00:00:00Z".parse().unwrap());
        assert_eq!(error, SourceError::Throttled { reason: "enough".to_owned(), until, wait: false });
    }

    #[test]
    fn a_date_may_have_a_time_behind_it_and_must_be_one() {
        let object = serde_json::json!({"close": "1.5"});
        let of = |date: &str| row(date, &object, PLAIN).map(|r| (r.date.to_string(), r.close));
        assert_eq!(of("2026-01-20T00:00:00.000Z"), Some(("2026-01-20".to_owned(), Some(1.5))));
        for other in ["", "2026-01", "2026-13-01", "20.01.2026", "科创科创科创"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
