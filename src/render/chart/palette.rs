//! The colours of a chart: those of Okabe and Ito ("Color Universal Design", 2008), which readers with any
//! colour vision tell apart, each with a dash, so that colour is never the only sign.
//!
//! Not for: gains and losses (`style`).

/// What a piece of a chart is painted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    Ground,
    Ink,
    Dim,
    Grid,
    /// The line with this number.
    Line(usize),
}

/// Red, green, blue.
pub(super) type Rgb = (u8, u8, u8);

/// A line's colour on white, on nearly black, and as one of a terminal's 256. The palette's yellow is left
/// out, which white swallows, and its black is white on a dark ground; its blue is lightened there. A terminal does
/// not tell its ground, so that its colours are those in the middle that stand out from both.
struct Colour {
    light: Rgb,
    dark: Rgb,
    terminal: u8,
}

const COLOURS: [Colour; 7] = [
    Colour { light: (0, 114, 178), dark: (70, 160, 220), terminal: 32 },
    Colour { light: (213, 94, 0), dark: (230, 115, 30), terminal: 166 },
    Colour { light: (0, 158, 115), dark: (0, 178, 130), terminal: 29 },
    Colour { light: (204, 121, 167), dark: (214, 140, 180), terminal: 133 },
    Colour { light: (0, 0, 0), dark: (255, 255, 255), terminal: 244 },
    Colour { light: (230, 159, 0), dark: (230, 159, 0), terminal: 136 },
    Colour { light: (86, 180, 233), dark: (150, 210, 245), terminal: 99 },
];

/// Lengths of strokes and gaps in widths of a line. There are four dashes and seven colours, so that 28 lines
/// have no two signs in common.
const DASHES: [&[f32]; 4] = [&[], &[5.0, 2.0], &[1.5, 1.5], &[6.0, 2.0, 1.5, 2.0]];

/// How many colours there are.
pub(super) const COUNT: usize = COLOURS.len();

/// The dash of a line.
pub(super) fn dash(line: usize) -> &'static [f32] {
    DASHES.get(line % DASHES.len()).copied().unwrap_or_default()
}

/// The number of a line's colour among 256.
pub(super) fn terminal(line: usize) -> u8 {
    COLOURS.get(line % COUNT).map_or(7, |c| c.terminal)
}

/// A colour on a light or a dark ground.
pub(super) fn rgb(paint: Paint, dark: bool) -> Rgb {
    match (paint, dark) {
        (Paint::Ground, false) => (255, 255, 255),
        (Paint::Ground, true) => (17, 20, 24),
        (Paint::Ink, false) => (26, 28, 31),
        (Paint::Ink, true) => (232, 234, 237),
        (Paint::Dim, false) => (92, 97, 104),
        (Paint::Dim, true) => (160, 166, 174),
        (Paint::Grid, false) => (222, 225, 229),
        (Paint::Grid, true) => (52, 57, 64),
        (Paint::Line(n), dark) => {
            COLOURS.get(n % COUNT).map_or((0, 0, 0), |c| if dark { c.dark } else { c.light })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contrast of two colours as WCAG 2.1 has it.
    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let part = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        let light = |c: Rgb| 0.2126 * part(c.0) + 0.7152 * part(c.1) + 0.0722 * part(c.2);
        let (a, b) = (light(a) + 0.05, light(b) + 0.05);
        if a > b { a / b } else { b / a }
    }

    #[test]
    fn words_and_the_first_lines_stand_out_from_both_grounds() {
        for dark in [false, true] {
            let ground = rgb(Paint::Ground, dark);
            for words in [Paint::Ink, Paint::Dim] {
                assert!(contrast(rgb(words, dark), ground) > 4.5, "{words:?} {dark}");
            }
            for line in 0..COUNT {
                let least = if line < 5 { 2.9 } else { 2.0 };
                assert!(contrast(rgb(Paint::Line(line), dark), ground) > least, "{line} {dark}");
            }
        }
    }

    #[test]
    fn a_terminals_lines_stand_out_from_a_light_and_from_a_dark_ground() {
        // The cube of 6 x 6 x 6 begins at 16, the ramp of greys at 232.
        let step = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
        let rgb = |n: u8| match n {
            16..=231 => (step((n - 16) / 36), step((n - 16) / 6 % 6), step((n - 16) % 6)),
            232.. => (8 + 10 * (n - 232), 8 + 10 * (n - 232), 8 + 10 * (n - 232)),
            _ => panic!("{n} is what the terminal's user says"),
        };
        for line in 0..COUNT {
            for ground in [(255, 255, 255), (253, 246, 227), (0, 0, 0), (30, 30, 30)] {
                let found = contrast(rgb(terminal(line)), ground);
                assert!(found > 2.9, "{} on {ground:?}: {found}", terminal(line));
            }
        }
    }

    #[test]
    fn no_two_of_26_lines_have_colour_and_dash_in_common() {
        let mut signs: Vec<_> =
            (0..26).map(|n| (n % COUNT, dash(n).len(), dash(n).first().map(|d| d.to_bits()))).collect();
        signs.sort_unstable();
        signs.dedup();
        assert_eq!(signs.len(), 26);
    }
}
