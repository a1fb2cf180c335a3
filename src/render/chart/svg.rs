//! Writes the elements of a drawing. Sizes are fixed to one decimal, so that every machine writes the same bytes.
//!
//! Colour is `currentColor` alone: a class of the group tells the style sheet which, and the attribute `color` is there for readers without it (feeds).

use std::fmt::{self, Write as _};

use crate::render::body::escaped;

/// A length or place, with at most one decimal.
#[derive(Debug, Clone, Copy)]
pub(super) struct At(pub(super) f64);

impl fmt::Display for At {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 * 10.0).round() / 10.0;
        // Neither `-0` nor `7.0`.
        if tenths.fract() == 0.0 { write!(formatter, "{:.0}", tenths + 0.0) } else { write!(formatter, "{tenths:.1}") }
    }
}

/// At which end of a text its place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A drawing in the making.
#[derive(Debug, Default)]
pub(super) struct Canvas {
    out: String,
}

impl Canvas {
    /// Opens a group of a class, with its colour for readers without a style sheet.
    pub(super) fn group(&mut self, class: &str, colour: &str) {
        let _ = write!(self.out, "<g class=\"{class}\" color=\"{colour}\">");
    }

    pub(super) fn end_group(&mut self) {
        self.out.push_str("</g>");
    }

    /// Adds finished elements.
    pub(super) fn raw(&mut self, elements: &str) {
        self.out.push_str(elements);
    }

    /// A text on one line; `y` is its base line.
    pub(super) fn text(&mut self, x: f64, y: f64, anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let _ = write!(self.out, "<text x=\"{}\" y=\"{}\"{anchor}>{}</text>", At(x), At(y), escaped(text));
    }

    /// A straight line.
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64)) {
        let (x, y) = (At(from.0), At(from.1));
        let _ = write!(
            self.out,
            "<line x1=\"{x}\" y1=\"{y}\" x2=\"{}\" y2=\"{}\" stroke=\"currentColor\"/>",
            At(to.0),
            At(to.1)
        );
    }

    /// A rectangle between two corners, filled.
    pub(super) fn bar(&mut self, from: (f64, f64), to: (f64, f64), fill: &str) {
        let (x, y) = (from.0.min(to.0), from.1.min(to.1));
        let (width, height) = ((to.0 - from.0).abs(), (to.1 - from.1).abs());
        let _ = write!(
            self.out,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\"/>",
            At(x),
            At(y),
            At(width),
            At(height)
        );
    }

    /// A line through points.
    pub(super) fn polyline(&mut self, points: &[(f64, f64)], dashes: &str) {
        let _ = write!(
            self.out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2.5\"",
            Points(points)
        );
        if !dashes.is_empty() {
            let _ = write!(self.out, " stroke-dasharray=\"{dashes}\"");
        }
        self.out.push_str("/>");
    }

    /// A closed shape.
    pub(super) fn polygon(&mut self, points: &[(f64, f64)], fill: &str) {
        let _ = write!(self.out, "<polygon points=\"{}\" fill=\"{fill}\"/>", Points(points));
    }

    pub(super) fn finish(self) -> String {
        self.out
    }
}

struct Points<'a>(&'a [(f64, f64)]);

impl fmt::Display for Points<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (x, y)) in self.0.iter().enumerate() {
            let gap = if index == 0 { "" } else { " " };
            write!(formatter, "{gap}{},{}", At(*x), At(*y))?;
        }
        Ok(())
    }
}

/// How wide a text is about, in the sans serif of the page: letters differ, and a font is not known here, so rather too wide.
pub(super) fn text_width(text: &str, font: f64) -> f64 {
    let em: f64 = text.chars().map(letter_width).sum();
    em * font
}

fn letter_width(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | ' ' | '\u{202f}' | '\u{a0}' => 0.3,
        'f' | 'r' | 't' | '(' | ')' | '-' | '/' => 0.38,
        'm' | 'w' | 'M' | 'W' | '%' | '…' => 0.92,
        letter if letter.is_ascii_uppercase() => 0.72,
        letter if u32::from(letter) >= 0x1100 => 1.05,
        _ => 0.58,
    }
}

/// A text that fits, with an ellipsis if it had to be cut.
pub(super) fn fit(text: &str, width: f64, font: f64) -> String {
    if text_width(text, font) <= width {
        return text.to_owned();
    }
    let room = width - text_width("…", font);
    let mut used = 0.0;
    let kept = text.chars().take_while(|letter| {
        used += letter_width(*letter) * font;
        used <= room
    });
    let kept: String = kept.collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_one_decimal_at_most() {
        let check = |value: f64, written: &str| assert_eq!(At(value).to_string(), written);
        check(7.0, "7");
        check(7.04, "7");
        check(7.05, "7.1");
        check(-0.04, "0");
        check(-1.25, "-1.3");
        check(0.1 + 0.2, "0.3");
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(fit("short", 100.0, 10.0), "short");
        let cut = fit("National flood programme", 60.0, 10.0);
        assert_eq!(cut, "National fl…");
        assert!(text_width(&cut, 10.0) <= 60.0);
    }

    #[test]
    fn texts_are_escaped() {
        let mut canvas = Canvas::default();
        canvas.text(1.0, 2.0, Anchor::End, "</text><script>&");
        insta::assert_snapshot!(canvas.finish(), @r#"<text x="1" y="2" text-anchor="end">&lt;/text&gt;&lt;script&gt;&amp;</text>"#);
    }
}
