//! A table becomes figures: where each row stands, and the numbers of each series.

use super::Kind;
use crate::model::PartialDate;

/// The most numbers of one chart.
pub(super) const MOST_POINTS: usize = 2_000;

/// The most series that can be told apart.
pub(super) const MOST_SERIES: usize = 8;

/// The most rows of a chart that gives each row a bar.
const MOST_BARS: usize = 100;

/// Larger numbers are no news: nobody could read their ticks.
const LARGEST: f64 = 1e15;

/// Why a table is no chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::render) struct Fault {
    pub(in crate::render) message: String,
    /// Where in the table.
    pub(in crate::render) note: Option<String>,
    pub(in crate::render) help: String,
}

impl Fault {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), note: None, help: help.into() }
    }
}

/// Where the rows of a table stand.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Positions {
    /// In time, in order.
    Dates(Vec<PartialDate>),
    /// Along a measure, with the decimals it is written with.
    Numbers(Vec<f64>, usize),
    /// One after the other.
    Names(Vec<String>),
}

impl Positions {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Dates(dates) => dates.len(),
            Self::Numbers(numbers, _) => numbers.len(),
            Self::Names(names) => names.len(),
        }
    }
}

/// A column of numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Series {
    pub(super) name: String,
    /// In the order of the positions; none where the table says nothing.
    pub(super) values: Vec<Option<f64>>,
    /// The most decimals that one is written with.
    pub(super) decimals: usize,
}

/// What a chart shows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figures {
    /// What the first column is called.
    pub(super) heading: String,
    pub(super) positions: Positions,
    /// One to eight.
    pub(super) series: Vec<Series>,
}

/// Reads the rows of a CSV file, its head first. `columns` names those that are drawn, with commas between; without it all are, the first aside.
pub(super) fn read(rows: &[Vec<String>], columns: Option<&str>, kind: Kind) -> Result<Figures, Fault> {
    let Some((head, rows)) = rows.split_first().filter(|(_, rows)| !rows.is_empty()) else {
        return Err(Fault::new(
            "this table has no rows to draw",
            "the first row names the columns, the others are drawn",
        ));
    };
    let chosen = chosen(head, columns)?;
    if rows.len() * chosen.len() > MOST_POINTS {
        let message = format!("this chart would have {} points; {MOST_POINTS} is the most", rows.len() * chosen.len());
        return Err(Fault::new(message, "draw a value a week instead of one a day, or choose with `columns`"));
    }
    let mut rows: Vec<(usize, &Vec<String>)> = rows.iter().enumerate().collect();
    let positions = positions(&mut rows, kind);
    if matches!(kind, Kind::Bar | Kind::Stacked) || (kind == Kind::Dot && matches!(positions, Positions::Names(_))) {
        let most = MOST_BARS;
        if rows.len() > most {
            let message = format!("a chart of {} bars cannot be read; {most} is the most", rows.len());
            return Err(Fault::new(message, "a line suits as many values better: `type=\"line\"`"));
        }
    }
    let series = chosen.into_iter().map(|column| series(head, &rows, column)).collect::<Result<Vec<_>, Fault>>()?;
    let has_negative = series.iter().flat_map(|series| series.values.iter().flatten()).any(|value| *value < 0.0);
    if kind == Kind::Area && series.len() > 1 && has_negative {
        return Err(Fault::new(
            "areas stand on each other, and there is a negative value among them",
            "`type=\"line\"` or `type=\"stacked\"` shows negative values",
        ));
    }
    Ok(Figures { heading: head[0].clone(), positions, series })
}

fn chosen(head: &[String], columns: Option<&str>) -> Result<Vec<usize>, Fault> {
    let chosen = match columns {
        None => (1..head.len()).collect::<Vec<_>>(),
        Some(columns) => {
            let find = |name: &str| {
                let known = || head[1..].iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                head.iter().skip(1).position(|column| column == name).map(|at| at + 1).ok_or_else(|| {
                    let message = format!("the table has no column `{name}` to draw");
                    Fault::new(message, format!("its columns after the first are {}", known()))
                })
            };
            columns.split(',').map(|name| find(name.trim())).collect::<Result<_, _>>()?
        }
    };
    if chosen.is_empty() {
        return Err(Fault::new(
            "this table has nothing to draw",
            "its first column names the rows, the others hold numbers",
        ));
    }
    if chosen.len() > MOST_SERIES {
        let message =
            format!("this chart would have {} series; readers tell {MOST_SERIES} apart at most", chosen.len());
        return Err(Fault::new(message, "choose some with `columns=\"First, Second\"`"));
    }
    Ok(chosen)
}

