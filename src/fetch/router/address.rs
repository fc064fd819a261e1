//! Where a source is asked and what is sent with it: its services' hosts in turn, or the one address
//! set in their place, its headers, and the user's key.
//!
//! Not for: what is asked there (the sources). A key is put in at the last moment, and neither a URL
//! that is shown nor a line that repeats a request holds it.

use reqwest::Url;
use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue, REFERER, USER_AGENT};
use secrecy::{ExposeSecret, SecretString};

use crate::fetch::Settings;
use crate::fetch::http;
use crate::fetch::source::{KeyPlace, SourceInfo, encoded};

/// The addresses of one source, and what is sent with each request.
pub(super) struct Addresses {
    info: &'static SourceInfo,
    services: Vec<Vec<Url>>,
    agent: String,
    key: Option<SecretString>,
    /// The proxy as it may be shown.
    proxy: Option<String>,
}

impl Addresses {
    /// The source's own hosts, or the address set instead of them.
    pub(super) fn new(info: &'static SourceInfo, settings: &Settings) -> Self {
        let parsed = |base: &str| Url::parse(base).ok().filter(Url::has_host);
        let services = match settings.base_urls.get(info.name) {
            Some(base) => vec![parsed(base).into_iter().collect(); info.services.len()],
            None => info.services.iter().map(|s| s.iter().filter_map(|b| parsed(b)).collect()).collect(),
        };
        let own = if info.headers.bare_agent { http::BARE_AGENT } else { http::USER_AGENT };
        let agent = settings.user_agent.as_deref().unwrap_or(own).to_owned();
        let key = info.key.and_then(|_| settings.keys.get(info.name).cloned());
        let proxy = settings.proxy.as_deref().and_then(parsed).map(|url| http::shown(&url));
        Self { info, services, agent, key, proxy }
    }

    /// The URL of `path` for the first try (0), the second (1), and so on: each at the service's next
    /// host. It holds no key.
    ///
    /// # Errors
    /// A reason that is safe to print.
    pub(super) fn url(&self, service: usize, nth: usize, path: &str) -> Result<Url, String> {
        let hosts = self.services.get(service).map(Vec::as_slice).unwrap_or_default();
        let Some(base) = hosts.iter().cycle().nth(nth) else {
            return Err(format!("the address set with {} is not a URL", self.info.url_variable));
        };
        let mut base = base.clone();
        base.set_query(None);
        base.set_fragment(None);
        let joined = format!("{}{path}", base.as_str().trim_end_matches('/'));
        Url::parse(&joined).map_err(|_| "the request is not a URL".to_owned())
    }

    /// How many hosts a service can be asked at.
    pub(super) fn hosts(&self, service: usize) -> usize {
        self.services.get(service).map_or(0, Vec::len)
    }

    /// The URL as it is sent.
    pub(super) fn with_key(&self, mut url: Url) -> Url {
        if let (Some(KeyPlace::Query(name)), Some(key)) = (self.place(), &self.key) {
            url.query_pairs_mut().append_pair(name, key.expose_secret());
        }
        url
    }

