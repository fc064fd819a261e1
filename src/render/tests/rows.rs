//! Rows for programs: a small report as CSV and JSON lines, chosen fields, and texts that would do harm.

use proptest::prelude::*;

use super::*;

/// STAR 50, the S&P 500 and the composite, over a day and a year.
fn small() -> Snapshot {
    let mut report = testing::snapshot();
    report.instruments.retain(|row| ["STAR50", "SP500"].contains(&row.id.as_str()));
    report.composites.truncate(1);
    let days = |label: &str| ["1D", "1Y"].contains(&label);
    for row in report.instruments.iter_mut().chain(report.composites.iter_mut().map(|c| &mut c.row)) {
        row.moves = row.moves.iter().filter(|(h, _)| days(&h.label())).cloned().collect();
        row.relative = row.relative.iter().filter(|(h, _)| days(&h.label())).cloned().collect();
    }
    report.blocks = vec![Block {
        title: None,
        items: vec![Item::Instrument(0), Item::Instrument(1), Item::Composite(0)],
    }];
    report.horizons.retain(|h| days(&h.label()));
    report
}

fn written(report: &Snapshot, format: Format) -> String {
    let mut out = Vec::new();
    snapshot(report, format, &Style::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn with(report: &Snapshot, format: Format, names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut out = Vec::new();
    chosen(written(report, Format::Json).as_bytes(), format, &names, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn records(csv: &str) -> Vec<Vec<String>> {
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn a_small_report_as_csv() {
    insta::assert_snapshot!("rows-csv", written(&small(), Format::Csv));
}

#[test]
fn a_small_report_as_json_lines() {
    insta::assert_snapshot!("rows-jsonl", written(&small(), Format::JsonLines));
}

#[test]
fn chosen_fields_stand_in_their_order_and_nested_as_in_the_json() {
    let names = ["close", "id", "moves.1D.pct", "moves.1D.from", "weight_traded_pct", "warnings"];
    insta::assert_snapshot!("rows-chosen-csv", with(&small(), Format::Csv, &names));
    insta::assert_snapshot!("rows-chosen-jsonl", with(&small(), Format::JsonLines, &names));
}

#[test]
fn the_table_has_the_columns_that_the_reader_named() {
    let mut report = small();
    report.columns =
        ["id", "close", "relative.1D.excess_pp", "z_score.value", "session.date", "confirmed_by"]
            .map(str::to_owned)
            .to_vec();
    insta::assert_snapshot!("rows-named-table", today(&report, &cells(80)));
    let narrow = today(&report, &cells(40));
    assert!(narrow.contains("not shown at this width: ") && narrow.contains("confirmed_by"), "{narrow}");
    assert!(narrow.lines().all(|line| line.chars().count() <= 40), "{narrow}");
}

#[test]
fn every_column_is_there_whatever_the_values_are() {
    let empty = Snapshot {
        instruments: vec![testing::empty_row("NIL", "Nil", "Elsewhere")],
        composites: Vec::new(),
        ..small()
    };
    let (some, none) = (records(&written(&small(), Format::Csv)), records(&written(&empty, Format::Csv)));
    let plain = |head: &Vec<String>| -> Vec<String> {
        head.iter()
            .filter(|name| !name.starts_with("moves.") && !name.starts_with("relative."))
            .cloned()
            .collect()
    };
    assert_eq!(plain(&some[0]), plain(&none[0]));
}

#[test]
fn names_that_would_do_harm_are_harmless_in_rows() {
    for (name, in_csv, in_json) in [
        ("=1+1", "'=1+1", "=1+1"),
        ("+A", "'+A", "+A"),
        ("-A", "'-A", "-A"),
        ("@A", "'@A", "@A"),
        ("\t=1+1", "'=1+1", "=1+1"),
        ("\r\n=1+1", "'=1+1", "=1+1"),
        ("\u{202e}=1+1", "'=1+1", "=1+1"),
        ("a\nb,\"c\"", "a b,\"c\"", "a b,\"c\""),
        ("\u{1b}[31mEvil\u{1b}[0m \u{202e}Corp", "Evil Corp", "Evil Corp"),
        ("<b>&amp;|", "<b>&amp;|", "<b>&amp;|"),
    ] {
        let mut report = small();
        report.instruments[0].name = name.to_owned();
        let csv = records(&with(&report, Format::Csv, &["name", "change"]));
        assert_eq!((csv[1][0].as_str(), csv[1].len()), (in_csv, 2), "{name:?}");
        let line = with(&report, Format::JsonLines, &["name"]);
        let first: serde_json::Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
        assert_eq!(first["name"], in_json, "{name:?}");
    }
}

#[test]
fn a_negative_figure_is_a_number_and_not_guarded() {
    let mut report = small();
    report.instruments[0].change = Some(-0.5);
    assert_eq!(records(&with(&report, Format::Csv, &["change"]))[1], ["-0.5"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_a_row_or_begins_a_formula(
        name in any::<String>(),
        codes in "[=+@\\-\t\r\n\u{1b}\u{9b}\u{202e}\u{7}\\[;\",a]{0,12}",
    ) {
        let hostile = format!("{codes}{name}{codes}");
        let mut report = small();
        report.instruments[0].name = hostile.clone();
        report.instruments[0].confirmed_by = vec![hostile.clone(), hostile];
        let csv = written(&report, Format::Csv);
        let rows = records(&csv);
        prop_assert_eq!(rows.len(), 4);
        prop_assert_eq!(csv.lines().count(), 4);
        prop_assert!(!csv.replace('\n', "").chars().any(char::is_control));
        for name in ["name", "confirmed_by"] {
            let at = rows[0].iter().position(|n| n == name).unwrap();
            prop_assert!(!rows[1][at].starts_with(['=', '+', '-', '@']), "{:?}", rows[1][at]);
        }
        let lines = written(&report, Format::JsonLines);
        prop_assert_eq!(lines.lines().count(), 3);
        let unsafe_in = |text: &str| text.contains(['\u{202e}', '\u{9b}', '\u{7}']);
        prop_assert!(!unsafe_in(&lines) && !unsafe_in(&csv));
    }
}

#[test]
fn a_closed_pipe_keeps_its_kind_in_rows_too() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for format in [Format::JsonLines, Format::Csv] {
        let error = snapshot(&small(), format, &Style::default(), &mut Closed).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{format:?}");
    }
}
