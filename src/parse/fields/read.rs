//! Reads a tree by a table, and collects every mistake.

use super::{Content, Field, Kind, Need, Settings, Shape, Type, Value, Values, scalars::what, tables::FOREIGN};
use crate::{
    diag::{Code, Diagnostic},
    model::{SourcePath, Span, nearest},
    parse::yaml::{self, Entry, Node, NodeValue},
};

/// Reads values by the tables, and keeps the mistakes.
#[derive(Debug)]
pub struct Reader<'a> {
    /// The file.
    pub(super) path: &'a SourcePath,
    /// Its whole text.
    pub(super) text: &'a str,
    pub(super) settings: &'a Settings,
    kind: Kind,
    diagnostics: Vec<Diagnostic>,
}

/// A value that cannot be read; the mistake is kept by the reader.
#[derive(Debug)]
pub(super) struct Fault;

/// What was found: nothing, if nothing was written.
pub(super) type Found<T> = Result<Option<T>, Fault>;

impl<'a> Reader<'a> {
    /// A reader of one file.
    pub fn new(kind: Kind, path: &'a SourcePath, text: &'a str, settings: &'a Settings) -> Self {
        Self { path, text, settings, kind, diagnostics: Vec::new() }
    }

    /// Reads the whole of a file's YAML. `opening` is where a missing field is shown.
    pub fn document(&mut self, root: &Node, opening: Span) -> Values {
        match &root.value {
            NodeValue::Null => self.map(self.kind.shape(), &[], opening),
            NodeValue::Map(entries) => self.map(self.kind.shape(), entries, opening),
            NodeValue::Scalar(_) | NodeValue::List(_) => {
                let found = what(root);
                self.report(
                    Diagnostic::error(
                        Code::WrongType,
                        self.path,
                        self.first_line(root.span),
                        format!("this is {found}, and no fields"),
                    )
                    .label("expected lines such as `title: Headline`"),
                );
                // Nothing is known of any field, least of all that there is no embargo.
                Values { faulty: self.kind.shape().fields().map(|field| field.name).collect(), ..Values::default() }
            }
        }
    }

    /// The mistakes found.
    pub fn finish(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    /// Keeps a mistake that a table cannot know.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub(super) fn fail(&mut self, diagnostic: Diagnostic) -> Fault {
        self.report(diagnostic);
        Fault
    }

