//! The parser: what is read, and what is wrong by file, line and key.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::domain::{InstrumentId, Kind};

fn read_text(text: &str) -> Config {
    parse(text, "f").unwrap_or_else(|e| panic!("{e}"))
}

fn line_and_reason(text: &str) -> (usize, String) {
    match parse(text, "f").unwrap_err() {
        ConfigError::Wrong { line, reason, .. } => (line, reason),
        other => panic!("{other}"),
    }
}

#[track_caller]
fn wrong(text: &str, line: usize, said: &str) {
    let (at, reason) = line_and_reason(text);
    assert!(at == line && reason.contains(said), "{at} {reason}");
}

#[test]
fn no_file_and_an_empty_one_are_no_choice() {
    assert_eq!(read(Path::new("/nonexistent/config.toml"), false, None), Ok(Config::default()));
    assert!(read(Path::new("/nonexistent/config.toml"), true, None).is_err());
    assert_eq!(read_text(""), Config::default());
    assert_eq!(read_text("# nothing\n"), Config::default());
}

#[test]
fn sources_addresses_keys_and_instruments_are_read() {
    let config = read_text(
        "[sources]\nfirst = [\"Tencent\", \"sina\"]\nnever = [\"fred\"]\n\
         [sources.tiingo]\nkey_file = \"/home/me/tiingo\"\nbase_url = \"https://m.example\"\n\
         [instruments.star50]\nsources = [\"csindex\"]\n",
    );
    assert_eq!(config.first, ["tencent", "sina"]);
    assert_eq!(config.never, ["fred"]);
    assert_eq!(config.base_urls["tiingo"], "https://m.example");
    assert_eq!(config.key_files["tiingo"], PathBuf::from("/home/me/tiingo"));
    assert_eq!(config.instruments["STAR50"], ["csindex"]);
    assert_eq!(config.places["sources.never fred"], "the config file f, line 3: sources.never");
    assert_eq!(
        config.places["sources.tiingo.base_url"],
        "the config file f, line 6: sources.tiingo.base_url"
    );
    assert_eq!(config.places["instruments.STAR50"], "the config file f, line 7: instruments.STAR50");
}

#[test]
fn own_things_are_read_in_the_order_of_the_file() {
    let config = read_text(
        "benchmark = \"ASIA\"\nsections = [\"Own\", \"Europe\"]\n\
         [groups.zz]\nmembers = [\"STAR50\", \"科创50\"]\n\
         [groups.aa]\nname = \"First\\u001b[31m letters\"\nmembers = [\"HSI\"]\n\
         [composites.two]\nweights = { STAR50 = 2, HSI = 0.5 }\n\
         [instruments.\"0700.HK\"]\nsymbols = { Yahoo = \"0700.HK\" }\nkind = \"ETF\"\ndecimals = 3\nshown = false\n",
    );
    assert_eq!(config.own.benchmark.as_deref(), Some("ASIA"));
    assert_eq!(config.own.sections, ["Own", "Europe"]);
    let groups: Vec<&str> = config.own.groups.iter().map(|g| g.id.as_str()).collect();
    assert_eq!(groups, ["ZZ", "AA"]);
    assert_eq!(config.own.groups[0].members.as_deref().unwrap(), ["STAR50", "科创50"]);
    assert_eq!(config.own.groups[1].name.as_deref(), Some("First letters"));
    let weights = config.own.composites[0].weights.as_deref().unwrap();
    assert_eq!(weights, [("STAR50".to_owned(), 2.0), ("HSI".to_owned(), 0.5)]);
    let own = &config.own.instruments[0];
    assert_eq!((own.id.clone(), own.kind), (InstrumentId::new("0700.HK"), Some(Kind::Etf)));
    assert_eq!((own.symbols["yahoo"].as_str(), own.decimals, own.shown), ("0700.HK", Some(3), Some(false)));
    let place = config.own.place("instruments.0700.HK.exchange").unwrap();
    assert_eq!(place, "the config file f, line 10: instruments.0700.HK");
}

