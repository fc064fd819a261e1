//! What a fetched series changes of the one held: closes added, restated, or moved to another basis.
//!
//! A fetched series replaces nothing that it does not contain, and an equal close stays as it is. Equal
//! means equal to the bit: closes are decimals. Where nearly all closes that both have, or all but the newest
//! few, differ by one factor, the source moved the series to another basis (a split).
//!
//! Not for: reading or writing, which each backend does with what comes out of here.

use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::Row;

/// How far a close may be from old close times factor, as a share of it.
const FACTOR_WITHIN: f64 = 1e-4;
/// A single changed close is a change of basis only beyond this share.
const ALONE_BEYOND: f64 = 0.1;
/// A source may be so many sessions late with the closes from before a split.
const LATE: usize = 10;
/// So many of so many changed closes are apart by one factor where the basis changed.
const NEARLY_ALL: (usize, usize) = (4, 5);
/// No run lasts so long: a close held that was fetched later than this after one that comes only now has
/// its time from a wrong clock.
const LONGEST_RUN: Duration = Duration::hours(1);

/// What a fetched series changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// The series moved to another basis: every close held before `Rebase::before` is out of use, before
    /// anything else is done.
    pub rebase: Option<Rebase>,
    /// Closes of sessions that are not held, or not any more.
    pub added: Vec<Row>,
    /// The row held and the one that takes its place.
    pub restated: Vec<(Row, Row)>,
    /// Versions that were fetched before the one held, which came first: they are kept as replaced by it.
    pub overtaken: Vec<(Row, DateTime<Utc>)>,
    /// Rows held whose time of fetching is from a wrong clock, with the right one.
    pub redated: Vec<Row>,
    /// Closes that came again unchanged.
    pub confirmed: usize,
    /// A time of fetching held is from a wrong clock.
    pub clock_set_back: bool,
}

/// A change of basis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rebase {
    /// New close over old close.
    pub factor: f64,
    /// The first session that kept its close; none where none did.
    pub before: Option<NaiveDate>,
    /// Sessions whose close came anew on the new basis.
    pub replaced: usize,
}

/// Whether something fetched at `new` is to be believed over what was fetched at `held`: later, or written
/// later by a clock that was set back.
#[must_use]
pub fn supersedes(new: DateTime<Utc>, held: DateTime<Utc>) -> bool {
    new >= held || set_back(new, held)
}

fn set_back(new: DateTime<Utc>, held: DateTime<Utc>) -> bool {
    held - new > LONGEST_RUN
}

/// The change that `fetched` makes to `held`: the rows held between its first and last session, both
/// oldest first. `rebased_at` is when the series last moved to another basis; what was fetched before
/// that and comes only now is of the old basis and changes nothing.
#[must_use]
pub fn merge(held: &[Row], fetched: &[Row], rebased_at: Option<DateTime<Utc>>) -> Change {
    let overtaken = |at: DateTime<Utc>| rebased_at.is_some_and(|r| !supersedes(at, r));
    if fetched.first().is_none_or(|r| overtaken(r.fetched_at)) {
        return Change::default();
    }
    let pairs = pairs(held, fetched);
    let mut change = Change { rebase: rebase(&pairs), ..Change::default() };
    change.clock_set_back = pairs.iter().any(|(old, new)| set_back(new.fetched_at, old.fetched_at));
    let moved_before = change.rebase;
    let moved = |session: NaiveDate| match moved_before {
        Some(Rebase { before, .. }) => before.is_none_or(|b| session < b),
        None => false,
    };
    let (mut added, mut both) = (Vec::new(), pairs.into_iter().peekable());
    for row in fetched {
        let old = both.next_if(|(_, new)| new.session == row.session).map(|(old, _)| old);
        match old {
            Some(old) if !moved(row.session) => change_one(&mut change, old, *row),
            _ => added.push(*row),
        }
    }
    change.added = added;
    change
}

/// What becomes of one close that is held and came again.
fn change_one(change: &mut Change, old: Row, new: Row) {
    if same(old.close, new.close) {
        change.confirmed += 1;
        if set_back(new.fetched_at, old.fetched_at) {
            change.redated.push(new);
        }
    } else if supersedes(new.fetched_at, old.fetched_at) {
        change.restated.push((old, new));
    } else {
        change.overtaken.push((new, old.fetched_at));
    }
}

