//! A store in a server's database: what several hosts do at once, and what breaks on the way.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use marketsnap::store::postgres::{Address, Opening};
use marketsnap::store::{Kept, Postgres, Settled, Store, StoreError};

use super::given::*;
use super::postgres::{Server, ask, server};

/// Closes of one write.
const STEP: u64 = 20;

pub fn open(url: &str) -> Postgres {
    try_open(url, Duration::from_secs(60), false).unwrap()
}

pub fn try_open(url: &str, busy: Duration, read_only: bool) -> Result<Postgres, StoreError> {
    Postgres::open(&Opening { address: &Address::of(url).unwrap(), busy, read_only })
}

pub fn kept(store: &mut dyn Store, name: &str, rows: &[(&str, f64)]) -> Result<Kept, StoreError> {
    let series = series(name, "2026-01-08 22:00", rows);
    store.keep(&[Settled { series: &series, since: d(rows[0].0), until: d(rows[rows.len() - 1].0) }])
}

pub fn with_a_blank_database(promise: impl Fn(&mut dyn Store)) {
    let mut store = open(&server().database());
    promise(&mut store);
    assert_eq!(store.verify().unwrap(), []);
}

/// Writes closes of an instrument, `STEP` more each time.
fn write_on(url: &str, name: &str, times: u64) {
    let mut store = open(url);
    for n in 0..times {
        let days = d("2000-01-01").iter_days().skip((n * STEP) as usize).take(STEP as usize + 1);
        let rows = days.map(|date| (date, 1.0 + (date - d("2000-01-01")).num_days() as f64));
        keep(&mut store, &from_bars(name, at("2026-01-08 22:00"), rows));
    }
}

/// Hosts that begin the same blank database at once, each with an instrument of its own and one that all
/// write.
fn hosts(count: usize) {
    let url = server().database();
    let together = Barrier::new(count);
    std::thread::scope(|scope| {
        for n in 0..count {
            let (url, together) = (&url, &together);
            scope.spawn(move || {
                together.wait();
                write_on(url, &format!("I{n}"), 5);
                write_on(url, "ALL", 5);
            });
        }
    });
    let mut store = open(&url);
    assert_eq!(store.instruments().unwrap().len(), count + 1);
    for name in (0..count).map(|n| format!("I{n}")).chain(["ALL".to_owned()]) {
        assert_eq!(closes(&mut store, &name).len() as u64, 5 * STEP + 1, "{name}");
        assert_eq!(store.revisions(&id(&name)).unwrap(), []);
    }
    assert_eq!(store.verify().unwrap(), []);
    assert_eq!(ask(&url, "SELECT count(*) FROM marketsnap.migration"), ["1"]);
}

#[test]
fn two_hosts_at_once_begin_one_store_and_lose_nothing() {
    hosts(2);
}

#[test]
fn eight_hosts_at_once_begin_one_store_and_lose_nothing() {
    hosts(8);
}

#[test]
fn what_one_host_kept_another_has_and_a_restatement_is_told_to_one_of_them() {
    let url = server().database();
    let (mut first, mut second) = (open(&url), open(&url));
    let old: Vec<_> =
        (0..30).map(|n| series(&format!("I{n}"), "2026-01-07 22:00", &[("2026-01-07", 10.0)])).collect();
    let new: Vec<_> =
        (0..30).map(|n| series(&format!("I{n}"), "2026-01-08 22:00", &[("2026-01-07", 10.5)])).collect();
    let day = d("2026-01-07");
    fn all(series: &[marketsnap::domain::Series], day: chrono::NaiveDate) -> Vec<Settled<'_>> {
        series.iter().map(|series| Settled { series, since: day, until: day }).collect()
    }
    assert_eq!(first.keep(&all(&old, day)).unwrap().added, 30);
    assert_eq!(closes(&mut second, "I7"), those(&[("2026-01-07", 10.0)]));
    // Each in another order: whoever is second waits, and finds the close as it is told.
    let told = std::thread::scope(|scope| {
        let hosts: Vec<_> = (0..4)
            .map(|n| {
                let (mut series, url) = (new.clone(), &url);
                scope.spawn(move || {
                    series.rotate_left(n * 7);
                    let kept = open(url).keep(&all(&series, day)).unwrap();
                    (kept.restated.len(), kept.confirmed)
                })
            })
            .collect();
        hosts.into_iter().map(|h| h.join().unwrap()).collect::<Vec<_>>()
    });
    // 30 closes came four times: once new, three times as they were.
    assert_eq!(told.iter().map(|t| t.0).sum::<usize>(), 30, "{told:?}");
    assert_eq!(told.iter().map(|t| t.1).sum::<usize>(), 90, "{told:?}");
    assert_eq!(closes(&mut second, "I7"), those(&[("2026-01-07", 10.5)]));
    assert_eq!(second.revisions(&id("I7")).unwrap().len(), 1);
}

