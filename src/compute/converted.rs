//! What a report says of conversion: each row's rate and own close, the notes on rates, and the rates that
//! are missing.
//!
//! Not for: converting (`currency`).

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::Inputs;
use super::composite::Level;
use super::currency::{self, Money, MoneyOf};
use super::lines::{Line, Of};
use super::sessions::Market;
use crate::domain::comparison::Compared;
use crate::domain::currency::{Fx, Local};
use crate::domain::snapshot::{Failed, MoveCell, Note, NoteKind, RelativeCell, Row};
use crate::domain::{Absent, Composite, InstrumentId, Kind};

/// Digits of a rate in a sentence.
const DIGITS: i32 = 5;
/// Digits after the point that a converted close has at least.
const DECIMALS: u8 = 2;

/// The row's own close, the rate that it was converted at, and for want of one the reason in every place.
pub(super) fn tell(row: &mut Row, line: Option<&Line<'_>>, market: &Market<'_>) {
    let Some(told) = line.and_then(|line| told(line, market)) else { return };
    row.fx = Some(told.fx);
    row.local = told.local;
    let Some(currency) = told.currency else { return };
    row.currency = Some(currency);
    row.decimals = row.decimals.max(DECIMALS);
    if let Some((date, closed_at)) = told.session.filter(|_| row.close.is_none()) {
        row.session.date = Some(date);
        row.session.closed_at = closed_at;
        lack(row);
    }
}

/// The same for one side of a comparison.
pub(super) fn tell_compared(
    side: &mut Compared,
    composite: Option<&Composite>,
    line: Option<&Line<'_>>,
    market: &Market<'_>,
) {
    if let Some(rates) = &market.rates
        && composite.is_some_and(|c| lacks_members(line, c, market))
    {
        side.currency = Some(rates.to.clone());
        side.fx = Some(Fx { absent: Some(Absent::NoFx), ..Fx::default() });
        side.moves = side.moves.iter().map(|(h, cell)| (*h, without(cell))).collect();
        side.rebased.absent = Some(Absent::NoFx);
    }
    let Some(told) = line.and_then(|line| told(line, market)) else { return };
    side.fx = Some(told.fx);
    side.local = told.local;
    let Some(currency) = told.currency else { return };
    side.currency = Some(currency);
    side.decimals = side.decimals.max(DECIMALS);
    if let Some((date, closed_at)) = told.session.filter(|_| side.close.is_none()) {
        side.session.date = Some(date);
        side.session.closed_at = closed_at;
        side.rebased.absent = Some(Absent::NoFx);
    }
}

/// The same for a composite, whose members may lack so many rates that it has no value.
pub(super) fn tell_composite(
    row: &mut Row,
    composite: &Composite,
    line: Option<&Line<'_>>,
    market: &Market<'_>,
) {
    tell(row, line, market);
    let Some(rates) = market.rates.as_ref().filter(|_| lacks_members(line, composite, market)) else {
        return;
    };
    row.currency = Some(rates.to.clone());
    row.fx = Some(Fx { absent: Some(Absent::NoFx), ..Fx::default() });
    row.moves = row.moves.iter().map(|(h, cell)| (*h, without(cell))).collect();
    let relative = |cell: &RelativeCell| RelativeCell { absent: Some(Absent::NoFx), ..cell.clone() };
    row.relative = row.relative.iter().map(|(h, cell)| (*h, relative(cell))).collect();
    lack(row);
}

fn without(cell: &MoveCell) -> MoveCell {
    MoveCell { absent: Some(Absent::NoFx), ..cell.clone() }
}

/// Whether a composite has no line, and members lack a rate.
fn lacks_members(line: Option<&Line<'_>>, composite: &Composite, market: &Market<'_>) -> bool {
    line.is_none() && without_rate(composite, market).next().is_some()
}

fn lack(row: &mut Row) {
    row.previous.absent = Some(Absent::NoFx);
    row.range_52w.absent = Some(Absent::NoFx);
    row.streak.absent = Some(Absent::NoFx);
    row.z_score.absent = Some(Absent::NoFx);
}

fn without_rate<'a>(
    composite: &'a Composite,
    market: &'a Market<'_>,
) -> impl Iterator<Item = &'a InstrumentId> {
    let lacks = |id: &InstrumentId| {
        market.known.get(id).is_some_and(|k| {
            let newest = k.settled().last().map(|b| b.date);
            newest.is_some_and(|d| MoneyOf::of(k, market.rates.as_ref()).on(d).is_none())
        })
    };
    composite.members.iter().map(|m| &m.id).filter(move |id| lacks(id))
}

