//! A composite's level in every command.

use chrono::{Datelike, NaiveDate, Weekday};

use super::*;

/// 1001 weekdays up to 2026-01-20, closes 2000, 2001, ... 3000, the same of every member of EUROPE.
fn rising() -> Closes {
    let first: NaiveDate = "2022-03-22".parse().unwrap();
    let days = first.iter_days().filter(|d| !matches!(d.weekday(), Weekday::Sat | Weekday::Sun));
    let closes: Vec<(NaiveDate, f64)> = days.take(1001).zip((2000..).map(f64::from)).collect();
    assert_eq!(closes.last().unwrap().0.to_string(), "2026-01-20");
    ["FTSE100", "CAC40", "DAX"].into_iter().map(|id| (id.to_owned(), closes.clone())).collect()
}

#[test]
fn a_composites_level_is_the_same_in_every_command_and_over_any_horizons() {
    let user = User::new();
    user.online(&["today", "EUROPE", "DAX", "--benchmark", "DAX", "--as-of", AS_OF], &rising());
    // Members that move alike: the level is 100 x 3000 / 2000, from the first close held.
    let asked: [&[&str]; 6] = [
        &["today", "EUROPE", "--benchmark", "DAX"],
        &["today", "EUROPE", "--benchmark", "DAX", "--horizons", "1D"],
        &["today", "EUROPE", "--benchmark", "DAX", "--horizons", "1D,5Y"],
        &["show", "EUROPE", "--benchmark", "DAX"],
        &["compare", "EUROPE", "DAX"],
        &["chart", "EUROPE", "DAX", "--over", "1M"],
    ];
    let mut levels = Vec::new();
    for words in asked {
        let report = json(&user.alone(&[words, &["--offline", "--as-of", AS_OF, "--json"]].concat()));
        assert!(notes(&report).contains("EUROPE = 100 on 2022-03-22."), "{words:?}: {}", notes(&report));
        let lists = ["composites", "instruments"].into_iter().filter_map(|key| report[key].as_array());
        levels.extend(lists.flatten().filter(|r| r["id"] == "EUROPE").filter_map(|r| r["close"].as_f64()));
    }
    assert!(levels.len() >= 4, "{levels:?}");
    assert!(
        levels.iter().all(|l| (l - 150.0).abs() < 1e-9 && l.to_bits() == levels[0].to_bits()),
        "{levels:?}"
    );
    let condition = "EUROPE.close > 149.999 and EUROPE.close < 150.001";
    assert_eq!(code(&user.alone(&["check", condition, "--offline", "--as-of", AS_OF])), Some(10));
    let table = stdout(&user.alone(&["today", "EUROPE", "--offline", "--as-of", AS_OF, "--horizons", "1D"]));
    assert!(table.contains("150.00"), "{table}");
}
