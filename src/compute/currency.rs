//! Closes in one currency: the rate of each date, converted closes, and the two parts of a move.
//!
//! A close is multiplied by the rate of its own date, or the last one up to seven days before. Rates go
//! through one currency: each pair is held against the dollar, and a cross is the quotient of two rates of one
//! date; of the European Central Bank's fixings, which are themselves quotients of rates per euro, that is the
//! fixing's own cross.
//!
//! Not for: which rates are asked for (`app::rates`), what a report says of them (`converted`), or pence and
//! cents, which sources turn into whole units. What is no amount of one currency (rates and volatility in
//! points, currency pairs) is left as it is.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::lines::Line;
use super::sessions::{Known, Market};
use crate::domain::snapshot::{MoveCell, MoveFlag};
use crate::domain::{Absent, Bar, Instrument, InstrumentId, Kind, Percent, Universe};

/// A rate holds for closes up to so many days after it.
const WITHIN_DAYS: i64 = 7;
/// The currency that every pair has on one side.
pub const PIVOT: &str = "USD";
/// The venue of the European Central Bank's fixings, and the currency that those are per.
const FIXINGS: (&str, &str) = ("ECB", "EUR");

/// Whether closes of an instrument are amounts of money that another currency can express.
#[must_use]
pub fn is_money(instrument: &Instrument) -> bool {
    !instrument.in_points && !matches!(instrument.kind, Kind::Fx | Kind::Rate)
}

/// The currencies whose rate against the dollar a conversion from one to another needs.
pub fn legs<'a>(from: &'a str, to: &'a str) -> impl Iterator<Item = &'a str> {
    [from, to].into_iter().filter(|c| *c != PIVOT)
}

/// The pair of a currency and the dollar, whichever way round it is quoted.
#[must_use]
pub fn pair<'a>(universe: &'a Universe, currency: &str) -> Option<&'a Instrument> {
    let spelled = [format!("{currency}{PIVOT}"), format!("{PIVOT}{currency}")];
    let found = spelled.iter().filter_map(|id| universe.instrument(&InstrumentId::new(id)));
    found.into_iter().find(|i| i.kind == Kind::Fx)
}

/// The currency that an instrument's closes are in: the source's word before the catalogue's.
#[must_use]
pub fn currency_of<'a>(known: &Known<'a>) -> Option<&'a str> {
    known.series.provenance.currency.as_deref().or(known.instrument.currency.as_deref())
}

/// The rate of one date: what one unit costs in the report's currency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// The date it is of.
    pub date: NaiveDate,
    /// The price of one unit.
    pub value: f64,
}

/// The rates of one currency known at as-of, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    days: Vec<Rate>,
    /// So many of them are settled.
    settled: usize,
    /// Where they come from.
    pub source: String,
    /// The currency that they go through.
    pub via: Option<&'static str>,
}

impl Course {
    /// The settled rate of a date, or the last one up to seven days before.
    #[must_use]
    pub fn on(&self, date: NaiveDate) -> Option<Rate> {
        near(self.days.get(..self.settled)?, date)
    }

    /// The newest rate known, live or settled, for a value of this date.
    fn newest(&self, date: NaiveDate) -> Option<Rate> {
        self.days.last().copied().filter(|r| (date - r.date).num_days() <= WITHIN_DAYS)
    }

    /// Whether a rate of a later date than this may still come to be the one of this date: none of it or of a
    /// later date is known, for a live value not even a live one.
    fn awaited(&self, date: NaiveDate, live: bool) -> bool {
        let newest = if live { self.days.last().map(|r| r.date) } else { self.last() };
        newest.is_none_or(|newest| newest < date)
    }

    /// The date of the newest settled rate.
    #[must_use]
    pub fn last(&self) -> Option<NaiveDate> {
        Some(self.days.get(..self.settled)?.last()?.date)
    }
}

fn near(days: &[Rate], date: NaiveDate) -> Option<Rate> {
    let at = days.partition_point(|r| r.date <= date).checked_sub(1)?;
    days.get(at).copied().filter(|r| (date - r.date).num_days() <= WITHIN_DAYS)
}

