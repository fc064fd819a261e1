//! Frankfurter: the European Central Bank's fixings as JSON, all pairs of a run in one request.
//!
//! Not for: market prices of currencies. Rates are asked for per euro, as the bank fixes them; with
//! another base the service would round its own quotients.

use std::time::Duration;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::answer::{json, number, text};
use super::fixing::{self, Day, Pair};
use super::rows::first_kept;
use super::source::{JSON, Pace, Parsed, Request, Response, Source, SourceError, SourceInfo};
use super::{Instrument, Query, wants};
use crate::domain::text::sanitise;

/// The fixings as Frankfurter tells them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frankfurter;

static INFO: SourceInfo = SourceInfo {
    name: "frankfurter",
    title: "Frankfurter",
    services: &[&["https://api.frankfurter.dev"]],
    url_variable: "MARKETSNAP_FRANKFURTER_URL",
    page: "frankfurter.dev",
    closes: "fixings of the ECB at 14:15 Frankfurt time, no market closes; pairs without the euro are quotients of two",
    terms: "rates of the European Central Bank, free to use with the source named",
    pace: Pace {
        burst: 1,
        every: Duration::from_millis(500),
        in_flight: 2,
        a_run: 30,
        a_day: None,
        patience: super::pace::REQUEST_TIME,
    },
    headers: JSON,
    key: None,
};

impl Source for Frankfurter {
    fn info(&self) -> &'static SourceInfo {
        &INFO
    }

    fn covers(&self, instrument: &Instrument) -> bool {
        instrument.symbol(INFO.name).and_then(Pair::of).is_some()
    }

    fn spells(&self, symbol: &str) -> Option<String> {
        Pair::spelled(symbol)
    }

    fn requests(&self, query: &Query, wants: &[usize]) -> Vec<Request> {
        let (codes, wants) = fixing::needed(self, query, wants);
        if wants.is_empty() {
            return Vec::new();
        }
        let (first, last, symbols) = (first_kept(query), query.until, codes.join(","));
        vec![Request::get(0, format!("/v1/{first}..{last}?base=EUR&symbols={symbols}"), wants)]
    }

    fn parse(&self, query: &Query, request: &Request, response: &Response) -> Result<Parsed, SourceError> {
        let text = text(response)?;
        if response.status == 404 {
            return self.not_found(text, query, request);
        }
        let document = json(text)?;
        let days = days(response.status, &document)?;
        Ok(fixing::answers(self, query, request, &days, response))
    }

    /// Each pair alone.
    fn parts(&self, query: &Query, request: &Request, _again: bool) -> Vec<Request> {
        wants::alone(self, query, request)
    }
}

impl Frankfurter {
    /// A 404 in the service's own words: there is no rate of what was asked for. Of several pairs one
    /// alone may be the reason, so that each is asked for by itself.
    fn not_found(&self, text: &str, query: &Query, request: &Request) -> Result<Parsed, SourceError> {
        if !json(text).is_ok_and(|document| document.get("message").is_some()) {
            return Err(SourceError::Malformed("status 404 without a word of its own".to_owned()));
        }
        wants::denied(self, query, request)
    }
}

/// The days of an answer, in any order.
fn days(status: u16, document: &Value) -> Result<Vec<Day>, SourceError> {
    if let Some(message) = document.get("message") {
        let said = sanitise(message.as_str().unwrap_or_default(), 80);
        return Err(SourceError::Malformed(format!("status {status}: {said}")));
    }
    if !(200..=299).contains(&status) {
        return Err(SourceError::Malformed(format!("status {status}")));
    }
    if !document.is_object() {
        return Err(SourceError::Malformed("no object".to_owned()));
    }
    if let Some(base) = document.get("base").and_then(Value::as_str).filter(|b| *b != "EUR") {
        return Err(SourceError::Malformed(format!("rates per {} instead of EUR", sanitise(base, 8))));
    }
    let one = |amount: f64| (amount - 1.0).abs() < f64::EPSILON;
    if document.get("amount").and_then(number).is_some_and(|amount| !one(amount)) {
        return Err(SourceError::Malformed("rates of another amount than one euro".to_owned()));
    }
    let Some(rates) = document.get("rates").and_then(Value::as_object) else { return Ok(Vec::new()) };
    Ok(rates.iter().filter_map(|(date, rates)| day(date.parse().ok()?, rates.as_object()?)).collect())
}

fn day(date: NaiveDate, rates: &Map<String, Value>) -> Option<Day> {
    let rate = |(name, rate): (&String, &Value)| Some((fixing::code(name)?, number(rate)?));
    let rates: Vec<(&'static str, f64)> = rates.iter().filter_map(rate).collect();
    (!rates.is_empty()).then_some(Day { date, rates })
}
