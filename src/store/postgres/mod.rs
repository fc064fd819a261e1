//! The store in a database of a PostgreSQL server, or of one that speaks its protocol: for a team, or for
//! several hosts that run at the same time.
//!
//! Plain SQL, a few statements an operation however many series it is about. Several hosts that keep the
//! same series wait for one another; one whose connection breaks leaves all of an operation or nothing.
//!
//! Not for: looking after the server, its files and its backups.

mod address;
mod beyond;
mod check;
mod connect;
mod failure;
mod read;
mod rows;
mod schema;
mod told;
mod worker;
mod write;

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use tokio_postgres::Client;

use super::{
    Beyond, Covered, Fault, Held, History, Kept, Pruned, Revision, Settled, Sought, Store, StoreError,
};
use crate::domain::InstrumentId;
use failure::Failure;
use schema::Identity;
use worker::{Worker, unless_silent};

pub use address::{Address, BadAddress, SCHEMES};

/// How long to wait for another host that writes.
pub(super) const BUSY: Duration = Duration::from_secs(12);
/// How long one statement may take in the server: of a report, of keeping (beside waiting for another host,
/// and more for many rows), and of what begins a store, reads everything or rewrites it.
const READING: Duration = Duration::from_secs(8);
const KEEPING: Duration = Duration::from_secs(8);
const PER_ROW: Duration = Duration::from_micros(100);
const LOOKING_AFTER: Duration = Duration::from_secs(300);
/// A server that is not heard from for so much longer than a statement may take fell silent.
const GRACE: Duration = Duration::from_secs(2);
/// A server ends a transaction that nothing was asked in for so long: its host is gone, and others wait.
const IDLE: Duration = Duration::from_secs(5);
/// What the server had to give up in favour of another host, and what a broken connection left undone, is
/// tried again so often.
const TRIES: u32 = 10;

/// How a store is to be opened.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'a> {
    /// The database.
    pub address: &'a Address,
    /// How long to wait for another host.
    pub busy: Duration,
    /// Never write, and begin no store.
    pub read_only: bool,
}

impl<'a> Opening<'a> {
    /// For reading and writing, waiting twelve seconds for another host.
    #[must_use]
    pub fn new(address: &'a Address) -> Self {
        Self { address, busy: BUSY, read_only: false }
    }
}

/// A store in a server's database.
#[derive(Debug)]
pub struct Postgres {
    address: Address,
    busy: Duration,
    read_only: bool,
    /// Nothing was begun there, and nothing may be: it holds nothing.
    blank: bool,
    worker: Worker,
    client: Option<Client>,
}

/// What an operation does within its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

impl Postgres {
    /// Opens the store, and begins one where there is none.
    ///
    /// # Errors
    /// [`StoreError`] when there is no store to be had at this address.
    pub fn open(opening: &Opening<'_>) -> Result<Self, StoreError> {
        let address = opening.address.clone();
        let worker = Worker::new().map_err(|e| StoreError::Unreachable {
            place: address.to_string(),
            reason: e.to_string(),
            next: "try again, or run without it (--no-store)",
        })?;
        let (busy, read_only) = (opening.busy, opening.read_only);
        let mut store = Self { address, busy, read_only, blank: false, worker, client: None };
        store.begin()?;
        Ok(store)
    }

    /// Looks what is there, and brings it up to date.
    fn begin(&mut self) -> Result<(), StoreError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let identity =
                self.run("opening", None, READING, async |client| schema::identity(client).await)?;
            let place = || self.address.to_string();
            match identity {
                Identity::Ours(schema::VERSION) => return Ok(()),
                Identity::Ours(found) if found > schema::VERSION => {
                    return Err(StoreError::Newer { place: place(), found, known: schema::VERSION });
                }
                Identity::Foreign => return Err(StoreError::Foreign { place: place() }),
                Identity::Blank { .. } if self.read_only => {
                    self.blank = true;
                    return Ok(());
                }
                Identity::Ours(_) if self.read_only => {
                    return Err(StoreError::Unreachable {
                        place: place(),
                        reason: "an older program wrote it".to_owned(),
                        next: "run `marketsnap today` with it once, which brings it up to date",
                    });
                }
                from => {
                    let migrate = async |client: &Client| schema::migrate(client, from).await;
                    match self.attempt(Some(Access::Write), LOOKING_AFTER, &migrate) {
                        Err(failure) if schema::taken(&failure) && tries < TRIES => {}
                        done => done.map_err(|f| f.told(&self.address, "beginning the store"))?,
                    }
                }
            }
        }
    }

    /// Does something in one transaction, or in none; again where the server gave way to another host or
    /// the connection broke before anything was done.
    fn run<T: Send>(
        &mut self,
        doing: &'static str,
        access: Option<Access>,
        limit: Duration,
        work: impl AsyncFn(&Client) -> Result<T, Failure> + Sync,
    ) -> Result<T, StoreError> {
        let (mut tries, mut broke) = (0, None);
        loop {
            tries += 1;
            if self.client.is_none() {
                let connected = self.worker.wait(async || connect::connect(&self.address).await);
                self.client = Some(connected.map_err(|f| f.told_of_connecting(&self.address))?);
            }
            match self.attempt(access, limit, &work) {
                Ok(done) => return Ok(done),
                Err(failure) if (failure.passes() || failure.lost()) && tries < TRIES => {
                    let pause = Duration::from_millis(fastrand::u64(5..40) * u64::from(tries));
                    std::thread::sleep(pause);
                    broke = Some(failure).filter(Failure::lost).or(broke);
                }
                // The lock may be that of the transaction whose connection broke.
                Err(failure) => {
                    let first = broke.filter(|_| failure.locked());
                    return Err(first.unwrap_or(failure).told(&self.address, doing));
                }
            }
        }
    }

    /// Does something once. A connection that is of no more use is let go of.
    fn attempt<T: Send>(
        &mut self,
        access: Option<Access>,
        limit: Duration,
        work: &(impl AsyncFn(&Client) -> Result<T, Failure> + Sync),
    ) -> Result<T, Failure> {
        let Some(client) = self.client.take() else {
            return Err(Failure::Wrong("there is no connection".to_owned()));
        };
        let begin = access.map(|access| begin(access, self.busy, limit));
        let done = self.worker.wait(async || within(&client, begin.as_deref(), limit + GRACE, work).await);
        let useless =
            matches!(&done, Err(f) if f.lost() || f.silent() || matches!(f, Failure::Committing(_)));
        if !useless && !client.is_closed() {
            self.client = Some(client);
        }
        done
    }

    fn read<T: Default + Send>(
        &mut self,
        doing: &'static str,
        work: impl AsyncFn(&Client) -> Result<T, Failure> + Sync,
    ) -> Result<T, StoreError> {
        if self.blank {
            return Ok(T::default());
        }
        self.run(doing, Some(Access::Read), READING, work)
    }

    fn write<T: Send>(
        &mut self,
        doing: &'static str,
        limit: Duration,
        work: impl AsyncFn(&Client) -> Result<T, Failure> + Sync,
    ) -> Result<T, StoreError> {
        if self.read_only {
            return Err(StoreError::ReadOnly { place: self.address.to_string() });
        }
        self.run(doing, Some(Access::Write), limit, work)
    }
}

