//! What heads a report and in which words; how rare a move is and how far below its peak a close stands.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::float_cmp)]

mod report;

use std::process::Command;

use chrono::{Datelike, NaiveDate, Weekday};
use marketsnap::domain::snapshot::{Highlight, HighlightKind, Row};
use marketsnap::domain::{Lang, Snapshot};
use proptest::prelude::*;
use report::{Book, composite, d, row};

const SHANGHAI_CLOSED: [&str; 8] = [
    "2025-10-01",
    "2025-10-02",
    "2025-10-03",
    "2025-10-06",
    "2025-10-07",
    "2025-10-08",
    "2026-01-01",
    "2026-01-02",
];
const NEW_YORK_CLOSED: [&str; 4] = ["2025-11-27", "2025-12-25", "2026-01-01", "2026-01-19"];

/// The sessions between two days: weekdays without holidays.
fn sessions(from: &str, to: &str, closed: &[&str]) -> Vec<NaiveDate> {
    let open = |d: &NaiveDate| !matches!(d.weekday(), Weekday::Sat | Weekday::Sun);
    let days = d(from).iter_days().take_while(|day| *day <= d(to)).filter(open);
    days.filter(|day| !closed.contains(&day.to_string().as_str())).collect()
}

/// Closes that rise by 0.1 % and fall by 0.1 % in turn, but for the moves of some days, in percent.
fn quiet(days: &[NaiveDate], first: f64, moves: &[(&str, f64)]) -> Vec<(NaiveDate, f64)> {
    let mut close = first;
    let mut rows = vec![(days[0], first)];
    for (n, day) in days.iter().enumerate().skip(1) {
        let told = moves.iter().find(|(date, _)| *date == day.to_string()).map(|(_, pct)| *pct);
        close *= 1.0 + told.unwrap_or(if n % 2 == 0 { 0.1 } else { -0.1 }) / 100.0;
        rows.push((*day, close));
    }
    rows
}

fn texts(report: &Snapshot) -> Vec<&str> {
    report.highlights.iter().map(|h| h.text.as_str()).collect()
}

fn of<'a>(report: &'a Snapshot, id: &str) -> Option<&'a Highlight> {
    report.highlights.iter().find(|h| h.id == report::id(id))
}

/// Weekdays from 2 June 2025 on, of a venue without a calendar.
fn vix(closes: &[f64]) -> Vec<(NaiveDate, f64)> {
    d("2025-06-02")
        .iter_days()
        .filter(|d| !matches!(d.weekday(), Weekday::Sat | Weekday::Sun))
        .zip(closes.iter().copied())
        .collect()
}

fn row_of(closes: &[f64]) -> Row {
    let report = Book::new().series("VIX", &vix(closes), None, vec![]).at("2029-01-01T00:00:00Z");
    row(&report, "VIX").clone()
}

#[test]
fn the_loss_of_20_january_is_the_largest_in_68_sessions_and_is_told_with_its_day() {
    let days = sessions("2025-10-09", "2026-01-20", &NEW_YORK_CLOSED);
    let us = quiet(&days, 6735.11, &[("2025-10-10", -2.71), ("2026-01-20", -2.06)]);
    let days = sessions("2025-10-09", "2026-01-21", &SHANGHAI_CLOSED);
    // 9 October is the highest close; 5 January rose by more than 21 January.
    let china = quiet(&days, 1539.081, &[("2025-10-10", -6.0), ("2026-01-05", 2.0), ("2026-01-21", 1.9)]);
    let book = Book::new().series("SP500", &us, None, vec![]).series("STAR50", &china, None, vec![]);
    let report = book.at("2026-01-21T08:30:00Z");
    assert_eq!(
        of(&report, "SP500").unwrap().text,
        "S&P 500 -2.06 % on 20 January: largest daily loss since 10 October 2025 (68 sessions)"
    );
    let star = row(&report, "STAR50");
    assert!(star.records.iter().all(|r| !r.kind.of_move()), "{:?}", star.records);
}

