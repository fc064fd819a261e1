//! The layers import downwards only, and only `main` knows the clock and the environment. Reads the
//! source as text, so that a wrong import fails with its file and line.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::float_cmp)]

use std::fs;
use std::path::{Path, PathBuf};

/// Each room of `src/` with the rooms it may import.
const MAY_IMPORT: [(&str, &[&str]); 10] = [
    ("domain", &[]),
    ("compute", &["domain"]),
    ("catalogue", &["domain"]),
    ("fetch", &["domain"]),
    ("store", &["domain"]),
    ("render", &["domain"]),
    ("app", &["domain", "compute", "catalogue", "fetch", "store", "render"]),
    ("config", &["domain"]),
    ("cli", &["app", "config", "domain"]),
    ("main", &["cli", "app"]),
];

/// Words that only the named rooms may contain.
const ONLY_IN: [(&str, &[&str]); 12] = [
    ("clap::", &["cli"]),
    ("reqwest::", &["fetch"]),
    ("rusqlite::", &["store"]),
    ("tokio::", &["fetch", "store", "app"]),
    ("tokio_postgres::", &["store"]),
    ("comfy_table::", &["render"]),
    ("indicatif::", &["cli"]),
    ("tiny_skia::", &["render"]),
    ("std::env::", &["main"]),
    ("Utc::now", &["main"]),
    ("Local::now", &["main"]),
    ("SystemTime::now", &["main"]),
];

struct Line {
    file: PathBuf,
    number: usize,
    room: String,
    text: String,
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// Every line of production code: comments and what follows a file's `#[cfg(test)]` are left out, and
/// so are files that hold only tests.
fn lines() -> Vec<Line> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut lines = Vec::new();
    for file in files {
        let relative = file.strip_prefix(&root).unwrap();
        let test_file = relative
            .iter()
            .any(|part| matches!(part.to_str().unwrap().trim_end_matches(".rs"), "tests" | "testing"));
        if test_file {
            continue;
        }
        let room = relative.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(&file).unwrap();
        let code = text.lines().enumerate().take_while(|(_, l)| l.trim() != "mod tests {");
        for (number, line) in code.filter(|(_, l)| !l.trim_start().starts_with("//")) {
            lines.push(Line {
                file: file.clone(),
                number: number + 1,
                room: room.clone(),
                text: line.to_owned(),
            });
        }
    }
    lines
}

#[test]
fn every_room_of_the_source_is_a_layer_and_every_layer_has_code() {
    let mut rooms: Vec<String> = lines().into_iter().map(|l| l.room).filter(|r| r != "lib").collect();
    rooms.sort();
    rooms.dedup();
    let mut layers: Vec<&str> = MAY_IMPORT.iter().map(|(room, _)| *room).collect();
    layers.sort_unstable();
    assert_eq!(rooms, layers);
}

#[test]
fn layers_import_downwards_only() {
    for line in lines() {
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(room, _)| *room == line.room) else { continue };
        for part in line.text.split("crate::").skip(1).chain(line.text.split("marketsnap::").skip(1)) {
            let target: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let is_room = MAY_IMPORT.iter().any(|(room, _)| *room == target);
            assert!(
                !is_room || target == line.room || allowed.contains(&target.as_str()),
                "{}:{}: {} must not import {target}: {}",
                line.file.display(),
                line.number,
                line.room,
                line.text.trim()
            );
        }
    }
}

#[test]
fn the_clock_the_environment_and_each_outer_library_stay_in_their_rooms() {
    for line in lines() {
        for (word, rooms) in ONLY_IN {
            let inside = rooms.contains(&line.room.as_str());
            assert!(
                inside || !line.text.contains(word),
                "{}:{}: {word} belongs to {rooms:?}: {}",
                line.file.display(),
                line.number,
                line.text.trim()
            );
        }
    }
}

#[test]
fn every_source_file_opens_with_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//!"), "{} does not open with a module comment", file.display());
    }
}

#[test]
fn the_program_itself_is_at_most_forty_lines_of_code() {
    let code =
        lines().into_iter().filter(|l| l.file.ends_with("src/main.rs") && !l.text.trim().is_empty()).count();
    assert!(code <= 40, "main.rs has {code} lines of code");
}