#[test]
fn a_series_that_comes_twice_in_one_write_is_merged_twice() {
    let mut store = open(&server().database());
    let (one, two) = (
        series("DAX", "2026-01-07 22:00", &[("2026-01-06", 1.0), ("2026-01-07", 2.0)]),
        series("DAX", "2026-01-08 22:00", &[("2026-01-07", 2.1), ("2026-01-08", 3.0)]),
    );
    let settled = |series, until| Settled { series, since: d("2026-01-06"), until: d(until) };
    let kept = store.keep(&[settled(&one, "2026-01-07"), settled(&two, "2026-01-08")]).unwrap();
    assert_eq!((kept.added, kept.restated.len()), (3, 1));
    assert_eq!(closes(&mut store, "DAX").len(), 3);
}

/// Passes on what a client sends to the server until it says a word, and from then on nothing in either
/// direction, on this connection and on all others, of which it counts those that came in later.
fn silent_from(word: &'static str, server: &Server) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, to) = (listener.local_addr().unwrap().port(), server.port);
    let (silent, late) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let pass_on = |from: &TcpStream, to: &TcpStream, silent: &Arc<AtomicBool>, word: &'static str| {
        let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
        let silent = silent.clone();
        std::thread::spawn(move || {
            let (mut some, mut said) = ([0; 4096], Vec::new());
            while let Ok(read @ 1..) = from.read(&mut some) {
                said.extend_from_slice(&some[..read]);
                if !word.is_empty() && said.windows(word.len()).any(|part| part == word.as_bytes()) {
                    silent.store(true, SeqCst);
                }
                if !silent.load(SeqCst) && to.write_all(&some[..read]).is_err() {
                    break;
                }
            }
        });
    };
    let count = late.clone();
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for client in listener.incoming().map_while(Result::ok) {
            if silent.load(SeqCst) {
                count.fetch_add(1, SeqCst);
            }
            let server = TcpStream::connect(("127.0.0.1", to)).unwrap();
            pass_on(&client, &server, &silent, word);
            pass_on(&server, &client, &silent, "");
            open.push((client, server));
        }
    });
    (port, late)
}

#[test]
fn a_server_that_falls_silent_is_told_and_not_asked_again() {
    let url = server().database();
    kept(&mut open(&url), "DAX", &[("2026-01-06", 1.0)]).unwrap();
    let silent_from = |word| {
        let (port, late) = silent_from(word, server());
        (url.replace(&format!(":{}", server().port), &format!(":{port}")), late)
    };
    let rows = [("2026-01-06", 1.0), ("2026-01-07", 2.0)];
    let short = Duration::from_millis(500);
    std::thread::scope(|scope| {
        // While it opens the store, reads of it, writes to it, and commits.
        scope.spawn(|| {
            let (url, late) = silent_from("pg_namespace");
            let error = try_open(&url, short, false).unwrap_err();
            assert!(matches!(error, StoreError::Lost { .. }), "{error}");
            assert_eq!(late.load(SeqCst), 0);
        });
        scope.spawn(|| {
            let (url, late) = silent_from("REPEATABLE READ");
            let mut store = try_open(&url, short, false).unwrap();
            let error = store.instruments().unwrap_err().to_string();
            // 8 seconds for a statement, and 2 more.
            let told = "broke while reading its instruments (the server fell silent: nothing was heard from it for \
                10 seconds): nothing of it was done";
            assert!(error.contains(told), "{error}");
            assert_eq!(late.load(SeqCst), 0);
        });
        for (word, unsure) in [("FOR UPDATE OF s", false), ("COMMIT\0", true)] {
            let silent_from = &silent_from;
            scope.spawn(move || {
                let (url, late) = silent_from(word);
                let mut store = try_open(&url, short, false).unwrap();
                let error = kept(&mut store, &format!("I{unsure}"), &rows).unwrap_err();
                assert_eq!(matches!(error, StoreError::Unsure { .. }), unsure, "{error}");
                assert_eq!(matches!(error, StoreError::Lost { .. }), !unsure, "{error}");
                assert!(error.to_string().contains("the server fell silent"), "{error}");
                assert_eq!(late.load(SeqCst), 0);
            });
        }
    });
    assert_eq!(closes(&mut open(&url), "DAX").len(), 1);
}

