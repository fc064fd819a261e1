//! The logic of conditions: its tables in full, values that are open at an end, and the naive evaluation.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::evaluate::{Truth, truth};
use crate::domain::InstrumentId;
use crate::domain::check::{Between, Used, Value};
use crate::domain::expr::{Expr, Figure, Node, Operator};

/// What is known of a figure in a test.
#[derive(Debug, Clone, Copy)]
enum Is {
    Exactly(f64),
    From(f64, Option<f64>),
    Live,
}

fn used(id: &str, is: Is) -> Used {
    let (value, between, unknown, message) = match is {
        Is::Exactly(value) => (Some(Value::Number(value)), None, None, None),
        Is::From(from, to) => (None, Some(Between { from, to }), None, Some("open".to_owned())),
        // A value that stands there and must not be used.
        Is::Live => (Some(Value::Number(7.0)), None, Some("live"), Some(format!("{id} is live"))),
    };
    Used {
        id: InstrumentId::new(id),
        field: "1D".to_owned(),
        value,
        unit: "percent",
        between,
        session: None,
        from: None,
        status: None,
        source: None,
        benchmark_session: None,
        benchmark_from: None,
        flags: Vec::new(),
        unknown,
        message,
        decimals: 2,
        signed: true,
    }
}

fn evaluated(text: &str, known: &[(&str, Is)]) -> Truth {
    let known: BTreeMap<&str, Used> = known.iter().map(|(id, is)| (*id, used(id, *is))).collect();
    truth(&Expr::parse(text).unwrap(), &|figure: &Figure| known.get(figure.id.as_str()))
}

/// T, F or U: true, false, unknown.
fn letter(truth: &Truth) -> char {
    match truth {
        Truth::True => 'T',
        Truth::False => 'F',
        Truth::Unknown(_) => 'U',
    }
}

/// A condition of each truth: T.1D is 1, F.1D is -1, U.1D is live.
fn logic(text: &str) -> char {
    let known = [("T", Is::Exactly(1.0)), ("F", Is::Exactly(-1.0)), ("U", Is::Live), ("V", Is::Live)];
    letter(&evaluated(text, &known))
}

#[test]
fn and_or_and_not_follow_the_tables_of_three_truths() {
    //                 T T  T F  T U  F T  F F  F U  U T  U F  U U
    for (word, table) in [("and", "TFUFFFUFU"), ("or", "TTTTFUTUU")] {
        let pairs = "TFU".chars().flat_map(|a| "TFU".chars().map(move |b| (a, b)));
        let found: String = pairs.map(|(a, b)| logic(&format!("{a}.1D > 0 {word} {b}.1D > 0"))).collect();
        assert_eq!(found, table, "{word}");
    }
    let not: String = "TFU".chars().map(|a| logic(&format!("not {a}.1D > 0"))).collect();
    assert_eq!(not, "FTU");
}

