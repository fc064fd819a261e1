//! The marketsnap program: the only place that knows the clock, the terminal and the environment.

#[path = "main/environment.rs"]
mod environment;

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
    let size = if io::stdout().is_terminal() { terminal_size::terminal_size() } else { None };
    let world = World {
        clock: &SystemClock,
        terminal_width: size.map(|(width, _)| width.0).or(io::stdout().is_terminal().then_some(80)),
        stderr_width: terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| width.0),
        stderr_is_terminal: io::stderr().is_terminal(),
        environment: environment::read(),
    };
    let argv = std::env::args_os();
    ExitCode::from(cli::run(argv, &world, &mut io::stdout().lock(), &mut io::stderr()))
}
