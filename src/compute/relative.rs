//! A move against the benchmark's over the same horizon.
//!
//! Not for: choosing sessions; each side keeps its own, and a difference is said.

use super::rank;
use crate::domain::snapshot::{MoveCell, RelativeCell};
use crate::domain::{Absent, Percent, Points};

/// Move minus the benchmark's move, in percentage points.
#[must_use]
pub fn excess(a: Percent, b: Percent) -> Points {
    Points(a.0 - b.0)
}

/// (1 + a) / (1 + b) - 1, in percent: what one unit of the pair gained.
#[must_use]
pub fn relative(a: Percent, b: Percent) -> Percent {
    Percent(((1.0 + a.0 / 100.0) / (1.0 + b.0 / 100.0) - 1.0) * 100.0)
}

/// A row's move against the benchmark's; the dates of both are kept, so that a difference shows.
pub(super) fn cell(own: &MoveCell, benchmark: Option<&MoveCell>) -> RelativeCell {
    let mut cell = RelativeCell {
        excess_pp: None,
        relative_pct: None,
        benchmark_pct: benchmark.and_then(|b| b.pct),
        benchmark_session: benchmark.and_then(|b| b.to),
        benchmark_from: benchmark.and_then(|b| b.from),
        same_session: None,
        same_base: None,
        rank: rank::absent(Absent::NoneSet),
        absent: None,
    };
    let Some(own_pct) = own.pct else {
        cell.absent = own.absent;
        return cell;
    };
    let Some((benchmark, benchmark_pct)) = benchmark.and_then(|b| Some((b, b.pct?))) else {
        cell.absent = Some(Absent::NoBenchmark);
        return cell;
    };
    cell.excess_pp = Some(excess(own_pct, benchmark_pct));
    cell.relative_pct = Some(relative(own_pct, benchmark_pct));
    cell.same_session = Some(own.to == benchmark.to);
    cell.same_base = Some(own.from == benchmark.from);
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excess_is_a_difference_and_relative_a_ratio() {
        // +10 % against -10 %: 20 points apart, and 1.10 / 0.90 - 1 = 22.2222 %.
        let (up, down) = (Percent(10.0), Percent(-10.0));
        assert!((excess(up, down).0 - 20.0).abs() < 1e-12);
        assert!((relative(up, down).0 - 22.222_222_222_222_22).abs() < 1e-9);
    }
}
