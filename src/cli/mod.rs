//! The command line: flags and environment to plain options, then the run, its errors and its exit
//! code.
//!
//! Not for: what words of the catalogue mean (`app::words`). The doc comments of the arguments are the
//! help text.

mod args;
mod chart;
mod check;
mod compare;
mod completions;
mod config;
mod console;
mod history;
mod how;
mod keys;
mod lasting;
mod list;
mod man;
mod movers;
mod parse;
mod report;
mod schedule;
mod schema;
mod search;
mod show;
mod sources;
mod store;
mod sync;
mod today;
mod wait;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use secrecy::SecretString;

use crate::app::{self, Clock, Exit, Plan, SearchPlan, SourcesPlan, SyncPlan};
use crate::config::Config;

/// The variable that names the config file.
const CONFIG: &str = "MARKETSNAP_CONFIG";

/// The width of causes and hints that no terminal shows.
const WIDTH_OF_ERRORS: usize = 100;

/// What only `main` knows: the clock, the terminal and the environment.
pub struct World<'a> {
    /// The real clock, or a test's.
    pub clock: &'a dyn Clock,
    /// Width of the terminal that standard output is, if it is one.
    pub terminal_width: Option<u16>,
    /// Width of the terminal that standard error is, if it is one.
    pub stderr_width: Option<u16>,
    /// Standard error is a terminal.
    pub stderr_is_terminal: bool,
    /// The environment.
    pub environment: Environment,
}

/// The environment as plain values.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// The environment forbids colour (`NO_COLOR`, `TERM=dumb`).
    pub no_color: bool,
    /// Names of the `MARKETSNAP_` variables that are set.
    pub variables: BTreeSet<String>,
    /// Of these, the ones that are empty and count as unset.
    pub empty_variables: BTreeSet<String>,
    /// Base URLs by source, from `MARKETSNAP_<SOURCE>_URL`.
    pub base_urls: BTreeMap<String, String>,
    /// Keys by source, from `MARKETSNAP_<SOURCE>_KEY`.
    pub keys: BTreeMap<String, SecretString>,
    /// Files that hold keys, by source, from `MARKETSNAP_<SOURCE>_KEY_FILE`.
    pub key_files: BTreeMap<String, PathBuf>,
    /// The user's home folder.
    pub home: Option<PathBuf>,
    /// The user's config file.
    pub config: Option<PathBuf>,
    /// It stands in another folder for config files than the usual one (`XDG_CONFIG_HOME`).
    pub config_moved: bool,
    /// The file that remembers between runs how the sources did.
    pub memory: Option<PathBuf>,
    /// The file that keeps closes between runs, unless another is named.
    pub store: Option<PathBuf>,
    /// This program's own file.
    pub program: Option<PathBuf>,
    /// The machine's distance from UTC at an instant; UTC where it is not known.
    pub offset: Option<app::ZoneOffset>,
}

/// What the world's markets did, and who beat whom: the newest session of each, settled or live, with
/// its dates and its source.
#[derive(Debug, Parser)]
#[command(
    name = "marketsnap",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    before_help = "Examples:\n  marketsnap today                       the newest session of the world's markets\n  marketsnap today --demo                the same on built-in closes, without network\n  marketsnap today STAR50 SP500 ASIA --json | jq .instruments\n  marketsnap report --dir reports --since last   the day's report, and those that were missed\n  marketsnap compare STAR50 SP500 ASIA --since 2025-12-31\n  marketsnap movers CN-CHIPS             a group's members ranked, and its breadth\n  marketsnap show HYGON --why            one instrument, and how each figure came about\n  marketsnap chart STAR50 SP500 --over 6M\n  marketsnap check 'STAR50.1D > 3'       exit code 10 when it holds\n  marketsnap today --date 2026-01-21 --currency USD\n  marketsnap list chip                   what can be asked for\n  marketsnap search tencent              symbols at the sources\n  marketsnap history SP500               the closes that earlier runs kept\n  marketsnap sync                        ten years of closes for the store\n  marketsnap wait CN-CHIPS && marketsnap today CN-CHIPS\n  marketsnap sources                     whom it is asked of, and how they are doing"
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant)]
enum Command {
    Today(today::Today),
    Report(report::Report),
    Compare(compare::Compare),
    Check(check::Check),
    Config(config::Config),
    Show(show::Show),
    Chart(chart::Chart),
    History(history::History),
    List(list::List),
    Schema(schema::Schema),
    Movers(movers::Movers),
    Search(search::Search),
    Sources(sources::Sources),
    Store(store::Store),
    Sync(sync::Sync),
    Wait(wait::Wait),
    Completions(completions::Completions),
    Complete(completions::Complete),
    Man(man::Man),
}

