//! Numbers that no double can hold, taken out of a JSON text before it is read again.
//!
//! Not for: numbers that are text, or reading the document (`wire`).

/// `text` with every number that overflows a double replaced by null.
pub(super) fn to_null(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut number = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars().chain(std::iter::once(' ')) {
        let part = !quoted && (c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E'));
        if part && (!number.is_empty() || c == '-' || c.is_ascii_digit()) {
            number.push(c);
            continue;
        }
        if !number.is_empty() {
            let overflows = number.parse::<f64>().is_ok_and(f64::is_infinite);
            clean.push_str(if overflows { "null" } else { &number });
            number.clear();
        }
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        clean.push(c);
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_outside_of_texts_that_overflow_become_null() {
        let text = r#"{"a":1e999,"b":-1E400,"c":1e308,"d":"1e999 \" 1e999","e":[1e999,2]}"#;
        let clean = r#"{"a":null,"b":null,"c":1e308,"d":"1e999 \" 1e999","e":[null,2]} "#;
        assert_eq!(to_null(text), clean);
    }
}
