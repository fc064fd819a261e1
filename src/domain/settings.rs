//! Lasting choices as they hold, as `config show` tells them. Field names are those of the JSON
//! `marketsnap.config/1`.
//!
//! Not for: reading them (`config`), or keys of sources, of which only is told that they are set.

use serde::Serialize;

/// Where a value comes from; each outranks the ones below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The command line.
    Flag,
    /// A variable.
    Environment,
    /// The config file.
    Config,
    /// The program.
    Default,
}

impl Origin {
    /// Its name, as a reader is told it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Environment => "variable",
            Self::Config => "config file",
            Self::Default => "default",
        }
    }
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Setting {
    /// Its key in the config file.
    pub key: String,
    /// Its value: text, a number, true or false, or a list; null where nothing is chosen.
    pub value: serde_json::Value,
    /// Where the value comes from.
    pub origin: Origin,
    /// The flag, the variable, or the line of the file; null for a default.
    pub place: Option<String>,
    /// What holds where nothing is chosen, in words.
    pub note: Option<String>,
}

/// All choices.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Settings {
    /// `marketsnap.config/1`.
    pub schema: &'static str,
    /// The config file.
    pub file: Option<String>,
    /// Whether that file is there.
    pub there: bool,
    /// The choices, those of all commands first.
    pub settings: Vec<Setting>,
}
