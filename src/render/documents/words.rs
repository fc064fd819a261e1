//! The fixed words of a document in Chinese: its headings, the heads of columns and the names of its facts. Notes and
//! other sentences stay English, as the help says, and are marked as such.
//!
//! Not for: names and sections (`catalogue`) or highlights (`compute::wording`).

use crate::render::document::{Document, Part};

const WORDS: [(&str, &str); 27] = [
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
];

const BEGINNINGS: [(&str, &str); 6] = [
    ("Comparison: ", "比较: "),
    ("as of ", "截至 "),
    ("sessions up to ", "交易日截至 "),
    ("benchmark ", "基准 "),
    ("common end ", "共同截止 "),
    ("in ", "货币 "),
];

/// The words in Chinese, where there are any.
fn word(english: &str) -> Option<String> {
    let whole = WORDS.iter().find(|(en, _)| *en == english).map(|(_, zh)| (*zh).to_owned());
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
    document.facts.iter_mut().for_each(put);
    for part in &mut document.parts {
        match part {
            Part::Heading(words) => put(words),
            Part::Table(table) => {
                put(&mut table.caption);
                table.head.iter_mut().for_each(put);
            }
            _ => {}
        }
    }
    document
}