#[test]
fn a_close_that_was_last_as_high_on_9_october_is_told_so_and_its_gain_is_no_record() {
    let days = sessions("2025-10-09", "2026-01-21", &SHANGHAI_CLOSED);
    // -6 %, +4.41 % and +3.53 %: 0.94 x 1.0441 x 1.0353 is 1.0161 of the first close, so the first stands 2 %
    // higher: 1.02 of it on the 9th, when it has risen by 2 %.
    let mut rows =
        quiet(&days, 1539.081, &[("2025-10-10", -6.0), ("2026-01-05", 4.41), ("2026-01-21", 3.53)]);
    rows[0].1 *= 1.02;
    let report = Book::new().series("STAR50", &rows, None, vec![]).at("2026-01-21T08:30:00Z");
    assert_eq!(texts(&report), ["STAR 50 +3.53 %: highest close since 9 October 2025 (72 sessions)"]);
    let told = of(&report, "STAR50").unwrap();
    assert_eq!((told.kind, told.session), (HighlightKind::HighestCloseSince, d("2026-01-21")));
    assert_eq!((told.date, told.sessions), (Some(d("2025-10-09")), Some(72)));
}

#[test]
fn a_high_of_years_ago_dates_the_close_of_6_and_12_january() {
    let high = |first: &str, last: &str, id: &str, as_of: &str| {
        let mut rows = quiet(&sessions("2025-11-03", last, &SHANGHAI_CLOSED), 4000.0, &[(last, 1.5)]);
        rows.insert(0, (d(first), 4500.0));
        let report = Book::new().series(id, &rows, None, vec![]).at(as_of);
        let record = &row(&report, id).records;
        let since = record.iter().find(|r| r.kind.word() == "highest_close_since").unwrap().date;
        // With a lower one then, none is as high, and the data are too few to say more.
        rows[0].1 = 3900.0;
        let report = Book::new().series(id, &rows, None, vec![]).at(as_of);
        assert!(row(&report, id).records.iter().all(|r| r.kind.of_move()));
        since
    };
    assert_eq!(high("2022-01-20", "2026-01-06", "CSI300", "2026-01-06T08:30:00Z"), d("2022-01-20"));
    assert_eq!(high("2015-06-30", "2026-01-12", "SSE", "2026-01-12T08:30:00Z"), d("2015-06-30"));
}

#[test]
fn a_limit_up_and_a_record_gain_of_one_share_are_one_sentence() {
    let days = sessions("2025-10-09", "2026-01-21", &SHANGHAI_CLOSED);
    let rows = |last: f64| {
        let mut rows: Vec<(NaiveDate, f64)> = days.iter().map(|day| (*day, 100.0)).collect();
        // A day of +25 % on 15 October, before the first five sessions of a listing are over.
        rows.iter_mut().take(4).for_each(|(_, close)| *close = 80.0);
        rows.last_mut().unwrap().1 = last;
        rows
    };
    let report = |last| Book::new().series("LOONGSON", &rows(last), None, vec![]).at("2026-01-21T08:30:00Z");
    // The limit of 100 is 120; 72 sessions lie between the first and the last, 68 from the fifth on.
    assert_eq!(
        texts(&report(120.0)),
        ["Loongson +20.00 %: limit up, largest daily gain since 15 October 2025 (68 sessions)"]
    );
    assert_eq!(
        texts(&report(80.0)),
        ["Loongson -20.00 %: limit down, a day this large, up or down, came once in the last 71"]
    );
    let told = report(120.0).highlights.remove(0);
    assert_eq!((told.kind, told.date), (HighlightKind::LimitUp, Some(d("2025-10-15"))));
    assert!((told.value - 20.0).abs() < 1e-9);
}

#[test]
fn indices_of_one_country_that_say_the_same_of_one_day_have_one_line() {
    let days = sessions("2025-10-09", "2026-01-20", &NEW_YORK_CLOSED);
    let fall = |first: f64, by: f64| quiet(&days, first, &[("2025-10-10", -3.0), ("2026-01-20", by)]);
    let book = Book::new()
        .series("SP500", &fall(6735.0, -2.06), None, vec![])
        .series("NASDAQ", &fall(23_000.0, -2.39), None, vec![])
        .series("DOW", &fall(46_000.0, -1.76), None, vec![]);
    let report = book.at("2026-01-21T08:30:00Z");
    assert_eq!(texts(&report), ["S&P 500 -2.06 %: largest daily loss since 10 October 2025 (68 sessions)"]);
}

