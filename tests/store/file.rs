//! What can happen to a file: it is not there, damaged, another program's, locked, or cannot be written.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use marketsnap::store::sqlite::Opening;
use marketsnap::store::{Place, Settled, Sqlite, Store, StoreError};
use rusqlite::Connection;

use super::given::*;

/// A store with 3,000 closes, closed, in a folder of its own.
fn filled() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/closes.db");
    let mut opened = open(&path);
    assert!(opened.began && !opened.read_only && opened.set_aside.is_none());
    let days = d("2014-01-01").iter_days().take(3_000);
    keep(&mut opened.store, &from_bars("DAX", at("2026-01-08 22:00"), days.zip((1..).map(f64::from))));
    (folder, path)
}

fn names(path: &Path) -> Vec<String> {
    let all = fs::read_dir(path.parent().unwrap()).unwrap();
    let mut names: Vec<_> = all.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn error(path: &Path) -> StoreError {
    Sqlite::open(&Opening { busy: Duration::from_millis(50), ..Opening::new(path, at("2026-01-21 16:30")) })
        .unwrap_err()
}

#[test]
fn a_store_is_begun_with_its_folder_and_found_again() {
    let (_folder, path) = filled();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
    let mut again = open(&path);
    assert!(!again.began);
    assert_eq!(closes(&mut again.store, "DAX").len(), 3_000);
}

#[test]
fn a_file_that_is_no_database_is_set_aside_untouched_and_a_new_one_begun() {
    let (_folder, path) = filled();
    let garbage = vec![0xabu8; 50_000];
    for n in 1..=2 {
        fs::write(&path, &garbage).unwrap();
        let opened = open(&path);
        let aside = opened.set_aside.unwrap();
        assert!(opened.began && aside.reason.contains("not a database"), "{}", aside.reason);
        let suffix = if n == 1 { "" } else { "-2" };
        let name = format!("closes.db.damaged-20260121T163000Z{suffix}");
        assert_eq!(aside.path.file_name().unwrap().to_str().unwrap(), name);
        assert_eq!(fs::read(&aside.path).unwrap(), garbage);
    }
    assert!(open(&path).set_aside.is_none());
}

#[test]
fn a_truncated_file_is_set_aside() {
    let (_folder, path) = filled();
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let opened = open(&path);
    assert!(opened.began && opened.set_aside.is_some());
    assert_eq!(fs::read(opened.set_aside.unwrap().path).unwrap(), whole[..whole.len() / 2]);
}

#[test]
fn damage_inside_is_found_by_reading_told_by_verify_and_mended_by_setting_aside() {
    let (_folder, path) = filled();
    let mut bytes = fs::read(&path).unwrap();
    let from = bytes.len() / 2;
    bytes[from..from + 9_000].fill(0xab);
    fs::write(&path, &bytes).unwrap();
    let opening = Opening::new(&path, at("2026-01-21 16:30"));
    let mut opened = Sqlite::open(&opening).unwrap();
    let read = opened.store.held(&[id("DAX")], d("2014-01-01"), None);
    assert!(matches!(read, Err(StoreError::Damaged { .. })), "{read:?}");
    assert!(!opened.store.verify().unwrap().is_empty());
    drop(opened);
    let mended = Sqlite::mend(&opening).unwrap();
    assert!(mended.began && mended.set_aside.is_some());
    // A sound file stays.
    drop(mended);
    assert!(Sqlite::mend(&opening).unwrap().set_aside.is_none());
}

#[test]
fn verify_finds_rows_that_contradict_one_another() {
    let (_folder, path) = filled();
    let plant = [
        ("UPDATE close SET fetched_at = 1767000000 WHERE session = 16103", "1 closes first seen before"),
        (
            "INSERT INTO revision VALUES (1, 16104, 1767000000, 1800000000, 7.5)",
            "1 versions fetched or replaced before",
        ),
        // The last of 3,000 days from 2014-01-01 is day 19,070 since 1970.
        ("UPDATE series SET covered_to = 19069", "1 closes dated after what their series covers"),
        ("UPDATE close SET close = 9e999 WHERE session = 16100", "1 closes that are not finite"),
        ("INSERT INTO close VALUES (99, 16100, 1.0, 1800000000)", "1 closes of no series"),
        ("UPDATE close SET fetched_at = 5 WHERE session = 16101", "1 closes fetched before"),
        ("UPDATE series SET covered_to = 5", "1 series asked for up to a day before"),
        ("INSERT INTO recent SELECT * FROM close WHERE session = 16102", "1 closes held twice"),
        ("INSERT INTO asked VALUES (1, 5)", "1 times at which a series was fetched"),
        ("INSERT INTO note VALUES (99, 1, 'hole', '', 5, NULL)", "1 times, warnings and ranges of no series"),
        ("INSERT INTO note VALUES (1, 1, 'hole', '', 5, NULL)", "1 series of which more is told"),
        (
            "UPDATE series SET latest_session = 16100, latest_close = 1.0, latest_fetched_at = 7",
            "1 live values",
        ),
    ];
    for (sql, told) in plant {
        Connection::open(&path).unwrap().execute(sql, []).unwrap();
        let faults = open(&path).store.verify().unwrap();
        assert!(faults.iter().any(|f| f.message.starts_with(told)), "{told}: {faults:?}");
    }
    // What cannot be used is not read, and mending sets it aside although every page is sound.
    let infinite = open(&path).store.held(&[id("DAX")], d("2014-01-01"), None).unwrap_err();
    assert!(
        infinite.to_string().contains("closes of DAX from yahoo out of order or not finite"),
        "{infinite}"
    );
    let mended = Sqlite::mend(&Opening::new(&path, at("2026-01-21 16:30"))).unwrap();
    assert!(mended.set_aside.unwrap().reason.contains("not finite"));
}

#[test]
fn a_newer_programs_store_and_another_programs_database_are_left_alone() {
    let (_folder, path) = filled();
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(&path).unwrap();
    let newer = error(&path);
    assert!(
        matches!(newer, StoreError::Newer { found: 99, .. }) && newer.to_string().contains("newer program")
    );
    let other = path.with_file_name("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    assert!(matches!(error(&other), StoreError::Foreign { .. }));
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(names(&path).into_iter().filter(|n| n.contains("damaged")).count(), 0);
}

#[test]
fn a_store_held_by_another_process_is_busy_and_can_still_be_read() {
    let (_folder, path) = filled();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let opening = Opening { busy: Duration::from_millis(50), ..Opening::new(&path, at("2026-01-21 16:30")) };
    let mut store = Sqlite::open(&opening).unwrap().store;
    assert_eq!(closes(&mut store, "DAX").len(), 3_000);
    let one = series("DAX", "2026-01-09 22:00", &[("2026-01-09", 1.0)]);
    let settled = Settled { series: &one, since: d("2026-01-09"), until: d("2026-01-09") };
    let busy = store.keep(&[settled]).unwrap_err();
    assert!(
        matches!(busy, StoreError::Busy { .. }) && busy.to_string().contains("another process"),
        "{busy}"
    );
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(store.keep(&[settled]).unwrap().added, 1);
}

#[test]
fn a_place_where_no_store_can_be_is_told_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "x").unwrap();
    let below = error(&folder.path().join("file/closes.db"));
    assert!(matches!(&below, StoreError::Unavailable { reason, .. } if reason.contains("folder")), "{below}");
    assert!(matches!(error(folder.path()), StoreError::Unavailable { .. }));
    let missing = folder.path().join("none.db");
    let opening = Opening { read_only: true, ..Opening::new(&missing, at("2026-01-21 16:30")) };
    assert!(matches!(Sqlite::open(&opening), Err(StoreError::Unavailable { .. })));
    assert!(!missing.exists());
}

