//! Looking backwards for what outdates a record: in at most five statements, whatever is sought.
//!
//! Not for: what is at or beyond a bound (`store::beyond`).

use std::collections::HashMap;

use chrono::NaiveDate;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row as SqlRow};

use super::read::{at, listed};
use super::{Failure, day};
use crate::domain::{InstrumentId, Provenance};
use crate::store::{Beyond, Bound, Sought};

type Result<T> = std::result::Result<T, Failure>;

const HELD: &str = "SELECT w.place, c.close, \
    (SELECT f.session FROM marketsnap.close AS f WHERE f.series = w.series AND f.session >= w.since \
     ORDER BY f.session LIMIT 1), \
    EXISTS (SELECT 1 FROM marketsnap.split AS p WHERE p.series = w.series) \
    FROM unnest($1::bigint[], $2::bigint[], $3::date[], $4::date[]) AS w (place, series, since, until) \
    JOIN marketsnap.close AS c ON c.series = w.series AND c.session = w.until";
const LEVELS: &str = "SELECT w.place, coalesce( \
    (SELECT c.session FROM marketsnap.close AS c WHERE NOT w.low AND c.series = w.series \
     AND c.session >= w.since AND c.session < w.until AND c.close >= w.value ORDER BY c.session DESC LIMIT 1), \
    (SELECT c.session FROM marketsnap.close AS c WHERE w.low AND c.series = w.series \
     AND c.session >= w.since AND c.session < w.until AND c.close <= w.value ORDER BY c.session DESC LIMIT 1)) \
    FROM unnest($1::bigint[], $2::bigint[], $3::date[], $4::date[], $5::float8[], $6::boolean[]) \
    AS w (place, series, since, until, value, low)";
// A quotient that a double has no place for is an error of the server: such closes set no move.
const MOVES: &str = "SELECT w.place, (SELECT max(m.base) FROM (SELECT \
     lag(c.session) OVER (ORDER BY c.session) AS base, \
     CASE WHEN c.close BETWEEN 1e-150 AND 1e150 THEN c.close END \
     / lag(CASE WHEN c.close BETWEEN 1e-150 AND 1e150 THEN c.close END) OVER (ORDER BY c.session) AS ratio \
     FROM marketsnap.close AS c WHERE c.series = w.series AND c.session BETWEEN w.since AND w.until) AS m \
    WHERE CASE WHEN w.low THEN (m.ratio - 1) * 100 <= w.value ELSE (m.ratio - 1) * 100 >= w.value END) \
    FROM unnest($1::bigint[], $2::bigint[], $3::date[], $4::date[], $5::float8[], $6::boolean[]) \
    AS w (place, series, since, until, value, low)";

const HIGHEST: &str = "SELECT w.place, h.session, h.close \
    FROM unnest($1::bigint[], $2::bigint[], $3::date[], $4::date[]) AS w (place, series, since, until), \
    LATERAL (SELECT c.session, c.close FROM marketsnap.close AS c WHERE c.series = w.series \
     AND c.session >= w.since AND c.session < w.until ORDER BY c.close DESC, c.session DESC LIMIT 1) AS h";
const OLDER: &str = "SELECT w.place, (SELECT count(*) FROM marketsnap.close AS c WHERE c.series = w.series \
     AND c.session >= w.since AND c.session < w.until) \
    FROM unnest($1::bigint[], $2::bigint[], $3::date[], $4::date[]) AS w (place, series, since, until)";

/// What is sought of the series that are held, a column each.
#[derive(Default)]
struct Columns {
    places: Vec<i64>,
    series: Vec<i64>,
    since: Vec<NaiveDate>,
    until: Vec<NaiveDate>,
    values: Vec<f64>,
    low: Vec<bool>,
}

