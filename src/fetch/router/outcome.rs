//! What becomes of a try: an answer kept, a retry, a pause, or the end of the source.
//!
//! Not for: sending (`run`) or what the user is told (`failure`).

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::task::{Id, JoinError};
use tokio::time::Instant;

use super::Slot;
use super::plan::Place;
use super::provider::State;
use super::run::{Job, Run};
use crate::domain::Series;
use crate::fetch::Event;
use crate::fetch::http::{HttpError, Reply};
use crate::fetch::pace::{jitter, pause};
use crate::fetch::source::{Found, Parsed, Response, SourceError, Target};

/// A try that ended: its task, what came of it, and how long it took.
pub(super) type Ended = Result<(Id, (Result<Reply, HttpError>, Duration)), JoinError>;

impl Run<'_> {
    /// Reads what a try brought and acts on it.
    pub(super) fn ended(&mut self, ended: Ended) {
        let (id, result, elapsed) = match ended {
            Ok((id, (result, elapsed))) => (id, result, elapsed),
            Err(e) => (e.id(), Err(HttpError::Broken("the request broke down".to_owned())), Duration::ZERO),
        };
        let Some(mut job) = self.jobs.remove(&id) else { return };
        let late = job.last_chance && result == Err(HttpError::Timeout);
        let (status, bytes) = result.as_ref().map_or((None, 0), |r| (Some(r.status), r.body.len()));
        // What another source may answer is not waited for twice, nor a host that cannot be reached.
        let unreached = matches!(result, Err(HttpError::Unreached(_)));
        let spared = self.tools.spares(&job.request.wants);
        let alone = self.p.addresses.hosts(job.request.service) < 2;
        job.retried |= (unreached && (alone || spared)) || (result == Err(HttpError::Timeout) && spared);
        let mut pause_asked = None;
        let outcome = match result {
            Err(_) if late => Err(SourceError::Timeout),
            Err(error) => Err(SourceError::from(error)),
            Ok(reply) => {
                let received_at = self.tools.clock.now();
                let Reply { status, body, retry_after, location } = self.p.addresses.cleaned(reply);
                pause_asked.clone_from(&retry_after);
                let response = Response { status, body, retry_after, location, received_at };
                self.p.source.parse(self.tools.query, &job.request, &response)
            }
        };
        let outcome = self.p.addresses.discreet(outcome);
        self.report(&job, status, bytes, elapsed, &outcome);
        match outcome {
            Ok(parsed) => {
                self.p.failed_in_row = 0;
                self.praise(&parsed, elapsed);
                self.take(&job, parsed);
            }
            Err(error) => self.failed(job, error, pause_asked.as_deref()),
        }
    }

    fn failed(&mut self, job: Job, error: SourceError, pause_asked: Option<&str>) {
        match error {
            SourceError::Throttled { reason, wait, until } => {
                self.throttled(job, (reason, wait, until), pause_asked);
            }
            SourceError::Blocked(_) | SourceError::Unauthorised(_) => {
                self.note(&job.request.wants, &error);
                self.p.stop(error);
            }
            error if error.worth_a_retry() => self.broken(job, error),
            other => {
                if other != SourceError::Timeout {
                    self.p.failed_in_row = 0;
                }
                self.note(&job.request.wants, &other);
                match other {
                    SourceError::Malformed(_) => {
                        self.count_barren(&job, &other);
                        self.ask_in_parts(&job);
                    }
                    SourceError::NoData(_) | SourceError::UnknownSymbol | SourceError::Renamed(_) => {
                        self.count_barren(&job, &other);
                    }
                    _ => {}
                }
            }
        }
    }

    /// Plans smaller requests for what one that failed for good asked.
    fn ask_in_parts(&mut self, job: &Job) {
        if !matches!(self.p.state, State::Stopped(_)) {
            let parts = self.p.source.parts(self.tools.query, &job.request, job.part > 0);
            self.enqueue(parts, Place::Parts(job.part + 1));
        }
    }

    /// One retry at the next host; two requests in a row that failed after theirs end the source.
    fn broken(&mut self, mut job: Job, error: SourceError) {
        let wait = jitter();
        let at = Instant::now() + wait;
        let open = !matches!(self.p.state, State::Stopped(_));
        if open && !job.retried && at < self.tools.deadline {
            if let Some((url, _)) = self.shown(&job) {
                let source = self.p.source.info().name.to_owned();
                self.tools.observer.event(&Event::Retry { source, url, wait, reason: error.to_string() });
            }
            // A hang takes so long that others may go on meanwhile.
            job.decides = self.in_question() && error != SourceError::from(HttpError::Timeout);
            self.trouble = Some(error);
            job.retried = true;
            job.host += 1;
            job.not_before = at;
            self.queue.push(job);
            return;
        }
        self.p.failed_in_row += 1;
        self.note(&job.request.wants, &error);
        if self.p.failed_in_row >= 2 {
            self.p.stop(error);
        }
        self.ask_in_parts(&job);
    }

    /// Keeps the pause once if it ends inside the deadline, otherwise stops.
    fn throttled(
        &mut self,
        mut job: Job,
        (reason, wait, until): (String, bool, Option<DateTime<Utc>>),
        pause_asked: Option<&str>,
    ) {
        let received = self.tools.clock.now();
        let asked = until.and_then(|u| (u - received).to_std().ok()).unwrap_or(pause(pause_asked, received));
        let wait = wait && !self.tools.spares(&job.request.wants);
        let now = Instant::now();
        match self.p.state {
            State::Up if wait && now + asked < self.tools.deadline => {
                let source = self.p.source.info().name.to_owned();
                self.tools.observer.event(&Event::Throttled { source, wait: asked });
                self.p.state = State::Throttled(now, now + asked);
                self.queue.insert(0, job);
            }
            // Sent before the pause was asked for: it shares the pause.
            State::Throttled(since, until) if wait && job.sent_at <= since && now < until => {
                job.not_before = until;
                self.queue.insert(0, job);
            }
            _ => {
                let until =
                    chrono::Duration::from_std(asked).ok().and_then(|d| received.checked_add_signed(d));
                let error = SourceError::Throttled { reason, until, wait };
                self.note(&job.request.wants, &error);
                self.p.stop(error);
            }
        }
    }

    /// Remembers when and how fast the source answered with closes.
    fn praise(&mut self, parsed: &Parsed, elapsed: Duration) {
        if parsed.answers.iter().any(|a| a.outcome.is_ok()) {
            let health = &mut self.p.health;
            health.last_success = Some(self.tools.clock.now());
            health.latency = Some(health.latency.map_or(elapsed, |before| before.min(elapsed)));
        }
    }

    /// Keeps an answer and plans what it makes necessary.
    pub(super) fn take(&mut self, job: &Job, parsed: Parsed) {
        let errors = || parsed.answers.iter().map_while(|a| a.outcome.as_ref().err());
        let barren = errors().count() == parsed.answers.len();
        if let Some(error) = errors().next().filter(|_| barren).cloned() {
            self.count_barren(job, &error);
        }
        for answer in parsed.answers {
            let slot = self.slots.entry(answer.want).or_default();
            match answer.outcome {
                Ok(found) => {
                    self.p.alive = true;
                    self.brought = Some(Instant::now());
                    let earlier = slot.found.take().filter(|_| self.p.source.in_parts());
                    *slot = Slot { found: Some(joined(earlier, found)), error: None };
                }
                Err(error) => slot.error = Some(error),
            }
        }
        // Before there is a sign of life, what may give one comes first.
        let place = if self.p.alive { Place::Last } else { Place::First };
        self.enqueue(parsed.follow, place);
    }

    /// Notes an error for each of the wants.
    pub(super) fn note(&mut self, wants: &[usize], error: &SourceError) {
        for want in wants {
            self.slots.entry(*want).or_default().error = Some(error.clone());
        }
    }

    fn shown(&self, job: &Job) -> Option<(String, String)> {
        let Target::Get(path) = &job.request.target else { return None };
        self.p.addresses.shown(job.request.service, job.host, path)
    }

    fn report(
        &self,
        job: &Job,
        status: Option<u16>,
        bytes: usize,
        elapsed: Duration,
        outcome: &Result<Parsed, SourceError>,
    ) {
        let Some((url, curl)) = self.shown(job) else { return };
        let outcome = match outcome {
            Ok(parsed) => {
                let found = parsed.answers.iter().filter(|a| a.outcome.is_ok()).count();
                format!("{found} of {} found", job.request.wants.len())
            }
            Err(error) => error.to_string(),
        };
        self.tools.observer.event(&Event::Request {
            source: self.p.source.info().name.to_owned(),
            method: "GET".to_owned(),
            url,
            status,
            bytes,
            elapsed,
            outcome,
            curl,
        });
    }
}

/// One find of two parts of a series.
fn joined(earlier: Option<Found>, found: Found) -> Found {
    match earlier {
        Some(earlier) => Found { series: Series::joined(earlier.series, found.series), ..found },
        None => found,
    }
}
