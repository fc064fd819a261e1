//! Keeping: one transaction for all series, so that a killed process leaves all of them or none.
//!
//! Not for: what a fetched series changes (`store::merge`).

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::super::asked::{self, Asked};
use super::super::merge::{self, Change, Rebase};
use super::read;
use super::{days, instant, told};
use crate::domain::{About, Provenance};
use crate::store::{Coverage, Kept, Latest, Row, Settled};

type Result<T> = rusqlite::Result<T>;

/// So many series at once touch more pages than SQLite holds by default, and each would be written twice.
const MANY: usize = 1_000;
/// Memory for pages then: in KiB where negative.
const CACHE_KIB: i64 = -32_768;

/// So many closes are recent at most.
const RECENT: i64 = 60_000;
/// So many closes of one series at once at most.
const FEW: usize = 10;

const ADD_SERIES: &str = "INSERT INTO series (instrument, source, symbol, currency, venue, basis, raw, \
    covered_from, covered_to, began_at, fetched_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)";
const NOTE_SERIES: &str = "UPDATE series SET covered_from = ?2, covered_to = ?3, began_at = min(began_at, ?11), \
    fetched_at = ?4, \
    latest_session = ?5, latest_close = ?6, latest_low = ?7, latest_high = ?8, latest_stamp = ?9, \
    latest_fetched_at = ?10, told = ?12, name = coalesce(?13, name), kind = coalesce(?14, kind), \
    decimals = coalesce(?15, decimals) WHERE id = ?1";
const ADD: &str = "INSERT INTO close (series, session, close, fetched_at) VALUES (?1, ?2, ?3, ?4)";
const ADD_RECENT: &str = "INSERT INTO recent (series, session, close, fetched_at) VALUES (?1, ?2, ?3, ?4)";
const CHANGE: [&str; 2] = [
    "UPDATE close SET close = ?3, fetched_at = ?4 WHERE series = ?1 AND session = ?2",
    "UPDATE recent SET close = ?3, fetched_at = ?4 WHERE series = ?1 AND session = ?2",
];
const REVISE: &str = "INSERT INTO revision (series, session, close, fetched_at, replaced_at) \
    VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
const REVISE_BEFORE: &str = "INSERT INTO revision (series, session, close, fetched_at, replaced_at) \
    SELECT series, session, close, fetched_at, ?3 FROM used WHERE series = ?1 AND session < ?2 \
    ON CONFLICT DO NOTHING";
const DROP_BEFORE: [&str; 2] = [
    "DELETE FROM close WHERE series = ?1 AND session < ?2",
    "DELETE FROM recent WHERE series = ?1 AND session < ?2",
];
const ADD_REBASE: &str = "INSERT INTO rebase (series, at, factor) VALUES (?1, ?2, ?3) \
    ON CONFLICT (series, at) DO UPDATE SET factor = factor * excluded.factor";
const REBASED_AT: &str = "SELECT max(at) FROM rebase WHERE series = ?1";

