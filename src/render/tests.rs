//! Whole outputs, as a reader sees them.

use super::testing;
use super::*;

fn today(report: &Snapshot, style: &Style) -> String {
    let mut out = Vec::new();
    snapshot(report, Format::Table, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn beside(report: &Comparison, style: &Style) -> String {
    let mut out = Vec::new();
    comparison(report, Format::Table, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn wide(width: usize) -> Style {
    Style { width, ..Style::default() }
}

#[test]
fn look() {
    for w in [80, 120, 60, 40, 100, 200] {
        println!("=== {w}\n{}", today(&testing::snapshot(), &wide(w)));
    }
    for w in [80, 50] {
        println!("=== {w}\n{}", beside(&testing::comparison(), &wide(w)));
        println!(
            "=== {w}\n{}",
            beside(&testing::compared_with(&["STAR50", "SP500", "DAX", "NIKKEI225"]), &wide(w))
        );
    }
}
