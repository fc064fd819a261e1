//! The fixtures and their description say the same.

use std::collections::BTreeSet;

use crate::support::fixture_dir;

/// Names in backquotes at the beginning of the table's rows.
fn described() -> BTreeSet<String> {
    let readme = std::fs::read_to_string(fixture_dir().join("README.md")).unwrap();
    readme
        .lines()
        .filter_map(|l| l.strip_prefix("| `"))
        .filter_map(|l| l.split_once('`'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

fn present() -> BTreeSet<String> {
    let folder = std::fs::read_dir(fixture_dir().join("yahoo")).unwrap();
    folder.map(|f| f.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_fixture_is_described_and_every_described_one_exists() {
    assert_eq!(present(), described());
    assert!(present().len() > 30);
}

#[test]
fn every_row_of_the_description_has_its_four_cells() {
    let readme = std::fs::read_to_string(fixture_dir().join("README.md")).unwrap();
    for row in readme.lines().filter(|l| l.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells.len(), 4, "{row}");
        assert!(cells.iter().all(|c| !c.is_empty()), "{row}");
    }
}

#[test]
fn every_fixture_is_used_by_a_test() {
    let tests = [include_str!("yahoo.rs"), include_str!("router.rs"), include_str!("contract.rs")].concat();
    let unused: Vec<String> =
        present().into_iter().filter(|name| !tests.contains(&format!("\"{name}\""))).collect();
    assert!(unused.is_empty(), "{unused:?}");
}
