//! What Stooq's answers mean, fixture by fixture.

use marketsnap::domain::WarningKind;
use marketsnap::fetch::{SourceError, covers, source};

use crate::keyed::{ends_at_midnight, error, fixture};
use crate::support::{Case, asked, expect, fixture_of, listed, paths, query, warnings};

const NAME: &str = "stooq";

/// For the contract: the S&P 500.
pub fn case() -> Case {
    let nothing = (200, fixture_of(NAME, "no-data.txt"));
    let body = fixture_of(NAME, "index-without-volume.csv");
    crate::keyed::case(NAME, listed("SP500"), body, nothing.clone(), nothing)
}

#[test]
fn only_indices_are_held_and_each_is_asked_alone() {
    for other in ["NVIDIA", "EURUSD", "USDJPY", "GOLD", "WTI", "BTC"] {
        assert!(!covers(NAME, &listed(other).instrument), "{other}");
    }
    let mut share = listed("SP500").instrument;
    share.kind = marketsnap::domain::Kind::Stock;
    assert!(!covers(NAME, &share));
    let query = query(vec![listed("SP500"), listed("TOPIX")]);
    let requests = source(NAME).unwrap().requests(&query, &[0, 1]);
    let rest = "&i=d&d1=20241225&d2=20260121";
    assert_eq!(paths(&requests), [format!("/q/d/l/?s=%5Espx{rest}"), format!("/q/d/l/?s=%5Etpx{rest}")]);
}

#[test]
fn columns_are_found_by_their_names_in_english_and_polish() {
    let series = fixture(NAME, listed("SP500"), 200, "index-without-volume.csv").unwrap().series;
    let four =
        [("2026-01-14", 6926.6), ("2026-01-15", 6944.47), ("2026-01-16", 6940.01), ("2026-01-20", 6796.86)];
    expect(&series, &four);
    assert_eq!(series.last().and_then(|b| b.low.zip(b.high)), Some((6789.05, 6871.17)));
    assert!(!series.provenance.raw);
    let polish = fixture(NAME, listed("SP500"), 200, "polish-names.csv").unwrap().series;
    expect(&polish, &four[2..]);
    assert_eq!(polish.bars()[1], series.bars()[3]);
    assert_eq!([warnings(&series), warnings(&polish)], [[], []]);
}

#[test]
fn bad_cells_lose_their_row_and_a_line_that_does_not_end_is_left_out() {
    let series = fixture(NAME, listed("SP500"), 200, "faults-and-cut.csv").unwrap().series;
    // The last line is cut inside 6796.86.
    expect(&series, &[("2026-01-16", 6940.01)]);
    assert_eq!(
        warnings(&series),
        [
            (WarningKind::Refused, "SP500: 1 row without a close refused from stooq: 2026-01-15"),
            (
                WarningKind::Refused,
                "SP500: 1 row with a close of zero or below refused from stooq: 2026-01-19"
            ),
            (WarningKind::Source, "SP500: stooq sent 1 row without a date"),
        ]
    );
}

#[test]
fn sentences_under_status_200_are_told_apart_before_the_table_is_read() {
    assert_eq!(error(NAME, 200, "no-data.txt"), SourceError::NoData("no rows".to_owned()));
    assert!(ends_at_midnight(&error(NAME, 200, "daily-hits.txt")));
    assert!(matches!(error(NAME, 200, "get-your-apikey.txt"), SourceError::Unauthorised(_)));
    assert!(matches!(error(NAME, 200, "wall-of-scripts.html"), SourceError::Blocked(_)));
    for (body, blocked) in [("This site requires JavaScript", true), ("Open,Low\n1,2\n", false)] {
        let error = asked(NAME, listed("SP500"), 200, body.as_bytes().to_vec()).unwrap_err();
        assert_eq!(matches!(error, SourceError::Blocked(_)), blocked, "{error:?}");
        assert!(blocked || matches!(error, SourceError::Malformed(_)), "{error:?}");
    }
}
