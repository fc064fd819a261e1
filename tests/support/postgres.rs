//! A PostgreSQL server of this test's own, started when the first test needs it and stopped when the process
//! ends, however it ends. Each test has a database to itself.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio_postgres::{NoTls, SimpleQueryMessage};

/// Said where no server can be started.
const MISSING: &str = "these tests start a PostgreSQL server of their own and found none: install it \
    (apt-get install postgresql; its initdb may also be on the PATH); .ci/run does";
/// The server does not run as root; this user owns nothing else.
pub const NOBODY: u32 = 65_534;
/// What the server's superuser signs in with, as an address has it.
pub const PASSWORD: &str = "s3cret%2F%40";

/// Keeps the server running until its own input ends, which it does with the process that holds it.
const GUARD: &str = r#"
"$1/postgres" -D "$2/data" -k "$2" -h 127.0.0.1 -p "$3" -F -c max_connections=60 -c shared_buffers=64MB \
    -c ssl=on -c ssl_cert_file="$2/server.crt" -c ssl_key_file="$2/server.key" >"$2/log" 2>&1 &
server=$!
read -r _
kill -QUIT "$server"
wait "$server"
cd / && rm -rf "$2"
"#;

pub struct Server {
    /// Where its certificate and its log are.
    pub folder: PathBuf,
    pub port: u16,
    databases: AtomicU32,
    _guard: Child,
}

/// The server of this process.
pub fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| (0..5).find_map(|_| start()).expect("a PostgreSQL server did not start five times"))
}

/// The folder of the server's programs.
pub fn programs() -> PathBuf {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = installed.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let all =
        |folder: &PathBuf| ["initdb", "postgres", "pg_ctl"].iter().all(|name| folder.join(name).exists());
    folders.into_iter().find(all).expect(MISSING)
}

/// A command that does not run as root.
pub fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/");
    if root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

/// Whether this process may do everything.
pub fn root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|m| m.uid() == 0)
}

fn start() -> Option<Server> {
    let programs = programs();
    let folder = tempfile::Builder::new().prefix("marketsnap-pg").tempdir().unwrap().keep();
    let certificate = rcgen::generate_simple_self_signed(["localhost".into(), "127.0.0.1".into()]).unwrap();
    let password = percent_encoding::percent_decode_str(PASSWORD).decode_utf8().unwrap().into_owned();
    let files = [
        ("server.crt", certificate.cert.pem()),
        ("server.key", certificate.signing_key.serialize_pem()),
        ("password", password),
    ];
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    if root() {
        for path in
            [&folder, &folder.join("server.crt"), &folder.join("server.key"), &folder.join("password")]
        {
            chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
    let begun = command(&programs.join("initdb"))
        .args(["-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", "-A", "scram-sha-256"])
        .args([Path::new("--pwfile"), &folder.join("password"), Path::new("-D"), &folder.join("data")])
        .output()
        .unwrap();
    assert!(begun.status.success(), "initdb: {}", String::from_utf8_lossy(&begun.stderr));
    let port = free_port();
    let mut guard = command(Path::new("/bin/sh"));
    guard.args(["-c", GUARD, "guard"]).args([&programs, &folder]).arg(port.to_string());
    // Not stopped by what stops this process, so that it still stops the server.
    guard.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let server = Server { folder, port, databases: AtomicU32::new(0), _guard: guard.spawn().unwrap() };
    let up = (0..600).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        asked(&server.url("postgres"), "SELECT 1").is_ok()
    });
    up.then_some(server)
}

/// A port that nobody listens on now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Server {
    /// The address of a database of this server.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres:{PASSWORD}@127.0.0.1:{}/{database}", self.port)
    }

    /// The address of a new database.
    pub fn database(&self) -> String {
        let name = format!("db{}", self.databases.fetch_add(1, Ordering::Relaxed));
        ask(&self.url("postgres"), &format!("CREATE DATABASE {name}"));
        self.url(&name)
    }
}

/// The first column of what a database answers to some SQL.
pub fn ask(url: &str, sql: &str) -> Vec<String> {
    asked(url, sql).unwrap_or_else(|e| panic!("{sql}: {e:?}"))
}

fn asked(url: &str, sql: &str) -> Result<Vec<String>, tokio_postgres::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        let said = client.simple_query(sql).await?;
        let first = |m: SimpleQueryMessage| match m {
            SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
            _ => None,
        };
        Ok(said.into_iter().filter_map(first).collect())
    })
}

/// Tells a guard by hand that its test is over.
impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut input) = self._guard.stdin.take() {
            let _ = input.write_all(b"\n");
        }
        let _ = self._guard.wait();
    }
}
