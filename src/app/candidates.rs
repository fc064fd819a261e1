//! What a word that is being typed can become: ids, sources, documents, and the parts of a condition.
//!
//! Not for: what a finished word means (`words`), or how a shell is told (`cli::completions`).

use super::own;
use crate::domain::expr::Of;
use crate::domain::expr::fields::TABLE;
use crate::domain::{InstrumentId, Own, Universe, currency, horizon, schema};
use crate::fetch;

/// What stands for a horizon in a field's name.
const HORIZON: &str = "HORIZON";

/// A way to go on with a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The whole word.
    pub value: String,
    /// What it is, in a few words.
    pub help: String,
}

impl Candidate {
    fn new(value: &str, help: &str) -> Self {
        Self { value: value.to_owned(), help: help.to_owned() }
    }
}

/// Everything that can be named and begins with a prefix: instruments, composites, groups. Small letters
/// are answered with small letters, which mean the same.
#[must_use]
pub fn candidates(prefix: &str, own: &Own) -> Vec<Candidate> {
    named(prefix, &universe(own))
}

/// Short names of the sources that begin with a prefix.
#[must_use]
pub fn source_candidates(prefix: &str) -> Vec<Candidate> {
    let names = fetch::source_names().filter(|name| *name != "demo");
    begun(prefix, names.map(|name| Candidate::new(name, "")))
}

/// Documents of `schema` that begin with a prefix.
#[must_use]
pub fn document_candidates(prefix: &str) -> Vec<Candidate> {
    begun(prefix, schema::names().map(|(name, version)| Candidate::new(name, version)))
}

/// Codes of currencies that begin with a prefix.
#[must_use]
pub fn currency_candidates(prefix: &str) -> Vec<Candidate> {
    begun(prefix, currency::codes().chain(["local"]).map(|code| Candidate::new(code, "")))
}

/// Horizons that begin with a prefix.
#[must_use]
pub fn horizon_candidates(prefix: &str) -> Vec<Candidate> {
    let since = std::iter::once(Candidate::new("since:", "from the last session on or before a day"));
    begun(prefix, horizon::TABLE.iter().map(|(label, ..)| Candidate::new(label, "")).chain(since))
}

/// A condition with its last word completed: an id, or after its dot a field of what the id names.
#[must_use]
pub fn condition_candidates(text: &str, own: &Own) -> Vec<Candidate> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '^' | '=' | '_' | '&' | ':');
    let start = text.char_indices().rev().take_while(|(_, c)| part(*c)).last();
    let (head, word) = text.split_at(start.map_or(text.len(), |(at, _)| at));
    let universe = universe(own);
    let completed = match word.split_once('.') {
        Some((id, field)) => fields(id, field, &universe),
        // A condition goes on with a field.
        None => {
            let dotted = |c: Candidate| Candidate { value: format!("{}.", c.value), ..c };
            named(word, &universe).into_iter().map(dotted).collect()
        }
    };
    completed.into_iter().map(|c| Candidate { value: format!("{head}{}", c.value), ..c }).collect()
}

/// What can be named, as far as the user's file makes sense.
fn universe(own: &Own) -> Universe {
    let built_in = || own::universe(&Own::default()).unwrap_or_default();
    own::universe(own).unwrap_or_else(|_| built_in())
}

fn named(prefix: &str, universe: &Universe) -> Vec<Candidate> {
    let small = prefix.chars().any(char::is_lowercase) && !prefix.chars().any(char::is_uppercase);
    let instruments = universe.instruments().iter().map(|i| (&i.id, &i.name));
    let composites = universe.composites.iter().map(|c| (&c.id, &c.name));
    let groups = universe.groups.iter().map(|g| (&g.id, &g.name));
    let all = instruments.chain(composites).chain(groups).map(|(id, name)| {
        let id = id.as_str();
        if small { Candidate::new(&id.to_lowercase(), name) } else { Candidate::new(id, name) }
    });
    begun(prefix, all)
}

fn fields(id: &str, begun_with: &str, universe: &Universe) -> Vec<Candidate> {
    let of = match universe.group(&InstrumentId::new(id)) {
        Some(_) => Of::Group,
        None => Of::Row,
    };
    let known = TABLE.iter().filter(|info| info.of == of);
    let names = known.flat_map(|info| match info.name.contains(HORIZON) {
        false => vec![Candidate::new(info.name, info.help)],
        true => {
            let labels = horizon::TABLE.iter().map(|(label, ..)| *label).chain(["since:"]);
            labels.map(|label| Candidate::new(&info.name.replace(HORIZON, label), info.help)).collect()
        }
    });
    let completed = begun(begun_with, names).into_iter();
    completed.map(|c| Candidate { value: format!("{id}.{}", c.value), ..c }).collect()
}

/// Those that begin with a prefix, in any case.
fn begun(prefix: &str, all: impl Iterator<Item = Candidate>) -> Vec<Candidate> {
    let prefix = prefix.to_lowercase();
    all.filter(|c| c.value.to_lowercase().starts_with(&prefix)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(found: Vec<Candidate>) -> Vec<String> {
        found.into_iter().map(|c| c.value).collect()
    }

    #[test]
    fn ids_of_instruments_composites_and_groups_are_completed_in_the_case_they_are_typed_in() {
        assert_eq!(values(candidates("STAR", &Own::default())), ["STAR50"]);
        assert_eq!(values(candidates("star", &Own::default())), ["star50"]);
        assert_eq!(values(candidates("CN-", &Own::default())), ["CN-CHIPS"]);
        let asia = values(candidates("asia", &Own::default()));
        assert!(asia.contains(&"asia".to_owned()) && asia.contains(&"asia-chips".to_owned()), "{asia:?}");
        assert!(candidates("", &Own::default()).len() > 40);
        assert!(candidates("NOSUCH", &Own::default()).is_empty());
    }

    #[test]
    fn a_condition_is_completed_at_its_end_and_keeps_its_beginning() {
        assert_eq!(
            values(condition_candidates("STAR50.1D > 3 and SP5", &Own::default())),
            ["STAR50.1D > 3 and SP500."]
        );
        assert_eq!(
            values(condition_candidates("(STAR50.record.g", &Own::default())),
            ["(STAR50.record.gain_sessions"]
        );
        assert_eq!(values(condition_candidates("STAR50.excess.Y", &Own::default())), ["STAR50.excess.YTD"]);
        assert_eq!(values(condition_candidates("CN-CHIPS.adv", &Own::default())), ["CN-CHIPS.advancers"]);
        // A group has no close.
        assert!(condition_candidates("CN-CHIPS.clo", &Own::default()).is_empty());
    }

    #[test]
    fn horizons_sources_and_documents_are_completed() {
        assert_eq!(values(horizon_candidates("y")), ["YTD"]);
        assert_eq!(values(source_candidates("yah")), ["yahoo"]);
        assert!(source_candidates("demo").is_empty());
        assert_eq!(values(document_candidates("wa")), ["wait"]);
    }
}
