//! Yahoo's search: one request, symbols best first.
//!
//! Not for: whether a symbol has closes, which a hit does not say.

use serde_json::Value;

use super::status;
use super::venues;
use crate::domain::text::sanitise;
use crate::fetch::Described;
use crate::fetch::answer;
use crate::fetch::lookup::Hit;
use crate::fetch::source::{Request, Response, SourceError, encoded, is_symbol};

const PATH: &str = "/v1/finance/search";
/// The longest symbol that is one.
const LONGEST: usize = 32;
const NAME: usize = 80;

/// The request that looks `text` up.
pub(super) fn request(text: &str, most: usize) -> Request {
    let text = encoded(text);
    let path = format!("{PATH}?q={text}&quotesCount={most}&newsCount=0&enableFuzzyQuery=false");
    Request::get(0, path, Vec::new())
}

/// Reads the symbols of an answer.
///
/// # Errors
/// What any request to Yahoo may end with; an answer without a list of symbols is malformed.
pub(super) fn read(response: &Response) -> Result<Vec<Hit>, SourceError> {
    match status::judge(response, false, &mut String::new()) {
        Err(SourceError::UnknownSymbol) => return Err(SourceError::Malformed("status 404".to_owned())),
        judged => drop(judged?),
    }
    let document = answer::json(answer::text(response)?)?;
    let quotes = document.get("quotes").and_then(Value::as_array);
    let quotes = quotes.ok_or_else(|| SourceError::Malformed("it has no list of symbols".to_owned()))?;
    Ok(quotes.iter().filter_map(hit).collect())
}

/// One symbol; none for a hit of another site, which has no symbol.
fn hit(quote: &Value) -> Option<Hit> {
    let text = |key: &str| quote.get(key).and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty());
    if quote.get("isYahooFinance") == Some(&Value::Bool(false)) {
        return None;
    }
    let symbol =
        text("symbol").filter(|s| is_symbol(s) && s.len() <= LONGEST && sanitise(s, LONGEST) == *s)?;
    let safe = |key: &str| text(key).map(|t| sanitise(t, NAME)).filter(|t| !t.is_empty());
    let mic = venues::mic(text("exchange"), symbol);
    let described = Described {
        name: safe("longname").or_else(|| safe("shortname")),
        kind: text("quoteType").and_then(venues::kind),
        mic,
        ..Described::default()
    };
    Some(Hit { symbol: symbol.to_owned(), described, venue: safe("exchDisp").or_else(|| safe("exchange")) })
}
