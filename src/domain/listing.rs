//! What exists, as `list` shows it. Field names are those of the JSON `marketsnap.list/1`.
//!
//! Not for: prices.

use std::collections::BTreeMap;

use serde::Serialize;

use super::instrument::{Basis, InstrumentId, Kind, Mic};
use super::moves::Percent;

/// An instrument of the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Listed {
    /// Our id.
    pub id: InstrumentId,
    /// English name.
    pub name: String,
    /// Chinese name, where it has one.
    pub name_zh: Option<String>,
    /// Other words that mean it on the command line.
    pub aliases: Vec<String>,
    /// What sort of thing it is.
    pub kind: Kind,
    /// The table's section.
    pub section: String,
    /// ISO country.
    pub country: Option<String>,
    /// Venue.
    pub exchange: Mic,
    /// IANA zone that dates its sessions.
    pub timezone: Option<String>,
    /// Currency of its close.
    pub currency: Option<String>,
    /// What its close includes.
    pub basis: Basis,
    /// Daily price limit now in force, in percent of the previous close.
    pub price_limit_pct: Option<Percent>,
    /// Whether `today` shows it without being asked.
    pub shown: bool,
    /// Its symbol in each source.
    pub symbols: BTreeMap<String, String>,
    /// Whether the user's config file makes it what it is.
    pub own: bool,
}

/// A member of a composite with its share.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ListedMember {
    /// The member.
    pub id: InstrumentId,
    /// Its share of the weight.
    pub weight_pct: Percent,
}

/// A composite of the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ListedComposite {
    /// Its id.
    pub id: InstrumentId,
    /// Its name, which says the rule.
    pub name: String,
    /// Chinese name, where it has one.
    pub name_zh: Option<String>,
    /// Its members.
    pub members: Vec<ListedMember>,
    /// Whether the user's config file makes it what it is.
    pub own: bool,
}

/// A group of the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ListedGroup {
    /// Its id.
    pub id: InstrumentId,
    /// Its name.
    pub name: String,
    /// Chinese name, where it has one.
    pub name_zh: Option<String>,
    /// Its members.
    pub members: Vec<InstrumentId>,
    /// Whether the user's config file makes it what it is.
    pub own: bool,
}

/// The catalogue, or the part of it that was searched for.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Listing {
    /// `marketsnap.list/1`.
    pub schema: &'static str,
    /// Instruments in catalogue order.
    pub instruments: Vec<Listed>,
    /// Composites.
    pub composites: Vec<ListedComposite>,
    /// Groups.
    pub groups: Vec<ListedGroup>,
}

impl Listing {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.instruments.is_empty() && self.composites.is_empty() && self.groups.is_empty()
    }
}
