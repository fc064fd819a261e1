//! What a user adds: merged as he says, or refused with the key that says it.

use super::*;
use crate::catalogue::load;

fn venue_of(symbol: &str) -> Option<Mic> {
    symbol
        .ends_with(".HK")
        .then(|| Mic::new("XHKG"))
        .or_else(|| symbol.ends_with("=X").then(|| Mic::new("FX")))
}

fn extended_by(own: &Own) -> Result<Universe, (String, String)> {
    extended(load().unwrap(), own, venue_of).map_err(|e| match e {
        CatalogueError::Own(OwnFault { key, reason }) => (key, reason),
        other => panic!("{other}"),
    })
}

fn instrument(id: &str, symbols: &[(&str, &str)]) -> OwnInstrument {
    let symbols = symbols.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    OwnInstrument { id: InstrumentId::new(id), symbols, ..OwnInstrument::default() }
}

fn weighted(id: &str, weights: &[(&str, f64)]) -> OwnComposite {
    let weights = weights.iter().map(|(m, w)| ((*m).to_owned(), *w)).collect();
    OwnComposite { id: InstrumentId::new(id), weights: Some(weights), ..OwnComposite::default() }
}

fn group_of(id: &str, members: &[&str]) -> OwnGroup {
    let members = members.iter().map(|m| (*m).to_owned()).collect();
    OwnGroup { id: InstrumentId::new(id), members: Some(members), ..OwnGroup::default() }
}

fn of_instruments(all: Vec<OwnInstrument>) -> Own {
    Own { instruments: all, ..Own::default() }
}

fn of_composites(all: Vec<OwnComposite>) -> Own {
    Own { composites: all, ..Own::default() }
}

fn of_groups(all: Vec<OwnGroup>) -> Own {
    Own { groups: all, ..Own::default() }
}

#[track_caller]
fn refused(own: Own, key: &str, said: &str) {
    let (at, reason) = extended_by(&own).unwrap_err();
    assert!(at == key && reason.contains(said), "{at}: {reason}");
}

#[test]
fn what_is_not_said_follows_from_the_symbol() {
    let all = [("TENCENT", "0700.HK"), ("GBPUSD", "GBPUSD=X"), ("DOGE", "DOGE-USD")];
    let own = of_instruments(all.iter().map(|(id, symbol)| instrument(id, &[("yahoo", symbol)])).collect());
    let universe = extended_by(&own).unwrap();
    let found = |id: &str| {
        let i = universe.instrument(&InstrumentId::new(id)).unwrap();
        let (mic, currency, country) = (i.exchange.to_string(), i.currency.clone(), i.country.clone());
        (i.kind, mic, currency.unwrap_or_default(), country.unwrap_or_default(), i.decimals)
    };
    assert_eq!(found("TENCENT"), (Kind::Stock, "XHKG".into(), "HKD".into(), "HK".into(), 2));
    assert_eq!(found("GBPUSD"), (Kind::Fx, "FX".into(), "USD".into(), String::new(), 4));
    assert_eq!(found("DOGE"), (Kind::Coin, "COIN".into(), "USD".into(), String::new(), 2));
    assert_eq!(universe.sections.last().map(String::as_str), Some("Own"));
    assert!(universe.own.contains(&InstrumentId::new("TENCENT")));
}

#[test]
fn what_the_symbol_does_not_tell_is_named() {
    let lacks = |own: OwnInstrument, said: &str| refused(of_instruments(vec![own]), "instruments.AAPL", said);
    lacks(instrument("AAPL", &[("yahoo", "AAPL")]), "AAPL lacks its exchange");
    let placed = |own: OwnInstrument| OwnInstrument { exchange: Some(Mic::new("XNAS")), ..own };
    lacks(placed(instrument("AAPL", &[("tencent", "usAAPL.OQ")])), "AAPL lacks its kind");
    let whole = placed(instrument("AAPL", &[("yahoo", "AAPL")]));
    let universe = extended_by(&of_instruments(vec![whole])).unwrap();
    // New York's shares are quoted in dollars.
    assert_eq!(universe.instrument(&InstrumentId::new("AAPL")).unwrap().currency.as_deref(), Some("USD"));
    let nowhere =
        OwnInstrument { exchange: Some(Mic::new("XNSA")), ..instrument("AAPL", &[("yahoo", "AAPL")]) };
    refused(
        of_instruments(vec![nowhere]),
        "instruments.AAPL.exchange",
        "no venue is called 'XNSA': did you mean XNAS?",
    );
}

