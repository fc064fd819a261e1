//! Correlation and beta of two lines, and how large their spread is among those before: worked examples.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::float_cmp)]

mod report;

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use marketsnap::domain::link::{Link, Rank};
use marketsnap::domain::{Absent, InstrumentId};
use proptest::prelude::*;
use report::{Book, d, id, row};

type Closes = Vec<(NaiveDate, f64)>;

/// Weekdays between two dates, both included, without some.
fn weekdays(from: &str, to: &str, without: &[&str]) -> Vec<NaiveDate> {
    let days = d(from).iter_days().take_while(|day| *day <= d(to));
    let days = days.filter(|day| day.weekday().num_days_from_monday() < 5);
    days.filter(|day| without.iter().all(|w| d(w) != *day)).collect()
}

/// From 100 on, a close a day that goes through these log returns, in percent, again and again.
fn walk(days: &[NaiveDate], returns: &[f64]) -> Closes {
    let mut sum = 0.0;
    let steps = std::iter::once(0.0).chain(returns.iter().copied().cycle());
    let close = |(day, step): (&NaiveDate, f64)| {
        sum += step / 100.0;
        (*day, 100.0 * f64::exp(sum))
    };
    days.iter().zip(steps).map(close).collect()
}

fn book(lines: &[(&str, &Closes)]) -> Book {
    lines.iter().fold(Book::new(), |book, (id, closes)| book.series(id, closes, None, Vec::new()))
}

/// The link of the first with the second, long after everything.
fn link(book: &Book, a: &str, b: &str) -> Link {
    book.compare(&[a, b], "2029-01-01T00:00:00Z").pairs[0].link.clone()
}

fn near(value: Option<f64>, expected: f64) {
    let value = value.unwrap();
    assert!((value - expected).abs() < 1e-9, "{value} is not {expected}");
}

#[test]
fn beta_is_covariance_over_variance_and_differs_by_direction() {
    // 40 pairs of (1, 1), (-1, 1), (2, -1), (0, 1) %: both means 0.5. Deviations of a: 0.5, -1.5, 1.5, -0.5;
    // of b: 0.5, 0.5, -1.5, 0.5. A round has squares 5 and 3 and products 0.25 - 0.75 - 2.25 - 0.25 = -3:
    // correlation -3 / sqrt(15), beta of a on b -3 / 3, of b on a -3 / 5.
    let days = &weekdays("2026-02-02", "2026-06-30", &["2026-04-03", "2026-04-06", "2026-05-01"])[..41];
    let book =
        book(&[("DAX", &walk(days, &[1.0, -1.0, 2.0, 0.0])), ("CAC40", &walk(days, &[1.0, 1.0, -1.0, 1.0]))]);
    let (ab, ba) = (link(&book, "DAX", "CAC40"), link(&book, "CAC40", "DAX"));
    assert_eq!((ab.beta_of, ab.beta_on, ab.window), (id("DAX"), id("CAC40"), 250));
    near(ab.same_date.correlation, -0.774_596_669_241);
    near(ab.same_date.beta, -1.0);
    near(ba.same_date.beta, -0.6);
    assert_eq!(ab.same_date.correlation, ba.same_date.correlation);
    assert_eq!((ab.same_date.pairs, ab.same_date.dropped, ab.same_date.absent), (40, 0, None));
    assert_eq!((ab.same_date.from, ab.same_date.to), (days.first().copied(), days.last().copied()));
}

#[test]
fn what_moves_alike_has_a_correlation_and_a_beta_of_one() {
    let days = weekdays("2026-02-02", "2026-03-31", &[]);
    let closes = walk(&days, &[0.3, -1.7, 0.9]);
    let found = link(&book(&[("DAX", &closes), ("CAC40", &closes)]), "DAX", "CAC40").same_date;
    assert_eq!((found.correlation, found.beta), (Some(1.0), Some(1.0)));
}

