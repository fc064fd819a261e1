//! Walks the sources in order and collects, for each want, one series or one failure.
//!
//! Not for: the requests of one source (`run`), or what an answer means (the sources).

mod address;
mod outcome;
mod plan;
mod run;

use tokio::time::Instant;

use super::failure::{Asked, failure, not_covered};
use super::registry::source;
use super::source::{Found, Source, SourceError, symbol_of};
use super::{Clock, Failure, Fetched, Observer, Query, Settings, Want};

/// What one source brought for one want.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slot {
    /// Series, perhaps one that a later request may replace.
    found: Option<Found>,
    /// The newest error.
    error: Option<SourceError>,
}

/// Asks each source in turn for what the ones before it did not have.
pub(crate) async fn run(
    query: &Query,
    settings: &Settings,
    clock: &dyn Clock,
    observer: &dyn Observer,
) -> Fetched {
    let deadline = Instant::now() + settings.deadline;
    let mut found: Vec<Option<Found>> = vec![None; query.wants.len()];
    let mut failures: Vec<Option<Failure>> = vec![None; query.wants.len()];
    let mut requests = 0;
    for name in &settings.sources {
        let Some(source) = source(name) else { continue };
        let asked = asked_of(source, query, &found);
        if asked.is_empty() {
            continue;
        }
        let tools = run::Tools { query, settings, clock, observer, deadline };
        let (slots, sent) = run::ask(source, &asked, &tools, requests).await;
        requests += sent;
        for (at, slot) in asked.into_iter().zip(slots) {
            settle(&tools, source, at, slot, &mut found, &mut failures);
        }
    }
    assemble(query, settings, found, failures, requests)
}

/// Whether a source can be asked for a want.
fn holds(source: &dyn Source, want: &Want) -> bool {
    if want.ad_hoc { symbol_of(source, want).is_some() } else { source.covers(&want.instrument) }
}

fn asked_of(source: &dyn Source, query: &Query, found: &[Option<Found>]) -> Vec<usize> {
    query
        .wants
        .iter()
        .zip(found)
        .enumerate()
        .filter(|(_, (_, found))| found.is_none())
        .filter(|(_, (want, _))| holds(source, want))
        .map(|(at, _)| at)
        .collect()
}

fn settle(
    tools: &run::Tools<'_>,
    source: &dyn Source,
    at: usize,
    slot: Slot,
    found: &mut [Option<Found>],
    failures: &mut [Option<Failure>],
) {
    let (Some(want), Some(found), Some(told)) =
        (tools.query.wants.get(at), found.get_mut(at), failures.get_mut(at))
    else {
        return;
    };
    *found = slot.found;
    if found.is_some() {
        *told = None;
    } else if told.is_none() {
        // The first source asked is the one the user expects, so its failure is the one told.
        let error = slot.error.unwrap_or(SourceError::Timeout);
        let symbol = symbol_of(source, want);
        let asked = Asked {
            source,
            symbol: symbol.as_deref(),
            mirror: tools.settings.base_urls.contains_key(source.info().name),
            today: tools.query.until,
        };
        *told = Some(failure(want, &asked, &error));
    }
}

fn assemble(
    query: &Query,
    settings: &Settings,
    found: Vec<Option<Found>>,
    failures: Vec<Option<Failure>>,
    requests: usize,
) -> Fetched {
    let mut fetched = Fetched { requests, ..Fetched::default() };
    for ((want, found), failed) in query.wants.iter().zip(found).zip(failures) {
        match found {
            Some(Found { series, described }) => {
                fetched.series.push(series);
                if let Some(described) = described {
                    fetched.described.insert(want.instrument.id.clone(), described);
                }
            }
            None => {
                fetched.failures.push(failed.unwrap_or_else(|| not_covered(want, &settings.sources)));
            }
        }
    }
    fetched
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use chrono::{DateTime, Utc};

    use super::*;
    use crate::domain::Instrument;
    use crate::fetch::Event;
    use crate::fetch::pace::BUDGET;

    struct Still;

    impl Clock for Still {
        fn now(&self) -> DateTime<Utc> {
            DateTime::UNIX_EPOCH
        }
    }

    impl Observer for Still {
        fn event(&self, event: &Event) {
            assert!(matches!(event, Event::Started { .. }), "{event:?}");
        }
    }

    fn typed(symbol: &str) -> Want {
        let instrument = Instrument::unlisted(symbol, "");
        Want { instrument, zone: None, ad_hoc: true }
    }

    #[test]
    fn a_run_that_has_used_up_its_requests_sends_no_more() {
        let day = DateTime::UNIX_EPOCH.date_naive();
        let query = Query { wants: vec![typed("A"), typed("B")], from: day, until: day };
        let settings = Settings {
            sources: vec!["yahoo".to_owned()],
            base_urls: BTreeMap::from([("yahoo".to_owned(), "http://127.0.0.1:9".to_owned())]),
            deadline: Duration::from_secs(5),
            user_agent: None,
        };
        let deadline = Instant::now() + settings.deadline;
        let tools =
            run::Tools { query: &query, settings: &settings, clock: &Still, observer: &Still, deadline };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (slots, sent) = runtime.block_on(run::ask(source("yahoo").unwrap(), &[0, 1], &tools, BUDGET));
        assert_eq!(sent, 0);
        assert!(slots.iter().all(|s| s.error == Some(SourceError::Budget(BUDGET))), "{slots:?}");
    }

    #[test]
    fn a_typed_word_without_a_letter_or_digit_is_no_symbol() {
        let yahoo = source("yahoo").unwrap();
        assert_eq!(symbol_of(yahoo, &typed("^gspc")).as_deref(), Some("^GSPC"));
        for word in ["..", ".", "%", "是"] {
            let mut want = typed(word);
            assert_eq!(symbol_of(yahoo, &want), None);
            want.instrument.symbols.insert("yahoo".to_owned(), word.to_owned());
            assert_eq!(symbol_of(yahoo, &want), None);
            assert!(!yahoo.covers(&want.instrument));
            let day = DateTime::UNIX_EPOCH.date_naive();
            let query = Query { wants: vec![want], from: day, until: day };
            assert_eq!(yahoo.requests(&query, &[0]), []);
        }
    }
}
