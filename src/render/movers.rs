//! The report of `movers` for a terminal: a table a group, best first, with its breadth below.
//!
//! Not for: ranking or counting (`compute`), nor the facts on breadth (`breadth`).

use std::io::{self, Write};

use chrono::Datelike;

use super::block::{Block, Part};
use super::breadth;
use super::cells::{self, Cell, Mark};
use super::compare::{horizon_heads, id_label, percent};
use super::number;
use super::page::Page;
use super::session;
use super::style::{Style, Tone};
use super::table;
use super::text;
use crate::domain::movers::{Contributions, Mover, MoversBlock};
use crate::domain::snapshot::Standing;
use crate::domain::snapshot::{MoveCell, NoteKind, RelativeCell, Session};
use crate::domain::{Horizon, InstrumentId, Movers};

/// Names keep these before a horizon is dropped for them.
const NAME_COMFORT: usize = 18;

/// The columns of the close and of the comparison with the benchmark, counted from the name.
const CLOSE: usize = 1;
const VERSUS: usize = 3;

/// Writes the report.
pub(super) fn write(report: &Movers, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style);
    fill(&mut page, report);
    page.write(out)
}

/// Puts the report on a page.
pub(super) fn fill(page: &mut Page, report: &Movers) {
    let style = page.style;
    let others: Vec<Horizon> = report.horizons.iter().filter(|h| **h != report.sort).copied().collect();
    let fit = |shown: &[Horizon]| tables(report, shown, style).iter().all(|t| t.fits(NAME_COMFORT, style));
    let first = |count: usize| others.get(..count).unwrap_or_default();
    let count = (0..=others.len()).rev().find(|count| fit(first(*count)));
    let shown = first(count.unwrap_or(0));
    head(page, report);
    let mut versus = false;
    for (block, table) in report.groups.iter().zip(tables(report, shown, style)) {
        page.blank();
        let title = title(block, style);
        let session = table.parts.len().saturating_sub(1);
        if let Some(document) = page.document() {
            versus = true;
            document.say(Tone::Head, "", &title);
            document.table(table.flowing(&title));
            below(page, report, block);
            continue;
        }
        if table.rows.first().and_then(|head| head.first()).is_none_or(|cell| cell.trim() != title) {
            page.line(Tone::Head, &title);
        }
        versus |= table.keeps(VERSUS, &[CLOSE, VERSUS], &[session], style);
        table.print(page, &[CLOSE, VERSUS], &[session]);
        below(page, report, block);
    }
    let hidden = others.get(shown.len()..).unwrap_or_default();
    legend(page, report, shown, hidden, versus);
    page.notes(report.notes.iter().filter(|n| n.kind != NoteKind::Period));
    page.errors(&report.errors);
}

fn head(page: &mut Page, report: &Movers) {
    let name = text::name(&report.benchmark_name, report.benchmark.as_str(), page.style);
    let mut facts = vec![format!("as of {}", report.as_of.format("%Y-%m-%d %H:%M UTC"))];
    facts.extend(report.date.map(|date| format!("sessions up to {date}")));
    facts.push(format!("by {} move", report.sort));
    facts.push(format!("benchmark {name}"));
    page.title("marketsnap movers", &facts, &report.currency, report.status);
    page.demo(report.demo);
    page.periods(&report.notes);
}

/// A table for each block; those of the same columns are as wide as each other, their names too where no
/// name has to be cut.
fn tables(report: &Movers, shown: &[Horizon], style: &Style) -> Vec<Block> {
    let wide = level(report, shown, 0, style);
    let whole = wide.iter().all(|table| table.fits(usize::MAX, style));
    if whole { wide } else { level(report, shown, 1, style) }
}

