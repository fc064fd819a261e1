//! A source that sends names, exchanges, currencies, symbols and error texts made to do harm: through every command and
//! every format nothing of them does anything where it is shown.
//!
//! A new format needs one more word in [`FORMATS`] and what harmless means for it in [`harmless`].

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "in tests a panic is the report; clippy knows only the functions marked as tests"
)]

#[path = "hostile/own.rs"]
mod own;
#[allow(dead_code)]
mod support;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use support::server::{Server, Step};
use unicode_width::UnicodeWidthStr;

const AS_OF: &str = "2026-01-21T08:30:00Z";

/// The formats of a report; one that a command does not write is a usage error or says that it is unsupported.
const FORMATS: [&str; 6] = ["table", "json", "jsonl", "csv", "markdown", "html"];

/// What every line below is followed by, so that a test sees that the text was there at all.
const MARK: &str = "zqz";

/// Texts made to do harm, without [`MARK`].
fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        // Control characters, and line ends that would begin a row of their own.
        "a\u{7}b\u{8}c\r\nSP500,1,2\tx\u{0}\u{7f}\u{85}\u{2028}y",
        // Colours, a cursor that goes up, a title, a link, each in two spellings.
        "\u{1b}[31mred\u{1b}[2A\u{1b}[0m",
        "\u{9b}31mred\u{1b}]0;owned\u{7}",
        "\u{1b}]8;;http://evil.example\u{1b}\\click\u{1b}]8;;\u{1b}\\",
        // A page's own words.
        "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;",
        "</td></tr></table></style></script><svg onload=alert(1)>",
        // Markdown's.
        "[a](javascript:alert(1)) | b | `c` **d** ![e](http://evil.example/x.png) <b>",
        "|---|---|\n# heading\n- item\n```",
        "https://evil.example www.evil.example mailto:a@evil.example",
        // Formulas of a spreadsheet.
        "=cmd|' /C calc'!A0",
        "+1+cmd",
        "-2+3+cmd",
        "@SUM(A1)",
        "\t=1+1",
        "\u{ff1d}1+1",
        "\",=1+1,\"",
        // Text that runs the other way, and what nobody sees.
        "\u{202e}live\u{202c} \u{2066}x\u{2069} \u{200f}\u{61c}",
        "a\u{200b}b\u{200d}c\u{feff}d\u{2060}e",
        // A tower of marks.
        "Z\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    ]
    .map(str::to_owned)
    .into();
    texts.push("A".repeat(10_000));
    texts.push("W ".repeat(5_000));
    texts
}

/// A chart of `symbol` whose every text is `text`.
fn chart(symbol: &str, text: &str) -> Value {
    // 16 and 20 January 2026, 09:30 in New York.
    json!({"chart": {"result": [{
        "meta": {
            "symbol": symbol, "currency": "USD", "exchangeName": text, "fullExchangeName": text,
            "instrumentType": text, "exchangeTimezoneName": "America/New_York", "dataGranularity": "1d",
            "longName": format!("{text}{MARK}"), "shortName": format!("{text}{MARK}"),
        },
        "timestamp": [1_768_573_800, 1_768_919_400],
        "indicators": {"quote": [{"close": [10.0, 11.0]}]},
    }], "error": null}})
}

/// A source that knows `EVIL` and `EVIL2`, says of all else an error with the text, and finds it in searches.
fn answer(path: &str, text: &str) -> Step {
    let error = json!({"code": text, "description": format!("{text}{MARK}")});
    if path.starts_with("/v1/finance/search") {
        let hit = |symbol: &str| {
            json!({
                "symbol": symbol, "longname": format!("{text}{MARK}"), "exchange": text, "exchDisp": text,
                "quoteType": text, "isYahooFinance": true,
            })
        };
        return Step::ok(json!({"quotes": [hit("EVIL"), hit(text)]}).to_string());
    }
    for symbol in ["EVIL", "EVIL2"] {
        if path.contains(&format!("/chart/{symbol}?")) {
            return Step::ok(chart(symbol, text).to_string());
        }
    }
    // Another symbol and another currency than asked for, an error with status 200, and one without.
    if path.contains("/chart/OTHER?") {
        return Step::ok(chart(text, text).to_string());
    }
    if path.contains("/chart/MONEY?") {
        let mut money = chart("MONEY", text);
        money["chart"]["result"][0]["meta"]["currency"] = Value::from(text);
        return Step::ok(money.to_string());
    }
    if path.contains("/chart/WRONG?") {
        return Step::ok(json!({"chart": {"result": null, "error": error}}).to_string());
    }
    Step::status(422, json!({"chart": {"result": null, "error": error}}).to_string())
}

