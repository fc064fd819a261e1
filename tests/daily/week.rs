//! A week of cron.

use std::thread;

use crate::{Desk, row};

/// What cron runs on weekdays at 22:30 UTC, after New York.
const CRON: &str = "STAR50 DAX SP500 --since last --with json";

#[test]
fn a_week_of_cron_leaves_exactly_the_days_with_a_session_each_whole() {
    let desk = Desk::new();
    // The first run has no day before it to go on from.
    let (code, out, err) = desk.report("2026-01-12T22:30:00Z", CRON);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, "written: 2026-01-12.md\nwritten: 2026-01-12.json\n");
    let (_, out, _) = desk.report("2026-01-13T22:30:00Z", CRON);
    let expected = "unchanged: 2026-01-12.md\nunchanged: 2026-01-12.json\nwritten: 2026-01-13.md\nwritten: 2026-01-13.json\n";
    assert_eq!(out, expected);
    // On Wednesday the machine was off, on Thursday the source: what is held ends with Tuesday, and nothing is lost.
    desk.days.down(true);
    let before = desk.read("2026-01-13.json");
    let (code, out, err) = desk.report("2026-01-15T22:30:00Z", CRON);
    assert_eq!((code, out), (3, unchanged(&["12", "13"])), "{err}");
    assert!(err.contains("3 not fetched, shown from the store: STAR50, DAX, SP500"), "{err}");
    assert_eq!(desk.read("2026-01-13.json"), before);
    desk.days.down(false);
    // On Friday two runs start at once: one writes what was missed, the other finds it there.
    let runs = thread::scope(|scope| {
        let one = || desk.report("2026-01-16T22:30:00Z", CRON);
        let runs = [scope.spawn(one), scope.spawn(one)];
        runs.map(|run| run.join().unwrap())
    });
    let mut outs = runs.map(|(code, out, err)| {
        assert_eq!((code, err.as_str()), (0, ""));
        out
    });
    outs.sort();
    // The second goes on from the first one's newest file.
    assert_eq!(outs[0], unchanged(&["12", "13", "14", "15", "16"]));
    assert_eq!(
        outs[1].lines().filter(|l| l.ends_with(".md")).collect::<Vec<_>>(),
        [
            "unchanged: 2026-01-12.md",
            "unchanged: 2026-01-13.md",
            "written: 2026-01-14.md",
            "written: 2026-01-15.md",
            "written: 2026-01-16.md"
        ]
    );
    // At the weekend nothing is written, not even where a run is started.
    for at in ["2026-01-17T22:30:00Z", "2026-01-18T22:30:00Z"] {
        let (code, out, _) = desk.report(at, CRON);
        assert_eq!((code, out), (0, unchanged(&["12", "13", "14", "15", "16"])));
    }
    // On Monday 19 January New York was shut.
    desk.report("2026-01-19T22:30:00Z", CRON);
    desk.report("2026-01-20T22:30:00Z", CRON);
    let days = ["12", "13", "14", "15", "16", "19", "20"];
    let expected: Vec<String> =
        days.iter().flat_map(|d| ["json", "md"].map(|s| format!("2026-01-{d}.{s}"))).collect();
    assert_eq!(desk.names(), expected);
    for day in days.map(|d| format!("2026-01-{d}")) {
        let report = desk.json(&format!("{day}.json"));
        let sessions = ["STAR50", "DAX", "SP500"].map(|id| row(&report, id)["session"]["date"].clone());
        let york = if day == "2026-01-19" { "2026-01-16" } else { day.as_str() };
        assert_eq!(sessions, [day.as_str(), day.as_str(), york], "{day}");
        assert_eq!((&report["date"], &report["status"]), (&day.as_str().into(), &"complete".into()));
        let text = desk.read(&format!("{day}.md"));
        assert!(text.starts_with("# ") && text.contains(&day) && text.ends_with('\n'), "{text}");
    }
    let holiday = desk.json("2026-01-19.json");
    assert_eq!(row(&holiday, "SP500")["session"]["status"], "shut");
    assert!(holiday["notes"].to_string().contains("New York was shut on 2026-01-19"), "{holiday}");
}

fn unchanged(days: &[&str]) -> String {
    days.iter().map(|d| format!("unchanged: 2026-01-{d}.md\nunchanged: 2026-01-{d}.json\n")).collect()
}