#[test]
fn fewer_than_30_pairs_give_no_figure_and_say_how_many_there_are() {
    let days = weekdays("2026-02-02", "2026-03-31", &[]);
    let of = |sessions: usize| {
        let closes = walk(&days[..sessions], &[0.3, -1.7, 0.9]);
        link(&book(&[("DAX", &closes), ("CAC40", &closes)]), "DAX", "CAC40").same_date
    };
    let (few, enough) = (of(30), of(31));
    assert_eq!((few.correlation, few.beta), (None, None));
    assert_eq!((few.pairs, few.absent), (29, Some(Absent::TooFewPairs)));
    assert_eq!((enough.pairs, enough.absent), (30, None));
}

#[test]
fn a_line_that_does_not_move_has_no_correlation() {
    let days = weekdays("2026-02-02", "2026-03-31", &[]);
    let found =
        link(&book(&[("DAX", &walk(&days, &[1.0, -1.0])), ("CAC40", &walk(&days, &[0.0]))]), "DAX", "CAC40");
    assert_eq!((found.same_date.correlation, found.same_date.beta), (None, None));
    assert_eq!(found.same_date.absent, Some(Absent::NoneSet));
}

#[test]
fn a_pair_over_more_than_five_days_is_dropped_and_counted() {
    // China is shut from 1 to 8 October 2025: 30 September to 9 October are nine days.
    let shut = ["2025-10-01", "2025-10-02", "2025-10-03", "2025-10-06", "2025-10-07", "2025-10-08"];
    let days = &weekdays("2025-09-01", "2025-12-31", &shut)[..42];
    let closes = walk(days, &[0.3, -1.7, 0.9]);
    let found = link(&book(&[("SSE", &closes), ("CSI300", &closes)]), "SSE", "CSI300").same_date;
    assert_eq!((found.pairs, found.dropped), (40, 1));
    // Over Easter Frankfurt and Paris are shut from 3 to 6 April 2026: 2 to 7 April are five days.
    let days = &weekdays("2026-03-02", "2026-04-30", &["2026-04-03", "2026-04-06"])[..42];
    let closes = walk(days, &[0.3, -1.7, 0.9]);
    let found = link(&book(&[("DAX", &closes), ("CAC40", &closes)]), "DAX", "CAC40").same_date;
    assert_eq!((found.pairs, found.dropped), (41, 0));
}

#[test]
fn a_pair_across_a_session_that_one_lacks_is_dropped_and_counted() {
    // New York's session of Wednesday 11 March is missing of the Nasdaq: 41 dates, 40 steps, one of two days.
    let days = &weekdays("2026-02-17", "2026-04-30", &["2026-04-03"])[..42];
    let mut lacking = walk(days, &[0.3, -1.7, 0.9]);
    lacking.retain(|(day, _)| *day != d("2026-03-11"));
    let found =
        link(&book(&[("NASDAQ", &lacking), ("SP500", &walk(days, &[0.4]))]), "NASDAQ", "SP500").same_date;
    assert_eq!((found.pairs, found.dropped), (39, 1));
}

#[test]
fn a_live_value_takes_no_part() {
    let days = &weekdays("2026-02-02", "2026-04-30", &["2026-04-03", "2026-04-06"])[..42];
    let closes = walk(days, &[0.3, -1.7, 0.9]);
    let at = format!("{}T12:00:00Z", days[41]);
    let book = Book::new().fetched_at(&at).series("DAX", &closes, None, Vec::new());
    let book = book.series("CAC40", &closes, None, Vec::new());
    let pair = &book.compare(&["DAX", "CAC40"], &at).pairs[0];
    assert_eq!((pair.link.same_date.pairs, pair.link.same_date.to), (40, Some(days[40])));
    assert_eq!((pair.rank.larger, pair.rank.absent), (None, Some(Absent::Live)));
}

