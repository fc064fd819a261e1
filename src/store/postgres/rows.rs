//! What a transaction writes, gathered over all its series and sent a statement a table.
//!
//! Not for: what is to be written (`write`).

use std::collections::{BTreeMap, HashMap};
use std::pin::pin;

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::future::try_join_all;
use futures_util::{FutureExt, future::BoxFuture};
use tokio_postgres::Client;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;

use super::super::asked::Asked;
use super::super::merge::{Change, Rebase};
use super::read::{self, Told};
use super::{Failure, day};
use crate::domain::{About, Series, Split};
use crate::store::{Coverage, Latest, Row};

type Result<T> = std::result::Result<T, Failure>;

/// More new closes than this are copied, which is faster and takes a message more.
const MANY: usize = 2_000;

const REVISE_BEFORE: &str = "INSERT INTO marketsnap.revision (series, session, close, fetched_at, replaced_at) \
    SELECT c.series, c.session, c.close, c.fetched_at, w.at \
    FROM unnest($1::bigint[], $2::date[], $3::timestamptz[]) AS w (series, before, at) \
    JOIN marketsnap.close AS c ON c.series = w.series AND c.session < w.before ON CONFLICT DO NOTHING";
const DROP_BEFORE: &str = "WITH gone AS (DELETE FROM marketsnap.close AS c \
    USING unnest($1::bigint[], $2::date[]) AS w (series, before) \
    WHERE c.series = w.series AND c.session < w.before RETURNING c.series) \
    SELECT series, count(*) FROM gone GROUP BY series";
const ADD_REBASE: &str = "INSERT INTO marketsnap.rebase AS r (series, at, factor) \
    SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::float8[]) \
    ON CONFLICT (series, at) DO UPDATE SET factor = r.factor * excluded.factor";
const REVISE: &str = "INSERT INTO marketsnap.revision (series, session, close, fetched_at, replaced_at) \
    SELECT * FROM unnest($1::bigint[], $2::date[], $3::float8[], $4::timestamptz[], $5::timestamptz[]) \
    ON CONFLICT DO NOTHING";
const CHANGE: &str = "UPDATE marketsnap.close AS c SET close = w.close, fetched_at = w.at \
    FROM unnest($1::bigint[], $2::date[], $3::float8[], $4::timestamptz[]) AS w (series, session, close, at) \
    WHERE c.series = w.series AND c.session = w.session";
const ADD: &str = "INSERT INTO marketsnap.close (series, session, close, fetched_at) \
    SELECT * FROM unnest($1::bigint[], $2::date[], $3::float8[], $4::timestamptz[])";
const COPY: &str = "COPY marketsnap.close (series, session, close, fetched_at) FROM STDIN (FORMAT binary)";
const ADD_SPLIT: &str = "INSERT INTO marketsnap.split (series, session, factor, fetched_at) \
    SELECT * FROM unnest($1::bigint[], $2::date[], $3::float8[], $4::timestamptz[]) \
    ON CONFLICT (series, session) DO UPDATE SET factor = excluded.factor";
const NOTE: &str = "UPDATE marketsnap.series AS s SET covered_from = w.covered_from, covered_to = w.covered_to, \
    began_at = least(s.began_at, w.at), fetched_at = w.fetched_at, latest_session = w.latest_session, latest_close = w.latest_close, \
    latest_low = w.latest_low, latest_high = w.latest_high, latest_stamp = w.latest_stamp, \
    latest_fetched_at = w.latest_fetched_at, name = coalesce(w.name, s.name), kind = coalesce(w.kind, s.kind), \
    decimals = coalesce(w.decimals, s.decimals) \
    FROM unnest($1::bigint[], $2::date[], $3::date[], $4::timestamptz[], $5::date[], $6::float8[], $7::float8[], \
    $8::float8[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::text[], $13::text[], $14::smallint[]) AS w (series, covered_from, covered_to, fetched_at, \
    latest_session, latest_close, latest_low, latest_high, latest_stamp, latest_fetched_at, at, name, kind, decimals) WHERE s.id = w.series";

/// All that a transaction writes.
#[derive(Debug, Default)]
pub(super) struct Writes {
    rebased: Vec<(i64, NaiveDate, DateTime<Utc>, f64)>,
    revised: Vec<(i64, Row, DateTime<Utc>)>,
    changed: Vec<(i64, Row)>,
    added: Vec<(i64, Row)>,
    splits: BTreeMap<(i64, NaiveDate), (f64, DateTime<Utc>)>,
    noted: Vec<(i64, Coverage, Option<Latest>, DateTime<Utc>)>,
    about: Vec<Option<About>>,
}

