//! The finished report of `movers`: members ranked by their move, the breadth of their group, and what each
//! contributed to a composite. Field names and order are those of the JSON `marketsnap.movers/1`.
//!
//! Not for: deriving or ranking (`compute`), or layout (`render`).

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::currency::{Fx, Local};
use super::horizon::Horizon;
use super::instrument::{Basis, InstrumentId, Kind, Mic};
use super::moves::{Absent, Percent, Points};
use super::ordered::Ordered;
use super::row::{
    CompositeRow, GroupRow, Limit, MoveCell, Previous, RelativeCell, Row, Session, SourceInfo, Standing,
};
use super::series::Warning;
use super::snapshot::{AskedSource, Completeness, Failed, Note};
use super::universe::Group;

/// Members whose newest settled close is above the mean of their last 50.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Above50d {
    /// How many are above it.
    pub members: usize,
    /// How many have 50 settled closes.
    pub of: usize,
    /// The first as a share of the second; null where no member has 50.
    pub pct: Option<Percent>,
    /// How many have fewer than 50, and are counted nowhere else.
    pub absent: usize,
}

/// What the members of a group did together over one horizon, each over its own sessions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Breadth {
    /// Members whose move is above zero.
    pub advancers: usize,
    /// Members whose move is below zero.
    pub decliners: usize,
    /// Members whose move is zero.
    pub unchanged: usize,
    /// Members without a move.
    pub absent: usize,
    /// The members without a move.
    pub absent_members: Vec<InstrumentId>,
    /// Median move, in percent.
    pub median_pct: Option<Percent>,
    /// Mean move, in percent.
    pub mean_pct: Option<Percent>,
    /// The member that moved most upwards.
    pub best: Option<InstrumentId>,
    /// Its move, in percent.
    pub best_pct: Option<Percent>,
    /// The member that moved most downwards.
    pub worst: Option<InstrumentId>,
    /// Its move, in percent.
    pub worst_pct: Option<Percent>,
    /// Members above the mean of their last 50 closes.
    pub above_50d: Above50d,
    /// Members that closed limit up.
    pub limit_up: Vec<InstrumentId>,
    /// Members that closed limit down.
    pub limit_down: Vec<InstrumentId>,
    /// The sessions the members' moves end on, oldest first.
    pub sessions: Vec<NaiveDate>,
    /// Members whose newest value is live.
    pub live: Vec<InstrumentId>,
}

/// A member's part in a composite's move.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Contribution {
    /// The member.
    pub id: InstrumentId,
    /// Its share of the composite's weight.
    pub weight_pct: Percent,
    /// Its last session on or before the composite's base date.
    pub from: Option<NaiveDate>,
    /// Its last session on or before the composite's newest date.
    pub to: Option<NaiveDate>,
    /// Its move between these two.
    pub pct: Option<Percent>,
    /// What it added to the composite's move; 0 for a member that did not trade.
    pub contribution_pp: Option<Points>,
    /// Where it stood on the newest date; null where the composite has no level.
    pub part: Option<Standing>,
    /// Why there is no contribution.
    pub absent: Option<Absent>,
}

/// Every member's part in a composite's move; they sum to it.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Contributions {
    /// The composite's base date.
    pub from: Option<NaiveDate>,
    /// Its newest date.
    pub to: Option<NaiveDate>,
    /// Its move.
    pub pct: Option<Percent>,
    /// How many composite dates the move is chained over.
    pub dates: Option<usize>,
    /// The members, the largest contribution first.
    pub members: Vec<Contribution>,
    /// Why the move is missing.
    pub absent: Option<Absent>,
}

/// One member of a group, at its place.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Mover {
    /// Its place, from 1; null without a move.
    pub rank: Option<usize>,
    /// Our id.
    pub id: InstrumentId,
    /// Name.
    pub name: String,
    /// What sort of thing it is.
    pub kind: Kind,
    /// ISO country.
    pub country: Option<String>,
    /// Venue.
    pub exchange: Option<Mic>,
    /// Currency of the close.
    pub currency: Option<String>,
    /// What the close includes.
    pub basis: Basis,
    /// Its newest session.
    pub session: Session,
    /// Close, or the live value.
    pub close: Option<f64>,
    /// The session before.
    pub previous: Previous,
    /// Moves by horizon.
    pub moves: Ordered<Horizon, MoveCell>,
    /// Moves against the benchmark.
    pub relative: Ordered<Horizon, RelativeCell>,
    /// Price limit.
    pub limit: Limit,
    /// The conversion applied; null in local currency.
    pub fx: Option<Fx>,
    /// The close before conversion; null in local currency.
    pub local: Option<Local>,
    /// Where the closes come from.
    pub source: Option<SourceInfo>,
    /// Other sources that agree within 0.1 %.
    pub confirmed_by: Vec<String>,
    /// What a reader should know.
    pub warnings: Vec<Warning>,
    /// Digits after the point that its close is quoted with.
    #[serde(skip)]
    pub decimals: u8,
}

