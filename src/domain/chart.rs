//! The finished chart of `chart`: the lines to draw over one window, with the facts of their legend. Field
//! names are those of the JSON `marketsnap.chart/1`.
//!
//! Not for: choosing the points (`compute`) or where they are drawn (`render`).

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::horizon::Horizon;
use super::instrument::{Basis, InstrumentId, Kind};
use super::moves::Absent;
use super::series::Warning;
use super::snapshot::{AskedSource, Completeness, Failed, MoveCell, Note, Session, SourceInfo};

/// What the values of a chart are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Each line's first close is 100.
    Rebased,
    /// Closes as they are.
    Absolute,
}

/// One session of a line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ChartPoint {
    /// Session date.
    pub date: NaiveDate,
    /// Close, or the live value.
    pub close: f64,
    /// What is drawn: the close, or close / first close x 100.
    pub value: f64,
}

/// One line of a chart.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ChartLine {
    /// Our id.
    pub id: InstrumentId,
    /// Name.
    pub name: String,
    /// What sort of thing it is.
    pub kind: Kind,
    /// Currency of its closes.
    pub currency: Option<String>,
    /// What its closes include.
    pub basis: Basis,
    /// It is what the others are compared with.
    pub is_benchmark: bool,
    /// Its newest session.
    pub session: Session,
    /// Close of that session.
    pub close: Option<f64>,
    /// It begins after the chart does, with the first session held of it.
    pub begins_late: bool,
    /// From the first to the last session drawn, in percent.
    pub change: MoveCell,
    /// One point a session, oldest first.
    pub points: Vec<ChartPoint>,
    /// Why there is no line.
    pub absent: Option<Absent>,
    /// Where its closes come from.
    pub source: Option<SourceInfo>,
    /// Other sources with the same close for the same session.
    pub confirmed_by: Vec<String>,
    /// What a reader should know.
    pub warnings: Vec<Warning>,
    /// Digits after the point that its close is quoted with.
    #[serde(skip)]
    pub decimals: u8,
}

/// The finished chart.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Chart {
    /// `marketsnap.chart/1`.
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
    /// The line that the others are compared with, if one was asked for.
    pub benchmark: Option<InstrumentId>,
    /// `local`, or the currency that closes were converted to.
    pub currency: String,
    /// The window asked for.
    pub over: Horizon,
    /// What the values are.
    pub measure: Measure,
    /// The first day of the chart: each line begins with its last session on or before it.
    pub base_date: Option<NaiveDate>,
    /// The last day of the chart.
    pub end_date: Option<NaiveDate>,
    /// The lines, in the order asked for.
    pub lines: Vec<ChartLine>,
    /// The sources that were asked or are not to be asked now.
    pub sources: Vec<AskedSource>,
    /// Remarks.
    pub notes: Vec<Note>,
    /// What could not be had.
    pub errors: Vec<Failed>,
    /// Equal ratios are equally far apart; never where a value is zero or below.
    #[serde(skip)]
    pub log: bool,
}
