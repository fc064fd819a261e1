//! What an answer's status and first bytes say, before a source reads it.
//!
//! Not for: meanings that only one source gives a status (400, 404), which stay in its own file.

use super::source::{Response, SourceError};

/// The body as text, without a byte order mark.
///
/// # Errors
/// Everything that any HTTP source answers instead of data: throttling, refusals, web pages, empty,
/// compressed or non-text bodies. Statuses 400, 404 and 422 pass, for the source to judge.
pub(crate) fn text(response: &Response) -> Result<&str, SourceError> {
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
    let success = (200..=299).contains(&status);
    match body.iter().find(|b| !b.is_ascii_whitespace()) {
        None if success => Err(SourceError::Transport("the answer is empty".to_owned())),
        Some(b'<') if success => Err(SourceError::Blocked("a web page instead of data".to_owned())),
        Some(0x1f) => Err(SourceError::Transport("the answer is compressed and does not say so".to_owned())),
        _ => std::str::from_utf8(body).map_err(|_| SourceError::Garbled("it is not UTF-8 text".to_owned())),
    }
}

fn redirect(response: &Response) -> String {
    response.location.as_ref().map_or_else(
        || format!("status {}, a redirect without a target", response.status),
        |host| format!("redirected to {host}"),
    )
}