/// What the first column is: dates if all its cells are, which puts the rows into their order; else numbers, if the chart can place them; else names.
fn positions(rows: &mut [(usize, &Vec<String>)], kind: Kind) -> Positions {
    let cells = || rows.iter().map(|(_, row)| row[0].as_str());
    if cells().all(|cell| PartialDate::parse(cell).is_some()) {
        rows.sort_by_key(|(_, row)| PartialDate::parse(&row[0]));
        return Positions::Dates(rows.iter().filter_map(|(_, row)| PartialDate::parse(&row[0])).collect());
    }
    let is_measured = matches!(kind, Kind::Line | Kind::Area | Kind::Dot);
    let numbers: Option<Vec<(f64, usize)>> =
        cells().map(|cell| number(cell).filter(|number| number.0.abs() <= LARGEST)).collect();
    if let Some(mut numbers) = numbers.filter(|_| is_measured) {
        if kind != Kind::Dot {
            rows.sort_by(|(a, _), (b, _)| numbers[*a].0.total_cmp(&numbers[*b].0));
            numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        let decimals = numbers.iter().map(|number| number.1).max().unwrap_or(0);
        return Positions::Numbers(numbers.into_iter().map(|number| number.0).collect(), decimals);
    }
    Positions::Names(cells().map(str::to_owned).collect())
}

fn series(head: &[String], rows: &[(usize, &Vec<String>)], column: usize) -> Result<Series, Fault> {
    let mut decimals = 0;
    let mut values = Vec::with_capacity(rows.len());
    for (index, row) in rows {
        let cell = row[column].as_str();
        if is_missing(cell) {
            values.push(None);
            continue;
        }
        // The head is row 1.
        let place = format!("it stands in row {} of the file, in the column `{}`", index + 2, head[column]);
        let fault = |message: String, help: &str| Fault { note: Some(place.clone()), ..Fault::new(message, help) };
        let Some((value, written)) = number(cell) else {
            return Err(fault(
                format!("`{cell}` is not a number"),
                "write numbers as `1040.5` or `1,040.5`, and leave the cell empty where there is none",
            ));
        };
        if value.abs() > LARGEST {
            return Err(fault(
                format!("`{cell}` is too large to be drawn"),
                "give the column in thousands or millions",
            ));
        }
        decimals = decimals.max(written);
        values.push(Some(value));
    }
    if values.iter().all(Option::is_none) {
        return Err(Fault::new(
            format!("the column `{}` holds no number", head[column]),
            "choose the columns that do with `columns=\"First, Second\"`",
        ));
    }
    Ok(Series { name: head[column].clone(), values, decimals })
}

fn is_missing(cell: &str) -> bool {
    ["", "-", "–", "—", "..", "…", "n/a", "N/A", "NA"].contains(&cell)
}

/// A number as tables have it, with its decimals: `1040`, `1,040.5`, `−7%`, `+3`. Commas are for thousands alone; what `3,5` means, nobody can tell.
fn number(cell: &str) -> Option<(f64, usize)> {
    let cell = cell.strip_suffix('%').unwrap_or(cell).trim_end();
    let (sign, digits) = match cell.strip_prefix(['-', '−']) {
        Some(rest) => (-1.0, rest),
        None => (1.0, cell.strip_prefix('+').unwrap_or(cell)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split([',', ' ', '\u{a0}', '\u{202f}']);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let is_grouped = rest.is_empty() || (first.len() <= 3 && rest.iter().all(|group| group.len() == 3));
    if !is_grouped || !is_digits(first) || !rest.iter().all(|group| is_digits(group)) || !is_digits(fraction) {
        return None;
    }
    let decimals = if digits.contains('.') { fraction.len().min(6) } else { 0 };
    let value: f64 = format!("{first}{}.{fraction}", rest.concat()).parse().ok()?;
    Some((sign * value, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let check = |cell: &str, expected: Option<(f64, usize)>| assert_eq!(number(cell), expected, "{cell}");
        check("1040", Some((1040.0, 0)));
        check("1,040.50", Some((1040.5, 2)));
        check("12 345 678", Some((12_345_678.0, 0)));
        check("−7%", Some((-7.0, 0)));
        check("-0.5", Some((-0.5, 1)));
        check("+3", Some((3.0, 0)));
        for cell in ["3,5", "1,04", "1.2.3", "£5", "1e5", "", "-", ".5", "5.", "NaN", "inf", "٣", "1,,000", "--1"] {
            check(cell, None);
        }
    }

    fn table(text: &str) -> Vec<Vec<String>> {
        text.lines().map(|line| line.split(';').map(str::to_owned).collect()).collect()
    }

    #[test]
    fn the_first_column_tells_where_rows_stand() {
        let check = |text: &str, kind: Kind, expected: Positions| {
            assert_eq!(read(&table(text), None, kind).unwrap().positions, expected, "{text}");
        };
        let dates =
            |dates: &[&str]| Positions::Dates(dates.iter().filter_map(|date| PartialDate::parse(date)).collect());
        check("x;a\n2026-02;1\n2025;2", Kind::Line, dates(&["2025", "2026-02"]));
        check("x;a\n10;1\n5;2", Kind::Line, Positions::Numbers(vec![5.0, 10.0], 0));
        check("x;a\n10.5;1\n5;2", Kind::Dot, Positions::Numbers(vec![10.5, 5.0], 1));
        check("x;a\n10;1\n5;2", Kind::Bar, Positions::Names(vec!["10".to_owned(), "5".to_owned()]));
        let figures = read(&table("x;a;b\n10;1;\n5;2;n/a\n7;-;3"), Some("b, a"), Kind::Line).unwrap();
        let names: Vec<&str> = figures.series.iter().map(|series| series.name.as_str()).collect();
        assert_eq!(names, ["b", "a"]);
        assert_eq!(figures.series[0].values, [None, Some(3.0), None]);
        assert_eq!(figures.series[1].values, [Some(2.0), None, Some(1.0)]);
    }

    #[test]
    fn tables_that_are_no_chart_are_refused() {
        let check = |text: &str, columns: Option<&str>, kind: Kind, message: &str| {
            assert_eq!(read(&table(text), columns, kind).unwrap_err().message, message, "{text}");
        };
        check("", None, Kind::Line, "this table has no rows to draw");
        check("x;a", None, Kind::Line, "this table has no rows to draw");
        check("x\n1", None, Kind::Line, "this table has nothing to draw");
        check("x;a\n1;2", Some("c"), Kind::Line, "the table has no column `c` to draw");
        check("x;a\n1;n/a", None, Kind::Line, "the column `a` holds no number");
        check("x;a\n1;two", None, Kind::Line, "`two` is not a number");
        check("x;a\n1;9999999999999999", None, Kind::Line, "`9999999999999999` is too large to be drawn");
        let nine = "x;1;2;3;4;5;6;7;8;9\na;1;1;1;1;1;1;1;1;1";
        check(nine, None, Kind::Bar, "this chart would have 9 series; readers tell 8 apart at most");
        check(
            "x;a;b\n1;1;1\n2;-1;1",
            None,
            Kind::Area,
            "areas stand on each other, and there is a negative value among them",
        );
        let many = "x;a\n".to_owned() + &"n;1\n".repeat(2001);
        check(&many, None, Kind::Line, "this chart would have 2001 points; 2000 is the most");
        check(&many[..4 + 4 * 101], None, Kind::Bar, "a chart of 101 bars cannot be read; 100 is the most");
        let fault = read(&table("x;a\n1;2\n2;3,5"), None, Kind::Line).unwrap_err();
        assert_eq!(fault.note.as_deref(), Some("it stands in row 3 of the file, in the column `a`"));
    }
}
