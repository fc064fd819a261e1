//! Pauses that a source asked for, and what is remembered of them by the next run.

use serde_json::Value;

use crate::support::server::Step;
use crate::world::{Fault, World};

#[test]
fn a_pause_is_kept_by_later_runs_and_then_over() {
    let refusal = Step::status(429, "Too Many Requests").with("Retry-After", "1800");
    let world = World::with(&[("yahoo", Fault::Step(refusal))]);
    let first = world.today(&["STAR50", "SP500"]);
    first.check(first.code == 0 && first.source("SP500") == "tencent", "from the next");
    assert_eq!(world.asked("yahoo").len(), 1);

    let second = world.today(&["STAR50", "SP500", "--refresh"]);
    second.check(second.code == 0 && second.source("STAR50") == "tencent", "from the next");
    assert_eq!(world.asked("yahoo").len(), 1, "it is left alone");
    second.check(second.state("yahoo").0 == "throttled", "and it is said");
    let until = second.json()["sources"].as_array().unwrap().iter().find(|s| s["name"] == "yahoo").unwrap();
    let until = until["until"].as_str().unwrap();
    // Told to the full minute, and not one that comes before.
    let note = second.notes().into_iter().find(|n| n.starts_with("Not to be used now: yahoo")).unwrap();
    let (_, minute) = note.split_once("until ").unwrap();
    let minute = format!("{}:00Z", minute[..16].replace(' ', "T"));
    second.check(minute.as_str() >= until && minute[..13] >= until[..13], note);

    let mut memory: Value = serde_json::from_slice(&std::fs::read(world.memory()).unwrap()).unwrap();
    let sources = memory["sources"].as_object_mut().unwrap();
    let (_, yahoo) = sources.iter_mut().find(|(name, _)| name.starts_with("yahoo")).unwrap();
    assert_eq!(yahoo["throttled_until"], until);
    yahoo["throttled_until"] = "2026-01-21T00:00:00Z".into();
    std::fs::write(world.memory(), memory.to_string()).unwrap();
    let third = world.today(&["STAR50", "SP500", "--refresh"]);
    third.check(third.code == 0, "from the next");
    assert_eq!(world.asked("yahoo").len(), 2, "the pause is over");
}
