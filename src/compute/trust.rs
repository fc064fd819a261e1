//! Whether a source's closes can be believed: what makes them look wrong by themselves, whether another
//! source agrees, and whose closes are shown.
//!
//! Not for: asking anybody (`app` does), or mixing closes of two sources: a row is of one source, whole.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::sessions::{self, Known, Market};
use super::{Inputs, suspect};
use crate::domain::series::listed;
use crate::domain::snapshot::Status;
use crate::domain::{Bar, Instrument, InstrumentId, Kind, Series, Warning, WarningKind};

/// Two closes of one session further apart than this share of the second disagree.
const APART: f64 = 0.001;
/// How many of the newest sessions are looked at.
const RECENT: usize = 25;
/// So many equal closes in a row are a feed that stands still.
const STANDING: usize = 5;
/// The most sources asked for one instrument.
const VOICES: usize = 3;
/// Outvoted for so many instruments, a source is believed nowhere that another one contradicts it.
const SEVERAL: usize = 2;

/// Series of other sources than the one shown first, by instrument, in the order they were asked.
pub type Others = BTreeMap<InstrumentId, Vec<Series>>;

/// What other sources say of an instrument's closes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Opinion {
    /// Sources that have the shown session's close within 0.1 %.
    pub confirmed_by: Vec<String>,
    /// Disagreements, and why another source is shown than the one asked first.
    pub warnings: Vec<Warning>,
    /// Which of the others is shown instead of the first source.
    pub instead: Option<usize>,
}

/// Why closes look wrong by themselves.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Doubt {
    /// A later session should be there.
    Behind(NaiveDate),
    /// The exchange had this session.
    Hole(NaiveDate),
    /// The close of this session is too far from the one before, or outside its own range.
    Jump(NaiveDate),
    /// No close has changed since.
    Standing(NaiveDate),
    /// There is one close only.
    Alone(NaiveDate),
}

/// The instruments of which another source should be asked: those whose closes look wrong, those that
/// two sources disagree on, everything with `verify`, and all of a source that a spot check caught.
#[must_use]
pub fn questions(inputs: &Inputs<'_>, others: &Others, verify: bool) -> Vec<InstrumentId> {
    let market = Market::at(inputs);
    let caught = caught(inputs, &market, others);
    let voices = |id: &InstrumentId| 1 + others.get(id).map_or(0, Vec::len);
    let asked = market.known.iter().filter(|(id, known)| {
        let candidates = candidates(inputs, known, others);
        let contradicted = candidates.iter().skip(1).any(|c| disagree(known, c)) && !majority(&candidates);
        let doubted = candidates.iter().all(|c| !doubts(inputs, &market, c).is_empty());
        let suspected = caught.contains(known.series.provenance.source.as_str()) || verify;
        (suspected && voices(id) == 1) || ((contradicted || doubted) && voices(id) < VOICES)
    });
    asked.map(|(id, _)| id.clone()).collect()
}

/// For every instrument that another source spoke of, what that means.
#[must_use]
pub fn opinions(inputs: &Inputs<'_>, others: &Others) -> BTreeMap<InstrumentId, Opinion> {
    let market = Market::at(inputs);
    let discredited = discredited(inputs, &market, others);
    let known = market.known.iter().filter(|(id, _)| others.contains_key(*id));
    known.map(|(id, known)| (id.clone(), opinion(inputs, &market, known, others, &discredited))).collect()
}

/// Sources that two others agree against for several instruments: what is wrong with them is wrong with
/// all that they gave, also where only one other source could be asked.
fn discredited(inputs: &Inputs<'_>, market: &Market<'_>, others: &Others) -> BTreeSet<String> {
    let mut outvoted: BTreeMap<&str, usize> = BTreeMap::new();
    for known in others.keys().filter_map(|id| market.known.get(id)) {
        let all = candidates(inputs, known, others);
        if outvoted_by(inputs, known, all.get(1..).unwrap_or_default()).is_some() {
            *outvoted.entry(source(known)).or_default() += 1;
        }
    }
    outvoted.into_iter().filter(|(_, times)| *times >= SEVERAL).map(|(name, _)| name.to_owned()).collect()
}

/// The first of the other series that another one agrees with against the first one asked.
fn outvoted_by(inputs: &Inputs<'_>, known: &Known<'_>, others: &[Known<'_>]) -> Option<usize> {
    let against = |c: &Known<'_>| disagree(known, c) && reaches(inputs, known, c);
    let seconded = |at: usize, c: &Known<'_>| others.iter().skip(at + 1).any(|o| agree(c, o));
    others.iter().enumerate().find(|(at, c)| against(c) && seconded(*at, c)).map(|(at, _)| at)
}

/// Sources of which a check found a close that another source contradicts.
fn caught(inputs: &Inputs<'_>, market: &Market<'_>, others: &Others) -> BTreeSet<String> {
    let known = others.keys().filter_map(|id| market.known.get(id));
    let wrong = known.filter(|k| candidates(inputs, k, others).iter().skip(1).any(|c| disagree(k, c)));
    wrong.map(|k| k.series.provenance.source.clone()).collect()
}

/// The series shown first and those of the other sources, as known at as-of.
fn candidates<'a>(inputs: &Inputs<'a>, known: &Known<'a>, others: &'a Others) -> Vec<Known<'a>> {
    let more = others.get(&known.instrument.id).map(Vec::as_slice).unwrap_or_default();
    let more = more.iter().filter_map(|s| sessions::known(inputs, known.instrument, s));
    std::iter::once(known.clone()).chain(more).collect()
}

