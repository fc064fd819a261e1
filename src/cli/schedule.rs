//! `--print-schedule` of `marketsnap report`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use chrono::Offset;
use clap::{Arg, Args, Command, ValueEnum};

use super::{CONFIG, Environment, World};
use crate::app::{ScheduleOptions, Scheduler};
use crate::domain::Own;

/// What a schedule says itself.
const OWN: [&str; 3] = ["print_schedule", "dir", "since"];

/// A schedule instead of a report, of a command that has `--dir`.
#[derive(Debug, Args)]
pub(super) struct Schedule {
    /// Instead of a report, print a schedule that writes it into --dir on every day once the last close should be out
    #[arg(long, value_enum, value_name = "FOR", requires = "dir", help_heading = "How")]
    print_schedule: Option<SchedulerName>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SchedulerName {
    /// A line for crontab
    Cron,
    /// A user service and its timer
    Systemd,
}

impl Schedule {
    /// Whether a schedule is asked for.
    pub(super) fn is_asked(&self) -> bool {
        self.print_schedule.is_some()
    }

    /// What to print a schedule for, if one is asked for: the report of these words into this folder, by this
    /// program on this machine.
    pub(super) fn options(
        &self,
        words: &[String],
        flags: Vec<String>,
        own: &Own,
        folder: &Path,
        world: &World<'_>,
    ) -> Option<ScheduleOptions> {
        let scheduler = match self.print_schedule? {
            SchedulerName::Cron => Scheduler::Cron,
            SchedulerName::Systemd => Scheduler::Systemd,
        };
        Some(ScheduleOptions {
            scheduler,
            words: words.to_vec(),
            own: own.clone(),
            flags,
            folder: absolute(folder),
            program: world.environment.program.clone().unwrap_or_else(|| "marketsnap".into()),
            config: config(world),
            variables: variables(world),
            offset: world.environment.offset.unwrap_or(|at| at.offset().fix()),
        })
    }
}

/// The config file where a variable says its place, which neither cron nor systemd knows; one that only the folder of
/// all programs' files leads to where it is there.
fn config(world: &World<'_>) -> Option<PathBuf> {
    let Environment { config, config_moved, .. } = &world.environment;
    let file = config.as_ref().filter(|file| is_set(world, CONFIG) || (*config_moved && file.exists()))?;
    Some(absolute(file))
}

/// Names of the other variables that say something here.
fn variables(world: &World<'_>) -> Vec<String> {
    let names = world.environment.variables.iter().filter(|name| *name != CONFIG && is_set(world, name));
    names.cloned().collect()
}

fn is_set(world: &World<'_>, name: &str) -> bool {
    world.environment.variables.contains(name) && !world.environment.empty_variables.contains(name)
}

/// A path from the root: neither cron nor systemd runs in this folder.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The place of a store from the root; an address is one already.
fn place(value: &str) -> String {
    if value.contains("://") {
        value.to_owned()
    } else {
        absolute(Path::new(value)).to_string_lossy().into_owned()
    }
}

/// The flags of a report's command line as they were typed, but for those that a schedule says itself.
pub(super) fn flags(argv: &[OsString], report: &Command) -> Vec<String> {
    let mut kept = Vec::new();
    let mut words = argv.iter().skip(2).map(|word| word.to_string_lossy().into_owned());
    while let Some(word) = words.next() {
        let Some(flag) = flag(&word, report) else { continue };
        let apart = flag.get_action().takes_values() && !word.contains('=') && !short_with_value(&word);
        let value = if apart { words.next() } else { None };
        let store = flag.get_id() == "store";
        let (word, value) = match (word.split_once('='), value) {
            (Some((name, path)), None) if store => (format!("{name}={}", place(path)), None),
            (_, Some(path)) if store => (word, Some(place(&path))),
            (_, value) => (word, value),
        };
        if !OWN.contains(&flag.get_id().as_str()) {
            kept.push(word);
            kept.extend(value);
        }
    }
    kept
}

/// The flag that a word is, if it is one.
fn flag<'a>(word: &str, report: &'a Command) -> Option<&'a Arg> {
    let long = word.strip_prefix("--").and_then(|name| name.split('=').next());
    let short = word.strip_prefix('-').and_then(|name| name.chars().next()).filter(|_| long.is_none());
    let is = |arg: &&Arg| {
        long.is_some_and(|name| arg.get_long() == Some(name)) || (short.is_some() && arg.get_short() == short)
    };
    report.get_arguments().find(is)
}

