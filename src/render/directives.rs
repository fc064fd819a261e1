//! Price directives of accounting programs: ledger (and hledger) and beancount.
//!
//! Not for: what is priced in which currency (`app`).

use std::io::{self, Write};

use super::history;
use crate::domain::history::PriceList;
use crate::domain::text::sanitise;
use crate::domain::{Basis, Kind};

/// The longest name that a commodity of beancount may have.
const LONGEST: usize = 24;
/// Words that beancount takes for something else.
const TAKEN: [&str; 3] = ["TRUE", "FALSE", "NULL"];

/// An accounting program's way of writing prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `P 2026-01-21 "STAR50" 1535.393 CNY`
    Ledger,
    /// `2026-01-21 price STAR50 1535.393 CNY`
    Beancount,
}

/// Writes one directive for each close under comments that say whose closes they are.
pub(super) fn write(list: &PriceList, dialect: Dialect, out: &mut dyn Write) -> io::Result<()> {
    for comment in comments(list, dialect) {
        writeln!(out, "; {comment}")?;
    }
    let named = |word: &str| match dialect {
        Dialect::Ledger => quoted(word),
        Dialect::Beancount => commodity(word),
    };
    let (what, currency) = (named(&list.commodity), named(&list.currency));
    for held in &list.series.closes {
        // A double prints as the shortest decimal that gives it back, without an exponent.
        let (date, close) = (held.date, held.close);
        match dialect {
            Dialect::Ledger => writeln!(out, "P {date} {what} {close} {currency}")?,
            Dialect::Beancount => writeln!(out, "{date} price {what} {close} {currency}")?,
        }
    }
    Ok(())
}

fn comments(list: &PriceList, dialect: Dialect) -> Vec<String> {
    let series = &list.series;
    let whose = format!("closes of {} {}", series.source, series.symbol);
    // Splits are a matter of shares.
    let share = matches!(list.kind, Kind::Stock | Kind::Etf);
    let basis = (share || series.basis != Basis::Price).then(|| history::basis_words(series).to_owned());
    let head = format!("{}, {}: {whose}", list.id, list.name);
    let fetched = format!("last fetched {} UTC", history::minute(series.fetched_at));
    let facts: Vec<String> = [head].into_iter().chain(basis).chain([fetched]).collect();
    let mut comments = vec![facts.join(", ")];
    if list.kind == Kind::Index {
        comments.push(format!(
            "An index has a level and no price: one of it is one point, told as one {}.",
            list.currency
        ));
    }
    let renamed = commodity(&list.commodity);
    if dialect == Dialect::Beancount && renamed != list.commodity {
        comments.push(format!("{renamed} stands for {}, which is no name for beancount.", list.commodity));
    }
    if !list.others.is_empty() {
        comments.push(format!("Held too and not among these prices: {}.", list.others.join(", ")));
    }
    comments.iter().map(|c| sanitise(c, 400)).collect()
}

/// A commodity of ledger: in quotes unless it is of letters only.
fn quoted(name: &str) -> String {
    if !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic()) {
        return name.to_owned();
    }
    format!("\"{}\"", sanitise(name, 80).replace('"', "'"))
}

/// A commodity of beancount: capitals, digits and `'._-`, a letter first, a letter or digit last, at most
/// 24 characters. What does not fit becomes `-`, and what does not begin with a letter gets an `X`.
fn commodity(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || "'._-".contains(c);
    let fitting = |c: char| if allowed(c) { c } else { '-' };
    let mut fit: String = name.chars().map(|c| fitting(c.to_ascii_uppercase())).collect();
    if TAKEN.contains(&fit.as_str()) || !fit.starts_with(|c: char| c.is_ascii_uppercase()) {
        fit.insert(0, 'X');
    }
    let cut: String = fit.chars().take(LONGEST).collect();
    cut.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::domain::InstrumentId;
    use crate::domain::history::{HeldClose, HeldSeries};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn list(id: &str, closes: &[(&str, f64)]) -> PriceList {
        let fetched_at = at("2026-01-21T08:30:00Z");
        let close = |(date, close): &(&str, f64)| HeldClose {
            date: date.parse().unwrap(),
            close: *close,
            fetched_at,
        };
        PriceList {
            id: InstrumentId::new(id),
            name: "A name".into(),
            commodity: id.into(),
            currency: "HKD".into(),
            kind: Kind::Stock,
            series: HeldSeries {
                source: "yahoo".into(),
                symbol: "its symbol".into(),
                basis: Basis::Price,
                as_traded: false,
                currency: Some("HKD".into()),
                fetched_at,
                closes: closes.iter().map(close).collect(),
                revisions: None,
            },
            others: Vec::new(),
        }
    }

    fn written(list: &PriceList, dialect: Dialect) -> String {
        let mut out = Vec::new();
        write(list, dialect, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn ledger_gets_names_with_digits_in_quotes_and_the_shortest_decimals() {
        // 0.1 + 0.2 is the double after 0.3; 1e21 and 1e-7 would have exponents elsewhere.
        let closes = [
            ("2020-04-20", -37.63),
            ("2026-01-19", 0.1 + 0.2),
            ("2026-01-20", 1e21),
            ("2026-01-21", 1e-7),
            ("2026-01-22", 500.0),
        ];
        assert_eq!(
            written(&list("0700.HK", &closes), Dialect::Ledger),
            "; 0700.HK, A name: closes of yahoo its symbol, adjusted for splits, last fetched 2026-01-21 08:30 UTC\n\
             P 2020-04-20 \"0700.HK\" -37.63 HKD\n\
             P 2026-01-19 \"0700.HK\" 0.30000000000000004 HKD\n\
             P 2026-01-20 \"0700.HK\" 1000000000000000000000 HKD\n\
             P 2026-01-21 \"0700.HK\" 0.0000001 HKD\n\
             P 2026-01-22 \"0700.HK\" 500 HKD\n"
        );
        assert_eq!(["BTC", "A\"B", "BRK-B", "科创"].map(quoted), ["BTC", "\"A'B\"", "\"BRK-B\"", "\"科创\""]);
    }

    #[test]
    fn beancount_gets_a_name_that_fits_and_a_comment_that_says_what_it_stands_for() {
        let mut list = list("0700.HK", &[("2026-01-21", 550.5)]);
        (list.kind, list.series.basis) = (Kind::Index, Basis::TotalReturn);
        list.others = vec!["tencent hk00700".into(), "stooq \u{1b}[31m0700.hk".into()];
        assert_eq!(
            written(&list, Dialect::Beancount),
            "; 0700.HK, A name: closes of yahoo its symbol, dividends included, last fetched 2026-01-21 08:30 UTC\n\
             ; An index has a level and no price: one of it is one point, told as one HKD.\n\
             ; X0700.HK stands for 0700.HK, which is no name for beancount.\n\
             ; Held too and not among these prices: tencent hk00700, stooq 0700.hk.\n\
             2026-01-21 price X0700.HK 550.5 HKD\n"
        );
    }

    #[test]
    fn names_that_beancount_does_not_take_are_made_to_fit() {
        let names = ["STAR50", "^GSPC", "GC=F", "TRUE", "A-VERY-LONG-NAME-OF-24-C-AND-MORE", "-", "V"];
        // The long one is cut after 24 characters, and the `-` that then ends it goes.
        let fit = ["STAR50", "X-GSPC", "GC-F", "XTRUE", "A-VERY-LONG-NAME-OF-24-C", "X", "V"];
        assert_eq!(names.map(commodity), fit);
    }
}