fn opinion(
    inputs: &Inputs<'_>,
    market: &Market<'_>,
    known: &Known<'_>,
    others: &Others,
    discredited: &BTreeSet<String>,
) -> Opinion {
    let more = others.get(&known.instrument.id).map(Vec::as_slice).unwrap_or_default();
    let all: Vec<(Option<usize>, Known<'_>)> = std::iter::once((None, known.clone()))
        .chain(
            more.iter()
                .enumerate()
                .filter_map(|(at, s)| Some((Some(at), sessions::known(inputs, known.instrument, s)?))),
        )
        .collect();
    let doubt = doubts(inputs, market, known).first().copied();
    let better = doubt.and_then(|d| all.iter().skip(1).find(|(_, c)| resolves(inputs, market, known, c, d)));
    let outvoted = || {
        let rest: Vec<Known<'_>> = all.iter().skip(1).map(|(_, c)| c.clone()).collect();
        outvoted_by(inputs, known, &rest).and_then(|at| all.get(at + 1))
    };
    let against_a_discredited = || {
        let believed = |c: &Known<'_>| !discredited.contains(source(c)) && reaches(inputs, known, c);
        let first = discredited.contains(source(known));
        all.iter().skip(1).find(|(_, c)| first && disagree(known, c) && believed(c))
    };
    let chosen = better.or_else(outvoted).or_else(against_a_discredited).or(all.first());
    let Some((instead, shown)) = chosen else { return Opinion::default() };
    let rivals = || all.iter().filter(|(at, _)| at != instead).map(|(_, c)| c);
    // What is compared is settled; of a live value it says nothing.
    let confirmed_by =
        rivals().filter(|c| !shown.live && agree(shown, c)).map(|c| source(c).to_owned()).collect();
    let mut warnings: Vec<Warning> = Vec::new();
    if let (Some(_), Some(doubt)) = (instead.and(better), doubt) {
        warnings.push(replaced(known, shown, doubt));
    }
    warnings.extend(rivals().filter_map(|c| apart(known.instrument, shown, c)));
    Opinion { confirmed_by, warnings, instead: *instead }
}

/// Whether another source's closes are free of a doubt, and of all others.
fn resolves(
    inputs: &Inputs<'_>,
    market: &Market<'_>,
    known: &Known<'_>,
    other: &Known<'_>,
    doubt: Doubt,
) -> bool {
    let own = doubts(inputs, market, other);
    let fresher = matches!(doubt, Doubt::Behind(_)) && other.newest() > known.newest();
    comparable(known, other) && reaches(inputs, known, other) && (own.is_empty() || fresher)
}

/// Whether the other series reaches as far back as the report needs, or as the first one.
fn reaches(inputs: &Inputs<'_>, known: &Known<'_>, other: &Known<'_>) -> bool {
    let (Some(own), Some(first)) = (known.bars.first(), other.bars.first()) else { return false };
    let needed = inputs.horizons.iter().map(|h| h.reach(known.report_day)).max().unwrap_or(0).max(366);
    let grace = super::moves::BASE_WITHIN_DAYS;
    (first.date - own.date).num_days() <= grace || (known.report_day - first.date).num_days() >= needed
}

/// What looks wrong in a series by itself, the gravest first.
fn doubts(inputs: &Inputs<'_>, market: &Market<'_>, known: &Known<'_>) -> Vec<Doubt> {
    let Some(newest) = known.bars.last().map(|b| b.date) else { return Vec::new() };
    if known.bars.len() == 1 {
        return vec![Doubt::Alone(newest)];
    }
    let behind = market.status(known) == Status::Stale || known.passed_over.is_some();
    let behind = behind.then_some(Doubt::Behind(newest));
    let hole = hole(inputs, market, known).map(Doubt::Hole);
    let jump = suspect::recent_jump(known, RECENT).map(Doubt::Jump);
    behind.into_iter().chain(hole).chain(jump).chain(standing(known).map(Doubt::Standing)).collect()
}

/// A session missing among the newest ones, or where a horizon's base should have been.
fn hole(inputs: &Inputs<'_>, market: &Market<'_>, known: &Known<'_>) -> Option<NaiveDate> {
    let newest = known.bars.last()?.date;
    let first =
        known.bars.len().checked_sub(RECENT).and_then(|at| known.bars.get(at)).or(known.bars.first())?;
    let recent = market.lacks(known, first.date, newest);
    let bases = inputs.horizons.iter().filter_map(|h| {
        let wanted = h.wanted_base(newest, known.report_day)?;
        let base = super::moves::base_on(known.bars, wanted).ok()?;
        market.lacks(known, base.date, wanted.succ_opt()?)
    });
    recent.or_else(|| bases.max())
}

/// Since when the closes of something that moves every day have not changed at all.
fn standing(known: &Known<'_>) -> Option<NaiveDate> {
    let moves = matches!(known.instrument.kind, Kind::Index | Kind::Future | Kind::Coin);
    let settled = known.settled();
    let last = settled.last().filter(|_| moves)?;
    let equal = |b: &&Bar| b.close.total_cmp(&last.close).is_eq();
    let run = settled.iter().rev().take_while(equal).count();
    let first = settled.len().checked_sub(run).and_then(|at| settled.get(at))?;
    (run >= STANDING).then_some(first.date)
}

/// Whether two series speak of the same thing: one currency, basis and venue.
fn comparable(a: &Known<'_>, b: &Known<'_>) -> bool {
    let (p, q) = (&a.series.provenance, &b.series.provenance);
    let currency = p.currency.is_none() || q.currency.is_none() || p.currency == q.currency;
    currency && p.basis == q.basis && a.exchange.mic == b.exchange.mic
}

/// The closes of both for the newest session that the first has settled.
fn pair(a: &Known<'_>, b: &Known<'_>) -> Option<(NaiveDate, f64, f64)> {
    let own = a.settled().last()?;
    let other = bar_on(b.settled(), own.date)?;
    comparable(a, b).then_some((own.date, own.close, other.close))
}

fn bar_on(bars: &[Bar], date: NaiveDate) -> Option<&Bar> {
    bars.binary_search_by_key(&date, |b| b.date).ok().and_then(|at| bars.get(at))
}

fn are_apart(a: f64, b: f64) -> bool {
    (a - b).abs() > APART * a.abs().max(b.abs())
}

fn agree(a: &Known<'_>, b: &Known<'_>) -> bool {
    pair(a, b).is_some_and(|(_, x, y)| !are_apart(x, y))
}

fn disagree(a: &Known<'_>, b: &Known<'_>) -> bool {
    pair(a, b).is_some_and(|(_, x, y)| are_apart(x, y))
}

/// Whether some two of three or more agree, so that asking further tells nothing new.
fn majority(all: &[Known<'_>]) -> bool {
    let pairs = all.iter().enumerate().flat_map(|(at, a)| all.iter().skip(at + 1).map(move |b| (a, b)));
    all.len() >= VOICES && pairs.into_iter().any(|(a, b)| agree(a, b))
}

fn source<'a>(known: &Known<'a>) -> &'a str {
    known.series.provenance.source.as_str()
}

