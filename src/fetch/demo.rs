//! The demo source: published closes that are part of the program, for trying it without a network.
//!
//! Not for: current prices. It holds what `demo-closes.txt` says, and nothing is sent.

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::Query;
use super::source::{Answer, Found, Parsed, Request, Response, Source, SourceError, SourceInfo, Target};
use crate::domain::{Instrument, InstrumentId, Mic, Provenance, RawRow, Series};

const CLOSES: &str = include_str!("demo-closes.txt");

/// First and last date the demo holds.
const HELD: (NaiveDate, NaiveDate) = (date(2025, 9, 8), date(2026, 1, 23));

/// When the demo's closes count as fetched: midnight UTC after the last of them.
const FETCHED_AT: DateTime<Utc> = date(2026, 1, 24).and_time(chrono::NaiveTime::MIN).and_utc();

const fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => NaiveDate::MIN,
    }
}

/// Closes that are part of the program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Demo;

static INFO: SourceInfo = SourceInfo {
    name: "demo",
    title: "Demo",
    services: &[],
    url_variable: "",
    page: "",
    closes: "published closes of 40 instruments, 2025-09-08 to 2026-01-23; EURUSD and USDCNY are ECB fixings",
    terms: "facts, published with the program",
    pace: super::pace::PLAIN,
    headers: super::source::JSON,
    key: None,
};

impl Source for Demo {
    fn info(&self) -> &'static SourceInfo {
        &INFO
    }

    fn covers(&self, instrument: &Instrument) -> bool {
        lines_of(&instrument.id).next().is_some()
    }

    fn requests(&self, _query: &Query, wants: &[usize]) -> Vec<Request> {
        if wants.is_empty() {
            return Vec::new();
        }
        vec![Request { target: Target::Builtin, service: 0, wants: wants.to_vec(), only_if_alive: false }]
    }

    fn parse(&self, query: &Query, request: &Request, _: &Response) -> Result<Parsed, SourceError> {
        let answers = request
            .wants
            .iter()
            .filter_map(|&at| Some((at, query.wants.get(at)?)))
            .map(|(at, want)| Answer { want: at, outcome: found(&want.instrument, query.until) })
            .collect();
        Ok(Parsed { answers, follow: Vec::new() })
    }

    fn holds(&self) -> Option<(NaiveDate, NaiveDate)> {
        Some(HELD)
    }
}

/// All closes that the program holds of an instrument; none where it holds none.
#[must_use]
pub fn built_in(instrument: &Instrument) -> Option<Series> {
    found(instrument, HELD.1).ok().map(|found| found.series)
}

/// The instrument's closes up to `until`, and a day more for markets east of Greenwich.
fn found(instrument: &Instrument, until: NaiveDate) -> Result<Found, SourceError> {
    let last = until.checked_add_days(Days::new(1)).unwrap_or(until);
    let mut venue = None;
    let mut rows = Vec::new();
    let mut covered = false;
    for line in lines_of(&instrument.id) {
        covered = true;
        venue = line.venue.or(venue);
        rows.extend(line.rows().filter(|r| r.date <= last));
    }
    if !covered {
        return Err(SourceError::NotCovered);
    }
    if rows.is_empty() {
        return Err(SourceError::NoData(format!("the demo begins on {}", HELD.0)));
    }
    let provenance = Provenance {
        instrument: instrument.id.clone(),
        source: INFO.name.to_owned(),
        symbol: instrument.id.as_str().to_owned(),
        currency: instrument.currency.clone(),
        venue: venue.map(Mic::new),
        basis: instrument.basis,
        raw: false,
        fetched_at: FETCHED_AT,
        stamp: None,
    };
    let series = Series::from_rows(provenance, instrument.kind, rows, Vec::new());
    Ok(Found { series, described: None })
}

#[derive(Debug, Clone, Copy)]
struct Line {
    venue: Option<&'static str>,
    month: &'static str,
    closes: &'static str,
}

impl Line {
    fn rows(self) -> impl Iterator<Item = RawRow> {
        self.closes.split_whitespace().filter_map(move |pair| {
            let (day, close) = pair.split_once('=')?;
            let date = format!("{}-{day}", self.month).parse().ok()?;
            Some(RawRow::close_only(date, close.parse().ok()))
        })
    }
}

fn lines_of(id: &InstrumentId) -> impl Iterator<Item = Line> {
    CLOSES.lines().filter(|l| !l.starts_with('#')).filter_map(move |line| {
        let (name, rest) = line.split_once(' ')?;
        if name != id.as_str() {
            return None;
        }
        let (venue, rest) = match rest.strip_prefix('@') {
            Some(tagged) => tagged.split_once(' ').map(|(v, r)| (Some(v), r))?,
            None => (None, rest),
        };
        let (month, closes) = rest.split_once(' ')?;
        Some(Line { venue, month, closes })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_file_can_be_read_and_nothing_is_lost() {
        let lines: Vec<&str> = CLOSES.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).collect();
        let pairs: usize = lines.iter().map(|l| l.matches('=').count()).sum();
        let mut ids: Vec<&str> = lines.iter().filter_map(|l| l.split(' ').next()).collect();
        ids.dedup();
        let rows: Vec<RawRow> = ids
            .iter()
            .flat_map(|id| lines_of(&InstrumentId::new(id)).flat_map(Line::rows).collect::<Vec<_>>())
            .collect();
        assert_eq!(ids.len(), 40);
        // 3521 lines of the published table, one of them its head.
        assert_eq!((pairs, rows.len()), (3520, 3520));
        assert!(rows.iter().all(|r| r.close.is_some_and(|c| c > 0.0)));
        assert!(rows.iter().all(|r| r.date >= HELD.0 && r.date <= HELD.1));
    }

    #[test]
    fn a_line_can_name_the_venue_of_its_closes() {
        let eurusd = lines_of(&InstrumentId::new("EURUSD")).next().unwrap();
        let usdjpy = lines_of(&InstrumentId::new("USDJPY")).next().unwrap();
        assert_eq!((eurusd.venue, usdjpy.venue), (Some("ECB"), None));
    }

    #[test]
    fn the_first_date_is_the_one_held() {
        assert_eq!(HELD.0.to_string(), "2025-09-08");
        assert_eq!(FETCHED_AT.to_rfc3339(), "2026-01-24T00:00:00+00:00");
    }
}
