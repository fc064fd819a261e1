//! What a reader of `compare` finds, block by block.

use super::{beside, cells};
use crate::domain::Absent;
use crate::domain::snapshot::{NoteKind, Status};
use crate::render::Style;
use crate::render::testing::{compared_with, comparison, note};

const MANY: [&str; 7] = ["STAR50", "SP500", "DAX", "NIKKEI225", "NASDAQ", "LOONGSON", "KOSPI"];

/// The part of the text from this heading to the next empty line.
fn block<'a>(text: &'a str, heading: &str) -> Vec<&'a str> {
    text.lines().skip_while(|l| !l.starts_with(heading)).take_while(|l| !l.is_empty()).collect()
}

#[test]
fn up_to_four_instruments_show_every_pair_and_more_only_those_of_the_first() {
    let text = beside(&compared_with(&MANY[..4]), &cells(80));
    assert!(text.contains("\nDAX - NIKKEI225 "), "{text}");
    assert!(!text.contains("--json"), "{text}");
    let text = beside(&compared_with(&MANY), &cells(80));
    assert!(text.contains("\nSTAR50 - LOONGSON "), "{text}");
    assert!(!text.contains("\nDAX - "), "{text}");
    assert!(text.contains("\npairs of the others: --json\n"), "{text}");
    assert!(text.contains("\nThe day, by clock: STAR50 against the others\n"), "{text}");
}

#[test]
fn ids_give_way_before_a_name_is_cut() {
    let mut report = comparison();
    assert!(beside(&report, &cells(80)).contains("Return, %  Id "));
    report.instruments[1].name = "Europe, equal weights".to_owned();
    report.instruments[1].close = Some(105_123.45);
    let text = beside(&report, &cells(80));
    assert!(text.contains("Europe, equal weights  105123.45"), "{text}");
    assert!(!text.contains(" Id "), "{text}");
}

#[test]
fn a_narrow_comparison_cuts_names_before_it_drops_the_state_of_a_session() {
    let mut report = comparison();
    report.instruments[1].name = "Europe, equal weights".to_owned();
    report.instruments[1].session.status = Some(Status::Provisional);
    let text = beside(&report, &cells(40));
    assert!(text.contains(" 20 Jan prov. "), "{text}");
}

#[test]
fn a_name_with_a_comma_does_not_read_as_two() {
    let mut report = compared_with(&MANY[..3]);
    report.instruments[2].name = "Asia, equal weights".to_owned();
    let text = beside(&report, &cells(80));
    let lists: Vec<&str> = text.lines().filter(|l| l.starts_with("1D: ")).collect();
    assert_eq!(lists, ["1D: STAR50 20-21 Jan; SP500 16-20 Jan; DAX 19-20 Jan"]);
}

#[test]
fn both_blocks_show_the_same_horizons_at_every_width() {
    for (width, ids) in (40..=120).flat_map(|width| (2..=6).map(move |count| (width, &MANY[..count]))) {
        let text = beside(&compared_with(ids), &cells(width));
        let heads = |heading| {
            let head = block(&text, heading).first().copied().unwrap_or_default();
            ["1D", "5D", "MTD", "YTD", "1Y"].map(|label| head.split(' ').any(|word| word == label))
        };
        assert_eq!(heads("Return, %"), heads("Spread, pp"), "{width}: {text}");
        for (label, shown) in ["1D", "5D", "MTD", "YTD", "1Y"].into_iter().zip(heads("Return, %")) {
            let legend = text.lines().find(|l| l.split([',', ':', ' ']).next() == Some(label));
            assert!(shown || legend.is_none(), "{width}: {label} is explained but not shown\n{text}");
        }
    }
}

