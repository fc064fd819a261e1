//! What is waited for: a table of markets, and the lines told while waiting.
//!
//! Not for: deriving when closes are due (`compute::publication`).

use std::io::{self, Write};

use chrono::{DateTime, Duration, Utc};

use super::layout::{self, Align};
use super::page::Page;
use super::style::{Style, Tone};
use super::text;
use crate::domain::Wait;
use crate::domain::wait::{Awaited, Standing};

const HEAD: [&str; 4] = ["Market", "Due there", "Due, UTC", ""];
const ALIGNS: [Align; 4] = [Align::Left; 4];
/// Of more markets than this one line names no more.
const NAMED: usize = 6;

/// Writes a row for each market, and until when all together are waited for.
pub(super) fn write(wait: &Wait, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style);
    let title = format!("marketsnap wait{dot}closes of {}", wait.date, dot = style.dot());
    page.hanging(Tone::Head, "", &title);
    page.blank();
    let head = HEAD.map(str::to_owned).to_vec();
    let rows = wait.markets.iter().map(|m| cells(m, wait.as_of, style).to_vec());
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    let padded: Vec<String> = layout::pad(&rows, &ALIGNS).iter().map(|row| row.join("  ")).collect();
    let fits = padded.iter().all(|row| text::width(row.trim_end()) <= style.cells());
    for market in wait.markets.iter().filter(|_| !fits) {
        page.hanging(Tone::Plain, "", &sentence(market, wait.as_of, style));
    }
    for (at, row) in padded.iter().enumerate().filter(|_| fits) {
        page.line(if at == 0 { Tone::Head } else { Tone::Plain }, row.trim_end());
    }
    page.blank();
    page.hanging(Tone::Plain, "", &summary(wait));
    for sentence in remarks(wait) {
        page.item(Tone::Dim, &sentence);
    }
    page.write(out)
}

fn cells(market: &Awaited, as_of: DateTime<Utc>, style: &Style) -> [String; 4] {
    let dash = || style.dash().to_owned();
    let left = market.due_at.map(|due| format!("in {}", span(due - as_of)));
    [
        text::clean(&market.name, style),
        market.due_local.map_or_else(dash, |t| t.format("%Y-%m-%d %H:%M").to_string()),
        market.due_at.map_or_else(dash, |t| t.format("%Y-%m-%d %H:%M").to_string()),
        match market.status {
            Standing::NoSession => "no session".to_owned(),
            Standing::NotAwaited => "not waited for".to_owned(),
            Standing::Published => "out".to_owned(),
            Standing::Due => left.unwrap_or_default(),
        },
    ]
}

/// A row as a sentence, for where it does not fit.
fn sentence(market: &Awaited, as_of: DateTime<Utc>, style: &Style) -> String {
    let [name, there, utc, standing] = cells(market, as_of, style);
    match market.due_at {
        Some(_) => format!("{name}: due {there} there, {utc} UTC; {standing}"),
        None => format!("{name}: {standing}"),
    }
}

/// What is waited for in one sentence.
pub(super) fn summary(wait: &Wait) -> String {
    let Some(due) = wait.due_at else {
        let names = names(wait.markets.iter().filter(|m| m.status == Standing::NoSession));
        return format!("Nothing to wait for: no session on {} in {names}.", wait.date);
    };
    let at = due.format("%Y-%m-%d %H:%M UTC");
    if wait.seconds == 0 {
        return format!("Nothing to wait for: the closes of {} should be out since {at}.", wait.date);
    }
    let left = span(Duration::seconds(wait.seconds));
    format!("The last close of {} should be out at {at}, in {left}.", wait.date)
}

/// What a reader should know: the margin, hours that are assumed, symbols that are not waited for.
pub(super) fn remarks(wait: &Wait) -> Vec<String> {
    let mut remarks = Vec::new();
    if wait.due_at.is_some() {
        let minutes = wait.margin_minutes;
        remarks.push(format!("A close should be out {minutes} minutes after its session ended."));
    }
    let assumed: Vec<&Awaited> = wait.markets.iter().filter(|m| m.hours_assumed).collect();
    if !assumed.is_empty() {
        let names = names(assumed.into_iter());
        remarks
            .push(format!("No calendar reaches the day: a weekday's regular hours are assumed of {names}."));
    }
    if !wait.unknown.is_empty() {
        let symbols = wait.unknown.join(", ");
        remarks.push(format!("Not waited for, as their exchange's hours are not known: {symbols}."));
    }
    remarks
}

/// A line for each group of markets whose closes are due at one instant, earliest first.
pub(super) fn lines(pending: &[&Awaited], out: bool) -> Vec<String> {
    let mut dues: Vec<DateTime<Utc>> = pending.iter().filter_map(|m| m.due_at).collect();
    dues.sort_unstable();
    dues.dedup();
    let line = |due: DateTime<Utc>| {
        let alike: Vec<&Awaited> = pending.iter().copied().filter(|m| m.due_at == Some(due)).collect();
        let names = names(alike.iter().copied());
        if out {
            return format!("{names}: closes should be out");
        }
        let mut there: Vec<String> =
            alike.iter().filter_map(|m| Some(m.due_local?.format("%H:%M").to_string())).collect();
        there.dedup();
        let local = match there.as_slice() {
            [one] => format!("{one} there, "),
            _ => String::new(),
        };
        format!("{names}: closes due {local}{}", due.format("%Y-%m-%d %H:%M UTC"))
    };
    dues.into_iter().map(line).collect()
}

/// What is waited for next, for a line that is drawn again and again.
pub(super) fn next(pending: &[&Awaited], now: DateTime<Utc>) -> String {
    let Some(due) = pending.iter().filter_map(|m| m.due_at).min() else { return String::new() };
    let alike = pending.iter().copied().filter(|m| m.due_at == Some(due));
    let later = pending.iter().filter(|m| m.due_at != Some(due)).count();
    let more = if later == 0 { String::new() } else { format!("; then {later} more") };
    format!("waiting for {}, due in {}{more}", names(alike), span(due - now))
}

/// Names of markets, the first few of many.
fn names<'a>(markets: impl Iterator<Item = &'a Awaited>) -> String {
    let all: Vec<&str> = markets.map(|m| m.name.as_str()).collect();
    let shown = all.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// `13 h 30 min`, rounded up to a minute; below a minute in seconds.
fn span(left: Duration) -> String {
    if left < Duration::minutes(1) {
        return format!("{} s", left.num_seconds().max(0));
    }
    let minutes = (left.num_seconds() + 59) / 60;
    match (minutes / 60, minutes % 60) {
        (0, m) => format!("{m} min"),
        (h, 0) => format!("{h} h"),
        (h, m) => format!("{h} h {m} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_hours_and_minutes_and_never_shorter_than_it_is() {
        let of = |seconds| span(Duration::seconds(seconds));
        assert_eq!(
            [of(0), of(59), of(60), of(61), of(3600), of(3541)],
            ["0 s", "59 s", "1 min", "2 min", "1 h", "1 h"]
        );
        assert_eq!((of(48_600), of(-5)), ("13 h 30 min".to_owned(), "0 s".to_owned()));
    }
}
