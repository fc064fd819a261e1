//! How a sync ends: missing instruments, refusals, the end of its time, a store that cannot be used.

use crate::support::server::Step;
use crate::world::World;

const AT: &str = "2026-01-21T23:00:00Z";

/// More instruments than are asked for together, those of the second part last.
pub const MANY: [&str; 24] = [
    "STAR50",
    "CSI300",
    "CHINEXT",
    "HSI",
    "NIKKEI225",
    "KOSPI",
    "TAIEX",
    "ASX200",
    "NIFTY50",
    "LOONGSON",
    "HYGON",
    "CAMBRICON",
    "SMIC",
    "GIGADEVICE",
    "EUROSTOXX50",
    "FTSE100",
    "DAX",
    "CAC40",
    "SP500",
    "NASDAQ",
    "NDX",
    "DOW",
    "SOX",
    "VIX",
];

fn of_yahoo(options: &mut marketsnap::app::Options) {
    options.sources = vec!["yahoo".to_owned()];
}

#[test]
fn what_cannot_be_had_is_told_by_its_cause_with_exit_3() {
    let world = World::new();
    let run = world.sync(AT, &["STAR50", "SP500", "NOSUCH.XX"], of_yahoo);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.err.contains("warning: 1 missing: NOSUCH.XX"), "{}", run.err);
    assert_eq!(run.row("STAR50")[0], "yahoo");
    assert_eq!(run.row("NOSUCH.XX")[3], "0");
    let quiet = world.sync(AT, &["STAR50", "NOSUCH.XX"], |o| {
        of_yahoo(o);
        o.quiet = true;
    });
    assert_eq!((quiet.code, quiet.err.as_str()), (3, ""));
}

#[test]
fn what_is_held_and_not_brought_up_to_date_is_told_as_that() {
    let world = World::new();
    world.sync("2026-01-20T23:00:00Z", &["STAR50"], of_yahoo);
    world.answer_with("/yahoo/", Step::status(404, "gone"));
    let run = world.sync(AT, &["STAR50"], of_yahoo);
    assert_eq!(run.code, 3);
    assert!(run.err.contains("warning: 1 not brought up to date: STAR50"), "{}", run.err);
    assert_eq!(run.row("STAR50")[2], "2026-01-20");
}

#[test]
fn nothing_to_be_had_and_nothing_held_is_exit_5_and_a_refused_key_6() {
    for (status, code) in [(404, 5), (403, 5), (401, 6)] {
        let world = World::new();
        world.answer_with("/yahoo/", Step::status(status, "no"));
        let run = world.sync(AT, &["STAR50"], of_yahoo);
        assert_eq!((run.code, run.out.as_str()), (code, ""), "{status}: {}", run.err);
        assert!(run.err.starts_with("error: nothing could be had, and nothing is held"), "{}", run.err);
    }
}

#[test]
fn a_source_that_turned_the_run_away_is_left_alone_by_all_further_parts() {
    let world = World::new();
    world.answer_with("/yahoo/", Step::status(403, "no"));
    let one = world.sync(AT, &MANY[..2], of_yahoo).paths.len();
    let run = world.sync(AT, &MANY, of_yahoo);
    assert_eq!((run.code, run.paths.len()), (5, one), "{:?}", run.paths);
    assert!(run.err.contains(" and 16 more"), "{}", run.err);
    assert_eq!(run.err.matches("hint:").count(), 1, "{}", run.err);
}

#[test]
fn when_the_time_is_over_it_is_said_what_is_left_and_the_next_run_does_only_that() {
    let world = World::new();
    // The second part is asked for with VIX in it.
    world.answer_with("VIX", Step::Hang);
    let run = world.sync(AT, &MANY, |o| {
        of_yahoo(o);
        o.timeout = std::time::Duration::from_secs(3);
    });
    assert_eq!(run.code, 3, "{}", run.err);
    let told =
        "warning: the time of 3 s is over; not done: DOW, NDX, SOX, VIX; run the same again and it goes on";
    assert!(run.err.contains(told), "{}", run.err);
    assert!(!run.err.contains("missing"), "{}", run.err);
    world.answer_well();
    let next = world.sync(AT, &MANY, of_yahoo);
    assert_eq!((next.code, next.paths.len()), (0, 1), "{}", next.err);
    assert!(next.paths[0].contains("symbols=%5ENDX,%5EDJI,%5ESOX,%5EVIX&range=10y"), "{:?}", next.paths);
}

#[test]
fn a_symbol_that_only_its_source_knows_is_kept_and_not_asked_for_again() {
    let world = World::new();
    // Tencent's share in Hong Kong closed at 08:00 UTC.
    let first = world.sync(AT, &["TENCENT.HK"], of_yahoo);
    assert_eq!(first.code, 0, "{}", first.err);
    assert_eq!(first.row("TENCENT.HK")[3..], ["2", "2"]);
    assert_eq!(world.sync("2026-01-22T00:30:00Z", &["TENCENT.HK"], of_yahoo).paths.len(), 0);
}

#[test]
fn what_no_source_covers_is_missing_each_time_and_nobody_is_asked_for_it() {
    let world = World::new();
    let csindex = |o: &mut marketsnap::app::Options| o.sources = vec!["csindex".to_owned()];
    let first = world.sync(AT, &["STAR50", "SP500"], csindex);
    assert_eq!(first.code, 3);
    assert!(first.out.contains("2 instruments, 1 of them asked for in 1 request."), "{}", first.out);
    let second = world.sync(AT, &["STAR50", "SP500"], csindex);
    assert_eq!((second.code, second.paths.len()), (3, 0));
    assert!(second.out.contains("2 instruments, 0 of them asked for in 0 requests."), "{}", second.out);
    assert!(second.err.contains("1 missing: SP500"), "{}", second.err);
}

#[test]
fn a_narrow_terminal_gets_the_table_without_the_first_closes() {
    let world = World::new();
    let run = world.sync(AT, &["STAR50", "SP500", "NOSUCH.XX"], |o| {
        of_yahoo(o);
        (o.style.width, o.style.ascii) = (40, true);
    });
    assert!(run.out.is_ascii() && run.out.lines().all(|l| l.len() <= 40), "{}", run.out);
    assert_eq!(run.row("STAR50")[..2], ["yahoo", "2026-01-21"]);
}

#[test]
fn without_any_time_everything_is_left_and_nothing_is_said_to_be_up_to_date() {
    let world = World::new();
    let run = world.sync(AT, &["STAR50"], |o| o.timeout = std::time::Duration::ZERO);
    assert_eq!((run.code, run.paths.len()), (3, 0));
    assert!(run.err.contains("not done: STAR50;") && !run.out.contains("Up to date"), "{}", run.out);
    assert_eq!(world.sync(AT, &["STAR50"], of_yahoo).code, 0);
}
