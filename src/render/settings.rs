//! Lasting choices as a table.
//!
//! Not for: where they come from.

use std::io::{self, Write};

use super::layout::{self, Align};
use super::page::Page;
use super::style::{Style, Tone};
use super::text;
use crate::domain::settings::{Setting, Settings};

/// No value is wrapped to fewer cells.
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
        let room = style.cells().saturating_sub(text::width(&name)).max(LEAST);
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
