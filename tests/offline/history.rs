//! `history` and `store`: what is held, its earlier versions, CSV that no spreadsheet runs, and upkeep.

use super::*;

#[test]
fn a_history_says_whose_closes_they_are_and_shows_the_newest_last() {
    let user = User::with_closes_of(&["SP500"]);
    let output = user.alone(&["history", "sp500", "--from", "2026-01-15", "--to", "2026-01-20"]);
    assert_eq!((code(&output), stderr(&output)), (Some(0), String::new()));
    let text = stdout(&output);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].contains("SP500") && lines[0].contains("S&P 500"), "{text}");
    assert!(text.contains("yahoo ^GSPC") && text.contains("USD") && text.contains("last fetched"), "{text}");
    assert!(lines.last().unwrap().starts_with("2026-01-20"), "{text}");
    assert!(lines.last().unwrap().contains("6796.86"), "{text}");
    assert!(!text.contains("2026-01-14"), "{text}");
    assert!(lines.iter().all(|l| l.chars().count() <= 80), "{text}");
}

#[test]
fn a_history_as_json_and_as_csv_holds_the_same_closes() {
    let user = User::with_closes_of(&["STAR50"]);
    let report = json(&user.alone(&["history", "STAR50", "--json", "--to", "2026-01-20"]));
    assert_eq!(report["schema"], "marketsnap.history/1");
    let series = &report["series"][0];
    assert_eq!((&series["source"], &series["basis"]), (&"yahoo".into(), &"price".into()));
    let closes = series["closes"].as_array().unwrap();
    assert_eq!(closes.last().unwrap()["close"], 1482.994);
    let output = user.alone(&["history", "STAR50", "--format", "csv", "--to", "2026-01-20"]);
    let csv = stdout(&output);
    assert!(csv.starts_with("id,source,symbol,basis,currency,date,close,fetched_at\n"), "{csv}");
    assert_eq!(csv.lines().count(), closes.len() + 1);
    assert!(csv.contains("STAR50,yahoo,000688.SS,price,CNY,2026-01-20,1482.994,"), "{csv}");
}

#[test]
fn a_close_that_was_restated_is_had_in_both_versions() {
    let user = User::with_closes_of(&["SP500"]);
    let args = ["today", "SP500", "--as-of", AS_OF];
    user.online(&args, &restated("SP500", "2026-01-16", 0.5));
    let report = json(&user.alone(&["history", "SP500", "--revisions", "--json"]));
    let revisions = report["series"][0]["revisions"].as_array().unwrap();
    assert_eq!(revisions.len(), 1);
    assert_eq!((&revisions[0]["close"], &revisions[0]["now"]), (&6940.01.into(), &6940.51.into()));
    let table = stdout(&user.alone(&["history", "SP500", "--revisions", "--from", "2026-01-16"]));
    assert!(table.contains("6940.01") && table.contains("6940.51"), "{table}");
    assert!(table.lines().all(|l| l.chars().count() <= 80), "{table}");
    let csv = stdout(&user.alone(&["history", "SP500", "--revisions", "--format", "csv"]));
    assert!(csv.lines().next().unwrap().ends_with(",fetched_at,replaced_at"), "{csv}");
    assert!(csv.contains(",2026-01-16,6940.01,"), "{csv}");
}

#[test]
fn an_unknown_id_a_basket_and_nothing_held_are_told_apart() {
    let user = User::with_closes_of(&["SP500"]);
    let unknown = user.alone(&["history", "SP50X"]);
    assert_eq!(code(&unknown), Some(2));
    assert!(stderr(&unknown).contains("did you mean SP500"), "{}", stderr(&unknown));
    assert_eq!(code(&user.alone(&["history", "ASIA"])), Some(2));
    let share = User::with_closes_of(&["TENCENT.HK"]);
    assert_eq!(code(&share.alone(&["history", "tencent.hk"])), Some(0));
    assert_eq!(code(&share.alone(&["history", "TENCENT.HK", "--to", "2020-01-01"])), Some(5));
    let nothing = user.alone(&["history", "DAX"]);
    assert_eq!((code(&nothing), nothing.stdout.len()), (Some(5), 0));
    assert!(stderr(&nothing).contains("hint: "), "{}", stderr(&nothing));
    let none = User::new();
    assert_eq!(code(&none.alone(&["history", "DAX"])), Some(5));
    assert!(!none.folder().exists());
}

