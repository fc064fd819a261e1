//! Closes of currency pairs.
//!
//! Yahoo's daily "close" of a pair is not the day's close: in a finished row it is the price at the
//! day's own midnight in London, its open (in a year of EURUSD the two differ by less than 0.05 % in
//! 260 of 264 rows). The price at the end of day D is what the row of the next weekday opens with. So
//!
//! - the close of D is the open of the next row, or that row's "close" where the open is missing and
//!   the row is a finished one;
//! - the newest day has no next row: its value is the market price, which is live until the day ends,
//!   and only if that price was made on that day; otherwise the day is left out;
//! - a day whose next weekday has no row is left out, because a later open is not its close (25
//!   December and 1 January, when nothing trades, may be missing);
//! - rows of Saturdays and Sundays are left out.
//!
//! Not for: fixings of central banks, which other sources hold.

use chrono::{Datelike, NaiveDate, Weekday};

use super::dating::Dated;
use crate::domain::RawRow;

/// What became of a pair's rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Closes {
    pub(super) rows: Vec<RawRow>,
    /// Days left out because the next weekday has no row.
    pub(super) before_holes: Vec<NaiveDate>,
    /// The newest day, left out because no price was made on it.
    pub(super) unpriced: Option<NaiveDate>,
}

/// Moves the rows' prices to the days they close. `rows` are sorted by instant; `price` is the market
/// price and the date it was made on.
pub(super) fn closes(rows: &[Dated], price: Option<(NaiveDate, f64)>) -> Closes {
    let weekdays: Vec<&Dated> = rows.iter().filter(|d| !is_weekend(d.date)).collect();
    let days: Vec<&[&Dated]> = weekdays.chunk_by(|a, b| a.date == b.date).collect();
    let mut closes = Closes::default();
    for (at, day) in days.iter().enumerate() {
        let Some(date) = day.first().map(|d| d.date) else { continue };
        match days.get(at + 1).and_then(|next| Some((next, next.first()?.date))) {
            Some((next, next_date)) if follows(date, next_date) => {
                closes.rows.push(RawRow::close_only(date, opening(next)));
            }
            Some(_) => closes.before_holes.push(date),
            None => match price {
                Some((made, value)) if made == date => {
                    closes.rows.push(RawRow { live: true, ..RawRow::close_only(date, Some(value)) });
                }
                _ => closes.unpriced = Some(date),
            },
        }
    }
    closes
}

fn opening(day: &[&Dated]) -> Option<f64> {
    let open = day.iter().find_map(|d| d.row.open.filter(|x| *x > 0.0));
    open.or_else(|| day.iter().filter(|d| !d.live).find_map(|d| d.row.close))
}

/// Whether no day of trading lies between the two.
fn follows(day: NaiveDate, next: NaiveDate) -> bool {
    let idle = |d: &NaiveDate| is_weekend(*d) || matches!((d.month(), d.day()), (12, 25) | (1, 1));
    day.iter_days().skip(1).take_while(|d| *d < next).take(7).all(|d| idle(&d))
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}
