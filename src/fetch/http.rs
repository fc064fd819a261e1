//! One GET: time-outs, redirects, a cap on the size, and errors that name no URL.
//!
//! Not for: what an answer means (`answer`, the sources) or whether to ask again (`router`).

use std::error::Error;
use std::time::Duration;

use std::cell::OnceCell;

use reqwest::header::HeaderMap;
use reqwest::{Url, redirect};

use super::source::SourceError;
use super::{Gate, Settings};
use crate::domain::text::sanitise;

const CONNECT_TIME: Duration = Duration::from_secs(5);

/// The user agent sent to a source that refuses whatever looks like a browser.
pub(crate) const BARE_AGENT: &str =
    concat!("marketsnap/", env!("CARGO_PKG_VERSION"), " (+https://github.com/marketsnap/marketsnap)");

/// The user agent sent to all others.
pub(crate) const USER_AGENT: &str = concat!(
    "Mozilla/5.0 (compatible; marketsnap/",
    env!("CARGO_PKG_VERSION"),
    "; +https://github.com/marketsnap/marketsnap)"
);

/// An answer, before anyone has read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    /// The status, whatever its three digits.
    pub(crate) status: u16,
    /// The body, unpacked.
    pub(crate) body: Vec<u8>,
    /// The header `Retry-After` as sent.
    pub(crate) retry_after: Option<String>,
    /// The host that a redirect not followed leads to.
    pub(crate) location: Option<String>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HttpError {
    /// The time given was over.
    Timeout,
    /// The body is larger than so many bytes.
    TooLarge(usize),
    /// No connection came about; the reason is safe to print.
    Unreached(String),
    /// A connection that broke; the reason is safe to print.
    Broken(String),
}

impl From<HttpError> for SourceError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Timeout => SourceError::Transport("it did not answer in time".to_owned()),
            HttpError::TooLarge(limit) => {
                SourceError::Malformed(format!("it is larger than {} MiB", limit / 1024 / 1024))
            }
            HttpError::Unreached(reason) | HttpError::Broken(reason) => SourceError::Transport(reason),
        }
    }
}

/// The clients of a run, each built when first needed and shared by all sources: reading the
/// certificates takes longer than all else a client does.
#[derive(Debug, Default)]
pub(crate) struct Clients {
    proxy: Option<String>,
    gate: Gate,
    world: OnceCell<reqwest::Client>,
    here: OnceCell<reqwest::Client>,
}

impl Clients {
    /// The clients of a run with these settings.
    pub(crate) fn new(settings: &Settings) -> Self {
        Self { proxy: settings.proxy.clone(), gate: settings.gate.clone(), ..Self::default() }
    }

    /// Where requests wait for their turn.
    pub(crate) fn gate(&self) -> Gate {
        self.gate.clone()
    }

    /// The client for a URL: one without a proxy where the host is this machine.
    ///
    /// # Errors
    /// A reason that is safe to print.
    pub(crate) fn of(&self, url: &Url) -> Result<reqwest::Client, String> {
        let here = is_loopback(url);
        let cell = if here { &self.here } else { &self.world };
        if let Some(client) = cell.get() {
            return Ok(client.clone());
        }
        let client = build(here, self.proxy.as_deref())?;
        Ok(cell.get_or_init(|| client).clone())
    }
}

/// Builds a client: ring as TLS provider, the system's certificates or, where there are none, those
/// that Mozilla trusts, no cookies.
///
/// # Errors
/// A reason that is safe to print.
fn build(without_proxy: bool, proxy: Option<&str>) -> Result<reqwest::Client, String> {
    // An error means that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let proxy = proxy.filter(|_| !without_proxy).map(reqwest::Proxy::all).transpose();
    let proxy = proxy.map_err(|_| "the proxy's address cannot be used".to_owned())?;
    let builder = || {
        let builder = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIME)
            .referer(false)
            .redirect(redirect::Policy::custom(follow));
        match &proxy {
            _ if without_proxy => builder.no_proxy(),
            Some(proxy) => builder.proxy(proxy.clone().no_proxy(reqwest::NoProxy::from_env())),
            None => builder,
        }
    };
    builder().build().or_else(|_| {
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS
            .iter()
            .filter_map(|der| reqwest::Certificate::from_der(der).ok());
        builder().tls_certs_only(roots).build().map_err(reason)
    })
}

/// A GET, ready to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Get {
    /// Where it goes.
    pub(crate) url: Url,
    /// What it says beside the usual headers.
    pub(crate) headers: HeaderMap,
    /// Time for the whole answer.
    pub(crate) limit: Duration,
    /// The largest body read, decompressed.
    pub(crate) largest: usize,
}

