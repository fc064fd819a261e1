//! The desk of a run: it knows every source's state, asks each want's sources in order, and collects one
//! series or one failure for each.
//!
//! Not for: the requests of one source (`run`), or what an answer means (the sources). Whether two
//! sources agree is `compute`'s to say.

mod address;
mod lookup;
mod outcome;
mod plan;
mod provider;
mod redact;
mod run;
mod search;

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;

use super::failure::{Asked, failure, not_covered};
use super::health::Condition;
use super::http::Clients;
use super::lookup::Looked;
use super::memory::Memory;
use super::registry::source;
use super::source::{Found, Source, SourceError, symbol_of};
use super::{Clock, Failure, Fetched, Health, Observer, Query, Settings, Want};
use crate::domain::Series;
use provider::Provider;
use search::Search;

/// What one source brought for one want.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slot {
    /// Series, perhaps one that a later request may replace.
    found: Option<Found>,
    /// The newest error.
    error: Option<SourceError>,
}

/// The sources of a run. A source that got into trouble is not asked again, whatever for.
pub struct Desk<'a> {
    settings: &'a Settings,
    clock: &'a dyn Clock,
    observer: &'a dyn Observer,
    deadline: Instant,
    clients: Clients,
    providers: Vec<Provider>,
}

impl<'a> Desk<'a> {
    /// Opens a desk with what is remembered of the sources; the run's time begins.
    #[must_use]
    pub fn open(settings: &'a Settings, clock: &'a dyn Clock, observer: &'a dyn Observer) -> Self {
        let memory = settings.memory.as_deref().map(Memory::read).unwrap_or_default();
        let now = clock.now();
        let known = settings.sources.iter().filter_map(|name| source(name));
        let provider = |s: &'static dyn Source| {
            Provider::new(s, settings, memory.of(&remembered_as(settings, s.info().name)), now)
        };
        Self {
            settings,
            clock,
            observer,
            deadline: Instant::now() + settings.deadline,
            clients: Clients::new(settings),
            providers: known.map(provider).collect(),
        }
    }

    /// Asks each want's sources in turn until one has it; never fails as a whole, and returns when all is
    /// answered or the deadline has passed, with what could be had.
    pub async fn fetch(&mut self, query: &Query) -> Fetched {
        self.fetch_and_check(query, None).await.0
    }

    /// As [`Desk::fetch`]; and at the same time the next source that answers gives a second opinion of the
    /// want at `check`.
    pub async fn fetch_and_check(&mut self, query: &Query, check: Option<usize>) -> (Fetched, Vec<Series>) {
        let all = query.wants.iter().enumerate();
        let mut searches: Vec<Search> = all.map(|(at, want)| Search::new(at, self.chain(want))).collect();
        for want in check.into_iter().filter(|at| *at < query.wants.len()) {
            let mut chain = query.wants.get(want).map(|w| self.chain(w)).unwrap_or_default();
            chain.pop();
            searches.push(Search { spare: true, ..Search::new(want, chain) });
        }
        self.search(query, &mut searches, self.deadline).await;
        let checked: Vec<Search> = searches.drain(query.wants.len()..).collect();
        let mut fetched = Fetched::default();
        for (want, search) in query.wants.iter().zip(searches) {
            match search.found {
                Some(Found { series, described }) => {
                    fetched.series.push(series);
                    fetched.described.extend(described.map(|d| (want.instrument.id.clone(), d)));
                    fetched.detours.extend(self.detours(query, want, &search.errors));
                }
                None => fetched.failures.push(self.failed(query, want, &search.errors)),
            }
        }
        fetched.requests = self.requests();
        fetched.sources = self.health();
        (fetched, checked.into_iter().filter_map(|s| s.found.map(|f| f.series)).collect())
    }

    /// Asks, for each want, the first source in order that answers and is none of those in `but`, which
    /// stands beside the wants; for no longer than `within`.
    pub async fn second(&mut self, query: &Query, but: &[Vec<String>], within: Duration) -> Vec<Series> {
        let mut searches = Vec::new();
        for (at, (want, but)) in query.wants.iter().zip(but).enumerate() {
            let mut chain = self.chain(want);
            chain.retain(|at| self.name(*at).is_none_or(|name| !but.iter().any(|b| b == name)));
            searches.push(Search { spare: true, ..Search::new(at, chain) });
        }
        let end = self.deadline.min(Instant::now() + within);
        self.search(query, &mut searches, end).await;
        searches.into_iter().filter_map(|s| s.found.map(|f| f.series)).collect()
    }

    /// Looks a text up at every source that has a search, side by side; at most `most` symbols of each.
    pub async fn look_up(&mut self, text: &str, most: usize) -> Vec<Looked> {
        let Self { settings, clock, observer, deadline, clients, providers } = self;
        let asked = providers.iter_mut().map(|p| {
            let source = p.source().info().name;
            let mirror = settings.base_urls.contains_key(source);
            let errand =
                lookup::Errand { clock: *clock, observer: *observer, clients, end: *deadline, mirror };
            async move {
                let outcome = lookup::ask(p, text, most, errand).await?;
                Some(Looked { source: source.to_owned(), outcome })
            }
        });
        join_all(asked).await.into_iter().flatten().collect()
    }

    /// How the sources did so far, in the order of the run.
    #[must_use]
    pub fn health(&self) -> Vec<Health> {
        self.providers.iter().map(Provider::health).collect()
    }

    /// Requests sent over the network so far, retries included.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.providers.iter().map(|p| p.health().requests).sum()
    }

    /// Ends the run: what the sources said of pauses is remembered.
    pub fn close(self) {
        let Some(path) = &self.settings.memory else { return };
        let asked = self.health().into_iter().filter(|h| h.requests > 0);
        let learnt: Vec<(String, Health)> =
            asked.map(|h| (remembered_as(self.settings, &h.name), h)).collect();
        if !learnt.is_empty() {
            // A memory that cannot be written costs the next run a refusal, and this one nothing.
            let _ = Memory::add(path, &learnt, self.clock.now());
        }
    }

    fn name(&self, at: usize) -> Option<&'static str> {
        self.providers.get(at).map(|p| p.source().info().name)
    }

    /// Positions of the providers that hold a want, the first to be asked last: the instrument's own
    /// order before that of the run, unless the user named the run's.
    fn chain(&self, want: &Want) -> Vec<usize> {
        let own = if self.settings.named { &[] } else { want.instrument.sources.as_slice() };
        let rank =
            |at: &usize| own.iter().position(|n| Some(n.as_str()) == self.name(*at)).unwrap_or(own.len());
        let usable = |at: &usize| self.providers.get(*at).is_some_and(|p| holds(p.source(), want));
        let mut chain: Vec<usize> = (0..self.providers.len()).filter(usable).collect();
        chain.sort_by_key(rank);
        chain.reverse();
        chain
    }

    /// What sources that are not in trouble as a whole said of a want that another one then had.
    fn detours(&self, query: &Query, want: &Want, errors: &[(usize, SourceError)]) -> Vec<Failure> {
        let healthy = |at: usize| self.providers.get(at).is_some_and(|p| p.stopped().is_none());
        let own = errors.iter().filter(|(at, e)| healthy(*at) && Condition::after(e).is_none());
        own.filter_map(|(at, error)| self.told(query, want, *at, error)).collect()
    }

    /// The failure of a want: told as of the first source that was to be asked, the one the user expects,
    /// with what the others said.
    fn failed(&self, query: &Query, want: &Want, errors: &[(usize, SourceError)]) -> Failure {
        let all: Vec<Failure> = errors.iter().filter_map(|(at, e)| self.told(query, want, *at, e)).collect();
        Failure::of_all(all).unwrap_or_else(|| not_covered(want, &self.settings.sources))
    }

    fn told(&self, query: &Query, want: &Want, at: usize, error: &SourceError) -> Option<Failure> {
        let source = self.providers.get(at)?.source();
        let symbol = symbol_of(source, want);
        let asked = Asked {
            source,
            symbol: symbol.as_deref(),
            mirror: self.settings.base_urls.contains_key(source.info().name),
            today: query.until,
        };
        Some(failure(want, &asked, error))
    }
}

