//! The fixed words of a document in Chinese: its headings, the heads of columns, the names of its facts, and what is
//! said in place of highlights and of a part that has nothing to tell. Notes and
//! other sentences stay English, as the help says, and are marked as such.
//!
//! Not for: names and sections (`catalogue`) or highlights (`compute::wording`).

use super::daily::STALE;
use crate::render::document::{Document, Part};

const WORDS: [(&str, &str); 33] = [
    ("Market closes", "市场收盘"),
    ("Name", "名称"),
    ("Close", "收盘"),
    ("Points", "涨跌"),
    ("Trend", "走势"),
    ("Session", "交易日"),
    ("Source", "来源"),
    ("Closes and moves", "收盘与涨跌"),
    ("Relative charts", "相对走势图"),
    ("Groups, 1D", "分组(1日)"),
    ("Records", "纪录"),
    ("Shut", "休市"),
    ("Sources and disagreements", "来源与分歧"),
    ("Notes", "说明"),
    ("Method", "方法"),
    ("Not in the report", "缺失"),
    ("Rebased to 100", "以100为基"),
    ("from", "起"),
    ("to", "止"),
    ("end", "末值"),
    ("low", "最低"),
    ("high", "最高"),
    ("first close", "首日收盘"),
    ("last close", "末日收盘"),
    ("change, %", "涨跌, %"),
    ("Id", "代码"),
    ("Return, %", "涨跌幅, %"),
    ("No record, streak or large move stands out.", "没有突出的纪录、连续涨跌或大幅波动。"),
    ("No row set a record.", "没有创下纪录的行。"),
    ("No market of the report was shut.", "所列市场均未休市。"),
    ("No source had anything to say.", "各来源均无异常。"),
    ("partial: some of what was asked for is missing, see below", "不完整：所求部分缺失，见下文"),
    ("DEMO: closes built into the program, not today's market", "演示：程序内置的收盘价，并非今日行情"),
];

const BEGINNINGS: [(&str, &str); 7] = [
    ("Comparison: ", "比较: "),
    ("as of ", "截至 "),
    ("sessions up to ", "交易日截至 "),
    ("benchmark ", "基准 "),
    ("common end ", "共同截止 "),
    ("in ", "货币 "),
    (STALE, "不完整：缺少最新收盘："),
];

fn fixed(english: &str) -> Option<&'static str> {
    WORDS.iter().find(|(en, _)| *en == english).map(|(_, zh)| *zh)
}

/// A sentence in Chinese where all of it is fixed: others may begin like a fact.
fn whole(words: &mut String) {
    if let Some(chinese) = fixed(words) {
        chinese.clone_into(words);
    }
}

/// The words in Chinese, where there are any.
fn word(english: &str) -> Option<String> {
    let whole = fixed(english).map(str::to_owned);
    let begun = || {
        let (rest, zh) = BEGINNINGS.iter().find_map(|(en, zh)| Some((english.strip_prefix(en)?, zh)))?;
        Some(format!("{zh}{rest}"))
    };
    whole.or_else(begun)
}

fn put(words: &mut String) {
    if let Some(chinese) = word(words) {
        *words = chinese;
    }
}

/// The document with its fixed words in Chinese.
pub(super) fn chinese(mut document: Document) -> Document {
    document.lang = "zh-Hans";
    put(&mut document.title);
    document.facts.iter_mut().chain(&mut document.alerts).for_each(put);
    for part in &mut document.parts {
        match part {
            Part::Heading(words) => put(words),
            Part::Lead(words) => whole(words),
            Part::Text(text) => whole(&mut text.words),
            Part::Table(table) => {
                put(&mut table.caption);
                table.head.iter_mut().for_each(put);
            }
            _ => {}
        }
    }
    document
}
