//! The words of the field as plain data with checked constructors: instrument, exchange, session,
//! series, horizon, move, and the finished reports.
//!
//! Not for: I/O, clocks, derivation of figures (`compute`) or layout (`render`).

pub mod chart;
pub mod check;
pub mod comparison;
pub mod currency;
pub mod digits;
pub mod exchange;
pub mod expr;
pub mod fields;
pub mod history;
pub mod horizon;
pub mod instrument;
pub mod lang;
pub mod limit;
pub mod link;
pub mod listing;
pub mod movers;
pub mod moves;
pub mod news;
pub mod ordered;
pub mod own;
pub mod report;
pub mod row;
pub mod schema;
pub mod search;
pub mod series;
pub mod settings;
pub mod show;
pub mod snapshot;
pub mod sources;
pub mod sync;
pub mod text;
pub mod universe;
pub mod wait;

pub use chart::Chart;
pub use check::Check;
pub use comparison::Comparison;
pub use exchange::{Calendar, Exchange, Expectation, Hours, SessionTimes, SpecialDay, VenueKind};
pub use history::History;
pub use horizon::Horizon;
pub use instrument::{Basis, Instrument, InstrumentId, Kind, Mic};
pub use lang::Lang;
pub use limit::{LimitStep, PriceLimit};
pub use link::Link;
pub use listing::Listing;
pub use movers::Movers;
pub use moves::{Absent, Move, Percent, Points};
pub use ordered::Ordered;
pub use own::{Own, OwnComposite, OwnGroup, OwnInstrument};
pub use report::Report;
pub use search::Search;
pub use series::{About, Bar, Provenance, RawRow, Series, Split, Warning, WarningKind};
pub use settings::Settings;
pub use show::Show;
pub use snapshot::Snapshot;
pub use sources::Sources;
pub use sync::Sync;
pub use universe::{Composite, Group, Member, Universe};
pub use wait::Wait;
