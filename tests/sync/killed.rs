//! Syncs that are killed, and several at once: the store stays sound, nothing that was kept is lost, and a
//! further run completes what lacks.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chrono::{Datelike, NaiveDate};
use marketsnap::catalogue;
use marketsnap::domain::Kind;
use marketsnap::fetch::covers;
use marketsnap::store::sqlite::Opening;
use marketsnap::store::{Sqlite, Store};

use crate::program::{User, stderr};
use crate::replay::{self, Closes};
use crate::support::server::{Server, Step};

/// Kills, of the runs of so many users side by side.
const KILLS: usize = 100;
const USERS: usize = 4;
/// Sessions of each instrument.
const SESSIONS: usize = 120;

/// Closes of everything that is shown, on weekdays up to 21 January 2026.
pub fn closes() -> Closes {
    let last: NaiveDate = "2026-01-21".parse().unwrap();
    let days = || last.iter_days().rev().filter(|d| d.weekday().num_days_from_monday() < 5);
    let made_up = |seed: usize| {
        let rows = days().take(SESSIONS).enumerate();
        let mut rows: Vec<_> = rows.map(|(nth, d)| (d, 100.0 + seed as f64 + nth as f64 / 8.0)).collect();
        rows.reverse();
        rows
    };
    let universe = catalogue::load().unwrap();
    universe.instruments().iter().enumerate().map(|(at, i)| (i.id.to_string(), made_up(at))).collect()
}

/// A source that takes a moment for each answer.
fn slow() -> Server {
    let (universe, closes) = (catalogue::load().unwrap(), closes());
    let answers: std::sync::Mutex<BTreeMap<String, Step>> = std::sync::Mutex::default();
    Server::new(move |_, path| {
        let mut answers = answers.lock().unwrap();
        let known = answers.entry(path.to_owned());
        let answer = known.or_insert_with(|| replay::answer(path, &universe, &closes)).clone();
        Step::Late(Duration::from_millis(10), Box::new(answer))
    })
}

/// Every close of a store, by instrument and session.
type Held = BTreeMap<(String, NaiveDate), f64>;

fn held(store: &Path) -> Held {
    let mut all = Held::new();
    if !store.exists() {
        return all;
    }
    let mut store = open(store);
    for id in store.instruments().unwrap() {
        for history in store.all(&id, NaiveDate::MIN, NaiveDate::MAX).unwrap() {
            all.extend(history.rows.iter().map(|r| ((id.to_string(), r.session), r.close)));
        }
    }
    all
}

fn open(store: &Path) -> Sqlite {
    let now = "2030-01-01T00:00:00Z".parse().unwrap();
    Sqlite::open(&Opening::new(store, now)).unwrap().store
}

fn sound(store: &Path) {
    if store.exists() {
        assert_eq!(open(store).verify().unwrap(), []);
    }
}

/// A sync of everything that is asked for in batches: at the pace of single requests a run takes long.
fn sync(user: &User, url: &str, more: &[&str]) -> Command {
    let universe = catalogue::load().unwrap();
    let batched = universe
        .instruments()
        .iter()
        .filter(|i| i.kind != Kind::Fx && covers("yahoo", i))
        .map(|i| i.id.as_str());
    let words: Vec<&str> = ["sync", "-v"].into_iter().chain(batched).chain(more.iter().copied()).collect();
    user.command(&words, url)
}

fn start(user: &User, url: &str, more: &[&str]) -> Child {
    let mut command = sync(user, url, more);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits until a run has said so many times that it kept something, or has ended; gives back what it said last.
fn wait_for(said: &mut impl Iterator<Item = String>, times: usize) -> usize {
    let kept = |line: String| line.strip_prefix("kept: ")?.split(' ').next()?.parse().ok();
    said.filter_map(kept).take(times).last().unwrap_or(0)
}

fn complete(user: &User, url: &str) {
    let output = sync(user, url, &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

/// Kills syncs of one user after the other at random moments, and completes the last
/// one; gives back how many were killed after they had kept something.
fn kill(url: &str, whole: &Held, longest: Duration, seed: u64) -> usize {
    let (mut user, mut before) = (User::new(), Held::new());
    let (mut kills, mut kept_then_killed) = (0, 0);
    let mut random = fastrand::Rng::with_seed(seed);
    while kills < KILLS / USERS {
        // Every third run writes what is held once more.
        let more: &[&str] = if kills % 3 == 2 { &["--refresh"] } else { &[] };
        let mut child = start(&user, url, more);
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let at_least = wait_for(&mut said, random.usize(0..3));
        std::thread::sleep(longest.mul_f64(random.f64() / 6.0));
        child.kill().unwrap();
        let status = child.wait().unwrap();
        let killed = usize::from(status.code().is_none());
        kills += killed;
        let acknowledged = at_least.max(wait_for(&mut said, usize::MAX));
        kept_then_killed += killed * usize::from(acknowledged > 0);
        let after = held(&user.store());
        assert!(
            before.iter().all(|(key, close)| after.get(key) == Some(close)),
            "kill {kills} of {seed}: a close is lost"
        );
        let instruments: BTreeSet<&String> = after.keys().map(|(id, _)| id).collect();
        assert!(instruments.len() >= acknowledged, "kill {kills} of {seed}: fewer than {acknowledged}");
        sound(&user.store());
        before = after;
        if status.success() {
            assert_eq!(before, *whole);
            (user, before) = (User::new(), Held::new());
        }
    }
    complete(&user, url);
    sound(&user.store());
    assert_eq!(held(&user.store()), *whole);
    kept_then_killed
}

#[test]
fn a_hundred_kills_lose_nothing_that_was_kept_and_a_last_run_completes() {
    let server = slow();
    // The server has made its answers when it is asked a second time.
    complete(&User::new(), &server.url());
    let (undisturbed, began) = (User::new(), Instant::now());
    complete(&undisturbed, &server.url());
    let longest = began.elapsed();
    let whole = held(&undisturbed.store());
    assert!(whole.len() > SESSIONS * 40, "{}", whole.len());
    let (url, whole) = (&server.url(), &whole);
    let killed: usize = std::thread::scope(|scope| {
        let one = move |seed: usize| kill(url, whole, longest, seed as u64);
        let all: Vec<_> = (0..USERS).map(|seed| scope.spawn(move || one(seed))).collect();
        all.into_iter().map(|user| user.join().unwrap()).sum()
    });
    assert!(killed > KILLS / 5, "only {killed} runs were killed after they had kept something");
}

#[test]
fn two_and_eight_syncs_at_once_lose_nothing() {
    let server = slow();
    let undisturbed = User::new();
    complete(&undisturbed, &server.url());
    let whole = held(&undisturbed.store());
    for count in [2, 8] {
        let user = User::new();
        let children: Vec<Child> = (0..count).map(|_| start(&user, &server.url(), &[])).collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{count}: {}", stderr(&output));
        }
        assert_eq!(held(&user.store()), whole, "{count}");
        sound(&user.store());
    }
}
