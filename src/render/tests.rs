//! Whole outputs, as a reader and a program see them.

mod beside;
mod json;
pub(super) mod movers;
mod rows;
pub(super) mod sources;
mod wide;

use super::testing::{self, note};
use super::*;
use crate::domain::Horizon;
use crate::domain::instrument::InstrumentId;
use crate::domain::snapshot::{Block, Completeness, Failed, Item, MoveFlag, NoteKind};

pub(super) fn today(report: &Snapshot, style: &Style) -> String {
    let mut out = Vec::new();
    snapshot(report, Format::Table, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

pub(super) fn beside(report: &Comparison, style: &Style) -> String {
    let mut out = Vec::new();
    comparison(report, Format::Table, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn cells(width: usize) -> Style {
    Style { width, ..Style::default() }
}

/// Escape characters spelled out, so that a snapshot shows them.
fn visible(text: &str) -> String {
    text.replace('\u{1b}', "␛")
}

#[test]
fn today_at_every_common_width() {
    for width in [40, 60, 80, 100, 120, 200] {
        insta::assert_snapshot!(format!("today-{width}"), today(&testing::snapshot(), &cells(width)));
    }
}

#[test]
fn today_in_ascii_has_no_other_character() {
    let text = today(&testing::snapshot(), &Style { ascii: true, ..cells(120) });
    assert!(text.is_ascii(), "{text}");
    insta::assert_snapshot!("today-ascii", text);
}

#[test]
fn today_in_colour() {
    let text = today(&testing::snapshot(), &Style { color: true, ..cells(80) });
    insta::assert_snapshot!("today-colour", visible(&text));
}

#[test]
fn colour_adds_nothing_but_colour() {
    for width in [40, 80, 120] {
        let plain = cells(width);
        let painted = Style { color: true, ..plain };
        assert_eq!(wide::strip(&today(&testing::snapshot(), &painted)), today(&testing::snapshot(), &plain));
        assert_eq!(
            wide::strip(&beside(&testing::comparison(), &painted)),
            beside(&testing::comparison(), &plain)
        );
    }
}

#[test]
fn without_colour_no_escape_leaves_the_program() {
    assert!(!today(&testing::snapshot(), &cells(120)).contains('\u{1b}'));
    assert!(!beside(&testing::comparison(), &cells(120)).contains('\u{1b}'));
}

#[test]
fn compare_two_and_four_and_six() {
    let ids = ["STAR50", "SP500", "DAX", "NIKKEI225", "NASDAQ", "LOONGSON"];
    insta::assert_snapshot!("compare-80", beside(&testing::comparison(), &cells(80)));
    insta::assert_snapshot!("compare-50", beside(&testing::comparison(), &cells(50)));
    insta::assert_snapshot!("compare-4-120", beside(&testing::compared_with(&ids[..4]), &cells(120)));
    insta::assert_snapshot!("compare-6-80", beside(&testing::compared_with(&ids), &cells(80)));
}

#[test]
fn compare_in_ascii_and_in_colour() {
    let text = beside(&testing::comparison(), &Style { ascii: true, ..cells(80) });
    assert!(text.is_ascii(), "{text}");
    insta::assert_snapshot!("compare-ascii", text);
    let style = Style { color: true, palette: Palette::RedUp, ..cells(80) };
    insta::assert_snapshot!("compare-colour", visible(&beside(&testing::comparison(), &style)));
}

/// Two rows that the reader named, with nothing else in the report.
fn named() -> Snapshot {
    let mut report = testing::snapshot();
    let place = |id: &str| report.instruments.iter().position(|r| r.id.as_str() == id).unwrap();
    let items = [place("STAR50"), place("SP500")].map(Item::Instrument).to_vec();
    report.blocks = vec![Block { title: None, items }];
    report.demo = false;
    report.status = Completeness::Complete;
    report.highlights.clear();
    report.groups.clear();
    report.notes.clear();
    report.errors.clear();
    report
}

#[test]
fn rows_that_were_named_stand_without_a_heading() {
    insta::assert_snapshot!(today(&named(), &cells(80)), @r"
    marketsnap · as of 2026-01-21 08:30 UTC · benchmark S&P 500

               Close   1D %  vs SP500   5D %   MTD %   YTD %    1Y %  Session
    科创50   1535.39  +3.53    +5.60*  +2.30  +14.22  +14.22  +57.27  21 Jan
    S&P 500  6796.86  -2.06     0.00   -2.59   -0.71   -0.71  +13.34  20 Jan

    vs SP500: 1D move minus that of S&P 500, in percentage points; * the two span
      different sessions
    ");
}

#[test]
fn a_day_asked_for_a_currency_and_a_since_column_are_headed_with_their_terms() {
    let mut report = named();
    report.date = Some(testing::d("2026-01-21"));
    report.currency = "USD".to_owned();
    let since = "since:2025-12-31".parse().unwrap();
    report.horizons = vec![Horizon::ONE_DAY, since];
    for row in &mut report.instruments {
        let ytd = row.moves.get(&"YTD".parse().unwrap()).cloned();
        let day = row.moves.get(&Horizon::ONE_DAY).cloned();
        row.moves =
            [(Horizon::ONE_DAY, day), (since, ytd)].into_iter().map(|(h, m)| (h, m.unwrap())).collect();
    }
    insta::assert_snapshot!(today(&report, &cells(80)), @r"
    marketsnap · as of 2026-01-21 08:30 UTC · sessions up to 2026-01-21 ·
      benchmark S&P 500 · in USD

               Close   Points   1D %  vs SP500  since 31 Dec 25  52w  Session
    科创50   1535.39   +52.40  +3.53    +5.60*           +14.22   99  21 Jan
    S&P 500  6796.86  -143.15  -2.06     0.00             -0.71   91  20 Jan

    vs SP500: 1D move minus that of S&P 500, in percentage points; * the two span
      different sessions
    52w: 0 at the lowest, 100 at the highest close of the last 365 days
    ");
}

#[test]
fn a_flagged_move_carries_a_mark_that_is_explained_and_digits_still_line_up() {
    let mut report = named();
    let row = &mut report.instruments[0];
    let mut moves: Vec<_> = row.moves.iter().cloned().collect();
    moves[1].1.flags = vec![MoveFlag::AcrossHole];
    row.moves = moves.into_iter().collect();
    insta::assert_snapshot!(today(&report, &cells(80)), @r"
    marketsnap · as of 2026-01-21 08:30 UTC · benchmark S&P 500

               Close   1D %  vs SP500   5D %    MTD %   YTD %    1Y %  Session
    科创50   1535.39  +3.53    +5.60*  +2.30~  +14.22  +14.22  +57.27  21 Jan
    S&P 500  6796.86  -2.06     0.00   -2.59    -0.71   -0.71  +13.34  20 Jan

    vs SP500: 1D move minus that of S&P 500, in percentage points; * the two span
      different sessions
    ~ spans a session that is missing
    ");
}

#[test]
fn a_close_that_others_confirm_says_how_many_beside_its_source() {
    let mut report = named();
    assert!(!today(&report, &cells(140)).contains("Source: +1"));
    report.instruments[0].confirmed_by = vec!["tencent".to_owned(), "csindex".to_owned()];
    let benchmark = report.instruments.iter_mut().find(|r| r.id.as_str() == "SP500").unwrap();
    benchmark.confirmed_by = vec!["fred".to_owned()];
    let table = today(&report, &cells(140));
    let row = |name: &str| table.lines().find(|l| l.starts_with(name)).unwrap().trim_end().to_owned();
    assert!(row("科创50").ends_with(" +2"), "{table}");
    assert!(row("S&P 500").ends_with(" +1"), "{table}");
    assert!(table.contains("Source: +1, +2 are how many other sources have the same close"), "{table}");
}

#[test]
fn a_report_with_nothing_says_so_and_what_to_do() {
    let mut report = testing::snapshot();
    report.status = Completeness::Empty;
    report.demo = false;
    report.blocks.clear();
    report.highlights.clear();
    report.groups.clear();
    report.notes = vec![note(NoteKind::Warning, "no source answered")];
    insta::assert_snapshot!(today(&report, &cells(80)), @r"
    marketsnap · as of 2026-01-21 08:30 UTC · benchmark S&P 500
    empty: nothing could be had, see below

    Notes
    • no source answered

    Not in the report
    • HSTECH: yahoo has no closes for HSTECH.HK; try --source sina, or --verify to
      see what each source holds
    ");
}

/// A failure as a source tells it.
fn failed(id: &str, kind: &str, message: String) -> Failed {
    let hint = "see how the page spells the symbol".to_owned();
    Failed {
        id: InstrumentId::new(id),
        source: "yahoo".into(),
        asked: Vec::new(),
        said: None,
        kind: kind.into(),
        message,
        reason: String::new(),
        hint,
        retryable: false,
    }
}

#[test]
fn failures_of_one_cause_share_an_item_and_the_others_keep_theirs() {
    let mut report = named();
    let unknown = |id: &str| {
        let says = format!("no closes of {id} from yahoo (symbol ^{id}): the symbol is not known there");
        failed(id, "unknown_symbol", says)
    };
    let plain = |id: &str| failed(id, "no_data", format!("yahoo has nothing of {id}"));
    let timeout = failed("DAX", "timeout", "no closes of DAX from yahoo: the time was used up".to_owned());
    report.errors =
        vec![unknown("STI"), timeout, unknown("KLCI"), plain("SET"), plain("PSEI"), unknown("JKSE")];
    let text = today(&report, &cells(80));
    let (_, errors) = text.split_once("Not in the report\n").unwrap();
    insta::assert_snapshot!(errors, @r"
    • STI, KLCI, JKSE (from yahoo): the symbol is not known there; see how the page
      spells the symbol
    • DAX: no closes of DAX from yahoo: the time was used up; see how the page
      spells the symbol
    • SET: yahoo has nothing of SET; see how the page spells the symbol
    • PSEI: yahoo has nothing of PSEI; see how the page spells the symbol
    ");
}

#[test]
fn a_narrow_table_keeps_twelve_cells_of_every_name() {
    let text = today(&testing::snapshot(), &cells(40));
    assert!(text.contains("\nShanghai Com"), "{text}");
    assert!(text.contains("session: X shut, P provisional, L live,\n  S stale\n"), "{text}");
    for width in 40..=200 {
        let text = today(&testing::snapshot(), &cells(width));
        assert!(text.lines().any(|l| l.starts_with("Asia, equal")), "{width}: {text}");
    }
}

#[test]
fn heads_are_shortened_before_names_are_cut() {
    let mut report = testing::snapshot();
    report.instruments[0].name = "Europe, equal weights".to_owned();
    for width in 40..=200 {
        let text = today(&report, &cells(width));
        assert!(text.contains("\nEurope, equal weights ") || !text.contains("vs S&P 500"), "{width}: {text}");
    }
}

#[test]
fn a_closed_pipe_keeps_its_kind() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for format in [Format::Table, Format::Json] {
        let error = snapshot(&testing::snapshot(), format, &cells(80), &mut Closed).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{format:?}");
    }
}

#[test]
fn only_horizons_that_the_reader_named_are_missed_when_they_do_not_fit() {
    let style = Style { width: 80, ..Style::default() };
    let mut report = testing::snapshot();
    report.horizons_named = true;
    assert!(today(&report, &style).contains("not shown at this width: 1Y"));
    report.horizons_named = false;
    assert!(!today(&report, &style).contains("not shown"));
}
