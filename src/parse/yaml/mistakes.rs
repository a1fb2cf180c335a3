//! What editors write that YAML refuses, and how to say it.
//!
//! The crate's messages are for programmers, and its places are often a line below the mistake. So its error gives the line, and the text of that
//! line and the one above tell which of the usual mistakes it is. What is none of them is said in general words.

use std::ops::Range;

use serde_yaml::{Error, budget::BudgetBreach};

use super::{MAX_FRONT_MATTER_BYTES, Size, write::quoted};
use crate::{
    diag::{Code, Diagnostic},
    model::{SourcePath, Span},
};

/// Says what stopped the reading of `text[yaml]`.
pub(super) fn explain(path: &SourcePath, text: &str, yaml: &Range<usize>, size: Size, error: &Error) -> Diagnostic {
    let slice = &text[yaml.clone()];
    let at = place(slice, error);
    let found = limit(size, error, slice, at).or_else(|| usual(slice, at, error)).unwrap_or_else(|| Mistake {
        code: Code::BadYaml,
        span: rest_of_line(slice, at),
        message: "this cannot be read as YAML".into(),
        label: None,
        help: Some("check the indents, and quote texts that hold `: ` or ` #`".into()),
    });
    let span = Span::from(found.span).shifted(yaml.start);
    let mut diagnostic = Diagnostic::error(found.code, path, span, found.message);
    if let Some(label) = found.label {
        diagnostic = diagnostic.label(label);
    }
    found.help.into_iter().fold(diagnostic, Diagnostic::help)
}

/// A mistake, with its place in the slice.
struct Mistake {
    code: Code,
    span: Range<usize>,
    message: String,
    label: Option<String>,
    help: Option<String>,
}

impl Mistake {
    fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { code: Code::BadYaml, span, message: message.into(), label: None, help: None }
    }

    fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Where the crate stopped, in bytes: it counts lines and characters, from 1. A byte order mark is no character to it.
fn place(slice: &str, error: &Error) -> usize {
    let Some(location) = error.location() else { return 0 };
    let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX).saturating_sub(1);
    let mut start = 0;
    for line in slice.split_inclusive('\n').take(number(location.line())) {
        start += line.len();
    }
    let line = slice[start..].lines().next().unwrap_or_default();
    let column = line.char_indices().nth(number(location.column())).map_or(line.len(), |(byte, _)| byte);
    start + column
}

fn limit(size: Size, error: &Error, slice: &str, at: usize) -> Option<Mistake> {
    let too_deep = || format!("this is nested deeper than {} levels", size.levels());
    let message = match error.without_snippet() {
        Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => too_deep(),
        Error::Budget { breach: BudgetBreach::Nodes { .. } | BudgetBreach::Events { .. }, .. } => {
            format!("these are more than {} values", size.values())
        }
        // Brackets that are never closed are refused before they are counted.
        _ if open_brackets(slice).len() > size.levels() => too_deep(),
        _ => return None,
    };
    let help = "move what is large into a file of `data/`";
    Some(Mistake { code: Code::YamlLimit, ..Mistake::new(at..at, message).help(help) })
}

/// A line of the slice, taken apart as far as its form goes.
struct Line<'a> {
    start: usize,
    text: &'a str,
    /// What stands behind the indent and the hyphens of list items.
    item: &'a str,
    /// The key, if the line has one.
    key: Option<&'a str>,
    /// What stands behind the key, or the whole item.
    value: &'a str,
}

impl<'a> Line<'a> {
    fn at(slice: &'a str, byte: usize) -> Self {
        let start = slice[..byte].rfind('\n').map_or(0, |at| at + 1);
        let text = slice[start..].lines().next().unwrap_or_default();
        let mut item = text.trim_start_matches('\u{feff}').trim();
        while let Some(inner) = item.strip_prefix("- ") {
            item = inner.trim_start();
        }
        let colon = item
            .match_indices(':')
            .map(|(at, _)| at)
            .find(|at| *at > 0 && (item[at + 1..].is_empty() || item[at + 1..].starts_with([' ', '\t'])));
        let (key, value) = match colon {
            Some(colon) if !item.starts_with(['"', '\'']) => (Some(&item[..colon]), item[colon + 1..].trim_start()),
            _ => (None, item),
        };
        Self { start, text, item, key, value }
    }

