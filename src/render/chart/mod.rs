//! Charts: a table of figures becomes a drawing, twice: one for wide columns and one for telephones, so that words stay readable in both.
//!
//! Pure, and the same bytes on every machine: no fonts are measured, and places have one decimal. Colours are classes (`s1` to `s8`) whose values are in the style
//! sheet; no series is told apart by colour alone (`marks`). The drawing is one picture to those who do not see it, with a title and a description; the figures
//! stand below it as a table, which the component adds.

mod axis;
mod data;
mod marks;
mod rows;
mod scale;
mod series;
mod svg;
mod upright;

use std::fmt::Write as _;

use super::{Words, body::escaped};
use data::{Figures, Positions};
use svg::At;

pub(super) use data::Fault;

/// What a chart is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Line,
    Bar,
    Stacked,
    Area,
    Dot,
}

impl Kind {
    /// By the word of the directive's `type`.
    pub(super) fn parse(word: &str) -> Option<Self> {
        match word {
            "line" => Some(Self::Line),
            "bar" => Some(Self::Bar),
            "stacked" => Some(Self::Stacked),
            "area" => Some(Self::Area),
            "dot" => Some(Self::Dot),
            _ => None,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Line => "chart-line",
            Self::Bar => "chart-bar",
            Self::Stacked => "chart-stacked",
            Self::Area => "chart-area",
            Self::Dot => "chart-dot",
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) kind: Kind,
    pub(super) title: &'a str,
    /// For those who do not see it; made from the figures if empty.
    pub(super) description: &'a str,
    /// The columns that are drawn, with commas between.
    pub(super) columns: Option<&'a str>,
    pub(super) x_label: &'a str,
    pub(super) unit: &'a str,
    /// Of the wide drawing, in CSS pixels.
    pub(super) height: Option<f64>,
    /// Unique on any page.
    pub(super) id: &'a str,
}

/// A finished chart.
#[derive(Debug)]
pub(super) struct Chart {
    /// The two drawings.
    pub(super) svg: String,
    pub(super) description: String,
    pub(super) head: Vec<String>,
    /// The figures as the language writes them, in the order of the chart.
    pub(super) rows: Vec<Vec<String>>,
}

/// The figures and what is written about them.
#[derive(Debug, Clone, Copy)]
struct Drawing<'a> {
    kind: Kind,
    figures: &'a Figures,
    x_label: &'a str,
    unit: &'a str,
    words: &'a Words,
}

/// The sheet of a drawing, in CSS pixels where it is shown at its own size.
#[derive(Debug, Clone, Copy)]
struct Size {
    width: f64,
    height: f64,
    font: f64,
    is_narrow: bool,
}

/// As wide as a column of text. At 480 pixels, its least, words are 11 pixels high.
const WIDE: Size = Size { width: 640.0, height: 340.0, font: 15.0, is_narrow: false };

/// At 280 pixels, the text of a telephone of 320, words are 11 pixels high.
const NARROW: Size = Size { width: 320.0, height: 270.0, font: 13.0, is_narrow: true };

/// Draws the rows of a table, its head first.
pub(super) fn draw(request: &Request<'_>, rows: &[Vec<String>], words: &Words) -> Result<Chart, Fault> {
    let figures = data::read(rows, request.columns, request.kind)?;
    let Request { kind, x_label, unit, .. } = *request;
    let drawing = Drawing { kind, figures: &figures, x_label, unit, words };
    let description = if request.description.is_empty() { drawing.describe() } else { request.description.to_owned() };
    let height = request.height.unwrap_or(WIDE.height).clamp(160.0, 800.0);
    let wide = Size { height, ..WIDE };
    let narrow = Size { height: height * NARROW.height / WIDE.height, ..NARROW };
    let svg = sheet(&drawing, request, &description, wide) + &sheet(&drawing, request, &description, narrow);
    let (head, rows) = drawing.table();
    Ok(Chart { svg, description, head, rows })
}

