//! How each figure of a page came about: which sessions, which closes, which rule, and the formula that
//! leads from the inputs to the result.
//!
//! Not for: deriving a figure. Results are taken from the row as they stand; the inputs are those that the
//! row was made from, so that a reader, and a test, gets the same result from them to the last digit.

mod conversion;
mod standing;

use chrono::{DateTime, NaiveDate, Utc};

use super::lines::{Line, Of};
use super::sessions::Market;
use super::show::DAYS_A_YEAR;
use crate::domain::horizon;
use crate::domain::show::{Annualised, Audit, Input, MemberDay, Risk};
use crate::domain::snapshot::{MoveCell, MoveFlag, RelativeCell, Row, Status};
use crate::domain::{Absent, Bar, Horizon, InstrumentId, Link, Ordered};

/// What a page is made from, to tell how.
pub(super) struct Trail<'a> {
    pub row: &'a Row,
    pub line: Option<&'a Line<'a>>,
    pub benchmark: Option<&'a Line<'a>>,
    pub benchmark_id: &'a InstrumentId,
    pub market: &'a Market<'a>,
    pub annualised: &'a Ordered<Horizon, Annualised>,
    pub risk: &'a Risk,
    pub link: &'a Link,
    pub members: &'a [MemberDay],
    pub as_of: DateTime<Utc>,
}

