//! Charts with values upwards: lines, areas, scattered dots, and columns in time.

use super::{
    Drawing, Kind, Size, axis,
    axis::Tick,
    data::Positions,
    marks::{self, Look, Sample, marker},
    scale::{Bands, Linear, Ticks, float, spread},
    series::{extent, runs, stacks},
    svg::{Anchor, Canvas, fit, text_width},
};

/// The rectangle that figures are drawn in.
#[derive(Debug, Clone, Copy)]
struct Plot {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

/// Such a chart, measured.
struct Upright<'a> {
    drawing: &'a Drawing<'a>,
    look: Look<'a>,
    size: Size,
    plot: Plot,
    /// The places of rows from left to right.
    places: Vec<f64>,
    /// How wide a column may be.
    band: f64,
    up: Linear,
    /// How deep the words below reach.
    feet: f64,
}

/// Draws it; returns the elements and the height.
pub(super) fn draw(drawing: &Drawing<'_>, size: Size, id: &str) -> (String, f64) {
    let mut canvas = Canvas::default();
    let series = &drawing.figures.series;
    let font = size.font;
    let names: Vec<&str> = series.iter().map(|series| series.name.as_str()).collect();
    let look = Look { id, font, count: series.len() };
    if drawing.kind != Kind::Line && drawing.kind != Kind::Dot {
        look.patterns(&mut canvas);
    }
    let is_direct = names.len() > 1 && !size.is_narrow && matches!(drawing.kind, Kind::Line | Kind::Area);
    let mut top = font * 0.6;
    if names.len() > 1 && !is_direct {
        let sample = match drawing.kind {
            Kind::Line => Sample::Line,
            Kind::Dot => Sample::Marker,
            _ => Sample::Square,
        };
        top += look.key(&mut canvas, &names, sample, 0.0, size.width);
    }
    let (low, high) = extent(drawing.figures, drawing.kind);
    let ticks = Ticks::around(low, high, if size.height < 240.0 { 3 } else { 5 });
    let values = axis::numbers(&ticks, drawing.words, drawing.unit);
    let left = values.iter().map(|tick| text_width(&tick.text, font)).fold(0.0, f64::max) + font * 0.5;
    let beside = if is_direct { marks::names_width(&names, font, size.width * 0.34) } else { font * 0.9 };
    let has_years = drawing.has_years_below();
    let feet = if has_years { 2.8 } else { 1.7 };
    let below = font * if drawing.x_label.is_empty() { feet } else { feet + 1.4 };
    let plot = Plot {
        left,
        right: (size.width - beside).max(left + font),
        top,
        bottom: (top + size.height - below).max(top + font * 4.0),
    };
    let up = Linear { domain: ticks.ends(), range: (plot.bottom, plot.top) };
    let (places, band, across) = places(drawing, plot, font);
    let chart = Upright { drawing, look, size, plot, places, band, up, feet: feet * font };
    chart.grid(&mut canvas, &values);
    chart.feet(&mut canvas, &across);
    chart.series(&mut canvas);
    if is_direct {
        chart.names(&mut canvas, &names);
    }
    (canvas.finish(), plot.bottom + below)
}

/// Where rows stand, how wide a column may be, and the ticks below with their places.
fn places(drawing: &Drawing<'_>, plot: Plot, font: f64) -> (Vec<f64>, f64, Vec<Tick>) {
    let words = drawing.words;
    let ems = (plot.right - plot.left) / font;
    let is_in_columns = matches!(drawing.kind, Kind::Bar | Kind::Stacked);
    let inner = (plot.left + font * 0.4, plot.right - font * 0.4);
    let along = |domain: (f64, f64), values: &[f64], ticks: Vec<Tick>| {
        let scale = Linear { domain, range: inner };
        let ticks = ticks.into_iter().map(|tick| Tick { at: scale.at(tick.at), ..tick }).collect();
        (values.iter().map(|value| scale.at(*value)).collect::<Vec<f64>>(), 0.0, ticks)
    };
    match &drawing.figures.positions {
        Positions::Dates(dates) if !is_in_columns => {
            let days: Vec<f64> = dates.iter().map(|date| f64::from(date.days())).collect();
            along(ends(&days), &days, axis::dates(dates, ems, words))
        }
        Positions::Numbers(numbers, _) => {
            let (low, high) = ends(numbers);
            let ticks = Ticks::around(low, high, if ems < 22.0 { 3 } else { 6 });
            along(ticks.ends(), numbers, axis::numbers(&ticks, words, ""))
        }
        positions => {
            let bands = Bands { count: positions.len(), range: (plot.left, plot.right) };
            // Lines reach from edge to edge; columns stand in the middle of their bands.
            let edges = Linear { domain: (0.0, float(bands.count.saturating_sub(1))), range: inner };
            let place = |index: usize| if is_in_columns { bands.middle(index) } else { edges.at(float(index)) };
            let places: Vec<f64> = (0..bands.count).map(place).collect();
            let label = |index: usize| match positions {
                Positions::Dates(dates) => (axis::label(dates[index], words), axis::below(dates[index])),
                _ => (drawing.names()[index].clone(), None),
            };
            let step = if is_in_columns || bands.count < 2 { bands.step() } else { edges.at(1.0) - edges.at(0.0) };
            let mut ticks: Vec<Tick> = Vec::new();
            let all: Vec<(String, Option<String>)> = (0..bands.count).map(label).collect();
            let widest =
                all.iter().map(|(text, _)| text_width(text, font)).fold(0.0, f64::max).min(font * 9.0) + font * 0.6;
            let every =
                (1..=bands.count.max(1)).find(|every| step * float(*every) >= widest).unwrap_or(bands.count.max(1));
            // Counted from the end: the newest is what the story is about.
            for (index, (text, below)) in
                all.into_iter().enumerate().filter(|(index, _)| (bands.count - 1 - index).is_multiple_of(every))
            {
                let is_known = ticks.iter().rev().find_map(|tick| tick.below.as_ref()) == below.as_ref();
                let text = fit(&text, widest.max(font * 9.0), font);
                ticks.push(Tick { at: places[index], text, below: below.filter(|_| !is_known) });
            }
            (places, bands.step(), ticks)
        }
    }
}

