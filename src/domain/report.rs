//! The daily report of `report`: the day's snapshot, the charts of its benchmark pairs and how its figures were made.
//!
//! Not for: laying it out (`render`), or deriving any figure of it (`compute`).

use chrono::NaiveDate;

use super::horizon::Horizon;
use super::{Chart, Snapshot};

/// The report of one day. It holds nothing that depends on the moment of writing.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The day that it speaks of: the newest date of a session in it, or the day asked for.
    pub date: NaiveDate,
    /// The day's rows, groups, highlights, notes and what could not be had.
    pub snapshot: Snapshot,
    /// Relative charts of the benchmark pairs, in order.
    pub charts: Vec<Chart>,
}

impl Report {
    /// How its figures were made, a sentence each.
    #[must_use]
    pub fn method(&self) -> Vec<String> {
        let Self { date, snapshot, .. } = self;
        let until = snapshot.as_of.format("%Y-%m-%d %H:%M UTC");
        let mut said = vec![
            format!(
                "Each row shows its newest session dated {date} or before in its exchange's own zone and settled by \
                 {until}, when the newest session of the report was over."
            ),
            "A move is (close / base close - 1) x 100 between two settled closes of one series; no missing session \
             counts as 0 %."
                .to_owned(),
        ];
        let to_date = snapshot.horizons.iter().any(|h| matches!(h, Horizon::ToDate(_)));
        let bases = "1D and 5D count sessions, months and years go to the last session on or before that day";
        said.push(match to_date {
            true => format!("{bases}, and to-date moves begin with the last session before their period."),
            false => format!("{bases}."),
        });
        said.push(format!(
            "Against {name} means the move minus that of {name}, in percentage points, each over its own sessions.",
            name = snapshot.benchmark_name
        ));
        said.push(match snapshot.currency.as_str() {
            "local" => "Closes are in the currency they are quoted in.".to_owned(),
            code => format!("Closes are converted to {code} at the rate of their date."),
        });
        said.push(
            "Closes are adjusted for splits and not for dividends; a note names what includes dividends."
                .to_owned(),
        );
        if !snapshot.composites.is_empty() {
            said.push(
                "A composite is chained day by day from 100 with fixed weights; a market that was shut adds 0 %."
                    .to_owned(),
            );
        }
        said.push("Records reach back as far as closes are held.".to_owned());
        said
    }
}