/// The tables with heads as wide as the widest cell of all, from a column on.
fn level(report: &Movers, shown: &[Horizon], from: usize, style: &Style) -> Vec<Block> {
    let mut tables: Vec<Block> = report.groups.iter().map(|b| table_of(report, b, shown, style)).collect();
    let widths: Vec<Vec<usize>> = tables.iter().map(Block::natural).collect();
    for table in &mut tables {
        let columns = table.parts.len();
        let same = widths.iter().filter(|w| w.len() == columns);
        let Some(head) = table.rows.first_mut() else { continue };
        for (at, (cell, part)) in head.iter_mut().zip(&table.parts).enumerate().skip(from) {
            let width = same.clone().filter_map(|w| w.get(at)).max().copied().unwrap_or(0);
            let blanks = " ".repeat(width.saturating_sub(text::width(cell)));
            *cell = match part {
                Part::Figure | Part::Move => format!("{blanks}{cell}"),
                _ => format!("{cell}{blanks}"),
            };
        }
    }
    tables
}

/// One line of a table before its cells are spelled.
struct Line<'a> {
    name: String,
    close: Option<f64>,
    /// What stands in the place of a close that is not there.
    no_close: &'static str,
    decimals: u8,
    session: &'a Session,
    moves: Vec<Option<Cell>>,
    versus: Option<Cell>,
    part: Option<f64>,
}

fn table_of(report: &Movers, block: &MoversBlock, shown: &[Horizon], style: &Style) -> Block {
    let year = report.as_of.year();
    let digits = block.members.iter().filter_map(|m| m.rank).max().unwrap_or(1).to_string().len();
    let mut lines: Vec<Line<'_>> =
        block.members.iter().map(|m| line_of(report, block, m, shown, digits, style)).collect();
    lines.extend(whole(report, block, shown, digits, style));
    let named =
        Some(title(block, style)).filter(|t| lines.iter().any(|l| text::width(t) <= text::width(&l.name)));
    let mut head = vec![named.unwrap_or_default(), "Close".to_owned()];
    let columns = 1 + shown.len();
    let tails: Vec<usize> =
        (0..columns).map(|at| tail(lines.iter().map(|l| l.moves.get(at)?.as_ref()))).collect();
    let versus = tail(lines.iter().map(|l| l.versus.as_ref()));
    let marked =
        |label: &str, tail: Option<&usize>| format!("{label} %{}", " ".repeat(tail.copied().unwrap_or(0)));
    let heads = horizon_heads(&[&[report.sort], shown].concat(), year);
    head.extend(heads.first().map(|h| marked(h, tails.first())));
    head.push(format!("vs {}{}", benchmark(report, style), " ".repeat(versus)));
    let parts = block.contributions.is_some();
    head.extend(parts.then(|| "adds pp".to_owned()));
    head.extend(heads.iter().zip(&tails).skip(1).map(|(h, tail)| marked(h, Some(tail))));
    head.push("Session".to_owned());
    let mut rows = vec![head];
    for line in &lines {
        let close = line.close.and_then(|c| number::close(c, line.decimals));
        let session = line.session.date.map(|date| session::dated(date, line.session.status, year));
        let moved: Vec<String> =
            line.moves.iter().zip(&tails).map(|(cell, tail)| spell(cell.as_ref(), *tail, style)).collect();
        let mut cells = vec![line.name.clone(), close.unwrap_or_else(|| line.no_close.to_owned())];
        cells.extend(moved.first().cloned());
        cells.push(spell(line.versus.as_ref(), versus, style));
        let part = line.part.and_then(number::percent);
        cells.extend(parts.then(|| part.unwrap_or_else(|| style.dash().to_owned())));
        cells.extend(moved.into_iter().skip(1));
        cells.push(session.unwrap_or_else(|| style.dash().to_owned()));
        rows.push(cells);
    }
    let mut kinds = vec![Part::Words, Part::Figure, Part::Move, Part::Move];
    kinds.extend(parts.then_some(Part::Move));
    kinds.extend(shown.iter().map(|_| Part::Move));
    kinds.push(Part::Session);
    Block { parts: kinds, rows }
}

