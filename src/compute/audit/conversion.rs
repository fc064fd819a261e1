//! How converted closes came about: the close in its own currency and the rate of each session named, the two
//! parts of a move, and a composite's members at the rates of its dates.
//!
//! Not for: choosing rates (`compute::currency`).

use chrono::NaiveDate;

use super::{Trail, input, signed, told};
use crate::compute::currency::{Converted, Money, MoneyOf, Rate, currency_of};
use crate::compute::lines::{Line, Of};
use crate::compute::sessions::Known;
use crate::domain::series::on_or_before;
use crate::domain::show::{Audit, Input, MemberDay};
use crate::domain::snapshot::MoveCell;
use crate::domain::{Absent, Horizon};

/// A move of converted closes.
pub(super) const MOVE_AT_RATES: &str = "(local x rate / (base_local x base_rate) - 1) x 100";

/// The inputs that are closes of the line.
const CLOSES: [&str; 8] =
    ["close", "previous", "base", "earlier_close", "earlier_previous", "peak", "low", "high"];
/// Those that are closes of the benchmark.
const OF_BENCHMARK: [&str; 2] = ["benchmark_close", "benchmark_base"];

impl Trail<'_> {
    /// Whether each close is its own one times a rate; of a composite only its members' are.
    pub(super) fn has_rates(&self) -> bool {
        self.line.and_then(converted).is_some_and(|c| c.rate().is_some())
    }

    /// Behind the rule of the close: which rate it was converted at, and where that comes from.
    pub(super) fn rate_of_close(&self) -> String {
        let Some(fx) = self.row.fx.as_ref().filter(|_| self.has_rates()) else { return String::new() };
        let of = fx.date.map_or_else(String::new, |date| format!(" of {date}"));
        let rate = format!("{}{of}{}", fx.pair.as_deref().unwrap_or("a rate"), self.origin());
        format!("; converted at {rate}, the rate of a close's own date or the last up to 7 days before")
    }

    /// ` from ecb, through EUR`.
    fn origin(&self) -> String {
        let fx = self.row.fx.as_ref();
        let from = fx.and_then(|fx| fx.source.as_ref()).map_or_else(String::new, |s| format!(" from {s}"));
        let via = fx.and_then(|fx| fx.via.as_ref()).map_or_else(String::new, |v| format!(", through {v}"));
        format!("{from}{via}")
    }

    /// `JPY/USD from ecb, through EUR`: the rates of what is not the page's own.
    fn course_of(&self, known: &Known<'_>) -> Option<String> {
        let rates = self.market.rates.as_ref()?;
        let currency = currency_of(known)?;
        let course = rates.course(currency)?;
        let via = course.via.map_or_else(String::new, |via| format!(", through {via}"));
        Some(format!("{currency}/{} from {}{via}", rates.to, course.source))
    }

    /// Behind the rule of a spread: the rates of the benchmark's closes, where they are converted.
    pub(super) fn rates_of_benchmark(&self) -> String {
        let course = self.benchmark.filter(|l| converted(l).is_some()).and_then(|line| match line.of {
            Of::Instrument(known) => self.course_of(known),
            Of::Composite(_) => None,
        });
        course.map_or_else(String::new, |pair| format!("; {}'s closes at {pair}", self.benchmark_id))
    }

    /// The entry with the own close and the rate behind each converted close.
    pub(super) fn with_rates(&self, audit: Audit) -> Audit {
        let behind = |input: Input| {
            let own = self.behind(&input);
            [input].into_iter().chain(own)
        };
        Audit { inputs: audit.inputs.into_iter().flat_map(behind).collect(), ..audit }
    }

    /// Closes in the market's own currency; as they are where they are not converted.
    pub(super) fn in_own_currency(&self, closes: &[Input]) -> Vec<Input> {
        let own = |close: &Input| self.behind(close).into_iter().next().unwrap_or_else(|| close.clone());
        closes.iter().map(own).collect()
    }

    /// What a close was before conversion, and the rate, where it has one.
    fn behind(&self, close: &Input) -> Vec<Input> {
        let name = close.name.as_str();
        let line = if CLOSES.contains(&name) {
            self.line
        } else if OF_BENCHMARK.contains(&name) {
            self.benchmark
        } else {
            None
        };
        let found = line.zip(close.date).and_then(|(line, date)| {
            let at = line.bars.binary_search_by_key(&date, |b| b.date).ok()?;
            let converted = converted(line)?;
            Some(pair(name, date, converted.local_close(at), converted.rate_at(at)))
        });
        found.unwrap_or_default()
    }

    /// A move's two parts, where closes are converted.
    pub(super) fn parts(&self, horizon: Horizon, cell: &MoveCell) -> Vec<Audit> {
        if self.line.and_then(converted).is_none() {
            return Vec::new();
        }
        let (local, rates): (Vec<Input>, Vec<Input>) =
            self.ends(cell).iter().flat_map(|end| self.behind(end)).partition(|i| i.name.ends_with("local"));
        let label = horizon.label();
        let entry = |key: &str, title: &str, formula: &str, rule: String, inputs, result: Option<f64>| {
            // Where the move itself is absent its own line says why.
            let title = cell.pct.map(|_| format!("{label} {title}")).unwrap_or_default();
            let figure = format!("moves.{label}.{key}");
            let absent = cell.absent.or(Some(Absent::NoFx));
            signed(Audit { inputs, ..told(&figure, &title, Some(formula), rule, result, absent) })
        };
        let moved = input("move", cell.to, cell.pct.map(|p| p.0));
        let (formula, rule, inputs) = if self.has_rates() {
            let pair = self.row.fx.as_ref().and_then(|fx| fx.pair.clone()).unwrap_or_default();
            let rule = format!("the currency's part: {pair}{}", self.origin());
            ("(rate / base_rate - 1) x 100", rule, rates)
        } else {
            let rule = "what the members' currencies add".to_owned();
            let inputs = std::iter::once(moved).chain(local.iter().cloned()).collect();
            ("((1 + move / 100) / (1 + (local / base_local - 1)) - 1) x 100", rule, inputs)
        };
        let own = "the part of the closes in their own currency".to_owned();
        let of_closes = cell.local_pct.map(|p| p.0);
        vec![
            entry("local_pct", "local", "(local / base_local - 1) x 100", own, local, of_closes),
            entry("fx_pct", "currency", formula, rule, inputs, cell.fx_pct.map(|p| p.0)),
        ]
    }

    /// A composite's members with the rates of its two newest dates, where closes are converted.
    pub(super) fn members_at_rates(&self) -> Vec<Audit> {
        let Some(line) = self.line.filter(|l| matches!(l.of, Of::Composite(_)) && converted(l).is_some())
        else {
            return Vec::new();
        };
        let dates = line.last().map(|b| b.date).zip(self.row.previous.date);
        let entry = |(to, from): (NaiveDate, NaiveDate)| {
            self.members.iter().filter_map(move |member| self.member_at_rates(member, from, to))
        };
        dates.into_iter().flat_map(entry).collect()
    }

    fn member_at_rates(&self, member: &MemberDay, from: NaiveDate, to: NaiveDate) -> Option<Audit> {
        let pct = member.pct?.0;
        let known = self.market.known.get(&member.id)?;
        let money = MoneyOf::known(Some(known), self.market);
        let close = |date: Option<NaiveDate>| Some(on_or_before(known.settled(), date?)?.close);
        let mut inputs =
            vec![input("close", member.to, member.close), input("base", member.from, member.base)];
        let rates = money.rate(to).zip(money.rate(from));
        let formula = if let (Some((rate, base)), Some(on), Some(since)) = (rates, member.to, member.from) {
            inputs.extend(pair("close", on, close(member.to), Some(rate)));
            inputs.extend(pair("base", since, close(member.from), Some(base)));
            MOVE_AT_RATES
        } else {
            "(close / base - 1) x 100"
        };
        let pair = self.course_of(known).map_or_else(String::new, |pair| format!(": {pair}"));
        let rule = format!("a member's closes, at the rates of the composite's dates{pair}");
        let figure = format!("members.{}.pct", member.id);
        Some(signed(Audit {
            inputs,
            ..told(&figure, member.id.as_str(), Some(formula), rule, Some(pct), None)
        }))
    }
}

fn converted<'a>(line: &'a Line<'_>) -> Option<&'a Converted> {
    if let Money::Converted(converted) = &line.money { Some(converted) } else { None }
}

/// The newest close's are `local` and `rate`; another's carry its name before.
fn pair(name: &str, session: NaiveDate, local: Option<f64>, rate: Option<Rate>) -> Vec<Input> {
    let before = if name == "close" { String::new() } else { format!("{name}_") };
    let local = input(&format!("{before}local"), Some(session), local);
    let rate = rate.map(|rate| input(&format!("{before}rate"), Some(rate.date), Some(rate.value)));
    std::iter::once(local).chain(rate).collect()
}
