//! The rules that pick a move's base session. One table holds labels and rules; parsing, help and
//! documentation read it.
//!
//! Not for: finding the base session in a series (`compute::moves`).

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

/// A calendar period that a to-date move starts at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// ISO week, from Monday.
    Week,
    /// Calendar month.
    Month,
    /// Calendar quarter.
    Quarter,
    /// Calendar year.
    Year,
}

impl Period {
    /// The first day of the period that `date` lies in.
    #[must_use]
    pub fn first_day(self, date: NaiveDate) -> NaiveDate {
        let day = match self {
            Period::Week => {
                date.checked_sub_days(Days::new(u64::from(date.weekday().num_days_from_monday())))
            }
            Period::Month => date.with_day(1),
            Period::Quarter => date.with_day(1).and_then(|d| d.with_month((date.month0() / 3) * 3 + 1)),
            Period::Year => date.with_day(1).and_then(|d| d.with_month(1)),
        };
        day.unwrap_or(date)
    }

    /// The period's word in headings.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Period::Week => "week",
            Period::Month => "month",
            Period::Quarter => "quarter",
            Period::Year => "year",
        }
    }
}

/// The rule that picks a move's base session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Horizon {
    /// The n-th session before the newest one.
    Sessions(u8),
    /// The last session on or before the newest one's date minus this many days.
    Days(u16),
    /// The last session on or before the newest one's date minus this many calendar months.
    Months(u16),
    /// The last session before the first day of the report day's period.
    ToDate(Period),
    /// The last session on or before a date.
    Since(NaiveDate),
}

/// Every horizon with a label, its rule, and what the help says of its base session.
pub const TABLE: [(&str, Horizon, &str); 13] = [
    ("1D", Horizon::Sessions(1), "the session before the newest one"),
    ("5D", Horizon::Sessions(5), "the fifth session before the newest one"),
    ("1W", Horizon::Days(7), "the last session on or before 7 days earlier"),
    ("1M", Horizon::Months(1), "the last session on or before 1 month earlier"),
    ("3M", Horizon::Months(3), "the last session on or before 3 months earlier"),
    ("6M", Horizon::Months(6), "the last session on or before 6 months earlier"),
    ("1Y", Horizon::Months(12), "the last session on or before 1 year earlier"),
    ("3Y", Horizon::Months(36), "the last session on or before 3 years earlier"),
    ("5Y", Horizon::Months(60), "the last session on or before 5 years earlier"),
    ("WTD", Horizon::ToDate(Period::Week), "the last session before this ISO week"),
    ("MTD", Horizon::ToDate(Period::Month), "the last session before this month"),
    ("QTD", Horizon::ToDate(Period::Quarter), "the last session before this quarter"),
    ("YTD", Horizon::ToDate(Period::Year), "the last session before this year"),
];

impl Horizon {
    /// The previous session: the base of the day's move.
    pub const ONE_DAY: Horizon = Horizon::Sessions(1);

    /// The label as the table and the JSON spell it.
    #[must_use]
    pub fn label(&self) -> String {
        if let Horizon::Since(date) = self {
            return format!("since {date}");
        }
        TABLE
            .iter()
            .find(|(_, h, _)| h == self)
            .map_or_else(|| format!("{self:?}"), |(l, _, _)| (*l).to_owned())
    }

    /// The date a base session is wanted on or before, for a series whose newest session is `newest`
    /// in a report for day `report`; none where sessions are counted instead of days.
    #[must_use]
    pub fn wanted_base(&self, newest: NaiveDate, report: NaiveDate) -> Option<NaiveDate> {
        match *self {
            Horizon::Sessions(_) => None,
            Horizon::Days(n) => newest.checked_sub_days(Days::new(u64::from(n))),
            Horizon::Months(n) => newest.checked_sub_months(Months::new(u32::from(n))),
            Horizon::ToDate(period) => period.first_day(report).pred_opt(),
            Horizon::Since(date) => Some(date),
        }
    }

    /// About how many calendar days lie between base and end, for ordering and for the window to ask
    /// of a source.
    #[must_use]
    pub fn reach(&self, report: NaiveDate) -> i64 {
        match *self {
            Horizon::Sessions(n) => i64::from(n) * 2,
            Horizon::Days(n) => i64::from(n),
            Horizon::Months(n) => i64::from(n) * 31,
            Horizon::ToDate(period) => (report - period.first_day(report)).num_days() + 1,
            Horizon::Since(date) => (report - date).num_days(),
        }
    }
}

impl fmt::Display for Horizon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label())
    }
}

impl Serialize for Horizon {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.label())
    }
}

impl JsonSchema for Horizon {
    fn schema_name() -> Cow<'static, str> {
        "Horizon".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "A label of `--horizons`, such as 1D, YTD or since:2025-12-31." })
    }
}

/// A word that names no horizon.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown horizon '{word}': one of {known}, or since:YYYY-MM-DD")]
pub struct UnknownHorizon {
    word: String,
    known: String,
}

impl FromStr for Horizon {
    type Err = UnknownHorizon;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let wanted = word.trim();
        if let Some((_, horizon, _)) = TABLE.iter().find(|(label, _, _)| label.eq_ignore_ascii_case(wanted)) {
            return Ok(*horizon);
        }
        let date = wanted.strip_prefix("since:").or_else(|| wanted.strip_prefix("since "));
        if let Some(date) = date.and_then(|d| d.trim().parse().ok()) {
            return Ok(Horizon::Since(date));
        }
        let known = TABLE.map(|(label, _, _)| label).join(", ");
        Err(UnknownHorizon { word: super::text::sanitise(wanted, 24), known })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_label_parses_to_its_rule_and_back_in_any_case() {
        for (label, horizon, _) in TABLE {
            assert_eq!(label.to_lowercase().parse::<Horizon>().unwrap(), horizon);
            assert_eq!(horizon.label(), label);
        }
        assert_eq!("since:2026-02-13".parse::<Horizon>().unwrap(), Horizon::Since(d("2026-02-13")));
        assert!("2D".parse::<Horizon>().unwrap_err().to_string().contains("1D, 5D, 1W"));
    }

    #[test]
    fn a_month_before_the_31st_of_march_is_the_end_of_february() {
        let base = |day: &str| Horizon::Months(1).wanted_base(d(day), d(day)).unwrap();
        assert_eq!(base("2026-03-31"), d("2026-02-28"));
        assert_eq!(base("2024-03-31"), d("2024-02-29"));
    }

    #[test]
    fn to_date_bases_lie_before_the_first_day_of_the_report_days_period() {
        // 2026-01-21 is a Wednesday: its ISO week began on Monday the 19th.
        let base = |p| Horizon::ToDate(p).wanted_base(d("2026-01-20"), d("2026-01-21")).unwrap();
        assert_eq!(base(Period::Week), d("2026-01-18"));
        assert_eq!(base(Period::Month), d("2025-12-31"));
        assert_eq!(base(Period::Quarter), d("2025-12-31"));
        assert_eq!(base(Period::Year), d("2025-12-31"));
        assert_eq!(Period::Quarter.first_day(d("2025-12-31")), d("2025-10-01"));
        // The first ISO week of 2026 began on Monday 29 December 2025.
        assert_eq!(Period::Week.first_day(d("2026-01-01")), d("2025-12-29"));
    }
}
