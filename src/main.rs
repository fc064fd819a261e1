//! The marketsnap program: the only place that knows the clock, the terminal and the environment.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use chrono::SubsecRound;
use marketsnap::app::Clock;
use marketsnap::cli::{self, World};

struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)]
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        // Whole seconds: an answer is never later than the report that is made from it.
        chrono::Utc::now().trunc_subsecs(0)
    }
}

fn main() -> ExitCode {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
    let size = if io::stdout().is_terminal() { terminal_size::terminal_size() } else { None };
    let world = World {
        clock: &SystemClock,
        terminal_width: size.map(|(width, _)| width.0).or(io::stdout().is_terminal().then_some(80)),
        stderr_is_terminal: io::stderr().is_terminal(),
        no_color: set("NO_COLOR").is_some() || set("TERM").is_some_and(|t| t == "dumb"),
        variables: ours(|_| true),
        empty_variables: ours(|value| value.is_empty()),
        base_urls: std::env::vars_os().filter_map(base_url).collect::<BTreeMap<_, _>>(),
    };
    let argv = std::env::args_os();
    ExitCode::from(cli::run(argv, &world, &mut io::stdout().lock(), &mut io::stderr()))
}

/// Names of our variables whose value is as wanted.
fn ours(wanted: impl Fn(&std::ffi::OsStr) -> bool) -> BTreeSet<String> {
    let ours = std::env::vars_os().filter(|(_, value)| wanted(value));
    ours.filter_map(|(name, _)| name.into_string().ok()).filter(|n| n.starts_with("MARKETSNAP_")).collect()
}

/// `MARKETSNAP_YAHOO_URL=...` as (`yahoo`, its value).
fn base_url((name, value): (std::ffi::OsString, std::ffi::OsString)) -> Option<(String, String)> {
    let source = name.to_str()?.strip_prefix("MARKETSNAP_")?.strip_suffix("_URL")?.to_lowercase();
    Some((source, value.into_string().ok()?)).filter(|(_, url)| !url.is_empty())
}