/// The sessions that both have.
fn pairs(held: &[Row], fetched: &[Row]) -> Vec<(Row, Row)> {
    let mut held = held.iter().peekable();
    let mut pairs = Vec::new();
    for new in fetched {
        while held.next_if(|old| old.session < new.session).is_some() {}
        pairs.extend(held.next_if(|old| old.session == new.session).map(|old| (*old, *new)));
    }
    pairs
}

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits()
}

/// The change of basis that these closes show: nearly all that both have, or nearly all before the newest few,
/// are apart by one factor. A source that splits a series changes every close held from before the split,
/// and those after it only where it was late by some sessions; whatever else it changed is corrected with them.
fn rebase(pairs: &[(Row, Row)]) -> Option<Rebase> {
    let cut = pairs.iter().rposition(|(old, new)| !same(old.close, new.close))?.checked_add(1)?;
    let (moved, rest) = pairs.split_at_checked(cut)?;
    let newer = moved.iter().all(|(old, new)| supersedes(new.fetched_at, old.fetched_at));
    if !newer || rest.len() > LATE || rest.len() >= moved.len() {
        return None;
    }
    let factor = factor(moved)?;
    let enough = moved.len() > 1 || (factor - 1.0).abs() > ALONE_BEYOND;
    enough.then(|| Rebase { factor, before: rest.first().map(|(old, _)| old.session), replaced: moved.len() })
}

/// The one factor between old and new closes of nearly all pairs, up to the last digit they are quoted with.
fn factor(pairs: &[(Row, Row)]) -> Option<f64> {
    let mut ratios: Vec<f64> = pairs.iter().map(|(old, new)| new.close / old.close).collect();
    ratios.sort_by(f64::total_cmp);
    let middle = *ratios.get(ratios.len() / 2)?;
    if !middle.is_finite() || middle <= 0.0 {
        return None;
    }
    let step = 10f64.powi(-pairs.iter().flat_map(|(a, b)| [a, b]).map(|r| decimals(r.close)).max()?);
    let fits = |factor: f64| {
        move |(old, new): &&(Row, Row)| {
            let allowed = FACTOR_WITHIN * new.close.abs() + 0.5 * step * (1.0 + factor);
            (new.close - factor * old.close).abs() <= allowed && (new.close - old.close).abs() > 2.0 * allowed
        }
    };
    let (product, square) = pairs
        .iter()
        .filter(fits(middle))
        .fold((0.0, 0.0), |(p, s), (old, new)| (p + old.close * new.close, s + old.close * old.close));
    let factor = product / square;
    let fitting = pairs.iter().filter(fits(factor)).count();
    (factor.is_finite() && fitting * NEARLY_ALL.1 >= pairs.len() * NEARLY_ALL.0).then_some(factor)
}

