//! The same day at other moments.

use std::time::{Duration, SystemTime};

use marketsnap::domain::{Bar, Basis, InstrumentId, Provenance, Series};
use marketsnap::store::{self, Opening, Place, Settled};

use crate::{Desk, row};

const WORDS: &str = "STAR50 DAX SP500 NIKKEI225 ASIA EURUSD LOONGSON --with json,html";

#[test]
fn a_day_is_the_same_file_whenever_and_however_often_it_is_written() {
    let desk = Desk::new();
    // All of 20 January was over and published on the 21st at 08:30 UTC, and nothing of the 21st is in it.
    let args = format!("{WORDS} --date 2026-01-20");
    let (code, out, err) = desk.report("2026-01-21T08:30:00Z", &args);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.lines().all(|l| l.starts_with("written: 2026-01-20.")) && out.lines().count() == 3, "{out}");
    let path = desk.folder().join("2026-01-20.json");
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
    // From the store, asked anew, from nothing but the store, and without one.
    for (at, more) in [
        ("2026-01-21T08:31:00Z", ""),
        ("2026-01-22T03:00:00Z", "--refresh"),
        ("2026-01-23T09:00:00Z", "--offline"),
        ("2026-01-23T20:00:00Z", "--no-store"),
    ] {
        let (code, out, err) = desk.report(at, &format!("{args} {more}"));
        assert_eq!((code, err.as_str()), (0, ""), "{at} {more}");
        assert!(out.lines().all(|l| l.starts_with("unchanged: ")), "{at} {more}: {out}");
    }
    assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), old);
    assert!(!desk.read("2026-01-20.md").contains("fetched"), "{}", desk.read("2026-01-20.md"));
    let report = desk.json("2026-01-20.json");
    assert!(report["generated_at"].is_null() && report["sources"] == serde_json::json!([]));
    // The end of the newest session in it: the currency day of the 20th, 17:00 New York.
    assert_eq!(report["as_of"], "2026-01-20T22:00:00Z");
    let source = &row(&report, "SP500")["source"];
    assert!(source["fetched_at"].is_null() && source["from_store"] == false, "{source}");
}

#[test]
fn a_day_made_with_others_is_the_one_made_alone() {
    let desk = Desk::new();
    desk.report("2026-01-21T22:30:00Z", &format!("{WORDS} --since 2026-01-15"));
    let alone = Desk::new();
    for name in desk.names() {
        let (day, _) = name.split_once('.').unwrap();
        alone.report("2026-01-23T22:30:00Z", &format!("{WORDS} --no-store --date {day}"));
        assert_eq!(desk.read(&name), alone.read(&name), "{name}");
    }
    assert_eq!(desk.names(), alone.names());
    // 15, 16, 19, 20 and 21 January, three formats each.
    assert_eq!(desk.names().len(), 15);
}

#[test]
fn converted_closes_are_the_same_in_every_run_too() {
    let desk = Desk::new();
    // 20 January is over at 22:00 UTC for currencies.
    let args = "STAR50 NIKKEI225 DAX SP500 ASIA --currency USD --date 2026-01-20 --with json";
    desk.report("2026-01-21T00:30:00Z", args);
    for (at, more) in [
        ("2026-01-21T00:31:00Z", ""),
        ("2026-01-22T12:00:00Z", "--refresh"),
        ("2026-01-23T12:00:00Z", "--no-store"),
    ] {
        let (_, out, err) = desk.report(at, &format!("{args} {more}"));
        assert_eq!(out, "unchanged: 2026-01-20.md\nunchanged: 2026-01-20.json\n", "{at} {more}: {err}");
    }
}

#[test]
fn what_has_no_close_yet_on_a_day_before_the_last_is_named_with_that_day() {
    let desk = Desk::new();
    // Loongson's first close is of 19 January.
    let first: chrono::NaiveDate = "2025-09-01".parse().unwrap();
    for day in first.iter_days().take_while(|d| *d < "2026-01-19".parse().unwrap()) {
        desk.days.hold_back("LOONGSON", &day.to_string());
    }
    let (code, out, err) = desk.report("2026-01-20T22:30:00Z", "STAR50 LOONGSON SP500 --since 2026-01-16");
    let days = ["16", "19", "20"].map(|d| format!("written: 2026-01-{d}.md\n"));
    assert_eq!((code, out), (3, days.concat()));
    assert_eq!(err, "warning: 2026-01-16: 1 missing: LOONGSON\n");
}