#[test]
fn a_pipe_a_folder_and_a_device_are_no_store_and_nothing_waits_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let slash = folder.path().join("new.db/");
    for (path, why) in [
        (pipe.as_path(), "a pipe, device or socket"),
        (folder.path(), "a folder"),
        (Path::new("/dev/null"), "a pipe, device or socket"),
        (Path::new("/dev/zero"), "a pipe, device or socket"),
        (&slash, "names a folder"),
    ] {
        let opening = Opening { read_only: true, ..Opening::new(path, at("2026-01-21 16:30")) };
        for error in [error(path), Sqlite::open(&opening).unwrap_err(), Sqlite::mend(&opening).unwrap_err()] {
            let told = matches!(&error, StoreError::Unavailable { reason, .. } if reason.contains(why));
            assert!(told, "{}: {error}", path.display());
        }
    }
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["pipe"]);
}

/// Where the child process below looks for its stores.
const NAMES: &str = "MARKETSNAP_TEST_STORE_NAMES";

#[test]
#[ignore = "not a test: what the test below starts in a folder of its own"]
fn a_child_process_with_odd_names() {
    if std::env::var(NAMES).is_err() {
        return;
    }
    for name in [":memory:", "file:x.db", "file:y.db?mode=memory", "file::memory:", "a%20b?c#d.db"] {
        let path = Path::new(name);
        let one = series("DAX", "2026-01-09 22:00", &[("2026-01-09", 1.0)]);
        keep(&mut open(path).store, &one);
        assert_eq!(closes(&mut open(path).store, "DAX").len(), 1, "{name}");
        assert!(fs::metadata(path).unwrap().is_file(), "{name}");
    }
}