/// Whether a short flag has its value behind it in one word.
fn short_with_value(word: &str) -> bool {
    !word.starts_with("--") && word.chars().count() > 2
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use chrono::{DateTime, FixedOffset, Utc};
    use clap::{CommandFactory, Parser};

    use super::*;
    use crate::app::Clock;
    use crate::cli::Environment;

    #[derive(Debug, Parser)]
    struct Of {
        words: Vec<String>,
        #[arg(long)]
        dir: Option<PathBuf>,
        #[command(flatten)]
        schedule: Schedule,
    }

    struct Stopped;

    impl Clock for Stopped {
        fn now(&self) -> DateTime<Utc> {
            DateTime::UNIX_EPOCH
        }
    }

    fn options(line: &str, environment: Environment) -> Option<ScheduleOptions> {
        let world = World {
            clock: &Stopped,
            terminal_width: None,
            stderr_width: None,
            stderr_is_terminal: false,
            environment,
        };
        let of = Of::try_parse_from(line.split(' ')).unwrap();
        of.schedule.options(&of.words, Vec::new(), &Own::default(), &of.dir.unwrap_or_default(), &world)
    }

    #[test]
    fn flags_of_the_report_go_along_and_words_folder_and_days_do_not() {
        let line = "marketsnap report CN-CHIPS --format html --with=json -q --dir r SP500 --since last -o- \
                    --print-schedule=cron --lang zh";
        let argv: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
        let mut cli = crate::cli::Cli::command();
        cli.build();
        let kept = flags(&argv, cli.find_subcommand("report").unwrap());
        assert_eq!(kept, ["--format", "html", "--with=json", "-q", "-o-", "--lang", "zh"]);
    }

    #[test]
    fn a_stores_file_is_told_from_the_root_and_its_address_as_it_is() {
        let of = |line: &str| {
            let argv: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
            let mut cli = crate::cli::Cli::command();
            cli.build();
            flags(&argv, cli.find_subcommand("report").unwrap())
        };
        let here = std::path::absolute("rel.db").unwrap().display().to_string();
        assert_eq!(of("marketsnap report --dir r --store rel.db"), ["--store", &here]);
        assert_eq!(of("marketsnap report --store=rel.db --dir r"), [format!("--store={here}")]);
        assert_eq!(of("marketsnap report --store /srv/c.db"), ["--store", "/srv/c.db"]);
        assert_eq!(of("marketsnap report --store postgres://h/d"), ["--store", "postgres://h/d"]);
    }

    #[test]
    fn a_config_file_of_a_variable_goes_along_from_the_root_and_other_variables_by_name() {
        let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        let environment = Environment {
            config: Some("own.toml".into()),
            variables: names(&["MARKETSNAP_CONFIG", "MARKETSNAP_LANG", "MARKETSNAP_STORE"]),
            empty_variables: names(&["MARKETSNAP_STORE"]),
            ..Environment::default()
        };
        let asked = options("x --dir r --print-schedule cron", environment).unwrap();
        assert_eq!(asked.config, Some(std::path::absolute("own.toml").unwrap()));
        assert_eq!(asked.variables, ["MARKETSNAP_LANG"]);
        // At its usual place it is found there too; a folder for all programs moves one that is there.
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        let moved =
            |config_moved| Environment { config: Some(file.clone()), config_moved, ..Environment::default() };
        let of = |moved| options("x --dir r --print-schedule cron", moved).unwrap().config;
        assert_eq!(of(moved(true)), None);
        std::fs::write(&file, "").unwrap();
        assert_eq!((of(moved(true)), of(moved(false))), (Some(file.clone()), None));
    }

    #[test]
    fn a_schedule_is_of_the_words_the_folder_from_the_root_this_program_and_this_machines_zone() {
        let environment = Environment {
            program: Some("/usr/bin/marketsnap".into()),
            offset: Some(|_| FixedOffset::east_opt(3600).unwrap()),
            ..Environment::default()
        };
        let asked = options("x SP500 --dir /srv/r --print-schedule systemd", environment).unwrap();
        assert_eq!((asked.scheduler, asked.words), (Scheduler::Systemd, vec!["SP500".to_owned()]));
        assert_eq!((asked.folder, asked.program), ("/srv/r".into(), "/usr/bin/marketsnap".into()));
        assert_eq!((asked.offset)(DateTime::UNIX_EPOCH).local_minus_utc(), 3600);
        let asked = options("x --dir r --print-schedule cron", Environment::default()).unwrap();
        assert!(asked.folder.is_absolute() && asked.folder.ends_with("r"));
        assert_eq!((asked.offset)(DateTime::UNIX_EPOCH).local_minus_utc(), 0);
    }

    #[test]
    fn without_the_flag_there_is_none_and_without_a_folder_it_is_refused() {
        assert!(options("x --dir /srv/r", Environment::default()).is_none());
        let refused = Of::try_parse_from(["x", "--print-schedule", "cron"]).unwrap_err().to_string();
        assert!(refused.contains("--dir"), "{refused}");
        assert!(Of::try_parse_from(["x", "--dir", "r", "--print-schedule", "at"]).is_err());
    }
}