#[test]
fn a_day_without_anything_remarkable_has_no_head() {
    let days = sessions("2025-10-09", "2026-01-20", &NEW_YORK_CLOSED);
    let report = Book::new().series("SP500", &quiet(&days, 6735.0, &[]), None, vec![]);
    assert_eq!(texts(&report.at("2026-01-21T08:30:00Z")), Vec::<&str>::new());
}

#[test]
fn a_large_move_that_is_no_record_is_told_by_how_often_one_came() {
    let days = sessions("2025-10-09", "2026-01-20", &NEW_YORK_CLOSED);
    // +3 % on 9 and -3 % on 12 January are larger than +2.5 %, so that it is neither a record gain nor, at
    // 1.03 x 0.97 x 1.025 = 1.0241 of the close before them, above the 1.03 of the 9th. From 9 October to 16
    // January lie 68 moves; their deviation is about sqrt(18.7 / 67) = 0.53 %, and 2.5 % is 4.7 of it.
    let rows = quiet(&days, 6735.0, &[("2026-01-09", 3.0), ("2026-01-12", -3.0), ("2026-01-20", 2.5)]);
    let report = Book::new().series("SP500", &rows, None, vec![]).at("2026-01-21T08:30:00Z");
    assert_eq!(
        texts(&report),
        ["S&P 500 +2.50 %: a day this large, up or down, came 2 times in the last 68"]
    );
    let told = of(&report, "SP500").unwrap();
    assert_eq!((told.kind, told.date, told.sessions), (HighlightKind::LargeMove, None, None));
}

#[test]
fn a_streak_is_told_once_it_is_long() {
    let days = sessions("2025-10-09", "2026-01-20", &NEW_YORK_CLOSED);
    let rows = |n: usize| {
        let last: Vec<String> = days[days.len() - n..].iter().map(ToString::to_string).collect();
        let mut moves: Vec<(&str, f64)> = last.iter().map(|day| (day.as_str(), 0.01)).collect();
        let before = days[days.len() - n - 1].to_string();
        moves.push((&before, -0.1));
        quiet(&days, 6735.0, &moves)
    };
    let texts_of = |n| {
        let report = Book::new().series("SP500", &rows(n), None, vec![]).at("2026-01-21T08:30:00Z");
        assert_eq!(row(&report, "SP500").streak.sessions, Some(n));
        report.highlights.iter().map(|h| (h.text.clone(), h.sessions)).collect::<Vec<_>>()
    };
    // log2(2^5 / 20) / 2 + 1.5 is 1.84, below 2; with 6 it is 2.34.
    assert_eq!(texts_of(5), []);
    assert_eq!(texts_of(6), [("S&P 500 +0.01 %: 6 rising sessions in a row".to_owned(), Some(6))]);
}

#[test]
fn the_head_speaks_chinese_where_that_is_asked_for() {
    let days = sessions("2025-10-09", "2026-01-20", &NEW_YORK_CLOSED);
    let us = quiet(&days, 6735.11, &[("2025-10-10", -2.71), ("2026-01-20", -2.06)]);
    let days = sessions("2025-10-09", "2026-01-21", &SHANGHAI_CLOSED);
    let mut chip: Vec<(NaiveDate, f64)> = days.iter().map(|day| (*day, 100.0)).collect();
    chip.last_mut().unwrap().1 = 120.0;
    let mut book = Book::new().series("SP500", &us, None, vec![]).series("LOONGSON", &chip, None, vec![]);
    book.universe.speak(Lang::Zh);
    let report = book.at("2026-01-21T08:30:00Z");
    assert_eq!(
        texts(&report),
        [
            "标普500 -2.06%（1月20日）：创2025年10月10日以来最大单日跌幅（68个交易日）",
            "龙芯中科 +20.00%：涨停，为72个交易日内最大涨跌幅",
        ]
    );
    assert_eq!((report.lang, row(&report, "SP500").name.as_str()), (Lang::Zh, "标普500"));
    assert!(report.highlights.iter().all(|h| h.lang == Lang::Zh));
}

