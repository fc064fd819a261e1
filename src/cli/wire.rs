//! Flags on how requests are sent, of every command that sends some.
//!
//! Not for: whom is asked (`args`).

use clap::Args;

use crate::app::{Options, check_proxy};

#[derive(Debug, Args)]
pub(super) struct Wire {
    /// Send requests through this proxy [default: the one in HTTPS_PROXY; hosts in NO_PROXY and this machine are asked directly]
    #[arg(long, value_name = "URL", env = "MARKETSNAP_PROXY", hide_env_values = true, value_parser = proxy, help_heading = "From where")]
    proxy: Option<String>,
    /// Requests at the same time, of all sources together [default: each source's own limit, see `marketsnap sources`]
    #[arg(long, value_name = "N", env = "MARKETSNAP_JOBS", value_parser = clap::value_parser!(u16).range(1..=64), allow_negative_numbers = true, help_heading = "From where")]
    jobs: Option<u16>,
}

impl Wire {
    /// The options with these flags.
    pub(super) fn onto(&self, options: Options) -> Options {
        Options { proxy: self.proxy.clone(), jobs: self.jobs.map(usize::from), ..options }
    }
}

fn proxy(text: &str) -> Result<String, String> {
    check_proxy(text).map(|()| text.to_owned())
}
