//! Venues from their data file: zones, dated hours, and the calendar each one keeps.
//!
//! Not for: ad-hoc venues of symbols outside the catalogue (`app::adhoc`).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Deserialize;

use super::{CatalogueError, calendar};
use crate::domain::{Exchange, Hours, Mic, VenueKind};

const VENUES: &str = include_str!("venues.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    venue: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    mic: String,
    name: String,
    country: Option<String>,
    currency: Option<String>,
    zone: Option<String>,
    kind: Option<String>,
    hours: Option<Vec<String>>,
    span: Option<String>,
    like: Option<String>,
}

/// What is usual of the shares of a venue.
#[derive(Debug, Clone, Default)]
pub(super) struct Home {
    pub country: Option<String>,
    pub currency: Option<String>,
}

/// Where the venues are, by code.
pub(super) fn homes() -> Result<BTreeMap<Mic, Home>, CatalogueError> {
    let home = |e: Entry| (Mic::new(&e.mic), Home { country: e.country, currency: e.currency });
    Ok(read()?.venue.into_iter().map(home).collect())
}

fn read() -> Result<File, CatalogueError> {
    let unreadable =
        |e: toml::de::Error| CatalogueError::Unreadable { file: "venues.toml", reason: e.to_string() };
    toml::from_str(VENUES).map_err(unreadable)
}

/// All venues by code.
pub(super) fn load() -> Result<BTreeMap<Mic, Exchange>, CatalogueError> {
    let file = read()?;
    let mut calendars = calendar::all();
    let mut venues: BTreeMap<Mic, Exchange> = BTreeMap::new();
    for entry in file.venue {
        let mic = Mic::new(&entry.mic);
        let wrong = |what| CatalogueError::Venue { mic: entry.mic.clone(), what };
        let venue = match &entry.like {
            Some(other) => {
                let model = venues.get(&Mic::new(other)).ok_or_else(|| wrong("like"))?;
                Exchange { mic: mic.clone(), name: entry.name, ..model.clone() }
            }
            None => Exchange {
                market: mic.clone(),
                mic: mic.clone(),
                timezone: entry
                    .zone
                    .as_deref()
                    .and_then(|z| z.parse::<Tz>().ok())
                    .ok_or_else(|| wrong("zone"))?,
                kind: kind(entry.kind.as_deref()).ok_or_else(|| wrong("kind"))?,
                hours: hours(entry.hours.as_deref().unwrap_or_default()).ok_or_else(|| wrong("hours"))?,
                calendar: match entry.span.as_deref() {
                    // Closures without a span are holidays that say nothing of when sessions are expected.
                    None => calendars.remove(&entry.mic).map(|t| t.between(NaiveDate::MAX, NaiveDate::MIN)),
                    Some(text) => {
                        let (first, last) = span(text).ok_or_else(|| wrong("span"))?;
                        Some(calendars.remove(&entry.mic).unwrap_or_default().between(first, last))
                    }
                },
                name: entry.name,
            },
        };
        venues.insert(mic, venue);
    }
    Ok(venues)
}

fn kind(word: Option<&str>) -> Option<VenueKind> {
    match word {
        None | Some("exchange") => Some(VenueKind::Exchange),
        Some("rolling_day") => Some(VenueKind::RollingDay),
        Some("continuous") => Some(VenueKind::Continuous),
        Some(_) => None,
    }
}

fn hours(lines: &[String]) -> Option<Vec<Hours>> {
    let parsed: Option<Vec<Hours>> = lines.iter().map(|l| one_hours(l)).collect();
    parsed.filter(|h| !h.is_empty())
}

fn one_hours(line: &str) -> Option<Hours> {
    let mut words = line.split_whitespace();
    let from: NaiveDate = words.next()?.parse().ok()?;
    let (open, close) = calendar::times(words.next()?)?;
    let final_ = calendar::seconds(words.next()?)?;
    Some(Hours { from, open, close, final_ })
}

fn span(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    let (first, last) = text.split_once(' ')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}
