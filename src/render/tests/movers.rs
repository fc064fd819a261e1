//! The report of `movers` laid out: columns that fit, marks explained, names made safe.

use unicode_width::UnicodeWidthStr;

use crate::domain::currency::Fx;
use crate::domain::instrument::InstrumentId;
use crate::domain::movers::{Above50d, BlockKind, Breadth, Mover, Movers, MoversBlock};
use crate::domain::moves::Percent;
use crate::domain::{Absent, Horizon, Snapshot};
use crate::render::testing;
use crate::render::{Format, Style, movers};

/// The chips of the day, the first one named as a source might try to.
pub(in crate::render) fn report(name: &str) -> Movers {
    let Snapshot { instruments, groups, notes, .. } = testing::snapshot();
    let chips = instruments.iter().filter(|r| r.section == "Chinese chips");
    let mut members: Vec<Mover> = chips.enumerate().map(|(at, row)| Mover::of(row, Some(at + 1))).collect();
    members[0].name = name.to_owned();
    let block = MoversBlock {
        kind: BlockKind::Group,
        id: Some(InstrumentId::new("CN-CHIPS")),
        name: Some("Chinese chips".to_owned()),
        breadth: groups[0].breadth(),
        members,
        not_listed: 3,
        composite: None,
        contributions: None,
    };
    Movers {
        schema: "marketsnap.movers/1",
        as_of: testing::instant("2026-01-21T08:30:00Z"),
        date: None,
        generated_at: testing::instant("2026-01-21T08:30:02Z"),
        demo: true,
        status: crate::domain::snapshot::Completeness::Complete,
        benchmark: InstrumentId::new("SP500"),
        currency: "local".to_owned(),
        sort: Horizon::ONE_DAY,
        top: Some(1),
        groups: vec![block],
        sources: Vec::new(),
        notes,
        errors: Vec::new(),
        benchmark_name: "S&P 500".to_owned(),
        horizons: testing::horizons(),
        horizons_named: true,
        sessions: Vec::new(),
    }
}

fn table(report: &Movers, style: &Style) -> String {
    let mut out = Vec::new();
    movers(report, Format::Table, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn wide_characters_line_up_at_every_width_and_no_line_is_longer() {
    for width in 40..=130 {
        let text = table(&report("龙芯中科龙芯中科龙芯中科"), &Style { width, ..Style::default() });
        let widest = text.lines().map(UnicodeWidthStr::width).max().unwrap();
        assert!(widest <= width, "{width}:\n{text}");
        let rows: Vec<&str> = text
            .lines()
            .filter(|l| l.ends_with(" 21 Jan") && !l.starts_with(' ') && !l.contains(";"))
            .collect();
        let ends: Vec<usize> = rows.iter().map(|l| l.trim_end().width()).collect();
        assert!(text.contains("Chinese chips  "), "{width}:\n{text}");
        assert!(!rows.is_empty() && ends.windows(2).all(|pair| pair[0] == pair[1]), "{width}:\n{text}");
    }
}

#[test]
fn a_name_from_outside_moves_no_cursor_and_paints_nothing() {
    let text = table(&report("\u{1b}[31mLoong\u{202e}son\n"), &Style::default());
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
}

#[test]
fn what_is_not_shown_is_said() {
    let text = table(&report("Loongson"), &Style { width: 60, ..Style::default() });
    assert!(text.contains("3 more between the best and the worst"), "{text}");
    assert!(text.contains("not shown at this width:"), "{text}");
    assert!(text.contains("^ closed at its upper price limit"), "{text}");
}

#[test]
fn breadth_says_who_has_too_few_closes_and_who_is_live() {
    let mut report = report("Loongson");
    report.groups[0].breadth = Breadth {
        absent: 1,
        absent_members: vec![InstrumentId::new("HYGON")],
        above_50d: Above50d { members: 1, of: 2, pct: Some(Percent(50.0)), absent: 3 },
        live: vec![InstrumentId::new("SMIC"), InstrumentId::new("LOONGSON")],
        ..Breadth::default()
    };
    let text = table(&report, &Style { width: 120, ..Style::default() });
    assert!(text.contains("0 up, 0 down, 0 unchanged, 1 absent; median –, mean –;"), "{text}");
    assert!(text.contains("1 of 2 above 50-day mean (3 without 50 closes)"), "{text}");
    assert!(text.contains("2 live: SMIC, LOONGSON; absent: HYGON"), "{text}");
    let hygon = report.groups[0].members.iter_mut().find(|m| m.id.as_str() == "HYGON").unwrap();
    hygon.close = None;
    hygon.fx = Some(Fx { absent: Some(Absent::NoFx), ..Fx::default() });
    let text = table(&report, &Style { width: 120, ..Style::default() });
    assert!(text.contains("(3 without 50 closes or a rate)"), "{text}");
    assert!(text.contains("absent: HYGON (no rate)"), "{text}");
    let line = text.lines().find(|l| l.contains("Hygon") || l.contains("海光")).unwrap();
    assert!(line.contains(" no rate "), "{line}");
}
