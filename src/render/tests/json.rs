//! The JSON has the documented keys and full precision.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::domain::Horizon;
use crate::render::testing;
use crate::render::{Format, Style, comparison, snapshot};

/// Every key of the documented sample; `*` stands for a horizon, `[]` for a list's elements.
const DOCUMENTED: &str = "
schema as_of date generated_at demo status benchmark currency instruments composites groups highlights errors
instruments[].id instruments[].name instruments[].kind instruments[].section instruments[].country
instruments[].exchange instruments[].currency instruments[].basis instruments[].session
instruments[].session.date instruments[].session.status instruments[].session.timezone
instruments[].session.closed_at instruments[].close instruments[].previous instruments[].previous.date
instruments[].previous.close instruments[].previous.absent instruments[].change instruments[].moves
instruments[].moves.* instruments[].moves.*.pct instruments[].moves.*.from instruments[].moves.*.base
instruments[].moves.*.absent instruments[].moves.*.local_pct instruments[].moves.*.fx_pct
instruments[].moves.*.flags instruments[].relative instruments[].relative.*
instruments[].relative.*.excess_pp instruments[].relative.*.relative_pct
instruments[].relative.*.benchmark_session instruments[].relative.*.benchmark_from
instruments[].relative.*.same_session instruments[].relative.*.same_base instruments[].relative.*.absent
instruments[].range_52w instruments[].range_52w.low instruments[].range_52w.high
instruments[].range_52w.position_pct instruments[].range_52w.sessions instruments[].range_52w.absent
instruments[].records instruments[].records[].kind instruments[].records[].date
instruments[].records[].sessions instruments[].records[].since_start instruments[].records[].value
instruments[].streak instruments[].streak.direction instruments[].streak.sessions
instruments[].streak.absent instruments[].z_score instruments[].z_score.value
instruments[].z_score.sessions instruments[].z_score.absent instruments[].limit instruments[].limit.side
instruments[].limit.price instruments[].limit.pct instruments[].limit.absent instruments[].fx
instruments[].source instruments[].source.name instruments[].source.symbol
instruments[].source.fetched_at instruments[].source.from_store instruments[].confirmed_by
instruments[].warnings
groups[].id groups[].advancers groups[].decliners groups[].unchanged groups[].absent groups[].median_1d_pct
groups[].best groups[].worst groups[].limit_up groups[].limit_down
highlights[].id highlights[].kind highlights[].date highlights[].sessions highlights[].value highlights[].lang
highlights[].text
errors[].id errors[].source errors[].kind errors[].message errors[].retryable
";

/// Keys that were added within /1.
const ADDED: &str = "
instruments[].change_bp
instruments[].local
instruments[].change_bp lang
instruments[].rarity instruments[].rarity.times instruments[].rarity.of instruments[].rarity.absent
instruments[].drawdown instruments[].drawdown.pct instruments[].drawdown.peak instruments[].drawdown.peak_date
instruments[].drawdown.since instruments[].drawdown.absent highlights[].session
instruments[].moves.*.to
instruments[].relative.*.benchmark_pct instruments[].relative.*.rank instruments[].relative.*.rank.larger
instruments[].relative.*.rank.of instruments[].relative.*.rank.since instruments[].relative.*.rank.sessions
instruments[].relative.*.rank.from instruments[].relative.*.rank.absent
groups[].name groups[].absent_members groups[].mean_1d_pct groups[].best_1d_pct groups[].worst_1d_pct groups[].sessions groups[].live
groups[].above_50d groups[].above_50d.members groups[].above_50d.of groups[].above_50d.pct groups[].above_50d.absent
notes notes[].kind notes[].message sources
errors[].hint
";

/// A composite has every key of an instrument beside these.
const COMPOSITE: &str = "base_date members traded weight_traded_pct pending shut left_out";

fn keys(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| keys(item, &format!("{path}[]"), found)),
        Value::Object(fields) => {
            for (key, value) in fields {
                let key = if key.parse::<Horizon>().is_ok() { "*" } else { key };
                let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
                keys(value, &path, found);
                found.insert(path);
            }
        }
        _ => {}
    }
}

fn text(format_into: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    format_into(&mut out);
    String::from_utf8(out).unwrap()
}

fn today() -> String {
    text(|out| snapshot(&testing::snapshot(), Format::Json, &Style::default(), out).unwrap())
}

#[test]
fn the_snapshot_has_exactly_the_documented_keys() {
    let mut found = BTreeSet::new();
    keys(&serde_json::from_str(&today()).unwrap(), "", &mut found);
    let of = |list: &str| list.split_whitespace().map(str::to_owned).collect::<BTreeSet<_>>();
    let mut wanted = &of(DOCUMENTED) | &of(ADDED);
    let shared = |key: &String| key.strip_prefix("instruments[]").map(|rest| format!("composites[]{rest}"));
    let mut composite: BTreeSet<String> = wanted.iter().filter_map(shared).collect();
    composite.retain(|key| !key.contains(".records[]"));
    composite.extend(COMPOSITE.split(' ').map(|key| format!("composites[].{key}")));
    wanted.extend(composite);
    let difference: Vec<_> = wanted.symmetric_difference(&found).collect();
    assert!(difference.is_empty(), "{difference:?}");
}

#[test]
fn figures_are_numbers_in_full_precision_and_unknown_ones_are_null() {
    let value: Value = serde_json::from_str(&today()).unwrap();
    let star = &value["instruments"][0];
    assert_eq!(star["moves"]["1D"]["pct"], serde_json::json!((1535.393_f64 / 1482.994 - 1.0) * 100.0));
    assert_eq!(star["session"]["closed_at"], "2026-01-21T07:00:00Z");
    assert_eq!(star["session"]["status"], "settled");
    assert_eq!(value["demo"], true);
    assert_eq!(value["date"], Value::Null);
    assert_eq!(value["instruments"][19]["close"], Value::Null);
    assert_eq!(value["instruments"][19]["moves"]["1D"]["absent"], "no_session");
}

#[test]
fn both_reports_end_in_one_newline_and_are_one_object() {
    let compare = text(|out| {
        comparison(&testing::comparison(), Format::Json, &Style::default(), out).unwrap();
    });
    for text in [today(), compare] {
        assert!(text.starts_with("{\n  \"schema\": \"marketsnap."), "{text}");
        assert!(text.ends_with("}\n") && !text.ends_with("\n\n"));
        assert!(serde_json::from_str::<Value>(&text).is_ok());
    }
}