    fn above(&self, slice: &'a str) -> Option<Self> {
        let mut start = self.start;
        while start > 0 {
            let line = Self::at(slice, start - 1);
            if !line.text.trim().is_empty() {
                return Some(line);
            }
            start = line.start;
        }
        None
    }

    fn below(&self, slice: &'a str) -> Option<Self> {
        let end = self.start + self.text.len();
        slice[end..].find('\n').map(|at| Self::at(slice, end + at + 1))
    }

    fn indent(&self) -> &'a str {
        &self.text[..self.text.len() - self.text.trim_start().len()]
    }

    /// The place of a part of this line.
    fn span_of(&self, part: &str) -> Range<usize> {
        let start = self.start + (part.as_ptr().addr() - self.text.as_ptr().addr());
        start..start + part.len()
    }

    fn is_item(&self) -> bool {
        self.text.trim_start().starts_with("- ")
    }

    /// The line as it should be, with its text in quotes.
    fn quoted(&self) -> String {
        match self.key {
            Some(key) if !self.is_item() => format!("{key}: {}", quote(self.value)),
            _ => quote(self.item),
        }
    }
}

/// A text in the quotes that read best.
fn quote(text: &str) -> String {
    let mark = text.chars().next().filter(|mark| matches!(mark, '"' | '\''));
    let text = mark.and_then(|mark| text.strip_prefix(mark)?.strip_suffix(mark)).unwrap_or(text);
    let text = if mark == Some('\'') { text.strip_prefix('\'').unwrap_or(text) } else { text };
    if text.contains('"') && !text.contains('\'') { format!("'{text}'") } else { quoted(text) }
}

fn rest_of_line(slice: &str, at: usize) -> Range<usize> {
    let rest = slice[at..].lines().next().unwrap_or_default().trim_end();
    at..at + rest.len()
}

/// One of the mistakes that editors make.
fn usual(slice: &str, at: usize, error: &Error) -> Option<Mistake> {
    let inner = error.without_snippet();
    let said = inner.to_string();
    let here = Line::at(slice, at);
    match inner {
        Error::NullIntoString { .. } => {
            return Some(
                Mistake::new(rest_of_line(slice, at), "there is no name before this colon")
                    .label("expected `name: value`"),
            );
        }
        Error::MultipleDocuments { .. } | Error::Budget { breach: BudgetBreach::Documents { .. }, .. } => {
            return Some(
                Mistake::new(rest_of_line(slice, at), "a second YAML document begins here")
                    .help("remove the line `---` or `...` above it: one file has one"),
            );
        }
        _ => {}
    }
    control(slice, at)
        .or_else(|| mark(slice, at))
        .or_else(|| tab(slice, &here, &said))
        .or_else(|| quotes(slice, at, &here, &said))
        .or_else(|| bracket(slice, at, &here))
        .or_else(|| first_character(&here))
        .or_else(|| colon(slice, &here, &said))
        .or_else(|| shape(slice, at, &here, &said))
}

/// A character that YAML allows nowhere. Within an unquoted text the parser points to the start of the text.
fn control(slice: &str, at: usize) -> Option<Mistake> {
    let is_control =
        |c: &char| c.is_control() && !c.is_whitespace() || matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    let (behind, character) = slice[rest_of_line(slice, at)].char_indices().find(|(_, c)| is_control(c))?;
    let span = at + behind..at + behind + character.len_utf8();
    Some(
        Mistake::new(span, format!("an invisible character stands here: U+{:04X}", u32::from(character)))
            .help("remove it"),
    )
}

