//! Realistic reports of 21 January 2026, seen from Shanghai after the close, for the tests of this room.
//!
//! Not for: checking figures; the moves are derived here from the day's closes only to have something
//! true to lay out.

mod pair;
mod quotes;

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::instrument::{Basis, InstrumentId, Kind, Mic};
use crate::domain::link::Rank;
use crate::domain::moves::{Absent, Percent, Points};
use crate::domain::snapshot::*;
use crate::domain::{Horizon, Lang, Snapshot};

pub(super) use pair::{compared_with, comparison};
use quotes::{QUOTES, Quote};

pub(super) fn d(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn h(text: &str) -> Horizon {
    text.parse().unwrap()
}

/// 1D, 5D, MTD, YTD, 1Y.
pub(super) fn horizons() -> Vec<Horizon> {
    ["1D", "5D", "MTD", "YTD", "1Y"].map(h).to_vec()
}

/// What only some rows have: base close a year before, and the 52-week position.
fn year_before(id: &str) -> Option<(&'static str, f64, f64)> {
    Some(match id {
        "STAR50" => ("2025-01-21", 976.296, 99.400_16),
        "CSI300" => ("2025-01-21", 3832.6145, 94.362_58),
        "SSE" => ("2025-01-21", 3242.6226, 95.475_85),
        "NIKKEI225" => ("2025-01-21", 39_027.98, 93.248_68),
        "TAIEX" => ("2025-01-21", 23_300.01, 96.425_34),
        "SP500" => ("2025-01-17", 5996.66, 90.954_63),
        "VIX" => ("2025-01-17", 15.97, 17.035_51),
        "BTC" => ("2025-01-21", 106_146.27, 27.032_4),
        _ => return None,
    })
}

pub(super) fn move_cell(from: (&str, f64), to: (&str, f64)) -> MoveCell {
    let pct = Some(Percent((to.1 / from.1 - 1.0) * 100.0));
    MoveCell {
        pct,
        from: Some(d(from.0)),
        to: Some(d(to.0)),
        base: Some(from.1),
        absent: None,
        local_pct: pct,
        fx_pct: None,
        flags: Vec::new(),
    }
}

fn no_move(absent: Absent) -> MoveCell {
    MoveCell {
        pct: None,
        from: None,
        to: None,
        base: None,
        absent: Some(absent),
        local_pct: None,
        fx_pct: None,
        flags: Vec::new(),
    }
}

fn moves(quote: &Quote) -> Vec<(Horizon, MoveCell)> {
    let year = year_before(quote.id).map(|(date, close, _)| (date, close));
    [("1D", Some(quote.before)), ("5D", Some(quote.fifth)), ("MTD", Some(quote.year_end))]
        .into_iter()
        .chain([("YTD", Some(quote.year_end)), ("1Y", year)])
        .map(|(label, base)| {
            let none = || no_move(Absent::InsufficientHistory);
            (h(label), base.map_or_else(none, |base| move_cell(base, quote.close)))
        })
        .collect()
}

/// The move against the S&P 500's of the same horizon.
fn relative(own: &[(Horizon, MoveCell)], benchmark: &[(Horizon, MoveCell)]) -> Vec<(Horizon, RelativeCell)> {
    let cell = |(horizon, own): &(Horizon, MoveCell)| {
        let other = &benchmark.iter().find(|(h, _)| h == horizon).unwrap().1;
        let both = own.pct.zip(other.pct);
        let cell = RelativeCell {
            excess_pp: both.map(|(a, b)| Points(a.0 - b.0)),
            relative_pct: both
                .map(|(a, b)| Percent(((1.0 + a.0 / 100.0) / (1.0 + b.0 / 100.0) - 1.0) * 100.0)),
            benchmark_pct: other.pct,
            benchmark_session: other.to,
            benchmark_from: other.from,
            same_session: both.map(|_| own.to == other.to),
            same_base: both.map(|_| own.from == other.from),
            rank: Rank { absent: Some(Absent::NoneSet), ..Rank::default() },
            absent: own.absent,
        };
        (*horizon, cell)
    };
    own.iter().map(cell).collect()
}

fn status(id: &str) -> Status {
    match id {
        "FTSE100" | "BTC" => Status::Live,
        "GOLD" => Status::Stale,
        _ => Status::Settled,
    }
}

fn kind(quote: &Quote) -> Kind {
    match quote.section {
        "Currencies" => Kind::Fx,
        "Commodities" => Kind::Future,
        "Coins" => Kind::Coin,
        "Chinese chips" => Kind::Stock,
        _ => Kind::Index,
    }
}

fn records(id: &str) -> Vec<Record> {
    let record = |date: &str, sessions, value| Record {
        kind: RecordKind::HighestCloseSince,
        date: d(date),
        sessions: Some(sessions),
        since_start: false,
        value,
        held: 72,
    };
    if id == "STAR50" { vec![record("2025-10-09", 72, 1535.393)] } else { Vec::new() }
}

/// A row of which nothing could be had.
pub(super) fn empty_row(id: &str, name: &str, section: &str) -> Row {
    Row {
        id: InstrumentId::new(id),
        name: name.to_owned(),
        kind: Kind::Index,
        section: section.to_owned(),
        country: None,
        exchange: Some(Mic::new("XHKG")),
        currency: None,
        basis: Basis::Price,
        session: Session::default(),
        close: None,
        previous: Previous { date: None, close: None, absent: Some(Absent::NoSession) },
        change: None,
        change_bp: None,
        moves: horizons().into_iter().map(|h| (h, no_move(Absent::NoSession))).collect(),
        relative: [].into_iter().collect(),
        range_52w: Range52w {
            low: None,
            high: None,
            position_pct: None,
            sessions: None,
            absent: Some(Absent::InsufficientHistory),
        },
        records: Vec::new(),
        streak: Streak::default(),
        z_score: ZScore::default(),
        rarity: Rarity::default(),
        drawdown: Drawdown::default(),
        limit: Limit { absent: Some(Absent::NoneSet), ..Limit::default() },
        fx: None,
        local: None,
        source: None,
        confirmed_by: Vec::new(),
        warnings: Vec::new(),
        decimals: 2,
        day: crate::domain::snapshot::Day::default(),
        in_points: false,
        trend: Vec::new(),
    }
}

fn row(quote: &Quote) -> Row {
    let sp500 = QUOTES.iter().find(|q| q.id == "SP500").unwrap();
    let own = moves(quote);
    let limit_up = quote.id == "LOONGSON";
    Row {
        kind: kind(quote),
        currency: Some("CNY".to_owned()),
        session: Session {
            date: Some(d(quote.close.0)),
            status: Some(status(quote.id)),
            timezone: Some("Asia/Shanghai".to_owned()),
            closed_at: Some(instant("2026-01-21T07:00:00Z")),
        },
        close: Some(quote.close.1),
        previous: Previous { date: Some(d(quote.before.0)), close: Some(quote.before.1), absent: None },
        change: Some(quote.close.1 - quote.before.1),
        change_bp: None,
        relative: relative(&own, &moves(sp500)).into_iter().collect(),
        moves: own.into_iter().collect(),
        range_52w: Range52w {
            position_pct: year_before(quote.id).map(|(_, _, position)| Percent(position)),
            ..empty_row("", "", "").range_52w
        },
        limit: Limit {
            side: limit_up.then_some("up"),
            price: limit_up.then_some(177.72),
            pct: limit_up.then_some(Percent(20.0)),
            absent: (!limit_up).then_some(Absent::NoneSet),
        },
        source: Some(SourceInfo {
            name: "built-in".to_owned(),
            symbol: None,
            fetched_at: None,
            from_store: false,
        }),
        decimals: if quote.id == "EURUSD" { 4 } else { 2 },
        day: crate::domain::snapshot::Day::default(),
        in_points: quote.id == "VIX",
        trend: quote.trend.to_vec(),
        records: records(quote.id),
        ..empty_row(quote.id, quote.name, quote.section)
    }
}

/// TOPIX as it stood over the new year: shut, and its session in the year before.
fn shut_row() -> Row {
    let mut row = empty_row("TOPIX", "TOPIX", "Asia-Pacific");
    row.session.date = Some(d("2025-12-30"));
    row.session.status = Some(Status::Shut);
    row.close = Some(3408.97);
    row.change = Some(-17.55);
    row.moves = [(Horizon::ONE_DAY, move_cell(("2025-12-29", 3426.52), ("2025-12-30", 3408.97)))]
        .into_iter()
        .chain(horizons().into_iter().skip(1).map(|h| (h, no_move(Absent::NoSession))))
        .collect();
    row
}

/// ASIA with Mumbai pending.
fn composite() -> CompositeRow {
    let levels = ("2026-01-21", 104.611);
    let quote = Quote {
        id: "ASIA",
        name: "Asia, equal weights",
        section: "Asia-Pacific",
        close: levels,
        before: ("2026-01-20", 104.402),
        fifth: ("2026-01-14", 104.02),
        year_end: ("2025-12-31", 100.0),
        trend: &[],
    };
    let mut row = row(&quote);
    row.kind = Kind::Composite;
    row.session.status = Some(Status::Provisional);
    row.source =
        Some(SourceInfo { name: "computed".to_owned(), symbol: None, fetched_at: None, from_store: false });
    CompositeRow {
        row,
        base_date: Some(d("2025-12-31")),
        members: 7,
        traded: 6,
        weight_traded_pct: Percent(600.0 / 7.0),
        pending: vec![InstrumentId::new("NIFTY50")],
        shut: Vec::new(),
        left_out: Vec::new(),
    }
}

fn group() -> GroupRow {
    let id = InstrumentId::new;
    GroupRow {
        id: id("CN-CHIPS"),
        name: "Chinese chips".to_owned(),
        advancers: 5,
        decliners: 0,
        unchanged: 0,
        absent: 0,
        absent_members: Vec::new(),
        median_1d_pct: Some(Percent(5.359_589)),
        mean_1d_pct: Some(Percent(8.720_833)),
        best: Some(id("LOONGSON")),
        best_1d_pct: Some(Percent(20.0)),
        worst: Some(id("CAMBRICON")),
        worst_1d_pct: Some(Percent(0.806_379)),
        above_50d: crate::domain::movers::Above50d { members: 4, of: 5, pct: Some(Percent(80.0)), absent: 0 },
        limit_up: vec![id("LOONGSON")],
        limit_down: Vec::new(),
        sessions: vec![d("2026-01-21")],
        live: Vec::new(),
    }
}

fn highlight(id: &str, date: &str, text: &str) -> Highlight {
    Highlight {
        id: InstrumentId::new(id),
        kind: HighlightKind::HighestCloseSince,
        session: d("2026-01-21"),
        date: Some(d(date)),
        sessions: Some(72),
        value: 1535.393,
        lang: Lang::En,
        text: text.to_owned(),
    }
}

pub(super) fn note(kind: NoteKind, message: &str) -> Note {
    Note { kind, message: message.to_owned() }
}

fn notes() -> Vec<Note> {
    vec![
        note(NoteKind::Period, "MTD and YTD: TOPIX had no session in 2026 yet; its columns stay empty"),
        note(NoteKind::Live, "live, will still change: FTSE 100, Bitcoin"),
        note(NoteKind::Shut, "shut: Tokyo (TOPIX) on 31 December 2025; its last session is shown"),
        note(
            NoteKind::Stale,
            "stale: Gold, a later session should have been published by 2026-01-21 08:30 UTC",
        ),
        note(
            NoteKind::Composite,
            "Asia, equal weights is provisional: 6 of 7 members traded, NIFTY50 pending",
        ),
        note(NoteKind::Source, "sources: closes built into the program"),
    ]
}

fn failed() -> Failed {
    Failed {
        id: InstrumentId::new("HSTECH"),
        source: "yahoo".to_owned(),
        asked: Vec::new(),
        said: None,
        kind: "no_data".to_owned(),
        message: "yahoo has no closes for HSTECH.HK".to_owned(),
        reason: String::new(),
        hint: "try --source sina, or --verify to see what each source holds".to_owned(),
        retryable: false,
    }
}

/// Blocks in the order of the rows' sections; the composite closes the first.
fn blocks(rows: &[Row]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        match blocks.iter_mut().find(|b| b.title.as_deref() == Some(&row.section)) {
            Some(block) => block.items.push(Item::Instrument(at)),
            None => {
                blocks.push(Block { title: Some(row.section.clone()), items: vec![Item::Instrument(at)] })
            }
        }
    }
    blocks[0].items.push(Item::Composite(0));
    blocks
}

