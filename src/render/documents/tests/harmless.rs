//! Whatever a source calls its instruments, a document stays what it is.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

use super::pages::{Element, elements};
use super::*;

/// The tags of a Markdown text in order, with every extension that its readers have.
fn tags(text: &str) -> Vec<String> {
    let parsed = Parser::new_ext(text, Options::all());
    let told = parsed.filter_map(|event| match event {
        Event::Start(tag) => Some(match tag {
            Tag::Link { .. } | Tag::Image { .. } => "link".to_owned(),
            tag => format!("{tag:?}"),
        }),
        Event::Text(_) | Event::End(_) | Event::SoftBreak => None,
        other => Some(format!("{other:?}").chars().take(10).collect()),
    });
    told.collect()
}

/// The text of a Markdown text, as it is shown.
fn shown(text: &str) -> String {
    let parsed = Parser::new_ext(text, Options::ENABLE_TABLES);
    parsed
        .filter_map(|event| if let Event::Text(text) = event { Some(text.to_string()) } else { None })
        .collect()
}

/// The shape of a page: its elements, with the names of what they carry.
fn shape(page: &str) -> Vec<String> {
    let carried = |e: &Element| e.attributes.keys().cloned().collect::<Vec<_>>().join(" ");
    elements(page).iter().map(|e| format!("{} {}", e.name, carried(e))).collect()
}

/// The daily report in which everything that comes from outside is called so.
fn called(name: &str) -> Report {
    let mut report = daily();
    let rows = &mut report.snapshot;
    name.clone_into(&mut rows.instruments[0].name);
    name.clone_into(&mut rows.groups[0].name);
    name.clone_into(&mut rows.benchmark_name);
    name.clone_into(&mut rows.notes[1].message);
    name.clone_into(&mut rows.errors[0].message);
    rows.blocks[0].title = Some(name.to_owned());
    rows.highlights[0].text = format!("{name} +3.53 %");
    rows.highlights[1].text = format!("{name} +3.53 %");
    name.clone_into(&mut report.charts[0].lines[0].name);
    name.clone_into(&mut report.charts[0].notes[0].message);
    report
}

fn same(plain: &[String], hostile: &[String], name: &str) {
    let differs = plain.iter().zip(hostile).position(|(a, b)| a != b);
    assert_eq!(differs.map(|at| (&plain[at], &hostile[at])), None, "{name:?}");
    assert_eq!(plain.len(), hostile.len(), "{name:?}");
}

fn hold_harmless(name: &str) {
    let style = Style::default();
    let (plain, hostile) = (report(&called("Plain"), &style), report(&called(&format!("x{name}")), &style));
    same(&tags(&markdown_of(&plain)), &tags(&markdown_of(&hostile)), name);
    same(&shape(&html_of(&plain)), &shape(&html_of(&hostile)), name);
    let bad = |c: char| {
        (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!markdown_of(&hostile).contains(bad) && !html_of(&hostile).contains(bad), "{name:?}");
}

#[test]
fn names_that_try_something_stay_words() {
    for name in [
        "<script>alert(1)</script>",
        "</title></style><img src=x onerror=alert(1)>",
        "[click](https://evil.example)",
        "![x](https://evil.example/x.png)",
        "<https://evil.example>",
        "a | b | c",
        "*bold* _under_ **x** __y__ ~~z~~ `code` $m$",
        "\n# Heading\n\n- item\n\n| a |\n|---|",
        "&lt;b&gt; &amp; &#60;",
        "\\| \\\\ \\`",
        "\u{202e}desrever\u{202c} \u{1b}[31mred\u{1b}[0m",
        "\"' onclick=\"x\"",
        "]]> --> <!-- <![CDATA[",
        "[^1] [^1]: x",
        "\u{fffe}\u{ffff}",
        "https://evil.example www.evil.example a@evil.example",
    ] {
        hold_harmless(name);
    }
}

#[test]
fn a_line_that_begins_like_a_list_a_heading_or_a_quote_stays_a_sentence() {
    for name in
        ["# x", "- x", "+ x", "1. x", "2) x", "> x", "===", "---", "* x", "    x", "```", ": x", "[x]: y"]
    {
        let mut told = called("Plain");
        name.clone_into(&mut told.snapshot.notes[0].message);
        name.clone_into(&mut told.snapshot.notes[3].message);
        let text = markdown_of(&report(&told, &Style::default()));
        same(&tags(&markdown_of(&report(&called("Plain"), &Style::default()))), &tags(&text), name);
    }
}

#[test]
fn what_is_escaped_is_shown_as_it_was() {
    let name = "S&P *500* [a](b) <c> d|e `f` ~g~ #h 1. &amp; \\ $i$ www.j.k";
    let text = markdown_of(&report(&called(name), &Style::default()));
    assert!(shown(&text).contains(name), "{}", shown(&text));
}

#[test]
fn programs_that_look_for_addresses_in_plain_words_find_none() {
    let text = markdown_of(&report(&called("https://a.b www.c.d e@f.g"), &Style::default()));
    for address in ["https://", "www.c", "e@f"] {
        assert!(!text.contains(address), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_name_changes_what_a_document_is_made_of(
        name in "[\u{1b}\u{202e}\n\t <>&|*_`~#!\\[\\]()\"'=:;/\\\\.@$^%{}a1é科\u{301}-]{0,24}",
        any in any::<String>(),
    ) {
        hold_harmless(&name);
        hold_harmless(&any);
    }
}