/// What conversion means for one line.
struct Told {
    fx: Fx,
    local: Option<Local>,
    /// The report's currency, unless the line is left as it is.
    currency: Option<String>,
    /// The newest session and its end, where it has no rate.
    session: Option<(NaiveDate, Option<DateTime<Utc>>)>,
}

fn told(line: &Line<'_>, market: &Market<'_>) -> Option<Told> {
    let rates = market.rates.as_ref()?;
    let known = match &line.of {
        Of::Instrument(known) => Some(*known),
        Of::Composite(_) => None,
    };
    let own = known.and_then(currency::currency_of);
    let pair = own.map(|own| format!("{own}/{}", rates.to));
    let local = |close| Some(Local { currency: own.map(str::to_owned), close });
    let to = Some(rates.to.clone());
    let none = |absent| Fx { absent: Some(absent), ..Fx::default() };
    match &line.money {
        Money::Quoted => None,
        Money::Unit => Some(Told { fx: none(Absent::NoneSet), local: None, currency: None, session: None }),
        Money::Lacking => {
            let newest = known.and_then(|k| k.bars.last());
            let fx = Fx { pair, ..none(Absent::NoFx) };
            let local = local(newest.map(|b| b.close));
            let closed = |date| known.filter(|k| !k.live).map(|k| k.exchange.session_times(date).final_);
            let session = newest.map(|b| (b.date, closed(b.date)));
            Some(Told { fx, local, currency: to, session })
        }
        Money::Converted(converted) => {
            let local = local(converted.close());
            let course = own.and_then(|own| rates.course(own)).zip(converted.rate());
            let fx = course.map_or_else(
                || none(Absent::NoneSet),
                |(course, rate)| Fx {
                    rate: Some(rate.value),
                    date: Some(rate.date),
                    source: Some(course.source.clone()),
                    pair,
                    via: course.via.map(str::to_owned),
                    ..Fx::default()
                },
            );
            let fx = Fx { pending: converted.pending(), ..fx };
            Some(Told { fx, local, currency: to, session: None })
        }
    }
}

/// The currency that a row's closes were converted to.
pub(super) fn to(row: &Row) -> Option<&str> {
    row.local.as_ref().and(row.currency.as_deref())
}

/// The notes on the rates of the lines shown, and on what is not converted.
pub(super) fn notes(market: &Market<'_>, lines: &[&Line<'_>]) -> Vec<Note> {
    let Some(rates) = &market.rates else { return Vec::new() };
    let to = &rates.to;
    let of = |wanted: fn(&Line<'_>) -> bool| {
        let ids = lines.iter().filter(|l| wanted(l)).map(|l| l.id.to_string());
        ids.collect::<Vec<_>>().join(", ")
    };
    let lacking = of(|l| l.money == Money::Lacking);
    let units = of(|l| l.money == Money::Unit);
    let (pending, one_rate) = (of(|l| l.unfixed()), of(one_rate));
    let mut told = of_rates(market, lines);
    if !lacking.is_empty() {
        told.push(format!("No rate of exchange to {to} within 7 days, so no value in it: {lacking}."));
    }
    if !pending.is_empty() {
        told.push(format!("Not final, as no rate of the newest session's date is fixed yet: {pending}."));
    }
    if !one_rate.is_empty() {
        told.push(format!(
            "One rate for both ends of 1D, as the newest session's date has none: {one_rate}."
        ));
    }
    if !units.is_empty() {
        told.push(format!("Not converted, as no amount of money: {units}."));
    }
    told.into_iter().map(|message| Note { kind: NoteKind::Currency, message }).collect()
}

/// ` or no rate` behind why members are left out, where closes are converted.
pub(super) fn or_no_rate(level: &Level) -> &'static str {
    if matches!(level.money, Money::Converted(_)) { " or no rate of exchange" } else { "" }
}

/// Whether both ends of the newest 1D move have the rate of one date, and that stands.
fn one_rate(line: &Line<'_>) -> bool {
    if line.unfixed() {
        return false;
    }
    let Some(newest) = line.bars.len().checked_sub(1).filter(|at| *at > 0) else { return false };
    matches!(&line.money, Money::Converted(c) if c.at_one_rate(newest - 1, newest))
}

