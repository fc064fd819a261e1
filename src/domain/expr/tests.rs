//! Expressions: read, refused with the place, and spelt so that they read back.

use proptest::prelude::*;

use super::*;

/// The one spelling of an expression.
fn spelt(text: &str) -> String {
    Expr::parse(text).unwrap_or_else(|e| panic!("{e}")).to_string()
}

/// What an expression is refused with: the words, and the part that is marked.
fn refused(text: &str) -> (String, String) {
    let error = Expr::parse(text).map(|e| e.to_string()).unwrap_err().to_string();
    let lines: Vec<&str> = error.lines().collect();
    let [wrong, shown, marks] = lines[..] else { panic!("{error}") };
    let from = marks.find('^').unwrap();
    let marked = shown.chars().skip(from).take(marks.len() - from).collect();
    (wrong.to_owned(), marked)
}

#[test]
fn every_example_reads_as_it_is_meant() {
    for (typed, meant) in [
        ("STAR50.1D > 3 and SP500.1D < 0", "STAR50.1D > 3 and SP500.1D < 0"),
        ("star50.1d>3 AND sp500.1d<0", "star50.1D > 3 and sp500.1D < 0"),
        ("ASIA.YTD - SP500.YTD > 5", "ASIA.YTD - SP500.YTD > 5"),
        ("ASIA.YTD-SP500.YTD>5%", "ASIA.YTD - SP500.YTD > 5 %"),
        ("SP500.record.loss_sessions > 60", "SP500.record.loss_sessions > 60"),
        ("LOONGSON.limit=up", "LOONGSON.limit = up"),
        ("up=LOONGSON.limit", "up = LOONGSON.limit"),
        ("VIX.close > 20 or not (SP500.1D > 0)", "VIX.close > 20 or not SP500.1D > 0"),
        ("CN-CHIPS.advancers >= 4", "CN-CHIPS.advancers >= 4"),
        ("EURUSD=X.1D == 0", "EURUSD=X.1D = 0"),
        ("^GSPC.1D != 0", "^GSPC.1D != 0"),
        ("\"^GSPC\".1D > 0", "^GSPC.1D > 0"),
        ("'S&P 500'.1D > 0", "\"S&P 500\".1D > 0"),
        ("0700.HK.close > 3", "0700.HK.close > 3"),
        ("000688.SS.1D>-3", "000688.SS.1D > -3"),
        ("3-STAR50.1D > 0", "3 - STAR50.1D > 0"),
        ("科创50.1D > 3", "科创50.1D > 3"),
        ("symbol:0700.HK.1D > 1", "symbol:0700.HK.1D > 1"),
        ("STAR50.since:2025-12-31 > 14.2", "STAR50.since:2025-12-31 > 14.2"),
        ("STAR50.session = 2026-01-21", "STAR50.session = 2026-01-21"),
        ("CN-CHIPS.best = LOONGSON", "CN-CHIPS.best = LOONGSON"),
        ("CN-CHIPS.best.1D > 9", "CN-CHIPS.best.1D > 9"),
        ("A.1D > 1 or B.1D > 1 and C.1D > 1", "A.1D > 1 or B.1D > 1 and C.1D > 1"),
        ("(A.1D > 1 or B.1D > 1) and C.1D > 1", "(A.1D > 1 or B.1D > 1) and C.1D > 1"),
        ("A.1D > +3", "A.1D > 3"),
        ("A.1D > .5", "A.1D > 0.5"),
        ("A.1D > -.5 %", "A.1D > -0.5 %"),
        ("A.close > 1e3", "A.close > 1000"),
        ("A.close > 2.5E-1", "A.close > 0.25"),
        ("A.close > 1e+2-3", "A.close > 100 - 3"),
        ("1E3.close > 1", "1E3.close > 1"),
        ("A.1D - (B.1D - C.1D) > 1", "A.1D - (B.1D - C.1D) > 1"),
        ("(A.1D - B.1D) - C.1D > 1", "A.1D - B.1D - C.1D > 1"),
        ("(A.1D + B.1D) / 2 > - -1", "(A.1D + B.1D) / 2 > --1"),
        (
            "A.advancers / (A.advancers + A.decliners) > 0.5",
            "A.advancers / (A.advancers + A.decliners) > 0.5",
        ),
    ] {
        assert_eq!(spelt(typed), meant, "{typed}");
        assert_eq!(spelt(meant), meant);
    }
}