#[test]
fn what_is_told_in_points_is_told_by_its_close() {
    // 200 closes of 20 and 20.1 in turn, then 26: its rise of 30 % is no line, its close is.
    let closes: Vec<f64> =
        [vec![30.0], (0..200).map(|n| 20.0 + f64::from(n % 2) / 10.0).collect(), vec![26.0]].concat();
    let report = Book::new().series("VIX", &vix(&closes), None, vec![]).at("2026-03-11T00:00:00Z");
    assert_eq!(texts(&report), ["VIX 26.00 (+5.90): highest close since 2 June 2025 (201 sessions)"]);
}

#[test]
fn rarity_counts_days_as_large_in_either_direction_of_the_250_before() {
    // 300 moves of 1 % up or down, before them one of 5 %, the last of them one of -2 %; then +2 %.
    let mut closes = vec![100.0, 105.0];
    for n in 0..300 {
        closes.push(
            closes[n + 1]
                * if n == 299 {
                    0.98
                } else if n % 2 == 0 {
                    1.01
                } else {
                    0.99
                },
        );
    }
    closes.push(closes[301] * 1.0199);
    let rarity = row_of(&closes).rarity;
    assert_eq!((rarity.times, rarity.of, rarity.absent), (Some(1), Some(250), None));
    let few = row_of(&closes[241..]).rarity;
    assert_eq!((few.times, few.of), (Some(1), Some(60)));
    let too_few = row_of(&closes[242..]).rarity;
    assert_eq!((too_few.of, too_few.absent.unwrap().code()), (None, "insufficient_history"));
}

#[test]
fn the_drawdown_is_from_the_newest_of_the_highest_closes() {
    let down = row_of(&[100.0, 120.0, 120.0, 90.0, 96.0]).drawdown;
    // 96 / 120 - 1 is -20 %; 120 came on 3 and 4 June.
    assert!((down.pct.unwrap().0 + 20.0).abs() < 1e-12);
    assert_eq!(
        (down.peak, down.peak_date, down.since),
        (Some(120.0), Some(d("2025-06-04")), Some(d("2025-06-02")))
    );
    let up = row_of(&[100.0, 90.0, 101.0]).drawdown;
    assert_eq!((up.pct.unwrap().0, up.peak_date), (0.0, Some(d("2025-06-04"))));
    assert_eq!(row_of(&[100.0]).drawdown.absent.unwrap().code(), "insufficient_history");
}

#[test]
fn a_live_value_is_neither_rare_nor_below_its_peak() {
    let closes: Vec<f64> = (0..80).map(|n| 100.0 + f64::from(n % 3)).collect();
    let rows = vix(&closes);
    let stamp = format!("{}T15:00:00Z", rows[79].0);
    let report = Book::new().series("VIX", &rows, Some(&stamp), vec![]).at("2029-01-01T00:00:00Z");
    let live = row(&report, "VIX");
    assert_eq!((live.rarity.absent, live.drawdown.absent).0.unwrap().code(), "live");
    assert_eq!(live.drawdown.absent.unwrap().code(), "live");
}

#[test]
fn a_composite_has_its_rarity_and_drawdown() {
    let days = sessions("2025-10-09", "2026-01-20", &[]);
    let rows = quiet(&days, 100.0, &[("2026-01-20", -5.0)]);
    let book =
        ["FTSE100", "DAX", "CAC40"].iter().fold(Book::new(), |b, id| b.series(id, &rows, None, vec![]));
    let report = book.at("2026-01-20T23:00:00Z");
    let europe = &composite(&report, "EUROPE").row;
    assert_eq!(europe.rarity.times, Some(0));
    assert!((-5.2..-4.8).contains(&europe.drawdown.pct.unwrap().0), "{:?}", europe.drawdown);
}