/// The rates that newest closes were converted at, by where they come from.
fn of_rates(market: &Market<'_>, lines: &[&Line<'_>]) -> Vec<String> {
    let mut by_source: BTreeMap<String, Vec<(String, NaiveDate, f64)>> = BTreeMap::new();
    let own = lines.iter().filter_map(|l| told(l, market)).map(|t| t.fx);
    for fx in own.chain(lines.iter().flat_map(|l| of_members(l, market))) {
        let (Some(pair), Some(date), Some(rate), Some(source)) = (fx.pair, fx.date, fx.rate, fx.source)
        else {
            continue;
        };
        let through = fx.via.map_or_else(String::new, |via| format!(", through {via}"));
        let those = by_source.entry(format!("{source}{through}")).or_default();
        if !those.iter().any(|(p, d, _)| (p, d) == (&pair, &date)) {
            those.push((pair, date, rate));
        }
    }
    let mut told = Vec::new();
    for (source, mut those) in by_source {
        those.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        let each = those.iter().map(|(pair, date, rate)| format!("{pair} {} of {date}", digits(*rate)));
        told.push(format!("Rates from {source}: {}.", each.collect::<Vec<_>>().join(", ")));
    }
    told
}

/// The rates that a composite's newest level was made with.
fn of_members(line: &Line<'_>, market: &Market<'_>) -> Vec<Fx> {
    let (Of::Composite(level), Some(newest), Some(rates)) = (&line.of, line.last(), &market.rates) else {
        return Vec::new();
    };
    let rate = |id: &InstrumentId| {
        let currency = currency::currency_of(market.known.get(id)?)?;
        let course = rates.course(currency)?;
        let rate = course.on(newest.date)?;
        Some(Fx {
            rate: Some(rate.value),
            date: Some(rate.date),
            source: Some(course.source.clone()),
            pair: Some(format!("{currency}/{}", rates.to)),
            via: course.via.map(str::to_owned),
            pending: false,
            absent: None,
        })
    };
    level.known.iter().filter_map(rate).collect()
}

/// A rate with five digits that count.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn digits(rate: f64) -> String {
    let before = rate.abs().log10().floor() as i32 + 1;
    let after = (DIGITS - before).clamp(0, 10) as usize;
    format!("{rate:.after$}")
}

/// What has no value for want of a rate that no failure of a source explains.
pub(super) fn missing<'a>(
    inputs: &Inputs<'_>,
    market: &Market<'_>,
    lines: impl Iterator<Item = &'a Line<'a>>,
) -> Vec<Failed> {
    let Some(rates) = &market.rates else { return Vec::new() };
    let untold = |l: &&Line<'_>| {
        let Of::Instrument(known) = &l.of else { return false };
        let currency = currency::currency_of(known).unwrap_or_default();
        let pairs = currency::legs(currency, &rates.to).filter_map(|c| currency::pair(inputs.universe, c));
        let told = |id: &InstrumentId| inputs.failures.iter().any(|f| f.id == *id);
        l.money == Money::Lacking && !pairs.into_iter().any(|p| told(&p.id))
    };
    lines.filter(untold).map(|l| failed(l, &rates.to, market)).collect()
}

fn failed(line: &Line<'_>, to: &str, market: &Market<'_>) -> Failed {
    let (currency, date) = match &line.of {
        Of::Instrument(known) => (currency::currency_of(known), known.newest()),
        Of::Composite(_) => (None, None),
    };
    let currency = currency.unwrap_or("its currency");
    let on = date.map_or_else(String::new, |d| format!(" of {d}"));
    let newest = market.rates.as_ref().and_then(|r| r.course(currency)?.last());
    let reason = newest.map_or_else(
        || format!("no rate {currency}/{to} was known then"),
        |newest| format!("no rate {currency}/{to} within 7 days; the newest settled one is of {newest}"),
    );
    Failed {
        id: line.id.clone(),
        message: format!("no value of {} in {to}: {reason}", line.id),
        source: String::new(),
        asked: Vec::new(),
        said: None,
        kind: "no_fx".to_owned(),
        hint: format!("its close{on} is told without --currency"),
        reason,
        retryable: false,
    }
}

/// The members of a composite without a rate, in words; nothing where none lacks one.
pub(super) fn lacking_members(composite: &Composite, market: &Market<'_>) -> Option<String> {
    let ids: Vec<String> = without_rate(composite, market).map(ToString::to_string).collect();
    (!ids.is_empty()).then(|| ids.join(", "))
}

/// Whether a row's missing value is told by [`missing`] or by its pair's failure.
pub(super) fn explains(row: &Row) -> bool {
    let lacks = row.fx.as_ref().is_some_and(|fx| fx.absent == Some(Absent::NoFx));
    lacks && row.kind != Kind::Composite
}
