//! What a source is: it builds requests and reads answers, purely; the router does the I/O.
//!
//! Not for: sending, waiting, retrying or choosing between sources (`router`).

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};

use super::lookup::Hit;
use super::{Described, Query, Want};
use crate::domain::{Instrument, Series};

/// What a source says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceInfo {
    /// Short name, as on the command line.
    pub name: &'static str,
    /// The name a reader knows it by.
    pub title: &'static str,
    /// Its services, each with the base URLs it can be asked at; a retry goes to the next one. Empty:
    /// nothing is sent.
    pub services: &'static [&'static [&'static str]],
    /// Name of the environment variable that replaces all base URLs.
    pub url_variable: &'static str,
    /// A page a person can look things up on, for hints.
    pub page: &'static str,
    /// What its closes are and are not, in one sentence.
    pub closes: &'static str,
    /// On what terms they may be used, in one sentence.
    pub terms: &'static str,
    /// How fast it may be asked.
    pub pace: Pace,
    /// What is sent with every request.
    pub headers: Headers,
    /// The key it wants, if it wants one.
    pub key: Option<KeyRule>,
}

/// How fast a source may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Requests that may go out at once before the interval counts.
    pub burst: u32,
    /// Time from one request to the next, on average.
    pub every: Duration,
    /// Requests in flight at once.
    pub in_flight: usize,
    /// Requests in a run, retries included.
    pub a_run: usize,
    /// Requests in a UTC day, where it counts them.
    pub a_day: Option<usize>,
    /// The longest that one request may take.
    pub patience: Duration,
}

/// Headers beside those that every request has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Headers {
    /// What kinds of answers are accepted.
    pub accept: &'static str,
    /// The page the request claims to come from, where the source insists.
    pub referer: Option<&'static str>,
    /// The user agent is our bare name: the source refuses whatever looks like a browser.
    pub bare_agent: bool,
}

/// Headers of a source that asks for nothing special.
pub const JSON: Headers = Headers { accept: "application/json", referer: None, bare_agent: false };

/// The key that a source wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyRule {
    /// The environment variable that holds it; with `_FILE` behind it, the name of a file that does.
    pub variable: &'static str,
    /// Where it goes.
    pub place: KeyPlace,
    /// Where a person gets one.
    pub page: &'static str,
}

/// Where a key is put; never into a request's path as the source builds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPlace {
    /// A parameter of the query.
    Query(&'static str),
    /// A header, with what stands before the key in it.
    Header(&'static str, &'static str),
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A GET of this path and query below the base URL; it begins with `/`.
    Get(String),
    /// Nothing is sent: the answer is in the program.
    Builtin,
}

/// One request for one or more of a query's wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Where it goes.
    pub target: Target,
    /// Which of the source's services is asked.
    pub service: usize,
    /// Positions in `Query::wants`.
    pub wants: Vec<usize>,
    /// Only worth sending once the source has answered for some other symbol.
    pub only_if_alive: bool,
}

impl Request {
    /// A GET of `path` at the source's service number `service`, for these positions of `Query::wants`.
    #[must_use]
    pub fn get(service: usize, path: String, wants: Vec<usize>) -> Self {
        Self { target: Target::Get(path), service, wants, only_if_alive: false }
    }
}

/// An answer as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status; any three digits.
    pub status: u16,
    /// The body, decompressed.
    pub body: Vec<u8>,
    /// The `Retry-After` header, verbatim.
    pub retry_after: Option<String>,
    /// The host that a redirect which was not followed points to.
    pub location: Option<String>,
    /// When it was received.
    pub received_at: DateTime<Utc>,
}

/// What was found of one want.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Its closes, at least one.
    pub series: Series,
    /// What the source says of a symbol that is not in the catalogue.
    pub described: Option<Described>,
}

/// The answer to one want.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Position in `Query::wants`.
    pub want: usize,
    /// What was found, or why nothing was.
    pub outcome: Result<Found, SourceError>,
}

/// A response, read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parsed {
    /// Answers, at most one for each want of the request.
    pub answers: Vec<Answer>,
    /// Requests this answer makes necessary; what they find replaces what was found here.
    pub follow: Vec<Request>,
}

