//! Looks a text up: in the catalogue first, then at the sources that have a search.
//!
//! Not for: closes of what was found (`run`), or how a source is asked (`fetch`).

use chrono::{DateTime, Utc};

use super::list::listing;
use super::options::Options;
use super::output::{self, Console};
use super::usage::UsageError;
use super::words::{self, Meaning};
use super::{Clock, Exit, Format, Observer, RunError, Style, WriteError, asked_of, fields, own, plan, run};
use crate::domain::Universe;
use crate::domain::search::{FoundSymbol, KnownHit, Search, SearchedSource, What};
use crate::domain::snapshot::Completeness;
use crate::domain::text::sanitise;
use crate::fetch::{self, Desk, FailureKind, Hit, Looked, Settings};
use crate::render;

/// A longer text is none that anyone looks up.
const LONGEST: usize = 80;

/// Everything `search` needs, decided and validated before the first request.
#[derive(Debug, Clone)]
pub struct SearchPlan {
    universe: Universe,
    text: String,
    most: usize,
    settings: Settings,
    demo: bool,
    offline: bool,
    format: Format,
    fields: Vec<String>,
    output: Option<std::path::PathBuf>,
    style: Style,
    quiet: bool,
}

impl SearchPlan {
    /// Decides everything from what was asked; `most` is how many symbols of each source.
    ///
    /// # Errors
    /// [`UsageError`] when what was asked makes no sense.
    pub fn new(options: Options, text: &str, most: usize) -> Result<Self, UsageError> {
        asked_of::check_addresses(&options)?;
        let safe = sanitise(text, LONGEST);
        if safe.is_empty() {
            return Err(UsageError::NothingToSearch);
        }
        let format = plan::format(&options)?;
        let fields = fields::chosen(&options, "search", format)?;
        let asks = !options.demo && !options.offline;
        let sources = if asks { asked(&options)? } else { Vec::new() };
        Ok(Self {
            universe: own::universe(&options.own)?,
            text: safe,
            most,
            settings: Settings {
                sources,
                named: !options.sources.is_empty(),
                keys: options.keys,
                memory: options.memory,
                base_urls: options.base_urls,
                deadline: options.timeout,
                user_agent: None,
                proxy: options.proxy,
                gate: options.jobs.map(fetch::Gate::of).unwrap_or_default(),
            },
            demo: options.demo,
            offline: options.offline,
            format,
            fields,
            output: options.output,
            style: options.style,
            quiet: options.quiet,
        })
    }
}

/// The sources that have a search, in the order of the run.
fn asked(options: &Options) -> Result<Vec<String>, UsageError> {
    let mut sources = asked_of::sources(options)?;
    let has = |name: &String| fetch::searchable().any(|s| s == name);
    if let Some(name) = sources.iter().find(|name| !options.sources.is_empty() && !has(name)) {
        return Err(UsageError::NoSearch(name.clone(), fetch::searchable().collect::<Vec<_>>().join(", ")));
    }
    sources.retain(has);
    Ok(sources)
}

/// Asks the sources side by side and remembers how they did.
///
/// # Errors
/// [`RunError`] when the run was interrupted.
pub fn look_up(
    plan: &SearchPlan,
    clock: &dyn Clock,
    observer: &dyn Observer,
) -> Result<Vec<Looked>, RunError> {
    if plan.settings.sources.is_empty() {
        return Ok(Vec::new());
    }
    run::until_stopped(async |stopped| {
        let mut desk = Desk::open(&plan.settings, clock, observer);
        let looked = tokio::select! {
            looked = desk.look_up(&plan.text, plan.most) => Ok(looked),
            () = stopped => Err(RunError::Interrupted),
        };
        desk.close();
        looked
    })
}

/// Writes what was found, and tells who did not answer.
///
/// # Errors
/// [`RunError`] when it could not be written.
pub fn searched(
    plan: &SearchPlan,
    looked: Vec<Looked>,
    clock: &dyn Clock,
    console: &mut Console<'_>,
) -> Result<Exit, RunError> {
    let found = report(plan, looked, clock.now());
    let empty = found.status == Completeness::Empty;
    if !empty || plan.format != Format::Table {
        let bytes = fields::rendered(plan.format, &plan.fields, &mut |out, format| {
            render::search(&found, format, &plan.style, out)
        });
        output::put(plan.output.as_deref(), console, &bytes.map_err(WriteError::Stdout)?)?;
    }
    tell(plan, &found, console);
    let refused = found.sources.iter().any(|s| s.kind.as_deref() == Some("unauthorised"));
    Ok(match found.status {
        _ if refused => Exit::Unauthorised,
        Completeness::Empty => Exit::Empty,
        Completeness::Partial => Exit::Partial,
        Completeness::Complete => Exit::Complete,
    })
}

