//! One store that several hosts share, end to end: the built program, a local source and a real server.

use std::os::unix::fs::chown;

use super::postgres::{NOBODY, PASSWORD, ask, command, free_port, programs, root, server};
use super::*;

/// A host that knows the store by its environment.
struct Host {
    user: User,
    store: String,
}

impl Host {
    fn new(store: &str) -> Self {
        Self { user: User::new(), store: store.to_owned() }
    }

    fn online(&self, args: &[&str], closes: &Closes) -> Output {
        let server = serving(closes);
        self.said(
            self.user
                .command(args, &server.url())
                .env("MARKETSNAP_STORE", &self.store)
                .env("MARKETSNAP_REFRESH", "1")
                .output()
                .unwrap(),
        )
    }

    fn alone(&self, args: &[&str]) -> Output {
        let mut command = self.user.command(args, "http://127.0.0.1:9");
        self.said(command.env("MARKETSNAP_STORE", &self.store).output().unwrap())
    }

    /// Nothing that is written holds the password.
    fn said(&self, output: Output) -> Output {
        let all = format!("{}{}", stdout(&output), stderr(&output));
        assert!(!all.contains("s3cret"), "{all}");
        output
    }
}

/// The address as it is shown: nothing of the password.
fn shown(url: &str) -> String {
    url.replace(&format!(":{PASSWORD}"), "")
}

const TODAY: [&str; 6] = ["today", "STAR50", "SP500", "--as-of", AS_OF, "--json"];

#[test]
fn what_one_host_fetched_another_shows_offline_and_no_file_is_written() {
    let url = server().database();
    let (first, second) = (Host::new(&url), Host::new(&url));
    let online = first.online(&TODAY, &replay::closes());
    assert_eq!((code(&online), stderr(&online)), (Some(0), String::new()));
    let offline = second.alone(&[&TODAY[..], &["--offline"]].concat());
    assert_eq!((code(&offline), stderr(&offline)), (Some(0), String::new()));
    let (online, offline) = (json(&online), json(&offline));
    for id in ["STAR50", "SP500"] {
        let (here, there) = (row(&offline, id), row(&online, id));
        assert_eq!((&here["close"], &here["moves"]), (&there["close"], &there["moves"]), "{id}");
        assert_eq!(here["source"]["from_store"], true, "{id}");
    }
    assert!(!first.user.store().exists() && !second.user.store().exists());
    // A close that its source changed is told on the host that found it, and by no other.
    let again = ["today", "SP500", "--as-of", AS_OF, "--json"];
    let changed = restated("SP500", "2026-01-16", 0.5);
    let told = "warning: SP500 2026-01-16 restated 6940.01 to 6940.51 by yahoo\n";
    assert_eq!(stderr(&second.online(&again, &changed)), told);
    assert_eq!(stderr(&first.online(&again, &changed)), "");
}

#[test]
fn what_one_host_synced_another_has() {
    let url = server().database();
    let (first, second) = (Host::new(&url), Host::new(&url));
    let synced = first.online(&["sync", "STAR50"], &replay::closes());
    assert_eq!(code(&synced), Some(0), "{}{}", stdout(&synced), stderr(&synced));
    let history = json(&second.alone(&["history", "STAR50", "--json", "--to", "2026-01-20"]));
    let closes = history["series"][0]["closes"].as_array().unwrap();
    assert_eq!(closes.last().unwrap()["close"], 1482.994);
}

#[test]
fn the_commands_that_look_after_a_store_do_so_on_a_server() {
    let url = server().database();
    let host = Host::new(&url);
    assert_eq!(stdout(&host.alone(&["store", "path"])), format!("{}\n", shown(&url)));
    // Nothing is begun by looking.
    let nothing = host.alone(&["history", "SP500"]);
    assert_eq!(code(&nothing), Some(5), "{}", stderr(&nothing));
    assert!(stderr(&nothing).contains(&shown(&url)), "{}", stderr(&nothing));
    assert_eq!(ask(&url, "SELECT count(*) FROM pg_namespace WHERE nspname = 'marketsnap'"), ["0"]);

    host.online(&TODAY, &replay::closes());
    let verified = host.alone(&["store", "verify"]);
    let sound = format!("{}: sound; instruments: 2; series: 2;", shown(&url));
    assert!(stdout(&verified).contains(&sound), "{}", stdout(&verified));
    let history = json(&host.alone(&["history", "STAR50", "--json", "--to", "2026-01-20"]));
    let closes = history["series"][0]["closes"].as_array().unwrap().clone();
    assert_eq!(closes.last().unwrap()["close"], 1482.994);
    let exported = stdout(&host.alone(&["store", "export"]));
    let held = ask(&url, "SELECT count(*) FROM marketsnap.closes");
    assert_eq!(held, [(exported.lines().count() - 1).to_string()]);
    let pruned = host.alone(&["store", "prune", "--before", "2026-01-01", "--yes"]);
    assert_eq!(code(&pruned), Some(0), "{}", stderr(&pruned));
    assert_eq!(ask(&url, "SELECT count(*) FROM marketsnap.closes WHERE session < '2026-01-01'"), ["0"]);
    ask(&url, "UPDATE marketsnap.series SET covered_to = '1990-01-01'");
    let faulty = host.alone(&["store", "verify"]);
    assert_eq!(code(&faulty), Some(1));
    assert!(
        stdout(&faulty).contains("2 series asked for up to a day before their first"),
        "{}",
        stdout(&faulty)
    );
}

