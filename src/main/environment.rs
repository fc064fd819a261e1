//! The environment as plain values: our variables, and where the user's files are.
//!
//! Not for: what the values mean (`cli`).

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::PathBuf;

use chrono::{Offset, TimeZone};
use etcetera::BaseStrategy;
use marketsnap::cli::Environment;

const CONFIG: &str = "marketsnap/config.toml";
const MEMORY: &str = "marketsnap/sources.json";
const STORE: &str = "marketsnap/closes.db";

/// Reads the environment.
pub fn read() -> Environment {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
    let home = etcetera::base_strategy::choose_base_strategy().ok();
    Environment {
        no_color: set("NO_COLOR").is_some() || set("TERM").is_some_and(|t| t == "dumb"),
        variables: ours(|_| true),
        empty_variables: ours(OsStr::is_empty),
        base_urls: by_source("_URL").collect(),
        keys: by_source("_KEY").map(|(name, key)| (name, key.into())).collect(),
        key_files: by_source("_KEY_FILE").map(|(name, file)| (name, file.into())).collect(),
        home: home.as_ref().map(|home| home.home_dir().to_owned()),
        config: set("MARKETSNAP_CONFIG")
            .map(PathBuf::from)
            .or_else(|| Some(home.as_ref()?.config_dir().join(CONFIG))),
        config_moved: set("XDG_CONFIG_HOME").is_some(),
        store: home.as_ref().map(|home| home.data_dir().join(STORE)),
        program: std::env::current_exe().ok(),
        offset: Some(|at| chrono::Local.offset_from_utc_datetime(&at.naive_utc()).fix()),
        memory: home.as_ref().and_then(|home| Some(home.state_dir()?.join(MEMORY))),
    }
}

/// Names of our variables whose value is as wanted.
fn ours(wanted: impl Fn(&OsStr) -> bool) -> BTreeSet<String> {
    let ours = std::env::vars_os().filter(|(_, value)| wanted(value));
    ours.filter_map(|(name, _)| name.into_string().ok()).filter(|n| n.starts_with("MARKETSNAP_")).collect()
}

/// `MARKETSNAP_YAHOO_URL=...` as (`yahoo`, its value), for a suffix of `_URL`.
fn by_source(suffix: &str) -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(move |(name, value)| {
        let source = name.to_str()?.strip_prefix("MARKETSNAP_")?.strip_suffix(suffix)?.to_lowercase();
        Some((source, value.into_string().ok()?)).filter(|(_, text)| !text.is_empty())
    })
}
