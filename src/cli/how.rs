//! In which form a report is written, and where to: flags of every command that writes one.
//!
//! Not for: how a table looks (`args`).

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{FalseyValueParser, PossibleValuesParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Args, ValueEnum};

use super::parse::{Conflict, Given};
use crate::app::{self, ChartOptions, Format, Options, Picture};

#[derive(Debug, Args)]
pub(super) struct How {
    /// Output format [default: table, or by the suffix of -o]
    #[arg(long, value_enum, env = "MARKETSNAP_FORMAT", help_heading = "How")]
    format: Option<FormatName>,
    /// The same as --format json
    #[arg(long, env = "MARKETSNAP_JSON", value_parser = FalseyValueParser::new(), help_heading = "How")]
    json: bool,
    /// Write to a file, whole or not at all, in the format of its suffix: .txt .json .jsonl .csv .md .html (- is
    /// standard output)
    #[arg(short, long, value_name = "FILE", help_heading = "How")]
    output: Option<PathBuf>,
    /// Only these fields, comma separated, by the names that `--fields help` lists; with --format csv, jsonl or json
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        env = "MARKETSNAP_FIELDS",
        value_parser = FieldName,
        help_heading = "How"
    )]
    pub(super) fields: Vec<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum FormatName {
    /// A table for reading
    Table,
    /// One JSON document
    Json,
    /// One JSON document for each row, a line each
    Jsonl,
    /// A row for each instrument, under a header
    Csv,
    /// Markdown with tables
    Markdown,
    /// One self-contained page
    Html,
    /// A picture of lines and letters
    #[value(hide = true)]
    Svg,
    /// A picture of pixels
    #[value(hide = true)]
    Png,
}

/// Reads a format of a chart, naming pictures too where it is none.
pub(super) fn formats_of_charts() -> impl TypedValueParser<Value = FormatName> {
    PossibleValuesParser::new(["table", "json", "jsonl", "csv", "markdown", "html", "svg", "png"])
        .try_map(|name| <FormatName as ValueEnum>::from_str(&name, false))
}

/// Reads a format of a file.
pub(super) fn formats_of_files() -> impl TypedValueParser<Value = FormatName> {
    PossibleValuesParser::new(["markdown", "html", "json", "jsonl", "csv", "table"])
        .try_map(|name| <FormatName as ValueEnum>::from_str(&name, false))
}

impl FormatName {
    pub(super) fn format(self) -> Format {
        match self {
            FormatName::Table | FormatName::Svg | FormatName::Png => Format::Table,
            FormatName::Json => Format::Json,
            FormatName::Jsonl => Format::JsonLines,
            FormatName::Csv => Format::Csv,
            FormatName::Markdown => Format::Markdown,
            FormatName::Html => Format::Html,
        }
    }

    fn picture(self) -> Option<Picture> {
        match self {
            FormatName::Svg => Some(Picture::Svg),
            FormatName::Png => Some(Picture::Png),
            _ => None,
        }
    }
}

impl How {
    /// Refuses two formats that come from one place.
    pub(super) fn check(&self, given: &Given) -> Result<(), Conflict> {
        let both = given.has("json") == given.has("format");
        let other = self.format.is_some_and(|f| !matches!(f, FormatName::Json));
        if self.json && other && both { Err(Conflict::Both("--json", "another --format")) } else { Ok(()) }
    }

    /// Refuses a picture of what is no chart.
    pub(super) fn check_text(&self, given: &Given) -> Result<(), Conflict> {
        self.check(given)?;
        let picture = self.format.is_some_and(|format| format.picture().is_some());
        if picture && given.has("format") { Err(Conflict::NoPicture) } else { Ok(()) }
    }

    /// The file to write; `-` is standard output.
    pub(super) fn file(&self) -> Option<&PathBuf> {
        self.output.as_ref().filter(|path| path.as_os_str() != "-")
    }

    /// The options with these flags in them; a flag of the command line outranks a variable.
    pub(super) fn put(&self, options: Options, given: &Given) -> Options {
        let json = self.json && (given.has("json") || !given.has("format"));
        let format = if json { Some(FormatName::Json) } else { self.format };
        let picture = format.and_then(FormatName::picture);
        let format = format.map(FormatName::format);
        // A variable's format is for where neither a flag nor the file's suffix says one.
        let on_line = given.has("json") || given.has("format");
        Options {
            chart: ChartOptions {
                picture: picture.filter(|_| on_line),
                fallback_picture: picture.filter(|_| !on_line),
                ..options.chart
            },
            format: format.filter(|_| on_line),
            fallback_format: format.filter(|_| !on_line),
            fields: self.fields.clone(),
            fields_named: given.has("fields"),
            output: self.file().cloned(),
            ..options
        }
    }
}

/// Reads a field's name; of `help` it makes the list of fields, which ends the run.
#[derive(Debug, Clone, Copy)]
pub(super) struct FieldName;

impl TypedValueParser for FieldName {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        let word = value.to_string_lossy().into_owned();
        let list = Some(command.get_name()).filter(|_| word == "help").and_then(app::field_list);
        let Some(list) = list else { return Ok(word) };
        let mut help = clap::Error::new(ErrorKind::DisplayHelp).with_cmd(command);
        help.insert(ContextKind::Custom, ContextValue::String(list));
        Err(help)
    }
}
