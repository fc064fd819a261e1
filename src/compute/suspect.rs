//! Values that are kept but look wrong, and splits that the earlier closes do not know of yet.
//!
//! Not for: rows that are refused (`domain::series`).

use super::limit;
use super::sessions::Known;
use chrono::NaiveDate;

use crate::domain::{Bar, Exchange, Instrument, Kind, Split, Warning, WarningKind};

/// How many of the newest sessions are looked at.
const LOOKED_AT: usize = 260;
/// How near a jump must be to a split's factor, as a share of it, to be that split.
const NEAR_FACTOR: f64 = 0.15;

/// Warnings on jumps without a split, on splits not yet adjusted for, and on a close outside its own
/// day's range.
pub(super) fn warnings(known: &Known<'_>) -> Vec<Warning> {
    let mut found = Vec::new();
    let say = |message| Warning { kind: WarningKind::Suspect, message };
    let (id, source) = (&known.instrument.id, &known.series.provenance.source);
    for (date, pct) in jumps(known) {
        let far = if pct > 1000.0 { "more than 1000 % up".to_owned() } else { format!("{pct:+.2} %") };
        found.push(say(format!(
            "{id}: {source}'s close of {date} is {far} from the session before, without a split; it is kept"
        )));
    }
    if let Some(split) = known.unadjusted {
        let why = if known.series.provenance.raw {
            format!("are as traded and jump on {} as at a split; those before it are left out", split.date)
        } else {
            format!("before the split of {} are not adjusted for it and are left out", split.date)
        };
        found.push(say(format!("{id}: {source}'s closes {why}")));
    }
    if known.series.provenance.raw && is_share(known.instrument) {
        let message =
            format!("{id}: {source}'s closes are as traded: it adjusts for no split and tells of none");
        found.push(Warning { kind: WarningKind::Source, message });
    }
    if let Some(bar) = known.bars.last().filter(|b| b.outside_own_range()) {
        found
            .push(say(format!("{id}: {source}'s close of {} lies outside that day's low to high", bar.date)));
    }
    found
}

/// Sessions looked at whose move is beyond what the kind makes believable, without a split, oldest first.
fn jumps<'a>(known: &'a Known<'_>) -> impl Iterator<Item = (NaiveDate, f64)> + 'a {
    let recent = known.bars.get(known.bars.len().saturating_sub(LOOKED_AT)..).unwrap_or_default();
    jumps_among(recent, known)
}

/// The same among any of a series' bars.
pub(super) fn jumps_among<'a>(
    bars: &'a [Bar],
    known: &'a Known<'_>,
) -> impl Iterator<Item = (NaiveDate, f64)> + 'a {
    let limit = limit_pct(known.instrument).unwrap_or(f64::INFINITY);
    let moves = bars.iter().zip(bars.iter().skip(1));
    let beyond = moves.map(|(a, b)| (a.date, b.date, (b.close / a.close - 1.0) * 100.0));
    let split = |from, to| known.series.splits.iter().any(|s| s.date > from && s.date <= to);
    beyond
        .filter(move |(from, to, pct)| pct.abs() > limit && !split(*from, *to))
        .map(|(_, to, pct)| (to, pct))
}

/// The newest session looked at whose close cannot be believed by itself: too far from the one before,
/// outside its own day's range, or the first after a split that the closes before do not know of.
pub(super) fn newest_jump(known: &Known<'_>) -> Option<NaiveDate> {
    let range = known.bars.last().filter(|b| b.outside_own_range()).map(|b| b.date);
    let split = known.unadjusted.map(|s| s.date);
    jumps(known).map(|(date, _)| date).chain(range).chain(split).max()
}

/// The bars from the newest jump on that only a split explains, where closes are as traded: beyond the
/// exchange's daily limit of that session, or where it sets none a fall of more than a quarter or a rise
/// beyond 60 %. A new listing's first sessions have no limit and no split either.
pub(super) fn since_jump_as_traded<'a>(
    bars: &'a [Bar],
    instrument: &Instrument,
    exchange: &Exchange,
    raw: bool,
) -> (&'a [Bar], Option<Split>) {
    if !raw || !is_share(instrument) {
        return (bars, None);
    }
    let jumps = |a: &Bar, b: &Bar| {
        let rules = instrument.price_limit.as_ref();
        if rules.is_some_and(|r| limit::newly_listed(instrument, r, exchange, bars, b.date)) {
            return false;
        }
        let daily = limit::pct_on(instrument, exchange, bars, b.date);
        let (fall, rise) = daily.map_or((25.0, 60.0), |pct| (pct + 0.5, pct + 0.5));
        let pct = (b.close / a.close - 1.0) * 100.0;
        pct < -fall || pct > rise
    };
    let pairs = bars.iter().zip(bars.iter().skip(1)).enumerate().rev();
    let newest = pairs.into_iter().find(|(_, (a, b))| jumps(a, b));
    match newest {
        Some((at, (a, b))) => {
            let split = Split { date: b.date, factor: a.close / b.close };
            (bars.get(at + 1..).unwrap_or_default(), Some(split))
        }
        None => (bars, None),
    }
}

fn is_share(instrument: &Instrument) -> bool {
    matches!(instrument.kind, Kind::Stock | Kind::Etf)
}

/// The 1D move beyond which a close is suspect: 35 % for an index or pair, 60 % for a share; none for
/// what moves more by nature.
pub(super) fn limit_pct(instrument: &Instrument) -> Option<f64> {
    match instrument.kind {
        _ if instrument.in_points => None,
        Kind::Index | Kind::Fx => Some(35.0),
        Kind::Stock | Kind::Etf => Some(60.0),
        Kind::Future | Kind::Rate | Kind::Coin | Kind::Composite => None,
    }
}

/// Whether the closes around a split still jump by about its factor.
pub(super) fn jumps_by_factor(bars: &[Bar], split: Split) -> bool {
    let at = bars.partition_point(|b| b.date < split.date);
    let (Some(before), Some(on)) = (at.checked_sub(1).and_then(|i| bars.get(i)), bars.get(at)) else {
        return false;
    };
    let changes_price = (split.factor - 1.0).abs() > 2.0 * NEAR_FACTOR;
    changes_price && split.factor > 0.0 && (before.close / on.close / split.factor - 1.0).abs() < NEAR_FACTOR
}
