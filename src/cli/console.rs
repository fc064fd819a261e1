//! What a run says on standard error while it works: request lines, or progress on a terminal.
//!
//! Not for: the report, or warnings about it.

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
        Event::Started { .. } => Vec::new(),
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
    stop: Mutex<Sender<()>>,
    drawer: JoinHandle<()>,
}

impl Progress {
    fn start() -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{prefix}{msg} ({pos} of {len} answers, {elapsed})") {
            bar.set_style(style);
        }
        bar.set_message("asking");
        let (stop, stopped) = mpsc::channel();
        let shown = bar.clone();
        let drawer = std::thread::spawn(move || {
            if stopped.recv_timeout(QUIET_FOR) == Err(RecvTimeoutError::Timeout) {
                shown.set_draw_target(ProgressDrawTarget::stderr());
                shown.enable_steady_tick(Duration::from_millis(100));
            }
        });
        Self { bar, stop: Mutex::new(stop), drawer }
    }

    fn event(&self, event: &Event) {
        match event {
            Event::Started { requests } => self.bar.inc_length(u64::try_from(*requests).unwrap_or_default()),
            Event::Request { source, .. } => {
                self.bar.set_message(format!("asking {source}"));
                self.bar.inc(1);
            }
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
