//! The notes on where closes come from: which source gave how many, which could not be used, what a second
//! source says, and which currency pairs are fixings.
//!
//! Not for: warnings of single rows (`trust`).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Timelike, Utc};

use super::Inputs;
use super::sessions::{Known, Market};
use crate::domain::InstrumentId;
use crate::domain::snapshot::{Note, NoteKind};

/// The venue of the European Central Bank's reference rates.
const FIXINGS: &str = "ECB";
/// So many ids are named before their number is told instead.
const NAMED: usize = 24;

/// All notes on sources; `shown` are the rows that tell their own warnings.
pub(super) fn notes<'a>(
    inputs: &Inputs<'_>,
    market: &Market<'_>,
    shown: impl Iterator<Item = &'a InstrumentId>,
) -> Vec<Note> {
    let shown: BTreeSet<&InstrumentId> = shown.collect();
    let mut notes = hidden_warnings(inputs, &shown);
    notes.extend(offline(inputs, market));
    notes.extend(troubles(inputs));
    let said = inputs.trust.into_iter().flat_map(|t| &t.said);
    notes.extend(said.map(|s| note(NoteKind::Source, format!("{s}."))));
    notes.extend(second_opinions(inputs, market));
    notes.extend(fixings(market));
    notes.extend(counts(inputs, market));
    notes
}

fn note(kind: NoteKind, message: String) -> Note {
    Note { kind, message }
}

/// What other sources say of members that have no row.
fn hidden_warnings(inputs: &Inputs<'_>, shown: &BTreeSet<&InstrumentId>) -> Vec<Note> {
    let opinions = inputs.trust.into_iter().flat_map(|t| &t.opinions);
    let hidden = opinions.filter(|(id, _)| !shown.contains(id)).flat_map(|(_, o)| &o.warnings);
    hidden.map(|w| note(NoteKind::Warning, format!("{}.", w.message))).collect()
}

/// That nobody was asked, and how old the closes are.
fn offline(inputs: &Inputs<'_>, market: &Market<'_>) -> Option<Note> {
    inputs.trust.filter(|t| t.offline)?;
    let fetched = || market.known.values().map(|k| k.series.provenance.fetched_at);
    let minute = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M UTC").to_string();
    let (oldest, newest) = (minute(fetched().min()?), minute(fetched().max()?));
    let when =
        if oldest == newest { format!("at {oldest}") } else { format!("between {oldest} and {newest}") };
    Some(note(NoteKind::Source, format!("Offline: closes held, fetched {when}.")))
}

/// Sources that were to be asked and could not be used, those with one reason in one line.
fn troubles(inputs: &Inputs<'_>) -> Vec<Note> {
    let mut told: Vec<(String, Vec<&str>)> = Vec::new();
    for source in inputs.trust.into_iter().flat_map(|t| &t.sources).filter(|s| s.state != "up") {
        let until =
            source.until.map(|at| format!(", until {}", full_minute(at).format("%Y-%m-%d %H:%M UTC")));
        let why =
            format!("{}{}", source.reason.as_deref().unwrap_or(source.state), until.unwrap_or_default());
        match told.iter_mut().find(|(reason, _)| *reason == why) {
            Some((_, names)) => names.push(&source.name),
            None => told.push((why, vec![&source.name])),
        }
    }
    let line = |(why, names): (String, Vec<&str>)| {
        format!("Not to be used now: {} ({why}); the next sources in order were asked.", names.join(", "))
    };
    told.into_iter().map(|t| note(NoteKind::Source, line(t))).collect()
}

/// The first full minute at or after an instant, so that nobody comes back too early.
fn full_minute(at: DateTime<Utc>) -> DateTime<Utc> {
    let beyond = i64::from(at.second() > 0 || at.nanosecond() > 0) * i64::from(60 - at.second());
    at.checked_add_signed(TimeDelta::seconds(beyond)).unwrap_or(at)
}

/// How many rows a second source confirms, and which it could not.
fn second_opinions(inputs: &Inputs<'_>, market: &Market<'_>) -> Option<Note> {
    let trust = inputs.trust.filter(|t| t.verified)?;
    let (confirmed, open): (Vec<&InstrumentId>, Vec<&InstrumentId>) = market
        .known
        .keys()
        .partition(|id| trust.opinions.get(id).is_some_and(|o| !o.confirmed_by.is_empty()));
    let all = market.known.len();
    let rest = if open.is_empty() { String::new() } else { format!("; not confirmed: {}", named(&open)) };
    Some(note(
        NoteKind::Source,
        format!(
            "A second source has the same close within 0.1 % for {} of {all} series{rest}.",
            confirmed.len()
        ),
    ))
}

/// Currency pairs that are fixed once a day and not traded prices.
fn fixings(market: &Market<'_>) -> Option<Note> {
    let fixed = || market.known.values().filter(|k| k.exchange.mic.as_str() == FIXINGS);
    let pairs: Vec<&InstrumentId> = fixed().map(|k| &k.instrument.id).collect();
    if pairs.is_empty() {
        return None;
    }
    let euro = |id: &InstrumentId| id.as_str().contains("EUR");
    let crosses: Vec<&InstrumentId> = pairs.iter().copied().filter(|id| !euro(id)).collect();
    let through = if crosses.is_empty() {
        String::new()
    } else {
        format!("; {} computed through EUR", named(&crosses))
    };
    Some(note(
        NoteKind::Source,
        format!("ECB reference rates, fixed at 14:15 Frankfurt time: {}{through}.", named(&pairs)),
    ))
}

fn named(ids: &[&InstrumentId]) -> String {
    if ids.len() > NAMED {
        return format!("{} series", ids.len());
    }
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Which source gave how many series, and when the newest of them was fetched.
fn counts(inputs: &Inputs<'_>, market: &Market<'_>) -> Vec<Note> {
    let mut by_source: BTreeMap<&str, Vec<&Known<'_>>> = BTreeMap::new();
    for known in market.known.values() {
        by_source.entry(known.series.provenance.source.as_str()).or_default().push(known);
    }
    let most = by_source.values().map(Vec::len).max().unwrap_or_default();
    let line = |(source, series): (&str, Vec<&Known<'_>>)| {
        let newest = series.iter().map(|k| k.series.provenance.fetched_at).max();
        let when = newest.unwrap_or(inputs.generated_at).format("%Y-%m-%d %H:%M UTC");
        let how = match (inputs.demo, inputs.lasting) {
            (true, false) => format!(", published closes held by the program, as of {when}"),
            (true, true) => ", published closes held by the program".to_owned(),
            (false, false) => format!(", fetched {when}"),
            (false, true) => String::new(),
        };
        let ids: Vec<&InstrumentId> = series.iter().map(|k| &k.instrument.id).collect();
        // The source of most rows is told by their number, the others by name.
        let whose = if ids.len() == most { format!("{most} series") } else { named(&ids) };
        note(NoteKind::Source, format!("Source: {source} ({whose}{how})."))
    };
    by_source.into_iter().map(line).collect()
}
