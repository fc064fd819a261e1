//! `history` as price directives, and its files.

use super::*;

const STAR50: [(&str, f64); 2] = [("2026-01-20", 1482.994), ("2026-01-21", 1535.393)];

#[test]
fn an_index_is_priced_at_its_level_and_the_comments_say_whose_closes_it_is() {
    let user = User::with(&[series("STAR50", "yahoo", "CNY", &STAR50)]);
    let comments = "; STAR50, STAR 50: closes of yahoo its-yahoo, last fetched 2026-01-21 08:30 UTC\n\
                    ; An index has a level and no price: one of it is one point, told as one CNY.\n";
    assert_eq!(
        user.says(&["history", "star50", "--format", "ledger"]),
        format!("{comments}P 2026-01-20 \"STAR50\" 1482.994 CNY\nP 2026-01-21 \"STAR50\" 1535.393 CNY\n")
    );
    assert_eq!(
        user.says(&["history", "star50", "--format", "beancount", "--from", "2026-01-21"]),
        format!("{comments}2026-01-21 price STAR50 1535.393 CNY\n")
    );
}

#[test]
fn of_several_sources_one_is_priced_the_first_in_order_unless_another_is_named() {
    // The order of sources is yahoo before stooq, however they are kept.
    let stooq = series("SP500", "stooq", "USD", &[("2026-01-19", 1.0), ("2026-01-20", 6797.5)]);
    let user = User::with(&[stooq, series("SP500", "yahoo", "USD", &[("2026-01-20", 6796.86)])]);
    let usual = user.says(&["history", "SP500", "--format", "ledger"]);
    let prices =
        |text: &str| text.lines().filter(|l| l.starts_with("P ")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(prices(&usual), ["P 2026-01-20 \"SP500\" 6796.86 USD"]);
    assert!(usual.contains("; Held too and not among these prices: stooq its-stooq.\n"), "{usual}");
    let named = user.says(&["history", "SP500", "--format", "ledger", "--source", "stooq"]);
    assert_eq!(prices(&named), ["P 2026-01-19 \"SP500\" 1 USD", "P 2026-01-20 \"SP500\" 6797.5 USD"]);
    assert!(!named.contains("yahoo"), "{named}");
    let csv = user.says(&["history", "SP500", "--format", "csv", "--source", "Yahoo"]);
    assert_eq!(csv.lines().count(), 2, "{csv}");
    let none = user.run(&["history", "SP500", "--source", "cboe"]);
    assert_eq!((code(&none), none.stdout.len()), (Some(5), 0));
    assert!(stderr(&none).contains("does not hold closes of SP500 from cboe"), "{}", stderr(&none));
    assert!(user.refused(&["history", "SP500", "--source", "yaho"]).contains("did you mean yahoo"));
}

#[test]
fn a_pair_prices_its_first_currency_and_a_share_keeps_its_odd_name() {
    let user = User::with(&[
        series("EURUSD", "ecb", "USD", &[("2026-01-20", 1.1725)]),
        series("0700.HK", "yahoo", "HKD", &[("2026-01-20", 601.5)]),
        series("WTI", "yahoo", "USD", &[("2020-04-20", -37.63)]),
    ]);
    let last = |id: &str, format: &str| {
        let text = user.says(&["history", id, "--format", format]);
        text.lines().last().unwrap().to_owned()
    };
    assert_eq!(last("EURUSD", "ledger"), "P 2026-01-20 EUR 1.1725 USD");
    assert_eq!(last("EURUSD", "beancount"), "2026-01-20 price EUR 1.1725 USD");
    assert_eq!(last("0700.HK", "ledger"), "P 2026-01-20 \"0700.HK\" 601.5 HKD");
    assert_eq!(last("0700.HK", "beancount"), "2026-01-20 price X0700.HK 601.5 HKD");
    assert!(user.says(&["history", "0700.HK", "--format", "ledger"]).contains(", adjusted for splits, "));
    assert_eq!(last("WTI", "beancount"), "2020-04-20 price WTI -37.63 USD");
}

#[test]
fn what_no_currency_buys_is_refused_with_the_reason() {
    let user = User::with(&[
        series("US10Y", "yahoo", "USD", &[("2026-01-20", 4.29)]),
        series("VIX", "cboe", "", &[("2026-01-20", 20.09)]),
        series("NEW.XX", "yahoo", "", &[("2026-01-20", 5.0)]),
        series("STAR50", "yahoo", "CNY", &STAR50),
    ]);
    for (id, why) in
        [("US10Y", "percent or points"), ("VIX", "percent or points"), ("NEW.XX", "is not known")]
    {
        let said = user.refused(&["history", id, "--format", "ledger"]);
        assert!(said.contains(why) && said.contains(id) && said.contains("--format csv"), "{said}");
    }
    let said = user.refused(&["history", "STAR50", "--format", "beancount", "--revisions"]);
    assert!(said.contains("one price a day"), "{said}");
}

#[test]
fn a_history_is_written_to_a_file_in_the_format_of_its_suffix_or_not_at_all() {
    let user = User::with(&[series("STAR50", "yahoo", "CNY", &STAR50)]);
    let begins = [
        ("a.csv", "id,source,symbol,"),
        ("a.json", "{\n  \"schema\": \"marketsnap.history/1\""),
        ("a.txt", "marketsnap history"),
        ("a.LEDGER", "; STAR50, "),
        ("a.beancount", "; STAR50, "),
    ];
    for (name, begin) in begins {
        assert_eq!(user.says(&["history", "STAR50", "-o", name]), "");
        assert!(user.written(name).starts_with(begin), "{name}: {}", user.written(name));
    }
    assert_eq!(user.says(&["history", "STAR50", "-o", "a.out", "--format", "csv"]), "");
    assert_eq!(user.written("a.out"), user.written("a.csv"));
    let said = user.refused(&["history", "STAR50", "-o", "prices.dat"]);
    assert!(said.contains("'prices.dat'") && said.contains(".beancount"), "{said}");
    assert_eq!(user.says(&["history", "STAR50", "-o", "-", "--format", "csv"]), user.written("a.csv"));
    let nowhere = user.run(&["history", "STAR50", "-o", "none/a.csv"]);
    assert_eq!(code(&nowhere), Some(1));
    assert!(!user.path("prices.dat").exists() && !user.path("none").exists());
}

#[test]
fn two_formats_are_refused_and_a_variables_gives_way_to_a_flags_and_to_a_suffix() {
    let user = User::with(&[series("STAR50", "yahoo", "CNY", &STAR50)]);
    let said = user.refused(&["history", "STAR50", "--json", "--format", "csv"]);
    assert!(said.contains("--json and another --format cannot be used together"), "{said}");
    assert!(user.says(&["history", "STAR50", "--json", "--format", "json"]).starts_with('{'));
    let by_variable = |args: &[&str]| {
        let mut command = user.command(&[&["history", "STAR50"], args].concat());
        String::from_utf8(command.env("MARKETSNAP_JSON", "1").output().unwrap().stdout).unwrap()
    };
    assert!(by_variable(&[]).starts_with('{'));
    assert!(by_variable(&["--format", "csv"]).starts_with("id,"));
    assert_eq!(by_variable(&["-o", "a.csv"]) + &by_variable(&["-o", "a.dat"]), "");
    assert!(user.written("a.csv").starts_with("id,") && user.written("a.dat").starts_with('{'));
}

#[test]
fn what_a_source_called_its_symbol_moves_no_cursor_and_runs_in_no_spreadsheet() {
    let mut evil = series("STAR50", "yahoo", "CNY", &STAR50);
    evil.provenance.symbol = "=HYPERLINK(1)\u{1b}[2J\u{202e}\n".into();
    let user = User::with(&[evil]);
    for format in ["table", "csv", "json", "ledger", "beancount"] {
        let text = user.says(&["history", "STAR50", "--format", format]);
        assert!(text.contains("=HYPERLINK(1)") && !text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
    }
    for sheet in [user.says(&["history", "STAR50", "--format", "csv"]), user.says(&["store", "export"])] {
        assert!(sheet.contains(",'=HYPERLINK(1),"), "{sheet}");
    }
}
