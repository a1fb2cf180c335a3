//! YAML with places: a text becomes a tree in which every value and key knows its bytes.
//!
//! The only module that knows the YAML crate. What the fields mean is for `fields`; here are the form, the limits, and the mistakes that YAML itself
//! punishes or, worse, forgives. A scalar keeps its spelling, so that `title: 007` is the text `007`: types are decided by the reader of a field.

mod mistakes;
mod thin;
mod write;

use std::{fmt, ops::Range};

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess};
use serde_yaml::Spanned;

pub use write::scalar;

use crate::{
    diag::{Code, Diagnostic},
    model::{Lookup, SourcePath, Span},
};

/// The most bytes of a front matter.
pub const MAX_FRONT_MATTER_BYTES: usize = 64 * 1024;

/// How large a YAML text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// 64 KiB, 12 levels, 5,000 values.
    FrontMatter,
    /// The site's own files (settings, redirects, data): 24 levels, a million values.
    File,
}

impl Size {
    /// The deepest nesting.
    pub(super) fn levels(self) -> usize {
        match self {
            Self::FrontMatter => 12,
            Self::File => 24,
        }
    }

    /// The most values.
    pub(super) fn values(self) -> usize {
        match self {
            Self::FrontMatter => 5_000,
            Self::File => 1_000_000,
        }
    }
}

/// A value with its place in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub value: NodeValue,
    /// Its bytes in the file, quotes included; of a list or map its key's, since their own ends are hard to tell.
    pub span: Span,
    /// What stands behind ` #` on the last line of an unquoted scalar or of nothing: a comment to YAML, perhaps not to the writer.
    pub cut: Option<Span>,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeValue {
    /// Nothing, `~` or `null`.
    Null,
    /// A text, a number, a truth value.
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// Keys and values, in the order written. A key that stands twice was reported, and is here twice.
    Map(Vec<Entry>),
}

/// A scalar with its spelling.
#[derive(Debug, Clone, PartialEq)]
pub struct Scalar {
    /// The text: of a quoted or folded one what it means, else what was written.
    pub text: String,
    /// What an unquoted one says besides its text.
    pub literal: Option<Literal>,
}

/// What an unquoted scalar says, if it is more than a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `true` or `false`, in any of YAML's letter cases.
    Bool(bool),
    /// A number as JSON spells it; `007`, `0x1F` and `1_000` are texts.
    Number(serde_json::Number),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Its bytes in the file.
    pub key_span: Span,
    /// Whether the key stood before; the mistake is reported.
    pub is_repeated: bool,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The value under a key, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            NodeValue::Map(entries) => entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value),
            _ => None,
        }
    }

    /// The value as data: null, truth values and numbers where unquoted, texts, lists, objects in the order written.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match &self.value {
            NodeValue::Null => Value::Null,
            NodeValue::Scalar(scalar) => match &scalar.literal {
                Some(Literal::Bool(value)) => Value::Bool(*value),
                Some(Literal::Number(number)) => Value::Number(number.clone()),
                None => Value::String(scalar.text.clone()),
            },
            NodeValue::List(items) => items.iter().map(Self::to_json).collect(),
            NodeValue::Map(entries) => Value::Object(
                entries
                    .iter()
                    .filter(|entry| !entry.is_repeated)
                    .map(|entry| (entry.key.clone(), entry.value.to_json()))
                    .collect(),
            ),
        }
    }
}

/// Reads the YAML in `yaml`, a range of the file's text.
///
/// The tree is `None` if the text cannot be read at all: then the diagnostics hold the error. An empty text is a null.
/// Spans lie inside `yaml`, on boundaries of characters.
pub fn read(path: &SourcePath, text: &str, yaml: Range<usize>, size: Size) -> (Option<Node>, Vec<Diagnostic>) {
    let slice = &text[yaml.clone()];
    if size == Size::FrontMatter && slice.len() > MAX_FRONT_MATTER_BYTES {
        return (None, vec![mistakes::too_long(path, yaml.start, slice)]);
    }
    match thin::read(slice, yaml.start) {
        Some(root) => (Some(root), Vec::new()),
        None => read_whole(path, text, yaml, size),
    }
}

