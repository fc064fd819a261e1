//! What a word of the command line means: an instrument, composite or group of the catalogue by id,
//! alias or symbol, else a symbol to ask a source for.
//!
//! Not for: asking the source. A word one letter away from a known id is taken for a slip, before any
//! request.

use crate::compute::Chosen;
use crate::domain::text::sanitise;
use crate::domain::{Instrument, InstrumentId, Universe};

use super::adhoc;
use super::usage::UsageError;

/// Ids with fewer letters are too short to tell a slip from a symbol.
const SLIP_FROM_LETTERS: usize = 5;
const LONGEST_SYMBOL: usize = 24;

/// What a word means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Something of the catalogue.
    Known(Chosen),
    /// A symbol outside the catalogue.
    Symbol(String),
}

/// Resolves one word, without regard to case.
///
/// # Errors
/// [`UsageError`] for an empty or impossible word and for one a letter away from a known id.
pub(super) fn resolve(word: &str, universe: &Universe) -> Result<Meaning, UsageError> {
    let asked = word.trim();
    if let Some(symbol) = strip_prefix_ignoring_case(asked, "symbol:") {
        let symbol = checked_symbol(symbol, word, universe)?;
        return Ok(by_symbol(&symbol, universe).map_or(Meaning::Symbol(symbol), Meaning::Known));
    }
    if let Some(known) = by_name(asked, universe) {
        return Ok(Meaning::Known(known));
    }
    let symbol = yahoo_spelling(asked);
    if let Some(known) = by_symbol(&symbol, universe) {
        return Ok(Meaning::Known(known));
    }
    if let Some(id) = slip(asked, universe) {
        return Err(UsageError::Mistyped { word: sanitise(word, 40), nearest: vec![id] });
    }
    checked_symbol(&symbol, word, universe).map(Meaning::Symbol)
}

fn by_name(word: &str, universe: &Universe) -> Option<Chosen> {
    let id = InstrumentId::new(word);
    if universe.composite(&id).is_some() {
        return Some(Chosen::Composite(id));
    }
    if universe.group(&id).is_some() {
        return Some(Chosen::Group(id));
    }
    if universe.instrument(&id).is_some() {
        return Some(Chosen::Instrument(id));
    }
    let lower = word.to_lowercase();
    let same = |other: &str| match other.is_ascii() {
        true => other.eq_ignore_ascii_case(&lower),
        false => other.to_lowercase() == lower,
    };
    let instrument = catalogued(universe).find(|i| {
        same(&i.name) || i.aliases.iter().any(|a| same(a)) || i.name_zh.as_deref().is_some_and(same)
    });
    let composite =
        universe.composites.iter().find(|c| same(&c.name) || c.name_zh.as_deref().is_some_and(same));
    let group = universe.groups.iter().find(|g| same(&g.name) || g.name_zh.as_deref().is_some_and(same));
    instrument
        .map(|i| Chosen::Instrument(i.id.clone()))
        .or_else(|| composite.map(|c| Chosen::Composite(c.id.clone())))
        .or_else(|| group.map(|g| Chosen::Group(g.id.clone())))
}

/// The instruments that were not asked for by a symbol.
fn catalogued(universe: &Universe) -> impl Iterator<Item = &Instrument> {
    universe.instruments().iter().take_while(|i| i.section != adhoc::SECTION)
}

/// The catalogue's instrument that a source knows by this symbol.
fn by_symbol(symbol: &str, universe: &Universe) -> Option<Chosen> {
    let known =
        catalogued(universe).find(|i| i.symbol("yahoo").is_some_and(|s| s.eq_ignore_ascii_case(symbol)));
    known.map(|i| Chosen::Instrument(i.id.clone()))
}

/// Wind and Tushare write Shanghai as `.SH`, the quote API as `.SS`.
fn yahoo_spelling(word: &str) -> String {
    let upper = word.to_uppercase();
    upper.strip_suffix(".SH").map_or_else(|| upper.clone(), |code| format!("{code}.SS"))
}

fn checked_symbol(symbol: &str, word: &str, universe: &Universe) -> Result<String, UsageError> {
    let possible = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '^' | '=' | '-' | '_' | '&');
    let fits = symbol.len() <= LONGEST_SYMBOL && symbol.chars().all(possible) && word.is_ascii();
    if fits && !symbol.starts_with('-') && symbol.contains(|c: char| c.is_ascii_alphanumeric()) {
        return Ok(symbol.to_uppercase());
    }
    if word.contains(',') {
        return Err(UsageError::CommaList(sanitise(word, 40)));
    }
    Err(UsageError::Mistyped { word: sanitise(word, 40), nearest: nearest(word, universe) })
}

fn strip_prefix_ignoring_case<'a>(word: &'a str, prefix: &str) -> Option<&'a str> {
    let head = word.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| word.get(prefix.len()..)).flatten()
}

