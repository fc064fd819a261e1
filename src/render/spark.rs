//! Lines drawn with characters: eight heights of blocks, or five ASCII marks.
//!
//! Not for: choosing which closes are drawn (`compute`), nor their dates (`rebased`).

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

/// One character a value, on the scale from `low` to `high`; a blank where there is no value. A flat
/// line lies in the middle.
pub(super) fn draw(values: &[Option<f64>], (low, high): (f64, f64), style: &Style) -> String {
    let levels: &[char] = if style.ascii { &MARKS } else { &BLOCKS };
    let top = levels.len() - 1;
    let range = high - low;
    let glyph = |value: f64| {
        // Halved before subtracting, so that the widest doubles do not overflow.
        let share = if range > 0.0 { (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0) } else { 0.5 };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let step = (share.clamp(0.0, 1.0) * top as f64).round() as usize;
        levels.get(step.min(top)).copied().unwrap_or(' ')
    };
    values.iter().map(|v| v.filter(|v| v.is_finite()).map_or(' ', glyph)).collect()
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
    fn nothing_to_draw_is_none_and_no_numbers_are_blanks() {
        assert_eq!(line(&[], 8, &Style::default()), None);
        assert_eq!(line(&[1.0], 8, &Style::default()), None);
        assert_eq!(line(&[1.0, f64::NAN, 2.0], 8, &Style::default()).unwrap(), "▁ █");
        assert_eq!(line(&[f64::MIN, f64::MAX], 8, &Style::default()).unwrap(), "▁█");
    }
}
