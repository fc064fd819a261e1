//! How far back the closes behind records since the data begin are held, and how to have more.
//!
//! Not for: looking for records further back (`app::depth`).

use chrono::{Days, NaiveDate};

use super::Inputs;
use crate::domain::Snapshot;
use crate::domain::snapshot::{Note, NoteKind, Row};

/// Days of ten years, which `marketsnap sync` fetches, less the grace that a base session has.
const TEN_YEARS: u64 = 3652 - GRACE;
/// A listing's closes begin with it, or so many days later.
const GRACE: u64 = 20;
/// So many instruments are named.
const NAMED: usize = 3;

/// Says since when closes are held of instruments whose records nothing that is held outdates, where that is
/// less than ten years and the listing is older.
pub fn tell_reach(report: &mut Snapshot, inputs: &Inputs<'_>) {
    let short: Vec<String> = report.instruments.iter().filter_map(|row| short(row, inputs)).collect();
    if short.is_empty() {
        return;
    }
    let named = short.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = match short.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!(
        "Records reach back as far as closes are held ({named}{more}); `marketsnap sync` fetches ten years."
    );
    let at = report.notes.partition_point(|n| n.kind <= NoteKind::History);
    report.notes.insert(at, Note { kind: NoteKind::History, message });
}

/// `CSI300: 2024-01-08`
fn short(row: &Row, inputs: &Inputs<'_>) -> Option<String> {
    let first = row.records.iter().find(|r| r.since_start)?.date;
    let listed = inputs.universe.instrument(&row.id).and_then(|i| i.listed);
    let whole = |listed: NaiveDate| listed.checked_add_days(Days::new(GRACE)).is_none_or(|day| first <= day);
    let held_long = row.session.date?.checked_sub_days(Days::new(TEN_YEARS)).is_none_or(|day| first <= day);
    (!held_long && !listed.is_some_and(whole)).then(|| format!("{}: {first}", row.id))
}
