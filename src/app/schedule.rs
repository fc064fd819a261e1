//! A schedule for the daily report: a line for crontab, or a service and a timer for systemd.
//!
//! Not for: installing it, or writing reports. The machine's zone comes in as a function of the instant.

use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::output::{self, Console};
use super::usage::UsageError;
use super::{Exit, RunError, own, wait};
use crate::compute::publication::{self, Last};
use crate::domain::Own;

/// The machine's distance from UTC at an instant.
pub type ZoneOffset = fn(DateTime<Utc>) -> FixedOffset;

/// What runs the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheduler {
    /// A line for crontab(5).
    Cron,
    /// A user service and its timer.
    Systemd,
}

/// What a schedule is made for.
#[derive(Debug, Clone)]
pub struct ScheduleOptions {
    /// What runs the report.
    pub scheduler: Scheduler,
    /// Ids, groups or composites; all markets without any.
    pub words: Vec<String>,
    /// The user's own instruments, composites and groups.
    pub own: Own,
    /// Flags of the report, as they were typed.
    pub flags: Vec<String>,
    /// The folder of the reports, from the root.
    pub folder: PathBuf,
    /// The program, from the root.
    pub program: PathBuf,
    /// The config file, from the root, where its place comes from a variable.
    pub config: Option<PathBuf>,
    /// Names of the variables that are set here and will not be where it runs.
    pub variables: Vec<String>,
    /// The zone of the machine that runs it.
    pub offset: ZoneOffset,
}

/// Writes a schedule for the year from `now` on.
///
/// # Errors
/// [`RunError`] for words that mean nothing and paths that no schedule can hold, and when it could not be
/// written.
pub fn print_schedule(
    options: &ScheduleOptions,
    now: DateTime<Utc>,
    console: &mut Console<'_>,
) -> Result<Exit, RunError> {
    output::to_stdout(console, schedule(options, now)?.as_bytes())?;
    Ok(Exit::Complete)
}

/// A schedule for the year from `now` on.
///
/// # Errors
/// [`UsageError`] for words that mean nothing and paths that no schedule can hold.
pub fn schedule(options: &ScheduleOptions, now: DateTime<Utc>) -> Result<String, UsageError> {
    let universe = own::universe(&options.own)?;
    let (ids, _) = wait::instruments(&options.words, &universe)?;
    let markets = publication::markets(&universe, &ids);
    let lasts = publication::last_closes(&markets, now.date_naive(), publication::MARGIN);
    let every_day = publication::every_day(&markets);
    let jobs = Jobs::new(options)?;
    match options.scheduler {
        Scheduler::Cron => Ok(crontab(&jobs, &Here::new(&lasts, options.offset), &lasts, every_day)),
        Scheduler::Systemd => Ok(units(&jobs, &lasts, every_day)),
    }
}

/// What the schedule runs, as words that are not quoted yet.
struct Jobs {
    wait: Vec<String>,
    report: Vec<String>,
    /// What the report is of, in a sentence.
    of: String,
    /// The config file's path.
    config: Option<String>,
    /// Comments, each a sentence.
    said: Vec<String>,
}

impl Jobs {
    fn new(options: &ScheduleOptions) -> Result<Self, UsageError> {
        let program = plain(path(&options.program)?)?;
        let folder = plain(path(&options.folder)?)?;
        let words: Vec<String> = options.words.iter().map(|w| plain(w.clone())).collect::<Result<_, _>>()?;
        let of = if words.is_empty() { "all markets".to_owned() } else { words.join(" ") };
        let flags: Vec<String> = options.flags.iter().map(|f| plain(f.clone())).collect::<Result<_, _>>()?;
        let run = |args: &[&str]| {
            let own = std::iter::once(program.as_str()).chain(args.iter().copied()).map(str::to_owned);
            own.chain(words.iter().cloned()).collect::<Vec<String>>()
        };
        Ok(Self {
            wait: run(&["wait", "--quiet"]),
            report: [run(&["report", "--dir", &folder, "--since", "last"]), flags].concat(),
            of,
            config: options.config.as_deref().map(|c| plain(path(c)?)).transpose()?,
            said: unset(&options.variables).into_iter().collect(),
        })
    }
}

/// Names the variables that hold here alone.
fn unset(variables: &[String]) -> Option<String> {
    let named = |name: &&String| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let names: Vec<&str> = variables.iter().filter(named).map(String::as_str).collect();
    let named = names.join(", ");
    (!names.is_empty()).then(|| {
        format!("Set here and not where this runs, so say it by flags or in the config file: {named}.")
    })
}