#[test]
fn only_the_newest_250_pairs_are_taken() {
    // In the first year the two go against each other, in the last 251 sessions together.
    let days = weekdays("2024-01-02", "2025-12-31", &[]);
    let (first, second) = (walk(&days, &[1.0, -2.0]), walk(&days, &[1.0, -2.0]));
    let (head, tail) = days.split_at(days.len() - 251);
    let against = walk(head, &[-1.0, 2.0]);
    let scale = against.last().unwrap().1 / second[head.len() - 1].1;
    let rest = tail.iter().zip(&second[head.len()..]).map(|(day, (_, close))| (*day, close * scale));
    let second: Closes = against.into_iter().chain(rest).collect();
    let found = link(&book(&[("EURUSD", &first), ("USDJPY", &second)]), "EURUSD", "USDJPY").same_date;
    assert_eq!((found.pairs, found.from), (250, tail.first().copied()));
    assert_eq!(found.correlation.map(|c| (c * 1e9).round()), Some(1e9));
}

/// New York and Shanghai from December 2025 to January 2026, with their holidays: Shanghai ends each session
/// at the square of New York's last close before it.
fn echo() -> Book {
    let new_york = weekdays("2025-12-01", "2026-01-30", &["2025-12-25", "2026-01-01", "2026-01-19"]);
    let leader = walk(&new_york, &[0.7, -1.1, 0.2, 0.9, -0.6]);
    let before = |day: &NaiveDate| leader.iter().rev().find(|(d, _)| d < day).map_or(100.0, |(_, c)| *c);
    let shanghai = weekdays("2025-12-01", "2026-01-30", &["2026-01-01", "2026-01-02"]);
    let follower = shanghai.iter().map(|day| (*day, before(day).powi(2) / 100.0)).collect();
    book(&[("SSE", &follower), ("SP500", &leader)])
}

#[test]
fn shanghai_follows_new_york_by_a_session_over_the_holidays_of_both() {
    let found = link(&echo(), "SSE", "SP500");
    assert_eq!((&found.lagged.earlier, &found.lagged.later), (&Some(id("SSE")), &Some(id("SP500"))));
    // Squared closes move twice as far in logs. Of Shanghai's 43 sessions the first follows none of New York's;
    // 26 December and 20 January follow days on which New York was shut, so that nothing new had happened
    // there; the others make 40 points and 39 pairs. New York's 31 December and 2 January both come before
    // Shanghai's 5 January: the later counts.
    near(found.lagged.together.correlation, 1.0);
    near(found.lagged.together.beta, 2.0);
    assert_eq!((found.lagged.together.pairs, found.lagged.together.dropped), (39, 0));
    assert_eq!(found.lagged.together.from, Some(d("2025-12-02")));
    assert_eq!(found.lagged.together.to, Some(d("2026-01-30")));
    // 45 weekdays less the four on which one was shut are 41 common dates.
    assert_eq!((found.same_date.pairs, found.same_date.dropped), (40, 0));
    assert!(found.same_date.correlation.unwrap() < 0.5, "{:?}", found.same_date);
}

#[test]
fn the_lag_is_the_same_whoever_is_named_first() {
    let (ab, ba) = (link(&echo(), "SSE", "SP500"), link(&echo(), "SP500", "SSE"));
    assert_eq!((&ab.lagged.earlier, &ab.lagged.later), (&ba.lagged.earlier, &ba.lagged.later));
    assert_eq!(ab.lagged.together.pairs, ba.lagged.together.pairs);
    near(ba.lagged.together.beta, 0.5);
}

