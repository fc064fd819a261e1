//! Which part of a document is its rows, and the fields of these rows: dotted names in the order of the JSON, with
//! what each means, from the document's own schema.
//!
//! Not for: their values (`render`).

mod shape;
mod walk;

use super::horizon::Horizon;

pub use shape::{Place, Shape};
pub use walk::fields;

/// What stands in a field's name for any horizon.
pub const HORIZON: &str = "HORIZON";
/// The block of a row that tells what document it is of.
pub const REPORT: &str = "report";
/// The field that tells which of several lists a row is of.
pub const WHAT: &str = "what";

/// A field of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name: keys with dots between them, [`HORIZON`] for any horizon.
    pub name: String,
    /// What it means, a sentence or two.
    pub about: String,
    /// Too long for a cell: a column only where it is named.
    pub long: bool,
}

/// The fields that a word names, without regard to case: one, or all of a block; a horizon stands for itself and
/// [`HORIZON`] for each.
#[must_use]
pub fn meant(fields: &[Field], word: &str) -> Vec<String> {
    let asked: Vec<&str> = word.split('.').collect();
    let meant = |field: &Field| {
        let mut own: Vec<String> = field.name.split('.').map(str::to_owned).collect();
        for (at, part) in asked.iter().enumerate() {
            let own = own.get_mut(at)?;
            match part.parse::<Horizon>() {
                Ok(horizon) if own == HORIZON => *own = horizon.label(),
                _ if own.eq_ignore_ascii_case(part) => {}
                _ => return None,
            }
        }
        Some(own.join("."))
    };
    fields.iter().filter_map(meant).collect()
}

/// The field's name most like a word that names none.
#[must_use]
pub fn nearest(fields: &[Field], word: &str) -> Option<String> {
    let last = word.rsplit('.').next().unwrap_or(word);
    let horizon = word.split('.').find_map(|part| part.parse::<Horizon>().ok());
    let label = horizon.map_or_else(|| Horizon::ONE_DAY.label(), |horizon| horizon.label());
    let names = || fields.iter().map(|field| field.name.replace(HORIZON, &label));
    if horizon.is_some() && (last == word || !names().any(|name| name.ends_with(last))) {
        let first = word.split('.').next().unwrap_or(word).to_lowercase();
        let of = |start: &str| names().find(|name| name.starts_with(start) && name.contains(&label));
        return of(&format!("{first}.")).or_else(|| of("moves."));
    }
    let end = format!(".{}", last.to_lowercase());
    let like = |name: &String| strsim::jaro_winkler(name, &word.to_lowercase());
    let close = names().filter(|name| like(name) > 0.85).max_by(|a, b| like(a).total_cmp(&like(b)));
    close.or_else(|| names().find(|name| name.ends_with(&end)))
}

/// The names with each [`HORIZON`] replaced by each of a block's horizons in turn, a whole block at a time.
#[must_use]
pub fn expanded(names: &[String], horizons: impl Fn(&str) -> Vec<String>) -> Vec<String> {
    let block = |name: &str| name.split_once(&format!(".{HORIZON}.")).map(|(block, _)| block.to_owned());
    let mut all = Vec::new();
    for run in names.chunk_by(|a, b| block(a) == block(b)) {
        match run.first().and_then(|name| block(name)) {
            None => all.extend_from_slice(run),
            Some(block) => {
                for horizon in horizons(&block) {
                    all.extend(run.iter().map(|name| name.replacen(HORIZON, &horizon, 1)));
                }
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::schema;

    fn names(document: &str) -> Vec<String> {
        fields(document).into_iter().map(|field| field.name).collect()
    }

    #[test]
    fn every_document_with_a_schema_has_rows_whose_fields_all_say_what_they_are() {
        for (document, _) in schema::names() {
            let fields = fields(document);
            assert!(fields.len() > 5, "{document}");
            for field in fields {
                assert!(!field.about.is_empty(), "{document}: {}", field.name);
            }
        }
    }

    #[test]
    fn fields_stand_in_the_order_of_the_json_and_composites_own_ones_behind() {
        let names = names("snapshot");
        assert_eq!(
            names[..8],
            [
                "report.schema",
                "report.as_of",
                "report.date",
                "report.demo",
                "report.benchmark",
                "report.currency",
                "id",
                "name"
            ]
        );
        assert_eq!(names.last().unwrap(), "left_out");
        let at = |name: &str| names.iter().position(|n| n == name).unwrap();
        assert!(at("moves.HORIZON.pct") < at("moves.HORIZON.from"));
        assert!(at("moves.HORIZON.flags") < at("relative.HORIZON.excess_pp"));
        assert!(at("fx.rate") < at("source.name") && at("warnings") < at("members"));
    }

    #[test]
    fn a_word_names_one_field_or_a_block_and_a_horizon_stands_for_itself() {
        let fields = fields("snapshot");
        assert_eq!(meant(&fields, "Moves.1d.PCT"), ["moves.1D.pct"]);
        assert_eq!(
            meant(&fields, "session"),
            ["session.date", "session.status", "session.timezone", "session.closed_at"]
        );
        assert_eq!(meant(&fields, "moves.ytd").first().unwrap(), "moves.YTD.pct");
        assert_eq!(meant(&fields, "relative.HORIZON.excess_pp"), ["relative.HORIZON.excess_pp"]);
        assert!(meant(&fields, "moves.1D.pct.more").is_empty() && meant(&fields, "").is_empty());
    }

    #[test]
    fn the_nearest_field_of_a_slip_is_named() {
        let fields = fields("snapshot");
        for (word, near) in [
            ("clsoe", "close"),
            ("moves.3M.pc", "moves.3M.pct"),
            ("1D", "moves.1D.pct"),
            ("relative.5D", "relative.5D.excess_pp"),
            ("excess_pp", "relative.1D.excess_pp"),
            ("session.dat", "session.date"),
        ] {
            assert_eq!(nearest(&fields, word).as_deref(), Some(near), "{word}");
        }
        assert_eq!(nearest(&fields, "zzzz"), None);
    }

    #[test]
    fn a_block_is_told_horizon_by_horizon() {
        let names = ["id", "moves.HORIZON.pct", "moves.HORIZON.from", "close"].map(str::to_owned);
        let all = expanded(&names, |_| vec!["1D".to_owned(), "YTD".to_owned()]);
        assert_eq!(all, ["id", "moves.1D.pct", "moves.1D.from", "moves.YTD.pct", "moves.YTD.from", "close"]);
    }
}
