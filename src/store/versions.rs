//! Which version of each close was known at an instant.
//!
//! Not for: which sessions were settled by then (`compute::sessions`).

use chrono::{DateTime, NaiveDate, Utc};

use super::Row;

/// One version of a close.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Version {
    /// The close and when it was first seen.
    pub row: Row,
    /// When another took its place; none for the version in use.
    pub replaced_at: Option<DateTime<Utc>>,
}

impl Version {
    fn known_at(&self, at: DateTime<Utc>) -> bool {
        self.row.fetched_at <= at && self.replaced_at.is_none_or(|r| at < r)
    }
}

/// The closes of a series as known at an instant.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    /// The closes, oldest first.
    pub rows: Vec<Row>,
    /// The sessions that were not held then and stand as a later version.
    pub reconstructed: Vec<NaiveDate>,
    /// When the newest of all versions that had been fetched by then was fetched; none where none had.
    pub fetched_at: Option<DateTime<Utc>>,
}

/// The closes of a series as known at an instant, of all versions that there are.
///
/// Closes of two bases are never put together: where the series has since moved to another basis
/// (`rebased_at`, any order) and anything of it was held at the instant, later versions count only up to
/// that move.
#[must_use]
pub fn known_at(mut versions: Vec<Version>, at: DateTime<Utc>, rebased_at: &[DateTime<Utc>]) -> Known {
    let fetched_at = versions.iter().map(|v| v.row.fetched_at).filter(|f| *f <= at).max();
    let held_then = versions.iter().any(|v| v.known_at(at));
    let moved = rebased_at.iter().filter(|r| held_then && **r > at).min();
    // By session, the version in use first, then the one replaced last.
    versions.sort_by(|a, b| {
        let age = |v: &Version| (v.replaced_at.is_none(), v.replaced_at, v.row.fetched_at);
        a.row.session.cmp(&b.row.session).then_with(|| age(b).cmp(&age(a)))
    });
    let (mut rows, mut reconstructed) = (Vec::with_capacity(versions.len()), Vec::new());
    for of_session in versions.chunk_by(|a, b| a.row.session == b.row.session) {
        if let Some(known) = of_session.iter().find(|v| v.known_at(at)) {
            rows.push(known.row);
            continue;
        }
        let later = of_session.iter().find(|v| match moved {
            Some(moved) => v.row.fetched_at < *moved,
            None => v.replaced_at.is_none(),
        });
        if let Some(later) = later {
            rows.push(later.row);
            reconstructed.push(later.row.session);
        }
    }
    Known { rows, reconstructed, fetched_at }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn version(day: u32, close: f64, fetched: i64, replaced: Option<i64>) -> Version {
        let session = NaiveDate::from_ymd_opt(2026, 1, day).unwrap();
        Version { row: Row { session, close, fetched_at: at(fetched) }, replaced_at: replaced.map(at) }
    }

    fn closes(versions: &[Version], instant: i64, rebased: &[i64]) -> (Vec<f64>, usize) {
        let rebased: Vec<_> = rebased.iter().map(|r| at(*r)).collect();
        let known = known_at(versions.to_vec(), at(instant), &rebased);
        (known.rows.iter().map(|r| r.close).collect(), known.reconstructed.len())
    }

    #[test]
    fn each_version_is_known_from_its_fetch_until_it_is_replaced_and_before_the_first_the_newest_stands() {
        let versions =
            [version(5, 1.0, 10, Some(20)), version(5, 2.0, 20, Some(30)), version(5, 3.0, 30, None)];
        assert_eq!(closes(&versions, 15, &[]), (vec![1.0], 0));
        assert_eq!(closes(&versions, 20, &[]), (vec![2.0], 0));
        assert_eq!(closes(&versions, 99, &[]), (vec![3.0], 0));
        assert_eq!(closes(&versions, 9, &[]), (vec![3.0], 1));
    }

    #[test]
    fn closes_of_two_bases_are_not_put_together() {
        // Held since 10: the 5th and, from 15 on, the 6th. At 20 the series moved to another basis; what lies
        // further back came only then.
        let old = [version(5, 400.0, 10, Some(20)), version(6, 404.0, 15, Some(20))];
        let new = [version(2, 99.0, 25, None), version(5, 100.0, 20, None), version(6, 101.0, 20, None)];
        let all = [&old[..], &new[..]].concat();
        assert_eq!(closes(&all, 12, &[20]), (vec![400.0, 404.0], 1));
        assert_eq!(closes(&all, 30, &[20]), (vec![99.0, 100.0, 101.0], 0));
        // Before anything was held all is reconstructed, on the newest basis.
        assert_eq!(closes(&all, 5, &[20]), (vec![99.0, 100.0, 101.0], 3));
    }

    #[test]
    fn a_close_that_never_came_again_on_the_new_basis_is_not_given_after_the_move() {
        let versions = [version(5, 400.0, 10, Some(20))];
        assert_eq!(closes(&versions, 15, &[20]), (vec![400.0], 0));
        assert_eq!(closes(&versions, 25, &[20]), (vec![], 0));
    }
}
