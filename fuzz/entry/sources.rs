//! Reads an answer as a source's: the first four bytes say whose, to which request and with what status, the
//! rest is the body. What is read has dates in order, closes that are numbers, and texts that are safe to show.

use std::sync::LazyLock;

use chrono::{Days, NaiveDate};
use marketsnap::catalogue;
use marketsnap::domain::text::harmless;
use marketsnap::domain::{Instrument, Kind, Series};
use marketsnap::fetch::{Found, Parsed, Query, Request, Response, Source, Target, Want, source};

/// The sources by their letters, `a` first; the order is the seeds', so new ones go to the end.
pub const SOURCES: [&str; 17] = [
    "frankfurter",
    "ecb",
    "yahoo",
    "tencent",
    "sina",
    "cboe",
    "fred",
    "coinbase",
    "csindex",
    "hsi",
    "twelvedata",
    "tiingo",
    "eodhd",
    "alphavantage",
    "eastmoney",
    "stooq",
    "demo",
];

/// Statuses by their digits; those that a source is asked to judge, and some of the others.
const STATUSES: [u16; 8] = [200, 404, 400, 422, 204, 429, 403, 500];

/// Symbols that are in no catalogue.
const TYPED: [&str; 8] = ["AAPL", "^FTSE", "600519.SS", "0700.HK", "7203.T", "BTC-USD", "EURCHF=X", "BP.L"];

/// What is asked of every source: the catalogue, and the symbols after it.
static QUERY: LazyLock<Query> = LazyLock::new(|| {
    let universe = catalogue::load().expect("the catalogue");
    let zone = |i: &Instrument| universe.exchange(&i.exchange).map(|e| e.timezone);
    let listed =
        universe.instruments().iter().map(|i| Want { zone: zone(i), instrument: i.clone(), ad_hoc: false });
    let typed = TYPED.map(|s| Want { instrument: Instrument::unlisted(s, "-"), zone: None, ad_hoc: true });
    Query { wants: listed.chain(typed).collect(), from: day("2024-01-01"), until: day("2026-01-21") }
});

/// What an input's first bytes say.
pub struct Head {
    source: &'static dyn Source,
    /// All that the source covers is asked at once, and not one thing alone.
    together: bool,
    which: usize,
    status: u16,
}

impl Head {
    /// Of `[source, 'a' for one or 'b' for all, which of them from '0', status]`.
    fn of(bytes: [u8; 4]) -> Self {
        let [name, together, which, status] = bytes.map(usize::from);
        Self {
            source: source(SOURCES[name.wrapping_sub(usize::from(b'a')) % SOURCES.len()]).expect("a source"),
            together: together % 2 == 0,
            which: which.wrapping_sub(usize::from(b'0')),
            status: STATUSES[status.wrapping_sub(usize::from(b'0')) % STATUSES.len()],
        }
    }

    /// The request that is answered; none where the source is asked for nothing of the sort.
    fn request(&self) -> Option<Request> {
        let held: Vec<usize> = (0..QUERY.wants.len()).filter(|at| self.holds(*at)).collect();
        if self.together {
            let requests = self.source.requests(&QUERY, &held);
            return requests.get(self.which % requests.len().max(1)).cloned();
        }
        let one = held.get(self.which % held.len().max(1))?;
        self.source.requests(&QUERY, &[*one]).into_iter().next()
    }

    fn holds(&self, at: usize) -> bool {
        let want = &QUERY.wants[at];
        let typed = || self.source.spells(want.instrument.id.as_str()).is_some();
        self.source.covers(&want.instrument) || (want.ad_hoc && typed())
    }
}

/// Reads `data` as an answer.
pub fn run(data: &[u8]) {
    let _ = closes(data);
}

/// Reads `data` as an answer; how many closes came of it.
pub fn closes(data: &[u8]) -> usize {
    let Some((head, body)) = data.split_first_chunk::<4>() else { return 0 };
    let head = Head::of(*head);
    let Some(request) = head.request() else { return 0 };
    let response = Response {
        status: head.status,
        body: body.to_vec(),
        retry_after: None,
        location: None,
        received_at: "2026-01-21T08:30:00Z".parse().expect("an instant"),
    };
    looked_up(&head, &response);
    let parsed = read(&head, &request, &response);
    let mut found = count(&parsed);
    for next in parsed.follow.iter().take(2) {
        found += count(&read(&head, next, &response));
    }
    found
}