impl Command {
    /// Whether it does its work also where the config file cannot be used.
    fn needs_no_file(&self) -> bool {
        match self {
            Command::Config(config) => config.needs_no_file(),
            Command::Schema(_) | Command::Completions(_) | Command::Complete(_) | Command::Man(_) => true,
            _ => false,
        }
    }
}

/// Runs the program on `argv` and returns its exit code.
pub fn run(
    argv: impl IntoIterator<Item = OsString>,
    world: &World<'_>,
    out: &mut dyn Write,
    err: &mut (dyn Write + Send),
) -> u8 {
    let argv: Vec<OsString> = argv.into_iter().collect();
    let said = lasting::read(world);
    let (cli, given) = match parse::parse(&argv, world, said.as_ref().ok()) {
        Ok(parsed) => parsed,
        Err(e) => return parse::explain(&e, &argv, world, out, err),
    };
    let said = &match said {
        Ok(said) => said,
        Err(_) if cli.command.needs_no_file() => Config::default(),
        Err(e) => return refuse(err, &e),
    };
    let (shared, mut options) = match &cli.command {
        Command::Today(today) => (&today.shared, today.options(world, &given)),
        Command::Compare(compare) => (&compare.shared, compare.options(world, &given)),
        Command::Movers(movers) => (&movers.shared, movers.options(world, &given)),
        Command::Check(check) => match check.check(&given) {
            Err(conflict) => return refuse(err, &conflict),
            Ok(()) if check.lists_fields() => {
                let console = &mut app::Console { out, err, err_width: err_width(world) };
                return ended(app::condition_fields(&check.shared.style(world), console), err);
            }
            Ok(()) => (&check.shared, check.options(world, &given)),
        },
        Command::Show(show) => (&show.shared, show.options(world, &given)),
        Command::Chart(chart) => match chart.check(world, &given) {
            Ok(()) => (&chart.shared, chart.options(world, &given)),
            Err(conflict) => return refuse(err, &conflict),
        },
        Command::Report(report) => match report.check(&given) {
            Ok(()) => match report.schedule(&argv, &said.own, world) {
                None => (&report.shared, report.options(world, &given)),
                Some(options) => {
                    let console = &mut app::Console { out, err, err_width: err_width(world) };
                    return ended(app::print_schedule(&options, world.clock.now(), console), err);
                }
            },
            Err(conflict) => return refuse(err, &conflict),
        },
        Command::List(list) => {
            if let Err(conflict) = list.how.check_text(&given) {
                return refuse(err, &conflict);
            }
            let console = &mut app::Console { out, err, err_width: err_width(world) };
            let options = app::Options { own: said.own.clone(), ..list.options(world, &given) };
            let done = app::list(list.text.as_deref(), &options, console);
            return ended(done, err);
        }
        Command::Config(config) => {
            let console = &mut app::Console { out, err, err_width: err_width(world) };
            return ended(config.run(said, &given, world, console), err);
        }
        Command::Schema(schema) => {
            let console = &mut app::Console { out, err, err_width: err_width(world) };
            return ended(app::schema(schema.name.as_deref(), console), err);
        }
        Command::Search(search) => return look_up(search, said, &given, world, out, err),
        Command::Sources(sources) => return list_sources(sources, said, &given, world, out, err),
        Command::Sync(sync) => return bring_up_to_date(sync, said, &given, world, out, err),
        Command::History(history) => return show_history(history, said, &given, world, out, err),
        Command::Store(store) => return look_after(store, said, world, out, err),
        Command::Wait(wait) => return wait.run(&said.own, &given, world, out, err),
        Command::Completions(completions) => {
            let script = [(String::new(), completions.script().as_bytes().to_vec())];
            let console = &mut app::Console { out, err, err_width: err_width(world) };
            return ended(app::show_page(&script, console), err);
        }
        Command::Complete(complete) => {
            complete.run(&said.own, out);
            return Exit::Complete.code();
        }
        Command::Man(man) => return man.run(world, out, err),
    };
    if let Err(conflict) = shared.check(&given) {
        return refuse(err, &conflict);
    }
    if let Err(e) = lasting::choose(&mut options, said, world) {
        return refuse(err, &*e);
    }
    if !shared.keeps(&given) {
        options.store = None;
    }
    let mut plan = match Plan::new(options, world.clock.now()) {
        Ok(plan) => plan,
        Err(e) => return refuse(err, &e),
    };
    // Until the end no other run writes into the folder of reports.
    let _claim = match app::claim(&mut plan) {
        Ok(claim) => claim,
        Err(e) => return ended(Err(e), err),
    };
    let observer = console::Talker::new(shared.verbose, shared.progress(world));
    let answers = app::ask(&mut plan, world.clock, &observer);
    observer.finish();
    let console = &mut app::Console { out, err, err_width: err_width(world) };
    ended(answers.and_then(|answers| app::report(plan, answers, world.clock, console)), err)
}

