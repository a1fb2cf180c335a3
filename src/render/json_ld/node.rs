//! Nodes of a graph, written as they grow: a page has dozens of them, and a tree of fields would be made only to be read once.

use std::{fmt::Write as _, io, ops::Range};

use serde::Serialize;
use serde_json::ser::Formatter;

/// A node of a graph as JSON: fields in the order written, none of them empty.
#[derive(Debug, Clone, Default)]
pub(in crate::render) struct Node {
    /// The fields without the braces around them.
    text: String,
    /// Where each stands in it, with its name.
    fields: Vec<(&'static str, Range<usize>)>,
}

/// What a field may hold.
pub(in crate::render) trait Content {
    /// Whether there is nothing to say.
    fn is_empty(&self) -> bool;

    /// Adds it as JSON that is safe in a script element.
    fn write(&self, text: &mut String);
}

impl Node {
    /// A node of one of the vocabulary's types.
    pub(in crate::render) fn of(kind: &str) -> Self {
        Self { text: String::with_capacity(512), fields: Vec::with_capacity(8) }.with("@type", kind)
    }

    /// A mention of a node that is described elsewhere.
    pub(super) fn mention(id: &str) -> Self {
        Self::default().with("@id", id)
    }

    /// Adds a field, unless there is nothing in the value.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "nodes are made where they are put")]
    pub(in crate::render) fn with(mut self, field: &'static str, value: impl Content) -> Self {
        if !value.is_empty() {
            let start = self.begin(field);
            value.write(&mut self.text);
            self.fields.push((field, start..self.text.len()));
        }
        self
    }

    /// Sets fields, each over one of that name.
    #[must_use]
    pub(super) fn over(self, fields: &Self) -> Self {
        if fields.fields.is_empty() {
            return self;
        }
        let mut all = Self::default();
        let own = |(field, _): &(&'static str, Range<usize>)| self.fields.iter().any(|(known, _)| known == field);
        let added = fields.fields.iter().filter(|field| !own(field)).map(|field| (field, fields));
        let kept = self.fields.iter().map(|field| match fields.fields.iter().find(|(over, _)| *over == field.0) {
            Some(over) => (over, fields),
            None => (field, &self),
        });
        for ((field, place), from) in kept.chain(added) {
            let start = all.begin(field);
            all.text.push_str(&from.text[place.clone()]);
            all.fields.push((field, start..all.text.len()));
        }
        all
    }

    /// The node as text that is safe in a script element.
    pub(super) fn text(&self) -> String {
        ["{", &self.text, "}"].concat()
    }

    /// Writes a field's name, and tells where its value begins.
    fn begin(&mut self, field: &str) -> usize {
        let comma = if self.text.is_empty() { "" } else { "," };
        let _ = write!(self.text, "{comma}\"{field}\":");
        self.text.len()
    }
}

impl Content for Node {
    fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    fn write(&self, text: &mut String) {
        text.push('{');
        text.push_str(&self.text);
        text.push('}');
    }
}

impl Content for &str {
    fn is_empty(&self) -> bool {
        str::is_empty(self)
    }

    fn write(&self, text: &mut String) {
        quote(self, text);
    }
}

impl Content for String {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn write(&self, text: &mut String) {
        quote(self, text);
    }
}

impl Content for usize {
    fn is_empty(&self) -> bool {
        false
    }

    fn write(&self, text: &mut String) {
        let _ = write!(text, "{self}");
    }
}

impl Content for bool {
    fn is_empty(&self) -> bool {
        false
    }

    fn write(&self, text: &mut String) {
        text.push_str(if *self { "true" } else { "false" });
    }
}

impl<T: Content> Content for Option<T> {
    fn is_empty(&self) -> bool {
        self.as_ref().is_none_or(Content::is_empty)
    }

    fn write(&self, text: &mut String) {
        if let Some(value) = self {
            value.write(text);
        }
    }
}

impl<T: Content> Content for Vec<T> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn write(&self, text: &mut String) {
        text.push('[');
        for (at, item) in self.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            item.write(text);
        }
        text.push(']');
    }
}

/// Writes a text as JSON in which nothing can end a script element or a line of script.
fn quote(value: &str, text: &mut String) {
    // The line separators are U+2028 and U+2029, and begin with a byte that little else begins with.
    let is_special = |byte: u8| matches!(byte, b'<' | b'>' | b'&' | b'"' | b'\\' | 0..0x20 | 0x7f | 0xe2);
    text.push('"');
    if value.bytes().any(is_special) {
        let whole = script_safe(&value).expect("a text is JSON");
        text.push_str(&whole[1..whole.len() - 1]);
    } else {
        text.push_str(value);
    }
    text.push('"');
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