/// Sends a GET and reads the whole answer.
pub(crate) async fn get(client: reqwest::Client, get: Get) -> Result<Reply, HttpError> {
    let Get { url, headers, limit, largest } = get;
    let mut response = client.get(url).headers(headers).timeout(limit).send().await.map_err(classify)?;
    let header = |name| response.headers().get(name).and_then(|v| v.to_str().ok());
    let retry_after = header(reqwest::header::RETRY_AFTER).map(|v| v.chars().take(64).collect());
    let location = header(reqwest::header::LOCATION).map(|v| target_host(response.url(), v));
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(classify)? {
        if body.len() + chunk.len() > largest {
            return Err(HttpError::TooLarge(largest));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status, body, retry_after, location })
}

/// The URL as it may be shown: without user, password, and values of parameters that look like keys.
pub(crate) fn shown(url: &Url) -> String {
    let mut clean = url.clone();
    let _ = clean.set_username("");
    let _ = clean.set_password(None);
    let secret = |name: &str| {
        let name = name.to_ascii_lowercase();
        ["key", "token", "secret", "crumb", "auth"].iter().any(|s| name.contains(s))
    };
    if clean.query_pairs().any(|(name, _)| secret(&name)) {
        let pairs: Vec<(String, String)> = clean
            .query_pairs()
            .map(|(n, v)| {
                if secret(&n) {
                    (n.into_owned(), "REDACTED".into())
                } else {
                    (n.into_owned(), v.into_owned())
                }
            })
            .collect();
        clean.query_pairs_mut().clear().extend_pairs(pairs);
    }
    clean.into()
}

/// A command line that repeats the request, with the words of `more` as they stand.
pub(crate) fn curl(url: &str, user_agent: &str, headers: &[String], more: &str) -> String {
    let headers: String = headers.iter().map(|h| format!(" -H {}", quoted(h))).collect();
    format!("curl -sS --compressed -A {}{headers}{more} {}", quoted(user_agent), quoted(url))
}

/// A word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    format!("'{}'", sanitise(word, 4096).replace('\'', r"'\''"))
}

/// One redirect is followed, and only on its own host and never from https to http: it is a request
/// beside the source's pace and budget.
fn follow(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let stays = attempt.previous().last().is_some_and(|from| {
        let to = attempt.url();
        from.host_str() == to.host_str()
            && from.port_or_known_default() == to.port_or_known_default()
            && from.scheme() == to.scheme()
    });
    if stays && attempt.previous().len() == 1 { attempt.follow() } else { attempt.stop() }
}

fn target_host(from: &Url, location: &str) -> String {
    let host = from.join(location).ok().and_then(|to| to.host_str().map(str::to_owned));
    sanitise(&host.unwrap_or_else(|| "an unreadable address".to_owned()), 80)
}

/// Whether the address is one of this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn classify(error: reqwest::Error) -> HttpError {
    if error.is_timeout() {
        HttpError::Timeout
    } else if error.is_connect() {
        HttpError::Unreached(reason(error))
    } else {
        HttpError::Broken(reason(error))
    }
}

/// The innermost cause, without the URL.
fn reason(error: reqwest::Error) -> String {
    let what = if error.is_connect() {
        "no connection"
    } else if error.is_body() || error.is_decode() {
        "the answer broke off or is damaged"
    } else {
        "the request failed"
    };
    let error = error.without_url();
    let mut cause: &dyn Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    sanitise(&format!("{what}: {cause}"), 160)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_shown_url_has_no_password_and_no_key() {
        let shown = shown(&url("https://me:pw@example.org/v8?symbols=A%2CB&apikey=s3cret"));
        assert_eq!(shown, "https://example.org/v8?symbols=A%2CB&apikey=REDACTED");
    }

    #[test]
    fn a_shown_url_without_keys_is_left_byte_for_byte() {
        let text = "https://query1.finance.yahoo.com/v7/finance/spark?symbols=%5EGSPC,NVDA&range=2y";
        assert_eq!(shown(&url(text)), text);
    }

    #[test]
    fn the_curl_line_survives_quotes_in_the_user_agent() {
        let accept = ["Accept: application/json".to_owned()];
        let line = curl("http://localhost/v8?a=1&b=2", "it's me", &accept, "");
        assert_eq!(
            line,
            r"curl -sS --compressed -A 'it'\''s me' -H 'Accept: application/json' 'http://localhost/v8?a=1&b=2'"
        );
    }

    #[test]
    fn only_this_machine_is_asked_without_a_proxy() {
        assert!(is_loopback(&url("http://127.0.0.1:8080/x")));
        assert!(is_loopback(&url("http://[::1]:8080/x")));
        assert!(!is_loopback(&url("https://query1.finance.yahoo.com")));
    }
}
