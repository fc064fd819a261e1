//! Words on a terminal: display width, cutting, wrapping, short dates, and text from outside made safe.
//!
//! Not for: figures (`number`) or columns (`layout`).

use chrono::{Datelike, NaiveDate};
use unicode_width::UnicodeWidthStr;

use super::style::Style;
use crate::domain::text::sanitise;

/// A message longer than this is cut.
const LONGEST_MESSAGE: usize = 600;

/// A blank that lines are not broken at.
const GLUE: &str = "\u{a0}";

/// Display cells of a text.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// Text from outside, harmless in a terminal, and ASCII where the style wants that.
pub(super) fn clean(text: &str, style: &Style) -> String {
    let safe = sanitise(text, LONGEST_MESSAGE);
    if style.ascii { safe.chars().map(ascii).collect() } else { safe }
}

/// A name for the table: the id stands in for an empty one, and for one that ASCII cannot spell.
pub(super) fn name(name: &str, id: &str, style: &Style) -> String {
    let safe = sanitise(name, LONGEST_MESSAGE);
    if safe.is_empty() || (style.ascii && !safe.is_ascii()) { clean(id, style) } else { safe }
}

/// A letter in letters of ASCII.
pub(super) fn ascii(c: char) -> &'static str {
    const PRINTABLE: &str =
        " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
    match c {
        '–' | '—' | '−' | '‑' => "-",
        '…' => "..",
        '’' | '‘' => "'",
        '“' | '”' => "\"",
        '·' | '•' => "|",
        '×' => "x",
        c => PRINTABLE.find(c).and_then(|at| PRINTABLE.get(at..=at)).unwrap_or("?"),
    }
}

/// The text cut to `cells` display cells, with an ellipsis where something is missing.
pub(super) fn fit(text: &str, cells: usize, style: &Style) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let room = cells.saturating_sub(width(style.ellipsis()));
    let (head, _) = split(text, room);
    let cut = format!("{}{}", head.trim_end(), style.ellipsis());
    if width(&cut) <= cells { cut } else { split(text, cells).0 }
}

/// The longest beginning that takes at most `cells`, and the rest.
fn split(text: &str, cells: usize) -> (String, String) {
    let mut head = String::new();
    let mut chars = text.chars();
    let mut rest = chars.as_str();
    while let Some(c) = chars.next() {
        head.push(c);
        if width(&head) > cells {
            head.pop();
            break;
        }
        rest = chars.as_str();
    }
    (head, rest.to_owned())
}

/// The text with blanks that [`wrap`] does not break at. Text from outside has none of these left.
pub(super) fn glue(text: &str) -> String {
    text.replace(' ', GLUE)
}

/// The text in lines of at most `cells`; all but the first begin with `indent` blanks. A word that is
/// longer than a line is cut into pieces.
pub(super) fn wrap(text: &str, cells: usize, indent: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut words: Vec<String> = text.split(' ').filter(|w| !w.is_empty()).rev().map(str::to_owned).collect();
    while let Some(word) = words.pop() {
        let blank = line.trim().is_empty();
        let tried = if blank { format!("{line}{word}") } else { format!("{line} {word}") };
        if width(&tried) <= cells {
            line = tried;
            continue;
        }
        // A full line takes nothing more, not even a character that has no width.
        let taken = width(&line) + usize::from(!blank);
        if blank || (width(&word) + indent > cells && taken < cells) {
            let (head, rest) = split(&word, cells.saturating_sub(taken));
            if head.is_empty() && blank {
                continue;
            }
            line.push_str(if blank || head.is_empty() { "" } else { " " });
            line.push_str(&head);
            words.push(rest);
        } else {
            words.push(word);
        }
        lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
    }
    if !line.trim().is_empty() {
        lines.push(line);
    }
    lines.into_iter().map(|line| line.replace(GLUE, " ")).collect()
}

/// A date as the table tells it: "21 Jan", with the year where it is not `year`: "30 Dec 25".
pub(super) fn short_date(date: NaiveDate, year: i32) -> String {
    if date.year() == year {
        return date.format("%e %b").to_string();
    }
    if date.year().abs_diff(year) >= 80 {
        return date.format("%e %b %Y").to_string();
    }
    date.format("%e %b %y").to_string()
}

/// Two dates as a span: "16-20 Jan", "30 Dec 25 - 2 Jan".
pub(super) fn span(from: NaiveDate, to: NaiveDate, year: i32) -> String {
    let end = short_date(to, year);
    if from == to {
        return end.trim().to_owned();
    }
    if (from.year(), from.month()) == (to.year(), to.month()) {
        return format!("{}-{}", from.day(), end.trim());
    }
    format!("{} - {}", short_date(from, year).trim(), end.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn names_are_cut_by_display_cells_and_not_by_characters() {
        let style = Style::default();
        assert_eq!(fit("科创50", 6, &style), "科创50");
        assert_eq!(fit("科创板50成份指数", 7, &style), "科创板…");
        assert_eq!(fit("Shanghai Composite", 9, &style), "Shanghai…");
        assert_eq!(fit("Shanghai Composite", 10, &Style { ascii: true, ..style }), "Shanghai..");
    }

    #[test]
    fn wrapped_text_hangs_and_a_long_word_is_cut() {
        assert_eq!(wrap("- shut: Mumbai and Tokyo", 14, 2), ["- shut: Mumbai", "  and Tokyo"]);
        assert_eq!(wrap("- abcdefghijkl", 6, 2), ["- abcd", "  efgh", "  ijkl"]);
        assert_eq!(wrap("", 10, 2), Vec::<String>::new());
        assert_eq!(wrap(&format!("median {}", glue("+5.36 %")), 13, 2), ["median", "  +5.36 %"]);
    }

    #[test]
    fn a_full_line_takes_no_blank_for_a_mark_without_width() {
        assert_eq!(wrap("abcdef \u{301}ghijklmn", 6, 2), ["abcdef", "  \u{301}ghij", "  klmn"]);
        assert_eq!(wrap("abcde \u{fe0f}ghijklmn", 6, 2), ["abcde", "  \u{fe0f}ghij", "  klmn"]);
    }

    #[test]
    fn ascii_keeps_messages_readable_and_names_by_their_id() {
        let style = Style { ascii: true, ..Style::default() };
        assert_eq!(clean("Tokyo – shut… 科创", &style), "Tokyo - shut.. ??");
        assert_eq!(name("科创50", "STAR50", &style), "STAR50");
        assert_eq!(name("\u{1b}", "X", &Style::default()), "X");
    }

    #[test]
    fn dates_say_the_year_only_where_it_differs() {
        assert_eq!(short_date(d("2026-01-21"), 2026), "21 Jan");
        assert_eq!(short_date(d("2025-12-30"), 2026), "30 Dec 25");
        assert_eq!(short_date(d("1929-10-29"), 2026), "29 Oct 1929");
        assert_eq!(span(d("2026-01-16"), d("2026-01-20"), 2026), "16-20 Jan");
        assert_eq!(span(d("2025-12-30"), d("2026-01-02"), 2026), "30 Dec 25 - 2 Jan");
        assert_eq!(span(d("2026-01-20"), d("2026-01-20"), 2026), "20 Jan");
    }
}
