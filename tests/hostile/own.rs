//! Names of the user's own file made to do harm: somebody else may have written that file.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{FORMATS, MARK, harmless, texts};

const LINES: [&str; 8] = [
    "today OWN MINE STAR50 SP500 --demo",
    "today --demo",
    "movers OWN MINE --demo",
    "compare MINE STAR50 --demo",
    "show STAR50 --demo",
    "show MINE --why --demo",
    "list",
    "report OWN MINE STAR50 --demo",
];

/// Text as TOML spells it, without a single character of its own.
fn spelled(text: &str) -> String {
    text.chars().map(|c| format!("\\U{:08x}", u32::from(c))).collect()
}

/// A file in which every name is `text`, cut to the 60 letters that a name has, with the mark at its end.
fn file(text: &str) -> String {
    let room = 60 - MARK.len();
    let name = spelled(&text.chars().take(room).chain(MARK.chars()).collect::<String>());
    let other = spelled(&text.chars().take(room - 1).chain(MARK.chars()).chain(['2']).collect::<String>());
    format!(
        "[instruments.STAR50]\nname = \"{name}\"\nzh = \"{name}\"\nsection = \"{name}\"\n\
         [instruments.NEW]\nsymbols = {{ yahoo = \"0700.HK\" }}\nname = \"{other}\"\nnote = \"{name}\"\n\
         aliases = [\"{other}\"]\n[composites.MINE]\nname = \"{name}\"\nsection = \"{name}\"\n\
         members = [\"SP500\", \"HSI\"]\n[groups.OWN]\nname = \"{name}\"\nzh = \"{name}\"\n\
         members = [\"STAR50\", \"SP500\"]\n"
    )
}

fn run(home: &Path, line: &str, format: &str) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_marketsnap"));
    command.args(line.split(' ')).args(["--format", format]).env_clear().env("HOME", home);
    command.env("MARKETSNAP_CONFIG", home.join("config.toml")).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn no_name_of_an_own_file_does_anything_in_any_format_of_any_command() {
    let texts = texts();
    let counts: Vec<(usize, usize)> = std::thread::scope(|scope| {
        let part = |texts: &[String]| -> (usize, usize) {
            let (mut written, mut marked) = (0, 0);
            for (nth, text) in texts.iter().enumerate() {
                let home = tempfile::tempdir().unwrap();
                fs::write(home.path().join("config.toml"), file(text)).unwrap();
                for (at, line) in LINES.iter().enumerate() {
                    // Every text in two formats of every command, every format of every command in some text.
                    for format in FORMATS.iter().cycle().skip(nth * 2 + at).take(2) {
                        let told =
                            format!("{line} as {format} of {:?}", text.chars().take(40).collect::<String>());
                        let output = run(home.path(), line, format);
                        harmless(&output, format, &told);
                        let err = String::from_utf8_lossy(&output.stderr);
                        let code = output.status.code();
                        assert!(
                            matches!(code, Some(0)) || err.contains("unsupported"),
                            "{told}: {code:?} {err}"
                        );
                        written += usize::from(!output.stdout.is_empty());
                        marked += usize::from(String::from_utf8_lossy(&output.stdout).contains(MARK));
                    }
                }
            }
            (written, marked)
        };
        let workers = texts.chunks(texts.len().div_ceil(4)).map(|texts| scope.spawn(move || part(texts)));
        workers.collect::<Vec<_>>().into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let (written, marked) = counts.iter().fold((0, 0), |(w, m), (dw, dm)| (w + dw, m + dm));
    assert!(written > 200 && marked > 150, "{written} outputs, {marked} with a name");
}

#[test]
fn a_name_that_is_too_long_is_refused_and_not_shown() {
    let home = tempfile::tempdir().unwrap();
    for key in ["groups.X.name", "instruments.HSI.zh", "composites.ASIA.section", "benchmark", "sections"] {
        let long = "A".repeat(10_000);
        let value = if key == "sections" { format!("[\"{long}\"]") } else { format!("\"{long}\"") };
        fs::write(home.path().join("config.toml"), format!("{key} = {value}\n")).unwrap();
        let output = run(home.path(), "list", "table");
        assert_eq!(output.status.code(), Some(2), "{key}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(key), "{key}");
        harmless(&output, "table", key);
    }
}
