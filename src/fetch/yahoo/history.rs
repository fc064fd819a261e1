//! Makes a series of an entry: checks that it is the one asked for, dates its rows, settles its
//! currency, and says what was odd.
//!
//! Not for: the previous closes, prices and changes in Yahoo's description. They depend on the window
//! asked for, and none of them is ever taken for a close of an earlier day.

use chrono::{DateTime, NaiveDate, Utc};

use super::dating::{Dated, Zone, date_rows, trading_date};
use super::wire::{Entry, Rows};
use super::{INFO, fx, money, venues};
use crate::domain::series::listed;
use crate::domain::text::sanitise;
use crate::domain::{Kind, Provenance, RawRow, Series, Split, Warning, WarningKind};
use crate::fetch::source::{Found, SourceError};
use crate::fetch::{Described, Want};

/// What was asked, and when the answer came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) want: &'a Want,
    pub(super) symbol: &'a str,
    pub(super) received_at: DateTime<Utc>,
}

/// The series of the symbol asked for, out of the entries of an answer.
///
/// # Errors
/// Why there is none.
pub(super) fn read(asked: &Asked<'_>, entries: &[Entry<'_>], batched: bool) -> Result<Found, SourceError> {
    let entry = pick(asked.symbol, entries, batched)?;
    let granularity = entry.text(|m| &m.granularity);
    if let Some(other) = granularity.filter(|g| *g != "1d") {
        return Err(SourceError::Malformed(format!("rows of {} instead of days", sanitise(other, 16))));
    }
    let told = entry.text(|m| &m.instrument_type).and_then(venues::kind);
    let kind = if asked.want.ad_hoc {
        told.unwrap_or(asked.want.instrument.kind)
    } else {
        asked.want.instrument.kind
    };
    let history = History { asked, entry, kind, zone: Zone::of(entry, asked.want, kind) };
    let series = history.series()?;
    let described = asked.want.ad_hoc.then(|| history.described(told));
    Ok(Found { series, described })
}

/// The entry of the symbol; its own echo has to agree.
fn pick<'e, 'v>(symbol: &str, entries: &'e [Entry<'v>], batched: bool) -> Result<&'e Entry<'v>, SourceError> {
    let named = |e: &&Entry<'v>| e.key.or(e.text(|m| &m.symbol)).is_some_and(|k| same_symbol(symbol, k));
    let entry = entries.iter().find(named).or(if batched { None } else { entries.first() });
    let entry = entry.ok_or_else(|| SourceError::NoData("no rows".to_owned()))?;
    for echo in entry.key.into_iter().chain(entry.text(|m| &m.symbol)) {
        if !same_symbol(symbol, echo) {
            return Err(SourceError::Renamed(sanitise(echo, 32)));
        }
    }
    Ok(entry)
}

/// Whether an echo means the symbol asked for. `USDJPY=X` and `JPY=X` are one pair.
fn same_symbol(asked: &str, echo: &str) -> bool {
    let plain = |s: &str| {
        let s = s.trim().to_uppercase();
        match s.strip_prefix("USD") {
            Some(rest) if rest.len() == 5 && rest.ends_with("=X") => rest.to_owned(),
            _ => s,
        }
    };
    plain(asked) == plain(echo)
}

struct History<'a> {
    asked: &'a Asked<'a>,
    entry: &'a Entry<'a>,
    kind: Kind,
    zone: Zone,
}

/// Rows ready to be a series, and the date and instant of the newest value.
struct Settled {
    rows: Vec<RawRow>,
    stamp: Option<(NaiveDate, i64)>,
}