/// Reads any YAML.
fn read_whole(path: &SourcePath, text: &str, yaml: Range<usize>, size: Size) -> (Option<Node>, Vec<Diagnostic>) {
    match parse(&text[yaml.clone()], size) {
        Ok(root) => {
            let mut builder = Builder { path, text, yaml, line: (0, 1), diagnostics: Vec::new() };
            let start = builder.yaml.start;
            let nothing = Span::new(start, start);
            let root = match root {
                Some(root) => builder.node(root, Some(nothing)),
                None => Node { value: NodeValue::Null, span: nothing, cut: None },
            };
            (Some(root), builder.diagnostics)
        }
        Err(error) => (None, vec![mistakes::explain(path, text, &yaml, size, &error)]),
    }
}

fn parse(yaml: &str, size: Size) -> Result<Option<Spanned<Raw>>, serde_yaml::Error> {
    let options = serde_yaml::options! {
        strict_booleans: true,
        duplicate_keys: serde_yaml::DuplicateKeyPolicy::PassThrough,
        merge_keys: serde_yaml::MergeKeyPolicy::AsOrdinary,
        non_finite_float_policy: serde_yaml::NonFiniteFloatPolicy::AsString,
        reject_unsupported_tags: true,
        with_snippet: false,
        emit_comments: false,
        budget: serde_yaml::budget! {
            max_anchors: 0,
            max_aliases: 0,
            max_depth: size.levels(),
            max_documents: 1,
            max_nodes: size.values(),
            max_events: size.values() * 4,
        },
    };
    match serde_yaml::from_str_with_options::<Spanned<Raw>>(yaml, options) {
        Ok(root) => Ok(Some(root)),
        Err(error) if matches!(error.without_snippet(), serde_yaml::Error::Eof { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The tree as the crate gives it, before places are those of the file.
enum Raw {
    Null,
    /// Unquoted, and something else than a text to the crate. We look at the spelling ourselves.
    Plain,
    Text(String),
    List(Vec<Spanned<Self>>),
    Map(Vec<(Spanned<String>, Spanned<Self>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> de::Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Raw, E> {
        Ok(Raw::Plain)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Raw, E> {
        Ok(Raw::Plain)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Raw, E> {
        Ok(Raw::Plain)
    }

    fn visit_i128<E>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Plain)
    }

    fn visit_u128<E>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Plain)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Plain)
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Raw, E> {
        Ok(Raw::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(pair) = pairs.next_entry()? {
            map.push(pair);
        }
        Ok(Raw::Map(map))
    }
}

/// Turns the crate's tree into ours, and reports what the crate lets pass.
struct Builder<'a> {
    path: &'a SourcePath,
    text: &'a str,
    yaml: Range<usize>,
    /// A byte, and its line from 1. Keys come in their order, so that counting goes on from the last one.
    line: (usize, usize),
    diagnostics: Vec<Diagnostic>,
}

impl Builder<'_> {
    /// `key` is where a list or map is shown, which has no good span of its own. In a list there is none, and the first thing inside stands for all.
    fn node(&mut self, raw: Spanned<Raw>, key: Option<Span>) -> Node {
        let own = self.span(&raw.referenced);
        let written = &self.text[own.start..own.end];
        let (value, span, is_plain) = match raw.value {
            Raw::Null => (NodeValue::Null, own, true),
            Raw::Plain => (plain(written), own, true),
            Raw::Text(text) => {
                let is_plain = self.is_plain(own);
                if is_plain && let Some(item) = mistakes::swallowed_item(written) {
                    self.diagnostics.push(mistakes::swallowed(self.path, Span::from(item).shifted(own.start)));
                }
                // The crate spells `1e400` anew; what was written on one line is what was meant.
                let text = if is_plain && !written.contains('\n') { written.to_owned() } else { text };
                (NodeValue::Scalar(Scalar { text, literal: None }), own, is_plain)
            }
            Raw::List(items) => {
                let items: Vec<Node> = items.into_iter().map(|item| self.node(item, None)).collect();
                let span = key.or(items.first().map(|first| first.span)).unwrap_or(own);
                (NodeValue::List(items), span, false)
            }
            Raw::Map(pairs) => {
                let entries = self.entries(pairs);
                let span = key.or(entries.first().map(|first| first.key_span)).unwrap_or(own);
                (NodeValue::Map(entries), span, false)
            }
        };
        Node { value, span, cut: if is_plain { self.cut(own) } else { None } }
    }

    fn entries(&mut self, pairs: Vec<(Spanned<String>, Spanned<Raw>)>) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::with_capacity(pairs.len());
        let mut seen: Lookup<String, usize> = Lookup::default();
        for (name, value) in pairs {
            let mut key_span = self.span(&name.referenced);
            let mut key = name.value;
            if let Some((trimmed, hidden)) = mistakes::hidden_space(&self.text[key_span.start..key_span.end]) {
                self.diagnostics.push(mistakes::hidden(self.path, key_span, hidden));
                key_span = Span::from(trimmed).shifted(key_span.start);
                self.text[key_span.start..key_span.end].clone_into(&mut key);
            }
            let first = seen.get(&key).copied();
            if let Some(first) = first {
                self.diagnostics.push(
                    Diagnostic::error(Code::DuplicateKey, self.path, key_span, format!("`{key}` stands twice"))
                        .label("the second time")
                        .note(format!("the first is in line {first}"))
                        .help("remove one of the two"),
                );
            } else {
                let line = self.line(key_span.start);
                seen.insert(key.clone(), line);
            }
            let mut value = self.node(value, Some(key_span));
            if value.value == NodeValue::Null && value.span.start == value.span.end {
                // The crate puts a nothing behind the comment that follows it.
                let rest = &self.text[key_span.end..self.yaml.end];
                let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
                let end = key_span.end + if rest[blank..].starts_with(':') { blank + 1 } else { 0 };
                value.span = Span::new(end, end);
                value.cut = self.cut(value.span);
            }
            entries.push(Entry { key, key_span, is_repeated: first.is_some(), value });
        }
        entries
    }

    fn line(&mut self, byte: usize) -> usize {
        let (at, line) = if self.line.0 <= byte { self.line } else { (0, 1) };
        self.line = (byte, line + self.text[at..byte].matches('\n').count());
        self.line.1
    }

    /// The crate counts from the start of the slice; spans are of the file.
    fn span(&self, location: &serde_yaml::Location) -> Span {
        let place = location.span();
        let start = place.byte_offset().and_then(|byte| usize::try_from(byte).ok()).unwrap_or(0);
        let len = place.byte_len().and_then(|len| usize::try_from(len).ok()).unwrap_or(0);
        let floor = |byte: usize| {
            let mut byte = byte.clamp(self.yaml.start, self.yaml.end);
            while !self.text.is_char_boundary(byte) {
                byte -= 1;
            }
            byte
        };
        Span::new(floor(self.yaml.start + start), floor(self.yaml.start + start + len))
    }

    /// Whether a text stands without quotes and not as a block, so that YAML's rules about `: `, ` #` and indents bite.
    fn is_plain(&self, span: Span) -> bool {
        if self.text[span.start..span.end].starts_with(['"', '\'']) {
            return false;
        }
        let before = &self.text[self.yaml.start..span.start];
        let Some((above, indent)) = before.rsplit_once('\n') else { return true };
        let opens_block = |line: &str| {
            line.split_whitespace().take_while(|word| !word.starts_with('#')).last().is_some_and(|word| {
                word.starts_with(['|', '>']) && word[1..].chars().all(|c| c.is_ascii_digit() || c == '+' || c == '-')
            })
        };
        !(indent.trim().is_empty() && above.lines().rev().find(|line| !line.trim().is_empty()).is_some_and(opens_block))
    }

    /// The comment behind an unquoted scalar.
    fn cut(&self, span: Span) -> Option<Span> {
        let rest = self.text[span.end..self.yaml.end].lines().next().unwrap_or_default();
        let comment = rest.trim_start();
        if comment.len() == rest.len() || !comment.starts_with('#') {
            return None;
        }
        let start = span.end + rest.len() - comment.len();
        Some(Span::new(start, start + comment.trim_end().len()))
    }
}

fn plain(written: &str) -> NodeValue {
    NodeValue::Scalar(Scalar { text: written.to_owned(), literal: literal(written) })
}

/// What an unquoted spelling says beyond its text.
fn literal(text: &str) -> Option<Literal> {
    match text {
        "true" | "True" | "TRUE" => Some(Literal::Bool(true)),
        "false" | "False" | "FALSE" => Some(Literal::Bool(false)),
        _ => serde_json::from_str(text).ok().map(Literal::Number),
    }
}

#[cfg(test)]
mod tests;
