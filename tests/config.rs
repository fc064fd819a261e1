//! The config file through the built program: own groups, composites and names, the order of ranks, what is wrong told
//! with its line, and the commands that look after the file.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "in tests a panic is the report; clippy knows only the functions marked as tests"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use marketsnap::config::{KEYS, Takes};
use serde_json::Value;

/// A home with a config file of this text.
struct Home(tempfile::TempDir);

impl Home {
    fn with(text: &str) -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        fs::create_dir_all(home.file().parent().unwrap()).unwrap();
        fs::write(home.file(), text).unwrap();
        home
    }

    fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join(".config/marketsnap/config.toml")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_marketsnap"));
        command.args(args).env_clear().env("HOME", self.0.path()).stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> (String, String, i32) {
        told(&self.command(args).output().unwrap())
    }

    /// What a run that has nothing to complain of prints.
    #[track_caller]
    fn out(&self, args: &[&str]) -> String {
        let (out, err, code) = self.run(args);
        assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
        out
    }

    #[track_caller]
    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.out(args)).unwrap()
    }
}

fn told(output: &Output) -> (String, String, i32) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr), output.status.code().unwrap())
}

const OWN: &str = r#"
benchmark = "ASIA"
sections = ["Mine", "Europe"]
horizons = ["1D", "YTD"]

[groups.MY-CHIPS]
name = "My chips"
members = ["nvda", "TSMC", "SMIC"]

[composites.TWO-ONE]
section = "Mine"
weights = { STAR50 = 2, "恒生指数" = 1 }

[instruments.STAR50]
name = "Star Fifty"

[instruments.TENCENT]
name = "Tencent"
symbols = { yahoo = "0700.HK", tencent = "hk00700" }
"#;

#[test]
fn an_own_composite_moves_by_its_weights() {
    let home = Home::with(OWN);
    let report = home.json(&["today", "TWO-ONE", "STAR50", "--demo", "--json"]);
    let row = &report["composites"][0];
    assert_eq!((&row["id"], &row["name"]), (&"TWO-ONE".into(), &"TWO-ONE, own weights".into()));
    // STAR 50 closed at 1482.994 and 1535.393, the Hang Seng at 26487.51 and 26585.06:
    // (2 x 3.53333 % + 1 x 0.36829 %) / 3 = 2.47831 %
    let star = (1535.393_f64 / 1482.994 - 1.0) * 100.0;
    let hang_seng = (26585.06 / 26487.51 - 1.0) * 100.0;
    let by_hand = (2.0 * star + hang_seng) / 3.0;
    assert!((by_hand - 2.478_31).abs() < 1e-5);
    let level = row["close"].as_f64().unwrap() / row["previous"]["close"].as_f64().unwrap();
    assert!((row["moves"]["1D"]["pct"].as_f64().unwrap() - by_hand).abs() < 1e-9);
    assert!(((level - 1.0) * 100.0 - by_hand).abs() < 1e-9);
    assert_eq!(report["instruments"][0]["name"], "Star Fifty");
}

#[test]
fn own_things_stand_in_the_table_in_their_sections_and_order() {
    let home = Home::with(OWN);
    let report = home.out(&["today", "--demo"]);
    let heads = report.lines().map(|l| l.split("  ").next().unwrap());
    let heads: Vec<&str> =
        heads.filter(|h| ["Mine", "Europe", "Asia-Pacific", "Americas"].contains(h)).collect();
    assert_eq!(heads, ["Mine", "Europe", "Asia-Pacific", "Americas"], "{report}");
    assert!(
        report.contains("\nTWO-ONE, own weights") && report.contains("\nMy chips: 1 up, 2 down"),
        "{report}"
    );
    // The demo holds no closes of Tencent, and what no source covers is no row of all markets.
    assert!(!report.contains("Tencent"), "{report}");
    let (_, err, code) = home.run(&["today", "TENCENT", "--demo"]);
    assert!(code == 5 && err.contains("the demo holds no closes of TENCENT"), "{err}");
}