/// Passes on what the first client sends until it says a word, then lets go of that client and not of the
/// server, which goes on waiting; passes on all of every other.
fn half_broken_at(word: &'static str, server: &Server) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, to) = (listener.local_addr().unwrap().port(), server.port);
    std::thread::spawn(move || {
        for (n, client) in listener.incoming().map_while(Result::ok).enumerate() {
            let mut server = TcpStream::connect(("127.0.0.1", to)).unwrap();
            let (mut back, mut answers) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut answers, &mut back));
            std::thread::spawn(move || {
                let (mut client, mut some) = (client, [0; 65_536]);
                while let Ok(read @ 1..) = client.read(&mut some) {
                    let said = &some[..read];
                    if n == 0 && said.windows(word.len()).any(|part| part == word.as_bytes()) {
                        let _ = client.shutdown(std::net::Shutdown::Both);
                        std::thread::sleep(Duration::from_secs(60));
                    }
                    server.write_all(said).unwrap();
                }
                let _ = server.shutdown(std::net::Shutdown::Both);
            });
        }
    });
    port
}

#[test]
fn what_a_broken_connection_left_locked_is_waited_for_or_told_as_that_connection() {
    for (busy, kept_in_the_end) in [(Duration::from_millis(100), false), (Duration::from_secs(30), true)] {
        let url = server().database();
        kept(&mut open(&url), "DAX", &[("2026-01-06", 1.0)]).unwrap();
        let port = half_broken_at("INSERT INTO marketsnap.close", server());
        let broken = url.replace(&format!(":{}", server().port), &format!(":{port}"));
        let mut store = try_open(&broken, busy, false).unwrap();
        match kept(&mut store, "DAX", &[("2026-01-06", 1.0), ("2026-01-07", 2.0)]) {
            Ok(kept) => assert_eq!((kept.added, kept_in_the_end), (1, true)),
            Err(error) => {
                assert!(matches!(error, StoreError::Lost { .. }) && !kept_in_the_end, "{error}");
            }
        }
    }
}

#[test]
fn many_hosts_that_write_prune_and_verify_at_once_wait_for_one_another() {
    let url = server().database();
    open(&url);
    let address = Address::of(&url).unwrap();
    let host = || Postgres::open(&Opening::new(&address)).unwrap();
    std::thread::scope(|scope| {
        for n in 0..8 {
            scope.spawn(move || {
                for _ in 0..5 {
                    let names = [format!("I{n}"), format!("I{}", (n + 1) % 8), "ALL".to_owned()];
                    let rows = [("2026-01-05", 1.0), ("2026-01-06", 2.0), ("2026-01-07", 3.0)];
                    let all = names.map(|name| series(&name, "2026-01-08 22:00", &rows));
                    let settled: Vec<_> = all
                        .iter()
                        .map(|series| Settled { series, since: d("2026-01-05"), until: d("2026-01-07") })
                        .collect();
                    host().keep(&settled).unwrap();
                }
            });
        }
        scope.spawn(move || (0..5).for_each(|_| assert_eq!(host().verify().unwrap(), [])));
        scope.spawn(move || {
            for _ in 0..5 {
                host().prune(d("2026-01-06")).unwrap();
            }
        });
    });
    let mut store = open(&url);
    assert_eq!(store.instruments().unwrap().len(), 9);
    assert_eq!(closes(&mut store, "ALL").last().map(|c| c.0.as_str()), Some("2026-01-07"));
    assert_eq!(store.verify().unwrap(), []);
}

