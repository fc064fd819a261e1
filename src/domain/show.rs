//! The finished page of `show`: everything about one instrument or composite, and how each figure came
//! about. Field names and order are those of the JSON `marketsnap.show/1`.
//!
//! Not for: deriving figures (`compute`) or laying them out (`render`). Nothing here is rounded.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use serde::Serialize;

use super::horizon::Horizon;
use super::instrument::InstrumentId;
use super::link::Link;
use super::moves::{Absent, Percent, Points};
use super::ordered::Ordered;
use super::row::{CompositeRow, MoveFlag, Row, Session, Standing, Status};
use super::snapshot::{AskedSource, Completeness, Failed, Note};

/// Where it is traded.
#[derive(Debug, Clone, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Venue {
    /// The venue's name ("Shanghai"); null for a composite.
    pub name: Option<String>,
    /// The end of the session, closing auction included, in the venue's own time; null while it is live.
    pub closed_local: Option<DateTime<FixedOffset>>,
}

/// A move over more than a year as a rate a year: ((1 + move) ^ (365.25 / days) - 1), in percent.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Annualised {
    /// The rate, in percent a year.
    pub pct: Option<Percent>,
    /// Calendar days between the two sessions.
    pub days: Option<i64>,
    /// Why it is missing.
    pub absent: Option<Absent>,
}

/// The sample standard deviation of daily log returns, over a year's sessions.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Volatility {
    /// In percent a year.
    pub pct: Option<Percent>,
    /// How many returns it is taken over.
    pub returns: usize,
    /// The session that the oldest return starts from.
    pub from: Option<NaiveDate>,
    /// The session that the newest return ends on.
    pub to: Option<NaiveDate>,
    /// Sessions in a year: 252, and 365 for what trades every day.
    pub sessions_a_year: u16,
    /// Why it is missing.
    pub absent: Option<Absent>,
}

/// How much the closes vary.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Risk {
    /// Over the newest 60 returns.
    pub volatility_60: Volatility,
    /// Over the newest 250 returns.
    pub volatility_250: Volatility,
}

/// One of the newest sessions.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Day {
    /// Its date.
    pub date: NaiveDate,
    /// Its close, or the live value.
    pub close: f64,
    /// Whether the close is final.
    pub settled: bool,
    /// Close minus the close before, in the unit of the close.
    pub change: Option<f64>,
    /// The move from the close before, in percent.
    pub pct: Option<Percent>,
    /// What is unusual about the move.
    pub flags: Vec<MoveFlag>,
    /// Why the move is missing.
    pub absent: Option<Absent>,
}

/// Another source that has the shown session's close within 0.1 %.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Confirmation {
    /// Its short name.
    pub source: String,
    /// The close that it has.
    pub close: f64,
}

/// What a member did between a composite's two newest dates.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct MemberDay {
    /// The member.
    pub id: InstrumentId,
    /// Its name.
    pub name: String,
    /// Its share of the weight of those that count, in percent.
    pub weight_pct: Option<Percent>,
    /// Where it stood.
    pub standing: Standing,
    /// Its last session on or before the composite's date before the newest.
    pub from: Option<NaiveDate>,
    /// Close of that session.
    pub base: Option<f64>,
    /// Its last session on or before the composite's newest date.
    pub to: Option<NaiveDate>,
    /// Close of that session.
    pub close: Option<f64>,
    /// Its move between the two, in percent; 0 where both are one session.
    pub pct: Option<Percent>,
    /// Weight x move: what it adds to the composite's move.
    pub contribution_pp: Option<Points>,
}

/// A value that went into a figure.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Input {
    /// Its name in the formula.
    pub name: String,
    /// The session it belongs to.
    pub date: Option<NaiveDate>,
    /// The value; null where it is not held.
    pub value: Option<f64>,
}

/// How one figure came about.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Audit {
    /// The figure's place in this document's row, risk or annualised moves (`moves.1D.pct`).
    pub figure: String,
    /// How the result follows from the inputs, by their names; null where it is looked up or counted.
    pub formula: Option<String>,
    /// How the inputs were chosen.
    pub rule: String,
    /// What went in.
    pub inputs: Vec<Input>,
    /// What came out: the figure itself.
    pub result: Option<f64>,
    /// Unit of the result: `%`, `pp`, `sessions`, `st.dev.`, `ratio`, a currency, or `points`.
    pub unit: String,
    /// Why there is none.
    pub absent: Option<Absent>,
    /// What the reader calls the figure; empty where only JSON tells how it came about.
    #[serde(skip)]
    pub title: String,
    /// The result is told with its sign.
    #[serde(skip)]
    pub signed: bool,
}

/// The finished page of `show`.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Show {
    /// `marketsnap.show/1`.
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
    /// What it is compared with.
    pub benchmark: InstrumentId,
    /// `local`, or the currency that closes were converted to.
    pub currency: String,
    /// The row of `today`; null for a composite.
    pub instrument: Option<Row>,
    /// The row of `today`; null for an instrument.
    pub composite: Option<CompositeRow>,
    /// Where it is traded.
    pub venue: Venue,
    /// Other sources' closes of the shown session.
    pub confirmations: Vec<Confirmation>,
    /// Moves over more than a year as rates a year.
    pub annualised: Ordered<Horizon, Annualised>,
    /// How much its closes vary.
    pub risk: Risk,
    /// How closely it moves with the benchmark.
    pub link: Link,
    /// The newest sessions, up to ten, the newest first.
    pub sessions: Vec<Day>,
    /// What a composite's members did; empty for an instrument.
    pub members: Vec<MemberDay>,
    /// How each figure came about.
    pub audit: Vec<Audit>,
    /// The sources that were asked or are not to be asked now.
    pub sources: Vec<AskedSource>,
    /// Remarks.
    pub notes: Vec<Note>,
    /// What could not be had.
    pub errors: Vec<Failed>,
    /// The benchmark's name.
    #[serde(skip)]
    pub benchmark_name: String,
}

impl Show {
    /// What the page is about, instrument or composite.
    #[must_use]
    pub fn row(&self) -> Option<&Row> {
        self.instrument.as_ref().or(self.composite.as_ref().map(|c| &c.row))
    }

    /// The session that the page speaks of.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        self.row().map(|row| &row.session)
    }

    /// Whether the newest value may still change.
    #[must_use]
    pub fn open(&self) -> bool {
        let status = self.session().and_then(|s| s.status);
        matches!(status, Some(Status::Live | Status::Provisional)) || self.awaits_rate()
    }

    /// Whether the rate of exchange of the newest session is not fixed yet.
    #[must_use]
    pub fn awaits_rate(&self) -> bool {
        self.row().and_then(|row| row.fx.as_ref()).is_some_and(|fx| fx.pending)
    }
}