/// Command lines that show what the source said; the first ones keep it, the later ones find it held.
const LINES: [&str; 12] = [
    "today EVIL EVIL2 OTHER MONEY WRONG REST",
    "compare EVIL EVIL2",
    "show EVIL",
    "show EVIL --why",
    "chart EVIL EVIL2",
    "check EVIL.1D>3 WRONG.1D>3",
    "today WRONG REST OTHER -v",
    "search evil",
    "sync EVIL WRONG",
    "history EVIL",
    "today EVIL MONEY --offline",
    "sources",
];

/// Commands without `--format`.
const UNFORMATTED: [&str; 2] = ["sync", "sources"];

fn run(home: &Path, line: &str, format: &str, base: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_marketsnap"));
    command.args(line.split(' ')).env_clear().env("HOME", home).stdin(Stdio::null());
    let name = line.split(' ').next().unwrap();
    if !matches!(name, "search" | "sync" | "sources" | "history") {
        command.args(
            ["--as-of", AS_OF, "--benchmark", "EVIL2"]
                .get(..if takes_benchmark(name) { 4 } else { 2 })
                .unwrap(),
        );
    }
    match format {
        "json" => command.arg("--json"),
        _ if UNFORMATTED.contains(&name) => &mut command,
        _ => command.args(["--format", format]),
    };
    command.env("MARKETSNAP_YAHOO_URL", base).env("MARKETSNAP_TIMEOUT", "20");
    if name != "history" {
        command.env("MARKETSNAP_SOURCE", "yahoo");
    }
    command.output().unwrap()
}

fn takes_benchmark(name: &str) -> bool {
    matches!(name, "today" | "compare" | "show")
}

/// Characters that do something where they are shown, and are no line end.
fn does_something(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn every_text<'a>(document: &'a Value, texts: &mut Vec<&'a str>) {
    match document {
        Value::String(text) => texts.push(text),
        Value::Array(items) => items.iter().for_each(|item| every_text(item, texts)),
        Value::Object(map) => map.values().for_each(|value| every_text(value, texts)),
        _ => {}
    }
}

fn harmless_json(text: &str, told: &str) {
    let document: Value = serde_json::from_str(text).unwrap_or_else(|e| panic!("{told}: {e}: {text}"));
    let mut texts = Vec::new();
    every_text(&document, &mut texts);
    for text in texts {
        assert!(!text.chars().any(|c| does_something(c) || c == '\n'), "{told}: {text:?}");
        assert!(text.chars().count() <= 1000, "{told}: {} letters", text.chars().count());
    }
}

/// The cells of a CSV file.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !quoted => {}
            c => cell.push(c),
        }
    }
    rows
}

fn harmless_csv(text: &str, told: &str) {
    let rows = cells(text);
    let columns = rows.first().map_or(0, Vec::len);
    for row in &rows {
        assert_eq!(row.len(), columns, "{told}: {row:?}");
        for cell in row {
            let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\u{ff1d}']);
            assert!(!formula || cell.parse::<f64>().is_ok(), "{told}: {cell:?}");
        }
    }
}

fn harmless_html(text: &str, told: &str) {
    let page = text.to_lowercase();
    // The page itself has neither scripts nor pictures from elsewhere.
    for word in
        ["<script", "<img", "onerror=alert(1)>", "onload=alert(1)>", "href=\"javascript:", "=\"http://evil"]
    {
        assert!(!page.contains(word), "{told}: {word}");
    }
    assert_eq!(page.matches("</style>").count(), page.matches("<style").count(), "{told}");
    assert_eq!(page.matches("</table>").count(), page.matches("<table").count(), "{told}");
}

fn harmless_markdown(text: &str, told: &str) {
    for line in text.lines() {
        let plain = line
            .replace("\\\\", "")
            .replace("\\[", "")
            .replace("\\]", "")
            .replace("\\<", "")
            .replace("\\!", "");
        for word in ["](javascript:", "<script", "<img", "<svg", "</td>", "![e](", "](http://evil"] {
            assert!(!plain.contains(word), "{told}: {line}");
        }
        assert!(!line.starts_with("# heading") && !line.starts_with("```"), "{told}: {line}");
    }
    // Every row of a table has as many cells as its head.
    let mut columns = None;
    for line in text.lines() {
        let bars = line.replace("\\|", "").matches('|').count();
        columns = match (line.starts_with('|'), columns) {
            (true, Some(head)) => {
                assert_eq!(bars, head, "{told}: {line}");
                Some(head)
            }
            (true, None) => Some(bars),
            (false, _) => None,
        };
    }
}