/// The whole report of the day, with one row of every state.
pub(super) fn snapshot() -> Snapshot {
    let mut instruments: Vec<Row> = QUOTES.iter().map(row).collect();
    instruments.push(empty_row("HSTECH", "Hang Seng Tech", "Asia-Pacific"));
    instruments.push(shut_row());
    Snapshot {
        schema: "marketsnap.snapshot/1",
        as_of: instant("2026-01-21T08:30:00Z"),
        date: None,
        generated_at: Some(instant("2026-01-21T08:30:02Z")),
        demo: true,
        status: Completeness::Partial,
        benchmark: InstrumentId::new("SP500"),
        currency: "local".to_owned(),
        lang: Lang::En,
        blocks: blocks(&instruments),
        instruments,
        composites: vec![composite()],
        groups: vec![group()],
        highlights: vec![
            highlight(
                "STAR50",
                "2025-10-09",
                "科创50 +3.53 %: highest close since 9 October 2025 (72 sessions)",
            ),
            highlight(
                "SP500",
                "2025-10-10",
                "S&P 500 -2.06 %: largest daily loss since 10 October 2025 (69 sessions)",
            ),
        ],
        sources: Vec::new(),
        notes: notes(),
        errors: vec![failed()],
        benchmark_name: "S&P 500".to_owned(),
        horizons: horizons(),
        horizons_named: true,
        columns: Vec::new(),
    }
}
