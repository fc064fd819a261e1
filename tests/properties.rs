//! What holds for any closes: properties over generated series.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::float_cmp)]

mod report;

use chrono::{Days, NaiveDate};
use marketsnap::domain::{Bar, Composite, InstrumentId, Member, Move};
use proptest::prelude::*;
use report::{Book, cell, composite, d, id, row};

/// Weekday closes from 2 June 2025 on: prices between 10 and 10,000.
fn closes(len: std::ops::Range<usize>) -> impl Strategy<Value = Vec<(NaiveDate, f64)>> {
    prop::collection::vec(10.0..10_000.0f64, len).prop_map(|prices| weekdays().zip(prices).collect())
}

fn weekdays() -> impl Iterator<Item = NaiveDate> {
    use chrono::{Datelike, Weekday};
    d("2025-06-02").iter_days().filter(|d| !matches!(d.weekday(), Weekday::Sat | Weekday::Sun))
}

fn bar(close: f64, day: u64) -> Bar {
    Bar { date: d("2026-01-05") + Days::new(day), close, low: None, high: None }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_move_and_its_inverse_multiply_to_one(a in 0.01..1e6f64, b in 0.01..1e6f64) {
        let forth = Move::between(&bar(a, 0), &bar(b, 1)).unwrap();
        let back = Move::between(&bar(b, 0), &bar(a, 1)).unwrap();
        prop_assert!((forth.ratio() * back.ratio() - 1.0).abs() < 1e-12);
        prop_assert!(((1.0 + forth.percent().0 / 100.0) * (1.0 + back.percent().0 / 100.0) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_composite_of_one_member_is_that_member(rows in closes(3..60)) {
        let mut book = Book::new().series("VIX", &rows, None, vec![]).horizons("1D,5D,1M");
        let members = vec![Member { id: id("VIX"), weight: 3.0 }];
        let one = Composite { id: InstrumentId::new("ONE"), name: "One, equal weights".into(), name_zh: None, section: "Europe".into(), members };
        book.universe.composites.push(one);
        let report = book.at("2026-06-01T00:00:00Z");
        let (alone, member) = (&composite(&report, "ONE").row, row(&report, "VIX"));
        prop_assert_eq!(alone.session.date, member.session.date);
        for horizon in ["1D", "5D", "1M"] {
            match (cell(alone, horizon).pct, cell(member, horizon).pct) {
                (Some(a), Some(b)) => prop_assert!((a.0 - b.0).abs() < 1e-6, "{horizon}: {a:?} {b:?}"),
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }

    #[test]
    fn shifting_a_series_by_whole_weeks_keeps_1d_and_5d(rows in closes(7..40), weeks in 1u64..20) {
        let shifted: Vec<_> = rows.iter().map(|(date, close)| (*date + Days::new(7 * weeks), *close)).collect();
        let moves = |rows: &[(NaiveDate, f64)]| {
            let report = Book::new().series("VIX", rows, None, vec![]).horizons("1D,5D").at("2027-01-01T00:00:00Z");
            ["1D", "5D"].map(|h| cell(row(&report, "VIX"), h).pct)
        };
        prop_assert_eq!(moves(&rows), moves(&shifted));
    }

    #[test]
    fn a_later_session_never_changes_an_earlier_as_of(rows in closes(30..80), keep in 2usize..29) {
        // As of 22:00 UTC of a session's day New York is over; what comes later cannot matter.
        let as_of = format!("{}T22:00:00Z", rows[keep].0);
        let report = |rows: &[(NaiveDate, f64)]| {
            let book = Book::new().series("SP500", rows, None, vec![]).series("DAX", rows, None, vec![]);
            let book = book.series("FTSE100", rows, None, vec![]).series("CAC40", rows, None, vec![]);
            serde_json::to_string(&book.at(&as_of)).unwrap()
        };
        prop_assert_eq!(report(&rows[..=keep]), report(&rows));
    }

    #[test]
    fn the_order_of_a_composites_members_does_not_matter(a in closes(20..30), b in closes(20..30), c in closes(20..30)) {
        let level = |names: [&str; 3]| {
            let book = names.iter().zip([&a, &b, &c]).fold(Book::new(), |book, (n, rows)| book.series(n, rows, None, vec![]));
            composite(&book.at("2026-06-01T00:00:00Z"), "EUROPE").row.close.unwrap()
        };
        let (x, y) = (level(["FTSE100", "DAX", "CAC40"]), level(["CAC40", "FTSE100", "DAX"]));
        prop_assert!((x / y - 1.0).abs() < 1e-9);
    }
}
