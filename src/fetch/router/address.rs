//! Where a source is asked: its hosts in turn, or the one address set in their place, and the client.
//!
//! Not for: what is asked there (the sources).

use reqwest::{Client, Url};

use crate::fetch::http;
use crate::fetch::source::SourceInfo;

/// The addresses of one source, and the client once it is needed.
pub(super) struct Addresses {
    hosts: Vec<Url>,
    variable: &'static str,
    agent: String,
    client: Option<Client>,
}

impl Addresses {
    /// The source's own hosts, or `base` instead of them.
    pub(super) fn new(info: &SourceInfo, base: Option<&str>, agent: Option<&str>) -> Self {
        let own = base.map_or_else(|| info.services.concat(), |base| vec![base]);
        let hosts = own.into_iter().filter_map(|h| Url::parse(h).ok()).filter(Url::has_host).collect();
        let agent = agent.unwrap_or(http::USER_AGENT).to_owned();
        Self { hosts, variable: info.url_variable, agent, client: None }
    }

    /// The URL of `path` for the first try (0), the second (1), and so on: each at the next host.
    ///
    /// # Errors
    /// A reason that is safe to print.
    pub(super) fn url(&self, nth: usize, path: &str) -> Result<Url, String> {
        let Some(base) = self.hosts.iter().cycle().nth(nth) else {
            return Err(format!("the address set with {} is not a URL", self.variable));
        };
        let mut base = base.clone();
        base.set_query(None);
        base.set_fragment(None);
        let joined = format!("{}{path}", base.as_str().trim_end_matches('/'));
        Url::parse(&joined).map_err(|_| "the request is not a URL".to_owned())
    }

    /// The client, built when first asked for.
    ///
    /// # Errors
    /// A reason that is safe to print.
    pub(super) fn client(&mut self) -> Result<Client, String> {
        if let Some(client) = &self.client {
            return Ok(client.clone());
        }
        let client = http::client(&self.agent, &self.hosts)?;
        self.client = Some(client.clone());
        Ok(client)
    }

    /// The URL as it may be shown, and a command line that repeats the request.
    pub(super) fn shown(&self, nth: usize, path: &str) -> Option<(String, String)> {
        let url = self.url(nth, path).ok()?;
        Some((http::shown(&url), http::curl(&url, &self.agent)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::source;

    fn url(base: Option<&str>, nth: usize) -> Result<String, String> {
        let info = source("yahoo").unwrap().info();
        Addresses::new(info, base, None).url(nth, "/v8/x?a=1").map(String::from)
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
}
