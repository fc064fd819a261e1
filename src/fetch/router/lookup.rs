//! A search at one source: paced, retried once, a pause kept, and told like every request.
//!
//! Not for: closes (`run`), or what an answer holds (the sources).

use std::time::Duration;

use chrono::DateTime;
use tokio::time::{Instant, sleep, sleep_until};

use super::provider::Provider;
use crate::domain::Instrument;
use crate::fetch::failure::{Asked, failure};
use crate::fetch::http::{self, Clients, HttpError, Reply};
use crate::fetch::lookup::{Hit, NotLooked};
use crate::fetch::pace::{jitter, pause};
use crate::fetch::source::{Request, Response, SourceError, Target};
use crate::fetch::{Clock, Event, Observer, Want};

/// What a search works with.
#[derive(Clone, Copy)]
pub(super) struct Errand<'a> {
    pub(super) clock: &'a dyn Clock,
    pub(super) observer: &'a dyn Observer,
    pub(super) clients: &'a Clients,
    /// When the run ends.
    pub(super) end: Instant,
    /// The source is asked at an address that the user set.
    pub(super) mirror: bool,
}

/// What became of one try, and the pause that was asked for with it.
type Tried = (Result<Vec<Hit>, SourceError>, Option<String>);

/// Sends the search and reads its answer. A refusal ends the source for this run and is remembered.
pub(super) async fn ask(
    p: &mut Provider,
    text: &str,
    most: usize,
    errand: Errand<'_>,
) -> Option<Result<Vec<Hit>, NotLooked>> {
    let request = p.source().lookup(text, most)?;
    let Target::Get(path) = &request.target else { return None };
    if p.stopped().is_none() {
        errand.observer.event(&Event::Started { requests: 1 });
    }
    let outcome = in_tries(p, &request, path, errand).await;
    Some(outcome.map_err(|error| told(p, text, errand, &error)))
}

/// Asks at most twice, and once more after a pause that fits into the run's time.
async fn in_tries(
    p: &mut Provider,
    request: &Request,
    path: &str,
    errand: Errand<'_>,
) -> Result<Vec<Hit>, SourceError> {
    let (mut nth, mut waited) = (0, false);
    loop {
        let spent = p.stopped().cloned().or_else(|| p.used_up(errand.clock.now()));
        if let Some(error) = spent {
            p.stop(error.clone());
            return Err(error);
        }
        sleep_until(p.bucket.ready_at(Instant::now())).await;
        let began = Instant::now();
        let (outcome, pause_asked) = once(p, request, path, nth, errand).await;
        match outcome {
            Ok(hits) => {
                p.health.last_success = Some(errand.clock.now());
                p.health.latency = Some(began.elapsed());
                return Ok(hits);
            }
            Err(error) if error.worth_a_retry() => {
                let wait = jitter();
                if nth > 0 || Instant::now() + wait >= errand.end {
                    p.stop(error.clone());
                    return Err(error);
                }
                if let Some((url, _)) = p.addresses.shown(request.service, nth, path) {
                    let source = p.source().info().name.to_owned();
                    errand.observer.event(&Event::Retry { source, url, wait, reason: error.to_string() });
                }
                nth += 1;
                sleep(wait).await;
            }
            Err(SourceError::Throttled { reason, wait, until }) => {
                let now = errand.clock.now();
                let asked = until.and_then(|u| (u - now).to_std().ok());
                let asked = asked.unwrap_or(pause(pause_asked.as_deref(), now));
                if waited || !wait || Instant::now() + asked >= errand.end {
                    let until = chrono::Duration::from_std(asked).ok();
                    let until = until.and_then(|d| DateTime::checked_add_signed(now, d));
                    let error = SourceError::Throttled { reason, until, wait };
                    p.stop(error.clone());
                    return Err(error);
                }
                let source = p.source().info().name.to_owned();
                errand.observer.event(&Event::Throttled { source, wait: asked });
                waited = true;
                sleep(asked).await;
            }
            Err(error) => {
                if matches!(error, SourceError::Blocked(_) | SourceError::Unauthorised(_)) {
                    p.stop(error.clone());
                }
                return Err(error);
            }
        }
    }
}

/// One try.
async fn once(p: &mut Provider, request: &Request, path: &str, nth: usize, errand: Errand<'_>) -> Tried {
    let url = p.addresses.url(request.service, nth, path);
    let (client, url) = match url.and_then(|url| Ok((errand.clients.of(&url)?, url))) {
        Ok(both) => both,
        Err(reason) => return (Err(SourceError::Transport(reason)), None),
    };
    let patience = p.source().info().pace.patience;
    let began = Instant::now();
    let rest = errand.end.saturating_duration_since(began);
    let get = http::Get {
        url: p.addresses.with_key(url),
        headers: p.addresses.headers(),
        limit: rest.min(patience),
        largest: p.source().largest(),
    };
    p.bucket.take(began);
    p.sent += 1;
    let turn = errand.clients.gate().enter().await;
    let reply = http::get(client, get).await;
    drop(turn);
    let (status, bytes) = reply.as_ref().map_or((None, 0), |r| (Some(r.status), r.body.len()));
    let (outcome, pause_asked) = match reply {
        Err(HttpError::Timeout) if rest < patience => (Err(SourceError::Timeout), None),
        Err(error) => (Err(SourceError::from(error)), None),
        Ok(reply) => {
            let Reply { status, body, retry_after, location } = p.addresses.cleaned(reply);
            let received_at = errand.clock.now();
            let response = Response { status, body, retry_after: retry_after.clone(), location, received_at };
            (p.source().hits(&response), retry_after)
        }
    };
    let outcome = p.addresses.discreet_hits(outcome);
    report(p, request, path, nth, errand, &Answered { status, bytes, elapsed: began.elapsed() }, &outcome);
    (outcome, pause_asked)
}

/// What is told of a try beside its outcome.
struct Answered {
    status: Option<u16>,
    bytes: usize,
    elapsed: Duration,
}

fn report(
    p: &Provider,
    request: &Request,
    path: &str,
    nth: usize,
    errand: Errand<'_>,
    answered: &Answered,
    outcome: &Result<Vec<Hit>, SourceError>,
) {
    let Some((url, curl)) = p.addresses.shown(request.service, nth, path) else { return };
    let outcome = match outcome {
        Ok(hits) => format!("{} found", hits.len()),
        Err(error) => error.to_string(),
    };
    errand.observer.event(&Event::Request {
        source: p.source().info().name.to_owned(),
        method: "GET".to_owned(),
        url,
        status: answered.status,
        bytes: answered.bytes,
        elapsed: answered.elapsed,
        outcome,
        curl,
    });
}

/// The failure in the words of every other.
fn told(p: &Provider, text: &str, errand: Errand<'_>, error: &SourceError) -> NotLooked {
    let want = Want { instrument: Instrument::unlisted(text, ""), zone: None, ad_hoc: true };
    let today = errand.clock.now().date_naive();
    let asked = Asked { source: p.source(), symbol: None, mirror: errand.mirror, today };
    let failure = failure(&want, &asked, error);
    NotLooked { kind: failure.kind, reason: failure.reason, hint: failure.hint, retryable: failure.retryable }
}
