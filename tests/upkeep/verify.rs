//! `store verify`, `path` and `prune`.

use super::*;

const SP500: [(&str, f64); 2] = [("2026-01-16", 6940.01), ("2026-01-20", 6796.86)];

#[test]
fn implausible_closes_are_warnings_above_a_line_that_counts_them_and_the_exit_code_stays_0() {
    let wild = [("2026-01-16", 6940.01), ("2026-01-20", 3000.0)];
    let user = User::with(&[
        series("SP500", "yahoo", "USD", &SP500),
        series("SP500", "stooq", "USD", &wild),
        series("DAX", "yahoo", "EUR", &[("2026-01-19", 25_000.0)]),
    ]);
    let text = user.says(&["store", "verify"]);
    let lines: Vec<&str> = text.lines().collect();
    // From 6940.01 to 3000 is -56.77 %; 3000 is 55.86 % from 6796.86.
    assert!(lines[0].starts_with("warning: SP500, stooq its-stooq: 1 close lies more than 35 %"), "{text}");
    assert!(lines[0].ends_with("2026-01-20 (-56.77 %)"), "{text}");
    assert!(
        lines[1].ends_with("on 1 of 2 sessions, most on 2026-01-20: 6796.86 and 3000, 55.86 %"),
        "{text}"
    );
    // All three series are of January, long before now.
    assert_eq!(lines.len(), 6, "{text}");
    assert!(lines[2..5].iter().all(|l| l.contains("the last session is 2026-01-")), "{text}");
    assert_eq!(
        lines[5],
        format!(
            "{}: sound; instruments: 2; series: 3; closes: 5; warnings: 5 (1 of jumps, 1 of sources apart, 3 of series that stopped)",
            user.path("closes.db").display()
        )
    );
}

#[test]
fn however_many_warnings_of_a_kind_there_are_ten_are_told() {
    let stopped: Vec<Series> =
        (0..45).map(|n| series(&format!("OLD{n:02}.XX"), "yahoo", "USD", &[("2020-01-02", 1.0)])).collect();
    let text = User::with(&stopped).says(&["store", "verify"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 12);
    assert!(lines[9].starts_with("warning: OLD09.XX, yahoo its-yahoo: "), "{text}");
    assert_eq!(lines[10], "warning: 35 more of series that stopped");
    assert!(lines[11].ends_with("closes: 45; warnings: 45 (45 of series that stopped)"), "{text}");
}

#[test]
fn a_store_that_contradicts_itself_is_not_sound_and_ends_with_1() {
    let user = User::with(&[series("SP500", "yahoo", "USD", &SP500)]);
    let db = rusqlite::Connection::open(user.path("closes.db")).unwrap();
    db.execute("DELETE FROM series", []).unwrap();
    drop(db);
    let output = user.run(&["store", "verify"]);
    assert_eq!((code(&output), stderr(&output)), (Some(1), String::new()));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("2 closes of no series\n"), "{text}");
    assert!(text.ends_with(": not sound; 1 fault\n"), "{text}");
}

#[test]
fn what_a_source_called_its_symbol_moves_no_cursor_in_a_warning() {
    let mut evil = series("SP500", "yahoo", "USD", &SP500);
    evil.provenance.symbol = "\u{1b}]0;owned\u{7}\u{1b}[2Jx\u{202e}".into();
    let text = User::with(&[evil]).says(&["store", "verify"]);
    assert!(text.contains("SP500, yahoo x: ") && !text.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{text:?}");
}

#[test]
fn nothing_is_pruned_from_a_damaged_file_and_it_stays_where_it_is() {
    let user = User::with(&[series("SP500", "yahoo", "USD", &SP500)]);
    let whole = std::fs::read(user.path("closes.db")).unwrap();
    std::fs::write(user.path("closes.db"), &whole[..whole.len() / 2]).unwrap();
    let output = user.run(&["store", "prune", "--before", "2026-01-20", "--yes"]);
    assert_eq!((code(&output), output.stdout.len()), (Some(1), 0));
    assert!(stderr(&output).contains("is damaged"), "{}", stderr(&output));
    assert_eq!(std::fs::read(user.path("closes.db")).unwrap(), whole[..whole.len() / 2]);
    let names = std::fs::read_dir(user.home.path()).unwrap().map(|f| f.unwrap().file_name());
    assert!(!names.into_iter().any(|n| n.to_string_lossy().contains("damaged")));
}

#[test]
fn pruning_says_what_is_gone_and_where() {
    let user = User::with(&[series("SP500", "yahoo", "USD", &SP500)]);
    let place = user.path("closes.db").display().to_string();
    assert_eq!(
        user.says(&["store", "prune", "--before", "2026-01-20", "--yes"]),
        format!("{place}: 1 close and 0 earlier versions before 2026-01-20 removed\n")
    );
    assert_eq!(user.says(&["history", "SP500", "--format", "csv"]).lines().count(), 2);
    assert_eq!(user.says(&["store", "path"]), format!("{place}\n"));
}