#[test]
fn it_shows_what_today_shows_of_each_day() {
    let desk = Desk::new();
    // What a source's answer was like is no part of a day's report, and a currency's answer always lacks something.
    // Tokyo and Shanghai beside New York: their spreads are ranked among those that a reader saw as long after.
    let words = "STAR50 DAX SP500 NIKKEI225 ASIA LOONGSON";
    desk.report("2026-01-23T22:30:00Z", &format!("{words} --with json --since 2026-01-12"));
    for day in ["2026-01-12", "2026-01-15", "2026-01-16", "2026-01-19", "2026-01-20", "2026-01-21"] {
        let args = ["today", "--json", "--source", "yahoo", "--date", day];
        let args: Vec<&str> = args.into_iter().chain(words.split(' ')).collect();
        let (code, today, _) = desk.days.program("2026-01-23T22:31:00Z", &args);
        assert_eq!(code, 0);
        let today: serde_json::Value = serde_json::from_str(&today).unwrap();
        crate::days::same_figures(&desk.json(&format!("{day}.json")), &today);
    }
}

#[test]
fn a_restated_close_rewrites_the_newest_day_and_says_so() {
    let desk = Desk::new();
    let cron = "STAR50 SP500 --since last";
    desk.report("2026-01-20T22:30:00Z", cron);
    let before = desk.read("2026-01-20.md");
    desk.days
        .change("STAR50", |date, close| if date.to_string() == "2026-01-20" { close + 0.01 } else { close });
    let (code, out, err) = desk.report("2026-01-21T22:30:00Z", cron);
    assert_eq!((code, out.as_str()), (0, "rewritten: 2026-01-20.md\nwritten: 2026-01-21.md\n"));
    assert!(err.contains("STAR50 2026-01-20 restated 1482.994 to 1483.004 by yahoo"), "{err}");
    assert_ne!(desk.read("2026-01-20.md"), before);
    let (_, out, _) = desk.report("2026-01-21T22:40:00Z", cron);
    assert_eq!(out, "unchanged: 2026-01-20.md\nunchanged: 2026-01-21.md\n");
}

#[test]
fn a_report_made_before_a_market_closed_names_it_and_is_made_again() {
    let desk = Desk::new();
    desk.report("2026-01-21T08:30:00Z", "STAR50 DAX SP500 --with json");
    let early = desk.json("2026-01-21.json");
    let dates = |report: &serde_json::Value| {
        ["STAR50", "DAX", "SP500"].map(|id| row(report, id)["session"]["date"].clone())
    };
    assert_eq!(dates(&early), ["2026-01-21", "2026-01-20", "2026-01-20"]);
    let notes = early["notes"].to_string();
    let open = "No close of 2026-01-21 yet, so with the session before: Frankfurt (DAX), New York (SP500).";
    assert!(notes.contains(open), "{notes}");
    // While Frankfurt trades nothing new is known.
    let (_, out, _) = desk.report("2026-01-21T12:00:00Z", "STAR50 DAX SP500 --with json");
    assert_eq!(out, "unchanged: 2026-01-21.md\nunchanged: 2026-01-21.json\n");
    let (_, out, _) = desk.report("2026-01-22T07:30:00Z", "STAR50 DAX SP500 --with json --since last");
    assert_eq!(
        out,
        "rewritten: 2026-01-21.md\nrewritten: 2026-01-21.json\nwritten: 2026-01-22.md\nwritten: 2026-01-22.json\n"
    );
    assert_eq!(dates(&desk.json("2026-01-21.json")), ["2026-01-21", "2026-01-21", "2026-01-21"]);
}