/// The sentence on the newest session that the shown source and another one disagree on.
fn apart(instrument: &Instrument, shown: &Known<'_>, other: &Known<'_>) -> Option<Warning> {
    if !comparable(shown, other) {
        return None;
    }
    // Closes as traded are on the basis of the day, so that a split sets older ones apart.
    let looked_at = if shown.series.provenance.raw == other.series.provenance.raw { RECENT } else { 1 };
    let recent = shown.settled().iter().rev().take(looked_at);
    let both = recent.filter_map(|b| Some((b.date, b.close, bar_on(other.settled(), b.date)?.close)));
    let differing: Vec<(NaiveDate, f64, f64)> = both.filter(|(_, a, b)| are_apart(*a, *b)).collect();
    let (date, a, b) = differing.first()?;
    let percent = (a - b).abs() / a.abs().max(b.abs()) * 100.0;
    let more = match differing.len() - 1 {
        0 => String::new(),
        1 => ", and on 1 session before".to_owned(),
        n => format!(", and on {n} sessions before"),
    };
    let (mine, theirs) = (source(shown), source(other));
    Some(Warning {
        kind: WarningKind::Disagreement,
        message: format!(
            "{}: {mine} has {} for {date} and {theirs} {}, {percent:.2} % apart{more}; {mine}'s closes are shown",
            instrument.id,
            told(*a),
            told(*b)
        ),
    })
}

/// A close to six decimals at most, without zeros behind the last digit.
fn told(close: f64) -> String {
    let text = format!("{close:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The sentence on why another source is shown than the one asked first.
fn replaced(known: &Known<'_>, shown: &Known<'_>, doubt: Doubt) -> Warning {
    let first = source(known);
    let why = match doubt {
        Doubt::Behind(newest) => format!("{first}'s newest close is of {newest}"),
        Doubt::Hole(date) => format!("{first} has no close for {}", listed(&[date])),
        Doubt::Jump(date) => format!("{first}'s close of {date} is too far from those around it"),
        Doubt::Standing(since) => format!("{first}'s closes have not changed since {since}"),
        Doubt::Alone(date) => format!("{first} has the close of {date} only"),
    };
    Warning {
        kind: WarningKind::OtherSource,
        message: format!("{}: {why}; all its figures are {}'s", known.instrument.id, source(shown)),
    }
}
