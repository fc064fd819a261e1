//! The store in a database of a PostgreSQL server, or of one that speaks its protocol: for a team, or for
//! several hosts that run at the same time.
//!
//! Plain SQL, a few statements an operation however many series it is about. Several hosts that keep the
//! same series wait for one another; one whose connection breaks leaves all of an operation or nothing.
//!
//! Not for: looking after the server, its files and its backups.

mod address;
mod check;
mod connect;
mod failure;
mod read;
mod rows;
mod schema;
mod told;
mod write;

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use tokio_postgres::Client;

use super::{Covered, Fault, Held, History, Kept, Pruned, Revision, Settled, Store, StoreError};
use crate::domain::InstrumentId;
use failure::Failure;
use schema::Identity;

pub use address::{Address, BadAddress, SCHEMES};

/// How long to wait for another host that writes.
const BUSY: Duration = Duration::from_secs(5);
/// How long one statement may take in the server: of a report, of keeping, and of what reads everything.
const READING: Duration = Duration::from_secs(30);
const KEEPING: Duration = Duration::from_secs(300);
const LOOKING_AFTER: Duration = Duration::from_secs(3_600);
/// What the server had to give up in favour of another host, and what a broken connection left undone, is
/// tried again so often.
const TRIES: u32 = 6;

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
    /// For reading and writing, waiting five seconds for another host.
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
    runtime: Runtime,
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
        let runtime =
            Builder::new_current_thread().enable_all().build().map_err(|e| StoreError::Unreachable {
                place: address.to_string(),
                reason: e.to_string(),
                next: "try again, or run without it (--no-store)",
            })?;
        let (busy, read_only) = (opening.busy, opening.read_only);
        let mut store = Self { address, busy, read_only, blank: false, runtime, client: None };
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
                    match self.attempt(Some(Access::Write), KEEPING, &migrate) {
                        Err(failure) if schema::taken(&failure) && tries < TRIES => {}
                        done => done.map_err(|f| f.told(&self.address, "beginning the store"))?,
                    }
                }
            }
        }
    }

    /// Does something in one transaction, or in none; again where the server gave way to another host or
    /// the connection broke before anything was done.
    fn run<T>(
        &mut self,
        doing: &'static str,
        access: Option<Access>,
        limit: Duration,
        work: impl AsyncFn(&Client) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let mut tries = 0;
        loop {
            tries += 1;
            if self.client.is_none() {
                let connected = self.runtime.block_on(connect::connect(&self.address));
                self.client = Some(connected.map_err(|f| f.told_of_connecting(&self.address))?);
            }
            match self.attempt(access, limit, &work) {
                Ok(done) => return Ok(done),
                Err(failure) if (failure.passes() || failure.lost()) && tries < TRIES => {
                    let pause = Duration::from_millis(fastrand::u64(5..40) * u64::from(tries));
                    std::thread::sleep(pause);
                }
                Err(failure) => return Err(failure.told(&self.address, doing)),
            }
        }
    }

    /// Does something once. A connection that is of no more use is let go of.
    fn attempt<T>(
        &mut self,
        access: Option<Access>,
        limit: Duration,
        work: &impl AsyncFn(&Client) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let Some(client) = self.client.take() else {
            return Err(Failure::Wrong("there is no connection".to_owned()));
        };
        let begin = access.map(|access| begin(access, self.busy, limit));
        // The server keeps to its limit statement by statement; this is for one that is not heard from.
        let done = self.runtime.block_on(async {
            let done = timeout(limit * 2, within(&client, begin.as_deref(), work)).await;
            done.unwrap_or(Err(Failure::Late(limit * 2)))
        });
        let useless =
            matches!(&done, Err(f) if f.lost() || matches!(f, Failure::Late(_) | Failure::Committing(_)));
        if !useless && !client.is_closed() {
            self.client = Some(client);
        }
        done
    }

    fn read<T: Default>(
        &mut self,
        doing: &'static str,
        work: impl AsyncFn(&Client) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        if self.blank {
            return Ok(T::default());
        }
        self.run(doing, Some(Access::Read), READING, work)
    }

    fn write<T>(
        &mut self,
        doing: &'static str,
        limit: Duration,
        work: impl AsyncFn(&Client) -> Result<T, Failure>,
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
    let (lock, statement) = (busy.as_millis().max(1), limit.as_millis());
    format!("BEGIN {kind}; SET LOCAL lock_timeout = {lock}; SET LOCAL statement_timeout = {statement}")
}

/// Does something in a transaction.
async fn within<T>(
    client: &Client,
    begin: Option<&str>,
    work: &impl AsyncFn(&Client) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let Some(begin) = begin else { return work(client).await };
    client.batch_execute(begin).await?;
    match work(client).await {
        Ok(done) => {
            client.batch_execute("COMMIT").await.map_err(Failure::Committing)?;
            Ok(done)
        }
        Err(failure) => {
            // Where this fails too, the connection is gone and with it the transaction.
            let _ = client.batch_execute("ROLLBACK").await;
            Err(failure)
        }
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
        self.write("keeping closes", KEEPING, async |client| write::keep(client, fetched).await)
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