pub(super) fn keep(db: &mut Connection, fetched: &[Settled<'_>]) -> Result<Kept> {
    if fetched.len() >= MANY {
        db.pragma_update(None, "cache_size", CACHE_KIB)?;
    }
    // A transaction that begins by reading and then writes does not wait for another writer.
    let all = Transaction::new(db, TransactionBehavior::Immediate)?;
    let mut kept = Kept::default();
    for one in fetched {
        keep_one(&all, *one, &mut kept)?;
    }
    all.commit()?;
    // What was to be kept is kept: where this fails, the next writer does it.
    let _ = fold(db, RECENT);
    Ok(kept)
}

fn keep_one(db: &Connection, fetched: Settled<'_>, kept: &mut Kept) -> Result<()> {
    let provenance = &fetched.series.provenance;
    let asked = Asked::of(fetched);
    let listed = read::find(db, provenance)?;
    let id = match &listed {
        Some(listed) => listed.id,
        None => add_series(db, provenance, asked.coverage)?,
    };
    let told = listed.as_ref().is_some_and(|l| l.told);
    let change = match asked.rows.first().zip(asked.rows.last()).filter(|_| listed.is_some()) {
        Some((first, last)) => {
            let there = read::rows(db, id, first.session, last.session)?;
            merge::merge(&there, &asked.rows, if told { rebased_at(db, id)? } else { None })
        }
        None => Change { added: asked.rows.clone(), ..Change::default() },
    };
    let held = listed.map(|l| l.covered);
    let before = held.as_ref().map(|h| h.coverage);
    let dropped = write(db, id, &change, before, asked.at)?;
    let newest = asked.newest(held.as_ref());
    let (coverage, latest) = asked.noted(fetched, held.as_ref(), &change);
    let told = told || change.rebase.is_some() || told::tells(fetched);
    note_series(db, id, (coverage, latest), asked.at, told, fetched.series.about.as_ref())?;
    if newest && before.is_some_and(|b| asked.at < b.fetched_at) {
        told::set_clock_right(db, id, asked.at)?;
    }
    if told {
        told::keep(db, id, fetched, newest.then_some((asked.coverage, coverage)))?;
    }
    if !asked::tells_when(&change, held.as_ref()) {
        told::ask(db, id, asked.at)?;
    }
    kept.tell(provenance, change, dropped);
    Ok(())
}

/// When a series last moved to another basis.
fn rebased_at(db: &Connection, id: i64) -> Result<Option<DateTime<Utc>>> {
    let at = db.prepare_cached(REBASED_AT)?.query_row([id], |row| row.get(0))?;
    Option::<i64>::map(at, instant).transpose()
}

fn add_series(db: &Connection, of: &Provenance, asked: Coverage) -> Result<i64> {
    db.prepare_cached(ADD_SERIES)?.execute(params![
        of.instrument.as_str(),
        of.source,
        of.symbol,
        of.currency.as_deref().unwrap_or_default(),
        of.venue.as_ref().map_or("", |v| v.as_str()),
        asked::basis_text(of.basis),
        of.raw,
        days(asked.from),
        days(asked.to),
        asked.fetched_at.timestamp(),
    ])?;
    Ok(db.last_insert_rowid())
}

fn note_series(
    db: &Connection,
    id: i64,
    (coverage, latest): (Coverage, Option<Latest>),
    at: DateTime<Utc>,
    told: bool,
    about: Option<&About>,
) -> Result<()> {
    let bar = latest.map(|l| l.bar);
    db.prepare_cached(NOTE_SERIES)?.execute(params![
        id,
        days(coverage.from),
        days(coverage.to),
        coverage.fetched_at.timestamp(),
        bar.map(|b| days(b.date)),
        bar.map(|b| b.close),
        bar.and_then(|b| b.low),
        bar.and_then(|b| b.high),
        latest.and_then(|l| l.stamp).map(|s| s.timestamp()),
        latest.map(|l| l.fetched_at.timestamp()),
        at.timestamp(),
        told,
        about.map(|a| &a.name),
        about.map(|a| a.kind.name()),
        about.map(|a| a.decimals),
    ])?;
    Ok(())
}

/// Writes a change; returns how many closes went out of use without another in their place.
fn write(
    db: &Connection,
    id: i64,
    change: &Change,
    covered: Option<Coverage>,
    at: DateTime<Utc>,
) -> Result<usize> {
    let mut dropped = 0;
    if let Some(Rebase { factor, before, .. }) = change.rebase {
        let before = before.map_or(i64::MAX, days);
        db.prepare_cached(REVISE_BEFORE)?.execute(params![id, before, at.timestamp()])?;
        for drop in DROP_BEFORE {
            dropped += db.prepare_cached(drop)?.execute(params![id, before])?;
        }
        db.prepare_cached(ADD_REBASE)?.execute(params![id, at.timestamp(), factor])?;
    }
    let mut add = db.prepare_cached(if recent(change, covered) { ADD_RECENT } else { ADD })?;
    for row in &change.added {
        add.execute(params![id, days(row.session), row.close, row.fetched_at.timestamp()])?;
    }
    for (old, new) in &change.restated {
        revise(db, id, *old, at)?;
        replace(db, id, Row { fetched_at: at, ..*new })?;
    }
    for (version, replaced_at) in &change.overtaken {
        revise(db, id, *version, *replaced_at)?;
    }
    for row in &change.redated {
        replace(db, id, *row)?;
    }
    Ok(dropped)
}

/// Whether the closes added are few and after all others.
fn recent(change: &Change, covered: Option<Coverage>) -> bool {
    let after = |row: &Row| covered.is_some_and(|c| row.session > c.to);
    change.rebase.is_none() && change.added.len() <= FEW && change.added.first().is_some_and(after)
}

/// Moves the recent closes to the others once they are many.
fn fold(db: &mut Connection, many: i64) -> Result<()> {
    let count = "SELECT count(*) FROM recent";
    if db.query_row(count, [], |row| row.get::<_, i64>(0))? <= many {
        return Ok(());
    }
    let all = Transaction::new(db, TransactionBehavior::Immediate)?;
    all.execute("INSERT INTO close SELECT series, session, close, fetched_at FROM recent", [])?;
    all.execute("DELETE FROM recent", [])?;
    all.commit()
}

/// Puts another version in the place of the one in use.
fn replace(db: &Connection, id: i64, new: Row) -> Result<()> {
    for change in CHANGE {
        let row = params![id, days(new.session), new.close, new.fetched_at.timestamp()];
        db.prepare_cached(change)?.execute(row)?;
    }
    Ok(())
}

fn revise(db: &Connection, id: i64, old: Row, replaced_at: DateTime<Utc>) -> Result<()> {
    let fetched_at = old.fetched_at.timestamp();
    let row = params![id, days(old.session), old.close, fetched_at, replaced_at.timestamp()];
    db.prepare_cached(REVISE)?.execute(row)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::super::open::tests::series;
    use super::super::{Opening, Sqlite};
    use super::*;
    use crate::domain::Series;
    use crate::store::Store;

    /// The closes of some days of a series, fetched on a day.
    fn part(of: &Series, from: usize, to: usize, day: i64) -> Series {
        let mut provenance = of.provenance.clone();
        provenance.fetched_at += chrono::Duration::days(day);
        Series::of_bars(provenance, of.bars()[from..to].to_vec(), Vec::new()).unwrap()
    }

    fn count(store: &Sqlite, table: &str) -> i64 {
        store.db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn closes_of_the_last_days_are_read_the_same_before_and_after_they_are_put_to_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("closes.db");
        let opening = Opening::new(&path, DateTime::from_timestamp(1_800_000_000, 0).unwrap());
        let mut store = Sqlite::open(&opening).unwrap().store;
        let all = series(110);
        let ids = [all.provenance.instrument.clone()];
        let since = all.bars()[0].date;
        let until = |s: &Series| s.last().unwrap().date;
        // A hundred, then five more one by one but for the second, then that one.
        let fetched = [(0, 100), (99, 101), (102, 103), (102, 104), (103, 105), (101, 102)];
        for (day, (from, to)) in (0..).zip(fetched) {
            let part = part(&all, from, to, day);
            store.keep(&[Settled { series: &part, since, until: until(&part) }]).unwrap();
        }
        assert_eq!((count(&store, "close"), count(&store, "recent")), (101, 4));
        let held = |store: &mut Sqlite| store.held(&ids, since, None).unwrap();
        let everything = |store: &mut Sqlite| {
            let rows = store.all(&ids[0], NaiveDate::MIN, NaiveDate::MAX).unwrap();
            let then = store.held(&ids, since, Some(all.provenance.fetched_at)).unwrap();
            (held(store), rows, then, store.revisions(&ids[0]).unwrap(), store.verify().unwrap())
        };
        assert_eq!(held(&mut store)[0].series.bars(), &all.bars()[..105]);
        let before = everything(&mut store);
        fold(&mut store.db, 4).unwrap();
        assert_eq!(count(&store, "recent"), 4);
        fold(&mut store.db, 3).unwrap();
        assert_eq!((count(&store, "close"), count(&store, "recent")), (105, 0));
        assert_eq!(everything(&mut store), before);
    }
}