/// The name over a table.
fn title(block: &MoversBlock, style: &Style) -> String {
    match (&block.name, &block.id) {
        (Some(name), Some(id)) => text::name(name, id.as_str(), style),
        _ => String::new(),
    }
}

/// The benchmark's name, or its id where that is shorter.
fn benchmark(report: &Movers, style: &Style) -> String {
    let name = text::name(&report.benchmark_name, report.benchmark.as_str(), style);
    let id = id_label(&report.benchmark, style);
    if text::width(&name) <= text::width(&id).max(9) { name } else { id }
}

fn line_of<'a>(
    report: &Movers,
    block: &MoversBlock,
    mover: &'a Mover,
    shown: &[Horizon],
    digits: usize,
    style: &Style,
) -> Line<'a> {
    let rank = mover.rank.map_or_else(|| style.dash().to_owned(), |rank| rank.to_string());
    let name = text::name(&mover.name, mover.id.as_str(), style);
    let blanks = " ".repeat(digits.saturating_sub(text::width(&rank)));
    let limit = |h: &Horizon| mover.limit.side.filter(|_| *h == Horizon::ONE_DAY);
    let part = |c: &Contributions| c.members.iter().find(|m| m.id == mover.id)?.contribution_pp;
    Line {
        name: text::fit(&format!("{blanks}{rank} {name}"), cells::LONGEST_NAME, style),
        close: mover.close,
        no_close: cells::no_close(mover.fx.as_ref()),
        decimals: mover.decimals,
        session: &mover.session,
        moves: moves(report.sort, shown, |h| cells::moved(mover.moves.get(h)?, limit(h))),
        versus: mover.relative.get(&report.sort).and_then(cells::versus),
        part: block.contributions.as_ref().and_then(part).map(|pp| pp.0),
    }
}

/// The composite itself, to which its members' parts sum.
fn whole<'a>(
    report: &Movers,
    block: &'a MoversBlock,
    shown: &[Horizon],
    digits: usize,
    style: &Style,
) -> Option<Line<'a>> {
    let row = &block.composite.as_ref()?.row;
    let cell = |h: &Horizon| -> Option<&MoveCell> { row.moves.get(h) };
    let against = |h: &Horizon| -> Option<&RelativeCell> { row.relative.get(h) };
    Some(Line {
        name: format!("{} {}", " ".repeat(digits), id_label(&row.id, style)),
        close: row.close,
        no_close: cells::no_close(row.fx.as_ref()),
        decimals: row.decimals,
        session: &row.session,
        moves: moves(report.sort, shown, |h| cells::moved(cell(h)?, None)),
        versus: against(&report.sort).and_then(cells::versus),
        part: block.contributions.as_ref().and_then(|c| c.pct).map(|p| p.0),
    })
}

fn moves(sort: Horizon, shown: &[Horizon], cell: impl Fn(&Horizon) -> Option<Cell>) -> Vec<Option<Cell>> {
    [sort].iter().chain(shown).map(cell).collect()
}

/// How many marks the widest cell of a column carries.
fn tail<'a>(cells: impl Iterator<Item = Option<&'a Cell>>) -> usize {
    let count = |cell: &Cell| if let Cell::Signed { marks, .. } = cell { marks.len() } else { 0 };
    cells.flatten().map(count).max().unwrap_or(0)
}

fn spell(cell: Option<&Cell>, tail: usize, style: &Style) -> String {
    let Some(Cell::Signed { value, decimals, marks }) = cell else {
        return format!("{}{}", style.dash(), " ".repeat(tail));
    };
    let figure = number::signed(*value, *decimals).unwrap_or_else(|| style.dash().to_owned());
    let marked: String = marks.iter().map(|m| m.glyph()).collect();
    format!("{figure}{marked:<tail$}")
}

