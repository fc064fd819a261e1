//! Where keys come from: a variable before a file named in one, before a file of the config; and what is
//! said of a key that cannot be used, never the key.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Output;

use crate::{code, program, stderr};

const SECRET: &str = "s3cr3t-0123456789";

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>, mode: u32) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The list of sources with these variables; it needs every key to be right and asks nobody.
    fn run(&self, variables: &[(&str, &str)]) -> Output {
        let mut command = program(&["sources"], "http://127.0.0.1:9");
        command.env("HOME", self.0.path()).envs(variables.iter().copied());
        command.output().unwrap()
    }

    /// What is said when a file is no place for a key.
    fn refusal(&self, file: &str) -> String {
        refused(&self.run(&[("MARKETSNAP_YAHOO_KEY_FILE", file)]))
    }

    fn config(&self, key_file: &str) -> String {
        self.file("config.toml", format!("[sources.yahoo]\nkey_file = \"{key_file}\"\n"), 0o644)
    }
}

fn refused(output: &Output) -> String {
    let said = stderr(output);
    assert_eq!((code(output), output.stdout.len()), (Some(2), 0), "{said}");
    assert!(said.starts_with("error: the key of yahoo, in the ") && said.lines().count() == 1, "{said}");
    assert!(!said.contains("s3cr3t") && !said.contains("0123"), "{said}");
    said
}

#[test]
fn a_key_file_that_others_can_read_is_refused_with_what_to_do() {
    let home = Home::new();
    for mode in [0o644, 0o640, 0o604, 0o660] {
        let file = home.file("key", SECRET, mode);
        assert!(home.refusal(&file).ends_with("/key: others can read it; run chmod 600 on it\n"));
    }
    for mode in [0o600, 0o400] {
        let file = home.file(&format!("own-{mode}"), format!("{SECRET}\n"), mode);
        let output = home.run(&[("MARKETSNAP_YAHOO_KEY_FILE", &file)]);
        assert_eq!((code(&output), stderr(&output)), (Some(0), String::new()));
    }
}

#[test]
fn a_key_file_without_a_key_in_it_is_refused() {
    let home = Home::new();
    for (name, text) in [("empty", &b""[..]), ("blank", b" \n\t\n")] {
        let file = home.file(name, text, 0o600);
        assert!(home.refusal(&file).ends_with("it holds no key\n"), "{name}");
    }
    for text in ["s3cr3t 0123", "s3cr3t\n0123", "s3cr3t\u{e9}0123", "s3cr3t\u{1b}[31m0123"] {
        let file = home.file("key", text, 0o600);
        assert!(home.refusal(&file).ends_with("a key is one word of plain characters\n"), "{text:?}");
    }
    let file = home.file("bytes", b"s3cr3t\xff\xfe", 0o600);
    assert!(home.refusal(&file).contains("UTF-8"));
    let file = home.file("large", SECRET.repeat(1000), 0o600);
    assert!(home.refusal(&file).contains("larger than 4 KiB"));
}

#[test]
fn a_key_file_that_is_not_there_or_no_file_is_refused() {
    let home = Home::new();
    let missing = home.path("missing");
    assert!(home.refusal(missing.to_str().unwrap()).contains("No such file"));
    assert!(home.refusal(home.0.path().to_str().unwrap()).ends_with("it is no file\n"));
}

#[test]
fn a_variable_outranks_a_file_named_in_one_and_that_a_file_of_the_config() {
    let home = Home::new();
    let good = home.file("good", SECRET, 0o600);
    let missing = home.path("missing").to_str().unwrap().to_owned();
    let config = home.config(&missing);
    let run = |variables: &[(&str, &str)]| {
        home.run(&[&[("MARKETSNAP_CONFIG", config.as_str())], variables].concat())
    };
    // Of places that cannot be read only the one that counts is missed.
    assert!(refused(&run(&[])).contains("/missing: "));
    assert_eq!(code(&run(&[("MARKETSNAP_YAHOO_KEY_FILE", &good)])), Some(0));
    assert_eq!(code(&run(&[("MARKETSNAP_YAHOO_KEY", SECRET)])), Some(0));
    let other = home.path("other").to_str().unwrap().to_owned();
    assert!(refused(&run(&[("MARKETSNAP_YAHOO_KEY_FILE", &other)])).contains("/other: "));
    let both = [("MARKETSNAP_YAHOO_KEY_FILE", other.as_str()), ("MARKETSNAP_YAHOO_KEY", SECRET)];
    assert_eq!(code(&run(&both)), Some(0));
}

#[test]
fn a_variable_with_a_blank_inside_holds_no_key() {
    let home = Home::new();
    let said = refused(&home.run(&[("MARKETSNAP_YAHOO_KEY", "s3cr3t 0123")]));
    assert!(said.contains("the variable MARKETSNAP_YAHOO_KEY: it holds no key"), "{said}");
    // One of nothing counts as unset.
    assert_eq!(code(&home.run(&[("MARKETSNAP_YAHOO_KEY", "")])), Some(0));
}

#[test]
fn a_key_is_in_nothing_that_is_printed_or_remembered() {
    let home = Home::new();
    for args in [&["sources", "--probe", "--source", "yahoo", "-vv"][..], &["sources", "--json"]] {
        let mut command = program(args, "http://127.0.0.1:9");
        command.env("HOME", home.0.path()).env("MARKETSNAP_YAHOO_KEY", SECRET);
        let output = command.output().unwrap();
        let printed = String::from_utf8(output.stdout.clone()).unwrap() + &stderr(&output);
        assert!(!printed.contains(SECRET), "{printed}");
    }
    let memory = std::fs::read_to_string(home.path(".local/state/marketsnap/sources.json")).unwrap();
    assert!(!memory.contains(SECRET), "{memory}");
}
