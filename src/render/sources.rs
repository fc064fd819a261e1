//! The sources as a table, then what each one's closes are, on what terms, and how it is asked.
//!
//! Not for: deciding how a source is doing (`app`).

use std::io::{self, Write};

use chrono::{DateTime, Datelike, Utc};

use super::document::DataTable;
use super::layout::{self, Align};
use super::page::Page;
use super::style::{Style, Tone};
use super::text;
use crate::domain::Sources;
use crate::domain::sources::{Coverage, LeftOut, Probe, SourceRow, SourceState};

const HEAD: [&str; 6] = ["Source", "State", "Last UTC", "ms", "Covers", "Limits"];
const ALIGNS: [Align; 6] = [Align::Left, Align::Left, Align::Right, Align::Right, Align::Right, Align::Left];
/// Columns that are dropped where the width is short, first to last: covers, limits, how long it took.
const DROPPED: [usize; 3] = [4, 5, 3];

/// Instruments that are named of those a source covers; the JSON names all.
const NAMED: usize = 8;

/// What a user can choose.
const CHOICES: [&str; 4] = [
    "Config file: [sources] first = [\"tencent\"] asks a source before the others, never = [\"fred\"] asks it \
     not at all; [sources.NAME] base_url = \"https://mirror.example\" replaces its address; \
     [instruments.STAR50] sources = [\"csindex\"] is an order for one instrument.",
    "A key is set in the variable named above, or in a file that only you can read (chmod 600), named in \
     the variable with _FILE behind it or in the config file: [sources.NAME] key_file = \"/path\".",
    "--source NAME,... asks only these, in this order.",
    "A source that asked for a pause is not asked again before its end, by any run.",
];

/// Writes the table, a block for each source, and what can be chosen.
pub(super) fn write(list: &Sources, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style);
    fill(&mut page, list);
    page.write(out)
}

/// Puts them on a page.
pub(super) fn fill(page: &mut Page<'_>, list: &Sources) {
    let style = page.style;
    let written = list.generated_at.format("at %Y-%m-%d %H:%M UTC").to_string();
    let asked = if list.probed { "each asked once" } else { "none asked now" };
    let title = format!("marketsnap sources{dot}{written}{dot}{asked}", dot = style.dot());
    match page.document() {
        Some(document) => {
            "marketsnap sources".clone_into(&mut document.title);
            document.facts = vec![written, asked.to_owned()];
        }
        None => page.hanging(Tone::Head, "", &title),
    }
    page.blank();
    table(page, list);
    for source in &list.sources {
        page.blank();
        block(page, source);
    }
    notes(page, list);
}

fn table(page: &mut Page<'_>, list: &Sources) {
    let style = page.style;
    let head = HEAD.map(str::to_owned).to_vec();
    let cells = list.sources.iter().map(|s| cells(s, list.generated_at, style));
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(cells).collect();
    if let Some(document) = page.document() {
        let mut sources = DataTable::of("Sources", &rows, &[2, 3, 4], |_, _| Tone::Plain);
        let body = sources.sections.iter_mut().flat_map(|(_, rows)| rows);
        for (cells, source) in body.zip(&list.sources) {
            if let Some(state) = cells.get_mut(1) {
                state.tone = tone(source.state);
            }
        }
        document.table(sources);
        return;
    }
    let column = |at: usize| rows.iter().filter_map(move |row| row.get(at));
    let natural: Vec<usize> = (0..HEAD.len()).map(|at| layout::widest(column(at))).collect();
    let fit = layout::choose(&natural, &DROPPED, &[], style.cells());
    let kept = |row: &Vec<String>| {
        let cells = fit.kept.iter().filter_map(|at| row.get(*at));
        let cut = |(at, cell): (usize, &String)| {
            if at == 0 { text::fit(cell, fit.name, style) } else { cell.clone() }
        };
        cells.enumerate().map(cut).collect::<Vec<String>>()
    };
    let rows: Vec<Vec<String>> = rows.iter().map(kept).collect();
    let aligns: Vec<Align> = fit.kept.iter().filter_map(|at| ALIGNS.get(*at).copied()).collect();
    for (at, row) in layout::pad(&rows, &aligns).iter().enumerate() {
        let state = at.checked_sub(1).and_then(|at| list.sources.get(at)).map(|s| s.state);
        let line = layout::join(row, fit.gap, style, |column, cell| match (column, state) {
            (_, None) => style.paint(Tone::Head, cell),
            (1, Some(state)) => style.paint(tone(state), cell),
            _ => cell.to_owned(),
        });
        page.painted(line);
    }
}

fn tone(state: SourceState) -> Tone {
    match state {
        SourceState::Up => Tone::Plain,
        SourceState::Unknown | SourceState::NoKey => Tone::Dim,
        _ => Tone::Alert,
    }
}