#[test]
fn a_server_that_is_not_there_costs_a_warning_and_not_the_report() {
    let host = Host::new("postgres://ann:s3cret@127.0.0.1:9/closes");
    let server = serving(&replay::closes());
    let mut today = host.user.command(&TODAY, &server.url());
    let output = host.said(today.env("MARKETSNAP_STORE", &host.store).output().unwrap());
    assert_eq!(code(&output), Some(0));
    let said = stderr(&output);
    let told =
        "warning: nothing is shown from the store or kept in it: the store postgres://ann@127.0.0.1:9/closes";
    // It is asked for once.
    let line = said.replace("\n    ", " ");
    assert!(line.starts_with(told) && line.matches("warning").count() == 1, "{said}");
    assert_eq!(row(&json(&output), "STAR50")["close"], 1535.393);
    let offline = host.alone(&[&TODAY[..], &["--offline"]].concat());
    assert_eq!(code(&offline), Some(5), "{}", stderr(&offline));
}

#[test]
fn a_server_that_says_nothing_costs_a_warning_and_not_the_report_and_stops_a_sync() {
    // Connections come in and nobody answers them.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let host = Host::new(&format!("postgres://ann:s3cret@127.0.0.1:{port}/closes"));
    let told =
        format!("postgres://ann@127.0.0.1:{port}/closes cannot be reached: it did not answer within 5");
    let output = host.online(&TODAY, &replay::closes());
    assert_eq!(code(&output), Some(0));
    let said = stderr(&output).replace("\n    ", " ");
    assert!(said.contains(&told) && said.matches("warning").count() == 1, "{said}");
    assert_eq!(row(&json(&output), "STAR50")["close"], 1535.393);
    let sync = host.alone(&["sync", "STAR50"]);
    assert_eq!(code(&sync), Some(1));
    assert!(stderr(&sync).contains(&told), "{}", stderr(&sync));
}

#[test]
fn an_address_that_is_none_is_refused_before_any_request_without_a_word_of_it() {
    for (store, told) in [
        ("postgres://ann:s3cret@x@db/closes", "postgres://USER:PASSWORD@HOST:PORT/DATABASE is expected"),
        ("postgres://ann:s3cret@db/closes?sslmode=prefer", "sslmode is require"),
        ("mysql://ann:s3cret@db/closes", "a store at mysql:// is not supported"),
    ] {
        let output = Host::new(store).alone(&["today", "SP500"]);
        assert_eq!(code(&output), Some(2), "{store}");
        assert!(stderr(&output).contains(told), "{}", stderr(&output));
        assert_eq!(code(&Host::new(store).alone(&["store", "path"])), Some(2));
    }
    // Nor does the help say what the environment holds.
    let help = Host::new("postgres://ann:s3cret@db/closes").alone(&["today", "--help"]);
    assert!(stdout(&help).contains("[env: MARKETSNAP_STORE]"), "{}", stdout(&help));
}

#[test]
fn the_lines_of_the_readme_start_a_server_that_keeps_closes() {
    let readme = include_str!("../../README.md");
    let (_, after) =
        readme.split_once("<!-- a server by hand: a test runs these lines -->\n```bash\n").unwrap();
    let (lines, _) = after.split_once("```").unwrap();
    let port = free_port().to_string();
    // The server is stopped however the lines end.
    let script = format!(
        "set -e\ntrap 'pg_ctl -D closes-db -m immediate stop' EXIT\n{}",
        lines.replace("5433", &port)
    );
    let folder = tempfile::tempdir().unwrap();
    // The program where a user without rights finds it.
    let program = folder.path().join("bin/marketsnap");
    std::fs::create_dir(folder.path().join("bin")).unwrap();
    std::fs::copy(env!("CARGO_BIN_EXE_marketsnap"), &program).unwrap();
    if root() {
        chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let source = serving(&replay::closes());
    let path = format!("{}:{}:/usr/bin:/bin", folder.path().join("bin").display(), programs().display());
    let output = command(Path::new("/bin/sh"))
        .args(["-c", &script])
        .current_dir(folder.path())
        .env_clear()
        .envs([("PATH", path.as_str()), ("HOME", folder.path().to_str().unwrap()), ("LC_ALL", "C")])
        .envs([("MARKETSNAP_YAHOO_URL", source.url().as_str()), ("MARKETSNAP_SOURCE", "yahoo")])
        .envs([("MARKETSNAP_AS_OF", AS_OF)])
        .output()
        .unwrap();
    let said = stdout(&output);
    assert!(output.status.success(), "{said}{}", stderr(&output));
    let verified = format!("postgres://closes@localhost:{port}/closes: sound; instruments: 1;");
    assert!(said.contains(&verified), "{said}{}", stderr(&output));
}
