//! The store: one contract that every backend keeps, and what can happen to a file and to processes that
//! share it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::float_cmp)]
#![allow(clippy::disallowed_methods)]

#[path = "store/contract.rs"]
mod contract;
#[path = "store/file.rs"]
mod file;
#[path = "store/given.rs"]
mod given;
#[path = "store/instants.rs"]
mod instants;
#[path = "store/many.rs"]
mod many;
#[cfg(unix)]
#[path = "support/postgres.rs"]
mod postgres;
#[cfg(unix)]
#[path = "store/refused.rs"]
mod refused;
#[path = "report/mod.rs"]
mod report;
#[cfg(unix)]
#[path = "store/server.rs"]
mod server;

use marketsnap::store::Store;

mod promises {
    pub use super::contract::*;
    pub use super::instants::*;
}

/// Runs every promise of the contract on a blank store of each backend.
macro_rules! kept {
    ($($promise:ident),* $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $promise() {
                super::with_a_blank_file(|store| super::promises::$promise(store));
            })*
        }
        #[cfg(unix)]
        mod on_a_server {
            $(#[test]
            fn $promise() {
                super::server::with_a_blank_database(|store| super::promises::$promise(store));
            })*
        }
    };
}

fn with_a_blank_file(promise: impl Fn(&mut dyn Store)) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = given::open(&folder.path().join("closes.db")).store;
    promise(&mut store);
    assert_eq!(store.verify().unwrap(), []);
}

kept!(
    closes_come_back_to_the_bit_with_all_that_is_known_of_the_series,
    a_window_replaces_nothing_that_it_does_not_contain,
    an_unchanged_close_keeps_the_time_it_was_first_seen,
    a_restated_close_is_told_used_and_kept_in_both_versions,
    an_instant_reads_the_version_known_then_and_names_what_was_not_held,
    a_split_replaces_the_series_and_what_came_not_anew_is_left_out_until_it_does,
    an_instant_before_a_split_reads_the_old_basis_and_never_both,
    live_values_are_remembered_and_never_become_history,
    two_sources_bases_currencies_and_venues_stand_side_by_side,
    what_was_asked_for_is_known_and_closes_beyond_a_gap_are_not_read,
    pruning_forgets_what_lies_before_a_day,
    the_order_of_instruments_is_kept_and_unknown_ones_are_left_out,
    an_answer_that_comes_late_does_not_replace_a_newer_one,
    any_sequence_of_windows_ends_with_the_newest_version_and_all_older_ones_as_revisions,
    the_last_fetch_before_an_instant_is_known_whether_it_brought_anything_or_not,
    a_fetch_without_a_settled_close_and_one_that_comes_late_are_known_too,
    closes_of_a_clock_that_was_wrong_get_the_time_of_the_right_one,
    what_a_source_says_of_an_instrument_is_given_back_until_it_says_otherwise,
    a_session_that_came_later_and_a_hole_filled_later_are_reconstructed,
    an_instant_at_or_after_the_last_fetch_reads_what_no_instant_reads,
    warnings_are_those_of_the_newest_answer_that_covers_all,
    every_kind_of_warning_comes_back,
    the_range_of_a_close_outside_of_it_comes_back_and_no_other,
    a_series_read_back_gives_the_warnings_of_the_one_fetched,
    pruning_forgets_what_was_told_and_leaves_what_an_instant_needs,
    the_newest_close_or_move_beyond_a_bound_is_what_a_scan_of_all_closes_finds,
    only_the_series_that_is_meant_answers_and_only_for_a_session_that_it_has,
    what_is_beyond_a_bound_knows_the_version_in_use_gaps_and_splits,
    closes_at_the_ends_of_what_a_number_can_be_are_looked_at_without_failing,
);
