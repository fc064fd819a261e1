//! Whole charts, as a reader and a program see them.

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::testing::{chart, every, january, line};
use super::*;
use crate::domain::InstrumentId;
use crate::domain::chart::Measure;
use crate::domain::snapshot::{Failed, Note, NoteKind};
use crate::render::text::width;

fn terminal(report: &Chart, style: &Style, rows: Option<u16>) -> String {
    let mut out = Vec::new();
    write(report, ChartSize { width: None, height: rows }, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn svg(report: &Chart, theme: Theme, size: ChartSize) -> String {
    let mut out = Vec::new();
    draw(report, Picture::Svg, theme, size, false, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Width, height and pixels of a PNG, four bytes each.
fn png(report: &Chart, theme: Theme, size: ChartSize) -> (u32, u32, Vec<u8>) {
    let mut out = Vec::new();
    draw(report, Picture::Png, theme, size, false, &mut out).unwrap();
    let map = tiny_skia::Pixmap::decode_png(&out).unwrap();
    (map.width(), map.height(), map.data().to_vec())
}

fn pixels(width: u16, height: u16) -> ChartSize {
    ChartSize { width: Some(width), height: Some(height) }
}

fn cells(width: usize) -> Style {
    Style { width, ..Style::default() }
}

#[test]
fn a_chart_at_every_common_width() {
    for width in [40, 80, 120] {
        insta::assert_snapshot!(format!("chart-{width}"), terminal(&january(), &cells(width), None));
    }
}

#[test]
fn a_chart_in_ascii_has_no_other_character() {
    let text = terminal(&january(), &Style { ascii: true, ..cells(80) }, None);
    assert!(text.is_ascii(), "{text}");
    insta::assert_snapshot!("chart-ascii", text);
}

#[test]
fn colour_adds_nothing_but_colour() {
    let plain = terminal(&january(), &cells(80), None);
    let painted = terminal(&january(), &Style { color: true, ..cells(80) }, None);
    let mut stripped = String::new();
    for (at, part) in painted.split('\u{1b}').enumerate() {
        stripped.push_str(if at == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_eq!(stripped, plain);
    assert!(painted.contains("\u{1b}[38;5;32m") && painted.contains("\u{1b}[38;5;166m"));
}

#[test]
fn an_svg_is_text_without_script_or_anything_to_load() {
    let text = svg(&january(), Theme::Auto, ChartSize::default());
    insta::assert_snapshot!("chart-svg", text);
    for word in ["<script", "href", "url(", "@import", "<image", "foreignObject"] {
        assert!(!text.contains(word), "{word}");
    }
    assert!(text.contains("prefers-color-scheme:dark"));
    assert!(!svg(&january(), Theme::Light, ChartSize::default()).contains("prefers-color-scheme"));
}

#[test]
fn names_from_outside_are_words_and_nothing_else() {
    let evil = line(
        "EVIL",
        "</text><script>alert(1)</script>\u{1b}[31m\u{202e}\u{ffff}&\"'",
        "2026-01-06",
        &[1.0, 2.0],
    );
    let report = chart(Measure::Absolute, vec![evil]);
    let text = svg(&report, Theme::Auto, ChartSize::default());
    assert!(!text.contains("<script") && !text.chars().any(|c| c.is_control() && c != '\n'), "{text}");
    assert!(words_of(&text).contains("<script>alert(1)</script>"), "{text}");
    assert!(!terminal(&report, &cells(80), None).contains('\u{1b}'));
}

/// All words of an SVG, unescaped; fails where it is no XML.
fn words_of(svg: &str) -> String {
    let mut reader = Reader::from_str(svg);
    let (mut words, mut open) = (String::new(), 0);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(_) => open += 1,
            Event::End(_) => open -= 1,
            Event::Text(text) => words.push_str(&text.xml10_content()),
            Event::GeneralRef(name) => words.push_str(match &*name {
                "lt" => "<",
                "gt" => ">",
                "amp" => "&",
                "apos" => "'",
                "quot" => "\"",
                other => panic!("{other}"),
            }),
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open, 0);
    words
}

#[test]
fn a_png_has_the_size_asked_for_and_the_colours_of_its_theme() {
    for (theme, ground, blue) in
        [(Theme::Light, [255, 255, 255], [0, 114, 178]), (Theme::Dark, [17, 20, 24], [70, 160, 220])]
    {
        let (width, height, data) = png(&january(), theme, pixels(900, 500));
        assert_eq!((width, height), (900, 500));
        let found = |rgb: [u8; 3]| data.chunks_exact(4).filter(|p| p[..3] == rgb).count();
        assert_eq!(&data[..3], &ground);
        assert!(found(ground) > 900 * 500 / 2, "{theme:?}");
        // The first line, its swatch and its end.
        assert!(found(blue) > 200, "{theme:?}: {}", found(blue));
    }
    let (width, height, _) = png(&january(), Theme::Auto, ChartSize::default());
    assert_eq!((width, height), (1200, 675));
}

#[test]
fn a_png_names_by_its_id_what_its_letters_cannot_spell() {
    let text: Vec<String> = texts(&scene::of(&january(), ChartSize::default(), words::Letters::Baked));
    assert!(text.iter().all(|t| glyphs::has(t)), "{text:?}");
    assert!(text.iter().any(|t| t.starts_with("STAR50 ")), "{text:?}");
    let text = texts(&scene::of(&january(), ChartSize::default(), words::Letters::Any));
    assert!(text.iter().any(|t| t.starts_with("科创50 ")), "{text:?}");
}

fn texts(scene: &scene::Scene) -> Vec<String> {
    let text = |item: &scene::Item| match item {
        scene::Item::Text { text, .. } => Some(text.clone()),
        _ => None,
    };
    scene.items.iter().filter_map(text).collect()
}

/// Left, right, top and bottom of every text.
fn boxes(scene: &scene::Scene) -> Vec<(f64, f64, f64, f64, String)> {
    let of = |item: &scene::Item| match item {
        scene::Item::Text { at, size, anchor, text, .. } => {
            let wide = glyphs::width(text) * size;
            let left = match anchor {
                scene::Anchor::Start => at.0,
                scene::Anchor::Middle => at.0 - wide / 2.0,
                scene::Anchor::End => at.0 - wide,
            };
            Some((left, left + wide, at.1 - 0.76 * size, at.1 + 0.24 * size, text.clone()))
        }
        _ => None,
    };
    scene.items.iter().filter_map(of).collect()
}

/// Fails where two texts lie on each other or one leaves the picture.
fn readable(scene: &scene::Scene) {
    let boxes = boxes(scene);
    for (at, a) in boxes.iter().enumerate() {
        assert!(
            a.0 >= -0.01 && a.1 <= scene.width + 0.01 && a.2 >= -0.01 && a.3 <= scene.height + 0.01,
            "{a:?}"
        );
        for b in boxes.iter().skip(at + 1) {
            let apart = a.1 <= b.0 + 0.5 || b.1 <= a.0 + 0.5 || a.3 <= b.2 + 0.5 || b.3 <= a.2 + 0.5;
            assert!(apart, "{a:?} lies on {b:?} at {} x {}", scene.width, scene.height);
        }
    }
}

#[test]
fn no_label_lies_on_another_at_any_size() {
    let many = |count: usize| {
        let lines = (0..count).map(|n| {
            let end = 100.0 + 0.01 * n as f64;
            line(
                &format!("LINE{n}"),
                &format!("A long name of line number {n}"),
                "2025-12-31",
                &[100.0, 104.0, end],
            )
        });
        chart(Measure::Rebased, lines.collect())
    };
    for report in [january(), many(1), many(6), many(12), many(26)] {
        for size in
            [ChartSize::default(), pixels(480, 300), pixels(1200, 400), pixels(500, 2000), pixels(8000, 300)]
        {
            readable(&scene::of(&report, size, words::Letters::Any));
        }
    }
}

#[test]
fn odd_lines_are_drawn_too() {
    let odd: [(&str, Vec<f64>); 7] = [
        ("flat", vec![5.0; 9]),
        ("one session", vec![1535.39]),
        ("none", vec![]),
        ("below zero", vec![10.0, -37.63, 20.0]),
        ("huge", vec![1e300, 2e300, 1.5e300]),
        ("widest", vec![f64::MIN, f64::MAX]),
        ("nothing", vec![0.0, 0.0]),
    ];
    for (name, values) in odd {
        for apart in [1, 40, 4000] {
            let mut report =
                chart(Measure::Absolute, vec![every(apart, line("ODD", name, "2000-01-03", &values))]);
            report.log = apart == 40 && values.iter().all(|v| *v > 0.0);
            let text = terminal(&report, &cells(80), None);
            assert!(text.lines().all(|l| width(l) <= 80), "{text}");
            let scene = scene::of(&report, ChartSize::default(), words::Letters::Any);
            readable(&scene);
            words_of(&svg(&report, Theme::Auto, ChartSize::default()));
            png(&report, Theme::Dark, pixels(480, 300));
        }
    }
}

#[test]
fn an_index_has_no_currency_and_shares_of_one_currency_do() {
    let mut share = line("NVIDIA", "Nvidia", "2026-01-06", &[1.0, 2.0]);
    let index = chart(Measure::Absolute, vec![share.clone()]);
    assert!(!terminal(&index, &cells(80), None).contains("CNY"));
    share.kind = crate::domain::Kind::Stock;
    let shares = chart(Measure::Absolute, vec![share.clone(), share.clone()]);
    assert!(terminal(&shares, &cells(80), None).contains("closes in CNY"));
    let other = crate::domain::chart::ChartLine { currency: Some("USD".to_owned()), ..share.clone() };
    let mixed = chart(Measure::Absolute, vec![share, other]);
    assert!(!terminal(&mixed, &cells(80), None).contains("CNY"));
}

fn many(count: usize) -> Chart {
    let lines = (0..count).map(|n| {
        let values = [100.0, 104.0, 101.0 + n as f64];
        line(&format!("LINE{n}"), &format!("Name {n}"), "2025-12-31", &values)
    });
    let mut report = chart(Measure::Rebased, lines.collect());
    for (kind, message) in [
        (NoteKind::Period, "The closes held do not reach back 6M: the chart begins on 2025-12-31."),
        (NoteKind::Currency, "Rates from test: EUR/USD 1.1728 of 2026-01-20."),
        (NoteKind::Warning, "LINE1: a jump of 30 % is suspected."),
        (NoteKind::Basis, "Bases differ: LINE1 leaves dividends out; LINE2 includes dividends."),
    ] {
        report.notes.push(Note { kind, message: message.to_owned() });
    }
    for (id, why) in [("GOLD", "no answer"), ("BTC", "no answer"), ("EUR", "unknown")] {
        report.errors.push(Failed {
            id: InstrumentId::new(id),
            source: "test".to_owned(),
            asked: Vec::new(),
            said: None,
            kind: "down".to_owned(),
            message: format!("{id}: {why}"),
            reason: why.to_owned(),
            hint: String::new(),
            retryable: false,
        });
    }
    report
}

#[test]
fn a_picture_of_no_given_height_has_every_note_and_a_label_for_every_line() {
    let report = many(26);
    let scene = scene::of(&report, ChartSize::default(), words::Letters::Any);
    readable(&scene);
    let all = texts(&scene);
    for note in &report.notes {
        assert!(all.contains(&note.message), "{}: {all:?}", note.message);
    }
    assert!(all.contains(&"Missing: GOLD, BTC (no answer); EUR (unknown).".to_owned()), "{all:?}");
    for n in 0..26 {
        // Values end at (101 + n) / 100: line 3 rises by 4 %.
        assert!(all.contains(&format!("Name {n} +{n_plus}.00 %", n_plus = n + 1)), "{n}: {all:?}");
    }
}

#[test]
fn a_low_picture_has_every_line_in_columns_and_counts_the_notes_left_out() {
    let mut report = many(26);
    if let Some(line) = report.lines.last_mut() {
        line.session.status = Some(crate::domain::snapshot::Status::Live);
    }
    let scene = scene::of(&report, pixels(1200, 400), words::Letters::Any);
    readable(&scene);
    let all = texts(&scene);
    for n in 0..26 {
        assert!(all.iter().any(|t| *t == format!("Name {n}")), "{n}: {all:?}");
    }
    assert!(all.iter().any(|t| t.starts_with("* ends on a value")), "{all:?}");
    assert!(all.iter().any(|t| t.starts_with("Source: test")), "{all:?}");
    let left_out = all.iter().find(|t| t.ends_with("left out: see the JSON or a taller picture"));
    assert!(left_out.is_some(), "{all:?}");
}

#[test]
fn the_smallest_picture_keeps_its_instant_its_source_and_what_the_star_means() {
    let scene = scene::of(&january(), pixels(480, 300), words::Letters::Any);
    readable(&scene);
    let all = texts(&scene).join(" ");
    for says in ["08:30 UTC", "* ends on a value that may still change", "Source: test (3 series)."] {
        assert!(all.contains(says), "{says}: {all}");
    }
}

#[test]
fn a_rebased_picture_in_one_currency_names_it_and_its_rates() {
    let mut report = many(2);
    report.currency = "USD".to_owned();
    let all = texts(&scene::of(&report, ChartSize::default(), words::Letters::Any));
    assert!(all.iter().any(|t| t.starts_with("Rebased to 100, in USD · ")), "{all:?}");
    assert!(all.iter().any(|t| t.starts_with("Rates from test: EUR/USD 1.1728")), "{all:?}");
    assert!(
        svg(&report, Theme::Auto, pixels(480, 300))
            .contains("Rates from test: EUR/USD 1.1728 of 2026-01-20.")
    );
}

#[test]
fn an_svg_in_ascii_has_no_other_character() {
    let mut out = Vec::new();
    draw(&january(), Picture::Svg, Theme::Auto, ChartSize::default(), true, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.is_ascii() && text.contains("STAR50 "), "{text}");
}

/// Every point of an item.
fn places(item: &scene::Item) -> Vec<(f64, f64)> {
    match item {
        scene::Item::Rule { from, to, .. } => vec![*from, *to],
        scene::Item::Path { points, .. } => points.clone(),
        scene::Item::Dot { at, .. } | scene::Item::Text { at, .. } => vec![*at],
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nothing_leaves_the_frame_and_every_svg_is_xml(
        lines in prop::collection::vec((prop::collection::vec(-1e6f64..1e9, 0..40), any::<String>(), 1u64..400), 0..8),
        wide in 480u16..3000,
        high in 300u16..2000,
    ) {
        let lines = lines.iter().enumerate().map(|(n, (values, name, apart))| {
            every(*apart, line(&format!("L{n}"), name, "2001-02-03", values))
        });
        let report = chart(Measure::Absolute, lines.collect());
        let scene = scene::of(&report, pixels(wide, high), words::Letters::Any);
        for (x, y) in scene.items.iter().flat_map(places) {
            prop_assert!((0.0..=scene.width).contains(&x) && (0.0..=scene.height).contains(&y), "{x} {y} of {wide} {high}");
        }
        words_of(&svg(&report, Theme::Auto, pixels(wide, high)));
    }

    #[test]
    fn no_row_of_a_terminal_is_wider_than_it(
        lines in prop::collection::vec((prop::collection::vec(-1e6f64..1e9, 0..30), "[a-z科 ]{0,30}"), 0..27),
        wide in 40usize..160,
        high in 6u16..60,
        ascii in any::<bool>(),
    ) {
        let lines = lines.iter().enumerate().map(|(n, (values, name))| line(&format!("L{n}"), name, "2025-12-01", values));
        let report = chart(Measure::Absolute, lines.collect());
        let text = terminal(&report, &Style { ascii, ..cells(wide) }, Some(high));
        for row in text.lines() {
            prop_assert!(width(row) <= wide, "{} of {wide}: {row}\n{text}", width(row));
        }
    }
}