/// The known id that a word is one letter (or one swap of neighbours) away from.
fn slip(word: &str, universe: &Universe) -> Option<String> {
    let word = word.to_uppercase();
    ids(universe)
        .filter(|id| id.len() >= SLIP_FROM_LETTERS)
        .find(|id| strsim::osa_distance(id, &word) == 1)
        .map(str::to_owned)
}

/// The ids most like a word, best first, at most three.
pub(super) fn nearest(word: &str, universe: &Universe) -> Vec<String> {
    let word = word.to_uppercase();
    let mut ranked: Vec<(f64, &str)> =
        ids(universe).map(|id| (strsim::jaro_winkler(id, &word), id)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    ranked.into_iter().take_while(|(like, _)| *like > 0.7).take(3).map(|(_, id)| id.to_owned()).collect()
}

/// The catalogue's own ids: what was asked for by a symbol is none.
fn ids(universe: &Universe) -> impl Iterator<Item = &str> {
    let instruments = catalogued(universe).map(|i| i.id.as_str());
    let composites = universe.composites.iter().map(|c| c.id.as_str());
    instruments.chain(composites).chain(universe.groups.iter().map(|g| g.id.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    fn meaning(word: &str) -> Result<Meaning, UsageError> {
        resolve(word, &catalogue::load().unwrap())
    }

    fn instrument(id: &str) -> Meaning {
        Meaning::Known(Chosen::Instrument(InstrumentId::new(id)))
    }

    #[test]
    fn ids_aliases_names_and_symbols_mean_the_catalogues_instrument_in_any_case() {
        for word in ["star50", "STAR50", "科创50", "000688.ss", "000688.SH", "symbol:000688.SS", " STAR 50 "]
        {
            assert_eq!(meaning(word).unwrap(), instrument("STAR50"), "{word}");
        }
        assert_eq!(meaning("^gspc").unwrap(), instrument("SP500"));
        assert_eq!(meaning("NVDA").unwrap(), instrument("NVIDIA"));
        assert_eq!(meaning("USDCNY=X").unwrap(), instrument("USDCNY"));
        assert_eq!(meaning("asia").unwrap(), Meaning::Known(Chosen::Composite(InstrumentId::new("ASIA"))));
        assert_eq!(
            meaning("cn-chips").unwrap(),
            Meaning::Known(Chosen::Group(InstrumentId::new("CN-CHIPS")))
        );
    }

    #[test]
    fn any_other_word_is_a_symbol_of_the_source() {
        assert_eq!(meaning("0700.hk").unwrap(), Meaning::Symbol("0700.HK".into()));
        assert_eq!(meaning("AAPL").unwrap(), Meaning::Symbol("AAPL".into()));
        // 600000.SH is the exchange's spelling; the quote API writes 600000.SS.
        assert_eq!(meaning("600000.SH").unwrap(), Meaning::Symbol("600000.SS".into()));
    }

    #[test]
    fn a_word_one_letter_away_from_a_long_id_is_a_slip_and_the_id_is_named() {
        for (word, id) in
            [("STAR5O", "STAR50"), ("nvida", "NVIDIA"), ("CSI30", "CSI300"), ("NIKKIE225", "NIKKEI225")]
        {
            let error = meaning(word).unwrap_err().to_string();
            assert!(error.contains(id), "{word}: {error}");
        }
        // Ids of fewer than five letters are no slip: SSX may be a share.
        assert_eq!(meaning("SSX").unwrap(), Meaning::Symbol("SSX".into()));
        // Said to be a symbol, it is one.
        assert_eq!(meaning("symbol:STAR5O").unwrap(), Meaning::Symbol("STAR5O".into()));
    }

    #[test]
    fn a_symbol_asked_for_is_no_known_id_that_another_one_could_be_a_slip_of() {
        let mut universe = catalogue::load().unwrap();
        universe.add(adhoc::provisional("GOOGL"));
        assert_eq!(resolve("GOOG", &universe).unwrap(), Meaning::Symbol("GOOG".into()));
        assert!(!nearest("GOOGX", &universe).contains(&"GOOGL".to_owned()));
    }

    #[test]
    fn a_list_with_commas_is_told_to_use_blanks() {
        assert!(meaning("STAR50,SP500").unwrap_err().to_string().contains("blanks"));
    }

    #[test]
    fn words_that_can_be_no_symbol_are_refused_before_any_request() {
        for word in [
            "",
            "  ",
            "A B",
            "A,B",
            "../etc",
            ".",
            "..",
            "^",
            "&=",
            "ß",
            "ﬁ",
            "AAPL\u{1b}[31m",
            "x?y=1",
            "-AAPL",
            "symbol:",
        ] {
            assert!(meaning(word).is_err(), "{word:?}");
        }
    }
}
