//! Markdown and HTML of the built program, on the demo's closes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::float_cmp)]

use std::process::Command;

use quick_xml::events::Event;

fn run(args: &[&str]) -> (String, String, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_marketsnap")).args(args).env_clear().output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

/// Each command that can write a document, with the title of it and a figure that its table in the terminal has.
const COMMANDS: [(&[&str], &str, &str); 5] = [
    (&["today", "--demo"], "Market closes", "+3.53"),
    (&["compare", "STAR50", "SP500", "--demo"], "Comparison: STAR 50, S&P 500", "+5.60"),
    (&["movers", "CN-CHIPS", "--demo"], "Movers", "+20.00"),
    (&["show", "STAR50", "--why", "--demo"], "STAR 50", "1482.99"),
    (&["check", "STAR50.1D > 3", "--demo"], "Conditions", "+3.53"),
];

/// The names of a page's elements; fails where it is not well-formed.
fn elements(page: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(page);
    let mut found = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) => found.push(tag.name().as_ref().to_owned()),
            Event::Eof => return found,
            _ => {}
        }
    }
}

#[test]
fn every_report_is_a_page_that_says_it_is_the_demo_and_has_the_tables_figures() {
    for (args, title, figure) in COMMANDS {
        let (page, err, code) = run(&[args, &["--format", "html"]].concat());
        assert_eq!(err, "", "{args:?}");
        assert!(code == 0 || code == 10, "{args:?}: {code}");
        let found = elements(&page);
        let count = |name: &str| found.iter().filter(|e| *e == name).count();
        assert_eq!(
            (count("h1"), count("main"), count("script"), count("img"), count("link")),
            (1, 1, 0, 0, 0)
        );
        assert_eq!(count("table"), count("caption"));
        assert!(page.contains(&format!("<h1>{}</h1>", title.replace('&', "&#38;"))), "{args:?}");
        assert!(page.contains("DEMO: closes built into the program"), "{args:?}");
        assert!(page.contains(figure), "{args:?}: {figure}");
    }
}

#[test]
fn every_report_is_markdown_with_its_title_and_the_tables_figures() {
    for (args, title, figure) in COMMANDS {
        let (text, err, code) = run(&[args, &["--format", "markdown"]].concat());
        assert_eq!(err, "", "{args:?}");
        assert!(code == 0 || code == 10, "{args:?}: {code}");
        assert!(text.starts_with(&format!("# {title}\n\n")), "{args:?}: {text}");
        assert!(text.contains("> **DEMO: closes built into the program"), "{args:?}");
        assert!(text.contains(figure) && !text.contains('\u{1b}'), "{args:?}: {figure}");
    }
}

#[test]
fn a_files_suffix_chooses_the_document_and_its_width_does_not_drop_columns() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for (name, begins) in [("a.html", "<!doctype html>"), ("a.md", "# Market closes")] {
        let path = path(name);
        let (out, err, code) = run(&["today", "--demo", "--width", "40", "-o", &path]);
        assert_eq!((out.as_str(), err.as_str(), code), ("", "", 0));
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.starts_with(begins), "{name}: {text}");
        for head in ["Points", "vs S&", "52w", "Trend", "Source"] {
            assert!(text.contains(head), "{name}: {head}");
        }
        assert!(!text.contains("not shown at this width"), "{name}");
    }
    let chart = path("chart.html");
    assert_eq!(run(&["chart", "STAR50", "SP500", "--demo", "-o", &chart]).2, 0);
    let page = std::fs::read_to_string(chart).unwrap();
    let found = elements(&page);
    assert_eq!(["svg", "figcaption", "table"].map(|n| found.iter().filter(|e| *e == n).count()), [1, 1, 1]);
    // 1535.39 / 1275.87 - 1, as the terminal's legend has it.
    assert!(page.contains("+20.34"), "{page}");
}

#[test]
fn in_chinese_the_page_says_so_and_its_fixed_words_are_chinese() {
    let (page, _, code) = run(&["today", "--demo", "--lang", "zh", "--format", "html"]);
    assert_eq!(code, 0);
    for words in ["<html lang=\"zh-Hans\">", "<h1>市场收盘</h1>", "科创50", "<h2>说明</h2>", "lang=\"en\">"]
    {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn in_ascii_a_document_has_no_other_character() {
    for format in ["markdown", "html"] {
        for args in [["today", "--demo"].as_slice(), &["compare", "STAR50", "SP500", "--demo"]] {
            let (text, _, code) = run(&[args, &["--ascii", "--format", format]].concat());
            assert_eq!(code, 0);
            assert!(text.is_ascii(), "{args:?} {format}: {:?}", text.chars().find(|c| !c.is_ascii()));
        }
    }
}
