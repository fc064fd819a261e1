//! Whether an address can stand in for a source's own.
//!
//! Not for: asking it.

use reqwest::Url;

/// Checks a base URL before any request is made.
///
/// # Errors
/// What is wrong with it, in words that hold nothing of the address itself.
pub fn check_base_url(text: &str) -> Result<(), String> {
    let url = Url::parse(text).map_err(|e| format!("{e}; it should look like https://mirror.example"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("it should begin with https:// or http://".to_owned());
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err("it names no host".to_owned());
    }
    Ok(())
}

/// Checks a proxy's address before any request is made.
///
/// # Errors
/// What is wrong with it, in words that hold nothing of the address itself.
pub fn check_proxy(text: &str) -> Result<(), String> {
    let wrong = |why: String| format!("{why}, such as http://proxy.example:3128");
    check_base_url(text).map_err(|why| wrong(why.split(';').next().unwrap_or_default().to_owned()))?;
    reqwest::Proxy::all(text).map(drop).map_err(|_| wrong("it is no address of a proxy".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_addresses_with_a_host_can_be_asked() {
        for good in ["https://mirror.example", "http://127.0.0.1:8733/yahoo", "http://[::1]:80"] {
            assert_eq!(check_base_url(good), Ok(()), "{good}");
        }
        for bad in [
            "foo",
            "localhost:99",
            "http://127.0.0.1:99999",
            "file:///etc/passwd",
            "ftp://mirror.example",
            "http://",
        ] {
            assert!(check_base_url(bad).is_err(), "{bad}");
        }
    }
}