/// Says on standard error what is missing and what to do.
fn tell(plan: &SearchPlan, found: &Search, console: &mut Console<'_>) {
    let empty = found.status == Completeness::Empty;
    if plan.quiet && !empty {
        return;
    }
    if empty {
        let text = sanitise(&found.text, 40);
        let like = match found.nearest.as_slice() {
            [] => String::new(),
            near => format!("; ids like it: {}", near.join(", ")),
        };
        let nobody = found.sources.iter().all(|s| s.found.is_none());
        let whom =
            if nobody { "nothing in the catalogue" } else { "nothing in the catalogue or at a source" };
        console.say(&format!("error: {whom} holds '{text}'{like}"));
        let whole = "  hint: `marketsnap list` shows the whole catalogue";
        console.say(match (found.sources.is_empty(), found.demo, found.offline) {
            (true, true, _) => "  hint: no source was asked; run without --demo to ask them",
            (true, _, true) => "  hint: no source was asked; run without --offline to ask them",
            _ => whole,
        });
    }
    for source in found.sources.iter().filter(|s| s.found.is_none()) {
        let head = if empty { "  " } else { "warning: " };
        let reason = source.reason.as_deref().unwrap_or("it told nothing");
        console.say(&format!("{head}no symbols from {}: {reason}", source.name));
        console.say(&format!("  hint: {}", source.hint.as_deref().unwrap_or("marketsnap sources")));
    }
}

fn report(plan: &SearchPlan, looked: Vec<Looked>, now: DateTime<Utc>) -> Search {
    let catalogue = known(plan);
    let (mut symbols, mut sources) = (Vec::new(), Vec::new());
    for Looked { source, outcome } in looked {
        match outcome {
            Ok(hits) => {
                let found = hits.into_iter().filter_map(|hit| symbol(hit, &source, &plan.universe));
                let found: Vec<FoundSymbol> = found.take(plan.most).collect();
                sources.push(answered(source, found.len()));
                symbols.extend(found);
            }
            Err(why) => sources.push(SearchedSource {
                name: source,
                found: None,
                kind: Some(run::code(why.kind).to_owned()),
                reason: Some(why.reason),
                hint: Some(hint(why.kind, why.hint)),
                retryable: Some(why.retryable),
            }),
        }
    }
    let status = if catalogue.is_empty() && symbols.is_empty() {
        Completeness::Empty
    } else if sources.iter().any(|s| s.found.is_none()) {
        Completeness::Partial
    } else {
        Completeness::Complete
    };
    let empty = status == Completeness::Empty;
    let nearest = if empty { words::nearest(&plan.text, &plan.universe) } else { Vec::new() };
    Search {
        schema: "marketsnap.search/1",
        text: plan.text.clone(),
        generated_at: now,
        demo: plan.demo,
        offline: plan.offline,
        status,
        catalogue,
        symbols,
        sources,
        nearest,
    }
}

fn answered(name: String, found: usize) -> SearchedSource {
    SearchedSource { name, found: Some(found), kind: None, reason: None, hint: None, retryable: None }
}

/// A search has no closes to show without a connection; the catalogue needs none.
fn hint(kind: FailureKind, hint: String) -> String {
    match kind {
        FailureKind::Transport => "check the connection; `marketsnap list TEXT` works without one".to_owned(),
        _ => hint,
    }
}

/// What of the catalogue holds the text.
fn known(plan: &SearchPlan) -> Vec<KnownHit> {
    let found = listing(&plan.universe, &plan.text);
    let instruments = found.instruments.into_iter().map(|i| KnownHit {
        id: i.id,
        what: What::Instrument,
        name: i.name,
        name_zh: i.name_zh,
        kind: Some(i.kind),
        exchange: Some(i.exchange),
        currency: i.currency,
    });
    let beside = |id, what, name, name_zh| KnownHit {
        id,
        what,
        name,
        name_zh,
        kind: None,
        exchange: None,
        currency: None,
    };
    let composites = found.composites.into_iter().map(|c| beside(c.id, What::Composite, c.name, c.name_zh));
    let groups = found.groups.into_iter().map(|g| beside(g.id, What::Group, g.name, g.name_zh));
    instruments.chain(composites).chain(groups).collect()
}

/// A hit with the word to ask for it by; none where no word means it.
fn symbol(hit: Hit, source: &str, universe: &Universe) -> Option<FoundSymbol> {
    let Hit { symbol, described, venue } = hit;
    let same = |s: &str| s.eq_ignore_ascii_case(&symbol);
    let known = universe.instruments().iter().find(|i| i.symbol(source).is_some_and(same));
    let id = known.map(|i| i.id.clone());
    let word = match &id {
        Some(id) => id.to_string(),
        None => word(&symbol, universe)?,
    };
    Some(FoundSymbol {
        word,
        symbol,
        name: described.name,
        kind: described.kind,
        exchange: described.mic,
        venue,
        currency: described.currency,
        id,
        source: source.to_owned(),
    })
}

/// The symbol itself where that means the symbol, else with `symbol:` before it.
fn word(symbol: &str, universe: &Universe) -> Option<String> {
    let meant = Meaning::Symbol(symbol.to_uppercase());
    let means = |word: &str| words::resolve(word, universe).is_ok_and(|word| word == meant);
    let explicit = format!("symbol:{symbol}");
    [symbol.to_owned(), explicit].into_iter().find(|word| means(word))
}
