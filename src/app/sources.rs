//! The sources: what each covers, on what terms, how it is doing, and what it answers when asked once.
//!
//! Not for: reports of closes (`run`).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Days, NaiveTime, Utc};
use futures_util::future::join_all;

use super::options::Options;
use super::output::{self, Console};
use super::{Clock, Exit, Format, Observer, RunError, Style, UsageError, WriteError, plan, run};
use crate::catalogue;
use crate::domain::sources::{
    Address, Coverage, KeyNeeded, LeftOut, Limits, Probe, SourceRow, SourceState, Sources,
};
use crate::domain::text::sanitise;
use crate::domain::{Instrument, InstrumentId, Kind, Universe};
use crate::fetch::{
    self, Condition, Desk, FailureKind, Health, Query, Remembered, Settings, Source, SourceInfo, Want,
};
use crate::render;

/// How far back a probe asks, so that a week of holidays leaves a close in the window.
const PROBE_DAYS: Days = Days::new(30);
/// What a reader may type that is not in the catalogue; a source that spells one of these can be asked so.
const TYPED: [&str; 6] = ["AAPL", "0700.HK", "600519.SS", "^GSPC", "EURUSD=X", "BTC-USD"];
/// A longer answer than this is none that was measured.
const SLOWEST_MS: u64 = 3_600_000;

/// Everything `sources` needs, decided and validated before the first request.
#[derive(Debug, Clone)]
pub struct SourcesPlan {
    universe: Universe,
    settings: Settings,
    order: Vec<String>,
    never: Vec<String>,
    probe: bool,
    format: Format,
    style: Style,
}

impl SourcesPlan {
    /// Decides everything from what was asked.
    ///
    /// # Errors
    /// [`UsageError`] when what was asked makes no sense.
    pub fn new(options: Options, probe: bool) -> Result<Self, UsageError> {
        plan::check_addresses(&options)?;
        let mut universe = catalogue::load()?;
        plan::prefer(&options, &mut universe)?;
        let named = plan::checked(&options.sources)?;
        let never = plan::checked(&options.never)?;
        let order = plan::sources(&Options { sources: Vec::new(), ..options.clone() })?;
        let rest = fetch::source_names().filter(|n| *n != "demo" && !order.iter().any(|o| o == n));
        let all = order.iter().cloned().chain(rest.map(str::to_owned)).collect();
        let settings = Settings {
            sources: if named.is_empty() { all } else { named },
            named: true,
            keys: options.keys,
            memory: options.memory,
            base_urls: options.base_urls,
            deadline: options.timeout,
            user_agent: None,
        };
        let format = options.format.unwrap_or_default();
        Ok(Self { universe, settings, order, never, probe, format, style: options.style })
    }

    fn sources(&self) -> impl Iterator<Item = &'static dyn Source> {
        self.settings.sources.iter().filter_map(|name| fetch::source(name))
    }

    fn covered(&self, source: &dyn Source) -> Vec<&Instrument> {
        self.universe.instruments().iter().filter(|i| source.covers(i)).collect()
    }

    fn has_key(&self, info: &SourceInfo) -> bool {
        info.key.is_none() || self.settings.keys.contains_key(info.name)
    }
}

/// What is remembered of the sources, and what came of asking them, by short name.
#[derive(Debug, Default)]
pub struct Probes {
    remembered: BTreeMap<String, Remembered>,
    came: BTreeMap<String, (Probe, Option<Health>)>,
}

/// Asks each source once, side by side, for one instrument that it covers, and remembers how they did;
/// without a probe nothing is sent.
///
/// # Errors
/// [`RunError`] when the run was interrupted.
pub fn probe(plan: &SourcesPlan, clock: &dyn Clock, observer: &dyn Observer) -> Result<Probes, RunError> {
    let remembered = fetch::remembered(&plan.settings);
    if !plan.probe {
        return Ok(Probes { remembered, came: BTreeMap::new() });
    }
    let answered = Arc::new(AtomicBool::new(false));
    run::end_at_once_when(&answered)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(RunError::Start)?;
    let now = clock.now();
    let asked = plan.sources().map(|source| {
        let remembered = remembered.get(source.info().name);
        async move {
            let come = match subject(plan, source, remembered, now) {
                Ok(instrument) => ask(plan, source, instrument, clock, observer).await,
                Err(reason) => (Probe { reason: Some(reason), ..untouched() }, None),
            };
            (source.info().name.to_owned(), come)
        }
    });
    let done = runtime.block_on(async {
        tokio::select! {
            all = join_all(asked) => Ok(all.into_iter().collect()),
            () = run::stopped() => Err(RunError::Interrupted),
        }
    });
    answered.store(true, Ordering::SeqCst);
    done.map(|came| Probes { remembered, came })
}