/// What every currency costs in the one that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Rates {
    /// The report's currency.
    pub to: String,
    courses: BTreeMap<String, Course>,
}

impl Rates {
    /// The rates of every currency that closes known at as-of are in, as far as their pairs are known.
    pub(super) fn of(to: &str, universe: &Universe, known: &BTreeMap<InstrumentId, Known<'_>>) -> Self {
        let money = known.values().filter(|k| is_money(k.instrument)).filter_map(currency_of);
        let from: BTreeSet<&str> = money.filter(|c| *c != to).collect();
        let courses = from.into_iter().filter_map(|c| Some((c.to_owned(), course(c, to, universe, known)?)));
        Self { to: to.to_owned(), courses: courses.collect() }
    }

    /// The rates of a currency.
    #[must_use]
    pub fn course(&self, currency: &str) -> Option<&Course> {
        self.courses.get(currency)
    }
}

/// What one unit of `from` costs in `to`, on the dates that all pairs needed have a rate of.
fn course(
    from: &str,
    to: &str,
    universe: &Universe,
    known: &BTreeMap<InstrumentId, Known<'_>>,
) -> Option<Course> {
    let held = |currency: &&str| known.get(&pair(universe, currency)?.id);
    // A pair that is needed and not held leaves nothing; the dollar needs none.
    let side = |c| if c == PIVOT { Some(None) } else { Some(Some((c, held(&c)?))) };
    let (sold, bought) = (side(from)?, side(to)?);
    let pairs = || sold.iter().chain(&bought).map(|(_, k)| *k);
    let of = |settled: bool| {
        let bars = |k: &Known<'_>, c| dollars(c, k, if settled { k.settled() } else { k.bars });
        quotients(sold.map(|(c, k)| bars(k, c)), bought.map(|(c, k)| bars(k, c)))
    };
    let (days, settled) = (of(false), of(true).len());
    let mut sources: Vec<&str> = pairs().map(|k| k.series.provenance.source.as_str()).collect();
    sources.dedup();
    let fixed = pairs().all(|k| k.exchange.mic.as_str() == FIXINGS.0);
    let pivot = if fixed { FIXINGS.1 } else { PIVOT };
    let via = (from != pivot && to != pivot).then_some(pivot);
    (!days.is_empty()).then(|| Course { days, settled, source: sources.join(", "), via })
}

/// Dollars for one unit of a currency, by date.
fn dollars(currency: &str, pair: &Known<'_>, bars: &[Bar]) -> Vec<Rate> {
    let direct = pair.instrument.id.as_str().starts_with(currency);
    let value = |b: &Bar| if direct { b.close } else { 1.0 / b.close };
    bars.iter().map(|b| Rate { date: b.date, value: value(b) }).filter(|r| r.value.is_finite()).collect()
}

/// The price of one in units of the other, where both are known; a missing side is the dollar itself.
fn quotients(one: Option<Vec<Rate>>, other: Option<Vec<Rate>>) -> Vec<Rate> {
    match (one, other) {
        (Some(one), None) => one,
        (None, Some(other)) => other.into_iter().map(|r| Rate { value: 1.0 / r.value, ..r }).collect(),
        (Some(one), Some(other)) => {
            let same = |r: &Rate| other.binary_search_by_key(&r.date, |o| o.date).ok();
            let both = one.iter().filter_map(|r| Some((r, other.get(same(r)?)?)));
            both.map(|(r, o)| Rate { date: r.date, value: r.value / o.value }).collect()
        }
        (None, None) => Vec::new(),
    }
}

/// How the closes of one instrument become amounts of the report's currency.
#[derive(Debug, Clone, Copy)]
pub(super) enum MoneyOf<'a> {
    /// Shown as they are quoted: nothing else was asked for, or they are in that currency.
    Quoted,
    /// No amounts of a known currency: left as they are.
    Unit,
    /// Converted at these rates.
    At(&'a Course),
    /// There is no rate.
    Lacking,
}

