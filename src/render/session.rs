//! A session's cell: its date, its state, and how the state stands out.
//!
//! Not for: telling the state (`compute`).

use chrono::{Datelike, NaiveDate};

use super::style::{Style, Tone};
use super::text;
use crate::domain::snapshot::Status;

/// Days within which a day and month alone tell a date.
const NEAR: i64 = 300;

/// What a session's state adds to its date; a settled one needs nothing.
fn mark(status: Option<Status>) -> &'static str {
    match status {
        None | Some(Status::Settled) => "",
        Some(Status::Live) => " live",
        Some(Status::Stale) => " stale",
        Some(Status::Shut) => " shut",
        Some(Status::Provisional) => " prov.",
    }
}

/// The letter for a state in a narrow table, and what it means.
pub(super) fn letter(status: Option<Status>) -> Option<(char, &'static str)> {
    match status {
        None | Some(Status::Settled) => None,
        Some(Status::Live) => Some(('L', "live")),
        Some(Status::Stale) => Some(('S', "stale")),
        Some(Status::Shut) => Some(('X', "shut")),
        Some(Status::Provisional) => Some(('P', "provisional")),
    }
}

/// A session's date and state: "21 Jan live".
pub(super) fn dated(date: NaiveDate, status: Option<Status>, year: i32) -> String {
    format!("{}{}", text::short_date(date, year), mark(status))
}

/// The same in a narrow table: "21 Jan L", and no year where the date can only be of the last months.
pub(super) fn terse(date: NaiveDate, status: Option<Status>, as_of: NaiveDate) -> String {
    let near = (as_of - date).num_days().abs() < NEAR;
    let date = text::short_date(date, if near { date.year() } else { as_of.year() });
    letter(status).map_or_else(|| date.clone(), |(letter, _)| format!("{date} {letter}"))
}

/// The tone of a session's cell as a whole.
pub(super) fn tone(cell: &str) -> Tone {
    match ["live", "stale", "prov.", "shut"].iter().position(|word| cell.ends_with(word)) {
        Some(0..=2) => Tone::Alert,
        Some(_) => Tone::Dim,
        None => Tone::Plain,
    }
}

/// A session's cell, with what is not settled standing out.
pub(super) fn paint(cell: &str, style: &Style) -> String {
    let states = ["live", "stale", "shut", "prov.", " L", " S", " X", " P"];
    let state = states.into_iter().find(|word| cell.trim_end().ends_with(word));
    let Some((date, state)) =
        state.and_then(|word| cell.trim_end().rsplit_once(word).map(|(d, _)| (d, word)))
    else {
        return cell.to_owned();
    };
    let tone = if matches!(state, "shut" | " X") { Tone::Dim } else { Tone::Alert };
    let blanks = cell.len() - cell.trim_end().len();
    format!("{date}{}{}", style.paint(tone, state), " ".repeat(blanks))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_narrow_table_tells_the_state_by_a_letter_and_the_year_only_where_it_is_in_doubt() {
        let as_of = d("2026-01-21");
        assert_eq!(terse(d("2026-01-21"), Some(Status::Live), as_of), "21 Jan L");
        assert_eq!(terse(d("2025-12-30"), Some(Status::Shut), as_of), "30 Dec X");
        assert_eq!(terse(d("2025-01-30"), Some(Status::Stale), as_of), "30 Jan 25 S");
        assert_eq!(terse(d("2026-01-20"), Some(Status::Settled), as_of), "20 Jan");
    }

    #[test]
    fn letters_stand_out_as_words_do() {
        let style = Style { color: true, ..Style::default() };
        assert_eq!(paint("21 Jan P ", &style).replace('\u{1b}', "E"), "21 Jan E[33mPE[0m ");
        assert_eq!(paint("21 Jan", &style), "21 Jan");
    }
}