fn ends(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(*value), high.max(*value)))
}

impl Upright<'_> {
    fn grid(&self, canvas: &mut Canvas, ticks: &[Tick]) {
        let font = self.size.font;
        canvas.group("rule", marks::RULE);
        for tick in ticks {
            let y = self.up.at(tick.at);
            canvas.line((self.plot.left, y), (self.plot.right, y));
        }
        canvas.end_group();
        canvas.group("soft", marks::SOFT);
        for tick in ticks {
            canvas.text(self.plot.left - font * 0.5, self.up.at(tick.at) + font * 0.35, Anchor::End, &tick.text);
        }
        canvas.end_group();
    }

    fn feet(&self, canvas: &mut Canvas, ticks: &[Tick]) {
        let (font, bottom) = (self.size.font, self.plot.bottom);
        canvas.group("soft", marks::SOFT);
        for tick in ticks {
            canvas.line((tick.at, bottom), (tick.at, bottom + font * 0.3));
            let place = |text: &str| {
                let half = text_width(text, font) / 2.0;
                tick.at.min(self.size.width - half).max(half)
            };
            canvas.text(place(&tick.text), bottom + font * 1.3, Anchor::Middle, &tick.text);
            if let Some(below) = &tick.below {
                canvas.text(place(below), bottom + font * 2.4, Anchor::Middle, below);
            }
        }
        if !self.drawing.x_label.is_empty() {
            let label = fit(self.drawing.x_label, self.size.width, font);
            let middle = f64::midpoint(self.plot.left, self.plot.right);
            let half = text_width(&label, font) / 2.0;
            let middle = middle.min(self.size.width - half).max(half);
            canvas.text(middle, bottom + self.feet + font * 0.9, Anchor::Middle, &label);
        }
        canvas.end_group();
        let (low, high) = self.up.domain;
        if low <= 0.0 && high >= 0.0 {
            let zero = self.up.at(0.0);
            canvas.group("ink", marks::INK);
            canvas.line((self.plot.left, zero), (self.plot.right, zero));
            canvas.end_group();
        }
    }

    fn series(&self, canvas: &mut Canvas) {
        match self.drawing.kind {
            Kind::Line => self.lines(canvas),
            Kind::Area => self.areas(canvas),
            Kind::Bar => self.columns(canvas),
            Kind::Stacked => self.stacked(canvas),
            Kind::Dot => self.dots(canvas),
        }
    }

    fn points(&self, values: &[Option<f64>]) -> Vec<Option<(f64, f64)>> {
        let point = |(value, x): (&Option<f64>, &f64)| value.map(|value| (*x, self.up.at(value)));
        values.iter().zip(&self.places).map(point).collect()
    }

    fn lines(&self, canvas: &mut Canvas) {
        let radius = self.size.font * 0.28;
        // The first series is the story: it is drawn last, over the others.
        for (index, series) in self.drawing.figures.series.iter().enumerate().rev() {
            let points = self.points(&series.values);
            let is_few = points.len() * self.drawing.figures.series.len() <= 24;
            let last = points.iter().rposition(Option::is_some);
            Look::begin(canvas, index);
            for run in runs(&points).iter().filter(|run| run.len() > 1) {
                canvas.polyline(run, marks::dashes(index));
            }
            for (at, point) in points.iter().enumerate() {
                let is_alone = |at: Option<usize>| at.and_then(|at| points.get(at)).copied().flatten().is_none();
                let is_lonely = is_alone(at.checked_sub(1)) && is_alone(Some(at + 1));
                if let Some(point) = point.filter(|_| is_few || is_lonely || Some(at) == last) {
                    marker(canvas, index, point, radius);
                }
            }
            canvas.end_group();
        }
    }

    fn areas(&self, canvas: &mut Canvas) {
        let stacks = stacks(self.drawing.figures);
        let is_whole = |row: usize| stacks.iter().all(|series| series[row].is_some());
        for (index, series) in stacks.iter().enumerate() {
            let edge = |row: usize| {
                let (from, to) = series[row].filter(|_| is_whole(row))?;
                Some((self.places[row], self.up.at(from), self.up.at(to)))
            };
            let edges: Vec<Option<(f64, f64, f64)>> = (0..series.len()).map(edge).collect();
            for run in runs(&edges) {
                let upper: Vec<(f64, f64)> = run.iter().map(|(x, _, to)| (*x, *to)).collect();
                let lower = run.iter().rev().map(|(x, from, _)| (*x, *from));
                let points: Vec<(f64, f64)> = upper.iter().copied().chain(lower).collect();
                Look::begin(canvas, index);
                self.look.area(canvas, index, &points);
                canvas.end_group();
                marks::gaps(canvas, upper.windows(2).map(|pair| (pair[0], pair[1])));
            }
        }
    }

    fn columns(&self, canvas: &mut Canvas) {
        let series = &self.drawing.figures.series;
        let font = self.size.font;
        let group = self.band * if series.len() > 1 { 0.8 } else { 0.72 };
        let width = group / float(series.len());
        // All columns carry their values, or none does: a value that is missing would seem to mean something.
        let text = |value: &f64, decimals: usize| text_width(&self.drawing.value(*value, decimals), font);
        let has_room = series
            .iter()
            .all(|series| series.values.iter().flatten().all(|value| text(value, series.decimals) <= width * 1.1));
        for (index, series) in series.iter().enumerate() {
            let left = |row: usize| self.places[row] - group / 2.0 + width * float(index);
            let values = || series.values.iter().enumerate().filter_map(|(row, value)| Some((row, (*value)?)));
            Look::begin(canvas, index);
            for (row, value) in values() {
                let left = left(row);
                self.look.bar(canvas, index, (left, self.up.at(0.0)), (left + width * 0.92, self.up.at(value)));
            }
            canvas.end_group();
            for (row, value) in values().filter(|_| has_room) {
                let end = self.up.at(value);
                let y = if value < 0.0 { end + font } else { end - font * 0.35 };
                let text = self.drawing.value(value, series.decimals);
                canvas.text(left(row) + width * 0.46, y.max(font), Anchor::Middle, &text);
            }
        }
    }

    fn stacked(&self, canvas: &mut Canvas) {
        let half = self.band * 0.36;
        for (index, series) in stacks(self.drawing.figures).iter().enumerate() {
            let bars = || series.iter().zip(&self.places).filter_map(|(stack, x)| Some((*x, (*stack)?)));
            Look::begin(canvas, index);
            for (x, (from, to)) in bars() {
                self.look.bar(canvas, index, (x - half, self.up.at(from)), (x + half, self.up.at(to)));
            }
            canvas.end_group();
            marks::gaps(canvas, bars().map(|(x, (_, to))| ((x - half, self.up.at(to)), (x + half, self.up.at(to)))));
        }
    }

    fn dots(&self, canvas: &mut Canvas) {
        let radius = self.size.font * if self.places.len() > 60 { 0.24 } else { 0.34 };
        for (index, series) in self.drawing.figures.series.iter().enumerate() {
            Look::begin(canvas, index);
            for point in self.points(&series.values).into_iter().flatten() {
                marker(canvas, index, point, radius);
            }
            canvas.end_group();
        }
    }

    /// The names of series beside the last of their values, with the same marks.
    fn names(&self, canvas: &mut Canvas, names: &[&str]) {
        let font = self.size.font;
        let stacks = stacks(self.drawing.figures);
        let place = |index: usize| -> f64 {
            let series = &self.drawing.figures.series[index];
            let stack = stacks[index].iter().rev().flatten().next().map(|(from, to)| f64::midpoint(*from, *to));
            let value = if self.drawing.kind == Kind::Line {
                series.values.iter().rev().flatten().next().copied()
            } else {
                stack
            };
            value.map_or(self.plot.top, |value| self.up.at(value))
        };
        let wanted: Vec<f64> = (0..names.len()).map(place).collect();
        // Below the plot are 1.7 times the size of a letter at least; a name at its lowest needs half of that for its mark and descenders.
        let room = (self.plot.top + font * 0.3, self.plot.bottom + font * 1.2);
        let places = spread(&wanted, font * 1.2, room);
        let left = self.plot.right + font * 0.7;
        for (index, (name, y)) in names.iter().zip(places).enumerate() {
            // A name that stands right behind the end of its line needs no mark of its own.
            let is_at_end = self.drawing.figures.series[index].values.last().is_some_and(Option::is_some);
            let is_there = self.drawing.kind == Kind::Line && is_at_end && (y - wanted[index]).abs() < font * 0.2;
            if !is_there {
                Look::begin(canvas, index);
                if self.drawing.kind == Kind::Line {
                    marker(canvas, index, (left + font * 0.4, y), font * 0.3);
                } else {
                    self.look.bar(canvas, index, (left, y - font * 0.4), (left + font * 0.7, y + font * 0.4));
                }
                canvas.end_group();
            }
            let x = if is_there { self.plot.right + font * 0.3 } else { left + font };
            canvas.text(x, y + font * 0.35, Anchor::Start, &fit(name, self.size.width - x, font));
        }
    }
}