#[test]
fn lines_are_two_rows_high_where_there_is_room_and_end_values_stand_on_the_lower_one() {
    let rows = |count: usize, style: &Style| {
        let text = beside(&compared_with(&MANY[..count]), style);
        text.lines()
            .skip_while(|l| !l.starts_with("Rebased"))
            .take_while(|l| !l.starts_with("one scale"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let tall = rows(2, &cells(80));
    assert_eq!(tall.len(), 2 + 2 * 2, "{tall:?}");
    assert!(tall[2].starts_with("      ") && tall[2].contains('█'), "{tall:?}");
    assert!(tall[3].starts_with("科创50") && tall[3].ends_with("114.22"), "{tall:?}");
    assert!(tall[4].is_empty() && tall[5].starts_with("S&P 500"), "{tall:?}");
    assert_eq!(rows(2, &cells(59)).len(), 2 + 2);
    assert_eq!(rows(2, &Style { ascii: true, ..cells(80) }).len(), 2 + 2);
    // The other four have no line, and so no upper row.
    assert_eq!(rows(6, &cells(80)).len(), 2 + 2 * 2 + 4);
    assert_eq!(rows(7, &cells(80)).len(), 2 + 7);
}

#[test]
fn notes_on_periods_stand_under_the_title_and_not_among_the_others() {
    let mut report = comparison();
    report.notes.push(note(NoteKind::Period, "MTD speaks of December: no session of January is over yet"));
    let text = beside(&report, &cells(80));
    assert_eq!(text.matches("MTD speaks of December").count(), 1);
    assert!(text.find("MTD speaks of December") < text.find("Return, %"), "{text}");
}

#[test]
fn a_pair_says_how_it_moves_together_and_how_large_its_newest_spread_is() {
    let text = beside(&comparison(), &cells(80));
    assert_eq!(
        block(&text, "Together")[..3],
        [
            "Together              Corr.   Beta  Pairs  Dropped  Sessions",
            "STAR50 - SP500        +0.05  +0.12     81        1  8 Sep 25 - 20 Jan",
            "  STAR50 after SP500  +0.24  +0.57     80        2  8 Sep 25 - 20 Jan",
        ]
    );
    assert_eq!(
        block(&text, "The newest spread")[1..],
        [
            "STAR50 - SP500: +5.60 pp, last as large on 9 Oct 25, 72 sessions before;",
            "  3 of 91 since 9 Sep 25 were"
        ]
    );
}

#[test]
fn a_spread_that_none_before_reached_and_one_that_cannot_be_ranked_say_so() {
    let mut report = compared_with(&MANY[..3]);
    report.pairs[0].rank.since = None;
    report.pairs[0].rank.sessions = None;
    report.pairs[0].rank.larger = Some(0);
    report.pairs[2].rank.absent = Some(Absent::InsufficientHistory);
    let text = beside(&report, &cells(80));
    assert_eq!(
        block(&text, "The newest spread")[1..],
        [
            "STAR50 - SP500: +5.60 pp, the largest of 92 since 9 Sep 25",
            "STAR50 - DAX: not ranked, a value is not final",
            "SP500 - DAX: not ranked, nothing to hold it against",
        ]
    );
}

#[test]
fn too_few_pairs_leave_a_dash_and_a_sentence() {
    let text = beside(&compared_with(&["STAR50", "DAX"]), &cells(80));
    let lines = block(&text, "Together");
    assert_eq!(lines[1], "STAR50 - DAX      –     –     12        1  8 Sep 25 - 20 Jan");
    let words = lines.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.ends_with("fewer than 30 pairs give no figure"), "{text}");
}

#[test]
fn a_narrow_terminal_drops_the_sessions_and_then_the_dropped_pairs_of_together() {
    let ids = |report: &mut crate::domain::Comparison| {
        report.pairs[0].a = crate::domain::InstrumentId::new("ABCDEFGHIJKLMN");
        report.pairs[0].b = crate::domain::InstrumentId::new("OPQRSTUVWXYZAB");
    };
    let mut report = comparison();
    ids(&mut report);
    let head = |width| block(&beside(&report, &cells(width)), "Together")[0].split_whitespace().count();
    assert_eq!((head(80), head(60), head(40)), (6, 5, 4));
}