#[test]
fn a_file_is_called_what_the_user_calls_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "file::a_child_process_with_odd_names", "--ignored"]).env(NAMES, "1");
    let output = child.current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    assert!(folder.path().join("file:x.db").is_file() && folder.path().join(":memory:").is_file());
}

#[test]
fn a_mistyped_address_is_refused_and_nothing_of_it_repeated() {
    for words in [
        "postgres:/closes:secret@localhost/closes",
        "postgres:closes:secret@localhost",
        "Postgres//closes:secret@localhost/closes",
        "postgresql/closes:secret@localhost/closes",
        "postgres:secret://closes",
        "host=localhost user=closes password=secret dbname=closes",
    ] {
        let error = Place::of(Path::new(words)).unwrap_err().to_string();
        assert!(error.contains("postgres://USER") && !error.contains("secret"), "{words}: {error}");
    }
    for file in ["postgres.db", "./postgres/closes.db", "/srv/postgresql/closes.db", "postgresqlite"] {
        assert_eq!(Place::of(Path::new(file)).unwrap(), Place::File(PathBuf::from(file)));
    }
}

#[test]
fn a_name_that_moves_the_cursor_is_shown_without_that() {
    let place = Place::of(Path::new("/tmp/a  b\u{1b}[2J\u{202e}.db")).unwrap();
    assert_eq!(place.to_string(), "/tmp/a  b\u{fffd}[2J\u{fffd}.db");
    let told = error(Path::new("/dev/null/\u{1b}]0;owned\u{7}.db")).to_string();
    assert!(told.contains("\u{fffd}]0;owned") && !told.contains(['\u{1b}', '\u{7}']), "{told:?}");
}

#[test]
fn a_store_that_cannot_be_written_is_read() {
    let (_folder, path) = filled();
    let opening = Opening { read_only: true, ..Opening::new(&path, at("2026-01-21 16:30")) };
    let mut opened = Sqlite::open(&opening).unwrap();
    assert!(opened.read_only);
    assert_eq!(closes(&mut opened.store, "DAX").len(), 3_000);
    let one = series("DAX", "2026-01-09 22:00", &[("2026-01-09", 1.0)]);
    let kept = opened.store.keep(&[Settled { series: &one, since: d("2026-01-09"), until: d("2026-01-09") }]);
    assert!(matches!(kept, Err(StoreError::ReadOnly { .. })), "{kept:?}");
}