#[test]
fn dates_that_nothing_lies_between_are_told_with_those_that_are_held() {
    let user = User::with_closes_of(&["SP500"]);
    let held = json(&user.alone(&["history", "SP500", "--json"]));
    let dates: Vec<&str> =
        held["series"][0]["closes"].as_array().unwrap().iter().map(|c| c["date"].as_str().unwrap()).collect();
    let outside = format!("begin on {} and end on {}", dates[0], dates[dates.len() - 1]);
    for (args, wanted) in [
        (&["--from", "1990-01-26", "--to", "1990-02-02"][..], "from 1990-01-26 to 1990-02-02"),
        (&["--from", "2026-02-01"], "from 2026-02-01 on"),
        (&["--to", "1990-02-02", "--source", "yahoo"], "from yahoo up to 1990-02-02"),
    ] {
        let output = user.alone(&[&["history", "SP500"], args].concat());
        let said = stderr(&output).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!((code(&output), output.stdout.len()), (Some(5), 0));
        assert!(said.contains("no close of SP500") && said.contains(wanted), "{said}");
        assert!(said.contains(&outside), "{said}");
    }
    let backwards = user.alone(&["history", "SP500", "--from", "2026-01-20", "--to", "2026-01-16"]);
    assert_eq!((code(&backwards), backwards.stdout.len()), (Some(2), 0));
    assert!(stderr(&backwards).contains("--from 2026-01-20 is after --to 2026-01-16"));
}

#[test]
fn the_stores_path_is_printed_whether_it_is_there_or_not() {
    let user = User::new();
    let output = user.alone(&["store", "path"]);
    assert_eq!((code(&output), stdout(&output)), (Some(0), format!("{}\n", user.store().display())));
    assert_eq!(stdout(&user.alone(&["store", "--store", "/tmp/x.db", "path"])), "/tmp/x.db\n");
    for task in ["verify", "export"] {
        assert_eq!(code(&user.alone(&["store", task])), Some(5), "{task}");
    }
    assert!(!user.folder().exists());
}

#[test]
fn a_sound_store_is_said_to_be_and_what_is_wrong_is_found() {
    let user = User::with_closes_of(&["SP500"]);
    let sound = user.alone(&["store", "verify"]);
    assert_eq!(code(&sound), Some(0), "{}", stderr(&sound));
    assert!(stdout(&sound).contains("sound; instruments: 1"), "{}", stdout(&sound));
    std::fs::write(user.store(), vec![b'x'; 20_000]).unwrap();
    let damaged = user.alone(&["store", "verify"]);
    assert_eq!(code(&damaged), Some(1));
    assert!(stderr(&damaged).contains("damaged"), "{}", stderr(&damaged));
    assert!(std::fs::read(user.store()).unwrap().starts_with(b"xxxx"), "looking changes nothing");
}

#[test]
fn all_closes_are_exported_as_csv_to_standard_output_or_a_file() {
    let user = User::with_closes_of(&["SP500", "DAX"]);
    let output = user.alone(&["store", "export"]);
    assert_eq!(code(&output), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    let ids: std::collections::BTreeSet<&str> =
        text.lines().skip(1).map(|l| l.split(',').next().unwrap()).collect();
    assert_eq!(ids.into_iter().collect::<Vec<_>>(), ["DAX", "SP500"]);
    let file = user.home.path().join("closes.csv");
    let written = user.alone(&["store", "export", "-o", file.to_str().unwrap()]);
    assert_eq!((code(&written), stdout(&written)), (Some(0), String::new()));
    assert_eq!(std::fs::read_to_string(file).unwrap(), text);
    let nowhere = user.alone(&["store", "export", "-o", "/nowhere/closes.csv"]);
    assert_eq!(code(&nowhere), Some(1));
}

#[test]
fn closes_are_only_forgotten_when_the_user_says_yes() {
    let user = User::with_closes_of(&["SP500"]);
    let prune = ["store", "prune", "--before", "2026-01-16"];
    let unsure = user.alone(&prune);
    assert_eq!(code(&unsure), Some(2));
    assert!(stderr(&unsure).contains("--yes"), "{}", stderr(&unsure));
    let done = user.alone(&[&prune[..], &["--yes"]].concat());
    assert_eq!(code(&done), Some(0), "{}", stderr(&done));
    assert!(stdout(&done).contains("removed"), "{}", stdout(&done));
    let left = json(&user.alone(&["history", "SP500", "--json"]));
    assert_eq!(left["series"][0]["closes"][0]["date"], "2026-01-16");
    assert_eq!(code(&user.alone(&["store", "verify"])), Some(0));
}
