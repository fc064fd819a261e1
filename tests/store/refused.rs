//! Servers that let nobody in, prove nothing, or hold something else; and what each user may do.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use marketsnap::store::{Store, StoreError};

use super::given::*;
use super::postgres::{PASSWORD, ask, server};
use super::server::{kept, open, try_open};

/// Why a store could not be opened, in words that hold no password.
fn refused(url: &str) -> (StoreError, String) {
    let error = try_open(url, Duration::from_secs(1), false).map(|_| ()).unwrap_err();
    let words = error.to_string();
    assert!(!format!("{words} {error:?}").contains("s3cret"), "{words} {error:?}");
    (error, words)
}

#[test]
fn a_server_that_lets_nobody_in_is_told_with_what_to_do() {
    let there = server();
    let url = there.database();
    let (error, words) = refused(&url.replace(PASSWORD, "s3cret-and-wrong"));
    assert!(matches!(error, StoreError::Unreachable { .. }) && words.contains("the password"), "{words}");
    let (_, words) = refused(&url.replace(&format!(":{PASSWORD}"), ""));
    assert!(words.contains("give the password"), "{words}");
    let (_, words) = refused(&there.url("nowhere"));
    assert!(words.contains("\"nowhere\" does not exist") && words.contains("createdb"), "{words}");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (_, words) = refused(&format!("postgres://ann:s3cret@{closed}/x"));
    assert!(words.contains(&format!("postgres://ann@{closed}/x cannot be reached")), "{words}");
    assert!(words.contains("check the host"), "{words}");
    // One that never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let (_, words) =
        refused(&format!("postgres://ann:s3cret@{}/x?connect_timeout=1", silent.local_addr().unwrap()));
    assert!(words.contains("did not answer within 1 second"), "{words}");
}

#[test]
fn an_encrypted_way_is_only_taken_to_a_server_that_proves_who_it_is() {
    let there = server();
    let url = there.database();
    let root = there.folder.join("server.crt");
    let own = format!("{url}?sslmode=verify-full&sslrootcert={}&application_name=sealed", root.display());
    let mut store = open(&own);
    kept(&mut store, "DAX", &[("2026-01-07", 1.0)]).unwrap();
    let sealed = "SELECT s.ssl FROM pg_stat_ssl AS s JOIN pg_stat_activity AS a USING (pid) \
        WHERE a.application_name = 'sealed'";
    assert_eq!(ask(&url, sealed), ["t"]);
    // The system's authorities do not know it.
    let (_, words) = refused(&format!("{url}?sslmode=require"));
    assert!(words.contains("certificate") && words.contains("sslrootcert=FILE"), "{words}");
    let (_, words) = refused(&format!("{url}?sslrootcert=/nowhere.pem"));
    assert!(words.contains("/nowhere.pem") && words.contains("correct"), "{words}");
    // A server that says no to encryption gets no password.
    let plain = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = plain.local_addr().unwrap().port();
    let asked = std::thread::spawn(move || {
        let (mut client, _) = plain.accept().unwrap();
        let mut first = [0; 8];
        client.read_exact(&mut first).unwrap();
        client.write_all(b"N").unwrap();
        let mut rest = Vec::new();
        let _ = client.read_to_end(&mut rest);
        rest
    });
    let (_, words) = refused(&format!("postgres://ann:s3cret@127.0.0.1:{port}/x?sslmode=require"));
    assert!(words.contains("TLS") && words.contains("sslmode=disable"), "{words}");
    assert_eq!(asked.join().unwrap(), b"");
}

#[test]
fn reading_begins_no_store_and_finds_nothing_where_there_is_none() {
    let url = server().database();
    let mut store = try_open(&url, Duration::from_secs(1), true).unwrap();
    assert_eq!(store.held(&[id("DAX")], d("2026-01-01"), None).unwrap(), []);
    assert_eq!((store.instruments().unwrap(), store.verify().unwrap()), (vec![], vec![]));
    assert!(matches!(kept(&mut store, "DAX", &[("2026-01-07", 1.0)]), Err(StoreError::ReadOnly { .. })));
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'marketsnap'";
    assert_eq!(ask(&url, schemas), ["0"]);
    open(&url);
    assert_eq!(ask(&url, schemas), ["1"]);
    // Opened for reading, what is there is not written.
    let mut store = try_open(&url, Duration::from_secs(1), true).unwrap();
    assert!(matches!(kept(&mut store, "DAX", &[("2026-01-07", 1.0)]), Err(StoreError::ReadOnly { .. })));
}

#[test]
fn a_newer_programs_store_and_another_programs_tables_are_left_alone() {
    let newer = server().database();
    open(&newer);
    ask(&newer, "INSERT INTO marketsnap.migration VALUES (99, now())");
    assert!(matches!(refused(&newer).0, StoreError::Newer { found: 99, .. }));
    for table in ["close (a int)", "migration (a int)"] {
        let other = server().database();
        ask(&other, &format!("CREATE SCHEMA marketsnap; CREATE TABLE marketsnap.{table}"));
        assert!(matches!(refused(&other).0, StoreError::Foreign { .. }), "{table}");
        assert_eq!(ask(&other, "SELECT count(*) FROM pg_tables WHERE schemaname = 'marketsnap'"), ["1"]);
    }
    // Tables of the same names in other schemas are no matter.
    let beside = server().database();
    ask(&beside, "CREATE TABLE public.close (a int); CREATE TABLE public.series (a int)");
    kept(&mut open(&beside), "DAX", &[("2026-01-07", 1.0)]).unwrap();
    assert_eq!(ask(&beside, "SELECT count(*) FROM public.close"), ["0"]);
}

#[test]
fn a_user_does_what_his_rights_allow() {
    let there = server();
    let url = there.database();
    let database = url.rsplit('/').next().unwrap().to_owned();
    let as_user = |name: &str| {
        ask(&url, &format!("CREATE ROLE {name}_{database} LOGIN PASSWORD 's3cret/@'"));
        url.replace("postgres:s3", &format!("{name}_{database}:s3"))
    };
    let writer = as_user("writer");
    let (error, words) = refused(&writer);
    assert!(matches!(error, StoreError::Denied { .. }) && words.contains("permission denied"), "{words}");
    // As README.md has it.
    ask(&url, &format!("GRANT CREATE ON DATABASE {database} TO writer_{database}"));
    let rows = [("2026-01-07", 1.0)];
    assert_eq!(kept(&mut open(&writer), "DAX", &rows).unwrap().added, 1);
    let reader = as_user("reader");
    assert!(matches!(refused(&reader).0, StoreError::Denied { .. }));
    ask(
        &writer,
        &format!(
            "GRANT USAGE ON SCHEMA marketsnap TO reader_{database}; \
             GRANT SELECT ON ALL TABLES IN SCHEMA marketsnap TO reader_{database}"
        ),
    );
    let mut store = open(&reader);
    assert_eq!(closes(&mut store, "DAX"), those(&rows));
    let error = kept(&mut store, "HSI", &rows).unwrap_err();
    assert!(matches!(error, StoreError::Denied { .. }), "{error}");
    ask(
        &writer,
        &format!(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA marketsnap TO reader_{database}"
        ),
    );
    assert_eq!(kept(&mut open(&reader), "HSI", &rows).unwrap().added, 1);
}