#[test]
fn markets_that_are_open_at_the_same_time_have_no_lag() {
    let days = weekdays("2026-02-02", "2026-03-31", &["2026-02-16"]);
    let closes = walk(&days, &[0.3, -1.7, 0.9]);
    let book = book(&[("DAX", &closes), ("SP500", &closes), ("HSI", &closes), ("SSE", &closes)]);
    for (a, b, lags) in
        [("DAX", "SP500", false), ("HSI", "SSE", false), ("HSI", "SP500", true), ("DAX", "SSE", true)]
    {
        let lagged = link(&book, a, b).lagged;
        assert_eq!(lagged.earlier.is_some(), lags, "{a} {b}");
        assert_eq!(lagged.together.absent == Some(Absent::NoneSet), !lags, "{a} {b}");
    }
}

#[test]
fn a_composite_is_linked_by_its_levels_and_opens_with_its_first_member() {
    // Paris and London at the same factors make Europe the same line; Tokyo is done before they open.
    let days = weekdays("2026-02-02", "2026-03-31", &["2026-02-11", "2026-02-23", "2026-03-20"]);
    let closes = walk(&days, &[0.3, -1.7, 0.9]);
    let lines = [("DAX", &closes), ("CAC40", &closes), ("FTSE100", &closes), ("NIKKEI225", &closes)];
    let found = link(&book(&lines), "EUROPE", "NIKKEI225");
    near(found.same_date.beta, 1.0);
    assert_eq!((found.lagged.earlier, found.lagged.later), (Some(id("NIKKEI225")), Some(id("EUROPE"))));
}

/// What the script in `fixtures/README.md` prints: correlation, beta of the first on the second, pairs, dropped.
const REFERENCE: [(&str, &str, &str, f64, f64, u64, u64); 6] = [
    ("STAR50", "SP500", "same_date", 0.220_487_671_029_799, 0.563_561_667_835_888, 84, 1),
    ("NIKKEI225", "SP500", "same_date", 0.119_069_522_136_995, 0.221_288_772_386_697, 83, 1),
    ("DAX", "SP500", "same_date", 0.571_754_821_717_737, 0.609_966_699_247_974, 88, 1),
    ("GOLD", "BTC", "same_date", 0.110_511_765_154_101, 0.062_812_008_136_210, 92, 0),
    ("STAR50", "SP500", "lagged", 0.175_699_945_708_409, 0.447_397_814_424_425, 84, 1),
    ("NIKKEI225", "SP500", "lagged", 0.451_563_386_275_001, 0.903_435_266_470_345, 83, 1),
];

#[test]
fn the_demos_figures_are_those_of_another_program() {
    for (a, b, way, correlation, beta, pairs, dropped) in REFERENCE {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_marketsnap"));
        let output = program.args(["compare", a, b, "--demo", "--json"]).env_clear().output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let link = &report["pairs"][0]["link"];
        assert_eq!((link["beta_of"].as_str(), link["beta_on"].as_str()), (Some(a), Some(b)));
        near(link[way]["correlation"].as_f64(), correlation);
        near(link[way]["beta"].as_f64(), beta);
        let counted = (link[way]["pairs"].as_u64(), link[way]["dropped"].as_u64());
        assert_eq!(counted, (Some(pairs), Some(dropped)), "{a} {b} {way}");
    }
}

// ------------------------------------------------------------------- ranks

/// Closes of New York's weekdays from Monday 2 March 2026 on, moved by these percents from 100.
fn moved(percents: &[f64]) -> Closes {
    let days =
        weekdays("2026-03-02", "2026-12-31", &["2026-04-03", "2026-05-25", "2026-06-19", "2026-07-03"]);
    let mut close = 100.0;
    let later = percents.iter().map(|p| {
        close *= 1.0 + p / 100.0;
        close
    });
    days.into_iter().zip(std::iter::once(100.0).chain(later)).collect()
}

fn rank(book: &Book, name: &str, at: &str) -> Rank {
    row(&book.at(at), name).relative.get(&"1D".parse().unwrap()).unwrap().rank.clone()
}

