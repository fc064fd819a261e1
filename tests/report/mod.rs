//! Reports from closes written in a test, over the built-in catalogue.

#![allow(dead_code, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use marketsnap::catalogue;
use marketsnap::compute::check::{self, Asked, Question};
use marketsnap::compute::report as daily;
use marketsnap::compute::{Chosen, Inputs, chart, comparison, movers, snapshot, trust};
use marketsnap::domain::chart::{Chart, Measure};
use marketsnap::domain::check::{Check, Checked};
use marketsnap::domain::expr::Expr;
use marketsnap::domain::snapshot::{CompositeRow, MoveCell, NoteKind, Row};
use marketsnap::domain::{
    Basis, Comparison, Horizon, InstrumentId, Mic, Movers, Provenance, RawRow, Report, Series, Snapshot,
    Split, Universe,
};

pub fn d(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn id(text: &str) -> InstrumentId {
    InstrumentId::new(text)
}

/// Closes and everything else that a report is made from.
pub struct Book {
    pub universe: Universe,
    pub series: BTreeMap<InstrumentId, Series>,
    pub fetched_at: DateTime<Utc>,
    pub date: Option<NaiveDate>,
    pub settled_only: bool,
    pub horizons: Vec<Horizon>,
    pub rebase: Option<Horizon>,
    pub benchmark: InstrumentId,
    pub others: trust::Others,
    pub currency: Option<String>,
}

impl Book {
    /// An empty book, fetched long after everything.
    pub fn new() -> Self {
        Self {
            universe: catalogue::load().unwrap(),
            series: BTreeMap::new(),
            fetched_at: at("2030-01-01T00:00:00Z"),
            date: None,
            settled_only: false,
            horizons: ["1D", "5D", "MTD", "YTD", "1Y"].map(|h| h.parse().unwrap()).to_vec(),
            rebase: None,
            benchmark: id("SP500"),
            others: trust::Others::new(),
            currency: None,
        }
    }

    pub fn horizons(mut self, list: &str) -> Self {
        self.horizons = list.split(',').map(|h| h.parse().unwrap()).collect();
        self
    }

    /// Closes are converted to a currency.
    pub fn currency(mut self, code: &str) -> Self {
        self.currency = Some(code.into());
        self
    }

    pub fn fetched_at(mut self, when: &str) -> Self {
        self.fetched_at = at(when);
        self
    }

    /// Adds closes as `2026-01-20 1482.994` pairs, one a line or comma separated.
    pub fn closes(self, name: &str, closes: &str) -> Self {
        self.stamped(name, closes, None)
    }

    /// Adds closes whose newest value the source stamps.
    pub fn stamped(self, name: &str, closes: &str, stamp: Option<&str>) -> Self {
        let pairs = closes.split([',', '\n']).map(str::trim).filter(|p| !p.is_empty());
        let rows = pairs.map(|p| {
            let (date, close) = p.split_once(' ').unwrap();
            (d(date), close.trim().parse().unwrap())
        });
        let rows: Vec<(NaiveDate, f64)> = rows.collect();
        self.series(name, &rows, stamp, Vec::new())
    }

    pub fn series(
        mut self,
        name: &str,
        rows: &[(NaiveDate, f64)],
        stamp: Option<&str>,
        splits: Vec<Split>,
    ) -> Self {
        let instrument = self.universe.instrument(&id(name)).unwrap();
        let provenance = Provenance {
            instrument: id(name),
            source: "test".into(),
            symbol: name.into(),
            currency: instrument.currency.clone(),
            venue: None,
            basis: Basis::Price,
            raw: false,
            fetched_at: self.fetched_at,
            stamp: stamp.map(at),
        };
        let raw = rows.iter().map(|(date, close)| RawRow::close_only(*date, Some(*close))).collect();
        let series = Series::from_rows(provenance, instrument.kind, raw, splits);
        self.series.insert(id(name), series);
        self
    }

    /// Makes what the book holds of an instrument that of another source, asked after the one added next.
    pub fn moved_to(mut self, name: &str, source: &str) -> Self {
        let mut series = self.series.remove(&id(name)).unwrap();
        series.provenance.source = source.into();
        self.others.entry(id(name)).or_default().push(series);
        self
    }

    /// Instruments of which another source should be asked.
    pub fn questions(&self, as_of: &str, verify: bool) -> Vec<String> {
        let chosen = self.chosen();
        let asked = trust::questions(&self.inputs(at(as_of), &chosen), &self.others, verify);
        asked.iter().map(ToString::to_string).collect()
    }

    /// What the other sources' closes mean for an instrument.
    pub fn opinion(&self, name: &str, as_of: &str) -> trust::Opinion {
        let chosen = self.chosen();
        trust::opinions(&self.inputs(at(as_of), &chosen), &self.others).remove(&id(name)).unwrap()
    }

    /// Says that a series' closes keep another venue's hours.
    pub fn venue(mut self, name: &str, mic: &str) -> Self {
        self.series.get_mut(&id(name)).unwrap().provenance.venue = Some(Mic::new(mic));
        self
    }

    fn inputs<'a>(&'a self, as_of: DateTime<Utc>, chosen: &'a [Chosen]) -> Inputs<'a> {
        Inputs {
            universe: &self.universe,
            series: &self.series,
            failures: &[],
            as_of,
            date: self.date,
            settled_only: self.settled_only,
            horizons: &self.horizons,
            horizons_named: true,
            rebase: self.rebase,
            benchmark: &self.benchmark,
            currency: self.currency.as_deref(),
            chosen,
            by_section: false,
            generated_at: as_of,
            lasting: false,
            demo: false,
            trust: None,
            chains: None,
        }
    }

    fn chosen(&self) -> Vec<Chosen> {
        let mut chosen: Vec<Chosen> = self.series.keys().map(|i| Chosen::Instrument(i.clone())).collect();
        let held =
            |c: &&marketsnap::domain::Composite| c.members.iter().any(|m| self.series.contains_key(&m.id));
        chosen.extend(self.universe.composites.iter().filter(held).map(|c| Chosen::Composite(c.id.clone())));
        chosen.extend(self.universe.groups.iter().map(|g| Chosen::Group(g.id.clone())));
        chosen
    }

    /// The snapshot of everything in the book at an instant.
    pub fn at(&self, as_of: &str) -> Snapshot {
        snapshot::build(&self.inputs(at(as_of), &self.chosen()))
    }

    /// What is said of how far back the records of the book go.
    pub fn reach(&self, as_of: &str) -> Vec<String> {
        let chosen = self.chosen();
        let inputs = self.inputs(at(as_of), &chosen);
        let mut report = snapshot::build(&inputs);
        marketsnap::compute::reach::tell_reach(&mut report, &inputs);
        let told = report.notes.into_iter().filter(|n| n.kind == NoteKind::History);
        told.map(|n| n.message).collect()
    }

    /// The page of the named at an instant.
    pub fn show(&self, name: &str, as_of: &str) -> marketsnap::domain::Show {
        let chosen = match self.universe.composite(&id(name)) {
            Some(c) => [Chosen::Composite(c.id.clone())],
            None => [Chosen::Instrument(id(name))],
        };
        let inputs = self.inputs(at(as_of), &chosen);
        let opinions = trust::opinions(&inputs, &self.others);
        let trust = marketsnap::compute::Trust { opinions, ..Default::default() };
        let inputs = Inputs { trust: Some(&trust), ..inputs };
        marketsnap::compute::show::build(&inputs, snapshot::build(&inputs)).unwrap()
    }

    /// The snapshot of a day.
    pub fn on(&mut self, date: &str, as_of: &str) -> Snapshot {
        self.date = Some(d(date));
        self.at(as_of)
    }

    /// The report of a day, made at an instant, of the named or of everything by its sections.
    pub fn daily(&self, names: &[&str], date: &str, as_of: &str) -> Report {
        let chosen: Vec<Chosen> =
            if names.is_empty() { self.chosen() } else { names.iter().map(|n| self.choose(n)).collect() };
        let inputs = Inputs { by_section: names.is_empty(), ..self.inputs(at(as_of), &chosen) };
        let closes = daily::closes(&inputs, &self.others, d(date)).unwrap();
        let of_day = closes.inputs(d(date), &inputs);
        daily::finished(&of_day, d(date), snapshot::build(&of_day))
    }

    /// The days that a report of the named can be written for.
    pub fn days(&self, names: &[&str], as_of: &str) -> Vec<String> {
        let chosen: Vec<Chosen> = names.iter().map(|n| self.choose(n)).collect();
        daily::days(&self.inputs(at(as_of), &chosen)).iter().map(ToString::to_string).collect()
    }

    /// Groups, composites and instruments ranked at an instant.
    pub fn movers(&self, names: &[&str], as_of: &str, ranking: movers::Ranking) -> Movers {
        let choose = |n: &&str| match (self.universe.group(&id(n)), self.universe.composite(&id(n))) {
            (Some(g), _) => Chosen::Group(g.id.clone()),
            (_, Some(c)) => Chosen::Composite(c.id.clone()),
            _ => Chosen::Instrument(id(n)),
        };
        let chosen: Vec<Chosen> = names.iter().map(choose).collect();
        movers::build(&self.inputs(at(as_of), &chosen), ranking)
    }

    /// A condition at an instant.
    pub fn check(&self, condition: &str, as_of: &str, allow_live: bool) -> Checked {
        self.checked(condition, as_of, allow_live).expressions.remove(0)
    }

    /// The whole report of a condition at an instant.
    pub fn checked(&self, condition: &str, as_of: &str, allow_live: bool) -> Check {
        let question = Question { text: condition.into(), expr: Expr::parse(condition).unwrap() };
        let asked = Asked { questions: vec![question], allow_live };
        let chosen = self.chosen();
        let inputs = self.inputs(at(as_of), &chosen);
        check::build(&inputs, &snapshot::for_conditions(&inputs), &asked)
    }

    /// The chart of the named at an instant, over the first of the horizons.
    pub fn chart(&self, names: &[&str], measure: Option<Measure>, as_of: &str) -> Chart {
        self.charted(names, measure, false, as_of)
    }

    /// The same on a logarithmic scale.
    pub fn chart_log(&self, names: &[&str], as_of: &str) -> Chart {
        self.charted(names, None, true, as_of)
    }

    fn charted(&self, names: &[&str], measure: Option<Measure>, log: bool, as_of: &str) -> Chart {
        let chosen: Vec<Chosen> = names.iter().map(|n| self.choose(n)).collect();
        let asked = chart::Asked { over: self.horizons[0], measure, benchmark: None, log };
        chart::build(&self.inputs(at(as_of), &chosen), &asked)
    }

    fn choose(&self, name: &str) -> Chosen {
        match self.universe.composite(&id(name)) {
            Some(c) => Chosen::Composite(c.id.clone()),
            None => Chosen::Instrument(id(name)),
        }
    }

    /// The comparison of the named at an instant.
    pub fn compare(&self, names: &[&str], as_of: &str) -> Comparison {
        let choose = |n: &&str| match self.universe.composite(&id(n)) {
            Some(c) => Chosen::Composite(c.id.clone()),
            None => Chosen::Instrument(id(n)),
        };
        let chosen: Vec<Chosen> = names.iter().map(choose).collect();
        comparison::build(&self.inputs(at(as_of), &chosen))
    }
}

pub fn row<'a>(report: &'a Snapshot, name: &str) -> &'a Row {
    report.instruments.iter().find(|r| r.id == id(name)).unwrap_or_else(|| panic!("no row {name}"))
}

pub fn composite<'a>(report: &'a Snapshot, name: &str) -> &'a CompositeRow {
    report.composites.iter().find(|c| c.row.id == id(name)).unwrap_or_else(|| panic!("no composite {name}"))
}

pub fn cell<'a>(row: &'a Row, horizon: &str) -> &'a MoveCell {
    row.moves.get(&horizon.parse().unwrap()).unwrap_or_else(|| panic!("no horizon {horizon}"))
}

/// A move to the printed digits, or the code of why it is absent.
pub fn pct(row: &Row, horizon: &str) -> String {
    let cell = cell(row, horizon);
    match (cell.pct, cell.absent) {
        (Some(p), None) => format!("{:+.2}", p.0),
        (None, Some(absent)) => absent.code().to_owned(),
        other => panic!("a move is there or absent with a reason: {other:?}"),
    }
}
