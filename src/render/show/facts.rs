//! The facts of a page, a line each behind a word: head, what the day means, risk, source.
//!
//! Not for: tables.

use chrono::Datelike;

use super::super::number;
use super::super::page::Page;
use super::super::style::{Style, Tone};
use super::super::text;
use super::{absent, fact, level, reason};
use crate::domain::instrument::Basis;
use crate::domain::link::Together;
use crate::domain::show::Volatility;
use crate::domain::snapshot::{Record, RelativeCell, Row, Status};
use crate::domain::{Horizon, Show};

/// The longest benchmark id in the word before a fact.
const LONGEST_ID: usize = 6;

/// Name, what it is, its session and its close.
pub(super) fn head(lines: &mut Page, page: &Show, row: &Row) {
    lines.blank();
    let style = lines.style;
    lines.line(Tone::Head, &text::name(&row.name, row.id.as_str(), style));
    let venue = page.venue.name.as_ref().zip(row.exchange.as_ref());
    let basis = match row.basis {
        Basis::Price => None,
        Basis::TotalReturn => Some("dividends included".to_owned()),
        Basis::Mixed => Some("some members' dividends included".to_owned()),
    };
    let what = [
        Some(row.id.to_string()),
        Some(row.kind.name().to_owned()),
        row.country.clone(),
        venue.map(|(name, mic)| format!("{name} ({mic})")),
        row.currency.clone(),
        basis,
    ];
    lines.facts(Tone::Plain, "", &what.into_iter().flatten().collect::<Vec<_>>(), style.dot());
    lines.blank();
    fact(lines, "Session", &session(page, row));
    let close = row.close.and_then(|c| number::close(c, row.decimals));
    fact(lines, "Close", &close.unwrap_or_else(|| "no close could be had".to_owned()));
    let date = row.previous.date.map(|d| text::short_date(d, page.as_of.year()).trim().to_owned());
    let previous = row.previous.close.zip(date);
    let previous =
        previous.map(|(close, date)| format!("{} on {date}", level(Some(close), row.decimals, style)));
    fact(lines, "Previous", &previous.unwrap_or_else(|| absent(row.previous.absent)));
    fact(lines, "Change", &change(row));
}

fn session(page: &Show, row: &Row) -> String {
    let Some(date) = row.session.date else { return "none known".to_owned() };
    let status = row.session.status.map_or("", Status::word);
    let ended = row.session.closed_at.map(|at| {
        let local = page.venue.closed_local.zip(row.session.timezone.as_ref());
        let local = local.map(|(at, zone)| format!("{} {zone}, ", at.format("%Y-%m-%d %H:%M")));
        format!("; ended {}{}", local.unwrap_or_default(), at.format("%Y-%m-%d %H:%M UTC"))
    });
    let waits = match (page.awaits_rate(), page.open()) {
        (true, _) => "; its rate of exchange is not fixed yet",
        (false, true) => "; it will still change",
        (false, false) => "",
    };
    format!("{date}, {status}{}{waits}", ended.unwrap_or_default())
}

fn change(row: &Row) -> String {
    let points = row.change_bp.and_then(|bp| number::signed(bp, 1)).map(|bp| format!("{bp} bp"));
    let change = points.or_else(|| row.change.and_then(|c| number::change(c, row.close, row.decimals)));
    change.unwrap_or_else(|| absent(row.previous.absent))
}

