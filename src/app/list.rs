//! What exists: the catalogue, or the part of it that holds a text.
//!
//! Not for: asking a source what it knows.

use super::output::{self, Console};
use super::{Exit, Format, Options, RunError, UsageError, WriteError, fields, own as owned, plan, words};
use crate::domain::listing::{Listed, ListedComposite, ListedGroup, ListedMember, Listing};
use crate::domain::text::sanitise;
use crate::domain::{Composite, Group, Instrument, Percent, PriceLimit, Universe};
use crate::render;

/// Writes what exists and holds `text` in an id, name, alias or symbol; everything without one.
///
/// # Errors
/// [`RunError`] when what was asked makes no sense, the built-in data are broken or the list could not be written.
pub fn list(text: Option<&str>, options: &Options, console: &mut Console<'_>) -> Result<Exit, RunError> {
    let format = plan::format(options)?;
    let names = fields::chosen(options, "list", format).map_err(UsageError::from)?;
    let universe = owned::universe(&options.own)?;
    let found = listing(&universe, text.unwrap_or_default());
    let bytes = fields::rendered(format, &names, &mut |out, format| {
        render::listing(&found, format, &options.style, out)
    });
    if !found.is_empty() || format == Format::Json {
        output::put(options.output.as_deref(), console, &bytes.map_err(WriteError::Stdout)?)?;
    }
    if !found.is_empty() {
        return Ok(Exit::Complete);
    }
    let text = text.unwrap_or_default();
    let near = words::nearest(text, &universe);
    let like = if near.is_empty() { String::new() } else { format!("; ids like it: {}", near.join(", ")) };
    let _ = writeln!(console.err, "error: nothing in the catalogue holds '{}'{like}", sanitise(text, 40));
    let _ = writeln!(
        console.err,
        "  hint: `marketsnap search TEXT` asks the sources, whose symbols can be asked for too: marketsnap today AAPL"
    );
    Ok(Exit::Empty)
}

/// What of the catalogue holds a text.
pub(super) fn listing(universe: &Universe, text: &str) -> Listing {
    let wanted = text.trim().to_lowercase();
    let holds =
        |words: &[&str]| wanted.is_empty() || words.iter().any(|w| w.to_lowercase().contains(&wanted));
    let instruments = universe.instruments().iter().filter(|i| {
        let mut words = vec![i.id.as_str(), &i.name, i.name_zh.as_deref().unwrap_or_default(), &i.section];
        words.extend(i.aliases.iter().chain(i.symbols.values()).map(String::as_str));
        holds(&words)
    });
    let composites = universe
        .composites
        .iter()
        .filter(|c| holds(&[c.id.as_str(), &c.name, c.name_zh.as_deref().unwrap_or_default()]));
    let groups = universe
        .groups
        .iter()
        .filter(|g| holds(&[g.id.as_str(), &g.name, g.name_zh.as_deref().unwrap_or_default()]));
    Listing {
        schema: "marketsnap.list/1",
        instruments: instruments.map(|i| listed(i, universe)).collect(),
        composites: composites.map(|c| composite(c, universe)).collect(),
        groups: groups.map(|g| group(g, universe)).collect(),
    }
}

fn listed(i: &Instrument, universe: &Universe) -> Listed {
    Listed {
        id: i.id.clone(),
        name: i.name.clone(),
        name_zh: i.name_zh.clone(),
        aliases: i.aliases.clone(),
        kind: i.kind,
        section: i.section.clone(),
        country: i.country.clone(),
        exchange: i.exchange.clone(),
        timezone: universe.exchange(&i.exchange).map(|e| e.timezone.to_string()),
        currency: i.currency.clone(),
        basis: i.basis,
        price_limit_pct: i.price_limit.as_ref().and_then(PriceLimit::newest),
        shown: i.shown,
        symbols: i.symbols.clone(),
        own: universe.own.contains(&i.id),
    }
}

fn composite(c: &Composite, universe: &Universe) -> ListedComposite {
    let total: f64 = c.members.iter().map(|m| m.weight).sum();
    let member = |m: &crate::domain::Member| ListedMember {
        id: m.id.clone(),
        weight_pct: Percent(m.weight / total * 100.0),
    };
    ListedComposite {
        id: c.id.clone(),
        name: c.name.clone(),
        name_zh: c.name_zh.clone(),
        members: c.members.iter().map(member).collect(),
        own: universe.own.contains(&c.id),
    }
}

fn group(g: &Group, universe: &Universe) -> ListedGroup {
    ListedGroup {
        id: g.id.clone(),
        name: g.name.clone(),
        name_zh: g.name_zh.clone(),
        members: g.members.clone(),
        own: universe.own.contains(&g.id),
    }
}