/// The name a source is remembered by: another address in its place is another one to be polite to.
pub(super) fn remembered_as(settings: &Settings, name: &str) -> String {
    let base = settings.base_urls.get(name).and_then(|b| reqwest::Url::parse(b).ok());
    let place = base.and_then(|u| Some(format!("{}:{}", u.host_str()?, u.port_or_known_default()?)));
    place.map_or_else(|| name.to_owned(), |place| format!("{name} at {place}"))
}

/// Whether a source can be asked for a want.
fn holds(source: &dyn Source, want: &Want) -> bool {
    if want.ad_hoc { symbol_of(source, want).is_some() } else { source.covers(&want.instrument) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use chrono::{DateTime, Utc};

    use super::*;
    use crate::domain::Instrument;
    use crate::fetch::Event;

    struct Still;

    impl Clock for Still {
        fn now(&self) -> DateTime<Utc> {
            DateTime::UNIX_EPOCH
        }
    }

    impl Observer for Still {
        fn event(&self, event: &Event) {
            assert!(matches!(event, Event::Started { .. } | Event::Waiting { .. }), "{event:?}");
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
            ..Settings::default()
        };
        let mut desk = Desk::open(&settings, &Still, &Still);
        desk.providers.iter_mut().for_each(|p| p.sent = 60);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let fetched = runtime.block_on(desk.fetch(&query));
        assert_eq!(fetched.requests, 60);
        let limit = |f: &Failure| f.reason == "not asked, because the run's limit of 60 requests is reached";
        assert!(fetched.failures.iter().all(limit), "{:?}", fetched.failures);
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
