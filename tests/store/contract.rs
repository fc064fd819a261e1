//! What every backend promises, on a blank store behind the trait.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use marketsnap::domain::{Bar, Series, Split};
use marketsnap::store::{Bound, Coverage, Settled, Sought, Store};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::given::*;

pub fn closes_come_back_to_the_bit_with_all_that_is_known_of_the_series(store: &mut dyn Store) {
    let odd = [0.1 + 0.2, 1535.3929443359375, f64::MIN_POSITIVE, -37.63, f64::MAX, 1e-300, 4000.0, 5e-324];
    let first = d("2020-04-17");
    let bars = odd.iter().enumerate().map(|(n, close)| (first + Days::new(n as u64), *close));
    let mut oil = from_bars("WTI", at("2020-05-01 10:00"), bars);
    oil.splits = vec![Split { date: d("2020-04-20"), factor: 1.5 }];
    assert_eq!(keep(store, &oil).added, odd.len());
    let held = store.held(&[id("WTI")], first, None).unwrap().remove(0);
    let bits = |closes: &mut dyn Iterator<Item = f64>| closes.map(f64::to_bits).collect::<Vec<_>>();
    assert_eq!(bits(&mut held.series.bars().iter().map(|b| b.close)), bits(&mut odd.into_iter()));
    assert_eq!(held.series, oil);
    assert_eq!(held.latest, None);
}

pub fn a_window_replaces_nothing_that_it_does_not_contain(store: &mut dyn Store) {
    keep(
        store,
        &series("DAX", "2026-01-09 20:00", &[("2026-01-05", 1.0), ("2026-01-07", 3.0), ("2026-01-09", 5.0)]),
    );
    let kept = keep(store, &series("DAX", "2026-01-10 20:00", &[("2026-01-06", 2.0), ("2026-01-08", 4.0)]));
    assert_eq!((kept.added, kept.confirmed, kept.restated.len()), (2, 0, 0));
    let all = [
        ("2026-01-05", 1.0),
        ("2026-01-06", 2.0),
        ("2026-01-07", 3.0),
        ("2026-01-08", 4.0),
        ("2026-01-09", 5.0),
    ];
    assert_eq!(closes(store, "DAX"), those(&all));
    let since = store.held(&[id("DAX")], d("2026-01-07"), None).unwrap();
    assert_eq!(listed(&since[0].series), those(&all[2..]));
}

pub fn an_unchanged_close_keeps_the_time_it_was_first_seen(store: &mut dyn Store) {
    let rows = [("2026-01-05", 1.5), ("2026-01-06", 2.5)];
    keep(store, &series("DAX", "2026-01-07 20:00", &rows[..1]));
    let kept = keep(store, &series("DAX", "2026-01-08 20:00", &rows));
    assert_eq!((kept.added, kept.confirmed), (1, 1));
    let history = store.all(&id("DAX"), d("2026-01-01"), d("2026-12-31")).unwrap();
    let seen: Vec<_> = history[0].rows.iter().map(|r| r.fetched_at).collect();
    assert_eq!(seen, [at("2026-01-07 20:00"), at("2026-01-08 20:00")]);
    assert_eq!(store.revisions(&id("DAX")).unwrap(), []);
}

pub fn a_restated_close_is_told_used_and_kept_in_both_versions(store: &mut dyn Store) {
    keep(store, &series("SSE", "2026-01-20 10:00", &[("2026-01-19", 3900.5), ("2026-01-20", 3981.66)]));
    let new = series(
        "SSE",
        "2026-01-21 10:00",
        &[("2026-01-19", 3900.5), ("2026-01-20", 3981.70), ("2026-01-21", 4000.0)],
    );
    let kept = keep(store, &new);
    let told = &kept.restated[0];
    assert_eq!((kept.restated.len(), kept.added, kept.confirmed), (1, 1, 1));
    assert_eq!(
        (told.instrument.as_str(), told.source.as_str(), told.session),
        ("SSE", "yahoo", d("2026-01-20"))
    );
    assert_eq!((told.old, told.new), (3981.66, 3981.70));
    assert_eq!(store.held(&[id("SSE")], d("2026-01-01"), None).unwrap()[0].series, new);
    let revision = store.revisions(&id("SSE")).unwrap().remove(0);
    assert_eq!((revision.close, revision.now), (3981.66, Some(3981.70)));
    assert_eq!((revision.fetched_at, revision.replaced_at), (at("2026-01-20 10:00"), at("2026-01-21 10:00")));
    // It is told once.
    assert_eq!(keep(store, &new).restated, []);
}

