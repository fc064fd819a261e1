//! Groups: members in order, breadth, and what each member adds to a composite, worked by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::float_cmp)]

mod report;

use chrono::{Datelike, NaiveDate, Weekday};
use marketsnap::compute::movers::Ranking;
use marketsnap::domain::movers::{Above50d, BlockKind, MoversBlock};
use marketsnap::domain::snapshot::{Completeness, Standing, Status};
use marketsnap::domain::{Horizon, Percent};
use proptest::prelude::*;
use report::{Book, composite, d, id, pct};

const NOON: &str = "2026-01-21T12:00:00Z";

fn by(horizon: &str) -> Ranking {
    Ranking { by: Some(horizon.parse().unwrap()), top: None }
}

fn top(count: usize) -> Ranking {
    Ranking { by: None, top: Some(count) }
}

/// The members listed with their places.
fn places(block: &MoversBlock) -> Vec<(Option<usize>, &str)> {
    block.members.iter().map(|m| (m.rank, m.id.as_str())).collect()
}

fn near(value: f64, expected: f64) {
    assert!((value - expected).abs() < 5e-7, "{value} is not {expected}");
}

/// The China chips: +20, 0, -5, 0 % on the day, and +10, 50, -24, +25 % in the year; GigaDevice has no closes.
fn chips() -> Book {
    let days = |year_end: &str, before: &str, last: &str| {
        format!("2025-12-31 {year_end}, 2026-01-20 {before}, 2026-01-21 {last}")
    };
    Book::new()
        .closes("LOONGSON", &days("120", "110", "132"))
        .closes("HYGON", &days("40", "60", "60"))
        .closes("CAMBRICON", &days("100", "80", "76"))
        .closes("SMIC", &days("80", "100", "100"))
        .horizons("1D,YTD")
}

#[test]
fn members_stand_in_the_order_of_their_move_and_ties_in_the_groups_order() {
    let report = chips().movers(&["CN-CHIPS"], NOON, Ranking::default());
    let chips = &report.groups[0];
    assert_eq!(
        (chips.kind, chips.id.as_ref(), report.sort),
        (BlockKind::Group, Some(&id("CN-CHIPS")), Horizon::ONE_DAY)
    );
    // Hygon and SMIC both moved 0 %: the group names Hygon first. GigaDevice has no move, and no place.
    assert_eq!(
        places(chips),
        [
            (Some(1), "LOONGSON"),
            (Some(2), "HYGON"),
            (Some(3), "SMIC"),
            (Some(4), "CAMBRICON"),
            (None, "GIGADEVICE")
        ]
    );
    assert_eq!(chips.members[4].moves.get(&Horizon::ONE_DAY).unwrap().absent.unwrap().code(), "no_session");
    assert_eq!((report.status, report.errors[0].id.as_str()), (Completeness::Partial, "GIGADEVICE"));
    // Without the benchmark's closes a spread is absent; its own row is none.
    assert_eq!(
        chips.members[0].relative.get(&Horizon::ONE_DAY).unwrap().absent.unwrap().code(),
        "no_benchmark"
    );
}

#[test]
fn members_are_ranked_by_any_horizon_and_breadth_speaks_of_the_same_one() {
    let report = chips().movers(&["CN-CHIPS"], NOON, by("YTD"));
    let chips = &report.groups[0];
    let order: Vec<&str> = chips.members.iter().map(|m| m.id.as_str()).collect();
    assert_eq!(order, ["HYGON", "SMIC", "LOONGSON", "CAMBRICON", "GIGADEVICE"]);
    // 50, 25, 10, -24 %: median (25 + 10) / 2 = 17.5, mean 61 / 4 = 15.25.
    let breadth = &chips.breadth;
    assert_eq!((breadth.advancers, breadth.decliners, breadth.unchanged, breadth.absent), (3, 1, 0, 1));
    near(breadth.median_pct.unwrap().0, 17.5);
    near(breadth.mean_pct.unwrap().0, 15.25);
    assert_eq!((breadth.best.as_ref(), breadth.worst.as_ref()), (Some(&id("HYGON")), Some(&id("CAMBRICON"))));
    // Limits are of the newest session: 110 x 1.2 = 132.
    assert_eq!((breadth.limit_up.as_slice(), breadth.limit_down.len()), ([id("LOONGSON")].as_slice(), 0));
}

