//! What holds of every page: it is well-formed, alone, and can be read by all.

use std::collections::BTreeMap;

use quick_xml::events::{BytesStart, Event as Xml};

use super::*;
use crate::render::style::Palette;

/// The elements of a page in order, with their attributes, and the text in each.
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: BTreeMap<String, String>,
    text: String,
    within: Vec<String>,
}

fn started(tag: &BytesStart, within: &[String]) -> Element {
    let attribute =
        |a: quick_xml::events::attributes::Attribute| (a.key.as_ref().to_owned(), a.value.into_owned());
    Element {
        name: tag.name().as_ref().to_owned(),
        attributes: tag.attributes().map(|a| attribute(a.unwrap())).collect(),
        text: String::new(),
        within: within.to_vec(),
    }
}

/// Reads a page as XML, which finds every tag that is not closed and every character that is not escaped.
pub(super) fn elements(page: &str) -> Vec<Element> {
    let mut reader = quick_xml::Reader::from_str(page);
    let (mut found, mut open): (Vec<Element>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut within: Vec<String> = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Xml::Start(tag) => {
                found.push(started(&tag, &within));
                open.push(found.len() - 1);
                within.push(found.last().unwrap().name.clone());
            }
            Xml::Empty(tag) => found.push(started(&tag, &within)),
            Xml::End(_) => {
                open.pop();
                within.pop();
            }
            Xml::Text(text) => {
                if let Some(at) = open.last() {
                    found[*at].text.push_str(&text);
                }
            }
            Xml::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty());
    found
}

fn named<'a>(elements: &'a [Element], name: &'a str) -> impl Iterator<Item = &'a Element> {
    elements.iter().filter(move |e| e.name == name)
}

#[test]
fn every_page_is_well_formed_and_loads_and_runs_nothing() {
    for document in all() {
        let page = html_of(&document);
        let found = elements(&page);
        for banned in
            ["script", "link", "img", "iframe", "object", "embed", "form", "base", "a", "image", "use"]
        {
            assert_eq!(named(&found, banned).count(), 0, "{banned}");
        }
        for element in &found {
            for (name, value) in &element.attributes {
                assert!(
                    !name.starts_with("on") && !["src", "href", "style"].contains(&name.as_str()),
                    "{name}={value}"
                );
            }
        }
        let css = &named(&found, "style").next().unwrap().text;
        assert!(!css.contains("url(") && !css.contains("@import"), "{css}");
        let policy = named(&found, "meta").filter_map(|m| m.attributes.get("content"));
        assert_eq!(policy.filter(|c| c.starts_with("default-src 'none';")).count(), 1);
    }
}

#[test]
fn every_page_has_one_title_landmarks_and_headings_without_a_gap() {
    for document in all() {
        let found = elements(&html_of(&document));
        for name in ["h1", "header", "main", "footer"] {
            assert_eq!(named(&found, name).count(), 1, "{name}");
        }
        assert_eq!(named(&found, "title").filter(|t| t.within.ends_with(&["head".to_owned()])).count(), 1);
        assert!(named(&found, "title").all(|e| !e.text.trim().is_empty()));
        assert!(named(&found, "html").all(|e| e.attributes.contains_key("lang")));
        assert_eq!(found.iter().filter(|e| ["h3", "h4"].contains(&e.name.as_str())).count(), 0);
    }
}

#[test]
fn every_table_has_a_caption_and_heads_that_say_what_they_head() {
    for document in all() {
        let found = elements(&html_of(&document));
        let tables = named(&found, "table").count();
        assert!(tables > 0);
        assert_eq!(named(&found, "caption").filter(|c| !c.text.trim().is_empty()).count(), tables);
        for head in named(&found, "th") {
            let scope = head.attributes.get("scope").map(String::as_str);
            let wanted =
                match (head.within.contains(&"thead".to_owned()), head.attributes.contains_key("colspan")) {
                    (true, _) => "col",
                    (false, true) => "rowgroup",
                    (false, false) => "row",
                };
            assert_eq!(scope, Some(wanted));
            let said = !head.text.trim().is_empty() || wanted == "rowgroup";
            assert!(said, "a head without words in {:?}", document.title);
        }
        let rows = named(&found, "tr").count();
        let first = named(&found, "th").filter(|h| h.attributes["scope"] != "col").count();
        assert_eq!(rows, first + tables, "each row has one head, and each table one row of heads");
    }
}

