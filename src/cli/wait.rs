//! `marketsnap wait`.

use std::io::Write;
use std::time::Duration;

use chrono::{DateTime, Datelike, Utc};
use clap::Args;
use clap::builder::FalseyValueParser;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::{NARROWEST, WIDTH_IN_A_PIPE, instant};
use super::parse::{Conflict, Given};
use super::{World, ended, err_width, refuse};
use crate::app::{self, Format, Style, WaitOptions, WaitPlan, Waiting};
use crate::domain::Own;

/// Sleep until the closes of a day should be out, then exit with 0
///
/// Of each market named, the session of one day is waited for: the day by the clock of the market where it is
/// earliest, so that a day's closes are those of Sydney, London and New York of one date. A close should be out an
/// hour after its session ended, closing auction included; a report that lacks it then calls the row stale. Hours,
/// half days and holidays are each exchange's own, in its own zone. A coin's day is the UTC day, a currency's ends
/// at 17:00 in New York; within four hours after such a close is out, it is still that day. Where no calendar
/// reaches, a weekday's regular hours are assumed, and that is said.
///
/// On a day without a session, and when all closes should be out, there is nothing to wait for, and it returns at
/// once; so it does where only coins trade and other markets are asked for too. Nobody is asked: whether a source has
/// the close, the report tells (--require-settled).
///
/// Exit codes: 0 when all should be out; 4 when --at-most ended first; 2 for a word that means nothing; 130 when
/// interrupted.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  marketsnap wait CN-CHIPS && marketsnap today CN-CHIPS --require-settled\n  marketsnap wait --print                what is waited for, without waiting\n  marketsnap wait SP500 --at-most 2h -q || echo not yet\n  marketsnap wait STAR50 SP500 --print --as-of 2026-03-09T12:00:00Z"
)]
pub(super) struct Wait {
    /// Ids, aliases, composites or groups [default: all markets that `today` shows]
    #[arg(value_name = "ID|GROUP")]
    words: Vec<String>,
    /// Minutes after the end of a session in which its close comes out
    #[arg(long, value_name = "MINUTES", default_value = "60", value_parser = clap::value_parser!(u16).range(0..=720), allow_negative_numbers = true, env = "MARKETSNAP_MARGIN")]
    margin: u16,
    /// Wait no longer than this, and exit with 4 then: seconds, or such as 90s, 30m, 2h
    #[arg(long, value_name = "DURATION", value_parser = duration, allow_negative_numbers = true)]
    at_most: Option<Duration>,
    /// Only tell what is waited for, on standard output
    #[arg(long)]
    print: bool,
    /// With --print: one JSON document instead of a table
    #[arg(long, env = "MARKETSNAP_JSON", value_parser = FalseyValueParser::new())]
    json: bool,
    /// With --print: what would be waited for at this instant (RFC 3339)
    #[arg(long, value_name = "INSTANT", value_parser = moment, requires = "print")]
    as_of: Option<DateTime<Utc>>,
    /// Draw with ASCII characters only
    #[arg(long, env = "MARKETSNAP_ASCII", value_parser = FalseyValueParser::new())]
    ascii: bool,
    /// Say nothing on standard error
    #[arg(short, long, env = "MARKETSNAP_QUIET", value_parser = FalseyValueParser::new())]
    quiet: bool,
    /// Show no progress on a terminal
    #[arg(long, env = "MARKETSNAP_NO_PROGRESS", value_parser = FalseyValueParser::new())]
    no_progress: bool,
}

impl Wait {
    /// Tells, or waits; returns the exit code.
    pub(super) fn run(
        &self,
        own: &Own,
        given: &Given,
        world: &World<'_>,
        out: &mut dyn Write,
        err: &mut (dyn Write + Send),
    ) -> u8 {
        if given.has("json") && !self.print {
            return refuse(err, &Conflict::Alone("--json", "--print"));
        }
        let options = WaitOptions {
            words: self.words.clone(),
            own: own.clone(),
            margin: Some(self.margin),
            at_most: self.at_most,
            as_of: self.as_of,
        };
        let plan = match WaitPlan::new(&options, world.clock.now()) {
            Ok(plan) => plan,
            Err(e) => return refuse(err, &e),
        };
        if self.print {
            let format = if self.json { Format::Json } else { Format::Table };
            let console = &mut app::Console { out, err, err_width: err_width(world) };
            return ended(app::awaited(&plan, format, &self.style(world), console), err);
        }
        let line = (world.stderr_is_terminal && !self.quiet && !self.no_progress).then(line);
        let mut tell = |waiting: &Waiting| match (waiting, &line) {
            (Waiting::Said(_), _) if self.quiet => {}
            (Waiting::Said(text), Some(line)) => line.suspend(|| said(err, text)),
            (Waiting::Said(text), None) => said(err, text),
            (Waiting::Next(text), Some(line)) => line.set_message(text.clone()),
            (Waiting::Next(_), None) => {}
        };
        let done = app::wait(&plan, world.clock, &mut tell);
        if let Some(line) = &line {
            line.finish_and_clear();
        }
        ended(done, err)
    }

    fn style(&self, world: &World<'_>) -> Style {
        let width = world.terminal_width.map(|w| usize::from(w).max(NARROWEST));
        Style {
            width: width.unwrap_or(WIDTH_IN_A_PIPE),
            color: world.terminal_width.is_some() && !world.environment.no_color,
            ascii: self.ascii,
            ..Style::default()
        }
    }
}

fn said(err: &mut (dyn Write + Send), text: &str) {
    let _ = writeln!(err, "{text}");
}

/// A line on a terminal that says what is waited for.
fn line() -> ProgressBar {
    let line = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{wide_msg}") {
        line.set_style(style);
    }
    line
}

/// An instant of the command line in years that calendars can count.
fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let at = instant(text)?;
    if (1970..=9999).contains(&at.year()) { Ok(at) } else { Err("not a year from 1970 to 9999".to_owned()) }
}

/// A duration of the command line: seconds, or with `s`, `m` or `h`.
fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(number) if text.ends_with('m') => (number, 60),
        Some(number) if text.ends_with('h') => (number, 3600),
        Some(number) => (number, 1),
        None => (text, 1),
    };
    let number: u64 = number.parse().map_err(|_| "not a duration such as 90, 90s, 30m or 2h".to_owned())?;
    match number.checked_mul(unit) {
        Some(seconds @ 1..=604_800) => Ok(Duration::from_secs(seconds)),
        _ => Err("must lie between 1 second and 168 hours".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_lies_in_a_year_that_can_be_counted_with() {
        assert!(moment("2028-02-29T12:00:00Z").is_ok() && moment("9999-12-31T23:59:59Z").is_ok());
        assert!(moment("+262142-12-31T23:59:59Z").is_err() && moment("-0001-01-01T00:00:00Z").is_err());
    }

    #[test]
    fn a_duration_is_seconds_or_has_a_unit() {
        let seconds = |text: &str| duration(text).map(|d| d.as_secs());
        assert_eq!(
            [seconds("90"), seconds("90s"), seconds("30m"), seconds("2h")],
            [Ok(90), Ok(90), Ok(1800), Ok(7200)]
        );
        for wrong in
            ["", "0", "h", "-5", "1.5h", "2d", "169h", "99999999999999999999", "9999999999999999999h"]
        {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
