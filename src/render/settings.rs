//! Lasting choices as a table.
//!
//! Not for: where they come from.

use std::io::{self, Write};

use super::layout::{self, Align};
use super::page::Page;
use super::style::{Style, Tone};
use super::text;
use crate::domain::settings::{Setting, Settings};

/// Where a value would have fewer cells, each choice is a sentence and not a row.
const LEAST: usize = 20;

/// Writes a line for each choice, with its origin where that is wanted.
pub(super) fn write(list: &Settings, origin: bool, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style);
    let file = list.file.as_deref().unwrap_or("no home folder is known");
    let there = if list.there { "" } else { " (not there)" };
    page.hanging(Tone::Head, "", &format!("Config file: {file}{there}"));
    page.blank();
    let rows: Vec<Vec<String>> = list.settings.iter().map(|s| cells(s, origin, style)).collect();
    let names: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().take(row.len() - 1).cloned().collect()).collect();
    for (name, row) in layout::pad(&names, &[Align::Left; 2]).iter().zip(&rows) {
        let name = format!("{}  ", name.join("  "));
        let value = row.last().map_or("", String::as_str);
        if text::width(&name) + LEAST > style.cells() {
            let from = row.get(1).filter(|_| origin).map_or_else(String::new, |from| format!(" ({from})"));
            let key = row.first().map_or("", String::as_str);
            page.hanging(Tone::Plain, "", &format!("{key}: {value}{from}"));
            continue;
        }
        let room = style.cells().saturating_sub(text::width(&name));
        for (at, line) in text::wrap(value, room, 0).into_iter().enumerate() {
            let before = if at == 0 { name.clone() } else { " ".repeat(text::width(&name)) };
            page.painted(format!("{before}{line}"));
        }
    }
    page.write(out)
}

/// Key, value and origin.
fn cells(setting: &Setting, origin: bool, style: &Style) -> Vec<String> {
    let from = match &setting.place {
        Some(place) => format!("{}, {place}", setting.origin.name()),
        None => setting.origin.name().to_owned(),
    };
    let mut cells = vec![text::clean(&setting.key, style)];
    if origin {
        cells.push(text::clean(&from, style));
    }
    let told = setting.note.clone().unwrap_or_else(|| value(&setting.value, style));
    cells.push(text::clean(&told, style));
    cells
}

fn value(value: &serde_json::Value, style: &Style) -> String {
    match value {
        serde_json::Value::Null => style.dash().to_owned(),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| self::value(item, style)).collect();
            if items.is_empty() { style.dash().to_owned() } else { items.join(", ") }
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::settings::Origin;

    #[test]
    fn where_three_columns_do_not_fit_each_choice_is_a_sentence() {
        let setting = Setting {
            key: "require_settled".to_owned(),
            value: true.into(),
            note: None,
            origin: Origin::Environment,
            place: Some("MARKETSNAP_REQUIRE_SETTLED".to_owned()),
        };
        let list = Settings {
            schema: "marketsnap.config/1",
            file: Some("config.toml".to_owned()),
            there: true,
            settings: vec![setting],
        };
        let mut out = Vec::new();
        write(&list, true, &Style { width: 40, ..Style::default() }, &mut out).unwrap();
        let expected =
            "Config file: config.toml\n\nrequire_settled: true (variable,\n  MARKETSNAP_REQUIRE_SETTLED)\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
