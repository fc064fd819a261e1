//! The table of the sources at common widths, and what a renderer survives.

use crate::domain::instrument::InstrumentId;
use crate::domain::sources::*;
use crate::render::testing::{d, instant};
use crate::render::{Format, Style, sources};

fn row(name: &str, title: &str, position: usize, state: SourceState) -> SourceRow {
    SourceRow {
        name: name.to_owned(),
        title: title.to_owned(),
        position: Some(position),
        left_out: None,
        state,
        until: None,
        reason: None,
        last_success: Some(instant("2026-01-21T08:12:00Z")),
        asked_at: Some(instant("2026-01-21T08:12:00Z")),
        latency_ms: Some(123),
        requests_today: 3,
        covers: Coverage { instruments: 52, ids: vec![InstrumentId::new("STAR50")], by_symbol: true },
        key: None,
        limits: Limits {
            burst: 3,
            seconds_between: 0.5,
            in_flight: 3,
            a_run: 60,
            a_day: None,
            patience_seconds: 10.0,
        },
        address: Address { variable: "MARKETSNAP_YAHOO_URL".to_owned(), replaced: false },
        closes: "exchange closes adjusted for splits, not for dividends".to_owned(),
        terms: "unofficial interface, for personal use by its terms of service".to_owned(),
        page: "finance.example".to_owned(),
        probe: None,
    }
}

pub(in crate::render) fn list() -> Sources {
    let yahoo = row("yahoo", "Yahoo Finance", 1, SourceState::Up);
    let tencent = SourceRow {
        until: Some(instant("2026-01-21T08:33:00Z")),
        reason: Some("it refuses further requests for now (Too Many Requests)".to_owned()),
        last_success: Some(instant("2025-12-30T23:59:00Z")),
        latency_ms: Some(12_345),
        ..row("tencent", "Tencent", 2, SourceState::Throttled)
    };
    let keyed = row("alphavantage", "Alpha Vantage", 0, SourceState::NoKey);
    let keyed = SourceRow {
        position: None,
        left_out: Some(LeftOut::NoKey),
        reason: Some("it needs a key in MARKETSNAP_ALPHAVANTAGE_KEY".to_owned()),
        last_success: None,
        asked_at: None,
        latency_ms: None,
        requests_today: 0,
        covers: Coverage { instruments: 0, ids: Vec::new(), by_symbol: false },
        key: Some(KeyNeeded {
            variable: "MARKETSNAP_ALPHAVANTAGE_KEY".to_owned(),
            file_variable: "MARKETSNAP_ALPHAVANTAGE_KEY_FILE".to_owned(),
            page: "www.alphavantage.example".to_owned(),
            set: false,
        }),
        limits: Limits {
            burst: 1,
            in_flight: 1,
            seconds_between: 7.5,
            a_run: 25,
            a_day: Some(800),
            ..keyed.limits.clone()
        },
        ..keyed
    };
    Sources {
        schema: "marketsnap.sources/1",
        generated_at: instant("2026-01-21T08:30:00Z"),
        probed: false,
        order: vec!["yahoo".to_owned(), "tencent".to_owned()],
        usual_order: true,
        memory: Some("/home/me/.local/state/marketsnap/sources.json".to_owned()),
        sources: vec![yahoo, tencent, keyed],
    }
}

fn probed() -> Sources {
    let mut list = list();
    list.probed = true;
    let probe = Probe {
        id: Some(InstrumentId::new("STAR50")),
        symbol: Some("000688.SS".to_owned()),
        answered: true,
        reason: None,
        requests: 1,
        latency_ms: Some(123),
        date: Some(d("2026-01-20")),
        close: Some(1482.994),
    };
    let reason = Some("not asked, because it is throttled until 2026-01-21 08:33 UTC".to_owned());
    let not_asked = Probe {
        id: None,
        symbol: None,
        answered: false,
        reason,
        requests: 0,
        latency_ms: None,
        date: None,
        close: None,
    };
    for (source, probe) in list.sources.iter_mut().zip([probe, not_asked]) {
        source.probe = Some(probe);
    }
    list
}

fn text(list: &Sources, style: &Style) -> String {
    let mut out = Vec::new();
    sources(list, Format::Table, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_table_says_until_when_a_source_is_throttled_inside_eighty_cells() {
    let text = text(&list(), &Style::default());
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    insta::assert_snapshot!("sources-80", text);
}

#[test]
fn a_probe_says_what_came_or_why_nobody_was_asked() {
    let text = text(&probed(), &Style { ascii: true, ..Style::default() });
    assert!(text.is_ascii(), "{text}");
    let said: Vec<&str> = text.lines().filter(|line| line.starts_with("  Asked now: ")).collect();
    assert_eq!(
        said,
        [
            "  Asked now: STAR50 (000688.SS): 1482.994 on 2026-01-20, in 123 ms",
            "  Asked now: not asked, because it is throttled until 2026-01-21 08:33 UTC"
        ]
    );
}

#[test]
fn no_width_is_overstepped_and_the_state_is_the_last_to_go() {
    for width in [40, 50, 60, 79, 100, 200] {
        let text = text(&probed(), &Style { width, ..Style::default() });
        assert!(text.lines().all(|line| line.chars().count() <= width), "{width}: {text}");
        assert!(text.contains("throttled until"), "{width}: {text}");
    }
}

#[test]
fn text_of_a_source_is_made_safe() {
    let mut list = probed();
    for source in &mut list.sources {
        source.title = "Evil\u{1b}[31m\u{202e} Corp".to_owned();
        source.reason = Some("x\u{7}\n".repeat(300));
        source.closes.clear();
    }
    let text = text(&list, &Style::default());
    assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']) && text.contains("yahoo: Evil Corp"), "{text:?}");
}
