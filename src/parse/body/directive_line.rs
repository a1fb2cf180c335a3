//! A directive's opening line: its name and its attributes, with their places.

use crate::model::{Reference, Span};

/// A directive's opening line, taken apart.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) name: Reference,
    pub(super) attributes: Vec<(Reference, Reference)>,
    /// Where it stops making sense, and why.
    pub(super) fault: Option<(Span, &'static str)>,
}

/// Reads a line such as `:::figure{src="a.jpg" alt='A "b"'}`.
pub(super) fn read_line(text: &str, span: Span, colons: usize) -> Line {
    let line = &text[..span.end];
    let mut at = span.start + colons;
    at += spaces(&line[at..]);
    let len = line[at..].find(|character: char| !character.is_alphanumeric() && !"-_".contains(character));
    let name = reference(line, at, len.map_or(line.len(), |len| at + len));
    at = name.span.end;
    at += spaces(&line[at..]);
    let mut attributes = Vec::new();
    let fault = if at == line.len() {
        None
    } else if line[at..].starts_with('{') {
        read_attributes(line, at + 1, &mut attributes).err()
    } else {
        Some((Span::new(at, line.len()), "attributes stand in braces"))
    };
    Line { name, attributes, fault }
}

fn reference(text: &str, start: usize, end: usize) -> Reference {
    Reference { text: text[start..end].to_owned(), span: Span::new(start, end) }
}

fn spaces(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

fn read_attributes(
    line: &str,
    mut at: usize,
    attributes: &mut Vec<(Reference, Reference)>,
) -> Result<(), (Span, &'static str)> {
    loop {
        at += spaces(&line[at..]);
        if let Some(rest) = line[at..].strip_prefix('}') {
            let rest = rest.trim_start();
            if rest.is_empty() {
                return Ok(());
            }
            return Err((Span::new(line.len() - rest.len(), line.len()), "nothing may stand behind the attributes"));
        }
        let here = Span::new(at, line.len());
        let len = line[at..].find(|character: char| !character.is_ascii_alphanumeric() && !"-_".contains(character));
        let end = len.map_or(line.len(), |len| at + len);
        if end == at {
            let fault = if at == line.len() { "the attributes have no closing brace" } else { "this is no attribute" };
            return Err((here, fault));
        }
        let name = reference(line, at, end);
        at = end + spaces(&line[end..]);
        if !line[at..].starts_with('=') {
            return Err((name.span, "this attribute has no value"));
        }
        at += 1;
        at += spaces(&line[at..]);
        let Some(quote @ ('"' | '\'')) = line[at..].chars().next() else {
            let rest = Span::new(at, line.len());
            return Err((rest, "a value stands in straight quotes: `name=\"value\"`"));
        };
        let (value, end) = read_value(line, at + 1, quote)?;
        attributes.push((name, value));
        at = end;
    }
}

/// Reads a value up to its quote, which `\` escapes. Returns what follows it too.
fn read_value(line: &str, start: usize, quote: char) -> Result<(Reference, usize), (Span, &'static str)> {
    let mut text = String::new();
    let mut characters = line[start..].char_indices();
    while let Some((at, character)) = characters.next() {
        if character == quote {
            let span = Span::new(start, start + at);
            return Ok((Reference { text: text.trim().to_owned(), span }, start + at + 1));
        }
        if character == '\\' && line[start + at + 1..].starts_with([quote, '\\']) {
            text.extend(characters.next().map(|(_, escaped)| escaped));
        } else {
            text.push(character);
        }
    }
    Err((Span::new(start, line.len()), "this value has no closing quote"))
}
