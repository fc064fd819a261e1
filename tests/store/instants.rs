//! What every backend promises of a report that is replayed: when a series was asked for, what was told
//! beside its closes, and what came only later.

use marketsnap::domain::{About, Kind, Series, Warning, WarningKind};
use marketsnap::store::{Held, Settled, Store};

use super::given::*;
use super::report::{Book, row};

/// What is held of an instrument, all of it, as of an instant.
fn then(store: &mut dyn Store, name: &str, instant: &str) -> Held {
    since(store, name, "1900-01-01", instant)
}

fn since(store: &mut dyn Store, name: &str, day: &str, instant: &str) -> Held {
    store.held(&[id(name)], d(day), Some(at(instant))).unwrap().remove(0)
}

fn now(store: &mut dyn Store, name: &str) -> Held {
    store.held(&[id(name)], d("1900-01-01"), None).unwrap().remove(0)
}

fn said(texts: &[&str]) -> Vec<Warning> {
    let one = |t: &&str| Warning { kind: WarningKind::Refused, message: (*t).to_owned() };
    texts.iter().map(one).collect()
}

/// Keeps a series asked for from a day on, up to its last close.
fn ask(store: &mut dyn Store, from: &str, series: &Series) {
    let until = series.last().unwrap().date;
    store.keep(&[Settled { series, since: d(from), until }]).unwrap();
}

/// A series with warnings, asked for from its first close on.
fn warned(store: &mut dyn Store, fetched: &str, closes: &[(&str, f64)], texts: &[&str]) {
    let mut series = series("DAX", fetched, closes);
    series.warnings = said(texts);
    keep(store, &series);
}

pub fn the_last_fetch_before_an_instant_is_known_whether_it_brought_anything_or_not(store: &mut dyn Store) {
    let rows = [("2026-01-05", 1.0), ("2026-01-06", 2.0), ("2026-01-07", 3.0), ("2026-01-08", 4.0)];
    // Two closes; nothing new, twice; one more; the close of the 6th restated; a hole of the 5th filled.
    keep(store, &series("DAX", "2026-01-07 20:00", &rows[1..3]));
    keep(store, &series("DAX", "2026-01-07 21:00", &rows[1..3]));
    keep(store, &series("DAX", "2026-01-08 09:00", &rows[1..3]));
    keep(store, &series("DAX", "2026-01-08 20:00", &rows[1..]));
    keep(store, &series("DAX", "2026-01-08 21:00", &[("2026-01-06", 2.5), rows[2], rows[3]]));
    keep(store, &series("DAX", "2026-01-09 09:00", &rows[..1]));
    let known = [
        ("2026-01-07 19:59", None),
        ("2026-01-07 20:00", Some("2026-01-07 20:00")),
        ("2026-01-07 21:30", Some("2026-01-07 21:00")),
        ("2026-01-08 08:59", Some("2026-01-07 21:00")),
        ("2026-01-08 10:00", Some("2026-01-08 09:00")),
        ("2026-01-08 20:30", Some("2026-01-08 20:00")),
        ("2026-01-08 23:00", Some("2026-01-08 21:00")),
        ("2026-02-01 00:00", Some("2026-01-09 09:00")),
    ];
    for (instant, asked_at) in known {
        // However little of the closes is read.
        for day in ["1900-01-01", "2026-01-08", "2026-06-01"] {
            assert_eq!(since(store, "DAX", day, instant).asked_at, asked_at.map(at), "{instant} from {day}");
        }
    }
    assert_eq!(now(store, "DAX").asked_at, Some(at("2026-01-09 09:00")));
}