impl<'a> MoneyOf<'a> {
    pub(super) fn of(known: &Known<'_>, rates: Option<&'a Rates>) -> Self {
        let Some(rates) = rates else { return Self::Quoted };
        match currency_of(known).filter(|_| is_money(known.instrument)) {
            None => Self::Unit,
            Some(currency) if currency == rates.to => Self::Quoted,
            Some(currency) => rates.course(currency).map_or(Self::Lacking, Self::At),
        }
    }

    /// The same of a composite's member, which may not be known.
    pub(super) fn known(known: Option<&Known<'_>>, market: &'a Market<'_>) -> Self {
        known.map_or(Self::Quoted, |k| Self::of(k, market.rates.as_ref()))
    }

    /// The rate of a date; none where closes are not converted or it is missing.
    pub(super) fn rate(self, date: NaiveDate) -> Option<Rate> {
        if let Self::At(course) = self { course.on(date) } else { None }
    }

    /// What a close counts on a date; none where a rate is missing.
    pub(super) fn on(self, date: NaiveDate) -> Option<f64> {
        match self {
            Self::Quoted | Self::Unit => Some(1.0),
            Self::At(course) => course.on(date).map(|r| r.value),
            Self::Lacking => None,
        }
    }
}

/// What the bars of a line are amounts of.
#[derive(Debug, Clone, PartialEq)]
pub enum Money {
    /// Of what they are quoted in.
    Quoted,
    /// Of no one currency, although one was asked for.
    Unit,
    /// Of the currency that was asked for.
    Converted(Converted),
    /// There is no rate for the newest close, and so no bar.
    Lacking,
}

/// Where converted bars come from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Converted {
    /// The same bars in the own currency, or a composite's in its members' own.
    local: Vec<Bar>,
    /// The rate of each bar; none for a composite.
    rates: Vec<Rate>,
    /// Of a composite the dates of its members' rates, for each bar.
    members: Vec<Vec<Option<NaiveDate>>>,
    /// Earlier closes are left out for want of a rate.
    shortened: bool,
    /// No rate of the newest bar's date or a later one is known yet, so that its amount will change; of a
    /// composite, of any member's currency.
    pending: bool,
}

impl Converted {
    /// Whether the newest bar was converted at a rate that is not that of its date yet.
    pub(super) fn pending(&self) -> bool {
        self.pending
    }

    /// The newest close in the own currency.
    pub(super) fn close(&self) -> Option<f64> {
        self.local.last().map(|b| b.close)
    }

    /// The rate of the newest close; none for a composite.
    pub(super) fn rate(&self) -> Option<Rate> {
        self.rates.last().copied()
    }

    /// A bar's close in the own currency, or a composite's level without conversion.
    pub(super) fn local_close(&self, at: usize) -> Option<f64> {
        self.local.get(at).map(|b| b.close)
    }

    /// The rate that a bar was converted at; none for a composite.
    pub(super) fn rate_at(&self, at: usize) -> Option<Rate> {
        self.rates.get(at).copied()
    }

    /// Whether two bars were converted at rates of one date.
    pub(super) fn at_one_rate(&self, from: usize, to: usize) -> bool {
        let one = self.rates.get(from).zip(self.rates.get(to)).is_some_and(|(a, b)| a.date == b.date);
        let members = self.members.get(from).zip(self.members.get(to));
        one || members.is_some_and(|(a, b)| a.iter().zip(b).any(|(a, b)| a.is_some() && a == b))
    }
}

