//! Draws diagnostics for people, and writes them for machines.

use std::fmt::Write as _;

use super::{Diagnostic, Severity};
use crate::model::Span;

/// How many of each severity are drawn before the rest is counted.
const SHOWN: usize = 50;

/// Gives the text of a file of the site, if it can still be read.
pub type Sources<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// A place in a text, as people count: lines and columns from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl Place {
    /// The place of a byte; a byte behind the end is the end.
    pub fn of(text: &str, byte: usize) -> Self {
        let mut byte = byte.min(text.len());
        while !text.is_char_boundary(byte) {
            byte -= 1;
        }
        let before = &text[..byte];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[start..].trim_start_matches('\u{feff}').chars().count() + 1,
        }
    }
}

/// Draws one diagnostic with its line of the source and a caret.
pub fn draw(diagnostic: &Diagnostic, sources: &Sources<'_>) -> String {
    let mut drawn = format!("{}[{}]: {}\n", diagnostic.severity, diagnostic.code, diagnostic.message);
    let text = diagnostic.span.and_then(|span| Some((span, sources(diagnostic.path.as_str())?)));
    let margin = if let Some((span, text)) = &text {
        draw_source(&mut drawn, diagnostic, *span, text)
    } else {
        let _ = writeln!(drawn, " --> {}", diagnostic.path);
        1
    };
    if !diagnostic.notes.is_empty() || !diagnostic.helps.is_empty() {
        let pad = " ".repeat(margin + 1);
        if text.is_some() {
            let _ = writeln!(drawn, "{pad}|");
        }
        let kinds = diagnostic
            .notes
            .iter()
            .map(|note| ("note", note))
            .chain(diagnostic.helps.iter().map(|help| ("help", help)));
        for (kind, words) in kinds {
            let mut lines = words.lines();
            let _ = writeln!(drawn, "{pad}= {kind}: {}", lines.next().unwrap_or_default());
            for line in lines {
                let _ = writeln!(drawn, "{pad}        {line}");
            }
        }
    }
    drawn
}

/// The widest line that is drawn whole, in characters.
const WIDEST: usize = 160;

fn draw_source(drawn: &mut String, diagnostic: &Diagnostic, span: Span, text: &str) -> usize {
    let place = Place::of(text, span.start);
    let margin = place.line.to_string().len();
    let pad = " ".repeat(margin);
    let line =
        text.split('\n').nth(place.line - 1).unwrap_or_default().trim_end_matches('\r').trim_start_matches('\u{feff}');
    let length = text
        .get(span.start..span.end.min(text.len()))
        .map_or(1, |meant| meant.lines().next().unwrap_or_default().chars().count());
    // A line of a megabyte is cut to what stands around the mistake.
    let first = if line.chars().nth(WIDEST).is_some() { (place.column - 1).saturating_sub(WIDEST / 2) } else { 0 };
    let shown: String = line
        .chars()
        .skip(first)
        .take(WIDEST)
        .map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c })
        .collect();
    let before: String =
        shown.chars().take(place.column - 1 - first).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let carets = "^".repeat(length.clamp(1, (WIDEST + first + 1).saturating_sub(place.column).max(1)));
    let _ = writeln!(drawn, "{pad}--> {}:{}:{}", diagnostic.path, place.line, place.column);
    let _ = writeln!(drawn, "{pad} |");
    let _ = writeln!(drawn, "{} | {shown}", place.line);
    let label = diagnostic.label.as_deref().map(|label| format!(" {label}")).unwrap_or_default();
    let _ = writeln!(drawn, "{pad} | {before}{carets}{label}");
    margin
}

/// Draws many diagnostics, up to a limit of each severity, with a count of the rest.
pub fn report(diagnostics: &[Diagnostic], sources: &Sources<'_>) -> String {
    let mut drawn = String::new();
    for severity in [Severity::Warning, Severity::Error] {
        let all: Vec<&Diagnostic> = diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).collect();
        for diagnostic in all.iter().take(SHOWN) {
            drawn.push_str(&draw(diagnostic, sources));
            drawn.push('\n');
        }
        if all.len() > SHOWN {
            let _ = writeln!(drawn, "{severity}: and {} more\n", all.len() - SHOWN);
        }
    }
    drawn
}

/// The same facts for machines: an object with severity, code, path, line and column from 1, byte range, message, label, notes and helps.
pub fn to_json(diagnostic: &Diagnostic, sources: &Sources<'_>) -> serde_json::Value {
    let place = diagnostic.span.and_then(|span| Some(Place::of(&sources(diagnostic.path.as_str())?, span.start)));
    serde_json::json!({
        "severity": diagnostic.severity.to_string(),
        "code": diagnostic.code.as_str(),
        "path": diagnostic.path.as_str(),
        "line": place.map(|place| place.line),
        "column": place.map(|place| place.column),
        "start": diagnostic.span.map(|span| span.start),
        "end": diagnostic.span.map(|span| span.end),
        "message": diagnostic.message,
        "label": diagnostic.label,
        "notes": diagnostic.notes,
        "helps": diagnostic.helps,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diag::Code, model::SourcePath};

    #[test]
    fn a_mistake_is_drawn_with_its_line_and_caret() {
        let text = "---\ntitle: Vote\nembargo: 22 Nov 2026, 6pm\n---\n";
        let start = text.find("22 Nov").unwrap();
        let diagnostic = Diagnostic::error(
            Code::BadInstant,
            &SourcePath::new("content/vote.md"),
            Span::new(start, start + 16),
            "this embargo is not a date and time",
        )
        .label("expected year-month-day and a time")
        .note("nothing was built")
        .help("write `2026-11-22T18:00`");
        insta::assert_snapshot!(draw(&diagnostic, &|_| Some(text.to_owned())), @r"
        error[bad-instant]: this embargo is not a date and time
         --> content/vote.md:3:10
          |
        3 | embargo: 22 Nov 2026, 6pm
          |          ^^^^^^^^^^^^^^^^ expected year-month-day and a time
          |
          = note: nothing was built
          = help: write `2026-11-22T18:00`
        ");
    }

    proptest::proptest! {
        #[test]
        fn drawing_never_panics(text in "\\PC{0,80}(\n\\PC{0,200}){0,3}", start in 0_usize..400, length in 0_usize..400) {
            let diagnostic = Diagnostic::error(Code::BadYaml, &SourcePath::new("a.md"), Span::new(start, start + length), "x");
            draw(&diagnostic, &|_| Some(text.clone()));
            to_json(&diagnostic, &|_| Some(text.clone()));
        }
    }
}