/// A text, also in brackets, that begins with a character that means something to YAML everywhere.
fn mark(slice: &str, at: usize) -> Option<Mistake> {
    let rest = &slice[rest_of_line(slice, at)];
    let first = rest.chars().next().filter(|first| matches!(first, '@' | '`' | '%' | '*' | '&' | '!'))?;
    let here = Line::at(slice, at);
    if here.span_of(here.value).start == at {
        return first_character(&here);
    }
    let text = rest.split([',', ']', '}']).next().unwrap_or(rest).trim_end();
    Some(
        Mistake::new(at..at + text.len(), format!("a text cannot begin with `{first}`"))
            .label(format!("`{first}` means something to YAML"))
            .help(format!("quote it: `{}`", quoted(text))),
    )
}

fn tab(slice: &str, here: &Line<'_>, said: &str) -> Option<Mistake> {
    if !said.contains("tab") {
        return None;
    }
    let below = here.below(slice);
    let line = [Some(here), below.as_ref()].into_iter().flatten().find(|line| line.indent().contains('\t'))?;
    Some(
        Mistake::new(line.span_of(line.indent()), "this line is indented with a tab")
            .label("expected spaces")
            .help("replace each tab by two spaces"),
    )
}

fn quotes(slice: &str, at: usize, here: &Line<'_>, said: &str) -> Option<Mistake> {
    if said.contains("unclosed quote") {
        return Some(unclosed_quote(here, rest_of_line(slice, at)));
    }
    if said.contains("escape") || said.contains("hexadecimal") {
        return Some(
            Mistake::new(rest_of_line(slice, at), "a backslash between double quotes means something else to YAML")
                .help("write two backslashes for one, or use single quotes"),
        );
    }
    if !said.contains("trailing content after") {
        return None;
    }
    let mark = if said.contains("single") { '\'' } else { '"' };
    // Behind the quoted text of this line, or already behind the mark that should have opened it?
    if here.value.starts_with(mark) && at > here.span_of(here.value).start + 1 {
        return Some(
            Mistake::new(rest_of_line(slice, at), "there is text behind the closing quote")
                .label("not between the quotes")
                .help(format!("quote all of it: `{}`", here.quoted())),
        );
    }
    // The quote was opened on a line above, and the next one, which should open, has closed it.
    let mut line = here.above(slice)?;
    while !line.value.starts_with(mark) {
        line = line.above(slice)?;
    }
    let span = line.span_of(line.value);
    Some(unclosed_quote(&line, span))
}

fn unclosed_quote(line: &Line<'_>, span: Range<usize>) -> Mistake {
    let mistake = Mistake::new(span, "this quote is not closed");
    if line.value.starts_with('\'') {
        let help = format!("close it; or if it is an apostrophe, quote the whole text: `{}`", quoted(line.value));
        return mistake.help(help);
    }
    mistake.help("add a `\"` at the end of the text")
}

fn bracket(slice: &str, at: usize, here: &Line<'_>) -> Option<Mistake> {
    if here.value.starts_with(['[', '{'])
        && let Some(after) = behind_bracket(here.value)
    {
        return Some(
            Mistake::new(here.span_of(after), "there is text behind the closing bracket")
                .label("a value in brackets ends before this")
                .help(format!("if it is a text, quote all of it: `{}`", here.quoted())),
        );
    }
    let open = open_brackets(&slice[..at]).pop().or_else(|| {
        let byte = slice.as_bytes().get(at).filter(|byte| matches!(byte, b'[' | b'{'))?;
        (Line::at(slice, at).value.as_bytes().first() == Some(byte)).then_some(at)
    })?;
    let (mark, partner) = if slice[open..].starts_with('[') { ('[', ']') } else { ('{', '}') };
    Some(
        Mistake::new(rest_of_line(slice, open), format!("this `{mark}` is not closed"))
            .help(format!("add `{partner}`, or quote the value if it is a text: `{}`", Line::at(slice, open).quoted())),
    )
}