#[test]
fn only_the_best_and_the_worst_are_listed_with_their_places_and_the_absent_always() {
    let report = chips().movers(&["CN-CHIPS"], NOON, top(1));
    let chips = &report.groups[0];
    assert_eq!(places(chips), [(Some(1), "LOONGSON"), (Some(4), "CAMBRICON"), (None, "GIGADEVICE")]);
    assert_eq!((chips.not_listed, chips.breadth.advancers + chips.breadth.unchanged), (2, 3));
    let all = chips_of(2);
    assert_eq!((all.members.len(), all.not_listed), (5, 0));
}

fn chips_of(count: usize) -> MoversBlock {
    chips().movers(&["CN-CHIPS"], NOON, top(count)).groups.remove(0)
}

#[test]
fn instruments_named_one_by_one_make_one_group_where_the_first_stands() {
    let book = chips().closes("SP500", "2026-01-16 100, 2026-01-20 98");
    let report = book.movers(&["SMIC", "CN-CHIPS", "SP500", "SMIC"], NOON, Ranking::default());
    let kinds: Vec<BlockKind> = report.groups.iter().map(|g| g.kind).collect();
    assert_eq!(kinds, [BlockKind::Named, BlockKind::Group]);
    // 0 % and -2 %, of different sessions.
    assert_eq!(places(&report.groups[0]), [(Some(1), "SMIC"), (Some(2), "SP500")]);
    assert_eq!(report.groups[0].breadth.sessions, [d("2026-01-20"), d("2026-01-21")]);
    assert_eq!((report.groups[0].id.as_ref(), report.groups[0].name.as_ref()), (None, None));
}

#[test]
fn a_live_member_is_ranked_by_its_live_value_and_counted_as_live() {
    // Shanghai closes at 07:00 UTC; at 05:00 the value of the 21st is live, and on no limit.
    let book = Book::new()
        .fetched_at("2026-01-21T05:00:00Z")
        .closes("LOONGSON", "2026-01-19 100, 2026-01-20 110, 2026-01-21 132")
        .closes("HYGON", "2026-01-19 100, 2026-01-20 110");
    let report = book.movers(&["CN-CHIPS"], "2026-01-21T05:00:00Z", Ranking::default());
    let chips = &report.groups[0];
    assert_eq!(places(chips)[..2], [(Some(1), "LOONGSON"), (Some(2), "HYGON")]);
    assert_eq!(chips.members[0].session.status, Some(Status::Live));
    assert_eq!(
        (chips.breadth.live.as_slice(), chips.breadth.limit_up.len()),
        ([id("LOONGSON")].as_slice(), 0)
    );
}

fn weekdays(until: &str) -> Vec<NaiveDate> {
    let days = d("2025-06-02").iter_days().take_while(|day| *day <= d(until));
    days.filter(|d| !matches!(d.weekday(), Weekday::Sat | Weekday::Sun)).collect()
}

/// The newest `count` weekdays up to a day, all at one close but the last.
fn flat(count: usize, until: &str, close: f64, last: f64) -> Vec<(NaiveDate, f64)> {
    let days = weekdays(until);
    let mut rows: Vec<(NaiveDate, f64)> = days[days.len() - count..].iter().map(|d| (*d, close)).collect();
    rows[count - 1].1 = last;
    rows
}

#[test]
fn a_member_stands_above_its_mean_from_fifty_closes_on() {
    // Mean of 49 x 100 and 101: 100.02, below 101. 0.1 fifty times has the mean 0.1: not above.
    let until = "2026-01-20";
    let book = Book::new()
        .series("NVIDIA", &flat(50, until, 100.0, 101.0), None, vec![])
        .series("MICRON", &flat(50, until, 0.1, 0.1), None, vec![])
        .series("AMD", &flat(49, until, 100.0, 200.0), None, vec![]);
    let above = book.movers(&["US-CHIPS"], NOON, Ranking::default()).groups[0].breadth.above_50d;
    assert_eq!(above, Above50d { members: 1, of: 2, pct: Some(Percent(50.0)), absent: 1 });
    let today = book.at(NOON);
    let group = today.groups.iter().find(|g| g.id == id("US-CHIPS")).unwrap();
    assert_eq!(group.above_50d, above);
}

#[test]
fn a_live_value_does_not_lift_a_member_above_its_mean() {
    // The 50 settled closes up to the 20th end below their mean; the live 21st is far above it.
    let mut rows = flat(50, "2026-01-20", 100.0, 99.0);
    rows.push((d("2026-01-21"), 150.0));
    let book = Book::new().fetched_at("2026-01-21T16:00:00Z").series("NVIDIA", &rows, None, vec![]);
    let breadth = &book.movers(&["US-CHIPS"], "2026-01-21T16:00:00Z", Ranking::default()).groups[0].breadth;
    assert_eq!((breadth.live.len(), breadth.above_50d.members, breadth.above_50d.of), (1, 0, 1));
}

