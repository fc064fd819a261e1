//! One instrument's closes from one source: strictly increasing dates, finite positive closes.
//!
//! Not for: deciding what was known at an instant (`compute::sessions`) or mixing sources.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::instrument::{Basis, InstrumentId, Kind, Mic};

/// One session's close, with its range where the source gave one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// The session's exchange-local date.
    pub date: NaiveDate,
    /// Close, in the series' currency.
    pub close: f64,
    /// Lowest price of the session.
    pub low: Option<f64>,
    /// Highest price of the session.
    pub high: Option<f64>,
}

/// A row as a source sent it, already dated in the exchange's zone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RawRow {
    /// The session's exchange-local date.
    pub date: NaiveDate,
    /// The close, absent where the source sent null or something that is no number.
    pub close: Option<f64>,
    /// Lowest price of the session.
    pub low: Option<f64>,
    /// Highest price of the session.
    pub high: Option<f64>,
    /// The row is the running session's and not a finished one.
    pub live: bool,
}

impl RawRow {
    /// A finished row that has only a date and perhaps a close.
    #[must_use]
    pub fn close_only(date: NaiveDate, close: Option<f64>) -> Self {
        Self { date, close, low: None, high: None, live: false }
    }
}

/// What a warning is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningKind {
    /// Rows that were not taken.
    Refused,
    /// A value that was kept although it looks wrong.
    Suspect,
    /// A bar on a day that the calendar has as closed.
    UnexpectedSession,
    /// A session missing that the exchange's other instruments have.
    Hole,
    /// The source describes the instrument differently from the catalogue.
    Mismatch,
    /// The source said something of its answer that a reader should know.
    Source,
    /// Two sources have different closes for one session.
    Disagreement,
    /// Another source is shown than the one asked first.
    OtherSource,
}

/// Something a reader should know of a row; the report stands all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// What it is about.
    pub kind: WarningKind,
    /// One sentence that names instrument, date and reason.
    pub message: String,
}

/// A split: prices before `date` are divided by `factor` (4 for 4:1) on the adjusted basis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Split {
    /// First session on the new basis.
    pub date: NaiveDate,
    /// New shares for one old share.
    pub factor: f64,
}

/// Where a series came from and what its closes are.
#[derive(Debug, Clone, PartialEq)]
pub struct Provenance {
    /// The instrument, by our id.
    pub instrument: InstrumentId,
    /// The source's short name (`yahoo`).
    pub source: String,
    /// The symbol it was asked for by.
    pub symbol: String,
    /// ISO 4217 currency of the closes, minor units already converted.
    pub currency: Option<String>,
    /// The venue whose hours apply, where the source's closes are not the catalogue venue's (an ECB
    /// fixing of a currency pair).
    pub venue: Option<Mic>,
    /// What the closes include.
    pub basis: Basis,
    /// The closes are as they were traded: the source adjusts for no split and tells of none.
    pub raw: bool,
    /// When the answer was received.
    pub fetched_at: DateTime<Utc>,
    /// The instant the source gives for its newest value, where it gives one.
    pub stamp: Option<DateTime<Utc>>,
}

/// An instrument's bars of one source and basis, dates strictly increasing.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Where it came from.
    pub provenance: Provenance,
    /// Splits inside the window, where the source sends events.
    pub splits: Vec<Split>,
    /// What was refused or looked odd while it was built.
    pub warnings: Vec<Warning>,
    bars: Vec<Bar>,
}

impl Series {
    /// Builds a series from a source's rows: sorts them, refuses nulls, non-finite and (unless the
    /// kind allows them) non-positive closes, and resolves two rows of one date: equal rows are one,
    /// a live row replaces a finished one, two different finished rows are both dropped. What was
    /// refused is a warning, one for each reason.
    #[must_use]
    pub fn from_rows(provenance: Provenance, kind: Kind, rows: Vec<RawRow>, splits: Vec<Split>) -> Self {
        let mut rows = rows;
        rows.sort_by_key(|r| (r.date, r.live));
        let mut refused = Refused::default();
        let mut bars: Vec<Bar> = Vec::with_capacity(rows.len());
        for same_date in rows.chunk_by(|a, b| a.date == b.date) {
            bars.extend(one_bar(same_date, kind, &mut refused));
        }
        let warnings = refused.warnings(&provenance);
        Self { provenance, splits, warnings, bars }
    }

