//! Waiting for the server: from wherever the store is called, and for no longer than it shows signs of life.
//!
//! Not for: what is done in the meantime, or what is tried again (`mod`).

use std::future::{Future, poll_fn};
use std::io;
use std::panic::resume_unwind;
use std::pin::pin;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, sleep};

use super::Failure;

/// What drives the connection. Each wait is in a thread of its own, as the caller's may be one that must not
/// wait (that of a runtime).
#[derive(Debug)]
pub(super) struct Worker(Option<Runtime>);

impl Worker {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self(Some(Builder::new_current_thread().enable_all().build()?)))
    }

    /// Does something to its end.
    pub(super) fn wait<T: Send>(
        &self,
        work: impl AsyncFnOnce() -> Result<T, Failure> + Send,
    ) -> Result<T, Failure> {
        let none = |why: String| Failure::Wrong(format!("there is no thread for it: {why}"));
        let runtime = self.0.as_ref().ok_or_else(|| none("it ended".to_owned()))?;
        thread::scope(|scope| {
            let doing = thread::Builder::new().spawn_scoped(scope, || runtime.block_on(work()));
            match doing.map_err(|e| none(e.to_string()))?.join() {
                Ok(done) => done,
                Err(panic) => resume_unwind(panic),
            }
        })
    }
}

impl Drop for Worker {
    /// Without waiting, which the caller's thread may not be allowed to.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Does something for as long as no silence is longer than a limit, which is the answer where one is. What
/// is done goes on only as something comes from the server: each time that it does is a sign of life.
pub(super) async fn unless_silent<T>(limit: Duration, work: impl Future<Output = T>) -> Result<T, Duration> {
    let (mut work, mut silence) = (pin!(work), pin!(sleep(limit)));
    poll_fn(|context| {
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(Ok(done));
        }
        if silence.is_elapsed() {
            return Poll::Ready(Err(limit));
        }
        silence.as_mut().reset(Instant::now() + limit);
        silence.as_mut().poll(context).map(|()| Err(limit))
    })
    .await
}
