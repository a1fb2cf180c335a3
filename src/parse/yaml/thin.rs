//! The shortest way through a front matter that has nothing odd in it, which is nearly every one: lines of `key: value`, and lists of plain or quoted
//! texts, read in one pass without a parser's events.
//!
//! It decides nothing. Whatever it does not know for certain, down to a comment, a tab or a `~`, it leaves to the whole reader, and what it does read
//! is what that reads, places included: `thin_is_the_whole_in_short` of the tests holds it to that. It takes a tenth of the time.

use super::{Entry, Literal, Node, NodeValue, Scalar, literal};
use crate::model::Span;

/// The most lines that are read here: a longer front matter is to be counted against the limits.
const MAX_LINES: usize = 400;

/// Unquoted words that YAML takes for something else than a text, in lower case; numbers and `~` begin otherwise.
const WORDS: [&str; 6] = ["true", "false", "null", "nan", "inf", "infinity"];

/// Reads YAML that begins at `start` of its file; none if the whole reader has to.
pub(super) fn read(yaml: &str, start: usize) -> Option<Node> {
    if !yaml.chars().all(is_harmless) {
        return None;
    }
    let mut entries: Vec<Entry> = Vec::with_capacity(12);
    let mut lines = Lines { yaml, at: 0 };
    for _ in 0..MAX_LINES {
        let Some((at, line)) = lines.next() else {
            let span = Span::new(start, start);
            return (!entries.is_empty()).then_some(Node { value: NodeValue::Map(entries), span, cut: None });
        };
        if line.is_empty() {
            continue;
        }
        let (key, value) = line.split_once(':')?;
        if !is_key(key) || entries.iter().any(|entry| entry.key == key) {
            return None;
        }
        let key_span = Span::new(at, at + key.len()).shifted(start);
        let value = match value.trim_start_matches(' ') {
            "" if value.is_empty() => Node { value: NodeValue::List(lines.items(start)?), span: key_span, cut: None },
            written if written.len() == value.len() => return None,
            written => {
                let place = start + at + line.len() - written.len();
                match written.strip_prefix('[') {
                    Some(list) => {
                        let items = flow(list.strip_suffix(']')?, place + 1)?;
                        Node { value: NodeValue::List(items), span: key_span, cut: None }
                    }
                    None => scalar(written, place)?,
                }
            }
        };
        entries.push(Entry { key: key.to_owned(), key_span, is_repeated: false, value });
    }
    None
}

/// Whether a character means nothing to YAML but itself, or one of the marks that are looked at here.
fn is_harmless(character: char) -> bool {
    match character {
        '\n' | ' '..='~' => true,
        '\u{a1}'..='\u{ffff}' => !character.is_whitespace() && !matches!(character, '\u{feff}' | '\u{fffe}'..),
        _ => false,
    }
}

/// Whether a name is that of a field, and no word that YAML knows.
fn is_key(key: &str) -> bool {
    key.starts_with(|first: char| first.is_ascii_lowercase())
        && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        && !WORDS.contains(&key)
}

/// The lines of a text, each with where it begins.
struct Lines<'a> {
    yaml: &'a str,
    at: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<(usize, &'a str)> {
        let (at, line) = self.peek()?;
        self.at = at + line.len() + 1;
        Some((at, line))
    }

    fn peek(&self) -> Option<(usize, &'a str)> {
        let rest = self.yaml.get(self.at..).filter(|rest| !rest.is_empty())?;
        Some((self.at, rest.split_once('\n').map_or(rest, |(line, _)| line)))
    }

    /// The items of the list that follows a key, one in a line, all with the same indent; none if what follows is no such list.
    fn items(&mut self, start: usize) -> Option<Vec<Node>> {
        let mut items = Vec::new();
        let mut indent = None;
        while let Some((at, line)) = self.peek() {
            let item = line.trim_start_matches(' ');
            let Some(written) = item.strip_prefix("- ") else {
                // A line that is indented goes on with the item above it, or is a mistake.
                if line.starts_with(' ') {
                    return None;
                }
                break;
            };
            let own = line.len() - item.len();
            if *indent.get_or_insert(own) != own || written.starts_with(' ') || items.len() == MAX_LINES {
                return None;
            }
            items.push(scalar(written, start + at + own + "- ".len())?);
            self.next();
        }
        (!items.is_empty()).then_some(items)
    }
}

/// Reads the inside of `[a, "b", c]`, which begins at `place` of the file.
fn flow(list: &str, place: usize) -> Option<Vec<Node>> {
    let mut items = Vec::new();
    let mut rest = list;
    while !rest.is_empty() {
        let len = match rest.chars().next()? {
            quote @ ('"' | '\'') => rest[1..].find(quote)? + 2,
            _ => rest.find(',').unwrap_or(rest.len()),
        };
        let (written, after) = rest.split_at(len);
        if written.contains(['[', ']', '{', '}']) && !written.starts_with(['"', '\'']) {
            return None;
        }
        items.push(scalar(written, place + list.len() - rest.len())?);
        rest = match after.strip_prefix(", ") {
            Some("") => return None,
            Some(next) => next,
            None if after.is_empty() => after,
            None => return None,
        };
    }
    Some(items)
}

/// Reads what stands on one line alone, at `place` of its file.
fn scalar(written: &str, place: usize) -> Option<Node> {
    let (text, literal) = match written.chars().next()? {
        quote @ ('"' | '\'') => (quoted(written, quote)?, None),
        _ => plain(written)?,
    };
    let value = NodeValue::Scalar(Scalar { text: text.to_owned(), literal });
    Some(Node { value, span: Span::new(place, place + written.len()), cut: None })
}

/// The text between quotes, if it has no other quote, and no escape.
fn quoted(written: &str, quote: char) -> Option<&str> {
    let inside = written.get(1..)?.strip_suffix(quote)?;
    (!inside.contains([quote, '\\'])).then_some(inside)
}

/// An unquoted text, with what it says besides.
fn plain(written: &str) -> Option<(&str, Option<Literal>)> {
    let is_odd = written.ends_with([' ', ':']) || written.contains(": ") || written.contains(" #");
    let first = written.chars().next()?;
    if is_odd {
        None
    } else if first.is_ascii_digit() {
        let is_count = written.len() < 16 && written.bytes().all(|byte| byte.is_ascii_digit());
        let is_date = written.len() >= 10 && written.as_bytes()[4] == b'-' && written.as_bytes()[7] == b'-';
        (is_count || is_date).then(|| (written, literal(written)))
    } else if first.is_ascii_alphabetic() {
        let is_word = WORDS.iter().any(|word| written.eq_ignore_ascii_case(word));
        (!is_word).then_some((written, None))
    } else {
        (!first.is_ascii()).then_some((written, None))
    }
}
