//! Yahoo's names of exchanges and kinds, for symbols that are not in the catalogue.
//!
//! Not for: instruments of the catalogue, which says these things itself.

use crate::domain::{Kind, Mic};

/// The venue by Yahoo's name of the exchange, or else by the symbol's suffix.
pub(in crate::fetch) fn mic(exchange: Option<&str>, symbol: &str) -> Option<Mic> {
    let by_name = exchange.and_then(|name| by_name(&name.to_ascii_uppercase()));
    by_name.or_else(|| by_suffix(symbol)).map(Mic::new)
}

fn by_name(name: &str) -> Option<&'static str> {
    Some(match name {
        "NMS" | "NYQ" | "PCX" | "ASE" | "NGM" | "NCM" | "BTS" | "SNP" | "NIM" | "DJI" | "CGI" | "WCB"
        | "PNK" => "XNYS",
        "LSE" | "FGI" => "XLON",
        "GER" => "XETR",
        "PAR" => "XPAR",
        "AMS" => "XAMS",
        "MIL" => "XMIL",
        "MCE" => "XMAD",
        "EBS" | "VTX" => "XSWX",
        "STO" => "XSTO",
        "CPH" => "XCSE",
        "HEL" => "XHEL",
        "OSL" => "XOSL",
        "WSE" => "XWAR",
        "IST" => "XIST",
        "JNB" => "XJSE",
        "SHH" | "SHZ" => "XSHG",
        "HKG" => "XHKG",
        "JPX" | "OSA" | "TYO" => "XTKS",
        "KSC" | "KOE" | "KOS" => "XKRX",
        "TAI" | "TWO" => "XTAI",
        "ASX" => "XASX",
        "NZE" => "XNZE",
        "NSI" | "BSE" => "XBOM",
        "SES" => "XSES",
        "JKT" => "XIDX",
        "KLS" => "XKLS",
        "SET" => "XBKK",
        "PHS" | "PHP" => "XPHS",
        "TOR" | "VAN" => "XTSE",
        "MEX" => "XMEX",
        "SAO" => "BVMF",
        "CMX" => "XCEC",
        "NYM" => "XNYM",
        "CME" | "CBT" => "XCME",
        "CCY" => "FX",
        "CCC" => "COIN",
        _ => return None,
    })
}

fn by_suffix(symbol: &str) -> Option<&'static str> {
    let symbol = symbol.to_ascii_uppercase();
    if symbol.ends_with("=X") {
        return Some("FX");
    }
    let (_, suffix) = symbol.rsplit_once('.')?;
    Some(match suffix {
        "HK" => "XHKG",
        "SS" | "SZ" => "XSHG",
        "T" => "XTKS",
        "L" => "XLON",
        "DE" => "XETR",
        "PA" => "XPAR",
        "AS" => "XAMS",
        "MI" => "XMIL",
        "MC" => "XMAD",
        "SW" => "XSWX",
        "ST" => "XSTO",
        "CO" => "XCSE",
        "HE" => "XHEL",
        "OL" => "XOSL",
        "WA" => "XWAR",
        "IS" => "XIST",
        "JO" => "XJSE",
        "KS" | "KQ" => "XKRX",
        "TW" | "TWO" => "XTAI",
        "AX" => "XASX",
        "NZ" => "XNZE",
        "NS" | "BO" => "XBOM",
        "SI" => "XSES",
        "JK" => "XIDX",
        "KL" => "XKLS",
        "BK" => "XBKK",
        "PS" => "XPHS",
        "TO" | "V" => "XTSE",
        "MX" => "XMEX",
        "SA" => "BVMF",
        _ => return None,
    })
}

/// The kind by Yahoo's word for it.
pub(super) fn kind(word: &str) -> Option<Kind> {
    Some(match word.to_ascii_uppercase().as_str() {
        "EQUITY" => Kind::Stock,
        "INDEX" => Kind::Index,
        "ETF" | "MUTUALFUND" => Kind::Etf,
        "FUTURE" => Kind::Future,
        "CURRENCY" => Kind::Fx,
        "CRYPTOCURRENCY" => Kind::Coin,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exchange_is_taken_by_name_and_else_by_suffix() {
        assert_eq!(mic(Some("NMS"), "NVDA"), Some(Mic::new("XNYS")));
        assert_eq!(mic(Some("SHZ"), "399006.SZ"), Some(Mic::new("XSHG")));
        assert_eq!(mic(Some("new name"), "0981.HK"), Some(Mic::new("XHKG")));
        assert_eq!(mic(None, "AUDJPY=X"), Some(Mic::new("FX")));
        assert_eq!(mic(None, "NVDA"), None);
    }
}