impl Trail<'_> {
    /// Every figure of the page, in its order.
    pub(super) fn audit(&self) -> Vec<Audit> {
        let mut all = vec![self.close(), self.change()];
        for (horizon, cell) in self.row.moves.iter() {
            all.push(self.moved(*horizon, cell));
            all.extend(self.parts(*horizon, cell));
            if let Some(relative) = self.row.relative.get(horizon).filter(|_| !self.own()) {
                all.push(self.excess(*horizon, cell, relative));
                all.push(self.relative(*horizon, cell, relative));
            }
            if let Some(rate) = self.annualised.get(horizon) {
                all.push(self.a_year(*horizon, cell, rate));
            }
        }
        all.extend(self.standing());
        let mut all: Vec<Audit> = all.into_iter().map(|audit| self.with_rates(audit)).collect();
        all.extend(self.members_at_rates());
        all
    }

    /// Whether the page is about the benchmark itself, which is not compared with anything.
    fn own(&self) -> bool {
        self.row.id == *self.benchmark_id
    }

    /// The unit of closes.
    fn unit(&self) -> String {
        self.row.currency.clone().unwrap_or_else(|| "points".to_owned())
    }

    fn newest(&self) -> Input {
        input("close", self.row.session.date, self.row.close)
    }

    fn previous(&self) -> Input {
        input("previous", self.row.previous.date, self.row.previous.close)
    }

    fn bars(&self) -> &[Bar] {
        self.line.map(|l| l.bars.as_ref()).unwrap_or_default()
    }

    fn close(&self) -> Audit {
        let rule = match (self.line.map(|l| &l.of), self.row.session.status) {
            (None, _) => "no close could be had".to_owned(),
            (Some(Of::Composite(_)), _) => {
                "the level on the date before x (1 + the weighted sum of the members' moves)".to_owned()
            }
            (_, Some(Status::Live)) => format!("the newest value known {}", self.instant()),
            _ => format!("the newest session that was over {}{}", self.instant(), self.over_since()),
        };
        let rule = format!("{rule}{}", self.rate_of_close());
        let parts = self.members.iter().map(|m| input(m.id.as_str(), m.to, m.contribution_pp.map(|c| c.0)));
        let inputs = match parts.len() {
            0 => vec![self.newest()],
            _ => [self.previous()].into_iter().chain(parts).collect(),
        };
        Audit {
            inputs,
            unit: self.unit(),
            ..told(
                "close",
                "Close",
                self.has_rates().then_some("local x rate"),
                rule,
                self.row.close,
                self.row.close.is_none().then_some(Absent::NoSession),
            )
        }
    }

    fn instant(&self) -> String {
        format!("at {}", self.as_of.format("%Y-%m-%d %H:%M UTC"))
    }

    fn over_since(&self) -> String {
        let ended = self.row.session.closed_at.map(|at| at.format("%Y-%m-%d %H:%M UTC"));
        ended.map_or_else(String::new, |at| format!(": it ended at {at}"))
    }

    fn change(&self) -> Audit {
        let rule = "against the session before".to_owned();
        let change = self.row.change;
        signed(Audit {
            inputs: vec![self.newest(), self.previous()],
            unit: self.unit(),
            ..told("change", "Change", Some("close - previous"), rule, change, self.row.previous.absent)
        })
    }

    fn ends(&self, cell: &MoveCell) -> Vec<Input> {
        vec![input("close", cell.to, self.row.close), input("base", cell.from, cell.base)]
    }

    /// How a horizon's base is chosen, and what is unusual about it.
    fn base_rule(&self, horizon: Horizon, cell: &MoveCell) -> String {
        let rule = horizon::TABLE.iter().find(|(_, h, _)| *h == horizon).map(|(_, _, rule)| *rule);
        let mut says = match (rule, horizon) {
            (Some(rule), _) => rule.to_owned(),
            (None, Horizon::Since(date)) => format!("the last session on or before {date}"),
            (None, h) => h.label(),
        };
        if let (Horizon::Days(_) | Horizon::Months(_), Some(newest)) = (horizon, self.row.session.date) {
            let wanted = horizon.wanted_base(newest, newest);
            says.push_str(&wanted.map_or_else(String::new, |d| format!(" ({d})")));
        }
        for flag in &cell.flags {
            says.push_str(match flag {
                MoveFlag::AcrossHole => "; a session in between is missing",
                MoveFlag::FxPending => "; its end is converted at the rate of an earlier day",
                MoveFlag::FromHolidayValue => "; the base is a value on a holiday",
            });
        }
        says
    }

    fn moved(&self, horizon: Horizon, cell: &MoveCell) -> Audit {
        let label = horizon.label();
        let rule = self.base_rule(horizon, cell);
        let result = cell.pct.map(|p| p.0);
        let formula = if self.has_rates() { conversion::MOVE_AT_RATES } else { "(close / base - 1) x 100" };
        signed(Audit {
            inputs: self.ends(cell),
            ..told(&format!("moves.{label}.pct"), &label, Some(formula), rule, result, cell.absent)
        })
    }

    /// The benchmark's close of a session.
    fn of_benchmark(&self, name: &str, date: Option<NaiveDate>) -> Input {
        let bars = self.benchmark.map(|l| l.bars.as_ref()).unwrap_or_default();
        let at = date.and_then(|date| bars.binary_search_by_key(&date, |b| b.date).ok());
        input(name, date, at.and_then(|at| bars.get(at)).map(|b| b.close))
    }

    fn benchmark_ends(&self, cell: &RelativeCell) -> [Input; 2] {
        [
            self.of_benchmark("benchmark_close", cell.benchmark_session),
            self.of_benchmark("benchmark_base", cell.benchmark_from),
        ]
    }

    fn excess(&self, horizon: Horizon, own: &MoveCell, cell: &RelativeCell) -> Audit {
        let label = horizon.label();
        let rule = match (cell.same_session, cell.same_base) {
            (Some(true), Some(true)) => "both over the same sessions",
            (Some(_), _) => "each over its own sessions",
            _ => "the move minus the benchmark's",
        };
        let rule = format!("{rule}{}", self.rates_of_benchmark());
        let formula = "(close / base - 1) x 100 - (benchmark_close / benchmark_base - 1) x 100";
        let result = cell.excess_pp.map(|p| p.0);
        let figure = format!("relative.{label}.excess_pp");
        // Where the move itself is absent its own line says why.
        let title = own.pct.map(|_| format!("{label} vs {}", self.benchmark_id)).unwrap_or_default();
        signed(Audit {
            inputs: self.ends(own).into_iter().chain(self.benchmark_ends(cell)).collect(),
            unit: "pp".to_owned(),
            ..told(&figure, &title, Some(formula), rule, result, cell.absent)
        })
    }

    fn relative(&self, horizon: Horizon, own: &MoveCell, cell: &RelativeCell) -> Audit {
        let label = horizon.label();
        let formula = "((1 + move / 100) / (1 + benchmark_move / 100) - 1) x 100";
        let moved = own.pct.map(|p| p.0);
        let benchmark = cell.benchmark_pct.map(|p| p.0);
        let inputs =
            vec![input("move", own.to, moved), input("benchmark_move", cell.benchmark_session, benchmark)];
        let figure = format!("relative.{label}.relative_pct");
        let rule = "what one unit of the pair gained".to_owned();
        let result = cell.relative_pct.map(|p| p.0);
        signed(Audit { inputs, ..told(&figure, "", Some(formula), rule, result, cell.absent) })
    }

    fn a_year(&self, horizon: Horizon, cell: &MoveCell, rate: &Annualised) -> Audit {
        let label = horizon.label();
        let formula = format!("((close / base) ^ ({DAYS_A_YEAR} / days) - 1) x 100");
        #[allow(clippy::cast_precision_loss)]
        let days = rate.days.map(|d| d as f64);
        let mut inputs = self.ends(cell);
        inputs.push(input("days", None, days));
        let figure = format!("annualised.{label}.pct");
        let title = cell.pct.map(|_| format!("{label} a year")).unwrap_or_default();
        let rule = "the same move as a rate a year, over calendar days".to_owned();
        let result = rate.pct.map(|p| p.0);
        signed(Audit { inputs, ..told(&figure, &title, Some(&formula), rule, result, rate.absent) })
    }
}

fn input(name: &str, date: Option<NaiveDate>, value: Option<f64>) -> Input {
    Input { name: name.to_owned(), date, value }
}

/// An entry in percent without inputs.
fn told(
    figure: &str,
    title: &str,
    formula: Option<&str>,
    rule: String,
    result: Option<f64>,
    absent: Option<Absent>,
) -> Audit {
    Audit {
        figure: figure.to_owned(),
        formula: formula.map(str::to_owned),
        rule,
        inputs: Vec::new(),
        result,
        unit: "%".to_owned(),
        absent: if result.is_some() { None } else { absent },
        title: title.to_owned(),
        signed: false,
    }
}

/// The same with the result's sign told.
fn signed(audit: Audit) -> Audit {
    Audit { signed: true, ..audit }
}