#[test]
fn ids_are_unique_and_what_refers_to_one_finds_it_and_each_picture_has_words() {
    for document in all() {
        let found = elements(&html_of(&document));
        let mut ids: Vec<&String> = found.iter().filter_map(|e| e.attributes.get("id")).collect();
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count);
        for labels in found.iter().filter_map(|e| e.attributes.get("aria-labelledby")) {
            assert!(labels.split(' ').all(|id| ids.iter().any(|known| *known == id)), "{labels}");
        }
        for svg in named(&found, "svg") {
            assert_eq!(svg.attributes.get("role").map(String::as_str), Some("img"));
            assert!(svg.attributes.contains_key("aria-labelledby"));
        }
    }
    assert_eq!(named(&elements(&html_of(&all()[1])), "svg").count(), 2);
}

/// The contrast of two colours as WCAG 2.1 has it.
fn contrast(a: &str, b: &str) -> f64 {
    let light = |hex: &str| {
        let part = |at: usize| {
            let v = f64::from(u8::from_str_radix(hex.get(at..at + 2).unwrap(), 16).unwrap()) / 255.0;
            if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    };
    let (a, b) = (light(a) + 0.05, light(b) + 0.05);
    if a > b { a / b } else { b / a }
}

/// What a rule of the style sheet says of a property.
fn colour<'a>(css: &'a str, selector: &str, property: &str) -> &'a str {
    let rule = css.split('}').find_map(|rule| rule.trim().strip_prefix(selector)?.strip_prefix('{'));
    let value =
        rule.unwrap_or_else(|| panic!("{selector}: {css}")).split(';').find_map(|p| p.strip_prefix(property));
    value.unwrap().strip_prefix(':').unwrap()
}

#[test]
fn contrast_of_black_and_white_is_21() {
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
}

#[test]
fn words_stand_out_from_every_ground_in_both_schemes_and_all_palettes() {
    let document = snapshot(&testing::snapshot(), &Style::default());
    for palette in [Palette::GreenUp, Palette::RedUp, Palette::BlueOrange] {
        let page = written(&document, Format::Html, &Style { palette, ..Style::default() });
        let (light, dark) = page.split_once("@media screen and (prefers-color-scheme:dark){\n").unwrap();
        let (_, light) = light.split_once("tabular").unwrap();
        let (dark, _) = dark.split_once("</style>").unwrap();
        for css in [light, dark] {
            let ground = colour(css, "body,th[scope=row]", "background");
            let band = colour(css, "thead th,.section th", "background");
            let words = [
                colour(css, "body,th[scope=row]", "color"),
                colour(css, ".facts,.key,caption,figcaption,footer,.dim", "color"),
                colour(css, ".alert", "color"),
                colour(css, ".up", "color"),
                colour(css, ".down", "color"),
            ];
            for (word, under) in words.iter().flat_map(|w| [(w, ground), (w, band)]) {
                assert!(
                    contrast(word, under) >= 4.5,
                    "{palette:?}: {word} on {under}: {}",
                    contrast(word, under)
                );
            }
            assert_ne!(words[3], words[4]);
        }
    }
}

#[test]
fn the_palette_says_which_colour_is_up() {
    let page = |palette| {
        let style = Style { palette, ..Style::default() };
        written(&snapshot(&testing::snapshot(), &style), Format::Html, &style)
    };
    assert!(page(Palette::GreenUp).contains(".up{color:#0a6e31}.down{color:#b3202a}"));
    assert!(page(Palette::RedUp).contains(".up{color:#b3202a}.down{color:#0a6e31}"));
    assert!(page(Palette::BlueOrange).contains(".up{color:#0b5cad}.down{color:#9a4500}"));
}
