//! What is told of a series beside its closes: warnings, and the range of a close that lies outside of it.
//! Each is in force from when it was told until it is told otherwise.
//!
//! Not for: warnings that follow from the closes (`compute`).

use chrono::NaiveDate;

use super::Coverage;
use crate::domain::{Bar, Warning};

/// The low and high of a session whose close lies outside of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OddRange {
    /// The session's exchange-local date.
    pub session: NaiveDate,
    /// The close they were told with; of another version of it they say nothing.
    pub close: f64,
    /// Lowest price of the session.
    pub low: Option<f64>,
    /// Highest price of the session.
    pub high: Option<f64>,
}

/// What a fetched series changes of what is in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Change<E, T> {
    /// What is in force no longer.
    pub ended: E,
    /// What is in force from now on beside the rest.
    pub told: Vec<T>,
}

/// What the warnings of a series that covers `asked` change of those in force, where `covered` is covered
/// once it is kept: all are ended, or none is. The order is that in which they were told.
#[must_use]
pub fn warnings(
    in_force: &[Warning],
    fetched: &[Warning],
    asked: Coverage,
    covered: Coverage,
) -> Change<bool, Warning> {
    let whole = asked.from <= covered.from && asked.to >= covered.to;
    if whole {
        let ended = in_force != fetched;
        return Change { ended, told: if ended { fetched.to_vec() } else { Vec::new() } };
    }
    let mut told: Vec<Warning> = Vec::new();
    for warning in fetched {
        if !in_force.contains(warning) && !told.contains(warning) {
            told.push(warning.clone());
        }
    }
    Change { ended: false, told }
}

/// What the settled bars of a series change of the ranges in force of the same dates: the sessions whose
/// range is ended, and the ranges told.
#[must_use]
pub fn ranges(in_force: &[OddRange], bars: &[Bar]) -> Change<Vec<NaiveDate>, OddRange> {
    let odd: Vec<OddRange> = bars.iter().filter_map(OddRange::of).collect();
    let bar = |r: &&OddRange| bars.binary_search_by_key(&r.session, |b| b.date).is_ok();
    let gone = |r: &&OddRange| !odd.contains(r);
    Change {
        ended: in_force.iter().filter(bar).filter(gone).map(|r| r.session).collect(),
        told: odd.iter().filter(|r| !in_force.contains(r)).copied().collect(),
    }
}

/// Gives closes their ranges back; both in the order of their dates.
pub fn give_back(ranges: &[OddRange], bars: &mut [Bar]) {
    for range in ranges {
        let at = bars.binary_search_by_key(&range.session, |b| b.date).ok();
        let bar = at.and_then(|at| bars.get_mut(at));
        if let Some(bar) = bar.filter(|b| b.close.to_bits() == range.close.to_bits()) {
            (bar.low, bar.high) = (range.low, range.high);
        }
    }
}

impl OddRange {
    fn of(bar: &Bar) -> Option<Self> {
        let number = |x: Option<f64>| x.filter(|x| !x.is_nan());
        // A close has no sign of zero.
        bar.outside_own_range().then(|| Self {
            session: bar.date,
            close: bar.close + 0.0,
            low: number(bar.low),
            high: number(bar.high),
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::WarningKind;

    fn date(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, day).unwrap()
    }

    fn covered(from: u32, to: u32) -> Coverage {
        Coverage { from: date(from), to: date(to), fetched_at: DateTime::from_timestamp(0, 0).unwrap() }
    }

    fn said(texts: &[&str]) -> Vec<Warning> {
        let one = |t: &&str| Warning { kind: WarningKind::Refused, message: (*t).to_owned() };
        texts.iter().map(one).collect()
    }

    #[test]
    fn an_answer_for_all_replaces_the_warnings_and_one_for_a_part_adds_to_them() {
        let all = |in_force: &[&str], fetched: &[&str], asked| {
            warnings(&said(in_force), &said(fetched), asked, covered(2, 20))
        };
        let change = all(&["a", "b"], &["b", "c"], covered(2, 20));
        assert_eq!(change, Change { ended: true, told: said(&["b", "c"]) });
        assert_eq!(all(&["a"], &["a"], covered(2, 20)), Change { ended: false, told: Vec::new() });
        assert_eq!(all(&["a"], &[], covered(1, 20)), Change { ended: true, told: Vec::new() });
        // It begins later, or ends sooner.
        for part in [covered(3, 20), covered(2, 19)] {
            let change = all(&["a", "b"], &["b", "c", "c"], part);
            assert_eq!(change, Change { ended: false, told: said(&["c"]) });
        }
    }

    #[test]
    fn a_range_is_in_force_until_its_session_comes_with_another() {
        let bar = |day, close, low, high| Bar { date: date(day), close, low: Some(low), high: Some(high) };
        // 0.5 % above the high of 10 is 10.05; 0.5 % below the low of 9 is 8.955.
        let bars = [bar(5, 10.04, 9.0, 10.0), bar(6, 10.06, 9.0, 10.0), bar(7, 8.95, 9.0, 10.0)];
        let odd = |day, close| OddRange { session: date(day), close, low: Some(9.0), high: Some(10.0) };
        let first = ranges(&[], &bars);
        assert_eq!(first, Change { ended: vec![], told: vec![odd(6, 10.06), odd(7, 8.95)] });
        assert_eq!(ranges(&first.told, &bars), Change { ended: vec![], told: vec![] });
        // The 6th comes with another close, the 7th with none, the 8th anew.
        let next = [bar(6, 10.07, 9.0, 10.0), bar(8, 10.5, 9.0, 10.0)];
        let change = ranges(&first.told, &next);
        assert_eq!(change, Change { ended: vec![date(6)], told: vec![odd(6, 10.07), odd(8, 10.5)] });
    }

    #[test]
    fn a_close_gets_its_range_back_and_another_version_of_it_does_not() {
        let plain = |day, close| Bar { date: date(day), close, low: None, high: None };
        let mut bars = [plain(5, 1.0), plain(6, 10.06), plain(7, 10.07)];
        let odd = |day, close| OddRange { session: date(day), close, low: None, high: Some(10.0) };
        give_back(&[odd(4, 1.0), odd(6, 10.06), odd(7, 10.06)], &mut bars);
        assert_eq!(bars.map(|b| b.high), [None, Some(10.0), None]);
    }
}
