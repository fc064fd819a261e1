//! The requests of one source: at most three at once, paced, retried once, stopped when the source
//! refuses, and ended by the deadline.
//!
//! Not for: choosing the next source (`router`) or reading answers (the sources).

use std::collections::HashMap;
use std::time::Duration;

use reqwest::Url;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use super::Slot;
use crate::fetch::http::{self, HttpError, Reply};
use crate::fetch::pace::{BUDGET, Bucket, IN_FLIGHT, REQUEST_TIME, jitter, pause};
use crate::fetch::source::{Parsed, Request, Response, Source, SourceError, Target};
use crate::fetch::{Clock, Event, Observer, Query, Settings};

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
struct Job {
    request: Request,
    retried: bool,
    host: usize,
    not_before: Instant,
    sent_at: Instant,
    /// The run's deadline, and not our patience, limits this try.
    last_chance: bool,
}

/// How the source is doing.
#[derive(Debug, Clone)]
enum State {
    Up,
    /// It asked for a pause, which was agreed to at the first instant and lasts to the second.
    Throttled(Instant, Instant),
    /// Blocked, throttled beyond the deadline, or down: nothing more is sent.
    Stopped(SourceError),
}

type Ended = Result<(Id, (Result<Reply, HttpError>, Duration)), JoinError>;

struct Run<'a> {
    source: &'static dyn Source,
    tools: &'a Tools<'a>,
    agent: String,
    hosts: Vec<Url>,
    client: Option<reqwest::Client>,
    queue: Vec<Job>,
    flying: JoinSet<(Result<Reply, HttpError>, Duration)>,
    jobs: HashMap<Id, Job>,
    bucket: Bucket,
    state: State,
    /// The source has answered for some symbol.
    alive: bool,
    failed_in_row: u32,
    slots: HashMap<usize, Slot>,
    sent: usize,
    sent_before: usize,
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
        agent: tools.settings.user_agent.clone().unwrap_or_else(|| http::USER_AGENT.to_owned()),
        hosts: Vec::new(),
        client: None,
        queue: Vec::new(),
        flying: JoinSet::new(),
        jobs: HashMap::new(),
        bucket: Bucket::full(now),
        state: State::Up,
        alive: false,
        failed_in_row: 0,
        slots: HashMap::new(),
        sent: 0,
        sent_before,
    };
    run.enqueue(source.requests(tools.query, asked));
    run.drive().await;
    run.conclude(asked);
    (asked.iter().map(|at| run.slots.remove(at).unwrap_or_default()).collect(), run.sent)
}

