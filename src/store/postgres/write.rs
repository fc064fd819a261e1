//! Keeping: one transaction for all series, each of a few statements whatever their number.
//!
//! Series are locked in one order, so that hosts that keep the same at once wait for one another and see
//! what the other kept.
//!
//! Not for: what a fetched series changes (`store::merge`).

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::future::{try_join, try_join3};
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use super::super::asked::{self, Asked, basis_text};
use super::super::merge::{self, Change};
use super::read::{self, COLUMNS, Listed, Told};
use super::rows::Writes;
use super::told::{self, AllTold, InForce, Sayings};
use super::{Failure, day};
use crate::domain::Provenance;
use crate::store::{Covered, Kept, Row, Settled};

type Result<T> = std::result::Result<T, Failure>;

const KEYS: &str =
    "unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[]";
const NAMES: &str = "instrument, source, symbol, currency, venue, basis, raw";
const HELD: &str = "SELECT c.series, c.session, c.close, c.fetched_at \
    FROM unnest($1::bigint[], $2::date[], $3::date[]) AS w (series, first, last) \
    JOIN marketsnap.close AS c ON c.series = w.series AND c.session BETWEEN w.first AND w.last";
const REBASED_AT: &str = "SELECT series, at FROM marketsnap.rebase WHERE series = ANY ($1)";

/// What makes a series another one, as it is kept.
type Key<'a> = ([&'a str; 6], bool);

fn key(of: &Provenance) -> Key<'_> {
    let text = [
        of.instrument.as_str(),
        &of.source,
        &of.symbol,
        of.currency.as_deref().unwrap_or_default(),
        of.venue.as_ref().map_or("", |v| v.as_str()),
        basis_text(of.basis),
    ];
    (text, of.raw)
}

