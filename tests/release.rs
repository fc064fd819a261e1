//! What is installed, released and read beside the program: paths and versions that documents name, and the
//! script that builds a release.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "in tests a panic is the report; clippy knows only the functions marked as tests"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn text(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The documents by their paths from the root.
fn documents() -> Vec<String> {
    let beside = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].map(str::to_owned);
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|f| f.unwrap().file_name());
    let docs = docs.map(|name| format!("docs/{}", name.into_string().unwrap()));
    beside.into_iter().chain(docs.filter(|name| name.ends_with(".md"))).collect()
}

/// What stands between `open` and `close`, each time.
fn between<'a>(text: &'a str, open: &str, close: char) -> Vec<&'a str> {
    text.split(open).skip(1).filter_map(|rest| rest.split_once(close)).map(|(inner, _)| inner).collect()
}

#[test]
fn every_link_of_a_document_to_a_file_leads_to_one() {
    let mut links = 0;
    for document in documents() {
        let folder = root().join(&document).parent().unwrap().to_owned();
        let written = text(&document);
        for link in between(&written, "](", ')') {
            let file = link.split('#').next().unwrap();
            if file.is_empty() || link.contains("://") || link.contains(char::is_whitespace) {
                continue;
            }
            assert!(folder.join(file).exists(), "{document} links to {file}");
            links += 1;
        }
    }
    assert!(links > 10, "{links}");
}

#[test]
fn every_file_of_the_project_that_a_document_names_exists() {
    let rooms = [".ci/", "benches/", "docs/", "fixtures/", "fuzz/", "scripts/", "src/", "tests/"];
    let mut named = 0;
    for document in documents() {
        let written = text(&document);
        // Fences would turn what is quoted inside out.
        let prose: String = written.split("```").step_by(2).collect();
        for (at, word) in prose.split('`').enumerate().filter(|(at, _)| at % 2 == 1) {
            let path = word.split(' ').next().unwrap().split("::").next().unwrap();
            let pattern =
                path.contains(['*', '…', '<', '{']) || path.contains("NAME") || path.contains("TARGET");
            if !rooms.iter().any(|room| path.starts_with(room)) || pattern {
                continue;
            }
            assert!(root().join(path).exists(), "{document} names {path} (part {at})");
            named += 1;
        }
    }
    assert!(named > 10, "{named}");
}

#[test]
fn every_document_names_the_version_and_the_compiler_of_the_manifest() {
    let manifest = text("Cargo.toml");
    let value = |key: &str| between(&manifest, &format!("\n{key} = \""), '"')[0].to_owned();
    let (version, rust) = (value("version"), value("rust-version"));
    let install = text("docs/install.md");
    assert!(install.contains(&format!("marketsnap-{version}-x86_64")), "docs/install.md, {version}");
    assert!(install.contains(&format!("marketsnap_{version}-1_amd64.deb")), "docs/install.md, {version}");
    for document in ["README.md", "CONTRIBUTING.md", "docs/install.md"] {
        assert!(text(document).contains(&format!("{rust} or later")), "{document}, {rust}");
    }
    assert!(text("Containerfile").contains(&format!("/rust:{rust}-")), "Containerfile, {rust}");
    assert!(text("CHANGELOG.md").contains(&format!("\n## {version}")), "CHANGELOG.md, {version}");
}

#[test]
fn what_only_the_repository_needs_is_not_in_the_package() {
    let manifest = text("Cargo.toml");
    let exclude = between(&manifest, "\nexclude = [", ']')[0];
    for folder in ["/.ci", "/fixtures", "/fuzz", "/scripts", "/tests"] {
        assert!(exclude.contains(&format!("\"{folder}\"")), "{folder}");
    }
    // What is compiled in has to be there.
    assert!(!exclude.contains("src") && !exclude.contains("LICENSE"), "{exclude}");
}

#[cfg(unix)]
fn bash(args: &[&str]) -> Output {
    Command::new("bash").args(args).current_dir(root()).output().unwrap()
}

#[cfg(unix)]
#[test]
fn the_script_of_the_release_is_a_script_and_says_what_it_takes() {
    use std::os::unix::fs::PermissionsExt;

    let script = Path::new("scripts/release");
    assert_eq!(fs::metadata(root().join(script)).unwrap().permissions().mode() & 0o111, 0o111);
    let read = bash(&["-n", "scripts/release"]);
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let help = bash(&["scripts/release", "--help"]);
    assert!(help.status.success() && String::from_utf8_lossy(&help.stdout).contains("--target TRIPLE"));
    let wrong = bash(&["scripts/release", "--fast"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&wrong.stderr),
        "scripts/release: unknown argument '--fast'; there is --target TRIPLE\n"
    );
}
