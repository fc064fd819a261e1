//! The config file to begin with: every key with its default, all commented out.
//!
//! Not for: where it is written (`app::config`).

use super::keys::{KEYS, Key};

/// What stands at the head of the file.
const HEAD: &str = "\
## Lasting choices of marketsnap. A flag outranks a variable, a variable this file, this file the default.
## What stands behind one comment mark is a key with its default or an example: take the mark away to set it.
## `marketsnap config check` tells what is wrong, `marketsnap config show --origin` what holds and why.
";

/// The tables of the file: how each begins, which keys it has, and what it is for.
const TABLES: [(&str, &str, &[&str], &str); 8] = [
    ("", "", &[], ""),
    ("sources.", "sources", &[], "Whom to ask."),
    ("sources.*.", "sources.yahoo", &["base_url"], "One source: `marketsnap sources` lists them."),
    ("sources.*.", "sources.tiingo", &["key_file"], "A source that wants a key."),
    (
        "instruments.*.",
        "instruments.TENCENT",
        &[],
        "An instrument of your own. Of a built-in id: name, zh, aliases, section, shown, decimals, sources and symbols.",
    ),
    (
        "composites.*.",
        "composites.MY-CHINA",
        &["weights", "name", "zh", "section"],
        "A composite of your own.",
    ),
    ("composites.*.", "composites.MY-PAIR", &["members"], "One with equal weights."),
    ("groups.*.", "groups.MY-CHIPS", &[], "A group of your own; a built-in group's members are replaced."),
];

/// The commented file. With one comment mark less on each line it is valid too.
#[must_use]
pub fn template() -> String {
    let mut text = HEAD.to_owned();
    for (prefix, table, only, about) in TABLES {
        text.push('\n');
        if !table.is_empty() {
            text.push_str(&format!("## {about}\n# [{table}]\n"));
        }
        for (key, name) in KEYS.iter().filter_map(|key| Some((key, in_table(key, prefix)?))) {
            if only.is_empty() || only.contains(&name) {
                text.push_str(&format!("## {}{}\n# {name} = {}\n", key.about, otherwise(key), key.example));
            }
        }
    }
    text
}

/// The name of a key that stands in the table itself.
fn in_table(key: &Key, prefix: &str) -> Option<&'static str> {
    key.path.strip_prefix(prefix).filter(|name| !name.contains('.'))
}

/// What holds without the key, where the example does not tell.
fn otherwise(key: &Key) -> String {
    let plain: String = key.example.chars().filter(|c| !matches!(c, '"' | '[' | ']' | ' ')).collect();
    if key.default.is_empty() || key.default == plain {
        String::new()
    } else {
        format!(" Default: {}.", key.default)
    }
}
