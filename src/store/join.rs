//! A series held together with a newer part of it that was just fetched.
//!
//! Not for: keeping that part (`merge` says what it changes).

use super::merge;
use super::{Held, Row};
use crate::domain::{Bar, Provenance, Series};

impl Held {
    /// Whether a fetched series is a part of this one: of the same source, symbol, currency, venue and
    /// basis.
    #[must_use]
    pub fn is_of(&self, fetched: &Provenance) -> bool {
        let key = |p: &Provenance| (p.source.clone(), p.symbol.clone(), p.currency.clone(), p.venue.clone());
        let own = &self.series.provenance;
        key(own) == key(fetched) && (own.basis, own.raw) == (fetched.basis, fetched.raw)
    }

    /// The whole series as it would have been fetched: closes held, and in their place those that came
    /// now. None where the two do not touch, or the source moved the series to another basis.
    #[must_use]
    pub fn renewed(&self, fetched: &Series) -> Option<Series> {
        let first = fetched.bars().first()?.date;
        let at = |bars: &[Bar]| bars.iter().map(|b| row(b, self)).collect::<Vec<Row>>();
        let known = self.series.bars();
        let overlap = known.get(known.partition_point(|b| b.date < first)..).unwrap_or_default();
        let basis = |rows: &[Row]| merge::merge(&at(overlap), rows, None).rebase;
        if !self.is_of(&fetched.provenance) || overlap.is_empty() || basis(&at(fetched.bars())).is_some() {
            return None;
        }
        let mut held = self.series.clone();
        held.retain(|day| fetched.bars().binary_search_by_key(&day, |b| b.date).is_err());
        let later = held.last().is_some_and(|b| fetched.last().is_none_or(|f| b.date > f.date));
        let mut whole = Series::joined(held, fetched.clone());
        whole.provenance = fetched.provenance.clone();
        // The stamp is of the newest value that came, which is not the newest of all then.
        whole.provenance.stamp = fetched.provenance.stamp.filter(|_| !later);
        whole.about = fetched.about.clone().or(self.series.about.clone());
        Some(whole)
    }
}

fn row(bar: &Bar, held: &Held) -> Row {
    Row { session: bar.date, close: bar.close, fetched_at: held.coverage.fetched_at }
}
