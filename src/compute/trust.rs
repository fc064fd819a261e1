//! Whether a source's closes can be believed: what makes them look wrong by themselves, whether other
//! sources agree, and whose closes are shown.
//!
//! Not for: asking anybody (`app` does), or mixing closes of two sources: a row is of one source, whole.

mod doubts;
pub(super) mod weigh;

use std::collections::{BTreeMap, BTreeSet};

use super::Inputs;
use super::sessions::{self, Known, Market};
use crate::domain::series::listed;
use crate::domain::{InstrumentId, Series, Warning, WarningKind, digits};
use doubts::{Doubt, doubts, standing_together};
use weigh::{agree, apart, comparable, confirms, contradict, has_newest, on_one_basis};

/// So many voices with the newest session are heard at most,
const VOICES: usize = 3;
/// and so many in all, as one that is late says nothing of it.
const ASKED: usize = 5;
/// Contradicted by two others for so many instruments, a source is believed nowhere that it is contradicted.
const SEVERAL: usize = 2;
/// A spot check apart on the newest session, or on so many, speaks against the whole source.
const GRAVE: usize = 5;

/// Series of other sources than the one shown first, by instrument, in the order they were asked.
pub type Others = BTreeMap<InstrumentId, Vec<Series>>;

/// What other sources say of an instrument's closes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Opinion {
    /// Sources that have the shown session's close within 0.1 %, and no other close that is apart.
    pub confirmed_by: Vec<String>,
    /// The close that each of these has for the shown session.
    pub closes: Vec<(String, f64)>,
    /// Disagreements, and why another source is shown than the one asked first.
    pub warnings: Vec<Warning>,
    /// Which of the others is shown instead of the first source.
    pub instead: Option<usize>,
}

/// The instruments of which another source should be asked: those whose closes look wrong, those that
/// sources disagree on, everything with `verify`, and all of a source that was caught.
#[must_use]
pub fn questions(inputs: &Inputs<'_>, others: &Others, verify: bool) -> Vec<InstrumentId> {
    let court = Court::of(inputs, others);
    let asked = court.market.known.iter().filter(|(_, known)| court.is_open(known, verify));
    asked.map(|(id, _)| id.clone()).collect()
}

/// For every instrument that another source spoke of, or whose source is not to be believed, what that means.
#[must_use]
pub fn opinions(inputs: &Inputs<'_>, others: &Others) -> BTreeMap<InstrumentId, Opinion> {
    if others.is_empty() {
        return BTreeMap::new();
    }
    let court = Court::of(inputs, others);
    let lone = |k: &Known<'_>| court.discredited.contains_key(source(k));
    let known = court.market.known.iter().filter(|(id, k)| others.contains_key(*id) || lone(k));
    known.map(|(id, known)| (id.clone(), court.opinion(known))).collect()
}

/// Everything that was said, and what speaks against whole sources.
struct Court<'a, 'b> {
    inputs: &'b Inputs<'a>,
    market: Market<'a>,
    others: &'a Others,
    still: BTreeSet<InstrumentId>,
    /// Sources that two others agree against, with how often.
    discredited: BTreeMap<String, usize>,
    /// Sources that a check contradicts.
    caught: BTreeSet<String>,
}

impl<'a, 'b> Court<'a, 'b> {
    fn of(inputs: &'b Inputs<'a>, others: &'a Others) -> Self {
        let market = Market::at(inputs);
        let still = standing_together(&market);
        let (discredited, caught) = (BTreeMap::new(), BTreeSet::new());
        let mut court = Self { inputs, market, others, still, discredited, caught };
        let mut against: BTreeMap<String, usize> = BTreeMap::new();
        for known in others.keys().filter_map(|id| court.market.known.get(id)) {
            let all = court.candidates(known);
            for one in all.iter().filter(|c| court.is_outvoted(c, &all)) {
                *against.entry(source(one).to_owned()).or_default() += 1;
            }
            if all.iter().skip(1).any(|c| court.is_grave(known, c)) {
                court.caught.insert(source(known).to_owned());
            }
        }
        court.discredited = against.into_iter().filter(|(_, times)| *times >= SEVERAL).collect();
        court
    }