impl Mover {
    /// A row at its place.
    #[must_use]
    pub fn of(row: &Row, rank: Option<usize>) -> Self {
        Self {
            rank,
            id: row.id.clone(),
            name: row.name.clone(),
            kind: row.kind,
            country: row.country.clone(),
            exchange: row.exchange.clone(),
            currency: row.currency.clone(),
            basis: row.basis,
            session: row.session.clone(),
            close: row.close,
            previous: row.previous.clone(),
            moves: row.moves.clone(),
            relative: row.relative.clone(),
            limit: row.limit.clone(),
            fx: row.fx.clone(),
            local: row.local.clone(),
            source: row.source.clone(),
            confirmed_by: row.confirmed_by.clone(),
            warnings: row.warnings.clone(),
            decimals: row.decimals,
        }
    }
}

/// What a block of the report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// A group of the catalogue; ranked by move.
    Group,
    /// A composite; ranked by contribution, or by move where the composite has none.
    Composite,
    /// The instruments that were named one by one; ranked by move.
    Named,
}

/// A group with its members ranked.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct MoversBlock {
    /// What it is.
    pub kind: BlockKind,
    /// Its id; null for instruments named one by one.
    pub id: Option<InstrumentId>,
    /// Its name; null for instruments named one by one.
    pub name: Option<String>,
    /// Its breadth.
    pub breadth: Breadth,
    /// Its members, ranked; those without a move last.
    pub members: Vec<Mover>,
    /// How many members in the middle are not listed.
    pub not_listed: usize,
    /// The composite itself; null for all else.
    pub composite: Option<CompositeRow>,
    /// What each member contributed to the composite; null for all else.
    pub contributions: Option<Contributions>,
}

/// The finished report of `movers`.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Movers {
    /// `marketsnap.movers/1`.
    pub schema: &'static str,
    /// The instant it speaks for.
    pub as_of: DateTime<Utc>,
    /// The day asked for, if one was.
    pub date: Option<NaiveDate>,
    /// When it was made.
    pub generated_at: DateTime<Utc>,
    /// It shows the closes built into the program.
    pub demo: bool,
    /// Whether everything asked for is in it.
    pub status: Completeness,
    /// What rows are compared with.
    pub benchmark: InstrumentId,
    /// `local`, or the currency that closes were converted to.
    pub currency: String,
    /// The horizon that members are ranked by.
    pub sort: Horizon,
    /// How many of the best and of the worst are listed; null for all.
    pub top: Option<usize>,
    /// Groups, composites and named instruments, in the order asked for.
    pub groups: Vec<MoversBlock>,
    /// The sources that were asked or are not to be asked now.
    pub sources: Vec<AskedSource>,
    /// Remarks.
    pub notes: Vec<Note>,
    /// What could not be had.
    pub errors: Vec<Failed>,
    /// The benchmark's name.
    #[serde(skip)]
    pub benchmark_name: String,
    /// The horizons, in order.
    #[serde(skip)]
    pub horizons: Vec<Horizon>,
    /// The reader named the horizons, and is told of those that do not fit.
    #[serde(skip)]
    pub horizons_named: bool,
    /// The sessions of all members and composites, listed or not.
    #[serde(skip)]
    pub sessions: Vec<Session>,
}

impl GroupRow {
    /// A group's row from its breadth over 1D.
    #[must_use]
    pub fn of(group: &Group, breadth: Breadth) -> Self {
        Self {
            id: group.id.clone(),
            name: group.name.clone(),
            advancers: breadth.advancers,
            decliners: breadth.decliners,
            unchanged: breadth.unchanged,
            absent: breadth.absent,
            absent_members: breadth.absent_members,
            median_1d_pct: breadth.median_pct,
            mean_1d_pct: breadth.mean_pct,
            best: breadth.best,
            best_1d_pct: breadth.best_pct,
            worst: breadth.worst,
            worst_1d_pct: breadth.worst_pct,
            above_50d: breadth.above_50d,
            limit_up: breadth.limit_up,
            limit_down: breadth.limit_down,
            sessions: breadth.sessions,
            live: breadth.live,
        }
    }

    /// The breadth that it is made of.
    #[must_use]
    pub fn breadth(&self) -> Breadth {
        Breadth {
            advancers: self.advancers,
            decliners: self.decliners,
            unchanged: self.unchanged,
            absent: self.absent,
            absent_members: self.absent_members.clone(),
            median_pct: self.median_1d_pct,
            mean_pct: self.mean_1d_pct,
            best: self.best.clone(),
            best_pct: self.best_1d_pct,
            worst: self.worst.clone(),
            worst_pct: self.worst_1d_pct,
            above_50d: self.above_50d,
            limit_up: self.limit_up.clone(),
            limit_down: self.limit_down.clone(),
            sessions: self.sessions.clone(),
            live: self.live.clone(),
        }
    }
}