/// Reads the answer as one to a search.
fn looked_up(head: &Head, response: &Response) {
    match head.source.hits(response) {
        Err(e) => safe(&e.to_string()),
        Ok(hits) => {
            for hit in hits {
                assert!(!hit.symbol.is_empty() && !hit.symbol.contains(char::is_control), "{hit:?}");
                let told = [hit.described.name, hit.described.currency, hit.venue];
                told.iter().flatten().for_each(|text| safe(text));
            }
        }
    }
}

fn count(parsed: &Parsed) -> usize {
    parsed.answers.iter().filter_map(|a| a.outcome.as_ref().ok()).map(|f| f.series.bars().len()).sum()
}

fn read(head: &Head, request: &Request, response: &Response) -> Parsed {
    let parsed = match head.source.parse(&QUERY, request, response) {
        Ok(parsed) => parsed,
        Err(e) => {
            safe(&e.to_string());
            return Parsed::default();
        }
    };
    let mut answered: Vec<usize> = parsed.answers.iter().map(|a| a.want).collect();
    answered.sort_unstable();
    assert!(answered.windows(2).all(|w| w[0] < w[1]), "a want is answered twice: {answered:?}");
    for answer in &parsed.answers {
        assert!(request.wants.contains(&answer.want), "{} was not asked for", answer.want);
        match &answer.outcome {
            Ok(found) => holds_together(head, &QUERY.wants[answer.want], found),
            Err(e) => safe(&e.to_string()),
        }
    }
    for next in &parsed.follow {
        let Target::Get(path) = &next.target else { continue };
        assert!(path.starts_with('/') && path.bytes().all(|b| b.is_ascii_graphic()), "{path:?}");
        assert!(next.wants.iter().all(|w| request.wants.contains(w)), "{:?}", next.wants);
    }
    parsed
}

fn holds_together(head: &Head, want: &Want, Found { series, described }: &Found) {
    let bars = series.bars();
    assert!(!bars.is_empty(), "a find without closes");
    assert!(bars.windows(2).all(|w| w[0].date < w[1].date), "dates out of order: {bars:?}");
    let described_as = described.as_ref().and_then(|d| d.kind);
    let below = described_as.unwrap_or(want.instrument.kind).allows_non_positive();
    for bar in bars {
        assert!(bar.close.is_finite() && (bar.close > 0.0 || below), "{bar:?}");
        assert!([bar.low, bar.high].into_iter().flatten().all(f64::is_finite), "{bar:?}");
        let tomorrow = QUERY.until.checked_add_days(Days::new(1)).expect("a day");
        assert!(head.source.info().name == "demo" || bar.date <= tomorrow, "of the future: {bar:?}");
    }
    assert!(series.splits.iter().all(|s| s.factor.is_finite() && s.factor > 0.0), "{:?}", series.splits);
    assert_eq!(series.provenance.source, head.source.info().name);
    assert_eq!(series.provenance.instrument, want.instrument.id);
    texts(series);
    if let Some(said) = described {
        said.name.iter().chain(&said.currency).for_each(|text| safe(text));
        said.mic.iter().for_each(|mic| safe(mic.as_str()));
        assert!(said.kind != Some(Kind::Composite), "a source knows no composite of ours");
    }
}

fn texts(series: &Series) {
    let from = &series.provenance;
    safe(&from.symbol);
    from.currency.iter().for_each(|currency| safe(currency));
    from.venue.iter().for_each(|venue| safe(venue.as_str()));
    series.warnings.iter().for_each(|w| safe(&w.message));
    series.about.iter().for_each(|about| safe(&about.name));
}

fn safe(text: &str) {
    assert_eq!(harmless(text), text, "not safe to show");
    assert!(text.chars().count() <= 1000, "too long to show: {text}");
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}
