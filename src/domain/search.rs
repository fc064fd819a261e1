//! What a search found, as `search` shows it. Field names are those of the JSON `marketsnap.search/1`.
//!
//! Not for: prices; a symbol that a source finds may have none.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::instrument::{InstrumentId, Kind, Mic};
use super::snapshot::Completeness;

/// What something of the catalogue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Something with closes of its own.
    Instrument,
    /// A weighted basket.
    Composite,
    /// A list of instruments.
    Group,
}

impl What {
    /// Its name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            What::Instrument => "instrument",
            What::Composite => "composite",
            What::Group => "group",
        }
    }
}

/// Something of the catalogue that holds the text; its id is the word to ask for it by.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct KnownHit {
    /// Its id.
    pub id: InstrumentId,
    /// What it is.
    pub what: What,
    /// English name.
    pub name: String,
    /// Chinese name, where it has one.
    pub name_zh: Option<String>,
    /// What sort of thing an instrument is; none for others.
    pub kind: Option<Kind>,
    /// An instrument's venue; none for others.
    pub exchange: Option<Mic>,
    /// The currency of an instrument's close, where it has one.
    pub currency: Option<String>,
}

/// A symbol that a source found.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FoundSymbol {
    /// The word that a command is given: the id where the catalogue holds the symbol, else the symbol,
    /// with `symbol:` before it where the symbol alone means something else.
    pub word: String,
    /// The symbol, as the source spells it.
    pub symbol: String,
    /// Its name; none where the source does not tell it.
    pub name: Option<String>,
    /// What sort of thing it is; none where the source does not tell it.
    pub kind: Option<Kind>,
    /// The exchange whose hours it keeps; none where that is not known.
    pub exchange: Option<Mic>,
    /// The exchange in the source's words; none where the source does not tell it.
    pub venue: Option<String>,
    /// Currency; none where the source does not tell it.
    pub currency: Option<String>,
    /// The catalogue's instrument of this symbol, where there is one.
    pub id: Option<InstrumentId>,
    /// Short name of the source.
    pub source: String,
}

/// A source that was asked.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SearchedSource {
    /// Its short name.
    pub name: String,
    /// How many symbols it found; none where it told nothing.
    pub found: Option<usize>,
    /// The sort of failure, where it told nothing.
    pub kind: Option<String>,
    /// Why it told nothing.
    pub reason: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Whether the same search may succeed later; none where it did.
    pub retryable: Option<bool>,
}

/// What was found of a text.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Search {
    /// `marketsnap.search/1`.
    pub schema: &'static str,
    /// What was looked for.
    pub text: String,
    /// When.
    pub generated_at: DateTime<Utc>,
    /// No source was asked because the run was on built-in closes.
    pub demo: bool,
    /// No source was asked because the run was to ask nobody.
    pub offline: bool,
    /// `complete` where all that were asked answered and something was found, `partial` where something was
    /// found and a source did not answer, `empty` where nothing was found.
    pub status: Completeness,
    /// What of the catalogue holds the text, in catalogue order.
    pub catalogue: Vec<KnownHit>,
    /// What the sources found, each source's best first.
    pub symbols: Vec<FoundSymbol>,
    /// The sources that were asked.
    pub sources: Vec<SearchedSource>,
    /// Where nothing was found: the ids most like the text.
    pub nearest: Vec<String>,
}