#[test]
fn or_binds_less_than_and_and_not_takes_the_comparison_behind_it() {
    let expr = Expr::parse("A.1D > 1 or not B.1D > 1 and C.1D > 1").unwrap();
    let Node::Two(Operator::Or, _, right) = expr.node else { panic!("or is outermost") };
    let Node::Two(Operator::And, not, _) = right.node else { panic!("and binds more than or") };
    let Node::Not(inner) = not.node else { panic!("not binds more than and") };
    assert!(matches!(inner.node, Node::Two(Operator::Greater, ..)), "not binds less than a comparison");
}

#[test]
fn what_cannot_be_read_is_refused_at_its_place() {
    for (text, wrong, place) in [
        ("", "expected more", "^"),
        ("STAR50.1D >", "expected more", "^"),
        ("STAR50.1D > > 3", "before this", ">"),
        ("STAR50.1D > 3 and", "expected more", "^"),
        ("STAR50.1D > 3 SP500.1D", "an operator", "SP500.1D"),
        ("STAR50 1D > 3", "write ID.1D", "1D"),
        ("1D > 3", "whose? Write ID.1D", "1D"),
        ("(STAR50.1D > 3", "not closed", "("),
        ("STAR50.1D > 3)", "not opened", ")"),
        ("1 < STAR50.1D < 3", "do not chain", "<"),
        ("STAR50.1D > 3 && x", "write and", "&"),
        ("STAR50.1D > 3 | x", "write or", "|"),
        ("!STAR50.1D", "write not", "!"),
        ("STAR50.1D > $3", "unexpected '$'", "$"),
        ("\"STAR50.1D > 3", "does not end", "\""),
        ("STAR50.clos > 3", "did you mean STAR50.close?", "STAR50.clos"),
        ("\"S&P 500\".YTDD > 3", "did you mean S&P 500.YTD?", "\"S&P 500\".YTDD"),
        ("0700.HK.clos > 3", "unknown field 'clos' of 0700.HK", "0700.HK.clos"),
        ("科创50.收盘 > 3", "unknown field '收盘' of 科创50", "科创50.收盘 > "),
        ("3 + not STAR50.1D > 3 > 0", "before a condition", "not"),
        ("STAR50.close > 2026-02-30", "'2026-02-30' is no day", "2026-02-30"),
        ("STAR50.session > 2026-1-5", "a date is YYYY-MM-DD", "2026-1-5"),
        ("STAR50.session > 2026/01/05", "a date is YYYY-MM-DD", "2026/01/05"),
        ("STAR50.since:2025-13-01 > 3", "since:2025-13-01 names no day", "STAR50.since:2025-13-01"),
        ("STAR50.excess.since:x > 3", "since:x names no day", "STAR50.excess.since:x"),
        ("\"S&P 500\".since:2025-1-1 > 3", "since:2025-1-1 names no day", "\"S&P 500\".since:2025-1-1"),
        ("STAR50.close > 1e400", "too large: the largest is", "1e400"),
        ("STAR50.close > +", "expected ID.FIELD", "+"),
    ] {
        let (said, marked) = refused(text);
        assert!(said.contains(wrong), "{text}: {said}");
        assert!(marked.starts_with(place) || place == "^", "{text}: {marked} is marked");
    }
}