/// Three equal weights; Frankfurt is shut on 2025-12-31.
fn europe() -> Book {
    Book::new()
        .closes("FTSE100", "2025-12-30 100, 2025-12-31 103, 2026-01-02 103")
        .closes("CAC40", "2025-12-30 100, 2025-12-31 106, 2026-01-02 106")
        .closes("DAX", "2025-12-30 100, 2026-01-02 106")
        .horizons("1D,since:2025-12-30")
}

fn parts(book: &Book, as_of: &str, ranking: Ranking) -> Vec<(String, f64, Standing)> {
    let report = book.movers(&["EUROPE"], as_of, ranking);
    let found = report.groups[0].contributions.as_ref().unwrap();
    let part = |m: &marketsnap::domain::movers::Contribution| {
        (m.id.to_string(), (m.contribution_pp.unwrap().0 * 1e6).round() / 1e6, m.part.unwrap())
    };
    found.members.iter().map(part).collect()
}

#[test]
fn a_members_part_in_a_days_move_is_its_weight_times_its_move() {
    // FTSE +3 % and CAC +6 % at a third each: 1 and 2 points of EUROPE's 3 %; Frankfurt is shut and adds 0.
    assert_eq!(
        parts(&europe(), "2025-12-31T20:00:00Z", by("1D")),
        [
            ("CAC40".into(), 2.0, Standing::Traded),
            ("FTSE100".into(), 1.0, Standing::Traded),
            ("DAX".into(), 0.0, Standing::Shut)
        ]
    );
    // On the 2nd of January DAX adds all of 6 % / 3 = 2 points, from its close of the 30th.
    let report = europe().movers(&["EUROPE"], "2026-01-02T20:00:00Z", by("1D"));
    let block = &report.groups[0];
    assert_eq!(places(block), [(Some(1), "DAX"), (Some(2), "FTSE100"), (Some(3), "CAC40")]);
    let found = block.contributions.as_ref().unwrap();
    near(found.members[0].contribution_pp.unwrap().0, 2.0);
    assert_eq!((found.members[0].from, found.from), (Some(d("2025-12-30")), Some(d("2025-12-31"))));
    near(found.members[0].pct.unwrap().0, 6.0);
}

#[test]
fn over_several_dates_each_part_counts_on_the_level_before_it() {
    // 30 Dec 100, 31 Dec 103, 2 Jan 105.06. DAX: 2 % of 103 = 2.06 points; 1 + 2 + 2.06 = 5.06.
    let found = parts(&europe(), "2026-01-02T20:00:00Z", by("since:2025-12-30"));
    assert_eq!(
        found,
        [
            ("DAX".into(), 2.06, Standing::Traded),
            ("CAC40".into(), 2.0, Standing::Traded),
            ("FTSE100".into(), 1.0, Standing::Traded)
        ]
    );
    let report = europe().movers(&["EUROPE"], "2026-01-02T20:00:00Z", by("since:2025-12-30"));
    let whole = report.groups[0].contributions.as_ref().unwrap();
    near(whole.pct.unwrap().0, 5.06);
    assert_eq!(whole.dates, Some(2));
}

#[test]
fn a_pending_member_adds_nothing_and_is_named() {
    let book = Book::new()
        .fetched_at("2026-01-21T16:40:00Z")
        .closes("FTSE100", "2026-01-20 100, 2026-01-21 101")
        .closes("CAC40", "2026-01-20 100, 2026-01-21 102")
        .stamped("DAX", "2026-01-20 100, 2026-01-21 150", Some("2026-01-21T16:00:00Z"));
    // 2 / 3 and 1 / 3 of a point.
    assert_eq!(
        parts(&book, "2026-01-21T16:40:00Z", by("1D")),
        [
            ("CAC40".into(), 0.666_667, Standing::Traded),
            ("FTSE100".into(), 0.333_333, Standing::Traded),
            ("DAX".into(), 0.0, Standing::Pending)
        ]
    );
}

