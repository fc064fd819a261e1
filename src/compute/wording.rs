//! The sentences of a report's head, worded from typed facts, in every language of [`Lang`].
//!
//! Not for: which facts are told (`highlights`), or notes and errors, which are in English.

use chrono::{Datelike, NaiveDate};

use super::converted;
use crate::domain::snapshot::{HighlightKind, Rarity, Record, RecordKind, Row};
use crate::domain::{Kind, Lang, WarningKind, digits};

/// What can be told of a row's session.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fact<'a> {
    /// A dated superlative.
    Record(&'a Record),
    /// A close at the price limit, whether its move is a record, and how rare it is; neither of a converted
    /// close.
    Limit { up: bool, record: Option<&'a Record>, rarity: Option<&'a Rarity> },
    /// Sessions in one direction.
    Streak { up: bool, sessions: usize },
    /// A move that is large beside those before it.
    Large { rarity: &'a Rarity },
}

impl<'a> Fact<'a> {
    pub(super) fn kind(&self) -> HighlightKind {
        match self {
            Self::Record(record) => record.kind.into(),
            Self::Limit { up: true, .. } => HighlightKind::LimitUp,
            Self::Limit { up: false, .. } => HighlightKind::LimitDown,
            Self::Streak { .. } => HighlightKind::Streak,
            Self::Large { .. } => HighlightKind::LargeMove,
        }
    }

    /// What is told: the record's value; of all else the day's move in percent, of a limit that of the closes
    /// as quoted.
    pub(super) fn value(&self, row: &Row) -> Option<f64> {
        match self {
            Self::Record(record) => Some(record.value),
            Self::Limit { .. } if converted::to(row).is_some() => row.day.local_pct.map(|pct| pct.0),
            _ => day_pct(row),
        }
    }

    /// The record that is told.
    pub(super) fn record(&self) -> Option<&'a Record> {
        match self {
            Self::Record(record) => Some(record),
            Self::Limit { record, .. } => *record,
            Self::Streak { .. } | Self::Large { .. } => None,
        }
    }
}

/// The day's move in percent; none where it spans a missing session or an end is not positive.
pub(super) fn day_pct(row: &Row) -> Option<f64> {
    let (close, before) = row.close.zip(row.previous.close)?;
    let whole = row.warnings.iter().all(|w| w.kind != WarningKind::Hole);
    (whole && close > 0.0 && before > 0.0).then(|| (close / before - 1.0) * 100.0)
}

/// A sentence without its full stop; `day` is told where it is not the report's newest.
///
/// "S&P 500 -2.06 % on 20 January: largest daily loss since 10 October 2025 (68 sessions)"
pub(super) fn sentence(row: &Row, fact: &Fact<'_>, day: Option<NaiveDate>, lang: Lang) -> String {
    match lang {
        Lang::En => {
            let day = day.map(|d| format!(" on {}", d.format("%-d %B"))).unwrap_or_default();
            format!("{}{day}: {}", head(row, fact, lang), english(fact))
        }
        Lang::Zh => {
            let day = day.map(|d| format!("（{}月{}日）", d.month(), d.day())).unwrap_or_default();
            format!("{}{day}：{}", head(row, fact, lang), chinese(fact))
        }
    }
}

/// The name with the day's move: in percent, or where percents mislead in points after the value. A limit was
/// met in the currency that the exchange quotes, so its move is that one and no other currency is named.
fn head(row: &Row, fact: &Fact<'_>, lang: Lang) -> String {
    let name = &row.name;
    let (percent, open, close, points) = match lang {
        Lang::En => (" %", " (", ")", ""),
        Lang::Zh => ("%", "（", "）", "点"),
    };
    if !row.in_points {
        let limit = matches!(fact, Fact::Limit { .. });
        let money = converted::to(row).filter(|_| !limit).map(|currency| match lang {
            Lang::En => format!(" in {currency}"),
            Lang::Zh => format!("（以{currency}计）"),
        });
        let pct = if limit { fact.value(row) } else { day_pct(row) };
        let day = pct.map(|pct| format!(" {}{percent}", signed(pct, 2)));
        return format!("{name}{}{}", day.unwrap_or_default(), money.unwrap_or_default());
    }
    let digits = usize::from(digits::of_level(row.close.unwrap_or(0.0), row.decimals));
    let value = row.close.map(|value| format!("{value:.digits$}")).unwrap_or_default();
    let unit = if row.kind == Kind::Rate { percent } else { "" };
    let change = match (row.change_bp, row.change) {
        (Some(bp), _) if lang == Lang::Zh => format!("{open}{}个基点{close}", signed(bp, 0)),
        (Some(bp), _) => format!("{open}{} bp{close}", signed(bp, 0)),
        (None, Some(change)) => format!("{open}{}{points}{close}", signed(change, digits)),
        (None, None) => String::new(),
    };
    format!("{name} {value}{unit}{change}")
}