#[test]
fn a_market_that_failed_on_two_evenings_is_whole_in_both_reports_once_it_is_healed() {
    let desk = Desk::new();
    desk.report("2026-01-12T22:30:00Z", CRON);
    desk.days.failing(Some("DAX"));
    for evening in ["2026-01-13T22:30:00Z", "2026-01-14T22:30:00Z"] {
        assert_eq!(desk.report(evening, CRON).0, 3);
    }
    let session =
        |day: &str| row(&desk.json(&format!("2026-01-{day}.json")), "DAX")["session"]["date"].clone();
    assert_eq!(["13", "14"].map(session), ["2026-01-12", "2026-01-12"]);
    desk.days.failing(None);
    let (code, out, err) = desk.report("2026-01-15T22:30:00Z", CRON);
    let expected = [("unchanged", "12"), ("rewritten", "13"), ("rewritten", "14"), ("written", "15")];
    let expected = expected.map(|(done, d)| format!("{done}: 2026-01-{d}.md\n{done}: 2026-01-{d}.json\n"));
    assert_eq!((code, out, err.as_str()), (0, expected.concat(), ""));
    assert_eq!(["13", "14", "15"].map(session), ["2026-01-13", "2026-01-14", "2026-01-15"]);
    // Only the seven days before the newest report are looked at: of the 22nd, from the 15th on.
    desk.report("2026-01-22T22:30:00Z", CRON);
    let (_, out, _) = desk.report("2026-01-23T22:30:00Z", CRON);
    assert!(out.starts_with("unchanged: 2026-01-15.md"), "{out}");
}

#[test]
fn a_failure_without_a_store_makes_no_earlier_report_poorer() {
    let desk = Desk::new();
    let cron = format!("{CRON} --no-store");
    for evening in ["2026-01-12T22:30:00Z", "2026-01-13T22:30:00Z"] {
        desk.report(evening, &cron);
    }
    let before = desk.read("2026-01-12.json");
    desk.days.failing(Some("DAX"));
    let (code, out, _) = desk.report("2026-01-14T22:30:00Z", &cron);
    assert_eq!((code, out.contains("2026-01-12")), (3, false), "{out}");
    assert_eq!(desk.read("2026-01-12.json"), before);
}

#[test]
fn the_newest_report_counts_in_any_format_and_what_is_missing_in_another_is_written() {
    let desk = Desk::new();
    desk.report("2026-01-12T22:30:00Z", "STAR50 SP500 --since last --format html");
    desk.report("2026-01-13T22:30:00Z", "STAR50 SP500 --since last --format html");
    let (_, out, _) = desk.report("2026-01-15T22:30:00Z", "STAR50 SP500 --since last --format csv");
    let days = ["12", "13", "14", "15"].map(|d| format!("written: 2026-01-{d}.csv\n"));
    assert_eq!(out, days.concat());
}

#[test]
fn a_full_holiday_gives_no_report_and_coins_and_currencies_do_not_make_one() {
    let desk = Desk::new();
    // 25 December 2025 in Frankfurt and New York; the coin traded, and so it did at the weekend of the 27th.
    desk.report("2025-12-29T22:30:00Z", "DAX SP500 BTC EURUSD --since 2025-12-23");
    let days = ["2025-12-23.md", "2025-12-24.md", "2025-12-26.md", "2025-12-29.md"];
    assert_eq!(desk.names(), days);
    // Where nothing else is shown, the coin's days are days.
    let desk = Desk::new();
    desk.report("2025-12-29T22:30:00Z", "BTC --benchmark BTC --since 2025-12-25");
    assert_eq!(desk.names(), ["25", "26", "27", "28"].map(|d| format!("2025-12-{d}.md")));
}

#[test]
fn days_begin_where_they_are_asked_for_and_none_is_an_end_too() {
    let desk = Desk::new();
    let (code, _, err) = desk.report("2026-01-18T12:00:00Z", "STAR50 SP500 --since 2026-01-14");
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(desk.names(), ["14", "15", "16"].map(|d| format!("2026-01-{d}.md")));
    let (code, out, err) = desk.report("2026-01-18T12:00:00Z", "STAR50 SP500 --since 2026-01-17");
    assert_eq!((code, out.as_str()), (0, ""));
    assert!(err.contains("no session in those days"), "{err}");
    let (code, out, err) = desk.report("2026-01-18T12:00:00Z", "STAR50 SP500 --since 2026-01-19");
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("--since 2026-01-19 lies in the future"), "{err}");
}
