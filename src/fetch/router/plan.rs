//! What is sent next, and when a source that answers without closes has cost enough.
//!
//! Not for: sending (`run`) or what becomes of a try (`outcome`).

use tokio::time::Instant;

use super::run::{Job, Run};
use crate::fetch::Event;
use crate::fetch::source::{Request, SourceError, Target};

/// The most answers without closes of each sort, while there were none with any.
const ANSWERS: usize = 3;

/// Answers without closes, and what they mean together.
#[derive(Debug, Clone, Default)]
pub(super) struct Barren {
    batches: usize,
    singles: usize,
    why: Option<SourceError>,
}

/// Where in the queue requests come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Last,
    /// Before all others.
    First,
    /// Before all others, as parts of a request that failed for good (1), or of such a part (2).
    Parts(u8),
}

fn is_batch(job: &Job) -> bool {
    job.request.wants.len() > 1
}

impl Run<'_> {
    /// Plans requests.
    pub(super) fn enqueue(&mut self, requests: Vec<Request>, place: Place) {
        let sent_ones = requests.iter().filter(|r| r.target != Target::Builtin).count();
        if sent_ones > 0 {
            self.tools.observer.event(&Event::Started { requests: sent_ones });
        }
        let now = if place == Place::Last { Instant::now() } else { self.began };
        let at = if place == Place::Last { self.queue.len() } else { 0 };
        let jobs = requests.into_iter().map(|request| Job {
            request,
            retried: false,
            host: 0,
            not_before: now,
            sent_at: now,
            last_chance: false,
            decides: false,
            part: if let Place::Parts(depth) = place { depth } else { 0 },
        });
        self.queue.splice(at..at, jobs);
    }

    /// Counts an answer without closes.
    pub(super) fn count_barren(&mut self, job: &Job, error: &SourceError) {
        let known_to_be_denied = job.request.wants.iter().all(|want| self.tools.denied.contains(want));
        if *error == SourceError::UnknownSymbol && known_to_be_denied {
            return;
        }
        let count = if is_batch(job) { &mut self.p.barren.batches } else { &mut self.p.barren.singles };
        *count += 1;
        let means = match error {
            SourceError::UnknownSymbol => SourceError::Outage,
            SourceError::Malformed(_) => error.clone(),
            _ => SourceError::Barren(self.p.source.info().name),
        };
        self.p.barren.why = match self.p.barren.why.take() {
            Some(before) if before != means => Some(SourceError::Barren(self.p.source.info().name)),
            _ => Some(means),
        };
    }

    /// Nothing that may be sent is left although something was to be asked: that is the source's end.
    pub(super) fn give_up_if_barren(&mut self) {
        let told = self.p.barren.batches + self.p.barren.singles;
        if self.p.alive || told < ANSWERS || self.queue.is_empty() || !self.flying.is_empty() {
            return;
        }
        if let Some(why) = self.p.barren.why.clone() {
            self.p.stop(why);
        }
    }

    /// Until the source has brought closes, three batches and three single requests are the most that
    /// answers without any may cost.
    fn may_be_sent(&self, job: &Job) -> bool {
        if self.p.alive {
            return true;
        }
        let alike = |other: &&Job| is_batch(other) == is_batch(job);
        let flying = self.jobs.values().filter(alike).count();
        let told = if is_batch(job) { self.p.barren.batches } else { self.p.barren.singles };
        !job.request.only_if_alive && told + flying < ANSWERS
    }

    /// The job that may be sent first. Those that need a sign of life stay until there is one. After a
    /// failure its parts wait for what was planned before, which decides whether the source is down; and
    /// while it has brought nothing, all wait for the retry of what failed.
    pub(super) fn next_job(&self) -> Option<usize> {
        let in_doubt = self.p.failed_in_row > 0;
        let in_question = self.in_question();
        self.queue
            .iter()
            .enumerate()
            .filter(|(_, job)| self.may_be_sent(job))
            .min_by_key(|(at, job)| {
                let waits = (in_question && !job.decides, in_doubt && job.part == 1 && !job.retried);
                (waits, job.not_before, *at)
            })
            .map(|(at, _)| at)
    }
}