/// Passes on what a client sends to the server until so many bytes went there, then breaks the connection
/// and takes no other.
fn breaking_after(bytes: usize, server: &Server) -> (u16, std::thread::JoinHandle<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, to) = (listener.local_addr().unwrap().port(), server.port);
    let cut = std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        drop(listener);
        let mut server = TcpStream::connect(("127.0.0.1", to)).unwrap();
        let (mut back, mut answers) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        std::thread::spawn(move || std::io::copy(&mut answers, &mut back));
        let (mut left, mut some) = (bytes, [0; 512]);
        while left > 0 {
            let room = left.min(some.len());
            let read = client.read(&mut some[..room]).unwrap_or(0);
            if read == 0 || server.write_all(&some[..read]).is_err() {
                break;
            }
            left -= read;
        }
        for stream in [&client, &server] {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
        left == 0
    });
    (port, cut)
}

#[test]
fn a_connection_that_breaks_at_any_moment_leaves_all_of_a_write_or_nothing() {
    let url = server().database();
    open(&url);
    let (mut nothing, mut all) = (0, 0);
    for n in 0..40 {
        let (port, cut) = breaking_after(n * 250, server());
        let broken = url.replace(&format!(":{}", server().port), &format!(":{port}"));
        let names = [format!("A{n}"), format!("B{n}")];
        let both = names
            .clone()
            .map(|name| series(&name, "2026-01-08 22:00", &[("2026-01-07", 1.0), ("2026-01-08", 2.0)]));
        let settled: Vec<_> = both
            .iter()
            .map(|series| Settled { series, since: d("2026-01-07"), until: d("2026-01-08") })
            .collect();
        let kept =
            try_open(&broken, Duration::from_secs(5), false).and_then(|mut store| store.keep(&settled));
        cut.join().unwrap();
        let mut store = open(&url);
        let held = store.held(&names.each_ref().map(|n| id(n)), d("2026-01-01"), None).unwrap();
        match held.iter().map(|h| h.series.bars().len()).collect::<Vec<_>>()[..] {
            [] => nothing += 1,
            [2, 2] => all += 1,
            ref half => panic!("{half:?} after {} bytes: {kept:?}", n * 250),
        }
        assert!(kept.is_err() || held.len() == 2, "{kept:?}");
        if let Err(error) = kept {
            let words = error.to_string();
            assert!(!words.contains("s3cret"), "{words}");
            assert!(words.contains("cannot be reached") || words.contains("broke"), "{words}");
        }
    }
    assert!(nothing > 5 && all > 5, "{nothing} and {all}");
    assert_eq!(open(&url).verify().unwrap(), []);
}

#[test]
fn a_connection_that_the_server_ended_is_made_anew() {
    let url = server().database();
    let mut store = open(&url);
    kept(&mut store, "DAX", &[("2026-01-07", 1.0)]).unwrap();
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
        WHERE application_name = 'marketsnap' AND datname = current_database()";
    assert_eq!(ask(&url, end), ["1"]);
    assert_eq!(kept(&mut store, "DAX", &[("2026-01-07", 1.0), ("2026-01-08", 2.0)]).unwrap().added, 1);
    assert_eq!(ask(&url, end), ["1"]);
    assert_eq!(closes(&mut store, "DAX").len(), 2);
}

#[test]
fn a_store_is_used_and_let_go_of_within_a_runtime_as_anywhere_else() {
    let url = server().database();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut store = open(&url);
        kept(&mut store, "DAX", &[("2026-01-07", 1.0)]).unwrap();
        tokio::task::yield_now().await;
        assert_eq!(closes(&mut store, "DAX"), those(&[("2026-01-07", 1.0)]));
        drop(store);
    });
}

/// Makes every close that is written fail with a state of the server's, so many times.
fn fails_with(url: &str, state: &str, times: u32) {
    ask(
        url,
        &format!(
            "CREATE SEQUENCE times; CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF nextval('times') <= {times} THEN RAISE EXCEPTION 'planted' USING ERRCODE = '{state}'; END IF; \
             RETURN NEW; END $$; \
             CREATE TRIGGER fail BEFORE INSERT ON marketsnap.close FOR EACH ROW EXECUTE FUNCTION fail()"
        ),
    );
}

#[test]
fn what_the_server_gives_up_in_favour_of_another_host_is_done_again() {
    for state in ["40001", "40P01"] {
        let url = server().database();
        let mut store = open(&url);
        fails_with(&url, state, 3);
        assert_eq!(kept(&mut store, "DAX", &[("2026-01-07", 1.0)]).unwrap().added, 1, "{state}");
    }
}

