//! How the figures that set the newest session beside those before it came about: records, streak, size,
//! range, limit, volatility, and the link with the benchmark.
//!
//! Not for: moves (`audit`).

use super::{Trail, input, signed, told};
use crate::compute::records::move_into;
use crate::compute::risk::{Returns, squares};
use crate::compute::size;
use crate::domain::link::Together;
use crate::domain::show::{Audit, Volatility};
use crate::domain::snapshot::{Record, RecordKind};
use crate::domain::{Bar, Horizon};

impl Trail<'_> {
    /// Everything but the close and the moves.
    pub(super) fn standing(&self) -> Vec<Audit> {
        let mut all: Vec<Audit> = self.row.records.iter().map(|r| self.record(r)).collect();
        all.extend([
            self.streak(),
            self.z_score(),
            self.rarity(),
            self.drawdown(),
            self.range(),
            self.limit(),
        ]);
        all.extend(self.rank().filter(|_| !self.own()));
        all.push(self.volatility("volatility_60", &self.risk.volatility_60, 60));
        all.push(self.volatility("volatility_250", &self.risk.volatility_250, 250));
        if self.own() {
            return all;
        }
        all.extend(self.together("same_date", &self.link.same_date));
        if self.link.lagged.earlier.is_some() {
            all.extend(self.together("lagged", &self.link.lagged.together));
        }
        all
    }

    fn record(&self, record: &Record) -> Audit {
        let word = record.kind.word();
        let of_move = record.kind.of_move();
        let at = self.bars().binary_search_by_key(&record.date, |b| b.date).ok();
        let earlier = |name: &str, back: usize| {
            let bar = at.and_then(|at| self.bars().get(at.checked_sub(back)?));
            let date = if back == 0 { Some(record.date) } else { bar.map(|b| b.date) };
            input(name, date, bar.map(|b| b.close))
        };
        let mut inputs = vec![self.newest()];
        if of_move {
            inputs.push(self.previous());
        }
        if !record.since_start {
            inputs.push(earlier("earlier_close", 0));
            inputs.extend(of_move.then(|| earlier("earlier_previous", 1)));
        }
        let what = match record.kind {
            RecordKind::LargestDailyGainSince => "gain as large or larger",
            RecordKind::LargestDailyLossSince => "loss as large or larger",
            RecordKind::HighestCloseSince => "close as high or higher",
            RecordKind::LowestCloseSince => "close as low or lower",
        };
        let rule = match record.sessions {
            Some(n) => format!("the newest earlier {what} is that of {}, {n} sessions ago", record.date),
            None => format!("no earlier {what} since the data begin, {}", record.date),
        };
        let formula = of_move.then_some("(close / previous - 1) x 100");
        let title = word.trim_end_matches("_since").replace('_', " ");
        let told = told(&format!("records.{word}"), &title, formula, rule, Some(record.value), None);
        let unit = if of_move { "%".to_owned() } else { self.unit() };
        Audit { inputs, unit, signed: of_move, ..told }
    }

    fn streak(&self) -> Audit {
        let streak = &self.row.streak;
        let count = streak.sessions.map_or(0, |n| n + 1);
        let bars = self.bars();
        let from = bars.len().saturating_sub(count);
        let inputs = bars.get(from..).unwrap_or_default().iter().filter(|_| count > 0);
        let way = if streak.direction == Some("down") { "below" } else { "above" };
        let rule = format!("sessions in a row that closed {way} the one before");
        #[allow(clippy::cast_precision_loss)]
        let result = streak.sessions.map(|n| n as f64);
        Audit {
            inputs: inputs.map(|b| input("close", Some(b.date), Some(b.close))).collect(),
            unit: "sessions".to_owned(),
            ..told("streak.sessions", "Streak", None, rule, result, streak.absent)
        }
    }

    fn z_score(&self) -> Audit {
        let z = &self.row.z_score;
        let newest = self.bars().len().saturating_sub(1);
        let moved = |at| move_into(self.line?, self.market, at);
        let before: Vec<f64> = (1..newest).rev().filter_map(moved).take(size::OVER).collect();
        let there = z.value.is_some();
        #[allow(clippy::cast_precision_loss)]
        let inputs = vec![
            input("move", self.row.session.date, moved(newest)),
            input("squares", None, there.then(|| squares(&before))),
            input("moves", None, Some(before.len() as f64)),
        ];
        let formula = "move / sqrt(squares / (moves - 1))";
        let rule = "the day's move over the sample standard deviation of up to 250 moves before it; squares: the sum of the squared distances from their mean";
        signed(Audit {
            inputs,
            unit: "st.dev.".to_owned(),
            ..told("z_score.value", "Size of the move", Some(formula), rule.to_owned(), z.value, z.absent)
        })
    }

    fn rarity(&self) -> Audit {
        let rarity = &self.row.rarity;
        let newest = self.bars().len().saturating_sub(1);
        let moved = self.line.and_then(|line| move_into(line, self.market, newest));
        let rule = format!(
            "of the {} moves before, those at least as large, up or down",
            rarity.of.map_or_else(|| "up to 250".to_owned(), |of| of.to_string())
        );
        let inputs = vec![input("move", self.row.session.date, moved)];
        #[allow(clippy::cast_precision_loss)]
        let result = rarity.times.map(|n| n as f64);
        let told = told("rarity.times", "As large before", None, rule, result, rarity.absent);
        Audit { inputs, unit: "sessions".to_owned(), ..told }
    }

    fn drawdown(&self) -> Audit {
        let drawdown = &self.row.drawdown;
        let inputs = vec![self.newest(), input("peak", drawdown.peak_date, drawdown.peak)];
        let since = drawdown.since.map_or_else(String::new, |since| format!(" since {since}"));
        let rule = format!("the highest close{since}");
        let result = drawdown.pct.map(|p| p.0);
        let formula = "(close / peak - 1) x 100";
        signed(Audit {
            inputs,
            ..told("drawdown.pct", "Drawdown", Some(formula), rule, result, drawdown.absent)
        })
    }

    fn range(&self) -> Audit {
        let range = &self.row.range_52w;
        let window = self.bars().len().saturating_sub(range.sessions.unwrap_or(0));
        let window = self.bars().get(window..).unwrap_or_default();
        let on = |close: Option<f64>| {
            let same = |b: &&Bar| close.is_some_and(|c| c.to_bits() == b.close.to_bits());
            window.iter().rev().find(same).map(|b| b.date)
        };
        let inputs = vec![
            self.newest(),
            input("low", on(range.low), range.low),
            input("high", on(range.high), range.high),
        ];
        let rule = match range.sessions {
            Some(n) => format!("the lowest and highest of the {n} closes of the 365 days up to the session"),
            None => "the lowest and highest close of the 365 days up to the session".to_owned(),
        };
        let result = range.position_pct.map(|p| p.0);
        let formula = "(close - low) / (high - low) x 100";
        Audit {
            inputs,
            ..told("range_52w.position_pct", "52-week position", Some(formula), rule, result, range.absent)
        }
    }

    fn limit(&self) -> Audit {
        let limit = &self.row.limit;
        let rule =
            "previous close plus or minus the limit in percent, rounded half up to 0.01 in whole ticks";
        // A limit is judged in the market's own currency.
        let mut inputs = self.in_own_currency(&[self.newest(), self.previous()]);
        inputs.push(input("limit_pct", None, limit.pct.map(|p| p.0)));
        let told = told("limit.price", "Price limit", None, rule.to_owned(), limit.price, limit.absent);
        let own = self.row.local.as_ref().and_then(|l| l.currency.clone());
        Audit { inputs, unit: own.unwrap_or_else(|| self.unit()), ..told }
    }

    fn volatility(&self, name: &str, figure: &Volatility, over: usize) -> Audit {
        let returns = self.line.map(|l| Returns::of(l, self.market, over)).unwrap_or_default();
        let there = figure.pct.is_some();
        #[allow(clippy::cast_precision_loss)]
        let inputs = vec![
            input("squares", figure.to, there.then(|| squares(&returns.values))),
            input("returns", None, Some(figure.returns as f64)),
            input("sessions_a_year", None, Some(f64::from(figure.sessions_a_year))),
        ];
        let formula = "sqrt(squares / (returns - 1)) x sqrt(sessions_a_year) x 100";
        let span = figure.from.zip(figure.to).map(|(from, to)| format!(", here from {from} to {to}"));
        let rule = format!(
            "ln(close / close before) of up to {over} sessions{}; squares: the sum of the squared distances from their mean",
            span.unwrap_or_default()
        );
        let title = format!("Volatility over {over}");
        let result = figure.pct.map(|p| p.0);
        Audit {
            inputs,
            ..told(&format!("risk.{name}.pct"), &title, Some(formula), rule, result, figure.absent)
        }
    }

    /// How large the day's spread is among those before it; none where 1D is not shown.
    fn rank(&self) -> Option<Audit> {
        let cell = self.row.relative.get(&Horizon::ONE_DAY)?;
        let rank = &cell.rank;
        let span = rank.from.map_or_else(String::new, |from| format!(" since {from}"));
        let rule = format!(
            "of the {} spreads before{span}, those at least as large in the same direction",
            rank.of.unwrap_or(0)
        );
        #[allow(clippy::cast_precision_loss)]
        let result = rank.larger.map(|n| n as f64);
        let title = cell.excess_pp.map(|_| "Rank of the spread").unwrap_or_default();
        let inputs = vec![input("spread", self.row.session.date, cell.excess_pp.map(|p| p.0))];
        let told = told("relative.1D.rank.larger", title, None, rule, result, rank.absent);
        Some(Audit { inputs, unit: "sessions".to_owned(), ..told })
    }

    /// Correlation and beta of one alignment.
    fn together(&self, name: &str, link: &Together) -> [Audit; 2] {
        let what = match (name, &self.link.lagged.earlier, &self.link.lagged.later) {
            ("lagged", Some(earlier), Some(later)) => {
                format!("{later}'s sessions with {earlier}'s first session after each")
            }
            _ => "log returns between consecutive dates that both have".to_owned(),
        };
        let span = link.from.zip(link.to).map(|(from, to)| format!(" from {from} to {to}"));
        let rule = format!(
            "{what}: {} pairs{}, {} dropped (over 5 days, or across a missing session)",
            link.pairs,
            span.unwrap_or_default(),
            link.dropped
        );
        let entry = |figure: &str, title: String, rule: String, result: Option<f64>| {
            #[allow(clippy::cast_precision_loss)]
            let inputs = vec![input("pairs", None, Some(link.pairs as f64))];
            let told = told(&format!("link.{name}.{figure}"), &title, None, rule, result, link.absent);
            Audit { inputs, unit: "ratio".to_owned(), ..told }
        };
        let later = if name == "lagged" { ", lagged" } else { "" };
        [
            entry("correlation", format!("Correlation{later}"), rule, link.correlation),
            entry(
                "beta",
                format!("Beta{later}"),
                format!("covariance over the variance of {}, n - 1", self.link.beta_on),
                link.beta,
            ),
        ]
    }
}
