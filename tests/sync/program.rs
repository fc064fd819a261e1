//! The built program: what it refuses, signals, and stores that cannot be used.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use marketsnap::catalogue;

use crate::ends::MANY;
use crate::killed;
use crate::replay;
use crate::support::server::{Server, Step};
use crate::world::histories;

/// A user whose only source is a local server.
pub struct User {
    pub home: tempfile::TempDir,
}

impl User {
    pub fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    pub fn command(&self, args: &[&str], url: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_marketsnap"));
        command.args(args).env_clear().env("HOME", self.home.path()).stdin(Stdio::null());
        command.env("MARKETSNAP_YAHOO_URL", url).env("MARKETSNAP_SOURCE", "yahoo");
        command
    }

    pub fn store(&self) -> PathBuf {
        self.home.path().join(".local/share/marketsnap/closes.db")
    }
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn held(store: &Path) -> BTreeSet<String> {
    let universe = catalogue::load().unwrap();
    let ids = universe.instruments().iter().map(|i| i.id.to_string());
    ids.filter(|id| !histories(store, id).is_empty()).collect()
}

/// Runs the program with no source at all.
fn alone(user: &User, args: &[&str]) -> Output {
    user.command(args, "http://127.0.0.1:9").output().unwrap()
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_asked_or_made() {
    let user = User::new();
    let cases: [(&[&str], &str); 5] = [
        (&["sync", "--since", "2999-01-01"], "--since 2999-01-01 lies in the future: today is 20"),
        (&["sync", "STAR5O"], "did you mean STAR50?"),
        (&["sync", "--source", "yaho"], "did you mean yahoo?"),
        (&["sync", "-q", "-v"], "cannot be used together"),
        (&["sync", "--store", "mysql://me:secret@host/closes"], "mysql://"),
    ];
    for (args, said) in cases {
        let output = alone(&user, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(stderr(&output).contains(said), "{args:?}: {}", stderr(&output));
        assert!(!stderr(&output).contains("secret"));
    }
    assert!(!user.store().exists());
}

#[test]
fn a_store_that_cannot_be_written_is_exit_1_before_anything_is_asked() {
    let user = User::new();
    fs::write(user.home.path().join(".local"), "a file where a folder should be").unwrap();
    let output = alone(&user, &["sync", "SP500"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    let said = stderr(&output);
    assert!(said.starts_with("error: the store ") && said.contains("closes.db cannot be opened"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn a_store_without_the_right_to_write_is_exit_1_before_anything_is_asked() {
    let user = User::new();
    let (universe, closes) = (catalogue::load().unwrap(), replay::closes());
    let server = Server::new(move |_, path| replay::answer(path, &universe, &closes));
    let sync = ["sync", "SP500", "--store"];
    let folder = user.home.path().join("own");
    let store = folder.join("closes.db");
    let filled =
        user.command(&[&sync[..], &[store.to_str().unwrap()]].concat(), &server.url()).output().unwrap();
    assert_eq!(filled.status.code(), Some(0), "{}", stderr(&filled));
    // The rights do not bind root: the program does without them, and has to be where it may be run.
    let program = user.home.path().join("marketsnap");
    fs::copy(env!("CARGO_BIN_EXE_marketsnap"), &program).unwrap();
    let allow = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    allow(&program, 0o755);
    allow(user.home.path(), 0o755);
    allow(&store, 0o444);
    allow(&folder, 0o555);
    for (name, said) in [("closes.db", "cannot be written, only read"), ("new.db", "cannot be opened")] {
        let mut command = Command::new(&program);
        command
            .args(sync)
            .arg(folder.join(name))
            .env_clear()
            .env("MARKETSNAP_YAHOO_URL", "http://127.0.0.1:9");
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            command.uid(65_534).gid(65_534);
        }
        let output = command.current_dir("/").output().unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{name}");
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
        assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    }
    allow(&folder, 0o755);
}

#[test]
fn a_damaged_store_is_set_aside_and_everything_is_fetched_again() {
    let user = User::new();
    let (universe, closes) = (catalogue::load().unwrap(), replay::closes());
    let server = Server::new(move |_, path| replay::answer(path, &universe, &closes));
    fs::create_dir_all(user.store().parent().unwrap()).unwrap();
    fs::write(user.store(), vec![b'x'; 20_000]).unwrap();
    let output = user.command(&["sync", "SP500"], &server.url()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("was damaged"), "{}", stderr(&output));
    assert_eq!(held(&user.store()), BTreeSet::from(["SP500".to_owned()]));
}

#[test]
fn a_signal_ends_a_sync_with_130_and_what_came_is_kept() {
    for signal in ["-INT", "-TERM"] {
        let user = User::new();
        let (universe, closes) = (catalogue::load().unwrap(), killed::closes());
        // After the first part nothing comes any more.
        let server = Server::new(
            move |nth, path| {
                if nth > 0 { Step::Hang } else { replay::answer(path, &universe, &closes) }
            },
        );
        let mut command = user.command(&[&["sync", "-v"], &MANY[..]].concat(), &server.url());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        assert!(lines.any(|l| l == "kept: 20 of 24 instruments"));
        Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        let rest: Vec<String> = lines.collect();
        let last: Vec<&str> = rest.iter().rev().take(2).map(String::as_str).collect();
        let kept = "warning: what came until now is kept, and the same command goes on there";
        assert_eq!(last, ["error: interrupted", kept]);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{signal}");
        assert_eq!(held(&user.store()).len(), 20, "{signal}");
    }
}