#[test]
fn a_first_history_of_many_series_comes_back_to_the_bit_or_is_not_there_at_all() {
    // 4 x 1,000 closes: more than one statement takes.
    let all: Vec<_> = (0..4)
        .map(|n| {
            let days = d("2020-01-01").iter_days().take(1_000).enumerate();
            let rows = days.map(|(k, date)| (date, 0.1 * (k + 1) as f64 + n as f64 / 3.0));
            from_bars(&format!("I{n}"), at("2026-01-08 22:00"), rows)
        })
        .collect();
    let settled: Vec<_> = all
        .iter()
        .map(|series| Settled { series, since: d("2020-01-01"), until: series.last().unwrap().date })
        .collect();
    let ids = ["I0", "I1", "I2", "I3"].map(id);
    let full = server().database();
    let mut store = open(&full);
    fails_with(&full, "53100", 99);
    assert!(matches!(store.keep(&settled), Err(StoreError::Full { .. })));
    assert_eq!(store.held(&ids, d("1900-01-01"), None).unwrap(), []);

    let mut store = open(&server().database());
    assert_eq!(store.keep(&settled).unwrap().added, 4_000);
    let held: Vec<_> =
        store.held(&ids, d("1900-01-01"), None).unwrap().into_iter().map(|h| h.series).collect();
    assert_eq!(held, all);
    assert_eq!(store.keep(&settled).unwrap().confirmed, 4_000);
    assert_eq!(store.verify().unwrap(), []);
}

#[test]
fn a_full_disk_a_read_only_server_and_a_lock_are_told_apart_and_nothing_is_kept() {
    let rows = [("2026-01-07", 1.0)];
    let full = server().database();
    let mut store = open(&full);
    fails_with(&full, "53100", 99);
    let error = kept(&mut store, "DAX", &rows).unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    assert_eq!(store.instruments().unwrap(), []);

    let standing = server().database();
    open(&standing);
    ask(
        &standing,
        "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || \
        ' SET default_transaction_read_only = on'; END $$",
    );
    let mut store = open(&standing);
    let error = kept(&mut store, "DAX", &rows).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    assert_eq!(store.instruments().unwrap(), []);
}

#[test]
fn a_series_that_another_host_holds_is_waited_for_up_to_a_limit_and_can_still_be_read() {
    let url = server().database();
    let rows = [("2026-01-07", 1.0), ("2026-01-08", 2.0)];
    kept(&mut open(&url), "DAX", &rows[..1]).unwrap();
    let (held, release) = (std::sync::mpsc::channel::<()>(), std::sync::mpsc::channel::<()>());
    std::thread::scope(|scope| {
        let url = &url;
        scope.spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let (client, connection) =
                runtime.block_on(tokio_postgres::connect(url, tokio_postgres::NoTls)).unwrap();
            runtime.spawn(connection);
            runtime
                .block_on(client.batch_execute("BEGIN; SELECT * FROM marketsnap.series FOR UPDATE"))
                .unwrap();
            held.0.send(()).unwrap();
            release.1.recv().unwrap();
            runtime.block_on(client.batch_execute("ROLLBACK")).unwrap();
        });
        held.1.recv().unwrap();
        let mut store = try_open(url, Duration::from_millis(50), false).unwrap();
        let busy = kept(&mut store, "DAX", &rows).unwrap_err();
        assert!(matches!(busy, StoreError::Busy { .. }), "{busy}");
        assert_eq!(closes(&mut store, "DAX").len(), 1);
        // Another series is not waited for.
        assert_eq!(kept(&mut store, "HSI", &rows).unwrap().added, 2);
        release.0.send(()).unwrap();
        assert_eq!(kept(&mut open(url), "DAX", &rows).unwrap().added, 1);
    });
}

