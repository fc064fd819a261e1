//! What a user is told of a failure: what failed, of which instrument and source, why, and what to
//! do next.
//!
//! Not for: deciding what failed (`source`, `router`) or printing it.

use super::source::{Source, SourceError};
use super::{Failure, FailureKind, Want};
use crate::domain::text::sanitise;

/// The failure of `want` at `source`.
pub(crate) fn failure(
    want: &Want,
    source: &dyn Source,
    symbol: Option<&str>,
    error: &SourceError,
) -> Failure {
    let id = &want.instrument.id;
    let name = source.info().name;
    let asked = symbol
        .filter(|s| *s != id.as_str())
        .map_or_else(String::new, |s| format!(" (symbol {})", sanitise(s, 32)));
    Failure {
        instrument: id.clone(),
        source: name.to_owned(),
        kind: kind(error),
        message: sanitise(&format!("no closes of {id} from {name}{asked}: {error}"), 300),
        hint: hint(source, error),
        retryable: retryable(error),
    }
}

/// The failure of a want that none of the sources asked for holds.
pub(crate) fn not_covered(want: &Want, asked: &[String]) -> Failure {
    let id = &want.instrument.id;
    let demo = asked.iter().any(|s| s == "demo");
    let names = if asked.is_empty() { "any source".to_owned() } else { sanitise(&asked.join(", "), 60) };
    let (message, hint) = if demo {
        (
            format!("the demo holds no closes of {id} from 2025-09-08 to 2026-01-23"),
            "run without --demo to ask for it over the network".to_owned(),
        )
    } else {
        (
            format!("no closes of {id} from {names}: no symbol of it is known there"),
            "give the symbol as finance.yahoo.com writes it, or name another source".to_owned(),
        )
    };
    Failure {
        instrument: id.clone(),
        source: if demo { "demo".to_owned() } else { names },
        kind: FailureKind::NotCovered,
        message: sanitise(&message, 300),
        hint,
        retryable: false,
    }
}

fn kind(error: &SourceError) -> FailureKind {
    match error {
        SourceError::UnknownSymbol => FailureKind::UnknownSymbol,
        SourceError::NoData(_) => FailureKind::NoData,
        SourceError::Renamed(_) => FailureKind::Renamed,
        SourceError::Throttled { .. } | SourceError::Budget(_) => FailureKind::Throttled,
        SourceError::Blocked(_) => FailureKind::Blocked,
        SourceError::Unauthorised(_) => FailureKind::Unauthorised,
        SourceError::Transport(_) => FailureKind::Transport,
        SourceError::Garbled(_) | SourceError::Malformed(_) => FailureKind::Malformed,
        SourceError::Timeout => FailureKind::Timeout,
        SourceError::Outage => FailureKind::Outage,
        SourceError::NotCovered => FailureKind::NotCovered,
    }
}

fn retryable(error: &SourceError) -> bool {
    matches!(
        error,
        SourceError::Throttled { .. }
            | SourceError::Budget(_)
            | SourceError::Transport(_)
            | SourceError::Garbled(_)
            | SourceError::Timeout
            | SourceError::Outage
    )
}

fn hint(source: &dyn Source, error: &SourceError) -> String {
    let info = source.info();
    let (name, page) = (info.name, info.page);
    match error {
        SourceError::UnknownSymbol => format!("see how {page} spells the symbol"),
        SourceError::Renamed(to) => {
            format!("ask for {} if that is what you mean; see {page}", sanitise(to, 32))
        }
        SourceError::NoData(_) => match source.holds() {
            Some((first, last)) => format!("the {name} reaches from {first} to {last}"),
            None => format!("see at {page} whether it has a history"),
        },
        SourceError::Throttled { until: Some(at), .. } => {
            format!("try again after {} UTC, or give it more time with --timeout", at.format("%H:%M"))
        }
        SourceError::Throttled { until: None, .. } => "try again in a few minutes".to_owned(),
        SourceError::Budget(limit) => {
            format!("ask for fewer instruments at once; a run sends at most {limit}")
        }
        SourceError::Blocked(_) | SourceError::Unauthorised(_) => {
            format!("open {page} in a browser from this network, or set {} to a mirror", info.url_variable)
        }
        SourceError::Transport(_) => {
            "check the connection; `marketsnap today --demo` works without one".to_owned()
        }
        SourceError::Garbled(_) => {
            format!("try again; if it stays, {name} may be disturbed or the network alters answers")
        }
        SourceError::Malformed(_) => {
            format!("{name} may have changed its format: look for a newer marketsnap")
        }
        SourceError::Timeout => "give it more time with --timeout, or check the connection".to_owned(),
        SourceError::Outage => format!("try again in some minutes; {page} shows whether it is back"),
        SourceError::NotCovered => "name another source".to_owned(),
    }
}
