//! `marketsnap schema`.

use clap::Args;

/// The JSON Schema of what the commands print with --json
///
/// Made from the program's own types: every key that is listed as required is in every document, unknown values are
/// null with the reason beside them, and within a version keys are only ever added.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  marketsnap schema                      the names of all documents\n  marketsnap schema snapshot             what `today --json` prints\n  marketsnap schema marketsnap.compare/1"
)]
pub(super) struct Schema {
    /// A document's name, or the `schema` that it carries [default: list the names]
    #[arg(value_name = "NAME")]
    pub(super) name: Option<String>,
}