pub fn what_a_source_says_of_an_instrument_is_given_back_until_it_says_otherwise(store: &mut dyn Store) {
    let about = |name: &str| Some(About { name: name.into(), kind: Kind::Coin, decimals: 4 });
    let mut coin = series("ETH", "2026-01-06 20:00", &[("2026-01-05", 1.0)]);
    coin.about = about("Ether");
    keep(store, &coin);
    keep(store, &series("ETH", "2026-01-07 20:00", &[("2026-01-06", 2.0)]));
    assert_eq!(now(store, "ETH").series.about, about("Ether"));
    assert_eq!(then(store, "ETH", "2026-01-06 21:00").series.about, about("Ether"));
    coin.about = about("Ethereum");
    coin.provenance.fetched_at = at("2026-01-08 20:00");
    keep(store, &coin);
    assert_eq!(now(store, "ETH").series.about, about("Ethereum"));
    keep(store, &series("DAX", "2026-01-07 20:00", &[("2026-01-06", 2.0)]));
    assert_eq!(now(store, "DAX").series.about, None);
}

pub fn a_fetch_without_a_settled_close_and_one_that_comes_late_are_known_too(store: &mut dyn Store) {
    let live = series("HSI", "2026-01-05 03:00", &[("2026-01-05", 1.0)]);
    store.keep(&[Settled { series: &live, since: d("2026-01-01"), until: d("2026-01-04") }]).unwrap();
    keep(store, &series("HSI", "2026-01-06 20:01", &[("2026-01-05", 2.0), ("2026-01-06", 3.0)]));
    keep(store, &series("HSI", "2026-01-06 20:00", &[("2026-01-05", 2.0), ("2026-01-06", 3.0)]));
    let asked_at = |store: &mut dyn Store, instant| then(store, "HSI", instant).asked_at;
    assert_eq!(asked_at(store, "2026-01-05 02:00"), None);
    assert_eq!(asked_at(store, "2026-01-06 19:00"), Some(at("2026-01-05 03:00")));
    assert_eq!(asked_at(store, "2026-01-06 20:00"), Some(at("2026-01-06 20:00")));
    assert_eq!(asked_at(store, "2026-01-06 20:01"), Some(at("2026-01-06 20:01")));
}