pub fn an_instant_reads_the_version_known_then_and_names_what_was_not_held(store: &mut dyn Store) {
    keep(store, &series("SSE", "2026-01-20 10:00", &[("2026-01-20", 3981.66)]));
    keep(store, &series("SSE", "2026-01-21 10:00", &[("2026-01-20", 3981.70), ("2026-01-21", 4000.0)]));
    let then = |store: &mut dyn Store, instant| closes_at(store, "SSE", Some(instant));
    let (old, new) = (
        [("2026-01-20", 3981.66), ("2026-01-21", 4000.0)],
        [("2026-01-20", 3981.70), ("2026-01-21", 4000.0)],
    );
    assert_eq!(then(store, "2026-01-20 12:00"), (those(&old), 1));
    assert_eq!(then(store, "2026-01-21 10:00"), (those(&new), 0));
    assert_eq!(then(store, "2026-01-19 10:00"), (those(&new), 2));
    let held = store.held(&[id("SSE")], d("2026-01-01"), Some(at("2026-01-20 12:00"))).unwrap();
    assert_eq!(held[0].reconstructed, [d("2026-01-21")]);
}

pub fn a_split_replaces_the_series_and_what_came_not_anew_is_left_out_until_it_does(store: &mut dyn Store) {
    let old = [("2026-01-05", 400.0), ("2026-01-06", 404.0), ("2026-01-07", 408.0), ("2026-01-08", 412.0)];
    keep(store, &series("NVDA", "2026-01-08 22:00", &old));
    let kept = keep(
        store,
        &series(
            "NVDA",
            "2026-01-09 22:00",
            &[("2026-01-07", 102.0), ("2026-01-08", 103.0), ("2026-01-09", 104.0)],
        ),
    );
    let told = &kept.rebased[0];
    assert_eq!((told.factor, told.replaced, told.dropped, kept.added), (0.25, 2, 2, 1));
    assert_eq!(kept.restated, []);
    assert_eq!(
        closes(store, "NVDA"),
        those(&[("2026-01-07", 102.0), ("2026-01-08", 103.0), ("2026-01-09", 104.0)])
    );
    assert_eq!(store.revisions(&id("NVDA")).unwrap().len(), 4);
    assert_eq!(store.covered(&[id("NVDA")]).unwrap()[0].coverage.from, d("2026-01-07"));
    // The older closes come anew, on the new basis.
    let again = [("2026-01-05", 100.0), ("2026-01-06", 101.0), ("2026-01-07", 102.0)];
    assert_eq!(keep(store, &series("NVDA", "2026-01-09 22:05", &again)).added, 2);
    assert_eq!(closes(store, "NVDA").len(), 5);
    assert_eq!(closes(store, "NVDA")[0].1, 100.0);
}

pub fn an_instant_before_a_split_reads_the_old_basis_and_never_both(store: &mut dyn Store) {
    keep(store, &series("NVDA", "2026-01-08 22:00", &[("2026-01-07", 408.0), ("2026-01-08", 412.0)]));
    let new = [("2026-01-06", 101.0), ("2026-01-07", 102.0), ("2026-01-08", 103.0), ("2026-01-09", 104.0)];
    keep(store, &series("NVDA", "2026-01-10 22:00", &new));
    let old = those(&[("2026-01-07", 408.0), ("2026-01-08", 412.0)]);
    assert_eq!(closes_at(store, "NVDA", Some("2026-01-09 12:00")), (old, 0));
    assert_eq!(closes_at(store, "NVDA", Some("2026-01-11 12:00")), (those(&new), 0));
    assert_eq!(closes_at(store, "NVDA", Some("2026-01-01 12:00")), (those(&new), 4));
}