#[test]
fn a_wrong_file_is_told_by_line_and_nearest_key() {
    wrong("\n[source]\n", 2, "did you mean sources?");
    wrong("[sources]\nfirst = \"tencent\"\n", 2, "sources.first has to be a list of names");
    wrong("[sources]\n\n[sources.yahoo]\nbaseurl = \"x\"\n", 4, "did you mean base_url?");
    assert_eq!(line_and_reason("[sources\n").0, 1);
    wrong("\nfirst = [\"yahoo\"]\n", 2, "first belongs below [sources]");
    wrong("sources = 5\n", 1, "sources has to be a table: write [sources]");
    wrong("[sources]\n\nfrist = [\"yahoo\"]\n", 3, "unknown key 'sources.frist'; did you mean first?");
    wrong("[sources.yahoo]\n\nkey_file = 5\n", 3, "sources.yahoo.key_file has to be text");
    wrong("[instruments.HSI]\n\nsources = 5\n", 3, "instruments.HSI.sources has to be a list");
    wrong("benchmrak = \"ASIA\"\n", 1, "unknown key 'benchmrak'; did you mean benchmark?");
    wrong("qqq = 5\n", 1, "unknown key 'qqq'; there is benchmark, horizons, ");
    wrong("[groups.X]\nmember = [\"HSI\"]\n", 2, "unknown key 'groups.X.member'; did you mean members?");
    wrong("[groups]\nX = [\"HSI\"]\n", 2, "groups.X has to be a table: write [groups.X]");
}

#[test]
fn a_value_that_a_key_does_not_take_is_told_with_what_it_takes() {
    wrong("\nlang = \"fr\"\n", 2, "lang is no 'fr': there is en, zh");
    wrong("palette = \"green-upp\"\n", 1, "did you mean green-up?");
    wrong("ascii = \"yes\"\n", 1, "ascii has to be true or false");
    wrong("width = 20\n", 1, "width has to be a whole number from 40 to 1000");
    wrong("width = 80.5\n", 1, "width has to be a whole number from 40 to 1000");
    wrong("timeout = 0\n", 1, "timeout has to be a number of seconds from 0.1 to 3600");
    wrong("timeout = nan\n", 1, "timeout has to be a number of seconds from 0.1 to 3600");
    wrong("horizons = [\"1D\",\n \"1X\"]\n", 1, "holds '1X', which is no horizon");
    wrong("horizons = []\n", 1, "horizons has to be a list of horizons");
    wrong("benchmark = \"\"\n", 1, "benchmark has to be text in quotes");
    wrong("[composites.X]\nweights = { HSI = \"2\" }\n", 2, "has to be a table of weights above 0");
    wrong("[composites.X]\nweights = { HSI = inf }\n", 2, "has to be a table of weights above 0");
    wrong("[instruments.X]\nprice_limit = 101\n", 2, "a percentage above 0 and up to 100");
    wrong("ascii = true\nlang = \"zh\"\n", 2, "lang = \"zh\" cannot be spelled with ascii = true");
    let long = format!("[groups.X]\nname = \"{}\"\n", "x".repeat(61));
    wrong(&long, 2, "groups.X.name is longer than 60 characters");
}

#[test]
fn an_id_is_made_of_few_plain_characters_and_stands_once() {
    for id in ["\"a b\"", "\"\"", "-x", "\"^GSPC\"", "\"中\"", &"x".repeat(25)] {
        wrong(&format!("\n[groups.{id}]\nmembers = [\"HSI\"]\n"), 2, "is no id: an id has up to 24 letters");
    }
    wrong("[groups.x]\nmembers = [\"HSI\"]\n[groups.X]\nmembers = [\"HSI\"]\n", 3, "groups.X is there twice");
}