#[test]
fn unknown_carries_the_reasons_of_all_that_it_hinges_on_and_of_nothing_else() {
    let known = [("T", Is::Exactly(1.0)), ("U", Is::Live), ("V", Is::Live)];
    let why = |text: &str| match evaluated(text, &known) {
        Truth::Unknown(why) => why.into_iter().collect::<Vec<_>>().join("; "),
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(why("U.1D > 0 and T.1D > 0"), "U.1D: U is live");
    assert_eq!(why("(V.1D > 0 or T.1D > 0) and U.1D > 0"), "U.1D: U is live");
    assert_eq!(why("U.1D > 0 or V.1D > 0"), "U.1D: U is live; V.1D: V is live");
    assert_eq!(why("U.1D - V.1D > 0"), "U.1D: U is live; V.1D: V is live");
    assert_eq!(why("U.1D > U.1D"), "U.1D: U is live");
}

#[test]
fn a_value_that_is_open_at_an_end_decides_only_what_no_end_could_change() {
    // A is at least 270, B lies between 5 and 6.
    let known = [("A", Is::From(270.0, None)), ("B", Is::From(5.0, Some(6.0))), ("C", Is::Exactly(6.0))];
    for (text, expected) in [
        ("A.1D > 60", 'T'),
        ("A.1D > 270", 'U'),
        ("A.1D >= 270", 'T'),
        ("A.1D < 270", 'F'),
        ("A.1D <= 270", 'U'),
        ("A.1D > 1000", 'U'),
        ("A.1D = 100", 'F'),
        ("A.1D = 1000", 'U'),
        ("A.1D != 100", 'T'),
        ("-A.1D < -60", 'T'),
        ("-A.1D < -1000", 'U'),
        ("A.1D * 0 = 0", 'T'),
        ("A.1D * 2 > 500", 'T'),
        ("A.1D / 2 > 135", 'U'),
        ("A.1D - A.1D = 0", 'U'),
        ("B.1D >= 5", 'T'),
        ("B.1D > 5", 'U'),
        ("B.1D <= C.1D", 'T'),
        ("B.1D < C.1D", 'U'),
        ("B.1D > C.1D", 'F'),
        ("B.1D + B.1D > 9", 'T'),
        ("B.1D - C.1D > 0", 'F'),
        ("10 - B.1D > 3", 'T'),
        ("C.1D / B.1D >= 1", 'T'),
        ("C.1D / A.1D < 1", 'T'),
    ] {
        assert_eq!(letter(&evaluated(text, &known)), expected, "{text}");
    }
}

#[test]
fn the_noise_of_doubles_decides_nothing() {
    // 177.72 / 148.10 - 1 is 19.999999999999996 % in doubles.
    let known = [("A", Is::Exactly((177.72 / 148.10 - 1.0) * 100.0)), ("B", Is::Exactly(19.999_999))];
    for (text, expected) in [
        ("A.1D >= 20", 'T'),
        ("A.1D = 20", 'T'),
        ("A.1D < 20", 'F'),
        ("A.1D != 20", 'F'),
        ("B.1D >= 20", 'F'),
        ("B.1D != 20", 'T'),
    ] {
        assert_eq!(letter(&evaluated(text, &known)), expected, "{text}");
    }
}

#[test]
fn what_has_no_value_is_unknown_and_says_why() {
    let known = [("A", Is::Exactly(2.0)), ("Z", Is::Exactly(0.0))];
    let why = |text: &str| match evaluated(text, &known) {
        Truth::Unknown(why) => why.into_iter().next().unwrap(),
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(why("A.1D / Z.1D > 1"), "A.1D / Z.1D: division by zero");
    assert_eq!(why("A.1D / 0 > 1"), "A.1D / 0: division by zero");
    assert!(why(&format!("A.1D * {0} * {0} > 1", "9".repeat(300))).ends_with("too large"));
    assert_eq!(why("N.1D > 1"), "N.1D: nothing is known of it");
}

/// A condition over exact and missing values, evaluated as it is defined: unknown lies between false and
/// true, `and` takes the lesser and `or` the greater.
#[allow(clippy::float_cmp)]
fn naive(expr: &Expr, known: &dyn Fn(&Figure) -> Option<f64>) -> f64 {
    match &expr.node {
        Node::Not(inner) => 1.0 - naive(inner, known),
        Node::Two(Operator::And, a, b) => naive(a, known).min(naive(b, known)),
        Node::Two(Operator::Or, a, b) => naive(a, known).max(naive(b, known)),
        Node::Two(operator, a, b) => match (naive_value(a, known), naive_value(b, known)) {
            (Some(a), Some(b)) => {
                let holds = match operator {
                    Operator::Less => a < b,
                    Operator::AtMost => a <= b,
                    Operator::Greater => a > b,
                    Operator::AtLeast => a >= b,
                    Operator::Equal => a == b,
                    _ => a != b,
                };
                f64::from(u8::from(holds))
            }
            _ => 0.5,
        },
        _ => panic!("a condition"),
    }
}

#[allow(clippy::float_cmp)]
fn naive_value(expr: &Expr, known: &dyn Fn(&Figure) -> Option<f64>) -> Option<f64> {
    match &expr.node {
        Node::Number { value, .. } => Some(*value),
        Node::Figure(figure) => known(figure),
        Node::Negative(inner) => naive_value(inner, known).map(|v| -v),
        Node::Two(operator, a, b) => {
            let (a, b) = (naive_value(a, known)?, naive_value(b, known)?);
            match operator {
                Operator::Plus => Some(a + b),
                Operator::Minus => Some(a - b),
                Operator::Times => Some(a * b),
                _ => (b != 0.0).then(|| a / b),
            }
        }
        _ => panic!("a value"),
    }
}

/// A condition over A.1D to D.1D, as text.
fn condition() -> impl Strategy<Value = String> {
    let figure = proptest::sample::select(vec!["A.1D", "B.1D", "C.1D", "D.1D"]).prop_map(str::to_owned);
    let number = (-3i32..4).prop_map(|n| if n < 0 { format!("-{}", -n) } else { n.to_string() });
    let value = prop_oneof![
        figure.clone(),
        number.clone(),
        (figure.clone(), number, proptest::sample::select(vec!["*", "/"]))
            .prop_map(|(f, n, o)| format!("({f} {o} {n})")),
        (figure.clone(), figure, proptest::sample::select(vec!["+", "-"]))
            .prop_map(|(a, b, o)| format!("({a} {o} {b})")),
    ];
    let compared = (value.clone(), value, proptest::sample::select(vec!["<", "<=", ">", ">=", "=", "!="]))
        .prop_map(|(a, b, o)| format!("{a} {o} {b}"));
    compared.prop_recursive(4, 12, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|c| format!("not ({c})")),
            (inner.clone(), inner, any::<bool>())
                .prop_map(|(a, b, and)| format!("({a}) {} ({b})", if and { "and" } else { "or" })),
        ]
    })
}

proptest! {
    #[test]
    fn a_condition_is_what_its_naive_evaluation_says(
        text in condition(),
        values in proptest::array::uniform4(proptest::option::of(-3i32..4)),
    ) {
        let known = |figure: &Figure| {
            let at = ["A", "B", "C", "D"].iter().position(|id| *id == figure.id).unwrap();
            values[at].map(f64::from)
        };
        let expr = Expr::parse(&text).unwrap();
        let all: Vec<(&str, Is)> = ["A", "B", "C", "D"]
            .iter()
            .zip(values)
            .map(|(id, v)| (*id, v.map_or(Is::Live, |v| Is::Exactly(f64::from(v)))))
            .collect();
        let expected = match naive(&expr, &known) {
            truth if truth > 0.9 => 'T',
            truth if truth < 0.1 => 'F',
            _ => 'U',
        };
        prop_assert_eq!(letter(&evaluated(&text, &all)), expected, "{}", text);
    }
}
