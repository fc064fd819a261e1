//! What a user is told of a failure: what failed, of which instrument and source, why, and what to
//! do next.
//!
//! Not for: deciding what failed (`source`, `router`) or printing it.

use chrono::{DateTime, NaiveDate, TimeDelta, Timelike, Utc};

use super::source::{Source, SourceError, SourceInfo};
use super::{Failure, FailureKind, Want};
use crate::domain::text::sanitise;

/// Whom a want was asked of, and how.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The source that was asked.
    pub(crate) source: &'a dyn Source,
    /// The symbol it was asked by, where there is one.
    pub(crate) symbol: Option<&'a str>,
    /// It was asked at an address set by the user and not at its own hosts.
    pub(crate) mirror: bool,
    /// Today, as a UTC date.
    pub(crate) today: NaiveDate,
}

impl Failure {
    /// One failure of what several sources said: the first one's, with the reasons of the others. None of
    /// none.
    pub(crate) fn of_all(all: Vec<Failure>) -> Option<Failure> {
        let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
        for f in &all {
            match reasons.iter_mut().find(|(reason, _)| *reason == f.reason) {
                Some((_, sources)) => sources.push(f.source.clone()),
                None => reasons.push((f.reason.clone(), vec![f.source.clone()])),
            }
        }
        let asked: Vec<String> = all.iter().map(|f| f.source.clone()).collect();
        let retryable = all.iter().any(|f| f.retryable);
        let first = all.into_iter().next()?;
        if asked.len() == 1 {
            return Some(first);
        }
        let told: Vec<String> =
            reasons.iter().map(|(reason, sources)| format!("{}: {reason}", sources.join(", "))).collect();
        let said = sanitise(&told.join("; "), 500);
        let message = format!("no closes of {}: {said}", first.instrument);
        let said = (told.len() > 1).then_some(said);
        let reasons: Vec<String> = reasons.into_iter().map(|(reason, _)| reason).collect();
        Some(Failure {
            message: sanitise(&message, 600),
            reason: reasons.join("; "),
            asked,
            said,
            retryable,
            ..first
        })
    }
}

/// The failure of `want` at the source asked.
pub(crate) fn failure(want: &Want, asked: &Asked<'_>, error: &SourceError) -> Failure {
    let id = &want.instrument.id;
    let name = asked.source.info().name;
    if *error == SourceError::NotCovered {
        return not_covered(want, &[name.to_owned()]);
    }
    let symbol = asked
        .symbol
        .filter(|s| *s != id.as_str())
        .map_or_else(String::new, |s| format!(" (symbol {})", sanitise(s, 32)));
    let reason = sanitise(&error.to_string(), 200);
    Failure {
        instrument: id.clone(),
        source: name.to_owned(),
        asked: vec![name.to_owned()],
        said: None,
        kind: kind(error),
        message: sanitise(&format!("no closes of {} from {name}{symbol}: {reason}", shown(want)), 300),
        reason,
        hint: hint(want, asked, error),
        retryable: retryable(error),
    }
}

/// The id, cut so that a long word leaves room for the reason.
fn shown(want: &Want) -> String {
    sanitise(want.instrument.id.as_str(), 40)
}

/// The failure of a want that none of the sources asked for holds.
pub(crate) fn not_covered(want: &Want, asked: &[String]) -> Failure {
    let id = shown(want);
    let demo = asked.iter().any(|s| s == "demo");
    let names = if asked.is_empty() { "any source".to_owned() } else { sanitise(&asked.join(", "), 60) };
    let (message, reason, hint) = if demo {
        (
            format!("the demo holds no closes of {id} from 2025-09-08 to 2026-01-23"),
            "the demo holds no closes of it",
            "run without --demo to ask for it over the network",
        )
    } else {
        (
            format!("no closes of {id} from {names}: no symbol of it is known there"),
            "no symbol of it is known there",
            "`marketsnap search TEXT` finds symbols as finance.yahoo.com writes them; `marketsnap sources` shows who covers what",
        )
    };
    Failure {
        instrument: want.instrument.id.clone(),
        source: if demo { "demo".to_owned() } else { names },
        asked: Vec::new(),
        said: None,
        kind: FailureKind::NotCovered,
        message: sanitise(&message, 300),
        reason: reason.to_owned(),
        hint: hint.to_owned(),
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
        SourceError::Transport(_) | SourceError::Fault(_) => FailureKind::Transport,
        SourceError::Garbled(_) | SourceError::Malformed(_) => FailureKind::Malformed,
        SourceError::Timeout => FailureKind::Timeout,
        SourceError::Outage | SourceError::Barren(_) => FailureKind::Outage,
        SourceError::NotCovered => FailureKind::NotCovered,
    }
}