impl History<'_> {
    fn series(&self) -> Result<Series, SourceError> {
        let mut warnings = Vec::new();
        let raw = self.entry.rows();
        self.warn_of_rows(&raw, &mut warnings);
        let dated = date_rows(&raw.rows, self.zone, self.kind, self.traded_at(), self.asked.received_at);
        self.warn(&mut warnings, WarningKind::Refused, dated.epoch, "with an impossible date");
        if !dated.future.is_empty() {
            let reason = format!("dated in the future ({})", listed(&dated.future));
            self.warn(&mut warnings, WarningKind::Refused, dated.future.len(), &reason);
        }
        if !dated.rows.is_empty() && self.zone.named().is_none() {
            let text = "names no time zone; its rows are dated with today's offset, which may be a day off";
            warnings.push(self.says(WarningKind::Source, text));
        }
        let (currency, places) = self.currency(&mut warnings);
        let settled = if self.kind == Kind::Fx {
            self.pair(&dated.rows, &mut warnings)
        } else {
            self.plain(&dated.rows)
        };
        let rows = self.possible(settled.rows.into_iter().map(|row| priced(row, places)), &mut warnings);
        let instrument = &self.asked.want.instrument;
        let provenance = Provenance {
            instrument: instrument.id.clone(),
            source: INFO.name.to_owned(),
            symbol: self.asked.symbol.to_owned(),
            currency,
            venue: None,
            basis: instrument.basis,
            raw: false,
            fetched_at: self.asked.received_at,
            stamp: None,
        };
        let mut series = Series::from_rows(provenance, self.kind, rows, self.splits());
        if series.bars().is_empty() {
            return Err(SourceError::NoData(self.why_empty(&raw).to_owned()));
        }
        series.warnings.extend(warnings);
        let newest = series.last().map(|bar| bar.date);
        let stamp = settled.stamp.filter(|(date, _)| newest == Some(*date));
        series.provenance.stamp = stamp.and_then(|(_, at)| DateTime::from_timestamp(at, 0));
        Ok(series)
    }

    /// Rows as sent; the newest one is live where it does not stand at a session's open.
    fn plain(&self, rows: &[Dated]) -> Settled {
        let raw = rows.iter().map(|d| RawRow {
            date: d.date,
            close: d.row.close,
            low: d.row.low.filter(|x| x.abs() > 0.0),
            high: d.row.high.filter(|x| x.abs() > 0.0),
            live: d.live,
        });
        let newest = rows.last().map(|d| d.date);
        let traded = self.traded_at().filter(|at| self.traded_on(*at) == newest);
        let off_grid = rows.last().filter(|d| d.live).map(|d| d.row.at);
        Settled { rows: raw.collect(), stamp: newest.zip(traded.or(off_grid)) }
    }

    fn pair(&self, rows: &[Dated], warnings: &mut Vec<Warning>) -> Settled {
        let made = self.traded_at().and_then(|at| self.date_of(at));
        let price = made.zip(self.entry.market_price().filter(|p| *p > 0.0));
        let closes = fx::closes(rows, price);
        if !closes.before_holes.is_empty() {
            let count = closes.before_holes.len();
            let message = format!(
                "{}: {count} {} left out: the next day's opening is missing ({})",
                self.asked.want.instrument.id,
                if count == 1 { "close" } else { "closes" },
                listed(&closes.before_holes)
            );
            warnings.push(Warning { kind: WarningKind::Refused, message });
        }
        if let Some(date) = closes.unpriced {
            self.warn(warnings, WarningKind::Refused, 1, &format!("whose close is not known yet ({date})"));
        }
        let live = closes.rows.last().filter(|r| r.live).map(|r| r.date);
        Settled { rows: closes.rows, stamp: live.zip(self.traded_at()) }
    }

    /// The rows without those whose close no price can have: changes between such are infinite.
    fn possible(&self, rows: impl Iterator<Item = RawRow>, warnings: &mut Vec<Warning>) -> Vec<RawRow> {
        let (good, absurd): (Vec<RawRow>, Vec<RawRow>) = rows.partition(|r| r.close.is_none_or(is_possible));
        if !absurd.is_empty() {
            let dates: Vec<NaiveDate> = absurd.iter().map(|r| r.date).collect();
            let reason = format!("with a close that no price can have ({})", listed(&dates));
            self.warn(warnings, WarningKind::Refused, absurd.len(), &reason);
        }
        good
    }

    /// Currency of the closes, and by how many places they have to be shifted.
    fn currency(&self, warnings: &mut Vec<Warning>) -> (Option<String>, u8) {
        let want = self.asked.want;
        let expected = want.instrument.currency.clone();
        let told = self.entry.text(|m| &m.currency).and_then(money::currency);
        match (told, &expected) {
            (Some((told, places)), Some(expected)) if !want.ad_hoc => {
                if told != *expected {
                    let text = format!("gives the closes in {told}, the catalogue has {expected}");
                    warnings.push(self.says(WarningKind::Mismatch, &text));
                }
                (Some(told), places)
            }
            (Some((told, places)), _) => (Some(told), places),
            (None, Some(expected)) if self.entry.meta.is_some() && !want.ad_hoc => {
                let text = format!("names no currency; {expected} is the catalogue's");
                warnings.push(self.says(WarningKind::Mismatch, &text));
                (Some(expected.clone()), 0)
            }
            (None, _) => (expected, 0),
        }
    }

    fn splits(&self) -> Vec<Split> {
        let mut splits: Vec<Split> = self
            .entry
            .splits()
            .into_iter()
            .filter_map(|(at, factor)| Some(Split { date: self.date_of(at)?, factor }))
            .collect();
        splits.sort_by_key(|s| s.date);
        splits
    }

    fn described(&self, told: Option<Kind>) -> Described {
        let entry = self.entry;
        let name = entry.text(|m| &m.long_name).or(entry.text(|m| &m.short_name));
        let hint = entry.seconds(|m| m.price_hint).and_then(|d| u8::try_from(d).ok());
        Described {
            name: name.map(|n| sanitise(n, 60)).filter(|n| !n.is_empty()),
            kind: told,
            mic: venues::mic(entry.text(|m| &m.exchange_name), self.asked.symbol),
            timezone: self.zone.named(),
            currency: entry.text(|m| &m.currency).and_then(money::currency).map(|(code, _)| code),
            decimals: hint.filter(|d| *d <= 8),
        }
    }

    /// When the market price was made, unless that lies in the future.
    fn traded_at(&self) -> Option<i64> {
        let latest = self.asked.received_at.timestamp() + 86_400;
        self.entry.seconds(|m| m.market_time).filter(|at| *at > 86_400 && *at <= latest)
    }

    fn date_of(&self, at: i64) -> Option<NaiveDate> {
        self.zone.local(at).map(|t| t.date())
    }

    fn traded_on(&self, at: i64) -> Option<NaiveDate> {
        self.zone.local(at).map(|t| trading_date(t, self.kind))
    }

    fn why_empty(&self, raw: &Rows) -> &'static str {
        if self.entry.has_undated_closes() {
            "it sent closes without dates"
        } else if raw.rows.is_empty() {
            "no rows"
        } else {
            "no row has a usable close"
        }
    }

    fn warn_of_rows(&self, raw: &Rows, warnings: &mut Vec<Warning>) {
        if let Some((stamps, closes)) = raw.uneven {
            let text = format!("sent {stamps} dates and {closes} closes; what has no partner is left out");
            warnings.push(self.says(WarningKind::Source, &text));
        }
        self.warn(warnings, WarningKind::Refused, raw.undated, "without a date");
        self.warn(warnings, WarningKind::Refused, raw.milliseconds, "dated in milliseconds");
    }

    fn warn(&self, warnings: &mut Vec<Warning>, kind: WarningKind, count: usize, reason: &str) {
        if count == 0 {
            return;
        }
        let rows = if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
        let message =
            format!("{}: {rows} {reason} refused from {}", self.asked.want.instrument.id, INFO.name);
        warnings.push(Warning { kind, message });
    }

    fn says(&self, kind: WarningKind, what: &str) -> Warning {
        Warning { kind, message: format!("{}: {} {what}", self.asked.want.instrument.id, INFO.name) }
    }
}

/// Whether a price can be this. The bounds are far beyond any coin in any currency. Zero is judged
/// with the rows.
fn is_possible(price: f64) -> bool {
    price.total_cmp(&0.0).is_eq() || (1e-15..1e15).contains(&price.abs())
}

/// The row with its prices as the decimals they stand for, in the currency's main unit.
fn priced(row: RawRow, places: u8) -> RawRow {
    let price = |x: Option<f64>| x.map(|x| money::shifted(money::shortest(x), places));
    let bound = |x: Option<f64>| price(x).filter(|x| is_possible(*x));
    let (mut low, mut high) = (bound(row.low), bound(row.high));
    if low.zip(high).is_some_and(|(low, high)| low > high) {
        (low, high) = (None, None);
    }
    RawRow { close: price(row.close), low, high, ..row }
}
