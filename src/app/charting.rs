//! What a chart shows and in which form, decided before the first request.
//!
//! Not for: drawing it (`render`), or which sessions it has (`compute::chart`).

use super::options::{Command, Options};
use crate::compute::chart::Asked;
use crate::domain::chart::Measure;
use crate::domain::text::sanitise;
use crate::domain::{Horizon, InstrumentId};
use crate::render::{ChartSize, Picture, Theme};

/// The window of a chart that names none.
const USUAL: Horizon = Horizon::Months(6);

/// More lines than this no reader tells apart, and letters do not name them.
const MOST_LINES: usize = 26;

/// What a chart was asked for beside its words and its instant.
#[derive(Debug, Clone, Copy, Default)]
pub struct ChartOptions {
    /// The window; none for the usual one.
    pub over: Option<Horizon>,
    /// What is drawn; none to rebase two or more lines.
    pub measure: Option<Measure>,
    /// Values on a logarithmic scale.
    pub log: bool,
    /// A benchmark is one of the lines.
    pub with_benchmark: bool,
    /// A flag says that a picture is wanted, of this sort.
    pub picture: Option<Picture>,
    /// The environment says so, where neither a flag nor the file's suffix says anything.
    pub fallback_picture: Option<Picture>,
    /// On which ground a picture stands.
    pub theme: Option<Theme>,
    /// A flag says so, which does nothing without a picture.
    pub theme_named: bool,
    /// Width and height.
    pub size: ChartSize,
}

/// A chart that cannot be drawn as asked.
#[derive(Debug, thiserror::Error)]
pub enum NoChart {
    /// A picture of what is no chart.
    #[error("only `marketsnap chart` writes {0}: leave --format {0} out here")]
    NotAPicture(&'static str),
    /// A file name whose suffix names no format.
    #[error(
        "the format of '{0}' is not clear from its name: use a name ending in .svg, .png, .txt, .json, .jsonl, .csv, .md or .html, or --format"
    )]
    UnknownSuffix(String),
    /// A ground without a picture.
    #[error("--theme does nothing without a picture: use --format svg or png, or -o chart.svg")]
    NoPicture,
    /// More lines than letters.
    #[error("a chart shows at most {MOST_LINES} lines, and these are {0}: name fewer")]
    TooMany(usize),
    /// A size that nothing can be read at.
    #[error("--{side} {got} is out of range: {what} from {least} to {most}")]
    Size {
        /// `width` or `height`.
        side: &'static str,
        /// What was asked for.
        got: u16,
        /// What is counted.
        what: &'static str,
        /// The least.
        least: u16,
        /// The most.
        most: u16,
    },
}

/// The window of a chart that is not given by its first day; none for other reports.
pub(super) fn window(options: &Options) -> Option<Horizon> {
    let named = options.command == Command::Chart && options.since.is_none();
    named.then(|| options.chart.over.unwrap_or(USUAL))
}

/// A chart, decided.
#[derive(Debug, Clone)]
pub(super) struct Charting {
    over: Horizon,
    measure: Option<Measure>,
    log: bool,
    benchmark: Option<InstrumentId>,
    /// The sort of picture; none for text.
    pub(super) picture: Option<Picture>,
    /// On which ground.
    pub(super) theme: Theme,
    /// How large.
    pub(super) size: ChartSize,
}

impl Charting {
    /// Decides from what was asked; `lines` is how many there will be.
    ///
    /// # Errors
    /// [`NoChart`] when it cannot be drawn so, or when another report is to be a picture.
    pub(super) fn new(options: &Options, lines: usize, benchmark: &InstrumentId) -> Result<Self, NoChart> {
        let asked = &options.chart;
        if options.command != Command::Chart
            && let Some(picture) = asked.picture
        {
            return Err(NoChart::NotAPicture(picture.name()));
        }
        let chart = Self {
            over: options.since.map(Horizon::Since).or(window(options)).unwrap_or(USUAL),
            measure: asked.measure,
            log: asked.log,
            benchmark: asked.with_benchmark.then(|| benchmark.clone()),
            picture: picture(options)?,
            theme: asked.theme.unwrap_or_default(),
            size: asked.size,
        };
        if options.command == Command::Chart {
            if asked.theme_named && chart.picture.is_none() {
                return Err(NoChart::NoPicture);
            }
            chart.check_size()?;
            if lines > MOST_LINES {
                return Err(NoChart::TooMany(lines));
            }
        }
        Ok(chart)
    }

    /// What is to be derived.
    pub(super) fn asked(&self) -> Asked<'_> {
        Asked { over: self.over, measure: self.measure, benchmark: self.benchmark.as_ref(), log: self.log }
    }

    fn check_size(&self) -> Result<(), NoChart> {
        let (what, sides) = match self.picture {
            Some(_) => ("pixels", [("width", 480, 8000), ("height", 300, 8000)]),
            None => ("cells", [("width", 40, 1000), ("height", 6, 200)]),
        };
        for ((side, least, most), got) in sides.into_iter().zip([self.size.width, self.size.height]) {
            if let Some(got) = got.filter(|got| !(least..=most).contains(got)) {
                return Err(NoChart::Size { side, got, what, least, most });
            }
        }
        Ok(())
    }
}

/// The sort of picture: as a flag says, else the file's suffix, else the environment.
fn picture(options: &Options) -> Result<Option<Picture>, NoChart> {
    let asked = &options.chart;
    if options.command != Command::Chart || options.format.is_some() || asked.picture.is_some() {
        return Ok(asked.picture);
    }
    let Some(path) = &options.output else { return Ok(asked.fallback_picture) };
    let suffix = path.extension().and_then(|s| s.to_str()).map(str::to_lowercase);
    match suffix.as_deref() {
        Some("svg") => Ok(Some(Picture::Svg)),
        Some("png") => Ok(Some(Picture::Png)),
        Some("json" | "jsonl" | "ndjson" | "csv" | "md" | "markdown" | "html" | "htm" | "txt") => Ok(None),
        _ if asked.fallback_picture.is_some() => Ok(asked.fallback_picture),
        _ if options.fallback_format.is_some() => Ok(None),
        _ => Err(NoChart::UnknownSuffix(sanitise(&path.to_string_lossy(), 80))),
    }
}