#[test]
fn what_is_no_file_or_has_no_end_is_refused_at_once() {
    for place in ["/dev/zero", "/dev/null", "/"] {
        let error = read(Path::new(place), true, None).unwrap_err().to_string();
        assert!(error.ends_with("cannot be read: it is no file"), "{error}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    fs::write(&path, "#".repeat(1024 * 1024 + 1)).unwrap();
    assert!(read(&path, true, None).unwrap_err().to_string().contains("larger than 1 MiB"));
}

#[test]
fn bytes_that_are_no_text_are_told_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    let told = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        match read(&path, true, None).unwrap_err() {
            ConfigError::Wrong { line, reason, .. } => (line, reason),
            other => panic!("{other}"),
        }
    };
    let (line, reason) = told(b"ascii = true\n# caf\xe9\n");
    assert!(line == 2 && reason.contains("no UTF-8 text"), "{line} {reason}");
    let (line, reason) = told(b"\xff\xfea\0=\0");
    assert!(line == 1 && reason.contains("UTF-16"), "{line} {reason}");
}

#[test]
fn a_path_begins_at_the_files_folder_or_at_home_and_an_address_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    let home = Path::new("/home/me");
    for (said, place) in [
        ("x.db", folder.path().join("x.db")),
        ("~/x.db", home.join("x.db")),
        ("~//x.db", home.join("x.db")),
        ("~x/x.db", folder.path().join("~x/x.db")),
        ("/var/x.db", PathBuf::from("/var/x.db")),
        ("postgres://h/x", PathBuf::from("postgres://h/x")),
    ] {
        fs::write(&path, format!("store = \"{said}\"\nsources.tiingo.key_file = \"{said}\"\n")).unwrap();
        let config = read(&path, true, Some(home)).unwrap();
        assert_eq!((config.store.as_ref(), &config.key_files["tiingo"]), (Some(&place), &place), "{said}");
    }
    fs::write(&path, "\nstore = \"~/x.db\"\n").unwrap();
    let error = read(&path, true, None).unwrap_err().to_string();
    assert!(error.ends_with("line 2: store begins with ~/, and no home folder is known"), "{error}");
}

/// The file to begin with, without one comment mark on each line.
fn uncommented() -> String {
    let line =
        |line: &str| line.strip_prefix("# ").or_else(|| line.strip_prefix('#')).unwrap_or(line).to_owned();
    template().lines().map(|l| line(l) + "\n").collect()
}

#[test]
fn the_file_to_begin_with_says_nothing_and_without_its_comment_marks_sets_every_key() {
    assert_eq!(read_text(&template()), Config::default());
    let all = read_text(&uncommented());
    for key in &KEYS {
        assert!(all.entries.iter().any(|e| e.key == key), "{} is not in the file", key.path);
    }
}

#[test]
fn a_key_is_in_the_table_once_and_its_example_is_its_default_where_that_can_be_spelled() {
    for (at, key) in KEYS.iter().enumerate() {
        assert!(KEYS.iter().skip(at + 1).all(|other| other.path != key.path), "{}", key.path);
        let fixed = matches!(key.takes, Takes::Switch | Takes::Word(_) | Takes::Seconds | Takes::Text(_));
        let spelled = key.example.trim_matches('"');
        // What is told in words, or hangs on a venue, has blanks.
        if fixed && !key.default.is_empty() && !key.default.contains(' ') {
            assert_eq!(key.default, spelled, "{}", key.path);
        }
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>()) {
        let _ = parse(&text, "f");
    }

    #[test]
    fn no_key_and_value_make_the_parser_panic(
        table in "\\[?[a-z.\"]{0,12}\\]?",
        at in 0..KEYS.len(),
        value in "[-+0-9a-z\"'\\[\\]{}=, ._:\u{1b}\u{202e}科]{0,24}",
    ) {
        let key = KEYS[at].path.replace('*', "X");
        let _ = parse(&format!("{table}\n{key} = {value}\n"), "f");
    }

    #[test]
    fn what_is_told_of_a_wrong_text_does_nothing_on_a_terminal(name in any::<String>()) {
        if let Err(e) = parse(&format!("[groups.{name:?}]\nname = 5\n{name} = 1\n"), "f") {
            prop_assert!(!e.to_string().chars().any(char::is_control), "{e:?}");
        }
    }
}