pub fn live_values_are_remembered_and_never_become_history(store: &mut dyn Store) {
    let mut live = series("HSI", "2026-01-21 03:00", &[("2026-01-20", 26_487.51), ("2026-01-21", 26_500.0)]);
    live.provenance.stamp = Some(at("2026-01-21 02:59"));
    fn part<'a>(series: &'a Series, until: &str) -> Settled<'a> {
        Settled { series, since: d("2026-01-20"), until: d(until) }
    }
    assert_eq!(store.keep(&[part(&live, "2026-01-20")]).unwrap().added, 1);
    let held = store.held(&[id("HSI")], d("2026-01-01"), None).unwrap().remove(0);
    assert_eq!(listed(&held.series), those(&[("2026-01-20", 26_487.51)]));
    let latest = held.latest.unwrap();
    assert_eq!((latest.bar, latest.stamp), (live.bars()[1], live.provenance.stamp));
    assert_eq!(latest.fetched_at, at("2026-01-21 03:00"));
    assert_eq!(held.with_latest(), live);
    assert_eq!(closes_at(store, "HSI", Some("2026-01-21 03:00")).0.len(), 1);
    // A settled close of that session takes its place, and is no revision of it.
    let settled = series("HSI", "2026-01-21 08:30", &[("2026-01-20", 26_487.51), ("2026-01-21", 26_585.06)]);
    let kept = store.keep(&[part(&settled, "2026-01-21")]).unwrap();
    assert_eq!((kept.added, kept.restated.len()), (1, 0));
    assert_eq!(store.revisions(&id("HSI")).unwrap(), []);
    assert_eq!(store.covered(&[id("HSI")]).unwrap()[0].latest, None);
    // The live answer of another process comes in late: it is not the newest any more.
    live.provenance.fetched_at = at("2026-01-21 08:29");
    store.keep(&[part(&live, "2026-01-20")]).unwrap();
    assert_eq!(store.held(&[id("HSI")], d("2026-01-01"), None).unwrap()[0].latest, None);
    assert_eq!(closes(store, "HSI")[1].1, 26_585.06);
}

pub fn two_sources_bases_currencies_and_venues_stand_side_by_side(store: &mut dyn Store) {
    let first = series("EURUSD", "2026-01-08 22:00", &[("2026-01-07", 1.17), ("2026-01-08", 1.16)]);
    keep(store, &first);
    for (n, mut other) in variants(&first).into_iter().enumerate() {
        let closes = [("2026-01-07", 2.0 + n as f64), ("2026-01-08", 3.0 + n as f64)];
        let provenance = other.provenance.clone();
        other = series("EURUSD", "2026-01-08 22:00", &closes);
        other.provenance = provenance;
        let kept = keep(store, &other);
        assert_eq!((kept.added, kept.restated.len(), kept.rebased.len()), (2, 0, 0), "{n}");
        let held = store.held(&[id("EURUSD")], d("2026-01-01"), None).unwrap();
        assert_eq!(held.len(), n + 2);
        assert_eq!(held[0].series, first);
        assert_eq!(held[n + 1].series, other);
    }
}

