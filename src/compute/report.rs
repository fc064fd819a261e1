//! The day's report: which days there are, their closes without anything of the moment at which they were
//! fetched, and the chart of the benchmark and what is compared with it. Rows and lines come from the functions
//! that `today` and `chart` come from.
//!
//! Not for: writing it (`app`), or any figure of its own.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, Duration, NaiveDate, NaiveTime, Utc};

use super::chart::{self, Asked};
use super::lines::Line;
use super::sessions::{self, Known, Market};
use super::trust::{self, Others};
use super::{Chosen, Inputs, Trust, snapshot};
use crate::domain::chart::Measure;
use crate::domain::snapshot::{Item, Note, NoteKind, Row, SourceInfo, Status};
use crate::domain::{
    Chart, Exchange, Expectation, Horizon, InstrumentId, Kind, Mic, Report, Series, Snapshot, VenueKind,
};

/// Lines of the chart at most; more no reader tells apart beside a table.
const LINES: usize = 5;
/// The chart's window.
const OVER: Horizon = Horizon::Months(6);

/// The instant by which all closes of a day are known everywhere: noon UTC of the day after.
#[must_use]
pub fn known_by(day: NaiveDate) -> DateTime<Utc> {
    let after = day.checked_add_days(Days::new(1)).unwrap_or(day);
    after.and_time(NaiveTime::MIN).and_utc() + Duration::hours(12)
}

/// The days that a report can be written for: those on which something shown had a settled session, oldest first.
/// Coins and currencies, which know no holidays, count only where nothing else is shown; a close on a day that its
/// venue's calendar has as closed only with a second one of that market.
#[must_use]
pub fn days(inputs: &Inputs<'_>) -> BTreeSet<NaiveDate> {
    let inputs = Inputs { settled_only: true, ..*inputs };
    let market = Market::at(&inputs);
    let shown = snapshot::shown(&inputs);
    let known: Vec<&Known<'_>> = shown.instruments.iter().filter_map(|id| market.known.get(id)).collect();
    let composites = shown.composites.iter().filter_map(|id| Line::of(id, inputs.universe, &market));
    let kept: Vec<&Known<'_>> = known.iter().copied().filter(|k| keeps_days(k)).collect();
    let mut days = dates(&kept);
    days.extend(composites.flat_map(|line| line.bars.iter().map(|bar| bar.date).collect::<Vec<_>>()));
    if days.is_empty() { dates(&known) } else { days }
}

/// The dates on which some of these had a session that their calendars do not have as a closure, or two of a market.
fn dates(known: &[&Known<'_>]) -> BTreeSet<NaiveDate> {
    let mut found: BTreeSet<NaiveDate> = BTreeSet::new();
    let mut unexpected: BTreeSet<(&Mic, NaiveDate)> = BTreeSet::new();
    for (known, bar) in known.iter().flat_map(|k| k.settled().iter().map(move |bar| (k, bar))) {
        let closed = sessions::on_closed_day(known.exchange, bar.date) || known.exchange.is_holiday(bar.date);
        if !closed || !unexpected.insert((&known.exchange.market, bar.date)) {
            found.insert(bar.date);
        }
    }
    found
}

/// Whether an instrument's sessions are days of an exchange.
fn keeps_days(known: &Known<'_>) -> bool {
    known.instrument.kind != Kind::Fx && known.exchange.kind != VenueKind::Continuous
}

/// The closes of a day: what its report is made from whenever it is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Closes {
    /// The end of the newest session among them.
    pub as_of: DateTime<Utc>,
    /// Settled closes up to the day, fetched when that session ended.
    pub series: BTreeMap<InstrumentId, Series>,
    /// What other sources say of them.
    pub trust: Trust,
}

impl Closes {
    /// The inputs of the day's report.
    #[must_use]
    pub fn inputs<'a>(&'a self, day: NaiveDate, inputs: &Inputs<'a>) -> Inputs<'a> {
        Inputs {
            series: &self.series,
            as_of: self.as_of,
            date: Some(day),
            settled_only: true,
            generated_at: self.as_of,
            lasting: true,
            trust: (!inputs.demo).then_some(&self.trust),
            ..*inputs
        }
    }
}

