//! What a run says on standard error while it works: request lines, or progress on a terminal.
//!
//! Not for: the report, or warnings about it.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Mutex;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::app::{Event, Observer};

/// Runs shorter than this show no progress.
const QUIET_FOR: Duration = Duration::from_millis(300);

/// Tells events of a run on standard error.
pub(super) struct Talker {
    verbose: u8,
    progress: Option<Progress>,
}

impl Talker {
    pub(super) fn new(verbose: u8, progress: bool) -> Self {
        Self { verbose, progress: progress.then(Progress::start) }
    }

    /// Clears what was drawn.
    pub(super) fn finish(mut self) {
        if let Some(progress) = self.progress.take() {
            progress.stop();
        }
    }
}

impl Observer for Talker {
    fn event(&self, event: &Event) {
        if let Some(progress) = &self.progress {
            progress.event(event);
        }
        if self.verbose == 0 {
            return;
        }
        let mut err = std::io::stderr().lock();
        for line in lines(event, self.verbose) {
            let _ = writeln!(err, "{line}");
        }
    }
}

fn lines(event: &Event, verbose: u8) -> Vec<String> {
    match event {
        Event::Started { .. } | Event::Waiting { .. } => Vec::new(),
        Event::Request { source, method, url, status, bytes, elapsed, outcome, curl } => {
            let status = status.map_or_else(|| "---".to_owned(), |s| s.to_string());
            let ms = elapsed.as_millis();
            let line = format!("{source}: {method} {url} {status}, {bytes} bytes in {ms} ms: {outcome}");
            if verbose > 1 { vec![line, format!("  {curl}")] } else { vec![line] }
        }
        Event::Retry { source, url, wait, reason } => {
            vec![format!("{source}: {url}: {reason}; asking once more in {:.1} s", wait.as_secs_f64())]
        }
        Event::Throttled { source, wait } => {
            vec![format!("{source}: asked to wait {:.0} s", wait.as_secs_f64())]
        }
        Event::Kept { done, of } => vec![format!("kept: {done} of {of} instruments")],
    }
}

/// A progress line that appears when a run takes longer than a moment.
struct Progress {
    bar: ProgressBar,
    /// Instruments that are waited for, by source.
    waiting: Mutex<BTreeMap<String, usize>>,
    stop: Mutex<Sender<()>>,
    drawer: JoinHandle<()>,
}

impl Progress {
    fn start() -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{prefix}{msg}; {pos} of {len} answers, {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(waited_for(&BTreeMap::new()));
        let (stop, stopped) = mpsc::channel();
        let shown = bar.clone();
        let drawer = std::thread::spawn(move || {
            if stopped.recv_timeout(QUIET_FOR) == Err(RecvTimeoutError::Timeout) {
                shown.set_draw_target(ProgressDrawTarget::stderr());
                shown.enable_steady_tick(Duration::from_millis(100));
            }
        });
        Self { bar, waiting: Mutex::default(), stop: Mutex::new(stop), drawer }
    }

    fn event(&self, event: &Event) {
        match event {
            Event::Started { requests } => self.bar.inc_length(u64::try_from(*requests).unwrap_or_default()),
            Event::Waiting { source, instruments } => {
                if let Ok(mut waiting) = self.waiting.lock() {
                    waiting.insert(source.clone(), *instruments);
                    waiting.retain(|_, instruments| *instruments > 0);
                    self.bar.set_message(waited_for(&waiting));
                }
            }
            Event::Request { .. } => self.bar.inc(1),
            Event::Retry { source, reason, .. } => {
                self.bar.set_message(format!("{source}: {reason}, asking once more"))
            }
            Event::Throttled { source, wait } => {
                self.bar.set_message(format!("{source} asked to wait {:.0} s", wait.as_secs_f64()));
            }
            Event::Kept { done, of } => self.bar.set_prefix(format!("{done} of {of} instruments kept; ")),
        }
    }

    fn stop(self) {
        if let Ok(stop) = self.stop.lock() {
            let _ = stop.send(());
        }
        let _ = self.drawer.join();
        self.bar.disable_steady_tick();
        self.bar.finish_and_clear();
    }
}

/// Sources that are named of those waited for.
const NAMED: usize = 3;

/// Which sources are waited for, and for how many instruments each; the most first.
fn waited_for(waiting: &BTreeMap<String, usize>) -> String {
    let mut sources: Vec<(&String, &usize)> = waiting.iter().collect();
    sources.sort_by_key(|(_, instruments)| std::cmp::Reverse(**instruments));
    let mut named: Vec<String> = Vec::new();
    for (at, (source, instruments)) in sources.iter().take(NAMED).enumerate() {
        named.push(match (at, instruments) {
            (0, 1) => format!("{source} (1 instrument)"),
            (0, _) => format!("{source} ({instruments} instruments)"),
            _ => format!("{source} ({instruments})"),
        });
    }
    match sources.len().saturating_sub(NAMED) {
        _ if named.is_empty() => "waiting for an answer".to_owned(),
        0 => format!("waiting for {}", named.join(", ")),
        more => format!("waiting for {} and {more} more", named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(waiting: &[(&str, usize)]) -> String {
        waited_for(&waiting.iter().map(|(source, count)| ((*source).to_owned(), *count)).collect())
    }

    #[test]
    fn progress_names_the_sources_and_for_how_many_instruments_each_is_waited_for() {
        assert_eq!(said(&[]), "waiting for an answer");
        assert_eq!(said(&[("yahoo", 1)]), "waiting for yahoo (1 instrument)");
        assert_eq!(said(&[("ecb", 2), ("yahoo", 20)]), "waiting for yahoo (20 instruments), ecb (2)");
        let four = [("a", 1), ("b", 1), ("c", 1), ("d", 1)];
        assert_eq!(said(&four), "waiting for a (1 instrument), b (1), c (1) and 1 more");
    }
}