pub fn what_was_asked_for_is_known_and_closes_beyond_a_gap_are_not_read(store: &mut dyn Store) {
    let ask = |store: &mut dyn Store, since: &str, rows: &[(&str, f64)], fetched: &str| {
        let series = series("DAX", fetched, rows);
        store
            .keep(&[Settled { series: &series, since: d(since), until: d(rows.last().unwrap().0) }])
            .unwrap();
        store.covered(&[id("DAX")]).unwrap()[0].coverage
    };
    // The source goes back to the 5th only, although it was asked from the 1st on.
    let first = ask(store, "2026-01-01", &[("2026-01-05", 1.0), ("2026-01-06", 2.0)], "2026-01-06 20:00");
    assert_eq!(
        first,
        Coverage { from: d("2026-01-01"), to: d("2026-01-06"), fetched_at: at("2026-01-06 20:00") }
    );
    let next = ask(store, "2026-01-06", &[("2026-01-06", 2.0), ("2026-01-09", 3.0)], "2026-01-09 20:00");
    assert_eq!(
        (next.from, next.to, next.fetched_at),
        (d("2026-01-01"), d("2026-01-09"), at("2026-01-09 20:00"))
    );
    // A month later, without touching what is held: whether both are of one basis is not known.
    let gap = ask(store, "2026-02-09", &[("2026-02-09", 0.5)], "2026-02-09 20:00");
    assert_eq!((gap.from, gap.to), (d("2026-02-09"), d("2026-02-09")));
    assert_eq!(closes(store, "DAX"), those(&[("2026-02-09", 0.5)]));
    assert_eq!(store.all(&id("DAX"), d("2026-01-01"), d("2026-12-31")).unwrap()[0].rows.len(), 4);
    // Asked for across the gap, all is one again.
    let all = [("2026-01-09", 3.0), ("2026-01-12", 2.5), ("2026-02-09", 0.5)];
    assert_eq!(ask(store, "2026-01-01", &all, "2026-02-10 20:00").from, d("2026-01-01"));
    assert_eq!(closes(store, "DAX").len(), 5);
}

pub fn pruning_forgets_what_lies_before_a_day(store: &mut dyn Store) {
    keep(
        store,
        &series(
            "DAX",
            "2026-01-08 22:00",
            &[("2026-01-05", 1.0), ("2026-01-07", 408.0), ("2026-01-08", 412.0)],
        ),
    );
    keep(
        store,
        &series(
            "DAX",
            "2026-01-09 22:00",
            &[("2026-01-05", 1.5), ("2026-01-07", 408.0), ("2026-01-08", 412.5)],
        ),
    );
    let pruned = store.prune(d("2026-01-07")).unwrap();
    assert_eq!((pruned.closes, pruned.revisions), (1, 1));
    assert_eq!(closes(store, "DAX").len(), 2);
    assert_eq!(store.revisions(&id("DAX")).unwrap().len(), 1);
    assert_eq!(store.covered(&[id("DAX")]).unwrap()[0].coverage.from, d("2026-01-07"));
}

pub fn the_order_of_instruments_is_kept_and_unknown_ones_are_left_out(store: &mut dyn Store) {
    for name in ["B", "A", "C"] {
        keep(store, &series(name, "2026-01-08 22:00", &[("2026-01-07", 1.0)]));
    }
    let held = store.held(&["C", "X", "A", "C"].map(id), d("2026-01-01"), None).unwrap();
    let names: Vec<_> = held.iter().map(|h| h.series.provenance.instrument.as_str()).collect();
    assert_eq!(names, ["C", "A"]);
    assert_eq!(store.instruments().unwrap(), ["A", "B", "C"].map(id));
}

pub fn an_answer_that_comes_late_does_not_replace_a_newer_one(store: &mut dyn Store) {
    let rows = |close| [("2026-01-07", 1.0), ("2026-01-08", close)];
    keep(store, &series("DAX", "2026-01-09 22:01", &rows(5.5)));
    let kept = keep(store, &series("DAX", "2026-01-09 22:00", &rows(5.4)));
    assert_eq!((kept.restated.len(), kept.clock_set_back), (0, false));
    assert_eq!(closes(store, "DAX")[1].1, 5.5);
    assert_eq!(closes_at(store, "DAX", Some("2026-01-09 22:00")).0[1].1, 5.4);
    let coverage = store.covered(&[id("DAX")]).unwrap()[0].coverage;
    assert_eq!(coverage.fetched_at, at("2026-01-09 22:01"));
    // A time a day ahead is no race but a clock that has been set right since.
    let kept = keep(store, &series("DAX", "2026-01-08 22:00", &rows(5.3)));
    assert!(kept.clock_set_back);
    assert_eq!(closes(store, "DAX")[1].1, 5.3);
}

