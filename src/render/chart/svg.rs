//! A picture as SVG: text is text, nothing is loaded and nothing runs.
//!
//! Not for: where things stand (`scene`).

use std::fmt::Write as _;
use std::io::{self, Write};

use quick_xml::escape::escape;

use super::Theme;
use super::palette::{self, Paint, Rgb};
use super::scene::{Anchor, Item, Scene};

/// Fonts about as wide as the one that the layout measures with.
const FONTS: &str = "'DejaVu Sans',Verdana,'Noto Sans',sans-serif";

/// Writes a picture.
pub(super) fn write(scene: &Scene, theme: Theme, out: &mut dyn Write) -> io::Result<()> {
    let (width, height) = (scene.width, scene.height);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-labelledby=\"title desc\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n<style>\n{}</style>\n\
         <rect class=\"ground\" width=\"{width:.0}\" height=\"{height:.0}\"/>\n",
        escape(scene.title.as_str()),
        escape(scene.description.as_str()),
        style(scene, theme)
    );
    for item in &scene.items {
        element(&mut text, item);
    }
    text.push_str("</svg>\n");
    out.write_all(text.as_bytes())
}

/// A picture inside a page, whose style sheet has its colours ([`page_colours`]); `number` tells it from the page's
/// others.
pub(super) fn inline(scene: &Scene, number: usize) -> String {
    let (width, height) = (scene.width, scene.height);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" role=\"img\" aria-labelledby=\"chart-{number}-title chart-{number}-desc\">\n\
         <title id=\"chart-{number}-title\">{}</title>\n<desc id=\"chart-{number}-desc\">{}</desc>\n",
        escape(scene.title.as_str()),
        escape(scene.description.as_str())
    );
    for item in &scene.items {
        element(&mut text, item);
    }
    text.push_str("</svg>");
    text
}

/// The colours of all lines for a page with pictures, on a light or a dark ground.
pub(in crate::render) fn page_colours(dark: bool) -> String {
    let mut css = paints(dark);
    for line in 0..palette::COUNT {
        css.push_str(&paint_of(line, dark));
    }
    css
}

/// The colours, for a light ground, a dark one, or both.
fn style(scene: &Scene, theme: Theme) -> String {
    let mut css = format!("text{{font-family:{FONTS}}}path,line{{fill:none;stroke-linejoin:round}}\n");
    match theme {
        Theme::Light => css.push_str(&colours(scene, false)),
        Theme::Dark => css.push_str(&colours(scene, true)),
        Theme::Auto => {
            let dark = colours(scene, true);
            css.push_str(&colours(scene, false));
            let _ = write!(css, "@media (prefers-color-scheme:dark){{\n{dark}}}\n");
        }
    }
    css
}

fn hex(paint: Paint, dark: bool) -> String {
    let (r, g, b): Rgb = palette::rgb(paint, dark);
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn paints(dark: bool) -> String {
    format!(
        ".ground{{fill:{0}}}.ring{{fill:{0}}}.ink{{fill:{1}}}.dim{{fill:{2}}}.rule{{stroke:{2}}}.grid{{stroke:{3}}}\n",
        hex(Paint::Ground, dark),
        hex(Paint::Ink, dark),
        hex(Paint::Dim, dark),
        hex(Paint::Grid, dark)
    )
}

fn paint_of(line: usize, dark: bool) -> String {
    format!(".s{line}{{stroke:{0}}}.f{line}{{fill:{0}}}\n", hex(Paint::Line(line), dark))
}

fn colours(scene: &Scene, dark: bool) -> String {
    let mut css = paints(dark);
    let mut used: Vec<usize> =
        scene.items.iter().filter_map(|i| Some(line_of(i)? % palette::COUNT)).collect();
    used.sort_unstable();
    used.dedup();
    for line in used {
        css.push_str(&paint_of(line, dark));
    }
    css
}

fn line_of(item: &Item) -> Option<usize> {
    match item {
        Item::Path { line, .. } | Item::Dot { line, .. } => Some(*line),
        Item::Rule { paint: Paint::Line(line), .. } => Some(*line),
        Item::Rule { .. } | Item::Text { .. } => None,
    }
}

fn element(text: &mut String, item: &Item) {
    let _ = match item {
        Item::Rule { from, to, paint, width } => writeln!(
            text,
            "<line class=\"{}\" x1=\"{:.2}\" y1=\"{:.2}\" x2=\"{:.2}\" y2=\"{:.2}\" stroke-width=\"{width:.2}\"/>",
            stroke(*paint),
            from.0,
            from.1,
            to.0,
            to.1
        ),
        Item::Path { points, line, width } => {
            let mut way = String::new();
            for (at, (x, y)) in points.iter().enumerate() {
                let _ = write!(way, "{}{x:.2} {y:.2}", if at == 0 { "M" } else { "L" });
            }
            let dash: Vec<String> =
                palette::dash(*line).iter().map(|d| format!("{:.2}", f64::from(*d) * width)).collect();
            let dash = if dash.is_empty() {
                String::new()
            } else {
                format!(" stroke-dasharray=\"{}\"", dash.join(" "))
            };
            writeln!(
                text,
                "<path class=\"s{}\" stroke-width=\"{width:.2}\"{dash} d=\"{way}\"/>",
                line % palette::COUNT
            )
        }
        Item::Dot { at, radius, line, ring } => {
            let line = line % palette::COUNT;
            let class = if *ring { format!("ring s{line}") } else { format!("f{line}") };
            let width = if *ring { format!(" stroke-width=\"{:.2}\"", radius * 0.5) } else { String::new() };
            writeln!(
                text,
                "<circle class=\"{class}\" cx=\"{:.2}\" cy=\"{:.2}\" r=\"{radius:.2}\"{width}/>",
                at.0, at.1
            )
        }
        Item::Text { at, size, anchor, paint, text: words } => {
            let anchor = match anchor {
                Anchor::Start => "",
                Anchor::Middle => " text-anchor=\"middle\"",
                Anchor::End => " text-anchor=\"end\"",
            };
            let class = if *paint == Paint::Ink { "ink" } else { "dim" };
            let words = escape(words.as_str());
            writeln!(
                text,
                "<text class=\"{class}\" x=\"{:.2}\" y=\"{:.2}\" font-size=\"{size:.2}\"{anchor}>{words}</text>",
                at.0, at.1
            )
        }
    };
}

fn stroke(paint: Paint) -> String {
    match paint {
        Paint::Line(line) => format!("s{}", line % palette::COUNT),
        Paint::Grid => "grid".to_owned(),
        Paint::Dim | Paint::Ink | Paint::Ground => "rule".to_owned(),
    }
}