#[test]
fn a_member_left_out_has_no_part_and_the_others_carry_its_weight() {
    // DAX's last close is 22 days old: FTSE 2 % and CAC 4 % at a half each.
    let book = Book::new()
        .closes("DAX", "2025-12-30 100")
        .closes("FTSE100", "2025-12-30 100, 2026-01-20 100, 2026-01-21 102")
        .closes("CAC40", "2025-12-30 100, 2026-01-20 100, 2026-01-21 104");
    let report = book.movers(&["EUROPE"], "2026-01-21T18:00:00Z", by("1D"));
    let found = report.groups[0].contributions.as_ref().unwrap();
    let points: Vec<_> =
        found.members.iter().map(|m| m.contribution_pp.map(|p| (p.0 * 1e6).round() / 1e6)).collect();
    assert_eq!(points, [Some(2.0), Some(1.0), None]);
    let out = &found.members[2];
    assert_eq!(
        (out.id.as_str(), out.part, out.absent.unwrap().code()),
        ("DAX", Some(Standing::LeftOut), "no_session")
    );
    assert_eq!(places(&report.groups[0])[2], (None, "DAX"));
}

#[test]
fn a_composite_is_of_one_period_whether_its_members_are_shown_or_not() {
    // At 09:00 UTC of 2 January London trades, and no value of 2026 was held then.
    let closes = "2025-11-28 100, 2025-12-30 101, 2025-12-31 102, 2026-01-02 103";
    let book = ["FTSE100", "DAX", "CAC40"].iter().fold(Book::new(), |book, id| book.closes(id, closes));
    let book = book.closes("SP500", "2025-11-28 6849.09, 2025-12-31 6845.50").horizons("1D,MTD,YTD");
    let at = "2026-01-02T09:00:00Z";
    let blocks = book.movers(&["EUROPE"], at, by("1D")).groups;
    let ranked = &blocks[0].composite.as_ref().unwrap().row;
    let alone = book.show("EUROPE", at);
    for (row, where_) in [(ranked, "movers"), (alone.row().unwrap(), "show")] {
        assert_eq!(
            (pct(row, "MTD"), pct(row, "YTD")),
            ("no_session".into(), "no_session".into()),
            "{where_}"
        );
    }
}

#[test]
fn a_composite_without_a_move_has_members_ranked_by_their_own() {
    let book = Book::new().closes("FTSE100", "2026-01-20 100, 2026-01-21 101").horizons("1D");
    let report = book.movers(&["EUROPE"], "2026-01-22T06:00:00Z", Ranking::default());
    let block = &report.groups[0];
    assert_eq!(places(block)[0], (Some(1), "FTSE100"));
    let found = block.contributions.as_ref().unwrap();
    assert_eq!((found.pct, found.absent.unwrap().code(), found.members[0].part), (None, "no_session", None));
}

/// What the built program prints on its own closes.
fn demo(words: &str) -> (String, i32) {
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_marketsnap"));
    let output = program.args(words.split_whitespace()).arg("--demo").env_clear().output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
}

/// The words of the line that begins so.
fn words<'a>(text: &'a str, begins: &str) -> Vec<&'a str> {
    text.lines().find(|l| l.starts_with(begins)).unwrap().split_whitespace().collect()
}

#[test]
fn the_demo_ranks_every_group_and_says_who_closed_at_a_limit() {
    let (text, code) = demo("movers");
    assert_eq!(code, 0, "{text}");
    assert_eq!(words(&text, "1 Loongson")[..4], ["1", "Loongson", "177.72", "+20.00^"], "{text}");
    assert!(text.contains("best LOONGSON +20.00 %; worst CAMBRICON +0.81 %; limit up: LOONGSON"), "{text}");
    assert!(text.contains("absent: AMD (no data)"), "{text}");
}

#[test]
fn the_demos_asia_names_mumbai_as_pending_and_its_parts_sum_to_the_move() {
    let (json, code) = demo("movers ASIA --json --sort YTD");
    assert_eq!(code, 0);
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&report["schema"], &report["sort"]), (&"marketsnap.movers/1".into(), &"YTD".into()));
    let parts = &report["groups"][0]["contributions"];
    let members = parts["members"].as_array().unwrap();
    let sum: f64 = members.iter().map(|m| m["contribution_pp"].as_f64().unwrap()).sum();
    assert!((sum - parts["pct"].as_f64().unwrap()).abs() < 1e-9);
    let of = |id: &str| members.iter().find(|m| m["id"] == id).unwrap();
    assert_eq!(of("NIFTY50")["part"], "pending");
    // Six of seven members: each weighs 100 / 7 = 14.285714 %.
    near(of("KOSPI")["weight_pct"].as_f64().unwrap(), 14.285_714_3);
    assert_eq!(report["groups"][0]["composite"]["pending"][0], "NIFTY50");
}

#[test]
fn a_star_of_the_comparison_is_explained_at_every_width() {
    for width in [40, 46, 50, 60] {
        let (text, _) = demo(&format!("movers CN-CHIPS --width {width}"));
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        // Loongson's +20.00 less the S&P 500's -2.06, over other sessions.
        let starred = words.contains("+22.06*");
        assert_eq!(starred, words.contains("* the two span different sessions"), "{width}:\n{text}");
    }
}