/// That nothing in the output does anything.
fn harmless(output: &Output, format: &str, told: &str) {
    let (out, err) = (&output.stdout, &output.stderr);
    let out = std::str::from_utf8(out).unwrap_or_else(|e| panic!("{told}: {e}"));
    let err = std::str::from_utf8(err).unwrap_or_else(|e| panic!("{told}: {e}"));
    for text in [out, err] {
        let bad: Vec<char> =
            text.chars().filter(|c| does_something(*c) && !(*c == '\r' && format == "csv")).collect();
        assert!(bad.is_empty(), "{told}: {bad:?}");
        assert!(!text.contains(&"A".repeat(2_000)), "{told}: a text of 10,000 letters is shown whole");
        assert!(!text.contains("panicked"), "{told}: {text}");
    }
    if out.is_empty() {
        return;
    }
    match format {
        "json" => harmless_json(out, told),
        "jsonl" => out.lines().for_each(|line| harmless_json(line, told)),
        "csv" => harmless_csv(out, told),
        "html" => harmless_html(out, told),
        "markdown" => harmless_markdown(out, told),
        _ => {
            // A line of the table is as wide as it may be, whatever a name is.
            let widest = out.lines().map(UnicodeWidthStr::width).max().unwrap_or(0);
            assert!(widest <= 80, "{told}: {widest}: {out}");
        }
    }
}

/// Outputs, and how many of them show what is left of a text.
type Counts = (usize, usize);

/// Every command of a source whose names are `first` and `second`, as a table and in two more formats.
fn round(nth: usize, first: &str, second: &str) -> Counts {
    let home = tempfile::tempdir().unwrap();
    let sent = (first.to_owned(), second.to_owned());
    let server =
        Server::new(move |_, path| answer(path, if path.contains("EVIL2") { &sent.1 } else { &sent.0 }));
    let others = FORMATS.iter().skip(1).cycle().skip(nth * 2).take(2);
    let (mut written, mut marked) = (0, 0);
    for format in FORMATS.iter().take(1).chain(others) {
        for line in
            LINES.iter().filter(|line| *format == "table" || !UNFORMATTED.iter().any(|n| line.starts_with(n)))
        {
            let told = format!("{line} as {format} of {:?}", first.chars().take(40).collect::<String>());
            let output = run(home.path(), line, format, &server.url());
            harmless(&output, format, &told);
            let code = output.status.code().unwrap();
            let unsupported = String::from_utf8_lossy(&output.stderr).contains("unsupported");
            assert!(matches!(code, 0 | 2 | 3 | 4 | 5 | 6 | 10) || unsupported, "{told}: {code}");
            written += usize::from(!output.stdout.is_empty());
            let all = [output.stdout, output.stderr].concat();
            marked += usize::from(String::from_utf8_lossy(&all).contains(MARK));
        }
    }
    (written, marked)
}

#[test]
fn nothing_that_a_source_says_does_anything_in_any_format_of_any_command() {
    let texts = texts();
    let half = texts.len().div_ceil(2);
    let pairs: Vec<(usize, &String, &String)> =
        (0..half).map(|nth| (nth, &texts[nth], &texts[(nth + half) % texts.len()])).collect();
    let counts: Vec<Counts> = std::thread::scope(|scope| {
        let parts = pairs.chunks(pairs.len().div_ceil(4));
        let workers = parts.map(|part| {
            scope.spawn(move || part.iter().map(|(nth, a, b)| round(*nth, a, b)).collect::<Vec<_>>())
        });
        let workers: Vec<_> = workers.collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    // The texts came through: most outputs show what is left of them.
    let (written, marked) = counts.iter().fold((0, 0), |(w, m), (dw, dm)| (w + dw, m + dm));
    assert!(written > 100 && marked > 60, "{written} outputs, {marked} with what the source said");
}

#[test]
fn a_formula_a_link_and_a_colour_leave_what_they_wrap() {
    let text = "\u{1b}]8;;http://evil.example\u{1b}\\=Evil\u{1b}]8;;\u{1b}\\ \u{1b}[31mCorp\u{202e}";
    let server = Server::new(move |_, path| answer(path, text));
    let home = tempfile::tempdir().unwrap();
    let shown = run(home.path(), "today EVIL", "json", &server.url());
    let report: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(report["instruments"][0]["name"], format!("=Evil Corp{MARK}"));
    let found = run(home.path(), "search evil", "json", &server.url());
    let report: Value = serde_json::from_slice(&found.stdout).unwrap();
    assert_eq!(report["symbols"][0]["name"], format!("=Evil Corp{MARK}"));
    // What is no symbol that anyone could ask for is left out.
    assert_eq!(report["symbols"].as_array().unwrap().len(), 1);
}
