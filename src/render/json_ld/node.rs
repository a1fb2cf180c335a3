//! Nodes of a graph, and their text.

use std::io;

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::ser::Formatter;

/// A node of a graph: fields in the order written, none of them empty.
#[derive(Debug, Clone, Default)]
pub(in crate::render) struct Node(Vec<(&'static str, Field)>);

/// What a field holds.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(in crate::render) enum Field {
    Empty,
    Text(String),
    Number(usize),
    Truth(bool),
    List(Vec<Field>),
    Node(Node),
}

impl Node {
    /// A node of one of the vocabulary's types.
    pub(in crate::render) fn of(kind: &str) -> Self {
        Self(Vec::with_capacity(8)).with("@type", kind)
    }

    /// A mention of a node that is described elsewhere.
    pub(super) fn mention(id: String) -> Self {
        Self::default().with("@id", id)
    }

    /// Adds a field, unless there is nothing in the value.
    #[must_use]
    pub(in crate::render) fn with(mut self, field: &'static str, value: impl Into<Field>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.0.push((field, value));
        }
        self
    }

    /// Sets fields, each over one of that name.
    #[must_use]
    pub(super) fn over(mut self, fields: Self) -> Self {
        for (field, value) in fields.0 {
            match self.0.iter_mut().find(|(known, _)| *known == field) {
                Some((_, known)) => *known = value,
                None => self.0.push((field, value)),
            }
        }
        self
    }

    /// The node as text that is safe in a script element.
    pub(super) fn text(&self) -> String {
        let mut bytes = Vec::with_capacity(2048);
        let mut writer = serde_json::Serializer::with_formatter(&mut bytes, ScriptSafe);
        self.serialize(&mut writer).expect("texts and numbers are JSON");
        String::from_utf8(bytes).expect("JSON is text")
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (field, value) in &self.0 {
            map.serialize_entry(field, value)?;
        }
        map.end()
    }
}

impl Field {
    fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Node(node) => node.0.is_empty(),
            Self::Number(_) | Self::Truth(_) => false,
        }
    }
}

impl From<&str> for Field {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Field {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<usize> for Field {
    fn from(number: usize) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Field {
    fn from(truth: bool) -> Self {
        Self::Truth(truth)
    }
}

impl From<Node> for Field {
    fn from(node: Node) -> Self {
        Self::Node(node)
    }
}

impl<T: Into<Self>> From<Option<T>> for Field {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Field {
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

/// Writes JSON in which nothing can end a script element or a line of script.
struct ScriptSafe;

impl Formatter for ScriptSafe {
    fn write_string_fragment<W: io::Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        // The line separators are U+2028 and U+2029, and begin with a byte that little else begins with.
        while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'<' | b'>' | b'&' | 0xe2)) {
            let (before, special) = rest.split_at(at);
            let character = special.chars().next().expect("a character begins at the byte that was found");
            writer.write_all(before.as_bytes())?;
            match character {
                '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => write!(writer, "\\u{:04x}", character as u32)?,
                other => write!(writer, "{other}")?,
            }
            rest = &special[character.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

/// A value as JSON in which nothing can end a script element or a line of script.
///
/// # Errors
/// For what has no JSON form, such as a map whose keys are no texts.
pub(in crate::render) fn script_safe(value: &impl Serialize) -> serde_json::Result<String> {
    let mut bytes = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, ScriptSafe))?;
    Ok(String::from_utf8(bytes).expect("JSON is text"))
}
