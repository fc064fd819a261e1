//! What an answer's status and first bytes say, before a source reads it.
//!
//! Not for: meanings that only one source gives a status (400, 404), which stay in its own file.

use std::borrow::Cow;

use serde_json::Value;

use super::source::{Response, SourceError};

/// The body as text, without a byte order mark.
///
/// # Errors
/// Everything that any HTTP source answers instead of data: throttling, refusals, web pages, empty,
/// compressed or non-text bodies. Statuses 400, 404 and 422 pass, for the source to judge.
pub(crate) fn text(response: &Response) -> Result<&str, SourceError> {
    let body = bytes(response)?;
    if body.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'<') && is_success(response) {
        return Err(SourceError::Blocked("a web page instead of data".to_owned()));
    }
    std::str::from_utf8(body).map_err(|_| SourceError::Garbled("it is not UTF-8 text".to_owned()))
}

/// The body as text where only its ASCII part is read: what is no UTF-8 is taken for GB 18030 and each
/// of its characters replaced.
///
/// # Errors
/// As [`text`], except that no encoding is refused.
pub(crate) fn chinese(response: &Response) -> Result<Cow<'_, str>, SourceError> {
    let body = bytes(response)?;
    if body.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'<') && is_success(response) {
        return Err(SourceError::Blocked("a web page instead of data".to_owned()));
    }
    Ok(std::str::from_utf8(body).map_or_else(|_| Cow::Owned(ascii_of(body)), Cow::Borrowed))
}

/// The body as XML.
///
/// # Errors
/// As [`text`]; a body that is a web page is refused, one that is other XML is not.
pub(crate) fn xml(response: &Response) -> Result<&str, SourceError> {
    let body = bytes(response)?;
    let text =
        std::str::from_utf8(body).map_err(|_| SourceError::Garbled("it is not UTF-8 text".to_owned()))?;
    let head: String = text.chars().take(256).collect::<String>().to_ascii_lowercase();
    if is_success(response) && (head.contains("<!doctype html") || head.contains("<html")) {
        return Err(SourceError::Blocked("a web page instead of data".to_owned()));
    }
    Ok(text)
}

/// The body without a byte order mark, of an answer that may hold data.
fn bytes(response: &Response) -> Result<&[u8], SourceError> {
    let status = response.status;
    match status {
        200..=299 | 400 | 404 | 422 => {}
        300..=399 => return Err(SourceError::Blocked(redirect(response))),
        401 | 407 => return Err(SourceError::Unauthorised(format!("status {status}"))),
        403 | 451 | 999 => return Err(SourceError::Blocked(format!("status {status}"))),
        429 => {
            let reason = "status 429".to_owned();
            return Err(SourceError::Throttled { reason, until: None, wait: true });
        }
        408 | 500..=599 => return Err(SourceError::Fault(status)),
        _ => return Err(SourceError::Malformed(format!("status {status}"))),
    }
    let body = response.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&response.body);
    match body.iter().find(|b| !b.is_ascii_whitespace()) {
        None if is_success(response) => Err(SourceError::Transport("the answer is empty".to_owned())),
        Some(0x1f) => Err(SourceError::Transport("the answer is compressed and does not say so".to_owned())),
        _ => Ok(body),
    }
}

/// That the status is of an answer with data, for sources that give 400, 404 and 422 no meaning.
///
/// # Errors
/// [`SourceError::Malformed`] with any other status.
pub(crate) fn success(response: &Response) -> Result<(), SourceError> {
    if is_success(response) {
        return Ok(());
    }
    Err(SourceError::Malformed(format!("status {}", response.status)))
}

/// The JSON document of a successful answer.
///
/// # Errors
/// As [`text`], [`success`] and [`json`].
pub(crate) fn document(response: &Response) -> Result<Value, SourceError> {
    let text = text(response)?;
    success(response)?;
    json(text)
}

fn is_success(response: &Response) -> bool {
    (200..=299).contains(&response.status)
}

/// ASCII as it is; a character of two bytes, whose second may look like ASCII, becomes one replacement.
fn ascii_of(body: &[u8]) -> String {
    let mut text = String::with_capacity(body.len());
    let mut rest = body.iter();
    while let Some(byte) = rest.next() {
        if byte.is_ascii() {
            text.push(char::from(*byte));
        } else {
            rest.next();
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    text
}

/// A JSON document of any shape.
///
/// # Errors
/// [`SourceError::Garbled`] for what is none.
pub(crate) fn json(text: &str) -> Result<Value, SourceError> {
    serde_json::from_str(text.trim()).map_err(|_| SourceError::Garbled("it is no whole JSON".to_owned()))
}

/// What stands between the outermost brackets of `name(...)`, `var name=...` and the like: from the
/// first opening brace or bracket to the last closing one.
pub(crate) fn unwrapped(text: &str) -> &str {
    let from = text.find(['{', '[']).unwrap_or(0);
    let to = text.rfind(['}', ']']).map_or(text.len(), |at| at + 1);
    text.get(from..to).unwrap_or(text)
}

/// A finite number, written as one or as text; nothing for what is neither.
pub(crate) fn number(value: &Value) -> Option<f64> {
    let number = value.as_f64().or_else(|| decimal(value.as_str()?));
    number.filter(|x| x.is_finite())
}

/// A finite decimal number without separators; nothing for words such as `NaN`.
pub(crate) fn decimal(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    text.parse::<f64>().ok().filter(|x| plain && x.is_finite())
}

fn redirect(response: &Response) -> String {
    response.location.as_ref().map_or_else(
        || format!("status {}, a redirect without a target", response.status),
        |host| format!("redirected to {host}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_character_whose_second_byte_looks_like_a_backslash_ends_no_text() {
        // 0x81 0x5C is one character of GB 18030; read as ASCII its tail would escape the quote.
        assert_eq!(ascii_of(b"{\"name\":\"\x81\x5c\",\"x\":1}"), "{\"name\":\"\u{fffd}\",\"x\":1}");
    }

    #[test]
    fn wrappers_of_scripts_are_taken_off_and_plain_documents_stay() {
        assert_eq!(unwrapped("kline_day={\"a\":[1]};"), "{\"a\":[1]}");
        assert_eq!(unwrapped("/*<x>*/ jQuery1([{\"a\":1}]);"), "[{\"a\":1}]");
        assert_eq!(unwrapped("{\"a\":1}"), "{\"a\":1}");
        assert_eq!(unwrapped("null"), "null");
    }

    #[test]
    fn numbers_may_be_text_and_words_are_none() {
        let of = |json: &str| number(&serde_json::from_str(json).unwrap());
        assert_eq!(of("\"4340.760\""), Some(4340.76));
        assert_eq!(of("7711"), Some(7711.0));
        for none in ["\"NaN\"", "\"Infinity\"", "\"1,234.5\"", "\"-\"", "\"\"", "null", "[1]", "\"1e999\""] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