pub(super) async fn keep(client: &Client, fetched: &[Settled<'_>]) -> Result<Kept> {
    let mut kept = Kept::default();
    // What comes twice is merged into what its first coming left.
    let mut times: HashMap<Key<'_>, usize> = HashMap::new();
    let mut rounds: Vec<Vec<(Settled<'_>, Asked)>> = Vec::new();
    for one in fetched {
        let time = times.entry(key(&one.series.provenance)).or_default();
        if rounds.len() == *time {
            rounds.push(Vec::new());
        }
        if let Some(round) = rounds.get_mut(*time) {
            round.push((*one, Asked::of(*one)));
        }
        *time += 1;
    }
    for round in rounds {
        keep_round(client, &round, &mut kept).await?;
    }
    Ok(kept)
}

/// Keeps series each of which comes once.
async fn keep_round(client: &Client, round: &[(Settled<'_>, Asked)], kept: &mut Kept) -> Result<()> {
    let (added, found) = locked(client, round).await?;
    let by_key: HashMap<Key<'_>, &Listed> = found.iter().map(|l| (key(&l.covered.provenance), l)).collect();
    let mut theirs: Vec<(Settled<'_>, &Asked, &Listed)> = Vec::with_capacity(round.len());
    for (fetched, asked) in round {
        let listed = by_key.get(&key(&fetched.series.provenance));
        let listed =
            listed.ok_or_else(|| Failure::Wrong("a series was not found after it was added".to_owned()))?;
        theirs.push((*fetched, asked, listed));
    }
    let known: Vec<_> = theirs.iter().filter(|(_, _, l)| !added.contains(&l.id)).copied().collect();
    let (there, said) = before(client, &known).await?;
    let (mut writes, mut sayings) = (Writes::default(), Sayings::default());
    let mut changes: Vec<Change> = Vec::with_capacity(theirs.len());
    for (fetched, asked, listed) in &theirs {
        let id = listed.id;
        let held: Option<&Covered> = (!added.contains(&id)).then_some(&listed.covered);
        let change = match held.and_then(|_| there.get(&id)) {
            Some(there) => merge::merge(&there.rows, &asked.rows, there.rebased_at),
            None => Change { added: asked.rows.clone(), ..Change::default() },
        };
        writes.change(id, &change, asked.at);
        writes.splits(id, &fetched.series.splits, asked.at);
        let noted = asked.noted(*fetched, held, &change);
        writes.note(id, asked, noted, fetched.series);
        if asked.newest(held) {
            if held.is_some_and(|h| asked.at < h.coverage.fetched_at) {
                sayings.set_clock_right(id, asked.at);
            }
            let InForce { warnings, ranges } = said.of(&id, None);
            sayings.warnings(id, &warnings, &fetched.series.warnings, asked.coverage, noted.0);
            sayings.ranges(id, &ranges, fetched.series.bars_until(fetched.until), asked.at);
        }
        if !asked::tells_when(&change, held) {
            sayings.ask(id, asked.at);
        }
        changes.push(change);
    }
    let dropped = writes.send(client).await?;
    sayings.send(client).await?;
    for ((fetched, _, listed), change) in theirs.into_iter().zip(changes) {
        kept.tell(&fetched.series.provenance, change, dropped.get(&listed.id).copied().unwrap_or(0));
    }
    Ok(())
}

/// Adds the series that are not there and locks all of them, in the order of their keys and numbers; the
/// numbers of those that were added, and all.
async fn locked(client: &Client, round: &[(Settled<'_>, Asked)]) -> Result<(HashSet<i64>, Vec<Listed>)> {
    let ordered: BTreeMap<Key<'_>, &Asked> =
        round.iter().map(|(one, asked)| (key(&one.series.provenance), asked)).collect();
    let text =
        |n: usize| -> Vec<&str> { ordered.keys().filter_map(|(text, _)| text.get(n).copied()).collect() };
    let texts = [text(0), text(1), text(2), text(3), text(4), text(5)];
    let raw: Vec<bool> = ordered.keys().map(|(_, raw)| *raw).collect();
    let mut told: Vec<(&(dyn tokio_postgres::types::ToSql + Sync), Type)> = Vec::new();
    told.extend(texts.iter().map(|t| (t as &(dyn tokio_postgres::types::ToSql + Sync), Type::TEXT_ARRAY)));
    told.push((&raw, Type::BOOL_ARRAY));
    let keys = told.clone();
    let from: Vec<NaiveDate> = ordered.values().map(|a| day(a.coverage.from)).collect();
    let to: Vec<NaiveDate> = ordered.values().map(|a| day(a.coverage.to)).collect();
    let at: Vec<DateTime<Utc>> = ordered.values().map(|a| a.at).collect();
    told.extend([
        (&from as _, Type::DATE_ARRAY),
        (&to as _, Type::DATE_ARRAY),
        (&at as _, Type::TIMESTAMPTZ_ARRAY),
    ]);
    let add = format!(
        "INSERT INTO marketsnap.series ({NAMES}, covered_from, covered_to, began_at, fetched_at) \
         SELECT k.*, k.began_at FROM {KEYS}, $8::date[], $9::date[], $10::timestamptz[]) \
         AS k ({NAMES}, covered_from, covered_to, began_at) \
         WHERE NOT EXISTS (SELECT 1 FROM marketsnap.series AS s WHERE {SAME}) \
         ON CONFLICT DO NOTHING RETURNING id"
    );
    let lock = format!(
        "SELECT {COLUMNS} FROM {KEYS}) AS k ({NAMES}) JOIN marketsnap.series AS s ON {SAME} ORDER BY s.id FOR UPDATE OF s"
    );
    let (added, found) = try_join(client.query_typed(&add, &told), client.query_typed(&lock, &keys)).await?;
    let added = added.iter().map(|row| read::at(row, 0)).collect::<Result<_>>()?;
    Ok((added, found.iter().map(read::one).collect::<Result<_>>()?))
}

const SAME: &str = "s.instrument = k.instrument AND s.source = k.source AND s.symbol = k.symbol \
    AND s.currency = k.currency AND s.venue = k.venue AND s.basis = k.basis AND s.raw = k.raw";

/// What is held of a series where closes of it came.
struct There {
    rows: Vec<Row>,
    rebased_at: Option<DateTime<Utc>>,
}

/// What is held of series that were known before: closes where closes came, and what is in force.
async fn before(
    client: &Client,
    known: &[(Settled<'_>, &Asked, &Listed)],
) -> Result<(HashMap<i64, There>, AllTold)> {
    let (mut series, mut first, mut last) = (Vec::new(), Vec::new(), Vec::new());
    for (_, asked, listed) in known {
        if let (Some(begin), Some(end)) = (asked.rows.first(), asked.rows.last()) {
            series.push(listed.id);
            first.push(begin.session);
            last.push(end.session);
        }
    }
    let all: Vec<i64> = known.iter().map(|(_, _, l)| l.id).collect();
    let since: Vec<NaiveDate> =
        known.iter().map(|(_, asked, _)| asked.rows.first().map_or(NaiveDate::MAX, |r| r.session)).collect();
    let window: Told<'_> =
        &[(&series, Type::INT8_ARRAY), (&first, Type::DATE_ARRAY), (&last, Type::DATE_ARRAY)];
    let of: Told<'_> = &[(&series, Type::INT8_ARRAY)];
    let rows = read::by_series(client, HELD, window, read::close);
    let rebased = read::by_series(client, REBASED_AT, of, |row| read::at::<DateTime<Utc>>(row, 1));
    let said = told::in_force(client, &all, &since, None);
    let (mut rows, rebased, said) = try_join3(rows, rebased, said).await?;
    let one = |id: i64| {
        let mut rows = rows.remove(&id).unwrap_or_default();
        rows.sort_by_key(|r| r.session);
        let rebased_at = rebased.get(&id).and_then(|all| all.iter().max().copied());
        (id, There { rows, rebased_at })
    };
    Ok((series.iter().copied().map(one).collect(), said))
}
