//! What a run of the program said.

use std::process::Output;
use std::time::Duration;

use serde_json::Value;

/// A run that has ended.
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
    pub took: Duration,
    report: Value,
}

impl Run {
    pub fn of(output: &Output, took: Duration) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        let report = serde_json::from_str(&out).unwrap_or_default();
        Self { code: output.status.code().unwrap(), out, err, took, report }
    }

    /// The report, where it is one in JSON.
    pub fn json(&self) -> &Value {
        assert!(self.report.is_object(), "no JSON: {}\n{}", self.out, self.err);
        &self.report
    }

    pub fn rows(&self) -> &[Value] {
        self.json()["instruments"].as_array().unwrap()
    }

    pub fn row(&self, id: &str) -> &Value {
        self.rows().iter().find(|r| r["id"] == id).unwrap_or_else(|| panic!("no row {id}"))
    }

    pub fn close(&self, id: &str) -> Option<f64> {
        self.row(id)["close"].as_f64()
    }

    /// The short name of the source of a row's closes; empty without a close.
    pub fn source(&self, id: &str) -> &str {
        self.row(id)["source"]["name"].as_str().unwrap_or_default()
    }

    /// The 1D move in percent, as a table shows it.
    pub fn day_move(&self, id: &str) -> String {
        self.row(id)["moves"]["1D"]["pct"].as_f64().map_or("none".to_owned(), |pct| format!("{pct:+.2}"))
    }

    /// The messages of a row's warnings of a kind.
    pub fn warned(&self, id: &str, kind: &str) -> Vec<&str> {
        let all = self.row(id)["warnings"].as_array().unwrap();
        all.iter().filter(|w| w["kind"] == kind).filter_map(|w| w["message"].as_str()).collect()
    }

    /// The state and the reason of a source.
    pub fn state(&self, name: &str) -> (String, String) {
        let all = self.json()["sources"].as_array().unwrap();
        let source = all.iter().find(|s| s["name"] == name).cloned().unwrap_or_default();
        let text = |key: &str| source[key].as_str().unwrap_or_default().to_owned();
        (text("state"), text("reason"))
    }

    /// The messages of all notes.
    pub fn notes(&self) -> Vec<&str> {
        self.json()["notes"].as_array().unwrap().iter().filter_map(|n| n["message"].as_str()).collect()
    }

    /// Panics with all that was said unless this holds.
    #[track_caller]
    pub fn check(&self, holds: bool, what: &str) {
        let start: String = self.out.chars().take(400).collect();
        let told = if self.report.is_object() {
            format!("{:#?}\n{:#}", self.notes(), self.report["sources"])
        } else {
            String::new()
        };
        assert!(holds, "{what}: exit {} after {:?}\n{}\n{start}\n{told}", self.code, self.took, self.err);
    }
}