pub(super) async fn beyond(client: &Client, sought: &[Sought<'_>]) -> Result<Vec<Option<Beyond>>> {
    let ids: Vec<InstrumentId> = sought.iter().map(|s| s.of.instrument.clone()).collect();
    let held = listed(client, &ids).await?;
    let held: HashMap<Key<'_>, (i64, NaiveDate)> =
        held.iter().map(|l| (key(&l.covered.provenance), (l.id, day(l.covered.coverage.from)))).collect();
    let (mut levels, mut moves, mut all) = (Columns::default(), Columns::default(), Columns::default());
    let mut highest = Columns::default();
    for (place, one) in (0_i64..).zip(sought) {
        let Some((series, since)) = held.get(&key(one.of)) else { continue };
        let (of, value, low) = match one.bound {
            Bound::CloseAtLeast(value) => (&mut levels, value, false),
            Bound::CloseAtMost(value) => (&mut levels, value, true),
            Bound::MoveAtLeast(value) => (&mut moves, value, false),
            Bound::MoveAtMost(value) => (&mut moves, value, true),
            Bound::Highest => (&mut highest, 0.0, false),
        };
        for columns in [of, &mut all] {
            columns.push(place, *series, (*since, day(one.before)), value, low);
        }
    }
    let mut found: HashMap<i64, NaiveDate> = HashMap::new();
    for (sql, columns) in [(LEVELS, &levels), (MOVES, &moves)] {
        if !columns.places.is_empty() {
            let rows = client.query_typed(sql, &columns.told()).await?;
            let days = rows.iter().map(|row| Ok((at(row, 0)?, at::<Option<NaiveDate>>(row, 1)?)));
            let days = days.collect::<Result<Vec<_>>>()?;
            found.extend(days.into_iter().filter_map(|(place, day)| Some((place, day?))));
        }
    }
    let mut peaks: HashMap<i64, f64> = HashMap::new();
    if !highest.places.is_empty() {
        for row in &client.query_typed(HIGHEST, highest.told().get(..4).unwrap_or_default()).await? {
            found.insert(at(row, 0)?, at(row, 1)?);
            peaks.insert(at(row, 0)?, at(row, 2)?);
        }
    }
    let older = older(client, &all, &found).await?;
    let rows = client.query_typed(HELD, all.told().get(..4).unwrap_or_default()).await?;
    let mut answers = vec![None; sought.len()];
    for row in &rows {
        let place: i64 = at(row, 0)?;
        let slot = usize::try_from(place).ok().and_then(|place| answers.get_mut(place));
        if let Some(slot) = slot {
            let from = found.get(&place).copied();
            let found =
                Found { from, highest: peaks.get(&place).copied(), older: older.get(&place).copied() };
            *slot = answer(row, &found)?;
        }
    }
    Ok(answers)
}

/// How many sessions are held before each report's first where nothing was found.
async fn older(
    client: &Client,
    all: &Columns,
    found: &HashMap<i64, NaiveDate>,
) -> Result<HashMap<i64, usize>> {
    let mut columns = Columns::default();
    let days = all.since.iter().copied().zip(all.until.iter().copied());
    for ((place, series), days) in all.places.iter().zip(&all.series).zip(days) {
        if !found.contains_key(place) {
            columns.push(*place, *series, days, 0.0, false);
        }
    }
    if columns.places.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = client.query_typed(OLDER, columns.told().get(..4).unwrap_or_default()).await?;
    let count = |row: &SqlRow| Ok((at(row, 0)?, usize::try_from(at::<i64>(row, 1)?).unwrap_or_default()));
    rows.iter().map(count).collect()
}

/// What was found of a question.
struct Found {
    from: Option<NaiveDate>,
    highest: Option<f64>,
    older: Option<usize>,
}

fn answer(row: &SqlRow, found: &Found) -> Result<Option<Beyond>> {
    let Some(first) = at(row, 2)? else { return Ok(None) };
    let Found { from, highest, older } = *found;
    Ok(Some(Beyond { first, close: at(row, 1)?, from, highest, older, splits: at(row, 3)? }))
}

type Key<'a> = (&'a str, &'a str, &'a str, Option<&'a str>, Option<&'a str>, &'static str, bool);

/// What makes a series another one.
fn key(of: &Provenance) -> Key<'_> {
    let venue = of.venue.as_ref().map(crate::domain::Mic::as_str);
    let basis = crate::store::asked::basis_text(of.basis);
    (of.instrument.as_str(), &of.source, &of.symbol, of.currency.as_deref(), venue, basis, of.raw)
}

impl Columns {
    fn push(&mut self, place: i64, series: i64, days: (NaiveDate, NaiveDate), value: f64, low: bool) {
        self.places.push(place);
        self.series.push(series);
        self.since.push(days.0);
        self.until.push(days.1);
        self.values.push(value);
        self.low.push(low);
    }

    fn told(&self) -> [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 6] {
        [
            (&self.places, Type::INT8_ARRAY),
            (&self.series, Type::INT8_ARRAY),
            (&self.since, Type::DATE_ARRAY),
            (&self.until, Type::DATE_ARRAY),
            (&self.values, Type::FLOAT8_ARRAY),
            (&self.low, Type::BOOL_ARRAY),
        ]
    }
}
