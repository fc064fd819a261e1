//! The documentation is what the program prints: README blocks are run and compared, `docs/cli.md` is
//! the help, `docs/json.md` holds a real report, `docs/sources.md` says of each source what the program
//! says. `MARKETSNAP_BLESS=1` rewrites them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::float_cmp)]
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Every command, in the order of the reference; the first is the program itself.
const COMMANDS: [&str; 23] = [
    "",
    "today",
    "report",
    "compare",
    "movers",
    "show",
    "chart",
    "check",
    "history",
    "list",
    "schema",
    "sources",
    "store",
    "sync",
    "config",
    "config init",
    "config show",
    "config check",
    "config path",
    "wait",
    "completions",
    "man",
    "search",
];

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn blessing() -> bool {
    std::env::var_os("MARKETSNAP_BLESS").is_some()
}

/// Compares a document with what it should be, or rewrites it.
fn hold(name: &str, expected: &str) {
    if blessing() {
        fs::write(path(name), expected).unwrap();
    }
    let found = fs::read_to_string(path(name)).unwrap_or_default();
    assert!(
        found == expected,
        "{name} is out of date; MARKETSNAP_BLESS=1 cargo test --test docs rewrites it"
    );
}

/// Runs one line of documentation with the built program, in a clean environment and an empty folder.
fn run(line: &str, demo: bool) -> (String, Option<i32>) {
    let words = words(line.split(" | ").next().unwrap());
    assert_eq!(words[0], "marketsnap", "{line}");
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_marketsnap"));
    command.args(&words[1..]).env_clear().env("HOME", folder.path()).current_dir(folder.path());
    if demo {
        command.env("MARKETSNAP_DEMO", "1");
    }
    let output = command.output().unwrap();
    assert!(output.stderr.is_empty(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    (String::from_utf8(output.stdout).unwrap(), output.status.code())
}

/// The words of a command line; what stands in single quotes is one.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    let words = parts.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}

/// Whether a command did what it should: a condition that holds ends with 10.
fn done(line: &str, code: Option<i32>) -> bool {
    code == Some(0) || (code == Some(10) && line.contains("marketsnap check "))
}

/// The README with the output of each `$ marketsnap ...` block replaced by what the program prints.
fn with_real_outputs(text: &str) -> String {
    let mut real = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        real.push_str(line);
        real.push('\n');
        if line != "```console" {
            continue;
        }
        let command = lines.next().unwrap();
        let (output, code) = run(command.strip_prefix("$ ").unwrap(), false);
        assert!(done(command, code), "{command}: {code:?}");
        real.push_str(command);
        real.push('\n');
        real.push_str(&output);
        real.push_str("```\n");
        for line in lines.by_ref() {
            if line == "```" {
                break;
            }
        }
    }
    real
}

#[test]
fn the_readmes_outputs_are_what_its_commands_print() {
    let readme = fs::read_to_string(path("README.md")).unwrap();
    hold("README.md", &with_real_outputs(&readme));
}

#[test]
fn every_command_of_the_readme_works_on_the_demos_closes() {
    let readme = fs::read_to_string(path("README.md")).unwrap();
    let mut shell = false;
    let mut ran = 0;
    for line in readme.lines() {
        match line {
            "```sh" => shell = true,
            "```" => shell = false,
            // Symbols outside the catalogue need a source that knows them.
            _ if shell && line.starts_with("marketsnap ") && !line.contains("0700.HK") => {
                // NVDA and ^GSPC are the catalogue's; a day's settled report may hold a shut market.
                let (_, code) = run(line, true);
                assert!(done(line, code), "{line}: {code:?}");
                ran += 1;
            }
            _ => {}
        }
    }
    assert!(ran >= 6, "only {ran} commands were run");
}

#[test]
fn the_command_reference_is_the_help() {
    let mut text = String::from(
        "# Command line\n\nGenerated from the program's help; `MARKETSNAP_BLESS=1 cargo test --test docs` rewrites it.\n",
    );
    for command in COMMANDS {
        let line = format!("marketsnap help {command}");
        let (help, code) = run(line.trim(), false);
        assert_eq!(code, Some(0), "{line}");
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        let title = format!("marketsnap {command}");
        text.push_str(&format!("\n## {}\n\n```text\n{}\n```\n", title.trim(), help.join("\n").trim_end()));
    }
    let (fields, code) = run("marketsnap check --fields", false);
    assert_eq!(code, Some(0));
    text.push_str(&format!("\n## Fields of a condition\n\n```text\n{}\n```\n", fields.trim_end()));
    hold("docs/cli.md", &text);
}

/// The report with the one field that differs from run to run fixed.
fn report(line: &str) -> String {
    let (json, code) = run(line, false);
    assert!(done(line, code), "{line}: {code:?}");
    let lines = json.lines().map(|l| match l.trim_start().starts_with("\"generated_at\"") {
        true => "  \"generated_at\": \"2026-01-21T08:30:02Z\",".to_owned(),
        false => l.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_json_examples_are_real_reports() {
    let found = fs::read_to_string(path("docs/json.md")).unwrap();
    let mut real = String::new();
    let mut lines = found.lines();
    let mut examples = 0;
    while let Some(line) = lines.next() {
        real.push_str(line);
        real.push('\n');
        let Some(command) = line.strip_prefix("<!-- ").and_then(|l| l.strip_suffix(" -->")) else { continue };
        real.push_str(&format!("```json\n{}\n```\n", report(command)));
        examples += 1;
        let mut fences = 0;
        while fences < 2 {
            fences += usize::from(lines.next().unwrap().starts_with("```"));
        }
    }
    assert_eq!(examples, 7);
    hold("docs/json.md", &real);
}

/// What begins the lines of a source's section that are the program's own.
const OWN: [&str; 5] = ["- Closes: ", "- Terms: ", "- Limits: ", "- Key: ", "- Symbols: "];

/// The program's own lines on one source.
fn lines_of(source: &serde_json::Value, universe: &marketsnap::domain::Universe) -> Vec<String> {
    let text = |key: &str| source[key].as_str().unwrap().trim_end_matches('.').to_owned();
    let count = |key: &str| source["limits"][key].as_u64().and_then(|n| usize::try_from(n).ok());
    let limits = marketsnap::domain::sources::Limits {
        burst: source["limits"]["burst"].as_u64().and_then(|n| u32::try_from(n).ok()).unwrap(),
        seconds_between: source["limits"]["seconds_between"].as_f64().unwrap(),
        in_flight: count("in_flight").unwrap(),
        a_run: count("a_run").unwrap(),
        a_day: count("a_day"),
        patience_seconds: source["limits"]["patience_seconds"].as_f64().unwrap(),
    };
    let name = source["name"].as_str().unwrap();
    // The first instrument of each kind stands for how the source spells them.
    let mut kinds = Vec::new();
    let mut symbols = Vec::new();
    for id in source["covers"]["ids"].as_array().unwrap() {
        let id = marketsnap::domain::InstrumentId::new(id.as_str().unwrap());
        let instrument = universe.instrument(&id).unwrap();
        if !kinds.contains(&instrument.kind) {
            kinds.push(instrument.kind);
            symbols.push(format!("`{}` ({id})", instrument.symbol(name).unwrap()));
        }
    }
    let more = if source["covers"]["by_symbol"] == true { "; others as typed" } else { "" };
    let mut lines = vec![
        format!("{}{}.", OWN[0], text("closes")),
        format!("{}{}.", OWN[1], text("terms")),
        format!("{}{limits}.", OWN[2]),
        format!("{}{}{more}.", OWN[4], symbols.join(", ")),
    ];
    if let Some(variable) = source["key"]["variable"].as_str() {
        let page = source["key"]["page"].as_str().unwrap();
        lines.insert(3, format!("{}`{variable}`; one is given at {page}.", OWN[3]));
    }
    lines
}

const ORDER: &str = "<!-- the order of each instrument -->";

/// Instruments by the order in which sources are asked for them; those that want a key are in brackets.
fn orders(universe: &marketsnap::domain::Universe) -> Vec<String> {
    let mut rows: Vec<(String, Vec<&str>)> = Vec::new();
    for instrument in universe.instruments() {
        let held = marketsnap::fetch::source_names().filter(|n| *n != "demo");
        let mut held: Vec<&str> = held.filter(|n| marketsnap::fetch::covers(n, instrument)).collect();
        let own = &instrument.sources;
        held.sort_by_key(|name| own.iter().position(|n| n == name).unwrap_or(own.len()));
        let keyed = |name: &str| marketsnap::fetch::source(name).unwrap().info().key.is_some();
        let told = |name: &&str| if keyed(name) { format!("({name})") } else { (*name).to_owned() };
        let order = held.iter().map(told).collect::<Vec<_>>().join(", ");
        match rows.iter_mut().find(|(same, _)| *same == order) {
            Some((_, ids)) => ids.push(instrument.id.as_str()),
            None => rows.push((order, vec![instrument.id.as_str()])),
        }
    }
    let head = ["", "| instruments | asked in this order |", "| --- | --- |"].map(str::to_owned);
    let rows = rows.into_iter().map(|(order, ids)| format!("| {} | {order} |", ids.join(", ")));
    head.into_iter().chain(rows).chain([String::new()]).collect()
}

/// The document with the program's own lines put under each source's heading; a source without a heading
/// gets one at the end.
fn with_own_lines(text: &str, sources: &[serde_json::Value]) -> String {
    let universe = marketsnap::catalogue::load().unwrap();
    let kept = text.lines().filter(|line| !OWN.iter().any(|own| line.starts_with(own)));
    let mut kept: Vec<String> = kept.map(str::to_owned).collect();
    let from = kept.iter().position(|line| line == ORDER).unwrap();
    let until = kept.iter().position(|line| line == "<!-- end -->").unwrap();
    kept.splice(from + 1..until, orders(&universe));
    for source in sources {
        let heading = format!("### {}", source["name"].as_str().unwrap());
        let at = kept.iter().position(|line| *line == heading).unwrap_or_else(|| {
            kept.extend([String::new(), heading]);
            kept.len() - 1
        });
        let mut lines = lines_of(source, &universe);
        lines.insert(0, String::new());
        kept.splice(at + 1..at + 1, lines);
    }
    // What was taken out leaves its empty lines behind.
    kept.dedup_by(|line, before| line.is_empty() && before.is_empty());
    kept.join("\n") + "\n"
}

#[test]
fn the_page_of_the_sources_says_what_the_program_says_of_each() {
    let (json, code) = run("marketsnap sources --json", false);
    assert_eq!(code, Some(0));
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let sources = report["sources"].as_array().unwrap();
    let page = fs::read_to_string(path("docs/sources.md")).unwrap();
    hold("docs/sources.md", &with_own_lines(&page, sources));
    let page = fs::read_to_string(path("docs/sources.md")).unwrap();
    for source in sources {
        let heading = format!("### {}\n", source["name"].as_str().unwrap());
        let section = page.split(&heading).nth(1).unwrap();
        let section = section.split("\n### ").next().unwrap();
        assert!(section.contains("\nKnown faults:\n"), "{heading} says nothing of its faults");
    }
}
