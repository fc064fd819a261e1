//! What a source says, without the user's key in it, however the answer spells the key.
//!
//! Not for: the bytes of an answer (`address`). Here a text is looked at as it will be shown, decoded and
//! made safe, and one that holds the key is not shown at all.

use super::address::Addresses;
use crate::domain::text::sanitise;
use crate::domain::{Series, Warning};
use crate::fetch::Described;
use crate::fetch::http::Reply;
use crate::fetch::lookup::Hit;
use crate::fetch::source::{Found, Parsed, SourceError};

/// Told in place of a text that holds the key.
const REPEATS: &str = "its answer repeats the key";
/// Told in place of a host that holds the key.
const HOST: &str = "a host whose name repeats the key";
/// Fewer letters and digits in a row are no key, and no part of one that tells anything.
const LEAST: usize = 6;
/// How many encodings are looked through, one inside the other.
const DEEP: usize = 4;

impl Addresses {
    /// The headers of a reply and the bytes of its body without the key.
    pub(super) fn cleaned(&self, reply: Reply) -> Reply {
        let retry_after = reply.retry_after.filter(|text| !self.is_told_by(text));
        let location = reply.location.map(|host| if self.is_told_by(&host) { HOST.to_owned() } else { host });
        Reply { body: self.redacted(reply.body), retry_after, location, ..reply }
    }

    /// What was read, with every text that holds the key replaced.
    pub(super) fn discreet(&self, outcome: Result<Parsed, SourceError>) -> Result<Parsed, SourceError> {
        let mut parsed = outcome.map_err(|error| self.discreet_error(error))?;
        for answer in &mut parsed.answers {
            match &mut answer.outcome {
                Ok(found) => self.clean_found(found),
                Err(error) => *error = self.discreet_error(error.clone()),
            }
        }
        Ok(parsed)
    }

    /// What a search told, with every text that holds the key left out.
    pub(super) fn discreet_hits(
        &self,
        outcome: Result<Vec<Hit>, SourceError>,
    ) -> Result<Vec<Hit>, SourceError> {
        let mut hits = outcome.map_err(|error| self.discreet_error(error))?;
        hits.retain(|hit| !self.is_told_by(&hit.symbol));
        for Hit { described, venue, .. } in &mut hits {
            let told = |text: &mut String| self.is_told_by(text);
            described.name.take_if(told);
            described.currency.take_if(told);
            venue.take_if(told);
        }
        Ok(hits)
    }

    fn discreet_error(&self, mut error: SourceError) -> SourceError {
        match &mut error {
            SourceError::Throttled { reason: text, .. }
            | SourceError::NoData(text)
            | SourceError::Renamed(text)
            | SourceError::Blocked(text)
            | SourceError::Unauthorised(text)
            | SourceError::Transport(text)
            | SourceError::Garbled(text)
            | SourceError::Malformed(text) => {
                if self.is_told_by(text) {
                    *text = REPEATS.to_owned();
                }
            }
            SourceError::UnknownSymbol
            | SourceError::Fault(_)
            | SourceError::Timeout
            | SourceError::Outage
            | SourceError::Barren(_)
            | SourceError::Budget(_)
            | SourceError::NotCovered => {}
        }
        error
    }

    fn clean_found(&self, found: &mut Found) {
        let told = |text: &mut String| self.is_told_by(text);
        if let Some(Described { name, currency, .. }) = &mut found.described {
            name.take_if(told);
            currency.take_if(told);
        }
        let Series { provenance, warnings, .. } = &mut found.series;
        provenance.currency.take_if(told);
        for Warning { message, .. } in warnings {
            if self.is_told_by(message) {
                *message = format!("{}: of {}, {REPEATS}", provenance.instrument, provenance.source);
            }
        }
    }

    fn is_told_by(&self, text: &str) -> bool {
        self.secret().is_some_and(|key| tells(text, key))
    }
}

/// Whether a text holds the key in any spelling: other case, escapes of URLs, JSON and HTML, one inside
/// the other, marks and blanks between its letters, or its beginning where the text was cut.
fn tells(text: &str, key: &str) -> bool {
    let key = folded(key);
    if key.chars().count() < LEAST {
        return false;
    }
    let mut text = sanitise(text, usize::MAX);
    for _ in 0..=DEEP {
        if folded(&text).contains(&key) || is_cut_in(&text, &key) {
            return true;
        }
        let next = sanitise(&decoded(&text), usize::MAX);
        if next == text {
            return false;
        }
        text = next;
    }
    false
}

/// Letters and digits alone, in lower case.
fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether an ellipsis cut the text inside the key, or inside an escape of it.
fn is_cut_in(text: &str, key: &str) -> bool {
    text.match_indices('…').any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let last = before.rfind(['%', '\\', '&']).filter(|escape| at - escape < 10);
        let whole = last.and_then(|escape| before.get(..escape)).unwrap_or(before);
        [before, whole].iter().any(|before| ends_inside(&folded(before), key))
    })
}