#[test]
fn of_a_built_in_instrument_is_changed_how_it_is_called_and_shown_and_nothing_else() {
    let said = OwnInstrument {
        name: Some("Star Fifty".into()),
        section: Some("europe".into()),
        shown: Some(false),
        aliases: vec!["MY-STAR".into()],
        ..instrument("STAR50", &[("stooq", "^star")])
    };
    let universe = extended_by(&of_instruments(vec![said.clone()])).unwrap();
    let i = universe.instrument(&said.id).unwrap();
    assert_eq!((i.name.as_str(), i.section.as_str(), i.shown), ("Star Fifty", "Europe", false));
    assert_eq!((i.symbol("stooq"), i.symbol("yahoo")), (Some("^star"), Some("000688.SS")));
    assert!(!universe.own.contains(&i.id));
    let moved = OwnInstrument { currency: Some("USD".into()), ..instrument("STAR50", &[]) };
    refused(of_instruments(vec![moved]), "instruments.STAR50.currency", "its currency cannot be changed");
}

#[test]
fn no_id_and_no_alias_takes_a_word_that_means_something_already() {
    let symbol = [("yahoo", "0700.HK")];
    // STAR is an alias of STAR50, NVDA Nvidia's symbol, ASIA a composite, CN-CHIPS a group.
    for (id, said) in [
        ("STAR", "means STAR50"),
        ("NVDA", "means NVIDIA"),
        ("ASIA", "is a composite"),
        ("CN-CHIPS", "is a group"),
    ] {
        refused(of_instruments(vec![instrument(id, &symbol)]), &format!("instruments.{id}"), said);
    }
    refused(of_groups(vec![group_of("SP500", &["HSI"])]), "groups.SP500", "'SP500' is an instrument already");
    refused(
        of_composites(vec![weighted("CN-CHIPS", &[("HSI", 1.0)])]),
        "composites.CN-CHIPS",
        "is a group already",
    );
    let alias = OwnInstrument { aliases: vec!["Nvidia".into()], ..instrument("TENCENT", &symbol) };
    refused(
        of_instruments(vec![alias]),
        "instruments.TENCENT.aliases Nvidia",
        "'Nvidia' means NVIDIA already",
    );
    let twice = instrument("MY-NV", &[("yahoo", "nvda")]);
    refused(of_instruments(vec![twice]), "instruments.MY-NV.symbols", "NVIDIA has that symbol already");
    refused(of_instruments(vec![instrument("STAR5O", &[])]), "instruments.STAR5O", "did you mean STAR50?");
}

#[test]
fn a_symbol_and_a_venue_that_contradict_each_other_are_refused() {
    let said = |mic: &str| {
        let mine = instrument("MINE", &[("yahoo", "0700.HK")]);
        of_instruments(vec![OwnInstrument { exchange: Some(Mic::new(mic)), ..mine }])
    };
    refused(
        said("XNYS"),
        "instruments.MINE.exchange",
        "0700.HK is a symbol of XHKG, and XNYS is another venue",
    );
    assert!(extended_by(&said("XHKG")).is_ok());
}

#[test]
fn a_name_that_was_changed_is_free_and_the_new_one_is_taken() {
    let renamed = OwnInstrument { name: Some("Red Chips".into()), ..instrument("STAR50", &[]) };
    let of =
        |word: &str| Own { groups: vec![group_of("G", &[word])], ..of_instruments(vec![renamed.clone()]) };
    assert!(extended_by(&of("red chips")).is_ok());
    assert!(extended_by(&of("STAR 50")).is_err());
}

#[test]
fn there_is_an_end_to_sections() {
    let all = (0..300).map(|n| OwnInstrument {
        section: Some(format!("{n}{n}{n}{n}{n} section {n}{n}{n}")),
        ..instrument(&format!("I{n}"), &[("yahoo", &format!("{n}.HK"))])
    });
    let (_, reason) = extended_by(&of_instruments(all.collect())).unwrap_err();
    assert!(reason.contains("there are 200 sections already"), "{reason}");
}