#[test]
fn own_groups_and_composites_are_words_of_every_command() {
    let home = Home::with(OWN);
    for args in [
        &["today", "my-chips", "two-one", "--demo"][..],
        &["compare", "TWO-ONE", "MY-CHIPS", "--demo"],
        &["movers", "MY-CHIPS", "TWO-ONE", "--demo"],
        &["show", "TWO-ONE", "--demo"],
        &["chart", "TWO-ONE", "MY-CHIPS", "--demo"],
        &["today", "SP500", "--benchmark", "two-one", "--demo"],
    ] {
        home.out(args);
    }
    let (out, _, code) = home.run(&["check", "MY-CHIPS.worst = NVIDIA", "TWO-ONE.1D > 2.4", "--demo"]);
    assert!(code == 10 && out.matches("holds: ").count() == 2, "{out}");
}

#[test]
fn list_finds_own_things_and_marks_them() {
    let home = Home::with(OWN);
    let found = home.out(&["list", "tencent"]);
    assert!(found.contains("TENCENT  Tencent     XHKG  0700.HK  own"), "{found}");
    assert!(home.out(&["list", "my-"]).contains("MY-CHIPS: My chips (own): NVIDIA, TSMC, SMIC"));
    assert!(home.out(&["list", "two"]).contains("TWO-ONE, own weights (own): STAR50 66.7 %, HSI 33.3 %"));
    let all = home.json(&["list", "--json"]);
    let own = |kind: &str| -> Vec<Value> {
        let all = all[kind].as_array().unwrap().iter();
        all.filter(|i| i["own"] == true).map(|i| i["id"].clone()).collect()
    };
    assert_eq!(own("instruments"), ["TENCENT"]);
    assert_eq!((own("composites"), own("groups")), (vec!["TWO-ONE".into()], vec!["MY-CHIPS".into()]));
}

#[test]
fn a_name_that_would_do_something_on_a_terminal_does_nothing() {
    let home = Home::with("[groups.X]\nname = \"a\\u001b[31m\\u202e<b>|x\"\nmembers = [\"SP500\"]\n");
    let shown = home.out(&["today", "X", "--demo"]);
    assert!(
        shown.contains("a<b>|x: 0 up, 1 down") && !shown.contains('\u{1b}') && !shown.contains('\u{202e}'),
        "{shown}"
    );
}

/// Three values of each choice that has a flag, for the file, a variable and the flag.
const RANKED: [(&str, [&str; 3]); 16] = [
    ("benchmark", ["ASIA", "EUROPE", "DAX"]),
    ("horizons", ["1D,YTD", "5D", "1M,1Y"]),
    ("currency", ["USD", "EUR", "local"]),
    ("lang", ["zh", "en", "zh"]),
    ("palette", ["red-up", "blue-orange", "green-up"]),
    ("color", ["never", "always", "auto"]),
    ("ascii", ["true", "false", "true"]),
    ("width", ["90", "100", "110"]),
    ("format", ["csv", "json", "table"]),
    ("timeout", ["10", "20.5", "30"]),
    ("jobs", ["3", "5", "7"]),
    ("settled", ["true", "false", "true"]),
    ("require_settled", ["true", "false", "true"]),
    ("verify", ["true", "false", "true"]),
    ("quiet", ["true", "false", "true"]),
    ("no_progress", ["true", "false", "true"]),
];

/// A value as the file spells it.
fn in_file(takes: Takes, value: &str) -> String {
    match takes {
        Takes::Horizons => format!("[\"{}\"]", value.replace(',', "\", \"")),
        Takes::Switch | Takes::Whole(..) | Takes::Seconds => value.to_owned(),
        _ => format!("\"{value}\""),
    }
}