#[test]
fn the_rank_counts_what_was_as_large_in_the_same_direction_and_dates_the_newest() {
    // The S&P 500 stands still. Before the +0.9 of Monday the 9th: +0.5 (6th), -2 (5th), +3 (4th), +1 (3rd).
    let flat = moved(&[0.0; 5]);
    let of = |last: f64| {
        rank(
            &book(&[("NASDAQ", &moved(&[1.0, 3.0, -2.0, 0.5, last])), ("SP500", &flat)]),
            "NASDAQ",
            "2026-03-10T00:00:00Z",
        )
    };
    let day = |date: &str| Some(d(date));
    let told = |larger, since, sessions| Rank {
        larger: Some(larger),
        of: Some(4),
        since,
        sessions,
        from: day("2026-03-03"),
        absent: None,
    };
    assert_eq!(of(0.9), told(2, day("2026-03-04"), Some(3)));
    assert_eq!(of(0.4), told(3, day("2026-03-06"), Some(1)));
    assert_eq!(of(-1.5), told(1, day("2026-03-05"), Some(2)));
    assert_eq!(of(-2.5), told(0, None, None));
    assert_eq!(of(0.0).absent, Some(Absent::NoneSet));
}

#[test]
fn a_spread_of_the_past_pairs_what_a_reader_saw_at_the_same_distance_from_the_close() {
    // Shanghai stands still, so that its spread is New York's move with the other sign: +1.6 on 12 January
    // 2026, -3.5 on the 13th, +1.5 on the 14th, -3 on the 15th.
    let still = weekdays("2026-01-12", "2026-01-15", &[]).into_iter().map(|day| (day, 100.0)).collect();
    let closes = [100.0, 101.6, 98.044, 99.514_66, 96.529_220_2];
    let new_york = weekdays("2026-01-09", "2026-01-15", &[]).into_iter().zip(closes).collect();
    let book = book(&[("SSE", &still), ("SP500", &new_york)]);
    // Half past eight on the 15th it stands against the 14th: -1.5. On the 14th it stood against the 13th,
    // +3.5; on the 13th against the 12th, -1.6, as large.
    let morning = rank(&book, "SSE", "2026-01-15T08:30:00Z");
    assert_eq!(
        (morning.larger, morning.of, morning.since, morning.sessions),
        (Some(1), Some(2), Some(d("2026-01-13")), Some(2))
    );
    // At ten in the evening it stands against the 15th: +3. So it stood against the 14th, -1.5, and against
    // the 13th, +3.5, as large.
    let evening = rank(&book, "SSE", "2026-01-15T22:00:00Z");
    assert_eq!(
        (evening.larger, evening.of, evening.since, evening.sessions),
        (Some(1), Some(2), Some(d("2026-01-13")), Some(2))
    );
}

#[test]
fn a_report_of_a_day_ranks_its_spread_among_those_of_days() {
    // With --date both have their session of that date, although Tokyo's next one is over by then.
    let days = weekdays("2026-01-19", "2026-01-23", &[]);
    let of = |closes: [f64; 5]| days.iter().copied().zip(closes).collect::<Closes>();
    // Tokyo's moves: 0, +4, 0, +1 %; Frankfurt's none.
    let mut book =
        book(&[("DAX", &of([100.0; 5])), ("NIKKEI225", &of([100.0, 100.0, 104.0, 104.0, 105.04]))]);
    book.benchmark = id("NIKKEI225");
    let report = book.on("2026-01-23", "2026-01-24T12:00:00Z");
    let cell = row(&report, "DAX").relative.get(&"1D".parse().unwrap()).unwrap();
    // -1 on the 23rd; 0 on the 22nd, -4 on the 21st, 0 on the 20th.
    assert_eq!((cell.rank.larger, cell.rank.of, cell.rank.since), (Some(1), Some(3), Some(d("2026-01-21"))));
}

