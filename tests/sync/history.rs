//! First histories, and what is asked for afterwards.

use crate::replay;
use crate::support::server::Step;
use crate::world::World;

const WORDS: [&str; 3] = ["STAR50", "SP500", "DAX"];

#[test]
fn a_first_sync_asks_for_ten_years_at_once_and_a_second_one_for_nothing() {
    let world = World::new();
    let first = world.sync("2026-01-21T23:00:00Z", &WORDS, |_| {});
    assert_eq!((first.code, first.err.as_str()), (0, ""));
    assert_eq!(
        first.paths,
        ["/yahoo/v7/finance/spark?symbols=000688.SS,%5EGSPC,%5EGDAXI&range=10y&interval=1d"]
    );
    // The demo begins on 8 September 2025, and SP500's session of the 21st is over at 21:00 UTC.
    let closes = replay::closes();
    let until = |id: &str, last: &str| {
        closes[id].iter().filter(|(d, _)| d.to_string().as_str() <= last).count().to_string()
    };
    for id in WORDS {
        let count = until(id, "2026-01-21");
        assert_eq!(first.row(id), ["yahoo", "2025-09-08", "2026-01-21", &count, &count], "{}", first.out);
    }
    assert!(first.out.contains("3 instruments, asked for in 1 request"), "{}", first.out);
    // Shanghai opens at 01:30 UTC.
    let second = world.sync("2026-01-22T01:00:00Z", &WORDS, |_| {});
    assert_eq!((second.code, second.paths.len()), (0, 0));
    assert_eq!(second.out, "Up to date: nothing newer can be had of 3 instruments.\n");
}

#[test]
fn a_later_sync_asks_for_the_last_months_and_adds_what_came_since() {
    let world = World::new();
    world.sync("2026-01-20T23:00:00Z", &WORDS, |_| {});
    // Only Shanghai has had a session by 08:30 UTC of the 21st; Frankfurt opens at 08:00.
    let shanghai = world.sync("2026-01-21T07:59:00Z", &WORDS, |_| {});
    assert_eq!(shanghai.paths, ["/yahoo/v7/finance/spark?symbols=000688.SS&range=3mo&interval=1d"]);
    assert_eq!(shanghai.row("STAR50").last(), Some(&"1"));
    assert_eq!(shanghai.row("SP500").last(), Some(&"0"));
    assert!(shanghai.out.contains("3 instruments, 1 of them asked for in 1 request"), "{}", shanghai.out);
    assert!(shanghai.out.contains("1 close added"), "{}", shanghai.out);
    let later = world.sync("2026-01-22T23:00:00Z", &WORDS, |_| {});
    assert!(later.paths.len() == 1 && later.paths[0].contains("range=3mo"), "{:?}", later.paths);
    // STAR50 and the others lack the 22nd, the latter the 21st too.
    let new = WORDS.map(|id| *later.row(id).last().unwrap());
    assert_eq!(new, ["1", "2", "2"]);
    let whole = World::new();
    whole.sync("2026-01-22T23:00:00Z", &WORDS, |_| {});
    for id in WORDS {
        let closes = |world: &World| {
            let rows = world.held(id).remove(0).rows;
            rows.into_iter().map(|r| (r.session, r.close)).collect::<Vec<_>>()
        };
        assert_eq!(closes(&world), closes(&whole), "{id}");
    }
}

#[test]
fn a_history_further_back_is_asked_for_once_also_where_the_source_has_nothing_older() {
    let world = World::new();
    let at = "2026-01-21T23:00:00Z";
    world.sync(at, &["STAR50"], |_| {});
    let further = world.sync_since(at, &["STAR50"], Some("2010-01-01"), |_| {});
    assert_eq!(further.code, 0);
    // The week before 1 January 2010 is asked for too.
    let from = chrono::NaiveDate::from_ymd_opt(2009, 12, 25).unwrap();
    let from = from.and_time(chrono::NaiveTime::MIN).and_utc().timestamp();
    assert!(further.paths.len() == 1 && further.paths[0].contains(&format!("period1={from}&")));
    for since in [Some("2010-01-01"), Some("2010-01-04"), None] {
        let again = world.sync_since(at, &["STAR50"], since, |_| {});
        assert_eq!((again.code, again.paths.len()), (0, 0), "{since:?}");
    }
    let later = world.sync_since("2026-01-22T23:00:00Z", &["STAR50"], Some("2010-01-01"), |_| {});
    assert!(later.paths.len() == 1 && later.paths[0].contains("range=3mo"), "{:?}", later.paths);
}

