//! The axis of dates: calendar days from left to right, with ticks on days, Mondays, months or years.
//!
//! Not for: values (`scale`).

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

/// Days from the first to the last session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Axis {
    pub start: NaiveDate,
    pub end: NaiveDate,
}

/// Which days have a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Days(u64),
    Weeks(u64),
    Months(u32),
    Years(i32),
}

/// From the finest to the coarsest.
const STEPS: [Step; 15] = [
    Step::Days(1),
    Step::Days(2),
    Step::Weeks(1),
    Step::Weeks(2),
    Step::Months(1),
    Step::Months(2),
    Step::Months(3),
    Step::Months(6),
    Step::Years(1),
    Step::Years(2),
    Step::Years(5),
    Step::Years(10),
    Step::Years(20),
    Step::Years(50),
    Step::Years(100),
];

impl Axis {
    /// Where a day lies: 0 at the first, 1 at the last; in the middle where both are one.
    pub(super) fn share(&self, day: NaiveDate) -> f64 {
        let days =
            |from: NaiveDate, to: NaiveDate| f64::from(i32::try_from((to - from).num_days()).unwrap_or(0));
        let all = days(self.start, self.end);
        if all > 0.0 { (days(self.start, day) / all).clamp(0.0, 1.0) } else { 0.5 }
    }

    /// At most `most` days with their labels, evenly apart.
    pub(super) fn ticks(&self, most: usize) -> Vec<(NaiveDate, String)> {
        for step in STEPS {
            let days = self.on(step, most.max(1));
            if (1..=most.max(1)).contains(&days.len()) {
                return labelled(&days, step);
            }
        }
        labelled(&[self.start], Step::Days(1))
    }

    /// The days with a tick, one more than `most` at most.
    fn on(&self, step: Step, most: usize) -> Vec<NaiveDate> {
        let next = |day: &NaiveDate| match step {
            Step::Days(n) => day.checked_add_days(Days::new(n)),
            Step::Weeks(n) => day.checked_add_days(Days::new(7 * n)),
            Step::Months(n) => day.checked_add_months(Months::new(n)),
            Step::Years(n) => day.checked_add_months(Months::new(12 * n.unsigned_abs())),
        };
        let days = std::iter::successors(self.first(step), next);
        days.skip_while(|d| *d < self.start).take_while(|d| *d <= self.end).take(most + 1).collect()
    }

    /// A round day on or before the start.
    fn first(&self, step: Step) -> Option<NaiveDate> {
        match step {
            Step::Days(_) => Some(self.start),
            Step::Weeks(_) => Some(self.start.week(Weekday::Mon).first_day()),
            Step::Months(n) => NaiveDate::from_ymd_opt(self.start.year(), self.start.month0() / n * n + 1, 1),
            Step::Years(n) => NaiveDate::from_ymd_opt(self.start.year().div_euclid(n) * n, 1, 1),
        }
    }
}

/// Days and Mondays as "5 Jan", months as "Jan"; the first of each year says the year.
fn labelled(days: &[NaiveDate], step: Step) -> Vec<(NaiveDate, String)> {
    let mut year = None;
    let label = |day: &NaiveDate| {
        let fresh = year.replace(day.year()) != Some(day.year());
        let form = match (step, fresh) {
            (Step::Years(_), _) => "%Y",
            (Step::Months(_), true) => "%b %Y",
            (Step::Months(_), false) => "%b",
            (_, true) => "%-d %b %Y",
            (_, false) => "%-d %b",
        };
        (*day, day.format(form).to_string())
    };
    days.iter().map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(start: &str, end: &str, most: usize) -> Vec<String> {
        let axis = Axis { start: start.parse().unwrap(), end: end.parse().unwrap() };
        axis.ticks(most).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_as_fine_as_there_is_room_for() {
        assert_eq!(labels("2026-01-19", "2026-01-21", 6), ["19 Jan 2026", "20 Jan", "21 Jan"]);
        // 31 December was a Wednesday: the Mondays are 5, 12 and 19 January.
        assert_eq!(labels("2025-12-31", "2026-01-21", 6), ["5 Jan 2026", "12 Jan", "19 Jan"]);
        assert_eq!(labels("2025-09-08", "2026-01-21", 6), ["Oct 2025", "Nov", "Dec", "Jan 2026"]);
        assert_eq!(labels("2016-05-01", "2026-01-21", 6), ["2018", "2020", "2022", "2024", "2026"]);
        assert_eq!(labels("1896-05-26", "2026-01-21", 4), ["1900", "1950", "2000"]);
    }

    #[test]
    fn one_session_is_one_tick_in_the_middle() {
        assert_eq!(labels("2026-01-21", "2026-01-21", 6), ["21 Jan 2026"]);
        let day = "2026-01-21".parse().unwrap();
        assert!((Axis { start: day, end: day }.share(day) - 0.5).abs() < 1e-12);
    }
}