/// The instrument to ask a source for, an index if it covers one; or why it is not asked.
fn subject<'a>(
    plan: &'a SourcesPlan,
    source: &dyn Source,
    remembered: Option<&Remembered>,
    now: DateTime<Utc>,
) -> Result<&'a Instrument, String> {
    let info = source.info();
    if let Some(key) = info.key.filter(|_| !plan.has_key(info)) {
        return Err(format!("not asked, because it needs a key in {}", key.variable));
    }
    if let (SourceState::Throttled, Some(until), _) = state(plan, info, remembered, now) {
        return Err(format!(
            "not asked, because it is throttled until {}",
            until.format("%Y-%m-%d %H:%M UTC")
        ));
    }
    let covered = plan.covered(source);
    let index = covered.iter().find(|i| i.kind == Kind::Index);
    let none = || "not asked, because it covers nothing of the catalogue".to_owned();
    index.or(covered.first()).copied().ok_or_else(none)
}

async fn ask(
    plan: &SourcesPlan,
    source: &dyn Source,
    instrument: &Instrument,
    clock: &dyn Clock,
    observer: &dyn Observer,
) -> (Probe, Option<Health>) {
    let name = source.info().name;
    let zone = plan.universe.exchange(&instrument.exchange).map(|e| e.timezone);
    let until = clock.now().date_naive();
    let query = Query {
        wants: vec![Want { instrument: instrument.clone(), zone, ad_hoc: false }],
        from: until.checked_sub_days(PROBE_DAYS).unwrap_or(until),
        until,
    };
    let settings = Settings { sources: vec![name.to_owned()], ..plan.settings.clone() };
    let mut desk = Desk::open(&settings, clock, observer);
    let fetched = desk.fetch(&query).await;
    desk.close();
    let mut health = fetched.sources.into_iter().next();
    let newest = fetched.series.first().and_then(|s| s.last());
    let failure = fetched.failures.first();
    let reason = failure.map(|f| sanitise(&f.reason, 200));
    if let Some(health) = health.as_mut().filter(|h| h.condition == Condition::Up)
        && failure.is_some_and(|f| is_down(f.kind))
    {
        // One request that failed ends no run; of a source that was sent only one, it is all there is.
        health.condition = Condition::Down;
        health.reason.clone_from(&reason);
    }
    let probe = Probe {
        id: Some(instrument.id.clone()),
        symbol: instrument.symbol(name).map(|s| sanitise(s, 40)),
        answered: newest.is_some(),
        reason: reason.filter(|_| newest.is_none()),
        requests: fetched.requests,
        latency_ms: health.as_ref().and_then(|h| u64::try_from(h.latency?.as_millis()).ok()),
        date: newest.map(|bar| bar.date),
        close: newest.map(|bar| bar.close),
    };
    (probe, health)
}

/// Whether a failure is the source's, and not that of the one symbol asked for.
fn is_down(kind: FailureKind) -> bool {
    use FailureKind::{Malformed, Outage, Timeout, Transport};
    matches!(kind, Transport | Timeout | Malformed | Outage)
}

fn untouched() -> Probe {
    Probe {
        id: None,
        symbol: None,
        answered: false,
        reason: None,
        requests: 0,
        latency_ms: None,
        date: None,
        close: None,
    }
}

/// Writes the sources with what is remembered of them and what a probe brought.
///
/// # Errors
/// [`RunError`] when the list could not be written.
pub fn sources(
    plan: &SourcesPlan,
    probes: Probes,
    clock: &dyn Clock,
    console: &mut Console<'_>,
) -> Result<Exit, RunError> {
    let report = table(plan, probes, clock.now());
    let mut bytes = Vec::new();
    render::sources(&report, plan.format, &plan.style, &mut bytes).map_err(WriteError::Stdout)?;
    output::to_stdout(console, &bytes)?;
    if !report.probed || report.any_answered() {
        return Ok(Exit::Complete);
    }
    let _ = writeln!(console.err, "error: no source answered");
    let _ = writeln!(
        console.err,
        "  hint: marketsnap sources --probe -v shows each request; see the reasons above"
    );
    Ok(Exit::Empty)
}

fn table(plan: &SourcesPlan, probes: Probes, now: DateTime<Utc>) -> Sources {
    let Probes { mut remembered, mut came } = probes;
    for (name, (_, health)) in &came {
        // What was just learnt counts also where it could not be written.
        if let Some(health) = health.as_ref().filter(|h| h.requests > 0) {
            remembered.entry(name.clone()).or_default().learn(health, now);
        }
    }
    let row = |source: &'static dyn Source| {
        let name = source.info().name;
        row(plan, source, remembered.get(name), came.remove(name).map(|(probe, _)| probe), now)
    };
    let sources = plan.sources().map(row).collect();
    Sources {
        schema: "marketsnap.sources/1",
        generated_at: now,
        probed: plan.probe,
        usual_order: plan.order == fetch::usual_sources(&plan.settings.keys),
        order: plan.order.clone(),
        memory: plan.settings.memory.as_ref().map(|p| sanitise(&p.to_string_lossy(), 200)),
        sources,
    }
}