#[test]
fn a_composite_has_members_that_are_instruments_with_weights_above_0() {
    let universe =
        extended_by(&of_composites(vec![weighted("MINE", &[("star50", 2.0), ("恒生指数", 1.0)])])).unwrap();
    let mine = universe.composite(&InstrumentId::new("MINE")).unwrap();
    let members: Vec<(&str, f64)> = mine.members.iter().map(|m| (m.id.as_str(), m.weight)).collect();
    assert_eq!(members, [("STAR50", 2.0), ("HSI", 1.0)]);
    assert_eq!((mine.name.as_str(), mine.section.as_str()), ("MINE, own weights", "Own"));
    let wrong = |weights: &[(&str, f64)], key: &str, said: &str| {
        refused(
            of_composites(vec![weighted("MINE", weights)]),
            &format!("composites.MINE.weights{key}"),
            said,
        );
    };
    wrong(&[("HSI", 0.0)], " HSI", "the weight of HSI is 0, and a weight is above 0");
    wrong(&[("HSI", -1.0)], " HSI", "a weight is above 0");
    wrong(&[("HSI", f64::MAX), ("STAR50", f64::MAX)], "", "too large");
    wrong(&[], "", "at least one member");
    wrong(&[("HSI", 1.0), ("hsi", 1.0)], " hsi", "HSI is there twice");
    wrong(&[("ASIA", 1.0)], " ASIA", "ASIA is a composite");
    wrong(&[("US-CHIPS", 1.0)], " US-CHIPS", "US-CHIPS is a group");
    wrong(&[("STAR5O", 1.0)], " STAR5O", "did you mean STAR50?");
    wrong(&[("MINE", 1.0)], " MINE", "MINE is a composite: members are instruments");
    // Whichever stands first.
    let first = weighted("A", &[("B", 1.0)]);
    let cycle = of_composites(vec![first, weighted("B", &[("A", 1.0)])]);
    refused(cycle, "composites.A.weights B", "B is a composite: members are instruments");
    let both = OwnComposite { members: Some(vec!["HSI".into()]), ..weighted("MINE", &[("HSI", 1.0)]) };
    refused(of_composites(vec![both]), "composites.MINE.members", "cannot stand together");
    let neither = OwnComposite { id: InstrumentId::new("EUROP"), ..OwnComposite::default() };
    refused(of_composites(vec![neither]), "composites.EUROP", "did you mean EUROPE?");
}

#[test]
fn a_built_in_group_may_have_other_members_and_a_built_in_composite_may_not() {
    let universe = extended_by(&of_groups(vec![group_of("CN-CHIPS", &["NVIDIA"])])).unwrap();
    let chips = universe.group(&InstrumentId::new("CN-CHIPS")).unwrap();
    assert_eq!((chips.name.as_str(), chips.members.len()), ("China chips", 1));
    assert!(universe.own.contains(&chips.id));
    refused(
        of_composites(vec![weighted("ASIA", &[("HSI", 1.0)])]),
        "composites.ASIA.weights",
        "ASIA is built in",
    );
    let named =
        OwnComposite { id: InstrumentId::new("ASIA"), name: Some("East".into()), ..OwnComposite::default() };
    let universe = extended_by(&of_composites(vec![named])).unwrap();
    let asia = universe.composite(&InstrumentId::new("ASIA")).unwrap();
    assert_eq!((asia.name.as_str(), asia.members.len()), ("East", 7));
}

#[test]
fn sections_come_in_the_users_order_and_those_that_he_does_not_name_follow() {
    let sections =
        |names: &[&str]| Own { sections: names.iter().map(|n| (*n).to_owned()).collect(), ..Own::default() };
    let universe = extended_by(&sections(&["europe", "Coins", "Europe"])).unwrap();
    assert_eq!(universe.sections[..4], ["Europe", "Coins", "Asia-Pacific", "China chips"]);
    assert_eq!(universe.sections.len(), load().unwrap().sections.len());
    refused(sections(&["Eurpe"]), "sections Eurpe", "did you mean Europe?");
    let placed = |section: &str| {
        let symbol = [("yahoo", "0700.HK")];
        of_instruments(vec![OwnInstrument {
            section: Some(section.into()),
            ..instrument("TENCENT", &symbol)
        }])
    };
    refused(placed("Asia Pacific"), "instruments.TENCENT.section", "did you mean Asia-Pacific?");
    refused(placed("asked for"), "instruments.TENCENT.section", "choose another name");
    assert!(extended_by(&placed("Games")).unwrap().sections.contains(&"Games".to_owned()));
}