impl Run<'_> {
    fn enqueue(&mut self, requests: Vec<Request>) {
        let sent_ones = requests.iter().filter(|r| r.target != Target::Builtin).count();
        if sent_ones > 0 {
            self.tools.observer.event(&Event::Started { requests: sent_ones });
        }
        let now = Instant::now();
        self.queue.extend(requests.into_iter().map(|request| Job {
            request,
            retried: false,
            host: 0,
            not_before: now,
            sent_at: now,
            last_chance: false,
        }));
    }

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
            if self.denies_all() && self.flying.is_empty() {
                self.stop(SourceError::Outage);
            }
            if matches!(self.state, State::Stopped(_)) || self.denies_all() || self.flying.len() >= IN_FLIGHT
            {
                return None;
            }
            let at = self.next_job()?;
            let now = Instant::now();
            let ready = self.ready_at(at, now);
            if ready > now {
                return Some(ready);
            }
            let job = self.queue.remove(at);
            self.send(job, now);
        }
    }

    /// Three symbols denied and not one known: no more are asked until that changes.
    fn denies_all(&self) -> bool {
        let denied = self.slots.values().filter(|s| s.error == Some(SourceError::UnknownSymbol)).count();
        !self.alive && denied >= 3
    }

    /// The job that may be sent first. Those that need a sign of life stay until there is one.
    fn next_job(&self) -> Option<usize> {
        self.queue
            .iter()
            .enumerate()
            .filter(|(_, job)| self.alive || !job.request.only_if_alive)
            .min_by_key(|(at, job)| (job.not_before, *at))
            .map(|(at, _)| at)
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
                Ok(parsed) => self.take(parsed),
                Err(error) => self.note(&job.request.wants, &error),
            }
            return;
        };
        if self.sent_before + self.sent >= BUDGET {
            self.stop(SourceError::Budget(BUDGET));
            return self.note(&job.request.wants, &SourceError::Budget(BUDGET));
        }
        let (client, url) = match self.client().and_then(|c| Ok((c, self.url(job.host, &path)?))) {
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

    fn client(&mut self) -> Result<reqwest::Client, String> {
        if let Some(client) = &self.client {
            return Ok(client.clone());
        }
        let info = self.source.info();
        let own: Vec<&str> = match self.tools.settings.base_urls.get(info.name) {
            Some(base) => vec![base],
            None => info.hosts.to_vec(),
        };
        self.hosts = own.into_iter().filter_map(|h| Url::parse(h).ok()).filter(|u| u.has_host()).collect();
        if self.hosts.is_empty() {
            return Err(format!("the address set with {} is not a URL", info.url_variable));
        }
        let client = http::client(&self.agent, &self.hosts)?;
        self.client = Some(client.clone());
        Ok(client)
    }

    fn url(&self, host: usize, path: &str) -> Result<Url, String> {
        let base = self.hosts.iter().cycle().nth(host).ok_or("no address")?;
        let mut base = base.clone();
        base.set_query(None);
        base.set_fragment(None);
        Url::parse(&format!("{}{path}", base.as_str().trim_end_matches('/')))
            .map_err(|_| "the request is not a URL".to_owned())
    }

    fn ended(&mut self, ended: Ended) {
        let (id, result, elapsed) = match ended {
            Ok((id, (result, elapsed))) => (id, result, elapsed),
            Err(e) => (e.id(), Err(HttpError::Broken("the request broke down".to_owned())), Duration::ZERO),
        };
        let Some(job) = self.jobs.remove(&id) else { return };
        let late = job.last_chance && result == Err(HttpError::Timeout);
        let (status, bytes) = result.as_ref().map_or((None, 0), |r| (Some(r.status), r.body.len()));
        let mut pause_asked = None;
        let outcome = match result {
            Err(_) if late => Err(SourceError::Timeout),
            Err(error) => Err(SourceError::from(error)),
            Ok(reply) => {
                let received_at = self.tools.clock.now();
                pause_asked = reply.retry_after.clone();
                let Reply { status, body, retry_after, location } = reply;
                let response = Response { status, body, retry_after, location, received_at };
                self.source.parse(self.tools.query, &job.request, &response)
            }
        };
        self.report(&job, status, bytes, elapsed, &outcome);
        match outcome {
            Ok(parsed) => {
                self.failed_in_row = 0;
                self.take(parsed);
            }
            Err(error) => self.failed(job, error, pause_asked.as_deref()),
        }
    }

    fn failed(&mut self, job: Job, error: SourceError, pause_asked: Option<&str>) {
        match error {
            SourceError::Throttled { reason, wait, .. } => self.throttled(job, reason, wait, pause_asked),
            SourceError::Blocked(_) | SourceError::Unauthorised(_) => {
                self.note(&job.request.wants, &error);
                self.stop(error);
            }
            SourceError::Transport(_) | SourceError::Garbled(_) => self.broken(job, error),
            other => {
                if other != SourceError::Timeout {
                    self.failed_in_row = 0;
                }
                self.note(&job.request.wants, &other);
            }
        }
    }

    /// One retry at the next host; two requests in a row that failed after theirs end the source.
    fn broken(&mut self, mut job: Job, error: SourceError) {
        let wait = jitter();
        let at = Instant::now() + wait;
        let open = !matches!(self.state, State::Stopped(_));
        if open && !job.retried && at < self.tools.deadline {
            if let Some(url) = self.shown(&job) {
                let source = self.source.info().name.to_owned();
                self.tools.observer.event(&Event::Retry { source, url, wait, reason: error.to_string() });
            }
            job.retried = true;
            job.host += 1;
            job.not_before = at;
            self.queue.push(job);
            return;
        }
        self.failed_in_row += 1;
        self.note(&job.request.wants, &error);
        if self.failed_in_row >= 2 {
            self.stop(error);
        }
    }

    /// Keeps the pause once if it ends inside the deadline, otherwise stops.
    fn throttled(&mut self, mut job: Job, reason: String, wait: bool, pause_asked: Option<&str>) {
        let received = self.tools.clock.now();
        let asked = pause(pause_asked, received);
        let now = Instant::now();
        match self.state {
            State::Up if wait && now + asked < self.tools.deadline => {
                let source = self.source.info().name.to_owned();
                self.tools.observer.event(&Event::Throttled { source, wait: asked });
                self.state = State::Throttled(now, now + asked);
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
                self.stop(error);
            }
        }
    }

    fn take(&mut self, parsed: Parsed) {
        for answer in parsed.answers {
            let slot = self.slots.entry(answer.want).or_default();
            match answer.outcome {
                Ok(found) => {
                    self.alive = true;
                    *slot = Slot { found: Some(found), error: None };
                }
                Err(error) => {
                    self.alive |= matches!(error, SourceError::NoData(_) | SourceError::Renamed(_));
                    slot.error = Some(error);
                }
            }
        }
        self.enqueue(parsed.follow);
    }

    fn note(&mut self, wants: &[usize], error: &SourceError) {
        for want in wants {
            self.slots.entry(*want).or_default().error = Some(error.clone());
        }
    }

    fn stop(&mut self, error: SourceError) {
        if !matches!(self.state, State::Stopped(_)) {
            self.state = State::Stopped(error);
        }
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
        }
        if self.alive || asked.len() < 2 {
            return;
        }
        for slot in self.slots.values_mut().filter(|s| s.error == Some(SourceError::UnknownSymbol)) {
            slot.error = Some(SourceError::Outage);
        }
    }

    fn shown(&self, job: &Job) -> Option<String> {
        let Target::Get(path) = &job.request.target else { return None };
        self.url(job.host, path).ok().map(|url| http::shown(&url))
    }

    fn report(
        &self,
        job: &Job,
        status: Option<u16>,
        bytes: usize,
        elapsed: Duration,
        outcome: &Result<Parsed, SourceError>,
    ) {
        let Target::Get(path) = &job.request.target else { return };
        let Ok(url) = self.url(job.host, path) else { return };
        let outcome = match outcome {
            Ok(parsed) => {
                let found = parsed.answers.iter().filter(|a| a.outcome.is_ok()).count();
                format!("{found} of {} found", job.request.wants.len())
            }
            Err(error) => error.to_string(),
        };
        self.tools.observer.event(&Event::Request {
            source: self.source.info().name.to_owned(),
            method: "GET".to_owned(),
            url: http::shown(&url),
            status,
            bytes,
            elapsed,
            outcome,
            curl: http::curl(&url, &self.agent),
        });
    }
}