impl Money {
    /// The bars of an instrument as the report shows them: from the first one on after which none lacks a
    /// rate.
    pub(super) fn of<'a>(known: &Known<'a>, rates: Option<&Rates>) -> (Cow<'a, [Bar]>, Self) {
        let course = match MoneyOf::of(known, rates) {
            MoneyOf::Quoted => return (Cow::Borrowed(known.bars), Self::Quoted),
            MoneyOf::Unit => return (Cow::Borrowed(known.bars), Self::Unit),
            MoneyOf::Lacking => return (Cow::Owned(Vec::new()), Self::Lacking),
            MoneyOf::At(course) => course,
        };
        let live = known.bars.last().filter(|_| known.live).map(|b| b.date);
        let rate = |b: &Bar| if live == Some(b.date) { course.newest(b.date) } else { course.on(b.date) };
        let mut found: Vec<(Bar, Rate)> =
            known.bars.iter().rev().map_while(|b| Some((*b, rate(b)?))).collect();
        found.reverse();
        if found.is_empty() {
            return (Cow::Owned(Vec::new()), Self::Lacking);
        }
        let shortened = found.len() < known.bars.len();
        let pending = known.bars.last().is_some_and(|b| course.awaited(b.date, known.live));
        let bars = found.iter().map(|(b, r)| times(b, r.value)).collect();
        let (local, rates) = found.into_iter().unzip();
        (
            Cow::Owned(bars),
            Self::Converted(Converted { local, rates, members: Vec::new(), shortened, pending }),
        )
    }

    /// What a composite's levels are amounts of; `local` are those without conversion.
    pub(super) fn of_parts<'a>(
        parts: impl Iterator<Item = MoneyOf<'a>> + Clone,
        bars: &[Bar],
        local: Vec<Bar>,
    ) -> Self {
        let at = |part: MoneyOf<'a>, date| match part {
            MoneyOf::At(course) => course.on(date).map(|r| r.date),
            _ => None,
        };
        if !parts.clone().any(|p| matches!(p, MoneyOf::At(_))) {
            let unit = parts.clone().any(|p| matches!(p, MoneyOf::Unit));
            return if unit { Self::Unit } else { Self::Quoted };
        }
        let dates = |b: &Bar| parts.clone().map(|p| at(p, b.date)).collect();
        let members = bars.iter().map(dates).collect();
        let awaits = |part: MoneyOf<'a>, date| match part {
            MoneyOf::At(course) => course.on(date).is_some() && course.awaited(date, false),
            _ => false,
        };
        let pending = bars.last().is_some_and(|b| parts.clone().any(|p| awaits(p, b.date)));
        Self::Converted(Converted { local, members, pending, ..Converted::default() })
    }

    /// Whether it is for want of a rate that something is missing.
    pub(super) fn lacks_rate(&self, absent: Absent) -> bool {
        match self {
            Self::Lacking => true,
            Self::Converted(c) => c.shortened && absent == Absent::InsufficientHistory,
            Self::Quoted | Self::Unit => false,
        }
    }
}

fn times(bar: &Bar, rate: f64) -> Bar {
    let scaled = |price: Option<f64>| price.map(|p| p * rate);
    Bar { date: bar.date, close: bar.close * rate, low: scaled(bar.low), high: scaled(bar.high) }
}

/// A move of a line with its two parts: that of the closes in their own currency, and that of the rate,
/// (1 + local) x (1 + fx) - 1 being the move; flagged where both ends have the rate of one date, and where the
/// rate of its end is awaited.
pub(super) fn split(line: &Line<'_>, cell: MoveCell) -> MoveCell {
    let Money::Converted(converted) = &line.money else { return cell };
    let place = |date: Option<NaiveDate>| line.bars.binary_search_by_key(&date?, |b| b.date).ok();
    let (Some(from), Some(to)) = (place(cell.from), place(cell.to)) else { return cell };
    let moved = |from: Option<f64>, to: Option<f64>| Some(to? / from? - 1.0);
    let close = |at: usize| converted.local.get(at).map(|b| b.close);
    let rate = |at: usize| converted.rates.get(at).map(|r| r.value);
    let local = moved(close(from), close(to));
    // A composite has no rate of its own: its currencies' part is what conversion adds.
    let added = || Some((1.0 + cell.pct?.0 / 100.0) / (1.0 + local?) - 1.0);
    let fx = moved(rate(from), rate(to)).or_else(added);
    let mut flags = cell.flags;
    let pending = converted.pending && to + 1 == converted.local.len();
    if from != to && (pending || converted.at_one_rate(from, to)) {
        flags.push(MoveFlag::FxPending);
    }
    let percent = |x: f64| Percent(x * 100.0);
    MoveCell { local_pct: local.map(percent), fx_pct: fx.map(percent), flags, ..cell }
}
