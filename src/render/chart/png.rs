//! A picture as PNG, from the same layout as the SVG.
//!
//! Not for: where things stand (`scene`), nor the shapes of letters (`glyphs`).

use std::io::{self, Write};

use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint as Brush, Path, PathBuilder, Pixmap, Stroke as Pen, StrokeDash,
    Transform,
};

use super::Theme;
use super::glyphs::{self, Stroke};
use super::palette::{self, Paint};
use super::scene::{Anchor, Item, Scene};

/// Writes a picture.
pub(super) fn write(scene: &Scene, theme: Theme, out: &mut dyn Write) -> io::Result<()> {
    let mut map = Pixmap::new(scene.width as u32, scene.height as u32).ok_or_else(|| {
        io::Error::new(io::ErrorKind::OutOfMemory, "there is no room for a picture of that size")
    })?;
    let dark = theme == Theme::Dark;
    map.fill(colour(Paint::Ground, dark));
    for item in &scene.items {
        draw(&mut map, item, dark);
    }
    out.write_all(&map.encode_png().map_err(io::Error::other)?)
}

fn colour(paint: Paint, dark: bool) -> Color {
    let (r, g, b) = palette::rgb(paint, dark);
    Color::from_rgba8(r, g, b, 255)
}

fn brush(paint: Paint, dark: bool) -> Brush<'static> {
    let mut brush = Brush::default();
    brush.set_color(colour(paint, dark));
    brush.anti_alias = true;
    brush
}

fn draw(map: &mut Pixmap, item: &Item, dark: bool) {
    match item {
        Item::Rule { from, to, paint, width } => {
            stroke(map, joined(&[*from, *to]), *width, &[], &brush(*paint, dark));
        }
        Item::Path { points, line, width } => {
            stroke(map, joined(points), *width, palette::dash(*line), &brush(Paint::Line(*line), dark));
        }
        Item::Dot { at, radius, line, ring } => {
            let Some(circle) = PathBuilder::from_circle(at.0 as f32, at.1 as f32, *radius as f32) else {
                return;
            };
            let inside = if *ring { Paint::Ground } else { Paint::Line(*line) };
            fill(map, &circle, &brush(inside, dark));
            if *ring {
                stroke(map, Some(circle), radius * 0.5, &[], &brush(Paint::Line(*line), dark));
            }
        }
        Item::Text { at, size, anchor, paint, text } => {
            let width = glyphs::width(text) * size;
            let x = match anchor {
                Anchor::Start => at.0,
                Anchor::Middle => at.0 - width / 2.0,
                Anchor::End => at.0 - width,
            };
            if let Some(letters) = letters(text, x, at.1, *size) {
                fill(map, &letters, &brush(*paint, dark));
            }
        }
    }
}

fn joined(points: &[(f64, f64)]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (at, (x, y)) in points.iter().enumerate() {
        let (x, y) = (*x as f32, *y as f32);
        if at == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    path.finish()
}

fn stroke(map: &mut Pixmap, path: Option<Path>, width: f64, dash: &[f32], brush: &Brush<'_>) {
    let Some(path) = path else { return };
    let width = width as f32;
    let dash = StrokeDash::new(dash.iter().map(|d| d * width).collect(), 0.0);
    let pen = Pen { width, dash, line_join: LineJoin::Round, line_cap: LineCap::Butt, ..Pen::default() };
    map.stroke_path(&path, brush, &pen, Transform::identity(), None);
}

fn fill(map: &mut Pixmap, path: &Path, brush: &Brush<'_>) {
    map.fill_path(path, brush, FillRule::Winding, Transform::identity(), None);
}

/// The outlines of a text whose base line begins at `x`, `y`.
fn letters(text: &str, mut x: f64, y: f64, size: f64) -> Option<Path> {
    let mut path = PathBuilder::new();
    for letter in text.chars() {
        let Some(glyph) = glyphs::glyph(letter) else { continue };
        let place = |dx: f64, dy: f64| ((x + dx * size) as f32, (y - dy * size) as f32);
        for stroke in glyph.strokes() {
            match stroke {
                Stroke::Move(dx, dy) => {
                    let (x, y) = place(dx, dy);
                    path.move_to(x, y);
                }
                Stroke::Line(dx, dy) => {
                    let (x, y) = place(dx, dy);
                    path.line_to(x, y);
                }
                Stroke::Curve(cx, cy, dx, dy) => {
                    let ((cx, cy), (x, y)) = (place(cx, cy), place(dx, dy));
                    path.quad_to(cx, cy, x, y);
                }
            }
        }
        x += glyph.advance * size;
    }
    path.finish()
}
