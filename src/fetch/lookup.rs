//! Looking symbols up at the sources: what is asked and what came of it.
//!
//! Not for: closes, or the catalogue, which no source is asked for.

use super::{Described, FailureKind};

/// A symbol as a source's search tells of it; that it has closes is not said.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The symbol, spelt as it is asked for.
    pub symbol: String,
    /// Name, kind, venue and currency, as far as they are told.
    pub described: Described,
    /// The venue in the source's words, made safe to print.
    pub venue: Option<String>,
}

/// What one source made of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Looked {
    /// Short name of the source.
    pub source: String,
    /// What it found, best first, or why it told nothing.
    pub outcome: Result<Vec<Hit>, NotLooked>,
}

/// Why a source told nothing; every text is safe to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotLooked {
    /// The sort of failure.
    pub kind: FailureKind,
    /// Why.
    pub reason: String,
    /// What to do next.
    pub hint: String,
    /// Whether the same command may succeed later.
    pub retryable: bool,
}

/// Short names of the sources that have a search, in the order they are asked.
pub fn searchable() -> impl Iterator<Item = &'static str> {
    super::source_names().filter(|name| super::source(name).is_some_and(|s| s.lookup("x", 1).is_some()))
}
