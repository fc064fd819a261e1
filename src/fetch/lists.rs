//! Lists of dated rows inside of an envelope with a code, as Chinese sites send them.
//!
//! Not for: what the fields are called, or what a code means (the sources).

use serde_json::Value;

use super::source::SourceError;
use crate::domain::RawRow;
use crate::domain::text::sanitise;

/// Characters kept of what a source says.
const SAID: usize = 80;

/// The envelope's code where it is not the `fine` one, and what is said with it, safe to print.
pub(crate) fn complaint(document: &Value, fine: &str, message: &str) -> Option<(String, String)> {
    let code = written(document.get("code")?).filter(|code| code != fine)?;
    let said = document.get(message).and_then(Value::as_str).unwrap_or_default();
    Some((sanitise(&code, SAID), sanitise(&format!("code {code}: {said}"), SAID)))
}

/// The list under `data`, empty where that is null; `of` says what it is a list of.
///
/// # Errors
/// [`SourceError::Malformed`] with what is said under `message` where the code is not the `fine` one, and
/// where there is no list.
pub(crate) fn data<'a>(
    document: &'a Value,
    fine: &str,
    message: &str,
    of: &str,
) -> Result<&'a [Value], SourceError> {
    if let Some((_, said)) = complaint(document, fine, message) {
        return Err(SourceError::Malformed(said));
    }
    match document.get("data") {
        Some(Value::Array(list)) => Ok(list),
        Some(Value::Null) => Ok(&[]),
        _ => Err(SourceError::Malformed(format!("it has no list of {of}"))),
    }
}

/// A number or a text, as it is written.
pub(crate) fn written(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The rows that `read` can date, and a remark on how many it cannot.
///
/// # Errors
/// [`SourceError::Malformed`] where there are rows and none of them has a date.
pub(crate) fn dated(
    list: &[Value],
    read: impl Fn(&Value) -> Option<RawRow>,
) -> Result<(Vec<RawRow>, Vec<String>), SourceError> {
    let rows: Vec<RawRow> = list.iter().filter_map(read).collect();
    let undated = list.len() - rows.len();
    if rows.is_empty() && undated > 0 {
        return Err(SourceError::Malformed("its rows have no dates".to_owned()));
    }
    let word = if undated == 1 { "row" } else { "rows" };
    let remark = (undated > 0).then(|| format!("sent {undated} {word} without a date, left out"));
    Ok((rows, remark.into_iter().collect()))
}
