//! The config file: what is wrong in it is told with file, line, key and the nearest name, and what is no
//! file is not read.

use std::process::Output;

use crate::{code, program, stderr};

const NOBODY: &str = "http://127.0.0.1:9";

/// A run of `args` with this text as config file, and the file's name.
fn with(text: &str, args: &[&str]) -> (Output, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap().to_owned();
    let output = program(args, NOBODY).env("MARKETSNAP_CONFIG", &file).output().unwrap();
    (output, file)
}

#[test]
fn what_is_wrong_is_told_with_file_line_key_and_the_nearest_name() {
    let yaho = "unknown source 'yaho': did you mean yahoo?";
    for (text, line, said) in [
        ("[sources]\nfirst = [\n\"sina\",\n\"yaho\"]\n", 4, format!("sources.first: {yaho}")),
        ("[sources]\nnever = [\"yaho\"]\n", 2, format!("sources.never: {yaho}")),
        ("\n[sources.yaho]\nbase_url = \"https://m.example\"\n", 2, format!("sources.yaho: {yaho}")),
        ("[instruments.HSI]\nsources = [\"yaho\"]\n", 2, format!("instruments.HSI.sources: {yaho}")),
        (
            "[instruments.STAR5O]\nsources = [\"yahoo\"]\n",
            1,
            "instruments.STAR5O: unknown instrument 'STAR5O': did you mean STAR50?".to_owned(),
        ),
        (
            "[instruments.ASIA]\nsources = [\"yahoo\"]\n",
            1,
            "instruments.ASIA: 'ASIA' is a composite already".to_owned(),
        ),
        (
            "[sources.sina]\n\nbase_url = \"foo\"\n",
            3,
            "sources.sina.base_url is no address to ask: ".to_owned(),
        ),
        (
            "[sources]\nfirst = [\"qqqq\"]\n",
            2,
            "sources.first: unknown source 'qqqq': there are frankfurter, ".to_owned(),
        ),
    ] {
        for args in [&["today", "SP500"][..], &["sources"]] {
            let (output, file) = with(text, args);
            let expected = format!("error: the config file {file}, line {line}: {said}");
            let told = stderr(&output);
            assert!(code(&output) == Some(2) && told.starts_with(&expected), "{told}{expected}");
        }
    }
}

#[test]
fn a_key_file_that_cannot_be_used_is_told_with_the_place_that_names_it() {
    let (output, file) = with("[sources.tiingo]\n\nkey_file = \"/nonexistent/key\"\n", &["sources"]);
    let expected = format!(
        "error: the key of tiingo, in the config file {file}, line 3: \
         sources.tiingo.key_file = /nonexistent/key: No such file"
    );
    assert!(code(&output) == Some(2) && stderr(&output).starts_with(&expected), "{}", stderr(&output));
}

#[test]
fn a_flag_that_names_no_source_is_told_the_nearest_one() {
    let output = program(&["today", "--source", "yahooo"], NOBODY).output().unwrap();
    assert_eq!(code(&output), Some(2));
    assert_eq!(stderr(&output), "error: unknown source 'yahooo': did you mean yahoo?\n");
}

#[test]
fn a_pipe_a_device_and_a_file_that_was_named_and_is_not_there_are_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for (place, said) in [
        (pipe.to_str().unwrap(), "it is no file"),
        ("/dev/zero", "it is no file"),
        ("/nonexistent/config.toml", "No such file"),
    ] {
        let output = program(&["sources"], NOBODY).env("MARKETSNAP_CONFIG", place).output().unwrap();
        let told = stderr(&output);
        assert_eq!(code(&output), Some(2), "{told}");
        assert!(
            told.starts_with(&format!("error: the config file {place} cannot be read: {said}")),
            "{told}"
        );
    }
}

#[test]
fn a_source_on_the_command_line_outranks_a_demo_of_the_environment_and_the_other_way_round() {
    let source = ["today", "SP500", "--source", "yahoo", "--timeout", "2"];
    let output = program(&source, NOBODY).env("MARKETSNAP_DEMO", "1").output().unwrap();
    assert_eq!((code(&output), output.stdout.len()), (Some(5), 0), "{}", stderr(&output));
    let demo = program(&["today", "SP500", "--demo"], NOBODY).env("MARKETSNAP_SOURCE", "yahoo").output();
    let demo = demo.unwrap();
    assert_eq!((code(&demo), stderr(&demo)), (Some(0), String::new()));
}

#[test]
fn there_is_nothing_to_verify_the_demo_with() {
    let output = program(&["today", "SP500", "--demo", "--verify"], NOBODY).output().unwrap();
    assert_eq!(code(&output), Some(2));
    assert_eq!(stderr(&output), "error: --demo and --verify cannot be used together\n");
}

#[test]
fn whoever_left_out_all_that_hold_an_instrument_is_told_so() {
    let hint = |output: &Output| {
        let said = stderr(output);
        assert_eq!(code(output), Some(5), "{said}");
        assert!(!said.contains("give the symbol"), "{said}");
        said.split_once("hint: ").unwrap().1.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let never = "[sources]\nnever = [\"yahoo\", \"sina\", \"tencent\", \"eastmoney\", \"stooq\", \"hsi\"]\n";
    let (output, _) = with(never, &["today", "HSI", "--benchmark", "HSI", "--timeout", "2"]);
    let said = hint(&output);
    assert!(said.starts_with("'never' in the config file forbids yahoo, "), "{said}");
    let flag = program(&["today", "HSI", "--benchmark", "HSI", "--source", "coinbase"], NOBODY).output();
    let said = hint(&flag.unwrap());
    assert!(
        said.starts_with("--source leaves out yahoo, ") && said.contains("name one of them too"),
        "{said}"
    );
}

#[test]
fn an_own_instrument_is_asked_for_like_a_built_in_one_and_stands_in_its_section() {
    let replay = crate::Replay::start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    let text = "sections = [\"Games\"]\n[instruments.TC]\nname = \"My games\"\nsection = \"Games\"\n\
                symbols = { yahoo = \"TENCENT.HK\" }\n[groups.PLAY]\nmembers = [\"TC\", \"SP500\"]\n";
    std::fs::write(&file, text).unwrap();
    let run = |args: &[&str]| {
        let mut command = program(&[args, &["--as-of", crate::AS_OF]].concat(), &replay.url());
        command.env("MARKETSNAP_CONFIG", &file).output().unwrap()
    };
    let report = crate::json(&run(&["today", "--json", "--source", "yahoo"]));
    let row = crate::row(&report, "TC");
    assert_eq!((&row["name"], &row["section"]), (&"My games".into(), &"Games".into()));
    assert_eq!((&row["currency"], &row["exchange"]), (&"HKD".into(), &"XHKG".into()));
    // 600 to 603 is +0.5 %.
    assert!((row["moves"]["1D"]["pct"].as_f64().unwrap() - 0.5).abs() < 1e-9);
    let table = String::from_utf8(run(&["today", "--source", "yahoo"]).stdout).unwrap();
    assert!(table.contains("\nGames  ") && table.contains("\nMy games "), "{table}");
    let group = String::from_utf8(run(&["movers", "play"]).stdout).unwrap();
    assert!(group.contains("1 My games") && group.contains("1 up, 1 down"), "{group}");
}
