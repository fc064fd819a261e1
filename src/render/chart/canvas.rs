//! A grid of terminal cells that lines are drawn on: eight braille dots to a cell, or in ASCII the letter of
//! the line.
//!
//! Not for: axes and labels (`terminal`).

/// Dots of a cell from left to right and from top to bottom.
const ACROSS: usize = 2;
const DOWN: usize = 4;

/// The bit of each braille dot, by column and row.
const BITS: [[u32; DOWN]; ACROSS] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// A cell: which dots are set, and whose the last one was.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    dots: u32,
    line: usize,
    letter: Option<char>,
}

/// The grid.
pub(super) struct Canvas {
    width: usize,
    height: usize,
    ascii: bool,
    cells: Vec<Cell>,
}

impl Canvas {
    /// An empty grid of so many cells.
    pub(super) fn new(width: usize, height: usize, ascii: bool) -> Self {
        Self { width, height, ascii, cells: vec![Cell::default(); width * height] }
    }

    /// Draws a line through points, each given by its shares of the width (from the left) and the height (from
    /// the bottom), over what is there.
    pub(super) fn line(&mut self, points: &[(f64, f64)], number: usize, letter: char) {
        let (across, down) = if self.ascii { (1, 1) } else { (ACROSS, DOWN) };
        let most = |cells: usize, dots: usize| {
            f64::from(u16::try_from((cells * dots).saturating_sub(1)).unwrap_or(0))
        };
        let (right, bottom) = (most(self.width, across), most(self.height, down));
        let places: Vec<(i32, i32)> = points
            .iter()
            .map(|(x, y)| ((x * right).round() as i32, ((1.0 - y) * bottom).round() as i32))
            .collect();
        match places.as_slice() {
            [(x, y)] => self.dot(*x, *y, number, letter),
            places => {
                for pair in places.windows(2) {
                    if let [from, to] = *pair {
                        self.stroke(from, to, number, letter);
                    }
                }
            }
        }
    }

    /// A straight stroke. In ASCII one letter a column is enough.
    fn stroke(&mut self, (x0, y0): (i32, i32), (x1, y1): (i32, i32), number: usize, letter: char) {
        let steps = if self.ascii { (x1 - x0).abs() } else { (x1 - x0).abs().max((y1 - y0).abs()) };
        for step in 0..=steps {
            let share = if steps == 0 { 1.0 } else { f64::from(step) / f64::from(steps) };
            let between =
                |from: i32, to: i32| (f64::from(from) + share * f64::from(to - from)).round() as i32;
            self.dot(between(x0, x1), between(y0, y1), number, letter);
        }
    }

    fn dot(&mut self, x: i32, y: i32, line: usize, letter: char) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        let (across, down) = if self.ascii { (1, 1) } else { (ACROSS, DOWN) };
        if x / across >= self.width {
            return;
        }
        let bit = BITS.get(x % ACROSS).and_then(|column| column.get(y % DOWN)).copied().unwrap_or(0);
        if let Some(cell) = self.cells.get_mut(y / down * self.width + x / across) {
            cell.dots |= bit;
            cell.line = line;
            cell.letter = Some(letter);
        }
    }

    /// The characters of a row from the top, each with the number of its line; a blank where nothing is.
    pub(super) fn row(&self, at: usize) -> Vec<(char, Option<usize>)> {
        let cells = self.cells.iter().skip(at * self.width).take(self.width);
        let shown = |cell: &Cell| match cell.letter {
            None => (' ', None),
            Some(letter) if self.ascii => (letter, Some(cell.line)),
            Some(_) => (char::from_u32(0x2800 + cell.dots).unwrap_or(' '), Some(cell.line)),
        };
        cells.map(shown).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(canvas: &Canvas) -> Vec<String> {
        (0..canvas.height).map(|at| canvas.row(at).into_iter().map(|(c, _)| c).collect()).collect()
    }

    #[test]
    fn a_line_from_corner_to_corner_takes_the_dots_of_its_way() {
        let mut canvas = Canvas::new(2, 1, false);
        canvas.line(&[(0.0, 0.0), (1.0, 1.0)], 0, 'A');
        // Four columns of dots, from the lowest to the highest: bits 0x40, 0x20, 0x02, 0x08.
        assert_eq!(rows(&canvas), ["\u{2860}\u{280a}"]);
    }

    #[test]
    fn ascii_has_the_letter_of_the_line_drawn_last() {
        let mut canvas = Canvas::new(3, 2, true);
        canvas.line(&[(0.0, 0.0), (1.0, 0.0)], 1, 'B');
        canvas.line(&[(0.0, 1.0), (1.0, 0.0)], 0, 'A');
        // From (0, 0) to (2, 1): the middle is row 0.5, rounded to 1.
        assert_eq!(rows(&canvas), ["A  ", "BAA"]);
    }

    #[test]
    fn a_single_point_is_a_dot() {
        let mut canvas = Canvas::new(1, 1, false);
        canvas.line(&[(0.5, 0.5)], 0, 'A');
        assert_ne!(rows(&canvas), [" "]);
    }
}