/// What stands behind a value in brackets on its line, if it is neither a comment nor nothing.
fn behind_bracket(value: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, character) in value.char_indices() {
        match character {
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            let after = value[at + 1..].trim();
            return (!after.is_empty() && !after.starts_with('#')).then_some(after);
        }
    }
    None
}

/// The brackets that open a value and are not closed in `slice`, outermost first. Counts as YAML does, but for folded texts.
fn open_brackets(slice: &str) -> Vec<usize> {
    let mut open = Vec::new();
    let mut quote = None;
    let mut previous = '\n';
    let mut is_comment = false;
    for (at, character) in slice.char_indices() {
        let at_start = matches!(previous, '\n' | ':' | '-' | ',' | '[' | '{');
        match (quote, character) {
            (_, '\n') => is_comment = false,
            _ if is_comment => {}
            (Some(mark), _) => quote = quote.filter(|_| character != mark),
            (None, '"' | '\'') if at_start => quote = Some(character),
            (None, '#') if slice[..at].ends_with([' ', '\t', '\n']) => is_comment = true,
            (None, '[' | '{') if at_start => open.push(at),
            (None, ']' | '}') => drop(open.pop()),
            _ => {}
        }
        if character == '\n' || !character.is_whitespace() {
            previous = character;
        }
    }
    open
}

/// A text that begins with a character that means something to YAML.
fn first_character(here: &Line<'_>) -> Option<Mistake> {
    let first = here.value.chars().next()?;
    let after = here.value[first.len_utf8()..].trim();
    let is_mark = match first {
        '@' | '`' | '%' | '*' | '&' | '!' | ',' | ']' | '}' => true,
        '|' | '>' | '?' | '-' => !after.is_empty(),
        _ => false,
    };
    if first == '-' && here.key.is_none() && !after.is_empty() {
        let help = format!("write `- {after}`");
        return Some(Mistake::new(here.span_of(here.value), "a space is missing behind this hyphen").help(help));
    }
    if first == '-' && is_mark && here.key.is_some() {
        return Some(
            Mistake::new(here.span_of(here.value), "a list cannot begin on the line of its key")
                .help(format!("put each item on a line of its own; or if it is a text, quote it: `{}`", here.quoted())),
        );
    }
    is_mark.then(|| {
        Mistake::new(here.span_of(here.value), format!("a text cannot begin with `{first}`"))
            .label(format!("`{first}` means something to YAML"))
            .help(format!("quote it: `{}`", here.quoted()))
    })
}

fn colon(slice: &str, here: &Line<'_>, said: &str) -> Option<Mistake> {
    if !said.contains("mapping values") && !said.contains("key") && !said.contains("':'") {
        return None;
    }
    let above = here.above(slice);
    if let Some(mistake) = above.iter().chain([here]).find_map(glued_colon) {
        return Some(mistake);
    }
    if !said.contains("mapping values") {
        return None;
    }
    if here.key.is_some() && (here.value.contains(": ") || here.value.ends_with(':')) {
        let meant = if here.is_item() { here.item } else { here.value };
        return Some(
            Mistake::new(here.span_of(meant), "this text has a colon in it, and no quotes")
                .label("a colon and a space mean something to YAML")
                .help(format!("quote it: `{}`", here.quoted())),
        );
    }
    let above = above?;
    if above.key.is_none() && !above.is_item() && above.indent() == here.indent() {
        return Some(nameless(&above));
    }
    (above.indent().len() < here.indent().len()).then(|| {
        Mistake::new(
            here.span_of(here.item),
            "this line is indented deeper than the one above, which has a value already",
        )
        .help("remove the indent; or if both lines are one text, quote it")
    })
}