/// Windows of a series of 30 days: where each begins, how long it is, and which of its days carries
/// another version of the close than before.
fn windows() -> impl Strategy<Value = Vec<(u64, u64, Vec<bool>)>> {
    let one = (0u64..25, 2u64..12, prop::collection::vec(prop::bool::weighted(0.15), 40));
    prop::collection::vec(one, 1..12)
}

pub fn any_sequence_of_windows_ends_with_the_newest_version_and_all_older_ones_as_revisions(
    store: &mut dyn Store,
) {
    let mut cases = 0;
    let mut check = |windows: Vec<(u64, u64, Vec<bool>)>| -> Result<(), TestCaseError> {
        cases += 1;
        let name = format!("CASE{cases}");
        let (expected, instants) = play(store, &name, &windows);
        compare(store, &name, &expected);
        // As of every instant of the past the newest version by then, where there was one.
        for (n, known) in instants.iter().enumerate() {
            let when = fetched(n);
            let held = store.held(&[id(&name)], d("1900-01-01"), Some(when)).unwrap().remove(0);
            for bar in held.series.bars() {
                match known.get(&bar.date) {
                    Some(close) => prop_assert_eq!(bar.close, *close),
                    None => prop_assert!(held.reconstructed.contains(&bar.date)),
                }
            }
        }
        Ok(())
    };
    let mut runner = TestRunner::deterministic();
    let strategy = windows();
    for _ in 0..48 {
        let windows = strategy.new_tree(&mut runner).unwrap().current();
        check(windows).unwrap();
    }
}

type Versions = BTreeMap<NaiveDate, Vec<f64>>;
type Known = BTreeMap<NaiveDate, f64>;

/// Keeps the windows one after the other; gives all versions of each close, and what was known after each.
fn play(store: &mut dyn Store, name: &str, windows: &[(u64, u64, Vec<bool>)]) -> (Versions, Vec<Known>) {
    let first = d("2026-01-01");
    let (mut versions, mut instants) = (Versions::new(), Vec::new());
    for (n, (from, len, changed)) in windows.iter().enumerate() {
        let mut rows = Vec::new();
        for day in *from..from + len {
            let date = first + Days::new(day);
            let seen = versions.contains_key(&date);
            let known = versions.entry(date).or_insert_with(|| vec![100.0 + day as f64]);
            // Never all days of a window, so that it is no change of basis.
            if seen && changed[day as usize] && day % 3 == 1 {
                let next = known.last().unwrap() + 0.01 * (day + 1) as f64;
                known.push(next);
            }
            rows.push((date, *known.last().unwrap()));
        }
        let series = from_bars(name, fetched(n), rows.into_iter());
        // Asked for as one with what is held, as a run does.
        store.keep(&[Settled { series: &series, since: first, until: first + Days::new(40) }]).unwrap();
        instants.push(versions.iter().map(|(d, v)| (*d, *v.last().unwrap())).collect());
    }
    (versions, instants)
}

fn fetched(n: usize) -> DateTime<Utc> {
    at("2026-03-01 10:00") + chrono::Duration::minutes(n as i64)
}

fn compare(store: &mut dyn Store, name: &str, expected: &Versions) {
    let newest: Vec<_> = expected.iter().map(|(d, v)| (d.to_string(), *v.last().unwrap())).collect();
    assert_eq!(closes(store, name), newest);
    let mut older: Versions = BTreeMap::new();
    for revision in store.revisions(&id(name)).unwrap() {
        older.entry(revision.session).or_default().push(revision.close);
    }
    for (date, versions) in expected {
        let (_, replaced) = versions.split_last().unwrap();
        assert_eq!(older.remove(date).unwrap_or_default(), replaced, "{date}");
    }
    assert!(older.is_empty());
}