/// The closes of a day as they are known at the instant of the inputs, which is that of writing; none where
/// nothing is known.
#[must_use]
pub fn closes(inputs: &Inputs<'_>, others: &Others, day: NaiveDate) -> Option<Closes> {
    let at =
        Inputs { date: Some(day), as_of: known_by(day).min(inputs.as_of), settled_only: true, ..*inputs };
    let mut series: BTreeMap<InstrumentId, Series> =
        inputs.series.iter().filter_map(|(id, s)| Some((id.clone(), settled(&at, s)?))).collect();
    let mut others: Others = others
        .iter()
        .map(|(id, all)| (id.clone(), all.iter().filter_map(|s| settled(&at, s)).collect::<Vec<_>>()))
        .filter(|(id, all)| !all.is_empty() && series.contains_key(id))
        .collect();
    let judged_at =
        series.values().chain(others.values().flatten()).map(|s| s.provenance.fetched_at).max()?;
    let fetched_at = |series: &mut Series, at: DateTime<Utc>| series.provenance.fetched_at = at;
    let ends: BTreeMap<InstrumentId, Vec<DateTime<Utc>>> = others
        .iter()
        .map(|(id, all)| (id.clone(), all.iter().map(|s| s.provenance.fetched_at).collect()))
        .collect();
    let mut end: BTreeMap<InstrumentId, DateTime<Utc>> =
        series.iter().map(|(id, s)| (id.clone(), s.provenance.fetched_at)).collect();
    series.values_mut().chain(others.values_mut().flatten()).for_each(|s| fetched_at(s, judged_at));
    let opinions = trust::opinions(
        &Inputs { series: &series, as_of: judged_at, failures: &[], trust: None, ..at },
        &others,
    );
    for (id, opinion) in &opinions {
        let instead = opinion.instead.and_then(|nth| others.get(id)?.get(nth).zip(ends.get(id)?.get(nth)));
        if let Some((other, ended)) = instead {
            end.insert(id.clone(), *ended);
            series.insert(id.clone(), other.clone());
        }
    }
    let as_of = end.values().max().copied()?;
    series.values_mut().for_each(|s| fetched_at(s, as_of));
    Some(Closes { as_of, series, trust: Trust { opinions, ..Trust::default() } })
}

/// A series up to its last settled session, as if it had been fetched at that session's end; what was said of its
/// answer is left out, as that is of the moment and of what it asked for.
fn settled(at: &Inputs<'_>, series: &Series) -> Option<Series> {
    let instrument = at.universe.instrument(&series.provenance.instrument)?;
    let known = sessions::known(at, instrument, series)?;
    let last = known.settled().last()?.date;
    let ended = known.exchange.session_times(last).final_;
    let mut series = series.clone();
    series.retain(|day| day <= last);
    series.warnings.clear();
    series.provenance.stamp = None;
    series.provenance.fetched_at = ended;
    Some(series)
}

/// The finished report of a day, from its snapshot and the inputs that made it.
#[must_use]
pub fn finished(inputs: &Inputs<'_>, day: NaiveDate, mut snapshot: Snapshot) -> Report {
    let rows = snapshot.instruments.iter_mut().chain(snapshot.composites.iter_mut().map(|c| &mut c.row));
    rows.for_each(|row| timeless(&mut row.source));
    snapshot.notes.extend(not_in(inputs, day));
    snapshot.notes.sort_by_key(|n| n.kind);
    let mut charts = charts(inputs, &snapshot);
    charts.iter_mut().flat_map(|c| &mut c.lines).for_each(|line| timeless(&mut line.source));
    Report { date: day, snapshot, charts }
}

/// When and whence an answer came is of the moment.
fn timeless(source: &mut Option<SourceInfo>) {
    if let Some(source) = source {
        source.fetched_at = None;
        source.from_store = false;
    }
}

/// What is shown with an earlier session although its exchange has one on the day, which was not over or not
/// published when the newest close of the report was.
fn not_in(inputs: &Inputs<'_>, day: NaiveDate) -> Option<Note> {
    let market = Market::at(inputs);
    let shown = snapshot::shown(inputs);
    let known = shown.instruments.iter().filter_map(|id| market.known.get(id));
    let later = known.filter(|k| {
        let expected = k.exchange.expectation(day) == Expectation::Session;
        expected && keeps_days(k) && k.newest() < Some(day) && market.status(k) == Status::Settled
    });
    let mut by_venue: Vec<(&str, Vec<&str>)> = Vec::new();
    for known in later {
        let (venue, id) = (known.exchange.name.as_str(), known.instrument.id.as_str());
        match by_venue.iter_mut().find(|(name, _)| *name == venue) {
            Some((_, ids)) => ids.push(id),
            None => by_venue.push((venue, vec![id])),
        }
    }
    let told: Vec<String> =
        by_venue.iter().map(|(venue, ids)| format!("{venue} ({})", ids.join(", "))).collect();
    (!told.is_empty()).then(|| Note {
        kind: NoteKind::Live,
        message: format!("No close of {day} yet, so with the session before: {}.", told.join(", ")),
    })
}

