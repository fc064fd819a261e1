//! How output may look: width, colour, characters. Given by the caller, never looked up here.
//!
//! Not for: deciding whether a terminal is there (`cli`), nor what is shown (`grid`).

/// Narrower than this nothing useful fits, so that a report is laid out for this width instead.
const NARROWEST: usize = 40;

/// What the output is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Display cells in a line; below 40 counts as 40.
    pub width: usize,
    /// Whether ANSI colours are emitted.
    pub color: bool,
    /// Whether only ASCII is emitted.
    pub ascii: bool,
    /// Which colours mean up and down.
    pub palette: Palette,
}

impl Default for Style {
    fn default() -> Self {
        Self { width: 80, color: false, ascii: false, palette: Palette::default() }
    }
}

/// Which colours mean up and down; the sign says it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Palette {
    /// Green up, red down.
    #[default]
    GreenUp,
    /// Red up, green down, as in East Asia.
    RedUp,
    /// Blue up, orange down, for readers who cannot tell red from green.
    BlueOrange,
}

/// What a piece of text means, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Head,
    Dim,
    Up,
    Down,
    Alert,
}

impl Tone {
    /// The tone of a printed move, by the sign it carries; a move that rounds to zero has none.
    pub(super) fn of_move(text: &str) -> Self {
        let mut chars = text.trim_start().chars();
        match (chars.next(), chars.next()) {
            (Some('+'), Some(_)) => Tone::Up,
            (Some('-'), Some(digit)) if digit.is_ascii_digit() => Tone::Down,
            _ => Tone::Plain,
        }
    }
}

impl Style {
    /// The width to lay out for.
    pub(super) fn cells(&self) -> usize {
        self.width.max(NARROWEST)
    }

    /// What stands for a missing value.
    pub(super) fn dash(&self) -> &'static str {
        if self.ascii { "-" } else { "–" }
    }

    /// What text that does not fit ends with.
    pub(super) fn ellipsis(&self) -> &'static str {
        if self.ascii { ".." } else { "…" }
    }

    /// What stands between facts of one line.
    pub(super) fn dot(&self) -> &'static str {
        if self.ascii { " | " } else { " · " }
    }

    /// What a listed sentence begins with.
    pub(super) fn bullet(&self) -> &'static str {
        if self.ascii { "- " } else { "• " }
    }

    /// The text in its tone's colour; blanks around it stay outside.
    pub(super) fn paint(&self, tone: Tone, text: &str) -> String {
        let core = text.trim();
        if !self.color || core.is_empty() || tone == Tone::Plain {
            return text.to_owned();
        }
        let before = text.len() - text.trim_start().len();
        let after = text.len() - text.trim_end().len();
        let code = self.code(tone);
        format!("{}\u{1b}[{code}m{core}\u{1b}[0m{}", " ".repeat(before), " ".repeat(after))
    }

    fn code(&self, tone: Tone) -> &'static str {
        match (tone, self.palette) {
            (Tone::Plain, _) => "0",
            (Tone::Head, _) => "1",
            (Tone::Dim, _) => "2",
            (Tone::Alert, _) => "33",
            (Tone::Up, Palette::GreenUp) | (Tone::Down, Palette::RedUp) => "32",
            (Tone::Up, Palette::RedUp) | (Tone::Down, Palette::GreenUp) => "31",
            (Tone::Up, Palette::BlueOrange) => "38;5;32",
            (Tone::Down, Palette::BlueOrange) => "38;5;166",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tones_follow_the_printed_sign() {
        assert_eq!(Tone::of_move("  +3.53"), Tone::Up);
        assert_eq!(Tone::of_move("-2.06*"), Tone::Down);
        assert_eq!(Tone::of_move("0.00"), Tone::Plain);
        assert_eq!(Tone::of_move("-"), Tone::Plain);
        assert_eq!(Tone::of_move("–"), Tone::Plain);
    }

    #[test]
    fn each_palette_has_its_own_colours_and_blanks_are_not_painted() {
        let painted = |palette, tone| {
            Style { color: true, palette, ..Style::default() }.paint(tone, " +1 ").replace('\u{1b}', "E")
        };
        assert_eq!(painted(Palette::GreenUp, Tone::Up), " E[32m+1E[0m ");
        assert_eq!(painted(Palette::RedUp, Tone::Up), " E[31m+1E[0m ");
        assert_eq!(painted(Palette::BlueOrange, Tone::Up), " E[38;5;32m+1E[0m ");
        assert_eq!(painted(Palette::RedUp, Tone::Plain), " +1 ");
    }
}
