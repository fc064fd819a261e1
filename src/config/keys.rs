//! Every key of the config file: what it takes, what holds without it, and what it is for.
//!
//! Not for: reading a file (`read`). The reader, `config init`, `config show` and the page of the keys all go by
//! this one list.

use crate::domain::Horizon;

/// What a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Text in quotes, of at most so many characters.
    Text(usize),
    /// One of these words.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    Switch,
    /// A whole number in a range.
    Whole(u16, u16),
    /// A time in seconds, from 0.1 to 3600.
    Seconds,
    /// A percentage above 0 and up to 100.
    Percent,
    /// A country's code of two letters.
    Country,
    /// A list of horizons.
    Horizons,
    /// A list of words.
    List,
    /// Weights above 0 by id.
    Weights,
    /// Symbols by source.
    Symbols,
}

/// A key of the config file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Where it stands; a star is an id or a source's name.
    pub path: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// What holds without it, as a flag would spell it or in words; empty where nothing does.
    pub default: &'static str,
    /// A value as the file spells it; the default where that can be spelled.
    pub example: &'static str,
    /// What it is for, in a sentence.
    pub about: &'static str,
}

const NAME: Takes = Takes::Text(60);
const CODE: Takes = Takes::Text(24);
const PATH: Takes = Takes::Text(4096);

const fn key(
    path: &'static str,
    takes: Takes,
    default: &'static str,
    example: &'static str,
    about: &'static str,
) -> Key {
    Key { path, takes, default, example, about }
}

/// All keys, in the order in which they are shown.
pub const KEYS: [Key; 46] = [
    key(
        "benchmark",
        NAME,
        "SP500",
        "\"SP500\"",
        "What rows are compared with: an instrument or a composite.",
    ),
    key(
        "horizons",
        Takes::Horizons,
        "1D,5D,MTD,YTD,1Y; of `show` all",
        "[\"1D\", \"5D\", \"MTD\", \"YTD\", \"1Y\"]",
        "The horizons of reports that name none: 1D 5D 1W 1M 3M 6M 1Y 3Y 5Y WTD MTD QTD YTD since:DATE.",
    ),
    key(
        "currency",
        CODE,
        "local",
        "\"local\"",
        "The currency that closes are converted to: an ISO code such as USD, or local.",
    ),
    key(
        "lang",
        Takes::Word(&["en", "zh"]),
        "en",
        "\"en\"",
        "The language of highlights, names and section titles.",
    ),
    key(
        "palette",
        Takes::Word(&["green-up", "red-up", "blue-orange"]),
        "green-up",
        "\"green-up\"",
        "Colours of gains and losses.",
    ),
    key(
        "color",
        Takes::Word(&["auto", "always", "never"]),
        "auto",
        "\"auto\"",
        "Colour; auto: on a terminal, unless NO_COLOR is set.",
    ),
    key("ascii", Takes::Switch, "false", "false", "Draw with ASCII characters only."),
    key("width", Takes::Whole(40, 1000), "the terminal's, 80 in a pipe", "80", "Table width in columns."),
    key(
        "format",
        Takes::Word(&["table", "json", "jsonl", "csv", "markdown", "html"]),
        "table, or by the suffix of -o",
        "\"table\"",
        "The format where neither a flag nor a file's suffix says one.",
    ),
    key(
        "timeout",
        Takes::Seconds,
        "30",
        "30",
        "Seconds for a whole run; `sync` has a longer time of its own.",
    ),
    key(
        "proxy",
        PATH,
        "the one in HTTPS_PROXY",
        "\"http://127.0.0.1:3128\"",
        "The proxy that requests are sent through; hosts in NO_PROXY and this machine are asked directly.",
    ),
    key(
        "jobs",
        Takes::Whole(1, 64),
        "each source's own limit",
        "4",
        "Requests at the same time, of all sources together.",
    ),
    key(
        "settled",
        Takes::Switch,
        "false",
        "false",
        "Step back from live values to the last settled session.",
    ),
    key(
        "require_settled",
        Takes::Switch,
        "false",
        "false",
        "Exit with 4 if a row is live, stale or provisional.",
    ),
    key(
        "verify",
        Takes::Switch,
        "false",
        "false",
        "Ask a second source for everything, and tell where two disagree.",
    ),
    key("quiet", Takes::Switch, "false", "false", "Leave out warnings on standard error."),
    key("no_progress", Takes::Switch, "false", "false", "Show no progress on a terminal."),
    key(
        "store",
        PATH,
        "marketsnap/closes.db in the user's data folder",
        "\"/home/me/closes.db\"",
        "Where closes are kept: a file, or a server's address (postgres://...).",
    ),
    key(
        "sections",
        Takes::List,
        "the catalogue's order, own ones last",
        "[\"Asia-Pacific\", \"Europe\", \"Americas\"]",
        "The order of the sections of `today`; those not named follow.",
    ),
    key(
        "sources.first",
        Takes::List,
        "",
        "[\"tencent\", \"sina\"]",
        "Sources asked before all others, in this order.",
    ),
    key(
        "sources.never",
        Takes::List,
        "",
        "[\"eastmoney\"]",
        "Sources never asked, unless named with --source.",
    ),
    key(
        "sources.*.base_url",
        PATH,
        "the source's own",
        "\"https://mirror.example\"",
        "An address to ask instead of the source's own; paths below it stay the source's.",
    ),
    key(
        "sources.*.key_file",
        PATH,
        "",
        "\"/home/me/.config/marketsnap/tiingo.key\"",
        "A file that holds your key of this source and that nobody else can read.",
    ),
    key(
        "instruments.*.symbols",
        Takes::Symbols,
        "",
        "{ yahoo = \"0700.HK\", tencent = \"hk00700\" }",
        "Its symbol at each source; with these an id that is not built in is an instrument of your own.",
    ),
    key("instruments.*.name", NAME, "its id", "\"Tencent\"", "Its name."),
    key("instruments.*.zh", NAME, "", "\"腾讯控股\"", "Its Chinese name."),
    key("instruments.*.aliases", Takes::List, "", "[\"Tencent Holdings\"]", "Other words that mean it."),
    key(
        "instruments.*.section",
        NAME,
        "Own",
        "\"Own\"",
        "The section of `today` it stands in: a built-in one or one of your own.",
    ),
    key("instruments.*.shown", Takes::Switch, "true", "true", "Whether `today` shows it unasked."),
    key(
        "instruments.*.decimals",
        Takes::Whole(0, 8),
        "2; of a pair 4",
        "2",
        "Digits behind the point of its close.",
    ),
    key("instruments.*.sources", Takes::List, "", "[\"tencent\"]", "Sources asked first for it."),
    key(
        "instruments.*.kind",
        Takes::Word(&["index", "stock", "etf", "fx", "future", "rate", "coin"]),
        "as Yahoo's symbol tells",
        "\"stock\"",
        "What it is; of your own instruments only.",
    ),
    key(
        "instruments.*.exchange",
        CODE,
        "as Yahoo's symbol tells",
        "\"XHKG\"",
        "The venue whose hours date its sessions, such as XNYS or XHKG; of your own only.",
    ),
    key(
        "instruments.*.currency",
        CODE,
        "the venue's",
        "\"HKD\"",
        "The currency of its close; of your own only.",
    ),
    key(
        "instruments.*.country",
        Takes::Country,
        "the venue's",
        "\"HK\"",
        "ISO code of its country; of your own only.",
    ),
    key(
        "instruments.*.basis",
        Takes::Word(&["price", "total_return"]),
        "price",
        "\"price\"",
        "Whether its closes include dividends by design; of your own only.",
    ),
    key(
        "instruments.*.price_limit",
        Takes::Percent,
        "none",
        "10",
        "Daily price limit in percent; of your own only.",
    ),
    key(
        "instruments.*.note",
        Takes::Text(200),
        "",
        "\"stands in for another\"",
        "What is said of it in the notes; of your own only.",
    ),
    key(
        "composites.*.weights",
        Takes::Weights,
        "",
        "{ STAR50 = 2, HSI = 1 }",
        "Its members with their weights; they count as shares of their sum.",
    ),
    key(
        "composites.*.members",
        Takes::List,
        "",
        "[\"STAR50\", \"HSI\"]",
        "Its members with equal weights, instead of `weights`.",
    ),
    key("composites.*.name", NAME, "its id and rule", "\"My China, two to one\"", "Its name."),
    key("composites.*.zh", NAME, "", "\"我的中国\"", "Its Chinese name."),
    key("composites.*.section", NAME, "Own", "\"Own\"", "The section it closes."),
    key(
        "groups.*.members",
        Takes::List,
        "",
        "[\"NVIDIA\", \"TSMC\", \"SMIC\"]",
        "Its members; a built-in group's are replaced.",
    ),
    key("groups.*.name", NAME, "its id", "\"My chips\"", "Its name."),
    key("groups.*.zh", NAME, "", "\"我的芯片\"", "Its Chinese name."),
];