/// One chart: the benchmark and up to four things beside it. Of rows in sections, these are the first index that is
/// not the benchmark and the composites; of rows that the reader named, the first of them.
fn charts(inputs: &Inputs<'_>, snapshot: &Snapshot) -> Vec<Chart> {
    let mut ids: Vec<&InstrumentId> = Vec::new();
    let items = || snapshot.blocks.iter().flat_map(|b| &b.items);
    let row = |item: &Item| -> Option<&Row> {
        match item {
            Item::Instrument(at) => snapshot.instruments.get(*at),
            Item::Composite(at) => snapshot.composites.get(*at).map(|c| &c.row),
        }
    };
    let rows = || items().filter_map(row).filter(|r| r.close.is_some() && r.id != snapshot.benchmark);
    if inputs.by_section {
        ids.extend(rows().find(|r| r.kind == Kind::Index).map(|r| &r.id));
        ids.extend(rows().filter(|r| r.kind == Kind::Composite).map(|r| &r.id));
    } else {
        ids.extend(rows().map(|r| &r.id));
    }
    ids.truncate(LINES - 1);
    if ids.is_empty() {
        return Vec::new();
    }
    ids.push(&snapshot.benchmark);
    let chosen: Vec<Chosen> = ids
        .into_iter()
        .map(|id| match inputs.universe.composite(id) {
            Some(_) => Chosen::Composite(id.clone()),
            None => Chosen::Instrument(id.clone()),
        })
        .collect();
    let asked = Asked {
        over: OVER,
        measure: Some(Measure::Rebased),
        benchmark: Some(&snapshot.benchmark),
        log: false,
    };
    let chart = chart::build(&Inputs { chosen: &chosen, failures: &[], ..*inputs }, &asked);
    if chart.lines.iter().any(|line| !line.points.is_empty()) { vec![chart] } else { Vec::new() }
}

/// Why a market's close is not in yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacking {
    /// Its session begins only then.
    Opens(DateTime<Utc>),
    /// Its session is under way until then.
    Open(DateTime<Utc>),
    /// Its session is over and no close of it is there.
    Unpublished,
}

/// A market without the close of a session that the report should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsettled {
    /// The venue's name.
    pub venue: String,
    /// What is shown of it.
    pub ids: Vec<InstrumentId>,
    /// The session's date.
    pub session: NaiveDate,
    /// Why.
    pub why: Lacking,
}

/// The markets shown, members of composites too, that have no settled close of a session they should have: of the
/// day's, and unless the day was asked for of the one that is under way or over at the instant of the inputs.
/// Currencies and coins never close and are none of them.
#[must_use]
pub fn unsettled(inputs: &Inputs<'_>, day: NaiveDate) -> Vec<Unsettled> {
    let at = Inputs { settled_only: true, ..*inputs };
    let market = Market::at(&at);
    let shown = snapshot::shown(&at);
    let members = shown.composites.iter().filter_map(|id| at.universe.composite(id)).flat_map(|c| &c.members);
    let ids: BTreeSet<&InstrumentId> = shown.instruments.iter().chain(members.map(|m| &m.id)).collect();
    let mut all: Vec<Unsettled> = Vec::new();
    for known in ids.into_iter().filter_map(|id| market.known.get(id)).filter(|k| keeps_days(k)) {
        let Some((session, why)) = lacking(known, day, inputs) else { continue };
        let id = known.instrument.id.clone();
        let venue = &known.exchange.name;
        match all.iter_mut().find(|u| u.venue == *venue && (u.session, u.why) == (session, why)) {
            Some(same) => same.ids.push(id),
            None => all.push(Unsettled { venue: venue.clone(), ids: vec![id], session, why }),
        }
    }
    all
}

/// The session that an instrument should have and does not, the earliest.
fn lacking(known: &Known<'_>, day: NaiveDate, inputs: &Inputs<'_>) -> Option<(NaiveDate, Lacking)> {
    let now = inputs.as_of;
    let local = known.exchange.session_date(now);
    let newest = known.settled().last()?.date;
    let of_the_day = lacks(known.exchange, newest, day, now).map(|why| (day, why));
    let begun = (inputs.date.is_none() && known.exchange.kind == VenueKind::Exchange)
        .then(|| lacks(known.exchange, newest, local, now))
        .flatten()
        .filter(|why| !matches!(why, Lacking::Opens(_)))
        .map(|why| (local, why));
    of_the_day.or(begun)
}

fn lacks(exchange: &Exchange, newest: NaiveDate, session: NaiveDate, now: DateTime<Utc>) -> Option<Lacking> {
    if newest >= session || exchange.expectation(session) == Expectation::Closed {
        return None;
    }
    let times = exchange.session_times(session);
    let certain = exchange.expectation(session) == Expectation::Session;
    if now >= times.open && now < times.final_ {
        return Some(Lacking::Open(times.final_));
    }
    // Where no calendar reaches, a session that is not there may be a holiday.
    certain.then_some(if now < times.open { Lacking::Opens(times.open) } else { Lacking::Unpublished })
}