/// What the newest close means beside those before it, and how much they vary.
pub(super) fn standing(lines: &mut Page, page: &Show, row: &Row) {
    lines.blank();
    let style = lines.style;
    let none = match (row.close, page.open()) {
        (Some(_), false) => "none".to_owned(),
        (Some(_), true) => absent(Some(crate::domain::Absent::Live)),
        (None, _) => "absent: no close could be had".to_owned(),
    };
    for (at, record) in row.records.iter().enumerate() {
        fact(lines, if at == 0 { "Records" } else { "" }, &said(record));
    }
    if row.records.is_empty() {
        fact(lines, "Records", &none);
    }
    fact(lines, "Streak", &streak(row));
    fact(lines, "Size", &size(row));
    fact(lines, "Rarity", &rarity(row));
    fact(lines, "Drawdown", &drawdown(row, style));
    fact(lines, "52 weeks", &range(row, style));
    fact(lines, "Limit", &limit(row, style));
    fact(lines, "Volatility", &volatility(page));
    if row.id != page.benchmark {
        link(lines, page, row);
    }
}

/// `+5.60 pp, 3 of the 84 before were as large, the last on 2025-10-09`.
fn rank(cell: &RelativeCell) -> String {
    let Some(points) = cell.excess_pp.and_then(|p| number::percent(p.0)) else { return absent(cell.absent) };
    let rank = &cell.rank;
    let last = rank.since.map_or_else(String::new, |date| format!(", the last on {date}"));
    match (rank.larger, rank.of) {
        (Some(0), Some(of)) => format!("{points} pp, none of the {of} before was as large"),
        (Some(larger), Some(of)) => format!("{points} pp, {larger} of the {of} before were as large{last}"),
        _ => format!("{points} pp; its rank is {}", absent(rank.absent)),
    }
}

/// The day's spread, correlation with the benchmark and beta on it, in both alignments.
fn link(lines: &mut Page, page: &Show, row: &Row) {
    let id = text::clean(page.benchmark.as_str(), lines.style);
    let id = if text::width(&id) <= LONGEST_ID { id.as_str() } else { "bench." };
    let said = |together: &Together| {
        let two = |value: Option<f64>| value.and_then(|v| number::level(v, 2));
        let both = two(together.correlation).zip(two(together.beta));
        both.map_or_else(
            || format!("{} ({} pairs)", absent(together.absent), together.pairs),
            |(correlation, beta)| {
                format!("correlation {correlation}, beta {beta} over {} pairs", together.pairs)
            },
        )
    };
    if let Some(cell) = row.relative.get(&Horizon::ONE_DAY) {
        fact(lines, &format!("1D vs {id}"), &rank(cell));
    }
    fact(lines, &format!("vs {id}"), &format!("{}, same date", said(&page.link.same_date)));
    let lagged = &page.link.lagged;
    if let Some((earlier, later)) = lagged.earlier.as_ref().zip(lagged.later.as_ref()) {
        let pairing = format!("{later}'s session with {earlier}'s next");
        fact(lines, "", &format!("{}, {pairing}", said(&lagged.together)));
    }
}

/// `highest close since 2025-10-09, 72 sessions ago`.
pub(in crate::render) fn said(record: &Record) -> String {
    let what = record.kind.word().trim_end_matches("_since").replace('_', " ");
    match record.sessions {
        Some(n) => format!("{what} since {}, {n} sessions ago", record.date),
        None => format!("{what} since the data begin, {}", record.date),
    }
}

fn streak(row: &Row) -> String {
    match (row.streak.direction, row.streak.sessions) {
        (Some(way), Some(1)) => format!("1 session {way}"),
        (Some(way), Some(n)) => format!("{n} sessions {way}"),
        _ if row.streak.absent == Some(crate::domain::Absent::NoneSet) => {
            "none: the newest close did not move".to_owned()
        }
        _ => absent(row.streak.absent),
    }
}

fn size(row: &Row) -> String {
    let z = row.z_score.value.and_then(|z| number::signed(z, 2)).zip(row.z_score.sessions);
    z.map_or_else(
        || absent(row.z_score.absent),
        |(z, n)| format!("{z} standard deviations of the {n} moves before it"),
    )
}

