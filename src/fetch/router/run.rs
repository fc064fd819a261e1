//! The requests of one source: at most three at once, paced, retried once, stopped when the source
//! refuses, and ended by the deadline.
//!
//! Not for: choosing the next source (`router`) or reading answers (the sources).

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use tokio::task::{Id, JoinSet};
use tokio::time::{Instant, sleep_until};

use super::Slot;
use super::plan::Place;
use super::provider::{Provider, State};
use crate::fetch::health::Condition;
use crate::fetch::http::{self, Clients, HttpError, Reply};
use crate::fetch::source::{Request, Response, SourceError, Target};
use crate::fetch::{Clock, Event, Observer, Query};

/// A source that brought closes so recently is going on and not cut short by its part of the time.
const GOING_ON: Duration = Duration::from_secs(2);

/// The end of a source that used up its part of the run's time.
pub(crate) fn out_of_share() -> SourceError {
    SourceError::Transport("it did not answer in its part of the run's time".to_owned())
}

/// What a run works with.
#[derive(Clone, Copy)]
pub(crate) struct Tools<'a> {
    pub(crate) query: &'a Query,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) clients: &'a Clients,
    /// When this source has to have answered, or shortly after its newest closes.
    pub(crate) deadline: Instant,
    /// When the run ends.
    pub(crate) end: Instant,
    /// The deadline is the run's end, and not only that of this source's part of it.
    pub(crate) last: bool,
    /// Positions of wants that another source could still answer.
    pub(crate) spared: &'a BTreeSet<usize>,
    /// Positions of wants that another source did not know: if this one does not either, it is no outage.
    pub(crate) denied: &'a BTreeSet<usize>,
}

impl Tools<'_> {
    /// Whether another source could answer all of these, so that this one need not be waited for.
    pub(super) fn spares(&self, wants: &[usize]) -> bool {
        wants.iter().all(|want| self.spared.contains(want))
    }
}

/// A request on its way: which try, where to, and not before when.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) request: Request,
    pub(super) retried: bool,
    pub(super) host: usize,
    pub(super) not_before: Instant,
    pub(super) sent_at: Instant,
    /// The run's deadline, and not our patience, limits this try.
    pub(super) last_chance: bool,
    /// Nothing else is sent before its retry has shown whether the source is down.
    pub(super) decides: bool,
    /// 1 for a part of a request that failed for good, 2 for a part of such a part.
    pub(super) part: u8,
}

pub(super) struct Run<'a> {
    pub(super) p: &'a mut Provider,
    pub(super) tools: &'a Tools<'a>,
    pub(super) queue: Vec<Job>,
    pub(super) flying: JoinSet<(Result<Reply, HttpError>, Duration)>,
    pub(super) jobs: HashMap<Id, Job>,
    pub(super) began: Instant,
    /// When it last brought closes.
    pub(super) brought: Option<Instant>,
    /// What went wrong with a try that is going to be repeated.
    pub(super) trouble: Option<SourceError>,
    pub(super) slots: HashMap<usize, Slot>,
    /// The instruments that were waited for when that was last told.
    told: usize,
}

/// Asks a source for the wants at `asked`; returns a slot for each.
pub(crate) async fn ask(provider: &mut Provider, asked: &[usize], tools: &Tools<'_>) -> Vec<Slot> {
    provider.slow = false;
    let requests = provider.source.requests(tools.query, asked);
    let mut run = Run {
        p: provider,
        tools,
        queue: Vec::new(),
        flying: JoinSet::new(),
        jobs: HashMap::new(),
        began: Instant::now(),
        brought: None,
        trouble: None,
        slots: HashMap::new(),
        told: 0,
    };
    run.enqueue(requests, Place::Last);
    run.drive().await;
    run.tell_waiting(0);
    run.conclude(asked);
    asked.iter().map(|at| run.slots.remove(at).unwrap_or_default()).collect()
}