/// What is said below a table: who is not listed, the breadth, and how a composite's members stood.
fn below(page: &mut Page, report: &Movers, block: &MoversBlock) {
    let style = page.style;
    if block.not_listed > 0 {
        page.hanging(Tone::Dim, "", &format!("{} more between the best and the worst", block.not_listed));
    }
    let why = |id: &InstrumentId| {
        let member = block.members.iter().find(|m| m.id == *id)?;
        if member.close.is_none() {
            return Some(cells::no_close(member.fx.as_ref()).to_owned());
        }
        Some(cells::why(member.moves.get(&report.sort)?.absent?))
    };
    let (breadth, movers) = breadth::says(&block.breadth, why, style, report.as_of.year());
    page.facts(Tone::Plain, "", &breadth, "; ");
    page.facts(Tone::Plain, "", &movers, "; ");
    if let Some(contributions) = &block.contributions {
        page.facts(Tone::Plain, "", &stood(report, block, contributions, style), "; ");
    }
}

/// Which dates a composite's move spans, and the members that did not trade on the newest.
fn stood(report: &Movers, block: &MoversBlock, parts: &Contributions, style: &Style) -> Vec<String> {
    let year = report.as_of.year();
    let id = block.id.as_ref().map(|id| id_label(id, style)).unwrap_or_default();
    let unit = if parts.pct.is_some() { " %" } else { "" };
    let mut says = vec![format!("{id} {} {}{unit}", report.sort, percent(parts.pct, style))];
    says.extend(parts.from.zip(parts.to).map(|(from, to)| text::span(from, to, year)));
    says.extend(parts.absent.map(cells::why));
    let named = |word: &str, part: Standing| {
        let ids = parts.members.iter().filter(|m| m.part == Some(part)).map(|m| id_label(&m.id, style));
        let ids = ids.collect::<Vec<_>>().join(", ");
        (!ids.is_empty()).then(|| format!("{word}: {ids}"))
    };
    says.extend(named("pending, counted as unchanged", Standing::Pending));
    says.extend(named("shut, counted as unchanged", Standing::Shut));
    says.extend(named("left out", Standing::LeftOut));
    says
}

/// What the marks and columns mean, and which horizons do not fit.
fn legend(page: &mut Page, report: &Movers, shown: &[Horizon], hidden: &[Horizon], versus: bool) {
    let style = page.style;
    let mut marks: Vec<Mark> = Vec::new();
    let mut found = |cell: Option<Cell>| {
        if let Some(Cell::Signed { marks: new, .. }) = cell {
            let unseen: Vec<Mark> = new.into_iter().filter(|m| !marks.contains(m)).collect();
            marks.extend(unseen);
        }
    };
    for mover in report.groups.iter().flat_map(|g| &g.members) {
        for h in [report.sort].iter().chain(shown) {
            let limit = mover.limit.side.filter(|_| *h == Horizon::ONE_DAY);
            found(mover.moves.get(h).and_then(|cell| cells::moved(cell, limit)));
        }
        found(mover.relative.get(&report.sort).and_then(cells::versus).filter(|_| versus));
    }
    let name = text::name(&report.benchmark_name, report.benchmark.as_str(), style);
    let head = benchmark(report, style);
    let sort = report.sort;
    let mut says = Vec::new();
    if versus {
        let mut say = format!("vs {head}: {sort} move minus that of {name}, in percentage points");
        if marks.contains(&Mark::OtherSessions) {
            say.push_str("; * the two span different sessions");
        }
        says.push(say);
    }
    if report.groups.iter().any(|g| g.contributions.is_some()) {
        says.push(format!("adds: what a member added to the composite's {sort} move, in percentage points"));
    }
    says.extend(marks.iter().filter_map(|mark| table::mark_says(*mark)).map(str::to_owned));
    if report.horizons_named && !hidden.is_empty() {
        let labels: Vec<String> = hidden.iter().map(Horizon::label).collect();
        says.push(format!("not shown at this width: {}; --width or --json shows them", labels.join(", ")));
    }
    page.blank();
    for say in says {
        page.hanging(Tone::Dim, "", &say);
    }
}