#[test]
fn what_is_missing_is_said_in_the_same_words_by_every_run() {
    let desk = Desk::new();
    let (code, _, err) = desk.report("2026-01-20T22:30:00Z", "STAR50 SP500 SAMSUNG --with json");
    assert_eq!(code, 3);
    assert!(err.contains("SAMSUNG"), "{err}");
    let first = desk.json("2026-01-20.json");
    assert_eq!((&first["status"], &first["errors"][0]["id"]), (&"partial".into(), &"SAMSUNG".into()));
    // The source is down, and what is held stands in: the file is the same, the exit code is not better.
    desk.days.down(true);
    let args = "STAR50 SP500 SAMSUNG --with json --date 2026-01-20 --refresh";
    let (code, out, _) = desk.report("2026-01-22T22:30:00Z", args);
    assert_eq!((code, out.as_str()), (3, "unchanged: 2026-01-20.md\nunchanged: 2026-01-20.json\n"));
}

#[test]
fn nothing_to_show_leaves_an_old_file_as_it_is() {
    let desk = Desk::new();
    desk.report("2026-01-20T22:30:00Z", "STAR50 SP500");
    let before = desk.read("2026-01-20.md");
    desk.days.down(true);
    let (code, out, err) = desk.report("2026-01-21T22:30:00Z", "STAR50 SP500 --no-store --date 2026-01-20");
    assert_eq!((code, out.as_str()), (5, ""));
    assert!(err.contains("nothing to show"), "{err}");
    assert_eq!((desk.names(), desk.read("2026-01-20.md")), (vec!["2026-01-20.md".to_owned()], before));
}

#[test]
fn the_report_of_an_instant_is_the_one_that_was_made_then() {
    let desk = Desk::new();
    let args = "STAR50 DAX SP500 --with json";
    desk.report("2026-01-21T08:30:00Z", args);
    desk.days
        .change("STAR50", |date, close| if date.to_string() == "2026-01-21" { close + 0.01 } else { close });
    let (_, out, _) = desk.report("2026-01-23T22:30:00Z", &format!("{args} --as-of 2026-01-21T08:30:00Z"));
    assert_eq!(out, "unchanged: 2026-01-21.md\nunchanged: 2026-01-21.json\n");
    let (_, out, _) = desk.report("2026-01-23T22:31:00Z", &format!("{args} --date 2026-01-21"));
    assert_eq!(out, "rewritten: 2026-01-21.md\nrewritten: 2026-01-21.json\n");
}

/// Keeps closes of another source in the store, as a run that asked it would have.
fn keep_of(desk: &Desk, source: &str, rows: &[(&str, f64)]) {
    let at = "2026-01-20T22:30:00Z".parse().unwrap();
    let provenance = Provenance {
        instrument: InstrumentId::new("STAR50"),
        source: source.to_owned(),
        symbol: "sh000688".to_owned(),
        currency: Some("CNY".to_owned()),
        venue: None,
        basis: Basis::Price,
        raw: false,
        fetched_at: at,
        stamp: None,
    };
    let bar = |(date, close): &(&str, f64)| Bar {
        date: date.parse().unwrap(),
        close: *close,
        low: None,
        high: None,
    };
    let series = Series::of_bars(provenance, rows.iter().map(bar).collect(), Vec::new()).unwrap();
    let place = Place::File(desk.days.store());
    let mut store = store::open(&Opening::new(&place, at)).unwrap().store;
    let (since, until) = (series.bars()[0].date, series.last().unwrap().date);
    store.keep(&[Settled { series: &series, since, until }]).unwrap();
}

#[test]
fn a_disagreement_that_was_found_once_is_told_by_every_later_run_that_may_speak_of_both_sources() {
    let desk = Desk::new();
    desk.report("2026-01-20T22:30:00Z", "STAR50 SP500");
    // Yahoo has 1482.994 for the 20th: 1500 - 1482.994 is 1.13 % of 1500.
    keep_of(&desk, "sina", &[("2026-01-16", 1514.08), ("2026-01-19", 1506.8), ("2026-01-20", 1500.0)]);
    let told = "STAR50: yahoo has 1482.994 for 2026-01-20 and sina 1500, 1.13 % apart";
    for at in ["2026-01-20T22:31:00Z", "2026-01-22T22:30:00Z"] {
        desk.report(at, "STAR50 SP500 --date 2026-01-20");
        assert!(!desk.read("2026-01-20.md").contains("apart"), "only Yahoo was to be spoken of");
        desk.report(at, "STAR50 SP500 --source sina --date 2026-01-20");
        let text = desk.read("2026-01-20.md").replace("\n  ", " ");
        assert!(text.contains(told), "{at}: {text}");
    }
}