#[test]
fn a_record_since_the_data_begin_is_no_high_of_all_time_in_chinese() {
    let days = sessions("2024-01-08", "2026-01-06", &SHANGHAI_CLOSED);
    let told = |sign: f64| {
        let moves = [("2025-12-29", 1.6 * sign), ("2026-01-06", 1.5 * sign)];
        let mut book = Book::new().series("CSI300", &quiet(&days, 4000.0, &moves), None, vec![]);
        book.universe.speak(Lang::Zh);
        book.at("2026-01-06T08:30:00Z").highlights.remove(0).text
    };
    assert!(told(1.0).ends_with("：有数据以来收盘新高（数据始于2024年1月8日）"), "{}", told(1.0));
    assert!(told(-1.0).ends_with("：有数据以来收盘新低（数据始于2024年1月8日）"), "{}", told(-1.0));
}

/// Moves of three instruments in tenths of a percent.
fn days() -> impl Strategy<Value = Vec<[i32; 3]>> {
    let small = || prop_oneof![9 => -15i32..16, 1 => -60i32..61];
    prop::collection::vec([small(), small(), small()], 70..120)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_head_does_not_depend_on_the_horizons_shown(days in days()) {
        let all = sessions("2025-06-02", "2026-01-20", &NEW_YORK_CLOSED);
        let mut book = Book::new();
        for (at, name) in ["SP500", "NASDAQ", "DAX"].into_iter().enumerate() {
            let mut close = 1000.0;
            let rows: Vec<(NaiveDate, f64)> = all.iter().zip(&days).map(|(day, moves)| {
                close *= 1.0 + f64::from(moves[at]) / 1000.0;
                (*day, close)
            }).collect();
            book = book.series(name, &rows, None, vec![]);
        }
        let as_of = format!("{}T23:00:00Z", all[days.len() - 1]);
        let one = book.horizons("1D,5D");
        let told = |report: &Snapshot| {
            let leads = report.notes.iter().filter(|n| n.message.contains("1D l")).cloned().collect::<Vec<_>>();
            (report.highlights.clone(), leads)
        };
        let first = told(&one.at(&as_of));
        prop_assert_eq!(&first, &told(&one.horizons("5D").at(&as_of)));
    }
}

#[test]
fn the_head_of_a_day_is_the_same_for_every_horizon() {
    let head = |more: &[&str]| {
        let args: Vec<&str> =
            ["today", "--demo", "--date", "2025-11-04", "--json"].iter().chain(more).copied().collect();
        let report: serde_json::Value = serde_json::from_str(&program(&args, None).0).unwrap();
        report["highlights"].clone()
    };
    assert!(!head(&[]).as_array().unwrap().is_empty());
    assert_eq!(head(&[]), head(&["--horizons", "5D"]));
}

#[test]
fn a_record_of_less_than_ten_years_says_how_to_have_more() {
    let told = |first: &str| {
        let days = sessions(first, "2026-01-06", &[]);
        let rows: Vec<(NaiveDate, f64)> =
            days.iter().zip(1..).map(|(d, i)| (*d, 4000.0 + f64::from(i))).collect();
        Book::new().series("CSI300", &rows, None, vec![]).reach("2026-01-06T08:30:00Z")
    };
    assert_eq!(
        told("2024-01-08"),
        [
            "Records reach back as far as closes are held (CSI300: 2024-01-08); `marketsnap sync` fetches ten years."
        ]
    );
    assert_eq!(told("2016-01-06"), [""; 0]);
}

