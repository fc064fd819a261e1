//! Reads a config file; one that is understood is taken by the program as a whole, by a command that asks
//! nobody.

use std::ffi::OsString;
use std::path::Path;

use chrono::{DateTime, Utc};
use marketsnap::app::Clock;
use marketsnap::cli::{self, Environment, World};
use marketsnap::config::{self, ConfigError};
use marketsnap::domain::text::harmless;

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> DateTime<Utc> {
        "2026-01-21T08:30:00Z".parse().expect("an instant")
    }
}

thread_local! {
    static FOLDER: tempfile::TempDir = tempfile::tempdir().expect("a folder of its own");
}

/// Reads `data` as a config file, which one of the commands then takes.
pub fn run(data: &[u8]) {
    let sum: usize = data.iter().copied().map(usize::from).sum();
    taken_by(data, &[COMMANDS[sum % COMMANDS.len()]]);
}

/// Reads `data` as a config file, which each of the commands then takes.
#[allow(dead_code, reason = "the tests call it; a fuzzer does better with more inputs")]
pub fn thoroughly(data: &[u8]) {
    taken_by(data, &COMMANDS);
}

fn taken_by(data: &[u8], commands: &[&[&str]]) {
    FOLDER.with(|folder| {
        let path = folder.path().join("config.toml");
        std::fs::write(&path, data).expect("the file is written");
        read(&path, data, commands);
    });
}

fn read(path: &Path, data: &[u8], commands: &[&[&str]]) {
    let config = match config::read(path, true, None) {
        Ok(config) => config,
        Err(e) => {
            if let ConfigError::Wrong { line, .. } = &e {
                let lines = data.split(|b| *b == b'\n').count();
                assert!((1..=lines).contains(line), "line {line} of {lines}: {e}");
            }
            let message = e.to_string();
            assert_eq!(harmless(&message), message);
            assert!(message.starts_with("the config file ") && message.chars().count() < 600, "{message}");
            return;
        }
    };
    for place in config.places.values() {
        assert_eq!(&harmless(place), place);
    }
    // What names other files is not followed.
    if config.store.is_none() && config.key_files.is_empty() {
        commands.iter().for_each(|words| taken_whole(path, words));
    }
}

/// Commands that take all that a file can say, and ask nobody.
const COMMANDS: [&[&str]; 4] =
    [&["sources"], &["list"], &["config", "check"], &["today", "SP500", "ASIA", "--demo"]];

/// A command shows its output, or says at once what of the file has no meaning.
fn taken_whole(path: &Path, words: &[&str]) {
    let environment = Environment {
        variables: ["MARKETSNAP_CONFIG".to_owned()].into(),
        config: Some(path.to_owned()),
        ..Environment::default()
    };
    let world = World {
        clock: &Fixed,
        terminal_width: None,
        stderr_width: None,
        stderr_is_terminal: false,
        environment,
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let line = std::iter::once("marketsnap").chain(words.iter().copied()).map(OsString::from);
    let code = cli::run(line, &world, &mut out, &mut err);
    let said = String::from_utf8(err).expect("errors are text");
    let shown = String::from_utf8(out).expect("output is text");
    // Colour may be one of the lasting choices.
    let plain = |text: &str| text.lines().map(uncoloured).all(|line| harmless(&line) == line);
    assert!(plain(&said) && plain(&shown), "{words:?}: {said:?} {shown:?}");
    match code {
        0 | 3 | 4 => assert!(!shown.is_empty(), "{words:?}: {said}"),
        2 => assert!(shown.is_empty() && said.starts_with("error: "), "{words:?}: {said}"),
        5 => assert!(said.contains("error: "), "{words:?}: {said}"),
        other => panic!("{words:?} ends with {other}: {said}"),
    }
}

/// A line without the colours that the program gives it: `ESC [`, digits, `m`.
fn uncoloured(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + part
            .trim_start_matches(|c: char| c.is_ascii_digit() || c == ';')
            .strip_prefix('m')
            .unwrap_or(part)
    })
}
