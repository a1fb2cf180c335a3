//! Whole charts: small drawings as they are written, and what holds for any.

use proptest::prelude::*;

use super::*;
use crate::model::SourcePath;

pub(super) fn words() -> Words {
    let theme = crate::load::theme_templates();
    let (_, text) = theme.iter().find(|(name, _)| name == "strings/en.yaml").unwrap();
    Words::read([(SourcePath::new("strings/en.yaml"), *text)]).0
}

fn request(kind: Kind) -> Request<'static> {
    Request {
        kind,
        title: "Peaks",
        description: "",
        columns: None,
        x_label: "",
        unit: "",
        height: Some(160.0),
        id: "c",
    }
}

fn table(text: &str) -> Vec<Vec<String>> {
    text.lines().map(|line| line.split(';').map(str::to_owned).collect()).collect()
}

/// A drawing, an element a line.
fn drawn(kind: Kind, text: &str, class: &str) -> String {
    let chart = draw(&request(kind), &table(text), &words()).unwrap();
    let (wide, narrow) = chart.svg.split_at(chart.svg.find("</svg>").unwrap() + 6);
    let svg = if class == "wide" { wide } else { narrow };
    let body = svg.split("</desc>").nth(1).unwrap().trim_end_matches("</svg>");
    body.replace("/><", "/>\n<").replace("</text><", "</text>\n<").replace("</g><", "</g>\n<")
}

#[test]
fn a_line_breaks_where_the_table_says_nothing() {
    insta::assert_snapshot!(drawn(Kind::Line, "Year;Peak\n2020;1\n2021;2\n2022;\n2023;3", "wide"));
}

#[test]
fn bars_carry_their_values() {
    insta::assert_snapshot!(drawn(Kind::Bar, "Town;Homes\nA & B;1040\nC;-20", "narrow"));
}

#[test]
fn stacks_are_hatched_and_named() {
    insta::assert_snapshot!(drawn(Kind::Stacked, "Year;Gas;Wind\n2020;2;1\n2021;1;3", "wide"));
}

#[test]
fn a_chart_is_described_in_words() {
    let check = |kind: Kind, text: &str, unit: &'static str, expected: &str| {
        let chart = draw(&Request { unit, ..request(kind) }, &table(text), &words()).unwrap();
        assert_eq!(chart.description, expected);
    };
    check(
        Kind::Line,
        "Month;Peak\n2026-02;1.5\n2026-01;1040",
        "",
        "Line chart of 2 values, from January 2026 to February 2026. Peak: lowest 1.5 (February 2026), highest 1,040.0 (January 2026).",
    );
    check(Kind::Bar, "Town;Share\nA;−7", "%", "Bar chart of one value, A. Share: lowest −7% (A), highest −7% (A).");
}

#[test]
fn the_table_is_in_the_order_of_the_chart() {
    let chart =
        draw(&request(Kind::Line), &table("Day;Peak;Low\n2026-11-22;1040;\n2026-11-20;1.5;2"), &words()).unwrap();
    assert_eq!(chart.head, ["Day", "Peak", "Low"]);
    assert_eq!(chart.rows, [["20 November 2026", "1.5", "2"], ["22 November 2026", "1,040.0", "–"]]);
}

/// Every place in a drawing.
fn places(svg: &str) -> Vec<(f64, f64)> {
    let attribute = |element: &str, name: &str| -> Option<String> {
        let rest = element.split(&format!(" {name}=\"")).nth(1)?;
        rest.split('"').next().map(str::to_owned)
    };
    let number = |element: &str, name: &str| attribute(element, name).map(|text| text.parse::<f64>().unwrap());
    let mut places = Vec::new();
    for element in svg.split('<').skip(1).filter(|element| !element.starts_with("pattern")) {
        for (x, y) in [("x", "y"), ("x1", "y1"), ("x2", "y2")] {
            if let (Some(x), Some(y)) = (number(element, x), number(element, y)) {
                places.push((x, y));
                let size = (number(element, "width").unwrap_or(0.0), number(element, "height").unwrap_or(0.0));
                places.push((x + size.0, y + size.1));
            }
        }
        for point in attribute(element, "points").iter().flat_map(|points| points.split(' ')) {
            let (x, y) = point.split_once(',').unwrap();
            places.push((x.parse().unwrap(), y.parse().unwrap()));
        }
    }
    places
}

/// A place outside of its sheet, with the drawing.
fn outside(drawings: &str) -> Option<String> {
    drawings.split_inclusive("</svg>").find_map(|svg| {
        let size = svg.split("viewBox=\"0 0 ").nth(1).unwrap().split('"').next().unwrap();
        let (width, height) = size.split_once(' ').unwrap();
        let (width, height): (f64, f64) = (width.parse().unwrap(), height.parse().unwrap());
        let is_inside = |(x, y): &(f64, f64)| (-0.1..=width + 0.1).contains(x) && (-0.1..=height + 0.1).contains(y);
        let (x, y) = places(svg).into_iter().find(|place| !is_inside(place))?;
        Some(format!("{x},{y} is outside of {width}x{height}: {svg}"))
    })
}

#[test]
fn the_names_of_many_lines_stay_on_a_low_sheet() {
    for ends in ["0", "5"] {
        let rows = format!("x;a;b;c;d;e;f;g;h\n1;1;2;3;4;5;5;5;5\n2{}\n", format!(";{ends}").repeat(8));
        let chart = draw(&Request { height: Some(0.0), ..request(Kind::Line) }, &table(&rows), &words()).unwrap();
        assert_eq!(outside(&chart.svg), None);
    }
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (-1000..1000_i32).prop_map(|number| number.to_string()),
        1 => (-1e15..1e15_f64).prop_map(|number| format!("{number:.2}")),
        1 => (0..1000_i32).prop_map(|number| format!("0.00{number}")),
        1 => Just(String::new()),
        1 => Just("0".to_owned()),
    ]
}

fn first() -> impl Strategy<Value = Vec<String>> {
    let year = (1000..9999_i32).prop_map(|year| year.to_string());
    let day = (1..=12, 1..=28, 2020..2030).prop_map(|(month, day, year)| format!("{year}-{month:02}-{day:02}"));
    let column = |cell: BoxedStrategy<String>| proptest::collection::vec(cell, 1..40);
    prop_oneof![column(year.boxed()), column(day.boxed()), column(cell().boxed()), column(".{0,60}".boxed())]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_table_is_drawn_inside_its_sheet(
        first in first(),
        cells in proptest::collection::vec(cell(), 8 * 40),
        names in proptest::collection::vec(".{0,40}", 9),
        count in 1..9_usize,
        kind in 0..5_usize,
        height in proptest::option::of(-1e9..1e9_f64),
    ) {
        let kind = [Kind::Line, Kind::Bar, Kind::Stacked, Kind::Area, Kind::Dot][kind];
        let mut rows = vec![names[..=count].to_vec()];
        rows.extend(first.iter().enumerate().map(|(row, name)| {
            std::iter::once(name.clone()).chain(cells[row * 8..row * 8 + count].iter().cloned()).collect()
        }));
        let request = Request { height, unit: "%", x_label: &names[0], ..request(kind) };
        let Ok(chart) = draw(&request, &rows, &words()) else { return Ok(()) };
        prop_assert_eq!(outside(&chart.svg), None);
        prop_assert_eq!(chart.rows.len(), first.len());
    }
}
