//! How words of a user's file are held beside known ones, and what a symbol tells of an instrument.
//!
//! Not for: words of a command line (`app::words`), which may be symbols that nobody has described.

use crate::domain::{InstrumentId, Kind, Mic, Universe};

/// From this likeness on a word is taken for a slip of another.
const NEAR: f64 = 0.8;

/// Whether two words are the same but for case.
pub(super) fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || a.to_lowercase() == b.to_lowercase()
}

/// The known word that a wrong one may mean.
pub(super) fn near<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    let like = |known: &str| strsim::jaro_winkler(&known.to_lowercase(), &wrong);
    known.max_by(|a, b| like(a).total_cmp(&like(b))).filter(|known| like(known) > NEAR)
}

/// What is told of a venue that there is none of.
pub(super) fn no_venue(universe: &Universe, mic: &Mic) -> String {
    let all = universe.exchanges.keys().map(Mic::as_str);
    match near(mic.as_str(), all.clone()) {
        Some(near) => format!("no venue is called '{mic}': did you mean {near}?"),
        None => format!("no venue is called '{mic}': there are {}", all.collect::<Vec<_>>().join(", ")),
    }
}

/// The venue that a symbol in Yahoo's spelling tells.
pub(super) fn venue(symbol: &str, venue_of: fn(&str) -> Option<Mic>) -> Option<Mic> {
    venue_of(symbol).or_else(|| (kind(symbol) == Kind::Coin).then(|| Mic::new("COIN")))
}

/// What a symbol in Yahoo's spelling is.
pub(super) fn kind(symbol: &str) -> Kind {
    let symbol = symbol.to_uppercase();
    let ends = |with: &[&str]| with.iter().any(|end| symbol.ends_with(end));
    match () {
        () if symbol.starts_with('^') => Kind::Index,
        () if ends(&["=X"]) => Kind::Fx,
        () if ends(&["=F"]) => Kind::Future,
        () if ends(&["-USD", "-EUR"]) => Kind::Coin,
        () => Kind::Stock,
    }
}

/// The currency that a pair or a coin is quoted in: `EURUSD=X`, `JPY=X`, `BTC-USD`.
pub(super) fn quoted_in(symbol: &str, kind: Kind) -> Option<String> {
    let pair = match kind {
        Kind::Fx => symbol.strip_suffix("=X").or_else(|| symbol.strip_suffix("=x"))?,
        Kind::Coin => symbol,
        _ => return None,
    };
    let from = pair.len().checked_sub(3)?;
    pair.get(from..).map(str::to_uppercase)
}

/// What is told of a word that is no instrument.
pub(super) fn no_member(universe: &Universe, word: &str) -> String {
    let id = InstrumentId::new(word);
    if universe.composite(&id).is_some() {
        return format!("{id} is a composite: members are instruments");
    }
    if universe.group(&id).is_some() {
        return format!("{id} is a group: members are instruments, name them one by one");
    }
    let ids = universe.instruments().iter().map(|i| i.id.as_str());
    let near = near(id.as_str(), ids).map_or_else(String::new, |near| format!("did you mean {near}? "));
    format!(
        "unknown instrument '{word}': {near}A symbol needs an id of its own: [instruments.ID] symbols = {{ yahoo = \"{word}\" }}"
    )
}