#[test]
fn values_of_different_sorts_are_not_compared_and_both_are_named() {
    for (text, wrong) in [
        ("STAR50.1D > SP500.close", "a percentage cannot be compared with a price"),
        ("STAR50.close > 3 %", "a price cannot be compared with a percentage"),
        ("STAR50.excess.1D > SP500.close", "percentage points cannot be compared with a price"),
        ("STAR50.z > STAR50.streak", "standard deviations cannot be compared with a number of sessions"),
        ("STAR50.streak > CN-CHIPS.advancers", "sessions cannot be compared with a number of members"),
        ("STAR50.1D > up", "the word 'up' cannot be compared with a percentage"),
        ("STAR50 > 3", "such as STAR50.close"),
        ("STAR50.session > 3", "a date cannot be compared with a number"),
        ("STAR50.limit = live", "'live' is none of up, down, none"),
        ("STAR50.limit = STAR50.status", "cannot be compared with one of the words settled"),
        ("STAR50.limit > up", "with = and != only"),
        ("up = down", "cannot be compared"),
        ("STAR50.1D + STAR50.close > 3", "'+' cannot take a percentage and a price"),
        ("STAR50.1D * STAR50.1D > 3", "'*' cannot take"),
        ("3 / STAR50.1D > 3", "'/' cannot take a number and a percentage"),
        ("-STAR50.limit = up", "a minus sign stands before a number"),
        ("STAR50.session - 1 > 2026-01-01", "'-' needs a number, and this is a date"),
        ("STAR50.1D", "this is a percentage, no condition"),
        ("STAR50.1D > 3 and SP500.1D", "'and' needs conditions, and this is a percentage"),
        ("not STAR50.1D", "'not' needs conditions"),
        ("(STAR50.1D > 3) + 1 > 0", "'+' needs a number, and this is a condition"),
    ] {
        let (said, _) = refused(text);
        assert!(said.contains(wrong), "{text}: {said}");
    }
}

#[test]
fn a_bare_number_fits_every_unit_and_a_difference_of_moves_is_in_points() {
    for text in [
        "STAR50.1D > 3",
        "STAR50.close > 3",
        "STAR50.streak >= -4",
        "CN-CHIPS.median > 3 %",
        "STAR50.1D - SP500.1D > STAR50.excess.1D",
        "STAR50.close / STAR50.previous > 1.03",
        "2 * STAR50.1D > SP500.5D / 2",
    ] {
        assert!(Expr::parse(text).is_ok(), "{text}");
    }
}

#[test]
fn brackets_and_signs_are_limited_and_so_is_the_length() {
    let deep = |n: usize| format!("{}A.1D > 1{}", "(".repeat(n), ")".repeat(n));
    assert!(Expr::parse(&deep(60)).is_ok());
    assert!(refused(&deep(65)).0.contains("deep"));
    assert!(refused(&format!("A.1D > {}1", "-".repeat(900))).0.contains("deep"));
    assert!(refused(&format!("A.1D > 1{}", "+1".repeat(600))).0.contains("longer than 1000"));
    assert!(Expr::parse(&format!("A.1D > 1{}", "+1".repeat(490))).is_ok());
    assert!(refused(&format!("A.1D > {}", "9".repeat(400))).0.contains("too large"));
}

#[test]
fn an_error_shows_the_place_in_cells_and_nothing_that_a_terminal_obeys() {
    let error = Expr::parse("科创50.1D > 3 && \u{1b}[31m").unwrap_err().to_string();
    let lines: Vec<&str> = error.lines().collect();
    // Two cells of margin, 科创 takes four, "50.1D > 3 " ten: the mark stands in the 17th cell.
    assert_eq!(lines[2], format!("{}^", " ".repeat(16)));
    assert!(!error.contains('\u{1b}'));
}

#[test]
fn every_field_reads_back_by_its_name_and_has_the_type_that_the_table_says() {
    for info in fields::TABLE {
        let name = info.name.replace("HORIZON", "MTD");
        let (field, length) = Field::at(&name.to_lowercase()).unwrap();
        assert_eq!((field.name(), length), (name.clone(), name.len()));
        assert_eq!((field.info().name, field.info().holds), (info.name, info.holds));
    }
}

#[test]
fn the_nearest_field_is_one_that_the_thing_has() {
    assert_eq!(Field::nearest("advancer", Some(Of::Group)).as_deref(), Some("advancers"));
    assert_eq!(Field::nearest("ytd", None).as_deref(), Some("YTD"));
    assert_eq!(Field::nearest("record.loss", Some(Of::Row)).as_deref(), Some("record.loss_sessions"));
    assert_eq!(Field::nearest("收盘", None), None);
}

