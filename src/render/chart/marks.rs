//! How series are told apart: by colour, and always by something else too: dashes, the shape of a marker, hatching, or their own name beside them.

use super::svg::{Anchor, Canvas, fit, text_width};

/// Colours of the light theme, for readers without our style sheet. They differ in lightness, so that they can be told apart in grey.
const COLOURS: [&str; 8] = ["#0f4c81", "#d1592c", "#2b8a7e", "#7a3b78", "#9a7b14", "#5d93c9", "#62625e", "#b3315f"];

const DASHES: [&str; 4] = ["", "8 5", "2 5", "12 5 2 5"];

/// The colours of what is no series.
pub(super) const SOFT: &str = "#5d5a54";
pub(super) const RULE: &str = "#d8d3c8";
pub(super) const INK: &str = "#1b1b1a";
const PAPER: &str = "#fff";

/// What stands for a series in the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sample {
    Line,
    Square,
    Marker,
}

/// The look of a chart's series, as far as it is not in the style sheet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look<'a> {
    /// Unique on any page: patterns are found by it.
    pub(super) id: &'a str,
    pub(super) font: f64,
    /// How many series there are.
    pub(super) count: usize,
}

impl Look<'_> {
    /// The patterns that are drawn over series.
    pub(super) fn patterns(&self, canvas: &mut Canvas) {
        if self.count < 2 {
            return;
        }
        let turns: &[i32] = if self.count < 4 { &[45] } else { &[45, -45] };
        canvas.raw("<defs>");
        for (index, turn) in turns.iter().enumerate() {
            canvas.raw(&format!(
                "<pattern id=\"{}-{index}\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate({turn})\">\
                 <line class=\"paper\" color=\"{PAPER}\" x1=\"1\" y1=\"0\" x2=\"1\" y2=\"7\" stroke=\"currentColor\" stroke-width=\"1.1\"/></pattern>",
                self.id
            ));
        }
        canvas.raw("</defs>");
    }

    /// Opens the group of a series.
    pub(super) fn begin(canvas: &mut Canvas, index: usize) {
        canvas.group(&format!("s{}", index + 1), COLOURS[index % COLOURS.len()]);
    }

    /// The fill that is drawn over every second series.
    fn hatching(&self, index: usize) -> Option<String> {
        (self.count > 1 && index % 2 == 1).then(|| format!("url(#{}-{})", self.id, index / 2 % 2))
    }

    /// A bar, within the group of its series.
    pub(super) fn bar(&self, canvas: &mut Canvas, index: usize, from: (f64, f64), to: (f64, f64)) {
        canvas.bar(from, to, "currentColor");
        if let Some(hatching) = self.hatching(index) {
            canvas.bar(from, to, &hatching);
        }
    }

    /// An area, within the group of its series.
    pub(super) fn area(&self, canvas: &mut Canvas, index: usize, points: &[(f64, f64)]) {
        canvas.polygon(points, "currentColor");
        if let Some(hatching) = self.hatching(index) {
            canvas.polygon(points, &hatching);
        }
    }

    /// The key, in lines from `top` on, `width` wide. Returns where it ends.
    pub(super) fn key(&self, canvas: &mut Canvas, names: &[&str], sample: Sample, top: f64, width: f64) -> f64 {
        let (font, line) = (self.font, self.font * 1.5);
        let swatch = if sample == Sample::Line { font * 1.9 } else { font * 0.9 };
        let (mut x, mut y) = (0.0, top + font);
        for (index, name) in names.iter().enumerate() {
            let name = fit(name, width - swatch - font * 0.4, font);
            let needed = swatch + font * 0.4 + text_width(&name, font);
            if x > 0.0 && x + needed > width {
                (x, y) = (0.0, y + line);
            }
            let middle = y - font * 0.35;
            Self::begin(canvas, index);
            match sample {
                Sample::Line => {
                    canvas.polyline(&[(x + 2.0, middle), (x + swatch - 2.0, middle)], dashes(index));
                    marker(canvas, index, (x + swatch / 2.0, middle), font * 0.3);
                }
                Sample::Square => {
                    let half = swatch / 2.0;
                    self.bar(canvas, index, (x, middle - half), (x + swatch, middle + half));
                }
                Sample::Marker => marker(canvas, index, (x + swatch / 2.0, middle), font * 0.36),
            }
            canvas.end_group();
            canvas.text(x + swatch + font * 0.4, y, Anchor::Start, &name);
            x += needed + font * 1.2;
        }
        y + font * 0.7
    }
}

/// The dashes of a series' line.
pub(super) fn dashes(index: usize) -> &'static str {
    DASHES[index % DASHES.len()]
}

/// The marker of a series, within its group: a shape of its own, hollow from the fifth on.
pub(super) fn marker(canvas: &mut Canvas, index: usize, (x, y): (f64, f64), radius: f64) {
    let around = |corners: &[(f64, f64)]| -> Vec<(f64, f64)> {
        corners.iter().map(|(dx, dy)| (x + dx * radius, y + dy * radius)).collect()
    };
    let shape = match index % 4 {
        // An octagon passes for a circle at this size.
        0 => around(&[
            (0.4, -1.0),
            (1.0, -0.4),
            (1.0, 0.4),
            (0.4, 1.0),
            (-0.4, 1.0),
            (-1.0, 0.4),
            (-1.0, -0.4),
            (-0.4, -1.0),
        ]),
        1 => around(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]),
        2 => around(&[(0.0, -1.15), (1.15, 0.95), (-1.15, 0.95)]),
        _ => around(&[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)]),
    };
    if index < 4 {
        canvas.polygon(&shape, "currentColor");
    } else {
        canvas.group("paper", PAPER);
        canvas.polygon(&shape, "currentColor");
        canvas.end_group();
        let mut outline = shape;
        outline.extend(outline.first().copied());
        canvas.polyline(&outline, "");
    }
}

/// Thin lines in the colour of the paper, which keep touching bars and areas apart.
pub(super) fn gaps(canvas: &mut Canvas, lines: impl Iterator<Item = ((f64, f64), (f64, f64))>) {
    canvas.group("paper", PAPER);
    for (from, to) in lines {
        canvas.line(from, to);
    }
    canvas.end_group();
}

/// The columns in which series' names stand beside the plot: their width.
pub(super) fn names_width(names: &[&str], font: f64, most: f64) -> f64 {
    let widest = names.iter().map(|name| text_width(name, font)).fold(0.0, f64::max);
    widest.min(most) + font * 1.9
}