#[test]
fn everything_is_asked_for_anew_where_the_user_wants_that() {
    let world = World::new();
    let at = "2026-01-21T23:00:00Z";
    world.sync(at, &WORDS, |_| {});
    let again = world.sync(at, &WORDS, |o| o.refresh = true);
    assert!(again.paths.len() == 1 && again.paths[0].contains("range=10y"), "{:?}", again.paths);
    assert_eq!(WORDS.map(|id| *again.row(id).last().unwrap()), ["0", "0", "0"]);
    let held: usize = WORDS.iter().map(|id| world.held(id)[0].rows.len()).sum();
    assert!(again.out.contains(&format!("0 closes added, {held} confirmed")), "{}", again.out);
}

#[test]
fn a_split_is_noticed_in_the_last_months_and_the_whole_history_replaced() {
    let world = World::new();
    world.sync("2026-01-20T10:00:00Z", &["LOONGSON"], |_| {});
    let before = world.held("LOONGSON")[0].rows.len();
    world.change("yahoo", "LOONGSON", |rows| rows.iter_mut().for_each(|(_, close)| *close /= 4.0));
    let after = world.sync("2026-01-21T10:00:00Z", &["LOONGSON"], |_| {});
    assert_eq!(after.code, 0);
    let ranges: Vec<bool> = after.paths.iter().map(|p| p.contains("range=10y")).collect();
    assert_eq!(ranges, [false, true], "{:?}", after.paths);
    let said = format!("restated all closes by a factor of 0.250000: {before} replaced");
    assert!(after.out.replace("\n  ", " ").contains(&said), "{}", after.out);
    assert_eq!(after.row("LOONGSON").last(), Some(&"1"));
    // Loongson closed at 177.72 on the 21st: a quarter of that is 44.43.
    let rows = &world.held("LOONGSON")[0].rows;
    assert_eq!((rows.len(), rows.last().unwrap().close), (before + 1, 44.43));
    assert_eq!(world.sync("2026-01-21T11:00:00Z", &["LOONGSON"], |_| {}).paths.len(), 0);
}

#[test]
fn a_close_that_a_source_changed_is_told_once_with_both_values() {
    let world = World::new();
    world.sync("2026-01-20T23:00:00Z", &["STAR50"], |_| {});
    world.change("yahoo", "STAR50", |rows| {
        rows.iter_mut().find(|(d, _)| d.to_string() == "2026-01-19").unwrap().1 = 1500.5;
    });
    let after = world.sync("2026-01-21T23:00:00Z", &["STAR50"], |_| {});
    assert!(after.out.contains("STAR50 2026-01-19 restated "), "{}", after.out);
    assert!(after.out.contains(" to 1500.5 by yahoo") && after.out.contains("1 restated"), "{}", after.out);
    assert!(!world.sync("2026-01-22T23:00:00Z", &["STAR50"], |_| {}).out.contains("STAR50 2026-01-19"));
}

#[test]
fn another_source_that_answers_for_the_first_one_is_asked_for_all_and_so_is_the_first_again() {
    let world = World::new();
    world.answer_with("/yahoo/", Step::status(404, "gone"));
    let without = world.sync("2026-01-20T23:00:00Z", &["STAR50"], |o| o.sources.clear());
    assert_eq!((without.code, without.row("STAR50")[0]), (0, "tencent"), "{}", without.err);
    world.answer_well();
    let with = world.sync("2026-01-21T23:00:00Z", &["STAR50"], |o| o.sources.clear());
    let asked = with.asked("yahoo");
    assert!(asked[0].contains("range=3mo") && asked[1].contains("range=10y") && asked.len() == 2);
    let row = with.row("STAR50");
    assert_eq!((row[0], row[3]), ("yahoo", row[4]), "{}", with.out);
    assert_eq!(world.sync("2026-01-21T23:30:00Z", &["STAR50"], |o| o.sources.clear()).paths.len(), 0);
}
