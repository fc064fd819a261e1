//! The dated price limits of the exchanges' boards, read from `boards.toml`.
//!
//! Not for: which board an instrument is on (`instruments.toml`).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use super::CatalogueError;
use crate::domain::{LimitStep, PriceLimit};

const BOARDS: &str = include_str!("boards.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    board: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    free_sessions: usize,
    limits: Vec<Limit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limit {
    from: NaiveDate,
    pct: f64,
}

/// The boards' price limits by the name that instruments carry.
///
/// # Errors
/// [`CatalogueError`] when the data file is broken.
pub fn boards() -> Result<BTreeMap<String, PriceLimit>, CatalogueError> {
    let file: File = toml::from_str(BOARDS)
        .map_err(|e| CatalogueError::Unreadable { file: "boards.toml", reason: e.to_string() })?;
    let limit = |entry: Entry| {
        let steps = entry.limits.iter().map(|l| LimitStep { from: Some(l.from), pct: l.pct });
        (entry.name, PriceLimit::new(steps.collect(), entry.free_sessions))
    };
    Ok(file.board.into_iter().map(limit).collect())
}