    /// The series shown first and those of the other sources, as known at as-of.
    fn candidates(&self, known: &Known<'a>) -> Vec<Known<'a>> {
        let more = self.others.get(&known.instrument.id).map(Vec::as_slice).unwrap_or_default();
        let more = more.iter().filter_map(|s| sessions::known(self.inputs, known.instrument, s));
        std::iter::once(known.clone()).chain(more).collect()
    }

    fn doubts(&self, known: &Known<'_>) -> Vec<Doubt> {
        doubts(self.inputs, &self.market, known, &self.still)
    }

    /// Whether another source should be asked.
    fn is_open(&self, known: &Known<'a>, verify: bool) -> bool {
        let all = self.candidates(known);
        let fresh = all.iter().filter(|c| has_newest(known, c) || c.newest() > known.newest()).count();
        if all.len() >= ASKED || fresh >= VOICES {
            return false;
        }
        let name = source(known);
        let suspected = verify || self.caught.contains(name) || self.discredited.contains_key(name);
        let pairs = all.iter().enumerate().flat_map(|(at, a)| all.iter().skip(at + 1).map(move |b| (a, b)));
        let contradicted = pairs.into_iter().any(|(a, b)| contradict(self.inputs, a, b));
        let settled = all.len() >= VOICES && all.iter().any(|c| self.is_supported(c, &all));
        let usable = |(at, c): &(usize, &Known<'a>)| *at == 0 || self.can_stand_in(known, c);
        let doubted = all.iter().enumerate().filter(usable).all(|(_, c)| !self.doubts(c).is_empty());
        (suspected && fresh <= 1) || (contradicted && !settled) || doubted
    }

    /// Whether one of the others agrees with this one on everything.
    fn is_supported(&self, one: &Known<'a>, all: &[Known<'a>]) -> bool {
        let rivals = all.iter().filter(|c| source(c) != source(one));
        rivals.into_iter().any(|c| agree(self.inputs, one, c))
    }

    /// Whether two others that agree with each other both contradict this one, which nobody agrees with.
    fn is_outvoted(&self, one: &Known<'a>, all: &[Known<'a>]) -> bool {
        let against = |c: &&Known<'a>| source(c) != source(one) && contradict(self.inputs, one, c);
        let against: Vec<&Known<'a>> = all.iter().filter(against).collect();
        let pairs =
            against.iter().enumerate().flat_map(|(at, a)| against.iter().skip(at + 1).map(move |b| (a, b)));
        !self.is_supported(one, all) && pairs.into_iter().any(|(a, b)| agree(self.inputs, a, b))
    }

    /// Whether a contradiction is one that a whole feed would show.
    fn is_grave(&self, known: &Known<'a>, other: &Known<'a>) -> bool {
        let apart = apart(self.inputs, known, other);
        let newest = known.settled().last().map(|b| b.date);
        apart.len() >= GRAVE || apart.first().is_some_and(|(date, ..)| Some(*date) == newest)
    }

    /// Whether a series can be shown instead of the first one at all: it speaks of the same thing, on the same
    /// basis, and reaches as far back as the report needs or as the first one.
    fn can_stand_in(&self, known: &Known<'a>, other: &Known<'a>) -> bool {
        let (Some(own), Some(first)) = (known.bars.first(), other.bars.first()) else { return false };
        let horizons = self.inputs.horizons.iter().map(|h| h.reach(known.report_day));
        let needed = horizons.max().unwrap_or(0).max(366);
        let grace = super::moves::BASE_WITHIN_DAYS;
        let reaches = (first.date - own.date).num_days() <= grace
            || (known.report_day - first.date).num_days() >= needed;
        reaches && comparable(known, other) && on_one_basis(self.inputs, known, other)
    }