#[test]
fn verifying_counts_rows_that_contradict_one_another() {
    let plant = [
        (
            "UPDATE marketsnap.close SET close = 'NaN' WHERE session = '2026-01-06'",
            "1 closes that are not finite",
        ),
        ("INSERT INTO marketsnap.close VALUES (99, '2026-01-06', 1, now())", "1 closes of no series"),
        (
            "INSERT INTO marketsnap.revision VALUES (99, '2026-01-06', now(), now(), 1)",
            "1 revisions of no series",
        ),
        (
            "UPDATE marketsnap.close SET fetched_at = '1990-01-01' WHERE session = '2026-01-06'",
            "1 closes fetched before",
        ),
        (
            "UPDATE marketsnap.close SET fetched_at = '2099-01-01' WHERE session = '2026-01-06'",
            "1 closes fetched after",
        ),
        ("UPDATE marketsnap.series SET covered_to = '1990-01-01'", "1 series asked for up to a day before"),
        ("UPDATE marketsnap.series SET covered_to = '2026-01-06'", "1 closes dated after what their series"),
        (
            "UPDATE marketsnap.close SET fetched_at = fetched_at - interval '1 second' WHERE session = '2026-01-06'",
            "1 closes first seen before",
        ),
        (
            "INSERT INTO marketsnap.revision SELECT series, session, fetched_at - interval '1 second', now(), 7 \
             FROM marketsnap.close WHERE session = '2026-01-06'",
            "1 versions fetched or replaced before",
        ),
        ("UPDATE marketsnap.series SET latest_session = '2026-01-06'", "1 live values"),
        (
            "INSERT INTO marketsnap.revision SELECT series, session, fetched_at, now(), close FROM marketsnap.close \
             WHERE session = '2026-01-06'",
            "1 versions that were replaced by an equal close",
        ),
        ("UPDATE marketsnap.close SET session = '0900-01-01' WHERE session = '2026-01-06'", "1 closes dated"),
    ];
    for (sql, told) in plant {
        let url = server().database();
        let mut store = open(&url);
        kept(&mut store, "DAX", &[("2026-01-06", 1.0), ("2026-01-07", 2.0)]).unwrap();
        assert_eq!(store.verify().unwrap(), []);
        ask(&url, sql);
        let faults = store.verify().unwrap();
        assert!(faults.iter().any(|f| f.message.starts_with(told)), "{told}: {faults:?}");
        if sql.contains("NaN") {
            let error = store.held(&[id("DAX")], d("2026-01-01"), None).unwrap_err().to_string();
            assert!(error.contains("closes of DAX from yahoo are not finite"), "{error}");
        }
    }
}

#[test]
fn the_views_are_those_of_the_file_with_the_servers_types() {
    let url = server().database();
    let mut store = open(&url);
    keep(&mut store, &series("DAX", "2026-01-07 22:00", &[("2026-01-07", 1.0)]));
    keep(&mut store, &series("DAX", "2026-01-08 22:00", &[("2026-01-07", 1.5)]));
    let row = "SET timezone = 'UTC'; SELECT concat_ws('|', instrument, source, symbol, session, close, currency, \
        basis, fetched_at) FROM marketsnap.closes";
    assert_eq!(ask(&url, row), ["DAX|yahoo|^DAX|2026-01-07|1.5|USD|price|2026-01-08 22:00:00+00"]);
    let row = "SET timezone = 'UTC'; SELECT concat_ws('|', instrument, source, symbol, session, close, fetched_at, \
        replaced_at) FROM marketsnap.revisions";
    assert_eq!(ask(&url, row), ["DAX|yahoo|^DAX|2026-01-07|1|2026-01-07 22:00:00+00|2026-01-08 22:00:00+00"]);
    let columns = "SELECT string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns \
        WHERE table_schema = 'marketsnap' AND table_name = 'closes'";
    assert_eq!(ask(&url, columns), ["instrument,source,symbol,session,close,currency,basis,fetched_at"]);
}

#[test]
#[ignore = "not a test: what the test below starts as another process"]
fn a_child_process_that_starts_a_server() {
    let server = server();
    println!("\nstarted {} {}", server.port, server.folder.display());
    std::thread::sleep(Duration::from_secs(60));
}

#[test]
fn a_server_of_these_tests_ends_with_the_process_that_started_it() {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "server::a_child_process_that_starts_a_server", "--ignored", "--nocapture"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let started = lines.filter_map(|l| l.strip_prefix("started ").map(str::to_owned)).next().unwrap();
    let (port, folder) = started.split_once(' ').unwrap();
    let port: u16 = port.parse().unwrap();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    child.kill().unwrap();
    child.wait().unwrap();
    let gone = || TcpStream::connect(("127.0.0.1", port)).is_err() && !Path::new(folder).exists();
    let ended = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        gone()
    });
    assert!(ended, "{started} outlived its test");
}
