//! European Central Bank: its own file of reference rates, read as a stream of XML.
//!
//! Not for: market prices of currencies. The bank has a small file of the last ninety days and a large
//! one of all days since 1999, and no request for less.

use std::time::Duration;

use chrono::{Days, NaiveDate};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::answer::{decimal, xml};
use super::fixing::{self, Day, Pair};
use super::rows::first_kept;
use super::source::{Headers, Pace, Parsed, Request, Response, Source, SourceError, SourceInfo};
use super::{Instrument, Query};

/// Days before today that the small file is sure to hold.
const RECENT: u64 = 85;
/// Elements within elements, beyond which nothing of the bank's is.
const DEPTH: usize = 32;

/// The bank's file of reference rates.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ecb;

static INFO: SourceInfo = SourceInfo {
    name: "ecb",
    title: "European Central Bank",
    services: &[&["https://www.ecb.europa.eu"]],
    url_variable: "MARKETSNAP_ECB_URL",
    page: "www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates",
    closes: "fixings of the ECB at 14:15 Frankfurt time, no market closes; pairs without the euro are quotients of two",
    terms: "rates of the European Central Bank, free to use with the source named",
    pace: Pace {
        burst: 1,
        every: Duration::from_secs(1),
        in_flight: 1,
        a_run: 5,
        a_day: None,
        patience: Duration::from_secs(30),
    },
    headers: Headers { accept: "application/xml, text/xml", referer: None, bare_agent: false },
    key: None,
};

impl Source for Ecb {
    fn info(&self) -> &'static SourceInfo {
        &INFO
    }

    fn covers(&self, instrument: &Instrument) -> bool {
        instrument.symbol(INFO.name).and_then(Pair::of).is_some()
    }

    fn spells(&self, symbol: &str) -> Option<String> {
        Pair::spelled(symbol)
    }

    /// The whole history since 1999 is about 8 MB and grows.
    fn largest(&self) -> usize {
        32 * 1024 * 1024
    }

    fn requests(&self, query: &Query, wants: &[usize]) -> Vec<Request> {
        let (_, wants) = fixing::needed(self, query, wants);
        if wants.is_empty() {
            return Vec::new();
        }
        let recent = query.until.checked_sub_days(Days::new(RECENT)).unwrap_or(query.until);
        let file = if first_kept(query) >= recent { "eurofxref-hist-90d" } else { "eurofxref-hist" };
        vec![Request::get(0, format!("/stats/eurofxref/{file}.xml"), wants)]
    }

    fn parse(&self, query: &Query, request: &Request, response: &Response) -> Result<Parsed, SourceError> {
        let text = xml(response)?;
        if !(200..=299).contains(&response.status) {
            return Err(SourceError::Malformed(format!("status {}", response.status)));
        }
        let (codes, _) = fixing::needed(self, query, &request.wants);
        let days = days(text, &codes)?;
        Ok(fixing::answers(self, query, request, &days, response))
    }
}

/// The days of a document with the rates of these currencies.
///
/// # Errors
/// [`SourceError::Garbled`] where it is no whole XML, [`SourceError::Malformed`] where it is another.
fn days(text: &str, codes: &[&'static str]) -> Result<Vec<Day>, SourceError> {
    let mut reader = Reader::from_str(text);
    let mut file = File { codes, ..File::default() };
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                file.depth += 1;
                file.element(&element, file.depth);
            }
            Ok(Event::Empty(element)) => {
                file.element(&element, file.depth + 1);
                file.close(file.depth + 1);
            }
            Ok(Event::End(_)) => {
                file.close(file.depth);
                file.depth = file.depth.saturating_sub(1);
            }
            Ok(Event::Eof) => break,
            // References to entities are never followed.
            Ok(_) => {}
            Err(_) => return Err(SourceError::Garbled("it is no XML".to_owned())),
        }
        if file.depth > DEPTH {
            return Err(SourceError::Malformed("elements within elements".to_owned()));
        }
    }
    if file.depth > 0 || !file.begun {
        return Err(SourceError::Garbled("it is no whole XML".to_owned()));
    }
    if !file.envelope {
        return Err(SourceError::Malformed("no element Cube".to_owned()));
    }
    Ok(file.days)
}

/// What has been read so far.
#[derive(Default)]
struct File<'a> {
    codes: &'a [&'static str],
    days: Vec<Day>,
    /// The day whose element is open, and that element's depth.
    open: Option<(usize, Day)>,
    depth: usize,
    /// There was an element.
    begun: bool,
    /// There was one of the kind that holds rates.
    envelope: bool,
}

impl File<'_> {
    /// Reads an element that begins: one of a day, or one of a rate of the open day.
    fn element(&mut self, element: &BytesStart<'_>, depth: usize) {
        self.begun = true;
        if element.local_name().as_ref() != "Cube" {
            return;
        }
        self.envelope = true;
        let cube = Cube::of(element);
        if let Some(date) = cube.time {
            self.open = Some((depth, Day { date, rates: Vec::new() }));
        } else if let (Some((_, day)), Some(code), Some(rate)) = (&mut self.open, cube.currency, cube.rate)
            && self.codes.contains(&code)
        {
            day.rates.push((code, rate));
        }
    }

    /// Ends the element at this depth, and with it the day if it is the day's.
    fn close(&mut self, depth: usize) {
        if let Some((_, day)) = self.open.take_if(|(at, _)| *at >= depth) {
            self.days.push(day);
        }
    }
}

/// What an element of rates says; a word instead of a number (`N/A`) is none.
#[derive(Default)]
struct Cube {
    time: Option<NaiveDate>,
    currency: Option<&'static str>,
    rate: Option<f64>,
}

impl Cube {
    fn of(element: &BytesStart<'_>) -> Self {
        let mut cube = Self::default();
        for attribute in element.attributes().with_checks(false).filter_map(Result::ok) {
            let value = attribute.value.trim();
            match attribute.key.local_name().as_ref() {
                "time" => cube.time = value.parse().ok(),
                "currency" => cube.currency = fixing::code(value),
                "rate" => cube.rate = decimal(value),
                _ => {}
            }
        }
        cube
    }
}
