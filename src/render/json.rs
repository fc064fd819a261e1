//! A report as one JSON object, indented, in full precision, ending in a newline.
//!
//! Not for: choosing keys; those are the fields of the report's own types (`domain`).

use std::io::{self, Write};

use serde::Serialize;

/// Writes the report.
pub(super) fn write<T: Serialize>(report: &T, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report).map_err(io::Error::from)?;
    writeln!(out)
}
