//! No line is wider than asked for, whatever names and messages hold.

use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

use super::{beside, today};
use crate::domain::instrument::InstrumentId;
use crate::domain::{Comparison, Horizon, Snapshot};
use crate::render::testing;
use crate::render::{Palette, Style};

/// The text without colours.
pub(super) fn strip(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain + rest
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "\\PC{0,60}",
        "[科创成份指数é🇨🇳👩\u{200d}👩️⃣#\u{fe0f}\u{301} a-z]{0,80}",
        "[a-z]{90,120}",
        Just("\u{1b}[31m\u{1b}]8;;http://x\u{7}".to_owned()),
    ]
}

prop_compose! {
    fn style()(width in 40usize..=200, color: bool, ascii: bool) -> Style {
        Style { width, color, ascii, palette: Palette::BlueOrange }
    }
}

fn fits(text: &str, style: &Style) -> Result<(), TestCaseError> {
    for line in strip(text).lines() {
        prop_assert!(line.width() <= style.width, "{} > {}: {line:?}", line.width(), style.width);
        prop_assert!(!line.chars().any(char::is_control), "{line:?}");
        prop_assert!(!style.ascii || line.is_ascii(), "{line:?}");
        prop_assert!(!line.ends_with(' '), "{line:?}");
    }
    Ok(())
}

fn odd_snapshot(words: &[String], figures: &[f64]) -> Snapshot {
    let mut report = testing::snapshot();
    let mut words = words.iter().cloned().cycle();
    let mut next = || words.next().unwrap_or_default();
    let mut figures = figures.iter().copied().cycle();
    for row in report.instruments.iter_mut().step_by(2) {
        row.name = next();
        row.close = figures.next();
        row.change = figures.next();
        row.trend.extend(figures.by_ref().take(3));
        row.decimals = 9;
        if let Some(source) = &mut row.source {
            source.name = next();
        }
    }
    report.instruments[1].id = InstrumentId::new(&next());
    report.benchmark_name = next();
    report.currency = next();
    report.blocks.iter_mut().for_each(|block| block.title = Some(next()));
    report.highlights.iter_mut().for_each(|highlight| highlight.text = next());
    report.notes.iter_mut().for_each(|note| note.message = next());
    report.groups.iter_mut().for_each(|group| {
        group.name = next();
        group.limit_up = vec![InstrumentId::new(&next()), InstrumentId::new(&next())];
    });
    report.errors.iter_mut().for_each(|error| {
        error.message = next();
        error.hint = next();
    });
    report.horizons.push(Horizon::Since(testing::d("1929-10-29")));
    report
}

fn odd_comparison(count: usize, words: &[String]) -> Comparison {
    let ids = ["STAR50", "SP500", "DAX", "NIKKEI225", "NASDAQ", "LOONGSON"];
    let mut report = testing::compared_with(&ids[..count]);
    let mut words = words.iter().cloned().cycle();
    let mut next = || words.next().unwrap_or_default();
    report.instruments.iter_mut().step_by(2).for_each(|row| {
        row.name = next();
        row.id = InstrumentId::new(&next());
    });
    report.pairs.iter_mut().step_by(2).for_each(|pair| pair.a = InstrumentId::new(&next()));
    report.notes.iter_mut().for_each(|note| note.message = next());
    report
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_line_of_today_is_wider_than_asked_for(
        style in style(),
        words in prop::collection::vec(words(), 1..9),
        figures in prop::collection::vec(any::<f64>(), 1..9),
    ) {
        fits(&today(&odd_snapshot(&words, &figures), &style), &style)?;
    }

    #[test]
    fn no_line_of_compare_is_wider_than_asked_for(
        style in style(),
        count in 2usize..=6,
        words in prop::collection::vec(words(), 1..9),
    ) {
        fits(&beside(&odd_comparison(count, &words), &style), &style)?;
    }
}

#[test]
fn every_width_from_40_to_200_is_kept_by_the_day_itself() {
    for width in 40..=200 {
        let style = Style { width, ..Style::default() };
        fits(&today(&testing::snapshot(), &style), &style).unwrap();
        fits(&beside(&testing::comparison(), &style), &style).unwrap();
    }
}
