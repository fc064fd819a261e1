//! The sources: what each covers, on what terms, and how it is doing.
//!
//! Not for: asking them (`probe`), or reports of closes (`run`).

use std::path::PathBuf;

use chrono::{DateTime, NaiveTime, Utc};

use super::options::Options;
use super::output::{self, Console};
use super::probe::Probes;
use super::{Clock, Exit, Format, RunError, Style, UsageError, WriteError, asked_of, fields, own, plan};
use crate::domain::sources::{
    Address, Coverage, KeyNeeded, LeftOut, Limits, Probe, SourceRow, SourceState, Sources,
};
use crate::domain::text::sanitise;
use crate::domain::{Instrument, InstrumentId, Universe};
use crate::fetch::{self, Condition, Remembered, Settings, Source, SourceInfo};
use crate::render;

/// What a reader may type that is not in the catalogue; a source that spells one of these can be asked so.
const TYPED: [&str; 6] = ["AAPL", "0700.HK", "600519.SS", "^GSPC", "EURUSD=X", "BTC-USD"];
/// A longer answer than this is none that was measured.
const SLOWEST_MS: u64 = 3_600_000;

/// Everything `sources` needs, decided and validated before the first request.
#[derive(Debug, Clone)]
pub struct SourcesPlan {
    pub(super) universe: Universe,
    pub(super) settings: Settings,
    order: Vec<String>,
    never: Vec<String>,
    pub(super) probe: bool,
    format: Format,
    fields: Vec<String>,
    output: Option<PathBuf>,
    style: Style,
}

impl SourcesPlan {
    /// Decides everything from what was asked.
    ///
    /// # Errors
    /// [`UsageError`] when what was asked makes no sense.
    pub fn new(options: Options, probe: bool) -> Result<Self, UsageError> {
        asked_of::check_addresses(&options)?;
        let format = plan::format(&options)?;
        let fields = fields::chosen(&options, "sources", format)?;
        let mut universe = own::universe(&options.own)?;
        asked_of::prefer(&options, &mut universe)?;
        let named = asked_of::checked(&options.sources)?;
        let never = asked_of::never(&options)?;
        let order = asked_of::sources(&Options { sources: Vec::new(), ..options.clone() })?;
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
            proxy: options.proxy,
            gate: options.jobs.map(fetch::Gate::of).unwrap_or_default(),
        };
        let (output, style) = (options.output, options.style);
        Ok(Self { universe, settings, order, never, probe, format, fields, output, style })
    }

    pub(super) fn sources(&self) -> impl Iterator<Item = &'static dyn Source> {
        self.settings.sources.iter().filter_map(|name| fetch::source(name))
    }

    pub(super) fn covered(&self, source: &dyn Source) -> Vec<&Instrument> {
        self.universe.instruments().iter().filter(|i| source.covers(i)).collect()
    }

    pub(super) fn has_key(&self, info: &SourceInfo) -> bool {
        info.key.is_none() || self.settings.keys.contains_key(info.name)
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
    let bytes = fields::rendered(plan.format, &plan.fields, &mut |out, format| {
        render::sources(&report, format, &plan.style, out)
    });
    output::put(plan.output.as_deref(), console, &bytes.map_err(WriteError::Stdout)?)?;
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
pub(super) fn state(
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
