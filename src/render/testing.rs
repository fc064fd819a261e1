//! A realistic report of 21 January 2026 for the tests of this room.
