//! What eleven sources gave is shown offline with the same figures, of the same sources.

use serde_json::Value;

use crate::world::{Fault, OPEN, World, side_by_side};

fn rows(report: &Value) -> Vec<&Value> {
    let lists = ["instruments", "composites"].map(|key| report[key].as_array().unwrap());
    lists.into_iter().flatten().collect()
}

/// Runs the whole report, then again from the store, and compares every figure of every row.
fn same_offline(world: &World) {
    let (online, requests) = (world.today(&["--verify"]), world.requests());
    let offline = world.today(&["--offline"]);
    assert_eq!(world.requests(), requests, "an offline run asks nobody");
    let (online, offline) = (online.json(), offline.json());
    assert_eq!(rows(online).len(), rows(offline).len());
    assert_eq!((&online["groups"], &online["highlights"]), (&offline["groups"], &offline["highlights"]));
    for (before, after) in rows(online).into_iter().zip(rows(offline)) {
        let id = &before["id"];
        for (key, value) in before.as_object().unwrap() {
            // Why another source than the first is shown is told where that source is asked.
            if !matches!(key.as_str(), "source" | "warnings" | "confirmed_by") {
                assert_eq!(after[key], *value, "{id} {key}");
            }
        }
        assert_eq!(after["source"]["name"], before["source"]["name"], "{before:#} {after:#}");
    }
}

#[test]
fn the_whole_report_of_all_sources_has_the_same_figures_offline() {
    side_by_side(
        &[
            ("all well", Vec::new()),
            ("the first one is down", vec![("yahoo", Fault::status(500, "down"))]),
            ("the first one is wrong", vec![("yahoo", Fault::shifted())]),
        ],
        |_, faults| same_offline(&World::with(faults)),
    );
}

/// Runs the whole report twice: the second run asks for nothing that is held, and shows the same
/// rows of the same sources.
fn same_again(name: &str, world: &World) {
    // What only a source holds that is down is not there, and asked for again.
    let others = || OPEN.iter().filter(|n| **n != "yahoo").map(|n| world.asked(n).len()).sum::<usize>();
    let asked = || if name == "the first one is down" { others() } else { world.requests() };
    let (first, requests) = (world.today(&[]), asked());
    let second = world.today(&[]);
    assert_eq!(asked(), requests, "{name}: nothing is asked twice");
    let (first, second) = (first.json(), second.json());
    assert_eq!((&second["status"], rows(second).len()), (&first["status"], rows(first).len()));
    for (before, after) in rows(first).into_iter().zip(rows(second)) {
        for (key, value) in before.as_object().unwrap().iter().filter(|(key, _)| *key != "source") {
            // That a source was down is told by the run that asked it.
            if key != "warnings" || name == "all well" {
                assert_eq!(after[key], *value, "{name}: {} {key}", before["id"]);
            }
        }
        assert_eq!(after["source"]["name"], before["source"]["name"], "{name}: {}", before["id"]);
    }
}

#[test]
fn the_whole_report_of_all_sources_is_had_a_second_time_without_a_request() {
    side_by_side(
        &[
            ("all well", Vec::new()),
            ("the first one is down", vec![("yahoo", Fault::status(500, "down"))]),
            ("the first one is wrong", vec![("yahoo", Fault::shifted())]),
        ],
        |name, faults| same_again(name, &World::with(faults)),
    );
}
