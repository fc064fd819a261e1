//! Makes JSON of a script's object literals, whose keys stand without quotes in older deployments.
//!
//! Not for: anything else that scripts may write (single quotes, comments, trailing commas).

/// The text with each bare key of an object put into double quotes; what is quoted already, and
/// everything inside of quotes, stays as it is.
pub(super) fn with_quoted_keys(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut rest = text;
    // Whether a key may come next: after an opening brace or a comma.
    let mut key_may_come = false;
    while let Some(first) = rest.chars().next() {
        let taken = if first == '"' {
            quoted(rest)
        } else if key_may_come && is_key_character(first) {
            bare(rest)
        } else {
            first.len_utf8()
        };
        let (piece, after) = rest.split_at_checked(taken).unwrap_or((rest, ""));
        if key_may_come && is_key_character(first) && after.trim_start().starts_with(':') {
            out.extend(["\"", piece, "\""]);
        } else {
            out.push_str(piece);
        }
        key_may_come = matches!(first, '{' | ',') || (key_may_come && first.is_whitespace());
        rest = after;
    }
    out
}

/// Length of the quoted text that this begins with, to its end where it is not closed.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Length of the bare word that this begins with.
fn bare(text: &str) -> usize {
    text.find(|c| !is_key_character(c)).unwrap_or(text.len())
}

fn is_key_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn bare_keys_are_quoted_and_quoted_text_is_not_touched() {
        assert_eq!(
            with_quoted_keys(r#"[{day:"2026-01-21", open :"1,{a:2}"},{ _b$1 : [true,null] }]"#),
            r#"[{"day":"2026-01-21", "open" :"1,{a:2}"},{ "_b$1" : [true,null] }]"#
        );
        // An escaped quote ends no text, and a text that is not closed stays as it is.
        for same in
            [r#"{"a":"x\",b:1"}"#, r#"{"a":"x,b:1"#, r#"{"a":"\\","b":1}"#, "null", "", "a:1", "[1:2]"]
        {
            assert_eq!(with_quoted_keys(same), same);
        }
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a-z:,{}\\[\\]\"\\\\ 中]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map("[a-z:,{}\" ]{0,6}", inner, 0..4)
                    .prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn json_is_never_changed(value in json()) {
            let text = value.to_string();
            prop_assert_eq!(with_quoted_keys(&text), text);
        }

        #[test]
        fn any_text_survives_and_only_quotes_are_added(text in any::<String>(), braces in "[{},:\"a1 \\\\]{0,30}") {
            let text = text + &braces;
            let kept = |t: &str| t.replace('"', "");
            prop_assert_eq!(kept(&with_quoted_keys(&text)), kept(&text));
        }
    }
}
