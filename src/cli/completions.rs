//! `marketsnap completions`, and the hidden `marketsnap complete` that its scripts call.
//!
//! Not for: what can be named (`app::candidates`). No network and no store.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::sync::Arc;

use clap::{Arg, Args, Command, CommandFactory, ValueEnum, ValueHint};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, complete};

use super::Cli;
use crate::app::{self, Candidate};
use crate::domain::Own;

/// Completions for a shell: commands, flags, values, ids, groups, sources, and the fields of `check`
///
/// The script asks the program at each key; nothing is asked of the network.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  source <(marketsnap completions bash)  in ~/.bashrc\n  source <(marketsnap completions zsh)   in ~/.zshrc, after compinit\n  marketsnap completions fish | source   in ~/.config/fish/config.fish\n  marketsnap completions powershell | Out-String | Invoke-Expression"
)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

/// What a word on the way can become, for the scripts of `completions`
#[derive(Debug, Args)]
#[command(hide = true)]
pub(super) struct Complete {
    /// The shell that asks
    #[arg(value_enum)]
    shell: Shell,
    /// Which of the words is completed, from 0
    index: usize,
    /// The command line up to that word
    #[arg(last = true, value_hint = ValueHint::Other)]
    words: Vec<OsString>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shell {
    /// GNU bash
    Bash,
    /// Z shell
    Zsh,
    /// fish
    Fish,
    /// PowerShell
    Powershell,
}

impl Completions {
    /// The shell's script.
    pub(super) fn script(&self) -> &'static str {
        match self.shell {
            Shell::Bash => include_str!("completions/marketsnap.bash"),
            Shell::Zsh => include_str!("completions/marketsnap.zsh"),
            Shell::Fish => include_str!("completions/marketsnap.fish"),
            Shell::Powershell => include_str!("completions/marketsnap.ps1"),
        }
    }
}

impl Complete {
    /// Writes what the word can become, a line each; nothing where that is not known.
    pub(super) fn run(&self, own: &Own, out: &mut dyn Write) {
        let own = Arc::new(own.clone());
        let mut words = self.words.clone();
        // An empty word at the end is lost in some shells.
        if words.len() == self.index {
            words.push(OsString::new());
        }
        let empty = words.get(self.index).is_some_and(|word| word.is_empty());
        let mut found =
            complete(&mut with_values(Cli::command(), &own), words, self.index, None).unwrap_or_default();
        let flag = |c: &CompletionCandidate| c.get_value().to_string_lossy().starts_with('-');
        // Flags are offered once a dash is typed, or where there is nothing else.
        if empty && !found.iter().all(flag) {
            found.retain(|c| !flag(c));
        }
        let mut text = String::new();
        for candidate in &found {
            text.push_str(&self.line(candidate));
            text.push('\n');
        }
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    fn line(&self, candidate: &CompletionCandidate) -> String {
        let value = candidate.get_value().to_string_lossy();
        let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
        let help = help.lines().next().unwrap_or_default();
        let told = !help.is_empty() && self.shell != Shell::Bash;
        if told { format!("{value}\t{help}") } else { value.into_owned() }
    }
}

/// The command tree whose arguments know their values. Files are left to the shell.
fn with_values(command: Command, own: &Arc<Own>) -> Command {
    let name = command.get_name().to_owned();
    command.mut_args(|arg| values(arg, &name, own)).mut_subcommands(|command| with_values(command, own))
}

/// Ways to go on with a word, with the user's own things.
type Candidates = fn(&str, &Own) -> Vec<Candidate>;

fn values(arg: Arg, command: &str, own: &Arc<Own>) -> Arg {
    let by_name = arg.get_value_names().and_then(|names| names.first()).map(|name| name.to_string());
    let of: Candidates = match (arg.get_id().as_str(), by_name.as_deref().unwrap_or_default()) {
        ("source", _) => |word, _| app::source_candidates(word),
        ("name", _) if command == "schema" => |word, _| app::document_candidates(word),
        ("currency", _) => |word, _| app::currency_candidates(word),
        (_, "EXPR") => app::condition_candidates,
        ("horizons", _) | (_, "HORIZON") => |word, _| app::horizon_candidates(word),
        (_, name) if name.split('|').any(|part| matches!(part, "ID" | "GROUP")) => app::candidates,
        ("text", _) if command == "list" => app::candidates,
        _ if arg.get_action().takes_values() && arg.get_possible_values().is_empty() => {
            return arg.value_hint(ValueHint::Other);
        }
        _ => return arg,
    };
    let own = Arc::clone(own);
    arg.add(ArgValueCompleter::new(move |current: &OsStr| {
        let found = current.to_str().map(|word| of(word, &own)).unwrap_or_default();
        let made = |c: Candidate| {
            let help = (!c.help.is_empty()).then(|| c.help.into());
            CompletionCandidate::new(c.value).help(help)
        };
        found.into_iter().map(made).collect::<Vec<_>>()
    }))
}