pub fn a_session_that_came_later_and_a_hole_filled_later_are_reconstructed(store: &mut dyn Store) {
    let rows = [("2026-01-05", 1.0), ("2026-01-06", 2.0), ("2026-01-07", 3.0), ("2026-01-08", 4.0)];
    keep(store, &series("DAX", "2026-01-07 20:00", &[rows[0], rows[2]]));
    keep(store, &series("DAX", "2026-01-08 20:00", &rows[2..]));
    keep(store, &series("DAX", "2026-01-09 20:00", &rows));
    let reconstructed = |store: &mut dyn Store, instant| {
        let held = then(store, "DAX", instant);
        assert_eq!(listed(&held.series), those(&rows));
        held.reconstructed.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(reconstructed(store, "2026-01-07 22:00"), ["2026-01-06", "2026-01-08"]);
    assert_eq!(reconstructed(store, "2026-01-08 22:00"), ["2026-01-06"]);
    assert!(reconstructed(store, "2026-01-09 22:00").is_empty());
    assert_eq!(now(store, "DAX").reconstructed, []);
}

pub fn an_instant_at_or_after_the_last_fetch_reads_what_no_instant_reads(store: &mut dyn Store) {
    ask(store, "2026-01-01", &series("DAX", "2026-01-06 20:00", &[("2026-01-05", 1.0), ("2026-01-06", 2.0)]));
    // After a gap: whether both are of one basis is not known.
    warned(store, "2026-02-09 20:00", &[("2026-02-09", 0.5)], &["a"]);
    let newest = now(store, "DAX");
    assert_eq!(listed(&newest.series), those(&[("2026-02-09", 0.5)]));
    for instant in ["2026-02-09 20:00", "2026-03-01 00:00"] {
        assert_eq!(then(store, "DAX", instant), newest);
    }
}

pub fn warnings_are_those_of_the_newest_answer_that_covers_all(store: &mut dyn Store) {
    let rows = [("2026-01-05", 1.0), ("2026-01-06", 2.0), ("2026-01-07", 3.0), ("2026-01-08", 4.0)];
    warned(store, "2026-01-06 20:00", &rows[..2], &["b", "a"]);
    warned(store, "2026-01-07 20:00", &rows[1..3], &["c", "a", "c"]);
    warned(store, "2026-01-07 21:00", &rows[1..3], &[]);
    warned(store, "2026-01-08 20:00", &rows, &["c", "d"]);
    warned(store, "2026-01-08 21:00", &rows, &["c", "d"]);
    // It comes late, and says nothing of today.
    warned(store, "2026-01-08 20:30", &rows, &["e"]);
    let told = |store: &mut dyn Store, instant| then(store, "DAX", instant).series.warnings;
    // Nothing was held then: those in force now.
    assert_eq!(told(store, "2026-01-06 19:00"), said(&["c", "d"]));
    assert_eq!(told(store, "2026-01-07 19:00"), said(&["b", "a"]));
    assert_eq!(told(store, "2026-01-07 22:00"), said(&["b", "a", "c"]));
    assert_eq!(told(store, "2026-01-08 20:00"), said(&["c", "d"]));
    assert_eq!(now(store, "DAX").series.warnings, said(&["c", "d"]));
    // The next has none.
    warned(store, "2026-01-09 20:00", &rows, &[]);
    assert_eq!(now(store, "DAX").series.warnings, []);
    assert_eq!(told(store, "2026-01-09 12:00"), said(&["c", "d"]));
}

pub fn every_kind_of_warning_comes_back(store: &mut dyn Store) {
    let mut all = series("DAX", "2026-01-06 20:00", &[("2026-01-06", 2.0)]);
    let kinds = [
        WarningKind::Refused,
        WarningKind::Suspect,
        WarningKind::UnexpectedSession,
        WarningKind::Hole,
        WarningKind::Mismatch,
        WarningKind::Source,
        WarningKind::Disagreement,
        WarningKind::OtherSource,
        WarningKind::FromStore,
    ];
    all.warnings = kinds.map(|kind| Warning { kind, message: "d'un « é » \u{1f600}".to_owned() }).to_vec();
    keep(store, &all);
    assert_eq!(now(store, "DAX").series, all);
}

/// A series whose closes of these places, from the newest back, lie above their day's high.
fn odd(fetched: &str, rows: &[(&str, f64)], odd: &[usize]) -> Series {
    let plain = series("DAX", fetched, rows);
    let mut bars = plain.bars().to_vec();
    bars.reverse();
    for bar in &mut bars {
        (bar.low, bar.high) = (Some(bar.close * 0.99), Some(bar.close));
    }
    for at in odd {
        bars[*at].high = Some(bars[*at].close * 0.994);
    }
    bars.reverse();
    Series::of_bars(plain.provenance, bars, Vec::new()).unwrap()
}

fn highs(held: &Held) -> Vec<Option<f64>> {
    held.series.bars().iter().map(|b| b.high).collect()
}

pub fn the_range_of_a_close_outside_of_it_comes_back_and_no_other(store: &mut dyn Store) {
    let rows = [("2026-01-05", 100.0), ("2026-01-06", 200.0), ("2026-01-07", 300.0)];
    keep(store, &odd("2026-01-07 20:00", &rows, &[0, 1]));
    // 200 x 0.994 = 198.8, 300 x 0.994 = 298.2.
    assert_eq!(highs(&now(store, "DAX")), [None, Some(198.8), Some(298.2)]);
    assert_eq!(now(store, "DAX").series.bars()[2].low, Some(297.0));
    // The 6th comes again within its range, the 7th restated and within it, the 5th not at all.
    let next = [("2026-01-06", 200.0), ("2026-01-07", 301.0), ("2026-01-08", 400.0)];
    keep(store, &odd("2026-01-08 20:00", &next, &[0]));
    assert_eq!(highs(&now(store, "DAX")), [None, None, None, Some(397.6)]);
    // The 8th, which was not held then, as it is known now.
    assert_eq!(highs(&then(store, "DAX", "2026-01-08 12:00")), [None, Some(198.8), Some(298.2), Some(397.6)]);
    assert_eq!(highs(&then(store, "DAX", "2026-01-08 20:00")), [None, None, None, Some(397.6)]);
    assert_eq!(highs(&then(store, "DAX", "2026-01-01 12:00")), [None, None, None, Some(397.6)]);
}

pub fn a_series_read_back_gives_the_warnings_of_the_one_fetched(store: &mut dyn Store) {
    let rows = [("2026-01-19", 24_000.0), ("2026-01-20", 24_500.0)];
    let mut fetched = odd("2026-01-20 20:00", &rows, &[0]);
    fetched.warnings = said(&["DAX: 1 row without a close refused from yahoo: 2026-01-16"]);
    keep(store, &fetched);
    let held = now(store, "DAX").series;
    let warnings = |series: Series| {
        let mut book = Book::new();
        book.series.insert(id("DAX"), series);
        row(&book.at("2026-01-20T21:00:00Z"), "DAX").warnings.clone()
    };
    let told = warnings(fetched);
    let outside = "DAX: yahoo's close of 2026-01-20 lies outside that day's low to high";
    assert!(told.iter().any(|w| w.kind == WarningKind::Suspect && w.message == outside), "{told:?}");
    assert!(told.iter().any(|w| w.kind == WarningKind::Refused), "{told:?}");
    assert_eq!(warnings(held), told);
}

pub fn pruning_forgets_what_was_told_and_leaves_what_an_instant_needs(store: &mut dyn Store) {
    let rows = [("2026-01-05", 1.0), ("2026-01-06", 2.0), ("2026-01-07", 3.0), ("2026-01-08", 4.0)];
    warned(store, "2026-01-05 20:00", &rows[..1], &["a"]);
    warned(store, "2026-01-05 21:00", &rows[..1], &["b"]);
    warned(store, "2026-01-06 20:00", &rows[..2], &["c"]);
    warned(store, "2026-01-08 20:00", &rows, &["d"]);
    warned(store, "2026-01-08 21:00", &rows, &["d"]);
    let instants = ["2026-01-07 00:00", "2026-01-08 12:00", "2026-01-08 20:00", "2026-01-09 00:00"];
    let asked = |store: &mut dyn Store| {
        instants.map(|i| (then(store, "DAX", i).asked_at.unwrap(), then(store, "DAX", i).series.warnings))
    };
    let expected = [
        (at("2026-01-06 20:00"), said(&["c"])),
        (at("2026-01-06 20:00"), said(&["c"])),
        (at("2026-01-08 20:00"), said(&["d"])),
        (at("2026-01-08 21:00"), said(&["d"])),
    ];
    assert_eq!(asked(store), expected);
    store.prune(d("2026-01-08")).unwrap();
    assert_eq!(asked(store), expected);
    assert_eq!(then(store, "DAX", "2026-01-05 19:00").asked_at, None);
}

pub fn closes_of_a_clock_that_was_wrong_get_the_time_of_the_right_one(store: &mut dyn Store) {
    // A week ahead when the 5th and the 6th came; then right, when only the 7th came.
    keep(store, &series("DAX", "2026-01-13 20:00", &[("2026-01-05", 1.0), ("2026-01-06", 2.0)]));
    keep(store, &series("DAX", "2026-01-07 20:00", &[("2026-01-07", 3.0)]));
    let all = store.all(&id("DAX"), d("1900-01-01"), d("2100-01-01")).unwrap().remove(0).rows;
    let times: Vec<_> = all.iter().map(|r| r.fetched_at).collect();
    assert_eq!(times, [at("2026-01-07 20:00"); 3]);
    assert_eq!(then(store, "DAX", "2026-01-08 00:00").reconstructed, []);
}