fn figure() -> impl Strategy<Value = Expr> {
    let id =
        prop_oneof!["[A-Z][A-Z0-9]{0,6}(-[A-Z0-9]{1,4})?", "[\\^]?[0-9A-Z.=&]{1,8}", "[a-z &.=科\\-]{1,8}"];
    let field = prop_oneof![
        Just(Field::Close),
        Just(Field::Move(crate::domain::Horizon::ONE_DAY)),
        Just(Field::Excess(crate::domain::Horizon::Months(12))),
        Just(Field::Move(crate::domain::Horizon::Since("2025-12-31".parse().unwrap()))),
        Just(Field::LossSessions),
    ];
    (id, field).prop_map(|(id, field)| at(Node::Figure(Figure { id, field })))
}

fn at(node: Node) -> Expr {
    Expr { node, span: Span::default() }
}

fn two(operator: Operator, a: Expr, b: Expr) -> Expr {
    at(Node::Two(operator, Box::new(a), Box::new(b)))
}

fn value() -> impl Strategy<Value = Expr> {
    let number = (0.0..1e9, any::<bool>()).prop_map(|(value, percent)| at(Node::Number { value, percent }));
    let leaf = prop_oneof![number, figure()];
    let operators = [Operator::Plus, Operator::Minus, Operator::Times, Operator::Over];
    leaf.prop_recursive(4, 16, 2, move |inner| {
        prop_oneof![
            inner.clone().prop_map(|e| at(Node::Negative(Box::new(e)))),
            (proptest::sample::select(operators.to_vec()), inner.clone(), inner)
                .prop_map(|(operator, a, b)| two(operator, a, b)),
        ]
    })
}

fn condition() -> impl Strategy<Value = Expr> {
    let all = [
        Operator::Less,
        Operator::AtMost,
        Operator::Greater,
        Operator::AtLeast,
        Operator::Equal,
        Operator::Unequal,
    ];
    let compared = (proptest::sample::select(all.to_vec()), value(), value())
        .prop_map(|(operator, a, b)| two(operator, a, b));
    compared.prop_recursive(4, 16, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|e| at(Node::Not(Box::new(e)))),
            (any::<bool>(), inner.clone(), inner).prop_map(|(and, a, b)| two(
                if and { Operator::And } else { Operator::Or },
                a,
                b
            )),
        ]
    })
}

#[test]
fn a_field_behind_a_blank_is_told_without_its_control_characters() {
    let message = Expr::parse("no \"record.high_sessions\u{b}\u{b}\"n").unwrap_err().to_string();
    assert!(message.contains("stands behind a blank: write ID.record.high_sessions"), "{message}");
    assert!(!message.contains('\u{b}'), "{message:?}");
}

proptest! {
    #[test]
    fn what_is_printed_reads_back_as_the_same(expr in condition()) {
        let text = expr.to_string();
        prop_assume!(text.chars().count() <= 1000);
        let read = parse::parse(&text);
        prop_assert_eq!(read.map_err(|e| e.to_string()), Ok(expr), "{}", text);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>()) {
        let _ = Expr::parse(&text).map_err(|e| e.to_string());
    }

    #[test]
    fn no_order_of_its_own_words_makes_the_parser_panic(
        words in proptest::collection::vec(
            proptest::sample::select(vec![
                "A.1D", "CN-CHIPS.best", "and", "or", "not", "(", ")", "-", "=", "<", "3", "%", "2026-01-21", "2026-02-30", "1e3", ".5", "+", "up",
                "'", "\"", ".", "科", "since:", "X.since:2025-12-3", "0700.HK", "=F", "^", "\u{301}",
            ]),
            0..12,
        ),
        between in proptest::sample::select(vec!["", " "]),
    ) {
        let text = words.join(between);
        if let Ok(expr) = Expr::parse(&text) {
            prop_assert_eq!(Expr::parse(&expr.to_string()).map_err(|e| e.to_string()), Ok(expr));
        }
    }
}
