//! Sessions that a source left out.

use crate::world::{World, row};

/// The last session of 2025, from which the moves of the year are counted.
const BASE: &str = "2025-12-31";
const WORDS: [&str; 3] = ["STAR50", "CSI300", "CHINEXT"];
const CHINESE: [&str; 5] = ["yahoo", "tencent", "sina", "csindex", "eastmoney"];

fn all_sources(options: &mut marketsnap::app::Options) {
    options.sources.clear();
}

#[test]
fn a_hole_is_filled_from_another_source_whose_closes_reports_then_show() {
    let world = World::new();
    world.leave_out(&["yahoo"], "STAR50", BASE);
    let at = "2026-01-21T08:30:00Z";
    let first = world.sync(at, &WORDS, all_sources);
    assert_eq!((first.code, first.err.as_str()), (0, ""));
    assert_eq!((first.asked("yahoo").len(), first.asked("tencent").len(), first.paths.len()), (1, 1, 2));
    assert!(first.out.contains("1 found, 1 filled, 0 open."), "{}", first.out);
    assert!(first.out.contains("STAR50: 2025-12-31: filled from tencent"), "{}", first.out);
    // Both series are kept, each whole.
    let held = world.held("STAR50");
    let sources: Vec<&str> = held.iter().map(|h| h.provenance.source.as_str()).collect();
    assert_eq!(sources, ["yahoo", "tencent"]);
    assert_eq!(held[0].rows.len() + 1, held[1].rows.len());
    let report = world.offline(at, &["STAR50"]);
    let star50 = row(&report, "STAR50");
    assert_eq!(star50["source"]["name"], "tencent");
    assert!(star50["warnings"].to_string().contains("yahoo has no close for 2025-12-31"), "{star50}");
    // 1535.393 over the close of 2025-12-31 as published, 1344.20: +14.22 %.
    let ytd = star50["moves"]["YTD"]["pct"].as_f64().unwrap();
    assert!((ytd - 14.22).abs() < 0.005, "{ytd}");
    let second = world.sync("2026-01-21T12:00:00Z", &WORDS, all_sources);
    assert_eq!((second.code, second.paths.len()), (0, 0));
    assert!(second.out.starts_with("Up to date") && second.out.contains("1 filled"), "{}", second.out);
}

#[test]
fn the_series_that_fills_a_hole_goes_on_with_the_other_one() {
    let world = World::new();
    world.leave_out(&["yahoo"], "STAR50", BASE);
    world.sync("2026-01-20T08:30:00Z", &WORDS, all_sources);
    let later = world.sync("2026-01-21T08:30:00Z", &WORDS, all_sources);
    assert_eq!((later.asked("yahoo").len(), later.asked("tencent").len(), later.paths.len()), (1, 1, 2));
    let ends = world.held("STAR50").into_iter().map(|h| h.rows.last().unwrap().session.to_string());
    assert_eq!(ends.collect::<Vec<_>>(), ["2026-01-21", "2026-01-21"]);
    let report = world.offline("2026-01-21T08:31:00Z", &["STAR50"]);
    assert_eq!(row(&report, "STAR50")["source"]["name"], "tencent");
    assert_eq!(row(&report, "STAR50")["session"]["date"], "2026-01-21");
}

#[test]
fn a_hole_that_no_source_fills_is_told_and_all_are_asked_for_it_once() {
    let world = World::new();
    world.leave_out(&CHINESE, "STAR50", BASE);
    let at = "2026-01-21T08:30:00Z";
    let first = world.sync(at, &WORDS, all_sources);
    assert_eq!(first.code, 0, "{}", first.err);
    let asked = CHINESE.map(|source| first.asked(source).len());
    assert!(asked.iter().all(|n| *n >= 1), "{asked:?}");
    assert!(first.out.contains("1 found, 0 filled, 1 open."), "{}", first.out);
    assert!(first.out.contains("STAR50: 2025-12-31: no source has a close"), "{}", first.out);
    for later in ["2026-01-21T09:00:00Z", "2026-01-21T20:00:00Z"] {
        let again = world.sync(later, &WORDS, all_sources);
        assert_eq!((again.code, again.paths.len()), (0, 0), "{:?}", again.paths);
        assert!(again.out.contains("1 open."), "{}", again.out);
    }
    // Only the first source goes on.
    let next = world.sync("2026-01-22T08:30:00Z", &WORDS, all_sources);
    assert_eq!((next.asked("yahoo").len(), next.paths.len()), (1, 1), "{:?}", next.paths);
}

#[test]
fn a_hole_that_the_source_itself_publishes_late_is_none_any_more() {
    let world = World::new();
    world.change("yahoo", "STAR50", |rows| rows.retain(|(d, _)| d.to_string() != "2026-01-19"));
    let first = world.sync("2026-01-20T08:30:00Z", &WORDS, |o| o.sources = vec!["yahoo".into()]);
    assert!(first.out.contains("1 found, 0 filled, 1 open."), "{}", first.out);
    let whole = crate::replay::closes()["STAR50"].clone();
    world.change("yahoo", "STAR50", |rows| *rows = whole);
    let later = world.sync("2026-01-21T08:30:00Z", &WORDS, |o| o.sources = vec!["yahoo".into()]);
    assert!(!later.out.contains("Holes"), "{}", later.out);
    // The 19th and the 21st.
    assert_eq!(later.row("STAR50").last(), Some(&"2"));
}

#[test]
fn currencies_have_no_exchange_whose_sessions_they_lack() {
    let world = World::new();
    world.leave_out(&["yahoo"], "USDJPY", "2026-01-12");
    let run = world.sync("2026-01-21T08:30:00Z", &["USDJPY", "EURUSD"], |o| o.sources = vec!["yahoo".into()]);
    assert_eq!((run.code, run.row("USDJPY")[0]), (0, "yahoo"));
    assert!(!run.out.contains("Holes"), "{}", run.out);
}