fn retryable(error: &SourceError) -> bool {
    matches!(
        error,
        SourceError::Throttled { .. }
            | SourceError::Budget(_)
            | SourceError::Transport(_)
            | SourceError::Fault(_)
            | SourceError::Garbled(_)
            | SourceError::Timeout
            | SourceError::Outage
            | SourceError::Barren(_)
    )
}

fn hint(want: &Want, asked: &Asked<'_>, error: &SourceError) -> String {
    let info = asked.source.info();
    let (name, page, variable) = (info.name, info.page, info.url_variable);
    match error {
        SourceError::UnknownSymbol if want.ad_hoc => {
            format!("`marketsnap search TEXT` finds symbols; see how {page} spells the symbol")
        }
        SourceError::UnknownSymbol => {
            format!("{name} does not serve it now; other instruments are unaffected")
        }
        SourceError::Renamed(to) => {
            format!("ask for {} if that is what you mean; see {page}", sanitise(to, 32))
        }
        SourceError::NoData(_) => match asked.source.holds() {
            Some((first, last)) => format!("the {name} reaches from {first} to {last}"),
            None => format!("see at {page} whether it has a history"),
        },
        SourceError::Throttled { until: Some(at), wait, .. } => {
            // A pause that no run waits for is not shortened by a longer one.
            let or = if *wait { ", or give it more time with --timeout" } else { "" };
            format!("try again after {} UTC{or}", minute(*at, asked.today))
        }
        SourceError::Throttled { until: None, .. } => {
            "try again in a few minutes; `marketsnap sources` tells how each source is doing".to_owned()
        }
        SourceError::Budget(limit) => {
            format!("ask for fewer instruments at once; a run sends at most {limit}")
        }
        SourceError::Blocked(_) | SourceError::Unauthorised(_) if asked.mirror => {
            format!("the mirror set with {variable} refuses: look there, or unset {variable} to ask {name}")
        }
        SourceError::Unauthorised(_) if info.key.is_some() => key_hint(info),
        SourceError::Blocked(_) | SourceError::Unauthorised(_) => {
            format!(
                "open {page} in a browser from this network, or set {variable} to a mirror; `marketsnap sources` lists others"
            )
        }
        SourceError::Transport(_) => {
            "check the connection; `marketsnap today --demo` works without one".to_owned()
        }
        SourceError::Fault(status) => format!(
            "{name} is disturbed (status {status}): try again later; `marketsnap today --demo` works without it"
        ),
        SourceError::Garbled(_) => {
            format!("try again; if it stays, {name} may be disturbed or the network alters answers")
        }
        SourceError::Malformed(_) => {
            format!("{name} may have changed its format: look for a newer marketsnap")
        }
        SourceError::Timeout => "give it more time with --timeout, or check the connection".to_owned(),
        SourceError::Outage | SourceError::Barren(_) if asked.mirror => {
            format!("try again in some minutes, or look at the mirror set with {variable}")
        }
        SourceError::Outage | SourceError::Barren(_) => {
            format!("try again in some minutes; {page} shows whether it is back")
        }
        SourceError::NotCovered => String::new(),
    }
}

fn key_hint(info: &SourceInfo) -> String {
    info.key.map_or_else(String::new, |key| {
        format!(
            "put a key into {0}, or its file's name into {0}_FILE; {1} gives keys; see `marketsnap sources --source {2}`",
            key.variable, key.page, info.name
        )
    })
}