/// Shows what is held of an instrument.
fn show_history(
    history: &history::History,
    said: &Config,
    given: &parse::Given,
    world: &World<'_>,
    out: &mut dyn Write,
    err: &mut (dyn Write + Send),
) -> u8 {
    if let Err(conflict) = history.check(given) {
        return refuse(err, &conflict);
    }
    let mut options = history.options(world, given);
    options.store = lasting::place(options.store, said, world);
    options.own = said.own.clone();
    let console = &mut app::Console { out, err, err_width: err_width(world) };
    ended(app::history(&options, world.clock, console), err)
}

/// Looks after the store.
fn look_after(
    store: &store::Store,
    said: &Config,
    world: &World<'_>,
    out: &mut dyn Write,
    err: &mut (dyn Write + Send),
) -> u8 {
    let place = lasting::place(store.place(), said, world);
    let console = &mut app::Console { out, err, err_width: err_width(world) };
    ended(app::upkeep(&store.task(), place, &said.own, world.clock, console), err)
}

/// Lists the sources, after asking them where that is wanted.
fn list_sources(
    sources: &sources::Sources,
    said: &Config,
    given: &parse::Given,
    world: &World<'_>,
    out: &mut dyn Write,
    err: &mut (dyn Write + Send),
) -> u8 {
    if let Err(conflict) = sources.how.check_text(given) {
        return refuse(err, &conflict);
    }
    let mut options = sources.options(world, given);
    if let Err(e) = lasting::choose(&mut options, said, world) {
        return refuse(err, &*e);
    }
    let plan = match SourcesPlan::new(options, sources.probe) {
        Ok(plan) => plan,
        Err(e) => return refuse(err, &e),
    };
    let progress = sources.probe && world.stderr_is_terminal && sources.verbose == 0;
    let observer = console::Talker::new(sources.verbose, progress);
    let probes = app::probe(&plan, world.clock, &observer);
    observer.finish();
    let console = &mut app::Console { out, err, err_width: err_width(world) };
    ended(probes.and_then(|probes| app::sources(&plan, probes, world.clock, console)), err)
}

/// Looks a text up.
fn look_up(
    search: &search::Search,
    said: &Config,
    given: &parse::Given,
    world: &World<'_>,
    out: &mut dyn Write,
    err: &mut (dyn Write + Send),
) -> u8 {
    if let Err(conflict) = search.check(given) {
        return refuse(err, &conflict);
    }
    let mut options = search.options(world, given);
    if let Err(e) = lasting::choose(&mut options, said, world) {
        return refuse(err, &*e);
    }
    let plan = match SearchPlan::new(options, &search.text, search.most()) {
        Ok(plan) => plan,
        Err(e) => return refuse(err, &e),
    };
    let observer = console::Talker::new(search.verbose, search.progress(world));
    let looked = app::look_up(&plan, world.clock, &observer);
    observer.finish();
    let console = &mut app::Console { out, err, err_width: err_width(world) };
    ended(looked.and_then(|looked| app::searched(&plan, looked, world.clock, console)), err)
}

/// Brings the store up to date.
fn bring_up_to_date(
    sync: &sync::Sync,
    said: &Config,
    given: &parse::Given,
    world: &World<'_>,
    out: &mut dyn Write,
    err: &mut (dyn Write + Send),
) -> u8 {
    if let Err(conflict) = sync.check(given) {
        return refuse(err, &conflict);
    }
    let mut options = sync.options(world);
    if let Err(e) = lasting::choose(&mut options, said, world) {
        return refuse(err, &*e);
    }
    let mut plan = match SyncPlan::new(options, sync.since, world.clock.now()) {
        Ok(plan) => plan,
        Err(e) => return refuse(err, &e),
    };
    let observer = console::Talker::new(sync.verbose, sync.progress(world));
    let done = app::sync(&mut plan, world.clock, &observer);
    observer.finish();
    let console = &mut app::Console { out, err, err_width: err_width(world) };
    ended(done.and_then(|done| app::synced(&plan, done, console)), err)
}

/// The width of causes and hints.
fn err_width(world: &World<'_>) -> usize {
    world.stderr_width.map_or(WIDTH_OF_ERRORS, usize::from)
}

fn ended(done: Result<Exit, app::RunError>, err: &mut dyn Write) -> u8 {
    match done {
        Ok(exit) => exit.code(),
        Err(e) => {
            let _ = writeln!(err, "error: {e}");
            e.exit().code()
        }
    }
}

fn refuse(err: &mut dyn Write, error: &dyn std::fmt::Display) -> u8 {
    let _ = writeln!(err, "error: {error}");
    Exit::Usage.code()
}
