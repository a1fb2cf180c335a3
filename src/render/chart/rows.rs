//! Charts whose rows have names: a line of bars or dots for each, names beside them, or above them where names are long or the screen is narrow.

use super::{
    Drawing, Kind, Size, axis, marks,
    marks::{Look, Sample, marker},
    scale::{Linear, Ticks, float},
    series::{extent, stacks},
    svg::{Anchor, Canvas, fit, text_width},
};

/// The parts of such a chart, measured.
struct Rows<'a> {
    drawing: &'a Drawing<'a>,
    look: Look<'a>,
    size: Size,
    names: Vec<String>,
    /// Where the bars begin.
    left: f64,
    /// Whether names stand above their bars.
    is_above: bool,
    scale: Linear,
    ticks: Ticks,
}

/// Draws it; returns the elements and the height.
pub(super) fn draw(drawing: &Drawing<'_>, size: Size, id: &str) -> (String, f64) {
    let mut canvas = Canvas::default();
    let series = &drawing.figures.series;
    let look = Look { id, font: size.font, count: series.len() };
    look.patterns(&mut canvas);
    let mut top = size.font * 0.3;
    if series.len() > 1 {
        let names: Vec<&str> = series.iter().map(|series| series.name.as_str()).collect();
        let sample = if drawing.kind == Kind::Dot { Sample::Marker } else { Sample::Square };
        top = look.key(&mut canvas, &names, sample, 0.0, size.width) + size.font * 0.3;
    }
    let rows = Rows::measure(drawing, look, size);
    let bottom = rows.draw(&mut canvas, top);
    (canvas.finish(), bottom)
}

impl<'a> Rows<'a> {
    fn measure(drawing: &'a Drawing<'a>, look: Look<'a>, size: Size) -> Self {
        let names = drawing.names();
        let font = size.font;
        let widest = names.iter().map(|name| text_width(name, font)).fold(0.0, f64::max);
        let is_above = widest > size.width * 0.34;
        let left = if is_above { 0.0 } else { widest + font * 0.7 };
        let (low, high) = extent(drawing.figures, drawing.kind);
        let wanted = if size.is_narrow { 4 } else { 6 };
        let ticks = Ticks::around(low, high, wanted);
        // Values stand at the ends of bars, and need room there.
        let value = |value: &Option<f64>, decimals: usize| {
            value.map_or(0.0, |value| text_width(&drawing.value(value, decimals), font) + 6.0)
        };
        let room = |wanted: fn(f64) -> bool| {
            let values =
                drawing.figures.series.iter().flat_map(|series| series.values.iter().map(|it| (it, series.decimals)));
            values
                .filter(|(it, _)| it.is_some_and(wanted))
                .map(|(it, decimals)| value(it, decimals))
                .fold(0.0, f64::max)
        };
        let (domain, before, after) = match drawing.kind {
            Kind::Bar => ((low, high), room(|value| value < 0.0), room(|value| value >= 0.0)),
            Kind::Stacked if low >= 0.0 && is_above => (ticks.ends(), 0.0, font * 1.4),
            _ => (ticks.ends(), font * 0.8, font * 1.4),
        };
        let range = (left + before + 1.0, (size.width - after - 1.0).max(left + before + font));
        let scale = Linear { domain, range };
        Self { drawing, look, size, names, left, is_above, scale, ticks }
    }

    fn draw(&self, canvas: &mut Canvas, top: f64) -> f64 {
        let font = self.size.font;
        let count = self.drawing.figures.series.len();
        let bars = if self.drawing.kind == Kind::Bar { count } else { 1 };
        let thickness = if bars > 1 { font } else { font * 1.35 };
        let group = float(bars) * (thickness + 2.0) - 2.0;
        let above = if self.is_above { font * 1.35 } else { 0.0 };
        let gap = if self.is_above { font * 0.75 } else { font * 0.6 };
        let step = above + group + gap;
        let bottom = top + step * float(self.names.len());
        // Lines of the axis do not run through names.
        let spans: Vec<(f64, f64)> = if self.is_above {
            (0..self.names.len()).map(|row| top + step * float(row) + above).map(|top| (top, top + group)).collect()
        } else {
            vec![(top, bottom - gap / 2.0)]
        };
        if self.drawing.kind != Kind::Bar {
            self.grid(canvas, &spans, bottom);
        }
        let stacks = stacks(self.drawing.figures);
        for (row, name) in self.names.iter().enumerate() {
            let start = top + step * float(row);
            let bars_at = start + above;
            if self.is_above {
                canvas.text(0.0, start + font, Anchor::Start, &fit(name, self.size.width, font));
            } else {
                let middle = bars_at + group / 2.0 + font * 0.35;
                canvas.text(self.left - font * 0.7, middle, Anchor::End, name);
            }
            match self.drawing.kind {
                Kind::Stacked => self.stack(canvas, row, &stacks, (bars_at, bars_at + thickness)),
                Kind::Dot => self.dots(canvas, row, bars_at + group / 2.0),
                _ => self.bars(canvas, row, bars_at, thickness),
            }
        }
        self.zero(canvas, &spans);
        if self.drawing.kind == Kind::Bar { bottom } else { bottom + font * 1.6 }
    }

