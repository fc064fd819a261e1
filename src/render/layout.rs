//! Columns of text: which of them fit a width, and every cell padded to its column.
//!
//! Not for: what the cells say (`grid`, `compare`), nor colours (`style`).

use comfy_table::{Cell, CellAlignment, ContentLineStyle, Row, Table, TableStyle};

use super::style::Style;
use super::text;

/// Stands between cells while comfy-table lays them out. No cell contains it: it is a control
/// character, and text from outside has none left.
const BORDER: char = '\u{1f}';

/// A first column may be cut to this before another column is dropped for it.
const NAME_COMFORT: usize = 18;

/// The first column may be cut to this before one of the last resorts is taken.
const NAME_FLOOR: usize = 12;

/// Between these widths columns always stand two blanks apart; elsewhere one blank apart rather than
/// one being dropped.
const NARROW: usize = 80;
const WIDE: usize = 120;

/// On which side a column is padded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// Which columns fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fit {
    /// Indices of the columns that stay, in order.
    pub kept: Vec<usize>,
    /// Cells for the first column.
    pub name: usize,
    /// Blanks between columns.
    pub gap: usize,
}

/// Whether every column fits `width` with at least `floor` cells of the first one.
pub(super) fn holds(natural: &[usize], floor: usize, width: usize) -> bool {
    let all: Vec<usize> = (0..natural.len()).collect();
    let name = natural.first().copied().unwrap_or(0).min(floor);
    gaps(width).iter().any(|gap| room(natural, &all, *gap, width) >= name)
}

/// Picks the columns that fit `width`: the gap is narrowed, then the first column is cut to a
/// comfortable length, then columns are dropped as `order` says, then the first column is cut further,
/// then the `last` ones are dropped.
pub(super) fn choose(natural: &[usize], order: &[usize], last: &[usize], width: usize) -> Fit {
    let name = natural.first().copied().unwrap_or(0);
    let all: Vec<usize> = (0..natural.len()).collect();
    let without = |gone: &[usize]| all.iter().copied().filter(|c| !gone.contains(c)).collect::<Vec<_>>();
    let comfortable = (0..=order.len()).flat_map(|n| {
        let kept = without(order.get(..n).unwrap_or(order));
        [(kept.clone(), usize::MAX), (kept, NAME_COMFORT)]
    });
    let gone = |n: usize| [order, last.get(..n).unwrap_or(last)].concat();
    let tight =
        (0..=last.len()).flat_map(|n| [(without(&gone(n)), usize::MAX), (without(&gone(n)), NAME_FLOOR)]);
    for (kept, floor) in comfortable.chain(tight) {
        let mut gaps = gaps(width).to_vec();
        if floor == NAME_FLOOR {
            gaps.reverse();
        }
        for gap in gaps {
            let room = room(natural, &kept, gap, width);
            if room >= name.min(floor) {
                return Fit { kept, name: name.min(room), gap };
            }
        }
    }
    let kept = without(&gone(last.len()));
    let room = room(natural, &kept, 1, width);
    Fit { kept, name: name.min(room).max(1), gap: 1 }
}

fn gaps(width: usize) -> &'static [usize] {
    if (NARROW..WIDE).contains(&width) { &[2] } else { &[2, 1] }
}

/// What the other columns leave for the first.
fn room(natural: &[usize], kept: &[usize], gap: usize, width: usize) -> usize {
    let others = kept.iter().skip(1).filter_map(|c| natural.get(*c));
    width.saturating_sub(others.map(|w| w + gap).sum())
}

/// The widest cell of a column.
pub(super) fn widest<'a>(cells: impl Iterator<Item = &'a String>) -> usize {
    cells.map(|c| text::width(c)).max().unwrap_or(0)
}

