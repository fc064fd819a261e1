//! What a day's report is made from, of closes written here.

use marketsnap::domain::snapshot::NoteKind;
use marketsnap::domain::{Lang, Report};
use proptest::prelude::*;

use crate::report::{Book, at, d, id, row};

/// Closes of a Tuesday and what came after it.
fn book(fetched_at: &str) -> Book {
    Book::new()
        .fetched_at(fetched_at)
        .closes(
            "STAR50",
            "2026-01-16 1500, 2026-01-19 1482, 2026-01-20 1482.994, 2026-01-21 1535.393, 2026-01-22 1541",
        )
        .closes("SP500", "2026-01-15 6950, 2026-01-16 6940, 2026-01-20 6796.86, 2026-01-21 6875.62")
        .closes("DAX", "2026-01-16 25200, 2026-01-19 24959, 2026-01-20 24703.12, 2026-01-21 24560.98")
}

fn notes(report: &Report, kind: NoteKind) -> Vec<&str> {
    let notes = report.snapshot.notes.iter().filter(|n| n.kind == kind);
    notes.map(|n| n.message.as_str()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn a_day_that_is_over_everywhere_has_one_report_whenever_it_is_fetched_and_made(
        fetched in 0_i64..2_000_000, made in 0_i64..2_000_000,
    ) {
        // New York's session of 20 January is over at 21:00 UTC, and its auction a little later.
        let after = |seconds: i64| (at("2026-01-21T00:00:00Z") + chrono::Duration::seconds(seconds)).to_rfc3339();
        let first = book("2026-01-21T00:00:00Z").daily(&["STAR50", "SP500", "DAX"], "2026-01-20", "2026-01-21T00:00:00Z");
        let other = book(&after(fetched)).daily(&["STAR50", "SP500", "DAX"], "2026-01-20", &after(fetched.max(made)));
        prop_assert_eq!(first, other);
    }
}

#[test]
fn a_reports_instant_is_the_end_of_its_newest_session_and_nothing_later_is_in_it() {
    let report =
        book("2026-01-24T00:00:00Z").daily(&["STAR50", "SP500", "DAX"], "2026-01-20", "2026-01-24T00:00:00Z");
    let report_row = |id: &str| row(&report.snapshot, id).session.date;
    assert_eq!(["STAR50", "SP500", "DAX"].map(report_row), [Some(d("2026-01-20")); 3]);
    assert_eq!(Some(report.snapshot.as_of), row(&report.snapshot, "SP500").session.closed_at);
    assert_eq!((report.date, report.snapshot.date), (d("2026-01-20"), Some(d("2026-01-20"))));
    let star = row(&report.snapshot, "STAR50").source.clone().unwrap();
    assert_eq!((star.fetched_at, star.from_store, report.snapshot.generated_at), (None, false, None));
    let said = notes(&report, NoteKind::Source);
    assert_eq!(said, ["Source: test (3 series)."]);
    let last = |line: &marketsnap::domain::chart::ChartLine| line.points.last().map(|p| p.date);
    assert!(report.charts[0].lines.iter().all(|line| last(line) == Some(d("2026-01-20"))));
}

#[test]
fn a_disagreement_of_sources_is_that_of_the_day() {
    // The first source has 1500 for the 20th, the second 1482.994: (1500 - 1482.994) / 1500 = 1.13 %.
    let quarrel = |date: &str| {
        let mut book = book("2026-01-24T00:00:00Z").moved_to("STAR50", "second");
        book =
            book.closes("STAR50", "2026-01-16 1500, 2026-01-19 1482, 2026-01-20 1500, 2026-01-21 1535.393");
        book.daily(&["STAR50", "SP500"], date, "2026-01-24T00:00:00Z")
    };
    let report = quarrel("2026-01-20");
    let expected =
        "STAR50: test has 1500 for 2026-01-20 and second 1482.994, 1.13 % apart; test's closes are shown.";
    assert_eq!(notes(&report, NoteKind::Warning), [expected]);
    assert!(notes(&quarrel("2026-01-19"), NoteKind::Warning).is_empty());
    assert_eq!(row(&quarrel("2026-01-19").snapshot, "STAR50").confirmed_by, ["second"]);
}

#[test]
fn what_had_no_session_on_the_day_yet_is_named_by_its_market() {
    let early =
        book("2026-01-21T08:30:00Z").daily(&["STAR50", "SP500", "DAX"], "2026-01-21", "2026-01-21T08:30:00Z");
    let expected =
        "No close of 2026-01-21 yet, so with the session before: New York (SP500), Frankfurt (DAX).";
    assert_eq!(notes(&early, NoteKind::Live), [expected]);
    // A shut market has none to come.
    let holiday =
        book("2026-01-20T00:00:00Z").daily(&["STAR50", "SP500", "DAX"], "2026-01-19", "2026-01-20T00:00:00Z");
    assert!(notes(&holiday, NoteKind::Live).is_empty());
    assert_eq!(
        notes(&holiday, NoteKind::Shut),
        ["New York was shut on 2026-01-19; last session taken: SP500."]
    );
}

#[test]
fn the_chart_has_the_benchmark_last_and_at_most_four_lines_beside_it() {
    let lines = |report: &Report| -> Vec<String> {
        report.charts.iter().flat_map(|c| &c.lines).map(|l| l.id.to_string()).collect()
    };
    let at = "2026-01-24T00:00:00Z";
    let mut book = book(at);
    for name in ["HSI", "KOSPI", "CSI300", "NIKKEI225", "TAIEX", "ASX200", "NIFTY50", "CAC40", "FTSE100"] {
        book = book.closes(name, "2026-01-19 100, 2026-01-20 101, 2026-01-21 102");
    }
    // By sections: the first index and the composites, of which a source covers enough.
    assert_eq!(
        lines(&book.daily(&[], "2026-01-21", at))[..3],
        ["ASX200", "ASIA", "EUROPE"].map(String::from)
    );
    // Named: in the order of the words.
    let six = book.daily(&["SP500", "HSI", "STAR50", "DAX", "KOSPI", "ASIA"], "2026-01-21", at);
    assert_eq!(lines(&six), ["HSI", "STAR50", "DAX", "KOSPI", "SP500"]);
    assert!(six.charts[0].lines[4].is_benchmark && six.charts[0].benchmark == Some(id("SP500")));
    assert!(lines(&book.daily(&["SP500"], "2026-01-21", at)).is_empty(), "nothing is compared with it");
}

#[test]
fn a_close_on_a_closed_day_makes_no_day_unless_a_second_one_has_it() {
    let names = ["STAR50", "CSI300"];
    // 24 January 2026 is a Saturday.
    let book =
        Book::new().closes("STAR50", "2026-01-23 1550, 2026-01-24 1551").closes("CSI300", "2026-01-23 4700");
    assert_eq!(book.days(&names, "2026-02-01T00:00:00Z"), ["2026-01-23"]);
    let book = book.closes("CSI300", "2026-01-23 4700, 2026-01-24 4701");
    assert_eq!(book.days(&names, "2026-02-01T00:00:00Z"), ["2026-01-23", "2026-01-24"]);
    // What is not settled is no day.
    assert_eq!(book.days(&names, "2026-01-23T06:00:00Z"), Vec::<String>::new());
}

#[test]
fn the_method_names_the_day_its_instant_and_the_currency() {
    let at = "2026-01-24T00:00:00Z";
    let report = book(at).daily(&["STAR50", "SP500"], "2026-01-20", at);
    let method = report.method().join(" ");
    for words in [
        "dated 2026-01-20 or before",
        "settled by 2026-01-20 21:",
        "move minus that of S&P 500",
        "currency they are quoted in",
    ] {
        assert!(method.contains(words), "{words}: {method}");
    }
    assert!(!method.contains("composite") && report.snapshot.lang == Lang::En);
}
