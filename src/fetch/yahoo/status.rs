//! What Yahoo means by a status and an error object.
//!
//! Not for: what any HTTP source may answer (`answer`) or the rows (`wire`).

use super::wire::{self, Document};
use crate::domain::text::sanitise;
use crate::fetch::answer;
use crate::fetch::source::{Response, SourceError};

/// What to do with an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict<'a> {
    /// Read this.
    Data(Box<Document<'a>>),
    /// Ask for half as many at once.
    Halve,
    /// Ask for each symbol alone.
    Singly,
    /// A batch that denies each of its symbols.
    AllDenied,
}

/// Judges an answer to a batch or to a chart. `spare` is for text that has to be repaired.
///
/// # Errors
/// What concerns the whole request.
pub(super) fn judge<'a>(
    response: &'a Response,
    batched: bool,
    spare: &'a mut String,
) -> Result<Verdict<'a>, SourceError> {
    let text = answer::text(response).map_err(|e| detailed(e, response))?;
    match response.status {
        404 => not_found(text, batched),
        400 | 422 => rejected(response.status, text, batched),
        _ => {
            let document = wire::json(text, spare)?;
            match error_of(&document) {
                None => Ok(Verdict::Data(Box::new(document))),
                Some((code, description)) => Err(told(&code, &description)),
            }
        }
    }
}

/// A 404 that Yahoo's programs wrote denies the symbol; one that they did not write comes from its
/// edge, which answers so in a burst of requests.
fn not_found(text: &str, batched: bool) -> Result<Verdict<'static>, SourceError> {
    if wire::json(text, &mut String::new()).is_ok_and(|document| document.is_object) {
        return if batched { Ok(Verdict::AllDenied) } else { Err(SourceError::UnknownSymbol) };
    }
    if text.contains("Timestamp data missing") {
        return Err(SourceError::NoData("no rows".to_owned()));
    }
    let reason = "a bare 404, which it sends when there were too many requests".to_owned();
    Err(SourceError::Throttled { reason, until: None, wait: false })
}

fn rejected(status: u16, text: &str, batched: bool) -> Result<Verdict<'static>, SourceError> {
    let error = words(text);
    let (code, description) = error.unwrap_or_else(|| (String::new(), sanitise(text, 120)));
    if code == "Unauthorized" {
        return Err(SourceError::Unauthorised(description));
    }
    if batched && status == 400 {
        let too_many = description.to_ascii_lowercase().contains("number of symbols");
        return Ok(if too_many { Verdict::Halve } else { Verdict::Singly });
    }
    if description.contains("Data doesn't exist") {
        return Err(SourceError::NoData(description));
    }
    Err(SourceError::Malformed(format!("status {status}: {description}")))
}

/// An error object inside a successful answer.
fn told(code: &str, description: &str) -> SourceError {
    match code {
        "Not Found" => SourceError::UnknownSymbol,
        "Unauthorized" => SourceError::Unauthorised(description.to_owned()),
        _ if description.contains("Data doesn't exist") => SourceError::NoData(description.to_owned()),
        _ => SourceError::Malformed(format!("{code}: {description}")),
    }
}

/// Code and description of the error object, made safe to print.
fn error_of(document: &Document<'_>) -> Option<(String, String)> {
    document.error().map(|(code, description)| (sanitise(code, 120), sanitise(description, 120)))
}

/// The error object of a text, if it is JSON and has one.
fn words(text: &str) -> Option<(String, String)> {
    error_of(&wire::json(text, &mut String::new()).ok()?)
}

/// Adds Yahoo's own words to a refusal, where it gives any.
fn detailed(error: SourceError, response: &Response) -> SourceError {
    let SourceError::Unauthorised(why) = error else { return error };
    match std::str::from_utf8(&response.body).ok().and_then(words) {
        Some((_, description)) => SourceError::Unauthorised(format!("{why}: {description}")),
        None => SourceError::Unauthorised(why),
    }
}
