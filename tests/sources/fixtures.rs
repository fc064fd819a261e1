//! The fixtures and their description say the same.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::support::fixture_dir;

/// Figures of another program, and what they were made from (`tests/reference.rs`).
const REFERENCE: &str = "reference";

/// Folders of fixtures, one for each source and one with figures.
fn folders() -> Vec<String> {
    let entries = std::fs::read_dir(fixture_dir()).unwrap().map(|e| e.unwrap());
    let folders = entries.filter(|e| e.file_type().unwrap().is_dir());
    folders.map(|e| e.file_name().into_string().unwrap()).collect()
}

/// The rows that describe a folder's files.
fn rows(folder: &str) -> Vec<String> {
    let readme = std::fs::read_to_string(fixture_dir().join(folder).join("README.md")).unwrap();
    readme.lines().filter(|l| l.starts_with("| `")).map(str::to_owned).collect()
}

/// Names in backquotes at the beginning of the table's rows.
fn described(folder: &str) -> BTreeSet<String> {
    let rows = rows(folder);
    let names = rows.iter().filter_map(|l| l.strip_prefix("| `")).filter_map(|l| l.split_once('`'));
    names.map(|(name, _)| name.to_owned()).collect()
}

fn present(folder: &str) -> BTreeSet<String> {
    let files = std::fs::read_dir(fixture_dir().join(folder)).unwrap();
    let names = files.map(|f| f.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name != "README.md").collect()
}

#[test]
fn every_fixture_is_described_and_every_described_one_exists() {
    for folder in folders() {
        assert_eq!(present(&folder), described(&folder), "{folder}");
    }
    assert!(present("yahoo").len() > 30);
}

#[test]
fn every_row_of_the_description_has_its_four_cells() {
    for row in folders().iter().flat_map(|f| rows(f)) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells.len(), 4, "{row}");
        assert!(cells.iter().all(|c| !c.is_empty()), "{row}");
    }
}

#[test]
fn every_fixture_is_used_by_a_test() {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/sources");
    let files = std::fs::read_dir(tests).unwrap().map(|f| f.unwrap().path());
    let tests: String = files.map(|f| std::fs::read_to_string(f).unwrap()).collect();
    for folder in folders().into_iter().filter(|f| f != REFERENCE) {
        let all = present(&folder);
        let unused: Vec<&String> =
            all.iter().filter(|name| !tests.contains(&format!("\"{name}\""))).collect();
        assert!(unused.is_empty(), "{folder}: {unused:?}");
    }
}

/// The odd answers by their numbers, each with what is said to show it.
fn odd_answers() -> Vec<(usize, String)> {
    let readme = std::fs::read_to_string(fixture_dir().join("README.md")).unwrap();
    let cells =
        readme.lines().filter_map(|l| l.strip_prefix("| ")).map(|l| l.split(" | ").collect::<Vec<_>>());
    let numbered = cells.filter_map(|c| Some((c[0].parse().ok()?, (*c.get(2)?).to_owned())));
    numbered.collect()
}

/// Names in backquotes.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_odd_answer_is_shown_by_a_test_or_never_asked_for() {
    let answers = odd_answers();
    assert_eq!(answers.iter().map(|(row, _)| *row).collect::<Vec<_>>(), (1..=66).collect::<Vec<_>>());
    for (row, shown) in &answers {
        let asked = !shown.starts_with("not asked: ");
        assert!(!asked || !quoted(shown).is_empty(), "row {row} is shown by nothing: {shown}");
    }
}

#[test]
fn every_test_that_is_said_to_show_an_odd_answer_exists() {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests");
    for (row, shown) in odd_answers() {
        for test in quoted(&shown) {
            let (file, name) = test.split_once("::").unwrap_or_else(|| panic!("row {row}: {test}"));
            let text = std::fs::read_to_string(tests.join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
            let test = format!("#[test]\nfn {name}() {{");
            assert!(text.contains(&test), "row {row}: no test {name} in {file}");
        }
    }
}