/// A question to the series of an instrument, as it is kept by [`keep`].
fn sought<'a>(of: &'a Series, before: NaiveDate, bound: Bound) -> Sought<'a> {
    Sought { of: &of.provenance, before, bound }
}

/// The newest session that a scan of all closes finds; of a move, the one that it starts from.
fn scanned(bars: &[Bar], before: NaiveDate, bound: Bound) -> Option<NaiveDate> {
    let level = bars.iter().filter(|b| b.date < before && bound.met_by_close(b.close)).map(|b| b.date).max();
    let moves = bars.windows(2).filter(|w| w[1].date <= before && bound.met_by_move(w[0].close, w[1].close));
    level.max(moves.map(|w| w[0].date).max())
}

/// The newest of the highest closes before a day.
fn highest(bars: &[Bar], before: NaiveDate) -> Option<(NaiveDate, f64)> {
    let before = bars.iter().filter(|b| b.date < before);
    let peak = before.max_by(|a, b| a.close.total_cmp(&b.close).then(a.date.cmp(&b.date)))?;
    Some((peak.date, peak.close))
}

pub fn the_newest_close_or_move_beyond_a_bound_is_what_a_scan_of_all_closes_finds(store: &mut dyn Store) {
    // Closes of few values, so that many are equal; some are zero or below, and no move counts there.
    let values = prop::sample::select(vec![-2.0, 0.0, 1.0, 2.0, 99.0, 100.0, 100.0, 101.0, 101.5, 103.0]);
    let mut runner = TestRunner::deterministic();
    for n in 0..12 {
        let closes = prop::collection::vec(values.clone(), 2..120).new_tree(&mut runner).unwrap().current();
        let first = d("2020-01-01") + Days::new(n);
        let bars = closes.iter().zip(first.iter_days()).map(|(close, date)| (date, *close));
        let all = from_bars(&format!("I{n}"), at("2026-01-08 22:00"), bars);
        // The newest come in a later answer than the others.
        let cut = first + Days::new(closes.len() as u64 / 2);
        let mut older = all.clone();
        older.retain(|day| day <= cut);
        older.provenance.fetched_at = at("2026-01-07 22:00");
        keep(store, &older);
        keep(store, &all);
        let bounds = [100.0, 103.0, 104.0].map(Bound::CloseAtLeast).into_iter().chain([
            Bound::CloseAtMost(99.0),
            Bound::CloseAtMost(-3.0),
            Bound::MoveAtLeast(0.0),
            Bound::MoveAtLeast((101.5 / 99.0 - 1.0) * 100.0),
            Bound::MoveAtLeast(1e9),
            Bound::MoveAtMost((99.0 / 101.5 - 1.0) * 100.0),
            Bound::MoveAtMost(-60.0),
            Bound::Highest,
        ]);
        let days = || all.bars().iter().map(|b| b.date);
        let asked: Vec<_> = bounds.flat_map(|b| days().map(move |day| (b, day))).collect();
        let sought: Vec<_> = asked.iter().map(|(bound, before)| sought(&all, *before, *bound)).collect();
        for ((bound, before), answer) in asked.iter().zip(store.beyond(&sought).unwrap()) {
            let answer = answer.unwrap();
            let peak = highest(all.bars(), *before).filter(|_| *bound == Bound::Highest);
            let from = scanned(all.bars(), *before, *bound).or(peak.map(|(date, _)| date));
            assert_eq!(answer.from, from, "{bound:?} before {before}");
            assert_eq!(answer.highest, peak.map(|(_, close)| close), "{bound:?} before {before}");
            let older = all.bars().iter().filter(|b| b.date < *before).count();
            assert_eq!(answer.older, from.is_none().then_some(older), "{bound:?} before {before}");
            let close = all.bars().iter().find(|b| b.date == *before).unwrap().close;
            assert_eq!((answer.first, answer.close, answer.splits), (first, close, false));
        }
    }
}

