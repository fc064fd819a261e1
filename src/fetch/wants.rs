//! What sources do want by want: the answer to each out of one response, and asking for each alone what
//! was denied together.
//!
//! Not for: which wants share a request, or what an answer means (the sources).

use super::Query;
use super::rows::Origin;
use super::source::{Answer, Found, Parsed, Request, Response, Source, SourceError, symbol_of};

/// The answer to each want of a request, by what `read` finds of it in the response; one that the
/// source has no symbol for has none.
pub(crate) fn each(
    source: &dyn Source,
    query: &Query,
    request: &Request,
    response: &Response,
    read: impl Fn(&Origin<'_>) -> Result<Found, SourceError>,
) -> Parsed {
    let answers = request.wants.iter().filter_map(|&at| {
        let want = query.wants.get(at)?;
        let symbol = symbol_of(source, want)?;
        let (source, received_at) = (source.info().name, response.received_at);
        let outcome = read(&Origin { source, symbol: &symbol, query, want, received_at });
        Some(Answer { want: at, outcome })
    });
    Parsed { answers: answers.collect(), follow: Vec::new() }
}

/// A request for each want of one for several; none of one for a single want.
pub(crate) fn alone(source: &dyn Source, query: &Query, request: &Request) -> Vec<Request> {
    if request.wants.len() < 2 {
        return Vec::new();
    }
    request.wants.iter().flat_map(|&at| source.requests(query, &[at])).collect()
}

/// What follows where one unknown symbol denies all that are asked for together: each is asked alone.
///
/// # Errors
/// [`SourceError::UnknownSymbol`] where it was one alone.
pub(crate) fn denied(source: &dyn Source, query: &Query, request: &Request) -> Result<Parsed, SourceError> {
    let follow = alone(source, query, request);
    if follow.is_empty() {
        return Err(SourceError::UnknownSymbol);
    }
    let answer = |&want: &usize| Answer { want, outcome: Err(SourceError::UnknownSymbol) };
    Ok(Parsed { answers: request.wants.iter().map(answer).collect(), follow })
}
