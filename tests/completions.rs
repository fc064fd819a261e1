//! Completions as a shell has them: the scripts of `marketsnap completions` are run by the shells themselves; and the
//! manual.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "in tests a panic is the report; clippy knows only the functions marked as tests"
)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_marketsnap");

fn shell(name: &str, args: &[&str], script: &str) -> String {
    let folder = Path::new(PROGRAM).parent().unwrap().display();
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(name)
        .args(args)
        .arg(script)
        .env_clear()
        .env("PATH", format!("{folder}:/usr/local/bin:/usr/bin:/bin"))
        .env("HOME", home.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.is_empty(), "{name}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

fn installed(name: &str) -> bool {
    let version = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.is_ok_and(|s| s.success())
}

/// What bash makes of words as it splits them, the last one at the cursor.
fn in_bash(words: &str) -> Vec<String> {
    let script = format!(
        "source <(marketsnap completions bash); COMP_WORDS=(marketsnap {words}); \
         COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _marketsnap; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    let found = shell("bash", &["--norc", "-c"], &script);
    found.lines().filter(|l| !l.is_empty()).map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_flags_and_their_values() {
    assert_eq!(in_bash("tod"), ["today"]);
    assert_eq!(in_bash("comp"), ["compare", "completions"]);
    assert_eq!(in_bash("today --form"), ["--format"]);
    assert_eq!(in_bash("today --format js"), ["json", "jsonl"]);
    assert_eq!(in_bash("store pr"), ["prune"]);
    assert_eq!(in_bash("completions z"), ["zsh"]);
}

#[test]
fn bash_completes_ids_groups_composites_sources_horizons_and_documents() {
    assert_eq!(in_bash("today STAR"), ["STAR50"]);
    assert_eq!(in_bash("today SP500 star"), ["star50"]);
    assert_eq!(in_bash("movers CN-"), ["CN-CHIPS"]);
    assert_eq!(in_bash("wait EURO"), ["EUROSTOXX50", "EUROPE"]);
    assert_eq!(in_bash("today --benchmark NIK"), ["NIKKEI225"]);
    assert_eq!(in_bash("sync --source yahoo,sin"), ["yahoo,sina"]);
    assert_eq!(in_bash("today --horizons 1D,YT"), ["1D,YTD"]);
    assert_eq!(in_bash("schema wa"), ["wait"]);
    // Of an empty word, what can be named and no flags.
    let all = in_bash("today STAR50 ''");
    assert!(all.len() > 40 && all.iter().all(|word| !word.starts_with('-')), "{all:?}");
}

#[test]
fn bash_splits_words_at_equals_signs_and_gets_the_rest_of_the_word_back() {
    // bash makes three words of `--format=js`, and takes the reply for the last of them.
    assert_eq!(in_bash("today --format = js"), ["json", "jsonl"]);
    assert_eq!(in_bash("movers --sort = YT"), ["YTD"]);
}

#[test]
fn bash_completes_the_fields_of_a_condition_inside_its_quotes() {
    assert_eq!(in_bash("check STAR5"), ["STAR50."]);
    assert_eq!(in_bash("check STAR50.record.g"), ["STAR50.record.gain_sessions"]);
}

/// The line that bash has after these keys, typed into bash itself.
fn typed(keys: &str) -> String {
    let home = tempfile::tempdir().unwrap();
    let folder = Path::new(PROGRAM).parent().unwrap().display();
    let mut bash = Command::new("bash")
        .args(["--norc", "--noprofile", "-i"])
        .env_clear()
        .env("PATH", format!("{folder}:/usr/local/bin:/usr/bin:/bin"))
        .env("HOME", home.path())
        .env("TERM", "dumb")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let told = "bind -x '\"\\C-g\": printf \"%s\" \"$READLINE_LINE\" > ~/line'";
    let script = format!("source <(marketsnap completions bash)\n{told}\nmarketsnap {keys}\x07");
    bash.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    bash.wait().unwrap();
    let line = std::fs::read_to_string(home.path().join("line")).unwrap();
    line.strip_prefix("marketsnap ").unwrap().to_owned()
}

#[test]
fn a_quote_that_is_open_stays_open_while_a_condition_goes_on() {
    for (keys, line) in [
        ("check 'SP5\t", "check 'SP500."),
        ("check 'SP5\t\t", "check 'SP500."),
        ("check \"SP5\t\t", "check \"SP500."),
        ("check 'SP5\tclo\t\t > 3'", "check 'SP500.close > 3'"),
        ("check 'STAR50.1D > 3 and SP5\t\t", "check 'STAR50.1D > 3 and SP500."),
        ("check 'STAR50.1D > 3 and CN-CHIPS.adv\t", "check 'STAR50.1D > 3 and CN-CHIPS.advancers"),
        ("check 'STAR50.1D > 3' \"SP5\tYT\t", "check 'STAR50.1D > 3' \"SP500.YTD"),
        // After a closed quote there is nothing to complete.
        ("check 'SP500.close'\t\t", "check 'SP500.close'"),
        // Outside of a quote, and of one word alone.
        ("check SP5\tclo\t", "check SP500.close "),
        ("today 'SP5\t", "today 'SP500' "),
        ("today --format=jsonl\t", "today --format=jsonl "),
    ] {
        assert_eq!(typed(keys), line, "{keys:?}");
    }
}

#[test]
fn what_cannot_be_completed_is_silent_and_left_to_the_shell() {
    for words in ["today -o ''", "today --width ''", "today NOSUCH", "complete bash 7 -- ''"] {
        assert!(in_bash(words).is_empty(), "{words}");
    }
    let output = Command::new(PROGRAM).args(["complete", "bash", "9", "--"]).env_clear().output().unwrap();
    assert_eq!((output.status.code(), output.stdout.len(), output.stderr.len()), (Some(0), 0, 0));
}

#[test]
fn the_line_of_help_that_calls_back_is_hidden() {
    let help = shell("bash", &["--norc", "-c"], "marketsnap --help");
    assert!(help.contains("  completions ") && !help.contains("  complete "), "{help}");
}

#[test]
fn zsh_and_fish_complete_where_they_are_installed() {
    if installed("fish") {
        let found = shell(
            "fish",
            &["--no-config", "-c"],
            "marketsnap completions fish | source; complete -C 'marketsnap today star'; \
             complete -C 'marketsnap check \"STAR50.str'",
        );
        assert!(found.contains("star50\tSTAR 50") && found.contains("STAR50.streak"), "{found}");
    }
    if installed("zsh") {
        let script = "autoload -Uz compinit; compinit -u -D; source <(marketsnap completions zsh); \
             _describe() { print -rl -- \"${(@P)3}\" }; _files() { print files }; \
             words=(marketsnap today STAR); CURRENT=3; _marketsnap; \
             words=(marketsnap check 'STAR5'); CURRENT=3; _marketsnap; \
             words=(marketsnap today -o ''); CURRENT=4; _marketsnap";
        assert_eq!(shell("zsh", &["-f", "-c"], script), "STAR50:STAR 50\nSTAR50.:STAR 50\nfiles\n");
    }
}

#[test]
fn every_shell_has_a_script_and_another_name_is_a_usage_error() {
    for (name, word) in [
        ("bash", "COMPREPLY"),
        ("zsh", "compdef"),
        ("fish", "commandline"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let output = Command::new(PROGRAM).args(["completions", name]).env_clear().output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert!(String::from_utf8(output.stdout).unwrap().contains(word), "{name}");
    }
    let output = Command::new(PROGRAM).args(["completions", "tcsh"]).env_clear().output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_manual_has_a_page_for_every_command_with_its_examples_and_exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("man1");
    let status = Command::new(PROGRAM).arg("man").arg(&into).env_clear().status().unwrap();
    assert_eq!(status.code(), Some(0));
    let help = shell("bash", &["--norc", "-c"], "marketsnap --help");
    let commands = help.lines().skip_while(|l| *l != "Commands:").skip(1).take_while(|l| !l.is_empty());
    let commands = commands.filter_map(|l| l.strip_prefix("  ").filter(|l| !l.starts_with(' ')));
    let mut count = 0;
    for name in commands.filter_map(|l| l.split_whitespace().next()).filter(|name| *name != "help") {
        let page = std::fs::read_to_string(into.join(format!("marketsnap-{name}.1"))).unwrap();
        for section in ["NAME", "SYNOPSIS", "EXAMPLES", "\"EXIT STATUS\""] {
            assert!(page.contains(&format!(".SH {section}\n")), "{name}: {section}");
        }
        count += 1;
    }
    assert!(count >= 15, "{count}");
    let page = |name: &str| std::fs::read_to_string(into.join(name)).unwrap().replace("\\-", "-");
    for (name, usage) in [
        ("marketsnap-today.1", "\\fBmarketsnap today \\fR[OPTIONS] [ID|GROUP|SYMBOL]..."),
        ("marketsnap-config-show.1", "\\fBmarketsnap config show \\fR[OPTIONS]\n"),
    ] {
        assert!(page(name).contains(usage), "{name}: {}", page(name));
    }
    let own = std::fs::read_to_string(into.join("marketsnap.1")).unwrap();
    for word in ["ENVIRONMENT", "MARKETSNAP_TIMEOUT", "NO_COLOR", "closes.db"] {
        assert!(own.replace("\\-", "-").contains(word), "{word}");
    }
    let output = Command::new(PROGRAM).arg("man").env_clear().output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), own);
}