pub fn only_the_series_that_is_meant_answers_and_only_for_a_session_that_it_has(store: &mut dyn Store) {
    let mine = series("DAX", "2026-01-09 20:00", &[("2026-01-05", 9.0), ("2026-01-07", 3.0)]);
    keep(store, &mine);
    for other in variants(&mine) {
        let bound = Bound::CloseAtLeast(4.0);
        let asked = [sought(&other, d("2026-01-07"), bound), sought(&mine, d("2026-01-07"), bound)];
        let answers = store.beyond(&asked).unwrap();
        assert_eq!((answers[0], answers[1].unwrap().from), (None, Some(d("2026-01-05"))));
    }
    assert_eq!(store.beyond(&[sought(&mine, d("2026-01-06"), Bound::CloseAtLeast(4.0))]).unwrap(), [None]);
    let unknown = series("CAC40", "2026-01-09 20:00", &[("2026-01-07", 3.0)]);
    assert_eq!(store.beyond(&[sought(&unknown, d("2026-01-07"), Bound::CloseAtMost(4.0))]).unwrap(), [None]);
    assert_eq!(store.beyond(&[]).unwrap(), []);
}

pub fn what_is_beyond_a_bound_knows_the_version_in_use_gaps_and_splits(store: &mut dyn Store) {
    let days = [("2026-01-05", 9.0), ("2026-01-06", 5.0), ("2026-01-07", 3.0), ("2026-01-08", 3.0)];
    keep(store, &series("DAX", "2026-01-09 20:00", &days));
    // The close of the 6th is changed from 5 to 2, so that the newest of 4 or more is that of the 5th.
    let again = series("DAX", "2026-01-10 20:00", &[("2026-01-06", 2.0), ("2026-01-08", 3.0)]);
    keep(store, &again);
    let bound = Bound::CloseAtLeast(4.0);
    let answer = store.beyond(&[sought(&again, d("2026-01-08"), bound)]).unwrap()[0].unwrap();
    assert_eq!((answer.from, answer.splits), (Some(d("2026-01-05")), false));
    // What lies before a gap is not read and not found either.
    let later = series("DAX", "2026-03-10 20:00", &[("2026-03-02", 1.0), ("2026-03-03", 3.0)]);
    keep(store, &later);
    let answer = store.beyond(&[sought(&later, d("2026-03-03"), bound)]).unwrap()[0].unwrap();
    assert_eq!((answer.first, answer.from, answer.older), (d("2026-03-02"), None, Some(1)));
    let answer = store.beyond(&[sought(&later, d("2026-03-03"), Bound::Highest)]).unwrap()[0].unwrap();
    assert_eq!((answer.from, answer.highest), (Some(d("2026-03-02")), Some(1.0)));
    let mut split = series("NVDA", "2026-01-09 20:00", &days);
    split.splits = vec![Split { date: d("2026-01-06"), factor: 2.0 }];
    keep(store, &split);
    assert!(store.beyond(&[sought(&split, d("2026-01-08"), bound)]).unwrap()[0].unwrap().splits);
}

pub fn closes_at_the_ends_of_what_a_number_can_be_are_looked_at_without_failing(store: &mut dyn Store) {
    let odd = [f64::MIN_POSITIVE, f64::MAX, 5e-324, -37.63, 1e-300, 4000.0, 4000.0];
    let first = d("2020-04-17");
    let bars = odd.iter().enumerate().map(|(n, close)| (first + Days::new(n as u64), *close));
    let oil = from_bars("WTI", at("2020-05-01 10:00"), bars);
    keep(store, &oil);
    let last = oil.last().unwrap().date;
    let answers = [Bound::MoveAtMost(0.0), Bound::CloseAtLeast(1e300), Bound::CloseAtMost(-37.0)]
        .map(|bound| store.beyond(&[sought(&oil, last, bound)]).unwrap()[0].unwrap().from);
    // The move into the last session is 0; the largest double came on the 18th, the price below 0 on the 20th.
    assert_eq!(answers, [Some(d("2020-04-22")), Some(d("2020-04-18")), Some(d("2020-04-20"))]);
}
