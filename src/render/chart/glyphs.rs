//! The letters of pictures: outlines and widths taken from DejaVu Sans, see `FONT.md` beside this file.
//!
//! Not for: shaping or other scripts; what is not here is written by the viewer of an SVG, and as an id in a
//! PNG.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_width::UnicodeWidthChar;

/// A line each: code point, advance, outline as moves, lines and quadratic curves, in units of the first line.
const BAKED: &str = include_str!("glyphs.txt");

/// A letter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph {
    /// How far the next letter stands, in parts of the size.
    pub advance: f64,
    outline: &'static str,
}

/// One stroke of an outline, in parts of the size, upwards from the base line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Stroke {
    Move(f64, f64),
    Line(f64, f64),
    Curve(f64, f64, f64, f64),
}

struct Font {
    units: f64,
    glyphs: HashMap<char, Glyph>,
}

static FONT: LazyLock<Font> = LazyLock::new(|| {
    let mut lines = BAKED.lines();
    let units = lines.next().and_then(|l| l.parse().ok()).unwrap_or(1.0);
    let read = |line: &'static str| {
        let (code, rest) = line.split_once(' ')?;
        let (advance, outline) = rest.split_once(' ').unwrap_or((rest, ""));
        let letter = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
        Some((letter, Glyph { advance: advance.parse::<f64>().ok()? / units, outline }))
    };
    Font { units, glyphs: lines.filter_map(read).collect() }
});

/// A letter, if it is here.
pub(super) fn glyph(letter: char) -> Option<Glyph> {
    FONT.glyphs.get(&letter).copied()
}

/// Whether all letters of a text are here.
pub(super) fn has(text: &str) -> bool {
    text.chars().all(|c| FONT.glyphs.contains_key(&c))
}

/// How wide a text is, in parts of the size; letters that are not here count by their cells.
pub(super) fn width(text: &str) -> f64 {
    let other = |c: char| match c.width() {
        Some(2) => 1.0,
        Some(0) | None => 0.0,
        _ => 0.65,
    };
    text.chars().map(|c| glyph(c).map_or_else(|| other(c), |g| g.advance)).sum()
}

impl Glyph {
    /// Its strokes.
    pub(super) fn strokes(&self) -> Vec<Stroke> {
        let mut words = self.outline.split(' ');
        let mut strokes = Vec::new();
        while let Some(word) = words.next() {
            let mut next = || words.next().and_then(|w| w.parse::<f64>().ok()).map(|v| v / FONT.units);
            let stroke = match word {
                "M" => next().zip(next()).map(|(x, y)| Stroke::Move(x, y)),
                "L" => next().zip(next()).map(|(x, y)| Stroke::Line(x, y)),
                "Q" => {
                    let control = next().zip(next());
                    control.zip(next().zip(next())).map(|((a, b), (x, y))| Stroke::Curve(a, b, x, y))
                }
                _ => None,
            };
            strokes.extend(stroke);
        }
        strokes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_printable_ascii_letter_is_here_and_all_but_the_blank_have_an_outline() {
        for letter in ' '..='~' {
            let glyph = glyph(letter).unwrap_or_else(|| panic!("no {letter:?}"));
            assert!(glyph.advance > 0.2 && glyph.advance < 1.1, "{letter:?}");
            assert_eq!(glyph.strokes().is_empty(), letter == ' ', "{letter:?}");
        }
        assert!(!has("科创50") && has("S&P 500 · –"));
    }

    #[test]
    fn an_outline_is_read_in_parts_of_the_size() {
        // "|" of the font is a bar from -483 to 1565 of 2048 units.
        let strokes = glyph('|').unwrap().strokes();
        let top = strokes.iter().map(|s| match *s {
            Stroke::Move(_, y) | Stroke::Line(_, y) | Stroke::Curve(_, _, _, y) => y,
        });
        assert!((top.fold(f64::MIN, f64::max) - 1565.0 / 2048.0).abs() < 1e-9);
    }

    #[test]
    fn widths_add_up_and_wide_letters_are_as_wide_as_high() {
        assert!((width("ab") - width("a") - width("b")).abs() < 1e-12);
        assert!((width("科") - 1.0).abs() < 1e-12);
    }
}
