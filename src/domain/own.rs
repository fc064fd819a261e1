//! What a user adds to the catalogue or says otherwise, as plain values with the places that say it.
//!
//! Not for: reading the file (`config`), or whether it makes sense beside the catalogue (`catalogue`).

use std::collections::BTreeMap;

use super::instrument::{Basis, InstrumentId, Kind, Mic};

/// The section of own things that name none.
pub const SECTION: &str = "Own";

/// An instrument of the user's, or what he says of a built-in one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OwnInstrument {
    /// Its id.
    pub id: InstrumentId,
    /// Its name.
    pub name: Option<String>,
    /// Its Chinese name.
    pub name_zh: Option<String>,
    /// Other words that mean it.
    pub aliases: Vec<String>,
    /// What it is.
    pub kind: Option<Kind>,
    /// The section it stands in.
    pub section: Option<String>,
    /// ISO 3166 country.
    pub country: Option<String>,
    /// The venue whose hours date its sessions.
    pub exchange: Option<Mic>,
    /// ISO 4217 currency of its close.
    pub currency: Option<String>,
    /// What its close includes.
    pub basis: Option<Basis>,
    /// Daily price limit, in percent.
    pub price_limit: Option<f64>,
    /// Digits after the point.
    pub decimals: Option<u8>,
    /// Whether `today` shows it unasked.
    pub shown: Option<bool>,
    /// What it stands in for.
    pub note: Option<String>,
    /// Its symbol in each source.
    pub symbols: BTreeMap<String, String>,
}

/// A composite of the user's, or what he says of a built-in one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OwnComposite {
    /// Its id.
    pub id: InstrumentId,
    /// Its name.
    pub name: Option<String>,
    /// Its Chinese name.
    pub name_zh: Option<String>,
    /// The section it closes.
    pub section: Option<String>,
    /// Members with equal weights, in the user's words.
    pub members: Option<Vec<String>>,
    /// Members with their weights, in the user's words.
    pub weights: Option<Vec<(String, f64)>>,
}

/// A group of the user's, or what he says of a built-in one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnGroup {
    /// Its id.
    pub id: InstrumentId,
    /// Its name.
    pub name: Option<String>,
    /// Its Chinese name.
    pub name_zh: Option<String>,
    /// Its members, in the user's words.
    pub members: Option<Vec<String>>,
}

/// Everything that a user says of what exists, in the order of his file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Own {
    /// What rows are compared with.
    pub benchmark: Option<String>,
    /// The currency that closes are converted to.
    pub currency: Option<String>,
    /// Sections in the order wanted.
    pub sections: Vec<String>,
    /// Instruments.
    pub instruments: Vec<OwnInstrument>,
    /// Composites.
    pub composites: Vec<OwnComposite>,
    /// Groups.
    pub groups: Vec<OwnGroup>,
    /// Where the file says something: file, line and key, by the key, and by key and word for each word of a list.
    pub places: BTreeMap<String, String>,
}

impl Own {
    /// The place that says something, or else that of the table it stands in.
    #[must_use]
    pub fn place(&self, key: &str) -> Option<&String> {
        let mut key = key;
        loop {
            if let Some(place) = self.places.get(key) {
                return Some(place);
            }
            key = key.rsplit_once([' ', '.'])?.0;
        }
    }
}