    pub(super) fn error(&self, code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, self.path, span, message)
    }

    fn first_line(&self, span: Span) -> Span {
        let line = self.text[span.start..].lines().next().unwrap_or_default();
        Span::new(span.start, span.start + line.trim_end().len())
    }

    fn map(&mut self, shape: &'static Shape, entries: &[Entry], at: Span) -> Values {
        let mut values = Values::default();
        for entry in entries {
            let Some(field) = shape.field(&entry.key) else {
                self.report(self.unknown(shape, entry));
                values.strays.push(entry.key.clone());
                continue;
            };
            if entry.is_repeated {
                values.faulty.insert(field.name);
                continue;
            }
            self.put(&mut values, field, &entry.value, entry.key_span);
        }
        self.complete(shape, &mut values, at);
        values
    }

    /// Reads a bare value as the map with one field that it is short for.
    fn short(&mut self, shape: &'static Shape, name: &str, node: &Node) -> Option<Values> {
        let mut values = Values::default();
        let field = shape.field(name).expect("a shape's short field is one of its fields");
        self.put(&mut values, field, node, node.span);
        if values.known.is_empty() && values.faulty.is_empty() {
            return None;
        }
        self.complete(shape, &mut values, node.span);
        Some(values)
    }

    fn put(&mut self, values: &mut Values, field: &'static Field, node: &Node, key: Span) {
        match self.value(field.name, field.kind, node) {
            Ok(Some(value)) => {
                values.known.insert(field.name, value);
            }
            Ok(None) => {
                let cut = self.cut_empty(field, node, key);
                // An embargo left open is not the same as none, and a text that must be there is not there.
                if matches!(field.kind, Type::Bool | Type::Instant | Type::Gate) || field.need == Need::Required {
                    let span = if node.span.start == node.span.end { key } else { node.span };
                    let mut empty = self
                        .error(Code::EmptyField, span, format!("`{}` is empty", field.name))
                        .label(format!("expected {}", field.kind.words()));
                    if cut {
                        empty = empty.note("YAML takes what follows ` #` for a comment").help("quote the value");
                    } else if field.need == Need::Optional {
                        empty = empty.help("fill it in, or remove the line");
                    }
                    self.report(empty);
                    values.faulty.insert(field.name);
                }
            }
            Err(Fault) => {
                values.faulty.insert(field.name);
            }
        }
    }

    /// Warns of a text that is nothing because it begins with `#`. Tells whether it is so.
    fn cut_empty(&mut self, field: &Field, node: &Node, key: Span) -> bool {
        let Some(cut) = node.cut.filter(|cut| field.kind.is_text() && !self.text[cut.start..].starts_with("# ")) else {
            return false;
        };
        if field.need != Need::Required {
            let lost = &self.text[cut.start..cut.end];
            self.report(
                Diagnostic::warning(
                    Code::CutShort,
                    self.path,
                    key,
                    format!("`{}` is empty: YAML takes `{lost}` for a comment", field.name),
                )
                .help(format!("quote it: `{}`", yaml::scalar(lost))),
            );
        }
        true
    }

    /// Reports the fields that must be there and are not.
    fn complete(&mut self, shape: &'static Shape, values: &mut Values, at: Span) {
        for field in shape.fields() {
            if values.known.contains_key(field.name) || values.faulty.contains(field.name) {
                continue;
            }
            let missing = match field.need {
                Need::Optional => false,
                Need::Required => true,
                Need::RequiredIn(kind) => kind == self.kind,
                Need::Unless(other) => {
                    !values.faulty.contains(other)
                        && values.value(other).is_none_or(|value| value.content == Content::Bool(false))
                }
            };
            if missing {
                values.faulty.insert(field.name);
                self.report(self.missing(shape, field, values, at));
            }
        }
    }

    fn missing(&self, shape: &Shape, field: &Field, values: &Values, at: Span) -> Diagnostic {
        if field.name == "alt" {
            let bare = shape.short.filter(|short| values.value(short).is_some_and(|value| value.span == at));
            let cure = match bare {
                Some(short) => format!("write `{{{short}: {}, alt: …}}`", &self.text[at.start..at.end]),
                None => "add `alt: …`".to_owned(),
            };
            return self
                .error(Code::MissingAlt, at, "this picture has no `alt`")
                .label("what does it show?")
                .help(format!("{cure} for those who do not see it"))
                .help("or `decorative: true`, if it adds nothing that must be told");
        }
        let mut diagnostic = self.error(Code::MissingField, at, format!("`{}` is missing", field.name));
        if let Need::Unless(other) = field.need {
            diagnostic = diagnostic.help(format!("add `{}` or `{other}`", field.name));
        } else {
            diagnostic = diagnostic.help(format!("add `{}:` with {}", field.name, field.kind.words()));
        }
        diagnostic
    }

    fn unknown(&self, shape: &'static Shape, entry: &Entry) -> Diagnostic {
        let diagnostic =
            self.error(Code::UnknownField, entry.key_span, format!("there is no field `{}` here", entry.key));
        let lower = entry.key.to_lowercase();
        let mut foreign = FOREIGN.iter().filter(|(name, _)| *name == lower).map(|(_, ours)| *ours);
        let known = foreign
            .find(|ours| shape.field(ours).is_some())
            .or_else(|| nearest(&entry.key, shape.fields().map(|field| field.name)));
        if known.is_some() {
            return diagnostic.did_you_mean(known);
        }
        let names: Vec<&str> = shape.fields().map(|field| field.name).collect();
        if names.len() <= 9 {
            return diagnostic.help(format!("known here: {}", names.join(", ")));
        }
        if shape.field("extra").is_some() {
            return diagnostic.help("a field of your own goes under `extra`, and into `extra_fields` of site.yaml");
        }
        diagnostic.help(format!("remove it; `letterpress schema {}` lists the fields", self.kind.as_str()))
    }

    fn value(&mut self, name: &str, kind: Type, node: &Node) -> Found<Value> {
        let content = match kind {
            Type::List(item) => self.list(name, *item, node)?,
            Type::Map(shape) => self.shape(name, shape, node)?.map(Content::Map),
            Type::Entries(value) => self.entries(name, kind, *value, node)?,
            Type::Extra => self.extra(name, node)?,
            Type::Later => {
                self.report(
                    Diagnostic::warning(
                        Code::UnusedSetting,
                        self.path,
                        node.span,
                        format!("`{name}` is not used by this version"),
                    )
                    .help("it can stay: a later version reads it"),
                );
                None
            }
            Type::Focus => self.focus(name, node)?,
            Type::Bool => self.truth(name, node)?.map(Content::Bool),
            Type::Integer(least, most) => self.integer(name, least..=most, node)?.map(Content::Integer),
            Type::Share => self.share(name, node)?.map(Content::Share),
            Type::Robots => self.robots(name, node)?.map(Content::Text),
            _ => match self.line(name, kind, node)? {
                Some(text) => Some(self.scalar(name, kind, &text, node.span)?),
                None => None,
            },
        };
        // A headline that YAML took for a map stands where all of the map stands.
        let span = self.headline(node).filter(|_| matches!(kind, Type::Story)).map_or(node.span, |(_, span)| span);
        Ok(content.map(|content| Value { content, span }))
    }

    /// Reads a list; one value alone is a list of one.
    fn list(&mut self, name: &str, kind: Type, node: &Node) -> Found<Content> {
        let items = match &node.value {
            NodeValue::Null => return Ok(None),
            NodeValue::List(items) => items.as_slice(),
            NodeValue::Scalar(_) | NodeValue::Map(_) => std::slice::from_ref(node),
        };
        let mut list = Vec::with_capacity(items.len());
        let mut fault = false;
        for item in items {
            match self.value(name, kind, item) {
                Ok(Some(value)) => list.push(value),
                Ok(None) => {
                    let span = if item.span.start == item.span.end { node.span } else { item.span };
                    self.report(
                        self.error(Code::EmptyField, span, format!("an item of `{name}` is empty"))
                            .help("fill it in, or remove its line"),
                    );
                    fault = true;
                }
                Err(Fault) => fault = true,
            }
        }
        if fault && list.is_empty() { Err(Fault) } else { Ok(Some(Content::List(list))) }
    }

    fn shape(&mut self, name: &str, shape: &'static Shape, node: &Node) -> Found<Values> {
        match (&node.value, shape.short) {
            (NodeValue::Null, _) => Ok(None),
            (NodeValue::Map(entries), Some(short)) if self.is_headline(shape, short, node, entries) => {
                Ok(self.short(shape, short, node))
            }
            (NodeValue::Map(entries), _) => Ok(Some(self.map(shape, entries, node.span))),
            (NodeValue::Scalar(_), Some(short)) => Ok(self.short(shape, short, node)),
            (NodeValue::List(_), Some(short))
                if matches!(shape.field(short), Some(Field { kind: Type::List(_), .. })) =>
            {
                Ok(Some(self.short(shape, short, node).unwrap_or_default()))
            }
            _ => Err(self.wrong_type(name, Type::Map(shape), node)),
        }
    }

    /// Whether a map is a headline with a colon that its writer did not quote: `- Double Edge: A New Era`.
    fn is_headline(&self, shape: &'static Shape, short: &str, node: &Node, entries: &[Entry]) -> bool {
        let takes_story = matches!(shape.field(short), Some(Field { kind: Type::Story, .. }));
        let is_meant = |key: &str| {
            FOREIGN.iter().any(|(name, ours)| *name == key && shape.field(ours).is_some())
                || nearest(key, shape.fields().map(|field| field.name)).is_some()
        };
        takes_story && self.headline(node).is_some() && !entries.iter().any(|entry| is_meant(&entry.key))
    }

    /// Reads a map of free names.
    fn entries(&mut self, name: &str, kind: Type, value: Type, node: &Node) -> Found<Content> {
        let entries = match &node.value {
            NodeValue::Null => return Ok(None),
            NodeValue::Map(entries) => entries,
            NodeValue::Scalar(_) | NodeValue::List(_) => return Err(self.wrong_type(name, kind, node)),
        };
        let mut list = Vec::with_capacity(entries.len());
        for entry in entries.iter().filter(|entry| !entry.is_repeated) {
            if let Ok(Some(value)) = self.value(&entry.key, value, &entry.value) {
                list.push(Value { content: Content::Entry(entry.key.clone(), Box::new(value)), span: entry.key_span });
            }
        }
        Ok(Some(Content::List(list)))
    }

    /// Reads the fields that the site defines.
    fn extra(&mut self, name: &str, node: &Node) -> Found<Content> {
        let entries = match &node.value {
            NodeValue::Null => return Ok(None),
            NodeValue::Map(entries) => entries,
            NodeValue::Scalar(_) | NodeValue::List(_) => return Err(self.wrong_type(name, Type::Extra, node)),
        };
        let mut list = Vec::with_capacity(entries.len());
        for entry in entries.iter().filter(|entry| !entry.is_repeated) {
            let Some(kind) = self.settings.extra_fields.get(&entry.key).copied() else {
                let known = nearest(&entry.key, self.settings.extra_fields.keys().map(String::as_str));
                self.report(
                    self.error(
                        Code::UnknownField,
                        entry.key_span,
                        format!("the site defines no field `{}`", entry.key),
                    )
                    .did_you_mean(known)
                    .help(format!("define it in site.yaml: `extra_fields: {{{}: text}}`", entry.key)),
                );
                continue;
            };
            if let Ok(Some(json)) = self.defined(&entry.key, kind, &entry.value) {
                let value = Value { content: Content::Json(json), span: entry.value.span };
                list.push(Value { content: Content::Entry(entry.key.clone(), Box::new(value)), span: entry.key_span });
            }
        }
        Ok(Some(Content::List(list)))
    }
}
