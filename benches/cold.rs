//! How long whole processes take: a report against a server 80 ms away beside a client that makes the
//! same requests and throws the answers away, and the start beside a program that does nothing.
//!
//! Prints figures with their targets beside them and never fails because of a figure: machines differ.
//! The program started as `bare URL...` is that client, as `empty` that program.

// A bench's figures are for a person's eyes.
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, NaiveDate, Utc};
use marketsnap::catalogue;
use marketsnap::domain::{Kind, Universe};

mod spark;

type Outcome<T> = Result<T, Box<dyn Error>>;

const MARKETSNAP: &str = env!("CARGO_BIN_EXE_marketsnap");
/// How long the server keeps every answer back.
const LATENCY: Duration = Duration::from_millis(80);
/// Rounds against the server.
const ROUNDS: usize = 20;
/// Rounds of starting.
const STARTS: usize = 40;
/// Rounds for CPU time and for memory.
const USAGES: usize = 15;
/// GNU time, which tells the peak memory of a child.
const TIME: &str = "/usr/bin/time";

fn main() -> Outcome<()> {
    let mut words = std::env::args().skip(1);
    match words.next().as_deref() {
        Some("empty") => Ok(()),
        Some("bare") => bare(words.collect()),
        // `cargo test --benches` starts this without the flag and wants no figures.
        _ if !std::env::args().any(|word| word == "--bench") => Ok(()),
        _ => {
            starts()?;
            cold()
        }
    }
}

/// Asks for all `urls` at once, reads the answers and drops them. The client is set up as the program's
/// own is, so that both do the same work before the first byte leaves.
fn bare(urls: Vec<String>) -> Outcome<()> {
    // An error means that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = || {
        reqwest::Client::builder()
            .user_agent("Mozilla/5.0 (compatible; bench)")
            .connect_timeout(Duration::from_secs(5))
            .referer(false)
            .no_proxy()
    };
    let client = builder().build().or_else(|_| {
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS
            .iter()
            .filter_map(|der| reqwest::Certificate::from_der(der).ok());
        builder().tls_certs_only(roots).build()
    })?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let mut flying = tokio::task::JoinSet::new();
        for url in urls {
            let client = client.clone();
            flying.spawn(async move {
                let mut response = client.get(url).send().await?.error_for_status()?;
                while response.chunk().await?.is_some() {}
                Ok::<(), reqwest::Error>(())
            });
        }
        while let Some(ended) = flying.join_next().await {
            ended??;
        }
        Ok(())
    })
}

/// A program to start.
struct Program {
    label: &'static str,
    file: OsString,
    words: Vec<String>,
    /// Base URL of the server, for the program that asks one.
    server: Option<String>,
}

impl Program {
    fn marketsnap(label: &'static str, words: &[&str]) -> Self {
        let words = words.iter().map(|w| (*w).to_owned()).collect();
        Self { label, file: MARKETSNAP.into(), words, server: None }
    }

    fn bench(label: &'static str, words: Vec<String>) -> Outcome<Self> {
        Ok(Self { label, file: std::env::current_exe()?.into(), words, server: None })
    }

    /// The command, started by `starter` where one is given, and untouched by what the user has set.
    fn command(&self, starter: &[&str]) -> Command {
        let mut words = starter.iter().map(OsString::from).collect::<Vec<_>>();
        words.push(self.file.clone());
        words.extend(self.words.iter().map(OsString::from));
        let mut words = words.into_iter();
        let mut command = Command::new(words.next().unwrap_or_default());
        for (name, _) in std::env::vars_os().filter(|(n, _)| n.to_string_lossy().starts_with("MARKETSNAP_")) {
            command.env_remove(name);
        }
        command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some(url) = &self.server {
            command.env("MARKETSNAP_YAHOO_URL", url);
        }
        command
    }

    /// Milliseconds from starting the program until it has ended.
    fn wall(&self) -> Outcome<f64> {
        let start = Instant::now();
        let status = self.command(&[]).status()?;
        let wall = start.elapsed();
        if !status.success() {
            return Err(format!("{}: {status}", self.label).into());
        }
        Ok(wall.as_secs_f64() * 1000.0)
    }