#[test]
fn the_table_fits_every_width_and_spells_ascii_where_that_is_wanted() {
    for width in [40, 60, 80, 100, 120] {
        for words in [
            "movers",
            "movers ASIA EUROPE --sort YTD --top 1",
            "movers 科创50 SP500 AMERICAS --horizons 1D,5D,1M,YTD,1Y",
        ] {
            let (text, _) = demo(&format!("{words} --width {width}"));
            let widest = text.lines().map(unicode_width::UnicodeWidthStr::width).max().unwrap();
            assert!(widest <= width, "{words} at {width}: {widest}\n{text}");
            let (text, _) = demo(&format!("{words} --width {width} --ascii"));
            assert!(text.is_ascii(), "{words} at {width}\n{text}");
        }
    }
}

#[test]
fn a_horizon_to_rank_by_is_shown_although_it_is_none_of_the_usual() {
    let (text, code) = demo("movers CN-CHIPS --sort 3M");
    assert_eq!(code, 0);
    assert_eq!(words(&text, "China chips")[2..5], ["Close", "3M", "%"], "{text}");
    // 307.65 / 219.01 - 1 = 40.473038 %
    assert_eq!(words(&text, "1 GigaDevice")[2..4], ["307.65", "+40.47"], "{text}");
}

/// Closes on some of forty weekdays, as a member of a composite has them through its own holidays.
fn member() -> impl Strategy<Value = Vec<Option<f64>>> {
    prop::collection::vec(prop::option::weighted(0.8, 10.0..1000.0f64), 40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_parts_sum_to_the_composites_move_over_every_horizon(members in prop::collection::vec(member(), 3)) {
        let mut book = Book::new().horizons("1D,5D,1W,1M,MTD");
        for (name, closes) in ["FTSE100", "DAX", "CAC40"].iter().zip(&members) {
            let rows: Vec<_> = weekdays("2026-01-01").into_iter().zip(closes).filter_map(|(d, c)| Some((d, (*c)?))).collect();
            book = book.series(name, &rows, None, vec![]);
        }
        let whole = book.at("2025-08-01T20:00:00Z");
        for horizon in ["1D", "5D", "1W", "1M", "MTD"] {
            let report = book.movers(&["EUROPE"], "2025-08-01T20:00:00Z", by(horizon));
            let parts = report.groups[0].contributions.as_ref().unwrap();
            let composite = report::cell(&composite(&whole, "EUROPE").row, horizon);
            prop_assert_eq!(parts.pct, composite.pct);
            let sum: f64 = parts.members.iter().filter_map(|m| Some(m.contribution_pp?.0)).sum();
            if let Some(pct) = parts.pct {
                prop_assert!((sum - pct.0).abs() <= 1e-9 * pct.0.abs().max(100.0), "{horizon}: {sum} is not {pct:?}");
            }
        }
    }

    #[test]
    fn breadth_counts_every_member_once_and_ranks_fall(members in prop::collection::vec(member(), 5)) {
        let mut book = Book::new().horizons("1D");
        let names = ["LOONGSON", "HYGON", "CAMBRICON", "SMIC", "GIGADEVICE"];
        for (name, closes) in names.iter().zip(&members) {
            let rows: Vec<_> = weekdays("2026-01-01").into_iter().zip(closes).filter_map(|(d, c)| Some((d, (*c)?))).collect();
            book = book.series(name, &rows, None, vec![]);
        }
        let block = book.movers(&["CN-CHIPS"], "2025-07-25T20:00:00Z", Ranking::default()).groups.remove(0);
        let breadth = &block.breadth;
        prop_assert_eq!(breadth.advancers + breadth.decliners + breadth.unchanged + breadth.absent, names.len());
        prop_assert_eq!(breadth.above_50d.of + breadth.above_50d.absent, names.len());
        let moves: Vec<f64> = block.members.iter().filter_map(|m| Some(m.moves.get(&Horizon::ONE_DAY)?.pct?.0)).collect();
        prop_assert!(moves.windows(2).all(|pair| pair[0] >= pair[1]));
        let ranks: Vec<usize> = block.members.iter().filter_map(|m| m.rank).collect();
        prop_assert_eq!(ranks, (1..=moves.len()).collect::<Vec<_>>());
        if let (Some(best), Some(middle), Some(worst)) = (breadth.best_pct, breadth.median_pct, breadth.worst_pct) {
            prop_assert!(best.0 >= middle.0 && middle.0 >= worst.0);
        }
    }
}
