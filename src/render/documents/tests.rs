//! Whole documents, as a reader sees them.

mod harmless;
mod pages;

use super::*;
use crate::domain::history::{HeldClose, HeldSeries, Revised};
use crate::domain::instrument::{Basis, InstrumentId};
use crate::domain::report::Report;
use crate::domain::snapshot::{Record, RecordKind, Status};
use crate::render::{chart, testing};

/// The report of 21 January with a chart.
fn daily() -> Report {
    let mut snapshot = testing::snapshot();
    snapshot.highlights.truncate(2);
    Report { date: testing::d("2026-01-21"), snapshot, charts: vec![chart::testing::january()] }
}

fn written(document: &Document, format: Format, style: &Style) -> String {
    let mut out = Vec::new();
    write(document, format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn markdown_of(document: &Document) -> String {
    written(document, Format::Markdown, &Style::default())
}

fn html_of(document: &Document) -> String {
    written(document, Format::Html, &Style::default())
}

/// What is held of an instrument, with a close that was changed.
fn held() -> History {
    let at = testing::instant("2026-01-21T08:30:00Z");
    let (date, close) = (testing::d("2026-01-21"), 1535.393);
    History {
        schema: "marketsnap.history/1",
        generated_at: at,
        demo: false,
        id: InstrumentId::new("STAR50"),
        name: "科创50".to_owned(),
        from: None,
        to: None,
        series: vec![HeldSeries {
            source: "tencent".to_owned(),
            symbol: "sh000688".to_owned(),
            basis: Basis::Price,
            as_traded: false,
            currency: None,
            fetched_at: at,
            closes: vec![HeldClose { date, close, fetched_at: at }],
            revisions: Some(vec![Revised {
                date,
                close: 1535.39,
                fetched_at: at,
                replaced_at: at,
                now: Some(close),
            }]),
        }],
    }
}

#[test]
fn what_is_held_is_a_table_a_series_and_one_of_what_was_changed() {
    insta::assert_snapshot!("history-markdown", markdown_of(&history(&held(), &Style::default())));
}

/// A document of each sort that the samples reach.
fn all() -> Vec<Document> {
    let style = Style::default();
    let mut two = daily();
    two.charts.push(two.charts[0].clone());
    vec![
        snapshot(&testing::snapshot(), &style),
        report(&two, &style),
        comparison(&testing::comparison(), &style),
        super::chart(&chart::testing::january(), &style),
        sources(&crate::render::tests::sources::list(), &style),
        movers(&crate::render::tests::movers::report("龙芯中科"), &style),
        history(&held(), &style),
    ]
}

#[test]
fn today_as_markdown_reads_as_plain_text_too() {
    insta::assert_snapshot!(
        "today-markdown",
        markdown_of(&snapshot(&testing::snapshot(), &Style::default()))
    );
}

#[test]
fn the_daily_report_as_markdown_and_as_a_page() {
    let document = report(&daily(), &Style::default());
    insta::assert_snapshot!("report-markdown", markdown_of(&document));
    insta::assert_snapshot!("report-html", html_of(&document));
}

#[test]
fn a_comparison_as_markdown_has_both_alignments_and_names_every_table() {
    insta::assert_snapshot!(
        "compare-markdown",
        markdown_of(&comparison(&testing::comparison(), &Style::default()))
    );
}

#[test]
fn a_report_in_chinese_has_chinese_heads_and_marks_what_stays_english() {
    let mut zh = daily();
    zh.snapshot.lang = Lang::Zh;
    let page = html_of(&report(&zh, &Style::default()));
    assert!(page.contains("<html lang=\"zh-Hans\">"), "{page}");
    assert!(page.contains("<h1>市场日报 2026-01-21</h1>"), "{page}");
    for words in ["<th scope=\"col\">名称</th>", "基准 S&#38;P 500", "<h2>纪录</h2>", "<h2>说明</h2>"]
    {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains("<li lang=\"en\">live, will still change"), "{page}");
    let english = html_of(&report(&daily(), &Style::default()));
    assert_eq!(english.matches("lang=\"").count(), 2, "the page and its foot");
}

#[test]
fn nothing_in_the_daily_report_depends_on_when_it_was_written() {
    let style = Style::default();
    let mut later = daily();
    later.charts[0].generated_at = testing::instant("2026-02-03T09:00:00Z");
    assert_eq!(html_of(&report(&later, &style)), html_of(&report(&daily(), &style)));
}

#[test]
fn a_report_without_news_records_groups_or_shut_markets_says_so() {
    let mut quiet = daily();
    quiet.snapshot.highlights.clear();
    quiet.snapshot.groups.clear();
    quiet.snapshot.notes.clear();
    quiet.snapshot.errors.clear();
    quiet.charts.clear();
    quiet.snapshot.instruments.iter_mut().for_each(|row| row.records.clear());
    let text = markdown_of(&report(&quiet, &Style::default()));
    for says in [
        "**No record, streak or large move stands out.**",
        "No row set a record.",
        "No market of the report was shut.",
        "No source had anything to say.",
    ] {
        assert!(text.contains(says), "{says}: {text}");
    }
    for heading in ["## Notes", "## Not in the report", "## Groups", "## Relative charts"] {
        assert!(!text.contains(heading), "{heading}: {text}");
    }
    quiet.snapshot.lang = Lang::Zh;
    let text = markdown_of(&report(&quiet, &Style::default()));
    assert!(text.contains("**没有突出的纪录、连续涨跌或大幅波动。**"), "{text}");
    for english in ["No record", "No row set", "No market", "No source", "partial:"] {
        assert!(!text.contains(english), "{english}: {text}");
    }
}

#[test]
fn a_report_with_stale_rows_says_so_at_its_head() {
    let mut stale = daily();
    stale.snapshot.instruments.iter_mut().for_each(|row| row.session.status = None);
    let says = "partial: stale, without the newest close: ";
    assert!(!markdown_of(&report(&stale, &Style::default())).contains(says));
    stale.snapshot.instruments[0].session.status = Some(Status::Stale);
    let id = stale.snapshot.instruments[0].id.clone();
    let document = report(&stale, &Style::default());
    assert!(document.alerts.contains(&format!("{says}{id}")), "{:?}", document.alerts);
    stale.snapshot.lang = Lang::Zh;
    let document = report(&stale, &Style::default());
    assert!(document.alerts.contains(&format!("不完整：缺少最新收盘：{id}")), "{:?}", document.alerts);
}

#[test]
fn a_record_of_another_day_than_the_reports_is_told_with_its_date_and_a_stale_ones_not_at_all() {
    let mut told = daily();
    let record = Record {
        kind: RecordKind::LargestDailyLossSince,
        date: testing::d("2025-10-10"),
        sessions: Some(69),
        since_start: false,
        value: -2.06,
        held: 250,
    };
    for row in told.snapshot.instruments.iter_mut().filter(|r| ["SP500", "GOLD"].contains(&r.id.as_str())) {
        row.records = vec![record.clone()];
    }
    let text = markdown_of(&report(&told, &Style::default()));
    let (_, records) = text.split_once("## Records\n\n").unwrap();
    let (records, _) = records.split_once("\n\n").unwrap();
    // Gold is stale in the sample.
    assert_eq!(
        records,
        "- 科创50: highest close since 2025-10-09, 72 sessions ago\n\
         - S&P 500 (2026-01-20): largest daily loss since 2025-10-10, 69 sessions ago"
    );
}
