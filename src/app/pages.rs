//! Files made from the program itself, such as its manual: one to standard output, or all into a folder.
//!
//! Not for: what is in them (`cli`), or reports (`output`).

use std::path::Path;

use super::output::{self, Console};
use super::{Exit, RunError};

/// A file: its name and what is in it.
pub type Page = (String, Vec<u8>);

/// Writes the first page to standard output.
///
/// # Errors
/// [`RunError`] when it could not be written.
pub fn show_page(pages: &[Page], console: &mut Console<'_>) -> Result<Exit, RunError> {
    let bytes = pages.first().map(|(_, bytes)| bytes.as_slice()).unwrap_or_default();
    output::to_stdout(console, bytes)?;
    Ok(Exit::Complete)
}

/// Writes all pages into a folder, which is made where there is none, each whole or not at all.
///
/// # Errors
/// [`RunError`] when one could not be written.
pub fn keep_pages(pages: &[Page], folder: &Path) -> Result<Exit, RunError> {
    std::fs::create_dir_all(folder).map_err(|e| output::not_written(folder, e))?;
    for (name, bytes) in pages {
        output::to_file(&folder.join(name), bytes)?;
    }
    Ok(Exit::Complete)
}
