//! The formulas of an audit trail, worked out from their inputs as a reader would.

use serde_json::Value;

/// The value of a formula: `+ - x / ^`, `sqrt(...)`, parentheses, numbers, and the inputs' names.
pub fn value(formula: &str, inputs: &[Value]) -> f64 {
    let spaced = formula.replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words, at: 0, inputs };
    let found = reader.sum();
    assert_eq!(reader.at, reader.words.len(), "{formula} is not read to its end");
    found
}

struct Reader<'a> {
    words: Vec<&'a str>,
    at: usize,
    inputs: &'a [Value],
}

impl Reader<'_> {
    fn next_is(&mut self, word: &str) -> bool {
        let found = self.words.get(self.at) == Some(&word);
        self.at += usize::from(found);
        found
    }

    fn sum(&mut self) -> f64 {
        let mut left = self.product();
        loop {
            if self.next_is("+") {
                left += self.product();
            } else if self.next_is("-") {
                left -= self.product();
            } else {
                return left;
            }
        }
    }

    fn product(&mut self) -> f64 {
        let mut left = self.power();
        loop {
            if self.next_is("x") {
                left *= self.power();
            } else if self.next_is("/") {
                left /= self.power();
            } else {
                return left;
            }
        }
    }

    fn power(&mut self) -> f64 {
        let base = self.atom();
        if self.next_is("^") { base.powf(self.atom()) } else { base }
    }

    fn atom(&mut self) -> f64 {
        if self.next_is("(") {
            let inner = self.sum();
            assert!(self.next_is(")"), "a parenthesis is open");
            return inner;
        }
        if self.next_is("sqrt") {
            return self.atom().sqrt();
        }
        let word = self.words[self.at];
        self.at += 1;
        let named = self.inputs.iter().find(|i| i["name"] == word);
        named.map_or_else(
            || word.parse().unwrap_or_else(|_| panic!("no input {word}")),
            |input| input["value"].as_f64().unwrap_or_else(|| panic!("{word} has no value")),
        )
    }
}

#[test]
fn the_reader_of_formulas_knows_precedence_and_names() {
    let inputs = [serde_json::json!({"name": "close", "value": 8.0})];
    // 2 x 8 - 8 / (1 + 3) = 14; sqrt(8 + 1) x 2 ^ 3 = 24.
    assert!((value("2 x close - close / (1 + 3)", &inputs) - 14.0).abs() < 1e-12);
    assert!((value("sqrt(close + 1) x 2 ^ 3", &inputs) - 24.0).abs() < 1e-12);
}