/// The words that begin a transaction. Its limits end with it: connections may be shared (a pooler).
fn begin(access: Access, busy: Duration, limit: Duration) -> String {
    let kind = match access {
        Access::Read => "ISOLATION LEVEL REPEATABLE READ READ ONLY",
        Access::Write => "ISOLATION LEVEL READ COMMITTED",
    };
    let (lock, statement, idle) = (busy.as_millis().max(1), limit.as_millis(), IDLE.as_millis());
    format!(
        "BEGIN {kind}; SET LOCAL lock_timeout = {lock}; SET LOCAL statement_timeout = {statement}; \
         SET LOCAL idle_in_transaction_session_timeout = {idle}"
    )
}

/// Does something in a transaction, with a server that is not silent for longer than a limit.
async fn within<T>(
    client: &Client,
    begin: Option<&str>,
    silence: Duration,
    work: &impl AsyncFn(&Client) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let done = unless_silent(silence, async {
        if let Some(begin) = begin {
            client.batch_execute(begin).await?;
        }
        work(client).await
    });
    let done = done.await.unwrap_or_else(|after| Err(Failure::Silent(after)));
    match (done, begin) {
        (Ok(done), Some(_)) => {
            let committed = unless_silent(silence, client.batch_execute("COMMIT")).await;
            committed.map_err(Failure::SilentCommitting)?.map_err(Failure::Committing)?;
            Ok(done)
        }
        (Err(failure), Some(_)) if !failure.silent() => {
            // Where this fails too, the connection is gone and with it the transaction.
            let _ = unless_silent(silence, client.batch_execute("ROLLBACK")).await;
            Err(failure)
        }
        (done, _) => done,
    }
}

/// A date that the server has a place for.
fn day(date: NaiveDate) -> NaiveDate {
    NaiveDate::from_ymd_opt(-4_000, 1, 1).map_or(date, |first| date.max(first))
}

impl Store for Postgres {
    fn held(
        &mut self,
        ids: &[InstrumentId],
        since: NaiveDate,
        known_at: Option<DateTime<Utc>>,
    ) -> Result<Vec<Held>, StoreError> {
        self.read("reading closes", async |client| read::held(client, ids, since, known_at).await)
    }

    fn keep(&mut self, fetched: &[Settled<'_>]) -> Result<Kept, StoreError> {
        if fetched.is_empty() {
            return Ok(Kept::default());
        }
        let rows: usize = fetched.iter().map(|one| one.series.bars().len()).sum();
        let limit = KEEPING + self.busy + PER_ROW * u32::try_from(rows).unwrap_or(u32::MAX);
        self.write("keeping closes", limit, async |client| write::keep(client, fetched).await)
    }

    fn beyond(&mut self, sought: &[Sought<'_>]) -> Result<Vec<Option<Beyond>>, StoreError> {
        if self.blank {
            return Ok(vec![None; sought.len()]);
        }
        self.read("looking further back", async |client| beyond::beyond(client, sought).await)
    }

    fn covered(&mut self, ids: &[InstrumentId]) -> Result<Vec<Covered>, StoreError> {
        self.read("reading what is covered", async |client| read::covered(client, ids).await)
    }

    fn revisions(&mut self, id: &InstrumentId) -> Result<Vec<Revision>, StoreError> {
        self.read("reading revisions", async |client| read::revisions(client, id).await)
    }

    fn all(&mut self, id: &InstrumentId, from: NaiveDate, to: NaiveDate) -> Result<Vec<History>, StoreError> {
        self.read("reading a history", async |client| read::all(client, id, from, to).await)
    }

    fn instruments(&mut self) -> Result<Vec<InstrumentId>, StoreError> {
        self.read("reading its instruments", async |client| read::instruments(client).await)
    }

    fn verify(&mut self) -> Result<Vec<Fault>, StoreError> {
        if self.blank {
            return Ok(Vec::new());
        }
        self.run("verifying", Some(Access::Read), LOOKING_AFTER, async |client| check::verify(client).await)
    }

    fn prune(&mut self, before: NaiveDate) -> Result<Pruned, StoreError> {
        self.write("pruning", LOOKING_AFTER, async |client| check::prune(client, before).await)
    }
}