/// `a move as large, up or down, came 6 times in the 250 sessions before`.
fn rarity(row: &Row) -> String {
    let rarity = &row.rarity;
    rarity.times.zip(rarity.of).map_or_else(
        || absent(rarity.absent),
        |(times, of)| {
            let times = match times {
                0 => "not once".to_owned(),
                1 => "once".to_owned(),
                n => format!("{n} times"),
            };
            format!("a move as large, up or down, came {times} in the {of} before it")
        },
    )
}

/// `-1.56 % from the highest close since 2024-12-20, 1561.12 on 2025-10-02`.
fn drawdown(row: &Row, style: &Style) -> String {
    let drawdown = &row.drawdown;
    let there = drawdown.pct.zip(drawdown.peak_date).zip(drawdown.since);
    let Some(((pct, on), since)) = there else { return absent(drawdown.absent) };
    if drawdown.peak_date == row.session.date {
        return format!("none: the highest close since {since}");
    }
    let pct = number::percent(pct.0).unwrap_or_default();
    let peak = level(drawdown.peak, row.decimals, style);
    format!("{pct} % from the highest close since {since}, {peak} on {on}")
}

fn range(row: &Row, style: &Style) -> String {
    let range = &row.range_52w;
    let Some(position) = range.position_pct.and_then(|p| number::level(p.0, 1)) else {
        return absent(range.absent);
    };
    let (low, high) = (level(range.low, row.decimals, style), level(range.high, row.decimals, style));
    let sessions = range.sessions.unwrap_or(0);
    format!("{position} % of the way from {low} to {high} ({sessions} sessions)")
}

fn limit(row: &Row, style: &Style) -> String {
    let limit = &row.limit;
    let Some(price) = limit.price else { return reason(limit.absent).to_owned() };
    let own = row.local.as_ref().and_then(|l| l.currency.as_ref()).map(|c| format!(" {c}"));
    let price = format!("{}{}", level(Some(price), 2, style), own.unwrap_or_default());
    let pct = limit.pct.and_then(|p| number::level(p.0, 0)).unwrap_or_else(|| style.dash().to_owned());
    match limit.side {
        Some(side) => format!("closed limit {side} at {price} ({pct} % from the close before)"),
        None => format!("not reached: {price} ({pct} % from the close before)"),
    }
}

fn volatility(page: &Show) -> String {
    let said = |v: &Volatility| {
        let pct = v.pct.and_then(|p| number::level(p.0, 1));
        let returns = v.returns;
        pct.map_or_else(
            || format!("{} ({returns} returns, 30 are needed)", absent(v.absent)),
            |pct| format!("{pct} % a year over the newest {returns} returns"),
        )
    };
    let (short, long) = (&page.risk.volatility_60, &page.risk.volatility_250);
    let first = said(short);
    let longer = long.pct.filter(|_| long.returns > short.returns).and_then(|p| number::level(p.0, 1));
    let longer = longer.map(|pct| format!(", {pct} % over {}", long.returns));
    format!("{first}{}", longer.unwrap_or_default())
}

/// Where the closes come from, and who confirms them.
pub(super) fn source(lines: &mut Page, page: &Show, row: &Row) {
    let Some(source) = &row.source else { return };
    lines.blank();
    let symbol = source.symbol.as_ref().map(|s| format!(" {s}")).unwrap_or_default();
    let fetched = source.fetched_at.map(|at| format!(", fetched {}", at.format("%Y-%m-%d %H:%M UTC")));
    let fetched = fetched.filter(|_| !page.demo).unwrap_or_default();
    let kept = if source.from_store { ", from the store" } else { "" };
    fact(lines, "Source", &format!("{}{symbol}{fetched}{kept}", source.name));
    let closes = page.confirmations.iter();
    let told = closes.map(|c| format!("{} {}", c.source, level(Some(c.close), row.decimals, lines.style)));
    let told = told.collect::<Vec<_>>().join(", ");
    if page.composite.is_some() || page.demo {
        return;
    }
    fact(lines, "Confirmed", if told.is_empty() { "by no other source" } else { &told });
}
