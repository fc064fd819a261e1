//! Every seed and every kept finding of the fuzz targets, through the entry points that they use, and some
//! of what they found, by name.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "in tests a panic is the report; clippy knows only the functions marked as tests"
)]

#[allow(dead_code, reason = "the fuzzer has one command take a file, the tests have all")]
#[path = "../fuzz/entry/config.rs"]
mod config;
#[path = "../fuzz/entry/dates.rs"]
mod dates;
#[path = "../fuzz/entry/expressions.rs"]
mod expressions;
#[path = "../fuzz/entry/sources.rs"]
mod sources;

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use marketsnap::fetch::source_names;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// The seeds of a target by name; findings begin with `found-`.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let files = fs::read_dir(fuzz().join("seeds").join(target)).unwrap().map(|f| f.unwrap().path());
    let named =
        |path: PathBuf| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap());
    let mut seeds: Vec<_> = files.map(named).collect();
    seeds.sort();
    seeds
}

fn replay(target: &str, run: fn(&[u8])) {
    let seeds = seeds(target);
    assert!(seeds.len() >= 10, "{target} has {} seeds", seeds.len());
    for (name, seed) in seeds {
        assert!(catch_unwind(|| run(&seed)).is_ok(), "fuzz/seeds/{target}/{name}");
    }
}

#[test]
fn every_seed_of_the_sources_is_read_without_a_fault() {
    replay("sources", sources::run);
}

#[test]
fn every_seed_of_the_config_file_is_read_without_a_fault() {
    replay("config", config::thoroughly);
}

#[test]
fn every_seed_of_the_expressions_is_read_without_a_fault() {
    replay("expressions", expressions::run);
}

#[test]
fn every_seed_of_the_dates_is_read_without_a_fault() {
    replay("dates", dates::run);
}

#[test]
fn every_source_has_a_letter_and_seeds_that_bring_closes() {
    assert_eq!(BTreeSet::from(sources::SOURCES), source_names().collect());
    // The heads of the seeds name requests by their numbers: where the catalogue changes, they move.
    let seeds = seeds("sources");
    for source in sources::SOURCES {
        let of_it = seeds.iter().filter(|(name, _)| name.starts_with(&format!("{source}-")));
        let closes: usize = of_it.map(|(_, seed)| sources::closes(seed)).sum();
        assert!(closes >= 1, "no seed of {source} brings a close: its third byte has to be another");
    }
}

#[test]
fn every_target_is_a_program_of_the_fuzz_workspace_with_seeds() {
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    let named =
        manifest.lines().filter_map(|l| l.strip_prefix("path = \"fuzz_targets/")?.strip_suffix(".rs\""));
    let targets: BTreeSet<&str> = named.collect();
    let folders = |name: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(fuzz().join(name)).unwrap();
        entries.map(|e| e.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    for folder in ["seeds", "entry", "fuzz_targets"] {
        assert_eq!(folders(folder).iter().map(String::as_str).collect::<BTreeSet<_>>(), targets, "{folder}");
    }
}
