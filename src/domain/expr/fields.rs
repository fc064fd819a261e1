//! The figures that an expression can name: one table of names, types and meanings, which the parser, the
//! help, suggestions and the documentation read.
//!
//! Not for: finding a figure in a report (`compute::check`).

use crate::domain::Horizon;
use crate::domain::horizon;

/// A figure of an instrument, a composite or a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Close.
    Close,
    /// Close of the session before.
    Previous,
    /// Close minus previous close.
    Change,
    /// The move over a horizon.
    Move(Horizon),
    /// The move minus the benchmark's.
    Excess(Horizon),
    /// (1 + move) / (1 + benchmark's move) - 1.
    Relative(Horizon),
    /// Where the close stands in the 52-week range.
    RangePosition,
    /// Lowest close of 52 weeks.
    RangeLow,
    /// Highest close of 52 weeks.
    RangeHigh,
    /// The 1D move in standard deviations.
    ZScore,
    /// How many of the 250 moves before were as large.
    Rarity,
    /// Close against the highest close.
    Drawdown,
    /// Sessions in one direction.
    Streak,
    /// How many sessions ago the daily gain was as large.
    GainSessions,
    /// How many sessions ago the daily loss was as large.
    LossSessions,
    /// How many sessions ago the close was as high.
    HighSessions,
    /// How many sessions ago the close was as low.
    LowSessions,
    /// The price limit that it closed at.
    Limit,
    /// The session's date.
    Session,
    /// The session's state.
    Status,
    /// Members that rose.
    Advancers,
    /// Members that fell.
    Decliners,
    /// Members that did not move.
    Unchanged,
    /// Members without a move.
    Missing,
    /// Median move.
    Median,
    /// Mean move.
    Mean,
    /// Share of the members above their 50-day mean.
    Above50d,
    /// The member that moved most upwards.
    Best,
    /// Its move.
    BestMove,
    /// The member that moved most downwards.
    Worst,
    /// Its move.
    WorstMove,
    /// Members that closed limit up.
    LimitUp,
    /// Members that closed limit down.
    LimitDown,
}

/// What has a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Instruments and composites.
    Row,
    /// Groups.
    Group,
}

/// What a number counts. A bare number of an expression fits all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A number without a unit.
    Bare,
    /// Percent: 3.53 means 3.53 %.
    Percent,
    /// Percentage points.
    Points,
    /// In the unit of the close.
    Price,
    /// Standard deviations.
    Deviations,
    /// Sessions.
    Sessions,
    /// Members.
    Members,
}

impl Unit {
    /// Its name, as in JSON and in messages.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Unit::Bare => "number",
            Unit::Percent => "percent",
            Unit::Points => "pp",
            Unit::Price => "price",
            Unit::Deviations => "deviations",
            Unit::Sessions => "sessions",
            Unit::Members => "members",
        }
    }
}

/// What sort of value a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A number.
    Number(Unit),
    /// One of these words.
    Word(&'static [&'static str]),
    /// The id of a member.
    Member,
    /// A day.
    Date,
}

impl Type {
    /// Its name, as in JSON and in messages.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Type::Number(unit) => unit.word(),
            Type::Word(_) => "word",
            Type::Member => "id",
            Type::Date => "date",
        }
    }
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct FieldInfo {
    /// Its name; `HORIZON` in it stands for 1D, YTD and the like.
    pub name: &'static str,
    /// What has it.
    pub of: Of,
    /// What sort of value it is.
    pub holds: Type,
    /// What it means.
    pub help: &'static str,
    make: Make,
}

#[derive(Debug, Clone, Copy)]
enum Make {
    One(Field),
    Over(fn(Horizon) -> Field),
}

const fn row(name: &'static str, field: Field, holds: Type, help: &'static str) -> FieldInfo {
    FieldInfo { name, of: Of::Row, holds, help, make: Make::One(field) }
}

const fn over(name: &'static str, make: fn(Horizon) -> Field, holds: Type, help: &'static str) -> FieldInfo {
    FieldInfo { name, of: Of::Row, holds, help, make: Make::Over(make) }
}

