//! What the program prints with --json is what `marketsnap schema` says: every document is held against its schema,
//! and no document has a key that its schema does not know.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "in tests a panic is the report; clippy knows only the functions marked as tests"
)]

use std::path::Path;
use std::process::{Command, Stdio};

use marketsnap::domain::{Bar, Basis, InstrumentId, Provenance, Series};
use marketsnap::store::{self, Opening, Place, Settled};
use serde_json::Value;

fn run(home: &Path, args: &[&str]) -> (String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_marketsnap"));
    command.args(args).env_clear().env("HOME", home).stdin(Stdio::null());
    let output = command.output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
}

fn schema(name: &str) -> Value {
    let home = tempfile::tempdir().unwrap();
    let (text, code) = run(home.path(), &["schema", name]);
    assert_eq!(code, 0, "{name}");
    serde_json::from_str(&text).unwrap()
}

/// A schema that allows no key but those it names.
fn closed(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(map) => {
            if map.get("properties").is_some_and(Value::is_object)
                && !map.contains_key("additionalProperties")
            {
                map.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            map.values_mut().for_each(|v| *v = closed(v.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|v| *v = closed(v.take())),
        _ => {}
    }
    schema
}

/// What is wrong with a document by its schema, with no key allowed that the schema does not name.
fn faults(name: &str, document: &Value) -> Vec<String> {
    let options = jsonschema::options().should_validate_formats(true);
    let validator = options.build(&closed(schema(name))).unwrap();
    validator.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

fn hold(home: &Path, name: &str, args: &[&str], codes: &[i32]) {
    let (text, code) = run(home, args);
    assert!(codes.contains(&code), "{args:?}: {code}");
    let document: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{args:?}: {e}"));
    assert_eq!(document["schema"], format!("marketsnap.{name}/1"), "{args:?}");
    let wrong = faults(name, &document);
    assert!(wrong.is_empty(), "{args:?}: {wrong:#?}");
}

/// What each command prints on the closes built into the program.
const DEMO: &[(&str, &str)] = &[
    ("snapshot", "today --demo --json"),
    (
        "snapshot",
        "today --demo --json --date 2026-01-02 --horizons 1D,5D,1W,1M,3M,6M,1Y,3Y,5Y,WTD,MTD,QTD,YTD",
    ),
    ("snapshot", "today ASIA CN-CHIPS NOSUCHTHING --demo --json"),
    ("snapshot", "today NOSUCHTHING --demo --json"),
    ("compare", "compare STAR50 SP500 ASIA BTC --demo --json --since 2025-12-31"),
    ("compare", "compare STAR50 NOSUCHTHING --demo --json"),
    ("snapshot", "today --demo --json --currency USD --lang zh"),
    ("snapshot", "report --demo --json"),
    ("compare", "compare STAR50 DAX HSI --demo --json --currency CNY"),
    ("movers", "movers --demo --json"),
    ("movers", "movers ASIA CN-CHIPS --demo --json --sort YTD --top 1 --currency USD"),
    ("show", "show STAR50 --demo --json"),
    ("show", "show ASIA --demo --json --currency USD"),
    ("show", "show SP500 --demo --json --date 2026-01-02"),
    ("check", "check STAR50.1D>3 ASIA.YTD>1 CN-CHIPS.best=LOONGSON SP500.session>2026-01-19 --demo --json"),
    ("chart", "chart STAR50 SP500 ASIA --demo --json"),
    ("chart", "chart GOLD NOSUCHTHING --demo --json --absolute"),
    ("list", "list --json"),
    ("sources", "sources --json"),
    ("config", "config show --json"),
    ("wait", "wait --print --json"),
    ("wait", "wait STAR50 SP500 AAPL --print --json --as-of 2026-01-19T06:00:00Z"),
    ("search", "search star --demo --json"),
    ("search", "search qqqq --offline --json"),
];

#[test]
fn every_document_is_as_its_schema_says_and_has_no_other_keys() {
    let home = tempfile::tempdir().unwrap();
    for (name, line) in DEMO {
        let args: Vec<&str> = line.split(' ').collect();
        hold(home.path(), name, &args, &[0, 3, 4, 5, 10]);
    }
}

/// Reports as JSON lines, the types of their rows, and what a row has beside its type's keys.
const LINES: &[(&str, &str, &[&str], &[&str])] = &[
    ("snapshot", "today --demo", &["Row", "CompositeRow"], &["report"]),
    ("snapshot", "today NOSUCHTHING STAR50 --demo --currency USD", &["Row"], &["report"]),
    ("compare", "compare STAR50 SP500 ASIA --demo", &["Compared"], &["report"]),
    ("movers", "movers ASIA CN-CHIPS --demo", &["Mover"], &["report", "group"]),
    ("check", "check STAR50.1D>3 SP500.1D<0 --demo", &["Checked"], &["report"]),
    (
        "chart",
        "chart STAR50 SP500 --demo",
        &["ChartPoint"],
        &["report", "id", "name", "kind", "currency", "basis"],
    ),
    ("list", "list", &["Listed", "ListedComposite", "ListedGroup"], &["report", "what"]),
    ("sources", "sources", &["SourceRow"], &["report"]),
];

#[test]
fn every_json_line_is_a_row_as_its_documents_schema_says() {
    let home = tempfile::tempdir().unwrap();
    for (name, line, types, beside) in LINES {
        let args: Vec<&str> = line.split(' ').chain(["--format", "jsonl"]).collect();
        let whole = closed(schema(name));
        let validators: Vec<jsonschema::Validator> = types
            .iter()
            .map(|row| {
                assert!(whole["$defs"][row].is_object(), "{name}: {row}");
                let row = serde_json::json!({ "$defs": whole["$defs"], "$ref": format!("#/$defs/{row}") });
                jsonschema::options().should_validate_formats(true).build(&row).unwrap()
            })
            .collect();
        let (text, _) = run(home.path(), &args);
        let mut of_type = vec![0; types.len()];
        for row in text.lines() {
            let mut row: Value = serde_json::from_str(row).unwrap();
            for key in *beside {
                assert!(row.as_object_mut().unwrap().remove(*key).is_some(), "{line}: {key}");
            }
            let kind = validators.iter().position(|v| v.is_valid(&row));
            of_type[kind.unwrap_or_else(|| panic!("{line}: {row}"))] += 1;
        }
        assert!(of_type.iter().all(|rows| *rows > 0), "{line}: {of_type:?}");
    }
}

#[test]
fn the_closes_held_of_an_instrument_are_as_their_schema_says() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("closes.db");
    let fetched_at = "2026-01-21T08:30:00Z".parse().unwrap();
    let provenance = Provenance {
        instrument: InstrumentId::new("SP500"),
        source: "yahoo".into(),
        symbol: "^GSPC".into(),
        currency: Some("USD".into()),
        venue: None,
        basis: Basis::Price,
        raw: false,
        fetched_at,
        stamp: None,
    };
    let bar = |date: &str, close| Bar { date: date.parse().unwrap(), close, low: None, high: None };
    let bars = vec![bar("2026-01-16", 6940.01), bar("2026-01-20", 6796.86)];
    let first = Series::of_bars(provenance.clone(), bars, Vec::new()).unwrap();
    let later = Provenance { fetched_at: "2026-01-22T08:30:00Z".parse().unwrap(), ..provenance };
    let bars = vec![bar("2026-01-16", 6940.01), bar("2026-01-20", 6796.87)];
    let changed = Series::of_bars(later, bars, Vec::new()).unwrap();
    let mut held = store::open(&Opening::new(&Place::of(&path).unwrap(), fetched_at)).unwrap().store;
    let (since, until) = ("2026-01-16".parse().unwrap(), "2026-01-20".parse().unwrap());
    for series in [&first, &changed] {
        held.keep(&[Settled { series, since, until }]).unwrap();
    }
    let place = path.to_str().unwrap();
    hold(home.path(), "history", &["history", "SP500", "--store", place, "--json"], &[0]);
    hold(home.path(), "history", &["history", "SP500", "--store", place, "--json", "--revisions"], &[0]);
    let rows = |more: &[&str]| run(home.path(), &[&["history", "SP500", "--store", place], more].concat()).0;
    let whole = closed(schema("history"));
    let text = rows(&["--revisions", "--format", "jsonl"]);
    for (line, row) in text.lines().zip(["HeldClose", "HeldClose", "Revised"]) {
        let mut line: Value = serde_json::from_str(line).unwrap();
        for key in ["report", "id", "name", "source", "symbol", "basis", "as_traded", "currency"] {
            assert!(line.as_object_mut().unwrap().remove(key).is_some(), "{key}");
        }
        let row = serde_json::json!({ "$defs": whole["$defs"], "$ref": format!("#/$defs/{row}") });
        assert!(jsonschema::validator_for(&row).unwrap().is_valid(&line), "{line}");
    }
    assert_eq!(text.lines().count(), 3);
    let csv = rows(&["--format", "csv", "--fields", "date,close,symbol"]);
    assert_eq!(csv, "date,close,symbol\n2026-01-16,6940.01,^GSPC\n2026-01-20,6796.87,^GSPC\n");
}

#[test]
fn a_document_with_a_key_too_many_or_a_key_too_few_is_found_out() {
    let home = tempfile::tempdir().unwrap();
    let (text, _) = run(home.path(), &["today", "STAR50", "--demo", "--json"]);
    let good: Value = serde_json::from_str(&text).unwrap();
    let mut more = good.clone();
    more["instruments"][0]["surprise"] = Value::Bool(true);
    let mut fewer = good.clone();
    fewer["instruments"][0].as_object_mut().unwrap().remove("close");
    let mut words = good;
    words["instruments"][0]["close"] = Value::from("1535.39");
    for wrong in [more, fewer, words] {
        assert!(!faults("snapshot", &wrong).is_empty());
    }
}

#[test]
fn every_document_that_has_a_schema_is_held_against_it() {
    let home = tempfile::tempdir().unwrap();
    let (names, code) = run(home.path(), &["schema"]);
    assert_eq!(code, 0);
    let held = |name: &str| name == "history" || DEMO.iter().any(|(known, _)| *known == name);
    for line in names.lines() {
        let (name, version) = line.split_once(' ').unwrap();
        assert!(held(name), "{name}");
        assert_eq!(version.trim(), format!("marketsnap.{name}/1"));
    }
    assert_eq!(schema("marketsnap.snapshot/1"), schema("SNAPSHOT"));
}

#[test]
fn a_document_that_nobody_knows_is_a_usage_error_that_names_them_all() {
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_marketsnap"))
        .args(["schema", "snapshit"])
        .env_clear()
        .env("HOME", home.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("snapshit") && said.contains("snapshot, compare"), "{said}");
}
