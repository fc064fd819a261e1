//! Rows for programs: one JSON object a line, or CSV.
//!
//! Not for: readers (`table`, `document`).

use std::io::{self, Write};

use serde::Serialize;

use super::Format;

/// Writes the rows of a report.
pub(super) fn write<T: Serialize>(_: &T, _: Format, _: &mut dyn Write) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
