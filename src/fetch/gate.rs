//! How many requests of a run are under way at the same time, of all its sources together.
//!
//! Not for: how fast one source is asked (`pace`).

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Lets through so many requests at once, or any number; clones share one count.
#[derive(Debug, Clone, Default)]
pub struct Gate(Option<Arc<Semaphore>>);

impl Gate {
    /// A gate for at most `jobs` requests at once, at least one.
    #[must_use]
    pub fn of(jobs: usize) -> Self {
        Self(Some(Arc::new(Semaphore::new(jobs.clamp(1, 1024)))))
    }

    /// Waits for its turn; the request is under way until what is returned is dropped.
    pub(crate) async fn enter(self) -> Option<OwnedSemaphorePermit> {
        self.0?.acquire_owned().await.ok()
    }
}
