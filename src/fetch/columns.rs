//! Reads CSV with a header line, row by row.
//!
//! Not for: what a column means (the sources). Nothing is quoted in these files, so that a stray quote
//! costs its own row and no other.

use csv::{ReaderBuilder, StringRecord};

use super::source::SourceError;
use crate::domain::text::sanitise;

/// A header and the whole lines below it.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    header: StringRecord,
    rows: Vec<StringRecord>,
}

impl Table {
    /// Reads the lines that are whole: the last one is left out unless a line end follows it, because
    /// a number that was cut off is still a number.
    ///
    /// # Errors
    /// [`SourceError::Malformed`] where the first line is no header, [`SourceError::Garbled`] where it
    /// is not whole.
    pub(crate) fn read(text: &str) -> Result<Self, SourceError> {
        let first = text.lines().next().unwrap_or_default();
        if !first.contains(',') {
            return Err(SourceError::Malformed(format!("it begins with \"{}\"", sanitise(first, 40))));
        }
        let Some((whole, _)) = text.rsplit_once('\n') else {
            return Err(SourceError::Garbled("it ends within its first line".to_owned()));
        };
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .quoting(false)
            .from_reader(whole.as_bytes());
        let mut records = reader.records().filter_map(Result::ok);
        let header = records.next().unwrap_or_default();
        Ok(Self { header, rows: records.collect() })
    }

    /// The columns' names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.header.iter().map(plain)
    }

    /// Position of the column of this name, in letters of either case.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.names().position(|n| n.eq_ignore_ascii_case(name))
    }

    /// The rows, each as what stands in a column; empty where the row is too short.
    pub(crate) fn rows<'t>(&'t self) -> impl Iterator<Item = impl Fn(usize) -> &'t str> {
        self.rows.iter().map(|row| move |at| row.get(at).map(plain).unwrap_or_default())
    }
}

fn plain(cell: &str) -> &str {
    cell.trim().trim_matches('"').trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<(String, String)> {
        let table = Table::read(text).unwrap();
        table.rows().map(|cell| (cell(0).to_owned(), cell(1).to_owned())).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn a_last_line_without_its_end_is_left_out_however_whole_it_looks() {
        assert_eq!(cells("d,x\r\n1,10\r\n2,20\r\n"), pairs(&[("1", "10"), ("2", "20")]));
        assert_eq!(cells("d,x\n1,10\n2,2"), pairs(&[("1", "10")]));
        assert_eq!(cells("d,x\n"), []);
    }

    #[test]
    fn short_rows_and_stray_quotes_cost_no_other_row() {
        assert_eq!(cells("d,x\n1\n\"2,20\n3,30\n"), pairs(&[("1", ""), ("2", "20"), ("3", "30")]));
    }

    #[test]
    fn columns_are_found_by_name_in_either_case() {
        let table = Table::read(" \"DATE\",Close \n").unwrap();
        assert_eq!(
            (table.column("date"), table.column("CLOSE"), table.column("x")),
            (Some(0), Some(1), None)
        );
    }

    #[test]
    fn what_is_no_header_is_malformed_and_half_a_header_is_garbled() {
        assert!(matches!(Table::read("Not Found\nx,y\n"), Err(SourceError::Malformed(_))));
        assert!(matches!(Table::read("d,x"), Err(SourceError::Garbled(_))));
    }
}