fn row(
    plan: &SourcesPlan,
    source: &dyn Source,
    remembered: Option<&Remembered>,
    probe: Option<Probe>,
    now: DateTime<Utc>,
) -> SourceRow {
    let info = source.info();
    let (state, until, reason) = state(plan, info, remembered, now);
    let past = |at: Option<DateTime<Utc>>| at.filter(|at| *at <= now);
    let position = plan.order.iter().position(|n| n == info.name).map(|at| at + 1);
    let left_out = if plan.never.iter().any(|n| n == info.name) { LeftOut::Never } else { LeftOut::NoKey };
    SourceRow {
        name: info.name.to_owned(),
        title: info.title.to_owned(),
        position,
        left_out: position.is_none().then_some(left_out),
        state,
        until,
        reason: reason.map(|r| sanitise(&r, 200)),
        last_success: remembered.and_then(|r| past(r.last_success)),
        asked_at: remembered.and_then(|r| past(r.asked_at)),
        latency_ms: remembered.and_then(|r| r.latency_ms).filter(|ms| *ms <= SLOWEST_MS),
        requests_today: remembered.map_or(0, |r| r.requests_on(now)),
        covers: coverage(plan, source),
        key: info.key.map(|key| KeyNeeded {
            variable: key.variable.to_owned(),
            file_variable: format!("{}_FILE", key.variable),
            page: key.page.to_owned(),
            set: plan.has_key(info),
        }),
        limits: limits(info),
        address: Address {
            variable: info.url_variable.to_owned(),
            replaced: plan.settings.base_urls.contains_key(info.name),
        },
        closes: info.closes.to_owned(),
        terms: info.terms.to_owned(),
        page: info.page.to_owned(),
        probe,
    }
}

fn coverage(plan: &SourcesPlan, source: &dyn Source) -> Coverage {
    let ids: Vec<InstrumentId> = plan.covered(source).into_iter().map(|i| i.id.clone()).collect();
    let by_symbol = TYPED.iter().any(|word| source.spells(word).is_some());
    Coverage { instruments: ids.len(), ids, by_symbol }
}

fn limits(info: &SourceInfo) -> Limits {
    let pace = info.pace;
    Limits {
        burst: pace.burst,
        seconds_between: pace.every.as_secs_f64(),
        in_flight: pace.in_flight,
        a_run: pace.a_run,
        a_day: pace.a_day,
        patience_seconds: pace.patience.as_secs_f64(),
    }
}

/// How a source is doing, until when a pause lasts, and why it is not up.
fn state(
    plan: &SourcesPlan,
    info: &SourceInfo,
    remembered: Option<&Remembered>,
    now: DateTime<Utc>,
) -> (SourceState, Option<DateTime<Utc>>, Option<String>) {
    if let Some(key) = info.key.filter(|_| !plan.has_key(info)) {
        return (SourceState::NoKey, None, Some(format!("it needs a key in {}", key.variable)));
    }
    let unknown = |reason: &str| (SourceState::Unknown, None, Some(reason.to_owned()));
    let Some(known) = remembered else { return unknown("not asked in the last 30 days") };
    let said = |or: &str| Some(known.reason.clone().unwrap_or_else(|| or.to_owned()));
    if let Some(until) = known.paused_until(now) {
        return (SourceState::Throttled, Some(until), said("it asked for a pause"));
    }
    if let Some(a_day) = info.pace.a_day.filter(|a_day| known.requests_on(now) >= *a_day) {
        let midnight = now.date_naive().succ_opt().map(|day| day.and_time(NaiveTime::MIN).and_utc());
        return (
            SourceState::Throttled,
            midnight,
            Some(format!("its {a_day} requests of the day are used up")),
        );
    }
    match known.condition {
        None => (SourceState::Unknown, None, said("what is remembered of it cannot be read")),
        Some(Condition::Up) => (SourceState::Up, None, None),
        Some(Condition::Throttled) => unknown("the pause it asked for is over, and it was not asked since"),
        Some(Condition::Blocked) => (SourceState::Blocked, None, said("it refused this program or network")),
        Some(Condition::Unauthorised) => (SourceState::Unauthorised, None, said("it refused the key")),
        Some(Condition::Down) => (SourceState::Down, None, said("it did not answer")),
    }
}
