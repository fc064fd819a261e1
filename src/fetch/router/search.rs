//! The way of wants from source to source: rounds in which each open want asks its next source, all sources
//! of a round side by side.
//!
//! Not for: what is asked of one source (`run`), or which sources a want has (`router`).

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use tokio::time::Instant;

use super::provider::Provider;
use super::{Desk, Slot, run};
use crate::fetch::Query;
use crate::fetch::source::{Found, SourceError};

/// The share of the time left that a source gets while another could still answer in its place.
const SHARE: f64 = 0.4;

/// A want on its way from source to source.
pub(super) struct Search {
    /// Position in the query's wants.
    pub(super) want: usize,
    /// A second opinion: nothing is lost without an answer.
    pub(super) spare: bool,
    /// Positions of providers still to be asked, the next one last.
    pub(super) chain: Vec<usize>,
    /// What was found, if anything was.
    pub(super) found: Option<Found>,
    /// The provider that it was found at.
    pub(super) at: Option<usize>,
    /// What each source said that had nothing, in order.
    pub(super) errors: Vec<(usize, SourceError)>,
}

impl Desk<'_> {
    /// Rounds: each open want asks its next source, and the sources of a round work side by side. A source
    /// that was slow is asked again when nobody else is left to ask, by the wants that have no other.
    pub(super) async fn search(&mut self, query: &Query, searches: &mut [Search], end: Instant) {
        loop {
            self.hand_over(searches);
            let mut round = self.next_round(searches, false);
            if round.is_empty() {
                round = self.next_round(searches, true);
            }
            if round.is_empty() {
                return;
            }
            let answers = self.round(query, searches, &round, end).await;
            for (at, which, slot) in answers {
                let Some(search) = searches.get_mut(which) else { continue };
                search.found = slot.found;
                if search.found.is_some() {
                    search.at = Some(at);
                    continue;
                }
                match (slot.error, self.is_slow(at)) {
                    (None, true) if Instant::now() < end => search.chain.push(at),
                    (error, _) => search.errors.push((at, error.unwrap_or(SourceError::Timeout))),
                }
            }
        }
    }

    /// For each source of the next round, what it is asked for: positions in `searches`. A second opinion
    /// is not asked where its want is.
    fn next_round(&self, searches: &mut [Search], also_slow: bool) -> BTreeMap<usize, Vec<usize>> {
        let mut round: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut taken: BTreeSet<(usize, usize)> = BTreeSet::new();
        for (which, search) in searches.iter_mut().enumerate() {
            let mut next = self.next(search, also_slow);
            while let Some(at) = next.filter(|at| search.spare && taken.contains(&(*at, search.want))) {
                search.errors.push((at, SourceError::NotCovered));
                next = self.next(search, also_slow);
            }
            if let Some(at) = next {
                taken.insert((at, search.want));
                round.entry(at).or_default().push(which);
            }
        }
        round
    }

    /// What a second opinion found where its want would be asked next is the want's, and the opinion is
    /// asked of another source: nobody confirms himself.
    fn hand_over(&self, searches: &mut [Search]) {
        for which in 0..searches.len() {
            let (wants, opinions) = searches.split_at_mut(which);
            let Some(opinion) = opinions.first_mut().filter(|s| s.spare) else { continue };
            let open = wants.iter_mut().find(|s| !s.spare && s.want == opinion.want && s.found.is_none());
            let (Some(want), Some(at)) = (open, opinion.at) else { continue };
            match self.next(want, false) {
                Some(next) if next == at => {
                    want.found = opinion.found.take();
                    want.at = opinion.at.take();
                }
                Some(next) => want.chain.push(next),
                None => {}
            }
        }
    }

    /// The next source of a want that is not found yet. Sources that ended are passed over with the
    /// reason they ended for, and slow ones unless they are the want's last.
    fn next(&self, search: &mut Search, also_slow: bool) -> Option<usize> {
        if search.found.is_some() {
            return None;
        }
        while let Some(at) = search.chain.pop() {
            if let Some(error) = self.providers.get(at).and_then(Provider::stopped) {
                search.errors.push((at, error.clone()));
            } else if !self.is_slow(at) {
                return Some(at);
            } else if search.spare || search.chain.iter().any(|other| self.is_usable(*other)) {
                search.errors.push((at, run::out_of_share()));
            } else {
                if !also_slow {
                    search.chain.push(at);
                }
                return also_slow.then_some(at);
            }
        }
        None
    }

    fn is_slow(&self, at: usize) -> bool {
        self.providers.get(at).is_some_and(Provider::is_slow)
    }

    fn is_usable(&self, at: usize) -> bool {
        self.providers.get(at).is_some_and(|p| p.stopped().is_none())
    }

    async fn round(
        &mut self,
        query: &Query,
        searches: &[Search],
        round: &BTreeMap<usize, Vec<usize>>,
        end: Instant,
    ) -> Vec<(usize, usize, Slot)> {
        let spares = |s: &Search| s.spare || s.chain.iter().any(|at| self.is_usable(*at));
        let needed = searches.iter().filter(|s| s.found.is_none() && !spares(s));
        let needed: BTreeSet<usize> = needed.map(|s| s.want).collect();
        // While any want could still go on to another source, nobody may use up the run's time.
        let final_round = searches.iter().all(|s| s.found.is_some() || s.spare || needed.contains(&s.want));
        let denied: BTreeSet<usize> = searches.iter().filter(|s| s.is_denied()).map(|s| s.want).collect();
        let spared: BTreeSet<usize> = (0..query.wants.len()).filter(|want| !needed.contains(want)).collect();
        let now = Instant::now();
        let share = now + end.saturating_duration_since(now).mul_f64(SHARE);
        let (clock, observer, clients) = (self.clock, self.observer, &self.clients);
        let asked =
            self.providers.iter_mut().enumerate().filter_map(|(at, p)| Some((at, p, round.get(&at)?)));
        let tasks = asked.map(|(at, provider, which)| {
            let wants: Vec<usize> = which.iter().filter_map(|w| Some(searches.get(*w)?.want)).collect();
            let last = final_round && wants.iter().any(|want| needed.contains(want));
            let (spared, denied) = (&spared, &denied);
            async move {
                let deadline = if last { end } else { share };
                let tools =
                    run::Tools { query, clock, observer, clients, deadline, end, last, spared, denied };
                let slots = run::ask(provider, &wants, &tools).await;
                which.iter().zip(slots).map(|(which, slot)| (at, *which, slot)).collect::<Vec<_>>()
            }
        });
        join_all(tasks).await.concat()
    }
}

impl Search {
    /// The way of a want along a chain of providers.
    pub(super) fn new(want: usize, chain: Vec<usize>) -> Self {
        Self { want, spare: false, chain, found: None, at: None, errors: Vec::new() }
    }

    /// Whether another source does not know the symbol either.
    fn is_denied(&self) -> bool {
        self.errors.iter().any(|(_, error)| *error == SourceError::UnknownSymbol)
    }
}