#[test]
fn the_view_is_for_people() {
    let (_folder, path) = filled();
    let db = Connection::open(&path).unwrap();
    let row = db
        .query_row("SELECT * FROM closes ORDER BY session LIMIT 1", [], |r| {
            Ok((r.get::<_, String>(0)?, r.get::<_, String>(3)?, r.get::<_, f64>(4)?, r.get::<_, String>(7)?))
        })
        .unwrap();
    assert_eq!(row, ("DAX".into(), "2014-01-01".into(), 1.0, "2026-01-08T22:00:00Z".into()));
    let statement = db.prepare("SELECT * FROM closes").unwrap();
    let columns: Vec<_> = statement.column_names().map(str::to_owned).collect();
    assert_eq!(
        columns,
        ["instrument", "source", "symbol", "session", "close", "currency", "basis", "fetched_at"]
    );
}

#[test]
fn the_view_has_the_closes_of_the_last_days_too_and_each_once() {
    let (_folder, path) = filled();
    let mut store = open(&path).store;
    // 3,000 days from 2014-01-01 end on 2022-03-19.
    for day in ["2022-03-20", "2022-03-21"] {
        keep(&mut store, &series("DAX", &format!("{day} 22:00"), &[(day, 5.5)]));
    }
    let db = Connection::open(&path).unwrap();
    let count = |sql: &str| db.query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM closes"), 3_002);
    assert_eq!(count("SELECT count(DISTINCT session) FROM closes WHERE instrument = 'DAX'"), 3_002);
    assert_eq!(count("SELECT count(*) FROM closes WHERE session >= '2022-03-20' AND close = 5.5"), 2);
    // One series is sought by its key, not found by reading all closes.
    let plan = "EXPLAIN QUERY PLAN SELECT * FROM closes WHERE instrument = 'DAX'";
    let mut plan = db.prepare(plan).unwrap();
    let steps = plan.query_map([], |r| r.get::<_, String>(3)).unwrap().map(Result::unwrap);
    let scans: Vec<String> = steps.filter(|step| step.starts_with("SCAN")).collect();
    assert_eq!(scans, Vec::<String>::new());
}

#[test]
fn pruning_gives_the_space_back() {
    let (_folder, path) = filled();
    let before = fs::metadata(&path).unwrap().len();
    let mut store = open(&path).store;
    // 2,900 of the 3,000 closes.
    assert_eq!(store.prune(d("2021-12-10")).unwrap().closes, 2_900);
    // At 15 bytes each at least.
    assert!(fs::metadata(&path).unwrap().len() + 2_900 * 15 < before, "{before}");
    assert_eq!(closes(&mut store, "DAX").len(), 100);
    assert_eq!(store.verify().unwrap(), []);
}

/// The store that the child process below reads.
const CHILD: &str = "MARKETSNAP_TEST_STORE_UNWRITABLE";

#[test]
#[ignore = "not a test: what the test below starts as another user"]
fn a_child_process_without_rights() {
    let Ok(path) = std::env::var(CHILD) else { return };
    let mut opened = open(Path::new(&path));
    assert!(opened.read_only && opened.set_aside.is_none());
    assert_eq!(closes(&mut opened.store, "DAX").len(), 3_000);
    let one = series("DAX", "2026-01-09 22:00", &[("2026-01-09", 1.0)]);
    let kept = opened.store.keep(&[Settled { series: &one, since: d("2026-01-09"), until: d("2026-01-09") }]);
    assert!(matches!(kept, Err(StoreError::ReadOnly { .. })), "{kept:?}");
}

#[test]
fn a_store_in_a_folder_without_the_right_to_write_is_read() {
    let (folder, path) = filled();
    // The rights do not bind root: a child process does without them.
    let program = folder.path().join("child");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let allow = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    allow(&program, 0o755);
    allow(folder.path(), 0o755);
    for (file, parent) in [(0o444, 0o555), (0o666, 0o555), (0o444, 0o777)] {
        allow(&path, file);
        allow(path.parent().unwrap(), parent);
        let mut child = Command::new(&program);
        child.args(["--exact", "file::a_child_process_without_rights", "--ignored"]).env(CHILD, &path);
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            child.uid(65_534).gid(65_534);
        }
        let output = child.current_dir("/").output().unwrap();
        assert!(output.status.success(), "{file:o} {parent:o}: {}", String::from_utf8_lossy(&output.stdout));
        allow(path.parent().unwrap(), 0o755);
    }
}