    /// The headers as they are sent.
    pub(super) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(self.info.headers.accept));
        if let Some(referer) = self.info.headers.referer {
            headers.insert(REFERER, HeaderValue::from_static(referer));
        }
        let agent = HeaderValue::from_str(&self.agent);
        headers.insert(USER_AGENT, agent.unwrap_or(HeaderValue::from_static(http::USER_AGENT)));
        if let (Some(KeyPlace::Header(name, before)), Some(key)) = (self.place(), &self.key)
            && let Ok(name) = HeaderName::from_bytes(name.as_bytes())
            && let Ok(mut value) = HeaderValue::from_str(&format!("{before}{}", key.expose_secret()))
        {
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        headers
    }

    /// A body without the key, which some sources repeat in their errors, also as it is in a URL.
    pub(super) fn redacted(&self, body: Vec<u8>) -> Vec<u8> {
        let Some(key) = self.secret() else { return body };
        let mut forms = vec![key.to_owned()];
        for written in [in_url(key), encoded(key)] {
            forms.extend([with_small_escapes(&written), written]);
        }
        // The longest first, so that no other leaves a part of it.
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        let mut body = body;
        for form in forms {
            if body.windows(form.len()).any(|w| w == form.as_bytes()) {
                body = String::from_utf8_lossy(&body).replace(&form, "REDACTED").into_bytes();
            }
        }
        body
    }

    /// The URL as it may be shown, and a command line that repeats the request with the key taken from
    /// its variable.
    pub(super) fn shown(&self, service: usize, nth: usize, path: &str) -> Option<(String, String)> {
        let url = self.url(service, nth, path).ok()?;
        let proxy = self.proxy.as_deref().filter(|_| !http::is_loopback(&url));
        let url = http::shown(&url);
        let mut headers = vec![format!("Accept: {}", self.info.headers.accept)];
        headers.extend(self.info.headers.referer.map(|r| format!("Referer: {r}")));
        let mut more = String::new();
        match (self.info.key.map(|k| k.variable), self.place()) {
            (Some(variable), Some(KeyPlace::Header(name, before))) => {
                more = format!(" -H \"{name}: {before}${variable}\"");
            }
            (Some(variable), Some(KeyPlace::Query(name))) => {
                more = format!(" -G --data-urlencode \"{name}=${variable}\"");
            }
            _ => {}
        }
        more.extend(proxy.map(|proxy| format!(" -x {}", http::quoted(proxy))));
        let curl = http::curl(&url, &self.agent, &headers, &more);
        Some((url, curl))
    }

    /// Whether the source wants a key and has none.
    pub(super) fn lacks_key(&self) -> bool {
        self.info.key.is_some() && self.key.is_none()
    }

    /// The key itself, for looking where it must not be.
    pub(super) fn secret(&self) -> Option<&str> {
        self.key.as_ref().map(ExposeSecret::expose_secret).filter(|key| !key.is_empty())
    }

    fn place(&self) -> Option<KeyPlace> {
        self.info.key.map(|k| k.place)
    }
}

/// A value as it is sent in a query.
fn in_url(value: &str) -> String {
    let mut url = Url::parse("http://localhost/").ok();
    if let Some(url) = &mut url {
        url.query_pairs_mut().append_pair("k", value);
    }
    url.and_then(|u| Some(u.query()?.strip_prefix("k=")?.to_owned())).unwrap_or_default()
}

/// The same with the letters of escapes (`%2B`) in lower case.
fn with_small_escapes(text: &str) -> String {
    let mut parts = text.split('%');
    let mut small = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (escape, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        small.extend(["%", &escape.to_ascii_lowercase(), rest]);
    }
    small
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::source;

    fn url(base: Option<&str>, nth: usize) -> Result<String, String> {
        let info = source("yahoo").unwrap().info();
        let base_urls = base.map(|b| ("yahoo".to_owned(), b.to_owned())).into_iter().collect();
        let settings = Settings { base_urls, ..Settings::default() };
        Addresses::new(info, &settings).url(0, nth, "/v8/x?a=1").map(String::from)
    }

    #[test]
    fn a_retry_goes_to_the_other_host() {
        assert_eq!(url(None, 0).unwrap(), "https://query1.finance.yahoo.com/v8/x?a=1");
        assert_eq!(url(None, 1).unwrap(), "https://query2.finance.yahoo.com/v8/x?a=1");
    }

    #[test]
    fn an_address_set_instead_keeps_its_prefix_on_every_try() {
        for nth in [0, 1] {
            let joined = url(Some("http://localhost:1/mirror/?q#f"), nth).unwrap();
            assert_eq!(joined, "http://localhost:1/mirror/v8/x?a=1");
        }
    }

    #[test]
    fn an_address_that_is_no_url_is_told_by_the_name_of_its_variable() {
        assert!(url(Some("localhost"), 0).unwrap_err().contains("MARKETSNAP_YAHOO_URL"));
    }

    #[test]
    fn a_key_is_taken_out_of_a_body_in_each_of_its_spellings() {
        let keys = [("eodhd".to_owned(), "a+b/c".into())].into_iter().collect();
        let settings = Settings { keys, ..Settings::default() };
        let addresses = Addresses::new(source("eodhd").unwrap().info(), &settings);
        for spelling in ["a+b/c", "a%2Bb%2Fc", "a%2bb%2fc"] {
            let clean = addresses.redacted(format!("?api_token={spelling}&x").into_bytes());
            assert_eq!(String::from_utf8(clean).unwrap(), "?api_token=REDACTED&x");
        }
    }
}
