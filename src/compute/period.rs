//! Which period the to-date columns speak of.
//!
//! Not for: finding the base session (`moves`).

use chrono::NaiveDate;

use crate::domain::Horizon;
use crate::domain::horizon::Period;

/// The start of each period that is still empty for the whole report: no instrument has had a session
/// in it, so the period before stands.
#[derive(Debug, Clone, Default)]
pub struct Periods {
    not_begun: Vec<(Period, NaiveDate)>,
}

impl Periods {
    /// Looks at the report day and newest session of every line of the report.
    pub fn of(horizons: &[Horizon], lines: &[(NaiveDate, NaiveDate)]) -> Self {
        let not_begun = horizons
            .iter()
            .filter_map(|h| match h {
                Horizon::ToDate(period) => Some(*period),
                _ => None,
            })
            .filter_map(|period| {
                let start = lines.iter().map(|(report_day, _)| period.first_day(*report_day)).max()?;
                let since = |day: NaiveDate| lines.iter().any(|(_, newest)| *newest >= day);
                let before = start.pred_opt().map_or(start, |d| period.first_day(d));
                (!since(start) && since(before)).then_some((period, start))
            })
            .collect();
        Self { not_begun }
    }

    /// The report day to use for a horizon: the given one, or the last day of the period before while
    /// the new one has not begun.
    pub fn report_day(&self, horizon: &Horizon, report_day: NaiveDate) -> NaiveDate {
        let Horizon::ToDate(period) = horizon else { return report_day };
        self.not_begun
            .iter()
            .find(|(p, start)| p == period && period.first_day(report_day) == *start)
            .and_then(|(_, start)| start.pred_opt())
            .unwrap_or(report_day)
    }

    /// The periods that stand over from before, each with the day the new one began.
    pub fn standing(&self) -> &[(Period, NaiveDate)] {
        &self.not_begun
    }
}