/// One drawing. The narrow one is hidden where there is no style sheet.
fn sheet(drawing: &Drawing<'_>, request: &Request<'_>, description: &str, size: Size) -> String {
    let (class, suffix, display) =
        if size.is_narrow { ("chart-narrow", "n", " display=\"none\"") } else { ("chart-wide", "w", "") };
    let id = format!("{}-{suffix}", request.id);
    let has_rows = matches!(drawing.figures.positions, Positions::Names(_))
        && matches!(drawing.kind, Kind::Bar | Kind::Stacked | Kind::Dot);
    let (elements, height) = if has_rows { rows::draw(drawing, size, &id) } else { upright::draw(drawing, size, &id) };
    let mut svg = String::with_capacity(elements.len() + description.len() + 512);
    let _ = write!(
        svg,
        "<svg class=\"{class}\"{display} viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" direction=\"ltr\" \
         font-family=\"sans-serif\" font-size=\"{}\" fill=\"currentColor\"><title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>{elements}</svg>",
        At(size.width),
        At(height),
        At(size.font),
        escaped(request.title),
        escaped(description),
    );
    svg
}

impl Drawing<'_> {
    /// A value as it stands in the drawing.
    fn value(&self, value: f64, decimals: usize) -> String {
        axis::with_unit(value, decimals, self.words, self.unit)
    }

    /// What the rows are called, in full.
    fn names(&self) -> Vec<String> {
        match &self.figures.positions {
            Positions::Dates(dates) => dates.iter().map(|date| self.words.partial_date(*date)).collect(),
            Positions::Numbers(numbers, decimals) => {
                numbers.iter().map(|number| self.words.number(*number, *decimals)).collect()
            }
            Positions::Names(names) => names.clone(),
        }
    }

    /// Whether years stand on a line of their own below months and days.
    fn has_years_below(&self) -> bool {
        matches!(&self.figures.positions, Positions::Dates(dates) if dates.iter().any(|date| date.month().is_some()))
    }

    /// What the chart shows, in sentences: its kind, its size, and the least and greatest value of each series.
    fn describe(&self) -> String {
        let names = self.names();
        let (first, last) = (names.first().cloned().unwrap_or_default(), names.last().cloned().unwrap_or_default());
        let count = names.len().to_string();
        let whole = if names.len() == 1 { "chart-describe-one" } else { "chart-describe" };
        let values =
            [("kind", self.words.word(self.kind.key())), ("count", &count), ("first", &first), ("last", &last)];
        let mut text = Words::fill(self.words.word(whole), &values);
        for series in &self.figures.series {
            let known = || series.values.iter().zip(&names).filter_map(|(value, name)| Some(((*value)?, name)));
            let least = known().reduce(|a, b| if b.0 < a.0 { b } else { a });
            let greatest = known().reduce(|a, b| if b.0 > a.0 { b } else { a });
            let (Some(least), Some(greatest)) = (least, greatest) else { continue };
            let (low, high) = (self.value(least.0, series.decimals), self.value(greatest.0, series.decimals));
            let values = [
                ("series", series.name.as_str()),
                ("low", &low),
                ("low_at", least.1),
                ("high", &high),
                ("high_at", greatest.1),
            ];
            text.push(' ');
            text.push_str(&Words::fill(self.words.word("chart-describe-series"), &values));
        }
        text
    }

    fn table(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let series = &self.figures.series;
        let head = std::iter::once(self.figures.heading.clone()).chain(series.iter().map(|series| series.name.clone()));
        let cells = |(row, name): (usize, String)| {
            let value = |series: &data::Series| {
                series.values[row].map_or_else(|| "–".to_owned(), |value| self.value(value, series.decimals))
            };
            std::iter::once(name).chain(series.iter().map(value)).collect()
        };
        (head.collect(), self.names().into_iter().enumerate().map(cells).collect())
    }
}

#[cfg(test)]
mod tests;