/// Why a request or a want of it brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The symbol is denied; the router decides whether that is to be believed.
    #[error("the symbol is not known there")]
    UnknownSymbol,
    /// The symbol exists and has no usable close.
    #[error("there are no closes in the window ({0})")]
    NoData(String),
    /// The answer is of another symbol.
    #[error("it answered with the symbol {0}")]
    Renamed(String),
    /// Too many requests. The router fills in until when.
    #[error("it refuses further requests for now ({reason})")]
    Throttled {
        /// What it said.
        reason: String,
        /// When to come back.
        until: Option<DateTime<Utc>>,
        /// Whether the pause may be kept and the request sent again.
        wait: bool,
    },
    /// It refuses this network or program.
    #[error("it refuses this program or network ({0})")]
    Blocked(String),
    /// It wants credentials.
    #[error("it wants credentials ({0})")]
    Unauthorised(String),
    /// No answer, or a broken one; worth one retry.
    #[error("{0}")]
    Transport(String),
    /// It answered that it is disturbed; worth one retry.
    #[error("it answered with status {0}")]
    Fault(u16),
    /// An answer that is no JSON; worth one retry.
    #[error("the answer cannot be read ({0})")]
    Garbled(String),
    /// An answer that can be read and is not what was asked for.
    #[error("the answer is not what was asked for ({0})")]
    Malformed(String),
    /// The run's time ended.
    #[error("the run's time ended before an answer came")]
    Timeout,
    /// Every symbol is denied.
    #[error("it denies every symbol asked for, which is an outage of the source")]
    Outage,
    /// It answers, and nothing that it answers has closes.
    #[error("{0} answers without closes")]
    Barren(&'static str),
    /// The run's number of requests is used up.
    #[error("not asked, because the run's limit of {0} requests is reached")]
    Budget(usize),
    /// The source does not hold the instrument.
    #[error("it holds no closes of it")]
    NotCovered,
}

impl SourceError {
    /// Whether sending the same request once more may help at once.
    #[must_use]
    pub fn worth_a_retry(&self) -> bool {
        matches!(self, SourceError::Transport(_) | SourceError::Fault(_) | SourceError::Garbled(_))
    }
}

/// One source of closes. Building requests and reading answers is pure.
pub trait Source: Sync {
    /// What it says of itself.
    fn info(&self) -> &'static SourceInfo;

    /// Whether it holds the instrument, by the catalogue.
    fn covers(&self, instrument: &Instrument) -> bool {
        instrument.symbol(self.info().name).is_some_and(is_symbol)
    }

    /// How it spells a symbol that is not in the catalogue, written as finance.yahoo.com does
    /// (`600519.SS`, `0700.HK`, `AAPL`); none where it cannot hold it.
    fn spells(&self, _symbol: &str) -> Option<String> {
        None
    }

    /// The requests for these positions of `query.wants`, each of which it covers.
    fn requests(&self, query: &Query, wants: &[usize]) -> Vec<Request>;

    /// Reads an answer.
    ///
    /// # Errors
    /// What concerns the request as a whole; what concerns one want is in the answers.
    fn parse(&self, query: &Query, request: &Request, response: &Response) -> Result<Parsed, SourceError>;

    /// Smaller requests for what a request that failed for good asked; `again` where that one was such
    /// a part itself. None where it cannot be divided.
    fn parts(&self, _query: &Query, _request: &Request, _again: bool) -> Vec<Request> {
        Vec::new()
    }

    /// The request that looks a text up among its symbols, for at most so many of them; none where it has
    /// no search.
    fn lookup(&self, _text: &str, _most: usize) -> Option<Request> {
        None
    }

    /// Reads the answer to [`Source::lookup`], best first.
    ///
    /// # Errors
    /// What ended the request.
    fn hits(&self, _response: &Response) -> Result<Vec<Hit>, SourceError> {
        Ok(Vec::new())
    }

    /// The largest answer that is read, in bytes.
    fn largest(&self) -> usize {
        8 * 1024 * 1024
    }

    /// Whether what several answers find of one want are parts of its series, to be joined by date
    /// ([`Series::joined`]), instead of the later one replacing the earlier.
    fn in_parts(&self) -> bool {
        false
    }

    /// First and last date held, where that is fixed.
    fn holds(&self) -> Option<(NaiveDate, NaiveDate)> {
        None
    }
}

/// Whether the word can be a symbol. One of dots alone would lead out of the path it is put into.
pub(crate) fn is_symbol(word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_alphanumeric())
}

/// The symbol a source is asked by for a want: the catalogue's, or its own spelling of what was typed.
pub(crate) fn symbol_of(source: &dyn Source, want: &Want) -> Option<String> {
    let name = source.info().name;
    if want.ad_hoc {
        let typed = || want.instrument.id.as_str();
        let own = want.instrument.symbol(name).map(str::to_owned);
        return own.or_else(|| source.spells(typed())).filter(|s| is_symbol(s));
    }
    let known = source.covers(&want.instrument).then(|| want.instrument.symbol(name)).flatten();
    known.filter(|s| is_symbol(s)).map(str::to_owned)
}

/// Percent-encodes all but unreserved characters.
pub(crate) fn encoded(symbol: &str) -> String {
    symbol
        .bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}