/// A line such as `title:Budget`, where no ordinary space follows the colon.
fn glued_colon(line: &Line<'_>) -> Option<Mistake> {
    if line.key.is_some() {
        return None;
    }
    let end = line.item.find([':', '：'])?;
    let (name, rest) = line.item.split_at(end);
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    let mark = rest.chars().next()?;
    let value = &rest[mark.len_utf8()..];
    let message = match value.chars().next() {
        _ if mark == '：' => "this is a full-width colon, which YAML does not know",
        Some('/') => return None,
        Some(next) if next.is_whitespace() || is_invisible(next) => "behind this colon is no ordinary space",
        _ => "a space is missing behind this colon",
    };
    let value = value.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    Some(Mistake::new(line.span_of(line.item), message).help(format!("write `{name}: {value}`")))
}

fn nameless(line: &Line<'_>) -> Mistake {
    Mistake::new(line.span_of(line.item), "this line has no name and colon")
        .label("expected `name: value`")
        .help("if it belongs to the text above, indent it or quote the whole text")
}

fn shape(slice: &str, at: usize, here: &Line<'_>, said: &str) -> Option<Mistake> {
    if said.contains("string scalar") {
        return Some(
            Mistake::new(rest_of_line(slice, at), "a name cannot be a list or a map").label("expected `name: value`"),
        );
    }
    if said.contains("misplaced bracket") {
        return Some(
            Mistake::new(at..at + 1, "this bracket closes nothing")
                .help(format!("remove it, or quote the text: `{}`", here.quoted())),
        );
    }
    if here.is_item() {
        return Some(
            Mistake::new(here.span_of(here.text.trim()), "this list item is not in line with the others")
                .help("indent all items of a list alike"),
        );
    }
    if here.key.is_none() && !here.item.is_empty() {
        return Some(nameless(here));
    }
    let above = here.above(slice)?;
    (here.indent().len() != above.indent().len()).then(|| {
        Mistake::new(here.span_of(here.item), "this line is not in line with its neighbours")
            .help("indent all fields of a map alike")
    })
}

pub(super) fn too_long(path: &SourcePath, start: usize, yaml: &str) -> Diagnostic {
    Diagnostic::error(
        Code::YamlLimit,
        path,
        Span::new(start, start),
        format!("this front matter has {} bytes", yaml.len()),
    )
    .label(format!("the most is {MAX_FRONT_MATTER_BYTES}"))
    .help("move the text below the closing `---`")
}

/// A line in an unquoted text that was meant as the next item of a list.
pub(super) fn swallowed_item(written: &str) -> Option<Range<usize>> {
    let mut at = 0;
    for line in written.split_inclusive('\n') {
        let text = line.trim();
        if at > 0 && text.starts_with("- ") {
            let start = at + line.len() - line.trim_start().len();
            return Some(start..start + text.len());
        }
        at += line.len();
    }
    None
}

pub(super) fn swallowed(path: &SourcePath, span: Span) -> Diagnostic {
    Diagnostic::warning(Code::SwallowedLine, path, span, "YAML joins this line to the text above it")
        .label("looks like a list item of its own")
        .help("indent all items of a list alike; or if it is one text, quote it")
}

/// The part of a key without the invisible characters around it, and the first of these; none if there are none.
pub(super) fn hidden_space(written: &str) -> Option<(Range<usize>, char)> {
    let is_hidden = |c: char| c.is_whitespace() || is_invisible(c);
    let trimmed = written.trim_matches(is_hidden);
    let start = written.len() - written.trim_start_matches(is_hidden).len();
    let hidden = if start > 0 { written.chars().next() } else { written.chars().next_back() };
    (trimmed.len() < written.len() && !trimmed.is_empty()).then_some((start..start + trimmed.len(), hidden?))
}

pub(super) fn hidden(path: &SourcePath, span: Span, hidden: char) -> Diagnostic {
    let name = if hidden == '\u{a0}' { "a no-break space".to_owned() } else { format!("U+{:04X}", u32::from(hidden)) };
    Diagnostic::error(Code::BadYaml, path, span, format!("an invisible character is part of this name: {name}"))
        .help("delete what looks like space around the name, and type it again")
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}