const fn group(name: &'static str, field: Field, holds: Type, help: &'static str) -> FieldInfo {
    FieldInfo { name, of: Of::Group, holds, help, make: Make::One(field) }
}

const PERCENT: Type = Type::Number(Unit::Percent);
const PRICE: Type = Type::Number(Unit::Price);
const SESSIONS: Type = Type::Number(Unit::Sessions);
const MEMBERS: Type = Type::Number(Unit::Members);
const SIDES: Type = Type::Word(&["up", "down", "none"]);
const STATES: Type = Type::Word(&["settled", "live", "stale", "shut", "provisional"]);

/// What stands in a name for a horizon.
const HORIZON: &str = "HORIZON";

/// Every field.
pub const TABLE: [FieldInfo; 33] = [
    row("close", Field::Close, PRICE, "close, or the live value"),
    row("previous", Field::Previous, PRICE, "close of the session before"),
    row("change", Field::Change, PRICE, "close minus previous close"),
    over("HORIZON", Field::Move, PERCENT, "move over 1D, 5D, 1W ... YTD or since:DATE"),
    over("excess.HORIZON", Field::Excess, Type::Number(Unit::Points), "move minus the benchmark's move"),
    over("relative.HORIZON", Field::Relative, PERCENT, "(1 + move) / (1 + benchmark's move) - 1"),
    row("range.position", Field::RangePosition, PERCENT, "place in the 52-week range: 0 low, 100 high"),
    row("range.low", Field::RangeLow, PRICE, "lowest close of 52 weeks"),
    row("range.high", Field::RangeHigh, PRICE, "highest close of 52 weeks"),
    row("z", Field::ZScore, Type::Number(Unit::Deviations), "1D move over the deviation of those before"),
    row("rarity", Field::Rarity, SESSIONS, "how many of up to 250 moves before were as large"),
    row("drawdown", Field::Drawdown, PERCENT, "close against the highest close held: 0 at a peak"),
    row("streak", Field::Streak, SESSIONS, "sessions in one direction: +5 up, -4 down"),
    row("record.gain_sessions", Field::GainSessions, SESSIONS, "largest daily gain since so many sessions"),
    row("record.loss_sessions", Field::LossSessions, SESSIONS, "largest daily loss since so many sessions"),
    row("record.high_sessions", Field::HighSessions, SESSIONS, "highest close since so many sessions"),
    row("record.low_sessions", Field::LowSessions, SESSIONS, "lowest close since so many sessions"),
    row("limit", Field::Limit, SIDES, "closed at its price limit: up, down or none"),
    row("session", Field::Session, Type::Date, "date of the session, such as 2026-01-21"),
    row("status", Field::Status, STATES, "settled, live, stale, shut or provisional"),
    group("advancers", Field::Advancers, MEMBERS, "members whose 1D move is above zero"),
    group("decliners", Field::Decliners, MEMBERS, "members whose 1D move is below zero"),
    group("unchanged", Field::Unchanged, MEMBERS, "members whose 1D move is zero"),
    group("absent", Field::Missing, MEMBERS, "members without a 1D move"),
    group("median", Field::Median, PERCENT, "median 1D move"),
    group("mean", Field::Mean, PERCENT, "mean 1D move"),
    group("above_50d", Field::Above50d, PERCENT, "share of members above their 50-day mean"),
    group("best", Field::Best, Type::Member, "the member that moved most upwards"),
    group("best.1D", Field::BestMove, PERCENT, "its 1D move"),
    group("worst", Field::Worst, Type::Member, "the member that moved most downwards"),
    group("worst.1D", Field::WorstMove, PERCENT, "its 1D move"),
    group("limit_up", Field::LimitUp, MEMBERS, "members that closed at their upper limit"),
    group("limit_down", Field::LimitDown, MEMBERS, "members that closed at their lower limit"),
];

impl Field {
    /// Its row of the table.
    #[must_use]
    pub fn info(self) -> FieldInfo {
        let own = |info: &&FieldInfo| match info.make {
            Make::One(field) => field == self,
            Make::Over(make) => self.horizon().is_some_and(|h| make(h) == self),
        };
        let found = TABLE.iter().find(own).copied();
        found.unwrap_or(FieldInfo { make: Make::One(self), ..TABLE[0] })
    }

