//! Reports that have to be settled.

use crate::Desk;

#[test]
fn a_market_that_is_open_or_late_keeps_a_report_from_being_written() {
    let desk = Desk::new();
    desk.days.hold_back("HSI", "2026-01-21");
    // Shanghai is over, Hong Kong late, Frankfurt open from 08:00 to 16:30 UTC, New York opens at 14:30 UTC.
    let (code, out, err) = desk.report("2026-01-21T09:30:00Z", "STAR50 HSI DAX SP500 --require-settled");
    assert_eq!((code, out.as_str()), (4, ""));
    for line in [
        "error: not every market is settled, so no report was written\n",
        "  Frankfurt is open until 2026-01-21 16:35 UTC: DAX\n",
        "  Hong Kong has no close of 2026-01-21 yet, although that session is over: HSI\n",
        "  New York has its session of 2026-01-21 from 2026-01-21 14:30 UTC: SP500\n",
        "`marketsnap wait STAR50 HSI DAX SP500` waits for them",
    ] {
        assert!(err.contains(line), "{line}: {err}");
    }
    assert!(desk.names().is_empty());
    desk.days.publish();
    let (code, _, err) = desk.report("2026-01-21T22:30:00Z", "STAR50 HSI DAX SP500 --require-settled");
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(desk.names(), ["2026-01-21.md"]);
}

#[test]
fn the_benchmark_of_a_market_that_was_asked_for_is_not_waited_for() {
    let desk = Desk::new();
    let (code, out, err) = desk.report("2026-01-21T08:30:00Z", "STAR50 --require-settled");
    assert_eq!((code, out.as_str(), err.as_str()), (0, "written: 2026-01-21.md\n", ""));
}

#[test]
fn a_market_that_is_open_again_is_open_unless_the_day_is_named() {
    let desk = Desk::new();
    // Shanghai trades from 01:30 UTC on.
    let (code, _, err) = desk.report("2026-01-22T02:00:00Z", "STAR50 SP500 --require-settled");
    assert_eq!(code, 4);
    assert!(err.contains("Shanghai is open until 2026-01-22 07:0"), "{err}");
    let (code, out, _) =
        desk.report("2026-01-22T02:00:00Z", "STAR50 SP500 --require-settled --date 2026-01-21");
    assert_eq!((code, out.as_str()), (0, "written: 2026-01-21.md\n"));
}

#[test]
fn a_market_that_is_shut_is_not_waited_for() {
    let desk = Desk::new();
    // New York was shut on Monday 19 January 2026.
    let (code, out, err) = desk.report("2026-01-19T22:30:00Z", "STAR50 SP500 --require-settled");
    assert_eq!((code, out.as_str(), err.as_str()), (0, "written: 2026-01-19.md\n", ""));
}

#[test]
fn a_composites_members_are_waited_for() {
    let desk = Desk::new();
    // Mumbai is open until 10:00 UTC.
    let (code, _, err) = desk.report("2026-01-21T09:00:00Z", "ASIA --require-settled");
    assert_eq!(code, 4);
    assert!(err.contains("Mumbai is open until 2026-01-21 10:") && err.contains(": NIFTY50"), "{err}");
}