/// A number with its sign; what rounds to zero has the positive one.
fn signed(value: f64, digits: usize) -> String {
    let text = format!("{value:+.digits$}");
    let zero = text.chars().all(|c| !c.is_ascii_digit() || c == '0');
    if zero { text.replacen('-', "+", 1) } else { text }
}

fn english(fact: &Fact<'_>) -> String {
    match fact {
        Fact::Record(record) => english_record(record),
        Fact::Limit { up, record, rarity } => {
            let side = if *up { "limit up" } else { "limit down" };
            let more = record.map(english_record).or_else(|| english_rarity((*rarity)?));
            more.map_or_else(|| side.to_owned(), |more| format!("{side}, {more}"))
        }
        Fact::Streak { up, sessions } => {
            format!("{sessions} {} sessions in a row", if *up { "rising" } else { "falling" })
        }
        Fact::Large { rarity } => english_rarity(rarity).unwrap_or_default(),
    }
}

fn english_record(record: &Record) -> String {
    let date = record.date.format("%-d %B %Y");
    let what = match record.kind {
        RecordKind::LargestDailyGainSince => "largest daily gain",
        RecordKind::LargestDailyLossSince => "largest daily loss",
        RecordKind::HighestCloseSince => "highest close",
        RecordKind::LowestCloseSince => "lowest close",
    };
    match (record.sessions, record.kind) {
        (Some(sessions), _) => format!("{what} since {date} ({sessions} sessions)"),
        (None, RecordKind::HighestCloseSince) => format!("record close (data since {date})"),
        (None, RecordKind::LowestCloseSince) => format!("lowest close on record (data since {date})"),
        (None, _) => format!("{what} since the data begin ({date})"),
    }
}

fn english_rarity(rarity: &Rarity) -> Option<String> {
    let (times, of) = rarity.times.zip(rarity.of)?;
    Some(match times {
        0 => format!("largest move either way in {} sessions", of + 1),
        1 => format!("a day this large, up or down, came once in the last {of}"),
        _ => format!("a day this large, up or down, came {times} times in the last {of}"),
    })
}

fn chinese(fact: &Fact<'_>) -> String {
    match fact {
        Fact::Record(record) => chinese_record(record),
        Fact::Limit { up, record, rarity } => {
            let side = if *up { "涨停" } else { "跌停" };
            let more = record.map(chinese_record).or_else(|| chinese_rarity((*rarity)?));
            more.map_or_else(|| side.to_owned(), |more| format!("{side}，{more}"))
        }
        Fact::Streak { up, sessions } => format!("连{}{sessions}个交易日", if *up { "涨" } else { "跌" }),
        Fact::Large { rarity } => chinese_rarity(rarity).unwrap_or_default(),
    }
}

fn chinese_record(record: &Record) -> String {
    let date = format!("{}年{}月{}日", record.date.year(), record.date.month(), record.date.day());
    let what = match record.kind {
        RecordKind::LargestDailyGainSince => "最大单日涨幅",
        RecordKind::LargestDailyLossSince => "最大单日跌幅",
        RecordKind::HighestCloseSince => "收盘新高",
        RecordKind::LowestCloseSince => "收盘新低",
    };
    match (record.sessions, record.kind) {
        (Some(sessions), _) => format!("创{date}以来{what}（{sessions}个交易日）"),
        (None, RecordKind::HighestCloseSince) => format!("有数据以来收盘新高（数据始于{date}）"),
        (None, RecordKind::LowestCloseSince) => format!("有数据以来收盘新低（数据始于{date}）"),
        (None, _) => format!("创有数据以来{what}（数据始于{date}）"),
    }
}

fn chinese_rarity(rarity: &Rarity) -> Option<String> {
    let (times, of) = rarity.times.zip(rarity.of)?;
    Some(match times {
        0 => format!("为{}个交易日内最大涨跌幅", of + 1),
        _ => format!("近{of}个交易日内，涨跌达此幅度者{times}次"),
    })
}
