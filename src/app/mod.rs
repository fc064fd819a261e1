//! From what was asked to a finished report: plan, fetch, compute, render, write.
//!
//! Not for: parsing a command line (`cli`) or any derivation of its own (`compute`). The environment,
//! the terminal and the clock come in as values.

mod adhoc;
mod asked_of;
mod candidates;
mod charting;
mod check;
mod choice;
mod config;
mod daily;
mod depth;
mod exit;
mod fields;
mod history;
mod keeping;
mod list;
mod options;
mod output;
mod own;
mod pages;
mod plan;
mod prices;
mod probe;
mod rates;
mod recall;
mod reports;
mod run;
mod schedule;
mod schema;
mod search;
mod second;
mod shelf;
mod sources;
mod sync;
mod upkeep;
mod usage;
mod wait;
mod words;

pub use crate::domain::chart::Measure;
pub use crate::fetch::{Clock, Event, Observer, check_proxy};
pub use crate::render::{ChartSize, Picture, Theme};
pub use crate::render::{Dialect, Format, Palette, SheetFormat, Style};
pub use asked_of::configured_proxy;
pub use candidates::{
    Candidate, candidates, condition_candidates, currency_candidates, document_candidates,
    horizon_candidates, source_candidates,
};
pub use charting::{ChartOptions, NoChart};
pub use check::fields as condition_fields;
pub use config::{config_init, config_ok, config_path, config_show, config_sound};
pub use daily::{Claim, ReportOptions, Since, claim};
pub use exit::Exit;
pub use fields::{NoField, field_list};
pub use history::{HistoryAs, HistoryOptions, NotSo, history};
pub use list::list;
pub use options::{Command, Options, When};
pub use output::{Console, WriteError};
pub use pages::{Page, keep_pages, show_page};
pub use plan::Plan;
pub use prices::NoPrice;
pub use probe::{Probes, probe};
pub use run::{Answers, RunError, ask, report};
pub use schedule::{ScheduleOptions, Scheduler, ZoneOffset, print_schedule, schedule};
pub use schema::schema;
pub use search::{SearchPlan, look_up, searched};
pub use sources::{SourcesPlan, sources};
pub use sync::{SyncPlan, Synced, sync, synced};
pub use upkeep::{Exporting, Upkeep, upkeep};
pub use usage::UsageError;
pub use wait::{WaitOptions, WaitPlan, Waiting, awaited, wait};