#[test]
fn the_benchmark_itself_and_other_horizons_have_no_rank_and_every_cell_has_the_benchmarks_move() {
    let book = book(&[("NASDAQ", &moved(&[1.0, 2.0])), ("SP500", &moved(&[0.0, 0.5]))]).horizons("1D,5D,YTD");
    let report = book.at("2026-03-05T00:00:00Z");
    let cell = |name: &str, horizon: &str| {
        row(&report, name).relative.get(&horizon.parse().unwrap()).unwrap().clone()
    };
    near(cell("NASDAQ", "1D").benchmark_pct.map(|p| p.0), 0.5);
    near(cell("NASDAQ", "1D").excess_pp.map(|p| p.0), 1.5);
    assert_eq!(cell("SP500", "1D").rank.absent, Some(Absent::NoneSet));
    assert_eq!(cell("NASDAQ", "5D").rank, Rank { absent: Some(Absent::NoneSet), ..Rank::default() });
    assert_eq!(cell("NASDAQ", "5D").benchmark_pct, None);
}

#[test]
fn a_spread_across_a_missing_session_takes_no_part_in_the_rank() {
    let new_york = moved(&[0.0; 8]);
    let mut lacking = moved(&[1.0, 5.0, 5.0, 0.0, 0.2, 0.3, 0.4, 0.5]);
    // Thursday the 5th is missing: the +10.25 % into Friday the 6th spans it.
    lacking.retain(|(day, _)| *day != d("2026-03-05"));
    let found = rank(&book(&[("NASDAQ", &lacking), ("SP500", &new_york)]), "NASDAQ", "2026-03-13T00:00:00Z");
    // Left are +5 (4th), +1 (3rd) and 0.2, 0.3, 0.4 of the next week: two as large as 0.5.
    assert_eq!((found.larger, found.of, found.since), (Some(2), Some(5), Some(d("2026-03-04"))));
}

#[test]
fn without_anything_before_there_is_no_rank() {
    let found = rank(
        &book(&[("NASDAQ", &moved(&[1.0])), ("SP500", &moved(&[0.0]))]),
        "NASDAQ",
        "2026-03-04T00:00:00Z",
    );
    assert_eq!((found.larger, found.of, found.absent), (None, None, Some(Absent::InsufficientHistory)));
}

#[test]
fn the_demo_tells_the_rarest_lead_and_no_ordinary_lag() {
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_marketsnap"));
    let output = program.args(["today", "--demo", "--json"]).env_clear().output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let notes = report["notes"].as_array().unwrap().iter();
    let told: Vec<&str> =
        notes.filter_map(|n| n["message"].as_str()).filter(|m| m.contains(" pp ")).collect();
    // Loongson's +22.06 was its largest too, but a share's comes after an index's; Bitcoin's -2.52 was reached
    // on 12 of 133 days before, which is more than one in 20.
    assert_eq!(told, ["STAR 50's 1D lead of 5.60 pp over S&P 500 is the largest of 88 since 2025-09-10."]);
}

/// 61 sessions of the Nasdaq against an S&P 500 that stands still: one of -2 % so many sessions before the
/// newest, which is -1 %.
fn one_larger(sessions_before: usize) -> Vec<String> {
    let mut percents = vec![0.1; 61];
    percents[60 - sessions_before] = -2.0;
    percents[60] = -1.0;
    let nasdaq = moved(&percents);
    let at = format!("{}T23:00:00Z", nasdaq.last().unwrap().0);
    let report = book(&[("NASDAQ", &nasdaq), ("SP500", &moved(&[0.0; 61]))]).at(&at);
    let told = report.notes.iter().map(|n| n.message.clone()).filter(|m| m.contains(" pp "));
    told.collect()
}

#[test]
fn a_lag_is_told_when_more_than_20_sessions_lie_since_the_last_that_was_as_large() {
    assert_eq!(one_larger(20), Vec::<String>::new());
    // 61 moves from 2 March 2026 on end on 28 May: 3 April and 25 May were none. 21 before it is 28 April.
    assert_eq!(
        one_larger(21),
        [
            "Nasdaq Comp.'s 1D lag of 1.00 pp behind S&P 500 was last as large on 2026-04-28; 1 of the 60 before it was."
        ]
    );
}

