//! What exists for this user: the catalogue with his own instruments, composites and groups.
//!
//! Not for: merging the two (`catalogue`), or reading his file (`config`).

use super::asked_of::{at, checked};
use super::rates;
use super::usage::UsageError;
use super::words::{self, Meaning};
use crate::catalogue::{self, CatalogueError};
use crate::compute::Chosen;
use crate::domain::settings::Setting;
use crate::domain::{Own, Universe};
use crate::fetch;
use crate::store::Place;

/// The catalogue with what the user adds to it or says otherwise.
///
/// # Errors
/// [`UsageError`] with the place in his file of the first thing that makes no sense.
pub(super) fn universe(own: &Own) -> Result<Universe, UsageError> {
    for said in &own.instruments {
        for source in said.symbols.keys() {
            let place = own.place(&format!("instruments.{}.symbols {source}", said.id));
            checked(std::slice::from_ref(source)).map_err(|e| at(place, e))?;
        }
    }
    let universe = catalogue::extended(catalogue::load()?, own, fetch::venue_of).map_err(|e| match e {
        CatalogueError::Own(fault) => {
            let place = own.place(&fault.key);
            at(place, UsageError::Own(fault))
        }
        other => other.into(),
    })?;
    for said in &own.instruments {
        let wrong = |key: &str, e| at(own.place(&format!("instruments.{}.{key}", said.id)), e);
        if let Some(code) = &said.currency {
            let known = rates::currency(Some(code)).map_err(|e| wrong("currency", e))?;
            known.ok_or_else(|| wrong("currency", rates::no_currency(code)))?;
        }
    }
    if let Some(word) = &own.benchmark {
        let meant = words::resolve(word, &universe);
        let fits = meant.and_then(|meant| match meant {
            Meaning::Known(Chosen::Group(id)) => Err(UsageError::GroupBenchmark(id.to_string())),
            _ => Ok(()),
        });
        fits.map_err(|e| at(own.place("benchmark"), e))?;
    }
    rates::currency(own.currency.as_deref()).map_err(|e| at(own.place("currency"), e))?;
    Ok(universe)
}

/// A choice as it may be shown: an address without its password, and without what follows a question mark.
pub(super) fn without_password(mut setting: Setting) -> Setting {
    let Some(text) = setting.value.as_str().filter(|text| text.contains("://")) else { return setting };
    let shown = match setting.key.as_str() {
        "store" => Place::of(std::path::Path::new(text)).map(|place| place.to_string()).ok(),
        key if key == "proxy" || key.ends_with(".base_url") => Some(without_user(text)),
        _ => return setting,
    };
    setting.value = shown.unwrap_or_else(|| "an address".to_owned()).into();
    setting
}

/// An address without user and password, and without its query.
fn without_user(address: &str) -> String {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}
