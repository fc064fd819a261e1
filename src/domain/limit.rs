//! How far a price may move in one session: an exchange's rule for a board, with the dates it changed on.
//!
//! Not for: the limit price of a session (`compute::limit`), or which board an instrument is on (`catalogue`).

use chrono::NaiveDate;

use super::moves::Percent;

/// A daily limit from a date on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LimitStep {
    /// First session it holds for; none for one that always held.
    pub from: Option<NaiveDate>,
    /// How far a close may be from the close before, in percent of that, on either side.
    pub pct: f64,
}

/// The daily price limits of a board, or of one instrument.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceLimit {
    steps: Vec<LimitStep>,
    free_sessions: usize,
}

impl PriceLimit {
    /// Sessions of a new listing without a limit, where a rule says nothing else.
    pub const FREE_SESSIONS: usize = 5;

    /// Limits by the date that each came into force; a new listing has none in its first `free_sessions`.
    #[must_use]
    pub fn new(mut steps: Vec<LimitStep>, free_sessions: usize) -> Self {
        steps.sort_by_key(|s| s.from);
        Self { steps, free_sessions }
    }

    /// One limit, in percent, that never changed.
    #[must_use]
    pub fn fixed(pct: f64) -> Self {
        Self::new(vec![LimitStep { from: None, pct }], Self::FREE_SESSIONS)
    }

    /// The limit of a session, in percent of the close before; none before the first rule.
    #[must_use]
    pub fn on(&self, session: NaiveDate) -> Option<f64> {
        self.steps.iter().rev().find(|s| s.from.is_none_or(|from| from <= session)).map(|s| s.pct)
    }

    /// The rule in force last.
    #[must_use]
    pub fn newest(&self) -> Option<Percent> {
        self.steps.last().map(|s| Percent(s.pct))
    }

    /// How many sessions of a new listing have no limit.
    #[must_use]
    pub fn free_sessions(&self) -> usize {
        self.free_sessions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_holds_from_its_date_until_the_next_ones() {
        let d = |text: &str| text.parse::<NaiveDate>().unwrap();
        let step = |from, pct| LimitStep { from: Some(d(from)), pct };
        let board = PriceLimit::new(vec![step("2020-08-24", 20.0), step("2009-10-30", 10.0)], 5);
        assert_eq!(board.on(d("2009-10-29")), None);
        assert_eq!(board.on(d("2009-10-30")), Some(10.0));
        assert_eq!(board.on(d("2020-08-23")), Some(10.0));
        assert_eq!(board.on(d("2020-08-24")), Some(20.0));
        assert_eq!(board.newest(), Some(Percent(20.0)));
        assert_eq!(PriceLimit::fixed(10.0).on(d("1990-12-19")), Some(10.0));
    }
}