    /// Milliseconds of CPU time, user and system, to a millisecond each; none without bash.
    fn cpu(&self) -> Option<f64> {
        let script = r#"TIMEFORMAT="%3U %3S"; time "$@" >/dev/null 2>&1"#;
        let said = self.said(&["bash", "-c", script, "bash"])?;
        Some(said.iter().sum::<f64>() * 1000.0)
    }

    /// Peak memory in MiB; none without GNU time.
    fn peak(&self) -> Option<f64> {
        let said = self.said(&[TIME, "-q", "-f", "%M"])?;
        Some(said.last()? / 1024.0)
    }

    /// The numbers in the last line that a starter writes to standard error.
    fn said(&self, starter: &[&str]) -> Option<Vec<f64>> {
        let output = self.command(starter).env("LC_ALL", "C").stderr(Stdio::piped()).output().ok()?;
        let text = String::from_utf8(output.stderr).ok().filter(|_| output.status.success())?;
        let numbers: Result<Vec<f64>, _> = text.lines().last()?.split_whitespace().map(str::parse).collect();
        numbers.ok().filter(|n| !n.is_empty())
    }
}

/// Measures the programs in turn, `rounds` times, each round beginning with the next of them; the first
/// round warms up and does not count. Medians in the order of the programs.
fn medians<T>(
    programs: &[Program],
    rounds: usize,
    measure: impl Fn(&Program) -> Result<f64, T>,
) -> Result<Vec<f64>, T> {
    let mut taken: Vec<Vec<f64>> = vec![Vec::new(); programs.len()];
    for round in 0..=rounds {
        let mut turn: Vec<_> = programs.iter().zip(&mut taken).collect();
        let shift = round % turn.len().max(1);
        turn.rotate_left(shift);
        for (program, taken) in turn {
            let figure = measure(program)?;
            if round > 0 {
                taken.push(figure);
            }
        }
    }
    Ok(taken.into_iter().map(median).collect())
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let upper = figures.len() / 2;
    let lower = figures.len().saturating_sub(1) / 2;
    let at = |n: usize| figures.get(n).copied().unwrap_or(f64::NAN);
    (at(lower) + at(upper)) / 2.0
}

/// As [`medians`], for what not every machine can tell.
fn told(programs: &[Program], measure: impl Fn(&Program) -> Option<f64>) -> Option<Vec<f64>> {
    medians(programs, USAGES, |p| measure(p).ok_or(())).ok()
}

fn starts() -> Outcome<()> {
    let programs = [
        Program::bench("an empty program", vec!["empty".to_owned()])?,
        Program::marketsnap("--version", &["--version"]),
        Program::marketsnap("--help", &["--help"]),
        Program::marketsnap("today --demo", &["today", "--demo"]),
    ];
    let walls = medians(&programs, STARTS, Program::wall)?;
    let empty = walls.first().copied().unwrap_or(f64::NAN);
    println!("start, {STARTS} rounds in turn, median wall");
    let targets = ["", "target 1.5 times", "target 1.5 times", "target 15 ms"];
    for ((program, wall), target) in programs.iter().zip(&walls).zip(targets) {
        println!("  {:<22}{wall:>8.2} ms{:>8.2} times  {target}", program.label, wall / empty);
    }
    Ok(())
}