impl Writes {
    /// Adds what a series' change writes.
    pub(super) fn change(&mut self, id: i64, change: &Change, at: DateTime<Utc>) {
        if let Some(Rebase { factor, before, .. }) = change.rebase {
            self.rebased.push((id, before.unwrap_or(NaiveDate::MAX), at, factor));
        }
        self.added.extend(change.added.iter().map(|row| (id, *row)));
        for (old, new) in &change.restated {
            self.revised.push((id, *old, at));
            self.changed.push((id, Row { fetched_at: at, ..*new }));
        }
        self.revised.extend(change.overtaken.iter().map(|(version, by)| (id, *version, *by)));
        self.changed.extend(change.redated.iter().map(|row| (id, *row)));
    }

    pub(super) fn splits(&mut self, id: i64, splits: &[Split], at: DateTime<Utc>) {
        self.splits.extend(splits.iter().map(|s| ((id, s.date), (s.factor, at))));
    }

    /// How far a series is covered after it was fetched at an instant.
    pub(super) fn note(&mut self, id: i64, asked: &Asked, noted: (Coverage, Option<Latest>), of: &Series) {
        self.noted.push((id, noted.0, noted.1, asked.at));
        self.about.push(of.about.clone());
    }

    /// Sends all, in the order in which it builds on one another; returns how many closes of each series
    /// that moved to another basis went out of use.
    pub(super) async fn send(&self, client: &Client) -> Result<HashMap<i64, usize>> {
        let dropped = if self.rebased.is_empty() { HashMap::new() } else { self.rebase(client).await? };
        if self.added.len() > MANY {
            self.copy(client).await?;
        }
        // The statements are sent without waiting for one another's answers; each is done after the one before.
        let mut all: Vec<BoxFuture<'_, Result<()>>> = Vec::new();
        if !self.revised.is_empty() {
            all.push(self.revise(client).boxed());
        }
        if !self.changed.is_empty() {
            all.push(closes(client, CHANGE, &self.changed).boxed());
        }
        if (1..=MANY).contains(&self.added.len()) {
            all.push(closes(client, ADD, &self.added).boxed());
        }
        if !self.splits.is_empty() {
            all.push(self.add_splits(client).boxed());
        }
        all.push(self.note_all(client).boxed());
        try_join_all(all).await?;
        Ok(dropped)
    }

    async fn copy(&self, client: &Client) -> Result<()> {
        let columns = [Type::INT8, Type::DATE, Type::FLOAT8, Type::TIMESTAMPTZ];
        let sink = client.copy_in(COPY).await?;
        let mut writer = pin!(BinaryCopyInWriter::new(sink, &columns));
        for (id, row) in &self.added {
            writer.as_mut().write(&[id, &row.session, &row.close, &row.fetched_at]).await?;
        }
        writer.finish().await?;
        Ok(())
    }

    async fn rebase(&self, client: &Client) -> Result<HashMap<i64, usize>> {
        let series: Vec<i64> = self.rebased.iter().map(|r| r.0).collect();
        let before: Vec<NaiveDate> = self.rebased.iter().map(|r| r.1).collect();
        let at: Vec<DateTime<Utc>> = self.rebased.iter().map(|r| r.2).collect();
        let factor: Vec<f64> = self.rebased.iter().map(|r| r.3).collect();
        let of = (&series as _, Type::INT8_ARRAY);
        let moved: Told<'_> = &[of.clone(), (&before, Type::DATE_ARRAY), (&at, Type::TIMESTAMPTZ_ARRAY)];
        client.execute_typed(REVISE_BEFORE, moved).await?;
        let gone = client.query_typed(DROP_BEFORE, &[of.clone(), (&before, Type::DATE_ARRAY)]).await?;
        let note: Told<'_> = &[of, (&at, Type::TIMESTAMPTZ_ARRAY), (&factor, Type::FLOAT8_ARRAY)];
        client.execute_typed(ADD_REBASE, note).await?;
        gone.iter()
            .map(|row| Ok((read::at(row, 0)?, usize::try_from(read::at::<i64>(row, 1)?).unwrap_or(0))))
            .collect()
    }

