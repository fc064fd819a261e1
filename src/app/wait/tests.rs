//! Waiting by a clock that only moves while the program sleeps, or that jumps.

use std::sync::Mutex;

use super::*;

/// A clock that goes on by what is slept, and jumps where it is told to.
struct Hands {
    now: Mutex<DateTime<Utc>>,
    slept: Mutex<Vec<i64>>,
    /// In the sleep that this instant comes in, so much more time passes, once.
    jump: Mutex<Option<(DateTime<Utc>, TimeDelta)>>,
}

impl Clock for Hands {
    fn now(&self) -> DateTime<Utc> {
        *self.now.lock().unwrap()
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Waits from an instant on: how it ended, when, how often it slept, and what was said.
fn waited(
    words: &str,
    from: &str,
    at_most: Option<u64>,
    jump: Option<(&str, i64)>,
) -> (Exit, String, usize, Vec<String>) {
    let options = WaitOptions {
        words: words.split_whitespace().map(str::to_owned).collect(),
        at_most: at_most.map(Duration::from_secs),
        ..WaitOptions::default()
    };
    let hands = Hands {
        now: Mutex::new(at(from)),
        slept: Mutex::new(Vec::new()),
        jump: Mutex::new(jump.map(|(when, seconds)| (at(when), TimeDelta::seconds(seconds)))),
    };
    let plan = WaitPlan::new(&options, hands.now()).unwrap();
    let mut said = Vec::new();
    let sleep = async |d: Duration| {
        let seconds = i64::try_from(d.as_secs()).unwrap();
        assert!((1..=15).contains(&seconds), "{seconds}");
        let mut now = hands.now.lock().unwrap();
        let until = *now + TimeDelta::seconds(seconds);
        let mut jump = hands.jump.lock().unwrap();
        let by = jump.take_if(|(when, _)| *now <= *when && *when < until);
        *now = until + by.map_or(TimeDelta::zero(), |(_, by)| by);
        hands.slept.lock().unwrap().push(seconds);
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut tell = |w: &Waiting| {
        if let Waiting::Said(text) = w {
            said.push(text.clone());
        }
    };
    let exit = runtime.block_on(until(&plan, &hands, &mut tell, sleep));
    let sleeps = hands.slept.lock().unwrap().len();
    (exit, hands.now().format("%Y-%m-%dT%H:%M:%S").to_string(), sleeps, said)
}

#[test]
fn it_ends_when_the_last_close_should_be_out_and_tells_each_market_once() {
    // Shanghai is due at 08:00 UTC, New York at 22:00.
    let (exit, ended, _, said) = waited("STAR50 SP500", "2026-01-21T07:30:00Z", None, None);
    assert_eq!((exit, ended.as_str()), (Exit::Complete, "2026-01-21T22:00:00"));
    assert_eq!(
        said,
        [
            "The last close of 2026-01-21 should be out at 2026-01-21 22:00 UTC, in 14 h 30 min.",
            "A close should be out 60 minutes after its session ended.",
            "Shanghai: closes due 16:00 there, 2026-01-21 08:00 UTC",
            "New York: closes due 17:00 there, 2026-01-21 22:00 UTC",
            "Shanghai: closes should be out",
            "New York: closes should be out",
        ]
    );
}

#[test]
fn it_returns_without_a_sleep_when_all_is_out_and_when_there_is_no_session() {
    let (exit, _, slept, said) = waited("STAR50", "2026-01-21T08:00:00Z", None, None);
    assert_eq!((exit, slept), (Exit::Complete, 0));
    assert_eq!(
        said,
        ["Nothing to wait for: the closes of 2026-01-21 should be out since 2026-01-21 08:00 UTC."]
    );
    let (exit, _, slept, said) = waited("CN-CHIPS SP500", "2026-01-24T15:00:00Z", None, None);
    assert_eq!((exit, slept), (Exit::Complete, 0));
    assert_eq!(said, ["Nothing to wait for: no session on 2026-01-24 in Shanghai, New York."]);
    // All markets, on a Saturday: Bitcoin alone trades.
    let (exit, _, slept, said) = waited("", "2026-01-24T15:00:00Z", None, None);
    assert_eq!((exit, slept), (Exit::Complete, 0));
    assert!(
        said.len() == 1 && said[0].starts_with("Nothing to wait for: no session on 2026-01-24"),
        "{said:?}"
    );
}

#[test]
fn it_waits_no_longer_than_it_may_and_then_ends_with_four() {
    let (exit, ended, slept, said) = waited("SP500", "2026-01-21T20:00:00Z", Some(100), None);
    // 100 s are six sleeps of 15 s and one of 10 s.
    assert_eq!((exit, ended.as_str(), slept), (Exit::NotSettled, "2026-01-21T20:01:40", 7));
    assert_eq!(said.last().unwrap(), "warning: not out within the time of --at-most: New York");
    let (exit, ended, ..) = waited("SP500", "2026-01-21T21:59:00Z", Some(60), None);
    assert_eq!((exit, ended.as_str()), (Exit::Complete, "2026-01-21T22:00:00"));
}

#[test]
fn a_machine_that_was_suspended_and_a_clock_that_was_set_back_end_right() {
    // Three hours of suspension within a sleep, from 21:00 on: it is over at the end of that sleep.
    let (exit, ended, ..) =
        waited("SP500", "2026-01-21T20:59:55Z", None, Some(("2026-01-21T21:00:00Z", 10_800)));
    assert_eq!((exit, ended.as_str()), (Exit::Complete, "2026-01-22T00:00:10"));
    // Ten minutes back: the close is not out before 22:00 by the clock that is right.
    let (exit, ended, ..) =
        waited("SP500", "2026-01-21T21:55:00Z", None, Some(("2026-01-21T21:59:00Z", -600)));
    assert_eq!((exit, ended.as_str()), (Exit::Complete, "2026-01-21T22:00:00"));
}

#[test]
fn members_of_groups_and_composites_are_waited_for_and_without_words_what_today_shows() {
    let plan = |words: &[&str]| {
        let words = words.iter().map(|w| (*w).to_owned()).collect();
        WaitPlan::new(&WaitOptions { words, ..WaitOptions::default() }, at("2026-01-21T05:30:00Z"))
    };
    let markets = |words: &[&str]| {
        let wait = plan(words).unwrap().wait;
        wait.markets.iter().map(|m| m.exchange.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(markets(&["cn-chips"]), ["XSHG"]);
    assert_eq!(markets(&["europe"]), ["XLON", "XETR", "XPAR"]);
    let usual = markets(&[]);
    for market in ["XSHG", "XTKS", "XASX", "XLON", "XNYS", "FX", "COIN"] {
        assert!(usual.iter().any(|m| m == market), "{market}: {usual:?}");
    }
    let mixed = plan(&["SP500", "AAPL"]).unwrap().wait;
    assert_eq!((mixed.markets.len(), mixed.unknown), (1, vec!["AAPL".to_owned()]));
    let refused = plan(&["AAPL"]).unwrap_err().to_string();
    assert!(refused.contains("'AAPL'") && refused.contains("marketsnap list"), "{refused}");
    assert!(plan(&["STAR5O"]).unwrap_err().to_string().contains("did you mean STAR50?"));
}