    /// One series of two parts of it; of two bars of one date that of the newer part stands.
    #[must_use]
    pub fn joined(a: Self, b: Self) -> Self {
        let (older, newer) =
            if a.last().map(|x| x.date) <= b.last().map(|x| x.date) { (a, b) } else { (b, a) };
        let mut bars = older.bars;
        bars.retain(|bar| !newer.bars.iter().any(|n| n.date == bar.date));
        bars.extend(newer.bars);
        bars.sort_by_key(|bar| bar.date);
        Self { bars, ..newer }
    }

    /// All bars, oldest first.
    #[must_use]
    pub fn bars(&self) -> &[Bar] {
        &self.bars
    }

    /// The newest bar.
    #[must_use]
    pub fn last(&self) -> Option<&Bar> {
        self.bars.last()
    }

    /// The bars dated on or before `date`.
    #[must_use]
    pub fn bars_until(&self, date: NaiveDate) -> &[Bar] {
        let end = self.bars.partition_point(|b| b.date <= date);
        self.bars.get(..end).unwrap_or_default()
    }
}

/// The last bar on or before `date`: the one look-up rule for every dated value.
#[must_use]
pub fn on_or_before(bars: &[Bar], date: NaiveDate) -> Option<&Bar> {
    bars.partition_point(|b| b.date <= date).checked_sub(1).and_then(|i| bars.get(i))
}

fn one_bar(rows: &[RawRow], kind: Kind, refused: &mut Refused) -> Option<Bar> {
    let mut good: Vec<&RawRow> = Vec::new();
    for row in rows {
        match row.close {
            None => refused.no_close.push(row.date),
            Some(c) if !c.is_finite() => refused.not_finite.push(row.date),
            Some(c) if c <= 0.0 && !kind.allows_non_positive() => refused.not_positive.push(row.date),
            Some(_) => good.push(row),
        }
    }
    // A null beside a good row of the same date is the source's duplicate, not a lost close.
    if !good.is_empty() {
        refused.no_close.retain(|d| rows.first().is_none_or(|r| r.date != *d));
    }
    let newest = good.last()?;
    let disagree = good.windows(2).any(|w| matches!(w, [RawRow { close: Some(a), .. }, RawRow { close: Some(b), .. }] if a.total_cmp(b).is_ne()));
    if disagree && !newest.live {
        refused.conflicting.push(newest.date);
        return None;
    }
    Some(Bar { date: newest.date, close: newest.close?, low: newest.low, high: newest.high })
}

#[derive(Default)]
struct Refused {
    no_close: Vec<NaiveDate>,
    not_finite: Vec<NaiveDate>,
    not_positive: Vec<NaiveDate>,
    conflicting: Vec<NaiveDate>,
}

impl Refused {
    fn warnings(&self, from: &Provenance) -> Vec<Warning> {
        [
            (&self.no_close, "without a close"),
            (&self.not_finite, "with a close that is not a finite number"),
            (&self.not_positive, "with a close of zero or below"),
            (&self.conflicting, "that came twice with different closes"),
        ]
        .into_iter()
        .filter(|(dates, _)| !dates.is_empty())
        .map(|(dates, reason)| Warning {
            kind: WarningKind::Refused,
            message: format!(
                "{}: {} refused from {}: {}",
                from.instrument,
                rows_word(dates.len(), reason),
                from.source,
                listed(dates)
            ),
        })
        .collect()
    }
}

fn rows_word(count: usize, reason: &str) -> String {
    if count == 1 { format!("1 row {reason}") } else { format!("{count} rows {reason}") }
}

/// Up to three dates, newest first, and how many more there are.
#[must_use]
pub fn listed(dates: &[NaiveDate]) -> String {
    let shown: Vec<String> = dates.iter().rev().take(3).map(NaiveDate::to_string).collect();
    match dates.len().saturating_sub(3) {
        0 => shown.join(", "),
        more => format!("{} and {more} earlier", shown.join(", ")),
    }
}
