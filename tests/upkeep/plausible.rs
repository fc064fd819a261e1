//! What is odd about closes made by hand. Frankfurt's calendar has 1 January and weekends as closed.

use marketsnap::catalogue;
use marketsnap::compute::plausible::{Oddity, findings};
use marketsnap::domain::{Mic, Split};

use super::*;

/// The first seven sessions of Frankfurt in 2026.
const DAX: [(&str, f64); 7] = [
    ("2026-01-02", 100.0),
    ("2026-01-05", 101.0),
    ("2026-01-06", 102.0),
    ("2026-01-07", 101.0),
    ("2026-01-08", 100.0),
    ("2026-01-09", 101.0),
    ("2026-01-12", 102.0),
];

fn dax(source: &str, change: impl FnOnce(&mut Vec<(&'static str, f64)>)) -> Series {
    let mut closes = DAX.to_vec();
    change(&mut closes);
    closes.sort_by_key(|(date, _)| *date);
    series("DAX", source, "EUR", &closes)
}

fn said_at(now: &str, held: &[Series]) -> Vec<(Oddity, String)> {
    let id = &held[0].provenance.instrument;
    let found = findings(&catalogue::load().unwrap(), id, held, at(now));
    found.into_iter().map(|f| (f.oddity, f.message)).collect()
}

/// What is said a day after the closes were fetched.
fn said(held: &[Series]) -> Vec<(Oddity, String)> {
    said_at("2026-01-22T09:00:00Z", held)
}

fn one(oddity: Oddity, message: &str) -> Vec<(Oddity, String)> {
    vec![(oddity, message.to_owned())]
}

#[test]
fn of_plausible_closes_nothing_is_said() {
    assert_eq!(said(&[dax("yahoo", |_| ()), dax("stooq", |_| ())]), []);
}

#[test]
fn moves_beyond_what_the_kind_makes_believable_are_found_however_old() {
    // 101 to 136.35 is +35 %, the limit itself; 100 to 136 is +36 %, and back to 102 is -25 %.
    let at_limit = dax("yahoo", |c| (c[4].1, c[5].1, c[6].1) = (136.35, 101.0, 102.0));
    assert_eq!(said(&[at_limit]), []);
    let beyond = dax("yahoo", |c| c[5].1 = 136.0);
    let words = "DAX, yahoo its-yahoo: 1 close lies more than 35 % from the session before, without a split: 2026-01-09 (+36.00 %)";
    assert_eq!(said(&[beyond]), one(Oddity::Jump, words));
    // 300 sessions later it is found all the same, although a report looks at 260.
    let calm = |c: &mut Vec<(&str, f64)>| c[1].1 = 136.36;
    let mut old = dax("yahoo", calm);
    old.provenance.fetched_at = at("2027-06-01T08:30:00Z");
    let weekdays = d("2026-01-13").iter_days().filter(|d| !marketsnap_closed(*d)).take(300);
    weekdays.for_each(|date| old.push(Bar { date, close: 102.0, low: None, high: None }));
    let found = said_at("2027-03-20T09:00:00Z", &[old]);
    assert!(
        found.iter().any(|(o, m)| *o == Oddity::Jump && m.contains("2026-01-05 (+36.36 %)")),
        "{found:?}"
    );
}

/// Whether Frankfurt is closed.
fn marketsnap_closed(date: NaiveDate) -> bool {
    let universe = catalogue::load().unwrap();
    let exchange = &universe.exchanges[&Mic::new("XETR")];
    marketsnap::compute::sessions::on_closed_day(exchange, date)
}

#[test]
fn of_many_jumps_the_newest_three_are_told() {
    // Up by half and down by a third over and over: +50 % is a jump of an index, -33.33 % is none.
    let wild = dax("yahoo", |c| c.iter_mut().enumerate().for_each(|(at, c)| c.1 = [100.0, 150.0][at % 2]));
    let mut wilder = wild.clone();
    for (date, close) in [("2026-01-13", 150.0), ("2026-01-14", 100.0), ("2026-01-15", 150.0)] {
        wilder.push(Bar { date: d(date), close, low: None, high: None });
    }
    let found = said(&[wilder]);
    assert_eq!(
        found,
        one(
            Oddity::Jump,
            "DAX, yahoo its-yahoo: 5 closes lie more than 35 % from the session before, without a split: \
             2026-01-15 (+50.00 %), 2026-01-13 (+50.00 %), 2026-01-09 (+50.00 %) and 2 earlier"
        )
    );
}

#[test]
fn closes_of_zero_or_below_are_told_unless_the_kind_has_them() {
    let zero = dax("yahoo", |c| (c[1].1, c[2].1) = (0.0, -102.0));
    let found = said(&[zero]);
    let words = "DAX, yahoo its-yahoo: 2 closes are zero or below: 2026-01-06, 2026-01-05";
    assert_eq!(found[0], (Oddity::NotPositive, words.to_owned()));
    let closes = [("2026-01-19", 56.9), ("2026-01-20", -37.63)];
    let oil = said(&[series("WTI", "yahoo", "USD", &closes)]);
    assert!(!oil.iter().any(|(oddity, _)| *oddity == Oddity::NotPositive), "{oil:?}");
}

#[test]
fn a_split_explains_a_jump_and_closes_not_adjusted_for_it_are_told() {
    let nvidia = |closes: &[(&str, f64)], split: Option<f64>| {
        let mut series = series("NVIDIA", "yahoo", "USD", closes);
        series.splits.extend(split.map(|factor| Split { date: d("2026-01-06"), factor }));
        series
    };
    // 100 to 38 is -62 %, beyond a share's 60 %.
    let fall = [("2026-01-05", 100.0), ("2026-01-06", 38.0), ("2026-01-07", 38.0)];
    let found = said(&[nvidia(&fall, None)]);
    assert!(matches!(&found[..], [(Oddity::Jump, m)] if m.contains("more than 60 %")), "{found:?}");
    // With a split of 2:1 the fall is explained and its factor is not the fall's: nothing to say.
    assert_eq!(said(&[nvidia(&fall, Some(2.0))]), []);
    // 100 to 25 on the day of a split of 4:1: the close before is as it was traded.
    let quarter = [("2026-01-05", 100.0), ("2026-01-06", 25.0), ("2026-01-07", 25.0)];
    let words = "NVIDIA, yahoo its-yahoo: the closes before the split of 2026-01-06 are not adjusted for it";
    assert_eq!(said(&[nvidia(&quarter, Some(4.0))]), one(Oddity::Split, words));
}

#[test]
fn closes_of_closed_days_and_sessions_that_are_missing_are_counted_with_their_dates() {
    let closed = dax("yahoo", |c| c.extend([("2026-01-01", 100.0), ("2026-01-10", 101.0)]));
    let words = "DAX, yahoo its-yahoo: 2 closes are of days that the calendar of Frankfurt has as closed: 2026-01-10, 2026-01-01";
    assert_eq!(said(&[closed]), one(Oddity::ClosedDay, words));
    let lone = dax("yahoo", |c| c.retain(|(date, _)| *date != "2026-01-07"));
    let words =
        "DAX, yahoo its-yahoo: 1 session that the calendar of Frankfurt expects is missing: 2026-01-07";
    assert_eq!(said(&[lone]), one(Oddity::Missing, words));
    let several = dax("yahoo", |c| drop(c.drain(2..5)));
    let words = "DAX, yahoo its-yahoo: 3 sessions that the calendar of Frankfurt expects are missing, from 2026-01-06 to 2026-01-08";
    assert_eq!(said(&[several]), one(Oddity::Missing, words));
}

#[test]
fn two_sources_are_apart_beyond_a_tenth_of_a_percent_of_the_larger() {
    // 1 of 1001 is 0.0999 %, 1.5 of 1001.5 is 0.1498 %, 5 of 1005 is 0.4975 %.
    let of = |source, closes: [f64; 3]| {
        let dates = ["2026-01-05", "2026-01-06", "2026-01-07"];
        series("DAX", source, "EUR", &std::array::from_fn::<_, 3, _>(|at| (dates[at], closes[at])))
    };
    let yahoo = of("yahoo", [1000.0, 1000.0, 1000.0]);
    assert_eq!(said(&[yahoo.clone(), of("stooq", [1001.0, 1000.0, 999.0])]), []);
    let words = "DAX, yahoo its-yahoo and stooq its-stooq are more than 0.1 % apart on 2 of 3 sessions, most on \
                 2026-01-06: 1000 and 1005, 0.50 %";
    let apart = of("stooq", [1001.5, 1005.0, 1001.0]);
    assert_eq!(said(&[yahoo.clone(), apart.clone()]), one(Oddity::Apart, words));
    // Another basis or currency is another thing.
    let (mut dividends, mut dollars) = (apart.clone(), apart);
    dividends.provenance.basis = Basis::TotalReturn;
    dollars.provenance.currency = Some("USD".into());
    assert_eq!(said(&[yahoo.clone(), dividends]), []);
    assert_eq!(said(&[yahoo, dollars]), []);
}

#[test]
fn a_fixing_is_not_held_against_a_market_close_nor_a_rate_against_a_limit() {
    let market = series("EURUSD", "yahoo", "USD", &[("2026-01-19", 1.16), ("2026-01-20", 1.17)]);
    let mut fixing = series("EURUSD", "ecb", "USD", &[("2026-01-19", 1.18), ("2026-01-20", 1.19)]);
    fixing.provenance.venue = Some(Mic::new("ECB"));
    assert_eq!(said(&[market, fixing]), []);
    let rate = series("US10Y", "yahoo", "", &[("2026-01-16", 0.5), ("2026-01-20", 4.5)]);
    assert_eq!(said(&[rate]).iter().filter(|(o, _)| *o == Oddity::Jump).count(), 0);
}

#[test]
fn a_series_has_stopped_once_its_last_session_is_over_thirty_days_old() {
    // The last session is 12 January; 30 days later it is 11 February.
    assert_eq!(said_at("2026-02-11T09:00:00Z", &[dax("yahoo", |_| ())]), []);
    let words =
        "DAX, yahoo its-yahoo: the last session is 2026-01-12, 31 days ago; last fetched on 2026-01-21";
    assert_eq!(said_at("2026-02-12T09:00:00Z", &[dax("yahoo", |_| ())]), one(Oddity::Stopped, words));
}