fn program(args: &[&str], variable: Option<(&str, &str)>) -> (String, String, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_marketsnap"));
    let output = command.args(args).env_clear().envs(variable).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

#[test]
fn the_language_is_a_flag_and_a_variable_and_ascii_cannot_spell_chinese() {
    let (out, _, code) = program(&["today", "--demo", "--lang", "zh"], None);
    assert_eq!(code, Some(0));
    assert!(
        out.contains("标普500 -2.06%（1月20日）：创2025年10月10日以来最大单日跌幅（68个交易日）"),
        "{out}"
    );
    assert!(out.contains("\n亚太") && out.contains("\n科创50"), "{out}");
    assert_eq!(program(&["today", "--demo"], Some(("MARKETSNAP_LANG", "zh"))).0, out);
    let (compared, ..) =
        program(&["compare", "STAR50", "SP500", "--demo", "--json"], Some(("MARKETSNAP_LANG", "zh")));
    let compared: serde_json::Value = serde_json::from_str(&compared).unwrap();
    assert_eq!((&compared["lang"], &compared["instruments"][0]["name"]), (&"zh".into(), &"科创50".into()));
    let (_, err, code) = program(&["today", "--demo", "--lang", "zh", "--ascii"], None);
    assert_eq!((code, err.contains("--ascii and --lang zh cannot be used together")), (Some(2), true));
    let (out, _, code) = program(&["today", "--demo", "--ascii"], Some(("MARKETSNAP_LANG", "zh")));
    assert_eq!((code, out.is_ascii()), (Some(0), true));
    // Words of the command line are the same in every language.
    assert_eq!(program(&["today", "科创50", "STAR50", "--demo", "--lang", "zh"], None).2, Some(0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_series_upside_down_has_its_gains_as_losses_and_its_highs_as_lows(steps in prop::collection::vec(-3i32..=3, 22..300)) {
        // Prices are powers of two, so that nothing is rounded.
        let prices: Vec<f64> = steps.iter().scan(0i32, |at, step| {
            *at = (*at + step).clamp(-20, 20);
            Some(2f64.powi(*at))
        }).collect();
        let upside_down: Vec<f64> = prices.iter().map(|p| 1.0 / p).collect();
        let facts = |row: &Row| -> Vec<(String, NaiveDate, Option<usize>)> {
            row.records.iter().map(|r| (r.kind.word().to_owned(), r.date, r.sessions)).collect()
        };
        let swapped = |word: &str| match word {
            "largest_daily_gain_since" => "largest_daily_loss_since",
            "largest_daily_loss_since" => "largest_daily_gain_since",
            "highest_close_since" => "lowest_close_since",
            _ => "highest_close_since",
        }.to_owned();
        let (one, other) = (row_of(&prices), row_of(&upside_down));
        let mut mirrored: Vec<_> = facts(&one).into_iter().map(|(k, d, s)| (swapped(&k), d, s)).collect();
        let mut found = facts(&other);
        mirrored.sort();
        found.sort();
        prop_assert_eq!(mirrored, found);
        prop_assert_eq!(one.streak.sessions, other.streak.sessions);
        let turned = one.streak.direction.map(|way| if way == "up" { "down" } else { "up" });
        prop_assert_eq!(turned, other.streak.direction);
    }

    #[test]
    fn rarity_and_drawdown_are_what_a_scan_of_everything_finds(closes in prop::collection::vec(prop::sample::select(vec![90.0, 95.0, 99.0, 100.0, 101.0, 105.0, 120.0]), 70..400)) {
        let found = row_of(&closes);
        let moves: Vec<f64> = closes.windows(2).map(|w| ((w[1] / w[0] - 1.0) * 100.0f64).abs()).collect();
        let (r, before) = moves.split_last().unwrap();
        let looked_at: Vec<&f64> = before.iter().rev().take(250).collect();
        prop_assert_eq!(found.rarity.of, Some(looked_at.len()));
        prop_assert_eq!(found.rarity.times, Some(looked_at.iter().filter(|m| **m >= r).count()));
        let peak = closes.iter().copied().fold(0.0, f64::max);
        prop_assert_eq!(found.drawdown.peak, Some(peak));
        let pct = found.drawdown.pct.unwrap().0;
        prop_assert!(pct <= 0.0 && (pct == 0.0) == (*closes.last().unwrap() == peak));
    }

    #[test]
    fn no_close_after_as_of_changes_a_record_or_a_line(steps in prop::collection::vec(-3.0..3.0f64, 30..120), kept in 25usize..30) {
        let days = sessions("2025-10-09", "2026-04-30", &SHANGHAI_CLOSED);
        let closes = steps.iter().scan(1000.0, |at, step| { *at *= 1.0 + step / 100.0; Some(*at) });
        let rows: Vec<(NaiveDate, f64)> = days.into_iter().zip(closes).collect();
        let as_of = format!("{}T12:00:00Z", rows[kept - 1].0);
        let news = |rows: &[(NaiveDate, f64)]| {
            let report = Book::new().series("STAR50", rows, None, vec![]).at(&as_of);
            (row(&report, "STAR50").clone(), report.highlights)
        };
        prop_assert_eq!(news(&rows[..kept]), news(&rows));
    }
}
