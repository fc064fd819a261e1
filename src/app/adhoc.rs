//! Instruments outside the catalogue: asked for by a source's symbol, and told by the source what they
//! are.
//!
//! Not for: instruments of the catalogue, which no source may redefine.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::domain::{
    About, Exchange, Hours, Instrument, InstrumentId, Kind, Mic, Provenance, Universe, VenueKind,
};
use crate::fetch::Described;

/// The section of instruments outside the catalogue.
pub(super) const SECTION: &str = "Asked for";

/// What is known of a symbol before the source was asked: its name.
pub(super) fn provisional(symbol: &str) -> Instrument {
    Instrument::unlisted(symbol, SECTION)
}

/// Takes over what the source said of the instruments outside the catalogue.
pub(super) fn describe(universe: &mut Universe, described: &BTreeMap<InstrumentId, Described>) {
    for (id, said) in described {
        let mic = venue(universe, said);
        let Some(instrument) = universe.instrument_mut(id).filter(|i| i.section == SECTION) else { continue };
        instrument.exchange = mic;
        instrument.kind = said.kind.unwrap_or(instrument.kind);
        instrument.decimals = said.decimals.unwrap_or(instrument.decimals);
        instrument.currency = said.currency.clone().or_else(|| instrument.currency.clone());
        instrument.in_points = instrument.kind == Kind::Rate;
        if let Some(name) = said.name.as_ref().filter(|n| !n.is_empty()) {
            instrument.name.clone_from(name);
        }
    }
}

/// Takes over what a series that was kept says of an instrument outside the catalogue.
pub(super) fn remembered(universe: &mut Universe, from: &Provenance, about: Option<&About>) {
    if universe.instrument(&from.instrument).is_none_or(|i| i.section != SECTION) {
        return;
    }
    let zone = from.venue.as_ref().and_then(|mic| {
        let same = |zone: &&Tz| zone.name().eq_ignore_ascii_case(mic.as_str());
        chrono_tz::TZ_VARIANTS.iter().find(same).copied()
    });
    let said = Described {
        mic: from.venue.clone(),
        timezone: zone,
        currency: from.currency.clone(),
        name: about.map(|a| a.name.clone()),
        kind: about.map(|a| a.kind),
        decimals: about.map(|a| a.decimals),
    };
    describe(universe, &BTreeMap::from([(from.instrument.clone(), said)]));
}

/// The catalogue's venue where the source names one of those; else a venue of the source's zone whose
/// sessions count as over when the local day is, as nothing is known of its hours.
fn venue(universe: &mut Universe, said: &Described) -> Mic {
    if let Some(mic) = said.mic.as_ref().filter(|m| universe.exchange(m).is_some()) {
        return mic.clone();
    }
    let timezone = said.timezone.unwrap_or(Tz::UTC);
    let mic = Mic::new(timezone.name());
    let all_day = Hours { from: NaiveDate::MIN, open: 0, close: 86_400, final_: 86_400 };
    universe.exchanges.entry(mic.clone()).or_insert_with(|| Exchange {
        mic: mic.clone(),
        market: mic.clone(),
        name: timezone.name().to_owned(),
        timezone,
        kind: VenueKind::Exchange,
        hours: vec![all_day],
        calendar: None,
    });
    mic
}