fn ends_inside(text: &str, key: &str) -> bool {
    key.char_indices().skip(LEAST).any(|(at, _)| key.get(..at).is_some_and(|part| text.ends_with(part)))
}

/// The text with one layer of escapes taken off.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['%', '\\', '&']) {
        let (before, escape) = rest.split_at(at);
        bytes.extend_from_slice(before.as_bytes());
        let (meant, after) = unescaped(escape).unwrap_or_else(|| {
            let (mark, after) = escape.split_at_checked(1).unwrap_or((escape, ""));
            (mark.as_bytes().to_vec(), after)
        });
        bytes.extend(meant);
        rest = after;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What the escape at the text's beginning means, and what follows it.
fn unescaped(text: &str) -> Option<(Vec<u8>, &str)> {
    let number = |from: usize, to: usize| u32::from_str_radix(text.get(from..to)?, 16).ok();
    let letter = |code: u32| Some(char::from_u32(code)?.to_string().into_bytes());
    if text.starts_with('%') {
        return Some((vec![u8::try_from(number(1, 3)?).ok()?], text.get(3..)?));
    }
    if text.starts_with("\\u") {
        return Some((letter(number(2, 6)?)?, text.get(6..)?));
    }
    if text.starts_with("\\x") {
        return Some((letter(number(2, 4)?)?, text.get(4..)?));
    }
    let (name, after) = text.strip_prefix('&')?.split_once(';').filter(|(name, _)| name.len() < 10)?;
    let meant = match name.strip_prefix('#').map(|n| n.strip_prefix(['x', 'X']).ok_or(n)) {
        Some(Ok(hex)) => letter(u32::from_str_radix(hex, 16).ok()?)?,
        Some(Err(decimal)) => letter(decimal.parse().ok()?)?,
        None if name == "amp" => b"&".to_vec(),
        // The others that a key can need are of signs, which do not count.
        None if name.bytes().all(|b| b.is_ascii_alphanumeric()) => Vec::new(),
        None => return None,
    };
    Some((meant, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::{Settings, source};

    const KEY: &str = "SECRET+KEY/1";

    fn addresses() -> Addresses {
        let keys = [("eodhd".to_owned(), KEY.into())].into_iter().collect();
        Addresses::new(source("eodhd").unwrap().info(), &Settings { keys, ..Settings::default() })
    }

    #[test]
    fn a_text_tells_the_key_in_any_spelling() {
        for text in [
            "no SECRET+KEY/1 here",
            "secret+key/1",
            r"SECRET+KEY\/1",
            r"\u0053ECRET\u002bKEY\/1",
            r"\x53ECRET+KEY/1",
            "SECRET%252BKEY%252F1",
            "%53%45%43%52%45%54%2bKEY/1",
            "%2553ECRET%25252BKEY1",
            "SECRET&#43;KEY&#x2F;1",
            "SECRET&amp;plus;KEY&sol;1",
            "&amp;#83;ECRET+KEY/1",
            "SEC\u{1b}[31mRET+K\u{200b}EY\u{ad}/1",
            "S E C R E T - K E Y - 1",
            "it ends with SECRET+K…",
            "it ends with SECRET%2…",
            "it ends with SECRET&#4… and goes on",
        ] {
            assert!(tells(text, KEY), "{text}");
        }
        for text in ["SECRET", "status 429", "a KEY of 1", "100 % & more; \\", "SECRE…", "%", "\\u00", "&#;"]
        {
            assert!(!tells(text, KEY), "{text}");
        }
        // What is shorter would be found in any text.
        assert!(!tells("a+b/c", "a+b/c"));
    }

    #[test]
    fn an_error_that_tells_the_key_keeps_its_sort_and_loses_its_words() {
        let of = |error| addresses().discreet(Err(error)).unwrap_err();
        let said = || "no such token: Secret-Key-1".to_owned();
        let neutral = || REPEATS.to_owned();
        assert_eq!(of(SourceError::Malformed(said())), SourceError::Malformed(neutral()));
        assert_eq!(of(SourceError::Renamed(said())), SourceError::Renamed(neutral()));
        let throttled = |reason| SourceError::Throttled { reason, until: None, wait: true };
        assert_eq!(of(throttled(said())), throttled(neutral()));
        let harmless = SourceError::NoData("it has no rows".to_owned());
        assert_eq!(of(harmless.clone()), harmless);
    }

    #[test]
    fn a_reply_s_headers_do_not_tell_the_key_and_others_stay() {
        let reply = |location: &str, retry_after: &str| {
            let (retry_after, location) = (Some(retry_after.to_owned()), Some(location.to_owned()));
            addresses().cleaned(Reply { status: 302, body: Vec::new(), retry_after, location })
        };
        let clean = reply("secretkey1.example.org", "SECRET+KEY/1");
        assert_eq!((clean.location.as_deref(), clean.retry_after), (Some(HOST), None));
        let same = reply("example.org", "120");
        assert_eq!(
            (same.location.as_deref(), same.retry_after.as_deref()),
            (Some("example.org"), Some("120"))
        );
    }
}
