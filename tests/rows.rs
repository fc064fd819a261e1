//! Rows for programs, over the whole program on the demo's closes: CSV and JSON lines hold what the JSON holds, fields
//! are chosen by name, and a file's suffix names its format.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "in tests a panic is the report; clippy knows only the functions marked as tests"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn program(folder: &Path, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_marketsnap"));
    let args = line.split(' ').filter(|word| !word.is_empty());
    command.args(args).env_clear().env("HOME", folder).current_dir(folder).stdin(Stdio::null());
    command
}

fn run(line: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    program(folder.path(), line).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn out(line: &str) -> String {
    let output = run(line);
    assert!([Some(0), Some(3), Some(10)].contains(&output.status.code()), "{line}: {}", text(&output.stderr));
    text(&output.stdout)
}

fn json(line: &str) -> Value {
    serde_json::from_str(&out(&format!("{line} --json"))).unwrap()
}

fn lines(line: &str) -> Vec<Value> {
    out(&format!("{line} --format jsonl")).lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn csv(line: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let text = out(&format!("{line} --format csv"));
    assert!(text.ends_with('\n'), "{line}");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    let head = cells(reader.headers().unwrap());
    (head, reader.records().map(|row| cells(&row.unwrap())).collect())
}

/// Every value of a row that is no object, under its dotted name.
fn leaves(name: &str, value: &Value, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(map) if name != "symbols" => {
            for (key, value) in map {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                leaves(&name, value, found);
            }
        }
        _ => found.push((name.to_owned(), value.clone())),
    }
}

/// How a value stands in a cell.
fn is(cell: &str, value: &Value) -> bool {
    match value {
        Value::Null => cell.is_empty(),
        Value::Number(number) => cell.parse::<f64>().unwrap().to_bits() == number.as_f64().unwrap().to_bits(),
        Value::Array(list) if list.iter().all(|v| !v.is_object()) => {
            let words: Vec<String> = list.iter().map(|v| v.as_str().unwrap().to_owned()).collect();
            cell == words.join(";")
        }
        Value::Array(_) | Value::Object(_) => serde_json::from_str::<Value>(cell).unwrap() == *value,
        Value::String(words) => cell == words || cell == format!("'{words}"),
        Value::Bool(flag) => cell == flag.to_string(),
    }
}

/// That CSV has every value of these rows, in their order, and nothing else but what tells of the document.
fn holds(line: &str, rows: &[Value], but: &[&str]) {
    let (head, records) = csv(line);
    assert_eq!(records.len(), rows.len(), "{line}");
    let names: BTreeSet<&str> = head.iter().map(String::as_str).collect();
    assert_eq!(names.len(), head.len(), "{line}: a column twice");
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for (row, record) in rows.iter().zip(&records) {
        let mut found = Vec::new();
        leaves("", row, &mut found);
        for (name, value) in found {
            // A block that is null has its columns empty.
            let within: Vec<usize> =
                (0..head.len()).filter(|at| head[*at].starts_with(&format!("{name}."))).collect();
            if value.is_null() && !within.is_empty() {
                assert!(within.iter().all(|at| record[*at].is_empty()), "{line}: {name}");
                continue;
            }
            if but.contains(&name.as_str()) {
                assert!(!names.contains(name.as_str()), "{line}: {name}");
                continue;
            }
            let at = head.iter().position(|column| *column == name);
            let at = at.unwrap_or_else(|| panic!("{line}: no column {name}"));
            assert!(is(&record[at], &value), "{line}: {name}: '{}' is not {value}", record[at]);
            seen.insert(name);
        }
    }
    let rest: Vec<&&str> = names.iter().filter(|name| !name.starts_with("report.")).collect();
    assert!(rest.len() >= seen.len() && seen.len() > 3, "{line}: {seen:?}");
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap()
}

#[test]
fn the_csv_of_today_has_every_value_of_the_json_in_full_precision() {
    for line in [
        "today --demo",
        "today STAR50 ASIA BTC US10Y --demo --currency USD",
        "today NOSUCHTHING STAR50 --demo",
    ] {
        let document = json(line);
        let rows = [list(&document, "instruments"), list(&document, "composites")].concat();
        holds(line, &rows, &[]);
        let (head, records) = csv(line);
        let column = |name: &str| head.iter().position(|n| n == name).unwrap();
        for record in records {
            for name in ["schema", "as_of", "date", "demo", "benchmark", "currency"] {
                assert!(is(&record[column(&format!("report.{name}"))], &document[name]), "{name}");
            }
        }
    }
}

#[test]
fn the_csv_of_compare_show_check_list_and_sources_has_every_value_of_their_rows() {
    let line = "compare STAR50 SP500 ASIA --demo";
    holds(line, list(&json(line), "instruments"), &["rebased.points"]);
    let line = "check STAR50.1D>3 NIFTY50.1D>1 --demo";
    holds(line, list(&json(line), "expressions"), &[]);
    let line = "sources";
    holds(line, list(&json(line), "sources"), &[]);
    let document = json("list");
    let rows = ["instruments", "composites", "groups"].map(|key| list(&document, key)).concat();
    holds("list", &rows, &[]);
    for id in ["STAR50", "ASIA"] {
        let line = format!("show {id} --demo");
        let document = json(&line);
        let row = if id == "ASIA" { &document["composite"] } else { &document["instrument"] };
        let mut row = row.as_object().unwrap().clone();
        for key in ["venue", "confirmations", "annualised", "risk", "link"] {
            row.insert(key.to_owned(), document[key].clone());
        }
        holds(&line, &[Value::Object(row)], &[]);
    }
}

#[test]
fn rows_inside_groups_and_lines_say_whose_they_are() {
    let line = "movers CN-CHIPS ASIA --demo";
    let document = json(line);
    let mut rows = Vec::new();
    for group in list(&document, "groups") {
        for member in list(group, "members") {
            let mut row = member.as_object().unwrap().clone();
            let of = ["kind", "id", "name"].map(|key| (key.to_owned(), group[key].clone()));
            row.insert("group".to_owned(), Value::Object(of.into_iter().collect()));
            rows.push(Value::Object(row));
        }
    }
    holds(line, &rows, &[]);
    let line = "chart STAR50 SP500 --demo";
    let document = json(line);
    let mut rows = Vec::new();
    for of in list(&document, "lines") {
        for point in list(of, "points") {
            let mut row = point.as_object().unwrap().clone();
            row.extend(
                ["id", "name", "kind", "currency", "basis"].map(|key| (key.to_owned(), of[key].clone())),
            );
            rows.push(Value::Object(row));
        }
    }
    assert!(rows.len() > 100);
    holds(line, &rows, &[]);
}

#[test]
fn json_lines_hold_what_the_json_holds_and_which_report_they_are_of() {
    let document = json("today --demo");
    let rows = [list(&document, "instruments"), list(&document, "composites")].concat();
    let found = lines("today --demo");
    assert_eq!(found.len(), rows.len());
    for (line, row) in found.into_iter().zip(rows) {
        let mut line = line.as_object().unwrap().clone();
        let report = line.remove("report").unwrap();
        assert_eq!(Value::Object(line), row);
        assert_eq!((&report["schema"], &report["as_of"]), (&document["schema"], &document["as_of"]));
        assert_eq!(report["demo"], true);
    }
}

#[test]
fn fields_are_columns_in_the_order_asked_for_and_bring_their_horizons() {
    let (head, rows) = csv("today STAR50 SP500 --demo --fields close,ID,moves.3m.pct,session");
    let session = ["session.date", "session.status", "session.timezone", "session.closed_at"];
    assert_eq!(head, [&["close", "id", "moves.3M.pct"], &session[..]].concat());
    assert_eq!((rows[0][0].as_str(), rows[0][1].as_str()), ("1535.393", "STAR50"));
    // 3M is not among the usual horizons. 21 October 2025: 1406.318, and 1535.393 / 1406.318 - 1 = 9.178223 %.
    let pct: f64 = rows[0][2].parse().unwrap();
    assert!((pct - 9.178_223).abs() < 1e-6, "{pct}");
}

#[test]
fn fields_reduce_rows_and_leave_the_rest_of_a_document() {
    let found = lines("today STAR50 ASIA --demo --fields id,moves.1D.pct,traded");
    assert_eq!(found[0]["moves"]["1D"].as_object().unwrap().len(), 1);
    assert_eq!((&found[0]["id"], &found[0]["traded"]), (&Value::from("STAR50"), &Value::Null));
    assert_eq!((&found[1]["traded"], found[1].get("report")), (&Value::from(6), None));
    let line = "today STAR50 ASIA --demo --fields id,close,traded";
    let (document, whole) = (json(line), json("today STAR50 ASIA --demo"));
    assert_eq!(document["instruments"][0].as_object().unwrap().len(), 2);
    assert_eq!(document["composites"][0].as_object().unwrap().len(), 3);
    assert_eq!((&document["notes"], &document["as_of"]), (&whole["notes"], &whole["as_of"]));
    let movers = json("movers CN-CHIPS --demo --fields group.id,rank,id");
    assert_eq!(movers["groups"][0]["members"][0].as_object().unwrap().len(), 2);
    assert_eq!(movers["groups"][0]["id"], "CN-CHIPS");
    let show = json("show STAR50 --demo --fields close,risk.volatility_60.pct");
    assert_eq!(show["instrument"].as_object().unwrap().len(), 1);
    assert!(show["risk"]["volatility_60"]["pct"].is_number() && show.get("link").is_none());
}

#[test]
fn the_table_shows_the_fields_as_columns() {
    let shown = out("today STAR50 SP500 --demo --fields name,close,moves.1D.pct,z_score.value,trend");
    assert!(shown.contains("Close   1D %  z_score.value  Trend"), "{shown}");
    assert!(shown.contains("STAR 50  1535.39  +3.53         1.8318"), "{shown}");
    // From the environment it is heeded by the table of `today` and by rows, and nowhere else.
    let folder = tempfile::tempdir().unwrap();
    let by_environment = |line: &str| {
        let output = program(folder.path(), line).env("MARKETSNAP_FIELDS", "id,close").output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    assert!(by_environment("today STAR50 --demo").contains("\nid        Close\nSTAR50  1535.39\n"));
    assert_eq!(by_environment("list STAR50 --format csv"), "id\nSTAR50\n");
    assert_eq!(by_environment("movers CN-CHIPS --demo"), out("movers CN-CHIPS --demo"));
}

#[test]
fn an_unknown_field_is_a_usage_error_with_the_nearest_name() {
    for (line, said) in [
        ("today --fields id,clsoe", "unknown field 'clsoe': did you mean close?"),
        ("today --fields 1D --format csv", "did you mean moves.1D.pct?"),
        ("compare STAR50 SP500 --fields range_52w --json", "unknown field 'range_52w'"),
        ("movers --fields id", "--format csv, jsonl or json here"),
        ("chart STAR50 --fields id -o chart.svg", "--format csv, jsonl or json here"),
        ("today --fields trend --format csv", "'trend' is drawn"),
        ("list --fields cloes --json", "unknown field 'cloes'"),
        ("sources --fields nmae --format csv", "did you mean name?"),
        ("history STAR50 --fields dat --json", "did you mean date?"),
        ("list --format png", "only `marketsnap chart` draws pictures"),
    ] {
        let output = run(line);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{line}");
        assert!(text(&output.stderr).contains(said), "{line}: {}", text(&output.stderr));
    }
}

#[test]
fn the_list_of_fields_names_every_column() {
    for (command, line) in [
        ("today", "today ASIA --demo --horizons 1D"),
        ("compare", "compare STAR50 SP500 --demo --horizons 1D"),
        ("movers", "movers CN-CHIPS --demo --horizons 1D"),
        ("show", "show STAR50 --demo --horizons 1D"),
        ("check", "check STAR50.1D>3 --demo"),
        ("chart", "chart STAR50 --demo"),
        ("list", "list STAR50"),
        ("sources", "sources"),
    ] {
        let told = run(&format!("{command} --fields=help"));
        assert_eq!((told.status.code(), told.stderr.len()), (Some(0), 0), "{command}");
        let told = text(&told.stdout);
        let names: Vec<&str> =
            told.lines().filter_map(|l| l.split_once("  ")).map(|(name, _)| name).collect();
        for column in csv(line).0 {
            let name = column.replace(".1D.", ".HORIZON.");
            assert!(names.contains(&name.as_str()), "{command}: {column}");
        }
    }
    assert_eq!(run("history --fields help").status.code(), Some(0));
}

#[test]
fn a_files_suffix_names_its_format() {
    let folder = tempfile::tempdir().unwrap();
    let written = |line: &str, name: &str| {
        let output = program(folder.path(), &format!("{line} -o {name}")).output().unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0), "{line}");
        std::fs::read_to_string(folder.path().join(name)).unwrap()
    };
    for line in ["today STAR50 --demo", "list STAR50", "sources --source yahoo", "movers CN-CHIPS --demo"] {
        assert!(written(line, "a.csv").starts_with("report.schema,"), "{line}");
        for name in ["a.jsonl", "a.NDJSON"] {
            assert!(written(line, name).starts_with("{\"report\":{\"schema\":\"marketsnap."), "{line}");
        }
        assert!(written(line, "a.json").starts_with("{\n  \"schema\":"), "{line}");
        assert!(!written(line, "a.txt").contains('{'), "{line}");
    }
    for line in ["today STAR50 --demo -o a.xlsx", "list -o a", "sources -o a.xml", "history STAR50 -o a.xls"]
    {
        let output = run(line);
        assert_eq!(output.status.code(), Some(2), "{line}");
        let said = text(&output.stderr);
        assert!(
            [".txt", ".json", ".jsonl", ".csv", ".md", ".html"].iter().all(|s| said.contains(s)),
            "{said}"
        );
    }
}

#[test]
fn an_empty_report_writes_no_rows() {
    for line in ["today NOSUCHTHING --demo", "list nosuchthing"] {
        for format in ["csv", "jsonl"] {
            let output = run(&format!("{line} --format {format}"));
            assert_eq!((output.status.code(), output.stdout.len()), (Some(5), 0), "{line} {format}");
        }
    }
}
