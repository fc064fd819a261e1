//! Making text that came from outside safe to show.
//!
//! Not for: rounding or layout (`render`).

/// Makes untrusted text harmless in a terminal, a file or a log: control characters and
/// bidirectional overrides are removed, white space is folded to single blanks, and the text is cut
/// to `limit` characters with an ellipsis.
#[must_use]
pub fn sanitise(text: &str, limit: usize) -> String {
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

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_bidi_overrides_are_removed_and_blanks_folded() {
        assert_eq!(sanitise("\u{1b}[31mEvil\u{202e}  Corp\n", 40), "[31mEvil Corp");
    }

    #[test]
    fn long_text_is_cut_with_an_ellipsis_inside_the_limit() {
        assert_eq!(sanitise("Münchener Rück", 8), "München…");
    }
}
