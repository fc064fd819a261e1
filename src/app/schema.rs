//! The JSON Schema of a document, or the names of all documents.
//!
//! Not for: making schemas (`domain::schema`).

use super::output::{self, Console};
use super::{Exit, RunError};
use crate::domain::schema;
use crate::domain::text::sanitise;

/// Writes the schema of the document of that name; without a name, the names.
///
/// # Errors
/// [`RunError`] when it could not be written.
pub fn schema(name: Option<&str>, console: &mut Console<'_>) -> Result<Exit, RunError> {
    let text = match name {
        None => schema::names().map(|(name, version)| format!("{name:<10} {version}\n")).collect(),
        Some(name) => match schema::schema(name.trim_start_matches("marketsnap.").trim_end_matches("/1")) {
            Some(schema) => format!("{schema:#}\n"),
            None => {
                let names: Vec<&str> = schema::names().map(|(name, _)| name).collect();
                let _ = writeln!(console.err, "error: no document is called '{}'", sanitise(name, 40));
                let _ = writeln!(console.err, "  hint: `marketsnap schema` lists them: {}", names.join(", "));
                return Ok(Exit::Usage);
            }
        },
    };
    output::to_stdout(console, text.as_bytes())?;
    Ok(Exit::Complete)
}