impl Run<'_> {
    async fn drive(&mut self) {
        loop {
            let deadline = self.deadline();
            if Instant::now() >= deadline {
                break;
            }
            let wake = self.launch();
            self.tell_waiting(self.waiting());
            if self.flying.is_empty() {
                match wake {
                    None => return,
                    Some(at) if at >= deadline => break,
                    Some(_) => {}
                }
            }
            let wake = wake.map_or(deadline, |at| at.min(deadline));
            tokio::select! {
                biased;
                Some(ended) = self.flying.join_next_with_id(), if !self.flying.is_empty() => self.ended(ended),
                () = sleep_until(wake) => {}
            }
        }
        let open = || self.queue.iter().chain(self.jobs.values()).flat_map(|j| &j.request.wants);
        let spared = |want: &&usize| self.tools.spared.contains(*want);
        if self.tools.last {
            self.p.stop(SourceError::Timeout);
        } else if self.brought.is_none() && open().all(|want| spared(&want)) {
            self.p.stop(self.trouble.take().unwrap_or_else(out_of_share));
        } else {
            // It answers, only not in time for all, or has what nobody else has.
            let spared: Vec<usize> = open().filter(spared).copied().collect();
            self.note(&spared, &out_of_share());
            self.p.slow = true;
            return;
        }
        // Tries that end together with the run get a moment to report themselves.
        let end = Instant::now() + Duration::from_millis(50);
        while let Ok(Some(ended)) = tokio::time::timeout_at(end, self.flying.join_next_with_id()).await {
            self.ended(ended);
        }
        self.flying.abort_all();
    }

    /// Instruments that a request under way or planned is for.
    fn waiting(&self) -> usize {
        let open =
            self.queue.iter().chain(self.jobs.values()).filter(|j| j.request.target != Target::Builtin);
        open.flat_map(|j| &j.request.wants).collect::<BTreeSet<_>>().len()
    }

    /// Tells how many instruments are waited for, where that has changed.
    fn tell_waiting(&mut self, instruments: usize) {
        if instruments != self.told {
            self.told = instruments;
            let source = self.p.source.info().name.to_owned();
            self.tools.observer.event(&Event::Waiting { source, instruments });
        }
    }

    /// When it has to have answered: one that brings closes all the time may go on.
    fn deadline(&self) -> Instant {
        let going_on = self.brought.map_or(self.tools.deadline, |at| at + GOING_ON);
        self.tools.deadline.max(going_on).min(self.tools.end)
    }

    /// Sends what may be sent now; returns when the next request may be, if one waits for time only.
    fn launch(&mut self) -> Option<Instant> {
        loop {
            // After a failure one at a time, so that a source that is down is asked once more and not
            // three times, and one that still answers other requests can show it.
            let at_once = if self.p.failed_in_row > 0 { 1 } else { self.p.source.info().pace.in_flight };
            let undecided = self.in_question() && self.jobs.values().any(|job| job.decides);
            if matches!(self.p.state, State::Stopped(_)) || self.flying.len() >= at_once || undecided {
                return None;
            }
            let Some(at) = self.next_job() else {
                self.give_up_if_barren();
                return None;
            };
            let now = Instant::now();
            let ready = self.ready_at(at, now);
            if ready > now {
                return Some(ready);
            }
            let job = self.queue.remove(at);
            self.send(job, now);
        }
    }

    /// Whether a failure may mean that the source is down: it has brought nothing yet.
    pub(super) fn in_question(&self) -> bool {
        !self.p.alive
    }

    fn ready_at(&self, at: usize, now: Instant) -> Instant {
        let Some(job) = self.queue.get(at) else { return now };
        if job.request.target == Target::Builtin {
            return now;
        }
        let paused = if let State::Throttled(_, until) = self.p.state { until } else { now };
        self.p.bucket.ready_at(now).max(job.not_before).max(paused)
    }

    fn send(&mut self, mut job: Job, now: Instant) {
        let Target::Get(path) = job.request.target.clone() else {
            let response = Response {
                status: 200,
                body: Vec::new(),
                retry_after: None,
                location: None,
                received_at: self.tools.clock.now(),
            };
            match self.p.source.parse(self.tools.query, &job.request, &response) {
                Ok(parsed) => self.take(&job, parsed),
                Err(error) => self.note(&job.request.wants, &error),
            }
            return;
        };
        if let Some(error) = self.p.used_up(self.tools.clock.now()) {
            self.p.stop(error.clone());
            return self.note(&job.request.wants, &error);
        }
        let url = self.p.addresses.url(job.request.service, job.host, &path);
        let (client, url) = match url.and_then(|url| Ok((self.tools.clients.of(&url)?, url))) {
            Ok(both) => both,
            Err(reason) => return self.p.stop(SourceError::Transport(reason)),
        };
        let patience = self.p.source.info().pace.patience;
        let rest = self.tools.end.saturating_duration_since(now);
        job.last_chance = self.tools.last && rest < patience;
        job.sent_at = now;
        self.p.bucket.take(now);
        self.p.sent += 1;
        let get = http::Get {
            url: self.p.addresses.with_key(url),
            headers: self.p.addresses.headers(),
            limit: rest.min(patience),
            largest: self.p.source.largest(),
        };
        let gate = self.tools.clients.gate();
        let handle = self.flying.spawn(async move {
            let _turn = gate.enter().await;
            let began = Instant::now();
            let result = http::get(client, get).await;
            (result, began.elapsed())
        });
        self.jobs.insert(handle.id(), job);
    }

    /// Gives every want without a series its last word.
    fn conclude(&mut self, asked: &[usize]) {
        if let State::Stopped(error) = &self.p.state {
            // What was still to be asked for ends as the source did, whatever an earlier answer said.
            let error = error.clone();
            let open: Vec<usize> =
                self.queue.iter().chain(self.jobs.values()).flat_map(|j| j.request.wants.clone()).collect();
            self.note(&open, &error);
            let untold: Vec<usize> =
                asked.iter().filter(|at| !self.slots.contains_key(at)).copied().collect();
            self.note(&untold, &error);
            for slot in
                self.slots.values_mut().filter(|s| s.error.as_ref().is_some_and(|e| same_end(e, &error)))
            {
                slot.error = Some(error.clone());
            }
        }
        // What was asked and brought nothing but failures is no source to ask again.
        let failure = |s: &Slot| s.error.clone().filter(|e| Condition::after(e).is_some());
        if !self.p.alive
            && !self.p.slow
            && !self.slots.is_empty()
            && self.slots.values().all(|s| failure(s).is_some())
        {
            let error = asked.iter().find_map(|at| failure(self.slots.get(at)?));
            error.into_iter().for_each(|e| self.p.stop(e));
        }
        // One that is denied beside one that is merely empty is believed to be unknown.
        let empty = |s: &Slot| matches!(s.error, Some(SourceError::NoData(_) | SourceError::Renamed(_)));
        let doubtful = asked.iter().any(|at| self.tools.denied.contains(at));
        if self.p.alive || asked.len() < 2 || doubtful || self.slots.values().any(empty) {
            return;
        }
        for slot in self.slots.values_mut().filter(|s| s.error == Some(SourceError::UnknownSymbol)) {
            slot.error = Some(SourceError::Outage);
        }
    }
}

/// Whether the error of one request belongs to the end of the source, which then speaks for it.
fn same_end(error: &SourceError, end: &SourceError) -> bool {
    match end {
        SourceError::Barren(_) => {
            matches!(error, SourceError::NoData(_) | SourceError::UnknownSymbol | SourceError::Renamed(_))
        }
        _ if end.worth_a_retry() => error.worth_a_retry(),
        _ => std::mem::discriminant(error) == std::mem::discriminant(end),
    }
}
