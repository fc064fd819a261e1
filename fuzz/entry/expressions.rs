//! Reads an expression of `check`; what is understood is printed, and the print means the same.

use marketsnap::domain::expr::Expr;

/// The longest text that a command line is likely to hold.
const LONGEST: usize = 4096;

/// Reads `data` as one expression.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if text.len() > LONGEST {
        return;
    }
    let expr = match Expr::parse(text) {
        Ok(expr) => expr,
        Err(bad) => return shows_nothing_odd(&bad.to_string()),
    };
    let printed = expr.to_string();
    // Blanks can make an expression longer than one may be typed.
    if printed.chars().count() > 1000 {
        return;
    }
    let again = Expr::parse(&printed).unwrap_or_else(|e| panic!("{text:?} prints as {printed:?}: {e}"));
    assert_eq!(again, expr, "{text:?} prints as {printed:?}");
    assert_eq!(again.to_string(), printed, "{text:?}");
    expr.visit(&mut |part| {
        assert!(text.get(part.span.start..part.span.end).is_some(), "{:?} of {text:?}", part.span);
    });
    let of_both = [&expr, &again].map(|e| e.figures().into_iter().cloned().collect::<Vec<_>>());
    assert_eq!(of_both[0], of_both[1], "{text:?}");
}

fn shows_nothing_odd(message: &str) {
    let odd = message.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(odd, None, "{message:?}");
    assert!(message.chars().count() < 1000, "{message}");
}