    /// Whether a rival whose own closes can be believed contradicts this one and nobody agrees with it.
    fn is_opposed(&self, one: &Known<'a>, all: &[Known<'a>]) -> bool {
        let opposed = |c: &Known<'a>| {
            source(c) != source(one)
                && contradict(self.inputs, one, c)
                && !self.doubts(c).iter().any(Doubt::of_closes)
        };
        all.iter().any(opposed) && !self.is_supported(one, all)
    }

    /// Position in `all` of the series to show.
    fn chosen(&self, all: &[Known<'a>]) -> usize {
        let Some(known) = all.first() else { return 0 };
        let doubt = self.doubts(known).first().copied();
        let fit = |at: &usize| {
            all.get(*at).is_some_and(|c| self.can_stand_in(known, c) && !self.is_opposed(c, all))
        };
        let fitting: Vec<usize> = (1..all.len()).filter(fit).collect();
        let clean = |at: &&usize| all.get(**at).is_some_and(|c| self.doubts(c).is_empty());
        let fresher = |at: &&usize| all.get(**at).is_some_and(|c| c.newest() > known.newest());
        let better = doubt.and_then(|doubt| {
            let behind = matches!(doubt, Doubt::Behind(_));
            let late = || fitting.iter().find(|at| behind && fresher(at));
            fitting.iter().find(clean).or_else(late)
        });
        let against = |at: &&usize| all.get(**at).is_some_and(|c| contradict(self.inputs, known, c));
        let outvoted = self.is_outvoted(known, all);
        let supported = |at: &&usize| all.get(**at).is_some_and(|c| self.is_supported(c, all));
        let majority = || fitting.iter().find(|at| outvoted && against(at) && supported(at));
        let discredited = self.discredited.contains_key(source(known)) && !self.is_supported(known, all);
        let believed = |c: &Known<'a>| !self.discredited.contains_key(source(c));
        let other = || {
            let usable =
                |at: &usize| all.get(*at).is_some_and(|c| self.can_stand_in(known, c) && believed(c));
            (1..all.len()).find(|at| discredited && usable(at) && against(&at))
        };
        better.or_else(majority).copied().or_else(other).unwrap_or(0)
    }

    fn opinion(&self, known: &Known<'a>) -> Opinion {
        let all = self.candidates(known);
        let at = self.chosen(&all);
        let Some(shown) = all.get(at) else { return Opinion::default() };
        let rivals = || all.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, c)| c);
        // What is compared is settled; of a live value it says nothing.
        let confirms = |c: &&Known<'a>| !shown.live && confirms(self.inputs, shown, c);
        let confirmed_by: Vec<String> = rivals().filter(confirms).map(|c| source(c).to_owned()).collect();
        let same =
            |c: &Known<'a>| Some((source(c).to_owned(), weigh::bar_on(c.settled(), shown.newest()?)?.close));
        let closes = rivals().filter(confirms).filter_map(same).collect();
        let doubt = self.doubts(known).first().copied();
        let mut warnings: Vec<Warning> = Vec::new();
        warnings.extend(doubt.filter(|_| at > 0).map(|doubt| replaced(known, shown, doubt)));
        warnings.extend(rivals().filter_map(|c| self.disagreement(shown, c)));
        if warnings.is_empty() && confirmed_by.is_empty() {
            warnings.extend(self.alone(shown));
        }
        // Of a series held nothing may have been known then, so that it is no candidate.
        let held = self.others.get(&known.instrument.id).map(Vec::as_slice).unwrap_or_default();
        let instead = held.iter().position(|series| std::ptr::eq(series, shown.series));
        Opinion { confirmed_by, closes, warnings, instead }
    }

    /// The sentence on a row that only a source has which others contradict elsewhere.
    fn alone(&self, shown: &Known<'a>) -> Option<Warning> {
        let times = self.discredited.get(source(shown))?;
        Some(Warning {
            kind: WarningKind::Disagreement,
            message: format!(
                "{}: only {} answered, which two other sources contradict for {times} other instruments",
                shown.instrument.id,
                source(shown)
            ),
        })
    }

    /// The sentence on the newest session that the shown source and another one disagree on.
    fn disagreement(&self, shown: &Known<'a>, other: &Known<'a>) -> Option<Warning> {
        let apart = apart(self.inputs, shown, other);
        let (date, a, b) = apart.first()?;
        let percent = (a - b).abs() / a.abs().max(b.abs()) * 100.0;
        let more = match apart.len() - 1 {
            0 => String::new(),
            1 => ", and on 1 session before".to_owned(),
            n => format!(", and on {n} sessions before"),
        };
        let (mine, theirs) = (source(shown), source(other));
        Some(Warning {
            kind: WarningKind::Disagreement,
            message: format!(
                "{}: {mine} has {} for {date} and {theirs} {}, {percent:.2} % apart{more}; {mine}'s closes are shown",
                shown.instrument.id,
                told(*a),
                told(*b)
            ),
        })
    }
}

fn source<'a>(known: &Known<'a>) -> &'a str {
    known.series.provenance.source.as_str()
}

/// A close to six decimals, or below 1 to five digits that count, without zeros behind the last digit.
fn told(close: f64) -> String {
    let after = usize::from(digits::of_level(close, 6));
    let text = format!("{close:.after$}");
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