impl Takes {
    /// What the key wants, for an error and for the page of the keys.
    #[must_use]
    pub fn wanted(self) -> String {
        match self {
            Self::Text(_) => "text in quotes".to_owned(),
            Self::Word(words) => format!("one of {}", words.join(", ")),
            Self::Switch => "true or false".to_owned(),
            Self::Whole(least, most) => format!("a whole number from {least} to {most}"),
            Self::Seconds => "a number of seconds from 0.1 to 3600".to_owned(),
            Self::Percent => "a percentage above 0 and up to 100".to_owned(),
            Self::Country => "two letters in quotes".to_owned(),
            Self::Horizons => "a list of horizons such as [\"1D\", \"YTD\"]".to_owned(),
            Self::List => "a list of names".to_owned(),
            Self::Weights => "a table of weights above 0 such as { STAR50 = 2, HSI = 1 }".to_owned(),
            Self::Symbols => "a table of symbols by source such as { yahoo = \"0700.HK\" }".to_owned(),
        }
    }
}

/// The key that stands at this place, with stars where an id or a source stands.
#[must_use]
pub fn key_at(pattern: &str) -> Option<&'static Key> {
    KEYS.iter().find(|k| k.path == pattern)
}

/// The names that may follow a place: fixed ones, and whether any name may.
pub(super) fn below(pattern: &str) -> (Vec<&'static str>, bool) {
    let mut names: Vec<&'static str> = Vec::new();
    for key in &KEYS {
        let rest = if pattern.is_empty() { Some(key.path) } else { after(key.path, pattern) };
        let Some(name) = rest.and_then(|rest| rest.split('.').next()) else { continue };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let any = names.contains(&"*");
    names.retain(|name| *name != "*");
    (names, any)
}

fn after(path: &'static str, pattern: &str) -> Option<&'static str> {
    path.strip_prefix(pattern)?.strip_prefix('.')
}

/// Whether the text is a horizon.
pub(super) fn is_horizon(text: &str) -> bool {
    text.parse::<Horizon>().is_ok()
}
