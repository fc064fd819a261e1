//! What a fetched series asks of a backend: its settled closes, how far it then is covered, what is told.
//!
//! Not for: which closes change (`merge`), or writing them.

use chrono::{DateTime, Utc};

use super::merge::{self, Change, Rebase};
use super::{Coverage, Covered, Kept, Latest, Rebasing, Restatement, Row, Settled};
use crate::domain::{About, Bar, Basis, Kind, Provenance};

/// What of a fetched series is to be kept.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// When it was fetched, to the second.
    pub(super) at: DateTime<Utc>,
    /// Its settled closes.
    pub(super) rows: Vec<Row>,
    /// What it was asked for.
    pub(super) coverage: Coverage,
}

impl Asked {
    pub(super) fn of(fetched: Settled<'_>) -> Self {
        let fetched_at = fetched.series.provenance.fetched_at;
        let at = DateTime::from_timestamp(fetched_at.timestamp(), 0).unwrap_or(fetched_at);
        let rows: Vec<Row> =
            fetched.series.bars_until(fetched.until).iter().map(|b| settled_row(b, at)).collect();
        let coverage = Coverage {
            from: rows.first().map_or(fetched.since, |r| r.session.min(fetched.since)),
            to: fetched.until.max(fetched.since),
            fetched_at: at,
        };
        Self { at, rows, coverage }
    }

    /// Whether no newer answer was kept before.
    pub(super) fn newest(&self, held: Option<&Covered>) -> bool {
        held.is_none_or(|h| merge::supersedes(self.at, h.coverage.fetched_at))
    }

    /// What is covered after a change, and the latest value then; `held` is what was known before.
    pub(super) fn noted(
        &self,
        fetched: Settled<'_>,
        held: Option<&Covered>,
        change: &Change,
    ) -> (Coverage, Option<Latest>) {
        let newest = self.newest(held);
        let coverage = match held {
            Some(held) if change.rebase.is_none() => held.coverage.joined(self.coverage, newest),
            _ => self.coverage,
        };
        let latest = if newest { live(fetched, self.at) } else { held.and_then(|h| h.latest) };
        (coverage, latest.filter(|l| l.bar.date > coverage.to))
    }
}

/// Whether a close that a fetch brought is the newest of all, so that it tells when it was fetched.
pub(super) fn tells_when(change: &Change, held: Option<&Covered>) -> bool {
    change.added.last().is_some_and(|newest| held.is_none_or(|h| newest.session > h.coverage.to))
}

/// A close to keep. SQLite keeps no sign of zero, and a close has none.
fn settled_row(bar: &Bar, fetched_at: DateTime<Utc>) -> Row {
    Row { session: bar.date, close: bar.close + 0.0, fetched_at }
}

/// The newest value, if its session is not settled.
fn live(fetched: Settled<'_>, fetched_at: DateTime<Utc>) -> Option<Latest> {
    let bar = fetched.series.last().filter(|b| b.date > fetched.until)?;
    Some(Latest { bar: *bar, stamp: fetched.series.provenance.stamp, fetched_at })
}

impl Kept {
    /// Adds one series' change; `dropped` closes went out of use.
    pub(super) fn tell(&mut self, of: &Provenance, change: Change, dropped: usize) {
        let (instrument, source) = (of.instrument.clone(), of.source.clone());
        self.confirmed += change.confirmed;
        self.clock_set_back |= change.clock_set_back;
        match change.rebase {
            Some(Rebase { factor, replaced, .. }) => {
                let dropped = dropped.saturating_sub(replaced);
                self.added += change.added.len().saturating_sub(replaced);
                self.rebased.push(Rebasing { instrument, source, factor, replaced, dropped });
            }
            None => {
                self.added += change.added.len();
                self.restated.extend(change.restated.into_iter().map(|(old, new)| Restatement {
                    instrument: instrument.clone(),
                    source: source.clone(),
                    session: old.session,
                    old: old.close,
                    new: new.close,
                }));
            }
        }
    }
}

/// What was kept of an instrument outside the catalogue, where anything was.
pub(super) fn about(name: Option<String>, kind: Option<&str>, decimals: Option<u8>) -> Option<About> {
    Some(About { name: name?, kind: Kind::named(kind?)?, decimals: decimals? })
}

/// How a basis is written.
pub(super) fn basis_text(basis: Basis) -> &'static str {
    match basis {
        Basis::Price => "price",
        Basis::TotalReturn => "total_return",
        Basis::Mixed => "mixed",
    }
}

/// The basis that is written so.
pub(super) fn basis_of(text: &str) -> Option<Basis> {
    [Basis::Price, Basis::TotalReturn, Basis::Mixed].into_iter().find(|b| basis_text(*b) == text)
}