fn cold() -> Outcome<()> {
    let universe = catalogue::load()?;
    let batched =
        |i: &&marketsnap::domain::Instrument| i.symbol(spark::SOURCE).is_some() && i.kind != Kind::Fx;
    let ids: Vec<String> = universe.instruments().iter().filter(batched).map(|i| i.id.to_string()).collect();
    let server = Server::start(universe)?;
    let mut today = Program::marketsnap("marketsnap today", &["today", "--source", "yahoo"]);
    let count = ids.len();
    today.words.extend(ids);
    today.server = Some(server.url.clone());
    // The first run tells what the client has to ask for, and lets the server make its answers.
    today.wall()?;
    let asked = server.asked();
    let bytes: usize = asked.values().map(|body| body.len()).sum();
    let urls = asked.keys().map(|path| format!("{}{path}", server.url));
    let bare = std::iter::once("bare".to_owned()).chain(urls).collect();
    let programs = [today, Program::bench("bare client", bare)?];
    println!(
        "\ncold: {count} instruments, {} requests, {bytes} bytes, {} ms until each answer; {ROUNDS} rounds in turn, medians",
        asked.len(),
        LATENCY.as_millis()
    );
    show("wall", "ms", &medians(&programs, ROUNDS, Program::wall)?, "target at most 1.1 times, under 300 ms");
    let targets = [
        ("CPU", "ms", told(&programs, Program::cpu), "target at most 35 ms", "bash"),
        ("peak memory", "MiB", told(&programs, Program::peak), "target under 12 MiB", TIME),
    ];
    for (what, unit, figures, target, needs) in targets {
        match figures {
            Some(figures) => show(what, unit, &figures, target),
            None => println!("  {what:<12} not measured: needs {needs}"),
        }
    }
    let more = server.asked().len().saturating_sub(asked.len());
    if more > 0 {
        println!("  {more} more requests came later: the two programs did not ask for the same");
    }
    Ok(())
}

fn show(what: &str, unit: &str, figures: &[f64], target: &str) {
    if let [ours, bare] = figures {
        println!(
            "  {what:<12} marketsnap {ours:>7.1} {unit}   bare client {bare:>7.1} {unit}   {:>5.2} times   {target}",
            ours / bare
        );
    }
}

/// Bodies by the path and query they were asked by.
type Bodies = BTreeMap<String, Arc<String>>;

/// Answers the batch endpoint for any symbols, every answer late.
struct Server {
    url: String,
    bodies: Arc<Mutex<Bodies>>,
}

impl Server {
    fn start(universe: Universe) -> Outcome<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let url = format!("http://{}", listener.local_addr()?);
        let bodies = Arc::new(Mutex::new(Bodies::new()));
        let (universe, shared) = (Arc::new(universe), Arc::clone(&bodies));
        // Sessions that are over, whatever the zone: nothing of the answers is live.
        let yesterday = DateTime::<Utc>::from(SystemTime::now()).date_naive().pred_opt().unwrap_or_default();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (universe, bodies) = (Arc::clone(&universe), Arc::clone(&shared));
                // A client that ends breaks its connection off, which is no fault.
                std::thread::spawn(move || serve(stream, &universe, yesterday, &bodies));
            }
        });
        Ok(Self { url, bodies })
    }

    fn asked(&self) -> Bodies {
        self.bodies.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Answers one connection's requests until the client goes.
fn serve(
    stream: TcpStream,
    universe: &Universe,
    last: NaiveDate,
    bodies: &Mutex<Bodies>,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut out = stream.try_clone()?;
    let mut lines = BufReader::new(stream).lines();
    while let Some(first) = lines.next().transpose()? {
        let due = Instant::now() + LATENCY;
        while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
        let path = first.split(' ').nth(1).unwrap_or_default();
        let known = bodies.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        let body = known.unwrap_or_else(|| {
            let body = Arc::new(answer(universe, path, last));
            bodies.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), Arc::clone(&body));
            body
        });
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        out.write_all(head.as_bytes())?;
        out.write_all(body.as_bytes())?;
    }
    Ok(())
}

fn answer(universe: &Universe, path: &str, last: NaiveDate) -> String {
    let base = reqwest::Url::parse("http://localhost").and_then(|base| base.join(path));
    let pairs: BTreeMap<String, String> =
        base.map(|url| url.query_pairs().into_owned().collect()).unwrap_or_default();
    let symbols = pairs.get("symbols").map(String::as_str).unwrap_or_default();
    spark::body(universe, &symbols.split(',').collect::<Vec<_>>(), last)
}