// -------------------------------------------------------------- properties

/// The figures of two columns as a statistics package has them: sample covariance and variances with n - 1.
fn reference(pairs: &[(f64, f64)]) -> (f64, f64) {
    let n = pairs.len() as f64;
    let (a, b): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let mean = |x: &[f64]| x.iter().sum::<f64>() / n;
    let cov = |x: &[f64], y: &[f64]| {
        let (mx, my) = (mean(x), mean(y));
        x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>() / (n - 1.0)
    };
    (cov(&a, &b) / (cov(&a, &a).sqrt() * cov(&b, &b).sqrt()), cov(&a, &b) / cov(&b, &b))
}

/// Percent moves of two lines over New York's sessions.
fn percents() -> impl Strategy<Value = Vec<(f64, f64)>> {
    let tenth = || (-50..50i32).prop_map(|tenths| f64::from(tenths) / 10.0);
    proptest::collection::vec((tenth(), tenth()), 32..80)
}

fn two(percents: &[(f64, f64)]) -> (Closes, Closes) {
    let (a, b): (Vec<f64>, Vec<f64>) = percents.iter().copied().unzip();
    (moved(&a), moved(&b))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn correlation_and_beta_are_those_of_the_textbook(percents in percents()) {
        let (a, b) = two(&percents);
        let logs = |closes: &Closes| closes.windows(2).map(|w| (w[1].1 / w[0].1).ln()).collect::<Vec<f64>>();
        let pairs: Vec<(f64, f64)> = logs(&a).into_iter().zip(logs(&b)).collect();
        let (correlation, beta) = reference(&pairs);
        let found = link(&book(&[("NASDAQ", &a), ("SP500", &b)]), "NASDAQ", "SP500").same_date;
        prop_assert_eq!(found.pairs, pairs.len());
        prop_assert!((found.correlation.unwrap() - correlation).abs() < 1e-9);
        prop_assert!((found.beta.unwrap() - beta).abs() < 1e-9 * beta.abs().max(1.0));
    }

    #[test]
    fn a_rank_is_what_a_scan_finds_and_later_closes_do_not_change_it(percents in percents()) {
        let (a, b) = two(&percents);
        let days: Vec<NaiveDate> = a.iter().map(|(day, _)| *day).collect();
        let newest = days.len() - 6;
        let spread = |at: usize| (a[at].1 / a[at - 1].1 - b[at].1 / b[at - 1].1) * 100.0;
        let today = spread(newest);
        prop_assume!(today.abs() > 1e-9);
        // Moves of tenths are compared away from the rounding of their closes.
        let as_large = |at: usize| if today > 0.0 { spread(at) >= today } else { spread(at) <= today };
        prop_assume!((1..newest).all(|at| (spread(at) - today).abs() > 1e-9));
        let larger: Vec<usize> = (1..newest).filter(|at| as_large(*at)).collect();
        let at = format!("{}T23:00:00Z", days[newest]);
        let found = rank(&book(&[("NASDAQ", &a), ("SP500", &b)]), "NASDAQ", &at);
        prop_assert_eq!((found.larger, found.of), (Some(larger.len()), Some(newest - 1)));
        prop_assert_eq!(found.since, larger.last().map(|at| days[*at]));
        prop_assert_eq!(found.sessions, larger.last().map(|at| newest - at));
        let until: BTreeMap<InstrumentId, Closes> =
            [("NASDAQ", &a), ("SP500", &b)].map(|(n, c)| (id(n), c[..=newest].to_vec())).into();
        let cut = book(&[("NASDAQ", &until[&id("NASDAQ")]), ("SP500", &until[&id("SP500")])]);
        prop_assert_eq!(rank(&cut, "NASDAQ", &at), found);
    }
}
