//! Figures from CSV files: tables and charts.

use tera::Value;

use super::{Block, Desk};
use crate::{
    diag::{Code, Diagnostic},
    model::Reference,
    render::{
        Failure,
        chart::{self, Fault, Kind, Request},
        functions::csv_rows,
    },
};

impl Desk<'_> {
    pub(super) fn table(&self, block: &Block<'_>) -> Result<String, Failure> {
        let src = &block.attributes["src"];
        let rows = self.rows(src)?;
        let Some((head, rows)) = rows.split_first() else {
            return Err(self.mistake(src, "this file is empty", None, "the first row names the columns"));
        };
        let arguments = [
            ("caption", self.inline(block.text("caption"))),
            ("head", cells(head)),
            ("rows", Value::from(rows.iter().map(|row| cells(row)).collect::<Vec<_>>())),
            ("row_heads", Value::from(block.get("header") == Some("both"))),
        ];
        self.component("DataTable", arguments, None)
    }

    pub(super) fn chart(&self, block: &Block<'_>) -> Result<String, Failure> {
        let src = &block.attributes["src"];
        let kind = Kind::parse(block.text("type")).expect("`parse` lets through the types of charts only");
        // Two charts may stand on one page, and two pages' bodies in one feed.
        let id = blake3::hash(format!("{}:{}", self.from, block.span.start).as_bytes()).to_hex();
        let request = Request {
            kind,
            title: block.text("title"),
            description: block.text("description"),
            columns: block.get("columns"),
            x_label: block.text("x"),
            unit: block.text("unit"),
            height: block.number("height"),
            id: &format!("lp-{}", &id[..8]),
        };
        let rows = self.rows(src)?;
        let chart = chart::draw(&request, &rows, self.renderer.reader.words()).map_err(|fault| {
            let Fault { message, note, help } = fault;
            self.mistake(src, message, note, &help)
        })?;
        let (y, unit) = (block.text("y"), block.text("unit"));
        let measure = if y.is_empty() || unit.is_empty() { format!("{y}{unit}") } else { format!("{y} ({unit})") };
        let arguments = [
            ("title", Value::from(request.title)),
            ("measure", Value::from(measure)),
            ("svg", Value::safe_string(&chart.svg)),
            ("description", Value::from(chart.description)),
            ("source", self.inline(block.text("source"))),
            ("credit", self.inline(block.text("credit"))),
            ("head", cells(&chart.head)),
            ("rows", Value::from(chart.rows.iter().map(|row| cells(row)).collect::<Vec<_>>())),
        ];
        self.component("Chart", arguments, None)
    }

    /// The rows of a CSV file beside the source, or in `data/`, its head first.
    fn rows(&self, src: &Reference) -> Result<Vec<Vec<String>>, Failure> {
        let (path, bytes) = self.renderer.reader.table(self.from, &src.text).ok_or_else(|| {
            let help = "name a CSV file beside this one, or one of `data/` as `/data/name.csv`";
            self.mistake(src, "this file is not there", None, help)
        })?;
        let bytes = bytes?;
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| self.mistake(src, format!("`{path}` is not UTF-8 text"), None, "save the table as UTF-8"))?;
        csv_rows(text.trim_start_matches('\u{feff}')).map_err(|error| {
            let message = format!("`{path}` is no table: {error}");
            self.mistake(src, message, None, "every row needs as many cells as the first")
        })
    }

    fn mistake(&self, src: &Reference, message: impl Into<String>, note: Option<String>, help: &str) -> Failure {
        let diagnostic = Diagnostic::error(Code::BadData, self.from, src.span, message);
        let diagnostic = match note {
            Some(note) => diagnostic.note(note),
            None => diagnostic,
        };
        diagnostic.help(help).into()
    }
}

fn cells(row: &[String]) -> Value {
    Value::from(row.iter().map(|cell| Value::from(cell.as_str())).collect::<Vec<_>>())
}
