//! The fields that were asked for: what their names mean, and the report reduced to them.
//!
//! Not for: which fields there are (`domain::fields`), or how rows are written (`render`).

use std::io;

use super::options::{Command, Options};
use super::reports::Render;
use crate::domain::Horizon;
use crate::domain::fields::{self, Field};
use crate::domain::text::sanitise;
use crate::render::{self, Format};

/// A column of the table that no document has.
pub(super) const TREND: &str = "trend";

/// A field that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum NoField {
    /// A name that no field of the report has.
    #[error("unknown field '{name}'{} (`--fields help` lists all)", did_you_mean(.near))]
    Unknown {
        /// The name.
        name: String,
        /// The nearest name.
        near: Option<String>,
    },
    /// A form whose columns are its own.
    #[error(
        "--fields goes with --format csv, jsonl or json here: only the table of `marketsnap today` takes it"
    )]
    OwnColumns,
    /// A drawing where values are wanted.
    #[error("'trend' is drawn, in the tables of `marketsnap today` only: leave it out of --fields")]
    Drawn,
}

fn did_you_mean(near: &Option<String>) -> String {
    near.as_ref().map_or_else(String::new, |near| format!(": did you mean {near}?"))
}

/// The document that a report's command writes.
pub(super) fn document(command: Command) -> &'static str {
    match command {
        Command::Today => "snapshot",
        Command::Compare => "compare",
        Command::Movers => "movers",
        Command::Show => "show",
        Command::Check => "check",
        Command::Chart => "chart",
    }
}

/// Whether a form has rows for programs.
fn for_programs(format: Format) -> bool {
    matches!(format, Format::Json | Format::JsonLines | Format::Csv)
}

/// The names of the fields that were asked for, as the document spells them; none for the usual ones. What comes from
/// the environment is heeded as far as it means something here.
///
/// # Errors
/// [`NoField`] when a name means nothing, or nothing here.
pub(super) fn chosen(options: &Options, document: &str, format: Format) -> Result<Vec<String>, NoField> {
    let words: Vec<&str> = options.fields.iter().map(|word| word.trim()).filter(|w| !w.is_empty()).collect();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let tables = document == "snapshot" && !for_programs(format);
    if !tables && !for_programs(format) {
        return if options.fields_named { Err(NoField::OwnColumns) } else { Ok(Vec::new()) };
    }
    let known = fields::fields(document);
    let mut names: Vec<String> = Vec::new();
    for word in words {
        let meant = match word.eq_ignore_ascii_case(TREND) && document == "snapshot" {
            true if tables => vec![TREND.to_owned()],
            true if options.fields_named => return Err(NoField::Drawn),
            true => continue,
            false => fields::meant(&known, word),
        };
        if meant.is_empty() && options.fields_named {
            return Err(unknown(word, &known));
        }
        for name in meant {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    Ok(names)
}

fn unknown(word: &str, known: &[Field]) -> NoField {
    NoField::Unknown { name: sanitise(word, 60), near: fields::nearest(known, word) }
}

/// The horizons that fields name; a report has them beside those asked for.
pub(super) fn horizons(names: &[String]) -> Vec<Horizon> {
    let named = |name: &String| name.split('.').nth(1).and_then(|part| part.parse().ok());
    names.iter().filter_map(named).collect()
}

/// A report in its form, reduced to these fields where it has rows for programs.
///
/// # Errors
/// What writing fails with.
pub(super) fn rendered(format: Format, names: &[String], render: &mut Render<'_>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if names.is_empty() || !for_programs(format) {
        render(&mut bytes, format)?;
        return Ok(bytes);
    }
    let mut whole = Vec::new();
    render(&mut whole, Format::Json)?;
    render::chosen(&whole, format, names, &mut bytes)?;
    Ok(bytes)
}

/// The fields that rows of a document have, a line each; nothing of a command that writes none.
#[must_use]
pub fn field_list(command: &str) -> Option<String> {
    let document = if matches!(command, "today" | "report") { "snapshot" } else { command };
    fields::Shape::of(document)?;
    let mut bytes = Vec::new();
    render::field_list(document, &mut bytes).ok()?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(words: &str, named: bool, document: &str, format: Format) -> Result<Vec<String>, String> {
        let words = words.split(',').map(str::to_owned).collect();
        let options = Options { fields: words, fields_named: named, ..Options::default() };
        chosen(&options, document, format).map_err(|e| e.to_string())
    }

    #[test]
    fn names_are_spelt_as_in_the_json_each_once_and_name_horizons() {
        let found = names("ID,close, moves.3m.pct,id", true, "snapshot", Format::Csv).unwrap();
        assert_eq!(found, ["id", "close", "moves.3M.pct"]);
        assert_eq!(horizons(&found), [Horizon::Months(3)]);
    }

    #[test]
    fn an_unknown_field_is_an_error_on_the_command_line_and_left_out_from_the_environment() {
        let said = names("id,clsoe", true, "snapshot", Format::Table).unwrap_err();
        assert_eq!(said, "unknown field 'clsoe': did you mean close? (`--fields help` lists all)");
        assert_eq!(names("verdict,id", false, "check", Format::Csv).unwrap(), ["verdict"]);
    }

    #[test]
    fn tables_of_other_reports_and_the_sparkline_in_rows_are_refused() {
        assert!(names("id", true, "movers", Format::Table).unwrap_err().contains("csv, jsonl or json"));
        assert!(names("id", false, "movers", Format::Table).unwrap().is_empty());
        assert_eq!(names("trend", true, "snapshot", Format::Table).unwrap(), ["trend"]);
        assert!(names("trend", true, "snapshot", Format::Csv).unwrap_err().contains("drawn"));
    }
}