    /// The horizon it is over.
    #[must_use]
    pub fn horizon(self) -> Option<Horizon> {
        match self {
            Field::Move(h) | Field::Excess(h) | Field::Relative(h) => Some(h),
            _ => None,
        }
    }

    /// Whether it is against the benchmark.
    #[must_use]
    pub fn against(self) -> bool {
        matches!(self, Field::Excess(_) | Field::Relative(_))
    }

    /// Whether it is of everything held: a record or a drawdown.
    #[must_use]
    pub fn of_everything(self) -> bool {
        use Field::{Drawdown, GainSessions, HighSessions, LossSessions, LowSessions};
        matches!(self, Drawdown | GainSessions | LossSessions | HighSessions | LowSessions)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> String {
        let name = self.info().name;
        self.horizon().map_or_else(|| name.to_owned(), |h| name.replace(HORIZON, &spelt(h)))
    }

    /// The longest field's name that a text begins with, and its length in bytes.
    pub(super) fn at(text: &str) -> Option<(Self, usize)> {
        let whole = |length: &usize| text.get(*length..).is_some_and(ends);
        let found = TABLE.iter().flat_map(|info| match info.make {
            Make::One(field) => vec![starts(text, info.name).map(|length| (field, length))],
            Make::Over(make) => {
                let prefix = info.name.trim_end_matches(HORIZON);
                let rest = starts(text, prefix).and_then(|length| Some((length, text.get(length..)?)));
                let horizons = rest.map(|(length, rest)| (length, horizons_at(rest)));
                let made = horizons.into_iter().flat_map(|(length, found)| {
                    found.into_iter().map(move |(h, more)| Some((make(h), length + more)))
                });
                made.collect()
            }
        });
        found.flatten().filter(|(_, length)| whole(length)).max_by_key(|(_, length)| *length)
    }

    /// The field's name that is most like a word, of those that such a thing has.
    #[must_use]
    pub fn nearest(word: &str, of: Option<Of>) -> Option<String> {
        let word = word.to_lowercase();
        let known = TABLE.iter().filter(|info| of.is_none_or(|of| info.of == of));
        let names = known.flat_map(|info| match info.make {
            Make::One(_) => vec![info.name.to_owned()],
            Make::Over(_) => horizon::TABLE.iter().map(|(l, ..)| info.name.replace(HORIZON, l)).collect(),
        });
        // A name that the word begins comes first.
        let like = |name: &str| {
            let begun = if name.to_lowercase().starts_with(&word) { 1.0 } else { 0.0 };
            begun + strsim::jaro_winkler(&name.to_lowercase(), &word)
        };
        let best = names.map(|name| (like(&name), name)).max_by(|a, b| a.0.total_cmp(&b.0));
        best.filter(|(like, _)| *like > 0.7).map(|(_, name)| name)
    }
}

fn spelt(horizon: Horizon) -> String {
    horizon.label().replace("since ", "since:")
}

/// The length of a name that a text begins with, in any case.
fn starts(text: &str, name: &str) -> Option<usize> {
    text.get(..name.len()).filter(|head| head.eq_ignore_ascii_case(name)).map(str::len)
}

/// The horizons that a text begins with, with their lengths.
fn horizons_at(text: &str) -> Vec<(Horizon, usize)> {
    let labels = horizon::TABLE.iter();
    let mut found: Vec<(Horizon, usize)> =
        labels.filter_map(|(label, horizon, _)| Some((*horizon, starts(text, label)?))).collect();
    let since = starts(text, "since:").and_then(|at| Some((at, text.get(at..at + 10)?)));
    if let Some((at, date)) = since.and_then(|(at, date)| Some((at, date.parse().ok()?))) {
        found.push((Horizon::Since(date), at + 10));
    }
    found
}

/// Whether a name ends before this text.
fn ends(rest: &str) -> bool {
    let mut chars = rest.chars();
    match chars.next() {
        None => true,
        Some('.') => !chars.next().is_some_and(char::is_alphanumeric),
        Some(c) => !c.is_alphanumeric() && c != '_',
    }
}
