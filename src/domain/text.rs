//! Making text that came from outside safe to show.
//!
//! Not for: rounding or layout (`render`).

use unicode_width::UnicodeWidthChar;

/// Makes untrusted text harmless in a terminal, a file or a log: escape sequences, control characters
/// and bidirectional overrides are removed, white space is folded to single blanks, and the text is cut
/// to `limit` characters with an ellipsis. Of the marks above and below a letter the first two stay.
#[must_use]
pub fn sanitise(text: &str, limit: usize) -> String {
    let text = without_towers(&without_sequences(text));
    let mut clean = String::new();
    for word in text.split(|c: char| c.is_whitespace()) {
        let word: String = word.chars().filter(|c| !is_unsafe(*c)).collect();
        if word.is_empty() {
            continue;
        }
        if !clean.is_empty() {
            clean.push(' ');
        }
        clean.push_str(&word);
    }
    if clean.chars().count() <= limit {
        return clean;
    }
    let mut cut: String = clean.chars().take(limit.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// The text without whole escape sequences: colours and cursor moves (`ESC [` up to a final byte) and
/// titles and links (`ESC ]` up to BEL or `ESC \`). A string that never ends loses only its first two
/// characters, so that it cannot swallow a name.
fn without_sequences(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['\u{1b}', '\u{9b}', '\u{9d}']) {
        let (before, sequence) = rest.split_at(at);
        kept.push_str(before);
        rest = if let Some(body) = after(sequence, &["\u{1b}[", "\u{9b}"]) {
            let last = body.trim_start_matches(|c| matches!(c, ' '..='?'));
            last.strip_prefix(|c| matches!(c, '@'..='~')).unwrap_or(last)
        } else if let Some(body) = after(sequence, &["\u{1b}]", "\u{9d}"]) {
            let end = body.find(['\u{7}', '\u{9c}', '\u{1b}']).and_then(|at| body.get(at..));
            end.map_or(body, |end| after(end, &["\u{1b}\\", "\u{7}", "\u{9c}"]).unwrap_or(end))
        } else {
            sequence.strip_prefix('\u{1b}').unwrap_or_default()
        };
    }
    kept + rest
}

/// Marks that a letter keeps: Vietnamese needs two, a tower of them covers what stands above.
const MARKS: usize = 2;

/// The text with at most [`MARKS`] combining marks to a letter.
fn without_towers(text: &str) -> String {
    let mut marks = 0;
    let stays = |c: &char| {
        marks = if is_mark(*c) { marks + 1 } else { 0 };
        marks <= MARKS
    };
    text.chars().filter(stays).collect()
}

/// A mark that stands on or below the letter before it.
fn is_mark(c: char) -> bool {
    !c.is_control() && c.width() == Some(0)
}

/// What follows the first of these that the text begins with.
fn after<'a>(text: &'a str, starts: &[&str]) -> Option<&'a str> {
    starts.iter().find_map(|start| text.strip_prefix(start))
}

/// A name with a mark in the place of each character that would do something where it is shown.
#[must_use]
pub fn harmless(name: &str) -> String {
    name.chars().map(|c| if is_unsafe(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escape_sequences_and_bidi_overrides_are_removed_and_blanks_folded() {
        assert_eq!(sanitise("\u{1b}[31mEvil\u{202e}  Corp\u{1b}[0m\n", 40), "Evil Corp");
        assert_eq!(sanitise("\u{9b}1;38;5;208mEvil\u{1b}[2 q Corp\u{1b}[", 40), "Evil Corp");
    }

    #[test]
    fn titles_and_links_are_removed_whole_and_what_they_wrap_stays() {
        let link = "\u{1b}]8;;http://x\u{1b}\\Evil\u{1b}]8;;\u{7} Corp\u{1b}]0;owned\u{9c}";
        assert_eq!(sanitise(link, 40), "Evil Corp");
    }

    #[test]
    fn a_sequence_that_never_ends_swallows_no_name() {
        assert_eq!(sanitise("\u{1b}]Evil Corp", 40), "Evil Corp");
        assert_eq!(sanitise("\u{1b}\u{1b}[31科创50", 40), "科创50");
    }

    proptest! {
        #[test]
        fn no_control_character_survives(text in any::<String>(), codes in "[\u{1b}\u{7}\u{9b}-\u{9d}\\[\\];0-9m a]{0,40}") {
            let clean = sanitise(&format!("{codes}{text}{codes}"), 200);
            prop_assert!(!clean.chars().any(char::is_control), "{clean:?}");
        }

        #[test]
        fn ordinary_text_in_square_brackets_survives(text in "[a-z0-9\\[\\];?科]{0,40}") {
            prop_assert_eq!(sanitise(&text, 200), text);
        }
    }

    #[test]
    fn a_tower_of_marks_is_two_high() {
        let tower = format!("Z{}a\u{302}\u{301}o", "\u{301}".repeat(200));
        assert_eq!(sanitise(&tower, 400), "Z\u{301}\u{301}a\u{302}\u{301}o");
    }

    #[test]
    fn long_text_is_cut_with_an_ellipsis_inside_the_limit() {
        assert_eq!(sanitise("Münchener Rück", 8), "München…");
    }
}
