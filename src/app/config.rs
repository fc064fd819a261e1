//! The config file: where it is, one to begin with, whether it makes sense, and what holds.
//!
//! Not for: reading it (`config`), or taking it over (`own`).

use std::io;
use std::path::{Path, PathBuf};

use super::options::Options;
use super::output::{self, Console};
use super::{Exit, Format, RunError, Style, UsageError, WriteError, asked_of, own};
use crate::domain::settings::Settings;
use crate::domain::text::harmless;
use crate::domain::{Own, Universe};
use crate::render;

/// More copies of a file are not kept beside it.
const COPIES: u32 = 1000;

/// Prints where the file is, and tells where it is not there.
///
/// # Errors
/// [`RunError`] when that could not be written, or no home folder is known.
pub fn config_path(path: Option<&Path>, console: &mut Console<'_>) -> Result<Exit, RunError> {
    let path = path.ok_or(UsageError::NoConfigPlace)?;
    output::to_stdout(console, format!("{}\n", path.display()).as_bytes())?;
    if path.is_symlink() && !path.exists() {
        console.say("note: it is a link that leads nowhere");
    } else if !path.exists() {
        console.say("note: it is not there; `marketsnap config init` writes one to begin with");
    }
    Ok(Exit::Complete)
}

/// Writes a file to begin with, and the folders that it lies in. One that is there stays, unless
/// `force` is set: then a copy of it is kept beside, under a name of its own.
///
/// # Errors
/// [`RunError`] when a file is there, when it could not be written, or when no home folder is known.
pub fn config_init(
    path: Option<&Path>,
    text: &str,
    force: bool,
    console: &mut Console<'_>,
) -> Result<Exit, RunError> {
    let path = path.ok_or(UsageError::NoConfigPlace)?;
    if !force && path.symlink_metadata().is_ok() {
        let place = harmless(&path.to_string_lossy());
        if !path.exists() {
            return Err(UsageError::ConfigNowhere(place).into());
        }
        return Err(UsageError::ConfigThere(place).into());
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|e| output::not_written(path, e))?;
    }
    let kept = keep_old(path, text)?;
    output::to_file(path, text.as_bytes())?;
    let kept = kept.map(|old| format!("kept your file as {}\n", harmless(&old.to_string_lossy())));
    let wrote = format!("{}wrote {}\n", kept.unwrap_or_default(), harmless(&path.to_string_lossy()));
    output::to_stdout(console, wrote.as_bytes())?;
    Ok(Exit::Complete)
}

/// Copies a file that says something else than the text beside itself, where no copy stands yet; a link is followed.
fn keep_old(path: &Path, text: &str) -> Result<Option<PathBuf>, WriteError> {
    if !path.exists() || std::fs::read(path).is_ok_and(|held| held == text.as_bytes()) {
        return Ok(None);
    }
    let mut names = (1..=COPIES).map(|at| {
        let mut name = path.as_os_str().to_owned();
        name.push(if at == 1 { ".old".to_owned() } else { format!(".old.{at}") });
        PathBuf::from(name)
    });
    let free = names.find(|old| old.symlink_metadata().is_err());
    let old = free.ok_or_else(|| output::not_written(path, io::ErrorKind::AlreadyExists.into()))?;
    std::fs::copy(path, &old).map_err(|e| output::not_written(&old, e))?;
    Ok(Some(old))
}

/// Says that a file makes sense, and what it holds.
///
/// # Errors
/// [`RunError`] when that could not be written.
pub fn config_ok(path: &Path, holds: &str, console: &mut Console<'_>) -> Result<Exit, RunError> {
    let shown = harmless(&path.to_string_lossy());
    let line = if path.exists() {
        format!("ok: {shown}: {holds}\n")
    } else {
        format!("ok: {shown} is not there, so every choice is the default\n")
    };
    output::to_stdout(console, line.as_bytes())?;
    Ok(Exit::Complete)
}

/// Holds everything that a file says against the catalogue and the sources.
///
/// # Errors
/// [`UsageError`] with the place of the first thing that makes no sense.
pub fn config_sound(options: &Options) -> Result<(), UsageError> {
    let mut universe: Universe = own::universe(&options.own)?;
    asked_of::check_addresses(options)?;
    asked_of::never(options)?;
    asked_of::sources(options)?;
    asked_of::prefer(options, &mut universe)?;
    asked_of::store(options).map_err(|wrong| asked_of::at(options.places.get("store"), wrong))?;
    Ok(())
}

/// Writes what holds.
///
/// # Errors
/// [`RunError`] when the file makes no sense beside the catalogue, or when the list could not be written.
pub fn config_show(
    found: &Settings,
    said: &Own,
    origin: bool,
    format: Format,
    style: &Style,
    console: &mut Console<'_>,
) -> Result<Exit, RunError> {
    own::universe(said)?;
    let mut bytes = Vec::new();
    let shown = Settings {
        settings: found.settings.iter().cloned().map(own::without_password).collect(),
        ..found.clone()
    };
    render::settings(&shown, origin, format, style, &mut bytes).map_err(WriteError::Stdout)?;
    output::to_stdout(console, &bytes)?;
    Ok(Exit::Complete)
}