    fn grid(&self, canvas: &mut Canvas, spans: &[(f64, f64)], bottom: f64) {
        let font = self.size.font;
        canvas.group("rule", marks::RULE);
        for value in &self.ticks.values {
            let x = self.scale.at(*value);
            for (top, bottom) in spans {
                canvas.line((x, *top), (x, *bottom));
            }
        }
        canvas.end_group();
        canvas.group("soft", marks::SOFT);
        for tick in axis::numbers(&self.ticks, self.drawing.words, self.drawing.unit) {
            let half = text_width(&tick.text, font) / 2.0;
            let x = self.scale.at(tick.at).min(self.size.width - half).max(half);
            canvas.text(x, bottom + font * 1.1, Anchor::Middle, &tick.text);
        }
        canvas.end_group();
    }

    fn zero(&self, canvas: &mut Canvas, spans: &[(f64, f64)]) {
        let (low, high) = self.scale.domain;
        if low <= 0.0 && high >= 0.0 {
            let x = self.scale.at(0.0);
            canvas.group("ink", marks::INK);
            for (top, bottom) in spans {
                canvas.line((x, *top), (x, *bottom));
            }
            canvas.end_group();
        }
    }

    fn bars(&self, canvas: &mut Canvas, row: usize, top: f64, thickness: f64) {
        let font = self.size.font;
        for (index, series) in self.drawing.figures.series.iter().enumerate() {
            let Some(value) = series.values[row] else { continue };
            let y = top + float(index) * (thickness + 2.0);
            let end = self.scale.at(value);
            Look::begin(canvas, index);
            self.look.bar(canvas, index, (self.scale.at(0.0), y), (end, y + thickness));
            canvas.end_group();
            let (x, anchor) = if value < 0.0 { (end - 5.0, Anchor::End) } else { (end + 5.0, Anchor::Start) };
            canvas.text(x, y + thickness / 2.0 + font * 0.35, anchor, &self.drawing.value(value, series.decimals));
        }
    }

    fn stack(&self, canvas: &mut Canvas, row: usize, stacks: &[Vec<Option<(f64, f64)>>], (top, bottom): (f64, f64)) {
        for (index, series) in stacks.iter().enumerate() {
            let Some((from, to)) = series[row] else { continue };
            Look::begin(canvas, index);
            self.look.bar(canvas, index, (self.scale.at(from), top), (self.scale.at(to), bottom));
            canvas.end_group();
            marks::gaps(canvas, std::iter::once(((self.scale.at(to), top), (self.scale.at(to), bottom))));
        }
    }

    fn dots(&self, canvas: &mut Canvas, row: usize, y: f64) {
        let values = self.drawing.figures.series.iter().map(|series| series.values[row]);
        let places: Vec<(usize, f64)> =
            values.enumerate().filter_map(|(index, value)| Some((index, self.scale.at(value?)))).collect();
        let ends =
            places.iter().map(|(_, x)| *x).fold((f64::MAX, f64::MIN), |(low, high), x| (low.min(x), high.max(x)));
        if places.len() > 1 {
            canvas.group("soft", marks::SOFT);
            canvas.line((ends.0, y), (ends.1, y));
            canvas.end_group();
        }
        for (index, x) in places {
            Look::begin(canvas, index);
            marker(canvas, index, (x, y), self.size.font * 0.42);
            canvas.end_group();
        }
    }
}