fn path(path: &Path) -> Result<String, UsageError> {
    let text = path.to_str().map(str::to_owned);
    let shown = || path.to_string_lossy().into_owned();
    text.ok_or_else(|| {
        UsageError::Unschedulable(crate::domain::text::sanitise(&shown(), 80), "it is no text")
    })
}

/// Refuses what would end a line.
fn plain(text: String) -> Result<String, UsageError> {
    if text.chars().any(char::is_control) {
        let shown = crate::domain::text::sanitise(&text, 80);
        return Err(UsageError::Unschedulable(shown, "it holds a control character"));
    }
    Ok(text)
}

/// When the last close of a day comes out by the machine's clock, from the midnight at which the day begins
/// there.
struct Here {
    earliest: TimeDelta,
    latest: TimeDelta,
    offsets: Vec<FixedOffset>,
}

impl Here {
    fn new(lasts: &[Last<'_>], offset: ZoneOffset) -> Self {
        let after = |last: &Last<'_>| {
            let here: NaiveDateTime = last.due_at.with_timezone(&offset(last.due_at)).naive_local();
            here - last.date.and_time(NaiveTime::MIN)
        };
        let mut offsets: Vec<FixedOffset> = lasts.iter().map(|l| offset(l.due_at)).collect();
        offsets.sort_by_key(FixedOffset::local_minus_utc);
        offsets.dedup();
        Self {
            earliest: lasts.iter().map(after).min().unwrap_or_default(),
            latest: lasts.iter().map(after).max().unwrap_or_default(),
            offsets,
        }
    }

    /// Days by which the earliest is off the day, and the time.
    fn start(&self) -> (i64, NaiveTime) {
        split(self.earliest)
    }
}

/// Whole days, and the time of day.
fn split(after: TimeDelta) -> (i64, NaiveTime) {
    let (days, rest) = (after.num_seconds().div_euclid(86_400), after.num_seconds().rem_euclid(86_400));
    let time = u32::try_from(rest).ok().and_then(|s| NaiveTime::from_num_seconds_from_midnight_opt(s, 0));
    (days, time.unwrap_or_default())
}

/// The market whose close is the last on most days, and its day and time there.
fn usual_last<'a>(lasts: &[Last<'a>]) -> Option<(Last<'a>, i64, NaiveTime)> {
    let count = |one: &Last<'_>| lasts.iter().filter(|l| l.exchange.mic == one.exchange.mic).count();
    let last = *lasts.iter().rev().max_by_key(|l| count(l))?;
    let there = last.due_at.with_timezone(&last.exchange.timezone).naive_local();
    let (days, time) = split(there - last.date.and_time(NaiveTime::MIN));
    Some((last, days, time))
}