fn cells(source: &SourceRow, now: DateTime<Utc>, style: &Style) -> Vec<String> {
    let dash = || style.dash().to_owned();
    let state = match source.until {
        Some(until) if until.date_naive() == now.date_naive() => {
            format!("{} until {} UTC", source.state.label(), short(until, now))
        }
        Some(until) => format!("{} until {}", source.state.label(), short(until, now)),
        None => source.state.label().to_owned(),
    };
    let more = if source.covers.by_symbol { "+" } else { "" };
    let limits = match source.limits.a_day {
        Some(a_day) => format!("{}, {a_day}/d", source.limits.rate()),
        None => format!("{}, {}/run", source.limits.rate(), source.limits.a_run),
    };
    vec![
        text::clean(&source.name, style),
        state,
        source.last_success.map_or_else(dash, |at| short(at, now)),
        source.latency_ms.map_or_else(dash, |ms| ms.to_string()),
        format!("{}{more}", source.covers.instruments),
        limits,
    ]
}

/// An instant of the same UTC day by its time, another by its date.
fn short(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if at.date_naive() == now.date_naive() {
        return at.format("%H:%M").to_string();
    }
    text::short_date(at.date_naive(), now.year()).trim().to_owned()
}

fn whole(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn latency(ms: u64) -> String {
    if ms < 10_000 { format!("{ms} ms") } else { format!("{} s", ms / 1000) }
}

fn block(page: &mut Page<'_>, source: &SourceRow) {
    page.hanging(Tone::Head, "", &format!("{}: {}", source.name, source.title));
    let style = page.style;
    let mut say = |what: &str, words: &str| match page.document() {
        Some(document) => document.fact(what, &text::clean(words, style)),
        None => page.hanging(Tone::Plain, "  ", &format!("{what}: {words}")),
    };
    if source.state != SourceState::Up {
        let until = source.until.map_or_else(String::new, |until| format!(" until {}", whole(until)));
        let reason = source.reason.as_ref().map_or_else(String::new, |r| format!(": {r}"));
        say("State", &format!("{}{until}{reason}", source.state.label()));
    }
    if let Some(probe) = &source.probe {
        say("Asked now", &probed(probe));
    }
    say("Covers", &covered(&source.covers));
    say("Closes", &source.closes);
    say("Terms", &source.terms);
    let today =
        if source.requests_today > 0 { format!("; {} today", source.requests_today) } else { String::new() };
    say("Limits", &format!("{}{today}", source.limits));
    if let Some(key) = &source.key {
        let set =
            if key.set { "is set".to_owned() } else { format!("is not set; one is given at {}", key.page) };
        say("Key", &format!("{} {set}", key.variable));
    }
    if source.left_out == Some(LeftOut::Never) {
        say("Order", "never asked, by the config file");
    }
    say("Page", &source.page);
    let own = if source.address.replaced {
        "another one is set with"
    } else {
        "its own; another one can be set with"
    };
    say("Address", &format!("{own} {}", source.address.variable));
}

fn covered(covers: &Coverage) -> String {
    let mut said: Vec<String> = covers.ids.iter().take(NAMED).map(ToString::to_string).collect();
    let more = covers.instruments.saturating_sub(said.len());
    if more > 0 {
        said.push(format!("{more} more of the catalogue"));
    }
    if covers.by_symbol {
        said.push("other symbols as typed".to_owned());
    }
    if said.is_empty() { "nothing of the catalogue".to_owned() } else { said.join(", ") }
}

fn probed(probe: &Probe) -> String {
    let id = probe.id.as_ref().map_or_else(String::new, |id| match &probe.symbol {
        Some(symbol) => format!("{id} ({symbol}): "),
        None => format!("{id}: "),
    });
    let (Some(close), Some(date)) = (probe.close, probe.date) else {
        return format!("{id}{}", probe.reason.as_deref().unwrap_or("no close came"));
    };
    let took = probe.latency_ms.map_or_else(String::new, |ms| format!(", in {}", latency(ms)));
    format!("{id}{close} on {date}{took}")
}

fn notes(page: &mut Page<'_>, list: &Sources) {
    page.heading("Notes");
    let whose = if list.usual_order { "the usual one" } else { "yours" };
    let order = if list.order.is_empty() { "nobody".to_owned() } else { list.order.join(", ") };
    page.item(
        Tone::Dim,
        &format!("Order: {order} ({whose}); an instrument with an order of its own comes before it."),
    );
    if list.sources.iter().any(|s| s.covers.by_symbol) {
        page.item(
            Tone::Dim,
            "Covers: instruments of the catalogue; a source with + can be asked for other symbols too.",
        );
    }
    for words in CHOICES {
        page.item(Tone::Dim, words);
    }
    if let Some(memory) = &list.memory {
        page.item(Tone::Dim, &format!("Remembered in {memory}."));
    }
}