/// Every cell padded to its column's width, row by row.
pub(super) fn pad(rows: &[Vec<String>], aligns: &[Align]) -> Vec<Vec<String>> {
    let lines = ContentLineStyle::none().junction(BORDER);
    let mut table = Table::new();
    table.force_no_tty();
    table.load_style(TableStyle::new().header_lines(lines).content_lines(lines));
    for cells in rows {
        let cells = cells.iter().zip(aligns).map(|(cell, align)| {
            Cell::new(cell).set_alignment(match align {
                Align::Left => CellAlignment::Left,
                Align::Right => CellAlignment::Right,
            })
        });
        let mut row = Row::from(cells.collect::<Vec<_>>());
        row.max_height(1);
        table.add_row(row);
    }
    table.column_iter_mut().for_each(|column| {
        column.set_padding((0, 0));
    });
    table.lines().map(|line| line.split(BORDER).map(str::to_owned).collect()).collect()
}

/// A line of padded cells, painted one by one, without blanks at its end.
pub(super) fn join(
    cells: &[String],
    gap: usize,
    style: &Style,
    paint: impl Fn(usize, &str) -> String,
) -> String {
    let used = cells.iter().rposition(|c| !c.trim().is_empty()).map_or(0, |at| at + 1);
    let (mut plain, mut painted) = (String::new(), String::new());
    for (at, cell) in cells.iter().take(used).enumerate() {
        let blanks = " ".repeat(if at > 0 { gap } else { 0 });
        let cell = if at + 1 == used { cell.trim_end() } else { cell };
        plain.push_str(&format!("{blanks}{cell}"));
        painted.push_str(&format!("{blanks}{}", paint(at, cell)));
    }
    if text::width(&plain) > style.cells() { text::fit(&plain, style.cells(), style) } else { painted }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_line_up() {
        let rows = [vec!["科创50".to_owned(), "1.5".into()], vec!["S&P 500".into(), "22.50".into()]];
        assert_eq!(
            pad(&rows, &[Align::Left, Align::Right]),
            [["科创50 ".to_owned(), "  1.5".into()], ["S&P 500".into(), "22.50".into()]]
        );
    }

    #[test]
    fn names_are_cut_before_a_column_goes_and_columns_go_in_order() {
        let fit = |kept: &[usize], name, gap| Fit { kept: kept.to_vec(), name, gap };
        assert_eq!(choose(&[24, 10, 6, 6], &[2, 3], &[], 100), fit(&[0, 1, 2, 3], 24, 2));
        assert_eq!(choose(&[24, 20, 20, 12], &[2, 3], &[], 80), fit(&[0, 1, 2, 3], 22, 2));
        assert_eq!(choose(&[24, 30, 20, 12], &[2, 3], &[], 80), fit(&[0, 1, 3], 24, 2));
        assert_eq!(choose(&[24, 10, 6, 6], &[2, 3], &[], 36), fit(&[0, 1, 3], 18, 1));
    }

    #[test]
    fn the_last_resorts_go_only_when_the_name_is_at_its_shortest() {
        let fit = |kept: &[usize], name| Fit { kept: kept.to_vec(), name, gap: 1 };
        assert_eq!(choose(&[24, 10, 6, 14], &[2], &[3], 40).kept, [0, 1, 3]);
        assert_eq!(choose(&[24, 10, 6, 16], &[2], &[3], 40), fit(&[0, 1, 3], 12));
        assert_eq!(choose(&[24, 10, 6, 24], &[2], &[3], 40).kept, [0, 1]);
        assert_eq!(choose(&[24, 10, 6, 20], &[2], &[3], 40).kept, [0, 1]);
    }

    #[test]
    fn a_wide_terminal_narrows_the_gap_before_it_drops_a_column() {
        let natural = [18, 50, 50];
        assert_eq!(choose(&natural, &[2], &[], 120).gap, 1);
        assert_eq!(choose(&natural, &[2], &[], 122).gap, 2);
    }

    #[test]
    fn a_narrow_terminal_narrows_the_gap_before_it_cuts_a_name() {
        let fit = choose(&[20, 10, 6], &[], &[], 38);
        assert_eq!((fit.name, fit.gap), (20, 1));
        assert!(holds(&[20, 10, 6], usize::MAX, 38) && !holds(&[20, 10, 6], usize::MAX, 37));
    }
}
