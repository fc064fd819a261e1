//! The requests of one source: at most three at once, paced, retried once, stopped when the source
//! refuses, and ended by the deadline.
//!
//! Not for: choosing the next source (`router`) or reading answers (the sources).

use std::collections::HashMap;
use std::time::Duration;

use tokio::task::{Id, JoinSet};
use tokio::time::{Instant, sleep_until};

use super::Slot;
use super::address::Addresses;
use super::plan::{Barren, Place};
use crate::fetch::http::{self, HttpError, Reply};
use crate::fetch::pace::{BUDGET, Bucket, IN_FLIGHT, REQUEST_TIME};
use crate::fetch::source::{Request, Response, Source, SourceError, Target};
use crate::fetch::{Clock, Observer, Query, Settings};

/// What a run works with.
#[derive(Clone, Copy)]
pub(crate) struct Tools<'a> {
    pub(crate) query: &'a Query,
    pub(crate) settings: &'a Settings,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) observer: &'a dyn Observer,
    pub(crate) deadline: Instant,
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
    /// 1 for a part of a request that failed for good, 2 for a part of such a part.
    pub(super) part: u8,
}

/// How the source is doing.
#[derive(Debug, Clone)]
pub(super) enum State {
    Up,
    /// It asked for a pause, which was agreed to at the first instant and lasts to the second.
    Throttled(Instant, Instant),
    /// Blocked, throttled beyond the deadline, or down: nothing more is sent.
    Stopped(SourceError),
}

pub(super) struct Run<'a> {
    pub(super) source: &'static dyn Source,
    pub(super) tools: &'a Tools<'a>,
    pub(super) addresses: Addresses,
    pub(super) queue: Vec<Job>,
    pub(super) flying: JoinSet<(Result<Reply, HttpError>, Duration)>,
    pub(super) jobs: HashMap<Id, Job>,
    pub(super) bucket: Bucket,
    pub(super) state: State,
    /// The source has brought closes of some symbol.
    pub(super) alive: bool,
    pub(super) barren: Barren,
    pub(super) began: Instant,
    pub(super) failed_in_row: u32,
    pub(super) slots: HashMap<usize, Slot>,
    pub(super) sent: usize,
    pub(super) sent_before: usize,
}

/// Asks `source` for the wants at `asked`; returns a slot for each and the number of requests sent.
pub(crate) async fn ask(
    source: &'static dyn Source,
    asked: &[usize],
    tools: &Tools<'_>,
    sent_before: usize,
) -> (Vec<Slot>, usize) {
    let now = Instant::now();
    let mut run = Run {
        source,
        tools,
        addresses: Addresses::new(
            source.info(),
            tools.settings.base_urls.get(source.info().name).map(String::as_str),
            tools.settings.user_agent.as_deref(),
        ),
        queue: Vec::new(),
        flying: JoinSet::new(),
        jobs: HashMap::new(),
        bucket: Bucket::full(now),
        state: State::Up,
        alive: false,
        barren: Barren::default(),
        began: now,
        failed_in_row: 0,
        slots: HashMap::new(),
        sent: 0,
        sent_before,
    };
    run.enqueue(source.requests(tools.query, asked), Place::Last);
    run.drive().await;
    run.conclude(asked);
    (asked.iter().map(|at| run.slots.remove(at).unwrap_or_default()).collect(), run.sent)
}

impl Run<'_> {
    async fn drive(&mut self) {
        let deadline = self.tools.deadline;
        while Instant::now() < deadline {
            let wake = self.launch();
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
        self.stop(SourceError::Timeout);
        // Tries that end together with the run get a moment to report themselves.
        let end = deadline + Duration::from_millis(50);
        while let Ok(Some(ended)) = tokio::time::timeout_at(end, self.flying.join_next_with_id()).await {
            self.ended(ended);
        }
        self.flying.abort_all();
    }

    /// Sends what may be sent now; returns when the next request may be, if one waits for time only.
    fn launch(&mut self) -> Option<Instant> {
        loop {
            // After a failure one at a time, so that a source that is down is asked once more and not
            // three times, and one that still answers other requests can show it.
            let at_once = if self.failed_in_row > 0 { 1 } else { IN_FLIGHT };
            if matches!(self.state, State::Stopped(_)) || self.flying.len() >= at_once {
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

    fn ready_at(&self, at: usize, now: Instant) -> Instant {
        let Some(job) = self.queue.get(at) else { return now };
        if job.request.target == Target::Builtin {
            return now;
        }
        let paused = if let State::Throttled(_, until) = self.state { until } else { now };
        self.bucket.ready_at(now).max(job.not_before).max(paused)
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
            match self.source.parse(self.tools.query, &job.request, &response) {
                Ok(parsed) => self.take(&job, parsed),
                Err(error) => self.note(&job.request.wants, &error),
            }
            return;
        };
        if self.sent_before + self.sent >= BUDGET {
            self.stop(SourceError::Budget(BUDGET));
            return self.note(&job.request.wants, &SourceError::Budget(BUDGET));
        }
        let url = self.addresses.url(job.host, &path);
        let (client, url) = match url.and_then(|url| Ok((self.addresses.client()?, url))) {
            Ok(both) => both,
            Err(reason) => return self.stop(SourceError::Transport(reason)),
        };
        let rest = self.tools.deadline.saturating_duration_since(now);
        job.last_chance = rest < REQUEST_TIME;
        job.sent_at = now;
        self.bucket.take(now);
        self.sent += 1;
        let limit = rest.min(REQUEST_TIME);
        let handle = self.flying.spawn(async move {
            let result = http::get(client, url, limit).await;
            (result, now.elapsed())
        });
        self.jobs.insert(handle.id(), job);
    }

    /// Gives every want without a series its last word.
    fn conclude(&mut self, asked: &[usize]) {
        if let State::Stopped(error) = &self.state {
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
        // One that is denied beside one that is merely empty is believed to be unknown.
        let empty = |s: &Slot| matches!(s.error, Some(SourceError::NoData(_) | SourceError::Renamed(_)));
        if self.alive || asked.len() < 2 || self.slots.values().any(empty) {
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
