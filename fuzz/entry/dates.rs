//! Reads a word as every flag that takes a date, an instant, a time, a horizon or a number, and as lines of a
//! calendar. What is understood and lies far from our time is run through the whole program.

use std::cell::RefCell;
use std::ffi::OsString;
use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use clap::{ArgMatches, Command, CommandFactory};
use marketsnap::app::Clock;
use marketsnap::catalogue;
use marketsnap::cli::{self, Cli, Environment, World};
use marketsnap::domain::Horizon;
use marketsnap::domain::text::harmless;

/// The longest text that is tried.
const LONGEST: usize = 4096;

thread_local! {
    static COMMAND: RefCell<Command> = RefCell::new(Cli::command());
}

/// Reads `data`: its first line as flags, all of it as a calendar.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if text.len() > LONGEST {
        return;
    }
    calendar(text);
    let word = text.lines().next().unwrap_or_default();
    horizon(word);
    if let Some(day) = flag::<NaiveDate>(&["today", "--date", word], "date") {
        assert_eq!(day.to_string().parse(), Ok(day));
        whole(&["today", "SP500", "--demo", "--date", word], day);
        whole(&["compare", "SP500", "STAR50", "--demo", "--since", word], day);
        whole(&["chart", "SP500", "--demo", "--since", word], day);
    }
    if let Some(instant) = flag::<DateTime<Utc>>(&["today", "--as-of", word], "as_of") {
        assert_eq!(instant.to_rfc3339().parse::<DateTime<Utc>>(), Ok(instant));
        whole(&["today", "SP500", "--demo", "--as-of", word], instant.date_naive());
    }
    if let Some(time) = flag::<Duration>(&["today", "--timeout", word], "timeout") {
        assert!((0.1..=3600.0).contains(&time.as_secs_f64()), "{word:?}");
    }
    if let Some(width) = flag::<u16>(&["today", "--width", word], "width") {
        assert!((40..=1000).contains(&width), "{word:?}");
    }
}

/// A horizon reads back from its label and counts without going out of bounds.
fn horizon(word: &str) {
    match word.parse::<Horizon>() {
        Ok(horizon) => {
            assert_eq!(horizon.label().parse(), Ok(horizon), "{word:?}");
            let report = NaiveDate::from_ymd_opt(2026, 1, 21).expect("a day");
            for newest in [report, NaiveDate::MIN, NaiveDate::MAX] {
                let _ = horizon.wanted_base(newest, report);
                let _ = horizon.reach(newest);
            }
            if let Horizon::Since(date) = horizon {
                whole(&["today", "SP500", "--demo", "--horizons", word], date);
            }
        }
        Err(unknown) => {
            let said = unknown.to_string();
            assert_eq!(harmless(&said), said);
        }
    }
}

/// The days that a calendar's lines name are days, and hours lie inside of one.
fn calendar(text: &str) {
    for (venue, date, open, close) in catalogue::special_days_of(text) {
        assert!(!venue.contains(['\n', ' ']), "{venue:?}");
        assert!(open <= 24 * 3600 && close <= 24 * 3600, "{date}: {open} to {close}");
    }
}

/// The value of a flag on a command line.
fn flag<T: Clone + Send + Sync + 'static>(line: &[&str], id: &str) -> Option<T> {
    let words = std::iter::once("marketsnap").chain(line.iter().copied());
    let parsed = COMMAND.with(|command| command.borrow_mut().try_get_matches_from_mut(words));
    let matches: ArgMatches = parsed.ok()?;
    matches.subcommand()?.1.get_one::<T>(id).cloned()
}

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> DateTime<Utc> {
        "2026-01-21T08:30:00Z".parse().expect("an instant")
    }
}

/// Runs the program where `day` is far from ours; a usual one is what its tests run.
fn whole(line: &[&str], day: NaiveDate) {
    if (1980..=2060).contains(&day.year()) {
        return;
    }
    let world = World {
        clock: &Fixed,
        terminal_width: None,
        stderr_width: None,
        stderr_is_terminal: false,
        environment: Environment::default(),
    };
    let words = std::iter::once("marketsnap").chain(line.iter().copied()).map(OsString::from);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = cli::run(words, &world, &mut out, &mut err);
    let said = String::from_utf8(err).expect("errors are text");
    assert!(said.lines().all(|l| harmless(l) == l), "{line:?}: {said:?}");
    assert!([0, 2, 3, 5].contains(&code), "{line:?} ends with {code}: {said}");
    assert!(code != 2 || out.is_empty(), "{line:?}: {said}");
}
