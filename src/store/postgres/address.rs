//! The address of a server's database, and whether the way there is encrypted.
//!
//! Not for: connecting. The password never leaves this module but for the server.

use std::fmt;
use std::path::PathBuf;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use crate::domain::text::sanitise;

/// The schemes that a server's address begins with.
pub const SCHEMES: [&str; 2] = ["postgres", "postgresql"];
/// What a query of an address may say, beside the two words on TLS; these go to the server's client as they are.
const PASSED_ON: [&str; 5] =
    ["application_name", "connect_timeout", "host", "options", "target_session_attrs"];
/// What is escaped in an address that is shown.
const ESCAPED: AsciiSet = CONTROLS.add(b' ').add(b'/').add(b'@').add(b':').add(b'?').add(b'#').add(b'%');

/// Why an address is none. Nothing of what was written is repeated: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// It does not have the form of one.
    #[error(
        "this is no address of a PostgreSQL server: postgres://USER:PASSWORD@HOST:PORT/DATABASE is expected, with the characters @ : / ? # % of a password written as %40 %3A %2F %3F %23 %25"
    )]
    Form,
    /// It says something after the question mark that is not known.
    #[error(
        "the address of a PostgreSQL server may say sslmode, sslrootcert, host, connect_timeout, application_name, options and target_session_attrs after its question mark, and nothing else"
    )]
    Option,
    /// It asks for encryption only if it can be had.
    #[error(
        "sslmode is require (encrypted, with the server's certificate checked; also verify-full and verify-ca) or disable; prefer and allow would fall back to plain text without a word"
    )]
    SslMode,
}

/// Whether a connection is encrypted, and by what the server's certificate is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tls {
    /// In plain text.
    Off,
    /// By the system's authorities, or by those of one file.
    On(Option<PathBuf>),
}

/// The address of a database.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    pub(super) config: Config,
    pub(super) tls: Tls,
    shown: String,
}

impl Address {
    /// The address that a user's words are.
    ///
    /// # Errors
    /// [`BadAddress`] where they are none.
    pub fn of(words: &str) -> Result<Self, BadAddress> {
        let (base, query) = parts(words)?;
        let mut url = base.to_owned();
        let (mut mode, mut root, mut between) = (None, None, '?');
        for (name, value) in
            query.split('&').filter(|p| !p.is_empty()).map(|p| p.split_once('=').unwrap_or((p, "")))
        {
            match name {
                "sslmode" => mode = Some(encrypted(value)?),
                "sslrootcert" => root = Some(PathBuf::from(decoded(value)?)),
                known if PASSED_ON.contains(&known) => {
                    url.push_str(&format!("{between}{name}={value}"));
                    between = '&';
                }
                _ => return Err(BadAddress::Option),
            }
        }
        let mut config: Config = url.parse().map_err(|_| BadAddress::Form)?;
        let (Some(user), false) = (config.get_user().map(str::to_owned), config.get_hosts().is_empty())
        else {
            return Err(BadAddress::Form);
        };
        if config.get_dbname().is_none() {
            config.dbname(&user);
        }
        let on = mode.unwrap_or(root.is_some() || !local(&config));
        config.ssl_mode(if on { SslMode::Require } else { SslMode::Disable });
        let shown = shown(&config, &user);
        Ok(Self { config, tls: if on { Tls::On(root) } else { Tls::Off }, shown })
    }
}

/// What comes before the question mark and what after it. A second `@` would be part of a password that is
/// not escaped, and what follows it would be shown.
fn parts(words: &str) -> Result<(&str, &str), BadAddress> {
    let known = |scheme: &&str| SCHEMES.contains(scheme);
    let (_, rest) = words.split_once("://").filter(|(scheme, _)| known(scheme)).ok_or(BadAddress::Form)?;
    let (_, after) = rest.split_once('@').ok_or(BadAddress::Form)?;
    if after.contains(['@', '#']) {
        return Err(BadAddress::Form);
    }
    let Some((_, query)) = after.split_once('?') else { return Ok((words, "")) };
    let base = words.strip_suffix(query).and_then(|w| w.strip_suffix('?')).ok_or(BadAddress::Form)?;
    Ok((base, query))
}

/// Whether a mode encrypts.
fn encrypted(mode: &str) -> Result<bool, BadAddress> {
    match mode {
        "disable" => Ok(false),
        "require" | "verify-ca" | "verify-full" => Ok(true),
        _ => Err(BadAddress::SslMode),
    }
}