fn flat(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(flat).collect::<Vec<_>>().join(","),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[test]
fn a_flag_outranks_a_variable_a_variable_the_file_and_the_file_the_default() {
    for (key, [file, variable, flag]) in RANKED {
        let takes = KEYS.iter().find(|k| k.path == key).unwrap().takes;
        let home = Home::with(&format!("# first\n{key} = {}\n", in_file(takes, file)));
        let name = format!("MARKETSNAP_{}", key.to_uppercase());
        let long = format!("--{}", key.replace('_', "-"));
        let flags: Vec<&str> = if takes == Takes::Switch { vec![&long] } else { vec![&long, flag] };
        let shown = |variable: Option<&str>, flags: &[&str]| {
            let mut command = home.command(&[&["config", "show", "--json"], flags].concat());
            let (out, err, code) = told(&command.envs(variable.map(|v| (&name, v))).output().unwrap());
            assert_eq!((code, err.as_str()), (0, ""), "{key}");
            let all: Value = serde_json::from_str(&out).unwrap();
            let found = all["settings"].as_array().unwrap().iter().find(|s| s["key"] == key).unwrap();
            (flat(&found["value"]), flat(&found["origin"]), flat(&found["place"]))
        };
        let of =
            |value: &str, origin: &str, place: &str| (value.to_owned(), origin.to_owned(), place.to_owned());
        assert_eq!(shown(None, &[]), of(file, "config", "line 2"), "{key}");
        assert_eq!(shown(Some(variable), &[]), of(variable, "environment", &name), "{key}");
        assert_eq!(shown(Some(variable), &flags), of(flag, "flag", &long), "{key}");
        // A variable that is set to nothing is not set.
        assert_eq!(shown(Some(""), &[]), of(file, "config", "line 2"), "{key}");
    }
    let ranked = |path: &str| RANKED.iter().any(|(key, _)| *key == path);
    let rest: Vec<&str> = KEYS.iter().map(|k| k.path).filter(|p| !p.contains('*') && !ranked(p)).collect();
    assert_eq!(rest, ["proxy", "store", "sections", "sources.first", "sources.never"]);
}

#[test]
fn what_the_file_says_is_what_a_report_goes_by() {
    let home = Home::with(OWN);
    let benchmark = |args: &[&str], variable: &str| {
        let args = [&["today", "STAR50", "--demo", "--json"], args].concat();
        let mut command = home.command(&args);
        let (out, _, _) = told(&command.env("MARKETSNAP_BENCHMARK", variable).output().unwrap());
        let report: Value = serde_json::from_str(&out).unwrap();
        report["benchmark"].as_str().unwrap().to_owned()
    };
    assert_eq!(benchmark(&[], ""), "ASIA");
    assert_eq!(benchmark(&[], "EUROPE"), "EUROPE");
    assert_eq!(benchmark(&["--benchmark", "DAX"], "EUROPE"), "DAX");
    let chinese = Home::with("lang = \"zh\"\nformat = \"json\"\n");
    let report = chinese.json(&["today", "STAR50", "--demo"]);
    assert_eq!(report["instruments"][0]["name"], "科创50");
    // The suffix of a file outranks a lasting format, and --ascii a lasting language that it cannot spell.
    let file = chinese.0.path().join("day.txt");
    chinese.out(&["today", "STAR50", "--demo", "--ascii", "-o", file.to_str().unwrap()]);
    assert!(fs::read_to_string(file).unwrap().contains("\nSTAR 50 "));
}

#[test]
fn without_a_file_every_default_is_the_one_in_the_table_of_keys() {
    let all = Home::empty().json(&["config", "show", "--json"]);
    assert_eq!(all["there"], false);
    for (setting, key) in
        all["settings"].as_array().unwrap().iter().zip(KEYS.iter().filter(|k| !k.path.contains('*')))
    {
        assert_eq!((&setting["key"], &setting["origin"]), (&key.path.into(), &"default".into()));
        let told = if setting["value"].is_null() { &setting["note"] } else { &setting["value"] };
        let told = if told.is_null() { String::new() } else { flat(told) };
        assert_eq!(told, key.default, "{}", key.path);
    }
}

#[test]
fn the_words_that_a_key_takes_are_those_that_its_flag_takes() {
    let home = Home::empty();
    for key in KEYS.iter().filter(|k| !k.path.contains('*')) {
        let Takes::Word(words) = key.takes else { continue };
        let (_, err, code) = home.run(&["config", "show", &format!("--{}", key.path), "no-such-word"]);
        assert!(code == 2 && err.contains(&format!("[possible values: {}]", words.join(", "))), "{err}");
    }
}

#[test]
fn a_wrong_file_ends_every_command_with_its_line_before_anything_is_done() {
    for (text, line, said) in [
        ("\nbenchmrak = \"ASIA\"\n", 2, "unknown key 'benchmrak'; did you mean benchmark?"),
        ("benchmark = \"STAR5O\"\n", 1, "benchmark: unknown instrument 'STAR5O': did you mean STAR50?"),
        ("benchmark = \"CN-CHIPS\"\n", 1, "benchmark: the benchmark 'CN-CHIPS' is a group"),
        ("\n\ncurrency = \"UDS\"\n", 3, "currency: unknown currency 'UDS': "),
        (
            "sections = [\"Europe\",\n\"Asia\"]\n",
            2,
            "sections: no section is called 'Asia': did you mean Asia-Pacific?",
        ),
        (
            "[groups.X]\nmembers = [\"HSI\",\n\"STAR5O\"]\n",
            3,
            "groups.X.members: unknown instrument 'STAR5O': did you mean STAR50?",
        ),
        ("[composites.X]\nweights = { HSI = 0 }\n", 2, "composites.X.weights: the weight of HSI is 0"),
        ("[composites.ASIA]\nmembers = [\"HSI\"]\n", 2, "composites.ASIA.members: ASIA is built in"),
        (
            "[instruments.NEW]\nsymbols = { yaho = \"x\" }\nexchange=\"XNYS\"\nkind=\"stock\"\n",
            2,
            "instruments.NEW.symbols: unknown source 'yaho': did you mean yahoo?",
        ),
        (
            "[instruments.NEW]\nsymbols = { yahoo = \"0700.HK\" }\ncurrency = \"HKX\"\n",
            3,
            "instruments.NEW.currency: unknown currency 'HKX'",
        ),
        (
            "[instruments.NEW]\nsymbols = { yaho = \"0700.HK\" }\n",
            2,
            "instruments.NEW.symbols: unknown source 'yaho': did you mean yahoo?",
        ),
        (
            "[instruments.NEW]\nexchange = \"XNYS\"\nsymbols = { yahoo = \"600000.SS\" }\n",
            2,
            "instruments.NEW.exchange: 600000.SS is a symbol of XSHG, and XNYS is another venue",
        ),
        ("[instruments.NEW]\nname = \"New\"\n", 1, "instruments.NEW: unknown instrument 'NEW'"),
    ] {
        let home = Home::with(text);
        let expected = format!("error: the config file {}, line {line}: {said}", home.file().display());
        for args in [
            &["today", "SP500", "--demo"][..],
            &["check", "SP500.1D > 0", "--demo"],
            &["list"],
            &["sources"],
            &["sync", "SP500"],
            &["history", "SP500"],
            &["store", "verify"],
            &["config", "show"],
            &["config", "check"],
        ] {
            let (out, err, code) = home.run(args);
            assert!(
                code == 2 && out.is_empty() && err.starts_with(&expected),
                "{args:?}: {code}\n{err}{expected}"
            );
        }
    }
}

#[test]
fn a_file_that_cannot_be_used_keeps_nobody_from_help_or_from_mending_it() {
    let home = Home::with("benchmark = \n");
    let file = home.file();
    assert!(home.out(&["today", "--help"]).contains("--benchmark"));
    assert!(home.out(&["schema"]).contains("snapshot"));
    assert_eq!(home.out(&["config", "path"]), format!("{}\n", file.display()));
    let (_, err, code) = home.run(&["config", "init"]);
    assert!(code == 2 && err.contains("is there already: edit it, or let --force put a new one"), "{err}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "benchmark = \n");
    let old = |name: &str| file.with_file_name(name);
    assert_eq!(
        home.out(&["config", "init", "--force"]),
        format!("kept your file as {}\nwrote {}\n", old("config.toml.old").display(), file.display())
    );
    assert_eq!(fs::read_to_string(old("config.toml.old")).unwrap(), "benchmark = \n");
    home.out(&["config", "check"]);
}

#[test]
fn every_file_that_init_replaces_is_kept_under_a_name_of_its_own_also_behind_a_link() {
    let home = Home::with("benchmark = \"HSI\"\n");
    let (file, real) = (home.file(), home.file().with_file_name("real.toml"));
    fs::rename(&file, &real).unwrap();
    std::os::unix::fs::symlink(&real, &file).unwrap();
    home.out(&["config", "init", "--force"]);
    assert!(file.is_symlink() && fs::read_to_string(&real).unwrap().contains("# benchmark"));
    // What was written is not worth a copy.
    assert_eq!(home.out(&["config", "init", "--force"]), format!("wrote {}\n", file.display()));
    fs::write(&file, "benchmark = \"SMI\"\n").unwrap();
    home.out(&["config", "init", "--force"]);
    let old = |name: &str| fs::read_to_string(file.with_file_name(name)).unwrap();
    assert_eq!(old("config.toml.old"), "benchmark = \"HSI\"\n");
    assert_eq!(old("config.toml.old.2"), "benchmark = \"SMI\"\n");
}

#[test]
fn what_holds_is_told_in_the_format_that_a_flag_asks_for_and_in_no_form_that_it_has_not() {
    let home = Home::with("format = \"csv\"\n");
    assert!(home.out(&["config", "show"]).starts_with("Config file: "));
    let list: serde_json::Value =
        serde_json::from_str(&home.out(&["config", "show", "--format", "json"])).unwrap();
    let format = list["settings"].as_array().unwrap().iter().find(|s| s["key"] == "format").unwrap();
    assert_eq!((&format["value"], &format["origin"]), (&"json".into(), &"flag".into()));
    for form in ["csv", "jsonl", "markdown", "html"] {
        let (out, err, code) = home.run(&["config", "show", "--format", form]);
        assert_eq!((out.as_str(), code), ("", 2), "{form}");
        assert!(err.contains("`config show` has no such format: use --format table or json"), "{err}");
    }
}

#[test]
fn the_file_to_begin_with_is_written_whole_with_its_folders_and_changes_nothing() {
    let home = Home::empty();
    let (out, err, code) = home.run(&["config", "path"]);
    assert_eq!((out, code), (format!("{}\n", home.file().display()), 0));
    assert!(err.contains("it is not there; `marketsnap config init` writes one"), "{err}");
    assert!(home.out(&["config", "check"]).ends_with("is not there, so every choice is the default\n"));
    let before = home.out(&["today", "--demo"]);
    home.out(&["config", "init"]);
    let checked = home.out(&["config", "check"]);
    assert!(checked.starts_with("ok: ") && checked.contains(": 0 choices, 0 instruments"), "{checked}");
    assert_eq!(home.out(&["today", "--demo"]), before);
    let names: Vec<_> =
        fs::read_dir(home.file().parent().unwrap()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["config.toml"]);
}

#[test]
fn the_file_to_begin_with_is_right_without_its_comment_marks_too() {
    let line = |l: &str| l.strip_prefix("# ").or_else(|| l.strip_prefix('#')).unwrap_or(l).to_owned() + "\n";
    let home = Home::with(&marketsnap::config::template().lines().map(line).collect::<String>());
    assert!(home.out(&["list", "my-"]).contains("MY-CHIPS: My chips (own)"));
    home.out(&["today", "MY-CHINA", "MY-CHIPS", "MY-PAIR", "--demo"]);
    // But for the key, which is nobody's.
    let (_, err, code) = home.run(&["config", "check"]);
    assert!(code == 2 && err.contains("sources.tiingo.key_file = /home/me/"), "{err}");
}

#[test]
fn check_reads_another_file_and_names_what_is_wrong_in_it_also_where_a_variable_outranks_it() {
    let home = Home::empty();
    let file = home.0.path().join("other.toml");
    fs::write(&file, OWN).unwrap();
    let place = file.to_str().unwrap();
    let ok = home.out(&["config", "check", place]);
    assert_eq!(ok, format!("ok: {place}: 3 choices, 2 instruments, 1 composite, 1 group\n"));
    for (text, said) in [
        ("[sources]\nfirst = [\"yaho\"]\n", "line 2: sources.first: unknown source 'yaho'"),
        ("[sources.yahoo]\nbase_url = \"nowhere\"\n", "line 2: sources.yahoo.base_url is no address"),
        ("[instruments.HSI]\nsources = [\"yaho\"]\n", "line 2: instruments.HSI.sources: unknown source"),
        ("store = \"mysql://x/y\"\n", "line 1: store: "),
        ("proxy = \"socks\"\n", "line 1: proxy is no address"),
        (
            "[sources]\nfirst = [\"sina\"]\nnever = [\"fred\",\n\"Sina\"]\n",
            "line 4: sources.never: sina cannot be asked first and never",
        ),
        ("[instruments.X]\ncountry = \"Germany\"\n", "line 2: instruments.X.country has to be two letters"),
        (
            "[sources.tiingo]\n\nkey_file = \"/nonexistent\"\n",
            "line 3: sources.tiingo.key_file = /nonexistent",
        ),
    ] {
        fs::write(&file, text).unwrap();
        let mut command = home.command(&["config", "check", place]);
        let (_, err, code) =
            told(&command.env("MARKETSNAP_YAHOO_URL", "http://127.0.0.1:9").output().unwrap());
        assert!(code == 2 && err.contains(said), "{err}");
    }
    let (_, err, code) = home.run(&["config", "check", "/nonexistent/config.toml"]);
    assert!(code == 2 && err.contains("cannot be read: No such file"), "{err}");
}

#[test]
fn the_demo_goes_by_the_file_but_for_sources_store_and_keys() {
    let home = Home::with(
        "store = \"/nonexistent/closes.db\"\nverify = true\n[sources]\nnever = [\"yaho\"]\n\
         [sources.tiingo]\nkey_file = \"/nonexistent\"\n[groups.X]\nmembers = [\"SP500\"]\n",
    );
    home.out(&["today", "X", "--demo"]);
    let (_, err, code) = home.run(&["today", "X"]);
    assert!(code == 2 && err.contains("sources.never") | err.contains("key_file"), "{err}");
}

#[test]
fn show_tells_where_a_value_comes_from_and_never_a_key_or_a_password() {
    let home = Home::with(
        "store = \"postgres://me:hunter2@db.example/closes\"\nproxy = \"http://me:hunter2@127.0.0.1:9\"\n[groups.X]\nmembers = [\"SP500\"]\n\
         [sources.sina]\nbase_url = \"https://me:hunter2@mirror.example?key=hunter2\"\n",
    );
    let mut command = home.command(&["config", "show", "--origin"]);
    command.env("MARKETSNAP_TIINGO_KEY", "hunter2").env("MARKETSNAP_YAHOO_URL", "https://mirror.example");
    let (out, err, code) = told(&command.output().unwrap());
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(!out.contains("hunter2"), "{out}");
    let line = |start: &str| {
        let line = out.lines().find(|l| l.starts_with(start)).unwrap_or_default();
        line.split("  ").map(str::trim).filter(|c| !c.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(line("benchmark"), ["benchmark", "default", "SP500"]);
    assert_eq!(line("groups.X"), ["groups.X.members", "config file, line 4", "SP500"]);
    assert_eq!(line("sources.tiingo.key"), ["sources.tiingo.key", "variable, MARKETSNAP_TIINGO_KEY", "set"]);
    assert_eq!(
        line("sources.yahoo"),
        ["sources.yahoo.base_url", "variable, MARKETSNAP_YAHOO_URL", "https://mirror.example"]
    );
    assert_eq!(line("sources.sina")[2], "https://mirror.example");
    assert_eq!(line("store")[1], "config file, line 1");
    // Without --origin only the value; and no line is wider than a pipe's 80 columns.
    assert!(!home.out(&["config", "show"]).contains("default"));
    assert!(out.lines().skip(1).all(|l| l.chars().count() <= 80), "{out}");
}

#[test]
fn a_path_of_the_file_leads_to_one_place_whatever_folder_the_program_runs_in() {
    let home = Home::with("store = \"mine/x.db\"\n[sources.tiingo]\nkey_file = \"~/tiingo.key\"\n");
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = home.command(&["config", "show", "--json"]);
    let (out, _, code) = told(&command.current_dir(elsewhere.path()).output().unwrap());
    assert_eq!(code, 0);
    let all: Value = serde_json::from_str(&out).unwrap();
    let value = |key: &str| {
        let found = all["settings"].as_array().unwrap().iter().find(|s| s["key"] == key).unwrap();
        PathBuf::from(found["value"].as_str().unwrap())
    };
    assert_eq!(value("store"), home.file().parent().unwrap().join("mine/x.db"));
    assert_eq!(value("sources.tiingo.key_file"), home.0.path().join("tiingo.key"));
}

#[test]
fn a_link_that_leads_nowhere_is_told_so_by_every_command_that_looks_for_the_file() {
    let home = Home::with("");
    fs::remove_file(home.file()).unwrap();
    std::os::unix::fs::symlink("/nonexistent/config.toml", home.file()).unwrap();
    for args in [&["config", "check"][..], &["config", "init"], &["config", "show"], &["today", "--demo"]] {
        let (out, err, code) = home.run(args);
        let named =
            err.contains("is a link that leads nowhere") && err.contains(home.file().to_str().unwrap());
        assert!(code == 2 && out.is_empty() && named, "{args:?}: {err}");
    }
    let (_, err, _) = home.run(&["config", "path"]);
    assert_eq!(err, "note: it is a link that leads nowhere\n");
}

#[test]
fn a_file_of_a_mebibyte_is_checked() {
    // Where the time grew with the square of the length, this took longer than anybody waits.
    let group = |n: usize| format!("[groups.G{n}]\nmembers = [\"HSI\"]\n");
    let instrument = |n: usize| format!("[instruments.I{n}]\nsymbols.yahoo = \"{n}.HK\"\n");
    let composite = |n: usize| format!("[composites.C{n}]\nmembers = [\"I{n}\"]\n");
    let text: String = (0..8000).map(|n| instrument(n) + &composite(n) + &group(n)).collect();
    assert!((800_000..1024 * 1024).contains(&text.len()), "{}", text.len());
    let checked = Home::with(&text).out(&["config", "check"]);
    assert!(checked.ends_with(": 0 choices, 8000 instruments, 8000 composites, 8000 groups\n"), "{checked}");
}

fn blessing() -> bool {
    std::env::var_os("MARKETSNAP_BLESS").is_some()
}

/// The page of the keys with the table made from the program's own.
fn with_own_table(page: &str) -> String {
    let (head, rest) = page.split_once("<!-- keys -->\n").unwrap();
    let (_, tail) = rest.split_once("<!-- end -->").unwrap();
    let mut table = "\n| key | takes | default | for |\n| --- | --- | --- | --- |\n".to_owned();
    for key in &KEYS {
        let (path, about) = (key.path.replace('*', "NAME"), key.about.trim_end_matches('.'));
        table += &format!("| `{path}` | {} | {} | {about} |\n", key.takes.wanted(), key.default);
    }
    format!("{head}<!-- keys -->\n{table}\n<!-- end -->{tail}")
}

#[test]
fn the_page_of_the_keys_is_the_programs_own_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/config.md");
    let page = fs::read_to_string(&path).unwrap();
    let real = with_own_table(&page);
    if blessing() {
        fs::write(&path, &real).unwrap();
    }
    assert!(page == real || blessing(), "docs/config.md is out of date; MARKETSNAP_BLESS=1 rewrites it");
}

#[test]
fn the_example_of_the_page_of_the_keys_makes_sense() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/config.md")).unwrap();
    let home = Home::with(page.split("```toml\n").nth(1).unwrap().split("\n```").next().unwrap());
    let checked = home.out(&["config", "check"]);
    assert!(checked.ends_with(": 1 choice, 3 instruments, 1 composite, 1 group\n"), "{checked}");
}

/// What stands in the README between two lines after a heading.
fn block<'a>(readme: &'a str, fence: &str) -> &'a str {
    let section = readme.split("\n## Your own universe\n").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    section.split(fence).nth(1).unwrap().split("\n```").next().unwrap()
}

#[test]
fn the_readmes_own_universe_works_on_the_demos_closes() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let home = Home::with(block(&readme, "```toml\n"));
    let mut ran = 0;
    for line in block(&readme, "```shell\n").lines().filter(|l| l.starts_with("marketsnap ")) {
        let args: Vec<&str> = line.split(" #").next().unwrap().split_whitespace().skip(1).collect();
        home.out(&args);
        ran += 1;
    }
    assert!(ran >= 4, "{ran}");
}