    async fn revise(&self, client: &Client) -> Result<()> {
        let replaced: Vec<DateTime<Utc>> = self.revised.iter().map(|r| r.2).collect();
        let rows: Vec<(i64, Row)> = self.revised.iter().map(|(id, row, _)| (*id, *row)).collect();
        let Columns { series, session, close, at } = Columns::of(&rows);
        let told: Told<'_> = &[
            (&series, Type::INT8_ARRAY),
            (&session, Type::DATE_ARRAY),
            (&close, Type::FLOAT8_ARRAY),
            (&at, Type::TIMESTAMPTZ_ARRAY),
            (&replaced, Type::TIMESTAMPTZ_ARRAY),
        ];
        client.execute_typed(REVISE, told).await?;
        Ok(())
    }

    async fn add_splits(&self, client: &Client) -> Result<()> {
        let row = |((id, session), (factor, at)): (&(i64, NaiveDate), &(f64, DateTime<Utc>))| {
            (*id, Row { session: *session, close: *factor, fetched_at: *at })
        };
        let rows: Vec<(i64, Row)> = self.splits.iter().map(row).collect();
        closes(client, ADD_SPLIT, &rows).await
    }

    async fn note_all(&self, client: &Client) -> Result<()> {
        let series: Vec<i64> = self.noted.iter().map(|n| n.0).collect();
        let from: Vec<NaiveDate> = self.noted.iter().map(|n| day(n.1.from)).collect();
        let to: Vec<NaiveDate> = self.noted.iter().map(|n| day(n.1.to)).collect();
        let fetched: Vec<DateTime<Utc>> = self.noted.iter().map(|n| n.1.fetched_at).collect();
        let latest = || self.noted.iter().map(|n| n.2);
        let session: Vec<Option<NaiveDate>> = latest().map(|l| l.map(|l| l.bar.date)).collect();
        let close: Vec<Option<f64>> = latest().map(|l| l.map(|l| l.bar.close)).collect();
        let low: Vec<Option<f64>> = latest().map(|l| l.and_then(|l| l.bar.low)).collect();
        let high: Vec<Option<f64>> = latest().map(|l| l.and_then(|l| l.bar.high)).collect();
        let stamp: Vec<Option<DateTime<Utc>>> =
            latest().map(|l| l.and_then(|l| l.stamp).map(whole)).collect();
        let at: Vec<Option<DateTime<Utc>>> = latest().map(|l| l.map(|l| whole(l.fetched_at))).collect();
        let asked: Vec<DateTime<Utc>> = self.noted.iter().map(|n| n.3).collect();
        let about = || self.about.iter().map(Option::as_ref);
        let name: Vec<Option<&str>> = about().map(|a| a.map(|a| a.name.as_str())).collect();
        let kind: Vec<Option<&str>> = about().map(|a| a.map(|a| a.kind.name())).collect();
        let decimals: Vec<Option<i16>> = about().map(|a| a.map(|a| i16::from(a.decimals))).collect();
        let told: Told<'_> = &[
            (&series, Type::INT8_ARRAY),
            (&from, Type::DATE_ARRAY),
            (&to, Type::DATE_ARRAY),
            (&fetched, Type::TIMESTAMPTZ_ARRAY),
            (&session, Type::DATE_ARRAY),
            (&close, Type::FLOAT8_ARRAY),
            (&low, Type::FLOAT8_ARRAY),
            (&high, Type::FLOAT8_ARRAY),
            (&stamp, Type::TIMESTAMPTZ_ARRAY),
            (&at, Type::TIMESTAMPTZ_ARRAY),
            (&asked, Type::TIMESTAMPTZ_ARRAY),
            (&name, Type::TEXT_ARRAY),
            (&kind, Type::TEXT_ARRAY),
            (&decimals, Type::INT2_ARRAY),
        ];
        client.execute_typed(NOTE, told).await?;
        Ok(())
    }
}

/// An instant to the second, as all are kept.
fn whole(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(at.timestamp(), 0).unwrap_or(at)
}

/// Closes as a statement takes them.
struct Columns {
    series: Vec<i64>,
    session: Vec<NaiveDate>,
    close: Vec<f64>,
    at: Vec<DateTime<Utc>>,
}

impl Columns {
    fn of(rows: &[(i64, Row)]) -> Self {
        Self {
            series: rows.iter().map(|(id, _)| *id).collect(),
            session: rows.iter().map(|(_, r)| r.session).collect(),
            close: rows.iter().map(|(_, r)| r.close).collect(),
            at: rows.iter().map(|(_, r)| r.fetched_at).collect(),
        }
    }
}

/// Sends rows of a series, a session, a number and an instant.
async fn closes(client: &Client, sql: &str, rows: &[(i64, Row)]) -> Result<()> {
    let Columns { series, session, close, at } = Columns::of(rows);
    let told: Told<'_> = &[
        (&series, Type::INT8_ARRAY),
        (&session, Type::DATE_ARRAY),
        (&close, Type::FLOAT8_ARRAY),
        (&at, Type::TIMESTAMPTZ_ARRAY),
    ];
    client.execute_typed(sql, told).await?;
    Ok(())
}