/// How many digits after the point a close is quoted with, at most nine.
fn decimals(close: f64) -> i32 {
    let exact = |digits: &i32| {
        let scale = 10f64.powi(*digits);
        ((close * scale).round() / scale - close).abs() <= close.abs() * 1e-15
    };
    (0..9).find(exact).unwrap_or(9)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(closes: &[(u32, f64)], at: i64) -> Vec<Row> {
        let fetched_at = DateTime::from_timestamp(at, 0).unwrap();
        let row = |&(day, close)| Row { session: date(day), close, fetched_at };
        closes.iter().map(row).collect()
    }

    fn date(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, day).unwrap()
    }

    #[test]
    fn equal_closes_stay_new_ones_are_added_and_a_different_one_is_a_restatement() {
        let held = rows(&[(5, 10.0), (6, 11.0), (7, 12.0)], 100);
        let fetched = rows(&[(6, 11.0), (7, 12.5), (8, 13.0)], 200);
        let change = merge(&held, &fetched, None);
        assert_eq!(change.confirmed, 1);
        assert_eq!(change.restated, [(held[2], fetched[1])]);
        assert_eq!(change.added, [fetched[2]]);
        assert_eq!((change.rebase, change.overtaken.len()), (None, 0));
    }

    #[test]
    fn one_factor_over_all_that_both_have_is_a_change_of_basis() {
        let held = rows(&[(5, 400.0), (6, 412.0), (7, 404.0)], 100);
        let fetched = rows(&[(5, 100.0), (6, 103.0), (7, 101.0), (8, 102.0)], 200);
        let change = merge(&held, &fetched, None);
        assert_eq!(change.rebase, Some(Rebase { factor: 0.25, before: None, replaced: 3 }));
        assert_eq!(change.added, fetched);
        assert!(change.restated.is_empty());
    }

    /// So many sessions from the 5th on, with closes of a day.
    fn long(sessions: u32, close: impl Fn(u32) -> f64, at: i64) -> Vec<Row> {
        let fetched_at = DateTime::from_timestamp(at, 0).unwrap();
        let first = date(5);
        let row = |n: u32| Row { session: first + Duration::days(n.into()), close: close(n), fetched_at };
        (0..sessions).map(row).collect()
    }

    #[test]
    fn the_oldest_two_of_many_closes_corrected_by_one_factor_are_two_restatements() {
        let held = long(61, |n| f64::from(400 + n), 100);
        // 400 and 401 were half a percent too high.
        let fetched = long(61, |n| if n < 2 { f64::from(400 + n) * 0.995 } else { f64::from(400 + n) }, 200);
        let change = merge(&held, &fetched, None);
        assert_eq!((change.rebase, change.restated.len(), change.confirmed), (None, 2, 59));
    }

    #[test]
    fn a_close_corrected_at_the_time_of_a_split_does_not_hide_it() {
        let held = long(40, |n| f64::from(480 + n), 100);
        let corrected = |n: u32| if n == 37 { 400.0 } else { f64::from(480 + n) / 1.2 };
        let fetched = long(42, |n| (corrected(n) * 10_000.0).round() / 10_000.0, 200);
        let change = merge(&held, &fetched, None);
        let rebase = change.rebase.unwrap();
        assert!((rebase.factor - 1.0 / 1.2).abs() < 1e-6, "{rebase:?}");
        assert_eq!((rebase.replaced, rebase.before), (40, None));
        assert!(change.restated.is_empty());
        assert_eq!(change.added, fetched);
    }

    #[test]
    fn a_split_already_in_the_newest_closes_moves_those_before_it() {
        let held = rows(&[(5, 400.0), (6, 412.0), (7, 101.0)], 100);
        let fetched = rows(&[(5, 100.0), (6, 103.0), (7, 101.0), (8, 102.0)], 200);
        let change = merge(&held, &fetched, None);
        assert_eq!(change.rebase, Some(Rebase { factor: 0.25, before: Some(date(7)), replaced: 2 }));
        assert_eq!(change.confirmed, 1);
    }

    #[test]
    fn closes_rounded_to_few_digits_still_show_their_factor() {
        let held = rows(&[(5, 1.01), (6, 1.23), (7, 1.38)], 100);
        let fetched = rows(&[(5, 0.34), (6, 0.41), (7, 0.46)], 200);
        let factor = merge(&held, &fetched, None).rebase.unwrap().factor;
        assert!((factor - 1.0 / 3.0).abs() < 0.001, "{factor}");
    }

    #[test]
    fn small_corrections_of_every_close_are_no_change_of_basis() {
        let held = rows(&[(5, 1535.3929), (6, 1482.9941)], 100);
        let fetched = rows(&[(5, 1535.393), (6, 1482.994)], 200);
        assert_eq!(merge(&held, &fetched, None).restated.len(), 2);
        // A tick up in two closes of a share that costs half a unit.
        let held = rows(&[(5, 0.50), (6, 0.51)], 100);
        let fetched = rows(&[(5, 0.51), (6, 0.52)], 200);
        assert_eq!(merge(&held, &fetched, None).restated.len(), 2);
        // One close, alone, by four hundredths.
        let held = rows(&[(5, 3981.66)], 100);
        let fetched = rows(&[(5, 3981.70), (6, 4000.0)], 200);
        assert_eq!(merge(&held, &fetched, None).restated.len(), 1);
    }

    #[test]
    fn a_version_fetched_earlier_that_comes_later_does_not_take_the_place_of_the_newer() {
        let held = rows(&[(5, 10.0)], 200);
        let fetched = rows(&[(5, 9.0)], 100);
        let change = merge(&held, &fetched, None);
        assert_eq!(change.overtaken, [(fetched[0], held[0].fetched_at)]);
        assert!(change.restated.is_empty() && change.rebase.is_none());
    }

    #[test]
    fn what_was_fetched_before_a_change_of_basis_and_comes_after_it_changes_nothing() {
        let rebased = DateTime::from_timestamp(200, 0);
        assert_eq!(merge(&[], &rows(&[(5, 10.0)], 100), rebased), Change::default());
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_keep_an_old_close_for_ever() {
        let held = rows(&[(5, 10.0), (6, 11.0)], 900_000);
        let fetched = rows(&[(5, 10.0), (6, 11.5)], 100);
        let change = merge(&held, &fetched, None);
        assert!(change.clock_set_back);
        assert_eq!(change.restated, [(held[1], fetched[1])]);
        assert_eq!(change.redated, [fetched[0]]);
    }
}
