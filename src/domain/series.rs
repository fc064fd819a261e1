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

impl Bar {
    /// Whether the close lies outside its own low to high by more than 0.5 %. Zeros stand for no range.
    #[must_use]
    pub fn outside_own_range(&self) -> bool {
        let below = self.low.is_some_and(|low| low > 0.0 && self.close < low * 0.995);
        let above = self.high.is_some_and(|high| high > 0.0 && self.close > high * 1.005);
        below || above
    }
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
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
    /// No source answered; closes that an earlier run kept are shown.
    FromStore,
}

impl WarningKind {
    const ALL: [Self; 9] = [
        Self::Refused,
        Self::Suspect,
        Self::UnexpectedSession,
        Self::Hole,
        Self::Mismatch,
        Self::Source,
        Self::Disagreement,
        Self::OtherSource,
        Self::FromStore,
    ];

    /// Its name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Suspect => "suspect",
            Self::UnexpectedSession => "unexpected_session",
            Self::Hole => "hole",
            Self::Mismatch => "mismatch",
            Self::Source => "source",
            Self::Disagreement => "disagreement",
            Self::OtherSource => "other_source",
            Self::FromStore => "from_store",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Something a reader should know of a row; the report stands all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
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

/// What a source says of an instrument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its name, made safe to print.
    pub name: String,
    /// What sort of thing it is.
    pub kind: Kind,
    /// Digits after the point it is quoted with.
    pub decimals: u8,
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
    /// What its source said of an instrument outside the catalogue.
    pub about: Option<About>,
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
        Self { provenance, splits, warnings, about: None, bars }
    }

    /// A series of bars that were checked when they were first taken over (a store's); none if they are not
    /// in order of their dates or a close is not finite.
    #[must_use]
    pub fn of_bars(provenance: Provenance, bars: Vec<Bar>, splits: Vec<Split>) -> Option<Self> {
        let ordered = bars.is_sorted_by(|a, b| a.date < b.date);
        let finite = bars.iter().all(|b| b.close.is_finite());
        (ordered && finite).then_some(Self { provenance, splits, warnings: Vec::new(), about: None, bars })
    }

    /// Adds a bar after the newest one; a bar that is no later, or whose close is not finite, is not taken.
    pub fn push(&mut self, bar: Bar) {
        if bar.close.is_finite() && self.last().is_none_or(|b| b.date < bar.date) {
            self.bars.push(bar);
        }
    }

    /// Keeps only the bars of some sessions.
    pub fn retain(&mut self, keep: impl Fn(NaiveDate) -> bool) {
        self.bars.retain(|b| keep(b.date));
    }

    /// One series of two parts of the same source, symbol and basis. Of a date that both have, and of
    /// what is told of a series as a whole (when it was fetched, its stamp), that of the newer part
    /// stands: the one whose last bar is later, or that was fetched later where both end together.
    #[must_use]
    pub fn joined(one: Self, other: Self) -> Self {
        let age = |s: &Self| (s.last().map(|b| b.date), s.provenance.fetched_at);
        let (mut newer, older) = if age(&one) > age(&other) { (one, other) } else { (other, one) };
        newer.bars.extend(older.bars);
        // A stable sort leaves the newer part's bar before the older's of the same date.
        newer.bars.sort_by_key(|b| b.date);
        newer.bars.dedup_by_key(|b| b.date);
        newer.splits.extend(older.splits);
        newer.splits.sort_by_key(|s| s.date);
        newer.splits.dedup_by_key(|s| s.date);
        let untold = older.warnings.into_iter().filter(|w| !newer.warnings.contains(w)).collect::<Vec<_>>();
        newer.warnings.extend(untold);
        newer
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A series of these closes, in January 2026, fetched at this second.
    fn part(closes: &[(u32, f64)], fetched: i64) -> Series {
        let at = DateTime::from_timestamp(fetched, 0).unwrap();
        let provenance = Provenance {
            instrument: InstrumentId::new("BTC"),
            source: "coinbase".to_owned(),
            symbol: "BTC-USD".to_owned(),
            currency: Some("USD".to_owned()),
            venue: None,
            basis: Basis::Price,
            raw: false,
            fetched_at: at,
            stamp: Some(at),
        };
        let row = |&(day, close)| RawRow::close_only(date(day), Some(close));
        Series::from_rows(provenance, Kind::Coin, closes.iter().map(row).collect(), Vec::new())
    }

    fn date(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, day).unwrap()
    }

    fn closes(series: &Series) -> Vec<(u32, f64)> {
        use chrono::Datelike;
        series.bars().iter().map(|b| (b.date.day(), b.close)).collect()
    }

    #[test]
    fn the_name_of_a_kind_is_the_one_in_json_and_leads_back_to_it() {
        for kind in WarningKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
            assert_eq!(WarningKind::named(kind.name()), Some(kind));
        }
        assert_eq!(WarningKind::named("no such"), None);
    }

    #[test]
    fn parts_are_joined_by_date_in_either_order_and_the_newer_parts_bar_and_instants_stand() {
        let older = part(&[(1, 10.0), (2, 11.0), (3, 12.0)], 200);
        let newer = part(&[(3, 12.5), (5, 13.0)], 100);
        for joined in [Series::joined(older.clone(), newer.clone()), Series::joined(newer, older)] {
            assert_eq!(closes(&joined), [(1, 10.0), (2, 11.0), (3, 12.5), (5, 13.0)]);
            // The part that ends later was fetched earlier: its last bar is no newer than that.
            assert_eq!(joined.provenance.fetched_at.timestamp(), 100);
            assert_eq!(joined.provenance.stamp.map(|s| s.timestamp()), Some(100));
        }
    }

    #[test]
    fn of_parts_that_end_together_the_one_fetched_later_is_the_newer() {
        let (first, second) = (part(&[(1, 10.0), (2, 11.0)], 100), part(&[(2, 11.5)], 101));
        for joined in [Series::joined(first.clone(), second.clone()), Series::joined(second, first)] {
            assert_eq!(closes(&joined), [(1, 10.0), (2, 11.5)]);
            assert_eq!(joined.provenance.fetched_at.timestamp(), 101);
        }
    }

    #[test]
    fn splits_are_joined_and_a_warning_of_both_parts_is_told_once() {
        let said = |text: &str| Warning { kind: WarningKind::Source, message: text.to_owned() };
        let split = |day| Split { date: date(day), factor: 2.0 };
        let mut older = part(&[(1, 10.0)], 100);
        older.warnings = vec![said("a"), said("b")];
        older.splits = vec![split(1), split(2)];
        let mut newer = part(&[(5, 13.0)], 100);
        newer.warnings = vec![said("b"), said("c")];
        newer.splits = vec![split(2), split(4)];
        let joined = Series::joined(older, newer);
        assert_eq!(joined.warnings, [said("b"), said("c"), said("a")]);
        assert_eq!(joined.splits, [split(1), split(2), split(4)]);
    }
}
