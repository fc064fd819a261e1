//! Lines drawn with characters: eight heights of blocks, sixteen over two rows, or five ASCII marks.
//!
//! Not for: choosing which closes are drawn (`compute`), nor their dates (`rebased`).

use super::number;
use super::style::Style;

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const MARKS: [char; 5] = ['_', '.', '-', '=', '^'];

/// The lowest and the highest of the values; none where no value is finite.
pub(super) fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|v| v.is_finite()).fold(None, |found, v| match found {
        None => Some((v, v)),
        Some((low, high)) => Some((v.min(low), v.max(high))),
    })
}

/// Which of `count` steps a value is on, on the scale from `low` to `high`; a flat line lies in the
/// middle.
fn step(value: f64, (low, high): (f64, f64), count: usize) -> usize {
    let top = count.saturating_sub(1);
    // Halved before subtracting, so that the widest doubles do not overflow.
    let share = if high - low > 0.0 { (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0) } else { 0.5 };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let step = (share.clamp(0.0, 1.0) * top as f64).round() as usize;
    step.min(top)
}

/// One character a value, on one scale; a blank where there is no value.
pub(super) fn draw(values: &[Option<f64>], scale: (f64, f64), style: &Style) -> String {
    let levels: &[char] = if style.ascii { &MARKS } else { &BLOCKS };
    let glyph = |value: f64| levels.get(step(value, scale, levels.len())).copied().unwrap_or(' ');
    values.iter().map(|v| v.filter(|v| v.is_finite()).map_or(' ', glyph)).collect()
}

/// The same over two rows of blocks, the upper one first: below the middle of the scale the upper row
/// is blank, above it the lower one is full.
pub(super) fn draw_tall(values: &[Option<f64>], scale: (f64, f64)) -> [String; 2] {
    let half = BLOCKS.len();
    let column = |value: f64| {
        let step = step(value, scale, 2 * half);
        let upper = step.checked_sub(half).and_then(|at| BLOCKS.get(at));
        let lower = BLOCKS.get(step.min(half - 1));
        (upper.copied().unwrap_or(' '), lower.copied().unwrap_or(' '))
    };
    let (upper, lower) =
        values.iter().map(|v| v.filter(|v| v.is_finite()).map_or((' ', ' '), column)).unzip();
    [upper, lower]
}

/// A sparkline of at most `cells` characters on its own scale; the last character is the newest value.
/// None where fewer than two values are given.
pub(super) fn line(values: &[f64], cells: usize, style: &Style) -> Option<String> {
    let count = values.len();
    let scale = extent(values.iter().copied())?;
    if count < 2 || cells == 0 {
        return None;
    }
    let shown = cells.min(count);
    let picked: Vec<Option<f64>> =
        (1..=shown).map(|i| values.get((i * count).div_ceil(shown).saturating_sub(1)).copied()).collect();
    Some(draw(&picked, scale, style))
}

/// The line in words: from the oldest to the newest close, between the lowest and the highest, each with two
/// digits after the point.
pub(super) fn spoken(values: &[f64]) -> Option<String> {
    let (low, high) = extent(values.iter().copied())?;
    let figure = |value: f64| number::close(value, 2);
    let (first, last) = (figure(*values.first()?)?, figure(*values.last()?)?);
    Some(format!("from {first} to {last}, lowest {}, highest {}", figure(low)?, figure(high)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAR50: [f64; 10] =
        [1455.17, 1475.97, 1511.84, 1469.57, 1500.91, 1493.95, 1514.07, 1506.86, 1482.99, 1535.39];

    #[test]
    fn the_line_runs_from_the_lowest_to_the_highest_close() {
        assert_eq!(line(&STAR50, 10, &Style::default()).unwrap(), "▁▃▆▂▅▄▆▆▃█");
        assert_eq!(line(&STAR50, 10, &Style { ascii: true, ..Style::default() }).unwrap(), "_.=.--==.^");
    }

    #[test]
    fn fewer_cells_than_closes_keep_the_newest_close() {
        assert_eq!(line(&STAR50, 5, &Style::default()).unwrap(), "▃▂▄▆█");
    }

    #[test]
    fn a_flat_series_is_a_line_in_the_middle() {
        assert_eq!(line(&[5.0, 5.0, 5.0], 8, &Style::default()).unwrap(), "▅▅▅");
        assert_eq!(line(&[0.0, 0.0], 8, &Style { ascii: true, ..Style::default() }).unwrap(), "--");
    }

    #[test]
    fn two_rows_tell_sixteen_heights_apart() {
        let values: Vec<Option<f64>> = (0..16).map(|v| Some(f64::from(v))).chain([None]).collect();
        let [upper, lower] = draw_tall(&values, (0.0, 15.0));
        assert_eq!(upper, "        ▁▂▃▄▅▆▇█ ");
        assert_eq!(lower, "▁▂▃▄▅▆▇█████████ ");
    }

    #[test]
    fn nothing_to_draw_is_none_and_no_numbers_are_blanks() {
        assert_eq!(line(&[], 8, &Style::default()), None);
        assert_eq!(line(&[1.0], 8, &Style::default()), None);
        assert_eq!(line(&[1.0, f64::NAN, 2.0], 8, &Style::default()).unwrap(), "▁ █");
        assert_eq!(line(&[f64::MIN, f64::MAX], 8, &Style::default()).unwrap(), "▁█");
    }
}
