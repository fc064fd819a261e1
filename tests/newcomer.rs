//! A newcomer who follows only the README: its first ten minutes, each step run by a shell as it stands there, in a
//! home of its own, on the demo's closes.
//!
//! Needs `jq`. A stand-in for `crontab` keeps the table in a file, and its line is then run as cron runs lines.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

/// The commands of each numbered step of the section.
fn steps() -> Vec<String> {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let section = readme.split("\n## The first ten minutes\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let blocks = section.split("   ```bash\n").skip(1).map(|block| block.split("   ```\n").next().unwrap());
    blocks.map(|block| block.lines().map(|line| format!("{}\n", line.trim_start())).collect()).collect()
}

struct Newcomer(tempfile::TempDir);

impl Newcomer {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let crontab = home.path().join("bin/crontab");
        fs::create_dir(crontab.parent().unwrap()).unwrap();
        fs::write(&crontab, "#!/bin/sh\nif [ \"$1\" = -l ]; then cat ~/table; else cat > ~/table; fi\n")
            .unwrap();
        fs::set_permissions(&crontab, fs::Permissions::from_mode(0o755)).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_marketsnap"), home.path().join("bin/marketsnap"))
            .unwrap();
        Self(home)
    }

    fn home(&self) -> &Path {
        self.0.path()
    }

    fn shell(&self, script: &str, path: &str) -> Output {
        let mut shell = Command::new("bash");
        shell.args(["-o", "pipefail", "-ec", script]).env_clear().current_dir(self.home());
        shell.env("HOME", self.home()).env("PATH", path).env("MARKETSNAP_DEMO", "1").output().unwrap()
    }

    /// Runs a step, which ends well and says nothing on standard error.
    fn does(&self, step: &str) -> String {
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", self.home().join("bin").display());
        let output = self.shell(step, &path);
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && err.is_empty(), "{step}{:?} {err}", output.status);
        String::from_utf8(output.stdout).unwrap()
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.home().join(file)).unwrap()
    }
}

#[test]
fn a_newcomer_has_table_comparison_json_own_group_report_by_cron_and_chart() {
    assert!(Command::new("jq").arg("--version").output().is_ok(), "this test needs jq");
    let steps = steps();
    let [today, compare, json, group, report, chart] = steps.as_slice() else { panic!("{steps:?}") };
    let newcomer = Newcomer::new();

    let table = newcomer.does(today);
    assert!(table.contains("STAR 50                 1535.39   +3.53"), "{table}");

    let spreads = newcomer.does(compare);
    assert!(spreads.contains("STAR50 - SP500  +5.60"), "{spreads}");

    // More than 3 %: the shares at +20.00, +13.34, +4.10 and +5.36, STAR 50, gold, VIX and Bitcoin at -4.58.
    let large = newcomer.does(json);
    let names: Vec<&str> = large.lines().map(|line| line.split('\t').next().unwrap()).collect();
    let expected = ["STAR 50", "Loongson", "Hygon", "SMIC A", "GigaDevice", "Gold, front", "VIX", "Bitcoin"];
    assert_eq!(names, expected, "{large}");

    let ranked = newcomer.does(group);
    // +3.53, +0.37, -1.03 and -2.06: the median is (+0.37 - 1.03) / 2 = -0.33.
    assert!(ranked.contains("My markets") && ranked.contains("median -0.33 %"), "{ranked}");

    let written = newcomer.does(report);
    assert!(written.contains("reports/2026-01-21.html"), "{written}");
    let page = newcomer.read("reports/2026-01-21.html");
    assert!(page.contains("My markets") && page.ends_with("</html>\n"), "{page}");

    runs_as_cron_runs_it(&newcomer);

    newcomer.does(chart);
    let picture = newcomer.read("chart.svg");
    assert!(picture.contains("<svg") && picture.contains("STAR 50") && picture.contains("DAX"), "{picture}");
}

/// The line of the table is run by a plain shell with hardly any environment, in the home folder. It waits for the
/// markets of the day on which this test runs, which is not waited out.
fn runs_as_cron_runs_it(newcomer: &Newcomer) {
    let table = newcomer.read("table");
    let line = table.lines().rfind(|line| !line.starts_with('#')).unwrap();
    let command = line.splitn(6, ' ').nth(5).unwrap().replace("\\%", "%");
    let (wait, report) = command.split_once(" && ").unwrap();
    let waited = newcomer.shell(&format!("{wait} --at-most 1s"), "/usr/bin:/bin");
    assert!(matches!(waited.status.code(), Some(0 | 4)), "{wait}: {waited:?}");
    fs::remove_file(newcomer.home().join("reports/2026-01-21.html")).unwrap();
    let reported = newcomer.shell(report, "/usr/bin:/bin");
    assert!(reported.status.success(), "{report}: {reported:?}");
    assert!(newcomer.read("reports/2026-01-21.html").ends_with("</html>\n"));
}