/// The first full minute at or after the instant, with its date unless that is today.
fn minute(at: DateTime<Utc>, today: NaiveDate) -> String {
    let beyond = i64::from(at.second() > 0 || at.nanosecond() > 0) * i64::from(60 - at.second());
    let at = at.checked_add_signed(TimeDelta::seconds(beyond)).unwrap_or(at);
    let format = if at.date_naive() == today { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    at.format(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Instrument;
    use crate::fetch::source;

    fn told(error: &SourceError, ad_hoc: bool, mirror: bool) -> Failure {
        let want = Want { instrument: Instrument::unlisted("X", ""), zone: None, ad_hoc };
        let today = "2026-01-21".parse().unwrap();
        let asked = Asked { source: source("yahoo").unwrap(), symbol: Some("X"), mirror, today };
        failure(&want, &asked, error)
    }

    fn throttled_until(instant: &str) -> String {
        throttled(instant, true)
    }

    fn throttled(instant: &str, wait: bool) -> String {
        let until = Some(instant.parse().unwrap());
        told(&SourceError::Throttled { reason: "status 429".to_owned(), until, wait }, false, false).hint
    }

    #[test]
    fn more_time_is_advised_only_for_a_pause_that_a_run_would_wait_for() {
        let more = "try again after 08:33 UTC, or give it more time with --timeout";
        assert_eq!(throttled("2026-01-21T08:33:00Z", true), more);
        assert_eq!(throttled("2026-01-21T08:33:00Z", false), "try again after 08:33 UTC");
    }

    #[test]
    fn the_time_to_come_back_is_rounded_up_and_has_its_date_on_another_day() {
        assert!(throttled_until("2026-01-21T08:33:00Z").contains("after 08:33 UTC"));
        assert!(throttled_until("2026-01-21T08:33:01Z").contains("after 08:34 UTC"));
        assert!(throttled_until("2026-01-21T08:33:00.5Z").contains("after 08:34 UTC"));
        assert!(throttled_until("2026-01-21T23:59:30Z").contains("after 2026-01-22 00:00 UTC"));
    }

    #[test]
    fn a_refusal_by_a_mirror_speaks_of_the_mirror() {
        for error in [SourceError::Blocked("a".to_owned()), SourceError::Unauthorised("a".to_owned())] {
            let hint = told(&error, false, true).hint;
            assert!(hint.contains("the mirror set with MARKETSNAP_YAHOO_URL"), "{hint}");
            assert!(!hint.contains("finance.yahoo.com"), "{hint}");
            assert!(told(&error, false, false).hint.contains("open finance.yahoo.com"));
        }
    }

    #[test]
    fn only_who_typed_a_symbol_is_told_to_look_up_how_it_is_spelt() {
        assert!(told(&SourceError::UnknownSymbol, true, false).hint.contains("spells the symbol"));
        let hint = told(&SourceError::UnknownSymbol, false, false).hint;
        assert_eq!(hint, "yahoo does not serve it now; other instruments are unaffected");
    }

    #[test]
    fn a_hint_names_the_command_that_helps() {
        let pause = SourceError::Throttled { reason: String::new(), until: None, wait: true };
        for (error, command) in [
            (pause, "marketsnap sources"),
            (SourceError::Blocked(String::new()), "marketsnap sources"),
            (SourceError::UnknownSymbol, "marketsnap search"),
            (SourceError::NotCovered, "marketsnap search"),
            (SourceError::Transport(String::new()), "marketsnap today --demo"),
            (SourceError::Fault(502), "marketsnap today --demo"),
        ] {
            let hint = told(&error, true, false).hint;
            assert!(hint.contains(command), "{error}: {hint}");
        }
    }

    #[test]
    fn a_source_that_answered_is_disturbed_and_the_connection_is_not_to_blame() {
        let failure = told(&SourceError::Fault(502), false, false);
        assert!(failure.hint.starts_with("yahoo is disturbed (status 502): try again later"));
        assert!(!failure.hint.contains("connection"));
        assert_eq!(failure.reason, "it answered with status 502");
        assert!(failure.retryable);
    }
}