fn decoded(text: &str) -> Result<String, BadAddress> {
    percent_decode_str(text).decode_utf8().map(String::from).map_err(|_| BadAddress::Form)
}

/// Whether every host is this machine, so that nobody listens on the way.
fn local(config: &Config) -> bool {
    config.get_hosts().iter().all(|host| match host {
        #[cfg(unix)]
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name.eq_ignore_ascii_case("localhost")
                || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    })
}

fn shown(config: &Config, user: &str) -> String {
    let escaped = |text: &str| sanitise(&utf8_percent_encode(text, &ESCAPED).to_string(), 100);
    let ports = config.get_ports();
    let hosts: Vec<String> = config
        .get_hosts()
        .iter()
        .enumerate()
        .map(|(n, host)| {
            let name = match host {
                Host::Tcp(name) if name.contains(':') => format!("[{}]", sanitise(name, 100)),
                Host::Tcp(name) => escaped(name),
                #[cfg(unix)]
                Host::Unix(path) => escaped(&path.to_string_lossy()),
            };
            format!("{name}:{}", ports.get(n).or(ports.first()).unwrap_or(&5432))
        })
        .collect();
    let database = config.get_dbname().unwrap_or(user);
    format!("postgres://{}@{}/{}", escaped(user), hosts.join(","), escaped(database))
}

/// The address without its password.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Address").field(&self.shown).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tls(words: &str) -> Tls {
        Address::of(words).unwrap().tls
    }

    #[test]
    fn an_address_is_shown_without_its_password() {
        let address =
            Address::of("postgresql://ann:s3cret%40x@db.example.org:5433/closes?sslmode=require").unwrap();
        assert_eq!(address.to_string(), "postgres://ann@db.example.org:5433/closes");
        assert_eq!(format!("{address:?}"), r#"Address("postgres://ann@db.example.org:5433/closes")"#);
        assert_eq!(address.config.get_password(), Some(&b"s3cret@x"[..]));
        let socket = Address::of("postgres://ann@%2Frun%2Fpostgresql/closes").unwrap();
        assert_eq!(socket.to_string(), "postgres://ann@%2Frun%2Fpostgresql:5432/closes");
        assert_eq!(Address::of("postgres://ann@[::1]").unwrap().to_string(), "postgres://ann@[::1]:5432/ann");
    }

    #[test]
    fn a_password_with_unescaped_characters_is_never_taken_for_another_part_or_repeated() {
        let all = [
            "postgres://ann:s3@cret@db.example.org/closes",
            "postgres://ann:s3/cret@db@example.org/closes",
            "postgres://s3cret",
            "postgres://ann:s3cret@",
            "postgres://ann:pass@db:s3cret/closes",
            "postgres://ann:pass@db/closes?s3cret=1",
            "postgres://ann:pass@db/closes?password=s3cret",
            "postgres://ann:pass@db/closes?sslmode=s3cret",
            "mysql://ann:s3cret@db/closes",
        ];
        for words in all {
            let error = Address::of(words).expect_err(words);
            assert!(!format!("{error} {error:?}").contains("cret"), "{words}: {error}");
        }
        for (words, password) in [("postgres://ann:a/b@db/x", "a/b"), ("postgres://ann:a?b@db/x", "a?b")] {
            let address = Address::of(words).unwrap();
            assert_eq!(address.config.get_password(), Some(password.as_bytes()));
            assert_eq!(address.to_string(), "postgres://ann@db:5432/x");
        }
    }

    #[test]
    fn only_this_machine_is_spoken_to_in_plain_text_unless_the_address_says_so() {
        for host in ["localhost", "127.0.0.1", "[::1]", "%2Frun%2Fpostgresql"] {
            assert_eq!(tls(&format!("postgres://ann@{host}/x")), Tls::Off, "{host}");
            assert_eq!(tls(&format!("postgres://ann@{host}/x?sslmode=require")), Tls::On(None), "{host}");
        }
        for host in ["db", "10.0.0.1", "localhost,db", "localhost.example.org"] {
            assert_eq!(tls(&format!("postgres://ann@{host}/x")), Tls::On(None), "{host}");
            assert_eq!(tls(&format!("postgres://ann@{host}/x?sslmode=disable")), Tls::Off, "{host}");
        }
        let own =
            tls("postgres://ann@db/x?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem&connect_timeout=2");
        assert_eq!(own, Tls::On(Some(PathBuf::from("/etc/ca.pem"))));
        assert_eq!(Address::of("postgres://ann@db/x?sslmode=prefer"), Err(BadAddress::SslMode));
    }
}