fn crontab(jobs: &Jobs, here: &Here, lasts: &[Last<'_>], every_day: bool) -> String {
    let (shift, time) = here.start();
    let days = if every_day {
        "*".to_owned()
    } else {
        // 0 and 7 are Sunday: no range is longer than a week.
        let first = (1 + shift).rem_euclid(7);
        format!("{first}-{}", first + 4)
    };
    let quoted = |words: &[String]| words.iter().map(|w| shell(w)).collect::<Vec<_>>().join(" ");
    let config = jobs.config.iter().map(|c| format!("MARKETSNAP_CONFIG={} ", shell(c))).collect::<String>();
    let command =
        format!("{config}{} && {config}{}", quoted(&jobs.wait), quoted(&jobs.report)).replace('%', "\\%");
    let mut text = format!("# marketsnap: the daily report of {}, a line for `crontab -e`.\n", jobs.of);
    for sentence in reasons(here, lasts, every_day).iter().chain(&jobs.said) {
        text.push_str(&format!("# {sentence}\n"));
    }
    text.push_str(&format!("{} {} * * {days} {command}\n", time.format("%-M"), time.format("%-H")));
    text
}

/// Why the job starts when it does.
fn reasons(here: &Here, lasts: &[Last<'_>], every_day: bool) -> Vec<String> {
    let mut said = Vec::new();
    let (shift, earliest) = here.start();
    if let Some((last, _, there)) = usual_last(lasts) {
        said.push(format!(
            "The last close of a day comes out at {} {}, an hour after its session ended.",
            there.format("%H:%M"),
            zone(&last)
        ));
    }
    let offsets: Vec<String> = here.offsets.iter().map(|o| format!("UTC{o}")).collect();
    let offsets = offsets.join(" and ");
    let (_, latest) = split(here.latest);
    let earliest = earliest.format("%H:%M");
    if here.earliest == here.latest {
        said.push(format!(
            "Here ({offsets}) that is {earliest} all year. Print it anew where the clock is another."
        ));
    } else {
        said.push(format!(
            "Here ({offsets}) that is from {earliest} to {} as clocks change over the year.",
            latest.format("%H:%M")
        ));
        said.push(
            "cron knows no zones: the job starts at the earliest, and `wait` sleeps the rest.".to_owned(),
        );
    }
    if !every_day && shift != 0 {
        let day = |day: i64| {
            let names = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
            let at = usize::try_from((day + shift).rem_euclid(7)).unwrap_or_default();
            names.get(at).copied().unwrap_or_default()
        };
        said.push(format!("Closes of Monday to Friday come out on {} to {} here.", day(1), day(5)));
    }
    said.push("Days that were missed are written by the next run (--since last).".to_owned());
    said
}

/// The zone as systemd and a reader know it.
fn zone(last: &Last<'_>) -> String {
    let name = last.exchange.timezone.to_string();
    if name == "Etc/UTC" { "UTC".to_owned() } else { name }
}

fn units(jobs: &Jobs, lasts: &[Last<'_>], every_day: bool) -> String {
    let quoted = |words: &[String]| words.iter().map(|w| unit(w)).collect::<Vec<_>>().join(" ");
    let when = usual_last(lasts).map_or_else(String::new, |(last, shift, time)| {
        let days = if every_day {
            String::new()
        } else {
            let names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
            let day = |day: i64| {
                let at = usize::try_from((day + shift).rem_euclid(7)).unwrap_or_default();
                names.get(at).copied().unwrap_or_default()
            };
            format!("{}..{} ", day(1), day(5))
        };
        format!("{days}{} {}", time.format("%H:%M"), zone(&last))
    });
    let of = jobs.of.replace('%', "%%");
    let said: String = jobs.said.iter().map(|s| format!("# {s}\n")).collect();
    let config: String =
        jobs.config.iter().map(|c| format!("Environment={}\n", variable("MARKETSNAP_CONFIG", c))).collect();
    format!(
        "# marketsnap: the daily report of {}, a service and a timer for systemd.\n\
         # In ~/.config/systemd/user, this output through awk '/^# file:/ {{ f = $3 }} f {{ print > f }}' makes both files; then\n\
         # systemctl --user daemon-reload && systemctl --user enable --now marketsnap-report.timer\n\
         \n\
         # file: marketsnap-report.service\n\
         [Unit]\n\
         Description=Daily report of marketsnap: {of}\n\
         \n\
         [Service]\n\
         Type=oneshot\n\
         {said}{config}\
         # Where another market's close comes out later than the timer's, this sleeps the rest.\n\
         ExecStartPre={}\n\
         ExecStart={}\n\
         \n\
         # file: marketsnap-report.timer\n\
         [Unit]\n\
         Description=When the last close of a day is out: {of}\n\
         \n\
         [Timer]\n\
         # In the exchange's own zone, an hour after its session ended.\n\
         OnCalendar={when}\n\
         # A start that was missed is made up for; --since last writes the days that were missed.\n\
         Persistent=true\n\
         \n\
         [Install]\n\
         WantedBy=timers.target\n",
        jobs.of,
        quoted(&jobs.wait),
        quoted(&jobs.report),
    )
}

/// Whether a word needs no quotes anywhere.
fn bare(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./+:@,".contains(c);
    !word.is_empty() && word.chars().all(plain)
}

/// A word for a shell.
fn shell(word: &str) -> String {
    if bare(word) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

/// A word for a command of a unit file, where `%` and `$` stand for something too.
fn unit(word: &str) -> String {
    if bare(word) {
        return word.to_owned();
    }
    let escaped = word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%").replace('$', "$$");
    format!("\"{escaped}\"")
}

/// A variable for a unit file, where `%` stands for something and `$` does not.
fn variable(name: &str, value: &str) -> String {
    if bare(value) {
        return format!("{name}={value}");
    }
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%");
    format!("\"{name}={escaped}\"")
}

#[cfg(test)]
mod tests;
